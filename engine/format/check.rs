//! Checks and conditions: the closed vocabulary of rules.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::syntax::de::{Loc, Raw};

/// One testable statement of a clause: one subject and one operator, or a composition of other checks.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckRaw {
    /// 检查标识，在条款内唯一。Identifier within the clause.
    pub id: Loc<String>,
    /// 它查什么（可省）。What it looks at, where the evidence key alone does not say.
    pub title: Option<crate::lang::Text>,

    /// 对象：一项证据。Subject: one evidence key.
    pub evidence: Option<Loc<String>>,
    /// 对象：定性结论，符合即满足。Subject: a qualitative finding; met if it conforms.
    pub attest: Option<Loc<String>>,
    /// 对象：自该日期起经过的时间。Subject: the time since a date.
    pub elapsed_since: Option<Loc<String>>,
    /// 对象：记录条数或集合成员数。Subject: how many records or members.
    pub count: Option<Loc<String>>,
    /// 对象：字段不同值的个数。Subject: how many different values of a field.
    pub distinct: Option<Loc<String>>,
    /// 对象：字段合计。Subject: the sum of a field.
    pub sum: Option<Loc<String>>,
    /// 对象：字段最大值。Subject: the largest value of a field.
    pub largest: Option<Loc<String>>,
    /// 对象：字段最小值。Subject: the smallest value of a field.
    pub smallest: Option<Loc<String>>,
    /// 对象：至少有一条记录符合 `where`。Subject: some record satisfies `where`.
    pub some: Option<Loc<String>>,
    /// 对象：符合 `where` 的每条记录也符合 `has`。Subject: every record that satisfies `where` satisfies `has`.
    pub every: Option<Loc<String>>,
    /// 对象：另一条款的结论。Subject: the verdict of another clause.
    pub requires: Option<Loc<String>>,

    /// 组合：任一检查满足。Composition: any of these checks.
    pub any_of: Option<Vec<Loc<String>>>,
    /// 组合：全部检查满足。Composition: all of these checks.
    pub all_of: Option<Vec<Loc<String>>>,

    /// 哪些记录或成员算数。Which records or members count.
    #[serde(rename = "where")]
    pub filter: Option<Conditions>,
    /// `every` 所要求的。What `every` demands.
    pub has: Option<Conditions>,

    /// 不低于。At least.
    pub at_least: Option<Operand>,
    /// 不高于。At most.
    pub at_most: Option<Operand>,
    /// 高于。Above.
    pub above: Option<Operand>,
    /// 低于。Below.
    pub below: Option<Operand>,
    /// 等于。Is.
    pub is: Option<Operand>,
    /// 属于其一。One of.
    pub one_of: Option<Operand>,
    /// 不属于。Not in.
    pub not_in: Option<Operand>,
    /// 全部包含。Includes all of.
    pub includes: Option<Operand>,
    /// 至少包含其一。Includes any of.
    pub includes_any: Option<Operand>,
    /// 全部不包含。Includes none of.
    pub excludes: Option<Operand>,
    /// 在评定日之前的时段内。Within the period that ends on the day of assessment.
    pub within: Option<Operand>,
    /// 不早于。Not before.
    pub not_before: Option<Operand>,
    /// 不晚于。Not after.
    pub not_after: Option<Operand>,
    /// 至少在这么久以前。At least so long ago.
    pub at_least_ago: Option<Operand>,
    /// 在最近若干个已结束的会计年度内。Within the last so many closed fiscal years.
    pub last_closed: Option<Operand>,

    /// 何时适用。When it applies.
    pub when: Option<Conditions>,
    /// 到期规则。When it becomes due.
    pub due: Option<Loc<String>>,
    /// 到期之前以此检查为准。The check whose verdict stands until then.
    pub until_due: Option<Loc<String>>,
    /// 地区能否改动。Whether regions may change it.
    pub protect: Option<Loc<super::chapter::ProtectRaw>>,
    /// 仅作观察项。Reported, but never gates.
    pub effect: Option<Loc<EffectRaw>>,
    /// 依据的释义。Interpretations that it rests on.
    #[serde(default)]
    pub interpretations: Vec<Loc<String>>,
}

/// What a check does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EffectRaw {
    /// 观察项：只报告。Reported only.
    Observation,
}

/// The name of an operator, with the words for it.
pub const OPERATORS: [&str; 15] = [
    "at-least",
    "at-most",
    "above",
    "below",
    "is",
    "one-of",
    "not-in",
    "includes",
    "includes-any",
    "excludes",
    "within",
    "not-before",
    "not-after",
    "at-least-ago",
    "last-closed",
];

/// The words for what a check looks at.
pub const SUBJECTS: [&str; 11] = [
    "evidence",
    "attest",
    "elapsed-since",
    "count",
    "distinct",
    "sum",
    "largest",
    "smallest",
    "some",
    "every",
    "requires",
];

/// Words that stand in the place of an operator over a list within a record.
pub const QUANTIFIERS: [&str; 1] = ["some"];

impl CheckRaw {
    /// The operators that are given, by name.
    #[must_use]
    pub fn operators(&self) -> Vec<(&'static str, &Operand)> {
        let values = [
            &self.at_least,
            &self.at_most,
            &self.above,
            &self.below,
            &self.is,
            &self.one_of,
            &self.not_in,
            &self.includes,
            &self.includes_any,
            &self.excludes,
            &self.within,
            &self.not_before,
            &self.not_after,
            &self.at_least_ago,
            &self.last_closed,
        ];
        OPERATORS
            .into_iter()
            .zip(values)
            .filter_map(|(name, value)| value.as_ref().map(|v| (name, v)))
            .collect()
    }

    /// The subjects that are given, by name.
    #[must_use]
    pub fn subjects(&self) -> Vec<(&'static str, &Loc<String>)> {
        let values = [
            &self.evidence,
            &self.attest,
            &self.elapsed_since,
            &self.count,
            &self.distinct,
            &self.sum,
            &self.largest,
            &self.smallest,
            &self.some,
            &self.every,
            &self.requires,
        ];
        let given = |(name, value): (&'static str, _)| Option::as_ref(value).map(|v| (name, v));
        SUBJECTS.into_iter().zip(values).filter_map(given).collect()
    }
}

/// What stands behind an operator: a text (quantity, date, word, `@name`), a number, a boolean, or a list.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Operand(pub Raw);

impl JsonSchema for Operand {
    fn schema_name() -> Cow<'static, str> {
        "Operand".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "带单位的数量、日期、选项、`@名称`、整数、真假，或其列表。\nA quantity with its unit, a date, a word, `@name`, whole number, boolean, or a list of them.",
            "type": ["string", "integer", "boolean", "array"],
            "items": { "type": ["string", "integer"] }
        })
    }
}

/// Conditions: field → one operator → operand. All of them must hold.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Conditions(pub Raw);

impl JsonSchema for Conditions {
    fn schema_name() -> Cow<'static, str> {
        "Conditions".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let operand = generator.subschema_for::<Operand>();
        let nested = generator.subschema_for::<Conditions>();
        let mut properties = serde_json::Map::new();
        for name in OPERATORS {
            properties.insert(name.to_owned(), operand.clone().to_value());
        }
        for name in QUANTIFIERS {
            properties.insert(name.to_owned(), nested.clone().to_value());
        }
        json_schema!({
            "description": "条件：`字段.运算符 = 值`，各条须同时成立。\nConditions: `field.operator = operand`; all must hold.",
            "type": "object",
            "minProperties": 1,
            "properties": properties,
            "additionalProperties": nested
        })
    }
}
