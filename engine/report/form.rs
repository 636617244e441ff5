//! Dossiers to fill in: templates with questions, and drafts that are filled already.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use crate::analysis::fill::{Draft, Wanted, draft_json, head};
use crate::check::{Body, Over};
use crate::edition::describe::{aggregate_keys, keys};
use crate::edition::{ClauseIx, Edition};
use crate::evidence::{Key, KeyIx, Place, Type};
use crate::format::chapter::KindRaw;
use crate::lang::{Lang, Text};
use crate::standard::Role;
use crate::syntax::layout::layout;
use crate::text;

/// The schema of dossiers of a standard, by name of its file.
#[must_use]
pub fn schema_name(edition: &Edition) -> String {
    format!("dossier.{}.schema.json", edition.standard.id)
}

/// A filled dossier as TOML.
#[must_use]
pub fn draft_toml(edition: &Edition, wanted: &Wanted, draft: &Draft, lang: Lang) -> String {
    let json = draft_json(edition, wanted, draft);
    let mut out = vec![
        format!(
            "# {}",
            lang.pick(
                "恰好满足全部要求的档案：用于核对规则，不是真实机构。",
                "A dossier in which everything is just met: for checking rules, not a real institution."
            )
        ),
        String::new(),
    ];
    if let Json::Object(root) = &json {
        toml_table(root, "", &mut out);
    }
    laid_out(format!("{}\n", out.join("\n")))
}

/// A form as `fmt` would have it.
fn laid_out(text: String) -> String {
    layout(&text).unwrap_or(text)
}

/// Plain values first, then tables, then lists of tables, as TOML wants them.
fn toml_table(table: &Map<String, Json>, path: &str, out: &mut Vec<String>) {
    let inner = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    let tables =
        |value: &Json| value.as_array().is_some_and(|a| !a.is_empty() && a.iter().all(Json::is_object));
    // Records are easier to read when lists within them stay on one line.
    let in_record = path.starts_with("record.");
    for (key, value) in table {
        if !value.is_object() && (in_record || !tables(value)) {
            out.push(format!("{} = {}", bare(key), toml_value(value)));
        }
    }
    for (key, value) in table {
        if let Json::Object(own) = value {
            if own.values().any(|v| !v.is_object() && !tables(v)) {
                out.push(String::new());
                out.push(format!("[{}]", inner(key)));
            }
            toml_table(own, &inner(key), out);
        }
    }
    for (key, value) in table {
        for item in value.as_array().filter(|_| tables(value) && !in_record).into_iter().flatten() {
            if let Json::Object(own) = item {
                out.push(String::new());
                out.push(format!("[[{}]]", inner(key)));
                toml_table(own, &inner(key), out);
            }
        }
    }
}

fn bare(key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if plain { key.to_owned() } else { quoted(key) }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn toml_value(value: &Json) -> String {
    match value {
        Json::String(text) => quoted(text),
        Json::Array(items) => {
            let all: Vec<String> = items.iter().map(toml_value).collect();
            format!("[{}]", all.join(", "))
        }
        Json::Object(table) => {
            let all: Vec<String> =
                table.iter().map(|(k, v)| format!("{} = {}", bare(k), toml_value(v))).collect();
            format!("{{ {} }}", all.join(", "))
        }
        other => other.to_string(),
    }
}

/// An empty dossier as JSON: JSON has no comments, so it holds the head only.
#[must_use]
pub fn template_json(edition: &Edition, wanted: &Wanted) -> Json {
    Json::Object(head(edition, wanted))
}

/// An empty dossier as TOML: every key that the rules ask for, as a comment with its question.
#[must_use]
pub fn template_toml(edition: &Edition, wanted: &Wanted, lang: Lang) -> String {
    let template = Template { edition, wanted, lang, asked: asked(edition, wanted) };
    laid_out(template.write())
}

/// The keys that are asked for, with the clauses that ask: for the institution, and for each category.
type Asked = BTreeMap<(Option<usize>, KeyIx), BTreeSet<ClauseIx>>;

fn asked(edition: &Edition, wanted: &Wanted) -> Asked {
    let mut asked: Asked = BTreeMap::new();
    for entry in &wanted.entries {
        for (ix, clause) in edition.clauses_for(entry.category) {
            let role = edition.standard.parts.get(clause.part).map_or(Role::None, |p| p.role);
            let below = clause.level.is_none_or(|l| l <= entry.target);
            if clause.kind != KindRaw::Requirement || role == Role::None || !below {
                continue;
            }
            let clause_when: Vec<_> = edition.conditions(ix).cloned().collect();
            let applies = |conditions: &[crate::check::Condition]| can_apply(edition, conditions, entry);
            if !applies(&clause_when) {
                continue;
            }
            for check in clause.checks.iter().filter(|c| applies(&c.when)) {
                let mut all = keys(&check.body, &check.when);
                all.extend(keys(&Body::AllOf(Vec::new()), &clause_when));
                for key in all.clone() {
                    if let Some(aggregate) = edition.derived.get(key.0).and_then(Option::as_ref) {
                        aggregate_keys(aggregate, &mut all);
                        if let Over::Records { .. } = aggregate.over {
                            all.remove(&key);
                        }
                    }
                }
                for key in all {
                    let scoped = edition.dictionary.get(key).is_some_and(|k| k.place == Place::Category);
                    asked.entry((entry.category.filter(|_| scoped), key)).or_default().insert(ix);
                }
            }
        }
    }
    asked
}

/// Whether conditions on category and stage hold for an entry; those on facts may.
fn can_apply(
    edition: &Edition,
    conditions: &[crate::check::Condition],
    entry: &crate::dossier::Entry,
) -> bool {
    use crate::check::{Context, Probe, Source};
    let facts = crate::evidence::Facts::default();
    let ctx = Context {
        standard: &edition.standard,
        dictionary: &edition.dictionary,
        derived: &edition.derived,
        facts: &facts,
        category: entry.category,
        stage: entry.stage,
        level: entry.target,
        applied_on: edition.applied_on,
        assessed_on: edition.assessed_on,
        award_on: None,
    };
    conditions
        .iter()
        .filter(|c| matches!(c.source, Source::Category | Source::Stage))
        .all(|c| c.ask(Probe::Dossier, &ctx).outcomes.may_pass())
}

struct Template<'a> {
    edition: &'a Edition,
    wanted: &'a Wanted,
    lang: Lang,
    asked: Asked,
}

impl Template<'_> {
    fn say(&self, text: &Text) -> String {
        text.in_lang(self.lang).to_owned()
    }

    fn write(&self) -> String {
        let standard = &self.edition.standard;
        let example = standard.units.example(0);
        let mut out = vec![
            format!("#:schema {}", schema_name(self.edition)),
            format!("# {} {}", standard.number, self.say(&standard.title)),
        ];
        for line in [
            text!(
                "去掉行首的 # 并填写。不知道的留着不填；确实没有的，把键名写进该表的 absent = [\"…\"]。",
                "Remove the # and fill in. Leave out what is not known; name what does not exist under absent = [\"…\"] of its table."
            ),
            text!(
                "日期写作 \"2026-03-31\"，数量带单位，例如 \"{example}\"。",
                "Write dates as \"2026-03-31\" and quantities with their unit, for example \"{example}\"."
            ),
            text!(
                "定性结论写 \"conforms\"（符合）或 \"fails\"（不符合）；不适用的另写 [[finding]] 说明理由。",
                "Findings are \"conforms\" or \"fails\"; what does not apply takes a [[finding]] with a note."
            ),
        ] {
            out.push(format!("# {}", self.say(&line)));
        }
        out.push(String::new());
        if let Json::Object(root) = template_json(self.edition, self.wanted) {
            toml_table(&root, "", &mut out);
        }
        self.section(None, "facts", &text!("机构情况", "the institution"), &mut out);
        for entry in &self.wanted.entries {
            if let Some(category) = entry.category.and_then(|c| standard.categories.get(c)) {
                let title = Text {
                    zh: format!("类别：{}", category.title.zh),
                    en: format!("category: {}", category.title.en),
                };
                self.section(entry.category, &format!("category.{}", category.id), &title, &mut out);
            }
        }
        self.lists(&mut out);
        format!("{}\n", out.join("\n"))
    }

    fn section(&self, category: Option<usize>, table: &str, title: &Text, out: &mut Vec<String>) {
        let mut mine: Vec<(&Key, &BTreeSet<ClauseIx>)> = self
            .asked
            .iter()
            .filter(|((of, _), _)| *of == category)
            .filter_map(|((_, ix), clauses)| Some((self.edition.dictionary.get(*ix)?, clauses)))
            .filter(|(key, _)| !matches!(key.place, Place::Field { .. }) && key.ty != Type::List)
            .collect();
        if mine.is_empty() {
            return;
        }
        // The order of the dictionary files keeps what belongs together side by side.
        mine.sort_by_key(|(key, _)| key.span);
        out.extend([String::new(), format!("# ── {} ──", self.say(title)), format!("[{table}]")]);
        for (key, clauses) in mine {
            out.push(String::new());
            out.extend(self.question(key, clauses));
            out.push(format!("# {} = {}", key.name, self.example(key)));
        }
    }

    fn question(&self, key: &Key, clauses: &BTreeSet<ClauseIx>) -> Vec<String> {
        let mut lines = vec![format!("# {}", self.say(&key.question))];
        lines.extend(key.hint.as_ref().map(|hint| format!("#   {}", self.say(hint))));
        if let Some(choices) = key.choices() {
            let all: Vec<String> =
                choices.values.iter().map(|v| format!("{}（{}）", v.id, self.say(&v.title))).collect();
            lines.push(format!(
                "#   {}{}",
                self.say(&text!("可选：", "choices: ")),
                all.join(self.lang.pick("、", ", "))
            ));
        }
        if !key.documents.is_empty() {
            let all: Vec<String> = key.documents.iter().map(|d| self.say(d)).collect();
            lines.push(format!(
                "#   {}{}",
                self.say(&text!("材料：", "documents: ")),
                all.join(self.lang.pick("；", "; "))
            ));
        }
        let ids: Vec<String> =
            clauses.iter().filter_map(|c| self.edition.clause(*c)).map(|c| c.id.to_string()).collect();
        lines.push(format!("#   {}{}", self.say(&text!("条款：", "clauses: ")), ids.join(" ")));
        lines
    }

    fn example(&self, key: &Key) -> String {
        let units = &self.edition.standard.units;
        match &key.ty {
            Type::Flag => "false".to_owned(),
            Type::Text => "\"…\"".to_owned(),
            Type::Date => "\"YYYY-MM-DD\"".to_owned(),
            Type::Year => (self.wanted.assessed_on.year() - 1).to_string(),
            Type::Choice(choices) => quoted(choices.values.first().map_or("", |v| &v.id)),
            Type::Set(choices) => {
                format!("[{}]", quoted(choices.values.first().map_or("", |v| &v.id)))
            }
            Type::Finding => "\"conforms\"".to_owned(),
            Type::Quantity(d) => {
                let symbol =
                    units.unit(*d, key.unit).and_then(|u| u.symbols.first()).cloned().unwrap_or_default();
                quoted(&format!("… {symbol}"))
            }
            Type::List => "[]".to_owned(),
        }
    }

    fn lists(&self, out: &mut Vec<String>) {
        let mut lists: Vec<(KeyIx, &Key, &BTreeSet<ClauseIx>)> = self
            .asked
            .iter()
            .filter_map(|((_, ix), clauses)| Some((*ix, self.edition.dictionary.get(*ix)?, clauses)))
            .filter(|(_, key, _)| key.ty == Type::List && key.place == Place::Institution)
            .collect();
        lists.sort_by_key(|(_, key, _)| key.span);
        for (ix, key, clauses) in lists {
            out.extend([String::new(), format!("# ── {} ──", self.say(key.label()))]);
            out.extend(self.question(key, clauses));
            out.push(format!("# {}", self.say(&text!(
                "每条记录写一段。记录列不全时，在文件最上面写 incomplete = [\"…\"]。",
                "One table for each record. If records may be lacking, write incomplete = [\"…\"] at the top of the file."
            ))));
            out.push(format!("# [[record.{}]]", key.name));
            out.push("# id = \"…\"".to_owned());
            self.fields(ix, out, "# ");
        }
    }

    fn fields(&self, list: KeyIx, out: &mut Vec<String>, prefix: &str) {
        let Some(owner) = self.edition.dictionary.get(list) else { return };
        let mut fields: Vec<(KeyIx, &Key)> =
            owner.fields.iter().filter_map(|ix| Some((*ix, self.edition.dictionary.get(*ix)?))).collect();
        fields.sort_by_key(|(_, key)| key.span);
        for (ix, key) in fields {
            let Some(clauses) = self.asked.get(&(None, ix)) else { continue };
            if key.ty == Type::List {
                let mut inner = Vec::new();
                self.fields(ix, &mut inner, "");
                let parts: Vec<&str> = inner.iter().map(|l| l.split("   # ").next().unwrap_or(l)).collect();
                let parts = parts.join(", ");
                out.push(format!(
                    "{prefix}{} = [{{ id = \"…\", {parts} }}]   # {}",
                    key.field_name(),
                    self.say(&key.question)
                ));
                continue;
            }
            let mut line = format!(
                "{prefix}{} = {}   # {}",
                key.field_name(),
                self.example(key),
                self.say(&key.question)
            );
            if key.ty == Type::Finding {
                let ids: Vec<String> = clauses
                    .iter()
                    .filter_map(|c| self.edition.clause(*c))
                    .map(|c| c.id.to_string())
                    .collect();
                line.push_str(&format!("（{}）", ids.join(" ")));
            }
            out.push(line);
        }
    }
}
