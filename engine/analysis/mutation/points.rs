//! Where verdicts can turn: the values at and around everything that some checks ask for, as assignments to a dossier.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::check::condition::Question;
use crate::check::{Aggregate, Body, Condition, DateRef, Operator, Over, Source, Words};
use crate::edition::{Clause, Edition};
use crate::evidence::{KeyIx, Place, Type, Value};
use crate::lang::Lang;
use crate::quantity::Decimal;

use super::super::cases::Setting;

/// Values by key.
pub(super) struct Points<'a> {
    edition: &'a Edition,
    setting: &'a Setting,
    values: BTreeMap<KeyIx, BTreeSet<String>>,
    /// Of sets: every word that is asked for.
    words: BTreeMap<KeyIx, BTreeSet<String>>,
    lists: BTreeSet<KeyIx>,
}

/// One change to a dossier: assignments that belong together.
pub(super) type Atom = Vec<String>;

impl<'a> Points<'a> {
    pub fn new(edition: &'a Edition, setting: &'a Setting) -> Self {
        Points { edition, setting, values: BTreeMap::new(), words: BTreeMap::new(), lists: BTreeSet::new() }
    }

    /// Adds what a clause asks for.
    pub fn clause(&mut self, edition: &Edition, clause: &Clause) {
        self.conditions(&clause.when);
        for check in &clause.checks {
            self.conditions(&check.when);
            match &check.body {
                Body::Fact(key, operator) => self.operator(edition, *key, operator),
                Body::Elapsed(key, _, months) => {
                    let at = self.setting.assessed_on.plus_months(-months);
                    self.add(*key, (-1..=1).map(|d| at.plus_days(d).to_string()));
                }
                Body::Aggregate(aggregate, _) => self.aggregate(aggregate),
                Body::Attest(attest) => {
                    self.add(attest.key, ["conforms", "fails", "not-applicable"].map(str::to_owned));
                    if let Some(sample) = &attest.sample {
                        self.lists.insert(sample.list);
                        self.conditions(&sample.filter);
                    }
                }
                Body::Quantify(quantifier) => {
                    self.lists.insert(quantifier.list);
                    self.conditions(&quantifier.filter);
                    self.conditions(quantifier.has.as_deref().unwrap_or_default());
                }
                Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_) => {}
            }
        }
    }

    /// Adds what an aggregate looks at.
    pub fn aggregate(&mut self, aggregate: &Aggregate) {
        if let Over::Records { list, field } = aggregate.over {
            self.lists.insert(list);
            // The field itself: the ends of its bounds, and one text for all.
            let entry = field.and_then(|(key, _)| Some((key, self.edition.dictionary.get(key)?)));
            match entry.map(|(key, entry)| (key, entry, &entry.ty, entry.bounds)) {
                Some((key, entry, Type::Quantity(dimension), Some((low, high)))) => {
                    let units = &self.edition.standard.units;
                    let show = |n| units.show(n, *dimension, entry.unit, Lang::Zh);
                    self.add(key, [show(low), show(high)]);
                }
                Some((key, _, Type::Text, _)) => self.add(key, ["same".to_owned()]),
                _ => {}
            }
        }
        self.conditions(&aggregate.filter);
    }

    fn conditions(&mut self, conditions: &[Condition]) {
        for condition in conditions {
            let (Source::Fact(key) | Source::Field(key, _)) = condition.source else { continue };
            match &condition.test {
                Question::Operator(operator) => {
                    let edition = self.edition;
                    self.operator(edition, key, operator);
                }
                Question::Some(inner) => self.conditions(inner),
            }
        }
    }

    fn add(&mut self, key: KeyIx, values: impl IntoIterator<Item = String>) {
        self.values.entry(key).or_default().extend(values);
    }

    fn operator(&mut self, edition: &Edition, key: KeyIx, operator: &Operator) {
        if let Some(aggregate) = edition.derived.get(key.0).and_then(Option::as_ref) {
            self.aggregate(aggregate);
        }
        let Some(entry) = self.edition.dictionary.get(key) else { return };
        let today = self.setting.assessed_on;
        let around = |date: crate::calendar::Date| (-1..=1).map(move |d| date.plus_days(d).to_string());
        let ids: Vec<String> =
            entry.choices().map(|c| c.values.iter().map(|v| v.id.clone()).collect()).unwrap_or_default();
        let mut found: Vec<String> = Vec::new();
        match (operator, &entry.ty) {
            (Operator::Compare(_, Value::Quantity(n)), Type::Quantity(dimension)) => {
                for n in [n.minus(entry.step), *n, n.plus(entry.step)] {
                    let within = entry.bounds.is_none_or(|(low, high)| low <= n && n <= high);
                    if within && n >= Decimal::ZERO {
                        found.push(self.edition.standard.units.show(n, *dimension, entry.unit, Lang::Zh));
                    }
                }
            }
            (Operator::Compare(_, Value::Year(year)), _) => {
                found.extend((year - 1..=year + 1).map(|y| y.to_string()));
            }
            (Operator::Within(months) | Operator::AtLeastAgo(months), _) => {
                found.extend(around(today.plus_months(-months)).chain(around(today)));
            }
            (Operator::NotBefore(reference) | Operator::NotAfter(reference), _) => {
                let date = if let DateRef::Fixed(date) = reference { *date } else { today };
                found.extend(around(date));
            }
            (Operator::LastClosed(years), _) => {
                let year = today.year();
                found.extend([year - years - 1, year - years, year - 1, year].map(|y| y.to_string()));
            }
            (_, Type::Flag) => found.extend(["true", "false"].map(str::to_owned)),
            (_, Type::Finding) => found.extend(["conforms", "fails"].map(str::to_owned)),
            (_, Type::Choice(_)) => found.extend(ids),
            (
                Operator::Includes(words) | Operator::IncludesAny(words) | Operator::Excludes(words),
                Type::Set(_),
            ) => {
                let these: Vec<String> = match words {
                    Words::These(values) => values
                        .iter()
                        .filter_map(|v| {
                            if let Value::Choice(p) = v { ids.get(usize::from(*p)).cloned() } else { None }
                        })
                        .collect(),
                    Words::Applied => {
                        let applied = self.setting.category.and_then(|c| ids.get(c)).cloned();
                        applied.into_iter().collect()
                    }
                };
                let other = ids.iter().find(|id| !these.contains(id)).cloned();
                for drop in 0..these.len() {
                    let left = these.iter().enumerate().filter(|(i, _)| *i != drop).map(|(_, w)| w.as_str());
                    let left: Vec<&str> = left.collect();
                    found.push(left.join(","));
                    found.extend(
                        other.iter().map(|other| [left.as_slice(), &[other.as_str()]].concat().join(",")),
                    );
                }
                found.push(these.join(","));
                self.words.entry(key).or_default().extend(these.iter().cloned());
                found.extend(these);
                found.extend(other);
                found.retain(|f| !f.is_empty());
            }
            _ => {}
        }
        self.add(key, found);
    }

    /// Single changes: facts; fields of each record, and of all records of a list at once.
    pub fn atoms(&self, baseline: &Json) -> Vec<Atom> {
        let mut atoms = Vec::new();
        for (key, values) in &self.values {
            let Some(entry) = self.edition.dictionary.get(*key) else { continue };
            if self.edition.derived.get(key.0).is_some_and(Option::is_some) {
                continue;
            }
            // Everything that is asked for but one word: what only one check misses.
            let words = self.words.get(key).into_iter().flat_map(|words| {
                let others =
                    |w: &String| words.iter().filter(|o| *o != w).cloned().collect::<Vec<_>>().join(",");
                words.iter().map(others).collect::<Vec<_>>()
            });
            let mut values: Vec<String> =
                words.chain(values.iter().cloned()).filter(|v| !v.is_empty()).collect();
            values.extend(["!", "?"].map(str::to_owned));
            values.dedup();
            if let Place::Field { .. } = entry.place {
                let addresses = self.addresses(&entry.name, baseline);
                for value in &values {
                    let all: Atom = addresses.iter().map(|a| format!("{a} = {value}")).collect();
                    atoms.extend(all.iter().map(|one| vec![one.clone()]));
                    if all.len() > 1 {
                        atoms.push(all);
                    }
                }
                continue;
            }
            let category = self.setting.category.and_then(|c| self.edition.standard.categories.get(c));
            let address = match (entry.place, category) {
                (Place::Category, Some(category)) => format!("{}/{}", category.id, entry.name),
                (Place::Category, None) => continue,
                _ => entry.name.to_string(),
            };
            atoms.extend(values.iter().map(|value| vec![format!("{address} = {value}")]));
        }
        atoms.sort_by_key(Vec::len);
        atoms
    }

    /// The fields of all records of the baseline, as assignments write them.
    fn addresses(&self, name: &str, baseline: &Json) -> Vec<String> {
        let mut parts = name.split("[].");
        let (Some(list), Some(field), inner) = (parts.next(), parts.next(), parts.next()) else {
            return Vec::new();
        };
        let records = |at: &Json, name: &str| -> Vec<(String, Json)> {
            let found = at.get(name).and_then(Json::as_array).into_iter().flatten();
            found.filter_map(|r| Some((r.get("id")?.as_str()?.to_owned(), r.clone()))).collect()
        };
        let Some(lists) = baseline.get("record") else { return Vec::new() };
        let mut addresses = Vec::new();
        for (id, record) in records(lists, list) {
            match inner {
                None => addresses.push(format!("{list}[{id}].{field}")),
                Some(inner) => {
                    for (at, _) in records(&record, field) {
                        addresses.push(format!("{list}[{id}].{field}[{at}].{inner}"));
                    }
                }
            }
        }
        addresses
    }

    /// The lists that are looked at.
    pub fn lists(&self) -> impl Iterator<Item = &str> {
        self.lists.iter().map(|l| self.edition.dictionary.name(*l))
    }
}
