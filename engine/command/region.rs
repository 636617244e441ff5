//! `guiju region`: makes and lists regions.

use std::fs;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use serde::Serialize;

use super::amend::{date, region_of, texts};
use super::call::{Call, Format};
use super::editions::{self, Loaded};
use super::files::{self, Library};
use super::{Exit, Session, cli, instrument};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::edition::{Edition, Request, compile};
use crate::format::FileKind;
use crate::format::overlay::{IntentRaw, StatusRaw};
use crate::id::is_region_code;
use crate::lang::{Lang, Text};
use crate::report::instrument::{Head, Variant, filled, head, is_placeholder, region_outline};
use crate::report::written::{self, WrittenOut};
use crate::source::Span;
use crate::text;

/// The verb with those within it; `verb` makes one with the common options.
pub fn arguments(verb: &impl Fn(&'static str, Text) -> Command, lang: Lang) -> Command {
    let say = |text: Text| text.in_lang(lang).to_owned();
    let option = |name: &'static str, value: &'static str, help: Text| {
        Arg::new(name).long(name).value_name(value).help(say(help))
    };
    let new = verb("new", text!("新建地区：写出 region.toml 草案", "make a region: write a draft of its region.toml"))
        .arg(Arg::new("code").value_name(say(text!("代码", "CODE"))).required(true).help(say(text!(
            "地区代码，也是文件夹名：小写字母、数字、连字符",
            "code of the region, also the name of its folder: lower-case letters, digits, hyphens"
        ))))
        .arg(option("parent", "CODE", text!("上级地区", "the region above it")))
        .arg(
            option("intent", "WORD", text!(
                "相对上级的意图：stricter 只加严、looser 只放宽、any 不限（默认）",
                "what it intends: stricter, looser, any (the default)"
            ))
            .hide_possible_values(true)
            .value_parser(PossibleValuesParser::new(["stricter", "looser", "any"])),
        )
        .arg(option("effective", "DATE", text!("生效日，YYYY-MM-DD", "first day in force, YYYY-MM-DD")).required(true))
        .arg(option("expires", "DATE", text!("最后有效日（含）", "last day in force")))
        .arg(option("dir", "DIR", text!(
            "写入此文件夹下的 代码/region.toml，在标准之外，并固定基础版本的摘要",
            "write CODE/region.toml below this folder, outside the standard, with the digest of the base pinned"
        )));
    let names = [
        ("title-zh", "title-en", text!("名称", "title")),
        ("issuer-zh", "issuer-en", text!("发布机构", "issuer")),
        ("citation-zh", "citation-en", text!("出处", "where it is published")),
    ];
    Command::new("region")
        .about(say(text!("新建或列出地区", "make or list regions")))
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .help_template(cli::template(lang))
        .subcommand_required(true)
        .subcommand_help_heading(say(text!("命令", "Commands")))
        .subcommand(texts(new, &names, lang))
        .subcommand(verb(
            "list",
            text!(
                "列出地区：上级、意图、是否有效",
                "list regions: what lies above, intent, whether in force"
            ),
        ))
}

/// Runs the verb.
///
/// # Errors
/// The working folder or the clock cannot be read.
pub fn run(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    match matches.subcommand() {
        Some(("new", own)) => new(call, own, session),
        _ => list(call, session),
    }
}

#[derive(Serialize)]
struct RegionOut {
    region: String,
    parent: Option<String>,
    intent: IntentRaw,
    status: StatusRaw,
    effective: String,
    expires: Option<String>,
    in_force: bool,
    title: Text,
    issuer: Text,
    path: String,
}

#[derive(Serialize)]
struct ListOut {
    standard: String,
    on: String,
    regions: Vec<RegionOut>,
}

fn list(call: &Call, session: &mut Session) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let why =
        text!("列表列出所有地区，与规则怎样读无关", "it lists every region, however the rules are read");
    diagnostics.extend(call.idle("region list", &["region", "reading"], &why));
    if diagnostics.has_errors() {
        session.report(diagnostics.into_sorted());
        return Ok(Exit::Invalid);
    }
    let library = session.library(call, &mut diagnostics)?;
    let Some(on) = editions::fixed_date(call, &mut diagnostics) else {
        session.report(diagnostics.into_sorted());
        return Ok(Exit::Invalid);
    };
    let on = on.map_or_else(editions::today, Ok)?;
    let standard = call.standard.as_deref();
    let loaded = editions::choose(call, standard, &library, &mut session.sources, &mut diagnostics);
    let mut regions = Vec::new();
    for overlay in loaded.iter().flat_map(|l| &l.raw.overlays).filter(|o| o.kind == FileKind::Region) {
        diagnostics.extend(overlay.faults.iter().cloned());
        let Some(file) = &overlay.file else { continue };
        let mut day = |written: &crate::syntax::de::Loc<String>| {
            Date::parse(written, written.span).map_err(|fault| diagnostics.push(*fault)).ok()
        };
        let from = day(&file.effective);
        let until = file.expires.as_ref().map(&mut day);
        let takes_part = overlay.named || file.status == StatusRaw::Issued;
        let within = from.is_some_and(|d| d <= on) && until.is_none_or(|d| d.is_some_and(|d| on <= d));
        regions.push(RegionOut {
            region: file.id.value.clone(),
            parent: file.parent.as_ref().map(|p| p.value.clone()),
            intent: file.intent.as_ref().map_or(IntentRaw::Any, |i| i.value),
            status: file.status,
            effective: file.effective.value.clone(),
            expires: file.expires.as_ref().map(|e| e.value.clone()),
            in_force: takes_part && within,
            title: file.title.clone(),
            issuer: file.issuer.clone(),
            path: overlay.path.clone(),
        });
    }
    regions.sort_by(|a, b| a.region.cmp(&b.region));
    let broken = diagnostics.has_errors();
    session.report(diagnostics.into_sorted());
    let Some(loaded) = loaded else { return Ok(Exit::Invalid) };
    let standard = loaded.raw.standard.as_ref().map(|s| s.id.value.clone()).unwrap_or_default();
    let out = ListOut { standard, on: on.to_string(), regions };
    match call.format {
        Format::Json => session.say(&serde_json::to_string_pretty(&out)?),
        Format::Text => {
            if out.regions.is_empty() {
                session.say(&call.lang.pick(format!("{on}：没有地区"), format!("{on}: no regions")));
            }
            for region in &out.regions {
                session.say(line(region).in_lang(call.lang));
            }
        }
    }
    Ok(if broken { Exit::Invalid } else { Exit::Well })
}

fn line(region: &RegionOut) -> Text {
    let (code, from, title) = (&region.region, &region.effective, &region.title);
    let intent = match region.intent {
        IntentRaw::Stricter => text!("只加严", "stricter only"),
        IntentRaw::Looser => text!("只放宽", "looser only"),
        IntentRaw::Any => text!("不限", "stricter or looser"),
    };
    let above = match &region.parent {
        Some(parent) => text!("上级 {parent}", "below {parent}"),
        None => text!("无上级", "below the base"),
    };
    let span = match &region.expires {
        Some(until) => text!("{from} 至 {until}", "{from} to {until}"),
        None => text!("{from} 起", "from {from}"),
    };
    let state = match (region.in_force, region.status) {
        (true, StatusRaw::Issued) => text!("有效", "in force"),
        (true, StatusRaw::Draft) => text!("草案，试用", "draft, on trial"),
        (false, StatusRaw::Draft) => text!("草案", "draft"),
        (false, StatusRaw::Issued) => text!("未在有效期", "not in force"),
    };
    Text::new(
        format!("{code}  {}\n    {}；{}；{}；{}", title.zh, above.zh, intent.zh, span.zh, state.zh),
        format!("{code}  {}\n    {}; {}; {}; {}", title.en, above.en, intent.en, span.en, state.en),
    )
}

/// Where a region goes.
struct Place {
    path: PathBuf,
    outside: bool,
}

fn new(call: &Call, matches: &ArgMatches, session: &mut Session) -> anyhow::Result<Exit> {
    let mut diagnostics = Diagnostics::default();
    let out = make(call, matches, session, &mut diagnostics)?;
    session.report(diagnostics.into_sorted());
    let Some(out) = out else { return Ok(Exit::Invalid) };
    match call.format {
        Format::Json => session.say(&serde_json::to_string_pretty(&out)?),
        Format::Text => session.say(&written::text(&out, &[], call.lang)),
    }
    Ok(Exit::Well)
}

fn make(
    call: &Call,
    matches: &ArgMatches,
    session: &mut Session,
    diagnostics: &mut Diagnostics,
) -> anyhow::Result<Option<WrittenOut>> {
    let one = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let code = one("code").unwrap_or_default();
    let (effective, expires) = (date(one("effective"), diagnostics), date(one("expires"), diagnostics));
    check(call, code, effective, expires, diagnostics);
    let library = session.library(call, diagnostics)?;
    let standard = call.standard.as_deref();
    let loaded = editions::choose(call, standard, &library, &mut session.sources, diagnostics);
    let Some(loaded) = loaded else { return Ok(None) };
    let errors = diagnostics.errors();
    known(&loaded, code, one("parent"), diagnostics);
    // A code that is in use has a file that exists: once is enough.
    let free = diagnostics.errors() == errors;
    let place = free.then_some(()).and_then(|()| place(call, code, one("dir"), &library, diagnostics));
    let (Some(place), Some(effective), false) = (place, effective, diagnostics.has_errors()) else {
        return Ok(None);
    };
    let mut above = call.clone();
    above.region = one("parent").map(str::to_owned);
    let Some(before) = editions::edition(&loaded, &above, effective, effective, diagnostics) else {
        return Ok(None);
    };
    let both = |field: &str| filled(field, one(&format!("{field}-zh")), one(&format!("{field}-en")));
    let own = Head {
        schema: instrument::schema_seen_from(&place.path),
        id: code.to_owned(),
        standard: place.outside.then(|| before.standard.id.clone()),
        title: both("title"),
        issuer: both("issuer"),
        citation: both("citation"),
        effective: effective.to_string(),
        expires: expires.map(|d| d.to_string()),
        effective_by: None,
        region: None,
        variant: Some(Variant {
            parent: one("parent").map(str::to_owned),
            intent: Some(one("intent").unwrap_or("any").to_owned()),
            base: if place.outside { base(&loaded, effective) } else { None },
        }),
    };
    let text =
        head(&own) + &region_outline(code, example(&before).as_ref().map(|(a, p)| (a.as_str(), p.as_str())));
    let mut named = call.clone();
    named.region = Some(code.to_owned());
    named.with.push(files::shown(&place.path));
    let looked = instrument::write_and_look(&place.path, text.as_bytes(), None, || {
        instrument::look_again(&named, effective, code, &before, session)
    });
    if let Err(faults) = looked {
        diagnostics.extend(faults);
        return Ok(None);
    }
    let path = files::shown(&place.path);
    let texts = [("title", &own.title), ("issuer", &own.issuer), ("citation", &own.citation)];
    let open = texts.into_iter().filter(|(name, text)| is_placeholder(name, text));
    let mut plain = call.clone();
    plain.region = None;
    let (word, rest) = (instrument::word(&path), instrument::options(&plain));
    let trial = instrument::options(&named);
    Ok(Some(WrittenOut {
        id: code.to_owned(),
        status: StatusRaw::Draft,
        region: Some(code.to_owned()),
        effective: effective.to_string(),
        expires: own.expires.clone(),
        operations: Vec::new(),
        outlines: Vec::new(),
        notes: Vec::new(),
        placeholders: open.map(|(name, _)| name.to_owned()).collect(),
        refused: Vec::new(),
        next: vec![
            format!("guiju amend … --add-to {word}{rest}"),
            format!("guiju lint --on {effective}{trial}"),
            format!("guiju issue {word}{rest}"),
        ],
        path,
    }))
}

fn check(
    call: &Call,
    code: &str,
    effective: Option<Date>,
    expires: Option<Date>,
    diagnostics: &mut Diagnostics,
) {
    let mut fail = |code, message, help| {
        diagnostics.push(Diagnostic::error(code, Span::NONE, message).help(help));
    };
    if !is_region_code(code) {
        fail(
            Code::BadId,
            text!("地区代码 `{code}` 写法不对", "the code `{code}` is malformed"),
            text!(
                "用小写字母、数字和连字符，如 `gx`、`gx-nanning`；不能是 `base` 或日期",
                "use lower-case letters, digits and inner hyphens; neither `base` nor a date"
            ),
        );
    }
    if let (Some(from), Some(until)) = (effective, expires)
        && until < from
    {
        fail(
            Code::DateOrder,
            text!(
                "失效（{until}）早于生效（{from}）",
                "it expires ({until}) before it takes effect ({from})"
            ),
            text!("更正其中一个日期", "mend one of the dates"),
        );
    }
    if call.region.is_some() {
        fail(
            Code::BadCall,
            text!("region new 不用 --region", "region new takes no --region"),
            text!("上级地区用 --parent", "the region above it is --parent"),
        );
    }
    if call.on.is_some() || !call.readings.is_empty() {
        fail(
            Code::BadCall,
            text!("region new 不用 --on 和 --reading", "region new takes neither --on nor --reading"),
            text!("生效日用 --effective", "the first day in force is --effective"),
        );
    }
}

/// The code is free and the region above it exists.
fn known(loaded: &Loaded, code: &str, parent: Option<&str>, diagnostics: &mut Diagnostics) {
    let all: Vec<_> = loaded.raw.overlays.iter().filter(|o| o.kind == FileKind::Region).collect();
    let taken = all.iter().find(|o| region_of(o).as_deref().or(o.region.as_deref()) == Some(code));
    if let Some(taken) = taken {
        let path = &taken.path;
        let message = text!("地区 `{code}` 已存在", "the region `{code}` exists");
        let help = text!("它在 {path}；换一个代码", "it is {path}; choose another code");
        diagnostics.push(Diagnostic::error(Code::DuplicateId, Span::NONE, message).help(help));
    }
    if let Some(parent) = parent {
        let names: Vec<String> = all.iter().filter_map(|o| region_of(o)).collect();
        let found = all.iter().find(|o| region_of(o).as_deref() == Some(parent));
        let draft =
            found.is_some_and(|o| !o.named && o.file.as_ref().is_some_and(|f| f.status == StatusRaw::Draft));
        if found.is_none() {
            let message = text!("没有地区 `{parent}`", "there is no region `{parent}`");
            let fault = Diagnostic::error(Code::UnknownName, Span::NONE, message);
            diagnostics.push(fault.choices(parent, names.iter().map(String::as_str)));
        } else if draft {
            let path = found.map(|o| o.path.clone()).unwrap_or_default();
            let message = text!("上级地区 `{parent}` 还是草案", "the region above, `{parent}`, is a draft");
            let help = text!(
                "先发布它，或用 --with {path} 让它参与",
                "issue it first, or let it take part with --with {path}"
            );
            diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message).help(help));
        }
    }
}

fn place(
    call: &Call,
    code: &str,
    folder: Option<&str>,
    library: &Library,
    diagnostics: &mut Diagnostics,
) -> Option<Place> {
    let standard = call.standard.as_ref().or_else(|| library.standards.keys().next());
    let root = standard.and_then(|id| library.standards.get(id)).map(|f| PathBuf::from(&f.root));
    let root = root.filter(|root| root.join("standard.toml").is_file());
    let (base, outside) = match (folder, root) {
        (Some(folder), _) => (PathBuf::from(folder), true),
        (None, Some(root)) => (root.join("regions"), false),
        (None, None) => {
            let message = text!(
                "标准是内置的，没有文件夹可写",
                "the standard is built in: there is no folder to write to"
            );
            let help = text!("用 --dir 指定文件夹", "name a folder with --dir");
            diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message).help(help));
            return None;
        }
    };
    let path = base.join(code).join("region.toml");
    if fs::symlink_metadata(&path).is_ok() {
        let shown = files::shown(&path);
        let message = text!("`{shown}` 已存在，不会覆盖", "`{shown}` exists and is not overwritten");
        let help = text!("换一个代码或文件夹", "choose another code or folder");
        diagnostics.push(Diagnostic::error(Code::FileExists, Span::NONE, message).help(help));
        return None;
    }
    Some(Place { path, outside })
}

/// The digest of the base, for a region that pins it.
fn base(loaded: &Loaded, on: Date) -> Option<String> {
    let request = Request { base_only: true, ..Request::of(on, on) };
    compile(&loaded.raw, &request, &mut Diagnostics::default()).map(|edition| edition.digest)
}

/// A check with a threshold, and its part, so that the outline speaks of something that is there.
fn example(edition: &Edition) -> Option<(String, String)> {
    edition.clauses.iter().filter(|c| c.gates).find_map(|clause| {
        let check = clause.checks.iter().find(|c| c.shown.op == "at-least")?;
        let part = edition.standard.parts.get(clause.part)?;
        Some((clause.address(check), part.id.clone()))
    })
}
