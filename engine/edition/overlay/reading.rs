//! Readings that a call chooses or an instrument settles: the operations that the interpretation carries.

use super::apply::Applier;
use super::element::Element;
use super::instrument::{Instrument, Layer, LayerKind};
use super::operation::{Operation, OperationKind};
use super::{Resolved, Step, guard};
use crate::diag::{Code, Diagnostic};
use crate::edition::Request;
use crate::format::overlay::{EffectiveByRaw, StatusRaw};
use crate::lang::Text;
use crate::source::Span;
use crate::syntax::{Entry, Node, Table, Value};
use crate::text;

/// A reading that holds instead of the adopted one.
struct Chosen {
    interpretation: String,
    reading: String,
    span: Span,
    /// The layer that settles it; `None` if the call chooses it.
    layer: Option<usize>,
    reason: Option<Text>,
}

/// Applies readings, before any other operation: those of the call, and those that instruments in force settle.
pub fn settle(
    instruments: &[Instrument<'_>],
    operations: &[Vec<Operation<'_>>],
    ranks: &[usize],
    request: &Request,
    applier: &mut Applier<'_>,
    resolved: &mut Resolved,
) {
    let (mut chosen, mut replaced): (Vec<Chosen>, Vec<Chosen>) = (Vec::new(), Vec::new());
    for (layer, (instrument, operations)) in instruments.iter().zip(operations).enumerate() {
        if !instrument.layer.in_force {
            continue;
        }
        for operation in operations.iter().filter(|o| o.kind == OperationKind::Settle) {
            let text = |node: Option<&Node>| node.and_then(Node::as_text).unwrap_or_default().to_owned();
            let id = operation.element.path().pop().unwrap_or_default();
            let before = chosen.iter().rev().find(|c| c.interpretation == id).map(|c| c.reading.clone());
            let stands = before.or_else(|| adopted(applier, &id));
            let was = text(operation.was);
            if let Some(stands) = stands.filter(|s| *s != was) {
                let span = operation.was.map_or(operation.at.span, |n| n.span);
                let message = text!(
                    "`{id}` 现采用的读法是 `{stands}`，与所引不同",
                    "the reading of `{id}` is `{stands}` now, not what is quoted"
                );
                applier.diagnostics.push(Diagnostic::error(Code::StaleQuote, span, message));
            }
            let span = operation.now.map_or(operation.at.span, |n| n.span);
            replaced.extend(chosen.extract_if(.., |c| c.interpretation == id));
            chosen.push(Chosen {
                interpretation: id,
                reading: text(operation.now),
                span,
                layer: Some(layer),
                reason: Some(operation.reason.clone()),
            });
        }
    }
    for (id, reading) in &request.readings {
        if let Some(settled) = chosen.iter().find(|c| c.interpretation == *id) {
            if settled.reading != *reading {
                let by = settled.layer.and_then(|l| instruments.get(l)).map(|i| i.layer.id.clone());
                let (by, now) = (by.unwrap_or_default(), &settled.reading);
                let message =
                    text!("`{id}` 已由 `{by}` 定为 `{now}`", "`{id}` is settled by `{by}` as `{now}`");
                applier.diagnostics.push(Diagnostic::error(Code::OverlayConflict, Span::NONE, message));
            }
            continue;
        }
        chosen.push(Chosen {
            interpretation: id.clone(),
            reading: reading.clone(),
            span: Span::NONE,
            layer: None,
            reason: None,
        });
    }
    // What a region settles touches what the reading touches, even if another settles it back.
    let region = |choice: &Chosen| {
        let layer = choice.layer?;
        let variant = instruments.get(layer)?.layer.kind == LayerKind::Variant;
        ranks.get(layer).copied().filter(|_| variant)
    };
    for choice in &replaced {
        if let Some(reading) = interpretation(&choice.interpretation, applier)
            .and_then(|t| reading(&t, &choice.reading).cloned())
        {
            guarded(&reading, choice.span, region(choice), applier, resolved);
        }
    }
    for choice in chosen {
        apply(&choice, region(&choice), applier, resolved);
    }
}

/// What an instrument settles is still there when its turn comes: no layer before it has withdrawn it.
pub fn still_there(operation: &Operation<'_>, applier: &mut Applier<'_>, history: &[Step]) {
    let id = operation.element.path().pop().unwrap_or_default();
    let at = format!("interpretation:{id}");
    let withdrawn = |s: &Step| s.operation == OperationKind::Withdraw && s.at == at;
    let element = Element::Interpretation(id.clone());
    if applier.trees.find(&element).is_none() && history.iter().any(withdrawn) {
        let message = text!(
            "释义 `{id}` 已被先行的修改撤去，不能再定读法",
            "the interpretation `{id}` was withdrawn by an earlier layer: nothing is left to settle"
        );
        let help = text!(
            "删去这条 settle，或不要撤去该释义",
            "drop this settlement, or do not withdraw the interpretation"
        );
        applier
            .diagnostics
            .push(Diagnostic::error(Code::UnknownInterpretation, operation.at.span, message).help(help));
    }
}

fn interpretation(id: &str, applier: &Applier<'_>) -> Option<Table> {
    let found = applier.trees.find(&Element::Interpretation(id.to_owned()))?;
    applier.trees.node(&found)?.as_table().cloned()
}

fn reading<'a>(interpretation: &'a Table, name: &str) -> Option<&'a Table> {
    let items = interpretation.get("reading").and_then(Node::as_array).unwrap_or_default();
    let of = |table: &&Table| table.get("id").and_then(Node::as_text) == Some(name);
    items.iter().filter_map(Node::as_table).find(of)
}

/// Checks that a region may touch what the operations of a reading name.
fn guarded(
    reading: &Table,
    span: Span,
    region: Option<usize>,
    applier: &mut Applier<'_>,
    resolved: &mut Resolved,
) {
    let Some(depth) = region else { return };
    for (list, withdrawn) in [("replace", false), ("insert", false), ("withdraw", true)] {
        let items = reading.get(list).and_then(Node::as_array).unwrap_or_default();
        for at in items.iter().filter_map(|n| n.as_table()?.get("at")?.as_text()) {
            guard::protected(
                &Element::parse(at),
                at,
                span,
                withdrawn,
                depth,
                applier,
                &mut resolved.tightened,
            );
        }
    }
}

fn adopted(applier: &Applier<'_>, id: &str) -> Option<String> {
    interpretation(id, applier)?.get("adopted").and_then(Node::as_text).map(str::to_owned)
}

fn apply(choice: &Chosen, region: Option<usize>, applier: &mut Applier<'_>, resolved: &mut Resolved) {
    let (id, name) = (&choice.interpretation, &choice.reading);
    let Some(found) = applier.trees.find(&Element::Interpretation(id.clone())) else {
        let names = applier.trees.names();
        let known = names.iter().filter_map(|n| n.strip_prefix("interpretation:"));
        let message = text!("没有释义 `{id}`", "there is no interpretation `{id}`");
        let fault = Diagnostic::error(Code::UnknownInterpretation, choice.span, message);
        applier.diagnostics.push(fault.suggest(id, known));
        return;
    };
    let Some(table) = applier.trees.node(&found).and_then(Node::as_table).cloned() else { return };
    let items = table.get("reading").and_then(Node::as_array).unwrap_or_default();
    let id_of = |n: &Node| n.as_table().and_then(|t| t.get("id")).and_then(Node::as_text).map(str::to_owned);
    let Some(reading) = reading(&table, name) else {
        let known: Vec<String> = items.iter().filter_map(id_of).collect();
        let message = text!("`{id}` 没有读法 `{name}`", "`{id}` has no reading `{name}`");
        let fault = Diagnostic::error(Code::UnknownName, choice.span, message);
        applier.diagnostics.push(fault.choices(name, known.iter().map(String::as_str)));
        return;
    };
    if table.get("adopted").and_then(Node::as_text) == Some(name) {
        return;
    }
    if let Some(why) = reading.get("beyond").and_then(Node::as_table) {
        let text = |field: &str| why.get(field).and_then(Node::as_text).unwrap_or_default().to_owned();
        let help = Text { zh: text("zh"), en: text("en") };
        let message = text!(
            "`{id}` 的读法 `{name}` 无法用规则表达",
            "the reading `{name}` of `{id}` cannot be expressed by operations on the rules"
        );
        applier.diagnostics.push(Diagnostic::error(Code::ReadingBeyond, choice.span, message).help(help));
        return;
    }
    let reason = choice.reason.clone().unwrap_or_else(|| {
        let text = |field: &str| {
            let wording = reading.get("text").and_then(Node::as_table);
            wording.and_then(|t| t.get(field)).and_then(Node::as_text).unwrap_or_default().to_owned()
        };
        Text { zh: text("zh"), en: text("en") }
    });
    let layer = choice.layer.unwrap_or_else(|| {
        resolved.layers.push(layer_of(id, name, &reason));
        resolved.layers.len() - 1
    });
    guarded(reading, choice.span, region, applier, resolved);
    let mut record = |at: &str, operation, was: Option<&Node>, now: Option<&Node>, span| {
        resolved.history.push(Step {
            at: at.to_owned(),
            layer,
            operation,
            was: was.map(Node::to_json),
            now: now.map(Node::to_json),
            reason: reason.clone(),
            idle: false,
            span,
        });
    };
    let list = |name: &str| reading.get(name).and_then(Node::as_array).unwrap_or_default();
    for item in list("replace").iter().filter_map(Node::as_table) {
        let (Some(at), Some(was), Some(now)) = (item.get("at"), item.get("was"), item.get("now")) else {
            continue;
        };
        let address = at.as_text().unwrap_or_default();
        applier.replace(address, at.span, was, now);
        record(address, OperationKind::Replace, Some(was), Some(now), at.span);
    }
    for item in list("insert").iter().filter_map(Node::as_table) {
        let (Some(at), Some(check)) = (item.get("at"), item.get("check")) else { continue };
        let clause = at.as_text().unwrap_or_default();
        applier.insert_check(clause, at.span, check);
        let address = format!("{clause}#{}", id_of(check).unwrap_or_default());
        record(&address, OperationKind::Insert, None, Some(check), at.span);
    }
    for item in list("withdraw").iter().filter_map(Node::as_table) {
        let Some(at) = item.get("at") else { continue };
        let address = at.as_text().unwrap_or_default();
        applier.withdraw(address, at.span, None);
        record(address, OperationKind::Withdraw, None, None, at.span);
    }
    let was = table.get("adopted").cloned();
    let span = if choice.span.is_some() { choice.span } else { was.as_ref().map_or(Span::NONE, |n| n.span) };
    let now = Node { span, value: Value::Text(name.clone()) };
    record(&format!("interpretation:{id}"), OperationKind::Settle, was.as_ref(), Some(&now), choice.span);
    if let Some(table) = applier.trees.node_mut(&found).and_then(Node::as_table_mut) {
        table.set(Entry { key: "adopted".to_owned(), key_span: span, node: now });
    }
}

fn layer_of(id: &str, reading: &str, text: &Text) -> Layer {
    Layer {
        id: format!("{id}={reading}"),
        kind: LayerKind::Reading,
        region: None,
        title: text.clone(),
        issuer: Text::default(),
        citation: Text::default(),
        notice: None,
        status: StatusRaw::Draft,
        effective: None,
        expires: None,
        effective_by: EffectiveByRaw::AssessedOn,
        intent: None,
        in_force: true,
        span: Span::NONE,
    }
}
