//! Groups of evidence that a reviewer accepts as declared: `finance.*`, `projects`, `consulting/response.*`.

use super::{Cell, Dossier, FieldCell, ListCell, RecordCell};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::Edition;
use crate::evidence::{Claim, ClaimIx, Key, KeyIx, Place, Side, Type};
use crate::format::dossier::AcceptRaw;
use crate::text;

/// Marks everything that a reviewer accepts.
pub(super) fn apply(
    accepts: &[AcceptRaw],
    dossier: &mut Dossier,
    edition: &Edition,
    diagnostics: &mut Diagnostics,
) {
    for accept in accepts {
        let on = accept.on.as_ref().and_then(|on| match Date::parse(on, on.span) {
            Ok(date) => Some(date),
            Err(fault) => {
                diagnostics.push(*fault);
                None
            }
        });
        for pattern in &accept.keys {
            let claim = dossier.claim(Claim {
                side: Side::Review,
                span: pattern.span,
                by: Some(accept.by.value.as_str().into()),
                on: on.or(dossier.review.as_ref().map(|r| r.on)),
                documents: Vec::new(),
                note: accept.note.clone(),
            });
            let (category, keys) = match pattern.split_once('/') {
                Some((category, keys)) => {
                    let found = edition.standard.category(category);
                    if found.is_none() {
                        let known = edition.standard.categories.iter().map(|c| c.id.as_str());
                        let message = text!("没有类别 `{category}`", "there is no category `{category}`");
                        let fault = Diagnostic::error(Code::UnknownCategory, pattern.span, message);
                        diagnostics.push(fault.suggest(category, known));
                        continue;
                    }
                    (found, keys)
                }
                None => (None, pattern.value.as_str()),
            };
            let mut any = false;
            for (ix, key) in edition.dictionary.iter() {
                if matches(keys, &key.name) && (category.is_none() || key.place == Place::Category) {
                    any = true;
                    mark(dossier, edition, ix, key, category, claim);
                }
            }
            if !any {
                let message = text!("`{keys}` 不对应任何证据项", "`{keys}` names no evidence key");
                let help = text!("写键名，或 `前缀.*`", "give a key, or `prefix.*`");
                let fault = Diagnostic::error(Code::UnknownEvidence, pattern.span, message);
                let fault = fault.suggest(keys, edition.dictionary.names());
                diagnostics.push(if fault.help.is_some() { fault } else { fault.help(help) });
            }
        }
    }
}

/// Whether a pattern names a key: the key itself, `prefix.*`, or `*`.
fn matches(pattern: &str, key: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) if prefix.is_empty() || prefix.ends_with('.') => key.starts_with(prefix),
        _ => pattern == key,
    }
}

fn mark(
    dossier: &mut Dossier,
    edition: &Edition,
    ix: KeyIx,
    key: &Key,
    category: Option<usize>,
    claim: ClaimIx,
) {
    match key.place {
        Place::Institution if key.ty == Type::List => {
            if let Some(list) = dossier.lists.get_mut(&ix) {
                self::list(list, claim);
            }
        }
        Place::Institution => {
            if let Some(cell) = dossier.cells.get_mut(&(None, ix)) {
                cell.accepted.push(claim);
            }
        }
        Place::Category => {
            for ((of, _), cell) in dossier.cells.iter_mut().filter(|((of, k), _)| *k == ix && of.is_some()) {
                if category.is_none() || category == *of {
                    cell.accepted.push(claim);
                }
            }
        }
        Place::Field { list, position } => field(dossier, edition, list, position, claim),
    }
}

/// Accepts one field in all records of a list, or in all records of a list within records.
fn field(dossier: &mut Dossier, edition: &Edition, list: KeyIx, position: usize, claim: ClaimIx) {
    let outer = match edition.dictionary.get(list).map(|k| k.place) {
        Some(Place::Field { list: outer, position }) => Some((outer, position)),
        _ => None,
    };
    let lists: Vec<&mut ListCell> = match outer {
        None => dossier.lists.get_mut(&list).into_iter().collect(),
        Some((outer, at)) => dossier
            .lists
            .get_mut(&outer)
            .into_iter()
            .flat_map(|l| &mut l.records)
            .filter_map(|r| match r.fields.get_mut(at) {
                Some(FieldCell::List(list)) => Some(list),
                _ => None,
            })
            .collect(),
    };
    for record in lists.into_iter().flat_map(|l| &mut l.records) {
        match record.fields.get_mut(position) {
            Some(FieldCell::Cell(cell)) => cell.accepted.push(claim),
            Some(FieldCell::List(inner)) => self::list(inner, claim),
            None => {}
        }
    }
}

/// Accepts all records of a list with everything in them.
pub(super) fn list(list: &mut ListCell, claim: ClaimIx) {
    list.records.iter_mut().for_each(|record| self::record(record, claim));
}

fn record(record: &mut RecordCell, claim: ClaimIx) {
    record.accepted.push(claim);
    for field in record.fields.values_mut() {
        match field {
            FieldCell::Cell(Cell { accepted, .. }) => accepted.push(claim),
            FieldCell::List(inner) => list(inner, claim),
        }
    }
}
