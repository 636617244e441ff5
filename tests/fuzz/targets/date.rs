#![no_main]
//! A written date: what is accepted is printed as it was written, and moving it never leaves the calendar.

use guiju::calendar::Date;
use guiju::source::Span;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(date) = Date::parse(text, Span::NONE) {
        assert_eq!(date.to_string(), text);
        for months in [-40_000, -1, 0, 1, 12, 40_000] {
            let moved = date.plus_months(months);
            if let Some(between) = date.months_until(moved) {
                assert!(between <= months.max(0));
            }
        }
    }
});
