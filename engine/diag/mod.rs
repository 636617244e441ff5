//! Diagnostics: what is wrong with an input, where, and what to do about it.

mod code;
pub mod explain;
mod print;
pub mod sarif;
mod suggest;

pub use code::Code;
pub use print::{Printer, json_line};
pub use suggest::closest;

use crate::lang::Text;
use crate::source::Span;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The input is refused.
    Error,
    /// The input is taken, but something about it is doubtful.
    Warning,
}

/// One fault in an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// Its weight.
    pub severity: Severity,
    /// What is wrong, in the user's words.
    pub message: Text,
    /// Where; [`Span::NONE`] if it lies in no text.
    pub span: Span,
    /// Other places that belong to it, each with a word on why.
    pub related: Vec<(Span, Text)>,
    /// What to do about it.
    pub help: Option<Text>,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(code: Code, span: Span, message: Text) -> Self {
        Diagnostic { code, severity: Severity::Error, message, span, related: Vec::new(), help: None }
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(code: Code, span: Span, message: Text) -> Self {
        Diagnostic { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: Text) -> Self {
        self.help = Some(help);
        self
    }

    /// Adds another place that belongs to it.
    #[must_use]
    pub fn related(mut self, span: Span, why: Text) -> Self {
        if span.is_some() {
            self.related.push((span, why));
        }
        self
    }

    /// Adds “did you mean …?”, or the whole list of candidates if none is close and they are few.
    #[must_use]
    pub fn choices<'a>(self, written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        let all: Vec<&str> = candidates.into_iter().collect();
        let suggested = self.suggest(written, all.iter().copied());
        if suggested.help.is_some() || all.is_empty() {
            return suggested;
        }
        let more = if all.len() > 12 { " …" } else { "" };
        let names: Vec<String> = all.into_iter().take(12).map(|name| format!("`{name}`")).collect();
        suggested.help(Text::new("可以是：", "it can be: ").then(Text::list(&names)).then(Text::same(more)))
    }

    /// Adds “did you mean …?” if one of the candidates is close to what was written.
    #[must_use]
    pub fn suggest<'a>(self, written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match closest(written, candidates) {
            Some(name) => self.help(crate::text!("是否想写 `{name}`？", "did you mean `{name}`?")),
            None => self,
        }
    }
}

/// Collects diagnostics: everything that is wrong is reported, not only the first fault.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    /// Adds all of another collection.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Diagnostic>) {
        self.list.extend(others);
    }

    /// How many of them are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.list.iter().filter(|d| d.severity == Severity::Error).count()
    }

    /// Whether any of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// All of them, in the order of the texts, each once.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|a, b| {
            (a.span, a.severity, a.code, &a.message).cmp(&(b.span, b.severity, b.code, &b.message))
        });
        self.list.dedup();
        self.list
    }

    /// How many were collected.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether none was collected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}
