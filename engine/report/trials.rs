//! Results of cases for people and programs: expected beside actual, and what covers each side of a check.

use serde_json::{Value as Json, json};

use super::layout::{Style, pad, table, width};
use crate::analysis::cases::{Covered, Held, Outcome, Setting, Tried, interval};
use crate::check::Reason;
use crate::edition::Edition;
use crate::lang::Lang;
use crate::source::Sources;
use crate::verdict::Verdict;

/// What results are shown with.
pub struct View<'a> {
    /// The edition that was tested.
    pub edition: &'a Edition,
    /// The files of cases.
    pub sources: &'a Sources,
    /// The language.
    pub lang: Lang,
}

impl View<'_> {
    /// Failed variations, expected beside actual; with `all`, every one.
    #[must_use]
    pub fn results(&self, outcome: &Outcome, all: bool, style: Style) -> Vec<String> {
        let lang = self.lang;
        let wanted = |tried: &&Tried| tried.actual.is_some() && (all || !tried.passed);
        let mut rows: Vec<Vec<String>> = Vec::new();
        for tried in outcome.results.iter().filter(wanted) {
            let mark = if tried.passed { "✓" } else { "✗" };
            rows.push(vec![
                mark.to_owned(),
                tried.trial.subject.name(self.edition),
                self.expected(tried),
                self.actual(tried),
                self.reason(tried),
                self.setting(&tried.trial.setting),
                self.what(tried),
                self.place(tried),
            ]);
        }
        if rows.is_empty() {
            return Vec::new();
        }
        let words = lang.pick(
            ["", "检查", "期望", "实际", "理由", "基准", "改动", "出处"],
            ["", "check", "expected", "actual", "reason", "baseline", "changed", "where"],
        );
        rows.insert(0, words.map(str::to_owned).to_vec());
        let mut lines = table(&rows);
        if let Some(first) = lines.first_mut() {
            *first = style.heading(first);
        }
        lines
    }

    /// The same for programs.
    #[must_use]
    pub fn results_json(&self, outcome: &Outcome, all: bool) -> Json {
        let wanted = |tried: &&Tried| tried.actual.is_some() && (all || !tried.passed);
        outcome.results.iter().filter(wanted).map(|tried| self.one_json(tried)).collect()
    }

    fn one_json(&self, tried: &Tried) -> Json {
        let trial = &tried.trial;
        let standard = &self.edition.standard;
        let held = |held: &Held| {
            json!({
                "verdict": held.verdict.map(Verdict::id), "value": held.value,
                "reaches": held.reaches.map(|r| json!({ "guaranteed": r.guaranteed, "possible": r.possible })),
            })
        };
        json!({
            "of": trial.subject.name(self.edition),
            "name": trial.name,
            "category": trial.setting.category.and_then(|c| standard.categories.get(c)).map(|c| &c.id),
            "level": trial.setting.level,
            "stage": trial.setting.stage.and_then(|s| standard.stages.get(s)).map(|s| &s.id),
            "assessed-on": trial.setting.assessed_on.to_string(),
            "changed": changes(tried),
            "generated": trial.generated,
            "place": self.sources.place(trial.span),
            "expected": held(&expected(tried)),
            "actual": tried.actual.as_ref().map(held),
            "reason": tried.reason.map(Reason::id),
            "passed": tried.passed,
        })
    }

    /// What covers each side of each check, and why a side is not covered.
    #[must_use]
    pub fn coverage(&self, outcome: &Outcome, style: Style) -> Vec<String> {
        let lang = self.lang;
        let mut lines = Vec::new();
        for covered in &outcome.coverage {
            lines.push(style.heading(&covered.name));
            if let Some(shared) = &covered.shared {
                let words = lang.pick("内容相同，见", "shares its content with");
                lines.push(style.faint(&format!("  {words} {shared}")));
                continue;
            }
            let rows = self.rows(covered, outcome);
            let widest = rows.iter().map(|(_, side, _)| width(side)).max().unwrap_or(0);
            for (mark, side, by) in rows {
                lines.push(format!("  {mark} {}  {by}", pad(&side, widest)).trim_end().to_owned());
            }
        }
        lines
    }

    fn rows(&self, covered: &Covered, outcome: &Outcome) -> Vec<(&'static str, String, String)> {
        let lang = self.lang;
        covered
            .sides
            .iter()
            .map(|seen| {
                let side = seen.side.title().in_lang(lang).to_owned();
                let by = self.by(&seen.by, outcome);
                match (&seen.excused, by.is_empty()) {
                    (_, false) => ("✓", side, by.join(lang.pick("、", ", "))),
                    (Some(why), true) => ("·", side, why.in_lang(lang).to_owned()),
                    (None, true) => {
                        let why = lang.pick("没有用例试过", "no case tries it");
                        ("✗", side, why.to_owned())
                    }
                }
            })
            .collect()
    }

    /// Where the variations are written: at most three places, generated ones once.
    fn by(&self, by: &[usize], outcome: &Outcome) -> Vec<String> {
        let tried = by.iter().filter_map(|i| outcome.results.get(*i));
        let mut places: Vec<String> = tried.map(|t| self.place(t)).collect();
        places.dedup();
        let more = places.len().saturating_sub(3);
        places.truncate(3);
        if more > 0 {
            places.push(format!("+{more}"));
        }
        places
    }

    /// The same for programs.
    #[must_use]
    pub fn coverage_json(&self, outcome: &Outcome) -> Json {
        let one = |covered: &Covered| {
            let sides = covered.sides.iter().map(|seen| {
                let tried = seen.by.iter().filter_map(|i| outcome.results.get(*i));
                let by: Vec<Json> = tried
                    .map(|t| match t.trial.generated {
                        true => json!("generated"),
                        false => json!(self.sources.place(t.trial.span)),
                    })
                    .collect();
                let lacking = seen.by.is_empty() && seen.excused.is_none() && covered.shared.is_none();
                json!({ "side": seen.side.id(), "by": by, "excused": seen.excused, "uncovered": lacking })
            });
            json!({ "of": covered.name, "shared-with": covered.shared, "sides": sides.collect::<Vec<_>>() })
        };
        outcome.coverage.iter().map(one).collect()
    }

    /// The expectation in words.
    #[must_use]
    pub fn expected(&self, tried: &Tried) -> String {
        self.held(&expected(tried))
    }

    /// What it gave, in words.
    #[must_use]
    pub fn actual(&self, tried: &Tried) -> String {
        tried.actual.as_ref().map(|held| self.held(held)).unwrap_or_default()
    }

    fn held(&self, held: &Held) -> String {
        let verdict = held.verdict.map(|v| super::words::verdict(v).in_lang(self.lang).to_owned());
        let reaches = held.reaches.map(|r| {
            let words = self.lang.pick("达到", "reaches");
            format!("{words} {}", interval(r))
        });
        let parts: Vec<String> = [verdict, held.value.clone(), reaches].into_iter().flatten().collect();
        parts.join(self.lang.pick("，", ", "))
    }

    /// The reason in words.
    #[must_use]
    pub fn reason(&self, tried: &Tried) -> String {
        tried.reason.map(|r| super::words::reason(r).in_lang(self.lang).to_owned()).unwrap_or_default()
    }

    /// The baseline in words.
    #[must_use]
    pub fn setting(&self, setting: &Setting) -> String {
        let standard = &self.edition.standard;
        let category = setting.category.and_then(|c| standard.categories.get(c)).map(|c| &c.title);
        let level = standard.levels.get(usize::from(setting.level).saturating_sub(1)).map(|l| &l.title);
        let stage = setting.stage.and_then(|s| standard.stages.get(s)).map(|s| &s.title);
        let parts = [category, level, stage].into_iter().flatten();
        let mut parts: Vec<String> = parts.map(|t| t.in_lang(self.lang).to_owned()).collect();
        if crate::analysis::cases::day() != Some(setting.assessed_on) {
            parts.push(setting.assessed_on.to_string());
        }
        parts.join(self.lang.pick("，", ", "))
    }

    /// What was changed, with the name of the variation if it has one.
    #[must_use]
    pub fn what(&self, tried: &Tried) -> String {
        let changes = changes(tried);
        let changes = match changes.is_empty() {
            true => self.lang.pick("没有改动", "nothing").to_owned(),
            false => changes.join(self.lang.pick("；", "; ")),
        };
        match &tried.trial.name {
            Some(name) => format!("{name}{}{changes}", self.lang.pick("：", ": ")),
            None => changes,
        }
    }

    /// File and line; of a generated variation, that it is one.
    #[must_use]
    pub fn place(&self, tried: &Tried) -> String {
        if tried.trial.generated {
            return self.lang.pick("自动生成", "generated").to_owned();
        }
        let place = self.sources.place(tried.trial.span);
        place.map(|p| format!("{}:{}", p.file, p.line)).unwrap_or_default()
    }
}

fn expected(tried: &Tried) -> Held {
    Held {
        verdict: tried.trial.expect,
        value: tried.trial.value.as_ref().map(|v| v.value.clone()),
        reaches: tried.trial.reaches.as_ref().map(|(r, _)| *r),
    }
}

/// What was changed, each change as it is written.
fn changes(tried: &Tried) -> Vec<String> {
    let variation = &tried.trial.variation;
    let mut all: Vec<String> = variation.sets.iter().map(|(set, _)| set.clone()).collect();
    for (list, node) in &variation.records {
        all.push(format!("{list} = {}", node.to_json()));
    }
    all.extend(variation.without.iter().map(|list| format!("without {list}")));
    all.extend(variation.incomplete.iter().map(|list| format!("incomplete {list}")));
    all
}
