//! Reads values of keys as people write them.

use crate::calendar::Date;
use crate::diag::{Code, Diagnostic};
use crate::edition::Edition;
use crate::evidence::{Conclusion, Key, Type, Value};
use crate::format::dossier::ConclusionRaw;
use crate::lang::Text;
use crate::quantity::Decimal;
use crate::source::Span;
use crate::syntax::{Node, Value as Raw};
use crate::text;

use super::Said;

type Read<T> = Result<T, Box<Diagnostic>>;

/// Reads what is said of a key from the value that stands in a dossier.
///
/// # Errors
/// A diagnostic that says what is wrong with the value.
pub fn from_node(node: &Node, key: &Key, edition: &Edition) -> Read<Said> {
    let value = match (&key.ty, &node.value) {
        (Type::Flag, Raw::Flag(flag)) => Value::Flag(*flag),
        (Type::Year, Raw::Integer(year)) => year_in_range(*year, node.span)?,
        (Type::Quantity(dimension), Raw::Integer(number)) => {
            let units = &edition.standard.units;
            if !units.takes_bare_numbers(*dimension) {
                let good = Text::list(&units.symbols(*dimension).collect::<Vec<_>>());
                let message = text!("`{number}` 没有单位", "`{number}` has no unit");
                let example = units.symbols(*dimension).next().unwrap_or_default();
                let help = text!(
                    "例如 \"{number} {example}\"；可用的单位：",
                    "for example \"{number} {example}\"; units that fit: "
                )
                .then(good);
                return Err(Box::new(Diagnostic::error(Code::BadQuantity, node.span, message).help(help)));
            }
            in_bounds(Decimal::whole(*number), key, edition, node.span)?
        }
        (Type::Set(choices), Raw::Array(items)) => {
            let mut members = Vec::new();
            for item in items {
                let Some(written) = item.as_text() else { return Err(wrong_type(item, key, edition)) };
                members.push(choice(written, choices, item.span)?);
            }
            set(members)
        }
        (Type::Set(_) | Type::Flag | Type::Year | Type::List, _) => {
            return Err(wrong_type(node, key, edition));
        }
        (_, Raw::Text(written)) => return from_text(written, key, edition, node.span),
        _ => return Err(wrong_type(node, key, edition)),
    };
    Ok(Said::Value(value))
}

/// Reads what is said of a key from a text, as on the command line. Members of a set are separated by commas.
///
/// # Errors
/// A diagnostic that says what is wrong with the text.
pub fn from_text(written: &str, key: &Key, edition: &Edition, span: Span) -> Read<Said> {
    let wrong =
        |message: Text, help: Text| Box::new(Diagnostic::error(Code::WrongType, span, message).help(help));
    let value = match &key.ty {
        Type::Flag => match written {
            "true" | "yes" | "是" => Value::Flag(true),
            "false" | "no" | "否" => Value::Flag(false),
            _ => {
                let message = text!("`{written}` 不是真假值", "`{written}` is no boolean");
                return Err(wrong(message, text!("写 true 或 false", "write true or false")));
            }
        },
        Type::Text if written.trim().is_empty() => {
            return Err(Box::new(Diagnostic::error(
                Code::EmptyText,
                span,
                text!("文字为空", "the text is empty"),
            )));
        }
        Type::Text => Value::Text(written.into()),
        Type::Date => Value::Date(Date::parse(written, span)?),
        Type::Year => match written.parse() {
            Ok(year) => year_in_range(year, span)?,
            Err(_) => {
                let message = text!("`{written}` 不是年份", "`{written}` is no year");
                return Err(wrong(
                    message,
                    text!("写四位数字，例如 2025", "write four digits, for example 2025"),
                ));
            }
        },
        Type::Choice(choices) => Value::Choice(choice(written, choices, span)?),
        Type::Set(choices) => {
            let words = written.split([',', '，', '、']).map(str::trim).filter(|w| !w.is_empty());
            set(words.map(|w| choice(w, choices, span)).collect::<Read<_>>()?)
        }
        Type::Finding => match Conclusion::parse(written) {
            Some(ConclusionRaw::NotApplicable) if key.may_not_apply => return Ok(Said::NotApplicable),
            Some(ConclusionRaw::NotApplicable) => return Err(cannot_be_inapplicable(key, span)),
            Some(raw) => Value::Finding(Conclusion::from_raw(raw).unwrap_or(Conclusion::Fails)),
            None => {
                let message = text!("`{written}` 不是结论", "`{written}` is no conclusion");
                let words = ["conforms", "fails", "not-applicable"];
                return Err(Box::new(
                    Diagnostic::error(Code::UnknownWord, span, message).choices(written, words),
                ));
            }
        },
        Type::Quantity(dimension) => {
            let units = &edition.standard.units;
            let bare = units.takes_bare_numbers(*dimension);
            let number = Decimal::parse(written).filter(|_| bare);
            let base = match number {
                Some(number) => number,
                None => units.parse_as(*dimension, written, span)?.base,
            };
            in_bounds(base, key, edition, span)?
        }
        Type::List => {
            let name = &key.name;
            let message =
                text!("`{name}` 是记录表，不能整体赋值", "`{name}` is a list and takes no single value");
            return Err(wrong(
                message,
                text!(
                    "写出具体字段，例如 `{name}[编号].字段`",
                    "name a field, for example `{name}[ID].field`"
                ),
            ));
        }
    };
    Ok(Said::Value(value))
}

/// The diagnostic for a conclusion that the dictionary does not allow.
pub fn cannot_be_inapplicable(key: &Key, span: Span) -> Box<Diagnostic> {
    let name = &key.name;
    let message = text!("`{name}` 不允许“不适用”", "`{name}` cannot be not-applicable");
    let help = text!(
        "只有词典中写明 may-not-apply 的证据项才可以",
        "only keys with `may-not-apply` in the dictionary can"
    );
    Box::new(Diagnostic::error(Code::FindingConflict, span, message).help(help))
}

fn set(mut members: Vec<u16>) -> Value {
    members.sort_unstable();
    members.dedup();
    Value::Set(members.into())
}

fn choice(written: &str, choices: &crate::evidence::Choices, span: Span) -> Read<u16> {
    choices.find(written).ok_or_else(|| {
        let message = text!("没有选项 `{written}`", "there is no value `{written}`");
        let ids = choices.values.iter().map(|v| v.id.as_str());
        let titles = choices.values.iter().map(|v| v.title.zh.as_str());
        let fault =
            Diagnostic::error(Code::UnknownWord, span, message).suggest(written, ids.clone().chain(titles));
        Box::new(if fault.help.is_some() { fault } else { fault.choices(written, ids) })
    })
}

fn year_in_range(year: i64, span: Span) -> Read<Value> {
    if (1900..=2999).contains(&year) {
        return Ok(Value::Year(year));
    }
    let message = text!("年份 {year} 不在 1900 至 2999 之间", "the year {year} is not from 1900 to 2999");
    Err(Box::new(Diagnostic::error(Code::OutOfRange, span, message)))
}

fn in_bounds(base: Decimal, key: &Key, edition: &Edition, span: Span) -> Read<Value> {
    let Type::Quantity(dimension) = key.ty else { return Ok(Value::Quantity(base)) };
    match key.bounds {
        Some((low, high)) if base < low || base > high => {
            let show = |n: Decimal, lang| edition.standard.units.show(n, dimension, key.unit, lang);
            let (name, zh, en) = (&key.name, crate::lang::Lang::Zh, crate::lang::Lang::En);
            let message = Text::new(
                format!("`{name}` 的值 {} 不在 {} 至 {} 之间", show(base, zh), show(low, zh), show(high, zh)),
                format!(
                    "{} for `{name}` is not from {} to {}",
                    show(base, en),
                    show(low, en),
                    show(high, en)
                ),
            );
            Err(Box::new(Diagnostic::error(Code::OutOfRange, span, message)))
        }
        _ => Ok(Value::Quantity(base)),
    }
}

fn wrong_type(node: &Node, key: &Key, edition: &Edition) -> Box<Diagnostic> {
    let (name, found) = (&key.name, node.kind());
    let wanted = match key.ty {
        Type::Flag => text!("true 或 false", "true or false"),
        Type::Year => text!("年份，例如 2025", "a year such as 2025"),
        Type::Set(_) => text!("列表，例如 [\"…\", \"…\"]", "a list such as [\"…\", \"…\"]"),
        Type::List => text!("记录，写在 [[record.…]] 之下", "records under [[record.…]]"),
        Type::Quantity(dimension) => {
            let example = edition.standard.units.example(dimension);
            text!("带单位的文字，例如 \"{example}\"", "a text with a unit such as \"{example}\"")
        }
        Type::Date => text!("日期，例如 \"2026-03-31\"", "a date such as \"2026-03-31\""),
        _ => text!("文字", "a text"),
    };
    let message = Text::new(
        format!("`{name}` 应为{}，却是{}", wanted.zh, found.zh),
        format!("`{name}` should be {}, not {}", wanted.en, found.en),
    );
    Box::new(Diagnostic::error(Code::WrongType, node.span, message))
}
