//! Results of cases as JUnit XML: a suite for every file of cases, and one for every clause with generated cases.
//! The same results give the same bytes: no time, no duration, no host.

use std::collections::BTreeMap;
use std::path::Path;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::analysis::cases::Outcome;
use crate::report::trials::View;

/// The suites of one standard.
pub fn suites(view: &View<'_>, outcome: &Outcome) -> Vec<TestSuite> {
    let mut suites: BTreeMap<String, TestSuite> = BTreeMap::new();
    for tried in &outcome.results {
        let trial = &tried.trial;
        let of = trial.subject.name(view.edition);
        let suite = if trial.generated {
            let clause = trial.subject.clause().and_then(|c| view.edition.clause(c));
            format!("{} {}", view.edition.standard.id, clause.map(|c| c.id.as_str()).unwrap_or_default())
        } else {
            view.sources.file(trial.span).map(|f| f.path.to_string()).unwrap_or_default()
        };
        let status = match (&tried.actual, tried.passed) {
            (_, true) => TestCaseStatus::success(),
            (Some(_), false) => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                let (expected, actual) = (view.expected(tried), view.actual(tried));
                let message = view.lang.pick(
                    format!("期望 {expected}，实为 {actual}（{}）", view.reason(tried)),
                    format!("expected {expected}, but got {actual} ({})", view.reason(tried)),
                );
                status.set_message(message).set_type("case-failed");
                status
            }
            (None, false) => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
                status
                    .set_message(view.lang.pick("用例无法运行", "the case cannot be run"))
                    .set_type("invalid");
                status
            }
        };
        let name = format!("{of} [{}] {}", view.setting(&trial.setting), view.what(tried));
        let mut case = TestCase::new(name, status);
        case.set_classname(of);
        let suite = suites.entry(suite.clone()).or_insert_with(|| TestSuite::new(suite));
        suite.add_test_case(case);
    }
    suites.into_values().collect()
}

/// Writes the report whole or not at all.
///
/// # Errors
/// The file cannot be written.
pub fn write(path: &Path, suites: Vec<TestSuite>) -> std::io::Result<()> {
    let mut report = Report::new("guiju test");
    report.add_test_suites(suites);
    let text = report.to_string().map_err(std::io::Error::other)?;
    crate::command::write::replace(path, text.as_bytes())
}
