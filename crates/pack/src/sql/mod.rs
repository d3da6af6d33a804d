//! The SQL surface: parsed once, resolved and refused by us, printed for the engine.
//!
//! `parse` turns text into a tree and finds places again, `refuse` says what the language does not allow,
//! `compile` joins queries with the cohorts and registers they read, `row` lowers expressions over one record.

mod compile;
mod function;
mod fuse;
mod literal;
mod parse;
mod refuse;
mod row;

pub use compile::{Compiled, Compiler, Moment, ParameterUse, Relations, cohort_name};
pub use function::{FUNCTIONS, engine_name};
pub use fuse::Narrowed;
pub use literal::{quote_text, scalar_literal};
pub(crate) use parse::place_of;
pub use parse::{expression, place, place_of_word, query};
pub use refuse::{refuse_expression, refuse_query};
pub(crate) use row::BOOKKEEPING;
pub use row::RowScope;
