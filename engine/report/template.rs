//! Lays reports out by templates: strict about what is undefined, escaped by the kind of the output, limited in
//! fuel and size. Templates see one report and nothing else: no file, clock or environment.

use std::collections::BTreeMap;
use std::io::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};

use serde::Serialize;

use super::document::ReportOut;
use super::sheet::Sheet;
use crate::diag::{Code, Diagnostic};
use crate::format::overlay::SLOTS;
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
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .collect()
}

/// Lays a report out.
///
/// # Errors
/// A template does not parse, asks for what is not there, or exceeds a limit: file and line of the template.
pub fn render(report: &ReportOut, form: Form, templates: &Templates) -> Result<String, Box<Diagnostic>> {
    page(form.template(), "report", report, templates)
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
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(|e| fault(&e))?);
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(".html.j2") { AutoEscape::Html } else { AutoEscape::None }
    });
    environment.add_filter("md", markdown);
    for (name, text) in templates {
        environment.add_template(name, text).map_err(|e| fault(&e))?;
    }
    let template = environment.get_template(template).map_err(|e| fault(&e))?;
    let mut output = Limited { bytes: Vec::new(), full: false };
    let context: BTreeMap<&str, Value> = [(name, Value::from(minijinja::value::Serde(value)))].into();
    let rendered = template.render_captured_to(context, &mut output);
    if output.full {
        let message = text!(
            "模板的输出超过上限 {OUTPUT} 字节",
            "the output of the template exceeds the limit of {OUTPUT} bytes"
        );
        return Err(Box::new(Diagnostic::error(Code::TemplateLimit, Span::NONE, message)));
    }
    rendered.map_err(|e| fault(&e))?;
    Ok(String::from_utf8_lossy(&output.bytes).into_owned())
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

/// What is wrong with a template, in the user's words.
fn fault(error: &minijinja::Error) -> Box<Diagnostic> {
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
            "模板 {name}{line} 用到报告里没有的内容：{detail}",
            "the template {name}{line} uses what a report does not have: {detail}"
        ),
        ErrorKind::TemplateNotFound => {
            text!("找不到模板：{detail}", "there is no such template: {detail}")
        }
        _ => text!("模板 {name}{line} 有误：{detail}", "the template {name}{line} is wrong: {detail}"),
    };
    let code = if error.kind() == ErrorKind::OutOfFuel { Code::TemplateLimit } else { Code::BadTemplate };
    Box::new(
        Diagnostic::error(code, Span::NONE, message)
            .help(text!("报告的内容见 `guiju schema report`", "what a report holds: `guiju schema report`")),
    )
}
