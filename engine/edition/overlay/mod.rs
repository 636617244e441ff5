//! Overlays: instruments laid over the published base, each operation quoting what it replaces.

mod apply;
mod chain;
mod element;
mod fields;
mod guard;
mod instrument;
mod operation;
pub mod patch;
mod reading;
mod rebuild;
mod rules;
mod scope;
mod standing;

pub use element::Element;
pub use fields::known as known_fields;
pub use instrument::{Layer, LayerKind};
pub use operation::OperationKind;
pub use rules::elements;
pub use scope::{editions_with, mixed_dates, regions_above};
pub use standing::Standing;

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Request;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::lang::Text;
use crate::load::RawStandard;
use crate::source::Span;
use crate::syntax::Node;
use crate::syntax::de::Loc;
use crate::text;
use apply::{Applier, Replaced};
use element::Trees;
use instrument::Instrument;
use operation::Operation;

/// One operation of the past, the present or the future of an edition.
#[derive(Clone, Debug)]
pub struct Step {
    /// The element, as one writes it.
    pub at: String,
    /// Position of the layer that did it.
    pub layer: usize,
    /// What was done.
    pub operation: OperationKind,
    /// What it quotes; of several quotations the one that fitted, where it was applied.
    pub was: Option<Json>,
    /// What it puts there.
    pub now: Option<Json>,
    /// Why.
    pub reason: Text,
    /// Whether it is a replacement that was applied and left everything as it was.
    pub idle: bool,
    /// Where it is written.
    pub span: Span,
}

/// The rules of an edition before they are linked.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// The rules with all operations applied; `None` if there was nothing to apply.
    pub raw: Option<RawStandard>,
    /// Layers in the order in which they lie, those not in force too.
    pub layers: Vec<Layer>,
    /// Operations in the order in which they are applied.
    pub history: Vec<Step>,
    /// Parts of reports that instruments fill: name → text.
    pub templates: BTreeMap<String, Loc<String>>,
    /// What regions do to elements that may only be made stricter.
    pub tightened: Vec<Tightened>,
    /// Regions with an intent, or that touch what may only be made stricter, by their place in the chain.
    pub regions: Vec<RegionProof>,
}

/// An operation on what may only be made stricter.
#[derive(Clone, Debug)]
pub struct Tightened {
    /// The clause.
    pub clause: String,
    /// How many regions are laid over the base up to this one.
    pub depth: usize,
    /// The operation.
    pub span: Span,
}

/// What is to be proven of a region.
#[derive(Clone, Debug)]
pub struct RegionProof {
    /// Its code.
    pub region: String,
    /// How many regions are laid over the base up to this one.
    pub depth: usize,
    /// What it intends.
    pub intent: crate::format::overlay::IntentRaw,
    /// Where it says so.
    pub span: Span,
    /// The digest of the base that it pins, and where.
    pub base: Option<(String, Span)>,
}

/// Lays the instruments that are in force over the base. `depth`: how many regions of the chain to lay, all
/// if `None`. `None` if anything is wrong.
pub fn resolve(
    raw: &RawStandard,
    request: &Request,
    depth: Option<usize>,
    diagnostics: &mut Diagnostics,
) -> Option<Resolved> {
    let before = diagnostics.errors();
    let mut instruments = chain::chain(raw, request, diagnostics)?;
    let mut ranks = ranks(&instruments);
    if let Some(depth) = depth {
        let keep = ranks.iter().take_while(|rank| **rank <= depth).count();
        instruments.truncate(keep);
        ranks.truncate(keep);
    }
    let mut operations: Vec<Vec<Operation<'_>>> =
        instruments.iter().map(|i| operation::list(i.file, i.node, diagnostics)).collect();
    if diagnostics.errors() > before {
        return None;
    }
    // Without the later of two that collide, the others can still be looked at.
    for (layer, at) in conflicts(&instruments, &operations, &ranks, diagnostics) {
        if let Some(operations) = operations.get_mut(layer) {
            operations.retain(|o| o.at.span != at);
        }
    }
    let mut resolved = Resolved {
        layers: instruments.iter().map(|i| i.layer.clone()).collect(),
        regions: guard::proofs(&instruments, &ranks),
        ..Resolved::default()
    };
    let idle = request.readings.is_empty() && !instruments.iter().any(|i| i.layer.in_force);
    if idle {
        for (layer, operations) in operations.iter().enumerate() {
            resolved.history.extend(operations.iter().map(|o| step(layer, o)));
        }
        return Some(resolved);
    }
    let files = raw.trees.iter().map(|(kind, node)| (*kind, node.clone(), false)).collect();
    let mut applier = Applier { trees: Trees { files, templates: None }, diagnostics, own: Vec::new() };
    reading::settle(&instruments, &operations, &ranks, request, &mut applier, &mut resolved);
    for (layer, ((instrument, operations), rank)) in
        instruments.iter().zip(&operations).zip(&ranks).enumerate()
    {
        if instrument.layer.in_force {
            let same = instruments.iter().zip(&ranks).filter(|(_, other)| *other == rank);
            applier.own = same.map(|(i, _)| i.node.span).collect();
            for operation in operations {
                if let (Some(clause), true) =
                    (operation.element.clause(), operation.kind != OperationKind::Settle)
                {
                    applier.unshare(clause);
                }
                guard::check(instrument, operation, *rank, &mut applier, &mut resolved.tightened);
                let fitted = one(operation, &mut applier);
                if operation.kind == OperationKind::Settle {
                    reading::still_there(operation, &mut applier, &resolved.history);
                } else {
                    let quoted = fitted.as_ref().map(|f| f.was.to_json());
                    let step = step(layer, operation);
                    let idle = fitted.is_some_and(|f| f.idle);
                    resolved.history.push(Step { was: quoted.or(step.was), idle, ..step });
                }
            }
            continue;
        }
        resolved.history.extend(operations.iter().map(|o| step(layer, o)));
    }
    let trees = applier.trees;
    resolved.templates = templates(trees.templates.as_ref());
    if diagnostics.errors() > before {
        return None;
    }
    resolved.raw = rebuild::rebuild(raw, trees, diagnostics);
    (diagnostics.errors() == before).then_some(resolved)
}

/// How many regions lie under or at each instrument: 0 for amendments of the base.
fn ranks(instruments: &[Instrument<'_>]) -> Vec<usize> {
    let mut rank = 0;
    let mut last: Option<&str> = None;
    let mut ranks = Vec::new();
    for instrument in instruments {
        let region = instrument.layer.region.as_deref();
        if region != last {
            rank += 1;
            last = region;
        }
        ranks.push(rank);
    }
    ranks
}

/// Applies an operation; returns what became of a replacement.
fn one(operation: &Operation<'_>, applier: &mut Applier<'_>) -> Option<Replaced> {
    let (at, span) = (operation.at.value.as_str(), operation.at.span);
    match (operation.kind, operation.was, operation.now) {
        (OperationKind::Replace, Some(was), Some(now)) => {
            return applier.replace(at, span, was, now);
        }
        (OperationKind::Withdraw, was, _) => {
            applier.withdraw(at, span, was);
        }
        (OperationKind::Insert, _, Some(now)) => match &operation.element {
            Element::Check(clause, _) => {
                applier.insert_check(clause, span, now);
            }
            element => {
                if matches!(element, Element::Template(_)) && applier.trees.find(element).is_some() {
                    let message = text!(
                        "`{at}` 已由上层填写，请用 replace",
                        "`{at}` is filled by a layer below; replace it"
                    );
                    applier.diagnostics.push(Diagnostic::error(Code::DuplicateId, span, message));
                } else {
                    applier.insert(element, now, operation.around.clone());
                }
            }
        },
        _ => {}
    }
    None
}

fn step(layer: usize, operation: &Operation<'_>) -> Step {
    Step {
        at: operation.at.value.clone(),
        layer,
        operation: operation.kind,
        was: operation.was.map(Node::to_json),
        now: operation.now.map(Node::to_json),
        reason: operation.reason.clone(),
        idle: false,
        span: operation.at.span,
    }
}

fn templates(tree: Option<&Node>) -> BTreeMap<String, Loc<String>> {
    let items = tree.and_then(|t| t.as_table()?.get("template")?.as_array()).into_iter().flatten();
    let text = |node: &Node, field: &str| {
        let found = node.as_table()?.get(field)?;
        Some(Loc::new(found.as_text()?.to_owned(), found.span))
    };
    items.filter_map(|n| Some((text(n, "name")?.value, text(n, "text")?))).collect()
}

/// Two instruments of one layer that take effect on one day must not write one field. Returns the later operations of
/// those that do: layer and place.
fn conflicts(
    instruments: &[Instrument<'_>],
    operations: &[Vec<Operation<'_>>],
    ranks: &[usize],
    diagnostics: &mut Diagnostics,
) -> Vec<(usize, Span)> {
    let mut found = Vec::new();
    let all: Vec<_> = instruments.iter().zip(operations).zip(ranks).collect();
    for (i, ((later, theirs), rank)) in all.iter().enumerate() {
        for ((earlier, ours), other) in all.iter().take(i) {
            // The file of a region lies below its amendments, whatever their dates.
            let layer = |x: &Instrument<'_>| (x.layer.effective, x.layer.intent.is_some());
            let same = rank == other && layer(later) == layer(earlier);
            if !same || !later.layer.in_force || !earlier.layer.in_force {
                continue;
            }
            for operation in theirs.iter() {
                let hit = ours.iter().find(|o| {
                    let overlaps = |a: &Vec<String>, b: &Vec<String>| a.starts_with(b) || b.starts_with(a);
                    operation.writes().iter().any(|a| o.writes().iter().any(|b| overlaps(a, b)))
                });
                let Some(hit) = hit else { continue };
                let (at, first, second) = (&operation.at.value, &earlier.layer.id, &later.layer.id);
                let message = text!(
                    "`{first}` 与 `{second}` 同日生效，都改动 `{at}`",
                    "`{first}` and `{second}` take effect on one day and both change `{at}`"
                );
                let help = text!(
                    "并入一个文件，或错开生效日",
                    "put both into one instrument, or let them take effect on different days"
                );
                let fault = Diagnostic::error(Code::OverlayConflict, operation.at.span, message).help(help);
                diagnostics.push(fault.related(hit.at.span, text!("另一处", "the other")));
                found.push((i, operation.at.span));
            }
        }
    }
    found
}
