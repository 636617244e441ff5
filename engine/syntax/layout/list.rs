//! Arrays and inline tables, on one line or broken.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

use super::tree::{List, Member, Value};
use super::{WIDTH, aligned, comment_after, last_width};

/// How a value is written.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Spaces before the line on which the value begins.
    pub indent: usize,
    /// Columns that follow the value on its line.
    pub after: usize,
    /// Whether arrays are broken that are too wide.
    pub by_width: bool,
    /// How lines end.
    pub end: &'static str,
}

/// Appends a value.
pub(super) fn value(out: &mut String, value: &Value<'_>, place: Place) {
    match value {
        Value::Scalar(text) => out.push_str(text),
        Value::List(list) if list.broken || too_wide(out, list, place) => broken(out, list, place),
        Value::List(list) => on_one_line(out, list, place),
    }
}

/// Appends a key with its dots.
pub(super) fn key(out: &mut String, parts: &[Cow<'_, str>]) {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.push('.');
        }
        out.push_str(part);
    }
}

fn too_wide(out: &str, list: &List<'_>, place: Place) -> bool {
    // A single item would be as wide on a line of its own.
    if list.table || !place.by_width || list.tall || list.members.len() < 2 {
        return false;
    }
    let mut flat = String::new();
    on_one_line(&mut flat, list, place);
    // Multi-line strings make several lines of it.
    let mut lines = flat.split('\n').map(UnicodeWidthStr::width);
    let first = last_width(out) + lines.next().unwrap_or(0);
    let rest = lines.clone().max().unwrap_or(0);
    let last = lines.next_back().unwrap_or(first) + place.after;
    first.max(rest).max(last) > WIDTH
}

/// The list on one line, but for members that are broken themselves.
fn on_one_line(out: &mut String, list: &List<'_>, place: Place) {
    // Once an array fits, so does what stands in it.
    let place = Place { by_width: false, ..place };
    out.push_str(if list.table { "{" } else { "[" });
    let mut separator = if list.table { " " } else { "" };
    for member in &list.members {
        let Member::Item { key: parts, value: item, .. } = member else { continue };
        out.push_str(std::mem::replace(&mut separator, ", "));
        pair(out, parts, item, place);
    }
    out.push_str(match (list.table, list.members.is_empty()) {
        (false, _) => "]",
        (true, true) => "}",
        (true, false) => " }",
    });
}

fn pair(out: &mut String, parts: &[Cow<'_, str>], item: &Value<'_>, place: Place) {
    if !parts.is_empty() {
        key(out, parts);
        out.push_str(" = ");
    }
    value(out, item, place);
}

/// The list with each member on a line of its own.
fn broken(out: &mut String, list: &List<'_>, place: Place) {
    out.push_str(if list.table { "{" } else { "[" });
    if let Some(comment) = list.opening {
        comment_after(out, comment, None);
    }
    out.push_str(place.end);
    let inner = Place { indent: place.indent + 2, after: 1, by_width: !list.table, end: place.end };
    let margin = " ".repeat(inner.indent);
    for block in list.members.split_inclusive(|m| matches!(m, Member::Blank)) {
        let mut comments = Vec::new();
        let mut lines = Vec::new();
        for member in block {
            let (mut line, mut trailing) = (String::new(), None);
            match member {
                Member::Blank => {}
                Member::Comment(text) => line = format!("{margin}{text}"),
                Member::Item { key: parts, value: item, comment } => {
                    line.push_str(&margin);
                    pair(&mut line, parts, item, inner);
                    line.push(',');
                    trailing = *comment;
                    comments.extend(trailing.map(|c| (last_width(&line), c.column)));
                }
            }
            lines.push((line, trailing));
        }
        let column = aligned(&comments);
        for (mut line, trailing) in lines {
            if let Some(comment) = trailing {
                comment_after(&mut line, comment.text, column);
            }
            out.push_str(&line);
            out.push_str(place.end);
        }
    }
    out.push_str(&" ".repeat(place.indent));
    out.push(if list.table { '}' } else { ']' });
}
