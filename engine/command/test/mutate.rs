//! `guiju test --mutate`: what the cases of a standard would not notice.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::ArgMatches;
use rayon::prelude::*;
use serde_json::{Value as Json, json};

use super::Tested;
use crate::analysis::cases::{self, Suite};
use crate::analysis::mutation::{End, Fate, Laboratory};
use crate::command::call::{Call, Format};
use crate::command::{Exit, Session};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::lang::Lang;
use crate::report::layout::{Style, table};
use crate::source::{Sources, Span};
use crate::text;

/// Runs the mutation test of all standards that are wanted.
///
/// # Errors
/// The output cannot be written.
pub fn run(
    call: &Call,
    matches: &ArgMatches,
    session: &mut Session,
    tested: &[Tested],
    mut diagnostics: Diagnostics,
) -> anyhow::Result<Exit> {
    let only = matches.get_one::<String>("clause").map(String::as_str);
    let known: Vec<&str> = tested.iter().flat_map(|t| &t.edition.clauses).map(|c| c.id.as_str()).collect();
    if let Some(id) = only.filter(|id| !known.contains(id)) {
        let message = text!("没有条款 `{id}`", "there is no clause `{id}`");
        let fault = Diagnostic::error(Code::UnknownClause, Span::NONE, message);
        diagnostics.push(fault.suggest(id, known.iter().copied()));
    }
    // Cases that fail on the rules as they stand would notice every mutant.
    for one in tested {
        cases::run(&one.edition, &one.root, &one.files, &mut session.sources, &mut diagnostics);
    }
    if diagnostics.has_errors() {
        let told = diagnostics.into_sorted();
        let failed = told.iter().all(|d| matches!(d.code, Code::CaseFailed | Code::Uncovered));
        session.report(told);
        return Ok(if failed { Exit::No } else { Exit::Invalid });
    }
    let (mut survived, mut written) = (false, BTreeMap::new());
    for one in tested {
        let suite = Suite::read(&one.edition, &one.root, &one.files, &mut session.sources, &mut diagnostics);
        let lab = Laboratory { raw: &one.raw, edition: &one.edition, suite: &suite, request: &one.request };
        let result = Result { id: &one.id, fates: tried(&lab, only), sources: &session.sources };
        survived |= result.survivors().next().is_some();
        let lines = match call.format {
            Format::Json => vec![result.json().to_string()],
            Format::Text => result.text(call.lang, session.style(), matches.contains_id("write")),
        };
        written.extend(result.files());
        lines.iter().for_each(|line| session.say(line));
    }
    if let Some(folder) = matches.get_one::<String>("write")
        && let Err(fault) = write(Path::new(folder), &written)
    {
        session.report([*fault]);
        return Ok(Exit::Invalid);
    }
    session.report(diagnostics.into_sorted());
    Ok(if survived { Exit::No } else { Exit::Well })
}

/// Tries all mutants on all processors; a terminal sees how far it has come.
fn tried(lab: &Laboratory<'_>, only: Option<&str>) -> Vec<Fate> {
    let jobs = lab.jobs(only);
    let total: usize = jobs.iter().map(crate::analysis::mutation::Job::len).sum();
    let (done, shown) = (AtomicUsize::new(0), std::io::stderr().is_terminal());
    let fates: Vec<Vec<Fate>> = jobs
        .par_iter()
        .map(|job| {
            let fates = lab.run(job);
            let now = done.fetch_add(job.len(), Ordering::Relaxed) + job.len();
            if shown {
                let _ = write!(std::io::stderr(), "\r{now}/{total}");
            }
            fates
        })
        .collect();
    if shown {
        let _ = write!(std::io::stderr(), "\r{:20}\r", "");
    }
    fates.into_iter().flatten().collect()
}

/// What became of the mutants of one standard.
struct Result<'a> {
    id: &'a str,
    fates: Vec<Fate>,
    sources: &'a Sources,
}

impl Result<'_> {
    fn count(&self, of: fn(&End) -> bool) -> usize {
        self.fates.iter().filter(|f| of(&f.end)).count()
    }

    fn survivors(&self) -> impl Iterator<Item = &Fate> {
        self.fates.iter().filter(|f| matches!(f.end, End::Survived(_)))
    }

    fn equivalents(&self) -> impl Iterator<Item = (&Fate, &crate::lang::Text)> {
        self.fates
            .iter()
            .filter_map(|f| if let End::Equivalent(proof) = &f.end { Some((f, proof)) } else { None })
    }

    fn killed(&self) -> usize {
        self.count(|end| matches!(end, End::Killed(_) | End::Refused))
    }

    /// Killed mutants among those that differ, in tenths of a per cent.
    fn score(&self) -> (usize, usize) {
        let all = self.fates.len() - self.equivalents().count();
        let tenths = (self.killed() * 1000).checked_div(all).unwrap_or(1000);
        (tenths / 10, tenths % 10)
    }

    fn text(&self, lang: Lang, style: Style, files: bool) -> Vec<String> {
        let mut lines = Vec::new();
        let row = |fate: &Fate, last: String| {
            let mutant = &fate.mutant;
            let gone = lang.pick("（去掉）", "(gone)");
            let from = if mutant.from.is_empty() { "–" } else { &mutant.from };
            vec![
                mutant.at.clone(),
                mutant.kind.title().in_lang(lang).to_owned(),
                mutant.what.clone(),
                format!("{from} → {}", mutant.to.as_deref().unwrap_or(gone)),
                last,
            ]
        };
        let equivalents: Vec<Vec<String>> =
            self.equivalents().map(|(fate, proof)| row(fate, proof.in_lang(lang).to_owned())).collect();
        if !equivalents.is_empty() {
            lines.push(style.heading(
                lang.pick("分辨不出的变异，及其证明", "Mutants that no dossier can tell apart, and why"),
            ));
            lines.extend(table(&equivalents).into_iter().map(|line| format!("  {line}")));
        }
        let survivors: Vec<Vec<String>> = self
            .survivors()
            .map(|fate| {
                let place = self.sources.place(fate.mutant.span);
                row(fate, place.map(|p| format!("{}:{}", p.file, p.line)).unwrap_or_default())
            })
            .collect();
        if !survivors.is_empty() {
            lines.push(style.heading(lang.pick("漏网的变异", "Survivors")));
            lines.extend(table(&survivors).into_iter().map(|line| format!("  {line}")));
            let without = self.count(|end| matches!(end, End::Survived(None)));
            if without > 0 {
                lines.push(lang.pick(
                    format!("其中 {without} 个没有找到能发现它的用例"),
                    format!("for {without} of them no case was found that would notice"),
                ));
            }
            if !files {
                lines.push(style.heading(lang.pick("能发现它们的用例", "Cases that would notice them")));
                for text in self.files().into_values() {
                    lines.push(String::new());
                    lines.extend(text.lines().map(str::to_owned));
                }
            }
        }
        let (id, all) = (self.id, self.fates.len());
        let (killed, refused) = (self.killed(), self.count(|end| matches!(end, End::Refused)));
        let (survived, equal) = (survivors.len(), equivalents.len());
        let (whole, tenth) = self.score();
        lines.push(lang.pick(
            format!("{id}：{all} 个变异，发现 {killed}（其中 {refused} 个无法编译），漏网 {survived}，分辨不出 {equal}；得分 {whole}.{tenth} %"),
            format!("{id}: {all} mutants, {killed} killed ({refused} of them do not compile), {survived} survived, {equal} equivalent; score {whole}.{tenth} %"),
        ));
        lines
    }

    fn json(&self) -> Json {
        let one = |fate: &Fate| {
            let mutant = &fate.mutant;
            let mut line = json!({
                "kind": mutant.kind.id(), "at": mutant.at, "what": mutant.what, "from": mutant.from,
                "to": mutant.to, "place": self.sources.place(mutant.span),
            });
            let more = match &fate.end {
                End::Equivalent(proof) => ("proof", json!(proof)),
                End::Survived(killer) => ("case", json!(killer.as_ref().map(|k| &k.toml))),
                End::Killed(_) | End::Refused => return line,
            };
            if let Some(table) = line.as_object_mut() {
                table.insert(more.0.to_owned(), more.1);
            }
            line
        };
        let (whole, tenth) = self.score();
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for fate in &self.fates {
            *kinds.entry(fate.mutant.kind.id()).or_default() += 1;
        }
        json!({
            "standard": self.id, "mutants": self.fates.len(), "kinds": kinds, "killed": self.killed(),
            "refused": self.count(|end| matches!(end, End::Refused)),
            "survived": self.survivors().count(), "equivalent": self.equivalents().count(),
            "score": format!("{whole}.{tenth}"),
            "survivors": self.survivors().map(one).collect::<Vec<_>>(),
            "equivalents": self.equivalents().map(|(fate, _)| one(fate)).collect::<Vec<_>>(),
        })
    }

    /// Files of the cases that would kill survivors, one for each clause or declaration; each case once.
    fn files(&self) -> BTreeMap<String, String> {
        let mut files: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for fate in self.survivors() {
            let End::Survived(Some(killer)) = &fate.end else { continue };
            if !seen.insert(&killer.toml) {
                continue;
            }
            let of = fate.mutant.at.split('#').next().unwrap_or_default();
            let plain: String = of
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '-' })
                .collect();
            files
                .entry(format!("{}-{}.toml", self.id, plain.trim_matches('-')))
                .or_default()
                .push(&killer.toml);
        }
        files.into_iter().map(|(name, cases)| (name, cases.join("\n"))).collect()
    }
}

/// Writes files that do not exist yet, each whole or not at all; if one exists, none is written.
fn write(folder: &Path, files: &BTreeMap<String, String>) -> std::result::Result<(), Box<Diagnostic>> {
    let fail = |path: &Path, error: &dyn std::fmt::Display| {
        let path = path.display();
        let message = text!("`{path}` 无法写入：{error}", "`{path}` cannot be written: {error}");
        Box::new(Diagnostic::error(Code::FileUnreadable, Span::NONE, message))
    };
    let paths: Vec<(PathBuf, &String)> = files.iter().map(|(name, text)| (folder.join(name), text)).collect();
    if let Some((path, _)) = paths.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        let path = path.display();
        let message = text!("`{path}` 已经存在，不覆盖", "`{path}` exists and is not overwritten");
        return Err(Box::new(Diagnostic::error(Code::FileUnreadable, Span::NONE, message)));
    }
    std::fs::create_dir_all(folder).map_err(|error| fail(folder, &error))?;
    for (path, text) in paths {
        crate::command::report::replace(&path, text.as_bytes()).map_err(|error| fail(&path, &error))?;
    }
    Ok(())
}
