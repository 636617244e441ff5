//! `guiju lint`: everything that is wrong with rule files, and what is doubtful about those that are not wrong.

use clap::ArgMatches;
use serde_json::json;

use super::call::{Call, Format};
use super::{Exit, Session, alldates, editions, instrument, witness};
use crate::analysis::dates::within;
use crate::analysis::lint::lint;
use crate::diag::explain::{paragraph, plain};
use crate::diag::sarif::{Log, sarif};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::edition::{compile, rules};
use crate::lang::Text;
use crate::source::Span;
use crate::text;

/// The word for all warnings.
const WARNINGS: &str = "warnings";

/// Runs the verb: all standards, or the one that is named.
///
/// # Errors
/// The working folder or the clock cannot be read.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    if let Some(id) = matches.get_one::<String>("explain") {
        return explain(id, call, matches, session);
    }
    let mut diagnostics = Diagnostics::default();
    if matches.get_flag("all-dates") {
        let why = text!(
            "它解析的是各日期所采用的读法",
            "the editions that it resolves have the readings that are adopted"
        );
        let idle = call.idle("lint --all-dates", &["reading"], &why);
        if !idle.is_empty() {
            session.report(idle);
            return Ok(Exit::Invalid);
        }
    }
    let denied = denied(matches, &mut diagnostics);
    let library = session.library(call, &mut diagnostics)?;
    let today = editions::today()?;
    let date = editions::fixed_date(call, &mut diagnostics).flatten().unwrap_or(today);
    let wanted: Vec<Option<String>> = match (&call.standard, library.standards.len()) {
        (Some(id), _) => vec![Some(id.clone())],
        (None, 0) => vec![None],
        (None, _) => library.standards.keys().cloned().map(Some).collect(),
    };
    let (mut clauses, mut checks, mut refused) = (0, 0, 0);
    let mut allowed = Vec::new();
    let mut all = Vec::new();
    for id in &wanted {
        let Some(mut loaded) =
            editions::choose(call, id.as_deref(), &library, &mut session.sources, &mut diagnostics)
        else {
            continue;
        };
        diagnostics.extend(loaded.faults.iter().cloned());
        if matches.get_flag("all-dates") {
            all.push((
                loaded.raw.standard.as_ref().map(|s| s.id.value.clone()),
                alldates::check(&loaded, call, date, &session.sources, &mut diagnostics),
            ));
            loaded.raw = within(&loaded.raw, call.region.as_deref());
        }
        let Some(request) = editions::request(call, date, date, &mut diagnostics) else { continue };
        let mut own = Diagnostics::default();
        let edition = compile(&loaded.raw, &request, &mut own);
        diagnostics.extend(witness::add(&loaded.raw, &request, own.into_iter().collect()));
        refused += usize::from(edition.is_none());
        if let Some(edition) = &edition {
            clauses += edition.clauses.len();
            checks += edition.clauses.iter().map(|c| c.checks.len()).sum::<usize>();
            instrument::templates(edition, &session.sources, &mut diagnostics);
        }
        // What instruments say is looked at too.
        let written = edition.as_ref().and_then(|_| rules(&loaded.raw, &request));
        let more = lint(written.as_ref().unwrap_or(&loaded.raw), edition.as_ref(), date);
        diagnostics.extend(more.found);
        allowed.extend(more.allowed);
    }
    let found: Vec<Diagnostic> = diagnostics.into_sorted().into_iter().map(|d| denied.raise(d)).collect();
    let errors = found.iter().filter(|d| d.severity == Severity::Error).count();
    let warnings = found.len() - errors;
    let exit = match (errors, warnings) {
        (0, 0) => Exit::Well,
        (0, _) => Exit::No,
        _ => Exit::Invalid,
    };
    if matches.get_one::<String>("format").is_some_and(|f| f == "sarif") {
        let root = std::env::current_dir()?.to_string_lossy().replace('\\', "/");
        let sources = &session.sources;
        let log = Log { sources, found: &found, allowed: &allowed, lang: call.lang, root: &root };
        let log = serde_json::to_string_pretty(&sarif(&log))?;
        session.say(&log);
        return Ok(exit);
    }
    session.report(found);
    for (standard, dates) in &all {
        match call.format {
            Format::Json => session.say(&serde_json::to_string(&json!({
                "standard": standard, "editions": dates.editions, "instruments": dates.instruments,
            }))?),
            Format::Text => {
                let (id, n) = (standard.clone().unwrap_or_default(), dates.editions);
                let head = text!("{id}：解析了 {n} 个版本", "{id}: {n} editions resolved");
                session.say(head.in_lang(call.lang));
                for standing in &dates.instruments {
                    session.say(&format!("  {}", standing.line().in_lang(call.lang)));
                }
            }
        }
    }
    if call.format == Format::Text {
        let mut line = match refused {
            0 => text!("{clauses} 条款，{checks} 项检查", "{clauses} clauses, {checks} checks"),
            _ => text!("规则有误，不能使用", "the rules are refused"),
        };
        line = line.then(text!("；错误 {errors}，警告 {warnings}", "; errors {errors}, warnings {warnings}"));
        if !allowed.is_empty() {
            let allowed = allowed.len();
            line = line.then(text!("，允许 {allowed}", ", allowed {allowed}"));
        }
        session.say(line.in_lang(call.lang));
    }
    Ok(exit)
}

/// Warnings that are taken as errors.
struct Denied {
    all: bool,
    codes: Vec<Code>,
}

impl Denied {
    fn raise(&self, diagnostic: Diagnostic) -> Diagnostic {
        if self.all || self.codes.contains(&diagnostic.code) {
            return Diagnostic { severity: Severity::Error, ..diagnostic };
        }
        diagnostic
    }
}

fn denied(matches: &ArgMatches, diagnostics: &mut Diagnostics) -> Denied {
    let mut denied = Denied { all: false, codes: Vec::new() };
    for word in matches.get_many::<String>("deny").into_iter().flatten() {
        match Code::find(word) {
            Some(code) => denied.codes.push(code),
            None if word.eq_ignore_ascii_case(WARNINGS) => denied.all = true,
            None => diagnostics.push(no_code(word)),
        }
    }
    denied
}

fn no_code(word: &str) -> Diagnostic {
    let message = text!("没有诊断代码 `{word}`", "there is no code `{word}`");
    let fault = Diagnostic::error(Code::BadCall, Span::NONE, message);
    let fault = fault.suggest(word, Code::ALL.iter().map(|c| c.id()));
    if fault.help.is_some() {
        return fault;
    }
    let doubts: Vec<&str> = Code::ALL.iter().filter(|c| c.is_doubt()).map(|c| c.id()).collect();
    fault.help(Text::new("可疑之处的代码：", "codes of what is doubtful: ").then(Text::list(&doubts)))
}

/// Prints what the documentation says about a code.
fn explain(id: &str, call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let why = text!("代码的说明与规则无关", "what a code means does not depend on any rules");
    let all = ["standard", "standards", "region", "with", "reading", "on"];
    let mut faults = call.idle("lint --explain", &all, &why);
    if matches.get_one::<String>("format").is_some_and(|f| f == "sarif") {
        let message = text!(
            "lint --explain 不用 --format sarif：说明不是发现",
            "lint --explain takes no --format sarif: what a code means is no finding"
        );
        let help = text!("用 text 或 json", "use text or json");
        faults.push(Diagnostic::error(Code::BadCall, Span::NONE, message).help(help));
    }
    let code = Code::find(id);
    if code.is_none() {
        faults.push(no_code(id));
    }
    let Some(code) = code.filter(|_| faults.is_empty()) else {
        session.report(faults);
        return Ok(Exit::Invalid);
    };
    let lang = session.lang;
    let words = paragraph(code);
    let words = plain(words.in_lang(lang));
    match call.format {
        Format::Json => {
            let title = code.title();
            let said = json!({ "code": code.id(), "title": title.in_lang(lang), "text": words });
            session.say(&serde_json::to_string_pretty(&said)?);
        }
        Format::Text => session.say(&format!("{code}{}{words}", lang.pick("：", ": "))),
    }
    Ok(Exit::Well)
}
