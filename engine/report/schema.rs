//! The schemas of all files and outputs: from the types, and of dossiers from the dictionary too.

use serde_json::{Map, Value as Json, json};

use super::document::ReportOut;
use super::evaluation::EvaluationOut;
use super::explanation::ExplanationOut;
use super::impact::ImpactOut;
use super::portability::PortabilityOut;
use super::site::SiteOut;
use super::thresholds::ThresholdsOut;
use crate::analysis::diff::Diff;
use crate::edition::Edition;
use crate::edition::describe::Description;
use crate::evidence::{Choices, Key, KeyIx, Place, Type};
use crate::format::case::CaseFile;
use crate::format::chapter::ChapterFile;
use crate::format::check::{OPERATORS, SUBJECTS};
use crate::format::dossier::DossierFile;
use crate::format::evidence::EvidenceFile;
use crate::format::interpretation::InterpretationFile;
use crate::format::ledger::LedgerFile;
use crate::format::lint::LintFile;
use crate::format::overlay::OverlayFile;
use crate::format::shape::{schema_of, schema_of_output};
use crate::format::standard::StandardFile;
use crate::format::units::UnitsFile;
use crate::lang::Text;

/// The schemas that belong to no standard: name and content.
#[must_use]
pub fn general() -> Vec<(String, Json)> {
    let named = |name: &str, title: &str, mut schema: Json| {
        if let Some(root) = schema.as_object_mut() {
            root.insert("title".to_owned(), title.into());
        }
        (format!("{name}.schema.json"), schema)
    };
    vec![
        named("case", "guiju: cases", schema_of::<CaseFile>()),
        named("chapter", "guiju: clauses", schema_of::<ChapterFile>()),
        named("diff", "guiju: output of diff", schema_of_output::<Diff>()),
        named("dossier", "guiju: dossier of any standard", schema_of::<DossierFile>()),
        named("evaluate", "guiju: output of evaluate", schema_of_output::<EvaluationOut>()),
        named("evidence", "guiju: evidence dictionary", schema_of::<EvidenceFile>()),
        named("explain", "guiju: output of explain", schema_of_output::<Vec<ExplanationOut>>()),
        named("impact", "guiju: output of impact", schema_of_output::<ImpactOut>()),
        named("interpretation", "guiju: interpretations", schema_of::<InterpretationFile>()),
        named("ledger", "guiju: acknowledged changes of awards", schema_of::<LedgerFile>()),
        named("overlay", "guiju: amendments and regions", schema_of::<OverlayFile>()),
        named("lint", "guiju: findings that may stay", schema_of::<LintFile>()),
        named("portability", "guiju: output of portability", schema_of_output::<PortabilityOut>()),
        named("report", "guiju: output of report", schema_of_output::<ReportOut>()),
        named("show", "guiju: output of show", closed(schema_of_output::<Description>())),
        named("site", "guiju: pages of an edition", schema_of_output::<SiteOut>()),
        named("standard", "guiju: standard", schema_of::<StandardFile>()),
        named("thresholds", "guiju: output of show --thresholds", schema_of_output::<ThresholdsOut>()),
        named("units", "guiju: units", schema_of::<UnitsFile>()),
    ]
}

/// Lists of words that the types of the output leave open.
fn closed(mut schema: Json) -> Json {
    let forms = ["any-of", "all-of", "attest", "some", "every", "requires"];
    let operators: Vec<&str> = OPERATORS.into_iter().chain(forms).collect();
    let subjects = SUBJECTS.to_vec();
    let computed = vec!["count", "distinct", "sum", "largest", "smallest"];
    for (pointer, words) in [
        ("/definitions/CheckOut/properties/op", operators),
        ("/definitions/SubjectOut/properties/kind", subjects),
        ("/definitions/DeriveOut/properties/kind", computed),
        ("/definitions/EvidenceOut/properties/scope", vec!["institution", "category", "record"]),
        ("/definitions/CheckOut/properties/effect", vec!["gate", "observation"]),
    ] {
        if let Some(found) = schema.pointer_mut(pointer).and_then(Json::as_object_mut) {
            found.insert("enum".to_owned(), json!(words));
        }
    }
    schema
}

/// The schema of dossiers of one standard: name and content.
#[must_use]
pub fn of_dossier(edition: &Edition) -> (String, Json) {
    let mut schema = schema_of::<DossierFile>();
    let writer = Writer { edition };
    if let Some(properties) = schema.pointer_mut("/properties").and_then(Json::as_object_mut) {
        properties.insert("facts".to_owned(), writer.facts(Place::Institution));
        properties.insert("category".to_owned(), writer.categories());
        properties.insert("record".to_owned(), writer.records());
        properties
            .insert("incomplete".to_owned(), json!({ "type": "array", "items": { "enum": writer.lists() } }));
    }
    writer.narrow(&mut schema);
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), format!("guiju: dossier of {}", edition.standard.number).into());
    }
    (super::form::schema_name(edition), schema)
}

struct Writer<'a> {
    edition: &'a Edition,
}

impl Writer<'_> {
    /// The words of this standard in the parts that every dossier has.
    fn narrow(&self, schema: &mut Json) {
        let standard = &self.edition.standard;
        let ids = |list: &[crate::standard::Named]| list.iter().map(|n| n.id.clone()).collect::<Vec<_>>();
        let keys: Vec<&str> = self.edition.dictionary.names().collect();
        let words = |list: Vec<String>| json!({ "type": "string", "enum": list });
        let level = json!({ "type": "integer", "minimum": 1, "maximum": standard.top() });
        for (pointer, own) in [
            ("/definitions/ApplicationCategoryRaw/properties/id", words(ids(&standard.categories))),
            ("/definitions/ApplicationCategoryRaw/properties/stage", words(ids(&standard.stages))),
            ("/definitions/ApplicationCategoryRaw/properties/target", level.clone()),
            ("/definitions/ApplicationRaw/properties/target", level),
            ("/definitions/FindingRaw/properties/category", words(ids(&standard.categories))),
            ("/definitions/FindingRaw/properties/key", json!({ "type": "string", "enum": keys })),
            (
                "/definitions/FindingRaw/properties/keys",
                json!({ "type": "array", "items": { "enum": keys } }),
            ),
            ("/properties/standard", json!({ "type": "string", "const": standard.id })),
        ] {
            let Some(place) = schema.pointer_mut(pointer) else { continue };
            let description = place.get("description").cloned();
            *place = own;
            if let (Some(description), Some(place)) = (description, place.as_object_mut()) {
                place.insert("description".to_owned(), description);
            }
        }
    }

    fn facts(&self, place: Place) -> Json {
        let mine: Vec<&Key> =
            self.edition.dictionary.keys.iter().filter(|k| k.place == place && k.ty != Type::List).collect();
        let names: Vec<&str> = mine.iter().filter(|k| k.derive.is_none()).map(|k| &*k.name).collect();
        let mut root = Map::new();
        for key in &mine {
            insert(&mut root, &key.name, self.value(key));
        }
        root.insert("absent".to_owned(), json!({ "type": "array", "items": { "enum": names } }));
        json!({ "type": "object", "properties": root, "additionalProperties": false })
    }

    fn categories(&self) -> Json {
        let facts = self.facts(Place::Category);
        let all: Map<String, Json> = self
            .edition
            .standard
            .categories
            .iter()
            .map(|c| {
                let mut own = facts.clone();
                if let Some(own) = own.as_object_mut() {
                    own.insert("description".to_owned(), both(&c.title).into());
                }
                (c.id.clone(), own)
            })
            .collect();
        json!({ "type": "object", "properties": all, "additionalProperties": false })
    }

    fn lists(&self) -> Vec<&str> {
        let lists = self
            .edition
            .dictionary
            .keys
            .iter()
            .filter(|k| k.ty == Type::List && k.place == Place::Institution);
        lists.map(|k| &*k.name).collect()
    }

    fn records(&self) -> Json {
        let mut all = Map::new();
        for (ix, key) in self.edition.dictionary.iter() {
            if key.ty == Type::List && key.place == Place::Institution {
                all.insert(key.name.to_string(), self.list(ix));
            }
        }
        json!({ "type": "object", "properties": all, "additionalProperties": false })
    }

    fn list(&self, ix: KeyIx) -> Json {
        let Some(list) = self.edition.dictionary.get(ix) else { return Json::Null };
        let mut fields = Map::new();
        fields.insert(
            "id".to_owned(),
            json!({
                "type": "string",
                "pattern": "^[^\\s\\[\\]/\"'=]{1,64}$",
                "description": "编号，在表内唯一。Id, unique within the list."
            }),
        );
        let mut names = Vec::new();
        for field in &list.fields {
            let Some(key) = self.edition.dictionary.get(*field) else { continue };
            let own = if key.ty == Type::List { self.list(*field) } else { self.value(key) };
            names.push(key.field_name().to_owned());
            fields.insert(key.field_name().to_owned(), own);
        }
        fields.insert("absent".to_owned(), json!({ "type": "array", "items": { "enum": names } }));
        json!({
            "type": "array",
            "description": describe(list),
            "items": { "type": "object", "properties": fields, "required": ["id"], "additionalProperties": false }
        })
    }

    fn value(&self, key: &Key) -> Json {
        let mut schema = match &key.ty {
            Type::Flag => json!({ "type": "boolean" }),
            Type::Text => json!({ "type": "string", "minLength": 1 }),
            Type::Date => json!({ "type": "string", "pattern": "^(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$" }),
            Type::Year => json!({ "type": "integer", "minimum": 1900, "maximum": 2999 }),
            Type::Choice(choices) => json!({ "type": "string", "enum": words(choices) }),
            Type::Set(choices) => {
                json!({ "type": "array", "items": { "type": "string", "enum": words(choices) } })
            }
            Type::Finding => json!({ "type": "string", "enum": ["conforms", "fails", "符合", "不符合"] }),
            Type::List => json!({ "type": "array" }),
            Type::Quantity(dimension) => self.quantity(*dimension),
        };
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), describe(key).into());
        }
        schema
    }

    fn quantity(&self, dimension: usize) -> Json {
        let units = self.edition.standard.units.dimensions.get(dimension).map(|d| d.units.as_slice());
        let units = units.unwrap_or_default();
        let mut symbols: Vec<&String> = units.iter().flat_map(|u| u.symbols.iter().chain([&u.id])).collect();
        symbols.sort_by_key(|s| std::cmp::Reverse(s.len()));
        symbols.dedup();
        let symbols: Vec<String> = symbols.into_iter().map(|s| escape(s)).collect();
        // Where all units are the same amount, the bare number is clear enough.
        let bare = self.edition.standard.units.takes_bare_numbers(dimension);
        let unit =
            if bare { format!("( *({}))?", symbols.join("|")) } else { format!(" *({})", symbols.join("|")) };
        let kinds = if bare { json!(["string", "integer"]) } else { json!("string") };
        json!({ "type": kinds, "pattern": format!("^ *-?[0-9]{{1,16}}(\\.[0-9]{{1,6}})?{unit} *$") })
    }
}

fn escape(text: &str) -> String {
    text.chars().flat_map(|c| if "\\.+*?()|[]{}^$".contains(c) { vec!['\\', c] } else { vec![c] }).collect()
}

fn words(choices: &Choices) -> Vec<&str> {
    let mut all: Vec<&str> = choices.values.iter().map(|v| v.id.as_str()).collect();
    for value in choices.values.iter() {
        for title in [&value.title.zh, &value.title.en] {
            if !all.contains(&title.as_str()) {
                all.push(title);
            }
        }
    }
    all
}

/// What an editor shows beside a key.
fn describe(key: &Key) -> String {
    let mut text = both(&key.question);
    if let Some(hint) = &key.hint {
        text.push('\n');
        text.push_str(&both(hint));
    }
    text
}

fn both(text: &Text) -> String {
    format!("{}\n{}", text.zh, text.en)
}

/// Inserts under a dotted key, with closed tables on the way.
fn insert(properties: &mut Map<String, Json>, key: &str, value: Json) {
    match key.split_once('.') {
        None => {
            properties.insert(key.to_owned(), value);
        }
        Some((first, rest)) => {
            let table = properties.entry(first.to_owned()).or_insert_with(
                || json!({ "type": "object", "properties": {}, "additionalProperties": false }),
            );
            if let Some(inner) = table.pointer_mut("/properties").and_then(Json::as_object_mut) {
                insert(inner, rest, value);
            }
        }
    }
}
