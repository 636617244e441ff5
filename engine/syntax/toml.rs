//! TOML into the tree.

use toml::de::{DeTable, DeValue};

use super::{Entry, Limits, Node, Table, Value, at};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::lang::Text;
use crate::text;

pub(super) fn parse(text: &str, base: u32, limits: &Limits, diagnostics: &mut Diagnostics) -> Option<Node> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        for error in errors {
            let range = error.span().unwrap_or(0..0);
            diagnostics.push(syntax_error(
                error.message(),
                text.get(range.clone()),
                at(base, range.start, range.end),
            ));
        }
        return None;
    }
    let mut build = Build { text, base, left: limits.values, limits, diagnostics };
    let before = build.diagnostics.len();
    let span = at(base, 0, text.len());
    let root = build.table(table.into_inner())?;
    (build.diagnostics.len() == before).then_some(Node { span, value: Value::Table(root) })
}

/// The parser speaks English; its commonest complaints are said in Chinese too.
fn syntax_error(message: &str, there: Option<&str>, span: crate::source::Span) -> Diagnostic {
    if message.contains("duplicate key") {
        let key = there.unwrap_or_default();
        let message = text!("键 `{key}` 在同一张表中重复", "the key `{key}` stands twice in one table");
        return Diagnostic::error(Code::DuplicateKey, span, message);
    }
    let zh = if message.contains("string") {
        format!("字符串写法不对（{message}）")
    } else {
        format!("TOML 写法不对（{message}）")
    };
    Diagnostic::error(Code::TomlSyntax, span, Text::new(zh, message))
}

struct Build<'a> {
    text: &'a str,
    base: u32,
    left: usize,
    limits: &'a Limits,
    diagnostics: &'a mut Diagnostics,
}

impl Build<'_> {
    fn table(&mut self, table: DeTable<'_>) -> Option<Table> {
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table {
            let span = key.span();
            super::scan::escaped(key.get_ref(), at(self.base, span.start, span.end), self.diagnostics);
            entries.push(Entry {
                key: key.into_inner().into_owned(),
                key_span: at(self.base, span.start, span.end),
                node: self.node(value.span(), value.into_inner())?,
            });
        }
        Some(Table::new(entries))
    }

    /// `None` once the limit of values is passed: the rest of the file is not looked at.
    fn node(&mut self, range: std::ops::Range<usize>, value: DeValue<'_>) -> Option<Node> {
        let span = at(self.base, range.start, range.end);
        self.left = match self.left.checked_sub(1) {
            Some(left) => left,
            None => {
                self.diagnostics.push(self.limits.too_many(span));
                return None;
            }
        };
        let value = match value {
            DeValue::String(text) => {
                super::scan::escaped(&text, span, self.diagnostics);
                Value::Text(text.into_owned())
            }
            DeValue::Boolean(flag) => Value::Flag(flag),
            DeValue::Datetime(_) => Value::Text(self.text.get(range).unwrap_or_default().to_owned()),
            DeValue::Integer(number) => {
                let plain = (number.radix() == 10).then(|| number.as_str().parse().ok()).flatten();
                Value::Integer(plain.unwrap_or_else(|| self.bad_number(span)))
            }
            DeValue::Float(_) => Value::Integer(self.bad_number(span)),
            DeValue::Array(items) => {
                let mut nodes = Vec::with_capacity(items.len());
                for item in items {
                    nodes.push(self.node(item.span(), item.into_inner())?);
                }
                Value::Array(nodes)
            }
            DeValue::Table(table) => Value::Table(self.table(table)?),
        };
        Some(Node { span, value })
    }

    fn bad_number(&mut self, span: crate::source::Span) -> i64 {
        self.diagnostics.push(number_form(span));
        0
    }
}

/// The diagnostic for a number that is not a plain whole number.
pub(super) fn number_form(span: crate::source::Span) -> Diagnostic {
    Diagnostic::error(
        Code::NumberForm,
        span,
        text!("此处的数字不是普通整数", "this number is not a plain whole number"),
    )
    .help(text!("小数写成加引号、带单位的文字", "write decimals as a quoted text with a unit"))
}
