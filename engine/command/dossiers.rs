//! Many dossiers at once: files and folders of a call, and where the output goes.

use std::fs;
use std::path::Path;

use clap::ArgMatches;

use super::{Exit, Session, files, write};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::text;

/// Folders within folders are read so deep.
const DEEP: usize = 16;

/// The dossiers of a call: files as they are, of folders all `*.toml` and `*.json`, sorted. Links are not followed.
pub fn names(matches: &ArgMatches, diagnostics: &mut Diagnostics) -> Vec<String> {
    let mut names = Vec::new();
    for name in matches.get_many::<String>("dossier").into_iter().flatten() {
        let path = Path::new(name);
        if !path.is_dir() {
            names.push(name.clone());
            continue;
        }
        let before = names.len();
        walk(path, 0, &mut names, diagnostics);
        if names.len() == before && !diagnostics.has_errors() {
            let message = text!(
                "文件夹 `{name}` 里没有档案（*.toml、*.json）",
                "the folder `{name}` holds no dossiers (*.toml, *.json)"
            );
            diagnostics.push(Diagnostic::error(Code::FileUnreadable, Span::NONE, message));
        }
    }
    names
}

fn walk(folder: &Path, depth: usize, names: &mut Vec<String>, diagnostics: &mut Diagnostics) {
    let entries = match fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => {
            let folder = files::shown(folder);
            let message = write::io_text(
                &error,
                text!("文件夹 `{folder}` 无法读取：", "the folder `{folder}` cannot be read: "),
            );
            diagnostics.push(Diagnostic::error(Code::FileUnreadable, Span::NONE, message));
            return;
        }
    };
    let mut paths: Vec<_> = entries.into_iter().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        let Some(meta) = fs::symlink_metadata(&path).ok().filter(|_| !hidden) else { continue };
        let extension = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
        if meta.is_dir() && depth < DEEP {
            walk(&path, depth + 1, names, diagnostics);
        } else if meta.is_file() && matches!(extension.as_deref(), Some("toml" | "json")) {
            names.push(files::shown(&path));
        }
    }
}

/// A whole number of an option.
pub fn whole(matches: &ArgMatches, name: &str, diagnostics: &mut Diagnostics) -> Option<usize> {
    let written = matches.get_one::<String>(name)?;
    let number = written.trim().parse().ok();
    if number.is_none() {
        let message = text!("`--{name}` 须为不小于 0 的整数", "`--{name}` takes a whole number from 0 on");
        diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message));
    }
    number
}

/// Whether a path is one of the dossiers that a call reads; says so.
pub fn would_overwrite(path: &str, matches: &ArgMatches, session: &Session) -> bool {
    let mut read = matches.get_many::<String>("dossier").into_iter().flatten().map(Path::new);
    let found = read.any(|name| name.is_file() && write::same_file(name, Path::new(path)));
    if found {
        let message = text!(
            "`{path}` 是要读取的档案，不会被覆盖",
            "`{path}` is a dossier that is read; it is not written over"
        );
        let help = text!("请指定另一个输出文件", "name another file for the output");
        session.refuse(Code::BadCall, message, Some(help));
    }
    found
}

/// Puts the output on the screen, or in the file of `-o`.
pub fn put(output: &str, matches: &ArgMatches, session: &mut Session) -> Exit {
    let Some(path) = matches.get_one::<String>("output") else {
        session.say(output.trim_end_matches(['\n', '\r']));
        return Exit::Well;
    };
    if would_overwrite(path, matches, session) {
        return Exit::Invalid;
    }
    match write::replace(Path::new(path), output.as_bytes()) {
        Ok(()) => Exit::Well,
        Err(error) => {
            let message =
                write::io_text(&error, text!("`{path}` 无法写入：", "`{path}` cannot be written: "));
            session.refuse(Code::FileUnreadable, message, None);
            Exit::Invalid
        }
    }
}
