//! Bulk writing: what goes in comes out, what does not fit is refused, and it is fast.
use std::time::Instant;

use jiff::civil::date;

use super::*;

const TABLE: &str =
    "CREATE TABLE t (n INTEGER, big HUGEINT, money DECIMAL(18,2), rate DECIMAL(9,6), small DECIMAL(4,1),
    wide DECIMAL(38,2), name VARCHAR, day DATE, \"at\" TIMESTAMP, ok BOOLEAN, codes VARCHAR[], x DOUBLE)";

fn row(i: i64) -> Vec<Value> {
    let text = |text: &str| Value::Text(text.into());
    vec![
        Value::Int(i),
        Value::Big(i128::MAX - i128::from(i)),
        Value::Decimal { unscaled: -i128::from(i), scale: 2 },
        Value::Decimal { unscaled: 123_456, scale: 6 },
        Value::Decimal { unscaled: 9_999, scale: 1 },
        Value::Decimal { unscaled: 10_i128.pow(37), scale: 2 },
        if i % 3 == 0 { Value::Null } else { text(&format!("第{i}户，名称较长")) },
        Value::Date(date(2025, 1, 31)),
        Value::Instant(date(2025, 1, 31).at(23, 59, 0, 0)),
        Value::Flag(i % 2 == 0),
        if i % 5 == 0 { Value::Null } else { Value::Many(vec![text("a"); (i % 4) as usize]) },
        Value::Float(0.5),
    ]
}

#[test]
fn every_type_survives_several_chunks() {
    let connection = memory().connect().unwrap();
    connection.execute(TABLE).unwrap();
    let mut appender = connection.appender("main", "t").unwrap();
    for i in 0..5_000 {
        appender.append_row(&row(i)).unwrap();
    }
    appender.close().unwrap();
    let rows = connection.query("SELECT * FROM t ORDER BY n").unwrap().rows().unwrap();
    assert_eq!(rows.len(), 5_000);
    for (found, i) in rows.iter().zip(0..) {
        assert_eq!(found, &row(i));
    }
}

#[test]
fn what_does_not_fit_is_refused_and_the_rest_kept() {
    let connection = memory().connect().unwrap();
    connection.execute("CREATE TABLE t (n INTEGER, money DECIMAL(4,2), name VARCHAR)").unwrap();
    let mut appender = connection.appender("main", "t").unwrap();
    let name = || Value::Text("a".into());
    let bad = [
        vec![Value::Int(1), Value::Decimal { unscaled: 12_345, scale: 3 }, name()],
        vec![Value::Int(1), Value::Int(100), name()],
        vec![Value::Null, Value::Float(1.5), name()],
        vec![Value::Null, Value::Null, Value::Int(1)],
        vec![Value::Int(1)],
    ];
    for row in bad {
        let error = appender.append_row(&row).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Conversion, "{row:?}");
    }
    // The failed rows wrote NULL into the cells this row uses.
    appender.append_row(&[Value::Int(7), Value::Decimal { unscaled: 15, scale: 1 }, name()]).unwrap();
    appender.close().unwrap();
    let rows = connection.query("SELECT * FROM t").unwrap().rows().unwrap();
    assert_eq!(rows, [[Value::Int(7), Value::Decimal { unscaled: 150, scale: 2 }, name()]]);
}

#[test]
fn the_table_refuses_at_close() {
    let connection = memory().connect().unwrap();
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)").unwrap();
    let mut appender = connection.appender("main", "t").unwrap();
    appender.append_row(&[Value::Int(1)]).unwrap();
    appender.append_row(&[Value::Int(1)]).unwrap();
    assert_eq!(appender.close().unwrap_err().kind, ErrorKind::Constraint);

    let mut appender = connection.appender("main", "t").unwrap();
    appender.append_row(&[Value::Int(i64::MAX)]).unwrap();
    let error = appender.close().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conversion, "{error:?}");
    assert_eq!(connection.query("SELECT count(*) FROM t").unwrap().single().unwrap(), Value::Int(0));
}

#[test]
fn an_abandoned_appender_writes_nothing_and_an_unknown_table_is_named() {
    let connection = memory().connect().unwrap();
    connection.execute("CREATE TABLE t (id INTEGER)").unwrap();
    let mut appender = connection.appender("main", "t").unwrap();
    for i in 0..3_000 {
        appender.append_row(&[Value::Int(i)]).unwrap();
    }
    drop(appender);
    assert_eq!(connection.query("SELECT count(*) FROM t").unwrap().single().unwrap(), Value::Int(0));
    let error = connection.appender("main", "nowhere").err().unwrap();
    assert!(error.message.contains("nowhere"), "{error}");
}

#[test]
fn appending_follows_the_transaction() {
    let connection = memory().connect().unwrap();
    connection.execute("CREATE TABLE t (id INTEGER); BEGIN").unwrap();
    let mut appender = connection.appender("main", "t").unwrap();
    appender.append_row(&[Value::Int(1)]).unwrap();
    appender.close().unwrap();
    connection.execute("ROLLBACK").unwrap();
    assert_eq!(connection.query("SELECT count(*) FROM t").unwrap().single().unwrap(), Value::Int(0));
}

#[test]
fn a_million_values_take_less_than_a_second() {
    let connection = memory().connect().unwrap();
    connection.execute(TABLE).unwrap();
    let rows: Vec<_> = (0..2_048).map(row).collect();
    let start = Instant::now();
    let mut appender = connection.appender("main", "t").unwrap();
    for _ in 0..41 {
        for row in &rows {
            appender.append_row(row).unwrap();
        }
    }
    appender.close().unwrap();
    let values = 41 * 2_048 * 12;
    assert!(start.elapsed().as_millis() * 1_000 < values, "{values} values took {:?}", start.elapsed());
}
