//! Diagnostics for people (excerpt with a marker below it) and for programs (one JSON object a line).

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use super::{Diagnostic, Severity};
use crate::lang::Lang;
use crate::source::{Place, SourceFile, Sources, Span};

/// A place in a file, what is said of it, and whether it is the main one.
type Marked<'a> = (std::ops::Range<usize>, Option<&'a str>, AnnotationKind);

/// Prints diagnostics for people.
pub struct Printer<'a> {
    sources: &'a Sources,
    lang: Lang,
    colour: bool,
}

impl<'a> Printer<'a> {
    /// A printer over the texts in which the diagnostics lie.
    #[must_use]
    pub fn new(sources: &'a Sources, lang: Lang, colour: bool) -> Self {
        Printer { sources, lang, colour }
    }

    /// One diagnostic as it is shown, without a final line break.
    #[must_use]
    pub fn print(&self, diagnostic: &Diagnostic) -> String {
        let title = diagnostic.message.in_lang(self.lang);
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(title).id(diagnostic.code.id()));
        match self.sources.file(diagnostic.span) {
            // Nothing of the text could be kept: the name of the file is all there is to show.
            Some(file) if file.text.is_empty() => group = group.element(Origin::path(&*file.path)),
            _ => {
                for snippet in self.snippets(diagnostic) {
                    group = group.element(snippet);
                }
            }
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(help.in_lang(self.lang)));
        }
        let renderer = if self.colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&[group]).trim_end().to_owned()
    }

    fn snippets(&self, diagnostic: &'a Diagnostic) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
        let mut files: Vec<(&'a SourceFile, Vec<Marked<'a>>)> = Vec::new();
        let main = (diagnostic.span, None, AnnotationKind::Primary);
        let others = diagnostic
            .related
            .iter()
            .map(|(span, why)| (*span, Some(why.in_lang(self.lang)), AnnotationKind::Context));
        for (span, label, kind) in std::iter::once(main).chain(others) {
            let Some(file) = self.sources.file(span) else { continue };
            let marked = (within(&file.text, span, file.base), label, kind);
            match files.iter_mut().find(|(known, _)| known.base == file.base) {
                Some((_, all)) => all.push(marked),
                None => files.push((file, vec![marked])),
            }
        }
        // Only the lines that are shown are handed on: a long file with many faults would be read for each of them.
        let snippet = |(file, marked): (&'a SourceFile, Vec<Marked<'a>>)| {
            let first = marked.iter().map(|(range, ..)| file.line_of(range.start)).min().unwrap_or(0);
            let last = marked.iter().map(|(range, ..)| file.line_of(range.end)).max().unwrap_or(0);
            let shown = file.lines_between(first, last);
            let text = file.text.get(shown.clone()).unwrap_or_default();
            let all = marked.into_iter().map(|(range, label, kind)| {
                kind.span(range.start - shown.start..range.end - shown.start).label(label)
            });
            Snippet::source(text).line_start(first + 1).path(&*file.path).annotations(all)
        };
        files.into_iter().map(snippet).collect()
    }
}

/// The span within its file; a span over several lines shrinks to its first, so that excerpts stay short.
fn within(text: &str, span: Span, base: u32) -> std::ops::Range<usize> {
    let start = ((span.start.saturating_sub(base)) as usize).min(text.len());
    let end = ((span.end.saturating_sub(base)) as usize).clamp(start, text.len());
    let first_line = text.get(start..end).and_then(|t| t.find(['\n', '\r'])).map_or(end, |i| start + i);
    start..first_line
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<JsonRelated<'a>>,
}

#[derive(Serialize)]
struct JsonRelated<'a> {
    message: &'a str,
    #[serde(flatten)]
    place: Option<Place>,
}

/// One diagnostic as one line of JSON.
#[must_use]
pub fn json_line(sources: &Sources, diagnostic: &Diagnostic, lang: Lang) -> String {
    let json = JsonDiagnostic {
        code: diagnostic.code.id(),
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: diagnostic.message.in_lang(lang),
        place: sources.place(diagnostic.span),
        help: diagnostic.help.as_ref().map(|h| h.in_lang(lang)),
        related: diagnostic
            .related
            .iter()
            .map(|(span, why)| JsonRelated { message: why.in_lang(lang), place: sources.place(*span) })
            .collect(),
    };
    serde_json::to_string(&json).unwrap_or_default()
}
