#![no_main]
//! A written quantity: what is accepted is shown and read again as the same.

mod common;

use std::sync::OnceLock;

use guiju::edition::Edition;
use guiju::lang::Lang;
use guiju::source::Span;

static EDITION: OnceLock<Edition> = OnceLock::new();

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let units = &EDITION.get_or_init(common::edition).standard.units;
    if let Ok(quantity) = units.parse(text, Span::NONE) {
        let shown = units.show(quantity.base, quantity.dimension, quantity.unit, Lang::Zh);
        if let Ok(again) = units.parse(&shown, Span::NONE) {
            assert_eq!(again.base, quantity.base, "{text} {shown}");
        }
    }
});
