//! JSON into the tree: strict, duplicate keys and lossy numbers refused.

use jsonc_parser::ast;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Entry, Limits, Node, Table, Value, at};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::text;

pub(super) fn parse(text: &str, base: u32, limits: &Limits, diagnostics: &mut Diagnostics) -> Option<Node> {
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let value = match parse_to_ast(text, &CollectOptions::default(), &strict) {
        Ok(result) => result.value,
        Err(error) => {
            let range = error.range();
            let message = error.kind().to_string();
            diagnostics.push(Diagnostic::error(
                Code::JsonSyntax,
                at(base, range.start, range.end.max(range.start)),
                text!("JSON 写法不对（{message}）", "{message}"),
            ));
            return None;
        }
    };
    let Some(value) = value else {
        diagnostics.push(Diagnostic::error(
            Code::JsonSyntax,
            at(base, 0, 0),
            text!("文件是空的", "the file is empty"),
        ));
        return None;
    };
    let mut build = Build { base, left: limits.values, limits, diagnostics };
    let before = build.diagnostics.len();
    let node = build.node(&value)?;
    (build.diagnostics.len() == before).then_some(node)
}

struct Build<'a> {
    base: u32,
    left: usize,
    limits: &'a Limits,
    diagnostics: &'a mut Diagnostics,
}

impl Build<'_> {
    fn span(&self, ranged: &impl Ranged) -> Span {
        at(self.base, ranged.start(), ranged.end())
    }

    /// `None` once the limit of values is passed: the rest of the file is not looked at.
    fn node(&mut self, value: &ast::Value<'_>) -> Option<Node> {
        let span = self.span(value);
        self.left = match self.left.checked_sub(1) {
            Some(left) => left,
            None => {
                self.diagnostics.push(self.limits.too_many(span));
                return None;
            }
        };
        let value = match value {
            ast::Value::StringLit(text) => {
                super::scan::escaped(&text.value, span, self.diagnostics);
                Value::Text(text.value.clone().into_owned())
            }
            ast::Value::BooleanLit(flag) => Value::Flag(flag.value),
            ast::Value::NumberLit(number) => match number.value.parse() {
                Ok(number) => Value::Integer(number),
                Err(_) => {
                    self.diagnostics.push(super::toml::number_form(span));
                    Value::Integer(0)
                }
            },
            ast::Value::NullKeyword(_) => {
                self.diagnostics.push(
                    Diagnostic::error(Code::WrongType, span, text!("null 不是值", "null is not a value")).help(text!(
                        "没有资料就不写这个键；确实没有这一项，就把键名写进 absent",
                        "leave the key out if nothing is known; name it under `absent` if there is no such thing"
                    )),
                );
                Value::Flag(false)
            }
            ast::Value::Array(array) => {
                let mut nodes = Vec::with_capacity(array.elements.len());
                for element in &array.elements {
                    nodes.push(self.node(element)?);
                }
                Value::Array(nodes)
            }
            ast::Value::Object(object) => Value::Table(self.table(object)?),
        };
        Some(Node { span, value })
    }

    fn table(&mut self, object: &ast::Object<'_>) -> Option<Table> {
        let mut entries: Vec<Entry> = Vec::with_capacity(object.properties.len());
        for property in &object.properties {
            let key = property.name.as_str().to_owned();
            let key_span = self.span(&property.name);
            super::scan::escaped(&key, key_span, self.diagnostics);
            entries.push(Entry { key, key_span, node: self.node(&property.value)? });
        }
        entries.sort_by(|a, b| a.key.cmp(&b.key).then(a.key_span.cmp(&b.key_span)));
        for (first, second) in entries.iter().zip(entries.iter().skip(1)) {
            if first.key == second.key {
                let key = &second.key;
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::DuplicateKey,
                        second.key_span,
                        text!("键 `{key}` 在同一个对象中重复", "the key `{key}` stands twice in one object"),
                    )
                    .related(first.key_span, text!("第一次在这里", "first here")),
                );
            }
        }
        Some(Table::new(entries))
    }
}
