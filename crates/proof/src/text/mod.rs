//! In which form are claims looked for, and how does it lead back to the original?
//!
//! One form for all the ways in which the same sentence is written: simplified characters, one kind of bracket and
//! comma, no glosses, no spaces that only set type. Every character knows where it stands in the original.

mod clean;
mod layout;
mod lines;
mod script;

use crate::read::Original;
use std::ops::Range;

pub use layout::{Clause, Marker, MarkerLevel, Paragraph, Section};

/// A text in its normal form, with its parts.
#[derive(Debug, Clone)]
pub struct Text {
    /// The characters.
    pub chars: Vec<char>,
    /// The scalar of the original at which each character stands.
    from: Vec<u32>,
    /// Paragraphs, in order.
    pub paragraphs: Vec<Paragraph>,
    /// Sentences, in order; each lies in one paragraph.
    pub sentences: Vec<Range<usize>>,
    /// Clauses, in order; each lies in one sentence.
    pub clauses: Vec<Clause>,
    /// Numbers of sections, items and 一是 in the running text.
    pub markers: Vec<Marker>,
    /// What was mended while reading, for people: 繁体, 注音.
    pub mended: Vec<&'static str>,
}

impl Text {
    /// The normal form of a text.
    pub fn of(original: &Original) -> Self {
        let (lines, mended) = lines::of(original);
        layout::build(lines, mended)
    }

    /// The characters of a range.
    pub fn slice(&self, range: Range<usize>) -> String {
        let end = range.end.min(self.chars.len());
        self.chars[range.start.min(end)..end].iter().collect()
    }

    /// The range of the original that a range of the normal form came from.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        let scalar = |n: usize| self.from.get(n).map_or(0, |n| *n as usize);
        match range.end.checked_sub(1) {
            Some(last) if range.start < range.end => scalar(range.start)..scalar(last) + 1,
            _ => scalar(range.start)..scalar(range.start),
        }
    }

    /// True when `pattern` stands at `at`.
    pub fn has(&self, at: usize, pattern: &str) -> bool {
        let mut rest = self.chars.get(at..).unwrap_or_default().iter();
        pattern.chars().all(|c| rest.next() == Some(&c))
    }

    /// True when `pattern` ends at `end`.
    pub fn ends(&self, end: usize, pattern: &str) -> bool {
        let length = pattern.chars().count();
        end >= length && self.has(end - length, pattern)
    }

    /// The first place of `pattern` in a range.
    pub fn find(&self, range: Range<usize>, pattern: &str) -> Option<usize> {
        let length = pattern.chars().count();
        range.clone().find(|n| n + length <= range.end && self.has(*n, pattern))
    }

    /// The clause in which a position lies.
    pub fn clause_at(&self, at: usize) -> usize {
        self.clauses.partition_point(|clause| clause.range.start <= at).saturating_sub(1)
    }
}

/// True for a Chinese character.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '〇')
}

#[cfg(test)]
mod tests;
