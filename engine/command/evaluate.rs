//! `guiju evaluate`: grades dossiers.

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::ArgMatches;
use rayon::prelude::*;

use super::call::{Call, Format};
use super::editions::{self, Loaded};
use super::files::{self, Input};
use super::{Exit, Session, session};
use crate::assessment::Assessment;
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dossier::{self, Dossier, View};
use crate::edition::Edition;
use crate::eval::evaluate;
use crate::format::dossier::DossierFile;
use crate::format::shape;
use crate::report::evaluation::evaluation;
use crate::report::summary::{reached, summary};
use crate::source::{Sources, Span};
use crate::syntax::{Limits, read};
use crate::text;
use crate::verdict::Verdict;

/// Runs the verb.
///
/// # Errors
/// The working folder cannot be read.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let names: Vec<String> = matches.get_many::<String>("dossier").into_iter().flatten().cloned().collect();
    let mut diagnostics = Diagnostics::default();
    let library = session.library(call, &mut diagnostics)?;
    let what_if = WhatIf::read(call, matches);
    let files: Vec<Opened> = names.iter().map(|name| open(name)).collect();

    // Each standard is read once, each edition compiled once, whatever the number of dossiers.
    let mut standards: BTreeMap<Option<String>, Option<Loaded>> = BTreeMap::new();
    for file in &files {
        let wanted = call.standard.clone().or_else(|| file.standard());
        standards.entry(wanted.clone()).or_insert_with(|| {
            editions::choose(call, wanted.as_deref(), &library, &mut session.sources, &mut diagnostics)
        });
    }
    let mut compiled: BTreeMap<(Option<String>, Date, Date), Option<Arc<Edition>>> = BTreeMap::new();
    for file in &files {
        let wanted = call.standard.clone().or_else(|| file.standard());
        let (Some(Some(loaded)), Some((applied, assessed))) = (standards.get(&wanted), file.dates()) else {
            continue;
        };
        compiled
            .entry((wanted, applied, assessed))
            .or_insert_with(|| editions::edition(loaded, call, applied, assessed, &mut diagnostics));
    }
    let broken = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());

    let one_line = names.len() > 1;
    let results: Vec<(Exit, Option<String>)> = files
        .par_iter()
        .map(|file| {
            let wanted = call.standard.clone().or_else(|| file.standard());
            let edition = file.dates().and_then(|(a, b)| compiled.get(&(wanted, a, b)).cloned().flatten());
            one(file, edition.as_deref(), &what_if, &session.sources, call, session.style(), one_line)
        })
        .collect();
    let mut exit = if broken { Exit::Invalid } else { Exit::Well };
    for (i, (own, output)) in results.into_iter().enumerate() {
        exit = exit.max(own);
        if let Some(output) = output {
            if i > 0 && call.format == Format::Text {
                session.say("");
            }
            session.say(&output);
        }
    }
    Ok(exit)
}

/// A dossier whose shape was read, with the texts it lies in.
pub(super) struct Opened {
    name: String,
    input: Option<Input>,
    raw: Option<DossierFile>,
    faults: Vec<Diagnostic>,
    sources: Sources,
}

impl Opened {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn standard(&self) -> Option<String> {
        self.raw.as_ref()?.standard.as_ref().map(|s| s.value.clone())
    }

    pub(super) fn dates(&self) -> Option<(Date, Date)> {
        let application = &self.raw.as_ref()?.application;
        let date = |d: &crate::syntax::de::Loc<String>| Date::parse(d, d.span).ok();
        // A malformed date is reported when the dossier is read; any edition serves until then.
        let fallback =
            date(&application.assessed_on).or(date(&application.applied_on)).unwrap_or(Date::FIRST);
        Some((
            date(&application.applied_on).unwrap_or(fallback),
            date(&application.assessed_on).unwrap_or(fallback),
        ))
    }
}

/// Opens a dossier and reads its shape.
pub(super) fn open(name: &str) -> Opened {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let input = files::dossier(name, &mut sources, &mut diagnostics);
    let raw = input.as_ref().and_then(|input| shape_of(input, &mut sources, &mut diagnostics));
    Opened { name: name.to_owned(), input, raw, faults: diagnostics.into_sorted(), sources }
}

fn shape_of(input: &Input, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Option<DossierFile> {
    let node = read(sources, &input.name, &input.bytes, input.notation, &Limits::DOSSIER, diagnostics)?;
    shape::read(&node, diagnostics)
}

/// What is to be assumed against the dossier.
pub(super) struct WhatIf {
    set: Vec<String>,
    targets: Vec<String>,
    view: Option<View>,
}

impl WhatIf {
    pub(super) fn read(call: &Call, matches: &ArgMatches) -> Self {
        let view =
            matches.get_one::<String>("view").map(|v| if v == "self" { View::Own } else { View::Review });
        let targets = matches.get_many::<String>("target").into_iter().flatten().cloned().collect();
        WhatIf { set: call.set.clone(), targets, view }
    }

    pub(super) fn view(&self, dossier: &Dossier) -> View {
        self.view.unwrap_or_else(|| dossier.default_view())
    }

    /// Applies targets and stipulations, each shown in diagnostics as a text of its own.
    pub(super) fn apply(
        &self,
        dossier: &mut Dossier,
        edition: &Edition,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) {
        for target in &self.targets {
            let span = placed(sources, "--target", target);
            if let Err(fault) = retarget(target, span, dossier, edition) {
                diagnostics.push(*fault);
            }
        }
        for assignment in &self.set {
            let span = placed(sources, "--set", assignment);
            match dossier::assign(assignment, span, dossier, edition) {
                Err(fault) => diagnostics.push(*fault),
                Ok(()) => diagnostics.extend(idle(assignment, span, dossier, edition)),
            }
        }
    }
}

/// A stipulation for a category that is not applied for changes nothing: somebody meant another.
fn idle(assignment: &str, span: Span, dossier: &Dossier, edition: &Edition) -> Option<Diagnostic> {
    let (name, _) = assignment.split_once('=')?.0.split_once('/')?;
    let category = edition.standard.category(name.trim());
    if dossier.entries.iter().any(|entry| entry.category == category) {
        return None;
    }
    let message = text!(
        "没有申报类别 `{name}`，此项假定不起作用",
        "the category `{name}` is not applied for, the stipulation has no effect"
    );
    Some(Diagnostic::warning(Code::UnknownCategory, span, message))
}

fn placed(sources: &mut Sources, option: &str, text: &str) -> Span {
    let base = sources.add(option, text) as usize;
    Span::from(base..base + text.len())
}

fn retarget(
    target: &str,
    span: Span,
    dossier: &mut Dossier,
    edition: &Edition,
) -> Result<(), Box<Diagnostic>> {
    let (category, level) = target.split_once('=').map_or((None, target), |(c, l)| (Some(c), l));
    let top = edition.standard.top();
    let Some(level) = level.trim().parse().ok().filter(|l: &u8| (1..=top).contains(l)) else {
        let message = text!("等级须在 1 至 {top} 之间", "a level lies between 1 and {top}");
        return Err(Box::new(Diagnostic::error(Code::UnknownLevel, span, message)));
    };
    let wanted = category.map(|c| edition.standard.category(c.trim()));
    let mut any = false;
    for entry in &mut dossier.entries {
        // A name that no category has is not the lack of categories.
        if wanted.is_none_or(|wanted| wanted.is_some() && wanted == entry.category) {
            entry.target = level;
            any = true;
        }
    }
    if any {
        return Ok(());
    }
    let name = category.unwrap_or_default();
    let message = text!("没有申报类别 `{name}`", "the category `{name}` is not applied for");
    Err(Box::new(Diagnostic::error(Code::UnknownCategory, span, message)))
}

/// A dossier typed against an edition, with everything assumed; or its faults, printed.
pub(super) fn typed(
    file: &Opened,
    edition: Option<&Edition>,
    what_if: &WhatIf,
    rules: &Sources,
    call: &Call,
) -> Option<(Dossier, Sources)> {
    let (dossier, sources, mut faults) = typed_under(file, edition, what_if, rules);
    faults.extend(dossier.as_ref().zip(edition).and_then(|(d, e)| other_region(d, e, file, &sources)));
    session::report(&sources, faults, call.lang, call.format);
    dossier.map(|d| (d, sources))
}

/// A dossier may name its region, but the rules are those of `--region`: that the two differ is not passed over.
fn other_region(
    dossier: &Dossier,
    edition: &Edition,
    file: &Opened,
    sources: &Sources,
) -> Option<Diagnostic> {
    let named = dossier.region.as_deref().filter(|named| edition.region.as_deref() != Some(*named))?;
    let span = file.raw.as_ref()?.application.region.as_ref()?.span;
    // The dossier was read again behind the rules: what was measured from its own beginning moves with it.
    let shift = sources.base_of(&file.input.as_ref()?.name)?.checked_sub(1)?;
    let span = Span { start: span.start + shift, end: span.end + shift };
    let message = match &edition.region {
        Some(region) => text!(
            "档案写明地区 `{named}`，评定用的是地区 `{region}` 的规则",
            "the dossier names the region `{named}`, it is graded by the rules of `{region}`"
        ),
        None => text!(
            "档案写明地区 `{named}`，评定用的是基础规则",
            "the dossier names the region `{named}`, it is graded by the base rules"
        ),
    };
    let help = text!(
        "有地区规则时用 `--region {named}`",
        "where the region has rules of its own, use `--region {named}`"
    );
    Some(Diagnostic::warning(Code::UnknownName, span, message).help(help))
}

/// The same without printing: the dossier if nothing is wrong, the texts, the faults.
pub(super) fn typed_under(
    file: &Opened,
    edition: Option<&Edition>,
    what_if: &WhatIf,
    rules: &Sources,
) -> (Option<Dossier>, Sources, Vec<Diagnostic>) {
    let (Some(edition), Some(input), Some(_)) = (edition, &file.input, &file.raw) else {
        return (None, file.sources.clone(), file.faults.clone());
    };
    // The dossier is read again behind the texts of the rules, so that one diagnostic can point into both.
    let mut sources = rules.clone();
    let mut diagnostics = Diagnostics::default();
    let raw = shape_of(input, &mut sources, &mut diagnostics);
    let mut dossier = raw.and_then(|raw| dossier::read(&raw, edition, &mut diagnostics));
    if let Some(dossier) = &mut dossier {
        what_if.apply(dossier, edition, &mut sources, &mut diagnostics);
        dossier::check_consistency(dossier, edition, &mut diagnostics);
    }
    let failed = diagnostics.has_errors();
    (dossier.filter(|_| !failed), sources, diagnostics.into_sorted())
}

fn one(
    file: &Opened,
    edition: Option<&Edition>,
    what_if: &WhatIf,
    rules: &Sources,
    call: &Call,
    style: crate::report::layout::Style,
    one_line: bool,
) -> (Exit, Option<String>) {
    let Some((dossier, _)) = typed(file, edition, what_if, rules, call) else { return (Exit::Invalid, None) };
    let Some(edition) = edition else { return (Exit::Invalid, None) };
    let assessment = evaluate(edition, &dossier, what_if.view(&dossier));
    let digest = dossier::digest(&dossier, edition);
    let output = match call.format {
        Format::Text => summary(edition, &dossier, &assessment, &digest, call.lang, style),
        Format::Json => {
            let mut out = evaluation(edition, &dossier, &assessment, digest);
            out.file = one_line.then(|| file.name.clone());
            let text =
                if one_line { serde_json::to_string(&out) } else { serde_json::to_string_pretty(&out) };
            text.unwrap_or_else(|error| format!("{{\"file\":{:?},\"error\":\"{error}\"}}", file.name))
        }
    };
    (exit_of(&assessment), Some(output))
}

/// 0 if every target is surely reached and the application admissible, 1 if one surely is not, else 3.
pub(super) fn exit_of(assessment: &Assessment) -> Exit {
    let mut exit = match assessment.admissibility.outcomes.verdict() {
        Verdict::Met | Verdict::NotApplicable => Exit::Well,
        Verdict::NotMet => Exit::No,
        Verdict::Undetermined => Exit::Undecided,
    };
    // Within one dossier a sure “no” outweighs what is open.
    let mut no = exit == Exit::No;
    for result in &assessment.categories {
        match reached(result) {
            Verdict::NotMet => no = true,
            Verdict::Undetermined => exit = exit.max(Exit::Undecided),
            Verdict::Met | Verdict::NotApplicable => {}
        }
    }
    if no { Exit::No } else { exit }
}
