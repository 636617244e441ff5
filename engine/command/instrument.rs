//! What verbs that write instruments share: a write that can be taken back, and the look at the rules after it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::call::Call;
use super::editions::{self, Loaded};
use super::files::Library;
use super::write::replace;
use super::{Session, files};
use crate::analysis::amend::side_effects;
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::edition::overlay::editions_with;
use crate::edition::{Edition, compile};
use crate::format::FileKind;
use crate::lang::Text;
use crate::load::RawOverlay;
use crate::report::slot;
use crate::report::written::RefusedOut;
use crate::source::{Sources, Span};
use crate::text;

/// Reports parts of reports that instruments fill with what would make every report fail, at the line that does.
pub fn templates(edition: &Edition, sources: &Sources, diagnostics: &mut Diagnostics) {
    for fault in slot::faults(&edition.templates) {
        let whole = edition.templates.get(&fault.part).map_or(Span::NONE, |text| text.span);
        let line = fault.line.and_then(|line| line_within(sources.text(whole)?, whole, line));
        diagnostics.push(Diagnostic { span: line.unwrap_or(whole), ..fault.diagnostic });
    }
}

/// Where a line of a text, from 1, is written, if the text has several lines in the file too.
fn line_within(written: &str, whole: Span, line: usize) -> Option<Span> {
    let joined = written.starts_with("\"\"\"") && written.contains("\\\n");
    let several = written.starts_with("\"\"\"") || written.starts_with("'''");
    let first = written.get(3..)?.lines().next()?.is_empty();
    let line = written.split_inclusive('\n').nth(if first { line } else { line.checked_sub(1)? })?;
    let start = line.as_ptr() as usize - written.as_ptr() as usize;
    let start = start + (line.len() - line.trim_start().len());
    let at = whole.start as usize;
    let end = start + line.trim().trim_end_matches("'''").len();
    (several && !joined).then(|| Span::from(at + start..at + end))
}

/// A file that was written, and how to take it back.
#[derive(Debug)]
pub struct Written {
    path: PathBuf,
    before: Option<Vec<u8>>,
    made: Vec<PathBuf>,
}

impl Written {
    /// Writes a file, with the folders that it needs. `before`: what stands there, if anything.
    ///
    /// # Errors
    /// The file or a folder cannot be written; then nothing has changed.
    pub fn write(path: &Path, bytes: &[u8], before: Option<Vec<u8>>) -> io::Result<Self> {
        let mut written = Written { path: path.to_path_buf(), before, made: Vec::new() };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
        let missing = folder.into_iter().flat_map(Path::ancestors).take_while(|p| !p.as_os_str().is_empty());
        let mut missing: Vec<PathBuf> =
            missing.take_while(|p| fs::symlink_metadata(p).is_err()).map(Path::to_path_buf).collect();
        missing.reverse();
        let mut done = Ok(());
        for folder in missing {
            done = done.and_then(|()| fs::create_dir(&folder));
            if done.is_ok() {
                written.made.push(folder);
            }
        }
        match done.and_then(|()| replace(path, bytes)) {
            Ok(()) => Ok(written),
            Err(error) => {
                written.unmake();
                Err(error)
            }
        }
    }

    /// Puts back what stood there.
    ///
    /// # Errors
    /// The file cannot be written or removed.
    pub fn undo(&self) -> io::Result<()> {
        match &self.before {
            Some(bytes) => replace(&self.path, bytes),
            None => fs::remove_file(&self.path).map(|()| self.unmake()),
        }
    }

    /// Removes the folders that were made for the file, as far as they are empty.
    fn unmake(&self) {
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// The diagnostic for a file that cannot be written.
pub fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    let path = files::shown(path);
    let message =
        crate::command::write::io_text(error, text!("`{path}` 无法写入：", "`{path}` cannot be written: "));
    Diagnostic::error(Code::FileUnreadable, Span::NONE, message)
}

/// Writes a file and looks at the rules again; what does not stand the look is taken back.
///
/// # Errors
/// Why it was not written or not kept.
pub fn write_and_look(
    path: &Path,
    bytes: &[u8],
    before: Option<Vec<u8>>,
    look: impl FnOnce() -> Result<Looked, Diagnostics>,
) -> Result<Looked, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let written = match Written::write(path, bytes, before) {
        Ok(written) => written,
        Err(error) => {
            diagnostics.push(unwritable(path, &error));
            return Err(diagnostics);
        }
    };
    look().map_err(|mut faults| {
        if let Err(error) = written.undo() {
            faults.push(unwritable(path, &error));
        }
        faults
    })
}

/// The rules as they were read again.
#[derive(Debug)]
pub struct Looked {
    /// The files.
    pub loaded: Loaded,
    /// The edition of the effective date.
    pub edition: Arc<Edition>,
}

/// Reads and compiles the standard again and checks that an instrument changes nothing but what it names.
///
/// # Errors
/// The rules do not compile any more, or change elsewhere.
pub fn look_again(
    call: &Call,
    on: Date,
    id: &str,
    before: &Edition,
    session: &mut Session,
) -> Result<Looked, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let library = match session.library(call, &mut diagnostics) {
        Ok(library) => library,
        Err(error) => {
            let message = Text::same(error);
            diagnostics.push(Diagnostic::error(Code::FileUnreadable, Span::NONE, message));
            return Err(diagnostics);
        }
    };
    let sources = &mut session.sources;
    let loaded = editions::choose(call, call.standard.as_deref(), &library, sources, &mut diagnostics);
    let edition = loaded.as_ref().and_then(|l| editions::edition(l, call, on, on, &mut diagnostics));
    let (Some(loaded), Some(edition), false) = (loaded, edition, diagnostics.has_errors()) else {
        return Err(diagnostics);
    };
    for clause in side_effects(before, &edition, id) {
        let message = text!(
            "条款 `{clause}` 也变了，而没有哪项改动指名它",
            "the clause `{clause}` changes too, although no operation names it"
        );
        let help = text!("单独改动该条款，或改动它所引用的内容", "change it by an operation of its own");
        diagnostics.push(Diagnostic::error(Code::SideEffect, Span::NONE, message).help(help));
    }
    templates(&edition, &session.sources, &mut diagnostics);
    if diagnostics.has_errors() { Err(diagnostics) } else { Ok(Looked { loaded, edition }) }
}

/// Compiles every edition in which an instrument takes part. Returns those that are refused, and why.
pub fn refused(loaded: &Loaded, path: &str, sources: &Sources) -> (Vec<RefusedOut>, Vec<Diagnostic>) {
    let (mut editions, mut why) = (Vec::new(), Diagnostics::default());
    for request in editions_with(&loaded.raw, path) {
        let mut own = Diagnostics::default();
        let edition = compile(&loaded.raw, &request, &mut own);
        if let Some(edition) = &edition {
            templates(edition, sources, &mut own);
        }
        if edition.is_none() || own.has_errors() {
            editions.push(RefusedOut {
                region: request.region.clone(),
                applied_on: request.applied_on.to_string(),
                assessed_on: request.assessed_on.to_string(),
            });
            let errors = own.into_iter().filter(|d| d.severity == Severity::Error).collect();
            why.extend(super::witness::add(&loaded.raw, &request, errors));
        }
    }
    (editions, why.into_sorted())
}

/// The instrument at a path among the files that were read.
pub fn overlay_at<'a>(loaded: &'a Loaded, path: &Path) -> Option<&'a RawOverlay> {
    let real = |p: &Path| p.canonicalize().ok();
    let wanted = real(path)?;
    let shown = files::shown(path);
    loaded.raw.overlays.iter().find(|o| o.path == shown || real(Path::new(&o.path)).as_ref() == Some(&wanted))
}

/// Reads an instrument that is to be changed in place.
///
/// # Errors
/// It is no plain file or cannot be read.
pub fn read_plain(path: &Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    let shown = files::shown(path);
    let meta = fs::symlink_metadata(path);
    if meta.as_ref().is_ok_and(|m| !m.is_file()) {
        let message =
            text!("`{shown}` 不是普通文件；不跟随链接", "`{shown}` is no plain file; links are not followed");
        return Err(Box::new(Diagnostic::error(Code::FileMisplaced, Span::NONE, message)));
    }
    fs::read(path).map_err(|error| {
        let message = crate::command::write::io_text(
            &error,
            text!("`{shown}` 无法读取：", "`{shown}` cannot be read: "),
        );
        Box::new(Diagnostic::error(Code::FileUnreadable, Span::NONE, message))
    })
}

/// Within the folder of a standard instruments have places of their own.
///
/// # Errors
/// The file lies among the rules, cases or examples of a standard.
pub fn rule_file(path: &Path, library: &Library) -> Result<(), Box<Diagnostic>> {
    let absolute = |p: &Path| {
        let whole = std::path::absolute(p).unwrap_or_else(|_| p.to_path_buf());
        whole.canonicalize().unwrap_or(whole)
    };
    let whole = absolute(path);
    for folder in library.standards.values() {
        let root = Path::new(&folder.root);
        let Ok(within) = whole.strip_prefix(absolute(root)) else { continue };
        let kind = FileKind::of(&files::shown(within));
        let instrument = [FileKind::Amendment, FileKind::Region, FileKind::RegionAmendment];
        if root.join("standard.toml").is_file() && kind.is_none_or(|kind| !instrument.contains(&kind)) {
            let shown = files::shown(path);
            let message = text!("`{shown}` 不是修改文件的位置", "`{shown}` is no place for an instrument");
            let help = text!(
                "修改文件放在 amendments/ 或 regions/代码/ 之下，或在标准的文件夹之外",
                "instruments lie below amendments or regions/CODE, or outside the folder of the standard"
            );
            return Err(Box::new(Diagnostic::error(Code::FileMisplaced, Span::NONE, message).help(help)));
        }
    }
    Ok(())
}

/// The schema of instruments seen from the folder of a file, if it lies in a folder above.
pub fn schema_seen_from(path: &Path) -> Option<String> {
    const SCHEMA: &str = "schemas/overlay.schema.json";
    let path = std::path::absolute(path).ok()?;
    let folders = path.parent()?.ancestors().enumerate();
    let (up, _) = folders.into_iter().find(|(_, folder)| folder.join(SCHEMA).is_file())?;
    Some(format!("{}{SCHEMA}", "../".repeat(up)))
}

/// The options that choose the standard, for commands that are named in the output.
pub fn options(call: &Call) -> String {
    let mut out = String::new();
    let folders = call.folders.iter().map(|f| ("standards", files::shown(f)));
    let standard = call.standard.iter().map(|id| ("standard", id.clone()));
    let region = call.region.iter().map(|code| ("region", code.clone()));
    let with = call.with.iter().map(|file| ("with", file.clone()));
    for (name, value) in folders.chain(standard).chain(region).chain(with) {
        out.push_str(&format!(" --{name} {}", word(&value)));
    }
    out
}

/// A word of a command, quoted where a shell would take it apart.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=\\,+@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{text}'") }
}
