//! The numbers of an edition as people and programs read them: topics × levels.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::layout::{Style, pad, width, wrap};
use super::phrase::Phrases;
use crate::analysis::thresholds::{Asked, Matrix};
use crate::check::Body;
use crate::edition::Edition;
use crate::lang::{Lang, Text};
use crate::standard::Named;
use crate::text;

/// The thresholds of one edition, or of two beside each other.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ThresholdsOut {
    /// Identifier of the standard.
    pub standard: String,
    /// Number and title of the standard.
    pub title: Text,
    /// The edition that was asked for.
    pub edition: EditionOut,
    /// The edition beside it.
    pub against: Option<EditionOut>,
    /// The columns.
    pub levels: Vec<ColumnOut>,
    /// Topics of one part and category each.
    pub groups: Vec<GroupOut>,
    /// The columns of the tables: all levels.
    pub table_levels: Vec<ColumnOut>,
    /// Values by level that the standard declares.
    pub tables: Vec<TableOut>,
}

/// Which edition it is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EditionOut {
    /// Region.
    pub region: Option<String>,
    /// The date of application for which it is resolved.
    pub applied_on: String,
    /// The date of assessment for which it is resolved.
    pub assessed_on: String,
    /// Digest of its meaning.
    pub digest: String,
}

/// A column.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ColumnOut {
    /// The level; `null` for what belongs to no level.
    pub level: Option<u8>,
    /// Its title.
    pub title: Text,
}

/// The thresholds of one part and category.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GroupOut {
    /// Identifier of the part.
    pub part: String,
    /// Identifier of the category; `null` for all.
    pub category: Option<String>,
    /// Titles of both.
    pub title: Text,
    /// One row for each thing that is measured.
    pub rows: Vec<RowOut>,
}

/// One thing that is measured, across levels.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RowOut {
    /// The topic.
    pub topic: Option<String>,
    /// The title of the first clause about it.
    pub title: Text,
    /// What is measured.
    pub subject: Text,
    /// Categories for which it can be asked; empty where the standard has none.
    pub categories: Vec<String>,
    /// Whether the two editions differ in this row.
    pub differs: bool,
    /// One cell for each column.
    pub cells: Vec<CellOut>,
}

/// What is asked at one level.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CellOut {
    /// In the edition that was asked for.
    pub here: Vec<AskedOut>,
    /// In the edition beside it.
    pub there: Vec<AskedOut>,
    /// Whether the two differ.
    pub differs: bool,
}

/// What one check asks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AskedOut {
    /// Address of the check.
    pub address: String,
    /// The operator.
    pub op: String,
    /// Operator and threshold in words; of a check without a threshold a sign that it is asked.
    pub text: Text,
    /// The whole demand, where it looks at something else than the rest of its row.
    pub demand: Option<Text>,
    /// The threshold as written.
    pub threshold: Option<Json>,
    /// The threshold as exact JSON.
    pub value: Option<Json>,
    /// The unit of the value.
    pub unit: Option<String>,
    /// Whether another check may be met in its place.
    pub alternative: bool,
    /// Whether it is only observed.
    pub observation: bool,
}

/// Values by level.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TableOut {
    /// Identifier; `null` for the points of the levels.
    pub id: Option<String>,
    /// Title.
    pub title: Text,
    /// The values of the levels, from the lowest.
    pub here: Vec<Text>,
    /// The same in the edition beside it.
    pub there: Vec<Text>,
    /// Whether the two differ.
    pub differs: bool,
}

/// A phrase in both languages.
pub(super) fn both(edition: &Edition, say: impl Fn(&Phrases<'_>) -> String) -> Text {
    let in_lang = |lang| say(&Phrases { edition, lang });
    Text { zh: in_lang(Lang::Zh), en: in_lang(Lang::En) }
}

/// Puts a matrix into words. `there` is the second edition, if the matrix has one.
#[must_use]
pub fn present(matrix: &Matrix, here: &Edition, there: Option<&Edition>) -> ThresholdsOut {
    let second = there.unwrap_or(here);
    let column = |level: &Option<u8>| {
        let title = match level {
            None => text!("不分等级", "all levels"),
            Some(level) => {
                level_title(here, *level).or_else(|| level_title(second, *level)).unwrap_or_default()
            }
        };
        ColumnOut { level: *level, title }
    };
    let groups = matrix.groups.iter().map(|group| {
        let rows = group.rows.iter().map(|row| {
            let first = row.cells.iter().find_map(|c| c.here.first().map(|a| (here, a)));
            let first = first.or_else(|| row.cells.iter().find_map(|c| c.there.first().map(|a| (second, a))));
            let subject = first.and_then(|(e, a)| subject(e, a)).unwrap_or_default();
            let all = |pick: fn(&crate::analysis::thresholds::Cell) -> &Vec<Asked>, edition| {
                move |cell| pick(cell).iter().filter_map(|a| asked(edition, a)).collect::<Vec<_>>()
            };
            let (ours, theirs) = (all(|c| &c.here, here), all(|c| &c.there, second));
            let standard = &here.standard.categories;
            let can = |id: &str| {
                let mut asked = row.cells.iter().flat_map(|c| c.here.iter().chain(&c.there));
                asked.any(|a| a.categories.iter().any(|c| c == id))
            };
            RowOut {
                topic: row.topic.clone(),
                title: row.title.clone(),
                subject,
                categories: standard.iter().map(|c| c.id.clone()).filter(|id| can(id)).collect(),
                differs: row.differs(),
                cells: row
                    .cells
                    .iter()
                    .map(|c| CellOut { here: ours(c), there: theirs(c), differs: c.differs })
                    .collect(),
            }
        });
        GroupOut {
            part: group.part.clone(),
            category: group.category.clone(),
            title: group_title(here, second, &group.part, group.category.as_deref()),
            rows: rows.collect(),
        }
    });
    let tables = matrix.tables.iter().map(|table| {
        let shown = |edition: &Edition, all: &[String]| -> Vec<Text> {
            all.iter().map(|written| both(edition, |p| p.quantity(written))).collect()
        };
        TableOut {
            id: table.id.clone(),
            title: table.title.clone(),
            here: shown(here, &table.here),
            there: shown(second, &table.there),
            differs: matrix.compared && table.here != table.there,
        }
    });
    ThresholdsOut {
        standard: here.standard.id.clone(),
        title: Text::same(format!("{} ", here.standard.number)).then(here.standard.title.clone()),
        edition: edition_out(here),
        against: there.map(edition_out),
        levels: matrix.levels.iter().map(column).collect(),
        groups: groups.collect(),
        table_levels: (1..=matrix.top).map(|l| column(&Some(l))).collect(),
        tables: tables.collect(),
    }
}

/// Which edition it is.
#[must_use]
pub fn edition_out(edition: &Edition) -> EditionOut {
    EditionOut {
        region: edition.region.clone(),
        applied_on: edition.applied_on.to_string(),
        assessed_on: edition.assessed_on.to_string(),
        digest: edition.digest.clone(),
    }
}

fn level_title(edition: &Edition, level: u8) -> Option<Text> {
    edition.standard.levels.get(usize::from(level).checked_sub(1)?).map(|l| l.title.clone())
}

fn group_title(here: &Edition, there: &Edition, part: &str, category: Option<&str>) -> Text {
    let part = [here, there].into_iter().flat_map(|e| &e.standard.parts).find(|p| p.id == part);
    let part = part.map(|p| p.title.clone()).unwrap_or_default();
    let find = |id: &str| -> Option<&Named> {
        [here, there].into_iter().flat_map(|e| &e.standard.categories).find(|c| c.id == id)
    };
    match category.and_then(find) {
        Some(category) => part.then(text!("：", ": ")).then(category.title.clone()),
        None => part,
    }
}

fn subject(edition: &Edition, asked: &Asked) -> Option<Text> {
    let clause = edition.clause(asked.clause)?;
    let check = clause.checks.get(asked.check)?;
    Some(both(edition, |p| p.subject(clause, check)))
}

fn asked(edition: &Edition, asked: &Asked) -> Option<AskedOut> {
    let clause = edition.clause(asked.clause)?;
    let check = clause.checks.get(asked.check)?;
    let plain = match &check.body {
        Body::Quantify(quantifier) if quantifier.has.is_some() => text!("每条", "each"),
        _ => text!("要求", "asked"),
    };
    let threshold = both(edition, |p| p.threshold(check).unwrap_or_default());
    Some(AskedOut {
        address: clause.address(check),
        op: check.shown.op.to_owned(),
        text: if threshold.zh.is_empty() { plain } else { threshold },
        demand: (!asked.same_subject).then(|| both(edition, |p| p.demand(clause, check))),
        threshold: check.shown.threshold.clone(),
        value: check.shown.value.clone(),
        unit: check.shown.unit.clone(),
        alternative: asked.alternative,
        observation: check.observation,
    })
}

/// The matrix for a terminal: columns line up with Chinese in them, cells are wrapped.
#[must_use]
pub fn print(out: &ThresholdsOut, lang: Lang, style: Style) -> String {
    let say = |text: &Text| text.in_lang(lang).to_owned();
    let date = |e: &EditionOut| {
        let dates = if e.applied_on == e.assessed_on {
            e.applied_on.clone()
        } else {
            format!("{} / {}", e.applied_on, e.assessed_on)
        };
        e.region.as_ref().map_or(dates.clone(), |r| format!("{r} {dates}"))
    };
    let mut lines = vec![style.heading(&say(&out.title))];
    lines.push(style.faint(&match &out.against {
        None => lang.pick(
            format!("版本日期 {}，摘要 {}", date(&out.edition), out.edition.digest),
            format!("edition of {}, digest {}", date(&out.edition), out.edition.digest),
        ),
        Some(other) => lang.pick(
            format!(
                "版本 {}（摘要 {:.12}）→ 对照 {}（摘要 {:.12}）；≠ 为不同",
                date(&out.edition),
                out.edition.digest,
                date(other),
                other.digest
            ),
            format!(
                "edition of {} (digest {:.12}) → beside it {} (digest {:.12}); ≠ marks differences",
                date(&out.edition),
                out.edition.digest,
                date(other),
                other.digest
            ),
        ),
    }));
    let header: Vec<String> = std::iter::once(lang.pick("主题与所量", "topic and measure").to_owned())
        .chain(out.levels.iter().map(|l| say(&l.title)))
        .collect();
    let mark = |differs: bool| if differs { "≠ " } else { "" };
    for group in &out.groups {
        lines.push(String::new());
        lines.push(style.heading(&say(&group.title)));
        let mut rows = vec![header.clone()];
        for row in &group.rows {
            let topic = row.topic.as_ref().map(|t| format!(" [{t}]")).unwrap_or_default();
            let mut cells = vec![format!("{}{}{topic}", mark(row.differs), say(&row.subject))];
            cells.extend(row.cells.iter().map(|cell| {
                match (side(&cell.here, lang), side(&cell.there, lang)) {
                    (here, there) if cell.differs => format!("{here} → {there}"),
                    (here, _) => here,
                }
            }));
            rows.push(cells);
        }
        lines.extend(grid(&rows));
    }
    if !out.tables.is_empty() {
        lines.push(String::new());
        lines.push(style.heading(lang.pick("按等级取值的表", "Values by level")));
        let first = lang.pick("表", "table").to_owned();
        let levels = out.table_levels.iter().map(|l| say(&l.title));
        let mut rows = vec![std::iter::once(first).chain(levels).collect::<Vec<_>>()];
        for table in &out.tables {
            let mut cells = vec![format!("{}{}", mark(table.differs), say(&table.title))];
            for column in 0..out.table_levels.len() {
                let at = |all: &[Text]| all.get(column).map_or("—".to_owned(), say);
                let (here, there) = (at(&table.here), at(&table.there));
                cells.push(if table.differs && here != there { format!("{here} → {there}") } else { here });
            }
            rows.push(cells);
        }
        lines.extend(grid(&rows));
    }
    lines.join("\n")
}

/// What is asked in one edition at one level.
fn side(all: &[AskedOut], lang: Lang) -> String {
    let one = |asked: &AskedOut| {
        let text = asked.demand.as_ref().unwrap_or(&asked.text).in_lang(lang);
        let or = if asked.alternative { lang.pick("（可替代）", " (or another)") } else { "" };
        let only = if asked.observation { lang.pick("（仅观察）", " (observed only)") } else { "" };
        format!("{text}{or}{only}")
    };
    let each: Vec<String> = all.iter().map(one).collect();
    if each.is_empty() { "—".to_owned() } else { each.join(lang.pick("；", "; ")) }
}

/// Columns of the first column, and of the others, at most.
const FIRST: usize = 44;
const OTHERS: usize = 26;

/// A table whose cells are wrapped and whose columns line up.
fn grid(rows: &[Vec<String>]) -> Vec<String> {
    let wrapped: Vec<Vec<Vec<String>>> = rows
        .iter()
        .map(|row| {
            row.iter().enumerate().map(|(c, t)| wrap(t, if c == 0 { FIRST } else { OTHERS })).collect()
        })
        .collect();
    let columns = wrapped.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| wrapped.iter().filter_map(|r| r.get(c)).flatten().map(|l| width(l)).max().unwrap_or(0))
        .collect();
    let mut lines = Vec::new();
    for row in &wrapped {
        let height = row.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let cells = row.iter().zip(&widths).map(|(cell, to)| {
                let text = cell.get(line).map(String::as_str).unwrap_or_default();
                pad(&if line > 0 && !text.is_empty() { format!("  {text}") } else { text.to_owned() }, to + 2)
            });
            lines.push(cells.collect::<Vec<_>>().join("  ").trim_end().to_owned());
        }
    }
    lines
}
