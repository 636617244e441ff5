//! Golden cases: run against the rules, and held against what ought to be covered.
//!
//! Every check that is no plain attestation has cases written by hand: at the bound, one step beyond, missing,
//! known-absent; every condition on records has a record that it alone leaves out, dates and numbers at their edge.
//! Cases for attestations are generated.

mod coverage;
mod generated;
mod run;

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dossier::Entry;
use crate::edition::Edition;
use crate::format::case::{CaseFile, CaseRaw, TryRaw, VerdictRaw};
use crate::format::shape;
use crate::load::Files;
use crate::source::{Sources, Span};
use crate::syntax::de::{Loc, Raw};
use crate::syntax::{Limits, Node, Notation, Value, read};
use crate::text;
use crate::verdict::Verdict;

/// The day of application and assessment of a case that names none.
#[must_use]
pub fn day() -> Option<Date> {
    Date::new(2026, 4, 20)
}

/// What running all cases gave.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How many variations were tried, written by hand and generated.
    pub tried: usize,
    /// How many of them were generated.
    pub generated: usize,
    /// How many checks and derived keys are covered.
    pub covered: usize,
}

/// Reads the case files of a standard and runs them; failures and gaps are reported.
pub fn run(
    edition: &Edition,
    root: &str,
    files: &Files<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Outcome {
    let mut runner = Runner::new(edition);
    for (path, bytes) in files.iter().filter(|(p, _)| p.starts_with("cases/") && p.ends_with(".toml")) {
        let shown = format!("{root}/{path}");
        let node = read(sources, &shown, bytes, Notation::Toml, &Limits::RULES, diagnostics);
        let file: Option<CaseFile> = node.and_then(|node| shape::read(&node, diagnostics));
        for case in file.into_iter().flat_map(|f| f.cases) {
            runner.case(&case, diagnostics);
        }
    }
    let generated = generated::run(&mut runner, diagnostics);
    let covered = coverage::gaps(&runner, diagnostics);
    Outcome { tried: runner.tried, generated, covered }
}

/// Runs cases and remembers what they covered.
pub(super) struct Runner<'a> {
    edition: &'a Edition,
    baselines: BTreeMap<Setting, serde_json::Value>,
    seen: BTreeMap<Subject, BTreeSet<String>>,
    tried: usize,
}

/// What a case is about: a check by clause and position, or a derived key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// A check.
    Check(usize, usize),
    /// A derived key.
    Key(usize),
}

/// The baseline that a case varies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Setting {
    category: Option<usize>,
    level: u8,
    stage: Option<usize>,
    assessed_on: Date,
}

/// One variation with what it should give.
pub(super) struct Trial<'a> {
    subject: Subject,
    setting: Setting,
    variation: Variation<'a>,
    expect: Option<Verdict>,
    value: Option<&'a Loc<String>>,
    span: Span,
}

/// How the baseline is varied.
#[derive(Clone, Debug, Default)]
pub(super) struct Variation<'a> {
    sets: Vec<(String, Span)>,
    records: Vec<(&'a str, &'a Node)>,
    without: Vec<&'a str>,
    incomplete: Vec<&'a str>,
}

impl<'a> Runner<'a> {
    fn new(edition: &'a Edition) -> Self {
        Runner { edition, baselines: BTreeMap::new(), seen: BTreeMap::new(), tried: 0 }
    }

    fn cover(&mut self, subject: Subject, side: impl Into<String>) {
        self.seen.entry(subject).or_default().insert(side.into());
    }

    fn case(&mut self, case: &CaseRaw, diagnostics: &mut Diagnostics) {
        let Some((subject, span)) = self.subject(case, diagnostics) else { return };
        let Some(setting) = self.setting(case, span, diagnostics) else { return };
        let trial = |variation, expect, value, span| Trial {
            subject,
            setting: setting.clone(),
            variation,
            expect,
            value,
            span,
        };
        let prefix = self.prefix(case, setting.category);
        let varied = |written: String| {
            let key = case.key.as_ref()?;
            let sets = vec![(format!("{prefix}{}={written}", key.value), key.span)];
            Some((Variation { sets, ..Variation::default() }, key.span))
        };
        let mut trials = Vec::new();
        for (values, expect) in [(&case.met, Verdict::Met), (&case.not_met, Verdict::NotMet)] {
            for Raw(node) in values {
                match varied(written(node)) {
                    Some((variation, _)) => trials.push(trial(variation, Some(expect), None, node.span)),
                    None => diagnostics.push(needs_key(node.span)),
                }
            }
        }
        for (sign, expect) in [("?", case.missing), ("!", case.absent)] {
            let Some(expect) = expect else { continue };
            match varied(sign.to_owned()) {
                Some((variation, span)) => trials.push(trial(variation, Some(verdict(expect)), None, span)),
                None => diagnostics.push(needs_key(span)),
            }
        }
        for tried in &case.tries {
            let place = tried.expect.as_ref().map(|e| e.span).or(tried.value.as_ref().map(|v| v.span));
            let expect = tried.expect.as_ref().map(|e| verdict(e.value));
            trials.push(trial(variation(tried), expect, tried.value.as_ref(), place.unwrap_or(span)));
        }
        for trial in trials {
            self.run(&trial, diagnostics);
        }
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
        match (&case.check, &case.evidence) {
            (Some(address), None) => {
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
            (None, Some(key)) => {
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
                let message =
                    text!("用例须有 check 或 evidence 之一", "a case has either `check` or `evidence`");
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

impl Setting {
    fn entry(&self) -> Entry {
        Entry { category: self.category, target: self.level, stage: self.stage, span: Span::NONE }
    }
}

fn needs_key(span: Span) -> Diagnostic {
    let message = text!(
        "met、not-met、missing、absent 须与 key 同用",
        "`met`, `not-met`, `missing` and `absent` go with `key`"
    );
    Diagnostic::error(Code::MissingField, span, message)
}

fn variation(tried: &TryRaw) -> Variation<'_> {
    Variation {
        sets: tried.set.iter().map(|s| (s.value.clone(), s.span)).collect(),
        records: tried.records.iter().map(|(name, Raw(node))| (name.as_str(), node)).collect(),
        without: tried.without.iter().map(|w| w.value.as_str()).collect(),
        incomplete: tried.incomplete.iter().map(|w| w.value.as_str()).collect(),
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
