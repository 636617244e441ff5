//! Conditions: dotted names are followed until an operator comes.

use super::{Linker, Scope, written};
use crate::check::condition::Question;
use crate::check::{Condition, Source};
use crate::diag::{Code, Diagnostic};
use crate::evidence::{Key, Owner, Place, Type};
use crate::format::check::{Conditions, OPERATORS, QUANTIFIERS};
use crate::source::Span;
use crate::syntax::de::Loc;
use crate::syntax::{Entry, Node};
use crate::text;

/// The dotted name that was followed so far, and where its last part is written.
#[derive(Default)]
struct Path {
    name: String,
    span: Span,
}

impl Path {
    fn and(&self, entry: &Entry) -> Path {
        let name =
            if self.name.is_empty() { entry.key.clone() } else { format!("{}.{}", self.name, entry.key) };
        Path { name, span: entry.key_span }
    }
}

impl Linker<'_> {
    /// Links the conditions under which something applies.
    pub fn when(&mut self, raw: Option<&Conditions>) -> Vec<Condition> {
        self.conditions(raw, Scope::Dossier)
    }

    pub(super) fn conditions(&mut self, raw: Option<&Conditions>, scope: Scope) -> Vec<Condition> {
        let mut conditions = Vec::new();
        if let Some(raw) = raw {
            self.walk(&raw.0.0, Path::default(), scope, &mut conditions);
        }
        conditions
    }

    /// Follows dotted names until an operator comes: `facts.size.at-least = …`.
    fn walk(&mut self, node: &Node, path: Path, scope: Scope, out: &mut Vec<Condition>) {
        let Some(table) = node.as_table() else {
            let message =
                text!("条件须写成 `字段.运算符 = 值`", "a condition is written `field.operator = operand`");
            self.error(Code::NoOperator, node.span, message);
            return;
        };
        if table.iter().next().is_none() {
            self.error(Code::NoOperator, node.span, text!("条件是空的", "the condition is empty"));
        }
        for entry in table.iter() {
            if is_operator(&entry.key) && !path.name.is_empty() {
                let condition = self.condition(&path, &entry.key, entry.key_span, &entry.node, scope);
                out.extend(condition);
            } else {
                let inner = path.and(entry);
                if entry.node.as_table().is_none() {
                    let key = &entry.key;
                    let message = text!("没有运算符 `{key}`", "there is no operator `{key}`");
                    self.diagnostics.push(
                        Diagnostic::error(Code::NoOperator, entry.key_span, message).suggest(key, OPERATORS),
                    );
                } else {
                    self.walk(&entry.node, inner, scope, out);
                }
            }
        }
    }

    fn condition(
        &mut self,
        path: &Path,
        op: &str,
        span: Span,
        operand: &Node,
        scope: Scope,
    ) -> Option<Condition> {
        let op = OPERATORS.into_iter().chain(QUANTIFIERS).find(|o| *o == op)?;
        let (source, ty) = self.source(&path.name, path.span, scope)?;
        let path = path.name.as_str();
        let test = if op == "some" {
            let Source::Field(key, _) = source else {
                self.wrong_operator(op, path, span);
                return None;
            };
            if ty != Type::List {
                self.wrong_operator(op, path, span);
                return None;
            }
            let mut inner = Vec::new();
            self.walk(operand, Path::default(), Scope::Records(key), &mut inner);
            Question::Some(inner)
        } else {
            Question::Operator(self.operator(op, operand, &ty, span)?)
        };
        Some(Condition { path: path.to_owned(), source, test, op, written: written(operand), span })
    }

    fn source(&mut self, path: &str, span: Span, scope: Scope) -> Option<(Source, Type)> {
        let dictionary = self.dictionary;
        match scope {
            Scope::Dossier => {
                let axis = |names: &[crate::standard::Named], owner| {
                    let values = names
                        .iter()
                        .map(|n| crate::evidence::Choice { id: n.id.clone(), title: n.title.clone() });
                    Type::Choice(crate::evidence::Choices { values: values.collect(), ordered: false, owner })
                };
                if path == "category" || path == "stage" {
                    if !self.per_category {
                        let message = text!("此处不分类别和阶段", "there is neither category nor stage here");
                        self.error(Code::ScopeMismatch, span, message);
                        return None;
                    }
                    return Some(if path == "category" {
                        (Source::Category, axis(&self.standard.categories, Owner::Category))
                    } else {
                        (Source::Stage, axis(&self.standard.stages, Owner::Stage))
                    });
                }
                let name = Loc::new(path.to_owned(), span);
                let (ix, key) = self.key(&name)?;
                if matches!(key.place, Place::Field { .. }) {
                    self.field_alone(&name);
                    return None;
                }
                self.category_scope(key, span);
                Some((Source::Fact(ix), key.ty.clone()))
            }
            Scope::Records(list) => {
                let owner = dictionary.get(list)?;
                let found = dictionary.find(&format!("{}[].{path}", owner.name));
                let Some((ix, key)) = found.and_then(|ix| Some((ix, dictionary.get(ix)?))) else {
                    let list = &owner.name;
                    let known = owner.fields.iter().filter_map(|ix| dictionary.get(*ix)).map(Key::field_name);
                    let message = text!(
                        "`{list}` 的记录没有字段 `{path}`",
                        "records of `{list}` have no field `{path}`"
                    );
                    self.diagnostics
                        .push(Diagnostic::error(Code::UnknownEvidence, span, message).suggest(path, known));
                    return None;
                };
                let position = if let Place::Field { position, .. } = key.place { position } else { 0 };
                Some((Source::Field(ix, position), key.ty.clone()))
            }
            Scope::Members(set) => {
                let choices = dictionary.get(set).and_then(Key::choices)?;
                if path != "value" {
                    let message = text!("集合的成员写作 `value`", "a member of a set is written `value`");
                    self.error(Code::UnknownEvidence, span, message);
                    return None;
                }
                Some((Source::Member(set), Type::Choice(choices.clone())))
            }
        }
    }
}

/// Whether a name stands in the place of an operator.
fn is_operator(name: &str) -> bool {
    OPERATORS.contains(&name) || QUANTIFIERS.contains(&name)
}
