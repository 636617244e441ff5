//! Raw clauses become linked ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Clause, ClauseIx, Interpretation};
use crate::check::{Body, Check, Linker, Shown};
use crate::diag::{Code, Diagnostic};
use crate::format::chapter::{ClauseRaw, KindRaw};
use crate::format::check::CheckRaw;
use crate::id::{ClauseId, is_name};
use crate::lang::Text;
use crate::load::RawStandard;
use crate::standard::{Combine, Role};
use crate::syntax::de::Loc;
use crate::text;

/// A raw clause with what its file says about it.
struct Placed<'a> {
    raw: &'a ClauseRaw,
    part: usize,
    category: Option<usize>,
}

/// A clause that stands in the place of its namesake, while everything that does not depend on it is kept.
#[derive(Clone, Copy)]
pub struct Patch<'a> {
    /// The clause as it would be written.
    pub clause: &'a ClauseRaw,
    /// All clauses as they are linked without it.
    pub linked: &'a [Clause],
}

impl Patch<'_> {
    /// What is kept of a clause: everything, unless it is the one, lies below it or shares its content.
    fn kept(&self, id: &ClauseId) -> Option<Clause> {
        let changed = self.clause.id.value.as_str();
        let own = id.as_str();
        let below = own.strip_prefix(changed).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        let found = self.linked.binary_search_by(|c| c.id.cmp(id)).ok();
        let clause = found.and_then(|i| self.linked.get(i)).filter(|_| !below)?;
        let shared = clause.same_as.as_ref().is_some_and(|same| same.as_str() == changed);
        (!shared).then(|| Clause { children: Vec::new(), ..clause.clone() })
    }
}

/// Links all clauses, in the order of their printed ids.
pub fn link(
    raw: &RawStandard,
    patch: Option<Patch<'_>>,
    interpretations: &BTreeMap<String, Interpretation>,
    linker: &mut Linker<'_>,
) -> Vec<Clause> {
    let mut placed = place(raw, linker);
    if let Some(patch) = patch
        && let Some(place) = ClauseId::parse(&patch.clause.id).and_then(|id| placed.get_mut(&id))
    {
        place.raw = patch.clause;
    }
    let ids: BTreeMap<&ClauseId, ClauseIx> = placed.keys().enumerate().map(|(i, id)| (id, i)).collect();
    let mut clauses: Vec<Clause> = Vec::new();
    for (id, place) in &placed {
        let parent = id.parent().and_then(|p| ids.get(&p).copied());
        if id.parent().is_some() && parent.is_none() {
            let (id, up) = (id.as_str(), id.parent().map(|p| p.to_string()).unwrap_or_default());
            let message = text!(
                "条款 `{id}` 的上级 `{up}` 不存在",
                "the parent `{up}` of clause `{id}` does not exist"
            );
            linker.error(Code::OrphanClause, place.raw.id.span, message);
        }
        // Ids are sorted, so a parent stands before its children.
        let above = parent.and_then(|p| clauses.get(p)).and_then(|c: &Clause| c.level);
        let level = place.raw.level.as_ref().map(|l| l.value).or(above);
        if let Some(written) =
            place.raw.level.as_ref().filter(|l| l.value == 0 || l.value > linker.standard.top())
        {
            let top = linker.standard.top();
            let message = text!("等级须在 1 至 {top} 之间", "a level lies between 1 and {top}");
            linker.error(Code::UnknownLevel, written.span, message);
        }
        if let Some(kept) = patch.and_then(|p| p.kept(id)) {
            clauses.push(kept);
            continue;
        }
        let content = content(place, &placed, linker);
        let clause = one(id, place, content, parent, level, interpretations, linker);
        clauses.push(clause);
    }
    for i in 0..clauses.len() {
        let parent = clauses.get(i).and_then(|c| c.parent);
        if let Some(parent) = parent.and_then(|p| clauses.get_mut(p)) {
            parent.children.push(i);
        }
    }
    finish(&mut clauses, &placed, linker);
    clauses
}

fn place<'a>(raw: &'a RawStandard, linker: &mut Linker<'_>) -> BTreeMap<ClauseId, Placed<'a>> {
    let mut placed: BTreeMap<ClauseId, Placed<'a>> = BTreeMap::new();
    for file in &raw.chapters {
        let part = linker.standard.part(&file.part);
        if part.is_none() {
            let name = &file.part.value;
            let known = linker.standard.parts.iter().map(|p| p.id.as_str());
            let message = text!("没有部分 `{name}`", "there is no part `{name}`");
            linker
                .diagnostics
                .push(Diagnostic::error(Code::UnknownName, file.part.span, message).choices(name, known));
        }
        let category = file.category.as_ref().and_then(|name| {
            let found = linker.standard.category(name);
            if found.is_none() {
                let known = linker.standard.categories.iter().map(|c| c.id.as_str());
                let n = &name.value;
                let message = text!("没有类别 `{n}`", "there is no category `{n}`");
                let fault = Diagnostic::error(Code::UnknownCategory, name.span, message).choices(n, known);
                linker.diagnostics.push(fault);
            }
            found
        });
        for clause in &file.clauses {
            let Some(id) = ClauseId::parse(&clause.id) else {
                let name = &clause.id.value;
                let message = text!("条款编号 `{name}` 写法不对", "the clause id `{name}` is malformed");
                linker.error(Code::BadId, clause.id.span, message);
                continue;
            };
            if let Some(first) = placed.get(&id) {
                let message = text!("条款 `{id}` 重复", "the clause `{id}` stands twice");
                let fault = Diagnostic::error(Code::DuplicateId, clause.id.span, message);
                linker
                    .diagnostics
                    .push(fault.related(first.raw.id.span, text!("第一次在这里", "first here")));
                continue;
            }
            placed.insert(id, Placed { raw: clause, part: part.unwrap_or(0), category });
        }
    }
    placed
}

/// The raw clause that has the content: the clause itself, or the one that `same-as` names.
fn content<'a>(
    place: &Placed<'a>,
    placed: &BTreeMap<ClauseId, Placed<'a>>,
    linker: &mut Linker<'_>,
) -> &'a ClauseRaw {
    let Some(same) = &place.raw.same_as else { return place.raw };
    let raw = place.raw;
    let given = [
        ("title", raw.title.is_some()),
        ("summary", raw.summary.is_some()),
        ("topic", raw.topic.is_some()),
        ("check", !raw.checks.is_empty()),
        ("choose", raw.choose.is_some()),
        ("documents", !raw.documents.is_empty()),
        ("methods", !raw.methods.is_empty()),
        ("kind", raw.kind.is_some()),
        ("when", raw.when.is_some()),
        ("due", raw.due.is_some()),
    ];
    for (field, _) in given.into_iter().filter(|(_, given)| *given) {
        let message = text!("`{field}` 不能与 same-as 同写", "`{field}` does not go with `same-as`");
        linker.error(Code::FieldMismatch, same.span, message);
    }
    match ClauseId::parse(same).and_then(|id| placed.get(&id)) {
        Some(other) if other.raw.same_as.is_some() => {
            let name = &same.value;
            let message = text!(
                "`{name}` 自己也是 same-as，请直接指向原条款",
                "`{name}` is a `same-as` itself; name the original"
            );
            linker.error(Code::Cycle, same.span, message);
            place.raw
        }
        Some(other) => other.raw,
        None => {
            let known: Vec<&ClauseId> = placed.keys().collect();
            linker.diagnostics.push(super::compile::unknown_clause(same, known));
            place.raw
        }
    }
}

fn one(
    id: &ClauseId,
    place: &Placed<'_>,
    content: &ClauseRaw,
    parent: Option<ClauseIx>,
    level: Option<u8>,
    interpretations: &BTreeMap<String, Interpretation>,
    linker: &mut Linker<'_>,
) -> Clause {
    let part = linker.standard.parts.get(place.part);
    linker.level = level;
    linker.per_category = !matches!(part.map(|p| p.role), Some(Role::Admissibility));
    // What several clauses share is linked for each, because tables by level differ; faults are said once.
    let shared = !std::ptr::eq(content, place.raw);
    let mut quiet = crate::diag::Diagnostics::default();
    let checks = {
        let mut own = Linker {
            standard: linker.standard,
            dictionary: linker.dictionary,
            samples: linker.samples,
            level: linker.level,
            per_category: linker.per_category,
            diagnostics: if shared { &mut quiet } else { &mut *linker.diagnostics },
        };
        checks(content, interpretations, &mut own)
    };
    if place.raw.same_as.is_none() {
        wording(id, content, linker);
    }
    if let Some(topic) = content.topic.as_ref().filter(|t| !is_name(t)) {
        let name = &topic.value;
        linker.error(
            Code::BadId,
            topic.span,
            text!("主题 `{name}` 写法不对", "the topic `{name}` is malformed"),
        );
    }
    let mut cited: Vec<&Loc<String>> = content.interpretations.iter().collect();
    if shared {
        cited.extend(&place.raw.interpretations);
    }
    let when = linker.when(content.when.as_ref());
    Clause {
        id: id.clone(),
        parent,
        children: Vec::new(),
        level,
        part: place.part,
        category: place.category,
        kind: content.kind.unwrap_or_default(),
        topic: content.topic.as_ref().map(|t| t.value.clone()),
        title: content.title.as_ref().map(|t| t.value.clone()).unwrap_or_default(),
        summary: content.summary.clone(),
        documents: content.documents.clone(),
        methods: content.methods.clone(),
        interpretations: cite(cited, interpretations, linker),
        same_as: place.raw.same_as.as_ref().and_then(|s| ClauseId::parse(s)),
        when,
        when_shown: content.when.as_ref().map(|w| w.0.0.to_json()),
        choose: content.choose.as_ref().map(|c| c.at_least.value),
        points: content.points.as_ref().map_or(0, |p| p.value),
        protect: place.raw.protect.as_ref().or(content.protect.as_ref()).map(|p| p.value),
        gates: false,
        steps: content.steps.clone(),
        checks,
        span: place.raw.id.span,
    }
}

fn wording(id: &ClauseId, raw: &ClauseRaw, linker: &mut Linker<'_>) {
    let empty = |text: &Text| text.zh.trim().is_empty() || text.en.trim().is_empty();
    match &raw.title {
        None => {
            let message = text!("条款 `{id}` 缺少 title", "the clause `{id}` lacks a `title`");
            linker.error(Code::MissingField, raw.id.span, message);
        }
        Some(title) if empty(title) => {
            linker.error(Code::EmptyText, title.span, text!("标题为空", "the title is empty"));
        }
        Some(_) => {}
    }
    if raw.summary.as_ref().is_some_and(empty) {
        linker.error(
            Code::EmptyText,
            raw.id.span,
            text!("条款 `{id}` 的摘要为空", "the summary of clause `{id}` is empty"),
        );
    }
}

fn cite<'a>(
    cited: impl IntoIterator<Item = &'a Loc<String>>,
    known: &BTreeMap<String, Interpretation>,
    linker: &mut Linker<'_>,
) -> Vec<String> {
    let mut ids = Vec::new();
    for id in cited {
        if !known.contains_key(&id.value) {
            let name = &id.value;
            let message = text!("没有释义 `{name}`", "there is no interpretation `{name}`");
            let fault = Diagnostic::error(Code::UnknownInterpretation, id.span, message);
            linker.diagnostics.push(fault.suggest(name, known.keys().map(String::as_str)));
        }
        ids.push(id.value.clone());
    }
    ids.sort();
    ids.dedup();
    ids
}

fn checks(
    clause: &ClauseRaw,
    interpretations: &BTreeMap<String, Interpretation>,
    linker: &mut Linker<'_>,
) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    for raw in &clause.checks {
        let id = &raw.id;
        if !is_name(id) {
            let name = &id.value;
            let message = text!("检查标识 `{name}` 写法不对", "the check id `{name}` is malformed");
            linker.error(Code::BadId, id.span, message);
        }
        if let Some(first) =
            clause.checks.iter().find(|c| c.id.value == id.value).filter(|c| c.id.span != id.span)
        {
            let name = &id.value;
            let message =
                text!("检查 `{name}` 在条款内重复", "the check `{name}` stands twice in its clause");
            let fault = Diagnostic::error(Code::DuplicateId, id.span, message);
            linker.diagnostics.push(fault.related(first.id.span, text!("第一次在这里", "first here")));
        }
        let body = body(raw, clause, linker);
        let when = linker.when(raw.when.as_ref());
        let stands_in = clause.until_due.as_ref().is_some_and(|until| until.value == id.value);
        let (due_name, until_name) = match (&raw.due, stands_in) {
            (Some(_), _) => (raw.due.as_ref(), raw.until_due.as_ref()),
            (None, false) => (clause.due.as_ref(), clause.until_due.as_ref()),
            (None, true) => (None, None),
        };
        let due = due_name.and_then(|name| due(name, linker));
        let until_due = until_name.and_then(|name| member(name, raw, clause, linker));
        if let (Some(until), None) = (&raw.until_due, &raw.due) {
            linker.error(
                Code::FieldMismatch,
                until.span,
                text!("until-due 须与 due 同写", "`until-due` goes with `due`"),
            );
        }
        let shown = body.as_ref().map_or_else(Shown::default, |body| linker.shown(raw, body));
        checks.push(Check {
            id: Arc::from(id.value.as_str()),
            title: raw.title.clone(),
            // A check whose body is wrong stands for nothing; the edition is refused anyway.
            body: body.unwrap_or(Body::AllOf(Vec::new())),
            when,
            due,
            until_due,
            stands_until: None,
            observation: raw.effect.is_some(),
            member_of: None,
            protect: raw.protect.as_ref().map(|p| p.value),
            interpretations: cite(&raw.interpretations, interpretations, linker),
            shown,
            span: id.span,
        });
    }
    memberships(clause, &mut checks, linker);
    checks
}

fn body(raw: &CheckRaw, clause: &ClauseRaw, linker: &mut Linker<'_>) -> Option<Body> {
    let compositions = [("any-of", &raw.any_of), ("all-of", &raw.all_of)];
    let given: Vec<_> = compositions.into_iter().filter_map(|(w, c)| c.as_ref().map(|c| (w, c))).collect();
    let subjects = raw.subjects();
    let name = &raw.id.value;
    match (given.as_slice(), subjects.as_slice()) {
        ([], []) => {
            let message = text!("检查 `{name}` 没有对象", "the check `{name}` has no subject");
            let help = text!(
                "写 evidence、attest、count、some 等之一，或 any-of、all-of",
                "give evidence, attest, count, some or the like, or any-of or all-of"
            );
            linker.diagnostics.push(Diagnostic::error(Code::NoSubject, raw.id.span, message).help(help));
            None
        }
        ([], [("requires", of)]) => {
            let id = ClauseId::parse(of);
            if id.is_none() {
                let name = &of.value;
                linker.error(
                    Code::BadId,
                    of.span,
                    text!("条款编号 `{name}` 写法不对", "the clause id `{name}` is malformed"),
                );
            }
            id.map(|id| Body::Requires(id, of.span))
        }
        ([], _) => linker.body(raw),
        ([(word, members)], []) => {
            if let Some((operator, operand)) = raw.operators().first() {
                let message = text!(
                    "`{word}` 不带运算符 `{operator}`",
                    "`{word}` takes no operator such as `{operator}`"
                );
                linker.error(Code::FieldMismatch, operand.0.0.span, message);
            }
            if members.is_empty() {
                let message = text!("组合 `{name}` 没有成员", "the composition `{name}` has no members");
                linker.error(Code::NoSubject, raw.id.span, message);
            }
            let members = members.iter().filter_map(|m| member(m, raw, clause, linker)).collect();
            Some(if *word == "any-of" { Body::AnyOf(members) } else { Body::AllOf(members) })
        }
        _ => {
            let message =
                text!("检查 `{name}` 既是组合又有对象，或有两个组合", "the check `{name}` has two bodies");
            let help = text!("拆成几个检查", "make several checks of it");
            linker.diagnostics.push(Diagnostic::error(Code::TwoSubjects, raw.id.span, message).help(help));
            None
        }
    }
}

fn member(name: &Loc<String>, of: &CheckRaw, clause: &ClauseRaw, linker: &mut Linker<'_>) -> Option<usize> {
    let found = clause.checks.iter().position(|c| c.id.value == name.value);
    match found {
        None => {
            let n = &name.value;
            let message = text!("条款内没有检查 `{n}`", "the clause has no check `{n}`");
            let known = clause.checks.iter().map(|c| c.id.value.as_str());
            linker
                .diagnostics
                .push(Diagnostic::error(Code::UnknownCheck, name.span, message).suggest(n, known));
            None
        }
        Some(_) if name.value == of.id.value => {
            linker.error(Code::Cycle, name.span, text!("检查引用了自己", "the check refers to itself"));
            None
        }
        found => found,
    }
}

fn due(name: &Loc<String>, linker: &mut Linker<'_>) -> Option<usize> {
    let found = linker.standard.dues.iter().position(|d| d.id == name.value);
    if found.is_none() {
        let n = &name.value;
        let known = linker.standard.dues.iter().map(|d| d.id.as_str());
        let message = text!("没有到期规则 `{n}`", "there is no due rule `{n}`");
        linker.diagnostics.push(Diagnostic::error(Code::UnknownName, name.span, message).choices(n, known));
    }
    found
}

/// Members lose their own vote; each belongs to one composition at most, and none to itself in the end.
fn memberships(clause: &ClauseRaw, checks: &mut [Check], linker: &mut Linker<'_>) {
    let mut owner: Vec<Option<usize>> = vec![None; checks.len()];
    for (i, check) in checks.iter().enumerate() {
        let (Body::AnyOf(members) | Body::AllOf(members)) = &check.body else { continue };
        for member in members {
            let Some(slot) = owner.get_mut(*member) else { continue };
            if slot.is_some() {
                let (name, span) =
                    clause.checks.get(*member).map_or(("", check.span), |c| (&c.id.value, c.id.span));
                let message =
                    text!("检查 `{name}` 属于两个组合", "the check `{name}` belongs to two compositions");
                linker.error(Code::MemberTwice, span, message);
            }
            *slot = Some(i);
        }
    }
    for (i, start) in owner.iter().enumerate() {
        let circle = std::iter::successors(*start, |at| owner.get(*at).copied().flatten()).take(owner.len());
        if circle.into_iter().any(|at| at == i) {
            let span = checks.get(i).map_or_else(Default::default, |c| c.span);
            linker.error(
                Code::Cycle,
                span,
                text!("组合循环引用", "compositions refer to each other in a circle"),
            );
        }
        if let (Some(up), Some(check)) = (start.and_then(|up| checks.get(up)), checks.get(i))
            && check.observation
        {
            let name = &up.id;
            let message = text!("观察项不能归入 `{name}`", "an observation cannot belong to `{name}`");
            linker.error(Code::FieldMismatch, check.span, message);
        }
    }
    let stand: Vec<(usize, Option<usize>)> =
        checks.iter().filter_map(|c| Some((c.until_due?, c.due))).collect();
    for (i, check) in checks.iter_mut().enumerate() {
        check.member_of = owner.get(i).copied().flatten();
        let mut rules = stand.iter().filter(|(until, _)| *until == i).map(|(_, due)| *due);
        let Some(rule) = rules.next() else { continue };
        check.stands_until = rule;
        if rules.any(|other| other != rule)
            || check.due.is_some()
            || check.member_of.is_some()
            || check.observation
        {
            let name = &check.id;
            let message = text!(
                "检查 `{name}` 只能在一条到期规则之前替代，自己不能有 due、不能是成员或观察项",
                "the check `{name}` can stand in until one due rule only, and has no `due`, is no member and no observation"
            );
            linker.error(Code::FieldMismatch, check.span, message);
        }
    }
}

/// What can only be said once parents know their children.
fn finish(clauses: &mut [Clause], placed: &BTreeMap<ClauseId, Placed<'_>>, linker: &mut Linker<'_>) {
    let chosen: Vec<bool> = clauses
        .iter()
        .map(|c| {
            std::iter::successors(c.parent, |p| clauses.get(*p).and_then(|c| c.parent))
                .any(|p| clauses.get(p).is_some_and(|c| c.choose.is_some()))
        })
        .collect();
    for (clause, chosen) in clauses.iter_mut().zip(chosen) {
        let Some(raw) = placed.get(&clause.id).map(|p| p.raw) else { continue };
        let part = linker.standard.parts.get(clause.part);
        let role = part.map_or(Role::None, |p| p.role);
        let graded = matches!(role, Role::Grade { .. });
        let required = clause.kind == KindRaw::Requirement;
        let own = clause.checks.iter().any(|c| !c.observation) || clause.choose.is_some();
        clause.gates = required && own && !chosen && role != Role::None;
        let id = &clause.id;
        let mut error =
            |code, message| linker.diagnostics.push(Diagnostic::error(code, raw.id.span, message));
        if !required && !clause.checks.is_empty() {
            error(
                Code::FieldMismatch,
                text!(
                    "条款 `{id}` 不是要求，不能有检查",
                    "the clause `{id}` is no requirement and takes no checks"
                ),
            );
        }
        if clause.kind != KindRaw::Process && !clause.steps.is_empty() {
            error(
                Code::FieldMismatch,
                text!("条款 `{id}` 不是过程，不能有步骤", "the clause `{id}` is no process and has no steps"),
            );
        }
        if required && !own && clause.children.is_empty() {
            error(
                Code::NothingRequired,
                text!("条款 `{id}` 是要求，却没有检查", "the clause `{id}` is a requirement without checks"),
            );
        }
        if required && role == Role::None {
            error(
                Code::FieldMismatch,
                text!("条款 `{id}` 所属的部分不作评定", "the part of clause `{id}` decides nothing"),
            );
        }
        if clause.choose.is_some_and(|n| n == 0 || usize::from(n) > clause.children.len()) {
            error(
                Code::OutOfRange,
                text!(
                    "条款 `{id}` 的 choose 超出下级条款数",
                    "`choose` of clause `{id}` exceeds its children"
                ),
            );
        }
        if required && graded && own && linker.standard.combine == Combine::Lowest && clause.level.is_none() {
            error(Code::MissingField, text!("条款 `{id}` 没有等级", "the clause `{id}` has no level"));
        }
        if required && clause.children.is_empty() && raw.same_as.is_none() {
            for (field, missing) in [
                ("topic", clause.topic.is_none()),
                ("summary", clause.summary.is_none()),
                ("methods", clause.methods.is_empty()),
            ] {
                if missing {
                    error(
                        Code::MissingField,
                        text!("条款 `{id}` 缺少 {field}", "the clause `{id}` lacks `{field}`"),
                    );
                }
            }
        }
    }
}
