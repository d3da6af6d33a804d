//! Which rows does a sheet of a workbook hold?
//!
//! An .xlsx is read cell by cell, so that a sheet that claims a million empty columns costs nothing; the older forms are
//! read whole. Of a formula the value is taken that the spreadsheet program kept with it.

use super::limits::check_workbook;
use super::{Content, Raw, Row, io};
use crate::ExchangeError;
use calamine::{Data, DataRef, ExcelDateTime, ExcelDateTimeType, Reader, Sheets, Xlsx, XlsxError, open_workbook_auto};
use jiff::civil::DateTime;
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

/// Columns of a sheet that are looked at; no register has half as many.
const COLUMNS_MAX: usize = 512;

pub(super) fn each(
    path: &Path,
    sheet: Option<&str>,
    each: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<(), ExchangeError> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    let is_read_by_row = matches!(ending.as_str(), "xlsx" | "xlsm");
    // An .xls is not packed.
    if ending != "xls" {
        check_workbook(path, is_read_by_row)?;
    }
    if is_read_by_row { each_of_xlsx(path, sheet, each) } else { each_of_other(path, sheet, each) }
}

fn each_of_xlsx(
    path: &Path,
    sheet: Option<&str>,
    each: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<(), ExchangeError> {
    let bad = |fault: XlsxError| unreadable(path, &fault.to_string());
    let file = BufReader::new(File::open(path).map_err(io(path))?);
    let mut book = Xlsx::new(file).map_err(bad)?;
    let name = chosen(path, sheet, &book.sheet_names())?;
    let is_1904 = book.has_1904_epoch();
    let mut reader = book.worksheet_cells_reader(&name).map_err(bad)?;
    let mut at = 0;
    let mut cells: Vec<Raw> = Vec::new();
    while let Some(cell) = reader.next_cell().map_err(bad)? {
        let (row, column) = cell.get_position();
        if row != at && !cells.is_empty() {
            let width = cells.len();
            let content = Content::Cells(std::mem::replace(&mut cells, Vec::with_capacity(width)));
            if each(Row { line: u64::from(at) + 1, is_1904, content }).is_break() {
                return Ok(());
            }
        }
        at = row;
        let column = column as usize;
        let raw = raw_of_ref(cell.get_value());
        if raw == Raw::Empty || column >= COLUMNS_MAX {
            continue;
        }
        if cells.len() <= column {
            cells.resize(column + 1, Raw::Empty);
        }
        cells[column] = raw;
    }
    if !cells.is_empty() {
        let _ = each(Row { line: u64::from(at) + 1, is_1904, content: Content::Cells(cells) });
    }
    Ok(())
}

fn each_of_other(
    path: &Path,
    sheet: Option<&str>,
    each: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Result<(), ExchangeError> {
    let bad = |fault: calamine::Error| unreadable(path, &fault.to_string());
    let mut book = open_workbook_auto(path).map_err(bad)?;
    let name = chosen(path, sheet, &book.sheet_names())?;
    let range = book.worksheet_range(&name).map_err(bad)?;
    let is_1904 = matches!(&book, Sheets::Xls(book) if book.has_1904_epoch());
    let (first, indent) = range.start().map_or((0, 0), |(row, column)| (u64::from(row), column as usize));
    for (cells, line) in range.rows().zip(first + 1..) {
        let shifted = std::iter::repeat_n(Raw::Empty, indent.min(COLUMNS_MAX));
        let cells = shifted.chain(cells.iter().map(raw)).take(COLUMNS_MAX).collect();
        if each(Row { line, is_1904, content: Content::Cells(cells) }).is_break() {
            break;
        }
    }
    Ok(())
}

fn unreadable(path: &Path, detail: &str) -> ExchangeError {
    ExchangeError::Workbook { path: path.to_path_buf(), detail: detail.to_string() }
}

fn chosen(path: &Path, sheet: Option<&str>, names: &[String]) -> Result<String, ExchangeError> {
    match sheet {
        Some(sheet) => names.iter().find(|name| *name == sheet).cloned().ok_or_else(|| ExchangeError::Sheet {
            path: path.to_path_buf(),
            sheet: sheet.to_string(),
            known: names.join(", "),
        }),
        None => names.first().cloned().ok_or_else(|| unreadable(path, "it has no sheet")),
    }
}

fn raw_of_ref(cell: &DataRef<'_>) -> Raw {
    match cell {
        DataRef::SharedString("") => Raw::Empty,
        DataRef::SharedString(text) => Raw::Text((*text).to_string()),
        other => raw(&Data::from(other.clone())),
    }
}

fn raw(cell: &Data) -> Raw {
    match cell {
        Data::Empty => Raw::Empty,
        Data::Int(number) => Raw::Number(*number as f64),
        Data::Float(number) => Raw::Number(*number),
        Data::Bool(flag) => Raw::Flag(*flag),
        Data::DateTime(moment) => moment_of(moment).map_or_else(|| Raw::Number(moment.as_f64()), Raw::Moment),
        Data::Error(fault) => Raw::Fault(fault.to_string()),
        Data::String(text) if text.is_empty() => Raw::Empty,
        other => Raw::Text(other.to_string()),
    }
}

/// A moment of a workbook in its own calendar, of 1900 or of 1904; `None` when it is a stretch of time or no moment.
fn moment_of(moment: &ExcelDateTime) -> Option<DateTime> {
    if !moment.is_datetime() || !(0.0..2_958_466.0).contains(&moment.as_f64()) {
        return None;
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let part = |n: u8| i8::try_from(n).ok();
    DateTime::new(i16::try_from(year).ok()?, part(month)?, part(day)?, part(hour)?, part(minute)?, part(second)?, 0)
        .ok()
}

/// The day a workbook means by a number without a date format, in the calendar of 1900.
pub(crate) fn day_of_serial(number: f64) -> Option<DateTime> {
    moment_of(&ExcelDateTime::new(number, ExcelDateTimeType::DateTime, false))
}
