//! Clauses and checks of a report, with everything that they rest on.

use super::build::Builder;
use super::{CheckReportOut, ClauseReportOut, ItemOut, RecordGroupOut, RecordsReportOut, SectionOut};
use crate::analysis::between::Obstacle;
use crate::assessment::{CategoryResult, ClauseResult};
use crate::check::cite::looked;
use crate::check::{Body, Context};
use crate::edition::Clause;
use crate::report::explanation::used_records;
use crate::report::words;

impl Builder<'_> {
    /// Every clause with checks up to the target, below the heading that stands right under its part.
    pub(super) fn sections(&self, result: &CategoryResult, ctx: &Context<'_>) -> Vec<SectionOut> {
        let mut sections: Vec<SectionOut> = Vec::new();
        for own in &result.clauses {
            let Some(clause) = self.edition.clause(own.clause) else { continue };
            if clause.checks.is_empty() && clause.choose.is_none()
                || clause.level.is_some_and(|l| l > result.entry.target)
            {
                continue;
            }
            let heading = self.heading(clause);
            let reported = self.clause(clause, own, ctx);
            match sections.iter_mut().find(|s| s.id == heading.id.as_str()) {
                Some(section) => section.clauses.push(reported),
                None => {
                    let part = self.edition.standard.parts.get(clause.part);
                    sections.push(SectionOut {
                        id: heading.id.to_string(),
                        part: part.map(|p| self.say(&p.title)).unwrap_or_default(),
                        title: self.say(&heading.title),
                        clauses: vec![reported],
                    });
                }
            }
        }
        sections
    }

    /// The highest clause above one that has its level.
    fn heading<'a>(&'a self, clause: &'a Clause) -> &'a Clause {
        let mut heading = clause;
        while let Some(parent) = heading.parent.and_then(|p| self.edition.clause(p)) {
            if parent.level != clause.level {
                break;
            }
            heading = parent;
        }
        heading
    }

    pub(super) fn clause(&self, clause: &Clause, own: &ClauseResult, ctx: &Context<'_>) -> ClauseReportOut {
        let checks = (0..clause.checks.len()).filter_map(|i| self.check(clause, i, own, ctx));
        ClauseReportOut {
            id: clause.id.to_string(),
            level: clause.level,
            title: self.say(&clause.title),
            verdict: own.verdict().into(),
            verdict_title: self.say(&words::verdict(own.verdict())),
            reason: self.say(&words::reason(own.reason)),
            checks: checks.collect(),
            interpretations: clause.all_interpretations().into_iter().cloned().collect(),
        }
    }

    fn check(
        &self,
        clause: &Clause,
        i: usize,
        own: &ClauseResult,
        ctx: &Context<'_>,
    ) -> Option<CheckReportOut> {
        let (check, result) = (clause.checks.get(i)?, own.checks.get(i)?);
        let verdict = result.outcomes.verdict();
        let looked = looked(&check.body, ctx);
        let records =
            used_records(&check.body, &looked, self.phrases).into_iter().map(|used| RecordsReportOut {
                use_: used.word.to_owned(),
                title: self.lang.pick(
                    format!("{} {} 条", used.title.zh, used.count),
                    format!("{}: {}", used.title.en, used.count),
                ),
                groups: used
                    .groups
                    .into_iter()
                    .map(|(value, because, records)| RecordGroupOut { records, value, because })
                    .collect(),
            });
        Some(CheckReportOut {
            address: clause.address(check),
            demand: self.phrases.demand(clause, check),
            observation: check.observation,
            verdict: verdict.into(),
            verdict_title: self.say(&words::verdict(verdict)),
            reason_id: result.reason,
            reason: self.say(&words::reason(result.reason)),
            actual: self.phrases.actual(check, result),
            shortfall: self.phrases.shortfall(check, result),
            evidence: self.grounds(check, &looked, ctx),
            records: records.collect(),
        })
    }

    pub(super) fn item(&self, obstacle: &Obstacle) -> Option<ItemOut> {
        let clause = self.edition.clause(obstacle.clause)?;
        let check = obstacle.check.and_then(|c| clause.checks.get(c));
        let members = obstacle.alternatives.iter().filter_map(|m| clause.checks.get(*m));
        let composed = check.is_some_and(|c| matches!(c.body, Body::AnyOf(_) | Body::AllOf(_)));
        let id = |ix: &usize| self.edition.clause(*ix).map(|c| c.id.to_string());
        Some(ItemOut {
            clause: clause.id.to_string(),
            demand: match check {
                Some(check) if !composed => self.phrases.demand(clause, check),
                _ => self.say(&clause.title),
            },
            verdict: obstacle.result.outcomes.verdict().into(),
            actual: check.and_then(|c| self.phrases.actual(c, &obstacle.result)),
            shortfall: check.and_then(|c| self.phrases.shortfall(c, &obstacle.result)),
            reason: self.say(&words::reason(obstacle.result.reason)),
            alternatives: members.map(|c| self.phrases.demand(clause, c)).collect(),
            also: obstacle.also.iter().filter_map(id).collect(),
        })
    }
}
