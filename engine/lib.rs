//! guiju (规矩): a declarative rules-as-data engine for grading standards.
//!
//! The pipeline, in the order in which modules may use each other: [`source`] and [`lang`] hold texts and
//! wordings; [`diag`] says what is wrong where; [`id`], [`quantity`], [`calendar`] and [`verdict`] are the small
//! exact types; [`syntax`] reads TOML and JSON into one tree; [`mod@format`] gives the tree its raw shapes; [`load`]
//! reads a folder.

pub mod analysis;
pub mod assessment;
pub mod calendar;
pub mod check;
pub mod command;
pub mod diag;
pub mod dossier;
pub mod edition;
pub mod eval;
pub mod evidence;
pub mod format;
pub mod grade;
pub mod id;
pub mod lang;
pub mod load;
pub mod quantity;
pub mod report;
pub mod source;
pub mod standard;
pub mod syntax;
pub mod verdict;
