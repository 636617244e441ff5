//! Two views of a dossier: what the institution declares, and what reviewers confirmed or corrected.

use super::{Cell, Dossier, FieldCell, ListCell, RecordCell, Said, Statement};
use crate::edition::Edition;
use crate::evidence::{
    ClaimIx, Facts, Field, ListFacts, MISSING_SLOT, Place, Record, Slot, State, Type, Why,
};

/// Whose statements count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// What the institution declares.
    #[serde(rename = "self")]
    Own,
    /// What reviewers confirmed or corrected; the rest is unreviewed.
    Review,
}

/// Everything that is known in a view, for one category.
#[must_use]
pub fn facts(dossier: &Dossier, edition: &Edition, view: View, category: Option<usize>) -> Facts {
    let mut facts = Facts::default();
    for (ix, key) in edition.dictionary.iter() {
        let cell = match key.place {
            Place::Institution => dossier.cells.get(&(None, ix)),
            Place::Category => category.and_then(|c| dossier.cells.get(&(Some(c), ix))),
            Place::Field { .. } => None,
        };
        facts.slots.push(cell.map_or_else(|| MISSING_SLOT.clone(), |cell| slot(cell, view)));
        let list = (key.ty == Type::List && key.place == Place::Institution)
            .then(|| dossier.lists.get(&ix).map_or_else(ListFacts::missing, |cell| list(cell, view, false)));
        facts.lists.push(list);
    }
    facts
}

impl ListFacts {
    fn missing() -> Self {
        crate::evidence::MISSING_LIST.clone()
    }
}

fn list(cell: &ListCell, view: View, rejected: bool) -> ListFacts {
    if rejected {
        return ListFacts { open: None, given: true, records: Vec::new() };
    }
    ListFacts {
        open: (!cell.given || cell.incomplete).then_some(Why::Missing),
        given: cell.given,
        records: cell.records.iter().filter_map(|r| record(r, view)).collect(),
    }
}

/// A record in a view; `None` if reviewers do not accept it.
fn record(cell: &RecordCell, view: View) -> Option<Record> {
    let mut claims = vec![cell.claim];
    let doubt = match view {
        View::Own => None,
        View::Review => {
            claims.extend(cell.review.iter().map(|s| s.claim));
            let (yes, no) = (
                cell.review.iter().any(|s| s.said == Said::Confirmed),
                cell.review.iter().any(|s| s.said == Said::Rejected),
            );
            match (yes, no) {
                (true, true) => Some(Why::Disputed),
                (false, true) => return None,
                (true, false) => None,
                (false, false) if cell.accepted.is_empty() => Some(Why::Unreviewed),
                (false, false) => {
                    claims.extend(&cell.accepted);
                    None
                }
            }
        }
    };
    // A record that was confirmed as a whole has its fields confirmed with it.
    let whole: Vec<ClaimIx> = match (view, doubt) {
        (View::Review, None) => cell.review.iter().map(|s| s.claim).collect(),
        _ => Vec::new(),
    };
    let fields = cell.fields.iter().map(|(position, f)| (position, field(f, view, &whole))).collect();
    Some(Record { id: std::sync::Arc::clone(&cell.id), doubt, fields, claims })
}

fn field(cell: &FieldCell, view: View, whole: &[ClaimIx]) -> Field {
    match cell {
        FieldCell::Cell(cell) if whole.is_empty() => Field::Slot(slot(cell, view)),
        FieldCell::Cell(cell) => {
            let mut confirmed = cell.clone();
            confirmed.accepted.extend(whole);
            Field::Slot(slot(&confirmed, view))
        }
        FieldCell::List(cell) if whole.is_empty() => Field::List(list(cell, view, false)),
        FieldCell::List(cell) => {
            let mut confirmed = cell.clone();
            for record in &mut confirmed.records {
                record.accepted.extend(whole);
                for field in record.fields.values_mut() {
                    if let FieldCell::Cell(cell) = field {
                        cell.accepted.extend(whole);
                    }
                }
            }
            Field::List(list(&confirmed, view, false))
        }
    }
}

/// What is known of a key in a view.
#[must_use]
pub fn slot(cell: &Cell, view: View) -> Slot {
    if let Some(stipulated) = &cell.stipulated {
        return Slot { state: state(&stipulated.said), claims: vec![stipulated.claim] };
    }
    let own = agreed(&cell.own);
    if view == View::Own {
        return own;
    }
    let declared = !cell.own.is_empty();
    if cell.review.is_empty() {
        return match (declared, cell.accepted.is_empty()) {
            (false, _) => MISSING_SLOT.clone(),
            (true, true) => Slot { state: State::Unknown(Why::Unreviewed), claims: own.claims },
            (true, false) => {
                let mut claims = own.claims;
                claims.extend(&cell.accepted);
                Slot { state: own.state, claims }
            }
        };
    }
    // A confirmation means whatever was declared; everything else speaks for itself.
    let resolved: Vec<Statement> = cell
        .review
        .iter()
        .map(|s| match (&s.said, &own.state) {
            (Said::Confirmed, State::Known(value)) => {
                Statement { said: Said::Value(value.clone()), claim: s.claim }
            }
            (Said::Confirmed, State::Absent) | (Said::Rejected, _) => {
                Statement { said: Said::Absent, claim: s.claim }
            }
            (Said::Confirmed, State::NotApplicable) => {
                Statement { said: Said::NotApplicable, claim: s.claim }
            }
            (Said::Confirmed, State::Unknown(_)) => Statement { said: Said::Unknown, claim: s.claim },
            _ => s.clone(),
        })
        .collect();
    let mut slot = agreed(&resolved);
    slot.claims.splice(0..0, own.claims);
    slot
}

/// What several statements say together: nothing, one thing, or a dispute.
fn agreed(statements: &[Statement]) -> Slot {
    let claims = statements.iter().map(|s| s.claim).collect();
    let state = match statements.split_first() {
        None => State::Unknown(Why::Missing),
        Some((first, rest)) if rest.iter().all(|s| s.said == first.said) => state(&first.said),
        Some(_) => State::Unknown(Why::Disputed),
    };
    Slot { state, claims }
}

fn state(said: &Said) -> State {
    match said {
        Said::Value(value) => State::Known(value.clone()),
        Said::Absent | Said::Rejected => State::Absent,
        Said::NotApplicable => State::NotApplicable,
        Said::Confirmed | Said::Unknown => State::Unknown(Why::Missing),
    }
}
