//! The raw shapes of all files: what serde reads and the schemas describe, before anything is linked.

pub mod case;
pub mod chapter;
pub mod check;
pub mod dossier;
pub mod evidence;
pub mod interpretation;
pub mod lint;
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
            Some(("cases", _)) => Some(FileKind::Case),
            Some(("examples", _)) => Some(FileKind::Example),
            _ => None,
        }
    }
}
