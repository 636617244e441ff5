//! Operators with their operands: quantities, periods, dates, words, and what stands behind `@`.

use super::Linker;
use crate::calendar::Date;
use crate::check::operator::{Kind, TABLE, row};
use crate::check::{Comparison, DateRef, Operator, Words};
use crate::diag::{Code, Diagnostic};
use crate::evidence::{Conclusion, Owner, Type, Value};
use crate::lang::Text;
use crate::quantity::DimensionIx;
use crate::source::Span;
use crate::standard::CONTEXT;
use crate::syntax::{Node, Value as Raw};
use crate::text;

impl Linker<'_> {
    pub(super) fn wrong_operator(&mut self, op: &str, of: &str, span: Span) {
        let message = text!("运算符 `{op}` 不适用于 `{of}`", "the operator `{op}` does not fit `{of}`");
        self.error(Code::OperatorMismatch, span, message);
    }

    /// Reads an operator with its operand for a type.
    pub fn operator(&mut self, name: &str, operand: &Node, ty: &Type, span: Span) -> Option<Operator> {
        let kind = Kind::of(ty);
        let row = row(name)?;
        if !kind.is_some_and(|k| row.kinds.contains(&k)) {
            let fits: Vec<&str> =
                TABLE.iter().filter(|r| kind.is_some_and(|k| r.kinds.contains(&k))).map(|r| r.name).collect();
            let list = fits.join("`、`");
            let message =
                text!("运算符 `{name}` 不适用于该类型", "the operator `{name}` does not fit the type");
            let help = if fits.is_empty() {
                text!("对表用 some、every、count 等", "use some, every, count and the like on lists")
            } else {
                text!("适用的运算符：`{list}`", "operators that fit: `{list}`")
            };
            self.diagnostics.push(Diagnostic::error(Code::OperatorMismatch, span, message).help(help));
            return None;
        }
        Some(match name {
            "is" => Operator::Is(self.words(operand, ty, false)?),
            "one-of" => Operator::OneOf(self.words(operand, ty, true)?),
            "not-in" => Operator::NotIn(self.words(operand, ty, true)?),
            "includes" => Operator::Includes(self.words(operand, ty, true)?),
            "includes-any" => Operator::IncludesAny(self.words(operand, ty, true)?),
            "excludes" => Operator::Excludes(self.words(operand, ty, true)?),
            "within" => Operator::Within(self.period(operand)?),
            "at-least-ago" => Operator::AtLeastAgo(self.period(operand)?),
            "not-before" => Operator::NotBefore(self.date(operand)?),
            "not-after" => Operator::NotAfter(self.date(operand)?),
            "last-closed" => {
                let months = self.period(operand)?;
                if months % 12 != 0 {
                    self.error(Code::BadQuantity, operand.span, text!("须为整年", "whole years are needed"));
                }
                Operator::LastClosed(months / 12)
            }
            _ => Operator::Compare(comparison(name)?, self.value(operand, ty)?),
        })
    }

    fn text_of<'b>(&mut self, node: &'b Node) -> Option<&'b str> {
        let text = node.as_text();
        if text.is_none() {
            let kind = node.kind();
            let message = Text::new(
                format!("此处应为文字，却是{}", kind.zh),
                format!("a text belongs here, not {}", kind.en),
            );
            let help = text!(
                "数量写成带单位的文字，例如 \"3 个\"",
                "write a quantity as a text with its unit, for example \"3 个\""
            );
            self.diagnostics.push(Diagnostic::error(Code::WrongType, node.span, message).help(help));
        }
        text
    }

    /// Reads a number of months from a quantity of a calendar dimension.
    pub(super) fn period(&mut self, operand: &Node) -> Option<i64> {
        let written = self.text_of(operand)?;
        let units = &self.standard.units;
        let Some(calendar) = units.dimensions.iter().position(|d| d.calendar) else {
            self.error(
                Code::UnknownUnit,
                operand.span,
                text!("标准没有声明日历单位", "the standard declares no calendar unit"),
            );
            return None;
        };
        let months = self.amount(written, operand.span, Some(calendar))?;
        let whole = months.to_whole().filter(|m| (0..=12_000).contains(m));
        if whole.is_none() {
            self.error(
                Code::BadQuantity,
                operand.span,
                text!("须为整月，且不超过 1000 年", "whole months up to 1000 years are needed"),
            );
        }
        whole
    }

    /// Reads a quantity, directly or from a table by level.
    pub(super) fn amount(
        &mut self,
        written: &str,
        span: Span,
        dimension: Option<DimensionIx>,
    ) -> Option<crate::quantity::Decimal> {
        let (written, span) = match written.strip_prefix('@') {
            None => (written.to_owned(), span),
            Some(name) => {
                let found = self.level.and_then(|level| self.standard.table(name, level)).cloned();
                let Some(value) = found else {
                    let known = self.standard.tables.iter().map(|t| t.id.as_str());
                    let message =
                        text!("没有按等级取值的表 `@{name}`", "there is no table by level `@{name}`");
                    self.diagnostics
                        .push(Diagnostic::error(Code::UnknownReference, span, message).choices(name, known));
                    return None;
                };
                (value.value.clone(), value.span)
            }
        };
        let units = &self.standard.units;
        let read = match dimension {
            Some(dimension) => units.parse_as(dimension, &written, span),
            None => units.parse(&written, span),
        };
        match read {
            Ok(quantity) => Some(quantity.base),
            Err(fault) => {
                self.diagnostics.push(*fault);
                None
            }
        }
    }

    fn date(&mut self, operand: &Node) -> Option<DateRef> {
        let written = self.text_of(operand)?;
        match written.strip_prefix('@') {
            Some("applied-on") => Some(DateRef::AppliedOn),
            Some("assessed-on") => Some(DateRef::AssessedOn),
            Some("award-on") => Some(DateRef::AwardOn),
            Some(name) => {
                let message = text!("没有日期 `@{name}`", "there is no date `@{name}`");
                self.diagnostics.push(
                    Diagnostic::error(Code::UnknownReference, operand.span, message)
                        .choices(name, CONTEXT.into_iter().skip(1)),
                );
                None
            }
            None => match Date::parse(written, operand.span) {
                Ok(date) => Some(DateRef::Fixed(date)),
                Err(fault) => {
                    self.diagnostics.push(*fault);
                    None
                }
            },
        }
    }

    /// Reads one value of a type.
    fn value(&mut self, node: &Node, ty: &Type) -> Option<Value> {
        match (ty, &node.value) {
            (Type::Flag, Raw::Flag(flag)) => Some(Value::Flag(*flag)),
            (Type::Flag, _) => {
                self.error(
                    Code::WrongType,
                    node.span,
                    text!("此处应为 true 或 false", "`true` or `false` belongs here"),
                );
                None
            }
            (Type::Year, Raw::Integer(year)) => Some(Value::Year(*year)),
            (Type::Year, _) => {
                self.error(
                    Code::WrongType,
                    node.span,
                    text!("此处应为年份，例如 2025", "a year belongs here, for example 2025"),
                );
                None
            }
            (Type::Quantity(dimension), _) => {
                let written = self.text_of(node)?;
                self.amount(written, node.span, Some(*dimension)).map(Value::Quantity)
            }
            (Type::Finding, _) => {
                let conclusion =
                    self.text_of(node).and_then(Conclusion::parse).and_then(Conclusion::from_raw);
                if conclusion.is_none() {
                    self.error(
                        Code::UnknownWord,
                        node.span,
                        text!("此处应为 conforms 或 fails", "`conforms` or `fails` belongs here"),
                    );
                }
                conclusion.map(Value::Finding)
            }
            (Type::Choice(choices) | Type::Set(choices), _) => {
                let written = self.text_of(node)?;
                let found = choices.find(written);
                if found.is_none() {
                    let known = choices.values.iter().map(|v| v.id.as_str());
                    let message = text!("没有选项 `{written}`", "there is no value `{written}`");
                    self.diagnostics.push(
                        Diagnostic::error(Code::UnknownWord, node.span, message).suggest(written, known),
                    );
                }
                found.map(Value::Choice)
            }
            (Type::Text, _) => self.text_of(node).map(|t| Value::Text(t.into())),
            (Type::Date | Type::List, _) => None,
        }
    }

    /// Reads one or several words; `@applied` and named sets stand for words.
    fn words(&mut self, node: &Node, ty: &Type, many: bool) -> Option<Words> {
        let choices = match ty {
            Type::Choice(choices) | Type::Set(choices) => Some(choices),
            _ => None,
        };
        if let (Some(name), Some(choices)) = (node.as_text().and_then(|t| t.strip_prefix('@')), choices) {
            return self.referred(name, node.span, choices, many);
        }
        match (&node.value, many) {
            (Raw::Array(items), true) => {
                if items.is_empty() {
                    self.error(Code::MissingField, node.span, text!("列表是空的", "the list is empty"));
                }
                let values: Vec<_> = items.iter().map(|item| self.value(item, ty)).collect();
                values.into_iter().collect::<Option<Vec<_>>>().map(Words::These)
            }
            _ => self.value(node, ty).map(|value| Words::These(vec![value])),
        }
    }

    fn referred(
        &mut self,
        name: &str,
        span: Span,
        choices: &crate::evidence::Choices,
        many: bool,
    ) -> Option<Words> {
        if name == "applied" {
            if choices.owner != Owner::Category || !self.per_category {
                let message =
                    text!("`@applied` 是类别，此处不能用", "`@applied` is a category and does not fit here");
                self.error(Code::ScopeMismatch, span, message);
                return None;
            }
            return Some(Words::Applied);
        }
        let Some(set) = self.standard.set(name).filter(|_| many) else {
            let known = self.standard.sets.iter().map(|s| s.id.as_str()).chain(["applied"]);
            let message = text!("没有具名集合 `@{name}`", "there is no named set `@{name}`");
            self.diagnostics
                .push(Diagnostic::error(Code::UnknownReference, span, message).choices(name, known));
            return None;
        };
        let mut values = Vec::new();
        for member in &set.members {
            match choices.find(member) {
                Some(v) => values.push(Value::Choice(v)),
                None => {
                    let (m, known) = (&member.value, choices.values.iter().map(|v| v.id.as_str()));
                    let message = text!(
                        "集合 `@{name}` 的成员 `{m}` 不是该证据项的选项",
                        "the member `{m}` of `@{name}` is no value of this key"
                    );
                    let diagnostic =
                        Diagnostic::error(Code::UnknownWord, member.span, message).suggest(m, known);
                    self.diagnostics.push(diagnostic.related(span, text!("在这里使用", "used here")));
                }
            }
        }
        Some(Words::These(values))
    }
}

/// The comparison that a word stands for.
#[must_use]
pub fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        "at-least" => Comparison::AtLeast,
        "at-most" => Comparison::AtMost,
        "above" => Comparison::Above,
        "below" => Comparison::Below,
        _ => return None,
    })
}

/// An operand as it is shown in explanations.
#[must_use]
pub fn written(node: &Node) -> String {
    match &node.value {
        Raw::Text(text) => text.clone(),
        Raw::Flag(flag) => flag.to_string(),
        Raw::Integer(number) => number.to_string(),
        Raw::Array(items) => items.iter().map(written).collect::<Vec<_>>().join("、"),
        Raw::Table(_) => node.to_json().to_string(),
    }
}
