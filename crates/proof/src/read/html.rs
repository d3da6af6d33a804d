//! What does a web page show, and where in the file does each character of it stand?
//!
//! Positions count the file itself, so markup is not removed but marked as hidden. What is not shown (scripts, styles,
//! comments) is hidden with it; an entity counts where it is written.

use super::{Format, Original};
use html5gum::{DefaultEmitter, Token, Tokenizer};
use std::ops::Range;

/// Elements whose content is not shown as text of the page.
const NOT_SHOWN: &[&[u8]] = &[b"script", b"style", b"head", b"template", b"noscript", b"select", b"nav", b"footer"];
/// Elements that stand in a line; every other one begins a new one.
const INLINE: &[&[u8]] = &[
    b"a", b"abbr", b"b", b"bdi", b"cite", b"code", b"data", b"del", b"em", b"font", b"i", b"ins", b"label", b"mark",
    b"o:p", b"q", b"s", b"small", b"span", b"strong", b"sub", b"sup", b"time", b"u", b"wbr",
];

/// True when the text is a web page: by its name, or by how it begins.
pub fn looks_like(name: &str, text: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if name.ends_with(".html") || name.ends_with(".htm") {
        return true;
    }
    let start: String = text.trim_start().chars().take(15).collect::<String>().to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

/// Reads a page.
pub fn read(text: &str) -> Original {
    let mut page = Page::new(text);
    for Ok(token) in Tokenizer::new_with_emitter(text, emitter()) {
        match token {
            Token::StartTag(tag) => {
                page.hide(tag.span.start..tag.span.end, !INLINE.contains(&tag.name.0.as_slice()));
                if !tag.self_closing && NOT_SHOWN.contains(&tag.name.0.as_slice()) {
                    page.unseen.push(tag.name.0.clone());
                }
            }
            Token::EndTag(tag) => {
                page.hide(tag.span.start..tag.span.end, !INLINE.contains(&tag.name.0.as_slice()));
                if let Some(n) = page.unseen.iter().rposition(|name| *name == tag.name.0) {
                    page.unseen.truncate(n);
                }
            }
            Token::Comment(comment) => page.hide(comment.span.start..comment.span.end, false),
            Token::Doctype(doctype) => page.hide(doctype.span.start..doctype.span.end, true),
            Token::String(string) if !page.unseen.is_empty() => page.hide(string.span.start..string.span.end, false),
            Token::String(_) | Token::Error(_) => {}
        }
    }
    page.finish()
}

fn emitter() -> DefaultEmitter<usize> {
    let mut emitter = DefaultEmitter::new_with_span();
    // Without this the text of a script would be read as markup.
    emitter.naively_switch_states(true);
    emitter
}

struct Page<'a> {
    text: &'a str,
    /// Hidden bytes, in order, and whether a new line begins there.
    hidden: Vec<(Range<usize>, bool)>,
    unseen: Vec<Vec<u8>>,
}

impl<'a> Page<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, hidden: Vec::new(), unseen: Vec::new() }
    }

    fn hide(&mut self, bytes: Range<usize>, new_line: bool) {
        self.hidden.push((bytes, new_line));
    }

    /// Bytes to scalars; a block's tag counts as a line break, entities as the character they mean.
    fn finish(self) -> Original {
        let mut original = Original::new(Format::Html, self.text.chars().collect());
        let mut hidden = self.hidden.into_iter().peekable();
        let mut open: Option<(usize, usize, bool)> = None;
        for (n, (byte, c)) in self.text.char_indices().enumerate() {
            if let Some((start, end, new_line)) = open
                && byte >= end
            {
                original.hidden.push(start..n);
                if new_line {
                    original.chars[start] = '\n';
                }
                open = None;
            }
            if open.is_none() {
                while let Some((bytes, new_line)) = hidden.next_if(|(bytes, _)| bytes.start <= byte) {
                    if bytes.end > byte {
                        open = Some((n, bytes.end, new_line));
                    }
                }
            }
            // A line break of the source is a space on the page.
            if open.is_none() && c == '\n' {
                original.chars[n] = ' ';
            }
        }
        if let Some((start, _, _)) = open {
            original.hidden.push(start..original.chars.len());
        }
        decode_entities(&mut original);
        original
    }
}

/// `&permil;` becomes `‰` at the place of its `&`, the rest of it hidden.
fn decode_entities(original: &mut Original) {
    let mut more = Vec::new();
    let mut n = 0;
    while n < original.chars.len() {
        if original.chars[n] == '&' {
            let end = original.chars[n..].iter().take(12).position(|c| *c == ';');
            if let Some(length) = end {
                let source: String = original.chars[n..=n + length].iter().collect();
                if let Some(c) = entity(&source) {
                    original.chars[n] = c;
                    more.push(n + 1..n + length + 1);
                }
                n += length;
            }
        }
        n += 1;
    }
    original.hidden.extend(more);
    original.hidden.sort_by_key(|range| range.start);
}

/// The single character an entity means.
fn entity(source: &str) -> Option<char> {
    let Ok(token) = Tokenizer::new(source).next()?;
    let Token::String(text) = token else { return None };
    let text = std::str::from_utf8(&text.value.0).ok()?;
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}
