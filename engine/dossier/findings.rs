//! Findings: what each side concludes, and which finding supersedes which.

use std::collections::BTreeMap;

use super::locate::Address;
use super::{Cell, Dossier, Said, Statement, value};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::Edition;
use crate::evidence::{Claim, ClaimIx, Conclusion, Key, KeyIx, Place, Side, Type, Value, unknown_key};
use crate::format::dossier::{ConclusionRaw, FindingRaw, SideRaw};
use crate::lang::Text;
use crate::source::Span;
use crate::syntax::de::Loc;
use crate::text;

/// A finding with what it is about.
struct Linked<'a> {
    raw: &'a FindingRaw,
    span: Span,
    targets: Vec<(Address, Said)>,
}

/// Adds all findings that no other finding supersedes.
pub(super) fn apply(
    findings: &[FindingRaw],
    dossier: &mut Dossier,
    edition: &Edition,
    diagnostics: &mut Diagnostics,
) {
    let mut linker = Linker { edition, diagnostics, lists: Vec::new() };
    let linked: Vec<Linked<'_>> = findings.iter().map(|raw| linker.link(raw)).collect();
    let mut superseded: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (by, gone) in linker.superseded(&linked) {
        superseded.entry(gone).or_default().push(by);
    }
    for (i, finding) in linked.iter().enumerate() {
        let claim = dossier.claim(linker.claim(finding));
        for (address, said) in &finding.targets {
            let by = superseded.get(&i).map(Vec::as_slice).unwrap_or_default();
            if !by.iter().any(|by| covers(&linked, *by, address)) {
                linker.add(address, Statement { said: said.clone(), claim }, finding, dossier);
            }
        }
    }
    // Last, so that they cover what other findings declare, wherever these stand.
    for (key, claim) in linker.lists {
        if let Some(list) = dossier.lists.get_mut(&key) {
            super::accept::list(list, claim);
        }
    }
}

fn covers(linked: &[Linked<'_>], finding: usize, address: &Address) -> bool {
    linked.get(finding).is_some_and(|f| f.targets.iter().any(|(a, _)| a == address))
}

struct Linker<'a> {
    edition: &'a Edition,
    diagnostics: &'a mut Diagnostics,
    /// Lists that are confirmed as a whole.
    lists: Vec<(KeyIx, ClaimIx)>,
}

impl Linker<'_> {
    fn error(&mut self, code: Code, span: Span, message: Text) {
        self.diagnostics.push(Diagnostic::error(code, span, message));
    }

    fn link<'a>(&mut self, raw: &'a FindingRaw) -> Linked<'a> {
        let keys: Vec<&Loc<String>> = raw.key.iter().chain(raw.keys.iter().flatten()).collect();
        let records: Vec<&Loc<String>> = raw.record.iter().chain(raw.records.iter().flatten()).collect();
        let span = keys.first().or(records.first()).map_or(Span::NONE, |k| k.span);
        let mut linked = Linked { raw, span, targets: Vec::new() };
        let both =
            (raw.key.is_some() && raw.keys.is_some()) || (raw.record.is_some() && raw.records.is_some());
        if keys.is_empty() || both {
            let message = text!(
                "写 key 或 keys 之一，record 或 records 之一",
                "give `key` or `keys`, and `record` or `records`"
            );
            let span = raw.conclusion.as_ref().map_or(span, |c| c.span);
            self.error(Code::FindingConflict, span, message);
            return linked;
        }
        if raw.conclusion.is_some() == raw.value.is_some() {
            let message = text!(
                "结论条目须恰有 conclusion 或 value 之一",
                "a finding has either a `conclusion` or a `value`"
            );
            self.error(Code::FindingConflict, span, message);
            return linked;
        }
        if raw.side == SideRaw::Review && raw.by.as_ref().is_none_or(|by| by.trim().is_empty()) {
            self.error(
                Code::MissingField,
                span,
                text!("复核条目须写明 by", "a finding of the review says `by` whom"),
            );
        }
        let without_note = raw.note.as_ref().is_none_or(|n| n.trim().is_empty());
        if let Some(Loc { value: ConclusionRaw::NotApplicable, span }) = raw.conclusion
            && without_note
        {
            self.error(
                Code::NoteMissing,
                span,
                text!("结论为不适用时须写 note 说明理由", "“not applicable” needs a `note` that says why"),
            );
        }
        for key in keys {
            self.targets(key, &records, raw, &mut linked.targets);
        }
        linked
    }

    fn targets(
        &mut self,
        name: &Loc<String>,
        records: &[&Loc<String>],
        raw: &FindingRaw,
        out: &mut Vec<(Address, Said)>,
    ) {
        let dictionary = &self.edition.dictionary;
        let Some((ix, key)) = dictionary.find(name).and_then(|ix| Some((ix, dictionary.get(ix)?))) else {
            self.diagnostics.push(unknown_key(name, name.span, dictionary));
            return;
        };
        let category = match (&raw.category, key.place) {
            (Some(id), Place::Category) => {
                let found = self.edition.standard.category(id);
                if found.is_none() {
                    let (n, known) =
                        (&id.value, self.edition.standard.categories.iter().map(|c| c.id.as_str()));
                    let message = text!("没有类别 `{n}`", "there is no category `{n}`");
                    self.diagnostics
                        .push(Diagnostic::error(Code::UnknownCategory, id.span, message).choices(n, known));
                    return;
                }
                found
            }
            (None, Place::Category) => {
                let n = &name.value;
                self.error(
                    Code::MissingField,
                    name.span,
                    text!("`{n}` 按类别填报，须写 category", "`{n}` is about one category: give `category`"),
                );
                return;
            }
            (Some(id), _) => {
                let n = &name.value;
                self.error(
                    Code::FieldMismatch,
                    id.span,
                    text!("`{n}` 不按类别填报", "`{n}` is not about one category"),
                );
                return;
            }
            (None, _) => None,
        };
        let Some(said) = self.said(key, raw, name.span) else { return };
        let depth = key.name.matches("[]").count();
        let in_record = depth > 0;
        match (records, in_record) {
            ([], true) => {
                let n = &name.value;
                self.error(
                    Code::MissingField,
                    name.span,
                    text!("`{n}` 是记录字段，须写 record", "`{n}` is a field of records: give `record`"),
                );
            }
            ([], false) => out.push((Address { category, key: ix, records: Vec::new() }, said)),
            ([first, ..], false) if key.ty != Type::List => {
                let n = &name.value;
                self.error(
                    Code::FieldMismatch,
                    first.span,
                    text!("`{n}` 不是记录字段", "`{n}` is no field of records"),
                );
            }
            _ => {
                for record in records {
                    let ids: Vec<String> = record.split('/').map(str::to_owned).collect();
                    let wanted = depth + usize::from(key.ty == Type::List);
                    if ids.len() != wanted {
                        let (n, r) = (&name.value, &record.value);
                        let message = text!(
                            "`{n}` 需要 {wanted} 级记录编号，写成了 `{r}`",
                            "`{n}` needs {wanted} record id(s), not `{r}`"
                        );
                        self.error(Code::UnknownRecord, record.span, message);
                        continue;
                    }
                    out.push((Address { category, key: ix, records: ids }, said.clone()));
                }
            }
        }
    }

    /// What a finding says of a key.
    fn said(&mut self, key: &Key, raw: &FindingRaw, span: Span) -> Option<Said> {
        if let Some(node) = &raw.value {
            if key.ty == Type::Finding || key.ty == Type::List {
                let name = &key.name;
                self.error(
                    Code::FindingConflict,
                    node.0.span,
                    text!("`{name}` 用 conclusion 下结论", "`{name}` takes a `conclusion`"),
                );
                return None;
            }
            return match value::from_node(&node.0, key, self.edition) {
                Ok(said) => Some(said),
                Err(fault) => {
                    self.diagnostics.push(*fault);
                    None
                }
            };
        }
        let conclusion = raw.conclusion.as_ref()?;
        if conclusion.value == ConclusionRaw::NotApplicable {
            if !key.may_not_apply {
                self.diagnostics.push(*value::cannot_be_inapplicable(key, conclusion.span));
                return None;
            }
            return Some(Said::NotApplicable);
        }
        if key.ty == Type::Finding {
            return Conclusion::from_raw(conclusion.value).map(|c| Said::Value(Value::Finding(c)));
        }
        if raw.side == SideRaw::Own {
            let name = &key.name;
            self.error(
                Code::FindingConflict,
                span,
                text!("机构对 `{name}` 应给出 value", "the institution gives a `value` for `{name}`"),
            );
            return None;
        }
        Some(if conclusion.value == ConclusionRaw::Conforms { Said::Confirmed } else { Said::Rejected })
    }

    fn claim(&mut self, finding: &Linked<'_>) -> Claim {
        let raw = finding.raw;
        let on = raw.on.as_ref().and_then(|on| match Date::parse(on, on.span) {
            Ok(date) => Some(date),
            Err(fault) => {
                self.diagnostics.push(*fault);
                None
            }
        });
        Claim {
            side: if raw.side == SideRaw::Own { Side::Own } else { Side::Review },
            span: finding.span,
            by: raw.by.as_ref().map(|by| by.value.as_str().into()),
            on,
            documents: raw.documents.clone(),
            note: raw.note.clone(),
        }
    }

    fn add(&mut self, address: &Address, statement: Statement, finding: &Linked<'_>, dossier: &mut Dossier) {
        let edition = self.edition;
        let Some(key) = edition.dictionary.get(address.key) else { return };
        let shown = address.show(edition);
        let missing = |span| {
            let message = text!("没有记录 `{shown}`", "there is no record `{shown}`");
            Diagnostic::error(Code::UnknownRecord, span, message)
        };
        if key.ty == Type::List {
            if address.records.is_empty() {
                if statement.said != Said::Confirmed {
                    let message = text!("不予认可须指明记录", "name the records that are not accepted");
                    self.error(Code::FindingConflict, finding.span, message);
                } else {
                    self.lists.push((address.key, statement.claim));
                }
            } else if let Some(record) = dossier.record_mut(address, edition) {
                record.review.push(statement);
            } else {
                let fault = dossier.suggest_record(missing(finding.span), address, edition);
                self.diagnostics.push(fault);
            }
            return;
        }
        match dossier.cell_mut(address, edition) {
            Some(cell) => side_of(cell, finding.raw.side).push(statement),
            None => {
                let fault = dossier.suggest_record(missing(finding.span), address, edition);
                self.diagnostics.push(fault);
            }
        }
    }

    /// Pairs of findings: the later, and the one that it supersedes.
    fn superseded(&mut self, linked: &[Linked<'_>]) -> Vec<(usize, usize)> {
        let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
        for (i, finding) in linked.iter().enumerate() {
            let Some(id) = &finding.raw.id else { continue };
            if by_id.insert(id, i).is_some() {
                let name = &id.value;
                self.error(
                    Code::DuplicateId,
                    id.span,
                    text!("条目编号 `{name}` 重复", "the finding id `{name}` is used twice"),
                );
            }
        }
        let mut pairs = Vec::new();
        for (i, finding) in linked.iter().enumerate() {
            let Some(name) = &finding.raw.supersedes else { continue };
            let Some(gone) = by_id.get(name.as_str()).copied() else {
                let n = &name.value;
                let message = text!("没有条目 `{n}`", "there is no finding `{n}`");
                let fault = Diagnostic::error(Code::UnknownName, name.span, message);
                self.diagnostics.push(fault.suggest(n, by_id.keys().copied()));
                continue;
            };
            let Some(old) = linked.get(gone) else { continue };
            let overlap = finding.targets.iter().any(|(address, _)| covers(linked, gone, address));
            if old.raw.side != finding.raw.side
                || (!overlap && !finding.targets.is_empty() && !old.targets.is_empty())
            {
                let n = &name.value;
                let message = text!(
                    "条目 `{n}` 不是同一方对同一证据的结论",
                    "the finding `{n}` is not of the same side and evidence"
                );
                self.error(Code::FindingConflict, name.span, message);
                continue;
            }
            pairs.push((i, gone));
        }
        // Each finding supersedes at most one, so that every circle is a chain that comes back to where it was.
        let next: BTreeMap<usize, usize> = pairs.iter().copied().collect();
        let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
        for (start, _) in &pairs {
            let mut at = *start;
            while !seen.contains_key(&at) {
                seen.insert(at, *start);
                let Some(after) = next.get(&at) else { break };
                at = *after;
                if seen.get(&at) == Some(start) {
                    let span = linked.get(at).map_or(Span::NONE, |f| f.span);
                    self.error(
                        Code::Cycle,
                        span,
                        text!("条目循环取代", "findings supersede each other in a circle"),
                    );
                }
            }
        }
        pairs
    }
}

fn side_of(cell: &mut Cell, side: SideRaw) -> &mut Vec<Statement> {
    match side {
        SideRaw::Own => &mut cell.own,
        SideRaw::Review => &mut cell.review,
    }
}
