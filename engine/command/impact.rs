//! `guiju impact A B DOSSIERS…`: what another edition does to dossiers.

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::ArgMatches;
use rayon::prelude::*;

use super::call::{Call, Format};
use super::evaluate::{Opened, WhatIf, open, typed_under};
use super::select::{self, Selected};
use super::{Exit, Session, dossiers, ledger, session};
use crate::analysis::impact::{Graded, Turn};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dossier;
use crate::edition::Edition;
use crate::eval::evaluate;
use crate::report::impact::{
    self as report, DiagnosticOut, DossierOut, ImpactOut, RefusedSide, UnreadableOut,
};
use crate::report::template::{self, Form};
use crate::source::Sources;
use crate::text;

/// Editions of one side by the dates of dossiers.
type Editions = BTreeMap<(Date, Date), Option<Arc<Edition>>>;

/// Runs the verb.
///
/// # Errors
/// The working folder or the clock cannot be read, or `git` cannot be started.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let limit = dossiers::whole(matches, "fail-on-drop", &mut diagnostics);
    let names = dossiers::names(matches, &mut diagnostics);
    let library = session.library(call, &mut diagnostics)?;
    let what_if = WhatIf::read(call, matches);
    let files: Vec<Opened> = names.iter().map(|name| open(name)).collect();
    let mut call = call.clone();
    call.standard = call.standard.or_else(|| files.iter().find_map(Opened::standard));
    let written = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let sides = [written("before"), written("after")];
    diagnostics.extend(select::idle("impact", &call, &sides));
    let mut selected: Vec<Option<Selected>> = Vec::new();
    for side in &sides {
        selected.push(select::select(&call, side, &library, session, &mut diagnostics)?);
    }
    let ledger = match matches.get_one::<String>("ledger") {
        Some(path) => ledger::read(path, session, &mut diagnostics),
        None => None,
    };
    let [Some(before), Some(after)] = selected.as_slice() else {
        session.report(diagnostics.into_sorted());
        return Ok(Exit::Invalid);
    };
    let mut compiled: [Editions; 2] = Default::default();
    for (editions, side) in compiled.iter_mut().zip([before, after]) {
        for (applied, assessed) in files.iter().filter_map(Opened::dates) {
            editions
                .entry((applied, assessed))
                .or_insert_with(|| side.edition(applied, assessed, &mut diagnostics));
        }
    }
    let broken = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());
    if broken {
        return Ok(Exit::Invalid);
    }
    let results: Vec<Result<DossierOut, UnreadableOut>> =
        files.par_iter().map(|file| one(file, &compiled, &what_if, &session.sources, &call)).collect();
    let (mut graded, mut refused) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(dossier) => graded.push(dossier),
            Err(unreadable) => refused.push(unreadable),
        }
    }
    let [was, now] = &compiled;
    let pairs: Vec<(&Edition, &Edition)> =
        was.values().zip(now.values()).filter_map(|(b, a)| Some((b.as_deref()?, a.as_deref()?))).collect();
    let mut out = report::total([&before.written, &after.written], &pairs, graded, refused, call.lang);
    let mut exit = Exit::Well;
    if let Some(ledger) = &ledger {
        let found = ledger::compare(ledger, &out, session);
        session.report(found.diagnostics);
        if !found.open.missing.is_empty() {
            exit = Exit::No;
        }
        out.ledger = Some(found.open);
    }
    let drops = out.totals.drops;
    if limit.is_some_and(|limit| drops > limit) {
        let limit = limit.unwrap_or_default();
        let message = text!(
            "{drops} 个类别的可授予等级下降，上限为 {limit}",
            "{drops} awards drop, of which {limit} are allowed"
        );
        session.refuse(Code::TooManyDrops, message, None);
        exit = Exit::No;
    }
    // What could not be graded cannot be vouched for; what cannot be graded at all is no dossier.
    if !out.unreadable.is_empty() && (limit.is_some() || ledger.is_some()) {
        exit = Exit::No;
    }
    if out.unreadable.iter().any(|u| u.side != RefusedSide::After) {
        exit = Exit::Invalid;
    }
    print_missing(&out, matches, &call);
    let Some(output) = shown(&out, matches, &call, session)? else { return Ok(Exit::Invalid) };
    Ok(exit.max(dossiers::put(&output, matches, session)))
}

/// Entries to be pasted into the ledger, where the output itself does not show them.
fn print_missing(out: &ImpactOut, matches: &ArgMatches, call: &Call) {
    let form = matches.get_one::<String>("format").map(String::as_str).unwrap_or("text");
    let elsewhere = form != "text" || matches.get_one::<String>("output").is_some();
    if call.format == Format::Json || !elsewhere {
        return;
    }
    for entry in out.ledger.iter().flat_map(|l| &l.missing) {
        super::session::complain(&entry.entry.to_string());
    }
}

fn shown(
    out: &ImpactOut,
    matches: &ArgMatches,
    call: &Call,
    session: &Session,
) -> anyhow::Result<Option<String>> {
    Ok(Some(match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => serde_json::to_string_pretty(out)?,
        Some("csv") => report::csv(out, call.lang)?,
        Some(form @ ("markdown" | "html")) => {
            let form = if form == "html" { Form::Html } else { Form::Markdown };
            let name = if form == Form::Html { "impact.html.j2" } else { "impact.md.j2" };
            match template::page(name, "page", &report::page(out, call.lang), &template::built_in()) {
                Ok(text) => text,
                Err(fault) => {
                    session.report([*fault]);
                    return Ok(None);
                }
            }
        }
        _ => report::text(out, call.lang, session.style()),
    }))
}

/// One dossier under both editions.
fn one(
    file: &Opened,
    compiled: &[Editions; 2],
    what_if: &WhatIf,
    rules: &Sources,
    call: &Call,
) -> Result<DossierOut, UnreadableOut> {
    let edition = |side: &Editions| file.dates().and_then(|dates| side.get(&dates).cloned().flatten());
    let mut said: Vec<Diagnostic> = Vec::new();
    let [before, after] = compiled.each_ref().map(|side| {
        let edition = edition(side);
        let (typed, sources, faults) = typed_under(file, edition.as_deref(), what_if, rules);
        // What is wrong on both sides is said once.
        let new = faults.iter().filter(|f| !said.contains(f)).cloned().collect::<Vec<_>>();
        said.extend(new.iter().cloned());
        session::report(&sources, new, call.lang, call.format);
        typed.zip(edition).ok_or_else(|| {
            faults.iter().map(|f| diagnostic(f, &sources, call)).collect::<Vec<DiagnosticOut>>()
        })
    });
    let file = file.name().to_owned();
    match (before, after) {
        (Ok((b, was)), Ok((a, now))) => {
            let (b_result, a_result) =
                (evaluate(&was, &b, what_if.view(&b)), evaluate(&now, &a, what_if.view(&a)));
            let before = Graded { edition: &was, dossier: &b, assessment: &b_result };
            let after = Graded { edition: &now, dossier: &a, assessment: &a_result };
            let digest = dossier::digest(&b, &was);
            Ok(report::dossier(&file, &digest, before, after, call.lang))
        }
        (Err(mut diagnostics), Err(more)) => {
            diagnostics.extend(more.into_iter().filter(|d| !diagnostics.contains(d)).collect::<Vec<_>>());
            Err(UnreadableOut { file, side: RefusedSide::Both, diagnostics })
        }
        (Err(diagnostics), Ok(_)) => Err(UnreadableOut { file, side: RefusedSide::Before, diagnostics }),
        (Ok(_), Err(diagnostics)) => Err(UnreadableOut { file, side: RefusedSide::After, diagnostics }),
    }
}

/// A dossier that cannot be graded, with its faults.
pub(super) fn refused(
    file: &str,
    side: RefusedSide,
    faults: &[Diagnostic],
    sources: &Sources,
    call: &Call,
) -> UnreadableOut {
    let diagnostics = faults.iter().map(|f| diagnostic(f, sources, call)).collect();
    UnreadableOut { file: file.to_owned(), side, diagnostics }
}

fn diagnostic(fault: &Diagnostic, sources: &Sources, call: &Call) -> DiagnosticOut {
    let place = sources.place(fault.span);
    DiagnosticOut {
        code: fault.code.id().to_owned(),
        message: fault.message.in_lang(call.lang).to_owned(),
        help: fault.help.as_ref().map(|h| h.in_lang(call.lang).to_owned()),
        file: place.as_ref().map(|p| p.file.to_string()),
        line: place.as_ref().map(|p| p.line),
        column: place.as_ref().map(|p| p.column),
    }
}

/// Whether an award changed.
pub(super) fn flipped(turn: Turn) -> bool {
    matches!(turn, Turn::Drop | Turn::Rise)
}
