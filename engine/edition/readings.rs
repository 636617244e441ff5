//! The readings of an interpretation that are not adopted: what they would change in the rules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::overlay::{Element, known_fields};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::check::CheckRaw;
use crate::format::interpretation::{AffectsRaw, InterpretationRaw, ReadingRaw};
use crate::lang::Text;
use crate::load::RawStandard;
use crate::syntax::de::Loc;
use crate::text;

/// Checks that every other reading of what decides a verdict says what it would change, in places that exist,
/// or why that cannot be said.
pub fn check(raw: &RawStandard, diagnostics: &mut Diagnostics) {
    let places = places(raw);
    for interpretation in raw.interpretations.iter().flat_map(|f| &f.interpretations) {
        for reading in &interpretation.readings {
            shape(interpretation, reading, diagnostics);
            let replaced = reading.replace.iter().map(|r| &r.at);
            let inserted = reading.insert.iter().map(|i| &i.at);
            let withdrawn = reading.withdraw.iter().map(|w| &w.at);
            for at in replaced.chain(inserted).chain(withdrawn) {
                known(at, &places, diagnostics);
            }
            for replace in &reading.replace {
                for fields in [&replace.was, &replace.now] {
                    if let Some(table) = fields.0.as_table() {
                        known_fields(&Element::parse(&replace.at), table, diagnostics);
                    } else {
                        let message = text!(
                            "这里须是字段的表：{{ 字段 = 值 }}",
                            "a table of fields is needed here: {{ field = value }}"
                        );
                        diagnostics.push(Diagnostic::error(Code::WrongType, fields.0.span, message));
                    }
                }
                if replace.was.0.to_json() == replace.now.0.to_json() {
                    let message = text!("`was` 与 `now` 相同", "`was` and `now` are the same");
                    diagnostics.push(Diagnostic::error(Code::FieldMismatch, replace.now.0.span, message));
                }
            }
        }
    }
}

fn shape(interpretation: &InterpretationRaw, reading: &ReadingRaw, diagnostics: &mut Diagnostics) {
    let name = &reading.id.value;
    let operations = reading.replace.len() + reading.insert.len() + reading.withdraw.len();
    let adopted = reading.id.value == interpretation.adopted.value;
    if adopted && (operations > 0 || reading.beyond.is_some()) {
        let message = text!(
            "`{name}` 是采用的读法，规则已照它写",
            "`{name}` is the reading that is adopted: the rules follow it already"
        );
        diagnostics.push(Diagnostic::error(Code::FieldMismatch, reading.id.span, message));
    }
    let open = interpretation.affects == AffectsRaw::Verdict && !adopted;
    if open && (operations > 0) == reading.beyond.is_some() {
        let message = text!(
            "读法 `{name}` 须写明它对规则的改动（replace、insert、withdraw），或者用 beyond 说明为何不能",
            "the reading `{name}` says what it would change in the rules (replace, insert, withdraw), or in `beyond` why it cannot"
        );
        diagnostics.push(Diagnostic::error(Code::MissingField, reading.id.span, message));
    }
}

fn known(at: &Loc<String>, places: &BTreeSet<String>, diagnostics: &mut Diagnostics) {
    if !places.contains(&at.value) {
        let name = &at.value;
        let message = text!("规则中没有 `{name}`", "the rules have no `{name}`");
        diagnostics.push(
            Diagnostic::error(Code::UnknownReference, at.span, message)
                .suggest(name, places.iter().map(String::as_str)),
        );
    }
}

/// Everything in the rules that an operation can name.
fn places(raw: &RawStandard) -> BTreeSet<String> {
    let mut places = BTreeSet::from(["standard".to_owned()]);
    for clause in raw.chapters.iter().flat_map(|f| &f.clauses) {
        places.extend(clause.checks.iter().map(|check| format!("{}#{}", clause.id.value, check.id.value)));
        places.insert(clause.id.value.clone());
    }
    for key in raw.evidence.iter().flat_map(|f| &f.entries) {
        places.insert(format!("evidence:{}", key.key.value));
    }
    if let Some(standard) = &raw.standard {
        places.extend(standard.parts.iter().map(|p| format!("part:{}", p.id.value)));
        places.extend(standard.dues.iter().map(|d| format!("due:{}", d.id.value)));
        places.extend(standard.samples.iter().map(|s| format!("sample:{}", s.of.value)));
        places.extend(standard.sets.iter().map(|s| format!("set:{}", s.id.value)));
        places.extend(standard.tables.iter().map(|t| format!("table:{}", t.id.value)));
    }
    places
}

/// What a reading that is not adopted would change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effect {
    /// Its operations on the rules.
    pub operations: Vec<Operation>,
    /// Why operations cannot express it.
    pub beyond: Option<Text>,
}

/// One operation of a reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// `replace`, `insert` or `withdraw`.
    pub word: &'static str,
    /// Where: a clause, a check, `evidence:KEY` and the like.
    pub at: String,
    /// The fields as they are; `None` of what is inserted.
    pub was: Option<Json>,
    /// The fields as they would be; `None` of what is withdrawn.
    pub now: Option<Json>,
}

/// What the readings of all interpretations would change: interpretation and reading → effect.
#[must_use]
pub fn effects(raw: &RawStandard) -> BTreeMap<(String, String), Effect> {
    let mut all = BTreeMap::new();
    for interpretation in raw.interpretations.iter().flat_map(|f| &f.interpretations) {
        for reading in &interpretation.readings {
            let replaced = reading.replace.iter().map(|r| Operation {
                word: "replace",
                at: r.at.value.clone(),
                was: Some(r.was.0.to_json()),
                now: Some(r.now.0.to_json()),
            });
            let inserted = reading.insert.iter().map(|i| Operation {
                word: "insert",
                at: i.at.value.clone(),
                was: None,
                now: Some(as_written(&i.check)),
            });
            let withdrawn = reading.withdraw.iter().map(|w| Operation {
                word: "withdraw",
                at: w.at.value.clone(),
                was: None,
                now: None,
            });
            let operations = replaced.chain(inserted).chain(withdrawn).collect();
            let effect = Effect { operations, beyond: reading.beyond.clone() };
            all.insert((interpretation.id.value.clone(), reading.id.value.clone()), effect);
        }
    }
    all
}

/// The fields of a check that are given.
fn as_written(check: &CheckRaw) -> Json {
    let mut fields = serde_json::Map::new();
    let mut put = |name: &str, value: Json| drop(fields.insert(name.to_owned(), value));
    put("id", check.id.value.clone().into());
    for (name, subject) in check.subjects() {
        put(name, subject.value.clone().into());
    }
    for (name, members) in [("any-of", &check.any_of), ("all-of", &check.all_of)] {
        if let Some(members) = members {
            put(name, members.iter().map(|m| Json::from(m.value.clone())).collect());
        }
    }
    for (name, conditions) in [("where", &check.filter), ("has", &check.has), ("when", &check.when)] {
        if let Some(conditions) = conditions {
            put(name, conditions.0.0.to_json());
        }
    }
    for (name, operand) in check.operators() {
        put(name, operand.0.0.to_json());
    }
    for (name, other) in [("due", &check.due), ("until-due", &check.until_due)] {
        if let Some(other) = other {
            put(name, other.value.clone().into());
        }
    }
    if check.effect.is_some() {
        put("effect", "observation".into());
    }
    Json::Object(fields)
}
