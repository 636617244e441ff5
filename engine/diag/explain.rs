//! What the documentation says about a code.

use super::Code;
use crate::lang::Text;

const DOCUMENTATION: [&str; 2] =
    [include_str!("../../docs/diagnostics.md"), include_str!("../../docs/doubtful-rules.md")];

/// The paragraph of a code in both languages, as Markdown.
#[must_use]
pub fn paragraph(code: Code) -> Text {
    let heading = format!("### `{}`", code.id());
    let all = DOCUMENTATION.into_iter().flat_map(str::lines);
    let mut lines = all.skip_while(|line| *line != heading).skip(1);
    let section: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with('#')).collect();
    // The Chinese paragraph begins with strong emphasis, the English one with plain emphasis.
    let english = |line: &&str| line.starts_with('*') && !line.starts_with("**");
    let at = section.iter().position(english).unwrap_or(section.len());
    let (zh, en) = section.split_at_checked(at).unwrap_or_default();
    Text::new(zh.join("\n").trim(), en.join("\n").trim())
}

/// Markdown without its marks of emphasis and without the targets of its links.
#[must_use]
pub fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let (mut code, mut rest) = (false, markdown);
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '`' => {
                code = !code;
                out.push(c);
            }
            '*' | '[' if !code => {}
            ']' if !code && rest.starts_with('(') => {
                rest = rest.split_once(')').map_or("", |(_, after)| after);
            }
            c => out.push(c),
        }
    }
    out
}
