//! Values of evidence keys.

use std::sync::Arc;

use crate::calendar::Date;
use crate::format::dossier::ConclusionRaw;
use crate::lang::Text;
use crate::quantity::Decimal;
use crate::text;

/// A value of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// True or false.
    Flag(bool),
    /// Free text.
    Text(Arc<str>),
    /// A civil date.
    Date(Date),
    /// A calendar year.
    Year(i64),
    /// A number in the base unit of the key's dimension.
    Quantity(Decimal),
    /// Position of a word among the values of the key.
    Choice(u16),
    /// Positions of words, sorted, each once.
    Set(Arc<[u16]>),
    /// A qualitative conclusion: conforms or fails. “Not applicable” is a state, not a value.
    Finding(Conclusion),
}

/// A qualitative conclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Conclusion {
    /// What was looked for is there.
    Conforms,
    /// It is not.
    Fails,
}

impl Conclusion {
    /// The word that stands for it in data.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Conclusion::Conforms => "conforms",
            Conclusion::Fails => "fails",
        }
    }

    /// The word that people read.
    #[must_use]
    pub fn title(self) -> Text {
        match self {
            Conclusion::Conforms => text!("符合", "conforms"),
            Conclusion::Fails => text!("不符合", "fails"),
        }
    }

    /// A conclusion as written, without “not applicable”.
    #[must_use]
    pub fn from_raw(raw: ConclusionRaw) -> Option<Self> {
        match raw {
            ConclusionRaw::Conforms => Some(Conclusion::Conforms),
            ConclusionRaw::Fails => Some(Conclusion::Fails),
            ConclusionRaw::NotApplicable => None,
        }
    }

    /// Reads a word, in either language.
    #[must_use]
    pub fn parse(written: &str) -> Option<ConclusionRaw> {
        match written {
            "conforms" | "符合" => Some(ConclusionRaw::Conforms),
            "fails" | "不符合" => Some(ConclusionRaw::Fails),
            "not-applicable" | "不适用" => Some(ConclusionRaw::NotApplicable),
            _ => None,
        }
    }
}
