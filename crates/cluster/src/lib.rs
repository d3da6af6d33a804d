//! How do the indicators of a county, or of a hundred, come from many machines?
//!
//! The registers as Parquet by county and year, and the statements of `indicator` run over them by Spark or Sail. Only the
//! statement is run there: rates, rounding and the tree are made here, from the numbers that come back. It never
//! writes a record.
//!
//! **Invariant:** the answer equals the local one, digit for digit, or there is none.
//!
//! **Invariant:** secret text (names, numbers, addresses) does not leave; secret codes do, because indicators count by them.

mod check;
mod connect;
mod data;
mod error;
mod export;
mod manifest;
mod shape;

pub use check::{check, countable};
pub use connect::Connect;
pub use data::{Cluster, Data};
pub use error::ClusterError;
pub use export::{Exported, export};
pub use manifest::{FORMAT, Manifest};
