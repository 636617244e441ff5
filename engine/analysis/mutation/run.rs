//! Tries mutants: each case that could notice is looked at under all mutants of a job that are still alive.

use std::collections::BTreeSet;

use super::{Change, End, Fate, Job, Laboratory, Mutant};
use crate::analysis::cases::{Prepared, Subject, Trial, range_of};
use crate::check::{Body, Check, Condition, Source};
use crate::diag::Diagnostics;
use crate::edition::{Clause, ClauseIx, Edition, compile, relink};
use crate::eval;
use crate::evidence::KeyIx;
use crate::verdict::Verdict;

/// A mutant that compiles: its clauses, or a whole edition where its declarations differ.
pub(super) enum Rules {
    /// Only clauses differ.
    Clauses(Vec<Clause>),
    /// Declarations or derived keys differ.
    Whole(Box<Edition>),
}

/// The clauses and derived keys that a mutant can change.
#[derive(Default)]
pub(super) struct Touched {
    /// Clauses that are written differently.
    pub clauses: BTreeSet<ClauseIx>,
    /// Those and all that depend on them.
    pub depend: BTreeSet<ClauseIx>,
    /// Derived keys.
    pub keys: BTreeSet<usize>,
}

impl Laboratory<'_> {
    /// Tries the mutants of a job.
    #[must_use]
    pub fn run(&self, job: &Job) -> Vec<Fate> {
        let mut ends: Vec<Option<End>> = vec![None; job.mutants.len()];
        let mut alive: Vec<(usize, Rules, Touched)> = Vec::new();
        for (i, mutant) in job.mutants.iter().enumerate() {
            match self.rules(mutant) {
                None => {
                    if let Some(end) = ends.get_mut(i) {
                        *end = Some(End::Refused);
                    }
                }
                Some(rules) => {
                    let touched = self.touched(mutant, &rules);
                    alive.push((i, rules, touched));
                }
            }
        }
        let mut scratch = self.edition.clone();
        for t in self.order(job, &alive) {
            if alive.is_empty() {
                break;
            }
            let Some(trial) = self.suite.trials.get(t) else { continue };
            let mut quiet = Diagnostics::default();
            let Some(prepared) =
                self.suite.prepare(self.edition, &trial.setting, &trial.variation, &mut quiet)
            else {
                continue;
            };
            alive.retain_mut(|(i, rules, touched)| {
                let Some(mutant) = job.mutants.get(*i) else { return false };
                if !concerns(trial, touched) {
                    return true;
                }
                let noticed = rules.under(&mut scratch, |mutated| {
                    self.stated(trial, &prepared, mutated)
                        || mutant.kind.acts() && self.follows(&prepared, touched, mutated)
                });
                if noticed && let Some(end) = ends.get_mut(*i) {
                    *end = Some(End::Killed(t));
                }
                !noticed
            });
        }
        for (i, mut rules, touched) in alive {
            let Some(mutant) = job.mutants.get(i) else { continue };
            let end = match self.equivalent(mutant, &rules, &touched) {
                Some(proof) => End::Equivalent(proof),
                None => End::Survived(self.killer(mutant, &mut rules, &touched, &mut scratch)),
            };
            if let Some(slot) = ends.get_mut(i) {
                *slot = Some(end);
            }
        }
        let fates = job.mutants.iter().zip(ends);
        fates.filter_map(|(mutant, end)| Some(Fate { mutant: mutant.clone(), end: end? })).collect()
    }

    /// The mutated rules; `None` if they do not compile.
    pub(super) fn rules(&self, mutant: &Mutant) -> Option<Rules> {
        let mut raw = match &mutant.change {
            Change::Clause(_, clause) => return relink(self.edition, self.raw, clause).map(Rules::Clauses),
            Change::Evidence(..) | Change::Standard(_) => self.raw.clone(),
        };
        match &mutant.change {
            Change::Evidence(f, e, entry) => {
                *raw.evidence.get_mut(*f)?.entries.get_mut(*e)? = entry.as_ref().clone();
            }
            Change::Standard(standard) => raw.standard = Some(standard.as_ref().clone()),
            Change::Clause(..) => {}
        }
        compile(&raw, self.request, &mut Diagnostics::default()).map(|e| Rules::Whole(Box::new(e)))
    }

    /// Positions of the variations that could notice some mutant, those on what was changed first.
    fn order(&self, job: &Job, alive: &[(usize, Rules, Touched)]) -> Vec<usize> {
        let addresses: BTreeSet<&str> = job.mutants.iter().map(|m| m.at.as_str()).collect();
        let mut found: Vec<(u8, usize)> = Vec::new();
        for (t, trial) in self.suite.trials.iter().enumerate() {
            if !alive.iter().any(|(_, _, touched)| concerns(trial, touched)) {
                continue;
            }
            let named = addresses.contains(trial.subject.name(self.edition).as_str());
            let rank = match (named, trial.subject.clause()) {
                (true, _) => 0,
                (_, Some(c)) if alive.iter().any(|(_, _, touched)| touched.clauses.contains(&c)) => 1,
                _ => 2,
            };
            found.push((rank, t));
        }
        found.sort_unstable();
        found.into_iter().map(|(_, t)| t).collect()
    }

    /// What a mutant can change.
    pub(super) fn touched(&self, mutant: &Mutant, rules: &Rules) -> Touched {
        let mut touched = Touched::default();
        let edition = self.edition;
        match (&mutant.change, rules) {
            (Change::Clause(ix, _), _) => {
                let id = edition.clause(*ix).map(|c| c.id.as_str()).unwrap_or_default();
                for (c, clause) in edition.clauses.iter().enumerate() {
                    let copied = clause.same_as.as_ref().is_some_and(|same| same.as_str() == id);
                    if c == *ix || copied {
                        touched.clauses.insert(c);
                    }
                }
            }
            (_, Rules::Whole(mutated)) => {
                let differ =
                    |a: &dyn std::fmt::Debug, b: &dyn std::fmt::Debug| format!("{a:?}") != format!("{b:?}");
                for (i, (a, b)) in edition.derived.iter().zip(&mutated.derived).enumerate() {
                    if differ(a, b) {
                        touched.keys.insert(i);
                    }
                }
                let dues: Vec<bool> = edition
                    .standard
                    .dues
                    .iter()
                    .zip(&mutated.standard.dues)
                    .map(|(a, b)| differ(a, b))
                    .collect();
                for (c, (a, b)) in edition.clauses.iter().zip(&mutated.clauses).enumerate() {
                    let due = |k: &Check| {
                        let rules = [k.due, k.stands_until];
                        rules.into_iter().flatten().any(|rule| dues.get(rule) == Some(&true))
                    };
                    let uses = touched.keys.iter().any(|key| uses(a, KeyIx(*key)));
                    let bodies = |c: &Clause| {
                        format!("{:?}", c.checks.iter().map(|k| (&k.body, &k.when)).collect::<Vec<_>>())
                    };
                    if uses || a.checks.iter().any(due) || bodies(a) != bodies(b) {
                        touched.clauses.insert(c);
                    }
                }
            }
            _ => {}
        }
        self.dependents(&mut touched);
        touched
    }

    /// Clauses below (bound by `when`), around (by `choose`) and those that require one of either.
    fn dependents(&self, touched: &mut Touched) {
        let clauses = &self.edition.clauses;
        let mut all = touched.clauses.clone();
        for (c, clause) in clauses.iter().enumerate() {
            let mut up = std::iter::successors(clause.parent, |p| clauses.get(*p).and_then(|c| c.parent));
            if up.any(|p| touched.clauses.contains(&p)) {
                all.insert(c);
            }
        }
        loop {
            let mut more = all.clone();
            for (c, clause) in clauses.iter().enumerate() {
                if all.contains(&c) {
                    more.extend(clause.parent);
                }
                let requires = clause.checks.iter().any(|check| match &check.body {
                    Body::Requires(id, _) => self.edition.find(id).is_some_and(|r| all.contains(&r)),
                    _ => false,
                });
                if requires {
                    more.insert(c);
                }
            }
            if more.len() == all.len() {
                break;
            }
            all = more;
        }
        touched.depend = all;
    }

    /// Whether what a case says is no longer so.
    pub(super) fn stated(&self, trial: &Trial, prepared: &Prepared, mutated: &Edition) -> bool {
        let ctx = prepared.context(mutated);
        let verdict = match trial.subject {
            Subject::Check(c, k) => {
                let id = self.edition.clause(c).and_then(|c| c.checks.get(k)).map(|k| &k.id);
                let at = mutated.clause(c).and_then(|c| c.checks.iter().position(|k| Some(&k.id) == id));
                // A check that votes is missed where its clause turns out otherwise, an observation by itself.
                let Some(at) = at else {
                    let gone = self.edition.clause(c).and_then(|c| c.checks.get(k));
                    return gone.is_some_and(|check| check.observation);
                };
                eval::clause_in(mutated, &ctx, c).checks.get(at).map(|r| r.outcomes.verdict())
            }
            Subject::Clause(c) => Some(eval::clause_in(mutated, &ctx, c).outcomes.verdict()),
            Subject::Key(key) => {
                let key = KeyIx(key);
                let aggregate = mutated.derived.get(key.0).and_then(Option::as_ref);
                let range = aggregate.map(|a| a.bounded(key, &ctx));
                let wanted = trial.value.as_ref().and_then(|v| range_of(self.edition, key, &v.value));
                return wanted.is_some() && wanted != range;
            }
        };
        let verdict_differs = trial.expect.is_some() && trial.expect != verdict;
        verdict_differs
            || trial
                .reaches
                .as_ref()
                .zip(trial.subject.clause())
                .is_some_and(|((wanted, _), clause)| prepared.reached(mutated, clause) != Some(*wanted))
    }

    /// Whether what follows from the dossier of a case for the clauses at hand is no longer so.
    pub(super) fn follows(&self, prepared: &Prepared, touched: &Touched, mutated: &Edition) -> bool {
        let acts = |edition: &Edition, clause: ClauseIx| act(edition, prepared, clause);
        touched.clauses.iter().any(|c| acts(self.edition, *c) != acts(mutated, *c))
            || self.parts(touched).any(|c| prepared.reached(self.edition, c) != prepared.reached(mutated, c))
    }

    /// One clause of each part that is touched.
    fn parts(&self, touched: &Touched) -> impl Iterator<Item = ClauseIx> {
        let mut seen = BTreeSet::new();
        let clauses = &self.edition.clauses;
        let first = touched.clauses.iter().copied();
        first.filter(move |c| clauses.get(*c).is_some_and(|clause| seen.insert(clause.part)))
    }
}

/// The verdict of a clause.
pub(super) fn act(edition: &Edition, prepared: &Prepared, clause: ClauseIx) -> Verdict {
    eval::clause_in(edition, &prepared.context(edition), clause).outcomes.verdict()
}

impl Rules {
    /// Looks at the mutated edition; `scratch` is the edition as it stands, and is again afterwards.
    pub(super) fn under<T>(&mut self, scratch: &mut Edition, look: impl FnOnce(&Edition) -> T) -> T {
        match self {
            Rules::Whole(edition) => look(edition),
            Rules::Clauses(clauses) => {
                std::mem::swap(&mut scratch.clauses, clauses);
                let seen = look(scratch);
                std::mem::swap(&mut scratch.clauses, clauses);
                seen
            }
        }
    }
}

fn concerns(trial: &Trial, touched: &Touched) -> bool {
    match trial.subject {
        Subject::Key(key) => touched.keys.contains(&key),
        Subject::Check(c, _) | Subject::Clause(c) => touched.depend.contains(&c),
    }
}

/// Whether a clause looks at a key.
fn uses(clause: &Clause, key: KeyIx) -> bool {
    let on = |conditions: &[Condition]| conditions.iter().any(|c| c.source == Source::Fact(key));
    on(&clause.when)
        || clause.checks.iter().any(|check| {
            on(&check.when) || matches!(&check.body, Body::Fact(k, _) | Body::Elapsed(k, ..) if *k == key)
        })
}
