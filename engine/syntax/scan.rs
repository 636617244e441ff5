//! What is checked before a parser may recurse: hidden characters, depth, brackets.

use super::at;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::text;

/// Limits on one file.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes.
    pub bytes: usize,
    /// Cumulative depth: tables, arrays and the parts of dotted keys all count.
    pub depth: usize,
    /// Values: texts, numbers, lists and tables together.
    pub values: usize,
}

impl Limits {
    /// For rule files: 1 MiB, depth 32, 100,000 values.
    pub const RULES: Limits = Limits { bytes: 1 << 20, depth: 32, values: 100_000 };
    /// For dossiers: 16 MiB, depth 32, 2,000,000 values.
    pub const DOSSIER: Limits = Limits { bytes: 16 << 20, depth: 32, values: 2_000_000 };

    /// The diagnostic for a file with more values than it may have.
    pub(super) fn too_many(&self, span: Span) -> Diagnostic {
        let limit = self.values;
        Diagnostic::error(
            Code::TooManyValues,
            span,
            text!("文件中的数据项超过 {limit} 个", "the file holds more than {limit} values"),
        )
        .help(text!("请拆分文件", "split the file"))
    }

    fn too_deep(&self, span: Span) -> Diagnostic {
        let limit = self.depth;
        Diagnostic::error(
            Code::TooDeep,
            span,
            text!(
                "嵌套超过 {limit} 层（点号键的每一段也算一层）",
                "nested deeper than {limit} (each part of a dotted key counts)"
            ),
        )
        .help(text!("规则和档案都用不到这样深的结构", "neither rules nor dossiers need such a structure"))
    }
}

/// Reports characters that a reader cannot see or that turn the direction of writing.
pub(super) fn hidden(text: &str, base: u32, diagnostics: &mut Diagnostics) {
    for (i, c) in text.char_indices() {
        let bom = i == 0 && c == '\u{feff}';
        if is_hidden(c) && !bom {
            diagnostics.push(hidden_character(c, at(base, i, i + c.len_utf8())));
        }
    }
}

/// Characters that nobody sees, that end a line for some programs only, or that turn the direction of writing.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn hidden_character(c: char, span: Span) -> Diagnostic {
    let code = u32::from(c);
    let message = text!("此处有不可见字符 U+{code:04X}", "here stands the invisible character U+{code:04X}");
    let help = text!("请删除它，多半是复制粘贴带来的", "delete it; it usually comes from copy and paste");
    Diagnostic::error(Code::HiddenCharacter, span, message).help(help)
}

/// Reports what an escape such as `\u200B` puts into a text: hidden characters, and signs that steer a terminal.
pub(super) fn escaped(text: &str, span: Span, diagnostics: &mut Diagnostics) {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if let Some(c) = text.chars().find(|c| is_hidden(*c) || control(*c)) {
        diagnostics.push(hidden_character(c, span));
    }
}

/// Counts the cumulative depth of TOML without building anything.
pub(super) fn toml_depth(text: &str, base: u32, limits: &Limits, diagnostics: &mut Diagnostics) {
    // One entry per open bracket: the parts of the dotted key that is being read there.
    let mut open: Vec<usize> = vec![0];
    let mut header = 0;
    let mut in_header = false;
    let mut line_is_empty = true;
    let mut chars = text.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        match c {
            '#' => while chars.next_if(|(_, c)| *c != '\n').is_some() {},
            '"' | '\'' => skip_string(text, i, c, &mut chars),
            '.' => bump(&mut open),
            ',' => reset(&mut open),
            '=' => {}
            '\n' => {
                reset(&mut open);
                in_header = false;
            }
            '[' if line_is_empty && open.len() == 1 => {
                in_header = true;
                header = 0;
                open.push(0);
            }
            '[' | '{' => open.push(0),
            ']' | '}' => {
                let parts = if open.len() > 1 { open.pop().unwrap_or(0) } else { 0 };
                if in_header && open.len() <= 2 {
                    header = header.max(parts + 1);
                }
            }
            _ => {}
        }
        line_is_empty =
            if c == '\n' { true } else { line_is_empty && c.is_whitespace() || (in_header && c == '[') };
        let outer = if in_header { 0 } else { header };
        if outer + open.len() - 1 + open.iter().sum::<usize>() > limits.depth {
            diagnostics.push(limits.too_deep(at(base, i, i + c.len_utf8())));
            return;
        }
    }
}

fn bump(open: &mut [usize]) {
    if let Some(parts) = open.last_mut() {
        *parts += 1;
    }
}

fn reset(open: &mut [usize]) {
    if let Some(parts) = open.last_mut() {
        *parts = 0;
    }
}

/// Steps over a TOML string of any of the four kinds; an unclosed one is left to the parser.
fn skip_string(
    text: &str,
    start: usize,
    quote: char,
    chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
) {
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let long = text.get(start..).is_some_and(|t| t.starts_with(&triple));
    if long {
        chars.next();
        chars.next();
    }
    while let Some((i, c)) = chars.next() {
        match c {
            '\\' if quote == '"' => {
                chars.next();
            }
            '\n' if !long => return,
            c if c == quote && !long => return,
            c if c == quote && text.get(i..).is_some_and(|t| t.starts_with(&triple)) => {
                chars.next();
                chars.next();
                while chars.next_if(|(_, c)| *c == quote).is_some() {}
                return;
            }
            _ => {}
        }
    }
}

/// Counts the depth of JSON without building anything.
pub(super) fn json_depth(text: &str, base: u32, limits: &Limits, diagnostics: &mut Diagnostics) {
    let mut depth = 0usize;
    let mut in_string = false;
    let mut escaped = false;
    for (i, c) in text.char_indices() {
        if in_string {
            (escaped, in_string) = (!escaped && c == '\\', escaped || c != '"');
            continue;
        }
        match c {
            '"' => in_string = true,
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limits.depth {
            diagnostics.push(limits.too_deep(at(base, i, i + 1)));
            return;
        }
    }
}
