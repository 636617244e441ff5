//! Operators with their operands: which values each accepts.

use super::{Pair, Relation};
use crate::check::{Comparison, DateRef, Operator, Words};
use crate::evidence::{KeyIx, Type, Value};

/// A value by name rather than by position, so that two editions can be compared.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
enum Plain {
    Rank(Value),
    Word(String),
}

impl Pair<'_> {
    /// How two operators on one key relate, by the values that they accept.
    pub fn operator(&self, keys: (KeyIx, KeyIx), before: &Operator, after: &Operator) -> Relation {
        use Operator::{
            AtLeastAgo, Compare, Excludes, Includes, IncludesAny, Is, LastClosed, NotAfter, NotBefore, NotIn,
            OneOf, Within,
        };
        match (before, after) {
            (Compare(c, v), Compare(d, w)) => self.comparison(keys, (*c, v), (*d, w)),
            (Is(v) | OneOf(v), Is(w) | OneOf(w)) => self.subset(keys, v, w),
            (IncludesAny(v), IncludesAny(w)) => self.subset(keys, v, w),
            (NotIn(v), NotIn(w)) | (Excludes(v), Excludes(w)) => {
                self.subset(keys, v, w).reversed().and(self.words(keys))
            }
            (Includes(v), Includes(w)) => self.subset(keys, v, w).reversed(),
            (Within(n), Within(m)) | (LastClosed(n), LastClosed(m)) => Relation::rising(n, m).reversed(),
            (AtLeastAgo(n), AtLeastAgo(m)) => Relation::rising(n, m),
            (NotBefore(d), NotBefore(e)) => dates(*d, *e),
            (NotAfter(d), NotAfter(e)) => dates(*d, *e).reversed(),
            _ => Relation::Incomparable,
        }
    }

    fn comparison(
        &self,
        keys: (KeyIx, KeyIx),
        (c, v): (Comparison, &Value),
        (d, w): (Comparison, &Value),
    ) -> Relation {
        let lower = |c| matches!(c, Comparison::AtLeast | Comparison::Above);
        if lower(c) != lower(d) {
            return Relation::Incomparable;
        }
        if self.scale_moved(keys) {
            return Relation::Incomparable;
        }
        let strict = |c| matches!(c, Comparison::Above | Comparison::Below);
        let by_value = match v.partial_cmp(w) {
            Some(std::cmp::Ordering::Less) => Relation::Stricter,
            Some(std::cmp::Ordering::Greater) => Relation::Looser,
            Some(std::cmp::Ordering::Equal) => match (strict(c), strict(d)) {
                (false, true) => return Relation::Stricter,
                (true, false) => return Relation::Looser,
                _ => return Relation::Same,
            },
            None => return Relation::Incomparable,
        };
        if lower(c) { by_value } else { by_value.reversed() }
    }

    /// Whether the values of a key are not the same in both editions, or not in the same order.
    pub(super) fn scale_moved(&self, keys: (KeyIx, KeyIx)) -> bool {
        value_ids(self.before, keys.0) != value_ids(self.after, keys.1)
    }

    /// The words that a key knows: what is not excluded is accepted.
    fn words(&self, keys: (KeyIx, KeyIx)) -> Relation {
        let (v, w) = (value_ids(self.before, keys.0), value_ids(self.after, keys.1));
        Relation::of(w.iter().all(|x| v.contains(x)), v.iter().all(|x| w.contains(x)))
    }

    /// Words as sets: stricter if the later are among the earlier.
    fn subset(&self, keys: (KeyIx, KeyIx), before: &Words, after: &Words) -> Relation {
        match (before, after) {
            (Words::Applied, Words::Applied) => Relation::Same,
            (Words::These(v), Words::These(w)) => {
                let v: Vec<Plain> = v.iter().map(|x| plain(self.before, keys.0, x)).collect();
                let w: Vec<Plain> = w.iter().map(|x| plain(self.after, keys.1, x)).collect();
                Relation::of(w.iter().all(|x| v.contains(x)), v.iter().all(|x| w.contains(x)))
            }
            _ => Relation::Incomparable,
        }
    }
}

/// The ids of the values of a choice or set.
fn value_ids(edition: &crate::edition::Edition, key: KeyIx) -> Vec<String> {
    match edition.dictionary.get(key).map(|k| &k.ty) {
        Some(Type::Choice(c) | Type::Set(c)) => c.values.iter().map(|v| v.id.clone()).collect(),
        _ => Vec::new(),
    }
}

fn plain(edition: &crate::edition::Edition, key: KeyIx, value: &Value) -> Plain {
    let choices = edition.dictionary.get(key).and_then(|k| match &k.ty {
        Type::Choice(c) | Type::Set(c) => Some(c),
        _ => None,
    });
    match (value, choices) {
        (Value::Choice(position), Some(choices)) => {
            let found = choices.values.get(usize::from(*position));
            Plain::Word(found.map(|v| v.id.clone()).unwrap_or_default())
        }
        (other, _) => Plain::Rank(other.clone()),
    }
}

/// A later bound accepts fewer dates.
fn dates(before: DateRef, after: DateRef) -> Relation {
    match (before, after) {
        (DateRef::Fixed(d), DateRef::Fixed(e)) => Relation::rising(&d, &e),
        (d, e) if d == e => Relation::Same,
        // An application is never later than its assessment; nothing is said of the award.
        (DateRef::AppliedOn, DateRef::AssessedOn) => Relation::Stricter,
        (DateRef::AssessedOn, DateRef::AppliedOn) => Relation::Looser,
        _ => Relation::Incomparable,
    }
}
