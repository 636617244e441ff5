//! The result of an evaluation as an assessor reads it at a glance.

use super::layout::{Style, table, wrap};
use super::phrase::Phrases;
use super::{timeline, words};
use crate::analysis::between::{Obstacle, next_level, obstacles};
use crate::analysis::missing::{Missing, missing};
use crate::assessment::{Assessment, CategoryResult, Interval};
use crate::check::Reason;
use crate::dossier::Dossier;
use crate::edition::Edition;
use crate::edition::overlay::Layer;
use crate::evidence::Why;
use crate::format::overlay::StatusRaw;
use crate::lang::{Lang, Text};
use crate::report::evaluation::address;
use crate::standard::Combine;
use crate::verdict::{Outcomes, Verdict};

/// At most so many lines of one kind are printed; the rest is counted.
const MANY: usize = 30;

/// Writes the summary of one dossier.
#[must_use]
pub fn summary(
    edition: &Edition,
    dossier: &Dossier,
    assessment: &Assessment,
    dossier_digest: &str,
    lang: Lang,
    style: Style,
) -> String {
    let writer = Writer { edition, dossier, assessment, phrases: Phrases { edition, lang }, lang, style };
    let mut out = writer.head(dossier_digest);
    out.push(String::new());
    out.extend(writer.grades());
    if !assessment.admissibility.clauses.is_empty() {
        out.extend(writer.admissibility());
    }
    for result in &assessment.categories {
        out.extend(writer.category(result));
    }
    out.join("\n")
}

struct Writer<'a> {
    edition: &'a Edition,
    dossier: &'a Dossier,
    assessment: &'a Assessment,
    phrases: Phrases<'a>,
    lang: Lang,
    style: Style,
}

impl Writer<'_> {
    fn pick(&self, zh: &str, en: &str) -> String {
        self.lang.pick(zh, en).to_owned()
    }

    fn head(&self, dossier_digest: &str) -> Vec<String> {
        let standard = &self.edition.standard;
        let short = |digest: &str| digest.get(..12).unwrap_or(digest).to_owned();
        let view = words::view(self.assessment.view);
        let mut rows = vec![
            vec![
                self.pick("标准", "standard"),
                format!("{} {}", standard.number, standard.title.in_lang(self.lang)),
            ],
            vec![
                self.pick("日期", "dates"),
                format!(
                    "{} {}{}{} {}",
                    self.pick("申请", "applied on"),
                    self.dossier.applied_on,
                    self.pick("，", ", "),
                    self.pick("评定", "assessed on"),
                    self.dossier.assessed_on
                ),
            ],
            vec![self.pick("依据", "view"), view.in_lang(self.lang).to_owned()],
            vec![
                self.pick("摘要", "digests"),
                format!(
                    "{} {}{}{} {}",
                    self.pick("版本", "edition"),
                    short(&self.edition.digest),
                    self.pick("，", ", "),
                    self.pick("档案", "dossier"),
                    short(dossier_digest)
                ),
            ],
        ];
        if let (Some(review), crate::dossier::View::Review) = (&self.dossier.review, self.assessment.view) {
            let who = review.assessors.join(&self.pick("、", ", "));
            let line = format!("{who}{}{}", self.pick("，", ", "), review.on);
            rows.insert(3, vec![self.pick("评定人员", "assessors"), line]);
        }
        let layers = self.layers();
        if !layers.is_empty() {
            rows.insert(1, vec![self.pick("修改与地方", "layers"), layers.join(&self.pick("、", ", "))]);
        }
        let mut out = vec![self.style.heading(&self.dossier.institution)];
        out.extend(table(&rows).into_iter().map(|l| self.style.faint(&l)));
        out
    }

    /// The layers in force, and those that the call asks for although they are not: named drafts and regions.
    fn layers(&self) -> Vec<String> {
        let region = |l: &Layer| l.region.as_deref() == Some(l.id.as_str());
        let asked = |l: &&Layer| l.in_force || l.status == StatusRaw::Draft || region(l);
        let said = |l: &Layer| match l.in_force {
            true => l.id.clone(),
            false => format!("{}{}", l.id, timeline::state(l).in_lang(self.lang)),
        };
        self.edition.layers.iter().filter(asked).map(said).collect()
    }

    fn category_name(&self, result: &CategoryResult) -> String {
        let category = result.entry.category.and_then(|c| self.edition.standard.categories.get(c));
        category.map_or_else(|| self.pick("全部", "overall"), |c| c.title.in_lang(self.lang).to_owned())
    }

    fn level(&self, level: u32) -> String {
        let titles = &self.edition.standard.levels;
        let title = usize::try_from(level).ok().and_then(|l| l.checked_sub(1)).and_then(|l| titles.get(l));
        title.map_or_else(|| self.pick("无", "none"), |l| l.title.in_lang(self.lang).to_owned())
    }

    fn interval(&self, interval: Interval) -> String {
        if interval.guaranteed == interval.possible {
            return self.level(interval.guaranteed);
        }
        let to = self.pick("至", "to");
        format!("{} {to} {}", self.level(interval.guaranteed), self.level(interval.possible))
    }

    fn grades(&self) -> Vec<String> {
        let standard = &self.edition.standard;
        let stages = !standard.stages.is_empty();
        let points = standard.combine == Combine::Points;
        let mut header = vec![self.pick("类别", "category")];
        if stages {
            header.push(self.pick("阶段", "stage"));
        }
        header.push(self.pick("申报", "target"));
        let first = self.assessment.categories.first();
        for part in first.map(|c| c.parts.as_slice()).unwrap_or_default() {
            let title = standard.parts.get(part.part).map(|p| p.title.in_lang(self.lang).to_owned());
            header.push(title.unwrap_or_default());
        }
        header.push(self.pick("等级", "grade"));
        header.push(self.pick("可授予", "award"));
        header.push(String::new());
        let mut rows = vec![header];
        let mut verdicts = Vec::new();
        for result in &self.assessment.categories {
            let mut row = vec![self.category_name(result)];
            if stages {
                let stage = result.entry.stage.and_then(|s| standard.stages.get(s));
                row.push(stage.map(|s| s.title.in_lang(self.lang).to_owned()).unwrap_or_default());
            }
            row.push(self.level(u32::from(result.entry.target)));
            for part in &result.parts {
                row.push(if points {
                    let Interval { guaranteed, possible } = part.reached;
                    if guaranteed == possible {
                        guaranteed.to_string()
                    } else {
                        format!("{guaranteed} {} {possible}", self.pick("至", "to"))
                    }
                } else {
                    self.interval(part.reached)
                });
            }
            row.push(self.interval(result.attained));
            row.push(self.level(u32::from(result.award)));
            let verdict = reached(result);
            row.push(match verdict {
                Verdict::Met => self.pick("达到申报等级", "target reached"),
                Verdict::NotMet => self.pick("未达申报等级", "target not reached"),
                _ => self.pick("证据不足，尚不能定", "evidence does not decide"),
            });
            verdicts.push(verdict);
            rows.push(row);
        }
        let mut lines = table(&rows);
        for (line, verdict) in lines.iter_mut().skip(1).zip(verdicts) {
            *line = self.style.verdict(verdict, line);
        }
        if let Some(first) = lines.first_mut() {
            *first = self.style.heading(first);
        }
        lines
    }

    fn admissibility(&self) -> Vec<String> {
        let verdict = self.assessment.admissibility.outcomes.verdict();
        let word = match verdict {
            Verdict::Met | Verdict::NotApplicable => self.pick("可以受理", "admissible"),
            Verdict::NotMet => self.pick("不能受理", "not admissible"),
            Verdict::Undetermined => self.pick("能否受理尚不能定", "admissibility is not decided"),
        };
        let mut out = vec![String::new(), self.style.verdict(verdict, &word)];
        for result in &self.assessment.admissibility.clauses {
            let Some(clause) = self.edition.clause(result.clause) else { continue };
            for (check, own) in clause.checks.iter().zip(&result.checks) {
                if !own.outcomes.surely_passes() && check.member_of.is_none() && !check.observation {
                    let reason = words::reason(own.reason);
                    let line = format!(
                        "{}  {}  {}",
                        clause.id,
                        self.phrases.demand(clause, check),
                        reason.in_lang(self.lang)
                    );
                    out.extend(self.indented(own.outcomes.verdict(), &line));
                }
            }
        }
        out
    }

    fn category(&self, result: &CategoryResult) -> Vec<String> {
        let mut out = Vec::new();
        let name = self.category_name(result);
        if let Some(level) = next_level(self.edition, result) {
            let found = obstacles(self.edition, self.dossier, self.assessment.view, result, level);
            let (certain, open): (Vec<&Obstacle>, Vec<&Obstacle>) =
                found.iter().partition(|o| o.result.outcomes == Outcomes::NOT_MET);
            let lack = self.points_lacking(result, level);
            let level = self.level(u32::from(level));
            let (mut zh, mut en) = (Vec::new(), Vec::new());
            for (n, words) in [(certain.len(), ("不满足", "not met")), (open.len(), ("未定", "undetermined"))]
            {
                if n > 0 {
                    zh.push(format!("{n} 项{}", words.0));
                    en.push(format!("{n} {}", words.1));
                }
            }
            out.extend(self.section(&self.lang.pick(
                format!("{name}：距 {level} 还有 {}", zh.join("，")),
                format!("{name}: {} on the way to {level}", en.join(" and ")),
            )));
            out.extend(lack);
            out.extend(self.obstacles(&certain));
            out.extend(self.obstacles(&open));
        }
        let lacking = missing(self.edition, self.dossier, self.assessment.view, result);
        if !lacking.is_empty() {
            out.extend(self.section(&self.lang.pick(
                format!("{name}：补齐下列 {} 项证据即可定级", lacking.len()),
                format!("{name}: these {} pieces of evidence would settle the grade", lacking.len()),
            )));
            out.extend(self.lacking(result, &lacking));
        }
        out.extend(self.deferred(result, &name));
        out.extend(self.observations(result, &name));
        out
    }

    /// Where grades are a sum of points: how many are lacking.
    fn points_lacking(&self, result: &CategoryResult, level: u8) -> Option<String> {
        let standard = &self.edition.standard;
        let wanted = standard.levels.get(usize::from(level).checked_sub(1)?)?.points;
        let have: u32 = result.parts.iter().map(|p| p.reached.guaranteed).sum();
        (standard.combine == Combine::Points).then(|| {
            let lack = wanted.saturating_sub(have);
            self.lang.pick(
                format!("  需 {wanted} 分，现有 {have} 分，差 {lack} 分"),
                format!("  {wanted} points needed, {have} reached, {lack} short"),
            )
        })
    }

    fn section(&self, title: &str) -> Vec<String> {
        vec![String::new(), self.style.heading(title)]
    }

    /// A line with the sign of its verdict, wrapped under itself.
    fn indented(&self, verdict: Verdict, line: &str) -> Vec<String> {
        let lines = wrap(line, 96);
        lines
            .iter()
            .enumerate()
            .map(|(i, text)| {
                let sign = if i == 0 { words::sign(verdict) } else { " " };
                format!("  {} {text}", self.style.verdict(verdict, sign))
            })
            .collect()
    }

    fn obstacles(&self, found: &[&Obstacle]) -> Vec<String> {
        let mut out = Vec::new();
        for obstacle in found.iter().take(MANY) {
            let Some(clause) = self.edition.clause(obstacle.clause) else { continue };
            let also = match obstacle.also.len() {
                0 => String::new(),
                n => self
                    .lang
                    .pick(format!("（另 {n} 条相同）"), format!(" (and {n} clauses with the same content)")),
            };
            let verdict = obstacle.result.outcomes.verdict();
            let said = match obstacle.check.and_then(|c| clause.checks.get(c)) {
                None => format!("{}{}", clause.title.in_lang(self.lang), self.reason(obstacle.result.reason)),
                Some(check) => {
                    if !obstacle.alternatives.is_empty() {
                        out.extend(self.alternatives(clause, obstacle, &also));
                        continue;
                    }
                    let mut said = self.phrases.demand(clause, check);
                    // Of a sample that nobody has looked at yet there is nothing to tell.
                    let nothing = |r: &crate::check::Range| r.low == Some(crate::quantity::Decimal::ZERO);
                    let unseen = matches!(check.body, crate::check::Body::Attest(_))
                        && matches!(&obstacle.result.actual, crate::check::Actual::Range(r) if nothing(r))
                        && verdict == Verdict::Undetermined;
                    let actual = self.phrases.actual(check, &obstacle.result);
                    if let Some(actual) = actual.filter(|_| !unseen) {
                        said = self
                            .lang
                            .pick(format!("{said}，现为 {actual}"), format!("{said}; it is {actual}"));
                    }
                    match self.phrases.shortfall(check, &obstacle.result) {
                        Some(lack) => self.lang.pick(format!("{said}，{lack}"), format!("{said}, {lack}")),
                        None => format!("{said}{}", self.reason(obstacle.result.reason)),
                    }
                }
            };
            out.extend(self.indented(verdict, &format!("{}  {said}{also}", clause.id)));
        }
        out.extend(self.rest(found.len()));
        out
    }

    /// Several ways to satisfy one demand: one line each below the clause.
    fn alternatives(&self, clause: &crate::edition::Clause, obstacle: &Obstacle, also: &str) -> Vec<String> {
        let verdict = obstacle.result.outcomes.verdict();
        let title = clause.title.in_lang(self.lang);
        let one_of = self.lang.pick("：以下任一", ": any of these");
        let mut out = self.indented(verdict, &format!("{}  {title}{one_of}{also}", clause.id));
        for member in &obstacle.alternatives {
            let Some(check) = clause.checks.get(*member) else { continue };
            let mut lines = wrap(&self.phrases.demand(clause, check), 90).into_iter();
            out.extend(lines.next().map(|l| format!("      · {l}")));
            out.extend(lines.map(|l| format!("        {l}")));
        }
        out
    }

    fn reason(&self, reason: Reason) -> String {
        let words = words::reason(reason);
        let words = words.in_lang(self.lang);
        self.lang.pick(format!("（{words}）"), format!(" ({words})"))
    }

    fn rest(&self, all: usize) -> Option<String> {
        let rest = all.checked_sub(MANY).filter(|n| *n > 0)?;
        Some(self.style.faint(&self.lang.pick(
            format!("    …… 另有 {rest} 项，用 --format json 或 explain 查看全部"),
            format!("    … and {rest} more; --format json and explain show all"),
        )))
    }

    fn lacking(&self, result: &CategoryResult, lacking: &[Missing]) -> Vec<String> {
        let mut rows = Vec::new();
        for item in lacking.iter().take(MANY) {
            let label =
                self.edition.dictionary.get(item.key).map(|k| k.label().in_lang(self.lang).to_owned());
            let why = match item.why {
                // The list itself is there, but may lack records.
                Why::Missing if self.is_given_list(item) => self.pick("记录可能不全", "may lack records"),
                why => words::why(why).in_lang(self.lang).to_owned(),
            };
            rows.push(vec![
                format!(
                    "  ? {}",
                    address(self.edition, result.entry.category, item.key, item.record.as_deref())
                ),
                why,
                label.unwrap_or_default(),
            ]);
        }
        let mut out = table(&rows);
        out.extend(self.rest(lacking.len()));
        out
    }

    fn is_given_list(&self, item: &Missing) -> bool {
        item.record.is_none() && self.dossier.lists.get(&item.key).is_some_and(|l| l.given)
    }

    fn deferred(&self, result: &CategoryResult, name: &str) -> Vec<String> {
        let mut out = Vec::new();
        for (title, ids) in deferred(self.edition, result) {
            let (n, title) = (ids.len(), title.in_lang(self.lang));
            out.extend(self.section(&self.lang.pick(
                format!("{name}：{n} 条要求到{title}时才须满足"),
                format!("{name}: {n} requirements fall due at {title}"),
            )));
            let ids = ids.join(&self.pick("、", ", "));
            out.extend(wrap(&ids, 96).into_iter().map(|l| format!("    {l}")));
        }
        out
    }

    fn observations(&self, result: &CategoryResult, name: &str) -> Vec<String> {
        let mut out = Vec::new();
        for own in &result.clauses {
            let Some(clause) = self.edition.clause(own.clause) else { continue };
            let below = clause.level.is_none_or(|l| l <= result.entry.target);
            for (check, observed) in clause.checks.iter().zip(&own.checks) {
                if check.observation && below && observed.outcomes == Outcomes::NOT_MET {
                    let said = self.phrases.demand(clause, check);
                    let why = match self.phrases.actual(check, observed) {
                        Some(actual) => {
                            self.lang.pick(format!("，现为 {actual}"), format!("; it is {actual}"))
                        }
                        None => self.reason(observed.reason),
                    };
                    let lines = wrap(&format!("{}  {said}{why}", clause.id), 96);
                    out.extend(
                        lines
                            .iter()
                            .enumerate()
                            .map(|(i, l)| format!("  {} {l}", if i == 0 { "·" } else { " " })),
                    );
                }
            }
        }
        if !out.is_empty() {
            let title = self.lang.pick(
                format!("{name}：观察项（不影响等级）"),
                format!("{name}: observations, which never gate"),
            );
            out.splice(0..0, self.section(&title));
        }
        out
    }
}

/// Whether the target is reached: surely, surely not, or not yet known.
#[must_use]
pub fn reached(result: &CategoryResult) -> Verdict {
    let target = u32::from(result.entry.target);
    if result.attained.guaranteed >= target {
        Verdict::Met
    } else if result.attained.possible < target {
        Verdict::NotMet
    } else {
        Verdict::Undetermined
    }
}

/// Requirements up to the target that are not due yet: when they fall due, and their ids.
#[must_use]
pub fn deferred(edition: &Edition, result: &CategoryResult) -> Vec<(Text, Vec<String>)> {
    let mut by_rule: Vec<(Text, Vec<String>)> = Vec::new();
    for own in &result.clauses {
        let below = |c: &&crate::edition::Clause| c.gates && c.level.is_none_or(|l| l <= result.entry.target);
        let Some(clause) = edition.clause(own.clause).filter(below) else { continue };
        let deferred = clause.checks.iter().zip(&own.checks).filter(|(_, r)| r.reason == Reason::Deferred);
        for (check, _) in deferred {
            let Some(rule) = check.due.and_then(|d| edition.standard.dues.get(d)) else { continue };
            let id = clause.id.to_string();
            match by_rule.iter_mut().find(|(t, _)| *t == rule.title) {
                Some((_, ids)) if ids.last() == Some(&id) => {}
                Some((_, ids)) => ids.push(id),
                None => by_rule.push((rule.title.clone(), vec![id])),
            }
        }
    }
    by_rule
}
