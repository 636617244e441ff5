#![no_main]
//! The first letter chooses the file that the rest is: one of the small standard, or an instrument that changes it.
//! What compiles grades the small standard's dossier.

mod common;

use std::borrow::Cow;

use guiju::diag::Diagnostics;
use guiju::edition::{Request, compile};
use guiju::eval::evaluate;
use guiju::load::load;
use guiju::source::Sources;
use guiju::syntax::Notation;

/// Files that are not there otherwise, after those of the standard.
const MORE: [&str; 4] =
    ["amendments/a.toml", "lint.toml", "regions/nn/amendments/a.toml", "regions/nn/region.toml"];

/// A region in force, so that its own amendments take part.
const REGION: &str = r#"id = "nn"
title = { zh = "南宁", en = "Nanning" }
issuer = { zh = "甲", en = "A" }
citation = { zh = "甲 1", en = "A 1" }
status = "issued"
effective = "2026-01-01"
"#;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let mut files = common::files();
    let mut names: Vec<String> = files.keys().cloned().collect();
    names.extend(MORE.map(str::to_owned));
    let name = &names[usize::from(first.wrapping_sub(b'a')) % names.len()];
    let region = name.starts_with("regions/").then(|| "nn".to_owned());
    if region.is_some() {
        files.insert("regions/nn/region.toml".to_owned(), Cow::Borrowed(REGION.as_bytes()));
    }
    files.insert(name.clone(), Cow::Borrowed(rest));
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let raw = load(&mut sources, "s", &files, &mut diagnostics);
    let edition = compile(&raw, &Request { region, ..common::request() }, &mut diagnostics);
    if let Some(edition) = edition {
        let (sources, mut diagnostics) = (&mut sources, Diagnostics::default());
        if let Some(dossier) = common::dossier(sources, &edition, common::SILVER, Notation::Toml, &mut diagnostics) {
            drop(evaluate(&edition, &dossier, dossier.default_view()));
        }
    }
    common::located(&sources, diagnostics);
});
