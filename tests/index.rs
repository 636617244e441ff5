//! Promise: every place of T/CAS 375—2019 is in the data, under its level and part, and nothing else is.
//!
//! `clause-index.tsv` lists the places of the printed standard: id, level, part, and whether others lie below.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::collections::BTreeMap;

use guiju::edition::Edition;
use guiju::format::chapter::KindRaw;
use guiju::source::Sources;

fn shipped() -> Edition {
    common::edition(&common::shipped(), &mut Sources::default())
}

struct Place {
    level: Option<u8>,
    part: &'static str,
    leaf: bool,
}

fn index() -> BTreeMap<&'static str, Place> {
    let rows = include_str!("clause-index.tsv").lines().skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split('\t').collect();
        let level = (!cells[1].is_empty()).then(|| cells[1].parse().unwrap());
        (cells[0], Place { level, part: cells[2], leaf: cells[3] == "leaf" })
    })
    .collect()
}

#[test]
fn every_place_of_the_index_is_data() {
    let (edition, index) = (shipped(), index());
    let leaves = index.values().filter(|p| p.leaf).count();
    let graded = index.values().filter(|p| p.leaf && p.level.is_some()).count();
    assert_eq!((index.len(), leaves, graded), (775, 581, 556));
    let ours: Vec<&str> = edition.clauses.iter().map(|c| c.id.as_str()).collect();
    let printed: Vec<&&str> = index.keys().filter(|id| !ours.contains(id)).collect();
    assert!(printed.is_empty(), "not in the data: {printed:?}");
    for clause in &edition.clauses {
        let place = index.get(clause.id.as_str()).unwrap_or_else(|| panic!("{} is not printed", clause.id));
        assert_eq!(clause.level, place.level, "level of {}", clause.id);
        let part = edition.standard.parts[clause.part].id.as_str();
        // The index calls what is neither ability “general” or “process”; the data say what each is for.
        let expected =
            if place.level.is_some() || clause.id.as_str().starts_with('6') { place.part } else { part };
        assert_eq!(part, expected, "part of {}", clause.id);
        assert_eq!(clause.children.is_empty(), place.leaf, "children of {}", clause.id);
    }
}

#[test]
fn every_leaf_under_a_level_is_checked() {
    let (edition, index) = (shipped(), index());
    for clause in &edition.clauses {
        let place = &index[clause.id.as_str()];
        if place.leaf && place.level.is_some() {
            assert_eq!(clause.kind, KindRaw::Requirement, "{}", clause.id);
            let gates = clause.checks.iter().any(|c| !c.observation);
            assert!(gates || clause.same_as.is_some(), "{} has no check that decides", clause.id);
        }
    }
}

#[test]
fn titles_are_in_both_languages() {
    let edition = shipped();
    let han = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    for clause in &edition.clauses {
        assert!(han(&clause.title.zh), "{}: {}", clause.id, clause.title.zh);
        assert!(!han(&clause.title.en) && !clause.title.en.is_empty(), "{}: {}", clause.id, clause.title.en);
    }
}
