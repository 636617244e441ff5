//! Case files become variations.

use super::{Setting, Subject, Trial, Variation, day};
use crate::assessment::Interval;
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::Edition;
use crate::format::case::{CaseFile, CaseRaw, TryRaw, VerdictRaw};
use crate::format::shape;
use crate::load::Files;
use crate::source::{Sources, Span};
use crate::standard::Role;
use crate::syntax::de::{Loc, Raw};
use crate::syntax::{Limits, Node, Notation, Value, read};
use crate::text;
use crate::verdict::Verdict;

/// The variations of all case files.
pub(super) fn all(
    edition: &Edition,
    root: &str,
    files: &Files<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<Trial> {
    let mut reader = Reader { edition, trials: Vec::new() };
    for (path, bytes) in files.iter().filter(|(p, _)| p.starts_with("cases/") && p.ends_with(".toml")) {
        let shown = format!("{root}/{path}");
        let node = read(sources, &shown, bytes, Notation::Toml, &Limits::RULES, diagnostics);
        let file: Option<CaseFile> = node.and_then(|node| shape::read(&node, diagnostics));
        for case in file.into_iter().flat_map(|f| f.cases) {
            reader.case(&case, diagnostics);
        }
    }
    reader.trials
}

struct Reader<'a> {
    edition: &'a Edition,
    trials: Vec<Trial>,
}

impl Reader<'_> {
    fn case(&mut self, case: &CaseRaw, diagnostics: &mut Diagnostics) {
        let Some((subject, span)) = self.subject(case, diagnostics) else { return };
        let Some(setting) = self.setting(case, span, diagnostics) else { return };
        let trial = |variation, expect, span| Trial {
            subject,
            setting: setting.clone(),
            variation,
            expect,
            value: None,
            reaches: None,
            name: None,
            span,
            generated: false,
        };
        let prefix = self.prefix(case, setting.category);
        let varied = |written: String| {
            let key = case.key.as_ref()?;
            let sets = vec![(format!("{prefix}{}={written}", key.value), key.span)];
            Some((Variation { sets, ..Variation::default() }, key.span))
        };
        for (values, expect) in [(&case.met, Verdict::Met), (&case.not_met, Verdict::NotMet)] {
            for Raw(node) in values {
                match varied(written(node)) {
                    Some((variation, _)) => self.trials.push(trial(variation, Some(expect), node.span)),
                    None => diagnostics.push(needs_key(node.span)),
                }
            }
        }
        for (sign, expect) in [("?", case.missing), ("!", case.absent)] {
            let Some(expect) = expect else { continue };
            match varied(sign.to_owned()) {
                Some((variation, span)) => {
                    self.trials.push(trial(variation, Some(verdict(expect)), span));
                }
                None => diagnostics.push(needs_key(span)),
            }
        }
        for tried in &case.tries {
            let expect = tried.expect.as_ref().map(|e| verdict(e.value));
            let place = tried.expect.as_ref().map(|e| e.span);
            let place =
                place.or(tried.value.as_ref().map(|v| v.span)).or(tried.reaches.as_ref().map(|r| r.span));
            let reaches = tried.reaches.as_ref().and_then(|r| self.reaches(r, subject, diagnostics));
            let missing = match subject {
                Subject::Key(_) if tried.value.is_none() => {
                    Some(text!("推算项的用例缺少 value", "a case of a derived key lacks `value`"))
                }
                Subject::Key(_) => None,
                _ if expect.is_none() && tried.reaches.is_none() => {
                    Some(text!("用例缺少 expect", "the case lacks `expect`"))
                }
                _ => None,
            };
            if let Some(message) = missing {
                diagnostics.push(Diagnostic::error(Code::MissingField, place.unwrap_or(span), message));
            }
            self.trials.push(Trial {
                value: tried.value.clone(),
                reaches: reaches.zip(tried.reaches.as_ref().map(|r| r.span)),
                name: tried.name.clone(),
                ..trial(variation(tried), expect, place.unwrap_or(span))
            });
        }
    }

    /// `"2"` or `"0..2"`; only parts that decide a grade reach anything.
    fn reaches(
        &self,
        written: &Loc<String>,
        subject: Subject,
        diagnostics: &mut Diagnostics,
    ) -> Option<Interval> {
        let part = subject.clause().and_then(|c| self.edition.clause(c)).map(|c| c.part);
        let role = part.and_then(|p| self.edition.standard.parts.get(p)).map(|p| p.role);
        if !matches!(role, Some(Role::Grade { .. })) {
            let message = text!(
                "reaches 只用于决定等级的部分的条款和检查",
                "`reaches` is for clauses and checks of parts that decide the grade"
            );
            diagnostics.push(Diagnostic::error(Code::FieldMismatch, written.span, message));
            return None;
        }
        let (low, high) = written.split_once("..").unwrap_or((written, written));
        let found = low.trim().parse().ok().zip(high.trim().parse().ok());
        let found = found.map(|(guaranteed, possible)| Interval { guaranteed, possible });
        let found = found.filter(|i| i.guaranteed <= i.possible);
        if found.is_none() {
            let message = text!("reaches 写作 \"2\" 或 \"0..2\"", "write `reaches` as \"2\" or \"0..2\"");
            diagnostics.push(Diagnostic::error(Code::BadQuantity, written.span, message));
        }
        found
    }

    /// Keys about one category are written without it.
    fn prefix(&self, case: &CaseRaw, category: Option<usize>) -> String {
        let key = case.key.as_ref().and_then(|k| self.edition.dictionary.find(k));
        let scoped = key
            .and_then(|ix| self.edition.dictionary.get(ix))
            .is_some_and(|k| k.place == crate::evidence::Place::Category);
        let category = category.and_then(|c| self.edition.standard.categories.get(c)).filter(|_| scoped);
        category.map_or_else(String::new, |c| format!("{}/", c.id))
    }

    fn subject(&self, case: &CaseRaw, diagnostics: &mut Diagnostics) -> Option<(Subject, Span)> {
        let edition = self.edition;
        match (&case.check, &case.clause, &case.evidence) {
            (Some(address), None, None) => {
                let found = edition.clauses.iter().enumerate().find_map(|(c, clause)| {
                    let check = clause.checks.iter().position(|k| clause.address(k) == address.value)?;
                    Some(Subject::Check(c, check))
                });
                if found.is_none() {
                    let name = &address.value;
                    let known: Vec<String> = edition
                        .clauses
                        .iter()
                        .flat_map(|c| c.checks.iter().map(move |k| c.address(k)))
                        .collect();
                    let message = text!("没有检查 `{name}`", "there is no check `{name}`");
                    let fault = Diagnostic::error(Code::UnknownCheck, address.span, message);
                    diagnostics.push(fault.suggest(name, known.iter().map(String::as_str)));
                }
                found.map(|s| (s, address.span))
            }
            (None, Some(id), None) => {
                let found = crate::id::ClauseId::parse(id).and_then(|id| edition.find(&id));
                if found.is_none() {
                    let known = edition.clauses.iter().map(|c| &c.id);
                    diagnostics.push(crate::edition::compile_unknown_clause(id, known));
                }
                found.map(|c| (Subject::Clause(c), id.span))
            }
            (None, None, Some(key)) => {
                let found = edition
                    .dictionary
                    .find(key)
                    .filter(|ix| edition.derived.get(ix.0).is_some_and(Option::is_some));
                if found.is_none() {
                    let name = &key.value;
                    let message = text!("`{name}` 不是推算的证据项", "`{name}` is no derived key");
                    diagnostics.push(Diagnostic::error(Code::UnknownEvidence, key.span, message));
                }
                found.map(|ix| (Subject::Key(ix.0), key.span))
            }
            _ => {
                let span = case.level.span;
                let message = text!(
                    "用例须有 check、clause、evidence 之一",
                    "a case has one of `check`, `clause` and `evidence`"
                );
                diagnostics.push(Diagnostic::error(Code::NoSubject, span, message));
                None
            }
        }
    }

    fn setting(&self, case: &CaseRaw, span: Span, diagnostics: &mut Diagnostics) -> Option<Setting> {
        let standard = &self.edition.standard;
        let unknown = |span, zh: &str, en: &str| {
            let message = crate::lang::Text::new(zh, en);
            Diagnostic::error(Code::UnknownName, span, message)
        };
        let category = case.category.as_ref().map(|c| (standard.category(c), c.span));
        if let Some((None, span)) = category {
            diagnostics.push(unknown(span, "没有这个类别", "there is no such category"));
            return None;
        }
        let stage = match &case.stage {
            None => (!standard.stages.is_empty()).then_some(0),
            Some(name) => match standard.stage(name) {
                Some(stage) => Some(stage),
                None => {
                    diagnostics.push(unknown(name.span, "没有这个阶段", "there is no such stage"));
                    return None;
                }
            },
        };
        let assessed_on = match &case.assessed_on {
            None => day(),
            Some(written) => match Date::parse(written, written.span) {
                Ok(date) => Some(date),
                Err(fault) => {
                    diagnostics.push(*fault);
                    None
                }
            },
        }?;
        if case.level.value == 0 || case.level.value > standard.top() {
            diagnostics.push(unknown(span, "没有这个等级", "there is no such level"));
            return None;
        }
        Some(Setting { category: category.and_then(|c| c.0), level: case.level.value, stage, assessed_on })
    }
}

fn needs_key(span: Span) -> Diagnostic {
    let message = text!(
        "met、not-met、missing、absent 须与 key 同用",
        "`met`, `not-met`, `missing` and `absent` go with `key`"
    );
    Diagnostic::error(Code::MissingField, span, message)
}

fn variation(tried: &TryRaw) -> Variation {
    Variation {
        sets: tried.set.iter().map(|s| (s.value.clone(), s.span)).collect(),
        records: tried.records.iter().map(|(name, Raw(node))| (name.clone(), node.clone())).collect(),
        without: tried.without.iter().map(|w| w.value.clone()).collect(),
        incomplete: tried.incomplete.iter().map(|w| w.value.clone()).collect(),
    }
}

/// A value as it is written in an assignment.
fn written(node: &Node) -> String {
    match &node.value {
        Value::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(","),
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Table(_) => node.to_json().to_string(),
    }
}

fn verdict(raw: VerdictRaw) -> Verdict {
    match raw {
        VerdictRaw::Met => Verdict::Met,
        VerdictRaw::NotMet => Verdict::NotMet,
        VerdictRaw::Undetermined => Verdict::Undetermined,
        VerdictRaw::NotApplicable => Verdict::NotApplicable,
    }
}
