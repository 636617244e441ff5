//! Records: each demand is met by records that are there already, as far as they can take it, and by new ones.

use std::collections::BTreeMap;

use super::demand::{Demand, conforms};
use super::draft::{Draft, DraftField, DraftRecord};
use super::solve::{Rule, solve};
use crate::check::condition::{Question, admits};
use crate::check::{AggregateKind, Comparison, Condition, Context, Source};
use crate::edition::Edition;
use crate::evidence::{KeyIx, Type, Value};
use crate::quantity::Decimal;

/// The id of the nth record that is made for a list, from 1: `P001` for projects.
fn record_id(list: &str, n: usize) -> String {
    let letter = list.chars().next().unwrap_or('r').to_ascii_uppercase();
    format!("{letter}{n:03}")
}

/// Meets all demands on records.
pub(super) fn synthesise(
    edition: &Edition,
    contexts: &[Context<'_>],
    demands: &[(usize, Demand)],
    draft: &mut Draft,
) {
    let mut maker = Maker { edition, contexts, draft };
    for (at, demand) in demands {
        match demand {
            Demand::Records { list, count, filter, distinct } => {
                maker.records(*at, *list, *count, filter, *distinct)
            }
            Demand::Shown { list, count, filter, finding } => {
                maker.shown(*at, *list, *count, filter, *finding)
            }
            Demand::Members { key, count, filter } => maker.members(*at, *key, *count, filter),
            _ => {}
        }
    }
    // Amounts come after counts, because they are spread over the records that are there.
    let amounts = |wanted: AggregateKind| {
        demands.iter().filter(move |(_, d)| matches!(d, Demand::Amount { kind, .. } if *kind == wanted))
    };
    for kind in [AggregateKind::Largest, AggregateKind::Smallest, AggregateKind::Sum] {
        for (at, demand) in amounts(kind) {
            maker.amount(*at, demand);
        }
    }
    for (at, demand) in demands {
        if let Demand::Every { list, filter, has } = demand {
            maker.every(*at, *list, filter, has);
        }
    }
}

struct Maker<'a> {
    edition: &'a Edition,
    contexts: &'a [Context<'a>],
    draft: &'a mut Draft,
}

impl Maker<'_> {
    fn ctx(&self, at: usize) -> Option<Context<'_>> {
        self.contexts.get(at).copied()
    }

    fn next_id(&self, list: KeyIx) -> String {
        let n = self.draft.records.get(&list).map_or(0, Vec::len) + 1;
        record_id(self.edition.dictionary.name(list), n)
    }

    fn records(
        &mut self,
        at: usize,
        list: KeyIx,
        count: usize,
        filter: &[Condition],
        distinct: Option<KeyIx>,
    ) {
        let mut have = 0;
        let mut taken: Vec<Value> = Vec::new();
        let existing = self.draft.records.get(&list).map_or(0, Vec::len);
        for i in 0..existing + count {
            if have >= count {
                break;
            }
            let differs = distinct.map(|field| (field, Rule::Differs(taken.clone())));
            let record = self.draft.records.get(&list).and_then(|r| r.get(i)).cloned();
            let fresh = record.is_none();
            let record =
                record.unwrap_or_else(|| DraftRecord { id: self.next_id(list), ..DraftRecord::default() });
            let Some(extended) = self.extend(at, &record, filter, differs) else {
                if fresh {
                    return;
                }
                continue;
            };
            if let Some(DraftField::Value(value)) = distinct.and_then(|f| extended.fields.get(&f)) {
                taken.push(value.clone());
            }
            have += 1;
            self.put(list, i, extended);
        }
    }

    fn put(&mut self, list: KeyIx, i: usize, record: DraftRecord) {
        let records = self.draft.records.entry(list).or_default();
        match records.get_mut(i) {
            Some(slot) => *slot = record,
            None => records.push(record),
        }
    }

    fn shown(&mut self, at: usize, list: KeyIx, count: usize, filter: &[Condition], finding: KeyIx) {
        let rule = Rule::Operator(conforms());
        let mut have = 0;
        let existing = self.draft.records.get(&list).map_or(0, Vec::len);
        for i in 0..existing + count {
            if have >= count {
                break;
            }
            let record = self.draft.records.get(&list).and_then(|r| r.get(i)).cloned();
            let record =
                record.unwrap_or_else(|| DraftRecord { id: self.next_id(list), ..DraftRecord::default() });
            if let Some(extended) = self.extend(at, &record, filter, Some((finding, rule.clone()))) {
                have += 1;
                self.put(list, i, extended);
            }
        }
    }

    /// The record with more conditions to satisfy; `None` if it cannot.
    fn extend(
        &self,
        at: usize,
        record: &DraftRecord,
        filter: &[Condition],
        more: Option<(KeyIx, Rule)>,
    ) -> Option<DraftRecord> {
        let mut extended = record.clone();
        for condition in filter {
            let Source::Field(key, _) = condition.source else { continue };
            match &condition.test {
                Question::Operator(operator) => {
                    self.demand(at, &mut extended, key, Rule::Operator(operator.clone()))?;
                }
                Question::Some(inner) => self.nested(at, &mut extended, key, inner)?,
            }
        }
        if let Some((key, rule)) = more {
            self.demand(at, &mut extended, key, rule)?;
        }
        Some(extended)
    }

    fn demand(&self, at: usize, record: &mut DraftRecord, key: KeyIx, rule: Rule) -> Option<()> {
        let rules = record.rules.entry(key).or_default();
        if rules.contains(&(at, rule.clone())) {
            return Some(());
        }
        rules.push((at, rule));
        let rules = rules.clone();
        // Rules that mention the category at hand mean the one in which they were demanded.
        let value = self.solve_each(key, &rules)?;
        record.fields.insert(key, DraftField::Value(value));
        Some(())
    }

    fn solve_each(&self, key: KeyIx, rules: &[(usize, Rule)]) -> Option<Value> {
        let set = self.edition.dictionary.get(key).is_some_and(|k| matches!(k.ty, Type::Set(_)));
        let mut by_context: BTreeMap<usize, Vec<Rule>> = BTreeMap::new();
        for (at, rule) in rules {
            by_context.entry(*at).or_default().push(rule.clone());
        }
        if set {
            // Sets only grow: the union of what each context asks for satisfies all of them.
            let mut members: Vec<u16> = Vec::new();
            for (at, rules) in &by_context {
                let Value::Set(own) = solve(key, rules, &self.ctx(*at)?)? else { return None };
                members.extend(own.iter());
            }
            members.sort_unstable();
            members.dedup();
            return Some(Value::Set(members.into()));
        }
        let (at, _) = by_context.iter().next()?;
        let value = |ctx: &Context<'_>| {
            let all: Vec<Rule> = rules.iter().map(|(_, r)| r.clone()).collect();
            solve(key, &all, ctx)
        };
        let found = value(&self.ctx(*at)?)?;
        // The value must do in every context that asked for it.
        let good = by_context.iter().all(|(at, rules)| {
            self.ctx(*at).is_some_and(|ctx| {
                let mut rules = rules.clone();
                rules.push(Rule::Operator(is(&found)));
                solve(key, &rules, &ctx).as_ref() == Some(&found)
            })
        });
        good.then_some(found)
    }

    fn nested(&self, at: usize, record: &mut DraftRecord, key: KeyIx, inner: &[Condition]) -> Option<()> {
        let mut list = match record.fields.get(&key) {
            Some(DraftField::Records(list)) => list.clone(),
            _ => Vec::new(),
        };
        let found = list.iter().enumerate().find_map(|(i, r)| Some((i, self.extend(at, r, inner, None)?)));
        match found {
            Some((i, extended)) => {
                if let Some(slot) = list.get_mut(i) {
                    *slot = extended;
                }
            }
            None => {
                let fresh = DraftRecord { id: format!("{}", list.len() + 1), ..DraftRecord::default() };
                list.push(self.extend(at, &fresh, inner, None)?);
            }
        }
        record.fields.insert(key, DraftField::Records(list));
        Some(())
    }

    fn members(&mut self, at: usize, key: KeyIx, count: usize, filter: &[Condition]) {
        let Some(ctx) = self.contexts.get(at).copied() else { return };
        let size = self.edition.dictionary.get(key).and_then(|k| k.choices()).map_or(0, |c| c.values.len());
        let admitted: Vec<u16> =
            (0..size).filter_map(|i| u16::try_from(i).ok()).filter(|m| admits(filter, *m, &ctx)).collect();
        self.draft.members(self.edition, &ctx, key, count, &admitted);
    }

    /// The records of a list that satisfy conditions as they were demanded.
    fn matching(&self, at: usize, list: KeyIx, filter: &[Condition]) -> Vec<usize> {
        let records = self.draft.records.get(&list).map(Vec::as_slice).unwrap_or_default();
        let satisfied = |record: &DraftRecord| {
            filter.iter().all(|condition| match (condition.source, &condition.test) {
                (Source::Field(key, _), Question::Operator(operator)) => {
                    let rule = (at, Rule::Operator(operator.clone()));
                    record.rules.get(&key).is_some_and(|rules| rules.contains(&rule))
                }
                _ => true,
            })
        };
        records.iter().enumerate().filter(|(_, r)| satisfied(r)).map(|(i, _)| i).collect()
    }

    fn amount(&mut self, at: usize, demand: &Demand) {
        let Demand::Amount { kind, list, field, filter, comparison, number } = demand else { return };
        if self.matching(at, *list, filter).is_empty() {
            self.records(at, *list, 1, filter, None);
        }
        let matching = self.matching(at, *list, filter);
        let step = self.edition.dictionary.get(*field).map(|k| k.step).unwrap_or_default();
        let wanted = match comparison {
            Comparison::Above => number.plus(step),
            Comparison::Below => number.minus(step),
            _ => *number,
        };
        let upward = matches!(comparison, Comparison::AtLeast | Comparison::Above);
        match (kind, upward) {
            (AggregateKind::Largest, true) | (AggregateKind::Smallest, false) => {
                if let Some(first) = matching.first() {
                    self.set_amount(*list, *first, *field, wanted, upward);
                }
            }
            (AggregateKind::Largest, false) | (AggregateKind::Smallest, true) => {
                for i in matching {
                    self.set_amount(*list, i, *field, wanted, upward);
                }
            }
            (AggregateKind::Sum, true) => self.spread(*list, &matching, *field, wanted, step),
            _ => {}
        }
    }

    fn amount_of(&self, list: KeyIx, i: usize, field: KeyIx) -> Option<Decimal> {
        match self.draft.records.get(&list)?.get(i)?.fields.get(&field)? {
            DraftField::Value(Value::Quantity(number)) => Some(*number),
            _ => None,
        }
    }

    /// Raises (or lowers) an amount to a number; one that is already beyond it stays.
    fn set_amount(&mut self, list: KeyIx, i: usize, field: KeyIx, number: Decimal, upward: bool) {
        let before = self.amount_of(list, i, field);
        let number = match before {
            Some(before) if upward => before.max(number),
            Some(before) => before.min(number),
            None => number,
        };
        if let Some(record) = self.draft.records.get_mut(&list).and_then(|r| r.get_mut(i)) {
            record.fields.insert(field, DraftField::Value(Value::Quantity(number)));
        }
    }

    /// Shares out what is lacking to a sum over the records without an amount, or adds it to the last.
    fn spread(&mut self, list: KeyIx, matching: &[usize], field: KeyIx, wanted: Decimal, step: Decimal) {
        let sum: Decimal = matching
            .iter()
            .filter_map(|i| self.amount_of(list, *i, field))
            .fold(Decimal::ZERO, Decimal::plus);
        let mut lacking = wanted.minus(sum);
        if lacking <= Decimal::ZERO {
            return;
        }
        let free: Vec<usize> =
            matching.iter().copied().filter(|i| self.amount_of(list, *i, field).is_none()).collect();
        let Some((last, others)) = free.split_last() else {
            if let Some(i) = matching.last() {
                let before = self.amount_of(list, *i, field).unwrap_or_default();
                self.set_amount(list, *i, field, before.plus(lacking), true);
            }
            return;
        };
        let steps = lacking.divided_by(step).and_then(Decimal::to_whole).unwrap_or(0);
        let each = i64::try_from(free.len()).ok().and_then(|n| steps.checked_div(n)).unwrap_or(0);
        let share = Decimal::whole(each).times(step).unwrap_or_default();
        for i in others {
            self.set_amount(list, *i, field, share, true);
            lacking = lacking.minus(share);
        }
        self.set_amount(list, *last, field, lacking, true);
    }

    fn every(&mut self, at: usize, list: KeyIx, filter: &[Condition], has: &[Condition]) {
        for i in self.matching(at, list, filter) {
            let record = self.draft.records.get(&list).and_then(|r| r.get(i)).cloned();
            if let Some(extended) = record.and_then(|r| self.extend(at, &r, has, None)) {
                self.put(list, i, extended);
            }
        }
    }
}

fn is(value: &Value) -> crate::check::Operator {
    crate::check::Operator::Is(crate::check::Words::These(vec![value.clone()]))
}
