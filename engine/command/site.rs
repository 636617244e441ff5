//! `guiju show --page` and `--thresholds`: an edition as a site, its numbers as a table, another edition beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use clap::ArgMatches;
use serde::{Deserialize, Serialize};

use super::call::{Call, Format};
use super::files::Library;
use super::write::replace;
use super::{Exit, Session, editions, report, select};
use crate::analysis::thresholds::thresholds;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::{Edition, readings};
use crate::lang::Text;
use crate::report::site::{Source, pages, site};
use crate::report::template;
use crate::report::thresholds::{present, print};
use crate::source::Span;
use crate::text;

/// The file by which a folder is known to be a site, and which lists what belongs to it.
const MARKER: &str = "guiju-site.json";
/// Bytes that it may have.
const MARKER_SIZE: u64 = 1 << 20;

/// Whether a call asks for a site or for thresholds.
pub fn wanted(matches: &ArgMatches) -> bool {
    matches.contains_id("page") || matches.get_flag("thresholds")
}

/// Writes a site or prints thresholds.
///
/// # Errors
/// The output cannot be written as JSON, or the clock or `git` cannot be used.
pub fn run(
    call: &Call,
    matches: &ArgMatches,
    session: &mut Session,
    library: &Library,
    loaded: &editions::Loaded,
    edition: &Edition,
) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let against = matches.get_one::<String>("against");
    let there = match against {
        Some(selector) => other(library, call, selector, edition, session, &mut diagnostics)?,
        None => None,
    };
    let category = matches.get_one::<String>("category");
    if let Some(id) = category.filter(|id| edition.standard.category(id).is_none()) {
        let known = edition.standard.categories.iter().map(|c| c.id.as_str());
        let message = text!("没有类别 `{id}`", "there is no category `{id}`");
        diagnostics.push(Diagnostic::error(Code::UnknownCategory, Span::NONE, message).choices(id, known));
    }
    let own = report::folder(matches.get_one::<String>("templates"), &mut diagnostics);
    let mut templates = template::built_in();
    templates.extend(own);
    let broken = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());
    if broken {
        return Ok(Exit::Invalid);
    }
    let Some(folder) = matches.get_one::<String>("page") else {
        let mut matrix = thresholds(edition, there.as_ref());
        if let Some(id) = category {
            matrix.retain_category(id);
        }
        let out = present(&matrix, edition, there.as_ref());
        match call.format {
            Format::Json => session.say(&serde_json::to_string_pretty(&out)?),
            Format::Text => session.say(&print(&out, call.lang, session.style())),
        }
        return Ok(Exit::Well);
    };
    let effects = readings::effects(&loaded.raw);
    let source = Source { edition, against: there.as_ref(), effects: &effects, lang: call.lang };
    let files = match pages(&site(&source), &templates) {
        Ok(files) => files,
        Err(fault) => {
            session.report([*fault]);
            return Ok(Exit::Invalid);
        }
    };
    match write(Path::new(folder), &files) {
        Err(fault) => {
            session.report([*fault]);
            return Ok(Exit::Invalid);
        }
        Ok(removed) => match call.format {
            Format::Json => {
                let names: Vec<&String> = files.keys().collect();
                let said = serde_json::json!({
                    "folder": folder, "digest": edition.digest, "files": names, "removed": removed,
                });
                session.say(&serde_json::to_string_pretty(&said)?);
            }
            Format::Text => {
                let start = Path::new(folder).join("index.html");
                let (start, n) = (start.display(), files.len());
                let said =
                    text!("已写入 {n} 个文件，从 {start} 读起", "{n} files written; start from {start}");
                session.say(said.in_lang(call.lang));
            }
        },
    }
    Ok(Exit::Well)
}

/// The edition beside the one that was asked for.
fn other(
    library: &Library,
    call: &Call,
    selector: &str,
    edition: &Edition,
    session: &mut Session,
    diagnostics: &mut Diagnostics,
) -> anyhow::Result<Option<Edition>> {
    let selected = select::select(call, selector, library, session, diagnostics)?;
    let found = selected.and_then(|s| s.edition(edition.applied_on, edition.assessed_on, diagnostics));
    Ok(found.map(std::sync::Arc::unwrap_or_clone))
}

/// What is said of a folder in the file that marks it.
#[derive(Serialize, Deserialize)]
struct Marker {
    /// The program that wrote it.
    generator: String,
    /// The files that belong to the site.
    files: BTreeSet<String>,
}

/// Writes a site into a new or empty folder, or one that was written before; gives the files that were removed
/// because the site no longer has them. Nothing else in the folder is touched.
fn write(folder: &Path, files: &BTreeMap<String, String>) -> Result<Vec<String>, Box<Diagnostic>> {
    let before = admit(folder, files)?;
    let fail = |path: &Path, error: std::io::Error| {
        let path = path.display();
        fault(
            Code::FileUnreadable,
            crate::command::write::io_text(
                &error,
                text!("`{path}` 无法写入：", "`{path}` cannot be written: "),
            ),
        )
    };
    fs::create_dir_all(folder).map_err(|e| fail(folder, e))?;
    // First everything that may be there at some moment, so that a run that is cut short can be repeated.
    let now: BTreeSet<String> = files.keys().cloned().collect();
    mark(folder, before.union(&now).cloned().collect()).map_err(|e| fail(folder, e))?;
    for (name, content) in files {
        let path = folder.join(name);
        replace(&path, content.as_bytes()).map_err(|e| fail(&path, e))?;
    }
    let mut removed = Vec::new();
    for name in before.difference(&now) {
        let path = folder.join(name);
        if fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file()) {
            fs::remove_file(&path).map_err(|e| fail(&path, e))?;
            removed.push(name.clone());
        }
    }
    mark(folder, now).map_err(|e| fail(folder, e))?;
    Ok(removed)
}

fn mark(folder: &Path, files: BTreeSet<String>) -> std::io::Result<()> {
    let marker = Marker { generator: "guiju".to_owned(), files };
    let text = serde_json::to_string_pretty(&marker).map_err(std::io::Error::other)?;
    replace(&folder.join(MARKER), format!("{text}\n").as_bytes())
}

/// The files that a folder lists as its own; an error if it is another's, or if a page would take the place of a
/// file that is.
fn admit(folder: &Path, files: &BTreeMap<String, String>) -> Result<BTreeSet<String>, Box<Diagnostic>> {
    let shown = folder.display();
    let foreign = |message: Text| {
        let help = text!(
            "请指定新的或空的文件夹，或此前由 guiju 写成的文件夹",
            "name a new or an empty folder, or one that guiju wrote before"
        );
        Box::new(Diagnostic::error(Code::FolderForeign, Span::NONE, message).help(help))
    };
    let unreadable = |error: std::io::Error| {
        fault(
            Code::FileUnreadable,
            crate::command::write::io_text(
                &error,
                text!("`{shown}` 无法读取：", "`{shown}` cannot be read: "),
            ),
        )
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries.collect::<std::io::Result<Vec<_>>>().map_err(unreadable)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            return Err(foreign(text!("`{shown}` 不是文件夹", "`{shown}` is no folder")));
        }
        Err(error) => return Err(unreadable(error)),
    };
    if entries.is_empty() {
        return Ok(BTreeSet::new());
    }
    let path = folder.join(MARKER);
    let known = fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() <= MARKER_SIZE);
    let marker = known.then(|| fs::read_to_string(&path).ok()).flatten();
    let Some(marker) = marker.and_then(|text| serde_json::from_str::<Marker>(&text).ok()) else {
        return Err(foreign(text!(
            "文件夹 `{shown}` 里有别的文件，没有 {MARKER}",
            "the folder `{shown}` holds other files and no {MARKER}"
        )));
    };
    // Only plain names: the list may have been edited, and nothing outside the folder is ever removed.
    let plain =
        |name: &&String| !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':']);
    let own: BTreeSet<String> = marker.files.iter().filter(plain).filter(|n| *n != MARKER).cloned().collect();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if files.contains_key(&name) && !own.contains(&name) {
            return Err(foreign(text!(
                "`{shown}` 里的 `{name}` 不是 guiju 写的，不覆盖",
                "`{name}` in `{shown}` was not written by guiju and is not overwritten"
            )));
        }
    }
    Ok(own)
}

fn fault(code: Code, message: Text) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(code, Span::NONE, message))
}
