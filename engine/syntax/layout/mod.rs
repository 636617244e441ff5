//! The one layout of TOML files: text in, text out.
//!
//! Only white space, the quotes of plain strings and trailing commas change: keys, values and comments stay what they
//! are and where they are. Laying out twice gives what laying out once gives.
//!
//! - A table's header and keys are indented by two columns for each array of tables that it lies in.
//! - One blank line comes before a header (and the comment on it), at most one elsewhere.
//! - One space comes before `=` and before a trailing comment, unless all of them stand in one column from one blank
//!   line or header to the next: then they stay aligned, as near as they can be.
//! - An array is broken, one item a line, if its first item stands on a line of its own, if it holds a comment or
//!   another broken array, or if it has several items and its line would be wider than [`WIDTH`]; in inline tables
//!   width does not count. Inline tables are broken only around comments.
//! - Literal strings become basic ones unless they hold a quotation mark or a backslash.
//! - All lines end as most did; what stands within multi-line strings is not touched. A byte order mark is dropped.

mod list;
mod page;
mod tree;

use toml::de::DeTable;
use unicode_width::UnicodeWidthStr;

/// Columns that a line may have before an array is broken; East Asian characters have two.
pub const WIDTH: usize = 120;

/// Lays out a TOML text. `None` if it is malformed, names a key twice, or is nested deeper than 64.
#[must_use]
pub fn layout(text: &str) -> Option<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The tree is made of tokens that nobody has looked into.
    DeTable::parse(text).ok()?;
    let document = tree::read(text)?;
    Some(page::print(&document))
}

/// Columns of the last line of a text.
fn last_width(text: &str) -> usize {
    text.rsplit('\n').next().unwrap_or_default().width()
}

/// Trailing comments of a block: the width of what stands before each, and the column in which it stands. If all
/// stand in one column, the column where they stay aligned.
fn aligned(comments: &[(usize, usize)]) -> Option<usize> {
    let (_, first) = comments.first()?;
    let together = comments.len() > 1 && comments.iter().all(|(_, column)| column == first);
    if together { comments.iter().map(|(width, _)| width + 1).max() } else { None }
}

/// Appends spaces and a comment: at a column if there is one, else after one space.
fn comment_after(line: &mut String, comment: &str, column: Option<usize>) {
    let gap = column.map_or(1, |column| column.saturating_sub(last_width(line)).max(1));
    line.push_str(&" ".repeat(gap));
    line.push_str(comment);
}
