//! Options that every verb takes.

use std::path::PathBuf;

use clap::ArgMatches;

use crate::diag::{Code, Diagnostic};
use crate::lang::{Lang, Text};
use crate::source::Span;
use crate::text;

/// The form of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Options that every verb takes.
#[derive(Clone, Debug)]
pub struct Call {
    /// The form of the output.
    pub format: Format,
    /// The language of the output.
    pub lang: Lang,
    /// The standard, if named.
    pub standard: Option<String>,
    /// Folders of standards.
    pub folders: Vec<PathBuf>,
    /// The region, if named.
    pub region: Option<String>,
    /// The date of the edition, as written.
    pub on: Option<String>,
    /// Instruments that take part although they are drafts or lie outside the standard.
    pub with: Vec<String>,
    /// Readings that hold instead of the adopted ones, as written.
    pub readings: Vec<String>,
    /// Stipulations, where a dossier is read.
    pub set: Vec<String>,
}

impl Call {
    /// The common options that were given and that a verb has no use for: each is refused, never ignored.
    #[must_use]
    pub fn idle(&self, verb: &str, unused: &[&str], why: &Text) -> Vec<Diagnostic> {
        let given = [
            ("standard", self.standard.is_some()),
            ("standards", !self.folders.is_empty()),
            ("region", self.region.is_some()),
            ("with", !self.with.is_empty()),
            ("reading", !self.readings.is_empty()),
            ("on", self.on.is_some()),
        ];
        let idle = given.into_iter().filter(|(name, given)| *given && unused.contains(name));
        idle.map(|(name, _)| {
            let message = text!("{verb} 不用 --{name}：", "{verb} takes no --{name}: ").then(why.clone());
            let help = text!("去掉 --{name}", "leave out --{name}");
            Diagnostic::error(Code::BadCall, Span::NONE, message).help(help)
        })
        .collect()
    }

    /// Reads the options of a verb.
    #[must_use]
    pub fn read(matches: &ArgMatches, lang: Lang) -> Self {
        let text = |name: &str| matches.try_get_one::<String>(name).ok().flatten().cloned();
        let many = |name: &str| -> Vec<String> {
            matches
                .try_get_many::<String>(name)
                .ok()
                .flatten()
                .map(|v| v.cloned().collect())
                .unwrap_or_default()
        };
        let json = text("format").as_deref() == Some("json");
        Call {
            format: if json { Format::Json } else { Format::Text },
            lang,
            standard: text("standard"),
            folders: many("standards").into_iter().map(PathBuf::from).collect(),
            region: text("region"),
            on: text("on"),
            with: many("with"),
            readings: many("reading"),
            set: many("set"),
        }
    }
}
