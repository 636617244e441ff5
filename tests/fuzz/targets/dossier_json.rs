#![no_main]
//! A dossier in JSON: read, checked, and evaluated if nothing is wrong with it.

mod common;

use std::sync::OnceLock;

use guiju::diag::Diagnostics;
use guiju::dossier;
use guiju::edition::Edition;
use guiju::eval::evaluate;
use guiju::format::dossier::DossierFile;
use guiju::format::shape;
use guiju::source::Sources;
use guiju::syntax::{Limits, Notation, read};

static EDITION: OnceLock<Edition> = OnceLock::new();

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let edition = EDITION.get_or_init(common::edition);
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let node = read(&mut sources, "dossier", data, Notation::Json, &Limits::DOSSIER, &mut diagnostics);
    let raw: Option<DossierFile> = node.and_then(|n| shape::read(&n, &mut diagnostics));
    if let Some(dossier) = raw.and_then(|raw| dossier::read(&raw, edition, &mut diagnostics)) {
        dossier::check_consistency(&dossier, edition, &mut diagnostics);
        if !diagnostics.has_errors() {
            drop(evaluate(edition, &dossier, dossier.default_view()));
        }
    }
    common::located(&sources, diagnostics);
});
