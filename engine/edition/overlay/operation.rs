//! The operations of one instrument, in the order in which they are written.

use super::element::Element;
use super::patch::leaves;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::overlay::{OverlayInsertRaw, SLOTS};
use crate::lang::Text;
use crate::source::Span;
use crate::syntax::de::Loc;
use crate::syntax::{Entry, Node};
use crate::text;

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OperationKind {
    /// Fields are replaced.
    Replace,
    /// An element is added.
    Insert,
    /// An element goes.
    Withdraw,
    /// A reading is settled.
    Settle,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation<'a> {
    /// What it does.
    pub kind: OperationKind,
    /// The element that it changes or makes, as one writes it.
    pub at: Loc<String>,
    /// The same, taken apart.
    pub element: Element,
    /// What it quotes.
    pub was: Option<&'a Node>,
    /// What it puts there.
    pub now: Option<&'a Node>,
    /// What the file of an inserted clause says about it.
    pub around: Vec<Entry>,
    /// Why.
    pub reason: &'a Text,
}

impl Operation<'_> {
    /// The paths that it writes.
    #[must_use]
    pub fn writes(&self) -> Vec<Vec<String>> {
        let base = self.element.path();
        match self.kind {
            OperationKind::Insert | OperationKind::Withdraw => vec![base],
            OperationKind::Settle => vec![[base, vec!["adopted".to_owned()]].concat()],
            OperationKind::Replace => {
                let tables = |node: Option<&Node>| -> Vec<Vec<String>> {
                    let items: Vec<&Node> = match node.and_then(Node::as_array) {
                        Some(items) => items.iter().collect(),
                        None => node.into_iter().collect(),
                    };
                    let tables = items.into_iter().filter_map(Node::as_table);
                    tables.flat_map(leaves).map(|(path, _)| path).collect()
                };
                let mut paths = tables(self.was);
                paths.extend(tables(self.now));
                paths.sort();
                paths.dedup();
                paths.into_iter().map(|path| [base.clone(), path].concat()).collect()
            }
        }
    }
}

/// The operations of an instrument. Those that are malformed are reported and left out.
pub fn list<'a>(
    file: &'a crate::format::overlay::OverlayFile,
    node: &'a Node,
    diagnostics: &mut Diagnostics,
) -> Vec<Operation<'a>> {
    let mut found = Vec::new();
    let item = |list: &str, i: usize| -> Option<&'a Node> { node.as_table()?.get(list)?.as_array()?.get(i) };
    for replace in &file.replace {
        found.push(Operation {
            kind: OperationKind::Replace,
            at: replace.at.clone(),
            element: Element::parse(&replace.at),
            was: Some(&replace.was.0),
            now: Some(&replace.now.0),
            around: Vec::new(),
            reason: &replace.reason,
        });
    }
    for withdraw in &file.withdraw {
        found.push(Operation {
            kind: OperationKind::Withdraw,
            at: withdraw.at.clone(),
            element: Element::parse(&withdraw.at),
            was: Some(&withdraw.was.0),
            now: None,
            around: Vec::new(),
            reason: &withdraw.reason,
        });
    }
    for (i, settle) in file.settle.iter().enumerate() {
        let part = |field: &str| item("settle", i).and_then(|n| n.as_table()?.get(field));
        found.push(Operation {
            kind: OperationKind::Settle,
            at: Loc::new(format!("interpretation:{}", settle.at.value), settle.at.span),
            element: Element::Interpretation(settle.at.value.clone()),
            was: part("was"),
            now: part("now"),
            around: Vec::new(),
            reason: &settle.reason,
        });
    }
    for (i, insert) in file.insert.iter().enumerate() {
        let Some(node) = item("insert", i) else { continue };
        found.extend(inserted(insert, node, diagnostics));
    }
    for operation in &found {
        if operation.reason.zh.trim().is_empty() || operation.reason.en.trim().is_empty() {
            let message = text!("`reason` 为空", "`reason` is empty");
            diagnostics.push(Diagnostic::error(Code::EmptyText, operation.at.span, message));
        }
    }
    found.sort_by_key(|o| o.at.span);
    found
}

fn inserted<'a>(
    raw: &'a OverlayInsertRaw,
    node: &'a Node,
    diagnostics: &mut Diagnostics,
) -> Option<Operation<'a>> {
    let named = |kind: &'static str, id: &Loc<String>| {
        (Loc::new(format!("{kind}:{}", id.value), id.span), Element::parse(&format!("{kind}:{}", id.value)))
    };
    let clause = raw.at.as_ref();
    let given: Vec<(&'static str, (Loc<String>, Element))> = [
        raw.check.as_ref().map(|c| {
            let at = clause.map(|a| a.value.clone()).unwrap_or_default();
            let address = format!("{at}#{}", c.id.value);
            ("check", (Loc::new(address, c.id.span), Element::Check(at, c.id.value.clone())))
        }),
        raw.clause.as_ref().map(|c| ("clause", (c.id.clone(), Element::Clause(c.id.value.clone())))),
        raw.evidence.as_ref().map(|e| ("evidence", named("evidence", &e.key))),
        raw.set.as_ref().map(|s| ("set", named("set", &s.id))),
        raw.table.as_ref().map(|t| ("table", named("table", &t.id))),
        raw.interpretation.as_ref().map(|i| ("interpretation", named("interpretation", &i.id))),
        raw.template.as_ref().map(|t| ("template", named("template", &t.name))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let first_key = node.as_table().and_then(|t| t.iter().map(|e| e.key_span).min()).unwrap_or(node.span);
    let mut fault = |code: Code, span: Span, message: Text| {
        diagnostics.push(Diagnostic::error(code, span, message));
    };
    let [(word, (at, element))] = given.as_slice() else {
        let message = text!(
            "insert 须恰好写明一个：check、clause、evidence、set、table、interpretation、template",
            "an insertion names exactly one of check, clause, evidence, set, table, interpretation, template"
        );
        fault(Code::FieldMismatch, first_key, message);
        return None;
    };
    for (field, given, goes_with) in [
        ("at", raw.at.as_ref(), "check"),
        ("part", raw.part.as_ref(), "clause"),
        ("category", raw.category.as_ref(), "clause"),
    ] {
        match given {
            Some(written) if *word != goes_with => {
                let message =
                    text!("`{field}` 只与 {goes_with} 同写", "`{field}` goes with `{goes_with}` only");
                fault(Code::FieldMismatch, written.span, message);
            }
            None if *word == goes_with && field != "category" => {
                let message =
                    text!("增加 {goes_with} 须写 `{field}`", "inserting a {goes_with} needs `{field}`");
                fault(Code::MissingField, at.span, message);
                return None;
            }
            _ => {}
        }
    }
    if let Element::Template(name) = element
        && !SLOTS.contains(&name.as_str())
    {
        let message =
            text!("报告没有名为 `{name}` 的留空部分", "reports have no part called `{name}` to fill");
        diagnostics.push(Diagnostic::error(Code::UnknownName, at.span, message).choices(name, SLOTS));
        return None;
    }
    let table = node.as_table()?;
    let around = ["part", "category"].into_iter().filter_map(|f| table.entry(f).cloned()).collect();
    Some(Operation {
        kind: OperationKind::Insert,
        at: at.clone(),
        element: element.clone(),
        was: None,
        now: table.get(word),
        around,
        reason: &raw.reason,
    })
}
