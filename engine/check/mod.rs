//! Checks as they are evaluated: a closed vocabulary, each word compiled and evaluated in one file.

pub mod aggregate;
pub mod attest;
pub mod cite;
pub mod condition;
pub mod elapsed;
pub mod link;
pub mod operator;
pub mod quantify;
mod range;

pub use aggregate::{Aggregate, AggregateKind, Over};
pub use attest::{Attest, Sample};
pub use condition::{Condition, Probe, Source};
pub use link::Linker;
pub use operator::{Comparison, DateRef, Operator, Words};
pub use quantify::Quantifier;
pub use range::Range;

use std::sync::Arc;

use crate::calendar::Date;
use crate::evidence::{Dictionary, Facts, KeyIx, State, Value, Why};
use crate::id::ClauseId;
use crate::lang::Text;
use crate::source::Span;
use crate::standard::Standard;
use crate::verdict::Outcomes;

/// One check of a clause, linked.
#[derive(Clone, Debug)]
pub struct Check {
    /// Identifier within the clause.
    pub id: Arc<str>,
    /// What it looks at, if the evidence alone does not say.
    pub title: Option<Text>,
    /// What is tested.
    pub body: Body,
    /// When it applies, without the conditions of its clause.
    pub when: Vec<Condition>,
    /// When it becomes due: position among the due rules of the standard.
    pub due: Option<usize>,
    /// The check of the same clause whose verdict stands until then.
    pub until_due: Option<usize>,
    /// If this check stands for others until they are due: that due rule.
    pub stands_until: Option<usize>,
    /// Whether it is only reported.
    pub observation: bool,
    /// The composition to which it belongs, which then votes in its place.
    pub member_of: Option<usize>,
    /// What regions may do to it.
    pub protect: Option<crate::format::chapter::ProtectRaw>,
    /// Interpretations that it rests on.
    pub interpretations: Vec<String>,
    /// How it is shown.
    pub shown: Shown,
    /// Where it is written.
    pub span: Span,
}

/// How a check is shown: the words of the rule file.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// The operator, or the form where there is none: `attest`, `some`, `any-of`.
    pub op: &'static str,
    /// The subject's word, if there is one.
    pub subject: Option<&'static str>,
    /// What the subject's word names.
    pub of: Option<String>,
    /// The operand as written.
    pub threshold: Option<serde_json::Value>,
    /// The operand as exact JSON.
    pub value: Option<serde_json::Value>,
    /// The unit of the value.
    pub unit: Option<String>,
    /// `where` as written.
    pub filter: Option<serde_json::Value>,
    /// `has` as written.
    pub has: Option<serde_json::Value>,
    /// `when` as written.
    pub when: Option<serde_json::Value>,
}

/// What is tested.
#[derive(Clone, Debug)]
pub enum Body {
    /// A key outside records against an operator.
    Fact(KeyIx, Operator),
    /// The time since a date against a comparison.
    Elapsed(KeyIx, Comparison, i64),
    /// A number over records or members against an operator.
    Aggregate(Aggregate, Operator),
    /// A qualitative finding.
    Attest(Attest),
    /// `some` or `every` over records.
    Quantify(Quantifier),
    /// The verdict of another clause, and where it is named.
    Requires(ClauseId, Span),
    /// Any of these checks of the clause.
    AnyOf(Vec<usize>),
    /// All of these checks of the clause.
    AllOf(Vec<usize>),
}

/// Everything that a check may look at.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Declarations of the standard.
    pub standard: &'a Standard,
    /// The dictionary.
    pub dictionary: &'a Dictionary,
    /// How derived keys are computed, by position of the key.
    pub derived: &'a [Option<Aggregate>],
    /// What is known.
    pub facts: &'a Facts,
    /// The category that is graded.
    pub category: Option<usize>,
    /// The stage of the application.
    pub stage: Option<usize>,
    /// The level that is judged.
    pub level: u8,
    /// Date of the application.
    pub applied_on: Date,
    /// Date of assessment.
    pub assessed_on: Date,
    /// Date of award, if known.
    pub award_on: Option<Date>,
}

/// Why a check or clause has its verdict.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The evidence satisfies it.
    Satisfied,
    /// A quantity does not reach the threshold.
    Short,
    /// A value is not among those allowed.
    Mismatch,
    /// A finding says that it fails.
    Fails,
    /// The evidence is known to be absent.
    Absent,
    /// No record matches.
    NoneMatches,
    /// A record lacks what every record must have.
    Exception,
    /// Evidence is missing.
    Missing,
    /// Evidence was declared but not reviewed.
    Unreviewed,
    /// Findings contradict each other.
    Disputed,
    /// A list may lack records.
    Incomplete,
    /// It is not known whether it applies.
    ConditionOpen,
    /// Its condition does not hold.
    ConditionFalse,
    /// It is not due yet.
    Deferred,
    /// It stood until another check became due.
    Superseded,
    /// A finding says that it does not apply.
    DeclaredNotApplicable,
    /// Its members decide.
    Members,
    /// Another clause decides.
    Clause,
    /// It has no checks of its own.
    Untested,
}

impl Reason {
    /// The word that stands for it in data.
    #[must_use]
    pub fn id(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// All reasons.
    pub const ALL: [Reason; 19] = [
        Reason::Satisfied,
        Reason::Short,
        Reason::Mismatch,
        Reason::Fails,
        Reason::Absent,
        Reason::NoneMatches,
        Reason::Exception,
        Reason::Missing,
        Reason::Unreviewed,
        Reason::Disputed,
        Reason::Incomplete,
        Reason::ConditionOpen,
        Reason::ConditionFalse,
        Reason::Deferred,
        Reason::Superseded,
        Reason::DeclaredNotApplicable,
        Reason::Members,
        Reason::Clause,
        Reason::Untested,
    ];
}

impl From<Why> for Reason {
    fn from(why: Why) -> Self {
        match why {
            Why::Missing => Reason::Missing,
            Why::Unreviewed => Reason::Unreviewed,
            Why::Disputed => Reason::Disputed,
        }
    }
}

/// What was found where a check looked.
#[derive(Clone, Debug, PartialEq)]
pub enum Actual {
    /// Nothing that could be shown in one value.
    None,
    /// The value of a key.
    Value(KeyIx, Value),
    /// A number, or the range in which it lies.
    Range(Range),
    /// Complete months since a date.
    Months(i64),
}

/// The result of one check by itself, before `when` and `due`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// Outcomes that are still possible.
    pub outcomes: Outcomes,
    /// Why.
    pub reason: Reason,
    /// What was found.
    pub actual: Actual,
}

impl Tested {
    /// A result with nothing to show.
    #[must_use]
    pub fn plain(outcomes: Outcomes, reason: Reason) -> Self {
        Tested { outcomes, reason, actual: Actual::None }
    }
}

impl Body {
    /// Tests a body that looks at evidence; compositions and references are combined by the evaluator.
    #[must_use]
    pub fn test(&self, ctx: &Context<'_>) -> Option<Tested> {
        match self {
            Body::Fact(key, operator) => Some(fact(*key, operator, ctx)),
            Body::Elapsed(key, comparison, months) => Some(elapsed::test(*key, *comparison, *months, ctx)),
            Body::Aggregate(aggregate, operator) => {
                Some(aggregate.range(ctx).test(operator, aggregate.why(ctx)))
            }
            Body::Attest(attest) => Some(attest.test(ctx)),
            Body::Quantify(quantifier) => Some(quantifier.test(ctx)),
            Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_) => None,
        }
    }
}

/// Tests a key outside records. A derived key without a bare figure is computed from its records.
fn fact(key: KeyIx, operator: &Operator, ctx: &Context<'_>) -> Tested {
    let slot = ctx.facts.slot(key);
    let derived = ctx.derived.get(key.0).and_then(Option::as_ref);
    if let (State::Unknown(_), Some(aggregate)) = (&slot.state, derived) {
        return aggregate.bounded(key, ctx).test(operator, aggregate.why_of(key, ctx));
    }
    let actual = match &slot.state {
        State::Known(Value::Quantity(number)) => Actual::Range(Range::exactly(*number)),
        State::Known(value) => Actual::Value(key, value.clone()),
        _ => Actual::None,
    };
    Tested {
        outcomes: operator.test(key, &slot.state, ctx),
        reason: state_reason(&slot.state, operator, key, ctx),
        actual,
    }
}

fn state_reason(state: &State, operator: &Operator, key: KeyIx, ctx: &Context<'_>) -> Reason {
    match state {
        State::Known(_) if operator.test(key, state, ctx) == Outcomes::MET => Reason::Satisfied,
        State::Known(Value::Quantity(_) | Value::Year(_)) => Reason::Short,
        State::Known(_) => Reason::Mismatch,
        State::Absent => {
            if operator.test(key, state, ctx) == Outcomes::MET {
                Reason::Satisfied
            } else {
                Reason::Absent
            }
        }
        State::NotApplicable => Reason::DeclaredNotApplicable,
        State::Unknown(why) => match operator.test(key, state, ctx) {
            // No value within the bounds would do.
            Outcomes::NOT_MET => Reason::Short,
            _ => Reason::from(*why),
        },
    }
}
