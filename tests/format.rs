//! Promise: laying out changes nothing but layout. Values and comments stay, twice is the same as once, and what is
//! shipped is laid out already.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod common;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use common::random::Rng;
use guiju::syntax::layout::layout;
use proptest::prelude::*;
use serde_json::Value as Json;
use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, parse_document};

fn toml_files(folder: &str) -> Vec<(PathBuf, String)> {
    let files = common::files(Path::new(folder));
    let texts = files.into_iter().filter_map(|(name, bytes)| {
        Some((PathBuf::from(folder).join(name), String::from_utf8(bytes.into_owned()).ok()?))
    });
    texts.collect()
}

/// Files that are laid out already.
fn shipped() -> Vec<(PathBuf, String)> {
    [toml_files("standards"), toml_files("tests/tiny")].concat()
}

/// Everything at hand that is TOML, laid out or not.
fn corpus() -> Vec<(PathBuf, String)> {
    let mut all = shipped();
    for folder in ["tests/format", "tests/bad", "tests/fuzz"] {
        all.extend(toml_files(folder).into_iter().filter(|(_, text)| text.parse::<toml::Table>().is_ok()));
    }
    all
}

fn events(text: &str) -> Vec<Event> {
    let mut events = Vec::new();
    let mut receive = |event: Event| events.push(event);
    let mut faults = Vec::new();
    parse_document(&Source::new(text).lex().into_vec(), &mut receive, &mut faults);
    assert!(faults.is_empty(), "{faults:?}\n{text}");
    events
}

fn raw<'t>(text: &'t str, event: &Event) -> &'t str {
    &text[event.span().start()..event.span().end()]
}

fn comments(text: &str) -> Vec<&str> {
    let found = events(text).into_iter().filter(|e| e.kind() == EventKind::Comment);
    found.map(|e| raw(text, &e).trim_end()).collect()
}

/// Keys as they stand in the text, in order, without their quotes.
fn keys(text: &str) -> Vec<String> {
    let found = events(text).into_iter().filter(|e| e.kind() == EventKind::SimpleKey);
    found.map(|e| raw(text, &e).trim_matches(['"', '\'']).to_owned()).collect()
}

/// Lays a text out and checks everything that must hold of it.
fn laid_out(name: &Path, text: &str) -> String {
    let name = name.display();
    let once = layout(text).unwrap_or_else(|| panic!("{name} is not laid out:\n{text}"));
    let plain = text.strip_prefix('\u{feff}').unwrap_or(text);
    assert_eq!(layout(&once).as_deref(), Some(once.as_str()), "{name}: twice is not once\n{text}");
    assert_eq!(comments(plain), comments(&once), "{name}");
    assert_eq!(keys(plain), keys(&once), "{name}");
    let value = |text: &str| text.parse::<toml::Table>().unwrap_or_else(|e| panic!("{name}: {e}\n{text}"));
    // As text, because a number that is none does not equal itself.
    assert_eq!(format!("{:?}", value(plain)), format!("{:?}", value(&once)), "{name}");
    assert!(once.is_empty() || once.ends_with('\n') && !once.ends_with("\n\n"), "{name}");
    assert!(!once.starts_with(['\n', '\r', '\u{feff}']), "{name}");
    once
}

#[test]
fn shipped_files_are_laid_out() {
    for (name, text) in shipped() {
        assert!(laid_out(&name, &text) == text, "{}: run `guiju fmt`", name.display());
    }
}

#[test]
fn whatever_is_toml_keeps_its_meaning() {
    let all = corpus();
    assert!(all.len() > 200, "{}", all.len());
    for (name, text) in all {
        laid_out(&name, &text);
        let long = text.replace("\r\n", "\n").replace('\n', "\r\n");
        let laid = laid_out(&name, &long);
        let ends = events(&laid).into_iter().filter(|e| e.kind() == EventKind::Newline);
        assert!(ends.into_iter().all(|e| raw(&laid, &e) == "\r\n"), "{}", name.display());
        laid_out(&name, &format!("\u{feff}{text}"));
        laid_out(&name, text.trim_end());
    }
}

#[test]
fn pairs_of_files_show_the_layout() {
    let all = toml_files("tests/format");
    let inputs: Vec<_> =
        all.iter().filter(|(p, _)| !p.to_string_lossy().ends_with(".formatted.toml")).collect();
    assert_eq!(inputs.len() * 2, all.len());
    for (path, text) in inputs {
        let wanted = fs::read_to_string(common::root().join(path.with_extension("formatted.toml"))).unwrap();
        assert_eq!(laid_out(path, text), wanted, "{}", path.display());
        assert_ne!(text, &wanted, "{} shows nothing", path.display());
    }
}

#[test]
fn examples_in_the_documents_are_laid_out() {
    let mut seen = 0;
    for name in
        ["README.md", "README.zh.md", "docs/assessors.md", "docs/assessors.zh.md", "docs/rule-format.md"]
    {
        let text = fs::read_to_string(common::root().join(name)).unwrap();
        for block in text.split("```toml\n").skip(1) {
            let block = block.split("```").next().unwrap();
            // A synopsis with `<id>` in it is no TOML.
            if block.parse::<toml::Table>().is_ok() {
                assert_eq!(laid_out(Path::new(name), block), block);
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "{seen}");
}

#[test]
fn line_ends_become_what_most_are() {
    for (text, wanted) in [
        ("a=1\r\nb=2\r\nc=3\n", "a = 1\r\nb = 2\r\nc = 3\r\n"),
        ("a=1\r\nb=2\nc=3\n", "a = 1\nb = 2\nc = 3\n"),
        ("a=1\r\nb=2\n", "a = 1\nb = 2\n"),
        ("\u{feff}a=1\r\nb=[\r\n1,# x\r\n]", "a = 1\r\nb = [\r\n  1, # x\r\n]\r\n"),
        // Within a string a line end is part of the value, and does not count.
        ("a='''\n1\n2\n3\n4'''\r\n\r\n", "a = \"\"\"\n1\n2\n3\n4\"\"\"\r\n"),
        ("", ""),
        (" \n\n", ""),
        ("#x", "#x\n"),
    ] {
        assert_eq!(laid_out(Path::new("text"), text), wanted);
    }
}

#[test]
fn what_is_malformed_is_left_alone() {
    for text in [
        "a = ",
        "[a",
        "a = [1",
        "= 1",
        "a = 1 b = 2",
        "[[a]\n",
        "a = { b = 1",
        "a = \"x",
        "a = 1\na = 2",
        "a = b",
    ] {
        assert_eq!(layout(text), None, "{text}");
    }
    assert_eq!(layout(&format!("a = {}{}", "[".repeat(100), "]".repeat(100))), None);
}

/// With a step for each pair of tokens, this would take minutes.
#[test]
fn long_lines_and_many_comments_are_laid_out() {
    let pairs: String = (0..20_000).map(|i| format!("k{i}=[1,'x'],")).collect();
    let comments = "# a comment\n".repeat(50_000);
    let items = "1,# one\n".repeat(20_000);
    for text in [format!("a={{{pairs}}}\n"), format!("{comments}a=1\n"), format!("a=[{items}]\n")] {
        let once = layout(&text).unwrap();
        assert_eq!(layout(&once), Some(once.clone()));
        assert_eq!(comments_and_scalars(&once), comments_and_scalars(&text));
    }
}

fn comments_and_scalars(text: &str) -> [usize; 2] {
    let events = events(text);
    [EventKind::Comment, EventKind::Scalar].map(|kind| events.iter().filter(|e| e.kind() == kind).count())
}

/// The same tokens with other white space, line breaks and comments, wherever TOML lets them stand.
fn perturbed(text: &str, random: &mut Rng) -> String {
    let mut out = String::new();
    let end = if random.one_in(3) { "\r\n" } else { "\n" };
    let often = 2 + random.below(8);
    // Open brackets: true where lines may break.
    let mut open: Vec<bool> = Vec::new();
    let mut header = false;
    let mut line_is_empty = true;
    for event in events(text) {
        let kind = event.kind();
        match kind {
            EventKind::Whitespace => continue,
            EventKind::Newline => {
                let end = if random.one_in(6) { "\n" } else { end };
                out.push_str(["", " ", "\t "][random.below(3)]);
                if !line_is_empty && open.is_empty() && random.one_in(4 * often) && !commented(&out) {
                    out.push_str("# 行尾");
                }
                out.push_str(end);
                while open.is_empty() && random.one_in(often) {
                    out.push_str(["", "  ", "# 一行", "   # another", "\t"][random.below(5)]);
                    out.push_str(end);
                }
                line_is_empty = true;
                continue;
            }
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => header = true,
            _ => {}
        }
        let breaks = open.last() == Some(&true);
        let closing = matches!(kind, EventKind::ArrayClose | EventKind::InlineTableClose);
        let opening = matches!(kind, EventKind::ArrayOpen | EventKind::InlineTableOpen);
        let loose = closing || opening || matches!(kind, EventKind::Scalar | EventKind::ValueSep);
        if breaks && loose {
            while random.one_in(often * 3) {
                out.push_str(["", " # 注", "# ]", "\t"][random.below(4)]);
                out.push_str(end);
            }
        }
        if random.one_in(often) && kind != EventKind::Comment {
            out.push_str([" ", "   ", "\t"][random.below(3)]);
        }
        if kind == EventKind::Comment {
            out.push_str(["", " ", "      "][random.below(3)]);
        }
        out.push_str(raw(text, &event));
        line_is_empty = false;
        match kind {
            EventKind::ArrayOpen => open.push(true),
            EventKind::InlineTableOpen => open.push(false),
            EventKind::ArrayClose | EventKind::InlineTableClose => drop(open.pop()),
            EventKind::StdTableClose | EventKind::ArrayTableClose => header = false,
            _ => {}
        }
        if !header && random.one_in(often) && kind != EventKind::Comment {
            out.push(' ');
        }
    }
    out
}

fn commented(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap();
    line.contains('#')
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_layout_of_a_file_is_laid_out(seed in any::<u64>(), which in any::<prop::sample::Index>()) {
        let all = corpus_once();
        let (name, text) = which.get(all);
        let other = perturbed(text, &mut Rng(seed));
        laid_out(name, &other);
    }

    #[test]
    fn values_of_any_kind(lines in prop::collection::vec(line(), 0..12)) {
        let text = lines.concat();
        // Keys are drawn at random: some texts give one twice.
        if text.parse::<toml::Table>().is_ok() {
            laid_out(Path::new("random"), &text);
        }
    }
}

fn corpus_once() -> &'static [(PathBuf, String)] {
    static ALL: std::sync::OnceLock<Vec<(PathBuf, String)>> = std::sync::OnceLock::new();
    ALL.get_or_init(corpus)
}

fn space() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", " ", "  ", "\t"]).prop_map(str::to_owned)
}

fn gap() -> impl Strategy<Value = String> {
    let any = vec!["", "", " ", "\n", "\n\n", " # 注\n", "\n  # a\n\n# b\n", "\r\n"];
    prop::sample::select(any).prop_map(str::to_owned)
}

fn value() -> impl Strategy<Value = String> {
    let plain = vec![
        "1",
        "true",
        "'x'",
        "'a\"b'",
        "\"七八\"",
        "'''\n a\n b '''",
        "\"\"\"x\"\"\"",
        "\"\\u4e00\"",
        "2026-01-01",
        "'\\'",
        "''",
        "''''it's'''",
        "\"\"\"a\\\n   b\"\"\"",
        "'''\r\nx\r\n'''",
    ];
    prop::sample::select(plain).prop_map(str::to_owned).prop_recursive(4, 24, 5, |inner| {
        let item = (gap(), inner.clone(), gap()).prop_map(|(a, v, b)| format!("{a}{v}{b}"));
        let array =
            (prop::collection::vec(item, 0..5), gap(), any::<bool>()).prop_map(|(items, gap, comma)| {
                let comma = if comma && !items.is_empty() { "," } else { "" };
                format!("[{}{comma}{gap}]", items.join(","))
            });
        let pairs = prop::collection::vec((gap(), space(), inner, gap()), 0..4).prop_map(|pairs| {
            let pairs = pairs.into_iter().enumerate();
            let pairs: Vec<String> = pairs.map(|(i, (a, s, v, b))| format!("{a}k{i}{s}={s}{v}{b}")).collect();
            format!("{{{}}}", pairs.join(","))
        });
        prop_oneof![array, pairs]
    })
}

fn line() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "bb", "a.b", "c . d", "'q'", "\"中\"", "e", "ff", "long-name"]);
    let comment = prop::sample::select(vec!["", "", "", "# c", "  # 注", "     # far"]);
    let pair = (space(), name.clone(), space(), value(), comment.clone());
    let pair = pair.prop_map(|(s, k, t, v, c)| format!("{s}{k}{t}={t}{v}{c}\n"));
    let header = (space(), name, any::<bool>(), comment).prop_map(|(s, k, array, c)| {
        if array { format!("{s}[[t.{k}]]{c}\n") } else { format!("{s}[ u.{k} ]{c}\n") }
    });
    let other =
        prop::sample::select(vec!["\n", "  \n", "# alone\n", "   # in\n", "\r\n"]).prop_map(str::to_owned);
    prop_oneof![4 => pair, 1 => header, 2 => other]
}

/// The program in a folder, with something on its standard input.
fn guiju(folder: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guiju"));
    command.current_dir(folder).args(args);
    for name in ["LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[test]
fn rules_mean_the_same_in_any_layout() {
    for (standard, seeds) in [(common::tiny(), 8), (common::shipped(), 2)] {
        let digest = |folder: &Path| {
            let args =
                ["show", "--format", "json", "--on", "2026-04-20", "--standards", folder.to_str().unwrap()];
            let output = guiju(&common::root(), &args, b"");
            let shown: Json =
                serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
            shown["digest"].as_str().unwrap().to_owned()
        };
        let own = digest(&standard);
        for seed in 0..seeds {
            let folder = tempfile::tempdir().unwrap();
            let copy = folder.path().join(standard.file_name().unwrap());
            let mut random = Rng(seed);
            for (name, bytes) in common::files(&standard) {
                let path = copy.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, perturbed(std::str::from_utf8(&bytes).unwrap(), &mut random)).unwrap();
            }
            let output = guiju(&common::root(), &["fmt", copy.to_str().unwrap()], b"");
            assert_eq!(status(&output), 0, "{}", said(&output));
            assert_eq!(digest(&copy), own, "seed {seed}");
            assert_eq!(status(&guiju(folder.path(), &["fmt", "--check", "."], b"")), 0);
        }
    }
}

#[test]
fn forms_that_the_program_writes_are_laid_out() {
    for args in [&["new"][..], &["new", "--fill", "met", "--target", "3"], &["new", "--lang", "en"]] {
        let form = guiju(&common::root(), args, b"");
        assert_eq!(status(&form), 0, "{}", said(&form));
        let output = guiju(&common::root(), &["fmt", "--check", "-"], &form.stdout);
        assert_eq!(status(&output), 0, "{args:?}: {}", said(&output));
    }
}

/// A folder with a file that is laid out, one that is not, and one that is malformed twice.
fn three() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("standards/a")).unwrap();
    fs::write(folder.path().join("standards/good.toml"), "a = 1\n").unwrap();
    fs::write(folder.path().join("standards/a/loose.toml"), "a=1\n").unwrap();
    fs::write(folder.path().join("standards/wrong.toml"), "b = \nc = [1\nd=1\n").unwrap();
    fs::write(folder.path().join("standards/notes.txt"), "a=1\n").unwrap();
    fs::write(folder.path().join("standards/.hidden.toml"), "a=1\n").unwrap();
    folder
}

fn text(folder: &tempfile::TempDir, name: &str) -> String {
    fs::read_to_string(folder.path().join("standards").join(name)).unwrap()
}

#[test]
fn a_malformed_file_is_refused_and_the_others_are_laid_out() {
    let folder = three();
    let output = guiju(folder.path(), &["fmt", "--lang", "en"], b"");
    assert_eq!(status(&output), 2, "{}", said(&output));
    assert_eq!(text(&folder, "a/loose.toml"), "a = 1\n");
    assert_eq!(text(&folder, "wrong.toml"), "b = \nc = [1\nd=1\n");
    assert_eq!(text(&folder, "notes.txt"), "a=1\n");
    assert_eq!(text(&folder, ".hidden.toml"), "a=1\n");
    let said = said(&output);
    assert!(said.matches("error[toml-syntax]").count() >= 2, "{said}");
    assert!(said.contains("standards/wrong.toml:1") && said.contains("3 files, 1 rewritten"), "{said}");
    let mut names: Vec<_> =
        fs::read_dir(folder.path().join("standards/a")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.pop().unwrap(), "loose.toml");
    assert!(names.is_empty(), "{names:?}");
}

#[test]
fn check_writes_nothing_and_shows_what_would_change() {
    let folder = three();
    fs::remove_file(folder.path().join("standards/wrong.toml")).unwrap();
    let output = guiju(folder.path(), &["fmt", "--check", "--lang", "en"], b"");
    assert_eq!(status(&output), 1);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "standards/a/loose.toml\n@@ -1 +1 @@\n-a=1\n+a = 1\n2 files, 1 would change\n"
    );
    assert_eq!(text(&folder, "a/loose.toml"), "a=1\n");
    let output = guiju(folder.path(), &["fmt", "--check", "--format", "json"], b"");
    assert_eq!(status(&output), 1);
    let wanted = serde_json::json!({ "written": false, "files": [
        { "path": "standards/a/loose.toml", "state": "changed" },
        { "path": "standards/good.toml", "state": "unchanged" },
    ] });
    assert_eq!(serde_json::from_slice::<Json>(&output.stdout).unwrap(), wanted);
    assert_eq!(status(&guiju(folder.path(), &["fmt"], b"")), 0);
    assert_eq!(status(&guiju(folder.path(), &["fmt", "--check"], b"")), 0);
}

#[test]
fn what_cannot_be_seen_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let input = "\u{feff}a = 1 \nb = 2\t\nc = 3\r\nd = 4";
    let output = guiju(folder.path(), &["fmt", "--check", "-"], input.as_bytes());
    assert_eq!(status(&output), 1);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    for line in ["-<BOM>a = 1·\n", "-b = 2→\n", "-c = 3␍\n", "-d = 4␃\n", "+d = 4\n"] {
        assert!(shown.contains(line), "{line:?} is not in\n{shown}");
    }
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let output = guiju(folder.path(), &["fmt", "-"], b"a=1\r\nb='x'\r\n");
    assert_eq!((status(&output), output.stdout.as_slice()), (0, &b"a = 1\r\nb = \"x\"\r\n"[..]));
    assert_eq!(guiju(folder.path(), &["fmt", "-"], b"").stdout, b"");
    let output = guiju(folder.path(), &["fmt", "-", "--format", "json"], b"a=1");
    let wanted = serde_json::json!({ "written": false, "files": [
        { "path": "-", "state": "changed", "text": "a = 1\n" },
    ] });
    assert_eq!(serde_json::from_slice::<Json>(&output.stdout).unwrap(), wanted);
    let output = guiju(folder.path(), &["fmt", "-"], b"a =");
    assert_eq!((status(&output), output.stdout.len()), (2, 0));
    assert_eq!(status(&guiju(folder.path(), &["fmt", "-", "x.toml"], b"")), 2);
}

#[test]
fn only_what_is_on_disk_is_laid_out() {
    let folder = tempfile::tempdir().unwrap();
    let output = guiju(folder.path(), &["fmt", "--lang", "en"], b"");
    assert_eq!(status(&output), 2);
    assert!(said(&output).contains("embedded standards cannot be rewritten"), "{}", said(&output));
    for name in ["no-such.toml", "no-such-folder"] {
        let output = guiju(folder.path(), &["fmt", name], b"");
        assert!(status(&output) == 2 && said(&output).contains("file-unreadable"), "{}", said(&output));
    }
    fs::write(folder.path().join("dossier.json"), "{}").unwrap();
    assert_eq!(status(&guiju(folder.path(), &["fmt", "dossier.json"], b"")), 2);
    assert_eq!(status(&guiju(&common::root(), &["fmt", "--check", "--standard", "t-cas-375-2019"], b"")), 0);
    assert_eq!(status(&guiju(&common::root(), &["fmt", "--check", "--standard", "no-such"], b"")), 2);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (own, other) = (folder.path().join("own"), folder.path().join("other"));
    fs::create_dir_all(&own).unwrap();
    fs::create_dir_all(&other).unwrap();
    fs::write(other.join("x.toml"), "a=1\n").unwrap();
    fs::write(own.join("y.toml"), "a=1\n").unwrap();
    std::os::unix::fs::symlink(other.join("x.toml"), own.join("file.toml")).unwrap();
    std::os::unix::fs::symlink(&other, own.join("folder")).unwrap();
    for args in [&["fmt", "own"][..], &["fmt", "own/file.toml"], &["fmt", "own/folder"]] {
        let output = guiju(folder.path(), args, b"");
        assert_eq!(status(&output), 2, "{args:?}");
        assert!(said(&output).contains("file-misplaced"), "{}", said(&output));
    }
    assert_eq!(fs::read_to_string(other.join("x.toml")).unwrap(), "a=1\n");
    assert_eq!(fs::read_to_string(own.join("y.toml")).unwrap(), "a = 1\n");
    assert!(own.join("file.toml").symlink_metadata().unwrap().is_symlink());
}
