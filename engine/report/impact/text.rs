//! The answer for a terminal.

use super::{
    CategoryOut, CauseCheckOut, CauseOut, CheckSideOut, DossierOut, ImpactOut, NearOut, RefusedSide,
};
use super::{DiagnosticOut, SideOut};
use crate::analysis::impact::{ThreadKind, Turn};
use crate::lang::{Lang, Text};
use crate::report::layout::{Style, table, wrap};
use crate::report::{evaluation::VerdictOut, words};
use crate::text;
use crate::verdict::Verdict;

/// At most so many lines of one kind are printed for a category; the rest is counted.
const MANY: usize = 12;
const COLUMNS: usize = 100;

/// The answer for a terminal.
#[must_use]
pub fn text(out: &ImpactOut, lang: Lang, style: Style) -> String {
    let writer = Writer { lang, style };
    let mut lines = Vec::new();
    // Where no dossier could be read there is no edition either.
    if !out.standard.is_empty() {
        lines.push(style.heading(&out.standard));
    }
    lines.push(style.faint(&writer.side(&text!("原", "from"), &out.before)));
    lines.push(style.faint(&writer.side(&text!("新", "to"), &out.after)));
    lines.push(totals(out).in_lang(lang).to_owned());
    if let Some(note) = same(out) {
        lines.push(note.in_lang(lang).to_owned());
    }
    if !out.matrix.is_empty() {
        lines.push(String::new());
        lines.extend(writer.matrix(out));
    }
    for dossier in &out.dossiers {
        lines.extend(writer.dossier(dossier));
    }
    for refused in &out.unreadable {
        lines.push(String::new());
        let side = refused_side(refused.side);
        lines.push(style.heading(&format!("! {}  {}", refused.file, side.in_lang(lang))));
        lines.extend(refused.diagnostics.iter().map(|d| format!("    {}", diagnostic(d, lang))));
    }
    if let Some(ledger) = &out.ledger {
        lines.push(String::new());
        lines.push(
            style.heading(
                text!(
                    "台账：未登记 {}，失效 {}",
                    "ledger: {} not acknowledged, {} stale",
                    ledger.missing.len(),
                    ledger.stale.len()
                )
                .in_lang(lang),
            ),
        );
        for entry in &ledger.missing {
            lines.push(String::new());
            lines.push(entry.entry.trim_end().to_owned());
        }
    }
    lines.join("\n")
}

/// The sums in a sentence.
#[must_use]
pub fn totals(out: &ImpactOut) -> Text {
    let t = &out.totals;
    let (dossiers, categories, drops, rises) = (t.dossiers, t.categories, t.drops, t.rises);
    let (shifts, near, newly, asked) = (t.shifts, t.near, t.newly_near, t.asked);
    let stay = categories - drops - rises;
    let mut all = text!(
        "档案 {dossiers} 份，类别 {categories} 个：可授予等级降 {drops}，升 {rises}，不变 {stay}",
        "{dossiers} dossiers, {categories} categories: awards that drop {drops}, rise {rises}, stay {stay}"
    );
    if shifts > 0 {
        all = all.then(text!("（其中区间有变 {shifts}）", " (of these with another interval {shifts})"));
    }
    all = all.then(text!(
        "；差一步即降 {near}（新增 {newly}）；新增待答 {asked}",
        "; one step from a drop {near} (newly {newly}); newly asked {asked}"
    ));
    if t.unreadable > 0 {
        let n = t.unreadable;
        all = all.then(text!("；无法评定的档案 {n} 份", "; dossiers that could not be graded {n}"));
    }
    all
}

/// A remark where both sides graded by the same rules.
#[must_use]
pub fn same(out: &ImpactOut) -> Option<Text> {
    let alike = out.dossiers.iter().all(|d| d.edition_before == d.edition_after);
    (alike && !out.dossiers.is_empty()).then(|| {
        text!(
            "两个版本在这些档案的日期上相同：所求文件可能尚未生效，可在版本里写上日期",
            "on the dates of these dossiers both editions are the same: what was named may not be in force yet; a date can be added to the edition"
        )
    })
}

/// On which side a dossier is refused.
#[must_use]
pub fn refused_side(side: RefusedSide) -> Text {
    match side {
        RefusedSide::Both => text!("两个版本下都无法评定", "cannot be graded under either edition"),
        RefusedSide::Before => text!("原版本下无法评定", "cannot be graded under the earlier edition"),
        RefusedSide::After => text!("新版本下无法评定", "cannot be graded under the later edition"),
    }
}

/// A fault in a line.
#[must_use]
pub fn diagnostic(fault: &DiagnosticOut, lang: Lang) -> String {
    let place = match (&fault.file, fault.line, fault.column) {
        (Some(file), Some(line), Some(column)) => format!("{file}:{line}:{column} "),
        _ => String::new(),
    };
    let help = fault.help.as_ref().map(|h| lang.pick(format!("（{h}）"), format!(" ({h})")));
    format!("{place}{} [{}]{}", fault.message, fault.code, help.unwrap_or_default())
}

/// A verdict in words; what does not count has none.
#[must_use]
pub fn verdict(verdict: Option<VerdictOut>, lang: Lang) -> String {
    let verdict = match verdict {
        Some(VerdictOut::Met) => Verdict::Met,
        Some(VerdictOut::NotMet) => Verdict::NotMet,
        Some(VerdictOut::Undetermined) => Verdict::Undetermined,
        Some(VerdictOut::NotApplicable) => Verdict::NotApplicable,
        None => return lang.pick("未要求", "not asked").to_owned(),
    };
    words::verdict(verdict).in_lang(lang).to_owned()
}

/// A clause that makes the difference: a line for the clause and one for each check.
#[must_use]
pub fn cause_lines(cause: &CauseOut, lang: Lang) -> (String, Vec<String>) {
    let level = cause.level.map(|l| lang.pick(format!("{l} 级"), format!("level {l}")));
    let layer = cause.layer.as_ref().filter(|_| cause.checks.is_empty());
    let layer = layer.map(|l| format!("  {}", layer_words(l, lang))).unwrap_or_default();
    let head = format!(
        "{} {}  {}  {} → {}{layer}",
        cause.clause,
        cause.title,
        level.unwrap_or_default(),
        verdict(cause.before, lang),
        verdict(cause.after, lang)
    );
    (head, cause.checks.iter().map(|c| check_line(c, lang)).collect())
}

fn layer_words(layer: &super::LayerOut, lang: Lang) -> String {
    let draft = if layer.draft { lang.pick("，草案", ", draft") } else { "" };
    let (id, citation) = (&layer.id, &layer.citation);
    lang.pick(format!("〔{id}：{citation}{draft}〕"), format!("[{id}: {citation}{draft}]"))
}

fn check_line(check: &CauseCheckOut, lang: Lang) -> String {
    let name = check.address.split_once('#').map_or(check.address.as_str(), |(_, name)| name);
    let none = || lang.pick("无此要求", "not asked").to_owned();
    let demand = match (&check.before, &check.after) {
        (Some(was), Some(now)) if was.demand == now.demand => now.demand.clone(),
        // The same thing is asked in another measure: it is named once.
        (Some(was), Some(now)) => match (&was.asks, &now.asks) {
            (Some(old), Some(new)) if was.demand.strip_suffix(old) == now.demand.strip_suffix(new) => {
                format!("{} → {new}", was.demand)
            }
            _ => format!("{} → {}", was.demand, now.demand),
        },
        (was, now) => {
            let words = |side: &Option<CheckSideOut>| side.as_ref().map_or_else(none, |s| s.demand.clone());
            format!("{} → {}", words(was), words(now))
        }
    };
    // What is lacking is said by the side on which it is lacking.
    let fails = |s: &&CheckSideOut| !matches!(s.verdict, VerdictOut::Met | VerdictOut::NotApplicable);
    let sides = [&check.after, &check.before].into_iter().flatten();
    let short = sides.clone().find(fails).or_else(|| sides.clone().next());
    let mut parts = vec![demand];
    if let Some(side) = short {
        match &side.found {
            Some(found) => parts.push(lang.pick(format!("实际 {found}"), format!("actual {found}"))),
            None => parts.push(words::reason(side.reason).in_lang(lang).to_owned()),
        }
        parts.extend(side.lacking.clone());
    }
    let mut line = format!("#{name} {}", parts.join(lang.pick("，", ", ")));
    let layer = check.after.as_ref().and_then(|s| s.layer.as_ref());
    if let Some(layer) = layer.or_else(|| check.before.as_ref().and_then(|s| s.layer.as_ref())) {
        line.push_str(&format!(" {}", layer_words(layer, lang)));
    }
    line
}

/// Evidence on which an award hangs, in lines: records of one list on which the same checks hang share one.
#[must_use]
pub fn near_lines(near: &[NearOut], lang: Lang) -> Vec<String> {
    let mut groups: Vec<(&NearOut, Vec<&str>)> = Vec::new();
    for one in near.iter().filter(|n| n.kind != ThreadKind::Statement) {
        let alike = |first: &NearOut| {
            let list = |n: &NearOut| n.evidence.split('[').next().map(str::to_owned);
            one.kind == ThreadKind::Record
                && (first.kind, first.newly, &first.checks) == (one.kind, one.newly, &one.checks)
                && list(first) == list(one)
        };
        match groups.iter_mut().find(|(first, _)| alike(first)) {
            Some((_, names)) => names.push(&one.evidence),
            None => groups.push((one, vec![&one.evidence])),
        }
    }
    let line = |(first, names): (&NearOut, Vec<&str>)| match names.as_slice() {
        [_] => near_line(first, lang),
        names => {
            let (n, list) = (names.len(), names.join(lang.pick("、", ", ")));
            let newly = newly(first, lang);
            let (title, checks) = (&first.title, first.checks.join(lang.pick("、", ", ")));
            lang.pick(
                format!("{newly}{title} {n} 条，缺任一条即降：{list}  {checks}"),
                format!("{newly}{title}: without any one of {n}: {list}  {checks}"),
            )
        }
    };
    groups.into_iter().map(line).collect()
}

fn newly(near: &NearOut, lang: Lang) -> &'static str {
    if near.newly { lang.pick("新增 ", "new: ") } else { lang.pick("原有 ", "as before: ") }
}

/// A piece of evidence on which an award hangs, in words.
#[must_use]
pub fn near_line(near: &NearOut, lang: Lang) -> String {
    let newly = newly(near, lang);
    let change = match (&near.actual, &near.beyond) {
        (Some(actual), Some(beyond)) => format!("{actual} → {beyond}"),
        _ => lang.pick("没有这条记录", "without this record").to_owned(),
    };
    format!("{newly}{} {}  {change}  {}", near.evidence, near.title, near.checks.join(lang.pick("、", ", ")))
}

struct Writer {
    lang: Lang,
    style: Style,
}

impl Writer {
    fn side(&self, name: &Text, side: &SideOut) -> String {
        format!("{}  {}  {}", name.in_lang(self.lang), side.written, side_line(side, self.lang))
    }

    fn matrix(&self, out: &ImpactOut) -> Vec<String> {
        let mut rows = Vec::new();
        let mut head = vec![self.lang.pick("类别（原 → 新）", "category (from → to)").to_owned()];
        head.extend(out.matrix.iter().take(1).flat_map(|m| &m.levels).map(|l| l.title.clone()));
        rows.push(head);
        for row in &out.matrix {
            let mut cells = vec![row.title.clone()];
            cells.extend(row.levels.iter().map(|l| match (l.before, l.after) {
                (0, 0) => "·".to_owned(),
                (before, after) if before == after => before.to_string(),
                (before, after) => format!("{before} → {after}"),
            }));
            rows.push(cells);
        }
        table(&rows)
    }

    fn dossier(&self, dossier: &DossierOut) -> Vec<String> {
        let mut lines = Vec::new();
        let admissible = &dossier.admissibility;
        let mut body = Vec::new();
        if admissible.before != admissible.after {
            let title = self.lang.pick("受理", "admissibility");
            body.push(format!(
                "  {title}  {} → {}",
                verdict(Some(admissible.before), self.lang),
                verdict(Some(admissible.after), self.lang)
            ));
            body.extend(self.causes(&admissible.because));
        }
        for category in &dossier.categories {
            body.extend(self.category(category));
        }
        if body.is_empty() {
            return lines;
        }
        lines.push(String::new());
        let file = self.style.faint(&dossier.file);
        lines.push(format!("{}  {file}", self.style.heading(&dossier.institution)));
        lines.extend(body);
        lines
    }

    fn category(&self, category: &CategoryOut) -> Vec<String> {
        let mut lines = Vec::new();
        let near = near_lines(&category.near, self.lang);
        let findings: Vec<&NearOut> =
            category.near.iter().filter(|n| n.kind == ThreadKind::Statement).collect();
        let new_findings = findings.iter().filter(|n| n.newly).count();
        if category.change == Turn::Same && near.is_empty() && new_findings == 0 && category.asked.is_empty()
        {
            return lines;
        }
        let sign = change_sign(category.change);
        let interval = |g| interval(g, self.lang);
        let awards = match category.change {
            Turn::Same => interval(&category.after),
            _ => format!("{} → {}", interval(&category.before), interval(&category.after)),
        };
        lines.push(format!("  {sign} {}  {}", category.title, self.style.heading(&awards)));
        lines.extend(self.causes(&category.because));
        if category.grading {
            let words = self.lang.pick("定级方式有变", "the way of grading changed");
            lines.push(format!("      {words}"));
        }
        if !near.is_empty() {
            lines.push(format!("      {}", self.lang.pick("差一步即降：", "one step from a drop:")));
            lines.extend(near.iter().take(MANY).flat_map(|n| self.wrapped(n, 8)));
            if near.len() > MANY {
                let n = near.len() - MANY;
                lines.push(self.lang.pick(format!("        ……另有 {n} 项"), format!("        … {n} more")));
            }
        }
        if !findings.is_empty() {
            let n = findings.len();
            lines.push(self.lang.pick(
                format!("      另有 {n} 项结论，任一不成立即降（新增 {new_findings}）"),
                format!("      {n} findings of which each alone would lower it (new: {new_findings})"),
            ));
            let new = findings.iter().filter(|n| n.newly).take(MANY);
            lines.extend(new.flat_map(|n| self.wrapped(&near_line(n, self.lang), 8)));
        }
        for asked in &category.asked {
            let (evidence, title) = (&asked.evidence, &asked.title);
            let new = if asked.new_key { self.lang.pick("（新证据项）", " (new key)") } else { "" };
            let checks = asked.checks.join(self.lang.pick("、", ", "));
            lines.extend(self.wrapped(
                &self.lang.pick(
                    format!("待答 {evidence} {title}{new}  {checks}"),
                    format!("asked: {evidence} {title}{new}  {checks}"),
                ),
                6,
            ));
        }
        lines
    }

    fn causes(&self, causes: &[CauseOut]) -> Vec<String> {
        let mut lines = Vec::new();
        for cause in causes {
            let (head, checks) = cause_lines(cause, self.lang);
            lines.extend(self.wrapped(&head, 6));
            lines.extend(checks.iter().flat_map(|c| self.wrapped(c, 8)));
        }
        lines
    }

    fn wrapped(&self, line: &str, indent: usize) -> Vec<String> {
        let mut first = true;
        let lines = wrap(line, COLUMNS - indent).into_iter().map(|l| {
            let hang = if std::mem::take(&mut first) { 0 } else { 2 };
            format!("{}{l}", " ".repeat(indent + hang))
        });
        lines.collect()
    }
}

/// The sign of a change.
#[must_use]
pub const fn change_sign(turn: Turn) -> &'static str {
    match turn {
        Turn::Drop => "▼",
        Turn::Rise => "▲",
        Turn::Shift => "◇",
        Turn::Same => "·",
    }
}

/// The editions of a side: layers and digest.
#[must_use]
pub fn side_line(side: &SideOut, lang: Lang) -> String {
    let one = |e: &super::EditionOut| {
        let layers = match e.layers.is_empty() {
            true => lang.pick("基础", "base").to_owned(),
            false => e.layers.join(lang.pick("、", ", ")),
        };
        let digest = e.digest.get(..12).unwrap_or(&e.digest);
        lang.pick(format!("{layers}（摘要 {digest}）"), format!("{layers} (digest {digest})"))
    };
    side.editions.iter().map(one).collect::<Vec<_>>().join(lang.pick("；", "; "))
}

/// An award, with the interval of the grade if it is open.
pub(super) fn interval(grade: &super::GradeOut, lang: Lang) -> String {
    let super::GradeOut { title, guaranteed, possible, .. } = grade;
    if guaranteed == possible {
        return title.clone();
    }
    lang.pick(format!("{title}（{guaranteed}–{possible}）"), format!("{title} ({guaranteed}–{possible})"))
}
