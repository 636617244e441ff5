//! Promise: the commands that users type do what the documents say, with the exit status that they say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;

const PAIR: &str = "standards/t-cas-375-2019/examples/consulting-and-emergency.toml";
const INTERVAL: &str = "standards/t-cas-375-2019/examples/software-interval.toml";
const CONSULTANCY: &str = "standards/t-cas-375-2019/examples/consultancy-level-2.toml";

/// Runs the program in a folder; the language is fixed, so that the locale of the machine does not matter.
fn guiju_in(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    command.current_dir(folder).args(args);
    for name in ["LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

fn guiju(args: &[&str]) -> Output {
    guiju_in(&common::root(), args)
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("died: {}", stderr(output)))
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Json {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", stderr(output)))
}

fn snapshot(name: &str, text: &str) {
    common::snapshot("command", name, text);
}

/// The shipped standard in a folder of its own, to be edited.
fn copied() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("standards/t-cas-375-2019");
    for (name, bytes) in common::files(&common::shipped()) {
        let path = own.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    (folder, own)
}

#[test]
fn the_two_category_firm() {
    for lang in ["zh", "en"] {
        let output = guiju(&["evaluate", PAIR, "--lang", lang]);
        assert_eq!(status(&output), 0);
        snapshot(&format!("evaluate-{lang}"), &stdout(&output));
        let output = guiju(&["explain", PAIR, "6.4.7.c", "6.4.7.b", "--lang", lang]);
        assert_eq!(status(&output), 0);
        snapshot(&format!("explain-{lang}"), &stdout(&output));
    }
}

#[test]
fn the_standard_is_shown() {
    for name in ["6.4.7", "6.3.3", "6.4.1", "D.4.3", "projects", "projects.completed", "INT074"] {
        let output = guiju(&["show", name, "--on", "2026-04-20"]);
        assert_eq!(status(&output), 0, "{name}");
        snapshot(&format!("show-{name}"), &stdout(&output));
    }
    let all = json(&guiju(&["show", "--format", "json"]));
    assert_eq!(all["clauses"].as_array().unwrap().len(), 775);
    assert_eq!(status(&guiju(&["show", "6.3.99"])), 2);
}

#[test]
fn exit_statuses() {
    let region = ["--region", "gx"];
    for (expected, args) in [
        (0, vec!["evaluate", PAIR]),
        (1, vec!["evaluate", PAIR, "--target", "consulting=4"]),
        (3, vec!["evaluate", INTERVAL]),
        (2, vec!["evaluate", "no-such-file.toml"]),
        (2, vec!["evaluate", PAIR, "--set", "no.such.key=1"]),
        (2, vec!["evaluate", PAIR, "--target", "9"]),
        (2, vec!["evaluate", PAIR, INTERVAL, "no-such-file.toml"]),
        (3, vec!["evaluate", PAIR, INTERVAL]),
        (2, vec!["frobnicate"]),
        (2, vec!["evaluate"]),
        (0, vec!["--help"]),
        (0, vec!["lint"]),
        (0, vec!["schema", "--check", "schemas"]),
        (2, vec!["schema", "no-such-schema"]),
        (2, [&["evaluate", PAIR][..], &region].concat()),
    ] {
        let output = guiju(&args);
        assert_eq!(status(&output), expected, "{args:?}: {}", stderr(&output));
        if expected == 2 {
            assert!(output.stdout.is_empty() || args.len() > 3, "{args:?}: {}", stdout(&output));
            assert!(stderr(&output).contains("error["), "{args:?}: {}", stderr(&output));
        }
    }
}

#[test]
fn what_if() {
    let award = |args: &[&str]| {
        let all = [&["evaluate", CONSULTANCY, "--format", "json"], args].concat();
        json(&guiju(&all))["categories"][0]["award"].as_u64().unwrap()
    };
    assert_eq!(award(&[]), 2);
    assert_eq!(award(&["--set", "finance.registered-capital=299万元"]), 1);
    assert_eq!(award(&["--set", "finance.registered-capital=300 万元"]), 2);
    assert_eq!(award(&["--set", "finance.registered-capital=!"]), 0);
    assert_eq!(award(&["--target", "1"]), 1);
    let unknown =
        json(&guiju(&["evaluate", CONSULTANCY, "--format", "json", "--set", "finance.registered-capital=?"]));
    assert_eq!(unknown["categories"][0]["attained"], serde_json::json!({ "guaranteed": 0, "possible": 2 }));
    let own = json(&guiju(&["evaluate", PAIR, "--format", "json", "--view", "self"]));
    assert_eq!(own["view"], "self");
}

#[test]
fn an_edited_threshold_counts_at_once() {
    let (folder, own) = copied();
    let dossier = common::root().join(CONSULTANCY);
    let dossier = dossier.to_str().unwrap();
    let graded = || json(&guiju_in(folder.path(), &["evaluate", dossier, "--format", "json"]));
    let before = graded();
    assert_eq!(before["categories"][0]["award"], 2);
    let file = own.join("chapters/6-basic/level-2.toml");
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.matches("\"300 万元\"").count(), 1, "6.3.3 alone asks for 300 万元");
    fs::write(&file, text.replace("\"300 万元\"", "\"500 万元\"")).unwrap();
    let after = graded();
    assert_eq!(after["categories"][0]["award"], 1);
    assert_ne!(before["edition_digest"], after["edition_digest"]);
    assert_eq!(before["dossier_digest"], after["dossier_digest"]);
}

#[test]
fn cases_fail_when_a_threshold_moves() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("standards/library-badge");
    for (name, bytes) in common::files(&common::tiny()) {
        let path = own.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let test = || guiju_in(folder.path(), &["test"]);
    assert_eq!(status(&test()), 0, "{}", stderr(&test()));
    let file = own.join("chapters/room.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("above = \"10 座\"", "above = \"11 座\"")).unwrap();
    let output = test();
    assert_eq!(status(&output), 1);
    assert!(stderr(&output).contains("error[case-failed]: `2.1#seats`"), "{}", stderr(&output));
    fs::remove_dir_all(own.join("cases")).unwrap();
    assert_eq!(status(&test()), 2, "no cases are no success");
}

#[test]
fn the_built_in_standard_serves_without_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let dossier = common::root().join(PAIR);
    let output = guiju_in(folder.path(), &["evaluate", dossier.to_str().unwrap()]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert_eq!(stdout(&output), stdout(&guiju(&["evaluate", PAIR])));
}

#[test]
fn several_dossiers_give_a_line_each() {
    let output = guiju(&["evaluate", PAIR, INTERVAL, CONSULTANCY, "--format", "json"]);
    assert_eq!(status(&output), 3);
    let text = stdout(&output);
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let awards: Vec<&Json> = lines.iter().map(|line| &line["categories"][0]["award"]).collect();
    assert_eq!(awards, [3, 2, 2]);
    // One that cannot be read has no line: each says whose it is.
    let output = guiju(&["evaluate", PAIR, "none.toml", CONSULTANCY, "--format", "json"]);
    assert_eq!(status(&output), 2);
    let text = stdout(&output);
    let files: Vec<Json> =
        text.lines().map(|l| serde_json::from_str::<Json>(l).unwrap()["file"].clone()).collect();
    assert_eq!(files, [PAIR, CONSULTANCY]);
    assert!(json(&guiju(&["evaluate", PAIR, "--format", "json"])).get("file").is_none());
}

#[test]
fn output_follows_its_schema() {
    let schema = |name: &str| {
        let text = fs::read_to_string(common::root().join(format!("schemas/{name}.schema.json"))).unwrap();
        jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
    };
    for (name, args) in [
        ("evaluate", vec!["evaluate", PAIR]),
        ("evaluate", vec!["evaluate", INTERVAL]),
        ("explain", vec!["explain", PAIR]),
        ("explain", vec!["explain", PAIR, "6.4.7.c", "G.1.1.a"]),
        ("show", vec!["show"]),
    ] {
        let output = json(&guiju(&[&args[..], &["--format", "json"]].concat()));
        let faults: Vec<String> =
            schema(name).iter_errors(&output).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{args:?}: {}", faults.join("\n"));
    }
}

#[test]
fn a_filled_template_meets_its_target() {
    let folder = tempfile::tempdir().unwrap();
    let categories = [
        "consulting",
        "integration",
        "operations",
        "monitoring",
        "emergency",
        "software",
        "industrial-control",
        "data",
    ];
    for (form, level) in [("toml", 1), ("json", 2), ("toml", 3), ("json", 4)] {
        let all: Vec<String> = categories.iter().map(|c| format!("{c}:{level}:initial")).collect();
        let name = format!("level-{level}.{form}");
        let mut args = vec!["new", "--format", form, "--fill", "met", "-o", &name];
        all.iter().for_each(|c| args.extend(["--category", c.as_str()]));
        let output = guiju_in(folder.path(), &args);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        let output = guiju_in(folder.path(), &["evaluate", &name, "--format", "json"]);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        for category in json(&output)["categories"].as_array().unwrap() {
            assert_eq!(category["award"], level, "{category:.200}");
        }
        assert_eq!(status(&guiju_in(folder.path(), &args)), 2, "a file that exists is not written over");
    }
    let output = guiju_in(folder.path(), &["new", "-o", "blank.toml", "--category", "data:1:initial"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert_eq!(status(&guiju_in(folder.path(), &["evaluate", "blank.toml"])), 3, "an empty dossier is open");
    snapshot(
        "new",
        &fs::read_to_string(folder.path().join("blank.toml")).unwrap().replace(&today(), "TODAY"),
    );
}

fn today() -> String {
    let shown = json(&guiju(&["show", "1", "--format", "json"]));
    shown["on"].as_str().unwrap_or_else(|| panic!("{shown:.300}")).to_owned()
}

#[test]
fn locale_and_time_zone_change_no_byte() {
    let run = |zone: &str, locale: &str, args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
        command.current_dir(common::root()).args(args).env("TZ", zone).env("LC_ALL", locale);
        stdout(&command.output().unwrap())
    };
    let args = ["evaluate", PAIR, "--lang", "zh"];
    let one = run("Asia/Shanghai", "zh_CN.UTF-8", &args);
    assert!(one.contains("可授予"));
    for (zone, locale) in [("America/Los_Angeles", "C"), ("Pacific/Kiritimati", "tr_TR.UTF-8"), ("", "de_DE")]
    {
        assert_eq!(one, run(zone, locale, &args));
    }
    // Without `--lang` the locale chooses; what it does not say is Chinese.
    assert_eq!(one, run("UTC", "zh_CN.UTF-8", &args[..2]));
    assert_eq!(one, run("UTC", "C", &args[..2]));
    assert!(run("UTC", "en_GB.UTF-8", &args[..2]).contains("award"));
}

#[test]
fn files_that_are_too_large_or_lead_outside_are_refused() {
    let (folder, own) = copied();
    let huge = fs::File::create(folder.path().join("huge.toml")).unwrap();
    huge.set_len(100 * 1024 * 1024).unwrap();
    let output = guiju_in(folder.path(), &["evaluate", "huge.toml"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("error[file-too-large]"), "{}", stderr(&output));
    let rule = fs::File::create(own.join("chapters/huge.toml")).unwrap();
    rule.set_len(100 * 1024 * 1024).unwrap();
    let output = guiju_in(folder.path(), &["show", "6.3.3"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("error[file-too-large]"), "{}", stderr(&output));
    fs::remove_file(own.join("chapters/huge.toml")).unwrap();
    #[cfg(unix)]
    {
        let outside = tempfile::NamedTempFile::new().unwrap();
        std::os::unix::fs::symlink(outside.path(), own.join("chapters/link.toml")).unwrap();
        let output = guiju_in(folder.path(), &["show", "6.3.3"]);
        assert_eq!(status(&output), 2);
        assert!(stderr(&output).contains("link.toml"), "{}", stderr(&output));
    }
}

#[test]
fn a_dossier_can_come_from_standard_input() {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = Command::new(env!("CARGO_BIN_EXE_guiju"))
        .current_dir(common::root())
        .args(["evaluate", "-", "--lang", "zh"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&fs::read(common::root().join(PAIR)).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(stdout(&output), stdout(&guiju(&["evaluate", PAIR])));
}
