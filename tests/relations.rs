//! Promise: what is said to be stricter or looser is; what is not proven is not claimed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::borrow::Cow;

use guiju::diag::Diagnostics;
use guiju::edition::compare::{Relation, overall, relations};
use guiju::edition::{Edition, Request, compile};
use guiju::load::{Files, load};
use guiju::source::Sources;

const REASON: &str = "reason = { zh = \"因\", en = \"why\" }\n";

fn head(id: &str, more: &str) -> String {
    format!(
        "id = \"{id}\"\ntitle = {{ zh = \"甲\", en = \"A\" }}\nissuer = {{ zh = \"甲\", en = \"A\" }}\n\
         citation = {{ zh = \"甲\", en = \"A\" }}\nstatus = \"issued\"\neffective = \"2026-01-01\"\n{more}\n"
    )
}

fn tried(files: &Files<'_>, request: &Request) -> Result<Edition, String> {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let raw = load(&mut sources, "standard", files, &mut diagnostics);
    let edition = compile(&raw, request, &mut diagnostics);
    let good = edition.filter(|_| !diagnostics.has_errors());
    good.ok_or_else(|| common::printed(&sources, diagnostics))
}

fn with(path: &str, text: String) -> Files<'static> {
    let mut files = common::files(&common::shipped());
    files.insert(path.to_owned(), Cow::Owned(text.into_bytes()));
    files
}

fn amended(operations: &str) -> Edition {
    let files = with("amendments/a.toml", head("a", "") + operations);
    tried(&files, &common::request()).unwrap_or_else(|printed| panic!("{printed}"))
}

/// The base, and what a check of the shipped standard becomes, both ways.
fn relation(operations: &str) -> (Relation, Relation) {
    let base = Request { base_only: true, ..common::request() };
    let base = tried(&common::files(&common::shipped()), &base).unwrap();
    let after = amended(operations);
    (overall(&relations(&base, &after)), overall(&relations(&after, &base)))
}

fn replace(at: &str, was: &str, now: &str) -> String {
    format!("[[replace]]\nat = \"{at}\"\nwas = {{ {was} }}\nnow = {{ {now} }}\n{REASON}\n")
}

#[test]
fn fewer_clauses_to_choose_from_are_stricter() {
    let gone =
        format!("[[withdraw]]\nat = \"J.4.3.a.13\"\nwas = {{ topic = \"scheme-destruction\" }}\n{REASON}");
    assert_eq!(relation(&gone), (Relation::Stricter, Relation::Looser));
}

#[test]
fn a_clause_that_is_offered_for_choice_and_applies_less_often_is_no_relief() {
    let when = replace("J.4.3.a.1", "", "when.category.not-in = [\"data\"]");
    assert_eq!(relation(&when).0, Relation::Incomparable);
    // The same where the clause gates by itself is one.
    let when = replace("J.4.3.b", "", "when.category.not-in = [\"data\"]");
    assert_eq!(relation(&when), (Relation::Looser, Relation::Stricter));
}

#[test]
fn what_stands_in_until_a_rule_is_due_may_ask_more() {
    let stages = replace(
        "due:first-supervision",
        "stages = [\"supervision\", \"renewal\", \"upgrade\"]",
        "stages = [\"renewal\", \"upgrade\"]",
    );
    assert_eq!(relation(&stages).0, Relation::Incomparable);
}

#[test]
fn what_is_left_of_alternatives_must_apply() {
    let may = replace("evidence:data.equipment", "", "may-not-apply = true");
    let fewer =
        replace("J.2.2.b#means", "any-of = [\"equipment\", \"platform\"]", "any-of = [\"equipment\"]");
    let before = amended(&may);
    let after = amended(&(may + &fewer));
    let found = relations(&before, &after);
    assert_eq!(found["J.2.2.b#means"], Relation::Incomparable, "{found:?}");
    let after = amended(&fewer);
    let base = amended("");
    assert_eq!(relations(&base, &after)["J.2.2.b#means"], Relation::Stricter);
}

#[test]
fn what_may_be_said_of_a_key_counts() {
    let may = replace("evidence:finance.registered-capital", "", "may-not-apply = true");
    assert_eq!(relation(&may), (Relation::Looser, Relation::Stricter));
    let wide = replace(
        "evidence:finance.registered-capital",
        "bounds.high = \"1000000 亿元\"",
        "bounds.high = \"900000 亿元\"",
    );
    assert_eq!(relation(&wide), (Relation::Stricter, Relation::Looser));
    // What is computed is moved to the nearer bound: whoever has done nothing has done nine.
    let floor = replace("evidence:projects.completed", "bounds.low = \"0 个\"", "bounds.low = \"9 个\"");
    assert_eq!(relation(&floor).0, Relation::Incomparable);
    let scope =
        replace("evidence:personnel.head.experience", "scope = \"institution\"", "scope = \"category\"");
    assert_eq!(relation(&scope).0, Relation::Incomparable);
}

#[test]
fn what_is_protected_is_so_through_keys_too() {
    let region = |operations: &str| {
        let files = with("regions/gx/region.toml", head("gx", "intent = \"any\"") + operations);
        tried(&files, &Request { region: Some("gx".to_owned()), ..common::request() })
    };
    // 6.2.2 may only be made stricter, 5.3 not be changed at all.
    let loose = replace("evidence:legal.registered", "", "may-not-apply = true");
    let printed = region(&loose).unwrap_err();
    assert!(
        printed.contains("error[protected]") && printed.contains("evidence:legal.registered"),
        "{printed}"
    );
    let last = replace("evidence:body.region", "", "may-not-apply = true");
    assert!(region(&last).unwrap_err().contains("error[protected]"));
    // What nothing protected looks at, and what is only said in other words, is free.
    let other = replace("evidence:finance.registered-capital", "", "may-not-apply = true");
    assert!(region(&other).is_ok());
    let hint = replace("evidence:body.region", "", "hint = { zh = \"看\", en = \"look\" }");
    region(&hint).unwrap();
}

#[test]
fn what_a_region_protects_binds_those_below_it() {
    let heading = format!(
        "[[insert]]\npart = \"basic\"\n{REASON}clause = {{ id = \"gx\", kind = \"informative\", protect = \"final\", \
         title = {{ zh = \"题\", en = \"heading\" }} }}\n"
    );
    let clause = format!(
        "[[insert]]\npart = \"basic\"\n{REASON}clause = {{ id = \"gx.1\", level = 2, topic = \"x\", title = {{ zh = \"题\", \
         en = \"title\" }}, summary = {{ zh = \"要\", en = \"sum\" }}, methods = [\"document-review\"], check = [{{ id = \"c\", attest = \"legal.registered\" }}] }}\n"
    );
    let change = replace("gx.1", "topic = \"x\"", "topic = \"y\"");
    let mut files = with("regions/gx/region.toml", head("gx", "") + &heading + &clause);
    let mut add = |path: &str, text: String| {
        files.insert(path.to_owned(), Cow::Owned(text.into_bytes()));
    };
    add("regions/gx/amendments/a.toml", head("gx-a", "") + &change);
    add("regions/gx-port/region.toml", head("gx-port", "parent = \"gx\""));
    let again = replace("gx.1", "topic = \"y\"", "topic = \"z\"");
    add("regions/gx-hill/region.toml", head("gx-hill", "parent = \"gx\"") + &again);
    let of = |code: &str| tried(&files, &Request { region: Some(code.to_owned()), ..common::request() });
    of("gx").unwrap();
    of("gx-port").unwrap();
    assert!(of("gx-hill").unwrap_err().contains("error[protected]"));
}

#[test]
fn a_region_has_one_file_and_a_name_of_its_own() {
    let mut files = with("regions/gx/region.toml", head("gx", ""));
    files.insert("regions/base/region.toml".to_owned(), Cow::Owned(head("base", "").into_bytes()));
    let of = |code: &str| tried(&files, &Request { region: Some(code.to_owned()), ..common::request() });
    of("gx").unwrap();
    assert!(of("base").unwrap_err().contains("error[bad-id]"));
    // A second file with the code lies elsewhere and is named by the call.
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let mut raw = load(&mut sources, "standard", &files, &mut diagnostics);
    let mut other = raw.overlays.iter().find(|o| o.path.contains("gx/region.toml")).unwrap().clone();
    (other.path, other.region, other.named) = ("elsewhere/gx/region.toml".to_owned(), None, true);
    raw.overlays.push(other);
    let request = Request { region: Some("gx".to_owned()), ..common::request() };
    assert!(compile(&raw, &request, &mut diagnostics).is_none());
    assert!(common::printed(&sources, diagnostics).contains("error[duplicate-id]"));
}
