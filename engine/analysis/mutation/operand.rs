//! Operands one step off.

use crate::calendar::Date;
use crate::edition::Edition;
use crate::evidence::{Choices, KeyIx, Type};
use crate::lang::Lang;
use crate::quantity::{Decimal, DimensionIx};
use crate::syntax::{Node, Value};

/// What an operand measures.
#[derive(Clone, Copy)]
pub(super) enum Measure<'a> {
    /// A quantity with its least change.
    Steps(DimensionIx, Decimal),
    /// A period, changed by one of the unit in which it is written.
    Period,
    /// A date, changed by one day.
    Day,
    /// A calendar year.
    Year,
    /// A word on a scale.
    Scale(&'a Choices),
    /// Words without order, of which one may be dropped.
    Words,
}

/// What an operator on a key measures.
pub(super) fn measure<'a>(edition: &'a Edition, op: &str, key: Option<KeyIx>) -> Measure<'a> {
    match op {
        "within" | "at-least-ago" | "last-closed" => return Measure::Period,
        "not-before" | "not-after" => return Measure::Day,
        "one-of" | "not-in" | "includes" | "includes-any" | "excludes" => return Measure::Words,
        _ => {}
    }
    match key.and_then(|k| edition.dictionary.get(k)).map(|k| (&k.ty, k.step)) {
        Some((Type::Quantity(dimension), step)) => Measure::Steps(*dimension, step),
        Some((Type::Year, _)) => Measure::Year,
        Some((Type::Choice(choices), _)) if choices.ordered => Measure::Scale(choices),
        _ => Measure::Words,
    }
}

/// What a number of records or members measures.
pub(super) fn counted<'a>(edition: &'a Edition, list: KeyIx) -> Measure<'a> {
    let counted = edition.dictionary.get(list).and_then(|k| k.counted_in);
    counted.map_or(Measure::Words, |(dimension, unit)| {
        let factor = edition.standard.units.unit(dimension, unit).map(|u| u.factor);
        Measure::Steps(dimension, factor.unwrap_or(Decimal::whole(1)))
    })
}

/// The operand one step lower and one step higher, or with one word less.
pub(super) fn moved(edition: &Edition, node: &Node, measure: Measure<'_>) -> Vec<Node> {
    let text = |text: String| Node { span: node.span, value: Value::Text(text) };
    let units = &edition.standard.units;
    match (measure, &node.value) {
        (_, Value::Text(written)) if written.starts_with('@') => Vec::new(),
        (Measure::Steps(dimension, step), Value::Text(written)) => {
            let Ok(quantity) = units.parse_as(dimension, written, node.span) else { return Vec::new() };
            [quantity.base.minus(step), quantity.base.plus(step)]
                .into_iter()
                .filter(|n| *n >= Decimal::ZERO)
                .map(|n| text(units.show(n, dimension, quantity.unit, Lang::Zh)))
                .collect()
        }
        (Measure::Period, Value::Text(written)) => {
            let Ok(quantity) = units.parse(written, node.span) else { return Vec::new() };
            let factor =
                units.unit(quantity.dimension, quantity.unit).map_or(Decimal::whole(1), |u| u.factor);
            [quantity.base.minus(factor), quantity.base.plus(factor)]
                .into_iter()
                .filter(|n| *n >= Decimal::ZERO)
                .map(|n| text(units.show(n, quantity.dimension, quantity.unit, Lang::Zh)))
                .collect()
        }
        (Measure::Day, Value::Text(written)) => {
            let Ok(date) = Date::parse(written, node.span) else { return Vec::new() };
            [date.plus_days(-1), date.plus_days(1)].iter().map(|d| text(d.to_string())).collect()
        }
        (Measure::Year, Value::Integer(year)) => [year - 1, year + 1]
            .into_iter()
            .map(|year| Node { span: node.span, value: Value::Integer(year) })
            .collect(),
        (Measure::Scale(choices), Value::Text(written)) => {
            let at = choices
                .values
                .iter()
                .position(|c| c.id == *written || c.title.zh == *written || c.title.en == *written);
            let Some(at) = at else { return Vec::new() };
            let next = [at.checked_sub(1), at.checked_add(1)];
            next.into_iter()
                .flatten()
                .filter_map(|i| choices.values.get(i))
                .map(|c| text(c.id.clone()))
                .collect()
        }
        (_, Value::Array(items)) if items.len() > 1 => (0..items.len())
            .map(|drop| {
                let left = items.iter().enumerate().filter(|(i, _)| *i != drop).map(|(_, n)| n.clone());
                Node { span: node.span, value: Value::Array(left.collect()) }
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// An operand as it is written.
pub(super) fn written(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Array(items) => items.iter().map(written).collect::<Vec<_>>().join(", "),
        Value::Table(table) => {
            let one = |e: &crate::syntax::Entry| match &e.node.value {
                Value::Table(_) => format!("{}.{}", e.key, written(&e.node)),
                _ => format!("{} = {}", e.key, written(&e.node)),
            };
            table.iter().map(one).collect::<Vec<_>>().join(", ")
        }
    }
}

/// The comparison that differs from another at the bound alone.
pub(super) fn neighbour(op: &str) -> Option<&'static str> {
    match op {
        "at-least" => Some("above"),
        "above" => Some("at-least"),
        "at-most" => Some("below"),
        "below" => Some("at-most"),
        _ => None,
    }
}
