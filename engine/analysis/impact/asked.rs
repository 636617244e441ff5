//! What an edition asks that the dossier does not answer, and the other edition did not ask.

use std::collections::{BTreeMap, BTreeSet};

use super::{CategoryImpact, Graded};
use crate::assessment::CategoryResult;
use crate::check::cite::cite;
use crate::dossier::{Address, context, facts};
use crate::evidence::{KeyIx, Place, State};
use crate::verdict::Verdict;

/// One piece of evidence that is newly asked and not there.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its address.
    pub fact: String,
    /// The key, in the later edition.
    pub key: KeyIx,
    /// Whether the earlier edition does not know the key at all.
    pub new_key: bool,
    /// Addresses of the checks that ask for it.
    pub checks: Vec<String>,
}

/// What the later edition asks for the target and does not find, where the earlier one did not ask for it.
#[must_use]
pub fn asked(before: Graded<'_>, after: Graded<'_>, impact: &CategoryImpact<'_>) -> Vec<Asked> {
    let known: BTreeSet<String> = lacking(before, impact.before).into_keys().collect();
    let now = lacking(after, impact.after).into_iter().filter(|(fact, _)| !known.contains(fact));
    now.map(|(fact, (key, checks))| Asked {
        new_key: before.edition.dictionary.find(after.edition.dictionary.name(key)).is_none(),
        fact,
        key,
        checks,
    })
    .collect()
}

/// Facts that open checks at or below the target rest on and that are not known: address → key, checks.
fn lacking(graded: Graded<'_>, result: &CategoryResult) -> BTreeMap<String, (KeyIx, Vec<String>)> {
    let Graded { edition, dossier, assessment } = graded;
    let facts = facts(dossier, edition, assessment.view, result.entry.category);
    let ctx = context(dossier, edition, &result.entry, &facts);
    let mut found: BTreeMap<String, (KeyIx, Vec<String>)> = BTreeMap::new();
    for own in &result.clauses {
        let Some(clause) = edition.clause(own.clause) else { continue };
        if own.verdict() != Verdict::Undetermined || clause.level.unwrap_or(1) > result.entry.target {
            continue;
        }
        for (check, judged) in clause.checks.iter().zip(&own.checks) {
            if judged.outcomes.verdict() != Verdict::Undetermined || check.observation {
                continue;
            }
            let unknown = cite(&check.body, &check.when, &ctx).into_iter();
            for cited in unknown.filter(|c| matches!(c.state, State::Unknown(_))) {
                let scoped = edition.dictionary.get(cited.key).is_some_and(|k| k.place == Place::Category);
                let records = cited.record.map(|r| r.split('/').map(str::to_owned).collect());
                let category = result.entry.category.filter(|_| scoped);
                let address = Address { category, key: cited.key, records: records.unwrap_or_default() };
                let entry = found.entry(address.show(edition)).or_insert_with(|| (cited.key, Vec::new()));
                entry.1.push(clause.address(check));
            }
        }
    }
    found.values_mut().for_each(|(_, checks)| checks.dedup());
    found
}
