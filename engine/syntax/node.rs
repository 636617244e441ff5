//! The tree that both notations are read into.

use crate::source::Span;

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it is written.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a value can be. There are no floating-point numbers: decimals are texts with a unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A text; unquoted TOML dates are texts too.
    Text(String),
    /// A list.
    Array(Vec<Node>),
    /// A table.
    Table(Table),
}

/// A table: entries sorted by key, each key once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    entries: Vec<Entry>,
}

/// One key of a table with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key is written.
    pub key_span: Span,
    /// Its value.
    pub node: Node,
}

impl Table {
    /// Makes a table; of entries with one key the first stays.
    #[must_use]
    pub fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| a.key.cmp(&b.key).then(a.key_span.cmp(&b.key_span)));
        entries.dedup_by(|later, earlier| later.key == earlier.key);
        Table { entries }
    }

    /// The entries, sorted by key.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.entries.iter()
    }

    /// The entry of a key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        let i = self.entries.binary_search_by(|e| e.key.as_str().cmp(key)).ok()?;
        self.entries.get(i)
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|e| &e.node)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let i = self.entries.binary_search_by(|e| e.key.as_str().cmp(key)).ok()?;
        self.entries.get_mut(i).map(|e| &mut e.node)
    }

    /// Sets a key; what stood there goes.
    pub fn set(&mut self, entry: Entry) {
        match self.entries.binary_search_by(|e| e.key.cmp(&entry.key)) {
            Ok(i) => {
                if let Some(place) = self.entries.get_mut(i) {
                    *place = entry;
                }
            }
            Err(i) => self.entries.insert(i, entry),
        }
    }

    /// Takes a key away.
    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        let i = self.entries.binary_search_by(|e| e.key.as_str().cmp(key)).ok()?;
        Some(self.entries.remove(i))
    }

    /// Whether it has no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Node {
    /// What kind of value it is, for messages.
    #[must_use]
    pub fn kind(&self) -> crate::lang::Text {
        use crate::text;
        match &self.value {
            Value::Flag(_) => text!("真假值", "a boolean"),
            Value::Integer(_) => text!("整数", "a whole number"),
            Value::Text(_) => text!("文字", "a text"),
            Value::Array(_) => text!("列表", "a list"),
            Value::Table(_) => text!("表", "a table"),
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The table, if it is one.
    #[must_use]
    pub fn as_table(&self) -> Option<&Table> {
        if let Value::Table(table) = &self.value { Some(table) } else { None }
    }

    /// The table, to be changed.
    pub fn as_table_mut(&mut self) -> Option<&mut Table> {
        if let Value::Table(table) = &mut self.value { Some(table) } else { None }
    }

    /// The list, to be changed.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Node>> {
        if let Value::Array(items) = &mut self.value { Some(items) } else { None }
    }

    /// The list, if it is one.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Node]> {
        if let Value::Array(items) = &self.value { Some(items) } else { None }
    }

    /// The same value for programs that know JSON, without places.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Flag(flag) => (*flag).into(),
            Value::Integer(number) => (*number).into(),
            Value::Text(text) => text.clone().into(),
            Value::Array(items) => items.iter().map(Node::to_json).collect(),
            Value::Table(table) => table.iter().map(|e| (e.key.clone(), e.node.to_json())).collect(),
        }
    }

    /// Follows a path of keys and positions as far as it goes; `key` is the place of the last key followed.
    #[must_use]
    pub fn follow<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> (&Node, Option<Span>) {
        let mut here = self;
        let mut key = None;
        for step in path {
            let next = match &here.value {
                Value::Table(table) => table.entry(step).map(|e| (&e.node, Some(e.key_span))),
                Value::Array(items) => step.parse().ok().and_then(|i: usize| items.get(i)).map(|n| (n, None)),
                _ => None,
            };
            let Some((node, span)) = next else { break };
            (here, key) = (node, span);
        }
        (here, key)
    }
}
