//! Events of the parser become a tree of spanned nodes.

use base::{Diagnostic, SourceId, Span};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: YAML would guess its type.
    Plain,
    /// In quotes: a text.
    Quoted,
    /// A `|` or `>` block: a text over several lines.
    Block,
}

/// A key of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// What a node holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing, `null` or `~`.
    Null,
    /// A text.
    Scalar(String, Style),
    /// A list.
    Seq(Vec<Node>),
    /// A map; order kept, keys different.
    Map(Vec<(Key, Node)>),
}

/// A part of a YAML text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it holds.
    pub content: Content,
    /// Where it stands.
    pub span: Span,
}

impl Node {
    /// The entries, if it is a map.
    pub fn as_map(&self) -> Option<&[(Key, Node)]> {
        match &self.content {
            Content::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub fn as_seq(&self) -> Option<&[Node]> {
        match &self.content {
            Content::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The text, if it is a scalar.
    pub fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// The node under `key`, if it is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.iter().find(|(k, _)| k.text == key).map(|(_, node)| node)
    }

    /// True for an empty value.
    pub fn is_null(&self) -> bool {
        self.content == Content::Null
    }

    /// What it is, in a word, for messages.
    pub fn kind(&self) -> &'static str {
        match self.content {
            Content::Null => "nothing",
            Content::Scalar(..) => "a text",
            Content::Seq(_) => "a list",
            Content::Map(_) => "a map",
        }
    }
}

/// Reads one YAML document. A text that is not YAML gives no tree and says why; doubled keys are reported and
/// the first one kept.
pub fn parse(source: SourceId, text: &str) -> (Option<Node>, Vec<Diagnostic>) {
    let mut builder = Builder { places: Places::new(source, text), diagnostics: Vec::new() };
    match builder.document(text) {
        Ok(node) => (node, builder.diagnostics),
        Err(error) => {
            let diagnostic = builder.syntax_error(text, &error);
            builder.diagnostics.push(diagnostic);
            (None, builder.diagnostics)
        }
    }
}

/// Character positions of the parser as byte positions of the text.
struct Places {
    source: SourceId,
    byte_of_char: Vec<u32>,
}

impl Places {
    fn new(source: SourceId, text: &str) -> Self {
        let mut byte_of_char: Vec<u32> = text.char_indices().map(|(at, _)| at as u32).collect();
        byte_of_char.push(text.len() as u32);
        Self { source, byte_of_char }
    }

    fn byte(&self, n_chars: usize) -> u32 {
        self.byte_of_char[n_chars.min(self.byte_of_char.len() - 1)]
    }

    fn span(&self, span: saphyr_parser::Span) -> Span {
        Span { source: self.source, start: self.byte(span.start.index()), end: self.byte(span.end.index()) }
    }
}

struct Builder {
    places: Places,
    diagnostics: Vec<Diagnostic>,
}

/// A container that is still open.
enum Open {
    Seq(Vec<Node>, Span),
    Map(Vec<(Key, Node)>, Option<Key>, Span),
}

impl Builder {
    fn document(&mut self, text: &str) -> Result<Option<Node>, ScanError> {
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        for event in Parser::new_from_str(text) {
            let (event, span) = event?;
            let span = self.places.span(span);
            let node = match event {
                Event::Scalar(value, style, ..) => scalar(value.into_owned(), style, span),
                Event::Alias(_) => {
                    self.refuse("yaml-alias", span, "anchors and aliases (& and *) are not used in packs");
                    Node { content: Content::Null, span }
                }
                Event::SequenceStart(..) => {
                    open.push(Open::Seq(Vec::new(), span));
                    continue;
                }
                Event::MappingStart(..) => {
                    open.push(Open::Map(Vec::new(), None, span));
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                    Some(Open::Seq(items, start)) => close(Content::Seq(items), start, span),
                    Some(Open::Map(entries, _, start)) => close(Content::Map(entries), start, span),
                    None => continue,
                },
                Event::DocumentStart(_) if root.is_some() => {
                    self.refuse("yaml-syntax", span, "a file holds one YAML document; \"---\" starts a second one");
                    return Ok(root);
                }
                _ => continue,
            };
            if let Some(node) = self.place(&mut open, node) {
                root = Some(node);
            }
        }
        Ok(root)
    }

    /// Puts a finished node into the innermost open container; gives it back when none is open.
    fn place(&mut self, open: &mut [Open], node: Node) -> Option<Node> {
        match open.last_mut() {
            None => return Some(node),
            Some(Open::Seq(items, _)) => items.push(node),
            Some(Open::Map(entries, key @ None, _)) => *key = Some(self.key(entries, node)),
            Some(Open::Map(entries, key, _)) => {
                if let Some(key) = key.take()
                    && !entries.iter().any(|(k, _)| k.text == key.text)
                {
                    entries.push((key, node));
                }
            }
        }
        None
    }

    fn key(&mut self, entries: &[(Key, Node)], node: Node) -> Key {
        let Node { content, span } = node;
        let text = match content {
            Content::Scalar(text, _) => text,
            _ => {
                let message = "this is read as a map inside a key; text with { or [ in it needs quotes";
                self.refuse("brace-needs-quotes", span, message);
                String::new()
            }
        };
        if let Some((first, _)) = entries.iter().find(|(key, _)| key.text == text) {
            let diagnostic = Diagnostic::error("doubled-key", span, format!("\"{text}\" is given twice"))
                .label(first.span, "first given here")
                .help("keep one of the two");
            self.diagnostics.push(diagnostic);
        }
        Key { text, span }
    }

    fn refuse(&mut self, code: &'static str, span: Span, message: &str) {
        self.diagnostics.push(Diagnostic::error(code, span, message));
    }

    fn syntax_error(&self, text: &str, error: &ScanError) -> Diagnostic {
        let at = self.places.byte(error.marker().index());
        let start = at.min(text.len().saturating_sub(1) as u32);
        let span = Span { source: self.places.source, start, end: at.max(start) };
        let line_start = text[..at as usize].rfind('\n').map_or(0, |n| n + 1);
        let line = text[line_start..].lines().next().unwrap_or("");
        let diagnostic = |code| Diagnostic::error(code, span, format!("this is not YAML: {}", error.info()));
        if line.contains('{') && !line.trim_start().starts_with('#') {
            diagnostic("brace-needs-quotes").help("quote a text that contains { } inside a map written in braces")
        } else {
            diagnostic("yaml-syntax").help("check the indentation and the quotes around this place")
        }
    }
}

fn close(content: Content, start: Span, end: Span) -> Node {
    Node { content, span: Span { source: start.source, start: start.start, end: end.end.max(start.end) } }
}

fn scalar(text: String, style: ScalarStyle, span: Span) -> Node {
    let style = match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    };
    let content = match (style, text.as_str()) {
        (Style::Plain, "" | "~" | "null" | "Null" | "NULL") => Content::Null,
        _ => Content::Scalar(text, style),
    };
    Node { content, span }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        parse(SourceId(0), text).1.into_iter().map(|d| d.code).collect()
    }

    #[test]
    fn spans_are_bytes_even_behind_chinese() {
        let text = "标题: 台账\n数: {甲: \"0.80\"}\n";
        let (node, diagnostics) = parse(SourceId(0), text);
        assert!(diagnostics.is_empty());
        let node = node.unwrap();
        let rate = node.get("数").unwrap().get("甲").unwrap();
        assert_eq!(&text[rate.span.range()], "\"0.80\"");
        assert_eq!(rate.content, Content::Scalar("0.80".into(), Style::Quoted));
    }

    #[test]
    fn a_doubled_key_is_reported_and_the_first_kept() {
        let (node, diagnostics) = parse(SourceId(0), "a: 1\na: 2\n");
        assert_eq!(diagnostics[0].code, "doubled-key");
        assert_eq!(node.unwrap().get("a").unwrap().as_text(), Some("1"));
    }

    #[test]
    fn broken_texts_say_where() {
        assert_eq!(codes("a: [1, 2\nb: 3\n"), ["yaml-syntax"]);
        assert_eq!(codes("a: &x 1\nb: *x\n"), ["yaml-alias"]);
        assert_eq!(codes("r: {say: 血压{sbp}, level: refuse}\n").first(), Some(&"brace-needs-quotes"));
    }
}
