//! The numbers of an edition: topics × levels, of one edition or of two beside each other.

use serde_json::{Value as Json, json};

use crate::check::{Body, Check, Condition, Context, Probe, Source};
use crate::edition::{Clause, Edition};
use crate::evidence::Facts;
use crate::lang::Text;
use crate::standard::Combine;

/// The thresholds of one edition, or of two.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// The columns: levels from the lowest, then `None` if some thresholds belong to no level.
    pub levels: Vec<Option<u8>>,
    /// The highest level of either edition: tables have a value for each level up to it.
    pub top: u8,
    /// Topics of one part and category each.
    pub groups: Vec<Group>,
    /// Values by level that the standard declares: tables, and points where grades are a sum of points.
    pub tables: Vec<TableRow>,
    /// Whether there is a second edition.
    pub compared: bool,
}

/// The thresholds of one part and category.
#[derive(Clone, Debug)]
pub struct Group {
    /// Identifier of the part.
    pub part: String,
    /// Identifier of the one category that it concerns; `None` for all.
    pub category: Option<String>,
    /// One row for each thing that is measured, in the order of the clauses.
    pub rows: Vec<Row>,
}

/// One thing that is measured, across levels.
#[derive(Clone, Debug)]
pub struct Row {
    /// The topic; `None` for clauses without one.
    pub topic: Option<String>,
    /// The id of the check, as in the lowest clause that has it.
    pub check: String,
    /// The title of that clause.
    pub title: Text,
    /// One cell for each column.
    pub cells: Vec<Cell>,
    same: Json,
    clause: String,
}

/// What is asked at one level.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// In the edition that was asked for.
    pub here: Vec<Asked>,
    /// In the edition beside it.
    pub there: Vec<Asked>,
    /// Whether the two differ.
    pub differs: bool,
}

/// One check: where it stands, and everything that would make it another check.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Position of the clause.
    pub clause: usize,
    /// Position of the check in its clause.
    pub check: usize,
    /// Whether another check may be met in its place.
    pub alternative: bool,
    /// Whether it looks at what the first check of its row looks at.
    pub same_subject: bool,
    /// Identifiers of the categories for which it can be asked, of those that the standard has.
    pub categories: Vec<String>,
    meaning: Json,
}

/// A value by level.
#[derive(Clone, Debug)]
pub struct TableRow {
    /// Identifier of the table; `None` for the points of the levels.
    pub id: Option<String>,
    /// Title.
    pub title: Text,
    /// The values for the levels, as written.
    pub here: Vec<String>,
    /// The same in the edition beside it.
    pub there: Vec<String>,
}

impl Matrix {
    /// Only what can be asked of a category.
    pub fn retain_category(&mut self, category: &str) {
        for group in &mut self.groups {
            for cell in group.rows.iter_mut().flat_map(|r| &mut r.cells) {
                cell.here.retain(|a| a.categories.iter().any(|c| c == category));
                cell.there.retain(|a| a.categories.iter().any(|c| c == category));
            }
            group.rows.retain(|r| r.cells.iter().any(|c| !c.here.is_empty() || !c.there.is_empty()));
        }
        self.groups.retain(|g| !g.rows.is_empty());
    }
}

impl Row {
    /// Whether the two editions differ in this row.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.cells.iter().any(|c| c.differs)
    }
}

/// Collects the thresholds of an edition, with those of another one beside them.
#[must_use]
pub fn thresholds(here: &Edition, there: Option<&Edition>) -> Matrix {
    let top = std::iter::once(here).chain(there).map(|e| e.standard.top()).max().unwrap_or(0);
    let open = |edition: &Edition| {
        edition.clauses.iter().any(|c| c.level.is_none() && c.checks.iter().any(measures))
    };
    let mut levels: Vec<Option<u8>> = (1..=top).map(Some).collect();
    if open(here) || there.is_some_and(open) {
        levels.push(None);
    }
    let mut matrix =
        Matrix { levels, top, groups: Vec::new(), tables: tables(here, there), compared: there.is_some() };
    collect(&mut matrix, here, |cell| &mut cell.here);
    if let Some(there) = there {
        collect(&mut matrix, there, |cell| &mut cell.there);
        let meanings = |all: &[Asked]| all.iter().map(|a| a.meaning.clone()).collect::<Vec<_>>();
        for cell in matrix.groups.iter_mut().flat_map(|g| &mut g.rows).flat_map(|r| &mut r.cells) {
            cell.differs = meanings(&cell.here) != meanings(&cell.there);
        }
    }
    // Levels for which nothing is asked anywhere say nothing: standards without levels on clauses have one column.
    let used = |column: usize| {
        matrix
            .groups
            .iter()
            .flat_map(|g| &g.rows)
            .filter_map(|r| r.cells.get(column))
            .any(|c| !c.here.is_empty() || !c.there.is_empty())
    };
    let keep: Vec<bool> = (0..matrix.levels.len()).map(used).collect();
    let retain = |column: usize| keep.get(column).copied().unwrap_or(false);
    matrix.levels = pick(matrix.levels, retain);
    for row in matrix.groups.iter_mut().flat_map(|g| &mut g.rows) {
        row.cells = pick(std::mem::take(&mut row.cells), retain);
    }
    matrix
}

fn pick<T>(all: Vec<T>, keep: impl Fn(usize) -> bool) -> Vec<T> {
    all.into_iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, t)| t).collect()
}

/// Whether a check has a number, a rank, a set or a condition on records, and is no mere finding or composition.
fn measures(check: &Check) -> bool {
    !matches!(check.body, Body::Attest(_) | Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_))
}

fn collect(matrix: &mut Matrix, edition: &Edition, side: impl Fn(&mut Cell) -> &mut Vec<Asked>) {
    for (ix, clause) in edition.clauses.iter().enumerate() {
        let Some(column) = matrix.levels.iter().position(|l| *l == clause.level) else { continue };
        for (position, check) in clause.checks.iter().enumerate().filter(|(_, c)| measures(c)) {
            let subject = subject(edition, ix, check);
            let columns = matrix.levels.len();
            let Some(row) = row(&mut matrix.groups, edition, clause, check, &subject, columns) else {
                continue;
            };
            let conditions: Vec<&Condition> = edition.conditions(ix).chain(&check.when).collect();
            let asked = Asked {
                clause: ix,
                check: position,
                alternative: alternative(clause, check),
                same_subject: row.same == subject,
                categories: categories(edition, clause, &conditions),
                meaning: meaning(edition, clause, check, &subject),
            };
            if let Some(cell) = row.cells.get_mut(column) {
                side(cell).push(asked);
            }
        }
    }
}

/// The row of a check: that of its topic with the same check id, else the one that measures the same thing.
fn row<'m>(
    groups: &'m mut Vec<Group>,
    edition: &Edition,
    clause: &Clause,
    check: &Check,
    subject: &Json,
    columns: usize,
) -> Option<&'m mut Row> {
    let part = edition.standard.parts.get(clause.part).map(|p| p.id.clone()).unwrap_or_default();
    let category = clause.category.and_then(|c| edition.standard.categories.get(c)).map(|c| c.id.clone());
    let group = match groups.iter().position(|g| g.part == part && g.category == category) {
        Some(found) => found,
        None => {
            groups.push(Group { part, category, rows: Vec::new() });
            groups.len() - 1
        }
    };
    let rows = &mut groups.get_mut(group)?.rows;
    let about = |row: &Row| match &clause.topic {
        Some(topic) => row.topic.as_ref() == Some(topic),
        // Without a topic nothing says that two clauses are about the same.
        None => row.topic.is_none() && row.clause == clause.id.as_str(),
    };
    let found = rows
        .iter()
        .position(|r| about(r) && r.check == *check.id && r.same == *subject)
        .or_else(|| rows.iter().position(|r| about(r) && r.check == *check.id))
        .or_else(|| rows.iter().position(|r| about(r) && r.same == *subject));
    let at = match found {
        Some(found) => found,
        None => {
            // Next to its topic, so that what belongs together stands together in both editions.
            let at = rows.iter().rposition(about).map_or(rows.len(), |last| last + 1);
            let row = Row {
                topic: clause.topic.clone(),
                check: check.id.to_string(),
                title: clause.title.clone(),
                cells: vec![Cell::default(); columns],
                same: subject.clone(),
                clause: clause.id.to_string(),
            };
            rows.insert(at, row);
            at
        }
    };
    rows.get_mut(at)
}

/// What a check looks at, without its threshold. Conditions of the clauses around it count.
fn subject(edition: &Edition, clause: usize, check: &Check) -> Json {
    let shown = &check.shown;
    let when: Vec<_> = edition.conditions(clause).map(|c| json!([c.path, c.op, c.written])).collect();
    json!([shown.subject, shown.of, shown.op, shown.filter, shown.has, shown.when, when])
}

fn meaning(edition: &Edition, clause: &Clause, check: &Check, subject: &Json) -> Json {
    let due = check.due.and_then(|d| edition.standard.dues.get(d)).map(|d| d.id.as_str());
    let shown = &check.shown;
    json!([
        format!("{}#{}", clause.id, check.id),
        subject,
        shown.threshold,
        shown.value,
        shown.unit,
        check.observation,
        due
    ])
}

fn alternative(clause: &Clause, check: &Check) -> bool {
    std::iter::successors(check.member_of, |ix| clause.checks.get(*ix)?.member_of)
        .any(|ix| clause.checks.get(ix).is_some_and(|c| matches!(c.body, Body::AnyOf(_))))
}

/// The categories for which something can be asked, by what its conditions say of the category.
fn categories(edition: &Edition, clause: &Clause, conditions: &[&Condition]) -> Vec<String> {
    let facts = Facts::default();
    let can = |category: usize| {
        let ctx = Context {
            standard: &edition.standard,
            dictionary: &edition.dictionary,
            derived: &edition.derived,
            facts: &facts,
            category: Some(category),
            stage: None,
            level: 1,
            applied_on: edition.applied_on,
            assessed_on: edition.assessed_on,
            award_on: None,
        };
        let of_category = |c: &&&Condition| matches!(c.source, Source::Category);
        clause.category.is_none_or(|own| own == category)
            && conditions.iter().filter(of_category).all(|c| c.ask(Probe::Dossier, &ctx).outcomes.may_pass())
    };
    let all = edition.standard.categories.iter().enumerate();
    all.filter(|(c, _)| can(*c)).map(|(_, c)| c.id.clone()).collect()
}

fn tables(here: &Edition, there: Option<&Edition>) -> Vec<TableRow> {
    let mut rows: Vec<TableRow> = Vec::new();
    let sides = std::iter::once((false, here)).chain(there.map(|t| (true, t)));
    for (second, edition) in sides {
        let standard = &edition.standard;
        let points = (standard.combine == Combine::Points).then(|| {
            let values = standard.levels.iter().map(|l| l.points.to_string()).collect();
            (None, Text::new("所需分数", "points needed"), values)
        });
        let tables = standard.tables.iter().map(|t| {
            let values: Vec<String> = t.values.iter().map(|v| v.value.clone()).collect();
            (Some(t.id.clone()), t.title.clone(), values)
        });
        for (id, title, values) in points.into_iter().chain(tables) {
            let at = rows.iter().position(|r| r.id == id).unwrap_or_else(|| {
                rows.push(TableRow { id, title, here: Vec::new(), there: Vec::new() });
                rows.len() - 1
            });
            if let Some(row) = rows.get_mut(at) {
                if second { row.there = values } else { row.here = values }
            }
        }
    }
    rows
}
