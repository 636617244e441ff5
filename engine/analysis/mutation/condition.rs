//! Tables of conditions with one condition changed or dropped.

use super::Kind;
use super::operand::{measure, moved, neighbour, written};
use crate::edition::Edition;
use crate::evidence::KeyIx;
use crate::format::check::{OPERATORS, QUANTIFIERS};
use crate::syntax::{Entry, Node, Table, Value};

/// What the fields of a condition are looked up in.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    /// The dossier.
    Dossier,
    /// Records of a list.
    Records(&'a str),
    /// Members of a set.
    Members(KeyIx),
}

/// A table of conditions with one difference.
pub(super) struct Edit {
    /// What was done.
    pub kind: Kind,
    /// The condition: field and operator.
    pub what: String,
    /// What was written.
    pub from: String,
    /// What is written instead; `None` if the condition is gone.
    pub to: Option<String>,
    /// The table; `None` if nothing is left of it.
    pub node: Option<Node>,
}

/// All tables with one difference; `dropped` is the kind of losing a condition.
pub(super) fn edits(edition: &Edition, node: &Node, scope: Scope<'_>, dropped: Kind) -> Vec<Edit> {
    let mut found = Vec::new();
    walk(edition, node, scope, &mut Vec::new(), dropped, &mut |path, edit| {
        found.push((path.to_vec(), edit));
    });
    found
        .into_iter()
        .map(|(path, (edit, with))| Edit { node: replaced(node, &path, &with), ..edit })
        .collect()
}

/// What takes the place of a condition.
enum With {
    Nothing,
    Operand(Node),
    Operator(&'static str),
}

type Found<'a> = &'a mut dyn FnMut(&[String], (Edit, With));

/// `path` holds the keys from the root to the table at hand.
fn walk(
    edition: &Edition,
    node: &Node,
    scope: Scope<'_>,
    path: &mut Vec<String>,
    dropped: Kind,
    found: Found<'_>,
) {
    let Some(table) = node.as_table() else { return };
    let from = path.iter().rposition(|p| QUANTIFIERS.contains(&p.as_str())).map_or(0, |i| i + 1);
    for entry in table.iter() {
        let field = path.get(from..).unwrap_or_default().join(".");
        path.push(entry.key.clone());
        let what = path.join(".");
        let edit = |kind, to: Option<String>| Edit {
            kind,
            what: what.clone(),
            from: written(&entry.node),
            to,
            node: None,
        };
        if QUANTIFIERS.contains(&entry.key.as_str()) && entry.node.as_table().is_some() {
            found(path, (edit(dropped, None), With::Nothing));
            let list = match scope {
                Scope::Records(list) => format!("{list}[].{field}"),
                _ => field,
            };
            walk(edition, &entry.node, Scope::Records(&list), path, dropped, found);
        } else if OPERATORS.contains(&entry.key.as_str()) && entry.node.as_table().is_none() {
            found(path, (edit(dropped, None), With::Nothing));
            let key = match scope {
                Scope::Dossier => edition.dictionary.find(&field),
                Scope::Records(list) => edition.dictionary.find(&format!("{list}[].{field}")),
                Scope::Members(key) => Some(key),
            };
            for operand in moved(edition, &entry.node, measure(edition, &entry.key, key)) {
                let kind = if entry.node.as_array().is_some() { Kind::Word } else { Kind::Threshold };
                found(path, (edit(kind, Some(written(&operand))), With::Operand(operand)));
            }
            if let Some(other) = neighbour(&entry.key) {
                let mut swapped = edit(Kind::Bound, Some(other.to_owned()));
                swapped.from = entry.key.clone();
                found(path, (swapped, With::Operator(other)));
            }
        } else {
            walk(edition, &entry.node, scope, path, dropped, found);
        }
        path.pop();
    }
}

/// The tree with something in the place of the entry at a path; tables that become empty go too.
fn replaced(node: &Node, path: &[String], with: &With) -> Option<Node> {
    let (first, rest) = path.split_first()?;
    let table = node.as_table()?;
    let mut entries: Vec<Entry> = Vec::new();
    for entry in table.iter() {
        if entry.key != *first {
            entries.push(entry.clone());
            continue;
        }
        let changed = match (rest.is_empty(), with) {
            (false, _) => replaced(&entry.node, rest, with).map(|node| Entry { node, ..entry.clone() }),
            (true, With::Nothing) => None,
            (true, With::Operand(operand)) => Some(Entry { node: operand.clone(), ..entry.clone() }),
            (true, With::Operator(op)) => Some(Entry { key: (*op).to_owned(), ..entry.clone() }),
        };
        entries.extend(changed);
    }
    (!entries.is_empty()).then(|| Node { span: node.span, value: Value::Table(Table::new(entries)) })
}
