//! The two languages of everything that a person reads.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The language of an output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Chinese, the language of assessors.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Picks one of two wordings.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// A wording in both languages; neither may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    /// A wording from its two forms.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Text { zh: zh.into(), en: en.into() }
    }

    /// A wording that is the same in both languages: a name, a number, an id.
    pub fn same(text: impl fmt::Display) -> Self {
        let text = text.to_string();
        Text { zh: text.clone(), en: text }
    }

    /// Names in a row, joined as each language joins them.
    #[must_use]
    pub fn list<S: AsRef<str>>(names: &[S]) -> Self {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        Text { zh: names.join("、"), en: names.join(", ") }
    }

    /// This wording with another behind it.
    #[must_use]
    pub fn then(self, next: Text) -> Self {
        Text { zh: self.zh + &next.zh, en: self.en + &next.en }
    }

    /// The wording in one language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}

/// Builds a [`Text`] from two format strings that share their arguments.
#[macro_export]
macro_rules! text {
    ($zh:literal, $en:literal $(, $($arg:tt)*)?) => {
        $crate::lang::Text { zh: format!($zh $(, $($arg)*)?), en: format!($en $(, $($arg)*)?) }
    };
}
