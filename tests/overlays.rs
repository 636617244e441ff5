//! Promise: instruments change what they name, when they are in force, and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::borrow::Cow;
use std::collections::BTreeMap;

use guiju::analysis::diff::{ChangeKind, Side, diff, instrument, settled, settlements};
use guiju::calendar::Date;
use guiju::diag::Diagnostics;
use guiju::edition::compare::Relation;
use guiju::edition::{Edition, Request, compile, describe, rules};
use guiju::load::{Files, RawStandard, load};
use guiju::source::Sources;

struct World {
    sources: Sources,
    raw: RawStandard,
}

impl World {
    fn of(files: &Files<'_>) -> World {
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        let raw = load(&mut sources, "standard", files, &mut diagnostics);
        assert!(!diagnostics.has_errors(), "{}", common::printed(&sources, diagnostics));
        World { sources, raw }
    }

    fn shipped() -> World {
        World::of(&common::files(&common::shipped()))
    }

    fn edition(&self, request: &Request) -> Edition {
        self.tried(request).unwrap_or_else(|printed| panic!("{printed}"))
    }

    fn tried(&self, request: &Request) -> Result<Edition, String> {
        let mut diagnostics = Diagnostics::default();
        let edition = compile(&self.raw, request, &mut diagnostics);
        let good = edition.filter(|_| !diagnostics.has_errors());
        good.ok_or_else(|| common::printed(&self.sources, diagnostics))
    }
}

fn on(written: &str) -> Date {
    common::date(written)
}

fn region(code: &str, date: &str) -> Request {
    Request { region: Some(code.to_owned()), ..Request::of(on(date), on(date)) }
}

fn base() -> Request {
    Request { base_only: true, ..common::request() }
}

/// An instrument with these operations.
fn written(id: &str, head: &str, operations: &str) -> String {
    format!(
        "id = \"{id}\"\ntitle = {{ zh = \"甲\", en = \"A\" }}\nissuer = {{ zh = \"甲\", en = \"A\" }}\n\
         citation = {{ zh = \"甲\", en = \"A\" }}\n{head}\n{operations}"
    )
}

const CAPITAL: &str = "[[replace]]\nat = \"6.3.3#registered-capital\"\nwas = { at-least = \"300 万元\" }\n\
                       now = { at-least = \"500 万元\" }\nreason = { zh = \"因\", en = \"why\" }\n";

fn with(files: &mut Files<'static>, path: &str, text: String) {
    files.insert(path.to_owned(), Cow::Owned(text.into_bytes()));
}

fn threshold(edition: &Edition, address: &str) -> String {
    let all = describe::describe(edition).clauses.into_iter().flat_map(|c| c.checks);
    let check = all.into_iter().find(|c| c.address == address).unwrap();
    check.threshold.unwrap().as_str().unwrap().to_owned()
}

#[test]
fn an_instrument_is_in_force_from_its_first_to_its_last_day() {
    let mut files = common::files(&common::shipped());
    let head = "status = \"issued\"\neffective = \"2026-05-01\"\nexpires = \"2026-12-31\"";
    with(&mut files, "amendments/a.toml", written("a", head, CAPITAL));
    let world = World::of(&files);
    let plain = World::shipped();
    for (date, expected) in [
        ("2026-04-30", "300 万元"),
        ("2026-05-01", "500 万元"),
        ("2026-12-31", "500 万元"),
        ("2027-01-01", "300 万元"),
    ] {
        let request = Request::of(on("2020-01-01"), on(date));
        let edition = world.edition(&request);
        assert_eq!(threshold(&edition, "6.3.3#registered-capital"), expected, "{date}");
        // Outside its time it changes nothing at all.
        let same = edition.digest == plain.edition(&request).digest;
        assert_eq!(same, expected == "300 万元", "{date}");
        assert_eq!(edition.layers[0].in_force, expected == "500 万元");
    }
}

#[test]
fn the_date_that_decides_is_the_one_it_names() {
    let head = "status = \"issued\"\neffective = \"2026-05-01\"\neffective-by = \"applied-on\"";
    let mut files = common::files(&common::shipped());
    with(&mut files, "amendments/a.toml", written("a", head, CAPITAL));
    let world = World::of(&files);
    let at = |applied: &str, assessed: &str| {
        threshold(&world.edition(&Request::of(on(applied), on(assessed))), "6.3.3#registered-capital")
    };
    assert_eq!(at("2026-04-30", "2026-06-01"), "300 万元");
    assert_eq!(at("2026-05-01", "2026-06-01"), "500 万元");
}

#[test]
fn a_draft_takes_part_only_where_it_is_named() {
    let head = "status = \"draft\"\neffective = \"2026-01-01\"";
    let mut files = common::files(&common::shipped());
    with(&mut files, "amendments/a.toml", written("a", head, CAPITAL));
    let mut world = World::of(&files);
    let address = "6.3.3#registered-capital";
    let edition = world.edition(&common::request());
    assert_eq!(threshold(&edition, address), "300 万元");
    assert!(edition.layers.is_empty());
    world.raw.overlays.iter_mut().filter(|o| o.path.ends_with("a.toml")).for_each(|o| o.named = true);
    assert_eq!(threshold(&world.edition(&common::request()), address), "500 万元");
}

#[test]
fn only_what_is_named_changes() {
    let mut files = common::files(&common::shipped());
    let head = "status = \"issued\"\neffective = \"2026-01-01\"";
    // 6.2.2 is shared by the clauses of the other levels, which keep it.
    let operations = "[[replace]]\nat = \"6.2.2\"\nwas = { title = { zh = \"法律地位\" } }\n\
                      now = { title = { zh = \"法人资格\" } }\nreason = { zh = \"因\", en = \"why\" }\n";
    let plain = World::shipped();
    let before = describe::describe(&plain.edition(&common::request()));
    let title = before.clauses.iter().find(|c| c.id == "6.2.2").unwrap().title.zh.clone();
    with(&mut files, "amendments/a.toml", written("a", head, &operations.replace("法律地位", &title)));
    let after = describe::describe(&World::of(&files).edition(&common::request()));
    for (b, a) in before.clauses.iter().zip(&after.clauses) {
        let (mut x, mut y) = (serde_json::to_value(b).unwrap(), serde_json::to_value(a).unwrap());
        if b.id == "6.2.2" {
            assert_eq!(a.title.zh, "法人资格");
            continue;
        }
        // That the content is no longer shared is no change of the content.
        for json in [&mut x, &mut y] {
            json.as_object_mut().unwrap().remove("same_as");
        }
        assert_eq!(x, y, "{}", b.id);
    }
}

#[test]
fn a_region_lies_over_amendments_and_a_city_over_its_province() {
    let world = World::shipped();
    let at = |code: &str, date: &str, address: &str| threshold(&world.edition(&region(code, date)), address);
    assert_eq!(at("xa", "2026-09-01", "6.3.4#area"), "150 平方米");
    assert_eq!(at("xa-port", "2026-09-01", "6.3.4#area"), "150 平方米");
    assert_eq!(at("xa-port", "2027-01-01", "6.3.4#area"), "180 平方米");
    assert_eq!(at("xa-port", "2026-06-30", "xa.1#number"), "3 人");
    assert_eq!(at("xa-port", "2026-07-01", "xa.1#number"), "5 人");
    assert_eq!(at("xb", "2026-12-31", "6.2.3#registered-capital"), "50 万元");
    assert_eq!(at("xb", "2027-01-01", "6.2.3#registered-capital"), "100 万元");
    let edition = world.edition(&region("xa-port", "2027-01-01"));
    let layer = |at: &str| edition.layer_of(at).map(|l| l.id.clone());
    assert_eq!(layer("6.3.4#area").as_deref(), Some("xa-port-2027-office"));
    assert_eq!(layer("6.3.4#xa-port-in-city").as_deref(), Some("xa-port"));
    assert_eq!(layer("6.3.4#fixed"), None);
}

#[test]
fn every_reading_can_be_tried_or_says_why_not() {
    let world = World::shipped();
    let plain = world.edition(&base());
    let (mut tried, mut beyond) = (0, 0);
    for interpretation in world.raw.interpretations.iter().flat_map(|f| &f.interpretations) {
        for reading in &interpretation.readings {
            let readings = BTreeMap::from([(interpretation.id.value.clone(), reading.id.value.clone())]);
            let request = Request { readings, ..common::request() };
            let name = format!("{}={}", interpretation.id.value, reading.id.value);
            match world.tried(&request) {
                Err(printed) => {
                    assert!(reading.beyond.is_some(), "{name}:\n{printed}");
                    assert!(printed.contains("reading-beyond"), "{name}:\n{printed}");
                    beyond += 1;
                }
                Ok(edition) => {
                    assert!(reading.beyond.is_none(), "{name} was applied");
                    let operations = reading.replace.len() + reading.insert.len() + reading.withdraw.len();
                    let adopted = reading.id.value == interpretation.adopted.value;
                    assert_eq!(edition.digest == plain.digest, adopted, "{name}");
                    tried += usize::from(operations > 0);
                }
            }
        }
    }
    assert!(tried >= 40 && beyond > 5, "{tried} tried, {beyond} beyond");
}

#[test]
fn what_an_instrument_settles_the_call_cannot_contradict() {
    let mut files = common::files(&common::tiny());
    let head = "status = \"issued\"\neffective = \"2026-01-01\"";
    let settle = "[[settle]]\nat = \"LB1\"\nwas = \"either\"\nnow = \"both\"\nreason = { zh = \"因\", en = \"why\" }\n";
    with(&mut files, "amendments/a.toml", written("a", head, settle));
    let world = World::of(&files);
    let edition = world.edition(&common::request());
    assert_eq!(edition.interpretations["LB1"].adopted, "both");
    assert_eq!(edition.layer_of("2.2#calm").map(|l| l.id.as_str()), Some("a"));
    let other =
        Request { readings: BTreeMap::from([("LB1".to_owned(), "either".to_owned())]), ..common::request() };
    assert!(world.tried(&other).unwrap_err().contains("overlay-conflict"));
    let agrees =
        Request { readings: BTreeMap::from([("LB1".to_owned(), "both".to_owned())]), ..common::request() };
    assert_eq!(world.edition(&agrees).digest, edition.digest);
}

/// Pairs of editions that differ in many ways.
fn pairs() -> Vec<(World, Request, Request)> {
    let mut all = vec![
        (World::shipped(), base(), region("xa-port", "2027-02-01")),
        (World::shipped(), region("xa-port", "2027-02-01"), base()),
        (World::shipped(), region("xa", "2026-09-01"), region("xb", "2026-09-01")),
    ];
    let world = World::shipped();
    for interpretation in world.raw.interpretations.iter().flat_map(|f| &f.interpretations) {
        for reading in interpretation.readings.iter().filter(|r| r.beyond.is_none()) {
            if reading.replace.len() + reading.insert.len() + reading.withdraw.len() > 0 {
                let readings = BTreeMap::from([(interpretation.id.value.clone(), reading.id.value.clone())]);
                all.push((World::shipped(), base(), Request { readings, ..common::request() }));
            }
        }
    }
    all
}

#[test]
fn a_difference_written_as_an_instrument_gives_the_other_side() {
    let mut tried = 0;
    for (world, before, after) in pairs() {
        let (a, b) = (world.edition(&before), world.edition(&after));
        let (ra, rb) = (rules(&world.raw, &before).unwrap(), rules(&world.raw, &after).unwrap());
        let (left, right) = (Side { edition: &a, rules: &ra }, Side { edition: &b, rules: &rb });
        assert!(diff(left, left).changes.is_empty());
        let found = diff(left, right);
        assert!(!found.changes.is_empty() && a.digest != b.digest);
        if before.region.is_some() {
            continue;
        }
        let head = written("z", "status = \"issued\"\neffective = \"2026-01-01\"", "");
        // A reading that is settled carries its operations: only what is left is written out.
        let readings = settled(&found);
        let mut read = before.clone();
        read.readings.extend(readings.iter().map(|(id, _, now)| (id.clone(), now.clone())));
        let (middle, rules_read) = (world.edition(&read), rules(&world.raw, &read).unwrap());
        let rest = diff(Side { edition: &middle, rules: &rules_read }, right);
        let text = instrument(&rest, right, &(head + &settlements(&readings))).unwrap();
        let mut files = common::files(&common::shipped());
        with(&mut files, "amendments/z.toml", text.clone());
        let applied =
            World::of(&files).tried(&common::request()).unwrap_or_else(|printed| panic!("{printed}\n{text}"));
        let (x, y) = (describe::describe(&applied), describe::describe(&b));
        for (p, q) in x.clauses.iter().zip(&y.clauses) {
            let plain = |c: &describe::ClauseOut| {
                let mut json = serde_json::to_value(c).unwrap();
                for field in ["history", "layer", "same_as", "checks"] {
                    json.as_object_mut().unwrap().remove(field);
                }
                json
            };
            assert_eq!(plain(p), plain(q), "{text}");
        }
        assert_eq!(applied.digest, b.digest, "{text}");
        tried += 1;
    }
    assert!(tried > 40);
}

#[test]
fn what_is_said_to_be_stricter_is() {
    let world = World::shipped();
    let found = |before: &Request, after: &Request| {
        let (a, b) = (world.edition(before), world.edition(after));
        let (ra, rb) = (rules(&world.raw, before).unwrap(), rules(&world.raw, after).unwrap());
        diff(Side { edition: &a, rules: &ra }, Side { edition: &b, rules: &rb })
    };
    let up = found(&base(), &region("xa", "2026-09-01"));
    assert_eq!(up.effect, Relation::Stricter);
    assert_eq!(found(&region("xa", "2026-09-01"), &base()).effect, Relation::Looser);
    let kinds: Vec<(&str, ChangeKind)> = up.changes.iter().map(|c| (c.at.as_str(), c.kind)).collect();
    assert!(kinds.contains(&("6.3.3#registered-capital", ChangeKind::Stricter)));
    assert!(kinds.contains(&("xa.1", ChangeKind::Added)));
    assert_eq!(found(&base(), &region("xb", "2026-09-01")).effect, Relation::Looser);
    assert_eq!(found(&region("xa", "2026-09-01"), &region("xb", "2026-09-01")).effect, Relation::Looser);
}
