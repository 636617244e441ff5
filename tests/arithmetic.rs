//! Promise: dates and quantities are exact, and what is not one is refused with a code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use common::date;
use guiju::calendar::Date;
use guiju::edition::Edition;
use guiju::lang::Lang;
use guiju::quantity::Decimal;
use guiju::source::{Sources, Span};
use proptest::prelude::*;

#[test]
fn months_are_those_of_the_calendar() {
    for (from, months, to) in [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", -12, "2023-02-28"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2025-12-31", 2, "2026-02-28"),
        ("2026-04-20", 0, "2026-04-20"),
        ("2026-04-20", -24, "2024-04-20"),
    ] {
        assert_eq!(date(from).plus_months(months), date(to), "{from} plus {months} months");
    }
    for (from, to, complete) in [
        ("2025-01-31", "2025-02-27", Some(0)),
        ("2025-01-31", "2025-02-28", Some(1)),
        ("2024-04-20", "2026-04-19", Some(23)),
        ("2024-04-20", "2026-04-20", Some(24)),
        ("2024-02-29", "2025-02-28", Some(12)),
        ("2026-04-21", "2026-04-20", None),
        ("2026-04-20", "2026-04-20", Some(0)),
    ] {
        assert_eq!(date(from).months_until(date(to)), complete, "{from} until {to}");
    }
}

#[test]
fn dates_are_written_one_way() {
    for good in ["1900-01-01", "2024-02-29", "2999-12-31"] {
        assert_eq!(date(good).to_string(), good);
    }
    for bad in [
        "",
        "2026",
        "2026-2-3",
        "2026-02-30",
        "2025-02-29",
        "2026-13-01",
        "2026-00-10",
        "1899-12-31",
        "3000-01-01",
        "2026/02/03",
        "2026-02-03T00:00:00",
        " 2026-02-03",
        "２０２６-02-03",
        "20260203",
        "+026-02-03",
        "2026-02-3１",
    ] {
        assert!(Date::parse(bad, Span::NONE).is_err(), "{bad}");
    }
}

#[test]
fn a_date_written_otherwise_comes_with_the_date_that_was_meant() {
    for (written, meant) in [
        ("2026/3/31", Some("2026-03-31")),
        ("2026年3月31日", Some("2026-03-31")),
        ("2026-3-1", Some("2026-03-01")),
        ("20260331", Some("2026-03-31")),
        (" 2026-03-31", Some("2026-03-31")),
        // No day, no year first, more than a date, a number that happens to have digits.
        ("2026-02-30", None),
        ("20260230", None),
        ("31/3/2026", None),
        ("26-03-31", None),
        ("202603311", None),
        ("2026-03-31T00:00:00", None),
        ("2026 x 3 x 31", None),
        ("-2026-03-31", None),
        ("2026-03", None),
    ] {
        let help = Date::parse(written, Span::NONE).unwrap_err().help.unwrap();
        let wanted = meant.map(|m| format!("write \"{m}\""));
        assert_eq!(help.en.starts_with("write \""), wanted.is_some(), "{written}: {}", help.en);
        assert!(wanted.is_none_or(|w| help.en == w), "{written}: {}", help.en);
    }
}

#[test]
fn beyond_the_calendar_stands_its_end() {
    let day = date("2026-04-20");
    for (months, later) in [(1_000_000, true), (i64::MAX, true), (-1_000_000, false), (i64::MIN, false)] {
        assert_eq!(day.plus_months(months) > date("2999-12-31"), later, "{months}");
        assert_eq!(day.plus_months(months) < date("1900-01-01"), !later, "{months}");
    }
}

#[test]
fn decimals_end_where_they_say() {
    let number = |text: &str| Decimal::parse(text);
    let good = |text: &str| number(text).unwrap();
    for text in ["1000000000000000", "0000000000000007", "999999999999999.999999", "-1000000000000000"] {
        assert!(number(text).is_some(), "{text}");
    }
    for text in [
        "1000000000000000.000001",
        "00000000000000007",
        "10000000000000000",
        "0.0000001",
        ".5",
        "5.",
        "-",
        "",
    ] {
        assert!(number(text).is_none(), "{text}");
    }
    assert_eq!(good("-2.5").plus(good("2.5")), Decimal::ZERO);
    assert!(good("-1") < Decimal::ZERO);
    assert_eq!(good("2.5").times(good("4")), number("10"));
    assert_eq!(good("0.000001").times(good("0.5")), None, "not exact");
    assert_eq!(good("1000000000000000").times(good("2")), None, "out of range");
    assert_eq!(good("1000000000000000").times(good("1")), number("1000000000000000"));
    assert_eq!(good("10").divided_by(good("4")), number("2.5"));
    assert_eq!(good("10").divided_by(good("3")), None, "not exact");
    assert_eq!(good("10").divided_by(Decimal::ZERO), None);
    for (text, up) in [("2", 2), ("2.000001", 3), ("1.999999", 2), ("-0.5", 0), ("-2", -2), ("0", 0)] {
        assert_eq!(good(text).ceiling(), up, "{text}");
    }
    for (text, grouped) in [
        ("1", "1"),
        ("100", "100"),
        ("1000", "1,000"),
        ("300000", "300,000"),
        ("-300000", "-300,000"),
        ("-1234567.25", "-1,234,567.25"),
    ] {
        assert_eq!(good(text).grouped(), grouped);
    }
}

proptest! {
    #[test]
    fn a_period_is_complete_when_its_window_begins(day in 0_i64..40_000, months in 0_i64..600, off in -40_i64..40) {
        let from = date("1950-01-01").plus_days(day);
        let to = from.plus_months(months).plus_days(off);
        if let Some(complete) = from.months_until(to) {
            prop_assert!(from.plus_months(complete) <= to);
            prop_assert!(from.plus_months(complete + 1) > to);
        } else {
            prop_assert!(from > to);
        }
    }

    #[test]
    fn decimals_are_exact(a in -999_999_999_i64..999_999_999, b in 0_u32..1_000_000) {
        let text = format!("{a}.{b:06}");
        let number = Decimal::parse(&text).unwrap();
        let shown = number.to_string();
        prop_assert_eq!(Decimal::parse(&shown), Some(number));
        prop_assert_eq!(number.minus(number), Decimal::ZERO);
        prop_assert_eq!(number.plus(Decimal::whole(1)).minus(Decimal::whole(1)), number);
    }
}

fn shipped() -> Edition {
    common::edition(&common::shipped(), &mut Sources::default())
}

#[test]
fn quantities_are_a_number_and_a_unit() {
    let units = shipped().standard.units;
    for (written, base) in [
        ("300 万元", "3000000"),
        ("300万元", "3000000"),
        ("0.1 万元", "1000"),
        ("2 年", "24"),
        ("18 个月", "18"),
        ("49.9 万元", "499000"),
        ("-1 元", "-1"),
        ("  5 人  ", "5"),
    ] {
        let quantity =
            units.parse(written, Span::NONE).unwrap_or_else(|d| panic!("{written}: {}", d.message.en));
        assert_eq!(quantity.base, Decimal::parse(base).unwrap(), "{written}");
    }
    for (written, code) in [
        ("", "bad-quantity"),
        ("万元", "bad-quantity"),
        ("300", "bad-quantity"),
        ("3,000 元", "bad-quantity"),
        ("３００ 万元", "full-width-digits"),
        ("300　万元", "full-width-digits"),
        ("300 美元", "unknown-unit"),
        ("1e3 元", "unknown-unit"),
        ("1.2345678 元", "bad-quantity"),
        ("1.2.3 元", "bad-quantity"),
        ("--1 元", "bad-quantity"),
        ("99999999999999999 元", "bad-quantity"),
    ] {
        let fault = units.parse(written, Span::NONE).map(|q| q.base).unwrap_err();
        assert_eq!(fault.code.to_string(), code, "{written}");
        let listed = fault.help.is_some_and(|help| help.en.contains("万元"));
        assert!(listed || code != "unknown-unit", "{written}: the units are not listed");
    }
}

#[test]
fn quantities_are_shown_as_people_write_them() {
    let units = shipped().standard.units;
    for (written, zh, en) in [
        ("3000000 元", "3000000 元", "3,000,000 CNY"),
        ("300 万元", "300 万元", "3,000,000 CNY"),
        ("1 人", "1 人", "1 person"),
        ("2 人", "2 人", "2 people"),
        ("1 年", "1 年", "1 year"),
        ("6 个月", "6 个月", "6 months"),
    ] {
        let quantity = units.parse(written, Span::NONE).unwrap();
        let show = |lang| units.show(quantity.base, quantity.dimension, quantity.unit, lang);
        assert_eq!((show(Lang::Zh).as_str(), show(Lang::En).as_str()), (zh, en), "{written}");
    }
}
