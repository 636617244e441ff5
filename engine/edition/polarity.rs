//! Which way grades move with a key: proven from the rules, or nothing is claimed.

use super::Edition;
use crate::check::condition::Question;
use crate::check::operator::Polarity;
use crate::check::{Aggregate, AggregateKind, Attest, Body, Comparison, Condition, Over, Quantifier, Source};
use crate::evidence::KeyIx;
use crate::quantity::Decimal;

/// For each key, by position: which way of moving its value never lowers a grade.
/// `None` for keys that no gating check looks at; for lists: whether more records never hurt.
#[must_use]
pub fn polarities(edition: &Edition) -> Vec<Option<Polarity>> {
    let mut found = Found { all: vec![None; edition.dictionary.keys.len()], edition };
    for clause in &edition.clauses {
        // Whatever decides if something applies can turn a failed clause into one that does not apply.
        found.conditions(&clause.when, Polarity::Mixed);
        for check in clause.checks.iter().filter(|c| !c.observation) {
            found.conditions(&check.when, Polarity::Mixed);
            found.body(&check.body);
        }
    }
    found.all
}

struct Found<'a> {
    all: Vec<Option<Polarity>>,
    edition: &'a Edition,
}

impl Found<'_> {
    fn note(&mut self, key: KeyIx, polarity: Polarity) {
        if let Some(slot) = self.all.get_mut(key.0) {
            *slot = Some(slot.map_or(polarity, |before| before.with(polarity)));
        }
        let edition = self.edition;
        if let Some(aggregate) = edition.derived.get(key.0).and_then(Option::as_ref) {
            self.aggregate(aggregate, polarity);
        }
    }

    fn body(&mut self, body: &Body) {
        match body {
            Body::Fact(key, operator) => self.note(*key, operator.polarity()),
            Body::Elapsed(key, comparison, _) => {
                // An earlier date means more time.
                let polarity = match comparison {
                    Comparison::AtLeast | Comparison::Above => Polarity::Down,
                    Comparison::AtMost | Comparison::Below => Polarity::Up,
                };
                self.note(*key, polarity);
            }
            Body::Aggregate(aggregate, operator) => self.aggregate(aggregate, operator.polarity()),
            Body::Attest(Attest { key, sample }) => {
                self.note(*key, Polarity::Up);
                if let Some(sample) = sample {
                    self.note(sample.list, Polarity::Up);
                    self.conditions(&sample.filter, Polarity::Up);
                }
            }
            Body::Quantify(Quantifier { list, filter, has: None }) => {
                self.note(*list, Polarity::Up);
                self.conditions(filter, Polarity::Up);
            }
            Body::Quantify(Quantifier { list, filter, has: Some(has) }) => {
                self.note(*list, Polarity::Down);
                self.conditions(filter, Polarity::Down);
                self.conditions(has, Polarity::Up);
            }
            Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_) => {}
        }
    }

    /// `wanted`: which way the number should move.
    fn aggregate(&mut self, aggregate: &Aggregate, wanted: Polarity) {
        match aggregate.over {
            Over::Members(key) => {
                self.note(key, wanted);
            }
            Over::Records { list, field } => {
                // What more matching records do to the number; “none at all” fails every comparison,
                // so the largest of more can still help where a small number is wanted.
                let more = match aggregate.kind {
                    AggregateKind::Count | AggregateKind::Distinct => wanted,
                    AggregateKind::Sum if self.never_negative(field) => wanted,
                    AggregateKind::Sum => Polarity::Mixed,
                    AggregateKind::Largest if wanted == Polarity::Up => Polarity::Up,
                    AggregateKind::Smallest | AggregateKind::Largest => Polarity::Mixed,
                };
                self.note(list, more);
                self.conditions(&aggregate.filter, more);
                if let Some((key, _)) = field {
                    let value =
                        if aggregate.kind == AggregateKind::Distinct { Polarity::Mixed } else { wanted };
                    self.note(key, value);
                }
            }
        }
    }

    fn never_negative(&self, field: Option<(KeyIx, usize)>) -> bool {
        let key = field.and_then(|(key, _)| self.edition.dictionary.get(key));
        key.and_then(|k| k.bounds).is_some_and(|(low, _)| low >= Decimal::ZERO)
    }

    /// `matching`: whether it helps (`Up`) or hurts (`Down`) that the conditions hold.
    fn conditions(&mut self, all: &[Condition], matching: Polarity) {
        for condition in all {
            let inner = match &condition.test {
                Question::Operator(operator) => through(operator.polarity(), matching),
                Question::Some(conditions) => {
                    self.conditions(conditions, matching);
                    matching
                }
            };
            match condition.source {
                Source::Fact(key) | Source::Field(key, _) | Source::Member(key) => self.note(key, inner),
                Source::Category | Source::Stage => {}
            }
        }
    }
}

/// The polarity of a value seen through a condition that helps, hurts, or does either.
fn through(own: Polarity, matching: Polarity) -> Polarity {
    match matching {
        Polarity::Up => own,
        Polarity::Down => own.reversed(),
        Polarity::Mixed => Polarity::Mixed,
    }
}
