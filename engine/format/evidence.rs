//! `evidence/*.toml`: the dictionary of everything that a dossier may supply.

use schemars::JsonSchema;
use serde::Deserialize;

use super::check::Conditions;
use crate::lang::Text;
use crate::syntax::de::Loc;

/// A file of the evidence dictionary.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EvidenceFile {
    /// 证据项。Evidence keys.
    #[serde(rename = "evidence", default)]
    pub entries: Vec<EvidenceRaw>,
    /// 汇总数之间必须成立的关系。What must hold between bare figures.
    #[serde(rename = "invariant", default)]
    pub invariants: Vec<InvariantRaw>,
}

/// One evidence key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EvidenceRaw {
    /// 键名；记录字段写作 `表[].字段`。The key; a field of records is written `list[].field`.
    pub key: Loc<String>,
    /// 范围；记录字段不写。Whom it is about; left out for fields of records.
    pub scope: Option<Loc<ScopeRaw>>,
    /// 类型：`flag`、`text`、`date`、`year`、`choice`、`set`、`finding`、`list`，或量纲标识。
    /// Type: one of those words, or the id of a dimension.
    #[serde(rename = "type")]
    pub ty: Loc<String>,
    /// 首选单位；对 `list` 与 `set` 是计数单位。Preferred unit; for lists and sets, what they are counted in.
    pub unit: Option<Loc<String>>,
    /// 允许范围，两端含。Bounds, both included.
    pub bounds: Option<BoundsRaw>,
    /// 最小变动量，“超出一步”即此。The least change: what “one step beyond” means.
    pub step: Option<Loc<String>>,
    /// 可选值。Values of a choice or set.
    #[serde(default)]
    pub values: Vec<ValueRaw>,
    /// 与另一证据项或 `@category`、`@stage` 相同的可选值。Takes the values of another key, or `@category`, `@stage`.
    pub values_of: Option<Loc<String>>,
    /// 可选值是否由低到高排列。Whether the values are ordered from low to high.
    #[serde(default)]
    pub ordered: bool,
    /// 日期缺省含义。What a known-absent date means.
    pub absent_means: Option<Loc<AbsentRaw>>,
    /// 结论能否为“不适用”。Whether a finding may say not-applicable.
    #[serde(default)]
    pub may_not_apply: bool,
    /// 从记录或集合推算。Computed from records or a set.
    pub derive: Option<DeriveRaw>,
    /// 简称，用于表格和报告；定性结论可不写。A short name for tables and reports; findings may go without.
    pub title: Option<Text>,
    /// 问题。The question asked.
    pub question: Text,
    /// 填写提示。A hint on how to answer.
    pub hint: Option<Text>,
    /// 由谁证明。Who attests it; left out for fields of records and derived keys.
    pub attested_by: Option<Loc<AttestorRaw>>,
    /// 通常的证明材料。Documents that usually prove it.
    #[serde(default)]
    pub documents: Vec<Text>,
}

/// Whom a key is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeRaw {
    /// 整个机构。The institution.
    Institution,
    /// 机构在一个类别中的情况。The institution in one category.
    Category,
}

/// Who attests a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttestorRaw {
    /// 机构自己。The institution itself.
    Institution,
    /// 第三方。A third party: a register, an auditor, a client.
    ThirdParty,
    /// 评定人员。The assessor, on site or from documents.
    Assessor,
}

/// What a known-absent date means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AbsentRaw {
    /// 永不到来：晚于任何日期。Never: later than any date.
    Never,
}

/// Bounds, both included.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BoundsRaw {
    /// 下限。Lowest value.
    pub low: Option<Loc<String>>,
    /// 上限。Highest value.
    pub high: Option<Loc<String>>,
}

/// One value of a choice or set.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ValueRaw {
    /// 标识。Identifier.
    pub id: Loc<String>,
    /// 名称；档案中也可写名称。Title; a dossier may use it instead of the id.
    pub title: Text,
}

/// How a key is computed. Exactly one of the first five is given.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeriveRaw {
    /// 条数：表或集合。How many records or members.
    pub count: Option<Loc<String>>,
    /// 不同值的个数：表的字段。How many different values of a field.
    pub distinct: Option<Loc<String>>,
    /// 合计：表的字段。Sum of a field.
    pub sum: Option<Loc<String>>,
    /// 最大值：表的字段。Largest value of a field.
    pub largest: Option<Loc<String>>,
    /// 最小值：表的字段。Smallest value of a field.
    pub smallest: Option<Loc<String>>,
    /// 只看满足条件的记录。Only records that satisfy these conditions.
    #[serde(rename = "where")]
    pub filter: Option<Conditions>,
}

/// One bare figure never exceeds another.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InvariantRaw {
    /// 证据项。The key that is bounded.
    pub key: Loc<String>,
    /// 不大于此项。It is at most this key.
    pub at_most: Loc<String>,
    /// 理由。Why.
    pub reason: Text,
}
