//! The evidence that would leave exactly one level, whatever it turns out to be.

use std::collections::BTreeSet;

use crate::assessment::{CategoryResult, ClauseResult, PartResult};
use crate::check::cite::{Cited, cite};
use crate::check::{Body, Context};
use crate::dossier::{Dossier, View, context, facts};
use crate::edition::{ClauseIx, Edition};
use crate::eval::judge;
use crate::evidence::{KeyIx, State, Type, Why};
use crate::standard::{Combine, Role};
use crate::verdict::{Outcome, Outcomes};

/// One piece of evidence that is missing, unreviewed or disputed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// The key.
    pub key: KeyIx,
    /// The record, if the key is a field; nested records are joined by `/`.
    pub record: Option<String>,
    /// Why it is not known.
    pub why: Why,
}

/// The missing evidence of one category, sorted. Empty exactly if one level is left.
#[must_use]
pub fn missing(edition: &Edition, dossier: &Dossier, view: View, result: &CategoryResult) -> Vec<Missing> {
    if result.attained.guaranteed == result.attained.possible {
        return Vec::new();
    }
    let facts = facts(dossier, edition, view, result.entry.category);
    let ctx = context(dossier, edition, &result.entry, &facts);
    let mut found = BTreeSet::new();
    if edition.standard.combine == Combine::Points {
        let mut collector = Collector { edition, ctx: &ctx, judged: &result.clauses, found: &mut found };
        pivotal(edition, result).iter().for_each(|ix| collector.clause(*ix, Open::Undecided));
    } else {
        let judged: Vec<Vec<ClauseResult>> =
            (1..=edition.standard.top()).map(|l| judge(edition, dossier, view, &result.entry, l)).collect();
        for part in &result.parts {
            for level in questions(edition, result, part) {
                let Some(judged) = judged.get(level.saturating_sub(1)) else { continue };
                let mut collector = Collector { edition, ctx: &ctx, judged, found: &mut found };
                counting(edition, part, level, judged).for_each(|ix| collector.clause(ix, Open::MayFail));
            }
        }
    }
    found.into_iter().collect()
}

/// The levels that a part may pass or fail, where that makes a difference to the grade: a part reaches a level
/// if it passes that one or a higher one.
fn questions(edition: &Edition, result: &CategoryResult, part: &PartResult) -> Vec<usize> {
    let index = |level: u32| usize::try_from(level).unwrap_or(usize::MAX);
    let (sure, best) = (index(part.reached.guaranteed), index(part.reached.possible));
    let (low, high) = (index(result.attained.guaranteed), index(result.attained.possible));
    if sure >= high {
        return Vec::new();
    }
    // What a higher level demands, the lower one demands as well, unless other rules are due there.
    let stage = result.entry.stage;
    let due = |level: usize| -> Vec<bool> {
        let level = u8::try_from(level).unwrap_or(u8::MAX);
        edition.standard.dues.iter().map(|d| d.is_due(stage, level)).collect()
    };
    let cumulative = role(edition, part) == Some(Role::Grade { cumulative: true });
    let from = low.max(sure) + 1;
    (from..=best).filter(|l| *l <= high || !cumulative || due(*l) != due(high)).collect()
}

fn role(edition: &Edition, part: &PartResult) -> Option<Role> {
    edition.standard.parts.get(part.part).map(|p| p.role)
}

/// The clauses that decide whether a part passes a level. None if it surely fails.
fn counting<'a>(
    edition: &'a Edition,
    part: &PartResult,
    level: usize,
    judged: &'a [ClauseResult],
) -> impl Iterator<Item = ClauseIx> + use<'a> {
    let cumulative = role(edition, part) == Some(Role::Grade { cumulative: true });
    let part = part.part;
    let counts = move |own: &&ClauseResult| {
        edition.clause(own.clause).is_some_and(|clause| {
            let at = usize::from(clause.level.unwrap_or(1));
            clause.gates && clause.part == part && (at == level || cumulative && at < level)
        })
    };
    let counted = judged.iter().filter(counts);
    let fails = counted.clone().any(|own| !own.outcomes.may_pass());
    counted.filter(move |_| !fails).map(|own| own.clause)
}

/// Where grades are a sum of points: the open clauses whose points can make the difference between two levels,
/// however the other open ones turn out.
fn pivotal(edition: &Edition, result: &CategoryResult) -> Vec<ClauseIx> {
    let points = |own: &ClauseResult| edition.clause(own.clause).filter(|c| c.gates).map_or(0, |c| c.points);
    let sure: u32 = result.parts.iter().map(|p| p.reached.guaranteed).sum();
    let can_earn = |own: &&ClauseResult| {
        own.outcomes != Outcomes::MET && own.outcomes.contains(Outcome::Met) && points(own) > 0
    };
    let open: Vec<&ClauseResult> = result.clauses.iter().filter(can_earn).collect();
    let level = |sum: u32| edition.standard.levels.iter().filter(|l| l.points <= sum).count();
    let makes_a_difference = |candidate: &&&ClauseResult| {
        let mut sums = BTreeSet::from([sure]);
        for other in open.iter().filter(|o| o.clause != candidate.clause) {
            sums.extend(sums.iter().map(|s| s.saturating_add(points(other))).collect::<Vec<_>>());
        }
        sums.iter().any(|s| level(*s) != level(s.saturating_add(points(candidate))))
    };
    open.iter().filter(makes_a_difference).map(|own| own.clause).collect()
}

/// What counts as open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// It may fail; whether it is met or does not apply makes no difference.
    MayFail,
    /// More than one outcome is possible.
    Undecided,
}

impl Open {
    fn holds(self, outcomes: Outcomes) -> bool {
        match self {
            Open::MayFail => !outcomes.surely_passes(),
            Open::Undecided => outcomes.iter().count() > 1,
        }
    }
}

/// Collects what the open checks look at and what is unknown of it.
struct Collector<'a> {
    edition: &'a Edition,
    ctx: &'a Context<'a>,
    judged: &'a [ClauseResult],
    found: &'a mut BTreeSet<Missing>,
}

impl Collector<'_> {
    fn clause(&mut self, ix: ClauseIx, open: Open) {
        let edition = self.edition;
        let Some(clause) = edition.clause(ix) else { return };
        for (i, check) in clause.checks.iter().enumerate() {
            if check.member_of.is_none() && !check.observation {
                self.check(ix, i, open);
            }
        }
        // A clause that is a choice asks whether each child is met; otherwise children speak for themselves,
        // unless another clause asks for the parent.
        let own = self.result(ix).map(|r| r.outcomes);
        if own.is_some_and(|o| open.holds(o)) {
            let open = if clause.choose.is_some() { Open::Undecided } else { open };
            clause.children.iter().for_each(|child| self.clause(*child, open));
        }
    }

    fn check(&mut self, ix: ClauseIx, i: usize, open: Open) {
        let edition = self.edition;
        let outcomes = self.result(ix).and_then(|r| r.checks.get(i)).map(|c| c.outcomes);
        let Some(check) = edition.clause(ix).and_then(|c| c.checks.get(i)) else { return };
        if !outcomes.is_some_and(|o| open.holds(o)) {
            return;
        }
        let when: Vec<_> = edition.conditions(ix).chain(&check.when).cloned().collect();
        self.found.extend(cite(&check.body, &when, self.ctx).into_iter().filter_map(|c| unknown(edition, c)));
        match &check.body {
            Body::AllOf(members) => members.iter().for_each(|m| self.check(ix, *m, open)),
            // A member that does not apply is no way to satisfy the demand.
            Body::AnyOf(members) => members.iter().for_each(|m| self.check(ix, *m, Open::Undecided)),
            Body::Requires(id, _) => {
                if let Some(required) = edition.find(id) {
                    self.clause(required, open);
                }
            }
            _ => {}
        }
    }

    fn result(&self, ix: ClauseIx) -> Option<&ClauseResult> {
        let at = self.judged.binary_search_by_key(&ix, |c| c.clause).ok()?;
        self.judged.get(at)
    }
}

fn unknown(edition: &Edition, cited: Cited) -> Option<Missing> {
    let State::Unknown(why) = cited.state else { return None };
    let list = edition.dictionary.get(cited.key).is_some_and(|k| k.ty == Type::List);
    // A record that is in doubt is named itself; the list, only if records may be lacking.
    let record = if list || cited.record.is_some() { cited.record } else { None };
    Some(Missing { key: cited.key, record, why })
}
