//! What several tests need: standards as files, editions, dossiers, diagnostics as text.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

pub mod chains;
pub mod changes;
pub mod html;
pub mod operations;
pub mod random;
pub mod standards;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use guiju::calendar::Date;
use guiju::diag::{Diagnostics, Printer};
use guiju::dossier::{self, Dossier};
use guiju::edition::{Edition, Request, compile};
use guiju::format::dossier::DossierFile;
use guiju::format::shape;
use guiju::lang::Lang;
use guiju::load::{Files, load};
use guiju::source::Sources;
use guiju::syntax::{Limits, Notation, read};

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Holds a text against the snapshot `tests/snapshots/FOLDER/NAME.snap`; digests are left out, so that a change of
/// the rules alone turns no snapshot red.
pub fn snapshot(folder: &str, name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => format!("../snapshots/{folder}"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
        filters => vec![(r"\b([0-9a-f]{64}|[0-9a-f]{12})\b", "DIGEST")],
    }, {
        insta::assert_snapshot!(name, text);
    });
}

/// The shipped standard and the tiny one of the tests.
pub fn standards() -> Vec<PathBuf> {
    vec![shipped(), tiny()]
}

pub fn shipped() -> PathBuf {
    PathBuf::from("standards/t-cas-375-2019")
}

pub fn tiny() -> PathBuf {
    PathBuf::from("tests/tiny/standards/library-badge")
}

/// All TOML files of a folder by their path within it.
pub fn files(folder: &Path) -> Files<'static> {
    let base = root().join(folder);
    let mut files = Files::new();
    walk(&base, &base, &mut files);
    files
}

fn walk(base: &Path, folder: &Path, files: &mut Files<'static>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(base, &path, files);
        } else if path.extension().is_some_and(|e| e == "toml") {
            let name = path.strip_prefix(base).unwrap().to_string_lossy().replace('\\', "/");
            files.insert(name, Cow::Owned(std::fs::read(&path).unwrap()));
        }
    }
}

pub fn date(written: &str) -> Date {
    Date::parse(written, Default::default()).unwrap()
}

pub fn request() -> Request {
    Request::of(date("2026-04-20"), date("2026-04-20"))
}

/// The edition of a standard; panics with all diagnostics if there are errors.
pub fn edition(standard: &Path, sources: &mut Sources) -> Edition {
    edition_of(&files(standard), sources).unwrap_or_else(|printed| panic!("{printed}"))
}

pub fn edition_of(files: &Files<'_>, sources: &mut Sources) -> Result<Edition, String> {
    let mut diagnostics = Diagnostics::default();
    let raw = load(sources, "standard", files, &mut diagnostics);
    let edition = compile(&raw, &request(), &mut diagnostics);
    match edition.filter(|_| !diagnostics.has_errors()) {
        Some(edition) => Ok(edition),
        None => Err(printed(sources, diagnostics)),
    }
}

/// A dossier from a text, or all diagnostics.
pub fn dossier(name: &str, text: &str, edition: &Edition) -> Result<Dossier, String> {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let notation = if name.ends_with(".json") { Notation::Json } else { Notation::Toml };
    let node = read(&mut sources, name, text.as_bytes(), notation, &Limits::DOSSIER, &mut diagnostics);
    let raw: Option<DossierFile> = node.and_then(|n| shape::read(&n, &mut diagnostics));
    let dossier = raw.and_then(|raw| dossier::read(&raw, edition, &mut diagnostics));
    if let Some(dossier) = &dossier {
        dossier::check_consistency(dossier, edition, &mut diagnostics);
    }
    match dossier.filter(|_| !diagnostics.has_errors()) {
        Some(dossier) => Ok(dossier),
        None => Err(printed(&sources, diagnostics)),
    }
}

pub fn printed(sources: &Sources, diagnostics: Diagnostics) -> String {
    let printer = Printer::new(sources, Lang::Zh, false);
    diagnostics.into_sorted().iter().map(|d| printer.print(d)).collect::<Vec<_>>().join("\n\n")
}

/// A dossier that a program made; `None` if it is refused or its parts contradict each other.
pub fn sound(value: &serde_json::Value, edition: &Edition) -> Option<Dossier> {
    let (dossier, diagnostics) = dossier::from_json(value, edition);
    let error = |d: &guiju::diag::Diagnostic| d.severity == guiju::diag::Severity::Error;
    let dossier = dossier.filter(|_| !diagnostics.iter().any(error))?;
    let mut more = Diagnostics::default();
    dossier::check_consistency(&dossier, edition, &mut more);
    (!more.has_errors()).then_some(dossier)
}
