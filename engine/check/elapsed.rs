//! `elapsed-since`: the time since a date, compared by the calendar.
//!
//! N months are complete when the date plus N months, clamped to the month's end, is on or before the
//! date of assessment. A date after it has not begun to elapse and fails every comparison.

use super::{Actual, Comparison, Context, Reason, Tested};
use crate::calendar::Date;
use crate::evidence::{KeyIx, State, Value};
use crate::verdict::Outcomes;

/// Whether the time from a date to the date of assessment stands in a relation to so many months.
#[must_use]
pub fn holds(from: Date, comparison: Comparison, months: i64, assessed_on: Date) -> bool {
    let complete = from.plus_months(months);
    from <= assessed_on
        && match comparison {
            Comparison::AtLeast => complete <= assessed_on,
            Comparison::Above => complete < assessed_on,
            Comparison::AtMost => complete >= assessed_on,
            Comparison::Below => complete > assessed_on,
        }
}

/// Tests the time since the date of a key.
#[must_use]
pub fn test(key: KeyIx, comparison: Comparison, months: i64, ctx: &Context<'_>) -> Tested {
    let may_not_apply = ctx.dictionary.get(key).is_some_and(|k| k.may_not_apply);
    match &ctx.facts.slot(key).state {
        State::Known(Value::Date(from)) => {
            let outcomes = Outcomes::known(holds(*from, comparison, months, ctx.assessed_on));
            let reason = if outcomes == Outcomes::MET { Reason::Satisfied } else { Reason::Short };
            let actual = from.months_until(ctx.assessed_on).map_or(Actual::None, Actual::Months);
            Tested { outcomes, reason, actual }
        }
        State::Known(_) | State::Absent => Tested::plain(Outcomes::NOT_MET, Reason::Absent),
        State::NotApplicable => Tested::plain(Outcomes::NOT_APPLICABLE, Reason::DeclaredNotApplicable),
        State::Unknown(why) => {
            let extra = if may_not_apply { Outcomes::NOT_APPLICABLE } else { Outcomes::NONE };
            Tested::plain(Outcomes::OPEN.union(extra), Reason::from(*why))
        }
    }
}
