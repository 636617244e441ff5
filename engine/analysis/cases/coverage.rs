//! What a variation shows, and what all of them together ought to show.

use super::{Runner, Subject, Variation};
use crate::assessment::CheckResult;
use crate::check::cite::{Because, Looked, looked};
use crate::check::condition::Question;
use crate::check::{
    Actual, Aggregate, Body, Check, Comparison, Condition, Context, Operator, Over, Quantifier, Range, Source,
};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::evidence::{State, Value};
use crate::lang::Text;
use crate::quantity::Decimal;
use crate::verdict::{Outcomes, Verdict};

const AT: &str = "at the bound";
const BEYOND: &str = "one step beyond";
const MISSING: &str = "missing";
const ABSENT: &str = "known to be absent";
const MET: &str = "met";
const NOT_MET: &str = "not met";

/// The sides of a check that a variation shows.
pub(super) fn sides(
    check: &Check,
    result: &CheckResult,
    variation: &Variation<'_>,
    ctx: &Context<'_>,
) -> Vec<String> {
    let mut sides = Vec::new();
    match result.outcomes.verdict() {
        Verdict::Met => sides.push(MET.to_owned()),
        Verdict::NotMet => sides.push(NOT_MET.to_owned()),
        Verdict::Undetermined => sides.push(MISSING.to_owned()),
        Verdict::NotApplicable => sides.push("not applicable".to_owned()),
    }
    let absent = |key| ctx.facts.slot(key).state == State::Absent;
    if matches!(check.body, Body::Fact(key, _) | Body::Elapsed(key, ..) if absent(key)) {
        sides.push(ABSENT.to_owned());
    }
    if let Some(side) = bound(check, result, ctx) {
        sides.push(side.to_owned());
    }
    if !variation.records.is_empty() || !variation.sets.is_empty() {
        sides.extend(of_records(&looked(&check.body, ctx), ctx));
    }
    sides
}

/// Whether a number lies exactly on its threshold, or one step on the other side.
fn bound(check: &Check, result: &CheckResult, ctx: &Context<'_>) -> Option<&'static str> {
    let (comparison, threshold, actual, step) = match (&check.body, &result.actual) {
        (Body::Fact(key, Operator::Compare(c, Value::Quantity(t))), Actual::Range(range)) => {
            (*c, *t, range.single()?, ctx.dictionary.get(*key)?.step)
        }
        (Body::Aggregate(aggregate, Operator::Compare(c, Value::Quantity(t))), Actual::Range(range)) => {
            (*c, *t, range.single()?, step_of(aggregate, ctx))
        }
        (Body::Fact(_, Operator::Compare(c, Value::Choice(t))), Actual::Value(_, Value::Choice(v))) => {
            (*c, Decimal::whole(i64::from(*t)), Decimal::whole(i64::from(*v)), Decimal::whole(1))
        }
        (Body::Fact(_, Operator::Compare(c, Value::Year(t))), Actual::Value(_, Value::Year(v))) => {
            (*c, Decimal::whole(*t), Decimal::whole(*v), Decimal::whole(1))
        }
        (Body::Elapsed(key, comparison, months), _) => return elapsed(*key, *comparison, *months, ctx),
        _ => return None,
    };
    side(comparison, threshold, actual, step)
}

/// The far side is where the verdict turns: for “at least”, one step below.
fn side(comparison: Comparison, threshold: Decimal, actual: Decimal, step: Decimal) -> Option<&'static str> {
    let far = match comparison {
        Comparison::AtLeast | Comparison::Below => threshold.minus(step),
        Comparison::AtMost | Comparison::Above => threshold.plus(step),
    };
    if actual == threshold {
        Some(AT)
    } else if actual == far {
        Some(BEYOND)
    } else {
        None
    }
}

fn elapsed(
    key: crate::evidence::KeyIx,
    comparison: Comparison,
    months: i64,
    ctx: &Context<'_>,
) -> Option<&'static str> {
    let State::Known(Value::Date(from)) = ctx.facts.slot(key).state else { return None };
    let holds = |date| crate::check::elapsed::holds(date, comparison, months, ctx.assessed_on);
    let (own, later, earlier) = (holds(from), holds(from.plus_days(1)), holds(from.plus_days(-1)));
    match (own, later != own || earlier != own) {
        (true, true) => Some(AT),
        (false, true) => Some(BEYOND),
        _ => None,
    }
}

fn step_of(aggregate: &Aggregate, ctx: &Context<'_>) -> Decimal {
    use crate::check::AggregateKind::{Count, Distinct};
    match (aggregate.kind, aggregate.over) {
        (Count | Distinct, _) | (_, Over::Members(_)) => Decimal::whole(1),
        (_, Over::Records { field, .. }) => {
            field.and_then(|f| ctx.dictionary.get(f.0)).map(|k| k.step).unwrap_or_default()
        }
    }
}

/// What the records of a variation show: a record left out by one condition alone, and edges of dates and numbers.
fn of_records(records: &[Looked], ctx: &Context<'_>) -> Vec<String> {
    let mut sides = Vec::new();
    for record in records {
        if let ([only], false) = (record.because.as_slice(), record.because.iter().any(|b| b.open)) {
            alone(only, "", ctx, &mut sides);
        }
    }
    sides
}

fn alone(because: &Because, within: &str, ctx: &Context<'_>, sides: &mut Vec<String>) {
    let path = format!("{within}{}", because.condition.path);
    sides.push(left_out(&path, because.condition.op));
    if just_outside(because, ctx) {
        sides.push(edge(&path, because.condition.op));
    }
    // Of a list within the record: a nested record that one inner condition alone keeps from serving.
    for (_, inner) in &because.nested {
        if let [only] = inner.as_slice() {
            alone(only, &format!("{path}."), ctx, sides);
        }
    }
}

/// Whether what was found would satisfy the condition if it were one step different.
fn just_outside(because: &Because, ctx: &Context<'_>) -> bool {
    let (Some((key, State::Known(value))), Question::Operator(operator)) =
        (&because.found, &because.condition.test)
    else {
        return false;
    };
    let step = ctx.dictionary.get(*key).map(|k| k.step).unwrap_or_default();
    let neighbours: Vec<Value> = match value {
        Value::Date(date) => vec![Value::Date(date.plus_days(1)), Value::Date(date.plus_days(-1))],
        Value::Year(year) => vec![Value::Year(year + 1), Value::Year(year - 1)],
        Value::Quantity(n) => vec![Value::Quantity(n.plus(step)), Value::Quantity(n.minus(step))],
        _ => Vec::new(),
    };
    neighbours.iter().any(|v| operator.holds(v, ctx) == Outcomes::MET)
}

fn left_out(path: &str, op: &str) -> String {
    format!("a record left out by `{path}.{op}` alone")
}

fn edge(path: &str, op: &str) -> String {
    format!("a record just beyond the edge of `{path}.{op}`")
}

/// The sides of a derived key that a variation shows.
pub(super) fn key_sides(aggregate: &Aggregate, range: &Range, ctx: &Context<'_>) -> Vec<String> {
    let body = Body::Aggregate(
        aggregate.clone(),
        Operator::Compare(Comparison::AtLeast, Value::Quantity(Decimal::ZERO)),
    );
    let records = looked(&body, ctx);
    let mut sides = of_records(&records, ctx);
    if records.iter().any(|r| r.counts == Outcomes::MET) {
        sides.push("a record that counts".to_owned());
    }
    if range.single().is_none() && range.present {
        sides.push(MISSING.to_owned());
    }
    sides
}

/// Reports everything that ought to be covered and is not; answers how many subjects are.
pub(super) fn gaps(runner: &Runner<'_>, diagnostics: &mut Diagnostics) -> usize {
    let edition = runner.edition;
    let mut covered = 0;
    let mut report = |subject: Subject, name: &str, span, wanted: Vec<String>| {
        let seen = runner.seen.get(&subject);
        let lacking: Vec<String> =
            wanted.into_iter().filter(|w| !seen.is_some_and(|s| s.contains(w))).collect();
        if lacking.is_empty() {
            covered += 1;
            return;
        }
        let list = lacking.join("; ");
        let message =
            Text::new(format!("`{name}` 缺少用例：{list}"), format!("`{name}` lacks cases: {list}"));
        diagnostics.push(Diagnostic::error(Code::Uncovered, span, message));
    };
    for (c, clause) in edition.clauses.iter().enumerate() {
        // What is shared is covered where it is written.
        if clause.same_as.is_some() {
            continue;
        }
        for (k, check) in clause.checks.iter().enumerate() {
            report(Subject::Check(c, k), &clause.address(check), check.span, wanted(check, edition));
        }
    }
    for (i, aggregate) in edition.derived.iter().enumerate() {
        let (Some(aggregate), Some(key)) = (aggregate, edition.dictionary.keys.get(i)) else { continue };
        let mut wanted = vec!["a record that counts".to_owned(), MISSING.to_owned()];
        conditions(&aggregate.filter, "", &mut wanted);
        report(Subject::Key(i), &key.name, key.span, wanted);
    }
    covered
}

/// The sides that ought to be covered by cases written by hand (or generated, for attestations).
fn wanted(check: &Check, edition: &crate::edition::Edition) -> Vec<String> {
    let words = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    match &check.body {
        Body::Fact(key, operator) => {
            let derived = edition.derived.get(key.0).is_some_and(Option::is_some);
            let mut wanted = match operator {
                Operator::Compare(..) => words(&[AT, BEYOND, MET, NOT_MET, MISSING]),
                _ => words(&[MET, NOT_MET, MISSING]),
            };
            if !derived {
                wanted.push(ABSENT.to_owned());
            }
            wanted
        }
        Body::Elapsed(..) => words(&[AT, BEYOND, MET, NOT_MET, MISSING, ABSENT]),
        Body::Aggregate(aggregate, operator) => {
            let mut wanted = match operator {
                Operator::Compare(..) => words(&[AT, BEYOND, MET, NOT_MET, MISSING]),
                _ => words(&[MET, NOT_MET, MISSING]),
            };
            if let Over::Records { .. } = aggregate.over {
                conditions(&aggregate.filter, "", &mut wanted);
            }
            wanted
        }
        Body::Quantify(Quantifier { filter, has, .. }) => {
            let mut wanted = words(&[MET, NOT_MET, MISSING]);
            conditions(filter, "", &mut wanted);
            conditions(has.as_deref().unwrap_or_default(), "", &mut wanted);
            wanted
        }
        Body::Attest(_) | Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_) => words(&[MET, NOT_MET]),
    }
}

fn conditions(all: &[Condition], within: &str, wanted: &mut Vec<String>) {
    for condition in all {
        let path = format!("{within}{}", condition.path);
        wanted.push(left_out(&path, condition.op));
        match &condition.test {
            Question::Some(inner) => conditions(inner, &format!("{path}."), wanted),
            Question::Operator(operator) => {
                let ordered = matches!(
                    operator,
                    Operator::Compare(_, Value::Quantity(_))
                        | Operator::Within(_)
                        | Operator::NotBefore(_)
                        | Operator::NotAfter(_)
                        | Operator::AtLeastAgo(_)
                        | Operator::LastClosed(_)
                );
                if ordered && matches!(condition.source, Source::Field(..)) {
                    wanted.push(edge(&path, condition.op));
                }
            }
        }
    }
}
