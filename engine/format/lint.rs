//! `lint.toml`: findings of `lint` that may stay, each with a reason.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::lang::Text;
use crate::syntax::de::Loc;

/// `lint.toml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LintFile {
    /// 允许的发现。Findings that may stay.
    #[serde(rename = "allow", default)]
    pub allows: Vec<AllowRaw>,
}

/// A finding that may stay.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AllowRaw {
    /// 诊断代码。The code of the diagnostic.
    pub code: Loc<String>,
    /// 位置：条款、条款#检查、`evidence:键`、`set:标识` 等；发现涉及两处时可写两处。
    /// Where: a clause, a check, `evidence:KEY`, `set:ID` …; of a finding with two places, one or both.
    pub at: Vec<Loc<String>>,
    /// 理由。Why it may stay.
    pub reason: Text,
    /// 允许到哪一天为止（含）。The last day on which it may stay.
    pub until: Option<Loc<String>>,
}
