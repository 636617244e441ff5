//! The layers of an edition as data: who changed what, from when, and why.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use crate::edition::Edition;
use crate::edition::overlay::{Layer, LayerKind, OperationKind, Step};
use crate::format::overlay::{EffectiveByRaw, IntentRaw, StatusRaw};
use crate::lang::Text;

/// One layer over the base.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LayerOut {
    /// Identifier of the instrument; for a reading `INTERPRETATION=READING`.
    pub id: String,
    /// What it is.
    pub kind: LayerKind,
    /// The region to whose rules it belongs.
    pub region: Option<String>,
    /// Title.
    pub title: Text,
    /// Who issues it.
    pub issuer: Text,
    /// Where it is published.
    pub citation: Text,
    /// A remark.
    pub notice: Option<Text>,
    /// Whether it is a draft.
    pub status: StatusRaw,
    /// The first day on which it is in force.
    pub effective: Option<String>,
    /// The last day on which it is in force.
    pub expires: Option<String>,
    /// Which date decides.
    pub effective_by: EffectiveByRaw,
    /// What a region intends.
    pub intent: Option<IntentRaw>,
    /// Whether it takes part in this edition.
    pub in_force: bool,
}

/// One operation on an element.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StepOut {
    /// The layer.
    pub layer: String,
    /// The element.
    pub at: String,
    /// What was done.
    pub operation: OperationKind,
    /// What it quotes.
    pub was: Option<Json>,
    /// What it puts there.
    pub now: Option<Json>,
    /// Why.
    pub reason: Text,
    /// The first day on which the layer is in force.
    pub effective: Option<String>,
    /// The last day on which the layer is in force.
    pub expires: Option<String>,
    /// Whether the layer takes part in this edition.
    pub in_force: bool,
}

/// All layers, in the order in which they lie.
#[must_use]
pub fn layers(edition: &Edition) -> Vec<LayerOut> {
    edition.layers.iter().map(layer).collect()
}

fn layer(layer: &Layer) -> LayerOut {
    LayerOut {
        id: layer.id.clone(),
        kind: layer.kind,
        region: layer.region.clone(),
        title: layer.title.clone(),
        issuer: layer.issuer.clone(),
        citation: layer.citation.clone(),
        notice: layer.notice.clone(),
        status: layer.status,
        effective: layer.effective.map(|d| d.to_string()),
        expires: layer.expires.map(|d| d.to_string()),
        effective_by: layer.effective_by,
        intent: layer.intent,
        in_force: layer.in_force,
    }
}

/// What was done to a clause and its checks, in order.
#[must_use]
pub fn history(edition: &Edition, clause: &str) -> Vec<StepOut> {
    let mine = |at: &str| at.split_once('#').map_or(at, |(clause, _)| clause) == clause;
    edition.history.iter().filter(|s| mine(&s.at)).map(|s| step(edition, s)).collect()
}

/// What was done to everything that is no clause, in order.
#[must_use]
pub fn other_history(edition: &Edition) -> Vec<StepOut> {
    let other = |at: &str| at.contains(':') || at == "standard";
    edition.history.iter().filter(|s| other(&s.at)).map(|s| step(edition, s)).collect()
}

/// One operation as data.
#[must_use]
pub fn step(edition: &Edition, step: &Step) -> StepOut {
    let layer = edition.layers.get(step.layer);
    StepOut {
        layer: layer.map(|l| l.id.clone()).unwrap_or_default(),
        at: step.at.clone(),
        operation: step.operation,
        was: step.was.clone(),
        now: step.now.clone(),
        reason: step.reason.clone(),
        effective: layer.and_then(|l| l.effective).map(|d| d.to_string()),
        expires: layer.and_then(|l| l.expires).map(|d| d.to_string()),
        in_force: layer.is_some_and(|l| l.in_force),
    }
}

/// The id of the layer that set an element: `base`, or that of an instrument.
#[must_use]
pub fn layer_id(edition: &Edition, at: &str) -> String {
    edition.layer_of(at).map_or_else(|| "base".to_owned(), |l| l.id.clone())
}
