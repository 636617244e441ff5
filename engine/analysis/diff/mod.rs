//! Two editions side by side: what was added, withdrawn, reworded, and what became stricter or looser.

mod instrument;
mod refers;
mod trial;

pub use instrument::{Unwritable, instrument, settled, settlements};
pub use refers::refers;
pub use trial::{Asked, InstrumentOut, NoteKind, NoteOut, Written, written};

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use crate::edition::Edition;
use crate::edition::compare::{Relation, overall, relations};
use crate::edition::overlay::elements;
use crate::id::ClauseId;
use crate::lang::Text;
use crate::load::RawStandard;
use crate::text;

/// One side of a comparison.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The edition.
    pub edition: &'a Edition,
    /// Its rules as written, with all operations applied.
    pub rules: &'a RawStandard,
}

impl Side<'_> {
    /// Everything that operations can name, with its fields as written. Parts of reports stand in no rule file.
    #[must_use]
    pub fn elements(&self) -> BTreeMap<String, Json> {
        let mut all = elements(self.rules);
        let templates = self.edition.templates.iter();
        all.extend(
            templates
                .map(|(name, text)| (format!("template:{name}"), serde_json::json!({ "text": text.value }))),
        );
        all
    }
}

/// What became of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It accepts less.
    Stricter,
    /// It accepts more.
    Looser,
    /// It accepts something else, or nothing was proven.
    Incomparable,
    /// It is new.
    Added,
    /// It is gone.
    Withdrawn,
    /// Its words changed; it accepts the same.
    Reworded,
}

/// One element that differs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Change {
    /// The element, as operations name it.
    pub at: String,
    /// What became of it.
    pub kind: ChangeKind,
    /// What that does to grades.
    pub effect: Relation,
    /// Title of the clause or key.
    pub title: Option<Text>,
    /// The level of the clause.
    pub level: Option<u8>,
    /// The one category that the clause concerns.
    pub category: Option<String>,
    /// Fields that differ; empty if only something that it refers to differs.
    pub fields: Vec<FieldChange>,
    /// Elements elsewhere through which it differs.
    pub through: Vec<String>,
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FieldChange {
    /// The field, as a dotted path.
    pub field: String,
    /// Its value before; `null` if it was not there.
    pub was: Option<Json>,
    /// Its value after; `null` if it is gone.
    pub now: Option<Json>,
}

/// The difference of two editions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Diff {
    /// The earlier side.
    pub before: SideOut,
    /// The later side.
    pub after: SideOut,
    /// What the whole does to grades: whether the later is provably stricter or looser.
    pub effect: Relation,
    /// Elements that differ, clauses in the order of their ids.
    pub changes: Vec<Change>,
    /// What an instrument does that is written of the difference; `null` if none was tried.
    pub instrument: Option<InstrumentOut>,
}

/// One side, for the head of an output.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SideOut {
    /// The region, if any.
    pub region: Option<String>,
    /// Date of application.
    pub applied_on: String,
    /// Date of assessment.
    pub assessed_on: String,
    /// Digest of the edition.
    pub digest: String,
    /// Layers in force.
    pub layers: Vec<String>,
}

/// Compares two editions.
#[must_use]
pub fn diff(before: Side<'_>, after: Side<'_>) -> Diff {
    let relations = relations(before.edition, after.edition);
    let (was, now) = (before.elements(), after.elements());
    let mut own: BTreeMap<String, (ChangeKind, Vec<FieldChange>)> = BTreeMap::new();
    let names: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
    for at in names {
        let (b, a) = (was.get(at), now.get(at));
        let fields = fields(b, a);
        if fields.is_empty() && b.is_some() == a.is_some() {
            continue;
        }
        let kind = match (b, a) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Withdrawn,
            _ if withdrawn(a) && !withdrawn(b) => ChangeKind::Withdrawn,
            _ => match relations.get(at) {
                Some(Relation::Stricter) => ChangeKind::Stricter,
                Some(Relation::Looser) => ChangeKind::Looser,
                Some(Relation::Incomparable) => ChangeKind::Incomparable,
                Some(Relation::Same) | None => ChangeKind::Reworded,
            },
        };
        own.insert(at.clone(), (kind, fields));
    }
    let elsewhere: BTreeSet<String> =
        own.keys().filter(|at| at.contains(':') || *at == "standard").cloned().collect();
    let mut changes: BTreeMap<(bool, Option<ClauseId>, String), Change> = BTreeMap::new();
    let touched: BTreeSet<&String> = own.keys().chain(relations.keys()).collect();
    for at in touched {
        let effect = relations.get(at).copied().unwrap_or(Relation::Same);
        let side = if now.contains_key(at) { after } else { before };
        let through = through(side.edition, at, &elsewhere);
        let (kind, fields) = own.get(at).cloned().unwrap_or_else(|| {
            let kind = match effect {
                Relation::Stricter => ChangeKind::Stricter,
                Relation::Looser => ChangeKind::Looser,
                _ => ChangeKind::Incomparable,
            };
            (kind, Vec::new())
        });
        let mut change = Change {
            at: at.clone(),
            kind,
            effect,
            title: None,
            level: None,
            category: None,
            fields,
            through,
        };
        describe(side.edition, &mut change);
        change.title = change.title.or_else(|| titled(now.get(at).or_else(|| was.get(at))?));
        let elsewhere_same = |name: &String| {
            let fields = own.get(name).map(|(_, fields)| fields.as_slice()).unwrap_or_default();
            name.starts_with("table:") && same_at(fields, change.level)
        };
        change.through.retain(|name| !elsewhere_same(name));
        let id = ClauseId::parse(at.split_once('#').map_or(at.as_str(), |(clause, _)| clause));
        let elsewhere = elsewhere.contains(at);
        changes.insert((elsewhere, id.filter(|_| !elsewhere), at.clone()), change);
    }
    let mut changes: Vec<Change> = changes.into_values().collect();
    through_keys(&mut changes);
    Diff {
        before: side(before.edition),
        after: side(after.edition),
        effect: overall(&relations),
        changes,
        instrument: None,
    }
}

/// A key or declaration does to grades what the checks do that differ only through it.
fn through_keys(changes: &mut [Change]) {
    let effects: BTreeMap<String, Relation> = changes
        .iter()
        .filter(|c| c.at.contains(':'))
        .map(|key| {
            let using = changes.iter().filter(|c| c.fields.is_empty() && c.through.contains(&key.at));
            (key.at.clone(), Relation::all(using.map(|c| c.effect)))
        })
        .collect();
    for change in changes.iter_mut() {
        let Some(effect) = effects.get(&change.at).filter(|_| change.effect == Relation::Same) else {
            continue;
        };
        change.effect = *effect;
        if change.kind == ChangeKind::Reworded {
            change.kind = match effect {
                Relation::Same => ChangeKind::Reworded,
                Relation::Stricter => ChangeKind::Stricter,
                Relation::Looser => ChangeKind::Looser,
                Relation::Incomparable => ChangeKind::Incomparable,
            };
        }
    }
}

fn withdrawn(element: Option<&Json>) -> bool {
    element.and_then(|e| e.get("kind")).and_then(Json::as_str) == Some("withdrawn")
}

fn side(edition: &Edition) -> SideOut {
    SideOut {
        region: edition.region.clone(),
        applied_on: edition.applied_on.to_string(),
        assessed_on: edition.assessed_on.to_string(),
        digest: edition.digest.clone(),
        layers: edition.layers.iter().filter(|l| l.in_force).map(|l| l.id.clone()).collect(),
    }
}

/// Title, level and category of the clause or key.
fn describe(edition: &Edition, change: &mut Change) {
    if let Some(key) = change.at.strip_prefix("evidence:") {
        let key = edition.dictionary.find(key).and_then(|k| edition.dictionary.get(k));
        change.title = key.map(|k| k.title.clone().unwrap_or_else(|| k.question.clone()));
        return;
    }
    if let Some(name) = change.at.strip_prefix("template:") {
        change.title = slot(name);
        return;
    }
    let id = change.at.split_once('#').map_or(change.at.as_str(), |(clause, _)| clause);
    let clause = ClauseId::parse(id).and_then(|id| edition.find(&id)).and_then(|ix| edition.clause(ix));
    let Some(clause) = clause else { return };
    change.title = Some(clause.title.clone());
    change.level = clause.level;
    let category = clause.category.and_then(|c| edition.standard.categories.get(c));
    change.category = category.map(|c| c.id.clone());
}

/// The title of a declaration, or the question of an interpretation, as written.
fn titled(element: &Json) -> Option<Text> {
    let text = element.get("title").or_else(|| element.get("question"))?;
    let part = |lang: &str| text.get(lang).and_then(Json::as_str);
    Some(Text::new(part("zh")?, part("en")?))
}

/// Whether a table of values by level has the same value at a level on both sides.
fn same_at(fields: &[FieldChange], level: Option<u8>) -> bool {
    let Some(index) = level.and_then(|l| usize::from(l).checked_sub(1)) else { return false };
    let at = |values: &Option<Json>| values.as_ref().and_then(|v| v.get(index)).cloned();
    fields.iter().filter(|f| f.field == "by-level").all(|f| {
        let (was, now) = (at(&f.was), at(&f.now));
        was.is_some() && was == now
    })
}

/// A part of reports in words: what it is, and of which form of the report.
fn slot(name: &str) -> Option<Text> {
    let (part, form) = name.split_once('.')?;
    let part = match part {
        "letterhead" => text!("报告的笺头", "letterhead of reports"),
        "signature" => text!("报告的签署处", "signatures of reports"),
        _ => return None,
    };
    let page = form.starts_with("html");
    Some(part.then(if page {
        text!("（网页）", " (page)")
    } else {
        text!("（Markdown）", " (Markdown)")
    }))
}

/// The changed declarations that a clause or check refers to.
fn through(edition: &Edition, at: &str, elsewhere: &BTreeSet<String>) -> Vec<String> {
    refers(edition, at).into_iter().filter(|name| elsewhere.contains(name)).collect()
}

/// Fields that differ, as paths to values that are no tables.
#[must_use]
pub fn fields(before: Option<&Json>, after: Option<&Json>) -> Vec<FieldChange> {
    let (mut was, mut now) = (BTreeMap::new(), BTreeMap::new());
    leaves(String::new(), before, &mut was);
    leaves(String::new(), after, &mut now);
    let names: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
    let change = |field: &String| FieldChange {
        field: field.clone(),
        was: was.get(field).cloned(),
        now: now.get(field).cloned(),
    };
    names.into_iter().map(change).filter(|c| c.was != c.now).collect()
}

fn leaves(path: String, json: Option<&Json>, into: &mut BTreeMap<String, Json>) {
    match json {
        Some(Json::Object(map)) if !map.is_empty() || path.is_empty() => {
            for (key, value) in map {
                let key = crate::edition::overlay::patch::key(key);
                let path = if path.is_empty() { key } else { format!("{path}.{key}") };
                leaves(path, Some(value), into);
            }
        }
        Some(value) => {
            into.insert(path, value.clone());
        }
        None => {}
    }
}
