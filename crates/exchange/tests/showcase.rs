//! A workbook of a thousand rows, thirty-seven of them wrong in twelve ways: what is accepted, what comes back, and does
//! the mended workbook go in?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use calamine::{Data, Reader, open_workbook_auto};
use common::{CAST, County, FOLLOWUP};
use rust_xlsxwriter::Workbook;
use std::collections::BTreeSet;
use std::path::Path;

const HEADER: [&str; 9] = [
    "公民身份号码",
    "姓名",
    "日期",
    "随访方式",
    "收缩压（mmHg）",
    "舒张压（mmHg）",
    "服药依从性",
    "此次随访分类",
    "药物不良反应",
];
const N_ROWS: usize = 1_000;
const N_WRONG: usize = 37;

/// What is wrong, with the column it is in and what its reason says.
const FAULTS: [(usize, &str, &str); 12] = [
    (0, "5.1990019500312E+17", "末尾几位已丢失"),
    (0, "519900195003120051", "校验码应为"),
    (0, "519900199107010056", "请先登记该居民"),
    (1, "李四", "不符"),
    (2, "2025-02-30", "应为日期"),
    (2, "2027-01-01", "不能晚于今天"),
    (3, "托梦", "随访方式没有"),
    (4, "高", "应为数字"),
    (4, "500", "应在40至300之间"),
    (5, "180", "收缩压应高于舒张压"),
    (6, "", "请填写服药依从性"),
    (8, "也许", "应为是或否"),
];

fn right(n: usize) -> [String; 9] {
    let (_, name, _, _, citizen_id) = CAST[n % CAST.len()];
    let day = jiff::civil::date(2025, 1, 1).checked_add(jiff::Span::new().days((n / CAST.len()) as i64)).unwrap();
    [citizen_id, name, &day.to_string(), "门诊", "128", "78", "规律", "控制满意", "否"].map(str::to_string)
}

/// The fault of a row, if it is one of the wrong ones.
fn fault(n: usize) -> Option<(usize, &'static str, &'static str)> {
    (n % 27 == 5).then(|| FAULTS[n / 27 % FAULTS.len()])
}

fn workbook(path: &Path) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "青禾镇甲村高血压随访登记表").unwrap();
    for (column, title) in HEADER.iter().enumerate() {
        sheet.write(1, column as u16, *title).unwrap();
    }
    for n in 0..N_ROWS {
        let mut cells = right(n);
        if let Some((column, wrong, _)) = fault(n) {
            cells[column] = wrong.into();
        }
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(n as u32 + 2, column as u16, cell.as_str()).unwrap();
        }
    }
    book.save(path).unwrap();
}

/// Puts what is right back into the error workbook, as a clerk would, and saves it.
fn mend(refused: &Path, mended: &Path) {
    let mut book = open_workbook_auto(refused).unwrap();
    let range = book.worksheet_range("未导入").unwrap();
    let mut out = Workbook::new();
    let sheet = out.add_worksheet();
    for (row, cells) in range.rows().enumerate() {
        let line =
            cells.get(HEADER.len()).and_then(|cell| if let Data::Float(n) = cell { Some(*n as usize) } else { None });
        for (column, cell) in cells.iter().enumerate() {
            let right = line.map(|line| right(line - 3)).filter(|_| column < HEADER.len());
            let text = right.map_or_else(|| cell.to_string(), |right| right[column].clone());
            sheet.write(row as u32, column as u16, text).unwrap();
        }
    }
    out.save(mended).unwrap();
}

#[test]
fn a_thousand_rows_with_thirty_seven_wrong_ones() {
    assert_eq!((0..N_ROWS).filter(|n| fault(*n).is_some()).count(), N_WRONG);
    let mut county = County::new();
    let path = county.path("随访.xlsx");
    workbook(&path);

    let summary = county.import(&path).unwrap();
    assert_eq!((summary.n_rows, summary.n_created, summary.n_refused), (1_000, 963, 37), "{:#?}", summary.refused);
    assert_eq!(county.count(FOLLOWUP), 963);
    for n in 0..N_ROWS {
        let told = common::reasons(&summary, n as u64 + 3);
        match fault(n) {
            Some((_, _, wanted)) => assert!(told.contains(wanted), "row {n}: \"{told}\" does not say \"{wanted}\""),
            None => assert_eq!(told, "", "row {n}"),
        }
    }
    let rules: BTreeSet<&str> =
        summary.refused.iter().flat_map(|row| &row.faults).map(|fault| fault.rule.as_str()).collect();
    assert!(rules.contains("swapped") && rules.contains("unreadable"), "{rules:?}");

    let (refused, n_sheets) = summary.workbook.unwrap();
    assert_eq!((refused.file_name().unwrap().to_str().unwrap(), n_sheets), ("随访.refused.xlsx", 1));
    let range = open_workbook_auto(&refused).unwrap().worksheet_range("未导入").unwrap();
    let header: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(header[..9], HEADER);
    assert_eq!(header[9..], ["原行号", "原因"]);
    assert_eq!(range.height(), 1 + N_WRONG);

    // As it is, nothing of it goes in, and what was there is not touched.
    let again = county.import(&refused).unwrap();
    assert_eq!((again.n_rows, again.n_refused), (37, 37));
    assert_eq!(again.workbook.unwrap().0.file_name().unwrap(), "随访.refused.2.xlsx");

    let mended = county.path("随访.refused.改.xlsx");
    mend(&refused, &mended);
    let last = county.import(&mended).unwrap();
    assert_eq!((last.n_created, last.n_refused), (37, 0), "{:#?}", last.refused);
    assert_eq!(county.count(FOLLOWUP), 1_000);
    assert_eq!(last.workbook, None);
}

#[test]
fn the_same_file_again_writes_nothing() {
    let mut county = County::new();
    let path = county.path("随访.xlsx");
    workbook(&path);
    county.import(&path).unwrap();
    let seq = county.store.seq();
    let again = county.import(&path).unwrap();
    assert_eq!((again.n_done_before, again.n_created, again.n_refused), (963, 0, 37));
    assert_eq!(county.store.seq(), seq, "nothing was written");
}
