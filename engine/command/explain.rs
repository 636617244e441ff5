//! `guiju explain`: why clauses have their verdicts.

use clap::ArgMatches;

use super::call::{Call, Format};
use super::evaluate::{WhatIf, open, typed};
use super::{Exit, Session, editions};
use crate::assessment::{Assessment, CategoryResult, ClauseResult};
use crate::diag::{Code, Diagnostics};
use crate::edition::{Edition, compile_unknown_clause};
use crate::eval::evaluate;
use crate::id::ClauseId;
use crate::report::explanation::Explainer;
use crate::source::Span;
use crate::syntax::de::Loc;
use crate::text;

/// Runs the verb.
///
/// # Errors
/// The working folder cannot be read.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let name = matches.get_one::<String>("dossier").cloned().unwrap_or_default();
    let wanted: Vec<String> = matches.get_many::<String>("clause").into_iter().flatten().cloned().collect();
    let mut diagnostics = Diagnostics::default();
    let library = session.library(call, &mut diagnostics)?;
    let file = open(&name);
    let standard = call.standard.clone().or_else(|| file.standard());
    let loaded =
        editions::choose(call, standard.as_deref(), &library, &mut session.sources, &mut diagnostics);
    let edition = loaded.as_ref().zip(file.dates()).and_then(|(loaded, (applied, assessed))| {
        editions::edition(loaded, call, applied, assessed, &mut diagnostics)
    });
    let broken = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());
    let what_if = WhatIf::read(call, matches);
    let Some((dossier, sources)) = typed(&file, edition.as_deref(), &what_if, &session.sources, call) else {
        return Ok(Exit::Invalid);
    };
    let Some(edition) = edition.filter(|_| !broken) else { return Ok(Exit::Invalid) };
    let view = what_if.view(&dossier);
    let assessment = evaluate(&edition, &dossier, view);

    let only = match matches.get_one::<String>("category") {
        None => None,
        Some(id) => {
            let found = edition.standard.category(id);
            let applied = assessment.categories.iter().any(|c| c.entry.category == found);
            if found.is_none() || !applied {
                let message = text!("没有申报类别 `{id}`", "the category `{id}` is not applied for");
                session.refuse(Code::UnknownCategory, message, None);
                return Ok(Exit::Invalid);
            }
            found
        }
    };
    let Some(chosen) = choose(&edition, &assessment, &wanted, only, session) else {
        return Ok(Exit::Invalid);
    };
    let explainer = Explainer { edition: &edition, dossier: &dossier, view, sources: &sources };
    match call.format {
        Format::Json => {
            let all: Vec<_> =
                chosen.iter().filter_map(|(own, result)| explainer.explain(own, *result)).collect();
            session.say(&serde_json::to_string_pretty(&all)?);
        }
        Format::Text => {
            let style = session.style();
            let all: Vec<String> = chosen
                .iter()
                .filter_map(|(own, result)| explainer.text(own, *result, call.lang, style))
                .collect();
            if all.is_empty() {
                session.say(call.lang.pick("没有未满足的条款", "nothing that is not met"));
            } else {
                session.say(&all.join("\n\n"));
            }
        }
    }
    Ok(Exit::Well)
}

type Chosen<'a> = Vec<(&'a ClauseResult, Option<&'a CategoryResult>)>;

/// The results that are wanted: those named, or all gating ones up to the target that do not surely pass.
fn choose<'a>(
    edition: &Edition,
    assessment: &'a Assessment,
    wanted: &[String],
    only: Option<usize>,
    session: &Session,
) -> Option<Chosen<'a>> {
    let categories = || assessment.categories.iter().filter(|c| only.is_none() || c.entry.category == only);
    if wanted.is_empty() {
        let open = |own: &&ClauseResult| {
            edition.clause(own.clause).is_some_and(|c| c.gates) && !own.outcomes.surely_passes()
        };
        let general = assessment.admissibility.clauses.iter().filter(open).map(|own| (own, None));
        let graded = categories().flat_map(|result| {
            let target = result.entry.target;
            let below = move |own: &&ClauseResult| {
                edition.clause(own.clause).is_some_and(|c| c.level.is_none_or(|l| l <= target))
            };
            result.clauses.iter().filter(open).filter(below).map(move |own| (own, Some(result)))
        });
        return Some(general.chain(graded).collect());
    }
    let mut chosen = Vec::new();
    let mut good = true;
    for name in wanted {
        // The address of a check names its clause.
        let id = name.split('#').next().unwrap_or(name);
        let Some(ix) = ClauseId::parse(id).and_then(|id| edition.find(&id)) else {
            let written = Loc::new(id.to_owned(), Span::NONE);
            session.report([compile_unknown_clause(&written, edition.clauses.iter().map(|c| &c.id))]);
            good = false;
            continue;
        };
        let before = chosen.len();
        chosen.extend(
            assessment.admissibility.clauses.iter().filter(|c| c.clause == ix).map(|own| (own, None)),
        );
        chosen.extend(categories().filter_map(|result| Some((result.clause(ix)?, Some(result)))));
        if chosen.len() == before {
            let message = text!(
                "条款 `{id}` 不是要求，或与申报的类别无关",
                "the clause `{id}` is no requirement, or does not concern the categories applied for"
            );
            session.refuse(Code::UnknownClause, message, None);
            good = false;
        }
    }
    good.then_some(chosen)
}
