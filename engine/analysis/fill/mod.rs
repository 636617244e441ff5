//! Makes a dossier in which everything is just met: the baseline of cases, templates and proofs.
//!
//! Demands are collected from the rules and satisfied one after the other; the result is evaluated before
//! it is handed out, so a dossier that is not met is never returned as one that is.

mod demand;
mod draft;
mod json;
mod records;
mod solve;

pub use draft::{Draft, DraftField, DraftRecord};
pub use json::{draft_json, head};

use crate::calendar::Date;
use crate::check::Context;
use crate::dossier::Entry;
use crate::edition::Edition;
use crate::evidence::Facts;

/// For what a dossier is made.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What is applied for.
    pub entries: Vec<Entry>,
    /// Date of the application.
    pub applied_on: Date,
    /// Date of assessment.
    pub assessed_on: Date,
}

/// Makes a draft that should meet everything up to the targets. Contradicting demands are left unmet:
/// evaluate the draft to know.
#[must_use]
pub fn fill(edition: &Edition, wanted: &Wanted) -> Draft {
    let mut draft = Draft::default();
    let facts = Facts::default();
    let nobody = Entry { category: None, target: 0, stage: None, span: crate::source::Span::NONE };
    // The general part comes first, then every category; later demands build on what is there.
    let contexts: Vec<Context<'_>> = std::iter::once(&nobody)
        .chain(&wanted.entries)
        .map(|entry| Context {
            standard: &edition.standard,
            dictionary: &edition.dictionary,
            derived: &edition.derived,
            facts: &facts,
            category: entry.category,
            stage: entry.stage,
            level: entry.target,
            applied_on: wanted.applied_on,
            assessed_on: wanted.assessed_on,
            award_on: None,
        })
        .collect();
    let mut demands = Vec::new();
    for (i, ctx) in contexts.iter().enumerate() {
        demands.extend(demand::collect(edition, ctx, i == 0).into_iter().map(|d| (i, d)));
    }
    for (i, demand) in &demands {
        if let (demand::Demand::Scalar { key, .. } | demand::Demand::Elapsed { key, .. }, Some(ctx)) =
            (demand, contexts.get(*i))
        {
            draft.scalar(edition, ctx, *key, demand);
        }
    }
    records::synthesise(edition, &contexts, &demands, &mut draft);
    draft.defaults(edition);
    draft
}
