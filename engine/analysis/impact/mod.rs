//! What another edition does to dossiers: whose award changes and because of which clauses, who hangs on one
//! piece of evidence, and what is newly asked.

mod asked;
mod beside;
mod cause;
mod margin;
mod origin;

pub use asked::{Asked, asked};
pub use cause::{Because, Cause, CheckPair, Judged};
pub use margin::{Thread, ThreadKind, threads};
pub use origin::origin;

use std::collections::BTreeSet;

use crate::assessment::{Assessment, CategoryResult};
use crate::dossier::Dossier;
use crate::edition::Edition;

/// A dossier graded under one edition.
#[derive(Clone, Copy)]
pub struct Graded<'a> {
    /// The edition.
    pub edition: &'a Edition,
    /// The dossier, typed against it.
    pub dossier: &'a Dossier,
    /// The result.
    pub assessment: &'a Assessment,
}

/// What became of an award.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// The award is lower.
    Drop,
    /// The award is higher.
    Rise,
    /// The award is the same, but what is guaranteed or possible is not.
    Shift,
    /// Nothing changed.
    Same,
}

/// One category under both editions.
#[derive(Clone, Debug)]
pub struct CategoryImpact<'a> {
    /// The result under the earlier edition.
    pub before: &'a CategoryResult,
    /// The result under the later edition.
    pub after: &'a CategoryResult,
    /// What became of the award.
    pub turn: Turn,
    /// Why.
    pub because: Because,
}

/// Compares the results of one dossier, category by category in the order of the application, with the reasons of
/// each change. Categories that one of the editions does not know are left out: a dossier that applies for them cannot
/// be read under it.
#[must_use]
pub fn compare<'a>(before: Graded<'a>, after: Graded<'a>) -> Vec<CategoryImpact<'a>> {
    let mut all = Vec::new();
    for b in &before.assessment.categories {
        let name = category(before.edition, b);
        let same = |a: &&CategoryResult| category(after.edition, a) == name;
        let Some(a) = after.assessment.categories.iter().find(same) else { continue };
        let turn = turn(b, a);
        let because = match turn {
            Turn::Same => Because::default(),
            _ => cause::because(before, after, b, a),
        };
        all.push(CategoryImpact { before: b, after: a, turn, because });
    }
    all
}

/// Why the application became admissible, or is so no longer; empty if nothing changed.
#[must_use]
pub fn admissibility(before: Graded<'_>, after: Graded<'_>) -> Because {
    let verdict = |g: Graded<'_>| g.assessment.admissibility.outcomes.verdict();
    if verdict(before) == verdict(after) {
        return Because::default();
    }
    cause::of_admissibility(before, after)
}

/// The category of a result, by its identifier.
#[must_use]
pub fn category<'a>(edition: &'a Edition, result: &CategoryResult) -> Option<&'a str> {
    result.entry.category.and_then(|c| edition.standard.categories.get(c)).map(|c| c.id.as_str())
}

fn turn(before: &CategoryResult, after: &CategoryResult) -> Turn {
    match after.award.cmp(&before.award) {
        std::cmp::Ordering::Less => Turn::Drop,
        std::cmp::Ordering::Greater => Turn::Rise,
        std::cmp::Ordering::Equal if before.attained != after.attained => Turn::Shift,
        std::cmp::Ordering::Equal => Turn::Same,
    }
}

/// The pieces of evidence of which each alone would lower the award under the later edition, where it is not lower than
/// before; and whether they would already have lowered it under the earlier edition.
#[must_use]
pub fn hanging(before: Graded<'_>, after: Graded<'_>, impact: &CategoryImpact<'_>) -> Vec<(Thread, bool)> {
    if impact.turn == Turn::Drop || impact.after.award == 0 {
        return Vec::new();
    }
    let known: BTreeSet<String> = threads(before, impact.before).into_iter().map(|t| t.fact).collect();
    let now = threads(after, impact.after);
    now.into_iter().map(|t| (known.contains(&t.fact), t)).map(|(known, t)| (t, !known)).collect()
}
