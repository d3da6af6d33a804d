//! Every type comes out as it went in.
use jiff::civil::date;

use super::*;

#[test]
fn every_integer_width() {
    let sql = "SELECT -1::TINYINT, -2::SMALLINT, -3::INTEGER, -4::BIGINT, 255::UTINYINT, 65535::USMALLINT,
        4294967295::UINTEGER, 18446744073709551615::UBIGINT, (-170141183460469231731687303715884105727 - 1)::HUGEINT";
    let expected = [
        Value::Int(-1),
        Value::Int(-2),
        Value::Int(-3),
        Value::Int(-4),
        Value::Int(255),
        Value::Int(65_535),
        Value::Int(4_294_967_295),
        Value::Big(u64::MAX.into()),
        Value::Big(i128::MIN),
    ];
    assert_eq!(answer(sql), expected);
}

#[test]
fn every_decimal_width() {
    let sql = "SELECT -1.25::DECIMAL(4,2), -1.25::DECIMAL(9,2), -1.25::DECIMAL(18,2), -1.25::DECIMAL(38,2)";
    assert_eq!(answer(sql), vec![Value::Decimal { unscaled: -125, scale: 2 }; 4]);
    let largest = "9".repeat(38);
    let sql = format!("SELECT {largest}::DECIMAL(38,0)");
    assert_eq!(answer(&sql), [Value::Decimal { unscaled: largest.parse().unwrap(), scale: 0 }]);
}

#[test]
fn text_on_both_sides_of_the_inline_length() {
    let sql = "SELECT '', 'abcdefghijkl', 'abcdefghijklm', '台账台账', '台账台账台'";
    let expected = ["", "abcdefghijkl", "abcdefghijklm", "台账台账", "台账台账台"];
    assert_eq!(answer(sql), expected.map(|text| Value::Text(text.into())));
}

#[test]
fn days_instants_flags_floats() {
    let sql = "SELECT DATE '1969-12-31', TIMESTAMP '2025-01-01 08:00:00.5', TRUE, FALSE, 1.5::DOUBLE, 1.5::FLOAT";
    let expected = [
        Value::Date(date(1969, 12, 31)),
        Value::Instant(date(2025, 1, 1).at(8, 0, 0, 500_000_000)),
        Value::Flag(true),
        Value::Flag(false),
        Value::Float(1.5),
        Value::Float(1.5),
    ];
    assert_eq!(answer(sql), expected);
}

#[test]
fn lists_with_holes() {
    let rows = memory().connect().unwrap();
    let rows =
        rows.query("FROM (VALUES (['a', NULL]), ([]), (NULL), (['台账台账台账'])) t(x)").unwrap().rows().unwrap();
    let text = |text: &str| Value::Text(text.into());
    let expected = [
        Value::Many(vec![text("a"), Value::Null]),
        Value::Many(vec![]),
        Value::Null,
        Value::Many(vec![text("台账台账台账")]),
    ];
    assert_eq!(rows.into_iter().flatten().collect::<Vec<_>>(), expected);
    let nested = Value::Many(vec![Value::Many(vec![Value::Int(1)]), Value::Many(vec![])]);
    assert_eq!(answer("SELECT [[1], []]"), [nested]);
}

#[test]
fn missing_cells_stay_in_place_across_mask_words_and_chunks() {
    let connection = memory().connect().unwrap();
    let sql = "SELECT CASE WHEN i % 65 = 0 THEN NULL ELSE i END FROM range(5000) t(i) ORDER BY i";
    let rows = connection.query(sql).unwrap().rows().unwrap();
    assert_eq!(rows.len(), 5_000);
    for (row, i) in rows.iter().zip(0_i64..) {
        assert_eq!(row[0], if i % 65 == 0 { Value::Null } else { Value::Int(i) });
    }
}

#[test]
fn a_bare_null_and_a_type_packs_cannot_use() {
    assert_eq!(answer("SELECT NULL"), [Value::Null]);
    let connection = memory().connect().unwrap();
    let mut rows = connection.query("SELECT INTERVAL 1 DAY").unwrap();
    assert_eq!(rows.columns()[0].r#type, Type::Other("interval"));
    assert_eq!(rows.next_chunk().unwrap_err().kind, ErrorKind::Unsupported);
    let infinite = connection.query("SELECT DATE 'infinity'").unwrap().rows();
    assert_eq!(infinite.unwrap_err().kind, ErrorKind::OutOfRange);
}
