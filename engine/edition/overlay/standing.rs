//! What stands in an edition, element by element, so that an instrument can quote it.

use super::apply::Applier;
use super::element::{Element, Trees};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::Request;
use crate::load::RawStandard;
use crate::source::Span;
use crate::syntax::de::Loc;
use crate::syntax::{Entry, Node, Table, Value};
use crate::text;

/// The elements of an edition as an operation sees them: every clause with content of its own.
#[derive(Clone, Debug)]
pub struct Standing {
    trees: Trees,
    sharing: Vec<(String, String)>,
}

impl Standing {
    /// Lays the instruments of an edition over the base. `None` if anything about them is wrong.
    pub fn of(raw: &RawStandard, request: &Request, diagnostics: &mut Diagnostics) -> Option<Self> {
        let resolved = super::resolve(raw, request, None, diagnostics)?;
        let rules = resolved.raw.as_ref().unwrap_or(raw);
        let files = rules.trees.iter().map(|(kind, node)| (*kind, node.clone(), false)).collect();
        let templates = templates(&resolved.templates);
        let mut applier = Applier { trees: Trees { files, templates }, diagnostics, own: Vec::new() };
        let text = |t: &Table, field: &str| t.get(field).and_then(Node::as_text).map(str::to_owned);
        let sharing: Vec<(String, String)> =
            applier.trees.clauses().filter_map(|t| Some((text(t, "id")?, text(t, "same-as")?))).collect();
        for (clause, _) in &sharing {
            applier.unshare(clause);
        }
        Some(Standing { trees: applier.trees, sharing })
    }

    /// The fields of an element.
    ///
    /// # Errors
    /// There is no such element; the diagnostic lies in no text and says what is near.
    pub fn find(&self, at: &str) -> Result<&Table, Box<Diagnostic>> {
        let element = Element::parse(at);
        let found = self.trees.find(&element).and_then(|found| self.trees.node(&found));
        if let Some(table) = found.and_then(Node::as_table) {
            return Ok(table);
        }
        if let Element::Check(clause, check) = &element
            && self.trees.find(&Element::Clause(clause.clone())).is_some()
        {
            let known = self.checks(clause);
            let message =
                text!("条款 `{clause}` 没有检查 `{check}`", "the clause `{clause}` has no check `{check}`");
            let fault = Diagnostic::error(Code::UnknownCheck, Span::NONE, message);
            return Err(Box::new(fault.choices(check, known.iter().map(String::as_str))));
        }
        let message = text!("规则中没有 `{at}`", "the rules have no `{at}`");
        let fault = Diagnostic::error(Code::UnknownReference, Span::NONE, message);
        let names = self.trees.names();
        Err(Box::new(fault.suggest(at, names.iter().map(String::as_str))))
    }

    /// The ids of the checks of a clause.
    #[must_use]
    pub fn checks(&self, clause: &str) -> Vec<String> {
        let table = self.find(clause).ok();
        let checks = table.and_then(|t| t.get("check")?.as_array()).unwrap_or_default();
        let id = |n: &Node| n.as_table()?.get("id")?.as_text().map(str::to_owned);
        checks.iter().filter_map(id).collect()
    }

    /// The clauses that share the content of a clause by `same-as`, itself left out.
    #[must_use]
    pub fn shares(&self, clause: &str) -> Vec<&str> {
        let root = |id: &str| self.sharing.iter().find(|(own, _)| own == id).map(|(_, root)| root.as_str());
        let shared = root(clause).unwrap_or(clause);
        let mut all: Vec<&str> =
            self.sharing.iter().filter(|(_, root)| root == shared).map(|(own, _)| own.as_str()).collect();
        if !all.is_empty() {
            all.extend(self.sharing.iter().map(|(_, root)| root.as_str()).find(|root| *root == shared));
        }
        all.retain(|id| *id != clause);
        all
    }
}

/// The parts of reports that instruments fill, as a tree.
fn templates(texts: &std::collections::BTreeMap<String, Loc<String>>) -> Option<Node> {
    let node = |value: Value| Node { span: Span::NONE, value };
    let entry =
        |key: &str, value: Value| Entry { key: key.to_owned(), key_span: Span::NONE, node: node(value) };
    let one = |(name, text): (&String, &Loc<String>)| {
        let fields =
            vec![entry("name", Value::Text(name.clone())), entry("text", Value::Text(text.value.clone()))];
        node(Value::Table(Table::new(fields)))
    };
    let all: Vec<Node> = texts.iter().map(one).collect();
    (!all.is_empty()).then(|| node(Value::Table(Table::new(vec![entry("template", Value::Array(all))]))))
}
