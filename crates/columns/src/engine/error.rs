//! What went wrong in the engine, in words fit for a person?
//!
//! DuckDB is asked to report its errors as JSON; this file turns one report into a kind, a message without the engine's
//! prefixes, and a place in the statement. It knows nothing of packs: which file a statement came from is the caller's.

use std::fmt;

use serde_json::Value as Json;

use super::macros;

/// The class of an [`EngineError`]: what a caller may want to tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The statement does not parse.
    Syntax,
    /// A table, column or function that does not exist.
    Unknown,
    /// Names exist, but types or structure do not fit together.
    Binding,
    /// A value cannot be read as the type asked for.
    Conversion,
    /// A number or date is too large for its type.
    OutOfRange,
    /// A key or check of a table is violated.
    Constraint,
    /// The engine is locked down and the statement reaches outside.
    Permission,
    /// The statement was stopped through an interrupt handle.
    Interrupted,
    /// More memory is needed than the engine was given.
    Memory,
    /// Reading or writing the database file failed.
    Storage,
    /// The transaction is aborted, or conflicts with another.
    Transaction,
    /// A type or feature this wrapper does not carry.
    Unsupported,
    /// A value was refused, by the engine or by one of our functions (`calendar-ends`).
    Refused,
    /// A fault of the engine itself.
    Internal,
}

/// A place in the text of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Bytes from the start of the statement.
    pub offset: usize,
    /// Line, from 1.
    pub line: usize,
    /// Character in the line, from 1.
    pub column: usize,
}

/// An error of the engine. Its text is one sentence; the hint and the position stand apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineError {
    /// What class of mistake it is.
    pub kind: ErrorKind,
    /// What is wrong, without the engine's own prefix.
    pub message: String,
    /// What the engine offers instead, such as similar names.
    pub hint: Option<String>,
    /// Where in the statement, when the engine says.
    pub position: Option<Position>,
}

impl EngineError {
    /// An error found by this wrapper rather than by DuckDB.
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, position: None }
    }

    /// Reads DuckDB's report about `sql`, JSON or plain text.
    pub(super) fn from_report(report: &str, sql: &str) -> Self {
        match json_part(report) {
            Some(json) => Self::from_json(&json, sql),
            None => Self::from_text(report),
        }
    }

    fn from_json(json: &Json, sql: &str) -> Self {
        let text = |key: &str| json.get(key).and_then(Json::as_str).unwrap_or_default();
        let kind = match text("error_subtype") {
            "COLUMN_NOT_FOUND" | "MISSING_ENTRY" => ErrorKind::Unknown,
            _ => kind_of(text("exception_type")),
        };
        let offset = text("position").parse::<usize>().ok();
        Self { position: offset.and_then(|offset| locate(sql, offset)), ..Self::said(kind, text("exception_message")) }
    }

    fn from_text(report: &str) -> Self {
        let report = report.trim();
        match report.split_once(" Error: ") {
            // A prefix is a few words; anything longer belongs to the message.
            Some((class, rest)) if class.len() <= 30 => Self::said(kind_of(class), rest),
            _ => Self::said(ErrorKind::Internal, report),
        }
    }

    /// The first line is the message, what follows is the hint.
    fn said(kind: ErrorKind, text: &str) -> Self {
        let text = macros::with_pack_names(text);
        let (message, hint) = text.split_once('\n').unwrap_or((&text, ""));
        let hint = hint.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { kind, message: message.trim().to_owned(), hint: (!hint.is_empty()).then_some(hint), position: None }
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        if let Some(at) = self.position {
            write!(f, " at {}:{}", at.line, at.column)?;
        }
        Ok(())
    }
}

impl std::error::Error for EngineError {}

/// The JSON object in a report; parser errors carry a plain prefix before it.
fn json_part(report: &str) -> Option<Json> {
    let json = serde_json::from_str::<Json>(report.get(report.find('{')?..)?).ok()?;
    json.get("exception_message").is_some().then_some(json)
}

fn kind_of(class: &str) -> ErrorKind {
    match class {
        "Parser" | "Syntax" => ErrorKind::Syntax,
        "Catalog" => ErrorKind::Unknown,
        "Binder"
        | "Planner"
        | "Mismatch Type"
        | "Invalid type"
        | "Expression"
        | "Parameter Not Resolved"
        | "Parameter Not Allowed" => ErrorKind::Binding,
        "Conversion" => ErrorKind::Conversion,
        "Out of Range" | "Decimal" | "Divide by Zero" => ErrorKind::OutOfRange,
        "Constraint" => ErrorKind::Constraint,
        "Permission" => ErrorKind::Permission,
        "INTERRUPT" | "Interrupt" => ErrorKind::Interrupted,
        "Out of Memory" => ErrorKind::Memory,
        "IO" | "Serialization" | "Connection" => ErrorKind::Storage,
        "TransactionContext" | "Transaction" | "Dependency" => ErrorKind::Transaction,
        "Not implemented" | "Missing Extension" => ErrorKind::Unsupported,
        "Invalid Input" | "Settings" | "Invalid Configuration" => ErrorKind::Refused,
        _ => ErrorKind::Internal,
    }
}

/// Line and column of a byte offset; `None` when it does not lie on a character of `sql`.
fn locate(sql: &str, offset: usize) -> Option<Position> {
    let before = sql.get(..offset)?;
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Some(Position { offset, line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn json_report_gives_kind_hint_and_place_in_characters() {
        let sql = "SELECT '中文',\n  中, foo";
        let offset = sql.find("foo").unwrap();
        let report = format!(
            r#"{{"exception_type":"Binder","exception_message":"no \"foo\"\nCandidate bindings: \"bar\"","position":"{offset}"}}"#
        );
        let error = EngineError::from_report(&report, sql);
        assert_eq!(error.kind, ErrorKind::Binding);
        assert_eq!(error.message, "no \"foo\"");
        assert_eq!(error.hint.as_deref(), Some("Candidate bindings: \"bar\""));
        assert_eq!(error.position, Some(Position { offset, line: 2, column: 6 }));
    }

    #[test]
    fn plain_report_loses_its_prefix() {
        let error = EngineError::from_report("Out of Memory Error: could not allocate", "");
        assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Memory, "could not allocate"));
    }

    #[test]
    fn braces_in_a_plain_report_are_not_taken_for_json() {
        let error = EngineError::from_report("Binder Error: what is {x}", "");
        assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Binding, "what is {x}"));
    }

    #[test]
    fn an_offset_inside_a_character_or_past_the_end_has_no_place() {
        assert_eq!(locate("中", 1), None);
        assert_eq!(locate("x", 9), None);
    }
}
