//! Promise: imports point one way. What comes earlier in this list knows nothing of what comes later.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Modules on one line may use each other.
const ORDER: &[&[&str]] = &[
    &["lang", "source"],
    &["diag"],
    &["id", "quantity", "calendar", "verdict"],
    &["syntax"],
    &["format"],
    &["load"],
    &["standard", "evidence"],
    &["check"],
    &["edition"],
    &["dossier"],
    &["assessment"],
    &["eval", "grade"],
    &["analysis"],
    &["report"],
    &["command"],
];

/// Uses that point the other way, each with its reason.
const EXCEPTIONS: &[(&str, &str)] = &[];

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn module_of(engine: &Path, file: &Path) -> String {
    let relative = file.strip_prefix(engine).unwrap();
    let first = relative.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn imports_point_one_way() {
    let engine = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("engine");
    let rank: BTreeMap<&str, usize> =
        ORDER.iter().enumerate().flat_map(|(i, names)| names.iter().map(move |n| (*n, i))).collect();
    let mut files = Vec::new();
    rust_files(&engine, &mut files);
    let mut faults = Vec::new();
    for file in files {
        let module = module_of(&engine, &file);
        if ["lib", "main", "build"].contains(&module.as_str()) {
            continue;
        }
        let own = *rank
            .get(module.as_str())
            .unwrap_or_else(|| panic!("module `{module}` has no place in the order"));
        for (n, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for part in line.split("crate::").skip(1) {
                let used: String =
                    part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                let Some(other) = rank.get(used.as_str()) else { continue };
                let excused = EXCEPTIONS.contains(&(module.as_str(), used.as_str()));
                if *other > own && !excused {
                    faults.push(format!("{}:{}: `{module}` uses `{used}`", file.display(), n + 1));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_library_has_no_files_clock_environment_or_threads() {
    let engine = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("engine");
    let mut files = Vec::new();
    rust_files(&engine, &mut files);
    let forbidden =
        ["std::fs", "std::env::", "std::time", "std::thread", "std::net", "rayon", "anyhow", "std::io::std"];
    let mut faults = Vec::new();
    for file in files {
        let module = module_of(&engine, &file);
        if ["main", "build", "command"].contains(&module.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        for word in forbidden {
            if text.contains(word) {
                faults.push(format!("{}: `{word}`", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_engine_knows_no_standard() {
    let engine = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("engine");
    let mut files = Vec::new();
    rust_files(&engine, &mut files);
    let words = ["375", "T/CAS", "emergency", "安全咨询", "应急响应", "registered-capital-"];
    let mut faults = Vec::new();
    for file in files {
        for (n, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            if !line.trim_start().starts_with("//") && words.iter().any(|w| line.contains(w)) {
                faults.push(format!("{}:{}: {}", file.display(), n + 1, line.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_file_is_longer_than_600_lines() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut lengths = Vec::new();
    for folder in ["engine", "standards", "tests", "docs"] {
        collect(&root.join(folder), &mut lengths);
    }
    let long: Vec<String> =
        lengths.iter().filter(|(_, n)| *n > 600).map(|(p, n)| format!("{}: {n}", p.display())).collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
    lengths.sort_by_key(|(_, n)| *n);
    let median = lengths[lengths.len() / 2].1;
    assert!(median <= 250, "the median file has {median} lines");
}

fn collect(folder: &Path, lengths: &mut Vec<(PathBuf, usize)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "snapshots" && name != "target" && name != "node_modules" && name != "corpus" {
                collect(&path, lengths);
            }
        } else if ["rs", "toml", "md", "py", "j2", "css", "js"]
            .iter()
            .any(|e| path.extension().is_some_and(|x| x == *e))
        {
            lengths.push((
                path.clone(),
                String::from_utf8_lossy(&std::fs::read(&path).unwrap()).lines().count(),
            ));
        }
    }
}
