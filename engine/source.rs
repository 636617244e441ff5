//! Source texts and places in them.
//!
//! All texts of one run share one address space: a [`Span`] says by itself in which file it lies.

use std::sync::{Arc, OnceLock};

/// A range of bytes in the shared address space of [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span that covers nothing and lies nowhere: used where a fact has no text behind it.
    pub const NONE: Span = Span { start: 0, end: 0 };

    /// Whether the span lies in a text.
    #[must_use]
    pub fn is_some(self) -> bool {
        self != Self::NONE
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span { start: clamp(range.start), end: clamp(range.end) }
    }
}

/// One text with the path under which people know it.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as it is shown: relative to the folder of standards, or as the caller gave it.
    pub path: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    /// Where the text begins in the shared address space.
    pub base: u32,
    /// Where its lines begin, once somebody asked.
    lines: OnceLock<Arc<[usize]>>,
}

impl SourceFile {
    /// Where the lines begin.
    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let after = self.text.match_indices('\n').map(|(i, _)| i + 1);
            std::iter::once(0).chain(after).collect()
        })
    }

    /// The position of the line, from 0, in which a byte of the text lies.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> usize {
        self.lines().partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of some lines, both included, counted from 0.
    #[must_use]
    pub fn lines_between(&self, first: usize, last: usize) -> std::ops::Range<usize> {
        let start = self.lines().get(first).copied().unwrap_or(self.text.len());
        let end = self.lines().get(last.saturating_add(1)).copied().unwrap_or(self.text.len());
        start..end.max(start)
    }
}

/// Where a span begins, as people count: lines and columns from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// Path of the file.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, counted in characters.
    pub column: usize,
}

/// All texts of one run.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a text and returns the address at which it begins.
    /// Address 0 belongs to nobody, so that [`Span::NONE`] lies in no text.
    pub fn add(&mut self, path: &str, text: &str) -> u32 {
        let base = self.files.last().map_or(1, |f| f.base + length(&f.text) + 1);
        let lines = OnceLock::new();
        self.files.push(SourceFile { path: path.into(), text: text.into(), base, lines });
        base
    }

    /// Where the text of a path begins; the last one, if several have the same.
    #[must_use]
    pub fn base_of(&self, path: &str) -> Option<u32> {
        self.files.iter().rev().find(|f| &*f.path == path).map(|f| f.base)
    }

    /// The text in which a span lies.
    #[must_use]
    pub fn file(&self, span: Span) -> Option<&SourceFile> {
        if !span.is_some() {
            return None;
        }
        let after = self.files.partition_point(|f| f.base <= span.start);
        let file = self.files.get(after.checked_sub(1)?)?;
        (span.start <= file.base + length(&file.text)).then_some(file)
    }

    /// File, line and column of a span's first character.
    #[must_use]
    pub fn place(&self, span: Span) -> Option<Place> {
        let file = self.file(span)?;
        let offset = (span.start - file.base) as usize;
        let line = file.line_of(offset);
        let before = file.text.get(file.lines_between(line, line).start..offset)?;
        Some(Place { file: Arc::clone(&file.path), line: line + 1, column: before.chars().count() + 1 })
    }

    /// The text that a span covers.
    #[must_use]
    pub fn text(&self, span: Span) -> Option<&str> {
        let file = self.file(span)?;
        file.text.get((span.start - file.base) as usize..(span.end.max(span.start) - file.base) as usize)
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX / 2)
}
