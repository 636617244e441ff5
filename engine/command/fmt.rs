//! `guiju fmt`: one layout for rule files, cases and dossiers.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::ArgMatches;
use serde_json::{Value as Json, json};
use similar::{ChangeTag, TextDiff};

use super::call::{Call, Format};
use super::{Exit, Session, files, session, write};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::report::layout::Style;
use crate::source::{Sources, Span};
use crate::syntax::layout::layout;
use crate::syntax::{Limits, Notation, read};
use crate::text;

/// Lines of a file's changes that are shown.
const EXCERPT: usize = 12;

/// What became of a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Unchanged,
    Changed,
    Refused,
}

/// Runs the verb.
///
/// # Errors
/// The working folder cannot be read.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let check = matches.get_flag("check");
    let named: Vec<PathBuf> =
        matches.get_many::<String>("path").into_iter().flatten().map(PathBuf::from).collect();
    let why = text!("版式与版本无关", "the layout is the same in every edition");
    let mut idle = call.idle("fmt", &["region", "with", "reading", "on"], &why);
    if !named.is_empty() {
        let why = text!("已写明文件", "the files are named");
        idle.extend(call.idle("fmt", &["standard", "standards"], &why));
    }
    if !idle.is_empty() {
        session.report(idle);
        return Ok(Exit::Invalid);
    }
    if named.iter().any(|path| path == Path::new("-")) {
        if named.len() > 1 {
            let message = text!(
                "标准输入 `-` 不能与其他文件同时整理",
                "standard input `-` cannot be laid out together with files"
            );
            session.refuse(Code::BadCall, message, None);
            return Ok(Exit::Invalid);
        }
        return Ok(standard_input(call, check, session));
    }
    let Some(roots) = roots(call, named, session)? else { return Ok(Exit::Invalid) };
    let mut found = Vec::new();
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    for root in &roots {
        found.extend(files::toml_files(root, &mut sources, &mut diagnostics));
    }
    let mut broken = diagnostics.has_errors();
    session::report(&sources, diagnostics.into_sorted(), call.lang, call.format);
    found.sort();
    found.dedup();

    let mut list: Vec<Json> = Vec::new();
    let mut changed = 0;
    for path in &found {
        let shown = path.to_string_lossy().replace('\\', "/");
        let fate = file(call, path, &shown, check, session);
        changed += usize::from(fate == Fate::Changed);
        broken |= fate == Fate::Refused;
        list.push(entry(&shown, fate));
    }
    let (all, written) = (found.len(), !check);
    match call.format {
        Format::Json => session.say(&json!({ "files": list, "written": written }).to_string()),
        Format::Text => session.say(&if check {
            call.lang.pick(
                format!("{all} 个文件，{changed} 个会变"),
                format!("{all} files, {changed} would change"),
            )
        } else {
            call.lang
                .pick(format!("{all} 个文件，改写 {changed} 个"), format!("{all} files, {changed} rewritten"))
        }),
    }
    Ok(exit(broken, check && changed > 0))
}

fn exit(broken: bool, would_change: bool) -> Exit {
    match (broken, would_change) {
        (true, _) => Exit::Invalid,
        (_, true) => Exit::No,
        _ => Exit::Well,
    }
}

fn entry(path: &str, fate: Fate) -> Json {
    let state = match fate {
        Fate::Unchanged => "unchanged",
        Fate::Changed => "changed",
        Fate::Refused => "refused",
    };
    json!({ "path": path, "state": state })
}

/// What is laid out: what is named, else the standards on disk. `None` after saying what is wrong.
fn roots(call: &Call, named: Vec<PathBuf>, session: &Session) -> anyhow::Result<Option<Vec<PathBuf>>> {
    if !named.is_empty() {
        return Ok(Some(named));
    }
    let local = PathBuf::from("standards");
    let folders = if !call.folders.is_empty() {
        call.folders.clone()
    } else if local.try_exists().context("the working folder cannot be read")? {
        vec![local]
    } else {
        let message = text!(
            "没有 ./standards；内置的标准无法改写",
            "there is no ./standards, and the embedded standards cannot be rewritten"
        );
        let help = text!("写明文件或文件夹", "name files or folders");
        session.refuse(Code::BadCall, message, Some(help));
        return Ok(None);
    };
    let Some(id) = &call.standard else { return Ok(Some(folders)) };
    let own: Vec<PathBuf> = folders
        .iter()
        .map(|folder| {
            let itself = folder.join("standard.toml").is_file() && folder.ends_with(id);
            if itself { folder.clone() } else { folder.join(id) }
        })
        .filter(|folder| folder.join("standard.toml").is_file())
        .collect();
    if own.is_empty() {
        let message = text!("没有标准 `{id}`", "there is no standard `{id}`");
        session.refuse(Code::UnknownStandard, message, None);
        return Ok(None);
    }
    Ok(Some(own))
}

/// One file: read, laid out, and written or shown.
fn file(call: &Call, path: &Path, shown: &str, check: bool, session: &mut Session) -> Fate {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let bytes = files::bytes(path, &mut sources, &mut diagnostics);
    let laid = bytes.and_then(|bytes| laid_out(shown, bytes, &mut sources, &mut diagnostics));
    session::report(&sources, diagnostics.into_sorted(), call.lang, call.format);
    let Some((before, after)) = laid else { return Fate::Refused };
    if before == after {
        return Fate::Unchanged;
    }
    if !check && let Err(error) = write::replace(path, after.as_bytes()) {
        let message = write::io_text(&error, text!("`{shown}` 无法写入：", "`{shown}` cannot be written: "));
        session.refuse(Code::FileUnreadable, message, None);
        return Fate::Refused;
    }
    if call.format == Format::Text {
        let style = session.style();
        session.say(&style.heading(shown));
        if check {
            excerpt(&before, &after, style).iter().for_each(|line| session.say(line));
        }
    }
    Fate::Changed
}

/// Standard input to standard output.
fn standard_input(call: &Call, check: bool, session: &mut Session) -> Exit {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let mut bytes = Vec::new();
    let limit = Limits::DOSSIER.bytes as u64 + 1;
    let laid = match std::io::stdin().lock().take(limit).read_to_end(&mut bytes) {
        Ok(_) => laid_out("-", bytes, &mut sources, &mut diagnostics),
        Err(error) => {
            let message =
                write::io_text(&error, text!("标准输入无法读取：", "standard input cannot be read: "));
            diagnostics.push(Diagnostic::error(Code::FileUnreadable, Span::NONE, message));
            None
        }
    };
    session::report(&sources, diagnostics.into_sorted(), call.lang, call.format);
    let fate = match &laid {
        None => Fate::Refused,
        Some((before, after)) if before == after => Fate::Unchanged,
        Some(_) => Fate::Changed,
    };
    match (call.format, &laid) {
        (Format::Json, _) => {
            let mut entry = entry("-", fate);
            if let (Some(map), Some((_, after)), false) = (entry.as_object_mut(), &laid, check) {
                map.insert("text".to_owned(), after.as_str().into());
            }
            session.say(&json!({ "files": [entry], "written": false }).to_string());
        }
        (Format::Text, Some((before, after))) if check => {
            let style = session.style();
            excerpt(before, after, style).iter().for_each(|line| session.say(line));
        }
        (Format::Text, Some((_, after))) => session.put(after),
        (Format::Text, None) => {}
    }
    exit(fate == Fate::Refused, check && fate == Fate::Changed)
}

/// A text as it is and as it is laid out. `None` after saying everything that is wrong with it.
fn laid_out(
    name: &str,
    bytes: Vec<u8>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<(String, String)> {
    read(sources, name, &bytes, Notation::Toml, &Limits::DOSSIER, diagnostics)?;
    let before = String::from_utf8(bytes).ok()?;
    let Some(after) = layout(&before) else {
        let message = text!("TOML 写法不对，`{name}` 无法整理", "the TOML of `{name}` is malformed");
        diagnostics.push(Diagnostic::error(Code::TomlSyntax, Span::NONE, message));
        return None;
    };
    Some((before, after))
}

/// The first changes, each with a line around it.
fn excerpt(before: &str, after: &str, style: Style) -> Vec<String> {
    let diff = TextDiff::configure().timeout(Duration::from_secs(1)).diff_lines(before, after);
    let mut lines = Vec::new();
    for hunk in diff.unified_diff().context_radius(1).iter_hunks() {
        lines.push(style.faint(&hunk.header().to_string()));
        for change in hunk.iter_changes() {
            let text = visible(change.value());
            lines.push(match change.tag() {
                ChangeTag::Delete => style.removed(&format!("-{text}")),
                ChangeTag::Insert => style.added(&format!("+{text}")),
                ChangeTag::Equal => format!(" {text}"),
            });
        }
        if lines.len() > EXCERPT {
            lines.truncate(EXCERPT);
            lines.push(style.faint("…"));
            break;
        }
    }
    lines
}

/// A line without its end, with what cannot be seen at its ends made visible.
fn visible(line: &str) -> String {
    let line = line.strip_suffix('\n').map_or_else(|| format!("{line}␃"), str::to_owned);
    let line = line.replace('\u{feff}', "<BOM>").replace('\r', "␍");
    let end = line.trim_end_matches([' ', '\t', '␍']).len();
    let (text, rest) = line.split_at_checked(end).unwrap_or((&line, ""));
    format!("{text}{}", rest.replace(' ', "·").replace('\t', "→"))
}
