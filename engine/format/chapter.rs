//! `chapters/**` and `annexes/**`: clauses with their checks.

use schemars::JsonSchema;
use serde::Deserialize;

use super::check::{CheckRaw, Conditions};
use crate::lang::Text;
use crate::syntax::de::Loc;

/// A file of clauses.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChapterFile {
    /// 本文件条款所属的部分。The part to which the clauses of this file belong.
    pub part: Loc<String>,
    /// 本文件条款只涉及的类别。The one category that the clauses of this file concern.
    pub category: Option<Loc<String>>,
    /// 条款。Clauses.
    #[serde(rename = "clause", default)]
    pub clauses: Vec<ClauseRaw>,
}

/// One printed clause.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClauseRaw {
    /// 印刷编号。The printed id.
    pub id: Loc<String>,
    /// 等级；不写则同上级条款。The level; that of the parent if left out.
    pub level: Option<Loc<u8>>,
    /// 性质；不写即为要求。The kind; a requirement if left out.
    pub kind: Option<KindRaw>,
    /// 主题，各级相同。What it is about, the same across levels.
    pub topic: Option<Loc<String>>,
    /// 内容与另一条款相同，只有编号与等级不同。The content is that of another clause.
    pub same_as: Option<Loc<String>>,
    /// 标题。Title.
    pub title: Option<Loc<Text>>,
    /// 摘要，用我们自己的话。Summary in our own words.
    pub summary: Option<Text>,
    /// 为何不作检查（无检查的叶条款）。Why there is nothing to check, for a leaf without checks.
    pub untested: Option<Text>,
    /// 通常的证明材料。Documents that usually prove it.
    #[serde(default)]
    pub documents: Vec<Text>,
    /// 评定方法。How it is assessed.
    #[serde(default)]
    pub methods: Vec<MethodRaw>,
    /// 依据的释义。Interpretations that it rests on.
    #[serde(default)]
    pub interpretations: Vec<Loc<String>>,
    /// 何时适用；也约束其下各条。When it applies; binds the clauses below it too.
    pub when: Option<Conditions>,
    /// 到期规则，用于没有自己的 due 的各项检查。When its checks become due, where they do not say so themselves.
    pub due: Option<Loc<String>>,
    /// 到期之前以此检查为准。The check whose verdict stands until then.
    pub until_due: Option<Loc<String>>,
    /// 地区能否改动本条及其下各条。Whether regions may change it and what lies below it.
    pub protect: Option<Loc<ProtectRaw>>,
    /// 在其下各条中选择。A choice among the clauses below it.
    pub choose: Option<ChooseRaw>,
    /// 分值，仅用于计分。Points, where grades are a sum of points.
    pub points: Option<Loc<u32>>,
    /// 过程的步骤（性质为 process 的条款）。Steps, for clauses that are processes.
    #[serde(rename = "step", default)]
    pub steps: Vec<StepRaw>,
    /// 检查。Checks.
    #[serde(rename = "check", default)]
    pub checks: Vec<CheckRaw>,
}

/// One step of a process.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StepRaw {
    /// 步骤。What is done.
    pub title: Text,
    /// 由谁。By whom.
    pub by: Option<Text>,
    /// 原文没有，可按实际修改。Not from the text: to be set as the body works.
    #[serde(default)]
    pub assumed: bool,
}

/// What a clause is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum KindRaw {
    /// 要求。A requirement: what it demands is checked.
    #[default]
    Requirement,
    /// 定义。A definition.
    Definition,
    /// 原则。A principle.
    Principle,
    /// 过程。A process.
    Process,
    /// 资料。Information.
    Informative,
    /// 已撤去：编号保留，内容不再有效。Withdrawn: the number stays, the content is gone.
    Withdrawn,
}

/// What regions may do to a clause or check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProtectRaw {
    /// 不得改动。Nothing.
    Final,
    /// 只能加严。Only make it stricter.
    TightenOnly,
}

/// How a clause is assessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MethodRaw {
    /// 查阅资料。Document review.
    DocumentReview,
    /// 访谈。Interview.
    Interview,
    /// 现场查看。On-site inspection.
    OnSite,
    /// 测试。A test.
    Test,
}

/// A choice among the clauses below.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChooseRaw {
    /// 至少满足几条。How many of them must be met.
    pub at_least: Loc<u8>,
    /// 范围。Among what.
    pub of: ChooseOfRaw,
}

/// Among what a choice is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChooseOfRaw {
    /// 直接下级条款。The clauses directly below.
    Children,
}
