//! Where a region does not do what it declares to intend, a dossier that shows it.

use crate::analysis::witness::{Witness, higher};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::{Edition, Request, compile};
use crate::format::FileKind;
use crate::format::overlay::IntentRaw;
use crate::lang::Text;
use crate::load::{RawOverlay, RawStandard};
use crate::text;

/// Adds a witness to the first diagnostic about a broken intent, if there is one to be found.
pub fn add(raw: &RawStandard, request: &Request, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if !found.iter().any(|d| d.code == Code::IntentBroken) {
        return found;
    }
    let words = search(raw, request);
    let mut words = Some(words.unwrap_or_else(|| {
        text!(
            "没有找到证人：改动可能无害，但无法证明",
            "no witness was found: the change may be harmless, but that is not proven"
        )
    }));
    found
        .into_iter()
        .map(|mut diagnostic| {
            if diagnostic.code == Code::IntentBroken
                && let Some(words) = words.take()
            {
                let help = diagnostic.help.take();
                let joined = help.map_or(words.clone(), |h| h.then(text!("。", ". ")).then(words));
                diagnostic.help = Some(joined);
            }
            diagnostic
        })
        .collect()
}

fn search(raw: &RawStandard, request: &Request) -> Option<Text> {
    let mut open = raw.clone();
    for file in open.overlays.iter_mut().filter_map(|o| o.file.as_mut()) {
        file.intent = None;
    }
    let compiled = |raw: &RawStandard, region: Option<String>| -> Option<Edition> {
        compile(raw, &Request { region, ..request.clone() }, &mut Diagnostics::default())
    };
    let mut region = request.region.clone();
    while let Some(code) = region {
        let mut files =
            raw.overlays.iter().filter(|o| o.kind == FileKind::Region).filter_map(|o| o.file.as_ref());
        let file = files.find(|f| f.id.value == code)?;
        let parent = file.parent.as_ref().map(|p| p.value.clone());
        let intent = file.intent.as_ref().map(|i| i.value);
        let own = intent.filter(|i| *i != IntentRaw::Any).map(|i| (i, compiled(&open, Some(code.clone()))));
        // Above it, a call must not name its files.
        open.overlays.retain(|o| !belongs(o, &code));
        if let Some((intent, own)) = own {
            let (own, below) = (own?, compiled(&open, parent.clone())?);
            let witness = match intent {
                IntentRaw::Stricter => higher(&own, &below),
                _ => higher(&below, &own),
            };
            if let Some(witness) = witness {
                return Some(words(&witness, &own, &code, intent));
            }
        }
        region = parent;
    }
    None
}

/// Whether a file is the region with this code, or amends it.
fn belongs(overlay: &RawOverlay, code: &str) -> bool {
    let file = overlay.file.as_ref();
    let outside = file.and_then(|f| f.region.as_ref()).is_some_and(|r| r.value == code);
    let itself = overlay.kind == FileKind::Region && file.is_some_and(|f| f.id.value == code);
    itself || outside || overlay.region.as_deref() == Some(code)
}

fn words(witness: &Witness, edition: &Edition, region: &str, intent: IntentRaw) -> Text {
    let category = witness.category.and_then(|c| edition.standard.categories.get(c)).map(|c| c.title.clone());
    let category = category.unwrap_or_else(|| text!("申请", "application"));
    let (here, there) = match intent {
        IntentRaw::Stricter => (witness.higher, witness.lower),
        _ => (witness.lower, witness.higher),
    };
    let deviation = |(place, was, now): &(String, Option<serde_json::Value>, Option<serde_json::Value>)| {
        let say = |json: &Option<serde_json::Value>| match json {
            Some(serde_json::Value::Array(records)) => {
                let n = records.len();
                text!("{n} 条记录", "{n} records")
            }
            Some(value) => Text::same(crate::report::timeline::shown(value)),
            None => text!("无", "nothing"),
        };
        let (was, now) = (say(was), say(now));
        Text {
            zh: format!("{place} 为 {}（而非 {}）", now.zh, was.zh),
            en: format!("{place} is {} (not {})", now.en, was.en),
        }
    };
    let all: Vec<Text> = witness.deviations.iter().take(5).map(deviation).collect();
    let zh: Vec<&str> = all.iter().map(|t| t.zh.as_str()).collect();
    let en: Vec<&str> = all.iter().map(|t| t.en.as_str()).collect();
    Text {
        zh: format!(
            "证人：{}，在 {region} 得 {here} 级，在其上级得 {there} 级，档案中 {}",
            category.zh,
            zh.join("，")
        ),
        en: format!(
            "a witness: {}, level {here} in {region} and level {there} above it, where {}",
            category.en,
            en.join(", ")
        ),
    }
}
