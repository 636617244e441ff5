//! `count`, `distinct`, `sum`, `largest`, `smallest` over the records of a list or the members of a set:
//! always the exact range of what the number can still be.

use std::collections::BTreeSet;

use super::condition::{admits, matches};
use super::quantify::open_reason;
use super::{Comparison, Condition, Context, Operator, Range, Reason};
use crate::evidence::{KeyIx, Record, State, Type, Value, Why};
use crate::quantity::Decimal;
use crate::verdict::{Outcome, Outcomes};

/// A number over records or members.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// Which number.
    pub kind: AggregateKind,
    /// Over what.
    pub over: Over,
    /// Which records or members count.
    pub filter: Vec<Condition>,
}

/// Which number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregateKind {
    /// How many.
    Count,
    /// How many different values.
    Distinct,
    /// The sum of a field.
    Sum,
    /// The largest value of a field.
    Largest,
    /// The smallest value of a field.
    Smallest,
}

/// Over what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Records of a list; a field of theirs, unless they are counted.
    Records {
        /// The list.
        list: KeyIx,
        /// The field: its key and its position.
        field: Option<(KeyIx, usize)>,
    },
    /// Members of a set.
    Members(KeyIx),
}

/// What one record can add.
struct Part {
    /// It certainly counts, and its value is known.
    certain: bool,
    low: Decimal,
    high: Decimal,
}

impl Aggregate {
    /// The range of the number.
    #[must_use]
    pub fn range(&self, ctx: &Context<'_>) -> Range {
        match self.over {
            Over::Members(key) => self.members(key, ctx),
            Over::Records { list, field } => match (self.kind, field) {
                (AggregateKind::Count, _) | (_, None) => self.count(list, ctx),
                (AggregateKind::Distinct, Some(field)) => self.distinct(list, field, ctx),
                (AggregateKind::Sum, Some(field)) => self.sum(list, field, ctx),
                (AggregateKind::Largest, Some(field)) => self.extreme(list, field, true, ctx),
                (AggregateKind::Smallest, Some(field)) => self.extreme(list, field, false, ctx),
            },
        }
    }

    /// The range cut to the bounds of the derived key that it computes.
    #[must_use]
    pub fn bounded(&self, key: KeyIx, ctx: &Context<'_>) -> Range {
        self.range(ctx).within(ctx.dictionary.get(key).and_then(|k| k.bounds))
    }

    fn members(&self, key: KeyIx, ctx: &Context<'_>) -> Range {
        let admitted =
            |set: &[u16]| Decimal::count(set.iter().filter(|m| admits(&self.filter, **m, ctx)).count());
        match &ctx.facts.slot(key).state {
            State::Known(Value::Set(set)) => Range::exactly(admitted(set)),
            State::Unknown(_) => {
                let size = ctx.dictionary.get(key).and_then(|k| k.choices()).map_or(0, |c| c.values.len());
                let all: Vec<u16> = (0..size).filter_map(|i| u16::try_from(i).ok()).collect();
                Range { absent: true, ..Range::between(Some(Decimal::ZERO), Some(admitted(&all))) }
            }
            _ => Range::ABSENT,
        }
    }

    fn count(&self, list: KeyIx, ctx: &Context<'_>) -> Range {
        let facts = ctx.facts.list(list);
        let (mut low, mut high) = (0, 0);
        for record in &facts.records {
            let outcomes = matches(&self.filter, record, ctx).outcomes;
            low += usize::from(outcomes == Outcomes::MET);
            high += usize::from(outcomes.contains(Outcome::Met));
        }
        let high = facts.open.is_none().then(|| Decimal::count(high));
        Range::between(Some(Decimal::count(low)), high)
    }

    fn distinct(&self, list: KeyIx, (key, position): (KeyIx, usize), ctx: &Context<'_>) -> Range {
        let facts = ctx.facts.list(list);
        let (mut sure, mut all, mut unknown) = (BTreeSet::new(), BTreeSet::new(), 0);
        for record in &facts.records {
            let outcomes = matches(&self.filter, record, ctx).outcomes;
            match &record.slot(position).state {
                State::Known(value) if outcomes.contains(Outcome::Met) => {
                    all.insert(value);
                    if outcomes == Outcomes::MET {
                        sure.insert(value);
                    }
                }
                State::Unknown(_) if outcomes.contains(Outcome::Met) => unknown += 1,
                _ => {}
            }
        }
        let limit = match ctx.dictionary.get(key).map(|k| &k.ty) {
            Some(Type::Choice(choices)) => Some(choices.values.len()),
            Some(Type::Flag) => Some(2),
            _ => None,
        };
        let high = if facts.open.is_some() {
            limit
        } else {
            Some((all.len() + unknown).min(limit.unwrap_or(usize::MAX)))
        };
        Range::between(Some(Decimal::count(sure.len())), high.map(Decimal::count))
    }

    fn sum(&self, list: KeyIx, field: (KeyIx, usize), ctx: &Context<'_>) -> Range {
        let facts = ctx.facts.list(list);
        let (mut low, mut high) = (Some(Decimal::ZERO), Some(Decimal::ZERO));
        for part in facts.records.iter().filter_map(|r| self.part(r, field, ctx)) {
            let zero = Decimal::ZERO;
            let (l, h) =
                if part.certain { (part.low, part.high) } else { (part.low.min(zero), part.high.max(zero)) };
            low = low.map(|s| s.plus(l));
            high = high.map(|s| s.plus(h));
        }
        if facts.open.is_some() {
            // Where no value could count, further records add nothing.
            let bounds = self.feasible(field, ctx);
            if bounds.is_some_and(|(l, _)| l < Decimal::ZERO) {
                low = None;
            }
            if bounds.is_some_and(|(_, h)| h > Decimal::ZERO) {
                high = None;
            }
        }
        Range::between(low, high)
    }

    fn extreme(&self, list: KeyIx, field: (KeyIx, usize), largest: bool, ctx: &Context<'_>) -> Range {
        let facts = ctx.facts.list(list);
        let parts: Vec<Part> = facts.records.iter().filter_map(|r| self.part(r, field, ctx)).collect();
        let further = facts.open.and_then(|_| self.feasible(field, ctx));
        let lows = parts.iter().map(|p| p.low).chain(further.map(|f| f.0));
        let highs = parts.iter().map(|p| p.high).chain(further.map(|f| f.1));
        let (low, high) = (lows.min(), highs.max());
        if low.is_none() {
            return Range::ABSENT;
        }
        let sure = parts.iter().filter(|p| p.certain).map(|p| p.low);
        match if largest { sure.max() } else { sure.min() } {
            Some(sure) if largest => Range::between(Some(sure), high),
            Some(sure) => Range::between(low, Some(sure)),
            None => Range { low, high, present: true, absent: true },
        }
    }

    /// What a record can add; `None` if it adds nothing for certain.
    fn part(&self, record: &Record, field: (KeyIx, usize), ctx: &Context<'_>) -> Option<Part> {
        let outcomes = matches(&self.filter, record, ctx).outcomes;
        if !outcomes.contains(Outcome::Met) {
            return None;
        }
        match &record.slot(field.1).state {
            State::Known(Value::Quantity(number)) => {
                Some(Part { certain: outcomes == Outcomes::MET, low: *number, high: *number })
            }
            State::Unknown(_) => {
                let (low, high) = self.feasible(field, ctx)?;
                Some(Part { certain: false, low, high })
            }
            _ => None,
        }
    }

    /// The values that an unknown field can have: its bounds, cut by conditions on the field itself.
    fn feasible(&self, (key, position): (KeyIx, usize), ctx: &Context<'_>) -> Option<(Decimal, Decimal)> {
        let entry = ctx.dictionary.get(key)?;
        let (mut low, mut high) = entry.bounds?;
        for condition in &self.filter {
            let (super::Source::Field(_, p), super::condition::Question::Operator(operator)) =
                (condition.source, &condition.test)
            else {
                continue;
            };
            if p != position {
                continue;
            }
            match operator {
                Operator::Compare(Comparison::AtLeast, Value::Quantity(bound)) => low = low.max(*bound),
                Operator::Compare(Comparison::Above, Value::Quantity(bound)) => {
                    low = low.max(bound.plus(entry.step))
                }
                Operator::Compare(Comparison::AtMost, Value::Quantity(bound)) => high = high.min(*bound),
                Operator::Compare(Comparison::Below, Value::Quantity(bound)) => {
                    high = high.min(bound.minus(entry.step))
                }
                Operator::Is(words) => {
                    if let Some(Value::Quantity(number)) = words.value() {
                        (low, high) = (low.max(*number), high.min(*number));
                    }
                }
                _ => {}
            }
        }
        (low <= high).then_some((low, high))
    }

    /// What keeps the number open.
    #[must_use]
    pub fn why(&self, ctx: &Context<'_>) -> Reason {
        match self.over {
            Over::Members(key) => match &ctx.facts.slot(key).state {
                State::Unknown(why) => (*why).into(),
                _ => Reason::Missing,
            },
            Over::Records { list, field } => {
                let facts = ctx.facts.list(list);
                let mut doubt: Option<Why> = None;
                for record in &facts.records {
                    let answer = matches(&self.filter, record, ctx);
                    doubt = doubt.max(answer.why);
                    if let (Some((_, position)), true) = (field, answer.outcomes.contains(Outcome::Met))
                        && let State::Unknown(why) = &record.slot(position).state
                    {
                        doubt = doubt.max(Some(*why));
                    }
                }
                open_reason(doubt, facts.open, facts.given)
            }
        }
    }

    /// What keeps a derived key open: its bare figure may be there but unreviewed, with no records at all.
    #[must_use]
    pub fn why_of(&self, key: KeyIx, ctx: &Context<'_>) -> Reason {
        let bare = match &ctx.facts.slot(key).state {
            State::Unknown(why) if *why != Why::Missing => Some(*why),
            _ => None,
        };
        bare.map_or_else(|| self.why(ctx), Reason::from)
    }
}
