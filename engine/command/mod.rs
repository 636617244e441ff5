//! The command line: the only place with files, a clock, the environment and threads.

mod alldates;
mod amend;
mod call;
mod cli;
mod diff;
mod dossiers;
mod editions;
mod evaluate;
mod explain;
mod files;
mod fmt;
mod impact;
mod instrument;
mod issue;
mod ledger;
mod lint;
mod new;
mod portability;
mod region;
mod report;
mod revision;
mod schema;
mod select;
mod session;
mod show;
mod site;
mod test;
mod witness;
mod write;

use std::ffi::OsString;

pub use call::Call;
pub use session::Session;

/// How a run ends. Of several dossiers the worst wins: invalid before undecided before no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done, and all is well.
    Well,
    /// The answer is no.
    No,
    /// Neither yet.
    Undecided,
    /// The input or the call is invalid.
    Invalid,
}

impl Exit {
    /// The exit status.
    #[must_use]
    pub const fn status(self) -> u8 {
        match self {
            Exit::Well => 0,
            Exit::No => 1,
            Exit::Invalid => 2,
            Exit::Undecided => 3,
        }
    }
}

/// Runs the program.
///
/// # Errors
/// What no diagnostic can say: the output cannot be written, the working folder cannot be read.
pub fn run(args: impl IntoIterator<Item = OsString>) -> anyhow::Result<Exit> {
    let args: Vec<OsString> = args.into_iter().collect();
    let lang = cli::language(&args, |name| std::env::var(name).ok());
    let matches = match cli::command(lang).try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => return cli::refuse(&error, lang, cli::form(&args)),
    };
    let Some((verb, own)) = matches.subcommand() else { return Ok(Exit::Invalid) };
    // Of `region new` the options belong to the inner verb.
    let inner = own.subcommand().map_or(own, |(_, inner)| inner);
    let call = Call::read(inner, lang);
    let mut session = Session::new(&call);
    let exit = match verb {
        "evaluate" => evaluate::run(&call, own, &mut session),
        "explain" => explain::run(&call, own, &mut session),
        "report" => report::run(&call, own, &mut session),
        "diff" => diff::run(&call, own, &mut session),
        "impact" => impact::run(&call, own, &mut session),
        "portability" => portability::run(&call, own, &mut session),
        "show" => show::run(&call, own, &mut session),
        "new" => new::run(&call, own, &mut session),
        "amend" => amend::run(&call, own, &mut session),
        "issue" => issue::run(&call, own, &mut session),
        "region" => region::run(&call, own, &mut session),
        "fmt" => fmt::run(&call, own, &mut session),
        "lint" => lint::run(&call, own, &mut session),
        "test" => test::run(&call, own, &mut session),
        "schema" => schema::run(&call, own, &mut session),
        _ => Ok(Exit::Invalid),
    }?;
    session.flush()?;
    Ok(exit)
}
