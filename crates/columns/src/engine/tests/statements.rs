//! Running, planning, streaming, stopping, and what is said about mistakes.
use std::time::Duration;

use super::*;

#[test]
fn execute_counts_changed_rows_and_query_refuses_to_change() {
    let connection = memory().connect().unwrap();
    assert_eq!(connection.execute("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1), (2)").unwrap(), 2);
    for sql in ["INSERT INTO t VALUES (3) RETURNING a", "DROP TABLE t", "BEGIN", "SET VARIABLE x = 1"] {
        assert_eq!(connection.query(sql).err().unwrap().kind, ErrorKind::Refused, "{sql}");
    }
    assert!(connection.query("SELECT 1; DROP TABLE t").is_err());
    assert_eq!(connection.query("SELECT count(*) FROM t").unwrap().single().unwrap(), Value::Int(2));
}

#[test]
fn a_plan_names_columns_and_types_and_runs_nothing() {
    let connection = memory().connect().unwrap();
    let plan =
        connection.plan("SELECT 1 AS n, 1.50 AS money, ['a'] AS codes, sum(i) AS total FROM range(3) t(i)").unwrap();
    let shown: Vec<_> = plan.columns.iter().map(|column| format!("{} {}", column.name, column.r#type)).collect();
    assert_eq!(shown, ["n integer", "money decimal(3, 2)", "codes many text", "total big integer"]);
    assert!(plan.reads_only);
    assert!(!connection.plan("CREATE TABLE t (a INTEGER)").unwrap().reads_only);
    assert!(connection.query("SELECT * FROM t").is_err());
}

#[test]
fn mistakes_have_kind_message_hint_and_place() {
    let connection = memory().connect().unwrap();
    let error = |sql: &str| connection.plan(sql).unwrap_err();

    let wrong = error("SELECT '中文',\n  foo FROM (VALUES (1)) t(bar)");
    assert_eq!(wrong.kind, ErrorKind::Unknown);
    assert_eq!(wrong.message, "Referenced column \"foo\" not found in FROM clause!");
    assert!(wrong.hint.unwrap().contains("bar"));
    assert_eq!(wrong.position.map(|at| (at.line, at.column)), Some((2, 3)));

    assert_eq!(error("selekt 1").kind, ErrorKind::Syntax);
    assert_eq!(error("SELECT * FROM nowhere").kind, ErrorKind::Unknown);
    assert_eq!(error("SELECT 1 + DATE '2025-01-01' + 'a'::BLOB").kind, ErrorKind::Binding);
    let failing = connection.query("SELECT 'a'::INTEGER").and_then(Rows::rows);
    assert_eq!(failing.unwrap_err().kind, ErrorKind::Conversion);
    assert_eq!(error("SELECT 1\0").kind, ErrorKind::Syntax);
}

#[test]
fn messages_name_functions_as_packs_do() {
    let error = memory().connect().unwrap().plan("SELECT tz_age('2000-01-01', 3)").unwrap_err();
    assert!(error.message.starts_with("Macro age()"), "{error}");
}

#[test]
fn a_stream_gives_the_same_rows_and_reports_late_mistakes() {
    let connection = memory().connect().unwrap();
    let sql = "SELECT i, 'c' AS constant FROM range(10000) t(i)";
    let mut streamed = connection.stream(sql).unwrap();
    let mut count = 0;
    while let Some(chunk) = streamed.next_chunk().unwrap() {
        assert!(!chunk.is_empty() && chunk.len() <= 2_048);
        assert!(chunk.column(1).iter().all(|value| value.as_text() == Some("c")));
        assert!(chunk.column(2).is_empty());
        count += chunk.len();
    }
    assert_eq!(count, 10_000);

    let late = "SELECT CASE WHEN i = 900000 THEN error('late') ELSE i END FROM range(1000000) t(i)";
    let error = connection.stream(late).and_then(Rows::rows).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Refused, "late"));
}

#[test]
fn a_result_outlives_its_connection_and_engine() {
    for streaming in [false, true] {
        let sql = "SELECT 'a text longer than twelve bytes' FROM range(3000)";
        let connection = memory().connect().unwrap();
        let rows = if streaming { connection.stream(sql) } else { connection.query(sql) }.unwrap();
        drop(connection);
        assert_eq!(rows.rows().unwrap().len(), 3_000);
    }
}

#[test]
fn a_statement_can_be_stopped_from_another_thread() {
    let connection = memory().connect().unwrap();
    let handle = connection.interrupt_handle();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        handle.interrupt();
    });
    let endless = "SELECT count(*) FROM range(10000000) a(i), range(10000000) b(j) WHERE (i * j) % 7 = 3";
    let error = connection.query(endless).and_then(Rows::rows).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Interrupted);
    stopper.join().unwrap();
    assert_eq!(connection.query("SELECT 1").unwrap().single().unwrap(), Value::Int(1));
}

#[test]
fn readers_see_the_last_commit_while_a_writer_writes() {
    let engine = memory();
    let (writer, reader) = (engine.connect().unwrap(), engine.connect().unwrap());
    let count = |connection: &Connection| connection.query("SELECT count(*) FROM t").unwrap().single().unwrap();
    writer.execute("CREATE TABLE t (a INTEGER); BEGIN; INSERT INTO t VALUES (1)").unwrap();
    assert_eq!((count(&writer), count(&reader)), (Value::Int(1), Value::Int(0)));
    writer.execute("COMMIT").unwrap();
    let reader = std::thread::spawn(move || count(&reader)).join().unwrap();
    assert_eq!(reader, Value::Int(1));
}

#[test]
fn no_rows_is_a_missing_single() {
    let connection = memory().connect().unwrap();
    assert_eq!(connection.query("SELECT 1 WHERE FALSE").unwrap().single().unwrap(), Value::Null);
}
