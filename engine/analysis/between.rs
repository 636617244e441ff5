//! What stands between an institution and a level: every requirement that does not surely pass.

use std::collections::BTreeMap;

use crate::assessment::{CategoryResult, CheckResult, ClauseResult};
use crate::check::{Body, Check};
use crate::dossier::{Dossier, View};
use crate::edition::{Clause, ClauseIx, Edition};
use crate::eval::judge;
use crate::standard::{Combine, Role};
use crate::verdict::Outcomes;

/// One requirement in the way.
#[derive(Clone, Debug)]
pub struct Obstacle {
    /// The clause.
    pub clause: ClauseIx,
    /// The check, by position; `None` if the clause is a choice among others.
    pub check: Option<usize>,
    /// Its result.
    pub result: CheckResult,
    /// Other ways to satisfy the same demand, by position: any one of them would do.
    pub alternatives: Vec<usize>,
    /// Other clauses with the same content that it also stands in the way of.
    pub also: Vec<ClauseIx>,
}

/// The level that is looked at: the target as long as it is not reached, otherwise the next one.
/// `None` at the top.
#[must_use]
pub fn next_level(edition: &Edition, result: &CategoryResult) -> Option<u8> {
    let reached = u8::try_from(result.attained.guaranteed).unwrap_or(u8::MAX);
    let next = reached.saturating_add(1).max(result.entry.target);
    (next <= edition.standard.top() && reached < next).then_some(next)
}

/// Everything in the way of a level, in the order of the printed ids.
#[must_use]
pub fn obstacles(
    edition: &Edition,
    dossier: &Dossier,
    view: View,
    result: &CategoryResult,
    level: u8,
) -> Vec<Obstacle> {
    let judged = judge(edition, dossier, view, &result.entry, level);
    let mut found: Vec<Obstacle> = Vec::new();
    // Content that several clauses share is named once, with the clauses.
    let mut seen: BTreeMap<(String, Option<usize>), usize> = BTreeMap::new();
    for own in &judged {
        let Some(clause) = edition.clause(own.clause) else { continue };
        if !clause.gates || own.outcomes.surely_passes() || !counts(edition, clause, level) {
            continue;
        }
        let origin = clause.same_as.as_ref().unwrap_or(&clause.id).to_string();
        for obstacle in in_clause(clause, own) {
            match seen.get(&(origin.clone(), obstacle.check)) {
                Some(first) => {
                    if let Some(first) = found.get_mut(*first) {
                        first.also.push(own.clause);
                    }
                }
                None => {
                    seen.insert((origin.clone(), obstacle.check), found.len());
                    found.push(obstacle);
                }
            }
        }
    }
    found
}

/// Whether a clause counts towards a level.
fn counts(edition: &Edition, clause: &Clause, level: u8) -> bool {
    let own = clause.level.unwrap_or(1);
    if edition.standard.combine == Combine::Points {
        return true;
    }
    match edition.standard.parts.get(clause.part).map(|p| p.role) {
        Some(Role::Grade { cumulative: true }) => own <= level,
        Some(Role::Grade { cumulative: false }) => own == level,
        _ => false,
    }
}

fn in_clause(clause: &Clause, result: &ClauseResult) -> Vec<Obstacle> {
    let mut found = Vec::new();
    for (i, check) in clause.checks.iter().enumerate() {
        if check.member_of.is_none() && !check.observation {
            collect(clause, result, i, &mut found);
        }
    }
    if clause.choose.is_some() {
        let checks = CheckResult {
            outcomes: result.outcomes,
            reason: result.reason,
            actual: crate::check::Actual::None,
        };
        found.push(Obstacle {
            clause: result.clause,
            check: None,
            result: checks,
            alternatives: Vec::new(),
            also: Vec::new(),
        });
    }
    found
}

fn collect(clause: &Clause, result: &ClauseResult, i: usize, found: &mut Vec<Obstacle>) {
    let (Some(check), Some(own)) = (clause.checks.get(i), result.checks.get(i)) else { return };
    if own.outcomes.surely_passes() {
        return;
    }
    match &check.body {
        // Another clause is in the way by itself.
        Body::Requires(..) => {}
        Body::AllOf(members) => members.iter().for_each(|m| collect(clause, result, *m, found)),
        body => found.push(Obstacle {
            clause: result.clause,
            check: Some(i),
            result: own.clone(),
            alternatives: if let Body::AnyOf(members) = body { members.clone() } else { Vec::new() },
            also: Vec::new(),
        }),
    }
}

/// Whether a check is only a frame around others.
#[must_use]
pub fn is_frame(check: &Check) -> bool {
    matches!(check.body, Body::AnyOf(_) | Body::AllOf(_) | Body::Requires(..))
}

/// Whether an obstacle is certain, or only cannot be excluded yet.
#[must_use]
pub fn is_certain(obstacle: &Obstacle) -> bool {
    obstacle.result.outcomes == Outcomes::NOT_MET
}
