//! Overlays and what they did to clauses, as pages show them.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::{HeadOut, LayerPageOut, LayerStepOut, LayersOut, LinkOut};
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
    /// `replace`, `insert` or `withdraw`.
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

/// The overlays of an edition in the order in which they apply. An edition is the base alone so far.
#[must_use]
pub fn layers(_edition: &Edition) -> Vec<Layer> {
    Vec::new()
}

/// What overlays did to a clause and its checks. An edition is the base alone so far.
#[must_use]
pub fn history(_edition: &Edition, _clause: &Clause) -> Vec<Step> {
    Vec::new()
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
