//! Promise: the laws that make a verdict defensible, on random dossiers of every standard.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use common::random::{Rng, World, forget, statements};
use guiju::analysis::missing::missing;
use guiju::assessment::{Assessment, CategoryResult, ClauseResult};
use guiju::check::operator::Polarity;
use guiju::dossier::{Dossier, View, assign};
use guiju::edition::Edition;
use guiju::edition::polarity::polarities;
use guiju::eval::evaluate;
use guiju::evidence::{Key, Place, State, Type, Value};
use guiju::report::evaluation::evaluation;
use guiju::source::{Sources, Span};
use guiju::verdict::{Outcome, Outcomes, Verdict};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::Value as Json;

fn sets() -> Vec<Outcomes> {
    let all = [Outcomes::MET, Outcomes::NOT_MET, Outcomes::NOT_APPLICABLE];
    (1..8_usize)
        .map(|bits| (0..3).filter(|i| bits >> i & 1 == 1).fold(Outcomes::NONE, |set, i| set.union(all[i])))
        .collect()
}

#[test]
fn verdicts_form_an_algebra() {
    let (sets, nothing) = (sets(), Outcomes::NOT_APPLICABLE);
    for combine in [Outcomes::and, Outcomes::or] {
        for &a in &sets {
            assert_eq!(combine(a, a), a, "idempotent");
            assert_eq!(combine(a, nothing), a, "what does not apply drops out");
            for &b in &sets {
                assert_eq!(combine(a, b), combine(b, a), "commutative");
                for &c in &sets {
                    assert_eq!(combine(combine(a, b), c), combine(a, combine(b, c)), "associative");
                    if a.within(b) {
                        assert!(combine(a, c).within(combine(b, c)), "knowing more never widens the result");
                    }
                }
            }
        }
    }
    // Without “does not apply” it is Kleene's strong logic, with all its tables.
    let (t, f, u) = (Outcomes::MET, Outcomes::NOT_MET, Outcomes::OPEN);
    for (a, b, and, or) in
        [(t, t, t, t), (t, f, f, t), (t, u, u, t), (f, f, f, f), (f, u, f, u), (u, u, u, u)]
    {
        assert_eq!((a.and(b), a.or(b)), (and, or));
    }
    assert_eq!(Outcome::Met.and(Outcome::NotApplicable), Outcome::Met);
    assert_eq!(Outcome::NotMet.or(Outcome::NotApplicable), Outcome::NotMet);
}

#[test]
fn a_verdict_has_one_name() {
    for verdict in Verdict::ALL {
        assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.id());
    }
}

/// Runs a law on random dossiers of every standard.
fn for_random(cases: u32, law: impl Fn(&World<'_>, &mut Rng)) {
    for standard in common::standards() {
        let mut sources = Sources::default();
        let edition = common::edition(&standard, &mut sources);
        let world = World::new(&edition);
        // The same dossiers in every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look further.
        let further = std::env::var_os("PROPTEST_RNG_SEED").is_some();
        let default = ProptestConfig::default();
        let rng_seed = if further { default.rng_seed } else { RngSeed::Fixed(375) };
        let config = ProptestConfig { cases, failure_persistence: None, rng_seed, ..default };
        proptest!(config, |(seed in any::<u64>().no_shrink())| law(&world, &mut Rng(seed)));
    }
}

fn clauses(assessment: &Assessment) -> impl Iterator<Item = &ClauseResult> {
    assessment.categories.iter().flat_map(|c| &c.clauses).chain(&assessment.admissibility.clauses)
}

fn no_wider(edition: &Edition, more: &Assessment, less: &Assessment) {
    for (more, less) in clauses(more).zip(clauses(less)) {
        let id = &edition.clauses[more.clause].id;
        assert!(more.outcomes.within(less.outcomes), "{id}: {:?} → {:?}", less.outcomes, more.outcomes);
        for (i, (more, less)) in more.checks.iter().zip(&less.checks).enumerate() {
            let check = &edition.clauses[clauses_ix(edition, id)].checks[i].id;
            assert!(more.outcomes.within(less.outcomes), "{id}#{check}: {less:?} → {more:?}");
        }
    }
    for (more, less) in more.categories.iter().zip(&less.categories) {
        assert!(less.attained.guaranteed <= more.attained.guaranteed, "guaranteed");
        assert!(more.attained.possible <= less.attained.possible, "possible");
        assert!(more.attained.guaranteed <= more.attained.possible, "interval");
    }
}

fn clauses_ix(edition: &Edition, id: &guiju::id::ClauseId) -> usize {
    edition.find(id).unwrap()
}

#[test]
fn more_evidence_never_flips_a_decided_verdict() {
    for_random(150, |world, rng| {
        let full = world.declared(rng);
        let Some(dossier) = common::sound(&full, world.edition) else { return };
        let mut poorer = full.clone();
        let mut all = statements(&full);
        for _ in 0..1 + rng.below(all.len().min(40)) {
            let path = all.swap_remove(rng.below(all.len()));
            forget(&mut poorer, &path);
        }
        let (more, less) = (evaluate(world.edition, &dossier, View::Own), {
            let dossier = common::sound(&poorer, world.edition).unwrap();
            evaluate(world.edition, &dossier, View::Own)
        });
        no_wider(world.edition, &more, &less);
    });
}

#[test]
fn more_review_never_flips_a_decided_verdict() {
    for_random(100, |world, rng| {
        let mut full = world.declared(rng);
        full["review"] = serde_json::json!({ "assessors": ["甲"], "on": "2026-04-20", "accept": [{ "by": "甲", "keys": ["*"] }] });
        let Some(dossier) = common::sound(&full, world.edition) else { return };
        let names: Vec<&str> = world
            .edition
            .dictionary
            .iter()
            .filter(|(_, k)| k.derive.is_none())
            .map(|(_, k)| &*k.name)
            .collect();
        let often = 2 + rng.below(60);
        let some: Vec<&str> = names.into_iter().filter(|_| !rng.one_in(often)).collect();
        full["review"]["accept"][0]["keys"] = serde_json::json!(some);
        let poorer = common::sound(&full, world.edition).unwrap();
        let more = evaluate(world.edition, &dossier, View::Review);
        no_wider(world.edition, &more, &evaluate(world.edition, &poorer, View::Review));
        // With everything accepted the review knows what the institution says.
        for (own, reviewed) in clauses(&evaluate(world.edition, &dossier, View::Own)).zip(clauses(&more)) {
            assert_eq!(own.outcomes, reviewed.outcomes, "{}", world.edition.clauses[own.clause].id);
        }
    });
}

/// Known values of keys that the compiler proves to help one way only, with their addresses.
fn provable(dossier: &Dossier, edition: &Edition) -> Vec<(String, Key, Polarity, Value)> {
    let polarities = polarities(edition);
    let mut all = Vec::new();
    for entry in &dossier.entries {
        let facts = guiju::dossier::facts(dossier, edition, View::Own, entry.category);
        for (ix, key) in edition.dictionary.iter() {
            let Some(polarity) = polarities[ix.0].filter(|p| *p != Polarity::Mixed) else { continue };
            match key.place {
                Place::Field { list, position } => {
                    for record in &facts.list(list).records {
                        if let State::Known(value) = &record.slot(position).state {
                            let (list, field) = (edition.dictionary.name(list), key.field_name());
                            all.push((
                                format!("{list}[{}].{field}", record.id),
                                key.clone(),
                                polarity,
                                value.clone(),
                            ));
                        }
                    }
                }
                place => {
                    if let State::Known(value) = &facts.slot(ix).state {
                        let category = entry.category.filter(|_| place == Place::Category);
                        let prefix = category.map(|c| format!("{}/", edition.standard.categories[c].id));
                        all.push((
                            format!("{}{}", prefix.unwrap_or_default(), key.name),
                            key.clone(),
                            polarity,
                            value.clone(),
                        ));
                    }
                }
            }
        }
    }
    all
}

/// A better value in words, if there is one.
fn better(rng: &mut Rng, key: &Key, polarity: Polarity, value: &Value, edition: &Edition) -> Option<String> {
    let up = polarity == Polarity::Up;
    Some(match value {
        Value::Flag(flag) if *flag != up => up.to_string(),
        Value::Finding(guiju::evidence::Conclusion::Fails) if up => "conforms".to_owned(),
        Value::Date(date) => date
            .plus_days(if up { 1 } else { -1 } * (1 + i64::try_from(rng.below(1500)).unwrap()))
            .to_string(),
        Value::Quantity(base) => {
            let Type::Quantity(dimension) = key.ty else { return None };
            let (low, high) = key.bounds?;
            let end = if up { high } else { low };
            let step = if up { base.plus(key.step) } else { base.minus(key.step) };
            let better = if rng.one_in(3) { end } else { step };
            let unit = &edition.standard.units.dimensions[dimension].units[0].id;
            format!("{} {unit}", better.clamp(low, high))
        }
        Value::Choice(at) => {
            let choices = key.choices()?;
            let next = if up { at.checked_add(1) } else { at.checked_sub(1) }?;
            choices.get(next).filter(|_| choices.ordered)?.id.clone()
        }
        _ => return None,
    })
}

#[test]
fn better_evidence_never_lowers_a_grade() {
    let tried = std::cell::Cell::new(0);
    for_random(80, |world, rng| {
        let Some(dossier) = common::sound(&world.declared(rng), world.edition) else { return };
        let before = evaluate(world.edition, &dossier, View::Own);
        let provable = provable(&dossier, world.edition);
        for _ in 0..6 {
            let Some((address, key, polarity, value)) = (!provable.is_empty()).then(|| rng.pick(&provable))
            else {
                return;
            };
            let Some(written) = better(rng, key, *polarity, value, world.edition) else { continue };
            let mut improved = dossier.clone();
            assign(&format!("{address}={written}"), Span::NONE, &mut improved, world.edition)
                .unwrap_or_else(|d| panic!("{address}={written}: {}", d.message.en));
            let after = evaluate(world.edition, &improved, View::Own);
            tried.set(tried.get() + 1);
            for (before, after) in before.categories.iter().zip(&after.categories) {
                assert!(
                    before.attained.guaranteed <= after.attained.guaranteed
                        && before.attained.possible <= after.attained.possible,
                    "{address}: {value:?} → {written}: {:?} → {:?}",
                    before.attained,
                    after.attained
                );
            }
        }
    });
    assert!(tried.get() > 250, "only {} improvements were tried", tried.get());
}

fn shuffled(rng: &mut Rng, value: &Json) -> Json {
    match value {
        Json::Object(table) => {
            let mut all: Vec<(String, Json)> =
                table.iter().map(|(k, v)| (k.clone(), shuffled(rng, v))).collect();
            shuffle(rng, &mut all);
            Json::Object(all.into_iter().collect())
        }
        Json::Array(items) => {
            let mut all: Vec<Json> = items.iter().map(|v| shuffled(rng, v)).collect();
            // What is applied for, and who assessed it, is told in the order in which it is written.
            if !items.iter().any(|i| i.get("target").is_some() || i == "甲") {
                shuffle(rng, &mut all);
            }
            Json::Array(all)
        }
        other => other.clone(),
    }
}

fn shuffle<T>(rng: &mut Rng, all: &mut [T]) {
    for i in (1..all.len()).rev() {
        all.swap(i, rng.below(i + 1));
    }
}

fn answer(dossier: &Dossier, edition: &Edition) -> String {
    let view = dossier.default_view();
    let assessment = evaluate(edition, dossier, view);
    let digest = guiju::dossier::digest(dossier, edition);
    serde_json::to_string(&evaluation(edition, dossier, &assessment, digest)).unwrap()
}

/// Two answers are the same, byte for byte; says where they part.
fn same(one: &str, other: &str) {
    if let Some(at) = one.bytes().zip(other.bytes()).position(|(a, b)| a != b) {
        let around = |text: &str| {
            let chars: Vec<char> = text[text.floor_char_boundary(at)..].chars().take(160).collect();
            chars.into_iter().collect::<String>()
        };
        panic!("at {at}:\n{}\n{}", around(one), around(other));
    }
    assert_eq!(one.len(), other.len());
}

#[test]
fn order_in_a_dossier_changes_no_byte() {
    for_random(30, |world, rng| {
        let value = world.reviewed(rng);
        let Some(dossier) = common::sound(&value, world.edition) else { return };
        let other = common::sound(&shuffled(rng, &value), world.edition).unwrap();
        same(&answer(&dossier, world.edition), &answer(&other, world.edition));
    });
}

#[test]
fn order_of_files_and_tables_changes_no_byte() {
    for standard in common::standards() {
        let mut sources = Sources::default();
        let edition = common::edition(&standard, &mut sources);
        let world = World::new(&edition);
        let rng = &mut Rng(7);
        let mut other = guiju::load::Files::new();
        for (name, bytes) in common::files(&standard) {
            let text = String::from_utf8(bytes.into_owned()).unwrap();
            let (folder, file) = name.rsplit_once('/').unwrap_or(("", &name));
            // Reverse the tables of a file; those before the first one are its head.
            let mut parts: Vec<String> = Vec::new();
            for line in text.lines() {
                if line.starts_with("[[") || parts.is_empty() {
                    parts.push(String::new());
                }
                let last = parts.last_mut().unwrap();
                last.push_str(line);
                last.push('\n');
            }
            // Operations of an instrument are applied in their order, and a region is called like its folder.
            let ordered = ["standard.toml", "units.toml"].contains(&name.as_str())
                || ["amendments/", "regions/"].iter().any(|folder| name.starts_with(folder));
            if !ordered {
                parts[1..].reverse();
            }
            let renamed = if ordered || folder.is_empty() {
                name.clone()
            } else {
                format!("{folder}/{}-{file}", rng.below(1000))
            };
            other.insert(renamed.trim_start_matches('/').to_owned(), parts.concat().into_bytes().into());
        }
        let mut sources = Sources::default();
        let reversed = common::edition_of(&other, &mut sources).unwrap_or_else(|printed| panic!("{printed}"));
        assert_eq!(edition.digest, reversed.digest);
        for seed in 0..5 {
            let value = world.reviewed(&mut Rng(seed));
            let (Some(a), Some(b)) = (common::sound(&value, &edition), common::sound(&value, &reversed))
            else {
                continue;
            };
            same(&answer(&a, &edition), &answer(&b, &reversed));
        }
    }
}

/// An address as the command line writes it.
fn addressed(world: &World<'_>, item: &guiju::analysis::missing::Missing, result: &CategoryResult) -> String {
    guiju::report::evaluation::address(world.edition, result.entry.category, item.key, item.record.as_deref())
}

#[test]
fn what_is_missing_settles_the_grade() {
    let settled = std::cell::Cell::new(0);
    for_random(200, |world, rng| {
        let Some(dossier) = common::sound(&world.declared(rng), world.edition) else { return };
        let assessment = evaluate(world.edition, &dossier, View::Own);
        for result in &assessment.categories {
            let lacking = missing(world.edition, &dossier, View::Own, result);
            let open = result.attained.guaranteed < result.attained.possible;
            assert_eq!(open, !lacking.is_empty(), "something is missing exactly where the grade is open");
            // Lists and whole records cannot be stipulated.
            let plain = |item: &guiju::analysis::missing::Missing| {
                world.edition.dictionary.get(item.key).is_some_and(|k| k.ty != Type::List)
            };
            if !open || !lacking.iter().all(plain) {
                continue;
            }
            let mut known = dossier.clone();
            for item in &lacking {
                let key = world.edition.dictionary.get(item.key).unwrap();
                let value = match world.value(rng, key) {
                    Json::String(text) => text,
                    Json::Array(items) => items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(","),
                    other => other.to_string(),
                };
                let value = if value.is_empty() { "!".to_owned() } else { value };
                let assignment = format!("{}={value}", addressed(world, item, result));
                assign(&assignment, Span::NONE, &mut known, world.edition)
                    .unwrap_or_else(|d| panic!("{assignment}: {}", d.message.en));
            }
            let after = evaluate(world.edition, &known, View::Own);
            let after = after.categories.iter().find(|c| c.entry == result.entry).unwrap();
            assert_eq!(after.attained.guaranteed, after.attained.possible, "{lacking:?}");
            settled.set(settled.get() + 1);
        }
    });
    assert!(settled.get() > 20, "only {} grades were settled", settled.get());
}
