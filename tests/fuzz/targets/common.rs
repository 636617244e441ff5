//! The small standard of the tests, built in, so that a target needs no files.

use std::borrow::Cow;

use guiju::calendar::Date;
use guiju::diag::Diagnostics;
use guiju::edition::{Edition, Request, compile};
use guiju::load::{Files, load};
use guiju::source::{Sources, Span};

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

#[allow(dead_code)]
pub fn edition() -> Edition {
    let mut diagnostics = Diagnostics::default();
    let raw = load(&mut Sources::default(), "s", &files(), &mut diagnostics);
    match compile(&raw, &request(), &mut diagnostics) {
        Some(edition) => edition,
        None => std::process::abort(),
    }
}

/// Everything that was refused must have a place.
#[allow(dead_code)]
pub fn located(sources: &Sources, diagnostics: Diagnostics) {
    let all = diagnostics.into_sorted();
    assert!(all.is_empty() || all.iter().any(|d| sources.place(d.span).is_some()));
}
