//! The answer as a page: words and pictures, ready for a template.

use serde::Serialize;

use super::table::change_word;
use super::text::{
    cause_lines, change_sign, diagnostic, interval, near_lines, refused_side, same, side_line, totals,
    verdict,
};
use super::{CategoryOut, CauseOut, ImpactOut, MatrixOut};
use crate::analysis::impact::{ThreadKind, Turn};
use crate::lang::Lang;

/// Length of the longest bar, in units of the picture.
const BAR: usize = 190;
/// Height of a level and of one bar in it.
const ROW: usize = 34;
const THICK: usize = 11;

/// The page, in one language.
#[derive(Clone, Debug, Serialize)]
pub struct Page {
    /// `zh` or `en`.
    pub lang: String,
    /// The program.
    pub engine: String,
    /// The standard.
    pub standard: String,
    /// What prevails.
    pub notice: String,
    /// The selector and editions of the earlier side.
    pub before: [String; 2],
    /// The same of the later side.
    pub after: [String; 2],
    /// The sums in a sentence.
    pub totals: String,
    /// A remark where nothing can have changed.
    pub same: Option<String>,
    /// Titles of the levels, from none upwards.
    pub levels: Vec<String>,
    /// Awards by category.
    pub figures: Vec<Figure>,
    /// Categories about which there is something to say.
    pub rows: Vec<Row>,
    /// Dossiers that could not be graded on both sides.
    pub refused: Vec<Refused>,
    /// Entries that a ledger lacks.
    pub missing: Vec<String>,
}

/// A picture of the awards in one category.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// The category.
    pub title: String,
    /// Height of the picture.
    pub height: usize,
    /// Levels, from the highest down.
    pub bars: Vec<Bar>,
}

/// One level of a picture.
#[derive(Clone, Debug, Serialize)]
pub struct Bar {
    /// The level.
    pub title: String,
    /// Distance from the top.
    pub y: usize,
    /// How many before.
    pub before: usize,
    /// How many after.
    pub after: usize,
    /// Length before.
    pub before_length: usize,
    /// Length after.
    pub after_length: usize,
}

/// One category of one dossier.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The institution.
    pub institution: String,
    /// The file.
    pub file: String,
    /// The category.
    pub title: String,
    /// `drop`, `rise`, `shift` or `same`.
    pub kind: Turn,
    /// A sign for it.
    pub sign: &'static str,
    /// The same in a word.
    pub change: String,
    /// The award before, with the interval if it is open.
    pub before: String,
    /// The award after.
    pub after: String,
    /// Clauses that make the difference, with their checks.
    pub because: Vec<(String, Vec<String>)>,
    /// Evidence on which the award hangs.
    pub near: Vec<String>,
    /// How many findings must each hold.
    pub findings: usize,
    /// What is newly asked.
    pub asked: Vec<String>,
}

/// A dossier that could not be graded.
#[derive(Clone, Debug, Serialize)]
pub struct Refused {
    /// The file.
    pub file: String,
    /// On which side.
    pub side: String,
    /// Why.
    pub faults: Vec<String>,
}

/// Builds the page.
#[must_use]
pub fn page(out: &ImpactOut, lang: Lang) -> Page {
    let most = out.matrix.iter().flat_map(|m| &m.levels).map(|l| l.before.max(l.after)).max().unwrap_or(1);
    Page {
        lang: out.lang.clone(),
        engine: out.engine.clone(),
        standard: out.standard.clone(),
        notice: out.notice.clone(),
        before: [out.before.written.clone(), side_line(&out.before, lang)],
        after: [out.after.written.clone(), side_line(&out.after, lang)],
        totals: totals(out).in_lang(lang).to_owned(),
        same: same(out).map(|t| t.in_lang(lang).to_owned()),
        levels: out.matrix.iter().take(1).flat_map(|m| &m.levels).map(|l| l.title.clone()).collect(),
        figures: out.matrix.iter().map(|m| figure(m, most.max(1))).collect(),
        rows: rows(out, lang),
        refused: out
            .unreadable
            .iter()
            .map(|u| Refused {
                file: u.file.clone(),
                side: refused_side(u.side).in_lang(lang).to_owned(),
                faults: u.diagnostics.iter().map(|d| diagnostic(d, lang)).collect(),
            })
            .collect(),
        missing: out.ledger.iter().flat_map(|l| &l.missing).map(|m| m.entry.clone()).collect(),
    }
}

fn figure(row: &MatrixOut, most: usize) -> Figure {
    let length = |n: usize| (n * BAR / most).max(usize::from(n > 0) * 2);
    let bar = |(i, level): (usize, &super::LevelCountOut)| Bar {
        title: level.title.clone(),
        y: i * ROW + 4,
        before: level.before,
        after: level.after,
        before_length: length(level.before),
        after_length: length(level.after),
    };
    let bars: Vec<Bar> = row.levels.iter().rev().enumerate().map(bar).collect();
    Figure { title: row.title.clone(), height: bars.len() * ROW + 2 + THICK / 2, bars }
}

fn rows(out: &ImpactOut, lang: Lang) -> Vec<Row> {
    let mut rows = Vec::new();
    for dossier in &out.dossiers {
        let own = |title: String, kind, [before, after]: [String; 2], causes: &[CauseOut]| Row {
            institution: dossier.institution.clone(),
            file: dossier.file.clone(),
            title,
            kind,
            sign: change_sign(kind),
            change: change_word(kind).in_lang(lang).to_owned(),
            before,
            after,
            because: causes.iter().map(|c| cause_lines(c, lang)).collect(),
            near: Vec::new(),
            findings: 0,
            asked: Vec::new(),
        };
        let admissible = &dossier.admissibility;
        if admissible.before != admissible.after {
            let title = lang.pick("受理", "Admissibility").to_owned();
            let words = [admissible.before, admissible.after].map(|v| verdict(Some(v), lang));
            rows.push(own(title, Turn::Shift, words, &admissible.because));
        }
        for category in &dossier.categories {
            let row = own(category.title.clone(), category.change, grades(category, lang), &category.because);
            let row = Row {
                near: near_lines(&category.near, lang),
                findings: category.near.iter().filter(|n| n.kind == ThreadKind::Statement).count(),
                asked: category.asked.iter().map(|a| format!("{} {}", a.evidence, a.question)).collect(),
                ..row
            };
            if category.change != Turn::Same || !row.near.is_empty() || !row.asked.is_empty() {
                rows.push(row);
            }
        }
    }
    rows
}

fn grades(category: &CategoryOut, lang: Lang) -> [String; 2] {
    [&category.before, &category.after].map(|g| interval(g, lang))
}
