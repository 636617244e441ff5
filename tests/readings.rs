//! Promise: what a reading that is not adopted would replace stands in the rules as it says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

fn list<'a>(table: &'a Table, name: &str) -> Vec<&'a Table> {
    let found = table.get(name).and_then(Value::as_array);
    found.map(|all| all.iter().filter_map(Value::as_table).collect()).unwrap_or_default()
}

fn text<'a>(table: &'a Table, name: &str) -> &'a str {
    table.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Every element of the rules by the name that operations give it.
fn elements(files: &[(String, Table)]) -> BTreeMap<String, Table> {
    let mut all = BTreeMap::new();
    for (_, file) in files {
        for clause in list(file, "clause") {
            all.insert(text(clause, "id").to_owned(), clause.clone());
            for check in list(clause, "check") {
                all.insert(format!("{}#{}", text(clause, "id"), text(check, "id")), check.clone());
            }
        }
        for key in list(file, "evidence") {
            all.insert(format!("evidence:{}", text(key, "key")), key.clone());
        }
        for kind in ["part", "due", "set", "table", "sample"] {
            for element in list(file, kind) {
                let id = if kind == "sample" { "of" } else { "id" };
                all.insert(format!("{kind}:{}", text(element, id)), element.clone());
            }
        }
        if let Some(grade) = file.get("grade").and_then(Value::as_table) {
            all.insert("standard".to_owned(), grade.clone());
        }
    }
    all
}

#[test]
fn what_is_replaced_stands_in_the_rules() {
    for standard in common::standards() {
        let files: Vec<(String, Table)> = common::files(&standard)
            .iter()
            .map(|(name, bytes)| (name.clone(), toml::from_str(std::str::from_utf8(bytes).unwrap()).unwrap()))
            .collect();
        let elements = elements(&files);
        let mut tried = 0;
        for interpretation in files.iter().flat_map(|(_, file)| list(file, "interpretation")) {
            for reading in list(interpretation, "reading") {
                let name = format!("{} {}", text(interpretation, "id"), text(reading, "id"));
                for replace in list(reading, "replace") {
                    let at = text(replace, "at");
                    let element = elements.get(at).unwrap_or_else(|| panic!("{name}: there is no {at}"));
                    let (was, now) = (replace["was"].as_table().unwrap(), replace["now"].as_table().unwrap());
                    let fields: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
                    for field in fields {
                        assert_eq!(element.get(field), was.get(field), "{name}: {at} {field}");
                    }
                    tried += 1;
                }
                for insert in list(reading, "insert") {
                    let id =
                        format!("{}#{}", text(insert, "at"), text(insert["check"].as_table().unwrap(), "id"));
                    assert!(!elements.contains_key(&id), "{name}: {id} is there already");
                }
            }
        }
        assert!(tried > 0, "{}", standard.display());
    }
}
