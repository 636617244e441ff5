//! The clauses that make the difference between two results, and no others.
//!
//! Seen from the lower of the two results: the fewest clauses (none can be left out) that must turn out as they do on
//! the other side for the higher result to be reached.

use std::collections::{BTreeMap, BTreeSet};

use super::Graded;
use crate::assessment::{CategoryResult, CheckResult, ClauseResult, Interval};
use crate::check::Body;
use crate::edition::{ClauseIx, Edition};
use crate::eval::judge;
use crate::grade::{Vote, tally, vote};
use crate::id::ClauseId;
use crate::standard::Combine;
use crate::verdict::{Outcomes, Verdict};

/// Why a result changed.
#[derive(Clone, Debug, Default)]
pub struct Because {
    /// The clauses, in the order of their ids.
    pub causes: Vec<Cause>,
    /// Whether something else has a part in it: how grades are made of clauses.
    pub grading: bool,
}

/// One clause that makes the difference.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The clause.
    pub id: ClauseId,
    /// Under the earlier edition, if it counts there.
    pub before: Option<ClauseResult>,
    /// Under the later edition, if it counts there.
    pub after: Option<ClauseResult>,
    /// The checks whose verdict differs, in this clause or where it refers to.
    pub checks: Vec<CheckPair>,
}

/// One check on both sides.
#[derive(Clone, Debug)]
pub struct CheckPair {
    /// Its address.
    pub address: String,
    /// Under the earlier edition, if it is there.
    pub before: Option<Judged>,
    /// Under the later edition, if it is there.
    pub after: Option<Judged>,
}

/// One check of an edition with its result.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The clause.
    pub clause: ClauseIx,
    /// Position of the check.
    pub check: usize,
    /// The result.
    pub result: CheckResult,
}

/// One result with all votes of all levels.
struct World<'a> {
    graded: Graded<'a>,
    target: u8,
    /// What every requirement gives, by level from 1.
    judged: Vec<BTreeMap<ClauseId, ClauseResult>>,
    votes: Vec<BTreeMap<ClauseId, Vote>>,
}

impl<'a> World<'a> {
    fn of(graded: Graded<'a>, result: &CategoryResult) -> Self {
        let (edition, view) = (graded.edition, graded.assessment.view);
        let levels = 1..=edition.standard.top();
        let judged: Vec<Vec<ClauseResult>> =
            levels.map(|l| judge(edition, graded.dossier, view, &result.entry, l)).collect();
        World::new(graded, result.entry.target, &judged)
    }

    fn new(graded: Graded<'a>, target: u8, judged: &[Vec<ClauseResult>]) -> Self {
        let id = |r: &ClauseResult| graded.edition.clause(r.clause).map(|c| c.id.clone());
        let votes = judged
            .iter()
            .map(|results| results.iter().filter_map(|r| Some((id(r)?, vote(graded.edition, r)?))).collect());
        World {
            graded,
            target,
            votes: votes.collect(),
            judged: judged
                .iter()
                .map(|results| results.iter().filter_map(|r| Some((id(r)?, r.clone()))).collect())
                .collect(),
        }
    }

    /// The grade if these clauses counted as they do in the other world.
    fn attained(&self, other: &World<'_>, turned: &BTreeSet<ClauseId>) -> Interval {
        let at = |world: &[BTreeMap<ClauseId, Vote>], level: u8| {
            world.get(usize::from(level).saturating_sub(1)).cloned().unwrap_or_default()
        };
        let parts = &self.graded.edition.standard.parts;
        let cast = |level: u8| -> Vec<Vote> {
            let own = at(&self.votes, level).into_iter().filter(|(id, _)| !turned.contains(id));
            let theirs = at(&other.votes, level).into_iter().filter(|(id, _)| turned.contains(id));
            // A part is known by its name, not by its position.
            let theirs = theirs.filter_map(|(id, vote)| {
                let name = &other.graded.edition.standard.parts.get(vote.part)?.id;
                Some((id, Vote { part: parts.iter().position(|p| p.id == *name)?, ..vote }))
            });
            own.chain(theirs).map(|(_, vote)| vote).collect()
        };
        tally(&self.graded.edition.standard, self.target, cast).attained
    }

    /// The clauses whose vote is not the same in both.
    fn differing(&self, other: &World<'_>) -> BTreeSet<ClauseId> {
        let mut all = BTreeSet::new();
        for (own, theirs) in self.votes.iter().zip(&other.votes) {
            let ids = own.keys().chain(theirs.keys());
            all.extend(ids.filter(|id| own.get(id) != theirs.get(id)).cloned());
        }
        all
    }
}

/// Why the result of a category changed: its award, else what is guaranteed, else what is possible.
pub(super) fn because(
    before: Graded<'_>,
    after: Graded<'_>,
    b: &CategoryResult,
    a: &CategoryResult,
) -> Because {
    let measure: fn(Interval, u8) -> u32 = if b.award != a.award {
        |attained, target| attained.guaranteed.min(u32::from(target))
    } else if b.attained.guaranteed != a.attained.guaranteed {
        |attained, _| attained.guaranteed
    } else {
        |attained, _| attained.possible
    };
    let (was, now) = (World::of(before, b), World::of(after, a));
    let value = |result: &CategoryResult| measure(result.attained, result.entry.target);
    let falls = value(a) < value(b);
    let (low, high, goal) = if falls { (&now, &was, value(b)) } else { (&was, &now, value(a)) };
    let reaches = |turned: &BTreeSet<ClauseId>| measure(low.attained(high, turned), low.target) >= goal;
    let sums = low.graded.edition.standard.combine == Combine::Points;
    let (turned, grading) = fewest(low.differing(high), sums, reaches);
    Because { causes: causes(&was, &now, falls, turned), grading }
}

/// Why the application is admissible, or no longer.
pub(super) fn of_admissibility(before: Graded<'_>, after: Graded<'_>) -> Because {
    let world = |g| World::new(g, 0, std::slice::from_ref(&g.assessment.admissibility.clauses));
    let rank = |outcomes: Outcomes| match outcomes.verdict() {
        Verdict::NotMet => 0,
        Verdict::Undetermined => 1,
        Verdict::Met | Verdict::NotApplicable => 2,
    };
    let value = |g: Graded<'_>| rank(g.assessment.admissibility.outcomes);
    let (was, now) = (world(before), world(after));
    let falls = value(after) < value(before);
    let (low, high, goal) = if falls { (&now, &was, value(before)) } else { (&was, &now, value(after)) };
    let first = |world: &World<'_>| world.votes.first().cloned().unwrap_or_default();
    let (own, theirs) = (first(low), first(high));
    let reaches = |turned: &BTreeSet<ClauseId>| {
        let kept = own.iter().filter(|(id, _)| !turned.contains(id));
        let taken = theirs.iter().filter(|(id, _)| turned.contains(id));
        let all = kept.chain(taken).fold(Outcomes::NOT_APPLICABLE, |all, (_, v)| all.and(v.outcomes));
        rank(all) >= goal
    };
    let (turned, grading) = fewest(low.differing(high), false, reaches);
    Because { causes: causes(&was, &now, falls, turned), grading }
}

/// The fewest of these that reach the goal: none can be left out. Where sums are made (`sums`) there can be several such
/// choices; whoever belongs to one of them is named. The flag says that not even all of them reach it.
fn fewest(
    all: BTreeSet<ClauseId>,
    sums: bool,
    reaches: impl Fn(&BTreeSet<ClauseId>) -> bool,
) -> (BTreeSet<ClauseId>, bool) {
    if !reaches(&all) {
        return (all, true);
    }
    let mut named = without_superfluous(all.clone(), None, &reaches);
    if sums {
        for id in all.iter().filter(|id| !named.contains(id)).cloned().collect::<Vec<_>>() {
            let chosen = without_superfluous(all.clone(), Some(&id), &reaches);
            if chosen.contains(&id) {
                named.insert(id);
            }
        }
    }
    (named, false)
}

/// A choice of which none can be left out; one clause may be the last that is tried to be left out.
fn without_superfluous(
    mut turned: BTreeSet<ClauseId>,
    last: Option<&ClauseId>,
    reaches: impl Fn(&BTreeSet<ClauseId>) -> bool,
) -> BTreeSet<ClauseId> {
    loop {
        let before = turned.len();
        let others = turned.iter().filter(|id| Some(*id) != last).cloned();
        let order: Vec<ClauseId> = others.chain(last.cloned()).collect();
        for id in order {
            if turned.remove(&id) && !reaches(&turned) {
                turned.insert(id);
            }
        }
        // Where points are summed, one clause less can make another one superfluous.
        if turned.len() == before {
            return turned;
        }
    }
}

fn causes(was: &World<'_>, now: &World<'_>, falls: bool, turned: BTreeSet<ClauseId>) -> Vec<Cause> {
    let collector = Collector { was, now, falls };
    let mut causes = Vec::new();
    for id in &turned {
        let level = was.votes.iter().zip(&now.votes).position(|(b, a)| b.get(id) != a.get(id)).unwrap_or(0);
        let mut found = Found::default();
        collector.collect(id, level, &mut found);
        // It differs only because another clause does that is named anyway.
        if !found.own && found.through.iter().any(|other| turned.contains(other)) {
            continue;
        }
        let counts = |world: &World<'_>| {
            world.votes.get(level)?.get(id)?;
            world.judged.get(level)?.get(id).cloned()
        };
        causes.push(Cause { id: id.clone(), before: counts(was), after: counts(now), checks: found.checks });
    }
    causes
}

#[derive(Default)]
struct Found {
    checks: Vec<CheckPair>,
    /// Whether checks or a choice of the clause itself differ.
    own: bool,
    /// Clauses on which it depends.
    through: BTreeSet<ClauseId>,
    seen: BTreeSet<ClauseId>,
}

struct Collector<'a> {
    was: &'a World<'a>,
    now: &'a World<'a>,
    falls: bool,
}

impl Collector<'_> {
    /// The checks of a clause that stand in the way on the lower side and not on the higher one.
    fn collect(&self, id: &ClauseId, level: usize, found: &mut Found) {
        if !found.seen.insert(id.clone()) {
            return;
        }
        let first = found.seen.len() == 1;
        let (before, after) = (leaves(self.was, id, level), leaves(self.now, id, level));
        let (low, high) = if self.falls { (&after, &before) } else { (&before, &after) };
        for (name, judged) in low {
            let open = !judged.result.outcomes.surely_passes();
            let same = high.get(name).is_some_and(|h| h.result.outcomes == judged.result.outcomes);
            if open && !same {
                found.own |= first;
                let (before, after) = (before.get(name).cloned(), after.get(name).cloned());
                found.checks.push(CheckPair { address: format!("{id}#{name}"), before, after });
            }
        }
        for world in [self.was, self.now] {
            let edition = world.graded.edition;
            let Some(clause) = edition.find(id).and_then(|ix| edition.clause(ix)) else { continue };
            let own = |id: &ClauseIx| edition.clause(*id).map(|c| c.id.clone());
            let required = clause.checks.iter().filter_map(|c| match &c.body {
                Body::Requires(id, _) => Some(id.clone()),
                _ => None,
            });
            let mut next: Vec<ClauseId> = required.collect();
            if clause.choose.is_some() {
                found.own |= first;
                next.extend(clause.children.iter().filter_map(own));
            } else if first {
                descendants(edition, &clause.children, &mut found.through);
            }
            found.through.extend(next.iter().cloned());
            next.iter().for_each(|id| self.collect(id, level, found));
        }
    }
}

fn descendants(edition: &Edition, children: &[ClauseIx], into: &mut BTreeSet<ClauseId>) {
    for child in children.iter().filter_map(|ix| edition.clause(*ix)) {
        into.insert(child.id.clone());
        descendants(edition, &child.children, into);
    }
}

/// The checks of a clause that look at evidence themselves, by their ids.
fn leaves(world: &World<'_>, id: &ClauseId, level: usize) -> BTreeMap<String, Judged> {
    let edition = world.graded.edition;
    let result = world.judged.get(level).and_then(|j| j.get(id));
    let clause = result.and_then(|r| edition.clause(r.clause));
    let (Some(result), Some(clause)) = (result, clause) else { return BTreeMap::new() };
    let leaf = |(i, check): (usize, &crate::check::Check)| {
        let frame = crate::analysis::between::is_frame(check);
        let own = result.checks.get(i).filter(|_| !frame && !check.observation)?;
        let judged = Judged { clause: result.clause, check: i, result: own.clone() };
        Some((check.id.to_string(), judged))
    };
    clause.checks.iter().enumerate().filter_map(leaf).collect()
}
