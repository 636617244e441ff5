//! All the ways in which the rules can be a little wrong.

use std::collections::BTreeSet;

use super::condition::{Edit, Scope, edits};
use super::operand::{Measure, counted, measure, moved, neighbour, written};
use super::{Change, Kind, Mutant};
use crate::edition::{ClauseIx, Edition};
use crate::evidence::{Key, Type};
use crate::format::chapter::ClauseRaw;
use crate::format::check::{CheckRaw, Conditions, Operand};
use crate::format::standard::StandardFile;
use crate::id::ClauseId;
use crate::load::RawStandard;
use crate::source::Span;
use crate::syntax::de::{Loc, Raw};

/// The mutants of one clause.
pub(super) fn of_clause(edition: &Edition, ix: ClauseIx, raw: &ClauseRaw) -> Vec<Mutant> {
    let mut made = Made { edition, ix, raw, mutants: Vec::new() };
    made.level();
    if raw.same_as.is_some() {
        return made.mutants;
    }
    made.clause();
    for k in 0..raw.checks.len() {
        made.check(k);
    }
    made.mutants
}

/// Makes the clause with its check at hand changed.
type With<'a> = dyn Fn(&dyn Fn(&mut CheckRaw)) -> ClauseRaw + 'a;

struct Made<'a> {
    edition: &'a Edition,
    ix: ClauseIx,
    raw: &'a ClauseRaw,
    mutants: Vec<Mutant>,
}

impl Made<'_> {
    fn push(
        &mut self,
        kind: Kind,
        check: Option<usize>,
        what: &str,
        from: &str,
        to: Option<&str>,
        new: ClauseRaw,
    ) {
        let id = &self.raw.id.value;
        let named = check.and_then(|k| self.raw.checks.get(k));
        let at = named.map_or_else(|| id.clone(), |check| format!("{id}#{}", check.id.value));
        self.mutants.push(Mutant {
            kind,
            at,
            what: what.to_owned(),
            from: from.to_owned(),
            to: to.map(str::to_owned),
            span: named.map_or(self.raw.id.span, |c| c.id.span),
            check: named.map(|c| c.id.value.clone()),
            change: Change::Clause(self.ix, Box::new(new)),
        });
    }

    /// The level, where it decides anything: it is written, or the clause gates a grade by level.
    fn level(&mut self) {
        let Some(clause) = self.edition.clause(self.ix) else { return };
        let Some(level) = clause.level.filter(|_| clause.gates || self.raw.level.is_some()) else { return };
        let around = [level.checked_sub(1), level.checked_add(1)];
        for other in around.into_iter().flatten().filter(|l| (1..=self.edition.standard.top()).contains(l)) {
            let new = ClauseRaw { level: Some(Loc::new(other, Span::NONE)), ..self.raw.clone() };
            self.push(Kind::Level, None, "level", &level.to_string(), Some(&other.to_string()), new);
        }
    }

    fn clause(&mut self) {
        let raw = self.raw;
        if let Some(when) = &raw.when {
            for edit in edits(self.edition, &when.0.0, Scope::Dossier, Kind::When) {
                let new = ClauseRaw { when: conditions(&edit), ..raw.clone() };
                self.push(
                    edit.kind,
                    None,
                    &format!("when {}", edit.what),
                    &edit.from,
                    edit.to.as_deref(),
                    new,
                );
            }
        }
        if let Some(due) = &raw.due {
            let new = ClauseRaw { due: None, until_due: None, ..raw.clone() };
            self.push(Kind::Due, None, "due", &due.value, None, new);
        }
        if let Some(choose) = &raw.choose {
            let n = choose.at_least.value;
            for other in [n.checked_sub(1), n.checked_add(1)].into_iter().flatten() {
                let mut new = raw.clone();
                if let Some(choose) = &mut new.choose {
                    choose.at_least.value = other;
                }
                self.push(
                    Kind::Choose,
                    None,
                    "choose.at-least",
                    &n.to_string(),
                    Some(&other.to_string()),
                    new,
                );
            }
        }
    }

    fn check(&mut self, k: usize) {
        let (raw, edition) = (self.raw, self.edition);
        let Some(check) = raw.checks.get(k) else { return };
        let with = |change: &dyn Fn(&mut CheckRaw)| {
            let mut new = raw.clone();
            if let Some(check) = new.checks.get_mut(k) {
                change(check);
            }
            new
        };
        self.push(Kind::Drop, Some(k), "check", &check.id.value, None, without(raw, k));
        if check.effect.is_some() {
            let new = with(&|c| c.effect = None);
            self.push(Kind::Effect, Some(k), "effect", "observation", None, new);
        } else {
            let member = raw.checks.iter().any(|c| members(c).any(|m| m.value == check.id.value));
            if !member {
                let effect = crate::format::check::EffectRaw::Observation;
                let new = with(&|c| c.effect = Some(Loc::new(effect, Span::NONE)));
                self.push(Kind::Effect, Some(k), "effect", "", Some("observation"), new);
            }
        }
        if let Some(due) = &check.due {
            let new = with(&|c| (c.due, c.until_due) = (None, None));
            self.push(Kind::Due, Some(k), "due", &due.value, None, new);
        }
        for (from, to) in [("any-of", "all-of"), ("all-of", "any-of")] {
            let given = if from == "any-of" { &check.any_of } else { &check.all_of };
            if given.is_some() {
                let new = with(&|c| std::mem::swap(&mut c.any_of, &mut c.all_of));
                self.push(Kind::Composition, Some(k), "of", from, Some(to), new);
            }
        }
        self.operators(k, check, &with);
        let scope = check.subjects().first().map(|(word, of)| scope(edition, word, of));
        let tables = [("when", &check.when), ("where", &check.filter), ("has", &check.has)];
        for (word, table) in tables {
            let Some(table) = table else { continue };
            let scope = if word == "when" { Some(Scope::Dossier) } else { scope };
            let Some(scope) = scope else { continue };
            let kind = if word == "when" { Kind::When } else { Kind::Where };
            for edit in edits(edition, &table.0.0, scope, kind) {
                let new = with(&|c| {
                    let slot = match word {
                        "when" => &mut c.when,
                        "where" => &mut c.filter,
                        _ => &mut c.has,
                    };
                    *slot = conditions(&edit);
                });
                let what = format!("{word} {}", edit.what);
                self.push(edit.kind, Some(k), &what, &edit.from, edit.to.as_deref(), new);
            }
        }
    }

    /// The operator of a check and its operand.
    fn operators(&mut self, k: usize, check: &CheckRaw, with: &With<'_>) {
        let edition = self.edition;
        let subjects = check.subjects();
        let (Some((word, of)), Some((op, operand))) =
            (subjects.first(), check.operators().into_iter().next())
        else {
            return;
        };
        let found = edition.dictionary.find(of);
        let measured = match (*word, found) {
            ("elapsed-since", _) => Measure::Period,
            ("count", Some(list)) => counted(edition, list),
            ("distinct", _) => {
                let list = of.value.rsplit_once("[].").and_then(|(list, _)| edition.dictionary.find(list));
                list.map_or(Measure::Words, |list| counted(edition, list))
            }
            _ => measure(edition, op, found),
        };
        for other in moved(edition, &operand.0.0, measured) {
            let kind = if operand.0.0.as_array().is_some() { Kind::Word } else { Kind::Threshold };
            let to = written(&other);
            let new = with(&|c| {
                if let Some(slot) = slot(c, op) {
                    *slot = Some(Operand(Raw(other.clone())));
                }
            });
            self.push(kind, Some(k), op, &written(&operand.0.0), Some(&to), new);
        }
        if let Some(other) = neighbour(op) {
            let new = with(&|c| {
                let taken = slot(c, op).and_then(Option::take);
                if let Some(slot) = slot(c, other) {
                    *slot = taken;
                }
            });
            self.push(Kind::Bound, Some(k), "operator", op, Some(other), new);
        }
    }
}

fn slot<'c>(check: &'c mut CheckRaw, op: &str) -> Option<&'c mut Option<Operand>> {
    Some(match op {
        "at-least" => &mut check.at_least,
        "at-most" => &mut check.at_most,
        "above" => &mut check.above,
        "below" => &mut check.below,
        "is" => &mut check.is,
        "one-of" => &mut check.one_of,
        "not-in" => &mut check.not_in,
        "includes" => &mut check.includes,
        "includes-any" => &mut check.includes_any,
        "excludes" => &mut check.excludes,
        "within" => &mut check.within,
        "not-before" => &mut check.not_before,
        "not-after" => &mut check.not_after,
        "at-least-ago" => &mut check.at_least_ago,
        "last-closed" => &mut check.last_closed,
        _ => return None,
    })
}

fn scope<'a>(edition: &Edition, word: &str, of: &'a Loc<String>) -> Scope<'a> {
    let set = edition.dictionary.find(of).filter(|ix| {
        matches!(edition.dictionary.get(*ix), Some(Key { ty: Type::Set(_), .. })) && word == "count"
    });
    match set {
        Some(key) => Scope::Members(key),
        None => Scope::Records(of.value.split_once("[].").map_or(of.value.as_str(), |(list, _)| list)),
    }
}

fn members(check: &CheckRaw) -> impl Iterator<Item = &Loc<String>> {
    check.any_of.iter().chain(&check.all_of).flatten()
}

/// The clause without a check: it leaves its composition, takes its own members along, and nothing waits for it.
fn without(raw: &ClauseRaw, k: usize) -> ClauseRaw {
    let mut gone: BTreeSet<&str> = raw.checks.get(k).map(|c| c.id.value.as_str()).into_iter().collect();
    loop {
        let more: Vec<&str> = raw
            .checks
            .iter()
            .filter(|c| gone.contains(c.id.value.as_str()))
            .flat_map(|c| members(c).map(|m| m.value.as_str()))
            .filter(|m| !gone.contains(m))
            .collect();
        if more.is_empty() {
            break;
        }
        gone.extend(more);
    }
    let gone: BTreeSet<String> = gone.into_iter().map(str::to_owned).collect();
    let mut new = raw.clone();
    new.checks.retain(|c| !gone.contains(&c.id.value));
    for check in &mut new.checks {
        for list in [&mut check.any_of, &mut check.all_of].into_iter().flatten() {
            list.retain(|m| !gone.contains(&m.value));
        }
        check.until_due = check.until_due.take().filter(|u| !gone.contains(&u.value));
    }
    new.until_due = new.until_due.take().filter(|u| !gone.contains(&u.value));
    new
}

fn conditions(edit: &Edit) -> Option<Conditions> {
    edit.node.clone().map(|node| Conditions(Raw(node)))
}

/// The mutants of derived keys and of the declarations that rules refer to.
pub(super) fn of_declarations(edition: &Edition, raw: &RawStandard) -> Vec<Mutant> {
    let mut mutants = Vec::new();
    for (f, file) in raw.evidence.iter().enumerate() {
        for (e, entry) in file.entries.iter().enumerate() {
            let Some(derive) = &entry.derive else { continue };
            let (Some(filter), Some((word, of))) = (&derive.filter, of_derive(derive)) else { continue };
            for edit in edits(edition, &filter.0.0, scope(edition, word, of), Kind::Where) {
                let mut new = entry.clone();
                if let Some(derive) = &mut new.derive {
                    derive.filter = conditions(&edit);
                }
                mutants.push(Mutant {
                    kind: edit.kind,
                    at: entry.key.value.clone(),
                    what: format!("where {}", edit.what),
                    from: edit.from,
                    to: edit.to,
                    span: entry.key.span,
                    check: None,
                    change: Change::Evidence(f, e, Box::new(new)),
                });
            }
        }
    }
    if let Some(standard) = &raw.standard {
        of_standard(edition, standard, &mut mutants);
    }
    mutants
}

fn of_derive(derive: &crate::format::evidence::DeriveRaw) -> Option<(&'static str, &Loc<String>)> {
    let words = [
        ("count", &derive.count),
        ("distinct", &derive.distinct),
        ("sum", &derive.sum),
        ("largest", &derive.largest),
        ("smallest", &derive.smallest),
    ];
    words.into_iter().find_map(|(word, of)| of.as_ref().map(|of| (word, of)))
}

fn of_standard(edition: &Edition, raw: &StandardFile, mutants: &mut Vec<Mutant>) {
    let mut push = |kind, at: String, what: &str, from: &str, to: Option<String>, span, new| {
        mutants.push(Mutant {
            kind,
            at,
            what: what.to_owned(),
            from: from.to_owned(),
            to,
            span,
            check: None,
            change: Change::Standard(Box::new(new)),
        });
    };
    for (i, set) in raw.sets.iter().enumerate().filter(|(_, s)| s.members.len() > 1) {
        for (m, member) in set.members.iter().enumerate() {
            let mut new = raw.clone();
            if let Some(set) = new.sets.get_mut(i) {
                set.members.remove(m);
            }
            push(Kind::Word, format!("@{}", set.id.value), "members", &member.value, None, member.span, new);
        }
    }
    for (i, table) in raw.tables.iter().enumerate() {
        for (l, entry) in table.by_level.iter().enumerate() {
            let node = crate::syntax::Node {
                span: entry.span,
                value: crate::syntax::Value::Text(entry.value.clone()),
            };
            // A table does not say what it measures: it moves by one of the unit in which it is written.
            for other in moved(edition, &node, Measure::Period) {
                let to = written(&other);
                let mut new = raw.clone();
                if let Some(entry) = new.tables.get_mut(i).and_then(|t| t.by_level.get_mut(l)) {
                    entry.value.clone_from(&to);
                }
                let what = format!("by-level {}", l + 1);
                let at = format!("@{}", table.id.value);
                push(Kind::Threshold, at, &what, &entry.value, Some(to), entry.span, new);
            }
        }
    }
    for (i, sample) in raw.samples.iter().enumerate() {
        let at = format!("sample:{}", sample.of.value);
        if let Some(filter) = &sample.filter {
            for edit in edits(edition, &filter.0.0, Scope::Records(&sample.of), Kind::Where) {
                let mut new = raw.clone();
                if let Some(sample) = new.samples.get_mut(i) {
                    sample.filter = conditions(&edit);
                }
                let what = format!("where {}", edit.what);
                push(edit.kind, at.clone(), &what, &edit.from, edit.to, sample.of.span, new);
            }
        }
    }
    for (i, due) in raw.dues.iter().enumerate() {
        let at = format!("due:{}", due.id.value);
        for (s, stage) in due.stages.iter().enumerate() {
            let mut new = raw.clone();
            if let Some(due) = new.dues.get_mut(i) {
                due.stages.remove(s);
            }
            push(Kind::Word, at.clone(), "stages", &stage.value, None, stage.span, new);
        }
        let Some(above) = &due.above_level else { continue };
        for other in [above.value.checked_sub(1), above.value.checked_add(1)].into_iter().flatten() {
            let mut new = raw.clone();
            if let Some(level) = new.dues.get_mut(i).and_then(|d| d.above_level.as_mut()) {
                level.value = other;
            }
            let to = Some(other.to_string());
            push(Kind::Threshold, at.clone(), "above-level", &above.value.to_string(), to, above.span, new);
        }
    }
}

/// The raw clause of a printed id.
pub(super) fn raw_clause<'a>(raw: &'a RawStandard, id: &ClauseId) -> Option<&'a ClauseRaw> {
    raw.chapters.iter().flat_map(|f| &f.clauses).find(|c| c.id.value == id.as_str())
}
