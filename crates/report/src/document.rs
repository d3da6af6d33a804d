//! What is a finished report made of?
//!
//! Numbered blocks of text whose figures are still links. How they look on paper is the outputs' business.

use base::{Date, Period};
use serde::{Serialize, Serializer};

/// Which figure a piece of text prints.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FigureRef {
    /// Indicator id.
    pub indicator: String,
    /// Organisation id.
    pub org: String,
    /// The days it stands for.
    #[serde(serialize_with = "as_text")]
    pub period: Period,
    /// Breakdown column and value; empty for the whole.
    pub cell: Vec<(String, String)>,
}

/// A stretch of text, a link where it prints a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// The characters printed.
    pub text: String,
    /// The figure behind them.
    pub figure: Option<FigureRef>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// The title of the paper.
    Title,
    /// A heading; levels 1 to 4 are numbered 一、 （一） 1. （1）.
    Heading,
    /// A paragraph.
    Paragraph,
}

/// One line of the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// 1 to 4 for headings, otherwise 0.
    pub level: u8,
    /// The generated number, empty for titles and paragraphs.
    pub number: String,
    /// Its text.
    pub spans: Vec<Span>,
}

impl Block {
    /// The text without its number.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// A sentence that was not printed because it would have said nothing, or something untrue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The headings it stood under, joined by ` › `.
    pub place: String,
    /// The sentence, with — where the figure would stand.
    pub sentence: String,
    /// Why.
    pub why: String,
}

impl std::fmt::Display for LeftOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.place.is_empty() { String::new() } else { format!("{}：", self.place) };
        write!(f, "{place}“{}”（{}）", self.sentence, self.why)
    }
}

/// One line of the list of sources: how a figure came about, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceRow {
    /// The figure.
    pub figure: FigureRef,
    /// What people call it, with its cell and whose it is.
    pub title: String,
    /// Its value as a report prints it.
    pub shown: String,
    /// Its two parts, or its exact value.
    pub formula: String,
    /// `2025年`
    pub period: String,
    /// Last day whose records are in it.
    pub cut_off: String,
    /// Document the definition comes from.
    pub source: String,
}

/// A report, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// The title's text.
    pub title: String,
    /// The days it reports on.
    #[serde(serialize_with = "as_text")]
    pub period: Period,
    /// Last day whose records are in it.
    #[serde(serialize_with = "as_text")]
    pub as_of: Date,
    /// The text in order.
    pub blocks: Vec<Block>,
    /// What was not printed.
    pub left_out: Vec<LeftOut>,
    /// What must be settled before the paper is signed, each a sentence with its code.
    pub findings: Vec<String>,
    /// Every figure printed, once, in order of appearance.
    pub sources: Vec<SourceRow>,
}

impl Document {
    /// The line of the list of sources for a figure, with its place from 1.
    pub fn source_of(&self, figure: &FigureRef) -> Option<(usize, &SourceRow)> {
        self.sources.iter().enumerate().find(|(_, line)| line.figure == *figure).map(|(n, line)| (n + 1, line))
    }

    /// The same paper with × for every digit, so that its shape can be shown without its numbers. Links and the
    /// numbers of headings stay.
    #[must_use]
    pub fn masked(mut self) -> Self {
        mask(&mut self.title);
        self.blocks.iter_mut().flat_map(|block| &mut block.spans).for_each(|span| mask(&mut span.text));
        for line in &mut self.sources {
            mask(&mut line.shown);
            mask(&mut line.formula);
        }
        for left in &mut self.left_out {
            mask(&mut left.sentence);
            mask(&mut left.why);
        }
        self.findings.iter_mut().for_each(mask);
        self
    }
}

fn mask(text: &mut String) {
    *text = text.chars().map(|c| if c.is_ascii_digit() { '×' } else { c }).collect();
}

fn as_text<T: std::fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
