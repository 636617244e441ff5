//! Wordings: all of them with their places, and what is doubtful about translations.

use super::{Finding, Subject};
use crate::diag::Code;
use crate::lang::Text;
use crate::load::RawStandard;
use crate::source::Span;
use crate::text;

/// A wording with its place.
pub struct Wording<'a> {
    /// The wording.
    pub text: &'a Text,
    /// The name of the place.
    pub at: String,
    /// The field.
    pub field: &'static str,
    /// Where the thing that it belongs to is named.
    pub span: Span,
}

/// All wordings of a standard.
pub fn wordings(raw: &RawStandard) -> Vec<Wording<'_>> {
    let mut all = Vec::new();
    let mut add = |text, at: String, field, span| all.push(Wording { text, at, field, span });
    if let Some(standard) = &raw.standard {
        let at = || "standard".to_owned();
        add(&standard.title, at(), "title", standard.id.span);
        add(&standard.notice, at(), "notice", standard.id.span);
        for level in &standard.levels {
            add(&level.title, format!("level:{}", level.id.value), "title", level.id.span);
        }
        for part in &standard.parts {
            add(&part.title, format!("part:{}", part.id.value), "title", part.id.span);
        }
        for (kind, list) in [("category", &standard.categories), ("stage", &standard.stages)] {
            for named in list {
                add(&named.title, format!("{kind}:{}", named.id.value), "title", named.id.span);
            }
        }
        for due in &standard.dues {
            add(&due.title, format!("due:{}", due.id.value), "title", due.id.span);
        }
        for set in &standard.sets {
            add(&set.title, format!("set:{}", set.id.value), "title", set.id.span);
        }
        for table in &standard.tables {
            add(&table.title, format!("table:{}", table.id.value), "title", table.id.span);
        }
    }
    for dimension in raw.units.iter().flat_map(|u| &u.dimensions) {
        add(&dimension.title, format!("dimension:{}", dimension.id.value), "title", dimension.id.span);
    }
    for clause in raw.chapters.iter().flat_map(|f| &f.clauses) {
        let at = || clause.id.value.clone();
        clause.title.iter().for_each(|t| add(&t.value, at(), "title", t.span));
        clause.summary.iter().for_each(|t| add(t, at(), "summary", clause.id.span));
        clause.untested.iter().for_each(|t| add(t, at(), "untested", clause.id.span));
        clause.documents.iter().for_each(|t| add(t, at(), "documents", clause.id.span));
        for step in &clause.steps {
            add(&step.title, at(), "step", clause.id.span);
            step.by.iter().for_each(|t| add(t, at(), "by", clause.id.span));
        }
        for check in &clause.checks {
            let at = format!("{}#{}", clause.id.value, check.id.value);
            check.title.iter().for_each(|t| add(t, at.clone(), "title", check.id.span));
        }
    }
    for key in raw.evidence.iter().flat_map(|f| &f.entries) {
        let at = || format!("evidence:{}", key.key.value);
        key.title.iter().for_each(|t| add(t, at(), "title", key.key.span));
        add(&key.question, at(), "question", key.key.span);
        key.hint.iter().for_each(|t| add(t, at(), "hint", key.key.span));
        key.documents.iter().for_each(|t| add(t, at(), "documents", key.key.span));
        key.values.iter().for_each(|v| add(&v.title, at(), "values", v.id.span));
    }
    for invariant in raw.evidence.iter().flat_map(|f| &f.invariants) {
        let at = format!("evidence:{}", invariant.key.value);
        add(&invariant.reason, at, "reason", invariant.key.span);
    }
    for interpretation in raw.interpretations.iter().flat_map(|f| &f.interpretations) {
        let at = || format!("interpretation:{}", interpretation.id.value);
        add(&interpretation.question, at(), "question", interpretation.id.span);
        add(&interpretation.reason, at(), "reason", interpretation.id.span);
        for reading in &interpretation.readings {
            add(&reading.text, at(), "reading", reading.id.span);
            reading.beyond.iter().for_each(|t| add(t, at(), "beyond", reading.id.span));
        }
    }
    all
}

/// Reports translations that are missing, copied, or in the wrong language.
pub fn translations(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for wording in wordings(subject.raw) {
        let Some((code, what)) = doubt(wording.text) else { continue };
        let (at, field) = (&wording.at, wording.field);
        let message = text!("`{at}` 的 {field}：", "`{field}` of `{at}`: ").then(what);
        let help = text!("两种语言都写，各用其文", "write both languages, each in its own words");
        findings.push(Finding::new(code, at.as_str(), wording.span, message).help(help));
    }
}

fn doubt(text: &Text) -> Option<(Code, Text)> {
    let (zh, en) = (text.zh.trim(), text.en.trim());
    if zh.is_empty() || en.is_empty() {
        return Some((Code::Untranslated, text!("一种语言是空的", "one of the languages is empty")));
    }
    let words = |text| -> Vec<&str> {
        str::split(text, |c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect()
    };
    let written = zh.chars().any(is_han);
    if let Some(han) = en.chars().position(is_han) {
        let piece: String = en.chars().skip(han).take_while(|c| is_han(*c)).take(12).collect();
        let what = if en == zh {
            (Code::Untranslated, text!("英文照抄了中文", "the English is the Chinese"))
        } else {
            (
                Code::WrongLanguage,
                text!("英文里有汉字“{piece}”", "the English holds the characters “{piece}”"),
            )
        };
        return Some(what);
    }
    if !written && !is_name(zh) {
        return Some(if zh == en {
            (Code::Untranslated, text!("中文照抄了英文", "the Chinese is the English"))
        } else {
            (Code::WrongLanguage, text!("中文里没有汉字", "the Chinese holds no Chinese character"))
        });
    }
    // Five words in a row, most of them plain, are a sentence and not a name or a number of a clause.
    let (left, right) = (words(zh), words(en));
    let sentence = |run: &&[&str]| run.iter().filter(|w| is_plain(w)).count() >= 3;
    let copied = left.windows(5).filter(sentence).find(|run| right.windows(5).any(|other| other == *run));
    copied.map(|run| {
        let run = run.join(" ");
        (Code::Untranslated, text!("中文里有照抄的英文“{run}”", "the Chinese holds English words: “{run}”"))
    })
}

/// Whether a text can stand in both languages: a name, number or abbreviation, without plain English words.
fn is_name(text: &str) -> bool {
    !text.split_whitespace().any(|word| is_plain(word.trim_matches(|c: char| c.is_ascii_punctuation())))
}

/// Whether a word is one of plain English, and not a name or abbreviation.
fn is_plain(word: &str) -> bool {
    word.chars().count() > 2 && word.chars().all(char::is_lowercase)
}

/// Whether a character is Chinese writing.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}
