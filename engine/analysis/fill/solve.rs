//! Finds a value that satisfies several operators at once, at the edge of what they allow.

use crate::calendar::Date;
use crate::check::{Comparison, Context, DateRef, Operator, Words};
use crate::evidence::{Conclusion, KeyIx, State, Type, Value};
use crate::quantity::Decimal;
use crate::verdict::Outcomes;

/// What a value must satisfy.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rule {
    /// An operator.
    Operator(Operator),
    /// The time since the date stands in a relation to so many months.
    Elapsed(Comparison, i64),
    /// The value is none of these.
    Differs(Vec<Value>),
}

impl Rule {
    fn holds(&self, key: KeyIx, value: &Value, ctx: &Context<'_>) -> bool {
        match (self, value) {
            (Rule::Operator(operator), _) => {
                operator.test(key, &State::Known(value.clone()), ctx) == Outcomes::MET
            }
            (Rule::Elapsed(comparison, months), Value::Date(date)) => {
                crate::check::elapsed::holds(*date, *comparison, *months, ctx.assessed_on)
            }
            (Rule::Elapsed(..), _) => false,
            (Rule::Differs(others), value) => !others.contains(value),
        }
    }
}

/// A value of a key that satisfies all rules.
pub(super) fn solve(key: KeyIx, rules: &[Rule], ctx: &Context<'_>) -> Option<Value> {
    let entry = ctx.dictionary.get(key)?;
    let candidates = match &entry.ty {
        Type::Flag => vec![Value::Flag(true), Value::Flag(false)],
        Type::Finding => vec![Value::Finding(Conclusion::Conforms), Value::Finding(Conclusion::Fails)],
        Type::Text => texts(rules),
        Type::Year => (0..60)
            .map(|back| Value::Year(ctx.assessed_on.year() - 1 - back))
            .chain(mentioned(rules))
            .collect(),
        Type::Date => dates(rules, ctx),
        Type::Choice(choices) => positions(choices.values.len()).map(Value::Choice).collect(),
        Type::Set(choices) => sets(rules, choices.values.len(), ctx),
        Type::Quantity(_) => quantities(rules, entry.bounds, entry.step),
        Type::List => return None,
    };
    candidates.into_iter().find(|value| rules.iter().all(|rule| rule.holds(key, value, ctx)))
}

fn positions(len: usize) -> impl Iterator<Item = u16> {
    (0..len).filter_map(|i| u16::try_from(i).ok())
}

/// Values that the rules themselves name.
fn mentioned(rules: &[Rule]) -> Vec<Value> {
    let mut values = Vec::new();
    for rule in rules {
        match rule {
            Rule::Operator(Operator::Compare(_, value)) => values.push(value.clone()),
            Rule::Operator(Operator::Is(Words::These(all)) | Operator::OneOf(Words::These(all))) => {
                values.extend(all.iter().cloned());
            }
            _ => {}
        }
    }
    values
}

fn texts(rules: &[Rule]) -> Vec<Value> {
    let mut values = mentioned(rules);
    values.extend((1..=200).map(|n| Value::Text(format!("T{n}").into())));
    values
}

fn quantities(rules: &[Rule], bounds: Option<(Decimal, Decimal)>, step: Decimal) -> Vec<Value> {
    let (low, high) = bounds.unwrap_or_default();
    let mut numbers: Vec<Decimal> = Vec::new();
    for value in mentioned(rules) {
        if let Value::Quantity(number) = value {
            numbers.extend([number, number.plus(step), number.minus(step)]);
        }
    }
    numbers.extend([low, high]);
    numbers.retain(|n| low <= *n && *n <= high);
    // The least that satisfies a lower bound, the most that satisfies an upper one.
    let upward = rules
        .iter()
        .any(|r| matches!(r, Rule::Operator(Operator::Compare(Comparison::AtLeast | Comparison::Above, _))));
    numbers.sort();
    if !upward && !rules.is_empty() {
        numbers.reverse();
    }
    numbers.dedup();
    numbers.into_iter().map(Value::Quantity).collect()
}

fn dates(rules: &[Rule], ctx: &Context<'_>) -> Vec<Value> {
    let today = ctx.assessed_on;
    let mut dates: Vec<Date> = Vec::new();
    for rule in rules {
        match rule {
            Rule::Operator(Operator::Within(months) | Operator::AtLeastAgo(months))
            | Rule::Elapsed(_, months) => {
                let edge = today.plus_months(-months);
                // Clamping can make the edge a day off in either direction.
                dates.extend([edge, edge.plus_days(-1), edge.plus_days(1), edge.plus_days(-4)]);
            }
            Rule::Operator(Operator::NotBefore(reference) | Operator::NotAfter(reference)) => {
                let date = match reference {
                    DateRef::Fixed(date) => *date,
                    DateRef::AppliedOn => ctx.applied_on,
                    DateRef::AssessedOn => today,
                    DateRef::AwardOn => ctx.award_on.unwrap_or(today),
                };
                dates.extend([date, date.plus_days(-1), date.plus_days(1)]);
            }
            _ => {}
        }
    }
    dates.push(today);
    dates.into_iter().map(Value::Date).collect()
}

fn sets(rules: &[Rule], len: usize, ctx: &Context<'_>) -> Vec<Value> {
    let mut members: Vec<u16> = Vec::new();
    let add = |value: &Value, members: &mut Vec<u16>| {
        if let Value::Choice(position) = value {
            members.push(*position);
        }
    };
    let category = ctx.category.and_then(|c| u16::try_from(c).ok());
    for rule in rules {
        match rule {
            Rule::Operator(Operator::Includes(Words::These(all))) => {
                all.iter().for_each(|v| add(v, &mut members))
            }
            Rule::Operator(Operator::Includes(Words::Applied) | Operator::IncludesAny(Words::Applied)) => {
                members.extend(category);
            }
            _ => {}
        }
    }
    for rule in rules {
        if let Rule::Operator(Operator::IncludesAny(Words::These(all))) = rule {
            let any = all.iter().any(|v| matches!(v, Value::Choice(p) if members.contains(p)));
            if let (false, Some(first)) = (any, all.first()) {
                add(first, &mut members);
            }
        }
    }
    members.sort_unstable();
    members.dedup();
    vec![Value::Set(members.into()), Value::Set(positions(len).collect())]
}
