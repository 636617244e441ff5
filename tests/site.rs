//! Promise: an edition as pages says all that the edition says, hangs together, needs no network, and is written
//! without harm to anybody's files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use common::html::{self, Page, squeezed, unquoted};
use guiju::edition::Edition;
use guiju::lang::{Lang, Text};
use guiju::report::phrase::Phrases;
use guiju::report::site::layers::{Layer, Step};
use guiju::report::site::{SiteOut, Source, pages, site, site_with};
use guiju::report::template::built_in;
use guiju::source::Sources;
use serde_json::{Value as Json, json};

fn guiju(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    command.current_dir(common::root()).args(args).env("LC_ALL", "C");
    command.output().unwrap()
}

fn well(args: &[&str]) -> String {
    let output = guiju(args);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args:?}");
    assert_eq!(output.status.code(), Some(0), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn edition(standard: &Path) -> Edition {
    common::edition(standard, &mut Sources::default())
}

fn built(source: &Source<'_>) -> BTreeMap<String, String> {
    pages(&site(source), &built_in()).unwrap()
}

/// The index of the search: everything that can be found.
fn index(files: &BTreeMap<String, String>) -> Vec<Json> {
    let text = files["site-index.js"].strip_prefix("window.guijuIndex = ").unwrap();
    serde_json::from_str(text.trim_end().trim_end_matches(';')).unwrap()
}

/// Reads all pages and checks that they hang together; gives the pages by file.
fn hang_together(files: &BTreeMap<String, String>) -> BTreeMap<String, Page> {
    let html = files.iter().filter(|(name, _)| name.ends_with(".html"));
    let pages: BTreeMap<String, Page> =
        html.map(|(name, text)| (name.clone(), html::read(name, text))).collect();
    let resolves = |from: &str, link: &str| {
        let (file, place) = link.split_once('#').map_or((link, None), |(f, p)| (f, Some(unquoted(p))));
        let file = if file.is_empty() { from } else { file };
        assert!(files.contains_key(file), "{from} links to {link}");
        if let Some(place) = place {
            assert!(pages[file].ids.contains_key(&place), "{from} links to {link}, which has no such place");
        }
    };
    for (name, page) in &pages {
        page.links.iter().for_each(|link| resolves(name, link));
    }
    for entry in index(files) {
        resolves("search.html", entry["h"].as_str().unwrap());
    }
    for (name, text) in files {
        for outside in ["http:", "https:", "@import", "fetch(", "XMLHttpRequest"] {
            assert!(!text.contains(outside), "{name} reaches out: {outside}");
        }
    }
    pages
}

#[test]
fn pages_say_everything_and_hang_together() {
    for standard in common::standards() {
        let edition = edition(&standard);
        let effects = BTreeMap::new();
        for lang in [Lang::Zh, Lang::En] {
            let files = built(&Source { edition: &edition, against: None, effects: &effects, lang });
            let pages = hang_together(&files);
            let place = |kind: &str, id: &str| -> &str {
                let of_kind = pages.iter().filter(|(file, _)| file.starts_with(kind));
                let found: Vec<&Page> = of_kind.map(|(_, p)| p).filter(|p| p.ids.contains_key(id)).collect();
                assert_eq!(found.len(), 1, "{id} stands on one page");
                found[0].ids[id].as_str()
            };
            for clause in &edition.clauses {
                let said = place("clause-", clause.id.as_str());
                let mut words = vec![&clause.title];
                words.extend(clause.summary.iter().chain(&clause.documents));
                words.extend(clause.steps.iter().map(|s| &s.title));
                for word in words {
                    assert!(
                        said.contains(&squeezed(word.in_lang(lang))),
                        "{}: {word:?} in {said}",
                        clause.id
                    );
                }
                for word in clause.topic.iter().chain(&clause.interpretations) {
                    assert!(said.contains(word.as_str()), "{}: {word}", clause.id);
                }
                for check in &clause.checks {
                    let said = place("clause-", &format!("{}/{}", clause.id, check.id));
                    for lang in [Lang::Zh, Lang::En] {
                        let phrases = Phrases { edition: &edition, lang };
                        for said_of in
                            phrases.threshold(check).iter().chain(&[phrases.conditions(&check.when)])
                        {
                            let wanted = squeezed(said_of);
                            assert!(said.contains(&wanted), "{}: {wanted} in {said}", clause.address(check));
                        }
                    }
                    // The number itself, whatever the words around it.
                    if let Some(Json::String(written)) = &check.shown.threshold {
                        let digits: String = written.chars().take_while(char::is_ascii_digit).collect();
                        assert!(said.contains(&digits), "{}: {written} in {said}", clause.address(check));
                    }
                }
            }
            for key in &edition.dictionary.keys {
                let said = place("evidence-", &key.name);
                assert!(said.contains(&squeezed(key.question.in_lang(lang))), "{}: {said}", key.name);
            }
            for interpretation in edition.interpretations.values() {
                let said = place("interpretations", &interpretation.id);
                let readings = interpretation.readings.iter().map(|(_, text)| text);
                for text in readings.chain([&interpretation.question, &interpretation.reason]) {
                    assert!(said.contains(&squeezed(text.in_lang(lang))), "{}: {said}", interpretation.id);
                }
            }
            let checks: usize = edition.clauses.iter().map(|c| c.checks.len()).sum();
            let all = edition.clauses.len()
                + checks
                + edition.dictionary.keys.len()
                + edition.interpretations.len();
            assert_eq!(index(&files).len(), all, "everything can be found");
        }
    }
}

#[test]
fn the_command_writes_the_same_bytes_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a"), folder.path().join("b"));
    for path in [&first, &second, &first] {
        well(&["show", "--page", path.to_str().unwrap(), "--on", "2026-04-20", "--against", "2027-04-20"]);
    }
    let read = |path: &Path| -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(path).unwrap().map(|e| e.unwrap());
        entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect()
    };
    let (first, second) = (read(&first), read(&second));
    assert_eq!(first, second);
    let text = |name: &str| String::from_utf8(first[name].clone()).unwrap();
    let files = first.keys().filter(|n| *n != "guiju-site.json").map(|n| (n.clone(), text(n))).collect();
    let pages = hang_together(&files);
    // What other readings would change is read from the rule files.
    let shown: Json =
        serde_json::from_str(&well(&["show", "--format", "json", "--on", "2026-04-20"])).unwrap();
    assert_eq!(pages["index.html"].text.matches(shown["digest"].as_str().unwrap()).count(), 2);
    assert!(pages["interpretations.html"].ids["INT054"].contains("due = \"first-supervision\""));
    assert!(pages["compare.html"].text.contains("两个版本内容相同"));
    let marker: Json = serde_json::from_slice(&first["guiju-site.json"]).unwrap();
    assert_eq!(marker["files"].as_array().unwrap().len(), first.len() - 1);
}

#[test]
fn folders_of_others_are_left_alone() {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("site");
    let at = folder.to_str().unwrap();
    let write = |more: &[&str]| {
        guiju(&[&["show", "--standards", "tests/tiny/standards", "--page", at], more].concat())
    };
    let refused = |output: &Output| {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("folder-foreign"), "{said}");
    };

    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("thesis.txt"), "mine").unwrap();
    refused(&write(&[]));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing was written");
    fs::remove_file(folder.join("thesis.txt")).unwrap();

    assert_eq!(write(&["--against", "2026-01-01"]).status.code(), Some(0));
    assert!(folder.join("compare.html").exists());
    // A page that is no longer there goes, a file that was never the site's stays.
    fs::write(folder.join("notes.txt"), "mine").unwrap();
    let said: Json = serde_json::from_slice(&write(&["--format", "json"]).stdout).unwrap();
    assert_eq!(said["removed"], json!(["compare.html"]));
    assert!(!folder.join("compare.html").exists());
    assert_eq!(fs::read_to_string(folder.join("notes.txt")).unwrap(), "mine");
    // A file that the site does not own is not overwritten by a page of the same name.
    fs::write(folder.join("compare.html"), "mine").unwrap();
    refused(&write(&["--against", "2026-01-01"]));
    assert_eq!(fs::read_to_string(folder.join("compare.html")).unwrap(), "mine");

    // A list that was tampered with removes nothing outside.
    let outside = temp.path().join("outside.txt");
    fs::write(&outside, "mine").unwrap();
    let marker = folder.join("guiju-site.json");
    let mut list: Json = serde_json::from_slice(&fs::read(&marker).unwrap()).unwrap();
    let more = ["../outside.txt", outside.to_str().unwrap()].map(Json::from);
    list["files"].as_array_mut().unwrap().extend(more);
    fs::write(&marker, list.to_string()).unwrap();
    assert_eq!(write(&[]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(&outside).unwrap(), "mine");

    // A file is no folder; a list that cannot be read is none.
    refused(&guiju(&["show", "--standards", "tests/tiny/standards", "--page", outside.to_str().unwrap()]));
    fs::write(&marker, "?").unwrap();
    refused(&write(&[]));
}

#[test]
fn markup_in_rules_is_text_on_pages() {
    let mut files = common::files(&common::tiny());
    let nasty = "</h1><script>alert('x')</script>&amp;\\\"";
    for (path, bytes) in &mut files {
        if path.starts_with("chapters/") || path == "standard.toml" {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            let text = text.replace("number = \"LB 1\"", &format!("number = \"{nasty}\""));
            *bytes = Cow::Owned(text.replace("zh = \"座位\"", &format!("zh = \"{nasty}\"")).into_bytes());
        }
    }
    let edition = common::edition_of(&files, &mut Sources::default()).unwrap();
    let files =
        built(&Source { edition: &edition, against: None, effects: &BTreeMap::new(), lang: Lang::Zh });
    let pages = hang_together(&files);
    assert!(pages["clause-2.html"].ids["2.1"].contains("<script>alert('x')</script>&amp;\""));
    for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".html")) {
        assert!(!text.contains("alert('"), "{name}");
    }
}

fn made_up(edition: &Edition) -> (Vec<Layer>, Step) {
    let clause = edition.clauses.iter().find(|c| c.checks.iter().any(|k| k.shown.unit.is_some())).unwrap();
    let check = clause.checks.iter().find(|k| k.shown.unit.is_some()).unwrap();
    let layer = |id: &str, in_force| Layer {
        id: id.to_owned(),
        kind: "amendment".to_owned(),
        title: Text::new("一号修改单", "Amendment one"),
        issuer: Text::new("发布单位", "the issuer"),
        citation: Text::new("公告 7 号", "notice 7"),
        status: "published".to_owned(),
        effective: Some("2026-03-01".to_owned()),
        expires: Some("2029-02-28".to_owned()),
        effective_by: Some("applied-on".to_owned()),
        in_force,
    };
    let step = Step {
        layer: "amendment-1".to_owned(),
        at: clause.address(check),
        operation: "replace".to_owned(),
        was: Some(json!({ "at-least": "77 个" })),
        now: Some(json!({ "at-least": "88 个", "title": { "zh": "甲", "en": "A" } })),
        reason: Text::new("数值过低", "the figure was too low"),
        effective: Some("2026-03-01".to_owned()),
        expires: None,
        in_force: true,
    };
    (vec![layer("amendment-1", true), layer("amendment-2", false)], step)
}

#[test]
fn layers_and_histories_are_shown() {
    for standard in common::standards() {
        let edition = edition(&standard);
        let (layers, step) = made_up(&edition);
        let touched = step.at.split_once('#').unwrap().0.to_owned();
        let source = Source { edition: &edition, against: None, effects: &BTreeMap::new(), lang: Lang::En };
        let history = |clause: &guiju::edition::Clause| {
            if clause.id.as_str() == touched { vec![step.clone()] } else { Vec::new() }
        };
        let files = pages(&site_with(&source, layers, Vec::new(), history), &built_in()).unwrap();
        let pages = hang_together(&files);
        let clause = pages.values().find_map(|p| p.ids.get(&touched)).unwrap();
        let layer = &pages["layers.html"].ids["amendment-1"];
        for said in [clause, layer] {
            for part in [
                "at-least = \"77 个\"",
                "at-least = \"88 个\"",
                "title = {",
                "the figure was too low",
                "replaced",
            ] {
                assert!(said.contains(part), "{part} in {said}");
            }
        }
        assert!(clause.contains("from 2026-03-01") && clause.contains("in force"), "{clause}");
        assert!(layer.contains("until 2029-02-28") && layer.contains("notice 7") && layer.contains(&touched));
        assert!(pages["layers.html"].ids["amendment-2"].contains("not in force in this edition"));
        let home = &pages["index.html"].text;
        assert!(
            home.contains("amendment-1")
                && !home.contains("amendment-2")
                && home.contains("1 more not in force")
        );
    }
}

/// The shipped standard with a figure raised, a check withdrawn, a title changed and a clause taken out.
fn revised() -> Edition {
    let mut files = common::files(&common::shipped());
    let mut change = |path: &str, from: &str, to: &str| {
        let text = String::from_utf8(files[path].to_vec()).unwrap();
        assert!(text.contains(from), "{path}: {from}");
        files.insert(path.to_owned(), Cow::Owned(text.replacen(from, to, 1).into_bytes()));
    };
    change("chapters/6-basic/level-2.toml", "at-least = \"300 万元\"", "at-least = \"350 万元\"");
    change(
        "chapters/5-principles.toml",
        "zh = \"权威性\", en = \"Authority\"",
        "zh = \"公信力\", en = \"Standing\"",
    );
    change("evidence/finance.toml", "step = \"1 元\"", "step = \"100 元\"");
    change(
        "chapters/5-principles.toml",
        "  [[clause.check]]\n  id = \"process\"\n  attest = \"body.same-process\"\n",
        "",
    );
    common::edition_of(&files, &mut Sources::default()).unwrap()
}

#[test]
fn two_editions_stand_side_by_side() {
    use guiju::analysis::beside::{Element, side_by_side};
    let (here, there) = (edition(&common::shipped()), revised());
    assert_eq!(side_by_side(&here, &here), []);
    let found = side_by_side(&here, &there);
    let ids: Vec<(Element, &str, bool, bool)> =
        found.iter().map(|d| (d.element, d.id.as_str(), d.is_here, d.is_there)).collect();
    assert_eq!(
        ids,
        [
            (Element::Clause, "5.1", true, true),
            (Element::Check, "5.4#process", true, false),
            (Element::Check, "6.3.3#registered-capital", true, true),
            (Element::Evidence, "finance.registered-capital", true, true),
        ]
    );
    // The other way round the same things differ.
    let back = side_by_side(&there, &here);
    assert!(back.iter().any(|d| d.id == "5.4#process" && !d.is_here && d.is_there));
    assert_eq!(back.len(), found.len());

    let effects = BTreeMap::new();
    for lang in [Lang::Zh, Lang::En] {
        let source = Source { edition: &here, against: Some(&there), effects: &effects, lang };
        let files = built(&source);
        keep("side-by-side", lang, &files);
        let pages = hang_together(&files);
        let said = &pages["compare.html"].text;
        let figures = lang.pick(["≥ 300 万元", "≥ 350 万元"], ["≥ 3,000,000 CNY", "≥ 3,500,000 CNY"]);
        for part in figures.into_iter().chain(["公信力", "Standing", "process", "finance.registered-capital"])
        {
            assert!(said.contains(part), "{part}");
        }
        let thresholds = &pages["thresholds.html"].text;
        assert!(figures.iter().all(|f| thresholds.contains(f)));
        assert_eq!(files["thresholds.html"].matches("<td data-l=").count() % 4, 0);
        assert_eq!(files["thresholds.html"].matches(" class=\"differs\"><div class=\"here\"").count(), 1);
    }
}

/// Leaves pages where they can be looked at.
fn keep(name: &str, lang: Lang, files: &BTreeMap<String, String>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).join(lang.pick("zh", "en"));
    fs::create_dir_all(&folder).unwrap();
    for (file, text) in files {
        fs::write(folder.join(file), text).unwrap();
    }
}

#[test]
fn thresholds_are_the_same_in_every_form() {
    let data: Json = serde_json::from_str(&well(&["show", "--thresholds", "--format", "json"])).unwrap();
    let text = well(&["show", "--thresholds", "--lang", "zh"]);
    let shown: Json = serde_json::from_str(&well(&["show", "--format", "json"])).unwrap();
    let edition = edition(&common::shipped());
    let files =
        built(&Source { edition: &edition, against: None, effects: &BTreeMap::new(), lang: Lang::Zh });
    let page = squeezed(&html::read("thresholds.html", &files["thresholds.html"]).text);
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut addresses = Vec::new();
    for row in data["groups"].as_array().unwrap().iter().flat_map(|g| g["rows"].as_array().unwrap()) {
        assert_eq!(row["differs"], false);
        for asked in row["cells"].as_array().unwrap().iter().flat_map(|c| c["here"].as_array().unwrap()) {
            addresses.push(asked["address"].as_str().unwrap().to_owned());
            let words = asked["text"]["zh"].as_str().unwrap();
            assert!(page.contains(&squeezed(words)), "{words}");
            let squeezed: String = words.chars().filter(|c| !c.is_whitespace()).collect();
            // Long cells are wrapped beside others: their beginning stands in one line, or breaks after its first word.
            let begins = |part: &str| text.contains(&part.chars().take(8).collect::<String>());
            assert!(begins(&squeezed) || words.split_whitespace().take(2).all(begins), "{words}");
        }
    }
    // Every check with a threshold is there, once.
    let unique: std::collections::BTreeSet<&String> = addresses.iter().collect();
    assert_eq!(unique.len(), addresses.len());
    let checks = shown["clauses"].as_array().unwrap().iter().flat_map(|c| c["checks"].as_array().unwrap());
    for check in checks.filter(|k| !k["threshold"].is_null() && k["op"] != "attest") {
        assert!(unique.contains(&check["address"].as_str().unwrap().to_owned()), "{}", check["address"]);
    }
    let capital =
        data["groups"][0]["rows"].as_array().unwrap().iter().find(|r| r["topic"] == "finance").unwrap();
    let values: Vec<&Json> =
        capital["cells"].as_array().unwrap().iter().map(|c| &c["here"][0]["value"]).collect();
    assert_eq!(values, [&json!(1_000_000), &json!(3_000_000), &json!(5_000_000), &json!(10_000_000)]);
}

#[test]
fn thresholds_of_one_category_leave_the_others_out() {
    let args = ["show", "--thresholds", "--format", "json", "--category"];
    let topics = |category: &str| -> Vec<(Json, Json)> {
        let data: Json = serde_json::from_str(&well(&[&args[..], &[category]].concat())).unwrap();
        let groups = data["groups"].as_array().unwrap().clone();
        let rows = |g: &Json| g["rows"].as_array().unwrap().clone();
        groups
            .iter()
            .flat_map(|g| rows(g).into_iter().map(|r| (g["category"].clone(), r["topic"].clone())))
            .collect()
    };
    let consulting = topics("consulting");
    assert!(consulting.iter().all(|(c, _)| c.is_null() || c == "consulting"));
    assert!(consulting.iter().any(|(_, t)| t == "turnover-consulting"));
    assert!(!consulting.iter().any(|(_, t)| t == "turnover"), "its condition says: not consulting");
    assert!(topics("data").iter().any(|(_, t)| t == "turnover"));
    let output = guiju(&["show", "--thresholds", "--category", "cooking"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("unknown-category"));
}

#[test]
fn calls_that_make_no_sense_are_refused() {
    for args in [
        &["show", "--against", "2026-01-01"][..],
        &["show", "--thresholds", "--against", "soon"],
        &["show", "6.3.3", "--thresholds"],
        &["show", "--category", "data"],
        &["show", "--thresholds", "--page", "x"],
        &["show", "--templates", "x"],
    ] {
        let output = guiju(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!output.stderr.is_empty() && output.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn templates_of_others_take_the_place_of_their_namesakes() {
    let temp = tempfile::tempdir().unwrap();
    let (own, out) = (temp.path().join("own"), temp.path().join("out"));
    fs::create_dir(&own).unwrap();
    let page = |text: &str| {
        fs::write(own.join("site-layers.html.j2"), text).unwrap();
        let (own, out) = (own.to_str().unwrap(), out.to_str().unwrap());
        guiju(&["show", "--standards", "tests/tiny/standards", "--page", out, "--templates", own])
    };
    let output = page("{{ site.number }}: {{ page.layers | length }}");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read_to_string(out.join("layers.html")).unwrap(), "LB 1: 0");
    let before = fs::read(out.join("index.html")).unwrap();
    let output = page("{{ site.nubmer }}");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("bad-template") && said.contains("guiju schema site"), "{said}");
    assert_eq!(fs::read_to_string(out.join("layers.html")).unwrap(), "LB 1: 0", "nothing was written");
    assert_eq!(fs::read(out.join("index.html")).unwrap(), before);
}

#[test]
fn what_templates_see_follows_its_schema() {
    let schema = |name: &str| {
        let text = fs::read_to_string(common::root().join(format!("schemas/{name}.schema.json"))).unwrap();
        jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
    };
    let (here, there) = (edition(&common::shipped()), revised());
    let source = Source { edition: &here, against: Some(&there), effects: &BTreeMap::new(), lang: Lang::Zh };
    let out: SiteOut = site(&source);
    let value = serde_json::to_value(&out).unwrap();
    let faults: Vec<String> = schema("site").iter_errors(&value).map(|e| e.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
    let faults: Vec<String> =
        schema("thresholds").iter_errors(&value["thresholds"]["matrix"]).map(|e| e.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn a_comparison_tells_what_differs_and_not_how_it_came_about() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("site");
    for lang in ["zh", "en"] {
        well(&[
            "show",
            "--page",
            out.to_str().unwrap(),
            "--on",
            "2026-04-20",
            "--against",
            "xa",
            "--lang",
            lang,
        ]);
        let page = fs::read_to_string(out.join("compare.html")).unwrap();
        let (title, layer) = if lang == "zh" {
            ("本省常驻技术人员", "示例甲省实施细则")
        } else {
            ("Technical staff resident in the province", "Example province A: local rules")
        };
        assert!(page.contains(layer), "the layers stand at the head");
        for raw in ["in_force", "effective_by", ">history<", ">layer<", ">layers<", "xa.1 xa.1"] {
            assert!(!page.contains(raw), "{lang}: {raw}");
        }
        assert!(
            squeezed(&html::read("compare.html", &page).text).contains(&squeezed(&format!("xa.1 {title}")))
        );
        if lang == "zh" {
            assert!(page.contains(">摘要</th>") && !page.contains(">summary</th>"));
        }
    }
}
