//! The awards of dossiers under the base and under every region, and why they differ.

use schemars::JsonSchema;
use serde::Serialize;

use super::impact::{
    CauseOut, DiagnosticOut, UnreadableOut, because, category_title, cause_lines, level_title,
};
use super::layout::{Style, table, wrap};
use crate::analysis::impact::{Graded, category, compare};
use crate::edition::Edition;
use crate::lang::{Lang, Text};
use crate::standard::Standard;
use crate::text;

/// The whole answer.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PortabilityOut {
    /// `zh` or `en`.
    pub lang: String,
    /// The program.
    pub engine: String,
    /// The standard: number and title.
    pub standard: String,
    /// The base and the regions, in the order of the columns.
    pub columns: Vec<ColumnOut>,
    /// Dossiers, in the order of the call.
    pub dossiers: Vec<PortableOut>,
    /// Dossiers that could not be graded under the base.
    pub unreadable: Vec<UnreadableOut>,
}

/// The base or a region.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ColumnOut {
    /// The region; `null` for the base.
    pub region: Option<String>,
    /// Title.
    pub title: String,
    /// Whether the rules of the region are in force on the dates of the first dossier.
    pub in_force: bool,
}

/// One dossier.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PortableOut {
    /// The file as named.
    pub file: String,
    /// Name of the institution.
    pub institution: String,
    /// Digest of the dossier.
    pub digest: String,
    /// Categories, in the order of the application.
    pub categories: Vec<PortableCategoryOut>,
}

/// One category.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PortableCategoryOut {
    /// The category; `null` where the standard has none.
    pub category: Option<String>,
    /// Its title.
    pub title: String,
    /// The level applied for.
    pub target: u8,
    /// Awards, the base first.
    pub awards: Vec<AwardOut>,
}

/// An award under the base or a region.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AwardOut {
    /// The region; `null` for the base.
    pub region: Option<String>,
    /// The award; `null` if the dossier cannot be graded there.
    pub award: Option<u8>,
    /// Its title.
    pub title: String,
    /// Reached whatever the missing evidence turns out to be.
    pub guaranteed: Option<u32>,
    /// Reached at best.
    pub possible: Option<u32>,
    /// The clauses that make the difference to the base.
    pub because: Vec<CauseOut>,
    /// Why the dossier cannot be graded there.
    pub diagnostics: Vec<DiagnosticOut>,
}

/// A dossier under one region: graded, or the faults.
pub type Under<'a> = Result<Graded<'a>, &'a [DiagnosticOut]>;

/// The head of a column.
#[must_use]
pub fn column(region: Option<&str>, edition: &Edition, lang: Lang) -> ColumnOut {
    let layer = region.and_then(|code| edition.layers.iter().find(|l| l.id == code));
    let title = layer.map(|l| l.title.in_lang(lang).to_owned());
    ColumnOut {
        title: title.unwrap_or_else(|| region.unwrap_or(lang.pick("基础", "base")).to_owned()),
        in_force: region.is_none() || layer.is_some_and(|l| l.in_force),
        region: region.map(str::to_owned),
    }
}

/// One dossier under the base and the regions.
#[must_use]
pub fn dossier(
    file: &str,
    digest: &str,
    base: Graded<'_>,
    regions: &[&str],
    under: &[Under<'_>],
    lang: Lang,
) -> PortableOut {
    let award =
        |region: Option<&str>, edition: &Edition, result: &crate::assessment::CategoryResult| AwardOut {
            region: region.map(str::to_owned),
            award: Some(result.award),
            title: level_title(edition, result.award, lang),
            guaranteed: Some(result.attained.guaranteed),
            possible: Some(result.attained.possible),
            because: Vec::new(),
            diagnostics: Vec::new(),
        };
    let compared: Vec<_> = under.iter().map(|u| u.as_ref().map(|g| compare(base, *g))).collect();
    let categories = base.assessment.categories.iter().map(|result| {
        let name = category(base.edition, result);
        let mut awards = vec![award(None, base.edition, result)];
        for ((region, graded), compared) in regions.iter().zip(under).zip(&compared) {
            let refused = |diagnostics: &[DiagnosticOut]| AwardOut {
                region: Some((*region).to_owned()),
                award: None,
                title: lang.pick("无法评定", "cannot be graded").to_owned(),
                guaranteed: None,
                possible: None,
                because: Vec::new(),
                diagnostics: diagnostics.to_vec(),
            };
            let (Ok(graded), Ok(compared)) = (graded, compared) else {
                awards.push(refused(graded.as_ref().err().copied().unwrap_or_default()));
                continue;
            };
            let Some(own) = compared.iter().find(|c| category(graded.edition, c.after) == name) else {
                awards.push(refused(&[]));
                continue;
            };
            let differs = own.after.award != own.before.award;
            let causes = if differs { because(base, *graded, &own.because, lang) } else { Vec::new() };
            awards.push(AwardOut { because: causes, ..award(Some(region), graded.edition, own.after) });
        }
        PortableCategoryOut {
            category: name.map(str::to_owned),
            title: category_title(base.edition, result, lang),
            target: result.entry.target,
            awards,
        }
    });
    PortableOut {
        file: file.to_owned(),
        institution: base.dossier.institution.clone(),
        digest: digest.to_owned(),
        categories: categories.collect(),
    }
}

/// All dossiers together.
#[must_use]
pub fn total(
    standard: Option<&Standard>,
    columns: Vec<ColumnOut>,
    dossiers: Vec<PortableOut>,
    unreadable: Vec<UnreadableOut>,
    lang: Lang,
) -> PortabilityOut {
    PortabilityOut {
        lang: lang.pick("zh", "en").to_owned(),
        engine: format!("guiju {}", env!("CARGO_PKG_VERSION")),
        standard: standard.map(|s| format!("{} {}", s.number, s.title.in_lang(lang))).unwrap_or_default(),
        columns,
        dossiers,
        unreadable,
    }
}

fn heads(out: &PortabilityOut) -> Vec<String> {
    let idle = |c: &ColumnOut| if c.in_force { "" } else { " *" };
    let name = |c: &ColumnOut| c.region.clone().unwrap_or_else(|| c.title.clone());
    out.columns.iter().map(|c| format!("{}{}", name(c), idle(c))).collect()
}

fn remark(out: &PortabilityOut, lang: Lang) -> Option<&'static str> {
    let idle = out.columns.iter().any(|c| !c.in_force);
    idle.then(|| lang.pick("* 该地区的规则在这些日期不在有效期内", "* not in force on these dates"))
}

/// The answer for a terminal.
#[must_use]
pub fn text(out: &PortabilityOut, lang: Lang, style: Style) -> String {
    let mut lines = vec![style.heading(&out.standard)];
    lines.extend(
        out.columns.iter().filter_map(|c| Some(style.faint(&format!("{}  {}", c.region.as_ref()?, c.title)))),
    );
    lines.extend(remark(out, lang).map(|r| style.faint(r)));
    for dossier in &out.dossiers {
        lines.push(String::new());
        lines.push(format!("{}  {}", style.heading(&dossier.institution), style.faint(&dossier.file)));
        let mut rows = vec![[vec![lang.pick("类别", "category").to_owned()], heads(out)].concat()];
        for category in &dossier.categories {
            let awards = category.awards.iter().map(|a| a.title.clone());
            rows.push(std::iter::once(category.title.clone()).chain(awards).collect());
        }
        lines.extend(table(&rows).into_iter().map(|l| format!("  {l}")));
        for category in &dossier.categories {
            for award in &category.awards {
                lines.extend(reasons(category, award, lang).into_iter().map(|l| format!("  {l}")));
            }
        }
    }
    for refused in &out.unreadable {
        lines.push(String::new());
        lines.push(style.heading(&format!("! {}", refused.file)));
        let faults = refused.diagnostics.iter();
        lines.extend(faults.map(|d| format!("    {}", super::impact::diagnostic(d, lang))));
    }
    lines.join("\n")
}

/// Why an award differs from the base.
fn reasons(category: &PortableCategoryOut, award: &AwardOut, lang: Lang) -> Vec<String> {
    let region = award.region.as_deref().unwrap_or_default();
    let mut lines = Vec::new();
    if award.because.is_empty() && award.diagnostics.is_empty() {
        return lines;
    }
    lines.push(format!("{} {region}", category.title));
    for cause in &award.because {
        let (head, checks) = cause_lines(cause, lang);
        lines.extend(wrap(&head, 94).into_iter().map(|l| format!("  {l}")));
        lines.extend(checks.iter().flat_map(|c| wrap(c, 92)).map(|l| format!("    {l}")));
    }
    lines.extend(award.diagnostics.iter().map(|d| format!("  {}", super::impact::diagnostic(d, lang))));
    lines
}

/// The answer for a spreadsheet.
///
/// # Errors
/// None that can occur: everything is written to memory.
pub fn csv(out: &PortabilityOut, lang: Lang) -> Result<String, csv::Error> {
    let mut header: Vec<Text> = vec![
        text!("档案", "dossier"),
        text!("机构", "institution"),
        text!("类别", "category"),
        text!("申报等级", "target"),
    ];
    header.extend(heads(out).into_iter().map(Text::same));
    header.extend([text!("差别的原因", "why they differ"), text!("档案摘要", "digest")]);
    let width = header.len();
    let mut rows = vec![header.iter().map(|t| t.in_lang(lang).to_owned()).collect::<Vec<_>>()];
    for dossier in &out.dossiers {
        for category in &dossier.categories {
            let mut row = vec![
                dossier.file.clone(),
                dossier.institution.clone(),
                category.title.clone(),
                category.target.to_string(),
            ];
            row.extend(
                category.awards.iter().map(|a| a.award.map_or_else(|| a.title.clone(), |n| n.to_string())),
            );
            let why = category.awards.iter().flat_map(|a| reasons(category, a, lang));
            row.push(why.collect::<Vec<_>>().join("\n"));
            row.push(dossier.digest.clone());
            rows.push(row);
        }
    }
    for refused in &out.unreadable {
        let faults = refused.diagnostics.iter().map(|d| super::impact::diagnostic(d, lang));
        let mut row = vec![String::new(); width];
        let why = faults.collect::<Vec<_>>().join("\n");
        for (at, value) in [(0, refused.file.clone()), (width.saturating_sub(2), why)] {
            if let Some(cell) = row.get_mut(at) {
                *cell = value;
            }
        }
        rows.push(row);
    }
    super::impact::write_csv(&rows)
}

/// The answer as Markdown.
#[must_use]
pub fn markdown(out: &PortabilityOut, lang: Lang) -> String {
    let plain = super::template::markdown;
    let mut lines = vec![
        format!("# {} {}", plain(&out.standard), lang.pick("各地区的等级", "awards by region")),
        String::new(),
    ];
    for column in out.columns.iter().filter(|c| c.region.is_some()) {
        let region = column.region.clone().unwrap_or_default();
        lines.push(format!("- {}: {}", plain(&region), plain(&column.title)));
    }
    lines.extend(remark(out, lang).map(|r| format!("\n{}", plain(r))));
    let head: Vec<String> = heads(out).iter().map(|h| plain(h)).collect();
    lines.push(String::new());
    let (dossier, category) = (lang.pick("机构", "institution"), lang.pick("类别", "category"));
    lines.push(format!("| {dossier} | {category} | {} |", head.join(" | ")));
    lines.push(format!("|{}", "---|".repeat(head.len() + 2)));
    let all = || out.dossiers.iter().flat_map(|d| d.categories.iter().map(move |c| (d, c)));
    for (dossier, category) in all() {
        let awards: Vec<String> = category.awards.iter().map(|a| plain(&a.title)).collect();
        let (name, title) = (plain(&dossier.institution), plain(&category.title));
        lines.push(format!("| {name} | {title} | {} |", awards.join(" | ")));
    }
    for (dossier, category) in all() {
        for award in &category.awards {
            let reasons = reasons(category, award, lang);
            let Some((head, rest)) = reasons.split_first() else { continue };
            lines.push(format!("\n**{} {}**\n", plain(&dossier.institution), plain(head)));
            lines.extend(rest.iter().map(|l| format!("- {}", plain(l.trim()))));
        }
    }
    for refused in &out.unreadable {
        lines.push(format!("\n**{}**\n", plain(&refused.file)));
        let faults = refused.diagnostics.iter();
        lines.extend(faults.map(|d| format!("- {}", plain(&super::impact::diagnostic(d, lang)))));
    }
    lines.join("\n") + "\n"
}
