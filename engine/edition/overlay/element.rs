//! Elements of the rules by the names that operations give them, found in the trees of the files.

use crate::format::FileKind;
use crate::syntax::{Node, Table, Value};

/// What an operation names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    /// A clause by its printed id.
    Clause(String),
    /// A check: clause and check.
    Check(String, String),
    /// An evidence key.
    Evidence(String),
    /// An interpretation.
    Interpretation(String),
    /// `part`, `due`, `sample`, `set` or `table`, and its id.
    Named(&'static str, String),
    /// How parts combine: the table `[grade]`.
    Standard,
    /// A part of reports.
    Template(String),
}

const NAMED: [&str; 5] = ["part", "due", "sample", "set", "table"];

impl Element {
    /// Reads `6.3.3`, `6.3.3#capital`, `evidence:KEY`, `interpretation:ID`, `set:ID` …
    #[must_use]
    pub fn parse(at: &str) -> Element {
        if let Some((clause, check)) = at.split_once('#') {
            return Element::Check(clause.to_owned(), check.to_owned());
        }
        if at == "standard" {
            return Element::Standard;
        }
        match at.split_once(':') {
            Some(("evidence", key)) => Element::Evidence(key.to_owned()),
            Some(("interpretation", id)) => Element::Interpretation(id.to_owned()),
            Some(("template", name)) => Element::Template(name.to_owned()),
            Some((kind, id)) => match NAMED.into_iter().find(|k| *k == kind) {
                Some(kind) => Element::Named(kind, id.to_owned()),
                None => Element::Clause(at.to_owned()),
            },
            None => Element::Clause(at.to_owned()),
        }
    }

    /// The clause that it is or belongs to.
    #[must_use]
    pub fn clause(&self) -> Option<&str> {
        match self {
            Element::Clause(id) | Element::Check(id, _) => Some(id),
            _ => None,
        }
    }

    /// Fields that make it what it is, or that are addressed by themselves: no operation replaces them.
    #[must_use]
    pub fn fixed(&self) -> &'static [&'static str] {
        match self {
            Element::Clause(_) => &["id", "same-as", "check", "protect"],
            Element::Check(..) => &["id", "protect"],
            Element::Evidence(_) => &["key"],
            Element::Interpretation(_) => &["id", "adopted", "reading"],
            Element::Named("sample", _) => &["of"],
            Element::Named(..) => &["id"],
            Element::Standard => &[],
            Element::Template(_) => &["name"],
        }
    }

    /// What kind of element it is, in a word.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Element::Clause(_) => "clause",
            Element::Check(..) => "check",
            Element::Evidence(_) => "evidence",
            Element::Interpretation(_) => "interpretation",
            Element::Named(kind, _) => kind,
            Element::Standard => "standard",
            Element::Template(_) => "template",
        }
    }

    /// Its place as a path, so that of two paths one may lie within the other.
    #[must_use]
    pub fn path(&self) -> Vec<String> {
        let words: Vec<&str> = match self {
            Element::Clause(id) => vec!["clause", id],
            Element::Check(id, check) => vec!["clause", id, "check", check],
            Element::Evidence(key) => vec!["evidence", key],
            Element::Interpretation(id) => vec!["interpretation", id],
            Element::Named(kind, id) => vec![kind, id],
            Element::Standard => vec!["standard"],
            Element::Template(name) => vec!["template", name],
        };
        words.into_iter().map(str::to_owned).collect()
    }
}

/// Where an element stands in the trees.
#[derive(Clone, Debug)]
pub struct Found {
    /// Which tree.
    pub tree: usize,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Key(&'static str),
    Item(usize),
}

/// The trees of all files, and what instruments put into reports.
#[derive(Clone, Debug, Default)]
pub struct Trees {
    /// Kind of file, its tree, and whether it was changed.
    pub files: Vec<(FileKind, Node, bool)>,
    /// A tree that holds the parts of reports: `template = [{ name, text }]`.
    pub templates: Option<Node>,
}

fn item(list: Option<&Node>, field: &str, id: &str) -> Option<usize> {
    let matches = |n: &Node| n.as_table().and_then(|t| t.get(field)).and_then(Node::as_text) == Some(id);
    list?.as_array()?.iter().position(matches)
}

impl Trees {
    /// Finds an element.
    #[must_use]
    pub fn find(&self, element: &Element) -> Option<Found> {
        let (kind, list, field, id) = match element {
            Element::Clause(id) | Element::Check(id, _) => (FileKind::Chapter, "clause", "id", id.as_str()),
            Element::Evidence(key) => (FileKind::Evidence, "evidence", "key", key.as_str()),
            Element::Interpretation(id) => (FileKind::Interpretation, "interpretation", "id", id.as_str()),
            Element::Named(kind, id) => {
                let field = if *kind == "sample" { "of" } else { "id" };
                (FileKind::Standard, *kind, field, id.as_str())
            }
            Element::Standard => {
                let tree = self.files.iter().position(|(kind, _, _)| *kind == FileKind::Standard)?;
                return Some(Found { tree, steps: vec![Step::Key("grade")] });
            }
            Element::Template(name) => {
                let i = item(self.templates.as_ref()?.as_table()?.get("template"), "name", name)?;
                return Some(Found {
                    tree: self.files.len(),
                    steps: vec![Step::Key("template"), Step::Item(i)],
                });
            }
        };
        let at = |tree: usize, node: &Node| {
            let i = item(node.as_table()?.get(list), field, id)?;
            Some(Found { tree, steps: vec![Step::Key(list), Step::Item(i)] })
        };
        let files = self.files.iter().enumerate().filter(|(_, (k, _, _))| *k == kind);
        let mut found = files.into_iter().find_map(|(tree, (_, node, _))| at(tree, node))?;
        if let Element::Check(_, check) = element {
            let clause = self.node(&found)?;
            let i = item(clause.as_table()?.get("check"), "id", check)?;
            found.steps.extend([Step::Key("check"), Step::Item(i)]);
        }
        Some(found)
    }

    /// The node at a place.
    #[must_use]
    pub fn node(&self, found: &Found) -> Option<&Node> {
        let mut here = match self.files.get(found.tree) {
            Some((_, node, _)) => node,
            None => self.templates.as_ref()?,
        };
        for step in &found.steps {
            here = match step {
                Step::Key(key) => here.as_table()?.get(key)?,
                Step::Item(i) => here.as_array()?.get(*i)?,
            };
        }
        Some(here)
    }

    /// The node at a place, to be changed; its file counts as changed.
    pub fn node_mut(&mut self, found: &Found) -> Option<&mut Node> {
        let steps = found.steps.clone();
        self.follow_mut(found.tree, &steps)
    }

    fn follow_mut(&mut self, tree: usize, steps: &[Step]) -> Option<&mut Node> {
        let mut here = match self.files.get_mut(tree) {
            Some((_, node, changed)) => {
                *changed = true;
                node
            }
            None => self.templates.as_mut()?,
        };
        for step in steps {
            here = match step {
                Step::Key(key) => here.as_table_mut()?.get_mut(key)?,
                Step::Item(i) => here.as_array_mut()?.get_mut(*i)?,
            };
        }
        Some(here)
    }

    /// Takes an element out of its list.
    pub fn take(&mut self, found: &Found) -> Option<Node> {
        let (last, list) = found.steps.split_last()?;
        let Step::Item(i) = last else { return None };
        let list = list.to_vec();
        let items = self.follow_mut(found.tree, &list)?.as_array_mut()?;
        (*i < items.len()).then(|| items.remove(*i))
    }

    /// Every clause with its tree, in the order of the files.
    pub fn clauses(&self) -> impl Iterator<Item = &Table> {
        let chapters = self.files.iter().filter(|(kind, _, _)| *kind == FileKind::Chapter);
        let lists = chapters.filter_map(|(_, node, _)| node.as_table()?.get("clause")?.as_array());
        lists.flatten().filter_map(Node::as_table)
    }

    /// The ids of the checks of a clause.
    #[must_use]
    pub fn checks(&self, clause: &str) -> Vec<String> {
        let found = self.find(&Element::Clause(clause.to_owned())).and_then(|f| self.node(&f)?.as_table());
        let checks = found.and_then(|c| c.get("check")).and_then(Node::as_array).into_iter().flatten();
        let id = |n: &Node| n.as_table()?.get("id").and_then(Node::as_text).map(str::to_owned);
        checks.filter_map(id).collect()
    }

    /// The names of all elements, for suggestions.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = vec!["standard".to_owned()];
        let text = |table: &Table, field: &str| table.get(field).and_then(Node::as_text).map(str::to_owned);
        for clause in self.clauses() {
            let Some(id) = text(clause, "id") else { continue };
            for check in clause.get("check").and_then(Node::as_array).into_iter().flatten() {
                let check = check.as_table().and_then(|c| text(c, "id"));
                names.extend(check.map(|check| format!("{id}#{check}")));
            }
            names.push(id);
        }
        for (kind, node, _) in &self.files {
            let Some(table) = node.as_table() else { continue };
            let lists: &[(&str, &str)] = match kind {
                FileKind::Evidence => &[("evidence", "key")],
                FileKind::Interpretation => &[("interpretation", "id")],
                FileKind::Standard => {
                    &[("part", "id"), ("due", "id"), ("sample", "of"), ("set", "id"), ("table", "id")]
                }
                _ => &[],
            };
            for (list, field) in lists {
                let items = table.get(list).and_then(Node::as_array).into_iter().flatten();
                let ids = items.filter_map(|n| text(n.as_table()?, field));
                names.extend(ids.map(|id| format!("{list}:{id}")));
            }
        }
        names.extend(crate::format::overlay::SLOTS.iter().map(|slot| format!("template:{slot}")));
        names
    }

    /// Puts an element at the end of a list of one file, or into a file of its own.
    pub fn push(
        &mut self,
        kind: FileKind,
        list: &'static str,
        node: Node,
        around: Vec<crate::syntax::Entry>,
    ) {
        let own_file = kind != FileKind::Standard;
        let key = |node: &Node| crate::syntax::Entry {
            key: list.to_owned(),
            key_span: node.span,
            node: Node { span: node.span, value: Value::Array(vec![node.clone()]) },
        };
        if own_file {
            let mut entries = around;
            let span = node.span;
            entries.push(key(&node));
            self.files.push((kind, Node { span, value: Value::Table(Table::new(entries)) }, true));
            return;
        }
        let file = self.files.iter_mut().find(|(k, _, _)| *k == kind);
        let Some((_, file, changed)) = file else { return };
        *changed = true;
        let Some(table) = file.as_table_mut() else { return };
        append(table, list, node);
    }
}

/// Adds an item to a list of a table, which is made if it is not there.
pub fn append(table: &mut Table, list: &str, node: Node) {
    match table.get_mut(list).and_then(Node::as_array_mut) {
        Some(items) => items.push(node),
        None => {
            let span = node.span;
            let value = Value::Array(vec![node]);
            table.set(crate::syntax::Entry {
                key: list.to_owned(),
                key_span: span,
                node: Node { span, value },
            });
        }
    }
}
