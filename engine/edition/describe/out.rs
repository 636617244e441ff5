//! The shape of the description: a stable contract.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::layers::{LayerOut, StepOut};
use crate::format::chapter::{KindRaw, MethodRaw, ProtectRaw, StepRaw};
use crate::lang::Text;
use crate::quantity::Decimal;

/// An edition.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Description {
    /// Identifier of the standard.
    pub standard: String,
    /// Printed number.
    pub number: String,
    /// Title.
    pub title: Text,
    /// What prevails, and what the project is not.
    pub notice: Text,
    /// Region.
    pub region: Option<String>,
    /// The day for which it is resolved, if application and assessment fall together.
    pub on: Option<String>,
    /// Digest of its meaning.
    pub digest: String,
    /// What lies over the base, in order; layers that are not in force too.
    pub layers: Vec<LayerOut>,
    /// What was done to everything that is no clause, in order.
    pub history: Vec<StepOut>,
    /// How parts become a grade.
    pub combine: String,
    /// Levels, from the lowest up.
    pub levels: Vec<LevelOut>,
    /// Parts.
    pub parts: Vec<PartOut>,
    /// Axes and their values.
    pub axes: BTreeMap<String, Vec<NamedOut>>,
    /// When checks become due.
    pub due: Vec<DueOut>,
    /// How findings on records are sampled.
    pub samples: Vec<SampleOut>,
    /// Named sets.
    pub sets: BTreeMap<String, Vec<String>>,
    /// Values by level, as written.
    pub tables: BTreeMap<String, Vec<String>>,
    /// Units: dimension → unit → factor to the base unit.
    pub units: BTreeMap<String, BTreeMap<String, Number>>,
    /// Evidence keys.
    pub evidence: Vec<EvidenceOut>,
    /// Relations between bare figures: key, the key that it never exceeds.
    pub invariants: Vec<(String, String)>,
    /// Interpretations.
    pub interpretations: Vec<InterpretationOut>,
    /// Clauses.
    pub clauses: Vec<ClauseOut>,
}

/// An exact JSON number.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub struct Number(pub Decimal);

impl JsonSchema for Number {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}

/// A level.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LevelOut {
    /// Number.
    pub id: u8,
    /// Title.
    pub title: Text,
    /// Points needed, where grades are a sum of points.
    pub points: Option<u32>,
}

/// A part.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PartOut {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
    /// `grade`, `admissibility` or `none`.
    pub role: String,
    /// Whether a level counts only together with all below it.
    pub requires_below: Option<bool>,
}

/// Something with an identifier and a title.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NamedOut {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
}

/// When checks become due.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DueOut {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Stages in which it is due.
    pub stages: Vec<String>,
    /// Also due wherever a level above this one is judged.
    pub above_level: Option<u8>,
}

/// How findings on records are sampled.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SampleOut {
    /// The list.
    pub of: String,
    /// Records that may be in the sample.
    pub r#where: Option<Json>,
    /// How many, as written.
    pub size: String,
}

/// An evidence key.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EvidenceOut {
    /// The key.
    pub key: String,
    /// `institution`, `category` or `record`.
    pub scope: String,
    /// Its type.
    pub r#type: String,
    /// The base unit of quantities; what lists and sets are counted in.
    pub unit: Option<String>,
    /// The values from low to high, if they are ordered.
    pub scale: Option<Vec<String>>,
    /// The values, if there is a choice.
    pub values: Option<Vec<String>>,
    /// Titles of the values.
    pub titles: Option<BTreeMap<String, Text>>,
    /// Lowest and highest value in the base unit.
    pub bounds: Option<BoundsOut>,
    /// Least change in the base unit.
    pub step: Option<Number>,
    /// How it is computed.
    pub derive: Option<DeriveOut>,
    /// What a known-absent date means.
    pub absent_means: Option<String>,
    /// Whether a finding may say not-applicable.
    pub may_not_apply: bool,
    /// Who attests it.
    pub attested_by: Option<String>,
    /// A short name.
    pub title: Option<Text>,
    /// The question asked.
    pub question: Text,
    /// A hint on how to answer.
    pub hint: Option<Text>,
    /// Documents that usually prove it.
    pub documents: Vec<Text>,
}

/// Bounds in the base unit, both included.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BoundsOut {
    /// Lowest.
    pub low: Number,
    /// Highest.
    pub high: Number,
}

/// How a key is computed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeriveOut {
    /// `count`, `distinct`, `sum`, `largest` or `smallest`.
    pub kind: String,
    /// Of what.
    pub of: String,
    /// Which records or members count.
    pub r#where: Option<Json>,
}

/// An interpretation.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct InterpretationOut {
    /// Identifier.
    pub id: String,
    /// Clauses that it concerns.
    pub clauses: Vec<String>,
    /// `verdict` or `evidence`.
    pub affects: String,
    /// The question.
    pub question: Text,
    /// Readings by id.
    pub readings: BTreeMap<String, Text>,
    /// The reading that is adopted.
    pub adopted: String,
    /// Why.
    pub reason: Text,
}

/// A clause.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClauseOut {
    /// Printed id.
    pub id: String,
    /// Its part.
    pub part: String,
    /// The one category that it concerns.
    pub category: Option<String>,
    /// Its level.
    pub level: Option<u8>,
    /// What it is about.
    pub topic: Option<String>,
    /// What it is.
    pub kind: KindRaw,
    /// Title.
    pub title: Text,
    /// Summary.
    pub summary: Option<Text>,
    /// The clause whose content it shares.
    pub same_as: Option<String>,
    /// When it applies.
    pub when: Option<Json>,
    /// How many of its children must be met, if it is a choice.
    pub choose: Option<u8>,
    /// Points, where grades are a sum of points.
    pub points: Option<u32>,
    /// What regions may do to it, and to what lies in it and below it.
    pub protect: Option<ProtectRaw>,
    /// Whether it counts by itself.
    pub gates: bool,
    /// Documents that usually prove it.
    pub documents: Vec<Text>,
    /// How it is assessed.
    pub methods: Vec<MethodRaw>,
    /// Interpretations that it rests on.
    pub interpretations: Vec<String>,
    /// Steps of a process.
    pub steps: Vec<StepRaw>,
    /// The layer that set it, apart from its checks.
    pub layer: String,
    /// What was done to it and its checks, in order; operations that are not in force too.
    pub history: Vec<StepOut>,
    /// Checks.
    pub checks: Vec<CheckOut>,
}

/// A check.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckOut {
    /// Its address.
    pub address: String,
    /// The operator, or the form where there is none.
    pub op: String,
    /// The subject.
    pub subject: Option<SubjectOut>,
    /// The keys that it looks at.
    pub evidence: Vec<String>,
    /// When it applies.
    pub when: Option<Json>,
    /// Members of a composition.
    pub of: Vec<String>,
    /// The operand as written.
    pub threshold: Option<Json>,
    /// The operand as exact JSON.
    pub value: Option<Json>,
    /// The unit of the value.
    pub unit: Option<String>,
    /// `gate` or `observation`.
    pub effect: String,
    /// What regions may do to it.
    pub protect: Option<ProtectRaw>,
    /// When it becomes due.
    pub due: Option<String>,
    /// The check whose verdict stands until then.
    pub until_due: Option<String>,
    /// The layer that set it.
    pub layer: String,
    /// Interpretations that it rests on.
    pub interpretations: Vec<String>,
    /// What it looks at, if the evidence alone does not say.
    pub title: Option<Text>,
}

/// What a check looks at.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SubjectOut {
    /// The subject's word.
    pub kind: String,
    /// What it names.
    pub of: String,
    /// Which records or members count.
    pub r#where: Option<Json>,
    /// What each of them must have.
    pub has: Option<Json>,
}
