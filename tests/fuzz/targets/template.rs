#![no_main]
//! A template of somebody else: it gives a text or a diagnostic, within its limits.

mod common;

use std::sync::OnceLock;

use guiju::analysis::readings::Trials;
use guiju::diag::Diagnostics;
use guiju::eval::evaluate;
use guiju::lang::Lang;
use guiju::report::document::{ReportOut, report};
use guiju::report::template::{Form, Templates, render};
use guiju::source::Sources;
use guiju::syntax::Notation;

static REPORT: OnceLock<ReportOut> = OnceLock::new();

fn sample() -> ReportOut {
    let edition = common::edition();
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let silver = common::dossier(&mut sources, &edition, common::SILVER, Notation::Toml, &mut diagnostics);
    let Some(dossier) = silver else { std::process::abort() };
    let assessment = evaluate(&edition, &dossier, dossier.default_view());
    report(&edition, &dossier, &assessment, "", &sources, &Trials::new(), Lang::Zh)
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let templates = Templates::from([(Form::Html.template().to_owned(), text.to_owned())]);
    drop(render(REPORT.get_or_init(sample), Form::Html, &templates));
});
