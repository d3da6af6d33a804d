//! After the lock-down a statement reaches the tables and nothing else.
use super::*;

#[test]
fn nothing_outside_can_be_read_written_loaded_or_unlocked() {
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(inside("in.csv"), "a\n1\n").unwrap();
    let engine = memory();
    let connection = engine.connect().unwrap();
    let reads = |function: &str| format!("SELECT * FROM {function}('{}')", inside("in.csv"));
    assert!(connection.query(&reads("read_csv")).is_ok(), "the file can be read before");
    engine.lock_down().unwrap();

    let refused = [
        reads("read_csv"),
        reads("read_text"),
        reads("read_blob"),
        reads("read_parquet"),
        reads("read_json"),
        reads("glob"),
        format!("SELECT * FROM '{}'", inside("in.csv")),
        format!("SELECT * FROM query('{}')", reads("read_csv").replace('\'', "''")),
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')".into(),
        "SELECT getenv('HOME')".into(),
        format!("ATTACH '{}' AS other", inside("other.duckdb")),
        format!("COPY (SELECT 1) TO '{}'", inside("out.csv")),
        format!("CREATE TABLE t (a INTEGER); COPY t FROM '{}'", inside("in.csv")),
        format!("EXPORT DATABASE '{}'", inside("export")),
        format!("IMPORT DATABASE '{}'", folder.path().display()),
        "INSTALL httpfs".into(),
        "LOAD httpfs".into(),
        "SET enable_external_access = true".into(),
        "SET lock_configuration = false".into(),
        "RESET lock_configuration".into(),
        "SET autoload_known_extensions = true".into(),
        "PRAGMA threads = 1".into(),
    ];
    for sql in refused {
        assert!(connection.execute(&sql).is_err(), "{sql}");
        assert!(engine.connect().unwrap().query(&sql).and_then(Rows::rows).is_err(), "{sql}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["in.csv"]);
    assert_eq!(engine.lock_down().unwrap_err().kind, ErrorKind::Refused);
}

#[test]
fn tables_functions_and_spilling_still_work() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("columns.duckdb");
    let options = Options { threads: Some(2), memory_limit: Some(64 << 20), ..Options::default() };
    let engine = Engine::open(Some(&path), &options).unwrap();
    engine.lock_down().unwrap();
    let connection = engine.connect().unwrap();
    connection.execute("CREATE TABLE t AS SELECT i, hash(i)::VARCHAR AS h FROM range(2000000) t(i)").unwrap();
    let sorted = "SELECT count(*) FROM (SELECT row_number() OVER (ORDER BY h, i) AS n FROM t) WHERE n > 0";
    assert_eq!(connection.query(sorted).unwrap().single().unwrap(), Value::Int(2_000_000));
    drop((connection, engine));

    let reopened = Engine::open(Some(&path), &Options::default()).unwrap().connect().unwrap();
    assert_eq!(reopened.query("SELECT count(*) FROM t").unwrap().single().unwrap(), Value::Int(2_000_000));
}

#[test]
fn a_file_that_is_no_database_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("columns.duckdb");
    std::fs::write(&path, "not a database, but long enough to be taken for one".repeat(100)).unwrap();
    let error = Engine::open(Some(&path), &Options::default()).err().unwrap();
    assert_eq!(error.kind, ErrorKind::Storage, "{error}");
}
