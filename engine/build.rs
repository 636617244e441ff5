//! Embeds the rule files of `standards/`, so that the program works without any folder beside it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Folders of a standard that only its developers need: they are not embedded.
const LEFT_OUT: [&str; 2] = ["cases", "examples"];

fn main() -> std::io::Result<()> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("standards");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();

    let target = PathBuf::from(std::env::var("OUT_DIR").unwrap_or_default()).join("embedded.rs");
    let mut out = fs::File::create(target)?;
    writeln!(out, "pub(crate) static FILES: &[(&str, &[u8])] = &[")?;
    for file in files {
        let relative = file.strip_prefix(&root).unwrap_or(&file);
        let name = relative.to_string_lossy().replace('\\', "/");
        writeln!(out, "    ({name:?}, include_bytes!({:?})),", file.display().to_string())?;
    }
    writeln!(out, "];")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            if !LEFT_OUT.contains(&name.as_str()) {
                collect(&path, files)?;
            }
        } else if name.ends_with(".toml") {
            files.push(path);
        }
    }
    Ok(())
}
