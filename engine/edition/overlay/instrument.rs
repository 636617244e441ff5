//! One instrument, checked by itself: who, when, and what it does.

use crate::calendar::Date;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::FileKind;
use crate::format::overlay::{EffectiveByRaw, IntentRaw, OverlayFile, StatusRaw};
use crate::id::is_region_code;
use crate::lang::Text;
use crate::load::RawOverlay;
use crate::source::Span;
use crate::syntax::Node;
use crate::syntax::de::Loc;
use crate::text;

/// What lies over the base: a reading that was chosen, an amendment, or the variant of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LayerKind {
    /// A reading of an interpretation, chosen by the call.
    Reading,
    /// An instrument of the issuer of the standard.
    Amendment,
    /// The rules of a region, or an instrument that amends them.
    Variant,
}

/// One layer over the base.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Identifier of the instrument; for a reading `INTERPRETATION=READING`.
    pub id: String,
    /// What it is.
    pub kind: LayerKind,
    /// The region to whose rules it belongs.
    pub region: Option<String>,
    /// Title.
    pub title: Text,
    /// Who issues it.
    pub issuer: Text,
    /// Where it is published.
    pub citation: Text,
    /// A remark.
    pub notice: Option<Text>,
    /// Whether it is a draft.
    pub status: StatusRaw,
    /// The first day on which it is in force.
    pub effective: Option<Date>,
    /// The last day on which it is in force.
    pub expires: Option<Date>,
    /// Which date decides.
    pub effective_by: EffectiveByRaw,
    /// What a region intends.
    pub intent: Option<IntentRaw>,
    /// Whether it takes part in this edition.
    pub in_force: bool,
    /// Where it is written.
    pub span: Span,
}

/// An instrument with its layer.
#[derive(Clone, Debug)]
pub struct Instrument<'a> {
    /// As it is written.
    pub file: &'a OverlayFile,
    /// Its tree.
    pub node: &'a Node,
    /// What is known of it.
    pub layer: Layer,
    /// Whether the call names it.
    pub named: bool,
}

impl Instrument<'_> {
    /// Whether it is in force for a pair of dates.
    #[must_use]
    pub fn covers(&self, applied_on: Date, assessed_on: Date) -> bool {
        let day = match self.layer.effective_by {
            EffectiveByRaw::AppliedOn => applied_on,
            EffectiveByRaw::AssessedOn => assessed_on,
        };
        let takes_part = self.layer.status == StatusRaw::Issued || self.named;
        takes_part
            && self.layer.effective.is_some_and(|from| from <= day)
            && self.layer.expires.is_none_or(|until| day <= until)
    }
}

/// Reads an instrument; `None` if its text or shape is wrong. What else is wrong with it is reported.
pub fn read<'a>(
    raw: &'a RawOverlay,
    standard: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Instrument<'a>> {
    diagnostics.extend(raw.faults.iter().cloned());
    let (file, node) = (raw.file.as_ref()?, raw.node.as_ref()?);
    let mut check = Check { file, diagnostics };
    let effective = check.date(&file.effective);
    let expires = file.expires.as_ref().and_then(|e| check.date(e));
    if let (Some(from), Some(until), Some(written)) = (effective, expires, &file.expires)
        && until < from
    {
        let message = text!("失效早于生效", "it expires before it takes effect");
        check.fault(Code::DateOrder, written.span, message);
    }
    check.names(raw, standard);
    for (name, text) in [("title", &file.title), ("issuer", &file.issuer), ("citation", &file.citation)] {
        if text.zh.trim().is_empty() || text.en.trim().is_empty() {
            check.fault(Code::EmptyText, file.id.span, text!("`{name}` 为空", "`{name}` is empty"));
        }
    }
    check.bodies(raw.kind);
    let region = match raw.kind {
        FileKind::Region => Some(file.id.value.clone()),
        _ => raw.region.clone().or_else(|| file.region.as_ref().map(|r| r.value.clone())),
    };
    let kind = if region.is_some() { LayerKind::Variant } else { LayerKind::Amendment };
    let layer = Layer {
        id: file.id.value.clone(),
        kind,
        region,
        title: file.title.clone(),
        issuer: file.issuer.clone(),
        citation: file.citation.clone(),
        notice: file.notice.clone(),
        status: file.status,
        effective,
        expires,
        effective_by: file.effective_by.unwrap_or_default(),
        intent: (raw.kind == FileKind::Region)
            .then(|| file.intent.as_ref().map_or(IntentRaw::Any, |i| i.value)),
        in_force: false,
        span: file.id.span,
    };
    Some(Instrument { file, node, layer, named: raw.named })
}

struct Check<'a> {
    file: &'a OverlayFile,
    diagnostics: &'a mut Diagnostics,
}

impl Check<'_> {
    fn fault(&mut self, code: Code, span: Span, message: Text) {
        self.diagnostics.push(Diagnostic::error(code, span, message));
    }

    fn date(&mut self, written: &Loc<String>) -> Option<Date> {
        match Date::parse(written, written.span) {
            Ok(date) => Some(date),
            Err(fault) => {
                self.diagnostics.push(*fault);
                None
            }
        }
    }

    fn names(&mut self, raw: &RawOverlay, standard: &str) {
        let (id, name) = (&self.file.id, &self.file.id.value);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let malformed = if raw.kind == FileKind::Region {
            !is_region_code(name)
        } else {
            name.is_empty() || name.len() > 64 || !name.chars().all(plain)
        };
        if malformed {
            let message = text!("标识 `{name}` 写法不对", "the id `{name}` is malformed");
            self.fault(Code::BadId, id.span, message);
        }
        if raw.kind == FileKind::Region
            && let Some(folder) = raw.region.as_ref().filter(|folder| *folder != name)
        {
            let message = text!(
                "地区代码 `{name}` 与文件夹名 `{folder}` 不同",
                "the region’s code `{name}` is not the name of its folder, `{folder}`"
            );
            self.fault(Code::FileMisplaced, id.span, message);
        }
        if let Some(other) = self.file.standard.as_ref().filter(|s| s.value != standard) {
            let name = &other.value;
            let message = text!(
                "它依附于标准 `{name}`，不是 `{standard}`",
                "it belongs to the standard `{name}`, not to `{standard}`"
            );
            self.fault(Code::UnknownStandard, other.span, message);
        }
        if let (Some(folder), Some(written), true) =
            (&raw.region, &self.file.region, raw.kind == FileKind::RegionAmendment)
        {
            let message = text!(
                "它在地区 `{folder}` 的文件夹里，不写 `region`",
                "it lies in the folder of the region `{folder}`: `region` does not belong here"
            );
            self.fault(Code::FieldMismatch, written.span, message);
        }
    }

    /// Fields that only regions have.
    fn bodies(&mut self, kind: FileKind) {
        let file = self.file;
        let only_regions = [
            ("parent", file.parent.as_ref().map(|p| p.span)),
            ("intent", file.intent.as_ref().map(|i| i.span)),
            ("base", file.base.as_ref().map(|b| b.span)),
        ];
        for (name, span) in only_regions {
            if let (Some(span), true) = (span, kind != FileKind::Region) {
                let message =
                    text!("`{name}` 只用于 region.toml", "`{name}` belongs in the file of a region only");
                self.fault(Code::FieldMismatch, span, message);
            }
        }
        if let (Some(region), FileKind::Region) = (&file.region, kind) {
            let message = text!("region.toml 的代码写在 id 里", "the code of a region is its `id`");
            self.fault(Code::FieldMismatch, region.span, message);
        }
    }
}
