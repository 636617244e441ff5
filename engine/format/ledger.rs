//! Ledgers of acknowledged changes: who looked at which change of an award, and why it is right.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::lang::Text;
use crate::syntax::de::Loc;

/// A ledger.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LedgerFile {
    /// 已确认的变化。Changes that were looked at.
    #[serde(default)]
    pub acknowledged: Vec<AcknowledgedRaw>,
}

/// One change of an award that somebody looked at.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AcknowledgedRaw {
    /// 档案：文件名，或档案摘要的前若干位（至少 8 位）。The dossier: its file, or at least 8 digits of its digest.
    pub dossier: Loc<String>,
    /// 类别；标准没有类别时不写。The category; none where the standard has none.
    pub category: Option<Loc<String>>,
    /// 原可授予等级；0 为无。The award before; 0 for none.
    pub from: Loc<u8>,
    /// 新可授予等级；0 为无。The award after; 0 for none.
    pub to: Loc<u8>,
    /// 理由。Why it is right.
    pub reason: ReasonRaw,
    /// 确认人。Who looked.
    pub by: Loc<String>,
    /// 确认日期。When.
    pub on: Loc<String>,
}

/// A reason: in both languages, or as it stands.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ReasonRaw {
    /// 一种语言。As it stands.
    Plain(String),
    /// 两种语言。In both languages.
    Both(Text),
}

impl ReasonRaw {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            ReasonRaw::Plain(text) => text.trim().is_empty(),
            ReasonRaw::Both(text) => text.zh.trim().is_empty() || text.en.trim().is_empty(),
        }
    }
}
