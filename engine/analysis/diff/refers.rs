//! What a clause or check refers to elsewhere: keys, sets, tables, due rules, samples, units.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::check::Body;
use crate::edition::Edition;
use crate::edition::describe::{aggregate_keys, keys};
use crate::evidence::{KeyIx, Type};
use crate::id::ClauseId;

/// The declarations that a clause or check refers to, directly or through computed keys, samples and sets, as operations
/// name them.
#[must_use]
pub fn refers(edition: &Edition, at: &str) -> BTreeSet<String> {
    let (clause, check) = at.split_once('#').map_or((at, None), |(clause, check)| (clause, Some(check)));
    let clause = ClauseId::parse(clause).and_then(|id| edition.find(&id)).and_then(|ix| edition.clause(ix));
    let Some(clause) = clause else { return BTreeSet::new() };
    let mut found = Found { edition, names: BTreeSet::new() };
    let Some(check) = check else {
        found.keys(keys(&Body::AllOf(Vec::new()), &clause.when));
        clause.when_shown.iter().for_each(|json| found.behind_at(json));
        return found.names;
    };
    let Some(check) = clause.checks.iter().find(|x| *x.id == *check) else { return found.names };
    found.keys(keys(&check.body, &check.when));
    let shown = &check.shown;
    for json in [&shown.threshold, &shown.filter, &shown.has, &shown.when].into_iter().flatten() {
        found.behind_at(json);
    }
    for due in [check.due, check.stands_until].into_iter().flatten() {
        let due = edition.standard.dues.get(due);
        found.names.extend(due.map(|due| format!("due:{}", due.id)));
    }
    if let Body::Attest(attest) = &check.body
        && let Some(sample) = &attest.sample
    {
        found.names.insert(format!("sample:{}", edition.dictionary.name(sample.list)));
        let shown = edition.samples.iter().find(|s| s.list == sample.list);
        let parts = shown.map(|s| (s.filter.clone(), Json::String(s.size.clone())));
        let (filter, size) = parts.unwrap_or_default();
        filter.iter().chain([&size]).for_each(|json| found.behind_at(json));
    }
    found.names
}

struct Found<'e> {
    edition: &'e Edition,
    names: BTreeSet<String>,
}

impl Found<'_> {
    /// Keys, those from which they are computed, and the dimensions of their units.
    fn keys(&mut self, start: BTreeSet<KeyIx>) {
        let mut open: Vec<KeyIx> = start.into_iter().collect();
        while let Some(key) = open.pop() {
            if !self.names.insert(format!("evidence:{}", self.edition.dictionary.name(key))) {
                continue;
            }
            let declared = self.edition.dictionary.get(key);
            if let Some(Type::Quantity(dimension)) = declared.map(|k| &k.ty) {
                let dimension = self.edition.standard.units.dimensions.get(*dimension);
                self.names.extend(dimension.map(|d| format!("dimension:{}", d.id)));
            }
            if let Some(filter) = declared.and_then(|k| k.derive.as_ref()).and_then(|d| d.filter.as_ref()) {
                self.behind_at(&filter.0.0.to_json());
            }
            if let Some(aggregate) = self.edition.derived.get(key.0).and_then(Option::as_ref) {
                let mut more = BTreeSet::new();
                aggregate_keys(aggregate, &mut more);
                open.extend(more);
            }
        }
    }

    /// Names behind `@`.
    fn behind_at(&mut self, json: &Json) {
        match json {
            Json::String(text) => {
                if let Some(name) = text.strip_prefix('@') {
                    self.names.insert(format!("set:{name}"));
                    self.names.insert(format!("table:{name}"));
                }
            }
            Json::Array(items) => items.iter().for_each(|i| self.behind_at(i)),
            Json::Object(map) => map.values().for_each(|v| self.behind_at(v)),
            _ => {}
        }
    }
}
