//! The shape of the command line, in both languages.

use std::ffi::OsString;

use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgGroup, Command};

use super::call::Format;
use super::session::complain;
use super::{Exit, amend, issue, region};
use crate::diag::{Code, Diagnostic, json_line};
use crate::lang::{Lang, Text};
use crate::source::{Sources, Span};
use crate::text;

/// The language: `--lang`, else the locale, else Chinese.
#[must_use]
pub fn language(args: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Lang {
    let mut args = args.iter().map(|a| a.to_string_lossy());
    while let Some(arg) = args.next() {
        let value = match arg.strip_prefix("--lang=") {
            Some(value) => value.to_owned(),
            None if arg == "--lang" => args.next().map(|v| v.into_owned()).unwrap_or_default(),
            None => continue,
        };
        return if value == "en" { Lang::En } else { Lang::Zh };
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|v| !v.is_empty());
    match locale {
        Some(locale) if locale.starts_with("en") => Lang::En,
        _ => Lang::Zh,
    }
}

/// The form in which a call that cannot be read is answered.
#[must_use]
pub fn form(args: &[OsString]) -> Format {
    let args: Vec<_> = args.iter().map(|a| a.to_string_lossy()).collect();
    let pair = args.iter().zip(args.iter().skip(1)).any(|(a, b)| a == "--format" && b == "json");
    if pair || args.iter().any(|a| a == "--format=json") { Format::Json } else { Format::Text }
}

/// The command with its verbs.
#[must_use]
pub fn command(lang: Lang) -> Command {
    let say = |text: Text| text.in_lang(lang).to_owned();
    let with_formats = |name: &'static str, about: Text, formats: &[&'static str]| {
        let command =
            Command::new(name).about(say(about)).disable_help_flag(true).help_template(template(lang));
        let command = command.next_help_heading(lang.pick("选项", "Options"));
        common(command, formats, lang)
    };
    let verb = |name, about| with_formats(name, about, &["text", "json"]);
    let dossiers = |required: bool| {
        Arg::new("dossier").value_name(say(text!("档案", "DOSSIER"))).required(required).help(say(text!(
            "档案文件（TOML 或 JSON），`-` 为标准输入",
            "dossier file (TOML or JSON), `-` for standard input"
        )))
    };
    let view = Arg::new("view")
        .long("view")
        .value_name("SIDE")
        .hide_possible_values(true)
        .value_parser(PossibleValuesParser::new(["self", "review"]))
        .help(say(text!(
            "以机构自评（self）还是复核（review）为准；默认：有复核则复核",
            "what counts: as declared (self) or as reviewed (review); by default the review, if there is one"
        )));
    let target = Arg::new("target").long("target").value_name("N").action(ArgAction::Append).help(say(
        text!("改按此等级申报：`3`，或 `类别=3`", "as if this level were applied for: `3`, or `category=3`"),
    ));
    let set = Arg::new("set").long("set").value_name("KEY=VALUE").action(ArgAction::Append).help(say(text!(
        "假定一项证据：`键=值`、`类别/键=值`、`表[编号].字段=值`；`?` 为未知，`!` 为没有",
        "stipulate evidence: `key=value`, `category/key=value`, `list[ID].field=value`; `?` for unknown, `!` for absent"
    )));
    Command::new("guiju")
        .help_template(template(lang))
        .next_help_heading(lang.pick("选项", "Options"))
        .version(env!("CARGO_PKG_VERSION"))
        .about(say(text!("规矩：按写成数据的规则评定等级", "guiju: grades by rules that are data")))
        .subcommand_required(true)
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(help_flag(lang).global(true))
        .arg(Arg::new("version").short('V').long("version").action(ArgAction::Version).help(say(text!("显示版本", "print the version"))))
        .subcommand_help_heading(say(text!("命令", "Commands")))
        .subcommand(
            verb("evaluate", text!("评定档案：等级、可授予等级、还差什么", "grade dossiers: level, award, and what is lacking"))
                .arg(dossiers(true).num_args(1..))
                .arg(view.clone())
                .arg(target.clone())
                .arg(set.clone()),
        )
        .subcommand(
            verb("explain", text!("说明条款为何如此判定", "explain why clauses have their verdicts"))
                .arg(dossiers(true))
                .arg(Arg::new("clause").value_name(say(text!("条款", "CLAUSE"))).num_args(0..).help(say(text!(
                    "条款编号，或检查地址（条款#检查）；不写则说明所有未满足的",
                    "ids of clauses, or addresses of checks (clause#check); without any, all that are not met"
                ))))
                .arg(Arg::new("category").long("category").value_name("ID").help(say(text!("只看此类别", "this category only"))))
                .arg(view.clone())
                .arg(target.clone())
                .arg(set.clone()),
        )
        .subcommand(
            with_formats("report", text!("写出评定报告：网页、Markdown 或 JSON", "write the report on a dossier: HTML, Markdown or JSON"), &["html", "markdown", "json"])
                .arg(dossiers(true))
                .arg(Arg::new("output").short('o').long("output").value_name("FILE").help(say(text!(
                    "写入文件（覆盖已有文件）；不写则输出到屏幕",
                    "write to a file, in the place of an existing one; to the screen without it"
                ))))
                .arg(Arg::new("templates").long("templates").value_name("DIR").help(say(text!(
                    "用此文件夹里的模板代替内置的同名模板",
                    "templates of this folder take the place of the built-in ones of the same name"
                ))))
                .arg(view.clone())
                .arg(target.clone())
                .arg(set.clone()),
        )
        .subcommand(
            with_formats("diff", text!("比较两个版本：加严、放宽、增加、撤去、改写", "compare two editions: stricter, looser, added, withdrawn, reworded"), &["text", "json", "markdown", "html", "toml"])
                .arg(side("before", text!("原", "A"), lang))
                .arg(side("after", text!("新", "B"), lang))
                .arg(Arg::new("output").short('o').long("output").value_name("FILE").help(say(text!(
                    "写入文件（覆盖已有文件）；不写则输出到屏幕",
                    "write to a file, in the place of an existing one; to the screen without it"
                )))),
        )
        .subcommand(
            with_formats("impact", text!("试算：换一个版本，哪些机构的等级变化，为什么", "what another edition does to dossiers: whose award changes, and why"), &["text", "json", "csv", "markdown", "html"])
                .arg(side("before", text!("原", "A"), lang))
                .arg(side("after", text!("新", "B"), lang))
                .arg(many_dossiers(lang))
                .arg(Arg::new("fail-on-drop").long("fail-on-drop").value_name("N").help(say(text!(
                    "可授予等级下降的多于 N 个时，退出状态为 1",
                    "exit with 1 if more than N awards drop"
                ))))
                .arg(Arg::new("ledger").long("ledger").value_name("FILE").help(say(text!(
                    "台账：每个等级变化都须在其中登记，否则退出状态为 1",
                    "ledger in which every change of an award must be acknowledged, or else exit with 1"
                ))))
                .arg(output(lang))
                .arg(view.clone())
                .arg(target.clone())
                .arg(set.clone()),
        )
        .subcommand(
            with_formats("portability", text!("同一档案在基础规则和各地区下的等级，及差别的原因", "awards of dossiers under the base and every region, and why they differ"), &["text", "json", "csv", "markdown"])
                .arg(many_dossiers(lang))
                .arg(output(lang))
                .arg(view)
                .arg(target)
                .arg(set),
        )
        .subcommand(
            verb("show", text!("显示标准：目录、条款、证据项、释义、阈值；写成网页", "show the standard: contents, clauses, evidence keys, interpretations, thresholds; write it as pages")).arg(
                Arg::new("what").value_name(say(text!("对象", "WHAT"))).num_args(0..).help(say(text!(
                    "条款编号、证据项或释义编号；不写则显示目录",
                    "ids of clauses, evidence keys or interpretations; without any, the table of contents"
                ))),
            )
            .args(pages(lang))
            .group(ArgGroup::new("whole").args(["page", "thresholds"])),
        )
        .subcommand(
            with_formats("new", text!("生成档案模板，带问题和说明", "write a template of a dossier, with questions"), &["toml", "json"])
                .arg(Arg::new("category").long("category").value_name("ID[:N[:STAGE]]").action(ArgAction::Append).help(say(text!(
                    "申报类别，可带等级和阶段；可重复；不写则为全部类别",
                    "category applied for, with level and stage if wanted; repeatable; all by default"
                ))))
                .arg(Arg::new("target").long("target").value_name("N").help(say(text!("申报等级，默认 1", "target level, 1 by default"))))
                .arg(Arg::new("stage").long("stage").value_name("ID").help(say(text!("申请阶段，默认为第一个", "stage, the first by default"))))
                .arg(Arg::new("fill").long("fill").value_name("HOW").hide_possible_values(true).value_parser(PossibleValuesParser::new(["met"])).help(say(text!(
                    "填好内容：met 为恰好全部满足",
                    "fill it in: `met` so that everything is just met"
                ))))
                .arg(Arg::new("output").short('o').long("output").value_name("FILE").help(say(text!(
                    "写入文件（不覆盖已有文件）",
                    "write to a file (existing files are not overwritten)"
                )))),
        )
        .subcommand(amend::arguments(verb("amend", text!("起草修改：引用现行规则，写成草案", "draft an instrument that quotes the rules in force")), lang))
        .subcommand(issue::arguments(verb("issue", text!("发布草案：核对所有版本后改其状态", "issue a draft once all editions with it compile")), lang))
        .subcommand(region::arguments(&verb, lang))
        .subcommand(
            verb("fmt", text!("整理规则文件和档案的版式", "lay out rule files and dossiers"))
                .arg(Arg::new("path").value_name(say(text!("文件", "FILE"))).num_args(0..).help(say(text!(
                    "TOML 文件或文件夹，`-` 为标准输入；不写则为标准所在文件夹",
                    "TOML files or folders, `-` for standard input; the folder of standards without any"
                ))))
                .arg(Arg::new("check").long("check").action(ArgAction::SetTrue).help(say(text!(
                    "不改写，只指出哪些文件会变；有则退出状态为 1",
                    "rewrite nothing, name the files that would change; then the exit status is 1"
                )))),
        )
        .subcommand(
            with_formats("lint", text!("检查规则文件：错误与可疑之处", "check rule files: errors and what is doubtful"), &["text", "json", "sarif"])
                .arg(Arg::new("deny").long("deny").value_name("CODE").action(ArgAction::Append).help(say(text!(
                    "此代码的警告按错误处理，`warnings` 为全部；可重复",
                    "take warnings of this code, or all (`warnings`), as errors; repeatable"
                ))))
                .arg(Arg::new("all-dates").long("all-dates").action(ArgAction::SetTrue).help(say(text!(
                    "解析从最早到最晚各日期、各地区的全部版本，以及每个草案",
                    "resolve every edition from the first date to the last, of every region, and every draft"
                ))))
                .arg(Arg::new("explain").long("explain").value_name("CODE").conflicts_with_all(["deny", "all-dates"]).help(say(text!(
                    "说明一个诊断代码，不做检查",
                    "say what a code means, and check nothing"
                )))),
        )
        .subcommand(super::test::options(
            verb("test", text!("运行标准的用例，指出没有覆盖的检查", "run the cases of a standard and name checks that lack some")),
            lang,
        ))
        .subcommand(
            verb("schema", text!("输出或核对模式文件", "print, write or check schemas"))
                .arg(Arg::new("name").value_name(say(text!("名称", "NAME"))).help(say(text!("只输出这一个；不写则列出全部", "print this one; without it, list all"))).conflicts_with_all(["write", "check"]))
                .arg(Arg::new("write").long("write").value_name("DIR").conflicts_with("check").help(say(text!("全部写入文件夹", "write all into a folder"))))
                .arg(Arg::new("check").long("check").value_name("DIR").help(say(text!("核对文件夹中的是否最新", "check that those in a folder are up to date")))),
        )
}

/// Dossiers as an argument, folders of them too.
fn many_dossiers(lang: Lang) -> Arg {
    let name = text!("档案", "DOSSIERS");
    let help = text!(
        "档案文件，或放有档案（*.toml、*.json）的文件夹",
        "dossiers, or folders of them (*.toml, *.json)"
    );
    let arg = Arg::new("dossier").value_name(name.in_lang(lang).to_owned()).required(true).num_args(1..);
    arg.help(help.in_lang(lang).to_owned())
}

/// Where the output goes.
fn output(lang: Lang) -> Arg {
    let help = text!(
        "写入文件（覆盖已有文件）；不写则输出到屏幕",
        "write to a file, in the place of an existing one; to the screen without it"
    );
    Arg::new("output").short('o').long("output").value_name("FILE").help(help.in_lang(lang).to_owned())
}

/// An edition as an argument.
fn side(name: &'static str, value: Text, lang: Lang) -> Arg {
    Arg::new(name).value_name(value.in_lang(lang).to_owned()).required(true).help(
        text!(
            "版本，逗号分隔：`base`、日期、地区代码、`git:版本`、标准文件夹、草案文件、`释义=读法`",
            "an edition, comma-separated: `base`, a date, a region, `git:REVISION`, a folder of standards, a draft, `INTERPRETATION=READING`"
        )
        .in_lang(lang)
        .to_owned(),
    )
}

/// Options by which `show` gives an edition as a whole.
fn pages(lang: Lang) -> Vec<Arg> {
    let arg = |name: &'static str, value: &'static str, help: Text| {
        let arg = Arg::new(name).long(name).help(help.in_lang(lang).to_owned());
        if value.is_empty() { arg.action(ArgAction::SetTrue) } else { arg.value_name(value) }
    };
    vec![
        arg(
            "page",
            "DIR",
            text!(
                "把整个版本写成网页，放进新的、空的或此前写成的文件夹；离线可读",
                "write the edition as pages into a new or empty folder or one written before; read offline"
            ),
        )
        .conflicts_with("what"),
        arg("thresholds", "", text!("显示各主题在各等级的阈值", "show the thresholds: topics × levels"))
            .conflicts_with("what"),
        arg(
            "against",
            "EDITION",
            text!(
                "与此版本（日期、地区代码、`base` 等，写法同 diff）对照",
                "with this edition (a date, a region, `base` …, as for diff) beside it"
            ),
        )
        .requires("whole"),
        arg("category", "ID", text!("只看此类别的阈值", "the thresholds of this category only"))
            .requires("thresholds"),
        arg(
            "templates",
            "DIR",
            text!(
                "用此文件夹里的模板代替内置的同名模板",
                "templates of this folder take the place of the built-in ones of the same name"
            ),
        )
        .requires("page"),
    ]
}

pub fn template(lang: Lang) -> &'static str {
    lang.pick(
        "{about}\n\n用法：{usage}\n\n{all-args}{after-help}",
        "{about}\n\nUsage: {usage}\n\n{all-args}{after-help}",
    )
}

fn help_flag(lang: Lang) -> Arg {
    Arg::new("help")
        .help_heading(lang.pick("选项", "Options"))
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .help(lang.pick("显示帮助", "print help"))
}

fn common(command: Command, formats: &[&'static str], lang: Lang) -> Command {
    let say = |text: Text| text.in_lang(lang).to_owned();
    let heading = say(text!("通用选项", "Common options"));
    let arg = |name: &'static str, help: Text| {
        Arg::new(name).long(name).help(say(help)).help_heading(heading.clone()).hide_possible_values(true)
    };
    let list = formats.join(lang.pick("、", ", "));
    command
        .arg(
            arg("format", text!("输出形式：{list}", "form of the output: {list}"))
                .value_name("FORM")
                .value_parser(PossibleValuesParser::new(formats.to_vec())),
        )
        .arg(
            arg("lang", text!("输出语言：zh、en", "language of the output: zh, en"))
                .value_name("LANG")
                .value_parser(PossibleValuesParser::new(["zh", "en"])),
        )
        .arg(arg("standard", text!("标准标识", "the standard")).value_name("ID"))
        .arg(
            arg(
                "standards",
                text!(
                    "标准所在文件夹，可重复；默认为 ./standards，没有则用内置的",
                    "folder of standards, repeatable; ./standards by default, else the embedded ones"
                ),
            )
            .value_name("DIR")
            .action(ArgAction::Append),
        )
        .arg(arg("region", text!("地区代码", "region")).value_name("CODE"))
        .arg(
            arg(
                "with",
                text!(
                    "让此草案或标准之外的文件（或地区文件夹）参与，可重复",
                    "let this draft, or instrument or folder of a region outside the standard, take part; repeatable"
                ),
            )
            .value_name("FILE")
            .action(ArgAction::Append),
        )
        .arg(
            arg(
                "reading",
                text!("改按此读法：`释义=读法`，可重复", "read it so: `INTERPRETATION=READING`, repeatable"),
            )
            .value_name("ID=READING")
            .action(ArgAction::Append),
        )
        .arg(arg("on", text!("版本日期，YYYY-MM-DD", "date of the edition, YYYY-MM-DD")).value_name("DATE"))
}

/// Says what is wrong with a call; help and version are answers, not faults.
///
/// # Errors
/// The output cannot be written.
pub fn refuse(error: &clap::Error, lang: Lang, format: Format) -> anyhow::Result<Exit> {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // A reader that went away (`| head`) is no fault.
        return match error.print() {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(Exit::Well),
        };
    }
    let value = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(lang.pick("、", ", ")),
        _ => String::new(),
    };
    let (arg, given) = (value(ContextKind::InvalidArg), value(ContextKind::InvalidValue));
    let (verb, prior) = (value(ContextKind::InvalidSubcommand), value(ContextKind::PriorArg));
    let message = match error.kind() {
        ErrorKind::UnknownArgument => text!("不认识的参数 `{arg}`", "unknown argument `{arg}`"),
        ErrorKind::InvalidValue if given.is_empty() => {
            text!("参数 `{arg}` 缺少值", "the argument `{arg}` lacks a value")
        }
        ErrorKind::InvalidValue => {
            text!("参数 `{arg}` 不能是 `{given}`", "the argument `{arg}` cannot be `{given}`")
        }
        ErrorKind::InvalidSubcommand => text!("没有命令 `{verb}`", "there is no command `{verb}`"),
        ErrorKind::MissingRequiredArgument => text!("缺少参数：{arg}", "missing: {arg}"),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            text!("缺少命令", "a command is missing")
        }
        ErrorKind::ArgumentConflict if !prior.is_empty() && prior != arg => {
            text!("参数 `{arg}` 与 `{prior}` 冲突", "the argument `{arg}` conflicts with `{prior}`")
        }
        ErrorKind::ArgumentConflict => text!(
            "参数 `{arg}` 重复或与其他参数冲突",
            "the argument `{arg}` is repeated or conflicts with another"
        ),
        ErrorKind::InvalidUtf8 => text!("有一个参数不是 UTF-8 文字", "an argument is not UTF-8 text"),
        _ => Text::same(error.kind()),
    };
    let mut suggestions = value(ContextKind::SuggestedArg);
    for kind in [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
        ContextKind::ValidValue,
        ContextKind::ValidSubcommand,
    ] {
        if suggestions.is_empty() {
            suggestions = value(kind);
        }
    }
    let help = if suggestions.is_empty() {
        text!("用 `guiju --help` 查看用法", "see `guiju --help`")
    } else {
        text!("可用：{suggestions}", "possible: {suggestions}")
    };
    if format == Format::Json {
        let fault = Diagnostic::error(Code::BadCall, Span::NONE, message).help(help);
        complain(&json_line(&Sources::default(), &fault, lang));
    } else {
        complain(&format!("error[{}]: {}", Code::BadCall, message.in_lang(lang)));
        complain(&format!("  = help: {}", help.in_lang(lang)));
    }
    Ok(Exit::Invalid)
}
