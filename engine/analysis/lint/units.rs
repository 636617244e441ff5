//! Units that differ where one thing is measured, and quantities off their step.

use std::collections::{BTreeMap, BTreeSet};

use super::walk::{Measure, Use, uses};
use super::{Finding, Subject};
use crate::diag::Code;
use crate::evidence::{Key, KeyIx, Type};
use crate::lang::{Lang, Text};
use crate::quantity::{Decimal, Quantity};
use crate::source::Span;
use crate::text;

/// A quantity with its place.
struct Written<'a> {
    at: &'a str,
    text: &'a str,
    span: Span,
    quantity: Quantity,
}

/// Quantities that their siblings write in another unit: a whole number of a larger unit that a sibling uses,
/// or another word for the same amount.
pub fn mixed(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let uses = uses(subject);
    let mut groups: BTreeMap<Group<'_>, Vec<Written<'_>>> = BTreeMap::new();
    for one in &uses {
        let Some(quantity) = one.quantity(subject) else { continue };
        let written = || Written { at: &one.at, text: &one.written, span: one.span, quantity };
        groups.entry(Group::Key(one.measure)).or_default().push(written());
        if let Some(topic) = one.topic {
            groups.entry(Group::Topic(topic)).or_default().push(written());
        }
    }
    let standard = &subject.edition.standard;
    let tables: Vec<(String, Vec<Written<'_>>)> = standard
        .tables
        .iter()
        .map(|t| {
            let parsed = |v: &'_ crate::syntax::de::Loc<String>| standard.units.parse(&v.value, v.span).ok();
            let values = t
                .values
                .iter()
                .filter_map(|v| Some(Written { at: "", text: &v.value, span: v.span, quantity: parsed(v)? }));
            (format!("table:{}", t.id), values.collect())
        })
        .collect();
    for (at, values) in &tables {
        let values = values.iter().map(|v| Written { at, ..*v });
        groups.insert(Group::Table(at), values.collect());
    }
    let mut said = BTreeSet::new();
    for (group, mut all) in groups {
        all.sort_by_key(|w| (w.span, w.at.to_owned()));
        let scale = all.iter().filter_map(|w| larger(subject, w, &all));
        let words = all.iter().filter_map(|w| other_word(subject, w, &all, &group));
        for (written, sibling, better) in scale.chain(words) {
            if said.insert(written.span) {
                findings.push(finding(written, sibling, &better));
            }
        }
    }
}

/// Among what units should agree.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Group<'a> {
    Key(Measure),
    Table(&'a str),
    Topic(&'a str),
}

type Better<'w, 'a> = (&'w Written<'a>, &'w Written<'a>, String);

/// A larger unit that a sibling uses and of which the quantity is a whole number.
fn larger<'w, 'a>(
    subject: &Subject<'_>,
    own: &'w Written<'a>,
    all: &'w [Written<'a>],
) -> Option<Better<'w, 'a>> {
    let units = &subject.edition.standard.units;
    let factor = |q: &Quantity| units.unit(q.dimension, q.unit).map(|u| u.factor);
    let sibling = all.iter().find(|w| {
        w.quantity.dimension == own.quantity.dimension
            && factor(&w.quantity) > factor(&own.quantity)
            && whole(own.quantity.base, factor(&w.quantity)).is_some()
    })?;
    let number = whole(own.quantity.base, factor(&sibling.quantity))?;
    Some((own, sibling, in_unit(subject, number, &sibling.quantity)))
}

fn whole(base: Decimal, factor: Option<Decimal>) -> Option<i64> {
    base.divided_by(factor?)?.to_whole().filter(|n| *n != 0)
}

fn in_unit(subject: &Subject<'_>, number: i64, like: &Quantity) -> String {
    let unit = subject.edition.standard.units.unit(like.dimension, like.unit);
    let symbol = unit.map_or("", |u| u.symbols.first().unwrap_or(&u.id));
    format!("{number} {symbol}")
}

/// Another unit of the same amount that is used more often for the same key; of two used alike, the declared one.
fn other_word<'w, 'a>(
    subject: &Subject<'_>,
    own: &'w Written<'a>,
    all: &'w [Written<'a>],
    group: &Group<'_>,
) -> Option<Better<'w, 'a>> {
    let declared = match group {
        Group::Topic(_) => return None,
        Group::Key(Measure::Value(key) | Measure::Count(key)) => declared(subject, *key),
        Group::Key(_) | Group::Table(_) => None,
    };
    let units = &subject.edition.standard.units;
    let factor = |q: &Quantity| units.unit(q.dimension, q.unit).map(|u| u.factor);
    let same = |w: &&Written<'_>| {
        w.quantity.dimension == own.quantity.dimension && factor(&w.quantity) == factor(&own.quantity)
    };
    let weight = |unit: usize| {
        let times = all.iter().filter(same).filter(|w| w.quantity.unit == unit).count();
        (times, declared == Some((own.quantity.dimension, unit)), usize::MAX - unit)
    };
    let best = all.iter().filter(same).max_by_key(|w| weight(w.quantity.unit))?;
    if best.quantity.unit == own.quantity.unit {
        return None;
    }
    let number = whole(own.quantity.base, factor(&best.quantity))?;
    Some((own, best, in_unit(subject, number, &best.quantity)))
}

fn declared(subject: &Subject<'_>, key: KeyIx) -> Option<(usize, usize)> {
    let key = subject.edition.dictionary.get(key)?;
    match key.ty {
        Type::Quantity(dimension) => Some((dimension, key.unit)),
        _ => key.counted_in,
    }
}

fn finding(written: &Written<'_>, sibling: &Written<'_>, better: &str) -> Finding {
    let (own, other) = (written.text, sibling.text);
    let message = text!(
        "这里写 `{own}`，别处写 `{other}`，单位不一致",
        "`{own}` here, `{other}` elsewhere: the units differ"
    );
    Finding::new(Code::MixedUnits, written.at, written.span, message)
        .other(sibling.at, sibling.span, text!("另一种单位", "another unit"))
        .help(text!("写成 `{better}`", "write `{better}`"))
}

/// Thresholds and bounds that are no multiples of the step of their key.
pub fn steps(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for one in uses(subject) {
        check_step(subject, &one, findings);
    }
    for key in &subject.edition.dictionary.keys {
        let Some((low, high)) = key.bounds else { continue };
        let at = format!("evidence:{}", key.name);
        let raw = subject.raw.evidence.iter().flat_map(|f| &f.entries).find(|e| e.key.span == key.span);
        let written = raw.and_then(|e| e.bounds.as_ref());
        let bounds = written.map(|b| [b.low.as_ref(), b.high.as_ref()]).unwrap_or_default();
        let places = bounds.map(|bound| bound.map(|b| b.span));
        let name = &key.name;
        for (bound, place) in [low, high].into_iter().zip(places) {
            if off(bound, key.step) {
                let (bound, step) = (amount(subject, key, bound), amount(subject, key, key.step));
                let ((zh, zh_step), (en, en_step)) = ((bound.zh, step.zh), (bound.en, step.en));
                let message = text!(
                    "`{name}` 的界 {zh} 不是步长 {zh_step} 的整数倍",
                    "the bound {en} of `{name}` is no multiple of its step {en_step}"
                );
                let help = text!("核对数字，或改小步长", "check the number, or make the step smaller");
                let finding = Finding::new(Code::OffStep, &at, place.unwrap_or(key.span), message);
                findings.push(finding.help(help));
            }
        }
    }
}

fn check_step(subject: &Subject<'_>, one: &Use<'_>, findings: &mut Vec<Finding>) {
    let Some(quantity) = one.quantity(subject) else { return };
    let (key, step) = match one.measure {
        Measure::Value(key) => {
            let Some(entry) = subject.edition.dictionary.get(key) else { return };
            (key, entry.step)
        }
        Measure::Count(key) => (key, Decimal::whole(1)),
        Measure::Since(_) | Measure::Axis => return,
    };
    if off(quantity.base, step) {
        let (name, written) = (subject.edition.dictionary.name(key), &one.written);
        let Text { zh, en } = shown(subject, step, quantity.dimension, quantity.unit);
        let message = text!(
            "`{written}` 不是 `{name}` 的步长 {zh} 的整数倍",
            "`{written}` is no multiple of the step {en} of `{name}`"
        );
        let help = text!("核对数字，或改小步长", "check the number, or make the step smaller");
        findings.push(Finding::new(Code::OffStep, &one.at, one.span, message).help(help));
    }
}

fn off(value: Decimal, step: Decimal) -> bool {
    step > Decimal::ZERO && value.divided_by(step).and_then(Decimal::to_whole).is_none()
}

fn amount(subject: &Subject<'_>, key: &Key, base: Decimal) -> Text {
    match key.ty {
        Type::Quantity(dimension) => shown(subject, base, dimension, key.unit),
        _ => Text::same(base),
    }
}

fn shown(subject: &Subject<'_>, base: Decimal, dimension: usize, unit: usize) -> Text {
    let units = &subject.edition.standard.units;
    Text::new(units.show(base, dimension, unit, Lang::Zh), units.show(base, dimension, unit, Lang::En))
}
