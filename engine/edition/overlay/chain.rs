//! Which instruments take part, and in what order.

use std::collections::BTreeMap;

use super::instrument::{Instrument, read};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::Request;
use crate::format::FileKind;
use crate::format::overlay::StatusRaw;
use crate::load::{RawOverlay, RawStandard};
use crate::source::Span;
use crate::text;

/// The instruments of an edition in the order in which they are laid over the base; those that are not in
/// force are among them, for the history. `None` if there is no such region.
pub fn chain<'a>(
    raw: &'a RawStandard,
    request: &Request,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Instrument<'a>>> {
    if request.base_only {
        return Some(Vec::new());
    }
    let regions = regions(raw, request, diagnostics)?;
    let standard = raw.standard.as_ref().map(|s| s.id.value.as_str()).unwrap_or_default();
    let region_of = |o: &RawOverlay| -> Option<String> {
        let written = || o.file.as_ref().and_then(|f| f.region.as_ref()).map(|r| r.value.clone());
        o.region.clone().or_else(written)
    };
    let mut all = Vec::new();
    let mut groups: Vec<Vec<&RawOverlay>> =
        vec![raw.overlays.iter().filter(|o| o.kind != FileKind::Region && region_of(o).is_none()).collect()];
    for region in &regions {
        groups.push(vec![region]);
        let code = region.file.as_ref().map(|f| f.id.value.clone());
        // A file that names another region than its folder’s is refused with either.
        let names = |o: &RawOverlay| o.file.as_ref().and_then(|f| f.region.as_ref()).map(|r| r.value.clone());
        let amends = |o: &&RawOverlay| {
            o.kind != FileKind::Region && (region_of(o) == code || (names(o).is_some() && names(o) == code))
        };
        groups.push(raw.overlays.iter().filter(amends).collect());
    }
    for group in groups {
        let mut read: Vec<Instrument<'a>> =
            group.into_iter().filter_map(|o| read(o, standard, diagnostics)).collect();
        read.sort_by(|a, b| (a.layer.effective, &a.layer.id).cmp(&(b.layer.effective, &b.layer.id)));
        all.extend(read);
    }
    once(&all, diagnostics);
    left_out(raw, &regions, diagnostics);
    // A draft that nobody names is none of this edition’s business.
    all.retain(|i| i.layer.status == StatusRaw::Issued || i.named);
    for instrument in &mut all {
        instrument.layer.in_force = instrument.covers(request.applied_on, request.assessed_on);
    }
    Some(all)
}

/// The region that is asked for and all above it, from the root down.
fn regions<'a>(
    raw: &'a RawStandard,
    request: &Request,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<&'a RawOverlay>> {
    let code = |o: &RawOverlay| -> Option<String> {
        let written = || o.file.as_ref().map(|f| f.id.value.clone());
        o.region.clone().or_else(written)
    };
    let known: Vec<(String, &RawOverlay)> = raw
        .overlays
        .iter()
        .filter(|o| o.kind == FileKind::Region)
        .filter_map(|o| Some((code(o)?, o)))
        .collect();
    let mut chain: Vec<&RawOverlay> = Vec::new();
    let mut wanted = request.region.clone().map(|name| (name, Span::NONE));
    while let Some((name, span)) = wanted {
        let Some((_, found)) = known.iter().find(|(code, _)| *code == name) else {
            let names = known.iter().map(|(code, _)| code.as_str());
            let message = text!("没有地区 `{name}`", "there is no region `{name}`");
            diagnostics.push(Diagnostic::error(Code::UnknownName, span, message).choices(&name, names));
            return None;
        };
        if let Some((_, other)) = known.iter().find(|(code, o)| *code == name && o.path != found.path) {
            let span = |o: &RawOverlay| o.file.as_ref().map_or(Span::NONE, |f| f.id.span);
            let message =
                text!("地区 `{name}` 有两份 region.toml", "two files are the rules of the region `{name}`");
            let fault = Diagnostic::error(Code::DuplicateId, span(other), message);
            diagnostics.push(fault.related(span(found), text!("另一份", "the other")));
            return None;
        }
        if chain.iter().any(|o| o.path == found.path) {
            let message = text!("地区 `{name}` 是自己的上级", "the region `{name}` lies below itself");
            diagnostics.push(Diagnostic::error(Code::Cycle, span, message));
            return None;
        }
        chain.push(found);
        let parent = found.file.as_ref().and_then(|f| f.parent.as_ref());
        wanted = parent.map(|p| (p.value.clone(), p.span));
    }
    chain.reverse();
    Some(chain)
}

/// Ids of instruments are used once.
fn once(all: &[Instrument<'_>], diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for instrument in all {
        let layer = &instrument.layer;
        if let Some(first) = seen.insert(&layer.id, layer.span) {
            let id = &layer.id;
            let message = text!("编号 `{id}` 重复", "the id `{id}` is used twice");
            let fault = Diagnostic::error(Code::DuplicateId, layer.span, message);
            diagnostics.push(fault.related(first, text!("第一次在这里", "first here")));
        }
    }
}

/// An instrument that the call names but that cannot take part would be ignored silently.
fn left_out(raw: &RawStandard, regions: &[&RawOverlay], diagnostics: &mut Diagnostics) {
    for overlay in raw.overlays.iter().filter(|o| o.named) {
        let Some(file) = &overlay.file else {
            diagnostics.extend(overlay.faults.iter().cloned());
            continue;
        };
        let own = (overlay.kind == FileKind::Region).then(|| file.id.value.clone());
        let written = || file.region.as_ref().map(|r| r.value.clone());
        let Some(region) = own.or_else(|| overlay.region.clone()).or_else(written) else { continue };
        let chosen = regions.iter().any(|r| r.file.as_ref().is_some_and(|f| f.id.value == region));
        if !chosen {
            let message = text!(
                "它属于地区 `{region}`，而所求版本不含该地区",
                "it belongs to the region `{region}`, which the edition asked for does not include"
            );
            let help = text!("加上 --region {region}", "add --region {region}");
            diagnostics.push(Diagnostic::error(Code::BadCall, file.id.span, message).help(help));
        }
    }
}
