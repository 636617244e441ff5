//! Facts: what is known of each key in one view of a dossier, and who said so.

use std::sync::Arc;

use super::{KeyIx, Sparse, Value};
use crate::calendar::Date;
use crate::source::Span;

/// What is known of one key.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// It has this value.
    Known(Value),
    /// It is known to have none.
    Absent,
    /// A finding says that it does not apply.
    NotApplicable,
    /// Nothing is known; it may turn out to have any value or none.
    Unknown(Why),
}

/// Why nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Nobody supplied it.
    Missing,
    /// It was declared, but no reviewer has confirmed it.
    Unreviewed,
    /// Findings contradict each other.
    Disputed,
}

/// What is known of one key, and who said so.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// What is known.
    pub state: State,
    /// The statements behind it.
    pub claims: Vec<ClaimIx>,
}

/// Nothing was supplied.
pub static MISSING_SLOT: Slot = Slot { state: State::Unknown(Why::Missing), claims: Vec::new() };

/// Position of a statement in [`Claims`].
pub type ClaimIx = usize;

/// A side of an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// What the institution says.
    #[serde(rename = "self")]
    Own,
    /// What reviewers say.
    Review,
    /// What was stipulated on the command line.
    Stipulated,
}

/// A statement about a key: a declared fact, a finding, an acceptance, a stipulation.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Who.
    pub side: Side,
    /// Where it is written.
    pub span: Span,
    /// By whom, if named.
    pub by: Option<Arc<str>>,
    /// When.
    pub on: Option<Date>,
    /// Documents.
    pub documents: Vec<String>,
    /// A note.
    pub note: Option<String>,
}

/// All statements of a dossier.
pub type Claims = Vec<Claim>;

/// Everything that is known in one view of a dossier and one category.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// By position of the key in the dictionary; keys that are fields or lists have an unused entry.
    pub slots: Vec<Slot>,
    /// Lists of the institution, by position of the key; `None` for keys that are no lists.
    pub lists: Vec<Option<ListFacts>>,
}

impl Facts {
    /// What is known of a key outside records.
    #[must_use]
    pub fn slot(&self, key: KeyIx) -> &Slot {
        self.slots.get(key.0).unwrap_or(&MISSING_SLOT)
    }

    /// What is known of a list.
    #[must_use]
    pub fn list(&self, key: KeyIx) -> &ListFacts {
        self.lists.get(key.0).and_then(Option::as_ref).unwrap_or(&MISSING_LIST)
    }
}

/// What is known of a list of records.
#[derive(Clone, Debug, PartialEq)]
pub struct ListFacts {
    /// Why further records may exist; `None` if the list is complete.
    pub open: Option<Why>,
    /// Whether anything was said about it at all.
    pub given: bool,
    /// The records, sorted by id.
    pub records: Vec<Record>,
}

/// Nothing was said about a list.
pub static MISSING_LIST: ListFacts =
    ListFacts { open: Some(Why::Missing), given: false, records: Vec::new() };

/// What is known of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its id.
    pub id: Arc<str>,
    /// Why it may turn out not to exist; `None` if it certainly does.
    pub doubt: Option<Why>,
    /// Fields of which something was said, by position.
    pub fields: Sparse<Field>,
    /// The statements behind it.
    pub claims: Vec<ClaimIx>,
}

/// What is known of one field of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// A single value.
    Slot(Slot),
    /// A list within the record.
    List(ListFacts),
}

impl Record {
    /// What is known of a field that is no list.
    #[must_use]
    pub fn slot(&self, position: usize) -> &Slot {
        match self.fields.get(position) {
            Some(Field::Slot(slot)) => slot,
            _ => &MISSING_SLOT,
        }
    }

    /// What is known of a list within the record.
    #[must_use]
    pub fn list(&self, position: usize) -> &ListFacts {
        match self.fields.get(position) {
            Some(Field::List(list)) => list,
            _ => &MISSING_LIST,
        }
    }
}
