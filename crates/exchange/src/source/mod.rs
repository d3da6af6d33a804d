//! Which rows does a file hold, whatever its form and encoding?
//!
//! Rows are pushed one by one to whoever asks, so that a file of millions needs the memory of one row. Nothing here
//! knows registers.

mod book;
mod limits;
mod text;

use crate::ExchangeError;
use jiff::civil::{DateTime, Time};
use serde_json::{Map, Value as Json};
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

pub(crate) use book::day_of_serial;

/// One cell as the file holds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    /// Nothing.
    Empty,
    /// Words, or anything from a text file.
    Text(String),
    /// A number of a workbook.
    Number(f64),
    /// A day or moment of a workbook.
    Moment(DateTime),
    /// Yes or no of a workbook.
    Flag(bool),
    /// An error of a workbook, such as `#N/A`.
    Fault(String),
}

impl Raw {
    /// As a person reads it.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Fault(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Moment(moment) if moment.time() == Time::midnight() => moment.date().to_string(),
            Self::Moment(moment) => moment.to_string().replace('T', " "),
            Self::Flag(flag) => if *flag { "TRUE" } else { "FALSE" }.into(),
        }
    }

    /// True when there is nothing in it but space.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// One row of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its line or row number in the file, from 1.
    pub line: u64,
    /// True when plain numbers of days count from 1904, as in some workbooks.
    pub is_1904: bool,
    /// What it holds.
    pub content: Content,
}

/// What a row holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Cells below a header.
    Cells(Vec<Raw>),
    /// Fields by name: one object of an NDJSON file, with the text it was read from.
    Object(Map<String, Json>, String),
    /// A line that is no row: what is wrong with it, and its text.
    Broken(String, String),
}

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Cells between commas, tabs or semicolons.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// Sheets.
    Workbook,
}

/// A file to be read.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    form: Form,
    sheet: Option<String>,
    survey: text::Survey,
    n_read: Arc<AtomicU64>,
}

impl Source {
    /// Opens a file by its ending; of a workbook the sheet named, or the first. Reads it once to know its encoding and
    /// its hash.
    ///
    /// # Errors
    /// [`ExchangeError`] when there is no such file or form.
    pub fn open(path: &Path, sheet: Option<&str>) -> Result<Self, ExchangeError> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("").to_lowercase();
        let form = match ending.as_str() {
            "csv" | "tsv" | "txt" => Form::Csv,
            "xlsx" | "xlsm" | "xlsb" | "xls" | "ods" => Form::Workbook,
            "ndjson" | "jsonl" => Form::Ndjson,
            _ => return Err(ExchangeError::Form(path.to_path_buf())),
        };
        let survey = text::survey(path)?;
        Ok(Self { path: path.to_path_buf(), form, sheet: sheet.map(str::to_string), survey, n_read: Arc::default() })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The hash of its bytes and of the sheet asked for, as 64 hexadecimal digits.
    pub fn hash(&self) -> String {
        self.survey.hash(self.sheet.as_deref())
    }

    /// True when rows name their fields themselves.
    pub fn has_names(&self) -> bool {
        self.form == Form::Ndjson
    }

    /// How many bytes it has; 0 for a workbook, of which nobody knows how far it is read.
    pub fn n_bytes(&self) -> u64 {
        if self.form == Form::Workbook { 0 } else { self.survey.n_bytes }
    }

    /// How many bytes are read, from any thread.
    pub fn n_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.n_read)
    }

    /// Hands every row that is not empty to `each`, in order, until it breaks.
    ///
    /// # Errors
    /// [`ExchangeError`] when the file cannot be read on.
    pub fn each_row(&self, each: &mut dyn FnMut(Row) -> ControlFlow<()>) -> Result<(), ExchangeError> {
        let mut filled = |row: Row| match &row.content {
            Content::Cells(cells) if cells.iter().all(Raw::is_empty) => ControlFlow::Continue(()),
            _ => each(row),
        };
        match self.form {
            Form::Csv => text::each_csv(self, &mut filled),
            Form::Ndjson => text::each_ndjson(self, &mut filled),
            Form::Workbook => book::each(&self.path, self.sheet.as_deref(), &mut filled),
        }
    }

    fn file(&self) -> Result<text::Counted, ExchangeError> {
        let file = File::open(&self.path).map_err(io(&self.path))?;
        Ok(text::Counted { file, n_read: Arc::clone(&self.n_read) })
    }

    fn first_bytes(&self, n: u64) -> Result<Vec<u8>, ExchangeError> {
        let mut head = Vec::new();
        let file = File::open(&self.path).map_err(io(&self.path))?;
        file.take(n).read_to_end(&mut head).map_err(io(&self.path))?;
        Ok(head)
    }
}

pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> ExchangeError {
    let path = path.to_path_buf();
    move |source| ExchangeError::Io { path, source }
}
