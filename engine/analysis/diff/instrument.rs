//! A difference as an instrument: laid over the earlier edition it gives the later one.

use serde_json::Value as Json;

use super::{Change, ChangeKind, Diff, FieldChange, Side};
use crate::edition::overlay::patch;
use crate::syntax::Node;

/// Why a difference cannot be written as an instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable {
    /// The elements that no operation reaches.
    pub elements: Vec<String>,
}

/// Writes the operations of an instrument, as TOML, behind a head that the caller gives.
///
/// # Errors
/// Elements that no operation reaches: units, levels, categories, readings that were reworded.
pub fn instrument(diff: &Diff, after: Side<'_>, head: &str) -> Result<String, Unwritable> {
    let now = after.elements();
    let mut out = head.to_owned();
    let mut elements = Vec::new();
    // What others refer to comes first, what goes comes last.
    let (gone, rest): (Vec<&Change>, Vec<&Change>) =
        diff.changes.iter().partition(|c| !now.contains_key(&c.at) && c.kind == ChangeKind::Withdrawn);
    let new_clause = |at: &str| {
        let clause = at.split_once('#').map_or(at, |(clause, _)| clause);
        diff.changes.iter().any(|c| c.at == clause && c.kind == ChangeKind::Added)
    };
    for change in rest.into_iter().chain(gone) {
        let of_withdrawn = change.at.split_once('#').is_some_and(|(clause, _)| {
            diff.changes.iter().any(|c| c.at == clause && c.kind == ChangeKind::Withdrawn)
        });
        if of_withdrawn || (change.fields.is_empty() && change.kind != ChangeKind::Added) {
            continue;
        }
        match operation(change, after, new_clause(&change.at), &now) {
            Some(text) => out.push_str(&text),
            None => elements.push(change.at.clone()),
        }
    }
    if elements.is_empty() { Ok(out) } else { Err(Unwritable { elements }) }
}

const REASON: &str = "reason = { zh = \"（请填写理由）\", en = \"(state the reason)\" }\n";

fn operation(
    change: &Change,
    after: Side<'_>,
    in_new_clause: bool,
    now: &std::collections::BTreeMap<String, Json>,
) -> Option<String> {
    let at = quoted(&change.at);
    let kind = change.at.split_once(':').map(|(kind, _)| kind);
    if matches!(kind, Some("dimension" | "category" | "stage" | "level" | "invariant")) {
        return None;
    }
    match (change.kind, now.get(&change.at)) {
        (ChangeKind::Added, Some(_)) if change.at.contains('#') && in_new_clause => Some(String::new()),
        (ChangeKind::Added, Some(element)) => inserted(change, after, kind, element),
        (ChangeKind::Withdrawn, None) => {
            let was = change.fields.first().filter(|f| f.was.is_some())?;
            let quote = table([(was.field.as_str(), was.was.as_ref()?)]);
            Some(format!("\n[[withdraw]]\nat = {at}\nwas = {quote}\n{REASON}"))
        }
        (ChangeKind::Withdrawn, Some(_)) if kind.is_none() => {
            // A clause that keeps its number: its texts may have changed as well.
            let was = change.fields.iter().find(|f| f.field != "kind" && f.was.is_some() && f.now.is_none());
            let was = was.or_else(|| change.fields.iter().find(|f| f.was.is_some()));
            let quote = match was {
                Some(field) => table([(field.field.as_str(), field.was.as_ref()?)]),
                None => table([("part", now.get(&change.at)?.get("part")?)]),
            };
            Some(format!("\n[[withdraw]]\nat = {at}\nwas = {quote}\n{REASON}"))
        }
        // A reading that differs is settled, which carries operations: see `settled`.
        _ if kind == Some("interpretation")
            && change.fields.iter().any(|f| ["adopted", "reading"].contains(&f.field.as_str())) =>
        {
            None
        }
        _ => {
            let fixed = ["part", "category", "protect"];
            if kind.is_none() && change.fields.iter().any(|f| fixed.contains(&f.field.as_str())) {
                return None;
            }
            Some(replaced(&at, &change.fields))
        }
    }
}

fn replaced(at: &str, fields: &[FieldChange]) -> String {
    let was = table(fields.iter().filter_map(|f| Some((f.field.as_str(), f.was.as_ref()?))));
    let now = table(fields.iter().filter_map(|f| Some((f.field.as_str(), f.now.as_ref()?))));
    format!("\n[[replace]]\nat = {at}\nwas = {was}\nnow = {now}\n{REASON}")
}

/// The readings that differ: interpretation, reading before, reading after.
#[must_use]
pub fn settled(diff: &Diff) -> Vec<(String, String, String)> {
    let one = |change: &Change| {
        let id = change.at.strip_prefix("interpretation:")?;
        let field = change.fields.iter().find(|f| f.field == "adopted")?;
        Some((
            id.to_owned(),
            field.was.as_ref()?.as_str()?.to_owned(),
            field.now.as_ref()?.as_str()?.to_owned(),
        ))
    };
    diff.changes.iter().filter_map(one).collect()
}

/// Operations that settle readings.
#[must_use]
pub fn settlements(readings: &[(String, String, String)]) -> String {
    let one = |(id, was, now): &(String, String, String)| {
        let [id, was, now] = [id, was, now].map(|text| quoted(text));
        format!("\n[[settle]]\nat = {id}\nwas = {was}\nnow = {now}\n{REASON}")
    };
    readings.iter().map(one).collect()
}

fn inserted(change: &Change, after: Side<'_>, kind: Option<&str>, element: &Json) -> Option<String> {
    let fields = element.as_object()?;
    if let Some((clause, check)) = change.at.split_once('#') {
        let (at, id) = (quoted(clause), quoted(check));
        let rest = table_inner(fields.iter().map(|(k, v)| (k.as_str(), v)));
        return Some(format!("\n[[insert]]\nat = {at}\ncheck = {{ id = {id}{rest} }}\n{REASON}"));
    }
    let Some(kind) = kind else { return inserted_clause(&change.at, after, fields) };
    let (word, id) = match kind {
        "evidence" => ("evidence", "key"),
        "template" => ("template", "name"),
        "set" | "table" | "interpretation" => (kind, "id"),
        _ => return None,
    };
    let name = quoted(change.at.split_once(':')?.1);
    let rest = table_inner(fields.iter().map(|(k, v)| (k.as_str(), v)));
    Some(format!("\n[[insert]]\n{word} = {{ {id} = {name}{rest} }}\n{REASON}"))
}

/// A clause with its checks, as one line.
fn inserted_clause(at: &str, after: Side<'_>, fields: &serde_json::Map<String, Json>) -> Option<String> {
    let part = value(fields.get("part")?);
    let category = fields.get("category").map(|c| format!("category = {}\n", value(c))).unwrap_or_default();
    let own = fields.iter().filter(|(k, _)| !["part", "category"].contains(&k.as_str()));
    let rest = table_inner(own.map(|(k, v)| (k.as_str(), v)));
    let prefix = format!("{at}#");
    let all = after.elements();
    let checks: Vec<String> = all
        .iter()
        .filter_map(|(name, check)| {
            let id = quoted(name.strip_prefix(&prefix)?);
            let rest = table_inner(check.as_object()?.iter().map(|(k, v)| (k.as_str(), v)));
            Some(format!("{{ id = {id}{rest} }}"))
        })
        .collect();
    let checks = if checks.is_empty() { String::new() } else { format!(", check = [{}]", checks.join(", ")) };
    let id = quoted(at);
    Some(format!("\n[[insert]]\npart = {part}\n{category}clause = {{ id = {id}{rest}{checks} }}\n{REASON}"))
}

fn quoted(text: &str) -> String {
    Json::String(text.to_owned()).to_string()
}

/// An inline table; keys are dotted paths as they are written.
fn table<'a>(fields: impl IntoIterator<Item = (&'a str, &'a Json)>) -> String {
    let all: Vec<String> = fields.into_iter().map(|(k, v)| format!("{k} = {}", value(v))).collect();
    if all.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", all.join(", ")) }
}

fn table_inner<'a>(fields: impl IntoIterator<Item = (&'a str, &'a Json)>) -> String {
    fields.into_iter().map(|(k, v)| format!(", {} = {}", patch::key(k), value(v))).collect()
}

/// A value as TOML on one line.
#[must_use]
pub fn value(json: &Json) -> String {
    match json {
        Json::Null => "\"\"".to_owned(),
        Json::Bool(flag) => flag.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => patch::written(&Node {
            span: crate::source::Span::NONE,
            value: crate::syntax::Value::Text(text.clone()),
        }),
        Json::Array(items) => format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", ")),
        Json::Object(map) => {
            let fields: Vec<String> =
                map.iter().map(|(k, v)| format!("{} = {}", patch::key(k), value(v))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
    }
}
