//! What stands twice: titles of siblings, sentences of summaries, checks of clauses.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Subject};
use crate::check::Check;
use crate::diag::Code;
use crate::edition::Clause;
use crate::evidence::Place;
use crate::lang::Text;
use crate::source::Span;
use crate::text;

/// Titles that siblings share: clauses below one clause, keys of one list or scope, declared names of one kind.
pub fn titles(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let mut siblings: BTreeMap<String, Vec<(String, Span, &Text)>> = BTreeMap::new();
    for clause in &subject.edition.clauses {
        let place = format!("below {:?} {:?}", clause.parent, clause.category);
        siblings.entry(place).or_default().push((clause.id.to_string(), clause.span, &clause.title));
    }
    for key in &subject.edition.dictionary.keys {
        let place = match key.place {
            Place::Field { list, .. } => format!("field {}", list.0),
            other => format!("{other:?}"),
        };
        if let Some(title) = &key.title {
            let at = format!("evidence:{}", key.name);
            siblings.entry(place).or_default().push((at, key.span, title));
        }
    }
    for wording in super::wording::wordings(subject.raw) {
        let kinds = ["level", "part", "category", "stage", "due", "set", "table", "dimension"];
        let kind = wording.at.split_once(':').map(|(kind, _)| kind).filter(|kind| kinds.contains(kind));
        if let Some(kind) = kind {
            let place = format!("named {kind}");
            siblings.entry(place).or_default().push((wording.at.clone(), wording.span, wording.text));
        }
    }
    for all in siblings.values() {
        let mut first: BTreeMap<(bool, &str), usize> = BTreeMap::new();
        for (i, (at, span, title)) in all.iter().enumerate() {
            let before = [(true, title.zh.trim()), (false, title.en.trim())]
                .into_iter()
                .find_map(|name| first.get(&name).copied());
            if let Some((other, place, theirs)) = before.and_then(|j| all.get(j)) {
                // Where one language tells them apart, the title that they share is that of the other.
                let (zh, en) =
                    match (title.zh.trim() == theirs.zh.trim(), title.en.trim() == theirs.en.trim()) {
                        (true, false) => (&title.zh, &title.zh),
                        (false, true) => (&title.en, &title.en),
                        _ => (&title.zh, &title.en),
                    };
                let message = text!(
                    "`{at}` 与 `{other}` 的标题重复：{zh}",
                    "`{at}` and `{other}` have the same title: {en}"
                );
                findings.push(
                    Finding::new(Code::RepeatedTitle, at.as_str(), *span, message)
                        .other(other.as_str(), *place, text!("同一标题", "the same title"))
                        .help(text!("让标题说出区别", "let the titles tell them apart")),
                );
            }
            for name in [(true, title.zh.trim()), (false, title.en.trim())] {
                first.entry(name).or_insert(i);
            }
        }
    }
}

/// Sentences that stand in the summaries of two clauses of one part and category, neither of which shares the
/// content of the other.
pub fn sentences(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let mut first: BTreeMap<(usize, Option<usize>, &str), &Clause> = BTreeMap::new();
    for clause in subject.own_clauses() {
        let Some(summary) = &clause.summary else { continue };
        let mut own = BTreeSet::new();
        let pieces = summary.zh.split(['。', '！', '？']).chain(summary.en.split(". "));
        for piece in pieces.map(|p| p.trim().trim_end_matches('.')).filter(|p| sentence(p) && own.insert(*p))
        {
            match first.get(&(clause.part, clause.category, piece)) {
                None => {
                    first.insert((clause.part, clause.category, piece), clause);
                }
                Some(other) => {
                    let (id, before) = (&clause.id, &other.id);
                    let message = text!(
                        "`{id}` 与 `{before}` 的摘要有相同的句子：{piece}",
                        "the summaries of `{id}` and `{before}` share a sentence: {piece}"
                    );
                    findings.push(
                        Finding::new(Code::RepeatedSentence, id.as_str(), clause.span, message)
                            .other(before.as_str(), other.span, text!("第一次在这里", "first here"))
                            .help(text!(
                                "内容相同就写 same-as，否则写出区别",
                                "write `same-as` where the content is the same, else say what differs"
                            )),
                    );
                    // One finding for a pair is enough.
                    break;
                }
            }
        }
    }
}

/// Whether a piece of text is more than a word or two.
fn sentence(piece: &str) -> bool {
    let han = piece.chars().filter(|c| super::wording::is_han(*c)).count();
    han >= 6 || (han == 0 && piece.split_whitespace().count() >= 5)
}

/// Clauses of one part and category with the same checks, neither of which shares the content of the other.
pub fn checks(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    let mut first: BTreeMap<(usize, Option<usize>, Vec<String>), &Clause> = BTreeMap::new();
    for clause in subject.own_clauses().filter(|c| !c.checks.is_empty()) {
        let mut all: Vec<String> = clause.checks.iter().map(|c| spelt(c, clause)).collect();
        all.sort();
        all.push(format!("{:?} {:?}", clause.when_shown, clause.choose));
        match first.get(&(clause.part, clause.category, all.clone())) {
            None => {
                first.insert((clause.part, clause.category, all), clause);
            }
            Some(other) => {
                let (id, before) = (&clause.id, &other.id);
                let message = text!(
                    "条款 `{id}` 与 `{before}` 的检查相同",
                    "the clauses `{id}` and `{before}` have the same checks"
                );
                findings.push(
                    Finding::new(Code::RepeatedChecks, id.as_str(), clause.span, message)
                        .other(before.as_str(), other.span, text!("第一次在这里", "first here"))
                        .help(text!(
                            "内容相同就写 same-as；原文不同则检查也应有别",
                            "write `same-as` where the content is the same; where the text differs, so should the checks"
                        )),
                );
            }
        }
    }
}

/// A check by what it tests; its name and title do not count.
fn spelt(check: &Check, clause: &Clause) -> String {
    let shown = &check.shown;
    let names = |members: &[usize]| -> Vec<String> {
        let named = members.iter().filter_map(|m| clause.checks.get(*m));
        named.map(|c| format!("{:?} {:?} {:?}", c.shown.of, c.shown.threshold, c.shown.filter)).collect()
    };
    let members = match &check.body {
        crate::check::Body::AnyOf(members) | crate::check::Body::AllOf(members) => names(members),
        _ => Vec::new(),
    };
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {} {:?} {members:?}",
        shown.op,
        shown.subject,
        shown.of,
        shown.threshold,
        shown.filter,
        shown.has,
        shown.when,
        check.due,
        check.observation,
        check.until_due.is_some(),
    )
}
