//! `guiju issue`: a draft becomes an issued instrument.

use std::path::Path;

use clap::{Arg, ArgMatches, Command};

use super::call::{Call, Format};
use super::instrument::{self, Written};
use super::{Exit, Session, editions, files};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::overlay::editions_with;
use crate::format::overlay::{OverlayFile, StatusRaw};
use crate::lang::{Lang, Text};
use crate::load::RawOverlay;
use crate::report::instrument::is_placeholder;
use crate::report::written::{self, RefusedOut, WrittenOut};
use crate::source::{Sources, Span};
use crate::syntax::Node;
use crate::text;

/// The arguments of the verb.
pub fn arguments(command: Command, lang: Lang) -> Command {
    let file = Arg::new("file").value_name(lang.pick("文件", "FILE")).required(true);
    command.arg(file.help(lang.pick("要发布的草案", "the draft to be issued")))
}

/// Runs the verb: every edition in which the draft takes part compiles, then one word is changed in place.
///
/// # Errors
/// The working folder or the clock cannot be read.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let name = matches.get_one::<String>("file").cloned().unwrap_or_default();
    let path = Path::new(&name);
    let mut diagnostics = Diagnostics::default();
    let bytes = instrument::read_plain(path).map_err(|fault| diagnostics.push(*fault)).ok();
    // Options that choose an edition have no meaning where all editions are looked at.
    let why = text!("它查看所有版本", "it looks at all editions");
    diagnostics.extend(call.idle("issue", &["on", "reading", "region"], &why));
    let Some(bytes) = bytes.filter(|_| !diagnostics.has_errors()) else {
        session.report(diagnostics.into_sorted());
        return Ok(Exit::Invalid);
    };
    let mut named = call.clone();
    named.with.push(name.clone());
    let library = session.library(&named, &mut diagnostics)?;
    if let Err(fault) = instrument::rule_file(path, &library) {
        session.report([*fault]);
        return Ok(Exit::Invalid);
    }
    let standard = call.standard.as_deref();
    let loaded = editions::choose(&named, standard, &library, &mut session.sources, &mut diagnostics);
    let overlay = loaded.as_ref().and_then(|l| instrument::overlay_at(l, path));
    let new = overlay.and_then(|o| issued(o, &bytes, &session.sources, &mut diagnostics));
    let (Some(loaded), Some(overlay), Some(new), false) = (&loaded, overlay, new, diagnostics.has_errors())
    else {
        diagnostics.extend(loaded.iter().flat_map(|l| l.faults.iter().cloned()));
        session.report(diagnostics.into_sorted());
        return Ok(Exit::Invalid);
    };
    diagnostics.extend(loaded.faults.iter().cloned());
    let requests = editions_with(&loaded.raw, &overlay.path);
    if requests.is_empty() {
        let message = text!("没有哪个版本用到 `{name}`", "there is no edition in which `{name}` takes part");
        let help = text!(
            "检查日期；上级地区是草案时用 --with 指名",
            "look at its dates; name drafts of regions above it with --with"
        );
        diagnostics.push(Diagnostic::error(Code::BadCall, overlay_span(overlay), message).help(help));
    }
    let (editions, why) = instrument::refused(loaded, &overlay.path, &session.sources);
    if !editions.is_empty() {
        let shown: Vec<Text> = editions.iter().map(RefusedOut::shown).collect();
        let list = Text {
            zh: shown.iter().map(|t| t.zh.as_str()).collect::<Vec<_>>().join("、"),
            en: shown.iter().map(|t| t.en.as_str()).collect::<Vec<_>>().join("; "),
        };
        let message = text!("发布后这些版本无法编译：", "with it these editions do not compile: ").then(list);
        diagnostics.push(Diagnostic::error(Code::BadCall, overlay_span(overlay), message));
        diagnostics.extend(why);
    }
    if diagnostics.has_errors() {
        session.report(diagnostics.into_sorted());
        return Ok(Exit::Invalid);
    }
    if let Err(fault) = write(call, path, &bytes, &new, overlay, session) {
        session.report(fault.into_sorted());
        return Ok(Exit::Invalid);
    }
    let Some(file) = &overlay.file else { return Ok(Exit::Invalid) };
    let region = overlay.region.clone().or_else(|| file.region.as_ref().map(|r| r.value.clone()));
    let out = WrittenOut {
        path: files::shown(path),
        id: file.id.value.clone(),
        status: StatusRaw::Issued,
        region,
        effective: file.effective.value.clone(),
        expires: file.expires.as_ref().map(|e| e.value.clone()),
        operations: Vec::new(),
        outlines: Vec::new(),
        notes: Vec::new(),
        placeholders: Vec::new(),
        refused: Vec::new(),
        next: Vec::new(),
    };
    match call.format {
        Format::Json => session.say(&serde_json::to_string_pretty(&out)?),
        Format::Text => {
            session.say(&written::text(&out, &[], call.lang));
            let n = requests.len();
            session.say(&call.lang.pick(
                format!("它参与的 {n} 个版本都能编译"),
                format!("every edition in which it takes part compiles: {n}"),
            ));
        }
    }
    Ok(Exit::Well)
}

fn overlay_span(overlay: &RawOverlay) -> Span {
    overlay.file.as_ref().map_or(Span::NONE, |f| f.id.span)
}

/// The text with its status changed; everything else stays byte for byte.
fn issued(
    overlay: &RawOverlay,
    bytes: &[u8],
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<u8>> {
    let (Some(file), Some(node)) = (&overlay.file, &overlay.node) else {
        diagnostics.extend(overlay.faults.iter().cloned());
        return None;
    };
    let status = node.as_table()?.get("status")?;
    if file.status == StatusRaw::Issued {
        let message = text!("它已经发布", "it is issued already");
        diagnostics.push(Diagnostic::error(Code::NothingChanges, status.span, message));
        return None;
    }
    let open = open_texts(file, node);
    for (field, span) in &open {
        let message = text!("`{field}` 还没有填写", "`{field}` is still to be filled in");
        diagnostics.push(Diagnostic::error(Code::EmptyText, *span, message));
    }
    let source = sources.file(status.span)?;
    // The tree was read from these very bytes, unless somebody wrote the file in between.
    if source.text.as_bytes() != bytes {
        let message = text!("文件在读取时被改动", "the file changed while it was read");
        diagnostics.push(Diagnostic::error(Code::FileUnreadable, status.span, message));
        return None;
    }
    let (start, end) = ((status.span.start - source.base) as usize, (status.span.end - source.base) as usize);
    let written = source.text.get(start..end)?;
    let word = if written.contains("draft") {
        written.replacen("draft", "issued", 1)
    } else {
        "\"issued\"".to_owned()
    };
    let new = [source.text.get(..start)?, &word, source.text.get(end..)?].concat();
    open.is_empty().then(|| new.into_bytes())
}

/// Texts of an instrument that were never filled in.
fn open_texts(file: &OverlayFile, node: &Node) -> Vec<(&'static str, Span)> {
    let head = [("title", &file.title), ("issuer", &file.issuer), ("citation", &file.citation)];
    let written = |field: &str| node.as_table().and_then(|t| t.get(field)).map(|n| n.span);
    let head = head.map(|(field, text)| (field, text, written(field).unwrap_or(file.id.span)));
    let head = head.into_iter();
    let reasons = file.replace.iter().map(|o| (&o.reason, o.at.span));
    let reasons = reasons.chain(file.withdraw.iter().map(|o| (&o.reason, o.at.span)));
    let reasons = reasons.chain(file.settle.iter().map(|o| (&o.reason, o.at.span)));
    let place = |at: Option<Span>| at.unwrap_or(file.id.span);
    let reasons =
        reasons.chain(file.insert.iter().map(|o| (&o.reason, place(o.at.as_ref().map(|a| a.span)))));
    let all = head.chain(reasons.map(|(text, span)| ("reason", text, span)));
    let open = |(field, text, _): &(&'static str, &Text, Span)| is_placeholder(field, text);
    all.filter(open).map(|(field, _, span)| (field, span)).collect()
}

/// Writes the issued text and reads the standard again.
fn write(
    call: &Call,
    path: &Path,
    before: &[u8],
    new: &[u8],
    overlay: &RawOverlay,
    session: &mut Session,
) -> Result<(), Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    let written = match Written::write(path, new, Some(before.to_vec())) {
        Ok(written) => written,
        Err(error) => {
            diagnostics.push(instrument::unwritable(path, &error));
            return Err(diagnostics);
        }
    };
    let mut named = call.clone();
    named.with.push(files::shown(path));
    named.region = super::amend::region_of(overlay);
    let on = overlay.file.as_ref().and_then(|f| Date::parse(&f.effective, Span::NONE).ok());
    let library = session.library(&named, &mut diagnostics).ok();
    let loaded = library.and_then(|library| {
        editions::choose(&named, call.standard.as_deref(), &library, &mut session.sources, &mut diagnostics)
    });
    let edition = loaded.zip(on).and_then(|(l, on)| editions::edition(&l, &named, on, on, &mut diagnostics));
    if edition.is_some() && !diagnostics.has_errors() {
        return Ok(());
    }
    if let Err(error) = written.undo() {
        diagnostics.push(instrument::unwritable(path, &error));
    }
    Err(diagnostics)
}
