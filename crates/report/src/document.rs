//! What is a finished report made of?
//!
//! Numbered blocks of text whose figures are still links. How they look on paper is the outputs' business.

use base::{Date, Period, Severity, Text};

/// Which figure a piece of text prints.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FigureRef {
    /// Indicator id.
    pub indicator: String,
    /// Organisation id.
    pub org: String,
    /// The days it stands for.
    pub period: Period,
}

/// A stretch of text, a link where it prints a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The characters printed.
    pub text: String,
    /// The figure behind them.
    pub figure: Option<FigureRef>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// The title of the paper.
    Title,
    /// A heading; levels 1 to 4 are numbered 一、 （一） 1. （1）.
    Heading(u8),
    /// A paragraph.
    Paragraph,
}

/// One line of the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The headings it stood under, joined by ` › `.
    pub place: String,
    /// The sentence, with — where the figure would stand.
    pub sentence: String,
    /// Why.
    pub why: Text,
    /// The figures without a value.
    pub figures: Vec<FigureRef>,
}

/// Something a reader must know before the report is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable name, in kebab-case.
    pub code: &'static str,
    /// An error stops the report.
    pub severity: Severity,
    /// What, where, and what next.
    pub text: Text,
}

/// One line of the list of sources: how a figure came about, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The figure.
    pub figure: FigureRef,
    /// What people call it.
    pub title: String,
    /// The organisation's name.
    pub org_name: String,
    /// Its value as printed in the report.
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The title's text.
    pub title: String,
    /// The days it reports on.
    pub period: Period,
    /// Last day whose records are in it.
    pub cut_off: Date,
    /// The text in order.
    pub blocks: Vec<Block>,
    /// Every figure printed, once, in order of appearance.
    pub sources: Vec<Provenance>,
    /// What was not printed.
    pub left_out: Vec<LeftOut>,
    /// What must be settled first.
    pub findings: Vec<Finding>,
}

impl Document {
    /// True when a finding stops the report.
    pub fn is_stopped(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The line of the list of sources for a figure, with its place from 1.
    pub fn source_of(&self, figure: &FigureRef) -> Option<(usize, &Provenance)> {
        self.sources.iter().enumerate().find(|(_, line)| line.figure == *figure).map(|(n, line)| (n + 1, line))
    }

    /// The same paper with × for every digit, so that its shape can be shown without its numbers. Links stay,
    /// the values behind them do not.
    #[must_use]
    pub fn masked(mut self) -> Self {
        let mask = |text: &mut String| {
            *text = text.chars().map(|c| if c.is_ascii_digit() { '×' } else { c }).collect();
        };
        mask(&mut self.title);
        for block in &mut self.blocks {
            block.spans.iter_mut().for_each(|span| mask(&mut span.text));
        }
        for line in &mut self.sources {
            mask(&mut line.shown);
            mask(&mut line.formula);
        }
        for left in &mut self.left_out {
            mask(&mut left.sentence);
        }
        for finding in &mut self.findings {
            mask(&mut finding.text.zh);
            if let Some(en) = &mut finding.text.en {
                mask(en);
            }
        }
        self
    }
}
