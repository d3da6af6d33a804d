//! How is a workbook of any length written in little memory?
//!
//! Rows go out as they come; a sheet that is full is followed by another with the same header.

use crate::ExchangeError;
use base::Timestamp;
use jiff::civil::{Date, DateTime};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use std::path::Path;

/// Rows of data on one sheet; spreadsheet programs hold 1,048,576.
pub(crate) const ROWS_MAX: u32 = 1_000_000;
/// Characters a cell holds.
const CHARS_MAX: usize = 32_767;

/// A cell to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Empty,
    /// Text, and never a number.
    Text(String),
    /// A number.
    Number(f64),
    /// A day.
    Day(Date),
    /// A moment.
    Moment(DateTime),
    /// True or false.
    Flag(bool),
}

/// A column of a sheet.
pub(crate) struct PageColumn {
    /// What stands above it.
    pub title: String,
    /// Its width in characters.
    pub width: f64,
    /// Marked as ours, not the file's.
    pub own: bool,
}

/// A workbook of one table on as many sheets as it needs.
pub(crate) struct Pages {
    book: Workbook,
    name: String,
    columns: Vec<PageColumn>,
    rows_max: u32,
    n_sheets: usize,
    row: u32,
    styles: Styles,
}

struct Styles {
    header: Format,
    own_header: Format,
    text: Format,
    plain: Format,
    day: Format,
    moment: Format,
    wrong: Format,
    own: Format,
}

impl Styles {
    fn new() -> Self {
        let header = header_format();
        Self {
            own_header: header.clone().set_background_color(Color::RGB(0xC0_39_2B)).set_font_color(Color::White),
            header,
            text: Format::new().set_num_format("@"),
            plain: Format::new(),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            wrong: Format::new().set_num_format("@").set_background_color(Color::RGB(0xFD_E2_DD)),
            own: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

/// How the titles above columns look, in all our workbooks.
pub(crate) fn header_format() -> Format {
    Format::new()
        .set_bold()
        .set_num_format("@")
        .set_background_color(Color::RGB(0xDD_EB_F7))
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0xB8_C7_D6))
        .set_align(FormatAlign::VerticalCenter)
        .set_align(FormatAlign::Center)
        .set_text_wrap()
}

/// A workbook that says when it was made, by the caller's clock.
pub(crate) fn workbook(at: Timestamp) -> Result<Workbook, XlsxError> {
    let made = columns::county_time(at);
    let part = |n: i8| u8::try_from(n).unwrap_or(1);
    let day =
        ExcelDateTime::from_ymd(u16::try_from(made.year()).unwrap_or(1900), part(made.month()), part(made.day()))?;
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_author("台账").set_creation_datetime(&day));
    Ok(book)
}

impl Pages {
    /// An empty workbook whose sheets are called `name`.
    pub(crate) fn new(name: &str, columns: Vec<PageColumn>, at: Timestamp) -> Result<Self, XlsxError> {
        Ok(Self {
            book: workbook(at)?,
            name: name.into(),
            columns,
            rows_max: ROWS_MAX,
            n_sheets: 0,
            row: 0,
            styles: Styles::new(),
        })
    }

    /// Writes one row; cells in `wrong` are marked.
    pub(crate) fn row(&mut self, cells: &[Cell], wrong: &[usize]) -> Result<(), XlsxError> {
        if self.n_sheets == 0 || self.row == self.rows_max {
            self.add_sheet()?;
        }
        self.row += 1;
        let (row, styles, columns) = (self.row, &self.styles, &self.columns);
        let sheet = self.book.worksheet_from_index(self.n_sheets - 1)?;
        for (n, cell) in cells.iter().enumerate() {
            let own = columns.get(n).is_some_and(|column| column.own);
            let style = if own { Some(&styles.own) } else { wrong.contains(&n).then_some(&styles.wrong) };
            write(sheet, row, u16::try_from(n).unwrap_or(u16::MAX), cell, style, styles)?;
        }
        Ok(())
    }

    /// How many sheets there are.
    pub(crate) fn n_sheets(&self) -> usize {
        self.n_sheets
    }

    /// Writes the workbook to a file, whole or not at all.
    pub(crate) fn save(mut self, path: &Path) -> Result<(), ExchangeError> {
        let bad = |detail: String| ExchangeError::Write { path: path.to_path_buf(), detail };
        if self.n_sheets == 0 {
            self.add_sheet().map_err(|fault| bad(fault.to_string()))?;
        }
        save(self.book, path)
    }

    fn add_sheet(&mut self) -> Result<(), XlsxError> {
        let n = self.n_sheets + 1;
        let name = if n == 1 { self.name.clone() } else { format!("{}{n}", self.name) };
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?.set_landscape().set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(0, 0)?;
        let last = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        sheet.autofilter(0, 0, 0, last)?;
        for (column, n) in self.columns.iter().zip(0..) {
            sheet.set_column_width(n, column.width)?;
        }
        sheet.set_row_height(0, 30)?;
        for (column, n) in self.columns.iter().zip(0..) {
            let style = if column.own { &self.styles.own_header } else { &self.styles.header };
            sheet.write_string_with_format(0, n, cut(&column.title), style)?;
        }
        self.n_sheets = n;
        self.row = 0;
        Ok(())
    }
}

/// Writes a workbook beside its place first, so that what stands there is always whole.
pub(crate) fn save(mut book: Workbook, path: &Path) -> Result<(), ExchangeError> {
    let part = path.with_extension("xlsx.part");
    let bad = |detail: String| ExchangeError::Write { path: path.to_path_buf(), detail };
    book.save(&part).map_err(|fault| bad(fault.to_string()))?;
    std::fs::rename(&part, path).map_err(|fault| bad(fault.to_string()))
}

fn write(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    style: Option<&Format>,
    styles: &Styles,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => match style {
            Some(style) => sheet.write_blank(row, column, style)?,
            None => sheet,
        },
        Cell::Text(text) => sheet.write_string_with_format(row, column, cut(text), style.unwrap_or(&styles.text))?,
        Cell::Number(number) => sheet.write_number_with_format(row, column, *number, style.unwrap_or(&styles.plain))?,
        Cell::Flag(flag) => sheet.write_boolean_with_format(row, column, *flag, style.unwrap_or(&styles.plain))?,
        Cell::Day(day) => match serial(day.to_datetime(jiff::civil::Time::midnight())) {
            Some(serial) => sheet.write_number_with_format(row, column, serial, &styles.day)?,
            None => sheet.write_string_with_format(row, column, day.to_string(), &styles.text)?,
        },
        Cell::Moment(moment) => match serial(*moment) {
            Some(serial) => sheet.write_number_with_format(row, column, serial, &styles.moment)?,
            None => sheet.write_string_with_format(row, column, moment.to_string(), &styles.text)?,
        },
    };
    Ok(())
}

/// A moment in the calendar of 1900, which has a day too many in February of that year; earlier days have no number.
fn serial(moment: DateTime) -> Option<f64> {
    let since = jiff::civil::date(1899, 12, 30).to_datetime(jiff::civil::Time::midnight());
    let seconds = (moment - since).get_days() as f64 * 86_400.0;
    let clock = moment.time();
    let of_day = f64::from(clock.hour()) * 3600.0 + f64::from(clock.minute()) * 60.0 + f64::from(clock.second());
    (moment.date() >= jiff::civil::date(1900, 3, 1)).then_some((seconds + of_day) / 86_400.0)
}

/// As much of a text as a cell holds.
fn cut(text: &str) -> String {
    match text.char_indices().nth(CHARS_MAX - 20) {
        None => text.to_string(),
        Some((end, _)) => format!("{}……（共{}字）", &text[..end], text.chars().count()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use calamine::{Reader, open_workbook_auto};

    #[test]
    fn a_full_sheet_is_followed_by_another_with_the_same_header() {
        let path = tempfile::tempdir().unwrap().keep().join("pages.xlsx");
        let column = PageColumn { title: "数".into(), width: 9.0, own: false };
        let mut pages = Pages::new("表", vec![column], "2026-01-15T01:00:00Z".parse().unwrap()).unwrap();
        pages.rows_max = 2;
        for n in 0..5 {
            pages.row(&[Cell::Number(f64::from(n))], &[]).unwrap();
        }
        assert_eq!(pages.n_sheets(), 3);
        pages.save(&path).unwrap();
        let mut book = open_workbook_auto(&path).unwrap();
        assert_eq!(book.sheet_names(), ["表", "表2", "表3"]);
        let last = book.worksheet_range("表3").unwrap();
        assert_eq!(last.rows().map(|row| row[0].to_string()).collect::<Vec<_>>(), ["数", "4"]);
        std::fs::remove_file(path).unwrap();
    }
}
