//! Raw dossiers become typed ones; every fault is reported.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cell, Dossier, Entry, ListCell, Review, Said, Statement, accept, findings, value};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::Edition;
use crate::evidence::{Claim, ClaimIx, KeyIx, Place, Side, Type, unknown_key};
use crate::format::dossier::{ApplicationRaw, DossierFile, SideRaw};
use crate::format::shape;
use crate::lang::Text;
use crate::source::Span;
use crate::syntax::de::Loc;
use crate::syntax::{Node, Table, Value as Raw};
use crate::text;

/// Reads a dossier against an edition. `None` if anything in it is wrong; then at least one error was reported.
#[must_use]
pub fn read(raw: &DossierFile, edition: &Edition, diagnostics: &mut Diagnostics) -> Option<Dossier> {
    let before = diagnostics.errors();
    let mut reader = Reader { edition, claims: Vec::new(), diagnostics };
    let application = &raw.application;
    let dates =
        [Some(&application.applied_on), Some(&application.assessed_on), application.award_on.as_ref()];
    let [applied_on, assessed_on, award_on] = dates.map(|d| d.and_then(|d| reader.date(d)));
    if let (Some(applied), Some(assessed)) = (applied_on, assessed_on)
        && assessed < applied
    {
        let message = text!(
            "评定日期 {assessed} 早于申请日期 {applied}",
            "the date of assessment {assessed} lies before that of the application {applied}"
        );
        reader.error(Code::DateOrder, application.assessed_on.span, message);
    }
    if let (Some(assessed), Some(award), Some(written)) = (assessed_on, award_on, &application.award_on)
        && award < assessed
    {
        let message = text!(
            "授予日期 {award} 早于评定日期 {assessed}",
            "the date of award {award} lies before that of the assessment {assessed}"
        );
        reader.diagnostics.push(Diagnostic::warning(Code::DateOrder, written.span, message));
    }
    reader.reviewers(raw);
    if let Some(standard) = raw.standard.as_ref().filter(|s| s.value != edition.standard.id) {
        let (name, id) = (&standard.value, &edition.standard.id);
        let message = text!(
            "档案依据标准 `{name}`，现在评定的是 `{id}`",
            "the dossier is for the standard `{name}`, not `{id}`"
        );
        reader.error(Code::UnknownStandard, standard.span, message);
    }
    reader.not_blank(&raw.institution.name);
    let entries = reader.entries(application);
    let review = raw.review.as_ref().map(|review| {
        let on = reader.date(&review.on);
        if review.assessors.is_empty() {
            reader.error(
                Code::MissingField,
                review.on.span,
                text!("没有写明评定人员", "no assessors are named"),
            );
        }
        review.assessors.iter().for_each(|name| reader.not_blank(name));
        review.accepts.iter().for_each(|accept| reader.not_blank(&accept.by));
        Review {
            assessors: review.assessors.iter().map(|a| a.value.clone()).collect(),
            on: on.unwrap_or(Date::FIRST),
        }
    });

    let mut cells = BTreeMap::new();
    if let Some(facts) = &raw.facts {
        reader.facts(&facts.0.0, None, &mut cells);
    }
    if let Some(categories) =
        raw.category.as_ref().and_then(|c| shape::table(&c.0.0, "category", reader.diagnostics))
    {
        for entry in categories.iter() {
            reader.category(entry, &entries, &mut cells);
        }
    }
    let mut lists = BTreeMap::new();
    if let Some(records) =
        raw.record.as_ref().and_then(|r| shape::table(&r.0.0, "record", reader.diagnostics))
    {
        for entry in records.iter() {
            reader.list(entry, &mut lists);
        }
    }
    for name in &raw.incomplete {
        let list = edition.dictionary.find(name).filter(|ix| {
            edition.dictionary.get(*ix).is_some_and(|k| k.ty == Type::List && k.place == Place::Institution)
        });
        match list {
            Some(ix) => lists.entry(ix).or_insert_with(ListCell::default).incomplete = true,
            None => reader.diagnostics.push(unknown_key(name, name.span, &edition.dictionary)),
        }
    }

    let claims = std::mem::take(&mut reader.claims);
    let mut dossier = Dossier {
        institution: raw.institution.name.value.clone(),
        code: raw.institution.code.as_ref().map(|c| c.value.clone()),
        number: application.number.clone(),
        region: application.region.as_ref().map(|r| r.value.clone()),
        applied_on: applied_on.unwrap_or(Date::FIRST),
        assessed_on: assessed_on.unwrap_or(Date::FIRST),
        award_on,
        entries,
        review,
        claims,
        cells,
        lists,
    };
    findings::apply(&raw.findings, &mut dossier, edition, diagnostics);
    if let Some(review) = &raw.review {
        accept::apply(&review.accepts, &mut dossier, edition, diagnostics);
    }
    (diagnostics.errors() == before).then_some(dossier)
}

/// Reads the parts of a dossier and collects what is wrong.
pub(super) struct Reader<'a> {
    pub(super) edition: &'a Edition,
    claims: Vec<Claim>,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    pub(super) fn error(&mut self, code: Code, span: Span, message: Text) {
        self.diagnostics.push(Diagnostic::error(code, span, message));
    }

    /// Who reviews but is not among the assessors: misspelt, or not entitled.
    fn reviewers(&mut self, raw: &DossierFile) {
        let Some(review) = &raw.review else { return };
        let known = || review.assessors.iter().map(|a| a.value.as_str());
        let finders = raw.findings.iter().filter(|f| f.side == SideRaw::Review);
        let by = finders.filter_map(|f| f.by.as_ref()).chain(review.accepts.iter().map(|a| &a.by));
        let mut said = BTreeSet::new();
        for by in by.filter(|by| !by.trim().is_empty() && !known().any(|name| name == by.value)) {
            if said.insert(by.value.as_str()) {
                let name = &by.value;
                let message = text!(
                    "`{name}` 不在复核的评定人员 assessors 之列",
                    "`{name}` is not among the `assessors` of the review"
                );
                let fault = Diagnostic::warning(Code::UnknownName, by.span, message);
                self.diagnostics.push(fault.choices(name, known()));
            }
        }
    }

    /// A name that says nothing is none.
    fn not_blank(&mut self, name: &Loc<String>) {
        if name.trim().is_empty() {
            self.error(Code::EmptyText, name.span, text!("名称为空", "the name is empty"));
        }
    }

    fn date(&mut self, written: &Loc<String>) -> Option<Date> {
        match Date::parse(written, written.span) {
            Ok(date) => Some(date),
            Err(fault) => {
                self.diagnostics.push(*fault);
                None
            }
        }
    }

    pub(super) fn declared(&mut self, span: Span) -> ClaimIx {
        let side = Side::Own;
        self.claims.push(Claim { side, span, by: None, on: None, documents: Vec::new(), note: None });
        self.claims.len() - 1
    }

    fn entries(&mut self, application: &ApplicationRaw) -> Vec<Entry> {
        let standard = &self.edition.standard;
        let mut entries: Vec<Entry> = Vec::new();
        if standard.categories.is_empty() {
            for category in &application.categories {
                let message = text!("标准没有类别", "the standard has no categories");
                self.error(Code::UnknownCategory, category.id.span, message);
            }
            let Some(target) = &application.target else {
                let message = text!("缺少申报等级 `target`", "the `target` level is missing");
                self.error(Code::MissingField, application.applied_on.span, message);
                return entries;
            };
            let (target, span) = (self.level(target), target.span);
            let stage = self.stage(application.stage.as_ref(), span);
            return vec![Entry { category: None, target, stage, span }];
        }
        for (field, span) in [
            ("target", application.target.as_ref().map(|t| t.span)),
            ("stage", application.stage.as_ref().map(|s| s.span)),
        ] {
            if let Some(span) = span {
                let message = text!(
                    "`{field}` 写在 [[application.category]] 之下",
                    "`{field}` belongs under [[application.category]]"
                );
                self.error(Code::WrongPlace, span, message);
            }
        }
        if application.categories.is_empty() {
            let message = text!("没有申报任何类别", "no category is applied for");
            let help = text!("加一张 [[application.category]]", "add an [[application.category]]");
            self.diagnostics
                .push(Diagnostic::error(Code::MissingField, application.applied_on.span, message).help(help));
        }
        for category in &application.categories {
            let id = &category.id;
            let found = standard.category(id);
            if found.is_none() {
                self.unknown_category(id, id.span);
            }
            if let Some(part) = found.and_then(|c| self.edition.empty_parts(Some(c)).next()) {
                let (name, part) = (&id.value, &part.title);
                let message = Text::new(
                    format!("标准数据尚无类别 `{name}` 的{}要求，不能评定", part.zh),
                    format!(
                        "the standard’s data requires nothing of `{name}` under “{}”, so it cannot be graded",
                        part.en
                    ),
                );
                self.error(Code::NothingRequired, id.span, message);
            }
            let target = self.level(&category.target);
            let stage = self.stage(category.stage.as_ref(), id.span);
            if found.is_some() && entries.iter().any(|e| e.category == found) {
                let name = &id.value;
                self.error(
                    Code::DuplicateId,
                    id.span,
                    text!("类别 `{name}` 重复申报", "the category `{name}` is applied for twice"),
                );
                continue;
            }
            if found.is_some() {
                entries.push(Entry { category: found, target, stage, span: id.span });
            }
        }
        entries.sort_by_key(|e| e.category);
        entries
    }

    fn unknown_category(&mut self, name: &str, span: Span) {
        let categories = &self.edition.standard.categories;
        let message = text!("没有类别 `{name}`", "there is no category `{name}`");
        let fault = Diagnostic::error(Code::UnknownCategory, span, message);
        // Categories are written by id, but people know them by their titles.
        let titled = |title: &Text| title.zh == name || title.en.eq_ignore_ascii_case(name);
        self.diagnostics.push(match categories.iter().find(|c| titled(&c.title)) {
            Some(meant) => {
                let id = &meant.id;
                fault.help(text!("请写成 `{id}`", "write `{id}`"))
            }
            None => fault.choices(name, categories.iter().map(|c| c.id.as_str())),
        });
    }

    fn level(&mut self, level: &Loc<u8>) -> u8 {
        let top = self.edition.standard.top();
        if level.value == 0 || level.value > top {
            let message = text!("等级须在 1 至 {top} 之间", "a level lies between 1 and {top}");
            self.error(Code::UnknownLevel, level.span, message);
        }
        level.value.clamp(1, top.max(1))
    }

    fn stage(&mut self, stage: Option<&Loc<String>>, span: Span) -> Option<usize> {
        let standard = &self.edition.standard;
        match stage {
            None if standard.stages.is_empty() => None,
            None => {
                let list = standard.stages.iter().map(|s| s.id.as_str()).collect::<Vec<_>>().join("`、`");
                let message = text!("缺少申请阶段 `stage`", "the `stage` is missing");
                let help = text!("可以是：`{list}`", "it can be: `{list}`");
                self.diagnostics.push(Diagnostic::error(Code::MissingField, span, message).help(help));
                None
            }
            Some(name) => {
                let found = standard.stage(name);
                if found.is_none() {
                    let n = &name.value;
                    let known = standard.stages.iter().map(|s| s.id.as_str());
                    let message = text!("没有阶段 `{n}`", "there is no stage `{n}`");
                    self.diagnostics
                        .push(Diagnostic::error(Code::UnknownName, name.span, message).choices(n, known));
                }
                found
            }
        }
    }

    fn category(
        &mut self,
        entry: &crate::syntax::Entry,
        entries: &[Entry],
        cells: &mut BTreeMap<(Option<usize>, KeyIx), Cell>,
    ) {
        let Some(category) = self.edition.standard.category(&entry.key) else {
            self.unknown_category(&entry.key, entry.key_span);
            return;
        };
        if !entries.iter().any(|e| e.category == Some(category)) {
            let name = &entry.key;
            let message = text!(
                "没有申报类别 `{name}`，其证据不用",
                "the category `{name}` is not applied for, its evidence is not used"
            );
            self.diagnostics.push(Diagnostic::warning(Code::UnknownCategory, entry.key_span, message));
        }
        self.facts(&entry.node, Some(category), cells);
    }

    /// Reads a table of facts: dotted keys are followed until the dictionary knows them.
    fn facts(
        &mut self,
        node: &Node,
        category: Option<usize>,
        cells: &mut BTreeMap<(Option<usize>, KeyIx), Cell>,
    ) {
        let Some(table) = shape::table(node, "facts", self.diagnostics) else { return };
        let mut absent = Vec::new();
        if let Some(entry) = table.entry("absent") {
            absent = self.absent(&entry.node);
        }
        self.walk(table, "", category, cells);
        for (name, span) in absent {
            let Some(ix) = self.fact_key(&name, span, category) else { continue };
            let derived = self.edition.dictionary.get(ix).is_some_and(|k| k.derive.is_some());
            if derived {
                let message =
                    text!("`{name}` 是汇总数，不能声明为无", "`{name}` is computed and cannot be absent");
                self.error(Code::GivenAndAbsent, span, message);
                continue;
            }
            let claim = self.declared(span);
            let cell = cells.entry((category, ix)).or_default();
            if cell.own.is_empty() {
                cell.own.push(Statement { said: Said::Absent, claim });
            } else {
                self.given_and_absent(&name, span);
            }
        }
    }

    pub(super) fn given_and_absent(&mut self, name: &str, span: Span) {
        let message = text!("`{name}` 既给出又声明为无", "`{name}` is given and declared absent");
        self.error(Code::GivenAndAbsent, span, message);
    }

    fn walk(
        &mut self,
        table: &Table,
        prefix: &str,
        category: Option<usize>,
        cells: &mut BTreeMap<(Option<usize>, KeyIx), Cell>,
    ) {
        let dictionary = &self.edition.dictionary;
        for entry in table.iter().filter(|e| !(prefix.is_empty() && e.key == "absent")) {
            let name = if prefix.is_empty() { entry.key.clone() } else { format!("{prefix}.{}", entry.key) };
            let inner = format!("{name}.");
            // `staff` may be a list and the beginning of bare figures such as `staff.service`.
            let list = |ix| dictionary.get(ix).is_some_and(|k| k.ty == Type::List);
            let group =
                dictionary.find(&name).is_none_or(list) && dictionary.names().any(|n| n.starts_with(&inner));
            if let (Raw::Table(table), true) = (&entry.node.value, group) {
                self.walk(table, &name, category, cells);
                continue;
            }
            let Some(ix) = self.fact_key(&name, entry.key_span, category) else { continue };
            let Some(key) = self.edition.dictionary.get(ix) else { continue };
            match value::from_node(&entry.node, key, self.edition) {
                Ok(Said::NotApplicable) => self.note_needed(&name, entry.node.span),
                Ok(said) => {
                    let claim = self.declared(entry.key_span);
                    cells.entry((category, ix)).or_default().own.push(Statement { said, claim });
                }
                Err(fault) => self.diagnostics.push(*fault),
            }
        }
    }

    pub(super) fn note_needed(&mut self, name: &str, span: Span) {
        let message = text!("`{name}` 不适用须说明理由", "`{name}` does not apply: a note is needed");
        let help = text!(
            "改用 [[finding]]，写 conclusion = \"not-applicable\" 和 note",
            "use a [[finding]] with conclusion = \"not-applicable\" and a note"
        );
        self.diagnostics.push(Diagnostic::error(Code::NoteMissing, span, message).help(help));
    }

    /// Finds a key that may stand among facts of the institution or of a category.
    fn fact_key(&mut self, name: &str, span: Span, category: Option<usize>) -> Option<KeyIx> {
        let dictionary = &self.edition.dictionary;
        let Some(ix) = dictionary.find(name) else {
            self.diagnostics.push(unknown_key(name, span, dictionary));
            return None;
        };
        let key = dictionary.get(ix)?;
        let place = match (key.place, &key.ty) {
            (_, Type::List) => {
                Some(text!("记录写在 [[record.{name}]] 之下", "records stand under [[record.{name}]]"))
            }
            (Place::Field { .. }, _) => {
                Some(text!("它是记录字段，写在记录里", "it is a field of records and stands in them"))
            }
            (Place::Institution, _) if category.is_some() => Some(text!(
                "它属于整个机构，写在 [facts] 之下",
                "it is about the institution and stands under [facts]"
            )),
            (Place::Category, _) if category.is_none() => Some(text!(
                "它按类别填报，写在 [category.类别] 之下",
                "it is about one category and stands under [category.<id>]"
            )),
            _ => None,
        };
        if let Some(help) = place {
            let message = text!("`{name}` 放错了地方", "`{name}` stands in the wrong place");
            self.diagnostics.push(Diagnostic::error(Code::WrongPlace, span, message).help(help));
            return None;
        }
        Some(ix)
    }

    pub(super) fn absent(&mut self, node: &Node) -> Vec<(String, Span)> {
        let Some(items) = node.as_array() else {
            self.error(
                Code::WrongType,
                node.span,
                text!("absent 应为键名的列表", "`absent` is a list of keys"),
            );
            return Vec::new();
        };
        let mut names = Vec::new();
        for item in items {
            match item.as_text() {
                Some(name) => names.push((name.to_owned(), item.span)),
                None => self.error(
                    Code::WrongType,
                    item.span,
                    text!("absent 应为键名的列表", "`absent` is a list of keys"),
                ),
            }
        }
        names
    }

    fn list(&mut self, entry: &crate::syntax::Entry, lists: &mut BTreeMap<KeyIx, ListCell>) {
        let dictionary = &self.edition.dictionary;
        let found = dictionary.find(&entry.key).and_then(|ix| Some((ix, dictionary.get(ix)?)));
        match found {
            Some((ix, key)) if key.ty == Type::List => {
                let list = self.records(&entry.node, key);
                lists.insert(ix, list);
            }
            _ => {
                let name = &entry.key;
                let known =
                    dictionary.keys.iter().filter(|k| k.ty == Type::List && k.place == Place::Institution);
                let message = text!("没有记录表 `{name}`", "there is no list `{name}`");
                let fault = Diagnostic::error(Code::UnknownEvidence, entry.key_span, message);
                self.diagnostics.push(fault.suggest(name, known.map(|k| &*k.name)));
            }
        }
    }
}
