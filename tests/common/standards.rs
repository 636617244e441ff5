//! Random small standards: every operator, subject and composition, on a fixed small dictionary. What comes out
//! is a folder of TOML files like any other, so that both evaluators read it as they read the shipped one.

use std::borrow::Cow;
use std::fmt::Write as _;

use guiju::load::Files;

use super::random::Rng;

const UNITS: &str = r#"
[[dimension]]
id = "money"
title = { zh = "金额", en = "money" }
  [[dimension.unit]]
  id = "yuan"
  symbols = ["元"]
  en = "yuan"
  factor = "1"
  [[dimension.unit]]
  id = "ten-thousand"
  symbols = ["万元"]
  en = "ten thousand yuan"
  factor = "10000"
[[dimension]]
id = "items"
title = { zh = "个数", en = "items" }
  [[dimension.unit]]
  id = "item"
  symbols = ["个"]
  en = "items"
  factor = "1"
[[dimension]]
id = "span"
title = { zh = "时长", en = "span" }
calendar = true
  [[dimension.unit]]
  id = "month"
  symbols = ["个月"]
  en = "months"
  factor = "1"
  [[dimension.unit]]
  id = "year"
  symbols = ["年"]
  en = "years"
  factor = "12"
"#;

/// Name, type, further lines. `P` is put before keys outside records: `a` for the institution, `b` for categories.
const KEYS: [(&str, &str); 11] = [
    ("amount", "type = \"money\"\nbounds = { low = \"0 元\", high = \"100 万元\" }\nstep = \"1 元\""),
    ("number", "type = \"items\"\nbounds = { low = \"0 个\", high = \"20 个\" }\nstep = \"1 个\""),
    ("flag", "type = \"flag\""),
    ("text", "type = \"text\""),
    ("since", "type = \"date\""),
    ("until", "type = \"date\"\nabsent-means = \"never\""),
    ("year", "type = \"year\""),
    ("colour", "type = \"choice\"\nvalues = [VALUES]"),
    ("rank", "type = \"choice\"\nordered = true\nvalues = [VALUES]"),
    ("tools", "type = \"set\"\nunit = \"个\"\nvalues = [VALUES]"),
    ("good", "type = \"finding\""),
];
const ABOUT: &str = "topic = \"t\"\nsummary = { zh = \"略\", en = \"summary\" }\nmethods = [\"interview\"]\n";
pub const VALUES: [&str; 4] = ["low", "mid", "high", "top"];

fn evidence(categories: usize, derived: &[String]) -> String {
    let mut out = String::new();
    let values: Vec<String> = VALUES
        .iter()
        .map(|v| format!("{{ id = \"{v}\", title = {{ zh = \"{v}值\", en = \"{v} value\" }} }}"))
        .collect();
    let values = values.join(", ");
    let words =
        "title = { zh = \"项\", en = \"item\" }\nquestion = { zh = \"有吗？\", en = \"Is there?\" }\n";
    let mut add = |key: String, head: &str, lines: &str| {
        let lines = lines.replace("VALUES", &values);
        write!(out, "[[evidence]]\nkey = \"{key}\"\n{head}{lines}\n{words}\n").unwrap();
    };
    let by = "attested-by = \"assessor\"\n";
    let scopes: &[(&str, &str)] =
        if categories == 0 { &[("a", "institution")] } else { &[("a", "institution"), ("b", "category")] };
    for (prefix, scope) in scopes {
        for (name, lines) in KEYS {
            add(format!("{prefix}.{name}"), &format!("scope = \"{scope}\"\n{by}"), lines);
        }
        add(
            format!("{prefix}.maybe"),
            &format!("scope = \"{scope}\"\n{by}"),
            "type = \"finding\"\nmay-not-apply = true",
        );
    }
    for list in ["things", "things[].notes"] {
        let head = if list == "things" { format!("scope = \"institution\"\n{by}") } else { String::new() };
        add(list.to_owned(), &head, "type = \"list\"\nunit = \"个\"");
        for (name, lines) in KEYS.iter().filter(|(n, _)| *n != "good" || list == "things") {
            add(format!("{list}[].{name}"), "", lines);
        }
    }
    add("things[].maybe".into(), "", "type = \"finding\"\nmay-not-apply = true");
    if categories > 0 {
        add("things[].category".into(), "", "type = \"choice\"\nvalues-of = \"@category\"");
    }
    for (i, derive) in derived.iter().enumerate() {
        let (ty, bounds) = if derive.contains("[].amount") {
            ("money", "bounds = { low = \"0 元\", high = \"1000 万元\" }\nstep = \"1 元\"")
        } else {
            ("items", "bounds = { low = \"0 个\", high = \"100 个\" }\nstep = \"1 个\"")
        };
        let scope = if categories > 0 { "category" } else { "institution" };
        let lines = format!("type = \"{ty}\"\n{bounds}\nderive = {derive}");
        add(format!("sum-{i}"), &format!("scope = \"{scope}\"\n{by}"), &lines);
    }
    out
}

/// Writes subjects, conditions and operands for the dictionary above.
pub struct Maker<'a> {
    pub rng: &'a mut Rng,
    pub categories: usize,
    pub stages: usize,
    pub derived: usize,
    /// Whether a table by level may stand for a quantity.
    pub tables: bool,
}

impl Maker<'_> {
    pub fn money(&mut self) -> String {
        if self.tables && self.rng.one_in(8) {
            return "\"@money\"".into();
        }
        (*self.rng.pick(&[
            "\"0 元\"",
            "\"1 元\"",
            "\"5 万元\"",
            "\"50000 元\"",
            "\"10 万元\"",
            "\"100 万元\"",
        ]))
        .into()
    }

    pub fn items(&mut self) -> String {
        if self.tables && self.rng.one_in(8) {
            return "\"@items\"".into();
        }
        (*self.rng.pick(&["\"0 个\"", "\"1 个\"", "\"2 个\"", "\"3 个\"", "\"5 个\""])).into()
    }

    pub fn period(&mut self) -> String {
        (*self.rng.pick(&["\"1 个月\"", "\"3 个月\"", "\"12 个月\"", "\"1 年\"", "\"2 年\"", "\"3 年\""]))
            .into()
    }

    pub fn words(&mut self, least: usize) -> String {
        if self.rng.one_in(5) {
            return "\"@some\"".into();
        }
        let start = self.rng.below(3);
        let n = least + self.rng.below(2);
        let all: Vec<String> = VALUES.iter().skip(start).take(n).map(|v| format!("\"{v}\"")).collect();
        format!("[{}]", all.join(", "))
    }

    fn order(&mut self) -> &'static str {
        self.rng.pick::<&'static str>(&["at-least", "at-most", "above", "below"])
    }

    /// An operator with its operand for a key of a kind.
    fn operator(&mut self, name: &str) -> (&'static str, String) {
        match name {
            "amount" if self.rng.one_in(6) => ("is", self.money()),
            "amount" => (self.order(), self.money()),
            "number" if self.rng.one_in(6) => ("is", self.items()),
            "number" => (self.order(), self.items()),
            "flag" => ("is", (if self.rng.one_in(2) { "true" } else { "false" }).into()),
            "text" => match self.rng.below(3) {
                0 => ("is", "\"甲\"".into()),
                1 => ("one-of", "[\"甲\", \"乙\"]".into()),
                _ => ("not-in", "[\"甲\"]".into()),
            },
            "since" | "until" => match self.rng.below(4) {
                0 => ("within", self.period()),
                1 => ("at-least-ago", self.period()),
                2 => ("not-before", self.date()),
                _ => ("not-after", self.date()),
            },
            "year" if self.rng.one_in(2) => {
                ("last-closed", (*self.rng.pick(&["\"1 年\"", "\"3 年\""])).into())
            }
            "year" => (self.order(), (*self.rng.pick(&["2024", "2025", "2026"])).into()),
            "rank" if self.rng.one_in(2) => {
                let word = *self.rng.pick(&VALUES);
                (self.order(), format!("\"{word}\""))
            }
            "colour" | "rank" => match self.rng.below(3) {
                0 => ("is", format!("\"{}\"", self.rng.pick(&VALUES))),
                1 => ("one-of", self.words(1)),
                _ => ("not-in", self.words(1)),
            },
            "tools" => (*self.rng.pick(&["includes", "includes-any", "excludes"]), self.words(1)),
            "category" if self.rng.one_in(2) => ("is", "\"@applied\"".into()),
            "category" => (*self.rng.pick(&["one-of", "not-in"]), "[\"c1\"]".into()),
            _ => ("is", (if self.rng.one_in(4) { "\"fails\"" } else { "\"conforms\"" }).into()),
        }
    }

    pub fn date(&mut self) -> String {
        (*self.rng.pick(&["\"@assessed-on\"", "\"@applied-on\"", "\"@award-on\"", "\"2024-04-20\""])).into()
    }

    /// Conditions on records, or on inner records.
    fn filter(&mut self, inner: bool, most: usize) -> String {
        let mut all: Vec<String> = Vec::new();
        let mut used: Vec<&str> = Vec::new();
        for _ in 0..1 + self.rng.below(most) {
            if !inner && self.rng.one_in(6) && !used.contains(&"notes") {
                used.push("notes");
                let nested = self.filter(true, 2);
                all.push(format!("notes.some = {nested}"));
                continue;
            }
            let mut name = self.rng.pick(&KEYS).0;
            if !inner && self.categories > 0 && self.rng.one_in(4) {
                name = "category";
            }
            if (inner && name == "good") || used.contains(&name) {
                continue;
            }
            used.push(name);
            let (op, operand) = self.operator(name);
            all.push(format!("{name}.{op} = {operand}"));
        }
        if all.is_empty() {
            all.push("flag.is = true".into());
        }
        format!("{{ {} }}", all.join(", "))
    }

    pub fn when(&mut self) -> String {
        if self.stages > 0 && self.rng.one_in(6) {
            return "{ stage.one-of = [\"s0\"] }".into();
        }
        if self.categories > 0 && self.rng.one_in(6) {
            return "{ category.not-in = [\"c1\"] }".into();
        }
        let mut all: Vec<String> = Vec::new();
        for _ in 0..1 + self.rng.below(2) {
            let (name, _) = *self.rng.pick(&KEYS);
            let prefix = self.prefix();
            let (op, operand) = self.operator(name);
            let one = format!("{prefix}.{name}.{op} = {operand}");
            if all.iter().all(|o| !o.starts_with(&format!("{prefix}.{name}."))) {
                all.push(one);
            }
        }
        if self.derived > 0 && self.rng.one_in(5) {
            all.push("sum-0.at-least = \"1 个\"".into());
        }
        format!("{{ {} }}", all.join(", "))
    }

    fn prefix(&mut self) -> &'static str {
        if self.categories > 0 && self.rng.one_in(2) { "b" } else { "a" }
    }

    /// The lines of a check that is no composition.
    pub fn subject(&mut self, before: &[String]) -> String {
        let filter = |maker: &mut Self, field: &str| {
            let of = if maker.rng.one_in(3) && !field.is_empty() {
                let (op, operand) = maker.operator(field);
                format!("{{ {field}.{op} = {operand} }}")
            } else {
                maker.filter(false, 3)
            };
            if maker.rng.one_in(5) { String::new() } else { format!("where = {of}\n") }
        };
        match self.rng.below(16) {
            0..4 => {
                let (name, _) = self.rng.pick(&KEYS[..10]);
                let prefix = self.prefix();
                let (op, operand) = self.operator(name);
                format!("evidence = \"{prefix}.{name}\"\n{op} = {operand}\n")
            }
            4 => {
                let (name, prefix, op) = (*self.rng.pick(&["since", "until"]), self.prefix(), self.order());
                format!("elapsed-since = \"{prefix}.{name}\"\n{op} = {}\n", self.period())
            }
            5 => {
                let (of, op) = (filter(self, "amount"), self.order());
                format!("count = \"things\"\n{of}{op} = {}\n", self.items())
            }
            6 => {
                let (prefix, op) = (self.prefix(), self.order());
                let of = if self.rng.one_in(2) {
                    format!("where = {{ value.one-of = {} }}\n", self.words(1))
                } else {
                    String::new()
                };
                format!("count = \"{prefix}.tools\"\n{of}{op} = {}\n", self.items())
            }
            7 => {
                let name = *self.rng.pick(&["text", "colour", "rank", "year", "flag", "since"]);
                let (of, op) = (filter(self, name), self.order());
                format!("distinct = \"things[].{name}\"\n{of}{op} = {}\n", self.items())
            }
            8 | 9 => {
                let kind = *self.rng.pick(&["sum", "largest", "smallest"]);
                let (of, op) = (filter(self, "amount"), self.order());
                format!("{kind} = \"things[].amount\"\n{of}{op} = {}\n", self.money())
            }
            10 => {
                let of = self.filter(false, 3);
                format!("some = \"things\"\nwhere = {of}\n")
            }
            11 => {
                let (of, has) = (filter(self, ""), self.filter(false, 2));
                format!("every = \"things\"\n{of}has = {has}\n")
            }
            12 => {
                let (prefix, name) = (self.prefix(), *self.rng.pick(&["good", "maybe"]));
                format!("attest = \"{prefix}.{name}\"\n")
            }
            13 => format!("attest = \"things[].{}\"\n", self.rng.pick(&["good", "maybe"])),
            14 if self.derived > 0 => {
                let (i, op) = (self.rng.below(self.derived), self.order());
                let bound = if i == 0 { self.items() } else { self.money() };
                format!("evidence = \"sum-{i}\"\n{op} = {bound}\n")
            }
            _ if !before.is_empty() => format!("requires = \"{}\"\n", self.rng.pick(before)),
            _ => "attest = \"a.good\"\n".into(),
        }
    }

    /// The checks of a clause. With `due`, some wait for it and something stands in for them.
    pub fn checks(&mut self, out: &mut String, before: &[String], due: bool) {
        let n = 1 + self.rng.below(3);
        let composed = n > 1 && self.rng.one_in(3);
        for i in 0..n {
            let subject = self.subject(before);
            write!(out, "  [[clause.check]]\n  id = \"k{i}\"\n{subject}").unwrap();
            if self.rng.one_in(4) {
                let when = self.when();
                writeln!(out, "when = {when}").unwrap();
            }
            let own_due = due && !composed && self.rng.one_in(3);
            if own_due {
                out.push_str("due = \"later\"\n");
                if self.rng.one_in(2) {
                    writeln!(out, "until-due = \"stand-in-{i}\"").unwrap();
                    let subject = self.subject(&[]);
                    write!(out, "  [[clause.check]]\n  id = \"stand-in-{i}\"\n{subject}").unwrap();
                }
            } else if !composed && n > 1 && i > 0 && self.rng.one_in(8) {
                out.push_str("effect = \"observation\"\n");
            }
        }
        if composed {
            let members: Vec<String> = (0..n).map(|i| format!("\"k{i}\"")).collect();
            let kind = *self.rng.pick(&["any-of", "all-of"]);
            write!(out, "  [[clause.check]]\n  id = \"whole\"\n{kind} = [{}]\n", members.join(", ")).unwrap();
            if self.rng.one_in(3) {
                let when = self.when();
                writeln!(out, "when = {when}").unwrap();
            }
            if due && self.rng.one_in(3) {
                out.push_str("due = \"later\"\n");
            }
        }
    }
}

/// The files of a random standard.
pub fn random_standard(rng: &mut Rng) -> Files<'static> {
    let levels = 2 + rng.below(3);
    let categories = rng.below(3);
    let stages = rng.below(3);
    let points = rng.one_in(3);
    let mut head = format!(
        "id = \"random\"\nnumber = \"R 1\"\n[title]\nzh = \"随机\"\nen = \"random\"\n[notice]\nzh = \"试\"\nen = \"test\"\n[grade]\ncombine = \"{}\"\n",
        if points { "points" } else { "lowest" }
    );
    let title = "title = { zh = \"名\", en = \"name\" }";
    for level in 1..=levels {
        let own = if points { format!("points = {}\n", level * 4) } else { String::new() };
        write!(head, "[[level]]\nid = {level}\n{title}\n{own}").unwrap();
    }
    writeln!(head, "[[part]]\nid = \"entry\"\n{title}\nrole = \"admissibility\"").unwrap();
    for part in ["one", "two"] {
        let own = match (points, rng.below(3)) {
            (true, _) => "",
            (false, 0) => "levels = \"added\"\n",
            (false, 1) => "levels = \"restated\"\n",
            (false, _) => "levels = \"restated\"\nrequires-below = true\n",
        };
        write!(head, "[[part]]\nid = \"{part}\"\n{title}\nrole = \"grade\"\n{own}").unwrap();
    }
    for i in 1..=categories {
        writeln!(head, "[[category]]\nid = \"c{i}\"\n{title}").unwrap();
    }
    for i in 0..stages {
        writeln!(head, "[[stage]]\nid = \"s{i}\"\n{title}").unwrap();
    }
    if stages > 0 {
        let above = if rng.one_in(2) { "above-level = 1\n" } else { "" };
        write!(head, "[[due]]\nid = \"later\"\n{title}\nstages = [\"s{}\"]\n{above}", stages - 1).unwrap();
    }
    let by_level = |unit: &str, rng: &mut Rng| {
        let all: Vec<String> = (0..levels).map(|i| format!("\"{} {unit}\"", i + 1 + rng.below(2))).collect();
        format!("[{}]", all.join(", "))
    };
    let (money, items) = (by_level("万元", rng), by_level("个", rng));
    write!(head, "[[table]]\nid = \"money\"\n{title}\nby-level = {money}\n[[table]]\nid = \"items\"\n{title}\nby-level = {items}\n").unwrap();
    writeln!(head, "[[set]]\nid = \"some\"\n{title}\nmembers = [\"mid\", \"high\"]").unwrap();
    let derived = 2 * rng.below(2);
    let mut maker = Maker { rng, categories, stages, derived, tables: false };
    let filter = maker.filter(false, 2);
    let size = *maker.rng.pick(&["\"1 个\"", "\"2 个\"", "\"@items\""]);
    writeln!(head, "[[sample]]\nof = \"things\"\nwhere = {filter}\nsize = {size}").unwrap();
    let computed: Vec<String> = (0..derived)
        .map(|i| {
            let filter = maker.filter(false, 2);
            if i == 0 {
                format!("{{ count = \"things\", where = {filter} }}")
            } else {
                let kind = *maker.rng.pick(&["sum", "largest"]);
                format!("{{ {kind} = \"things[].amount\", where = {filter} }}")
            }
        })
        .collect();
    let mut files = Files::new();
    let mut add =
        |name: &str, text: String| drop(files.insert(name.to_owned(), Cow::Owned(text.into_bytes())));
    add("evidence/all.toml", evidence(categories, &computed));
    add("units.toml", UNITS.to_owned());
    let clause = |id: &str, lines: &str| {
        format!("[[clause]]\nid = \"{id}\"\ntitle = {{ zh = \"条\", en = \"clause\" }}\n{ABOUT}{lines}")
    };
    let entry = "  [[clause.check]]\n  id = \"k\"\n  attest = \"a.good\"\n";
    add("chapters/entry.toml", format!("part = \"entry\"\n{}{entry}", clause("1", "")));
    for (p, part) in ["one", "two"].into_iter().enumerate() {
        let mut text = format!("part = \"{part}\"\n{}", clause(&format!("{}", p + 2), ""));
        for level in 1..=levels {
            let root = format!("{}.{level}", p + 2);
            text.push_str(&clause(&root, &format!("level = {level}\n")));
            let mut before: Vec<String> = Vec::new();
            let n = 1 + maker.rng.below(3);
            for i in 1..=n {
                let id = format!("{root}.{i}");
                maker.tables = true;
                let mut own = String::new();
                if points {
                    writeln!(own, "points = {}", 1 + maker.rng.below(4)).unwrap();
                }
                let choice = maker.rng.one_in(6);
                if choice {
                    let wanted = 1 + maker.rng.below(2);
                    writeln!(own, "choose = {{ at-least = {wanted}, of = \"children\" }}").unwrap();
                }
                if maker.rng.one_in(5) {
                    let when = maker.when();
                    writeln!(own, "when = {when}").unwrap();
                }
                let due = stages > 0 && maker.rng.one_in(3);
                if choice {
                    text.push_str(&clause(&id, &own));
                    for child in 1..=2 {
                        let mut body = String::new();
                        maker.checks(&mut body, &before, due);
                        text.push_str(&clause(&format!("{id}.{child}"), &body));
                    }
                } else {
                    maker.checks(&mut own, &before, due);
                    text.push_str(&clause(&id, &own));
                }
                before.push(id);
            }
        }
        add(&format!("chapters/{part}.toml"), text);
    }
    add("standard.toml", head);
    files
}
