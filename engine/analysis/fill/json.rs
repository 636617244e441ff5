//! A draft as the dossier that a program reads.

use serde_json::{Map, Value as Json, json};

use super::{Draft, DraftField, DraftRecord, Wanted};
use crate::edition::Edition;
use crate::evidence::{Key, Type, Value, json_value};
use crate::lang::Lang;

/// A filled dossier as JSON.
#[must_use]
pub fn draft_json(edition: &Edition, wanted: &Wanted, draft: &Draft) -> Json {
    let mut root = head(edition, wanted);
    let mut facts = Map::new();
    let mut categories = Map::new();
    for ((category, key), value) in &draft.values {
        let Some(entry) = edition.dictionary.get(*key) else { continue };
        let table = match category.and_then(|c| edition.standard.categories.get(c)) {
            Some(category) => {
                let table = categories.entry(category.id.clone()).or_insert_with(|| json!({}));
                table.as_object_mut()
            }
            None => Some(&mut facts),
        };
        if let Some(table) = table {
            insert(table, &entry.name, written(edition, entry, value));
        }
    }
    let mut lists = Map::new();
    for (list, records) in &draft.records {
        let all: Vec<Json> = records.iter().map(|r| record_json(edition, r)).collect();
        lists.insert(edition.dictionary.name(*list).to_owned(), all.into());
    }
    for (name, table) in [("facts", facts), ("category", categories), ("record", lists)] {
        if !table.is_empty() {
            root.insert(name.to_owned(), table.into());
        }
    }
    Json::Object(root)
}

/// What every dossier begins with.
#[must_use]
pub fn head(edition: &Edition, wanted: &Wanted) -> Map<String, Json> {
    let standard = &edition.standard;
    let mut application = Map::new();
    application.insert("applied-on".into(), wanted.applied_on.to_string().into());
    application.insert("assessed-on".into(), wanted.assessed_on.to_string().into());
    let mut categories = Vec::new();
    for entry in &wanted.entries {
        let mut one = Map::new();
        let stage = entry.stage.and_then(|s| standard.stages.get(s)).map(|s| s.id.clone());
        if let Some(category) = entry.category.and_then(|c| standard.categories.get(c)) {
            one.insert("id".into(), category.id.clone().into());
        }
        one.insert("target".into(), entry.target.into());
        if let Some(stage) = stage {
            one.insert("stage".into(), stage.into());
        }
        if entry.category.is_some() {
            categories.push(Json::Object(one));
        } else {
            application.extend(one);
        }
    }
    if !categories.is_empty() {
        application.insert("category".into(), categories.into());
    }
    let mut root = Map::new();
    root.insert("standard".into(), standard.id.clone().into());
    root.insert("institution".into(), json!({ "name": "（机构名称）" }));
    root.insert("application".into(), application.into());
    root
}

/// Inserts under a dotted key.
fn insert(table: &mut Map<String, Json>, key: &str, value: Json) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = table.entry(first.to_owned()).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                insert(inner, rest, value);
            }
        }
    }
}

fn record_json(edition: &Edition, record: &DraftRecord) -> Json {
    let mut table = Map::new();
    table.insert("id".to_owned(), record.id.clone().into());
    let mut absent: Vec<Json> = Vec::new();
    for (field, value) in &record.fields {
        let Some(key) = edition.dictionary.get(*field) else { continue };
        let name = key.field_name().to_owned();
        match value {
            DraftField::Value(value) => {
                table.insert(name, written(edition, key, value));
            }
            DraftField::Absent => absent.push(name.into()),
            DraftField::Records(inner) => {
                let all: Vec<Json> = inner.iter().map(|r| record_json(edition, r)).collect();
                table.insert(name, all.into());
            }
        }
    }
    if !absent.is_empty() {
        table.insert("absent".to_owned(), absent.into());
    }
    Json::Object(table)
}

/// A value as it is written in a dossier.
fn written(edition: &Edition, key: &Key, value: &Value) -> Json {
    match (value, &key.ty) {
        (Value::Quantity(number), Type::Quantity(dimension)) => {
            edition.standard.units.show(*number, *dimension, key.unit, Lang::Zh).into()
        }
        _ => json_value(key, value),
    }
}
