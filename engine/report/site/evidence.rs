//! The evidence dictionary as pages show it.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::build::Places;
use super::{HeadOut, LinkOut};
use crate::edition::describe;
use crate::evidence::{Key, KeyIx, Place, Type};
use crate::format::evidence::AttestorRaw;
use crate::lang::{Lang, Text};
use crate::text;

/// The list of evidence keys.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DictionaryOut {
    /// Its name.
    pub head: HeadOut,
    /// The groups with their keys.
    pub groups: Vec<GroupLinkOut>,
    /// Relations between figures: the key, and the key that it never exceeds.
    pub invariants: Vec<InvariantOut>,
}

/// A group of keys in a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GroupLinkOut {
    /// The page of the group.
    pub link: LinkOut,
    /// Its keys.
    pub keys: Vec<LinkOut>,
}

/// One figure never exceeds another.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct InvariantOut {
    /// The key that is bounded.
    pub key: LinkOut,
    /// It is at most this key.
    pub at_most: LinkOut,
    /// Why.
    pub reason: Text,
}

/// The keys that share the first part of their names.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EvidenceGroupOut {
    /// The name of the page.
    pub head: HeadOut,
    /// The first part of the names.
    pub id: String,
    /// The keys.
    pub keys: Vec<KeyOut>,
}

/// An evidence key.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct KeyOut {
    /// The key, and its place on the page.
    pub key: String,
    /// A short name.
    pub title: Option<Text>,
    /// The question asked.
    pub question: Text,
    /// A hint on how to answer.
    pub hint: Option<Text>,
    /// The word of its type.
    pub kind: String,
    /// Its type in words.
    pub kind_title: Text,
    /// What it is about: the institution, a category, a record.
    pub scope: Text,
    /// The unit in which it is usually written.
    pub unit: Option<Text>,
    /// Lowest and highest value.
    pub bounds: Option<Text>,
    /// Least change.
    pub step: Option<Text>,
    /// Values of a choice or set: id and title.
    pub values: Vec<LinkOut>,
    /// Whether the values are ordered from low to high.
    pub ordered: bool,
    /// How it is computed.
    pub computed: Option<Text>,
    /// Whether known-absent means later than any date.
    pub absent_never: bool,
    /// Whether a finding may say that it does not apply.
    pub may_not_apply: bool,
    /// Who attests it.
    pub attested_by: Option<Text>,
    /// Documents that usually prove it.
    pub documents: Vec<Text>,
    /// Checks that look at it: addresses.
    pub used_by: Vec<LinkOut>,
    /// Keys that are computed from it.
    pub feeds: Vec<LinkOut>,
}

/// The first part of a key.
fn group(key: &str) -> &str {
    key.split(['.', '[']).next().unwrap_or(key)
}

/// The page of a key.
pub(super) fn file(key: &str) -> String {
    format!("evidence-{}.html", group(key))
}

/// The list of keys, and the pages of the groups.
pub(super) fn pages(places: &Places<'_>) -> (DictionaryOut, Vec<EvidenceGroupOut>) {
    let dictionary = &places.edition.dictionary;
    let uses = uses(places);
    let mut groups: BTreeMap<&str, Vec<(KeyIx, &Key)>> = BTreeMap::new();
    for (ix, key) in dictionary.iter() {
        groups.entry(group(&key.name)).or_default().push((ix, key));
    }
    let mut pages = Vec::new();
    let mut links = Vec::new();
    for (id, keys) in groups {
        // A list names its group; elsewhere the name of the group is all there is.
        let title = keys.iter().find(|(_, k)| *k.name == *id).map(|(_, k)| k.label().clone());
        let head = HeadOut { file: file(id), title: text!("证据：{id}", "Evidence: {id}") };
        links.push(GroupLinkOut {
            link: LinkOut {
                id: id.to_owned(),
                href: Some(head.file.clone()),
                title: title.unwrap_or_else(|| Text::same(id)),
            },
            keys: keys.iter().map(|(_, key)| places.key(key)).collect(),
        });
        let keys = keys.into_iter().map(|(ix, key)| key_out(places, key, uses.get(&ix))).collect();
        pages.push(EvidenceGroupOut { head, id: id.to_owned(), keys });
    }
    let link = |ix: KeyIx| dictionary.get(ix).map(|key| places.key(key));
    let invariants = dictionary.invariants.iter().filter_map(|i| {
        Some(InvariantOut { key: link(i.key)?, at_most: link(i.at_most)?, reason: i.reason.clone() })
    });
    let head =
        HeadOut { file: "evidence.html".to_owned(), title: text!("证据字典", "Evidence dictionary") };
    (DictionaryOut { head, groups: links, invariants: invariants.collect() }, pages)
}

#[derive(Default)]
struct Uses {
    checks: Vec<LinkOut>,
    computed: Vec<LinkOut>,
}

/// What looks at each key: checks, with the conditions of their clauses, and computed keys.
fn uses(places: &Places<'_>) -> BTreeMap<KeyIx, Uses> {
    let edition = places.edition;
    let mut uses: BTreeMap<KeyIx, Uses> = BTreeMap::new();
    for (ix, clause) in edition.clauses.iter().enumerate() {
        let around: Vec<_> = edition.conditions(ix).cloned().collect();
        for check in &clause.checks {
            let when: Vec<_> = around.iter().chain(&check.when).cloned().collect();
            for key in describe::keys(&check.body, &when) {
                let link = LinkOut { id: clause.address(check), ..places.check(clause, &check.id) };
                uses.entry(key).or_default().checks.push(link);
            }
        }
    }
    for (ix, key) in edition.dictionary.iter() {
        let Some(derived) = edition.derived.get(ix.0).and_then(Option::as_ref) else { continue };
        let mut from = BTreeSet::new();
        describe::aggregate_keys(derived, &mut from);
        for other in from.into_iter().filter(|other| *other != ix) {
            uses.entry(other).or_default().computed.push(places.key(key));
        }
    }
    uses
}

fn key_out(places: &Places<'_>, key: &Key, uses: Option<&Uses>) -> KeyOut {
    let edition = places.edition;
    let units = &edition.standard.units;
    let measured = match &key.ty {
        Type::Quantity(dimension) => Some((*dimension, key.unit)),
        _ => key.counted_in,
    };
    let unit = measured.and_then(|(d, u)| units.unit(d, u)).map(|u| {
        let zh = u.symbols.first().unwrap_or(&u.id).clone();
        Text { en: u.en.clone().filter(|en| !en.is_empty()).unwrap_or_else(|| zh.clone()), zh }
    });
    let amount = |n| {
        let (dimension, unit) = measured?;
        // Bounds are often far from what is usual: the unit in which they are shortest.
        let count = units.dimensions.get(dimension).map_or(0, |d| d.units.len());
        let length = |u: &usize| units.show(n, dimension, *u, Lang::Zh).len();
        let unit = std::iter::once(unit).chain(0..count).min_by_key(length)?;
        Some(places.say(|p| units.show(n, dimension, unit, p.lang)))
    };
    let computed = edition.dictionary.find(&key.name).and_then(|ix| edition.derived.get(ix.0)?.as_ref());
    let choices = key.choices();
    let value =
        |v: &crate::evidence::Choice| LinkOut { id: v.id.clone(), href: None, title: v.title.clone() };
    KeyOut {
        key: key.name.to_string(),
        title: key.title.clone(),
        question: key.question.clone(),
        hint: key.hint.clone(),
        kind: match &key.ty {
            Type::Quantity(d) => units.dimensions.get(*d).map(|d| d.id.clone()).unwrap_or_default(),
            other => describe::type_word(other).to_owned(),
        },
        kind_title: type_title(places, &key.ty),
        scope: match key.place {
            Place::Institution => text!("整个机构", "institution"),
            Place::Category => text!("按类别", "by category"),
            Place::Field { .. } => text!("记录字段", "field of records"),
        },
        unit: unit.filter(|u| !u.zh.is_empty()),
        bounds: key
            .bounds
            .and_then(|(low, high)| Some(amount(low)?.then(Text::same(" – ")).then(amount(high)?))),
        step: key.bounds.and_then(|_| amount(key.step)),
        values: choices.map(|c| c.values.iter().map(value).collect()).unwrap_or_default(),
        ordered: choices.is_some_and(|c| c.ordered),
        computed: computed.map(|aggregate| places.say(|p| p.computed(aggregate))),
        absent_never: key.absent_never,
        may_not_apply: key.may_not_apply,
        attested_by: key.attested_by.map(|a| match a {
            AttestorRaw::Institution => text!("机构", "the institution"),
            AttestorRaw::ThirdParty => text!("第三方", "a third party"),
            AttestorRaw::Assessor => text!("评定人员", "the assessor"),
        }),
        documents: key.documents.clone(),
        used_by: uses.map(|u| u.checks.clone()).unwrap_or_default(),
        feeds: uses.map(|u| u.computed.clone()).unwrap_or_default(),
    }
}

fn type_title(places: &Places<'_>, ty: &Type) -> Text {
    match ty {
        Type::Flag => text!("是否", "yes or no"),
        Type::Text => text!("文字", "text"),
        Type::Date => text!("日期", "date"),
        Type::Year => text!("年份", "year"),
        Type::Choice(_) => text!("单选", "one of several values"),
        Type::Set(_) => text!("多选", "some of several values"),
        Type::Finding => text!("定性结论", "finding"),
        Type::List => text!("记录表", "list of records"),
        Type::Quantity(d) => {
            let dimension = places.edition.standard.units.dimensions.get(*d);
            dimension.map(|d| d.title.clone()).unwrap_or_default()
        }
    }
}
