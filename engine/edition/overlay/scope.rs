//! The editions in which an instrument takes part.

use std::collections::BTreeSet;

use super::instrument::{Instrument, read};
use crate::calendar::Date;
use crate::diag::Diagnostics;
use crate::edition::Request;
use crate::format::FileKind;
use crate::format::overlay::{EffectiveByRaw, StatusRaw};
use crate::load::RawStandard;

/// Requests for all editions in which the instrument at a path takes part, one for each region and each set of
/// instruments that are in force together. Other drafts count only if they are named.
#[must_use]
pub fn editions_with(raw: &RawStandard, path: &str) -> Vec<Request> {
    let standard = raw.standard.as_ref().map(|s| s.id.value.as_str()).unwrap_or_default();
    // What is wrong with the instruments is said where an edition is compiled.
    let mut all: Vec<(bool, Instrument<'_>)> = Vec::new();
    for overlay in &raw.overlays {
        let instrument = read(overlay, standard, &mut Diagnostics::default());
        let takes_part = |i: &Instrument<'_>| i.named || i.layer.status == StatusRaw::Issued;
        all.extend(instrument.filter(takes_part).map(|i| (overlay.path == path, i)));
    }
    let Some((_, own)) = all.iter().find(|(own, _)| *own) else { return Vec::new() };
    let mut regions: Vec<Option<String>> = match own.layer.region {
        None => vec![None],
        Some(_) => Vec::new(),
    };
    let known = all.iter().filter_map(|(_, i)| i.layer.intent.and(i.layer.region.clone()));
    let known: BTreeSet<String> = known.collect();
    regions.extend(known.into_iter().map(Some));
    if let Some(region) = own.layer.region.clone().filter(|r| !regions.contains(&Some(r.clone()))) {
        regions.push(Some(region));
    }
    let mut requests = Vec::new();
    for region in regions {
        let chain = region.as_deref().map(|code| regions_above(raw, code)).unwrap_or_default();
        let within = |i: &Instrument<'_>| i.layer.region.as_ref().is_none_or(|r| chain.contains(r));
        if !within(own) || all.iter().any(|(_, i)| i.named && !within(i)) {
            continue;
        }
        let relevant: Vec<&Instrument<'_>> = all.iter().map(|(_, i)| i).filter(|i| within(i)).collect();
        let mut seen: BTreeSet<Vec<bool>> = BTreeSet::new();
        for (applied_on, assessed_on) in pairs(&relevant) {
            let in_force = relevant.iter().map(|i| i.covers(applied_on, assessed_on)).collect();
            if own.covers(applied_on, assessed_on) && seen.insert(in_force) {
                requests.push(Request { region: region.clone(), ..Request::of(applied_on, assessed_on) });
            }
        }
    }
    requests
}

/// A region and all above it, itself first.
#[must_use]
pub fn regions_above(raw: &RawStandard, code: &str) -> Vec<String> {
    let files = raw.overlays.iter().filter(|o| o.kind == FileKind::Region).filter_map(|o| o.file.as_ref());
    let parents: Vec<(&str, &str)> =
        files.filter_map(|f| Some((f.id.value.as_str(), f.parent.as_ref()?.value.as_str()))).collect();
    let mut chain = vec![code.to_owned()];
    while let Some((_, parent)) = parents.iter().find(|(own, _)| chain.last().is_some_and(|l| l == own)) {
        if chain.iter().any(|c| c == parent) {
            break;
        }
        chain.push((*parent).to_owned());
    }
    chain
}

/// Pairs of dates, of an application and a later assessment, on which other instruments are in force together than on
/// any single day: where some go by the one date and some by the other.
#[must_use]
pub fn mixed_dates(raw: &RawStandard, region: Option<&str>) -> Vec<(Date, Date)> {
    let standard = raw.standard.as_ref().map(|s| s.id.value.as_str()).unwrap_or_default();
    let chain = region.map(|code| regions_above(raw, code)).unwrap_or_default();
    let read = |overlay| read(overlay, standard, &mut Diagnostics::default());
    let takes_part = |i: &Instrument<'_>| {
        let within = i.layer.region.as_ref().is_none_or(|r| chain.contains(r));
        within && (i.named || i.layer.status == StatusRaw::Issued)
    };
    let all: Vec<Instrument<'_>> = raw.overlays.iter().filter_map(read).filter(takes_part).collect();
    let all: Vec<&Instrument<'_>> = all.iter().collect();
    let mut seen: BTreeSet<Vec<bool>> = BTreeSet::new();
    let new = |(a, s): &(Date, Date)| seen.insert(all.iter().map(|i| i.covers(*a, *s)).collect());
    // Pairs of one day come first.
    pairs(&all).into_iter().filter(new).filter(|(a, s)| a != s).collect()
}

/// Pairs of dates of application and assessment among which every set of instruments in force occurs.
fn pairs(instruments: &[&Instrument<'_>]) -> Vec<(Date, Date)> {
    let mut days: BTreeSet<Date> = BTreeSet::new();
    for instrument in instruments {
        days.extend(instrument.layer.effective);
        days.extend(instrument.layer.expires.map(|d| d.plus_days(1)));
    }
    let by_application = instruments.iter().any(|i| i.layer.effective_by == EffectiveByRaw::AppliedOn);
    if !by_application {
        return days.into_iter().map(|d| (d, d)).collect();
    }
    let first = days.first().map(|d| d.plus_days(-1));
    days.extend(first);
    let later = |a: Date| days.iter().filter(move |s| a <= **s).map(move |s| (a, *s));
    // Same days first: of pairs with the same instruments in force they are the plainest.
    let mut pairs: Vec<(Date, Date)> = days.iter().flat_map(|a| later(*a)).collect();
    pairs.sort_by_key(|(a, s)| (a != s, *a, *s));
    pairs
}
