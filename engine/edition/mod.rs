//! An edition: the rules in force for one region and a pair of dates, linked, immutable, with a digest.

mod clauses;
pub mod compare;
mod compile;
pub mod describe;
mod graph;
pub mod overlay;
pub mod polarity;
pub mod readings;

pub use compile::{Request, compile, relink, rules, unknown_clause as compile_unknown_clause};

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Date;
use crate::check::{Aggregate, Check, Condition};
use crate::evidence::{Dictionary, KeyIx};
use crate::format::chapter::{KindRaw, MethodRaw, ProtectRaw, StepRaw};
use crate::format::interpretation::AffectsRaw;
use crate::id::ClauseId;
use crate::lang::Text;
use crate::source::Span;
use crate::standard::Standard;
use crate::syntax::de::Loc;

/// The rules in force.
#[derive(Clone, Debug)]
pub struct Edition {
    /// Declarations of the standard.
    pub standard: Standard,
    /// The evidence dictionary.
    pub dictionary: Dictionary,
    /// How derived keys are computed, by position of the key.
    pub derived: Vec<Option<Aggregate>>,
    /// Samples as declared: list, condition as written, size as written.
    pub samples: Vec<SampleShown>,
    /// Clauses in the order of their printed ids.
    pub clauses: Vec<Clause>,
    /// Interpretations by id.
    pub interpretations: BTreeMap<String, Interpretation>,
    /// The region, if any.
    pub region: Option<String>,
    /// The date of application for which it is resolved.
    pub applied_on: Date,
    /// The date of assessment for which it is resolved.
    pub assessed_on: Date,
    /// SHA-256 of its meaning, in hexadecimal; comments and order do not count.
    pub digest: String,
    /// What lies over the base, in order; layers that are not in force too.
    pub layers: Vec<overlay::Layer>,
    /// What each layer does, in the order in which it is applied.
    pub history: Vec<overlay::Step>,
    /// Parts of reports that instruments fill: name → text.
    pub templates: BTreeMap<String, Loc<String>>,
    by_id: BTreeMap<ClauseId, ClauseIx>,
}

/// Position of a clause.
pub type ClauseIx = usize;

/// A sample as declared.
#[derive(Clone, Debug)]
pub struct SampleShown {
    /// The list.
    pub list: KeyIx,
    /// The condition as written.
    pub filter: Option<serde_json::Value>,
    /// The size as written.
    pub size: String,
}

/// One clause, linked.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Printed id.
    pub id: ClauseId,
    /// The clause that contains it.
    pub parent: Option<ClauseIx>,
    /// The clauses directly below it.
    pub children: Vec<ClauseIx>,
    /// The level to which it belongs.
    pub level: Option<u8>,
    /// Position of its part.
    pub part: usize,
    /// The one category that it concerns.
    pub category: Option<usize>,
    /// What it is.
    pub kind: KindRaw,
    /// What it is about.
    pub topic: Option<String>,
    /// Title.
    pub title: Text,
    /// Summary.
    pub summary: Option<Text>,
    /// Documents that usually prove it.
    pub documents: Vec<Text>,
    /// How it is assessed.
    pub methods: Vec<MethodRaw>,
    /// Interpretations that it rests on.
    pub interpretations: Vec<String>,
    /// The clause whose content it shares.
    pub same_as: Option<ClauseId>,
    /// When it applies, without the conditions of the clauses around it.
    pub when: Vec<Condition>,
    /// The same as written.
    pub when_shown: Option<serde_json::Value>,
    /// How many of its children must be met, if it is a choice.
    pub choose: Option<u8>,
    /// Points, where grades are a sum of points.
    pub points: u32,
    /// What regions may do to it, and to what lies in it and below it.
    pub protect: Option<ProtectRaw>,
    /// Whether it counts by itself: it has checks or a choice of its own and is not offered for choice.
    pub gates: bool,
    /// Steps of a process.
    pub steps: Vec<StepRaw>,
    /// Checks.
    pub checks: Vec<Check>,
    /// Where it is written.
    pub span: Span,
}

impl Clause {
    /// Interpretations that the clause or a check of it cites, sorted, each once.
    pub fn all_interpretations(&self) -> BTreeSet<&String> {
        self.interpretations.iter().chain(self.checks.iter().flat_map(|c| &c.interpretations)).collect()
    }

    /// The address of a check: `6.3.3#registered-capital`.
    #[must_use]
    pub fn address(&self, check: &Check) -> String {
        format!("{}#{}", self.id, check.id)
    }
}

/// A registered reading of an unclear clause.
#[derive(Clone, Debug)]
pub struct Interpretation {
    /// Identifier.
    pub id: String,
    /// Clauses that it concerns.
    pub clauses: Vec<ClauseId>,
    /// What it can change.
    pub affects: AffectsRaw,
    /// The question.
    pub question: Text,
    /// Possible readings: id and wording.
    pub readings: Vec<(String, Text)>,
    /// The reading that is adopted.
    pub adopted: String,
    /// Why.
    pub reason: Text,
}

impl Edition {
    /// Finds a clause by its printed id.
    #[must_use]
    pub fn find(&self, id: &ClauseId) -> Option<ClauseIx> {
        self.by_id.get(id).copied()
    }

    /// What instruments do to an element, in order: its own steps, and for a check those of its clause.
    pub fn steps<'a>(&'a self, at: &'a str) -> impl Iterator<Item = &'a overlay::Step> {
        let clause = at.split_once('#').map(|(clause, _)| clause);
        self.history.iter().filter(move |s| s.at == at || Some(s.at.as_str()) == clause)
    }

    /// The layer that set an element: the last in force that touched it, or `None` for the base.
    #[must_use]
    pub fn layer_of(&self, at: &str) -> Option<&overlay::Layer> {
        let clause = at.split_once('#').map(|(clause, _)| clause);
        let touched = |s: &&overlay::Step| {
            let made = Some(s.at.as_str()) == clause && s.operation == overlay::OperationKind::Insert;
            (s.at == at || made) && self.layers.get(s.layer).is_some_and(|l| l.in_force)
        };
        self.history.iter().rev().find(touched).and_then(|s| self.layers.get(s.layer))
    }

    /// The clause at a position.
    #[must_use]
    pub fn clause(&self, ix: ClauseIx) -> Option<&Clause> {
        self.clauses.get(ix)
    }

    /// The clauses that concern a category, or all categories.
    pub fn clauses_for(&self, category: Option<usize>) -> impl Iterator<Item = (ClauseIx, &Clause)> {
        let concerns = move |clause: &Clause| clause.category.is_none() || clause.category == category;
        self.clauses.iter().enumerate().filter(move |(_, clause)| concerns(clause))
    }

    /// The parts that decide the grade but require nothing of a category. Grading it would give everybody
    /// the highest level, so it is refused.
    pub fn empty_parts(&self, category: Option<usize>) -> impl Iterator<Item = &crate::standard::Part> {
        let gated = move |part: usize| self.clauses_for(category).any(|(_, c)| c.part == part && c.gates);
        let graded = |part: &crate::standard::Part| matches!(part.role, crate::standard::Role::Grade { .. });
        self.standard
            .parts
            .iter()
            .enumerate()
            .filter(move |(p, part)| graded(part) && !gated(*p))
            .map(|(_, p)| p)
    }

    /// The conditions of a clause and of all clauses around it.
    pub fn conditions(&self, ix: ClauseIx) -> impl Iterator<Item = &Condition> {
        std::iter::successors(self.clause(ix), |clause| self.clause(clause.parent?)).flat_map(|c| &c.when)
    }
}
