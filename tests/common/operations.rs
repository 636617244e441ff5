//! What random instruments are made of: elements by address as they stand, and operations on them as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use guiju::load::Files;
use toml::{Table, Value};

use super::random::Rng;

/// A wording.
pub const WORDS: &str = "{ zh = \"略\", en = \"words\" }";

/// Elements by address, as they stand where the next operation is written.
pub type Model = BTreeMap<String, Table>;

/// Text of a value as it stands inline; tables are nested or dotted.
pub fn inline(value: &Value, dotted: bool) -> String {
    match value {
        Value::Table(table) => {
            let mut all = Vec::new();
            for (name, inner) in table {
                let mut name = name.clone();
                let mut inner = inner;
                while let Value::Table(deeper) = inner {
                    let Some((first, only)) = deeper.iter().next().filter(|_| dotted && deeper.len() == 1)
                    else {
                        break;
                    };
                    name = format!("{name}.{first}");
                    inner = only;
                }
                all.push(format!("{name} = {}", inline(inner, dotted)));
            }
            if all.is_empty() { "{}".into() } else { format!("{{ {} }}", all.join(", ")) }
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|i| inline(i, dotted)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => format!("{text:?}"),
        Value::Integer(n) => n.to_string(),
        Value::Boolean(b) => b.to_string(),
        other => panic!("{other:?}"),
    }
}

pub fn parsed(text: &str) -> Table {
    text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn leaves(table: &Table, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, Value)>) {
    for (name, value) in table {
        path.push(name.clone());
        match value {
            Value::Table(inner) if !inner.is_empty() => leaves(inner, path, found),
            _ => found.push((path.clone(), value.clone())),
        }
        path.pop();
    }
}

pub fn put(table: &mut Table, path: &[String], value: Value) {
    match path {
        [last] => drop(table.insert(last.clone(), value)),
        [first, rest @ ..] => {
            let inner = table.entry(first.clone()).or_insert_with(|| Table::new().into());
            if let Value::Table(inner) = inner {
                put(inner, rest, value);
            }
        }
        [] => {}
    }
}

fn take(table: &mut Table, path: &[String]) {
    match path {
        [last] => drop(table.remove(last)),
        [first, rest @ ..] => {
            if let Some(Value::Table(inner)) = table.get_mut(first) {
                take(inner, rest);
                if inner.is_empty() {
                    table.remove(first);
                }
            }
        }
        [] => {}
    }
}

/// Every element of a base; clauses without their checks, which have addresses of their own.
pub fn model(files: &Files<'_>) -> Model {
    let mut all = Model::new();
    for bytes in files.values() {
        let file = parsed(std::str::from_utf8(bytes).unwrap());
        let list = |name: &str| file.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        for clause in list("clause") {
            add(&mut all, "clause", clause.as_table().unwrap());
        }
        for (kind, field) in [
            ("evidence", "key"),
            ("interpretation", "id"),
            ("part", "id"),
            ("due", "id"),
            ("sample", "of"),
            ("set", "id"),
            ("table", "id"),
        ] {
            for element in list(kind) {
                let element = element.as_table().unwrap();
                all.insert(format!("{kind}:{}", element[field].as_str().unwrap()), element.clone());
            }
        }
        if let Some(grade) = file.get("grade").and_then(Value::as_table) {
            all.insert("standard".into(), grade.clone());
        }
    }
    let shared: Vec<(String, String)> =
        all.iter().filter_map(|(at, t)| Some((at.clone(), t.get("same-as")?.as_str()?.to_owned()))).collect();
    for (at, of) in shared {
        let checks: Vec<(String, Table)> = all
            .iter()
            .filter_map(|(a, t)| Some((format!("{at}#{}", a.strip_prefix(&format!("{of}#"))?), t.clone())))
            .collect();
        let mut content = all[&of].clone();
        for field in ["id", "level"] {
            content.remove(field);
            all[&at].get(field).map(|v| content.insert(field.into(), v.clone()));
        }
        all.insert(at, content);
        all.extend(checks);
    }
    all
}

pub fn add(all: &mut Model, kind: &str, element: &Table) {
    let name = |field: &str| element[field].as_str().unwrap().to_owned();
    if kind != "clause" {
        let field = match kind {
            "evidence" => "key",
            "template" => "name",
            _ => "id",
        };
        all.insert(format!("{kind}:{}", name(field)), element.clone());
        return;
    }
    let mut element = element.clone();
    for check in element.remove("check").and_then(|c| c.as_array().cloned()).unwrap_or_default() {
        let check = check.as_table().unwrap();
        all.insert(format!("{}#{}", name("id"), check["id"].as_str().unwrap()), check.clone());
    }
    all.insert(name("id"), element);
}

/// One operation, with what it makes of the model.
pub struct Operation {
    pub kind: &'static str,
    pub fields: Table,
}

impl Operation {
    pub fn of(kind: &'static str, fields: &str) -> Self {
        Operation { kind, fields: parsed(fields) }
    }

    pub fn replace(at: &str, was: Table, now: Table) -> Self {
        let mut fields = Table::new();
        fields.insert("at".into(), at.into());
        fields.insert("was".into(), was.into());
        fields.insert("now".into(), now.into());
        Operation { kind: "replace", fields }
    }

    pub fn at(&self) -> &str {
        self.fields.get("at").and_then(Value::as_str).unwrap_or_default()
    }

    pub fn apply(&self, all: &mut Model) {
        let at = self.at().to_owned();
        match self.kind {
            "replace" => {
                let Some(element) = all.get_mut(&at) else { return };
                let was = match &self.fields["was"] {
                    Value::Array(several) => several.last().and_then(Value::as_table).cloned(),
                    one => one.as_table().cloned(),
                };
                for (path, _) in all_leaves(&was.unwrap_or_default()) {
                    take(element, &path);
                }
                for (path, value) in all_leaves(self.fields["now"].as_table().unwrap()) {
                    put(element, &path, value);
                }
            }
            "withdraw" => {
                all.retain(|a, _| *a != at && !a.starts_with(&format!("{at}#")));
            }
            "insert" => {
                for (kind, made) in &self.fields {
                    match (kind.as_str(), made.as_table()) {
                        ("check", Some(check)) => {
                            let id = check["id"].as_str().unwrap();
                            all.insert(format!("{at}#{id}"), check.clone());
                        }
                        ("reason", _) | (_, None) => {}
                        (kind, Some(made)) => add(all, kind, made),
                    }
                }
            }
            _ => {}
        }
    }

    /// The text of the operation: tables inline, dotted, or under headers of their own.
    pub fn write(&self, rng: &mut Rng, out: &mut String) {
        let (kind, dotted, headers) = (self.kind, rng.one_in(2), rng.one_in(2));
        writeln!(out, "[[{kind}]]").unwrap();
        let mut later = Vec::new();
        for (name, value) in &self.fields {
            match value {
                Value::Table(_) if headers && name != "reason" => later.push((name, value)),
                _ => writeln!(out, "{name} = {}", inline(value, dotted)).unwrap(),
            }
        }
        for (name, value) in later {
            writeln!(out, "  [{kind}.{name}]").unwrap();
            for (field, inner) in value.as_table().unwrap() {
                writeln!(out, "  {field} = {}", inline(inner, dotted)).unwrap();
            }
        }
    }
}

pub fn all_leaves(table: &Table) -> Vec<(Vec<String>, Value)> {
    let mut found = Vec::new();
    leaves(table, &mut Vec::new(), &mut found);
    found
}
