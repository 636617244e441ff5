//! One variation: the baseline is changed, evaluated, and compared with what is expected.

use serde_json::json;

use super::{Baseline, Held, Runner, Setting, Subject, Suite, Trial, Tried, Variation, interval};
use crate::analysis::fill::{Wanted, draft_json, fill};
use crate::assessment::{CheckResult, Interval};
use crate::check::{Context, Range, Reason};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dossier::{self, Dossier, Entry, View, facts, from_json};
use crate::edition::{ClauseIx, Edition};
use crate::eval;
use crate::evidence::{Facts, KeyIx, Type};
use crate::lang::Lang;
use crate::quantity::Decimal;
use crate::text;

/// The dossier in which everything is just met.
pub(super) fn baseline(edition: &Edition, setting: &Setting) -> Baseline {
    // Where a case concerns no category of a standard that has some, any category serves.
    let entry = match (setting.category, edition.standard.categories.len()) {
        (None, n) if n > 0 => {
            let first = (0..n).find(|c| edition.empty_parts(Some(*c)).next().is_none());
            Entry { category: first, ..setting.entry() }
        }
        _ => setting.entry(),
    };
    let date = setting.assessed_on;
    let wanted = Wanted { entries: vec![entry], applied_on: date, assessed_on: date };
    let draft = fill(edition, &wanted);
    let json = draft_json(edition, &wanted, &draft);
    let (dossier, faults) = from_json(&json, edition);
    let dossier = dossier.filter(|_| faults.is_empty());
    Baseline { json, dossier }
}

/// A variation ready to be looked at, by any edition with the same dictionary.
pub(in crate::analysis) struct Prepared {
    /// What is known.
    pub facts: Facts,
    entry: Entry,
    dates: (crate::calendar::Date, crate::calendar::Date, Option<crate::calendar::Date>),
}

impl Prepared {
    /// What a check may look at under an edition.
    pub fn context<'a>(&'a self, edition: &'a Edition) -> Context<'a> {
        Context {
            standard: &edition.standard,
            dictionary: &edition.dictionary,
            derived: &edition.derived,
            facts: &self.facts,
            category: self.entry.category,
            stage: self.entry.stage,
            level: self.entry.target,
            applied_on: self.dates.0,
            assessed_on: self.dates.1,
            award_on: self.dates.2,
        }
    }

    /// What the part of a clause reaches under an edition.
    pub fn reached(&self, edition: &Edition, clause: ClauseIx) -> Option<Interval> {
        let part = edition.clause(clause)?.part;
        let (grade, _) = eval::graded(edition, self.entry.target, &self.context(edition));
        grade.parts.iter().find(|p| p.part == part).map(|p| p.reached)
    }
}

impl Suite {
    /// The dossier of a variation with what is known in it.
    pub(in crate::analysis) fn prepare(
        &self,
        edition: &Edition,
        setting: &Setting,
        variation: &Variation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Prepared> {
        let dossier = self.vary(edition, setting, variation, diagnostics)?;
        let facts = facts(&dossier, edition, View::Own, setting.category);
        let dates = (dossier.applied_on, dossier.assessed_on, dossier.award_on);
        Some(Prepared { facts, entry: setting.entry(), dates })
    }

    /// The baseline of a setting.
    pub(in crate::analysis) fn baseline(
        &self,
        edition: &Edition,
        setting: &Setting,
    ) -> std::borrow::Cow<'_, Baseline> {
        match self.baselines.get(setting) {
            Some(found) => std::borrow::Cow::Borrowed(found),
            None => std::borrow::Cow::Owned(baseline(edition, setting)),
        }
    }

    fn vary(
        &self,
        edition: &Edition,
        setting: &Setting,
        variation: &Variation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Dossier> {
        let baseline = self.baseline(edition, setting);
        let Variation { sets, records, without, incomplete } = variation;
        let plain = records.is_empty() && without.is_empty() && incomplete.is_empty();
        let mut dossier = match &baseline.dossier {
            Some(dossier) if plain => dossier.clone(),
            _ => {
                let mut json = baseline.json.clone();
                if let Some(root) = json.as_object_mut() {
                    let lists = root.entry("record").or_insert_with(|| json!({}));
                    if let Some(lists) = lists.as_object_mut() {
                        for (name, node) in records {
                            lists.insert(name.clone(), node.to_json());
                        }
                        for name in without {
                            lists.remove(name);
                        }
                    }
                    if !incomplete.is_empty() {
                        root.insert("incomplete".to_owned(), json!(incomplete));
                    }
                }
                let (dossier, faults) = from_json(&json, edition);
                let at = records.first().map(|(_, node)| node.span).unwrap_or_default();
                let faults = faults.into_iter();
                diagnostics.extend(faults.map(|fault| Diagnostic { span: at, related: Vec::new(), ..fault }));
                dossier?
            }
        };
        for (assignment, span) in sets {
            if let Err(fault) = dossier::assign(assignment, *span, &mut dossier, edition) {
                diagnostics.push(*fault);
                return None;
            }
        }
        Some(dossier)
    }
}

impl Runner<'_> {
    /// Tries one variation; what is wrong is reported.
    pub(super) fn run(&mut self, index: usize, trial: &Trial, diagnostics: &mut Diagnostics) -> Tried {
        let mut tried = Tried { trial: trial.clone(), actual: None, reason: None, passed: false };
        let edition = self.edition;
        let Some(prepared) = self.suite.prepare(edition, &trial.setting, &trial.variation, diagnostics)
        else {
            return tried;
        };
        let ctx = prepared.context(edition);
        let (mut held, mut sides) = (Held::default(), Vec::new());
        let mut right = true;
        match trial.subject {
            Subject::Check(clause, check) => {
                let Some((result, of)) = check_of(edition, &ctx, clause, check) else { return tried };
                held.verdict = Some(result.outcomes.verdict());
                tried.reason = Some(result.reason);
                sides = super::coverage::sides(of, &result, &trial.variation, &ctx);
            }
            Subject::Clause(clause) => {
                let result = eval::clause_in(edition, &ctx, clause);
                held.verdict = Some(result.outcomes.verdict());
                tried.reason = Some(result.reason);
            }
            Subject::Key(key) => {
                let key = KeyIx(key);
                let Some(aggregate) = edition.derived.get(key.0).and_then(Option::as_ref) else {
                    return tried;
                };
                let range = aggregate.bounded(key, &ctx);
                held.value = Some(shown(edition, key, &range));
                let Some(expected) = &trial.value else { return tried };
                match range_of(edition, key, &expected.value) {
                    None => {
                        diagnostics.push(Diagnostic::error(
                            Code::BadQuantity,
                            expected.span,
                            text!(
                                "value 写作 \"3 个\"、\"1 个..5 个\" 或 \"none\"",
                                "write `value` as \"3 个\", \"1 个..5 个\" or \"none\""
                            ),
                        ));
                        return tried;
                    }
                    Some(wanted) => right = wanted == range,
                }
                sides = super::coverage::key_sides(aggregate, &range, &ctx);
            }
        }
        if let (Some((expected, _)), Some(clause)) = (&trial.reaches, trial.subject.clause()) {
            held.reaches = prepared.reached(edition, clause);
            right &= held.reaches == Some(*expected);
        }
        right &= trial.expect.is_none() || trial.expect == held.verdict;
        if right {
            let seen = self.seen.entry(trial.subject).or_default();
            for side in sides {
                seen.entry(side).or_default().push(index);
            }
        } else {
            diagnostics.push(failed(edition, trial, &held, tried.reason));
        }
        Tried { actual: Some(held), passed: right, ..tried }
    }
}

/// The result of one check.
fn check_of<'a>(
    edition: &'a Edition,
    ctx: &Context<'_>,
    clause: ClauseIx,
    check: usize,
) -> Option<(CheckResult, &'a crate::check::Check)> {
    let of = edition.clause(clause)?.checks.get(check)?;
    Some((eval::clause_in(edition, ctx, clause).checks.into_iter().nth(check)?, of))
}

fn failed(edition: &Edition, trial: &Trial, held: &Held, reason: Option<Reason>) -> Diagnostic {
    let name = trial.subject.name(edition);
    if let (Some(expected), Some(shown)) = (&trial.value, &held.value) {
        let written = &expected.value;
        let message =
            text!("`{name}` 期望 {written}，实为 {shown}", "`{name}` should be {written}, but is {shown}");
        return Diagnostic::error(Code::CaseFailed, expected.span, message);
    }
    match (trial.expect, held.verdict, &trial.reaches, held.reaches) {
        (wanted, found, Some((expected, span)), reached) if wanted.is_none() || wanted == found => {
            let wanted = interval(*expected);
            let found = reached.map(interval).unwrap_or_default();
            let message = text!(
                "`{name}` 所属部分应达到 {wanted}，实为 {found}",
                "the part of `{name}` should reach {wanted}, but reaches {found}"
            );
            Diagnostic::error(Code::CaseFailed, *span, message)
        }
        (wanted, found, ..) => {
            let (wanted, found) = (wanted.map_or("", |v| v.id()), found.map_or("", |v| v.id()));
            let reason = reason.map(Reason::id).unwrap_or_default();
            let message = text!(
                "`{name}` 期望 {wanted}，实为 {found}（{reason}）",
                "`{name}` should be {wanted}, but is {found} ({reason})"
            );
            Diagnostic::error(Code::CaseFailed, trial.span, message)
        }
    }
}

/// `"3 个"`, `"1 个..5 个"`, `"1 个..5 个?"` where there may be none, `"none"`.
pub(in crate::analysis) fn range_of(edition: &Edition, key: KeyIx, written: &str) -> Option<Range> {
    if written == "none" {
        return Some(Range::ABSENT);
    }
    let dimension = match edition.dictionary.get(key)?.ty {
        Type::Quantity(dimension) => dimension,
        _ => return None,
    };
    let (written, absent) = written.strip_suffix('?').map_or((written, false), |w| (w, true));
    let (low, high) = written.split_once("..").unwrap_or((written, written));
    let number = |text: &str| -> Option<Decimal> {
        let units = &edition.standard.units;
        units.parse_as(dimension, text.trim(), crate::source::Span::NONE).ok().map(|q| q.base)
    };
    Some(Range { absent, ..Range::between(Some(number(low)?), Some(number(high)?)) })
}

/// A range as cases write it; an end that is open shows as `…`.
pub(in crate::analysis) fn shown(edition: &Edition, key: KeyIx, range: &Range) -> String {
    let Some(entry) = edition.dictionary.get(key) else { return String::new() };
    let Type::Quantity(dimension) = entry.ty else { return String::new() };
    let show = |n: Option<Decimal>| {
        n.map_or_else(|| "…".to_owned(), |n| edition.standard.units.show(n, dimension, entry.unit, Lang::Zh))
    };
    let open = if range.absent { "?" } else { "" };
    match (range.present, range.low == range.high) {
        (false, _) => "none".to_owned(),
        (true, true) => format!("{}{open}", show(range.low)),
        (true, false) => format!("{}..{}{open}", show(range.low), show(range.high)),
    }
}
