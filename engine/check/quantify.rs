//! `some` and `every` over the records of a list.

use super::condition::{Answer, matches};
use super::{Condition, Context, Reason, Tested};
use crate::evidence::{KeyIx, Why};
use crate::verdict::{Outcome, Outcomes};

/// `some`, or `every` with what it demands.
#[derive(Clone, Debug)]
pub struct Quantifier {
    /// The list.
    pub list: KeyIx,
    /// Which records are looked at.
    pub filter: Vec<Condition>,
    /// Of `every`: what each of them must have.
    pub has: Option<Vec<Condition>>,
}

impl Quantifier {
    /// Tests it.
    #[must_use]
    pub fn test(&self, ctx: &Context<'_>) -> Tested {
        match &self.has {
            Some(has) => self.every(has, ctx),
            None => self.some(ctx),
        }
    }

    fn some(&self, ctx: &Context<'_>) -> Tested {
        let list = ctx.facts.list(self.list);
        let mut can_hold = list.open.is_some();
        let mut must_hold = false;
        let mut doubt = None;
        for record in &list.records {
            let answer = matches(&self.filter, record, ctx);
            can_hold |= answer.outcomes.contains(Outcome::Met);
            must_hold |= answer.outcomes == Outcomes::MET;
            doubt = doubt.max(answer.why);
        }
        let outcomes = Outcomes::range(can_hold, !must_hold);
        let reason = match outcomes {
            Outcomes::MET => Reason::Satisfied,
            Outcomes::NOT_MET => Reason::NoneMatches,
            _ => open_reason(doubt, list.open, list.given),
        };
        Tested::plain(outcomes, reason)
    }

    fn every(&self, has: &[Condition], ctx: &Context<'_>) -> Tested {
        let list = ctx.facts.list(self.list);
        let mut can_fail = list.open.is_some();
        let mut must_fail = false;
        let mut doubt = None;
        for record in &list.records {
            let (looked, kept) = (matches(&self.filter, record, ctx), demanded(has, record, ctx));
            let may_fail = looked.outcomes.contains(Outcome::Met) && kept.outcomes.contains(Outcome::NotMet);
            can_fail |= may_fail;
            must_fail |= looked.outcomes == Outcomes::MET && kept.outcomes == Outcomes::NOT_MET;
            if may_fail {
                doubt = doubt.max(looked.why).max(kept.why);
            }
        }
        let outcomes = Outcomes::range(!must_fail, can_fail);
        let reason = match outcomes {
            Outcomes::MET => Reason::Satisfied,
            Outcomes::NOT_MET => Reason::Exception,
            _ => open_reason(doubt, list.open, list.given),
        };
        Tested::plain(outcomes, reason)
    }
}

/// What a record has, leaving aside whether it exists.
#[must_use]
pub fn demanded(has: &[Condition], record: &crate::evidence::Record, ctx: &Context<'_>) -> Answer {
    if record.doubt.is_none() {
        return matches(has, record, ctx);
    }
    let certain = crate::evidence::Record { doubt: None, ..record.clone() };
    matches(has, &certain, ctx)
}

/// Why a statement about records is open: doubtful records first, then the list itself.
#[must_use]
pub fn open_reason(doubt: Option<Why>, open: Option<Why>, given: bool) -> Reason {
    match (doubt, open) {
        (Some(why), _) => why.into(),
        (None, Some(_)) if given => Reason::Incomplete,
        (None, Some(why)) => why.into(),
        (None, None) => Reason::Missing,
    }
}
