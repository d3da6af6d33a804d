//! What does this folder define, and is it sound?
//!
//! The pack language: loading, names, the SQL surface, and every mistake at once, each with its place. It never
//! knows records, the clock, a database or the files themselves (texts are handed in).

mod catalog;
mod check;
mod codes;
mod load;
mod schema;

pub mod county;
pub mod model;
pub mod read;
pub mod scheme;
pub mod sql;
pub mod yaml;

pub use catalog::{Catalog, NameError};
pub use check::{NamesOnly, rule::names_cohort, sample_moment};
pub use codes::{CODES, Code, code, diagnostics_page};
pub use load::{Folder, load, load_proposed, of_county};
pub use read::places;
pub use schema::json_schema;
