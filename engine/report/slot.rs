//! Whether the parts that instruments put into reports can be laid out: each is tried on samples of a report in which
//! everything is there, and the names that it asks for are looked up in the schema.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minijinja::ErrorKind;
use minijinja::value::Value;
use serde_json::Value as Json;

use super::document::ReportOut;
use super::template::{self, Form, Layout, Templates};
use crate::diag::{Code, Diagnostic};
use crate::format::shape::schema_of_output;
use crate::source::Span;
use crate::syntax::de::Loc;
use crate::text;

/// How many samples a part is tried on: both languages, both sides, several words of each list of words.
const SAMPLES: usize = 4;

static SCHEMA: LazyLock<Json> = LazyLock::new(schema_of_output::<ReportOut>);

/// What is wrong with a part.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Its name.
    pub part: String,
    /// The line of its text, from 1, if it is known.
    pub line: Option<usize>,
    /// What is wrong; the place is left open.
    pub diagnostic: Diagnostic,
}

/// Everything that would make a report with these parts fail.
#[must_use]
pub fn faults(parts: &BTreeMap<String, Loc<String>>) -> Vec<Fault> {
    parts.iter().flat_map(|(part, text)| of_part(part, text)).collect()
}

fn of_part(part: &str, text: &str) -> Vec<Fault> {
    let mut templates = template::built_in();
    templates.insert(part.to_owned(), text.to_owned());
    // By itself first, so that the fault is its own.
    let own = Templates::from([(part.to_owned(), text.to_owned())]);
    if let Err(error) = Layout::read(&own) {
        return vec![fault(part, &error)];
    }
    let layout = match Layout::read(&templates) {
        Ok(layout) => layout,
        Err(error) => return vec![fault(part, &error)],
    };
    let mut found = unknown(part, text, &layout);
    let form = if part.ends_with(".html.j2") { Form::Html } else { Form::Markdown };
    let tried = (0..SAMPLES).find_map(|n| {
        let report = Value::from(minijinja::value::Serde(report(n)));
        let error = layout.lay(form.template(), minijinja::context! { report }).err()?;
        let inner = template::innermost(&error);
        let ours = inner.name() == Some(part) && certain(inner.kind());
        ours.then(|| fault(part, inner))
    });
    // What a name says already is not said twice.
    found.extend(tried.filter(|fault| !found.iter().any(|other| other.line == fault.line)));
    found
}

fn fault(part: &str, error: &minijinja::Error) -> Fault {
    Fault { part: part.to_owned(), line: error.line(), diagnostic: *template::fault(error) }
}

/// Faults that do not depend on what a report says.
fn certain(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UndefinedError
            | ErrorKind::UnknownFilter
            | ErrorKind::UnknownTest
            | ErrorKind::UnknownFunction
            | ErrorKind::UnknownMethod
            | ErrorKind::TemplateNotFound
            | ErrorKind::OutOfFuel
    )
}

/// Names below `report` that no report has, also where no sample leads. A part that asks whether something is defined
/// knows what it does.
fn unknown(part: &str, text: &str, layout: &Layout<'_>) -> Vec<Fault> {
    if text.contains("defined") || text.contains("default") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for path in layout.names(part) {
        let mut steps = path.split('.');
        if steps.next() != Some("report") {
            continue;
        }
        let mut here: &Json = &SCHEMA;
        for step in steps {
            let Some(fields) = plain(here).get("properties").and_then(Json::as_object) else { break };
            let Some(next) = fields.get(step) else {
                let line = text.lines().position(|line| line.contains(&path)).map(|at| at + 1);
                let shown = line.map(|line| format!(":{line}")).unwrap_or_default();
                let message = text!(
                    "模板 {part}{shown} 用到数据里没有的内容：{path}",
                    "the template {part}{shown} uses what the data do not have: {path}"
                );
                let fault = Diagnostic::error(Code::BadTemplate, Span::NONE, message);
                let fault = fault.suggest(step, fields.keys().map(String::as_str));
                let help = template::what_reports_hold();
                let diagnostic = if fault.help.is_some() { fault } else { fault.help(help) };
                found.push(Fault { part: part.to_owned(), line, diagnostic });
                break;
            };
            here = next;
        }
    }
    found
}

/// A report in which everything is there; samples differ in their words.
fn report(n: usize) -> Json {
    let mut report = sample(&SCHEMA, n, 0);
    if let Some(fields) = report.as_object_mut() {
        fields.insert("lang".to_owned(), (if n.is_multiple_of(2) { "zh" } else { "en" }).into());
        fields.insert("view".to_owned(), (if (n / 2).is_multiple_of(2) { "review" } else { "self" }).into());
    }
    report
}

/// A value that fits a schema, with everything that may be there.
fn sample(schema: &Json, n: usize, depth: usize) -> Json {
    let schema = plain(schema);
    if depth > 16 {
        return Json::Null;
    }
    if let Some(words) = schema.get("enum").and_then(Json::as_array) {
        return words.get(n % words.len().max(1)).cloned().unwrap_or_default();
    }
    let kinds = schema.get("type").map_or_else(Vec::new, |kind| match kind {
        Json::Array(all) => all.iter().filter_map(Json::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    });
    match kinds.into_iter().find(|kind| *kind != "null") {
        Some("object") => {
            let fields = schema.get("properties").and_then(Json::as_object).into_iter().flatten();
            fields.map(|(name, inner)| (name.clone(), sample(inner, n, depth + 1))).collect()
        }
        Some("array") => {
            let items = schema.get("items").unwrap_or(&Json::Null);
            (n..n + 3).map(|n| sample(items, n, depth + 1)).collect()
        }
        Some("boolean") => n.is_multiple_of(2).into(),
        Some("integer" | "number") => 1.into(),
        _ => "2026-01-01".into(),
    }
}

/// A schema without references, and of alternatives the first that is a value.
fn plain(schema: &Json) -> &Json {
    let to = schema.get("$ref").and_then(Json::as_str).and_then(|to| to.strip_prefix('#'));
    let value = |option: &&Json| option.get("type").is_none_or(|kind| kind != "null");
    let options = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|word| schema.get(word)?.as_array());
    let next = to.and_then(|to| SCHEMA.pointer(to)).or_else(|| options.flatten().find(value));
    next.map_or(schema, plain)
}
