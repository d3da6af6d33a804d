//! Is every form of the language said in Spark SQL as the table says, and is the rest refused by name?
#![allow(clippy::unwrap_used, clippy::expect_used)]

use pack::Folder;
use pack::model::{Column, ColumnType};
use pack::sql::spark::{Stored, print};
use std::collections::BTreeMap;
use std::path::Path;

/// One relation `t` with a column of each kind, and `u` with the same.
fn stored() -> BTreeMap<String, Stored> {
    let columns = [
        ("id", ColumnType::Text),
        ("org", ColumnType::Text),
        ("on_date", ColumnType::Date),
        ("due_on", ColumnType::Date),
        ("at", ColumnType::Instant),
        ("until_at", ColumnType::Instant),
        ("n", ColumnType::Integer),
        ("m", ColumnType::Integer),
        ("amount", ColumnType::Decimal(2)),
        ("flag", ColumnType::Flag),
        ("codes", ColumnType::TextList),
    ];
    let columns: Vec<Column> =
        columns.into_iter().map(|(name, ty)| Column { name: name.into(), ty, nullable: true }).collect();
    ["t", "u"]
        .map(|name| (name.to_string(), Stored { columns: columns.clone(), sql: format!("SELECT {name}_") }))
        .into()
}

fn catalog() -> pack::Catalog {
    let text = "pack: core\nlanguage: 1\ntitle: 核心\nversion: 1\nsource: 例\nlists:\n  holiday:\n    title: 节假日\n    source: 例\n    key: {day: date}\n    columns: {working: flag}\n    rows:\n      - {day: 2025-01-01, working: false}\n      - {day: 2025-01-26, working: true}\n";
    let folder = Folder { id: "core".into(), files: vec![("core/pack.yaml".into(), text.into())] };
    pack::load(&[folder], None).0
}

/// Without the relations put before it, and on one line.
fn body(sql: &str) -> String {
    let flat = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = flat.as_str();
    if let Some(more) = rest.strip_prefix("WITH ") {
        rest = more;
        for name in ["t", "u"] {
            let definition = format!("`{name}` AS (SELECT {name}_)");
            rest = rest.strip_prefix(definition.as_str()).unwrap_or(rest);
            rest = rest.trim_start_matches(',').trim_start();
        }
        if !rest.starts_with("SELECT") && !rest.starts_with('(') {
            return format!("WITH {rest}");
        }
    }
    rest.to_string()
}

#[test]
fn every_form_is_said_as_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spark/forms.txt");
    let text = std::fs::read_to_string(&path).unwrap();
    let (catalog, stored) = (catalog(), stored());
    let (mut wrong, mut now) = (Vec::new(), String::new());
    for block in text.split("\n\n") {
        let lines: Vec<&str> = block.lines().filter(|line| !line.starts_with('#')).collect();
        let [duckdb, spark] = lines.as_slice() else { continue };
        let whole = if duckdb.starts_with("SELECT") || duckdb.starts_with("WITH") {
            (*duckdb).to_string()
        } else {
            format!("SELECT {duckdb} FROM t")
        };
        let said = match print(&catalog, &whole, &stored) {
            Ok(sql) => body(&sql),
            Err(refusal) => format!("✗ {}", refusal.what),
        };
        let said = match said.strip_prefix("SELECT ").and_then(|said| said.strip_suffix(" FROM `t`")) {
            Some(expression) if !duckdb.starts_with("SELECT") => expression.to_string(),
            _ => said,
        };
        let heading = block.lines().filter(|line| line.starts_with('#')).map(|line| format!("{line}\n"));
        now.push_str(&format!("{}{duckdb}\n{said}\n\n", heading.collect::<String>()));
        if said != *spark {
            wrong.push(format!("{duckdb}\n  is said   {said}\n  should be {spark}"));
        }
    }
    if std::env::var_os("TAIZHANG_WRITE_FORMS").is_some() {
        std::fs::write(&path, now.trim_end().to_string() + "\n").unwrap();
        return;
    }
    assert!(now.matches('\n').count() > 150, "the table lost its forms");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
