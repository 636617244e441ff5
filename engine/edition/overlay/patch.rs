//! Quoting and replacing fields of one table.

use crate::source::Span;
use crate::syntax::{Entry, Node, Table, Value};

/// Why a quotation does not fit.
#[derive(Clone, Debug)]
pub struct Stale {
    /// The field, as a dotted path.
    pub field: String,
    /// The place in the instrument.
    pub quoted: Span,
    /// The place in the rules, if the field is there.
    pub actual: Span,
    /// What stands there now, as one would write it.
    pub now: Option<String>,
}

/// The fields of a table as paths to values that are no tables.
#[must_use]
pub fn leaves(table: &Table) -> Vec<(Vec<String>, &Entry)> {
    let mut found = Vec::new();
    for entry in table.iter() {
        match entry.node.as_table() {
            Some(inner) if !inner.is_empty() => {
                found.extend(leaves(inner).into_iter().map(|(mut path, leaf)| {
                    path.insert(0, entry.key.clone());
                    (path, leaf)
                }));
            }
            _ => found.push((vec![entry.key.clone()], entry)),
        }
    }
    found
}

fn at<'a>(table: &'a Table, path: &[String]) -> Option<&'a Entry> {
    let (last, above) = path.split_last()?;
    let mut here = table;
    for step in above {
        here = here.get(step)?.as_table()?;
    }
    here.entry(last)
}

/// Whether every field that is quoted stands in a table as it says, and none that is only added is there.
///
/// # Errors
/// The first field that does not fit.
pub fn fits(table: &Table, was: &Table, now: Option<&Table>) -> Result<(), Box<Stale>> {
    let quoted = leaves(was);
    for (path, leaf) in &quoted {
        let actual = at(table, path);
        if actual.is_none_or(|actual| actual.node.to_json() != leaf.node.to_json()) {
            return Err(Box::new(Stale {
                field: path.join("."),
                quoted: if actual.is_some() { leaf.node.span } else { leaf.key_span },
                actual: actual.map_or(Span::NONE, |a| a.node.span),
                now: actual.map(|a| written(&a.node)),
            }));
        }
    }
    for (path, leaf) in now.map(leaves).unwrap_or_default() {
        // A value that takes the place of a table that is quoted field by field, or the reverse, is no addition.
        let replaced = |q: &[String]| q.starts_with(&path) || path.starts_with(q);
        if quoted.iter().any(|(q, _)| replaced(q)) {
            continue;
        }
        if let Some(actual) = at(table, &path) {
            return Err(Box::new(Stale {
                field: path.join("."),
                quoted: leaf.key_span,
                actual: actual.node.span,
                now: Some(written(&actual.node)),
            }));
        }
    }
    Ok(())
}

/// Replaces the quoted fields by the new ones. Call it only where [`fits`] agrees.
pub fn replace(table: &mut Table, was: &Table, now: &Table) {
    for (path, _) in leaves(was) {
        remove(table, &path);
    }
    for (path, leaf) in leaves(now) {
        set(table, &path, leaf);
    }
}

fn remove(table: &mut Table, path: &[String]) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        table.remove(first);
        return;
    }
    let Some(inner) = table.get_mut(first).and_then(Node::as_table_mut) else { return };
    remove(inner, rest);
    if inner.is_empty() {
        table.remove(first);
    }
}

fn set(table: &mut Table, path: &[String], leaf: &Entry) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        table.set(Entry { key: first.clone(), ..leaf.clone() });
        return;
    }
    if table.get(first).and_then(Node::as_table).is_none() {
        let node = Node { span: leaf.node.span, value: Value::Table(Table::default()) };
        table.set(Entry { key: first.clone(), key_span: leaf.key_span, node });
    }
    if let Some(inner) = table.get_mut(first).and_then(Node::as_table_mut) {
        set(inner, rest, leaf);
    }
}

/// A value as one would write it in TOML, on one line.
#[must_use]
pub fn written(node: &Node) -> String {
    match &node.value {
        Value::Flag(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => serde_json::Value::String(text.clone()).to_string(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", "))
        }
        Value::Table(table) => {
            let fields: Vec<String> =
                table.iter().map(|e| format!("{} = {}", key(&e.key), written(&e.node))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
    }
}

/// A key as one would write it in TOML.
#[must_use]
pub fn key(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if bare { key.to_owned() } else { serde_json::Value::String(key.to_owned()).to_string() }
}
