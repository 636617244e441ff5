//! The declarations of a standard, linked and checked: parts, levels, categories, stages, sets, tables, units.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::format::standard::{CombineRaw, NamedRaw, RoleRaw, StackingRaw, StandardFile};
use crate::format::units::UnitsFile;
use crate::id::is_name;
use crate::lang::Text;
use crate::load::RawStandard;
use crate::quantity::{Decimal, Dimension, Unit, Units};
use crate::source::Span;
use crate::syntax::de::Loc;
use crate::text;

/// Names by which rules refer to the context of an evaluation, each written behind `@`.
pub const CONTEXT: [&str; 4] = ["applied", "applied-on", "assessed-on", "award-on"];

/// The declarations of a standard.
#[derive(Clone, Debug, Default)]
pub struct Standard {
    /// Identifier.
    pub id: String,
    /// Printed number.
    pub number: String,
    /// Title.
    pub title: Text,
    /// What prevails, and what the project is not.
    pub notice: Text,
    /// How parts become a grade.
    pub combine: Combine,
    /// Levels, from the lowest up; the first is level 1.
    pub levels: Vec<Level>,
    /// Parts.
    pub parts: Vec<Part>,
    /// Categories; empty if the standard has none.
    pub categories: Vec<Named>,
    /// Stages; empty if the standard has none.
    pub stages: Vec<Named>,
    /// When checks become due.
    pub dues: Vec<Due>,
    /// Named sets.
    pub sets: Vec<NamedSet>,
    /// Values by level.
    pub tables: Vec<LevelTable>,
    /// Units.
    pub units: Units,
}

/// How the results of the parts become one grade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Combine {
    /// The lowest level of the parts.
    #[default]
    Lowest,
    /// The level that the sum of points reaches.
    Points,
}

/// One level.
#[derive(Clone, Debug)]
pub struct Level {
    /// Title.
    pub title: Text,
    /// Points needed, where grades are a sum of points.
    pub points: u32,
}

/// One part.
#[derive(Clone, Debug)]
pub struct Part {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
    /// What it decides.
    pub role: Role,
}

/// What a part decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The grade; whether a level counts only together with all below it.
    Grade {
        /// Whether level N demands all levels up to N, or only what is listed at N.
        cumulative: bool,
    },
    /// Whether the application is admissible.
    Admissibility,
    /// Nothing.
    None,
}

/// Something with an identifier and a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
}

/// When a check becomes due.
#[derive(Clone, Debug)]
pub struct Due {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Positions of the stages in which it is due.
    pub stages: Vec<usize>,
    /// Also due wherever a level above this one is judged.
    pub above_level: Option<u8>,
}

impl Due {
    /// Whether it is due in a stage where a level is judged; without a stage only rules without stages are.
    #[must_use]
    pub fn is_due(&self, stage: Option<usize>, level: u8) -> bool {
        stage.map_or(self.stages.is_empty(), |s| self.stages.contains(&s))
            || self.above_level.is_some_and(|above| level > above)
    }
}

/// A named set of words.
#[derive(Clone, Debug)]
pub struct NamedSet {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Identifiers of its members.
    pub members: Vec<Loc<String>>,
}

/// A value for each level.
#[derive(Clone, Debug)]
pub struct LevelTable {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: Text,
    /// The values as written, the first for level 1.
    pub values: Vec<Loc<String>>,
}

impl Standard {
    /// The position of a category.
    #[must_use]
    pub fn category(&self, id: &str) -> Option<usize> {
        self.categories.iter().position(|c| c.id == id)
    }

    /// The position of a stage.
    #[must_use]
    pub fn stage(&self, id: &str) -> Option<usize> {
        self.stages.iter().position(|s| s.id == id)
    }

    /// The position of a part.
    #[must_use]
    pub fn part(&self, id: &str) -> Option<usize> {
        self.parts.iter().position(|p| p.id == id)
    }

    /// The highest level.
    #[must_use]
    pub fn top(&self) -> u8 {
        u8::try_from(self.levels.len()).unwrap_or(u8::MAX)
    }

    /// A named set.
    #[must_use]
    pub fn set(&self, id: &str) -> Option<&NamedSet> {
        self.sets.iter().find(|s| s.id == id)
    }

    /// The value of a table at a level.
    #[must_use]
    pub fn table(&self, id: &str, level: u8) -> Option<&Loc<String>> {
        let table = self.tables.iter().find(|t| t.id == id)?;
        table.values.get(usize::from(level).checked_sub(1)?)
    }
}

/// Checks the declarations of a standard and links them among each other.
#[must_use]
pub fn cross(raw: &RawStandard, diagnostics: &mut Diagnostics) -> Option<Standard> {
    let (file, units) = (raw.standard.as_ref()?, raw.units.as_ref()?);
    let before = diagnostics.has_errors();
    let mut check = Cross { diagnostics };
    let standard = check.standard(file, units);
    // Everything below needs these declarations: a fault in them is reported alone.
    (before || !diagnostics.has_errors()).then_some(standard)
}

struct Cross<'a> {
    diagnostics: &'a mut Diagnostics,
}

impl Cross<'_> {
    fn standard(&mut self, file: &StandardFile, units: &UnitsFile) -> Standard {
        self.names("standard", [&file.id]);
        self.names("part", file.parts.iter().map(|p| &p.id));
        self.names("category", file.categories.iter().map(|c| &c.id));
        self.names("stage", file.stages.iter().map(|s| &s.id));
        self.names("due", file.dues.iter().map(|d| &d.id));
        let at_names = file.sets.iter().map(|s| &s.id).chain(file.tables.iter().map(|t| &t.id));
        self.names("@", at_names.clone());
        for id in at_names.filter(|id| CONTEXT.contains(&id.as_str())) {
            let name = &id.value;
            self.error(
                Code::DuplicateId,
                id.span,
                text!("`@{name}` 已有固定含义", "`@{name}` already has a fixed meaning"),
            );
        }
        let combine = match file.grade.combine {
            CombineRaw::Lowest => Combine::Lowest,
            CombineRaw::Points => Combine::Points,
        };
        let units = self.units(units);
        let levels = self.levels(file, combine);
        let top = levels.len();
        let parts = file.parts.iter().map(|p| self.part(p, combine)).collect();
        Standard {
            id: file.id.value.clone(),
            number: file.number.clone(),
            title: file.title.clone(),
            notice: file.notice.clone(),
            combine,
            levels,
            parts,
            categories: file.categories.iter().map(named).collect(),
            stages: file.stages.iter().map(named).collect(),
            dues: file.dues.iter().map(|d| self.due(d, file, top)).collect(),
            sets: file.sets.iter().map(|s| self.set(s)).collect(),
            tables: file.tables.iter().map(|t| self.table(t, top)).collect(),
            units,
        }
    }

    fn error(&mut self, code: Code, span: Span, message: Text) {
        self.diagnostics.push(Diagnostic::error(code, span, message));
    }

    /// Identifiers of one kind are names, each used once.
    fn names<'b>(&mut self, kind: &str, ids: impl IntoIterator<Item = &'b Loc<String>>) {
        let mut seen: Vec<&Loc<String>> = Vec::new();
        for id in ids {
            let name = &id.value;
            if !is_name(name) {
                let help =
                    text!("只用小写字母、数字和连字符", "use lower-case letters, digits and hyphens only");
                let message = text!("标识 `{name}` 写法不对", "the id `{name}` is malformed");
                self.diagnostics.push(Diagnostic::error(Code::BadId, id.span, message).help(help));
            }
            match seen.iter().find(|s| s.value == *name) {
                Some(first) => {
                    let message =
                        text!("`{kind}` 的标识 `{name}` 重复", "the id `{name}` of `{kind}` is used twice");
                    let diagnostic = Diagnostic::error(Code::DuplicateId, id.span, message);
                    self.diagnostics
                        .push(diagnostic.related(first.span, text!("第一次在这里", "first here")));
                }
                None => seen.push(id),
            }
        }
    }

    fn levels(&mut self, file: &StandardFile, combine: Combine) -> Vec<Level> {
        let mut levels: Vec<Level> = Vec::new();
        for (i, level) in file.levels.iter().enumerate() {
            if usize::from(level.id.value) != i + 1 {
                let message =
                    text!("等级须从 1 起由低到高连续排列", "levels run from 1 upwards without gaps");
                self.error(Code::StandardShape, level.id.span, message);
            }
            let points = level.points.as_ref().map_or(0, |p| p.value);
            let rises = levels.last().is_none_or(|below: &Level| below.points < points);
            match (combine, &level.points) {
                (Combine::Points, None) => {
                    let message = text!(
                        "按分数定级时，每级须有 points",
                        "where points decide, every level has `points`"
                    );
                    self.error(Code::MissingField, level.id.span, message);
                }
                (Combine::Points, Some(p)) if !rises => {
                    let message = text!("较高等级的分数须更高", "a higher level needs more points");
                    self.error(Code::StandardShape, p.span, message);
                }
                (Combine::Lowest, Some(p)) => {
                    let message = text!(
                        "只有 combine = \"points\" 才用 points",
                        "`points` belongs to combine = \"points\""
                    );
                    self.error(Code::FieldMismatch, p.span, message);
                }
                _ => {}
            }
            levels.push(Level { title: level.title.clone(), points });
        }
        if levels.is_empty() || levels.len() > 100 {
            let message = text!("等级数须在 1 至 100 之间", "there are from 1 to 100 levels");
            self.error(Code::StandardShape, file.id.span, message);
        }
        levels
    }

    fn part(&mut self, part: &crate::format::standard::PartRaw, combine: Combine) -> Part {
        let graded = part.role == RoleRaw::Grade && combine == Combine::Lowest;
        match (&part.levels, graded) {
            (None, true) => {
                let message = text!(
                    "决定等级的部分须写明 levels",
                    "a part that decides the grade says how its `levels` stack"
                );
                self.error(Code::MissingField, part.id.span, message);
            }
            (Some(levels), false) => {
                let message = text!(
                    "只有按等级评定的部分才用 levels",
                    "`levels` belongs to parts that are graded by level"
                );
                self.error(Code::FieldMismatch, levels.span, message);
            }
            _ => {}
        }
        let added = part.levels.as_ref().is_some_and(|l| l.value == StackingRaw::Added);
        let below = part.requires_below.as_ref().map(|b| b.value);
        if let (true, Some(Loc { value: false, span })) = (added, &part.requires_below) {
            let message =
                text!("逐级增加的部分必然要求较低各级", "levels that add to those below always require them");
            self.error(Code::StandardShape, *span, message);
        }
        let role = match part.role {
            RoleRaw::Grade => Role::Grade { cumulative: added || below.unwrap_or(false) },
            RoleRaw::Admissibility => Role::Admissibility,
            RoleRaw::None => Role::None,
        };
        Part { id: part.id.value.clone(), title: part.title.clone(), role }
    }

    fn due(&mut self, due: &crate::format::standard::DueRaw, file: &StandardFile, top: usize) -> Due {
        let mut stages = Vec::new();
        for stage in &due.stages {
            match file.stages.iter().position(|s| s.id.value == stage.value) {
                Some(i) => stages.push(i),
                None => {
                    let name = &stage.value;
                    let known = file.stages.iter().map(|s| s.id.value.as_str());
                    let message = text!("没有阶段 `{name}`", "there is no stage `{name}`");
                    self.diagnostics
                        .push(Diagnostic::error(Code::UnknownName, stage.span, message).choices(name, known));
                }
            }
        }
        if let Some(above) = &due.above_level
            && (above.value == 0 || usize::from(above.value) > top)
        {
            self.error(Code::UnknownLevel, above.span, text!("没有这个等级", "there is no such level"));
        }
        Due {
            id: due.id.value.clone(),
            title: due.title.clone(),
            stages,
            above_level: due.above_level.as_ref().map(|l| l.value),
        }
    }

    fn set(&mut self, set: &crate::format::standard::SetRaw) -> NamedSet {
        self.names(&format!("@{}", set.id.value), &set.members);
        NamedSet { id: set.id.value.clone(), title: set.title.clone(), members: set.members.clone() }
    }

    fn table(&mut self, table: &crate::format::standard::TableRaw, top: usize) -> LevelTable {
        let given = table.by_level.len();
        if given != top {
            let message = text!(
                "标准有 {top} 级，这里有 {given} 个值",
                "the standard has {top} levels, here are {given} values"
            );
            self.error(Code::StandardShape, table.id.span, message);
        }
        LevelTable { id: table.id.value.clone(), title: table.title.clone(), values: table.by_level.clone() }
    }

    fn units(&mut self, file: &UnitsFile) -> Units {
        self.names("dimension", file.dimensions.iter().map(|d| &d.id));
        for dimension in &file.dimensions {
            if crate::evidence::TYPES.contains(&dimension.id.as_str()) {
                let name = &dimension.id.value;
                let message = text!("`{name}` 已是一种类型", "`{name}` already is a type");
                self.error(Code::DuplicateId, dimension.id.span, message);
            }
        }
        let mut written: Vec<Loc<String>> = Vec::new();
        let mut dimensions = Vec::new();
        for dimension in &file.dimensions {
            let mut units = Vec::new();
            for (i, unit) in dimension.units.iter().enumerate() {
                let mut own: Vec<&Loc<String>> = unit.symbols.iter().collect();
                if !unit.symbols.iter().any(|s| s.value == unit.id.value) {
                    own.push(&unit.id);
                }
                for symbol in own {
                    self.symbol(symbol, &mut written);
                }
                let factor =
                    Decimal::parse(&unit.factor).filter(|f| *f > Decimal::ZERO).unwrap_or_else(|| {
                        let message = text!("系数须为正数", "a factor is a positive number");
                        self.error(Code::BadQuantity, unit.factor.span, message);
                        Decimal::whole(1)
                    });
                if i == 0 && factor != Decimal::whole(1) {
                    let message = text!(
                        "第一个单位是基本单位，系数为 1",
                        "the first unit is the base unit, its factor is 1"
                    );
                    self.error(Code::StandardShape, unit.factor.span, message);
                }
                units.push(Unit {
                    id: unit.id.value.clone(),
                    symbols: unit.symbols.iter().map(|s| s.value.clone()).collect(),
                    en: unit.en.clone(),
                    en_one: unit.en_one.clone().or_else(|| unit.en.clone()),
                    factor,
                });
            }
            if units.is_empty() {
                let message = text!("量纲没有单位", "the dimension has no units");
                self.error(Code::MissingField, dimension.id.span, message);
            }
            dimensions.push(Dimension {
                id: dimension.id.value.clone(),
                title: dimension.title.clone(),
                calendar: dimension.calendar,
                units,
            });
        }
        Units { dimensions }
    }

    /// A symbol is free of digits and spaces and stands for one unit only.
    fn symbol(&mut self, symbol: &Loc<String>, written: &mut Vec<Loc<String>>) {
        let name = &symbol.value;
        if name.is_empty()
            || name.chars().next().is_some_and(|c| c.is_ascii_digit() || "+-.,@".contains(c))
            || name.contains(' ')
        {
            let message = text!(
                "单位写法 `{name}` 不能以数字或符号开头，也不能含空格",
                "the unit `{name}` must not begin with a digit or sign, nor hold spaces"
            );
            self.error(Code::BadId, symbol.span, message);
        }
        match written.iter().find(|w| w.value == *name) {
            Some(first) => {
                let message = text!("单位写法 `{name}` 重复", "the unit `{name}` is declared twice");
                let diagnostic = Diagnostic::error(Code::DuplicateId, symbol.span, message);
                self.diagnostics.push(diagnostic.related(first.span, text!("第一次在这里", "first here")));
            }
            None => written.push(symbol.clone()),
        }
    }
}

fn named(raw: &NamedRaw) -> Named {
    Named { id: raw.id.value.clone(), title: raw.title.clone() }
}
