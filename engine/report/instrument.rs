//! The text of a new instrument.

use crate::analysis::amend::Change;
use crate::edition::overlay::patch::key;
use crate::lang::Text;
use crate::syntax::{Node, Table, Value};

/// What an instrument says about itself. Texts that are left out become placeholders.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// Where its schema lies, seen from its folder.
    pub schema: Option<String>,
    /// Identifier.
    pub id: String,
    /// The standard, for a region outside its folder.
    pub standard: Option<String>,
    /// Title.
    pub title: Text,
    /// Who issues it.
    pub issuer: Text,
    /// Where it is published.
    pub citation: Text,
    /// The first day on which it is in force.
    pub effective: String,
    /// The last day on which it is in force.
    pub expires: Option<String>,
    /// Which date decides, if not the date of assessment.
    pub effective_by: Option<String>,
    /// The region whose rules it amends, outside the folder of that region.
    pub region: Option<String>,
    /// For a region: the region above it, what it intends, and the digest of the base that it pins.
    pub variant: Option<Variant>,
}

/// What only the file of a region says.
#[derive(Clone, Debug, Default)]
pub struct Variant {
    /// The region above it.
    pub parent: Option<String>,
    /// What it intends.
    pub intent: Option<String>,
    /// The digest of the base.
    pub base: Option<String>,
}

/// What stands where a text was not given. An instrument that still has one is a draft.
#[must_use]
pub fn placeholder(field: &str) -> Text {
    match field {
        "title" => Text::new("（请填写名称）", "(state the title)"),
        "issuer" => Text::new("（请填写发布机构）", "(state the issuer)"),
        "citation" => Text::new("（请填写出处）", "(state where it is published)"),
        _ => Text::new("（请填写理由）", "(state the reason)"),
    }
}

/// Whether a text, in one of its languages, was not given yet.
#[must_use]
pub fn is_placeholder(field: &str, text: &Text) -> bool {
    let open = placeholder(field);
    text.zh.trim() == open.zh || text.en.trim() == open.en
}

/// A text in which what was not given is a placeholder.
#[must_use]
pub fn filled(field: &str, zh: Option<&str>, en: Option<&str>) -> Text {
    let open = placeholder(field);
    let given = |text: Option<&str>| text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    Text { zh: given(zh).unwrap_or(open.zh), en: given(en).unwrap_or(open.en) }
}

/// The beginning of an instrument.
#[must_use]
pub fn head(head: &Head) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    if let Some(schema) = &head.schema {
        line(format!("#:schema {schema}\n"));
    }
    line(
        "# status 为 draft 时只在 --with 指名时参与；用 guiju issue 发布。\n\
         # While its status is draft it takes part only where --with names it; guiju issue issues it."
            .to_owned(),
    );
    let field = |name: &str, value: &str| format!("{name} = {}", quoted(value));
    line(field("id", &head.id));
    for (name, value) in [("standard", &head.standard), ("region", &head.region)] {
        if let Some(value) = value {
            line(field(name, value));
        }
    }
    let variant = head.variant.clone().unwrap_or_default();
    if let Some(parent) = &variant.parent {
        line(field("parent", parent));
    }
    for (name, text) in [("title", &head.title), ("issuer", &head.issuer), ("citation", &head.citation)] {
        line(format!("{name} = {}", both(text)));
    }
    line(field("status", "draft"));
    line(field("effective", &head.effective));
    let rest = [
        ("expires", &head.expires),
        ("effective-by", &head.effective_by),
        ("intent", &variant.intent),
        ("base", &variant.base),
    ];
    for (name, value) in rest {
        if let Some(value) = value {
            line(field(name, value));
        }
    }
    out
}

/// One operation, with an empty line before it.
#[must_use]
pub fn operation(change: &Change, reason: &Text) -> String {
    let reason = both(reason);
    match change {
        Change::Replace { at, was, now } => format!(
            "\n[[replace]]\nat = {}\nwas = {}\nnow = {}\nreason = {reason}\n",
            quoted(at),
            table(was),
            table(now)
        ),
        Change::Withdraw { at, was } => {
            format!("\n[[withdraw]]\nat = {}\nwas = {}\nreason = {reason}\n", quoted(at), table(was))
        }
        Change::Settle { at, was, now } => format!(
            "\n[[settle]]\nat = {}\nwas = {}\nnow = {}\nreason = {reason}\n",
            quoted(at),
            quoted(was),
            quoted(now)
        ),
        Change::Check { at, id } => {
            let body = [
                "[[insert]]".to_owned(),
                format!("at = {}", quoted(at)),
                format!("reason = {reason}"),
                String::new(),
                "  [insert.check]".to_owned(),
                format!("  id = {}", quoted(id)),
                "  evidence = \"…\" # 证据项，用 guiju show 查 · an evidence key, see guiju show".to_owned(),
                "  at-least = \"…\" # 运算符和门槛 · operator and threshold".to_owned(),
            ];
            commented(
                "要增加的检查：填好后去掉各行开头的 #。",
                "A check to insert: fill it in and take away the # of its lines.",
                &body,
            )
        }
    }
}

/// What may follow in the file of a region, as comments.
#[must_use]
pub fn region_outline(code: &str, example: Option<(&str, &str)>) -> String {
    let (at, part) = example.unwrap_or(("…", "…"));
    let (at, part, reason) = (quoted(at), quoted(part), both(&placeholder("reason")));
    let replace = [
        "[[replace]]".to_owned(),
        format!("at = {at}"),
        "was = { at-least = \"…\" }".to_owned(),
        "now = { at-least = \"…\" }".to_owned(),
        format!("reason = {reason}"),
    ];
    let clause = [
        "[[insert]]".to_owned(),
        format!("part = {part}"),
        format!("reason = {reason}"),
        String::new(),
        "  [insert.clause]".to_owned(),
        format!("  id = {}", quoted(&format!("{code}.1"))),
        "  level = 1".to_owned(),
        "  title = { zh = \"…\", en = \"…\" }".to_owned(),
        "  methods = [\"document-review\"]".to_owned(),
        String::new(),
        "    [[insert.clause.check]]".to_owned(),
        "    id = \"present\"".to_owned(),
        format!("    attest = {}", quoted(&format!("{code}.present"))),
    ];
    let evidence = [
        "[[insert]]".to_owned(),
        format!("reason = {reason}"),
        String::new(),
        "  [insert.evidence]".to_owned(),
        format!("  key = {}", quoted(&format!("{code}.present"))),
        "  scope = \"institution\"".to_owned(),
        "  type = \"finding\"".to_owned(),
        "  question = { zh = \"…\", en = \"…\" }".to_owned(),
        "  attested-by = \"assessor\"".to_owned(),
    ];
    [
        commented(
            "改动上级规则：was 引用现文，now 写改后的值。",
            "To change a rule above: `was` quotes what stands there, `now` says what shall.",
            &replace,
        ),
        commented(
            &format!("地方自己的要求，编号以 {code} 开头；先增加名为 {code} 的标题条款。"),
            &format!(
                "A requirement of its own begins with {code}; a heading that is called {code} goes before it."
            ),
            &[
                "[[insert]]".to_owned(),
                format!("part = {part}"),
                format!(
                    "clause = {{ id = {}, kind = \"informative\", title = {{ zh = \"…\", en = \"…\" }} }}",
                    quoted(code)
                ),
                format!("reason = {reason}"),
            ],
        ),
        commented("要求本身。", "The requirement itself.", &clause),
        commented("该要求所需的证据。", "The evidence that it asks for.", &evidence),
    ]
    .concat()
}

fn commented(zh: &str, en: &str, lines: &[String]) -> String {
    let comment = |line: &String| if line.is_empty() { "#\n".to_owned() } else { format!("#{line}\n") };
    format!("\n# {zh}\n# {en}\n{}", lines.iter().map(comment).collect::<String>())
}

/// A text in both languages as an inline table.
fn both(text: &Text) -> String {
    format!("{{ zh = {}, en = {} }}", quoted(&text.zh), quoted(&text.en))
}

/// A text as TOML.
#[must_use]
pub fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

/// A table on one line; a table within that has one field is written as a dotted key.
fn table(fields: &Table) -> String {
    let mut entries: Vec<(String, &Node)> = fields.iter().map(|e| dotted(key(&e.key), &e.node)).collect();
    // Chinese stands before English, as everywhere in rule files.
    entries.sort_by_key(|(name, _)| name == "en");
    let fields: Vec<String> =
        entries.into_iter().map(|(name, node)| format!("{name} = {}", value(node))).collect();
    if fields.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", fields.join(", ")) }
}

fn dotted(name: String, node: &Node) -> (String, &Node) {
    let mut inner = node.as_table().into_iter().flat_map(Table::iter);
    match (inner.next(), inner.next()) {
        (Some(only), None) => dotted(format!("{name}.{}", key(&only.key)), &only.node),
        _ => (name, node),
    }
}

fn value(node: &Node) -> String {
    match &node.value {
        Value::Flag(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", ")),
        Value::Table(fields) => table(fields),
    }
}
