//! `guiju test --mutate`.

use clap::ArgMatches;
use rayon::prelude::*;

use super::{Tested, or_null};
use crate::analysis::cases::Suite;
use crate::analysis::mutation::{End, Fate, Laboratory};
use crate::command::call::Call;
use crate::command::{Exit, Session};
use crate::diag::Diagnostics;

/// Runs the mutation test of all standards that are wanted.
///
/// # Errors
/// The output cannot be written.
pub fn run(
    call: &Call,
    matches: &ArgMatches,
    session: &mut Session,
    tested: &[Tested],
    mut diagnostics: Diagnostics,
) -> anyhow::Result<Exit> {
    let only = matches.get_one::<String>("clause");
    for one in tested {
        let suite = Suite::read(&one.edition, &one.root, &one.files, &mut session.sources, &mut diagnostics);
        let lab = Laboratory { raw: &one.raw, edition: &one.edition, suite: &suite, request: &one.request };
        let jobs = lab.jobs(only.map(String::as_str));
        let fates: Vec<Fate> = jobs.par_iter().map(|job| lab.run(job)).collect::<Vec<_>>().into_iter().flatten().collect();
        let mut n = [0usize; 4];
        for f in &fates {
            match &f.end { End::Killed(_) => n[0]+=1, End::Refused => n[1]+=1, End::Survived(k) => {n[2]+=1; if let Some(k)=k {session.say(&k.toml)}
                session.say(&format!("{}\t{}\t{}\t{}\t{:?}", f.mutant.kind.id(), f.mutant.at, f.mutant.what, f.mutant.from, f.mutant.to)); }, End::Equivalent(_) => n[3]+=1 }
        }
        session.say(&format!("{n:?}"));
        let _ = or_null(None);
    }
    let _ = call;
    Ok(Exit::Well)
}
