//! How long the standard takes to load, compile and evaluate, and how large the program is.
//!
//! `cargo bench`. Times are medians of one run on one machine: compare the ratios, not the figures.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_arithmetic,
    missing_docs
)]

#[path = "../common/mod.rs"]
mod common;

use std::time::{Duration, Instant};

use guiju::diag::Diagnostics;
use guiju::edition::compile;
use guiju::eval::evaluate;
use guiju::load::load;
use guiju::source::Sources;

fn median(times: usize, mut work: impl FnMut()) -> Duration {
    let mut all: Vec<Duration> = (0..times)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    all.sort_unstable();
    all[all.len() / 2]
}

fn main() {
    let files = common::files(&common::shipped());
    let bytes: usize = files.values().map(|b| b.len()).sum();
    let loading = median(15, || {
        let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
        std::hint::black_box(load(&mut sources, "standard", &files, &mut diagnostics));
    });
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let raw = load(&mut sources, "standard", &files, &mut diagnostics);
    let compiling = median(15, || {
        std::hint::black_box(compile(&raw, &common::request(), &mut Diagnostics::default()));
    });
    let edition = compile(&raw, &common::request(), &mut diagnostics).unwrap();
    let example = common::root().join(common::shipped()).join("examples/consulting-and-emergency.toml");
    let text = std::fs::read_to_string(example).unwrap();
    let reading = median(15, || drop(std::hint::black_box(common::dossier("a.toml", &text, &edition))));
    let dossier = common::dossier("a.toml", &text, &edition).unwrap();
    let evaluating =
        median(31, || drop(std::hint::black_box(evaluate(&edition, &dossier, dossier.default_view()))));
    let ratio = |time: Duration| time.as_secs_f64() / evaluating.as_secs_f64();
    println!("rules: {} files, {} KiB", files.len(), bytes / 1024);
    for (name, time) in
        [("load", loading), ("compile", compiling), ("read a dossier", reading), ("evaluate it", evaluating)]
    {
        println!("{name:<16}{:>9.2} ms  {:>7.1} ×", time.as_secs_f64() * 1e3, ratio(time));
    }
    let binary = common::root().join("target/release/guiju");
    match std::fs::metadata(binary) {
        Ok(meta) => println!("program: {:.1} MiB", meta.len() as f64 / f64::from(1 << 20)),
        Err(_) => println!("program: not built yet (`cargo build --release`)"),
    }
}
