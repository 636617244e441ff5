//! Builds the answer from results.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AdmissibilityOut, AskedOut, CategoryOut, CauseCheckOut, CauseOut, CheckSideOut, DossierOut, EditionOut,
    GradeOut, ImpactOut, LayerOut, LevelCountOut, MatrixOut, MoveOut, NearOut, SideOut, TotalsOut,
    UnreadableOut,
};
use crate::analysis::impact::{
    Because, CategoryImpact, Cause, Graded, Judged, Thread, ThreadKind, Turn, admissibility, asked, category,
    compare, hanging, origin,
};
use crate::assessment::{CategoryResult, ClauseResult};
use crate::dossier::View;
use crate::edition::overlay::Layer;
use crate::edition::{Edition, describe};
use crate::evidence::{KeyIx, Value};
use crate::format::overlay::StatusRaw;
use crate::lang::Lang;
use crate::report::evaluation::actual;
use crate::report::phrase::{Phrases, shortfall};

/// What the later edition does to one dossier.
#[must_use]
pub fn dossier(file: &str, digest: &str, before: Graded<'_>, after: Graded<'_>, lang: Lang) -> DossierOut {
    let builder = Builder { before, after, lang };
    let verdict = |g: Graded<'_>| g.assessment.admissibility.outcomes.verdict().into();
    let dossier = after.dossier;
    DossierOut {
        file: file.to_owned(),
        institution: dossier.institution.clone(),
        digest: digest.to_owned(),
        applied_on: dossier.applied_on.to_string(),
        assessed_on: dossier.assessed_on.to_string(),
        view: if after.assessment.view == View::Own { "self" } else { "review" }.to_owned(),
        edition_before: before.edition.digest.clone(),
        edition_after: after.edition.digest.clone(),
        admissibility: AdmissibilityOut {
            before: verdict(before),
            after: verdict(after),
            because: builder.causes(&admissibility(before, after)),
        },
        categories: compare(before, after).iter().map(|c| builder.category(c)).collect(),
    }
}

/// The clauses that make a difference, in one language.
#[must_use]
pub fn because(before: Graded<'_>, after: Graded<'_>, because: &Because, lang: Lang) -> Vec<CauseOut> {
    Builder { before, after, lang }.causes(because)
}

/// Sums and matrix over dossiers.
#[must_use]
pub fn total(
    [before, after]: [&str; 2],
    editions: &[(&Edition, &Edition)],
    dossiers: Vec<DossierOut>,
    unreadable: Vec<UnreadableOut>,
    lang: Lang,
) -> ImpactOut {
    let standard = editions.first().map(|(_, after)| &after.standard);
    let side = |written: &str, pick: fn(&(&Edition, &Edition)) -> EditionOut| SideOut {
        written: written.to_owned(),
        editions: editions.iter().map(pick).collect::<BTreeSet<_>>().into_iter().collect(),
    };
    let mut totals =
        TotalsOut { dossiers: dossiers.len(), unreadable: unreadable.len(), ..TotalsOut::default() };
    for category in dossiers.iter().flat_map(|d| &d.categories) {
        let figures = || category.near.iter().filter(|n| n.kind != ThreadKind::Statement);
        totals.categories += 1;
        totals.drops += usize::from(category.change == Turn::Drop);
        totals.rises += usize::from(category.change == Turn::Rise);
        totals.shifts += usize::from(category.change == Turn::Shift);
        totals.near += usize::from(figures().next().is_some());
        totals.newly_near += usize::from(figures().any(|n| n.newly));
        totals.asked += usize::from(!category.asked.is_empty());
    }
    ImpactOut {
        lang: lang.pick("zh", "en").to_owned(),
        engine: format!("guiju {}", env!("CARGO_PKG_VERSION")),
        standard: standard.map(|s| format!("{} {}", s.number, s.title.in_lang(lang))).unwrap_or_default(),
        notice: standard.map(|s| s.notice.in_lang(lang).to_owned()).unwrap_or_default(),
        before: side(before, |(before, _)| edition_out(before)),
        after: side(after, |(_, after)| edition_out(after)),
        totals,
        matrix: editions.first().map(|(_, e)| matrix(e, &dossiers, lang)).unwrap_or_default(),
        dossiers,
        unreadable,
        ledger: None,
    }
}

fn edition_out(edition: &Edition) -> EditionOut {
    EditionOut {
        digest: edition.digest.clone(),
        region: edition.region.clone(),
        layers: edition.layers.iter().filter(|l| l.in_force).map(|l| l.id.clone()).collect(),
    }
}

/// Title of a category, and how many awards went from one level to another.
type Moves = (String, BTreeMap<(u8, u8), usize>);

/// Categories in the order of the standard.
fn matrix(edition: &Edition, dossiers: &[DossierOut], lang: Lang) -> Vec<MatrixOut> {
    let standard = &edition.standard;
    let place = |id: &Option<String>| id.as_ref().and_then(|id| standard.category(id));
    let mut rows: BTreeMap<(Option<usize>, Option<String>), Moves> = BTreeMap::new();
    for category in dossiers.iter().flat_map(|d| &d.categories) {
        let row = rows.entry((place(&category.category), category.category.clone()));
        let (_, moves) = row.or_insert_with(|| (category.title.clone(), BTreeMap::new()));
        *moves.entry((category.before.award, category.after.award)).or_default() += 1;
    }
    let row = |((_, category), (title, moves)): ((_, Option<String>), Moves)| {
        let count = |wanted: &dyn Fn(&(u8, u8)) -> bool| {
            moves.iter().filter(|(m, _)| wanted(m)).map(|(_, n)| n).sum()
        };
        let level = |level: u8| LevelCountOut {
            level,
            title: level_title(edition, level, lang),
            before: count(&|m| m.0 == level),
            after: count(&|m| m.1 == level),
        };
        let levels = (0..=standard.top()).map(level).collect();
        let moves = moves.iter().map(|((from, to), count)| MoveOut { from: *from, to: *to, count: *count });
        MatrixOut { category, title, levels, moves: moves.collect() }
    };
    rows.into_iter().map(row).collect()
}

/// The title of a level; 0 is none.
#[must_use]
pub fn level_title(edition: &Edition, level: u8, lang: Lang) -> String {
    let title = usize::from(level).checked_sub(1).and_then(|l| edition.standard.levels.get(l));
    title.map_or_else(|| lang.pick("无", "none").to_owned(), |l| l.title.in_lang(lang).to_owned())
}

/// The title of a category; of a standard without categories, of the whole.
#[must_use]
pub fn category_title(edition: &Edition, result: &CategoryResult, lang: Lang) -> String {
    let category = result.entry.category.and_then(|c| edition.standard.categories.get(c));
    category.map_or_else(|| lang.pick("全部", "overall").to_owned(), |c| c.title.in_lang(lang).to_owned())
}

/// An instrument.
#[must_use]
pub fn layer_out(layer: &Layer, lang: Lang) -> LayerOut {
    LayerOut {
        id: layer.id.clone(),
        title: layer.title.in_lang(lang).to_owned(),
        citation: layer.citation.in_lang(lang).to_owned(),
        draft: layer.status == StatusRaw::Draft,
    }
}

struct Builder<'a> {
    before: Graded<'a>,
    after: Graded<'a>,
    lang: Lang,
}

impl Builder<'_> {
    fn category(&self, impact: &CategoryImpact<'_>) -> CategoryOut {
        let edition = self.after.edition;
        let entry = &impact.after.entry;
        let grade = |edition: &Edition, result: &CategoryResult| GradeOut {
            award: result.award,
            title: level_title(edition, result.award, self.lang),
            guaranteed: result.attained.guaranteed,
            possible: result.attained.possible,
        };
        let near = hanging(self.before, self.after, impact);
        let mut near: Vec<NearOut> = near.into_iter().map(|(t, newly)| self.near(t, newly)).collect();
        near.sort_by(|a, b| (!a.newly, a.kind, &a.evidence).cmp(&(!b.newly, b.kind, &b.evidence)));
        CategoryOut {
            category: category(edition, impact.after).map(str::to_owned),
            title: category_title(edition, impact.after, self.lang),
            stage: entry.stage.and_then(|s| edition.standard.stages.get(s)).map(|s| s.id.clone()),
            target: entry.target,
            before: grade(self.before.edition, impact.before),
            after: grade(edition, impact.after),
            change: impact.turn,
            because: self.causes(&impact.because),
            grading: impact.because.grading,
            near,
            asked: asked(self.before, self.after, impact)
                .into_iter()
                .map(|a| AskedOut {
                    evidence: a.fact,
                    title: self.label(a.key),
                    question: edition
                        .dictionary
                        .get(a.key)
                        .map(|k| k.question.in_lang(self.lang).to_owned())
                        .unwrap_or_default(),
                    new_key: a.new_key,
                    checks: a.checks,
                })
                .collect(),
        }
    }

    fn label(&self, key: KeyIx) -> String {
        let key = self.after.edition.dictionary.get(key);
        key.map(|k| k.label().in_lang(self.lang).to_owned()).unwrap_or_default()
    }

    fn near(&self, thread: Thread, newly: bool) -> NearOut {
        let edition = self.after.edition;
        let show = |value: &Option<Value>| {
            let value = value.as_ref()?;
            Some(edition.dictionary.show(thread.key, value, &edition.standard.units, self.lang))
        };
        NearOut {
            actual: show(&thread.value),
            beyond: show(&thread.beyond),
            kind: thread.kind,
            title: self.label(thread.key),
            evidence: thread.fact,
            set: thread.set,
            award: thread.award,
            newly,
            checks: thread.checks,
        }
    }

    fn causes(&self, because: &Because) -> Vec<CauseOut> {
        because.causes.iter().map(|c| self.cause(c)).collect()
    }

    fn cause(&self, cause: &Cause) -> CauseOut {
        let (b, a) = (self.before.edition, self.after.edition);
        let id = cause.id.to_string();
        let clause = a.find(&cause.id).and_then(|ix| a.clause(ix));
        // A clause that is gone is described as it was.
        let gone = clause.is_none_or(|c| c.kind == crate::format::chapter::KindRaw::Withdrawn);
        let was = b.find(&cause.id).and_then(|ix| b.clause(ix));
        let shown = if gone { was.or(clause) } else { clause };
        let verdict = |result: &Option<ClauseResult>| result.as_ref().map(|r| r.verdict().into());
        CauseOut {
            title: shown.map(|c| c.title.in_lang(self.lang).to_owned()).unwrap_or_default(),
            level: shown.and_then(|c| c.level),
            before: verdict(&cause.before),
            after: verdict(&cause.after),
            layer: origin(a, b, &id).or_else(|| origin(b, a, &id)).map(|l| layer_out(l, self.lang)),
            clause: id,
            checks: cause
                .checks
                .iter()
                .map(|pair| CauseCheckOut {
                    address: pair.address.clone(),
                    before: pair.before.as_ref().and_then(|j| self.check(b, a, &pair.address, j)),
                    after: pair.after.as_ref().and_then(|j| self.check(a, b, &pair.address, j)),
                })
                .collect(),
        }
    }

    fn check(&self, own: &Edition, other: &Edition, address: &str, judged: &Judged) -> Option<CheckSideOut> {
        let clause = own.clause(judged.clause)?;
        let check = clause.checks.get(judged.check)?;
        let phrases = Phrases { edition: own, lang: self.lang };
        let result = &judged.result;
        Some(CheckSideOut {
            verdict: result.outcomes.verdict().into(),
            reason: result.reason,
            demand: phrases.demand(clause, check),
            asks: phrases.threshold(check),
            threshold: check.shown.threshold.clone(),
            actual: actual(own, result),
            found: phrases.actual(check, result),
            shortfall: shortfall(check, result).map(describe::Number),
            lacking: phrases.shortfall(check, result),
            layer: origin(own, other, address).map(|l| layer_out(l, self.lang)),
        })
    }
}
