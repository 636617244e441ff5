//! Checks and conditions that every value satisfies, or none.

use std::collections::BTreeMap;

use super::walk::{Made, Measure, Use, number, strictness, uses};
use super::{Finding, Subject};
use crate::check::{AggregateKind, Comparison, Operator, Over, Words};
use crate::diag::Code;
use crate::evidence::{Key, KeyIx, Type};
use crate::quantity::Decimal;
use crate::text;

/// Reports what holds for every known value, or for none.
pub fn constant(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let uses = uses(subject);
    for one in &uses {
        let verdict = match (&one.operator, one.measure) {
            (Operator::Compare(comparison, value), _) => {
                number(value).and_then(|n| compare(*comparison, n, ends(subject, one)))
            }
            (Operator::Is(words), Measure::Value(_) | Measure::Count(_)) => {
                words.value().and_then(number).and_then(|n| equals(n, ends(subject, one)))
            }
            (Operator::OneOf(words), Measure::Value(key)) => all_of(subject, key, words).then_some(true),
            (Operator::NotIn(words), Measure::Value(key)) => all_of(subject, key, words).then_some(false),
            (Operator::LastClosed(0), _) => Some(false),
            _ => None,
        };
        if let Some(always) = verdict {
            report(one, always, findings);
        }
    }
    contradictions(&uses, findings);
}

fn report(one: &Use<'_>, always: bool, findings: &mut Vec<Finding>) {
    let what = if one.condition { text!("条件", "condition") } else { text!("检查", "check") };
    let message = if always {
        text!("任何已知的值都满足这项", "every known value satisfies this ")
    } else {
        text!("没有值能满足这项", "no value can satisfy this ")
    };
    let message = message.then(what);
    findings.push(Finding::new(Code::ConstantTest, &one.at, one.span, message).help(text!(
        "核对数值、单位和词典中的范围",
        "check the value, its unit, and the bounds in the dictionary"
    )));
}

/// The lowest and highest number that can stand against a threshold, where there are limits.
type Ends = (Option<Decimal>, Option<Decimal>);

fn ends(subject: &Subject<'_>, one: &Use<'_>) -> Ends {
    let dictionary = &subject.edition.dictionary;
    let entry = |key: KeyIx| dictionary.get(key);
    let zero = Some(Decimal::ZERO);
    match (one.made, one.measure) {
        (_, Measure::Since(_)) => (zero, None),
        (_, Measure::Axis) => (None, None),
        (Made::Plain, Measure::Value(key) | Measure::Count(key)) => entry(key).map_or((None, None), values),
        (Made::Of(aggregate), Measure::Value(key) | Measure::Count(key)) => {
            let words = entry(key).and_then(|k| k.choices()).map(|c| Decimal::count(c.values.len()));
            match (aggregate.kind, aggregate.over) {
                (AggregateKind::Count, Over::Members(_)) | (AggregateKind::Distinct, _) => (zero, words),
                (AggregateKind::Count, Over::Records { .. }) => (zero, None),
                (AggregateKind::Sum, _) => {
                    let low = entry(key).and_then(|k| k.bounds).map(|(low, _)| low);
                    (low.filter(|l| *l >= Decimal::ZERO).map(|_| Decimal::ZERO), None)
                }
                (AggregateKind::Largest | AggregateKind::Smallest, _) => {
                    entry(key).map_or((None, None), values)
                }
            }
        }
    }
}

fn values(key: &Key) -> Ends {
    match &key.ty {
        Type::Choice(choices) if choices.ordered => {
            let top = choices.values.len().checked_sub(1).map(Decimal::count);
            (Some(Decimal::ZERO), top)
        }
        _ => (key.bounds.map(|b| b.0), key.bounds.map(|b| b.1)),
    }
}

/// Whether a comparison holds for all numbers between the ends, or for none.
fn compare(comparison: Comparison, bound: Decimal, (low, high): Ends) -> Option<bool> {
    let (all, none) = match comparison {
        Comparison::AtLeast => (low.is_some_and(|l| l >= bound), high.is_some_and(|h| h < bound)),
        Comparison::Above => (low.is_some_and(|l| l > bound), high.is_some_and(|h| h <= bound)),
        Comparison::AtMost => (high.is_some_and(|h| h <= bound), low.is_some_and(|l| l > bound)),
        Comparison::Below => (high.is_some_and(|h| h < bound), low.is_some_and(|l| l >= bound)),
    };
    (all || none).then_some(all)
}

fn equals(wanted: Decimal, (low, high): Ends) -> Option<bool> {
    let outside = low.is_some_and(|l| l > wanted) || high.is_some_and(|h| h < wanted);
    outside.then_some(false)
}

/// Whether words are all that a choice has.
fn all_of(subject: &Subject<'_>, key: KeyIx, words: &Words) -> bool {
    let Words::These(given) = words else { return false };
    let entry = subject.edition.dictionary.get(key);
    let Some(Type::Choice(choices)) = entry.map(|k| &k.ty) else { return false };
    let mut positions: Vec<Decimal> = given.iter().filter_map(number).collect();
    positions.sort();
    positions.dedup();
    !positions.is_empty() && positions.len() == choices.values.len()
}

/// Conditions of one table that no value satisfies together.
fn contradictions(uses: &[Use<'_>], findings: &mut Vec<Finding>) {
    let mut together: BTreeMap<(usize, Measure), Vec<&Use<'_>>> = BTreeMap::new();
    for one in uses.iter().filter(|u| u.condition) {
        together.entry((one.group, one.measure)).or_default().push(one);
    }
    for all in together.values().filter(|all| all.len() > 1) {
        let up = |u: &&&Use<'_>| {
            matches!(
                u.operator,
                Operator::Compare(Comparison::AtLeast | Comparison::Above, _) | Operator::AtLeastAgo(_)
            )
        };
        let down = |u: &&&Use<'_>| {
            matches!(
                u.operator,
                Operator::Compare(Comparison::AtMost | Comparison::Below, _) | Operator::Within(_)
            )
        };
        for low in all.iter().filter(up) {
            for high in all.iter().filter(down) {
                let ends = strictness(&low.operator).zip(strictness(&high.operator));
                let Some(((from, open), (to, shut))) = ends else { continue };
                let to = Decimal::ZERO.minus(to);
                if from > to || (from == to && (open || shut)) {
                    let message = text!("两个条件不可能同时成立", "the two conditions exclude each other");
                    let finding = Finding::new(Code::ConstantTest, &high.at, high.span, message);
                    let finding = finding.other(&low.at, low.span, text!("与此矛盾", "against this one"));
                    let help =
                        text!("核对两个数值，或删去一个条件", "check both values, or delete one condition");
                    findings.push(finding.help(help));
                }
            }
        }
    }
}
