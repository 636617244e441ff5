//! What was said of one key, one list, one record.

use std::sync::Arc;

use crate::evidence::{ClaimIx, Sparse, Value};

/// What somebody said of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// It has this value.
    Value(Value),
    /// It has none.
    Absent,
    /// It does not apply.
    NotApplicable,
    /// What the other side declared is right.
    Confirmed,
    /// What the other side declared is not accepted.
    Rejected,
    /// Nothing is to be assumed; only stipulated.
    Unknown,
}

/// A statement about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What was said.
    pub said: Said,
    /// By whom and where.
    pub claim: ClaimIx,
}

/// Everything that was said of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// By the institution.
    pub own: Vec<Statement>,
    /// By reviewers, of this key alone.
    pub review: Vec<Statement>,
    /// By reviewers who accepted a group to which it belongs.
    pub accepted: Vec<ClaimIx>,
    /// On the command line; overrides everything.
    pub stipulated: Option<Statement>,
}

/// Everything that was said of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListCell {
    /// Whether it was given at all.
    pub given: bool,
    /// Whether it may lack records.
    pub incomplete: bool,
    /// Records, sorted by id.
    pub records: Vec<RecordCell>,
}

/// Everything that was said of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordCell {
    /// Its id.
    pub id: Arc<str>,
    /// Where it was declared.
    pub claim: ClaimIx,
    /// Findings on the record as a whole.
    pub review: Vec<Statement>,
    /// Group acceptances that cover it.
    pub accepted: Vec<ClaimIx>,
    /// Fields of which something was said, by position.
    pub fields: Sparse<FieldCell>,
}

/// Everything that was said of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldCell {
    /// A single value.
    Cell(Cell),
    /// A list within the record.
    List(ListCell),
}

impl ListCell {
    /// Finds a record by its id.
    #[must_use]
    pub fn record(&self, id: &str) -> Option<&RecordCell> {
        self.records.binary_search_by(|r| (*r.id).cmp(id)).ok().and_then(|i| self.records.get(i))
    }

    /// Finds a record by its id, to change it.
    pub fn record_mut(&mut self, id: &str) -> Option<&mut RecordCell> {
        self.records.binary_search_by(|r| (*r.id).cmp(id)).ok().and_then(|i| self.records.get_mut(i))
    }
}
