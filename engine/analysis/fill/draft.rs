//! A dossier in the making.

use std::collections::{BTreeMap, BTreeSet};

use super::demand::{Demand, conforms};
use super::solve::{Rule, solve};
use crate::check::Context;
use crate::edition::Edition;
use crate::evidence::{KeyIx, Place, Type, Value};

/// A dossier in the making.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Values outside records: category (for keys of that scope) and key.
    pub values: BTreeMap<(Option<usize>, KeyIx), Value>,
    /// Records by list.
    pub records: BTreeMap<KeyIx, Vec<DraftRecord>>,
    rules: BTreeMap<(Option<usize>, KeyIx), Vec<Rule>>,
}

/// A record in the making.
#[derive(Clone, Debug, Default)]
pub struct DraftRecord {
    /// Its id.
    pub id: String,
    /// Its fields.
    pub fields: BTreeMap<KeyIx, DraftField>,
    /// What the fields must satisfy, with the context in which it was demanded.
    pub(super) rules: BTreeMap<KeyIx, Vec<(usize, Rule)>>,
}

/// A field of a record in the making.
#[derive(Clone, Debug)]
pub enum DraftField {
    /// A value.
    Value(Value),
    /// Known to be absent.
    Absent,
    /// Records within the record.
    Records(Vec<DraftRecord>),
}

impl Draft {
    /// Adds a demand on a key outside records; a contradiction leaves what was there.
    pub(super) fn scalar(&mut self, edition: &Edition, ctx: &Context<'_>, key: KeyIx, demand: &Demand) {
        let rule = match demand {
            Demand::Scalar { operator: Some(operator), .. } => Rule::Operator(operator.clone()),
            Demand::Scalar { operator: None, .. } => Rule::Operator(conforms()),
            Demand::Elapsed { comparison, months, .. } => Rule::Elapsed(*comparison, *months),
            _ => return,
        };
        let scoped = edition.dictionary.get(key).is_some_and(|k| k.place == Place::Category);
        let at = (ctx.category.filter(|_| scoped), key);
        let mut rules = self.rules.get(&at).cloned().unwrap_or_default();
        if !rules.contains(&rule) {
            rules.push(rule);
        }
        if let Some(value) = solve(key, &rules, ctx) {
            self.values.insert(at, value);
            self.rules.insert(at, rules);
        }
    }

    /// Adds members to a set.
    pub(super) fn members(
        &mut self,
        edition: &Edition,
        ctx: &Context<'_>,
        key: KeyIx,
        count: usize,
        admitted: &[u16],
    ) {
        let scoped = edition.dictionary.get(key).is_some_and(|k| k.place == Place::Category);
        let at = (ctx.category.filter(|_| scoped), key);
        let mut set: BTreeSet<u16> = match self.values.get(&at) {
            Some(Value::Set(members)) => members.iter().copied().collect(),
            _ => BTreeSet::new(),
        };
        for member in admitted {
            if set.iter().filter(|m| admitted.contains(m)).count() >= count {
                break;
            }
            set.insert(*member);
        }
        self.values.insert(at, Value::Set(set.into_iter().collect()));
    }

    /// Gives every field that nobody asked for a value that counts for nothing, so that no count stays open.
    pub(super) fn defaults(&mut self, edition: &Edition) {
        for (list, records) in &mut self.records {
            records.iter_mut().for_each(|record| fields(edition, *list, record));
        }
    }
}

fn fields(edition: &Edition, list: KeyIx, record: &mut DraftRecord) {
    let Some(owner) = edition.dictionary.get(list) else { return };
    for field in &owner.fields {
        let Some(key) = edition.dictionary.get(*field) else { continue };
        if let Some(DraftField::Records(inner)) = record.fields.get_mut(field) {
            inner.iter_mut().for_each(|r| fields(edition, *field, r));
            continue;
        }
        if record.fields.contains_key(field) {
            continue;
        }
        let value = match &key.ty {
            // Findings that nobody asked for are left open: nobody looked.
            Type::Finding => continue,
            Type::List => DraftField::Records(Vec::new()),
            Type::Set(_) => DraftField::Value(Value::Set(std::sync::Arc::from([]))),
            Type::Flag => DraftField::Value(Value::Flag(false)),
            Type::Text => DraftField::Value(Value::Text(record.id.as_str().into())),
            Type::Choice(choices) => {
                let last = choices.values.len().saturating_sub(1);
                DraftField::Value(Value::Choice(u16::try_from(last).unwrap_or(0)))
            }
            Type::Quantity(_) => {
                DraftField::Value(Value::Quantity(key.bounds.map(|(low, _)| low).unwrap_or_default()))
            }
            Type::Date | Type::Year => DraftField::Absent,
        };
        record.fields.insert(*field, value);
    }
}
