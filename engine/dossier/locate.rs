//! Addresses of facts: `finance.registered-capital`, `consulting/team.size`, `projects[P1].amount`,
//! `staff[S1].certificates[C1].expires`.

use std::fmt;

use super::{Cell, Dossier, FieldCell, RecordCell};
use crate::diag::Diagnostic;
use crate::edition::Edition;
use crate::evidence::{KeyIx, Place, Type};

/// The address of a fact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The category, for keys of that scope.
    pub category: Option<usize>,
    /// The key.
    pub key: KeyIx,
    /// Ids of the records around it, from the outside in.
    pub records: Vec<String>,
}

/// What is wrong with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressError {
    /// It is not written as addresses are.
    Malformed,
    /// There is no such key.
    UnknownKey(String),
    /// There is no such category.
    UnknownCategory(String),
    /// The key is about one category, and none is named.
    CategoryMissing,
    /// The key is not about one category.
    CategoryUseless,
    /// The key is a field of records, and none is named.
    RecordMissing,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(written: &str, edition: &Edition) -> Result<Self, AddressError> {
        let (category, rest) = match written.split_once('/') {
            Some((category, rest)) => (Some(category), rest),
            None => (None, written),
        };
        let mut key = String::new();
        let mut records = Vec::new();
        let mut at = rest;
        while let Some((before, after)) = at.split_once('[') {
            let (id, after) = after.split_once(']').ok_or(AddressError::Malformed)?;
            if id.is_empty() {
                return Err(AddressError::RecordMissing);
            }
            key.push_str(before);
            key.push_str("[]");
            records.push(id.to_owned());
            at = after;
        }
        key.push_str(at);
        // `projects[P1]` is the record itself: the address of its list.
        let key = if at.is_empty() { key.strip_suffix("[]").unwrap_or(&key) } else { &key };
        let ix = edition.dictionary.find(key).ok_or_else(|| AddressError::UnknownKey(key.to_owned()))?;
        let category = match category {
            None => None,
            Some(id) => Some(
                edition.standard.category(id).ok_or_else(|| AddressError::UnknownCategory(id.to_owned()))?,
            ),
        };
        Address { category, key: ix, records }.checked(edition)
    }

    fn checked(self, edition: &Edition) -> Result<Self, AddressError> {
        let Some(key) = edition.dictionary.get(self.key) else { return Err(AddressError::Malformed) };
        let list = key.ty == Type::List;
        let depth = key.name.matches("[]").count();
        match (key.place, self.category) {
            (Place::Category, None) => Err(AddressError::CategoryMissing),
            (Place::Institution | Place::Field { .. }, Some(_)) => Err(AddressError::CategoryUseless),
            _ if self.records.len() < depth => Err(AddressError::RecordMissing),
            _ if self.records.len() > depth + usize::from(list) => Err(AddressError::Malformed),
            _ => Ok(self),
        }
    }

    /// The address as people write it.
    #[must_use]
    pub fn show(&self, edition: &Edition) -> String {
        let mut text = String::new();
        if let Some(category) = self.category.and_then(|c| edition.standard.categories.get(c)) {
            text = format!("{}/", category.id);
        }
        let mut ids = self.records.iter();
        let mut parts = edition.dictionary.name(self.key).split("[]").peekable();
        while let Some(part) = parts.next() {
            text.push_str(part);
            if parts.peek().is_some() || ids.len() > 0 {
                text = ids.next().map_or_else(|| format!("{text}[]"), |id| format!("{text}[{id}]"));
            }
        }
        text
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Dossier {
    /// The record at an address, to change it: the last one that the address names.
    pub fn record_mut(&mut self, address: &Address, edition: &Edition) -> Option<&mut RecordCell> {
        let name = edition.dictionary.name(address.key);
        let mut lists = name.split("[]").collect::<Vec<_>>();
        if lists.len() > address.records.len() {
            lists.truncate(address.records.len());
        }
        let outer = edition.dictionary.find(lists.first()?)?;
        let record = self.lists.get_mut(&outer)?.record_mut(address.records.first()?)?;
        let Some(id) = address.records.get(1) else { return Some(record) };
        let nested = edition.dictionary.find(&format!("{}[]{}", lists.first()?, lists.get(1)?))?;
        let Some(Place::Field { position, .. }) = edition.dictionary.get(nested).map(|k| k.place) else {
            return None;
        };
        match record.fields.get_mut(position)? {
            FieldCell::List(list) => list.record_mut(id),
            FieldCell::Cell(_) => None,
        }
    }

    /// Adds the record that was probably meant, where there are few enough to compare.
    pub(super) fn suggest_record(
        &self,
        fault: Diagnostic,
        address: &Address,
        edition: &Edition,
    ) -> Diagnostic {
        const FEW: usize = 1_000;
        let outer = edition.dictionary.name(address.key).split("[]").next();
        let list = outer.and_then(|name| edition.dictionary.find(name)).and_then(|ix| self.lists.get(&ix));
        match (address.records.first(), list) {
            (Some(id), Some(list)) if list.records.len() <= FEW && list.record(id).is_none() => {
                fault.suggest(id, list.records.iter().map(|r| &*r.id))
            }
            _ => fault,
        }
    }

    /// Takes the record at the address of a list away. Whether it was there.
    pub fn remove_record(&mut self, address: &Address, edition: &Edition) -> bool {
        let Some((id, around)) = address.records.split_last() else { return false };
        let list = match around {
            [] => self.lists.get_mut(&address.key),
            _ => {
                let Some(Place::Field { position, .. }) =
                    edition.dictionary.get(address.key).map(|k| k.place)
                else {
                    return false;
                };
                let around = Address { records: around.to_vec(), ..address.clone() };
                match self.record_mut(&around, edition).and_then(|r| r.fields.get_mut(position)) {
                    Some(FieldCell::List(list)) => Some(list),
                    _ => None,
                }
            }
        };
        list.is_some_and(|list| {
            let before = list.records.len();
            list.records.retain(|r| *r.id != **id);
            list.records.len() < before
        })
    }

    /// What was said at an address, to add to it. `None` if the record does not exist or the key is a list.
    pub fn cell_mut(&mut self, address: &Address, edition: &Edition) -> Option<&mut Cell> {
        let key = edition.dictionary.get(address.key)?;
        match key.place {
            _ if key.ty == Type::List => None,
            Place::Institution => Some(self.cells.entry((None, address.key)).or_default()),
            Place::Category => Some(self.cells.entry((address.category, address.key)).or_default()),
            Place::Field { position, .. } => {
                let fields = &mut self.record_mut(address, edition)?.fields;
                match fields.entry(position, || FieldCell::Cell(Cell::default()))? {
                    FieldCell::Cell(cell) => Some(cell),
                    FieldCell::List(_) => None,
                }
            }
        }
    }
}
