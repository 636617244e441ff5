//! What a variation shows, and what all of them together ought to show.

use super::{Runner, Subject, Variation};
use crate::assessment::CheckResult;
use crate::check::cite::{Because, Looked, looked};
use crate::check::condition::Question;
use crate::check::{
    Actual, Aggregate, Body, Check, Comparison, Condition, Context, Operator, Over, Quantifier, Range, Source,
};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::Edition;
use crate::evidence::{State, Value};
use crate::lang::Text;
use crate::quantity::Decimal;
use crate::source::Span;
use crate::text;
use crate::verdict::{Outcomes, Verdict};

/// One side of a check or derived key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// A value exactly on the threshold.
    At,
    /// One step beyond it, where the verdict turns.
    Beyond,
    /// The check is met.
    Met,
    /// It is not met.
    NotMet,
    /// The evidence is missing, the verdict open.
    Missing,
    /// The evidence is known to be absent.
    Absent,
    /// It does not apply.
    NotApplicable,
    /// A record that counts.
    Counts,
    /// A record left out by one condition alone: its field and operator.
    LeftOut(String),
    /// A record just beyond the edge of a condition.
    Edge(String),
}

impl Side {
    /// The word that stands for it in data.
    #[must_use]
    pub fn id(&self) -> String {
        let word = match self {
            Side::At => "at",
            Side::Beyond => "one-step-beyond",
            Side::Met => "true",
            Side::NotMet => "false",
            Side::Missing => "missing",
            Side::Absent => "known-absent",
            Side::NotApplicable => "not-applicable",
            Side::Counts => "counts",
            Side::LeftOut(condition) => return format!("left-out:{condition}"),
            Side::Edge(condition) => return format!("edge:{condition}"),
        };
        word.to_owned()
    }

    /// The words that people read.
    #[must_use]
    pub fn title(&self) -> Text {
        match self {
            Side::At => text!("恰在界上", "at the bound"),
            Side::Beyond => text!("超出一步", "one step beyond"),
            Side::Met => text!("满足", "met"),
            Side::NotMet => text!("不满足", "not met"),
            Side::Missing => text!("未提供（未定）", "missing (undetermined)"),
            Side::Absent => text!("声明为无", "known to be absent"),
            Side::NotApplicable => text!("不适用", "not applicable"),
            Side::Counts => text!("算数的记录", "a record that counts"),
            Side::LeftOut(c) => {
                text!("仅因 `{c}` 不算数的记录", "a record left out by `{c}` alone")
            }
            Side::Edge(c) => {
                text!("`{c}` 界外一步的记录", "a record just beyond the edge of `{c}`")
            }
        }
    }
}

/// One side with what covers it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The side.
    pub side: Side,
    /// Positions of the variations that show it.
    pub by: Vec<usize>,
    /// Why no variation is asked for; `None` where one is.
    pub excused: Option<Text>,
}

/// What covers one check or derived key.
#[derive(Clone, Debug)]
pub struct Covered {
    /// Which.
    pub subject: Subject,
    /// Its address.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// Side by side.
    pub sides: Vec<Seen>,
    /// The check in which it is covered, if it shares its content with another clause.
    pub shared: Option<String>,
}

impl Covered {
    /// Whether every side that ought to be covered is.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.shared.is_none() && self.lacking().next().is_none()
    }

    /// The sides that ought to be covered and are not.
    pub fn lacking(&self) -> impl Iterator<Item = &Side> {
        let lacking = |s: &&Seen| self.shared.is_none() && s.by.is_empty() && s.excused.is_none();
        self.sides.iter().filter(lacking).map(|s| &s.side)
    }
}

/// The sides of a check that a variation shows.
pub(super) fn sides(
    check: &Check,
    result: &CheckResult,
    variation: &Variation,
    ctx: &Context<'_>,
) -> Vec<Side> {
    let mut sides = Vec::new();
    match result.outcomes.verdict() {
        Verdict::Met => sides.push(Side::Met),
        Verdict::NotMet => sides.push(Side::NotMet),
        Verdict::Undetermined => sides.push(Side::Missing),
        Verdict::NotApplicable => sides.push(Side::NotApplicable),
    }
    let absent = |key| ctx.facts.slot(key).state == State::Absent;
    if matches!(check.body, Body::Fact(key, _) | Body::Elapsed(key, ..) if absent(key)) {
        sides.push(Side::Absent);
    }
    if let Some(side) = bound(check, result, ctx) {
        sides.push(side);
    }
    if !variation.records.is_empty() || !variation.sets.is_empty() {
        sides.extend(of_records(&looked(&check.body, ctx), ctx));
    }
    sides
}

/// Whether a number lies exactly on its threshold, or one step on the other side.
fn bound(check: &Check, result: &CheckResult, ctx: &Context<'_>) -> Option<Side> {
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
fn side(comparison: Comparison, threshold: Decimal, actual: Decimal, step: Decimal) -> Option<Side> {
    let far = match comparison {
        Comparison::AtLeast | Comparison::Below => threshold.minus(step),
        Comparison::AtMost | Comparison::Above => threshold.plus(step),
    };
    if actual == threshold {
        Some(Side::At)
    } else if actual == far {
        Some(Side::Beyond)
    } else {
        None
    }
}

fn elapsed(
    key: crate::evidence::KeyIx,
    comparison: Comparison,
    months: i64,
    ctx: &Context<'_>,
) -> Option<Side> {
    let State::Known(Value::Date(from)) = ctx.facts.slot(key).state else { return None };
    let holds = |date| crate::check::elapsed::holds(date, comparison, months, ctx.assessed_on);
    let (own, later, earlier) = (holds(from), holds(from.plus_days(1)), holds(from.plus_days(-1)));
    match (own, later != own || earlier != own) {
        (true, true) => Some(Side::At),
        (false, true) => Some(Side::Beyond),
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
fn of_records(records: &[Looked], ctx: &Context<'_>) -> Vec<Side> {
    let mut sides = Vec::new();
    for record in records {
        if let ([only], false) = (record.because.as_slice(), record.because.iter().any(|b| b.open)) {
            alone(only, "", ctx, &mut sides);
        }
    }
    sides
}

fn alone(because: &Because, within: &str, ctx: &Context<'_>, sides: &mut Vec<Side>) {
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

fn left_out(path: &str, op: &str) -> Side {
    Side::LeftOut(format!("{path}.{op}"))
}

fn edge(path: &str, op: &str) -> Side {
    Side::Edge(format!("{path}.{op}"))
}

/// The sides of a derived key that a variation shows.
pub(super) fn key_sides(aggregate: &Aggregate, range: &Range, ctx: &Context<'_>) -> Vec<Side> {
    let body = Body::Aggregate(
        aggregate.clone(),
        Operator::Compare(Comparison::AtLeast, Value::Quantity(Decimal::ZERO)),
    );
    let records = looked(&body, ctx);
    let mut sides = of_records(&records, ctx);
    if records.iter().any(|r| r.counts == Outcomes::MET) {
        sides.push(Side::Counts);
    }
    if range.single().is_none() && range.present {
        sides.push(Side::Missing);
    }
    sides
}

/// What covers every check and derived key.
pub(super) fn table(runner: &Runner<'_>) -> Vec<Covered> {
    let edition = runner.edition;
    let mut all = Vec::new();
    for (c, clause) in edition.clauses.iter().enumerate() {
        for (k, check) in clause.checks.iter().enumerate() {
            let subject = Subject::Check(c, k);
            // What is shared is covered where it is written.
            let shared = clause.same_as.as_ref().map(|id| format!("{id}#{}", check.id));
            let sides = with_seen(runner, subject, wanted(check, edition), excused(check, edition));
            all.push(Covered { subject, name: clause.address(check), span: check.span, sides, shared });
        }
    }
    for (i, aggregate) in edition.derived.iter().enumerate() {
        let (Some(aggregate), Some(key)) = (aggregate, edition.dictionary.keys.get(i)) else { continue };
        let mut wanted = vec![Side::Counts, Side::Missing];
        conditions(&aggregate.filter, "", &mut wanted);
        let sides = with_seen(runner, Subject::Key(i), wanted, Vec::new());
        let (name, span) = (key.name.to_string(), key.span);
        all.push(Covered { subject: Subject::Key(i), name, span, sides, shared: None });
    }
    all
}

fn with_seen(
    runner: &Runner<'_>,
    subject: Subject,
    wanted: Vec<Side>,
    excused: Vec<(Side, Text)>,
) -> Vec<Seen> {
    let seen = runner.seen.get(&subject);
    let by = |side: &Side| seen.and_then(|s| s.get(side)).cloned().unwrap_or_default();
    let mut sides: Vec<Seen> =
        wanted.into_iter().map(|side| Seen { by: by(&side), side, excused: None }).collect();
    for (side, why) in excused {
        if !sides.iter().any(|s| s.side == side) {
            sides.push(Seen { by: by(&side), side, excused: Some(why) });
        }
    }
    for side in seen.into_iter().flat_map(|s| s.keys()) {
        if !sides.iter().any(|s| s.side == *side) {
            let why = text!("不要求", "not asked for");
            sides.push(Seen { by: by(side), side: side.clone(), excused: Some(why) });
        }
    }
    sides
}

/// Reports everything that ought to be covered and is not.
pub(super) fn gaps(table: &[Covered], diagnostics: &mut Diagnostics) {
    for covered in table {
        let lacking: Vec<Text> = covered.lacking().map(Side::title).collect();
        if lacking.is_empty() {
            continue;
        }
        let join =
            |pick: fn(&Text) -> &str, between| lacking.iter().map(pick).collect::<Vec<_>>().join(between);
        let name = &covered.name;
        let message = Text::new(
            format!("`{name}` 缺少用例：{}", join(|t| &t.zh, "；")),
            format!("`{name}` lacks cases: {}", join(|t| &t.en, "; ")),
        );
        diagnostics.push(Diagnostic::error(Code::Uncovered, covered.span, message));
    }
}

/// Sides for which no case is asked, each with the reason.
fn excused(check: &Check, edition: &Edition) -> Vec<(Side, Text)> {
    let composed =
        || text!("由其成员或所要求的条款决定", "its members or the clause that it requires decide");
    let no_bound = || text!("没有可比大小的界", "it has no bound to lie at");
    match &check.body {
        Body::Fact(key, operator) => {
            let mut all = Vec::new();
            if !matches!(operator, Operator::Compare(..)) {
                all.extend([(Side::At, no_bound()), (Side::Beyond, no_bound())]);
            }
            if edition.derived.get(key.0).is_some_and(Option::is_some) {
                let why = text!("推算的证据项不能声明为无", "a derived key cannot be declared absent");
                all.push((Side::Absent, why));
            }
            all
        }
        Body::Elapsed(..) => Vec::new(),
        Body::Aggregate(_, operator) => {
            let why = text!("记录表本身没有“无”", "a list of records has no “absent”");
            let mut all = vec![(Side::Absent, why)];
            if !matches!(operator, Operator::Compare(..)) {
                all.extend([(Side::At, no_bound()), (Side::Beyond, no_bound())]);
            }
            all
        }
        Body::Quantify(_) | Body::Attest(_) => vec![(Side::At, no_bound()), (Side::Beyond, no_bound())],
        Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_) => {
            [Side::At, Side::Beyond, Side::Missing, Side::Absent].map(|side| (side, composed())).to_vec()
        }
    }
}

/// The sides that ought to be covered by cases written by hand (or generated, for attestations).
fn wanted(check: &Check, edition: &Edition) -> Vec<Side> {
    let mut wanted = match &check.body {
        Body::Fact(_, Operator::Compare(..))
        | Body::Elapsed(..)
        | Body::Aggregate(_, Operator::Compare(..)) => {
            vec![Side::At, Side::Beyond, Side::Met, Side::NotMet, Side::Missing]
        }
        Body::Fact(..) | Body::Aggregate(..) | Body::Quantify(_) => {
            vec![Side::Met, Side::NotMet, Side::Missing]
        }
        Body::Attest(_) | Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_) => {
            vec![Side::Met, Side::NotMet]
        }
    };
    match &check.body {
        Body::Fact(key, _) if edition.derived.get(key.0).is_none_or(Option::is_none) => {
            wanted.push(Side::Absent);
        }
        Body::Elapsed(..) => wanted.push(Side::Absent),
        Body::Aggregate(aggregate, _) if matches!(aggregate.over, Over::Records { .. }) => {
            conditions(&aggregate.filter, "", &mut wanted);
        }
        Body::Quantify(Quantifier { filter, has, .. }) => {
            conditions(filter, "", &mut wanted);
            conditions(has.as_deref().unwrap_or_default(), "", &mut wanted);
        }
        _ => {}
    }
    wanted
}

fn conditions(all: &[Condition], within: &str, wanted: &mut Vec<Side>) {
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
