//! `interpretations/*.toml`: registered readings of unclear clauses.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::lang::Text;
use crate::syntax::de::Loc;

/// A file of interpretations.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InterpretationFile {
    /// 释义。Interpretations.
    #[serde(rename = "interpretation", default)]
    pub interpretations: Vec<InterpretationRaw>,
}

/// One question that the text leaves open, and how it is read.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InterpretationRaw {
    /// 编号。Identifier.
    pub id: Loc<String>,
    /// 涉及的条款；空表示全文。Clauses that it concerns; empty for the whole text.
    #[serde(default)]
    pub clauses: Vec<Loc<String>>,
    /// 影响：能改变结论，还是只改变所需证据。Whether it can change a verdict or only the evidence asked for.
    pub affects: AffectsRaw,
    /// 问题。The question.
    pub question: Text,
    /// 可能的读法。Possible readings.
    #[serde(rename = "reading")]
    pub readings: Vec<ReadingRaw>,
    /// 采用的读法。The reading that is adopted.
    pub adopted: Loc<String>,
    /// 理由。Why.
    pub reason: Text,
}

/// What an interpretation can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AffectsRaw {
    /// 结论。A verdict.
    Verdict,
    /// 证据及其计法。The evidence asked for, or the way it is counted.
    Evidence,
    /// 仅文字。Only how the text is read.
    Wording,
}

/// One reading.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReadingRaw {
    /// 标识。Identifier.
    pub id: Loc<String>,
    /// 内容。What it says.
    pub text: Text,
}
