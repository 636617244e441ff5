//! Two editions: what is stricter, what is looser, proven clause by clause from the rules alone.

mod body;
mod operand;
mod relation;

pub use relation::Relation;

use std::collections::BTreeMap;

use super::overlay::{RegionProof, Tightened};
use super::{Clause, Edition};
use crate::check::{Body, Check};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::chapter::KindRaw;
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
        let chosen = clause.parent.and_then(|p| edition.clause(p)).is_some_and(|p| p.choose.is_some());
        match (clause.gates, chosen && clause.kind == KindRaw::Requirement) {
            // One more to choose from helps.
            (_, true) => Relation::Looser,
            (true, false) => Relation::Stricter,
            (false, false) => Relation::Same,
        }
    }

    fn clause(&self, before: usize, after: usize, found: &mut BTreeMap<String, Relation>) {
        let (Some(b), Some(a)) = (self.before.clause(before), self.after.clause(after)) else { return };
        let own = self.own(b, a);
        if own != Relation::Same {
            found.insert(a.id.to_string(), own);
        }
        let counts = |c: &Clause| c.kind == KindRaw::Requirement;
        if !counts(b) && !counts(a) {
            return;
        }
        for check in &b.checks {
            let relation = match a.checks.iter().find(|c| c.id == check.id) {
                Some(other) => {
                    let votes = Relation::of(
                        votes(a, other) || !votes(b, check),
                        votes(b, check) || !votes(a, other),
                    );
                    let silent = check.observation && other.observation;
                    if silent { Relation::Same } else { self.check((b, a), check, other).and(votes) }
                }
                None if votes(b, check) => Relation::Looser,
                None => Relation::Same,
            };
            found.insert(b.address(check), relation);
        }
        for check in a.checks.iter().filter(|c| !b.checks.iter().any(|o| o.id == c.id)) {
            let relation = if votes(a, check) { Relation::Stricter } else { Relation::Same };
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
        let counts = |c: &Clause| c.kind == KindRaw::Requirement;
        match (counts(before), counts(after)) {
            (true, false) => return if before.gates { Relation::Looser } else { Relation::Same },
            (false, true) => return if after.gates { Relation::Stricter } else { Relation::Same },
            (false, false) => return Relation::Same,
            (true, true) => {}
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
        level.and(choose).and(self.when(&before.when, &after.when, false))
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
        let touched = relations.iter().filter(|(at, _)| {
            at.split_once('#').map_or(at.as_str(), |(clause, _)| clause) == operation.clause
        });
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
        let step = own.steps(at).last().map_or(region.span, |s| s.span);
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
