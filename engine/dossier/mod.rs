//! A dossier, typed against the dictionary: what was said of each key, by which side, and two views of it.

mod accept;
mod cell;
mod consistency;
mod digest;
mod findings;
mod locate;
mod read;
mod records;
mod set;
mod value;
mod view;

pub use cell::{Cell, FieldCell, ListCell, RecordCell, Said, Statement};
pub use consistency::{check as check_consistency, context};
pub use digest::digest;
pub use locate::{Address, AddressError};
pub use read::read;
pub use set::assign;
pub use value::from_text as value_from_text;
pub use view::{View, facts};

use std::collections::BTreeMap;

use crate::calendar::Date;
use crate::diag::{Diagnostic, Diagnostics};
use crate::edition::Edition;
use crate::evidence::{Claim, ClaimIx, Claims, KeyIx};
use crate::format::shape;
use crate::source::{Sources, Span};
use crate::syntax;

/// A dossier.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// Name of the institution.
    pub institution: String,
    /// Its registration number.
    pub code: Option<String>,
    /// Number of the application.
    pub number: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Date of the application.
    pub applied_on: Date,
    /// Date of assessment.
    pub assessed_on: Date,
    /// Date of award.
    pub award_on: Option<Date>,
    /// What is applied for.
    pub entries: Vec<Entry>,
    /// Assessors and the date of their review, if there was one.
    pub review: Option<Review>,
    /// All statements.
    pub claims: Claims,
    /// What was said of keys outside records: category (if the key has that scope) and key.
    pub cells: BTreeMap<(Option<usize>, KeyIx), Cell>,
    /// Lists of records.
    pub lists: BTreeMap<KeyIx, ListCell>,
}

/// One category that is applied for; the only one without a category where the standard has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The category.
    pub category: Option<usize>,
    /// The target level.
    pub target: u8,
    /// The stage.
    pub stage: Option<usize>,
    /// Where it is written.
    pub span: Span,
}

/// A review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Assessors.
    pub assessors: Vec<String>,
    /// Date.
    pub on: Date,
}

/// Reads a dossier that a program made as JSON.
#[must_use]
pub fn from_json(value: &serde_json::Value, edition: &Edition) -> (Option<Dossier>, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let text = value.to_string();
    let node = syntax::read(
        &mut sources,
        "dossier.json",
        text.as_bytes(),
        syntax::Notation::Json,
        &syntax::Limits::DOSSIER,
        &mut diagnostics,
    );
    let raw = node.and_then(|node| shape::read(&node, &mut diagnostics));
    let dossier = raw.and_then(|raw| read(&raw, edition, &mut diagnostics));
    (dossier, diagnostics.into_sorted())
}

impl Dossier {
    /// Adds a statement.
    pub fn claim(&mut self, claim: Claim) -> ClaimIx {
        self.claims.push(claim);
        self.claims.len() - 1
    }

    /// The view that is taken where none is asked for: the review, once assessors and a date are named.
    #[must_use]
    pub fn default_view(&self) -> View {
        if self.review.is_some() { View::Review } else { View::Own }
    }
}
