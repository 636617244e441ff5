//! Allowances of `lint.toml`: what is found may stay for a reason, for a while or for good.

use std::collections::BTreeSet;

use super::Finding;
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::lint::AllowRaw;
use crate::lang::Text;
use crate::load::RawStandard;
use crate::text;

/// An allowance that is well written.
pub struct Allow<'a> {
    raw: &'a AllowRaw,
    code: Code,
    expired: bool,
}

impl Allow<'_> {
    /// Whether it allows a finding: the code is the same, and the finding is about every place that is named.
    fn covers(&self, finding: &Finding) -> bool {
        finding.diagnostic.code == self.code && self.raw.at.iter().all(|at| finding.at.contains(&at.value))
    }
}

/// Reads the allowances of a standard; what is wrong with them is reported.
pub fn read<'a>(raw: &'a RawStandard, today: Date, diagnostics: &mut Diagnostics) -> Vec<Allow<'a>> {
    let mut allows = Vec::new();
    for raw in raw.lint.iter().flat_map(|file| &file.allows) {
        let code = Code::find(&raw.code).filter(|code| code.is_doubt());
        if code.is_none() {
            let name = &raw.code.value;
            let known = Code::ALL.iter().filter(|code| code.is_doubt()).map(|code| code.id());
            let message =
                text!("`{name}` 不是可以允许的诊断", "`{name}` is no diagnostic that can be allowed");
            diagnostics
                .push(Diagnostic::error(Code::UnknownName, raw.code.span, message).choices(name, known));
        }
        if raw.reason.zh.trim().is_empty() || raw.reason.en.trim().is_empty() {
            let message = text!("允许须说明理由", "an allowance needs a reason");
            diagnostics.push(Diagnostic::error(Code::EmptyText, raw.code.span, message));
        }
        if raw.at.is_empty() {
            let message = text!("允许须写明位置", "an allowance names its place");
            diagnostics.push(Diagnostic::error(Code::MissingField, raw.code.span, message));
        }
        let until = raw.until.as_ref().and_then(|until| match Date::parse(until, until.span) {
            Ok(date) => Some(date),
            Err(fault) => {
                diagnostics.push(*fault);
                None
            }
        });
        let expired = until.is_some_and(|until| until < today);
        if let (true, Some(until), Some(code)) = (expired, &raw.until, code) {
            let day = &until.value;
            let message = text!("对 {code} 的允许到 {day} 为止", "the allowance of {code} ended with {day}");
            let help = text!(
                "改正规则，或说明为何还可保留并延期",
                "mend the rule, or say why it may stay and extend the date"
            );
            diagnostics.push(Diagnostic::warning(Code::AllowExpired, until.span, message).help(help));
        }
        allows.extend(code.map(|code| Allow { raw, code, expired }));
    }
    allows
}

/// Takes out what is allowed, with the reason; reports the rest, and every allowance that allows nothing. `elsewhere`
/// says of a place whether another edition may have a replacement there that changes nothing.
pub fn apply(
    findings: Vec<Finding>,
    allows: &[Allow<'_>],
    elsewhere: impl Fn(&str) -> bool,
    diagnostics: &mut Diagnostics,
) -> Vec<(Diagnostic, Text)> {
    for allow in allows.iter().filter(|a| !a.expired && !findings.iter().any(|f| a.covers(f))) {
        let code = allow.code;
        if code == Code::IdleReplacement && allow.raw.at.iter().any(|at| elsewhere(&at.value)) {
            continue;
        }
        let places: BTreeSet<&str> = findings
            .iter()
            .filter(|f| f.diagnostic.code == code)
            .flat_map(|f| f.at.iter().map(String::as_str))
            .collect();
        let message = text!("这里没有 {code} 可以允许", "there is no {code} here to allow");
        let mut diagnostic = Diagnostic::warning(Code::AllowUnmatched, allow.raw.code.span, message);
        for at in &allow.raw.at {
            if !places.contains(at.value.as_str()) {
                diagnostic = diagnostic.related(at.span, text!("此处没有", "not here"));
                diagnostic = diagnostic.suggest(&at.value, places.iter().copied());
            }
        }
        if diagnostic.help.is_none() {
            diagnostic = diagnostic.help(text!("删去这一项", "delete this entry"));
        }
        diagnostics.push(diagnostic);
    }
    let mut allowed = Vec::new();
    for finding in findings {
        match allows.iter().find(|a| !a.expired && a.covers(&finding)) {
            Some(allow) => allowed.push((finding.diagnostic, allow.raw.reason.clone())),
            None => diagnostics.push(finding.diagnostic),
        }
    }
    allowed.sort_by(|a, b| (a.0.span, a.0.code, &a.0.message).cmp(&(b.0.span, b.0.code, &b.0.message)));
    allowed.dedup();
    allowed
}
