//! Evaluation: a pure function of an edition, a dossier and a view. No file, clock, environment or thread.

use std::collections::BTreeMap;

use crate::assessment::{Admissibility, Assessment, CategoryResult, CheckResult, ClauseResult};
use crate::check::condition::{Answer, applies};
use crate::check::{Actual, Body, Check, Context, Reason, Tested};
use crate::dossier::{Dossier, Entry, View, context, facts};
use crate::edition::{Clause, ClauseIx, Edition};
use crate::format::chapter::KindRaw;
use crate::grade;
use crate::standard::Role;
use crate::verdict::{Outcome, Outcomes, Verdict};

/// Evaluates a dossier.
#[must_use]
pub fn evaluate(edition: &Edition, dossier: &Dossier, view: View) -> Assessment {
    let categories =
        dossier.entries.iter().map(|entry| one_category(edition, dossier, view, entry)).collect();
    Assessment { view, admissibility: admissibility(edition, dossier, view), categories }
}

/// Evaluates what is applied for in one category.
#[must_use]
pub fn one_category(edition: &Edition, dossier: &Dossier, view: View, entry: &Entry) -> CategoryResult {
    let facts = facts(dossier, edition, view, entry.category);
    category(edition, entry, &context(dossier, edition, entry, &facts))
}

fn category(edition: &Edition, entry: &Entry, ctx: &Context<'_>) -> CategoryResult {
    let (grade, clauses) = graded(edition, entry.target, ctx);
    let guaranteed = u8::try_from(grade.attained.guaranteed).unwrap_or(u8::MAX);
    CategoryResult {
        entry: entry.clone(),
        parts: grade.parts,
        attained: grade.attained,
        award: guaranteed.min(entry.target),
        clauses,
    }
}

/// The levels that the parts reach and the grade, with the clauses as for an application for the target.
#[must_use]
pub fn graded(edition: &Edition, target: u8, ctx: &Context<'_>) -> (grade::Grade, Vec<ClauseResult>) {
    let graded = |clause: &Clause| role(edition, clause).is_some_and(|r| matches!(r, Role::Grade { .. }));
    // A level is judged as if it were applied for: what is due can differ from level to level,
    // but seldom does, so results are kept by what is due.
    let due = |level: u8| -> Vec<bool> {
        edition.standard.dues.iter().map(|d| d.is_due(ctx.stage, level)).collect()
    };
    let mut judged: BTreeMap<Vec<bool>, Vec<ClauseResult>> = BTreeMap::new();
    for level in 1..=edition.standard.top() {
        judged.entry(due(level)).or_insert_with(|| clauses(edition, &Context { level, ..*ctx }, graded));
    }
    let at = |level: u8| judged.get(&due(level)).map(Vec::as_slice).unwrap_or_default();
    (grade::grade(edition, target, at), at(target).to_vec())
}

/// Evaluates one clause, with everything that it depends on.
#[must_use]
pub fn one_clause(
    edition: &Edition,
    dossier: &Dossier,
    view: View,
    entry: &Entry,
    ix: ClauseIx,
) -> ClauseResult {
    let facts = facts(dossier, edition, view, entry.category);
    clause_in(edition, &context(dossier, edition, entry, &facts), ix)
}

/// Evaluates one clause, with everything that it depends on, on facts that are known already.
#[must_use]
pub fn clause_in(edition: &Edition, ctx: &Context<'_>, ix: ClauseIx) -> ClauseResult {
    Evaluator { edition, ctx, done: vec![None; edition.clauses.len()] }.clause(ix)
}

/// Evaluates the requirements of one category as for an application for a level.
#[must_use]
pub fn judge(
    edition: &Edition,
    dossier: &Dossier,
    view: View,
    entry: &Entry,
    level: u8,
) -> Vec<ClauseResult> {
    let facts = facts(dossier, edition, view, entry.category);
    let ctx = Context { level, ..context(dossier, edition, entry, &facts) };
    clauses(edition, &ctx, |clause| role(edition, clause).is_some_and(|r| matches!(r, Role::Grade { .. })))
}

/// Clauses about the grading body decide whether the application is admissible, never a grade.
fn admissibility(edition: &Edition, dossier: &Dossier, view: View) -> Admissibility {
    let facts = facts(dossier, edition, view, None);
    let nobody = Entry { category: None, target: 0, stage: None, span: crate::source::Span::NONE };
    let ctx = context(dossier, edition, &nobody, &facts);
    let clauses = clauses(edition, &ctx, |clause| role(edition, clause) == Some(Role::Admissibility));
    let gating = clauses.iter().filter(|c| edition.clause(c.clause).is_some_and(|c| c.gates));
    let outcomes = gating.fold(Outcomes::NOT_APPLICABLE, |all, c| all.and(c.outcomes));
    Admissibility { outcomes, clauses }
}

fn role(edition: &Edition, clause: &Clause) -> Option<Role> {
    edition.standard.parts.get(clause.part).map(|p| p.role)
}

/// Evaluates all requirements of a kind that concern the category at hand.
fn clauses(edition: &Edition, ctx: &Context<'_>, wanted: impl Fn(&Clause) -> bool) -> Vec<ClauseResult> {
    let mut evaluator = Evaluator { edition, ctx, done: vec![None; edition.clauses.len()] };
    let mut results = Vec::new();
    for (ix, clause) in edition.clauses_for(ctx.category) {
        if clause.kind == KindRaw::Requirement && wanted(clause) {
            results.push(evaluator.clause(ix));
        }
    }
    results
}

struct Evaluator<'a> {
    edition: &'a Edition,
    ctx: &'a Context<'a>,
    done: Vec<Option<ClauseResult>>,
}

impl Evaluator<'_> {
    fn clause(&mut self, ix: ClauseIx) -> ClauseResult {
        if let Some(Some(done)) = self.done.get(ix) {
            return done.clone();
        }
        let result = self.compute(ix);
        if let Some(slot) = self.done.get_mut(ix) {
            *slot = Some(result.clone());
        }
        result
    }

    fn compute(&mut self, ix: ClauseIx) -> ClauseResult {
        let edition = self.edition;
        let Some(clause) = edition.clause(ix) else {
            return ClauseResult {
                clause: ix,
                outcomes: Outcomes::OPEN,
                reason: Reason::Untested,
                checks: Vec::new(),
            };
        };
        let conditions: Vec<_> = edition.conditions(ix).cloned().collect();
        let answer = applies(&conditions, self.ctx);
        let mut checks: Vec<Option<CheckResult>> = vec![None; clause.checks.len()];
        for i in 0..clause.checks.len() {
            self.check(clause, i, answer, &mut checks);
        }
        let checks: Vec<CheckResult> = checks.into_iter().flatten().collect();

        // What votes: own checks, then a choice among children or all of them.
        let mut votes: Vec<(Outcomes, Reason)> = Vec::new();
        for (check, result) in clause.checks.iter().zip(&checks) {
            if check.member_of.is_none() && !check.observation {
                votes.push((result.outcomes, result.reason));
            }
        }
        let children: Vec<Outcomes> = clause
            .children
            .iter()
            .filter(|c| {
                let asked = |c: &Clause| c.category.is_none() || c.category == self.ctx.category;
                edition.clause(**c).is_some_and(|c| c.kind == KindRaw::Requirement && asked(c))
            })
            .map(|c| self.clause(*c).outcomes)
            .collect();
        match clause.choose {
            Some(wanted) => {
                let chosen = choose(usize::from(wanted), &children);
                let (outcomes, reason) = conditional(chosen, Reason::Members, answer);
                votes.push((outcomes, reason));
            }
            None => votes.extend(children.into_iter().map(|outcomes| (outcomes, Reason::Clause))),
        }
        let outcomes = votes.iter().fold(Outcomes::NOT_APPLICABLE, |all, (o, _)| all.and(*o));
        ClauseResult { clause: ix, outcomes, reason: reason(outcomes, &votes), checks }
    }

    fn check(
        &mut self,
        clause: &Clause,
        i: usize,
        answer: Answer,
        results: &mut Vec<Option<CheckResult>>,
    ) -> Outcomes {
        if let Some(Some(done)) = results.get(i) {
            return done.outcomes;
        }
        let Some(check) = clause.checks.get(i) else { return Outcomes::OPEN };
        let tested = if !self.is_due(clause, check) {
            Tested::plain(Outcomes::NOT_APPLICABLE, Reason::Deferred)
        } else if check.stands_until.is_some_and(|rule| self.rule_is_due(rule)) {
            Tested::plain(Outcomes::NOT_APPLICABLE, Reason::Superseded)
        } else {
            let own = applies(&check.when, self.ctx);
            let tested = self.body(clause, check, answer, results);
            // Members were already tested under the conditions of the clause.
            let composed = matches!(check.body, Body::AnyOf(_) | Body::AllOf(_));
            let all = if composed { own } else { answer.and(own) };
            let (outcomes, reason) = conditional(tested.outcomes, tested.reason, all);
            Tested { outcomes, reason, ..tested }
        };
        let outcomes = tested.outcomes;
        let result = CheckResult { outcomes, reason: tested.reason, actual: tested.actual };
        if let Some(slot) = results.get_mut(i) {
            *slot = Some(result);
        }
        outcomes
    }

    /// Whether a check is due; a member is due with its composition.
    fn is_due(&self, clause: &Clause, check: &Check) -> bool {
        check.due.is_none_or(|rule| self.rule_is_due(rule))
            && check
                .member_of
                .and_then(|m| clause.checks.get(m))
                .is_none_or(|owner| self.is_due(clause, owner))
    }

    fn rule_is_due(&self, rule: usize) -> bool {
        let due = self.edition.standard.dues.get(rule);
        due.is_none_or(|d| d.is_due(self.ctx.stage, self.ctx.level))
    }

    fn body(
        &mut self,
        clause: &Clause,
        check: &Check,
        answer: Answer,
        results: &mut Vec<Option<CheckResult>>,
    ) -> Tested {
        let mut compose = |members: &[usize], combine: fn(Outcomes, Outcomes) -> Outcomes| {
            let all = members.iter().map(|m| self.check(clause, *m, answer, results));
            let outcomes = all.fold(Outcomes::NOT_APPLICABLE, combine);
            Tested::plain(outcomes, settled(outcomes, Reason::Members))
        };
        match &check.body {
            Body::AnyOf(members) => compose(members, Outcomes::or),
            Body::AllOf(members) => compose(members, Outcomes::and),
            Body::Requires(id, _) => {
                let outcomes = self.edition.find(id).map_or(Outcomes::OPEN, |ix| self.clause(ix).outcomes);
                Tested::plain(outcomes, settled(outcomes, Reason::Clause))
            }
            body => body.test(self.ctx).unwrap_or(Tested {
                outcomes: Outcomes::OPEN,
                reason: Reason::Untested,
                actual: Actual::None,
            }),
        }
    }
}

fn settled(outcomes: Outcomes, otherwise: Reason) -> Reason {
    if outcomes == Outcomes::MET { Reason::Satisfied } else { otherwise }
}

/// A result under a condition: does not apply if the condition fails, is not met if it fails because a
/// value is absent, and any of these as long as the condition is open.
fn conditional(outcomes: Outcomes, reason: Reason, answer: Answer) -> (Outcomes, Reason) {
    match answer.leaves {
        Outcomes::MET => (outcomes, reason),
        Outcomes::NOT_MET => (Outcomes::NOT_MET, Reason::Absent),
        Outcomes::NOT_APPLICABLE => (Outcomes::NOT_APPLICABLE, Reason::ConditionFalse),
        leaves => {
            let own = if leaves.contains(Outcome::Met) { outcomes } else { Outcomes::NONE };
            let failing =
                [Outcomes::NOT_MET, Outcomes::NOT_APPLICABLE].into_iter().filter(|o| o.within(leaves));
            let outcomes = failing.fold(own, Outcomes::union);
            let open = outcomes.verdict() == Verdict::Undetermined;
            (outcomes, if open { Reason::ConditionOpen } else { reason })
        }
    }
}

/// At least so many children are met; a child that does not apply is not met.
fn choose(wanted: usize, children: &[Outcomes]) -> Outcomes {
    let sure = children.iter().filter(|c| **c == Outcomes::MET).count();
    let best = children.iter().filter(|c| c.contains(Outcome::Met)).count();
    Outcomes::range(best >= wanted, sure < wanted)
}

/// The reason of the first vote with the verdict of all together: where there are votes, one has it.
fn reason(outcomes: Outcomes, votes: &[(Outcomes, Reason)]) -> Reason {
    let verdict = outcomes.verdict();
    match votes.iter().find(|(o, _)| o.verdict() == verdict) {
        None => Reason::Untested,
        Some(_) if matches!(verdict, Verdict::Met) => Reason::Satisfied,
        Some((_, reason)) => *reason,
    }
}
