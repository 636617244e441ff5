#![no_main]
//! The first byte chooses the file of the small standard that the rest takes the place of.

mod common;

use std::borrow::Cow;

use guiju::diag::Diagnostics;
use guiju::edition::compile;
use guiju::load::load;
use guiju::source::Sources;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let mut files = common::files();
    let names: Vec<String> = files.keys().cloned().collect();
    files.insert(names[usize::from(*first) % names.len()].clone(), Cow::Borrowed(rest));
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let raw = load(&mut sources, "s", &files, &mut diagnostics);
    drop(compile(&raw, &common::request(), &mut diagnostics));
    common::located(&sources, diagnostics);
});
