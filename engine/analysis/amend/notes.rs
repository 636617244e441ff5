//! What a change leaves as it is, although somebody may expect otherwise.

use serde::Serialize;

use super::Change;
use crate::edition::Edition;
use crate::edition::overlay::patch::leaves;
use crate::edition::overlay::{Element, Standing};
use crate::id::ClauseId;
use crate::syntax::{Node, Table};

/// Why something is worth a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    /// It shared its content with the clause that changes.
    Shares,
    /// It is about the same at another level and has the same field.
    SameTopic,
    /// It still says what the check said before.
    StillSays,
}

/// Something that is not touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Why it is worth a word.
    pub kind: NoteKind,
    /// The element that changes.
    pub of: String,
    /// The element that does not.
    pub at: String,
    /// The field.
    pub field: Option<String>,
    /// What stands there.
    pub value: Option<serde_json::Value>,
}

/// What the changes leave untouched, in the order of the changes.
#[must_use]
pub fn notes(edition: &Edition, standing: &Standing, changes: &[Change]) -> Vec<Note> {
    let mut all: Vec<Note> = Vec::new();
    let touched = |at: &str| changes.iter().any(|c| c.at() == at);
    for change in changes {
        let (at, was) = match change {
            Change::Replace { at, was, .. } | Change::Withdraw { at, was } => (at, was),
            _ => continue,
        };
        let element = Element::parse(at);
        let Some(clause) = element.clause() else { continue };
        let twin = |other: &str| match &element {
            Element::Check(_, check) => format!("{other}#{check}"),
            _ => other.to_owned(),
        };
        for other in standing.shares(clause) {
            let place = twin(other);
            if !touched(&place) {
                all.push(Note {
                    kind: NoteKind::Shares,
                    of: at.clone(),
                    at: place,
                    field: None,
                    value: None,
                });
            }
        }
        if let Change::Replace { .. } = change {
            for other in same_topic(edition, clause) {
                let place = twin(&other);
                let known = all.iter().any(|n| n.at == place && n.kind == NoteKind::Shares);
                let Some(table) = standing.find(&place).ok().filter(|_| !touched(&place) && !known) else {
                    continue;
                };
                for (path, _) in leaves(was).into_iter().filter(|(p, _)| telling(&element, p)) {
                    let Some(node) = get(table, &path) else { continue };
                    all.push(Note {
                        kind: NoteKind::SameTopic,
                        of: at.clone(),
                        at: place.clone(),
                        field: Some(path.join(".")),
                        value: Some(node.to_json()),
                    });
                }
            }
        }
        let rewritten = changes.iter().any(|c| match c {
            Change::Replace { at, now, .. } => at == clause && now.get("summary").is_some(),
            other => other.at() == clause,
        });
        if let (Element::Check(..), false) = (&element, rewritten) {
            let said =
                standing.find(clause).ok().and_then(|t| t.get("summary")?.as_table()?.get("zh")?.as_text());
            let olds = leaves(was).into_iter().filter_map(|(_, e)| e.node.as_text());
            // A word of one letter stands in any sentence.
            let still =
                olds.filter(|o| o.chars().count() > 1).any(|old| said.is_some_and(|s| s.contains(old)));
            if still {
                all.push(Note {
                    kind: NoteKind::StillSays,
                    of: at.clone(),
                    at: clause.to_owned(),
                    field: Some("summary".to_owned()),
                    value: said.map(Into::into),
                });
            }
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|note| seen.insert((note.kind, note.at.clone(), note.field.clone())));
    all
}

/// Wording is different at every level; only what is demanded is worth a word.
fn telling(element: &Element, path: &[String]) -> bool {
    let wording = ["title", "summary", "hint"];
    !(matches!(element, Element::Clause(_) | Element::Check(..))
        && path.first().is_some_and(|f| wording.contains(&f.as_str())))
}

fn get<'t>(table: &'t Table, path: &[String]) -> Option<&'t Node> {
    let (first, rest) = path.split_first()?;
    let node = table.get(first)?;
    if rest.is_empty() { Some(node) } else { get(node.as_table()?, rest) }
}

/// The clauses about the same thing at other levels.
fn same_topic(edition: &Edition, clause: &str) -> Vec<String> {
    let own = ClauseId::parse(clause).and_then(|id| edition.find(&id)).and_then(|ix| edition.clause(ix));
    let Some(own) = own.filter(|c| c.topic.is_some()) else { return Vec::new() };
    let others = edition.clauses.iter().filter(|c| {
        c.topic == own.topic && c.part == own.part && c.category == own.category && c.level != own.level
    });
    others.map(|c| c.id.to_string()).collect()
}
