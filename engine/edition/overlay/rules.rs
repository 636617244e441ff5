//! The elements of the rules of an edition as they stand after all operations, by the names that operations use.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::format::FileKind;
use crate::load::RawStandard;
use crate::syntax::{Node, Table};

/// Every element with its own fields as written: a clause without its checks, a file’s part and category with it.
/// Content that is shared by `same-as` stands at each clause that shares it.
#[must_use]
pub fn elements(raw: &RawStandard) -> BTreeMap<String, Json> {
    let mut all = BTreeMap::new();
    let tables =
        |kind: FileKind| raw.trees.iter().filter(move |(k, _)| *k == kind).filter_map(|(_, n)| n.as_table());
    let clauses: BTreeMap<&str, &Table> = tables(FileKind::Chapter)
        .flat_map(|file| items(file, "clause"))
        .filter_map(|clause| Some((text(clause, "id")?, clause)))
        .collect();
    for file in tables(FileKind::Chapter) {
        for clause in items(file, "clause") {
            one_clause(file, clause, &clauses, &mut all);
        }
    }
    for file in tables(FileKind::Evidence) {
        for key in items(file, "evidence") {
            insert(&mut all, "evidence:", text(key, "key"), fields(key, &["key"]));
        }
        for invariant in items(file, "invariant") {
            let name =
                text(invariant, "key").zip(text(invariant, "at-most")).map(|(a, b)| format!("{a} {b}"));
            insert(&mut all, "invariant:", name.as_deref(), fields(invariant, &["key", "at-most"]));
        }
    }
    for file in tables(FileKind::Interpretation) {
        for interpretation in items(file, "interpretation") {
            let own = fields(interpretation, &["id"]);
            insert(&mut all, "interpretation:", text(interpretation, "id"), own);
        }
    }
    for file in tables(FileKind::Units) {
        for dimension in items(file, "dimension") {
            insert(&mut all, "dimension:", text(dimension, "id"), fields(dimension, &["id"]));
        }
    }
    for file in tables(FileKind::Standard) {
        for kind in ["part", "due", "sample", "set", "table", "category", "stage", "level"] {
            for item in items(file, kind) {
                let id = if kind == "sample" { "of" } else { "id" };
                let name = item.get(id).map(|n| n.to_json()).map(|j| match j {
                    Json::String(text) => text,
                    other => other.to_string(),
                });
                insert(&mut all, &format!("{kind}:"), name.as_deref(), fields(item, &[id]));
            }
        }
        if let Some(grade) = file.get("grade").and_then(Node::as_table) {
            all.insert("standard".to_owned(), Json::Object(fields(grade, &[])));
        }
    }
    all
}

fn one_clause(
    file: &Table,
    clause: &Table,
    clauses: &BTreeMap<&str, &Table>,
    all: &mut BTreeMap<String, Json>,
) {
    let Some(id) = text(clause, "id") else { return };
    let content = text(clause, "same-as").and_then(|same| clauses.get(same)).copied();
    let mut own = content.map(|c| fields(c, &["id", "level", "check"])).unwrap_or_default();
    for (field, value) in fields(clause, &["id", "same-as", "check"]) {
        match (own.get_mut(&field), &value) {
            (Some(Json::Array(shared)), Json::Array(more)) => shared.extend(more.iter().cloned()),
            _ => {
                own.insert(field, value);
            }
        }
    }
    for field in ["part", "category"] {
        if let Some(value) = file.get(field) {
            own.insert(field.to_owned(), value.to_json());
        }
    }
    let shown = content.unwrap_or(clause);
    for check in items(shown, "check") {
        let name = text(check, "id").map(|check| format!("{id}#{check}"));
        insert(all, "", name.as_deref(), fields(check, &["id"]));
    }
    all.insert(id.to_owned(), Json::Object(own));
}

fn insert(all: &mut BTreeMap<String, Json>, prefix: &str, name: Option<&str>, fields: Map<String, Json>) {
    if let Some(name) = name {
        all.insert(format!("{prefix}{name}"), Json::Object(fields));
    }
}

fn items<'a>(table: &'a Table, list: &str) -> Vec<&'a Table> {
    let items = table.get(list).and_then(Node::as_array).into_iter().flatten();
    items.filter_map(Node::as_table).collect()
}

fn text<'a>(table: &'a Table, field: &str) -> Option<&'a str> {
    table.get(field).and_then(Node::as_text)
}

fn fields(table: &Table, without: &[&str]) -> Map<String, Json> {
    table
        .iter()
        .filter(|e| !without.contains(&e.key.as_str()))
        .map(|e| (e.key.clone(), e.node.to_json()))
        .collect()
}
