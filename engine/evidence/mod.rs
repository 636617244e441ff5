//! The evidence dictionary: every key that a dossier may supply, with its type, and the values that keys take.

mod cross;
mod fact;
mod sparse;
mod value;

pub use cross::{cross, unknown_key};
pub use fact::{
    Claim, ClaimIx, Claims, Facts, Field, ListFacts, MISSING_LIST, MISSING_SLOT, Record, Side, Slot, State,
    Why,
};
pub use sparse::Sparse;
pub use value::{Conclusion, Value};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::format::evidence::{AttestorRaw, DeriveRaw};
use crate::lang::{Lang, Text};
use crate::quantity::{Decimal, DimensionIx, Units};
use crate::source::Span;
use crate::syntax::de::Loc;

/// Words that name a type; every other type is the id of a dimension.
pub const TYPES: [&str; 8] = ["flag", "text", "date", "year", "choice", "set", "finding", "list"];

/// Position of a key in the dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyIx(pub usize);

/// What values a key takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// True or false.
    Flag,
    /// Free text.
    Text,
    /// A civil date.
    Date,
    /// A calendar year.
    Year,
    /// One of several words, ordered or not.
    Choice(Choices),
    /// Some of several words.
    Set(Choices),
    /// A qualitative conclusion.
    Finding,
    /// A number with a unit.
    Quantity(DimensionIx),
    /// Records with fields of their own.
    List,
}

/// The words of a choice or set.
#[derive(Clone, Debug, PartialEq)]
pub struct Choices {
    /// The values, from low to high if they are ordered.
    pub values: Arc<[Choice]>,
    /// Whether they are ordered.
    pub ordered: bool,
    /// Whose values they are: two keys with the same owner can be compared.
    pub owner: Owner,
}

/// Where the values of a choice are declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The categories of the standard.
    Category,
    /// The stages of the standard.
    Stage,
    /// A key of the dictionary.
    Key(String),
}

/// One value of a choice or set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Identifier.
    pub id: String,
    /// Title; a dossier may use it instead of the id.
    pub title: Text,
}

impl Choices {
    /// Finds a value by id or by either form of its title.
    #[must_use]
    pub fn find(&self, written: &str) -> Option<u16> {
        let by_id = self.values.iter().position(|v| v.id == written);
        let found = by_id.or_else(|| {
            self.values.iter().position(|v| v.title.zh == written || v.title.en.eq_ignore_ascii_case(written))
        });
        found.and_then(|i| u16::try_from(i).ok())
    }

    /// The value at a position.
    #[must_use]
    pub fn get(&self, position: u16) -> Option<&Choice> {
        self.values.get(usize::from(position))
    }
}

/// Where the fact of a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// About the institution.
    Institution,
    /// About the institution in one category.
    Category,
    /// A field of the records of a list.
    Field {
        /// The list.
        list: KeyIx,
        /// Position among its fields.
        position: usize,
    },
}

/// One key of the dictionary.
#[derive(Clone, Debug)]
pub struct Key {
    /// The key as written.
    pub name: Arc<str>,
    /// Where its fact is kept.
    pub place: Place,
    /// Its type.
    pub ty: Type,
    /// Of a quantity: the position of its preferred unit.
    pub unit: usize,
    /// Of a list or set: the dimension and unit in which its members are counted.
    pub counted_in: Option<(DimensionIx, usize)>,
    /// Of a quantity: lowest and highest value in the base unit, both included.
    pub bounds: Option<(Decimal, Decimal)>,
    /// Of a quantity: the least change, in the base unit.
    pub step: Decimal,
    /// Of a date: whether known-absent means later than any date.
    pub absent_never: bool,
    /// Whether a finding may say that it does not apply.
    pub may_not_apply: bool,
    /// How it is computed, as written; linked where rules are compiled.
    pub derive: Option<DeriveRaw>,
    /// Of a list: its fields.
    pub fields: Vec<KeyIx>,
    /// A short name.
    pub title: Option<Text>,
    /// The question asked.
    pub question: Text,
    /// A hint on how to answer.
    pub hint: Option<Text>,
    /// Who attests it.
    pub attested_by: Option<AttestorRaw>,
    /// Documents that usually prove it.
    pub documents: Vec<Text>,
    /// Where it is declared.
    pub span: Span,
}

impl Key {
    /// The last part of a field's name, or the whole key.
    #[must_use]
    pub fn field_name(&self) -> &str {
        self.name.rsplit_once("[].").map_or(&self.name, |(_, field)| field)
    }

    /// The short name, or the question where there is none.
    #[must_use]
    pub fn label(&self) -> &Text {
        self.title.as_ref().unwrap_or(&self.question)
    }

    /// The words that it may take, if it is a choice or set.
    #[must_use]
    pub fn choices(&self) -> Option<&Choices> {
        match &self.ty {
            Type::Choice(choices) | Type::Set(choices) => Some(choices),
            _ => None,
        }
    }
}

/// One bare figure never exceeds another.
#[derive(Clone, Debug)]
pub struct Invariant {
    /// The key that is bounded.
    pub key: KeyIx,
    /// It is at most this key.
    pub at_most: KeyIx,
    /// Why.
    pub reason: Text,
}

/// All keys of a standard.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    /// The keys, sorted by name.
    pub keys: Vec<Key>,
    /// Relations between bare figures.
    pub invariants: Vec<Invariant>,
    by_name: BTreeMap<Arc<str>, KeyIx>,
}

impl Dictionary {
    /// Finds a key by name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<KeyIx> {
        self.by_name.get(name).copied()
    }

    /// The key at a position.
    #[must_use]
    pub fn get(&self, ix: KeyIx) -> Option<&Key> {
        self.keys.get(ix.0)
    }

    /// All keys with their positions.
    pub fn iter(&self) -> impl Iterator<Item = (KeyIx, &Key)> {
        self.keys.iter().enumerate().map(|(i, key)| (KeyIx(i), key))
    }

    /// The name of a key.
    #[must_use]
    pub fn name(&self, ix: KeyIx) -> &str {
        self.get(ix).map_or("", |k| &k.name)
    }

    /// The names of all keys.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|k| &*k.name)
    }

    /// A value of a key as people write it.
    #[must_use]
    pub fn show(&self, ix: KeyIx, value: &Value, units: &Units, lang: Lang) -> String {
        let Some(key) = self.get(ix) else { return String::new() };
        let choice = |v: u16| {
            let title = key.choices().and_then(|c| c.get(v)).map(|c| c.title.in_lang(lang));
            title.unwrap_or_default().to_owned()
        };
        match value {
            Value::Flag(flag) => {
                lang.pick(if *flag { "是" } else { "否" }, if *flag { "yes" } else { "no" }).to_owned()
            }
            Value::Text(text) => text.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Year(year) => year.to_string(),
            Value::Choice(v) => choice(*v),
            Value::Set(members) => {
                let names: Vec<String> = members.iter().map(|v| choice(*v)).collect();
                names.join(lang.pick("、", ", "))
            }
            Value::Finding(conclusion) => conclusion.title().in_lang(lang).to_owned(),
            Value::Quantity(base) => match key.ty {
                Type::Quantity(dimension) => units.show(*base, dimension, key.unit, lang),
                _ => base.to_string(),
            },
        }
    }

    fn index(&mut self) {
        self.by_name = self.keys.iter().enumerate().map(|(i, k)| (Arc::clone(&k.name), KeyIx(i))).collect();
    }
}

/// A value as JSON: exact numbers in the base unit, words by id.
#[must_use]
pub fn json_value(key: &Key, value: &Value) -> serde_json::Value {
    let choice = |v: u16| key.choices().and_then(|c| c.get(v)).map(|c| c.id.clone()).unwrap_or_default();
    match value {
        Value::Flag(flag) => (*flag).into(),
        Value::Text(text) => (**text).into(),
        Value::Date(date) => date.to_string().into(),
        Value::Year(year) => (*year).into(),
        Value::Choice(v) => choice(*v).into(),
        Value::Set(members) => members.iter().map(|v| choice(*v)).collect(),
        Value::Finding(conclusion) => conclusion.id().into(),
        Value::Quantity(base) => serde_json::to_value(base).unwrap_or_default(),
    }
}

/// The spelling of `@name` without the sign.
#[must_use]
pub fn reference(written: &Loc<String>) -> Option<&str> {
    written.value.strip_prefix('@')
}
