//! Files made to harm, and forms of workbooks that few still use: are they refused or read, and is it said which?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{County, FOLLOWUP, reasons};
use exchange::Source;
use rust_xlsxwriter::{Format, Workbook};
use std::io::{Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

const HEADER: [&str; 8] =
    ["公民身份号码", "日期", "随访方式", "收缩压", "舒张压", "体重", "服药依从性", "此次随访分类"];
const ROW: [&str; 8] = ["51990019500312005X", "2025-03-07", "1", "128", "78", "65", "1", "1"];

/// A workbook with one row, the day as a number of days.
fn workbook(path: &Path, day: f64) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, (title, cell)) in (0..).zip(HEADER.iter().zip(ROW)) {
        sheet.write(0, column, *title).unwrap().write(1, column, cell).unwrap();
    }
    sheet.write_with_format(1, 1, day, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    book.save(path).unwrap();
}

/// The same archive with its parts changed.
fn repacked(from: &Path, to: &Path, change: impl Fn(&str, Vec<u8>) -> Vec<u8>) {
    let mut archive = ZipArchive::new(std::fs::File::open(from).unwrap()).unwrap();
    let mut out = ZipWriter::new(std::fs::File::create(to).unwrap());
    for n in 0..archive.len() {
        let mut part = archive.by_index(n).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        let name = part.name().unwrap().into_owned();
        out.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        out.write_all(&change(&name, bytes)).unwrap();
    }
    out.finish().unwrap();
}

fn last_day(county: &County) -> String {
    let entry = county.store.log().entries_after(county.store.seq() - 1, 1).unwrap().remove(0);
    assert_eq!(entry.register, FOLLOWUP);
    entry.fields().unwrap()["on_date"].to_string()
}

#[test]
fn a_workbook_that_unpacks_without_end_is_refused_unread() {
    let mut county = County::new();
    let (good, bomb) = (county.path("good.xlsx"), county.path("bomb.xlsx"));
    workbook(&good, 45723.0);
    repacked(&good, &bomb, |name, bytes| match name {
        "xl/sharedStrings.xml" => vec![b' '; 600 << 20],
        _ => bytes,
    });
    assert!(std::fs::metadata(&bomb).unwrap().len() < 2 << 20, "a bomb is small outside");
    let seq = county.store.seq();
    let fault = county.import(&bomb).unwrap_err().to_string();
    assert!(fault.contains("unpacks to more than 512 MiB") && fault.contains("save the sheet alone"), "{fault}");
    assert_eq!(county.store.seq(), seq);
}

#[test]
fn a_workbook_that_lies_about_its_size_is_refused() {
    let mut county = County::new();
    let (good, liar) = (county.path("good.xlsx"), county.path("liar.xlsx"));
    workbook(&good, 45723.0);
    let mut bytes = std::fs::read(&good).unwrap();
    // In the directory at the end, where readers look, the size of the shared strings stands 22 bytes before their name.
    let name = b"xl/sharedStrings.xml";
    let at = bytes.windows(name.len()).rposition(|window| window == name).unwrap();
    bytes[at - 22..at - 18].copy_from_slice(&9_u32.to_le_bytes());
    std::fs::write(&liar, bytes).unwrap();
    let fault = county.import(&liar).unwrap_err().to_string();
    assert!(fault.contains("xl/sharedStrings.xml") && fault.contains("cannot be read as a workbook"), "{fault}");
}

#[test]
fn a_row_that_never_ends_is_named_and_not_kept() {
    let mut county = County::new();
    let mut text = format!("{}\n{}\n\"", HEADER.join(","), ROW.join(","));
    text.push_str(&"无尽,\n".repeat(3 << 20));
    let path = county.file("endless.csv", text);
    let fault = county.import(&path).unwrap_err().to_string();
    assert!(fault.contains("endless.csv, line 3") && fault.contains("quotation mark is left open"), "{fault}");

    let mut text = String::from("{\"resident\": \"");
    text.push_str(&"x".repeat(3 << 20));
    text.push_str("\"}\n{\"resident\": 5\n");
    let path = county.file("endless.ndjson", text);
    let summary = county.import(&path).unwrap();
    assert_eq!((summary.n_accepted(), summary.n_refused), (0, 2));
    assert!(reasons(&summary, 1).contains("超过1048576字节"), "{}", reasons(&summary, 1));
    assert!(reasons(&summary, 2).contains("不是JSON对象"), "{}", reasons(&summary, 2));
}

#[test]
fn a_workbook_whose_days_count_from_1904_gives_the_same_day() {
    let mut county = County::new();
    let (plain, mac) = (county.path("1900.xlsx"), county.path("1904.xlsx"));
    // 2025-03-07 in the calendar of 1904.
    workbook(&plain, 45723.0 - 1462.0);
    repacked(&plain, &mac, |name, bytes| match name {
        "xl/workbook.xml" => {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains("<workbookPr "), "{text}");
            text.replace("<workbookPr ", "<workbookPr date1904=\"1\" ").into_bytes()
        }
        _ => bytes,
    });
    let summary = county.import(&mac).unwrap();
    assert_eq!(summary.n_accepted(), 1, "{}", reasons(&summary, 2));
    assert_eq!(last_day(&county), "\"2025-03-07\"");
}

#[test]
fn an_old_xls_is_read() {
    let mut county = County::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/followup.xls");
    assert_eq!(Source::open(&path, None).unwrap().n_bytes(), 0, "it is a workbook");
    let summary = county.import(&path).unwrap();
    assert_eq!(summary.n_accepted(), 1, "{}", reasons(&summary, 2));
    assert_eq!(last_day(&county), "\"2025-03-07\"");
}

#[test]
fn an_open_document_is_read() {
    let mut county = County::new();
    let path = county.path("a.ods");
    let mut out = ZipWriter::new(std::fs::File::create(&path).unwrap());
    let mut part = |name: &str, text: &str| {
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    };
    part("mimetype", "application/vnd.oasis.opendocument.spreadsheet");
    part(
        "META-INF/manifest.xml",
        r#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"#,
    );
    let cell = |text: &str| {
        format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
    };
    let day = r#"<table:table-cell office:value-type="date" office:date-value="2025-03-07"><text:p>7.3.25</text:p></table:table-cell>"#;
    let row = |cells: Vec<String>| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let mut second: Vec<String> = ROW.map(cell).to_vec();
    second[1] = day.into();
    part(
        "content.xml",
        &format!(
            r#"<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
            xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
            <office:body><office:spreadsheet><table:table table:name="随访">{}{}</table:table></office:spreadsheet></office:body>
            </office:document-content>"#,
            row(HEADER.map(cell).to_vec()),
            row(second)
        ),
    );
    out.finish().unwrap();
    let summary = county.import(&path).unwrap();
    assert_eq!(summary.n_accepted(), 1, "{}", reasons(&summary, 2));
    assert_eq!(last_day(&county), "\"2025-03-07\"");
}

#[test]
fn what_is_no_workbook_at_all_is_said_to_be_none() {
    let mut county = County::new();
    for name in ["a.xlsx", "a.ods", "a.xls", "a.xlsb"] {
        let path = county.file(name, "这不是表格");
        let fault = county.import(&path).unwrap_err().to_string();
        assert!(fault.contains("cannot be read as a workbook") && fault.contains(name), "{fault}");
    }
}
