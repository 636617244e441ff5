//! Clauses and checks as pages show them.

use super::build::Places;
use super::{CheckPageOut, ClausePageOut, LinkOut, ProcessStepOut, Step};
use crate::check::{Attest, Body, Check};
use crate::edition::{Clause, describe};
use crate::lang::Text;
use crate::report::words;
use crate::standard::Combine;
use crate::text;

/// A clause. Its topic and the clauses that share its content are added where all clauses are known.
pub(super) fn clause_page(places: &Places<'_>, clause: &Clause, history: Vec<Step>) -> ClausePageOut {
    let edition = places.edition;
    let standard = &edition.standard;
    let level = clause.level.and_then(|l| usize::from(l).checked_sub(1));
    ClausePageOut {
        id: clause.id.to_string(),
        depth: clause.id.as_str().matches('.').count(),
        title: clause.title.clone(),
        summary: clause.summary.clone(),
        level: level.and_then(|l| standard.levels.get(l)).map(|l| l.title.clone()),
        part: standard.parts.get(clause.part).map(|p| p.title.clone()).unwrap_or_default(),
        category: clause.category.and_then(|c| standard.categories.get(c)).map(|c| c.title.clone()),
        kind: describe::word(clause.kind),
        kind_title: words::kind(clause.kind),
        topic: None,
        same_as: clause.same_as.as_ref().map(|id| places.named(id.as_str())),
        shared_by: Vec::new(),
        when: (!clause.when.is_empty()).then(|| places.say(|p| p.conditions(&clause.when))),
        choose: clause.choose.map(|n| {
            let of = clause.children.len();
            text!("以下 {of} 条中至少满足 {n} 条", "at least {n} of the {of} clauses below")
        }),
        protect: clause.protect.map(words::protect),
        points: (standard.combine == Combine::Points && clause.points > 0).then_some(clause.points),
        documents: clause.documents.clone(),
        methods: clause.methods.iter().map(|m| words::method(*m)).collect(),
        interpretations: clause.interpretations.iter().map(|id| places.interpretation(id)).collect(),
        steps: clause
            .steps
            .iter()
            .map(|s| ProcessStepOut { title: s.title.clone(), by: s.by.clone(), assumed: s.assumed })
            .collect(),
        checks: in_order(clause)
            .into_iter()
            .map(|(check, depth)| check_page(places, clause, check, depth))
            .collect(),
        history,
    }
}

/// The checks with their depth: members follow the composition that they belong to.
fn in_order(clause: &Clause) -> Vec<(&Check, usize)> {
    fn add<'c>(clause: &'c Clause, of: Option<usize>, depth: usize, all: &mut Vec<(&'c Check, usize)>) {
        for (ix, check) in clause.checks.iter().enumerate().filter(|(_, c)| c.member_of == of) {
            all.push((check, depth));
            // Compositions never contain themselves, which the rules are checked for.
            add(clause, Some(ix), depth + 1, all);
        }
    }
    let mut all = Vec::new();
    add(clause, None, 0, &mut all);
    all
}

fn check_page(places: &Places<'_>, clause: &Clause, check: &Check, depth: usize) -> CheckPageOut {
    let edition = places.edition;
    let members = |members: &[usize]| -> Vec<LinkOut> {
        let members = members.iter().filter_map(|ix| clause.checks.get(*ix));
        members.map(|c| places.check(clause, &c.id)).collect()
    };
    let titled = check.title.is_some();
    let (subject, of) = match &check.body {
        Body::AnyOf(of) if !titled => (text!("以下满足其一", "any of these"), members(of)),
        Body::AllOf(of) if !titled => (text!("以下同时满足", "all of these"), members(of)),
        Body::AnyOf(of) | Body::AllOf(of) => (places.say(|p| p.subject(clause, check)), members(of)),
        Body::Requires(id, _) => {
            let subject = if titled {
                places.say(|p| p.subject(clause, check))
            } else {
                text!("满足条款", "meets the clause")
            };
            (subject, vec![places.named(id.as_str())])
        }
        _ => (places.say(|p| p.subject(clause, check)), Vec::new()),
    };
    let tight = matches!(check.body, Body::Attest(Attest { sample: Some(_), .. }));
    let threshold = places.say(|p| p.threshold(check).unwrap_or_default());
    let threshold = if tight { threshold } else { spaced(threshold) };
    let due = check.due.and_then(|d| edition.standard.dues.get(d)).map(|d| d.title.clone());
    let until_due = check.until_due.and_then(|ix| clause.checks.get(ix));
    let keys = describe::keys(&check.body, &check.when);
    CheckPageOut {
        id: check.id.to_string(),
        anchor: format!("{}/{}", clause.id, check.id),
        depth,
        subject,
        threshold: (!threshold.zh.trim().is_empty()).then_some(threshold),
        of,
        when: (!check.when.is_empty()).then(|| places.say(|p| p.conditions(&check.when))),
        due,
        until_due: until_due.map(|c| places.check(clause, &c.id)),
        observation: check.observation,
        layer: layer(places, clause, check),
        evidence: keys
            .into_iter()
            .filter_map(|ix| edition.dictionary.get(ix))
            .map(|key| places.key(key))
            .collect(),
        interpretations: check.interpretations.iter().map(|id| places.interpretation(id)).collect(),
    }
}

fn layer(places: &Places<'_>, clause: &Clause, check: &Check) -> String {
    describe::check(places.edition, clause, check).layer
}

fn spaced(text: Text) -> Text {
    let spaced = |text: String| if text.is_empty() { text } else { format!(" {text}") };
    Text { zh: spaced(text.zh), en: spaced(text.en) }
}
