//! Promise: every command in the guides prints what the guide shows. `…` stands for text that is left out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

/// The commands of a guide with what they are shown to print.
fn commands(guide: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut console = false;
    for line in guide.lines() {
        if line.starts_with("```") {
            console = line == "```console";
        } else if console {
            match (line.strip_prefix("$ "), found.last_mut()) {
                (Some(command), _) => found.push((command.to_owned(), Vec::new())),
                (None, Some((_, shown))) => shown.push(line.to_owned()),
                (None, None) => panic!("output before any command: {line}"),
            }
        }
    }
    found
}

/// Whether a printed line is one that is shown; `…` at the end of a shown line stands for the rest.
fn same(shown: &str, printed: &str) -> bool {
    match shown.strip_suffix('…') {
        Some(start) => printed.starts_with(start),
        None => shown.trim_end() == printed.trim_end(),
    }
}

/// Where the shown lines part from the printed ones, if they do.
fn differs(shown: &[String], printed: &[&str]) -> Option<String> {
    let Some((first, rest)) = shown.split_first() else {
        return printed.first().map(|line| format!("printed and not shown: {line}"));
    };
    if first == "…" {
        if rest.is_empty() || (0..printed.len()).any(|i| differs(rest, &printed[i..]).is_none()) {
            return None;
        }
        return Some(format!("nowhere after the omission: {}", rest[0]));
    }
    match printed.split_first() {
        Some((line, others)) if same(first, line) => differs(rest, others),
        Some((line, _)) => Some(format!("shown:   {first}\nprinted: {line}")),
        None => Some(format!("shown and not printed: {first}")),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn guides_show_what_the_program_prints() {
    let mut tried = 0;
    for entry in fs::read_dir(common::root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "md") {
            continue;
        }
        let guide = fs::read_to_string(&path).unwrap();
        let folder = tempfile::tempdir().unwrap();
        copy(&common::root().join("standards"), &folder.path().join("standards"));
        for (command, shown) in commands(&guide) {
            let mut words = command.split_whitespace();
            assert_eq!(words.next(), Some("guiju"), "{}: {command}", path.display());
            let mut run = Command::new(env!("CARGO_BIN_EXE_guiju"));
            for name in ["LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"] {
                run.env_remove(name);
            }
            let output = run.args(words).current_dir(folder.path()).output().unwrap();
            let text = [output.stdout, output.stderr].map(|b| String::from_utf8(b).unwrap()).concat();
            let printed: Vec<&str> = text.lines().collect();
            if let Some(fault) = differs(&shown, &printed) {
                panic!("{}: $ {command}\n{fault}\n--- all of it:\n{text:.3000}", path.display());
            }
            tried += 1;
        }
    }
    assert!(tried >= 10, "only {tried} commands");
}
