//! What is declared and has no effect.

use std::collections::BTreeSet;

use super::used::Used;
use super::walk::{Measure, uses};
use super::{Finding, Subject};
use crate::check::Body;
use crate::diag::Code;
use crate::evidence::{KeyIx, Owner, Place, Type};
use crate::source::Span;
use crate::syntax::{Node, Value as Raw};
use crate::text;

/// Interpretations that nothing cites, and clauses that do not cite an interpretation about them. A clause cites
/// what it, one of its checks, or a clause below it names.
pub fn interpretations(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let cited: Vec<(&str, &str)> = subject
        .edition
        .clauses
        .iter()
        .flat_map(|clause| {
            let checks = clause.checks.iter().flat_map(|check| &check.interpretations);
            clause.interpretations.iter().chain(checks).map(|i| (i.as_str(), clause.id.as_str()))
        })
        .collect();
    let cited: BTreeSet<(&str, &str)> = cited.into_iter().collect();
    for raw in subject.raw.interpretations.iter().flat_map(|f| &f.interpretations) {
        let id = raw.id.value.as_str();
        let citing: Vec<&str> =
            cited.range((id, "")..).take_while(|(i, _)| *i == id).map(|(_, c)| *c).collect();
        let at = format!("interpretation:{id}");
        if citing.is_empty() {
            let message =
                text!("没有条款或检查引用释义 `{id}`", "no clause or check cites the interpretation `{id}`");
            let help =
                text!("在 interpretations 中引用，或删去", "cite it under `interpretations`, or delete it");
            findings.push(Finding::new(Code::UnusedInterpretation, at, raw.id.span, message).help(help));
            continue;
        }
        for clause in &raw.clauses {
            let name = clause.value.as_str();
            let below =
                |c: &&str| **c == *name || c.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
            if citing.iter().any(below) {
                continue;
            }
            let message = text!(
                "释义 `{id}` 涉及条款 `{name}`，该条款没有引用它",
                "the interpretation `{id}` concerns the clause `{name}`, which does not cite it"
            );
            let finding = Finding::new(Code::CitationMissing, name, clause.span, message);
            let place = crate::id::ClauseId::parse(name).and_then(|c| subject.edition.find(&c));
            let span = place.and_then(|ix| subject.edition.clause(ix)).map_or(Span::NONE, |c| c.span);
            findings.push(
                finding.other(at.as_str(), span, text!("条款在这里", "the clause is here")).help(text!(
                    "在条款的 interpretations 中补上",
                    "add it to `interpretations` of the clause"
                )),
            );
        }
    }
}

/// Keys that no check, condition, derived key or invariant looks at. A list is used by its fields.
pub fn evidence(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let edition = subject.edition;
    let mut used = Used::default();
    for clause in &edition.clauses {
        used.clause(clause);
    }
    let mut waiting: Vec<(usize, &crate::check::Aggregate)> =
        edition.derived.iter().enumerate().filter_map(|(i, d)| d.as_ref().map(|d| (i, d))).collect();
    // What a derived key is computed from is used if the derived key is.
    for _ in 0..edition.derived.len() {
        let before = used.keys.len();
        waiting.retain(|(i, aggregate)| {
            let ready = used.keys.contains(&KeyIx(*i));
            if ready {
                used.aggregate(aggregate);
            }
            !ready
        });
        if used.keys.len() == before {
            break;
        }
    }
    for invariant in &edition.dictionary.invariants {
        used.keys.extend([invariant.key, invariant.at_most]);
    }
    for (ix, key) in edition.dictionary.iter() {
        if let (true, Place::Field { list, .. }) = (used.keys.contains(&ix), key.place) {
            used.keys.insert(list);
        }
        if let Some(Owner::Key(owner)) = key.choices().map(|c| &c.owner)
            && **owner != *key.name
        {
            used.keys.extend(edition.dictionary.find(owner));
        }
    }
    for (_, key) in edition.dictionary.iter().filter(|(ix, _)| !used.keys.contains(ix)) {
        let name = &key.name;
        let message = text!("没有规则用到证据项 `{name}`", "no rule uses the evidence key `{name}`");
        findings.push(
            Finding::new(Code::UnusedEvidence, format!("evidence:{name}"), key.span, message)
                .help(text!("写进检查，或删去", "use it in a check, or delete it")),
        );
    }
}

/// Documents that a clause names although neither it nor a clause below it checks anything.
pub fn documents(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let clauses = &subject.edition.clauses;
    let mut checked: Vec<bool> = clauses.iter().map(|c| !c.checks.is_empty()).collect();
    // Parents stand before their children.
    for (i, clause) in clauses.iter().enumerate().rev() {
        if let (true, Some(parent)) = (checked.get(i) == Some(&true), clause.parent)
            && let Some(slot) = checked.get_mut(parent)
        {
            *slot = true;
        }
    }
    for (clause, checked) in clauses.iter().zip(checked) {
        if checked || clause.documents.is_empty() || clause.same_as.is_some() {
            continue;
        }
        let id = &clause.id;
        let message = text!(
            "条款 `{id}` 列了证明材料，却没有检查用到",
            "the clause `{id}` names documents, but nothing there is checked"
        );
        let help = text!(
            "写到要它的证据项或条款上，或删去",
            "name them at the evidence that they prove, or delete them"
        );
        findings.push(Finding::new(Code::UnusedDocument, id.as_str(), clause.span, message).help(help));
    }
}

/// Sets, tables, due rules, samples, dimensions and units that nothing uses.
pub fn names(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let Some(standard) = &subject.raw.standard else { return };
    let edition = subject.edition;
    let references = references(subject);
    let mut report = |kind: &str, id: &str, span: Span, what: crate::lang::Text| {
        let message = what.then(text!(" `{id}` 没有用到", " `{id}` is used by nothing"));
        let help = text!("删去，或检查该用它的地方", "delete it, or look where it should be used");
        findings.push(Finding::new(Code::UnusedName, format!("{kind}:{id}"), span, message).help(help));
    };
    for set in standard.sets.iter().filter(|s| !references.contains(&*s.id.value)) {
        report("set", &set.id, set.id.span, text!("集合", "the set"));
    }
    for table in standard.tables.iter().filter(|t| !references.contains(&*t.id.value)) {
        report("table", &table.id, table.id.span, text!("数值表", "the table"));
    }
    let due: BTreeSet<usize> =
        edition.clauses.iter().flat_map(|c| &c.checks).filter_map(|check| check.due).collect();
    for (_, rule) in standard.dues.iter().enumerate().filter(|(i, _)| !due.contains(i)) {
        report("due", &rule.id, rule.id.span, text!("到期规则", "the due rule"));
    }
    let sampled: BTreeSet<&str> = edition
        .clauses
        .iter()
        .flat_map(|c| &c.checks)
        .filter_map(|check| match &check.body {
            Body::Attest(attest) => attest.sample.as_ref().map(|s| edition.dictionary.name(s.list)),
            _ => None,
        })
        .collect();
    for sample in standard.samples.iter().filter(|s| !sampled.contains(&*s.of.value)) {
        report("sample", &sample.of, sample.of.span, text!("抽样规则", "the sample of"));
    }
    let (dimensions, units) = measured(subject);
    let declared = subject.raw.units.iter().flat_map(|u| &u.dimensions).enumerate();
    for (d, dimension) in declared {
        if !dimensions.contains(&d) {
            report("dimension", &dimension.id, dimension.id.span, text!("量纲", "the dimension"));
            continue;
        }
        for (u, unit) in dimension.units.iter().enumerate().filter(|(u, _)| *u > 0) {
            if !units.contains(&(d, u)) {
                report("unit", &unit.id, unit.id.span, text!("单位", "the unit"));
            }
        }
    }
}

/// What is written behind `@` in rules.
fn references<'a>(subject: &Subject<'a>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let raw = subject.raw;
    for clause in raw.chapters.iter().flat_map(|f| &f.clauses) {
        clause.when.iter().for_each(|w| behind_at(&w.0.0, &mut found));
        for check in &clause.checks {
            for conditions in [&check.filter, &check.has, &check.when].into_iter().flatten() {
                behind_at(&conditions.0.0, &mut found);
            }
            check.operators().iter().for_each(|(_, operand)| behind_at(&operand.0.0, &mut found));
        }
    }
    for key in raw.evidence.iter().flat_map(|f| &f.entries) {
        let filter = key.derive.as_ref().and_then(|d| d.filter.as_ref());
        filter.iter().for_each(|f| behind_at(&f.0.0, &mut found));
    }
    for sample in raw.standard.iter().flat_map(|s| &s.samples) {
        sample.filter.iter().for_each(|f| behind_at(&f.0.0, &mut found));
        found.extend(sample.size.value.strip_prefix('@'));
    }
    found
}

fn behind_at<'a>(node: &'a Node, found: &mut BTreeSet<&'a str>) {
    match &node.value {
        Raw::Text(text) => found.extend(text.strip_prefix('@')),
        Raw::Array(items) => items.iter().for_each(|item| behind_at(item, found)),
        Raw::Table(table) => table.iter().for_each(|entry| behind_at(&entry.node, found)),
        Raw::Flag(_) | Raw::Integer(_) => {}
    }
}

type Measures = (BTreeSet<usize>, BTreeSet<(usize, usize)>);

/// Dimensions that keys have or rules write, and units that are written or preferred.
fn measured(subject: &Subject<'_>) -> Measures {
    let units = &subject.edition.standard.units;
    let mut used: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut dimensions = BTreeSet::new();
    for key in &subject.edition.dictionary.keys {
        used.extend(key.counted_in);
        if let Type::Quantity(dimension) = key.ty {
            dimensions.insert(dimension);
            used.insert((dimension, key.unit));
        }
    }
    for one in uses(subject).iter().filter(|u| u.measure != Measure::Axis) {
        used.extend(one.quantity(subject).map(|q| (q.dimension, q.unit)));
    }
    let bounds = subject.raw.evidence.iter().flat_map(|f| &f.entries).flat_map(|e| {
        let ends = e.bounds.iter().flat_map(|b| b.low.iter().chain(&b.high));
        ends.chain(&e.step)
    });
    let raw = subject.raw.standard.iter();
    let tables = raw.clone().flat_map(|s| s.tables.iter().flat_map(|t| &t.by_level));
    let sizes = raw.flat_map(|s| s.samples.iter().map(|s| &s.size));
    for written in bounds.chain(tables).chain(sizes) {
        used.extend(units.parse(&written.value, written.span).ok().map(|q| (q.dimension, q.unit)));
    }
    dimensions.extend(used.iter().map(|(d, _)| *d));
    (dimensions, used)
}
