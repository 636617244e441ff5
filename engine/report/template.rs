//! Lays reports and pages out by templates: strict about what is undefined, escaped by the kind of the output, limited
//! in fuel and size. Templates see what they are given and nothing else: no file, clock or environment.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};

use serde::Serialize;

use super::document::ReportOut;
use super::sheet::Sheet;
use crate::diag::{Code, Diagnostic};
use crate::format::overlay::SLOTS;
use crate::lang::Text;
use crate::source::Span;
use crate::text;

/// Steps that one rendering may take.
pub const FUEL: u64 = 20_000_000;
/// Bytes that one rendering may give.
pub const OUTPUT: usize = 64 << 20;

/// Templates by file name.
pub type Templates = BTreeMap<String, String>;

/// A form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A page that stands by itself.
    Html,
    /// Markdown.
    Markdown,
}

impl Form {
    /// The template that it begins with.
    #[must_use]
    pub const fn template(self) -> &'static str {
        match self {
            Form::Html => "report.html.j2",
            Form::Markdown => "report.md.j2",
        }
    }
}

/// The templates that are built in.
#[must_use]
pub fn built_in() -> Templates {
    [
        ("report.html.j2", include_str!("templates/report.html.j2")),
        ("base.css", include_str!("templates/base.css")),
        ("report.css", include_str!("templates/report.css")),
        ("clauses.html.j2", include_str!("templates/clauses.html.j2")),
        ("impact.html.j2", include_str!("templates/impact.html.j2")),
        ("impact.md.j2", include_str!("templates/impact.md.j2")),
        ("sheet.html.j2", include_str!("templates/sheet.html.j2")),
        ("sheet.md.j2", include_str!("templates/sheet.md.j2")),
        ("report.md.j2", include_str!("templates/report.md.j2")),
    ]
    .into_iter()
    .chain(SLOTS.map(|slot| (slot, "")))
    .chain(super::site::TEMPLATES)
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .collect()
}

/// Lays a report out.
///
/// # Errors
/// A template does not parse, asks for what is not there, or exceeds a limit: file and line of the template.
pub fn render(report: &ReportOut, form: Form, templates: &Templates) -> Result<String, Box<Diagnostic>> {
    let context = Value::from(minijinja::value::Serde(report));
    Layout::new(templates)?.page(form.template(), minijinja::context! { report => context })
}

/// Lays an amendment sheet out.
///
/// # Errors
/// As for [`render`].
pub fn render_sheet(sheet: &Sheet, form: Form, templates: &Templates) -> Result<String, Box<Diagnostic>> {
    let name = if form == Form::Html { "sheet.html.j2" } else { "sheet.md.j2" };
    page(name, "sheet", sheet, templates)
}

/// Lays one page out: the template sees `value` under a name, and nothing else.
///
/// # Errors
/// A template does not parse, asks for what is not there, or exceeds a limit: file and line of the template.
pub fn page(
    template: &str,
    name: &'static str,
    value: &impl Serialize,
    templates: &Templates,
) -> Result<String, Box<Diagnostic>> {
    let context = Value::from_pairs([(name, Value::from(minijinja::value::Serde(value)))]);
    Layout::new(templates)?.page(template, context)
}

/// Templates that were read, for any number of pages.
pub struct Layout<'t> {
    environment: Environment<'t>,
}

impl<'t> Layout<'t> {
    /// Reads templates. Scripts (`*.js`) are none: they are handed out as they are.
    ///
    /// # Errors
    /// A template does not parse.
    pub fn new(templates: &'t Templates) -> Result<Self, Box<Diagnostic>> {
        Self::read(templates).map_err(|error| fault(&error))
    }

    /// The same, with the error as it is.
    pub(super) fn read(templates: &'t Templates) -> Result<Self, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax?);
        environment.set_auto_escape_callback(|name| {
            if name.ends_with(".html.j2") { AutoEscape::Html } else { AutoEscape::None }
        });
        environment.add_filter("md", markdown);
        environment.add_filter("css", css);
        environment.add_filter("fields", |value: Value| {
            serde_json::to_value(value).map(|json| fields(&json)).unwrap_or_default()
        });
        for (name, text) in templates.iter().filter(|(name, _)| !name.ends_with(".js")) {
            environment.add_template(name, text)?;
        }
        Ok(Layout { environment })
    }

    /// Lays one page out.
    ///
    /// # Errors
    /// The template asks for what is not there, or exceeds a limit: file and line of the template.
    pub fn page(&self, template: &str, context: Value) -> Result<String, Box<Diagnostic>> {
        self.lay(template, context).map_err(|error| match error.kind() {
            ErrorKind::WriteFailure => {
                let message = text!(
                    "模板的输出超过上限 {OUTPUT} 字节",
                    "the output of the template exceeds the limit of {OUTPUT} bytes"
                );
                Box::new(Diagnostic::error(Code::TemplateLimit, Span::NONE, message))
            }
            _ => fault(&error),
        })
    }

    /// The same, with the error as it is; output beyond the limit is a failure to write.
    pub(super) fn lay(&self, template: &str, context: Value) -> Result<String, minijinja::Error> {
        let template = self.environment.get_template(template)?;
        let mut output = Limited { bytes: Vec::new(), full: false };
        let rendered = template.render_captured_to(context, &mut output);
        if output.full {
            return Err(ErrorKind::WriteFailure.into());
        }
        rendered?;
        Ok(String::from_utf8_lossy(&output.bytes).into_owned())
    }

    /// The names that a template looks up outside itself, with their fields: `report.institution`.
    pub(super) fn names(&self, template: &str) -> BTreeSet<String> {
        let template = self.environment.get_template(template);
        template.map(|t| t.undeclared_variables(true).into_iter().collect()).unwrap_or_default()
    }
}

/// A text as a string of a stylesheet; nothing in it can end the string or the element around it.
fn css(text: &str) -> Value {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() && c != ' ' {
            quoted.push_str(&format!("\\{:06x}", u32::from(c)));
        } else {
            quoted.push(c);
        }
    }
    quoted.push('"');
    Value::from_safe_string(quoted)
}

/// A value as rule files write it: of a table its fields in a row.
#[must_use]
pub fn fields(json: &serde_json::Value) -> String {
    use serde_json::Value as Json;
    let each = |map: &serde_json::Map<String, Json>| {
        map.iter().map(|(name, value)| format!("{name} = {}", inline(value))).collect::<Vec<_>>().join(", ")
    };
    fn inline(json: &Json) -> String {
        match json {
            Json::Object(map) if map.is_empty() => "{}".to_owned(),
            Json::Object(_) => format!("{{ {} }}", fields(json)),
            Json::Array(all) => format!("[{}]", all.iter().map(inline).collect::<Vec<_>>().join(", ")),
            other => other.to_string(),
        }
    }
    match json {
        Json::Object(map) => each(map),
        other => inline(other),
    }
}

/// Text that Markdown would take for markup, made plain.
pub(super) fn markdown(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => plain.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' => {
                plain.push('\\');
                plain.push(c);
            }
            '&' => plain.push_str("&amp;"),
            _ => plain.push(c),
        }
    }
    plain
}

struct Limited {
    bytes: Vec<u8>,
    full: bool,
}

impl Write for Limited {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + more.len() > OUTPUT {
            self.full = true;
            return Err(io::Error::other("output limit"));
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The fault itself, where a template that is included is at fault.
pub(super) fn innermost(error: &minijinja::Error) -> &minijinja::Error {
    let inner = std::error::Error::source(error).and_then(|source| source.downcast_ref());
    match inner.filter(|_| error.kind() == ErrorKind::BadInclude) {
        Some(inner) => innermost(inner),
        None => error,
    }
}

/// Where the user finds what a report holds.
pub(super) fn what_reports_hold() -> Text {
    text!("报告的内容见 `guiju schema report`", "what a report holds: `guiju schema report`")
}

/// What is wrong with a template, in the user's words.
pub(super) fn fault(error: &minijinja::Error) -> Box<Diagnostic> {
    let error = innermost(error);
    let name = error.name().unwrap_or_default().to_owned();
    let line = error.line().map(|l| format!(":{l}")).unwrap_or_default();
    let detail = error.detail().unwrap_or_default().to_owned();
    let detail = if detail.is_empty() { error.kind().to_string() } else { detail };
    let message = match error.kind() {
        ErrorKind::OutOfFuel => text!(
            "模板 {name}{line} 超出运算上限 {FUEL} 步",
            "the template {name}{line} exceeds the limit of {FUEL} steps"
        ),
        ErrorKind::UndefinedError => text!(
            "模板 {name}{line} 用到数据里没有的内容：{detail}",
            "the template {name}{line} uses what the data do not have: {detail}"
        ),
        ErrorKind::TemplateNotFound => {
            text!("找不到模板：{detail}", "there is no such template: {detail}")
        }
        _ => text!("模板 {name}{line} 有误：{detail}", "the template {name}{line} is wrong: {detail}"),
    };
    let code = if error.kind() == ErrorKind::OutOfFuel { Code::TemplateLimit } else { Code::BadTemplate };
    let help = if name.starts_with("site") {
        text!("页面的内容见 `guiju schema site`", "what pages hold: `guiju schema site`")
    } else {
        what_reports_hold()
    };
    Box::new(Diagnostic::error(code, Span::NONE, message).help(help))
}
