//! From bytes to one tree with a span at every key and value, whatever the notation.
//!
//! TOML and JSON become the same [`Node`]; serde reads typed structures from it (see [`de`]).

pub mod de;
mod json;
pub mod layout;
mod node;
mod scan;
mod toml;

pub use node::{Entry, Node, Table, Value};
pub use scan::Limits;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{Sources, Span};
use crate::text;

/// The notation of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// TOML.
    Toml,
    /// JSON, strict: no comments, no trailing commas, no duplicate keys.
    Json,
}

/// Reads one file: checks size, encoding, hidden characters and depth before the parser sees it.
/// Returns `None` where nothing could be made of it; then at least one error was reported.
pub fn read(
    sources: &mut Sources,
    path: &str,
    bytes: &[u8],
    notation: Notation,
    limits: &Limits,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    if bytes.len() > limits.bytes {
        let base = sources.add(path, "");
        diagnostics.push(too_large(bytes.len() as u64, limits.bytes, at(base, 0, 0)));
        return None;
    }
    // Every other byte of UTF-16 is 0 where the text is ASCII.
    let zeros = bytes.iter().take(64).filter(|b| **b == 0).count();
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || zeros >= 8 {
        let base = sources.add(path, "");
        let message = text!("文件像是 UTF-16 编码，不是 UTF-8", "the file seems to be UTF-16, not UTF-8");
        let help = text!("请用编辑器另存为 UTF-8", "save the file as UTF-8");
        diagnostics.push(Diagnostic::error(Code::NotUtf8, at(base, 0, 0), message).help(help));
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).map(String::from_utf8_lossy).unwrap_or_default();
            let base = sources.add(path, &valid);
            let end = valid.len();
            diagnostics.push(
                Diagnostic::error(
                    Code::NotUtf8,
                    at(base, end, end),
                    text!("从第 {end} 个字节起不是 UTF-8", "byte {end} and what follows is not UTF-8"),
                )
                .help(text!("请用编辑器另存为 UTF-8", "save the file as UTF-8")),
            );
            return None;
        }
    };
    let base = sources.add(path, text);
    let before = diagnostics.len();
    scan::hidden(text, base, diagnostics);
    match notation {
        Notation::Toml => scan::toml_depth(text, base, limits, diagnostics),
        Notation::Json => scan::json_depth(text, base, limits, diagnostics),
    }
    if diagnostics.len() > before {
        return None;
    }
    match notation {
        Notation::Toml => toml::parse(text, base, limits, diagnostics),
        // Some editors put a byte order mark before JSON; it means nothing.
        Notation::Json => match text.strip_prefix('\u{feff}') {
            Some(rest) => json::parse(rest, base + 3, limits, diagnostics),
            None => json::parse(text, base, limits, diagnostics),
        },
    }
}

/// The diagnostic for a file that is larger than it may be.
#[must_use]
pub fn too_large(bytes: u64, limit: usize, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::FileTooLarge,
        span,
        text!("文件有 {bytes} 字节，上限是 {limit} 字节", "the file has {bytes} bytes; the limit is {limit}"),
    )
    .help(text!("请拆分文件", "split the file"))
}

/// A span from offsets within a file.
fn at(base: u32, start: usize, end: usize) -> Span {
    let shift = base as usize;
    Span::from(start + shift..end + shift)
}
