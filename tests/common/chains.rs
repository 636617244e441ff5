//! Random chains of instruments over random small standards: what they quote is followed as they are written, so
//! that most fit; some carry a fault on purpose. Both evaluators judge what comes out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use guiju::load::Files;
use toml::Value;

use super::changes::Writer;
use super::operations::{Operation, WORDS, add, inline, model, parsed};
use super::random::Rng;
use super::standards::{Maker, random_standard};

/// A standard with instruments, and which edition of it is asked for.
pub struct Chain {
    pub files: Files<'static>,
    pub region: Option<String>,
    pub applied_on: String,
    pub assessed_on: String,
    /// Paths of drafts that the call names.
    pub named: Vec<String>,
    pub readings: BTreeMap<String, String>,
    /// What was done wrong on purpose.
    pub fault: Option<&'static str>,
}

const DAYS: [&str; 7] =
    ["2024-02-29", "2025-12-31", "2026-03-31", "2026-04-19", "2026-04-20", "2026-04-21", "2026-05-01"];
const FAULTS: [&str; 14] = [
    "stale quotation",
    "unknown place",
    "misspelt check",
    "same day",
    "no prefix",
    "inserted twice",
    "in the way",
    "fixed field",
    "dangling reference",
    "unknown reading",
    "unknown region",
    "no reason",
    "withdrawn base",
    "empty quotation",
];

struct Instrument {
    path: String,
    id: String,
    head: String,
    in_force: bool,
    code: Option<String>,
    effective: &'static str,
    is_region: bool,
}

/// Clauses that share content, protected elements, and interpretations whose readings carry operations.
fn enrich(rng: &mut Rng, files: &mut Files<'static>, levels: usize) {
    for part in [2, 3] {
        let path = format!("chapters/{}.toml", ["one", "two"][part - 2]);
        let mut text = String::from_utf8(files[&path].to_vec()).unwrap();
        let shared = text.matches("choose").count() == 0 || rng.one_in(2);
        for level in 1..=levels {
            let of = format!("{part}.{level}.1");
            let chosen = text
                .split("[[clause]]")
                .any(|c| c.contains(&format!("id = \"{of}\"\n")) && c.contains("choose"));
            if !shared || chosen || !rng.one_in(3) {
                continue;
            }
            write!(text, "[[clause]]\nid = \"{part}.{level}.8\"\nsame-as = \"{of}\"\n").unwrap();
            if rng.one_in(2) && !text.contains(".9\"\n") {
                write!(text, "[[clause]]\nid = \"{part}.{}.9\"\nsame-as = \"{of}\"\n", 1 + rng.below(levels))
                    .unwrap();
            }
        }
        if rng.one_in(6) {
            let level = 1 + rng.below(levels);
            let place = format!("[[clause]]\nid = \"{part}.{level}.1\"\n");
            text = text.replacen(&place, &format!("{place}protect = \"final\"\n"), 1);
        }
        if rng.one_in(6) {
            text = text.replacen("  id = \"k0\"\n", "  id = \"k0\"\nprotect = \"final\"\n", 1);
        }
        files.insert(path, Cow::Owned(text.into_bytes()));
    }
}

/// Interpretations, as text, and how each can be read: its readings, the adopted one first.
fn interpretations(writer: &mut Writer<'_>) -> (String, BTreeMap<(String, String), Vec<Operation>>) {
    let (mut text, mut carried) = (String::new(), BTreeMap::new());
    for number in 0..writer.rng().below(3) {
        let id = format!("R{number}");
        write!(text, "[[interpretation]]\nid = \"{id}\"\naffects = \"verdict\"\nquestion = {WORDS}\nadopted = \"x\"\nreason = {WORDS}\n").unwrap();
        writeln!(text, "  [[interpretation.reading]]\n  id = \"x\"\n  text = {WORDS}").unwrap();
        let words: Vec<String> =
            ["x", "y", "z"][..2 + writer.rng().below(2)].iter().map(|w| (*w).to_owned()).collect();
        for word in &words[1..] {
            writeln!(text, "  [[interpretation.reading]]\n  id = \"{word}\"\n  text = {WORDS}").unwrap();
            let mut all = Vec::new();
            if writer.rng().one_in(12) {
                writeln!(text, "  beyond = {WORDS}").unwrap();
            } else {
                let before = writer.all.clone();
                for _ in 0..1 + writer.rng().below(2) {
                    all.extend(carry(writer));
                }
                writer.all = before;
            }
            for operation in &all {
                let kind = operation.kind;
                writeln!(text, "    [[interpretation.reading.{kind}]]").unwrap();
                for (name, value) in &operation.fields {
                    writeln!(text, "    {name} = {}", inline(value, false)).unwrap();
                }
            }
            if all.is_empty() && !text.ends_with(&format!("beyond = {WORDS}\n")) {
                writeln!(text, "  beyond = {WORDS}").unwrap();
            }
            carried.insert((id.clone(), word.clone()), all);
        }
        writer.readings.push((id, words, "x".into()));
    }
    (text, carried)
}

/// An operation of a reading.
fn carry(writer: &mut Writer<'_>) -> Option<Operation> {
    // Clauses with content of somebody else are not named here.
    let check =
        writer.one(|a, _| a.contains('#') && a != "1#k" && !a.contains(".8#") && !a.contains(".9#"))?;
    let operation = match writer.rng().below(6) {
        0 | 1 => writer.leaf(&check)?,
        2 | 3 => writer.reshape(&check)?,
        4 => {
            let at = check.split('#').next().unwrap().to_owned();
            let id = writer.name(None, "");
            let text = format!("at = \"{at}\"\n[check]\nid = \"{id}\"\n{}", writer.maker.subject(&[]));
            Operation::of("insert", &text)
        }
        _ if writer.rng().one_in(2) => Operation::of("withdraw", &format!("at = \"{check}\"\n")),
        _ => {
            let at = writer.one(|a, _| a.contains(':') && !a.starts_with("part"))?;
            writer.leaf(&at)?
        }
    };
    operation.apply(&mut writer.all);
    Some(operation)
}

/// A chain: a standard, instruments, and what is asked for.
pub fn random_chain(rng: &mut Rng) -> Chain {
    let mut files = random_standard(rng);
    let head = parsed(std::str::from_utf8(&files["standard.toml"]).unwrap());
    let count = |name: &str| head.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    let (levels, categories, stages) = (count("level"), count("category"), count("stage"));
    let points = head["grade"]["combine"].as_str() == Some("points");
    let derived = std::str::from_utf8(&files["evidence/all.toml"]).unwrap().matches("derive = ").count();
    enrich(rng, &mut files, levels);
    let assessed_on = "2026-04-20";
    let applied_on = *rng.pick(&["2026-04-20", "2026-04-20", "2026-04-19", "2026-03-31", "2025-12-31"]);
    let all = model(&files);
    let maker = Maker { rng, categories, stages, derived, tables: false };
    let mut writer = Writer { maker, all, levels, points, serial: 0, readings: Vec::new() };
    let (text, carried) = interpretations(&mut writer);
    if !text.is_empty() {
        for interpretation in parsed(&text)["interpretation"].as_array().unwrap() {
            add(&mut writer.all, "interpretation", interpretation.as_table().unwrap());
        }
        let beside = "interpretations = [\"R0\"]\n";
        for path in ["chapters/one.toml", "chapters/two.toml"] {
            let chapter = String::from_utf8(files[path].to_vec()).unwrap();
            let chapter = chapter.split_inclusive('\n').map(|line| {
                match line.starts_with("same-as") && writer.rng().one_in(3) {
                    true => format!("{line}{beside}"),
                    false => line.to_owned(),
                }
            });
            let chapter: String = chapter.collect();
            files.insert(path.into(), Cow::Owned(chapter.into_bytes()));
        }
        files.insert("interpretations/all.toml".into(), Cow::Owned(text.into_bytes()));
    }
    let mut readings = BTreeMap::new();
    for (id, words, _) in writer.readings.clone() {
        if writer.rng().one_in(3) {
            let word = writer.rng().pick(&words).clone();
            for operation in carried.get(&(id.clone(), word.clone())).into_iter().flatten() {
                operation.apply(&mut writer.all);
            }
            readings.insert(id, word);
        }
    }
    // A code may begin like another; which one is asked for need not be the lowest.
    let codes: Vec<&str> = ["xa", "xa-b", "xc"][..writer.rng().below(4)].to_vec();
    let asked = writer.rng().below(codes.len() + 1);
    let fault = writer.rng().one_in(4).then(|| *writer.rng().pick(&FAULTS));
    let mut chain = Chain {
        files,
        region: asked.checked_sub(1).map(|i| codes[i].to_owned()),
        applied_on: applied_on.into(),
        assessed_on: assessed_on.into(),
        named: Vec::new(),
        readings,
        fault,
    };
    if fault == Some("unknown region") {
        chain.region = Some("nowhere".into());
    }
    let most = writer.rng().below(4);
    let mut groups: Vec<(Option<&str>, Vec<Instrument>)> =
        vec![(None, instruments(&mut writer, None, most, &mut chain))];
    for (i, code) in codes.iter().enumerate() {
        let parent = i.checked_sub(1).map(|p| codes[p]);
        groups.push((Some(code), vec![region(&mut writer, code, parent, &mut chain)]));
        let most = writer.rng().below(3);
        groups.push((Some(code), instruments(&mut writer, Some(code), most, &mut chain)));
    }
    if writer.rng().one_in(6) {
        groups.push((Some("zz"), vec![region(&mut writer, "zz", None, &mut chain)]));
    }
    let beyond = |path: &str| codes[asked..].iter().any(|c| path.contains(&format!("regions/{c}/")));
    if !writer.rng().one_in(12) {
        chain.named.retain(|n| !beyond(n));
    }
    let reached = |code: Option<&str>| code.is_none_or(|c| codes[..asked].contains(&c));
    let spoilt: Vec<String> = groups
        .iter()
        .filter(|(code, _)| reached(*code))
        .flat_map(|(_, g)| g.iter().filter(|i| i.in_force).map(|i| i.path.clone()))
        .collect();
    let spoilt = if spoilt.is_empty() { None } else { Some(writer.rng().pick(&spoilt).clone()) };
    for (code, group) in groups {
        for instrument in group {
            let before = (writer.all.clone(), writer.readings.clone());
            let mut operations = writer.some(code);
            let own_fault = fault.filter(|_| spoilt.as_ref() == Some(&instrument.path));
            if let Some(fault) = own_fault {
                writer.spoil(fault, code, &mut operations);
            }
            if own_fault == Some("same day") {
                twin(&mut writer, &instrument, &operations, &mut chain);
            }
            if !instrument.in_force || !reached(code) {
                (writer.all, writer.readings) = before;
            }
            let text = instrument_text(&mut writer, &instrument, operations, own_fault == Some("no reason"));
            chain.files.insert(instrument.path, Cow::Owned(text.into_bytes()));
        }
    }
    chain
}

/// A second instrument of the same group and day that takes a change back.
fn twin(writer: &mut Writer<'_>, of: &Instrument, operations: &[Operation], chain: &mut Chain) {
    let Some(last) = operations.iter().rfind(|o| o.kind == "replace" && o.fields["was"].is_table()) else {
        return;
    };
    if of.is_region {
        return;
    }
    let (was, now) = (last.fields["now"].as_table().unwrap(), last.fields["was"].as_table().unwrap());
    let back = Operation::replace(last.at(), was.clone(), now.clone());
    let id = format!("{}z", of.id);
    let path = of.path.replace(".toml", "z.toml");
    let head = of.head.replacen(&format!("id = \"{}\"", of.id), &format!("id = \"{id}\""), 1);
    if chain.named.contains(&of.path) {
        chain.named.push(path.clone());
    }
    let twin = Instrument { path: path.clone(), id, head, code: of.code.clone(), ..*of };
    let text = instrument_text(writer, &twin, vec![back], false);
    chain.files.insert(path, Cow::Owned(text.into_bytes()));
}

fn instrument_text(
    writer: &mut Writer<'_>,
    instrument: &Instrument,
    operations: Vec<Operation>,
    bare: bool,
) -> String {
    let mut text = instrument.head.clone();
    let last = operations.len().saturating_sub(1);
    for (i, mut operation) in operations.into_iter().enumerate() {
        if !(bare && i == last) {
            operation.fields.insert("reason".into(), parsed(&format!("r = {WORDS}"))["r"].clone());
        }
        operation.write(writer.maker.rng, &mut text);
    }
    text
}

/// The head of an instrument: its dates lie on, just before and just after those of the request.
fn head(writer: &mut Writer<'_>, id: &str, chain: &Chain, named: bool) -> (String, bool, &'static str, bool) {
    let rng = writer.rng();
    let draft = rng.one_in(8);
    let effective = if rng.one_in(2) { DAYS[rng.below(3)] } else { *rng.pick(&DAYS) };
    let expires = rng.one_in(3).then(|| *rng.pick(&DAYS)).filter(|d| *d >= effective);
    let by = *rng.pick(&["", "effective-by = \"applied-on\"\n", "effective-by = \"assessed-on\"\n"]);
    let day = if by.contains("applied") { &chain.applied_on } else { &chain.assessed_on };
    let in_force =
        effective <= day.as_str() && expires.is_none_or(|e| day.as_str() <= e) && (!draft || named);
    let mut text = format!(
        "id = \"{id}\"\ntitle = {WORDS}\nissuer = {WORDS}\ncitation = {WORDS}\nstatus = \"{}\"\neffective = \"{effective}\"\n{by}",
        if draft { "draft" } else { "issued" }
    );
    if let Some(expires) = expires {
        writeln!(text, "expires = \"{expires}\"").unwrap();
    }
    (text, in_force, effective, draft)
}

fn instruments(
    writer: &mut Writer<'_>,
    code: Option<&str>,
    most: usize,
    chain: &mut Chain,
) -> Vec<Instrument> {
    let mut all: Vec<Instrument> = Vec::new();
    for _ in 0..most {
        writer.serial += 1;
        let id = format!("{}{}", writer.rng().pick(&["a", "b", "Z", "2024-", "m.1-"]), writer.serial);
        let named = writer.rng().one_in(2);
        let (mut head, in_force, effective, draft) = head(writer, &id, chain, named);
        let outside = code.is_some() && writer.rng().one_in(3);
        if let (Some(code), true) = (code, outside) {
            writeln!(head, "region = \"{code}\"").unwrap();
        }
        let file = writer.serial * 7 % 10;
        let path = match code {
            Some(code) if !outside => format!("regions/{code}/amendments/{file}-{id}.toml"),
            _ => format!("amendments/{file}-{id}.toml"),
        };
        if named && (draft || writer.rng().one_in(6)) {
            chain.named.push(path.clone());
        }
        all.push(Instrument {
            path,
            id,
            head,
            in_force,
            code: code.map(str::to_owned),
            effective,
            is_region: false,
        });
    }
    all.sort_by(|a, b| (a.effective, &a.id).cmp(&(b.effective, &b.id)));
    all
}

fn region(writer: &mut Writer<'_>, code: &str, parent: Option<&str>, chain: &mut Chain) -> Instrument {
    let named = writer.rng().one_in(2);
    let (mut head, in_force, effective, draft) = head(writer, code, chain, named);
    if let Some(parent) = parent {
        writeln!(head, "parent = \"{parent}\"").unwrap();
    }
    if writer.rng().one_in(3) {
        head.push_str("intent = \"any\"\n");
    }
    let path = format!("regions/{code}/region.toml");
    if named && draft {
        chain.named.push(path.clone());
    }
    Instrument { path, id: code.into(), head, in_force, code: Some(code.into()), effective, is_region: true }
}
