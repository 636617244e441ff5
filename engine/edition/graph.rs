//! What clauses demand of each other: no circles, and something to grade by.

use std::collections::BTreeMap;

use super::Clause;
use crate::check::Body;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::chapter::KindRaw;
use crate::id::ClauseId;
use crate::lang::Text;
use crate::load::RawStandard;
use crate::source::Span;
use crate::standard::{Role, Standard};
use crate::syntax::de::Loc;
use crate::text;

/// Checks that every clause that is required exists and that none requires itself.
pub fn requires(clauses: &mut [Clause], by_id: &BTreeMap<ClauseId, usize>, diagnostics: &mut Diagnostics) {
    let mut edges: Vec<Vec<(usize, Span)>> = Vec::new();
    for clause in clauses.iter() {
        let mut own: Vec<(usize, Span)> = clause.children.iter().map(|c| (*c, clause.span)).collect();
        for check in &clause.checks {
            let Body::Requires(id, span) = &check.body else { continue };
            match by_id.get(id).and_then(|ix| clauses.get(*ix).map(|c| (*ix, c))) {
                Some((ix, required)) => {
                    own.push((ix, *span));
                    if required.kind != KindRaw::Requirement {
                        let message = text!("条款 `{id}` 不是要求", "the clause `{id}` is no requirement");
                        diagnostics.push(Diagnostic::error(Code::FieldMismatch, *span, message));
                    } else if required.category.is_some() && required.category != clause.category {
                        let message =
                            text!("条款 `{id}` 属于另一类别", "the clause `{id}` concerns another category");
                        diagnostics.push(Diagnostic::error(Code::ScopeMismatch, *span, message));
                    }
                }
                None => {
                    let written = Loc::new(id.to_string(), *span);
                    diagnostics.push(super::compile::unknown_clause(&written, by_id.keys()));
                }
            }
        }
        edges.push(own);
    }
    let mut state = vec![0u8; clauses.len()];
    for start in 0..clauses.len() {
        visit(start, &edges, &mut state, &mut Vec::new(), clauses, diagnostics);
    }
}

fn visit(
    at: usize,
    edges: &[Vec<(usize, Span)>],
    state: &mut [u8],
    trail: &mut Vec<usize>,
    clauses: &[Clause],
    diagnostics: &mut Diagnostics,
) {
    match state.get(at) {
        Some(0) => {}
        _ => return,
    }
    if let Some(s) = state.get_mut(at) {
        *s = 1;
    }
    trail.push(at);
    for (to, span) in edges.get(at).into_iter().flatten() {
        if state.get(*to) == Some(&1) {
            let from = trail.iter().position(|t| t == to).unwrap_or(0);
            let circle: Vec<String> = trail
                .iter()
                .skip(from)
                .chain([to])
                .filter_map(|i| clauses.get(*i))
                .map(|c| c.id.to_string())
                .collect();
            let circle = circle.join(" → ");
            let message = text!("循环引用：{circle}", "a circle: {circle}");
            diagnostics.push(Diagnostic::error(Code::Cycle, *span, message));
        }
        visit(*to, edges, state, trail, clauses, diagnostics);
    }
    trail.pop();
    if let Some(s) = state.get_mut(at) {
        *s = 2;
    }
}

/// A part that decides the grade should have something to grade by in every category.
pub fn something_required(
    standard: &Standard,
    clauses: &[Clause],
    raw: &RawStandard,
    diagnostics: &mut Diagnostics,
) {
    let categories: Vec<Option<usize>> = match standard.categories.len() {
        0 => vec![None],
        n => (0..n).map(Some).collect(),
    };
    for (p, part) in standard.parts.iter().enumerate() {
        if !matches!(part.role, Role::Grade { .. }) {
            continue;
        }
        for category in &categories {
            let concerns =
                |c: &&Clause| c.part == p && c.gates && (c.category.is_none() || c.category == *category);
            if clauses.iter().any(|c| concerns(&c)) {
                continue;
            }
            let of = category
                .and_then(|c| standard.categories.get(c))
                .map_or(Text::default(), |c| text!("对类别 `{}` ", " of the category `{}`", c.id));
            let id = &part.id;
            let declared =
                raw.standard.as_ref().and_then(|s| s.parts.get(p)).map_or(Span::NONE, |p| p.id.span);
            let message = text!("部分 `{id}` ", "the part `{id}` requires nothing")
                .then(of)
                .then(Text::new("没有任何要求", ""));
            let help = text!(
                "没有要求就不能评定；补上条款，或去掉这一部分",
                "without requirements nothing can be graded; add clauses or remove the part"
            );
            diagnostics.push(Diagnostic::warning(Code::NothingRequired, declared, message).help(help));
        }
    }
}
