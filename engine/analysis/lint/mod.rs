//! What is doubtful about rules that are valid: each finding has a code, a place, and can be allowed with a reason.

mod allow;
mod bounds;
mod idle;
mod levels;
mod names;
mod repeats;
mod topics;
mod units;
mod unused;
mod used;
mod walk;
mod wording;

use std::collections::BTreeMap;

use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::{Clause, Edition};
use crate::format::check::CheckRaw;
use crate::lang::Text;
use crate::load::RawStandard;
use crate::source::Span;

/// One doubt about the rules, with the names of the places that it is about.
#[derive(Clone, Debug)]
struct Finding {
    diagnostic: Diagnostic,
    at: Vec<String>,
}

impl Finding {
    fn new(code: Code, at: impl Into<String>, span: Span, message: Text) -> Self {
        Finding { diagnostic: Diagnostic::warning(code, span, message), at: vec![at.into()] }
    }

    /// Adds the other place that it is about.
    fn other(mut self, at: impl Into<String>, span: Span, why: Text) -> Self {
        self.at.push(at.into());
        self.diagnostic = self.diagnostic.related(span, why);
        self
    }

    fn help(mut self, help: Text) -> Self {
        self.diagnostic = self.diagnostic.help(help);
        self
    }
}

/// What was found in the rules of one standard.
#[derive(Clone, Debug, Default)]
pub struct Lint {
    /// What is doubtful, and what is wrong with allowances.
    pub found: Vec<Diagnostic>,
    /// What would be doubtful, but is allowed, with the reason.
    pub allowed: Vec<(Diagnostic, Text)>,
}

/// Looks through the rules of an edition. Allowances end by `today`; those of a broken standard are not held
/// against anything, because without an edition nothing is looked for.
#[must_use]
pub fn lint(raw: &RawStandard, edition: Option<&Edition>, today: Date) -> Lint {
    let mut diagnostics = Diagnostics::default();
    let allows = allow::read(raw, today, &mut diagnostics);
    let Some(edition) = edition else {
        return Lint { found: diagnostics.into_sorted(), allowed: Vec::new() };
    };
    let subject = Subject::new(raw, edition);
    let mut findings = Vec::new();
    for rule in [
        levels::thresholds,
        levels::tables,
        topics::gaps,
        topics::lone,
        topics::missing,
        units::mixed,
        units::steps,
        bounds::constant,
        names::keys,
        names::questions,
        wording::translations,
        repeats::titles,
        repeats::sentences,
        repeats::checks,
        unused::interpretations,
        unused::evidence,
        unused::documents,
        unused::names,
        idle::replacements,
    ] {
        rule(&subject, &mut findings);
    }
    let elsewhere = |at: &str| idle::elsewhere(raw, &subject, at);
    let allowed = allow::apply(findings, &allows, elsewhere, &mut diagnostics);
    Lint { found: diagnostics.into_sorted(), allowed }
}

/// The rules that are looked through, as written and as linked.
struct Subject<'a> {
    raw: &'a RawStandard,
    edition: &'a Edition,
    checks: BTreeMap<Span, &'a CheckRaw>,
}

impl<'a> Subject<'a> {
    fn new(raw: &'a RawStandard, edition: &'a Edition) -> Self {
        let clauses = raw.chapters.iter().flat_map(|f| &f.clauses);
        let checks = clauses.flat_map(|c| &c.checks).map(|check| (check.id.span, check)).collect();
        Subject { raw, edition, checks }
    }

    /// Where the operand of a check is written, or the check itself.
    fn operand(&self, check: &crate::check::Check) -> Span {
        let raw = self.checks.get(&check.span);
        let operand = raw.and_then(|r| r.operators().first().map(|(_, operand)| operand.0.0.span));
        operand.unwrap_or(check.span)
    }

    /// The clauses with content of their own.
    fn own_clauses(&self) -> impl Iterator<Item = &'a Clause> + use<'a> {
        self.edition.clauses.iter().filter(|c| c.same_as.is_none())
    }
}
