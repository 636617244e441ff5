//! Promise: bad input fails well: code, place, words, and a suggestion, all faults at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::borrow::Cow;
use std::path::Path;

use guiju::diag::{Code, Diagnostics, Printer};
use guiju::edition::compile;
use guiju::lang::Lang;
use guiju::load::load;
use guiju::source::Sources;
use guiju::syntax::{Limits, Notation, read};

fn snapshot(name: &str, sources: &Sources, diagnostics: Diagnostics) {
    let list = diagnostics.into_sorted();
    assert!(!list.is_empty(), "{name}: nothing was reported");
    let zh = Printer::new(sources, Lang::Zh, false);
    let printed: Vec<String> = list.iter().map(|d| zh.print(d)).collect();
    let en: Vec<String> = list
        .iter()
        .map(|d| match &d.help {
            Some(help) => format!("{}: {} ({})", d.code, d.message.en, help.en),
            None => format!("{}: {}", d.code, d.message.en),
        })
        .collect();
    let text = format!("{}\n\n---\n{}", printed.join("\n\n"), en.join("\n"));
    common::snapshot("diagnostics", name, &text);
}

#[test]
fn bad_rules() {
    let folder = common::root().join("tests/bad/rules");
    for entry in sorted(&folder) {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        let mut files = common::files(&common::tiny());
        for (path, bytes) in common::files(Path::new("tests/bad/rules").join(&name).as_path()) {
            files.insert(path, Cow::Owned(bytes.into_owned()));
        }
        let mut sources = Sources::default();
        let mut diagnostics = Diagnostics::default();
        let raw = load(&mut sources, "library-badge", &files, &mut diagnostics);
        let edition = compile(&raw, &common::request(), &mut diagnostics);
        if diagnostics.has_errors() {
            assert!(
                edition.is_none() || raw.broken || name == "misplaced-file",
                "{name}: an edition in spite of errors"
            );
        }
        snapshot(&format!("rules-{name}"), &sources, diagnostics);
    }
}

#[test]
fn bad_overlays() {
    for entry in sorted(&common::root().join("tests/bad/overlays")) {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        let mut files = common::files(&common::tiny());
        let own = common::files(Path::new("tests/bad/overlays").join(&name).as_path());
        let regions = own.keys().filter_map(|path| path.strip_prefix("regions/")?.split_once('/'));
        let region = regions.map(|(code, _)| code.to_owned()).next();
        for (path, bytes) in own {
            files.insert(path, Cow::Owned(bytes.into_owned()));
        }
        let mut sources = Sources::default();
        let mut diagnostics = Diagnostics::default();
        let raw = load(&mut sources, "library-badge", &files, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{name}: faults of instruments count only where they take part");
        let before = guiju::edition::Request::of(common::date("2025-12-31"), common::date("2025-12-31"));
        let request = guiju::edition::Request { region, ..common::request() };
        let edition = compile(&raw, &request, &mut diagnostics);
        assert!(edition.is_none() || diagnostics.has_errors(), "{name}: was accepted");
        snapshot(&format!("overlay-{name}"), &sources, diagnostics);
        // The day before, and without the region, nothing is wrong; only files that cannot be read are refused always.
        let mut earlier = Diagnostics::default();
        let edition = compile(&raw, &before, &mut earlier);
        let always = ["shape", "unknown-field"].contains(&name.as_str());
        assert_eq!(edition.is_some() && !earlier.has_errors(), !always, "{name}");
    }
}

#[test]
fn bad_dossiers() {
    let mut sources = Sources::default();
    let edition = common::edition(&common::shipped(), &mut sources);
    let folder = common::root().join("tests/bad/dossiers");
    for path in sorted(&folder) {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        let notation = if file.ends_with(".json") { Notation::Json } else { Notation::Toml };
        let mut sources = Sources::default();
        let mut diagnostics = Diagnostics::default();
        let node = read(&mut sources, &file, &bytes, notation, &Limits::DOSSIER, &mut diagnostics);
        let raw = node.and_then(|n| guiju::format::shape::read(&n, &mut diagnostics));
        let dossier = raw.and_then(|raw| guiju::dossier::read(&raw, &edition, &mut diagnostics));
        if let Some(dossier) = &dossier {
            guiju::dossier::check_consistency(dossier, &edition, &mut diagnostics);
        }
        assert!(diagnostics.has_errors() || file == "category-not-applied-for.toml", "{file}: was accepted");
        snapshot(&format!("dossier-{stem}"), &sources, diagnostics);
    }
}

fn sorted(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn limits_hold_before_the_parser_recurses() {
    let mut bombs: Vec<(&str, String, Notation)> = vec![
        ("inline tables with long dotted keys", nested(60, 79), Notation::Toml),
        ("arrays", format!("a = {}{}", "[".repeat(50_000), "]".repeat(50_000)), Notation::Toml),
        ("unclosed arrays", format!("a = {}", "[".repeat(500_000)), Notation::Toml),
        ("a header of many parts", format!("[{}a]\n", "a.".repeat(20_000)), Notation::Toml),
        ("objects", format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000)), Notation::Json),
        ("unclosed JSON arrays", "[".repeat(500_000), Notation::Json),
    ];
    bombs.push((
        "strings do not hide depth",
        format!("a = \"\\\"\" \nb = {}", "[".repeat(9_000)),
        Notation::Toml,
    ));
    for (name, text, notation) in bombs {
        // The default stack of a spawned thread is what a careless caller would have.
        let codes = std::thread::Builder::new()
            .stack_size(256 * 1024)
            .spawn(move || {
                let mut sources = Sources::default();
                let mut diagnostics = Diagnostics::default();
                let node =
                    read(&mut sources, "bomb", text.as_bytes(), notation, &Limits::DOSSIER, &mut diagnostics);
                assert!(node.is_none());
                diagnostics.into_sorted().iter().map(|d| d.code).collect::<Vec<_>>()
            })
            .unwrap()
            .join()
            .unwrap_or_else(|_| panic!("{name}: the thread died"));
        assert_eq!(codes, [Code::TooDeep], "{name}");
    }
}

fn nested(levels: usize, parts: usize) -> String {
    let key = vec!["a"; parts].join(".");
    let mut text = String::new();
    for _ in 0..levels {
        text.push_str(&format!("{key} = {{ "));
    }
    text.push_str("b = 1");
    text.push_str(&" }".repeat(levels));
    text
}

#[test]
fn size_and_number_of_values_are_limited() {
    let limits = Limits { bytes: 1_000, depth: 32, values: 10 };
    let codes = |text: &str| {
        let mut sources = Sources::default();
        let mut diagnostics = Diagnostics::default();
        let node = read(&mut sources, "x.toml", text.as_bytes(), Notation::Toml, &limits, &mut diagnostics);
        assert!(node.is_none());
        diagnostics.into_sorted().iter().map(|d| d.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&"#".repeat(1_001)), [Code::FileTooLarge]);
    assert_eq!(codes("a = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]"), [Code::TooManyValues]);
}

#[test]
fn every_code_has_a_heading_in_the_documentation() {
    let read = |name: &str| std::fs::read_to_string(common::root().join("docs").join(name)).unwrap();
    let text = read("diagnostics.md") + &read("doubtful-rules.md");
    let headings: Vec<&str> =
        text.lines().filter_map(|l| l.strip_prefix("### `")?.strip_suffix('`')).collect();
    let codes: Vec<&str> = Code::ALL.iter().map(|c| c.id()).collect();
    assert_eq!(headings, codes, "headings of the documents and codes differ");
}
