//! Applies operations to the trees, and reports those that do not fit.

use super::element::{Element, Found, Trees, append};
use super::fields;
use super::patch::{self, Stale};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::FileKind;
use crate::lang::Text;
use crate::source::Span;
use crate::syntax::{Entry, Node, Table, Value};
use crate::text;

/// Trees under change.
pub struct Applier<'a> {
    /// The trees.
    pub trees: Trees,
    /// Where faults go.
    pub diagnostics: &'a mut Diagnostics,
    /// The instruments of the region at work: what they protect binds those below, not themselves.
    pub own: Vec<Span>,
}

/// A replacement that was applied.
pub struct Replaced {
    /// The quotation that fitted.
    pub was: Node,
    /// Whether the element stays as it was.
    pub idle: bool,
}

impl Applier<'_> {
    fn fault(&mut self, code: Code, span: Span, message: Text) {
        self.diagnostics.push(Diagnostic::error(code, span, message));
    }

    /// Finds what an operation names, or says what is near.
    pub fn find(&mut self, at: &str, span: Span) -> Option<(Element, Found)> {
        let element = Element::parse(at);
        if let Some(found) = self.trees.find(&element) {
            return Some((element, found));
        }
        let message = text!("规则中没有 `{at}`", "the rules have no `{at}`");
        let names = self.trees.names();
        let fault = Diagnostic::error(Code::UnknownReference, span, message);
        self.diagnostics.push(fault.suggest(at, names.iter().map(String::as_str)));
        None
    }

    /// Gives a clause content of its own, where it shared it: what is changed here stays as it is elsewhere.
    pub fn unshare(&mut self, clause: &str) {
        self.own_content(clause);
        let text = |t: &Table, field: &str| t.get(field).and_then(Node::as_text).map(str::to_owned);
        let sharing: Vec<String> = self
            .trees
            .clauses()
            .filter(|t| text(t, "same-as").as_deref() == Some(clause))
            .filter_map(|t| text(t, "id"))
            .collect();
        for id in sharing {
            self.own_content(&id);
        }
    }

    fn own_content(&mut self, clause: &str) {
        let table = |trees: &Trees, id: &str| {
            let found = trees.find(&Element::Clause(id.to_owned()))?;
            let table = trees.node(&found)?.as_table()?.clone();
            Some((found, table))
        };
        let Some((found, own)) = table(&self.trees, clause) else { return };
        let Some(original) = own.get("same-as").and_then(Node::as_text).map(str::to_owned) else { return };
        let Some((_, content)) = table(&self.trees, &original) else { return };
        let mut merged = Table::default();
        for entry in content.iter().filter(|e| e.key != "id" && e.key != "level" && e.key != "same-as") {
            merged.set(entry.clone());
        }
        for entry in own.iter().filter(|e| e.key != "same-as") {
            let mut entry = entry.clone();
            if let (Some(shared), Some(items)) =
                (merged.get(&entry.key).and_then(Node::as_array), entry.node.as_array())
            {
                let all: Vec<Node> = shared.iter().chain(items).cloned().collect();
                entry.node.value = Value::Array(all);
            }
            merged.set(entry);
        }
        if let Some(node) = self.trees.node_mut(&found) {
            node.value = Value::Table(merged);
        }
    }

    /// Replaces fields of an element. `None` if the operation does not fit.
    pub fn replace(&mut self, at: &str, at_span: Span, was: &Node, now: &Node) -> Option<Replaced> {
        let (element, found) = self.find(at, at_span)?;
        let (alternatives, now) = (self.tables(was), self.tables(now));
        let now = now.first()?;
        if !self.known(&element, alternatives.iter().chain([now])) {
            return None;
        }
        let quoted = alternatives.iter().flat_map(Table::iter);
        let changed = quoted.chain(now.iter()).filter(|e| element.fixed().contains(&e.key.as_str()));
        if let Some(entry) = changed.into_iter().next() {
            let (field, span) = (entry.key.clone(), entry.key_span);
            let message =
                text!("`{at}` 的 `{field}` 不能用 replace 改动", "`{field}` of `{at}` cannot be replaced");
            let help = match field.as_str() {
                "check" => text!(
                    "写 at = \"条款#检查\"，或用 insert、withdraw",
                    "write at = \"clause#check\", or insert and withdraw"
                ),
                "adopted" | "reading" => text!("用 [[settle]]", "use [[settle]]"),
                _ => text!("撤去原来的，再增加新的", "withdraw it and insert another"),
            };
            self.diagnostics.push(Diagnostic::error(Code::FieldMismatch, span, message).help(help));
            return None;
        }
        let table = self.trees.node(&found).and_then(Node::as_table)?;
        match fitting(table, &alternatives, Some(now)) {
            Err(stale) => {
                self.stale(at, *stale);
                None
            }
            Ok(fitted) => {
                let fitted = fitted.clone();
                let mut idle = false;
                if let Some(node) = self.trees.node_mut(&found) {
                    let before = node.to_json();
                    if let Some(table) = node.as_table_mut() {
                        patch::replace(table, &fitted, now);
                    }
                    idle = node.to_json() == before;
                }
                Some(Replaced { was: Node { span: was.span, value: Value::Table(fitted) }, idle })
            }
        }
    }

    /// Takes an element out of the rules; a clause stays as a number without content.
    pub fn withdraw(&mut self, at: &str, at_span: Span, was: Option<&Node>) -> bool {
        let Some((element, found)) = self.find(at, at_span) else { return false };
        if let Some(was) = was {
            let alternatives = self.tables(was);
            if alternatives.iter().any(Table::is_empty) || alternatives.is_empty() {
                let message = text!("`was` 须引用至少一个字段", "`was` quotes at least one field");
                self.fault(Code::MissingField, was.span, message);
                return false;
            }
            if !self.known(&element, &alternatives) {
                return false;
            }
            let Some(table) = self.trees.node(&found).and_then(Node::as_table) else { return false };
            if let Err(stale) = fitting(table, &alternatives, None) {
                self.stale(at, *stale);
                return false;
            }
        }
        match element {
            Element::Clause(_) => self.empty(&found, at_span),
            Element::Standard => {
                let message = text!("`standard` 不能撤去", "`standard` cannot be withdrawn");
                self.fault(Code::FieldMismatch, at_span, message);
                return false;
            }
            _ => {
                self.trees.take(&found);
            }
        }
        true
    }

    fn empty(&mut self, found: &Found, span: Span) {
        let Some(table) = self.trees.node_mut(found).and_then(Node::as_table_mut) else { return };
        for field in ["check", "choose", "when", "due", "until-due", "documents", "methods", "step", "points"]
        {
            table.remove(field);
        }
        let node = Node { span, value: Value::Text("withdrawn".to_owned()) };
        table.set(Entry { key: "kind".to_owned(), key_span: span, node });
    }

    /// Adds a check to a clause.
    pub fn insert_check(&mut self, at: &str, at_span: Span, check: &Node) -> bool {
        let Some((_, found)) = self.find(at, at_span) else { return false };
        let Some(table) = self.trees.node_mut(&found).and_then(Node::as_table_mut) else { return false };
        append(table, "check", check.clone());
        true
    }

    /// Adds an element that stands by itself; `around` is what the file of a clause says about it.
    pub fn insert(&mut self, element: &Element, node: &Node, around: Vec<Entry>) {
        match element {
            Element::Clause(_) => self.trees.push(FileKind::Chapter, "clause", node.clone(), around),
            Element::Evidence(_) => self.trees.push(FileKind::Evidence, "evidence", node.clone(), around),
            Element::Interpretation(_) => {
                self.trees.push(FileKind::Interpretation, "interpretation", node.clone(), around);
            }
            Element::Named(kind, _) => self.trees.push(FileKind::Standard, kind, node.clone(), around),
            Element::Template(_) => {
                let empty = Node { span: node.span, value: Value::Table(Table::default()) };
                let templates = self.trees.templates.get_or_insert(empty);
                if let Some(table) = templates.as_table_mut() {
                    append(table, "template", node.clone());
                }
            }
            Element::Check(..) | Element::Standard => {}
        }
    }

    /// Whether every field that is named, also in a quotation that is not the one taken, is one of such an element.
    fn known<'t>(&mut self, element: &Element, tables: impl IntoIterator<Item = &'t Table>) -> bool {
        let before = self.diagnostics.errors();
        tables.into_iter().for_each(|table| fields::known(element, table, self.diagnostics));
        self.diagnostics.errors() == before
    }

    /// The tables of a quotation: one, or several of which one must fit.
    fn tables(&mut self, node: &Node) -> Vec<Table> {
        let items = match &node.value {
            Value::Array(items) => items.iter().collect(),
            _ => vec![node],
        };
        let mut tables = Vec::new();
        for item in items {
            match item.as_table() {
                Some(table) => tables.push(table.clone()),
                None => self.fault(
                    Code::WrongType,
                    item.span,
                    text!(
                        "这里须是字段的表：{{ 字段 = 值 }}",
                        "a table of fields is needed here: {{ field = value }}"
                    ),
                ),
            }
        }
        tables
    }

    fn stale(&mut self, at: &str, stale: Stale) {
        let Stale { field, quoted, actual, now } = stale;
        let base = match &now {
            Some(now) => text!(
                "`{at}` 的 `{field}` 现为 {now}，与所引不同",
                "`{field}` of `{at}` is {now}, not what is quoted"
            ),
            None => text!("`{at}` 现在没有字段 `{field}`", "`{at}` has no field `{field}`"),
        };
        let help = text!(
            "核对改动是否仍然成立，再照现文改写 was",
            "see whether the change still holds, then quote what stands there now in `was`"
        );
        let fault = Diagnostic::error(Code::StaleQuote, quoted, base);
        self.diagnostics.push(fault.related(actual, text!("现文", "what stands there now")).help(help));
    }
}

/// The first quotation that fits a table; else why the first of them does not.
fn fitting<'t>(
    table: &Table,
    alternatives: &'t [Table],
    now: Option<&Table>,
) -> Result<&'t Table, Box<Stale>> {
    let mut first = None;
    for was in alternatives {
        match patch::fits(table, was, now) {
            Ok(()) => return Ok(was),
            Err(stale) => {
                first.get_or_insert(stale);
            }
        }
    }
    Err(first.unwrap_or_else(|| {
        Box::new(Stale { field: String::new(), quoted: Span::NONE, actual: Span::NONE, now: None })
    }))
}
