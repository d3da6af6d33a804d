//! Bills handed in as a file.

use crate::fault::Fault;
use serde_json::{Map, Value};
use std::path::Path;

/// Bills from a file: one JSON object or a list, a line each, or a table.
pub fn read(path: &Path) -> Result<Vec<Map<String, Value>>, Fault> {
    let text = std::fs::read_to_string(path).map_err(Fault::io(path))?;
    let wrong = |what: String| Fault::Use(format!("{}: {what}", path.display()));
    let object = |value: Value, n: usize| match value {
        Value::Object(row) => Ok(row),
        _ => Err(wrong(format!("row {} is not an object", n + 1))),
    };
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => match serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))? {
            Value::Array(rows) => rows.into_iter().enumerate().map(|(n, row)| object(row, n)).collect(),
            one => Ok(vec![object(one, 0)?]),
        },
        Some("ndjson" | "jsonl") => text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .enumerate()
            .map(|(n, line)| {
                object(serde_json::from_str(line).map_err(|error| wrong(format!("line {}: {error}", n + 1)))?, n)
            })
            .collect(),
        Some("csv") => {
            let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
            let titles = reader.headers().map_err(|error| wrong(error.to_string()))?.clone();
            let mut rows = Vec::new();
            for record in reader.records() {
                let record = record.map_err(|error| wrong(error.to_string()))?;
                let cells = titles
                    .iter()
                    .zip(&record)
                    .map(|(title, cell)| (title.to_string(), Value::String(cell.to_string())));
                rows.push(cells.collect());
            }
            Ok(rows)
        }
        _ => Err(wrong("is none of .json, .ndjson, .csv".into())),
    }
}
