//! Rows that are not records: code lists and tables.

use super::{Common, Scalar, ScalarType, Spanned};
use base::{Date, Span, Text};
use indexmap::IndexMap;

/// What the values of a key column are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListKey {
    /// Codes of another list.
    Codes(Spanned<String>),
    /// Plain values; for dates and numbers the last row not above is the one found.
    Plain(ScalarType),
}

/// One row: a cell per column, `None` where it says nothing.
#[derive(Debug, Clone)]
pub struct ListRow {
    /// Where the row stands.
    pub span: Span,
    /// The code (code lists only).
    pub code: Option<String>,
    /// The words of the code (code lists only).
    pub label: Text,
    /// Column → cell, key columns included.
    pub cells: IndexMap<String, Spanned<Scalar>>,
}

/// The rows in force over some days.
#[derive(Debug, Clone)]
pub struct ListTable {
    /// First day; `None` for rows without dates.
    pub since: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
    /// Document and paragraph.
    pub source: Option<String>,
    /// The sentence the numbers were read from.
    pub quote: Option<Spanned<String>>,
    /// The rows.
    pub rows: Vec<ListRow>,
}

/// A code list (its key is `code`) or a table (its keys are named).
#[derive(Debug, Clone)]
pub struct List {
    /// Id, title, source.
    pub common: Common,
    /// Key columns of a table; empty for a code list.
    pub key: IndexMap<String, ListKey>,
    /// The other columns.
    pub columns: IndexMap<String, ScalarType>,
    /// Rows by date; a code list has one undated table.
    pub tables: Vec<ListTable>,
    /// `X rises`, `X falls`, `X of A > X of B`.
    pub expect: Vec<Spanned<String>>,
}

impl List {
    /// True when rows are found by `code`.
    pub fn is_code_list(&self) -> bool {
        self.key.is_empty()
    }

    /// Rows in force on `day`; undated rows always are.
    pub fn rows_on(&self, day: Date) -> impl Iterator<Item = &ListRow> {
        self.tables
            .iter()
            .rfind(move |t| t.since.is_none_or(|s| s <= day) && t.until.is_none_or(|u| day <= u))
            .into_iter()
            .flat_map(|t| &t.rows)
    }

    /// Every row ever in force.
    pub fn all_rows(&self) -> impl Iterator<Item = &ListRow> {
        self.tables.iter().flat_map(|t| &t.rows)
    }

    /// The words of a code.
    pub fn label(&self, code: &str) -> Option<&Text> {
        self.all_rows().find(|row| row.code.as_deref() == Some(code)).map(|row| &row.label)
    }
}
