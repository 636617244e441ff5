//! Quotes what stands in an edition.

use super::{Change, Wish};
use crate::diag::{Code, Diagnostic, closest};
use crate::edition::overlay::patch::{leaves, written};
use crate::edition::overlay::{Element, Standing};
use crate::lang::Text;
use crate::source::Span;
use crate::syntax::{Entry, Node, Table, Value};
use crate::text;

/// The replacement of the fields of one element.
///
/// # Errors
/// The element or a field does not exist, or a field already has its value.
pub fn replace(standing: &Standing, wish: &Wish) -> Result<Change, Vec<Diagnostic>> {
    let at = &wish.at;
    let table = standing.find(at).map_err(|fault| vec![*fault])?;
    let fixed = Element::parse(at).fixed();
    let (mut was, mut now) = (Table::default(), Table::default());
    let mut faults = Vec::new();
    for (path, value) in &wish.fields {
        if let Some(field) = path.first().filter(|f| fixed.contains(&f.as_str())) {
            faults.push(not_replaced(standing, at, field));
            continue;
        }
        let standing_here = quoted(table, path);
        match (&standing_here, value) {
            (None, None) => faults.push(no_field(table, at, path)),
            (None, Some(value)) => put(&mut now, path, value.clone()),
            (Some((path, old)), None) => put(&mut was, path, (*old).clone()),
            (Some((old_path, old)), Some(value)) => {
                let before = leaves_at(old_path, old);
                let after = leaves_at(path, value);
                if before == after {
                    let (field, shown) = (path.join("."), written(value));
                    let message =
                        text!("`{at}` 的 `{field}` 已是 {shown}", "`{field}` of `{at}` already is {shown}");
                    let help = text!("写上不同的值，或去掉这一项", "give another value, or leave it out");
                    faults.push(Diagnostic::error(Code::NothingChanges, Span::NONE, message).help(help));
                }
                let changed =
                    |list: &[(Vec<String>, Node)], other: &[(Vec<String>, Node)], into: &mut Table| {
                        for (path, node) in list {
                            let same = other.iter().any(|(p, n)| p == path && n.to_json() == node.to_json());
                            if !same {
                                put(into, path, node.clone());
                            }
                        }
                    };
                changed(&before, &after, &mut was);
                changed(&after, &before, &mut now);
            }
        }
    }
    if faults.is_empty() { Ok(Change::Replace { at: at.clone(), was, now }) } else { Err(faults) }
}

/// Fields that a wish adds although one with nearly the same name is there. That may be meant, so it is worth a word
/// only if the rules do not stand it.
#[must_use]
pub fn misspelt(standing: &Standing, wish: &Wish) -> Vec<Diagnostic> {
    let Ok(table) = standing.find(&wish.at) else { return Vec::new() };
    let added = wish.fields.iter().filter(|(path, value)| value.is_some() && quoted(table, path).is_none());
    let near = added.filter(|(path, _)| near(table, path).is_some());
    near.map(|(path, _)| no_field(table, &wish.at, path)).collect()
}

/// The withdrawal of an element, with a quotation of what it says.
///
/// # Errors
/// The element does not exist or cannot be withdrawn.
pub fn withdraw(standing: &Standing, at: &str) -> Result<Change, Box<Diagnostic>> {
    let table = standing.find(at)?;
    let element = Element::parse(at);
    if element == Element::Standard {
        let message = text!("`standard` 不能撤去", "`standard` cannot be withdrawn");
        return Err(Box::new(Diagnostic::error(Code::FieldMismatch, Span::NONE, message)));
    }
    let telling = |field: &str| match &element {
        Element::Clause(_) => ["title", "summary"].contains(&field),
        Element::Check(..) => !["id", "title", "interpretations", "protect"].contains(&field),
        Element::Evidence(_) => ["type", "question", "derive"].contains(&field),
        Element::Interpretation(_) => ["question", "adopted"].contains(&field),
        other => !other.fixed().contains(&field),
    };
    let mut was = Table::default();
    for entry in table.iter().filter(|e| telling(&e.key)) {
        was.set(entry.clone());
    }
    if was.is_empty() {
        was = table.clone();
    }
    Ok(Change::Withdraw { at: at.to_owned(), was })
}

/// The settlement of a reading.
///
/// # Errors
/// There is no such interpretation or reading, or it is adopted already.
pub fn settle(standing: &Standing, interpretation: &str, reading: &str) -> Result<Change, Box<Diagnostic>> {
    let at = format!("interpretation:{interpretation}");
    let table = standing.find(&at).map_err(|mut fault| {
        fault.code = Code::UnknownInterpretation;
        fault
    })?;
    let readings = table.get("reading").and_then(Node::as_array).unwrap_or_default();
    let ids: Vec<&str> = readings.iter().filter_map(|n| n.as_table()?.get("id")?.as_text()).collect();
    let adopted = table.get("adopted").and_then(Node::as_text).unwrap_or_default();
    if !ids.contains(&reading) {
        let message =
            text!("`{interpretation}` 没有读法 `{reading}`", "`{interpretation}` has no reading `{reading}`");
        let fault = Diagnostic::error(Code::UnknownName, Span::NONE, message);
        return Err(Box::new(fault.choices(reading, ids)));
    }
    if adopted == reading {
        let message = text!(
            "`{interpretation}` 已采用读法 `{reading}`",
            "`{interpretation}` already is read as `{reading}`"
        );
        let others: Vec<&str> = ids.into_iter().filter(|id| *id != reading).collect();
        let help = Text::new("其他读法：", "other readings: ").then(Text::list(&others));
        return Err(Box::new(Diagnostic::error(Code::NothingChanges, Span::NONE, message).help(help)));
    }
    Ok(Change::Settle { at: interpretation.to_owned(), was: adopted.to_owned(), now: reading.to_owned() })
}

/// The outline of a check that a clause shall get; in a region its id gets the prefix of the region.
///
/// # Errors
/// The clause does not exist, or the id is malformed or in use.
pub fn check_to_insert(
    standing: &Standing,
    clause: &str,
    id: &str,
    region: Option<&str>,
) -> Result<Change, Box<Diagnostic>> {
    if !matches!(Element::parse(clause), Element::Clause(_)) {
        let message =
            text!("`{clause}` 不是条款，不能加检查", "`{clause}` is no clause that could have a check");
        return Err(Box::new(Diagnostic::error(Code::BadCall, Span::NONE, message)));
    }
    standing.find(clause)?;
    if !crate::id::is_name(id) {
        let message = text!("检查的标识 `{id}` 写法不对", "the id `{id}` of a check is malformed");
        let help = text!("用小写字母、数字和连字符", "use lower-case letters, digits and hyphens");
        return Err(Box::new(Diagnostic::error(Code::BadId, Span::NONE, message).help(help)));
    }
    let id = match region {
        Some(code) if !id.starts_with(&format!("{code}-")) => format!("{code}-{id}"),
        _ => id.to_owned(),
    };
    if standing.checks(clause).contains(&id) {
        let message =
            text!("条款 `{clause}` 已有检查 `{id}`", "the clause `{clause}` has a check `{id}` already");
        let help =
            text!("换一个标识，或改动 `{clause}#{id}`", "choose another id, or change `{clause}#{id}`");
        return Err(Box::new(Diagnostic::error(Code::DuplicateId, Span::NONE, message).help(help)));
    }
    Ok(Change::Check { at: clause.to_owned(), id })
}

/// The value at a path, or the value on the way to it that is no table.
fn quoted<'t>(table: &'t Table, path: &[String]) -> Option<(Vec<String>, &'t Node)> {
    let (first, rest) = path.split_first()?;
    let node = table.get(first)?;
    match node.as_table() {
        Some(inner) if !rest.is_empty() && !inner.is_empty() => {
            let (mut found, node) = quoted(inner, rest)?;
            found.insert(0, first.clone());
            Some((found, node))
        }
        _ => Some((vec![first.clone()], node)),
    }
}

/// The values that are no tables, at and below a path.
fn leaves_at(path: &[String], node: &Node) -> Vec<(Vec<String>, Node)> {
    match node.as_table() {
        Some(table) if !table.is_empty() => {
            leaves(table).into_iter().map(|(p, e)| ([path, &p].concat(), bare(&e.node))).collect()
        }
        _ => vec![(path.to_vec(), bare(node))],
    }
}

/// The value without places, so that equal values are equal.
fn bare(node: &Node) -> Node {
    let value = match &node.value {
        Value::Array(items) => Value::Array(items.iter().map(bare).collect()),
        Value::Table(table) => {
            let entry = |e: &Entry| Entry { key: e.key.clone(), key_span: Span::NONE, node: bare(&e.node) };
            Value::Table(Table::new(table.iter().map(entry).collect()))
        }
        other => other.clone(),
    };
    Node { span: Span::NONE, value }
}

fn put(table: &mut Table, path: &[String], node: Node) {
    let Some((first, rest)) = path.split_first() else { return };
    let entry = |node: Node| Entry { key: first.clone(), key_span: Span::NONE, node };
    if rest.is_empty() {
        table.set(entry(node));
        return;
    }
    if table.get(first).and_then(Node::as_table).is_none() {
        table.set(entry(Node { span: Span::NONE, value: Value::Table(Table::default()) }));
    }
    if let Some(inner) = table.get_mut(first).and_then(Node::as_table_mut) {
        put(inner, rest, node);
    }
}

/// The fields of a table as one writes them in a call.
fn fields(table: &Table) -> Vec<String> {
    leaves(table).into_iter().map(|(path, _)| path.join(".")).collect()
}

fn near(table: &Table, path: &[String]) -> Option<String> {
    let all = fields(table);
    closest(&path.join("."), all.iter().map(String::as_str)).map(str::to_owned)
}

fn no_field(table: &Table, at: &str, path: &[String]) -> Diagnostic {
    let field = path.join(".");
    let message = text!("`{at}` 没有字段 `{field}`", "`{at}` has no field `{field}`");
    let fixed = Element::parse(at).fixed();
    let all: Vec<String> = fields(table);
    let free = |f: &&String| !fixed.contains(&f.as_str());
    let shown: Vec<String> = all.iter().filter(free).map(|f| format!("`{f}`")).collect();
    let mut help = Text::new("现有字段：", "its fields: ").then(Text::list(&shown));
    if let Some(name) = near(table, path) {
        help = text!("是否想写 `{name}`？", "did you mean `{name}`? ").then(help);
    }
    Diagnostic::error(Code::UnknownField, Span::NONE, message).help(help)
}

fn not_replaced(standing: &Standing, at: &str, field: &str) -> Diagnostic {
    let message = text!("`{at}` 的 `{field}` 不能改写", "`{field}` of `{at}` cannot be replaced");
    let help = match field {
        "check" => {
            let all: Vec<String> = standing.checks(at).iter().map(|c| format!("`{at}#{c}`")).collect();
            Text::new("改动检查：", "change a check: ").then(Text::list(&all))
        }
        "adopted" | "reading" => text!("用 --settle 释义=读法", "use --settle INTERPRETATION=READING"),
        "same-as" | "protect" => text!("这只能在基础版本里写", "only the base says so"),
        _ => text!("撤去原来的，再增加新的", "withdraw it and insert another"),
    };
    Diagnostic::error(Code::FieldMismatch, Span::NONE, message).help(help)
}
