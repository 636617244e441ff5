//! Promise: what an explanation cites is why. The cited evidence alone gives the same outcomes; without it, the
//! check is no longer decided.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::collections::BTreeSet;

use common::random::{Rng, World};
use guiju::assessment::CategoryResult;
use guiju::check::cite::{Because, cite, looked};
use guiju::check::{Body, Reason};
use guiju::dossier::{Cell, Dossier, FieldCell, RecordCell, View, context, facts};
use guiju::edition::Edition;
use guiju::eval::{evaluate, one_clause};
use guiju::evidence::{KeyIx, Place};
use guiju::source::Sources;
use guiju::verdict::{Outcome, Outcomes};

/// What a check cites: keys outside records, lists, and fields of records by path.
#[derive(Default, Debug)]
struct Citation {
    facts: BTreeSet<KeyIx>,
    lists: BTreeSet<KeyIx>,
    fields: BTreeSet<(String, KeyIx)>,
}

fn citation(edition: &Edition, dossier: &Dossier, result: &CategoryResult, at: (usize, usize)) -> Citation {
    let facts = facts(dossier, edition, View::Own, result.entry.category);
    let ctx = context(dossier, edition, &result.entry, &facts);
    let check = &edition.clauses[at.0].checks[at.1];
    let when: Vec<_> = edition.conditions(at.0).chain(&check.when).cloned().collect();
    let mut all = Citation::default();
    for cited in cite(&check.body, &when, &ctx) {
        match edition.dictionary.get(cited.key).map(|k| k.place) {
            Some(Place::Field { .. }) => drop(all.fields.insert((cited.record.unwrap(), cited.key))),
            _ => drop(all.facts.insert(cited.key)),
        }
    }
    for record in looked(&check.body, &ctx) {
        all.lists.insert(record.list);
        note(edition, record.list, &record.id, &record.because, &mut all);
    }
    // A list without any record is what was looked at, too.
    let keys = guiju::edition::describe::keys(&check.body, &when);
    let derived = keys.iter().filter_map(|k| edition.derived[k.0].as_ref());
    let mut through = keys.clone();
    derived.for_each(|d| guiju::edition::describe::aggregate_keys(d, &mut through));
    for key in through {
        let list = match edition.dictionary.get(key).map(|k| k.place) {
            Some(Place::Field { list, .. }) => list,
            _ => key,
        };
        all.lists.insert(list);
    }
    all
}

/// Fields that say why a record, or one within it, does not count.
fn note(edition: &Edition, list: KeyIx, id: &str, because: &[Because], all: &mut Citation) {
    let of = |list: KeyIx, name: &str| {
        edition.dictionary.find(&format!("{}[].{name}", edition.dictionary.name(list)))
    };
    for because in because {
        let Some(field) = of(list, &because.condition.path) else { continue };
        if because.nested.is_empty() {
            all.fields.insert((id.to_owned(), field));
        }
        for (inner, why) in &because.nested {
            note(edition, field, &format!("{id}/{inner}"), why, all);
        }
    }
}

/// The dossier with what is cited (or with everything else).
fn only(edition: &Edition, dossier: &Dossier, cited: &Citation, keep: bool) -> Dossier {
    let mut part = dossier.clone();
    part.cells.retain(|(_, key), _| cited.facts.contains(key) == keep);
    part.lists.retain(|key, _| cited.lists.contains(key) || !keep);
    if keep {
        for (list, cell) in &mut part.lists {
            for record in &mut cell.records {
                let id = record.id.to_string();
                blank(edition, *list, &id, record, cited);
            }
        }
    } else {
        part.lists.retain(|key, _| !cited.lists.contains(key));
    }
    part
}

fn blank(edition: &Edition, list: KeyIx, id: &str, record: &mut RecordCell, cited: &Citation) {
    for (position, field) in record.fields.iter_mut() {
        let key = edition.dictionary.iter().find(
            |(_, k)| matches!(k.place, Place::Field { list: l, position: p } if l == list && p == position),
        );
        let Some((key, _)) = key else { continue };
        match field {
            FieldCell::Cell(cell) if !cited.fields.contains(&(id.to_owned(), key)) => *cell = Cell::default(),
            FieldCell::Cell(_) => {}
            FieldCell::List(inner) => {
                for record in &mut inner.records {
                    let id = format!("{id}/{}", record.id);
                    blank(edition, key, &id, record, cited);
                }
            }
        }
    }
}

#[test]
fn cited_evidence_is_enough_and_needed() {
    let (mut enough, mut needed) = (0, 0);
    for standard in common::standards() {
        let edition = common::edition(&standard, &mut Sources::default());
        let world = World::new(&edition);
        for seed in 0..40 {
            let rng = &mut Rng(seed);
            let Some(dossier) = common::sound(&world.declared(rng), &edition) else { continue };
            let assessment = evaluate(&edition, &dossier, View::Own);
            for result in &assessment.categories {
                for _ in 0..60 {
                    let own = rng.pick(&result.clauses);
                    let clause = &edition.clauses[own.clause];
                    if clause.checks.is_empty() {
                        continue;
                    }
                    let i = rng.below(clause.checks.len());
                    let (check, tested) = (&clause.checks[i], &own.checks[i]);
                    let frame = matches!(check.body, Body::AnyOf(_) | Body::AllOf(_) | Body::Requires(..));
                    let timed = matches!(tested.reason, Reason::Deferred | Reason::Superseded);
                    if frame || timed || tested.outcomes.iter().count() > 1 {
                        continue;
                    }
                    let again = |dossier: &Dossier| -> Outcomes {
                        one_clause(&edition, dossier, View::Own, &result.entry, own.clause).checks[i].outcomes
                    };
                    // Judged by itself, a clause is judged as for the target, like the result at hand.
                    let cited = citation(&edition, &dossier, result, (own.clause, i));
                    let with = again(&only(&edition, &dossier, &cited, true));
                    let at = || {
                        format!("{} seed {seed}: {}: {cited:?}", edition.standard.id, clause.address(check))
                    };
                    assert_eq!(with, tested.outcomes, "the cited evidence alone: {}", at());
                    enough += 1;
                    // Whether a category or stage is right takes no evidence.
                    let by_entry = tested.outcomes.contains(Outcome::NotApplicable);
                    let without = again(&only(&edition, &dossier, &cited, false));
                    if without == tested.outcomes {
                        assert!(by_entry, "without the cited evidence it is still {without:?}: {}", at());
                    } else {
                        needed += 1;
                    }
                }
            }
        }
    }
    println!("{enough} decided checks follow from what they cite; {needed} need it");
    assert!(enough > 1000 && needed > 900, "{enough} {needed}");
}
