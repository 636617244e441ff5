//! `amendments/**` and `regions/**`: instruments that change the rules without editing them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::chapter::ClauseRaw;
use super::check::CheckRaw;
use super::evidence::EvidenceRaw;
use super::interpretation::InterpretationRaw;
use super::standard::{SetRaw, TableRaw};
use crate::lang::Text;
use crate::syntax::de::{Loc, Raw};

/// One instrument: what changes, from when, by whom, and why.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OverlayFile {
    /// 编号；地区文件中是地区代码。Identifier; in the file of a region its code, the name of the folder.
    pub id: Loc<String>,
    /// 所依附的标准，标准文件夹之外的地区须写。The standard, for a region outside its folder.
    pub standard: Option<Loc<String>>,
    /// 名称。Title.
    pub title: Text,
    /// 发布机构。Who issues it.
    pub issuer: Text,
    /// 出处：文号等。Where it is published.
    pub citation: Text,
    /// 说明，例如“仅为示例”。A remark, such as that it is an example only.
    pub notice: Option<Text>,
    /// 状态：草案只在 `--with` 指名时参与。Whether it is a draft, which takes part only where `--with` names it.
    pub status: StatusRaw,
    /// 生效日。The first day on which it is in force.
    pub effective: Loc<String>,
    /// 失效日前的最后一天（含）。The last day on which it is in force.
    pub expires: Option<Loc<String>>,
    /// 以哪个日期决定是否适用；不写即评定日。Which date decides; the date of assessment if left out.
    pub effective_by: Option<EffectiveByRaw>,
    /// 修改哪个地区的规则；不写则为全国，地区文件夹内不必写。The region whose rules it amends; the base if left out.
    pub region: Option<Loc<String>>,
    /// 上级地区。The region below which this one lies.
    pub parent: Option<Loc<String>>,
    /// 地区规则相对于上级的意图。What a region intends in relation to what lies above it.
    pub intent: Option<Loc<IntentRaw>>,
    /// 基础版本的摘要，固定后基础变动即拒绝。The digest of the base; if the base moves on, the region is refused.
    pub base: Option<Loc<String>>,
    /// 替换。Replacements.
    #[serde(default)]
    pub replace: Vec<OverlayReplaceRaw>,
    /// 增加。Insertions.
    #[serde(default)]
    pub insert: Vec<OverlayInsertRaw>,
    /// 撤去。Withdrawals.
    #[serde(default)]
    pub withdraw: Vec<OverlayWithdrawRaw>,
    /// 确定释义。Readings that it settles.
    #[serde(default)]
    pub settle: Vec<SettleRaw>,
}

/// Whether an instrument takes part by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatusRaw {
    /// 草案。A draft.
    Draft,
    /// 已发布。Issued.
    Issued,
}

/// Which date decides whether an instrument is in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EffectiveByRaw {
    /// 申请日。The date of application.
    AppliedOn,
    /// 评定日。The date of assessment.
    #[default]
    AssessedOn,
}

/// What a region intends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IntentRaw {
    /// 只加严。Nobody grades higher.
    Stricter,
    /// 只放宽。Nobody grades lower.
    Looser,
    /// 不限。Either.
    Any,
}

/// Fields of one element that are replaced.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OverlayReplaceRaw {
    /// 位置：条款、条款#检查、`evidence:键`、`interpretation:编号` 等。Where: a clause, a check, `evidence:KEY`,
    /// `interpretation:ID`, `set:ID`, `table:ID`, `due:ID`, `part:ID`, `sample:LIST`, `template:NAME`, `standard`.
    pub at: Loc<String>,
    /// 原来的字段；可以是几种可接受的原文之列表。The fields as they are; a list if several bases are accepted.
    #[schemars(with = "WasSchema")]
    pub was: Raw,
    /// 改后的字段。The fields as they become.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub now: Raw,
    /// 理由。Why.
    pub reason: Text,
}

/// One element that is inserted; exactly one of the elements is given.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OverlayInsertRaw {
    /// 检查插入到哪一条款。The clause into which a check goes.
    pub at: Option<Loc<String>>,
    /// 条款所属的部分。The part to which a clause belongs.
    pub part: Option<Loc<String>>,
    /// 条款只涉及的类别。The one category that a clause concerns.
    pub category: Option<Loc<String>>,
    /// 检查。A check.
    pub check: Option<CheckRaw>,
    /// 条款。A clause.
    pub clause: Option<ClauseRaw>,
    /// 证据项。An evidence key.
    pub evidence: Option<EvidenceRaw>,
    /// 具名集合。A named set.
    pub set: Option<SetRaw>,
    /// 按等级取值的表。A table of values by level.
    pub table: Option<TableRaw>,
    /// 释义。An interpretation.
    pub interpretation: Option<InterpretationRaw>,
    /// 报告模板中留空的部分，如笺头。A part of reports that the base leaves empty, such as a letterhead.
    pub template: Option<TemplateRaw>,
    /// 理由。Why.
    pub reason: Text,
}

/// A part of reports.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TemplateRaw {
    /// 名称。Its name, one of [`SLOTS`].
    pub name: Loc<String>,
    /// 内容。Its text, in the language of templates.
    pub text: Loc<String>,
}

/// One element that is withdrawn.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OverlayWithdrawRaw {
    /// 位置，同 replace。Where, as for replacements.
    pub at: Loc<String>,
    /// 原来的字段，至少一个。Fields as they are, at least one.
    #[schemars(with = "WasSchema")]
    pub was: Raw,
    /// 理由。Why.
    pub reason: Text,
}

/// A reading that an instrument settles.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SettleRaw {
    /// 释义。The interpretation.
    pub at: Loc<String>,
    /// 原来采用的读法。The reading as it is adopted.
    pub was: Loc<String>,
    /// 今后采用的读法。The reading that is adopted.
    pub now: Loc<String>,
    /// 理由。Why.
    pub reason: Text,
}

/// The parts of reports that the base leaves empty and instruments may fill.
pub const SLOTS: [&str; 4] =
    ["letterhead.html.j2", "letterhead.md.j2", "signature.html.j2", "signature.md.j2"];

/// Schema of what is quoted: a table of fields, or a list of such tables.
struct WasSchema;

impl JsonSchema for WasSchema {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Was".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "原来的字段；可以是几种可接受的原文之列表。\nThe fields as they are; a list if several bases are accepted.",
            "anyOf": [
                { "type": "object", "additionalProperties": true },
                { "type": "array", "minItems": 1, "items": { "type": "object", "additionalProperties": true } }
            ]
        })
    }
}
