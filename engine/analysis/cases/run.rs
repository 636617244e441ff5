//! One variation: the baseline is changed, evaluated, and compared with what is expected.

use serde_json::{Value as Json, json};

use super::{Runner, Setting, Subject, Trial, Variation};
use crate::analysis::fill::{Wanted, draft_json, fill};
use crate::assessment::CheckResult;
use crate::check::Range;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dossier::{self, Dossier, View, context, facts, from_json};
use crate::evidence::{KeyIx, Type};
use crate::lang::Lang;
use crate::quantity::Decimal;
use crate::text;

impl Runner<'_> {
    /// The dossier in which everything is just met.
    pub(super) fn baseline(&mut self, setting: &Setting) -> Json {
        if let Some(found) = self.baselines.get(setting) {
            return found.clone();
        }
        // Where a case concerns no category of a standard that has some, any category serves.
        let entry = match (setting.category, self.edition.standard.categories.len()) {
            (None, n) if n > 0 => {
                let first = (0..n).find(|c| self.edition.empty_parts(Some(*c)).next().is_none());
                dossier::Entry { category: first, ..setting.entry() }
            }
            _ => setting.entry(),
        };
        let date = setting.assessed_on;
        let wanted = Wanted { entries: vec![entry], applied_on: date, assessed_on: date };
        let draft = fill(self.edition, &wanted);
        let json = draft_json(self.edition, &wanted, &draft);
        self.baselines.insert(setting.clone(), json.clone());
        json
    }

    /// The dossier of a variation.
    pub(super) fn vary(
        &mut self,
        setting: &Setting,
        variation: &Variation<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Dossier> {
        let mut json = self.baseline(setting);
        if let Some(root) = json.as_object_mut() {
            let lists = root.entry("record").or_insert_with(|| json!({}));
            if let Some(lists) = lists.as_object_mut() {
                for (name, node) in &variation.records {
                    lists.insert((*name).to_owned(), node.to_json());
                }
                for name in &variation.without {
                    lists.remove(*name);
                }
            }
            if !variation.incomplete.is_empty() {
                root.insert("incomplete".to_owned(), json!(variation.incomplete));
            }
        }
        let (dossier, faults) = from_json(&json, self.edition);
        let at = variation.records.first().map(|(_, node)| node.span).unwrap_or_default();
        diagnostics.extend(faults.into_iter().map(|fault| Diagnostic {
            span: at,
            related: Vec::new(),
            ..fault
        }));
        let mut dossier = dossier?;
        for (assignment, span) in &variation.sets {
            if let Err(fault) = dossier::assign(assignment, *span, &mut dossier, self.edition) {
                diagnostics.push(*fault);
                return None;
            }
        }
        Some(dossier)
    }

    pub(super) fn run(&mut self, trial: &Trial<'_>, diagnostics: &mut Diagnostics) {
        self.tried += 1;
        let Some(dossier) = self.vary(&trial.setting, &trial.variation, diagnostics) else { return };
        match trial.subject {
            Subject::Check(clause, check) => self.check(trial, clause, check, &dossier, diagnostics),
            Subject::Key(key) => self.key(trial, KeyIx(key), &dossier, diagnostics),
        }
    }

    /// The result of one check.
    pub(super) fn result(
        &self,
        setting: &Setting,
        clause: usize,
        check: usize,
        dossier: &Dossier,
    ) -> Option<CheckResult> {
        let judged = crate::eval::one_clause(self.edition, dossier, View::Own, &setting.entry(), clause);
        judged.checks.into_iter().nth(check)
    }

    fn check(
        &mut self,
        trial: &Trial<'_>,
        clause: usize,
        check: usize,
        dossier: &Dossier,
        diagnostics: &mut Diagnostics,
    ) {
        let edition = self.edition;
        let Some(owner) = edition.clause(clause) else { return };
        let Some(of) = owner.checks.get(check) else { return };
        let Some(result) = self.result(&trial.setting, clause, check, dossier) else { return };
        let verdict = result.outcomes.verdict();
        let address = owner.address(of);
        match trial.expect {
            None => diagnostics.push(Diagnostic::error(
                Code::MissingField,
                trial.span,
                text!("用例缺少 expect", "the case lacks `expect`"),
            )),
            Some(expected) if expected != verdict => {
                let (wanted, found, reason) = (expected.id(), verdict.id(), result.reason.id());
                diagnostics.push(Diagnostic::error(
                    Code::CaseFailed,
                    trial.span,
                    text!(
                        "`{address}` 期望 {wanted}，实为 {found}（{reason}）",
                        "`{address}` should be {wanted}, but is {found} ({reason})"
                    ),
                ));
                return;
            }
            Some(_) => {}
        }
        let facts = facts(dossier, edition, View::Own, trial.setting.category);
        let entry = trial.setting.entry();
        let ctx = context(dossier, edition, &entry, &facts);
        for side in super::coverage::sides(of, &result, &trial.variation, &ctx) {
            self.cover(trial.subject, side);
        }
    }

    fn key(&mut self, trial: &Trial<'_>, key: KeyIx, dossier: &Dossier, diagnostics: &mut Diagnostics) {
        let edition = self.edition;
        let facts = facts(dossier, edition, View::Own, trial.setting.category);
        let entry = trial.setting.entry();
        let ctx = context(dossier, edition, &entry, &facts);
        let Some(aggregate) = edition.derived.get(key.0).and_then(Option::as_ref) else { return };
        let range = aggregate.bounded(key, &ctx);
        let Some(expected) = trial.value else {
            let message = text!("推算项的用例缺少 value", "a case of a derived key lacks `value`");
            diagnostics.push(Diagnostic::error(Code::MissingField, trial.span, message));
            return;
        };
        match self.range_of(key, &expected.value) {
            None => diagnostics.push(Diagnostic::error(
                Code::BadQuantity,
                expected.span,
                text!(
                    "value 写作 \"3 个\"、\"1 个..5 个\" 或 \"none\"",
                    "write `value` as \"3 个\", \"1 个..5 个\" or \"none\""
                ),
            )),
            Some(wanted) if wanted != range => {
                let (name, shown) = (edition.dictionary.name(key), self.shown(key, &range));
                let written = &expected.value;
                diagnostics.push(Diagnostic::error(
                    Code::CaseFailed,
                    expected.span,
                    text!(
                        "`{name}` 期望 {written}，实为 {shown}",
                        "`{name}` should be {written}, but is {shown}"
                    ),
                ));
                return;
            }
            Some(_) => {}
        }
        for side in super::coverage::key_sides(aggregate, &range, &ctx) {
            self.cover(trial.subject, side);
        }
    }

    /// `"3 个"`, `"1 个..5 个"`, `"1 个..5 个?"` where there may be none, `"none"`.
    fn range_of(&self, key: KeyIx, written: &str) -> Option<Range> {
        if written == "none" {
            return Some(Range::ABSENT);
        }
        let dimension = match self.edition.dictionary.get(key)?.ty {
            Type::Quantity(dimension) => dimension,
            _ => return None,
        };
        let (written, absent) = written.strip_suffix('?').map_or((written, false), |w| (w, true));
        let (low, high) = written.split_once("..").unwrap_or((written, written));
        let number = |text: &str| -> Option<Decimal> {
            let units = &self.edition.standard.units;
            units.parse_as(dimension, text.trim(), crate::source::Span::NONE).ok().map(|q| q.base)
        };
        Some(Range { absent, ..Range::between(Some(number(low)?), Some(number(high)?)) })
    }

    fn shown(&self, key: KeyIx, range: &Range) -> String {
        let Some(entry) = self.edition.dictionary.get(key) else { return String::new() };
        let Type::Quantity(dimension) = entry.ty else { return String::new() };
        let show = |n: Option<Decimal>| {
            n.map_or_else(
                || "…".to_owned(),
                |n| self.edition.standard.units.show(n, dimension, entry.unit, Lang::Zh),
            )
        };
        match (range.present, range.low == range.high) {
            (false, _) => "none".to_owned(),
            (true, true) => format!("{}{}", show(range.low), if range.absent { "?" } else { "" }),
            (true, false) => {
                format!("{}..{}{}", show(range.low), show(range.high), if range.absent { "?" } else { "" })
            }
        }
    }
}
