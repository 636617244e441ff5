//! `cases/**`: golden tests beside the rules. Each varies a dossier in which everything is just met.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::syntax::de::{Loc, Raw};

/// A file of cases.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CaseFile {
    /// 用例。Cases.
    #[serde(rename = "case", default)]
    pub cases: Vec<CaseRaw>,
}

/// Cases for one check, one clause or one derived key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CaseRaw {
    /// 检查地址，如 `6.3.3#registered-capital`。The check.
    pub check: Option<Loc<String>>,
    /// 条款编号：期望的是整个条款的结论。The clause, whose verdict as a whole is expected.
    pub clause: Option<Loc<String>>,
    /// 推算的证据项。The derived key.
    pub evidence: Option<Loc<String>>,
    /// 类别；标准没有类别或条款属于受理条件时不写。The category; none for standards without, and for admissibility.
    pub category: Option<Loc<String>>,
    /// 基准档案恰好满足的等级。The level that the baseline just meets.
    pub level: Loc<u8>,
    /// 申请阶段；不写则为第一个。The stage; the first if left out.
    pub stage: Option<Loc<String>>,
    /// 评定日期；不写则为 2026-04-20。Date of assessment; 2026-04-20 if left out.
    pub assessed_on: Option<Loc<String>>,
    /// 改变的证据项，与 met、not-met 同用。The key that is varied by `met` and `not-met`.
    pub key: Option<Loc<String>>,
    /// 使检查满足的值。Values for which the check is met.
    #[serde(default)]
    pub met: Vec<Raw>,
    /// 使检查不满足的值。Values for which it is not met.
    #[serde(default)]
    pub not_met: Vec<Raw>,
    /// 未提供时的结论。The verdict where the key is missing.
    pub missing: Option<VerdictRaw>,
    /// 声明为无时的结论。The verdict where it is known to be absent.
    pub absent: Option<VerdictRaw>,
    /// 其他变化。Other variations.
    #[serde(rename = "try", default)]
    pub tries: Vec<TryRaw>,
}

/// One variation of the baseline.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TryRaw {
    /// 说明。What it shows.
    pub name: Option<String>,
    /// 赋值，如 `键=值`。Assignments such as `key=value`.
    #[serde(default)]
    pub set: Vec<Loc<String>>,
    /// 整表替换的记录。Lists that are replaced.
    #[serde(default)]
    pub records: BTreeMap<String, Raw>,
    /// 不提供的记录表。Lists that are not given.
    #[serde(default)]
    pub without: Vec<Loc<String>>,
    /// 可能不全的记录表。Lists that may lack records.
    #[serde(default)]
    pub incomplete: Vec<Loc<String>>,
    /// 期望的结论（检查或条款）。The verdict expected of a check or clause.
    pub expect: Option<Loc<VerdictRaw>>,
    /// 期望的值（推算项）：`"3 个"`，或 `"1 个..5 个"`，或 `"none"`。
    /// The value expected of a derived key: one number, a range, or `none`.
    pub value: Option<Loc<String>>,
    /// 条款所属部分达到的等级（计分的标准则为得分）：`"2"`，未定时 `"0..2"`。
    /// The level that the part of the clause reaches (its points, where points decide): `"2"`, or `"0..2"` while open.
    pub reaches: Option<Loc<String>>,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictRaw {
    /// 满足。Met.
    Met,
    /// 不满足。Not met.
    NotMet,
    /// 未定。Undetermined.
    Undetermined,
    /// 不适用。Not applicable.
    NotApplicable,
}
