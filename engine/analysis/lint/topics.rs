//! Topics: gaps between their levels, topics that are used once beside a like one, clauses without.

use std::collections::{BTreeMap, BTreeSet};

use super::names::near;
use super::{Finding, Subject};
use crate::diag::Code;
use crate::edition::Clause;
use crate::format::standard::StackingRaw;
use crate::text;

/// Levels that a topic skips, in parts whose levels are restated: there a level without the topic drops it.
/// Where levels add to each other, a level that adds nothing is no gap.
pub fn gaps(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let parts = subject.raw.standard.iter().flat_map(|s| &s.parts);
    let restated: Vec<bool> =
        parts.map(|p| p.levels.as_ref().is_some_and(|l| l.value == StackingRaw::Restated)).collect();
    let mut topics: BTreeMap<(usize, Option<usize>, &str), BTreeMap<u8, &Clause>> = BTreeMap::new();
    for clause in subject.edition.clauses.iter().filter(|c| restated.get(c.part) == Some(&true)) {
        if let (Some(topic), Some(level)) = (&clause.topic, clause.level) {
            let place = (clause.part, clause.category, topic.as_str());
            topics.entry(place).or_default().entry(level).or_insert(clause);
        }
    }
    for ((_, _, topic), levels) in &topics {
        let pairs = levels.iter().zip(levels.iter().skip(1));
        for ((low, below), (high, above)) in pairs.filter(|((low, _), (high, _))| **high > **low + 1) {
            let message = text!(
                "主题 `{topic}` 有 {low} 级和 {high} 级，中间没有",
                "the topic `{topic}` has levels {low} and {high}, and nothing between"
            );
            findings.push(
                Finding::new(Code::LevelGap, above.id.as_str(), above.span, message)
                    .other(below.id.as_str(), below.span, text!("{low} 级", "level {low}"))
                    .help(text!(
                        "核对中间的等级是否用了别的主题名",
                        "check whether the level between has another name for it"
                    )),
            );
        }
    }
}

/// Topics that one clause has, with a name close to another topic.
pub fn lone(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let mut topics: BTreeMap<&str, Vec<&Clause>> = BTreeMap::new();
    for clause in subject.own_clauses() {
        if let Some(topic) = &clause.topic {
            topics.entry(topic).or_default().push(clause);
        }
    }
    let names: Vec<&str> = topics.keys().copied().collect();
    let mut said = BTreeSet::new();
    for (a, b, _) in near(&names) {
        let pair =
            [(a, b), (b, a)].into_iter().find(|(own, _)| topics.get(own).is_some_and(|c| c.len() == 1));
        let Some((own, other)) = pair else { continue };
        let place = topics.get(own).and_then(|c| c.first()).zip(topics.get(other).and_then(|c| c.first()));
        let Some((clause, like)) = place.filter(|_| said.insert(own)) else { continue };
        let message = text!(
            "主题 `{own}` 只用了这一次，与 `{other}` 很像",
            "the topic `{own}` is used only here and is close to `{other}`"
        );
        findings.push(
            Finding::new(Code::LoneTopic, clause.id.as_str(), clause.span, message)
                .other(like.id.as_str(), like.span, text!("主题 `{other}`", "the topic `{other}`"))
                .help(text!("同一主题用同一个名称", "give one topic one name")),
        );
    }
}

/// Clauses without a topic among siblings of the same kind that have one. Clauses that only gather others are
/// no siblings of those that say something.
pub fn missing(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let clauses = &subject.edition.clauses;
    for parent in clauses {
        let children: Vec<&Clause> = parent.children.iter().filter_map(|c| clauses.get(*c)).collect();
        for clause in children.iter().filter(|c| c.topic.is_none()) {
            let alike = |other: &&&Clause| {
                other.kind == clause.kind
                    && other.children.is_empty() == clause.children.is_empty()
                    && other.checks.is_empty() == clause.checks.is_empty()
                    && other.topic.is_some()
            };
            let Some(sibling) = children.iter().find(alike) else { continue };
            let id = &clause.id;
            let message =
                text!("条款 `{id}` 没有主题，同级的有", "the clause `{id}` has no topic, its siblings do");
            let why = text!("同级条款的主题", "a sibling with a topic");
            findings.push(
                Finding::new(Code::TopicMissing, id.as_str(), clause.span, message)
                    .other(sibling.id.as_str(), sibling.span, why)
                    .help(text!("补上 topic", "add `topic`")),
            );
        }
    }
}
