//! The case that would kill a survivor.

use super::run::{Rules, Touched};
use super::{Laboratory, Mutant};
use crate::edition::Edition;

/// A case that kills a survivor.
#[derive(Clone, Debug)]
pub struct Killer {
    /// The case, as a file of cases writes it.
    pub toml: String,
}

impl Laboratory<'_> {
    pub(super) fn killer(
        &self,
        _mutant: &Mutant,
        _rules: &mut Rules,
        _touched: &Touched,
        _scratch: &mut Edition,
    ) -> Option<Killer> {
        None
    }
}
