//! Bare figures against records, and bare figures against each other.

use super::{Dossier, Entry, RecordCell, Said, View, facts};
use crate::check::{Aggregate, Context, Over, Range};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::Edition;
use crate::evidence::{Facts, Key, KeyIx, Place, State, Type, Value};
use crate::lang::{Lang, Text};
use crate::quantity::Decimal;
use crate::source::Span;

/// Reports bare figures that the records contradict, and figures that break an invariant.
pub fn check(dossier: &Dossier, edition: &Edition, diagnostics: &mut Diagnostics) {
    for entry in &dossier.entries {
        let facts = facts(dossier, edition, View::Own, entry.category);
        let ctx = context(dossier, edition, entry, &facts);
        // What is about the institution is the same in every category: say it once.
        let first = dossier.entries.first() == Some(entry);
        for (ix, key) in edition.dictionary.iter() {
            let about = key.place == Place::Category || first;
            let (Some(aggregate), true) = (edition.derived.get(ix.0).and_then(Option::as_ref), about) else {
                continue;
            };
            let range = aggregate.range(&ctx);
            let Some((number, span)) = bare(dossier, entry.category, ix, key.place) else {
                let claim = records(dossier, aggregate).and_then(|r| dossier.claims.get(r.claim));
                let span = claim.map_or(entry.span, |c| c.span);
                diagnostics.extend(outside(edition, key, &range, span));
                continue;
            };
            if !contains(&range, number) {
                diagnostics.push(disagrees(edition, ix, number, &range, span));
            }
        }
        for invariant in &edition.dictionary.invariants {
            let place = edition.dictionary.get(invariant.key).map(|k| k.place);
            if place != Some(Place::Category) && !first {
                continue;
            }
            let span = [invariant.key, invariant.at_most]
                .into_iter()
                .find_map(|ix| bare(dossier, entry.category, ix, place.unwrap_or(Place::Institution)))
                .map(|(_, span)| span);
            let (low, high) = (range(invariant.key, &ctx), range(invariant.at_most, &ctx));
            if let (Some(span), Some(low), Some(high)) = (span, low.low, high.high)
                && low > high
            {
                let (a, b) =
                    (edition.dictionary.name(invariant.key), edition.dictionary.name(invariant.at_most));
                let reason = &invariant.reason;
                let message = Text::new(
                    format!("`{a}` 大于 `{b}`：{}", reason.zh),
                    format!("`{a}` exceeds `{b}`: {}", reason.en),
                );
                diagnostics.push(Diagnostic::error(Code::InvariantBroken, span, message));
            }
        }
    }
}

/// What a check may look at for one entry of a dossier.
#[must_use]
pub fn context<'a>(dossier: &Dossier, edition: &'a Edition, entry: &Entry, facts: &'a Facts) -> Context<'a> {
    Context {
        standard: &edition.standard,
        dictionary: &edition.dictionary,
        derived: &edition.derived,
        facts,
        category: entry.category,
        stage: entry.stage,
        level: entry.target,
        applied_on: dossier.applied_on,
        assessed_on: dossier.assessed_on,
        award_on: dossier.award_on,
    }
}

/// The bare figure that the institution gives for a derived key.
fn bare(dossier: &Dossier, category: Option<usize>, ix: KeyIx, place: Place) -> Option<(Decimal, Span)> {
    let of = if place == Place::Category { category } else { None };
    let cell = dossier.cells.get(&(of, ix)).filter(|cell| cell.stipulated.is_none())?;
    let statement = cell.own.first()?;
    let Said::Value(Value::Quantity(number)) = statement.said else { return None };
    Some((number, dossier.claims.get(statement.claim).map_or(Span::NONE, |c| c.span)))
}

fn range(ix: KeyIx, ctx: &Context<'_>) -> Range {
    match (&ctx.facts.slot(ix).state, ctx.derived.get(ix.0).and_then(Option::as_ref)) {
        (State::Known(Value::Quantity(number)), _) => Range::exactly(*number),
        (_, Some(aggregate)) => aggregate.bounded(ix, ctx),
        _ => Range::ABSENT,
    }
}

fn contains(range: &Range, number: Decimal) -> bool {
    range.present && range.low.is_none_or(|l| l <= number) && range.high.is_none_or(|h| number <= h)
}

/// The first of the records that are aggregated.
fn records<'a>(dossier: &'a Dossier, aggregate: &Aggregate) -> Option<&'a RecordCell> {
    let Over::Records { list, .. } = aggregate.over else { return None };
    dossier.lists.get(&list)?.records.first()
}

/// Reports a computed figure that cannot be within the bounds of its key: the nearer bound counts instead.
fn outside(edition: &Edition, key: &Key, range: &Range, span: Span) -> Option<Diagnostic> {
    let (Type::Quantity(dimension), Some((low, high))) = (&key.ty, key.bounds) else { return None };
    let below = range.high.is_some_and(|n| n < low);
    let bound = if below { low } else { high };
    if !range.present || !(below || range.low.is_some_and(|n| n > high)) {
        return None;
    }
    let figure = if below { range.high } else { range.low }?;
    let name = &key.name;
    let show = |n: Decimal, lang| edition.standard.units.show(n, *dimension, key.unit, lang);
    let message = Text::new(
        format!(
            "按记录推算，`{name}` 为 {}，不在 {} 至 {} 之间，按 {} 计",
            show(figure, Lang::Zh),
            show(low, Lang::Zh),
            show(high, Lang::Zh),
            show(bound, Lang::Zh)
        ),
        format!(
            "the records make `{name}` {}, which is not from {} to {}; {} counts",
            show(figure, Lang::En),
            show(low, Lang::En),
            show(high, Lang::En),
            show(bound, Lang::En)
        ),
    );
    let help = crate::text!("核对这些记录的数值和单位", "check values and units of these records");
    Some(Diagnostic::warning(Code::OutOfRange, span, message).help(help))
}

fn disagrees(edition: &Edition, ix: KeyIx, number: Decimal, range: &Range, span: Span) -> Diagnostic {
    let Some(key) = edition.dictionary.get(ix) else {
        return Diagnostic::error(Code::DerivedDisagrees, span, Text::default());
    };
    let Type::Quantity(dimension) = key.ty else {
        return Diagnostic::error(Code::DerivedDisagrees, span, Text::default());
    };
    let show = |n: Decimal, lang| edition.standard.units.show(n, dimension, key.unit, lang);
    let records = |lang: Lang| match (range.present, range.low, range.high) {
        (false, ..) => lang.pick("没有可汇总的记录", "no record counts").to_owned(),
        (true, Some(low), Some(high)) if low == high => show(low, lang),
        (true, low, high) => {
            let end = |n: Option<Decimal>| n.map_or_else(|| "…".to_owned(), |n| show(n, lang));
            format!("{}–{}", end(low), end(high))
        }
    };
    let name = &key.name;
    let message = Text::new(
        format!("`{name}` 填报为 {}，按记录推算为 {}", show(number, Lang::Zh), records(Lang::Zh)),
        format!(
            "`{name}` is given as {}, but the records make it {}",
            show(number, Lang::En),
            records(Lang::En)
        ),
    );
    let help = crate::text!("删去汇总数，或更正记录", "remove the bare figure, or mend the records");
    Diagnostic::error(Code::DerivedDisagrees, span, message).help(help)
}
