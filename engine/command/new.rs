//! `guiju new`: templates of dossiers, empty or filled.

use std::io::Write;

use clap::ArgMatches;

use super::call::Call;
use super::{Exit, Session, editions};
use crate::analysis::fill::{Wanted, draft_json, fill};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dossier::Entry;
use crate::edition::Edition;
use crate::eval::evaluate;
use crate::lang::Text;
use crate::report::form;
use crate::report::summary::reached;
use crate::source::Span;
use crate::text;
use crate::verdict::Verdict;

/// Runs the verb.
///
/// # Errors
/// The working folder, the clock or the output file cannot be used.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let library = session.library(call, &mut diagnostics)?;
    let today = editions::fixed_date(call, &mut diagnostics).flatten().map_or_else(editions::today, Ok)?;
    let loaded =
        editions::choose(call, call.standard.as_deref(), &library, &mut session.sources, &mut diagnostics);
    let edition = loaded.as_ref().and_then(|l| editions::edition(l, call, today, today, &mut diagnostics));
    let entries = edition.as_ref().and_then(|e| entries(e, matches, &mut diagnostics));
    let broken = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());
    let (Some(edition), Some(entries), false) = (edition, entries, broken) else { return Ok(Exit::Invalid) };
    let wanted = Wanted { entries, applied_on: today, assessed_on: today };

    let output = matches.get_one::<String>("output");
    // The name of the file says what is in it, unless the call does.
    let named = output.is_some_and(|path| path.to_ascii_lowercase().ends_with(".json"));
    let json = matches.get_one::<String>("format").map_or(named, |format| format == "json");
    let filled = matches.get_one::<String>("fill").is_some();
    let text = if filled {
        let draft = fill(&edition, &wanted);
        let value = draft_json(&edition, &wanted, &draft);
        let unmet = unmet(&edition, &value, session);
        if !unmet.is_empty() {
            let message = text!(
                "做不出全部满足的档案；未满足：",
                "no dossier could be made that meets everything; not met: "
            )
            .then(Text::list(&unmet));
            let help = text!(
                "要求之间可能矛盾，请检查规则",
                "requirements may contradict each other: check the rules"
            );
            session.refuse(Code::CannotFill, message, Some(help));
            return Ok(Exit::Invalid);
        }
        if json {
            format!("{}\n", serde_json::to_string_pretty(&value)?)
        } else {
            form::draft_toml(&edition, &wanted, &draft, call.lang)
        }
    } else if json {
        format!("{}\n", serde_json::to_string_pretty(&form::template_json(&edition, &wanted))?)
    } else {
        form::template_toml(&edition, &wanted, call.lang)
    };
    match output {
        None => session.say(text.trim_end_matches('\n')),
        Some(path) => {
            // A dossier somebody is working on is never written over.
            match std::fs::OpenOptions::new().write(true).create_new(true).open(path) {
                Ok(mut file) => {
                    if let Err(error) = file.write_all(text.as_bytes()) {
                        let _ = std::fs::remove_file(path);
                        return Err(error.into());
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                    let message =
                        text!("`{path}` 已经存在，不覆盖", "`{path}` exists and is not overwritten");
                    let help = text!("请换一个名称", "choose another name");
                    session.refuse(Code::FileExists, message, Some(help));
                    return Ok(Exit::Invalid);
                }
                Err(error) => {
                    let message = crate::command::write::io_text(
                        &error,
                        text!("`{path}` 无法写入：", "`{path}` cannot be written: "),
                    );
                    session.refuse(Code::FileUnreadable, message, None);
                    return Ok(Exit::Invalid);
                }
            }
        }
    }
    Ok(Exit::Well)
}

/// Where every category has a level or stage of its own, the one for the others would be ignored.
fn idle(matches: &ArgMatches, diagnostics: &mut Diagnostics) {
    let named: Vec<&String> = matches.get_many::<String>("category").into_iter().flatten().collect();
    for (option, colons) in [("target", 1), ("stage", 2)] {
        let own = !named.is_empty() && named.iter().all(|name| name.matches(':').count() >= colons);
        if own && matches.contains_id(option) {
            let message = text!(
                "--{option} 没有作用：每个 --category 都写明了自己的",
                "--{option} has no effect: every --category has its own"
            );
            let help = text!("去掉 --{option}", "leave out --{option}");
            diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message).help(help));
        }
    }
}

/// What is applied for: `consulting`, `consulting:3`, `consulting:3:upgrade`; all categories by default.
fn entries(edition: &Edition, matches: &ArgMatches, diagnostics: &mut Diagnostics) -> Option<Vec<Entry>> {
    let before = diagnostics.errors();
    idle(matches, diagnostics);
    let mut fail = |code, message: Text| diagnostics.push(Diagnostic::error(code, Span::NONE, message));
    let standard = &edition.standard;
    let top = standard.top();
    let mut level = |written: &str| {
        let level = written.parse().ok().filter(|l| (1..=top).contains(l));
        if level.is_none() {
            fail(
                Code::UnknownLevel,
                text!(
                    "等级 `{written}` 不在 1 至 {top} 之间",
                    "the level `{written}` is not from 1 to {top}"
                ),
            );
        }
        level.unwrap_or(1)
    };
    let default_target = matches.get_one::<String>("target").map_or(1, |t| level(t));
    let mut parsed: Vec<(String, u8, Option<String>)> = Vec::new();
    let named: Vec<&String> = matches.get_many::<String>("category").into_iter().flatten().collect();
    let default_stage = matches.get_one::<String>("stage").cloned();
    for name in &named {
        let mut parts = name.splitn(3, ':');
        let id = parts.next().unwrap_or_default().to_owned();
        let target = parts.next().map_or(default_target, &mut level);
        parsed.push((id, target, parts.next().map(str::to_owned).or(default_stage.clone())));
    }
    if named.is_empty() {
        let gradable =
            (0..standard.categories.len()).filter(|c| edition.empty_parts(Some(*c)).next().is_none());
        let ids = gradable.filter_map(|c| standard.categories.get(c));
        parsed.extend(ids.map(|c| (c.id.clone(), default_target, default_stage.clone())));
    }
    let mut stage = |name: Option<&str>| match name {
        None => (!standard.stages.is_empty()).then_some(0),
        Some(name) => {
            let found = standard.stage(name);
            if found.is_none() {
                let known = standard.stages.iter().map(|s| s.id.as_str());
                let message = text!("没有阶段 `{name}`", "there is no stage `{name}`");
                diagnostics
                    .push(Diagnostic::error(Code::UnknownName, Span::NONE, message).choices(name, known));
            }
            found
        }
    };
    let mut entries: Vec<Entry> = Vec::new();
    if standard.categories.is_empty() {
        entries.push(Entry {
            category: None,
            target: default_target,
            stage: stage(default_stage.as_deref()),
            span: Span::NONE,
        });
    }
    let staged: Vec<Option<usize>> = parsed.iter().map(|(_, _, s)| stage(s.as_deref())).collect();
    for ((id, target, _), stage) in parsed.iter().zip(staged) {
        let category = standard.category(id);
        if category.is_none() {
            let known = standard.categories.iter().map(|c| c.id.as_str());
            let message = text!("没有类别 `{id}`", "there is no category `{id}`");
            diagnostics
                .push(Diagnostic::error(Code::UnknownCategory, Span::NONE, message).choices(id, known));
        } else if let Some(part) = edition.empty_parts(category).next() {
            let part = &part.title;
            let message = Text::new(
                format!("标准数据尚无类别 `{id}` 的{}要求", part.zh),
                format!("the standard’s data requires nothing of `{id}` under “{}”", part.en),
            );
            diagnostics.push(Diagnostic::error(Code::NothingRequired, Span::NONE, message));
        }
        if category.is_some() && entries.iter().any(|e| e.category == category) {
            let message = text!("类别 `{id}` 写了两次", "the category `{id}` is named twice");
            diagnostics.push(Diagnostic::error(Code::DuplicateId, Span::NONE, message));
        }
        entries.push(Entry { category, target: *target, stage, span: Span::NONE });
    }
    entries.sort_by_key(|e| e.category);
    (diagnostics.errors() == before).then_some(entries)
}

/// The gating clauses that a filled dossier does not meet, by evaluating it.
fn unmet(edition: &Edition, value: &serde_json::Value, session: &Session) -> Vec<String> {
    let (dossier, faults) = crate::dossier::from_json(value, edition);
    let Some(dossier) = dossier else {
        session.report(faults);
        return vec!["-".to_owned()];
    };
    let assessment = evaluate(edition, &dossier, dossier.default_view());
    let mut unmet = Vec::new();
    let general = assessment.admissibility.clauses.iter().filter(|c| !c.outcomes.surely_passes());
    unmet.extend(general.filter_map(|c| edition.clause(c.clause)).map(|c| c.id.to_string()));
    for result in assessment.categories.iter().filter(|r| reached(r) != Verdict::Met) {
        let open = result.clauses.iter().filter(|c| !c.outcomes.surely_passes());
        let gating = open
            .filter_map(|c| edition.clause(c.clause))
            .filter(|c| c.gates && c.level.is_none_or(|l| l <= result.entry.target));
        unmet.extend(gating.map(|c| c.id.to_string()));
    }
    unmet
}
