//! Reads pages strictly: every tag closed, every attribute quoted, every id once.

use std::collections::BTreeMap;

/// A page taken apart.
#[derive(Default)]
pub struct Page {
    /// Element ids: the text of each element, without tags and with single spaces.
    pub ids: BTreeMap<String, String>,
    /// Addresses of links, stylesheets, scripts and forms, as written.
    pub links: Vec<String>,
    /// All text.
    pub text: String,
}

const VOID: [&str; 5] = ["meta", "link", "input", "br", "wbr"];

pub fn decoded(text: &str) -> String {
    let pairs =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c))
}

pub fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes a page apart.
pub fn read(name: &str, html: &str) -> Page {
    let body =
        html.trim_start().strip_prefix("<!DOCTYPE html>").unwrap_or_else(|| panic!("{name}: no doctype"));
    let mut page = Page::default();
    // Open elements: name, id, and where their text begins.
    let mut open: Vec<(String, Option<String>, usize)> = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        page.text.push_str(&decoded(&rest[..at]));
        let end = rest[at..].find('>').unwrap_or_else(|| panic!("{name}: a tag without end")) + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(closed) = tag.strip_prefix('/') {
            let (element, id, from) =
                open.pop().unwrap_or_else(|| panic!("{name}: </{closed}> closes nothing"));
            assert_eq!(element, closed, "{name}: near {:.200}", rest);
            if let Some(id) = id {
                let text = squeezed(&page.text[from..]);
                assert!(page.ids.insert(id.clone(), text).is_none(), "{name}: the id {id} stands twice");
            }
            if ["p", "li", "td", "th", "div", "h1", "h2", "h3", "h4", "h5", "dd", "dt"].contains(&closed) {
                page.text.push('\n');
            }
            continue;
        }
        let (element, attributes) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
        assert!(element.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{name}: <{tag}>");
        let attributes = read_attributes(name, attributes);
        let id = attributes.get("id").cloned();
        for key in ["href", "src", "action"] {
            page.links.extend(attributes.get(key).cloned());
        }
        assert!(!attributes.keys().any(|k| k.starts_with("on")), "{name}: a script in <{tag}>");
        if VOID.contains(&element) {
            if let Some(id) = id {
                assert!(
                    page.ids.insert(id.clone(), String::new()).is_none(),
                    "{name}: the id {id} stands twice"
                );
            }
        } else if element == "style" {
            let (style, after) = rest.split_once("</style>").expect("a style ends");
            assert!(
                !style.contains("&#x") && !style.contains("\\000026\\000023"),
                "{name}: a style is not escaped as text is: {style}"
            );
            assert!(!style.contains("url("), "{name}: a style names another file");
            rest = after;
        } else {
            open.push((element.to_owned(), id, page.text.len()));
        }
    }
    assert!(open.is_empty(), "{name}: open at the end: {open:?}");
    page
}

fn read_attributes(name: &str, written: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut rest = written.trim();
    while !rest.is_empty() {
        let end = rest.find(['=', ' ', '\n']).unwrap_or(rest.len());
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let end = after.find('"').unwrap_or_else(|| panic!("{name}: an open quote in {written}"));
            value = decoded(&after[..end]);
            rest = &after[end + 1..];
        } else {
            assert!(!rest.starts_with('='), "{name}: an attribute without quotes in {written}");
        }
        assert!(all.insert(key.clone(), value).is_none(), "{name}: {key} stands twice in {written}");
        rest = rest.trim_start();
    }
    all
}

/// `%5B` and the like made plain.
pub fn unquoted(address: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = address.as_bytes();
    while let [first, more @ ..] = rest {
        let hex = more
            .get(..2)
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}
