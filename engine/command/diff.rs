//! `guiju diff A B`: two editions side by side.

use clap::ArgMatches;

use super::call::Call;
use super::select::{self, Chosen, Selected};
use super::{Exit, Session, write};
use crate::analysis::diff::{Diff, Side, Unwritable, diff, instrument, settled, settlements};
use crate::diag::{Code, Diagnostics};
use crate::lang::Text;
use crate::report::sheet;
use crate::report::template::{self, Form};
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
    for written in [side("before"), side("after")] {
        let selected = select::select(call, &written, &library, session, &mut diagnostics)?;
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
    let found = diff(b, a);
    let output = match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => serde_json::to_string_pretty(&found)?,
        Some("toml") => match overlay(&found, first.as_ref(), b, a) {
            Ok(text) => text,
            Err(unwritable) => {
                let list = Text::list(&unwritable.elements);
                let message =
                    Text::new("没有操作能表达这些改动：", "no operation reaches these: ").then(list);
                session.refuse(Code::FieldMismatch, message, None);
                return Ok(Exit::Invalid);
            }
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

/// The difference as an instrument. What a settled reading carries is done by settling it: only what is left is
/// written out.
fn overlay(found: &Diff, first: Option<&Selected>, b: Side<'_>, a: Side<'_>) -> Result<String, Unwritable> {
    let head = head(&a.edition.assessed_on.to_string(), b.edition.region.as_deref());
    let readings = settled(found);
    let (false, Some(first)) = (readings.is_empty(), first) else { return instrument(found, a, &head) };
    let mut request = first.request.clone();
    request.readings.extend(readings.iter().map(|(id, _, now)| (id.clone(), now.clone())));
    let read = Selected { raw: first.raw.clone(), request, dated: true, written: String::new() };
    let Some(read) = read.choose(&mut Diagnostics::default()) else {
        let elements = readings.into_iter().map(|(id, _, _)| format!("interpretation:{id}")).collect();
        return Err(Unwritable { elements });
    };
    let rest = diff(Side { edition: &read.edition, rules: &read.rules }, a);
    instrument(&rest, a, &(head + &settlements(&readings)))
}

/// What stands before the operations: to be filled in by whoever issues it.
fn head(date: &str, region: Option<&str>) -> String {
    let region = region.map(|code| format!("region = \"{code}\"\n")).unwrap_or_default();
    format!(
        "id = \"amendment\"\n\
         title = {{ zh = \"（请填写名称）\", en = \"(state the title)\" }}\n\
         issuer = {{ zh = \"（请填写机构）\", en = \"(state the issuer)\" }}\n\
         citation = {{ zh = \"（请填写文号）\", en = \"(state the citation)\" }}\n\
         status = \"draft\"\n\
         effective = \"{date}\"\n\
         {region}"
    )
}
