//! How do files that people keep become records, and records files again?
//!
//! A file is a table ([`Source`]): CSV in any encoding met in Chinese offices, a workbook, or NDJSON. Its header is
//! matched with a register, its cells become values of the register's fields, its rows go through the same judgment as
//! a form ([`import`]). What is refused comes back beside the file with its reason, ready to be mended and imported
//! again. [`template`] makes an empty workbook for a register, [`export`] a full one.
//!
//! It never knows what a rule means, and writes only through [`columns::Store::submit`].

mod error;
mod export;
mod feed;
mod guard;
mod header;
mod import;
mod pages;
mod places;
mod reading;
mod refused;
mod settle;
mod source;
mod template;
mod value;

pub use error::ExchangeError;
pub use export::{Export, export, export_parquet};
pub use guard::guarded;
pub use import::{CHUNK, Import, Progress, REFUSED_TOLD, Records, RefusedRow, Summary, import, import_in_chunks};
pub use reading::Fault;
pub use source::{Content, Raw, Row, Source};
pub use template::template;
