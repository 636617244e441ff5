//! What regions must not do: change what is final, loosen what may only be made stricter, add names without
//! their prefix.

use super::apply::Applier;
use super::element::{Element, Trees};
use super::instrument::{Instrument, LayerKind};
use super::operation::{Operation, OperationKind};
use super::{RegionProof, Tightened};
use crate::diag::{Code, Diagnostic};
use crate::format::overlay::IntentRaw;
use crate::source::Span;
use crate::text;

/// The regions of which something is to be proven.
#[must_use]
pub fn proofs(instruments: &[Instrument<'_>], ranks: &[usize]) -> Vec<RegionProof> {
    let regions = instruments.iter().zip(ranks).filter(|(i, _)| i.layer.intent.is_some());
    regions
        .map(|(instrument, rank)| RegionProof {
            region: instrument.layer.id.clone(),
            depth: *rank,
            intent: instrument.layer.intent.unwrap_or(IntentRaw::Any),
            span: instrument.file.intent.as_ref().map_or(instrument.layer.span, |i| i.span),
            base: instrument.file.base.as_ref().map(|b| (b.value.clone(), b.span)),
        })
        .collect()
}

/// Checks one operation before it is applied.
pub fn check(
    instrument: &Instrument<'_>,
    operation: &Operation<'_>,
    depth: usize,
    applier: &mut Applier<'_>,
    tightened: &mut Vec<Tightened>,
) {
    if instrument.layer.kind != LayerKind::Variant {
        return;
    }
    let code = instrument.layer.region.clone().unwrap_or_default();
    if operation.kind == OperationKind::Insert {
        prefix(&code, operation, applier);
    }
    let withdrawn = operation.kind == OperationKind::Withdraw;
    let (name, span) = (&operation.at.value, operation.at.span);
    protected(&operation.element, name, span, withdrawn, depth, applier, tightened);
}

/// Checks that a region may touch an element; a clause that is withdrawn takes its checks along.
pub fn protected(
    element: &Element,
    name: &str,
    span: Span,
    withdrawn: bool,
    depth: usize,
    applier: &mut Applier<'_>,
    tightened: &mut Vec<Tightened>,
) {
    let mut elements = vec![element.clone()];
    if let (Element::Clause(id), true) = (element, withdrawn) {
        elements.extend(applier.trees.checks(id).into_iter().map(|check| Element::Check(id.clone(), check)));
    }
    let all = elements.iter().flat_map(|element| protections(element, &applier.trees));
    let ours = |span: &Span| applier.own.iter().any(|own| own.start <= span.start && span.end <= own.end);
    let found: Vec<(String, Span)> = all.filter(|(_, span)| !ours(span)).collect();
    let strongest = found.iter().find(|(p, _)| p == "final").or(found.first()).cloned();
    let Some((protect, at)) = strongest else { return };
    if protect == "final" {
        let message = text!("`{name}` 不允许地区改动", "`{name}` is final: no region may change it");
        let fault = Diagnostic::error(Code::Protected, span, message);
        applier.diagnostics.push(fault.related(at, text!("由此声明", "declared here")));
    } else if let Some(clause) = element.clause() {
        tightened.push(Tightened { clause: clause.to_owned(), depth, span });
    }
}

/// What a region adds begins with its code, so that it never collides with the base or another region.
fn prefix(code: &str, operation: &Operation<'_>, applier: &mut Applier<'_>) {
    let (name, joint) = match &operation.element {
        Element::Check(_, check) => (check.as_str(), "-"),
        Element::Clause(id) | Element::Interpretation(id) => (id.as_str(), "."),
        Element::Evidence(key) => match key.rsplit_once("[].") {
            Some((_, field)) => (field, "-"),
            None => (key.as_str(), "."),
        },
        Element::Named(_, id) => (id.as_str(), "-"),
        Element::Standard | Element::Template(_) => return,
    };
    let wanted = format!("{code}{joint}");
    // A clause that is called like the region is the heading of its own requirements.
    if name != code && !name.starts_with(&wanted) {
        let message = text!(
            "地区 `{code}` 增加的 `{name}` 须以 `{wanted}` 开头",
            "what the region `{code}` adds begins with `{wanted}`: `{name}` does not"
        );
        let help = text!("写成 `{wanted}{name}`", "write `{wanted}{name}`");
        applier.diagnostics.push(Diagnostic::error(Code::LocalPrefix, operation.at.span, message).help(help));
    }
}

/// The protections of an element: its own, and those of its clause and of the clauses around it.
fn protections(element: &Element, trees: &Trees) -> Vec<(String, Span)> {
    let own = |element: &Element| -> Option<(String, Span)> {
        let node = trees.node(&trees.find(element)?)?.as_table()?.get("protect")?;
        Some((node.as_text().map(str::to_owned)?, node.span))
    };
    let mut found: Vec<(String, Span)> = match element {
        Element::Clause(_) => Vec::new(),
        other => own(other).into_iter().collect(),
    };
    let above = std::iter::successors(element.clause(), |id| id.rsplit_once('.').map(|(above, _)| above));
    found.extend(above.filter_map(|id| own(&Element::Clause(id.to_owned()))));
    found
}
