//! Stipulations: `--set consulting/team.size=5`, `--set projects[P1].amount="80 万元"`,
//! `?` for “not known”, `!` for “known to be absent”; `projects[P1]=!` takes a record away.

use super::locate::{Address, AddressError};
use super::{Dossier, Said, Statement, value};
use crate::diag::{Code, Diagnostic};
use crate::edition::Edition;
use crate::evidence::{Claim, Side, Type, unknown_key};
use crate::source::Span;
use crate::text;

/// Applies one assignment; `span` is where it is shown in diagnostics.
///
/// # Errors
/// A diagnostic that says what is wrong with the assignment.
pub fn assign(
    assignment: &str,
    span: Span,
    dossier: &mut Dossier,
    edition: &Edition,
) -> Result<(), Box<Diagnostic>> {
    let fail = |code, message| Box::new(Diagnostic::error(code, span, message));
    let Some((address, written)) = split(assignment) else {
        let message = text!("`{assignment}` 不是 `键=值`", "`{assignment}` is not `key=value`");
        let help = text!(
            "写作 键=值、类别/键=值 或 表[编号].字段=值；`?` 表示未知，`!` 表示没有",
            "write key=value, category/key=value or list[ID].field=value; `?` for not known, `!` for absent"
        );
        return Err(Box::new(Diagnostic::error(Code::BadAssignment, span, message).help(help)));
    };
    let parsed = Address::parse(address, edition).map_err(|error| match error {
        AddressError::UnknownKey(name) => Box::new(unknown_key(&name, span, &edition.dictionary)),
        AddressError::UnknownCategory(name) => {
            let known = edition.standard.categories.iter().map(|c| c.id.as_str());
            let message = text!("没有类别 `{name}`", "there is no category `{name}`");
            Box::new(Diagnostic::error(Code::UnknownCategory, span, message).choices(&name, known))
        }
        AddressError::CategoryMissing => fail(
            Code::WrongPlace,
            text!(
                "`{address}` 按类别填报，写成 `类别/{address}`",
                "`{address}` is about one category: write `category/{address}`"
            ),
        ),
        AddressError::CategoryUseless => {
            fail(Code::WrongPlace, text!("`{address}` 不按类别填报", "`{address}` is not about one category"))
        }
        AddressError::RecordMissing => fail(
            Code::WrongPlace,
            text!(
                "`{address}` 是记录字段，写成 `表[编号].字段`",
                "`{address}` is a field of records: write `list[ID].field`"
            ),
        ),
        AddressError::Malformed => {
            fail(Code::BadAssignment, text!("`{address}` 写法不对", "`{address}` is malformed"))
        }
    })?;
    let Some(key) = edition.dictionary.get(parsed.key) else {
        return Err(fail(
            Code::UnknownEvidence,
            text!("没有证据项 `{address}`", "there is no evidence key `{address}`"),
        ));
    };
    let derived = key.derive.is_some();
    let said = match written {
        "?" => Said::Unknown,
        "!" if derived => {
            return Err(fail(
                Code::GivenAndAbsent,
                text!("`{address}` 是汇总数，不能为无", "`{address}` is computed and cannot be absent"),
            ));
        }
        "!" => Said::Absent,
        _ => value::from_text(written, key, edition, span)?,
    };
    let claim = dossier.claim(Claim {
        side: Side::Stipulated,
        span,
        by: None,
        on: None,
        documents: Vec::new(),
        note: None,
    });
    let list = key.ty == Type::List;
    let said_absent = said == Said::Absent && !parsed.records.is_empty();
    // A record that is stipulated to be absent is not there.
    if list && said_absent && dossier.remove_record(&parsed, edition) {
        return Ok(());
    }
    match dossier.cell_mut(&parsed, edition) {
        Some(cell) => {
            cell.stipulated = Some(Statement { said, claim });
            Ok(())
        }
        None if list && !said_absent => Err(fail(
            Code::BadAssignment,
            text!("`{address}` 是记录表，不能整体赋值", "`{address}` is a list and takes no single value"),
        )),
        None => {
            let fault = Diagnostic::error(
                Code::UnknownRecord,
                span,
                text!("没有记录 `{address}`", "there is no record `{address}`"),
            );
            Err(Box::new(dossier.suggest_record(fault, &parsed, edition)))
        }
    }
}

/// Splits at the first `=`; quotes around the value, left by some shells, fall away.
fn split(assignment: &str) -> Option<(&str, &str)> {
    let (address, value) = assignment.split_once('=')?;
    let (address, value) = (address.trim(), value.trim());
    let within = |quote: char| value.strip_prefix(quote).and_then(|v| v.strip_suffix(quote));
    let value = within('"').or_else(|| within('\'')).unwrap_or(value);
    (!address.is_empty() && !value.is_empty()).then_some((address, value))
}
