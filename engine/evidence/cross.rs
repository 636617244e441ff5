//! Raw dictionary entries become typed keys; every fault is reported.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Choice, Choices, Dictionary, Invariant, Key, KeyIx, Owner, Place, TYPES, Type, reference};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::check::{OPERATORS, QUANTIFIERS};
use crate::format::evidence::{EvidenceRaw, ScopeRaw};
use crate::id::{is_name, key_parts};
use crate::lang::Text;
use crate::load::RawStandard;
use crate::quantity::{Decimal, DimensionIx};
use crate::source::Span;
use crate::standard::Standard;
use crate::syntax::de::Loc;
use crate::text;

/// Names that a key must not begin with, because conditions use them for the context.
const AXES: [&str; 2] = ["category", "stage"];
/// Names of fields that every record or table has.
const RESERVED: [&str; 2] = ["id", "absent"];

/// Builds the dictionary of a standard.
#[must_use]
pub fn cross(raw: &RawStandard, standard: &Standard, diagnostics: &mut Diagnostics) -> Dictionary {
    let mut entries: Vec<&EvidenceRaw> = raw.evidence.iter().flat_map(|f| &f.entries).collect();
    entries.sort_by(|a, b| a.key.value.cmp(&b.key.value).then(a.key.span.cmp(&b.key.span)));
    let mut cross = Cross { standard, entries: &entries, diagnostics };
    cross.check_names();
    entries.dedup_by(|later, first| later.key.value == first.key.value);

    let index: BTreeMap<&str, usize> =
        entries.iter().enumerate().map(|(i, e)| (e.key.value.as_str(), i)).collect();
    let mut cross = Cross { standard, entries: &entries, diagnostics };
    let mut fields: BTreeMap<usize, Vec<KeyIx>> = BTreeMap::new();
    let mut keys = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        let place = cross.place(entry, &index);
        let place = match place {
            Place::Field { list, .. } => {
                let siblings = fields.entry(list.0).or_default();
                siblings.push(KeyIx(i));
                Place::Field { list, position: siblings.len() - 1 }
            }
            other => other,
        };
        keys.push(cross.key(entry, place));
    }
    for (list, fields) in fields {
        if let Some(key) = keys.get_mut(list) {
            key.fields = fields;
        }
    }
    let mut dictionary = Dictionary { keys, invariants: Vec::new(), by_name: BTreeMap::new() };
    dictionary.index();
    for invariant in raw.evidence.iter().flat_map(|f| &f.invariants) {
        let find = |name: &Loc<String>, diagnostics: &mut Diagnostics| {
            let found = dictionary.find(name);
            if found.is_none() {
                diagnostics.push(unknown_key(name, name.span, &dictionary));
            }
            found
        };
        let pair = (find(&invariant.key, diagnostics), find(&invariant.at_most, diagnostics));
        let (Some(key), Some(at_most)) = pair else { continue };
        let measured = |ix| dictionary.get(ix).map(|k: &Key| (&k.ty, k.place));
        let same =
            measured(key) == measured(at_most) && matches!(measured(key), Some((Type::Quantity(_), _)));
        if !same {
            let message =
                text!("两项须为同一范围的同一种数量", "both must be quantities of one kind and scope");
            diagnostics.push(Diagnostic::error(Code::ScopeMismatch, invariant.at_most.span, message));
            continue;
        }
        let reason = invariant.reason.clone();
        dictionary.invariants.push(Invariant { key, at_most, reason });
    }
    dictionary
}

/// The diagnostic for a key that nobody declared.
#[must_use]
pub fn unknown_key(name: &str, span: Span, dictionary: &Dictionary) -> Diagnostic {
    let message = text!("没有证据项 `{name}`", "there is no evidence key `{name}`");
    Diagnostic::error(Code::UnknownEvidence, span, message).suggest(name, dictionary.names())
}

struct Cross<'a> {
    standard: &'a Standard,
    entries: &'a [&'a EvidenceRaw],
    diagnostics: &'a mut Diagnostics,
}

impl Cross<'_> {
    fn error(&mut self, code: Code, span: Span, message: Text) {
        self.diagnostics.push(Diagnostic::error(code, span, message));
    }

    fn check_names(&mut self) {
        for entry in self.entries {
            let name = entry.key.value.as_str();
            let Some(parts) = key_parts(name) else {
                let message = text!("证据项 `{name}` 写法不对", "the evidence key `{name}` is malformed");
                let help = text!(
                    "小写字母、数字、连字符，用点连接；记录字段写作 `表[].字段`",
                    "lower-case letters, digits and hyphens joined by dots; a field of records is `list[].field`"
                );
                self.diagnostics.push(Diagnostic::error(Code::BadId, entry.key.span, message).help(help));
                continue;
            };
            let (first, last) = (name.split(['.', '[']).next(), parts.name.rsplit('.').next());
            let operator = last.is_some_and(|l| OPERATORS.contains(&l) || QUANTIFIERS.contains(&l));
            let axis = first.is_some_and(|f| AXES.contains(&f));
            let reserved = last.is_some_and(|l| RESERVED.contains(&l));
            if operator || axis || reserved {
                let message = text!(
                    "证据项 `{name}` 以保留词开头或结尾",
                    "the evidence key `{name}` begins or ends with a reserved word"
                );
                self.error(Code::BadId, entry.key.span, message);
            }
        }
        for (first, second) in self.entries.iter().zip(self.entries.iter().skip(1)) {
            let name = &second.key.value;
            if first.key.value == *name {
                let message = text!("证据项 `{name}` 重复", "the evidence key `{name}` is declared twice");
                let diagnostic = Diagnostic::error(Code::DuplicateId, second.key.span, message);
                self.diagnostics
                    .push(diagnostic.related(first.key.span, text!("第一次在这里", "first here")));
            } else if first.ty.value != "list"
                && name.strip_prefix(&*first.key.value).is_some_and(|rest| rest.starts_with('.'))
            {
                let prefix = &first.key.value;
                let message = text!(
                    "`{prefix}` 不能既是证据项又是 `{name}` 的前缀",
                    "`{prefix}` cannot be a key and a prefix of `{name}`"
                );
                self.error(Code::BadId, second.key.span, message);
            }
        }
    }

    fn place(&mut self, entry: &EvidenceRaw, index: &BTreeMap<&str, usize>) -> Place {
        let name = entry.key.value.as_str();
        let list = key_parts(name).and_then(|p| p.list);
        let Some(list) = list else {
            let scope = entry.scope.as_ref().map(|s| s.value);
            if scope.is_none() {
                let message = text!("证据项 `{name}` 缺少 scope", "the evidence key `{name}` lacks `scope`");
                self.error(Code::MissingField, entry.key.span, message);
            }
            if entry.attested_by.is_none() && entry.derive.is_none() {
                let message = text!(
                    "证据项 `{name}` 缺少 attested-by",
                    "the evidence key `{name}` lacks `attested-by`"
                );
                self.error(Code::MissingField, entry.key.span, message);
            }
            return match scope {
                Some(ScopeRaw::Category) => {
                    if entry.ty.value == "list" {
                        let message = text!("表属于整个机构", "lists belong to the institution");
                        self.error(Code::ScopeMismatch, entry.key.span, message);
                    }
                    Place::Category
                }
                _ => Place::Institution,
            };
        };
        if let Some(scope) = &entry.scope {
            let message = text!("记录字段不写 scope", "fields of records have no `scope`");
            self.error(Code::FieldMismatch, scope.span, message);
        }
        let found = index.get(list).copied();
        let is_list = found.and_then(|i| self.entries.get(i)).is_some_and(|e| e.ty.value == "list");
        if !is_list {
            let message = text!("`{list}` 不是已声明的表", "`{list}` is no declared list");
            self.error(Code::UnknownEvidence, entry.key.span, message);
        }
        if list.matches("[]").count() > 1 {
            let message = text!("表最多嵌套一层", "a list lies within at most one other list");
            self.error(Code::TooDeep, entry.key.span, message);
        }
        Place::Field { list: KeyIx(found.unwrap_or(usize::MAX)), position: 0 }
    }

    fn key(&mut self, entry: &EvidenceRaw, place: Place) -> Key {
        let ty = self.ty(entry);
        if entry.title.is_none() && ty != Type::Finding {
            let name = &entry.key.value;
            let message =
                text!("证据项 `{name}` 缺少简称 title", "the evidence key `{name}` lacks a short `title`");
            self.error(Code::MissingField, entry.key.span, message);
        }
        let counted = matches!(ty, Type::List | Type::Set(_));
        let counted_in = if counted { self.counted_in(entry) } else { None };
        let (unit, bounds, step) = match ty {
            Type::Quantity(dimension) => self.quantity(entry, dimension),
            _ => (0, None, Decimal::ZERO),
        };
        self.misplaced(entry, &ty, counted);
        Key {
            name: entry.key.value.as_str().into(),
            place,
            unit,
            counted_in,
            bounds,
            step,
            absent_never: entry.absent_means.is_some(),
            may_not_apply: entry.may_not_apply,
            derive: entry.derive.clone(),
            fields: Vec::new(),
            title: entry.title.clone(),
            question: entry.question.clone(),
            hint: entry.hint.clone(),
            attested_by: entry.attested_by.as_ref().map(|a| a.value),
            documents: entry.documents.clone(),
            span: entry.key.span,
            ty,
        }
    }

    /// Fields of an entry that its type has no use for.
    fn misplaced(&mut self, entry: &EvidenceRaw, ty: &Type, counted: bool) {
        let quantity = matches!(ty, Type::Quantity(_));
        let choice = matches!(ty, Type::Choice(_) | Type::Set(_));
        let bounds = entry.bounds.as_ref().and_then(|b| b.low.as_ref().or(b.high.as_ref()));
        let absent = entry.absent_means.as_ref().map(|a| a.span);
        let field = key_parts(&entry.key).is_some_and(|p| p.list.is_some());
        let faults = [
            ("unit", entry.unit.as_ref().map(|u| u.span), quantity || counted),
            ("bounds", bounds.map(|b| b.span), quantity),
            ("step", entry.step.as_ref().map(|s| s.span), quantity),
            ("values", entry.values.first().map(|v| v.id.span), choice),
            ("values-of", entry.values_of.as_ref().map(|v| v.span), choice),
            ("absent-means", absent, *ty == Type::Date),
            ("ordered", entry.ordered.then_some(entry.key.span), matches!(ty, Type::Choice(_))),
            ("derive", entry.derive.as_ref().map(|_| entry.key.span), quantity && !field),
        ];
        for (name, span, fits) in faults {
            if let (Some(span), false) = (span, fits) {
                let ty = &entry.ty.value;
                let message = text!(
                    "`{name}` 不适用于此处的 `{ty}` 类型",
                    "`{name}` does not fit the type `{ty}` here"
                );
                self.error(Code::FieldMismatch, span, message);
            }
        }
    }

    fn ty(&mut self, entry: &EvidenceRaw) -> Type {
        match entry.ty.value.as_str() {
            "flag" => Type::Flag,
            "text" => Type::Text,
            "date" => Type::Date,
            "year" => Type::Year,
            "finding" => Type::Finding,
            "list" => Type::List,
            "choice" => Type::Choice(self.choices(entry)),
            "set" => Type::Set(self.choices(entry)),
            other => match self.standard.units.find(other) {
                Some(dimension) => Type::Quantity(dimension),
                None => {
                    let message = text!("没有类型 `{other}`", "there is no type `{other}`");
                    let dimensions = self.standard.units.dimensions.iter().map(|d| d.id.as_str());
                    self.diagnostics.push(
                        Diagnostic::error(Code::UnknownWord, entry.ty.span, message)
                            .suggest(other, TYPES.into_iter().chain(dimensions)),
                    );
                    Type::Text
                }
            },
        }
    }

    fn choices(&mut self, entry: &EvidenceRaw) -> Choices {
        let named = |list: &[crate::standard::Named]| -> Arc<[Choice]> {
            list.iter().map(|n| Choice { id: n.id.clone(), title: n.title.clone() }).collect()
        };
        let (values, owner, ordered) = match &entry.values_of {
            Some(of) if !entry.values.is_empty() => {
                let message = text!("values 与 values-of 只写一个", "give `values` or `values-of`, not both");
                self.error(Code::FieldMismatch, of.span, message);
                (Arc::from([]), Owner::Category, false)
            }
            Some(of) => match reference(of) {
                Some("category") => (named(&self.standard.categories), Owner::Category, entry.ordered),
                Some("stage") => (named(&self.standard.stages), Owner::Stage, entry.ordered),
                _ => match self.entries.iter().find(|e| e.key.value == of.value && !e.values.is_empty()) {
                    Some(other) => {
                        (self.own_values(other, false), Owner::Key(of.value.clone()), other.ordered)
                    }
                    None => {
                        let name = &of.value;
                        let message = text!("`{name}` 没有自己的可选值", "`{name}` has no values of its own");
                        self.error(Code::UnknownEvidence, of.span, message);
                        (Arc::from([]), Owner::Category, false)
                    }
                },
            },
            None => (self.own_values(entry, true), Owner::Key(entry.key.value.clone()), entry.ordered),
        };
        if values.is_empty() && entry.values_of.is_none() {
            let message = text!("可选值为空", "there are no values to choose from");
            self.error(Code::MissingField, entry.key.span, message);
        }
        Choices { values, ordered, owner }
    }

    fn own_values(&mut self, entry: &EvidenceRaw, report: bool) -> Arc<[Choice]> {
        let mut seen: Vec<&str> = Vec::new();
        for value in &entry.values {
            let id = &value.id;
            for written in [id.value.as_str(), value.title.zh.as_str(), value.title.en.as_str()] {
                // Title and id may coincide within one value, but never between two.
                let own = entry.values.iter().filter(|v| v.id.value == id.value).count();
                let clash = entry.values.iter().any(|v| {
                    v.id.value != id.value
                        && [&v.id.value, &v.title.zh, &v.title.en].iter().any(|t| *t == written)
                });
                if report && (clash || own > 1) && !seen.contains(&written) {
                    seen.push(written);
                    let message = text!("可选值 `{written}` 重复", "the value `{written}` stands twice");
                    self.error(Code::DuplicateId, id.span, message);
                }
            }
            if report && !is_name(&id.value) {
                let name = &id.value;
                let message = text!("可选值 `{name}` 写法不对", "the value `{name}` is malformed");
                self.error(Code::BadId, id.span, message);
            }
        }
        entry.values.iter().map(|v| Choice { id: v.id.value.clone(), title: v.title.clone() }).collect()
    }

    fn counted_in(&mut self, entry: &EvidenceRaw) -> Option<(DimensionIx, usize)> {
        let Some(unit) = &entry.unit else {
            let message =
                text!("表与集合须写明计数单位 unit", "lists and sets say in which `unit` they are counted");
            self.error(Code::MissingField, entry.key.span, message);
            return None;
        };
        let found = self.standard.units.find_unit(unit);
        if found.is_none() {
            let name = &unit.value;
            let message = text!("没有单位 `{name}`", "there is no unit `{name}`");
            self.error(Code::UnknownUnit, unit.span, message);
        }
        found
    }

    fn quantity(
        &mut self,
        entry: &EvidenceRaw,
        dimension: DimensionIx,
    ) -> (usize, Option<(Decimal, Decimal)>, Decimal) {
        let name = &entry.key.value;
        let units = &self.standard.units;
        let unit = entry.unit.as_ref().map_or(Some(0), |unit| {
            let found = units.find_unit(unit).filter(|(d, _)| *d == dimension).map(|(_, u)| u);
            if found.is_none() {
                let name = &unit.value;
                let message = text!("单位 `{name}` 不适用", "the unit `{name}` does not fit");
                let good = Text::list(&units.symbols(dimension).collect::<Vec<_>>());
                let help = Text::new("可用的单位：", "units that fit: ").then(good);
                self.diagnostics.push(Diagnostic::error(Code::WrongUnit, unit.span, message).help(help));
            }
            found
        });
        let missing = |field: &str| {
            let message = text!("数量 `{name}` 缺少 {field}", "the quantity `{name}` lacks `{field}`");
            Diagnostic::error(Code::MissingField, entry.key.span, message)
        };
        let mut faults = Vec::new();
        let mut read = |written: Option<&Loc<String>>, field: &str| match written {
            None => {
                faults.push(missing(field));
                Decimal::ZERO
            }
            Some(w) => match units.parse_as(dimension, w, w.span) {
                Ok(quantity) => quantity.base,
                Err(fault) => {
                    faults.push(*fault);
                    Decimal::ZERO
                }
            },
        };
        let low = read(entry.bounds.as_ref().and_then(|b| b.low.as_ref()), "bounds.low");
        let high = read(entry.bounds.as_ref().and_then(|b| b.high.as_ref()), "bounds.high");
        let step = read(entry.step.as_ref(), "step");
        let clean = faults.is_empty();
        self.diagnostics.extend(faults);
        if clean && (low > high || step <= Decimal::ZERO) {
            let message = text!(
                "下限不能大于上限，step 须为正",
                "`low` must not exceed `high`, and `step` is positive"
            );
            self.error(Code::OutOfRange, entry.key.span, message);
        }
        (unit.unwrap_or(0), Some((low, high)), step)
    }
}
