//! Lays a site out: one file for each page, a stylesheet, a script and an index for the search.

use std::collections::BTreeMap;

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::SiteOut;
use crate::diag::Diagnostic;
use crate::report::template::{Layout, Templates};

/// The templates of the site that are built in.
pub const TEMPLATES: [(&str, &str); 14] = [
    ("site-parts.html.j2", include_str!("../templates/site-parts.html.j2")),
    ("site-top.html.j2", include_str!("../templates/site-top.html.j2")),
    ("site-end.html.j2", include_str!("../templates/site-end.html.j2")),
    ("site-home.html.j2", include_str!("../templates/site-home.html.j2")),
    ("site-chapter.html.j2", include_str!("../templates/site-chapter.html.j2")),
    ("site-thresholds.html.j2", include_str!("../templates/site-thresholds.html.j2")),
    ("site-dictionary.html.j2", include_str!("../templates/site-dictionary.html.j2")),
    ("site-evidence.html.j2", include_str!("../templates/site-evidence.html.j2")),
    ("site-interpretations.html.j2", include_str!("../templates/site-interpretations.html.j2")),
    ("site-layers.html.j2", include_str!("../templates/site-layers.html.j2")),
    ("site-compare.html.j2", include_str!("../templates/site-compare.html.j2")),
    ("site-search.html.j2", include_str!("../templates/site-search.html.j2")),
    ("site.css", include_str!("../templates/site.css")),
    ("site.js", include_str!("../templates/site.js")),
];

/// The files of a site by name.
///
/// # Errors
/// A template does not parse, asks for what is not there, or exceeds a limit: file and line of the template.
pub fn pages(site: &SiteOut, templates: &Templates) -> Result<BTreeMap<String, String>, Box<Diagnostic>> {
    let layout = Layout::new(templates)?;
    let mut press = Press { layout, frame: Value::from(Serde(&site.frame)), files: BTreeMap::new() };
    press.print(&site.home.head.file, "site-home.html.j2", &site.home)?;
    for chapter in &site.chapters {
        press.print(&chapter.head.file, "site-chapter.html.j2", chapter)?;
    }
    press.print(&site.thresholds.head.file, "site-thresholds.html.j2", &site.thresholds)?;
    press.print(&site.dictionary.head.file, "site-dictionary.html.j2", &site.dictionary)?;
    for group in &site.evidence {
        press.print(&group.head.file, "site-evidence.html.j2", group)?;
    }
    press.print(&site.interpretations.head.file, "site-interpretations.html.j2", &site.interpretations)?;
    press.print(&site.layers.head.file, "site-layers.html.j2", &site.layers)?;
    if let Some(comparison) = &site.comparison {
        press.print(&comparison.head.file, "site-compare.html.j2", comparison)?;
    }
    press.print(&site.search.head.file, "site-search.html.j2", &site.search)?;
    let mut files = press.files;
    let verbatim = |name: &str| templates.get(name).cloned().unwrap_or_default();
    files.insert("site.css".to_owned(), verbatim("base.css") + &verbatim("site.css"));
    files.insert("site.js".to_owned(), verbatim("site.js"));
    // Pages opened as files may not fetch others, but they may run a script beside them.
    let entries = site.search.entries.iter().filter_map(|e| serde_json::to_string(e).ok());
    let index = format!("window.guijuIndex = [\n{}\n];\n", entries.collect::<Vec<_>>().join(",\n"));
    files.insert("site-index.js".to_owned(), index);
    Ok(files)
}

struct Press<'t> {
    layout: Layout<'t>,
    frame: Value,
    files: BTreeMap<String, String>,
}

impl Press<'_> {
    fn print(&mut self, file: &str, template: &str, page: &impl Serialize) -> Result<(), Box<Diagnostic>> {
        let page = Value::from(Serde(page));
        let site = self.frame.clone();
        let text = self.layout.page(template, minijinja::context! { site, page })?;
        self.files.insert(file.to_owned(), text);
        Ok(())
    }
}
