//! A TOML text as lines, with its comments and breaks.

use std::borrow::Cow;

use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};
use toml_parser::{ParseError, Source, Span};
use unicode_width::UnicodeWidthStr;

/// Brackets that may be open at once.
const DEPTH: u32 = 64;

/// A whole text.
pub(super) struct Document<'a> {
    pub lines: Vec<Line<'a>>,
    /// How lines end.
    pub end: &'static str,
}

/// A line, or several if a value needs them.
pub(super) struct Line<'a> {
    pub content: Content<'a>,
    pub comment: Option<Comment<'a>>,
}

/// What stands on a line besides a trailing comment.
pub(super) enum Content<'a> {
    Blank,
    /// A comment alone.
    Comment(Comment<'a>),
    /// `[…]` or `[[…]]`; the path both as it is written and as it is meant.
    Header {
        array: bool,
        written: Vec<Cow<'a, str>>,
        path: Vec<String>,
    },
    /// A key, the column of its `=` if a space comes before that, and its value.
    Pair {
        key: Vec<Cow<'a, str>>,
        equals: Option<usize>,
        value: Value<'a>,
    },
}

/// A comment and the column in which it stands.
#[derive(Clone, Copy)]
pub(super) struct Comment<'a> {
    pub text: &'a str,
    pub column: usize,
}

/// A value.
pub(super) enum Value<'a> {
    Scalar(Cow<'a, str>),
    List(List<'a>),
}

impl Value<'_> {
    /// Whether it needs several lines, whatever the width. Strings do not count.
    pub(super) fn tall(&self) -> bool {
        matches!(self, Value::List(list) if list.tall)
    }
}

/// An array or an inline table.
pub(super) struct List<'a> {
    pub table: bool,
    /// The comment behind the opening bracket.
    pub opening: Option<&'a str>,
    pub members: Vec<Member<'a>>,
    /// Whether its members stand on lines of their own, whatever the width.
    pub broken: bool,
    /// Whether it, or something within it, is broken.
    pub tall: bool,
}

/// What stands in an array or inline table.
pub(super) enum Member<'a> {
    Blank,
    Comment(&'a str),
    /// An item; in an inline table it has a key.
    Item {
        key: Vec<Cow<'a, str>>,
        value: Value<'a>,
        comment: Option<Comment<'a>>,
    },
}

/// Reads a text. `None` if it is malformed.
pub(super) fn read(text: &str) -> Option<Document<'_>> {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut events: Vec<Event> = Vec::new();
    let mut fault: Option<ParseError> = None;
    let mut receive = |event: Event| events.push(event);
    parse_document(&tokens, &mut RecursionGuard::new(&mut receive, DEPTH), &mut fault);
    if fault.is_some() {
        return None;
    }
    let (long, short) = events
        .iter()
        .filter(|e| e.kind() == EventKind::Newline)
        .fold((0, 0), |(l, s), e| if e.span().len() == 2 { (l + 1, s) } else { (l, s + 1) });
    let end = if long > short { "\r\n" } else { "\n" };
    let mut reader = Reader { source, events: events.iter() };
    Some(Document { lines: reader.lines()?, end })
}

struct Reader<'a, 'e> {
    source: Source<'a>,
    events: std::slice::Iter<'e, Event>,
}

impl<'a, 'e> Reader<'a, 'e> {
    fn lines(&mut self) -> Option<Vec<Line<'a>>> {
        let mut lines: Vec<Line<'a>> = Vec::new();
        let mut empty = true;
        while let Some(event) = self.events.next() {
            let content = match event.kind() {
                EventKind::Whitespace => continue,
                EventKind::Newline if !std::mem::replace(&mut empty, true) => continue,
                EventKind::Newline => {
                    lines.push(Line { content: Content::Blank, comment: None });
                    continue;
                }
                EventKind::Comment => {
                    let comment = self.comment(event)?;
                    if !empty {
                        lines.last_mut()?.comment = Some(comment);
                        continue;
                    }
                    Content::Comment(comment)
                }
                EventKind::StdTableOpen => self.header(false)?,
                EventKind::ArrayTableOpen => self.header(true)?,
                EventKind::SimpleKey => {
                    let (key, sign) = self.key(event)?;
                    let spaced = self.source.input().get(..sign.start())?.ends_with([' ', '\t']);
                    let equals = if spaced { Some(self.column(sign)?) } else { None };
                    let start = self.significant()?;
                    Content::Pair { key, equals, value: self.value(start)? }
                }
                _ => return None,
            };
            empty = false;
            lines.push(Line { content, comment: None });
        }
        Some(lines)
    }

    fn header(&mut self, array: bool) -> Option<Content<'a>> {
        let (mut written, mut path) = (Vec::new(), Vec::new());
        loop {
            let event = self.significant()?;
            match event.kind() {
                EventKind::SimpleKey => {
                    let mut name = Cow::Borrowed("");
                    self.source.get(event)?.decode_key(&mut name, &mut ());
                    path.push(name.into_owned());
                    written.push(self.plain(event)?);
                }
                EventKind::KeySep => {}
                EventKind::StdTableClose | EventKind::ArrayTableClose => {
                    return Some(Content::Header { array, written, path });
                }
                _ => return None,
            }
        }
    }

    /// A key that begins with an event, up to its `=`, and where that is.
    fn key(&mut self, first: &Event) -> Option<(Vec<Cow<'a, str>>, Span)> {
        let mut key = vec![self.plain(first)?];
        loop {
            let event = self.significant()?;
            match event.kind() {
                EventKind::SimpleKey => key.push(self.plain(event)?),
                EventKind::KeySep => {}
                EventKind::KeyValSep => return Some((key, event.span())),
                _ => return None,
            }
        }
    }

    fn value(&mut self, start: &Event) -> Option<Value<'a>> {
        match start.kind() {
            EventKind::Scalar => Some(Value::Scalar(self.plain(start)?)),
            EventKind::ArrayOpen => Some(Value::List(self.list(false)?)),
            EventKind::InlineTableOpen => Some(Value::List(self.list(true)?)),
            _ => None,
        }
    }

    fn list(&mut self, table: bool) -> Option<List<'a>> {
        let mut list = List { table, opening: None, members: Vec::new(), broken: false, tall: false };
        // Whether nothing has been read of the present line, and whether the first item stands on a new one.
        let (mut empty, mut first_on_new_line) = (false, false);
        loop {
            let event = self.events.next()?;
            match event.kind() {
                EventKind::Whitespace => {}
                EventKind::Newline => {
                    if empty && !matches!(list.members.last(), None | Some(Member::Blank)) {
                        list.members.push(Member::Blank);
                    }
                    first_on_new_line |= list.members.is_empty();
                    empty = true;
                }
                EventKind::Comment => {
                    let comment = self.comment(event)?;
                    match list.members.last_mut() {
                        None if !empty => list.opening = Some(comment.text),
                        Some(Member::Item { comment: place @ None, .. }) if !empty => *place = Some(comment),
                        _ => list.members.push(Member::Comment(comment.text)),
                    }
                    list.broken = true;
                    empty = false;
                }
                EventKind::ValueSep => empty = false,
                EventKind::ArrayClose | EventKind::InlineTableClose => break,
                kind => {
                    let (key, start) = if kind == EventKind::SimpleKey {
                        (self.key(event)?.0, self.significant()?)
                    } else {
                        (Vec::new(), event)
                    };
                    let value = self.value(start)?;
                    list.tall |= value.tall();
                    list.members.push(Member::Item { key, value, comment: None });
                    empty = false;
                }
            }
        }
        if matches!(list.members.last(), Some(Member::Blank)) {
            list.members.pop();
        }
        list.broken |= !table && (list.tall || first_on_new_line && !list.members.is_empty());
        list.tall |= list.broken;
        Some(list)
    }

    /// The next event that is no white space.
    fn significant(&mut self) -> Option<&'e Event> {
        self.events.find(|e| e.kind() != EventKind::Whitespace)
    }

    fn comment(&self, event: &Event) -> Option<Comment<'a>> {
        Some(Comment { text: self.text(event.span())?.trim_end(), column: self.column(event.span())? })
    }

    fn text(&self, span: Span) -> Option<&'a str> {
        self.source.input().get(span.start()..span.end())
    }

    /// Columns before a span on its line.
    fn column(&self, span: Span) -> Option<usize> {
        let before = self.source.input().get(..span.start())?;
        Some(before.rsplit('\n').next().unwrap_or_default().width())
    }

    /// A key or value with the plainest quotes that it can have.
    fn plain(&self, event: &Event) -> Option<Cow<'a, str>> {
        let raw = self.text(event.span())?;
        let literal = matches!(event.encoding(), Some(Encoding::LiteralString | Encoding::MlLiteralString));
        let quotes = match event.encoding() {
            None | Some(Encoding::BasicString) => return Some(Cow::Borrowed(raw)),
            Some(Encoding::LiteralString) => 1,
            Some(Encoding::MlLiteralString | Encoding::MlBasicString) => 3,
        };
        let inner = raw.get(quotes..raw.len().checked_sub(quotes)?)?;
        if inner.contains(['"', '\\']) {
            return Some(Cow::Borrowed(raw));
        }
        Some(match inner.contains('\n') {
            true if literal => Cow::Owned(format!("\"\"\"{inner}\"\"\"")),
            true => Cow::Borrowed(raw),
            false => Cow::Owned(format!("\"{inner}\"")),
        })
    }
}
