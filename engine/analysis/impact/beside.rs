//! The values just beyond the bound of an operator, and how they are written.

use super::margin::upward;
use crate::check::{Comparison, Context, Operator};
use crate::edition::Edition;
use crate::evidence::{Conclusion, Key, Type, Value};
use crate::lang::Lang;
use crate::quantity::Decimal;
use crate::source::Span;

/// A value beyond the bound.
pub(super) struct Beside {
    /// The value.
    pub value: Value,
    /// Whether it is a plain yes or word that becomes a no, rather than a step on a scale.
    pub statement: bool,
}

/// The values that no longer satisfy the operator and lie one step beyond its bound; none if the value is farther from
/// the bound than a step.
pub(super) fn beside(key: &Key, value: &Value, operator: &Operator, ctx: &Context<'_>) -> Vec<Beside> {
    let candidates: Vec<Value> = match value {
        Value::Quantity(number) => quantities(key, *number, operator),
        Value::Year(year) => vec![Value::Year(year - 1), Value::Year(year + 1)],
        Value::Date(date) => vec![Value::Date(date.plus_days(-1)), Value::Date(date.plus_days(1))],
        Value::Choice(position) => match &key.ty {
            Type::Choice(choices) if choices.ordered => {
                let up = position.checked_add(1).filter(|p| choices.get(*p).is_some());
                position.checked_sub(1).into_iter().chain(up).map(Value::Choice).collect()
            }
            _ => Vec::new(),
        },
        Value::Flag(flag) => vec![Value::Flag(!flag)],
        Value::Finding(Conclusion::Conforms) => vec![Value::Finding(Conclusion::Fails)],
        Value::Finding(Conclusion::Fails) | Value::Text(_) => Vec::new(),
        Value::Set(members) => members
            .iter()
            .map(|gone| Value::Set(members.iter().copied().filter(|m| m != gone).collect::<Vec<_>>().into()))
            .collect(),
    };
    let statement = matches!(value, Value::Flag(_) | Value::Finding(_) | Value::Set(_));
    let fails = |candidate: &Value| !operator.holds(candidate, ctx).surely_passes();
    candidates.into_iter().filter(fails).map(|value| Beside { value, statement }).collect()
}

fn quantities(key: &Key, number: Decimal, operator: &Operator) -> Vec<Value> {
    let step = key.step;
    let beyond = match operator {
        Operator::Compare(comparison, Value::Quantity(bound)) => {
            let beyond = match comparison {
                Comparison::AtLeast => bound.minus(step),
                Comparison::AtMost => bound.plus(step),
                Comparison::Above | Comparison::Below => *bound,
            };
            let spare = if upward(*comparison) { number.minus(beyond) } else { beyond.minus(number) };
            // “At least” spares nothing if the value is less than a step above its bound.
            let near = match comparison {
                Comparison::AtLeast | Comparison::AtMost => spare < step.plus(step),
                Comparison::Above | Comparison::Below => spare <= step,
            };
            if near { vec![beyond] } else { Vec::new() }
        }
        _ => vec![number.minus(step), number.plus(step)],
    };
    let possible = |n: &Decimal| key.bounds.is_none_or(|(low, high)| low <= *n && *n <= high);
    beyond.into_iter().filter(possible).map(Value::Quantity).collect()
}

/// A value as `--set` takes it; `None` if it cannot be written.
pub(super) fn written(edition: &Edition, key: &Key, value: &Value) -> Option<String> {
    let word = |v: u16| key.choices().and_then(|c| c.get(v)).map(|c| c.id.clone());
    let text = match value {
        Value::Flag(flag) => flag.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Year(year) => year.to_string(),
        Value::Choice(v) => word(*v)?,
        Value::Set(members) => members.iter().map(|m| word(*m)).collect::<Option<Vec<_>>>()?.join(","),
        Value::Finding(conclusion) => conclusion.id().to_owned(),
        Value::Quantity(base) => {
            let Type::Quantity(dimension) = key.ty else { return None };
            let units = &edition.standard.units;
            let shown = units.show(*base, dimension, key.unit, Lang::Zh);
            let exact = units.parse_as(dimension, &shown, Span::NONE).is_ok_and(|q| q.base == *base);
            let bare = units.takes_bare_numbers(dimension).then(|| base.to_string());
            if exact { shown } else { bare? }
        }
    };
    (!text.is_empty()).then_some(text)
}
