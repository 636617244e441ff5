//! Interpretations as pages show them, with what other readings would change.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::build::Places;
use super::{HeadOut, LinkOut};
use crate::edition::readings::Effect;
use crate::format::interpretation::AffectsRaw;
use crate::lang::Text;
use crate::text;

/// The page of interpretations.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct InterpretationsOut {
    /// Its name.
    pub head: HeadOut,
    /// The interpretations by id.
    pub interpretations: Vec<CitationOut>,
}

/// One interpretation.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CitationOut {
    /// Identifier, and place on the page.
    pub id: String,
    /// The question.
    pub question: Text,
    /// What it can change: a verdict, evidence, wording.
    pub affects: Text,
    /// Clauses that it concerns; none for the whole text.
    pub clauses: Vec<LinkOut>,
    /// The readings, the adopted one first.
    pub readings: Vec<ReadingOut>,
    /// Why that one.
    pub reason: Text,
    /// Clauses and checks that cite it.
    pub cited_by: Vec<LinkOut>,
}

/// One reading.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReadingOut {
    /// Identifier.
    pub id: String,
    /// What it says.
    pub text: Text,
    /// Whether it is the one that is adopted.
    pub adopted: bool,
    /// What it would change in the rules.
    pub operations: Vec<OperationOut>,
    /// Why operations cannot express it.
    pub beyond: Option<Text>,
}

/// One change of a reading.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OperationOut {
    /// `replace`, `insert` or `withdraw`.
    pub operation: String,
    /// Where.
    pub at: LinkOut,
    /// The fields as they are.
    pub was: Option<Json>,
    /// The fields as they would be.
    pub now: Option<Json>,
}

/// The page of interpretations.
pub(super) fn page(places: &Places<'_>, effects: &BTreeMap<(String, String), Effect>) -> InterpretationsOut {
    let mut cited: BTreeMap<&str, Vec<LinkOut>> = BTreeMap::new();
    for clause in &places.edition.clauses {
        for id in &clause.interpretations {
            cited.entry(id).or_default().push(places.clause(clause));
        }
        for check in &clause.checks {
            for id in &check.interpretations {
                let link = LinkOut { id: clause.address(check), ..places.check(clause, &check.id) };
                cited.entry(id).or_default().push(link);
            }
        }
    }
    let all = places.edition.interpretations.values().map(|i| {
        let mut readings: Vec<ReadingOut> = i
            .readings
            .iter()
            .map(|(id, text)| {
                let effect = effects.get(&(i.id.clone(), id.clone()));
                let operations = effect.map(|e| e.operations.as_slice()).unwrap_or_default();
                ReadingOut {
                    id: id.clone(),
                    text: text.clone(),
                    adopted: *id == i.adopted,
                    operations: operations
                        .iter()
                        .map(|o| OperationOut {
                            operation: o.word.to_owned(),
                            at: places.named(&o.at),
                            was: o.was.clone(),
                            now: o.now.clone(),
                        })
                        .collect(),
                    beyond: effect.and_then(|e| e.beyond.clone()),
                }
            })
            .collect();
        readings.sort_by_key(|r| !r.adopted);
        CitationOut {
            id: i.id.clone(),
            question: i.question.clone(),
            affects: match i.affects {
                AffectsRaw::Verdict => text!("影响结论", "affects verdicts"),
                AffectsRaw::Evidence => text!("影响证据", "affects evidence"),
                AffectsRaw::Wording => text!("只关文字", "affects wording only"),
            },
            clauses: i.clauses.iter().map(|c| places.named(c.as_str())).collect(),
            readings,
            reason: i.reason.clone(),
            cited_by: cited.remove(i.id.as_str()).unwrap_or_default(),
        }
    });
    InterpretationsOut {
        head: HeadOut { file: "interpretations.html".to_owned(), title: text!("释义", "Interpretations") },
        interpretations: all.collect(),
    }
}
