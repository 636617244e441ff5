//! The difference of two editions as people read it: on a terminal, and as an amendment sheet (修改单) with old and
//! new side by side.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use super::layout::{Style, pad, wrap};
use super::phrase::Phrases;
use super::words;
use crate::analysis::diff::{Change, ChangeKind, Diff, FieldChange, NoteOut, SideOut};
use crate::edition::Edition;
use crate::edition::compare::Relation;
use crate::id::ClauseId;
use crate::lang::{Lang, Text};
use crate::text;

/// The sheet, in one language.
#[derive(Clone, Debug, Serialize)]
pub struct Sheet {
    /// `zh` or `en`.
    pub lang: String,
    /// The standard: number and title.
    pub standard: String,
    /// What prevails.
    pub notice: String,
    /// The earlier side.
    pub before: SideOut,
    /// The later side.
    pub after: SideOut,
    /// What the whole does to grades.
    pub effect: String,
    /// What there is to say where nothing differs.
    pub same: String,
    /// How many changes there are of each kind, those that occur.
    pub counts: Vec<(String, usize)>,
    /// Instruments that are new on the later side.
    pub instruments: Vec<InstrumentLine>,
    /// Their remarks, each once.
    pub notices: Vec<String>,
    /// Changes.
    pub rows: Vec<Row>,
    /// The program.
    pub engine: String,
}

/// An instrument that is new on the later side.
#[derive(Clone, Debug, Serialize)]
pub struct InstrumentLine {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// Who issues it.
    pub issuer: String,
    /// Where it is published.
    pub citation: String,
    /// From when to when.
    pub dates: String,
    /// A remark.
    pub notice: Option<String>,
    /// Whether it is a draft.
    pub draft: bool,
}

/// One change.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The element.
    pub at: String,
    /// Title of the clause or key.
    pub title: String,
    /// Level, if there is one.
    pub level: Option<u8>,
    /// Word of what became of it, for styling.
    pub kind: ChangeKind,
    /// The same in words.
    pub word: String,
    /// A sign beside the colour.
    pub sign: &'static str,
    /// What reads the same on both sides, where only something that it refers to differs.
    pub same: Option<String>,
    /// As it was.
    pub was: Vec<String>,
    /// As it is.
    pub now: Vec<String>,
    /// Reasons that instruments give, with their ids.
    pub reasons: Vec<String>,
    /// Elements elsewhere through which it differs.
    pub through: Vec<String>,
}

/// Builds the sheet.
#[must_use]
pub fn sheet(diff: &Diff, before: &Edition, after: &Edition, lang: Lang) -> Sheet {
    let builder = Builder { before, after, lang };
    let mut counts: BTreeMap<ChangeKind, usize> = BTreeMap::new();
    for change in &diff.changes {
        *counts.entry(change.kind).or_default() += 1;
    }
    let standard = &after.standard;
    let instruments = builder.instruments();
    let mut notices: Vec<String> = Vec::new();
    for notice in instruments.iter().filter_map(|i| i.notice.as_ref()) {
        if !notices.contains(notice) {
            notices.push(notice.clone());
        }
    }
    Sheet {
        lang: lang.pick("zh", "en").to_owned(),
        standard: format!("{} {}", standard.number, standard.title.in_lang(lang)),
        notice: standard.notice.in_lang(lang).to_owned(),
        before: diff.before.clone(),
        after: diff.after.clone(),
        effect: whole(diff).in_lang(lang).to_owned(),
        same: same(before, after).in_lang(lang).to_owned(),
        counts: counts.into_iter().map(|(k, n)| (kind_word(k).in_lang(lang).to_owned(), n)).collect(),
        instruments,
        notices,
        rows: diff.changes.iter().map(|c| builder.row(c, diff)).collect(),
        engine: format!("guiju {}", env!("CARGO_PKG_VERSION")),
    }
}

/// Both sides of a row.
#[derive(Default)]
struct Sides {
    same: Option<String>,
    was: Vec<String>,
    now: Vec<String>,
}

struct Builder<'a> {
    before: &'a Edition,
    after: &'a Edition,
    lang: Lang,
}

impl Builder<'_> {
    fn instruments(&self) -> Vec<InstrumentLine> {
        let known = |id: &str| self.before.layers.iter().any(|l| l.in_force && l.id == id);
        let say = |text: &Text| text.in_lang(self.lang).to_owned();
        let new = self.after.layers.iter().filter(|l| l.in_force && !known(&l.id));
        new.map(|l| InstrumentLine {
            id: l.id.clone(),
            title: say(&l.title),
            issuer: say(&l.issuer),
            citation: say(&l.citation),
            dates: say(&super::timeline::span(l)).trim().to_owned(),
            notice: l.notice.as_ref().map(say),
            draft: l.status == crate::format::overlay::StatusRaw::Draft,
        })
        .collect()
    }

    fn row(&self, change: &Change, diff: &Diff) -> Row {
        let title = change.title.as_ref().map(|t| t.in_lang(self.lang).to_owned()).unwrap_or_default();
        let Sides { same, was, now } = self.sides(change, diff);
        Row {
            at: change.at.clone(),
            title,
            level: change.level,
            kind: change.kind,
            word: row_word(change).in_lang(self.lang).to_owned(),
            sign: sign(change.kind),
            same,
            was,
            now,
            reasons: self.why(change),
            through: change.through.clone(),
        }
    }

    /// A check as it demands; anything else field by field. What reads the same on both sides differs through something
    /// else, whose fields stand in its place.
    fn sides(&self, change: &Change, diff: &Diff) -> Sides {
        let mut sides = Sides::default();
        if change.at.contains('#') {
            let (was, now) = (self.demand(self.before, &change.at), self.demand(self.after, &change.at));
            if was != now {
                (sides.was, sides.now) = (was.into_iter().collect(), now.into_iter().collect());
                return sides;
            }
            sides.same = was;
        } else if matches!(change.kind, ChangeKind::Added | ChangeKind::Withdrawn) {
            let list = |e: &Edition| self.summary(e, &change.at);
            (sides.was, sides.now) = (list(self.before), list(self.after));
            return sides;
        }
        self.fields(None, &change.fields, &mut sides);
        let declared = |name: &String| diff.changes.iter().find(|c| c.at == *name);
        for other in change.through.iter().filter_map(declared) {
            self.fields(Some(&other.at), &other.fields, &mut sides);
        }
        sides
    }

    /// Fields that differ, those in the other language left out; of another element behind its name.
    fn fields(&self, of: Option<&str>, fields: &[FieldChange], into: &mut Sides) {
        let other = self.lang.pick("en", "zh");
        for field in fields {
            if field.field == other || field.field.ends_with(&format!(".{other}")) {
                continue;
            }
            let own = format!(".{}", self.lang.pick("zh", "en"));
            let path = field.field.strip_suffix(&own).unwrap_or(&field.field);
            let mut label = words::field(path).in_lang(self.lang).to_owned();
            // A part of a table: which one.
            if let Some((_, part)) = path.split_once('.').filter(|_| label != path) {
                label = format!("{label} {part}");
            }
            if let Some(of) = of {
                label = format!("{of} {label}");
            }
            let line = |value: &Json| {
                let value = self.value(value);
                self.lang.pick(format!("{label}：{value}"), format!("{label}: {value}"))
            };
            into.was.extend(field.was.as_ref().map(line));
            into.now.extend(field.now.as_ref().map(line));
        }
    }

    /// A value in the language of the sheet.
    fn value(&self, json: &Json) -> String {
        match json {
            Json::Object(map) if map.contains_key("zh") && map.contains_key("en") => {
                let text = map.get(self.lang.pick("zh", "en"));
                text.map(|t| self.value(t)).unwrap_or_default()
            }
            Json::Object(map) => {
                let field = |(key, value): (&String, &Json)| format!("{key} = {}", self.value(value));
                map.iter().map(field).collect::<Vec<_>>().join(self.lang.pick("，", ", "))
            }
            Json::Array(items) => {
                let texts = items.iter().any(Json::is_object);
                let between = if texts { self.lang.pick("；", "; ") } else { self.lang.pick("、", ", ") };
                items.iter().map(|i| self.value(i)).collect::<Vec<_>>().join(between)
            }
            Json::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    fn demand(&self, edition: &Edition, address: &str) -> Option<String> {
        let (clause, check) = address.split_once('#')?;
        let clause = edition.clause(edition.find(&ClauseId::parse(clause)?)?)?;
        let check = clause.checks.iter().find(|c| *c.id == *check)?;
        let phrases = Phrases { edition, lang: self.lang };
        let mut line = phrases.demand(clause, check);
        if !check.when.is_empty() {
            let when = phrases.conditions(&check.when);
            line.push_str(&self.lang.pick(format!("；适用于：{when}"), format!("; applies when {when}")));
        }
        if let Some(due) = check.due.and_then(|d| edition.standard.dues.get(d)) {
            let due = due.title.in_lang(self.lang);
            line.push_str(&self.lang.pick(format!("；到期：{due}"), format!("; due at {due}")));
        }
        Some(line)
    }

    /// What a clause or key says as a whole.
    fn summary(&self, edition: &Edition, at: &str) -> Vec<String> {
        if let Some(key) = at.strip_prefix("evidence:") {
            let key = edition.dictionary.find(key).and_then(|k| edition.dictionary.get(k));
            return key.map(|k| k.question.in_lang(self.lang).to_owned()).into_iter().collect();
        }
        if let Some(name) = at.strip_prefix("template:") {
            let text = edition.templates.get(name);
            return text.map(|t| t.trim_end().lines().map(str::to_owned).collect()).unwrap_or_default();
        }
        let clause = ClauseId::parse(at).and_then(|id| edition.find(&id)).and_then(|ix| edition.clause(ix));
        let Some(clause) = clause.filter(|c| c.kind != crate::format::chapter::KindRaw::Withdrawn) else {
            return Vec::new();
        };
        let text = clause.summary.as_ref().unwrap_or(&clause.title);
        vec![text.in_lang(self.lang).to_owned()]
    }

    /// Why: what is said of the element, or of what it changes through.
    fn why(&self, change: &Change) -> Vec<String> {
        let own = self.reasons(&change.at);
        if !own.is_empty() || !change.fields.is_empty() {
            return own;
        }
        let mut all: Vec<String> = change.through.iter().flat_map(|at| self.reasons(at)).collect();
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|reason| seen.insert(reason.clone()));
        all
    }

    /// Why, by instruments that are new on the later side.
    fn reasons(&self, at: &str) -> Vec<String> {
        let known = |id: &str| self.before.layers.iter().any(|l| l.in_force && l.id == id);
        let mut all = Vec::new();
        for step in self.after.history.iter().filter(|s| s.at == at) {
            let Some(layer) = self.after.layers.get(step.layer).filter(|l| l.in_force && !known(&l.id))
            else {
                continue;
            };
            let reason = step.reason.in_lang(self.lang);
            all.push(self.lang.pick(format!("{}：{reason}", layer.id), format!("{}: {reason}", layer.id)));
        }
        all.dedup();
        all
    }
}

/// What became of an element, in a word; of what is new or gone also what that does.
fn row_word(change: &Change) -> Text {
    let kind = kind_word(change.kind);
    let does = matches!(change.kind, ChangeKind::Added | ChangeKind::Withdrawn);
    match change.effect {
        Relation::Stricter if does => kind.then(text!("（加严）", " (stricter)")),
        Relation::Looser if does => kind.then(text!("（放宽）", " (looser)")),
        _ => kind,
    }
}

/// The word of a kind.
#[must_use]
pub fn kind_word(kind: ChangeKind) -> Text {
    match kind {
        ChangeKind::Stricter => text!("加严", "stricter"),
        ChangeKind::Looser => text!("放宽", "looser"),
        ChangeKind::Incomparable => text!("松紧不一", "incomparable"),
        ChangeKind::Added => text!("增加", "added"),
        ChangeKind::Withdrawn => text!("撤去", "withdrawn"),
        ChangeKind::Reworded => text!("改写", "reworded"),
    }
}

const fn sign(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Stricter => "▲",
        ChangeKind::Looser => "▽",
        ChangeKind::Incomparable => "◇",
        ChangeKind::Added => "＋",
        ChangeKind::Withdrawn => "－",
        ChangeKind::Reworded => "～",
    }
}

/// What the whole does to grades.
fn whole(diff: &Diff) -> Text {
    match diff.effect {
        Relation::Same => text!("不影响任何等级", "no grade changes"),
        Relation::Stricter => text!("只加严：没有机构因此等级更高", "stricter only: nobody grades higher"),
        Relation::Looser => text!("只放宽：没有机构因此等级更低", "looser only: nobody grades lower"),
        Relation::Incomparable => {
            text!("有的机构等级可能更高，有的可能更低", "some may grade higher, some lower")
        }
    }
}

/// What there is to say where no element differs: digests also cover the order of lists and a few words.
fn same(before: &Edition, after: &Edition) -> Text {
    if before.digest == after.digest {
        return text!("两个版本相同", "the editions are the same");
    }
    text!(
        "规则相同；摘要不同，因为列表的次序或没有编号的文字（标准的名称、编号、声明等）不同",
        "the rules are the same; the digests differ by the order of lists or words without a name (title, number, notice of the standard)"
    )
}

/// The difference for a terminal.
#[must_use]
pub fn text(diff: &Diff, before: &Edition, after: &Edition, lang: Lang, style: Style) -> String {
    let sheet = sheet(diff, before, after, lang);
    let mut out = vec![style.heading(&sheet.standard)];
    for (name, side) in [(text!("原", "from"), &sheet.before), (text!("新", "to"), &sheet.after)] {
        out.push(style.faint(&format!("{}  {}", pad(name.in_lang(lang), 4), side_line(side, lang))));
    }
    if diff.changes.is_empty() {
        out.push(String::new());
        out.push(sheet.same);
        return out.join("\n");
    }
    let counts: Vec<String> = sheet.counts.iter().map(|(word, n)| format!("{word} {n}")).collect();
    out.push(format!("{}{}{}", sheet.effect, lang.pick("；", "; "), counts.join(lang.pick("，", ", "))));
    for row in &sheet.rows {
        out.push(String::new());
        let level =
            row.level.map(|l| lang.pick(format!("{l} 级 "), format!("level {l} "))).unwrap_or_default();
        out.push(format!("{} {}  {}{}  {}", row.sign, row.at, level, row.title, style.heading(&row.word)));
        for (mark, lines) in [(" ", row.same.as_slice()), ("-", &row.was), ("+", &row.now)] {
            for line in lines {
                for (i, part) in wrap(line, 88).into_iter().enumerate() {
                    out.push(format!("    {} {part}", if i == 0 { mark } else { " " }));
                }
            }
        }
        if !row.through.is_empty() {
            let list = row.through.join(lang.pick("、", ", "));
            out.push(style.faint(&lang.pick(format!("    经由 {list}"), format!("    through {list}"))));
        }
        for reason in &row.reasons {
            out.extend(wrap(reason, 88).into_iter().map(|l| style.faint(&format!("    {l}"))));
        }
    }
    let notes: &[NoteOut] = diff.instrument.as_ref().map_or(&[], |i| &i.notes);
    if !notes.is_empty() {
        out.push(String::new());
        let head = text!(
            "作为文件（--format toml）套用于原版本，不能完全得到新版本：",
            "As an instrument (--format toml) over the first edition it does not give exactly the second:"
        );
        out.push(head.in_lang(lang).to_owned());
        for note in notes {
            for (i, part) in wrap(note.text.in_lang(lang), 88).into_iter().enumerate() {
                out.push(format!("  {} {part}", if i == 0 { "·" } else { " " }));
            }
        }
    }
    out.join("\n")
}

/// One side in a line: date, region, layers, digest.
#[must_use]
pub fn side_line(side: &SideOut, lang: Lang) -> String {
    let dates = if side.applied_on == side.assessed_on {
        side.assessed_on.clone()
    } else {
        format!("{}/{}", side.applied_on, side.assessed_on)
    };
    let region = side.region.as_ref().map(|r| lang.pick(format!("，地区 {r}"), format!(", region {r}")));
    let layers = if side.layers.is_empty() {
        lang.pick("基础", "base").to_owned()
    } else {
        side.layers.join(lang.pick("、", ", "))
    };
    let digest = side.digest.get(..12).unwrap_or(&side.digest);
    lang.pick(
        format!("{dates}{}，{layers}，摘要 {digest}", region.clone().unwrap_or_default()),
        format!("{dates}{}, {layers}, digest {digest}", region.unwrap_or_default()),
    )
}
