//! Mutants that no dossier can tell from the standard as it stands, each with what the program established.

use super::run::{Rules, Touched};
use super::{Change, Kind, Laboratory, Mutant};
use crate::check::{Body, Check};
use crate::edition::{Clause, ClauseIx};
use crate::format::chapter::KindRaw;
use crate::lang::Text;
use crate::standard::{Combine, Role};
use crate::text;

impl Laboratory<'_> {
    /// Why no dossier can tell a mutant from the standard as it stands, leaving aside whether a case was tried;
    /// `None` where the program cannot say so, or the mutated rules do not compile.
    #[must_use]
    pub fn proof(&self, mutant: &Mutant) -> Option<Text> {
        let rules = self.rules(mutant)?;
        self.equivalent(mutant, &rules, &self.touched(mutant, &rules))
    }

    /// The same for rules that are compiled already.
    pub(super) fn equivalent(&self, mutant: &Mutant, rules: &Rules, touched: &Touched) -> Option<Text> {
        match (mutant.kind, &mutant.change, rules) {
            (Kind::Level, Change::Clause(..), Rules::Clauses(mutated)) => self.level(touched, mutated),
            (_, _, Rules::Whole(_)) if touched.clauses.is_empty() && touched.keys.is_empty() => Some(text!(
                "没有规则用到它：其余规则编译后完全相同",
                "no rule looks at it: all clauses and derived keys compile to the same"
            )),
            (Kind::Drop | Kind::Effect, Change::Clause(c, _), _) => {
                self.repeated(*c, mutant.check.as_deref()?)
            }
            _ => None,
        }
    }

    /// A check that stands in a clause below too, whose verdict is part of this one's, adds nothing to it.
    fn repeated(&self, c: ClauseIx, check: &str) -> Option<Text> {
        let clause = self.edition.clause(c)?;
        let check = clause.checks.iter().find(|k| &*k.id == check)?;
        let alone = clause.checks.iter().filter(|k| k.member_of.is_none() && !k.observation).count() == 1;
        if clause.choose.is_some() || check.member_of.is_some() || check.observation || alone {
            return None;
        }
        let own = self.print(c, check);
        let mut below = clause.children.clone();
        while let Some(ix) = below.pop() {
            let Some(other) = self.edition.clause(ix).filter(|o| o.kind == KindRaw::Requirement) else {
                continue;
            };
            let votes = other.checks.iter().filter(|k| k.member_of.is_none() && !k.observation);
            let concerns = other.category.is_none() || other.category == clause.category;
            // A clause that counts from a higher level on lets this one decide at the levels before it.
            let level = other.level == clause.level;
            if let Some(twin) = votes.into_iter().find(|k| concerns && level && self.print(ix, k) == own) {
                let address = other.address(twin);
                return Some(text!(
                    "其下的 `{address}` 要求同样的内容，它的结论已经算在内",
                    "`{address}` below demands the same, and its verdict is part of this clause’s"
                ));
            }
            if other.choose.is_none() {
                below.extend(&other.children);
            }
        }
        None
    }

    /// A level is reached if the clauses up to it pass. Where everything that a clause demands is also demanded by
    /// other clauses at or below the lower of its two levels, they fail whenever it does, and it decides nothing.
    fn level(&self, touched: &Touched, mutated: &[Clause]) -> Option<Text> {
        if self.edition.standard.combine != Combine::Lowest {
            return None;
        }
        let moved: Vec<(ClauseIx, &Clause, &Clause)> = self
            .edition
            .clauses
            .iter()
            .zip(mutated)
            .enumerate()
            .filter(|(_, (a, b))| a.level != b.level)
            .map(|(c, (a, b))| (c, a, b))
            .collect();
        let mut others: Vec<String> = Vec::new();
        for (c, before, after) in &moved {
            // What tables by level give must not have changed either.
            let asked = |clause: &Clause| -> Vec<String> {
                let own = clause.checks.iter().map(|k| format!("{:?} {:?}", k.body, k.when));
                own.chain([format!("{:?}", clause.when)]).collect()
            };
            if asked(before) != asked(after) {
                return None;
            }
            if !before.gates {
                continue;
            }
            let lower = before.level.min(after.level)?;
            let role = self.edition.standard.parts.get(before.part).map(|p| p.role);
            if role != Some(Role::Grade { cumulative: true }) {
                return None;
            }
            let apart = |ix: ClauseIx| moved.iter().all(|(m, ..)| *m != ix);
            match self.around(*c, lower, &apart) {
                Some(above) => others.push(above),
                None => others.extend(self.demanded(*c, before, lower, &apart)?),
            }
        }
        // Nothing else may look different: only clauses that moved were linked anew.
        if touched.clauses.is_empty() || others.is_empty() {
            return None;
        }
        others.sort();
        others.dedup();
        let list = Text::list(&others);
        let (zh, en) = (list.zh, list.en);
        Some(text!(
            "它所要求的，{zh} 在不高于它的等级上已经要求，任何等级都不取决于它",
            "all that it demands is demanded at a level no higher by {en} too, so no grade depends on it"
        ))
    }

    /// A gating clause around it, at or below a level: it fails whenever this one does.
    fn around(&self, c: ClauseIx, lower: u8, apart: &dyn Fn(ClauseIx) -> bool) -> Option<String> {
        let clause = self.edition.clause(c)?;
        let mut at = clause.parent;
        while let Some(ix) = at {
            let above = self.edition.clause(ix)?;
            if above.choose.is_some() || above.kind != KindRaw::Requirement {
                return None;
            }
            if apart(ix) && self.counts(above, clause, lower) {
                return Some(above.id.to_string());
            }
            at = above.parent;
        }
        None
    }

    /// Clauses that demand together what a clause demands; `None` if something is left.
    fn demanded(
        &self,
        c: ClauseIx,
        clause: &Clause,
        lower: u8,
        apart: &dyn Fn(ClauseIx) -> bool,
    ) -> Option<Vec<String>> {
        if clause.choose.is_some() {
            return None;
        }
        let mut found = Vec::new();
        // Children that are requirements gate by themselves, or stand for theirs.
        for child in &clause.children {
            found.extend(self.all_count(*child, clause, lower, apart)?);
        }
        for (k, check) in clause.checks.iter().enumerate() {
            if check.member_of.is_some() || check.observation {
                continue;
            }
            let other = match &check.body {
                Body::Requires(id, _) => {
                    let required = self.edition.find(id)?;
                    self.all_count(required, clause, lower, apart)?
                }
                _ => vec![self.twin(c, k, lower, apart)?],
            };
            found.extend(other);
        }
        Some(found)
    }

    /// Whether a clause gates at or below a level wherever another one does.
    fn counts(&self, other: &Clause, clause: &Clause, lower: u8) -> bool {
        let level = other.level.is_none_or(|l| l <= lower);
        let category = other.category.is_none() || other.category == clause.category;
        other.gates && level && category && other.part == clause.part
    }

    /// A clause that fails only if a clause that counts does: itself, or all below it.
    fn all_count(
        &self,
        ix: ClauseIx,
        clause: &Clause,
        lower: u8,
        apart: &dyn Fn(ClauseIx) -> bool,
    ) -> Option<Vec<String>> {
        let other = self.edition.clause(ix)?;
        if other.kind != KindRaw::Requirement {
            return Some(Vec::new());
        }
        if apart(ix) && self.counts(other, clause, lower) {
            return Some(vec![other.id.to_string()]);
        }
        let own = other.checks.iter().any(|k| !k.observation) || other.choose.is_some();
        if own {
            return None;
        }
        let below = other.children.iter().map(|child| self.all_count(*child, clause, lower, apart));
        below.collect::<Option<Vec<_>>>()?;
        Some(vec![other.id.to_string()])
    }

    /// A clause that counts and has the same check.
    fn twin(&self, c: ClauseIx, k: usize, lower: u8, apart: &dyn Fn(ClauseIx) -> bool) -> Option<String> {
        let clause = self.edition.clause(c)?;
        let own = self.print(c, clause.checks.get(k)?);
        let clauses = self.edition.clauses.iter().enumerate();
        let mut twins =
            clauses.filter(|(ix, other)| *ix != c && apart(*ix) && self.counts(other, clause, lower));
        let twin = twins.find(|(ix, other)| {
            let votes = other.checks.iter().filter(|k| k.member_of.is_none() && !k.observation);
            votes.into_iter().any(|check| self.print(*ix, check) == own)
        });
        twin.map(|(_, other)| other.id.to_string())
    }

    /// Everything on which the verdict of a check depends, with its members in the place of their positions.
    fn print(&self, c: ClauseIx, check: &Check) -> String {
        let conditions = |conditions: Vec<&crate::check::Condition>| {
            let tests: Vec<String> =
                conditions.iter().map(|c| format!("{:?} {:?}", c.source, c.test)).collect();
            unplaced(&tests.join(" & "))
        };
        let around = conditions(self.edition.conditions(c).collect());
        let own = conditions(check.when.iter().collect());
        let (body, members) = match &check.body {
            Body::AnyOf(members) => ("any-of".to_owned(), members.as_slice()),
            Body::AllOf(members) => ("all-of".to_owned(), members.as_slice()),
            Body::Requires(id, _) => (format!("requires {id}"), [].as_slice()),
            body => (unplaced(&format!("{body:?}")), [].as_slice()),
        };
        let checks = self.edition.clause(c).map(|c| c.checks.as_slice()).unwrap_or_default();
        let members: Vec<String> =
            members.iter().filter_map(|m| checks.get(*m)).map(|m| self.print(c, m)).collect();
        let due = (check.due, check.stands_until);
        format!("{body} [{}] when {around} / {} due {due:?}", members.join("; "), own)
    }
}

/// The same without places in files.
fn unplaced(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("span: Span {") {
        out.push_str(before);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    out + rest
}
