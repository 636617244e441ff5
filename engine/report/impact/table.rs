//! The answer for a spreadsheet: RFC 4180 with a byte order mark, so that Chinese is read as such.

use super::text::{diagnostic, near_lines, refused_side, verdict};
use super::{CategoryOut, CauseOut, DossierOut, ImpactOut};
use crate::analysis::impact::{ThreadKind, Turn};
use crate::lang::{Lang, Text};
use crate::text;

/// One line for each dossier and category; dossiers that could not be graded have one line.
///
/// # Errors
/// None that can occur: everything is written to memory.
pub fn csv(out: &ImpactOut, lang: Lang) -> Result<String, csv::Error> {
    let mut rows = vec![header().into_iter().map(|t| t.in_lang(lang).to_owned()).collect::<Vec<_>>()];
    for dossier in &out.dossiers {
        rows.extend(dossier.categories.iter().map(|category| row(dossier, category, lang)));
    }
    let width = rows.first().map_or(0, Vec::len);
    for refused in &out.unreadable {
        let mut row = vec![String::new(); width];
        let faults: Vec<String> = refused.diagnostics.iter().map(|d| diagnostic(d, lang)).collect();
        let set = [(0, refused.file.clone()), (7, refused_side(refused.side).in_lang(lang).to_owned())];
        for (at, value) in set.into_iter().chain([(width.saturating_sub(1), faults.join("\n"))]) {
            if let Some(cell) = row.get_mut(at) {
                *cell = value;
            }
        }
        rows.push(row);
    }
    write(&rows)
}

/// Rows as RFC 4180 with a byte order mark; no cell is taken for a formula.
///
/// # Errors
/// None that can occur: everything is written to memory.
pub fn write(rows: &[Vec<String>]) -> Result<String, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|cell| guarded(cell)))?;
    }
    let bytes = writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))?;
    Ok(format!("\u{feff}{}", String::from_utf8_lossy(&bytes)))
}

/// A spreadsheet takes what begins with these signs for a formula.
fn guarded(cell: &str) -> String {
    if cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || cell.starts_with(['\t', '\r'])
    {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn header() -> Vec<Text> {
    vec![
        text!("档案", "dossier"),
        text!("机构", "institution"),
        text!("类别", "category"),
        text!("阶段", "stage"),
        text!("申报等级", "target"),
        text!("原可授予", "award before"),
        text!("新可授予", "award after"),
        text!("变化", "change"),
        text!("原可确定", "guaranteed before"),
        text!("原可能", "possible before"),
        text!("新可确定", "guaranteed after"),
        text!("新可能", "possible after"),
        text!("原受理", "admissible before"),
        text!("新受理", "admissible after"),
        text!("原因条款", "because of clauses"),
        text!("原因", "because"),
        text!("差一步即降", "one step from a drop"),
        text!("不得不成立的结论数", "findings that must hold"),
        text!("新增待答", "newly asked"),
        text!("档案摘要", "digest"),
        text!("无法评定的原因", "why it could not be graded"),
    ]
}

fn row(dossier: &DossierOut, category: &CategoryOut, lang: Lang) -> Vec<String> {
    let admissible = &dossier.admissibility;
    let findings = category.near.iter().filter(|n| n.kind == ThreadKind::Statement).count();
    let near = near_lines(&category.near, lang);
    let asked: Vec<String> = category.asked.iter().map(|a| format!("{} {}", a.evidence, a.title)).collect();
    let all = || category.because.iter().chain(&admissible.because);
    let clauses: Vec<&str> = all().map(|c| c.clause.as_str()).collect();
    vec![
        dossier.file.clone(),
        dossier.institution.clone(),
        category.title.clone(),
        category.stage.clone().unwrap_or_default(),
        category.target.to_string(),
        category.before.award.to_string(),
        category.after.award.to_string(),
        change_word(category.change).in_lang(lang).to_owned(),
        category.before.guaranteed.to_string(),
        category.before.possible.to_string(),
        category.after.guaranteed.to_string(),
        category.after.possible.to_string(),
        verdict(Some(admissible.before), lang),
        verdict(Some(admissible.after), lang),
        clauses.join(" "),
        causes(all(), lang),
        near.join("\n"),
        findings.to_string(),
        asked.join("\n"),
        dossier.digest.clone(),
        String::new(),
    ]
}

/// Clauses and checks in a cell of several lines.
pub fn causes<'a>(causes: impl Iterator<Item = &'a CauseOut>, lang: Lang) -> String {
    let lines = causes.flat_map(|c| {
        let (head, checks) = super::cause_lines(c, lang);
        std::iter::once(head).chain(checks)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What became of an award.
#[must_use]
pub fn change_word(turn: Turn) -> Text {
    match turn {
        Turn::Drop => text!("降", "drop"),
        Turn::Rise => text!("升", "rise"),
        Turn::Shift => text!("区间有变", "other interval"),
        Turn::Same => text!("不变", "same"),
    }
}
