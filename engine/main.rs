//! The program: runs the command and ends with its exit status.

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match guiju::command::run(std::env::args_os()) {
        Ok(exit) => ExitCode::from(exit.status()),
        Err(error) => {
            let _ = writeln!(anstream::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}
