//! `guiju lint --all-dates`: every edition from the first date to the last, of every region, and every draft.

use std::collections::BTreeSet;

use serde::Serialize;

use super::call::Call;
use super::editions::Loaded;
use super::{instrument, witness};
use crate::analysis::dates::{boundaries, region_of, regions, within};
use crate::calendar::Date;
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::edition::overlay::mixed_dates;
use crate::edition::{Edition, Request, compile};
use crate::format::overlay::StatusRaw;
use crate::lang::Text;
use crate::load::{RawOverlay, RawStandard};
use crate::source::{Sources, Span};
use crate::text;

/// Days before its last one from which an instrument counts as soon to expire.
const SOON: i64 = 90;

/// An instrument and where it stands today.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    /// Identifier.
    pub id: String,
    /// The region to whose rules it belongs.
    pub region: Option<String>,
    /// `draft`, `future`, `in-force`, `expiring` or `expired`.
    pub state: &'static str,
    /// The first day on which it is in force.
    pub effective: String,
    /// The last day on which it is in force.
    pub expires: Option<String>,
    /// Where it is written.
    pub file: String,
}

/// What was looked at.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AllDates {
    /// How many editions were resolved.
    pub editions: usize,
    /// Instruments, in the order of their files.
    pub instruments: Vec<Standing>,
}

/// Resolves every edition and reports what is wrong with any, each fault with the first edition that has it.
pub fn check(
    loaded: &Loaded,
    call: &Call,
    today: Date,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> AllDates {
    let raw = &loaded.raw;
    let mut found = AllDates { editions: 0, instruments: standing(raw, today) };
    for overlay in &raw.overlays {
        diagnostics.extend(overlay.faults.iter().cloned());
    }
    let mut days = boundaries(raw);
    days.extend(days.first().map(|d| d.plus_days(-1)));
    days.push(today);
    days.sort();
    days.dedup();
    let mut seen = Seen::default();
    let codes: Vec<Option<String>> = match &call.region {
        Some(region) => vec![Some(region.clone())],
        None => std::iter::once(None).chain(regions(raw).into_iter().map(Some)).collect(),
    };
    for region in &codes {
        let raw = within(raw, region.as_deref());
        let same = days.iter().map(|day| (*day, *day));
        for (applied_on, assessed_on) in same.chain(mixed_dates(&raw, region.as_deref())) {
            let request = Request { region: region.clone(), ..Request::of(applied_on, assessed_on) };
            found.editions += 1;
            one(&raw, &request, None, sources, &mut seen, diagnostics);
        }
    }
    for (i, overlay) in raw.overlays.iter().enumerate() {
        let Some(file) = overlay.file.as_ref().filter(|f| f.status == StatusRaw::Draft) else { continue };
        let Ok(day) = Date::parse(&file.effective, Span::NONE) else { continue };
        let region = region_of(overlay);
        let mut named = within(raw, region.as_deref());
        if let Some(draft) = named.overlays.get_mut(i) {
            draft.named = true;
        }
        let request = Request { region, ..Request::of(day, day) };
        found.editions += 1;
        one(&named, &request, Some(&file.id.value), sources, &mut seen, diagnostics);
    }
    found
}

/// What was looked at in editions before.
#[derive(Default)]
struct Seen {
    faults: BTreeSet<(Span, String)>,
    parts: BTreeSet<Vec<(String, Span)>>,
}

fn one(
    raw: &RawStandard,
    request: &Request,
    draft: Option<&String>,
    sources: &Sources,
    seen: &mut Seen,
    diagnostics: &mut Diagnostics,
) {
    let mut own = Diagnostics::default();
    // Most editions have the same letterheads: they are tried once.
    let parts = |e: &Edition| e.templates.iter().map(|(name, text)| (name.clone(), text.span)).collect();
    if let Some(edition) = compile(raw, request, &mut own)
        && seen.parts.insert(parts(&edition))
    {
        instrument::templates(&edition, sources, &mut own);
    }
    let errors: Vec<Diagnostic> = own.into_iter().filter(|d| d.severity == Severity::Error).collect();
    let fresh = |d: &Diagnostic| seen.faults.insert((d.span, d.message.zh.clone()));
    let errors: Vec<Diagnostic> = errors.into_iter().filter(fresh).collect();
    for mut fault in witness::add(raw, request, errors) {
        let day = request.assessed_on;
        let region = match &request.region {
            Some(region) => text!("，地区 {region}", ", region {region}"),
            None => Text::default(),
        };
        let draft = match draft {
            Some(draft) => text!("，草案 {draft}", ", draft {draft}"),
            None => Text::default(),
        };
        let applied = request.applied_on;
        let applied = match applied == day {
            true => Text::default(),
            false => text!("、{applied} 申请", ", applied for on {applied}"),
        };
        let edition = text!("（{day} 的版本", " (edition of {day}").then(applied).then(region).then(draft);
        fault.message = fault.message.then(edition).then(text!("）", ")"));
        diagnostics.push(fault);
    }
}

fn standing(raw: &RawStandard, today: Date) -> Vec<Standing> {
    let one = |overlay: &RawOverlay| {
        let file = overlay.file.as_ref()?;
        let day = |written: &str| Date::parse(written, Span::NONE).ok();
        let (from, until) = (day(&file.effective), file.expires.as_ref().and_then(|e| day(e)));
        let state = match (file.status, from, until) {
            (StatusRaw::Draft, _, _) => "draft",
            (_, _, Some(until)) if until < today => "expired",
            (_, Some(from), _) if today < from => "future",
            (_, _, Some(until)) if until <= today.plus_days(SOON) => "expiring",
            _ => "in-force",
        };
        Some(Standing {
            id: file.id.value.clone(),
            region: region_of(overlay),
            state,
            effective: file.effective.value.clone(),
            expires: file.expires.as_ref().map(|e| e.value.clone()),
            file: overlay.path.clone(),
        })
    };
    raw.overlays.iter().filter_map(one).collect()
}

impl Standing {
    /// One line for people.
    #[must_use]
    pub fn line(&self) -> Text {
        let (id, from) = (&self.id, &self.effective);
        let until = self.expires.as_deref().unwrap_or_default();
        match self.state {
            "draft" => text!("草案　　 {id}：{from} 起，尚未发布", "draft     {id}: from {from}, not issued"),
            "future" => text!("将生效　 {id}：{from} 起", "future    {id}: from {from}"),
            "expired" => {
                text!("已失效　 {id}：至 {until}，可移出", "expired   {id}: until {until}, may be removed")
            }
            "expiring" => text!("将失效　 {id}：至 {until}", "expiring  {id}: until {until}"),
            _ => text!("有效　　 {id}：{from} 起", "in force  {id}: from {from}"),
        }
    }
}
