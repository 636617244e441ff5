//! Two editions: what is stricter, what is looser, proven clause by clause from the rules alone.

mod applies;
mod body;
mod operand;
mod relation;

pub use relation::Relation;

use std::collections::BTreeMap;

use super::overlay::{RegionProof, Tightened};
use super::{Clause, Edition};
use crate::check::{Body, Check};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::chapter::{KindRaw, ProtectRaw};
use crate::format::overlay::IntentRaw;
use crate::id::ClauseId;
use crate::standard::{Combine, Role};
use crate::text;

/// Two editions of one standard.
#[derive(Clone, Copy)]
pub struct Pair<'a> {
    /// The earlier.
    pub before: &'a Edition,
    /// The later.
    pub after: &'a Edition,
}

/// How the editions relate, by element: clauses, checks, and `standard`, `part:ID`, `due:ID` where declarations
/// differ. Elements that accept the same are left out.
#[must_use]
pub fn relations(before: &Edition, after: &Edition) -> BTreeMap<String, Relation> {
    let pair = Pair { before, after };
    let mut found = BTreeMap::new();
    pair.declarations(&mut found);
    let ids: std::collections::BTreeSet<&ClauseId> =
        before.clauses.iter().chain(&after.clauses).map(|c| &c.id).collect();
    for id in ids {
        let clause = |e: &'_ Edition| e.find(id);
        match (clause(before), clause(after)) {
            (Some(b), Some(a)) => pair.clause(b, a, &mut found),
            (Some(b), None) => {
                found.insert(id.to_string(), pair.existence(before, b).reversed());
            }
            (None, Some(a)) => {
                found.insert(id.to_string(), pair.existence(after, a));
            }
            (None, None) => {}
        }
    }
    found.retain(|_, relation| *relation != Relation::Same);
    found
}

/// How the editions relate as a whole.
#[must_use]
pub fn overall(relations: &BTreeMap<String, Relation>) -> Relation {
    Relation::all(relations.values().copied())
}

impl Pair<'_> {
    /// What a clause that only one edition has does to grades.
    fn existence(&self, edition: &Edition, ix: usize) -> Relation {
        let Some(clause) = edition.clause(ix) else { return Relation::Same };
        if clause.kind != KindRaw::Requirement {
            return Relation::Same;
        }
        let parent = clause.parent.and_then(|p| edition.clause(p));
        if applies::points(edition, clause) {
            // One more way to points, unless the clause above has to earn some with it.
            return match (clause.gates, parent.is_some_and(|p| p.gates)) {
                (_, true) => Relation::Incomparable,
                (true, false) if clause.points > 0 => Relation::Looser,
                _ => Relation::Same,
            };
        }
        if parent.is_some_and(|p| p.choose.is_some()) {
            // One more to choose from helps.
            return Relation::Looser;
        }
        if applies::exposed(edition, clause) || (!clause.gates && applies::required(edition, clause)) {
            return Relation::Incomparable;
        }
        if clause.gates { Relation::Stricter } else { Relation::Same }
    }

    fn clause(&self, before: usize, after: usize, found: &mut BTreeMap<String, Relation>) {
        let (Some(b), Some(a)) = (self.before.clause(before), self.after.clause(after)) else { return };
        let counts = |c: &Clause| c.kind == KindRaw::Requirement;
        if counts(b) != counts(a) {
            // It comes or goes as a whole.
            let own = match counts(a) {
                true => self.existence(self.after, after),
                false => self.existence(self.before, before).reversed(),
            };
            found.insert(a.id.to_string(), own);
            let votes = |c: &Clause| {
                c.checks.iter().filter(|x| votes(c, x)).map(|x| c.address(x)).collect::<Vec<_>>()
            };
            found.extend(votes(b).into_iter().chain(votes(a)).map(|at| (at, own)));
            return;
        }
        let own = self.own(b, a);
        if own != Relation::Same {
            found.insert(a.id.to_string(), own);
        }
        if !counts(b) {
            return;
        }
        // One vote more asks more, unless the clause did not apply without it and is met with it.
        let vote = |gained: bool| {
            let stays = |c: &Check| {
                let other = a.checks.iter().find(|o| o.id == c.id);
                votes(b, c) && other.is_some_and(|o| votes(a, o)) && self.always((b, a), &c.id)
            };
            match self.exposed((b, a)) && !b.checks.iter().any(stays) {
                true => Relation::Incomparable,
                false if gained => Relation::Stricter,
                false => Relation::Looser,
            }
        };
        for check in &b.checks {
            let relation = match a.checks.iter().find(|c| c.id == check.id) {
                Some(other) => {
                    let votes = match (votes(b, check), votes(a, other)) {
                        (false, true) => vote(true),
                        (true, false) => vote(false),
                        _ => Relation::Same,
                    };
                    let silent = check.observation && other.observation;
                    if silent { Relation::Same } else { self.check((b, a), check, other).and(votes) }
                }
                None if votes(b, check) => vote(false),
                None => Relation::Same,
            };
            found.insert(b.address(check), relation);
        }
        for check in a.checks.iter().filter(|c| !b.checks.iter().any(|o| o.id == c.id)) {
            let relation = if votes(a, check) { vote(true) } else { Relation::Same };
            found.insert(a.address(check), relation);
        }
    }

    /// A clause apart from its checks.
    fn own(&self, before: &Clause, after: &Clause) -> Relation {
        let part = |e: &Edition, c: &Clause| e.standard.parts.get(c.part).map(|p| p.id.clone());
        let category = |e: &Edition, c: &Clause| {
            c.category.and_then(|i| e.standard.categories.get(i)).map(|n| n.id.clone())
        };
        let moved = part(self.before, before) != part(self.after, after)
            || category(self.before, before) != category(self.after, after)
            || before.points != after.points;
        if moved {
            return Relation::Incomparable;
        }
        if after.kind != KindRaw::Requirement {
            return Relation::Same;
        }
        let level = match (before.level, after.level) {
            (a, b) if a == b => Relation::Same,
            (Some(a), Some(b)) if self.cumulative(after) && before.gates && after.gates => {
                // What is asked from a lower level on is asked of more levels.
                Relation::rising(&a, &b).reversed()
            }
            _ if !before.gates && !after.gates => Relation::Same,
            _ => Relation::Incomparable,
        };
        let choose = match (before.choose, after.choose) {
            (a, b) if a == b => Relation::Same,
            (Some(a), Some(b)) => Relation::rising(&a, &b),
            _ => Relation::Incomparable,
        };
        let exposed = || self.exposed_below((before, after));
        level.and(choose).and(self.when(&before.when, &after.when, exposed))
    }

    fn cumulative(&self, clause: &Clause) -> bool {
        let role = self.after.standard.parts.get(clause.part).map(|p| p.role);
        matches!(role, Some(Role::Grade { cumulative: true }))
    }

    fn declarations(&self, found: &mut BTreeMap<String, Relation>) {
        let (b, a) = (&self.before.standard, &self.after.standard);
        let mut standard = if b.combine == a.combine { Relation::Same } else { Relation::Incomparable };
        if b.levels.len() != a.levels.len() {
            standard = Relation::Incomparable;
        }
        if b.combine == Combine::Points {
            let points = b.levels.iter().zip(&a.levels).map(|(x, y)| Relation::rising(&x.points, &y.points));
            standard = standard.and(Relation::all(points));
        }
        found.insert("standard".to_owned(), standard);
        for part in &b.parts {
            let relation = match a.parts.iter().find(|p| p.id == part.id).map(|p| p.role) {
                Some(role) if role == part.role => Relation::Same,
                Some(Role::Grade { cumulative: true })
                    if part.role == (Role::Grade { cumulative: false }) =>
                {
                    Relation::Stricter
                }
                Some(Role::Grade { cumulative: false })
                    if part.role == (Role::Grade { cumulative: true }) =>
                {
                    Relation::Looser
                }
                _ => Relation::Incomparable,
            };
            found.insert(format!("part:{}", part.id), relation);
        }
    }
}

/// Whether a check decides its clause by itself.
fn votes(clause: &Clause, check: &Check) -> bool {
    let stands_in = check.stands_until.is_some();
    let member = check.member_of.and_then(|m| clause.checks.get(m));
    let in_composition = member.is_some_and(|m| matches!(m.body, Body::AnyOf(_) | Body::AllOf(_)));
    !check.observation && !stands_in && !in_composition
}

/// Reports where a region does not do what it declares, or loosens what may only be made stricter.
pub fn prove(
    below: &Edition,
    own: &Edition,
    region: &RegionProof,
    tightened: &[&Tightened],
    diagnostics: &mut Diagnostics,
) {
    let relations = relations(below, own);
    for operation in tightened {
        let touched = relations.iter().filter(|(at, _)| clause_of(at) == operation.clause);
        if let Some((at, relation)) = touched.into_iter().find(|(_, r)| **r != Relation::Stricter) {
            let found = word(*relation);
            let message = text!(
                "`{at}` 只能加严，此改动却{}",
                "`{at}` may only be made stricter; this makes it {}",
                found.zh
            );
            let message = crate::lang::Text {
                en: format!("`{at}` may only be made stricter; this makes it {}", found.en),
                ..message
            };
            diagnostics.push(Diagnostic::error(Code::Protected, operation.span, message));
        }
    }
    let told = |at: &str| tightened.iter().any(|t| clause_of(at) == t.clause);
    for (at, relation) in relations.iter().filter(|(at, _)| !told(at)) {
        let bad = match protection(below, at) {
            None => false,
            Some(ProtectRaw::Final) => true,
            Some(ProtectRaw::TightenOnly) => *relation != Relation::Stricter,
        };
        let Some(step) = bad.then(|| indirect(own, at, &region.region)).flatten() else { continue };
        let (through, found) = (&step.at, word(*relation));
        let message = crate::lang::Text {
            zh: format!("`{at}` 受保护，经由 `{through}` 的改动使它{}", found.zh),
            en: format!("`{at}` is protected, and through `{through}` it becomes {}", found.en),
        };
        diagnostics.push(Diagnostic::error(Code::Protected, step.span, message));
    }
    let allowed = match region.intent {
        IntentRaw::Any => return,
        IntentRaw::Stricter => Relation::Stricter,
        IntentRaw::Looser => Relation::Looser,
    };
    for (at, relation) in relations.iter().filter(|(_, r)| **r != allowed) {
        let (name, found, wanted) = (&region.region, word(*relation), word(allowed));
        let message = crate::lang::Text {
            zh: format!("地区 `{name}` 声明为{}，但 `{at}` {}", wanted.zh, found.zh),
            en: format!("the region `{name}` declares to be {}, but `{at}` is {}", wanted.en, found.en),
        };
        let in_force = |s: &&super::overlay::Step| own.layers.get(s.layer).is_some_and(|l| l.in_force);
        let steps: Vec<_> = own.steps(at).filter(in_force).collect();
        let exact = steps.iter().rev().find(|s| s.at == *at).or(steps.last());
        let step = exact.map_or(region.span, |s| s.span);
        let fault = Diagnostic::error(Code::IntentBroken, step, message);
        let help = text!(
            "改动须与意图一致，或把 intent 改为 \"any\"",
            "let the operation do what the region intends, or declare intent = \"any\""
        );
        diagnostics.push(
            fault.related(region.span, text!("意图在此声明", "the intent is declared here")).help(help),
        );
    }
}

fn clause_of(at: &str) -> &str {
    at.split_once('#').map_or(at, |(clause, _)| clause)
}

/// What regions may do to a clause or check: what it says itself, or what a clause around it says.
fn protection(edition: &Edition, at: &str) -> Option<ProtectRaw> {
    let clause = edition.clause(edition.find(&ClauseId::parse(clause_of(at))?)?)?;
    let check = at.split_once('#').and_then(|(_, id)| clause.checks.iter().find(|c| &*c.id == id));
    let around = applies::above(edition, clause).map(|c| c.protect);
    let mut all = check.map(|c| c.protect).into_iter().chain(around).flatten();
    let first = all.next()?;
    Some(if all.any(|p| p == ProtectRaw::Final) { ProtectRaw::Final } else { first })
}

/// The operation of a region through which an element changes that it does not name: on a key that the element looks
/// at if there is one, else on any key or declaration.
fn indirect<'e>(own: &'e Edition, at: &str, region: &str) -> Option<&'e super::overlay::Step> {
    let ours = |s: &&super::overlay::Step| {
        let layer = own.layers.get(s.layer);
        let elsewhere = s.at == "standard" || s.at.contains(':');
        elsewhere && layer.is_some_and(|l| l.in_force && l.region.as_deref() == Some(region))
    };
    let keys = || -> Option<Vec<String>> {
        let clause = own.clause(own.find(&ClauseId::parse(clause_of(at))?)?)?;
        let check = at.split_once('#').and_then(|(_, id)| clause.checks.iter().find(|c| &*c.id == id))?;
        let named = super::describe::keys(&check.body, &check.when);
        let names = named.into_iter().filter_map(|k| own.dictionary.get(k));
        Some(names.map(|k| format!("evidence:{}", k.name)).collect())
    };
    let keys = keys().unwrap_or_default();
    let steps: Vec<_> = own.history.iter().filter(ours).collect();
    steps.iter().find(|s| keys.contains(&s.at)).or(steps.first()).copied()
}

/// A relation in words.
#[must_use]
pub fn word(relation: Relation) -> crate::lang::Text {
    match relation {
        Relation::Same => text!("不变", "the same"),
        Relation::Stricter => text!("加严", "stricter"),
        Relation::Looser => text!("放宽", "looser"),
        Relation::Incomparable => text!("松紧无法证明", "neither provably stricter nor looser"),
    }
}
