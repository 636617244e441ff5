//! Chooses a standard and compiles its edition.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::call::Call;
use super::files::{self, Library};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::{Edition, Request, compile};
use crate::format::FileKind;
use crate::lang::Text;
use crate::load::{RawStandard, load};
use crate::source::{Sources, Span};
use crate::text;

/// A standard whose files were read.
#[derive(Debug)]
pub struct Loaded {
    /// Its files as written.
    pub raw: RawStandard,
    /// What was found wrong with text and shape.
    pub faults: Vec<Diagnostic>,
}

/// Reads all files of the standard that is wanted, or of the only one there is.
pub fn choose(
    call: &Call,
    wanted: Option<&str>,
    library: &Library,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Loaded> {
    let known = || library.standards.keys().map(String::as_str);
    let list = Text::list(&known().collect::<Vec<_>>());
    let id = match (wanted, library.standards.len()) {
        (Some(wanted), _) => wanted.to_owned(),
        (None, 1) => known().next().unwrap_or_default().to_owned(),
        (None, 0) => {
            let message = text!("没有找到任何标准", "no standard was found");
            let help = text!(
                "标准的文件夹里有 standard.toml；用 --standards 指定",
                "the folder of a standard holds standard.toml; name it with --standards"
            );
            diagnostics.push(Diagnostic::error(Code::UnknownStandard, Span::NONE, message).help(help));
            return None;
        }
        (None, _) => {
            let message = text!("有几个标准，请指明", "there are several standards: name one");
            let help = Text::new("用 --standard：", "with --standard: ").then(list);
            diagnostics.push(Diagnostic::error(Code::UnknownStandard, Span::NONE, message).help(help));
            return None;
        }
    };
    let Some(folder) = library.standards.get(&id) else {
        let message = text!("没有标准 `{id}`", "there is no standard `{id}`");
        let fault = Diagnostic::error(Code::UnknownStandard, Span::NONE, message).suggest(&id, known());
        let help = Text::new("可用的标准：", "standards: ").then(list);
        diagnostics.push(if fault.help.is_some() { fault } else { fault.help(help) });
        return None;
    };
    let mut faults = Diagnostics::default();
    let mut raw = load(sources, &folder.root, &folder.files, &mut faults);
    for region in &library.regions {
        let files: Vec<_> = region
            .files
            .iter()
            .map(|(name, bytes)| (Path::new(&region.root).join(name), bytes.to_vec()))
            .collect();
        attach(&files, false, &mut raw, sources);
    }
    for name in &call.with {
        if let Some(files) = files::instrument(name, sources, diagnostics) {
            attach(&files, true, &mut raw, sources);
        }
    }
    Some(Loaded { raw, faults: faults.into_sorted() })
}

/// Adds instruments that lie outside the folder of the standard, or marks those inside as named by the call.
fn attach(files: &[(PathBuf, Vec<u8>)], named: bool, raw: &mut RawStandard, sources: &mut Sources) {
    let is_region = |path: &Path| path.file_name().is_some_and(|n| n == "region.toml");
    let mut code = None;
    let mut ordered: Vec<_> = files.iter().collect();
    ordered.sort_by_key(|(path, _)| !is_region(path));
    for (path, bytes) in ordered {
        let shown = files::shown(path);
        let real = |p: &Path| p.canonicalize().ok();
        let same = |o: &&mut crate::load::RawOverlay| {
            o.path == shown || real(Path::new(&o.path)).is_some_and(|p| Some(p) == real(path))
        };
        if let Some(known) = raw.overlays.iter_mut().find(same) {
            known.named |= named;
            continue;
        }
        let (kind, region) = match (is_region(path), &code) {
            (true, _) => (FileKind::Region, None),
            (false, Some(code)) => (FileKind::RegionAmendment, Some(String::clone(code))),
            (false, None) => (FileKind::Amendment, None),
        };
        let mut read = crate::load::overlay(sources, &shown, kind, region, bytes);
        if kind == FileKind::Region {
            code = read.file.as_ref().map(|f| f.id.value.clone());
        }
        read.named = named;
        raw.overlays.push(read);
    }
}

/// Compiles the edition of a loaded standard. Errors of the rules are reported, warnings are left to `lint`.
pub fn edition(
    loaded: &Loaded,
    call: &Call,
    applied_on: Date,
    assessed_on: Date,
    diagnostics: &mut Diagnostics,
) -> Option<Arc<Edition>> {
    let request = dated(call, applied_on, assessed_on, diagnostics)?;
    compiled(loaded, &request, diagnostics)
}

/// What a call asks for of a dossier with these dates: `--on` stands before them. `None` if it is malformed.
pub fn dated(
    call: &Call,
    applied_on: Date,
    assessed_on: Date,
    diagnostics: &mut Diagnostics,
) -> Option<Request> {
    let (applied_on, assessed_on) = match fixed_date(call, diagnostics)? {
        Some(date) => (date, date),
        None => (applied_on, assessed_on),
    };
    request(call, applied_on, assessed_on, diagnostics)
}

/// Compiles what was asked for. Errors of the rules are reported, warnings are left to `lint`.
pub fn compiled(loaded: &Loaded, request: &Request, diagnostics: &mut Diagnostics) -> Option<Arc<Edition>> {
    let mut own = Diagnostics::default();
    own.extend(loaded.faults.iter().cloned());
    let edition = compile(&loaded.raw, request, &mut own);
    let failed = own.has_errors();
    let errors: Vec<Diagnostic> =
        own.into_iter().filter(|d| d.severity == crate::diag::Severity::Error).collect();
    diagnostics.extend(super::witness::add(&loaded.raw, request, errors));
    edition.filter(|_| !failed).map(Arc::new)
}

/// What a call asks for; `None` if it is malformed.
pub fn request(
    call: &Call,
    applied_on: Date,
    assessed_on: Date,
    diagnostics: &mut Diagnostics,
) -> Option<Request> {
    let mut request = Request { region: call.region.clone(), ..Request::of(applied_on, assessed_on) };
    let before = diagnostics.errors();
    for written in &call.readings {
        match written.split_once('=') {
            Some((id, reading)) if !id.is_empty() && !reading.is_empty() => {
                let other = request.readings.insert(id.to_owned(), reading.to_owned());
                if other.is_some_and(|other| other != reading) {
                    let message = text!("`{id}` 指定了两种读法", "two readings are given for `{id}`");
                    diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message));
                }
            }
            _ => {
                let message = text!("读法 `{written}` 写法不对", "the reading `{written}` is malformed");
                let help = text!("写成 `释义=读法`", "write `INTERPRETATION=READING`");
                diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message).help(help));
            }
        }
    }
    (diagnostics.errors() == before).then_some(request)
}

/// The date that `--on` fixes; the outer `None` says that it is malformed.
pub fn fixed_date(call: &Call, diagnostics: &mut Diagnostics) -> Option<Option<Date>> {
    match &call.on {
        None => Some(None),
        Some(written) => match Date::parse(written, Span::NONE) {
            Ok(date) => Some(Some(date)),
            Err(fault) => {
                diagnostics.push(*fault);
                None
            }
        },
    }
}

/// Today, by the clock of this machine.
///
/// # Errors
/// The clock is set to a year that cannot be written.
pub fn today() -> anyhow::Result<Date> {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let days = i64::try_from(seconds / 86_400)?;
    let epoch = Date::new(1970, 1, 1).ok_or_else(|| anyhow::anyhow!("no epoch"))?;
    Ok(epoch.plus_days(days))
}
