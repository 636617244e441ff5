//! Words of a call: `AT FIELD=VALUE … AT FIELD=VALUE …`.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::overlay::patch::leaves;
use crate::source::{Sources, Span};
use crate::syntax::{Limits, Node, Notation, Value, read};
use crate::text;

/// Fields that one element shall have.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The element.
    pub at: String,
    /// Paths of fields with their new values; `None` takes the field away.
    pub fields: Vec<(Vec<String>, Option<Node>)>,
}

/// Reads the words of a call. What names one element twice is put together.
///
/// # Errors
/// Everything that is malformed.
pub fn wishes<S: AsRef<str>>(words: &[S]) -> Result<Vec<Wish>, Diagnostics> {
    let mut all: Vec<Wish> = Vec::new();
    let mut diagnostics = Diagnostics::default();
    let mut fail = |message, help| {
        diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message).help(help));
    };
    let mut current: Option<usize> = None;
    for word in words.iter().map(AsRef::as_ref) {
        let Some((field, value)) = word.split_once('=') else {
            let known = all.iter().position(|w| w.at == word);
            current = Some(known.unwrap_or_else(|| {
                all.push(Wish { at: word.to_owned(), fields: Vec::new() });
                all.len() - 1
            }));
            continue;
        };
        let Some(wish) = current.and_then(|i| all.get_mut(i)) else {
            fail(
                text!("`{word}` 前面没有写明位置", "`{word}` has no place before it"),
                text!(
                    "写成 `位置 字段=值`，如 `条款#检查 at-least=值`",
                    "write `AT FIELD=VALUE`, such as `clause#check at-least=VALUE`"
                ),
            );
            continue;
        };
        let Some(path) = path(field) else {
            fail(
                text!("字段 `{field}` 写法不对", "the field `{field}` is malformed"),
                text!(
                    "字段用点连接，如 `where.completed.within`；含其他字符的一段加引号",
                    "join fields by dots, such as `where.completed.within`, and quote a part with other characters"
                ),
            );
            continue;
        };
        if wish.fields.iter().any(|(other, _)| other.starts_with(&path) || path.starts_with(other)) {
            let at = &wish.at;
            fail(
                text!("`{at}` 的 `{field}` 写了两次", "`{field}` of `{at}` is given twice"),
                text!("每个字段只写一次", "give each field once"),
            );
            continue;
        }
        match (value.trim(), value_of(value)) {
            ("", _) => wish.fields.push((path, None)),
            (_, Some(node)) => wish.fields.push((path, Some(node))),
            // What begins like a list or a table and is none would become a text that nobody means.
            (written, None) if written.starts_with(['[', '{']) => fail(
                text!("`{written}` 不是 TOML 的列表或表", "`{written}` is no list or table of TOML"),
                text!(
                    "检查引号和括号，如 `[\"甲\", \"乙\"]`、`{{ zh = \"…\", en = \"…\" }}`",
                    "look at quotes and brackets, such as `[\"a\", \"b\"]`, `{{ zh = \"…\", en = \"…\" }}`"
                ),
            ),
            (written, None) => {
                let node = Node { span: Span::NONE, value: Value::Text(written.to_owned()) };
                wish.fields.push((path, Some(node)));
            }
        }
    }
    for wish in all.iter().filter(|w| w.fields.is_empty()) {
        let at = &wish.at;
        // A place whose only assignment was refused is not worth a second word.
        if words.last().is_some_and(|w| w.as_ref() == at)
            || words.windows(2).any(|w| matches!(w, [a, b] if a.as_ref() == at && !b.as_ref().contains('=')))
        {
            fail(
                text!("`{at}` 后面没有 `字段=值`", "`{at}` has no `FIELD=VALUE` behind it"),
                text!(
                    "写明要改的字段，如 `at-least=值`；撤去用 --withdraw",
                    "say which field changes, such as `at-least=VALUE`; to withdraw it, use --withdraw"
                ),
            );
        }
    }
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(all) }
}

/// A dotted key as its parts.
fn path(field: &str) -> Option<Vec<String>> {
    let node = parse(&format!("{field} = 0"))?;
    let table = node.as_table()?;
    match leaves(table).as_slice() {
        [(path, _)] if !field.contains(['\n', '=', '#']) => Some(path.clone()),
        _ => None,
    }
}

/// A value as TOML reads it; `None` if it is not TOML and nothing but one value.
fn value_of(value: &str) -> Option<Node> {
    let value = value.trim();
    let node = parse(&format!("v = {value}"))?;
    let node = node.as_table()?.get("v")?;
    let covered = (node.span.end - node.span.start) as usize == value.len();
    covered.then(|| node.clone())
}

fn parse(text: &str) -> Option<Node> {
    let (mut sources, mut ignored) = (Sources::default(), Diagnostics::default());
    read(&mut sources, "", text.as_bytes(), Notation::Toml, &Limits::RULES, &mut ignored)
}
