//! The fixed words of all reports, in both languages.

use crate::check::{Comparison, Reason};
use crate::dossier::View;
use crate::evidence::{Side, State, Why};
use crate::format::chapter::{KindRaw, MethodRaw, ProtectRaw};
use crate::lang::Text;
use crate::text;
use crate::verdict::Verdict;

/// A verdict.
#[must_use]
pub fn verdict(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Met => text!("满足", "met"),
        Verdict::NotMet => text!("不满足", "not met"),
        Verdict::Undetermined => text!("未定", "undetermined"),
        Verdict::NotApplicable => text!("不适用", "not applicable"),
    }
}

/// The sign that stands for a verdict where there is little room.
#[must_use]
pub const fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "√",
        Verdict::NotMet => "×",
        Verdict::Undetermined => "?",
        Verdict::NotApplicable => "-",
    }
}

/// A reason.
#[must_use]
pub fn reason(reason: Reason) -> Text {
    match reason {
        Reason::Satisfied => text!("证据满足要求", "the evidence satisfies it"),
        Reason::Short => text!("未达到要求的数值", "the figure falls short"),
        Reason::Mismatch => text!("不在允许之列", "the value is not among those allowed"),
        Reason::Fails => text!("结论为不符合", "the finding is that it fails"),
        Reason::Absent => text!("已声明没有", "known to be absent"),
        Reason::NoneMatches => text!("没有符合条件的记录", "no record matches"),
        Reason::Exception => text!("有记录不符合", "a record lacks what all must have"),
        Reason::Missing => text!("缺少证据", "evidence is missing"),
        Reason::Unreviewed => text!("已申报，尚未复核", "declared but not reviewed"),
        Reason::Disputed => text!("复核结论不一致", "reviewers disagree"),
        Reason::Incomplete => text!("记录可能不全", "records may be missing"),
        Reason::ConditionOpen => text!("是否适用尚不清楚", "it is not known whether it applies"),
        Reason::ConditionFalse => text!("适用条件不成立", "its condition does not hold"),
        Reason::Deferred => text!("尚未到期", "not due yet"),
        Reason::Superseded => text!("已由正式证据取代", "replaced by the evidence proper"),
        Reason::DeclaredNotApplicable => text!("结论为不适用", "found not to apply"),
        Reason::Members => text!("由组成项决定", "its members decide"),
        Reason::Clause => text!("由所引条款决定", "another clause decides"),
        Reason::Untested => text!("没有自己的检查", "it has no checks of its own"),
    }
}

/// Why something is not known.
#[must_use]
pub fn why(why: Why) -> Text {
    match why {
        Why::Missing => text!("未提供", "missing"),
        Why::Unreviewed => text!("未复核", "unreviewed"),
        Why::Disputed => text!("有争议", "disputed"),
    }
}

/// A state without a value.
#[must_use]
pub fn state(state: &State) -> Option<Text> {
    match state {
        State::Known(_) => None,
        State::Absent => Some(text!("无", "none")),
        State::NotApplicable => Some(text!("不适用", "not applicable")),
        State::Unknown(reason) => Some(why(*reason)),
    }
}

/// A view.
#[must_use]
pub fn view(view: View) -> Text {
    match view {
        View::Own => text!("机构自评", "as declared"),
        View::Review => text!("复核", "as reviewed"),
    }
}

/// Who said something.
#[must_use]
pub fn side(side: Side) -> Text {
    match side {
        Side::Own => text!("机构申报", "declared"),
        Side::Review => text!("复核", "review"),
        Side::Stipulated => text!("命令行假定", "stipulated on the command line"),
    }
}

/// A comparison, as it reads before a threshold.
#[must_use]
pub fn comparison(comparison: Comparison) -> Text {
    match comparison {
        Comparison::AtLeast => text!("≥", "≥"),
        Comparison::AtMost => text!("≤", "≤"),
        Comparison::Above => text!(">", ">"),
        Comparison::Below => text!("<", "<"),
    }
}

/// An operator that is no comparison, as it reads before its operand.
#[must_use]
pub fn operator(name: &str) -> Text {
    match name {
        "at-least" => text!("≥", "≥"),
        "at-most" => text!("≤", "≤"),
        "above" => text!(">", ">"),
        "below" => text!("<", "<"),
        "is" => text!("为", "is"),
        "one-of" => text!("属于", "one of"),
        "not-in" => text!("不属于", "none of"),
        "includes" => text!("包含", "includes"),
        "includes-any" => text!("包含其一", "includes any of"),
        "excludes" => text!("不包含", "includes none of"),
        "within" => text!("在此期间内：", "within the last"),
        "not-before" => text!("不早于", "not before"),
        "not-after" => text!("不晚于", "not after"),
        "at-least-ago" => text!("至少在此之前：", "ago by at least"),
        "last-closed" => text!("在最近已结束的会计年度内：", "within the last closed fiscal years:"),
        "some" => text!("其中有", "has one with"),
        other => Text::same(other),
    }
}

/// A condition on a labelled field, with its operand as people read it.
#[must_use]
pub fn condition(name: &str, written: &str, label: &str, operand: &str) -> Text {
    match (name, written) {
        ("is", "true") => text!("{label}", "{label}"),
        ("is", "false") => text!("并非{label}", "not: {label}"),
        ("within", _) => text!("{label}在近 {operand}内", "{label} within the last {operand}"),
        ("last-closed", _) => {
            text!("{label}是近 {operand}已结束的会计年度", "{label} closed within the last {operand}")
        }
        ("at-least-ago", _) => text!("{label}至今满 {operand}", "{label} at least {operand} ago"),
        ("includes", _) => text!("{label}含{operand}", "{label} includes {operand}"),
        ("not-in", _) => text!("{label} 不属于 {operand}", "{label} other than {operand}"),
        ("not-before", _) => text!("{label}不早于{operand}", "{label} not before {operand}"),
        ("not-after", _) => text!("{label}不晚于{operand}", "{label} not after {operand}"),
        _ => {
            let op = operator(name);
            Text::new(format!("{label} {} {operand}", op.zh), format!("{label} {} {operand}", op.en))
        }
    }
}

/// What a condition asks of a field that is named before: “must be …”.
#[must_use]
pub fn asked(name: &str, written: &str, operand: &str) -> Text {
    match (name, written) {
        ("is", _) => text!("须为 {operand}", "asked: {operand}"),
        ("within", _) => text!("须在近 {operand}内", "asked: within the last {operand}"),
        ("last-closed", _) => {
            text!("须是近 {operand}已结束的会计年度", "asked: closed within the last {operand}")
        }
        ("at-least-ago", _) => text!("须至今满 {operand}", "asked: at least {operand} ago"),
        _ => {
            let op = operator(name);
            Text::new(format!("须{} {operand}", op.zh), format!("asked: {} {operand}", op.en))
        }
    }
}

/// A method of assessment.
#[must_use]
pub fn method(method: MethodRaw) -> Text {
    match method {
        MethodRaw::DocumentReview => text!("查阅资料", "document review"),
        MethodRaw::Interview => text!("访谈", "interview"),
        MethodRaw::OnSite => text!("现场查看", "on-site inspection"),
        MethodRaw::Test => text!("测试", "test"),
    }
}

/// What regions may do.
#[must_use]
pub fn protect(protect: ProtectRaw) -> Text {
    match protect {
        ProtectRaw::Final => text!("地区不得改动", "no region may change it"),
        ProtectRaw::TightenOnly => text!("地区只能加严", "regions may only make it stricter"),
    }
}

/// What a clause is.
#[must_use]
pub fn kind(kind: KindRaw) -> Text {
    match kind {
        KindRaw::Requirement => text!("要求", "requirement"),
        KindRaw::Definition => text!("定义", "definition"),
        KindRaw::Principle => text!("原则", "principle"),
        KindRaw::Process => text!("过程", "process"),
        KindRaw::Informative => text!("资料", "information"),
        KindRaw::Withdrawn => text!("已撤去", "withdrawn"),
    }
}

/// A field of a rule file in words; what has no word stays as it is written.
#[must_use]
pub fn field(name: &str) -> Text {
    let first = name.split('.').next().unwrap_or(name);
    match first {
        "title" => text!("标题", "title"),
        "summary" => text!("摘要", "summary"),
        "question" => text!("问题", "question"),
        "reason" => text!("理由", "reason"),
        "hint" => text!("提示", "hint"),
        "documents" => text!("材料", "documents"),
        "methods" => text!("方法", "methods"),
        "interpretations" => text!("释义", "interpretations"),
        "level" => text!("等级", "level"),
        "part" => text!("部分", "part"),
        "topic" => text!("主题", "topic"),
        "kind" => text!("性质", "kind"),
        "category" => text!("类别", "category"),
        "when" => text!("适用条件", "when"),
        "choose" => text!("选择", "choose"),
        "due" => text!("到期阶段", "due"),
        "stages" => text!("适用阶段", "stages"),
        "above-level" => text!("高于此级即到期", "due above level"),
        "size" => text!("数量", "size"),
        "where" => text!("限于", "where"),
        "text" => text!("内容", "text"),
        "role" => text!("作用", "role"),
        "attested-by" => text!("由谁证明", "attested by"),
        "effect" => text!("作用", "effect"),
        "protected" => text!("保护", "protected"),
        "threshold" => text!("阈值", "threshold"),
        "value" => text!("数值", "value"),
        "unit" => text!("单位", "unit"),
        "type" => text!("类型", "type"),
        "scope" => text!("范围", "scope"),
        "scale" => text!("次序", "scale"),
        "values" => text!("取值", "values"),
        "bounds" => text!("上下限", "bounds"),
        "step" => text!("步长", "step"),
        "derive" => text!("推算", "derive"),
        "adopted" => text!("采用的读法", "reading"),
        "readings" => text!("读法", "readings"),
        "members" => text!("成员", "members"),
        "by-level" => text!("各级的值", "values by level"),
        "sets" => text!("集合", "sets"),
        "units" => text!("单位", "units"),
        "levels" => text!("等级", "levels"),
        "parts" => text!("部分", "parts"),
        _ => Text::same(name),
    }
}
