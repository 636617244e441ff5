//! `guiju amend`: writes an instrument that quotes what stands in the rules.

mod call;
mod place;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;

use super::call::{Call, Format};
use super::editions::{self, Loaded};
use super::instrument::{self, Looked};
use super::{Exit, Session, files};
use crate::analysis::amend::{Change, Note, check_to_insert, misspelt, notes, replace, settle, withdraw};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::edition::describe::layers;
use crate::edition::overlay::{OperationKind, Standing, Step};
use crate::edition::{Edition, Request};
use crate::format::overlay::StatusRaw;
use crate::load::RawOverlay;
use crate::report::instrument as text_of;
use crate::report::written::{self, RefusedOut, WrittenOut};

use call::{Into, Wanted};
pub use call::{arguments, date, texts};
pub use place::region_of;

/// Where the operations go, and the text with them.
struct Target {
    path: PathBuf,
    bytes: Vec<u8>,
    before: Option<Vec<u8>>,
    id: String,
    region: Option<String>,
    effective: Date,
    expires: Option<String>,
}

/// Runs the verb.
///
/// # Errors
/// The working folder cannot be read.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let outcome = write(call, matches, session, &mut diagnostics)?;
    session.report(diagnostics.into_sorted());
    let Some((out, looked)) = outcome else { return Ok(Exit::Invalid) };
    match call.format {
        Format::Json => session.say(&serde_json::to_string_pretty(&out)?),
        Format::Text => {
            let steps: Vec<&Step> = looked.1.iter().filter_map(|i| looked.0.history.get(*i)).collect();
            session.say(&written::text(&out, &steps, call.lang));
        }
    }
    Ok(Exit::Well)
}

/// The edition with the operations, and where they stand in its history.
type Found = (Arc<Edition>, Vec<usize>);

fn write(
    call: &Call,
    matches: &ArgMatches,
    session: &mut Session,
    diagnostics: &mut Diagnostics,
) -> anyhow::Result<Option<(WrittenOut, Found)>> {
    let Some(wanted) = Wanted::read(call, matches, diagnostics) else { return Ok(None) };
    let mut named = call.clone();
    let library = session.library(call, diagnostics)?;
    if let Into::Draft(path) = &wanted.into {
        let plain = instrument::read_plain(path).and_then(|_| instrument::rule_file(path, &library));
        if let Err(fault) = plain {
            diagnostics.push(*fault);
            return Ok(None);
        }
        named.with.push(files::shown(path));
    }
    let standard = call.standard.as_deref();
    let Some(loaded) = editions::choose(&named, standard, &library, &mut session.sources, diagnostics) else {
        return Ok(None);
    };
    let Some(place) = place::find(&wanted, call, &loaded, &library, diagnostics) else { return Ok(None) };
    named.region.clone_from(&place.region);
    let on = place.effective;
    let Some(before) = editions::edition(&loaded, &named, on, on, diagnostics) else { return Ok(None) };
    let Some(Written { changes, notes, doubts }) = changes(&wanted, &loaded, &before, &place, diagnostics)
    else {
        return Ok(None);
    };
    let Some(target) = place.target(&wanted, &changes, &loaded, diagnostics) else { return Ok(None) };

    if !matches!(wanted.into, Into::Draft(_)) {
        named.with.push(files::shown(&target.path));
    }
    let bytes = target.before.clone();
    let looked = instrument::write_and_look(&target.path, &target.bytes, bytes, || {
        instrument::look_again(&named, on, &target.id, &before, session)
    });
    let looked = match looked {
        Ok(looked) => looked,
        Err(faults) => {
            let faults = faults.into_sorted();
            // A field that the rules do not know is named with a suggestion already.
            let doubts =
                if faults.iter().any(|f| f.code == Code::UnknownField) { Vec::new() } else { doubts };
            diagnostics.extend(faults.into_iter().chain(doubts));
            return Ok(None);
        }
    };
    let overlay = instrument::overlay_at(&looked.loaded, &target.path);
    let (refused, why) =
        overlay.map(|o| instrument::refused(&looked.loaded, &o.path, &session.sources)).unwrap_or_default();
    diagnostics.extend(why.into_iter().map(|fault| Diagnostic { severity: Severity::Warning, ..fault }));
    let out = report(call, &wanted, &target, &changes, notes, &looked, refused);
    Ok(Some(out))
}

/// The operations, with what is worth a word about them.
struct Written {
    changes: Vec<Change>,
    notes: Vec<Note>,
    /// What is said only if the rules do not stand the operations.
    doubts: Vec<Diagnostic>,
}

/// The operations, quoted from the edition of the effective date.
fn changes(
    wanted: &Wanted,
    loaded: &Loaded,
    edition: &Edition,
    place: &place::Place,
    diagnostics: &mut Diagnostics,
) -> Option<Written> {
    let mut request =
        Request { region: place.region.clone(), ..Request::of(place.effective, place.effective) };
    let standing = Standing::of(&loaded.raw, &request, diagnostics)?;
    let errors = diagnostics.errors();
    let mut settled = Vec::new();
    for (interpretation, reading) in &wanted.settle {
        match settle(&standing, interpretation, reading) {
            Ok(change) => settled.push(change),
            Err(fault) => diagnostics.push(*fault),
        }
        request.readings.insert(interpretation.clone(), reading.clone());
    }
    // A reading holds before any other operation, whatever the order in the file: quotations see it.
    let standing = match settled.is_empty() || diagnostics.errors() > errors {
        true => standing,
        false => Standing::of(&loaded.raw, &request, diagnostics)?,
    };
    let mut all = Vec::new();
    for wish in &wanted.wishes {
        match replace(&standing, wish) {
            Ok(change) => all.push(change),
            Err(faults) => diagnostics.extend(faults),
        }
    }
    for at in &wanted.withdraw {
        match withdraw(&standing, at) {
            Ok(change) => all.push(change),
            Err(fault) => diagnostics.push(*fault),
        }
    }
    all.extend(settled);
    for (clause, id) in &wanted.checks {
        match check_to_insert(&standing, clause, id, place.region.as_deref()) {
            Ok(change) => all.push(change),
            Err(fault) => diagnostics.push(*fault),
        }
    }
    let notes = notes(edition, &standing, &all);
    let doubts = wanted.wishes.iter().flat_map(|wish| misspelt(&standing, wish)).collect();
    (diagnostics.errors() == errors).then_some(Written { changes: all, notes, doubts })
}

/// What was written, and the editions that would be refused.
fn report(
    call: &Call,
    wanted: &Wanted,
    target: &Target,
    changes: &[Change],
    notes: Vec<Note>,
    looked: &Looked,
    refused: Vec<RefusedOut>,
) -> (WrittenOut, Found) {
    let edition = Arc::clone(&looked.edition);
    let own = |step: &Step| edition.layers.get(step.layer).is_some_and(|l| l.id == target.id);
    let kind_of = |change: &Change| match change {
        Change::Replace { at, .. } => Some((OperationKind::Replace, at.clone())),
        Change::Withdraw { at, .. } => Some((OperationKind::Withdraw, at.clone())),
        Change::Settle { at, .. } => Some((OperationKind::Settle, format!("interpretation:{at}"))),
        Change::Check { .. } => None,
    };
    let find = |change: &Change| {
        let (kind, at) = kind_of(change)?;
        edition.history.iter().rposition(|s| own(s) && s.operation == kind && s.at == at)
    };
    let steps: Vec<usize> = changes.iter().filter_map(find).collect();
    let outline = |change: &Change| match change {
        Change::Check { at, id } => Some(format!("{at}#{id}")),
        _ => None,
    };
    let overlay = instrument::overlay_at(&looked.loaded, &target.path);
    let path = files::shown(&target.path);
    let mut next_call = call.clone();
    next_call.region.clone_from(&target.region);
    next_call.with.retain(|w| *w != path);
    next_call.with.push(path.clone());
    let edition_options = format!(" --on {}{}", target.effective, instrument::options(&next_call));
    let mut next = Vec::new();
    if let Some(clause) = changes.iter().find_map(clause_of) {
        next.push(format!("guiju show {}{edition_options}", instrument::word(&clause)));
    }
    next.push(format!("guiju lint{edition_options}"));
    next_call.region = None;
    next_call.with.retain(|w| *w != path);
    next.push(format!("guiju issue {}{}", instrument::word(&path), instrument::options(&next_call)));
    let out = WrittenOut {
        path,
        id: target.id.clone(),
        status: StatusRaw::Draft,
        region: target.region.clone(),
        effective: target.effective.to_string(),
        expires: target.expires.clone(),
        operations: steps
            .iter()
            .filter_map(|i| edition.history.get(*i))
            .map(|step| layers::step(&edition, step))
            .collect(),
        outlines: changes.iter().filter_map(outline).collect(),
        notes,
        placeholders: open_texts(wanted, overlay),
        refused,
        next,
    };
    (out, (edition, steps))
}

/// What `show` can show of a change.
fn clause_of(change: &Change) -> Option<String> {
    let at = change.at();
    let named = at.strip_prefix("evidence:").or_else(|| at.strip_prefix("interpretation:"));
    match (change, named, at.contains(':') || at == "standard") {
        (_, Some(name), _) => Some(name.to_owned()),
        (_, None, true) => None,
        _ => at.split('#').next().map(str::to_owned),
    }
}

/// The names of texts that are still placeholders.
fn open_texts(wanted: &Wanted, overlay: Option<&RawOverlay>) -> Vec<String> {
    let mut open = Vec::new();
    if let Some(file) = overlay.and_then(|o| o.file.as_ref()) {
        for (name, text) in [("title", &file.title), ("issuer", &file.issuer), ("citation", &file.citation)] {
            if text_of::is_placeholder(name, text) {
                open.push(name.to_owned());
            }
        }
    }
    if text_of::is_placeholder("reason", &wanted.reason) {
        open.push("reason".to_owned());
    }
    open
}

/// A path as it is opened.
fn own_path(written: &str) -> PathBuf {
    Path::new(written).to_path_buf()
}
