//! The SQL surface: parsed once, resolved and refused by us, printed for the engine.
//!
//! `parse` turns text into a tree and finds places again, `refuse` says what the language does not allow,
//! `compile` joins queries with the cohorts and registers they read, `row` lowers expressions over one record, `spark`
//! prints a finished statement for engines that speak Spark SQL.

mod compile;
mod function;
mod fuse;
mod literal;
mod occurrence;
mod owed;
mod parse;
mod refuse;
mod row;

pub mod spark;

pub use compile::{Compiled, Compiler, Moment, ParameterUse, Relations, cohort_name};
pub use function::{FUNCTIONS, MACROS, engine_name};
pub use fuse::{Narrowed, output_columns};
pub use literal::{quote_text, scalar_literal};
pub use occurrence::counts_occurrences;
pub use owed::{owed_sql, owing_register};
pub(crate) use parse::place_of;
pub use parse::{expression, place, place_of_word, query};
pub use refuse::{refuse_expression, refuse_query};
pub(crate) use row::BOOKKEEPING;
pub use row::RowScope;
