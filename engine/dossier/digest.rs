//! The digest of what a dossier says: order, notation and places do not count.

use serde_json::{Map, Value as Json, json};

use super::{Cell, Dossier, FieldCell, ListCell, RecordCell, Said, Statement};
use crate::edition::Edition;
use crate::edition::describe::hash;
use crate::evidence::{KeyIx, json_value};

/// SHA-256 of what a dossier says, in hexadecimal.
#[must_use]
pub fn digest(dossier: &Dossier, edition: &Edition) -> String {
    let writer = Writer { dossier, edition };
    let standard = &edition.standard;
    let entries: Vec<Json> = dossier
        .entries
        .iter()
        .map(|e| {
            json!({
                "category": e.category.and_then(|c| standard.categories.get(c)).map(|c| &c.id),
                "target": e.target,
                "stage": e.stage.and_then(|s| standard.stages.get(s)).map(|s| &s.id),
            })
        })
        .collect();
    let mut cells = Map::new();
    for ((category, key), cell) in &dossier.cells {
        let prefix = category.and_then(|c| standard.categories.get(c)).map(|c| format!("{}/", c.id));
        let name = format!("{}{}", prefix.unwrap_or_default(), edition.dictionary.name(*key));
        cells.insert(name, writer.cell(cell, *key));
    }
    let lists: Map<String, Json> = dossier
        .lists
        .iter()
        .map(|(ix, list)| (edition.dictionary.name(*ix).to_owned(), writer.list(list, *ix)))
        .collect();
    hash(
        "guiju.dossier.v2",
        &json!({
            "standard": standard.id,
            "institution": dossier.institution,
            "code": dossier.code,
            "number": dossier.number,
            "region": dossier.region,
            "applied-on": dossier.applied_on,
            "assessed-on": dossier.assessed_on,
            "award-on": dossier.award_on,
            "entries": entries,
            "review": dossier.review.as_ref().map(|r| json!({ "assessors": r.assessors, "on": r.on })),
            "cells": cells,
            "lists": lists,
        }),
    )
}

struct Writer<'a> {
    dossier: &'a Dossier,
    edition: &'a Edition,
}

impl Writer<'_> {
    fn cell(&self, cell: &Cell, key: KeyIx) -> Json {
        json!({
            "own": self.statements(&cell.own, Some(key)),
            "review": self.statements(&cell.review, Some(key)),
            "accepted": self.claims(&cell.accepted),
            "stipulated": cell.stipulated.as_ref().map(|s| self.said(&s.said, Some(key))),
        })
    }

    fn list(&self, list: &ListCell, ix: KeyIx) -> Json {
        // One digest a record, so that a long list does not lie in memory a second time.
        let one = |r| Json::String(hash("guiju.record.v1", &self.record(r, ix)));
        let records: Vec<Json> = list.records.iter().map(one).collect();
        json!({ "given": list.given, "incomplete": list.incomplete, "records": records })
    }

    fn record(&self, record: &RecordCell, list: KeyIx) -> Json {
        let keys = self.edition.dictionary.get(list).map(|k| k.fields.as_slice()).unwrap_or_default();
        let fields: Map<String, Json> = record
            .fields
            .iter()
            .filter_map(|(position, field)| {
                let key = keys.get(position)?;
                let json = match field {
                    FieldCell::Cell(cell) => self.cell(cell, *key),
                    FieldCell::List(list) => self.list(list, *key),
                };
                Some((self.edition.dictionary.name(*key).to_owned(), json))
            })
            .collect();
        json!({
            "id": *record.id,
            "review": self.statements(&record.review, None),
            "accepted": self.claims(&record.accepted),
            "fields": fields,
        })
    }

    /// Statements in an order of their own, not that of the file.
    fn statements(&self, statements: &[Statement], key: Option<KeyIx>) -> Vec<Json> {
        let mut all: Vec<Json> =
            statements.iter().map(|s| json!([self.said(&s.said, key), self.claims(&[s.claim])])).collect();
        all.sort_by_key(ToString::to_string);
        all
    }

    fn said(&self, said: &Said, key: Option<KeyIx>) -> Json {
        match (said, key.and_then(|k| self.edition.dictionary.get(k))) {
            (Said::Value(value), Some(key)) => json!({ "value": json_value(key, value) }),
            (Said::Value(_), None) => Json::Null,
            (Said::Absent, _) => json!("absent"),
            (Said::NotApplicable, _) => json!("not-applicable"),
            (Said::Confirmed, _) => json!("confirmed"),
            (Said::Rejected, _) => json!("rejected"),
            (Said::Unknown, _) => json!("unknown"),
        }
    }

    fn claims(&self, claims: &[usize]) -> Vec<Json> {
        let mut all: Vec<Json> = claims
            .iter()
            .filter_map(|c| self.dossier.claims.get(*c))
            .map(|c| json!([c.side, c.by.as_deref(), c.on, c.documents, c.note]))
            .collect();
        all.sort_by_key(ToString::to_string);
        all
    }
}
