//! Raw checks and conditions become linked ones: keys found, operators typed, operands read.

mod condition;
mod operand;
mod shown;

pub use operand::{comparison, written};

use super::{Aggregate, AggregateKind, Attest, Body, Over, Quantifier, Sample};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::evidence::{Dictionary, Key, KeyIx, Place, Type, unknown_key};
use crate::format::check::{CheckRaw, Conditions, OPERATORS};
use crate::format::evidence::DeriveRaw;
use crate::lang::Text;
use crate::source::Span;
use crate::standard::Standard;
use crate::syntax::de::Loc;
use crate::text;

/// Links rules to the declarations and the dictionary of their standard.
pub struct Linker<'a> {
    /// Declarations.
    pub standard: &'a Standard,
    /// The dictionary.
    pub dictionary: &'a Dictionary,
    /// Samples, by list.
    pub samples: &'a [RawSample<'a>],
    /// The level of the clause at hand: tables by level are looked up there.
    pub level: Option<u8>,
    /// Whether the clause at hand is evaluated for a category.
    pub per_category: bool,
    /// Where faults go.
    pub diagnostics: &'a mut Diagnostics,
}

/// A sample as declared.
#[derive(Clone, Copy)]
pub struct RawSample<'a> {
    /// The list.
    pub list: KeyIx,
    /// The declaration.
    pub raw: &'a crate::format::standard::SampleRaw,
}

/// What the fields of a condition are looked up in.
#[derive(Clone, Copy)]
enum Scope {
    /// The dossier: `when`.
    Dossier,
    /// The records of a list.
    Records(KeyIx),
    /// The members of a set.
    Members(KeyIx),
}

impl<'a> Linker<'a> {
    /// Reports an error.
    pub fn error(&mut self, code: Code, span: Span, message: Text) {
        self.diagnostics.push(Diagnostic::error(code, span, message));
    }

    /// Reports a key that cannot be what it is taken for here, and names some that can.
    fn wrong_subject(&mut self, of: &Loc<String>, message: Text, fits: impl Fn(&Key) -> bool) {
        const SHOWN: usize = 5;
        let names: Vec<&str> = self
            .dictionary
            .iter()
            .map(|(_, k)| k)
            .filter(|k| fits(k))
            .map(|k| &*k.name)
            .take(SHOWN + 1)
            .collect();
        let more = if names.len() > SHOWN { " …" } else { "" };
        let list = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join("`、`");
        let help = if names.is_empty() {
            text!("证据字典里没有这样的键", "there is no such key in the evidence dictionary")
        } else {
            text!("可用的键：`{list}`{more}", "keys that fit: `{list}`{more}")
        };
        self.diagnostics.push(Diagnostic::error(Code::OperatorMismatch, of.span, message).help(help));
    }

    /// Finds a key that is a subject by itself; reports a field of records.
    fn subject(&mut self, of: &Loc<String>) -> Option<(KeyIx, &'a Key)> {
        let found = self.key(of)?;
        if let Place::Field { .. } = found.1.place {
            self.field_alone(of);
            return None;
        }
        Some(found)
    }

    /// Finds a key; reports one that does not exist.
    pub fn key(&mut self, name: &Loc<String>) -> Option<(KeyIx, &'a Key)> {
        let dictionary = self.dictionary;
        let found = dictionary.find(name).and_then(|ix| Some((ix, dictionary.get(ix)?)));
        if found.is_none() {
            self.diagnostics.push(unknown_key(name, name.span, dictionary));
        }
        found
    }

    /// Links the subject and operator of a check. Compositions are linked by the clause.
    pub fn body(&mut self, raw: &CheckRaw) -> Option<Body> {
        let subjects = raw.subjects();
        let (&(word, of), rest) = subjects.split_first()?;
        if let Some((other, second)) = rest.first() {
            let message = text!(
                "检查有两个对象：`{word}` 与 `{other}`",
                "the check has two subjects: `{word}` and `{other}`"
            );
            self.diagnostics.push(
                Diagnostic::error(Code::TwoSubjects, second.span, message)
                    .help(text!("拆成两个检查", "make two checks of it")),
            );
            return None;
        }
        self.useless(raw, word);
        let operator = self.one_operator(raw, word, of);
        match word {
            "attest" => self.attest(of).map(Body::Attest),
            "some" | "every" => self.quantifier(raw, word, of).map(Body::Quantify),
            "evidence" => {
                let (name, operand) = operator?;
                let (ix, key) = self.subject(of)?;
                self.category_scope(key, of.span);
                let operator = self.operator(name, &operand.0.0, &key.ty, of.span)?;
                Some(Body::Fact(ix, operator))
            }
            "elapsed-since" => {
                let (name, operand) = operator?;
                let (ix, key) = self.subject(of)?;
                if key.ty != Type::Date {
                    let name = &of.value;
                    let message = text!("`{name}` 不是日期", "`{name}` is no date");
                    self.wrong_subject(of, message, |k| {
                        k.ty == Type::Date && !matches!(k.place, Place::Field { .. })
                    });
                    return None;
                }
                self.category_scope(key, of.span);
                let Some(comparison) = comparison(name) else {
                    self.wrong_operator(name, "elapsed-since", operand.0.0.span);
                    return None;
                };
                let months = self.period(&operand.0.0)?;
                Some(Body::Elapsed(ix, comparison, months))
            }
            _ => {
                let (name, operand) = operator?;
                // `requires` is read elsewhere.
                let kind = aggregate_kind(word)?;
                let (aggregate, ty) = self.aggregate(kind, of, raw.filter.as_ref())?;
                let operator = self.operator(name, &operand.0.0, &ty, of.span)?;
                Some(Body::Aggregate(aggregate, operator))
            }
        }
    }

    /// Fields of a check that its subject has no use for.
    fn useless(&mut self, raw: &CheckRaw, word: &str) {
        let filtered =
            matches!(word, "count" | "distinct" | "sum" | "largest" | "smallest" | "some" | "every");
        let faults = [("where", raw.filter.as_ref(), filtered), ("has", raw.has.as_ref(), word == "every")];
        for (field, conditions, fits) in faults {
            if let (Some(conditions), false) = (conditions, fits) {
                let message = text!("`{field}` 不能与 `{word}` 同用", "`{field}` does not go with `{word}`");
                self.error(Code::FieldMismatch, conditions.0.0.span, message);
            }
        }
    }

    fn one_operator<'b>(
        &mut self,
        raw: &'b CheckRaw,
        word: &str,
        of: &Loc<String>,
    ) -> Option<(&'static str, &'b crate::format::check::Operand)> {
        let wanted = !matches!(word, "attest" | "some" | "every" | "requires");
        let operators = raw.operators();
        match (operators.as_slice(), wanted) {
            ([], true) => {
                let list = OPERATORS.join("`、`");
                let message = text!("`{word}` 之后缺少运算符", "an operator is missing beside `{word}`");
                let help = text!("运算符：`{list}`", "operators: `{list}`");
                self.diagnostics.push(Diagnostic::error(Code::NoOperator, of.span, message).help(help));
                None
            }
            ([(name, operand), ..], false) => {
                let message =
                    text!("`{word}` 不带运算符 `{name}`", "`{word}` takes no operator such as `{name}`");
                self.error(Code::FieldMismatch, operand.0.0.span, message);
                None
            }
            ([only], true) => Some(*only),
            ([(first, _), (second, operand), ..], true) => {
                let message = text!(
                    "有两个运算符：`{first}` 与 `{second}`",
                    "there are two operators: `{first}` and `{second}`"
                );
                let help = text!("拆成两个检查", "make two checks of it");
                self.diagnostics
                    .push(Diagnostic::error(Code::TwoOperators, operand.0.0.span, message).help(help));
                None
            }
            ([], false) => None,
        }
    }

    fn field_alone(&mut self, of: &Loc<String>) {
        let name = &of.value;
        let message = text!(
            "`{name}` 是记录字段，不能单独作对象",
            "`{name}` is a field of records and no subject by itself"
        );
        let help = text!(
            "用 count、sum、largest、some、every 等汇总记录",
            "use count, sum, largest, some or every over the records"
        );
        self.diagnostics.push(Diagnostic::error(Code::ScopeMismatch, of.span, message).help(help));
    }

    /// Keys about one category need a category.
    fn category_scope(&mut self, key: &Key, span: Span) {
        if key.place == Place::Category && !self.per_category {
            let name = &key.name;
            let message = text!(
                "`{name}` 按类别填报，此处不分类别",
                "`{name}` is about one category, but there is none here"
            );
            self.error(Code::ScopeMismatch, span, message);
        }
    }

    fn attest(&mut self, of: &Loc<String>) -> Option<Attest> {
        let (ix, key) = self.key(of)?;
        if key.ty != Type::Finding {
            let name = &of.value;
            let message = text!("`{name}` 不是定性结论", "`{name}` is no qualitative finding");
            let help = text!("用 evidence 与运算符", "use `evidence` and an operator");
            self.diagnostics.push(Diagnostic::error(Code::OperatorMismatch, of.span, message).help(help));
            return None;
        }
        self.category_scope(key, of.span);
        let Place::Field { list, position } = key.place else {
            return Some(Attest { key: ix, sample: None });
        };
        let Some(sample) = self.samples.iter().find(|s| s.list == list).copied() else {
            let name = self.dictionary.name(list);
            let message =
                text!("表 `{name}` 没有声明抽样规则", "no sample is declared for the list `{name}`");
            let help = text!("在 standard.toml 中加 [[sample]]", "add a [[sample]] to standard.toml");
            self.diagnostics.push(Diagnostic::error(Code::UnknownName, of.span, message).help(help));
            return None;
        };
        let filter = self.conditions(sample.raw.filter.as_ref(), Scope::Records(list));
        let unit = self.dictionary.get(list).and_then(|k| k.counted_in);
        let size = self.amount(&sample.raw.size.value, sample.raw.size.span, unit.map(|u| u.0));
        let size = usize::try_from(size?.ceiling()).unwrap_or(0);
        if size == 0 {
            let message = text!("抽样数至少为 1", "a sample has at least one record");
            self.error(Code::OutOfRange, sample.raw.size.span, message);
            return None;
        }
        Some(Attest { key: ix, sample: Some(Sample { list, position, filter, size }) })
    }

    fn quantifier(&mut self, raw: &CheckRaw, word: &str, of: &Loc<String>) -> Option<Quantifier> {
        let (ix, key) = self.key(of)?;
        if key.ty != Type::List || matches!(key.place, Place::Field { .. }) {
            let name = &of.value;
            let message = text!("`{name}` 不是记录表", "`{name}` is no list of records");
            self.wrong_subject(of, message, |k| {
                k.ty == Type::List && !matches!(k.place, Place::Field { .. })
            });
            return None;
        }
        let missing = |field: &str| {
            let message = text!("`{word}` 须写明 `{field}`", "`{word}` needs `{field}`");
            Diagnostic::error(Code::MissingField, of.span, message)
        };
        if word == "every" && raw.has.is_none() {
            self.diagnostics.push(missing("has"));
        }
        if word == "some" && raw.filter.is_none() {
            self.diagnostics.push(missing("where"));
        }
        let filter = self.conditions(raw.filter.as_ref(), Scope::Records(ix));
        let has = raw.has.as_ref().map(|has| self.conditions(Some(has), Scope::Records(ix)));
        Some(Quantifier { list: ix, filter, has: if word == "every" { has } else { None } })
    }

    /// Links an aggregate and says what type its number has.
    pub fn aggregate(
        &mut self,
        kind: AggregateKind,
        of: &Loc<String>,
        filter: Option<&Conditions>,
    ) -> Option<(Aggregate, Type)> {
        let (ix, key) = self.key(of)?;
        let name = &of.value;
        let counts = matches!(kind, AggregateKind::Count | AggregateKind::Distinct);
        let counted = |owner: &Key| owner.counted_in.map(|(d, _)| Type::Quantity(d));
        let fits = |ty: &Type| match kind {
            AggregateKind::Distinct => !matches!(ty, Type::List | Type::Set(_) | Type::Finding),
            _ => matches!(ty, Type::Quantity(_)),
        };
        let dictionary = self.dictionary;
        let outer = |list| dictionary.get(list).is_some_and(|l| l.place == Place::Institution);
        let aggregable = |k: &Key| matches!(k.place, Place::Field { list, .. } if outer(list)) && fits(&k.ty);
        let (over, scope, ty) = match (kind, &key.ty, key.place) {
            (AggregateKind::Count, Type::List, Place::Institution) => {
                (Over::Records { list: ix, field: None }, Scope::Records(ix), counted(key))
            }
            (AggregateKind::Count, Type::Set(_), Place::Institution | Place::Category) => {
                self.category_scope(key, of.span);
                (Over::Members(ix), Scope::Members(ix), counted(key))
            }
            (AggregateKind::Count, ..) => {
                let message = text!(
                    "`{name}` 不是记录表或集合，不能计数",
                    "`{name}` is no list or set, it cannot be counted"
                );
                self.wrong_subject(of, message, |k| {
                    matches!(k.ty, Type::List | Type::Set(_)) && !matches!(k.place, Place::Field { .. })
                });
                return None;
            }
            (_, ty, Place::Field { list, position }) => {
                let owner = dictionary.get(list)?;
                if !aggregable(key) {
                    let message = text!("`{name}` 不能这样汇总", "`{name}` cannot be aggregated like this");
                    self.wrong_subject(of, message, aggregable);
                    return None;
                }
                let ty = if counts { counted(owner) } else { Some(ty.clone()) };
                (Over::Records { list, field: Some((ix, position)) }, Scope::Records(list), ty)
            }
            _ => {
                let message = text!(
                    "`{name}` 不是记录字段，不能汇总",
                    "`{name}` is no field of records, it cannot be aggregated"
                );
                self.wrong_subject(of, message, aggregable);
                return None;
            }
        };
        let filter = self.conditions(filter, scope);
        Some((Aggregate { kind, over, filter }, ty?))
    }

    /// Links the computation of a derived key.
    pub fn derive(&mut self, raw: &DeriveRaw, key: &Key) -> Option<Aggregate> {
        let given = [
            (AggregateKind::Count, &raw.count),
            (AggregateKind::Distinct, &raw.distinct),
            (AggregateKind::Sum, &raw.sum),
            (AggregateKind::Largest, &raw.largest),
            (AggregateKind::Smallest, &raw.smallest),
        ];
        let given: Vec<_> = given.into_iter().filter_map(|(k, of)| of.as_ref().map(|of| (k, of))).collect();
        let [(kind, of)] = given.as_slice() else {
            let name = &key.name;
            let code = if given.is_empty() { Code::NoSubject } else { Code::TwoSubjects };
            let message =
                text!("`{name}` 的 derive 须恰有一个对象", "`derive` of `{name}` needs exactly one subject");
            self.error(code, key.span, message);
            return None;
        };
        self.per_category = key.place == Place::Category;
        let (aggregate, ty) = self.aggregate(*kind, of, raw.filter.as_ref())?;
        if ty != key.ty {
            let name = &key.name;
            let message = text!(
                "`{name}` 的类型与其推算结果不符",
                "the type of `{name}` is not that of what it is computed from"
            );
            self.error(Code::OperatorMismatch, of.span, message);
        }
        Some(aggregate)
    }
}

fn aggregate_kind(word: &str) -> Option<AggregateKind> {
    Some(match word {
        "count" => AggregateKind::Count,
        "distinct" => AggregateKind::Distinct,
        "sum" => AggregateKind::Sum,
        "largest" => AggregateKind::Largest,
        "smallest" => AggregateKind::Smallest,
        _ => return None,
    })
}
