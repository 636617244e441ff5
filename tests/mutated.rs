//! Promise: ten thousand broken files give no panic, no hang and no silence: each is accepted, or refused with a
//! diagnostic that says where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::borrow::Cow;
use std::time::{Duration, Instant};

use common::random::Rng;
use guiju::diag::{Diagnostics, Severity};
use guiju::dossier;
use guiju::edition::{Edition, compile};
use guiju::format::dossier::DossierFile;
use guiju::format::shape;
use guiju::load::{Files, load};
use guiju::source::Sources;
use guiju::syntax::{Limits, Notation, read};

/// Pieces of text that parsers have stumbled over.
const NASTY: [&str; 24] = [
    "\u{feff}",
    "\u{202e}",
    "\u{200b}",
    "\0",
    "\r",
    "[[[[[[",
    "{a={a={a={a=",
    "a.b.c.d.e.f.g.h = 1",
    "\"\"\"",
    "'''",
    "1e999999999",
    "-0",
    "nan",
    "inf",
    "99999999999999999999999999",
    "２０２６",
    "2026-02-30",
    "9999-12-31T23:59:60Z",
    "@",
    "@applied",
    "= =",
    "\"\\u0000\"",
    "\\",
    "id = \"一\"",
];

fn mutated(rng: &mut Rng, text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..1 + rng.below(4) {
        let at = rng.below(bytes.len().max(1));
        let to = (at + rng.below(40)).min(bytes.len());
        match rng.below(8) {
            0 if !bytes.is_empty() => {
                bytes[at.min(to.saturating_sub(1))] = u8::try_from(rng.below(256)).unwrap()
            }
            1 => drop(bytes.drain(at.min(to)..to)),
            2 => {
                let copy = bytes[at.min(to)..to].to_vec();
                let place = rng.below(bytes.len() + 1);
                bytes.splice(place..place, copy);
            }
            3 => drop(bytes.splice(at..at, rng.pick(&NASTY).bytes())),
            4 => bytes.truncate(at),
            5 => {
                // A line twice, or somewhere else.
                let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
                let line = lines[rng.below(lines.len())].to_vec();
                let place = rng.below(bytes.len() + 1);
                bytes.splice(place..place, [b"\n".to_vec(), line, b"\n".to_vec()].concat());
            }
            6 => {
                // One number for another.
                if let Some(digit) = bytes.iter().skip(at).position(u8::is_ascii_digit) {
                    let number = rng.pick(&["0", "-1", "999999999999999999", "1.5", "1e9", "0x10"]);
                    bytes.splice(at + digit..=at + digit, number.bytes());
                }
            }
            _ => {
                let word = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').nth(rng.below(300));
                bytes.splice(at..at, word.unwrap_or("x").bytes());
            }
        }
    }
    bytes
}

/// Whether anything was refused; what was refused must have a place.
fn located(name: &str, bytes: &[u8], sources: &Sources, diagnostics: Diagnostics) -> bool {
    let errors: Vec<_> =
        diagnostics.into_sorted().into_iter().filter(|d| d.severity == Severity::Error).collect();
    if !errors.is_empty() && errors.iter().all(|d| sources.place(d.span).is_none()) {
        panic!("{name}: {} has no place:\n{}", errors[0].code, String::from_utf8_lossy(bytes));
    }
    !errors.is_empty()
}

fn rules(files: &Files<'_>, name: &str, bytes: Vec<u8>) -> bool {
    let mut files = files.clone();
    files.insert(name.to_owned(), Cow::Owned(bytes.clone()));
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let raw = load(&mut sources, "s", &files, &mut diagnostics);
    drop(compile(&raw, &common::request(), &mut diagnostics));
    located(name, &bytes, &sources, diagnostics)
}

fn dossier(edition: &Edition, name: &str, bytes: &[u8], notation: Notation) -> bool {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let node = read(&mut sources, name, bytes, notation, &Limits::DOSSIER, &mut diagnostics);
    let raw: Option<DossierFile> = node.and_then(|n| shape::read(&n, &mut diagnostics));
    if let Some(dossier) = raw.and_then(|raw| dossier::read(&raw, edition, &mut diagnostics)) {
        dossier::check_consistency(&dossier, edition, &mut diagnostics);
        if !diagnostics.has_errors() {
            drop(guiju::eval::evaluate(edition, &dossier, dossier.default_view()));
        }
    }
    located(name, bytes, &sources, diagnostics)
}

fn many(name: &str, times: usize, mut one: impl FnMut(&mut Rng) -> bool) {
    let rng = &mut Rng(24);
    let (mut refused, mut slowest) = (0, Duration::ZERO);
    for _ in 0..times {
        let start = Instant::now();
        refused += usize::from(one(rng));
        slowest = slowest.max(start.elapsed());
    }
    assert!(slowest < Duration::from_secs(20), "{name}: one file took {slowest:?}");
    assert!(refused * 3 > times, "{name}: only {refused} of {times} were refused");
    println!("{name}: {refused} of {times} refused");
}

#[test]
fn broken_rules() {
    let files = common::files(&common::tiny());
    let texts: Vec<(String, String)> = files
        .iter()
        .filter(|(name, _)| !name.starts_with("cases") && !name.starts_with("examples"))
        .map(|(name, bytes)| (name.clone(), String::from_utf8(bytes.to_vec()).unwrap()))
        .collect();
    many("rules", 4_000, |rng| {
        let (name, text) = rng.pick(&texts);
        let bytes = mutated(rng, text);
        rules(&files, name, bytes)
    });
}

#[test]
fn broken_files_of_the_shipped_standard() {
    let files = common::files(&common::shipped());
    let texts: Vec<(String, String)> = files
        .iter()
        .filter(|(name, _)| !name.starts_with("cases") && !name.starts_with("examples"))
        .map(|(name, bytes)| (name.clone(), String::from_utf8(bytes.to_vec()).unwrap()))
        .collect();
    // Each file by itself: what it names is elsewhere, but nothing else of it may be misread.
    many("files", 3_000, |rng| {
        let (name, text) = rng.pick(&texts);
        let bytes = mutated(rng, text);
        let only = Files::from([(name.clone(), Cow::Owned(bytes.clone()))]);
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        drop(load(&mut sources, "s", &only, &mut diagnostics));
        located(name, &bytes, &sources, diagnostics)
    });
}

#[test]
fn broken_dossiers() {
    let edition = common::edition(&common::shipped(), &mut Sources::default());
    let folder = common::root().join(common::shipped()).join("examples");
    let mut texts: Vec<(Notation, String)> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let value: serde_json::Value = toml::from_str(&text).unwrap();
        texts.push((Notation::Json, serde_json::to_string_pretty(&value).unwrap()));
        texts.push((Notation::Toml, text));
    }
    texts.sort_by(|a, b| a.1.cmp(&b.1));
    many("dossiers", 3_000, |rng| {
        let (notation, text) = rng.pick(&texts);
        let bytes = mutated(rng, text);
        dossier(&edition, "dossier", &bytes, *notation)
    });
}
