//! Promise: editions are chosen, compared and checked over all dates from the command line as the documents say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;

const PAIR: &str = "standards/t-cas-375-2019/examples/consulting-and-emergency.toml";
const DRAFT: &str = "standards/t-cas-375-2019/amendments/example-2028-capital.toml";

fn guiju_in(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    command.current_dir(folder).args(args).env("LC_ALL", "en_GB.UTF-8");
    command.output().unwrap()
}

fn guiju(args: &[&str]) -> Output {
    guiju_in(&common::root(), args)
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Json {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", complained(output)))
}

fn snapshot(name: &str, text: &str) {
    common::snapshot("editions", name, text);
}

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
fn a_difference_in_every_form() {
    let sides = ["base,2026-09-01", "xa-port,2026-09-01"];
    for lang in ["zh", "en"] {
        for (form, ending) in [("text", "text"), ("markdown", "md"), ("html", "html")] {
            let args = ["diff", sides[0], sides[1], "--format", form, "--lang", lang];
            let output = guiju(&args);
            assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
            if form == "html" {
                let page = said(&output);
                assert!(page.starts_with("<!DOCTYPE html>") && page.contains("xa-port-in-city"));
                assert!(!page.contains("http://") && !page.contains("https://"), "nothing is fetched");
            } else {
                snapshot(&format!("diff-{lang}-{ending}"), &said(&output));
            }
        }
    }
    let found = json(&guiju(&["diff", sides[0], sides[1], "--format", "json"]));
    assert_eq!(found["effect"], "stricter");
    let changes = found["changes"].as_array().unwrap();
    let area = changes.iter().find(|c| c["at"] == "6.3.4#area").unwrap();
    assert_eq!(area["kind"], "stricter");
    assert_eq!(area["fields"][0]["was"], "100 平方米");
    assert_eq!(area["fields"][0]["now"], "150 平方米");
    let same = json(&guiju(&["diff", "xa,2026-09-01", "xa,2026-12-01", "--format", "json"]));
    assert_eq!(same["changes"].as_array().unwrap().len(), 0);
}

#[test]
fn sides_are_chosen_by_short_texts() {
    let changed = |a: &str, b: &str| -> Vec<String> {
        let output = guiju(&["diff", a, b, "--format", "json"]);
        assert_eq!(output.status.code(), Some(0), "{a} {b}: {}", complained(&output));
        let found = json(&output);
        found["changes"].as_array().unwrap().iter().map(|c| c["at"].as_str().unwrap().to_owned()).collect()
    };
    assert!(changed("base", "2027-12-31").is_empty());
    assert!(changed("base", &format!("2027-12-31,{DRAFT}")).is_empty(), "in force tomorrow, nothing today");
    let draft = changed("base", &format!("2028-01-01,{DRAFT}"));
    assert!(draft.contains(&"6.4.3#registered-capital".to_owned()), "{draft:?}");
    assert_eq!(changed("base", "INT006=stand-alone"), ["interpretation:INT006", "part:basic"]);
    assert_eq!(changed("xb,2026-12-31", "xb,2027-01-01"), ["6.2.3", "6.2.3#registered-capital"]);
    let (folder, own) = copied();
    let path = own.join("chapters/6-basic/level-2.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("300 万元\"", "301 万元\"")).unwrap();
    let other = folder.path().join("standards");
    assert_eq!(changed("base", other.to_str().unwrap()), ["6.3.3#registered-capital"]);
}

#[test]
fn a_side_may_be_a_revision() {
    let (folder, own) = copied();
    let git = |args: &[&str]| {
        let done = Command::new("git")
            .current_dir(folder.path())
            .args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"])
            .args(args)
            .output();
        done.ok().filter(|o| o.status.success()).is_some()
    };
    if !git(&["init", "-q"]) {
        return; // There is no git on this machine.
    }
    assert!(git(&["add", "-A"]) && git(&["commit", "-qm", "first"]));
    let path = own.join("chapters/6-basic/level-2.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("\"300 万元\"", "\"250 万元\"")).unwrap();
    let output = guiju_in(folder.path(), &["diff", "git:HEAD", "base", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    let found = json(&output);
    assert_eq!(found["effect"], "looser");
    assert_eq!(found["changes"][0]["at"], "6.3.3#registered-capital");
    for bad in ["git:no-such-revision", "git:--help", "git:"] {
        let output = guiju_in(folder.path(), &["diff", bad, "base"]);
        assert_eq!(output.status.code(), Some(2), "{bad}");
        assert!(complained(&output).contains("file-unreadable"), "{bad}: {}", complained(&output));
    }
}

#[test]
fn an_overlay_reaches_grades_and_explanations() {
    let grade = |args: &[&str]| {
        let found = json(&guiju(&[&["evaluate", PAIR, "--format", "json"], args].concat()));
        let award = |i: usize| found["categories"][i]["award"].as_u64().unwrap();
        (award(0), award(1), found["region"].clone())
    };
    assert_eq!(grade(&[]), (3, 1, Json::Null));
    // What the province asks at level 2 nobody answered yet.
    assert_eq!(grade(&["--region", "xa"]), (1, 1, "xa".into()));
    assert_eq!(grade(&["--region", "xa", "--set", "xa.local-staff=3 人"]), (3, 1, "xa".into()));
    let output = guiju(&["explain", PAIR, "6.3.4", "--region", "xa", "--lang", "zh"]);
    let text = said(&output);
    assert!(text.contains("2026-01-01 起 xa：at-least 100 平方米 改为 150 平方米"), "{text}");
    let output = guiju(&["show", "INT006", "6.2.1", "--reading", "INT006=stand-alone"]);
    assert_eq!(output.status.code(), Some(0));
    for (args, code) in [
        (vec!["--region", "xc"], "unknown-name"),
        (vec!["--reading", "INT006"], "bad-call"),
        (vec!["--reading", "INT006=no"], "unknown-name"),
        (vec!["--with", "no-such.toml"], "file-unreadable"),
        (vec!["--with", "standards/t-cas-375-2019/regions/xa/region.toml"], "bad-call"),
    ] {
        let output = guiju(&[&["evaluate", PAIR], args.as_slice()].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(complained(&output).contains(code), "{args:?}: {}", complained(&output));
    }
}

#[test]
fn a_region_may_live_outside_the_base() {
    let (folder, own) = copied();
    let away = tempfile::tempdir().unwrap();
    fs::create_dir_all(away.path().join("xa")).unwrap();
    fs::rename(own.join("regions/xa/region.toml"), away.path().join("xa/region.toml")).unwrap();
    fs::remove_dir_all(own.join("regions")).unwrap();
    let away = away.path().join("xa");
    let away = away.to_str().unwrap();
    let area = |args: &[&str]| {
        let args = [&["show", "6.3.4", "--format", "json", "--on", "2026-09-01"], args].concat();
        let output = guiju_in(folder.path(), &args);
        assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
        json(&output)["clauses"][0]["checks"][2]["threshold"].clone()
    };
    assert_eq!(area(&[]), "100 平方米");
    assert_eq!(area(&["--standards", away, "--region", "xa"]), "150 平方米");
    assert_eq!(area(&["--with", away, "--region", "xa"]), "150 平方米");
}

#[test]
fn a_letterhead_stands_on_the_report() {
    let letterhead = "示例甲省网络安全服务机构评定机构";
    for form in ["html", "markdown"] {
        let with = guiju(&["report", PAIR, "--format", form, "--lang", "zh", "--region", "xa"]);
        assert!(said(&with).contains(letterhead), "{form}");
        let without = guiju(&["report", PAIR, "--format", form, "--lang", "zh"]);
        assert!(!said(&without).contains(letterhead), "{form}");
    }
}

#[test]
fn lint_tells_beforehand() {
    let output = guiju(&["lint", "--all-dates", "--on", "2026-11-24", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    snapshot("lint-all-dates", &said(&output));
    let (folder, own) = copied();
    let path = own.join("regions/xa-port/amendments/2027-office.toml");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("\"150 平方米\"", "\"140 平方米\"")).unwrap();
    // Today nothing is wrong; from 2027 the edition of the city would be refused.
    let output = guiju_in(folder.path(), &["lint", "--on", "2026-11-24"]);
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    let output = guiju_in(folder.path(), &["lint", "--all-dates", "--on", "2026-11-24"]);
    assert_eq!(output.status.code(), Some(2));
    let text = complained(&output);
    assert!(text.contains("stale-quote") && text.contains("edition of 2027-01-01, region xa-port"), "{text}");
    let city = |date: &str| guiju_in(folder.path(), &["show", "6.3.4", "--region", "xa-port", "--on", date]);
    assert_eq!(city("2026-12-31").status.code(), Some(0));
    assert_eq!(city("2027-01-01").status.code(), Some(2));
    let other = guiju_in(folder.path(), &["show", "6.3.4", "--region", "xa", "--on", "2027-01-01"]);
    assert_eq!(other.status.code(), Some(0));
}
