//! How does a filtered list leave as a file?
//!
//! The same rows in the same order as on the screen, all pages of them, masked as there; who took how many is written down
//! before the first row leaves. An empty workbook to be filled in leaves the same way, without anybody in it.

use crate::app::App;
use crate::ask::{Ask, now};
use crate::desk::Desk;
use crate::page::listing;
use crate::problem::Problem;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base::{Language, Text};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

/// Rows of one file; whoever wants more uses `taizhang export`.
const MOST_ROWS: u64 = 200_000;
/// Without this mark Excel takes a UTF-8 file for GBK.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// `/api/registers/{register}/export.csv`
pub fn export(app: &Arc<App>, desk: &Desk, ask: &Ask) -> Result<Response, Problem> {
    let all = listing::all(app, desk, ask, MOST_ROWS, |n| {
        if n <= MOST_ROWS { app.log_export(ask, desk, ask.require("register")?, n) } else { Err(too_many(n)) }
    })?;
    let mut csv = csv::Writer::from_writer(MARK.to_vec());
    let fault = |error: csv::Error| Problem::inside(error);
    let word = |text: &crate::wire::Text| if desk.language == Language::En { text.en.clone() } else { text.zh.clone() };
    let head = std::iter::once("id".to_string()).chain(all.columns.iter().map(|column| word(&column.title)));
    csv.write_record(head).map_err(fault)?;
    for row in &all.rows {
        let cells = all.columns.iter().map(|column| row.cells.get(&column.key).map_or("", String::as_str));
        let guarded = std::iter::once(row.id.as_str()).chain(cells).map(exchange::guarded);
        csv.write_record(guarded.map(std::borrow::Cow::into_owned)).map_err(fault)?;
    }
    let bytes = csv.into_inner().map_err(Problem::inside)?;
    let title = utf8_percent_encode(&word(&all.title), NON_ALPHANUMERIC).to_string();
    let name = format!("attachment; filename*=UTF-8''{title}.csv");
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_string()), (CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// `/api/registers/{register}/template.xlsx`
pub fn template(desk: &Desk, ask: &Ask) -> Result<Response, Problem> {
    let id = ask.require("register")?;
    let register =
        desk.catalog().register(id).ok_or_else(|| Problem::register(id, desk.catalog().near_register(id)))?;
    let folder = tempfile::tempdir().map_err(Problem::inside)?;
    let path = folder.path().join("template.xlsx");
    exchange::template(desk.catalog(), id, &path, now()).map_err(Problem::inside)?;
    let bytes = std::fs::read(&path).map_err(Problem::inside)?;
    let title = utf8_percent_encode(register.common.title.get(desk.language), NON_ALPHANUMERIC).to_string();
    let name = format!("attachment; filename*=UTF-8''{title}.xlsx");
    Ok(([(CONTENT_TYPE, crate::imports::XLSX.to_string()), (CONTENT_DISPOSITION, name)], bytes).into_response())
}

fn too_many(n: u64) -> Problem {
    Problem::wrong(
        "too-many",
        Text::both(
            format!("共{n}条，一次最多导出{MOST_ROWS}条"),
            format!("{n} records; at most {MOST_ROWS} leave at once"),
        ),
        Text::both("缩小筛选范围，或运行taizhang export", "narrow the filters, or run `taizhang export`"),
    )
}
