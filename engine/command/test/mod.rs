//! `guiju test`: the cases of a standard, what they do not cover, and what they would not notice.

mod junit;
mod mutate;

use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use super::call::{Call, Format};
use super::{Exit, Session, editions, files};
use crate::analysis::{cases, dates};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::{Edition, Request, compile};
use crate::lang::{Lang, Text};
use crate::report::trials;
use crate::source::Span;
use crate::text;

/// The options of the verb.
pub fn options(command: Command, lang: Lang) -> Command {
    let say = |text: Text| text.in_lang(lang).to_owned();
    let flag =
        |name: &'static str, help: Text| Arg::new(name).long(name).action(ArgAction::SetTrue).help(say(help));
    command
        .arg(flag("verbose", text!("列出每个变化", "list every variation")).short('v'))
        .arg(flag(
            "coverage",
            text!("列出每项检查的每一侧由什么覆盖", "say what covers every side of every check"),
        ))
        .arg(Arg::new("junit").long("junit").value_name("FILE").help(say(text!(
            "把结果写成 JUnit XML（覆盖已有文件）",
            "write the results as JUnit XML, in the place of an existing file"
        ))))
        .arg(
            flag(
                "mutate",
                text!(
                    "变异测试：规则改动一处，看有没有用例发现",
                    "mutation testing: make the rules a little wrong and see whether a case notices"
                ),
            )
            .conflicts_with_all(["verbose", "coverage", "junit"]),
        )
        .arg(
            Arg::new("clause")
                .long("clause")
                .value_name("ID")
                .requires("mutate")
                .help(say(text!("只变异此条款及其下各条", "mutate this clause and those below it only"))),
        )
        .arg(Arg::new("write").long("write").value_name("DIR").requires("mutate").help(say(text!(
            "把能发现漏网变异的用例写入文件夹（不覆盖已有文件）",
            "write the cases that would notice survivors into a folder (existing files are not overwritten)"
        ))))
}

/// One standard with its cases.
struct Tested {
    id: String,
    edition: Edition,
    request: Request,
    raw: crate::load::RawStandard,
    root: String,
    files: std::collections::BTreeMap<String, std::borrow::Cow<'static, [u8]>>,
}

/// Runs the verb: all standards, or the one that is named.
///
/// # Errors
/// The working folder cannot be read, or the output cannot be written.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let why = text!("用例按所采用的读法写成", "cases are written for the readings that are adopted");
    let mut idle = call.idle("test", &["reading"], &why);
    let why = text!(
        "用例在基础规则上运行，各地区、各文件在其生效、失效前后试过",
        "cases run on the base, and every region and instrument is tried on both sides of its dates"
    );
    idle.extend(call.idle("test", &["region", "on"], &why));
    if matches.get_flag("mutate") {
        let why = text!("变异的是基础规则", "what is made wrong is the base");
        idle.extend(call.idle("test --mutate", &["with"], &why));
    }
    if !idle.is_empty() {
        session.report(idle);
        return Ok(Exit::Invalid);
    }
    let tested = standards(call, session, &mut diagnostics)?;
    if matches.get_flag("mutate") {
        return mutate::run(call, matches, session, &tested, diagnostics);
    }
    let (verbose, coverage) = (matches.get_flag("verbose"), matches.get_flag("coverage"));
    let (mut lines, mut suites) = (Vec::new(), Vec::new());
    let mut failed = false;
    for one in &tested {
        let mut own = Diagnostics::default();
        let outcome = cases::run(&one.edition, &one.root, &one.files, &mut session.sources, &mut own);
        let own = own.into_sorted();
        let wrong = outcome.results.iter().filter(|r| r.actual.is_some() && !r.passed).count();
        let gaps = own.iter().filter(|d| d.code == Code::Uncovered).count();
        let mut dates = Diagnostics::default();
        let sides = dates::sides(&one.raw, &mut dates);
        session.report(dates.into_sorted());
        failed |= wrong + gaps + sides.failed > 0;
        // A file of cases that cannot be read is a fault of the input, not a failed case.
        let (told, faults): (Vec<_>, Vec<_>) =
            own.into_iter().partition(|d| matches!(d.code, Code::CaseFailed | Code::Uncovered));
        diagnostics.extend(faults);
        session.report(told);
        let view = trials::View { edition: &one.edition, sources: &session.sources, lang: call.lang };
        suites.extend(junit::suites(&view, &outcome));
        match call.format {
            Format::Text => {
                let style = session.style();
                lines.extend(view.results(&outcome, verbose, style));
                if coverage {
                    lines.extend(view.coverage(&outcome, style));
                }
                lines.push(summary(&one.id, &outcome, wrong, gaps).in_lang(call.lang).to_owned());
                if sides.tried > 0 {
                    let (id, dates::Sides { tried, failed }) = (&one.id, sides);
                    let line = text!(
                        "{id}：各文件生效、失效前后 {tried} 天，失败 {failed}",
                        "{id}: {tried} days on both sides of the dates of instruments, {failed} failed"
                    );
                    lines.push(line.in_lang(call.lang).to_owned());
                }
            }
            Format::Json => {
                let mut line = json!({
                    "standard": one.id, "tried": outcome.tried, "generated": outcome.generated,
                    "covered": outcome.covered, "failed": wrong, "uncovered": gaps,
                    "dates": { "tried": sides.tried, "failed": sides.failed },
                });
                if let Some(table) = line.as_object_mut() {
                    table.insert("failures".to_owned(), view.results_json(&outcome, false));
                    if verbose {
                        table.insert("cases".to_owned(), view.results_json(&outcome, true));
                    }
                    if coverage {
                        table.insert("coverage".to_owned(), view.coverage_json(&outcome));
                    }
                }
                lines.push(line.to_string());
            }
        }
    }
    if let Some(path) = matches.get_one::<String>("junit") {
        match junit::write(Path::new(path), suites) {
            Ok(()) => {}
            Err(error) => {
                let message = crate::command::write::io_text(
                    &error,
                    text!("`{path}` 无法写入：", "`{path}` cannot be written: "),
                );
                diagnostics.push(Diagnostic::error(Code::FileUnreadable, Span::NONE, message));
            }
        }
    }
    let invalid = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());
    lines.iter().for_each(|line| session.say(line));
    Ok(match (invalid, failed) {
        (true, _) => Exit::Invalid,
        (false, true) => Exit::No,
        (false, false) => Exit::Well,
    })
}

/// Reads and compiles the standards that are wanted.
fn standards(
    call: &Call,
    session: &mut Session,
    diagnostics: &mut Diagnostics,
) -> anyhow::Result<Vec<Tested>> {
    let library = session.library(call, diagnostics)?;
    let day = cases::day().unwrap_or(Date::FIRST);
    let wanted: Vec<String> = match &call.standard {
        Some(id) => vec![id.clone()],
        None => library.standards.keys().cloned().collect(),
    };
    let mut tested = Vec::new();
    for id in wanted {
        let sources = &mut session.sources;
        let Some(loaded) = editions::choose(call, Some(&id), &library, sources, diagnostics) else {
            continue;
        };
        diagnostics.extend(loaded.faults.iter().cloned());
        // Cases run on the base: what instruments change is tried on both sides of its dates.
        let request = Request { base_only: true, ..Request::of(day, day) };
        let edition = compile(&loaded.raw, &request, diagnostics);
        let root = library.standards.get(&id).map(|f| f.root.clone()).unwrap_or_default();
        let files = files::cases(&root, sources, diagnostics);
        let Some(edition) = edition.filter(|_| !diagnostics.has_errors()) else { continue };
        if files.is_empty() {
            let message =
                text!("`{id}` 没有用例文件（{root}/cases）", "`{id}` has no files of cases ({root}/cases)");
            diagnostics.push(Diagnostic::error(Code::FileUnreadable, Span::NONE, message));
            continue;
        }
        tested.push(Tested { id, edition, request, raw: loaded.raw, root, files });
    }
    Ok(tested)
}

fn summary(id: &str, outcome: &cases::Outcome, wrong: usize, gaps: usize) -> Text {
    let cases::Outcome { tried, generated, covered, .. } = outcome;
    text!(
        "{id}：{tried} 个变化（其中自动生成 {generated} 个），覆盖 {covered} 项；失败 {wrong}，未覆盖 {gaps}",
        "{id}: {tried} variations ({generated} of them generated) cover {covered} checks and keys; {wrong} failed, {gaps} uncovered"
    )
}
