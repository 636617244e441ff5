//! Promise: what a call names takes part, or is refused with a reason; nothing is left out silently.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fs;
use std::path::Path;
use std::process::Command;

const REASON: &str = "reason = { zh = \"因\", en = \"why\" }\n";

/// Exit status, standard output, standard error.
fn guiju(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    let output = command.current_dir(folder).args(args).args(["--lang", "en"]).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn instrument(folder: &Path, file: &str, head: &str, operations: &str) {
    let path = folder.join(file);
    let stem = path.file_stem().unwrap().to_str().unwrap();
    let id =
        if stem == "region" { path.parent().unwrap().file_name().unwrap().to_str().unwrap() } else { stem };
    let words = "{ zh = \"甲\", en = \"A\" }";
    let text =
        format!("id = \"{id}\"\ntitle = {words}\nissuer = {words}\ncitation = {words}\n{head}\n{operations}");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn replace(at: &str, was: &str, now: &str) -> String {
    format!("[[replace]]\nat = \"{at}\"\nwas = {{ {was} }}\nnow = {{ {now} }}\n{REASON}\n")
}

const CAPITAL: &str = "6.3.3#registered-capital";
const DRAFT: &str = "status = \"draft\"\neffective = \"2026-01-01\"";

#[test]
fn terms_that_exclude_each_other_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    instrument(
        folder,
        "d.toml",
        DRAFT,
        &replace(CAPITAL, "at-least = \"300 万元\"", "at-least = \"500 万元\""),
    );
    for (edition, code) in [
        ("base,d.toml", "bad-call"),
        ("d.toml,base", "bad-call"),
        ("base,xa", "bad-call"),
        ("xa,xb", "bad-call"),
        ("2026-01-01,2026-02-01", "bad-call"),
        ("", "bad-call"),
        (",", "bad-call"),
        ("2026-13-01", "bad-date"),
        ("2026-1-1", "bad-date"),
        ("git:--help", "file-unreadable"),
        ("nowhere", "unknown-name"),
    ] {
        let (status, out, err) = guiju(folder, &["diff", edition, "base"]);
        assert_eq!((status, out.as_str()), (2, ""), "{edition}: {err}");
        assert!(err.contains(&format!("error[{code}]")), "{edition}: {err}");
    }
    for edition in ["base", "base,base", "base,2026-06-01", "2026-06-01,d.toml", "xa, 2026-06-01"] {
        assert_eq!(guiju(folder, &["diff", edition, "base"]).0, 0, "{edition}");
    }
}

#[test]
fn a_difference_as_an_instrument_leads_there() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (before, after) in [
        ("2026-06-01", "INT074=literal,2026-06-01"),
        ("INT074=literal,2026-06-01", "2026-06-01,INT074=void"),
        ("2026-06-01", "xa,INT074=literal,2026-06-01"),
        ("2026-06-01", "xb,2026-06-01"),
    ] {
        let (status, _, err) = guiju(folder, &["diff", before, after, "--format", "toml", "-o", "x.toml"]);
        assert_eq!(status, 0, "{before}: {err}");
        // A reading that a call chooses cannot be settled otherwise by an instrument.
        let before = before.replace("INT074=literal,", "");
        if fs::read_to_string(folder.join("x.toml")).unwrap().contains("was = \"literal\"") {
            continue;
        }
        let (status, out, err) = guiju(folder, &["diff", &format!("{before},x.toml"), after]);
        assert!(status == 0 && out.contains("the editions are the same"), "{before} {after}\n{out}{err}");
    }
    // Of a region it amends the region.
    guiju(folder, &["diff", "xa,2026-06-01", "2026-06-01", "--format", "toml", "-o", "r.toml"]);
    assert!(fs::read_to_string(folder.join("r.toml")).unwrap().contains("region = \"xa\"\n"));
    let (_, out, err) = guiju(folder, &["diff", "xa,2026-06-01,r.toml", "2026-06-01"]);
    assert!(out.contains("no grade changes"), "{out}{err}");
}

#[test]
fn all_dates_are_pairs_where_both_dates_decide() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let status = guiju(folder, &["lint", "--all-dates", "--on", "2026-06-01"]).0;
    assert_eq!(status, 0);
    // What was applied for in June and is assessed in September has the second amendment without the first.
    let amendments = "standards/t-cas-375-2019/amendments";
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("standards/t-cas-375-2019");
    copy(&source, &folder.join("standards/t-cas-375-2019"));
    let by_application = "status = \"issued\"\neffective = \"2029-07-01\"\neffective-by = \"applied-on\"";
    let first = replace("6.2.3#registered-capital", "at-least = \"100 万元\"", "at-least = \"120 万元\"");
    let second = replace("6.2.3#registered-capital", "at-least = \"120 万元\"", "at-least = \"130 万元\"");
    instrument(folder, &format!("{amendments}/one.toml"), by_application, &first);
    let assessed = "status = \"issued\"\neffective = \"2029-08-01\"";
    instrument(folder, &format!("{amendments}/two.toml"), assessed, &second);
    let (status, _, err) = guiju(folder, &["lint", "--all-dates", "--on", "2026-06-01"]);
    assert_eq!(status, 2, "{err}");
    assert!(err.contains("error[stale-quote]") && err.contains("applied for on"), "{err}");
}

#[test]
fn a_region_in_a_folder_of_its_own_is_resolved_for_all_dates() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let change = replace("6.2.3#registered-capital", "at-least = \"100 万元\"", "at-least = \"120 万元\"");
    instrument(folder, "ours/nn/region.toml", DRAFT, &change);
    let (status, out, err) =
        guiju(folder, &["lint", "--all-dates", "--with", "ours/nn", "--on", "2026-06-01"]);
    assert_eq!(status, 0, "{out}{err}");
    let wrong = change.replace("100", "90");
    instrument(folder, "ours/nn/region.toml", DRAFT, &wrong);
    let (status, _, err) = guiju(folder, &["lint", "--all-dates", "--with", "ours/nn", "--on", "2026-06-01"]);
    assert!(status == 2 && err.contains("error[stale-quote]"), "{err}");
    // Its code is that of another region: one of both would be ignored.
    instrument(folder, "ours/xa/region.toml", DRAFT, &change);
    let (status, _, err) =
        guiju(folder, &["show", "6.2.3", "--region", "xa", "--with", "ours/xa", "--on", "2026-06-01"]);
    assert!(status == 2 && err.contains("error[duplicate-id]"), "{err}");
}

#[test]
fn letterheads_are_read_before_they_are_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let template = |text: &str| {
        format!("[[insert]]\ntemplate = {{ name = \"letterhead.md.j2\", text = \"{text}\" }}\n{REASON}")
    };
    instrument(folder, "t.toml", DRAFT, &template("{% if %}"));
    let args = ["lint", "--on", "2026-06-01", "--with", "t.toml"];
    let (status, _, err) = guiju(folder, &args);
    assert!(status == 2 && err.contains("error[bad-template]") && err.contains("t.toml:"), "{err}");
    instrument(folder, "t.toml", DRAFT, &template("{{ report.institution }}"));
    assert_eq!(guiju(folder, &args).0, 0);
}

fn tiny() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tiny/standards").to_string_lossy().into_owned()
}

/// A letterhead with this text, on several lines, in force from a day on.
fn letterhead(folder: &Path, file: &str, part: &str, text: &str) {
    let operation =
        format!("[[insert]]\ntemplate = {{ name = \"{part}\", text = '''\n{text}''' }}\n{REASON}");
    instrument(folder, file, "status = \"draft\"\neffective = \"2027-01-01\"", &operation);
}

#[test]
fn letterheads_ask_for_nothing_that_no_report_has() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let tiny = tiny();
    let tiny = ["--standards", tiny.as_str()];
    let lint = [&["lint", "--on", "2027-06-01", "--with", "t.toml"], &tiny[..]].concat();
    for (part, text, line, word) in [
        ("letterhead.md.j2", "甲\n{{ report.institutio }}\n", 10, "did you mean `institution`?"),
        (
            "letterhead.html.j2",
            "{% if report.lang == 'fr' %}\n  {{ report.regon }}{% endif %}\n",
            10,
            "`region`",
        ),
        ("signature.md.j2", "{% for c in report.categories %}\n\n{{ c.titel }}\n{% endfor %}\n", 11, ""),
        ("signature.md.j2", "{% if report.view == 'self' %}{{ nobody }}{% endif %}\n", 9, ""),
        (
            "signature.html.j2",
            "{% for c in report.general %}{% if c.verdict == 'undetermined' %}{{ c.x }}{% endif %}{% endfor %}\n",
            9,
            "",
        ),
        ("letterhead.md.j2", "{{ report.institution | upcase }}\n", 9, "upcase"),
        ("letterhead.md.j2", "甲\n乙\n{% include 'mine.j2' %}\n", 11, "mine.j2"),
    ] {
        letterhead(folder, "t.toml", part, text);
        let (status, _, err) = guiju(folder, &lint);
        assert!(status == 2 && err.contains("error[bad-template]"), "{text}\n{err}");
        assert!(err.contains(&format!("t.toml:{line}:")) && err.contains(word), "{text}\n{err}");
        assert_eq!(err.matches("error[").count(), 1, "{err}");
        // On all dates it is found before it is in force.
        let all = ["lint", "--all-dates", "--on", "2026-06-01", "--with", "t.toml"];
        let (status, _, err) = guiju(folder, &[&all, &tiny[..]].concat());
        assert!(status == 2 && err.contains(&format!("t.toml:{line}:")), "{err}");
        assert!(err.contains("edition of 2027-01-01"), "{err}");
        let (status, _, err) = guiju(folder, &[&["issue", "t.toml"], &tiny[..]].concat());
        assert!(status == 2 && err.contains(&format!("t.toml:{line}:")), "{err}");
    }
    for text in [
        "{{ report.institution }} {{ t('甲', 'A') }}\n{% if report.region is not none %}{{ report.region }}{% endif %}\n",
        "{% if report.office is defined %}{{ report.office }}{% endif %}\n",
        "{% for c in report.categories %}{{ c.reached.title }}{% if c.next %}{{ c.next.title }}{% endif %}{% endfor %}\n",
        "{% set a = report.assessed_on[:4] | int %}{{ a + 1 }}{{ report.categories[2].title }}\n",
    ] {
        letterhead(folder, "t.toml", "letterhead.md.j2", text);
        let (status, _, err) = guiju(folder, &lint);
        assert_eq!(status, 0, "{text}\n{err}");
    }
    // What another instrument puts there is looked at where it stands, and before anything is added to it.
    letterhead(folder, "t.toml", "letterhead.md.j2", "{{ report.institution }}\n");
    let now = "[[replace]]\nat = \"template:letterhead.md.j2\"\n";
    let now = format!(
        "{now}was = {{ text = \"{{{{ report.institution }}}}\\n\" }}\nnow = {{ text = \"{{{{ report.cod }}}}\" }}\n{REASON}"
    );
    instrument(folder, "u.toml", "status = \"draft\"\neffective = \"2027-02-01\"", &now);
    let (status, _, err) = guiju(folder, &[&lint[..], &["--with", "u.toml"]].concat());
    assert!(status == 2 && err.contains("u.toml:10:16") && err.contains("did you mean `code`?"), "{err}");
    let add = ["amend", "3.1#shelved", "at-least=4 册", "--add-to", "u.toml", "--with", "t.toml"];
    let (status, _, err) = guiju(folder, &[&add, &tiny[..]].concat());
    assert!(status == 2 && err.contains("error[bad-template]"), "{err}");
}

#[test]
fn options_without_effect_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("x.toml"), "a = 1\n").unwrap();
    instrument(folder, "d.toml", DRAFT, "");
    let tiny = tiny();
    let tiny = tiny.as_str();
    let dossier = format!("{tiny}/library-badge/examples/silver.toml");
    let reading = ["--reading", "INT074=literal"];
    let region = ["--region", "xa"];
    let with = ["--with", "d.toml"];
    let on = ["--on", "2026-06-01"];
    let calls: [(&[&str], &[&[&str; 2]]); 13] = [
        (&["region", "list"], &[&reading, &region]),
        (
            &["fmt", "--check", "x.toml"],
            &[&reading, &region, &with, &on, &["--standard", "x"], &["--standards", tiny]],
        ),
        (&["fmt", "--check", "-"], &[&reading, &["--standard", "x"]]),
        (&["test", "--standards", tiny], &[&reading, &region, &on]),
        (&["test", "--mutate", "--standards", tiny], &[&with]),
        (&["portability", &dossier, "--standards", tiny], &[&region]),
        (
            &["lint", "--explain", "mixed-units"],
            &[&reading, &region, &with, &on, &["--deny", "warnings"], &["--format", "sarif"]],
        ),
        (&["lint", "--all-dates"], &[&reading]),
        (&["diff", "base", "base"], &[&reading, &region, &with]),
        (&["diff", "base,2026-01-01", "2026-02-01"], &[&on]),
        (&["impact", "base", "base", &dossier, "--standards", tiny], &[&with]),
        (&["report", &dossier, "--standards", tiny, "--format", "json"], &[&["--templates", "."]]),
        (&["new", "--category", "consulting:2:upgrade"], &[&["--target", "3"], &["--stage", "upgrade"]]),
    ];
    for (call, idle) in calls {
        for option in idle {
            let (status, out, err) = guiju(folder, &[call, &option[..]].concat());
            assert_eq!((status, out.as_str()), (2, ""), "{call:?} {option:?}: {err}");
            assert!(err.contains("bad-call") && err.contains(option[0]), "{call:?} {option:?}: {err}");
        }
    }
    for call in [&["schema", "case", "--check", "."][..], &["schema", "--write", "a", "--check", "a"]] {
        assert_eq!(guiju(folder, call).0, 2, "{call:?}");
    }
    assert!(!folder.join("a").exists());
    let (status, _, err) = guiju(folder, &["evaluate", &dossier, "--standards", tiny, "--target", "x=2"]);
    assert!(status == 2 && err.contains("error[unknown-category]"), "{err}");
    // A draft that is named takes part in the days on both sides of its dates.
    let days = |more: &[&str]| guiju(folder, &[&["test", "--standards", tiny], more].concat());
    instrument(
        folder,
        "e.toml",
        DRAFT,
        &replace("3.1#shelved", "at-least = \"3 册\"", "at-least = \"4 册\""),
    );
    let (status, out, err) = days(&["--with", "e.toml"]);
    assert!(
        status == 0 && out.contains(": 2 days on both sides") && !days(&[]).1.contains("days"),
        "{out}{err}"
    );
    // Where an option has an effect it is taken.
    let listed = guiju(folder, &["schema", "--format", "json"]).1;
    assert!(serde_json::from_str::<Vec<String>>(&listed).unwrap().contains(&"case".to_owned()));
    let said = guiju(folder, &["lint", "--explain", "mixed-units", "--format", "json"]).1;
    assert_eq!(serde_json::from_str::<serde_json::Value>(&said).unwrap()["code"], "mixed-units");
    assert_eq!(guiju(folder, &["region", "list", "--on", "2026-06-01"]).0, 0);
    assert_eq!(guiju(folder, &["new", "--category", "consulting", "--target", "3"]).0, 0);
}

#[test]
fn cases_take_no_reading() {
    let (status, _, err) = guiju(Path::new("."), &["test", "--reading", "INT074=literal"]);
    assert!(status == 2 && err.contains("error[bad-call]"), "{err}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}
