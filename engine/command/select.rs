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
    let (mut base_only, mut dated, mut other) = (false, call.on.is_some(), None);
    for term in written.split(',').map(str::trim).filter(|t| !t.is_empty()) {
        let path = Path::new(term);
        if term == "base" {
            base_only = true;
            call.region = None;
            call.with.clear();
            call.readings.clear();
        } else if let Some(revision) = term.strip_prefix("git:") {
            match revision::library(revision, &call, &mut session.sources, diagnostics)? {
                Some(found) => other = Some(found),
                None => return Ok(None),
            }
        } else if Date::parse(term, Span::NONE).is_ok() {
            call.on = Some(term.to_owned());
            dated = true;
        } else if term.contains('=') {
            call.readings.push(term.to_owned());
        } else if path.is_dir() && !path.join("region.toml").is_file() {
            let folders = [path.to_path_buf()];
            other = Some(files::library(&folders, &mut session.sources, diagnostics)?);
        } else if path.extension().is_some_and(|e| e == "toml") || path.is_dir() {
            call.with.push(term.to_owned());
        } else {
            call.region = Some(term.to_owned());
        }
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
