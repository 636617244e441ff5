//! How what one edition accepts relates to what another accepts.

use serde::Serialize;

/// How a later rule relates to an earlier one, over all complete dossiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// They accept the same.
    Same,
    /// The later accepts no more than the earlier.
    Stricter,
    /// The later accepts no less.
    Looser,
    /// Nothing was proven.
    Incomparable,
}

impl Relation {
    /// The relation of two things that both count.
    #[must_use]
    pub fn and(self, other: Relation) -> Relation {
        match (self, other) {
            (Relation::Same, x) | (x, Relation::Same) => x,
            (a, b) if a == b => a,
            _ => Relation::Incomparable,
        }
    }

    /// The relation seen from the other side.
    #[must_use]
    pub fn reversed(self) -> Relation {
        match self {
            Relation::Stricter => Relation::Looser,
            Relation::Looser => Relation::Stricter,
            other => other,
        }
    }

    /// From two answers: whether all that is accepted later was accepted before, and the reverse.
    #[must_use]
    pub fn of(within: bool, around: bool) -> Relation {
        match (within, around) {
            (true, true) => Relation::Same,
            (true, false) => Relation::Stricter,
            (false, true) => Relation::Looser,
            (false, false) => Relation::Incomparable,
        }
    }

    /// From an order: stricter if the later is greater.
    pub fn rising<T: PartialOrd>(earlier: &T, later: &T) -> Relation {
        Relation::of(later >= earlier, later <= earlier)
    }

    /// All of several.
    pub fn all(relations: impl IntoIterator<Item = Relation>) -> Relation {
        relations.into_iter().fold(Relation::Same, Relation::and)
    }
}
