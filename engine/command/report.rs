//! `guiju report`: the report that is handed over.

use std::fs;
use std::path::Path;

use clap::ArgMatches;
use rayon::prelude::*;

use super::call::Call;
use super::evaluate::{WhatIf, exit_of, open, typed, typed_under};
use super::{Exit, Session, editions, write};
use crate::analysis::readings::{Bench, Trials, others};
use crate::assessment::Assessment;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::dossier;
use crate::edition::{Edition, Interpretation};
use crate::eval::evaluate;
use crate::lang::Text;
use crate::report::document::report;
use crate::report::template::{self, Form, Templates};
use crate::source::Span;
use crate::text;

/// Bytes that a template may have, and how many there may be.
const TEMPLATE: u64 = 1 << 20;
const TEMPLATES: usize = 64;

/// Runs the verb. The exit status is that of `evaluate`.
///
/// # Errors
/// The working folder cannot be read, or the output cannot be written.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let name = matches.get_one::<String>("dossier").cloned().unwrap_or_default();
    let mut diagnostics = Diagnostics::default();
    let own = folder(matches.get_one::<String>("templates"), &mut diagnostics);
    if matches.contains_id("templates") && matches.get_one::<String>("format").is_some_and(|f| f == "json") {
        let message = text!(
            "--templates 不用于 --format json：JSON 不经模板",
            "--templates does not go with --format json: no template lays out JSON"
        );
        let help = text!("去掉其中一个", "leave out one of them");
        diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message).help(help));
    }
    let library = session.library(call, &mut diagnostics)?;
    let file = open(&name);
    let standard = call.standard.clone().or_else(|| file.standard());
    let loaded =
        editions::choose(call, standard.as_deref(), &library, &mut session.sources, &mut diagnostics);
    let request = file
        .dates()
        .and_then(|(applied, assessed)| editions::dated(call, applied, assessed, &mut diagnostics));
    let edition = loaded
        .as_ref()
        .zip(request.as_ref())
        .and_then(|(loaded, request)| editions::compiled(loaded, request, &mut diagnostics));
    let broken = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());
    let what_if = WhatIf::read(call, matches);
    let Some((dossier, sources)) = typed(&file, edition.as_deref(), &what_if, &session.sources, call) else {
        return Ok(Exit::Invalid);
    };
    let Some(edition) = edition.filter(|_| !broken) else { return Ok(Exit::Invalid) };
    let assessment = evaluate(&edition, &dossier, what_if.view(&dossier));
    // Built-in templates, filled by the instruments in force, replaced by the folder of the call.
    let mut templates = template::built_in();
    templates.extend(edition.templates.iter().map(|(name, text)| (name.clone(), text.value.clone())));
    templates.extend(own);
    let digest = dossier::digest(&dossier, &edition);
    // What other readings would change, of the same dossier with the same assumptions.
    let again = |other: &Edition| {
        let (dossier, _, faults) = typed_under(&file, Some(other), &what_if, &session.sources);
        let fault = faults.into_iter().find(|f| f.severity == Severity::Error);
        let why = || fault.map_or_else(|| text!("档案无法读取", "the dossier cannot be read"), |f| f.message);
        dossier.map(|d| evaluate(other, &d, assessment.view)).ok_or_else(why)
    };
    let trials = match loaded.as_ref().zip(request.as_ref()) {
        Some((loaded, request)) => {
            let bench = Bench::new(&loaded.raw, request, &edition, &assessment);
            tried(&bench, again)
        }
        None => Trials::new(),
    };
    let document = report(&edition, &dossier, &assessment, &digest, &sources, &trials, call.lang);
    let form = match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => None,
        Some("markdown") => Some(Form::Markdown),
        _ => Some(Form::Html),
    };
    let text = match form {
        None => serde_json::to_string_pretty(&document)?,
        Some(form) => match template::render(&document, form, &templates) {
            Ok(text) => text,
            Err(fault) => {
                session.report([*fault]);
                return Ok(Exit::Invalid);
            }
        },
    };
    match matches.get_one::<String>("output") {
        None => session.say(text.trim_end_matches('\n')),
        Some(path) => {
            if super::dossiers::would_overwrite(path, matches, session) {
                return Ok(Exit::Invalid);
            }
            if let Err(error) = write::replace(Path::new(path), text.as_bytes()) {
                let message =
                    write::io_text(&error, text!("`{path}` 无法写入：", "`{path}` cannot be written: "));
                session.refuse(Code::FileUnreadable, message, None);
                return Ok(Exit::Invalid);
            }
        }
    }
    Ok(exit_of(&assessment))
}

/// Tries all other readings, side by side.
fn tried(bench: &Bench<'_>, grade: impl Fn(&Edition) -> Result<Assessment, Text> + Sync) -> Trials {
    let wanted = others(bench.edition, bench.assessment);
    let one = |(interpretation, reading): &(&Interpretation, &str)| {
        Some((interpretation.id.clone(), bench.tried(interpretation, reading, &grade)?))
    };
    let found: Vec<_> = wanted.par_iter().filter_map(one).collect();
    let mut all = Trials::new();
    for (id, trial) in found {
        all.entry(id).or_default().push(trial);
    }
    all
}

/// The templates of a folder. Nothing outside the folder is read: no link, no folder within it.
pub(super) fn folder(folder: Option<&String>, diagnostics: &mut Diagnostics) -> Templates {
    let mut templates = Templates::new();
    let Some(folder) = folder else { return templates };
    let mut refuse = |code, message| diagnostics.push(Diagnostic::error(code, Span::NONE, message));
    let entries = match fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => {
            let message = write::io_text(
                &error,
                text!(
                    "模板文件夹 `{folder}` 无法读取：",
                    "the folder of templates `{folder}` cannot be read: "
                ),
            );
            refuse(Code::FileUnreadable, message);
            return templates;
        }
    };
    let mut found = 0;
    for entry in entries {
        let path = entry.path();
        let shown = path.display();
        let name = entry.file_name().to_string_lossy().into_owned();
        if ![".j2", ".css", ".js"].iter().any(|end| name.ends_with(end)) {
            continue;
        }
        found += 1;
        let meta = fs::symlink_metadata(&path).ok();
        if meta.as_ref().is_none_or(|m| !m.is_file()) {
            let message = text!(
                "模板 `{shown}` 不是普通文件；不跟随链接",
                "the template `{shown}` is no plain file; links are not followed"
            );
            refuse(Code::FileMisplaced, message);
        } else if meta.is_some_and(|m| m.len() > TEMPLATE) || found > TEMPLATES {
            let message = text!(
                "模板 `{shown}` 超出上限：每个 {TEMPLATE} 字节，共 {TEMPLATES} 个",
                "the template `{shown}` exceeds the limit: {TEMPLATE} bytes each, {TEMPLATES} of them"
            );
            refuse(Code::TemplateLimit, message);
        } else {
            match fs::read_to_string(&path) {
                Ok(text) => drop(templates.insert(name, text)),
                Err(error) => {
                    let message = write::io_text(
                        &error,
                        text!("模板 `{shown}` 无法读取：", "the template `{shown}` cannot be read: "),
                    );
                    refuse(Code::FileUnreadable, message);
                }
            }
        }
    }
    if found == 0 {
        let message = text!(
            "文件夹 `{folder}` 里没有模板（*.j2、*.css、*.js）",
            "the folder `{folder}` holds no templates (*.j2, *.css, *.js)"
        );
        refuse(Code::BadTemplate, message);
    }
    templates
}
