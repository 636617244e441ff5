//! Promise: an evaluator written from `docs/rule-format.md` alone gives the same outcomes, intervals and levels.
//!
//! It is in Python (`tests/reference/`), which `cargo test` must not need; so these tests are run by name:
//! `cargo test --release --test differential -- --ignored`. `GUIJU_DOSSIERS` says how many, `GUIJU_SEED` from where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use common::chains::{Chain, random_chain};
use common::random::{Rng, World};
use common::standards::random_standard;
use guiju::assessment::{Assessment, ClauseResult};
use guiju::diag::{Diagnostics, Severity};
use guiju::dossier::View;
use guiju::edition::{Edition, Request, compile};
use guiju::eval::evaluate;
use guiju::load::{Files, load};
use guiju::source::Sources;
use guiju::verdict::{Outcome, Outcomes};
use serde_json::{Map, Value as Json, json};

/// The second evaluator, as a process that answers line by line.
struct Reference {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Reference {
    fn start() -> Self {
        let mut child = Command::new("python3")
            .args(["-m", "reference", "--serve"])
            .current_dir(common::root().join("tests"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is needed for this test");
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Reference { child, input, output }
    }

    fn ask(&mut self, request: &Json) -> Json {
        // In one piece: the pipe is not buffered.
        self.input.write_all(format!("{request}\n").as_bytes()).unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn learn(&mut self, name: &str, files: &Files<'_>) {
        let texts: BTreeMap<&str, &str> =
            files.iter().map(|(name, bytes)| (name.as_str(), std::str::from_utf8(bytes).unwrap())).collect();
        let answer = self.ask(&json!({ "standard": name, "files": texts }));
        assert_eq!(answer, json!({ "ok": true }), "{name}");
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn names(outcomes: Outcomes) -> Json {
    let word = |o: Outcome| match o {
        Outcome::Met => "met",
        Outcome::NotMet => "not-met",
        Outcome::NotApplicable => "not-applicable",
    };
    let mut words: Vec<&str> = outcomes.iter().map(word).collect();
    words.sort_unstable();
    json!(words)
}

/// How often each operator and form was seen true, false and unknown; how many values were drawn, and lay on an edge.
#[derive(Default)]
struct Tally(BTreeMap<String, [u64; 3]>, [u64; 2]);

impl Tally {
    fn note(&mut self, op: &str, outcomes: Outcomes) {
        let at = match outcomes {
            Outcomes::MET => 0,
            Outcomes::NOT_MET => 1,
            Outcomes::NOT_APPLICABLE => return,
            _ => 2,
        };
        let row = self.0.entry(op.to_owned()).or_default();
        if let Some(count) = row.get_mut(at) {
            *count += 1;
        }
    }

    fn add(&mut self, other: Tally) {
        for (op, counts) in other.0 {
            let row = self.0.entry(op).or_default();
            row.iter_mut().zip(counts).for_each(|(sum, n)| *sum += n);
        }
        self.1.iter_mut().zip(other.1).for_each(|(sum, n)| *sum += n);
    }

    /// Prints what was compared, and fails if what is asked of a comparison was not.
    fn check(&self, compared: u64, differing: u64, each: u64) {
        println!("{compared} dossiers compared in both views, {differing} differ");
        for (op, [met, not, open]) in &self.0 {
            println!("  {op:<14} met {met:>9}  not met {not:>9}  open {open:>9}");
        }
        let [drawn, edges] = self.1;
        println!(
            "  {drawn} quantities and dates drawn, {} % on a threshold or an edge",
            100 * edges / drawn.max(1)
        );
        assert_eq!(differing, 0);
        assert!(20 * edges >= drawn, "too few values on an edge");
        let rarely: Vec<&String> =
            self.0.iter().filter(|(_, n)| n.iter().any(|n| *n < each)).map(|(op, _)| op).collect();
        assert!(rarely.is_empty(), "less than {each} times met, not met or open: {rarely:?}");
    }
}

fn clauses(edition: &Edition, results: &[ClauseResult], tally: &mut Tally) -> Json {
    let mut all = Map::new();
    for result in results {
        let clause = &edition.clauses[result.clause];
        let mut checks = Map::new();
        for (check, own) in clause.checks.iter().zip(&result.checks) {
            tally.note(check.shown.op, own.outcomes);
            checks.insert(check.id.to_string(), names(own.outcomes));
        }
        all.insert(clause.id.to_string(), json!({ "outcomes": names(result.outcomes), "checks": checks }));
    }
    all.into()
}

/// What both evaluators must say.
fn ours(edition: &Edition, assessment: &Assessment, tally: &mut Tally) -> Json {
    let categories: Vec<Json> = assessment
        .categories
        .iter()
        .map(|c| {
            let mut parts = Map::new();
            for part in &c.parts {
                let id = edition.standard.parts[part.part].id.clone();
                parts.insert(id, json!([part.reached.guaranteed, part.reached.possible]));
            }
            json!({
                "parts": parts,
                "attained": [c.attained.guaranteed, c.attained.possible],
                "award": c.award,
                "clauses": clauses(edition, &c.clauses, tally),
            })
        })
        .collect();
    json!({
        "admissibility": names(assessment.admissibility.outcomes),
        "admissibility-clauses": clauses(edition, &assessment.admissibility.clauses, tally),
        "categories": categories,
    })
}

/// The other's answer in the same form: reasons are not compared.
fn theirs(answer: &Json) -> Json {
    let clauses = |all: &Json| -> Json {
        let all = all.as_object().unwrap().iter().map(|(id, clause)| {
            let checks: Map<String, Json> = clause["checks"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(id, check)| (id.clone(), check["outcomes"].clone()))
                .collect();
            (id.clone(), json!({ "outcomes": clause["outcomes"], "checks": checks }))
        });
        Json::Object(all.collect())
    };
    let categories: Vec<Json> = answer["categories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            json!({
                "parts": c["parts"], "attained": c["attained"], "award": c["award"], "clauses": clauses(&c["clauses"]),
            })
        })
        .collect();
    json!({
        "admissibility": answer["admissibility"]["outcomes"],
        "admissibility-clauses": clauses(&answer["admissibility-clauses"]),
        "categories": categories,
    })
}

/// Where two values part.
fn differences(ours: &Json, theirs: &Json, at: &str, found: &mut Vec<String>) {
    match (ours, theirs) {
        _ if ours == theirs => {}
        (Json::Object(a), Json::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let null = &Json::Null;
                differences(
                    a.get(key).unwrap_or(null),
                    b.get(key).unwrap_or(null),
                    &format!("{at}/{key}"),
                    found,
                );
            }
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() && a.iter().any(Json::is_object) => {
            for (i, (a, b)) in a.iter().zip(b).enumerate() {
                differences(a, b, &format!("{at}/{i}"), found);
            }
        }
        _ => found.push(format!("{at}: ours {ours}, theirs {theirs}")),
    }
}

/// Compares both on one dossier; what they differ in.
fn compare(
    world: &World<'_>,
    reference: &mut Reference,
    name: &str,
    dossier: &Json,
    tally: &mut Tally,
) -> Option<Vec<String>> {
    let read = common::sound(dossier, world.edition)?;
    let mut found = Vec::new();
    for (view, word) in [(View::Own, "declared"), (View::Review, "reviewed")] {
        let assessment = evaluate(world.edition, &read, view);
        let ours = ours(world.edition, &assessment, tally);
        let answer = reference.ask(&json!({ "evaluate": name, "dossier": dossier, "view": word }));
        match answer.get("error") {
            Some(error) => found.push(format!("{word}: refused: {error}")),
            None => differences(&ours, &theirs(&answer), word, &mut found),
        }
    }
    Some(found)
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

fn report(name: &str, seed: u64, dossier: &Json, found: &[String]) {
    let path = std::env::temp_dir().join(format!("differs-{name}-{seed}.json"));
    std::fs::write(&path, serde_json::to_string_pretty(dossier).unwrap()).unwrap();
    let shown: Vec<&String> = found.iter().take(12).collect();
    println!(
        "{name}, seed {seed} ({}):\n  {}",
        path.display(),
        shown.iter().map(|s| s.as_str()).collect::<Vec<_>>().join("\n  ")
    );
}

/// Runs work on as many threads as there are processors; each has a reference of its own.
fn in_parallel(work: impl Fn(u64, u64) -> (u64, u64, Tally) + Sync) -> (u64, u64, Tally) {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let work = &work;
    let parts: Vec<(u64, u64, Tally)> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|t| scope.spawn(move || work(t, threads))).collect();
        all.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let mut total = (0, 0, Tally::default());
    for (compared, differing, tally) in parts {
        total.0 += compared;
        total.1 += differing;
        total.2.add(tally);
    }
    total
}

const SHOWN: u64 = 5;

#[test]
#[ignore = "needs python3"]
fn shipped_standards_with_random_dossiers() {
    let (dossiers, start) = (number("GUIJU_DOSSIERS", 6_000), number("GUIJU_SEED", 1));
    let shown = AtomicU64::new(0);
    let (compared, differing, tally) = in_parallel(|thread, threads| {
        let (mut compared, mut differing, mut tally) = (0, 0, Tally::default());
        for standard in common::standards() {
            let mut sources = Sources::default();
            let edition = common::edition(&standard, &mut sources);
            let world = World::new(&edition);
            let mut reference = Reference::start();
            reference.learn("s", &common::files(&standard));
            for seed in (start + thread..start + dossiers / 2).step_by(threads as usize) {
                let rng = &mut Rng(seed);
                let dossier = if rng.one_in(2) { world.declared(rng) } else { world.reviewed(rng) };
                let Some(found) = compare(&world, &mut reference, "s", &dossier, &mut tally) else {
                    continue;
                };
                compared += 1;
                if !found.is_empty() {
                    differing += 1;
                    if shown.fetch_add(1, Ordering::Relaxed) < SHOWN {
                        report(&edition.standard.id, seed, &dossier, &found);
                    }
                }
            }
            tally.add(Tally(BTreeMap::new(), world.drawn.get()));
        }
        (compared, differing, tally)
    });
    tally.check(compared, differing, 0);
    assert!(compared > dossiers / 3, "too many dossiers were refused: {compared} of {dossiers} were sound");
}

#[test]
#[ignore = "needs python3"]
fn random_standards_with_random_dossiers() {
    let (dossiers, start) = (number("GUIJU_DOSSIERS", 28_000), number("GUIJU_SEED", 1));
    const EACH: u64 = 40;
    let shown = AtomicU64::new(0);
    let refused = AtomicU64::new(0);
    let (compared, differing, tally) = in_parallel(|thread, threads| {
        let (mut compared, mut differing, mut tally) = (0, 0, Tally::default());
        let mut reference = Reference::start();
        for seed in (start + thread..start + dossiers / EACH).step_by(threads as usize) {
            let rng = &mut Rng(seed);
            let files = random_standard(rng);
            let mut sources = Sources::default();
            let edition = match common::edition_of(&files, &mut sources) {
                Ok(edition) => edition,
                Err(printed) => {
                    if refused.fetch_add(1, Ordering::Relaxed) < 3 {
                        println!("standard {seed} is refused:\n{printed}");
                    }
                    continue;
                }
            };
            reference.learn("s", &files);
            let world = World::new(&edition);
            for i in 0..EACH {
                let dossier = if rng.one_in(2) { world.declared(rng) } else { world.reviewed(rng) };
                let Some(found) = compare(&world, &mut reference, "s", &dossier, &mut tally) else {
                    continue;
                };
                compared += 1;
                if !found.is_empty() {
                    differing += 1;
                    if shown.fetch_add(1, Ordering::Relaxed) < SHOWN {
                        report(&format!("random-{seed}"), i, &dossier, &found);
                        let folder = std::env::temp_dir().join(format!("differs-standard-{seed}"));
                        for (name, bytes) in &files {
                            let path = folder.join(name);
                            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                            std::fs::write(path, bytes).unwrap();
                        }
                    }
                }
            }
            tally.add(Tally(BTreeMap::new(), world.drawn.get()));
        }
        (compared, differing, tally)
    });
    // A thousand times each in a long run.
    tally.check(compared, differing, (compared / 100).min(1_000));
    assert_eq!(refused.load(Ordering::Relaxed), 0, "standards were refused");
    assert!(compared > dossiers / 3, "too many dossiers were refused: {compared} of {dossiers} were sound");
}

/// Whether the engine takes a chain, or with which codes and words it refuses it.
fn edition_of_chain(chain: &Chain, sources: &mut Sources) -> Result<Edition, (Vec<String>, String)> {
    let mut diagnostics = Diagnostics::default();
    let mut raw = load(sources, "standard", &chain.files, &mut diagnostics);
    for overlay in &mut raw.overlays {
        overlay.named = chain.named.iter().any(|n| overlay.path.ends_with(n.as_str()));
    }
    let mut request = Request::of(common::date(&chain.applied_on), common::date(&chain.assessed_on));
    request.region.clone_from(&chain.region);
    request.readings = chain.readings.clone();
    let edition = compile(&raw, &request, &mut diagnostics);
    match edition.filter(|_| !diagnostics.has_errors()) {
        Some(edition) => Ok(edition),
        None => {
            let all = diagnostics.into_sorted();
            let errors = || all.iter().filter(|d| d.severity == Severity::Error);
            let words: Vec<String> = errors().map(|d| format!("{}: {}", d.code, d.message.en)).collect();
            Err((errors().map(|d| d.code.to_string()).collect(), words.join("\n    ")))
        }
    }
}

fn asked(chain: &Chain) -> Json {
    json!({
        "region": chain.region, "applied-on": chain.applied_on, "assessed-on": chain.assessed_on,
        "named": chain.named, "readings": chain.readings,
    })
}

fn write_chain(seed: u64, chain: &Chain) {
    let folder = std::env::temp_dir().join(format!("differs-chain-{seed}"));
    let _ = std::fs::remove_dir_all(&folder);
    for (name, bytes) in &chain.files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    std::fs::write(folder.join("request.json"), serde_json::to_string_pretty(&asked(chain)).unwrap())
        .unwrap();
}

/// Compares both on one chain; the tally counts what became of it.
fn compare_chain(
    reference: &mut Reference,
    seed: u64,
    dossiers: usize,
    tally: &mut Tally,
) -> (u64, Vec<String>) {
    let rng = &mut Rng(seed);
    let chain = random_chain(rng);
    let mut sources = Sources::default();
    let texts: BTreeMap<&str, &str> = chain
        .files
        .iter()
        .map(|(name, bytes)| (name.as_str(), std::str::from_utf8(bytes).unwrap()))
        .collect();
    let answer = reference.ask(&json!({ "standard": "s", "files": texts, "edition": asked(&chain) }));
    let refused = answer.get("refused").and_then(Json::as_str);
    let mut found = Vec::new();
    let edition = edition_of_chain(&chain, &mut sources);
    let name = chain.fault.map_or("sound chain".to_owned(), |f| format!("fault: {f}"));
    let row = tally.0.entry(name).or_default();
    row[usize::from(edition.is_err())] += 1;
    let edition = match (edition, refused) {
        (_, None) if answer.get("error").is_some() => {
            found.push(format!("the reference fails: {answer}"));
            write_chain(seed, &chain);
            return (1, found);
        }
        (Ok(edition), None) => edition,
        (Err((codes, _)), Some(kind)) => {
            let agreed = kind == "invalid" || codes.iter().any(|c| c == kind);
            let name =
                if agreed { format!("refused: {kind}") } else { format!("refused: {kind}, not {codes:?}") };
            tally.0.entry(name).or_default()[1] += 1;
            return (1, found);
        }
        (Ok(_), Some(_)) => {
            found.push(format!("ours accepts, theirs refuses: {answer}"));
            write_chain(seed, &chain);
            return (1, found);
        }
        // What is protected through keys and declarations follows from a comparison of rules, which the reference has not.
        (Err((_, words)), None) if words.lines().all(|l| l.contains("is protected, and through")) => {
            tally.0.entry("refused: by comparison".to_owned()).or_default()[1] += 1;
            return (1, found);
        }
        (Err((_, words)), None) => {
            found.push(format!("theirs accepts, ours refuses:\n    {words}"));
            write_chain(seed, &chain);
            return (1, found);
        }
    };
    let world = World::new(&edition);
    let mut compared = 1;
    for i in 0..dossiers {
        let dossier = if rng.one_in(2) { world.declared(rng) } else { world.reviewed(rng) };
        let Some(differing) = compare(&world, reference, "s", &dossier, &mut Tally::default()) else {
            continue;
        };
        compared += 1;
        if !differing.is_empty() {
            report(&format!("chain-{seed}"), i as u64, &dossier, &differing);
            write_chain(seed, &chain);
            found.extend(differing);
            break;
        }
    }
    (compared, found)
}

#[test]
#[ignore = "needs python3"]
fn random_chains_of_instruments() {
    let (chains, start) = (number("GUIJU_CHAINS", 2_000), number("GUIJU_SEED", 1));
    let shown = AtomicU64::new(0);
    let (compared, differing, tally) = in_parallel(|thread, threads| {
        let (mut compared, mut differing, mut tally) = (0, 0, Tally::default());
        let mut reference = Reference::start();
        for seed in (start + thread..start + chains).step_by(threads as usize) {
            let (n, found) = compare_chain(&mut reference, seed, 3, &mut tally);
            compared += n;
            if !found.is_empty() {
                differing += 1;
                if shown.fetch_add(1, Ordering::Relaxed) < number("GUIJU_SHOWN", SHOWN) {
                    println!("chain {seed}: {}", found[0]);
                }
            }
        }
        (compared, differing, tally)
    });
    println!("{chains} chains, {compared} editions and dossiers compared, {differing} differ");
    let mut accepted = 0;
    for (what, [taken, refused, _]) in &tally.0 {
        println!("  {what:<60} accepted {taken:>7}  refused {refused:>7}");
        accepted += taken;
    }
    assert_eq!(differing, 0);
    assert!(accepted > chains / 3, "too many chains were refused: {accepted} of {chains} were accepted");
}

/// The shipped standard as it stands in its example regions, on the days on which something begins or ends.
#[test]
#[ignore = "needs python3"]
fn shipped_instruments_on_the_edges_of_their_days() {
    // `GUIJU_EVERY=1` takes all editions, not each fifth.
    let each = usize::try_from(number("GUIJU_EACH", 4)).unwrap();
    let every = usize::try_from(number("GUIJU_EVERY", 5)).unwrap();
    let draft = "amendments/example-2028-capital.toml";
    let days = [
        "2025-12-31",
        "2026-01-01",
        "2026-06-30",
        "2026-07-01",
        "2026-12-31",
        "2027-01-01",
        "2027-12-31",
        "2028-01-01",
    ];
    let mut asked = Vec::new();
    for region in [None, Some("xa"), Some("xb"), Some("xa-port")] {
        for (i, day) in days.iter().enumerate() {
            for before in [i, i.saturating_sub(1)] {
                for named in [vec![], vec![draft.to_owned()]] {
                    asked.push((
                        region.map(str::to_owned),
                        days[before].to_owned(),
                        (*day).to_owned(),
                        named,
                    ));
                }
            }
        }
    }
    let examples: Vec<Json> = std::fs::read_dir(common::root().join(common::shipped()).join("examples"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .map(|text| serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap())
        .collect();
    assert!(!examples.is_empty());
    let asked: Vec<_> = asked.into_iter().step_by(every).collect();
    let files = common::files(&common::shipped());
    let files: Files<'_> = files
        .into_iter()
        .filter(|(name, _)| !name.starts_with("cases/") && !name.starts_with("examples/"))
        .collect();
    let (compared, differing, _) = in_parallel(|thread, threads| {
        let (mut compared, mut differing, mut tally) = (0, 0, Tally::default());
        let mut reference = Reference::start();
        for (i, (region, applied_on, assessed_on, named)) in asked.iter().enumerate() {
            if i as u64 % threads != thread {
                continue;
            }
            let chain = Chain {
                files: files.clone(),
                region: region.clone(),
                applied_on: applied_on.clone(),
                assessed_on: assessed_on.clone(),
                named: named.clone(),
                readings: BTreeMap::new(),
                fault: None,
            };
            let mut sources = Sources::default();
            let edition =
                edition_of_chain(&chain, &mut sources).unwrap_or_else(|(_, words)| panic!("{words}"));
            let texts: BTreeMap<&str, &str> = files
                .iter()
                .map(|(name, bytes)| (name.as_str(), std::str::from_utf8(bytes).unwrap()))
                .collect();
            let answer =
                reference.ask(&json!({ "standard": "s", "files": texts, "edition": self::asked(&chain) }));
            assert_eq!(answer, json!({ "ok": true }));
            let world = World::new(&edition);
            let rng = &mut Rng(i as u64);
            let random =
                (0..each).map(|n| if n % 2 == 0 { world.declared(rng) } else { world.reviewed(rng) });
            for (n, dossier) in examples.iter().cloned().chain(random).enumerate() {
                let Some(found) = compare(&world, &mut reference, "s", &dossier, &mut tally) else {
                    continue;
                };
                compared += 1;
                if !found.is_empty() {
                    differing += 1;
                    report(&format!("shipped-{i}"), n as u64, &dossier, &found);
                }
            }
        }
        (compared, differing, tally)
    });
    println!("{} editions of the shipped standard, {compared} dossiers, {differing} differ", asked.len());
    assert_eq!(differing, 0);
}
