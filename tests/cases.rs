//! Promise: every check of every standard has cases on each side of its bound, and all of them hold.

mod common;

use guiju::analysis::cases;
use guiju::diag::Diagnostics;
use guiju::source::Sources;

#[test]
fn all_cases_hold_and_cover_every_check() {
    for standard in common::standards() {
        let mut sources = Sources::default();
        let edition = common::edition(&standard, &mut sources);
        let mut diagnostics = Diagnostics::default();
        let root = standard.display().to_string();
        let files = common::files(&standard);
        let outcome = cases::run(&edition, &root, &files, &mut sources, &mut diagnostics);
        let printed = common::printed(&sources, diagnostics);
        assert!(printed.is_empty(), "{printed}");
        assert!(outcome.tried > 0 && outcome.covered > 0);
        println!(
            "{}: {} variations, {} of them generated, {} checks and keys covered",
            root, outcome.tried, outcome.generated, outcome.covered
        );
    }
}
