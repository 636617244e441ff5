//! The digest of an edition, and of anything else that is canonical JSON.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::describe;
use crate::edition::Edition;

/// SHA-256 of everything that an edition means, in hexadecimal. Where and when it was asked for, by which
/// instruments it came about, comments, and the order of files, clauses and keys do not count.
#[must_use]
pub fn digest(edition: &Edition) -> String {
    let mut json = serde_json::to_value(describe(edition)).unwrap_or_default();
    if let Json::Object(map) = &mut json {
        for field in ["digest", "on", "region", "layers", "history"] {
            map.remove(field);
        }
        let clauses = map.get_mut("clauses").and_then(Json::as_array_mut).into_iter().flatten();
        for clause in clauses {
            without(clause, &["layer", "history", "same_as"]);
            let checks = clause.get_mut("checks").and_then(Json::as_array_mut).into_iter().flatten();
            checks.for_each(|check| without(check, &["layer"]));
        }
    }
    hash("guiju.edition.v1", &json)
}

fn without(json: &mut Json, fields: &[&str]) {
    if let Json::Object(map) = json {
        fields.iter().for_each(|field| {
            map.remove(*field);
        });
    }
}

/// A digest of canonical JSON: keys sorted, lengths before contents, so that different inputs differ.
#[must_use]
pub fn hash(domain: &str, json: &Json) -> String {
    let mut hasher = Sha256::new();
    feed(&mut hasher, b'd', domain.as_bytes());
    canonical(&mut hasher, json);
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn feed(hasher: &mut Sha256, tag: u8, bytes: &[u8]) {
    hasher.update([tag]);
    hasher.update((bytes.len() as u64).to_be_bytes());
    hasher.update(bytes);
}

fn canonical(hasher: &mut Sha256, json: &Json) {
    match json {
        Json::Null => feed(hasher, b'n', &[]),
        Json::Bool(flag) => feed(hasher, b'b', &[u8::from(*flag)]),
        Json::Number(number) => feed(hasher, b'i', number.to_string().as_bytes()),
        Json::String(text) => feed(hasher, b's', text.as_bytes()),
        Json::Array(items) => {
            feed(hasher, b'a', &(items.len() as u64).to_be_bytes());
            items.iter().for_each(|item| canonical(hasher, item));
        }
        Json::Object(map) => {
            feed(hasher, b'o', &(map.len() as u64).to_be_bytes());
            let sorted: BTreeMap<&String, &Json> = map.iter().collect();
            for (key, value) in sorted {
                feed(hasher, b'k', key.as_bytes());
                canonical(hasher, value);
            }
        }
    }
}
