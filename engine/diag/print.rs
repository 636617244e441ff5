//! Diagnostics for people (excerpt with a marker below it) and for programs (one JSON object a line).

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use super::{Diagnostic, Severity};
use crate::lang::Lang;
use crate::source::{Place, Sources, Span};

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
        let mut snippets: Vec<(u32, Snippet<'a, _>)> = Vec::new();
        let main = (diagnostic.span, None, AnnotationKind::Primary);
        let others = diagnostic
            .related
            .iter()
            .map(|(span, why)| (*span, Some(why.in_lang(self.lang)), AnnotationKind::Context));
        for (span, label, kind) in std::iter::once(main).chain(others) {
            let Some(file) = self.sources.file(span) else { continue };
            let range = within(&file.text, span, file.base);
            let annotation = kind.span(range).label(label);
            match snippets.iter_mut().find(|(base, _)| *base == file.base) {
                Some((_, snippet)) => *snippet = snippet.clone().annotation(annotation),
                None => snippets
                    .push((file.base, Snippet::source(&*file.text).path(&*file.path).annotation(annotation))),
            }
        }
        snippets.into_iter().map(|(_, snippet)| snippet).collect()
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
