//! The one table of operators, for checks, `where`, `has` and `when` alike.

use super::Context;
use crate::calendar::Date;
use crate::evidence::{Conclusion, KeyIx, State, Type, Value};
use crate::verdict::Outcomes;

/// Which way a verdict moves as the value moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polarity {
    /// A higher value, a later date, a larger set never hurts.
    Up,
    /// A lower value, an earlier date, a smaller set never hurts.
    Down,
    /// Either way can hurt.
    Mixed,
}

impl Polarity {
    /// The polarity of two uses of one key together.
    #[must_use]
    pub fn with(self, other: Polarity) -> Polarity {
        if self == other { self } else { Polarity::Mixed }
    }

    /// The polarity seen through something that turns it around.
    #[must_use]
    pub fn reversed(self) -> Polarity {
        match self {
            Polarity::Up => Polarity::Down,
            Polarity::Down => Polarity::Up,
            Polarity::Mixed => Polarity::Mixed,
        }
    }
}

/// What an operator can be applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// True or false.
    Flag,
    /// Free text.
    Text,
    /// A civil date.
    Date,
    /// A calendar year.
    Year,
    /// One of several words without order.
    Choice,
    /// One of several words from low to high.
    Scale,
    /// Some of several words.
    Set,
    /// A qualitative conclusion.
    Finding,
    /// A number with a unit.
    Quantity,
}

impl Kind {
    /// The kind of a type; `None` for lists, which take quantifiers instead.
    #[must_use]
    pub fn of(ty: &Type) -> Option<Kind> {
        Some(match ty {
            Type::Flag => Kind::Flag,
            Type::Text => Kind::Text,
            Type::Date => Kind::Date,
            Type::Year => Kind::Year,
            Type::Choice(choices) if choices.ordered => Kind::Scale,
            Type::Choice(_) => Kind::Choice,
            Type::Set(_) => Kind::Set,
            Type::Finding => Kind::Finding,
            Type::Quantity(_) => Kind::Quantity,
            Type::List => return None,
        })
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The word.
    pub name: &'static str,
    /// What it can be applied to.
    pub kinds: &'static [Kind],
    /// Which way its verdict moves with the value.
    pub polarity: Polarity,
}

const ORDERED: &[Kind] = &[Kind::Quantity, Kind::Scale, Kind::Year];
const WORDS: &[Kind] = &[Kind::Text, Kind::Choice, Kind::Scale];

/// The table: operator × kind, polarity.
pub const TABLE: [Row; 15] = [
    Row { name: "at-least", kinds: ORDERED, polarity: Polarity::Up },
    Row { name: "at-most", kinds: ORDERED, polarity: Polarity::Down },
    Row { name: "above", kinds: ORDERED, polarity: Polarity::Up },
    Row { name: "below", kinds: ORDERED, polarity: Polarity::Down },
    Row {
        name: "is",
        kinds: &[
            Kind::Flag,
            Kind::Text,
            Kind::Choice,
            Kind::Scale,
            Kind::Year,
            Kind::Quantity,
            Kind::Finding,
        ],
        polarity: Polarity::Mixed,
    },
    Row { name: "one-of", kinds: WORDS, polarity: Polarity::Mixed },
    Row { name: "not-in", kinds: WORDS, polarity: Polarity::Mixed },
    Row { name: "includes", kinds: &[Kind::Set], polarity: Polarity::Up },
    Row { name: "includes-any", kinds: &[Kind::Set], polarity: Polarity::Up },
    Row { name: "excludes", kinds: &[Kind::Set], polarity: Polarity::Down },
    Row { name: "within", kinds: &[Kind::Date], polarity: Polarity::Mixed },
    Row { name: "not-before", kinds: &[Kind::Date], polarity: Polarity::Up },
    Row { name: "not-after", kinds: &[Kind::Date], polarity: Polarity::Down },
    Row { name: "at-least-ago", kinds: &[Kind::Date], polarity: Polarity::Down },
    Row { name: "last-closed", kinds: &[Kind::Year], polarity: Polarity::Mixed },
];

/// The row of an operator.
#[must_use]
pub fn row(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|r| r.name == name)
}

/// A comparison of things that are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// ≥
    AtLeast,
    /// ≤
    AtMost,
    /// >
    Above,
    /// <
    Below,
}

impl Comparison {
    /// The comparison that holds exactly where this one does not.
    #[must_use]
    pub const fn negated(self) -> Self {
        match self {
            Comparison::AtLeast => Comparison::Below,
            Comparison::AtMost => Comparison::Above,
            Comparison::Above => Comparison::AtMost,
            Comparison::Below => Comparison::AtLeast,
        }
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Comparison::AtLeast => left >= right,
            Comparison::AtMost => left <= right,
            Comparison::Above => left > right,
            Comparison::Below => left < right,
        }
    }

    /// Its sign.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Comparison::AtLeast => "≥",
            Comparison::AtMost => "≤",
            Comparison::Above => ">",
            Comparison::Below => "<",
        }
    }
}

/// A date that a rule refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateRef {
    /// A fixed date.
    Fixed(Date),
    /// Date of the application.
    AppliedOn,
    /// Date of assessment.
    AssessedOn,
    /// Date of award; may be unknown.
    AwardOn,
}

impl DateRef {
    fn resolve(self, ctx: &Context<'_>) -> Option<Date> {
        match self {
            DateRef::Fixed(date) => Some(date),
            DateRef::AppliedOn => Some(ctx.applied_on),
            DateRef::AssessedOn => Some(ctx.assessed_on),
            DateRef::AwardOn => ctx.award_on,
        }
    }
}

/// Words that a value is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Words {
    /// These values.
    These(Vec<Value>),
    /// The category that is graded.
    Applied,
}

impl Words {
    /// The value, if there is exactly one that does not depend on the context.
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        match self {
            Words::These(values) => values.first().filter(|_| values.len() == 1),
            Words::Applied => None,
        }
    }

    fn contain(&self, value: &Value, ctx: &Context<'_>) -> bool {
        match self {
            Words::These(values) => values.contains(value),
            Words::Applied => applied(ctx).as_ref() == Some(value),
        }
    }

    /// The positions of the words among the values of a set.
    fn positions(&self, ctx: &Context<'_>) -> Vec<u16> {
        let position = |value: &Value| if let Value::Choice(p) = value { Some(*p) } else { None };
        match self {
            Words::These(values) => values.iter().filter_map(position).collect(),
            Words::Applied => applied(ctx).iter().filter_map(position).collect(),
        }
    }
}

fn applied(ctx: &Context<'_>) -> Option<Value> {
    ctx.category.and_then(|c| u16::try_from(c).ok()).map(Value::Choice)
}

/// An operator with its operand.
#[derive(Clone, Debug, PartialEq)]
pub enum Operator {
    /// `at-least`, `at-most`, `above`, `below`.
    Compare(Comparison, Value),
    /// `is`.
    Is(Words),
    /// `one-of`.
    OneOf(Words),
    /// `not-in`.
    NotIn(Words),
    /// `includes`.
    Includes(Words),
    /// `includes-any`.
    IncludesAny(Words),
    /// `excludes`.
    Excludes(Words),
    /// `within`: so many months before the date of assessment.
    Within(i64),
    /// `not-before`.
    NotBefore(DateRef),
    /// `not-after`.
    NotAfter(DateRef),
    /// `at-least-ago`: so many months.
    AtLeastAgo(i64),
    /// `last-closed`: so many fiscal years.
    LastClosed(i64),
}

impl Operator {
    /// Outcomes for what is known of a key. An unknown value may turn out to be any value within the
    /// key's bounds, or none.
    #[must_use]
    pub fn test(&self, key: KeyIx, state: &State, ctx: &Context<'_>) -> Outcomes {
        let entry = ctx.dictionary.get(key);
        match state {
            State::Known(value) => self.holds(value, ctx),
            State::Absent => Outcomes::known(entry.is_some_and(|k| k.absent_never) && self.holds_for_never()),
            State::NotApplicable => Outcomes::NOT_APPLICABLE,
            State::Unknown(_) => {
                let extra = if entry.is_some_and(|k| k.may_not_apply) {
                    Outcomes::NOT_APPLICABLE
                } else {
                    Outcomes::NONE
                };
                Outcomes::range(self.can_hold(key, ctx), true).union(extra)
            }
        }
    }

    /// Outcomes for a known value; open only where the date of award is needed and not known.
    #[must_use]
    pub fn holds(&self, value: &Value, ctx: &Context<'_>) -> Outcomes {
        let date = |reference: &DateRef, test: fn(Date, Date) -> bool| match (value, reference.resolve(ctx)) {
            (Value::Date(date), Some(bound)) => Outcomes::known(test(*date, bound)),
            (Value::Date(_), None) => Outcomes::OPEN,
            _ => Outcomes::NOT_MET,
        };
        let holds = match self {
            Operator::Compare(comparison, bound) => same_kind(value, bound) && comparison.holds(value, bound),
            Operator::Is(words) | Operator::OneOf(words) => words.contain(value, ctx),
            Operator::NotIn(words) => !words.contain(value, ctx),
            Operator::Includes(words) => {
                members(value, |set| words.positions(ctx).iter().all(|w| set.contains(w)))
            }
            Operator::IncludesAny(words) => {
                members(value, |set| words.positions(ctx).iter().any(|w| set.contains(w)))
            }
            Operator::Excludes(words) => {
                members(value, |set| !words.positions(ctx).iter().any(|w| set.contains(w)))
            }
            Operator::Within(months) => matches!(value, Value::Date(date)
                if *date <= ctx.assessed_on && *date >= ctx.assessed_on.plus_months(-months)),
            Operator::AtLeastAgo(months) => {
                matches!(value, Value::Date(date) if date.plus_months(*months) <= ctx.assessed_on)
            }
            Operator::LastClosed(years) => matches!(value, Value::Year(year)
                if *year < ctx.assessed_on.year() && *year >= ctx.assessed_on.year() - years),
            Operator::NotBefore(reference) => return date(reference, |d, bound| d >= bound),
            Operator::NotAfter(reference) => return date(reference, |d, bound| d <= bound),
        };
        Outcomes::known(holds)
    }

    /// Whether it holds for a date that never comes.
    fn holds_for_never(&self) -> bool {
        matches!(self, Operator::NotBefore(_))
    }

    /// Whether some value that the key may have would satisfy it.
    fn can_hold(&self, key: KeyIx, ctx: &Context<'_>) -> bool {
        let Some(entry) = ctx.dictionary.get(key) else { return true };
        match (&entry.ty, self) {
            (Type::Quantity(_), Operator::Compare(comparison, Value::Quantity(bound))) => {
                entry.bounds.is_none_or(|(low, high)| match comparison {
                    Comparison::AtLeast => high >= *bound,
                    Comparison::Above => high > *bound,
                    Comparison::AtMost => low <= *bound,
                    Comparison::Below => low < *bound,
                })
            }
            (Type::Quantity(_), Operator::Is(words)) => match (words.value(), entry.bounds) {
                (Some(Value::Quantity(number)), Some((low, high))) => low <= *number && *number <= high,
                _ => true,
            },
            (Type::Choice(choices), _) => (0..choices.values.len())
                .filter_map(|i| u16::try_from(i).ok())
                .any(|v| self.holds(&Value::Choice(v), ctx).may_pass()),
            (Type::Set(choices), _) => {
                let all: Vec<u16> = (0..choices.values.len()).filter_map(|i| u16::try_from(i).ok()).collect();
                let none = Value::Set(std::sync::Arc::from([]));
                self.holds(&Value::Set(all.into()), ctx).may_pass() || self.holds(&none, ctx).may_pass()
            }
            (Type::Flag, _) => {
                [true, false].into_iter().any(|flag| self.holds(&Value::Flag(flag), ctx).may_pass())
            }
            (Type::Finding, _) => [Conclusion::Conforms, Conclusion::Fails]
                .into_iter()
                .any(|c| self.holds(&Value::Finding(c), ctx).may_pass()),
            _ => true,
        }
    }

    /// The polarity of this operator with its operand.
    #[must_use]
    pub fn polarity(&self) -> Polarity {
        match self {
            Operator::Compare(Comparison::AtLeast | Comparison::Above, _)
            | Operator::Includes(_)
            | Operator::IncludesAny(_)
            | Operator::NotBefore(_) => Polarity::Up,
            Operator::Compare(Comparison::AtMost | Comparison::Below, _)
            | Operator::NotAfter(_)
            | Operator::Excludes(_)
            | Operator::AtLeastAgo(_) => Polarity::Down,
            Operator::Is(words) => match words.value() {
                Some(Value::Flag(true) | Value::Finding(Conclusion::Conforms)) => Polarity::Up,
                Some(Value::Flag(false) | Value::Finding(Conclusion::Fails)) => Polarity::Down,
                _ => Polarity::Mixed,
            },
            Operator::OneOf(_) | Operator::NotIn(_) | Operator::Within(_) | Operator::LastClosed(_) => {
                Polarity::Mixed
            }
        }
    }
}

fn same_kind(left: &Value, right: &Value) -> bool {
    std::mem::discriminant(left) == std::mem::discriminant(right)
}

fn members(value: &Value, test: impl FnOnce(&[u16]) -> bool) -> bool {
    if let Value::Set(set) = value { test(set) } else { false }
}
