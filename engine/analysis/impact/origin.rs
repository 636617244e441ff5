//! Which instrument made a check what it is.

use crate::analysis::diff::refers;
use crate::edition::Edition;
use crate::edition::overlay::{Layer, OperationKind};

/// The layer that set what a clause (`6.3.3`) or check (`6.3.3#area`) asks: an instrument that the other edition does not
/// have, if one touched it or what it refers to; else the last that touched it. `None` for the base.
#[must_use]
pub fn origin<'a>(edition: &'a Edition, other: &Edition, at: &str) -> Option<&'a Layer> {
    let known = |id: &str| other.layers.iter().any(|l| l.in_force && l.id == id);
    let clause = at.split_once('#').map_or(at, |(clause, _)| clause);
    let refers = refers(edition, at);
    let new = edition.history.iter().rev().find_map(|step| {
        let layer = edition.layers.get(step.layer).filter(|l| l.in_force && !known(&l.id))?;
        let made = step.at == clause && (at == clause || step.operation == OperationKind::Insert);
        let rules = step.now.as_ref().is_none_or(|now| step.at.contains('#') || !only_words(now));
        (rules && (made || step.at == at || refers.contains(&step.at))).then_some(layer)
    });
    new.or_else(|| edition.layer_of(at))
}

/// Whether an operation on a clause or key only writes words for people.
fn only_words(now: &serde_json::Value) -> bool {
    const WORDS: [&str; 7] =
        ["title", "summary", "documents", "methods", "question", "hint", "interpretations"];
    now.as_object().is_some_and(|o| !o.is_empty() && o.keys().all(|k| WORDS.contains(&k.as_str())))
}
