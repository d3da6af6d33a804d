//! `taizhang indicators`: values over the whole organisation tree, how one comes about, and the records behind it.

use super::{period, snapshot};
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use base::Period;
use columns::Snapshot;
use columns::engine::Value as Cell;
use comfy_table::{CellAlignment, Table, presets};
use indicator::{Board, Request, RowQuery, Side, Value};
use serde_json::json;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: At,
    /// 2025, 2025H1, 2025Q3, 2025-11 or 2025-10-01..2026-01-01
    #[arg(long)]
    period: Option<String>,
    /// One organisation (default: the whole tree with --json, the county otherwise)
    #[arg(long)]
    org: Option<String>,
    /// As known at this moment
    #[arg(long)]
    as_of: Option<String>,
    /// How the value of this indicator comes about: SQL, numerator, denominator, parameters
    #[arg(long, value_name = "ID", conflicts_with = "rows")]
    explain: Option<String>,
    /// Exactly the records this indicator counted
    #[arg(long, value_name = "ID")]
    rows: Option<String>,
    /// Which side: numerator, denominator or missed
    #[arg(long, default_value = "numerator", requires = "rows")]
    part: String,
    /// At most so many rows
    #[arg(long, default_value_t = 1_000, requires = "rows")]
    limit: usize,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let store = args.at.read()?;
    let period = period(&store, args.period.as_deref())?;
    let snapshot = snapshot(&store, args.as_of.as_deref())?;
    let root = root(&snapshot)?;
    let org = args.org.clone().unwrap_or_else(|| root.clone());
    if let Some(id) = &args.explain {
        return explain(args, &snapshot, id, &org, period);
    }
    if let Some(id) = &args.rows {
        return rows(args, &snapshot, id, &org, period);
    }
    let board = indicator::board(&snapshot, &Request { indicators: Vec::new(), period })?;
    if args.json {
        let chosen = |value: &&Value| args.org.as_ref().is_none_or(|org| *org == value.org);
        output::json(&whole(period, snapshot.as_of(), board.iter().filter(chosen)));
    } else {
        output::line(&table(&snapshot, &board, &org).to_string());
    }
    for finding in &board.findings {
        output::message(&format!("warning: {} of {}: {}", finding.indicator, finding.org, finding.message));
    }
    Ok(answer(true))
}

fn root(snapshot: &Snapshot) -> Result<String, Fault> {
    let county = snapshot.catalog().county.as_ref();
    let root = county.and_then(|county| county.orgs.root()).map(|org| org.id.clone());
    root.ok_or_else(|| Fault::Use("this directory has no organisation tree".into()))
}

/// Values as one JSON document, whoever computed them.
pub fn whole<'a>(period: Period, as_of: base::Date, values: impl Iterator<Item = &'a Value>) -> serde_json::Value {
    json!({
        "period": period.to_string(),
        "as_of": as_of.to_string(),
        "values": values.map(document).collect::<Vec<_>>(),
    })
}

fn document(value: &Value) -> serde_json::Value {
    let text = |n: Option<base::Decimal>| n.map(|n| n.to_string());
    let mut document = json!({
        "indicator": value.indicator,
        "org": value.org,
        "period": value.period.to_string(),
        "value": text(value.value),
        "numerator": text(value.numerator),
        "denominator": text(value.denominator),
        "unit": value.unit,
    });
    if !value.cell.is_empty() {
        let cell = value.cell.iter().map(|(column, value)| (column.clone(), json!(value)));
        document["cell"] = serde_json::Value::Object(cell.collect());
    }
    document
}

fn table(snapshot: &Snapshot, board: &Board, org: &str) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["indicator", "", "value", "unit", "of"]);
    for versions in snapshot.catalog().indicators() {
        let indicator = versions.latest();
        let Some(value) = board.get(&indicator.common.id, org) else { continue };
        let of = value
            .numerator
            .zip(value.denominator)
            .map(|(a, b)| format!("{} ÷ {}", base::exact::with_commas(a), base::exact::with_commas(b)));
        table.add_row([
            indicator.common.id.clone(),
            indicator.common.title.zh.clone(),
            value.value.map_or_else(|| "—".to_string(), base::exact::with_commas),
            indicator.unit.value.clone(),
            of.unwrap_or_default(),
        ]);
    }
    if let Some(column) = table.column_mut(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn explain(args: &Args, snapshot: &Snapshot, id: &str, org: &str, period: Period) -> Done {
    let explanation = indicator::explain(snapshot, id, org, period)?;
    let part = |part: &Option<indicator::Part>| {
        part.as_ref().map(|part| {
            json!({
                "name": part.name,
                "title": part.title.zh,
                "where": part.filter,
                "n": part.n.map(|n| n.to_string()),
            })
        })
    };
    let parameters: Vec<serde_json::Value> = explanation
        .parameters
        .iter()
        .map(|p| json!({ "name": p.name, "pack": p.pack, "value": p.value.to_string(), "since": p.since.to_string() }))
        .collect();
    if args.json {
        output::json(&json!({
            "value": document(&explanation.value),
            "title": explanation.indicator.common.title.zh,
            "source": explanation.source,
            "numerator": part(&explanation.numerator),
            "denominator": part(&explanation.denominator),
            "parameters": parameters,
            "sql": explanation.sql,
        }));
        return Ok(answer(true));
    }
    let value = &explanation.value;
    let shown = value.value.map_or_else(|| "—".to_string(), base::exact::with_commas);
    output::line(&format!("{} {}", explanation.indicator.common.title, id));
    output::line(&format!("  {org}, {period}: {shown} {}", value.unit));
    for (word, side) in [("numerator", &explanation.numerator), ("denominator", &explanation.denominator)] {
        if let Some(part) = side {
            let n = part.n.map_or_else(|| "—".to_string(), base::exact::with_commas);
            let filter = part.filter.as_ref().map(|f| format!(" where {f}")).unwrap_or_default();
            output::line(&format!("  {word:11} {n} {} ({}{filter})", part.title, part.name));
        }
    }
    for p in &explanation.parameters {
        output::line(&format!("  :{} = {} since {}", p.name, p.value, p.since));
    }
    output::line(&format!("  source      {}", explanation.source));
    output::line(&explanation.sql);
    Ok(answer(true))
}

fn rows(args: &Args, snapshot: &Snapshot, id: &str, org: &str, period: Period) -> Done {
    let side = Side::from_word(&args.part)
        .ok_or_else(|| Fault::Use(format!("\"{}\" is not numerator, denominator or missed", args.part)))?;
    let query =
        RowQuery { indicator: id.to_string(), org: org.to_string(), period, side, after: None, limit: args.limit };
    let page = indicator::rows(snapshot, &query)?;
    let names: Vec<&str> = page.columns.iter().map(|column| column.name.as_str()).collect();
    if args.json {
        let rows = page.rows.iter().map(|row| {
            let cells = names.iter().zip(row).map(|(name, cell)| ((*name).to_string(), json!(text(cell))));
            serde_json::Value::Object(cells.collect())
        });
        output::json(&json!({ "total": page.total, "rows": rows.collect::<Vec<_>>(), "next": page.next }));
        return Ok(answer(true));
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(names);
    for row in &page.rows {
        table.add_row(row.iter().map(|cell| text(cell).unwrap_or_default()));
    }
    output::line(&table.to_string());
    output::line(&format!("{} of {} rows", page.rows.len(), page.total));
    Ok(answer(true))
}

/// A cell as exact text.
fn text(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Null => None,
        Cell::Text(text) => Some(text.clone()),
        Cell::Date(day) => Some(day.to_string()),
        Cell::Instant(moment) => Some(moment.to_string()),
        Cell::Flag(flag) => Some(flag.to_string()),
        Cell::Many(items) => Some(items.iter().filter_map(text).collect::<Vec<_>>().join(", ")),
        Cell::Float(n) => Some(n.to_string()),
        number => number.as_decimal().map(|n| n.to_string()),
    }
}
