//! What the readings that were not adopted would change in one assessment: each is tried by itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::assessment::{Assessment, ClauseResult, Interval};
use crate::diag::{Diagnostics, Severity};
use crate::edition::readings::{Effect, effects};
use crate::edition::{Edition, Interpretation, Request, compile};
use crate::lang::Text;
use crate::load::RawStandard;
use crate::text;

/// A reading that was not adopted, tried on a dossier.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The reading.
    pub reading: String,
    /// What came of it.
    pub outcome: Tried,
}

/// What a reading would change.
#[derive(Clone, Debug, PartialEq)]
pub enum Tried {
    /// Verdicts of clauses, and what is attained in some categories: category, before, after. Both empty: nothing.
    Changes {
        /// Ids of the clauses whose outcomes would be others, the lowest of each branch, in the order of the standard.
        clauses: Vec<String>,
        /// Categories that would attain something else.
        attained: Vec<(Option<usize>, Interval, Interval)>,
    },
    /// It cannot be said with operations on the rules: why.
    Beyond(Text),
    /// Nothing was computed: no edition has this reading, or the dossier cannot be read under it.
    Refused(Text),
}

/// The trials of each interpretation that was asked about.
pub type Trials = BTreeMap<String, Vec<Trial>>;

/// The other readings of all interpretations that the clauses of an assessment cite: interpretation and reading.
#[must_use]
pub fn others<'a>(edition: &'a Edition, assessment: &Assessment) -> Vec<(&'a Interpretation, &'a str)> {
    let one = |interpretation: &'a Interpretation| {
        let all = interpretation.readings.iter().map(|(id, _)| id.as_str());
        all.filter(|id| *id != interpretation.adopted).map(move |id| (interpretation, id))
    };
    cited(edition, assessment).into_iter().flat_map(one).collect()
}

/// What one assessment rests on, to be looked at again under other readings.
#[derive(Debug)]
pub struct Bench<'a> {
    /// The rules as written.
    pub raw: &'a RawStandard,
    /// What was asked for.
    pub request: &'a Request,
    /// The edition that it gave.
    pub edition: &'a Edition,
    /// The assessment under it.
    pub assessment: &'a Assessment,
    effects: BTreeMap<(String, String), Effect>,
}

impl<'a> Bench<'a> {
    /// Takes what an assessment rests on.
    #[must_use]
    pub fn new(
        raw: &'a RawStandard,
        request: &'a Request,
        edition: &'a Edition,
        assessment: &'a Assessment,
    ) -> Self {
        Bench { raw, request, edition, assessment, effects: effects(raw) }
    }

    /// Tries another reading; `grade` evaluates the same dossier under another edition. `None` if there is nothing to try:
    /// the reading changes evidence or wording only.
    pub fn tried(
        &self,
        interpretation: &Interpretation,
        reading: &str,
        grade: impl Fn(&Edition) -> Result<Assessment, Text>,
    ) -> Option<Trial> {
        let effect = self.effects.get(&(interpretation.id.clone(), reading.to_owned()));
        let adopted_first = originally(self.raw, &interpretation.id) == Some(reading);
        let outcome = match effect {
            None => Tried::Refused(text!(
                "由修改加入的释义只有采用的读法可算",
                "an interpretation that an instrument adds is computed as adopted"
            )),
            Some(Effect { beyond: Some(why), .. }) => Tried::Beyond(why.clone()),
            Some(effect) if effect.operations.is_empty() && !adopted_first => return None,
            Some(_) => {
                let mut request = self.request.clone();
                request.readings.insert(interpretation.id.clone(), reading.to_owned());
                match under(self.raw, &request).and_then(|other| Ok((grade(&other)?, other))) {
                    Ok((result, other)) => compared(self.edition, self.assessment, &other, &result),
                    Err(why) => Tried::Refused(why),
                }
            }
        };
        Some(Trial { reading: reading.to_owned(), outcome })
    }
}

fn cited<'a>(edition: &'a Edition, assessment: &Assessment) -> Vec<&'a Interpretation> {
    let graded = assessment.categories.iter().flat_map(|c| &c.clauses);
    let clauses = graded.chain(&assessment.admissibility.clauses).filter_map(|r| edition.clause(r.clause));
    let ids: BTreeSet<&String> = clauses.flat_map(|c| c.all_interpretations()).collect();
    ids.into_iter().filter_map(|id| edition.interpretations.get(id)).collect()
}

/// The reading that the base adopts.
fn originally<'a>(raw: &'a RawStandard, id: &str) -> Option<&'a str> {
    let all = raw.interpretations.iter().flat_map(|f| &f.interpretations);
    all.into_iter().find(|i| i.id.value == id).map(|i| i.adopted.value.as_str())
}

fn under(raw: &RawStandard, request: &Request) -> Result<Edition, Text> {
    let mut faults = Diagnostics::default();
    let edition = compile(raw, request, &mut faults);
    let fault = faults.into_sorted().into_iter().find(|d| d.severity == Severity::Error);
    match (edition, fault) {
        (Some(edition), None) => Ok(edition),
        (_, Some(fault)) => Err(fault.message),
        (None, None) => Err(text!("没有这样的版本", "there is no such edition")),
    }
}

fn compared(edition: &Edition, before: &Assessment, other: &Edition, after: &Assessment) -> Tried {
    fn results(a: &Assessment) -> impl Iterator<Item = &[ClauseResult]> {
        let graded = a.categories.iter().map(|c| c.clauses.as_slice());
        graded.chain(std::iter::once(a.admissibility.clauses.as_slice()))
    }
    let mut changed: BTreeSet<usize> = BTreeSet::new();
    for (ours, theirs) in results(before).zip(results(after)) {
        let theirs: BTreeMap<String, &ClauseResult> =
            theirs.iter().filter_map(|r| Some((other.clause(r.clause)?.id.to_string(), r))).collect();
        for result in ours {
            let id = edition.clause(result.clause).map(|c| c.id.to_string()).unwrap_or_default();
            if theirs.get(&id).is_none_or(|r| r.outcomes != result.outcomes) {
                changed.insert(result.clause);
            }
        }
    }
    let categories = before.categories.iter().zip(&after.categories);
    let attained = categories
        .filter(|(ours, theirs)| ours.attained != theirs.attained)
        .map(|(ours, theirs)| (ours.entry.category, ours.attained, theirs.attained));
    // What lies below says it more exactly.
    let lowest = |ix: &usize| {
        edition.clause(*ix).is_some_and(|c| !c.children.iter().any(|child| changed.contains(child)))
    };
    Tried::Changes {
        clauses: changed
            .iter()
            .copied()
            .filter(lowest)
            .filter_map(|ix| Some(edition.clause(ix)?.id.to_string()))
            .collect(),
        attained: attained.collect(),
    }
}
