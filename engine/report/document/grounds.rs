//! What a check of a report rests on: the facts, and who said so on the strength of which documents.

use super::EvidenceReportOut;
use super::build::Builder;
use crate::check::cite::{Cited, Looked, cite};
use crate::check::{Attest, Body, Check, Context};
use crate::evidence::{Claim, ClaimIx, KeyIx, Place, State, Type, Why};
use crate::lang::Lang;
use crate::report::evaluation::address;
use crate::report::words;
use crate::verdict::Outcomes;

impl Builder<'_> {
    /// The facts of a check with their sources. Records say by themselves what is known of each; their sources stand
    /// once for the list, or for the field if it is what the check asks of each.
    pub(super) fn grounds(
        &self,
        check: &Check,
        looked: &[Looked],
        ctx: &Context<'_>,
    ) -> Vec<EvidenceReportOut> {
        let records = !looked.is_empty();
        let mut found = Vec::new();
        let mut lists: Vec<(KeyIx, Vec<ClaimIx>)> = Vec::new();
        for cited in cite(&check.body, &check.when, ctx) {
            let Cited { key, record, state, claims } = cited;
            if !records || (record.is_none() && !self.is_list(key)) {
                found.push(EvidenceReportOut {
                    evidence: address(self.edition, ctx.category, key, record.as_deref()),
                    value: Some(self.phrases.state(key, &state)),
                    sources: self.sources(&claims),
                });
                continue;
            }
            let (of, claims) = match &check.body {
                // Nobody concluded anything of a record without a finding: who declared the record is beside the point.
                Body::Attest(Attest { key: asked, sample: Some(_) }) if key == *asked => match state {
                    State::Unknown(Why::Missing) => (key, Vec::new()),
                    _ => (key, claims),
                },
                Body::Attest(Attest { sample: Some(_), .. }) => continue,
                _ => (self.list_of(key), claims),
            };
            match lists.iter_mut().find(|(list, _)| *list == of) {
                Some((_, all)) => all.extend(claims),
                None => lists.push((of, claims)),
            }
        }
        // Records that count whatever stands in them: nothing of them was asked, but somebody declared them.
        if lists.is_empty() && !matches!(check.body, Body::Attest(_)) {
            for one in looked.iter().filter(|l| l.counts != Outcomes::NOT_MET) {
                let record = ctx.facts.list(one.list).records.iter().find(|r| *r.id == *one.id);
                let claims = record.map(|r| r.claims.clone()).unwrap_or_default();
                match lists.first_mut() {
                    Some((_, all)) => all.extend(claims),
                    None => lists.push((self.list_of(one.list), claims)),
                }
            }
        }
        found.extend(lists.into_iter().map(|(key, claims)| EvidenceReportOut {
            evidence: address(self.edition, ctx.category, key, None),
            value: None,
            sources: self.sources(&claims),
        }));
        found
    }

    fn is_list(&self, key: KeyIx) -> bool {
        self.edition.dictionary.get(key).is_some_and(|k| matches!(k.ty, Type::List))
    }

    /// The outermost list that holds a field; of anything else, itself.
    fn list_of(&self, mut key: KeyIx) -> KeyIx {
        while let Some(Place::Field { list, .. }) = self.edition.dictionary.get(key).map(|k| k.place) {
            key = list;
        }
        key
    }

    /// Statements in a line each: side, name, date, file and lines, documents, note. What was said alike in several
    /// lines of one file stands once. The file is named without the folders that it happened to lie in.
    pub(super) fn sources(&self, claims: &[ClaimIx]) -> Vec<String> {
        let mut all: Vec<(&Claim, Option<String>, Vec<usize>)> = Vec::new();
        for claim in claims.iter().filter_map(|c| self.dossier.claims.get(*c)) {
            let place = self.texts.place(claim.span);
            let line = place.as_ref().map(|p| p.line);
            let file = place.map(|p| p.file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned());
            let alike = |(other, at, _): &&mut (&Claim, Option<String>, Vec<usize>)| {
                let said = |c: &Claim| (c.side, c.by.clone(), c.on, c.documents.clone(), c.note.clone());
                *at == file && said(other) == said(claim)
            };
            match all.iter_mut().find(alike) {
                Some((.., lines)) => lines.extend(line),
                None => all.push((claim, file, line.into_iter().collect())),
            }
        }
        let one = |(claim, file, lines): (&Claim, Option<String>, Vec<usize>)| {
            let mut parts = vec![words::side(claim.side).in_lang(self.lang).to_owned()];
            parts.extend(claim.by.as_deref().map(str::to_owned));
            parts.extend(claim.on.map(|d| d.to_string()));
            parts.extend(file.map(|f| format!("{f}:{}", ranges(lines, self.lang))));
            parts.extend(claim.documents.iter().cloned());
            parts.extend(claim.note.clone());
            parts.join(self.lang.pick("，", ", "))
        };
        all.into_iter().map(one).collect()
    }
}

/// Numbers of lines, those that follow each other as a range.
fn ranges(mut lines: Vec<usize>, lang: Lang) -> String {
    lines.sort_unstable();
    lines.dedup();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for line in lines {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == line => *end = line,
            _ => runs.push((line, line)),
        }
    }
    let run = |(start, end): &(usize, usize)| match start == end {
        true => start.to_string(),
        false => format!("{start}–{end}"),
    };
    runs.iter().map(run).collect::<Vec<_>>().join(lang.pick("、", " & "))
}
