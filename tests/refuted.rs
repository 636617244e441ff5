//! Promise: no dossier refutes what is proven of two editions, whatever one operation does to a random standard.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::borrow::Cow;
use std::collections::BTreeMap;

use common::chains::random_chain;
use common::operations::inline;
use common::random::{Rng, World};
use guiju::dossier::View;
use guiju::edition::Edition;
use guiju::edition::compare::{Relation, overall, relations};
use guiju::eval::evaluate;
use guiju::load::Files;
use guiju::source::Sources;
use guiju::standard::Combine;
use serde_json::Value as Json;
use toml::{Table, Value};

/// How many random standards are tried, and how many dossiers for each operation.
const STANDARDS: u64 = 150;
const DOSSIERS: usize = 24;

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

/// Every operation of the instruments of a chain as an amendment by itself, in force for good.
fn single(files: &Files<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for (path, bytes) in files {
        if !path.starts_with("amendments/") && !path.starts_with("regions/") {
            continue;
        }
        let Ok(file) = std::str::from_utf8(bytes).unwrap().parse::<Table>() else { continue };
        let mut head = file.clone();
        for key in
            ["replace", "insert", "withdraw", "settle", "expires", "parent", "intent", "region", "base"]
        {
            head.remove(key);
        }
        head.insert("id".into(), Value::String("one".into()));
        head.insert("status".into(), Value::String("issued".into()));
        head.insert("effective".into(), Value::String("2020-01-01".into()));
        for kind in ["replace", "insert", "withdraw", "settle"] {
            for operation in file.get(kind).and_then(Value::as_array).into_iter().flatten() {
                let mut one = head.clone();
                one.insert(kind.into(), Value::Array(vec![operation.clone()]));
                let field = |(key, value): (&String, &Value)| format!("{key} = {}\n", inline(value, false));
                all.push(one.iter().map(field).collect());
            }
        }
    }
    all
}

/// What a dossier reaches, by category, if nothing is open.
fn reached(edition: &Edition, dossier: &Json) -> Option<BTreeMap<usize, u32>> {
    let dossier = common::sound(dossier, edition)?;
    let mut all = BTreeMap::new();
    for (i, category) in evaluate(edition, &dossier, View::Own).categories.into_iter().enumerate() {
        let points = edition.standard.combine == Combine::Points;
        if category.attained.guaranteed == category.attained.possible {
            all.insert(i, if points { category.award.into() } else { category.attained.guaranteed });
        }
    }
    Some(all)
}

#[test]
fn no_dossier_refutes_what_is_proven() {
    let (mut proven, mut compared, mut refuted) = (BTreeMap::new(), 0, Vec::new());
    let start = number("GUIJU_SEED", 1);
    for seed in start..start + number("GUIJU_STANDARDS", STANDARDS) {
        let rng = &mut Rng(seed);
        let chain = random_chain(rng);
        let is_rule = |path: &&String| !path.starts_with("amendments/") && !path.starts_with("regions/");
        let base: Files<'static> =
            chain.files.keys().filter(is_rule).map(|p| (p.clone(), chain.files[p].clone())).collect();
        let Ok(before) = common::edition_of(&base, &mut Sources::default()) else { continue };
        for text in single(&chain.files) {
            let mut files = base.clone();
            files.insert("amendments/one.toml".into(), Cow::Owned(text.clone().into_bytes()));
            let Ok(after) = common::edition_of(&files, &mut Sources::default()) else { continue };
            let relation = overall(&relations(&before, &after));
            if relation == Relation::Incomparable {
                continue;
            }
            *proven.entry(format!("{relation:?}")).or_insert(0) += 1;
            let worlds = [World::new(&before), World::new(&after)];
            for i in 0..DOSSIERS {
                let dossier = worlds[i % 2].declared(rng);
                let (Some(b), Some(a)) = (reached(&before, &dossier), reached(&after, &dossier)) else {
                    continue;
                };
                for (category, level) in &b {
                    let Some(later) = a.get(category) else { continue };
                    compared += 1;
                    let wrong = match relation {
                        Relation::Stricter => later > level,
                        Relation::Looser => later < level,
                        _ => later != level,
                    };
                    if wrong {
                        refuted
                            .push(format!("seed {seed}: {relation:?}, {level} → {later}\n{text}\n{dossier}"));
                    }
                }
            }
        }
    }
    println!("{proven:?}; {compared} awards compared");
    refuted.dedup_by_key(|r| r.split('\n').next().map(str::to_owned));
    assert!(
        refuted.is_empty(),
        "{} refuted:\n{}",
        refuted.len(),
        refuted[..refuted.len().min(4)].join("\n\n")
    );
    assert!(compared > 2000, "only {compared} awards were compared");
}
