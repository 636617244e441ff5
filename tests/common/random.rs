//! Random dossiers for a standard: a dossier in which everything is just met, knocked about. Numbers and dates
//! lie on, or one step beyond, what the rules ask for more often than not.

use std::cell::Cell;
use std::collections::BTreeSet;

use guiju::analysis::fill::{Wanted, draft_json, fill};
use guiju::calendar::Date;
use guiju::check::condition::Question;
use guiju::check::{Body, Condition, Operator};
use guiju::dossier::Entry;
use guiju::edition::Edition;
use guiju::evidence::{Key, Place, Type, Value};
use guiju::quantity::Decimal;
use guiju::source::Span;
use serde_json::{Map, Value as Json, json};

/// A small generator of random numbers (SplitMix64), the same everywhere.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is at least 1.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    /// True once in `n`.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// What random dossiers of one standard are made of.
pub struct World<'a> {
    pub edition: &'a Edition,
    baselines: Vec<Json>,
    /// The day of assessment of the dossier at hand.
    today: Cell<Date>,
    /// By dimension: the thresholds of the rules.
    thresholds: Vec<Vec<Decimal>>,
    /// How many quantities and dates were drawn, and how many lie exactly on a threshold or a window's edge.
    pub drawn: Cell<[u64; 2]>,
}

pub const ASSESSED_ON: &str = "2026-04-20";

impl<'a> World<'a> {
    pub fn new(edition: &'a Edition) -> Self {
        let standard = &edition.standard;
        let mut thresholds = vec![BTreeSet::new(); standard.units.dimensions.len()];
        for check in edition.clauses.iter().flat_map(|c| &c.checks) {
            collect(check, edition, &mut thresholds);
        }
        let categories: Vec<Option<usize>> = match standard.categories.len() {
            0 => vec![None],
            n => (0..n).map(Some).collect(),
        };
        let mut baselines = Vec::new();
        for category in categories {
            for level in 1..=standard.top() {
                let stages: Vec<Option<usize>> = if standard.stages.is_empty() {
                    vec![None]
                } else {
                    vec![Some(0), Some(standard.stages.len() - 1)]
                };
                for stage in stages {
                    let on = super::date(ASSESSED_ON);
                    let entry = Entry { category, target: level, stage, span: Span::NONE };
                    let wanted = Wanted { entries: vec![entry], applied_on: on, assessed_on: on };
                    baselines.push(draft_json(edition, &wanted, &fill(edition, &wanted)));
                }
            }
        }
        let thresholds = thresholds.into_iter().map(|t| t.into_iter().collect()).collect();
        World {
            edition,
            baselines,
            today: Cell::new(super::date(ASSESSED_ON)),
            thresholds,
            drawn: Cell::default(),
        }
    }

    /// A dossier in which the institution alone has spoken.
    pub fn declared(&self, rng: &mut Rng) -> Json {
        let mut dossier = rng.pick(&self.baselines).clone();
        // Most often the day of the baseline; else one on which months do not match.
        let today = *rng.pick(&[
            ASSESSED_ON,
            ASSESSED_ON,
            ASSESSED_ON,
            "2026-02-28",
            "2024-02-29",
            "2026-03-31",
            "2025-06-30",
        ]);
        self.today.set(super::date(today));
        dossier["application"]["applied-on"] = json!(today);
        dossier["application"]["assessed-on"] = json!(today);
        // From hardly touched to unrecognisable.
        let often = *rng.pick(&[400, 100, 30, 8, 3]);
        for table in ["facts", "category", "record"] {
            if let Some(tree) = dossier.get_mut(table).and_then(Json::as_object_mut) {
                match table {
                    "facts" => {
                        self.table(rng, often, "", Place::Institution, tree);
                        self.figures(rng, often, Place::Institution, tree);
                    }
                    "category" => tree.values_mut().filter_map(Json::as_object_mut).for_each(|inner| {
                        self.table(rng, often, "", Place::Category, inner);
                        self.figures(rng, often, Place::Category, inner);
                    }),
                    _ => self.lists(rng, often, "", tree),
                }
            }
        }
        let lists: Vec<&str> = self.lists_of_records().collect();
        let lacking: Vec<&str> = lists.iter().copied().filter(|_| rng.one_in(often.min(20) * 2)).collect();
        if !lacking.is_empty() {
            dossier["incomplete"] = json!(lacking);
        }
        if rng.one_in(4) {
            let award = self.today.get().plus_days(18);
            dossier["application"]["award-on"] = json!(award.to_string());
        }
        dossier
    }

    /// A dossier with findings of the institution and of reviewers.
    pub fn reviewed(&self, rng: &mut Rng) -> Json {
        let mut dossier = self.declared(rng);
        let mut accept: Vec<String> = vec!["*".into()];
        if !rng.one_in(3) {
            accept = self.edition.dictionary.names().filter(|_| !rng.one_in(8)).map(str::to_owned).collect();
            let scoped: Vec<String> =
                accept.iter().filter_map(|name| self.acceptable(rng, name, &dossier)).collect();
            accept = scoped;
        }
        let mut findings = Vec::new();
        for i in 0..rng.below(12) {
            findings.extend(self.finding(rng, &dossier, i));
        }
        dossier["finding"] = findings.into();
        dossier["review"] = json!({ "assessors": ["甲", "乙"], "on": self.today.get().to_string(), "accept": [{ "by": "甲", "keys": accept }] });
        dossier
    }

    /// The words by which an acceptance can name a key, if it can.
    fn acceptable(&self, rng: &mut Rng, name: &str, dossier: &Json) -> Option<String> {
        let key = self.edition.dictionary.get(self.edition.dictionary.find(name)?)?;
        if key.derive.is_some() {
            return None;
        }
        let category = dossier["application"]["category"][0]["id"].as_str();
        match (key.place, category) {
            (Place::Category, Some(category)) if rng.one_in(2) => Some(format!("{category}/{name}")),
            _ => Some(name.to_owned()),
        }
    }

    fn lists_of_records(&self) -> impl Iterator<Item = &str> {
        let all = self.edition.dictionary.iter();
        all.filter(|(_, k)| k.ty == Type::List && k.place == Place::Institution).map(|(_, k)| &*k.name)
    }

    fn finding(&self, rng: &mut Rng, dossier: &Json, i: usize) -> Option<Json> {
        let keys = &self.edition.dictionary.keys;
        let key = rng.pick(keys);
        if key.derive.is_some() {
            return None;
        }
        let mut finding = Map::new();
        let name = key.name.to_string();
        finding.insert("key".into(), name.clone().into());
        match key.place {
            Place::Institution if key.ty == Type::List => {
                finding.insert("record".into(), self.record_of(rng, dossier, &name)?.into());
            }
            Place::Institution => {}
            Place::Category => {
                let category = dossier["application"]["category"][0]["id"].as_str()?;
                finding.insert("category".into(), category.into());
            }
            Place::Field { list, .. } => {
                let list = self.edition.dictionary.name(list);
                finding.insert("record".into(), self.record_of(rng, dossier, list)?.into());
            }
        }
        if rng.one_in(2) {
            finding.insert("side".into(), "review".into());
            finding.insert("by".into(), (*rng.pick(&["甲", "乙"])).into());
        } else {
            finding.insert("side".into(), "self".into());
        }
        let own = finding["side"] == "self";
        let plain = matches!(key.ty, Type::Finding | Type::List);
        if plain || (!own && rng.one_in(2)) {
            let mut words = vec!["conforms", "conforms", "fails"];
            if key.may_not_apply {
                words.push("not-applicable");
            }
            let word = *rng.pick(&words);
            if own && key.ty == Type::List {
                return None;
            }
            if word == "not-applicable" {
                finding.insert("note".into(), "理由".into());
            }
            finding.insert("conclusion".into(), word.into());
        } else {
            finding.insert("value".into(), self.value(rng, key));
        }
        finding.insert("id".into(), format!("F{i}").into());
        if i > 0 && rng.one_in(6) {
            finding.insert("supersedes".into(), format!("F{}", i - 1).into());
        }
        Some(finding.into())
    }

    fn record_of(&self, rng: &mut Rng, dossier: &Json, list: &str) -> Option<String> {
        let (outer, inner) = list.split_once("[].").map_or((list, None), |(o, i)| (o, Some(i)));
        let records = dossier["record"][outer].as_array().filter(|r| !r.is_empty())?;
        let record = rng.pick(records);
        let id = record["id"].as_str()?.to_owned();
        let Some(inner) = inner else { return Some(id) };
        let nested = record[inner].as_array().filter(|r| !r.is_empty())?;
        Some(format!("{id}/{}", rng.pick(nested)["id"].as_str()?))
    }

    /// Changes values outside records.
    fn table(&self, rng: &mut Rng, often: usize, prefix: &str, place: Place, table: &mut Map<String, Json>) {
        let mut absent = Vec::new();
        self.leaves(rng, often, prefix, table, &mut absent);
        // What the baseline did not need may be said as well.
        for _ in 0..rng.below(4) {
            let key = rng.pick(&self.edition.dictionary.keys);
            if key.place == place
                && key.ty != Type::List
                && key.derive.is_none()
                && !absent.contains(&key.name.to_string())
            {
                let value = self.value(rng, key);
                insert(table, &key.name, value);
            }
        }
        if !absent.is_empty() {
            table.insert("absent".into(), json!(absent));
        }
    }

    fn leaves(
        &self,
        rng: &mut Rng,
        often: usize,
        prefix: &str,
        table: &mut Map<String, Json>,
        absent: &mut Vec<String>,
    ) {
        let names: Vec<String> = table.keys().cloned().collect();
        for name in names {
            let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            if let Some(inner) = table.get_mut(&name).and_then(Json::as_object_mut) {
                self.leaves(rng, often, &key, inner, absent);
                continue;
            }
            if !rng.one_in(often) {
                continue;
            }
            let Some(entry) =
                self.edition.dictionary.find(&key).and_then(|ix| self.edition.dictionary.get(ix))
            else {
                continue;
            };
            match rng.below(5) {
                0 | 1 => {
                    table.remove(&name);
                }
                2 if entry.derive.is_none() => {
                    table.remove(&name);
                    absent.push(key);
                }
                _ => {
                    table.insert(name, self.value(rng, entry));
                }
            }
        }
    }

    /// Bare figures for what is computed otherwise.
    fn figures(&self, rng: &mut Rng, often: usize, place: Place, table: &mut Map<String, Json>) {
        for (_, key) in self.edition.dictionary.iter() {
            if key.derive.is_some() && key.place == place && rng.one_in(often.max(12)) {
                insert(table, &key.name, self.value(rng, key));
            }
        }
    }

    fn lists(&self, rng: &mut Rng, often: usize, prefix: &str, tree: &mut Map<String, Json>) {
        let names: Vec<String> = tree.keys().cloned().collect();
        for name in names {
            if rng.one_in(often * 2) {
                tree.remove(&name);
                continue;
            }
            let list = format!("{prefix}{name}[]");
            let Some(records) = tree.get_mut(&name).and_then(Json::as_array_mut) else { continue };
            for record in records.iter_mut().filter_map(Json::as_object_mut) {
                self.record(rng, often, &list, record);
            }
            while !records.is_empty() && rng.one_in(often.min(12)) {
                let at = rng.below(records.len());
                records.remove(at);
            }
            while !records.is_empty() && rng.one_in(often.min(6)) {
                let mut copy = rng.pick(records).clone();
                copy["id"] = format!("N{}", records.len()).into();
                if let Some(copy) = copy.as_object_mut() {
                    self.record(rng, 3, &list, copy);
                }
                if records.iter().all(|r| r["id"] != copy["id"]) {
                    records.push(copy);
                }
            }
        }
    }

    fn record(&self, rng: &mut Rng, often: usize, list: &str, record: &mut Map<String, Json>) {
        let mut absent: Vec<String> =
            record.remove("absent").and_then(|a| serde_json::from_value(a).ok()).unwrap_or_default();
        for key in &self.edition.dictionary.keys {
            let Some(field) = key.name.strip_prefix(list).and_then(|f| f.strip_prefix('.')) else { continue };
            if field.contains('.') || !rng.one_in(often) {
                continue;
            }
            absent.retain(|a| a != field);
            if key.ty == Type::List {
                if let Some(inner) = record.get_mut(field).filter(|v| v.is_array()) {
                    let mut holder = Map::from_iter([(field.to_owned(), inner.take())]);
                    self.lists(rng, often, &format!("{list}."), &mut holder);
                    match holder.remove(field) {
                        Some(kept) => record.insert(field.into(), kept),
                        None => record.remove(field),
                    };
                }
                continue;
            }
            match rng.below(6) {
                0 => {
                    record.remove(field);
                }
                1 => {
                    record.remove(field);
                    absent.push(field.to_owned());
                }
                _ => {
                    record.insert(field.to_owned(), self.value(rng, key));
                }
            }
        }
        if !absent.is_empty() {
            record.insert("absent".into(), json!(absent));
        }
    }

    fn count(&self, on_edge: bool) {
        let [all, edges] = self.drawn.get();
        self.drawn.set([all + 1, edges + u64::from(on_edge)]);
    }

    /// A value of a key, as a dossier writes it.
    pub fn value(&self, rng: &mut Rng, key: &Key) -> Json {
        let today = self.today.get();
        match &key.ty {
            Type::Flag => json!(rng.one_in(2)),
            Type::Text => json!(rng.pick(&["甲", "乙", "丙"])),
            Type::Date => {
                let date = date_near(rng, today);
                // Windows are whole months long.
                self.count(today.plus_months(-date.months_until(today).unwrap_or(0)) == date);
                json!(date.to_string())
            }
            Type::Year => json!(today.year() - i64::try_from(rng.below(6)).unwrap()),
            Type::Finding => json!(*rng.pick(&["conforms", "conforms", "fails"])),
            Type::Choice(choices) => json!(rng.pick(&choices.values).id),
            Type::Set(choices) => {
                let often = 1 + rng.below(4);
                let members: Vec<&str> =
                    choices.values.iter().filter(|_| rng.one_in(often)).map(|c| c.id.as_str()).collect();
                json!(members)
            }
            Type::Quantity(dimension) => {
                let (low, high) = key.bounds.unwrap_or((Decimal::ZERO, Decimal::whole(100)));
                let base = match (rng.below(8), self.thresholds[*dimension].as_slice()) {
                    (0, _) | (_, []) => low,
                    (1, _) => low.plus(key.step),
                    (2, _) => high,
                    (3 | 4, all) => rng.pick(all).plus(key.step),
                    (5, all) => rng.pick(all).minus(key.step),
                    (_, all) => *rng.pick(all),
                };
                let unit = &self.edition.standard.units.dimensions[*dimension].units[0].id;
                let base = base.clamp(low, high);
                self.count(self.thresholds[*dimension].contains(&base));
                json!(format!("{base} {unit}"))
            }
            Type::List => json!([]),
        }
    }
}

fn date_near(rng: &mut Rng, today: Date) -> Date {
    let months = *rng.pick(&[0, 1, 3, 6, 12, 24, 24, 24, 36, 60, 90, -1, -12]);
    let near = today.plus_months(-months).plus_days(*rng.pick(&[0, 0, 0, 1, -1, 13]));
    if !rng.one_in(5) {
        return near;
    }
    // The end of that month.
    let month = near.to_string()[..8].to_owned();
    ["31", "30", "29", "28"]
        .iter()
        .find_map(|day| Date::parse(&format!("{month}{day}"), Span::NONE).ok())
        .unwrap_or(near)
}

fn insert(table: &mut Map<String, Json>, key: &str, value: Json) {
    match key.split_once('.') {
        Some((first, rest)) => {
            let inner = table.entry(first).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                insert(inner, rest, value);
            }
        }
        None => {
            table.insert(key.to_owned(), value);
        }
    }
}

fn collect(check: &guiju::check::Check, edition: &Edition, thresholds: &mut [BTreeSet<Decimal>]) {
    let of = |key: guiju::evidence::KeyIx| match edition.dictionary.get(key) {
        Some(Key { ty: Type::Quantity(d), .. }) => Some(*d),
        Some(key) => key.counted_in.map(|(d, _)| d),
        None => None,
    };
    let mut note = |dimension: Option<usize>, operator: &Operator| {
        if let (Some(d), Operator::Compare(_, Value::Quantity(n))) = (dimension, operator) {
            thresholds[d].insert(*n);
        }
    };
    match &check.body {
        Body::Fact(key, operator) => note(of(*key), operator),
        Body::Aggregate(aggregate, operator) => {
            let key = match aggregate.over {
                guiju::check::Over::Members(key) => key,
                guiju::check::Over::Records { list, field } => field.map_or(list, |f| f.0),
            };
            note(of(key), operator);
            conditions(&aggregate.filter, &of, &mut note);
        }
        Body::Quantify(quantifier) => {
            conditions(&quantifier.filter, &of, &mut note);
            conditions(quantifier.has.as_deref().unwrap_or_default(), &of, &mut note);
        }
        _ => {}
    }
}

fn conditions(
    all: &[Condition],
    of: &dyn Fn(guiju::evidence::KeyIx) -> Option<usize>,
    note: &mut dyn FnMut(Option<usize>, &Operator),
) {
    for condition in all {
        match (&condition.test, condition.source) {
            (Question::Some(inner), _) => conditions(inner, of, note),
            (
                Question::Operator(operator),
                guiju::check::Source::Fact(key) | guiju::check::Source::Field(key, _),
            ) => {
                note(of(key), operator);
            }
            _ => {}
        }
    }
}

/// Every statement of a dossier that can be left out: paths to values outside records, to fields and to records.
pub fn statements(dossier: &Json) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for table in ["facts", "category", "record"] {
        paths(&dossier[table], &mut vec![table.to_owned()], &mut all);
    }
    all
}

fn paths(value: &Json, at: &mut Vec<String>, all: &mut Vec<Vec<String>>) {
    let mut into = |name: String, inner: &Json, all: &mut Vec<Vec<String>>| {
        at.push(name);
        paths(inner, at, all);
        at.pop();
    };
    match value {
        Json::Object(table) => {
            for (name, inner) in table.iter().filter(|(name, _)| *name != "id") {
                into(name.clone(), inner, all);
            }
        }
        Json::Array(items) if items.iter().any(Json::is_object) => {
            for (i, inner) in items.iter().enumerate() {
                into(i.to_string(), inner, all);
            }
        }
        _ => {}
    }
    // There is no word for a list within a record that may lack records: its records stay.
    let inner_record = at.len() == 5 && at[0] == "record";
    if at.len() > 1 && !inner_record {
        all.push(at.clone());
    }
}

/// Leaves one statement out. A record that goes leaves its list incomplete.
pub fn forget(dossier: &mut Json, path: &[String]) {
    let Some((last, above)) = path.split_last() else { return };
    let mut place = &mut *dossier;
    for step in above {
        let next = match place {
            Json::Object(table) => table.get_mut(step),
            Json::Array(items) => step.parse::<usize>().ok().and_then(|i| items.get_mut(i)),
            _ => None,
        };
        match next {
            Some(next) => place = next,
            None => return,
        }
    }
    match place {
        Json::Object(table) => {
            table.remove(last);
        }
        Json::Array(items) => {
            let at: usize = last.parse().unwrap();
            if at < items.len() {
                items.remove(at);
            }
            if above.len() == 2 && above[0] == "record" {
                let list = above[1].clone();
                let lacking =
                    dossier.as_object_mut().unwrap().entry("incomplete").or_insert_with(|| json!([]));
                if let Some(lacking) = lacking.as_array_mut().filter(|l| !l.contains(&json!(list))) {
                    lacking.push(json!(list));
                }
            }
        }
        _ => {}
    }
}
