//! Golden cases: run against the rules, and held against what ought to be covered.
//!
//! Every check that is no plain attestation has cases written by hand: at the bound, one step beyond, missing,
//! known-absent; every condition on records has a record that it alone leaves out, dates and numbers at their edge.
//! Cases for attestations are generated.

mod coverage;
mod generated;
mod read;
mod run;

pub use coverage::{Covered, Seen, Side};
pub(super) use run::{Prepared, range_of, shown};

use std::collections::BTreeMap;

use crate::assessment::Interval;
use crate::calendar::Date;
use crate::check::Reason;
use crate::diag::Diagnostics;
use crate::dossier::{Dossier, Entry};
use crate::edition::{ClauseIx, Edition};
use crate::load::Files;
use crate::source::{Sources, Span};
use crate::syntax::Node;
use crate::syntax::de::Loc;
use crate::verdict::Verdict;

/// The day of application and assessment of a case that names none.
#[must_use]
pub fn day() -> Option<Date> {
    Date::new(2026, 4, 20)
}

/// What running all cases gave.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How many variations were tried, written by hand and generated.
    pub tried: usize,
    /// How many of them were generated.
    pub generated: usize,
    /// How many checks and derived keys are covered.
    pub covered: usize,
    /// Every variation, in the order of the files, generated ones last.
    pub results: Vec<Tried>,
    /// What covers every check and derived key, side by side.
    pub coverage: Vec<Covered>,
}

/// One variation that was tried.
#[derive(Clone, Debug)]
pub struct Tried {
    /// What was tried.
    pub trial: Trial,
    /// What it gave; `None` if its dossier was refused or its expectation cannot be read.
    pub actual: Option<Held>,
    /// Why the check or clause has its verdict.
    pub reason: Option<Reason>,
    /// Whether it gave what was expected.
    pub passed: bool,
}

/// Reads the case files of a standard and runs them; failures and gaps are reported.
pub fn run(
    edition: &Edition,
    root: &str,
    files: &Files<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Outcome {
    let suite = Suite::read(edition, root, files, sources, diagnostics);
    let mut runner = Runner { edition, suite: &suite, seen: BTreeMap::new() };
    let results: Vec<Tried> =
        suite.trials.iter().enumerate().map(|(i, trial)| runner.run(i, trial, diagnostics)).collect();
    let coverage = coverage::table(&runner);
    coverage::gaps(&coverage, diagnostics);
    Outcome {
        tried: results.len(),
        generated: suite.trials.iter().filter(|t| t.generated).count(),
        covered: coverage.iter().filter(|c| c.complete()).count(),
        results,
        coverage,
    }
}

/// All variations of a standard, written by hand and generated, with the baselines that they vary.
#[derive(Debug, Default)]
pub struct Suite {
    /// The variations.
    pub trials: Vec<Trial>,
    baselines: BTreeMap<Setting, Baseline>,
}

/// A dossier in which everything is just met.
#[derive(Clone, Debug)]
pub(super) struct Baseline {
    /// As a program writes it.
    pub json: serde_json::Value,
    /// As it is read.
    pub dossier: Option<Dossier>,
}

impl Suite {
    /// Reads the case files of a standard and generates the cases that need no hand.
    pub fn read(
        edition: &Edition,
        root: &str,
        files: &Files<'_>,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Suite {
        let mut suite =
            Suite { trials: read::all(edition, root, files, sources, diagnostics), ..Suite::default() };
        for trial in &suite.trials {
            if !suite.baselines.contains_key(&trial.setting) {
                suite.baselines.insert(trial.setting.clone(), run::baseline(edition, &trial.setting));
            }
        }
        let generated = generated::trials(edition, &mut suite.baselines);
        suite.trials.extend(generated);
        suite
    }

    /// The variations of case files alone.
    pub fn written(
        edition: &Edition,
        root: &str,
        files: &Files<'_>,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Trial> {
        read::all(edition, root, files, sources, diagnostics)
    }

    /// A suite without variations that holds the baseline of a setting.
    pub(super) fn with_baseline(&self, edition: &Edition, setting: &Setting) -> Suite {
        let found = self.baseline(edition, setting).into_owned();
        Suite { trials: Vec::new(), baselines: BTreeMap::from([(setting.clone(), found)]) }
    }

    /// The same without some of its variations.
    #[must_use]
    pub fn without(mut self, dropped: impl Fn(&Trial) -> bool) -> Suite {
        self.trials.retain(|trial| !dropped(trial));
        self
    }
}

/// Runs cases and remembers what they covered.
struct Runner<'a> {
    edition: &'a Edition,
    suite: &'a Suite,
    seen: BTreeMap<Subject, BTreeMap<Side, Vec<usize>>>,
}

/// What a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A check, by clause and position.
    Check(ClauseIx, usize),
    /// A derived key, by position.
    Key(usize),
    /// A clause as a whole.
    Clause(ClauseIx),
}

impl Subject {
    /// The address as people write it.
    #[must_use]
    pub fn name(self, edition: &Edition) -> String {
        let clause = |c: ClauseIx| edition.clause(c);
        match self {
            Subject::Check(c, k) => {
                clause(c).and_then(|clause| Some(clause.address(clause.checks.get(k)?))).unwrap_or_default()
            }
            Subject::Key(key) => edition.dictionary.name(crate::evidence::KeyIx(key)).to_owned(),
            Subject::Clause(c) => clause(c).map(|c| c.id.to_string()).unwrap_or_default(),
        }
    }

    /// The clause, if it is about one or a check of one.
    #[must_use]
    pub fn clause(self) -> Option<ClauseIx> {
        match self {
            Subject::Check(c, _) | Subject::Clause(c) => Some(c),
            Subject::Key(_) => None,
        }
    }
}

/// The baseline that a case varies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setting {
    /// Position of the category.
    pub category: Option<usize>,
    /// The level that the baseline just meets.
    pub level: u8,
    /// Position of the stage.
    pub stage: Option<usize>,
    /// Date of assessment.
    pub assessed_on: Date,
}

impl Setting {
    /// What is applied for.
    #[must_use]
    pub fn entry(&self) -> Entry {
        Entry { category: self.category, target: self.level, stage: self.stage, span: Span::NONE }
    }
}

/// One variation with what it should give.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What it is about.
    pub subject: Subject,
    /// What it varies.
    pub setting: Setting,
    /// How.
    pub variation: Variation,
    /// The verdict that is expected.
    pub expect: Option<Verdict>,
    /// The value that is expected of a derived key.
    pub value: Option<Loc<String>>,
    /// What the part of the clause is expected to reach.
    pub reaches: Option<(Interval, Span)>,
    /// What it shows.
    pub name: Option<String>,
    /// Where it is written; of a generated one, where the check is.
    pub span: Span,
    /// Whether it was generated.
    pub generated: bool,
}

/// How the baseline is varied.
#[derive(Clone, Debug, Default)]
pub struct Variation {
    /// Stipulations.
    pub sets: Vec<(String, Span)>,
    /// Lists that are replaced.
    pub records: Vec<(String, Node)>,
    /// Lists that are not given.
    pub without: Vec<String>,
    /// Lists that may lack records.
    pub incomplete: Vec<String>,
}

/// What a variation shows: of its subject, and of the part of its clause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The verdict.
    pub verdict: Option<Verdict>,
    /// The value of a derived key, as cases write it.
    pub value: Option<String>,
    /// What the part of the clause reaches.
    pub reaches: Option<Interval>,
}

/// What a part reaches, as cases write it.
#[must_use]
pub fn interval(reached: Interval) -> String {
    let Interval { guaranteed, possible } = reached;
    if guaranteed == possible { guaranteed.to_string() } else { format!("{guaranteed}..{possible}") }
}
