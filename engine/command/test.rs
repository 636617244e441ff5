//! `guiju test`: the cases of a standard, and what they do not cover.

use serde_json::json;

use super::call::{Call, Format};
use super::{Exit, Session, editions, files};
use crate::analysis::cases;
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::{Request, compile};
use crate::source::Span;
use crate::text;

/// Runs the verb: all standards, or the one that is named.
///
/// # Errors
/// The working folder cannot be read.
pub fn run(call: &Call, session: &mut Session) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let library = session.library(call, &mut diagnostics)?;
    let day = cases::day().unwrap_or(Date::FIRST);
    let date = editions::fixed_date(call, &mut diagnostics).flatten().unwrap_or(day);
    let wanted: Vec<String> = match &call.standard {
        Some(id) => vec![id.clone()],
        None => library.standards.keys().cloned().collect(),
    };
    let mut lines = Vec::new();
    let mut failed = false;
    for id in &wanted {
        let sources = &mut session.sources;
        let Some(loaded) = editions::choose(Some(id), &library, sources, &mut diagnostics) else { continue };
        diagnostics.extend(loaded.faults.iter().cloned());
        let request = Request { region: None, applied_on: date, assessed_on: date };
        let edition = compile(&loaded.raw, &request, &mut diagnostics);
        let root = library.standards.get(id).map(|f| f.root.clone()).unwrap_or_default();
        let found = files::cases(&root, sources, &mut diagnostics);
        let Some(edition) = edition.filter(|_| !diagnostics.has_errors()) else { continue };
        if found.is_empty() {
            let message =
                text!("`{id}` 没有用例文件（{root}/cases）", "`{id}` has no files of cases ({root}/cases)");
            diagnostics.push(Diagnostic::error(Code::FileUnreadable, Span::NONE, message));
            continue;
        }
        let mut own = Diagnostics::default();
        let outcome = cases::run(&edition, &root, &found, sources, &mut own);
        let own = own.into_sorted();
        let wrong = own.iter().filter(|d| d.code == Code::CaseFailed).count();
        let gaps = own.iter().filter(|d| d.code == Code::Uncovered).count();
        failed |= wrong + gaps > 0;
        // A file of cases that cannot be read is a fault of the input, not a failed case.
        let (cases, faults): (Vec<_>, Vec<_>) =
            own.into_iter().partition(|d| matches!(d.code, Code::CaseFailed | Code::Uncovered));
        diagnostics.extend(faults);
        session.report(cases);
        lines.push((id.clone(), outcome, wrong, gaps));
    }
    let invalid = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());
    for (id, outcome, wrong, gaps) in lines {
        let cases::Outcome { tried, generated, covered, .. } = outcome;
        match call.format {
            Format::Json => session.say(
                &json!({
                    "standard": id, "tried": tried, "generated": generated, "covered": covered,
                    "failed": wrong, "uncovered": gaps,
                })
                .to_string(),
            ),
            Format::Text => session.say(&call.lang.pick(
                format!("{id}：{tried} 个变化（其中自动生成 {generated} 个），覆盖 {covered} 项；失败 {wrong}，未覆盖 {gaps}"),
                format!("{id}: {tried} variations ({generated} of them generated) cover {covered} checks and keys; {wrong} failed, {gaps} uncovered"),
            )),
        }
    }
    Ok(match (invalid, failed) {
        (true, _) => Exit::Invalid,
        (false, true) => Exit::No,
        (false, false) => Exit::Well,
    })
}
