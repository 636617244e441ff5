//! The fields that an element can have: what an operation quotes or sets bears one of their names.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value as Json;

use super::element::Element;
use crate::diag::Diagnostics;
use crate::format::chapter::ClauseRaw;
use crate::format::check::CheckRaw;
use crate::format::evidence::EvidenceRaw;
use crate::format::interpretation::InterpretationRaw;
use crate::format::overlay::TemplateRaw;
use crate::format::shape::{schema_of, unknown_field};
use crate::format::standard::{DueRaw, GradeRaw, PartRaw, SampleRaw, SetRaw, TableRaw};
use crate::syntax::{Node, Table, Value};

static SCHEMAS: LazyLock<BTreeMap<&'static str, Json>> = LazyLock::new(|| {
    BTreeMap::from([
        ("clause", schema_of::<ClauseRaw>()),
        ("check", schema_of::<CheckRaw>()),
        ("evidence", schema_of::<EvidenceRaw>()),
        ("interpretation", schema_of::<InterpretationRaw>()),
        ("template", schema_of::<TemplateRaw>()),
        ("standard", schema_of::<GradeRaw>()),
        ("part", schema_of::<PartRaw>()),
        ("due", schema_of::<DueRaw>()),
        ("sample", schema_of::<SampleRaw>()),
        ("set", schema_of::<SetRaw>()),
        ("table", schema_of::<TableRaw>()),
    ])
});

/// Reports every field of a table that no element of this kind can have, also within its tables.
pub fn known(element: &Element, table: &Table, diagnostics: &mut Diagnostics) {
    if let Some(root) = SCHEMAS.get(element.kind()) {
        look(table, &[root], root, diagnostics);
    }
}

/// Holds a table against the shapes that it may have: a field is known if one of them has it.
fn look(table: &Table, shapes: &[&Json], root: &Json, diagnostics: &mut Diagnostics) {
    let tables: Vec<&Json> = plain(shapes, root).into_iter().filter(|s| is_table(s)).collect();
    let open = |shape: &&Json| shape.get("additionalProperties").is_none_or(|more| *more == Json::Bool(true));
    if tables.is_empty() || tables.iter().any(open) {
        return;
    }
    let fields: Vec<_> = tables.iter().filter_map(|s| s.get("properties")?.as_object()).flatten().collect();
    let others: Vec<&Json> =
        tables.iter().filter_map(|s| s.get("additionalProperties")).filter(|more| more.is_object()).collect();
    for entry in table.iter() {
        let mut inner: Vec<&Json> =
            fields.iter().filter(|(k, _)| **k == entry.key).map(|(_, s)| *s).collect();
        // Under a name of one’s own lies a table: a value there has the misspelt name of an operator.
        if entry.node.as_table().is_some() || plain(&others, root).iter().any(|s| !is_table(s)) {
            inner.extend(&others);
        }
        if inner.is_empty() {
            let names: Vec<String> = fields.iter().map(|(name, _)| (*name).clone()).collect();
            diagnostics.push(unknown_field(&entry.key, entry.key_span, &names));
        } else {
            within(&entry.node, &inner, root, diagnostics);
        }
    }
}

fn within(node: &Node, shapes: &[&Json], root: &Json, diagnostics: &mut Diagnostics) {
    match &node.value {
        Value::Table(table) => look(table, shapes, root, diagnostics),
        Value::Array(items) => {
            let shapes: Vec<&Json> = plain(shapes, root).into_iter().filter_map(|s| s.get("items")).collect();
            items.iter().for_each(|item| within(item, &shapes, root, diagnostics));
        }
        _ => {}
    }
}

/// The shapes that schemas allow, without references and alternatives.
fn plain<'a>(schemas: &[&'a Json], root: &'a Json) -> Vec<&'a Json> {
    let mut found = Vec::new();
    for schema in schemas {
        let lists = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|word| schema.get(word)?.as_array());
        let to = schema.get("$ref").and_then(Json::as_str).and_then(|to| to.strip_prefix('#'));
        let more: Vec<&Json> =
            to.and_then(|to| root.pointer(to)).into_iter().chain(lists.flatten()).collect();
        match more.as_slice() {
            [] => found.push(*schema),
            more => found.extend(plain(more, root)),
        }
    }
    found
}

fn is_table(shape: &Json) -> bool {
    let Some(kind) = shape.get("type") else { return true };
    kind == "object" || kind.as_array().is_some_and(|all| all.iter().any(|w| w == "object"))
}
