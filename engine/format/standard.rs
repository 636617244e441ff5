//! `standard.toml`: parts, levels, categories, stages, and the tables that rules refer to.

use schemars::JsonSchema;
use serde::Deserialize;

use super::check::Conditions;
use crate::lang::Text;
use crate::syntax::de::Loc;

/// `standard.toml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StandardFile {
    /// 标准标识，与文件夹同名。Identifier, the name of the folder.
    pub id: Loc<String>,
    /// 标准编号。Printed number of the standard.
    pub number: String,
    /// 名称。Title.
    pub title: Text,
    /// 说明：以何为准、与发布机构的关系。What prevails, and what the project is not.
    pub notice: Text,
    /// 等级合成方式。How parts become a grade.
    pub grade: GradeRaw,
    /// 等级，由低到高。Levels from the lowest up.
    #[serde(rename = "level")]
    pub levels: Vec<LevelRaw>,
    /// 部分。Parts.
    #[serde(rename = "part")]
    pub parts: Vec<PartRaw>,
    /// 类别（可无）。Categories, if there are any.
    #[serde(rename = "category", default)]
    pub categories: Vec<NamedRaw>,
    /// 申请阶段（可无）。Stages of an application, if there are any.
    #[serde(rename = "stage", default)]
    pub stages: Vec<NamedRaw>,
    /// 到期规则：某些检查何时才须满足。When checks that are not due at once become due.
    #[serde(rename = "due", default)]
    pub dues: Vec<DueRaw>,
    /// 抽样规则：对记录下结论的检查看几条记录。How many records a finding on records is shown on.
    #[serde(rename = "sample", default)]
    pub samples: Vec<SampleRaw>,
    /// 具名集合，以 `@标识` 引用。Named sets, referred to as `@id`.
    #[serde(rename = "set", default)]
    pub sets: Vec<SetRaw>,
    /// 按等级取值的表，以 `@标识` 引用。Values by level, referred to as `@id`.
    #[serde(rename = "table", default)]
    pub tables: Vec<TableRaw>,
}

/// How the results of the parts become one grade.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GradeRaw {
    /// 合成方式。The method.
    pub combine: CombineRaw,
}

/// Methods of combination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CombineRaw {
    /// 取各部分中较低的等级。The lowest level of the parts.
    Lowest,
    /// 满足的条款得分之和达到的等级。The level that the sum of points of met clauses reaches.
    Points,
}

/// One level.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LevelRaw {
    /// 等级号，从 1 起。Number, from 1.
    pub id: Loc<u8>,
    /// 名称。Title.
    pub title: Text,
    /// 所需分数，仅用于计分。Points needed, where grades are a sum of points.
    pub points: Option<Loc<u32>>,
}

/// One part.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PartRaw {
    /// 标识。Identifier.
    pub id: Loc<String>,
    /// 名称。Title.
    pub title: Text,
    /// 作用。What it decides.
    pub role: RoleRaw,
    /// 等级如何叠加。How its levels stack; for parts that are graded by level.
    pub levels: Option<Loc<StackingRaw>>,
    /// 较低各级是否也须满足。Whether a level counts only together with all below it.
    pub requires_below: Option<Loc<bool>>,
}

/// What a part decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RoleRaw {
    /// 决定等级。The grade.
    Grade,
    /// 决定能否受理。Whether the application is admissible.
    Admissibility,
    /// 不作评定。Nothing.
    None,
}

/// How levels stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StackingRaw {
    /// 每级在下一级之上增加要求。Each level adds to the one below.
    Added,
    /// 每级列出全部要求。Each level lists everything.
    Restated,
}

/// Something with an identifier and a title.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NamedRaw {
    /// 标识。Identifier.
    pub id: Loc<String>,
    /// 名称。Title.
    pub title: Text,
}

/// When a check becomes due.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DueRaw {
    /// 标识。Identifier.
    pub id: Loc<String>,
    /// 名称。Title.
    pub title: Text,
    /// 在这些阶段已到期。Stages in which it is due.
    pub stages: Vec<Loc<String>>,
    /// 评定的等级高于此级时，任何阶段都已到期。Also due in any stage where a level above this one is judged.
    pub above_level: Option<Loc<u8>>,
}

/// How findings on the records of a list are sampled.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SampleRaw {
    /// 记录表。The list.
    pub of: Loc<String>,
    /// 可作样本的记录。Records that may be in the sample.
    #[serde(rename = "where")]
    pub filter: Option<Conditions>,
    /// 样本量，可写 `@表`。How many; may be `@table`.
    pub size: Loc<String>,
}

/// A named set of words.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SetRaw {
    /// 标识。Identifier.
    pub id: Loc<String>,
    /// 名称。Title.
    pub title: Text,
    /// 成员标识。Identifiers of its members.
    pub members: Vec<Loc<String>>,
}

/// A value for each level.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TableRaw {
    /// 标识。Identifier.
    pub id: Loc<String>,
    /// 名称。Title.
    pub title: Text,
    /// 各级的值，第一个对应最低级。One value a level, the first for the lowest.
    pub by_level: Vec<Loc<String>>,
}
