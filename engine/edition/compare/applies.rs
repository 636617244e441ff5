//! What may turn out not to apply. For a clause that gates by itself that is as good as met; among alternatives, for a
//! choice among clauses, and where points are counted, it is not.

use std::collections::BTreeSet;

use super::Pair;
use crate::check::{Attest, Body, Check};
use crate::edition::{Clause, Edition};
use crate::evidence::KeyIx;
use crate::id::ClauseId;
use crate::standard::{Combine, Role};

impl Pair<'_> {
    /// Whether it matters, in either edition, if a clause is met or merely does not apply.
    pub(super) fn exposed(&self, clauses: (&Clause, &Clause)) -> bool {
        exposed(self.before, clauses.0) || exposed(self.after, clauses.1)
    }

    /// The same of a clause or of one below it.
    pub(super) fn exposed_below(&self, clauses: (&Clause, &Clause)) -> bool {
        let below = |edition: &Edition, clause: &Clause| {
            let prefix = format!("{}.", clause.id);
            let mut all = edition.clauses.iter().filter(|c| c.id.as_str().starts_with(&prefix));
            all.any(|c| exposed(edition, c))
        };
        self.exposed(clauses) || below(self.before, clauses.0) || below(self.after, clauses.1)
    }

    /// The same of a check.
    pub(super) fn exposed_check(&self, clauses: (&Clause, &Clause), checks: (&Check, &Check)) -> bool {
        alternative(clauses.0, checks.0) || alternative(clauses.1, checks.1) || self.exposed(clauses)
    }

    /// Whether a check of both editions applies wherever its clause does.
    pub(super) fn always(&self, clauses: (&Clause, &Clause), id: &str) -> bool {
        let within = |edition: &Edition, clause: &Clause| {
            let check = clause.checks.iter().find(|c| &*c.id == id);
            check.is_some_and(|c| always(edition, clause, c))
        };
        within(self.before, clauses.0) && within(self.after, clauses.1)
    }
}

/// Whether a clause earns points.
pub(super) fn points(edition: &Edition, clause: &Clause) -> bool {
    let role = edition.standard.parts.get(clause.part).map(|p| p.role);
    edition.standard.combine == Combine::Points && matches!(role, Some(Role::Grade { .. }))
}

/// Whether another clause asks for this one, or for one above it.
pub(super) fn required(edition: &Edition, clause: &Clause) -> bool {
    above(edition, clause).any(|c| asking(edition, &c.id).next().is_some())
}

/// The same within one edition.
pub(super) fn exposed(edition: &Edition, clause: &Clause) -> bool {
    searched(edition, clause, &mut BTreeSet::new())
}

fn searched(edition: &Edition, clause: &Clause, seen: &mut BTreeSet<ClauseId>) -> bool {
    if !seen.insert(clause.id.clone()) {
        return false;
    }
    if points(edition, clause) {
        return true;
    }
    let chain: Vec<&Clause> = above(edition, clause).collect();
    chain.iter().skip(1).any(|c| c.choose.is_some())
        || chain.iter().any(|c| {
            asking(edition, &c.id)
                .any(|(asks, check)| alternative(asks, check) || searched(edition, asks, seen))
        })
}

/// A clause and those above it.
pub(super) fn above<'e>(edition: &'e Edition, clause: &'e Clause) -> impl Iterator<Item = &'e Clause> {
    std::iter::successors(Some(clause), |c| c.parent.and_then(|p| edition.clause(p)))
}

/// The checks that ask for the verdict of a clause.
fn asking<'e>(edition: &'e Edition, id: &'e ClauseId) -> impl Iterator<Item = (&'e Clause, &'e Check)> {
    let all = edition.clauses.iter().flat_map(|c| c.checks.iter().map(move |check| (c, check)));
    all.filter(move |(_, check)| matches!(&check.body, Body::Requires(other, _) if other == id))
}

/// Whether a check is one of several alternatives, by itself or within another composition.
fn alternative(clause: &Clause, check: &Check) -> bool {
    let around = |c: &&Check| c.member_of.and_then(|m| clause.checks.get(m));
    let chain = std::iter::successors(around(&check), |c| around(c));
    chain.take(clause.checks.len()).any(|c| matches!(c.body, Body::AnyOf(_)))
}

fn always(edition: &Edition, clause: &Clause, check: &Check) -> bool {
    if !check.when.is_empty() || check.due.is_some() || check.stands_until.is_some() {
        return false;
    }
    let may_not = |key: KeyIx| edition.dictionary.get(key).is_none_or(|k| k.may_not_apply);
    match &check.body {
        Body::Fact(key, _) | Body::Elapsed(key, ..) | Body::Attest(Attest { key, .. }) => !may_not(*key),
        Body::Aggregate(..) | Body::Quantify(_) => true,
        Body::Requires(..) => false,
        Body::AnyOf(members) | Body::AllOf(members) => {
            let members = members.iter().filter_map(|m| clause.checks.get(*m));
            members.into_iter().any(|m| !m.observation && always(edition, clause, m))
        }
    }
}
