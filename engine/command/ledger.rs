//! Ledgers: every change of an award must be acknowledged by an entry that says exactly that.

use std::path::Path;

use super::impact::flipped;
use super::{Session, files};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::ledger::{AcknowledgedRaw, LedgerFile};
use crate::format::shape;
use crate::report::impact::{CategoryOut, DossierOut, ImpactOut, LedgerOut, MissingEntryOut, StaleEntryOut};
use crate::source::Span;
use crate::syntax::{Limits, read as parse};
use crate::text;

/// Digits of a digest that name a dossier.
const DIGITS: usize = 8;

/// What a ledger leaves open, with a diagnostic for each.
pub struct Found {
    /// What is open.
    pub open: LedgerOut,
    /// The same as diagnostics.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a ledger; what is wrong with it is reported.
pub fn read(path: &str, session: &mut Session, diagnostics: &mut Diagnostics) -> Option<LedgerFile> {
    if path != "-" && !Path::new(path).exists() {
        let message = text!("没有文件 `{path}`", "there is no file `{path}`");
        let help = text!(
            "空文件就是没有条目的台账，可先建一个",
            "an empty file is a ledger without entries: make one"
        );
        diagnostics.push(Diagnostic::error(Code::FileUnreadable, Span::NONE, message).help(help));
        return None;
    }
    let input = files::dossier(path, &mut session.sources, diagnostics)?;
    let node = parse(
        &mut session.sources,
        &input.name,
        &input.bytes,
        input.notation,
        &Limits::DOSSIER,
        diagnostics,
    )?;
    let ledger: LedgerFile = shape::read(&node, diagnostics)?;
    for entry in &ledger.acknowledged {
        for (name, written) in [("dossier", &entry.dossier), ("by", &entry.by)] {
            if written.trim().is_empty() {
                let message = text!("`{name}` 为空", "`{name}` is empty");
                diagnostics.push(Diagnostic::error(Code::EmptyText, written.span, message));
            }
        }
        if entry.reason.is_empty() {
            let message = text!("没有写明理由", "no reason is given");
            let help = text!("在 reason 写明为何接受这一变化", "say in `reason` why the change is right");
            diagnostics.push(Diagnostic::error(Code::NoteMissing, entry.dossier.span, message).help(help));
        }
        if let Err(fault) = Date::parse(&entry.on, entry.on.span) {
            diagnostics.push(*fault);
        }
    }
    Some(ledger)
}

/// Holds the changes of awards against a ledger.
pub fn compare(ledger: &LedgerFile, out: &ImpactOut, session: &Session) -> Found {
    let mut found = Found { open: LedgerOut::default(), diagnostics: Vec::new() };
    let mut used = vec![false; ledger.acknowledged.len()];
    for dossier in &out.dossiers {
        for category in dossier.categories.iter().filter(|c| flipped(c.change)) {
            let fits = |entry: &AcknowledgedRaw| {
                names(&entry.dossier, dossier, out)
                    && entry.category.as_ref().map(|c| &c.value) == category.category.as_ref()
                    && (entry.from.value, entry.to.value) == (category.before.award, category.after.award)
            };
            let fitting =
                ledger.acknowledged.iter().zip(&mut used).find(|(entry, used)| !**used && fits(entry));
            match fitting {
                Some((_, used)) => *used = true,
                None => missing(dossier, category, out, &mut found),
            }
        }
    }
    for (entry, _) in ledger.acknowledged.iter().zip(&used).filter(|(_, used)| !**used) {
        stale(entry, session, &mut found);
    }
    found
}

/// Whether an entry names a dossier: by its path, by its file name if no other has it, or by its digest.
fn names(written: &str, dossier: &DossierOut, out: &ImpactOut) -> bool {
    let digest = written.len() >= DIGITS && dossier.digest.starts_with(&written.to_ascii_lowercase());
    digest || written == dossier.file || written == short(dossier, out)
}

/// The name of the file, with its path where another dossier has the same name.
fn short<'a>(dossier: &'a DossierOut, out: &ImpactOut) -> &'a str {
    let base = |file: &'a str| Path::new(file).file_name().and_then(|n| n.to_str()).unwrap_or(file);
    let own = base(&dossier.file);
    let others = out.dossiers.iter().filter(|d| Path::new(&d.file).file_name().is_some_and(|n| n == own));
    if others.count() > 1 { &dossier.file } else { own }
}

fn missing(dossier: &DossierOut, category: &CategoryOut, out: &ImpactOut, found: &mut Found) {
    let (name, from, to) = (short(dossier, out).to_owned(), category.before.award, category.after.award);
    let title = &category.title;
    let message = text!(
        "`{name}` {title} 的可授予等级由 {from} 变为 {to}，台账没有登记",
        "the award of `{name}`, {title}, goes from {from} to {to}, and no entry acknowledges it"
    );
    found.diagnostics.push(Diagnostic::error(Code::Unacknowledged, Span::NONE, message));
    // A basic string of TOML takes what JSON escapes.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut lines = vec!["[[acknowledged]]".to_owned(), format!("dossier = {}", quoted(&name))];
    lines.extend(category.category.as_ref().map(|c| format!("category = {}", quoted(c))));
    lines.extend([
        format!("from = {from}"),
        format!("to = {to}"),
        "reason = \"\"".to_owned(),
        "by = \"\"".to_owned(),
        "on = \"\"".to_owned(),
    ]);
    found.open.missing.push(MissingEntryOut {
        dossier: name,
        category: category.category.clone(),
        from,
        to,
        entry: lines.join("\n") + "\n",
    });
}

fn stale(entry: &AcknowledgedRaw, session: &Session, found: &mut Found) {
    let name = &entry.dossier.value;
    let message = text!(
        "登记的变化没有发生：`{name}` {} → {}",
        "no award changes as acknowledged: `{name}` {} → {}",
        entry.from.value,
        entry.to.value
    );
    let help = text!(
        "核对档案、类别和等级；不再需要的登记请删去",
        "check dossier, category and levels; remove entries that are no longer needed"
    );
    let fault = Diagnostic::warning(Code::StaleAcknowledgement, entry.dossier.span, message);
    found.diagnostics.push(fault.help(help));
    found.open.stale.push(StaleEntryOut {
        dossier: name.clone(),
        category: entry.category.as_ref().map(|c| c.value.clone()),
        from: entry.from.value,
        to: entry.to.value,
        line: session.sources.place(entry.dossier.span).map(|p| p.line),
    });
}
