//! `guiju schema`: prints, writes or checks the schemas.

use std::fs;
use std::path::Path;

use clap::ArgMatches;
use serde_json::{Value as Json, json};

use super::call::{Call, Format};
use super::{Exit, Session, editions};
use crate::diag::{Code, Diagnostics};
use crate::lang::Text;
use crate::report::schema;
use crate::text;

/// Runs the verb.
///
/// # Errors
/// The working folder or the clock cannot be read, or a file cannot be written.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let library = session.library(call, &mut diagnostics)?;
    let today = editions::today()?;
    let mut schemas = schema::general();
    let wanted: Vec<String> = match &call.standard {
        Some(id) => vec![id.clone()],
        None => library.standards.keys().cloned().collect(),
    };
    for id in wanted {
        let loaded = editions::choose(call, Some(&id), &library, &mut session.sources, &mut diagnostics);
        let edition = loaded.and_then(|l| editions::edition(&l, call, today, today, &mut diagnostics));
        schemas.extend(edition.map(|e| schema::of_dossier(&e)));
    }
    let broken = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());
    if broken {
        return Ok(Exit::Invalid);
    }
    schemas.sort_by(|a, b| a.0.cmp(&b.0));
    if let Some(folder) = matches.get_one::<String>("write") {
        let folder = Path::new(folder);
        let mut written = fs::create_dir_all(folder).map_err(|error| (folder.to_path_buf(), error));
        for (name, schema) in &schemas {
            let (path, text) = (folder.join(name), content(schema)?);
            written =
                written.and_then(|()| super::write::replace(&path, text.as_bytes()).map_err(|e| (path, e)));
        }
        if let Err((path, error)) = written {
            session.report([super::instrument::unwritable(&path, &error)]);
            return Ok(Exit::Invalid);
        }
        return Ok(Exit::Well);
    }
    if let Some(folder) = matches.get_one::<String>("check") {
        return check(folder, &schemas, call, session);
    }
    match matches.get_one::<String>("name") {
        None => {
            let names: Vec<&str> = schemas.iter().map(|(n, _)| n.trim_end_matches(".schema.json")).collect();
            if call.format == Format::Json {
                session.say(&serde_json::to_string_pretty(&names)?);
                return Ok(Exit::Well);
            }
            for name in names {
                session.say(name);
            }
            Ok(Exit::Well)
        }
        Some(name) => match schemas.iter().find(|(n, _)| n.trim_end_matches(".schema.json") == name) {
            Some((_, schema)) => {
                session.say(content(schema)?.trim_end());
                Ok(Exit::Well)
            }
            None => {
                let known: Vec<&str> =
                    schemas.iter().map(|(n, _)| n.trim_end_matches(".schema.json")).collect();
                let message = text!("没有模式 `{name}`", "there is no schema `{name}`");
                session.refuse(
                    Code::UnknownName,
                    message,
                    Some(Text::new("可用：", "possible: ").then(Text::list(&known))),
                );
                Ok(Exit::Invalid)
            }
        },
    }
}

fn content(schema: &Json) -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(schema)?))
}

/// Says which schemas of a folder are missing or out of date.
fn check(
    folder: &str,
    schemas: &[(String, Json)],
    call: &Call,
    session: &mut Session,
) -> anyhow::Result<Exit> {
    let mut old: Vec<&str> = Vec::new();
    for (name, schema) in schemas {
        let path = Path::new(folder).join(name);
        let current = fs::read_to_string(&path).ok();
        if current.as_deref().map(|c| c.replace("\r\n", "\n")) != Some(content(schema)?) {
            old.push(name);
        }
    }
    match call.format {
        Format::Json => session.say(&json!({ "out-of-date": old }).to_string()),
        Format::Text => {
            for name in &old {
                session.say(&call.lang.pick(format!("{name} 不是最新"), format!("{name} is out of date")));
            }
        }
    }
    Ok(if old.is_empty() { Exit::Well } else { Exit::No })
}
