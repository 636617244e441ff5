//! Cases that need no hand: attestations, and clauses that other clauses require.

use std::collections::BTreeMap;

use super::{Baseline, Setting, Subject, Trial, Variation};
use crate::check::{Body, Check};
use crate::edition::{Clause, Edition};
use crate::evidence::Place;
use crate::source::Span;
use crate::standard::Role;
use crate::verdict::Verdict;

/// The generated cases.
pub(super) fn trials(edition: &Edition, baselines: &mut BTreeMap<Setting, Baseline>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (c, clause) in edition.clauses.iter().enumerate() {
        for (k, check) in clause.checks.iter().enumerate() {
            let Some(setting) = setting(edition, clause, check) else { continue };
            if !matches!(check.body, Body::Attest(_) | Body::Requires(..)) {
                continue;
            }
            if !baselines.contains_key(&setting) {
                baselines.insert(setting.clone(), super::run::baseline(edition, &setting));
            }
            let Some(baseline) = baselines.get(&setting) else { continue };
            for (variation, expect) in variations(edition, &setting, check, &baseline.json) {
                trials.push(Trial {
                    subject: Subject::Check(c, k),
                    setting: setting.clone(),
                    variation,
                    expect: Some(expect),
                    value: None,
                    reaches: None,
                    name: None,
                    span: check.span,
                    generated: true,
                });
            }
        }
    }
    trials
}

/// Where a check applies: a category that it concerns, its level, and a stage in which it is due
/// (or, for a check that stands in for others, one in which they are not).
fn setting(edition: &Edition, clause: &Clause, check: &Check) -> Option<Setting> {
    let standard = &edition.standard;
    let admissibility =
        matches!(standard.parts.get(clause.part).map(|p| p.role), Some(Role::Admissibility | Role::None));
    let level = clause.level.unwrap_or(1);
    let gradable = |c: &usize| edition.empty_parts(Some(*c)).next().is_none();
    let categories: Vec<Option<usize>> =
        match (admissibility || standard.categories.is_empty(), clause.category) {
            (true, _) => vec![None],
            (false, Some(category)) => vec![Some(category)],
            (false, None) => (0..standard.categories.len()).filter(gradable).map(Some).collect(),
        };
    let stages: Vec<Option<usize>> = match standard.stages.len() {
        0 => vec![None],
        n => (0..n).map(Some).collect(),
    };
    let due = |rule: usize, stage| standard.dues.get(rule).is_some_and(|d| d.is_due(stage, level));
    let fits = |stage: &Option<usize>| {
        check.due.is_none_or(|rule| due(rule, *stage))
            && check.stands_until.is_none_or(|rule| !due(rule, *stage))
    };
    let stage = stages.into_iter().find(fits)?;
    let conditions: Vec<_> = clause.when.iter().chain(&check.when).cloned().collect();
    let category = categories.into_iter().find(|category| applies(edition, &conditions, *category, stage))?;
    let assessed_on = super::day()?;
    Some(Setting { category, level, stage, assessed_on })
}

fn applies(
    edition: &Edition,
    conditions: &[crate::check::Condition],
    category: Option<usize>,
    stage: Option<usize>,
) -> bool {
    use crate::check::{Context, Probe, Source};
    let facts = crate::evidence::Facts::default();
    let ctx = Context {
        standard: &edition.standard,
        dictionary: &edition.dictionary,
        derived: &edition.derived,
        facts: &facts,
        category,
        stage,
        level: 1,
        applied_on: edition.applied_on,
        assessed_on: edition.assessed_on,
        award_on: None,
    };
    let fixed = conditions.iter().filter(|c| matches!(c.source, Source::Category | Source::Stage));
    fixed.into_iter().all(|c| c.ask(Probe::Dossier, &ctx).outcomes.surely_passes())
}

fn variations(
    edition: &Edition,
    setting: &Setting,
    check: &Check,
    baseline: &serde_json::Value,
) -> Vec<(Variation, Verdict)> {
    let set = |address: String, value: &str| Variation {
        sets: vec![(format!("{address}={value}"), Span::NONE)],
        ..Variation::default()
    };
    match &check.body {
        Body::Attest(attest) => {
            let Some(key) = edition.dictionary.get(attest.key) else { return Vec::new() };
            let category = setting.category.and_then(|c| edition.standard.categories.get(c));
            match &attest.sample {
                None => {
                    let prefix = match (key.place, category) {
                        (Place::Category, Some(category)) => format!("{}/", category.id),
                        _ => String::new(),
                    };
                    let address = format!("{prefix}{}", key.name);
                    let mut all = vec![
                        (set(address.clone(), "conforms"), Verdict::Met),
                        (set(address.clone(), "fails"), Verdict::NotMet),
                        (set(address.clone(), "?"), Verdict::Undetermined),
                        (set(address.clone(), "!"), Verdict::NotMet),
                    ];
                    if key.may_not_apply {
                        all.push((set(address, "not-applicable"), Verdict::NotApplicable));
                    }
                    all
                }
                Some(sample) => {
                    // As it is in the baseline; failing on every record; with no record to show it
                    // on; and with nothing said of the list.
                    let list = edition.dictionary.name(sample.list);
                    let field = key.field_name();
                    let ids: Vec<&str> = baseline
                        .pointer(&format!("/record/{list}"))
                        .and_then(serde_json::Value::as_array)
                        .into_iter()
                        .flatten()
                        .filter_map(|r| r.get("id")?.as_str())
                        .collect();
                    let on_each = |value: &str| Variation {
                        sets: ids
                            .iter()
                            .map(|id| (format!("{list}[{id}].{field}={value}"), Span::NONE))
                            .collect(),
                        ..Variation::default()
                    };
                    let mut all = vec![
                        (Variation::default(), Verdict::Met),
                        (on_each("fails"), Verdict::NotMet),
                        (on_each("?"), Verdict::Undetermined),
                        (
                            Variation { records: vec![(list.to_owned(), EMPTY)], ..Variation::default() },
                            Verdict::NotMet,
                        ),
                        (
                            Variation { without: vec![list.to_owned()], ..Variation::default() },
                            Verdict::Undetermined,
                        ),
                    ];
                    if key.may_not_apply {
                        all.push((on_each("not-applicable"), Verdict::NotApplicable));
                    }
                    // One record less than the sample needs.
                    if sample.size > 1 {
                        let mut short = on_each("fails");
                        short.sets.truncate(ids.len().saturating_sub(sample.size - 1));
                        all.push((short, Verdict::NotMet));
                    }
                    all
                }
            }
        }
        Body::Requires(id, _) => {
            let mut all = vec![(Variation::default(), Verdict::Met)];
            // One failing finding below the clause that is required makes it fail.
            let failing = edition.clauses.iter().filter(|c| below(c, id.as_str())).find_map(|c| {
                c.checks.iter().find_map(|k| match &k.body {
                    Body::Attest(a) if k.member_of.is_none() && k.due.is_none() && a.sample.is_none() => {
                        let key = edition.dictionary.get(a.key)?;
                        (key.place == Place::Institution).then(|| set(key.name.to_string(), "fails"))
                    }
                    Body::Attest(crate::check::Attest { sample: Some(sample), .. })
                        if k.member_of.is_none() =>
                    {
                        let list = edition.dictionary.name(sample.list);
                        Some(Variation { records: vec![(list.to_owned(), EMPTY)], ..Variation::default() })
                    }
                    _ => None,
                })
            });
            all.extend(failing.map(|v| (v, Verdict::NotMet)));
            all
        }
        _ => Vec::new(),
    }
}

fn below(clause: &Clause, root: &str) -> bool {
    let id = clause.id.as_str();
    id == root || id.strip_prefix(root).is_some_and(|rest| rest.starts_with('.'))
}

const EMPTY: crate::syntax::Node =
    crate::syntax::Node { span: Span::NONE, value: crate::syntax::Value::Array(Vec::new()) };
