//! Promise: hostile and clumsy input ends soon, says what is wrong, and destroys nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const HEAD: &str = "[institution]\nname = \"示例公司\"\n[application]\napplied-on = \"2026-04-01\"\nassessed-on = \"2026-04-20\"\n[[application.category]]\nid = \"consulting\"\ntarget = 1\nstage = \"initial\"\n";

fn guiju(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    command.current_dir(common::root()).args(args);
    for name in ["LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"] {
        command.env_remove(name);
    }
    command
}

fn run(args: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = guiju(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (stdout, stderr) = (text(stdout), text(stderr));
    (status.code().unwrap_or_else(|| panic!("died: {stderr}")), stdout, stderr)
}

fn file(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path
}

/// Generous for a slow machine without optimisation; what once was wrong took minutes or all memory.
const SOON: Duration = Duration::from_secs(60);

#[test]
fn long_lists_of_records_end_soon() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = HEAD.to_owned();
    for i in 0..5_000 {
        write!(text, "[[record.projects]]\nid = \"P{i}\"\ncategory = \"consulting\"\namount = \"5 万元\"\n")
            .unwrap();
    }
    for i in 0..2_000 {
        write!(text, "[[finding]]\nside = \"self\"\nkey = \"projects[].amount\"\nrecord = \"P{i}\"\nvalue = \"5 万元\"\n").unwrap();
    }
    let path = file(folder.path(), "long.toml", &text);
    let begun = Instant::now();
    let (status, _, stderr) = run(&["evaluate", path.to_str().unwrap()]);
    assert_eq!(status, 3, "{stderr}");
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[test]
fn long_chains_of_findings_end_soon() {
    let folder = tempfile::tempdir().unwrap();
    let finding = |i: usize, gone: usize| {
        format!(
            "[[finding]]\nid = \"F{i}\"\nside = \"self\"\nkey = \"office.fixed\"\nconclusion = \"conforms\"\nsupersedes = \"F{gone}\"\n"
        )
    };
    let chain: String = (1..10_000).map(|i| finding(i, i - 1)).collect();
    let first = finding(0, 1).replace("supersedes = \"F1\"\n", "");
    let good = file(folder.path(), "chain.toml", &format!("{HEAD}{first}{chain}"));
    let circle = file(folder.path(), "circle.toml", &format!("{HEAD}{}{chain}", finding(0, 9_999)));
    let begun = Instant::now();
    assert_eq!(run(&["evaluate", good.to_str().unwrap()]).0, 3);
    let (status, _, stderr) = run(&["evaluate", circle.to_str().unwrap()]);
    assert_eq!((status, stderr.matches("error[cycle]").count()), (2, 1), "one circle, said once");
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[test]
fn thousands_of_faults_are_all_shown_soon() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = HEAD.to_owned();
    for i in 0..10_000 {
        write!(text, "[[record.projects]]\nid = \"P{i}\"\namount = \"5 斤\"\n").unwrap();
    }
    let path = file(folder.path(), "faults.toml", &text);
    let begun = Instant::now();
    let (status, _, stderr) = run(&["evaluate", path.to_str().unwrap()]);
    assert_eq!((status, stderr.matches("error[unknown-unit]").count()), (2, 10_000));
    assert!(stderr.contains("faults.toml:30009:10"), "the last one has its place");
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
}

#[test]
fn an_output_never_takes_the_place_of_a_dossier() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "firm.toml", HEAD);
    let name = path.to_str().unwrap();
    for args in [
        vec!["report", name, "-o", name],
        vec!["impact", "base", "2027-01-01", name, "-o", name],
        vec!["portability", name, "-o", name],
    ] {
        let (status, _, stderr) = run(&args);
        assert_eq!(status, 2, "{args:?}");
        assert!(stderr.contains("error[bad-call]"), "{stderr}");
        assert_eq!(fs::read_to_string(&path).unwrap(), HEAD, "{args:?}");
    }
    let (status, _, stderr) = run(&["new", "--category", "consulting", "-o", name]);
    assert_eq!(status, 2);
    assert!(stderr.contains("error[file-exists]"), "{stderr}");
}

#[test]
fn the_name_of_a_new_file_says_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firm.json");
    assert_eq!(run(&["new", "--category", "consulting", "-o", path.to_str().unwrap()]).0, 0);
    assert!(fs::read_to_string(&path).unwrap().starts_with('{'));
    assert_eq!(run(&["evaluate", path.to_str().unwrap()]).0, 3);
    // Editors of Windows put a byte order mark before it.
    let marked = format!("\u{feff}{}", fs::read_to_string(&path).unwrap());
    fs::write(&path, marked).unwrap();
    assert_eq!(run(&["evaluate", path.to_str().unwrap()]).0, 3);
}

#[test]
fn calls_that_cannot_be_read_are_answered_in_the_form_that_was_asked_for() {
    let (status, _, stderr) = run(&["evaluate", "--format", "json", "--nope"]);
    assert_eq!(status, 2);
    let line: serde_json::Value = serde_json::from_str(stderr.trim()).unwrap();
    assert_eq!(line["code"], "bad-call");
    let (status, _, stderr) = run(&["evaluate", "standards"]);
    assert_eq!(status, 2);
    assert!(stderr.contains("这是文件夹"), "{stderr}");
    let (_, _, stderr) = run(&["evaluate", "none.toml"]);
    assert!(stderr.contains("没有这个文件"), "{stderr}");
    let (_, _, stderr) = run(&["evaluate", "none.toml", "--lang", "en"]);
    assert!(stderr.contains("there is no such file or folder"), "{stderr}");
}

#[test]
fn dates_and_reviewers_that_cannot_be_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let review = "[review]\nassessors = [\"韦志远\"]\non = \"2026-04-20\"\n[[review.accept]]\nby = \"韦致远\"\nkeys = [\"*\"]\n";
    let head =
        HEAD.replace("[[application.category]]", "award-on = \"2026-04-19\"\n[[application.category]]");
    let path = file(folder.path(), "firm.toml", &format!("{head}{review}"));
    let (status, _, stderr) = run(&["evaluate", path.to_str().unwrap()]);
    assert_eq!(status, 3, "warnings stop nothing: {stderr}");
    assert!(stderr.contains("warning[date-order]"), "{stderr}");
    assert!(stderr.contains("warning[unknown-name]") && stderr.contains("是否想写 `韦志远`"), "{stderr}");
}

#[test]
fn a_region_of_the_dossier_that_does_not_count_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let text = HEAD.replace("[[application.category]]", "region = \"xa\"\n[[application.category]]");
    let path = file(folder.path(), "firm.toml", &text);
    let (_, _, stderr) = run(&["evaluate", path.to_str().unwrap()]);
    assert!(stderr.contains("--region xa") && stderr.contains("firm.toml:6:10"), "{stderr}");
}

#[test]
fn a_stipulation_without_effect_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "firm.toml", HEAD);
    let (status, _, stderr) = run(&["evaluate", path.to_str().unwrap(), "--set", "emergency/team.size=5"]);
    assert_eq!(status, 3);
    assert!(stderr.contains("warning[unknown-category]"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_went_away_is_no_fault() {
    use std::os::unix::ffi::OsStringExt;
    for args in [vec!["--help"], vec!["show"]] {
        let mut child = guiju(&args).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{args:?}");
    }
    // Nobody can read what is wrong, but the status says that something is.
    let mut command = guiju(&["evaluate", "none.toml"]);
    if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
        assert_eq!(command.stderr(full).status().unwrap().code(), Some(2));
    }
    let mut command = guiju(&["evaluate"]);
    let output = command.arg(std::ffi::OsString::from_vec(vec![0xff, 0xfe])).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("不是 UTF-8"));
}

#[cfg(unix)]
#[test]
fn rules_that_would_not_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("standards/library-badge");
    for (name, bytes) in common::files(&common::tiny()) {
        let path = own.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let standards = folder.path().join("standards");
    let lint = || run(&["lint", "--standards", standards.to_str().unwrap()]);
    let before = lint();
    assert!(!before.2.contains("file-misplaced"), "{}", before.2);
    fs::write(own.join("chapters/EXTRA.TOML"), "").unwrap();
    assert!(lint().2.contains("file-misplaced"));
    fs::remove_file(own.join("chapters/EXTRA.TOML")).unwrap();
    assert!(Command::new("mkfifo").arg(own.join("chapters/pipe.toml")).status().unwrap().success());
    assert!(lint().2.contains("file-misplaced"));
    fs::remove_file(own.join("chapters/pipe.toml")).unwrap();
    std::os::unix::fs::symlink(&own, standards.join("linked")).unwrap();
    assert!(lint().2.contains("file-misplaced"));
}
