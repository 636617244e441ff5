//! The arguments of `guiju amend`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::super::call::Call;
use crate::analysis::amend::{Wish, wishes};
use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::lang::{Lang, Text};
use crate::report::instrument::filled;
use crate::source::Span;
use crate::text;

/// Options that say what an instrument is; a draft that exists says it itself.
const HEAD: [&str; 11] = [
    "id",
    "effective",
    "expires",
    "effective-by",
    "title-zh",
    "title-en",
    "issuer-zh",
    "issuer-en",
    "citation-zh",
    "citation-en",
    "output",
];

/// The options for texts, which several verbs take.
pub fn texts(command: Command, names: &[(&'static str, &'static str, Text)], lang: Lang) -> Command {
    names.iter().fold(command, |command, (zh, en, what)| {
        let arg = |name: &'static str, language: Text| {
            let help = Text::new(what.zh.clone() + &language.zh, what.en.clone() + &language.en);
            Arg::new(name).long(name).value_name("TEXT").help(help.in_lang(lang).to_owned())
        };
        command
            .arg(arg(zh, text!("（中文）", ", in Chinese")))
            .arg(arg(en, text!("（英文）", ", in English")))
    })
}

/// The arguments of the verb.
pub fn arguments(command: Command, lang: Lang) -> Command {
    let say = |text: Text| text.in_lang(lang).to_owned();
    let option = |name: &'static str, value: &'static str, help: Text| {
        Arg::new(name).long(name).value_name(value).help(say(help))
    };
    let words = Arg::new("words").num_args(0..).value_name(say(text!("位置 字段=值", "AT FIELD=VALUE"))).help(say(text!(
        "改动：位置（如 `条款#检查`）后跟若干 `字段=值`；值写成 TOML 或文字，空值去掉该字段；可有几组",
        "changes: a place (such as `clause#check`) and `FIELD=VALUE` behind it; values are TOML or text, an empty one drops the field; repeatable"
    )));
    let command = command
        .arg(words)
        .arg(
            option("withdraw", "AT", text!("撤去此处，可重复", "withdraw this element, repeatable"))
                .action(ArgAction::Append),
        )
        .arg(
            option("settle", "ID=READING", text!("确定释义的读法，可重复", "settle a reading, repeatable"))
                .action(ArgAction::Append),
        )
        .arg(
            Arg::new("insert-check")
                .long("insert-check")
                .num_args(2)
                .value_names(["CLAUSE", "ID"])
                .action(ArgAction::Append)
                .help(say(text!(
                    "为条款写一项检查的样子（注释），可重复",
                    "write the outline of a check for a clause, as a comment; repeatable"
                ))),
        )
        .arg(
            option("id", "ID", text!("编号，也是文件名", "id, also the name of the file"))
                .required_unless_present("add-to"),
        )
        .arg(
            option("effective", "DATE", text!("生效日，YYYY-MM-DD", "first day in force, YYYY-MM-DD"))
                .required_unless_present("add-to"),
        )
        .arg(option("expires", "DATE", text!("最后有效日（含）", "last day in force")))
        .arg(
            option(
                "effective-by",
                "WHICH",
                text!(
                    "以申请日（applied-on）还是评定日（assessed-on，默认）决定是否适用",
                    "which date decides: applied-on, or assessed-on (the default)"
                ),
            )
            .hide_possible_values(true)
            .value_parser(PossibleValuesParser::new(["applied-on", "assessed-on"])),
        );
    let names = [
        ("title-zh", "title-en", text!("名称", "title")),
        ("issuer-zh", "issuer-en", text!("发布机构", "issuer")),
        ("citation-zh", "citation-en", text!("出处", "where it is published")),
        ("reason-zh", "reason-en", text!("各项改动的理由", "reason of the changes")),
    ];
    texts(command, &names, lang)
        .arg(
            option(
                "output",
                "FILE",
                text!(
                    "写入此文件（不覆盖已有文件）；默认 amendments/编号.toml",
                    "write to this file (existing files are not overwritten); amendments/ID.toml by default"
                ),
            )
            .short('o'),
        )
        .arg(
            option(
                "add-to",
                "FILE",
                text!(
                    "追加到已有的草案，其余原样不动",
                    "append to a draft that exists; the rest of it stays as it is"
                ),
            )
            .conflicts_with_all(HEAD),
        )
}

/// Where the operations go.
#[derive(Clone, Debug)]
pub enum Into {
    /// Into a new file, at its place in the standard or where the call says.
    New(Option<PathBuf>),
    /// Behind those of a draft.
    Draft(PathBuf),
}

/// What a call wants.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub into: Into,
    pub wishes: Vec<Wish>,
    pub withdraw: Vec<String>,
    pub settle: Vec<(String, String)>,
    pub checks: Vec<(String, String)>,
    pub id: String,
    pub effective: Option<Date>,
    pub expires: Option<Date>,
    pub effective_by: Option<String>,
    pub title: Text,
    pub issuer: Text,
    pub citation: Text,
    pub reason: Text,
}

impl Wanted {
    /// Reads a call; everything that is malformed is reported.
    pub fn read(call: &Call, matches: &ArgMatches, diagnostics: &mut Diagnostics) -> Option<Self> {
        let errors = diagnostics.errors();
        let one = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let many = |name: &str| -> Vec<String> {
            matches.get_many::<String>(name).into_iter().flatten().cloned().collect()
        };
        let both = |field: &str| filled(field, one(&format!("{field}-zh")), one(&format!("{field}-en")));
        let words = many("words");
        let wishes = wishes(&words).unwrap_or_else(|faults| {
            diagnostics.extend(faults);
            Vec::new()
        });
        let mut settle = Vec::new();
        for written in many("settle") {
            match written.split_once('=') {
                Some((id, reading)) if !id.is_empty() && !reading.is_empty() => {
                    settle.push((id.to_owned(), reading.to_owned()));
                }
                _ => {
                    let message = text!("读法 `{written}` 写法不对", "the reading `{written}` is malformed");
                    let help = text!("写成 `释义=读法`", "write `INTERPRETATION=READING`");
                    diagnostics.push(Diagnostic::error(Code::BadCall, Span::NONE, message).help(help));
                }
            }
        }
        let pairs = many("insert-check");
        let checks = pairs.chunks_exact(2).filter_map(|pair| match pair {
            [clause, id] => Some((clause.clone(), id.clone())),
            _ => None,
        });
        let effective = date(one("effective"), diagnostics);
        let expires = date(one("expires"), diagnostics);
        if let (Some(from), Some(until)) = (effective, expires)
            && until < from
        {
            let message = text!(
                "失效（{until}）早于生效（{from}）",
                "it expires ({until}) before it takes effect ({from})"
            );
            diagnostics.push(Diagnostic::error(Code::DateOrder, Span::NONE, message));
        }
        let into = match one("add-to") {
            Some(path) => Into::Draft(super::own_path(path)),
            None => Into::New(one("output").map(super::own_path)),
        };
        let wanted = Wanted {
            into,
            wishes,
            withdraw: many("withdraw"),
            settle,
            checks: checks.collect(),
            id: one("id").unwrap_or_default().to_owned(),
            effective,
            expires,
            effective_by: one("effective-by").map(str::to_owned),
            title: both("title"),
            issuer: both("issuer"),
            citation: both("citation"),
            reason: both("reason"),
        };
        wanted.check(call, !words.is_empty(), diagnostics);
        (diagnostics.errors() == errors).then_some(wanted)
    }

    fn check(&self, call: &Call, words: bool, diagnostics: &mut Diagnostics) {
        let mut fail = |code, message, help| {
            diagnostics.push(Diagnostic::error(code, Span::NONE, message).help(help));
        };
        let id = &self.id;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        // A name that begins with a dot is hidden: the file would never be read.
        let malformed = id.is_empty() || id.len() > 64 || id.starts_with('.') || !id.chars().all(plain);
        if matches!(self.into, Into::New(_)) && malformed {
            fail(
                Code::BadId,
                text!("编号 `{id}` 写法不对", "the id `{id}` is malformed"),
                text!(
                    "用字母、数字和 `-._`，至多 64 个，不以点开头",
                    "use letters, digits and `-._`, at most 64, no dot at the beginning"
                ),
            );
        }
        if call.on.is_some() {
            fail(
                Code::BadCall,
                text!(
                    "amend 不用 --on：引文取自生效日的版本",
                    "amend takes no --on: it quotes the edition of the effective date"
                ),
                text!("用 --effective", "use --effective"),
            );
        }
        if !call.readings.is_empty() {
            fail(
                Code::BadCall,
                text!(
                    "amend 不用 --reading：引文取自所采用的读法",
                    "amend takes no --reading: it quotes the readings that are adopted"
                ),
                text!(
                    "要确定读法，用 --settle 释义=读法",
                    "to settle a reading, use --settle INTERPRETATION=READING"
                ),
            );
        }
        if !words && self.withdraw.is_empty() && self.settle.is_empty() && self.checks.is_empty() {
            fail(
                Code::BadCall,
                text!("没有写明改动什么", "the call says no change"),
                text!(
                    "写 `位置 字段=值`，或用 --withdraw、--settle、--insert-check",
                    "write `AT FIELD=VALUE`, or use --withdraw, --settle, --insert-check"
                ),
            );
        }
        let mut seen = std::collections::BTreeSet::new();
        let settled = self.settle.iter().map(|(id, _)| id.as_str());
        let all = self.wishes.iter().map(|w| w.at.as_str()).chain(self.withdraw.iter().map(String::as_str));
        for at in all.chain(settled).filter(|at| !seen.insert(*at)) {
            fail(
                Code::BadCall,
                text!("`{at}` 有两项改动", "two changes name `{at}`"),
                text!("每处只写一项", "name each element once"),
            );
        }
    }
}

/// A date of the call.
pub fn date(written: Option<&str>, diagnostics: &mut Diagnostics) -> Option<Date> {
    match Date::parse(written?, Span::NONE) {
        Ok(date) => Some(date),
        Err(fault) => {
            diagnostics.push(*fault);
            None
        }
    }
}
