#![no_main]
//! A template of somebody else: it gives a text or a diagnostic, within its limits.

mod common;

use std::sync::OnceLock;

use guiju::analysis::readings::Trials;
use guiju::diag::Diagnostics;
use guiju::dossier;
use guiju::eval::evaluate;
use guiju::format::dossier::DossierFile;
use guiju::format::shape;
use guiju::lang::Lang;
use guiju::report::document::{ReportOut, report};
use guiju::report::template::{Form, Templates, render};
use guiju::source::Sources;
use guiju::syntax::{Limits, Notation, read};

static REPORT: OnceLock<ReportOut> = OnceLock::new();

fn sample() -> ReportOut {
    let edition = common::edition();
    let text = include_bytes!("../../tiny/standards/library-badge/examples/silver.toml");
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let node = read(&mut sources, "dossier", text, Notation::Toml, &Limits::DOSSIER, &mut diagnostics);
    let raw: Option<DossierFile> = node.and_then(|n| shape::read(&n, &mut diagnostics));
    let Some(dossier) = raw.and_then(|raw| dossier::read(&raw, &edition, &mut diagnostics)) else {
        std::process::abort()
    };
    let assessment = evaluate(&edition, &dossier, dossier.default_view());
    report(&edition, &dossier, &assessment, "", &sources, &Trials::new(), Lang::Zh)
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let templates = Templates::from([(Form::Html.template().to_owned(), text.to_owned())]);
    drop(render(REPORT.get_or_init(sample), Form::Html, &templates));
});
