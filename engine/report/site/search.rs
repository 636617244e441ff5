//! What can be found: clauses, checks, evidence keys, interpretations.

use schemars::JsonSchema;
use serde::Serialize;

use super::{ChapterOut, EvidenceGroupOut, HeadOut, InterpretationsOut};
use crate::lang::Text;
use crate::text;

/// The search.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SearchOut {
    /// The name of the page.
    pub head: HeadOut,
    /// Everything that can be found.
    pub entries: Vec<EntryOut>,
}

/// Something that can be found. Names are short because there are thousands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EntryOut {
    /// Kind: `c` clause, `k` check, `e` evidence key, `i` interpretation.
    pub k: &'static str,
    /// Its id, address or key.
    pub i: String,
    /// File and place.
    pub h: String,
    /// Title in Chinese.
    pub z: String,
    /// Title in English.
    pub e: String,
    /// More words in Chinese.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub x: String,
    /// More words in English.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub y: String,
}

/// Everything that can be found.
pub(super) fn page(
    chapters: &[ChapterOut],
    groups: &[EvidenceGroupOut],
    interpretations: &InterpretationsOut,
) -> SearchOut {
    let mut entries = Vec::new();
    let mut add = |k, i: &str, h: String, title: &Text, more: Vec<&Text>| {
        let join = |pick: fn(&Text) -> &str| {
            let all: Vec<&str> = more.iter().map(|t| pick(t)).filter(|t| !t.is_empty()).collect();
            all.join(" ")
        };
        entries.push(EntryOut {
            k,
            i: i.to_owned(),
            h,
            z: title.zh.clone(),
            e: title.en.clone(),
            x: join(|t| &t.zh),
            y: join(|t| &t.en),
        });
    };
    for chapter in chapters {
        let file = &chapter.head.file;
        for clause in &chapter.clauses {
            let topic = clause.topic.as_ref().map(|t| Text::new("", t.id.clone()));
            let mut more: Vec<&Text> = clause.summary.iter().chain(&clause.when).chain(&topic).collect();
            more.extend(clause.documents.iter());
            add("c", &clause.id, format!("{file}#{}", clause.id), &clause.title, more);
            for check in &clause.checks {
                let subject = check.subject.clone().then(check.threshold.clone().unwrap_or_default());
                let address = format!("{}#{}", clause.id, check.id);
                add("k", &address, format!("{file}#{}", check.anchor), &subject, check.when.iter().collect());
            }
        }
    }
    for key in groups.iter().flat_map(|g| g.keys.iter().map(move |k| (&g.head.file, k))) {
        let (file, key) = key;
        let anchor = key.key.replace('[', "%5B").replace(']', "%5D");
        let title = key.title.as_ref().unwrap_or(&key.question);
        let mut more: Vec<&Text> = key.title.iter().map(|_| &key.question).chain(&key.hint).collect();
        more.extend(key.documents.iter().chain(key.values.iter().map(|v| &v.title)));
        add("e", &key.key, format!("{file}#{anchor}"), title, more);
    }
    for i in &interpretations.interpretations {
        let more = i.readings.iter().map(|r| &r.text).chain([&i.reason]).collect();
        add("i", &i.id, format!("{}#{}", interpretations.head.file, i.id), &i.question, more);
    }
    SearchOut { head: HeadOut { file: "search.html".to_owned(), title: text!("检索", "Search") }, entries }
}
