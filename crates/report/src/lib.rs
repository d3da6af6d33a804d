//! How is it said to people?
//!
//! Figures become words, words become sentences, sentences become a finished paper in Markdown, HTML or DOCX, and
//! every figure keeps the link to where it came from. This crate never computes a figure: it asks for them through
//! [`Figures`], and only subtracts, cuts and compares exact values. It never knows SQL, records or the clock.

pub mod check;
pub mod compose;
pub mod consistency;
pub mod document;
pub mod figure;
mod markup;
mod notebook;
//OUT
mod prose;
mod template;
pub mod words;

#[cfg(test)]
mod fixture;

pub use check::{Vocabulary, check_text};
pub use compose::{Outline, ReportError, compose, says};
pub use consistency::consistency;
pub use document::{Block, BlockKind, Document, FigureRef, Finding, LeftOut, Provenance, Span};
pub use figure::{Cell, Direction, FigureError, FigureValue, Figures, Target, Unit, UnitKind};
pub use words::{Style, shown};
