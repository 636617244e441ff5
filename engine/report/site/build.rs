//! The frame of the site and its first pages.

use std::collections::BTreeMap;

use super::clauses::clause_page;
use super::layers::{self, Layer, Step};
use super::*;
use crate::analysis::thresholds::thresholds;
use crate::edition::readings::Effect;
use crate::edition::{Clause, Edition};
use crate::evidence::Key;
use crate::lang::Lang;
use crate::report::phrase::Phrases;
use crate::report::thresholds::{both, edition_out, present};
use crate::standard::{Combine, Named, Role};
use crate::text;

/// What a site is made from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The edition.
    pub edition: &'a Edition,
    /// The edition beside it, if one was named.
    pub against: Option<&'a Edition>,
    /// What readings that are not adopted would change: interpretation and reading → effect.
    pub effects: &'a BTreeMap<(String, String), Effect>,
    /// The language that comes first.
    pub lang: Lang,
}

/// Where things are in the site.
pub(super) struct Places<'a> {
    pub(super) edition: &'a Edition,
    /// Chapter → file.
    chapters: BTreeMap<&'a str, String>,
}

impl<'a> Places<'a> {
    fn new(edition: &'a Edition) -> Self {
        let mut chapters: BTreeMap<&str, String> = BTreeMap::new();
        for clause in &edition.clauses {
            let chapter = chapter_of(clause.id.as_str());
            if chapters.contains_key(chapter) {
                continue;
            }
            // Some file systems do not tell upper case from lower case.
            let mut name = format!("clause-{chapter}");
            while chapters.values().any(|f| f.eq_ignore_ascii_case(&format!("{name}.html"))) {
                name.push('_');
            }
            chapters.insert(chapter, format!("{name}.html"));
        }
        Places { edition, chapters }
    }

    /// What a wording is in both languages.
    pub(super) fn say(&self, say: impl Fn(&Phrases<'_>) -> String) -> Text {
        both(self.edition, say)
    }

    fn file(&self, clause: &str) -> String {
        self.chapters.get(chapter_of(clause)).cloned().unwrap_or_default()
    }

    pub(super) fn clause(&self, clause: &Clause) -> LinkOut {
        let id = clause.id.to_string();
        LinkOut { href: Some(format!("{}#{id}", self.file(&id))), id, title: clause.title.clone() }
    }

    /// The clause or check that a text names: `6.3.3`, `6.3.3#area`; anything else without a link.
    pub(super) fn named(&self, address: &str) -> LinkOut {
        let (id, check) = address.split_once('#').map_or((address, None), |(id, check)| (id, Some(check)));
        let clause = crate::id::ClauseId::parse(id).and_then(|id| self.edition.find(&id));
        let clause = clause.and_then(|ix| self.edition.clause(ix));
        match (clause, check) {
            (Some(clause), None) => self.clause(clause),
            (Some(clause), Some(check)) if clause.checks.iter().any(|c| *c.id == *check) => {
                LinkOut { id: address.to_owned(), ..self.check(clause, check) }
            }
            _ => match address.strip_prefix("evidence:").and_then(|key| self.edition.dictionary.find(key)) {
                Some(ix) => {
                    let found = self.edition.dictionary.get(ix).map(|key| self.key(key));
                    found.map_or_else(|| unknown(address), |l| LinkOut { id: address.to_owned(), ..l })
                }
                None => unknown(address),
            },
        }
    }

    /// A check, by its id within its clause.
    pub(super) fn check(&self, clause: &Clause, check: &str) -> LinkOut {
        let id = clause.id.as_str();
        let href = format!("{}#{id}/{check}", self.file(id));
        LinkOut { id: check.to_owned(), href: Some(href), title: clause.title.clone() }
    }

    pub(super) fn key(&self, key: &Key) -> LinkOut {
        let anchor = key.name.replace('[', "%5B").replace(']', "%5D");
        let href = format!("{}#{anchor}", evidence::file(&key.name));
        LinkOut { id: key.name.to_string(), href: Some(href), title: key.label().clone() }
    }

    pub(super) fn interpretation(&self, id: &str) -> LinkOut {
        let found = self.edition.interpretations.get(id);
        LinkOut {
            id: id.to_owned(),
            href: found.map(|_| format!("interpretations.html#{id}")),
            title: found.map(|i| i.question.clone()).unwrap_or_default(),
        }
    }

    fn topic(&self, clause: &Clause, matrix: &ThresholdsOut) -> Option<LinkOut> {
        let topic = clause.topic.as_ref()?;
        let part = self.edition.standard.parts.get(clause.part).map(|p| p.id.as_str());
        let category = clause.category.and_then(|c| self.edition.standard.categories.get(c));
        let category = category.map(|c| c.id.as_str());
        let group =
            matrix.groups.iter().find(|g| Some(g.part.as_str()) == part && g.category.as_deref() == category);
        let measured = group.is_some_and(|g| g.rows.iter().any(|r| r.topic.as_ref() == Some(topic)));
        let href = measured
            .then(|| format!("thresholds.html#{}", topic_anchor(part.unwrap_or_default(), category, topic)));
        Some(LinkOut { id: topic.clone(), href, title: Text::same(topic) })
    }
}

/// The place of a topic on the page of thresholds.
fn topic_anchor(part: &str, category: Option<&str>, topic: &str) -> String {
    category.map_or_else(|| format!("{part}/{topic}"), |c| format!("{part}/{c}/{topic}"))
}

fn unknown(address: &str) -> LinkOut {
    LinkOut { id: address.to_owned(), href: None, title: Text::same(address) }
}

pub(super) fn chapter_of(id: &str) -> &str {
    id.split_once('.').map_or(id, |(chapter, _)| chapter)
}

/// Builds a site.
#[must_use]
pub fn site(source: &Source<'_>) -> SiteOut {
    let all = layers::layers(source.edition);
    let elsewhere = layers::elsewhere(source.edition);
    site_with(source, all, elsewhere, |clause| layers::history(source.edition, clause))
}

/// Builds a site with given layers and histories.
#[must_use]
pub fn site_with(
    source: &Source<'_>,
    all: Vec<Layer>,
    elsewhere: Vec<Step>,
    history: impl Fn(&Clause) -> Vec<Step>,
) -> SiteOut {
    let edition = source.edition;
    let places = Places::new(edition);
    let matrix = present(&thresholds(edition, source.against), edition, source.against);
    let shared = shared(edition);
    let mut chapters: Vec<ChapterOut> = Vec::new();
    let mut steps: Vec<(LinkOut, Step)> = Vec::new();
    for clause in &edition.clauses {
        let id = chapter_of(clause.id.as_str());
        if chapters.last().is_none_or(|c| c.id != id) {
            let title = text!("{id}　", "{id} ").then(clause.title.clone());
            let head = HeadOut { file: places.file(id), title };
            chapters.push(ChapterOut {
                head,
                id: id.to_owned(),
                clauses: Vec::new(),
                previous: None,
                next: None,
            });
        }
        let own = history(clause);
        steps.extend(own.iter().map(|step| (places.clause(clause), step.clone())));
        let mut page = clause_page(&places, clause, own);
        page.topic = places.topic(clause, &matrix);
        let same = shared.get(clause.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        page.shared_by = same.iter().map(|other| places.clause(other)).collect();
        if let Some(chapter) = chapters.last_mut() {
            chapter.clauses.push(page);
        }
    }
    steps.extend(elsewhere.into_iter().map(|step| (places.named(&step.at), step)));
    link_neighbours(&mut chapters);
    let (dictionary, evidence) = evidence::pages(&places);
    let interpretations = interpretations::page(&places, source.effects);
    let comparison = source.against.map(|there| compare::page(&places, there));
    let search = search::page(&chapters, &evidence, &interpretations);
    let home = home(&places, &chapters, &all);
    SiteOut {
        frame: frame(source, comparison.is_some()),
        home,
        thresholds: thresholds_page(&places, matrix),
        chapters,
        dictionary,
        evidence,
        interpretations,
        layers: layers::page(all, &steps),
        comparison,
        search,
    }
}

/// Clauses that share the content of another: that one → those.
fn shared(edition: &Edition) -> BTreeMap<&str, Vec<&Clause>> {
    let mut shared: BTreeMap<&str, Vec<&Clause>> = BTreeMap::new();
    for clause in &edition.clauses {
        if let Some(other) = &clause.same_as {
            shared.entry(other.as_str()).or_default().push(clause);
        }
    }
    shared
}

fn link_neighbours(chapters: &mut [ChapterOut]) {
    let links: Vec<LinkOut> = chapters
        .iter()
        .map(|c| LinkOut { id: c.id.clone(), href: Some(c.head.file.clone()), title: c.head.title.clone() })
        .collect();
    for (ix, chapter) in chapters.iter_mut().enumerate() {
        chapter.previous = ix.checked_sub(1).and_then(|before| links.get(before)).cloned();
        chapter.next = links.get(ix + 1).cloned();
    }
}

fn frame(source: &Source<'_>, compared: bool) -> FrameOut {
    let standard = &source.edition.standard;
    let link = |file: &str, title: Text| LinkOut { id: file.to_owned(), href: Some(file.to_owned()), title };
    let mut bar = vec![
        link("index.html", text!("首页", "Home")),
        link("thresholds.html", text!("阈值", "Thresholds")),
        link("evidence.html", text!("证据", "Evidence")),
        link("interpretations.html", text!("释义", "Interpretations")),
        link("layers.html", text!("版本层", "Layers")),
    ];
    if compared {
        bar.push(link("compare.html", text!("对照", "Comparison")));
    }
    bar.push(link("search.html", text!("检索", "Search")));
    FrameOut {
        lang: source.lang.pick("zh", "en").to_owned(),
        engine: format!("guiju {}", env!("CARGO_PKG_VERSION")),
        standard: standard.id.clone(),
        number: standard.number.clone(),
        title: standard.title.clone(),
        edition: edition_out(source.edition),
        bar,
    }
}

fn thresholds_page(places: &Places<'_>, matrix: ThresholdsOut) -> ThresholdsPageOut {
    let categories = places.edition.standard.categories.iter();
    let link = |c: &Named| LinkOut { id: c.id.clone(), href: None, title: c.title.clone() };
    let checks = places.edition.clauses.iter().flat_map(|clause| {
        clause
            .checks
            .iter()
            .map(|check| (clause.address(check), places.check(clause, &check.id).href.unwrap_or_default()))
    });
    ThresholdsPageOut {
        head: HeadOut { file: "thresholds.html".to_owned(), title: text!("阈值", "Thresholds") },
        matrix,
        categories: categories.map(link).collect(),
        places: checks.collect(),
    }
}

fn home(places: &Places<'_>, chapters: &[ChapterOut], all: &[Layer]) -> HomeOut {
    let edition = places.edition;
    let standard = &edition.standard;
    let checks: usize = edition.clauses.iter().map(|c| c.checks.len()).sum();
    let number =
        |title, number, href: Option<&str>| NumberOut { title, number, href: href.map(str::to_owned) };
    HomeOut {
        head: HeadOut { file: "index.html".to_owned(), title: standard.title.clone() },
        notice: standard.notice.clone(),
        levels: standard.levels.iter().map(|l| l.title.clone()).collect(),
        combine: match standard.combine {
            Combine::Lowest => text!("取各部分中较低的等级", "the lowest level of the parts"),
            Combine::Points => text!("按总分", "by the sum of points"),
        },
        parts: standard
            .parts
            .iter()
            .map(|p| PartOut {
                title: p.title.clone(),
                role: match p.role {
                    Role::Grade { cumulative: true } => {
                        text!(
                            "决定等级；须同时满足以下各级",
                            "decides the grade; all lower levels must be met too"
                        )
                    }
                    Role::Grade { cumulative: false } => text!("决定等级", "decides the grade"),
                    Role::Admissibility => text!("决定是否受理", "decides admissibility"),
                    Role::None => text!("不参与评定", "takes no part in grading"),
                },
            })
            .collect(),
        categories: standard.categories.iter().map(|c| c.title.clone()).collect(),
        chapters: chapters.iter().map(chapter_link).collect(),
        numbers: vec![
            number(text!("条款", "clauses"), edition.clauses.len(), None),
            number(text!("检查", "checks"), checks, None),
            number(text!("证据项", "evidence keys"), edition.dictionary.keys.len(), Some("evidence.html")),
            number(
                text!("释义", "interpretations"),
                edition.interpretations.len(),
                Some("interpretations.html"),
            ),
            number(
                text!("现行层", "layers in force"),
                all.iter().filter(|l| l.in_force).count(),
                Some("layers.html"),
            ),
        ],
        by_level: by_level(edition),
        layers: all.iter().filter(|l| l.in_force).cloned().collect(),
        other_layers: all.iter().filter(|l| !l.in_force).count(),
    }
}

fn chapter_link(chapter: &ChapterOut) -> ChapterLinkOut {
    let first = chapter.clauses.first();
    let mut about = first.map(|c| c.part.clone()).unwrap_or_default();
    if let Some(category) = first.and_then(|c| c.category.clone()) {
        about = about.then(text!("：", ": ")).then(category);
    }
    ChapterLinkOut {
        link: LinkOut {
            id: chapter.id.clone(),
            href: Some(chapter.head.file.clone()),
            title: first.map(|c| c.title.clone()).unwrap_or_default(),
        },
        about,
        clauses: chapter.clauses.len(),
        checks: chapter.clauses.iter().map(|c| c.checks.len()).sum(),
    }
}

/// Checks by part and category, level by level.
fn by_level(edition: &Edition) -> Vec<LevelCountOut> {
    let standard = &edition.standard;
    let mut rows: Vec<((usize, Option<usize>), LevelCountOut)> = Vec::new();
    for clause in edition.clauses.iter().filter(|c| !c.checks.is_empty()) {
        let key = (clause.part, clause.category);
        let at = rows.iter().position(|(k, _)| *k == key).unwrap_or_else(|| {
            let part = standard.parts.get(clause.part).map(|p| p.title.clone()).unwrap_or_default();
            let title = match clause.category.and_then(|c| standard.categories.get(c)) {
                Some(category) => part.then(text!("：", ": ")).then(category.title.clone()),
                None => part,
            };
            let levels = vec![0; standard.levels.len()];
            rows.push((key, LevelCountOut { title, levels, open: 0, total: 0 }));
            rows.len() - 1
        });
        let Some((_, row)) = rows.get_mut(at) else { continue };
        let checks = clause.checks.len();
        row.total += checks;
        let level = clause.level.and_then(|l| usize::from(l).checked_sub(1));
        match level.and_then(|l| row.levels.get_mut(l)) {
            Some(count) => *count += checks,
            None => row.open += checks,
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}
