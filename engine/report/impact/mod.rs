//! What another edition does to dossiers, as data in one language. All other forms are made from it.

mod build;
mod page;
mod table;
mod text;

pub use build::{because, category_title, dossier, level_title, total};
pub use page::{Page, page};
pub use table::{csv, write as write_csv};
pub use text::{cause_lines, diagnostic, text};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::evaluation::VerdictOut;
use crate::analysis::impact::{ThreadKind, Turn};
use crate::check::Reason;
use crate::edition::describe::Number;

/// The whole answer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ImpactOut {
    /// `zh` or `en`.
    pub lang: String,
    /// The program.
    pub engine: String,
    /// The standard: number and title.
    pub standard: String,
    /// What prevails.
    pub notice: String,
    /// The earlier side.
    pub before: SideOut,
    /// The later side.
    pub after: SideOut,
    /// Sums over all dossiers that were graded on both sides.
    pub totals: TotalsOut,
    /// Awards by category and level, before and after.
    pub matrix: Vec<MatrixOut>,
    /// Dossiers that were graded on both sides, in the order of the call.
    pub dossiers: Vec<DossierOut>,
    /// Dossiers that were not.
    pub unreadable: Vec<UnreadableOut>,
    /// What a ledger leaves open; `null` without `--ledger`.
    pub ledger: Option<LedgerOut>,
}

/// One side of the comparison.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SideOut {
    /// The selector as written.
    pub written: String,
    /// The editions by which dossiers were graded.
    pub editions: Vec<EditionOut>,
}

/// An edition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct EditionOut {
    /// Digest.
    pub digest: String,
    /// Region.
    pub region: Option<String>,
    /// Instruments in force.
    pub layers: Vec<String>,
}

/// Sums.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct TotalsOut {
    /// Dossiers graded on both sides.
    pub dossiers: usize,
    /// Categories that they apply for.
    pub categories: usize,
    /// Awards that drop.
    pub drops: usize,
    /// Awards that rise.
    pub rises: usize,
    /// Awards that stay while what is guaranteed or possible changes.
    pub shifts: usize,
    /// Awards that stay although a single figure or record would lower them.
    pub near: usize,
    /// Of these, where that is newly so.
    pub newly_near: usize,
    /// Categories in which evidence is newly asked and not there.
    pub asked: usize,
    /// Dossiers that were not graded on both sides.
    pub unreadable: usize,
}

/// Awards in one category.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MatrixOut {
    /// The category; `null` where the standard has none.
    pub category: Option<String>,
    /// Its title.
    pub title: String,
    /// Awards by level, from none upwards.
    pub levels: Vec<LevelCountOut>,
    /// How many went from one award to another, those that stayed too.
    pub moves: Vec<MoveOut>,
}

/// Awards of one level.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LevelCountOut {
    /// The level; 0 for none.
    pub level: u8,
    /// Its title.
    pub title: String,
    /// Before.
    pub before: usize,
    /// After.
    pub after: usize,
}

/// Awards that went from one level to another.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MoveOut {
    /// From this level.
    pub from: u8,
    /// To this level.
    pub to: u8,
    /// How many.
    pub count: usize,
}

/// One dossier.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DossierOut {
    /// The file as named.
    pub file: String,
    /// Name of the institution.
    pub institution: String,
    /// Digest of the dossier.
    pub digest: String,
    /// Date of the application.
    pub applied_on: String,
    /// Date of assessment.
    pub assessed_on: String,
    /// `self` or `review`.
    pub view: String,
    /// Digest of the earlier edition.
    pub edition_before: String,
    /// Digest of the later edition.
    pub edition_after: String,
    /// Whether the application is admissible.
    pub admissibility: AdmissibilityOut,
    /// Categories, in the order of the application.
    pub categories: Vec<CategoryOut>,
}

/// Admissibility on both sides.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AdmissibilityOut {
    /// Before.
    pub before: VerdictOut,
    /// After.
    pub after: VerdictOut,
    /// The clauses that make the difference.
    pub because: Vec<CauseOut>,
}

/// One category.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CategoryOut {
    /// The category; `null` where the standard has none.
    pub category: Option<String>,
    /// Its title.
    pub title: String,
    /// The stage.
    pub stage: Option<String>,
    /// The level applied for.
    pub target: u8,
    /// Before.
    pub before: GradeOut,
    /// After.
    pub after: GradeOut,
    /// What became of the award.
    pub change: Turn,
    /// The clauses without which it would not have changed.
    pub because: Vec<CauseOut>,
    /// Whether the way in which clauses make a grade changed as well.
    pub grading: bool,
    /// Evidence that alone would lower the award of the later side.
    pub near: Vec<NearOut>,
    /// Evidence that the later side asks, the earlier did not, and the dossier does not hold.
    pub asked: Vec<AskedOut>,
}

/// A grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct GradeOut {
    /// The award.
    pub award: u8,
    /// Its title.
    pub title: String,
    /// Reached whatever the missing evidence turns out to be.
    pub guaranteed: u32,
    /// Reached at best.
    pub possible: u32,
}

/// A clause that makes the difference.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CauseOut {
    /// Printed id.
    pub clause: String,
    /// Title.
    pub title: String,
    /// Level.
    pub level: Option<u8>,
    /// Verdict before; `null` if it did not count.
    pub before: Option<VerdictOut>,
    /// Verdict after; `null` if it does not count.
    pub after: Option<VerdictOut>,
    /// The instrument that made it so; `null` for the base.
    pub layer: Option<LayerOut>,
    /// The checks whose verdict differs.
    pub checks: Vec<CauseCheckOut>,
}

/// A check that makes the difference.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CauseCheckOut {
    /// Its address.
    pub address: String,
    /// Before; `null` if it was not there.
    pub before: Option<CheckSideOut>,
    /// After; `null` if it is gone.
    pub after: Option<CheckSideOut>,
}

/// A check on one side.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckSideOut {
    /// The verdict.
    pub verdict: VerdictOut,
    /// Why.
    pub reason: Reason,
    /// What it demands, in words.
    pub demand: String,
    /// The operator and threshold of that, where the check has them.
    pub asks: Option<String>,
    /// The threshold as written.
    pub threshold: Option<Json>,
    /// What was found: a value, or `{"low", "high"}` where it is not certain.
    pub actual: Option<Json>,
    /// The same in words.
    pub found: Option<String>,
    /// How much is lacking, in the base unit.
    pub shortfall: Option<Number>,
    /// The same in words.
    pub lacking: Option<String>,
    /// The instrument that set it; `null` for the base.
    pub layer: Option<LayerOut>,
}

/// An instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LayerOut {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// Where it is published.
    pub citation: String,
    /// Whether it is a draft.
    pub draft: bool,
}

/// Evidence on which an award hangs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NearOut {
    /// What kind it is.
    pub kind: ThreadKind,
    /// Its address.
    pub evidence: String,
    /// Its name.
    pub title: String,
    /// What it is, in words; `null` for records.
    pub actual: Option<String>,
    /// What would be too little, in words; `null` for records, which would not be there.
    pub beyond: Option<String>,
    /// The change, as `--set` takes it.
    pub set: String,
    /// The award that would be left.
    pub award: u8,
    /// Whether it would not have lowered the award of the earlier side.
    pub newly: bool,
    /// Addresses of the checks that it would fail.
    pub checks: Vec<String>,
}

/// Evidence that is newly asked.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AskedOut {
    /// Its address.
    pub evidence: String,
    /// Its name.
    pub title: String,
    /// What is asked.
    pub question: String,
    /// Whether the earlier side does not know the key at all.
    pub new_key: bool,
    /// Addresses of the checks that ask.
    pub checks: Vec<String>,
}

/// A dossier that could not be graded on both sides.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UnreadableOut {
    /// The file as named.
    pub file: String,
    /// The side on which it is refused.
    pub side: RefusedSide,
    /// Why.
    pub diagnostics: Vec<DiagnosticOut>,
}

/// On which side a dossier is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RefusedSide {
    /// On both: something is wrong with the dossier, or with both editions.
    Both,
    /// Before only.
    Before,
    /// After only.
    After,
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DiagnosticOut {
    /// Its code.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// File.
    pub file: Option<String>,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Column, from 1.
    pub column: Option<usize>,
}

/// What a ledger leaves open.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct LedgerOut {
    /// Changes of awards that no entry acknowledges.
    pub missing: Vec<MissingEntryOut>,
    /// Entries that fit no change.
    pub stale: Vec<StaleEntryOut>,
}

/// A change of an award that no entry acknowledges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MissingEntryOut {
    /// The dossier, as an entry names it.
    pub dossier: String,
    /// The category.
    pub category: Option<String>,
    /// The award before.
    pub from: u8,
    /// The award after.
    pub to: u8,
    /// The entry to be completed, as TOML.
    pub entry: String,
}

/// An entry that fits no change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StaleEntryOut {
    /// The dossier that it names.
    pub dossier: String,
    /// The category.
    pub category: Option<String>,
    /// The award before.
    pub from: u8,
    /// The award after.
    pub to: u8,
    /// Its line in the ledger.
    pub line: Option<usize>,
}
