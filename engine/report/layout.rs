//! Plain text that lines up with Chinese in it, and colour where a terminal shows it.

use unicode_width::UnicodeWidthStr;

use crate::verdict::Verdict;

/// How text is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether colour is shown.
    pub colour: bool,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// A heading.
    #[must_use]
    pub fn heading(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Something of less importance.
    #[must_use]
    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// A line that a change takes away.
    #[must_use]
    pub fn removed(self, text: &str) -> String {
        self.paint("31", text)
    }

    /// A line that a change adds.
    #[must_use]
    pub fn added(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// A verdict in its colour.
    #[must_use]
    pub fn verdict(self, verdict: Verdict, text: &str) -> String {
        let code = match verdict {
            Verdict::Met => "32",
            Verdict::NotMet => "31",
            Verdict::Undetermined => "33",
            Verdict::NotApplicable => "2",
        };
        self.paint(code, text)
    }
}

/// Columns that a text takes on a terminal: most Chinese characters take two.
#[must_use]
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text followed by spaces up to a width.
#[must_use]
pub fn pad(text: &str, to: usize) -> String {
    let gap = to.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(gap))
}

/// A table whose columns line up; two spaces between columns, no spaces at the end of lines.
#[must_use]
pub fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| rows.iter().filter_map(|r| r.get(c)).map(|t| width(t)).max().unwrap_or(0))
        .collect();
    rows.iter()
        .map(|row| {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(text, width)| pad(text, *width)).collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect()
}

/// Breaks a text into lines of at most so many columns; Chinese may break anywhere, other words only at spaces.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut word = String::new();
    let flush = |word: &mut String, lines: &mut Vec<String>| {
        let Some(line) = lines.last_mut() else { return };
        if width(line) + width(word) > columns && !line.is_empty() {
            let next = word.trim_start().to_owned();
            *line = line.trim_end().to_owned();
            lines.push(next);
        } else {
            line.push_str(word);
        }
        word.clear();
    };
    for c in text.chars() {
        let wide = unicode_width::UnicodeWidthChar::width(c) == Some(2);
        // Punctuation stays on the line of what it closes or opens.
        let closing = "，。；：？！、）》”’".contains(c);
        let opened = word.ends_with(['（', '“', '‘', '《', '【', '〔']);
        if (wide && !closing && !opened) || c == ' ' {
            flush(&mut word, &mut lines);
        }
        word.push(c);
    }
    flush(&mut word, &mut lines);
    lines.into_iter().map(|l| l.trim_end().to_owned()).collect()
}
