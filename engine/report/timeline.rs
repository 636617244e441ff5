//! What instruments did to an element, as people read it: from when, which fields, from what to what, by whom.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::check::Check;
use crate::edition::Edition;
use crate::edition::describe::keys;
use crate::edition::overlay::{Layer, LayerKind, OperationKind, Step};
use crate::format::overlay::{EffectiveByRaw, StatusRaw};
use crate::lang::{Lang, Text};
use crate::text;

/// One line for each operation on an element itself, not on what lies above it; empty if nobody touched it.
#[must_use]
pub fn lines(edition: &Edition, at: &str, lang: Lang) -> Vec<String> {
    let own: Vec<&Step> = edition.history.iter().filter(|step| step.at == at).collect();
    let all = own.iter().enumerate().filter_map(|(i, step)| {
        let later = own.get(i + 1..).unwrap_or_default();
        Some(line(edition.layers.get(step.layer)?, step, later_layer(edition, step, later), lang))
    });
    all.collect()
}

/// The layer in force that wrote all of the same fields later, if one did.
fn later_layer<'e>(edition: &'e Edition, step: &Step, later: &[&Step]) -> Option<&'e Layer> {
    let fields = |step: &Step| -> BTreeSet<String> {
        changes(step.was.as_ref(), step.now.as_ref()).into_iter().map(|(field, ..)| field).collect()
    };
    let own = fields(step);
    let covers = |other: &&&Step| {
        let replaced = step.operation == OperationKind::Replace && own.is_subset(&fields(other));
        let again = step.operation == OperationKind::Settle && other.operation == OperationKind::Settle;
        let in_force = edition.layers.get(other.layer).is_some_and(|l| l.in_force);
        in_force && (replaced || again || other.operation == OperationKind::Withdraw)
    };
    later.iter().rev().find(covers).and_then(|other| edition.layers.get(other.layer))
}

/// The lines of a check: its own and those of the keys that it looks at; those of its clause stand with the clause.
#[must_use]
pub fn of_check(edition: &Edition, address: &str, check: &Check, lang: Lang) -> Vec<String> {
    let keys = keys(&check.body, &check.when).into_iter().map(|k| edition.dictionary.name(k));
    let theirs = keys.flat_map(|key| {
        let own = lines(edition, &format!("evidence:{key}"), lang);
        own.into_iter().map(move |line| format!("{key}  {line}"))
    });
    lines(edition, address, lang).into_iter().chain(theirs).collect()
}

/// The mark tells whether it is this that holds.
fn line(layer: &Layer, step: &Step, later: Option<&Layer>, lang: Lang) -> String {
    let span = span(layer);
    let what = operation(step);
    let state = match later.filter(|_| layer.in_force) {
        Some(later) => state(layer).then(text!("（由 {} 取代）", " (superseded by {})", later.id)),
        None => state(layer),
    };
    let mark = if layer.in_force && later.is_none() { "●" } else { "○" };
    let (id, reason) = (&layer.id, &step.reason);
    let zh = format!(
        "{mark} {}{id}{}：{}。理由：{}",
        span.zh,
        state.zh,
        what.zh,
        reason.zh.trim_end_matches('。')
    );
    let en = format!(
        "{mark} {}{id}{}: {}. Reason: {}",
        span.en,
        state.en,
        what.en,
        reason.en.trim_end_matches('.')
    );
    lang.pick(zh, en)
}

/// From when to when.
#[must_use]
pub fn span(layer: &Layer) -> Text {
    match (layer.effective, layer.expires) {
        (Some(from), None) => text!("{from} 起 ", "from {from} "),
        (Some(from), Some(until)) => text!("{from} 至 {until} ", "{from} to {until} "),
        _ => Text::default(),
    }
}

/// Whether and why it does not take part, or what it is.
#[must_use]
pub fn state(layer: &Layer) -> Text {
    let by = match layer.effective_by {
        EffectiveByRaw::AppliedOn => text!("（按申请日）", " (by the date of application)"),
        EffectiveByRaw::AssessedOn => Text::default(),
    };
    match (layer.kind, layer.in_force, layer.status) {
        (LayerKind::Reading, _, _) => text!("（按此读法）", " (read so)"),
        (_, true, StatusRaw::Draft) => text!("（草案，试算）", " (draft, on trial)").then(by),
        (_, true, StatusRaw::Issued) => by,
        (_, false, _) => text!("（此版本日期不适用）", " (not in force on this date)"),
    }
}

/// What an operation does, in words.
#[must_use]
pub fn operation(step: &Step) -> Text {
    match step.operation {
        OperationKind::Insert => text!("增加", "inserted"),
        OperationKind::Withdraw => text!("撤去", "withdrawn"),
        OperationKind::Settle => {
            let word = |json: &Option<Json>| json.as_ref().map(shown).unwrap_or_default();
            let (was, now) = (word(&step.was), word(&step.now));
            text!("释义由 {was} 改定为 {now}", "read as {now} instead of {was}")
        }
        OperationKind::Replace => {
            let changes = changes(step.was.as_ref(), step.now.as_ref());
            let worded: BTreeSet<&str> = changes.iter().filter_map(|(field, ..)| wording(field)).collect();
            let reworded = worded.into_iter().map(|field| text!("{field} 改写", "{field} reworded"));
            let say = |(field, was, now): &(String, Option<String>, Option<String>)| match (was, now) {
                (Some(was), Some(now)) => text!("{field} {was} 改为 {now}", "{field} from {was} to {now}"),
                (None, Some(now)) => text!("增加 {field} {now}", "{field} added: {now}"),
                (Some(was), None) => text!("去掉 {field} {was}", "{field} dropped: {was}"),
                (None, None) => Text::default(),
            };
            let values = changes.iter().filter(|(field, ..)| wording(field).is_none()).map(say);
            let all: Vec<Text> = values.chain(reworded).collect();
            let join = |pick: fn(&Text) -> &str, by: &str| all.iter().map(pick).collect::<Vec<_>>().join(by);
            Text::new(join(|t| &t.zh, "；"), join(|t| &t.en, "; "))
        }
    }
}

/// The field whose wording a leaf is, in one of the two languages: a timeline says that it changed, not every word.
fn wording(leaf: &str) -> Option<&str> {
    leaf.strip_suffix(".zh").or_else(|| leaf.strip_suffix(".en"))
}

/// Fields with their old and new values; of several accepted quotations the first is shown.
#[must_use]
pub fn changes(was: Option<&Json>, now: Option<&Json>) -> Vec<(String, Option<String>, Option<String>)> {
    let first = was.and_then(|w| w.as_array().map_or(Some(w), |all| all.first()));
    let (mut before, mut after) = (Vec::new(), Vec::new());
    leaves("", first, &mut before);
    leaves("", now, &mut after);
    let mut fields: Vec<&String> = before.iter().chain(&after).map(|(field, _)| field).collect();
    fields.sort();
    fields.dedup();
    let find = |list: &[(String, String)], field: &str| {
        list.iter().find(|(f, _)| f == field).map(|(_, value)| value.clone())
    };
    let all = fields.into_iter().map(|f| (f.clone(), find(&before, f), find(&after, f)));
    all.filter(|(_, was, now)| was != now).collect()
}

fn leaves(path: &str, json: Option<&Json>, into: &mut Vec<(String, String)>) {
    match json {
        Some(Json::Object(map)) => {
            for (key, value) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                leaves(&path, Some(value), into);
            }
        }
        Some(value) => into.push((path.to_owned(), shown(value))),
        None => {}
    }
}

/// A value as people read it: texts without quotes, lists with commas.
#[must_use]
pub fn shown(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join("、"),
        other => other.to_string(),
    }
}
