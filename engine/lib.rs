//! guiju (规矩): a declarative rules-as-data engine for grading standards.
//!
//! A tour of the pipeline, in the order in which modules may use each other (a test enforces it):
//!
//! 1. [`source`] and [`lang`] hold texts with places and wordings in two languages; [`diag`] says what is wrong where.
//! 2. [`id`], [`quantity`], [`calendar`] and [`verdict`] are the small exact types of which everything is made.
//! 3. [`syntax`] reads TOML and JSON into one tree; [`mod@format`] gives the tree its raw shapes; [`load`] reads a
//!    standard from a map of paths to bytes, with all diagnostics.
//! 4. [`standard`] and [`evidence`] are its frame and its dictionary; [`check`] links subjects, operators and conditions.
//! 5. [`edition`] lays instruments over the base and compiles the result: immutable, with a digest.
//! 6. [`dossier`] types what an institution hands in against an edition; [`mod@eval`] is a pure function from both to an
//!    [`assessment`], with [`grade`] for levels and awards.
//! 7. [`analysis`] compares editions, finds witnesses, tries mutants and cases; [`report`] puts all of it into words.
//! 8. [`command`] is the command line: the only place with files, clock, environment and threads.

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
