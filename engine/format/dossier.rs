//! A dossier: what an institution hands in, and what assessors found, for one application.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::syntax::de::{Loc, Raw};

/// A dossier as it is written, in TOML or JSON.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DossierFile {
    /// 模式文件（仅 JSON；TOML 用 `#:schema` 行）。The schema, in JSON only.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// 标准标识。The standard.
    pub standard: Option<Loc<String>>,
    /// 记录可能不全的表。Lists that may lack records.
    #[serde(default)]
    pub incomplete: Vec<Loc<String>>,
    /// 申请机构。The institution.
    pub institution: InstitutionRaw,
    /// 申请。The application.
    pub application: ApplicationRaw,
    /// 机构申报的证据。What the institution declares about itself.
    pub facts: Option<FactsRaw>,
    /// 机构按类别申报的证据。What it declares for a category.
    pub category: Option<FactsRaw>,
    /// 记录。Records.
    pub record: Option<FactsRaw>,
    /// 结论条目，只增不改。Findings; append-only.
    #[serde(rename = "finding", default)]
    pub findings: Vec<FindingRaw>,
    /// 复核。The review.
    pub review: Option<ReviewRaw>,
}

/// A table whose keys are those of the evidence dictionary.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct FactsRaw(pub Raw);

impl JsonSchema for FactsRaw {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Facts".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "object", "additionalProperties": true })
    }
}

/// The institution.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InstitutionRaw {
    /// 名称。Name.
    pub name: Loc<String>,
    /// 统一社会信用代码或其他登记号。Registration number.
    pub code: Option<Loc<String>>,
    /// 备注。Remarks.
    pub note: Option<String>,
}

/// The application.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ApplicationRaw {
    /// 申请编号。Number of the application.
    pub number: Option<String>,
    /// 申请日期。Date of the application.
    pub applied_on: Loc<String>,
    /// 评定日期，各时段以此日为终点。Date of assessment: windows run back from it.
    pub assessed_on: Loc<String>,
    /// 授予日期。Date of award.
    pub award_on: Option<Loc<String>>,
    /// 地区代码。Region.
    pub region: Option<Loc<String>>,
    /// 申报等级（标准没有类别时）。Target level, where the standard has no categories.
    pub target: Option<Loc<u8>>,
    /// 申请阶段（标准没有类别时）。Stage, where the standard has no categories.
    pub stage: Option<Loc<String>>,
    /// 申报的类别。Categories applied for.
    #[serde(rename = "category", default)]
    pub categories: Vec<ApplicationCategoryRaw>,
}

/// One category that is applied for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ApplicationCategoryRaw {
    /// 类别。The category.
    pub id: Loc<String>,
    /// 申报等级。Target level.
    pub target: Loc<u8>,
    /// 申请阶段。Stage.
    pub stage: Option<Loc<String>>,
}

/// What one side concludes about a key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FindingRaw {
    /// 条目编号，被取代时需要。Identifier; needed if another finding supersedes it.
    pub id: Option<Loc<String>>,
    /// 哪一方。Which side.
    pub side: SideRaw,
    /// 证据项。The key.
    pub key: Option<Loc<String>>,
    /// 多个证据项，结论相同。Several keys with one conclusion.
    pub keys: Option<Vec<Loc<String>>>,
    /// 类别（按类别的证据项）。The category, for keys of that scope.
    pub category: Option<Loc<String>>,
    /// 记录编号；嵌套记录写作 `S01/C1`。The record; a nested one is written `S01/C1`.
    pub record: Option<Loc<String>>,
    /// 多条记录，结论相同。Several records with one conclusion.
    pub records: Option<Vec<Loc<String>>>,
    /// 结论。The conclusion.
    pub conclusion: Option<Loc<ConclusionRaw>>,
    /// 核实后的值。The value as corrected.
    pub value: Option<Raw>,
    /// 依据的材料。Documents.
    #[serde(default)]
    pub documents: Vec<String>,
    /// 谁。By whom.
    pub by: Option<Loc<String>>,
    /// 何时。When.
    pub on: Option<Loc<String>>,
    /// 说明；结论为不适用时必填。A note; required if it does not apply.
    pub note: Option<String>,
    /// 取代的条目。The finding that this one supersedes.
    pub supersedes: Option<Loc<String>>,
}

/// A side of an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SideRaw {
    /// 机构。The institution.
    #[serde(rename = "self")]
    Own,
    /// 评定人员。Assessors.
    Review,
}

/// A conclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConclusionRaw {
    /// 符合；对事实即为确认。Conforms; of a fact: confirmed.
    Conforms,
    /// 不符合；对事实即为不予认可。Fails; of a fact: not accepted.
    Fails,
    /// 不适用。Does not apply.
    NotApplicable,
}

/// The review.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReviewRaw {
    /// 评定人员。Assessors.
    pub assessors: Vec<Loc<String>>,
    /// 复核日期。Date of the review.
    pub on: Loc<String>,
    /// 成组认可的证据。Groups of evidence that are accepted as declared.
    #[serde(rename = "accept", default)]
    pub accepts: Vec<AcceptRaw>,
}

/// A group of evidence that a reviewer accepts as declared.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AcceptRaw {
    /// 谁。By whom.
    pub by: Loc<String>,
    /// 证据项，或 `前缀.*`；按类别的写作 `类别/键`。Keys, or `prefix.*`; of one category: `category/key`.
    pub keys: Vec<Loc<String>>,
    /// 何时。When.
    pub on: Option<Loc<String>>,
    /// 说明。A note.
    pub note: Option<String>,
}
