//! Random operations on a standard as it stands, sound ones and faults.

use std::fmt::Write as _;

use toml::{Table, Value};

use super::operations::{Model, Operation, WORDS, all_leaves, parsed, put};
use super::random::Rng;
use super::standards::{Maker, VALUES};

/// Writes operations, and follows what they make of the standard.
pub struct Writer<'a> {
    pub maker: Maker<'a>,
    pub all: Model,
    pub levels: usize,
    pub points: bool,
    pub serial: usize,
    pub readings: Vec<(String, Vec<String>, String)>,
}

impl Writer<'_> {
    pub fn rng(&mut self) -> &mut Rng {
        self.maker.rng
    }

    fn addresses(&self, wanted: impl Fn(&str, &Table) -> bool) -> Vec<String> {
        self.all.iter().filter(|(a, t)| wanted(a, t)).map(|(a, _)| a.clone()).collect()
    }

    pub fn one(&mut self, wanted: impl Fn(&str, &Table) -> bool) -> Option<String> {
        let all = self.addresses(wanted);
        (!all.is_empty()).then(|| self.rng().pick(&all).clone())
    }

    pub fn check(&mut self) -> Option<String> {
        self.one(|a, _| a.contains('#') && a != "1#k")
    }

    /// A requirement in a grading part that may have checks.
    pub fn clause(&mut self) -> Option<String> {
        self.one(|a, t| {
            !a.contains(':')
                && !a.contains('#')
                && a != "standard"
                && t.contains_key("level") | a.contains('.')
                && !t.contains_key("kind")
        })
    }

    /// Another value in the place of one.
    fn other(&mut self, name: &str, value: &Value) -> Option<Value> {
        let text = match value {
            Value::Boolean(b) => return Some((!b).into()),
            Value::Integer(n) if name == "at-least" && *n < 5 => return Some((1 + n % 2).into()),
            Value::Integer(n) if *n > 1900 => return Some((n + 1).into()),
            Value::Integer(n) => return Some((n % i64::try_from(self.levels).unwrap() + 1).into()),
            Value::Array(items) if name == "members" => {
                let mut items = items.clone();
                items.pop();
                return (!items.is_empty()).then(|| items.into());
            }
            Value::Array(items) if items.iter().all(|i| i.as_str().is_some_and(|s| VALUES.contains(&s))) => {
                self.maker.words(1)
            }
            Value::Array(items)
                if items
                    .iter()
                    .all(|i| i.as_str().is_some_and(|s| s.ends_with('个') || s.ends_with('元'))) =>
            {
                let mut items = items.clone();
                items.rotate_left(1);
                return Some(items.into());
            }
            Value::Array(items) if items.len() > 1 && (name == "any-of" || name == "all-of") => {
                return Some(items[1..].to_vec().into());
            }
            Value::String(s) if s == "@some" => self.maker.words(1),
            Value::String(s) if s.ends_with("-on") && s.starts_with('@') || s.starts_with("20") => {
                self.maker.date()
            }
            Value::String(s) if s.ends_with('元') || s == "@money" => self.maker.money(),
            Value::String(s) if s.ends_with("个月") || s.ends_with('年') && name != "last-closed" => {
                self.maker.period()
            }
            Value::String(s) if s.ends_with('个') && name != "unit" || s == "@items" => self.maker.items(),
            Value::String(s) if VALUES.contains(&s.as_str()) => format!("\"{}\"", self.rng().pick(&VALUES)),
            Value::String(s) if s == "conforms" => "\"fails\"".into(),
            Value::String(s) if s.starts_with("a.") && self.maker.categories > 0 => {
                quoted(&s.replacen("a.", "b.", 1))
            }
            Value::String(s) if s.ends_with(".good") => quoted(&s.replace(".good", ".maybe")),
            Value::String(s) if name == "zh" || name == "en" || name == "topic" => format!("\"{s}x\""),
            _ => return None,
        };
        Some(parsed(&format!("v = {text}"))["v"].clone())
    }

    /// Changes one leaf of an element.
    pub fn leaf(&mut self, at: &str) -> Option<Operation> {
        let element = self.all[at].clone();
        let all: Vec<(Vec<String>, Value)> = all_leaves(&element)
            .into_iter()
            .filter(|(p, _)| {
                !["id", "key", "of", "same-as", "protect", "reading", "adopted"].contains(&p[0].as_str())
            })
            .collect();
        if all.is_empty() {
            return None;
        }
        let mut found = None;
        for _ in 0..8 {
            let (path, value) = self.rng().pick(&all).clone();
            let out_of_place = at.starts_with("evidence:")
                && ["bounds", "step", "unit", "type", "scope"].contains(&path[0].as_str());
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
    pub fn reshape(&mut self, at: &str) -> Option<Operation> {
        let element = self.all[at].clone();
        let (mut was, mut now) = (Table::new(), Table::new());
        let put_text = |table: &mut Table, text: &str| table.extend(parsed(text));
        match self.rng().below(7) {
            0 => {
                let pairs = [
                    ("at-least", "above"),
                    ("at-most", "below"),
                    ("above", "at-least"),
                    ("any-of", "all-of"),
                    ("all-of", "any-of"),
                ];
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
                lists.iter().find(|l| {
                    element.get(**l).and_then(Value::as_str).is_some_and(|s| s.starts_with("things"))
                })?;
                let text = *self.rng().pick(&[
                    "where.flag.is = true",
                    "where.good.is = \"conforms\"",
                    "where.colour.not-in = [\"low\"]",
                ]);
                put_text(&mut now, text);
            }
            4 => {
                let keep = ["id", "when", "due", "until-due", "effect", "protect", "interpretations"];
                was = element
                    .iter()
                    .filter(|(n, _)| !keep.contains(&n.as_str()))
                    .map(|(n, v)| (n.clone(), v.clone()))
                    .collect();
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
                new.insert(
                    "at-least".into(),
                    Value::Integer(1 + i64::try_from(self.rng().below(2)).unwrap()),
                );
                was.insert("choose".into(), old.into());
                now.insert("choose".into(), new.into());
            }
            _ => return self.leaf(at),
        }
        Some(Operation::replace(at, was, now))
    }

    fn withdraw(&mut self) -> Option<Operation> {
        let at = if self.rng().one_in(3) { self.one(|a, _| a != "standard") } else { self.check() }?;
        let all: Vec<(Vec<String>, Value)> = all_leaves(&self.all[&at]);
        let (path, value) = self.rng().pick(&all).clone();
        let mut was = Table::new();
        put(&mut was, &path, value);
        let mut fields = Table::new();
        fields.insert("at".into(), at.into());
        fields.insert("was".into(), was.into());
        Some(Operation { kind: "withdraw", fields })
    }

    pub fn name(&mut self, code: Option<&str>, mark: &str) -> String {
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
                let scope = if self.maker.categories > 0 && self.rng().one_in(2) {
                    "category"
                } else {
                    "institution"
                };
                let (ty, test) = *self.rng().pick(&[
                    ("type = \"flag\"", "is = true"),
                    ("type = \"finding\"", ""),
                    (
                        "type = \"items\"\nbounds = { low = \"0 个\", high = \"20 个\" }\nstep = \"1 个\"",
                        "at-least = \"3 个\"",
                    ),
                    ("type = \"date\"", "within = \"1 年\""),
                ]);
                out.push(Operation::of("insert", &format!(
                    "[evidence]\nkey = \"{key}\"\nscope = \"{scope}\"\n{ty}\nattested-by = \"assessor\"\ntitle = {WORDS}\nquestion = {WORDS}\n"
                )));
                let (at, id) = (self.clause()?, self.name(code, "-"));
                let subject = if test.is_empty() { "attest" } else { "evidence" };
                out.push(Operation::of(
                    "insert",
                    &format!("at = \"{at}\"\n[check]\nid = \"{id}\"\n{subject} = \"{key}\"\n{test}\n"),
                ));
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
                    out.push(Operation::of(
                        "insert",
                        &format!("[set]\nid = \"{id}\"\ntitle = {WORDS}\nmembers = [\"low\", \"top\"]\n"),
                    ));
                    let (at, check) = (self.clause()?, self.name(code, "-"));
                    out.push(Operation::of("insert", &format!("at = \"{at}\"\n[check]\nid = \"{check}\"\nevidence = \"a.colour\"\none-of = \"@{id}\"\n")));
                } else {
                    let all: Vec<String> = (0..self.levels).map(|l| format!("\"{} 个\"", l + 2)).collect();
                    out.push(Operation::of(
                        "insert",
                        &format!(
                            "[table]\nid = \"{id}\"\ntitle = {WORDS}\nby-level = [{}]\n",
                            all.join(", ")
                        ),
                    ));
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
                    &format!(
                        "part = \"{part}\"\n[clause]\nid = \"{code}\"\nkind = \"informative\"\ntitle = {WORDS}\n"
                    ),
                );
                if !self.all.contains_key(code)
                    && out
                        .iter()
                        .all(|o| o.fields.get("clause").is_none_or(|c| c["id"].as_str() != Some(code)))
                {
                    out.push(heading);
                }
                self.name(Some(code), ".")
            }
            None => {
                let parent = self.one(|a, t| {
                    !a.contains([':', '#']) && a != "standard" && a != "1" && !t.contains_key("choose")
                })?;
                let name = self.name(None, "");
                format!("{parent}.{name}")
            }
        };
        let part = match id.split('.').next() {
            Some("2") => "one",
            Some("3") => "two",
            _ => part,
        };
        let category =
            if self.maker.categories > 0 && self.rng().one_in(3) { "category = \"c1\"\n" } else { "" };
        let (levels, points) = (self.levels, self.points);
        let level = 1 + self.rng().below(levels);
        let mut text = format!("part = \"{part}\"\n{category}[clause]\nid = \"{id}\"\nlevel = {level}\n");
        if self.rng().one_in(5) {
            let of = self.one(|a, t| {
                !a.contains([':', '#'])
                    && a.matches('.').count() == 2
                    && !a.ends_with(['8', '9'])
                    && !t.contains_key("choose")
                    && !t.contains_key("kind")
            })?;
            writeln!(text, "same-as = \"{of}\"").unwrap();
        } else {
            writeln!(text, "title = {WORDS}\ntopic = \"t\"\nsummary = {WORDS}\nmethods = [\"interview\"]")
                .unwrap();
            if points {
                text.push_str("points = 1\n");
            }
            let mut checks = String::new();
            let due = self.maker.stages > 0 && self.rng().one_in(3);
            self.maker.checks(&mut checks, &[], due);
            text.push_str(&checks);
        }
        out.push(Operation::of("insert", &text));
        Some(())
    }

    /// Some operations of one instrument.
    pub fn some(&mut self, code: Option<&str>) -> Vec<Operation> {
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
    pub fn spoil(&mut self, fault: &str, code: Option<&str>, all: &mut Vec<Operation>) {
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
                    all.push(Operation::of(
                        "insert",
                        &format!("[set]\nid = \"{id}\"\ntitle = {WORDS}\nmembers = [\"low\"]\n"),
                    ));
                }
                return;
            }
            "no prefix" => {
                let key = self.rng().pick(&["a.stray", "things[].stray"]);
                let scope = if key.contains('[') {
                    ""
                } else {
                    "scope = \"institution\"\nattested-by = \"assessor\"\n"
                };
                all.push(Operation::of("insert", &format!("[evidence]\nkey = \"{key}\"\n{scope}type = \"flag\"\ntitle = {WORDS}\nquestion = {WORDS}\n")));
                return;
            }
            "dangling reference" => {
                let at = self.clause().unwrap_or_else(|| "1".into());
                let id = self.name(code, "-");
                all.push(Operation::of(
                    "insert",
                    &format!("at = \"{at}\"\n[check]\nid = \"{id}\"\nrequires = \"9.9\"\n"),
                ));
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
