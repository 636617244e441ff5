//! Exact quantities with units as people write them: `300 万元`, `8 小时`, `2.5 年`.

use std::fmt;

use crate::diag::{Code, Diagnostic};
use crate::lang::{Lang, Text};
use crate::source::Span;
use crate::text;

/// An exact decimal: a whole number of millionths. Sums and comparisons never round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i128);

/// Millionths in one.
const ONE: i128 = 1_000_000;
/// Magnitudes beyond 10^15 are refused, so that sums of any file that can be read fit without overflow.
const MAX: i128 = 1_000_000_000_000_000 * ONE;

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal(0);

    /// A whole number.
    #[must_use]
    pub fn whole(number: i64) -> Self {
        Decimal(i128::from(number) * ONE)
    }

    /// A count of things.
    #[must_use]
    pub fn count(number: usize) -> Self {
        Decimal::whole(i64::try_from(number).unwrap_or(i64::MAX))
    }

    /// Reads `12`, `-3` or `0.125`: at most six decimals and a magnitude of at most 10^15; no exponent, no separators.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || whole.len() > 16 || fraction.len() > 6 {
            return None;
        }
        let value = whole.parse::<i128>().ok()? * ONE + format!("{fraction:0<6}").parse::<i128>().ok()?;
        (value <= MAX).then_some(Decimal(if negative { -value } else { value }))
    }

    /// The product, if it is exact and within range.
    #[must_use]
    pub fn times(self, factor: Decimal) -> Option<Self> {
        let product = self.0.checked_mul(factor.0)?;
        let exact = product % ONE == 0 && (product / ONE).abs() <= MAX;
        exact.then_some(Decimal(product / ONE))
    }

    /// The quotient, if it is exact.
    #[must_use]
    pub fn divided_by(self, divisor: Decimal) -> Option<Self> {
        let dividend = self.0.checked_mul(ONE)?;
        (divisor.0 != 0 && dividend % divisor.0 == 0).then(|| Decimal(dividend / divisor.0))
    }

    /// The sum; beyond all representable sums it stays at the end of the range.
    #[must_use]
    pub fn plus(self, other: Decimal) -> Self {
        Decimal(self.0.saturating_add(other.0))
    }

    /// The difference.
    #[must_use]
    pub fn minus(self, other: Decimal) -> Self {
        Decimal(self.0.saturating_sub(other.0))
    }

    /// The whole number, if it is one.
    #[must_use]
    pub fn to_whole(self) -> Option<i64> {
        (self.0 % ONE == 0).then(|| i64::try_from(self.0 / ONE).ok()).flatten()
    }

    /// The number with commas between groups of three digits.
    #[must_use]
    pub fn grouped(self) -> String {
        let plain = self.to_string();
        let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |rest| ("-", rest));
        let mut out = String::new();
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i) % 3 == 0 {
                out.push(',');
            }
            out.push(digit);
        }
        fraction.map_or_else(|| format!("{sign}{out}"), |f| format!("{sign}{out}.{f}"))
    }

    /// The next whole number at or above it.
    #[must_use]
    pub fn ceiling(self) -> i64 {
        let up = i128::from(self.0.rem_euclid(ONE) != 0);
        i64::try_from(self.0.div_euclid(ONE) + up).unwrap_or(i64::MAX)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (self.0.unsigned_abs() / 1_000_000, self.0.unsigned_abs() % 1_000_000);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let fraction = format!("{fraction:06}");
        write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

/// An exact JSON number.
impl serde::Serialize for Decimal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_whole() {
            Some(whole) => serializer.serialize_i64(whole),
            None => match serde_json::value::RawValue::from_string(self.to_string()) {
                Ok(raw) => serde::Serialize::serialize(&raw, serializer),
                Err(_) => serializer.serialize_str(&self.to_string()),
            },
        }
    }
}

/// Position of a dimension in [`Units`].
pub type DimensionIx = usize;

/// One way to write a quantity of a dimension.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Identifier, for example `CNY`.
    pub id: String,
    /// How people write it, the preferred one first.
    pub symbols: Vec<String>,
    /// How it is written in English output; `None` for a unit that English does without.
    pub en: Option<String>,
    /// The same behind the number 1.
    pub en_one: Option<String>,
    /// How many base units it is.
    pub factor: Decimal,
}

/// What is measured: money, area, people.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Identifier.
    pub id: String,
    /// Name.
    pub title: Text,
    /// Whether a quantity is a number of calendar months: such a dimension can be compared with dates.
    pub calendar: bool,
    /// Its units, the base unit (factor 1) first.
    pub units: Vec<Unit>,
}

/// A quantity as written: exact in the base unit, with the unit that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The amount in the base unit of its dimension.
    pub base: Decimal,
    /// What is measured.
    pub dimension: DimensionIx,
    /// Position of the unit as written among the units of its dimension.
    pub unit: usize,
}

/// All units of a standard.
#[derive(Clone, Debug, Default)]
pub struct Units {
    /// The dimensions, in the order of their declaration.
    pub dimensions: Vec<Dimension>,
}

impl Units {
    /// Finds a dimension by its identifier.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<DimensionIx> {
        self.dimensions.iter().position(|d| d.id == id)
    }

    /// Finds a unit by symbol or identifier.
    #[must_use]
    pub fn find_unit(&self, symbol: &str) -> Option<(DimensionIx, usize)> {
        self.dimensions.iter().enumerate().find_map(|(d, dimension)| {
            let unit =
                dimension.units.iter().position(|u| u.id == symbol || u.symbols.iter().any(|s| s == symbol));
            unit.map(|u| (d, u))
        })
    }

    /// The unit of a quantity.
    #[must_use]
    pub fn unit(&self, dimension: DimensionIx, unit: usize) -> Option<&Unit> {
        self.dimensions.get(dimension)?.units.get(unit)
    }

    /// Whether all units of a dimension are the same amount, so that a bare number can mean one thing only.
    #[must_use]
    pub fn takes_bare_numbers(&self, dimension: DimensionIx) -> bool {
        let units = self.dimensions.get(dimension).map(|d| d.units.as_slice()).unwrap_or_default();
        !units.is_empty() && units.iter().all(|u| u.factor == Decimal::whole(1))
    }

    /// The symbols by which quantities of a dimension are written.
    pub fn symbols(&self, dimension: DimensionIx) -> impl Iterator<Item = &str> {
        self.dimensions
            .get(dimension)
            .into_iter()
            .flat_map(|d| &d.units)
            .filter_map(|u| u.symbols.first())
            .map(String::as_str)
    }

    /// Reads `300 万元`.
    ///
    /// # Errors
    /// A diagnostic that says what is wrong: full-width digits, no number, no or an unknown unit, too many digits.
    pub fn parse(&self, written: &str, span: Span) -> Result<Quantity, Box<Diagnostic>> {
        let fail = |code, message: Text| Box::new(Diagnostic::error(code, span, message));
        let narrow = narrow(written);
        if narrow != written {
            let message = text!("`{written}` 中有全角字符", "`{written}` holds full-width characters");
            return Err(Box::new(
                Diagnostic::error(Code::FullWidthDigits, span, message)
                    .help(text!("请写成 `{narrow}`", "write `{narrow}`")),
            ));
        }
        let written = written.trim();
        let digits =
            written.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).unwrap_or(written.len());
        let (number, symbol) = written.split_at(digits);
        let symbol = symbol.trim();
        if number.is_empty() || symbol.starts_with(',') || symbol.starts_with('+') {
            let message =
                text!("`{written}` 不是“数字 + 单位”", "`{written}` is not a number followed by a unit");
            let example = self.example(0);
            let help =
                text!("例如 `{example}`，不用千位分隔符", "for example `{example}`, without separators");
            return Err(Box::new(Diagnostic::error(Code::BadQuantity, span, message).help(help)));
        }
        if symbol.is_empty() {
            let message = text!("`{written}` 没有单位", "`{written}` has no unit");
            return Err(Box::new(
                Diagnostic::error(Code::BadQuantity, span, message).help(self.all_symbols()),
            ));
        }
        let Some((dimension, unit)) = self.find_unit(symbol) else {
            let message = text!("没有单位 `{symbol}`", "there is no unit `{symbol}`");
            return Err(Box::new(
                Diagnostic::error(Code::UnknownUnit, span, message).help(self.all_symbols()),
            ));
        };
        let factor = self.unit(dimension, unit).map_or(Decimal::ZERO, |u| u.factor);
        let Some(base) = Decimal::parse(number).and_then(|n| n.times(factor)) else {
            return Err(fail(
                Code::BadQuantity,
                text!(
                    "数字 `{number}` 写法不对：最多 6 位小数，绝对值不超过 10^15",
                    "the number `{number}` is malformed: at most 6 decimals and a magnitude of at most 10^15"
                ),
            ));
        };
        Ok(Quantity { base, dimension, unit })
    }

    /// Reads a quantity that must measure a given thing.
    ///
    /// # Errors
    /// As [`Units::parse`], or a unit of another dimension.
    pub fn parse_as(
        &self,
        dimension: DimensionIx,
        written: &str,
        span: Span,
    ) -> Result<Quantity, Box<Diagnostic>> {
        let good = || Text::list(&self.symbols(dimension).collect::<Vec<_>>());
        let example = self.example(dimension);
        let quantity = self.parse(written, span).map_err(|mut d| {
            if matches!(d.code, Code::UnknownUnit | Code::BadQuantity) && d.help.is_some() {
                let help = text!(
                    "写法如 `{example}`；此处可用的单位：",
                    "write a number and a unit such as `{example}`; units that fit here: "
                );
                d.help = Some(help.then(good()));
            }
            d
        })?;
        if quantity.dimension == dimension {
            return Ok(quantity);
        }
        let name = self.dimensions.get(dimension).map(|d| d.title.clone()).unwrap_or_default();
        let (zh, en) = (name.zh, name.en);
        let message =
            text!("`{written}` 的单位不适用于{zh}", "the unit of `{written}` does not measure {en}");
        let help = Text::new("可用的单位：", "units that fit: ").then(good());
        Err(Box::new(Diagnostic::error(Code::WrongUnit, span, message).help(help)))
    }

    /// A quantity of a dimension, well written.
    #[must_use]
    pub fn example(&self, dimension: DimensionIx) -> String {
        format!("3 {}", self.symbols(dimension).next().unwrap_or_default())
    }

    fn all_symbols(&self) -> Text {
        let all: Vec<&str> = (0..self.dimensions.len()).flat_map(|d| self.symbols(d)).collect();
        Text::new("可用的单位：", "units: ").then(Text::list(&all))
    }

    /// A base amount written in the given unit, or in the base unit where the given one is not exact.
    #[must_use]
    pub fn show(&self, base: Decimal, dimension: DimensionIx, unit: usize, lang: Lang) -> String {
        let word = |u: &Unit, number: Decimal| match lang {
            Lang::Zh => Some(u.symbols.first().unwrap_or(&u.id).clone()),
            Lang::En if number == Decimal::whole(1) => u.en_one.clone(),
            Lang::En => u.en.clone(),
        };
        let in_unit = |u: &Unit| {
            let number = base.divided_by(u.factor)?;
            Some((number, word(u, number)?))
        };
        let preferred = self.unit(dimension, unit).and_then(in_unit);
        let shown = preferred.or_else(|| self.unit(dimension, 0).and_then(in_unit));
        match shown {
            Some((number, symbol)) => {
                let number = lang.pick(number.to_string(), number.grouped());
                format!("{number} {symbol}").trim_end().to_owned()
            }
            None => base.to_string(),
        }
    }
}

/// The same text with full-width digits, letters and signs made narrow.
#[must_use]
pub fn narrow(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{3000}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect()
}
