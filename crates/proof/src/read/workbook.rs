//! What do the cells of a workbook say?
//!
//! A row is a line, cells are set apart by tabs, sheets follow each other. Numbers are the values that are kept, not as
//! they are shown; a cell is read up to a bounded number of rows.

use super::{Format, MAX_SCALARS, Original, ReadError};
use calamine::{Data, Reader, open_workbook_auto_from_rs};
use std::io::Cursor;

/// Reads every sheet.
pub fn read(bytes: &[u8]) -> Result<Original, ReadError> {
    let damaged = |error: calamine::Error| match error.to_string() {
        text if text.contains("assword") => ReadError::Encrypted,
        text => ReadError::Damaged(Format::Workbook, text),
    };
    let mut workbook = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(damaged)?;
    let mut original = Original::new(Format::Workbook, Vec::new());
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).map_err(damaged)?;
        original.parts.push((original.chars.len(), name));
        for row in range.rows() {
            let mut cells: Vec<String> = row.iter().map(cell).collect();
            while cells.last().is_some_and(String::is_empty) {
                cells.pop();
            }
            original.chars.extend(cells.join("\t").chars());
            original.chars.push('\n');
            if original.chars.len() > MAX_SCALARS {
                return Err(ReadError::TooLong);
            }
        }
    }
    Ok(original)
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty | Data::Error(_) => String::new(),
        // A day is kept as a number of days; it would be read as a figure.
        Data::DateTime(_) => String::new(),
        Data::String(text) => text.replace(['\n', '\t'], " "),
        other => other.to_string(),
    }
}
