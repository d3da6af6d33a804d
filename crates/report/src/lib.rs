//! How is it said to people?
//!
//! Figures become words, words become sentences, sentences become a finished paper in Markdown, HTML or DOCX, and
//! every figure keeps the link to where it came from. This crate never computes a figure: it asks the snapshot for
//! them, and only subtracts, cuts and compares exact values.

mod check;
mod compose;
mod document;
mod figure;
mod markup;
mod notebook;
mod output;
mod parts;
mod prose;
mod restate;
mod source;
mod template;
mod write;

pub mod words;

#[cfg(test)]
mod fixture;

pub use compose::ReportError;
pub use document::{Block, BlockKind, Document, FigureRef, LeftOut, SourceRow, Span};
pub use figure::{Direction, FigureError, FigureValue, Target, Unit, UnitKind};
pub use output::{docx, html, markdown, pdf};
pub use restate::{Restated, restated};
pub use write::{check_text, fragment, write};
