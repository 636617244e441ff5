//! Raw files become an edition, or a list of everything that is wrong with them.

use std::collections::BTreeMap;

use super::overlay::{self, OperationKind, Resolved, Tightened};
use super::{Clause, Edition, Interpretation, SampleShown, clauses, graph};
use crate::calendar::Date;
use crate::check::Linker;
use crate::check::link::RawSample;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::evidence::{self, Dictionary, Place, Type, unknown_key};
use crate::format::chapter::ClauseRaw;
use crate::format::overlay::IntentRaw;
use crate::id::ClauseId;
use crate::load::RawStandard;
use crate::standard;
use crate::syntax::de::Loc;
use crate::text;

/// For which region and dates an edition is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The region, if any.
    pub region: Option<String>,
    /// Date of application.
    pub applied_on: Date,
    /// Date of assessment.
    pub assessed_on: Date,
    /// Whether the published base is wanted, without any instrument.
    pub base_only: bool,
    /// Readings that hold instead of the adopted ones: interpretation → reading.
    pub readings: BTreeMap<String, String>,
}

impl Request {
    /// The edition without a region for a pair of dates.
    #[must_use]
    pub fn of(applied_on: Date, assessed_on: Date) -> Self {
        Request { region: None, applied_on, assessed_on, base_only: false, readings: BTreeMap::new() }
    }
}

/// Compiles an edition. `None` if anything in the rules is wrong; then at least one error was reported.
#[must_use]
pub fn compile(raw: &RawStandard, request: &Request, diagnostics: &mut Diagnostics) -> Option<Edition> {
    let mut own = Diagnostics::default();
    super::readings::check(raw, &mut own);
    let edition = overlaid(raw, request, &mut own);
    let failed = own.has_errors() || raw.broken || edition.is_none();
    // Names declared in a file that could not be read seem unknown: that is not worth saying twice.
    let follows = |code: Code| {
        raw.broken
            && matches!(
                code,
                Code::UnknownClause
                    | Code::UnknownCheck
                    | Code::UnknownEvidence
                    | Code::UnknownReference
                    | Code::UnknownInterpretation
                    | Code::UnknownName
                    | Code::OrphanClause
                    | Code::NothingRequired
            )
    };
    diagnostics.extend(own.into_iter().filter(|d| !follows(d.code)));
    if failed { None } else { edition }
}

/// The base with all instruments in force, of which every region was shown to do what it declares.
fn overlaid(raw: &RawStandard, request: &Request, diagnostics: &mut Diagnostics) -> Option<Edition> {
    let resolved = overlay::resolve(raw, request, None, diagnostics)?;
    let edition = linked(raw, request, resolved.clone(), diagnostics)?;
    if diagnostics.has_errors() {
        return Some(edition);
    }
    for region in &resolved.regions {
        if let Some((pinned, span)) = &region.base {
            let base = Request { base_only: true, region: None, ..request.clone() };
            let base = linked(raw, &base, Resolved::default(), &mut Diagnostics::default());
            if let Some(digest) = base.map(|b| b.digest).filter(|d| d != pinned) {
                let name = &region.region;
                let message = text!(
                    "地区 `{name}` 固定的基础版本已变",
                    "the base is not the one that the region `{name}` pins"
                );
                let help = text!(
                    "核对各项改动后，改为 base = \"{digest}\"",
                    "go through the operations again, then write base = \"{digest}\""
                );
                diagnostics.push(Diagnostic::error(Code::StaleBase, *span, message).help(help));
            }
        }
        let tightened: Vec<&Tightened> =
            resolved.tightened.iter().filter(|t| t.depth == region.depth).collect();
        // What it does to keys and declarations may reach what is protected.
        let elsewhere = resolved.history.iter().any(|s| {
            let layer = resolved.layers.get(s.layer);
            let ours = layer.is_some_and(|l| l.in_force && l.region.as_ref() == Some(&region.region));
            ours && s.operation != OperationKind::Insert && (s.at == "standard" || s.at.contains(':'))
        });
        if region.intent == IntentRaw::Any && tightened.is_empty() && !elsewhere {
            continue;
        }
        let at_depth = |depth: usize, diagnostics: &mut Diagnostics| {
            let resolved = overlay::resolve(raw, request, Some(depth), diagnostics)?;
            linked(raw, request, resolved, &mut Diagnostics::default())
        };
        let under = region.depth.saturating_sub(1);
        let (below, own) = if region.intent == IntentRaw::Any && tightened.is_empty() {
            // Nothing is promised: what stands above it need not stand by itself, so the nearest that does is taken.
            let stands = |depth: usize| at_depth(depth, &mut Diagnostics::default());
            ((0..=under).rev().find_map(stands), stands(region.depth))
        } else {
            (at_depth(under, diagnostics), at_depth(region.depth, diagnostics))
        };
        let (Some(below), Some(own)) = (below, own) else { continue };
        super::compare::prove(&below, &own, region, &tightened, diagnostics);
    }
    Some(edition)
}

/// The rules of an edition as written, with all operations applied. `None` where [`compile`] refuses.
#[must_use]
pub fn rules(raw: &RawStandard, request: &Request) -> Option<RawStandard> {
    let resolved = overlay::resolve(raw, request, None, &mut Diagnostics::default())?;
    Some(resolved.raw.unwrap_or_else(|| raw.clone()))
}

fn linked(
    raw: &RawStandard,
    request: &Request,
    resolved: Resolved,
    diagnostics: &mut Diagnostics,
) -> Option<Edition> {
    let rules = resolved.raw.as_ref().unwrap_or(raw);
    let mut edition = link(rules, request, diagnostics)?;
    edition.layers = resolved.layers;
    edition.history = resolved.history;
    edition.templates = resolved.templates;
    Some(edition)
}

fn link(raw: &RawStandard, request: &Request, diagnostics: &mut Diagnostics) -> Option<Edition> {
    let standard = standard::cross(raw, diagnostics)?;
    let dictionary = evidence::cross(raw, &standard, diagnostics);
    let interpretations = interpretations(raw, diagnostics);

    let samples = samples(raw, &dictionary, diagnostics);
    let mut linker = Linker {
        standard: &standard,
        dictionary: &dictionary,
        samples: &samples,
        level: None,
        per_category: true,
        diagnostics,
    };
    let derived: Vec<_> =
        dictionary.keys.iter().map(|key| key.derive.as_ref().and_then(|d| linker.derive(d, key))).collect();
    let mut clauses = clauses::link(raw, None, &interpretations, &mut linker);
    let by_id: BTreeMap<ClauseId, usize> =
        clauses.iter().enumerate().map(|(i, c)| (c.id.clone(), i)).collect();
    graph::requires(&mut clauses, &by_id, diagnostics);
    graph::something_required(&standard, &clauses, raw, diagnostics);

    for interpretation in raw.interpretations.iter().flat_map(|f| &f.interpretations) {
        for clause in &interpretation.clauses {
            let known = ClauseId::parse(clause).is_some_and(|id| by_id.contains_key(&id));
            if !known {
                diagnostics.push(unknown_clause(clause, by_id.keys()));
            }
        }
    }
    let samples = samples
        .iter()
        .map(|s| SampleShown {
            list: s.list,
            filter: s.raw.filter.as_ref().map(|f| f.0.0.to_json()),
            size: s.raw.size.value.clone(),
        })
        .collect();
    let mut edition = Edition {
        standard,
        dictionary,
        derived,
        samples,
        clauses,
        interpretations,
        region: request.region.clone(),
        applied_on: request.applied_on,
        assessed_on: request.assessed_on,
        digest: String::new(),
        layers: Vec::new(),
        history: Vec::new(),
        templates: BTreeMap::new(),
        by_id,
    };
    edition.digest = super::describe::digest(&edition);
    Some(edition)
}

/// The samples that are declared, those on lists that exist.
fn samples<'a>(
    raw: &'a RawStandard,
    dictionary: &Dictionary,
    diagnostics: &mut Diagnostics,
) -> Vec<RawSample<'a>> {
    let mut samples = Vec::new();
    for sample in raw.standard.iter().flat_map(|s| &s.samples) {
        let found = dictionary.find(&sample.of).and_then(|ix| Some((ix, dictionary.get(ix)?)));
        match found {
            None => diagnostics.push(unknown_key(&sample.of, sample.of.span, dictionary)),
            Some((ix, key)) if key.ty == Type::List && key.place == Place::Institution => {
                samples.push(RawSample { list: ix, raw: sample });
            }
            Some(_) => {
                let name = &sample.of.value;
                let message = text!("`{name}` 不是记录表", "`{name}` is no list of records");
                diagnostics.push(Diagnostic::error(Code::OperatorMismatch, sample.of.span, message));
            }
        }
    }
    samples
}

/// The clauses as they would be linked if one of them were written otherwise; everything that does not depend on
/// it is kept. `None` if the rules would be refused.
#[must_use]
pub fn relink(base: &Edition, raw: &RawStandard, clause: &ClauseRaw) -> Option<Vec<Clause>> {
    let mut diagnostics = Diagnostics::default();
    let samples = samples(raw, &base.dictionary, &mut diagnostics);
    let mut linker = Linker {
        standard: &base.standard,
        dictionary: &base.dictionary,
        samples: &samples,
        level: None,
        per_category: true,
        diagnostics: &mut diagnostics,
    };
    let patch = clauses::Patch { clause, linked: &base.clauses };
    let mut clauses = clauses::link(raw, Some(patch), &base.interpretations, &mut linker);
    graph::requires(&mut clauses, &base.by_id, &mut diagnostics);
    (!diagnostics.has_errors()).then_some(clauses)
}

/// The diagnostic for a clause that does not exist.
#[must_use]
pub fn unknown_clause<'a>(id: &Loc<String>, known: impl IntoIterator<Item = &'a ClauseId>) -> Diagnostic {
    let name = &id.value;
    let message = text!("没有条款 `{name}`", "there is no clause `{name}`");
    Diagnostic::error(Code::UnknownClause, id.span, message)
        .suggest(name, known.into_iter().map(ClauseId::as_str))
}

fn interpretations(raw: &RawStandard, diagnostics: &mut Diagnostics) -> BTreeMap<String, Interpretation> {
    let mut found: BTreeMap<String, (Interpretation, crate::source::Span)> = BTreeMap::new();
    for interpretation in raw.interpretations.iter().flat_map(|f| &f.interpretations) {
        let id = &interpretation.id;
        if ClauseId::parse(id).is_none() {
            let name = &id.value;
            let message = text!("释义编号 `{name}` 写法不对", "the interpretation id `{name}` is malformed");
            diagnostics.push(Diagnostic::error(Code::BadId, id.span, message));
        }
        if let Some((_, first)) = found.get(&id.value) {
            let name = &id.value;
            let message = text!("释义 `{name}` 重复", "the interpretation `{name}` stands twice");
            let diagnostic = Diagnostic::error(Code::DuplicateId, id.span, message);
            diagnostics.push(diagnostic.related(*first, text!("第一次在这里", "first here")));
            continue;
        }
        let readings: Vec<_> =
            interpretation.readings.iter().map(|r| (r.id.value.clone(), r.text.clone())).collect();
        for (i, reading) in interpretation.readings.iter().enumerate() {
            if interpretation.readings.iter().take(i).any(|r| r.id.value == reading.id.value) {
                let name = &reading.id.value;
                let message = text!("读法 `{name}` 重复", "the reading `{name}` stands twice");
                diagnostics.push(Diagnostic::error(Code::DuplicateId, reading.id.span, message));
            }
        }
        let adopted = &interpretation.adopted;
        if !readings.iter().any(|(id, _)| *id == adopted.value) {
            let name = &adopted.value;
            let message = text!("没有读法 `{name}`", "there is no reading `{name}`");
            diagnostics.push(
                Diagnostic::error(Code::UnknownName, adopted.span, message)
                    .choices(name, readings.iter().map(|(id, _)| id.as_str())),
            );
        }
        let linked = Interpretation {
            id: id.value.clone(),
            clauses: interpretation.clauses.iter().filter_map(|c| ClauseId::parse(c)).collect(),
            affects: interpretation.affects,
            question: interpretation.question.clone(),
            readings,
            adopted: adopted.value.clone(),
            reason: interpretation.reason.clone(),
        };
        found.insert(id.value.clone(), (linked, id.span));
    }
    found.into_iter().map(|(id, (interpretation, _))| (id, interpretation)).collect()
}
