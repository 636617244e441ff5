//! Reads records: their ids, and those of their fields of which something is said.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::read::Reader;
use super::{Cell, FieldCell, ListCell, RecordCell, Said, Statement, value};
use crate::diag::{Code, Diagnostic};
use crate::evidence::{Key, Place, Sparse, Type};
use crate::format::shape;
use crate::lang::Text;
use crate::source::Span;
use crate::syntax::{Node, Table};
use crate::text;

impl Reader<'_> {
    /// Reads the records of a list.
    pub(super) fn records(&mut self, node: &Node, list: &Key) -> ListCell {
        let mut cell = ListCell { given: true, incomplete: false, records: Vec::new() };
        let Some(items) = node.as_array() else {
            let name = &list.name;
            self.error(
                Code::WrongType,
                node.span,
                text!("`{name}` 应为记录的列表", "`{name}` is a list of records"),
            );
            return cell;
        };
        let mut spans: BTreeMap<Arc<str>, Span> = BTreeMap::new();
        for item in items {
            let Some(table) = shape::table(item, &list.name, self.diagnostics) else { continue };
            let first = table.iter().map(|e| e.key_span).min().unwrap_or(item.span);
            let Some(id) = self.record_id(table, first) else { continue };
            let id_span = table.get("id").map_or(first, |n| n.span);
            if let Some(other) = spans.get(&id) {
                let message = text!("记录编号 `{id}` 重复", "the record id `{id}` is used twice");
                let fault = Diagnostic::error(Code::DuplicateRecord, id_span, message);
                self.diagnostics.push(fault.related(*other, text!("第一次在这里", "first here")));
                continue;
            }
            spans.insert(Arc::clone(&id), id_span);
            let claim = self.declared(id_span);
            let fields = self.fields(table, list);
            cell.records.push(RecordCell { id, claim, review: Vec::new(), accepted: Vec::new(), fields });
        }
        cell.records.sort_by(|a, b| a.id.cmp(&b.id));
        cell
    }

    fn record_id(&mut self, table: &Table, first: Span) -> Option<Arc<str>> {
        let Some(node) = table.get("id") else {
            self.error(Code::MissingField, first, text!("记录没有编号 `id`", "the record has no `id`"));
            return None;
        };
        let Some(id) = node.as_text() else {
            let kind = node.kind();
            let message = Text::new(
                format!("记录编号 `id` 应为文字，却是{}", kind.zh),
                format!("the record's `id` should be a text, not {}", kind.en),
            );
            let help = text!("给编号加上引号", "put the id in quotes");
            self.diagnostics.push(Diagnostic::error(Code::WrongType, node.span, message).help(help));
            return None;
        };
        let narrow = crate::quantity::narrow(id);
        if narrow != id {
            let message =
                text!("记录编号 `{id}` 中有全角字符", "the record id `{id}` holds full-width characters");
            let help = text!("请写成 `{narrow}`", "write `{narrow}`");
            self.diagnostics.push(Diagnostic::error(Code::FullWidthDigits, node.span, message).help(help));
            return None;
        }
        if let Some(other) = id.chars().find(|c| looks_like_another(*c)) {
            let code = format!("{:04X}", u32::from(other));
            let message = text!(
                "记录编号 `{id}` 中的 `{other}`（U+{code}）既不是 ASCII 也不是汉字，容易与别的字母混淆",
                "in the record id `{id}`, `{other}` (U+{code}) is neither ASCII nor a Chinese character and is mistaken for other letters"
            );
            let help = text!(
                "请用普通字母、数字或汉字重写",
                "write it with plain letters, digits or Chinese characters"
            );
            self.diagnostics.push(Diagnostic::error(Code::BadId, node.span, message).help(help));
            return None;
        }
        let bad = |c: char| c.is_whitespace() || c.is_control() || "[]/\"'=".contains(c);
        if id.is_empty() || id.chars().count() > 64 || id.chars().any(bad) {
            let message = text!("记录编号 `{id}` 写法不对", "the record id `{id}` is malformed");
            let help = text!(
                "至多 64 个字符，不含空格和 [ ] / \" ' =",
                "at most 64 characters, without spaces and [ ] / \" ' ="
            );
            self.diagnostics.push(Diagnostic::error(Code::BadId, node.span, message).help(help));
            return None;
        }
        Some(id.into())
    }

    /// The fields that a record gives or declares absent; of the others nothing is kept.
    fn fields(&mut self, table: &Table, list: &Key) -> Sparse<FieldCell> {
        let dictionary = &self.edition.dictionary;
        let field = |name: &str| {
            let ix = dictionary.find(&format!("{}[].{name}", list.name))?;
            let key = dictionary.get(ix)?;
            match key.place {
                Place::Field { position, .. } if list.fields.get(position) == Some(&ix) => {
                    Some((position, key))
                }
                _ => None,
            }
        };
        let unknown = |name: &str, span| {
            let known = list.fields.iter().filter_map(|ix| dictionary.get(*ix)).map(Key::field_name);
            let list = &list.name;
            let message =
                text!("`{list}` 的记录没有字段 `{name}`", "records of `{list}` have no field `{name}`");
            Diagnostic::error(Code::UnknownEvidence, span, message).suggest(name, known)
        };
        let mut found: Vec<(usize, &Key, Option<&crate::syntax::Entry>, Option<Span>)> = Vec::new();
        for entry in table.iter().filter(|e| e.key != "id" && e.key != "absent") {
            match field(&entry.key) {
                Some((position, key)) => found.push((position, key, Some(entry), None)),
                None => self.diagnostics.push(unknown(&entry.key, entry.key_span)),
            }
        }
        let absent = table.get("absent").map(|node| self.absent(node)).unwrap_or_default();
        for (name, span) in &absent {
            match field(name) {
                Some(_) if table.get(name).is_some() => self.given_and_absent(name, *span),
                Some((position, key)) => found.push((position, key, None, Some(*span))),
                None => self.diagnostics.push(unknown(name, *span)),
            }
        }
        found.sort_by_key(|(position, ..)| *position);
        found
            .into_iter()
            .map(|(position, key, entry, gone)| (position, self.field(key, entry, gone)))
            .collect()
    }

    fn field(&mut self, key: &Key, entry: Option<&crate::syntax::Entry>, gone: Option<Span>) -> FieldCell {
        if key.ty == Type::List {
            return FieldCell::List(match entry {
                Some(entry) => self.records(&entry.node, key),
                // A list that is known to be absent is complete and empty.
                None => ListCell { given: gone.is_some(), ..ListCell::default() },
            });
        }
        let mut cell = Cell::default();
        if let Some(span) = gone {
            let claim = self.declared(span);
            cell.own.push(Statement { said: Said::Absent, claim });
        } else if let Some(entry) = entry {
            match value::from_node(&entry.node, key, self.edition) {
                Ok(Said::NotApplicable) => self.note_needed(key.field_name(), entry.node.span),
                Ok(said) => {
                    let claim = self.declared(entry.key_span);
                    cell.own.push(Statement { said, claim });
                }
                Err(fault) => self.diagnostics.push(*fault),
            }
        }
        FieldCell::Cell(cell)
    }
}

/// Letters of other alphabets look like those of ours: two ids that read the same would be two records.
fn looks_like_another(c: char) -> bool {
    let chinese = matches!(c, '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}');
    !c.is_ascii() && !chinese && (c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c))
}
