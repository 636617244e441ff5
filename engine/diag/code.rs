//! The closed list of diagnostic codes. Each has a heading in `docs/diagnostics.md` or
//! `docs/doubtful-rules.md`; a test holds them together.

use crate::lang::Text;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $zh:literal, $en:literal;)+) => {
        /// What kind of fault a diagnostic reports.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $en] $name,)+
        }

        impl Code {
            /// All codes, in the order of the documentation.
            pub const ALL: &'static [Code] = &[$(Code::$name,)+];

            /// The stable identifier that is printed in brackets.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Code::$name => $id,)+ }
            }

            /// What the code means, in a phrase.
            #[must_use]
            pub fn title(self) -> Text {
                match self { $(Code::$name => Text::new($zh, $en),)+ }
            }
        }
    };
}

codes! {
    // Files and texts
    FileUnreadable = "file-unreadable", "文件无法读取", "a file cannot be read";
    FileExists = "file-exists", "文件已存在", "a file is there already";
    FileMisplaced = "file-misplaced", "文件不在其应在的文件夹", "a file lies outside the folder of its kind";
    FolderForeign = "folder-foreign", "文件夹里有别的文件", "a folder holds files of others";
    FileTooLarge = "file-too-large", "文件过大", "a file is larger than the limit";
    BadTemplate = "bad-template", "报告模板有误", "a template of a report is wrong";
    TemplateLimit = "template-limit", "报告模板超出上限", "a template of a report exceeds a limit";
    TooDeep = "too-deep", "嵌套过深", "tables or arrays are nested deeper than the limit";
    TooManyValues = "too-many-values", "数据项过多", "a file holds more values than the limit";
    NotUtf8 = "not-utf8", "文件不是 UTF-8 编码", "a file is not UTF-8";
    HiddenCharacter = "hidden-character", "含有不可见或改变方向的字符", "a text holds an invisible or direction-changing character";
    TomlSyntax = "toml-syntax", "TOML 语法错误", "the TOML is malformed";
    JsonSyntax = "json-syntax", "JSON 语法错误", "the JSON is malformed";
    DuplicateKey = "duplicate-key", "同一张表中键重复", "a table names a key twice";
    NumberForm = "number-form", "数字写法不精确", "a number is written in a form that loses exactness";

    // Shape of a table
    UnknownField = "unknown-field", "不认识的字段", "a field is not known here";
    MissingField = "missing-field", "缺少字段", "a required field is missing";
    WrongType = "wrong-type", "值的类型不对", "a value has the wrong type";
    UnknownWord = "unknown-word", "不在允许之列的词", "a word is not one of those allowed";
    EmptyText = "empty-text", "文字为空", "a text is empty";

    // Names
    BadId = "bad-id", "编号或标识写法不对", "an id is not written as ids are";
    DuplicateId = "duplicate-id", "标识重复", "an id is used twice";
    UnknownClause = "unknown-clause", "没有这个条款", "a clause does not exist";
    UnknownCheck = "unknown-check", "没有这个检查", "a check does not exist";
    UnknownEvidence = "unknown-evidence", "没有这个证据项", "an evidence key does not exist";
    UnknownReference = "unknown-reference", "@ 引用的名称不存在", "a name behind @ does not exist";
    UnknownInterpretation = "unknown-interpretation", "没有这条释义", "an interpretation does not exist";
    UnknownName = "unknown-name", "引用的名称没有声明", "a name is not declared by the standard";
    OrphanClause = "orphan-clause", "条款的上级不存在", "the parent of a clause does not exist";
    Cycle = "cycle", "循环引用", "things refer to each other in a circle";

    // Quantities and dates
    BadQuantity = "bad-quantity", "数量写法不对", "a quantity is not written as number and unit";
    FullWidthDigits = "full-width-digits", "使用了全角字符", "full-width characters stand where ASCII is needed";
    UnknownUnit = "unknown-unit", "没有这个单位", "a unit does not exist";
    WrongUnit = "wrong-unit", "单位不适用", "a unit does not fit what is measured";
    OutOfRange = "out-of-range", "数值超出允许范围", "a value lies outside its bounds";
    BadDate = "bad-date", "日期不存在或写法不对", "a date does not exist or is not written YYYY-MM-DD";

    // Rules
    NoSubject = "no-subject", "检查没有对象", "a check has no subject";
    TwoSubjects = "two-subjects", "检查有两个对象", "a check has two subjects";
    NoOperator = "no-operator", "缺少运算符", "an operator is missing";
    TwoOperators = "two-operators", "有两个运算符", "two operators stand where one belongs";
    OperatorMismatch = "operator-mismatch", "运算符不适用于该类型", "an operator does not fit the type";
    FieldMismatch = "field-mismatch", "字段不适用于该处", "a field does not fit the rest of its table";
    ScopeMismatch = "scope-mismatch", "证据项的范围不符", "an evidence key does not fit the place it is used in";
    MemberTwice = "member-twice", "一个检查属于两个组合", "a check belongs to two compositions";
    NothingRequired = "nothing-required", "没有可评定的要求", "there is nothing to grade by";
    StandardShape = "standard-shape", "标准的总体声明自相矛盾", "the declarations of the standard contradict each other";

    // Instruments
    StaleQuote = "stale-quote", "所引原文已变", "what an operation quotes does not stand in the rules";
    OverlayConflict = "overlay-conflict", "两个文件同时改动一处", "two instruments of one layer and day change the same thing";
    Protected = "protected", "受保护的条款", "a region changes what the base protects";
    LocalPrefix = "local-prefix", "缺少地区前缀", "what a region adds lacks the prefix of its code";
    IntentBroken = "intent-broken", "与声明的意图不符", "a region does not do what it declares to intend";
    StaleBase = "stale-base", "基础版本已变", "the base is not the one that a region pins";
    NothingChanges = "nothing-changes", "没有变化", "a change changes nothing";
    SideEffect = "side-effect", "改动波及别处", "an instrument changes what it does not name";
    ReadingBeyond = "reading-beyond", "该读法无法用规则表达", "a reading cannot be expressed by operations on the rules";

    // Dossiers
    UnknownStandard = "unknown-standard", "没有这个标准", "a standard does not exist";
    UnknownCategory = "unknown-category", "没有这个类别", "a category does not exist";
    UnknownLevel = "unknown-level", "没有这个等级", "a level does not exist";
    WrongPlace = "wrong-place", "证据项放错了地方", "an evidence key stands in the wrong place";
    UnknownRecord = "unknown-record", "没有这条记录", "a record does not exist";
    DuplicateRecord = "duplicate-record", "记录编号重复", "a record id is used twice";
    GivenAndAbsent = "given-and-absent", "既给出又声明为无", "a field is given and declared absent";
    FindingConflict = "finding-conflict", "结论条目自相矛盾", "a finding contradicts itself";
    NoteMissing = "note-missing", "缺少说明", "a note is required here";
    DerivedDisagrees = "derived-disagrees", "汇总数与明细不符", "a bare figure disagrees with the records";
    InvariantBroken = "invariant-broken", "证据之间不一致", "evidence contradicts an invariant of the dictionary";
    DateOrder = "date-order", "日期先后不合理", "dates are in an impossible order";
    BadAssignment = "bad-assignment", "赋值写法不对", "an assignment on the command line is malformed";
    CannotFill = "cannot-fill", "无法自动填写", "no dossier could be made that meets everything";
    CaseFailed = "case-failed", "用例结果不符", "a case does not give the expected verdict";
    Uncovered = "uncovered", "检查缺少用例", "a check lacks a case";
    TooManyDrops = "too-many-drops", "降级过多", "more awards drop than are allowed";
    Unacknowledged = "unacknowledged", "等级变化没有登记", "a change of an award is not acknowledged";
    StaleAcknowledgement = "stale-acknowledgement", "登记的变化没有发生", "an acknowledged change does not happen";
    InexactInstrument = "inexact-instrument", "文件不能完全得到新版本", "an instrument does not give exactly the second edition";
    BadCall = "bad-call", "命令行写法不对", "the command line is malformed";

    // Doubtful rules: what `lint` finds
    ThresholdFalls = "threshold-falls", "等级升高，门槛反而降低", "a threshold falls as levels rise";
    LevelGap = "level-gap", "主题的等级有空缺", "a topic skips a level";
    LoneTopic = "lone-topic", "主题只用一次，名称又与另一个相近", "a topic is used once and close to another";
    TopicMissing = "topic-missing", "同级条款有主题，此条没有", "a clause lacks the topic that its siblings have";
    MixedUnits = "mixed-units", "同一事项用了不同的单位", "one thing is written in different units";
    OffStep = "off-step", "数量不是步长的整数倍", "a quantity is no multiple of its step";
    ConstantTest = "constant-test", "检查或条件总是成立或总不成立", "a check or condition always or never holds";
    SimilarKeys = "similar-keys", "两个证据项的键名几乎相同", "two evidence keys are almost the same";
    SimilarQuestions = "similar-questions", "两个问题几乎相同", "two questions are almost the same";
    Untranslated = "untranslated", "缺少译文，或两种文字照抄", "a translation is missing or copied";
    WrongLanguage = "wrong-language", "文字不是该语言", "a text is not in its language";
    RepeatedTitle = "repeated-title", "同级的标题重复", "siblings have the same title";
    RepeatedSentence = "repeated-sentence", "两个条款的摘要有相同的句子", "two summaries share a sentence";
    RepeatedChecks = "repeated-checks", "两个条款的检查相同", "two clauses have the same checks";
    UnusedInterpretation = "unused-interpretation", "释义没有被引用", "nothing cites an interpretation";
    CitationMissing = "citation-missing", "释义涉及的条款没有引用它", "a clause does not cite its interpretation";
    UnusedEvidence = "unused-evidence", "证据项没有用处", "nothing uses an evidence key";
    UnusedDocument = "unused-document", "没有检查需要的证明材料", "no check asks for a document";
    UnusedName = "unused-name", "声明了却没有用到", "nothing uses a declared name";
    IdleReplacement = "idle-replacement", "替换没有改变什么", "a replacement changes nothing";
    AllowUnmatched = "allow-unmatched", "允许项没有对应的发现", "an allowance matches nothing";
    AllowExpired = "allow-expired", "允许项已过期", "an allowance has expired";
}

impl Code {
    /// Whether `lint` finds it in rules that are valid, so that `lint.toml` may allow it.
    #[must_use]
    pub fn is_doubt(self) -> bool {
        (Code::ThresholdFalls..=Code::IdleReplacement).contains(&self)
    }

    /// The code with an identifier.
    #[must_use]
    pub fn find(id: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.id() == id)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}
