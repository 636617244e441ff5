//! From verdicts to levels: bounds that hold whatever the missing evidence turns out to be.

use crate::assessment::{ClauseResult, Interval, PartResult};
use crate::edition::Edition;
use crate::standard::{Combine, Role};
use crate::verdict::{Outcome, Outcomes};

/// The grade in one category.
pub struct Grade {
    /// The result of each part that decides the grade.
    pub parts: Vec<PartResult>,
    /// The grade.
    pub attained: Interval,
}

/// Grades one category. `judged` gives the results as for an application for a level.
#[must_use]
pub fn grade<'a>(edition: &Edition, target: u8, judged: impl Fn(u8) -> &'a [ClauseResult]) -> Grade {
    let standard = &edition.standard;
    let graded = standard.parts.iter().enumerate().filter_map(|(p, part)| match part.role {
        Role::Grade { cumulative } => Some((p, cumulative)),
        _ => None,
    });
    let of_part = |part: usize, level: u8| {
        judged(level).iter().filter_map(move |result| {
            let clause = edition.clause(result.clause)?;
            (clause.part == part && clause.gates).then_some((clause, result.outcomes))
        })
    };
    match standard.combine {
        Combine::Lowest => {
            let parts: Vec<PartResult> = graded
                .map(|(part, cumulative)| {
                    let passes = |level: u8, pass: fn(Outcomes) -> bool| {
                        of_part(part, level).all(|(clause, outcomes)| {
                            let own = clause.level.unwrap_or(1);
                            let counts = if cumulative { own <= level } else { own == level };
                            !counts || pass(outcomes)
                        })
                    };
                    let highest = |pass: fn(Outcomes) -> bool| {
                        (1..=standard.top()).rev().find(|level| passes(*level, pass)).map_or(0, u32::from)
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
            let parts: Vec<PartResult> = graded
                .map(|(part, _)| PartResult {
                    part,
                    reached: points(of_part(part, target).map(|(c, o)| (c.points, o))),
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
