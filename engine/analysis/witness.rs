//! A dossier that proves a statement about two editions: it grades higher under one than under the other.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::fill::{Wanted, draft_json, fill};
use crate::dossier::{self, Entry};
use crate::edition::Edition;
use crate::eval::evaluate;
use crate::source::Span;

/// A dossier that grades higher under one edition than under another.
#[derive(Clone, Debug)]
pub struct Witness {
    /// Position of the category; `None` where the standard has none.
    pub category: Option<usize>,
    /// The grade under the lower edition.
    pub lower: u32,
    /// The grade under the higher edition.
    pub higher: u32,
    /// What it says other than a dossier that just meets the higher level under the lower edition: the
    /// place, what that dossier says, what this one says.
    pub deviations: Vec<(String, Option<Json>, Option<Json>)>,
    /// The whole dossier.
    pub dossier: Json,
}

/// Looks for a dossier that grades higher under `high` than under `low`, from the lowest level up: one that just
/// meets the level under `high`, brought as close as possible to one that just meets it under `low`.
#[must_use]
pub fn higher(high: &Edition, low: &Edition) -> Option<Witness> {
    let standard = &high.standard;
    let categories: Vec<Option<usize>> = if standard.categories.is_empty() {
        vec![None]
    } else {
        (0..standard.categories.len()).map(Some).collect()
    };
    let stages: Vec<Option<usize>> =
        if standard.stages.is_empty() { vec![None] } else { (0..standard.stages.len()).map(Some).collect() };
    for level in 1..=standard.top() {
        for category in &categories {
            for stage in &stages {
                let entry = Entry { category: *category, target: level, stage: *stage, span: Span::NONE };
                if let Some(witness) = one(high, low, entry) {
                    return Some(witness);
                }
            }
        }
    }
    None
}

fn one(high: &Edition, low: &Edition, entry: Entry) -> Option<Witness> {
    let category = entry.category;
    let wanted = Wanted { entries: vec![entry], applied_on: high.applied_on, assessed_on: high.assessed_on };
    let make = |edition: &Edition| draft_json(edition, &wanted, &fill(edition, &wanted));
    let (baseline, best) = (places(&make(low)), places(&make(high)));
    let head = Json::Object(super::fill::head(high, &wanted));
    // Complete under both: what only the lower edition asks for is met.
    let mut chosen = baseline.clone();
    chosen.extend(best.clone());
    let tried = |places: &BTreeMap<String, Json>| {
        let (a, b) = (grade(high, &head, places)?, grade(low, &head, places)?);
        (a > b).then_some((a, b))
    };
    let mut found = tried(&chosen)?;
    // Everything that is not needed returns to the baseline.
    for place in best.keys().chain(baseline.keys()) {
        let mut other = chosen.clone();
        match baseline.get(place) {
            Some(value) => other.insert(place.clone(), value.clone()),
            None => other.remove(place),
        };
        if other != chosen
            && let Some(grades) = tried(&other)
        {
            (chosen, found) = (other, grades);
        }
    }
    let all: std::collections::BTreeSet<&String> = baseline.keys().chain(chosen.keys()).collect();
    let deviations = all
        .into_iter()
        .filter(|p| baseline.get(*p) != chosen.get(*p))
        .map(|p| (p.clone(), baseline.get(p).cloned(), chosen.get(p).cloned()))
        .collect();
    let dossier = assembled(&head, &chosen, |_| true);
    Some(Witness { category, lower: found.1, higher: found.0, deviations, dossier })
}

/// The facts of a dossier by place: `finance.capital`, `category/team.size`, and whole lists as `list[]`.
fn places(dossier: &Json) -> BTreeMap<String, Json> {
    let mut found = BTreeMap::new();
    let object = |json: Option<&Json>| json.and_then(Json::as_object).cloned().unwrap_or_default();
    for (key, value) in object(dossier.get("facts")) {
        leaves(key, &value, &mut found);
    }
    for (category, facts) in object(dossier.get("category")) {
        for (key, value) in facts.as_object().cloned().unwrap_or_default() {
            leaves(format!("{category}/{key}"), &value, &mut found);
        }
    }
    for (list, records) in object(dossier.get("record")) {
        found.insert(format!("{list}[]"), records);
    }
    found
}

/// Keys with dots are nested tables in a dossier.
fn leaves(path: String, value: &Json, into: &mut BTreeMap<String, Json>) {
    match value {
        Json::Object(map) => {
            for (key, value) in map {
                leaves(format!("{path}.{key}"), value, into);
            }
        }
        other => {
            into.insert(path, other.clone());
        }
    }
}

/// A dossier from its places, without those that an edition does not know.
fn assembled(head: &Json, places: &BTreeMap<String, Json>, known: impl Fn(&str) -> bool) -> Json {
    let mut root = head.as_object().cloned().unwrap_or_default();
    for (place, value) in places {
        if let Some(list) = place.strip_suffix("[]") {
            if known(list) {
                put(&mut root, &["record", list], value.clone());
            }
            continue;
        }
        let (category, key) = match place.split_once('/') {
            Some((category, key)) => (Some(category), key),
            None => (None, place.as_str()),
        };
        if known(key) {
            let mut path: Vec<&str> = match category {
                Some(category) => vec!["category", category],
                None => vec!["facts"],
            };
            path.extend(key.split('.'));
            put(&mut root, &path, value.clone());
        }
    }
    Json::Object(root)
}

fn put(table: &mut Map<String, Json>, path: &[&str], value: Json) {
    match path {
        [last] => drop(table.insert((*last).to_owned(), value)),
        [first, rest @ ..] => {
            let inner = table.entry((*first).to_owned()).or_insert_with(|| Json::Object(Map::new()));
            if let Some(inner) = inner.as_object_mut() {
                put(inner, rest, value);
            }
        }
        [] => {}
    }
}

/// The grade that an edition guarantees; `None` if it refuses the dossier.
fn grade(edition: &Edition, head: &Json, places: &BTreeMap<String, Json>) -> Option<u32> {
    let value = assembled(head, places, |key| edition.dictionary.find(key).is_some());
    let (dossier, _) = dossier::from_json(&value, edition);
    let dossier = dossier?;
    let assessment = evaluate(edition, &dossier, crate::dossier::View::Own);
    // An open grade proves nothing.
    let attained = assessment.categories.first()?.attained;
    (attained.guaranteed == attained.possible).then_some(attained.guaranteed)
}
