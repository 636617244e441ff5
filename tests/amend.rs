//! Promise: an instrument that a command writes quotes what stands there, changes nothing else, and is whole or not there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use guiju::analysis::amend::side_effects;
use guiju::source::Sources;
use serde_json::Value as Json;

const CAPITAL: [&str; 2] = ["6.3.3#registered-capital", "at-least=500 万元"];

/// A folder with one standard, to be written to.
struct Copy {
    folder: tempfile::TempDir,
    standard: &'static str,
}

fn copy(from: &Path) -> Copy {
    let folder = tempfile::tempdir().unwrap();
    let standard = if from.ends_with("library-badge") { "library-badge" } else { "t-cas-375-2019" };
    let copy = Copy { folder, standard };
    for (name, bytes) in common::files(from) {
        copy.put(&name, &bytes);
    }
    copy
}

fn shipped() -> Copy {
    copy(&common::shipped())
}

fn tiny() -> Copy {
    copy(&common::tiny())
}

impl Copy {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("standards").join(self.standard).join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
        command.current_dir(self.folder.path()).args(args);
        for name in ["LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"] {
            command.env_remove(name);
        }
        command.output().unwrap()
    }

    fn well(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    fn refused(&self, args: &[&str]) -> String {
        let before = self.tree();
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        assert!(output.stdout.is_empty(), "{args:?}");
        assert_eq!(before, self.tree(), "{args:?} left something");
        stderr(&output)
    }

    fn show(&self, args: &[&str]) -> Json {
        let all = [&["show", "--format", "json"], args].concat();
        serde_json::from_str(&self.well(&all)).unwrap()
    }

    /// Everything in the folder, byte for byte.
    fn tree(&self) -> Vec<(PathBuf, Vec<u8>)> {
        fn walk(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    found.push((path.clone(), Vec::new()));
                    walk(&path, found);
                } else {
                    found.push((path.clone(), fs::read(&path).unwrap()));
                }
            }
        }
        let mut found = Vec::new();
        walk(self.folder.path(), &mut found);
        found.sort();
        found
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn snapshot(name: &str, text: &str) {
    common::snapshot("amend", name, text);
}

const HEAD: [&str; 4] = ["--id", "new", "--effective", "2027-03-01"];
const TEXTS: [&str; 16] = [
    "--title-zh",
    "某",
    "--title-en",
    "some",
    "--issuer-zh",
    "某",
    "--issuer-en",
    "some",
    "--citation-zh",
    "某",
    "--citation-en",
    "some",
    "--reason-zh",
    "因",
    "--reason-en",
    "because",
];

/// `amend` with a head.
fn amend<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["amend"], args, &HEAD].concat()
}

#[test]
fn a_draft_quotes_what_stands() {
    let copy = shipped();
    for lang in ["zh", "en"] {
        let said = copy.well(&amend(&[CAPITAL[0], CAPITAL[1], "6.3.3", "title.zh=资信", "--lang", lang]));
        snapshot(&format!("said-{lang}"), &said);
        snapshot("draft", &copy.text("amendments/new.toml"));
        let file = "standards/t-cas-375-2019/amendments/new.toml";
        let shown = copy.show(&["6.3.3", "--on", "2027-03-01", "--with", file]);
        assert_eq!(shown["clauses"][0]["checks"][0]["threshold"], "500 万元");
        assert_eq!(shown["clauses"][0]["title"]["zh"], "资信");
        assert_eq!(shown["clauses"][0]["checks"][0]["layer"], "new");
        fs::remove_file(copy.path("amendments/new.toml")).unwrap();
    }
}

#[test]
fn a_region_is_quoted_with_all_that_lies_below_it() {
    let copy = shipped();
    let args = [CAPITAL[0], "at-least=700 万元", "--region", "xa-port", "--format", "json"];
    let said: Json = serde_json::from_str(&copy.well(&amend(&args))).unwrap();
    assert_eq!(said["path"], "standards/t-cas-375-2019/regions/xa-port/amendments/new.toml");
    assert_eq!(said["operations"][0]["was"], serde_json::json!({ "at-least": "600 万元" }));
    assert_eq!(said["refused"], serde_json::json!([]));
    assert!(!copy.text("regions/xa-port/amendments/new.toml").contains("region ="));
    copy.well(&[
        "amend",
        CAPITAL[0],
        "at-least=800 万元",
        "--id",
        "else",
        "--effective",
        "2027-03-01",
        "--region",
        "xa",
        "-o",
        "else.toml",
    ]);
    let outside = fs::read_to_string(copy.folder.path().join("else.toml")).unwrap();
    assert!(outside.contains("region = \"xa\"") && outside.contains("600 万元"), "{outside}");
    // Less than the base, in a region that only asks more.
    let said = copy.refused(&[
        "amend",
        CAPITAL[0],
        "at-least=200 万元",
        "--id",
        "less",
        "--effective",
        "2027-03-01",
        "--region",
        "xa",
    ]);
    assert!(said.contains("intent-broken"), "{said}");
}

#[test]
fn values_are_toml_or_text() {
    let copy = tiny();
    let words = [
        "2.1",
        "points=25",
        "2.1#seats",
        "above=",
        "at-least=12 座",
        "2.2#no-loudspeakers",
        r#"excludes=["loudspeakers", "lamps"]"#,
        "3.3#this-century",
        "has.bound.not-before=2010-01-01",
        "3.1",
        r#"title={ zh = "册", en = "Volumes" }"#,
        "3.1#authors",
        "where.shelved.is=",
        "where.weight.at-least=\"60 克\"",
    ];
    copy.well(&amend(&words));
    snapshot("values", &copy.text("amendments/new.toml"));
    // Spelled with and without quotes, a text is the same text.
    fs::remove_file(copy.path("amendments/new.toml")).unwrap();
    copy.well(&amend(&["3.1#shelved", "at-least=\"4 册\""]));
    assert!(copy.text("amendments/new.toml").contains("now = { at-least = \"4 册\" }"));
}

#[test]
fn withdrawals_readings_and_outlines() {
    let copy = tiny();
    let args = [
        "2.2#calm",
        "title={ zh = \"静\", en = \"calm\" }",
        "--withdraw",
        "3.4",
        "--withdraw",
        "2.3#light",
        "--settle",
        "LB1=both",
        "--insert-check",
        "2.1",
        "tables",
    ];
    let said = copy.well(&amend(&args));
    snapshot("withdraw-said", &said);
    let text = copy.text("amendments/new.toml");
    snapshot("withdraw", &text);
    // The outline becomes a check by taking away its marks and filling it in.
    let open = |line: &str| {
        line.strip_prefix('#')
            .filter(|l| !l.starts_with([' ', ':']) || l.starts_with("  "))
            .map(str::to_owned)
    };
    let filled: Vec<String> = text.lines().map(|l| open(l).unwrap_or_else(|| l.to_owned())).collect();
    let filled = filled
        .join("\n")
        .replace("evidence = \"…\"", "evidence = \"room.seats\"")
        .replace("at-least = \"…\"", "at-least = \"5 座\"");
    copy.put("amendments/new.toml", filled.as_bytes());
    let shown =
        copy.show(&["2.1", "--on", "2027-03-01", "--with", "standards/library-badge/amendments/new.toml"]);
    assert_eq!(shown["clauses"][0]["checks"][1]["address"], "2.1#tables");
    // A quotation sees the reading that the same instrument settles.
    fs::remove_file(copy.path("amendments/new.toml")).unwrap();
    copy.well(&amend(&["2.2#calm", "all-of=", "any-of=[\"noise\", \"floor\"]", "--settle", "LB1=both"]));
    assert!(copy.text("amendments/new.toml").contains("was = { all-of = [\"floor\", \"noise\"] }"));
}

#[test]
fn shared_content_is_named_and_stays() {
    let copy = shipped();
    let before = copy.show(&["--on", "2027-03-01"]);
    let shared = before["clauses"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["same_as"].is_string() && c["checks"][0].is_object())
        .unwrap();
    let (own, root) = (shared["id"].as_str().unwrap(), shared["same_as"].as_str().unwrap());
    let check = shared["checks"][0]["address"].as_str().unwrap();
    let said = copy.well(&amend(&["--withdraw", &check.replace(own, root)]));
    assert!(said.contains(&format!("{check}：与 ")), "{said}");
    let after = copy.show(&[
        own,
        root,
        "--on",
        "2027-03-01",
        "--with",
        "standards/t-cas-375-2019/amendments/new.toml",
    ]);
    let checks = |clauses: &Json, id: &str| {
        let all = clauses["clauses"].as_array().unwrap().iter().find(|c| c["id"] == id).unwrap();
        all["checks"].as_array().unwrap().len()
    };
    assert_eq!(checks(&after, own), checks(&before, own));
    assert_eq!(checks(&after, root) + 1, checks(&before, root));
}

const DRAFT: &str = "\u{feff}# 说明：手写的草案\nid = \"hand\"   # by hand\ntitle = { zh = \"某\", en = \"some\" }\nissuer = { zh = \"某\", en = \"some\" }\n\ncitation = { zh = \"某\", en = \"some\" }\nstatus   =   'draft' # not yet\neffective = \"2027-03-01\"\n\n[[replace]]\nat = \"2.1\"\nwas = { points = 20 }\nnow = { points = 21 }\nreason = { zh = \"因\", en = \"because\" }\n\n# 结尾 the end";

#[test]
fn what_is_appended_leaves_the_rest_byte_for_byte() {
    let file = "standards/library-badge/amendments/hand.toml";
    for (end, name) in [("\n", "unix"), ("\r\n", "windows")] {
        for last in ["", end] {
            let copy = tiny();
            let before = DRAFT.replace('\n', end) + last;
            copy.put("amendments/hand.toml", before.as_bytes());
            copy.well(&[
                "amend",
                "--add-to",
                file,
                "2.1",
                "points=30",
                "3.2",
                "points=9",
                "--reason-zh",
                "再",
                "--reason-en",
                "again",
            ]);
            let after = copy.text("amendments/hand.toml");
            let added = after.strip_prefix(&before).unwrap_or_else(|| panic!("{name}: {after}"));
            assert_eq!(added.matches('\n').count(), added.matches(end).count(), "{name}: {added:?}");
            assert!(
                added.contains("was = { points = 21 }") && added.contains("now = { points = 9 }"),
                "{added}"
            );
            // Issued: one word in place.
            copy.well(&["issue", file]);
            assert_eq!(copy.text("amendments/hand.toml"), after.replace("'draft'", "'issued'"));
            assert_eq!(copy.show(&["2.1", "--on", "2027-03-01"])["clauses"][0]["points"], 30);
            let said = copy.refused(&["amend", "--add-to", file, "2.1", "points=31"]);
            assert!(said.contains("已经发布"), "{said}");
            assert!(copy.refused(&["issue", file]).contains("nothing-changes"));
        }
    }
}

#[test]
fn what_cannot_be_appended_is_refused() {
    let copy = tiny();
    let inline = "replace = [{ at = \"2.1\", was = { points = 20 }, now = { points = 21 }, reason = { zh = \"因\", en = \"x\" } }]\n";
    let head = DRAFT.split("[[replace]]").next().unwrap();
    copy.put("amendments/hand.toml", (head.to_owned() + inline).as_bytes());
    let file = "standards/library-badge/amendments/hand.toml";
    snapshot("inline", &copy.refused(&["amend", "--add-to", file, "3.2", "points=9"]));
    // The rules with it do not compile: what stood there stands there again.
    copy.put("amendments/hand.toml", DRAFT.as_bytes());
    let said = copy.refused(&["amend", "--add-to", file, "2.1#seats", "above=10 克"]);
    assert!(said.contains("wrong-unit"), "{said}");
    let said = copy.refused(&["amend", "--add-to", file, "3.2", "points=9", "--region", "xa"]);
    assert!(said.contains("不属于任何地区"), "{said}");
}

#[test]
fn bad_calls() {
    let copy = shipped();
    let mut said = String::new();
    let late = ["--id", "new", "--effective", "2027-02-30"];
    let order = ["--id", "new", "--effective", "2027-03-01", "--expires", "2027-01-01"];
    let taken = ["--id", "xa", "--effective", "2027-03-01"];
    let dotted = ["--id", ".x/y", "--effective", "2027-03-01"];
    let calls: Vec<Vec<&str>> = vec![
        amend(&["6.3.3#registered-captial", "at-least=1 万元"]),
        amend(&["6.3.33", "title.zh=x"]),
        amend(&["evidence:finance.registered-capitol", "step=1 元"]),
        amend(&[CAPITAL[0], "at-lest=1 万元"]),
        amend(&[CAPITAL[0], "at-most="]),
        amend(&[CAPITAL[0], "at-least=300 万元"]),
        amend(&[CAPITAL[0], "at-least=300 平方米"]),
        amend(&[CAPITAL[0], "at-least=[1"]),
        amend(&[CAPITAL[0], "id=other"]),
        amend(&["6.3.3", "check=x"]),
        amend(&[CAPITAL[0]]),
        amend(&["at-least=1 万元"]),
        amend(&[CAPITAL[0], "at-least=1 万元", "at-least=2 万元"]),
        amend(&[CAPITAL[0], "at-least=1 万元", "--withdraw", CAPITAL[0]]),
        amend(&[]),
        amend(&["--settle", "INT074=literaly"]),
        amend(&["--settle", "INT74=literal"]),
        amend(&["--settle", "INT074=next-lower"]),
        amend(&["--settle", "INT074"]),
        amend(&["--insert-check", "6.3.3", "audit"]),
        amend(&["--insert-check", "6.3.3", "Audit!"]),
        amend(&[CAPITAL[0], CAPITAL[1], "--region", "xaa"]),
        amend(&[CAPITAL[0], CAPITAL[1], "--on", "2027-01-01"]),
        amend(&[CAPITAL[0], CAPITAL[1], "--reading", "INT074=literal"]),
        amend(&[CAPITAL[0], CAPITAL[1], "-o", "standards/t-cas-375-2019/standard.toml"]),
        amend(&[CAPITAL[0], CAPITAL[1], "-o", "standards/t-cas-375-2019/chapters/new.toml"]),
        [&["amend", CAPITAL[0], CAPITAL[1]][..], &late].concat(),
        [&["amend", CAPITAL[0], CAPITAL[1]][..], &order].concat(),
        [&["amend", CAPITAL[0], CAPITAL[1]][..], &taken].concat(),
        [&["amend", CAPITAL[0], CAPITAL[1]][..], &dotted].concat(),
        vec!["amend", CAPITAL[0], CAPITAL[1]],
        amend(&[CAPITAL[0], CAPITAL[1], "--add-to", "x.toml"]),
        vec!["amend", CAPITAL[0], CAPITAL[1], "--add-to", "x.toml"],
        vec!["issue", "x.toml"],
        vec!["issue", "standards/t-cas-375-2019/standard.toml"],
        vec!["region", "new", "XA", "--effective", "2027-03-01"],
        vec!["region", "new", "xa", "--effective", "2027-03-01"],
        vec!["region", "new", "xc", "--effective", "2027-03-01", "--parent", "xaa"],
        vec!["region", "new", "xc", "--effective", "soon"],
        vec!["region", "new", "xc", "--effective", "2027-03-01", "--region", "xa"],
        vec!["region", "new", "xc", "--effective", "2027-03-01", "--intent", "strict"],
        vec!["region", "list", "--on", "soon"],
    ];
    // The languages side by side, each in a folder of its own.
    let other = shipped();
    let english = |call: &Vec<&str>| other.refused(&[&call[..], &["--lang", "en"]].concat());
    let (zh, en): (Vec<String>, Vec<String>) = std::thread::scope(|scope| {
        let en = scope.spawn(|| calls.iter().map(english).collect::<Vec<_>>());
        (calls.iter().map(|call| copy.refused(call)).collect(), en.join().unwrap())
    });
    for ((call, zh), en) in calls.iter().zip(zh).zip(en) {
        let en: Vec<&str> = en.lines().filter(|l| l.contains("error[") || l.contains("= help")).collect();
        said.push_str(&format!("$ guiju {}\n{}\n{}\n\n", call.join(" "), zh.trim_end(), en.join("\n")));
        assert!(zh.contains("error["), "{call:?}");
    }
    snapshot("bad-calls", &said);
}

#[test]
fn nothing_is_left_of_a_write_that_fails() {
    let copy = tiny();
    // A file where a folder is needed, and a file that may not be written.
    fs::write(copy.path("amendments"), "x").unwrap();
    let said = copy.refused(&amend(&["2.1", "points=25"]));
    assert!(said.contains("无法写入"), "{said}");
    fs::remove_file(copy.path("amendments")).unwrap();
    copy.put("amendments/hand.toml", DRAFT.as_bytes());
    let mut locked = fs::metadata(copy.path("amendments/hand.toml")).unwrap().permissions();
    locked.set_readonly(true);
    fs::set_permissions(copy.path("amendments/hand.toml"), locked).unwrap();
    let file = "standards/library-badge/amendments/hand.toml";
    for args in [&["amend", "--add-to", file, "3.2", "points=9"][..], &["issue", file]] {
        let said = copy.refused(args);
        assert!(said.contains("无法写入"), "{said}");
    }
    // Folders that were made for a file that is not kept go with it.
    let said = copy.refused(&amend(&["2.1#seats", "above=10 克", "-o", "a/b/new.toml"]));
    assert!(said.contains("wrong-unit"), "{said}");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(copy.path("amendments/hand.toml"), copy.folder.path().join("link.toml"))
            .unwrap();
        assert!(
            copy.refused(&["amend", "--add-to", "link.toml", "3.2", "points=9"]).contains("file-misplaced")
        );
    }
}

#[test]
fn a_draft_is_issued_only_if_every_edition_stands() {
    let copy = shipped();
    let file = "standards/t-cas-375-2019/amendments/new.toml";
    // The region quotes 300 or 500; with 400 it is refused.
    let said = copy.run(&amend(&[&[CAPITAL[0], "at-least=400 万元"][..], &TEXTS].concat()));
    assert_eq!(said.status.code(), Some(0));
    assert!(stderr(&said).contains("warning[stale-quote]"), "{}", stderr(&said));
    snapshot("would-be-refused", &String::from_utf8(said.stdout).unwrap());
    snapshot("not-issued", &copy.refused(&["issue", file]));
    fs::remove_file(copy.path("amendments/new.toml")).unwrap();
    copy.well(&amend(&[&CAPITAL[..], &TEXTS[..14]].concat()));
    snapshot("still-open", &copy.refused(&["issue", file]));
    let whole = copy.text("amendments/new.toml").replace("(state the reason)", "because");
    copy.put("amendments/new.toml", whole.as_bytes());
    snapshot("issued", &copy.well(&["issue", file]));
    let issued = copy.text("amendments/new.toml");
    assert_eq!(issued, whole.replace("status = \"draft\"", "status = \"issued\""));
    let shown = copy.show(&["6.3.3", "--on", "2027-03-01"]);
    assert_eq!(shown["clauses"][0]["checks"][0]["threshold"], "500 万元");
}

#[test]
fn regions_are_made_and_listed() {
    let copy = shipped();
    fs::create_dir(copy.folder.path().join("schemas")).unwrap();
    fs::write(copy.folder.path().join("schemas/overlay.schema.json"), "{}").unwrap();
    let base = [
        "region",
        "new",
        "xc",
        "--parent",
        "xa",
        "--intent",
        "stricter",
        "--effective",
        "2026-09-01",
        "--title-zh",
        "丙",
    ];
    snapshot("region-new", &copy.well(&base));
    let text = copy.text("regions/xc/region.toml");
    snapshot("region", &text);
    // The outline is TOML that only lacks its contents.
    let open = |l: &str| {
        l.strip_prefix('#')
            .filter(|l| !l.starts_with([' ', ':']) || l.starts_with("  "))
            .unwrap_or(l)
            .to_owned()
    };
    let opened = text.lines().map(open).collect::<Vec<_>>().join("\n");
    let table: toml::Table = toml::from_str(&opened).unwrap();
    assert_eq!(table["insert"].as_array().unwrap().len(), 3);
    // Its rules go into the same file, or below it once it is named.
    let file = "standards/t-cas-375-2019/regions/xc/region.toml";
    copy.well(&["amend", CAPITAL[0], "at-least=900 万元", "--add-to", file]);
    let added = copy.text("regions/xc/region.toml");
    assert!(added.starts_with(&text) && added.contains("600 万元"), "{added}");
    let of_draft = amend(&[CAPITAL[0], "at-least=950 万元", "--region", "xc"]);
    assert!(copy.refused(&of_draft).contains("还是草案"));
    copy.well(&[&of_draft[..], &["--with", file]].concat());
    assert!(copy.text("regions/xc/amendments/new.toml").contains("900 万元"));
    for lang in ["zh", "en"] {
        snapshot(
            &format!("regions-{lang}"),
            &copy.well(&["region", "list", "--on", "2027-01-01", "--lang", lang]),
        );
    }
    let list: Json =
        serde_json::from_str(&copy.well(&["region", "list", "--on", "2026-10-01", "--format", "json"]))
            .unwrap();
    let of = |code: &str| {
        list["regions"].as_array().unwrap().iter().find(|r| r["region"] == code).unwrap().clone()
    };
    assert_eq!((&of("xb")["in_force"], &of("xc")["in_force"]), (&Json::Bool(true), &Json::Bool(false)));
    assert_eq!((&of("xc")["parent"], &of("xc")["intent"]), (&Json::from("xa"), &Json::from("stricter")));

    // Outside the standard: it says which one, and pins its base.
    copy.well(&["region", "new", "xd", "--effective", "2026-09-01", "--dir", "own/rules"]);
    let outside = fs::read_to_string(copy.folder.path().join("own/rules/xd/region.toml")).unwrap();
    assert!(outside.starts_with("#:schema ../../../schemas/overlay.schema.json"), "{outside}");
    assert!(outside.contains("standard = \"t-cas-375-2019\""));
    let shown = copy.show(&["6.3.3", "--on", "2019-01-01"]);
    assert!(outside.contains(&format!("base = {}", shown["digest"])), "{outside}");
    copy.well(&["show", "6.3.3", "--region", "xd", "--with", "own/rules/xd", "--on", "2026-09-01"]);
    assert!(
        copy.refused(&["region", "new", "xd", "--effective", "2026-09-01", "--dir", "own/rules"])
            .contains("file-exists")
    );
}

#[test]
fn without_a_folder_of_its_own() {
    let copy = tiny();
    fs::remove_dir_all(copy.folder.path().join("standards")).unwrap();
    assert!(copy.refused(&amend(&CAPITAL)).contains("-o"));
    assert!(copy.refused(&["region", "new", "xc", "--effective", "2027-03-01"]).contains("--dir"));
    copy.well(&amend(&[&CAPITAL[..], &TEXTS, &["-o", "new.toml"]].concat()));
    copy.well(&["issue", "new.toml"]);
    copy.well(&["show", "6.3.3", "--on", "2027-03-01", "--with", "new.toml"]);
}

#[test]
fn a_change_that_nobody_names_is_found() {
    let mut files = common::files(&common::tiny());
    let before = common::edition_of(&files, &mut Sources::default()).unwrap();
    let instrument = DRAFT.replace("2027-03-01", "2020-01-01").replace("'draft'", "'issued'");
    files.insert("amendments/hand.toml".to_owned(), instrument.into_bytes().into());
    let after = common::edition_of(&files, &mut Sources::default()).unwrap();
    assert!(side_effects(&before, &after, "hand").is_empty());
    assert_eq!(side_effects(&before, &after, "other"), ["2.1"]);
    let books =
        String::from_utf8(files["chapters/books.toml"].to_vec()).unwrap().replace("20 千克", "21 千克");
    files.insert("chapters/books.toml".to_owned(), books.into_bytes().into());
    let changed = common::edition_of(&files, &mut Sources::default()).unwrap();
    assert_eq!(side_effects(&before, &changed, "hand"), ["3.2"]);
}
