//! Mutants that no dossier can tell from the standard as it stands, each with what the program established.

use super::run::{Rules, Touched};
use super::{Laboratory, Mutant};
use crate::lang::Text;

impl Laboratory<'_> {
    /// Why no dossier can tell a mutant from the standard; `None` where the program cannot say so.
    pub(super) fn equivalent(&self, _mutant: &Mutant, _rules: &Rules, _touched: &Touched) -> Option<Text> {
        None
    }
}
