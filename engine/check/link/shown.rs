//! How a linked check is shown: the words of the rule file beside exact values.

use serde_json::Value as Json;

use super::Linker;
use crate::check::{Body, Comparison, DateRef, Operator, Shown, Words};
use crate::evidence::{Key, Type, Value, json_value};
use crate::format::check::{CheckRaw, Operand};

impl Linker<'_> {
    /// The shown form of a linked check.
    #[must_use]
    pub fn shown(&self, raw: &CheckRaw, body: &Body) -> Shown {
        let json = |c: &Option<crate::format::check::Conditions>| c.as_ref().map(|c| c.0.0.to_json());
        let subject = raw.subjects().first().map(|(word, of)| (*word, of.value.clone()));
        let operator = raw.operators().first().copied();
        let (value, unit) = operator.map_or((None, None), |(_, operand)| self.value_and_unit(body, operand));
        let op = match (&raw.any_of, &raw.all_of, operator, &subject) {
            (Some(_), ..) => "any-of",
            (None, Some(_), ..) => "all-of",
            (None, None, Some((name, _)), _) => name,
            (None, None, None, Some((word, _))) => word,
            (None, None, None, None) => "",
        };
        Shown {
            op,
            subject: subject.as_ref().map(|s| s.0),
            of: subject.map(|s| s.1),
            threshold: operator.map(|(_, operand)| operand.0.0.to_json()),
            value,
            unit,
            filter: json(&raw.filter),
            has: json(&raw.has),
            when: json(&raw.when),
        }
    }

    fn value_and_unit(&self, body: &Body, operand: &Operand) -> (Option<Json>, Option<String>) {
        let written = operand.0.0.as_text();
        match body {
            Body::Elapsed(..) => self.quantity(written),
            Body::Fact(_, operator) | Body::Aggregate(_, operator) => {
                let key = if let Body::Fact(key, _) = body { self.dictionary.get(*key) } else { None };
                match operator {
                    Operator::Compare(
                        Comparison::AtLeast | Comparison::AtMost | Comparison::Above | Comparison::Below,
                        Value::Quantity(_),
                    )
                    | Operator::Within(_)
                    | Operator::AtLeastAgo(_)
                    | Operator::LastClosed(_) => self.quantity(written),
                    Operator::Compare(_, value) => (key.map(|k| json_value(k, value)), None),
                    Operator::NotBefore(date) | Operator::NotAfter(date) => (Some(date_json(*date)), None),
                    Operator::Is(words) if matches!(words.value(), Some(Value::Quantity(_))) => {
                        self.quantity(written)
                    }
                    Operator::Is(words) => (key.and_then(|k| words_json(k, words)).map(first_of), None),
                    Operator::OneOf(words)
                    | Operator::NotIn(words)
                    | Operator::Includes(words)
                    | Operator::IncludesAny(words)
                    | Operator::Excludes(words) => (key.and_then(|k| words_json(k, words)), None),
                }
            }
            _ => (None, None),
        }
    }

    /// The exact value of a written quantity: in the base unit, but of calendar units as written.
    fn quantity(&self, written: Option<&str>) -> (Option<Json>, Option<String>) {
        let units = &self.standard.units;
        let resolve = |written: &str| match written.strip_prefix('@') {
            Some(table) => self.level.and_then(|l| self.standard.table(table, l)).map(|v| v.value.clone()),
            None => Some(written.to_owned()),
        };
        let quantity =
            written.and_then(resolve).and_then(|w| units.parse(&w, crate::source::Span::NONE).ok());
        let Some(quantity) = quantity else { return (None, None) };
        let calendar = units.dimensions.get(quantity.dimension).is_some_and(|d| d.calendar);
        let unit = units.unit(quantity.dimension, if calendar { quantity.unit } else { 0 });
        let value = unit.and_then(|u| quantity.base.divided_by(u.factor)).unwrap_or(quantity.base);
        (serde_json::to_value(value).ok(), unit.map(|u| u.id.clone()))
    }
}

fn date_json(date: DateRef) -> Json {
    match date {
        DateRef::Fixed(date) => date.to_string().into(),
        DateRef::AppliedOn => "@applied-on".into(),
        DateRef::AssessedOn => "@assessed-on".into(),
        DateRef::AwardOn => "@award-on".into(),
    }
}

fn words_json(key: &Key, words: &Words) -> Option<Json> {
    let words = match words {
        Words::Applied => return Some("@applied".into()),
        Words::These(values) => values,
    };
    let one = |value: &Value| match (value, &key.ty) {
        // A word of a set is kept as the position of a choice.
        (Value::Choice(v), Type::Set(choices)) => choices.get(*v).map_or(Json::Null, |c| c.id.clone().into()),
        _ => json_value(key, value),
    };
    Some(words.iter().map(one).collect())
}

fn first_of(json: Json) -> Json {
    match json {
        Json::Array(items) => items.into_iter().next().unwrap_or_default(),
        other => other,
    }
}
