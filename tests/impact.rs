//! Promise: what `impact` and `portability` say of dossiers is what `evaluate` says of them, with the fewest reasons.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::fs;
use std::process::{Command, Output};

use serde_json::Value as Json;

const EXAMPLES: &str = "standards/t-cas-375-2019/examples";
/// The draft that raises capital: level 2 from 300 to 500, level 3 from 500 to 800 (in 10,000 CNY).
const CAPITAL: &str = "2028-01-01,standards/t-cas-375-2019/amendments/example-2028-capital.toml";

fn guiju(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    command.current_dir(common::root()).args(args);
    for name in ["LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

fn example(name: &str) -> String {
    format!("{EXAMPLES}/{name}.toml")
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(args: &[&str]) -> Json {
    let output = guiju(&[args, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", stderr(&output)))
}

fn list<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    value[name].as_array().unwrap_or_else(|| panic!("{name}: {value}"))
}

fn snapshot(name: &str, text: &str) {
    common::snapshot("impact", name, text);
}

#[test]
fn the_draft_on_capital() {
    let (consultancy, pair, emergency) =
        (example("consultancy-level-2"), example("consulting-and-emergency"), example("emergency-level-3"));
    let args = ["impact", "base", CAPITAL, &consultancy, &pair, &emergency];
    let out = json(&args);
    // Capital 320, 800 and 600. The first held level 2 (300, now 500) and drops to 1, which asks 100 as before. The
    // third held level 3 (500, now 800) and drops to 2 (500). The second has just the 800 that level 3 now asks: it is
    // one step (1 CNY) from a drop, and was not before; its other category holds level 1 and is not touched.
    assert_eq!(out["totals"]["drops"], 2);
    assert_eq!(out["totals"]["rises"], 0);
    assert_eq!(out["totals"]["newly_near"], 1);
    for (dossier, from, to, clause, short) in [(0, 2, 1, "6.3.3", 1_800_000), (2, 3, 2, "6.4.3", 2_000_000)] {
        let category = &out["dossiers"][dossier]["categories"][0];
        assert_eq!(category["before"]["award"], from);
        assert_eq!(category["after"]["award"], to);
        let because = list(category, "because");
        assert_eq!(because.len(), 1, "{because:?}");
        assert_eq!(because[0]["clause"], clause);
        let checks = list(&because[0], "checks");
        assert_eq!(checks.len(), 1);
        assert_eq!(checks[0]["address"], format!("{clause}#registered-capital"));
        assert_eq!(checks[0]["after"]["shortfall"], short);
        assert_eq!(checks[0]["after"]["layer"]["id"], "example-2028-capital");
        assert_eq!(checks[0]["before"]["layer"], Json::Null);
    }
    let near = list(&out["dossiers"][1]["categories"][0], "near");
    let new: Vec<&Json> = near.iter().filter(|n| n["newly"] == true).collect();
    assert_eq!(new.len(), 1, "{new:?}");
    assert_eq!(new[0]["evidence"], "finance.registered-capital");
    assert_eq!(new[0]["set"], "finance.registered-capital=799.9999 万元");
    let schema: Json =
        serde_json::from_str(&fs::read_to_string(common::root().join("schemas/impact.schema.json")).unwrap())
            .unwrap();
    let faults: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&out)
        .map(|e| format!("{}: {e:.200}", e.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
    for lang in ["zh", "en"] {
        let output = guiju(&[&args[..], &["--lang", lang]].concat());
        assert_eq!(status(&output), 0);
        snapshot(&format!("capital-{lang}"), &stdout(&output));
    }
}

#[test]
fn an_edition_against_itself_changes_nothing() {
    let (newcomer, begun) = (example("newcomer-monitoring"), example("operations-hardly-begun"));
    for side in ["base", "xa", "xb"] {
        let out = json(&["impact", side, side, &newcomer, &begun]);
        for category in list(&out, "dossiers").iter().flat_map(|d| list(d, "categories")) {
            assert_eq!(category["change"], "same", "{side}");
            assert_eq!(category["because"], Json::Array(vec![]));
            assert_eq!(category["asked"], Json::Array(vec![]));
            assert!(list(category, "near").iter().all(|n| n["newly"] == false));
        }
    }
}

/// What evaluate says of the award of the first category.
fn award(file: &str, more: &[&str]) -> u64 {
    let out = json(&[&["evaluate", file], more].concat());
    out["categories"][0]["award"].as_u64().unwrap()
}

#[test]
fn what_drops_and_what_hangs_is_what_evaluate_says() {
    let software = example("software-interval");
    let out = json(&["impact", "base", "xa", &software]);
    let category = &out["dossiers"][0]["categories"][0];
    // Capital 560 of 600; and the province asks for local staff, of which the dossier says nothing. Level 2 needs both.
    assert_eq!(category["before"]["award"].as_u64().unwrap(), award(&software, &[]));
    assert_eq!(category["after"]["award"].as_u64().unwrap(), award(&software, &["--region", "xa"]));
    let clauses: Vec<&str> =
        list(category, "because").iter().map(|c| c["clause"].as_str().unwrap()).collect();
    assert_eq!(clauses, ["6.3.3", "xa.1"]);
    let asked = list(category, "asked");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["evidence"], "xa.local-staff");
    assert_eq!(asked[0]["new_key"], true);
    // Each reason is needed: without one of them mended the award does not come back.
    let (capital, staff) = ("finance.registered-capital=600 万元", "xa.local-staff=3 人");
    for (sets, expected) in [(vec![capital], 1), (vec![staff], 1), (vec![capital, staff], 2)] {
        let sets: Vec<&str> = sets.into_iter().flat_map(|s| ["--set", s]).collect();
        assert_eq!(award(&software, &[&["--region", "xa"][..], &sets].concat()), expected, "{sets:?}");
    }
    let newcomer = example("newcomer-monitoring");
    let out = json(&["impact", "base", "xb", &newcomer]);
    let category = &out["dossiers"][0]["categories"][0];
    let near = list(category, "near");
    assert!(!near.is_empty());
    let mut seen = std::collections::BTreeSet::new();
    // One of each kind stands for the rest, which would take too long.
    for hanging in near.iter().filter(|n| seen.insert(n["kind"].as_str().unwrap())) {
        let set = hanging["set"].as_str().unwrap();
        let left = award(&newcomer, &["--region", "xb", "--set", set]);
        assert_eq!(hanging["award"].as_u64().unwrap(), left, "{set}");
        assert!(left < category["after"]["award"].as_u64().unwrap(), "{set}");
    }
}

#[test]
fn a_standard_of_another_shape() {
    let tiny = "tests/tiny/standards";
    let silver = "tests/tiny/standards/library-badge/examples/silver.toml";
    let out = json(&["impact", "base", "base", silver, "--standards", tiny]);
    let category = &out["dossiers"][0]["categories"][0];
    assert_eq!(category["category"], Json::Null);
    assert_eq!(category["change"], "same");
    for hanging in list(category, "near") {
        let set = hanging["set"].as_str().unwrap();
        let left = award(silver, &["--standards", tiny, "--set", set]);
        assert_eq!(hanging["award"].as_u64().unwrap(), left, "{set}");
        assert!(left < category["after"]["award"].as_u64().unwrap(), "{set}");
    }
    // It holds 50 points: 20 for seats (24, more than 10), 20 for quiet, 10 more; the first level takes 30. Without
    // seats there are 30 left, without quiet 30, without both 10: no level, and neither alone would have done it.
    let folder = tempfile::tempdir().unwrap();
    let draft = |name: &str, operations: &[&str]| {
        let words = "{ zh = \"示例\", en = \"example\" }";
        let mut text = format!(
            "id = \"{name}\"\ntitle = {words}\nissuer = {words}\ncitation = {words}\nstatus = \"draft\"\neffective = \"2026-01-01\"\n"
        );
        for operation in operations {
            text.push_str(&format!("{operation}\nreason = {words}\n"));
        }
        let path = folder.path().join(format!("{name}.toml"));
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let seats = "[[replace]]\nat = \"2.1#seats\"\nwas = { above = \"10 座\" }\nnow = { above = \"24 座\" }";
    let quiet = "[[withdraw]]\nat = \"2.2\"\nwas = { points = 20 }";
    for (name, operations, award, because) in [
        ("seats", &[seats][..], 1, &[][..]),
        ("quiet", &[quiet], 1, &[]),
        ("both", &[seats, quiet], 0, &["2.1", "2.2"]),
    ] {
        let draft = draft(name, operations);
        for sides in [["base", &draft], [&draft, "base"]] {
            let out = json(&["impact", sides[0], sides[1], silver, "--standards", tiny]);
            let category = &out["dossiers"][0]["categories"][0];
            let at = if sides[0] == "base" { "after" } else { "before" };
            assert_eq!(category[at]["award"], award, "{name}");
            let clauses: Vec<&str> =
                list(category, "because").iter().map(|c| c["clause"].as_str().unwrap()).collect();
            assert_eq!(clauses, because, "{name} {sides:?}");
            assert_eq!(category["grading"], false);
        }
    }
    let out = json(&["portability", silver, "--standards", tiny]);
    assert_eq!(list(&out, "columns").len(), 1);
}

#[test]
fn ledgers_and_limits() {
    let consultancy = example("consultancy-level-2");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.toml");
    let ledger = path.to_str().unwrap();
    let args = ["impact", "base", CAPITAL, &consultancy];
    let run = |more: &[&str]| guiju(&[&args[..], more].concat());
    assert_eq!(status(&run(&["--fail-on-drop", "1"])), 0);
    let output = run(&["--fail-on-drop", "0"]);
    assert_eq!(status(&output), 1);
    assert!(stderr(&output).contains("too-many-drops"));
    assert_eq!(status(&run(&["--fail-on-drop", "x"])), 2);
    // An empty ledger: the entry that is printed, completed, is the one that is lacking.
    fs::write(&path, "").unwrap();
    let output = run(&["--ledger", ledger]);
    assert_eq!(status(&output), 1);
    assert!(stderr(&output).contains("unacknowledged"));
    let text = stdout(&output);
    let entry = &text[text.find("[[acknowledged]]").unwrap()..];
    assert!(
        entry.contains("dossier = \"consultancy-level-2.toml\"\ncategory = \"consulting\"\nfrom = 2\nto = 1")
    );
    let fill = |reason: &str| {
        entry
            .replace("reason = \"\"", reason)
            .replace("by = \"\"", "by = \"王编\"")
            .replace("on = \"\"", "on = \"2027-06-01\"")
    };
    fs::write(&path, entry).unwrap();
    assert_eq!(status(&run(&["--ledger", ledger])), 2, "an entry without reason, name and date");
    for reason in ["reason = \"本意如此\"", "reason = { zh = \"本意如此\", en = \"as intended\" }"] {
        fs::write(&path, fill(reason)).unwrap();
        let output = run(&["--ledger", ledger]);
        assert_eq!(status(&output), 0, "{}", stderr(&output));
    }
    // Named by its digest; and an entry that fits nothing is stale.
    let digest = json(&args)["dossiers"][0]["digest"].as_str().unwrap()[..10].to_owned();
    let good = fill("reason = \"本意如此\"");
    let other = good.replace("to = 1", "to = 0");
    fs::write(&path, format!("{}\n{other}", good.replace("consultancy-level-2.toml", &digest))).unwrap();
    let output = run(&["--ledger", ledger]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(stderr(&output).contains("stale-acknowledgement"));
    fs::write(&path, &other).unwrap();
    assert_eq!(status(&run(&["--ledger", ledger])), 1);
    fs::write(&path, good.replace("category", "kategory")).unwrap();
    let output = run(&["--ledger", ledger]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("unknown-field") && stderr(&output).contains("ledger.toml:"));
}

#[test]
fn dossiers_that_cannot_be_read_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(common::root().join(example("newcomer-monitoring"))).unwrap();
    // A dossier of province A, which the base cannot read.
    let local = text.replacen("[facts]", "[facts]\nxa.local-staff = \"3 人\"", 1);
    assert_ne!(local, text);
    fs::write(folder.path().join("local.toml"), local).unwrap();
    fs::write(folder.path().join("plain.toml"), text).unwrap();
    fs::write(folder.path().join("readme.md"), "no dossier").unwrap();
    let args = ["impact", "xa", "base", folder.path().to_str().unwrap()];
    let output = guiju(&args);
    assert_eq!(status(&output), 0);
    assert_eq!(status(&guiju(&[&args[..], &["--fail-on-drop", "9"]].concat())), 1);
    let out = json(&args);
    assert_eq!(out["totals"]["dossiers"], 1);
    let refused = list(&out, "unreadable");
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0]["side"], "after");
    assert_eq!(refused[0]["diagnostics"][0]["code"], "unknown-evidence");
    assert!(refused[0]["diagnostics"][0]["line"].as_u64().unwrap() > 1);
    assert_eq!(status(&guiju(&["impact", "base", "xa", folder.path().to_str().unwrap()])), 2);
}

#[test]
fn spreadsheets_are_rfc_4180_and_take_nothing_for_a_formula() {
    let folder = tempfile::tempdir().unwrap();
    let text = fs::read_to_string(common::root().join(example("newcomer-monitoring"))).unwrap();
    let name = text.lines().find(|l| l.starts_with("name = ")).unwrap();
    fs::write(folder.path().join("a.toml"), text.replacen(name, "name = '=1+1,\"x\"'", 1)).unwrap();
    let to = folder.path().join("out.csv");
    let args = ["impact", "base", "xb", folder.path().to_str().unwrap(), "--format", "csv"];
    let output = guiju(&[&args[..], &["-o", to.to_str().unwrap()]].concat());
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let csv = fs::read_to_string(&to).unwrap();
    assert!(csv.starts_with("\u{feff}档案,机构,类别,"));
    assert!(csv.contains("\"'=1+1,\"\"x\"\"\""), "{csv}");
    assert!(csv.ends_with("\r\n"));
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].len(), reader.headers().unwrap().len());
    let output =
        guiju(&["portability", folder.path().to_str().unwrap(), "--format", "csv", "--on", "2026-08-01"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).starts_with("\u{feff}档案,机构,类别,申报等级,基础,xa,xa-port,xb,"));
}

#[test]
fn the_regions_side_by_side() {
    let consultancy = example("consultancy-level-2");
    let args = ["portability", &consultancy, "--on", "2026-08-01"];
    let out = json(&args);
    let awards: Vec<(&str, u64)> = list(&out["dossiers"][0]["categories"][0], "awards")
        .iter()
        .map(|a| (a["region"].as_str().unwrap_or("base"), a["award"].as_u64().unwrap()))
        .collect();
    // Capital 320 of 300; the province and its port ask 600; the other province eases level 1 only.
    assert_eq!(awards, [("base", 2), ("xa", 1), ("xa-port", 1), ("xb", 2)]);
    // Before July 2026 the port has no rules of its own: it is graded as the province.
    let out = json(&["portability", &consultancy, "--on", "2026-04-20"]);
    let force: Vec<bool> = list(&out, "columns").iter().map(|c| c["in_force"].as_bool().unwrap()).collect();
    assert_eq!(force, [true, true, false, true]);
    for lang in ["zh", "en"] {
        let output = guiju(&[&args[..], &["--lang", lang]].concat());
        assert_eq!(status(&output), 0);
        snapshot(&format!("portability-{lang}"), &stdout(&output));
    }
    assert!(
        stdout(&guiju(&[&args[..], &["--format", "markdown"]].concat()))
            .contains("| 2 级 | 1 级 | 1 级 | 2 级 |")
    );
}

#[test]
fn pages_stand_by_themselves() {
    let consultancy = example("consultancy-level-2");
    for lang in ["zh", "en"] {
        let args = ["impact", "base", CAPITAL, &consultancy, "--lang", lang];
        let html = stdout(&guiju(&[&args[..], &["--format", "html"]].concat()));
        assert!(html.contains("<svg") && html.contains("6.3.3") && !html.contains("<script"));
        assert!(!html.contains("http://") && !html.contains("https://"));
        let markdown = stdout(&guiju(&[&args[..], &["--format", "markdown"]].concat()));
        assert!(markdown.contains("6.3.3") && markdown.contains("→"));
    }
}
