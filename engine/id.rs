//! Identifiers: printed clause ids, check addresses, evidence keys.

use std::cmp::Ordering;
use std::fmt;

use serde::Serialize;

/// A printed clause id such as `6.3.5.d` or `J.4.3.a.13`. Orders as a table of contents does:
/// numbers by value, numbers before letters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ClauseId(String);

impl ClauseId {
    /// Reads an id: non-empty parts of ASCII letters, digits and hyphens, joined by dots.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let part = |p: &str| !p.is_empty() && p.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (text.len() <= 64 && text.split('.').all(part)).then(|| ClauseId(text.to_owned()))
    }

    /// The id as printed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id without its last part; `None` for a chapter or annex.
    #[must_use]
    pub fn parent(&self) -> Option<ClauseId> {
        self.0.rsplit_once('.').map(|(parent, _)| ClauseId(parent.to_owned()))
    }
}

impl fmt::Display for ClauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Ord for ClauseId {
    fn cmp(&self, other: &Self) -> Ordering {
        // What both share up to a dot decides nothing.
        let same = self.0.bytes().zip(other.0.bytes()).take_while(|(a, b)| a == b).count();
        let start = self.0.get(..same).and_then(|s| s.rfind('.')).map_or(0, |dot| dot + 1);
        let mut left = self.0.get(start..).unwrap_or_default().split('.');
        let mut right = other.0.get(start..).unwrap_or_default().split('.');
        loop {
            let order = match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (None, Some(_)) => Ordering::Less,
                (Some(_), None) => Ordering::Greater,
                (Some(a), Some(b)) => match (a.parse::<u32>(), b.parse::<u32>()) {
                    (Ok(x), Ok(y)) => x.cmp(&y).then_with(|| a.cmp(b)),
                    (Ok(_), Err(_)) => Ordering::Less,
                    (Err(_), Ok(_)) => Ordering::Greater,
                    (Err(_), Err(_)) => a.cmp(b),
                },
            };
            if order != Ordering::Equal {
                return order;
            }
        }
    }
}

impl PartialOrd for ClauseId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Whether a text can be the code of a region: a name that no selector of editions reads as something else.
#[must_use]
pub fn is_region_code(text: &str) -> bool {
    let date =
        text.split('-').map(str::len).eq([4, 2, 2]) && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    is_name(text) && text != "base" && !date
}

/// Whether a text can name a check, topic, set, level scale value and the like:
/// ASCII lower-case letters, digits and inner hyphens.
#[must_use]
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// An evidence key taken apart: `staff[].certificates[].expires` has the list `staff[].certificates`
/// and the last part `expires`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyParts<'a> {
    /// The list whose records have the field, without its final `[]`; `None` for a key outside records.
    pub list: Option<&'a str>,
    /// The field within the record, or the whole key.
    pub name: &'a str,
}

/// Takes an evidence key apart; `None` if it is not written as keys are: names joined by dots,
/// `[]` behind the name of a list, a single name behind `[].`.
#[must_use]
pub fn key_parts(key: &str) -> Option<KeyParts<'_>> {
    let (list, name) = match key.rsplit_once("[].") {
        Some((list, name)) => (Some(list), name),
        None => (None, key),
    };
    let good = match list {
        Some(list) => is_name(name) && key_parts(list).is_some(),
        None => name.split('.').all(is_name),
    };
    (good && key.len() <= 128).then_some(KeyParts { list, name })
}
