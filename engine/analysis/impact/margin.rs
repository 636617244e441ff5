//! On what an award hangs: single pieces of evidence that would lower it. They are found where a check is met with
//! nothing to spare, and each is tried out by evaluating once more.

use std::collections::{BTreeMap, BTreeSet};

use super::Graded;
use super::beside::{Beside, beside};
use crate::assessment::CategoryResult;
use crate::check::condition::{Question, matches};
use crate::check::{
    Aggregate, AggregateKind, Attest, Body, Check, Comparison, Context, Operator, Over, Quantifier, Source,
};
use crate::dossier::{Address, Dossier, assign, context, facts};
use crate::edition::Edition;
use crate::eval::{judge, one_category};
use crate::evidence::{Conclusion, KeyIx, Place, Record, State, Value};
use crate::format::chapter::KindRaw;
use crate::quantity::Decimal;
use crate::source::Span;
use crate::verdict::{Outcome, Outcomes};

/// What kind of evidence it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ThreadKind {
    /// A number, a date or a place on a scale that lies at its bound.
    Figure,
    /// A record without which too little is left.
    Record,
    /// A finding or a plain yes that might be no.
    Statement,
}

/// One piece of evidence on which an award hangs.
#[derive(Clone, Debug)]
pub struct Thread {
    /// What kind it is.
    pub kind: ThreadKind,
    /// Its address.
    pub fact: String,
    /// The key; of a record its list.
    pub key: KeyIx,
    /// What it is.
    pub value: Option<Value>,
    /// What would be too little; `None` if it would not be there at all.
    pub beyond: Option<Value>,
    /// The change, as `--set` takes it.
    pub set: String,
    /// The award that would be left.
    pub award: u8,
    /// Addresses of the checks that it would fail.
    pub checks: Vec<String>,
}

/// The pieces of evidence of which each alone would lower the award, by address.
#[must_use]
pub fn threads(graded: Graded<'_>, result: &CategoryResult) -> Vec<Thread> {
    let Graded { edition, dossier, assessment } = graded;
    if result.award == 0 {
        return Vec::new();
    }
    let facts = facts(dossier, edition, assessment.view, result.entry.category);
    let ctx = Context { level: result.award, ..context(dossier, edition, &result.entry, &facts) };
    let mut finder = Finder { edition, ctx, found: BTreeMap::new(), check: String::new() };
    for own in judge(edition, dossier, assessment.view, &result.entry, result.award) {
        let Some(clause) = edition.clause(own.clause) else { continue };
        let counts = clause.level.unwrap_or(1) <= result.award && clause.kind == KindRaw::Requirement;
        if !counts || !own.outcomes.contains(Outcome::Met) {
            continue;
        }
        for (check, judged) in clause.checks.iter().zip(&own.checks) {
            if judged.outcomes == Outcomes::MET && !check.observation {
                finder.check = clause.address(check);
                finder.check(check);
            }
        }
    }
    let tried = finder.found.into_values().filter_map(|thread| {
        let award = award_with(graded, result, &thread.set)?;
        (award < result.award).then_some(Thread { award, ..thread })
    });
    tried.collect()
}

/// The award of one category under a stipulation; `None` if the stipulation is impossible.
fn award_with(graded: Graded<'_>, result: &CategoryResult, set: &str) -> Option<u8> {
    let mut dossier: Dossier = graded.dossier.clone();
    assign(set, Span::NONE, &mut dossier, graded.edition).ok()?;
    let view = graded.assessment.view;
    Some(one_category(graded.edition, &dossier, view, &result.entry).award)
}

struct Finder<'a> {
    edition: &'a Edition,
    ctx: Context<'a>,
    /// By stipulation: evidence that several checks hang on is tried once.
    found: BTreeMap<String, Thread>,
    check: String,
}

impl Finder<'_> {
    fn check(&mut self, check: &Check) {
        match &check.body {
            Body::Fact(key, operator) => self.fact(*key, operator),
            Body::Elapsed(key, comparison, months) => {
                let State::Known(Value::Date(from)) = self.ctx.facts.slot(*key).state else { return };
                let today = self.ctx.assessed_on;
                let holds =
                    |days| crate::check::elapsed::holds(from.plus_days(days), *comparison, *months, today);
                for days in [1, -1].into_iter().filter(|d| !holds(*d)) {
                    let beyond = Value::Date(from.plus_days(days));
                    self.add(ThreadKind::Figure, *key, &[], Some(Value::Date(from)), Some(beyond));
                }
            }
            Body::Aggregate(aggregate, operator) => self.aggregate(aggregate, operator),
            Body::Attest(attest) => self.attest(attest),
            Body::Quantify(quantifier) => self.quantify(quantifier),
            // Their members and the clauses that they name are looked at by themselves.
            Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_) => {}
        }
    }

    fn fact(&mut self, key: KeyIx, operator: &Operator) {
        let derived = self.ctx.derived.get(key.0).and_then(Option::as_ref);
        match (&self.ctx.facts.slot(key).state, derived) {
            (State::Known(value), _) => self.value(key, &[], &value.clone(), operator),
            (State::Unknown(_), Some(aggregate)) => {
                if let Some(number) = aggregate.bounded(key, &self.ctx).single() {
                    self.value(key, &[], &Value::Quantity(number), operator);
                }
                self.aggregate(aggregate, operator);
            }
            _ => {}
        }
    }

    /// A value one step beyond the bound.
    fn value(&mut self, key: KeyIx, records: &[String], value: &Value, operator: &Operator) {
        let Some(entry) = self.ctx.dictionary.get(key) else { return };
        for Beside { value: beyond, statement } in beside(entry, value, operator, &self.ctx) {
            let kind = if statement { ThreadKind::Statement } else { ThreadKind::Figure };
            self.add(kind, key, records, Some(value.clone()), Some(beyond));
        }
    }

    /// Records of which each alone is indispensable for a number.
    fn aggregate(&mut self, aggregate: &Aggregate, operator: &Operator) {
        let (list, field) = match aggregate.over {
            Over::Records { list, field } => (list, field),
            Over::Members(key) => return self.members(key, aggregate, operator),
        };
        let counting: Vec<&Record> = self
            .ctx
            .facts
            .list(list)
            .records
            .iter()
            .filter(|r| matches(&aggregate.filter, r, &self.ctx).outcomes == Outcomes::MET)
            .collect();
        let values: Vec<(&Record, Option<&Value>)> = counting
            .into_iter()
            .map(|r| match field.map(|(_, position)| &r.slot(position).state) {
                Some(State::Known(value)) => (r, Some(value)),
                _ => (r, None),
            })
            .collect();
        let mut gone: Vec<String> = Vec::new();
        for (i, (record, _)) in values.iter().enumerate() {
            let others = values.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, (_, v))| *v);
            let number = number(aggregate.kind, others);
            let holds =
                number.is_some_and(|n| operator.holds(&Value::Quantity(n), &self.ctx).surely_passes());
            if !holds {
                gone.push(record.id.to_string());
            } else if aggregate.kind == AggregateKind::Count {
                // All that are counted weigh the same.
                break;
            }
        }
        gone.into_iter().for_each(|id| self.add(ThreadKind::Record, list, &[id], None, None));
    }

    fn members(&mut self, key: KeyIx, aggregate: &Aggregate, operator: &Operator) {
        let State::Known(Value::Set(set)) = &self.ctx.facts.slot(key).state else { return };
        let Some(number) = aggregate.range(&self.ctx).single() else { return };
        let less = Value::Quantity(number.minus(Decimal::whole(1)));
        if operator.holds(&less, &self.ctx).surely_passes() {
            return;
        }
        let set = set.clone();
        for member in set.iter() {
            let rest: Vec<u16> = set.iter().copied().filter(|m| m != member).collect();
            let rest = Value::Set(rest.into());
            self.add(ThreadKind::Statement, key, &[], Some(Value::Set(set.clone())), Some(rest));
        }
    }

    fn attest(&mut self, attest: &Attest) {
        let fails = Value::Finding(Conclusion::Fails);
        let conforms = Value::Finding(Conclusion::Conforms);
        let Some(sample) = &attest.sample else {
            if self.ctx.facts.slot(attest.key).state == State::Known(conforms.clone()) {
                self.add(ThreadKind::Statement, attest.key, &[], Some(conforms), Some(fails));
            }
            return;
        };
        let records = &self.ctx.facts.list(sample.list).records;
        let good: Vec<&Record> =
            records.iter().filter(|r| attest.shown(r, sample, &self.ctx) == Outcomes::MET).collect();
        let spared = records.iter().filter(|r| attest.shown(r, sample, &self.ctx).surely_passes()).count();
        // One that conforms is needed in any case.
        if spared > sample.size && good.len() > 1 {
            return;
        }
        let ids: Vec<String> = good.iter().map(|r| r.id.to_string()).collect();
        for id in ids {
            let (value, beyond) = (Some(conforms.clone()), Some(fails.clone()));
            self.add(ThreadKind::Statement, attest.key, &[id], value, beyond);
        }
    }

    fn quantify(&mut self, quantifier: &Quantifier) {
        let records = &self.ctx.facts.list(quantifier.list).records;
        let mut matching = records
            .iter()
            .filter(|r| matches(&quantifier.filter, r, &self.ctx).outcomes.contains(Outcome::Met));
        let Some(has) = &quantifier.has else {
            if let (Some(only), None) = (matching.next(), matching.next()) {
                let id = only.id.to_string();
                self.add(ThreadKind::Record, quantifier.list, &[id], None, None);
            }
            return;
        };
        let mut at_bound = Vec::new();
        for record in matching {
            for condition in has {
                let (Source::Field(key, position), Question::Operator(operator)) =
                    (condition.source, &condition.test)
                else {
                    continue;
                };
                if let State::Known(value) = &record.slot(position).state {
                    at_bound.push((key, record.id.to_string(), value.clone(), operator.clone()));
                }
            }
        }
        for (key, id, value, operator) in at_bound {
            self.value(key, &[id], &value, &operator);
        }
    }

    fn add(
        &mut self,
        kind: ThreadKind,
        key: KeyIx,
        records: &[String],
        value: Option<Value>,
        beyond: Option<Value>,
    ) {
        let Some(entry) = self.ctx.dictionary.get(key) else { return };
        let category = self.ctx.category.filter(|_| entry.place == Place::Category);
        let fact = Address { category, key, records: records.to_vec() }.show(self.edition);
        let written = match &beyond {
            None => Some("!".to_owned()),
            Some(value) => super::beside::written(self.edition, entry, value),
        };
        let Some(written) = written else { return };
        let set = format!("{fact}={written}");
        let check = self.check.clone();
        let thread = self.found.entry(set.clone()).or_insert_with(|| Thread {
            kind,
            fact,
            key,
            value,
            beyond,
            set,
            award: 0,
            checks: Vec::new(),
        });
        if !thread.checks.contains(&check) {
            thread.checks.push(check);
        }
    }
}

/// A number over the values of records; `None` if there is none.
fn number<'a>(kind: AggregateKind, values: impl Iterator<Item = Option<&'a Value>>) -> Option<Decimal> {
    let quantity = |v: Option<&Value>| match v {
        Some(Value::Quantity(number)) => Some(*number),
        _ => None,
    };
    match kind {
        AggregateKind::Count => Some(Decimal::count(values.count())),
        AggregateKind::Distinct => Some(Decimal::count(values.flatten().collect::<BTreeSet<_>>().len())),
        AggregateKind::Sum => Some(values.filter_map(quantity).fold(Decimal::ZERO, Decimal::plus)),
        AggregateKind::Largest => values.filter_map(quantity).max(),
        AggregateKind::Smallest => values.filter_map(quantity).min(),
    }
}

/// Whether a comparison asks for more rather than less.
pub(super) const fn upward(comparison: Comparison) -> bool {
    matches!(comparison, Comparison::AtLeast | Comparison::Above)
}
