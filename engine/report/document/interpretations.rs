//! Annex of interpretations: what was adopted, and what another reading would have changed here.

use std::collections::BTreeMap;

use super::build::Builder;
use super::{InterpretationReportOut, OtherGradeOut, OtherReadingOut, ReportOut, WeightOut};
use crate::analysis::readings::{Trial, Trials, Tried};
use crate::assessment::Interval;
use crate::edition::Interpretation;
use crate::format::interpretation::AffectsRaw;
use crate::text;

impl Builder<'_> {
    /// Interpretations that the clauses of the report cite, those that matter most first.
    pub(super) fn interpretations(
        &self,
        report: &ReportOut,
        trials: &Trials,
    ) -> Vec<InterpretationReportOut> {
        let mut cited: BTreeMap<&String, Vec<String>> = BTreeMap::new();
        let sections = report.categories.iter().flat_map(|c| &c.sections).flat_map(|s| &s.clauses);
        for clause in report.general.iter().chain(sections) {
            for id in &clause.interpretations {
                let clauses = cited.entry(id).or_default();
                if !clauses.contains(&clause.id) {
                    clauses.push(clause.id.clone());
                }
            }
        }
        let one = |(id, clauses): (&String, Vec<String>)| {
            let found = self.edition.interpretations.get(id)?;
            let adopted = found.readings.iter().find(|(r, _)| *r == found.adopted);
            let tried = trials.get(id).map(Vec::as_slice).unwrap_or_default();
            Some(InterpretationReportOut {
                id: found.id.clone(),
                question: self.say(&found.question),
                adopted: adopted.map(|(_, text)| self.say(text)).unwrap_or_default(),
                reason: self.say(&found.reason),
                clauses,
                weight: weight(found, tried),
                others: tried.iter().map(|trial| self.other(found, trial)).collect(),
            })
        };
        let mut all: Vec<InterpretationReportOut> = cited.into_iter().filter_map(one).collect();
        all.sort_by_key(|i| i.weight);
        all
    }

    fn other(&self, interpretation: &Interpretation, trial: &Trial) -> OtherReadingOut {
        let reading = interpretation.readings.iter().find(|(id, _)| *id == trial.reading);
        let (effect, clauses) = match &trial.outcome {
            Tried::Changes { clauses, attained } if attained.is_empty() && clauses.is_empty() => {
                (self.say(&text!("结论不变", "nothing would change")), Vec::new())
            }
            Tried::Changes { clauses, attained } if attained.is_empty() => (
                self.say(&text!(
                    "下列条款的判定不同，等级不变：",
                    "other verdicts of these clauses, the same grade: "
                )),
                clauses.clone(),
            ),
            Tried::Changes { clauses, attained } => {
                let one = |(category, before, after): &(Option<usize>, _, _)| {
                    let found = category.and_then(|c| self.edition.standard.categories.get(c));
                    let name = found.map(|c| format!("{} ", self.say(&c.title))).unwrap_or_default();
                    format!("{name}{} → {}", self.interval(*before), self.interval(*after))
                };
                let all: Vec<String> = attained.iter().map(one).collect();
                let grades = all.join(self.lang.pick("；", "; "));
                let by = self.say(&text!("，因条款 ", ", by clauses "));
                (format!("{grades}{by}"), clauses.clone())
            }
            Tried::Beyond(why) => {
                let head = self.say(&text!("不能试算：", "cannot be computed: "));
                (format!("{head}{}", self.say(why)), Vec::new())
            }
            Tried::Refused(why) => {
                let head = self.say(&text!("没有试算：", "was not computed: "));
                (format!("{head}{}", self.say(why)), Vec::new())
            }
        };
        let grades = match &trial.outcome {
            Tried::Changes { attained, .. } => attained.as_slice(),
            _ => &[],
        };
        let grade = |(category, _, after): &(Option<usize>, Interval, Interval)| OtherGradeOut {
            category: category.and_then(|c| self.edition.standard.categories.get(c)).map(|c| c.id.clone()),
            guaranteed: after.guaranteed,
            possible: after.possible,
        };
        OtherReadingOut {
            id: trial.reading.clone(),
            grades: grades.iter().map(grade).collect(),
            text: reading.map(|(_, text)| self.say(text)).unwrap_or_default(),
            effect,
            clauses,
        }
    }
}

fn weight(interpretation: &Interpretation, tried: &[Trial]) -> WeightOut {
    let weights = tried.iter().filter_map(|t| match &t.outcome {
        Tried::Changes { attained, .. } if !attained.is_empty() => Some(WeightOut::Grade),
        Tried::Changes { clauses, .. } if !clauses.is_empty() => Some(WeightOut::Verdicts),
        Tried::Changes { .. } => None,
        Tried::Beyond(_) | Tried::Refused(_) => Some(WeightOut::Open),
    });
    weights.min().unwrap_or(match interpretation.affects {
        AffectsRaw::Verdict => WeightOut::Same,
        AffectsRaw::Evidence => WeightOut::Evidence,
        AffectsRaw::Wording => WeightOut::Wording,
    })
}
