//! The report that is handed over: everything it says, ready to print in one language. Templates only lay it out,
//! and its JSON form is this model itself, so that all forms say the same.

mod build;
mod clauses;
mod grounds;
mod interpretations;

use schemars::JsonSchema;
use serde::Serialize;

use super::evaluation::VerdictOut;
use crate::check::Reason;

pub use build::report;

/// A report on one dossier.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReportOut {
    /// `zh` or `en`.
    pub lang: String,
    /// Name and version of the program.
    pub engine: String,
    /// Identifier of the standard.
    pub standard: String,
    /// Number and title of the standard.
    pub standard_title: String,
    /// What the publisher of the rule files says of them.
    pub notice: String,
    /// Region.
    pub region: Option<String>,
    /// Name of the institution.
    pub institution: String,
    /// Its registration number.
    pub code: Option<String>,
    /// Number of the application.
    pub number: Option<String>,
    /// Date of the application.
    pub applied_on: String,
    /// Date of assessment.
    pub assessed_on: String,
    /// Date of award.
    pub award_on: Option<String>,
    /// `self` or `review`.
    pub view: String,
    /// The view in words.
    pub view_title: String,
    /// Assessors.
    pub assessors: Vec<String>,
    /// Date of the review.
    pub reviewed_on: Option<String>,
    /// The layers over the base that were in force, in order.
    pub layers: Vec<crate::edition::describe::LayerOut>,
    /// Digest of the edition.
    pub edition_digest: String,
    /// Digest of the dossier.
    pub dossier_digest: String,
    /// Whether the application is admissible.
    pub admissibility: JudgedOut,
    /// The clauses that decide it.
    pub general: Vec<ClauseReportOut>,
    /// The levels, from the lowest.
    pub levels: Vec<String>,
    /// One part for each category that is applied for.
    pub categories: Vec<CategoryReportOut>,
    /// Interpretations that the clauses of this report cite.
    pub interpretations: Vec<InterpretationReportOut>,
}

/// A verdict in words.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct JudgedOut {
    /// The verdict.
    pub verdict: VerdictOut,
    /// The verdict in words.
    pub title: String,
}

/// The result in one category.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CategoryReportOut {
    /// The category; `null` where the standard has none.
    pub category: Option<String>,
    /// Its title.
    pub title: String,
    /// The stage.
    pub stage: Option<String>,
    /// The level applied for.
    pub target: u8,
    /// The level applied for, in words.
    pub target_title: String,
    /// Whether the target is reached.
    pub reached: JudgedOut,
    /// The grade, not capped by the target: at least, at most.
    pub guaranteed: u32,
    /// The grade at best.
    pub possible: u32,
    /// The grade in words.
    pub attained_title: String,
    /// The grade that can be awarded; 0 for none.
    pub award: u8,
    /// The award in words.
    pub award_title: String,
    /// One rung for each part, and one for the grade.
    pub ladder: Vec<RungOut>,
    /// What stands between the institution and its target, or the next level.
    pub next: Option<NextReportOut>,
    /// Evidence that would settle the grade.
    pub missing: Vec<MissingReportOut>,
    /// Requirements that fall due later.
    pub deferred: Vec<DeferredOut>,
    /// Observations that do not hold; they never gate.
    pub observations: Vec<ItemOut>,
    /// Where reviewers disagree with each other or with what was declared.
    pub disagreements: Vec<DisagreementOut>,
    /// Every clause up to the target, by part and section.
    pub sections: Vec<SectionOut>,
}

/// One bar of the ladder of levels.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RungOut {
    /// The part; `null` for the grade.
    pub part: Option<String>,
    /// Its title.
    pub title: String,
    /// Reached for certain: a level, or points.
    pub guaranteed: u32,
    /// Reached at best.
    pub possible: u32,
    /// Highest that there is.
    pub top: u32,
    /// The same in words.
    pub text: String,
}

/// What stands in the way of a level.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NextReportOut {
    /// The level.
    pub level: u8,
    /// The level in words.
    pub title: String,
    /// What is surely in the way.
    pub not_met: Vec<ItemOut>,
    /// What may be in the way.
    pub open: Vec<ItemOut>,
}

/// One requirement in a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ItemOut {
    /// The clause.
    pub clause: String,
    /// What is demanded.
    pub demand: String,
    /// The verdict.
    pub verdict: VerdictOut,
    /// What was found.
    pub actual: Option<String>,
    /// How much is lacking.
    pub shortfall: Option<String>,
    /// Why.
    pub reason: String,
    /// Other ways to satisfy it.
    pub alternatives: Vec<String>,
    /// Other clauses with the same content.
    pub also: Vec<String>,
}

/// One piece of missing evidence.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MissingReportOut {
    /// Its address.
    pub evidence: String,
    /// What it is.
    pub title: String,
    /// Why it is not known.
    pub why: String,
}

/// Requirements that fall due later.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeferredOut {
    /// When.
    pub due: String,
    /// Which clauses.
    pub clauses: Vec<String>,
}

/// A disagreement about one piece of evidence.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DisagreementOut {
    /// Its address.
    pub evidence: String,
    /// What it is.
    pub title: String,
    /// What the institution declared.
    pub declared: String,
    /// What the review came to.
    pub reviewed: String,
    /// Who said so, with notes.
    pub sources: Vec<String>,
}

/// The clauses of one part below one heading.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SectionOut {
    /// Id of the heading.
    pub id: String,
    /// Title of the part.
    pub part: String,
    /// Title of the heading.
    pub title: String,
    /// The clauses with checks.
    pub clauses: Vec<ClauseReportOut>,
}

/// One clause.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClauseReportOut {
    /// Printed id.
    pub id: String,
    /// Its level.
    pub level: Option<u8>,
    /// Its title.
    pub title: String,
    /// The verdict.
    pub verdict: VerdictOut,
    /// The verdict in words.
    pub verdict_title: String,
    /// Why.
    pub reason: String,
    /// Its checks.
    pub checks: Vec<CheckReportOut>,
    /// Interpretations that it cites.
    pub interpretations: Vec<String>,
}

/// One check.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckReportOut {
    /// Its address.
    pub address: String,
    /// What is demanded.
    pub demand: String,
    /// Whether it is only an observation.
    pub observation: bool,
    /// The verdict.
    pub verdict: VerdictOut,
    /// The verdict in words.
    pub verdict_title: String,
    /// Why, as a word.
    pub reason_id: Reason,
    /// Why.
    pub reason: String,
    /// What was found.
    pub actual: Option<String>,
    /// How much is lacking.
    pub shortfall: Option<String>,
    /// The facts it rests on, with their sources.
    pub evidence: Vec<EvidenceReportOut>,
    /// Records it looked at: counted, left out, open.
    pub records: Vec<RecordsReportOut>,
}

/// One fact.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EvidenceReportOut {
    /// Its address.
    pub evidence: String,
    /// What is known; `null` where it is a list or a field of records: what is known of each stands in `records`.
    pub value: Option<String>,
    /// Who said so: side, name, date, file and lines, documents, note.
    pub sources: Vec<String>,
}

/// Records of one use.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecordsReportOut {
    /// `counted`, `left-out` or `open`.
    #[serde(rename = "use")]
    pub use_: String,
    /// The use in words, with the number of records.
    pub title: String,
    /// Groups of records with the same value and reason.
    pub groups: Vec<RecordGroupOut>,
}

/// Records with the same value and the same reason.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecordGroupOut {
    /// Their ids.
    pub records: Vec<String>,
    /// The value that they add.
    pub value: String,
    /// Why they are left out or open.
    pub because: String,
}

/// An interpretation that clauses of the report cite.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct InterpretationReportOut {
    /// Its id.
    pub id: String,
    /// The question.
    pub question: String,
    /// The adopted reading.
    pub adopted: String,
    /// Why it was adopted.
    pub reason: String,
    /// Clauses of this report that cite it.
    pub clauses: Vec<String>,
    /// What it means for this report.
    pub weight: WeightOut,
    /// The other readings that can change verdicts.
    pub others: Vec<OtherReadingOut>,
}

/// What an interpretation means for a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WeightOut {
    /// Another reading gives another grade.
    Grade,
    /// Another reading gives other verdicts, but the same grade.
    Verdicts,
    /// Another reading cannot be computed.
    Open,
    /// No other reading changes a verdict.
    Same,
    /// It guides how evidence is looked at; no verdict follows from it by itself.
    Evidence,
    /// It is about wording.
    Wording,
}

/// A reading that was not adopted.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OtherReadingOut {
    /// Its id, for `--reading`.
    pub id: String,
    /// The reading in words.
    pub text: String,
    /// What it would change in this report, in words.
    pub effect: String,
    /// Clauses with other verdicts.
    pub clauses: Vec<String>,
    /// What categories would attain that attain something else now.
    pub grades: Vec<OtherGradeOut>,
}

/// What a category attains under another reading.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OtherGradeOut {
    /// The category; `null` where the standard has none.
    pub category: Option<String>,
    /// Level or points that are certain.
    pub guaranteed: u32,
    /// Level or points at best.
    pub possible: u32,
}
