//! `attest`: a qualitative finding, once for the whole or on a sample of records.
//!
//! On records: met if enough records of the sample conform or do not apply, and at least one conforms;
//! not applicable if enough do not apply and none conforms; otherwise not met.

use super::condition::matches;
use super::quantify::open_reason;
use super::{Actual, Condition, Context, Range, Reason, Tested};
use crate::evidence::{Conclusion, KeyIx, Record, State, Value, Why};
use crate::quantity::Decimal;
use crate::verdict::{Outcome, Outcomes, Verdict};

/// A finding to look for.
#[derive(Clone, Debug)]
pub struct Attest {
    /// The key.
    pub key: KeyIx,
    /// Where the key is a field of records: the sample that must show it.
    pub sample: Option<Sample>,
}

/// How many records must show a finding.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The list.
    pub list: KeyIx,
    /// Position of the finding among the fields of its records.
    pub position: usize,
    /// Records that may be in the sample.
    pub filter: Vec<Condition>,
    /// How many are needed.
    pub size: usize,
}

/// Outcomes of one finding.
#[must_use]
pub fn outcomes(state: &State, may_not_apply: bool) -> Outcomes {
    match state {
        State::Known(Value::Finding(Conclusion::Conforms)) => Outcomes::MET,
        State::Known(_) | State::Absent => Outcomes::NOT_MET,
        State::NotApplicable => Outcomes::NOT_APPLICABLE,
        State::Unknown(_) if may_not_apply => Outcomes::OPEN.union(Outcomes::NOT_APPLICABLE),
        State::Unknown(_) => Outcomes::OPEN,
    }
}

impl Attest {
    fn may_not_apply(&self, ctx: &Context<'_>) -> bool {
        ctx.dictionary.get(self.key).is_some_and(|k| k.may_not_apply)
    }

    /// Tests it.
    #[must_use]
    pub fn test(&self, ctx: &Context<'_>) -> Tested {
        let Some(sample) = &self.sample else {
            let state = &ctx.facts.slot(self.key).state;
            let reason = match state {
                State::Known(Value::Finding(Conclusion::Conforms)) => Reason::Satisfied,
                State::Known(_) => Reason::Fails,
                State::Absent => Reason::Absent,
                State::NotApplicable => Reason::DeclaredNotApplicable,
                State::Unknown(why) => (*why).into(),
            };
            return Tested::plain(outcomes(state, self.may_not_apply(ctx)), reason);
        };
        let list = ctx.facts.list(sample.list);
        let mut tally = Tally::default();
        let mut doubt: Option<Why> = None;
        for record in &list.records {
            let shown = self.shown(record, sample, ctx);
            tally.add(shown);
            if shown != Outcomes::NONE && shown.verdict() == Verdict::Undetermined {
                if let State::Unknown(why) = &record.slot(sample.position).state {
                    doubt = doubt.max(Some(*why));
                }
                doubt = doubt.max(matches(&sample.filter, record, ctx).why);
            }
        }
        let outcomes = tally.outcomes(sample.size, list.open.is_some(), self.may_not_apply(ctx));
        let reason = match outcomes {
            Outcomes::MET => Reason::Satisfied,
            Outcomes::NOT_APPLICABLE => Reason::DeclaredNotApplicable,
            Outcomes::NOT_MET if tally.fails => Reason::Fails,
            Outcomes::NOT_MET => Reason::Short,
            _ => open_reason(doubt, list.open, list.given),
        };
        let high = list.open.is_none().then(|| Decimal::count(tally.may_be_good));
        let actual = Actual::Range(Range::between(Some(Decimal::count(tally.good)), high));
        Tested { outcomes, reason, actual }
    }

    /// What one record can contribute: nothing (empty set) if it is certainly not in the sample,
    /// otherwise its outcomes; a record that may not be in the sample can also count as failing.
    #[must_use]
    pub fn shown(&self, record: &Record, sample: &Sample, ctx: &Context<'_>) -> Outcomes {
        let matched = matches(&sample.filter, record, ctx).outcomes;
        if matched == Outcomes::NOT_MET {
            return Outcomes::NONE;
        }
        let own = outcomes(&record.slot(sample.position).state, self.may_not_apply(ctx));
        if matched == Outcomes::MET { own } else { own.union(Outcomes::NOT_MET) }
    }
}

#[derive(Default)]
struct Tally {
    /// Records that certainly conform.
    conform: usize,
    /// Records that may conform.
    may_conform: usize,
    /// Records that cannot fail.
    good: usize,
    /// Records that may conform or not apply.
    may_be_good: usize,
    /// Records that may not apply.
    may_not_apply: usize,
    /// Whether some record certainly fails.
    fails: bool,
}

impl Tally {
    fn add(&mut self, shown: Outcomes) {
        if shown == Outcomes::NONE {
            return;
        }
        let (met, fail, na) = (
            shown.contains(Outcome::Met),
            shown.contains(Outcome::NotMet),
            shown.contains(Outcome::NotApplicable),
        );
        self.conform += usize::from(met && !fail && !na);
        self.may_conform += usize::from(met);
        self.good += usize::from(!fail);
        self.may_be_good += usize::from(met || na);
        self.may_not_apply += usize::from(na);
        self.fails |= shown == Outcomes::NOT_MET;
    }

    fn outcomes(&self, size: usize, open: bool, may_not_apply: bool) -> Outcomes {
        let met = open || (self.may_conform > 0 && self.may_be_good >= size);
        let not_met = self.good < size;
        // None may be forced to conform, and enough must be able not to apply.
        let na = may_not_apply && self.conform == 0 && (open || self.may_not_apply >= size);
        let set = Outcomes::range(met, not_met);
        if na { set.union(Outcomes::NOT_APPLICABLE) } else { set }
    }
}
