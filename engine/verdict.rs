//! Verdicts: sets of outcomes that are still possible, and how they combine.
//!
//! Missing evidence is never false, zero or met: it leaves several outcomes possible, and more evidence
//! only shrinks the set.

use serde::Serialize;

/// How one statement can turn out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It holds.
    Met,
    /// It does not hold.
    NotMet,
    /// It does not apply.
    NotApplicable,
}

impl Outcome {
    /// All three.
    pub const ALL: [Outcome; 3] = [Outcome::Met, Outcome::NotMet, Outcome::NotApplicable];

    /// Both statements together: what does not apply drops out.
    #[must_use]
    pub const fn and(self, other: Outcome) -> Outcome {
        use Outcome::{Met, NotApplicable, NotMet};
        match (self, other) {
            (NotMet, _) | (_, NotMet) => NotMet,
            (NotApplicable, NotApplicable) => NotApplicable,
            (Met | NotApplicable, Met | NotApplicable) => Met,
        }
    }

    /// Either statement: what does not apply drops out.
    #[must_use]
    pub const fn or(self, other: Outcome) -> Outcome {
        use Outcome::{Met, NotApplicable, NotMet};
        match (self, other) {
            (Met, _) | (_, Met) => Met,
            (NotApplicable, NotApplicable) => NotApplicable,
            (NotMet | NotApplicable, NotMet | NotApplicable) => NotMet,
        }
    }
}

/// The outcomes that are still possible. Never empty once evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcomes(u8);

impl Outcomes {
    /// No outcome; the start of a union.
    pub const NONE: Outcomes = Outcomes(0);
    /// Met for certain.
    pub const MET: Outcomes = Outcomes(1);
    /// Not met for certain.
    pub const NOT_MET: Outcomes = Outcomes(2);
    /// Not applicable for certain.
    pub const NOT_APPLICABLE: Outcomes = Outcomes(4);
    /// Met or not.
    pub const OPEN: Outcomes = Outcomes(3);

    /// The set of one outcome.
    #[must_use]
    pub const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Met => Self::MET,
            Outcome::NotMet => Self::NOT_MET,
            Outcome::NotApplicable => Self::NOT_APPLICABLE,
        }
    }

    /// Met if true, not met if false.
    #[must_use]
    pub const fn known(holds: bool) -> Self {
        if holds { Self::MET } else { Self::NOT_MET }
    }

    /// Met if it can hold, not met if it can fail.
    #[must_use]
    pub const fn range(can_hold: bool, can_fail: bool) -> Self {
        match (can_hold, can_fail) {
            (true, true) => Self::OPEN,
            (true, false) => Self::MET,
            (false, true) => Self::NOT_MET,
            (false, false) => Self::NONE,
        }
    }

    /// Whether an outcome is still possible.
    #[must_use]
    pub const fn contains(self, outcome: Outcome) -> bool {
        self.0 & Self::of(outcome).0 != 0
    }

    /// Whether every outcome of `self` is one of `other`.
    #[must_use]
    pub const fn within(self, other: Outcomes) -> bool {
        self.0 & !other.0 == 0
    }

    /// Either set.
    #[must_use]
    pub const fn union(self, other: Outcomes) -> Outcomes {
        Outcomes(self.0 | other.0)
    }

    /// Both statements together.
    #[must_use]
    pub fn and(self, other: Outcomes) -> Outcomes {
        self.lift(other, Outcome::and)
    }

    /// Either statement.
    #[must_use]
    pub fn or(self, other: Outcomes) -> Outcomes {
        self.lift(other, Outcome::or)
    }

    fn lift(self, other: Outcomes, combine: fn(Outcome, Outcome) -> Outcome) -> Outcomes {
        self.iter().fold(Outcomes::NONE, |set, a| {
            other.iter().fold(set, |set, b| set.union(Outcomes::of(combine(a, b))))
        })
    }

    /// The outcomes in the set.
    pub fn iter(self) -> impl Iterator<Item = Outcome> {
        Outcome::ALL.into_iter().filter(move |o| self.contains(*o))
    }

    /// Whether it counts as passed whatever the missing evidence turns out to be.
    #[must_use]
    pub const fn surely_passes(self) -> bool {
        !self.contains(Outcome::NotMet)
    }

    /// Whether it may still pass.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        self.0 & !Self::NOT_MET.0 != 0
    }

    /// The set as it is printed.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self.0 {
            1 | 5 => Verdict::Met,
            2 => Verdict::NotMet,
            4 => Verdict::NotApplicable,
            _ => Verdict::Undetermined,
        }
    }
}

/// A set of outcomes as it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It holds, or would not apply.
    Met,
    /// It does not hold.
    NotMet,
    /// The evidence does not decide it.
    Undetermined,
    /// It does not apply.
    NotApplicable,
}

impl Verdict {
    /// All four.
    pub const ALL: [Verdict; 4] =
        [Verdict::Met, Verdict::NotMet, Verdict::Undetermined, Verdict::NotApplicable];

    /// The word that stands for it in data.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Verdict::Met => "met",
            Verdict::NotMet => "not-met",
            Verdict::Undetermined => "undetermined",
            Verdict::NotApplicable => "not-applicable",
        }
    }
}
