//! Shows that an instrument changes nothing but what it names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::edition::Edition;
use crate::edition::describe::{ClauseOut, describe};
use crate::edition::overlay::{Element, OperationKind};

/// The clauses that differ between an edition without and one with an instrument although none of its operations
/// names them or something that they refer to.
#[must_use]
pub fn side_effects(before: &Edition, after: &Edition, instrument: &str) -> Vec<String> {
    let own = |layer: usize| after.layers.get(layer).is_some_and(|l| l.id == instrument);
    let steps: Vec<_> = after.history.iter().filter(|s| own(s.layer)).collect();
    let settles = steps.iter().any(|s| s.operation == OperationKind::Settle);
    let elements: Vec<Element> = steps.iter().map(|s| Element::parse(&s.at)).collect();
    let named: BTreeSet<&str> = elements.iter().filter_map(Element::clause).collect();
    let (old, new) = (describe(before).clauses, describe(after).clauses);
    let root = |c: &ClauseOut| c.same_as.clone().unwrap_or_else(|| c.id.clone());
    let shared: BTreeSet<String> = old.iter().filter(|c| named.contains(c.id.as_str())).map(root).collect();
    let new: BTreeMap<&str, &ClauseOut> = new.iter().map(|c| (c.id.as_str(), c)).collect();
    let changed = |clause: &&ClauseOut| {
        let id = clause.id.as_str();
        let shares = shared.contains(&root(clause));
        // What a reading changes in a clause, it changes in all that share its content.
        if named.contains(id) || (settles && shares) {
            return false;
        }
        let Some(other) = new.get(id) else { return true };
        let (mut was, mut now) = (data(clause), data(other));
        let around = |n: &str| below(n, id) || below(id, n);
        let mut free = Vec::new();
        if shares {
            // A clause whose content changes elsewhere gets the same content as its own.
            free.push("same_as");
        }
        if named.iter().any(|n| around(n)) || elements.contains(&Element::Standard) {
            free.extend(["gates", "points"]);
        }
        for json in [&mut was, &mut now].into_iter().filter_map(Json::as_object_mut) {
            json.retain(|field, _| !free.contains(&field.as_str()));
        }
        was != now && !elements.iter().any(|e| refers(&was, e) || refers(&now, e))
    };
    old.iter().filter(changed).map(|c| c.id.clone()).collect()
}

fn data(clause: &ClauseOut) -> Json {
    serde_json::to_value(clause).unwrap_or_default()
}

/// Whether a clause lies within another.
fn below(id: &str, other: &str) -> bool {
    id.strip_prefix(other).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether the description of a clause names an element that is no clause.
fn refers(clause: &Json, element: &Element) -> bool {
    let (name, part) = match element {
        Element::Evidence(key) | Element::Interpretation(key) => (key.clone(), None),
        Element::Named("set" | "table", id) => (format!("@{id}"), None),
        Element::Named("part", id) => (String::new(), Some(id)),
        Element::Named(_, id) => (id.clone(), None),
        _ => return false,
    };
    match part {
        Some(part) => clause.get("part").and_then(Json::as_str) == Some(part),
        None => names(clause, &name),
    }
}

fn names(json: &Json, name: &str) -> bool {
    match json {
        Json::String(text) => text == name,
        Json::Array(items) => items.iter().any(|item| names(item, name)),
        Json::Object(fields) => fields.values().any(|value| names(value, name)),
        _ => false,
    }
}
