//! Where an instrument is written, and the text that is written there.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::call::Call;
use super::super::editions::Loaded;
use super::super::files::{self, Library};
use super::super::instrument::{overlay_at, read_plain, rule_file, schema_seen_from};
use super::Target;
use super::call::{Into, Wanted};
use crate::analysis::amend::Change;
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::FileKind;
use crate::format::overlay::StatusRaw;
use crate::lang::Text;
use crate::load::{RawOverlay, overlay};
use crate::report::instrument::{Head, head, operation};
use crate::source::{Sources, Span};
use crate::text;

/// Where an instrument goes, and which edition it quotes.
#[derive(Clone, Debug)]
pub struct Place {
    path: PathBuf,
    /// The region to whose rules it belongs.
    pub region: Option<String>,
    /// The day whose edition it quotes.
    pub effective: Date,
    id: String,
    expires: Option<String>,
    before: Option<Vec<u8>>,
    in_folder: bool,
}

/// The region of an instrument.
pub fn region_of(overlay: &RawOverlay) -> Option<String> {
    let file = overlay.file.as_ref();
    match overlay.kind {
        FileKind::Region => file.map(|f| f.id.value.clone()),
        _ => overlay.region.clone().or_else(|| file?.region.as_ref().map(|r| r.value.clone())),
    }
}

fn fail(diagnostics: &mut Diagnostics, code: Code, message: Text, help: Text) {
    diagnostics.push(Diagnostic::error(code, Span::NONE, message).help(help));
}

/// Finds the place that a call wants; `None` if it cannot be.
pub fn find(
    wanted: &Wanted,
    call: &Call,
    loaded: &Loaded,
    library: &Library,
    diagnostics: &mut Diagnostics,
) -> Option<Place> {
    match &wanted.into {
        Into::Draft(path) => draft(path, call, loaded, diagnostics),
        Into::New(output) => new(wanted, output.as_deref(), call, loaded, library, diagnostics),
    }
}

/// A draft that exists.
fn draft(path: &Path, call: &Call, loaded: &Loaded, diagnostics: &mut Diagnostics) -> Option<Place> {
    let bytes = read_plain(path).map_err(|fault| diagnostics.push(*fault)).ok()?;
    let overlay = overlay_at(loaded, path)?;
    let Some(file) = &overlay.file else {
        diagnostics.extend(overlay.faults.iter().cloned());
        return None;
    };
    let shown = files::shown(path);
    if file.status != StatusRaw::Draft {
        let message =
            text!("`{shown}` 已经发布，不再改动", "`{shown}` is issued: it is not changed any more");
        let help = text!(
            "另写一个文件：去掉 --add-to，给出 --id 和 --effective",
            "write another: leave out --add-to, give --id and --effective"
        );
        diagnostics.push(Diagnostic::error(Code::BadCall, file.id.span, message).help(help));
        return None;
    }
    let region = region_of(overlay);
    if let Some(asked) = call.region.as_ref().filter(|asked| Some(*asked) != region.as_ref()) {
        let message = match &region {
            Some(own) => text!(
                "`{shown}` 属于地区 `{own}`，不是 `{asked}`",
                "`{shown}` belongs to the region `{own}`, not to `{asked}`"
            ),
            None => text!("`{shown}` 不属于任何地区", "`{shown}` belongs to no region"),
        };
        fail(diagnostics, Code::BadCall, message, text!("去掉 --region", "leave out --region"));
        return None;
    }
    let effective = Date::parse(&file.effective, file.effective.span);
    let effective = effective.map_err(|fault| diagnostics.push(*fault)).ok()?;
    Some(Place {
        path: path.to_path_buf(),
        region,
        effective,
        id: file.id.value.clone(),
        expires: file.expires.as_ref().map(|e| e.value.clone()),
        before: Some(bytes),
        in_folder: true,
    })
}

fn new(
    wanted: &Wanted,
    output: Option<&Path>,
    call: &Call,
    loaded: &Loaded,
    library: &Library,
    diagnostics: &mut Diagnostics,
) -> Option<Place> {
    let errors = diagnostics.errors();
    let id = &wanted.id;
    let taken = loaded.raw.overlays.iter().filter_map(|o| o.file.as_ref()).find(|f| f.id.value == *id);
    if let Some(taken) = taken {
        let message = text!("编号 `{id}` 已被使用", "the id `{id}` is in use");
        let help = text!(
            "换一个编号，或用 --add-to 追加到草案",
            "choose another, or append to a draft with --add-to"
        );
        let fault = Diagnostic::error(Code::DuplicateId, Span::NONE, message).help(help);
        diagnostics.push(fault.related(taken.id.span, text!("在这里", "here")));
    }
    let region_file = match &call.region {
        None => None,
        Some(code) => Some(region(code, loaded, diagnostics)?),
    };
    let region_folder = region_file.and_then(|o| Path::new(&o.path).parent()).map(Path::to_path_buf);
    let standard = call.standard.as_ref().or_else(|| library.standards.keys().next());
    let root = standard.and_then(|id| library.standards.get(id)).map(|f| PathBuf::from(&f.root));
    let folder = region_folder
        .clone()
        .or(root)
        .filter(|f| ["region.toml", "standard.toml"].iter().any(|name| f.join(name).is_file()));
    let path = match (output, folder) {
        (Some(output), _) => output.to_path_buf(),
        (None, Some(folder)) => folder.join("amendments").join(format!("{id}.toml")),
        (None, None) => {
            let message = text!(
                "标准是内置的，没有文件夹可写",
                "the standard is built in: there is no folder to write to"
            );
            fail(diagnostics, Code::BadCall, message, text!("用 -o 指定文件", "name a file with -o"));
            return None;
        }
    };
    let shown = files::shown(&path);
    if path.extension().is_none_or(|e| e != "toml") {
        let message = text!("`{shown}` 不以 .toml 结尾", "`{shown}` does not end in .toml");
        fail(diagnostics, Code::BadCall, message, text!("规则文件都是 .toml", "rule files are .toml"));
    }
    if fs::symlink_metadata(&path).is_ok() {
        let message = text!("`{shown}` 已存在，不会覆盖", "`{shown}` exists and is not overwritten");
        let help = text!(
            "换一个编号或文件名，或用 --add-to 追加",
            "choose another id or file, or append with --add-to"
        );
        fail(diagnostics, Code::FileExists, message, help);
    }
    if let Err(fault) = rule_file(&path, library) {
        diagnostics.push(*fault);
    }
    let absolute = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.to_path_buf());
    let own = region_folder.map(|f| absolute(&f.join("amendments")));
    let in_folder = own.is_some_and(|f| absolute(&path).starts_with(f));
    (diagnostics.errors() == errors).then_some(())?;
    Some(Place {
        path,
        region: call.region.clone(),
        effective: wanted.effective?,
        id: id.clone(),
        expires: wanted.expires.map(|d| d.to_string()),
        before: None,
        in_folder,
    })
}

/// The file of a region, which must take part for its rules to be quoted.
fn region<'a>(code: &str, loaded: &'a Loaded, diagnostics: &mut Diagnostics) -> Option<&'a RawOverlay> {
    let all = || loaded.raw.overlays.iter().filter(|o| o.kind == FileKind::Region);
    let Some(found) = all().find(|o| region_of(o).as_deref() == Some(code)) else {
        let names: Vec<String> = all().filter_map(region_of).collect();
        let message = text!("没有地区 `{code}`", "there is no region `{code}`");
        let fault = Diagnostic::error(Code::UnknownName, Span::NONE, message);
        let fault = fault.choices(code, names.iter().map(String::as_str));
        let help = text!("新建地区用 guiju region new", "guiju region new makes one");
        let help = fault.help.clone().map(|h| h.then(text!("", " ")).then(help.clone())).unwrap_or(help);
        diagnostics.push(fault.help(help));
        return None;
    };
    let draft = found.file.as_ref().is_some_and(|f| f.status == StatusRaw::Draft);
    if draft && !found.named {
        let path = &found.path;
        let message =
            text!("地区 `{code}` 还是草案，不参与", "the region `{code}` is a draft and takes no part");
        let help = text!(
            "用 --with {path} 让它参与，或用 --add-to {path} 追加到它",
            "let it take part with --with {path}, or append to it with --add-to {path}"
        );
        fail(diagnostics, Code::BadCall, message, help);
        return None;
    }
    Some(found)
}

impl Place {
    /// The file with the operations; `None` if they cannot be appended to what stands there.
    pub fn target(
        &self,
        wanted: &Wanted,
        changes: &[Change],
        loaded: &Loaded,
        diagnostics: &mut Diagnostics,
    ) -> Option<Target> {
        let operations: String = changes.iter().map(|c| operation(c, &wanted.reason)).collect();
        let bytes = match &self.before {
            Some(before) => {
                let new = appended(before, &operations);
                self.readable(&new, loaded, diagnostics)?;
                new
            }
            None => {
                let own = Head {
                    schema: schema_seen_from(&self.path),
                    id: self.id.clone(),
                    title: wanted.title.clone(),
                    issuer: wanted.issuer.clone(),
                    citation: wanted.citation.clone(),
                    effective: self.effective.to_string(),
                    expires: self.expires.clone(),
                    effective_by: wanted.effective_by.clone(),
                    region: self.region.clone().filter(|_| !self.in_folder),
                    ..Head::default()
                };
                (head(&own) + &operations).into_bytes()
            }
        };
        Some(Target {
            path: self.path.clone(),
            bytes,
            before: self.before.clone(),
            id: self.id.clone(),
            region: self.region.clone(),
            effective: self.effective,
            expires: self.expires.clone(),
        })
    }

    /// A list that is written inline cannot be continued behind it.
    fn readable(&self, new: &[u8], loaded: &Loaded, diagnostics: &mut Diagnostics) -> Option<()> {
        let kind = overlay_at(loaded, &self.path).map_or(FileKind::Amendment, |o| o.kind);
        let read = overlay(&mut Sources::default(), &files::shown(&self.path), kind, None, new);
        if read.file.is_some() {
            return Some(());
        }
        let shown = files::shown(&self.path);
        let message = text!("`{shown}` 末尾不能追加改动", "nothing can be appended to `{shown}`");
        let help = text!(
            "把写成 `replace = [ … ]` 的列表改写为 [[replace]]，并检查文件大小",
            "write lists such as `replace = [ … ]` as [[replace]]; look at the size of the file"
        );
        fail(diagnostics, Code::BadCall, message, help);
        None
    }
}

/// The text with operations behind it, in its own line endings.
fn appended(before: &[u8], operations: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(before);
    let windows = text.matches("\r\n").count() * 2 > text.matches('\n').count();
    let end = if windows { "\r\n" } else { "\n" };
    let mut new = before.to_vec();
    if !before.is_empty() && !before.ends_with(b"\n") {
        new.extend_from_slice(end.as_bytes());
    }
    new.extend_from_slice(operations.replace('\n', end).as_bytes());
    new
}
