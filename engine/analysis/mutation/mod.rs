//! Mutation testing of the rules: does some case notice when a rule is a little wrong?
//!
//! A mutant is the standard with one difference. It is killed if a case of the standard as it stands gives something
//! else under it, or if it does not compile. Cases are read and generated from the standard as it stands, never from
//! the mutant. Of what changes how a check acts on its clause and on the grade (a check dropped, an observation, a
//! level, a choice), every case also holds what follows from it in the standard as it stands: the verdict of the
//! clause, and what its part reaches. Of everything else only what a case says by itself counts.

mod condition;
mod equivalent;
mod killer;
mod mutants;
mod operand;
mod points;
mod run;

pub use killer::Killer;

use crate::edition::{ClauseIx, Edition, Request};
use crate::format::chapter::ClauseRaw;
use crate::format::evidence::EvidenceRaw;
use crate::format::standard::StandardFile;
use crate::lang::Text;
use crate::load::RawStandard;
use crate::source::Span;
use crate::text;

use super::cases::Suite;

/// What was done to the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A threshold, period or date moved one step.
    Threshold,
    /// One of several words dropped.
    Word,
    /// A comparison that differs at the bound alone: `at-least` and `above`, `at-most` and `below`.
    Bound,
    /// A check dropped.
    Drop,
    /// A clause moved to the next level.
    Level,
    /// `any-of` and `all-of` swapped.
    Composition,
    /// A condition of `when` dropped.
    When,
    /// A condition on records dropped.
    Where,
    /// A check made an observation, or an observation made to count.
    Effect,
    /// One more or one less to choose.
    Choose,
    /// A due rule dropped.
    Due,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 11] = [
        Kind::Threshold,
        Kind::Word,
        Kind::Bound,
        Kind::Drop,
        Kind::Level,
        Kind::Composition,
        Kind::When,
        Kind::Where,
        Kind::Effect,
        Kind::Choose,
        Kind::Due,
    ];

    /// The word that stands for it in data.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Kind::Threshold => "threshold",
            Kind::Word => "word",
            Kind::Bound => "bound",
            Kind::Drop => "drop",
            Kind::Level => "level",
            Kind::Composition => "composition",
            Kind::When => "when",
            Kind::Where => "where",
            Kind::Effect => "effect",
            Kind::Choose => "choose",
            Kind::Due => "due",
        }
    }

    /// The words that people read.
    #[must_use]
    pub fn title(self) -> Text {
        match self {
            Kind::Threshold => text!("界移一步", "threshold moved"),
            Kind::Word => text!("少一个选项", "word dropped"),
            Kind::Bound => text!("是否含界", "bound in or out"),
            Kind::Drop => text!("去掉检查", "check dropped"),
            Kind::Level => text!("移动等级", "level moved"),
            Kind::Composition => text!("任一与全部对调", "any-of and all-of swapped"),
            Kind::When => text!("去掉适用条件", "condition of when dropped"),
            Kind::Where => text!("去掉记录条件", "condition on records dropped"),
            Kind::Effect => text!("观察项与要求互换", "observation or gate"),
            Kind::Choose => text!("多选或少选一条", "one more or less to choose"),
            Kind::Due => text!("去掉到期规则", "due rule dropped"),
        }
    }

    /// Whether it changes how a check acts, rather than what it tests.
    const fn acts(self) -> bool {
        matches!(self, Kind::Drop | Kind::Level | Kind::Effect | Kind::Choose)
    }
}

/// The standard with one difference.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// What was done.
    pub kind: Kind,
    /// To what: a clause, check, derived key, `@set`, `@table`, `sample:…` or `due:…`.
    pub at: String,
    /// The field, or condition.
    pub what: String,
    /// What is written.
    pub from: String,
    /// What is written instead; `None` if it is gone.
    pub to: Option<String>,
    /// Where it is written.
    pub span: Span,
    /// The id of the check, if it is one.
    check: Option<String>,
    change: Change,
}

/// What is written instead.
#[derive(Clone, Debug)]
enum Change {
    Clause(ClauseIx, Box<ClauseRaw>),
    Evidence(usize, usize, Box<EvidenceRaw>),
    Standard(Box<StandardFile>),
}

/// What became of a mutant.
#[derive(Clone, Debug)]
pub enum End {
    /// A case noticed it: its position among the variations.
    Killed(usize),
    /// The rules do not compile.
    Refused,
    /// Nothing noticed it; the case that would, if one was found.
    Survived(Option<Killer>),
    /// No dossier can tell it from the standard as it stands, because of this.
    Equivalent(Text),
}

/// A mutant with what became of it.
#[derive(Clone, Debug)]
pub struct Fate {
    /// The mutant.
    pub mutant: Mutant,
    /// What became of it.
    pub end: End,
}

/// Mutants that are tried together because the same cases look at them.
#[derive(Clone, Debug)]
pub struct Job {
    mutants: Vec<Mutant>,
}

impl Job {
    /// How many mutants it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.mutants.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mutants.is_empty()
    }
}

/// Everything that mutants are tried on.
pub struct Laboratory<'a> {
    /// The rules as written.
    pub raw: &'a RawStandard,
    /// The edition as it stands.
    pub edition: &'a Edition,
    /// The cases of the standard as it stands.
    pub suite: &'a Suite,
    /// For which region and dates it was compiled.
    pub request: &'a Request,
}

impl Laboratory<'_> {
    /// All mutants, in jobs that do not depend on each other. With `only`, those of this clause and all below it.
    #[must_use]
    pub fn jobs(&self, only: Option<&str>) -> Vec<Job> {
        let mut jobs = Vec::new();
        for (ix, clause) in self.edition.clauses.iter().enumerate() {
            let id = clause.id.as_str();
            let wanted = only.is_none_or(|only| {
                id.strip_prefix(only).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            });
            let Some(raw) = mutants::raw_clause(self.raw, &clause.id).filter(|_| wanted) else { continue };
            jobs.push(Job { mutants: mutants::of_clause(self.edition, ix, raw) });
        }
        if only.is_none() {
            let declared = mutants::of_declarations(self.edition, self.raw);
            jobs.extend(declared.into_iter().map(|mutant| Job { mutants: vec![mutant] }));
        }
        jobs.retain(|job| !job.is_empty());
        jobs
    }
}
