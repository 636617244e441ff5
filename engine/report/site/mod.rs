//! An edition as a static site: everything its pages say, in both languages. Templates only lay it out.

mod build;
mod clauses;
mod compare;
mod evidence;
mod interpretations;
pub mod layers;
mod pages;
mod search;

use schemars::JsonSchema;
use serde::Serialize;

use super::thresholds::{EditionOut, ThresholdsOut};
use crate::lang::Text;

pub use build::{Source, site, site_with};
pub use compare::{ChangedOut, ComparisonOut, FieldOut, SectionOut};
pub use evidence::{DictionaryOut, EvidenceGroupOut, KeyOut};
pub use interpretations::{CitationOut, InterpretationsOut, OperationOut, ReadingOut};
pub use layers::{Layer, Step};
pub use pages::{TEMPLATES, pages};
pub use search::{EntryOut, SearchOut};

/// A site. Templates see `site`, which is [`FrameOut`], and `page`, which is one of the other parts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SiteOut {
    /// What every page shows.
    pub frame: FrameOut,
    /// The first page.
    pub home: HomeOut,
    /// One page for each chapter and annex.
    pub chapters: Vec<ChapterOut>,
    /// The thresholds.
    pub thresholds: ThresholdsPageOut,
    /// The list of evidence keys.
    pub dictionary: DictionaryOut,
    /// One page for each group of evidence keys.
    pub evidence: Vec<EvidenceGroupOut>,
    /// The interpretations.
    pub interpretations: InterpretationsOut,
    /// The layers.
    pub layers: LayersOut,
    /// Two editions side by side.
    pub comparison: Option<ComparisonOut>,
    /// The search.
    pub search: SearchOut,
}

/// What every page shows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FrameOut {
    /// `zh` or `en`: the language that comes first.
    pub lang: String,
    /// Name and version of the program.
    pub engine: String,
    /// Identifier of the standard.
    pub standard: String,
    /// Printed number.
    pub number: String,
    /// Title.
    pub title: Text,
    /// Which edition it is.
    pub edition: EditionOut,
    /// The pages in the bar at the top.
    pub bar: Vec<LinkOut>,
}

/// A link within the site.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LinkOut {
    /// What it leads to: an id, an address, a key.
    pub id: String,
    /// The file and the place in it; `null` where this edition has no such thing.
    pub href: Option<String>,
    /// Its title.
    pub title: Text,
}

/// What a page is called.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HeadOut {
    /// The name of its file.
    pub file: String,
    /// Its title.
    pub title: Text,
}

/// The first page.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HomeOut {
    /// Its name.
    pub head: HeadOut,
    /// What the publisher of the rule files says of them.
    pub notice: Text,
    /// Levels, from the lowest up.
    pub levels: Vec<Text>,
    /// How parts become a grade.
    pub combine: Text,
    /// Parts: title and what they decide.
    pub parts: Vec<PartOut>,
    /// Categories.
    pub categories: Vec<Text>,
    /// The chapters.
    pub chapters: Vec<ChapterLinkOut>,
    /// Counts: what, and how many.
    pub numbers: Vec<NumberOut>,
    /// Requirements and checks by level.
    pub by_level: Vec<LevelCountOut>,
    /// Layers in force.
    pub layers: Vec<Layer>,
    /// How many layers are not in force at this date.
    pub other_layers: usize,
}

/// A part.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PartOut {
    /// Title.
    pub title: Text,
    /// What it decides.
    pub role: Text,
}

/// A chapter in a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChapterLinkOut {
    /// Where it is.
    pub link: LinkOut,
    /// Its part, and the category that it concerns.
    pub about: Text,
    /// How many clauses it has.
    pub clauses: usize,
    /// How many checks.
    pub checks: usize,
}

/// A count.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NumberOut {
    /// Of what.
    pub title: Text,
    /// How many.
    pub number: usize,
    /// Where they are.
    pub href: Option<String>,
}

/// How much there is in a part (and category), level by level.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LevelCountOut {
    /// The part, and the category.
    pub title: Text,
    /// Checks at each level.
    pub levels: Vec<usize>,
    /// Checks that belong to no level.
    pub open: usize,
    /// All checks.
    pub total: usize,
}

/// A chapter or annex.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChapterOut {
    /// Its name.
    pub head: HeadOut,
    /// Its printed id.
    pub id: String,
    /// Its clauses with all below them, in the order of their ids.
    pub clauses: Vec<ClausePageOut>,
    /// The chapter before it.
    pub previous: Option<LinkOut>,
    /// The chapter behind it.
    pub next: Option<LinkOut>,
}

/// A clause.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClausePageOut {
    /// Printed id, and place on its page.
    pub id: String,
    /// How deep it lies: 0 for the chapter itself.
    pub depth: usize,
    /// Title.
    pub title: Text,
    /// Summary.
    pub summary: Option<Text>,
    /// Level.
    pub level: Option<Text>,
    /// Part.
    pub part: Text,
    /// The one category that it concerns.
    pub category: Option<Text>,
    /// `requirement`, `definition`, `principle`, `process` or `informative`.
    pub kind: String,
    /// The same in words.
    pub kind_title: Text,
    /// What it is about.
    pub topic: Option<LinkOut>,
    /// The clause whose content it shares.
    pub same_as: Option<LinkOut>,
    /// Clauses that share its content.
    pub shared_by: Vec<LinkOut>,
    /// When it applies.
    pub when: Option<Text>,
    /// How many of the clauses below must be met.
    pub choose: Option<Text>,
    /// What regions may do to it.
    pub protect: Option<Text>,
    /// Points, where grades are a sum of points.
    pub points: Option<u32>,
    /// Documents that usually prove it.
    pub documents: Vec<Text>,
    /// How it is assessed.
    pub methods: Vec<Text>,
    /// Interpretations that it rests on.
    pub interpretations: Vec<LinkOut>,
    /// Steps of a process.
    pub steps: Vec<ProcessStepOut>,
    /// Checks.
    pub checks: Vec<CheckPageOut>,
    /// What overlays did to it and its checks, in their order.
    pub history: Vec<Step>,
}

/// One step of a process.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProcessStepOut {
    /// What is done.
    pub title: Text,
    /// By whom.
    pub by: Option<Text>,
    /// Whether it is not from the text.
    pub assumed: bool,
}

/// A check.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckPageOut {
    /// Its id within the clause.
    pub id: String,
    /// Its place on the page.
    pub anchor: String,
    /// How deep it lies in compositions.
    pub depth: usize,
    /// What it looks at; of a composition what it asks of its members.
    pub subject: Text,
    /// Operator and threshold.
    pub threshold: Option<Text>,
    /// Members of a composition, or the clause that is referred to.
    pub of: Vec<LinkOut>,
    /// When it applies.
    pub when: Option<Text>,
    /// When it becomes due.
    pub due: Option<Text>,
    /// The check whose verdict stands until then.
    pub until_due: Option<LinkOut>,
    /// Whether it is only observed.
    pub observation: bool,
    /// The layer that set it.
    pub layer: String,
    /// The keys that it looks at.
    pub evidence: Vec<LinkOut>,
    /// Interpretations that it rests on.
    pub interpretations: Vec<LinkOut>,
}

/// The page of thresholds.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ThresholdsPageOut {
    /// Its name.
    pub head: HeadOut,
    /// The thresholds.
    pub matrix: ThresholdsOut,
    /// Categories by which they can be filtered: id and title.
    pub categories: Vec<LinkOut>,
    /// Where checks stand: address → file and place.
    pub places: std::collections::BTreeMap<String, String>,
}

/// The page of layers.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LayersOut {
    /// Its name.
    pub head: HeadOut,
    /// Overlays in the order in which they apply, those in force and those to come.
    pub layers: Vec<LayerPageOut>,
}

/// A layer with what it does.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LayerPageOut {
    /// The layer.
    pub layer: Layer,
    /// What it changes, with the clause that it touches.
    pub steps: Vec<LayerStepOut>,
}

/// One operation of a layer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LayerStepOut {
    /// The clause.
    pub clause: LinkOut,
    /// The operation.
    pub step: Step,
}
