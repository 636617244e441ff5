//! The small standard of the tests, built in, so that a target needs no files.
#![allow(dead_code)]

use std::borrow::Cow;
use std::sync::OnceLock;

use guiju::calendar::Date;
use guiju::diag::Diagnostics;
use guiju::dossier::{self, Dossier};
use guiju::edition::{Edition, Request, compile};
use guiju::eval::evaluate;
use guiju::format::dossier::DossierFile;
use guiju::format::shape;
use guiju::load::{Files, load};
use guiju::source::{Sources, Span};
use guiju::syntax::{Limits, Notation, read};

macro_rules! tiny {
    ($($name:literal),+) => {
        &[$(($name, include_bytes!(concat!("../../tiny/standards/library-badge/", $name)))),+]
    };
}

const FILES: &[(&str, &[u8])] = tiny!(
    "standard.toml",
    "units.toml",
    "evidence/all.toml",
    "interpretations/all.toml",
    "chapters/books.toml",
    "chapters/entry.toml",
    "chapters/room.toml"
);

pub fn files() -> Files<'static> {
    FILES.iter().map(|(name, bytes)| ((*name).to_owned(), Cow::Borrowed(*bytes))).collect()
}

pub fn request() -> Request {
    let on = Date::parse("2026-04-20", Span::NONE).ok().unwrap_or(Date::FIRST);
    Request::of(on, on)
}

pub fn edition() -> Edition {
    let mut diagnostics = Diagnostics::default();
    let raw = load(&mut Sources::default(), "s", &files(), &mut diagnostics);
    match compile(&raw, &request(), &mut diagnostics) {
        Some(edition) => edition,
        None => std::process::abort(),
    }
}

pub const SILVER: &[u8] = include_bytes!("../../tiny/standards/library-badge/examples/silver.toml");

/// The dossier, unless something is wrong with it.
pub fn dossier(
    sources: &mut Sources,
    edition: &Edition,
    data: &[u8],
    notation: Notation,
    diagnostics: &mut Diagnostics,
) -> Option<Dossier> {
    let node = read(sources, "dossier", data, notation, &Limits::DOSSIER, diagnostics)?;
    let raw: DossierFile = shape::read(&node, diagnostics)?;
    let dossier = dossier::read(&raw, edition, diagnostics)?;
    dossier::check_consistency(&dossier, edition, diagnostics);
    (!diagnostics.has_errors()).then_some(dossier)
}

/// Reads a dossier and grades it if nothing is wrong with it.
pub fn grade(data: &[u8], notation: Notation) {
    static EDITION: OnceLock<Edition> = OnceLock::new();
    let edition = EDITION.get_or_init(edition);
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    if let Some(dossier) = dossier(&mut sources, edition, data, notation, &mut diagnostics) {
        drop(evaluate(edition, &dossier, dossier.default_view()));
    }
    located(&sources, diagnostics);
}

/// Everything that was refused must have a place.
pub fn located(sources: &Sources, diagnostics: Diagnostics) {
    let all = diagnostics.into_sorted();
    assert!(all.is_empty() || all.iter().any(|d| sources.place(d.span).is_some()));
}
