//! Every operator with its operand, wherever rules write one.

use super::Subject;
use crate::check::condition::Question;
use crate::check::{Aggregate, Body, Check, Comparison, Condition, Operator, Over, Source};
use crate::evidence::{KeyIx, Value};
use crate::quantity::{Decimal, Quantity};
use crate::source::Span;

/// What an operator looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// The value of a key, or the sum or an extreme of it.
    Value(KeyIx),
    /// How many records, members or different values a key has.
    Count(KeyIx),
    /// The time since a date, and periods that reach back from the day of assessment.
    Since(KeyIx),
    /// The category or the stage.
    Axis,
}

/// What kind of number is compared, where bounds matter.
#[derive(Clone, Copy)]
pub enum Made<'a> {
    /// The value itself.
    Plain,
    /// A number over records or members.
    Of(&'a Aggregate),
}

/// One operator with its operand.
#[derive(Clone)]
pub struct Use<'a> {
    /// The name of the place: a check, a clause, `evidence:KEY`, `sample:LIST`.
    pub at: String,
    /// What the clause is about.
    pub topic: Option<&'a str>,
    /// What is looked at.
    pub measure: Measure,
    /// How the number is made.
    pub made: Made<'a>,
    /// The operator.
    pub operator: Operator,
    /// The operand as written.
    pub written: String,
    /// Where it is written.
    pub span: Span,
    /// Conditions that must hold together have the same number; checks have one each.
    pub group: usize,
    /// Whether it is a condition on records, of which some fail as a matter of course.
    pub condition: bool,
}

impl Use<'_> {
    /// The quantity as written, with its unit; `None` for words, dates, and what stands behind `@`.
    pub fn quantity(&self, subject: &Subject<'_>) -> Option<Quantity> {
        let number = matches!(
            self.operator,
            Operator::Compare(_, Value::Quantity(_))
                | Operator::Within(_)
                | Operator::AtLeastAgo(_)
                | Operator::LastClosed(_)
        ) || matches!(&self.operator, Operator::Is(words) if matches!(words.value(), Some(Value::Quantity(_))));
        let units = &subject.edition.standard.units;
        (number && !self.written.starts_with('@'))
            .then(|| units.parse(&self.written, self.span).ok())
            .flatten()
    }
}

/// All operators of an edition: those of shared clauses, derived keys and samples once.
pub fn uses<'a>(subject: &Subject<'a>) -> Vec<Use<'a>> {
    let mut walk = Walk { uses: Vec::new(), groups: 0, subject };
    for clause in subject.own_clauses() {
        let topic = clause.topic.as_deref();
        walk.conditions(&clause.when, clause.id.as_str(), topic);
        for check in &clause.checks {
            let at = clause.address(check);
            walk.conditions(&check.when, &at, topic);
            walk.body(check, &at, topic);
        }
    }
    let edition = subject.edition;
    for (key, derived) in edition.dictionary.keys.iter().zip(&edition.derived) {
        if let Some(aggregate) = derived {
            walk.conditions(&aggregate.filter, &format!("evidence:{}", key.name), None);
        }
    }
    let samples = edition.clauses.iter().flat_map(|c| &c.checks).filter_map(|check| match &check.body {
        Body::Attest(attest) => attest.sample.as_ref(),
        _ => None,
    });
    let mut seen = Vec::new();
    for sample in samples {
        if !seen.contains(&sample.list) {
            seen.push(sample.list);
            let at = format!("sample:{}", edition.dictionary.name(sample.list));
            walk.conditions(&sample.filter, &at, None);
        }
    }
    walk.uses
}

struct Walk<'s, 'a> {
    uses: Vec<Use<'a>>,
    groups: usize,
    subject: &'s Subject<'a>,
}

impl<'a> Walk<'_, 'a> {
    fn body(&mut self, check: &'a Check, at: &str, topic: Option<&'a str>) {
        let (measure, over, operator) = match &check.body {
            Body::Fact(key, operator) => (measured(*key, operator), Made::Plain, operator.clone()),
            Body::Elapsed(key, comparison, months) => {
                let months = Value::Quantity(Decimal::whole(*months));
                (Measure::Since(*key), Made::Plain, Operator::Compare(*comparison, months))
            }
            Body::Aggregate(aggregate, operator) => {
                self.conditions(&aggregate.filter, at, topic);
                (aggregated(aggregate), Made::Of(aggregate), operator.clone())
            }
            Body::Quantify(quantifier) => {
                self.conditions(&quantifier.filter, at, topic);
                self.conditions(quantifier.has.as_deref().unwrap_or_default(), at, topic);
                return;
            }
            Body::Attest(_) | Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_) => return,
        };
        self.groups += 1;
        let written = check.shown.threshold.as_ref().and_then(|t| t.as_str()).unwrap_or_default();
        self.uses.push(Use {
            at: at.to_owned(),
            topic,
            measure,
            made: over,
            operator,
            written: written.to_owned(),
            span: self.subject.operand(check),
            group: self.groups,
            condition: false,
        });
    }

    fn conditions(&mut self, all: &'a [Condition], at: &str, topic: Option<&'a str>) {
        self.groups += 1;
        let group = self.groups;
        for condition in all {
            let operator = match &condition.test {
                Question::Operator(operator) => operator,
                Question::Some(inner) => {
                    self.conditions(inner, at, topic);
                    continue;
                }
            };
            let measure = match condition.source {
                Source::Fact(key) | Source::Field(key, _) | Source::Member(key) => measured(key, operator),
                Source::Category | Source::Stage => Measure::Axis,
            };
            self.uses.push(Use {
                at: at.to_owned(),
                topic,
                measure,
                made: Made::Plain,
                operator: operator.clone(),
                written: condition.written.clone(),
                span: condition.span,
                group,
                condition: true,
            });
        }
    }
}

fn measured(key: KeyIx, operator: &Operator) -> Measure {
    match operator {
        Operator::Within(_) | Operator::AtLeastAgo(_) | Operator::LastClosed(_) => Measure::Since(key),
        _ => Measure::Value(key),
    }
}

fn aggregated(aggregate: &Aggregate) -> Measure {
    use crate::check::AggregateKind::{Count, Distinct};
    match (aggregate.over, aggregate.kind) {
        (Over::Members(key), _) | (Over::Records { list: key, field: None }, _) => Measure::Count(key),
        (Over::Records { field: Some((key, _)), .. }, Count | Distinct) => Measure::Count(key),
        (Over::Records { field: Some((key, _)), .. }, _) => Measure::Value(key),
    }
}

/// How strict an operator is: of two with the same word, the greater admits less. `None` where that cannot be said.
pub fn strictness(operator: &Operator) -> Option<(Decimal, bool)> {
    let negative = |number: Decimal| Decimal::ZERO.minus(number);
    Some(match operator {
        Operator::Compare(comparison, value) => {
            let number = number(value)?;
            match comparison {
                Comparison::AtLeast => (number, false),
                Comparison::Above => (number, true),
                Comparison::AtMost => (negative(number), false),
                Comparison::Below => (negative(number), true),
            }
        }
        Operator::AtLeastAgo(months) => (Decimal::whole(*months), false),
        Operator::Within(months) => (Decimal::whole(-months), false),
        Operator::LastClosed(years) => (Decimal::whole(-years), false),
        _ => return None,
    })
}

/// A value on a line: quantities in the base unit, years, words of a scale by position.
pub fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Quantity(number) => Some(*number),
        Value::Year(year) => Some(Decimal::whole(*year)),
        Value::Choice(position) => Some(Decimal::whole(i64::from(*position))),
        _ => None,
    }
}
