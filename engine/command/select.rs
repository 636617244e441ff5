//! Editions by a short text, for verbs that compare several: `gx,2027-01-01`, `base`, `git:v1`, `draft.toml`.

use std::path::Path;
use std::sync::Arc;

use super::call::Call;
use super::files::Library;
use super::{Session, editions, files, revision};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::{Edition, Request, compile, rules};
use crate::load::RawStandard;
use crate::source::Span;
use crate::text;

/// A standard as it is read for one side, and what is asked of it.
#[derive(Debug)]
pub struct Selected {
    /// The files.
    pub raw: RawStandard,
    /// What is asked for; dates are those of the selector, of `--on`, or today.
    pub request: Request,
    /// Whether the selector or `--on` fixes the dates.
    pub dated: bool,
    /// The selector as written.
    pub written: String,
}

/// An edition with its rules as written.
#[derive(Debug)]
pub struct Chosen {
    /// The edition.
    pub edition: Arc<Edition>,
    /// Its rules, with all operations applied.
    pub rules: RawStandard,
}

impl Selected {
    /// The edition for the dates of the selector.
    pub fn choose(&self, diagnostics: &mut Diagnostics) -> Option<Chosen> {
        let edition = self.edition(self.request.applied_on, self.request.assessed_on, diagnostics)?;
        let rules = rules(&self.raw, &self.request)?;
        Some(Chosen { edition, rules })
    }

    /// The edition for a pair of dates, unless the selector fixes its own.
    pub fn edition(
        &self,
        applied_on: Date,
        assessed_on: Date,
        diagnostics: &mut Diagnostics,
    ) -> Option<Arc<Edition>> {
        let mut own = Diagnostics::default();
        let request = if self.dated {
            self.request.clone()
        } else {
            Request { applied_on, assessed_on, ..self.request.clone() }
        };
        let edition = compile(&self.raw, &request, &mut own);
        let failed = own.has_errors();
        let errors = own.into_iter().filter(|d| d.severity == crate::diag::Severity::Error).collect();
        diagnostics.extend(super::witness::add(&self.raw, &request, errors));
        edition.filter(|_| !failed).map(Arc::new)
    }
}

/// Options of the call that no side has a use for, because each says otherwise.
pub fn idle(verb: &str, call: &Call, sides: &[String]) -> Vec<Diagnostic> {
    let terms = |side: &str| -> Vec<String> { side.split(',').map(|t| t.trim().to_owned()).collect() };
    let all = |holds: &dyn Fn(&str) -> bool| sides.iter().all(|s| terms(s).iter().any(|t| holds(t)));
    let mut faults = Vec::new();
    if all(&|term| term == "base") {
        let why = text!("所写各方都是 base", "every side is the base");
        faults.extend(call.idle(verb, &["region", "with", "reading"], &why));
    }
    if all(&like_a_date) {
        let why = text!("所写各方都有日期", "every side has a date");
        faults.extend(call.idle(verb, &["on"], &why));
    }
    faults
}

/// Reads a selector: terms joined by commas, each a date, a region, `base`, `git:REVISION`, a folder of standards, the
/// file of an instrument, or `INTERPRETATION=READING`. Options of the call hold for every side unless a term says otherwise.
pub fn select(
    call: &Call,
    written: &str,
    library: &Library,
    session: &mut Session,
    diagnostics: &mut Diagnostics,
) -> anyhow::Result<Option<Selected>> {
    let mut call = call.clone();
    let terms: Vec<&str> = written.split(',').map(str::trim).filter(|t| !t.is_empty()).collect();
    let base_only = terms.contains(&"base");
    if base_only {
        call.region = None;
        call.with.clear();
        call.readings.clear();
    }
    let (mut dated, mut other) = (call.on.is_some(), None);
    let (mut date, mut region, mut rules) = (None, None, None);
    // Of what there can be but one of, the second would take the place of the first silently.
    let mut once = |slot: &mut Option<String>, term: &str| match slot.replace(term.to_owned()) {
        Some(first) if first != term => {
            let message = text!(
                "`{written}` 里 `{first}` 与 `{term}` 只能取一个",
                "`{written}` names both `{first}` and `{term}`, of which one edition has only one"
            );
            diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message));
        }
        _ => {}
    };
    for term in &terms {
        let path = Path::new(term);
        if *term == "base" {
            continue;
        } else if term.starts_with("git:") || (path.is_dir() && !path.join("region.toml").is_file()) {
            once(&mut rules, term);
        } else if like_a_date(term) {
            once(&mut date, term);
        } else if term.contains('=') {
            call.readings.push((*term).to_owned());
        } else if path.extension().is_some_and(|e| e == "toml") || path.is_dir() {
            call.with.push((*term).to_owned());
        } else {
            once(&mut region, term);
        }
    }
    if terms.is_empty() {
        let message = text!("没有写明版本", "no edition is named");
        let help = text!(
            "写 `base`、日期、地区代码、git:版本、文件夹、草案文件或 释义=读法",
            "write `base`, a date, a region, git:REVISION, a folder, a draft or INTERPRETATION=READING"
        );
        diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message).help(help));
    }
    if let (true, Some(draft)) = (base_only, call.with.first()) {
        let message = text!(
            "`{written}` 既要 base 又要 `{draft}`：base 不含任何文件的改动",
            "`{written}` asks for the base, on which no instrument lies, and for `{draft}`"
        );
        let help = text!("去掉 base", "leave out `base`");
        diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message).help(help));
    }
    if diagnostics.has_errors() {
        return Ok(None);
    }
    if let Some(date) = date {
        call.on = Some(date);
        dated = true;
    }
    call.region = region.or(call.region);
    if let Some(term) = rules {
        other = match term.strip_prefix("git:") {
            Some(revision) => {
                let found = revision::library(revision, &call, &mut session.sources, diagnostics)?;
                let Some(found) = found else { return Ok(None) };
                Some(found)
            }
            None => {
                let folders = [Path::new(&term).to_path_buf()];
                Some(files::library(&folders, &mut session.sources, diagnostics)?)
            }
        };
    }
    let library = other.as_ref().unwrap_or(library);
    let wanted = call.standard.clone();
    let loaded = editions::choose(&call, wanted.as_deref(), library, &mut session.sources, diagnostics);
    let Some(loaded) = loaded else { return Ok(None) };
    let failed = loaded.faults.iter().any(|d| d.severity == crate::diag::Severity::Error);
    diagnostics.extend(loaded.faults.iter().cloned());
    let today = editions::today()?;
    let Some(fixed) = editions::fixed_date(&call, diagnostics) else { return Ok(None) };
    let date = fixed.unwrap_or(today);
    let Some(request) = editions::request(&call, date, date, diagnostics) else { return Ok(None) };
    let request = Request { base_only, ..request };
    if base_only && request.region.is_some() {
        let message =
            text!("`{written}` 既要 base 又要地区", "`{written}` asks for the base and for a region");
        diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message));
        return Ok(None);
    }
    if failed {
        return Ok(None);
    }
    Ok(Some(Selected { raw: loaded.raw, request, dated, written: written.to_owned() }))
}

/// Whether a term is meant as a date: what is wrong with it is said by whoever reads it.
fn like_a_date(term: &str) -> bool {
    let shape = term.split('-').map(str::len).collect::<Vec<_>>();
    let digits = term.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    digits && matches!(shape.as_slice(), [4, 1..=2, 1..=2])
}
