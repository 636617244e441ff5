//! Civil dates and the arithmetic of years and months, all in one place.
//!
//! A period of N months that began on a date is complete when that date plus N months, clamped to the
//! end of the month, is on or before the date looked at. A window of N months back from a date is closed
//! at both ends and begins on that date minus N months, clamped.

use std::fmt;

use crate::diag::{Code, Diagnostic};
use crate::quantity::narrow;
use crate::source::Span;
use crate::text;

/// A civil date between the years 1900 and 2999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// The first date that can be written: stands for one that could not be read.
    pub const FIRST: Date = Date(jiff::civil::date(1900, 1, 1));

    /// A date from its parts, if there is such a day.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        (1900..=2999)
            .contains(&year)
            .then(|| jiff::civil::Date::new(year, month, day).ok().map(Date))
            .flatten()
    }

    /// Reads `YYYY-MM-DD`, nothing else.
    ///
    /// # Errors
    /// A diagnostic: another form, full-width digits, or a day that does not exist.
    pub fn parse(written: &str, span: Span) -> Result<Self, Box<Diagnostic>> {
        let narrow = narrow(written);
        if narrow != written {
            let message =
                text!("日期 `{written}` 中有全角字符", "the date `{written}` holds full-width characters");
            let meant = Self::meant(&narrow).map_or(narrow, |date| date.to_string());
            return Err(Box::new(
                Diagnostic::error(Code::FullWidthDigits, span, message)
                    .help(text!("请写成 `{meant}`", "write `{meant}`")),
            ));
        }
        let plain = written.len() == 10
            && written
                .bytes()
                .enumerate()
                .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        let part = |range| plain.then(|| written.get(range)).flatten();
        let date = part(0..4)
            .and_then(|y| y.parse().ok())
            .zip(part(5..7).and_then(|m| m.parse().ok()))
            .and_then(|(year, month)| Date::new(year, month, part(8..10)?.parse().ok()?));
        date.ok_or_else(|| {
            let message = if plain {
                text!("没有 `{written}` 这一天", "there is no day `{written}`")
            } else {
                text!("`{written}` 不是日期", "`{written}` is not a date")
            };
            let fault = Diagnostic::error(Code::BadDate, span, message);
            if let Some(meant) = Self::meant(written) {
                return Box::new(fault.help(text!("请写成 \"{meant}\"", "write \"{meant}\"")));
            }
            Box::new(fault.help(text!(
                "日期写作 \"YYYY-MM-DD\"，年份在 1900 至 2999 之间，例如 \"2026-03-31\"",
                "write dates as \"YYYY-MM-DD\", with a year from 1900 to 2999, for example \"2026-03-31\""
            )))
        })
    }

    /// The date that somebody meant who wrote `2026/3/31`, `2026年3月31日` or `20260331`.
    fn meant(written: &str) -> Option<Self> {
        let written = written.trim();
        let mut parts: Vec<&str> =
            written.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
        if let [all] = parts[..]
            && all.len() == 8
        {
            parts = vec![all.get(..4)?, all.get(4..6)?, all.get(6..)?];
        }
        let plain = written.chars().all(|c| c.is_ascii_digit() || " -/.年月日".contains(c));
        match parts[..] {
            [year, month, day] if plain && year.len() == 4 && !written.starts_with('-') => {
                Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
            }
            _ => None,
        }
    }

    /// The calendar year.
    #[must_use]
    pub fn year(self) -> i64 {
        i64::from(self.0.year())
    }

    /// The date so many months later (earlier, if negative), clamped to the end of the month
    /// and to the dates that can be represented.
    #[must_use]
    pub fn plus_months(self, months: i64) -> Date {
        let moved = |m: i64| jiff::Span::new().try_months(m).and_then(|span| self.0.checked_add(span));
        let end = if months.is_negative() { jiff::civil::Date::MIN } else { jiff::civil::Date::MAX };
        Date(moved(months).unwrap_or(end))
    }

    /// The day after (before, if negative) so many days.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Date {
        let moved = jiff::Span::new().try_days(days).and_then(|span| self.0.checked_add(span));
        Date(moved.unwrap_or(self.0))
    }

    /// How many whole months are complete on `later`: the largest N such that this date plus N months
    /// is on or before it. `None` if this date lies after it.
    #[must_use]
    pub fn months_until(self, later: Date) -> Option<i64> {
        if self > later {
            return None;
        }
        let (a, b) = (self.0, later.0);
        let guess =
            (i64::from(b.year()) - i64::from(a.year())) * 12 + i64::from(b.month()) - i64::from(a.month());
        Some(if self.plus_months(guess) <= later { guess } else { guess - 1 })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl serde::Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
