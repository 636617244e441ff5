//! The instrument that leads from one edition to another, tried: laid over the first, does it give the second?

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{ChangeKind, Diff, Side, diff, instrument, settled, settlements};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::edition::{Edition, Request, compile, rules};
use crate::format::FileKind;
use crate::lang::Text;
use crate::load::{RawStandard, overlay};
use crate::source::Sources;
use crate::text;

/// The first edition as it was asked for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The files of the standard.
    pub raw: &'a RawStandard,
    /// Region, dates and readings.
    pub request: &'a Request,
}

/// An instrument as it is written, and what is known of it.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its text; `None` if no operation reaches some of what differs.
    pub text: Option<String>,
    /// What came of it.
    pub out: InstrumentOut,
}

/// What becomes of the first edition under the instrument that is written of a difference.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct InstrumentOut {
    /// Whether it gives the second edition, to the digest.
    pub exact: bool,
    /// The region whose rules it amends.
    pub region: Option<String>,
    /// The first day on which it takes effect.
    pub effective: String,
    /// What it does not bring about, and why.
    pub notes: Vec<NoteOut>,
}

/// What an instrument does not bring about.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NoteOut {
    /// Of what kind.
    pub kind: NoteKind,
    /// The code of the diagnostic with which it is refused.
    pub code: Option<String>,
    /// The elements concerned, where they are known.
    pub at: Vec<String>,
    /// The same in words.
    pub text: Text,
}

/// Why an instrument does not give the second edition exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    /// No operation reaches it: units, levels, categories, the part of a clause.
    Unreached,
    /// The rules that it would give are refused.
    Refused,
    /// A clause that goes keeps its number and title.
    NumberKept,
    /// It stays different.
    Differs,
    /// The rules are the same but for the order of lists and words that no operation names.
    Order,
}

/// Writes the instrument, lays it over the first edition and compares.
#[must_use]
pub fn written(
    found: &Diff,
    asked: Asked<'_>,
    before: Side<'_>,
    after: Side<'_>,
    sources: &mut Sources,
) -> Written {
    let on = before.edition.assessed_on;
    let mut best = on_day(found, asked, before, after, on, sources);
    // Beside an instrument of the same day that writes the same fields it is refused; the day after it is not.
    if !best.out.notes.is_empty() && best.text.is_some() && taken(before.edition, on) {
        let later = on_day(found, asked, before, after, on.plus_days(1), sources);
        if later.out.notes.len() < best.out.notes.len() || later.out.exact {
            best = later;
        }
    }
    best
}

/// Whether an instrument of the layer that is amended takes effect on a day.
fn taken(edition: &Edition, on: Date) -> bool {
    let ours = |l: &&crate::edition::overlay::Layer| l.in_force && l.region == edition.region;
    edition.layers.iter().filter(ours).any(|l| l.effective == Some(on) && l.intent.is_none())
}

fn on_day(
    found: &Diff,
    asked: Asked<'_>,
    before: Side<'_>,
    after: Side<'_>,
    on: Date,
    sources: &mut Sources,
) -> Written {
    let region = before.edition.region.clone();
    let mut out = InstrumentOut { exact: false, region, effective: on.to_string(), notes: Vec::new() };
    let text = match operations(found, asked, after, &head(before.edition, on)) {
        Ok(text) => text,
        Err(at) => {
            let list = Text::list(&at);
            let text = text!("没有操作能表达这些改动：", "no operation reaches these: ").then(list);
            out.notes.push(NoteOut { kind: NoteKind::Unreached, code: None, at, text });
            return Written { text: None, out };
        }
    };
    out.notes = tried(&text, asked, after, on, sources);
    out.exact = out.notes.is_empty();
    Written { text: Some(text), out }
}

/// The operations behind their head. What a settled reading carries is done by settling it: only what is left is
/// written out.
fn operations(found: &Diff, asked: Asked<'_>, after: Side<'_>, head: &str) -> Result<String, Vec<String>> {
    let readings = settled(found);
    if readings.is_empty() {
        return instrument(found, after, head).map_err(|e| e.elements);
    }
    let mut request = asked.request.clone();
    request.readings.extend(readings.iter().map(|(id, _, now)| (id.clone(), now.clone())));
    let edition = compile(asked.raw, &request, &mut Diagnostics::default());
    let (Some(edition), Some(rules)) = (edition, rules(asked.raw, &request)) else {
        return Err(readings.into_iter().map(|(id, _, _)| format!("interpretation:{id}")).collect());
    };
    let rest = diff(Side { edition: &edition, rules: &rules }, after);
    let head = head.to_owned() + &settlements(&readings);
    instrument(&rest, after, &head).map_err(|e| e.elements)
}

/// What stands before the operations: to be filled in by whoever issues it.
fn head(before: &Edition, on: Date) -> String {
    let used = |id: &str| before.layers.iter().any(|l| l.id == id);
    let names = (2..).map(|n| format!("amendment-{n}"));
    let id = std::iter::once("amendment".to_owned()).chain(names).find(|id| !used(id)).unwrap_or_default();
    let region = before.region.as_ref().map(|code| format!("region = \"{code}\"\n")).unwrap_or_default();
    format!(
        "id = \"{id}\"\n\
         title = {{ zh = \"（请填写名称）\", en = \"(state the title)\" }}\n\
         issuer = {{ zh = \"（请填写机构）\", en = \"(state the issuer)\" }}\n\
         citation = {{ zh = \"（请填写文号）\", en = \"(state the citation)\" }}\n\
         status = \"draft\"\n\
         effective = \"{on}\"\n\
         {region}"
    )
}

/// Lays an instrument over the first edition; what then still differs from the second.
fn tried(text: &str, asked: Asked<'_>, after: Side<'_>, on: Date, sources: &mut Sources) -> Vec<NoteOut> {
    let mut raw = asked.raw.clone();
    if asked.request.base_only {
        raw.overlays.clear();
    }
    let mut read = overlay(sources, "amendment.toml", FileKind::Amendment, None, text.as_bytes());
    read.named = true;
    raw.overlays.push(read);
    let request = Request { base_only: false, applied_on: on, assessed_on: on, ..asked.request.clone() };
    let mut diagnostics = Diagnostics::default();
    let edition = compile(&raw, &request, &mut diagnostics);
    let (Some(edition), Some(rules), false) = (edition, rules(&raw, &request), diagnostics.has_errors())
    else {
        return refused(diagnostics.into_sorted(), asked.request.region.as_deref());
    };
    let rest = diff(Side { edition: &edition, rules: &rules }, after);
    let there = after.elements();
    let (numbers, others): (Vec<_>, Vec<_>) = rest.changes.iter().partition(|c| {
        // The number alone is left of it.
        let clause = c.at.split_once('#').map_or(c.at.as_str(), |(clause, _)| clause);
        c.kind == ChangeKind::Withdrawn && !c.at.contains(':') && !there.contains_key(clause)
    });
    let mut notes = Vec::new();
    let mut note = |kind: NoteKind, changes: Vec<&super::Change>, why: fn(&Text) -> Text| {
        let at: Vec<String> = changes.into_iter().map(|c| c.at.clone()).collect();
        if !at.is_empty() {
            let text = why(&Text::list(&at));
            notes.push(NoteOut { kind, code: None, at, text });
        }
    };
    note(NoteKind::NumberKept, numbers, |list| {
        Text::new(
            format!("撤去的条款保留编号和标题，不再有要求（摘要因此不同）：{}", list.zh),
            format!(
                "clauses that are withdrawn keep their number and title and ask nothing (so the digests differ): {}",
                list.en
            ),
        )
    });
    note(NoteKind::Differs, others, |list| {
        Text::new(format!("这些仍与新版本不同：{}", list.zh), format!("these stay different: {}", list.en))
    });
    if rest.changes.is_empty() && edition.digest != after.edition.digest {
        let text = text!(
            "规则相同，但列表的次序或没有操作能改的文字不同，摘要因此不同",
            "the rules are the same, but for the order of lists or words that no operation reaches, so the digests differ"
        );
        notes.push(NoteOut { kind: NoteKind::Order, code: None, at: Vec::new(), text });
    }
    notes
}

/// Why the rules are refused: one note for each code, with the first place and how many there are.
fn refused(diagnostics: Vec<Diagnostic>, region: Option<&str>) -> Vec<NoteOut> {
    let mut by_code: BTreeMap<Code, Vec<Diagnostic>> = BTreeMap::new();
    for diagnostic in diagnostics.into_iter().filter(|d| d.severity == Severity::Error) {
        by_code.entry(diagnostic.code).or_default().push(diagnostic);
    }
    let one = |(code, all): (Code, Vec<Diagnostic>)| {
        let message = all.first().map(|d| d.message.clone()).unwrap_or_default();
        let mut text = text!("会被拒绝：", "it is refused: ").then(message);
        let others = all.len().saturating_sub(1);
        if others > 0 {
            text = text.then(text!("；同类另有 {others} 处", "; {others} more of this kind"));
        }
        let bound = matches!(code, Code::LocalPrefix | Code::IntentBroken | Code::Protected);
        if let (Some(region), true) = (region, bound) {
            text = text.then(text!(
                "。修改地区 `{region}` 的文件受地区规则约束；以基础为原，则不受此限",
                ". An instrument that amends the region `{region}` is bound like the region; one that starts from the base is not"
            ));
        }
        NoteOut { kind: NoteKind::Refused, code: Some(code.id().to_owned()), at: Vec::new(), text }
    };
    by_code.into_iter().map(one).collect()
}
