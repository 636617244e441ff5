//! Two editions side by side as a page shows them.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::build::Places;
use super::{HeadOut, LinkOut};
use crate::analysis::beside::{Difference, Element, side_by_side};
use crate::edition::Edition;
use crate::edition::describe::layers::layers;
use crate::lang::Text;
use crate::report::template::fields;
use crate::report::thresholds::{EditionOut, both, edition_out};
use crate::report::words::field as field_word;
use crate::text;

/// Two editions side by side.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ComparisonOut {
    /// The name of the page.
    pub head: HeadOut,
    /// The edition beside this one.
    pub against: EditionOut,
    /// The layers in force here, and beside it.
    pub layers: [Vec<SideLayerOut>; 2],
    /// What differs, by kind.
    pub sections: Vec<SectionOut>,
    /// Every clause of either edition: the id, its titles here and there, whether anything in it differs.
    pub clauses: Vec<ClausePairOut>,
}

/// A layer in force on one side.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SideLayerOut {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Text,
}

/// A clause in both editions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClausePairOut {
    /// The clause.
    pub link: LinkOut,
    /// Its title in this edition.
    pub here: Option<Text>,
    /// Its title in the edition beside it.
    pub there: Option<Text>,
    /// Whether it or one of its checks differs.
    pub differs: bool,
}

/// Differences of one kind.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SectionOut {
    /// Of what kind.
    pub title: Text,
    /// What differs.
    pub changed: Vec<ChangedOut>,
}

/// One thing that is not the same in both.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChangedOut {
    /// What it is.
    pub link: LinkOut,
    /// `changed`, `here` (only in this edition) or `there` (only in the edition beside it).
    pub state: String,
    /// What is not the same.
    pub fields: Vec<FieldOut>,
}

/// A field on both sides.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FieldOut {
    /// Its name.
    pub name: Text,
    /// In this edition.
    pub here: Option<Text>,
    /// In the edition beside it.
    pub there: Option<Text>,
    /// Whether it is wording, and not the writing of rule files.
    pub prose: bool,
}

/// The page for an edition and the one beside it.
pub(super) fn page(places: &Places<'_>, there: &Edition) -> ComparisonOut {
    let here = places.edition;
    let found: Vec<Difference> = side_by_side(here, there).into_iter().filter_map(meaning).collect();
    let kinds = [
        (Element::Declaration, text!("总体声明", "Declarations")),
        (Element::Clause, text!("条款", "Clauses")),
        (Element::Check, text!("检查", "Checks")),
        (Element::Evidence, text!("证据项", "Evidence keys")),
        (Element::Interpretation, text!("释义", "Interpretations")),
    ];
    let sections = kinds.into_iter().map(|(element, title)| {
        let of_kind = found.iter().filter(|d| d.element == element);
        SectionOut { title, changed: of_kind.map(|d| changed(places, there, d)).collect() }
    });
    let touched = |id: &str| {
        found.iter().any(|d| match d.element {
            Element::Clause => d.id == id,
            Element::Check => d.id.split_once('#').is_some_and(|(clause, _)| clause == id),
            _ => false,
        })
    };
    let mut ids: Vec<_> = here.clauses.iter().chain(&there.clauses).map(|c| &c.id).collect();
    ids.sort();
    ids.dedup();
    let title =
        |edition: &Edition, id| edition.find(id).and_then(|ix| edition.clause(ix)).map(|c| c.title.clone());
    let clauses = ids.into_iter().map(|id| ClausePairOut {
        link: places.named(id.as_str()),
        here: title(here, id),
        there: title(there, id),
        differs: touched(id.as_str()),
    });
    ComparisonOut {
        head: HeadOut {
            file: "compare.html".to_owned(),
            title: text!("两个版本对照", "Two editions side by side"),
        },
        against: edition_out(there),
        layers: [here, there].map(in_force),
        sections: sections.collect(),
        clauses: clauses.collect(),
    }
}

/// The layers of an edition that were in force.
fn in_force(edition: &Edition) -> Vec<SideLayerOut> {
    let layers = layers(edition).into_iter().filter(|l| l.in_force);
    layers.map(|l| SideLayerOut { id: l.id, title: l.title }).collect()
}

/// A difference without what only tells how an edition came about: its layers stand at the head of the page, and what
/// each of them did stands with the layers. `None` if nothing else differs.
fn meaning(mut difference: Difference) -> Option<Difference> {
    if difference.element == Element::Declaration && ["layers", "history"].contains(&difference.id.as_str()) {
        return None;
    }
    if difference.is_here && difference.is_there {
        difference.fields.retain(|f| !["layer", "history"].contains(&f.field.as_str()));
    }
    (!difference.fields.is_empty()).then_some(difference)
}

/// The title of what only the edition beside this one has.
fn title_there(there: &Edition, difference: &Difference) -> Option<Text> {
    let id = difference.id.as_str();
    match difference.element {
        Element::Clause | Element::Check => {
            let id = crate::id::ClauseId::parse(id.split_once('#').map_or(id, |(clause, _)| clause))?;
            there.find(&id).and_then(|ix| there.clause(ix)).map(|c| c.title.clone())
        }
        Element::Evidence => {
            there.dictionary.find(id).and_then(|ix| there.dictionary.get(ix)).map(|k| k.label().clone())
        }
        Element::Interpretation | Element::Declaration => None,
    }
}

fn changed(places: &Places<'_>, there: &Edition, difference: &Difference) -> ChangedOut {
    let id = &difference.id;
    let link = match difference.element {
        Element::Clause | Element::Check => places.named(id),
        Element::Evidence => LinkOut { id: id.clone(), ..places.named(&format!("evidence:{id}")) },
        Element::Interpretation => places.interpretation(id),
        Element::Declaration => LinkOut { id: id.clone(), href: None, title: Text::default() },
    };
    let link = match title_there(there, difference) {
        Some(title) if !difference.is_here => LinkOut { title, ..link },
        _ => link,
    };
    let state = match (difference.is_here, difference.is_there) {
        (true, false) => "here",
        (false, true) => "there",
        _ => "changed",
    };
    let mut shown: Vec<FieldOut> = Vec::new();
    let mut said: &[&str] = &[];
    if difference.element == Element::Check {
        let (here, there) = (demand(places.edition, id), demand(there, id));
        if here != there {
            shown.push(FieldOut { name: text!("要求", "demand"), here, there, prose: true });
            said = &["threshold", "value", "unit", "subject", "op", "of", "title"];
        }
    }
    let whole = state == "changed";
    let main = ["title", "summary", "question", "level", "when", "adopted"];
    for field in &difference.fields {
        let name = field.field.as_str();
        // Of what only one edition has, the words that say what it is are enough.
        if said.contains(&name) || !whole && (!main.contains(&name) || difference.element == Element::Check) {
            continue;
        }
        let side = |value: &Option<Json>| value.as_ref().filter(|v| !v.is_null()).map(value_text);
        let prose =
            [&field.here, &field.there].into_iter().flatten().all(|v| v.is_null() || wording(v).is_some());
        let (here, there) = (side(&field.here), side(&field.there));
        if here.is_some() || there.is_some() {
            shown.push(FieldOut { name: field_word(name), here, there, prose });
        }
    }
    ChangedOut { link, state: state.to_owned(), fields: shown }
}

/// What a check demands, with when it applies.
fn demand(edition: &Edition, address: &str) -> Option<Text> {
    let (id, check) = address.split_once('#')?;
    let clause =
        crate::id::ClauseId::parse(id).and_then(|id| edition.find(&id)).and_then(|ix| edition.clause(ix))?;
    let check = clause.checks.iter().find(|c| *c.id == *check)?;
    Some(both(edition, |p| p.demand(clause, check)))
}

fn wording(value: &Json) -> Option<Text> {
    let map = value.as_object().filter(|m| m.len() == 2)?;
    Some(Text::new(map.get("zh")?.as_str()?, map.get("en")?.as_str()?))
}

fn value_text(value: &Json) -> Text {
    wording(value).unwrap_or_else(|| Text::same(fields(value)))
}
