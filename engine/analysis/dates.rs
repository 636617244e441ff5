//! The days on which the rules change, and cases on both sides of each: the day before an instrument is in force
//! nothing is changed, on its first and last day it is, the day after nothing is.

use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::overlay::{Layer, LayerKind, regions_above};
use crate::edition::{Request, compile};
use crate::format::FileKind;
use crate::format::overlay::EffectiveByRaw;
use crate::load::{RawOverlay, RawStandard};
use crate::source::Span;
use crate::text;

/// The codes of all regions, sorted.
#[must_use]
pub fn regions(raw: &RawStandard) -> Vec<String> {
    let own = raw.overlays.iter().filter(|o| o.kind == FileKind::Region);
    let code = |o: &RawOverlay| o.region.clone().or_else(|| Some(o.file.as_ref()?.id.value.clone()));
    let mut all: Vec<String> = own.filter_map(code).collect();
    all.sort();
    all.dedup();
    all
}

/// The files as an edition of a region sees them: what belongs to other regions takes no part, even if the call names it.
#[must_use]
pub fn within(raw: &RawStandard, region: Option<&str>) -> RawStandard {
    let chain = region.map(|code| regions_above(raw, code)).unwrap_or_default();
    let mut raw = raw.clone();
    for overlay in &mut raw.overlays {
        overlay.named &= region_of(overlay).is_none_or(|r| chain.contains(&r));
    }
    raw
}

/// The region to which an instrument belongs; for the file of a region that region.
#[must_use]
pub fn region_of(overlay: &RawOverlay) -> Option<String> {
    let file = overlay.file.as_ref()?;
    let own = (overlay.kind == FileKind::Region).then(|| file.id.value.clone());
    own.or_else(|| overlay.region.clone()).or_else(|| file.region.as_ref().map(|r| r.value.clone()))
}

/// Every day on which some edition begins: the first days of instruments, and the days after their last ones.
#[must_use]
pub fn boundaries(raw: &RawStandard) -> Vec<Date> {
    let mut days = Vec::new();
    for file in raw.overlays.iter().filter_map(|o| o.file.as_ref()) {
        let day = |written: &str| Date::parse(written, Span::NONE).ok();
        days.extend(day(&file.effective));
        days.extend(file.expires.as_ref().and_then(|e| day(e)).map(|d| d.plus_days(1)));
    }
    days.sort();
    days.dedup();
    days
}

/// What the cases of dates found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// Cases that were tried.
    pub tried: usize,
    /// Cases that failed.
    pub failed: usize,
}

/// Tries every instrument that is issued or named by the call on both sides of its first and its last day, alone and below each region that it
/// belongs to.
pub fn sides(raw: &RawStandard, diagnostics: &mut Diagnostics) -> Sides {
    let mut sides = Sides::default();
    let codes = std::iter::once(None).chain(regions(raw).into_iter().map(Some));
    for region in codes {
        let raw = &within(raw, region.as_deref());
        // Any day will do: the layers of a chain are the same on all days.
        let any = Request { region: region.clone(), ..Request::of(Date::FIRST, Date::FIRST) };
        let Some(edition) = compile(raw, &any, &mut Diagnostics::default()) else { continue };
        for layer in &edition.layers {
            // Each instrument once: with the region to which it belongs.
            if layer.region == region && layer.kind != LayerKind::Reading {
                one(raw, region.as_ref(), layer, &mut sides, diagnostics);
            }
        }
    }
    sides
}

fn one(
    raw: &RawStandard,
    region: Option<&String>,
    layer: &Layer,
    sides: &mut Sides,
    diagnostics: &mut Diagnostics,
) {
    let mut without = raw.clone();
    for overlay in &mut without.overlays {
        // A region without its operations is still a region, so that its amendments and cities find it.
        let file = overlay.file.as_mut().filter(|f| f.id.value == layer.id);
        let Some(file) = file else { continue };
        (file.replace, file.insert, file.withdraw, file.settle) = Default::default();
    }
    let Some(from) = layer.effective else { return };
    let mut days = vec![(from.plus_days(-1), false), (from, true)];
    if let Some(until) = layer.expires {
        days.extend([(until, true), (until.plus_days(1), false)]);
    }
    for (day, in_force) in days {
        // The date that does not decide stays far from the edge.
        let far = from.plus_days(400);
        let (applied_on, assessed_on) = match layer.effective_by {
            EffectiveByRaw::AppliedOn => (day, far.max(day)),
            EffectiveByRaw::AssessedOn => (day.plus_days(-400), day),
        };
        let request = Request { region: region.cloned(), ..Request::of(applied_on, assessed_on) };
        let mut own = Diagnostics::default();
        let Some(edition) = compile(raw, &request, &mut own) else { continue };
        sides.tried += 1;
        let takes_part = edition.layers.iter().any(|l| l.id == layer.id && l.in_force);
        let changes = digest(&without, &request).is_some_and(|other| other != edition.digest);
        if takes_part != in_force || (!in_force && changes) {
            sides.failed += 1;
            fail(layer, day, in_force, diagnostics);
        }
    }
}

/// The digest without the instrument; none where others build on it.
fn digest(raw: &RawStandard, request: &Request) -> Option<String> {
    Some(compile(raw, request, &mut Diagnostics::default())?.digest)
}

fn fail(layer: &Layer, day: Date, in_force: bool, diagnostics: &mut Diagnostics) {
    let id = &layer.id;
    let message = if in_force {
        text!("`{id}` 在 {day} 应当生效，却没有", "`{id}` should be in force on {day}, but is not")
    } else {
        text!(
            "`{id}` 在 {day} 不应生效，却改变了规则",
            "`{id}` is not in force on {day}, but changes the rules"
        )
    };
    diagnostics.push(Diagnostic::error(Code::CaseFailed, layer.span, message));
}
