//! Where a number lies when not everything is known.

use super::{Actual, Comparison, Operator, Reason, Tested};
use crate::evidence::Value;
use crate::quantity::Decimal;
use crate::verdict::Outcomes;

/// A closed range of numbers, with or without the possibility that there is no number at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The lowest number it can be; `None` without limit.
    pub low: Option<Decimal>,
    /// The highest number it can be; `None` without limit.
    pub high: Option<Decimal>,
    /// Whether there may be a number.
    pub present: bool,
    /// Whether there may be none: the largest of nothing.
    pub absent: bool,
}

impl Range {
    /// One number.
    #[must_use]
    pub const fn exactly(number: Decimal) -> Self {
        Range { low: Some(number), high: Some(number), present: true, absent: false }
    }

    /// Numbers between two ends.
    #[must_use]
    pub const fn between(low: Option<Decimal>, high: Option<Decimal>) -> Self {
        Range { low, high, present: true, absent: false }
    }

    /// No number.
    pub const ABSENT: Range = Range { low: None, high: None, present: false, absent: true };

    /// The one number, if there is exactly one possibility.
    #[must_use]
    pub fn single(&self) -> Option<Decimal> {
        (self.present && !self.absent && self.low == self.high).then_some(self.low).flatten()
    }

    /// The same range cut to bounds; one that lies wholly outside shrinks to the nearer bound.
    #[must_use]
    pub fn within(self, bounds: Option<(Decimal, Decimal)>) -> Self {
        let (true, Some((low, high))) = (self.present, bounds) else { return self };
        let cut = |end: Option<Decimal>, open: Decimal| Some(end.map_or(open, |n| n.max(low).min(high)));
        Range { low: cut(self.low, low), high: cut(self.high, high), ..self }
    }

    /// Whether some number of the range stands in a relation to a bound.
    #[must_use]
    pub fn can(&self, comparison: Comparison, bound: Decimal) -> bool {
        let low = |test: &dyn Fn(Decimal) -> bool| self.low.is_none_or(test);
        let high = |test: &dyn Fn(Decimal) -> bool| self.high.is_none_or(test);
        self.present
            && match comparison {
                Comparison::AtLeast => high(&|h| h >= bound),
                Comparison::Above => high(&|h| h > bound),
                Comparison::AtMost => low(&|l| l <= bound),
                Comparison::Below => low(&|l| l < bound),
            }
    }

    /// Outcomes of a comparison: it decides only if every possibility agrees.
    #[must_use]
    pub fn outcomes(&self, operator: &Operator) -> Outcomes {
        match operator {
            Operator::Compare(comparison, Value::Quantity(bound)) => {
                let fails = self.absent || self.can(comparison.negated(), *bound);
                Outcomes::range(self.can(*comparison, *bound), fails)
            }
            Operator::Is(words) => match words.value() {
                Some(Value::Quantity(number)) => {
                    let holds =
                        self.can(Comparison::AtLeast, *number) && self.can(Comparison::AtMost, *number);
                    Outcomes::range(holds, self.single() != Some(*number))
                }
                _ => Outcomes::NOT_MET,
            },
            _ => Outcomes::NOT_MET,
        }
    }

    /// The result of testing it; `why` says what keeps the range open.
    #[must_use]
    pub fn test(self, operator: &Operator, why: Reason) -> Tested {
        let outcomes = self.outcomes(operator);
        let reason = match outcomes {
            Outcomes::MET => Reason::Satisfied,
            Outcomes::NOT_MET if !self.present => Reason::NoneMatches,
            Outcomes::NOT_MET => Reason::Short,
            _ => why,
        };
        let actual = if self.present { Actual::Range(self) } else { Actual::None };
        Tested { outcomes, reason, actual }
    }
}
