//! One run: the texts that were read, and where output and diagnostics go.

use std::io::{IsTerminal, Write};

use super::call::{Call, Format};
use super::files;
use crate::diag::{Code, Diagnostic, Diagnostics, Printer, json_line};
use crate::lang::{Lang, Text};
use crate::report::layout::Style;
use crate::source::{Sources, Span};

/// One run.
#[derive(Debug)]
pub struct Session {
    /// Texts of the rules.
    pub sources: Sources,
    /// The language of the output.
    pub lang: Lang,
    format: Format,
    out: String,
}

impl Session {
    /// A run with the options of a call.
    #[must_use]
    pub fn new(call: &Call) -> Self {
        Session { sources: Sources::default(), lang: call.lang, format: call.format, out: String::new() }
    }

    /// How text is written to standard output: with colour on a terminal, unless `NO_COLOR` is set.
    #[must_use]
    pub fn style(&self) -> Style {
        Style { colour: std::io::stdout().is_terminal() && no_colour_is_unset() }
    }

    /// Adds a line to standard output.
    pub fn say(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    /// Adds text to standard output as it is.
    pub fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Writes everything that was said. A reader that went away (`| head`) is no fault.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn flush(&mut self) -> anyhow::Result<()> {
        let mut stdout = std::io::stdout().lock();
        match stdout.write_all(self.out.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
            other => other?,
        }
        self.out.clear();
        Ok(())
    }

    /// Prints diagnostics to standard error, all of them.
    pub fn report(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        report(&self.sources, diagnostics, self.lang, self.format);
    }

    /// Prints one diagnostic that lies in no text.
    pub fn refuse(&self, code: Code, message: Text, help: Option<Text>) {
        let mut diagnostic = Diagnostic::error(code, Span::NONE, message);
        diagnostic.help = help;
        self.report([diagnostic]);
    }

    /// Finds the standards that are available.
    ///
    /// # Errors
    /// The working folder cannot be read.
    pub fn library(&mut self, call: &Call, diagnostics: &mut Diagnostics) -> anyhow::Result<files::Library> {
        files::library(&call.folders, &mut self.sources, diagnostics)
    }
}

/// Prints diagnostics over given texts to standard error.
pub fn report(
    sources: &Sources,
    diagnostics: impl IntoIterator<Item = Diagnostic>,
    lang: Lang,
    format: Format,
) {
    let colour = std::io::stderr().is_terminal() && no_colour_is_unset();
    let printer = Printer::new(sources, lang, colour);
    for diagnostic in diagnostics {
        match format {
            Format::Json => complain(&json_line(sources, &diagnostic, lang)),
            Format::Text => complain(&format!("{}\n", printer.print(&diagnostic))),
        }
    }
}

/// A line on standard error; where nobody can read it, it is lost, and the exit status still says what happened.
pub fn complain(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

fn no_colour_is_unset() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}
