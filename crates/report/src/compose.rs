//! How do an outline and the packs' paragraphs become one paper?
//!
//! Render, fetch, render again until nothing more is asked; then sentences, numbers, links, sources and findings. How
//! the paper looks is not known here.

use crate::document::{Block, BlockKind, Document, FigureRef, LeftOut, SourceRow, Span};
use crate::figure::{FigureError, FigureValue, Figures};
use crate::markup;
use crate::notebook::{Book, Notebook};
use crate::parts::Finding;
use crate::prose::{self, Line, Removed, numeral};
use crate::template::{self, Names};
use crate::words::{self, Style};
use base::{Date, Language, Period};
use minijinja::value::Value;
use std::collections::BTreeMap;

/// How often a text may ask for more before it is taken for endless.
const MOST_ROUNDS: usize = 12;

/// The county's order of the packs' paragraphs.
#[derive(Debug, Clone)]
pub(crate) struct Outline {
    /// The file as people know it, for messages.
    pub name: String,
    /// Markdown; `{{ pack("hypertension") }}` on a line of its own puts a pack's paragraphs there.
    pub text: String,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The outline or a fragment is not a template.
    #[error("{template}, line {line}: {message}")]
    Template {
        /// Which text.
        template: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// The figures could not be read.
    #[error(transparent)]
    Figures(#[from] FigureError),
    /// The text kept asking for new figures.
    #[error("the text of {0} asks for new figures each time it is rendered; look for a loop over cell()")]
    Endless(String),
    /// An output could not be written.
    #[error("the document cannot be written: {0}")]
    Write(String),
}

impl From<minijinja::Error> for ReportError {
    fn from(error: minijinja::Error) -> Self {
        Self::Template {
            template: error.name().unwrap_or("report").to_string(),
            line: error.line().unwrap_or(1),
            message: error.detail().map_or_else(|| error.kind().to_string(), str::to_string),
        }
    }
}

/// The paper for `period`, with records up to `cut_off`. `fragments` maps a pack's id to its `report.md`.
pub(crate) fn compose(
    outline: &Outline,
    fragments: &BTreeMap<String, String>,
    figures: &dyn Figures,
    period: Period,
    cut_off: Date,
) -> Result<Document, ReportError> {
    let book = Book::new(figures.indicators().into_iter().collect(), period, cut_off);
    let env = template::environment((&outline.name, &outline.text), fragments, &book)?;
    let template = env.get_template(&outline.name)?;
    for _ in 0..MOST_ROUNDS {
        book.open().start_again();
        let rendered = template.render(Value::from_object(Names(book.clone())))?;
        if !book.open().fetch(figures)? {
            return Ok(finish(&rendered, &book.open()));
        }
    }
    Err(ReportError::Endless(outline.name.clone()))
}

fn finish(rendered: &str, book: &Notebook) -> Document {
    let (lines, removed) = prose::blocks(rendered);
    let mut numbers = Numbers::default();
    let blocks: Vec<Block> = lines
        .into_iter()
        .map(|line| match line {
            Line::Title(text) => block(BlockKind::Title, 0, String::new(), &text, book),
            Line::Heading(level, text) => block(BlockKind::Heading, level, numbers.next(level), &text, book),
            Line::Paragraph(text) => block(BlockKind::Paragraph, 0, String::new(), &text, book),
        })
        .collect();
    let mut findings: Vec<Finding> = book.findings.clone();
    findings.extend(removed.iter().flat_map(|r| r.holes.refused.iter().filter_map(|n| book.refusals.get(*n).cloned())));
    let title = blocks.iter().find(|b| b.kind == BlockKind::Title).map(Block::text).unwrap_or_default();
    Document {
        title,
        period: book.period,
        as_of: book.cut_off,
        sources: sources(&blocks, book),
        blocks,
        left_out: removed.into_iter().map(|r| left_out(r, book)).collect(),
        findings: findings.into_iter().map(|f| format!("{}（{}）", f.text.zh, f.code)).collect(),
    }
}

fn block(kind: BlockKind, level: u8, number: String, marked: &str, book: &Notebook) -> Block {
    Block { kind, level, number, spans: markup::spans(marked, &book.links) }
}

fn left_out(removed: Removed, book: &Notebook) -> LeftOut {
    let refusals = removed.holes.refused.iter().filter_map(|n| book.refusals.get(*n)).map(|f| f.text.zh.clone());
    let missing = removed.holes.missing.iter().filter_map(|n| book.missing.get(n)).cloned();
    let mut whys: Vec<String> = missing.chain(refusals).collect();
    whys.dedup();
    LeftOut { place: removed.place, sentence: markup::plain(&removed.sentence), why: whys.join("；") }
}

/// Every figure that was printed in a block, once. Figures of sentences left out are not listed.
fn sources(blocks: &[Block], book: &Notebook) -> Vec<SourceRow> {
    let mut lines: Vec<SourceRow> = Vec::new();
    let links = blocks.iter().flat_map(|block: &Block| &block.spans).filter_map(|span: &Span| span.figure.as_ref());
    for figure in links {
        if lines.iter().any(|line| line.figure == *figure) {
            continue;
        }
        if let Some(value) = book.printed.get(figure) {
            lines.push(source_row(figure, value));
        }
    }
    lines
}

fn source_row(figure: &FigureRef, value: &FigureValue) -> SourceRow {
    let whose = if value.is_county { String::new() } else { format!("（{}）", value.org_name.zh) };
    SourceRow {
        figure: figure.clone(),
        title: format!("{}{whose}", value.title.zh),
        shown: words::shown(value, Language::Zh, Style::Report),
        formula: value.formula().unwrap_or_default(),
        period: value.period.shown(Language::Zh),
        cut_off: value.cut_off.to_string(),
        source: value.source.clone(),
    }
}

/// The running numbers of the four heading levels.
#[derive(Default)]
struct Numbers([usize; 4]);

impl Numbers {
    fn next(&mut self, level: u8) -> String {
        let at = usize::from(level).clamp(1, 4) - 1;
        self.0[at] += 1;
        self.0[at + 1..].fill(0);
        let n = self.0[at];
        match at {
            0 => format!("{}、", numeral(n)),
            1 => format!("（{}）", numeral(n)),
            2 => format!("{n}. "),
            _ => format!("（{n}）"),
        }
    }
}

#[cfg(test)]
mod tests;
