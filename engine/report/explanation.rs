//! Why a clause has its verdict: for people and for programs.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::evaluation::{VerdictOut, address};
use super::layout::{Style, wrap};
use super::phrase::{Phrases, shortfall};
use super::{timeline, words};
use crate::assessment::{CategoryResult, ClauseResult};
use crate::check::cite::{Because, Looked, cite, looked};
use crate::check::{Body, Context, Reason};
use crate::dossier::{Dossier, View, context, facts};
use crate::edition::{Clause, Edition, describe};
use crate::evidence::{KeyIx, State, json_value};
use crate::lang::{Lang, Text};
use crate::source::{Place, Sources};
use crate::verdict::{Outcomes, Verdict};

/// Why a clause has its verdict.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ExplanationOut {
    /// The category; `null` for clauses on admissibility and where the standard has none.
    pub category: Option<String>,
    /// Printed id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Summary.
    pub summary: Option<Text>,
    /// Its level.
    pub level: Option<u8>,
    /// Its part.
    pub part: String,
    /// The verdict.
    pub verdict: VerdictOut,
    /// Why.
    pub reason: Reason,
    /// Its checks.
    pub checks: Vec<CheckExplanationOut>,
    /// Ids of the clauses directly below, with their verdicts.
    pub children: Vec<(String, VerdictOut)>,
    /// Interpretations that it rests on.
    pub interpretations: Vec<InterpretationUseOut>,
}

/// Why a check has its verdict.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckExplanationOut {
    /// Its address.
    pub address: String,
    /// What it demands, in words.
    pub demand: Text,
    /// The verdict.
    pub verdict: VerdictOut,
    /// Why.
    pub reason: Reason,
    /// What was found, in words.
    pub actual: Option<Text>,
    /// The threshold as written.
    pub threshold: Option<Json>,
    /// How much is lacking, in the base unit.
    pub shortfall: Option<describe::Number>,
    /// The layer that set it.
    pub layer: String,
    /// What instruments did to it and its clause, in order; those not in force too.
    pub timeline: Vec<describe::StepOut>,
    /// `gate` or `observation`.
    pub effect: String,
    /// The facts that it rests on.
    pub evidence: Vec<FactOut>,
    /// Records that it looked at, counted or left out.
    pub records: Vec<RecordOut>,
}

/// A fact.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FactOut {
    /// Its address.
    pub address: String,
    /// What is known: `known`, `absent`, `not-applicable`, `missing`, `unreviewed`, `disputed`.
    pub state: String,
    /// The value, if it is known.
    pub value: Option<Json>,
    /// Who said so.
    pub sources: Vec<SourceOut>,
}

/// A statement behind a fact.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SourceOut {
    /// `self`, `review` or `stipulated`.
    pub side: String,
    /// By whom.
    pub by: Option<String>,
    /// When.
    pub on: Option<String>,
    /// File.
    pub file: Option<String>,
    /// Line, from 1.
    pub line: Option<usize>,
    /// Documents.
    pub documents: Vec<String>,
    /// A note.
    pub note: Option<String>,
}

/// A record that a check looked at.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecordOut {
    /// Its address.
    pub record: String,
    /// `counted`, `left-out` or `open`.
    #[serde(rename = "use")]
    pub use_: String,
    /// What it adds, if anything.
    pub value: Option<Json>,
    /// Conditions that do not hold, or are open.
    pub because: Vec<BecauseOut>,
}

/// A condition that does not hold, or is open.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BecauseOut {
    /// The field.
    pub field: String,
    /// The operator.
    pub op: String,
    /// The operand as written.
    pub threshold: String,
    /// What was found.
    pub found: Option<Json>,
    /// Whether it may still hold.
    pub open: bool,
}

/// An interpretation that a clause rests on.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct InterpretationUseOut {
    /// Identifier.
    pub id: String,
    /// The question.
    pub question: Text,
    /// The reading that is adopted.
    pub adopted: Text,
    /// Why.
    pub reason: Text,
}

/// Explains clauses of one evaluated dossier.
pub struct Explainer<'a> {
    /// The edition.
    pub edition: &'a Edition,
    /// The dossier.
    pub dossier: &'a Dossier,
    /// The view.
    pub view: View,
    /// The texts, for places.
    pub sources: &'a Sources,
}

impl Explainer<'_> {
    /// Explains one clause in one category; `result` is `None` for clauses on admissibility.
    #[must_use]
    pub fn explain(&self, own: &ClauseResult, result: Option<&CategoryResult>) -> Option<ExplanationOut> {
        let clause = self.edition.clause(own.clause)?;
        let nobody =
            crate::dossier::Entry { category: None, target: 0, stage: None, span: crate::source::Span::NONE };
        let entry = result.map_or(&nobody, |r| &r.entry);
        let facts = facts(self.dossier, self.edition, self.view, entry.category);
        let ctx = context(self.dossier, self.edition, entry, &facts);
        let standard = &self.edition.standard;
        let children = clause.children.iter().filter_map(|child| {
            let id = self.edition.clause(*child)?.id.to_string();
            Some((id, result?.clause(*child)?.verdict().into()))
        });
        let cited = clause.all_interpretations();
        Some(ExplanationOut {
            category: entry.category.and_then(|c| standard.categories.get(c)).map(|c| c.id.clone()),
            id: clause.id.to_string(),
            title: clause.title.clone(),
            summary: clause.summary.clone(),
            level: clause.level,
            part: standard.parts.get(clause.part).map(|p| p.id.clone()).unwrap_or_default(),
            verdict: own.verdict().into(),
            reason: own.reason,
            checks: (0..clause.checks.len()).filter_map(|i| self.check(clause, i, own, &ctx)).collect(),
            children: children.collect(),
            interpretations: cited.into_iter().filter_map(|id| self.interpretation(id)).collect(),
        })
    }

    fn interpretation(&self, id: &str) -> Option<InterpretationUseOut> {
        let found = self.edition.interpretations.get(id)?;
        let adopted = found.readings.iter().find(|(r, _)| *r == found.adopted).map(|(_, text)| text.clone());
        Some(InterpretationUseOut {
            id: found.id.clone(),
            question: found.question.clone(),
            adopted: adopted.unwrap_or_default(),
            reason: found.reason.clone(),
        })
    }

    fn check(
        &self,
        clause: &Clause,
        i: usize,
        own: &ClauseResult,
        ctx: &Context<'_>,
    ) -> Option<CheckExplanationOut> {
        let (check, result) = (clause.checks.get(i)?, own.checks.get(i)?);
        let phrases = |lang| Phrases { edition: self.edition, lang };
        let both = |say: &dyn Fn(Phrases<'_>) -> Option<String>| {
            Some(Text { zh: say(phrases(Lang::Zh))?, en: say(phrases(Lang::En))? })
        };
        let mut evidence: Vec<FactOut> =
            cite(&check.body, &check.when, ctx).into_iter().map(|c| self.fact(c, ctx)).collect();
        evidence.sort_by(|a, b| a.address.cmp(&b.address));
        evidence.dedup_by(|a, b| a.address == b.address);
        Some(CheckExplanationOut {
            address: clause.address(check),
            demand: both(&|p| Some(p.demand(clause, check))).unwrap_or_default(),
            verdict: result.outcomes.verdict().into(),
            reason: result.reason,
            actual: both(&|p| p.actual(check, result)),
            threshold: check.shown.threshold.clone(),
            shortfall: shortfall(check, result).map(describe::Number),
            layer: describe::layers::layer_id(self.edition, &clause.address(check)),
            timeline: describe::layers::history(self.edition, clause.id.as_str())
                .into_iter()
                .filter(|s| s.at == clause.address(check) || s.at == clause.id.as_str())
                .collect(),
            effect: if check.observation { "observation" } else { "gate" }.to_owned(),
            evidence,
            records: looked(&check.body, ctx).into_iter().map(|r| self.record(r)).collect(),
        })
    }

    fn fact(&self, cited: crate::check::cite::Cited, ctx: &Context<'_>) -> FactOut {
        let sources = cited.claims.iter().filter_map(|c| self.dossier.claims.get(*c)).map(|claim| {
            let place: Option<Place> = self.sources.place(claim.span);
            SourceOut {
                side: match claim.side {
                    crate::evidence::Side::Own => "self",
                    crate::evidence::Side::Review => "review",
                    crate::evidence::Side::Stipulated => "stipulated",
                }
                .to_owned(),
                by: claim.by.as_deref().map(str::to_owned),
                on: claim.on.map(|d| d.to_string()),
                file: place.as_ref().map(|p| p.file.to_string()),
                line: place.map(|p| p.line),
                documents: claim.documents.clone(),
                note: claim.note.clone(),
            }
        });
        FactOut {
            address: address(self.edition, ctx.category, cited.key, cited.record.as_deref()),
            state: state_word(&cited.state).to_owned(),
            value: self.value(cited.key, &cited.state),
            sources: sources.collect(),
        }
    }

    fn value(&self, key: KeyIx, state: &State) -> Option<Json> {
        match (state, self.edition.dictionary.get(key)) {
            (State::Known(value), Some(key)) => Some(json_value(key, value)),
            _ => None,
        }
    }

    fn record(&self, looked: Looked) -> RecordOut {
        RecordOut {
            record: format!("{}[{}]", self.edition.dictionary.name(looked.list), looked.id),
            use_: match looked.counts {
                Outcomes::MET => "counted",
                Outcomes::NOT_MET => "left-out",
                _ => "open",
            }
            .to_owned(),
            value: looked.value.as_ref().and_then(|(key, state)| self.value(*key, state)),
            because: looked.because.iter().map(|b| self.because(b)).collect(),
        }
    }

    fn because(&self, because: &Because) -> BecauseOut {
        BecauseOut {
            field: because.condition.path.clone(),
            op: because.condition.op.to_owned(),
            threshold: because.condition.written.clone(),
            found: because.found.as_ref().and_then(|(key, state)| match state {
                State::Known(_) => self.value(*key, state),
                other => Some(state_word(other).into()),
            }),
            open: because.open,
        }
    }

    /// The same explanation for people.
    #[must_use]
    pub fn text(
        &self,
        own: &ClauseResult,
        result: Option<&CategoryResult>,
        lang: Lang,
        style: Style,
    ) -> Option<String> {
        let clause = self.edition.clause(own.clause)?;
        let explanation = self.explain(own, result)?;
        let nobody =
            crate::dossier::Entry { category: None, target: 0, stage: None, span: crate::source::Span::NONE };
        let entry = result.map_or(&nobody, |r| &r.entry);
        let facts = facts(self.dossier, self.edition, self.view, entry.category);
        let ctx = context(self.dossier, self.edition, entry, &facts);
        let phrases = Phrases { edition: self.edition, lang };
        let mut out = Vec::new();
        let category = entry.category.and_then(|c| self.edition.standard.categories.get(c));
        let mut title = format!("{}  {}", clause.id, clause.title.in_lang(lang));
        if let Some(category) = category {
            title = lang.pick(
                format!("{title}（{}）", category.title.zh),
                format!("{title} ({})", category.title.en),
            );
        }
        out.push(style.heading(&title));
        if let Some(summary) = &clause.summary {
            out.extend(wrap(summary.in_lang(lang), 96).into_iter().map(|l| format!("  {l}")));
        }
        out.push(format!("  {}", self.verdict_line(own.outcomes, own.reason, lang, style)));
        let faint = |line: String, indent: &str| {
            let folded = wrap(&line, 94 - indent.len()).into_iter().enumerate();
            let all =
                folded.map(|(i, l)| style.faint(&format!("{indent}{}{l}", if i == 0 { "" } else { "  " })));
            all.collect::<Vec<_>>()
        };
        for line in timeline::lines(self.edition, clause.id.as_str(), lang) {
            out.extend(faint(line, "  "));
        }
        for (i, check) in clause.checks.iter().enumerate() {
            let (Some(explained), Some(tested)) = (explanation.checks.get(i), own.checks.get(i)) else {
                continue;
            };
            out.push(String::new());
            let mut demand = format!("#{}  {}", check.id, explained.demand.in_lang(lang));
            if check.observation {
                demand.push_str(lang.pick("（观察项）", " (observation)"));
            }
            for (n, line) in wrap(&demand, 94).into_iter().enumerate() {
                out.push(format!("{}{line}", if n == 0 { "  " } else { "      " }));
            }
            let mut line = self.verdict_line(tested.outcomes, tested.reason, lang, style);
            if let Some(actual) = &explained.actual {
                let actual = actual.in_lang(lang);
                line = lang.pick(format!("{line}；现为 {actual}"), format!("{line}; it is {actual}"));
            }
            if let Some(lack) = phrases.shortfall(check, tested) {
                line = lang.pick(format!("{line}，{lack}"), format!("{line}, {lack}"));
            }
            out.push(format!("    {line}"));
            let looked = looked(&check.body, &ctx);
            if looked.is_empty() {
                out.extend(self.fact_lines(&check.body, &check.when, &ctx, lang, style));
            } else {
                out.extend(self.record_lines(&check.body, &looked, phrases, style));
            }
            for line in timeline::of_check(self.edition, &clause.address(check), check, lang) {
                out.extend(faint(line, "    "));
            }
        }
        if !explanation.children.is_empty() {
            let all: Vec<String> = clause
                .children
                .iter()
                .filter_map(|c| Some((self.edition.clause(*c)?, result?.clause(*c)?.verdict())))
                .map(|(c, v)| style.verdict(v, &format!("{} {}", words::sign(v), c.id)))
                .collect();
            out.push(format!("  {}", all.join("  ")));
        }
        for interpretation in &explanation.interpretations {
            out.push(String::new());
            let question = format!("{}  {}", interpretation.id, interpretation.question.in_lang(lang));
            out.extend(wrap(&question, 96).into_iter().map(|l| format!("  {l}")));
            let adopted = lang.pick(
                format!("采用：{}（{}）", interpretation.adopted.zh, interpretation.reason.zh),
                format!("adopted: {} ({})", interpretation.adopted.en, interpretation.reason.en),
            );
            out.extend(wrap(&adopted, 94).into_iter().map(|l| style.faint(&format!("    {l}"))));
        }
        Some(out.join("\n"))
    }

    fn verdict_line(&self, outcomes: Outcomes, reason: Reason, lang: Lang, style: Style) -> String {
        let verdict = outcomes.verdict();
        let word = words::verdict(verdict);
        let line = format!("{} {}", words::sign(verdict), word.in_lang(lang));
        let reason = words::reason(reason);
        let reason = reason.in_lang(lang);
        format!("{}{}{reason}", style.verdict(verdict, &line), lang.pick("：", ": "))
    }

    fn fact_lines(
        &self,
        body: &Body,
        when: &[crate::check::Condition],
        ctx: &Context<'_>,
        lang: Lang,
        style: Style,
    ) -> Vec<String> {
        let phrases = Phrases { edition: self.edition, lang };
        let mut out = Vec::new();
        for cited in cite(body, when, ctx) {
            let name = address(self.edition, ctx.category, cited.key, cited.record.as_deref());
            out.push(format!("    {name} = {}", phrases.state(cited.key, &cited.state)));
            out.extend(
                self.claim_lines(&cited.claims, lang).into_iter().map(|l| style.faint(&format!("      {l}"))),
            );
        }
        out
    }

    /// Statements in a line each: side, name, date, place, documents, note.
    fn claim_lines(&self, claims: &[usize], lang: Lang) -> Vec<String> {
        let mut lines = Vec::new();
        for claim in claims.iter().filter_map(|c| self.dossier.claims.get(*c)) {
            let mut parts = vec![words::side(claim.side).in_lang(lang).to_owned()];
            parts.extend(claim.by.as_deref().map(str::to_owned));
            parts.extend(claim.on.map(|d| d.to_string()));
            parts.extend(self.sources.place(claim.span).map(|p| format!("{}:{}", p.file, p.line)));
            parts.extend(claim.documents.iter().cloned());
            parts.extend(claim.note.clone());
            lines.push(parts.join(lang.pick("，", ", ")));
        }
        lines
    }

    /// Records in groups of one use, one value and one reason, so that thirty of a kind take a line.
    fn record_lines(
        &self,
        body: &Body,
        looked: &[Looked],
        phrases: Phrases<'_>,
        style: Style,
    ) -> Vec<String> {
        let lang = phrases.lang;
        let mut out = Vec::new();
        for used in used_records(body, looked, phrases) {
            let title = lang.pick(
                format!("{} {} 条", used.title.zh, used.count),
                format!("{}: {}", used.title.en, used.count),
            );
            out.push(format!("    {}", style.verdict(used.verdict, &title)));
            for (value, because, ids) in used.groups {
                let mut line = ids.join(" ");
                for part in [value, because].into_iter().filter(|p| !p.is_empty()) {
                    line = format!("{line}{}{part}", lang.pick("：", ": "));
                }
                let mut lines = wrap(&line, 90).into_iter();
                out.extend(lines.next().map(|l| format!("      {l}")));
                out.extend(lines.map(|l| format!("        {l}")));
            }
        }
        out
    }
}

/// Records of one use.
pub struct Used {
    /// `counted`, `left-out` or `open`.
    pub word: &'static str,
    /// The use in words.
    pub title: Text,
    /// How the use is coloured.
    pub verdict: Verdict,
    /// How many.
    pub count: usize,
    /// Value, reason, ids.
    pub groups: Vec<(String, String, Vec<String>)>,
}

/// Records in groups of one use, one value and one reason. Of a sample they lie within or without its range.
#[must_use]
pub fn used_records(body: &Body, looked: &[Looked], phrases: Phrases<'_>) -> Vec<Used> {
    let lang = phrases.lang;
    let used = |word, title, verdict| Used { word, title, verdict, count: 0, groups: Vec::new() };
    let sampled = matches!(body, Body::Attest(_));
    let titles = if sampled {
        [
            crate::text!("抽样范围内", "within the range of the sample"),
            crate::text!("抽样范围外", "outside it"),
            crate::text!("范围未定", "open"),
        ]
    } else {
        [crate::text!("计入", "counted"), crate::text!("未计入", "left out"), crate::text!("待定", "open")]
    };
    let [counted, left_out, open] = titles;
    let mut all = [
        used("counted", counted, Verdict::Met),
        used("left-out", left_out, Verdict::NotApplicable),
        used("open", open, Verdict::Undetermined),
    ];
    for record in looked {
        let because: Vec<String> = record.because.iter().map(|b| phrases.because(b)).collect();
        let because = because.join(lang.pick("；", "; "));
        // What is not known of a record that does not count is of no interest.
        let value = record
            .value
            .as_ref()
            .filter(|(_, state)| matches!(state, State::Known(_)) || record.counts != Outcomes::NOT_MET);
        let value = value.map(|(key, state)| phrases.state(*key, state)).unwrap_or_default();
        let at = match record.counts {
            Outcomes::MET => 0,
            Outcomes::NOT_MET => 1,
            _ => 2,
        };
        let Some(used) = all.get_mut(at) else { continue };
        used.count += 1;
        match used.groups.iter_mut().find(|(v, b, _)| *v == value && *b == because) {
            Some((_, _, ids)) => ids.push(record.id.clone()),
            None => used.groups.push((value, because, vec![record.id.clone()])),
        }
    }
    all.into_iter().filter(|u| u.count > 0).collect()
}

/// The word for what is known.
fn state_word(state: &State) -> &'static str {
    use crate::evidence::Why;
    match state {
        State::Known(_) => "known",
        State::Absent => "absent",
        State::NotApplicable => "not-applicable",
        State::Unknown(Why::Missing) => "missing",
        State::Unknown(Why::Unreviewed) => "unreviewed",
        State::Unknown(Why::Disputed) => "disputed",
    }
}
