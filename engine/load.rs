//! A map of paths to bytes becomes raw files and all diagnostics about their text and shape.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::chapter::ChapterFile;
use crate::format::evidence::EvidenceFile;
use crate::format::interpretation::InterpretationFile;
use crate::format::overlay::OverlayFile;
use crate::format::standard::StandardFile;
use crate::format::units::UnitsFile;
use crate::format::{FileKind, shape};
use crate::source::{Sources, Span};
use crate::syntax::{Limits, Node, Notation, read};
use crate::text;

/// Files of one folder: path within the folder (with `/`) → content.
pub type Files<'a> = BTreeMap<String, Cow<'a, [u8]>>;

/// All files of a standard as they are written.
#[derive(Clone, Debug, Default)]
pub struct RawStandard {
    /// `standard.toml`.
    pub standard: Option<StandardFile>,
    /// `units.toml`.
    pub units: Option<UnitsFile>,
    /// Files of clauses, in the order of their paths.
    pub chapters: Vec<ChapterFile>,
    /// Files of the evidence dictionary.
    pub evidence: Vec<EvidenceFile>,
    /// Files of interpretations.
    pub interpretations: Vec<InterpretationFile>,
    /// The trees from which the above were read, in the order of their paths.
    pub trees: Vec<(FileKind, Node)>,
    /// Instruments that change the rules.
    pub overlays: Vec<RawOverlay>,
    /// Whether some file could not be read: names that seem unknown may be declared there.
    pub broken: bool,
}

/// An instrument as it is written. What is wrong with it counts only where it takes part.
#[derive(Clone, Debug)]
pub struct RawOverlay {
    /// The path as it is shown.
    pub path: String,
    /// What it is, by its place.
    pub kind: FileKind,
    /// The region whose folder it lies in.
    pub region: Option<String>,
    /// Whether the call names it, so that it takes part even as a draft.
    pub named: bool,
    /// Its tree.
    pub node: Option<Node>,
    /// Its content.
    pub file: Option<OverlayFile>,
    /// What is wrong with its text and shape.
    pub faults: Vec<Diagnostic>,
}

/// Reads one instrument.
pub fn overlay(
    sources: &mut Sources,
    shown: &str,
    kind: FileKind,
    region: Option<String>,
    bytes: &[u8],
) -> RawOverlay {
    let mut faults = Diagnostics::default();
    let node = read(sources, shown, bytes, Notation::Toml, &Limits::RULES, &mut faults);
    let file = node.as_ref().and_then(|node| shape::read(node, &mut faults));
    RawOverlay {
        path: shown.to_owned(),
        kind,
        region,
        named: false,
        node,
        file,
        faults: faults.into_sorted(),
    }
}

/// Reads the rule files of one standard. `root` is the folder as it is shown in diagnostics.
pub fn load(
    sources: &mut Sources,
    root: &str,
    files: &Files<'_>,
    diagnostics: &mut Diagnostics,
) -> RawStandard {
    let mut raw = RawStandard::default();
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".toml")) {
        let shown = format!("{root}/{path}");
        let Some(kind) = FileKind::of(path) else {
            let base = sources.add(&shown, "");
            diagnostics.push(
                Diagnostic::error(
                    Code::FileMisplaced,
                    Span { start: base, end: base },
                    text!("`{path}` 不在标准的任何一个文件夹里", "`{path}` lies in none of the folders of a standard"),
                )
                .help(text!(
                    "规则文件放在 chapters、annexes、evidence、interpretations、amendments 之下，或是 regions/代码/region.toml、regions/代码/amendments/，或是 standard.toml、units.toml",
                    "rule files lie under chapters, annexes, evidence, interpretations or amendments, are regions/CODE/region.toml or lie under regions/CODE/amendments, or are standard.toml or units.toml"
                )),
            );
            continue;
        };
        match kind {
            FileKind::Case | FileKind::Example => continue,
            FileKind::Amendment | FileKind::Region | FileKind::RegionAmendment => {
                let region = path.strip_prefix("regions/").and_then(|rest| rest.split_once('/'));
                let region = region.map(|(code, _)| code.to_owned());
                raw.overlays.push(overlay(sources, &shown, kind, region, bytes));
                continue;
            }
            _ => {}
        }
        let node = read(sources, &shown, bytes, Notation::Toml, &Limits::RULES, diagnostics);
        let Some(node) = node else {
            raw.broken = true;
            continue;
        };
        let kept = match kind {
            FileKind::Standard => keep_one(&node, &mut raw.standard, diagnostics),
            FileKind::Units => keep_one(&node, &mut raw.units, diagnostics),
            FileKind::Chapter => keep(&node, &mut raw.chapters, diagnostics),
            FileKind::Evidence => keep(&node, &mut raw.evidence, diagnostics),
            FileKind::Interpretation => keep(&node, &mut raw.interpretations, diagnostics),
            _ => true,
        };
        raw.broken |= !kept;
        if kept {
            raw.trees.push((kind, node));
        }
    }
    for (name, missing) in [
        ("standard.toml", !files.contains_key("standard.toml")),
        ("units.toml", !files.contains_key("units.toml")),
    ] {
        if missing {
            let base = sources.add(&format!("{root}/{name}"), "");
            diagnostics.push(Diagnostic::error(
                Code::FileUnreadable,
                Span { start: base, end: base },
                text!("标准缺少 {name}", "the standard lacks {name}"),
            ));
        }
    }
    raw
}

fn keep<T: DeserializeOwned + JsonSchema>(
    node: &Node,
    list: &mut Vec<T>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let read = shape::read(node, diagnostics);
    let kept = read.is_some();
    list.extend(read);
    kept
}

fn keep_one<T: DeserializeOwned + JsonSchema>(
    node: &Node,
    place: &mut Option<T>,
    diagnostics: &mut Diagnostics,
) -> bool {
    *place = shape::read(node, diagnostics);
    place.is_some()
}
