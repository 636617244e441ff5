//! The evidence keys that rules look at.

use std::collections::BTreeSet;

use crate::check::condition::Question;
use crate::check::{Aggregate, Attest, Body, Condition, Over, Quantifier, Source};
use crate::edition::Clause;
use crate::evidence::KeyIx;

/// Keys that something looks at.
#[derive(Default)]
pub struct Used {
    /// The keys.
    pub keys: BTreeSet<KeyIx>,
}

impl Used {
    /// Adds what a clause looks at, its conditions included.
    pub fn clause(&mut self, clause: &Clause) {
        self.conditions(&clause.when);
        for check in &clause.checks {
            self.conditions(&check.when);
            self.body(&check.body);
        }
    }

    fn body(&mut self, body: &Body) {
        match body {
            Body::Fact(key, _) | Body::Elapsed(key, ..) => drop(self.keys.insert(*key)),
            Body::Aggregate(aggregate, _) => self.aggregate(aggregate),
            Body::Attest(Attest { key, sample }) => {
                self.keys.insert(*key);
                if let Some(sample) = sample {
                    self.keys.insert(sample.list);
                    self.conditions(&sample.filter);
                }
            }
            Body::Quantify(Quantifier { list, filter, has }) => {
                self.keys.insert(*list);
                self.conditions(filter);
                self.conditions(has.as_deref().unwrap_or_default());
            }
            Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_) => {}
        }
    }

    /// Adds what a number is computed from.
    pub fn aggregate(&mut self, aggregate: &Aggregate) {
        match aggregate.over {
            Over::Members(key) => drop(self.keys.insert(key)),
            Over::Records { list, field } => {
                self.keys.insert(list);
                self.keys.extend(field.map(|(key, _)| key));
            }
        }
        self.conditions(&aggregate.filter);
    }

    fn conditions(&mut self, all: &[Condition]) {
        for condition in all {
            if let Source::Fact(key) | Source::Field(key, _) | Source::Member(key) = condition.source {
                self.keys.insert(key);
            }
            if let Question::Some(inner) = &condition.test {
                self.conditions(inner);
            }
        }
    }
}
