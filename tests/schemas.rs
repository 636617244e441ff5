//! Promise: the schemas are those of the types, every file follows the schema that its first line names, and
//! an editor that knows the schema refuses what the program refuses for its shape.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::random::Rng;
use guiju::diag::Diagnostics;
use guiju::format::case::CaseFile;
use guiju::format::chapter::ChapterFile;
use guiju::format::check::OPERATORS;
use guiju::format::dossier::DossierFile;
use guiju::format::evidence::EvidenceFile;
use guiju::format::interpretation::InterpretationFile;
use guiju::format::lint::LintFile;
use guiju::format::overlay::OverlayFile;
use guiju::format::shape;
use guiju::format::standard::StandardFile;
use guiju::format::units::UnitsFile;
use guiju::report::schema;
use guiju::source::Sources;
use guiju::syntax::{Limits, Notation, read};
use jsonschema::Validator;
use serde_json::Value as Json;

/// All TOML files of all standards with their text.
fn all_files() -> Vec<(PathBuf, String)> {
    let mut all = Vec::new();
    for standard in common::standards() {
        for (name, bytes) in common::files(&standard) {
            let text = String::from_utf8(bytes.into_owned()).unwrap();
            all.push((common::root().join(&standard).join(name), text));
        }
    }
    all
}

/// The schema that the first line of a file names.
fn schema_path(file: &Path, text: &str) -> PathBuf {
    let first = text.lines().next().unwrap();
    let relative =
        first.strip_prefix("#:schema ").unwrap_or_else(|| panic!("{} names no schema", file.display()));
    let path = file.parent().unwrap().join(relative);
    path.canonicalize().unwrap_or_else(|_| panic!("{}: {relative} leads nowhere", file.display()))
}

fn validator(path: &Path) -> Validator {
    jsonschema::validator_for(&serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()).unwrap()
}

#[test]
fn schemas_are_those_of_the_types() {
    let mut schemas = schema::general();
    schemas.push(schema::of_dossier(&common::edition(&common::shipped(), &mut Sources::default())));
    let mut names: Vec<String> = schemas.iter().map(|(name, _)| name.clone()).collect();
    names.sort();
    let mut files: Vec<String> = fs::read_dir(common::root().join("schemas"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, names);
    for (name, schema) in schemas {
        let text = fs::read_to_string(common::root().join("schemas").join(&name)).unwrap();
        let written: Json = serde_json::from_str(&text).unwrap();
        assert!(written == schema, "{name} is out of date: run `guiju schema --write schemas`");
    }
}

#[test]
fn every_file_follows_the_schema_it_names() {
    for (file, text) in all_files() {
        let value: Json = toml::from_str(&text).unwrap();
        let validator = validator(&schema_path(&file, &text));
        let faults: Vec<String> =
            validator.iter_errors(&value).map(|e| format!("{}: {e:.200}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{}:\n{}", file.display(), faults.join("\n"));
    }
}

const LATER: [&str; 7] = ["where", "when", "has", "facts", "record", "was", "now"];

/// Whether the program accepts the shape of a file of a kind.
fn accepted(kind: &str, value: &Json) -> bool {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let text = value.to_string();
    let node =
        read(&mut sources, "a.json", text.as_bytes(), Notation::Json, &Limits::RULES, &mut diagnostics);
    let Some(node) = node else { return false };
    match kind {
        "case" => drop(shape::read::<CaseFile>(&node, &mut diagnostics)),
        "chapter" => drop(shape::read::<ChapterFile>(&node, &mut diagnostics)),
        "dossier" => drop(shape::read::<DossierFile>(&node, &mut diagnostics)),
        "evidence" => drop(shape::read::<EvidenceFile>(&node, &mut diagnostics)),
        "interpretation" => drop(shape::read::<InterpretationFile>(&node, &mut diagnostics)),
        "overlay" => drop(shape::read::<OverlayFile>(&node, &mut diagnostics)),
        "lint" => drop(shape::read::<LintFile>(&node, &mut diagnostics)),
        "standard" => drop(shape::read::<StandardFile>(&node, &mut diagnostics)),
        "units" => drop(shape::read::<UnitsFile>(&node, &mut diagnostics)),
        other => panic!("no such kind: {other}"),
    }
    !diagnostics.has_errors()
}

/// The places of a value, as pointers.
fn places(value: &Json, at: String, found: &mut Vec<String>) {
    match value {
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(i, v)| places(v, format!("{at}/{i}"), found))
        }
        Json::Object(map) => {
            for (key, v) in map {
                places(v, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        _ => {}
    }
    found.push(at);
}

/// Breaks a value in one place: a word that does not exist, a word too few, or something of another kind.
fn broken(rng: &mut Rng, value: &Json, places: &[String]) -> (String, Json) {
    let mut value = value.clone();
    let place = &places[rng.below(places.len())];
    let found = value.pointer_mut(place).unwrap();
    let what = match (rng.below(3), &mut *found) {
        (0, Json::Object(map)) => {
            map.insert("no-such-word".to_owned(), Json::Bool(true));
            "a word too many".to_owned()
        }
        (1, Json::Object(map)) if !map.is_empty() => {
            let key = map.keys().nth(rng.below(map.len())).unwrap().clone();
            map.remove(&key);
            format!("without {key}")
        }
        _ => {
            let other = [Json::Bool(true), 7.into(), "x".into(), Json::Array(vec![]), serde_json::json!({})];
            *found = other[rng.below(other.len())].clone();
            format!("{found} instead")
        }
    };
    (format!("{place}: {what}"), value)
}

#[test]
fn schema_and_program_refuse_the_same_shapes() {
    let rng = &mut Rng(20);
    let (mut refused, mut lax) = (0, Vec::new());
    for (file, text) in all_files() {
        let schema = schema_path(&file, &text);
        let kind = schema.file_name().unwrap().to_string_lossy().split('.').next().unwrap().to_owned();
        let general = schema.with_file_name(format!("{kind}.schema.json"));
        let validator = validator(&general);
        let value: Json = toml::from_str(&text).unwrap();
        assert!(accepted(&kind, &value) && validator.is_valid(&value), "{}", file.display());
        let mut all = Vec::new();
        places(&value, String::new(), &mut all);
        for _ in 0..40 {
            let (what, value) = broken(rng, &value, &all);
            let (program, schema) = (accepted(&kind, &value), validator.is_valid(&value));
            refused += usize::from(!program);
            // Conditions, operands and facts have no fixed shape: the program reads them against the dictionary.
            let later = what.split(['/', ':']).any(|w| LATER.contains(&w) || OPERATORS.contains(&w))
                || kind == "dossier"
                    && ["/category:", "/record:"].iter().any(|facts| what.starts_with(facts));
            if program != schema && !(program && later) {
                lax.push(format!("{} {what}: program {program}, schema {schema}", file.display()));
            }
        }
    }
    assert!(refused > 500, "only {refused} were refused");
    assert!(lax.is_empty(), "{} of {refused}:\n{}", lax.len(), lax.join("\n"));
}
