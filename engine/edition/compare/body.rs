//! Checks and conditions of two editions.

use super::{Pair, Relation};
use crate::check::condition::Question;
use crate::check::operator::Polarity;
use crate::check::{Aggregate, AggregateKind, Body, Check, Comparison, Condition, Operator, Over, Source};
use crate::edition::Clause;
use crate::evidence::KeyIx;

impl Pair<'_> {
    /// How two checks of one address relate, apart from whether they vote.
    pub fn check(&self, clauses: (&Clause, &Clause), before: &Check, after: &Check) -> Relation {
        let exposed = || self.exposed_check(clauses, (before, after));
        let body = match (&before.body, &after.body) {
            (Body::AnyOf(a), Body::AnyOf(b)) => self.members(clauses, a, b, true),
            (Body::AllOf(a), Body::AllOf(b)) => self.members(clauses, a, b, exposed()).reversed(),
            (a, b) => self.body(a, b),
        };
        let due = match self.due(before.due, after.due) {
            Relation::Same => Relation::Same,
            // What stands in until then may ask more than what it stands in for.
            _ if before.until_due.or(after.until_due).is_some() => Relation::Incomparable,
            _ if exposed() => Relation::Incomparable,
            other => other,
        };
        body.and(self.when(&before.when, &after.when, exposed))
            .and(due)
            .and(self.stand_in(clauses, before, after))
    }

    fn stand_in(&self, clauses: (&Clause, &Clause), before: &Check, after: &Check) -> Relation {
        let id =
            |clause: &Clause, ix: Option<usize>| ix.and_then(|i| clause.checks.get(i)).map(|c| c.id.clone());
        let (was, now) = (id(clauses.0, before.until_due), id(clauses.1, after.until_due));
        if was == now { Relation::Same } else { Relation::Incomparable }
    }

    /// A rule that is due later, or in fewer stages, asks less.
    fn due(&self, before: Option<usize>, after: Option<usize>) -> Relation {
        let named = |edition: &crate::edition::Edition, due: Option<usize>| {
            let due = edition.standard.dues.get(due?)?;
            let stage = |s: &usize| edition.standard.stages.get(*s).map(|s| s.id.clone());
            Some((due.stages.iter().filter_map(stage).collect::<Vec<_>>(), due.above_level))
        };
        match (named(self.before, before), named(self.after, after)) {
            (None, None) => Relation::Same,
            (None, Some(_)) => Relation::Looser,
            (Some(_), None) => Relation::Stricter,
            (Some((s, a)), Some((t, b))) => {
                let more = |x: &[String], y: &[String]| x.iter().all(|s| y.contains(s));
                // `None`: no level makes it due by itself.
                let (a, b) = (a.unwrap_or(u8::MAX), b.unwrap_or(u8::MAX));
                Relation::of(more(&s, &t), more(&t, &s)).and(Relation::rising(&a, &b).reversed())
            }
        }
    }

    fn body(&self, before: &Body, after: &Body) -> Relation {
        match (before, after) {
            (Body::Fact(k, o), Body::Fact(l, p)) if self.same_key(*k, *l) => {
                let keys = (*k, *l);
                self.operator(keys, o, p).and(self.derived(keys, polarity(o, p))).and(self.domain(keys))
            }
            (Body::Elapsed(k, c, n), Body::Elapsed(l, d, m)) if self.same_key(*k, *l) => {
                elapsed((*c, *n), (*d, *m)).and(self.domain((*k, *l)))
            }
            (Body::Aggregate(a, o), Body::Aggregate(b, p)) => {
                let keys = (aggregated(a), aggregated(b));
                self.aggregate(a, b, polarity(o, p)).and(self.operator(keys, o, p))
            }
            (Body::Attest(a), Body::Attest(b)) if self.same_key(a.key, b.key) => {
                let sample = match (&a.sample, &b.sample) {
                    (None, None) => Relation::Same,
                    (Some(s), Some(t)) => {
                        let same = self.conditions(&s.filter, &t.filter) == Relation::Same;
                        if same { Relation::rising(&s.size, &t.size) } else { Relation::Incomparable }
                    }
                    _ => Relation::Incomparable,
                };
                sample.and(self.domain((a.key, b.key)))
            }
            (Body::Quantify(q), Body::Quantify(r)) if self.same_key(q.list, r.list) => {
                let filter = self.conditions(&q.filter, &r.filter);
                match (&q.has, &r.has) {
                    (None, None) => filter,
                    (Some(h), Some(i)) => filter.reversed().and(self.conditions(h, i)),
                    _ => Relation::Incomparable,
                }
            }
            (Body::Requires(a, _), Body::Requires(b, _)) if a == b => Relation::Same,
            _ => Relation::Incomparable,
        }
    }

    /// What a dossier may say of a key: the fewer facts can be stated at all, the stricter. A finding that may be
    /// declared not applicable asks less.
    fn domain(&self, keys: (KeyIx, KeyIx)) -> Relation {
        let (Some(b), Some(a)) = (self.before.dictionary.get(keys.0), self.after.dictionary.get(keys.1))
        else {
            return Relation::Incomparable;
        };
        let may = Relation::of(b.may_not_apply || !a.may_not_apply, a.may_not_apply || !b.may_not_apply);
        let bounds = match (b.bounds, a.bounds) {
            (b, a) if b == a => Relation::Same,
            // What is computed is moved to the nearer bound.
            _ if b.derive.is_some() || a.derive.is_some() => Relation::Incomparable,
            (Some(b), Some(a)) => Relation::of(b.0 <= a.0 && a.1 <= b.1, a.0 <= b.0 && b.1 <= a.1),
            _ => Relation::Incomparable,
        };
        may.and(bounds)
    }

    /// The same, where it is not said which way it acts.
    fn same_domain(&self, keys: (KeyIx, KeyIx)) -> bool {
        self.domain(keys) == Relation::Same
    }

    /// Members by their ids: fewer alternatives accept less. `only`: as long as one of those that stay surely applies;
    /// else what is left may not apply at all.
    fn members(
        &self,
        clauses: (&Clause, &Clause),
        before: &[usize],
        after: &[usize],
        only: bool,
    ) -> Relation {
        let ids = |clause: &Clause, list: &[usize]| -> Vec<String> {
            list.iter().filter_map(|i| clause.checks.get(*i)).map(|c| c.id.to_string()).collect()
        };
        let (a, b) = (ids(clauses.0, before), ids(clauses.1, after));
        let relation = Relation::of(b.iter().all(|x| a.contains(x)), a.iter().all(|x| b.contains(x)));
        let sure = || a.iter().filter(|x| b.contains(x)).any(|x| self.always(clauses, x));
        if relation != Relation::Same && only && !sure() { Relation::Incomparable } else { relation }
    }

    /// A key that is computed: what becomes of its value, seen through what is asked of it.
    fn derived(&self, keys: (KeyIx, KeyIx), wanted: Polarity) -> Relation {
        let of = |e: &'_ crate::edition::Edition, k: KeyIx| e.derived.get(k.0).cloned().flatten();
        match (of(self.before, keys.0), of(self.after, keys.1)) {
            (None, None) => Relation::Same,
            (Some(a), Some(b)) => self.aggregate(&a, &b, wanted),
            _ => Relation::Incomparable,
        }
    }

    /// Two numbers over records, wanted high (`Up`) or low.
    fn aggregate(&self, before: &Aggregate, after: &Aggregate, wanted: Polarity) -> Relation {
        let filter = self.conditions(&before.filter, &after.filter);
        let same_over = match (before.over, after.over) {
            (Over::Members(k), Over::Members(l)) => self.same_key(k, l),
            (Over::Records { list, field }, Over::Records { list: other, field: theirs }) => {
                let fields = match (field, theirs) {
                    (None, None) => true,
                    (Some((k, _)), Some((l, _))) => {
                        let capped = before.kind == AggregateKind::Distinct && self.scale_moved((k, l));
                        self.same_key(k, l) && self.same_domain((k, l)) && !capped
                    }
                    _ => false,
                };
                self.same_key(list, other) && fields
            }
            _ => false,
        };
        if before.kind != after.kind || !same_over {
            return Relation::Incomparable;
        }
        if filter == Relation::Same {
            return Relation::Same;
        }
        let rises_with_records = match before.kind {
            AggregateKind::Count | AggregateKind::Distinct => true,
            AggregateKind::Sum => never_negative(self.before, before) && never_negative(self.after, after),
            // Fewer records may leave none, and nothing satisfies no comparison: only one way is sure.
            AggregateKind::Largest => wanted == Polarity::Up,
            AggregateKind::Smallest => false,
        };
        match (rises_with_records, wanted) {
            (true, Polarity::Up) => filter,
            (true, Polarity::Down) => filter.reversed(),
            _ => Relation::Incomparable,
        }
    }

    /// Conditions that must all hold, by what satisfies them.
    pub fn conditions(&self, before: &[Condition], after: &[Condition]) -> Relation {
        let (pairs, gone, new) = self.paired(before, after);
        let pairs = pairs.into_iter().map(|(a, b)| self.condition(a, b));
        let gone = gone.into_iter().map(|_| Relation::Looser);
        let new = new.into_iter().map(|_| Relation::Stricter);
        Relation::all(pairs.chain(gone).chain(new))
    }

    /// When something applies: the less often, the less is asked, unless it is exposed, or a value that is absent makes it
    /// fail.
    pub fn when(&self, before: &[Condition], after: &[Condition], exposed: impl Fn() -> bool) -> Relation {
        let relation = self.conditions(before, after).reversed();
        if relation == Relation::Same {
            return relation;
        }
        let (_, gone, new) = self.paired(before, after);
        let axis = |c: &&Condition| matches!(c.source, Source::Category | Source::Stage);
        if exposed() || !gone.iter().chain(&new).all(axis) { Relation::Incomparable } else { relation }
    }

    #[allow(clippy::type_complexity)]
    fn paired<'c>(
        &self,
        before: &'c [Condition],
        after: &'c [Condition],
    ) -> (Vec<(&'c Condition, &'c Condition)>, Vec<&'c Condition>, Vec<&'c Condition>) {
        let mut new: Vec<&Condition> = after.iter().collect();
        let (mut pairs, mut gone) = (Vec::new(), Vec::new());
        for condition in before {
            let same = |c: &&Condition| c.path == condition.path;
            let equal = new.iter().position(|c| same(c) && self.condition(condition, c) == Relation::Same);
            match equal.or_else(|| new.iter().position(same)) {
                Some(i) => pairs.push((condition, new.remove(i))),
                None => gone.push(condition),
            }
        }
        (pairs, gone, new)
    }

    fn condition(&self, before: &Condition, after: &Condition) -> Relation {
        let keys = match (before.source, after.source) {
            (Source::Category, Source::Category) | (Source::Stage, Source::Stage) => None,
            (Source::Fact(k), Source::Fact(l))
            | (Source::Field(k, _), Source::Field(l, _))
            | (Source::Member(k), Source::Member(l))
                if self.same_key(k, l) =>
            {
                Some((k, l))
            }
            _ => return Relation::Incomparable,
        };
        match (&before.test, &after.test) {
            (Question::Some(a), Question::Some(b)) => self.conditions(a, b),
            (Question::Operator(o), Question::Operator(p)) => match keys {
                Some(keys) if !self.same_domain(keys) => Relation::Incomparable,
                Some(keys) => self.operator(keys, o, p).and(self.derived(keys, Polarity::Mixed)),
                None => self.axis(o, p),
            },
            _ => Relation::Incomparable,
        }
    }

    /// Conditions on category or stage; the axes of two editions of one standard are the same.
    fn axis(&self, before: &Operator, after: &Operator) -> Relation {
        use Operator::{Is, NotIn, OneOf};
        let among = |v: &crate::check::Words, w: &crate::check::Words| match (v, w) {
            (crate::check::Words::These(v), crate::check::Words::These(w)) => {
                Relation::of(w.iter().all(|x| v.contains(x)), v.iter().all(|x| w.contains(x)))
            }
            (v, w) if v == w => Relation::Same,
            _ => Relation::Incomparable,
        };
        match (before, after) {
            (Is(v) | OneOf(v), Is(w) | OneOf(w)) => among(v, w),
            (NotIn(v), NotIn(w)) => among(v, w).reversed(),
            _ => Relation::Incomparable,
        }
    }

    fn same_key(&self, before: KeyIx, after: KeyIx) -> bool {
        let (a, b) = (self.before.dictionary.get(before), self.after.dictionary.get(after));
        let kind = |k: &crate::evidence::Key| crate::edition::describe::type_word(&k.ty);
        a.zip(b).is_some_and(|(a, b)| {
            let place = std::mem::discriminant(&a.place) == std::mem::discriminant(&b.place);
            a.name == b.name && kind(a) == kind(b) && a.absent_never == b.absent_never && place
        })
    }
}

fn never_negative(edition: &crate::edition::Edition, aggregate: &Aggregate) -> bool {
    let Over::Records { field: Some((key, _)), .. } = aggregate.over else { return false };
    let bounds = edition.dictionary.get(key).and_then(|k| k.bounds);
    bounds.is_some_and(|(low, _)| low >= crate::quantity::Decimal::ZERO)
}

/// Which way the number should move, if both operators agree.
fn polarity(before: &Operator, after: &Operator) -> Polarity {
    before.polarity().with(after.polarity())
}

/// The key whose values an aggregate yields, for the scale of its operator.
fn aggregated(aggregate: &Aggregate) -> KeyIx {
    match aggregate.over {
        Over::Members(key) => key,
        Over::Records { list, field } => field.map_or(list, |(key, _)| key),
    }
}

/// More time since a date is stricter for a lower bound.
fn elapsed((c, n): (Comparison, i64), (d, m): (Comparison, i64)) -> Relation {
    if c != d {
        return Relation::Incomparable;
    }
    match c {
        Comparison::AtLeast | Comparison::Above => Relation::rising(&n, &m),
        Comparison::AtMost | Comparison::Below => Relation::rising(&n, &m).reversed(),
    }
}
