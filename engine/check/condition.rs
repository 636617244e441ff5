//! Conditions: field → one operator. They select records (`where`), demand something of them (`has`),
//! and say when a check applies (`when`).

use super::{Context, Operator, Range};
use crate::evidence::{KeyIx, Record, State, Value, Why};
use crate::source::Span;
use crate::verdict::{Outcome, Outcomes};

/// One condition.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What it looks at, as written.
    pub path: String,
    /// What it looks at.
    pub source: Source,
    /// What it asks.
    pub test: Question,
    /// The operator's word.
    pub op: &'static str,
    /// The operand as written.
    pub written: String,
    /// Where it is written.
    pub span: Span,
}

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The category that is graded.
    Category,
    /// The stage of the application.
    Stage,
    /// A key outside records.
    Fact(KeyIx),
    /// A field of the record at hand.
    Field(KeyIx, usize),
    /// The member of the set at hand.
    Member(KeyIx),
}

/// What a condition asks.
#[derive(Clone, Debug)]
pub enum Question {
    /// An operator on a value.
    Operator(Operator),
    /// Some record of a list within the record satisfies these.
    Some(Vec<Condition>),
}

/// What a condition is asked about.
#[derive(Clone, Copy)]
pub enum Probe<'a> {
    /// The dossier as a whole.
    Dossier,
    /// One record.
    Record(&'a Record),
    /// One member of a set.
    Member(u16),
}

/// The answer to a condition, or to several that must all hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it can hold, and whether it can fail; never “not applicable”.
    pub outcomes: Outcomes,
    /// What it leaves of a check that it governs: met if it can hold, not met if it can fail because a value is
    /// absent, not applicable if it can fail otherwise.
    pub leaves: Outcomes,
    /// What keeps it open.
    pub why: Option<Why>,
}

impl Answer {
    const HOLDS: Answer = Answer { outcomes: Outcomes::MET, leaves: Outcomes::MET, why: None };

    /// Nothing keeps open what is decided.
    fn new(outcomes: Outcomes, leaves: Outcomes, why: Option<Why>) -> Self {
        Answer { outcomes, leaves, why: why.filter(|_| outcomes == Outcomes::OPEN) }
    }

    /// An answer that cannot fail because a value is absent.
    fn plain(outcomes: Outcomes, why: Option<Why>) -> Self {
        Answer::new(outcomes, without_absence(outcomes), why)
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Answer) -> Answer {
        let can = |a: Answer, outcome| a.leaves.contains(outcome);
        let holds = can(self, Outcome::Met) && can(other, Outcome::Met);
        // A plain “no” beside an absent value: the plain “no” explains the answer.
        let no = can(self, Outcome::NotApplicable) || can(other, Outcome::NotApplicable);
        let absent = |a, b| can(a, Outcome::NotMet) && (can(b, Outcome::Met) || can(b, Outcome::NotMet));
        let absent = absent(self, other) || absent(other, self);
        let leaves = [(holds, Outcomes::MET), (absent, Outcomes::NOT_MET), (no, Outcomes::NOT_APPLICABLE)];
        let leaves = leaves.into_iter().filter(|(can, _)| *can);
        let leaves = leaves.fold(Outcomes::NONE, |all, (_, one)| all.union(one));
        Answer::new(self.outcomes.and(other.outcomes), leaves, self.why.max(other.why))
    }
}

/// What a condition leaves that holds or fails plainly.
fn without_absence(outcomes: Outcomes) -> Outcomes {
    let holds = if outcomes.contains(Outcome::Met) { Outcomes::MET } else { Outcomes::NONE };
    let fails = if outcomes == Outcomes::MET { Outcomes::NONE } else { Outcomes::NOT_APPLICABLE };
    holds.union(fails)
}

impl Condition {
    /// Asks the condition.
    #[must_use]
    pub fn ask(&self, probe: Probe<'_>, ctx: &Context<'_>) -> Answer {
        let operator = match &self.test {
            Question::Operator(operator) => operator,
            Question::Some(conditions) => return self.ask_some(conditions, probe, ctx),
        };
        let fixed = |value: Option<usize>| {
            // Where there is no category or stage, nothing can be said of it.
            value.and_then(|v| u16::try_from(v).ok()).map_or(Answer::plain(Outcomes::NOT_MET, None), |v| {
                answer(operator, KeyIx(usize::MAX), &State::Known(Value::Choice(v)), ctx)
            })
        };
        match (self.source, probe) {
            (Source::Category, _) => fixed(ctx.category),
            (Source::Stage, _) => fixed(ctx.stage),
            (Source::Fact(key), _) => fact(operator, key, ctx),
            (Source::Field(key, position), Probe::Record(record)) => {
                answer(operator, key, &record.slot(position).state, ctx)
            }
            (Source::Member(key), Probe::Member(value)) => {
                answer(operator, key, &State::Known(Value::Choice(value)), ctx)
            }
            _ => Answer::plain(Outcomes::OPEN, Some(Why::Missing)),
        }
    }

    fn ask_some(&self, conditions: &[Condition], probe: Probe<'_>, ctx: &Context<'_>) -> Answer {
        let (Source::Field(_, position), Probe::Record(record)) = (self.source, probe) else {
            return Answer::plain(Outcomes::OPEN, Some(Why::Missing));
        };
        let list = record.list(position);
        let mut can_hold = list.open.is_some();
        let mut must_hold = false;
        let mut why = list.open;
        for inner in &list.records {
            let answer = matches(conditions, inner, ctx);
            can_hold |= answer.outcomes.contains(Outcome::Met);
            must_hold |= answer.outcomes == Outcomes::MET;
            why = why.max(answer.why);
        }
        Answer::plain(Outcomes::range(can_hold, !must_hold), why)
    }
}

/// A key outside records; a derived one without a bare figure is computed from its records.
fn fact(operator: &Operator, key: KeyIx, ctx: &Context<'_>) -> Answer {
    let state = &ctx.facts.slot(key).state;
    match (state, ctx.derived.get(key.0).and_then(Option::as_ref)) {
        (State::Unknown(why), Some(aggregate)) => {
            let range = aggregate.bounded(key, ctx);
            let outcomes = range.outcomes(operator);
            let known = Range { absent: false, ..range }.outcomes(operator);
            let present = if range.present { without_absence(known) } else { Outcomes::NONE };
            let absent = if range.absent { Outcomes::NOT_MET } else { Outcomes::NONE };
            Answer::new(outcomes, present.union(absent), Some(*why))
        }
        _ => answer(operator, key, state, ctx),
    }
}

fn answer(operator: &Operator, key: KeyIx, state: &State, ctx: &Context<'_>) -> Answer {
    let outcomes = operator.test(key, state, ctx);
    let why = if let State::Unknown(why) = state { *why } else { Why::Missing };
    // What does not apply does not satisfy a condition.
    let outcomes = match (outcomes.contains(Outcome::Met), outcomes.contains(Outcome::NotApplicable)) {
        (_, false) => outcomes,
        (true, true) => Outcomes::OPEN,
        (false, true) => Outcomes::NOT_MET,
    };
    let if_absent = operator.test(key, &State::Absent, ctx);
    let leaves = match state {
        State::Absent => if_absent,
        State::Unknown(_) => without_absence(outcomes).union(if_absent),
        _ => without_absence(outcomes),
    };
    Answer::new(outcomes, leaves, Some(why))
}

/// Whether all conditions hold for the dossier.
#[must_use]
pub fn applies(conditions: &[Condition], ctx: &Context<'_>) -> Answer {
    conditions.iter().fold(Answer::HOLDS, |all, c| all.and(c.ask(Probe::Dossier, ctx)))
}

/// Whether all conditions hold for a record, and whether the record exists at all.
#[must_use]
pub fn matches(conditions: &[Condition], record: &Record, ctx: &Context<'_>) -> Answer {
    let exists = match record.doubt {
        Some(why) => Answer::plain(Outcomes::OPEN, Some(why)),
        None => Answer::HOLDS,
    };
    conditions.iter().fold(exists, |all, c| all.and(c.ask(Probe::Record(record), ctx)))
}

/// Whether all conditions hold for a member of a set.
#[must_use]
pub fn admits(conditions: &[Condition], member: u16, ctx: &Context<'_>) -> bool {
    conditions.iter().all(|c| c.ask(Probe::Member(member), ctx).outcomes == Outcomes::MET)
}
