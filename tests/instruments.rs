//! Promise: the instrument that `diff A B` writes gives B when it is laid over A, or says what it does not give and why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use guiju::analysis::diff::{Asked, NoteKind, Side, diff, written};
use guiju::diag::Diagnostics;
use guiju::edition::{Request, compile, rules};
use guiju::format::FileKind;
use guiju::load::{load, overlay};
use guiju::source::Sources;
use serde_json::Value as Json;

/// Exit status, standard output, standard error.
fn guiju(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    let output = command.current_dir(folder).args(args).args(["--lang", "en"]).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn compared(folder: &Path, before: &str, after: &str) -> Json {
    let (status, out, err) = guiju(folder, &["diff", before, after, "--format", "json"]);
    assert_eq!(status, 0, "{before} {after}: {err}");
    serde_json::from_str(&out).unwrap()
}

/// The names of the elements that differ.
fn changed(found: &Json) -> Vec<String> {
    found["changes"].as_array().unwrap().iter().map(|c| c["at"].as_str().unwrap().to_owned()).collect()
}

/// Writes the instrument of a pair and lays it over the first side; whether that gives the second.
fn applied(folder: &Path, before: &str, after: &str) -> bool {
    let found = compared(folder, before, after);
    let told = &found["instrument"];
    let args = ["diff", before, after, "--format", "toml", "-o", "x.toml"];
    let (status, _, err) = guiju(folder, &args);
    assert_eq!(status, 0, "{before} {after}: {err}");
    let text = fs::read_to_string(folder.join("x.toml")).unwrap();
    let effective = told["effective"].as_str().unwrap();
    assert!(text.contains(&format!("effective = \"{effective}\"")), "{text}");
    let region = before.split(',').find(|term| term.starts_with('x'));
    let there = region.map(|r| format!("{r},")).unwrap_or_default() + effective + ",x.toml";
    let notes = told["notes"].as_array().unwrap();
    let kinds: Vec<&str> = notes.iter().map(|n| n["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.is_empty(), told["exact"].as_bool().unwrap());
    // What is said of it stands in the file, on standard error and in the text.
    assert_eq!(text.lines().filter(|l| l.starts_with("# ")).count(), notes.len());
    assert_eq!(err.matches("warning[inexact-instrument]").count(), notes.len(), "{err}");
    let shown = guiju(folder, &["diff", before, after]).1;
    assert_eq!(
        shown.contains("As an instrument"),
        !notes.is_empty() && !changed(&found).is_empty(),
        "{shown}"
    );
    if kinds.contains(&"refused") {
        let (status, _, err) = guiju(folder, &["diff", &there, after]);
        assert_eq!(status, 2, "{before} {after}");
        for note in notes {
            assert!(err.contains(&format!("error[{}]", note["code"].as_str().unwrap())), "{err}");
        }
        return false;
    }
    let rest = compared(folder, &there, after);
    let same = rest["before"]["digest"] == rest["after"]["digest"];
    if kinds.is_empty() {
        assert!(changed(&rest).is_empty() && same, "{before} {after}: {rest}");
        return true;
    }
    assert_eq!(kinds, ["number-kept"], "{before} {after}");
    let left: Vec<&str> = notes[0]["at"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
    assert_eq!(changed(&rest), left, "{before} {after}");
    assert_eq!(rest["effect"], "same", "a number asks nothing");
    false
}

#[test]
fn every_pair_of_shipped_editions() {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let raw = load(&mut sources, "standard", &common::files(&common::shipped()), &mut diagnostics);
    let (mut exact, mut tried) = (0, 0);
    // An instrument takes effect on each of these days, or has expired.
    for date in ["2026-06-01", "2026-07-01", "2027-01-01"] {
        let on = common::date(date);
        let asked = [None, Some("xa"), Some("xb"), Some("xa-port")]
            .map(|region| Request { region: region.map(str::to_owned), ..Request::of(on, on) });
        let compiled = asked
            .each_ref()
            .map(|r| (compile(&raw, r, &mut Diagnostics::default()).unwrap(), rules(&raw, r).unwrap()));
        let sides = compiled.each_ref().map(|(edition, rules)| Side { edition, rules });
        for (before, request) in sides.iter().zip(&asked) {
            for after in sides {
                let found = diff(*before, after);
                let told = written(&found, Asked { raw: &raw, request }, *before, after, &mut sources);
                let pair =
                    format!("{date} {:?} {:?} {:?}", request.region, after.edition.region, told.out.notes);
                tried += 1;
                exact += usize::from(told.out.exact);
                assert_eq!(told.out.exact, told.out.notes.is_empty(), "{pair}");
                assert!(told.out.exact || (request.region.is_some() && !found.changes.is_empty()), "{pair}");
                // Laid over the first edition from its text alone.
                let mut with = raw.clone();
                let text = told.text.unwrap();
                let mut draft = overlay(&mut sources, "x.toml", FileKind::Amendment, None, text.as_bytes());
                draft.named = true;
                with.overlays.push(draft);
                let on = common::date(&told.out.effective);
                let request = Request { applied_on: on, assessed_on: on, ..request.clone() };
                let mut diagnostics = Diagnostics::default();
                let edition = compile(&with, &request, &mut diagnostics);
                assert_eq!(
                    edition.is_none(),
                    told.out.notes.iter().any(|n| n.kind == NoteKind::Refused),
                    "{pair}"
                );
                let same = edition.is_some_and(|e| e.digest == after.edition.digest);
                assert_eq!(same, told.out.exact, "{pair}");
            }
        }
    }
    assert!(tried == 48 && exact >= 27, "{exact} of {tried}");
}

#[test]
fn over_time_within_a_region() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (before, after, exact) in [
        ("xa-port,2027-01-01", "xa-port,2026-12-31", true),
        ("xa,2026-06-01", "2026-06-01", false),
        ("xa,2026-06-01", "xb,2026-06-01", false),
    ] {
        assert_eq!(applied(folder, before, after), exact, "{before} {after}");
    }
}

#[test]
fn letterheads_come_go_and_change() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let words = "{ zh = \"甲\", en = \"A\" }";
    let draft = |name: &str, operation: &str| {
        let text = format!(
            "id = \"{name}\"\ntitle = {words}\nissuer = {words}\ncitation = {words}\nstatus = \"draft\"\n\
             effective = \"2026-05-01\"\n{operation}\nreason = {words}\n"
        );
        fs::write(folder.join(format!("{name}.toml")), text).unwrap();
    };
    let head =
        |text: &str| format!("[[insert]]\ntemplate = {{ name = \"letterhead.md.j2\", text = \"{text}\" }}");
    draft("one", &head("first line"));
    draft("two", &head("second line"));
    let template = "template:letterhead.md.j2";
    for (before, after, kind) in [
        ("2026-06-01", "2026-06-01,one.toml", "added"),
        ("2026-06-01,one.toml", "2026-06-01", "withdrawn"),
        ("2026-06-01,one.toml", "2026-06-01,two.toml", "reworded"),
    ] {
        let found = compared(folder, before, after);
        assert_eq!(changed(&found), [template], "{before} {after}");
        assert_eq!(found["changes"][0]["kind"], kind);
        assert_eq!(
            (found["effect"].as_str(), found["instrument"]["exact"].as_bool()),
            (Some("same"), Some(true))
        );
        for form in ["text", "markdown", "html"] {
            let (_, out, _) = guiju(folder, &["diff", before, after, "--format", form]);
            assert!(out.contains("letterhead of reports") && out.contains(kind), "{out}");
            assert_eq!(out.contains("first line"), before.contains("one") || after.contains("one"), "{out}");
        }
        guiju(folder, &["diff", before, after, "--format", "toml", "-o", "x.toml"]);
        let rest = compared(folder, &format!("{before},x.toml"), after);
        assert!(changed(&rest).is_empty(), "{rest}");
    }
}

#[test]
fn what_changes_through_a_declaration_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let words = "{ zh = \"甲\", en = \"A\" }";
    let text = format!(
        "id = \"d\"\ntitle = {words}\nissuer = {words}\ncitation = {words}\nstatus = \"draft\"\n\
         effective = \"2026-05-01\"\n[[replace]]\nat = \"due:first-supervision\"\n\
         was = {{ above-level = 1 }}\nnow = {{ above-level = 2 }}\nreason = {words}\n"
    );
    fs::write(folder.join("d.toml"), text).unwrap();
    let (status, out, err) = guiju(folder, &["diff", "2026-06-01", "2026-06-01,d.toml"]);
    assert_eq!(status, 0, "{err}");
    let row = out.split("\n\n").find(|row| row.contains("6.2.6#signed")).unwrap();
    for line in [
        "- due:first-supervision due above level: 1",
        "+ due:first-supervision due above level: 2",
        "through due:first-supervision",
        "d: A",
    ] {
        assert!(row.lines().any(|l| l.trim() == line), "{line}: {row}");
    }
    // Nowhere do both sides read the same.
    for row in out.split("\n\n") {
        let lines =
            |mark: &str| row.lines().filter_map(|l| l.trim_start().strip_prefix(mark)).collect::<Vec<_>>();
        assert!(lines("- ").is_empty() || lines("- ") != lines("+ "), "{row}");
    }
    assert!(out.contains("due:first-supervision  the first annual supervision"), "{out}");
}
