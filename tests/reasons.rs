//! Promise: the reason that stands beside a verdict is a reason for it, and the strongest one that there is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::collections::BTreeMap;

use common::random::{Rng, World};
use guiju::assessment::{CategoryResult, CheckResult};
use guiju::check::condition::matches;
use guiju::check::quantify::demanded;
use guiju::check::{Aggregate, Attest, Body, Check, Context, Over, Reason};
use guiju::dossier::{Dossier, View, context, facts};
use guiju::edition::{Clause, Edition};
use guiju::eval::evaluate;
use guiju::evidence::{ListFacts, Record, State, Value, Why};
use guiju::format::chapter::KindRaw;
use guiju::source::Sources;
use guiju::verdict::{Outcomes, Verdict};

#[test]
fn a_reason_can_bring_its_verdict_about() {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for_random(0, |edition, dossier, view| {
        for result in &evaluate(edition, dossier, view).categories {
            for own in &result.clauses {
                let clause = &edition.clauses[own.clause];
                for (check, tested) in clause.checks.iter().zip(&own.checks) {
                    *seen.entry(tested.reason.id()).or_default() += 1;
                    sound_reason(check, tested, &clause.address(check));
                }
                let verdict = own.outcomes.verdict();
                let voting = |(check, tested): &(&Check, &CheckResult)| {
                    check.member_of.is_none() && !check.observation && tested.outcomes.verdict() == verdict
                };
                let first = clause.checks.iter().zip(&own.checks).find(voting).map(|(_, t)| t.reason);
                let votes = clause.checks.iter().any(|c| c.member_of.is_none() && !c.observation)
                    || clause.choose.is_some()
                    || has_children(edition, result, clause);
                match (verdict, first) {
                    _ if !votes => assert_eq!(own.reason, Reason::Untested, "{}", clause.id),
                    (Verdict::Met, _) => assert_eq!(own.reason, Reason::Satisfied, "{}", clause.id),
                    (_, Some(reason)) => assert_eq!(own.reason, reason, "{}", clause.id),
                    (_, None) => assert_ne!(own.reason, Reason::Untested, "{}", clause.id),
                }
            }
        }
    });
    let unseen: Vec<String> = Reason::ALL.iter().map(|r| r.id()).filter(|r| !seen.contains_key(r)).collect();
    // Few keys take a finding that they do not apply; only a clause can have no checks.
    assert!(
        unseen.iter().all(|r| ["declared-not-applicable", "untested"].contains(&r.as_str())),
        "{unseen:?}"
    );
}

/// What the reason of a check says of its outcomes.
fn sound_reason(check: &Check, tested: &CheckResult, at: &str) {
    let (outcomes, reason) = (tested.outcomes, tested.reason);
    let verdict = outcomes.verdict();
    let can = match reason {
        Reason::Satisfied => vec![Verdict::Met],
        Reason::Deferred | Reason::Superseded | Reason::ConditionFalse | Reason::DeclaredNotApplicable => {
            vec![Verdict::NotApplicable]
        }
        Reason::ConditionOpen | Reason::Missing | Reason::Unreviewed | Reason::Disputed => {
            vec![Verdict::Undetermined]
        }
        Reason::Short | Reason::Mismatch | Reason::Fails | Reason::Absent | Reason::NoneMatches => {
            vec![Verdict::NotMet, Verdict::Undetermined]
        }
        _ => Verdict::ALL.to_vec(),
    };
    assert!(can.contains(&verdict), "{at}: {} for {outcomes:?}", reason.id());
    if verdict == Verdict::Met {
        assert_eq!(reason, Reason::Satisfied, "{at}: {outcomes:?}");
    }
    let composed = matches!(check.body, Body::AnyOf(_) | Body::AllOf(_) | Body::Requires(..));
    if composed && verdict == Verdict::NotMet {
        assert!(matches!(reason, Reason::Members | Reason::Clause | Reason::Absent), "{at}: {}", reason.id());
    }
}

/// What votes in a clause besides its own checks: children that concern the category.
fn has_children(edition: &Edition, result: &CategoryResult, clause: &Clause) -> bool {
    clause.children.iter().filter_map(|c| edition.clause(*c)).any(|child| {
        child.kind == KindRaw::Requirement
            && (child.category.is_none() || child.category == result.entry.category)
    })
}

/// Runs a law on 120 random dossiers of every standard, and on twenty of each of some random ones, whose rules are
/// stranger.
fn for_random(strange: u64, mut law: impl FnMut(&Edition, &Dossier, View)) {
    let shipped = common::standards().into_iter().map(|path| (common::files(&path), 120));
    let strange = (0..strange).map(|seed| (common::standards::random_standard(&mut Rng(seed + 1)), 20));
    for (files, dossiers) in shipped.chain(strange) {
        let edition = common::edition_of(&files, &mut Sources::default()).unwrap();
        let world = World::new(&edition);
        for seed in 0..dossiers {
            let rng = &mut Rng(seed);
            let (view, written) = match seed % 2 {
                0 => (View::Own, world.declared(rng)),
                _ => (View::Review, world.reviewed(rng)),
            };
            if let Some(dossier) = common::sound(&written, &edition) {
                law(&edition, &dossier, view);
            }
        }
    }
}

/// The reason of what is open: the strongest doubt about a record that matters, else what the list lacks.
fn open(doubts: impl Iterator<Item = Why>, list: &ListFacts) -> Reason {
    match (doubts.max(), list.open) {
        (Some(why), _) => why.into(),
        (None, Some(_)) if list.given => Reason::Incomplete,
        (None, why) => why.unwrap_or(Why::Missing).into(),
    }
}

/// What is not known of a value, if anything.
fn doubt(state: &State) -> Option<Why> {
    if let State::Unknown(why) = state { Some(*why) } else { None }
}

#[test]
fn the_strongest_doubt_about_what_matters_is_the_reason() {
    let mut seen = BTreeMap::<(&str, String), usize>::new();
    for_random(39, |edition, dossier, view| {
        for entry in &dossier.entries {
            let facts = facts(dossier, edition, view, entry.category);
            let ctx = &context(dossier, edition, entry, &facts);
            for (clause, check) in
                edition.clauses.iter().flat_map(|c| c.checks.iter().map(move |check| (c, check)))
            {
                let Some(tested) = check.body.test(ctx) else { continue };
                let Some((form, wanted)) = expected(&check.body, tested.outcomes, ctx) else { continue };
                assert_eq!(tested.reason, wanted, "{}: {:?}", clause.address(check), tested.outcomes);
                *seen.entry((form, wanted.id())).or_default() += 1;
            }
        }
    });
    for form in ["fact", "derived", "members", "records", "attest", "sample", "some", "every"] {
        let reasons: Vec<&String> = seen.keys().filter(|(f, _)| *f == form).map(|(_, r)| r).collect();
        assert!(reasons.len() > 2, "{form}: only {reasons:?}");
    }
}

/// The reason that a body must give for its outcomes, with the form of the body.
fn expected(body: &Body, outcomes: Outcomes, ctx: &Context<'_>) -> Option<(&'static str, Reason)> {
    let undecided = outcomes.verdict() == Verdict::Undetermined;
    match body {
        _ if outcomes == Outcomes::MET => Some(("met", Reason::Satisfied)),
        Body::Fact(key, _) => {
            let state = &ctx.facts.slot(*key).state;
            match (&ctx.derived[key.0], state) {
                (Some(aggregate), State::Unknown(Why::Missing)) => {
                    undecided.then(|| ("derived", aggregated(aggregate, ctx).1))
                }
                // Somebody gave a bare figure.
                (Some(_), State::Unknown(why)) => undecided.then(|| ("derived", Reason::from(*why))),
                (_, State::Known(Value::Quantity(_) | Value::Year(_))) => Some(("fact", Reason::Short)),
                (_, State::Known(_)) => Some(("fact", Reason::Mismatch)),
                (_, State::Absent) => Some(("fact", Reason::Absent)),
                (_, State::NotApplicable) => Some(("fact", Reason::DeclaredNotApplicable)),
                // No value within the bounds of the key would do.
                (_, State::Unknown(_)) if !undecided => Some(("fact", Reason::Short)),
                (_, State::Unknown(why)) => Some(("fact", Reason::from(*why))),
            }
        }
        Body::Aggregate(aggregate, _) => undecided.then(|| aggregated(aggregate, ctx)),
        Body::Attest(attest) => Some(attested(attest, outcomes, ctx)),
        Body::Quantify(quantifier) => {
            let list = ctx.facts.list(quantifier.list);
            let Some(has) = &quantifier.has else {
                let doubts = list.records.iter().filter_map(|r| matches(&quantifier.filter, r, ctx).why);
                let reason = if undecided { open(doubts, list) } else { Reason::NoneMatches };
                return Some(("some", reason));
            };
            let doubts = list.records.iter().flat_map(|record| {
                let (looked, has) = (matches(&quantifier.filter, record, ctx), demanded(has, record, ctx));
                let may_fail = looked.outcomes != Outcomes::NOT_MET && has.outcomes != Outcomes::MET;
                [looked.why, has.why].map(|why| why.filter(|_| may_fail))
            });
            Some(("every", if undecided { open(doubts.flatten(), list) } else { Reason::Exception }))
        }
        _ => None,
    }
}

/// The form of an aggregate, and what keeps it open.
fn aggregated(aggregate: &Aggregate, ctx: &Context<'_>) -> (&'static str, Reason) {
    match aggregate.over {
        Over::Members(key) => ("members", doubt(&ctx.facts.slot(key).state).unwrap_or(Why::Missing).into()),
        Over::Records { list, field } => {
            let list = ctx.facts.list(list);
            let doubts = list.records.iter().flat_map(|record| {
                let counts = matches(&aggregate.filter, record, ctx);
                let adds = field.filter(|_| counts.outcomes != Outcomes::NOT_MET);
                [counts.why, adds.and_then(|(_, at)| doubt(&record.slot(at).state))]
            });
            ("records", open(doubts.flatten(), list))
        }
    }
}

fn attested(attest: &Attest, result: Outcomes, ctx: &Context<'_>) -> (&'static str, Reason) {
    let Some(sample) = &attest.sample else {
        let reason = match &ctx.facts.slot(attest.key).state {
            State::Known(_) => Reason::Fails,
            State::Absent => Reason::Absent,
            State::NotApplicable => Reason::DeclaredNotApplicable,
            State::Unknown(why) => (*why).into(),
        };
        return ("attest", reason);
    };
    let list = ctx.facts.list(sample.list);
    let shown = |record: &Record| attest.shown(record, sample, ctx);
    let reason = match result {
        Outcomes::NOT_APPLICABLE => Reason::DeclaredNotApplicable,
        Outcomes::NOT_MET if list.records.iter().any(|r| shown(r) == Outcomes::NOT_MET) => Reason::Fails,
        Outcomes::NOT_MET => Reason::Short,
        _ => {
            let matter = list.records.iter().filter(|r| shown(r).iter().count() > 1);
            let doubts = matter
                .flat_map(|r| [doubt(&r.slot(sample.position).state), matches(&sample.filter, r, ctx).why]);
            open(doubts.flatten(), list)
        }
    };
    ("sample", reason)
}
