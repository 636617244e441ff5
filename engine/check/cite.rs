//! What a check looked at: the facts it rests on, and each record with the reason why it counted or not.

use super::condition::{Question, matches};
use super::{Aggregate, Attest, Body, Condition, Context, Over, Probe, Quantifier, Source};
use crate::evidence::{ClaimIx, KeyIx, Record, State};
use crate::verdict::{Outcome, Outcomes};

/// One fact that a check looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Cited {
    /// The key.
    pub key: KeyIx,
    /// The record, if the key is a field; nested records are joined by `/`.
    pub record: Option<String>,
    /// What is known of it.
    pub state: State,
    /// The statements behind it.
    pub claims: Vec<ClaimIx>,
}

/// One record that a check looked at.
#[derive(Clone, Debug)]
pub struct Looked {
    /// The list.
    pub list: KeyIx,
    /// Its id.
    pub id: String,
    /// Whether it counts: certainly, certainly not, or not yet known.
    pub counts: Outcomes,
    /// What it adds: the value of the field that is aggregated, or the finding.
    pub value: Option<(KeyIx, State)>,
    /// Conditions that do not hold or are open, with what was found.
    pub because: Vec<Because>,
}

/// Why a record does not count, or not yet.
#[derive(Clone, Debug)]
pub struct Because {
    /// The condition.
    pub condition: Condition,
    /// What was found, if the condition is about a single value.
    pub found: Option<(KeyIx, State)>,
    /// Of a list within the record: its records, and why each does not do.
    pub nested: Vec<(String, Vec<Because>)>,
    /// Whether it may still hold.
    pub open: bool,
}

/// Everything that a body looked at, outside and inside records.
#[must_use]
pub fn cite(body: &Body, when: &[Condition], ctx: &Context<'_>) -> Vec<Cited> {
    let mut cited = Vec::new();
    for condition in when {
        if let Source::Fact(key) = condition.source {
            fact(key, ctx, &mut cited);
        }
    }
    match body {
        Body::Fact(key, _) | Body::Elapsed(key, ..) => fact(*key, ctx, &mut cited),
        Body::Aggregate(aggregate, _) => self::aggregate(aggregate, ctx, &mut cited),
        Body::Attest(Attest { key, sample: None }) => fact(*key, ctx, &mut cited),
        Body::Attest(attest @ Attest { sample: Some(sample), .. }) => {
            further(sample.list, ctx, &mut cited);
            for record in &ctx.facts.list(sample.list).records {
                if attest.shown(record, sample, ctx) != Outcomes::NONE {
                    conditions(&sample.filter, record, &record.id, ctx, &mut cited);
                    slot(attest.key, record, sample.position, &record.id, &mut cited);
                }
            }
        }
        Body::Quantify(Quantifier { list, filter, has }) => {
            further(*list, ctx, &mut cited);
            for record in &ctx.facts.list(*list).records {
                if matches(filter, record, ctx).outcomes.contains(Outcome::Met) {
                    conditions(filter, record, &record.id, ctx, &mut cited);
                    conditions(has.as_deref().unwrap_or_default(), record, &record.id, ctx, &mut cited);
                }
            }
        }
        Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_) => {}
    }
    cited.dedup();
    cited
}

/// Every record that a body looked at, counted or left out, and why.
#[must_use]
pub fn looked(body: &Body, ctx: &Context<'_>) -> Vec<Looked> {
    match body {
        Body::Fact(key, _) => {
            let derived = ctx.derived.get(key.0).and_then(Option::as_ref);
            derived.map(|a| aggregate_records(a, ctx)).unwrap_or_default()
        }
        Body::Aggregate(aggregate, _) => aggregate_records(aggregate, ctx),
        Body::Attest(Attest { key, sample: Some(sample) }) => {
            let value = Some((*key, sample.position));
            records(sample.list, &sample.filter, value, ctx)
        }
        Body::Quantify(quantifier) => quantified(quantifier, ctx),
        _ => Vec::new(),
    }
}

fn aggregate_records(aggregate: &Aggregate, ctx: &Context<'_>) -> Vec<Looked> {
    match aggregate.over {
        Over::Records { list, field } => records(list, &aggregate.filter, field, ctx),
        Over::Members(_) => Vec::new(),
    }
}

fn records(
    list: KeyIx,
    filter: &[Condition],
    value: Option<(KeyIx, usize)>,
    ctx: &Context<'_>,
) -> Vec<Looked> {
    let one = |record: &Record| Looked {
        list,
        id: record.id.to_string(),
        counts: matches(filter, record, ctx).outcomes,
        value: value.map(|(key, position)| (key, record.slot(position).state.clone())),
        because: because(filter, record, ctx),
    };
    ctx.facts.list(list).records.iter().map(one).collect()
}

fn quantified(quantifier: &Quantifier, ctx: &Context<'_>) -> Vec<Looked> {
    let mut all = records(quantifier.list, &quantifier.filter, None, ctx);
    if let Some(has) = &quantifier.has {
        let facts = ctx.facts.list(quantifier.list);
        for (looked, record) in all.iter_mut().zip(&facts.records) {
            if looked.counts.contains(Outcome::Met) {
                looked.because.extend(because(has, record, ctx));
            }
        }
    }
    all
}

/// The conditions that keep a record from counting.
#[must_use]
pub fn because(filter: &[Condition], record: &Record, ctx: &Context<'_>) -> Vec<Because> {
    let mut because = Vec::new();
    for condition in filter {
        let answer = condition.ask(Probe::Record(record), ctx);
        if answer.outcomes == Outcomes::MET {
            continue;
        }
        let found = match (condition.source, &condition.test) {
            (Source::Field(key, position), Question::Operator(_)) => {
                Some((key, record.slot(position).state.clone()))
            }
            _ => None,
        };
        let nested = match (condition.source, &condition.test) {
            (Source::Field(_, position), Question::Some(inner)) => {
                let records = record.list(position).records.iter();
                records.map(|r| (r.id.to_string(), self::because(inner, r, ctx))).collect()
            }
            _ => Vec::new(),
        };
        let open = answer.outcomes.contains(Outcome::Met);
        because.push(Because { condition: condition.clone(), found, nested, open });
    }
    because
}

fn fact(key: KeyIx, ctx: &Context<'_>, cited: &mut Vec<Cited>) {
    let slot = ctx.facts.slot(key);
    if let (State::Unknown(_), Some(derived)) = (&slot.state, ctx.derived.get(key.0).and_then(Option::as_ref))
    {
        let given = match derived.over {
            Over::Records { list, .. } => ctx.facts.list(list).given,
            Over::Members(_) => true,
        };
        if given {
            aggregate(derived, ctx, cited);
            return;
        }
    }
    cited.push(Cited { key, record: None, state: slot.state.clone(), claims: slot.claims.clone() });
}

fn aggregate(aggregate: &Aggregate, ctx: &Context<'_>, cited: &mut Vec<Cited>) {
    match aggregate.over {
        Over::Members(key) => fact(key, ctx, cited),
        Over::Records { list, field } => {
            further(list, ctx, cited);
            for record in &ctx.facts.list(list).records {
                if matches(&aggregate.filter, record, ctx).outcomes.contains(Outcome::Met) {
                    conditions(&aggregate.filter, record, &record.id, ctx, cited);
                    if let Some((key, position)) = field {
                        slot(key, record, position, &record.id, cited);
                    }
                }
            }
        }
    }
}

/// A list that may lack records.
fn further(list: KeyIx, ctx: &Context<'_>, cited: &mut Vec<Cited>) {
    if let Some(why) = ctx.facts.list(list).open {
        cited.push(Cited { key: list, record: None, state: State::Unknown(why), claims: Vec::new() });
    }
}

fn conditions(filter: &[Condition], record: &Record, id: &str, ctx: &Context<'_>, cited: &mut Vec<Cited>) {
    if let Some(why) = record.doubt
        && let Some(Source::Field(key, _)) = filter.first().map(|c| c.source)
        && let Some(crate::evidence::Place::Field { list, .. }) = ctx.dictionary.get(key).map(|k| k.place)
    {
        let (record, claims) = (Some(id.to_owned()), record.claims.clone());
        cited.push(Cited { key: list, record, state: State::Unknown(why), claims });
    }
    for condition in filter {
        let Source::Field(key, position) = condition.source else { continue };
        match &condition.test {
            Question::Some(inner) => {
                let list = record.list(position);
                if let Some(why) = list.open {
                    let record = Some(id.to_owned());
                    cited.push(Cited { key, record, state: State::Unknown(why), claims: Vec::new() });
                }
                for nested in &list.records {
                    if matches(inner, nested, ctx).outcomes.contains(Outcome::Met) {
                        conditions(inner, nested, &format!("{id}/{}", nested.id), ctx, cited);
                    }
                }
            }
            Question::Operator(_) => slot(key, record, position, id, cited),
        }
    }
}

fn slot(key: KeyIx, record: &Record, position: usize, id: &str, cited: &mut Vec<Cited>) {
    let slot = record.slot(position);
    let claims = if slot.claims.is_empty() { record.claims.clone() } else { slot.claims.clone() };
    cited.push(Cited { key, record: Some(id.to_owned()), state: slot.state.clone(), claims });
}
