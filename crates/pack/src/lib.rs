//! What does this folder define, and is it sound?
//!
//! The pack language: loading, names, the SQL surface, and every mistake at once, each with its place. It never
//! knows records, the clock, a database or the files themselves (texts are handed in).

pub mod catalog;
/// Replaced by county/mod.rs (reader helper): remove this inline module then.
pub mod county {
    /// A county.
    #[derive(Debug)]
    pub struct County;
}
pub mod model;
pub mod sql;
pub mod yaml;

pub use catalog::{Catalog, NameError};
