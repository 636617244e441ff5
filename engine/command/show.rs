//! `guiju show`: the standard itself.

use clap::ArgMatches;

use super::call::{Call, Format};
use super::{Exit, Session, editions};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::{Edition, describe};
use crate::id::ClauseId;
use crate::report::listing::Listing;
use crate::source::Span;
use crate::text;

/// Runs the verb.
///
/// # Errors
/// The working folder or the clock cannot be read.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let library = session.library(call, &mut diagnostics)?;
    let today = editions::today()?;
    let loaded =
        editions::choose(call, call.standard.as_deref(), &library, &mut session.sources, &mut diagnostics);
    let edition = loaded.as_ref().and_then(|l| editions::edition(l, call, today, today, &mut diagnostics));
    let broken = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());
    let Some(edition) = edition.filter(|_| !broken) else { return Ok(Exit::Invalid) };

    let wanted: Vec<String> = matches.get_many::<String>("what").into_iter().flatten().cloned().collect();
    let found: Vec<Option<Found<'_>>> = wanted.iter().map(|name| find(&edition, name)).collect();
    let mut exit = Exit::Well;
    for (name, _) in wanted.iter().zip(&found).filter(|(_, found)| found.is_none()) {
        let known = edition.clauses.iter().map(|c| c.id.as_str());
        let known =
            known.chain(edition.dictionary.names()).chain(edition.interpretations.keys().map(String::as_str));
        let message = text!(
            "没有名为 `{name}` 的条款、证据项或释义",
            "no clause, evidence key or interpretation is called `{name}`"
        );
        session.report([Diagnostic::error(Code::UnknownName, Span::NONE, message).suggest(name, known)]);
        exit = Exit::Invalid;
    }
    let found: Vec<Found<'_>> = found.into_iter().flatten().collect();
    match call.format {
        Format::Json => {
            let mut description = describe::describe(&edition);
            if !wanted.is_empty() {
                let keeps = |name: &str| found.iter().any(|f| f.name() == name);
                description.clauses.retain(|c| keeps(&c.id));
                description.evidence.retain(|e| keeps(&e.key));
                description.interpretations.retain(|i| keeps(&i.id));
            }
            session.say(&serde_json::to_string_pretty(&description)?);
        }
        Format::Text => {
            let listing = Listing { edition: &edition, lang: call.lang, style: session.style() };
            if wanted.is_empty() {
                session.say(&listing.contents());
            } else {
                let all: Vec<String> = found
                    .iter()
                    .map(|f| match f {
                        Found::Clause(clause) => listing.clause(clause),
                        Found::Evidence(key) => listing.evidence(key),
                        Found::Interpretation(i) => listing.interpretation(i),
                    })
                    .collect();
                if !all.is_empty() {
                    session.say(&all.join("\n\n"));
                }
            }
        }
    }
    Ok(exit)
}

enum Found<'a> {
    Clause(&'a crate::edition::Clause),
    Evidence(&'a crate::evidence::Key),
    Interpretation(&'a crate::edition::Interpretation),
}

impl Found<'_> {
    fn name(&self) -> &str {
        match self {
            Found::Clause(clause) => clause.id.as_str(),
            Found::Evidence(key) => &key.name,
            Found::Interpretation(interpretation) => &interpretation.id,
        }
    }
}

fn find<'a>(edition: &'a Edition, name: &str) -> Option<Found<'a>> {
    let clause = ClauseId::parse(name).and_then(|id| edition.find(&id)).and_then(|ix| edition.clause(ix));
    if let Some(clause) = clause {
        return Some(Found::Clause(clause));
    }
    if let Some(key) = edition.dictionary.find(name).and_then(|ix| edition.dictionary.get(ix)) {
        return Some(Found::Evidence(key));
    }
    edition.interpretations.get(name).map(Found::Interpretation)
}
