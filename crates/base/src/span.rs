//! Where in which file something was written.

use std::ops::Range;
use std::sync::Arc;

/// Which source text a span points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SourceId(pub u32);

/// A range of bytes in one source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The text pointed into.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// The bytes as a range that can index the text.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A text and the name people know it by (a path relative to where they stand).
#[derive(Debug, Clone)]
pub struct Source {
    /// Path as shown in messages.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
}

/// All texts read in one run, so that a span can be shown.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    all: Vec<Source>,
}

/// A place for people: both numbers start at 1, the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Sources {
    /// Remembers a text and returns the id by which spans name it.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> SourceId {
        self.all.push(Source { name: name.into(), text: text.into() });
        SourceId(self.all.len() as u32 - 1)
    }

    /// The text a span points into, if it was read in this run.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.all.get(id.0 as usize)
    }

    /// Every text, in the order in which it was read.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.all.iter().enumerate().map(|(n, source)| (SourceId(n as u32), source))
    }

    /// The characters a span covers; empty when the span is not of these sources.
    pub fn snippet(&self, span: Span) -> &str {
        self.get(span.source).and_then(|source| source.text.get(span.range())).unwrap_or("")
    }

    /// Line and column of the first character of a span.
    pub fn position(&self, span: Span) -> Position {
        let before = self.get(span.source).and_then(|source| source.text.get(..span.start as usize)).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Position {
            line: before.matches('\n').count() as u32 + 1,
            column: before[line_start..].chars().count() as u32 + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let mut sources = Sources::default();
        let source = sources.add("a.yaml", "标题: 台账\n值: x\n");
        let start = "标题: 台账\n值: ".len() as u32;
        let at = sources.position(Span { source, start, end: start + 1 });
        assert_eq!(at, Position { line: 2, column: 4 });
    }
}
