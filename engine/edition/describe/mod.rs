//! An edition as data: what `show --format json` prints, and what the digest is taken of.

mod digest;
pub mod layers;
mod out;

pub use digest::{digest, hash};
pub use layers::{LayerOut, StepOut};
pub use out::*;

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Clause, Edition};
use crate::check::condition::Question;
use crate::check::{Aggregate, Attest, Body, Check, Condition, Over, Quantifier, Source};
use crate::evidence::{Key, KeyIx, Place, Type};
use crate::standard::{Combine, Role};

/// Describes an edition.
#[must_use]
pub fn describe(edition: &Edition) -> Description {
    let standard = &edition.standard;
    let named = |list: &[crate::standard::Named]| {
        list.iter().map(|n| NamedOut { id: n.id.clone(), title: n.title.clone() }).collect::<Vec<_>>()
    };
    let axes = [("category", &standard.categories), ("stage", &standard.stages)];
    let points = standard.combine == Combine::Points;
    Description {
        standard: standard.id.clone(),
        number: standard.number.clone(),
        title: standard.title.clone(),
        notice: standard.notice.clone(),
        region: edition.region.clone(),
        on: (edition.applied_on == edition.assessed_on).then(|| edition.applied_on.to_string()),
        digest: edition.digest.clone(),
        layers: layers::layers(edition),
        history: layers::other_history(edition),
        combine: if points { "points" } else { "lowest" }.to_owned(),
        levels: (1u8..)
            .zip(&standard.levels)
            .map(|(id, l)| LevelOut { id, title: l.title.clone(), points: points.then_some(l.points) })
            .collect(),
        parts: standard.parts.iter().map(part).collect(),
        axes: axes
            .into_iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(name, values)| (name.to_owned(), named(values)))
            .collect(),
        due: standard.dues.iter().map(|d| due(edition, d)).collect(),
        samples: edition
            .samples
            .iter()
            .map(|s| SampleOut {
                of: edition.dictionary.name(s.list).to_owned(),
                r#where: s.filter.clone(),
                size: s.size.clone(),
            })
            .collect(),
        sets: standard
            .sets
            .iter()
            .map(|s| (s.id.clone(), s.members.iter().map(|m| m.value.clone()).collect()))
            .collect(),
        tables: standard
            .tables
            .iter()
            .map(|t| (t.id.clone(), t.values.iter().map(|v| v.value.clone()).collect()))
            .collect(),
        units: standard
            .units
            .dimensions
            .iter()
            .map(|d| (d.id.clone(), d.units.iter().map(|u| (u.id.clone(), Number(u.factor))).collect()))
            .collect(),
        evidence: edition.dictionary.keys.iter().map(|k| evidence(edition, k)).collect(),
        invariants: edition
            .dictionary
            .invariants
            .iter()
            .map(|i| {
                (edition.dictionary.name(i.key).to_owned(), edition.dictionary.name(i.at_most).to_owned())
            })
            .collect(),
        interpretations: edition
            .interpretations
            .values()
            .map(|i| InterpretationOut {
                id: i.id.clone(),
                clauses: i.clauses.iter().map(ToString::to_string).collect(),
                affects: word(i.affects),
                question: i.question.clone(),
                readings: i.readings.iter().cloned().collect(),
                adopted: i.adopted.clone(),
                reason: i.reason.clone(),
            })
            .collect(),
        clauses: edition.clauses.iter().map(|c| clause(edition, c)).collect(),
    }
}

/// The word that serde gives a variant.
#[must_use]
pub fn word(value: impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

fn part(part: &crate::standard::Part) -> PartOut {
    let (role, requires_below) = match part.role {
        Role::Grade { cumulative } => ("grade", Some(cumulative)),
        Role::Admissibility => ("admissibility", None),
        Role::None => ("none", None),
    };
    PartOut { id: part.id.clone(), title: part.title.clone(), role: role.to_owned(), requires_below }
}

fn due(edition: &Edition, due: &crate::standard::Due) -> DueOut {
    let stage = |s: &usize| edition.standard.stages.get(*s).map(|s| s.id.clone());
    DueOut {
        id: due.id.clone(),
        title: due.title.clone(),
        stages: due.stages.iter().filter_map(stage).collect(),
        above_level: due.above_level,
    }
}

fn evidence(edition: &Edition, key: &Key) -> EvidenceOut {
    let units = &edition.standard.units;
    let base = |d: usize, u: usize| units.unit(d, u).map(|u| u.id.clone());
    let (kind, unit) = match &key.ty {
        Type::Quantity(d) => (units.dimensions.get(*d).map_or("", |d| d.id.as_str()), base(*d, 0)),
        other => (type_word(other), key.counted_in.and_then(|(d, u)| base(d, u))),
    };
    let choices = key.choices();
    let ids = |c: &crate::evidence::Choices| c.values.iter().map(|v| v.id.clone()).collect::<Vec<_>>();
    EvidenceOut {
        key: key.name.to_string(),
        scope: match key.place {
            Place::Institution => "institution",
            Place::Category => "category",
            Place::Field { .. } => "record",
        }
        .to_owned(),
        r#type: kind.to_owned(),
        unit,
        scale: choices.filter(|c| c.ordered).map(ids),
        values: choices.map(ids),
        titles: choices.map(|c| c.values.iter().map(|v| (v.id.clone(), v.title.clone())).collect()),
        bounds: key.bounds.map(|(low, high)| BoundsOut { low: Number(low), high: Number(high) }),
        step: key.bounds.map(|_| Number(key.step)),
        derive: key.derive.as_ref().and_then(derive),
        absent_means: key.absent_never.then(|| "never".to_owned()),
        may_not_apply: key.may_not_apply,
        attested_by: key.attested_by.map(|a| match a {
            crate::format::evidence::AttestorRaw::Institution => "institution".to_owned(),
            crate::format::evidence::AttestorRaw::ThirdParty => "third-party".to_owned(),
            crate::format::evidence::AttestorRaw::Assessor => "assessor".to_owned(),
        }),
        title: key.title.clone(),
        question: key.question.clone(),
        hint: key.hint.clone(),
        documents: key.documents.clone(),
    }
}

fn derive(raw: &crate::format::evidence::DeriveRaw) -> Option<DeriveOut> {
    let given = [
        ("count", &raw.count),
        ("distinct", &raw.distinct),
        ("sum", &raw.sum),
        ("largest", &raw.largest),
        ("smallest", &raw.smallest),
    ];
    let (kind, of) = given.into_iter().find_map(|(kind, of)| of.as_ref().map(|of| (kind, of)))?;
    Some(DeriveOut {
        kind: kind.to_owned(),
        of: of.value.clone(),
        r#where: raw.filter.as_ref().map(|f| f.0.0.to_json()),
    })
}

/// The word of a type that is no dimension.
#[must_use]
pub fn type_word(ty: &Type) -> &'static str {
    match ty {
        Type::Flag => "flag",
        Type::Text => "text",
        Type::Date => "date",
        Type::Year => "year",
        Type::Choice(_) => "choice",
        Type::Set(_) => "set",
        Type::Finding => "finding",
        Type::List => "list",
        Type::Quantity(_) => "quantity",
    }
}

fn clause(edition: &Edition, clause: &Clause) -> ClauseOut {
    let standard = &edition.standard;
    let points = standard.combine == Combine::Points;
    ClauseOut {
        id: clause.id.to_string(),
        part: standard.parts.get(clause.part).map(|p| p.id.clone()).unwrap_or_default(),
        category: clause.category.and_then(|c| standard.categories.get(c)).map(|c| c.id.clone()),
        level: clause.level,
        topic: clause.topic.clone(),
        kind: clause.kind,
        title: clause.title.clone(),
        summary: clause.summary.clone(),
        same_as: clause.same_as.as_ref().map(ToString::to_string),
        when: clause.when_shown.clone(),
        choose: clause.choose,
        points: points.then_some(clause.points),
        protect: clause.protect,
        gates: clause.gates,
        documents: clause.documents.clone(),
        methods: clause.methods.clone(),
        interpretations: clause.interpretations.clone(),
        steps: clause.steps.clone(),
        layer: layers::layer_id(edition, clause.id.as_str()),
        history: layers::history(edition, clause.id.as_str()),
        checks: clause.checks.iter().map(|c| check(edition, clause, c)).collect(),
    }
}

/// Describes one check.
#[must_use]
pub fn check(edition: &Edition, clause: &Clause, check: &Check) -> CheckOut {
    let address = |ix: &usize| clause.checks.get(*ix).map(|c| clause.address(c));
    let shown = &check.shown;
    CheckOut {
        address: clause.address(check),
        op: shown.op.to_owned(),
        subject: shown.subject.map(|kind| SubjectOut {
            kind: kind.to_owned(),
            of: shown.of.clone().unwrap_or_default(),
            r#where: shown.filter.clone(),
            has: shown.has.clone(),
        }),
        evidence: keys(&check.body, &check.when)
            .into_iter()
            .map(|k| edition.dictionary.name(k).to_owned())
            .collect(),
        when: shown.when.clone(),
        of: match &check.body {
            Body::AnyOf(members) | Body::AllOf(members) => members.iter().filter_map(address).collect(),
            _ => Vec::new(),
        },
        threshold: shown.threshold.clone(),
        value: shown.value.clone(),
        unit: shown.unit.clone(),
        effect: if check.observation { "observation" } else { "gate" }.to_owned(),
        protect: check.protect,
        due: check.due.and_then(|d| edition.standard.dues.get(d)).map(|d| d.id.clone()),
        until_due: check.until_due.as_ref().and_then(address),
        layer: layers::layer_id(edition, &clause.address(check)),
        interpretations: check.interpretations.clone(),
        title: check.title.clone(),
    }
}

/// The keys that a check names.
#[must_use]
pub fn keys(body: &Body, when: &[Condition]) -> BTreeSet<KeyIx> {
    let mut keys = BTreeSet::new();
    conditions(when, &mut keys);
    match body {
        Body::Fact(key, _) | Body::Elapsed(key, ..) => {
            keys.insert(*key);
        }
        Body::Aggregate(aggregate, _) => aggregate_keys(aggregate, &mut keys),
        Body::Attest(Attest { key, sample }) => {
            keys.insert(*key);
            conditions(sample.as_ref().map_or(&[], |s| s.filter.as_slice()), &mut keys);
        }
        Body::Quantify(Quantifier { list, filter, has }) => {
            keys.insert(*list);
            conditions(filter, &mut keys);
            conditions(has.as_deref().unwrap_or_default(), &mut keys);
        }
        Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_) => {}
    }
    keys
}

/// The keys that an aggregate names.
pub fn aggregate_keys(aggregate: &Aggregate, keys: &mut BTreeSet<KeyIx>) {
    match aggregate.over {
        Over::Members(key) => {
            keys.insert(key);
        }
        Over::Records { list, field } => {
            keys.insert(list);
            keys.extend(field.map(|f| f.0));
        }
    }
    conditions(&aggregate.filter, keys);
}

fn conditions(all: &[Condition], keys: &mut BTreeSet<KeyIx>) {
    for condition in all {
        match condition.source {
            Source::Fact(key) | Source::Field(key, _) | Source::Member(key) => {
                keys.insert(key);
            }
            Source::Category | Source::Stage => {}
        }
        if let Question::Some(inner) = &condition.test {
            conditions(inner, keys);
        }
    }
}
