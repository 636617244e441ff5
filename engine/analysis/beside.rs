//! Two editions side by side: everything that differs, element by element and field by field.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use crate::edition::Edition;
use crate::edition::describe::describe;

/// What kind of thing differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Element {
    /// A declaration of the standard: title, levels, parts, sets, tables, units and the like.
    Declaration,
    /// A clause.
    Clause,
    /// A check.
    Check,
    /// An evidence key.
    Evidence,
    /// An interpretation.
    Interpretation,
}

/// One element that is not the same in both.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What kind of thing it is.
    pub element: Element,
    /// Its id: of a check its address, of a declaration the name of the field.
    pub id: String,
    /// The fields that differ, by name; all fields of what only one edition has.
    pub fields: Vec<FieldDifference>,
    /// Whether the edition that was asked for has it.
    pub is_here: bool,
    /// Whether the edition beside it has it.
    pub is_there: bool,
}

/// A field that is not the same in both.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDifference {
    /// Its name.
    pub field: String,
    /// Its value in the edition that was asked for; `None` where that has no such element.
    pub here: Option<Json>,
    /// Its value in the edition beside it.
    pub there: Option<Json>,
}

/// Compares two editions, whatever they were chosen by: dates, regions, readings, files.
/// Clauses and their checks come in the order of the table of contents, the rest by id.
#[must_use]
pub fn side_by_side(here: &Edition, there: &Edition) -> Vec<Difference> {
    let (ours, theirs) = (describe(here), describe(there));
    let mut found = Vec::new();

    let declarations = |json: Json| -> BTreeMap<String, Json> {
        let left_out = ["clauses", "evidence", "interpretations", "digest", "on", "region"];
        let Json::Object(map) = json else { return BTreeMap::new() };
        map.into_iter().filter(|(name, _)| !left_out.contains(&name.as_str())).collect()
    };
    let (mine, other) = (declarations(json(&ours)), declarations(json(&theirs)));
    for (name, value) in &mine {
        if other.get(name) != Some(value) {
            found.push(Difference {
                element: Element::Declaration,
                id: name.clone(),
                fields: vec![FieldDifference {
                    field: name.clone(),
                    here: Some(value.clone()),
                    there: other.get(name).cloned(),
                }],
                is_here: true,
                is_there: other.contains_key(name),
            });
        }
    }

    let mut clauses: BTreeMap<crate::id::ClauseId, [Option<usize>; 2]> = BTreeMap::new();
    for (ix, clause) in here.clauses.iter().enumerate() {
        clauses.entry(clause.id.clone()).or_default()[0] = Some(ix);
    }
    for (ix, clause) in there.clauses.iter().enumerate() {
        clauses.entry(clause.id.clone()).or_default()[1] = Some(ix);
    }
    for (id, [mine, other]) in clauses {
        let (mine, other) =
            (mine.and_then(|ix| ours.clauses.get(ix)), other.and_then(|ix| theirs.clauses.get(ix)));
        let fields = |clause: Option<&_>| clause.map(|c| without(json(c), &["id", "checks"]));
        push(&mut found, Element::Clause, id.as_str(), fields(mine), fields(other));
        let checks = |clause: Option<&crate::edition::describe::ClauseOut>| -> Vec<(String, Json)> {
            let checks = clause.map(|c| c.checks.as_slice()).unwrap_or_default();
            checks.iter().map(|c| (c.address.clone(), without(json(c), &["address"]))).collect()
        };
        pairs(&mut found, Element::Check, checks(mine), checks(other));
    }

    let keys = |d: &crate::edition::describe::Description| -> Vec<(String, Json)> {
        d.evidence.iter().map(|e| (e.key.clone(), without(json(e), &["key"]))).collect()
    };
    pairs(&mut found, Element::Evidence, keys(&ours), keys(&theirs));
    let readings = |d: &crate::edition::describe::Description| -> Vec<(String, Json)> {
        d.interpretations.iter().map(|i| (i.id.clone(), without(json(i), &["id"]))).collect()
    };
    pairs(&mut found, Element::Interpretation, readings(&ours), readings(&theirs));
    found
}

fn json(value: &impl Serialize) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

fn without(mut json: Json, names: &[&str]) -> Json {
    if let Json::Object(map) = &mut json {
        map.retain(|name, _| !names.contains(&name.as_str()));
    }
    json
}

/// Elements of one kind, those of the first edition first.
fn pairs(
    found: &mut Vec<Difference>,
    element: Element,
    mine: Vec<(String, Json)>,
    other: Vec<(String, Json)>,
) {
    let mut rest: BTreeMap<String, Json> = other.iter().cloned().collect();
    for (id, value) in mine {
        let beside = rest.remove(&id);
        push(found, element, &id, Some(value), beside);
    }
    for (id, value) in other {
        if rest.contains_key(&id) {
            push(found, element, &id, None, Some(value));
        }
    }
}

fn push(found: &mut Vec<Difference>, element: Element, id: &str, mine: Option<Json>, other: Option<Json>) {
    if mine == other {
        return;
    }
    let object = |json: &Option<Json>| json.as_ref().and_then(Json::as_object).cloned().unwrap_or_default();
    let (ours, theirs) = (object(&mine), object(&other));
    let mut names: Vec<&String> = ours.keys().collect();
    names.extend(theirs.keys().filter(|name| !ours.contains_key(*name)));
    let fields =
        names.into_iter().filter(|name| ours.get(*name) != theirs.get(*name)).map(|name| FieldDifference {
            field: name.clone(),
            here: ours.get(name).cloned(),
            there: theirs.get(name).cloned(),
        });
    found.push(Difference {
        element,
        id: id.to_owned(),
        fields: fields.collect(),
        is_here: mine.is_some(),
        is_there: other.is_some(),
    });
}
