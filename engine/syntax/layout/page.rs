//! Lines of a file: indentation, blank lines, alignment.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use super::list::{self, Place};
use super::tree::{Content, Document, Line};
use super::{aligned, comment_after, last_width};

/// Writes a document.
pub(super) fn print(document: &Document<'_>) -> String {
    let lines = &document.lines;
    let indents = indents(lines);
    let mut page = Page { out: String::new(), end: document.end };
    let mut blank = false;
    let mut block = Vec::new();
    for (i, (line, indent)) in lines.iter().zip(&indents).enumerate() {
        let starts_table = !matches!(before(lines, i), Some(Content::Comment(_)))
            && starts_table(lines.get(i..).unwrap_or_default());
        if matches!(line.content, Content::Blank) || starts_table {
            page.block(&std::mem::take(&mut block));
            blank = true;
        } else if matches!(line.content, Content::Header { .. }) {
            page.block(&std::mem::take(&mut block));
        }
        if !matches!(line.content, Content::Blank) {
            if std::mem::take(&mut blank) && !page.out.is_empty() {
                page.out.push_str(page.end);
            }
            block.push((line, *indent));
        }
    }
    page.block(&block);
    page.out
}

/// Whether lines begin with a header or with comments right before one.
fn starts_table(lines: &[Line<'_>]) -> bool {
    let first = lines.iter().map(|l| &l.content).find(|c| !matches!(c, Content::Comment(_)));
    matches!(first, Some(Content::Header { .. }))
}

fn before<'l, 'a>(lines: &'l [Line<'a>], i: usize) -> Option<&'l Content<'a>> {
    lines.get(i.checked_sub(1)?).map(|l| &l.content)
}

/// Spaces before each line.
fn indents(lines: &[Line<'_>]) -> Vec<usize> {
    let mut arrays = BTreeSet::new();
    let mut table = 0;
    let mut indents: Vec<Option<usize>> = Vec::with_capacity(lines.len());
    for line in lines {
        if let Content::Header { array, path, .. } = &line.content {
            let outer = (1..path.len()).filter_map(|n| path.get(..n));
            table = 2 * outer.filter(|p| arrays.contains(*p)).count();
            if *array {
                arrays.insert(path.clone());
            }
        }
        let statement = matches!(line.content, Content::Header { .. } | Content::Pair { .. });
        indents.push(statement.then_some(table));
    }
    // The indent of the next statement, for each line.
    let mut next = vec![0; lines.len()];
    let mut following = 0;
    for (slot, indent) in next.iter_mut().zip(&indents).rev() {
        following = indent.unwrap_or(following);
        *slot = following;
    }
    let mut last = 0;
    let mut comment = None;
    let mut out = Vec::with_capacity(lines.len());
    for (i, (line, (own, next))) in lines.iter().zip(indents.iter().zip(&next)).enumerate() {
        let indent = match &line.content {
            Content::Comment(c) => *comment.get_or_insert_with(|| {
                let rest = lines.get(i..).unwrap_or_default();
                let after = rest.iter().find(|l| !matches!(l.content, Content::Comment(_)));
                let there = |content: &Content<'_>| !matches!(content, Content::Blank);
                let nearer = c.column.abs_diff(last) < c.column.abs_diff(*next);
                let of_last = before(lines, i).is_some_and(there) || nearer;
                if of_last && !after.is_some_and(|l| there(&l.content)) { last } else { *next }
            }),
            _ => {
                comment = None;
                own.unwrap_or(0)
            }
        };
        last = own.unwrap_or(last);
        out.push(indent);
    }
    out
}

struct Page {
    out: String,
    end: &'static str,
}

impl Page {
    /// Appends lines that no blank line and no header parts.
    fn block(&mut self, lines: &[(&Line<'_>, usize)]) {
        let keys: Vec<(usize, Option<usize>)> = lines
            .iter()
            .filter_map(|(line, _)| match &line.content {
                Content::Pair { key, equals, .. } => Some((written(key).width(), *equals)),
                _ => None,
            })
            .collect();
        let widest = keys.iter().map(|(width, _)| *width).max().unwrap_or(0);
        let (_, column) = keys.first().copied().unwrap_or_default();
        let together = column.is_some() && keys.iter().all(|(_, equals)| *equals == column);
        let pad = if together { widest } else { 0 };
        let texts: Vec<String> = lines.iter().map(|(line, indent)| self.line(line, *indent, pad)).collect();
        let comments: Vec<(usize, usize)> = lines
            .iter()
            .zip(&texts)
            .filter_map(|((line, _), text)| line.comment.map(|c| (last_width(text), c.column)))
            .collect();
        let column = aligned(&comments);
        for ((line, _), mut text) in lines.iter().zip(texts) {
            if let Some(comment) = line.comment {
                comment_after(&mut text, comment.text, column);
            }
            self.out.push_str(&text);
            self.out.push_str(self.end);
        }
    }

    /// One line without its trailing comment; a key is padded to a width.
    fn line(&self, line: &Line<'_>, indent: usize, pad: usize) -> String {
        let mut out = " ".repeat(indent);
        match &line.content {
            Content::Blank => {}
            Content::Comment(comment) => out.push_str(comment.text),
            Content::Header { array, written, .. } => {
                let (open, close) = if *array { ("[[", "]]") } else { ("[", "]") };
                out.push_str(open);
                list::key(&mut out, written);
                out.push_str(close);
            }
            Content::Pair { key, value, .. } => {
                let name = written(key);
                let padding = pad.saturating_sub(name.width());
                out.push_str(&name);
                out.push_str(&" ".repeat(padding));
                out.push_str(" = ");
                list::value(&mut out, value, Place { indent, after: 0, by_width: true, end: self.end });
            }
        }
        out
    }
}

fn written(key: &[std::borrow::Cow<'_, str>]) -> String {
    let mut out = String::new();
    list::key(&mut out, key);
    out
}
