//! Promise: `lint` finds what is doubtful, and only that. Each folder of `tests/lint` is named after a code; each
//! file in it changes a standard that is in order: `finding*` makes one finding of the code, `near*` makes none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use guiju::analysis::lint::{Lint, lint};
use guiju::diag::sarif::{Log, sarif};
use guiju::diag::{Code, Diagnostics, Printer, json_line};
use guiju::edition::{compile, rules};
use guiju::lang::Lang;
use guiju::load::{Files, load};
use guiju::source::Sources;
use serde_json::Value as Json;
use toml::Table;

fn base() -> PathBuf {
    PathBuf::from("tests/lint/base")
}

/// The standard in order with the changes of one file.
fn changed(path: &Path) -> Files<'static> {
    let case: Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let mut files = common::files(&base());
    for change in case["change"].as_array().unwrap() {
        let (file, field) = (change["file"].as_str().unwrap(), |name: &str| change.get(name)?.as_str());
        let old = files.get(file).map(|b| String::from_utf8_lossy(b).into_owned()).unwrap_or_default();
        let new = match (field("append"), field("from").zip(field("to"))) {
            (Some(more), None) => old + more,
            (None, Some((from, to))) => {
                assert_eq!(old.matches(from).count(), 1, "{}: {from}", path.display());
                old.replace(from, to)
            }
            _ => panic!("{}: append, or from and to", path.display()),
        };
        files.insert(file.to_owned(), Cow::Owned(new.into_bytes()));
    }
    files
}

/// What is found in files that must be valid.
fn found(files: &Files<'_>, sources: &mut Sources) -> Lint {
    let mut diagnostics = Diagnostics::default();
    let raw = load(sources, "tea-house", files, &mut diagnostics);
    let edition = compile(&raw, &common::request(), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}", common::printed(sources, diagnostics));
    let written = rules(&raw, &common::request());
    lint(written.as_ref().unwrap_or(&raw), edition.as_ref(), common::date("2026-04-20"))
}

fn log(sources: &Sources, lint: &Lint, lang: Lang) -> Json {
    sarif(&Log { sources, found: &lint.found, allowed: &lint.allowed, lang, root: "" })
}

fn validate(log: &Json, name: &str) {
    let text = std::fs::read_to_string(common::root().join("tests/lint/sarif-schema-2.1.0.json")).unwrap();
    // The published pattern holds a lone bracket, which is a literal one.
    let text = text.replace("{2}]?$", "{2}\\\\]?$");
    let validator = jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(log).map(|e| format!("{}: {e:.200}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{name}: {}", faults.join("\n"));
}

fn cases() -> Vec<(Code, PathBuf)> {
    let mut cases = Vec::new();
    for folder in std::fs::read_dir(common::root().join("tests/lint")).unwrap() {
        let folder = folder.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        if !folder.is_dir() || name == "base" {
            continue;
        }
        let code = Code::find(&name).unwrap_or_else(|| panic!("{name} is no code"));
        cases.extend(std::fs::read_dir(folder).unwrap().map(|f| (code, f.unwrap().path())));
    }
    cases.sort();
    cases
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn a_standard_in_order_has_no_findings() {
    let lint = found(&common::files(&base()), &mut Sources::default());
    assert!(lint.found.is_empty() && lint.allowed.is_empty());
}

#[test]
fn each_code_is_found_and_what_comes_near_is_not() {
    let mut covered: BTreeSet<(Code, bool)> = BTreeSet::new();
    let mut faults = Vec::new();
    for (code, path) in cases() {
        let (name, mut sources) = (stem(&path), Sources::default());
        let lint = found(&changed(&path), &mut sources);
        let shown = || {
            let printer = Printer::new(&sources, Lang::En, false);
            lint.found.iter().map(|d| printer.print(d)).collect::<Vec<_>>().join("\n\n")
        };
        covered.insert((code, name.starts_with("finding")));
        if name.starts_with("near") {
            if !lint.found.is_empty() {
                faults.push(format!("{}:\n{}", path.display(), shown()));
            }
            continue;
        }
        let codes: Vec<Code> = lint.found.iter().map(|d| d.code).collect();
        if codes != [code] {
            faults.push(format!("{}:\n{}", path.display(), shown()));
            continue;
        }
        let log = log(&sources, &lint, Lang::En);
        validate(&log, &name);
        let result = serde_json::to_string_pretty(&log["runs"][0]["results"][0]).unwrap();
        let printed = |lang| Printer::new(&sources, lang, false).print(&lint.found[0]);
        let json = json_line(&sources, &lint.found[0], Lang::Zh);
        let text = format!("{}\n\n{}\n\n{json}\n\n{result}", printed(Lang::Zh), printed(Lang::En));
        common::snapshot("lint", &format!("{code}-{name}"), &text);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    let codes = Code::ALL.iter().filter(|c| c.is_doubt());
    for code in codes.chain([&Code::AllowUnmatched, &Code::AllowExpired]) {
        for finding in [true, false] {
            assert!(covered.contains(&(*code, finding)), "{code}: no case with finding = {finding}");
        }
    }
}

#[test]
fn the_shipped_standards_have_no_findings_and_lint_is_quick() {
    for standard in common::standards() {
        let mut sources = Sources::default();
        let files = common::files(&standard);
        let mut diagnostics = Diagnostics::default();
        let raw = load(&mut sources, "standard", &files, &mut diagnostics);
        let edition = compile(&raw, &common::request(), &mut diagnostics);
        let start = Instant::now();
        let lint = lint(&raw, edition.as_ref(), common::date("2026-04-20"));
        let took = start.elapsed().as_secs_f64();
        diagnostics.extend(lint.found.iter().cloned());
        assert!(diagnostics.is_empty(), "{}", common::printed(&sources, diagnostics));
        // Without optimisation, on a machine that does other things besides.
        assert!(took < 5.0, "{}: {took} s", standard.display());
        for lang in [Lang::Zh, Lang::En] {
            validate(&log(&sources, &lint, lang), "shipped");
        }
    }
}

#[test]
fn what_may_stay_has_no_part_in_the_digest() {
    let mut files = common::files(&common::shipped());
    let digest = common::edition_of(&files, &mut Sources::default()).unwrap().digest;
    files.remove("lint.toml").expect("the shipped standard allows something");
    assert_eq!(common::edition_of(&files, &mut Sources::default()).unwrap().digest, digest);
}

#[test]
fn allowances_are_read_with_care() {
    let mut files = common::files(&base());
    let text = "[[allow]]\ncode = \"unused-evidenc\"\nat = []\nreason = { zh = \" \", en = \"x\" }\nuntil = \"2026-02-30\"\n";
    files.insert("lint.toml".to_owned(), Cow::Borrowed(text.as_bytes()));
    let lint = found(&files, &mut Sources::default());
    let codes: BTreeSet<Code> = lint.found.iter().map(|d| d.code).collect();
    assert_eq!(
        codes,
        BTreeSet::from([Code::UnknownName, Code::EmptyText, Code::MissingField, Code::BadDate])
    );
}

#[test]
fn an_allowance_names_one_place_or_both() {
    let case = common::root().join("tests/lint/similar-keys/finding-order.toml");
    for (at, allowed) in [
        ("\"evidence:staff.plan-training\"", true),
        ("\"evidence:staff.training-plan\"", true),
        ("\"evidence:staff.plan-training\", \"evidence:staff.training-plan\"", true),
        ("\"evidence:staff.plan-training\", \"evidence:staff.hosts\"", false),
    ] {
        let mut files = changed(&case);
        let text = format!(
            "[[allow]]\ncode = \"similar-keys\"\nat = [{at}]\nreason = {{ zh = \"二者不同\", en = \"They differ\" }}\n"
        );
        files.insert("lint.toml".to_owned(), Cow::Owned(text.into_bytes()));
        let lint = found(&files, &mut Sources::default());
        let codes: Vec<Code> = lint.found.iter().map(|d| d.code).collect();
        assert_eq!((codes.is_empty(), lint.allowed.len()), (allowed, usize::from(allowed)), "{at}");
    }
}

#[test]
fn every_code_is_explained_in_both_languages() {
    for code in Code::ALL {
        let text = guiju::diag::explain::paragraph(*code);
        let title = code.title();
        assert!(text.zh.starts_with(&format!("**{}。**", title.zh)), "{code}: {}", text.zh);
        assert!(text.en.to_lowercase().starts_with(&format!("*{}.*", title.en).to_lowercase()), "{code}");
    }
}

fn guiju(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    for name in ["LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"] {
        command.env_remove(name);
    }
    command.current_dir(common::root()).args(args).output().unwrap()
}

/// A standard with one finding, as files.
fn doubtful() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in changed(&common::root().join("tests/lint/threshold-falls/finding.toml")) {
        let path = folder.path().join("tea house").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

#[test]
fn the_exit_status_tells_findings_from_errors() {
    let folder = doubtful();
    let place = folder.path().join("tea house").to_string_lossy().into_owned();
    let run = |more: &[&str]| {
        let output = guiju(&[&["lint", "--standards", &place], more].concat());
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(guiju(&["lint"]).status.code(), Some(0));
    assert_eq!(run(&[]).0, 1);
    assert_eq!(run(&["--deny", "level-gap"]).0, 1);
    for word in ["threshold-falls", "warnings", "WARNINGS"] {
        let (status, out) = run(&["--deny", word, "--format", "sarif"]);
        let log: Json = serde_json::from_str(&out).unwrap();
        assert_eq!((status, &log["runs"][0]["results"][0]["level"]), (2, &Json::from("error")), "{word}");
    }
    assert_eq!(run(&["--deny", "threshold-fall"]).0, 2, "a misspelt code is no silent nothing");
    std::fs::write(Path::new(&place).join("units.toml"), "x").unwrap();
    assert_eq!(run(&[]).0, 2);
}

#[test]
fn sarif_is_the_same_every_time_and_names_files_relative_to_the_folder() {
    let folder = doubtful();
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
        let root = folder.path().canonicalize().unwrap();
        let place = root.join("tea house");
        command.current_dir(&root).args(["lint", "--format", "sarif", "--lang", "en", "--standards"]);
        String::from_utf8(command.arg(place).output().unwrap().stdout).unwrap()
    };
    let text = run();
    assert_eq!(text, run());
    let log: Json = serde_json::from_str(&text).unwrap();
    validate(&log, "command");
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "tea%20house/chapters/house.toml");
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    common::snapshot("lint", "sarif-rule", &serde_json::to_string_pretty(rule).unwrap());
}

#[test]
fn codes_are_explained_on_the_command_line() {
    for lang in ["zh", "en"] {
        let output = guiju(&["lint", "--explain", "mixed-units", "--lang", lang]);
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            text.starts_with("mixed-units") && !text.contains('*') && text.contains("300 万元"),
            "{text}"
        );
    }
    assert_eq!(guiju(&["lint", "--explain", "mixed-unit"]).status.code(), Some(2));
}
