//! `guiju diff A B`: two editions side by side.

use clap::ArgMatches;

use super::call::Call;
use super::select::{self, Chosen};
use super::{Exit, Session, write};
use crate::analysis::diff::{Asked, Side, Written, diff, written};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::lang::Lang;
use crate::report::sheet;
use crate::report::template::{self, Form};
use crate::source::Span;
use crate::text;

/// Runs the verb.
///
/// # Errors
/// The working folder or the clock cannot be read, or `git` cannot be started.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let library = session.library(call, &mut diagnostics)?;
    let side = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    diagnostics.extend(select::idle("diff", call, &[side("before"), side("after")]));
    let mut chosen: Vec<Option<Chosen>> = Vec::new();
    let mut first = None;
    for edition in [side("before"), side("after")] {
        let selected = select::select(call, &edition, &library, session, &mut diagnostics)?;
        chosen.push(selected.as_ref().and_then(|s| s.choose(&mut diagnostics)));
        first = first.or(selected);
    }
    let broken = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());
    let [Some(before), Some(after)] = chosen.as_slice() else { return Ok(Exit::Invalid) };
    if broken {
        return Ok(Exit::Invalid);
    }
    let (b, a) = (
        Side { edition: &before.edition, rules: &before.rules },
        Side { edition: &after.edition, rules: &after.rules },
    );
    let mut found = diff(b, a);
    let tried = first.as_ref().map(|first| {
        let asked = Asked { raw: &first.raw, request: &first.request };
        written(&found, asked, b, a, &mut session.sources)
    });
    found.instrument = tried.as_ref().map(|t| t.out.clone());
    let output = match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => serde_json::to_string_pretty(&found)?,
        Some("toml") => match tried.as_ref().map(|t| (t, t.text.as_deref())) {
            Some((tried, Some(text))) => inexact(tried, text, call.lang, session),
            Some((tried, None)) => {
                for note in &tried.out.notes {
                    session.refuse(Code::FieldMismatch, note.text.clone(), None);
                }
                return Ok(Exit::Invalid);
            }
            None => return Ok(Exit::Invalid),
        },
        Some(form @ ("markdown" | "html")) => {
            let form = if form == "html" { Form::Html } else { Form::Markdown };
            let sheet = sheet::sheet(&found, b.edition, a.edition, call.lang);
            match template::render_sheet(&sheet, form, &template::built_in()) {
                Ok(text) => text,
                Err(fault) => {
                    session.report([*fault]);
                    return Ok(Exit::Invalid);
                }
            }
        }
        _ => sheet::text(&found, b.edition, a.edition, call.lang, session.style()),
    };
    match matches.get_one::<String>("output") {
        None => session.say(output.trim_end_matches('\n')),
        Some(path) => {
            if let Err(error) = write::replace(std::path::Path::new(path), output.as_bytes()) {
                let message =
                    write::io_text(&error, text!("`{path}` 无法写入：", "`{path}` cannot be written: "));
                session.refuse(Code::FileUnreadable, message, None);
                return Ok(Exit::Invalid);
            }
        }
    }
    Ok(Exit::Well)
}

/// The instrument behind comments on what it does not bring about, which are reported as well.
fn inexact(instrument: &Written, text: &str, lang: Lang, session: &Session) -> String {
    let mut out = String::new();
    for note in &instrument.out.notes {
        out.push_str(&format!("# {}\n", note.text.in_lang(lang)));
        let help = text!(
            "照说明改写文件，或另选原版本：`guiju diff 日期 新版本 --format toml` 从基础写起",
            "rewrite it accordingly, or choose another first edition: `guiju diff DATE B --format toml` starts from the base"
        );
        let message =
            text!("文件不能完全得到新版本：", "the instrument does not give exactly the second edition: ");
        let warning =
            Diagnostic::warning(Code::InexactInstrument, Span::NONE, message.then(note.text.clone()));
        session.report([warning.help(help)]);
    }
    out + text
}
