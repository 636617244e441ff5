//! Checks, values and shortfalls in words.

use crate::assessment::CheckResult;
use crate::check::cite::Because;
use crate::check::{Actual, Body, Check, Comparison, Operator, Range, Source};
use crate::edition::{Clause, Edition};
use crate::evidence::{KeyIx, State, Type, Value};
use crate::lang::{Lang, Text};
use crate::quantity::{Decimal, DimensionIx};
use crate::report::words;
use crate::text;

/// Writes phrases about the checks of one edition in one language.
#[derive(Clone, Copy)]
pub struct Phrases<'a> {
    /// The edition.
    pub edition: &'a Edition,
    /// The language.
    pub lang: Lang,
}

impl Phrases<'_> {
    /// What a check looks at.
    #[must_use]
    pub fn subject(&self, clause: &Clause, check: &Check) -> String {
        if let Some(title) = &check.title {
            return title.in_lang(self.lang).to_owned();
        }
        let label = |key: KeyIx| self.label(key);
        let named = |key: KeyIx, zh: &str, en: &str| self.named(key, zh, en);
        match &check.body {
            Body::Fact(key, _) => label(*key),
            Body::Attest(attest) => label(attest.key),
            Body::Elapsed(key, ..) => named(*key, "至今", "time since: "),
            Body::Aggregate(aggregate, _) => self.computed(aggregate),
            Body::Quantify(quantifier) => {
                let conditions = self.conditions(&quantifier.filter);
                match &quantifier.has {
                    None => named(
                        quantifier.list,
                        &format!("中有：{conditions}"),
                        &format!("one with {conditions} among: "),
                    ),
                    Some(has) => {
                        let has = self.conditions(has);
                        named(quantifier.list, &format!("每条都：{has}"), &format!("{has} for each of: "))
                    }
                }
            }
            Body::Requires(id, _) => self.lang.pick(format!("条款 {id}"), format!("clause {id}")),
            Body::AnyOf(members) | Body::AllOf(members) => {
                let any = matches!(check.body, Body::AnyOf(_));
                let parts: Vec<String> = members
                    .iter()
                    .filter_map(|m| clause.checks.get(*m))
                    .map(|c| self.demand(clause, c))
                    .collect();
                let between = match (any, self.lang) {
                    (true, Lang::Zh) => "，或 ",
                    (true, Lang::En) => ", or ",
                    (false, Lang::Zh) => " 且 ",
                    (false, Lang::En) => " and ",
                };
                parts.join(between)
            }
        }
    }

    fn label(&self, key: KeyIx) -> String {
        self.edition.dictionary.get(key).map(|k| k.label().in_lang(self.lang).to_owned()).unwrap_or_default()
    }

    fn named(&self, key: KeyIx, zh: &str, en: &str) -> String {
        let label = self.label(key);
        self.lang.pick(format!("{label}{zh}"), format!("{en}{label}"))
    }

    /// A number over records or members.
    #[must_use]
    pub fn computed(&self, aggregate: &crate::check::Aggregate) -> String {
        use crate::check::{AggregateKind, Over};
        let key = match aggregate.over {
            Over::Members(key) => key,
            Over::Records { list, field } => field.map_or(list, |f| f.0),
        };
        let base = match aggregate.kind {
            AggregateKind::Count => self.named(key, "数", "number of "),
            AggregateKind::Distinct => {
                let label = self.named(key, "", "");
                self.lang.pick(format!("不同的{label}数"), format!("number of different values of {label}"))
            }
            AggregateKind::Sum => self.named(key, "合计", "total of "),
            AggregateKind::Largest => self.named(key, "最大值", "largest of "),
            AggregateKind::Smallest => self.named(key, "最小值", "smallest of "),
        };
        if aggregate.filter.is_empty() {
            return base;
        }
        let conditions = self.conditions(&aggregate.filter);
        self.lang.pick(format!("{base}（{conditions}）"), format!("{base} ({conditions})"))
    }

    /// Conditions in words.
    #[must_use]
    pub fn conditions(&self, conditions: &[crate::check::Condition]) -> String {
        let one = |c: &crate::check::Condition| {
            let key = key_of(c.source).and_then(|ix| self.edition.dictionary.get(ix));
            let label = match (key, c.source) {
                (Some(key), _) => key.label().in_lang(self.lang),
                (None, Source::Category) => self.lang.pick("类别", "the category"),
                (None, Source::Stage) => self.lang.pick("阶段", "the stage"),
                (None, _) => c.path.as_str(),
            };
            match &c.test {
                crate::check::condition::Question::Some(inner) => {
                    let inner = self.conditions(inner);
                    self.lang.pick(format!("{label}中有一项：{inner}"), format!("{label} with {inner}"))
                }
                crate::check::condition::Question::Operator(_) => {
                    let said = words::condition(c.op, &c.written, label, &self.operand(&c.written, c.source));
                    said.in_lang(self.lang).to_owned()
                }
            }
        };
        let all: Vec<String> = conditions.iter().map(one).collect();
        all.join(self.lang.pick("，", ", "))
    }

    /// Why a record does not count: what was found, and what was asked for.
    #[must_use]
    pub fn because(&self, because: &Because) -> String {
        let asked = self.conditions(std::slice::from_ref(&because.condition));
        match &because.found {
            Some((key, state)) => {
                let label = self.edition.dictionary.get(*key).map_or("", |k| k.label().in_lang(self.lang));
                let found = self.state(*key, state);
                let condition = &because.condition;
                let operand = self.operand(&condition.written, condition.source);
                let asked = words::asked(condition.op, &condition.written, &operand);
                let asked = asked.in_lang(self.lang);
                self.lang.pick(format!("{label} {found}（{asked}）"), format!("{label} {found} ({asked})"))
            }
            None if because.nested.is_empty() => {
                self.lang.pick(format!("没有：{asked}"), format!("lacks: {asked}"))
            }
            None => {
                let each: Vec<String> = because
                    .nested
                    .iter()
                    .map(|(id, why)| {
                        let why: Vec<String> = why.iter().map(|b| self.because(b)).collect();
                        format!("{id} {}", why.join(self.lang.pick("，", ", ")))
                    })
                    .collect();
                let each = each.join(self.lang.pick("；", "; "));
                self.lang.pick(format!("没有：{asked}。{each}"), format!("lacks: {asked}. {each}"))
            }
        }
    }

    /// An operand with the words of the dictionary.
    fn operand(&self, written: &str, source: Source) -> String {
        let named = match written {
            "@applied" => Some(text!("申报类别", "the category applied for")),
            "@assessed-on" => Some(text!("评定日", "the day of assessment")),
            "@applied-on" => Some(text!("申请日", "the day of application")),
            "@award-on" => Some(text!("授予日", "the day of award")),
            "true" => Some(text!("是", "yes")),
            "false" => Some(text!("否", "no")),
            "conforms" => Some(text!("符合", "conforms")),
            "fails" => Some(text!("不符合", "fails")),
            _ => {
                written.strip_prefix('@').and_then(|n| self.edition.standard.set(n)).map(|s| s.title.clone())
            }
        };
        if let Some(named) = named {
            return named.in_lang(self.lang).to_owned();
        }
        let standard = &self.edition.standard;
        let key = key_of(source).and_then(|k| self.edition.dictionary.get(k));
        let title = |word: &str| match source {
            Source::Category => standard.categories.iter().find(|c| c.id == word).map(|c| &c.title),
            Source::Stage => standard.stages.iter().find(|s| s.id == word).map(|s| &s.title),
            _ => key.and_then(|k| k.choices()).and_then(|c| c.get(c.find(word)?)).map(|c| &c.title),
        };
        let one =
            |word: &str| title(word).map_or_else(|| self.quantity(word), |t| t.in_lang(self.lang).to_owned());
        let words: Vec<String> = written.split('、').map(one).collect();
        words.join(self.lang.pick("、", ", "))
    }

    /// A written quantity in the language of the output.
    #[must_use]
    pub fn quantity(&self, written: &str) -> String {
        let units = &self.edition.standard.units;
        match units.parse(written, crate::source::Span::NONE) {
            Ok(q) => units.show(q.base, q.dimension, q.unit, self.lang),
            Err(_) => written.to_owned(),
        }
    }

    /// What a check demands: subject, operator and threshold.
    #[must_use]
    pub fn demand(&self, clause: &Clause, check: &Check) -> String {
        let subject = self.subject(clause, check);
        match (self.threshold(check), &check.body, self.lang) {
            (Some(threshold), Body::Attest(_), Lang::Zh) => format!("{subject}{threshold}"),
            (Some(threshold), ..) => format!("{subject} {threshold}"),
            (None, ..) => subject,
        }
    }

    /// Operator and threshold, if the check has them.
    #[must_use]
    pub fn threshold(&self, check: &Check) -> Option<String> {
        let (operator, key) = match &check.body {
            Body::Fact(key, operator) => (operator, Some(*key)),
            Body::Aggregate(_, operator) => (operator, None),
            Body::Elapsed(_, comparison, months) => {
                let sign = words::comparison(*comparison);
                let shown = self.shown_threshold(check).unwrap_or_else(|| months.to_string());
                return Some(format!("{} {shown}", sign.in_lang(self.lang)));
            }
            Body::Attest(attest) => {
                let sample = attest.sample.as_ref()?;
                let (dimension, unit) = self.dimension(check)?;
                let size = Decimal::count(sample.size);
                let size = self.edition.standard.units.show(size, dimension, unit, self.lang);
                let list = self.edition.dictionary.get(sample.list).map(|k| k.label().in_lang(self.lang));
                let list = list.unwrap_or_default();
                return Some(
                    self.lang
                        .pick(format!("（{list}至少 {size}）"), format!("(at least {size} of the {list})")),
                );
            }
            _ => return None,
        };
        let op = words::operator(check.shown.op);
        let op = op.in_lang(self.lang);
        if let (Some(serde_json::Value::Array(items)), Some(key)) = (&check.shown.threshold, key) {
            let words: Vec<&str> = items.iter().filter_map(serde_json::Value::as_str).collect();
            return Some(format!("{op} {}", self.operand(&words.join("、"), Source::Fact(key))));
        }
        if let Some(choice) = key.and_then(|key| self.choice_text(key, value_of(operator))) {
            return Some(format!("{op} {choice}"));
        }
        Some(format!("{op} {}", self.shown_threshold(check)?))
    }

    fn choice_text(&self, key: KeyIx, value: Option<&Value>) -> Option<String> {
        let value = value.filter(|v| matches!(v, Value::Choice(_) | Value::Flag(_)))?;
        Some(self.edition.dictionary.show(key, value, &self.edition.standard.units, self.lang))
    }

    fn shown_threshold(&self, check: &Check) -> Option<String> {
        let threshold = check.shown.threshold.as_ref()?;
        Some(match threshold {
            serde_json::Value::String(text) => match text.strip_prefix('@') {
                // A table by level: the value that holds here.
                Some(_) => match (&check.shown.value, &check.shown.unit) {
                    (Some(value), Some(unit)) => self.quantity(&format!("{value} {unit}")),
                    _ => self.operand(text, Source::Category),
                },
                None => self.quantity(text),
            },
            serde_json::Value::Array(items) => {
                let words: Vec<String> =
                    items.iter().map(|i| i.as_str().map_or_else(|| i.to_string(), str::to_owned)).collect();
                words.join(self.lang.pick("、", ", "))
            }
            other => other.to_string(),
        })
    }

    /// What was found.
    #[must_use]
    pub fn actual(&self, check: &Check, result: &CheckResult) -> Option<String> {
        let units = &self.edition.standard.units;
        match &result.actual {
            Actual::None => None,
            Actual::Value(key, value) => Some(
                self.lacking_words(check, value)
                    .unwrap_or_else(|| self.edition.dictionary.show(*key, value, units, self.lang)),
            ),
            Actual::Months(months) => Some(self.months(*months)),
            Actual::Range(range) => {
                let (dimension, unit) = self.dimension(check)?;
                let range = self.without_outer_bounds(check, *range)?;
                Some(self.range(&range, dimension, unit))
            }
        }
    }

    /// A range of which nothing is known but the bounds that any value has says nothing: an end that is such a
    /// bound is left out, and with it the whole range if nothing else remains.
    fn without_outer_bounds(&self, check: &Check, mut range: Range) -> Option<Range> {
        let Body::Fact(key, _) = check.body else { return Some(range) };
        let bounds = self.edition.dictionary.get(key).and_then(|k| k.bounds);
        if let Some((low, high)) = bounds.filter(|_| range.single().is_none()) {
            range.high = range.high.filter(|h| *h < high);
            if range.high.is_none() && range.low.is_none_or(|l| l <= low) {
                return None;
            }
        }
        Some(range)
    }

    /// Of a set that must include words: those that it lacks.
    fn lacking_words(&self, check: &Check, value: &Value) -> Option<String> {
        let (Body::Fact(key, Operator::Includes(crate::check::Words::These(words))), Value::Set(members)) =
            (&check.body, value)
        else {
            return None;
        };
        let lacking = words.iter().filter_map(|word| match word {
            Value::Choice(v) if !members.contains(v) => Some(*v),
            _ => None,
        });
        let lacking: Vec<u16> = lacking.collect();
        if lacking.is_empty() {
            return None;
        }
        let n = members.len();
        let units = &self.edition.standard.units;
        let names = self.edition.dictionary.show(*key, &Value::Set(lacking.into()), units, self.lang);
        Some(self.lang.pick(format!("{n} 项，缺：{names}"), format!("{n}, lacking: {names}")))
    }

    /// Years and months.
    #[must_use]
    pub fn months(&self, months: i64) -> String {
        let counted = |n: i64, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
        match (months / 12, months % 12, self.lang) {
            (0, m, Lang::Zh) => format!("{m} 个月"),
            (y, 0, Lang::Zh) => format!("{y} 年"),
            (y, m, Lang::Zh) => format!("{y} 年 {m} 个月"),
            (0, m, Lang::En) => counted(m, "month"),
            (y, 0, Lang::En) => counted(y, "year"),
            (y, m, Lang::En) => format!("{} {}", counted(y, "year"), counted(m, "month")),
        }
    }

    fn range(&self, range: &Range, dimension: DimensionIx, unit: usize) -> String {
        let show = |n: Decimal| self.edition.standard.units.show(n, dimension, unit, self.lang);
        let numbers = match (range.low, range.high) {
            (Some(low), Some(high)) if low == high => show(low),
            (Some(low), Some(high)) => between(&show(low), &show(high)),
            (Some(low), None) => {
                self.lang.pick(format!("{}以上", show(low)), format!("{} or more", show(low)))
            }
            (None, Some(high)) => {
                self.lang.pick(format!("{}以下", show(high)), format!("{} or less", show(high)))
            }
            (None, None) => self.lang.pick("未知", "unknown").to_owned(),
        };
        if range.absent {
            self.lang.pick(format!("{numbers}或无"), format!("{numbers} or none"))
        } else {
            numbers
        }
    }

    /// The dimension of what a check measures, with the unit in which it is shown.
    #[must_use]
    pub fn dimension(&self, check: &Check) -> Option<(DimensionIx, usize)> {
        use crate::check::{AggregateKind, Over};
        let of_key = |key: KeyIx| {
            let key = self.edition.dictionary.get(key)?;
            match key.ty {
                Type::Quantity(dimension) => Some((dimension, key.unit)),
                _ => key.counted_in,
            }
        };
        match &check.body {
            Body::Fact(key, _) => of_key(*key),
            Body::Attest(attest) => attest.sample.as_ref().and_then(|s| of_key(s.list)),
            Body::Aggregate(aggregate, _) => match (aggregate.kind, aggregate.over) {
                (_, Over::Members(key)) => of_key(key),
                (AggregateKind::Count | AggregateKind::Distinct, Over::Records { list, .. }) => of_key(list),
                (_, Over::Records { field, .. }) => field.and_then(|f| of_key(f.0)),
            },
            _ => None,
        }
    }

    /// How much is lacking, or too much, in words.
    #[must_use]
    pub fn shortfall(&self, check: &Check, result: &CheckResult) -> Option<String> {
        let amount = shortfall(check, result)?;
        let shown = if matches!(check.body, Body::Elapsed(..)) {
            self.months(amount.to_whole()?)
        } else {
            let (dimension, unit) = self.dimension(check)?;
            self.edition.standard.units.show(amount, dimension, unit, self.lang)
        };
        let over = matches!(
            &check.body,
            Body::Fact(_, Operator::Compare(Comparison::AtMost | Comparison::Below, _))
                | Body::Aggregate(_, Operator::Compare(Comparison::AtMost | Comparison::Below, _))
                | Body::Elapsed(_, Comparison::AtMost | Comparison::Below, _)
        );
        Some(match (over, self.lang) {
            (false, Lang::Zh) => format!("差 {shown}"),
            (true, Lang::Zh) => format!("超出 {shown}"),
            (false, Lang::En) => format!("{shown} short"),
            (true, Lang::En) => format!("{shown} over"),
        })
    }

    /// A state in words.
    #[must_use]
    pub fn state(&self, key: KeyIx, state: &State) -> String {
        match state {
            State::Known(Value::Set(members)) if members.is_empty() => {
                self.lang.pick("（空）", "(empty)").to_owned()
            }
            State::Known(value) => {
                self.edition.dictionary.show(key, value, &self.edition.standard.units, self.lang)
            }
            other => words::state(other).map(|t| t.in_lang(self.lang).to_owned()).unwrap_or_default(),
        }
    }

    /// A wording in the language of the output.
    #[must_use]
    pub fn say(&self, text: &Text) -> String {
        text.in_lang(self.lang).to_owned()
    }
}

/// Two quantities as the ends of a range; a unit that both have stands once.
fn between(low: &str, high: &str) -> String {
    match (low.split_once(' '), high.split_once(' ')) {
        (Some((number, unit)), Some((_, same))) if unit == same => format!("{number}–{high}"),
        _ => format!("{low}–{high}"),
    }
}

fn key_of(source: Source) -> Option<KeyIx> {
    match source {
        Source::Fact(key) | Source::Field(key, _) | Source::Member(key) => Some(key),
        Source::Category | Source::Stage => None,
    }
}

fn value_of(operator: &Operator) -> Option<&Value> {
    match operator {
        Operator::Compare(_, value) => Some(value),
        Operator::Is(words) => words.value(),
        _ => None,
    }
}

/// How much is lacking, in the base unit (months, of the time since a date), where a comparison is surely not met.
#[must_use]
pub fn shortfall(check: &Check, result: &CheckResult) -> Option<Decimal> {
    if result.outcomes != crate::verdict::Outcomes::NOT_MET {
        return None;
    }
    let lacking = |comparison: Comparison, range: &Range, bound: Decimal| match comparison {
        Comparison::AtLeast | Comparison::Above => range.high.map(|h| bound.minus(h)),
        Comparison::AtMost | Comparison::Below => range.low.map(|l| l.minus(bound)),
    };
    match (&check.body, &result.actual) {
        (
            Body::Fact(_, Operator::Compare(comparison, Value::Quantity(bound)))
            | Body::Aggregate(_, Operator::Compare(comparison, Value::Quantity(bound))),
            Actual::Range(range),
        ) => lacking(*comparison, range, *bound),
        (Body::Attest(attest), Actual::Range(range)) => {
            let size = attest.sample.as_ref()?.size;
            lacking(Comparison::AtLeast, range, Decimal::count(size))
        }
        (Body::Elapsed(_, comparison, months), Actual::Months(actual)) => {
            lacking(*comparison, &Range::exactly(Decimal::whole(*actual)), Decimal::whole(*months))
        }
        _ => None,
    }
}
