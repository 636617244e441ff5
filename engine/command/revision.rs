//! Standards as they stand in a revision of a git repository, read through the program `git`.

use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context as _;

use super::call::Call;
use super::files::{Folder, Library};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{Sources, Span};
use crate::syntax::Limits;
use crate::text;

/// The standards of a revision: below `./standards`, or below the folder that `--standards` names.
///
/// # Errors
/// `git` cannot be started.
pub fn library(
    revision: &str,
    call: &Call,
    _sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> anyhow::Result<Option<Library>> {
    let folder = call.folders.first().cloned().unwrap_or_else(|| PathBuf::from("standards"));
    // A revision that begins with a hyphen would be read as an option.
    if revision.is_empty() || revision.starts_with('-') {
        refuse(revision, "no revision has such a name", diagnostics);
        return Ok(None);
    }
    let list =
        git(&folder, &["ls-tree", "-r", "-l", "-z", "--full-tree", revision, "--", &prefix(&folder)?], None)?;
    let names = match list {
        Ok(names) => names,
        Err(why) => {
            refuse(revision, &why, diagnostics);
            return Ok(None);
        }
    };
    let root = prefix(&folder)?;
    let mut wanted: Vec<(String, String)> = Vec::new();
    for entry in String::from_utf8_lossy(&names).split('\0') {
        // `100644 blob HASH SIZE<tab>PATH`; links (120000) are not followed.
        let Some((head, path)) = entry.split_once('\t') else { continue };
        let fields: Vec<&str> = head.split_whitespace().collect();
        let [mode, "blob", hash, size] = fields.as_slice() else { continue };
        let small = size.parse::<usize>().is_ok_and(|s| s <= Limits::RULES.bytes);
        if mode.starts_with("100") && small && path.ends_with(".toml") {
            wanted.push(((*hash).to_owned(), path.to_owned()));
        }
    }
    let input: String = wanted.iter().map(|(hash, _)| format!("{hash}\n")).collect();
    let blobs = match git(&folder, &["cat-file", "--batch"], Some(input.as_bytes()))? {
        Ok(blobs) => blobs,
        Err(why) => {
            refuse(revision, &why, diagnostics);
            return Ok(None);
        }
    };
    let mut library = Library::default();
    let mut rest = blobs.as_slice();
    for (_, path) in &wanted {
        let Some((content, after)) = blob(rest) else { break };
        rest = after;
        let within = path.strip_prefix(&root).unwrap_or(path).trim_start_matches('/');
        let single = root.rsplit('/').next().unwrap_or_default();
        // The folder is one standard, or holds several.
        let (standard, file) = if wanted.iter().any(|(_, p)| *p == format!("{root}/standard.toml")) {
            (single, within)
        } else {
            match within.split_once('/') {
                Some(parts) => parts,
                None => continue,
            }
        };
        if file.starts_with("cases/") || file.starts_with("examples/") {
            continue;
        }
        let entry = library.standards.entry(standard.to_owned()).or_insert_with(|| Folder {
            root: format!("{revision}:{}", path.strip_suffix(file).unwrap_or(path).trim_end_matches('/')),
            ..Folder::default()
        });
        entry.files.insert(file.to_owned(), Cow::Owned(content.to_vec()));
    }
    library.standards.retain(|_, folder| folder.files.contains_key("standard.toml"));
    Ok(Some(library))
}

/// The next blob of `cat-file --batch`: `HASH blob SIZE`, the content, a line feed.
fn blob(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|b| *b == b'\n')?;
    let head = std::str::from_utf8(bytes.get(..end)?).ok()?;
    let size: usize = head.rsplit(' ').next()?.parse().ok()?;
    let start = end + 1;
    Some((bytes.get(start..start + size)?, bytes.get(start + size + 1..)?))
}

/// The folder’s path within its repository.
fn prefix(folder: &Path) -> anyhow::Result<String> {
    let shown = git(folder, &["rev-parse", "--show-prefix"], None)?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&shown).trim().trim_end_matches('/').to_owned())
}

fn refuse(revision: &str, why: &str, diagnostics: &mut Diagnostics) {
    let why = why.lines().next().unwrap_or_default();
    let message =
        text!("读不到版本 `{revision}`（{why}）", "the revision `{revision}` cannot be read ({why})");
    let help = text!(
        "在 git 仓库内运行，写 git:提交、标签或分支",
        "run it within a git repository, with git:COMMIT, a tag or a branch"
    );
    diagnostics.push(Diagnostic::error(Code::FileUnreadable, Span::NONE, message).help(help));
}

/// Runs git; the inner error is what it complained about.
fn git(folder: &Path, args: &[&str], input: Option<&[u8]>) -> anyhow::Result<Result<Vec<u8>, String>> {
    let mut child = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(args)
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("`git` cannot be started")?;
    let writer = child.stdin.take().zip(input.map(<[u8]>::to_vec));
    // Written from another thread, so that neither side waits for the other with full pipes.
    let writing = writer.map(|(mut pipe, bytes)| std::thread::spawn(move || pipe.write_all(&bytes)));
    let output = child.wait_with_output()?;
    if let Some(writing) = writing {
        let _ = writing.join();
    }
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    Ok(Err(String::from_utf8_lossy(&output.stderr).into_owned()))
}
