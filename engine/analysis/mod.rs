//! What follows from rules and results: what stands between a grade and the next, what evidence is missing.

pub mod between;
pub mod cases;
pub mod diff;
pub mod fill;
pub mod impact;
pub mod missing;
