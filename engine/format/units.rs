//! `units.toml`: what is measured, and how people write it.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::lang::Text;
use crate::syntax::de::Loc;

/// `units.toml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UnitsFile {
    /// 量纲。Dimensions.
    #[serde(rename = "dimension")]
    pub dimensions: Vec<DimensionRaw>,
}

/// What is measured.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DimensionRaw {
    /// 标识，可作证据项的类型。Identifier; the type of evidence keys that measure it.
    pub id: Loc<String>,
    /// 名称。Title.
    pub title: Text,
    /// 是否为日历月数（可与日期比较）。Whether the base unit is a calendar month.
    #[serde(default)]
    pub calendar: bool,
    /// 单位，第一个是基本单位（系数 1）。Units, the base unit (factor 1) first.
    #[serde(rename = "unit")]
    pub units: Vec<UnitRaw>,
}

/// One way to write it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UnitRaw {
    /// 标识。Identifier.
    pub id: Loc<String>,
    /// 写法，首选在前。How it is written, the preferred form first.
    pub symbols: Vec<Loc<String>>,
    /// 英文输出中的写法；不写则用基本单位。How it is written in English output; in base units if left out.
    pub en: Option<String>,
    /// 英文单数。The same behind the number 1, if it differs.
    pub en_one: Option<String>,
    /// 合多少基本单位。How many base units it is.
    pub factor: Loc<String>,
}
