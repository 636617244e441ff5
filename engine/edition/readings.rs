//! The readings of an interpretation that are not adopted: what they would change in the rules.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::interpretation::{AffectsRaw, InterpretationRaw, ReadingRaw};
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
                    if fields.0.as_table().is_none() {
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
