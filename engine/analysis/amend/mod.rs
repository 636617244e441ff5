//! Operations of a new instrument: what stands in an edition is quoted, what shall stand there is as wished.

mod effects;
mod notes;
mod quote;
mod wish;

pub use effects::side_effects;
pub use notes::{Note, NoteKind, notes};
pub use quote::{check_to_insert, misspelt, replace, settle, withdraw};
pub use wish::{Wish, wishes};

use crate::syntax::Table;

/// One operation to be written.
#[derive(Clone, Debug)]
pub enum Change {
    /// Fields are replaced.
    Replace {
        /// The element.
        at: String,
        /// Its fields as they are.
        was: Table,
        /// Its fields as they become.
        now: Table,
    },
    /// An element goes.
    Withdraw {
        /// The element.
        at: String,
        /// What it says.
        was: Table,
    },
    /// A reading is settled.
    Settle {
        /// The interpretation.
        at: String,
        /// The reading that is adopted.
        was: String,
        /// The reading that shall be.
        now: String,
    },
    /// A check is to be written by hand; only its outline is given, as a comment.
    Check {
        /// The clause.
        at: String,
        /// The id of the check, with the prefix of the region.
        id: String,
    },
}

impl Change {
    /// The element that it names, as one writes it.
    #[must_use]
    pub fn at(&self) -> &str {
        match self {
            Change::Replace { at, .. }
            | Change::Withdraw { at, .. }
            | Change::Settle { at, .. }
            | Change::Check { at, .. } => at,
        }
    }
}
