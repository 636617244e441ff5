//! From verdicts to levels: bounds that hold whatever the missing evidence turns out to be.

use crate::assessment::{ClauseResult, Interval, PartResult};
use crate::edition::Edition;
use crate::standard::{Combine, Role, Standard};
use crate::verdict::{Outcome, Outcomes};

/// The grade in one category.
pub struct Grade {
    /// The result of each part that decides the grade.
    pub parts: Vec<PartResult>,
    /// The grade.
    pub attained: Interval,
}

/// One clause as it counts towards a grade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Position of its part.
    pub part: usize,
    /// Its level; 1 for clauses without one.
    pub level: u8,
    /// Its points, where grades are a sum of points.
    pub points: u32,
    /// Outcomes that are still possible.
    pub outcomes: Outcomes,
}

/// The vote of a clause; `None` if it does not count by itself.
#[must_use]
pub fn vote(edition: &Edition, result: &ClauseResult) -> Option<Vote> {
    let clause = edition.clause(result.clause).filter(|c| c.gates)?;
    let level = clause.level.unwrap_or(1);
    Some(Vote { part: clause.part, level, points: clause.points, outcomes: result.outcomes })
}

/// Grades one category. `judged` gives the results as for an application for a level.
#[must_use]
pub fn grade<'a>(edition: &Edition, target: u8, judged: impl Fn(u8) -> &'a [ClauseResult]) -> Grade {
    tally(&edition.standard, target, |level| {
        judged(level).iter().filter_map(|result| vote(edition, result)).collect()
    })
}

/// Grades by votes. `votes` gives those that are cast in an application for a level.
#[must_use]
pub fn tally(standard: &Standard, target: u8, votes: impl Fn(u8) -> Vec<Vote>) -> Grade {
    let graded = standard.parts.iter().enumerate().filter_map(|(p, part)| match part.role {
        Role::Grade { cumulative } => Some((p, cumulative)),
        _ => None,
    });
    match standard.combine {
        Combine::Lowest => {
            let levels: Vec<(u8, Vec<Vote>)> = (1..=standard.top()).map(|l| (l, votes(l))).collect();
            let parts: Vec<PartResult> = graded
                .map(|(part, cumulative)| {
                    let passes = |level: u8, votes: &[Vote], pass: fn(Outcomes) -> bool| {
                        votes.iter().filter(|v| v.part == part).all(|vote| {
                            let counts = if cumulative { vote.level <= level } else { vote.level == level };
                            !counts || pass(vote.outcomes)
                        })
                    };
                    let highest = |pass: fn(Outcomes) -> bool| {
                        let reached = levels.iter().rev().find(|(level, votes)| passes(*level, votes, pass));
                        reached.map_or(0, |(level, _)| u32::from(*level))
                    };
                    let reached = Interval {
                        guaranteed: highest(Outcomes::surely_passes),
                        possible: highest(Outcomes::may_pass),
                    };
                    PartResult { part, reached }
                })
                .collect();
            let lowest = |end: fn(&Interval) -> u32| parts.iter().map(|p| end(&p.reached)).min().unwrap_or(0);
            let attained =
                Interval { guaranteed: lowest(|i| i.guaranteed), possible: lowest(|i| i.possible) };
            Grade { parts, attained }
        }
        Combine::Points => {
            let votes = votes(target);
            let parts: Vec<PartResult> = graded
                .map(|(part, _)| PartResult {
                    part,
                    reached: points(votes.iter().filter(|v| v.part == part).map(|v| (v.points, v.outcomes))),
                })
                .collect();
            let level = |end: fn(&Interval) -> u32| {
                let total: u32 = parts.iter().map(|p| end(&p.reached)).fold(0, u32::saturating_add);
                let reached = standard.levels.iter().filter(|l| l.points <= total).count();
                u32::try_from(reached).unwrap_or(0)
            };
            let attained = Interval { guaranteed: level(|i| i.guaranteed), possible: level(|i| i.possible) };
            Grade { parts, attained }
        }
    }
}

/// Points of met clauses; what does not apply earns nothing.
fn points(votes: impl Iterator<Item = (u32, Outcomes)>) -> Interval {
    votes.fold(Interval::default(), |sum, (points, outcomes)| Interval {
        guaranteed: sum.guaranteed.saturating_add(if outcomes == Outcomes::MET { points } else { 0 }),
        possible: sum.possible.saturating_add(if outcomes.contains(Outcome::Met) { points } else { 0 }),
    })
}
