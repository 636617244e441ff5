//! `guiju portability DOSSIERS…`: the awards of dossiers under the base and under every region.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clap::ArgMatches;
use rayon::prelude::*;

use super::call::Call;
use super::evaluate::{Opened, WhatIf, open, typed_under};
use super::impact::refused;
use super::{Exit, Session, dossiers, editions, session};
use crate::analysis::dates::within;
use crate::analysis::impact::Graded;
use crate::assessment::Assessment;
use crate::calendar::Date;
use crate::diag::Diagnostics;
use crate::dossier::{self, Dossier};
use crate::edition::{Edition, compile};
use crate::eval::evaluate;
use crate::format::FileKind;
use crate::format::overlay::StatusRaw;
use crate::load::{RawOverlay, RawStandard};
use crate::report::impact::{RefusedSide, UnreadableOut};
use crate::report::portability::{self as report, ColumnOut, PortableOut, Under};
use crate::source::Sources;
use crate::text;

type Compiled = BTreeMap<(Date, Date), Option<Arc<Edition>>>;

/// The base or a region, with its editions by the dates of dossiers.
struct Column {
    region: Option<String>,
    editions: Compiled,
}

/// Runs the verb.
///
/// # Errors
/// The working folder cannot be read.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let why = text!("每个地区都列出", "it shows every region");
    diagnostics.extend(call.idle("portability", &["region"], &why));
    let names = dossiers::names(matches, &mut diagnostics);
    let library = session.library(call, &mut diagnostics)?;
    let what_if = WhatIf::read(call, matches);
    let files: Vec<Opened> = names.iter().map(|name| open(name)).collect();
    let wanted = call.standard.clone().or_else(|| files.iter().find_map(Opened::standard));
    let loaded = editions::choose(call, wanted.as_deref(), &library, &mut session.sources, &mut diagnostics);
    let fixed = editions::fixed_date(call, &mut diagnostics);
    let (Some(loaded), Some(fixed)) = (loaded, fixed) else {
        session.report(diagnostics.into_sorted());
        return Ok(Exit::Invalid);
    };
    diagnostics.extend(loaded.faults.iter().cloned());
    let codes = regions(&loaded.raw).into_iter().map(Some);
    let mut columns: Vec<Column> = Vec::new();
    for region in std::iter::once(None).chain(codes) {
        let raw = within(&loaded.raw, region.as_deref());
        let own = Call { region: region.clone(), ..call.clone() };
        let mut compiled = Compiled::new();
        for (applied, assessed) in files.iter().filter_map(Opened::dates) {
            let (on, by) = fixed.map_or((applied, assessed), |date| (date, date));
            let Some(request) = editions::request(&own, on, by, &mut diagnostics) else { continue };
            compiled.entry((applied, assessed)).or_insert_with(|| {
                let mut faults = Diagnostics::default();
                let edition = compile(&raw, &request, &mut faults);
                let failed = faults.has_errors();
                let error = |d: &crate::diag::Diagnostic| d.severity == crate::diag::Severity::Error;
                diagnostics.extend(faults.into_iter().filter(error));
                edition.filter(|_| !failed).map(Arc::new)
            });
        }
        columns.push(Column { region, editions: compiled });
    }
    let broken = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());
    if broken {
        return Ok(Exit::Invalid);
    }
    let results: Vec<_> =
        files.par_iter().map(|file| one(file, &columns, &what_if, &session.sources, call)).collect();
    let mut refused = Vec::new();
    let mut graded = Vec::new();
    for result in results {
        match result {
            Ok(dossier) => graded.push(dossier),
            Err(unreadable) => refused.push(unreadable),
        }
    }
    let exit = if refused.is_empty() { Exit::Well } else { Exit::Invalid };
    let heads: Vec<ColumnOut> = columns.iter().filter_map(|c| head(c, call)).collect();
    let any = columns.iter().flat_map(|c| c.editions.values().flatten()).next();
    let out = report::total(any.map(|e| &e.standard), heads, graded, refused, call.lang);
    let output = match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => serde_json::to_string_pretty(&out)?,
        Some("csv") => report::csv(&out, call.lang)?,
        Some("markdown") => report::markdown(&out, call.lang),
        _ => report::text(&out, call.lang, session.style()),
    };
    Ok(exit.max(dossiers::put(&output, matches, session)))
}

fn head(column: &Column, call: &Call) -> Option<ColumnOut> {
    let edition = column.editions.values().flatten().next()?;
    Some(report::column(column.region.as_deref(), edition, call.lang))
}

fn code(overlay: &RawOverlay) -> Option<String> {
    overlay.region.clone().or_else(|| overlay.file.as_ref().map(|f| f.id.value.clone()))
}

/// The regions that take part, sorted.
fn regions(raw: &RawStandard) -> BTreeSet<String> {
    let takes_part = |o: &&RawOverlay| {
        let issued = o.file.as_ref().is_some_and(|f| f.status == StatusRaw::Issued);
        o.kind == FileKind::Region && (issued || o.named)
    };
    raw.overlays.iter().filter(takes_part).filter_map(code).collect()
}

struct Typed {
    edition: Arc<Edition>,
    dossier: Dossier,
    assessment: Assessment,
}

/// One dossier under all columns. Where a region cannot read it, its column says so.
fn one(
    file: &Opened,
    columns: &[Column],
    what_if: &WhatIf,
    rules: &Sources,
    call: &Call,
) -> Result<PortableOut, UnreadableOut> {
    let mut all: Vec<Result<Typed, UnreadableOut>> = Vec::new();
    for column in columns {
        let edition = file.dates().and_then(|dates| column.editions.get(&dates).cloned().flatten());
        let (typed, sources, faults) = typed_under(file, edition.as_deref(), what_if, rules);
        if all.is_empty() {
            session::report(&sources, faults.clone(), call.lang, call.format);
        }
        all.push(match typed.zip(edition) {
            Some((dossier, edition)) => {
                let assessment = evaluate(&edition, &dossier, what_if.view(&dossier));
                Ok(Typed { edition, dossier, assessment })
            }
            None => Err(refused(file.name(), RefusedSide::Before, &faults, &sources, call)),
        });
    }
    let mut all = all.into_iter();
    let base = match all.next() {
        Some(Ok(base)) => base,
        Some(Err(unreadable)) => return Err(unreadable),
        None => return Err(refused(file.name(), RefusedSide::Both, &[], rules, call)),
    };
    let rest: Vec<Result<Typed, UnreadableOut>> = all.collect();
    let under: Vec<Under<'_>> = rest
        .iter()
        .map(|typed| match typed {
            Ok(t) => Ok(Graded { edition: &t.edition, dossier: &t.dossier, assessment: &t.assessment }),
            Err(unreadable) => Err(unreadable.diagnostics.as_slice()),
        })
        .collect();
    let digest = dossier::digest(&base.dossier, &base.edition);
    let graded = Graded { edition: &base.edition, dossier: &base.dossier, assessment: &base.assessment };
    let names: Vec<&str> = columns.iter().filter_map(|c| c.region.as_deref()).collect();
    Ok(report::dossier(file.name(), &digest, graded, &names, &under, call.lang))
}
