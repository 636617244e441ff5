//! Replacements that change nothing in the edition at hand.

use super::{Finding, Subject};
use crate::diag::Code;
use crate::load::RawStandard;
use crate::source::Span;
use crate::text;

/// Replacements of instruments in force after which their element is what it was before.
pub fn replacements(subject: &Subject<'_>, findings: &mut Vec<Finding>) {
    for step in subject.edition.history.iter().filter(|s| s.idle) {
        let at = &step.at;
        let message = text!(
            "对 `{at}` 的替换没有改变什么：now 与现文相同",
            "the replacement of `{at}` changes nothing: `now` is what stands there"
        );
        let help =
            text!("核对 now，或删去这一项", "see whether `now` says what is meant, or delete the operation");
        findings.push(Finding::new(Code::IdleReplacement, at.as_str(), step.span, message).help(help));
    }
}

/// Whether an instrument that is not in force in this edition replaces something at a place: there an allowance may
/// have its finding.
pub fn elsewhere(raw: &RawStandard, subject: &Subject<'_>, at: &str) -> bool {
    let edition = subject.edition;
    let in_force = |span: Span| {
        let of = edition.history.iter().find(|s| s.span == span).and_then(|s| edition.layers.get(s.layer));
        of.is_some_and(|layer| layer.in_force)
    };
    let replacements = raw.overlays.iter().filter_map(|o| o.file.as_ref()).flat_map(|file| &file.replace);
    replacements.into_iter().any(|r| r.at.value == at && !in_force(r.at.span))
}
