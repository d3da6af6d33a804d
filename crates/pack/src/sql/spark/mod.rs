//! How is the same statement said in Spark SQL?
//!
//! Takes a finished statement as DuckDB gets it and rewrites its tree: other names, other types, other defaults, the
//! same answer to the last digit. What would not be the same is refused by name. Types of columns are followed through
//! the whole statement, because `a - b` of two days is a function there. It knows no cluster and no files.
//!
//! Written for Spark 4 with ANSI rules on; Sail reads the same.

mod build;
mod calendar;
mod call;
mod expr;
mod macros;
mod query;
mod ty;

use crate::catalog::Catalog;
use crate::model::{Column, ColumnType};
use calendar::Calendar;
use macros::Macros;
use query::Frame;
use sqlparser::ast::Query;
use sqlparser::dialect::DuckDbDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Tokenizer};
use std::collections::{BTreeMap, BTreeSet};
use ty::{Columns, Ty};

/// How deep a statement may nest.
const DEPTH: usize = 400;

/// A relation as the cluster finds it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its columns.
    pub columns: Vec<Column>,
    /// A query in Spark SQL that gives just these columns.
    pub sql: String,
}

/// What cannot be said in Spark SQL with the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOnCluster {
    /// What stands in the way.
    pub what: String,
    /// The way round.
    pub help: String,
}

impl std::fmt::Display for NotOnCluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.what, self.help)
    }
}

impl std::error::Error for NotOnCluster {}

impl NotOnCluster {
    fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}

/// The statement in Spark SQL. Relations that the statement does not define itself are looked up in `stored` and put
/// before it.
///
/// # Errors
/// [`NotOnCluster`] for the first thing that has no equal there.
pub fn print(catalog: &Catalog, statement: &str, stored: &BTreeMap<String, Stored>) -> Result<String, NotOnCluster> {
    let mut tree = read(statement)
        .map_err(|error| NotOnCluster::new(format!("the statement is not read: {error}"), "write it in plainer SQL"))?;
    let mut printer = Printer {
        macros: Macros::new(),
        calendar: Calendar::of(catalog),
        stored,
        reads: BTreeSet::new(),
        relations: Vec::new(),
        frames: Vec::new(),
    };
    printer.query(&mut tree)?;
    Ok(with_stored(&tree.to_string(), &printer.reads, stored))
}

/// The statement's tree. The parser knows MATERIALIZED in another dialect only, and Spark decides that itself.
fn read(statement: &str) -> Result<Query, ParserError> {
    let dialect = DuckDbDialect {};
    let mut tokens = Tokenizer::new(&dialect, statement).tokenize()?;
    let word = |token: &Token, keyword| matches!(token, Token::Word(word) if word.keyword == keyword);
    tokens.retain(|token| !matches!(token, Token::Whitespace(_)));
    while let Some(at) =
        tokens.windows(2).position(|two| word(&two[0], Keyword::NOT) && word(&two[1], Keyword::MATERIALIZED))
    {
        tokens.drain(at..at + 2);
    }
    Parser::new(&dialect).with_recursion_limit(DEPTH).with_tokens(tokens).parse_query().map(|query| *query)
}

fn with_stored(statement: &str, reads: &BTreeSet<String>, stored: &BTreeMap<String, Stored>) -> String {
    let parts: Vec<String> =
        reads.iter().filter_map(|name| Some(format!("`{name}` AS ({})", stored.get(name)?.sql))).collect();
    if parts.is_empty() {
        return statement.to_string();
    }
    let parts = parts.join(",\n");
    match statement.strip_prefix("WITH ") {
        Some(rest) => format!("WITH {parts},\n{rest}"),
        None => format!("WITH {parts}\n{statement}"),
    }
}

/// Walks a statement, rewrites it in place and knows what every name means where it stands.
struct Printer<'a> {
    macros: Macros,
    calendar: Calendar,
    stored: &'a BTreeMap<String, Stored>,
    reads: BTreeSet<String>,
    /// Common table expressions, innermost list last.
    relations: Vec<(String, Columns)>,
    /// What the queries around the place at hand read, innermost last.
    frames: Vec<Frame>,
}

impl Printer<'_> {
    /// The columns of a relation by name.
    fn relation(&mut self, name: &str) -> Result<Columns, NotOnCluster> {
        if let Some((_, columns)) = self.relations.iter().rev().find(|(known, _)| known == name) {
            return Ok(columns.clone());
        }
        let Some(stored) = self.stored.get(name) else {
            return Err(NotOnCluster::new(
                format!("the relation \"{name}\" is not among the exported ones"),
                "read registers, lists and cohorts only",
            ));
        };
        self.reads.insert(name.to_string());
        Ok(stored.columns.iter().map(|column| (column.name.clone(), Ty::of(column.ty))).collect())
    }
}

/// The name of a type in Spark SQL.
pub fn type_name(ty: ColumnType) -> String {
    match ty {
        ColumnType::Integer => "BIGINT".into(),
        ColumnType::Decimal(digits) => format!("DECIMAL(18, {digits})"),
        ColumnType::Text => "STRING".into(),
        ColumnType::Date => "DATE".into(),
        ColumnType::Instant => "TIMESTAMP_NTZ".into(),
        ColumnType::Flag => "BOOLEAN".into(),
        ColumnType::TextList => "ARRAY<STRING>".into(),
    }
}
