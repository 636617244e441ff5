//! What the rules demand of evidence, as far as one dossier can satisfy it.

use crate::check::condition::Question;
use crate::check::{
    Aggregate, AggregateKind, Body, Check, Comparison, Condition, Context, Operator, Over, Probe, Source,
};
use crate::edition::{Clause, ClauseIx, Edition};
use crate::evidence::{Conclusion, KeyIx, Value};
use crate::format::chapter::KindRaw;
use crate::quantity::Decimal;
use crate::standard::Role;
use crate::verdict::Outcomes;

/// One demand.
#[derive(Clone, Debug)]
pub(super) enum Demand {
    /// A key outside records satisfies an operator.
    Scalar {
        /// The key.
        key: KeyIx,
        /// The operator; `None` for a finding that conforms.
        operator: Option<Operator>,
    },
    /// A date lies so many months back.
    Elapsed {
        /// The key.
        key: KeyIx,
        /// The comparison.
        comparison: Comparison,
        /// Months.
        months: i64,
    },
    /// So many records satisfy conditions.
    Records {
        /// The list.
        list: KeyIx,
        /// How many.
        count: usize,
        /// The conditions.
        filter: Vec<Condition>,
        /// A field whose values must differ between them.
        distinct: Option<KeyIx>,
    },
    /// So many records satisfy conditions and have a finding that conforms.
    Shown {
        /// The list.
        list: KeyIx,
        /// How many.
        count: usize,
        /// The conditions.
        filter: Vec<Condition>,
        /// The finding.
        finding: KeyIx,
    },
    /// A field of the records that satisfy conditions adds up, or reaches a value.
    Amount {
        /// Sum, largest or smallest.
        kind: AggregateKind,
        /// The list.
        list: KeyIx,
        /// The field.
        field: KeyIx,
        /// The conditions.
        filter: Vec<Condition>,
        /// The comparison.
        comparison: Comparison,
        /// The number.
        number: Decimal,
    },
    /// Every record that satisfies conditions satisfies more.
    Every {
        /// The list.
        list: KeyIx,
        /// The conditions.
        filter: Vec<Condition>,
        /// What each must have.
        has: Vec<Condition>,
    },
    /// A set has so many members.
    Members {
        /// The set.
        key: KeyIx,
        /// How many.
        count: usize,
        /// Which members count.
        filter: Vec<Condition>,
    },
}

/// All demands of one category, or of the part that decides admissibility.
pub(super) fn collect(edition: &Edition, ctx: &Context<'_>, general: bool) -> Vec<Demand> {
    let mut demands = Vec::new();
    for (ix, clause) in edition.clauses_for(ctx.category) {
        let role = edition.standard.parts.get(clause.part).map_or(Role::None, |p| p.role);
        let mine = match role {
            Role::Admissibility => general,
            Role::Grade { .. } => !general && clause.level.is_none_or(|l| l <= ctx.level),
            Role::None => false,
        };
        if mine && clause.kind == KindRaw::Requirement && chosen(edition, clause, ix) {
            let conditions: Vec<Condition> = edition.conditions(ix).cloned().collect();
            of_clause(edition, clause, &conditions, ctx, &mut demands);
        }
    }
    demands
}

/// Of a choice, the first children are taken.
fn chosen(edition: &Edition, clause: &Clause, ix: ClauseIx) -> bool {
    let parent = clause.parent.and_then(|p| edition.clause(p));
    match parent.and_then(|p| p.choose.map(|n| (p, n))) {
        Some((parent, n)) => parent.children.iter().take(usize::from(n)).any(|c| *c == ix),
        None => true,
    }
}

fn of_clause(
    edition: &Edition,
    clause: &Clause,
    conditions: &[Condition],
    ctx: &Context<'_>,
    demands: &mut Vec<Demand>,
) {
    if !hold(conditions, ctx, demands) {
        return;
    }
    for check in clause.checks.iter().filter(|c| c.member_of.is_none()) {
        of_check(edition, clause, check, ctx, demands);
    }
}

/// Whether conditions can hold: those about category and stage are fixed, those about facts become demands.
fn hold(conditions: &[Condition], ctx: &Context<'_>, demands: &mut Vec<Demand>) -> bool {
    let fixed = |c: &&Condition| matches!(c.source, Source::Category | Source::Stage);
    if conditions.iter().filter(fixed).any(|c| c.ask(Probe::Dossier, ctx).outcomes != Outcomes::MET) {
        return false;
    }
    for condition in conditions {
        if let (Source::Fact(key), Question::Operator(operator)) = (condition.source, &condition.test) {
            demands.push(Demand::Scalar { key, operator: Some(operator.clone()) });
        }
    }
    true
}

fn of_check(edition: &Edition, clause: &Clause, check: &Check, ctx: &Context<'_>, demands: &mut Vec<Demand>) {
    let is_due = |rule: usize| edition.standard.dues.get(rule).is_none_or(|d| d.is_due(ctx.stage, ctx.level));
    if check.due.is_some_and(|rule| !is_due(rule)) || check.stands_until.is_some_and(is_due) {
        return;
    }
    if !hold(&check.when, ctx, demands) {
        return;
    }
    let mut member = |m: &usize| {
        if let Some(check) = clause.checks.get(*m) {
            of_check(edition, clause, check, ctx, demands);
        }
    };
    match &check.body {
        Body::AnyOf(members) => members.iter().take(1).for_each(member),
        Body::AllOf(members) => members.iter().for_each(&mut member),
        Body::Requires(..) => {}
        Body::Fact(key, operator) => match edition.derived.get(key.0).and_then(Option::as_ref) {
            Some(aggregate) => aggregate_demand(aggregate, operator, demands),
            None => demands.push(Demand::Scalar { key: *key, operator: Some(operator.clone()) }),
        },
        Body::Elapsed(key, comparison, months) => {
            demands.push(Demand::Elapsed { key: *key, comparison: *comparison, months: *months });
        }
        Body::Aggregate(aggregate, operator) => aggregate_demand(aggregate, operator, demands),
        Body::Attest(attest) => demands.push(match &attest.sample {
            None => Demand::Scalar { key: attest.key, operator: None },
            Some(sample) => Demand::Shown {
                list: sample.list,
                count: sample.size,
                filter: sample.filter.clone(),
                finding: attest.key,
            },
        }),
        Body::Quantify(quantifier) => demands.push(match &quantifier.has {
            None => Demand::Records {
                list: quantifier.list,
                count: 1,
                filter: quantifier.filter.clone(),
                distinct: None,
            },
            Some(has) => {
                Demand::Every { list: quantifier.list, filter: quantifier.filter.clone(), has: has.clone() }
            }
        }),
    }
}

fn aggregate_demand(aggregate: &Aggregate, operator: &Operator, demands: &mut Vec<Demand>) {
    let (comparison, number) = match operator {
        Operator::Compare(comparison, Value::Quantity(number)) => (*comparison, *number),
        Operator::Is(words) => match words.value() {
            Some(Value::Quantity(number)) => (Comparison::AtLeast, *number),
            _ => return,
        },
        _ => return,
    };
    let upward = matches!(comparison, Comparison::AtLeast | Comparison::Above);
    let count = usize::try_from(number.ceiling()).unwrap_or(0) + usize::from(comparison == Comparison::Above);
    let filter = aggregate.filter.clone();
    match (aggregate.over, aggregate.kind) {
        (Over::Members(key), _) if upward => demands.push(Demand::Members { key, count, filter }),
        (Over::Records { list, .. }, AggregateKind::Count) if upward => {
            demands.push(Demand::Records { list, count, filter, distinct: None });
        }
        (Over::Records { list, field: Some((field, _)) }, AggregateKind::Distinct) if upward => {
            demands.push(Demand::Records { list, count, filter, distinct: Some(field) });
        }
        (Over::Records { list, field: Some((field, _)) }, kind) => {
            demands.push(Demand::Amount { kind, list, field, filter, comparison, number });
        }
        _ => {}
    }
}

/// The operator that a conforming finding satisfies.
pub(super) fn conforms() -> Operator {
    Operator::Is(crate::check::Words::These(vec![Value::Finding(Conclusion::Conforms)]))
}
