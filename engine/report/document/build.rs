//! From an assessment to a report.

use super::{
    CategoryReportOut, DeferredOut, DisagreementOut, ItemOut, JudgedOut, MissingReportOut, NextReportOut,
    ReportOut, RungOut,
};
use crate::analysis::between::{next_level, obstacles};
use crate::analysis::missing::{Missing, missing};
use crate::analysis::readings::Trials;
use crate::assessment::{Assessment, CategoryResult, Interval};
use crate::check::Reason;
use crate::dossier::{Dossier, Entry, View, context, facts};
use crate::edition::Edition;
use crate::edition::describe;
use crate::evidence::{Facts, Field, KeyIx, Slot, State, Why};
use crate::lang::{Lang, Text};
use crate::report::evaluation::address;
use crate::report::phrase::Phrases;
use crate::report::summary::{deferred, reached};
use crate::report::words;
use crate::source::{Sources, Span};
use crate::standard::Combine;
use crate::text;
use crate::verdict::{Outcomes, Verdict};

/// Builds the report on one dossier in one language. `trials` says what other readings would change.
#[must_use]
pub fn report(
    edition: &Edition,
    dossier: &Dossier,
    assessment: &Assessment,
    dossier_digest: &str,
    sources: &Sources,
    trials: &Trials,
    lang: Lang,
) -> ReportOut {
    let view = assessment.view;
    let builder =
        Builder { edition, dossier, view, lang, phrases: Phrases { edition, lang }, texts: sources };
    builder.report(assessment, dossier_digest, trials)
}

pub(super) struct Builder<'a> {
    pub(super) edition: &'a Edition,
    pub(super) dossier: &'a Dossier,
    pub(super) view: View,
    pub(super) lang: Lang,
    pub(super) phrases: Phrases<'a>,
    pub(super) texts: &'a Sources,
}

impl Builder<'_> {
    pub(super) fn say(&self, text: &Text) -> String {
        text.in_lang(self.lang).to_owned()
    }

    fn report(&self, assessment: &Assessment, dossier_digest: &str, trials: &Trials) -> ReportOut {
        let (standard, dossier) = (&self.edition.standard, self.dossier);
        let admissible = assessment.admissibility.outcomes.verdict();
        let review = dossier.review.as_ref().filter(|_| self.view == View::Review);
        let nobody = Entry { category: None, target: 0, stage: None, span: Span::NONE };
        let facts = facts(dossier, self.edition, self.view, None);
        let ctx = context(dossier, self.edition, &nobody, &facts);
        let general = assessment.admissibility.clauses.iter().filter_map(|own| {
            let clause = self.edition.clause(own.clause).filter(|c| !c.checks.is_empty())?;
            Some(self.clause(clause, own, &ctx))
        });
        let mut report = ReportOut {
            lang: self.lang.pick("zh", "en").to_owned(),
            engine: format!("guiju {}", env!("CARGO_PKG_VERSION")),
            standard: standard.id.clone(),
            standard_title: format!("{} {}", standard.number, self.say(&standard.title)),
            notice: self.say(&standard.notice),
            region: self.edition.region.clone(),
            institution: dossier.institution.clone(),
            code: dossier.code.clone(),
            number: dossier.number.clone(),
            applied_on: dossier.applied_on.to_string(),
            assessed_on: dossier.assessed_on.to_string(),
            award_on: dossier.award_on.map(|d| d.to_string()),
            view: if self.view == View::Own { "self" } else { "review" }.to_owned(),
            view_title: self.say(&words::view(self.view)),
            assessors: review.map(|r| r.assessors.clone()).unwrap_or_default(),
            reviewed_on: review.map(|r| r.on.to_string()),
            layers: describe::layers::layers(self.edition).into_iter().filter(|l| l.in_force).collect(),
            edition_digest: self.edition.digest.clone(),
            dossier_digest: dossier_digest.to_owned(),
            admissibility: JudgedOut {
                verdict: admissible.into(),
                title: self.say(&match admissible {
                    Verdict::Met | Verdict::NotApplicable => text!("可以受理", "admissible"),
                    Verdict::NotMet => text!("不予受理", "not admissible"),
                    Verdict::Undetermined => {
                        text!("能否受理尚不能定", "not yet known whether admissible")
                    }
                }),
            },
            general: general.collect(),
            levels: standard.levels.iter().map(|l| self.say(&l.title)).collect(),
            categories: assessment.categories.iter().map(|r| self.category(r)).collect(),
            interpretations: Vec::new(),
        };
        report.interpretations = self.interpretations(&report, trials);
        report
    }

    fn category(&self, result: &CategoryResult) -> CategoryReportOut {
        let standard = &self.edition.standard;
        let facts = facts(self.dossier, self.edition, self.view, result.entry.category);
        let ctx = context(self.dossier, self.edition, &result.entry, &facts);
        let category = result.entry.category.and_then(|c| standard.categories.get(c));
        let met = reached(result);
        CategoryReportOut {
            category: category.map(|c| c.id.clone()),
            title: category.map_or_else(|| self.say(&text!("全部", "overall")), |c| self.say(&c.title)),
            stage: result.entry.stage.and_then(|s| standard.stages.get(s)).map(|s| self.say(&s.title)),
            target: result.entry.target,
            target_title: self.level(u32::from(result.entry.target)),
            reached: JudgedOut {
                verdict: met.into(),
                title: self.say(&match met {
                    Verdict::Met => text!("达到申报等级", "target reached"),
                    Verdict::NotMet => text!("未达申报等级", "target not reached"),
                    _ => text!("证据不足，尚不能定", "not settled by the evidence"),
                }),
            },
            guaranteed: result.attained.guaranteed,
            possible: result.attained.possible,
            attained_title: self.interval(result.attained),
            award: result.award,
            award_title: self.level(u32::from(result.award)),
            ladder: self.ladder(result),
            next: self.next(result),
            missing: self.missing(result),
            deferred: deferred(self.edition, result)
                .into_iter()
                .map(|(title, clauses)| DeferredOut { due: self.say(&title), clauses })
                .collect(),
            observations: self.observations(result),
            disagreements: self.disagreements(result, &facts),
            sections: self.sections(result, &ctx),
        }
    }

    fn level(&self, level: u32) -> String {
        let levels = &self.edition.standard.levels;
        let title = usize::try_from(level).ok().and_then(|l| l.checked_sub(1)).and_then(|l| levels.get(l));
        self.say(&title.map_or_else(|| text!("无", "none"), |l| l.title.clone()))
    }

    pub(super) fn interval(&self, interval: Interval) -> String {
        let (low, high) = (self.level(interval.guaranteed), self.level(interval.possible));
        if low == high {
            return low;
        }
        self.lang.pick(format!("{low} 至 {high}"), format!("{low} to {high}"))
    }

    fn ladder(&self, result: &CategoryResult) -> Vec<RungOut> {
        let standard = &self.edition.standard;
        let by_points = standard.combine == Combine::Points;
        let top = u32::from(standard.top());
        let parts = result.parts.iter().map(|p| {
            let part = standard.parts.get(p.part);
            let Interval { guaranteed, possible } = p.reached;
            let all = || self.edition.clauses.iter().filter(|c| c.part == p.part && c.gates);
            let points = |n: u32| self.lang.pick(format!("{n} 分"), format!("{n} points"));
            RungOut {
                part: part.map(|p| p.id.clone()),
                title: part.map(|p| self.say(&p.title)).unwrap_or_default(),
                guaranteed,
                possible,
                top: if by_points { all().map(|c| c.points).sum() } else { top },
                text: match (by_points, guaranteed == possible) {
                    (false, _) => self.interval(p.reached),
                    (true, true) => points(guaranteed),
                    (true, false) => format!("{}–{}", points(guaranteed), points(possible)),
                },
            }
        });
        let grade = RungOut {
            part: None,
            title: self.say(&text!("等级", "Grade")),
            guaranteed: result.attained.guaranteed,
            possible: result.attained.possible,
            top,
            text: self.interval(result.attained),
        };
        parts.chain(std::iter::once(grade)).collect()
    }

    fn next(&self, result: &CategoryResult) -> Option<NextReportOut> {
        let level = next_level(self.edition, result)?;
        let found = obstacles(self.edition, self.dossier, self.view, result, level);
        let (certain, open): (Vec<_>, Vec<_>) =
            found.iter().partition(|o| o.result.outcomes == Outcomes::NOT_MET);
        Some(NextReportOut {
            level,
            title: self.level(u32::from(level)),
            not_met: certain.into_iter().filter_map(|o| self.item(o)).collect(),
            open: open.into_iter().filter_map(|o| self.item(o)).collect(),
        })
    }

    fn missing(&self, result: &CategoryResult) -> Vec<MissingReportOut> {
        let lacking = missing(self.edition, self.dossier, self.view, result);
        let why = |item: &Missing| match item.why {
            // The list itself is there, but may lack records.
            Why::Missing
                if item.record.is_none() && self.dossier.lists.get(&item.key).is_some_and(|l| l.given) =>
            {
                words::reason(Reason::Incomplete)
            }
            why => words::why(why),
        };
        let one = |item: Missing| MissingReportOut {
            evidence: address(self.edition, result.entry.category, item.key, item.record.as_deref()),
            title: self.label(item.key),
            why: self.say(&why(&item)),
        };
        lacking.into_iter().map(one).collect()
    }

    fn label(&self, key: KeyIx) -> String {
        self.edition.dictionary.get(key).map(|k| self.say(k.label())).unwrap_or_default()
    }

    fn observations(&self, result: &CategoryResult) -> Vec<ItemOut> {
        let mut found: Vec<ItemOut> = Vec::new();
        for own in &result.clauses {
            let Some(clause) = self.edition.clause(own.clause) else { continue };
            let below = clause.level.is_none_or(|l| l <= result.entry.target);
            for (check, observed) in clause.checks.iter().zip(&own.checks) {
                if check.observation && below && observed.outcomes == Outcomes::NOT_MET {
                    let demand = self.phrases.demand(clause, check);
                    // Levels ask the same again: it is said once, with every clause that says it.
                    let actual = self.phrases.actual(check, observed);
                    if let Some(same) = found.iter_mut().find(|i| i.demand == demand && i.actual == actual) {
                        same.also.push(clause.id.to_string());
                        continue;
                    }
                    found.push(ItemOut {
                        clause: clause.id.to_string(),
                        demand,
                        verdict: observed.outcomes.verdict().into(),
                        actual,
                        shortfall: self.phrases.shortfall(check, observed),
                        reason: self.say(&words::reason(observed.reason)),
                        alternatives: Vec::new(),
                        also: Vec::new(),
                    });
                }
            }
        }
        found
    }

    /// Where a review contradicts the declaration, or reviewers contradict each other.
    fn disagreements(&self, result: &CategoryResult, reviewed: &Facts) -> Vec<DisagreementOut> {
        if self.view == View::Own {
            return Vec::new();
        }
        let own = facts(self.dossier, self.edition, View::Own, result.entry.category);
        let mut found = Vec::new();
        let mut note = |key: KeyIx, record: Option<&str>, declared: &Slot, review: &Slot| {
            let settled = !matches!(review.state, State::Unknown(Why::Missing | Why::Unreviewed));
            let contradicted = !matches!(declared.state, State::Unknown(_)) && declared.state != review.state;
            if settled && (contradicted || review.state == State::Unknown(Why::Disputed)) {
                found.push(DisagreementOut {
                    evidence: address(self.edition, result.entry.category, key, record),
                    title: self.label(key),
                    declared: self.phrases.state(key, &declared.state),
                    reviewed: self.phrases.state(key, &review.state),
                    sources: self.sources(&review.claims),
                });
            }
        };
        for (key, entry) in self.edition.dictionary.iter() {
            let fields = &entry.fields;
            note(key, None, own.slot(key), reviewed.slot(key));
            let (declared, review) = (own.list(key), reviewed.list(key));
            for record in &review.records {
                let found = declared.records.binary_search_by(|r| r.id.cmp(&record.id)).ok();
                let Some(before) = found.and_then(|i| declared.records.get(i)) else { continue };
                // What nobody spoke of is in neither.
                for (position, field) in record.fields.iter() {
                    if let (Field::Slot(slot), Some(key)) = (field, fields.get(position)) {
                        note(*key, Some(&record.id), before.slot(position), slot);
                    }
                }
            }
        }
        found
    }
}
