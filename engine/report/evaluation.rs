//! The result of an evaluation as JSON: a stable contract.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::phrase::shortfall;
use crate::analysis::between::{next_level, obstacles};
use crate::analysis::missing::missing;
use crate::assessment::{Assessment, CategoryResult, CheckResult, ClauseResult};
use crate::check::cite::cite;
use crate::check::{Actual, Context, Reason};
use crate::dossier::{Address, Dossier, View, context, facts};
use crate::edition::{Clause, Edition, describe};
use crate::evidence::{Facts, Why, json_value};
use crate::standard::Combine;
use crate::verdict::Verdict;

/// The result of one dossier.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EvaluationOut {
    /// The file of the dossier as the call names it, where several are graded at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Identifier of the standard.
    pub standard: String,
    /// Region.
    pub region: Option<String>,
    /// Name of the institution.
    pub institution: String,
    /// Date of the application.
    pub applied_on: String,
    /// Date of assessment.
    pub assessed_on: String,
    /// `self` or `review`.
    pub view: String,
    /// Digest of the edition.
    pub edition_digest: String,
    /// Digest of the dossier.
    pub dossier_digest: String,
    /// Whether the application is admissible.
    pub admissibility: AdmissibilityOut,
    /// One result for each category that is applied for.
    pub categories: Vec<CategoryOut>,
}

/// Whether the application is admissible.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AdmissibilityOut {
    /// The verdict.
    pub verdict: VerdictOut,
    /// The clauses that decide it.
    pub clauses: Vec<ClauseResultOut>,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictOut {
    /// It holds, or would not apply.
    Met,
    /// It does not hold.
    NotMet,
    /// The evidence does not decide it.
    Undetermined,
    /// It does not apply.
    NotApplicable,
}

impl From<Verdict> for VerdictOut {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Met => VerdictOut::Met,
            Verdict::NotMet => VerdictOut::NotMet,
            Verdict::Undetermined => VerdictOut::Undetermined,
            Verdict::NotApplicable => VerdictOut::NotApplicable,
        }
    }
}

/// The result in one category.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CategoryOut {
    /// The category; `null` where the standard has none.
    pub category: Option<String>,
    /// The stage.
    pub stage: Option<String>,
    /// The level applied for.
    pub target: u8,
    /// The result of each part.
    pub parts: Vec<PartResultOut>,
    /// The grade, not capped by the target.
    pub attained: IntervalOut,
    /// The grade that can be awarded.
    pub award: u8,
    /// Evidence that would leave exactly one level, whatever it turns out to be.
    pub missing: Vec<MissingOut>,
    /// What stands between the institution and its target, or the next level.
    pub next: Option<NextOut>,
    /// Every requirement that concerns the category, judged as for the target.
    pub clauses: Vec<ClauseResultOut>,
}

/// What is certain, and what is still possible.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct IntervalOut {
    /// Reached whatever the missing evidence turns out to be.
    pub guaranteed: u32,
    /// Reached at best.
    pub possible: u32,
}

/// The result of one part.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PartResultOut {
    /// The part.
    pub part: String,
    /// `level` or `points`.
    pub measure: String,
    /// Reached whatever the missing evidence turns out to be.
    pub guaranteed: u32,
    /// Reached at best.
    pub possible: u32,
}

/// One piece of missing evidence.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MissingOut {
    /// Its address.
    pub evidence: String,
    /// `missing`, `unreviewed` or `disputed`.
    pub why: String,
}

/// What stands in the way of a level.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NextOut {
    /// The level.
    pub level: u8,
    /// Addresses of checks (or ids of clauses, for choices) that do not surely pass, and the clauses
    /// with the same content.
    pub obstacles: Vec<ObstacleOut>,
}

/// One requirement in the way.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ObstacleOut {
    /// Address of the check, or id of the clause.
    pub address: String,
    /// The verdict.
    pub verdict: VerdictOut,
    /// Why.
    pub reason: Reason,
    /// Other clauses with the same content.
    pub also: Vec<String>,
}

/// The result of one clause.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClauseResultOut {
    /// Printed id.
    pub id: String,
    /// Its level.
    pub level: Option<u8>,
    /// Its part.
    pub part: String,
    /// Whether it counts by itself.
    pub gates: bool,
    /// The verdict.
    pub verdict: VerdictOut,
    /// Why.
    pub reason: Reason,
    /// Its checks.
    pub checks: Vec<CheckResultOut>,
}

/// The result of one check.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckResultOut {
    /// Its address.
    pub address: String,
    /// The verdict.
    pub verdict: VerdictOut,
    /// Why.
    pub reason: Reason,
    /// What was found: a value, or `{"low", "high"}` where it is not certain.
    pub actual: Option<Json>,
    /// The threshold as written.
    pub threshold: Option<Json>,
    /// How much is lacking, in the base unit.
    pub shortfall: Option<describe::Number>,
    /// The unit of `actual` and `shortfall`.
    pub unit: Option<String>,
    /// Addresses of the facts that it rests on.
    pub evidence: Vec<String>,
}

/// Builds the result of one dossier.
#[must_use]
pub fn evaluation(
    edition: &Edition,
    dossier: &Dossier,
    assessment: &Assessment,
    digest: String,
) -> EvaluationOut {
    let builder = Builder { edition, dossier, view: assessment.view };
    let nobody_facts = facts(dossier, edition, assessment.view, None);
    let nobody =
        crate::dossier::Entry { category: None, target: 0, stage: None, span: crate::source::Span::NONE };
    let ctx = context(dossier, edition, &nobody, &nobody_facts);
    EvaluationOut {
        file: None,
        standard: edition.standard.id.clone(),
        region: edition.region.clone(),
        institution: dossier.institution.clone(),
        applied_on: dossier.applied_on.to_string(),
        assessed_on: dossier.assessed_on.to_string(),
        view: if assessment.view == View::Own { "self" } else { "review" }.to_owned(),
        edition_digest: edition.digest.clone(),
        dossier_digest: digest,
        admissibility: AdmissibilityOut {
            verdict: assessment.admissibility.outcomes.verdict().into(),
            clauses: assessment
                .admissibility
                .clauses
                .iter()
                .filter_map(|c| builder.clause(c, &ctx))
                .collect(),
        },
        categories: assessment.categories.iter().map(|c| builder.category(c)).collect(),
    }
}

struct Builder<'a> {
    edition: &'a Edition,
    dossier: &'a Dossier,
    view: View,
}

impl Builder<'_> {
    fn category(&self, result: &CategoryResult) -> CategoryOut {
        let standard = &self.edition.standard;
        let facts: Facts = facts(self.dossier, self.edition, self.view, result.entry.category);
        let ctx = context(self.dossier, self.edition, &result.entry, &facts);
        let measure = if standard.combine == Combine::Points { "points" } else { "level" };
        CategoryOut {
            category: result.entry.category.and_then(|c| standard.categories.get(c)).map(|c| c.id.clone()),
            stage: result.entry.stage.and_then(|s| standard.stages.get(s)).map(|s| s.id.clone()),
            target: result.entry.target,
            parts: result
                .parts
                .iter()
                .map(|p| PartResultOut {
                    part: standard.parts.get(p.part).map(|p| p.id.clone()).unwrap_or_default(),
                    measure: measure.to_owned(),
                    guaranteed: p.reached.guaranteed,
                    possible: p.reached.possible,
                })
                .collect(),
            attained: IntervalOut {
                guaranteed: result.attained.guaranteed,
                possible: result.attained.possible,
            },
            award: result.award,
            missing: missing(self.edition, self.dossier, self.view, result)
                .into_iter()
                .map(|m| MissingOut {
                    evidence: address(self.edition, result.entry.category, m.key, m.record.as_deref()),
                    why: match m.why {
                        Why::Missing => "missing",
                        Why::Unreviewed => "unreviewed",
                        Why::Disputed => "disputed",
                    }
                    .to_owned(),
                })
                .collect(),
            next: self.next(result),
            clauses: result.clauses.iter().filter_map(|c| self.clause(c, &ctx)).collect(),
        }
    }

    fn next(&self, result: &CategoryResult) -> Option<NextOut> {
        let level = next_level(self.edition, result)?;
        let found = obstacles(self.edition, self.dossier, self.view, result, level);
        let id = |ix: &usize| self.edition.clause(*ix).map(|c| c.id.to_string());
        let obstacles = found
            .iter()
            .filter_map(|o| {
                let clause = self.edition.clause(o.clause)?;
                let check = o.check.and_then(|c| clause.checks.get(c));
                Some(ObstacleOut {
                    address: check.map_or_else(|| clause.id.to_string(), |c| clause.address(c)),
                    verdict: o.result.outcomes.verdict().into(),
                    reason: o.result.reason,
                    also: o.also.iter().filter_map(id).collect(),
                })
            })
            .collect();
        Some(NextOut { level, obstacles })
    }

    fn clause(&self, result: &ClauseResult, ctx: &Context<'_>) -> Option<ClauseResultOut> {
        let clause = self.edition.clause(result.clause)?;
        let part = self.edition.standard.parts.get(clause.part);
        let checks =
            (0..clause.checks.len()).filter_map(|i| self.check(clause, i, result.checks.get(i)?, ctx));
        Some(ClauseResultOut {
            id: clause.id.to_string(),
            level: clause.level,
            part: part.map(|p| p.id.clone()).unwrap_or_default(),
            gates: clause.gates,
            verdict: result.verdict().into(),
            reason: result.reason,
            checks: checks.collect(),
        })
    }

    fn check(
        &self,
        clause: &Clause,
        i: usize,
        result: &CheckResult,
        ctx: &Context<'_>,
    ) -> Option<CheckResultOut> {
        let check = clause.checks.get(i)?;
        let phrases = super::phrase::Phrases { edition: self.edition, lang: crate::lang::Lang::Zh };
        let units = &self.edition.standard.units;
        let months = || units.dimensions.iter().find(|d| d.calendar).and_then(|d| d.units.first());
        let unit = match &result.actual {
            Actual::Months(_) => months().map(|u| u.id.clone()),
            Actual::Range(_) => {
                phrases.dimension(check).and_then(|(d, _)| units.unit(d, 0)).map(|u| u.id.clone())
            }
            _ => None,
        };
        let mut evidence: Vec<String> = cite(&check.body, &check.when, ctx)
            .into_iter()
            .map(|c| address(self.edition, ctx.category, c.key, c.record.as_deref()))
            .collect();
        evidence.sort();
        evidence.dedup();
        Some(CheckResultOut {
            address: clause.address(check),
            verdict: result.outcomes.verdict().into(),
            reason: result.reason,
            actual: actual(self.edition, result),
            threshold: check.shown.threshold.clone(),
            shortfall: shortfall(check, result).map(describe::Number),
            unit,
            evidence,
        })
    }
}

/// What a check found, as JSON: a value, or `{"low", "high"}` where it is not certain.
#[must_use]
pub fn actual(edition: &Edition, result: &CheckResult) -> Option<Json> {
    match &result.actual {
        Actual::None => None,
        Actual::Months(months) => Some((*months).into()),
        Actual::Value(key, value) => edition.dictionary.get(*key).map(|k| json_value(k, value)),
        Actual::Range(range) => match range.single() {
            Some(number) => serde_json::to_value(number).ok(),
            None => Some(serde_json::json!({
                "low": range.low.map(describe::Number),
                "high": range.high.map(describe::Number),
            })),
        },
    }
}

/// The address of a fact as people write it.
#[must_use]
pub fn address(
    edition: &Edition,
    category: Option<usize>,
    key: crate::evidence::KeyIx,
    record: Option<&str>,
) -> String {
    let scoped = edition.dictionary.get(key).is_some_and(|k| k.place == crate::evidence::Place::Category);
    let records = record.map(|r| r.split('/').map(str::to_owned).collect()).unwrap_or_default();
    Address { category: category.filter(|_| scoped), key, records }.show(edition)
}
