//! Random chains of instruments over random small standards: what they quote is followed as they are written, so
//! that most fit; some carry a fault on purpose. Both evaluators judge what comes out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use guiju::load::Files;
use toml::{Table, Value};

use super::random::Rng;
use super::standards::{Maker, VALUES, random_standard};

/// A standard with instruments, and which edition of it is asked for.
pub struct Chain {
    pub files: Files<'static>,
    pub region: Option<String>,
    pub applied_on: String,
    pub assessed_on: String,
    /// Paths of drafts that the call names.
    pub named: Vec<String>,
    pub readings: BTreeMap<String, String>,
    /// What was done wrong on purpose.
    pub fault: Option<&'static str>,
}

/// Elements by address, as they stand where the next operation is written.
type Model = BTreeMap<String, Table>;

const WORDS: &str = "{ zh = \"略\", en = \"words\" }";
const DAYS: [&str; 7] =
    ["2024-02-29", "2025-12-31", "2026-03-31", "2026-04-19", "2026-04-20", "2026-04-21", "2026-05-01"];
const FAULTS: [&str; 14] = [
    "stale quotation",
    "unknown place",
    "misspelt check",
    "same day",
    "no prefix",
    "inserted twice",
    "in the way",
    "fixed field",
    "dangling reference",
    "unknown reading",
    "unknown region",
    "no reason",
    "withdrawn base",
    "empty quotation",
];

struct Instrument {
    path: String,
    id: String,
    head: String,
    in_force: bool,
    code: Option<String>,
    effective: &'static str,
    is_region: bool,
}

/// Text of a value as it stands inline; tables are nested or dotted.
fn inline(value: &Value, dotted: bool) -> String {
    match value {
        Value::Table(table) => {
            let mut all = Vec::new();
            for (name, inner) in table {
                let mut name = name.clone();
                let mut inner = inner;
                while let Value::Table(deeper) = inner {
                    let Some((first, only)) = deeper.iter().next().filter(|_| dotted && deeper.len() == 1) else { break };
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

fn parsed(text: &str) -> Table {
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

fn put(table: &mut Table, path: &[String], value: Value) {
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
fn model(files: &Files<'_>) -> Model {
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
    let shared: Vec<(String, String)> = all
        .iter()
        .filter_map(|(at, t)| Some((at.clone(), t.get("same-as")?.as_str()?.to_owned())))
        .collect();
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

fn add(all: &mut Model, kind: &str, element: &Table) {
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
struct Operation {
    kind: &'static str,
    fields: Table,
}

impl Operation {
    fn of(kind: &'static str, fields: &str) -> Self {
        Operation { kind, fields: parsed(fields) }
    }

    fn replace(at: &str, was: Table, now: Table) -> Self {
        let mut fields = Table::new();
        fields.insert("at".into(), at.into());
        fields.insert("was".into(), was.into());
        fields.insert("now".into(), now.into());
        Operation { kind: "replace", fields }
    }

    fn at(&self) -> &str {
        self.fields.get("at").and_then(Value::as_str).unwrap_or_default()
    }

    fn apply(&self, all: &mut Model) {
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
    fn write(&self, rng: &mut Rng, out: &mut String) {
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

fn all_leaves(table: &Table) -> Vec<(Vec<String>, Value)> {
    let mut found = Vec::new();
    leaves(table, &mut Vec::new(), &mut found);
    found
}

struct Writer<'a> {
    maker: Maker<'a>,
    all: Model,
    levels: usize,
    points: bool,
    serial: usize,
    readings: Vec<(String, Vec<String>, String)>,
}

impl Writer<'_> {
    fn rng(&mut self) -> &mut Rng {
        self.maker.rng
    }

    fn addresses(&self, wanted: impl Fn(&str, &Table) -> bool) -> Vec<String> {
        self.all.iter().filter(|(a, t)| wanted(a, t)).map(|(a, _)| a.clone()).collect()
    }

    fn one(&mut self, wanted: impl Fn(&str, &Table) -> bool) -> Option<String> {
        let all = self.addresses(wanted);
        (!all.is_empty()).then(|| self.rng().pick(&all).clone())
    }

    fn check(&mut self) -> Option<String> {
        self.one(|a, _| a.contains('#') && a != "1#k")
    }

    /// A requirement in a grading part that may have checks.
    fn clause(&mut self) -> Option<String> {
        self.one(|a, t| {
            !a.contains(':') && !a.contains('#') && a != "standard" && t.contains_key("level") | a.contains('.') && !t.contains_key("kind")
        })
    }

    /// Another value in the place of one.
    fn other(&mut self, name: &str, value: &Value) -> Option<Value> {
        let text = match value {
            Value::Boolean(b) => return Some((!b).into()),
            Value::Integer(n) if name == "at-least" && *n < 5 => return Some((1 + n % 2).into()),
            Value::Integer(n) if *n > 1900 => return Some((n + 1).into()),
            Value::Integer(n) => return Some((n % i64::try_from(self.levels).unwrap() + 1).into()),
            Value::Array(items) if items.iter().all(|i| i.as_str().is_some_and(|s| VALUES.contains(&s))) => {
                self.maker.words(1)
            }
            Value::Array(items) if items.iter().all(|i| i.as_str().is_some_and(|s| s.ends_with('个') || s.ends_with('元'))) => {
                let mut items = items.clone();
                items.rotate_left(1);
                return Some(items.into());
            }
            Value::Array(items) if items.len() > 1 && (name == "any-of" || name == "all-of") => {
                return Some(items[1..].to_vec().into());
            }
            Value::String(s) if s == "@some" => self.maker.words(1),
            Value::String(s) if s.ends_with("-on") && s.starts_with('@') || s.starts_with("20") => self.maker.date(),
            Value::String(s) if s.ends_with('元') || s == "@money" => self.maker.money(),
            Value::String(s) if s.ends_with("个月") || s.ends_with('年') && name != "last-closed" => self.maker.period(),
            Value::String(s) if s.ends_with('个') && name != "unit" || s == "@items" => self.maker.items(),
            Value::String(s) if VALUES.contains(&s.as_str()) => format!("\"{}\"", self.rng().pick(&VALUES)),
            Value::String(s) if s == "conforms" => "\"fails\"".into(),
            Value::String(s) if s.starts_with("a.") && self.maker.categories > 0 => quoted(&s.replacen("a.", "b.", 1)),
            Value::String(s) if s.ends_with(".good") => quoted(&s.replace(".good", ".maybe")),
            Value::String(s) if name == "zh" || name == "en" || name == "topic" => format!("\"{s}x\""),
            _ => return None,
        };
        Some(parsed(&format!("v = {text}"))["v"].clone())
    }

    /// Changes one leaf of an element.
    fn leaf(&mut self, at: &str) -> Option<Operation> {
        let element = self.all[at].clone();
        let all: Vec<(Vec<String>, Value)> = all_leaves(&element)
            .into_iter()
            .filter(|(p, _)| !["id", "key", "of", "same-as", "protect", "reading", "adopted"].contains(&p[0].as_str()))
            .collect();
        if all.is_empty() {
            return None;
        }
        let mut found = None;
        for _ in 0..8 {
            let (path, value) = self.rng().pick(&all).clone();
            let out_of_place = at.starts_with("evidence:") && ["bounds", "step", "unit", "type", "scope"].contains(&path[0].as_str());
            if out_of_place && !self.rng().one_in(20) {
                continue;
            }
            let new = self.other(path.last().unwrap(), &value);
            if let Some(new) = new.filter(|n| *n != value || path.len() > 4) {
                found = Some((path, value, new));
                break;
            }
        }
        let (path, value, new) = found?;
        let (mut was, mut now) = (Table::new(), Table::new());
        put(&mut was, &path, value);
        put(&mut now, &path, new);
        // A second leaf is quoted beside it, and stays.
        if self.rng().one_in(6) {
            let (path, value) = self.rng().pick(&all).clone();
            if !was.contains_key(&path[0]) {
                put(&mut was, &path, value.clone());
                put(&mut now, &path, value);
            }
        }
        Some(Operation::replace(at, was, now))
    }

    /// Changes the operator, the conditions or the subject of a check.
    fn reshape(&mut self, at: &str) -> Option<Operation> {
        let element = self.all[at].clone();
        let (mut was, mut now) = (Table::new(), Table::new());
        let put_text = |table: &mut Table, text: &str| table.extend(parsed(text));
        match self.rng().below(7) {
            0 => {
                let pairs =
                    [("at-least", "above"), ("at-most", "below"), ("above", "at-least"), ("any-of", "all-of"), ("all-of", "any-of")];
                let (old, new) = pairs.into_iter().find(|(o, _)| element.contains_key(*o))?;
                was.insert(old.into(), element[old].clone());
                now.insert(new.into(), element[old].clone());
            }
            1 if !element.contains_key("when") => {
                let when = self.maker.when();
                put_text(&mut now, &format!("when = {when}"));
            }
            1 | 2 => {
                // One leaf of the conditions goes, or all of them.
                let field = *self.rng().pick(&["when", "where"]);
                let conditions = element.get(field)?.as_table()?.clone();
                let all = all_leaves(&conditions);
                if self.rng().one_in(2) && !all.is_empty() {
                    let (path, value) = self.rng().pick(&all).clone();
                    let path: Vec<String> = [vec![field.to_owned()], path].concat();
                    put(&mut was, &path, value);
                } else {
                    was.insert(field.into(), conditions.into());
                }
            }
            3 => {
                let lists = ["count", "some", "every", "sum", "largest", "smallest", "distinct"];
                lists.iter().find(|l| element.get(**l).and_then(Value::as_str).is_some_and(|s| s.starts_with("things")))?;
                let text = *self.rng().pick(&["where.flag.is = true", "where.good.is = \"conforms\"", "where.colour.not-in = [\"low\"]"]);
                put_text(&mut now, text);
            }
            4 => {
                let keep = ["id", "when", "due", "until-due", "effect", "protect", "interpretations"];
                was = element.iter().filter(|(n, _)| !keep.contains(&n.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect();
                let text = self.maker.subject(&[]);
                put_text(&mut now, &text);
            }
            5 => match element.get("effect") {
                Some(old) => drop(was.insert("effect".into(), old.clone())),
                None if self.rng().one_in(4) => put_text(&mut now, "effect = \"observation\""),
                None => return None,
            },
            _ => match element.get("due") {
                Some(old) => drop(was.insert("due".into(), old.clone())),
                None if self.maker.stages > 0 => put_text(&mut now, "due = \"later\""),
                None => return None,
            },
        }
        Some(Operation::replace(at, was, now))
    }

    fn on_clause(&mut self, at: &str) -> Option<Operation> {
        let element = self.all[at].clone();
        let (mut was, mut now) = (Table::new(), Table::new());
        match self.rng().below(5) {
            0 => {
                let levels = self.levels;
                let level = 1 + self.rng().below(levels);
                if let Some(old) = element.get("level") {
                    was.insert("level".into(), old.clone());
                }
                now.insert("level".into(), i64::try_from(level).unwrap().into());
            }
            1 => match element.get("when") {
                Some(old) => drop(was.insert("when".into(), old.clone())),
                None => {
                    let when = self.maker.when();
                    now.extend(parsed(&format!("when = {when}")));
                }
            },
            2 => match element.get("due") {
                Some(old) => drop(was.insert("due".into(), old.clone())),
                None if self.maker.stages > 0 => drop(now.insert("due".into(), "later".into())),
                None => return None,
            },
            3 if element.contains_key("choose") => {
                let mut old = Table::new();
                old.insert("at-least".into(), element["choose"]["at-least"].clone());
                let mut new = Table::new();
                new.insert("at-least".into(), Value::Integer(1 + i64::try_from(self.rng().below(2)).unwrap()));
                was.insert("choose".into(), old.into());
                now.insert("choose".into(), new.into());
            }
            _ => return self.leaf(at),
        }
        Some(Operation::replace(at, was, now))
    }

    fn withdraw(&mut self) -> Option<Operation> {
        let at = if self.rng().one_in(3) {
            self.one(|a, _| a != "standard")
        } else {
            self.check()
        }?;
        let all: Vec<(Vec<String>, Value)> = all_leaves(&self.all[&at]);
        let (path, value) = self.rng().pick(&all).clone();
        let mut was = Table::new();
        put(&mut was, &path, value);
        let mut fields = Table::new();
        fields.insert("at".into(), at.into());
        fields.insert("was".into(), was.into());
        Some(Operation { kind: "withdraw", fields })
    }

    fn name(&mut self, code: Option<&str>, mark: &str) -> String {
        self.serial += 1;
        match code {
            Some(code) => format!("{code}{mark}n{}", self.serial),
            None => format!("n{}", self.serial),
        }
    }

    /// Insertions; what needs a companion brings it along.
    fn insert(&mut self, code: Option<&str>, out: &mut Vec<Operation>) -> Option<()> {
        match self.rng().below(8) {
            0 | 1 => {
                let at = self.clause()?;
                let id = self.name(code, "-");
                let mut text = format!("at = \"{at}\"\n[check]\nid = \"{id}\"\n{}", self.maker.subject(&[]));
                if self.rng().one_in(4) {
                    writeln!(text, "when = {}", self.maker.when()).unwrap();
                }
                if self.rng().one_in(6) {
                    text.push_str("effect = \"observation\"\n");
                }
                out.push(Operation::of("insert", &text));
            }
            2 | 3 => self.insert_clause(code, out)?,
            4 => {
                let key = self.name(code, ".");
                let key = if code.is_none() { format!("a.{key}") } else { key };
                let scope = if self.maker.categories > 0 && self.rng().one_in(2) { "category" } else { "institution" };
                let (ty, test) = *self.rng().pick(&[
                    ("type = \"flag\"", "is = true"),
                    ("type = \"finding\"", ""),
                    ("type = \"items\"\nbounds = { low = \"0 个\", high = \"20 个\" }\nstep = \"1 个\"", "at-least = \"3 个\""),
                    ("type = \"date\"", "within = \"1 年\""),
                ]);
                out.push(Operation::of("insert", &format!(
                    "[evidence]\nkey = \"{key}\"\nscope = \"{scope}\"\n{ty}\nattested-by = \"assessor\"\ntitle = {WORDS}\nquestion = {WORDS}\n"
                )));
                let (at, id) = (self.clause()?, self.name(code, "-"));
                let subject = if test.is_empty() { "attest" } else { "evidence" };
                out.push(Operation::of("insert", &format!("at = \"{at}\"\n[check]\nid = \"{id}\"\n{subject} = \"{key}\"\n{test}\n")));
            }
            5 => {
                let field = match code {
                    Some(_) => self.name(code, "-"),
                    None => self.name(None, ""),
                };
                out.push(Operation::of("insert", &format!("[evidence]\nkey = \"things[].{field}\"\ntype = \"flag\"\ntitle = {WORDS}\nquestion = {WORDS}\n")));
                let (at, id) = (self.clause()?, self.name(code, "-"));
                out.push(Operation::of("insert", &format!("at = \"{at}\"\n[check]\nid = \"{id}\"\nsome = \"things\"\nwhere = {{ {field}.is = true }}\n")));
            }
            6 => {
                let id = self.name(code, "-");
                if self.rng().one_in(2) {
                    out.push(Operation::of("insert", &format!("[set]\nid = \"{id}\"\ntitle = {WORDS}\nmembers = [\"low\", \"top\"]\n")));
                    let (at, check) = (self.clause()?, self.name(code, "-"));
                    out.push(Operation::of("insert", &format!("at = \"{at}\"\n[check]\nid = \"{check}\"\nevidence = \"a.colour\"\none-of = \"@{id}\"\n")));
                } else {
                    let all: Vec<String> = (0..self.levels).map(|l| format!("\"{} 个\"", l + 2)).collect();
                    out.push(Operation::of("insert", &format!("[table]\nid = \"{id}\"\ntitle = {WORDS}\nby-level = [{}]\n", all.join(", "))));
                    let (at, check) = (self.clause()?, self.name(code, "-"));
                    out.push(Operation::of("insert", &format!("at = \"{at}\"\n[check]\nid = \"{check}\"\nevidence = \"a.number\"\nat-least = \"@{id}\"\n")));
                }
            }
            _ => {
                let id = self.name(code, ".");
                out.push(Operation::of("insert", &format!(
                    "[interpretation]\nid = \"{id}\"\naffects = \"wording\"\nquestion = {WORDS}\nadopted = \"x\"\nreason = {WORDS}\nreading = [{{ id = \"x\", text = {WORDS} }}, {{ id = \"y\", text = {WORDS} }}]\n"
                )));
            }
        }
        Some(())
    }

    fn insert_clause(&mut self, code: Option<&str>, out: &mut Vec<Operation>) -> Option<()> {
        let part = *self.rng().pick(&["one", "two"]);
        let id = match code {
            Some(code) => {
                let heading = Operation::of(
                    "insert",
                    &format!("part = \"{part}\"\n[clause]\nid = \"{code}\"\nkind = \"informative\"\ntitle = {WORDS}\n"),
                );
                if !self.all.contains_key(code) && out.iter().all(|o| o.fields.get("clause").is_none_or(|c| c["id"].as_str() != Some(code))) {
                    out.push(heading);
                }
                self.name(Some(code), ".")
            }
            None => {
                let parent = self.one(|a, t| !a.contains([':', '#']) && a != "standard" && a != "1" && !t.contains_key("choose"))?;
                let name = self.name(None, "");
                format!("{parent}.{name}")
            }
        };
        let part = match id.split('.').next() {
            Some("2") => "one",
            Some("3") => "two",
            _ => part,
        };
        let category = if self.maker.categories > 0 && self.rng().one_in(3) { "category = \"c1\"\n" } else { "" };
        let (levels, points) = (self.levels, self.points);
        let level = 1 + self.rng().below(levels);
        let mut text = format!("part = \"{part}\"\n{category}[clause]\nid = \"{id}\"\nlevel = {level}\n");
        if self.rng().one_in(5) {
            let of = self.one(|a, t| !a.contains([':', '#']) && a.matches('.').count() == 2 && !t.contains_key("choose") && !t.contains_key("kind"))?;
            writeln!(text, "same-as = \"{of}\"").unwrap();
        } else {
            writeln!(text, "title = {WORDS}\ntopic = \"t\"\nsummary = {WORDS}\nmethods = [\"interview\"]").unwrap();
            if points {
                text.push_str("points = 1\n");
            }
            let mut checks = String::new();
            let due = self.maker.stages > 0 && self.rng().one_in(3);
            self.maker.checks(&mut checks, &[], due);
            text.push_str(&checks.replace("[[clause.check]]", "[[clause.check]]"));
        }
        out.push(Operation::of("insert", &text));
        Some(())
    }

    /// Some operations of one instrument.
    fn some(&mut self, code: Option<&str>) -> Vec<Operation> {
        let mut all = Vec::new();
        for _ in 0..1 + self.rng().below(4) {
            let mut made = Vec::new();
            match self.rng().below(20) {
                0..5 => made.extend(self.check().and_then(|at| self.leaf(&at))),
                5..9 => made.extend(self.check().and_then(|at| self.reshape(&at))),
                9 | 10 => made.extend(self.clause().and_then(|at| self.on_clause(&at))),
                11 | 12 => {
                    let at = self.one(|a, _| a.contains(':') && !a.starts_with("part") || a == "standard");
                    made.extend(at.and_then(|at| self.leaf(&at)));
                }
                13 => made.extend(self.withdraw()),
                14 => made.extend(self.settle()),
                _ => drop(self.insert(code, &mut made)),
            }
            for mut operation in made {
                if operation.kind == "replace" && self.rng().one_in(5) {
                    self.alternatives(&mut operation);
                }
                operation.apply(&mut self.all);
                all.push(operation);
            }
        }
        all
    }

    /// Quotes other bases that would be acceptable too, the one that stands last.
    fn alternatives(&mut self, operation: &mut Operation) {
        let was = operation.fields["was"].as_table().unwrap().clone();
        let mut other = Table::new();
        for (path, value) in all_leaves(&was) {
            let name = path.last().unwrap().clone();
            let value = self.other(&name, &value).unwrap_or(value);
            put(&mut other, &path, value);
        }
        let all = vec![Value::Table(other), Value::Table(was)];
        operation.fields.insert("was".into(), all.into());
    }

    fn settle(&mut self) -> Option<Operation> {
        if self.readings.is_empty() {
            return None;
        }
        let several = self.readings.len();
        let which = self.rng().below(several);
        let (id, words, stands) = self.readings[which].clone();
        let now = self.rng().pick(&words).clone();
        self.readings[which].2.clone_from(&now);
        Some(Operation::of("settle", &format!("at = \"{id}\"\nwas = \"{stands}\"\nnow = \"{now}\"\n")))
    }

    /// Does one thing wrong in an instrument that is in force.
    fn spoil(&mut self, fault: &str, code: Option<&str>, all: &mut Vec<Operation>) {
        let check = self.check().unwrap_or_else(|| "1#k".into());
        let wrong = match fault {
            "stale quotation" => "at = \"CHECK\"\nwas = { title = { zh = \"x\", en = \"x\" } }\nnow = {}\n",
            "unknown place" => "at = \"evidence:a.nowhere\"\nwas = {}\nnow = { hint = WORDS }\n",
            "misspelt check" => "at = \"CHECKx\"\nwas = {}\nnow = { title = WORDS }\n",
            "in the way" => "at = \"table:money\"\nwas = {}\nnow = { title = WORDS }\n",
            "fixed field" => "at = \"table:money\"\nwas = { id = \"money\" }\nnow = { id = \"moneys\" }\n",
            "unknown reading" => {
                all.push(Operation::of("settle", "at = \"R1\"\nwas = \"x\"\nnow = \"nothing\"\n"));
                return;
            }
            "inserted twice" => {
                let id = code.map_or("some".to_owned(), |c| format!("{c}-some"));
                for _ in 0..2 {
                    all.push(Operation::of("insert", &format!("[set]\nid = \"{id}\"\ntitle = {WORDS}\nmembers = [\"low\"]\n")));
                }
                return;
            }
            "no prefix" => {
                let key = self.rng().pick(&["a.stray", "things[].stray"]);
                let scope = if key.contains('[') { "" } else { "scope = \"institution\"\nattested-by = \"assessor\"\n" };
                all.push(Operation::of("insert", &format!("[evidence]\nkey = \"{key}\"\n{scope}type = \"flag\"\ntitle = {WORDS}\nquestion = {WORDS}\n")));
                return;
            }
            "dangling reference" => {
                let at = self.clause().unwrap_or_else(|| "1".into());
                let id = self.name(code, "-");
                all.push(Operation::of("insert", &format!("at = \"{at}\"\n[check]\nid = \"{id}\"\nrequires = \"9.9\"\n")));
                return;
            }
            "withdrawn base" => {
                all.push(Operation::of("withdraw", "at = \"evidence:a.good\"\nwas = { key = \"a.good\" }\n"));
                return;
            }
            "empty quotation" => {
                all.push(Operation::of("withdraw", &format!("at = \"{check}\"\nwas = {{}}\n")));
                return;
            }
            _ => return,
        };
        all.push(Operation::of("replace", &wrong.replace("CHECK", &check).replace("WORDS", WORDS)));
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Clauses that share content, protected elements, and interpretations whose readings carry operations.
fn enrich(rng: &mut Rng, files: &mut Files<'static>, levels: usize) {
    for part in [2, 3] {
        let path = format!("chapters/{}.toml", ["one", "two"][part - 2]);
        let mut text = String::from_utf8(files[&path].to_vec()).unwrap();
        let shared = text.matches("choose").count() == 0 || rng.one_in(2);
        for level in 1..=levels {
            let of = format!("{part}.{level}.1");
            let chosen = text.split("[[clause]]").any(|c| c.contains(&format!("id = \"{of}\"\n")) && c.contains("choose"));
            if !shared || chosen || !rng.one_in(3) {
                continue;
            }
            write!(text, "[[clause]]\nid = \"{part}.{level}.8\"\nsame-as = \"{of}\"\n").unwrap();
            if rng.one_in(2) && !text.contains(".9\"\n") {
                let of = if !rng.one_in(30) { of } else { format!("{part}.{level}.8") };
                write!(text, "[[clause]]\nid = \"{part}.{}.9\"\nsame-as = \"{of}\"\n", 1 + rng.below(levels)).unwrap();
            }
        }
        if rng.one_in(6) {
            let level = 1 + rng.below(levels);
            let place = format!("[[clause]]\nid = \"{part}.{level}.1\"\n");
            text = text.replacen(&place, &format!("{place}protect = \"final\"\n"), 1);
        }
        if rng.one_in(6) {
            text = text.replacen("  id = \"k0\"\n", "  id = \"k0\"\nprotect = \"final\"\n", 1);
        }
        files.insert(path, Cow::Owned(text.into_bytes()));
    }
}

/// Interpretations, as text, and how each can be read: its readings, the adopted one first.
fn interpretations(writer: &mut Writer<'_>) -> (String, BTreeMap<(String, String), Vec<Operation>>) {
    let (mut text, mut carried) = (String::new(), BTreeMap::new());
    for number in 0..writer.rng().below(3) {
        let id = format!("R{number}");
        write!(text, "[[interpretation]]\nid = \"{id}\"\naffects = \"verdict\"\nquestion = {WORDS}\nadopted = \"x\"\nreason = {WORDS}\n").unwrap();
        writeln!(text, "  [[interpretation.reading]]\n  id = \"x\"\n  text = {WORDS}").unwrap();
        let words: Vec<String> = ["x", "y", "z"][..2 + writer.rng().below(2)].iter().map(|w| (*w).to_owned()).collect();
        for word in &words[1..] {
            writeln!(text, "  [[interpretation.reading]]\n  id = \"{word}\"\n  text = {WORDS}").unwrap();
            let mut all = Vec::new();
            if writer.rng().one_in(12) {
                writeln!(text, "  beyond = {WORDS}").unwrap();
            } else {
                let before = writer.all.clone();
                for _ in 0..1 + writer.rng().below(2) {
                    all.extend(carry(writer));
                }
                writer.all = before;
            }
            for operation in &all {
                let kind = operation.kind;
                writeln!(text, "    [[interpretation.reading.{kind}]]").unwrap();
                for (name, value) in &operation.fields {
                    writeln!(text, "    {name} = {}", inline(value, false)).unwrap();
                }
            }
            if all.is_empty() && !text.ends_with(&format!("beyond = {WORDS}\n")) {
                writeln!(text, "  beyond = {WORDS}").unwrap();
            }
            carried.insert((id.clone(), word.clone()), all);
        }
        writer.readings.push((id, words, "x".into()));
    }
    (text, carried)
}

/// An operation of a reading.
fn carry(writer: &mut Writer<'_>) -> Option<Operation> {
    // Clauses with content of somebody else are not named here.
    let check = writer.one(|a, _| a.contains('#') && !a.contains(".8#") && !a.contains(".9#"))?;
    let operation = match writer.rng().below(6) {
        0 | 1 => writer.leaf(&check)?,
        2 | 3 => writer.reshape(&check)?,
        4 => {
            let at = check.split('#').next().unwrap().to_owned();
            let id = writer.name(None, "");
            let text = format!("at = \"{at}\"\n[check]\nid = \"{id}\"\n{}", writer.maker.subject(&[]));
            Operation::of("insert", &text)
        }
        _ if writer.rng().one_in(2) => Operation::of("withdraw", &format!("at = \"{check}\"\n")),
        _ => {
            let at = writer.one(|a, _| a.contains(':') && !a.starts_with("part"))?;
            writer.leaf(&at)?
        }
    };
    operation.apply(&mut writer.all);
    Some(operation)
}

/// A chain: a standard, instruments, and what is asked for.
pub fn random_chain(rng: &mut Rng) -> Chain {
    let mut files = random_standard(rng);
    let head = parsed(std::str::from_utf8(&files["standard.toml"]).unwrap());
    let count = |name: &str| head.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    let (levels, categories, stages) = (count("level"), count("category"), count("stage"));
    let points = head["grade"]["combine"].as_str() == Some("points");
    let derived = std::str::from_utf8(&files["evidence/all.toml"]).unwrap().matches("derive = ").count();
    enrich(rng, &mut files, levels);
    let assessed_on = "2026-04-20";
    let applied_on = *rng.pick(&["2026-04-20", "2026-04-20", "2026-04-19", "2026-03-31", "2025-12-31"]);
    let all = model(&files);
    let maker = Maker { rng, categories, stages, derived, tables: false };
    let mut writer = Writer { maker, all, levels, points, serial: 0, readings: Vec::new() };
    let (text, carried) = interpretations(&mut writer);
    if !text.is_empty() {
        for interpretation in parsed(&text)["interpretation"].as_array().unwrap() {
            add(&mut writer.all, "interpretation", interpretation.as_table().unwrap());
        }
        let beside = "interpretations = [\"R0\"]\n";
        for path in ["chapters/one.toml", "chapters/two.toml"] {
            let chapter = String::from_utf8(files[path].to_vec()).unwrap();
            let chapter = chapter.split_inclusive('\n').map(|line| match line.starts_with("same-as") && writer.rng().one_in(3) {
                true => format!("{line}{beside}"),
                false => line.to_owned(),
            });
            let chapter: String = chapter.collect();
            files.insert(path.into(), Cow::Owned(chapter.into_bytes()));
        }
        files.insert("interpretations/all.toml".into(), Cow::Owned(text.into_bytes()));
    }
    let mut readings = BTreeMap::new();
    for (id, words, _) in writer.readings.clone() {
        if writer.rng().one_in(3) {
            let word = writer.rng().pick(&words).clone();
            for operation in carried.get(&(id.clone(), word.clone())).into_iter().flatten() {
                operation.apply(&mut writer.all);
            }
            readings.insert(id, word);
        }
    }
    // A code may begin like another; which one is asked for need not be the lowest.
    let codes: Vec<&str> = ["xa", "xa-b", "xc"][..writer.rng().below(4)].to_vec();
    let asked = writer.rng().below(codes.len() + 1);
    let fault = writer.rng().one_in(4).then(|| *writer.rng().pick(&FAULTS));
    let mut chain = Chain {
        files,
        region: asked.checked_sub(1).map(|i| codes[i].to_owned()),
        applied_on: applied_on.into(),
        assessed_on: assessed_on.into(),
        named: Vec::new(),
        readings,
        fault,
    };
    if fault == Some("unknown region") {
        chain.region = Some("nowhere".into());
    }
    let most = writer.rng().below(4);
    let mut groups: Vec<(Option<&str>, Vec<Instrument>)> = vec![(None, instruments(&mut writer, None, most, &mut chain))];
    for (i, code) in codes.iter().enumerate() {
        let parent = i.checked_sub(1).map(|p| codes[p]);
        groups.push((Some(code), vec![region(&mut writer, code, parent, &mut chain)]));
        let most = writer.rng().below(3);
        groups.push((Some(code), instruments(&mut writer, Some(code), most, &mut chain)));
    }
    if writer.rng().one_in(6) {
        groups.push((Some("zz"), vec![region(&mut writer, "zz", None, &mut chain)]));
    }
    let beyond = |path: &str| codes[asked..].iter().any(|c| path.contains(&format!("regions/{c}/")));
    if !writer.rng().one_in(12) {
        chain.named.retain(|n| !beyond(n));
    }
    let reached = |code: Option<&str>| code.is_none_or(|c| codes[..asked].contains(&c));
    let spoilt: Vec<String> = groups
        .iter()
        .filter(|(code, _)| reached(*code))
        .flat_map(|(_, g)| g.iter().filter(|i| i.in_force).map(|i| i.path.clone()))
        .collect();
    let spoilt = if spoilt.is_empty() { None } else { Some(writer.rng().pick(&spoilt).clone()) };
    for (code, group) in groups {
        for instrument in group {
            let before = (writer.all.clone(), writer.readings.clone());
            let mut operations = writer.some(code);
            let own_fault = fault.filter(|_| spoilt.as_ref() == Some(&instrument.path));
            if let Some(fault) = own_fault {
                writer.spoil(fault, code, &mut operations);
            }
            if own_fault == Some("same day") {
                twin(&mut writer, &instrument, &operations, &mut chain);
            }
            if !instrument.in_force || !reached(code) {
                (writer.all, writer.readings) = before;
            }
            let text = instrument_text(&mut writer, &instrument, operations, own_fault == Some("no reason"));
            chain.files.insert(instrument.path, Cow::Owned(text.into_bytes()));
        }
    }
    chain
}

/// A second instrument of the same group and day that takes a change back.
fn twin(writer: &mut Writer<'_>, of: &Instrument, operations: &[Operation], chain: &mut Chain) {
    let Some(last) = operations.iter().rfind(|o| o.kind == "replace" && o.fields["was"].is_table()) else { return };
    if of.is_region {
        return;
    }
    let (was, now) = (last.fields["now"].as_table().unwrap(), last.fields["was"].as_table().unwrap());
    let back = Operation::replace(last.at(), was.clone(), now.clone());
    let id = format!("{}z", of.id);
    let path = of.path.replace(".toml", "z.toml");
    let head = of.head.replacen(&format!("id = \"{}\"", of.id), &format!("id = \"{id}\""), 1);
    if chain.named.contains(&of.path) {
        chain.named.push(path.clone());
    }
    let twin = Instrument { path: path.clone(), id, head, code: of.code.clone(), ..*of };
    let text = instrument_text(writer, &twin, vec![back], false);
    chain.files.insert(path, Cow::Owned(text.into_bytes()));
}

fn instrument_text(writer: &mut Writer<'_>, instrument: &Instrument, operations: Vec<Operation>, bare: bool) -> String {
    let mut text = instrument.head.clone();
    let last = operations.len().saturating_sub(1);
    for (i, mut operation) in operations.into_iter().enumerate() {
        if !(bare && i == last) {
            operation.fields.insert("reason".into(), parsed(&format!("r = {WORDS}"))["r"].clone());
        }
        operation.write(writer.maker.rng, &mut text);
    }
    text
}

/// The head of an instrument: its dates lie on, just before and just after those of the request.
fn head(writer: &mut Writer<'_>, id: &str, chain: &Chain, named: bool) -> (String, bool, &'static str, bool) {
    let rng = writer.rng();
    let draft = rng.one_in(8);
    let effective = if rng.one_in(2) { DAYS[rng.below(3)] } else { *rng.pick(&DAYS) };
    let expires = rng.one_in(3).then(|| *rng.pick(&DAYS)).filter(|d| *d >= effective);
    let by = *rng.pick(&["", "effective-by = \"applied-on\"\n", "effective-by = \"assessed-on\"\n"]);
    let day = if by.contains("applied") { &chain.applied_on } else { &chain.assessed_on };
    let in_force = effective <= day.as_str() && expires.is_none_or(|e| day.as_str() <= e) && (!draft || named);
    let mut text = format!(
        "id = \"{id}\"\ntitle = {WORDS}\nissuer = {WORDS}\ncitation = {WORDS}\nstatus = \"{}\"\neffective = \"{effective}\"\n{by}",
        if draft { "draft" } else { "issued" }
    );
    if let Some(expires) = expires {
        writeln!(text, "expires = \"{expires}\"").unwrap();
    }
    (text, in_force, effective, draft)
}

fn instruments(writer: &mut Writer<'_>, code: Option<&str>, most: usize, chain: &mut Chain) -> Vec<Instrument> {
    let mut all: Vec<Instrument> = Vec::new();
    for _ in 0..most {
        writer.serial += 1;
        let id = format!("{}{}", writer.rng().pick(&["a", "b", "Z", "2024-", "m.1-"]), writer.serial);
        let named = writer.rng().one_in(2);
        let (mut head, in_force, effective, draft) = head(writer, &id, chain, named);
        let outside = code.is_some() && writer.rng().one_in(3);
        if let (Some(code), true) = (code, outside) {
            writeln!(head, "region = \"{code}\"").unwrap();
        }
        let file = writer.serial * 7 % 10;
        let path = match code {
            Some(code) if !outside => format!("regions/{code}/amendments/{file}-{id}.toml"),
            _ => format!("amendments/{file}-{id}.toml"),
        };
        if named && (draft || writer.rng().one_in(6)) {
            chain.named.push(path.clone());
        }
        all.push(Instrument { path, id, head, in_force, code: code.map(str::to_owned), effective, is_region: false });
    }
    all.sort_by(|a, b| (a.effective, &a.id).cmp(&(b.effective, &b.id)));
    all
}

fn region(writer: &mut Writer<'_>, code: &str, parent: Option<&str>, chain: &mut Chain) -> Instrument {
    let named = writer.rng().one_in(2);
    let (mut head, in_force, effective, draft) = head(writer, code, chain, named);
    if let Some(parent) = parent {
        writeln!(head, "parent = \"{parent}\"").unwrap();
    }
    if writer.rng().one_in(3) {
        head.push_str("intent = \"any\"\n");
    }
    let path = format!("regions/{code}/region.toml");
    if named && draft {
        chain.named.push(path.clone());
    }
    Instrument { path, id: code.into(), head, in_force, code: Some(code.into()), effective, is_region: true }
}
