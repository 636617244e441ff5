//! `interpretations/*.toml`: registered readings of unclear clauses.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::check::CheckRaw;
use crate::lang::Text;
use crate::syntax::de::{Loc, Raw};

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
    /// 为何不能用规则的改动表达。Why operations on the rules cannot express it.
    pub beyond: Option<Text>,
    /// 采用此读法时要替换的字段。Fields that it replaces.
    #[serde(default)]
    pub replace: Vec<ReplaceRaw>,
    /// 要增加的检查。Checks that it inserts.
    #[serde(default)]
    pub insert: Vec<InsertRaw>,
    /// 要撤去的检查。Checks that it withdraws.
    #[serde(default)]
    pub withdraw: Vec<WithdrawRaw>,
}

/// Fields of one element of the rules that a reading replaces.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReplaceRaw {
    /// 位置：条款、条款#检查、`evidence:键`、`sample:表` 等。Where: a clause, a check, `evidence:KEY`, `sample:LIST` …
    pub at: Loc<String>,
    /// 原来的字段。The fields as they are.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub was: Raw,
    /// 改后的字段。The fields as they would be.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub now: Raw,
}

/// A check that a reading inserts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InsertRaw {
    /// 条款。The clause.
    pub at: Loc<String>,
    /// 检查。The check.
    pub check: CheckRaw,
}

/// A check that a reading withdraws.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WithdrawRaw {
    /// 条款#检查。The check.
    pub at: Loc<String>,
}
