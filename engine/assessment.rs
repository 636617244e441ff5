//! The result of an evaluation: a verdict for every clause and check, and the grade that follows.

use crate::check::{Actual, Reason};
use crate::dossier::{Entry, View};
use crate::edition::ClauseIx;
use crate::verdict::{Outcomes, Verdict};

/// The result of evaluating one dossier against one edition.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Whose statements counted.
    pub view: View,
    /// Whether the application is admissible.
    pub admissibility: Admissibility,
    /// One result for each category that is applied for.
    pub categories: Vec<CategoryResult>,
}

/// Whether the application is admissible.
#[derive(Clone, Debug, PartialEq)]
pub struct Admissibility {
    /// Outcomes that are still possible.
    pub outcomes: Outcomes,
    /// The clauses that decide it.
    pub clauses: Vec<ClauseResult>,
}

/// The result in one category.
#[derive(Clone, Debug, PartialEq)]
pub struct CategoryResult {
    /// What was applied for.
    pub entry: Entry,
    /// The result of each part that decides the grade.
    pub parts: Vec<PartResult>,
    /// The grade, not capped by the target.
    pub attained: Interval,
    /// The grade that can be awarded: what is guaranteed, capped by the target.
    pub award: u8,
    /// Every requirement, in the order of the printed ids.
    pub clauses: Vec<ClauseResult>,
}

/// What is certain, and what is still possible. Levels, or points where grades are a sum of points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Reached whatever the missing evidence turns out to be; 0 for no level.
    pub guaranteed: u32,
    /// Reached at best.
    pub possible: u32,
}

/// The result of one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartResult {
    /// Position of the part.
    pub part: usize,
    /// Its level, or its points.
    pub reached: Interval,
}

/// The result of one clause.
#[derive(Clone, Debug, PartialEq)]
pub struct ClauseResult {
    /// The clause.
    pub clause: ClauseIx,
    /// Outcomes that are still possible.
    pub outcomes: Outcomes,
    /// Why.
    pub reason: Reason,
    /// Its checks, in the order of the rule file.
    pub checks: Vec<CheckResult>,
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult {
    /// Outcomes that are still possible.
    pub outcomes: Outcomes,
    /// Why.
    pub reason: Reason,
    /// What was found.
    pub actual: Actual,
}

impl ClauseResult {
    /// The verdict as it is printed.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.outcomes.verdict()
    }
}

impl CategoryResult {
    /// The result of a clause.
    #[must_use]
    pub fn clause(&self, ix: ClauseIx) -> Option<&ClauseResult> {
        let at = self.clauses.binary_search_by_key(&ix, |c| c.clause).ok()?;
        self.clauses.get(at)
    }
}
