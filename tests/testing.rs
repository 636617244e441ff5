//! Promise: `guiju test` sets what was expected beside what came out, says what covers what, and writes whole files.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::path::Path;
use std::process::{Command, Output};

const CLUB: &str = "tests/mutation/standards";

fn guiju(standards: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    command.current_dir(common::root()).arg("test").args(["--lang", "zh", "--standards", standards]);
    command.args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A copy of the reading club with its cases changed.
fn changed(folder: &Path, change: impl Fn(String) -> String) -> String {
    let club = Path::new("tests/mutation/standards/reading-club");
    for (name, bytes) in common::files(club) {
        let path = folder.join("reading-club").join(&name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = String::from_utf8(bytes.into_owned()).unwrap();
        let text = if name.starts_with("cases/") { change(text) } else { text };
        std::fs::write(path, text).unwrap();
    }
    folder.to_string_lossy().into_owned()
}

#[test]
fn a_failed_case_shows_expected_beside_actual() {
    let folder = tempfile::tempdir().unwrap();
    let standards = changed(folder.path(), |text| {
        text.replace("not-met = [\"20 人\"]", "met = [\"20 人\"]").replace("met = [\"19 人\"]\nmet", "met")
    });
    let output = guiju(&standards, &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    let line = text.lines().find(|l| l.starts_with('✗')).unwrap();
    for word in ["2.1#few", "满足", "不满足", "2 级，初次", "club.members=20 人"] {
        assert!(line.contains(word), "{word}: {line}");
    }
    let json = guiju(&standards, &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&said(&json)).unwrap();
    assert_eq!(json["failed"], 1);
    assert_eq!(json["failures"][0]["expected"]["verdict"], "met");
    assert_eq!(json["failures"][0]["actual"]["verdict"], "not-met");
}

#[test]
fn verbose_lists_every_variation() {
    let output = guiju(CLUB, &["-v"]);
    assert_eq!(output.status.code(), Some(0));
    let text = said(&output);
    let json: serde_json::Value = serde_json::from_str(&said(&guiju(CLUB, &["--format", "json"]))).unwrap();
    let tried = usize::try_from(json["tried"].as_u64().unwrap()).unwrap();
    assert_eq!(text.lines().filter(|l| l.starts_with('✓')).count(), tried);
}

#[test]
fn coverage_says_what_covers_each_side_and_why_a_side_needs_nothing() {
    let text = said(&guiju(CLUB, &["--coverage"]));
    assert!(text.contains("1.1#year\n  ✓ 恰在界上"), "{text}");
    assert!(text.contains("自动生成"), "{text}");
    assert!(text.contains("内容相同，见 1.2#template"), "{text}");
    assert!(text.contains("· 声明为无") && text.contains("推算的证据项不能声明为无"), "{text}");
    // A side that is not covered is named, with the reason.
    let folder = tempfile::tempdir().unwrap();
    let standards = changed(folder.path(), |text| text.replacen("absent = \"not-met\"\n", "", 1));
    let output = guiju(&standards, &["--coverage"]);
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    let after = text.split_once("1.1#members\n").unwrap().1;
    let own = after.split_once("1.1#year").unwrap().0;
    assert!(own.contains("✗ 声明为无") && own.contains("没有用例试过"), "{own}");
    let json: serde_json::Value =
        serde_json::from_str(&said(&guiju(&standards, &["--coverage", "--format", "json"]))).unwrap();
    let members = json["coverage"].as_array().unwrap().iter().find(|c| c["of"] == "1.1#members").unwrap();
    let absent = members["sides"].as_array().unwrap().iter().find(|s| s["side"] == "known-absent").unwrap();
    assert_eq!(absent["uncovered"], true);
}

#[test]
fn junit_is_the_same_to_the_byte_and_counts_everything() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = ["a.xml", "b.xml"].iter().map(|n| folder.path().join(n)).collect();
    for path in &paths {
        let output = guiju(CLUB, &["--junit", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0));
    }
    let texts: Vec<String> = paths.iter().map(|p| std::fs::read_to_string(p).unwrap()).collect();
    assert_eq!(texts[0], texts[1]);
    let json: serde_json::Value = serde_json::from_str(&said(&guiju(CLUB, &["--format", "json"]))).unwrap();
    assert!(
        texts[0].contains(&format!("tests=\"{}\" skipped=\"0\" failures=\"0\"", json["tried"])),
        "{}",
        &texts[0][..300]
    );
    assert!(!texts[0].contains("time=") && !texts[0].contains("timestamp="));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    let nowhere = folder.path().join("missing/c.xml");
    assert_eq!(guiju(CLUB, &["--junit", nowhere.to_str().unwrap()]).status.code(), Some(2));
}

#[test]
fn mutation_writes_the_cases_that_are_missing_and_overwrites_nothing() {
    assert_eq!(guiju(CLUB, &["--mutate"]).status.code(), Some(0));
    let folder = tempfile::tempdir().unwrap();
    let standards = changed(folder.path(), |text| {
        let (before, after) = text.split_once("[[case]]\ncheck = \"2.2#insured\"").unwrap();
        format!("{before}{}", after.split_once("expect = \"not-applicable\"\n").unwrap().1)
    });
    let cases = folder.path().join("reading-club/cases");
    let args = ["--mutate", "--clause", "2.2", "--write", cases.to_str().unwrap()];
    let output = guiju(&standards, &args);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let written = cases.join("reading-club-2.2.toml");
    let before = std::fs::read_to_string(&written).unwrap();
    assert!(before.contains("club.public = false"), "{before}");
    // The case that was written is a case of the standard now, and kills.
    assert_eq!(guiju(&standards, &["--mutate"]).status.code(), Some(0));
    std::fs::remove_file(cases.join("reading-club-2.2.toml")).unwrap();
    std::fs::write(&written, "# mine\n").unwrap();
    assert_eq!(guiju(&standards, &args).status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(&written).unwrap(), "# mine\n");
    assert_eq!(guiju(CLUB, &["--mutate", "--clause", "9.9"]).status.code(), Some(2));
}
