//! Promise: editions and verdicts that two evaluators once saw differently are as the document says.
//!
//! A folder of `tests/chains/` holds a standard, or files that are laid over the tiny one (or another folder), and what
//! is expected.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::borrow::Cow;
use std::path::Path;

use guiju::diag::Diagnostics;
use guiju::dossier::View;
use guiju::edition::{Request, compile};
use guiju::eval::evaluate;
use guiju::load::{Files, load};
use guiju::source::Sources;
use guiju::verdict::{Outcome, Outcomes};
use toml::{Table, Value};

/// The files of a case without its dossier and expectation.
fn files(folder: &Path, over: Option<&str>) -> Files<'static> {
    let own = common::files(folder);
    let mut files = match over {
        Some(case) => files(&folder.with_file_name(case), None),
        None if own.contains_key("standard.toml") => Files::new(),
        None => common::files(&common::tiny()),
    };
    for (path, bytes) in own.iter().filter(|(p, _)| !["expected.toml", "dossier.toml"].contains(&p.as_str()))
    {
        files.insert(path.clone(), Cow::Owned(bytes.to_vec()));
    }
    files
}

fn holds(name: &str) {
    let folder = Path::new("tests/chains").join(name);
    let text = |file: &str| std::fs::read_to_string(common::root().join(&folder).join(file)).unwrap();
    let expected: Table = text("expected.toml").parse().unwrap();
    let word = |field: &str| expected.get(field).and_then(Value::as_str);
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let raw = load(&mut sources, "standard", &files(&folder, word("over")), &mut diagnostics);
    let on = common::date(word("on").unwrap_or("2026-04-20"));
    let mut request = Request::of(on, on);
    request.region = word("region").map(str::to_owned);
    let edition = compile(&raw, &request, &mut diagnostics).filter(|_| !diagnostics.has_errors());
    if let Some(code) = word("refused") {
        assert!(edition.is_none(), "{name}: it is accepted");
        let codes: Vec<String> = diagnostics.into_sorted().iter().map(|d| d.code.to_string()).collect();
        assert!(codes.iter().any(|c| c == code), "{name}: refused as {codes:?}");
        return;
    }
    let edition = edition
        .unwrap_or_else(|| panic!("{name}: it is refused: {}", common::printed(&sources, diagnostics)));
    let dossier = common::dossier("dossier.toml", &text("dossier.toml"), &edition).unwrap();
    let mut doubts = Diagnostics::default();
    guiju::dossier::check_consistency(&dossier, &edition, &mut doubts);
    let codes: Vec<String> = doubts.into_sorted().iter().map(|d| d.code.to_string()).collect();
    assert_eq!(codes.join(" "), word("warns").unwrap_or_default(), "{name}: warnings");
    let assessment = evaluate(&edition, &dossier, View::Own);
    if let Some(wanted) = word("admissibility") {
        assert_eq!(printed(assessment.admissibility.outcomes), wanted, "{name}: admissibility");
    }
    let category = &assessment.categories[0];
    let wanted = |id: &str| expected.get("clauses").and_then(|c| c.get(id)).and_then(Value::as_str);
    for result in &category.clauses {
        let id = edition.clauses[result.clause].id.to_string();
        if let Some(wanted) = wanted(&id) {
            assert_eq!(printed(result.outcomes), wanted, "{name}: {id}");
        }
    }
    assert_eq!(i64::from(category.award), expected["award"].as_integer().unwrap(), "{name}: award");
}

fn printed(outcomes: Outcomes) -> String {
    let words =
        [(Outcome::Met, "met"), (Outcome::NotMet, "not-met"), (Outcome::NotApplicable, "not-applicable")];
    let all: Vec<&str> = words.iter().filter(|(o, _)| outcomes.contains(*o)).map(|(_, word)| *word).collect();
    all.join(" or ")
}

#[test]
fn a_condition_on_a_figure_that_may_be_absent_leaves_nothing_out() {
    holds("condition-on-a-figure-that-may-be-absent");
}

#[test]
fn a_child_of_another_category_is_left_out() {
    holds("category-below-common-clause");
}

#[test]
fn a_region_does_not_settle_what_is_final() {
    holds("region-settles-final");
}

#[test]
fn a_city_does_not_settle_back_what_its_region_could_not_settle() {
    holds("city-settles-final-back");
}

#[test]
fn a_figure_outside_its_bounds_is_the_nearer_bound() {
    holds("derived-outside-bounds");
}

#[test]
fn what_was_withdrawn_is_not_settled() {
    holds("settles-what-was-withdrawn");
}

#[test]
fn a_condition_beside_evidence_is_refused() {
    holds("condition-beside-evidence");
}

#[test]
fn a_region_does_not_withdraw_what_is_final() {
    holds("region-withdraws-final-check");
}

#[test]
fn region_stands_outside_the_folders_of_regions() {
    holds("region-named-within-region");
}

#[test]
fn rules_with_stages_are_not_due_for_admissibility() {
    holds("due-in-admissibility");
}

#[test]
fn admissibility_asks_nothing_about_one_category() {
    holds("category-key-where-there-is-none");
}
