//! Which habits of clerks and spreadsheet programs are understood, and which are named?
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{County, FOLLOWUP, followups, reasons};
use exchange::{Import, Source};
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Formula, Workbook};

const HEADER: &str = "公民身份号码,日期,随访方式,收缩压,舒张压,体重,服药依从性,此次随访分类,药物不良反应";

/// The field and its value, or what the reason says.
type Outcome = Result<(&'static str, &'static str), &'static str>;

/// Column, what is written, what is kept (`field=value`) or what the reason says.
const HABITS: &[(usize, &str, Outcome)] = &[
    (0, "５１９９００１９５００３１２００５Ｘ", Ok(("resident", "\"zhang\""))),
    (0, " 51990019500312005x ", Ok(("resident", "\"zhang\""))),
    (0, "519900500312005", Ok(("resident", "\"zhang\""))),
    (0, "=\"\"51990019500312005X\"\"", Ok(("resident", "\"zhang\""))),
    (0, "'51990019500312005X", Ok(("resident", "\"zhang\""))),
    (0, "5.199E+17", Err("末尾几位已丢失")),
    (0, "519900195003120", Err("有误")),
    (1, "2025/3/7", Ok(("on_date", "\"2025-03-07\""))),
    (1, "2025.3.7", Ok(("on_date", "\"2025-03-07\""))),
    (1, "2025年3月7日", Ok(("on_date", "\"2025-03-07\""))),
    (1, "20250307", Ok(("on_date", "\"2025-03-07\""))),
    (1, "45723", Ok(("on_date", "\"2025-03-07\""))),
    (1, "2025-03-07 08:30:00", Ok(("on_date", "\"2025-03-07\""))),
    (1, "２０２５－０３－０７", Ok(("on_date", "\"2025-03-07\""))),
    (1, "07/03/25", Err("应为日期")),
    (1, "2025-02-30", Err("应为日期")),
    (1, "3月7日", Err("应为日期")),
    (2, "1", Ok(("way", "\"1\""))),
    (2, "门诊 ", Ok(("way", "\"1\""))),
    (2, "门珍", Err("是不是")),
    (3, "１２８", Ok(("sbp", "\"128\""))),
    (3, "128mmHg", Ok(("sbp", "\"128\""))),
    (3, "+128", Ok(("sbp", "\"128\""))),
    (3, "12a", Err("应为数字")),
    (3, "1,2", Err("应为数字")),
    (3, "50%", Err("应为数字")),
    (5, "65.5 千克", Ok(("weight", "\"65.5\""))),
    (5, "/", Ok(("weight", "null"))),
    (8, "√", Ok(("reaction", "true"))),
    (8, "无", Ok(("reaction", "false"))),
    (8, "N", Ok(("reaction", "false"))),
    (8, "也许", Err("应为是或否")),
];

fn row() -> Vec<String> {
    ["51990019500312005X", "2025-03-07", "1", "128", "78", "65", "1", "1", "否"].map(str::to_string).to_vec()
}

#[test]
fn what_only_one_thing_can_be_meant_by_is_mended_and_the_rest_is_named() {
    for (column, written, wanted) in HABITS {
        let mut county = County::new();
        let mut cells = row();
        cells[*column] = (*written).into();
        let line: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
        let path = county.file("a.csv", format!("{HEADER}\n{}\n", line.join(",")));
        let summary = county.import(&path).unwrap();
        let said = reasons(&summary, 2);
        match wanted {
            Err(wanted) => assert!(said.contains(wanted), "{written}: \"{said}\" does not say \"{wanted}\""),
            Ok((field, value)) => {
                assert_eq!(said, "", "{written}");
                let entry = county.store.log().entries_after(county.store.seq() - 1, 1).unwrap().remove(0);
                let body = entry.fields().unwrap();
                let kept = body.get(*field).map_or_else(|| "null".into(), ToString::to_string);
                assert_eq!(kept, *value, "{written}: {field}");
            }
        }
    }
}

#[test]
fn every_encoding_gives_the_same_records() {
    let text = format!("{HEADER}\n{}\n", row().join(","));
    let (gb, ..) = encoding_rs::GB18030.encode(&text);
    let utf_16 = |bom: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
        bom.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect::<Vec<u8>>()
    };
    let all = [
        ("utf-8", text.clone().into_bytes()),
        ("utf-8 with mark", format!("\u{feff}{text}").into_bytes()),
        ("gb 18030", gb.into_owned()),
        ("utf-16 little", utf_16([0xFF, 0xFE], u16::to_le_bytes)),
        ("utf-16 big", utf_16([0xFE, 0xFF], u16::to_be_bytes)),
        ("tabs", text.replace(',', "\t").into_bytes()),
    ];
    for (name, bytes) in all {
        let mut county = County::new();
        let path = county.file("a.csv", bytes);
        let summary = county.import(&path).unwrap();
        assert_eq!((summary.n_created, summary.n_refused), (1, 0), "{name}: {:?}", summary.refused);
    }
}

#[test]
fn broken_characters_are_named_and_the_rest_of_a_utf_8_file_stays_utf_8() {
    let mut county = County::new();
    let mut bytes =
        format!("{HEADER}\n{}\n{}", row().join(","), row().join(",").replace("2025-03-07", "2025-03-08")).into_bytes();
    let place = bytes.len() - 2;
    bytes[place] = 0xFF;
    let path = county.file("a.csv", bytes);
    let summary = county.import(&path).unwrap();
    assert_eq!((summary.n_created, summary.n_refused), (1, 1));
    assert!(reasons(&summary, 3).contains("无法识别的字符"), "{}", reasons(&summary, 3));
}

/// Title lines, two header rows with merged cells, dates as cells, numbers as text, formulas and their errors, an id that
/// became a number, empty rows and columns.
#[test]
fn a_workbook_as_it_comes_from_an_office() {
    let mut county = County::new();
    let path = county.path("book.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 8, "二〇二五年高血压随访表", &plain).unwrap();
    for (column, title) in [(1, "身份证号"), (2, "日期"), (3, "随访方式"), (6, "服药依从性"), (7, "此次随访分类")]
    {
        sheet.merge_range(2, column, 3, column, title, &plain).unwrap();
    }
    sheet.merge_range(2, 4, 2, 5, "血压（mmHg）", &plain).unwrap();
    sheet.write(3, 4, "收缩压").unwrap().write(3, 5, "舒张压").unwrap();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for (row, (_, _, _, _, citizen)) in (5..).step_by(2).zip(common::CAST) {
        sheet.write(row, 1, *citizen).unwrap();
        sheet.write_number_with_format(row, 2, 45_723.0, &day).unwrap();
        sheet.write(row, 3, 1).unwrap();
        sheet.write(row, 4, "128").unwrap().write(row, 5, 78).unwrap();
        sheet.write(row, 6, "规律").unwrap().write(row, 7, "1 控制满意").unwrap();
    }
    sheet.write_formula(5, 4, Formula::new("=64*2").set_result("128")).unwrap();
    sheet.write_formula(7, 4, Formula::new("=VLOOKUP(1,A:B,2)").set_result("#N/A")).unwrap();
    sheet.write(9, 1, 519_900_196_205_060_053.0).unwrap();
    book.save(&path).unwrap();
    let summary = county.import(&path).unwrap();
    assert_eq!((summary.n_rows, summary.n_created), (5, 3), "{:#?}", summary.refused);
    assert!(reasons(&summary, 8).contains("#N/A"), "{}", reasons(&summary, 8));
    assert!(reasons(&summary, 10).contains("末尾几位已丢失"), "{}", reasons(&summary, 10));
}

#[test]
fn an_organisation_is_known_by_id_or_by_a_name_that_is_clear() {
    let cases = [
        ("jia", ""),
        ("甲村", ""),
        ("青禾镇乙村", ""),
        ("乙村", "有几个机构叫“乙村”，请填写编号：yi、yi2"),
        ("甲寸", "没有机构“甲寸”，是不是“甲村”"),
    ];
    for (word, wanted) in cases {
        let mut county = County::new();
        let path = county.file("a.csv", format!("机构,{HEADER}\n{word},{}\n", row().join(",")));
        let summary = county.import_with(&path, &Import { org: None, ..followups() }).unwrap();
        let said = reasons(&summary, 2);
        assert!(said.contains(wanted) && said.is_empty() == wanted.is_empty(), "{word}: {said}");
    }
}

#[test]
fn an_existing_record_changes_only_with_a_reason() {
    let mut county = County::new();
    let first = county.file("a.csv", format!("{HEADER}\n{}\n", row().join(",")));
    assert_eq!(county.import(&first).unwrap().n_created, 1);
    // The same facts in another file are nothing new; other facts of the same identity are a correction.
    let same = county.file("b.csv", format!("{HEADER}\n\n{}\n", row().join(",")));
    assert_eq!(county.import(&same).unwrap().n_unchanged, 1);
    let other = county.file("c.csv", format!("{HEADER}\n{}\n", row().join(",").replace("128", "130")));
    let refused = county.import(&other).unwrap();
    assert!(reasons(&refused, 2).contains("内容不同（收缩压）；要更正请用 --reason"), "{}", reasons(&refused, 2));
    let options = Import { reason: Some("看错".into()), ..followups() };
    assert_eq!(county.import_with(&other, &options).unwrap().n_changed, 1);
    assert_eq!(county.import_with(&other, &options).unwrap().n_done_before, 1);
    assert_eq!(county.count(FOLLOWUP), 1);
}

#[test]
fn a_row_that_asks_to_be_confirmed_says_how() {
    let mut county = County::new();
    let path = county.file("a.csv", format!("{HEADER}\n{}\n", row().join(",").replace("128", "190")));
    let summary = county.import(&path).unwrap();
    assert_eq!((summary.n_refused, summary.n_to_confirm), (1, 1), "{:?}", summary.refused);
    let options = Import { confirm: Some("复测过".into()), ..followups() };
    assert_eq!(county.import_with(&path, &options).unwrap().n_created, 1);
}

#[test]
fn a_whole_file_is_written_whole_or_not() {
    let mut county = County::new();
    let bad = row().join(",").replace("2025-03-07", "昨天");
    let path = county.file("a.csv", format!("{HEADER}\n{}\n{bad}\n", row().join(",")));
    let options = Import { mode: columns::Mode::Whole, ..followups() };
    let summary = county.import_with(&path, &options).unwrap();
    assert_eq!((summary.n_created, summary.n_refused, county.count(FOLLOWUP)), (0, 2, 0));
    assert!(reasons(&summary, 2).contains("其他行有误"));
}

#[test]
fn a_broken_line_of_ndjson_is_a_refused_row() {
    let mut county = County::new();
    let good =
        r#"{"resident":"zhang","on_date":"2025-03-07","way":"1","sbp":128,"dbp":78,"adherence":"1","class":"1"}"#;
    let path = county.file("a.ndjson", format!("{good}\n\n{{broken\n{{\"sbq\":1}}\n"));
    let summary = county.import(&path).unwrap();
    assert_eq!((summary.n_rows, summary.n_created, summary.n_refused), (3, 1, 2), "{summary:#?}");
    assert!(reasons(&summary, 3).contains("不是JSON对象") && reasons(&summary, 4).contains("没有“sbq”"));
}

#[test]
fn unknown_columns_are_named_and_nothing_is_written() {
    let mut county = County::new();
    let path = county.file("a.csv", format!("{HEADER},收宿压\n"));
    let said = county.import(&path).unwrap_err().to_string();
    assert!(said.contains("J列“收宿压”") && said.contains("是不是“收缩压”"), "{said}");
    let path = county.file("b.csv", "苹果,梨\n1,2\n");
    assert!(county.import(&path).unwrap_err().to_string().contains("苹果 | 梨"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// `import_with` asserts that accepted plus refused is the number of rows.
    #[test]
    fn accepted_plus_refused_are_all_rows(table in proptest::collection::vec(proptest::collection::vec(".{0,12}", 1..11), 0..12)) {
        let mut county = County::new();
        let path = county.path("a.csv");
        let mut csv = csv::WriterBuilder::new().flexible(true).from_path(&path).unwrap();
        csv.write_record(HEADER.split(',')).unwrap();
        for cells in &table {
            csv.write_record(cells).unwrap();
        }
        csv.flush().unwrap();
        county.import(&path).unwrap();
    }

    /// Whatever the bytes, there is an answer.
    #[test]
    fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut county = County::new();
        for name in ["a.csv", "a.ndjson", "a.xlsx", "a.xls", "a.ods", "a.xlsb"] {
            let path = county.file(name, &bytes);
            if let Ok(source) = Source::open(&path, None) {
                let done = exchange::import(&mut county.store, &source, &followups(), &mut |_| ());
                let stopped = done.as_ref().err().is_some_and(|fault| fault.to_string().contains("unforeseen"));
                prop_assert!(!stopped, "{name}: {done:?}");
            }
        }
    }
}
