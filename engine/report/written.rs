//! What was written into an instrument, as people and programs read it.

use serde::Serialize;

use crate::analysis::amend::{Note, NoteKind};
use crate::edition::describe::StepOut;
use crate::edition::overlay::Step;
use crate::format::overlay::StatusRaw;
use crate::lang::{Lang, Text};
use crate::report::timeline;
use crate::text;

/// What was written.
#[derive(Clone, Debug, Serialize)]
pub struct WrittenOut {
    /// The file.
    pub path: String,
    /// The instrument.
    pub id: String,
    /// Whether it is a draft.
    pub status: StatusRaw,
    /// The region to whose rules it belongs.
    pub region: Option<String>,
    /// The first day on which it is in force.
    pub effective: String,
    /// The last day on which it is in force.
    pub expires: Option<String>,
    /// The operations that were written.
    pub operations: Vec<StepOut>,
    /// Checks of which only an outline was written, as comments.
    pub outlines: Vec<String>,
    /// What is not touched.
    pub notes: Vec<Note>,
    /// Texts that are to be filled in.
    pub placeholders: Vec<String>,
    /// Editions that would be refused if it were issued.
    pub refused: Vec<RefusedOut>,
    /// What to run next.
    pub next: Vec<String>,
}

/// An edition that would be refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedOut {
    /// The region.
    pub region: Option<String>,
    /// The date of application.
    pub applied_on: String,
    /// The date of assessment.
    pub assessed_on: String,
}

impl RefusedOut {
    /// The edition in words.
    #[must_use]
    pub fn shown(&self) -> Text {
        let (applied, assessed) = (&self.applied_on, &self.assessed_on);
        let days = if applied == assessed {
            Text::same(assessed)
        } else {
            text!("{applied} 申请、{assessed} 评定", "applied for on {applied}, assessed on {assessed}")
        };
        match &self.region {
            Some(region) => Text::same(format!("{region} ")).then(days),
            None => text!("全国 ", "no region, ").then(days),
        }
    }
}

/// The report for people; `steps` are the operations that were written.
#[must_use]
pub fn text(written: &WrittenOut, steps: &[&Step], lang: Lang) -> String {
    let mut lines: Vec<Text> = Vec::new();
    let path = &written.path;
    lines.push(match written.status {
        StatusRaw::Draft => text!("已写入 {path}（草案）", "written: {path} (draft)"),
        StatusRaw::Issued => text!("已发布 {path}", "issued: {path}"),
    });
    for step in steps {
        let at = &step.at;
        lines.push(text!("  {at}：", "  {at}: ").then(timeline::operation(step)));
    }
    for at in &written.outlines {
        lines.push(text!(
            "  {at}：写了检查的样子（注释），请填写",
            "  {at}: outline of a check, as a comment; fill it in"
        ));
    }
    if !written.notes.is_empty() {
        lines.push(text!("未改动：", "not touched:"));
        lines.extend(written.notes.iter().map(note));
    }
    if !written.placeholders.is_empty() {
        let list = Text::list(&written.placeholders);
        lines.push(text!("待填写：", "to be filled in: ").then(list));
    }
    if !written.refused.is_empty() {
        lines.push(text!(
            "若发布，以下版本会被拒绝（原因见上面的警告）：",
            "if it were issued, these editions would be refused (the warnings say why):"
        ));
        lines.extend(written.refused.iter().map(|r| Text::same("  ").then(r.shown())));
    }
    if !written.next.is_empty() {
        lines.push(text!("接下来：", "next:"));
        lines.extend(written.next.iter().map(|command| Text::same(format!("  {command}"))));
    }
    lines.iter().map(|line| line.in_lang(lang)).collect::<Vec<_>>().join("\n")
}

fn note(note: &Note) -> Text {
    let (at, of) = (&note.at, &note.of);
    let field = note.field.as_deref().unwrap_or_default();
    let value = note.value.as_ref().map(timeline::shown).unwrap_or_default();
    match note.kind {
        NoteKind::Shares => text!("  {at}：与 {of} 内容相同", "  {at}: has the same content as {of}"),
        NoteKind::SameTopic => text!("  {at}：也有 {field}（{value}）", "  {at}: also has {field} ({value})"),
        NoteKind::StillSays => {
            text!("  {at}：{field} 仍写作“{value}”", "  {at}: {field} still says “{value}”")
        }
    }
}
