#![no_main]
//! A dossier in TOML: read, checked, and evaluated if nothing is wrong with it.

mod common;

use guiju::syntax::Notation;

libfuzzer_sys::fuzz_target!(|data: &[u8]| common::grade(data, Notation::Toml));
