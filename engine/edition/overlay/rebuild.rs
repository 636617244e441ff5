//! From changed trees back to typed files; only what changed is read again.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::element::Trees;
use crate::diag::Diagnostics;
use crate::format::{FileKind, shape};
use crate::load::RawStandard;
use crate::syntax::Node;

/// Reads the changed files again. `None` if one of them no longer has the shape of its kind.
pub fn rebuild(raw: &RawStandard, trees: Trees, diagnostics: &mut Diagnostics) -> Option<RawStandard> {
    let mut rebuilt =
        RawStandard { broken: raw.broken, overlays: raw.overlays.clone(), ..RawStandard::default() };
    let (mut chapters, mut evidence, mut interpretations) =
        (raw.chapters.iter(), raw.evidence.iter(), raw.interpretations.iter());
    let mut whole = true;
    for (kind, node, changed) in &trees.files {
        whole &= match kind {
            FileKind::Standard => {
                rebuilt.standard = one(node, *changed, raw.standard.as_ref(), diagnostics);
                rebuilt.standard.is_some()
            }
            FileKind::Units => {
                rebuilt.units = one(node, *changed, raw.units.as_ref(), diagnostics);
                rebuilt.units.is_some()
            }
            FileKind::Chapter => keep(node, *changed, chapters.next(), &mut rebuilt.chapters, diagnostics),
            FileKind::Evidence => keep(node, *changed, evidence.next(), &mut rebuilt.evidence, diagnostics),
            FileKind::Interpretation => {
                keep(node, *changed, interpretations.next(), &mut rebuilt.interpretations, diagnostics)
            }
            _ => true,
        };
    }
    rebuilt.trees = trees.files.into_iter().map(|(kind, node, _)| (kind, node)).collect();
    whole.then_some(rebuilt)
}

fn one<T: DeserializeOwned + JsonSchema + Clone>(
    node: &Node,
    changed: bool,
    before: Option<&T>,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    match before {
        Some(before) if !changed => Some(before.clone()),
        _ => shape::read(node, diagnostics),
    }
}

fn keep<T: DeserializeOwned + JsonSchema + Clone>(
    node: &Node,
    changed: bool,
    before: Option<&T>,
    list: &mut Vec<T>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let read = one(node, changed, before, diagnostics);
    let kept = read.is_some();
    list.extend(read);
    kept
}
