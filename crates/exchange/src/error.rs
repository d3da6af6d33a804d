//! What can be wrong with a file as a whole? Nothing is written then.

use std::path::PathBuf;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The file system failed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The ending says nothing about the form.
    #[error("{0} is neither .csv, .xlsx, .xls, .ods nor .ndjson; save it as one of them")]
    Form(PathBuf),
    /// The workbook cannot be read.
    #[error("{path} cannot be read as a workbook: {detail}; open it and save it as .xlsx again")]
    Workbook {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        detail: String,
    },
    /// The workbook is larger inside than any that people keep.
    #[error(
        "{path} unpacks to more than {n_mib} MiB, as no workbook of records does; nothing of it was read: open it, save the \
         sheet alone as .xlsx or .csv, and import that"
    )]
    Unpacked {
        /// The file.
        path: PathBuf,
        /// What a workbook may have inside, in MiB.
        n_mib: u64,
    },
    /// A row of a text that goes on and on.
    #[error(
        "{path}, line {line}: the row that begins here is longer than {n_max} bytes, perhaps because a quotation mark is \
         left open; rows before it may be written: mend it and import again from there on"
    )]
    Endless {
        /// The file.
        path: PathBuf,
        /// Where the row begins, counted from 1.
        line: u64,
        /// How many bytes a row may have.
        n_max: u64,
    },
    /// No such sheet.
    #[error("{path} has no sheet \"{sheet}\"; it has {known}")]
    Sheet {
        /// The file.
        path: PathBuf,
        /// What was asked for.
        sheet: String,
        /// Those there are.
        known: String,
    },
    /// A line that is no row of the table.
    #[error("{path}, line {line}: {detail}; nothing was written")]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: u64,
        /// What is wrong.
        detail: String,
    },
    /// No row looks like a header of the register.
    #[error(
        "{path} has no header that fits {register}: none of the first rows names its fields; the nearest was \"{nearest}\". \
         `taizhang template {register}` makes a workbook with the right one"
    )]
    NoHeader {
        /// The file.
        path: PathBuf,
        /// The register.
        register: String,
        /// The row that came nearest.
        nearest: String,
    },
    /// Columns nobody knows, or known twice.
    #[error("{path}: {}; nothing was written", .problems.join("; "))]
    Header {
        /// The file.
        path: PathBuf,
        /// One sentence each.
        problems: Vec<String>,
    },
    /// No such register.
    #[error("there is no register \"{id}\"{}", base::did_you_mean(.near.as_deref()))]
    Register {
        /// What was asked for.
        id: String,
        /// The nearest.
        near: Option<String>,
    },
    /// A workbook could not be written.
    #[error("{path} cannot be written: {detail}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        detail: String,
    },
    /// Something is where Parquet was to go.
    #[error("{0} is there already; name an empty folder")]
    Taken(PathBuf),
    /// The organisation of the whole file is none.
    #[error("{0}")]
    Org(String),
    /// Too many rows to be written whole.
    #[error(
        "{path} has more than {n_max} rows, which cannot be written whole or not at all; leave out --whole, or split it"
    )]
    TooLong {
        /// The file.
        path: PathBuf,
        /// How many there may be.
        n_max: usize,
    },
    /// The records could not be written or read.
    #[error(transparent)]
    Store(#[from] columns::StoreError),
}

impl From<records::LogError> for ExchangeError {
    fn from(error: records::LogError) -> Self {
        Self::Store(error.into())
    }
}
