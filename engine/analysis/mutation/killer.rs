//! The case that would kill a survivor: looked for around everything that the clauses at hand ask for, and tried
//! before it is handed out.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use super::points::{Atom, Points};
use super::run::{Rules, Touched};
use super::{Kind, Laboratory, Mutant};
use crate::analysis::cases::{Prepared, Setting, Subject, Suite, Variation, day, interval, range_of, shown};
use crate::diag::Diagnostics;
use crate::edition::{ClauseIx, Edition};
use crate::eval;
use crate::evidence::KeyIx;
use crate::lang::Text;
use crate::load::Files;
use crate::source::{Sources, Span};
use crate::text;
use crate::verdict::Verdict;

/// How many dossiers of one kind are looked at in one setting, and how many in all, for one survivor.
const LIMIT: usize = 500;
const TOTAL: usize = 4000;

/// A case that kills a survivor.
#[derive(Clone, Debug)]
pub struct Killer {
    /// The case, as a file of cases writes it.
    pub toml: String,
}

/// What a case could say: its subject, and what holds of it.
#[derive(Clone, Debug, PartialEq)]
enum Says {
    Check(ClauseIx, usize, Verdict),
    Clause(ClauseIx, Verdict),
    Reaches(ClauseIx, String),
    Key(usize, String),
}

impl Laboratory<'_> {
    /// Looks for a dossier that tells a mutant from the standard as it stands.
    pub(super) fn killer(
        &self,
        mutant: &Mutant,
        rules: &mut Rules,
        touched: &Touched,
        scratch: &mut Edition,
    ) -> Option<Killer> {
        // Of a declaration that many clauses look at, a few are enough to show it.
        let few = touched.clauses.iter().take(2).copied().collect::<BTreeSet<_>>();
        let near = Touched { depend: few.clone(), clauses: few, keys: touched.keys.clone() };
        let touched = if touched.clauses.len() > 8 { &near } else { touched };
        let benches: Vec<Bench> = self
            .settings(touched)
            .into_iter()
            .map(|setting| self.bench(setting, touched, rules, scratch))
            .collect();
        let mut looked = 0;
        // The plainest dossiers of all settings come first.
        for round in [Bench::none, Bench::plain, Bench::close, Bench::wide, Bench::far] {
            for bench in &benches {
                for variation in round(bench).take(LIMIT) {
                    looked += 1;
                    if looked > TOTAL {
                        return None;
                    }
                    let mut quiet = Diagnostics::default();
                    let Some(prepared) =
                        bench.suite.prepare(self.edition, &bench.setting, &variation, &mut quiet)
                    else {
                        continue;
                    };
                    let says =
                        rules.under(scratch, |mutated| self.difference(mutant, touched, &prepared, mutated));
                    let Some(says) = says else { continue };
                    let toml = self.toml(mutant, &bench.setting, &variation, &says);
                    if self.verified(&toml, rules, scratch) {
                        return Some(Killer { toml });
                    }
                }
            }
        }
        None
    }

    /// What can be varied in a setting.
    fn bench(&self, setting: Setting, touched: &Touched, rules: &mut Rules, scratch: &mut Edition) -> Bench {
        let suite = self.suite.with_baseline(self.edition, &setting);
        let baseline = suite.baseline(self.edition, &setting).json.clone();
        let mut points = Points::new(self.edition, &setting);
        let near = touched.depend.iter().filter_map(|c| self.edition.clause(*c));
        near.for_each(|clause| points.clause(self.edition, clause));
        rules.under(scratch, |mutated| {
            let near = touched.clauses.iter().filter_map(|c| mutated.clause(*c));
            near.for_each(|clause| points.clause(mutated, clause));
            for key in &touched.keys {
                for edition in [self.edition, mutated] {
                    if let Some(Some(aggregate)) = edition.derived.get(*key) {
                        points.aggregate(aggregate);
                    }
                }
            }
        });
        let atoms = points.atoms(&baseline);
        let lists = points.lists().map(str::to_owned).collect();
        Bench { setting, suite, atoms, lists }
    }

    /// Baselines to vary: those of the cases at hand, then the same in other stages and categories.
    fn settings(&self, touched: &Touched) -> Vec<Setting> {
        let mut found: Vec<Setting> = Vec::new();
        for trial in &self.suite.trials {
            let near = match trial.subject {
                Subject::Check(c, _) | Subject::Clause(c) => touched.clauses.contains(&c),
                Subject::Key(key) => touched.keys.contains(&key),
            };
            if near && !found.contains(&trial.setting) {
                found.push(trial.setting.clone());
            }
        }
        let standard = &self.edition.standard;
        let mut more = Vec::new();
        for setting in &found {
            for stage in 0..standard.stages.len() {
                more.push(Setting { stage: Some(stage), ..setting.clone() });
            }
            let narrow =
                touched.clauses.iter().all(|c| self.edition.clause(*c).is_some_and(|c| c.category.is_some()));
            for category in (0..standard.categories.len()).filter(|_| setting.category.is_some() && !narrow) {
                if self.edition.empty_parts(Some(category)).next().is_none() {
                    more.push(Setting { category: Some(category), ..setting.clone() });
                }
            }
        }
        for setting in &found {
            more.extend((1..=standard.top()).map(|level| Setting { level, ..setting.clone() }));
        }
        for setting in more {
            if !found.contains(&setting) {
                found.push(setting);
            }
        }
        found
    }

    /// The first thing that a case could say of a dossier and that is not so under the mutant.
    fn difference(
        &self,
        mutant: &Mutant,
        touched: &Touched,
        prepared: &Prepared,
        mutated: &Edition,
    ) -> Option<Says> {
        let (was, is) = (prepared.context(self.edition), prepared.context(mutated));
        for key in &touched.keys {
            let range = |edition: &Edition, ctx| {
                edition.derived.get(*key).and_then(Option::as_ref).map(|a| a.bounded(KeyIx(*key), ctx))
            };
            let (before, after) = (range(self.edition, &was)?, range(mutated, &is)?);
            let written = shown(self.edition, KeyIx(*key), &before);
            if before != after && range_of(self.edition, KeyIx(*key), &written) == Some(before) {
                return Some(Says::Key(*key, written));
            }
        }
        for c in &touched.clauses {
            let before = eval::clause_in(self.edition, &was, *c);
            let after = eval::clause_in(mutated, &is, *c);
            let (own, other) = (self.edition.clause(*c)?, mutated.clause(*c)?);
            // Only checks that are written differently, or composed of such, say it to the point.
            if !mutant.kind.acts() {
                for (k, (check, result)) in own.checks.iter().zip(&before.checks).enumerate() {
                    let at = other.checks.iter().position(|o| o.id == check.id);
                    let found = at.and_then(|at| after.checks.get(at)).map(|r| r.outcomes.verdict());
                    let verdict = result.outcomes.verdict();
                    if found.is_some_and(|found| found != verdict) {
                        return Some(Says::Check(*c, k, verdict));
                    }
                }
            }
            let verdict = before.outcomes.verdict();
            if verdict != after.outcomes.verdict() {
                return Some(Says::Clause(*c, verdict));
            }
        }
        if mutant.kind.acts() {
            let c = *touched.clauses.first()?;
            let reached = prepared.reached(self.edition, c)?;
            if Some(reached) != prepared.reached(mutated, c) {
                return Some(Says::Reaches(c, interval(reached)));
            }
        }
        None
    }

    /// The case as a file of cases writes it.
    fn toml(&self, mutant: &Mutant, setting: &Setting, variation: &Variation, says: &Says) -> String {
        let standard = &self.edition.standard;
        // A JSON string is a basic string of TOML too.
        let quote = |text: &str| serde_json::Value::from(text).to_string();
        let (word, subject) = match says {
            Says::Check(c, k, _) => ("check", Subject::Check(*c, *k)),
            Says::Clause(c, _) | Says::Reaches(c, _) => ("clause", Subject::Clause(*c)),
            Says::Key(key, _) => ("evidence", Subject::Key(*key)),
        };
        let mut head = vec![(word, quote(&subject.name(self.edition)))];
        if let Some(category) = setting.category.and_then(|c| standard.categories.get(c)) {
            head.push(("category", quote(&category.id)));
        }
        head.push(("level", setting.level.to_string()));
        if let Some(stage) = setting.stage.filter(|s| *s > 0).and_then(|s| standard.stages.get(s)) {
            head.push(("stage", quote(&stage.id)));
        }
        if day() != Some(setting.assessed_on) {
            head.push(("assessed-on", quote(&setting.assessed_on.to_string())));
        }
        let mut tried = vec![("name", quote(&title(mutant).zh))];
        let sets: Vec<&str> = variation.sets.iter().map(|(s, _)| s.as_str()).collect();
        for (key, list) in
            [("set", sets), ("without", variation.without.iter().map(String::as_str).collect())]
        {
            if !list.is_empty() {
                let all: Vec<String> = list.into_iter().map(quote).collect();
                tried.push((key, format!("[{}]", all.join(", "))));
            }
        }
        tried.push(match says {
            Says::Check(.., verdict) | Says::Clause(_, verdict) => ("expect", quote(verdict.id())),
            Says::Reaches(_, reached) => ("reaches", quote(reached)),
            Says::Key(_, value) => ("value", quote(value)),
        });
        let mut out = String::from("[[case]]\n");
        for (key, value) in head {
            let _ = writeln!(out, "{key} = {value}");
        }
        out.push_str("\n  [[case.try]]\n");
        for (key, value) in tried {
            let _ = writeln!(out, "  {key} = {value}");
        }
        out
    }

    /// Whether the text, read back, holds in the standard as it stands and not under the mutant.
    fn verified(&self, toml: &str, rules: &mut Rules, scratch: &mut Edition) -> bool {
        let files = Files::from([("cases/case.toml".to_owned(), Cow::Borrowed(toml.as_bytes()))]);
        let mut diagnostics = Diagnostics::default();
        let mut sources = Sources::default();
        let trials = Suite::written(self.edition, "killer", &files, &mut sources, &mut diagnostics);
        let [trial] = trials.as_slice() else { return false };
        let prepared = self.suite.prepare(self.edition, &trial.setting, &trial.variation, &mut diagnostics);
        let Some(prepared) = prepared.filter(|_| diagnostics.is_empty()) else { return false };
        !self.stated(trial, &prepared, self.edition)
            && rules.under(scratch, |mutated| self.stated(trial, &prepared, mutated))
    }
}

/// A baseline with the changes that could matter.
struct Bench {
    setting: Setting,
    suite: Suite,
    atoms: Vec<Atom>,
    lists: Vec<String>,
}

type Variations<'a> = Box<dyn Iterator<Item = Variation> + 'a>;

impl Bench {
    /// No change: what matters is the setting.
    fn none(&self) -> Variations<'_> {
        Box::new(std::iter::once(Variation::default()))
    }

    /// One change, or a list that is not given.
    fn plain(&self) -> Variations<'_> {
        let one = self.atoms.iter().filter(|a| a.len() == 1).map(changed);
        let gone = |list: &String| Variation { without: vec![list.clone()], ..Variation::default() };
        Box::new(one.chain(self.lists.iter().map(gone)))
    }

    /// One change in all records of a list.
    fn wide(&self) -> Variations<'_> {
        Box::new(self.atoms.iter().filter(|a| a.len() > 1).map(changed))
    }

    /// Two changes in one record.
    fn close(&self) -> Variations<'_> {
        Box::new(pairs(&self.atoms, true))
    }

    /// Two changes in different places.
    fn far(&self) -> Variations<'_> {
        Box::new(pairs(&self.atoms, false))
    }
}

fn changed(atom: &Atom) -> Variation {
    let sets: BTreeSet<&String> = atom.iter().collect();
    Variation { sets: sets.into_iter().map(|s| (s.clone(), Span::NONE)).collect(), ..Variation::default() }
}

/// What an atom is about: its field, and the record of that.
fn address(atom: &Atom) -> (Option<&str>, Option<&str>) {
    let field = atom.first().and_then(|a| a.split_once(" = ")).map(|(field, _)| field);
    (field, field.and_then(|f| f.split_once(']')).map(|(record, _)| record))
}

/// Two changes together, of different fields: of one record, or of different ones.
fn pairs(atoms: &[Atom], close: bool) -> impl Iterator<Item = Variation> {
    let same = |a: &Atom, b: &Atom| {
        let (one, other) = (address(a).1, address(b).1);
        one.is_some() && one == other && a.len() == b.len()
    };
    atoms.iter().enumerate().flat_map(move |(i, a)| {
        let rest = atoms.get(i + 1..).unwrap_or_default();
        let fits = move |b: &&Atom| same(a, b) == close && address(a).0 != address(b).0;
        rest.iter().filter(fits).map(move |b| changed(&[a.as_slice(), b.as_slice()].concat()))
    })
}

/// What the case shows.
fn title(mutant: &Mutant) -> Text {
    let Mutant { what, from, to, .. } = mutant;
    let check = mutant.check.as_deref().unwrap_or_default();
    let gone = mutant.to.as_deref().unwrap_or_default();
    match mutant.kind {
        Kind::Threshold => text!("界就在 {from}", "the bound is {from}"),
        Kind::Bound => text!("恰在界上", "exactly at the bound"),
        Kind::Word => {
            let left: Vec<&str> = gone.split(", ").collect();
            let word = from.split(", ").find(|w| !left.contains(w)).unwrap_or(from);
            text!("差别只在 {word}", "the difference is {word}")
        }
        Kind::Drop | Kind::Effect => text!("只有 {check} 不满足", "{check} alone is not met"),
        Kind::Level => text!("只缺本条", "this clause alone is not met"),
        Kind::Composition => text!("只满足一部分", "some members are met"),
        Kind::When => text!("条件 {what} {from} 不成立", "the condition {what} {from} does not hold"),
        Kind::Where => text!("只有 {what} {from} 不符", "{what} {from} alone is not so"),
        Kind::Choose => {
            let to = to.as_deref().unwrap_or_default();
            text!("选 {from} 条，不是 {to} 条", "{from} are chosen, not {to}")
        }
        Kind::Due => text!("是否到期", "due or not"),
    }
}
