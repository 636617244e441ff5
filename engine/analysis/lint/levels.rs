//! Thresholds that fall as levels rise: a check of a higher level that is weaker than its like of a lower one.

use std::collections::BTreeMap;

use super::walk::strictness;
use super::{Finding, Subject};
use crate::check::condition::Question;
use crate::check::operator::Polarity;
use crate::check::{AggregateKind, Body, Check, Condition, Operator, Over, Quantifier};
use crate::diag::Code;
use crate::edition::Clause;
use crate::evidence::{KeyIx, Value};
use crate::quantity::Decimal;
use crate::source::Span;
use crate::text;

/// One threshold: how strong it makes its check, and how it is written.
#[derive(Clone, Debug)]
struct Slot {
    strength: (Decimal, bool),
    written: String,
    /// Of a condition: where it is written. A threshold of the check stands where the statement does.
    span: Option<Span>,
}

/// A check of one level, taken apart into thresholds and everything else.
struct Statement {
    level: u8,
    address: String,
    span: Span,
    slots: Vec<Slot>,
}

impl Statement {
    /// Whether it demands at least what another one does.
    fn covers(&self, other: &Statement) -> bool {
        self.slots.iter().zip(&other.slots).all(|(own, theirs)| own.strength >= theirs.strength)
    }
}

/// Where the content is the same but for thresholds: part, category, topic, and the rest as text.
type Like = (usize, Option<usize>, String, String);

/// Reports checks that are weaker than a like one of the level below.
pub fn thresholds(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let mut alike: BTreeMap<Like, Vec<Statement>> = BTreeMap::new();
    for (ix, clause) in subject.edition.clauses.iter().enumerate() {
        let (Some(level), Some(topic)) = (clause.level, &clause.topic) else { continue };
        let around: Vec<String> = subject.edition.conditions(ix).map(spelt).collect();
        for check in &clause.checks {
            let mut shape = Shape::default();
            if !shape.body(check) || shape.slots.is_empty() {
                continue;
            }
            let when: Vec<String> = around.iter().cloned().chain(check.when.iter().map(spelt)).collect();
            shape.text.push_str(&format!(" when {} {}", when.join(";"), check.observation));
            let like = (clause.part, clause.category, topic.clone(), shape.text);
            if clause.same_as.is_some() {
                shape.slots.iter_mut().for_each(|slot| slot.span = None);
            }
            alike.entry(like).or_default().push(Statement {
                level,
                address: clause.address(check),
                span: place(subject, clause, check),
                slots: shape.slots,
            });
        }
        choice(clause, level, topic, &around, &mut alike);
    }
    for statements in alike.values_mut() {
        statements.sort_by_key(|s| s.level);
        for lower in statements.iter() {
            let next = statements.iter().map(|s| s.level).filter(|l| *l > lower.level).min();
            let above: Vec<&Statement> = statements.iter().filter(|s| Some(s.level) == next).collect();
            if above.iter().any(|s| s.covers(lower)) {
                continue;
            }
            if let Some(weaker) = above.iter().find(|s| lower.covers(s)) {
                findings.push(falls(weaker, lower));
            }
        }
    }
}

/// Where the threshold of a check stands; content that is shared is shown at the clause that shares it.
fn place(subject: &Subject<'_>, clause: &Clause, check: &Check) -> Span {
    if clause.same_as.is_some() { clause.span } else { subject.operand(check) }
}

fn choice(
    clause: &Clause,
    level: u8,
    topic: &str,
    around: &[String],
    alike: &mut BTreeMap<Like, Vec<Statement>>,
) {
    let Some(least) = clause.choose else { return };
    let like = (clause.part, clause.category, topic.to_owned(), format!("choose when {}", around.join(";")));
    let strength = (Decimal::whole(i64::from(least)), false);
    let slot = Slot { strength, written: least.to_string(), span: None };
    let address = clause.id.to_string();
    alike.entry(like).or_default().push(Statement { level, address, span: clause.span, slots: vec![slot] });
}

fn falls(weaker: &Statement, lower: &Statement) -> Finding {
    let differs = weaker.slots.iter().zip(&lower.slots).find(|(w, l)| w.strength < l.strength);
    let (now, before) = differs.map_or(("", ""), |(w, l)| (w.written.as_str(), l.written.as_str()));
    let place =
        |slot: Option<&Slot>, statement: &Statement| slot.and_then(|s| s.span).unwrap_or(statement.span);
    let here = place(differs.map(|d| d.0), weaker);
    let there = place(differs.map(|d| d.1), lower);
    let (at, below) = (&weaker.address, &lower.address);
    let (high, low) = (weaker.level, lower.level);
    let message = text!(
        "{high} 级的 `{at}` 写 `{now}`，{low} 级的 `{below}` 写 `{before}`，等级升高反而变宽",
        "`{at}` of level {high} has `{now}`, which is weaker than `{before}` of `{below}` at level {low}"
    );
    Finding::new(Code::ThresholdFalls, at, here, message)
        .other(below, there, text!("{low} 级", "level {low}"))
        .help(text!("核对原文的数字、单位和等级", "check numbers, units and levels against the text"))
}

/// Sizes of samples by level that fall.
pub fn tables(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let standard = &subject.edition.standard;
    let used = |id: &str| subject.edition.samples.iter().any(|s| s.size.strip_prefix('@') == Some(id));
    for table in standard.tables.iter().filter(|t| used(&t.id)) {
        for pair in table.values.windows(2) {
            let [low, high] = pair else { continue };
            let value = |written: &str| standard.units.parse(written, Span::NONE).ok().map(|q| q.base);
            if value(&high.value) < value(&low.value) {
                let (id, now, before) = (&table.id, &high.value, &low.value);
                let message = text!(
                    "样本量 `{id}` 从 {before} 降到 {now}",
                    "the size of the sample `{id}` falls from {before} to {now}"
                );
                let at = format!("table:{id}");
                let finding = Finding::new(Code::ThresholdFalls, at.as_str(), high.span, message);
                let finding = finding.other(at, low.span, text!("低一级", "one level below"));
                findings.push(
                    finding.help(text!("核对原文的数字和等级", "check numbers and levels against the text")),
                );
            }
        }
    }
}

/// A check without its thresholds, and the thresholds.
#[derive(Default)]
struct Shape {
    text: String,
    slots: Vec<Slot>,
}

impl Shape {
    /// Takes a body apart; `false` for bodies without thresholds.
    fn body(&mut self, check: &Check) -> bool {
        let written = check.shown.threshold.as_ref().map(|t| t.as_str().map_or(t.to_string(), str::to_owned));
        let written = written.unwrap_or_default();
        match &check.body {
            Body::Fact(key, operator) => {
                self.text.push_str(&format!("fact {}", key.0));
                self.operator(operator, &written, None, Polarity::Up);
            }
            Body::Elapsed(key, comparison, months) => {
                self.text.push_str(&format!("since {}", key.0));
                let months = Value::Quantity(Decimal::whole(*months));
                self.operator(&Operator::Compare(*comparison, months), &written, None, Polarity::Up);
            }
            Body::Aggregate(aggregate, operator) => {
                self.text.push_str(&format!("{:?} {}", aggregate.kind, over(&aggregate.over)));
                self.operator(operator, &written, None, Polarity::Up);
                let wanted = operator.polarity();
                let fewer = match (aggregate.kind, wanted) {
                    (AggregateKind::Count | AggregateKind::Distinct | AggregateKind::Sum, _) => wanted,
                    (AggregateKind::Largest, Polarity::Up) => Polarity::Up,
                    (AggregateKind::Smallest, Polarity::Down) => Polarity::Up,
                    (AggregateKind::Largest | AggregateKind::Smallest, _) => Polarity::Mixed,
                };
                self.conditions("where", &aggregate.filter, fewer);
            }
            Body::Quantify(Quantifier { list, filter, has: None }) => {
                self.text.push_str(&format!("some {}", list.0));
                self.conditions("where", filter, Polarity::Up);
            }
            Body::Quantify(Quantifier { list, filter, has: Some(has) }) => {
                self.text.push_str(&format!("every {}", list.0));
                self.conditions("where", filter, Polarity::Down);
                self.conditions("has", has, Polarity::Up);
            }
            Body::Attest(_) | Body::Requires(..) | Body::AnyOf(_) | Body::AllOf(_) => return false,
        }
        true
    }

    /// `stricter`: what a stricter condition makes of the check: stronger (`Up`), weaker, or neither for sure.
    fn conditions(&mut self, word: &str, all: &[Condition], stricter: Polarity) {
        self.text.push_str(&format!(" {word}{{"));
        let mut sorted: Vec<&Condition> = all.iter().collect();
        sorted.sort_by(|a, b| (&a.path, a.op).cmp(&(&b.path, b.op)));
        for condition in sorted {
            self.text.push_str(&format!(" {}", condition.path));
            match &condition.test {
                Question::Operator(operator) => {
                    self.operator(operator, &condition.written, Some(condition.span), stricter);
                }
                Question::Some(inner) => self.conditions("some", inner, stricter),
            }
        }
        self.text.push('}');
    }

    fn operator(&mut self, operator: &Operator, written: &str, span: Option<Span>, stricter: Polarity) {
        let strength = strictness(operator).and_then(|(number, sharp)| match stricter {
            Polarity::Up => Some((number, sharp)),
            // At the same number, “above” is stricter than “at least”: here it counts less.
            Polarity::Down => Some((Decimal::ZERO.minus(number), !sharp)),
            Polarity::Mixed => None,
        });
        match strength {
            Some(strength) => {
                self.text.push_str(&format!(" {}", direction(operator)));
                self.slots.push(Slot { strength, written: written.to_owned(), span });
            }
            None => self.text.push_str(&format!(" {operator:?}")),
        }
    }
}

fn direction(operator: &Operator) -> &'static str {
    match operator {
        Operator::Within(_) => "within",
        Operator::LastClosed(_) => "last-closed",
        Operator::AtLeastAgo(_) => "at-least-ago",
        _ if operator.polarity() == Polarity::Up => "up",
        _ => "down",
    }
}

fn over(over: &Over) -> String {
    let field = |field: &Option<(KeyIx, usize)>| field.map_or(String::new(), |(key, _)| key.0.to_string());
    match over {
        Over::Records { list, field: f } => format!("records {} {}", list.0, field(f)),
        Over::Members(key) => format!("members {}", key.0),
    }
}

/// A condition as text, with its operand.
fn spelt(condition: &Condition) -> String {
    match &condition.test {
        Question::Operator(operator) => format!("{} {operator:?}", condition.path),
        Question::Some(inner) => {
            let inner: Vec<String> = inner.iter().map(spelt).collect();
            format!("{} some({})", condition.path, inner.join(";"))
        }
    }
}
