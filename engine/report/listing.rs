//! An edition as people read it on a terminal: clauses, evidence keys, interpretations.

use std::collections::BTreeSet;

use super::layout::{Style, table, wrap};
use super::phrase::Phrases;
use super::{timeline, words};
use crate::edition::describe;
use crate::edition::overlay::Layer;
use crate::edition::{Clause, Edition, Interpretation};
use crate::evidence::{Key, KeyIx, Place, Type};
use crate::lang::Lang;

/// Lists an edition.
pub struct Listing<'a> {
    /// The edition.
    pub edition: &'a Edition,
    /// The language.
    pub lang: Lang,
    /// Colour.
    pub style: Style,
}

impl Listing<'_> {
    fn pick(&self, zh: &str, en: &str) -> String {
        self.lang.pick(zh, en).to_owned()
    }

    /// The table of contents.
    #[must_use]
    pub fn contents(&self) -> String {
        let edition = self.edition;
        let standard = &edition.standard;
        let mut out =
            vec![self.style.heading(&format!("{} {}", standard.number, standard.title.in_lang(self.lang)))];
        let dates = if edition.applied_on == edition.assessed_on {
            edition.applied_on.to_string()
        } else {
            format!("{} / {}", edition.applied_on, edition.assessed_on)
        };
        out.push(self.style.faint(&self.lang.pick(
            format!("版本日期 {dates}，摘要 {}", edition.digest),
            format!("edition of {dates}, digest {}", edition.digest),
        )));
        out.extend(wrap(standard.notice.in_lang(self.lang), 96).into_iter().map(|l| self.style.faint(&l)));
        out.push(String::new());
        let layers = self.layers();
        if !layers.is_empty() {
            out.extend(layers);
            out.push(String::new());
        }
        let rows: Vec<Vec<String>> = edition
            .clauses
            .iter()
            .map(|c| {
                let level = c.level.map(|l| l.to_string()).unwrap_or_default();
                let checks = if c.checks.is_empty() { String::new() } else { c.checks.len().to_string() };
                vec![c.id.to_string(), level, checks, c.title.in_lang(self.lang).to_owned()]
            })
            .collect();
        let header = vec![
            self.pick("条款", "clause"),
            self.pick("级", "level"),
            self.pick("检查", "checks"),
            self.pick("标题", "title"),
        ];
        out.extend(table(&[vec![header], rows].concat()));
        out.join("\n")
    }

    /// One clause with its checks.
    #[must_use]
    pub fn clause(&self, clause: &Clause) -> String {
        let phrases = Phrases { edition: self.edition, lang: self.lang };
        let mut out =
            vec![self.style.heading(&format!("{}  {}", clause.id, clause.title.in_lang(self.lang)))];
        if let Some(summary) = &clause.summary {
            out.extend(wrap(summary.in_lang(self.lang), 96).into_iter().map(|l| format!("  {l}")));
        }
        let mut rows = Vec::new();
        let standard = &self.edition.standard;
        let part = standard.parts.get(clause.part).map(|p| p.title.in_lang(self.lang).to_owned());
        rows.push(vec![self.pick("部分", "part"), part.unwrap_or_default()]);
        if let Some(category) = clause.category.and_then(|c| standard.categories.get(c)) {
            rows.push(vec![self.pick("类别", "category"), category.title.in_lang(self.lang).to_owned()]);
        }
        if let Some(level) = clause.level {
            rows.push(vec![self.pick("等级", "level"), level.to_string()]);
        }
        if let Some(topic) = &clause.topic {
            rows.push(vec![self.pick("主题", "topic"), topic.clone()]);
        }
        if let Some(same) = &clause.same_as {
            rows.push(vec![self.pick("内容同", "same as"), same.to_string()]);
        }
        if !clause.methods.is_empty() {
            let methods: Vec<String> =
                clause.methods.iter().map(|m| words::method(*m).in_lang(self.lang).to_owned()).collect();
            rows.push(vec![self.pick("方法", "methods"), methods.join(&self.pick("、", ", "))]);
        }
        if !clause.documents.is_empty() {
            let all: Vec<&str> = clause.documents.iter().map(|d| d.in_lang(self.lang)).collect();
            rows.push(vec![self.pick("材料", "documents"), all.join(&self.pick("；", "; "))]);
        }
        if !clause.when.is_empty() {
            rows.push(vec![self.pick("适用", "applies when"), phrases.conditions(&clause.when)]);
        }
        if let Some(n) = clause.choose {
            let of = clause.children.len();
            rows.push(vec![
                self.pick("选择", "choice"),
                self.lang.pick(format!("{of} 项中至少 {n} 项"), format!("at least {n} of {of}")),
            ]);
        }
        if let Some(protect) = clause.protect {
            rows.push(vec![
                self.pick("保护", "protected"),
                words::protect(protect).in_lang(self.lang).to_owned(),
            ]);
        }
        if !clause.interpretations.is_empty() {
            rows.push(vec![self.pick("释义", "interpretations"), clause.interpretations.join(" ")]);
        }
        out.extend(table(&rows).into_iter().map(|l| format!("  {l}")));
        out.extend(self.faint_lines(&timeline::lines(self.edition, clause.id.as_str(), self.lang), 2));
        out.extend(self.children(clause, 0));
        for (i, step) in clause.steps.iter().enumerate() {
            let mut line = format!("{}. {}", i + 1, step.title.in_lang(self.lang));
            if let Some(by) = &step.by {
                line.push_str(&self.lang.pick(format!("（{}）", by.zh), format!(" ({})", by.en)));
            }
            if step.assumed {
                line.push_str(
                    &self
                        .pick("［原文没有，可按实际修改］", " [not from the text; set it as the body works]"),
                );
            }
            out.push(format!("  {line}"));
        }
        for check in &clause.checks {
            let mut line = format!("#{}  {}", check.id, phrases.demand(clause, check));
            if !check.when.is_empty() {
                let when = phrases.conditions(&check.when);
                line.push_str(&self.lang.pick(format!("；适用于：{when}"), format!("; applies when {when}")));
            }
            if let Some(due) = check.due.and_then(|d| standard.dues.get(d)) {
                let due = due.title.in_lang(self.lang);
                line.push_str(&self.lang.pick(format!("；到期：{due}"), format!("; due at {due}")));
            }
            if let Some(protect) = check.protect {
                let protect = words::protect(protect);
                let protect = protect.in_lang(self.lang);
                line.push_str(&self.lang.pick(format!("；{protect}"), format!("; {protect}")));
            }
            if check.observation {
                line.push_str(&self.pick("；仅观察", "; observation only"));
            }
            let member = if check.member_of.is_some() { "    " } else { "" };
            out.extend(
                wrap(&line, 92)
                    .into_iter()
                    .enumerate()
                    .map(|(i, l)| format!("  {member}{}{l}", if i == 0 { "" } else { "    " })),
            );
            let address = clause.address(check);
            let lines = timeline::of_check(self.edition, &address, check, self.lang);
            out.extend(self.faint_lines(&lines, 6));
        }
        out.join("\n")
    }

    fn faint_lines(&self, lines: &[String], indent: usize) -> Vec<String> {
        let folded = lines.iter().flat_map(|line| {
            let parts = wrap(line, 94 - indent).into_iter().enumerate();
            let pad = |i: usize| " ".repeat(if i == 0 { indent } else { indent + 2 });
            parts.map(|(i, l)| format!("{}{l}", pad(i))).collect::<Vec<_>>()
        });
        folded.map(|l| self.style.faint(&l)).collect()
    }

    /// The layers over the base: those in force, and those of other days.
    fn layers(&self) -> Vec<String> {
        let layer = |layer: &Layer| {
            let (span, state) = (timeline::span(layer), timeline::state(layer));
            let mark = if layer.in_force { "●" } else { "○" };
            let (title, citation) = (layer.title.in_lang(self.lang), layer.citation.in_lang(self.lang));
            let citation = if citation.is_empty() {
                String::new()
            } else {
                self.lang.pick(format!("（{citation}）"), format!(" ({citation})"))
            };
            let when = format!("{}{}", span.in_lang(self.lang), state.in_lang(self.lang));
            format!("{mark} {}  {}  {title}{citation}", layer.id, when.trim())
        };
        self.edition.layers.iter().map(layer).collect()
    }

    /// What a clause consists of, down to the last.
    fn children(&self, clause: &Clause, depth: usize) -> Vec<String> {
        let mut out = Vec::new();
        for child in clause.children.iter().filter_map(|ix| self.edition.clause(*ix)) {
            let checks = match child.checks.len() {
                0 => String::new(),
                n => self.lang.pick(
                    format!("（{n} 项检查）"),
                    format!(" ({n} check{})", if n == 1 { "" } else { "s" }),
                ),
            };
            let title = child.title.in_lang(self.lang);
            out.push(format!("  {}{}  {title}{checks}", "  ".repeat(depth), child.id));
            out.extend(self.children(child, depth + 1));
        }
        out
    }

    /// The checks and computed keys that look at a key.
    fn asked_by(&self, ix: KeyIx) -> Vec<String> {
        let dictionary = &self.edition.dictionary;
        let mut found: Vec<String> = dictionary
            .iter()
            .filter(|(other, _)| *other != ix)
            .filter_map(|(other, key)| {
                let derived = self.edition.derived.get(other.0).and_then(Option::as_ref)?;
                let mut keys = BTreeSet::new();
                describe::aggregate_keys(derived, &mut keys);
                keys.contains(&ix).then(|| key.name.to_string())
            })
            .collect();
        for (clause_ix, clause) in self.edition.clauses.iter().enumerate() {
            let conditions: Vec<_> = self.edition.conditions(clause_ix).cloned().collect();
            for check in &clause.checks {
                let when: Vec<_> = conditions.iter().chain(&check.when).cloned().collect();
                if describe::keys(&check.body, &when).contains(&ix) {
                    found.push(format!("{}#{}", clause.id, check.id));
                }
            }
        }
        found
    }

    /// One evidence key.
    #[must_use]
    pub fn evidence(&self, key: &Key) -> String {
        let mut out = vec![self.style.heading(&format!("{}  {}", key.name, key.label().in_lang(self.lang)))];
        out.extend(wrap(key.question.in_lang(self.lang), 96).into_iter().map(|l| format!("  {l}")));
        if let Some(hint) = &key.hint {
            out.extend(
                wrap(hint.in_lang(self.lang), 96).into_iter().map(|l| self.style.faint(&format!("  {l}"))),
            );
        }
        let units = &self.edition.standard.units;
        let kind = match &key.ty {
            Type::Quantity(d) => units.dimensions.get(*d).map(|d| d.id.clone()).unwrap_or_default(),
            other => crate::edition::describe::type_word(other).to_owned(),
        };
        let scope = match key.place {
            Place::Institution => self.pick("整个机构", "institution"),
            Place::Category => self.pick("按类别", "category"),
            Place::Field { .. } => self.pick("记录字段", "field of records"),
        };
        let mut rows = vec![vec![self.pick("范围", "scope"), scope], vec![self.pick("类型", "type"), kind]];
        if let (Some((low, high)), Type::Quantity(d)) = (key.bounds, &key.ty) {
            let show = |n| units.show(n, *d, key.unit, self.lang);
            rows.push(vec![self.pick("范围值", "bounds"), format!("{} – {}", show(low), show(high))]);
        }
        if let Some(choices) = key.choices() {
            let all: Vec<String> = choices
                .values
                .iter()
                .map(|v| format!("{}（{}）", v.id, v.title.in_lang(self.lang)))
                .collect();
            rows.push(vec![self.pick("选项", "values"), all.join(&self.pick("、", ", "))]);
        }
        if !key.documents.is_empty() {
            let all: Vec<&str> = key.documents.iter().map(|d| d.in_lang(self.lang)).collect();
            rows.push(vec![self.pick("材料", "documents"), all.join(&self.pick("；", "; "))]);
        }
        let ix = self.edition.dictionary.find(&key.name);
        if let Some(derived) = ix.and_then(|ix| self.edition.derived.get(ix.0)).and_then(Option::as_ref) {
            let phrases = Phrases { edition: self.edition, lang: self.lang };
            rows.push(vec![self.pick("算自", "computed from"), phrases.computed(derived)]);
        }
        out.extend(table(&rows).into_iter().map(|l| format!("  {l}")));
        let asked = ix.map(|ix| self.asked_by(ix)).unwrap_or_default();
        if !asked.is_empty() {
            let line = self.pick("用于  ", "asked by  ") + &asked.join(" ");
            out.extend(wrap(&line, 92).into_iter().map(|l| format!("  {l}")));
        }
        out.join("\n")
    }

    /// One interpretation.
    #[must_use]
    pub fn interpretation(&self, interpretation: &Interpretation) -> String {
        let mut out = vec![self.style.heading(&format!(
            "{}  {}",
            interpretation.id,
            interpretation.question.in_lang(self.lang)
        ))];
        let clauses: Vec<String> = interpretation.clauses.iter().map(ToString::to_string).collect();
        if !clauses.is_empty() {
            out.push(format!("  {}", clauses.join(&self.pick("、", ", "))));
        }
        for (id, text) in &interpretation.readings {
            let mark = if *id == interpretation.adopted { "→" } else { " " };
            let line = format!("{mark} {id}  {}", text.in_lang(self.lang));
            out.extend(wrap(&line, 92).into_iter().map(|l| format!("  {l}")));
        }
        out.extend(
            wrap(interpretation.reason.in_lang(self.lang), 92)
                .into_iter()
                .map(|l| self.style.faint(&format!("    {l}"))),
        );
        out.join("\n")
    }
}
