//! Diagnostics as SARIF 2.1.0, the format that code hosts and editors read.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::explain::{paragraph, plain};
use super::{Code, Diagnostic, Severity};
use crate::lang::{Lang, Text};
use crate::source::{Sources, Span};

/// The address by which the schema of the format is known.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What goes into a log.
#[derive(Clone, Copy, Debug)]
pub struct Log<'a> {
    /// The texts in which the diagnostics lie.
    pub sources: &'a Sources,
    /// What was found.
    pub found: &'a [Diagnostic],
    /// What was found and is allowed, with the reason.
    pub allowed: &'a [(Diagnostic, Text)],
    /// The language of the messages; rules are explained in both.
    pub lang: Lang,
    /// The folder to which addresses are relative, with `/`; the paths of texts may be relative to it already.
    pub root: &'a str,
}

/// A log of one run: the same input gives the same text.
#[must_use]
pub fn sarif(log: &Log<'_>) -> Json {
    let occurring = log.found.iter().chain(log.allowed.iter().map(|(d, _)| d)).map(|d| d.code);
    let codes: BTreeSet<Code> = Code::ALL.iter().copied().filter(|c| c.is_doubt()).chain(occurring).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let suppressed = log.allowed.iter().map(|(diagnostic, reason)| {
        let mut result = result(log, diagnostic, &codes);
        let why =
            json!([{ "kind": "external", "status": "accepted", "justification": reason.in_lang(log.lang) }]);
        if let Json::Object(map) = &mut result {
            map.insert("suppressions".to_owned(), why);
        }
        result
    });
    let results: Vec<Json> = log.found.iter().map(|d| result(log, d, &codes)).chain(suppressed).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "guiju",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "language": log.lang.pick("zh-CN", "en"),
                "rules": codes.iter().map(|c| rule(*c, log.lang)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: Code, lang: Lang) -> Json {
    let title = code.title();
    let words = paragraph(code);
    let both = format!("{}\n\n{}", words.zh, words.en);
    let level = if code.is_doubt() { "warning" } else { "error" };
    json!({
        "id": code.id(),
        "shortDescription": { "text": title.in_lang(lang) },
        "fullDescription": { "text": plain(words.in_lang(lang)) },
        "help": { "text": plain(&both), "markdown": both },
        "defaultConfiguration": { "level": level },
    })
}

fn result(log: &Log<'_>, diagnostic: &Diagnostic, codes: &[Code]) -> Json {
    let mut text = diagnostic.message.in_lang(log.lang).to_owned();
    if let Some(help) = &diagnostic.help {
        text.push('\n');
        text.push_str(help.in_lang(log.lang));
    }
    let mut result = json!({
        "ruleId": diagnostic.code.id(),
        "level": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "message": { "text": text },
    });
    let Json::Object(map) = &mut result else { return result };
    if let Ok(index) = codes.binary_search(&diagnostic.code) {
        map.insert("ruleIndex".to_owned(), index.into());
    }
    if let Some(place) = physical(log, diagnostic.span) {
        map.insert("locations".to_owned(), json!([{ "physicalLocation": place }]));
    }
    let related: Vec<Json> = (1..)
        .zip(&diagnostic.related)
        .filter_map(|(id, (span, why))| {
            let place = physical(log, *span)?;
            Some(json!({ "id": id, "physicalLocation": place, "message": { "text": why.in_lang(log.lang) } }))
        })
        .collect();
    if !related.is_empty() {
        map.insert("relatedLocations".to_owned(), related.into());
    }
    result
}

fn physical(log: &Log<'_>, span: Span) -> Option<Json> {
    let file = log.sources.file(span)?;
    let start = log.sources.place(span)?;
    let end = log.sources.place(Span { start: span.end.max(span.start), end: span.end })?;
    let mut place = json!({ "artifactLocation": { "uri": uri(&file.path, log.root) } });
    // A file that could not be read has no lines.
    if let (false, Json::Object(map)) = (file.text.is_empty(), &mut place) {
        let region = json!({
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        });
        map.insert("region".to_owned(), region);
    }
    Some(place)
}

/// A path as a relative address: with `/`, without what URIs do not hold.
fn uri(path: &str, root: &str) -> String {
    let path = path.replace('\\', "/");
    let inner = path.strip_prefix(root).map(|rest| rest.trim_start_matches('/')).filter(|_| !root.is_empty());
    let relative = inner.unwrap_or(&path).trim_start_matches("./").to_owned();
    // An absolute path outside the folder is an address of its own.
    let (scheme, relative) = match relative.strip_prefix('/') {
        Some(rest) => ("file:///", rest.to_owned()),
        None if relative.as_bytes().get(1) == Some(&b':') => ("file:///", relative),
        None => ("", relative),
    };
    let mut out = scheme.to_owned();
    for byte in relative.bytes() {
        let plain =
            byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) || (byte == b':' && !scheme.is_empty());
        if plain {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
