//! `guiju lint`: everything that is wrong with rule files.

use super::call::{Call, Format};
use super::{Exit, Session, editions};
use crate::diag::{Diagnostics, Severity};
use crate::edition::compile;

/// Runs the verb: all standards, or the one that is named.
///
/// # Errors
/// The working folder or the clock cannot be read.
pub fn run(call: &Call, session: &mut Session) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let library = session.library(call, &mut diagnostics)?;
    let today = editions::today()?;
    let date = editions::fixed_date(call, &mut diagnostics).flatten().unwrap_or(today);
    let wanted: Vec<Option<String>> = match (&call.standard, library.standards.len()) {
        (Some(id), _) => vec![Some(id.clone())],
        (None, 0) => vec![None],
        (None, _) => library.standards.keys().cloned().map(Some).collect(),
    };
    let mut clauses = 0;
    let mut checks = 0;
    for id in &wanted {
        let Some(loaded) =
            editions::choose(call, id.as_deref(), &library, &mut session.sources, &mut diagnostics)
        else {
            continue;
        };
        diagnostics.extend(loaded.faults.iter().cloned());
        let Some(request) = editions::request(call, date, date, &mut diagnostics) else { continue };
        if let Some(edition) = compile(&loaded.raw, &request, &mut diagnostics) {
            clauses += edition.clauses.len();
            checks += edition.clauses.iter().map(|c| c.checks.len()).sum::<usize>();
        }
    }
    let found = diagnostics.into_sorted();
    let errors = found.iter().filter(|d| d.severity == Severity::Error).count();
    let warnings = found.len() - errors;
    session.report(found);
    if call.format == Format::Text {
        session.say(&call.lang.pick(
            format!("{clauses} 条款，{checks} 项检查；错误 {errors}，警告 {warnings}"),
            format!("{clauses} clauses, {checks} checks; {errors} errors, {warnings} warnings"),
        ));
    }
    Ok(match (errors, warnings) {
        (0, 0) => Exit::Well,
        (0, _) => Exit::No,
        _ => Exit::Invalid,
    })
}
