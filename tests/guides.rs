//! Promise: every command in the guides prints what the guide shows. `…` stands for text that is left out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

/// What a reader of a guide does and sees, in order.
enum Step {
    /// Types a command and is shown these lines.
    Run(String, Vec<String>),
    /// Writes a file: a block that begins with ```` ```toml file=PATH ````.
    Write(String, String),
    /// Finds these lines in a file: a block that begins with ```` ```toml in=PATH ````.
    See(String, Vec<String>),
}

fn steps(guide: &str) -> Vec<Step> {
    let mut found = Vec::new();
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let block: Vec<String> = lines.by_ref().take_while(|l| *l != "```").map(str::to_owned).collect();
        let word = |name: &str| info.split_whitespace().find_map(|w| w.strip_prefix(name)).map(str::to_owned);
        if let Some(path) = word("file=") {
            found.push(Step::Write(path, block.join("\n") + "\n"));
        } else if let Some(path) = word("in=") {
            found.push(Step::See(path, block));
        } else if info == "console" {
            for line in block {
                match (line.strip_prefix("$ "), found.last_mut()) {
                    (Some(command), _) => found.push(Step::Run(command.to_owned(), Vec::new())),
                    (None, Some(Step::Run(_, shown))) => shown.push(line),
                    (None, _) => panic!("output before any command: {line}"),
                }
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

/// Follows a guide in a folder of its own, as a reader with a shell does; returns how many commands it has.
fn follow(path: &Path) -> usize {
    let guide = path.display();
    let folder = tempfile::tempdir().unwrap();
    for part in ["standards", "schemas"] {
        copy(&common::root().join(part), &folder.path().join(part));
    }
    let program = Path::new(env!("CARGO_BIN_EXE_guiju")).parent().unwrap();
    let places = std::env::var("PATH").unwrap_or_default();
    let (mut tried, mut status) = (0, 0);
    for step in steps(&fs::read_to_string(path).unwrap()) {
        match step {
            Step::Write(file, text) => {
                let file = folder.path().join(file);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, text).unwrap();
            }
            Step::See(file, shown) => {
                let text =
                    fs::read_to_string(folder.path().join(&file)).unwrap_or_else(|e| panic!("{file}: {e}"));
                let lines: Vec<&str> = text.lines().collect();
                if let Some(fault) = differs(&shown, &lines) {
                    panic!("{guide}: {file}\n{fault}\n--- all of it:\n{text}");
                }
            }
            Step::Run(command, shown) => {
                let mut run = Command::new("sh");
                for name in ["LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"] {
                    run.env_remove(name);
                }
                run.env("PATH", format!("{}:{places}", program.display())).current_dir(folder.path());
                let output = run.arg("-c").arg(format!("(exit {status}); {command}")).output().unwrap();
                status = output.status.code().unwrap_or(-1);
                let text = [output.stdout, output.stderr].map(|b| String::from_utf8(b).unwrap()).concat();
                let printed: Vec<&str> = text.lines().collect();
                if let Some(fault) = differs(&shown, &printed) {
                    panic!("{guide}: $ {command}\n{fault}\n--- all of it:\n{text:.3000}");
                }
                tried += 1;
            }
        }
    }
    tried
}

#[test]
fn guides_show_what_the_program_prints() {
    let guides = fs::read_dir(common::root().join("docs")).unwrap().map(|e| e.unwrap().path());
    let tried: usize = guides.filter(|p| p.extension().is_some_and(|e| e == "md")).map(|p| follow(&p)).sum();
    assert!(tried >= 60, "only {tried} commands");
}
