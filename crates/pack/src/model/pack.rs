//! The pack itself, and what every definition carries.

use super::{
    Campaign, Cohort, Example, Funnel, Indicator, List, Make, Parameter, Register, ReportText, Rule, Scheme, Task,
};
use base::{Date, Span, Text};
use indexmap::IndexMap;

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Joins a value and its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// Keys that any definition may carry, and where the definition stands.
#[derive(Debug, Clone, Default)]
pub struct Common {
    /// The id, which is the key in the pack.
    pub id: String,
    /// Pack that defines it.
    pub pack: String,
    /// Place of the key.
    pub span: Span,
    /// What people call it.
    pub title: Text,
    /// Free remark.
    pub note: Option<String>,
    /// Document and paragraph the definition comes from; the pack's `source` when absent.
    pub source: Option<String>,
    /// First day the definition holds.
    pub since: Option<Date>,
    /// Last day it holds.
    pub until: Option<Date>,
}

/// A definition that may have several dated bodies under one id.
pub trait Dated {
    /// The keys every definition carries.
    fn common(&self) -> &Common;

    /// True when the body is in force on `day`.
    fn in_force(&self, day: Date) -> bool {
        self.common().since.is_none_or(|since| since <= day) && self.common().until.is_none_or(|until| day <= until)
    }
}

/// The bodies of one id, in order of their first day. Never empty.
#[derive(Debug, Clone)]
pub struct Versions<T>(pub Vec<T>);

impl<T: Dated> Versions<T> {
    /// The body in force on `day`.
    pub fn on(&self, day: Date) -> Option<&T> {
        self.0.iter().rev().find(|body| body.in_force(day))
    }

    /// The newest body: what an editor shows.
    pub fn latest(&self) -> &T {
        &self.0[self.0.len() - 1]
    }
}

/// The head of `pack.yaml`.
#[derive(Debug, Clone)]
pub struct Header {
    /// Pack id, equal to its folder's name.
    pub id: Spanned<String>,
    /// Version of the language it is written in.
    pub language: u32,
    /// What people call the line of work.
    pub title: Text,
    /// Default source of every definition.
    pub source: String,
    /// Packs whose names this one may use.
    pub needs: Vec<Spanned<String>>,
    /// Inventory ids it covers.
    pub covers: Vec<Spanned<String>>,
    /// Rises with every published change.
    pub version: u32,
}

/// One line of work, as read from its folder.
#[derive(Debug, Clone)]
pub struct Pack {
    /// The header.
    pub header: Header,
    /// Numbers with a name, a date and a source.
    pub parameters: IndexMap<String, Parameter>,
    /// Code lists and tables.
    pub lists: IndexMap<String, List>,
    /// What is written down.
    pub registers: IndexMap<String, Register>,
    /// Named queries.
    pub cohorts: IndexMap<String, Versions<Cohort>>,
    /// What is counted.
    pub indicators: IndexMap<String, Versions<Indicator>>,
    /// Who is owed what.
    pub schemes: IndexMap<String, Scheme>,
    /// Work that is due.
    pub tasks: IndexMap<String, Task>,
    /// Rules outside registers.
    pub rules: IndexMap<String, Rule>,
    /// Ways through several indicators.
    pub funnels: IndexMap<String, Funnel>,
    /// Cohorts turned into records.
    pub campaigns: IndexMap<String, Campaign>,
    /// The pack's own examples.
    pub tests: Vec<Example>,
    /// How its records are invented.
    pub synth: Vec<Make>,
    /// The people and places every example may use (`core` only).
    pub cast: Option<Cast>,
    /// Its paragraphs of the report.
    pub report: Option<ReportText>,
    /// SM3 of the canonical form: comments and spacing do not count.
    pub hash: String,
}

/// The people and places of the examples: a small organisation tree, and records by register.
#[derive(Debug, Clone)]
pub struct Cast {
    /// `{orgs: […], records: {register: […]}}`.
    pub tree: serde_json::Value,
    /// Where it was written.
    pub span: Span,
}
