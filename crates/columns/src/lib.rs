//! What do the registers hold, and what does a question over them answer, as of any moment?
//!
//! The log's records as typed tables in DuckDB, applied with each commit, and the one place where a record is
//! validated, written and read. It never knows indicators, money or people's screens.
//!
//! **Invariant:** the tables are derived. They can be thrown away at any time and are built again from the log.

mod apply;
mod cell;
mod changes;
mod check;
mod compare;
mod complete;
mod error;
mod find;
mod install;
mod judge;
mod merge;
mod plan;
mod renew;
mod scratch;
mod setback;
mod snapshot;
mod store;
mod submit;
mod tables;
mod trial;

pub mod engine;

pub use apply::county_time;
pub use cell::{CellError, cell};
pub use check::type_check;
pub use error::StoreError;
pub use find::Found;
pub use install::Installed;
pub use judge::{Advice, Refusal, Verdict, fixed_title};
pub use scratch::Scratch;
pub use setback::setback;
pub use snapshot::{Snapshot, View};
pub use store::{Server, Store};
pub use submit::{Mode, Outcome, Submission};
pub use tables::{list_columns, row_columns};
pub use trial::Trial;
