//! `guiju schema`: templates of dossiers.

use clap::ArgMatches;

use super::call::Call;
use super::{Exit, Session};

/// Runs the verb.
///
/// # Errors
/// None yet.
pub fn run(_call: &Call, _matches: &ArgMatches, _session: &mut Session) -> anyhow::Result<Exit> {
    Ok(Exit::Invalid)
}
