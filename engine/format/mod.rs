//! The raw shapes of all files: what serde reads and the schemas describe, before anything is linked.

pub mod case;
pub mod chapter;
pub mod check;
pub mod dossier;
pub mod evidence;
pub mod interpretation;
pub mod ledger;
pub mod lint;
pub mod overlay;
pub mod shape;
pub mod standard;
pub mod units;

/// A kind of file, by the folder or name under which it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// `standard.toml`.
    Standard,
    /// `units.toml`.
    Units,
    /// `chapters/**` and `annexes/**`.
    Chapter,
    /// `evidence/**`.
    Evidence,
    /// `interpretations/**`.
    Interpretation,
    /// `amendments/**`: overlays by the issuer of the standard.
    Amendment,
    /// `regions/CODE/region.toml`: the overlay of a regional body.
    Region,
    /// `regions/CODE/amendments/**`: overlays of that body on its own overlay.
    RegionAmendment,
    /// `lint.toml`: what `lint` finds and may stay; not part of the rules.
    Lint,
    /// `cases/**`: not part of the rules.
    Case,
    /// `examples/**`: dossiers, not part of the rules.
    Example,
}

impl FileKind {
    /// The kind of a file from its path within the folder of a standard; `None` outside all known folders.
    #[must_use]
    pub fn of(path: &str) -> Option<FileKind> {
        match path.split_once('/') {
            None if path == "standard.toml" => Some(FileKind::Standard),
            None if path == "units.toml" => Some(FileKind::Units),
            None if path == "lint.toml" => Some(FileKind::Lint),
            Some(("chapters" | "annexes", _)) => Some(FileKind::Chapter),
            Some(("evidence", _)) => Some(FileKind::Evidence),
            Some(("interpretations", _)) => Some(FileKind::Interpretation),
            Some(("amendments", _)) => Some(FileKind::Amendment),
            Some(("regions", rest)) => match rest.split_once('/') {
                Some((_, "region.toml")) => Some(FileKind::Region),
                Some((_, rest)) if rest.starts_with("amendments/") => Some(FileKind::RegionAmendment),
                _ => None,
            },
            Some(("cases", _)) => Some(FileKind::Case),
            Some(("examples", _)) => Some(FileKind::Example),
            _ => None,
        }
    }
}
