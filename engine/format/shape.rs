//! Reads typed structures; where the shape is wrong, the schema locates and explains every fault at once.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::lang::Text;
use crate::source::Span;
use crate::syntax::de::from_node;
use crate::syntax::{Node, Table, Value};
use crate::text;

/// Reads a typed structure from a tree, or reports everything that is wrong with its shape.
pub fn read<T: DeserializeOwned + JsonSchema>(node: &Node, diagnostics: &mut Diagnostics) -> Option<T> {
    match from_node(node) {
        Ok(value) => Some(value),
        Err(error) => {
            let before = diagnostics.len();
            explain(node, &schema_of::<T>(), diagnostics);
            if diagnostics.len() == before {
                let message = error.to_string();
                diagnostics.push(Diagnostic::error(
                    Code::WrongType,
                    node.span,
                    text!("结构不对（{message}）", "the structure is wrong ({message})"),
                ));
            }
            None
        }
    }
}

/// The schema of one shape, as draft-07, the dialect that TOML editors know:
/// without `null`, which TOML does not have, and with plain lists of words for enumerations.
#[must_use]
pub fn schema_of<T: JsonSchema>() -> Json {
    let generator = schemars::generate::SchemaSettings::draft07().into_generator();
    let mut schema = serde_json::to_value(generator.into_root_schema_for::<T>()).unwrap_or_default();
    without_null(&mut schema);
    plain_words(&mut schema);
    schema
}

/// The schema of an output, where `null` says that there is nothing to say.
#[must_use]
pub fn schema_of_output<T: JsonSchema>() -> Json {
    let settings = schemars::generate::SchemaSettings::draft07().for_serialize();
    let mut schema =
        serde_json::to_value(settings.into_generator().into_root_schema_for::<T>()).unwrap_or_default();
    plain_words(&mut schema);
    schema
}

fn without_null(schema: &mut Json) {
    match schema {
        Json::Array(items) => items.iter_mut().for_each(without_null),
        Json::Object(map) => {
            if let Some(Json::Array(types)) = map.get_mut("type") {
                types.retain(|t| t != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".to_owned(), only);
                }
            }
            if let Some(Json::Array(options)) = map.get_mut("anyOf") {
                options.retain(|o| o.get("type").is_none_or(|t| t != "null"));
                if let [only] = options.as_slice() {
                    let only = only.clone();
                    map.remove("anyOf");
                    match (map.get("description").cloned(), only) {
                        // A description beside `$ref` is ignored by draft-07 readers, but not inside `allOf`.
                        (Some(_), only @ Json::Object(_)) => {
                            map.insert("allOf".to_owned(), Json::Array(vec![only]));
                        }
                        (None, Json::Object(inner)) => map.extend(inner),
                        _ => {}
                    }
                }
            }
            map.values_mut().for_each(without_null);
        }
        _ => {}
    }
}

/// Enumerations as plain lists of words.
fn plain_words(schema: &mut Json) {
    match schema {
        Json::Array(items) => items.iter_mut().for_each(plain_words),
        Json::Object(map) => {
            if let Some(words) = map.get("oneOf").and_then(words_of) {
                map.remove("oneOf");
                map.insert("type".to_owned(), "string".into());
                map.insert("enum".to_owned(), words);
            }
            map.retain(|key, value| !(key == "default" && value.is_null()) && key != "format");
            map.values_mut().for_each(plain_words);
        }
        _ => {}
    }
}

/// The words of a `oneOf` whose options are all plain words.
fn words_of(options: &Json) -> Option<Json> {
    let mut words = Vec::new();
    for option in options.as_array()? {
        match (option.get("const"), option.get("enum")) {
            (Some(word), _) => words.push(word.clone()),
            (None, Some(Json::Array(many))) => words.extend(many.iter().cloned()),
            _ => return None,
        }
    }
    Some(Json::Array(words))
}

/// Reports every way in which a tree does not fit a schema.
pub fn explain(node: &Node, schema: &Json, diagnostics: &mut Diagnostics) {
    let Ok(validator) = jsonschema::draft7::new(schema) else { return };
    let instance = node.to_json();
    for error in validator.iter_errors(&instance) {
        let path = pointer(error.instance_path().as_str());
        let (place, key) = node.follow(path.iter().map(String::as_str));
        let name = path.iter().rev().find(|p| p.parse::<usize>().is_err()).cloned().unwrap_or_default();
        one(&error, schema, place, key.unwrap_or(place.span), &name, diagnostics);
    }
}

fn one(
    error: &ValidationError<'_>,
    schema: &Json,
    place: &Node,
    key: Span,
    name: &str,
    diagnostics: &mut Diagnostics,
) {
    let error_here = |code, span, message| Diagnostic::error(code, span, message);
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known = properties(schema, error.schema_path().as_str());
            for field in unexpected {
                let span = place.as_table().and_then(|t| t.entry(field)).map_or(place.span, |e| e.key_span);
                diagnostics.push(unknown_field(field, span, &known));
            }
        }
        ValidationErrorKind::Required { property } => {
            let field = property.as_str().unwrap_or_default();
            let span = first_line_of(place, key);
            let message = text!("缺少字段 `{field}`", "the field `{field}` is missing");
            diagnostics.push(error_here(Code::MissingField, span, message));
        }
        ValidationErrorKind::Enum { options } => {
            let options: Vec<&str> =
                options.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
            let written = place.as_text().map_or_else(|| place.kind(), Text::same);
            let (zh, en, list) = (written.zh, written.en, options.join("`、`"));
            let message = text!("`{name}` 不能是 `{zh}`", "`{name}` cannot be `{en}`");
            let help = text!("可以是：`{list}`", "it can be: `{list}`");
            let diagnostic = error_here(Code::UnknownWord, place.span, message)
                .suggest(place.as_text().unwrap_or_default(), options.iter().copied());
            diagnostics.push(if diagnostic.help.is_some() { diagnostic } else { diagnostic.help(help) });
        }
        ValidationErrorKind::Type { kind } => {
            let wanted = wanted(&format!("{kind:?}"));
            let (found, w) = (place.kind(), wanted);
            let what =
                if name.is_empty() { text!("文件", "the file") } else { text!("`{name}` ", "`{name}`") };
            let message = Text::new(
                format!("{}应为{}，却是{}", what.zh, w.zh, found.zh),
                format!("{} should be {}, not {}", what.en, w.en, found.en),
            );
            diagnostics.push(error_here(Code::WrongType, place.span, message));
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            // The alternative that comes closest says best what is wrong.
            if let Some(best) = context.iter().min_by_key(|errors| errors.len()) {
                best.iter().for_each(|e| one(e, schema, place, key, name, diagnostics));
            }
        }
        ValidationErrorKind::Minimum { limit } => {
            let message = text!("`{name}` 不能小于 {limit}", "`{name}` cannot be less than {limit}");
            diagnostics.push(error_here(Code::OutOfRange, place.span, message));
        }
        ValidationErrorKind::Maximum { limit } => {
            let message = text!("`{name}` 不能大于 {limit}", "`{name}` cannot be more than {limit}");
            diagnostics.push(error_here(Code::OutOfRange, place.span, message));
        }
        ValidationErrorKind::MinProperties { .. } | ValidationErrorKind::MinItems { .. } => {
            let message = text!("`{name}` 不能为空", "`{name}` must not be empty");
            diagnostics.push(error_here(Code::MissingField, place.span, message));
        }
        _ => {
            let message = text!("`{name}` 的值不对（{error}）", "`{name}` has a wrong value ({error})");
            diagnostics.push(error_here(Code::WrongType, place.span, message));
        }
    }
}

/// The diagnostic for a field that is not among those that fit.
#[must_use]
pub fn unknown_field(field: &str, span: Span, known: &[String]) -> Diagnostic {
    let message = text!("这里没有字段 `{field}`", "there is no field `{field}` here");
    let fault = Diagnostic::error(Code::UnknownField, span, message);
    let fault = fault.suggest(field, known.iter().map(String::as_str));
    if fault.help.is_some() || known.is_empty() {
        return fault;
    }
    let list = known.join("`、`");
    fault.help(text!("可用的字段：`{list}`", "fields that fit: `{list}`"))
}

/// A table's span may run over many lines: the key, or the first entry, points better.
fn first_line_of(place: &Node, key: Span) -> Span {
    match &place.value {
        Value::Table(table) if key == place.span => {
            table.iter().map(|e| e.key_span).min().unwrap_or(place.span)
        }
        _ => key,
    }
}

fn wanted(kinds: &str) -> Text {
    let mut found = Vec::new();
    let names = [
        ("String", "文字", "a text"),
        ("Integer", "整数", "a whole number"),
        ("Boolean", "真假值", "a boolean"),
        ("Array", "列表", "a list"),
        ("Object", "表", "a table"),
    ];
    for (kind, zh, en) in names {
        if kinds.contains(kind) {
            found.push((zh, en));
        }
    }
    let join = |pick: fn(&(&'static str, &'static str)) -> &'static str, between: &str| {
        found.iter().map(pick).collect::<Vec<_>>().join(between)
    };
    Text::new(join(|n| n.0, "或"), join(|n| n.1, " or "))
}

/// The names of the properties that the schema knows at the place of a keyword.
fn properties(schema: &Json, keyword_path: &str) -> Vec<String> {
    let object = keyword_path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let resolved = schema.pointer(object);
    let known = resolved.and_then(|s| s.get("properties")).and_then(Json::as_object);
    known.map(|p| p.keys().cloned().collect()).unwrap_or_default()
}

fn pointer(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

/// Looks up a field that must be a table.
#[must_use]
pub fn table<'a>(node: &'a Node, name: &str, diagnostics: &mut Diagnostics) -> Option<&'a Table> {
    let found = node.as_table();
    if found.is_none() {
        let kind = node.kind();
        diagnostics.push(Diagnostic::error(
            Code::WrongType,
            node.span,
            Text::new(
                format!("`{name}` 应为表，却是{}", kind.zh),
                format!("`{name}` should be a table, not {}", kind.en),
            ),
        ));
    }
    found
}
