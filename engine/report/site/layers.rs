//! Overlays and what they did to clauses, as pages show them.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::{HeadOut, LayerPageOut, LayerStepOut, LayersOut, LinkOut};
use crate::edition::describe::{self, word};
use crate::edition::{Clause, Edition};
use crate::lang::Text;
use crate::text;

/// One instrument on top of the base.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Layer {
    /// Identifier.
    pub id: String,
    /// `amendment`, `variant` or `reading`.
    pub kind: String,
    /// Title.
    pub title: Text,
    /// Who issued it.
    pub issuer: Text,
    /// Where it is published.
    pub citation: Text,
    /// Its status, as written.
    pub status: String,
    /// The first day on which it is in force.
    pub effective: Option<String>,
    /// The last day on which it is in force.
    pub expires: Option<String>,
    /// The date that decides: `applied-on` or `assessed-on`.
    pub effective_by: Option<String>,
    /// Whether it is in force in this edition.
    pub in_force: bool,
}

/// One operation of an overlay on a clause or one of its checks.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Step {
    /// The layer.
    pub layer: String,
    /// Where: a clause or a check.
    pub at: String,
    /// `replace`, `insert`, `withdraw` or `settle`.
    pub operation: String,
    /// What was there before.
    pub was: Option<Json>,
    /// What takes its place.
    pub now: Option<Json>,
    /// Why.
    pub reason: Text,
    /// The first day on which it is in force.
    pub effective: Option<String>,
    /// The last day on which it is in force.
    pub expires: Option<String>,
    /// Whether it is in force in this edition.
    pub in_force: bool,
}

/// The overlays of an edition in the order in which they apply.
#[must_use]
pub fn layers(edition: &Edition) -> Vec<Layer> {
    describe::layers::layers(edition)
        .into_iter()
        .map(|l| Layer {
            id: l.id,
            kind: word(l.kind),
            title: l.title,
            issuer: l.issuer,
            citation: l.citation,
            status: word(l.status),
            effective_by: l.effective.is_some().then(|| word(l.effective_by)),
            effective: l.effective,
            expires: l.expires,
            in_force: l.in_force,
        })
        .collect()
}

/// What overlays did to a clause and its checks.
#[must_use]
pub fn history(edition: &Edition, clause: &Clause) -> Vec<Step> {
    describe::layers::history(edition, clause.id.as_str()).into_iter().map(step).collect()
}

/// What overlays did to everything that is no clause.
#[must_use]
pub fn elsewhere(edition: &Edition) -> Vec<Step> {
    describe::layers::other_history(edition).into_iter().map(step).collect()
}

fn step(s: describe::StepOut) -> Step {
    Step {
        layer: s.layer,
        at: s.at,
        operation: word(s.operation),
        was: s.was,
        now: s.now,
        reason: s.reason,
        effective: s.effective,
        expires: s.expires,
        in_force: s.in_force,
    }
}

/// The page of layers, from the layers and the history of every clause.
pub(super) fn page(layers: Vec<Layer>, steps: &[(LinkOut, Step)]) -> LayersOut {
    let of = |layer: &Layer| {
        let own = steps.iter().filter(|(_, step)| step.layer == layer.id);
        own.map(|(clause, step)| LayerStepOut { clause: clause.clone(), step: step.clone() }).collect()
    };
    LayersOut {
        head: HeadOut { file: "layers.html".to_owned(), title: text!("版本层", "Layers") },
        layers: layers.into_iter().map(|layer| LayerPageOut { steps: of(&layer), layer }).collect(),
    }
}
