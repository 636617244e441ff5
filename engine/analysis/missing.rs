//! The evidence that would leave exactly one level, whatever it turns out to be: nothing in it can be spared.

use std::collections::BTreeSet;

use super::between::obstacles;
use crate::assessment::CategoryResult;
use crate::check::Body;
use crate::check::cite::{Cited, cite};
use crate::dossier::{Dossier, View, context, facts};
use crate::edition::{ClauseIx, Edition};
use crate::evidence::{KeyIx, State, Type, Why};
use crate::standard::Combine;
use crate::verdict::Verdict;

/// One piece of evidence that is missing, unreviewed or disputed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// The key.
    pub key: KeyIx,
    /// The record, if the key is a field; nested records are joined by `/`.
    pub record: Option<String>,
    /// Why it is not known.
    pub why: Why,
}

/// The missing evidence of one category, sorted.
#[must_use]
pub fn missing(edition: &Edition, dossier: &Dossier, view: View, result: &CategoryResult) -> Vec<Missing> {
    let facts = facts(dossier, edition, view, result.entry.category);
    let ctx = context(dossier, edition, &result.entry, &facts);
    let mut needed: BTreeSet<Missing> = BTreeSet::new();
    let mut need = |clause: ClauseIx, checks: &mut dyn Iterator<Item = usize>| {
        let Some(owner) = edition.clause(clause) else { return };
        let conditions: Vec<_> = edition.conditions(clause).cloned().collect();
        for check in checks.filter_map(|i| owner.checks.get(i)) {
            let when: Vec<_> = conditions.iter().chain(&check.when).cloned().collect();
            needed.extend(cite(&check.body, &when, &ctx).into_iter().filter_map(|c| unknown(edition, c)));
        }
    };
    if edition.standard.combine == Combine::Points {
        // Every undetermined clause moves the sum.
        for own in result.clauses.iter().filter(|c| c.verdict() == Verdict::Undetermined) {
            let Some(clause) = edition.clause(own.clause).filter(|c| c.gates) else { continue };
            let open = own.checks.iter().zip(&clause.checks).enumerate();
            let mut open = open
                .filter(|(_, (r, c))| r.outcomes.verdict() == Verdict::Undetermined && !c.observation)
                .map(|(i, _)| i);
            need(own.clause, &mut open);
        }
    } else {
        let (low, high) = (result.attained.guaranteed, result.attained.possible);
        for level in (low + 1..=high).filter_map(|l| u8::try_from(l).ok()) {
            for obstacle in obstacles(edition, dossier, view, result, level) {
                match (obstacle.check, obstacle.alternatives.as_slice()) {
                    (Some(check), []) => need(obstacle.clause, &mut std::iter::once(check)),
                    (Some(_), alternatives) => {
                        let judged = crate::eval::judge(edition, dossier, view, &result.entry, level);
                        let open = open_members(edition, obstacle.clause, alternatives, &judged);
                        need(obstacle.clause, &mut open.into_iter());
                    }
                    (None, _) => choice(edition, obstacle.clause, &mut need),
                }
            }
        }
    }
    needed.into_iter().collect()
}

/// The members of a composition, down to the last, that are still open.
fn open_members(
    edition: &Edition,
    clause: ClauseIx,
    members: &[usize],
    judged: &[crate::assessment::ClauseResult],
) -> Vec<usize> {
    let (Some(owner), Some(result)) = (edition.clause(clause), judged.iter().find(|r| r.clause == clause))
    else {
        return Vec::new();
    };
    let mut open = Vec::new();
    for member in members {
        let undetermined =
            result.checks.get(*member).is_some_and(|r| r.outcomes.verdict() == Verdict::Undetermined);
        match owner.checks.get(*member).map(|c| &c.body) {
            Some(Body::AnyOf(inner) | Body::AllOf(inner)) if undetermined => {
                open.extend(open_members(edition, clause, inner, judged));
            }
            Some(_) if undetermined => open.push(*member),
            _ => {}
        }
    }
    open
}

fn choice(
    edition: &Edition,
    clause: ClauseIx,
    need: &mut dyn FnMut(ClauseIx, &mut dyn Iterator<Item = usize>),
) {
    for child in edition.clause(clause).map(|c| c.children.clone()).unwrap_or_default() {
        let checks = edition.clause(child).map_or(0, |c| c.checks.len());
        need(child, &mut (0..checks));
    }
}

fn unknown(edition: &Edition, cited: Cited) -> Option<Missing> {
    let State::Unknown(why) = cited.state else { return None };
    let list = edition.dictionary.get(cited.key).is_some_and(|k| k.ty == Type::List);
    // A record that is in doubt is named itself; the list, only if records may be lacking.
    let record = if list || cited.record.is_some() { cited.record } else { None };
    Some(Missing { key: cited.key, record, why })
}
