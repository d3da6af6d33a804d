//! How do refused rows come back, ready to be mended and imported again?
//!
//! A workbook beside the file: the file's own columns in their order, then the row number there, then all reasons of the
//! row. Cells that could not be read are marked.

use crate::ExchangeError;
use crate::header::{LINE, REASON, TEXT, Use, headings};
use crate::pages::{Cell, PageColumn, Pages};
use crate::reading::{Kept, ReadRow};
use crate::source::Raw;
use base::Timestamp;
use columns::Verdict;
use jiff::civil::Time;
use pack::Catalog;
use pack::model::Register;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Width of a column of the file, in characters.
const WIDTH: f64 = 16.0;
/// Width of the reasons.
const WIDTH_REASON: f64 = 70.0;
/// Numbers a spreadsheet program keeps exactly.
const EXACT: f64 = 1e15;

/// The error workbook of one import.
pub(crate) struct Refused {
    pages: Pages,
    path: PathBuf,
    shape: Shape,
}

/// Which cells a row has.
enum Shape {
    /// Those of a table: the columns of the file that are not ours.
    Table(Vec<usize>),
    /// Those of the register, by name: rows came as objects.
    Named(Vec<String>),
}

impl Refused {
    /// A workbook for the refused rows of a table with these columns; without columns, for rows of objects.
    pub(crate) fn new(
        source: &Path,
        words: &[String],
        uses: &[Use],
        (catalog, register): (&Catalog, &Register),
        at: Timestamp,
    ) -> Result<Self, ExchangeError> {
        let path = path_beside(source);
        let column = |title: &str, width, own| PageColumn { title: title.into(), width, own };
        let (shape, mut columns): (Shape, Vec<PageColumn>) = if uses.is_empty() {
            let mut names: Vec<String> = ["id", "org"].map(str::to_string).to_vec();
            names.extend(headings(catalog, register).into_iter().filter(|h| h.column.is_some()).map(|h| h.name));
            let columns = names.iter().map(|name| column(name, WIDTH, false)).collect();
            (Shape::Named(names), columns)
        } else {
            let kept: Vec<usize> = (0..uses.len()).filter(|n| uses[*n] != Use::Own).collect();
            let columns = kept.iter().map(|n| column(&words[*n], WIDTH, false)).collect();
            (Shape::Table(kept), columns)
        };
        if let Shape::Named(_) = shape {
            columns.push(column(TEXT, WIDTH, true));
        }
        columns.push(column(LINE, 10.0, true));
        columns.push(column(REASON, WIDTH_REASON, true));
        let pages = Pages::new("未导入", columns, at).map_err(write_error(&path))?;
        Ok(Self { pages, path, shape })
    }

    /// Adds a row with its reasons.
    pub(crate) fn add(&mut self, row: &ReadRow) -> Result<(), ExchangeError> {
        let (mut cells, wrong) = match (&self.shape, &row.kept) {
            (Shape::Table(kept), Kept::Cells(raws)) => {
                let cells: Vec<Cell> = kept.iter().map(|n| raws.get(*n).map_or(Cell::Empty, cell)).collect();
                let wrong = row.faults.iter().filter_map(|fault| fault.column);
                (cells, wrong.filter_map(|column| kept.iter().position(|n| *n == column)).collect::<Vec<_>>())
            }
            (Shape::Named(names), Kept::Text(text)) => {
                let object: Map<String, Json> = serde_json::from_str(text).unwrap_or_default();
                let mut cells: Vec<Cell> =
                    names.iter().map(|name| object.get(name).map_or(Cell::Empty, json_cell)).collect();
                cells.push(Cell::Text(text.clone()));
                (cells, Vec::new())
            }
            // A file is either a table or objects.
            _ => (Vec::new(), Vec::new()),
        };
        cells.push(Cell::Number(row.line as f64));
        cells.push(Cell::Text(reasons(row)));
        self.pages.row(&cells, &wrong).map_err(write_error(&self.path))
    }

    /// Writes the workbook and gives its place and the number of its sheets.
    pub(crate) fn finish(self) -> Result<(PathBuf, usize), ExchangeError> {
        let n_sheets = self.pages.n_sheets();
        self.pages.save(&self.path)?;
        Ok((self.path, n_sheets))
    }
}

fn write_error(path: &Path) -> impl FnOnce(rust_xlsxwriter::XlsxError) -> ExchangeError {
    let path = path.to_path_buf();
    move |fault| ExchangeError::Write { path, detail: fault.to_string() }
}

/// All reasons of a row, those that can be confirmed said to be so.
pub(crate) fn reasons(row: &ReadRow) -> String {
    let sentence = |fault: &crate::reading::Fault| match fault.verdict {
        Verdict::Refuse => fault.say.clone(),
        Verdict::Confirm => format!("需确认：{}（核对无误后用 --confirm 说明理由即可导入）", fault.say),
    };
    let mut sentences: Vec<String> = Vec::new();
    for say in row.faults.iter().map(sentence) {
        if !sentences.contains(&say) {
            sentences.push(say);
        }
    }
    sentences.join("；")
}

fn cell(raw: &Raw) -> Cell {
    match raw {
        Raw::Empty => Cell::Empty,
        Raw::Number(number) if number.is_finite() && number.abs() < EXACT => Cell::Number(*number),
        Raw::Moment(moment) if moment.time() == Time::midnight() => Cell::Day(moment.date()),
        Raw::Moment(moment) => Cell::Moment(*moment),
        Raw::Flag(flag) => Cell::Flag(*flag),
        other => Cell::Text(other.shown()),
    }
}

fn json_cell(json: &Json) -> Cell {
    match json {
        Json::Null => Cell::Empty,
        Json::String(text) => Cell::Text(text.clone()),
        Json::Bool(flag) => Cell::Text(if *flag { "是" } else { "否" }.into()),
        Json::Array(items) => Cell::Text(items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join("、")),
        other => Cell::Text(other.to_string()),
    }
}

/// `NAME.refused.xlsx` beside the file, or the next number when there is one already: somebody may be mending it.
fn path_beside(source: &Path) -> PathBuf {
    let stem = source.file_stem().map_or_else(|| "import".into(), |stem| stem.to_string_lossy().into_owned());
    let bare = match stem.split_once(".refused") {
        Some((bare, number)) if number.is_empty() || number.trim_start_matches('.').parse::<u32>().is_ok() => bare,
        _ => &stem,
    };
    let first = source.with_file_name(format!("{bare}.refused.xlsx"));
    let later = (2..).map(|n: u32| source.with_file_name(format!("{bare}.refused.{n}.xlsx")));
    std::iter::once(first.clone()).chain(later).find(|path| !path.exists()).unwrap_or(first)
}

/// How often each reason stood in the way, most frequent first.
pub(crate) fn tally(counts: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut all: Vec<(String, u64)> = counts.iter().map(|(rule, n)| (rule.clone(), *n)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all
}
