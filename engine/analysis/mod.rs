//! What follows from rules and results: what stands between a grade and the next, what evidence is missing.

pub mod amend;
pub mod beside;
pub mod between;
pub mod cases;
pub mod dates;
pub mod diff;
pub mod fill;
pub mod impact;
pub mod lint;
pub mod missing;
pub mod mutation;
pub mod readings;
pub mod thresholds;
pub mod witness;
