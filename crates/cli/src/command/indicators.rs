//! `taizhang indicators`: values over the whole organisation tree, how one comes about, and the records behind it.

mod changed;
mod proposed;

use super::{moment, period, snapshot};
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use base::Period;
use base::period::Length;
use columns::Snapshot;
use columns::engine::Value as Cell;
use comfy_table::{CellAlignment, Table, presets};
use indicator::{Board, Dimension, Request, RowPage, RowQuery, Side, Standing, Tree, Value};
use pack::Catalog;
use serde_json::json;
use std::path::PathBuf;

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
    /// Whose rows changed since this moment: added, removed, changed (with --rows)
    #[arg(long, value_name = "MOMENT", requires = "rows")]
    since: Option<String>,
    /// Which side: numerator, denominator, missed or excluded
    #[arg(long, default_value = "numerator", requires = "rows")]
    part: String,
    /// At most so many rows
    #[arg(long, default_value_t = 1_000, requires = "rows")]
    limit: usize,
    /// Only this indicator; may be given several times
    #[arg(long = "indicator", value_name = "ID")]
    indicators: Vec<String>,
    /// Broken down by sex, age, age:0,18,60, category, day, week, month, quarter; may be given several times
    #[arg(long, value_name = "DIMENSION")]
    by: Vec<String>,
    /// One value for each day, week, month, quarter, half or year of the period
    #[arg(long, value_name = "LENGTH", conflicts_with_all = ["explain", "rows"])]
    every: Option<String>,
    /// From the beginning of the year to the end of the period
    #[arg(long)]
    year_to_date: bool,
    /// Organisations as-was (each row where it belonged on its day) or as-is (where it belongs today)
    #[arg(long, default_value = "as-was")]
    standing: String,
    /// A further tree of the county: the column parent.NAME of orgs.csv
    #[arg(long, value_name = "NAME")]
    tree: Option<String>,
    /// Under the packs of this folder, beside those in force
    #[arg(long, value_name = "PACKS", conflicts_with_all = ["explain", "rows"])]
    proposed: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let store = args.at.read()?;
    let period = period(&store, args.period.as_deref())?;
    let period = if args.year_to_date { period.year_to_date() } else { period };
    let snapshot = snapshot(&store, args.as_of.as_deref())?;
    let org = args.org.clone().map_or_else(|| root(&snapshot), Ok)?;
    if let Some(id) = &args.explain {
        return explain(args, &snapshot, id, &org, period);
    }
    if let Some(id) = &args.rows {
        let query = row_query(args, id, &org, period)?;
        return match &args.since {
            Some(since) => changed::run(args.json, &store.snapshot_as_of(moment(since)?)?, &snapshot, &query),
            None => rows(args, &snapshot, &query),
        };
    }
    if let Some(packs) = &args.proposed {
        let proposed = self::snapshot(&store, args.as_of.as_deref())?.under(proposed::catalog(&snapshot, packs)?)?;
        let (now, then) = (boards(args, &snapshot, period)?, boards(args, &proposed, period)?);
        return proposed::show(args.json, &snapshot, &org, &now, &then);
    }
    let boards = boards(args, &snapshot, period)?;
    if args.json {
        let chosen = |value: &&Value| args.org.as_ref().is_none_or(|org| *org == value.org);
        let values = boards.iter().flat_map(Board::iter).filter(chosen);
        output::json(&whole(snapshot.catalog(), period, snapshot.as_of(), values));
    } else {
        output::line(&table(&snapshot, &boards, &org).to_string());
    }
    for board in &boards {
        for finding in &board.findings {
            output::message(&format!("warning: {} of {}: {}", finding.indicator, finding.org, finding.message));
        }
        if !board.unbroken.is_empty() && !args.indicators.is_empty() {
            let ids: Vec<&str> = board.unbroken.iter().map(String::as_str).collect();
            output::message(&format!("cannot be broken down like this: {}", ids.join(", ")));
        }
    }
    Ok(answer(true))
}

/// One board for the period, or one for each part of it.
fn boards(args: &Args, snapshot: &Snapshot, period: Period) -> Result<Vec<Board>, Fault> {
    let by = args.by.iter().map(|word| {
        Dimension::from_word(word).ok_or_else(|| {
            Fault::Use(format!("\"{word}\" is not sex, age, age:0,18,60, category, day, week, month or quarter"))
        })
    });
    let by: Vec<Dimension> = by.collect::<Result<_, _>>()?;
    let periods = match &args.every {
        None => vec![period],
        Some(word) => {
            let length = Length::from_word(word)
                .ok_or_else(|| Fault::Use(format!("\"{word}\" is not day, week, month, quarter, half or year")))?;
            period.split(length)
        }
    };
    let tree = tree(args)?;
    let board = |period| {
        let request = Request::new(args.indicators.clone(), period).by(by.clone()).along(tree.clone());
        Ok(indicator::board(snapshot, &request)?)
    };
    periods.into_iter().map(board).collect()
}

fn tree(args: &Args) -> Result<Tree, Fault> {
    let standing = Standing::from_word(&args.standing)
        .ok_or_else(|| Fault::Use(format!("\"{}\" is not as-was or as-is", args.standing)))?;
    Ok(Tree { name: args.tree.clone(), standing })
}

fn root(snapshot: &Snapshot) -> Result<String, Fault> {
    let county = snapshot.catalog().county.as_ref();
    let root = county.and_then(|county| county.orgs.root()).map(|org| org.id.clone());
    root.ok_or_else(|| Fault::Use("this directory has no organisation tree".into()))
}

/// Values as one JSON document, whoever computed them.
pub fn whole<'a>(
    catalog: &Catalog,
    period: Period,
    as_of: base::Date,
    values: impl Iterator<Item = &'a Value>,
) -> serde_json::Value {
    json!({
        "period": period.to_string(),
        "as_of": as_of.to_string(),
        "values": values.map(|value| document(catalog, value)).collect::<Vec<_>>(),
    })
}

fn document(catalog: &Catalog, value: &Value) -> serde_json::Value {
    let text = |n: Option<base::Decimal>| n.map(|n| n.to_string());
    let day = value.period.last_day();
    let indicator = catalog.indicator(&value.indicator).and_then(|versions| versions.on(day));
    let adds = indicator.map(|indicator| indicator::adds(catalog, indicator, day));
    let mut document = json!({
        "indicator": value.indicator,
        "org": value.org,
        "period": value.period.to_string(),
        "value": text(value.value),
        "numerator": text(value.numerator),
        "denominator": text(value.denominator),
        "unit": value.unit,
        "adds_over_orgs": adds.is_some_and(|adds| adds.over_orgs),
        "adds_over_time": adds.is_some_and(|adds| adds.over_time),
    });
    if !value.n_excluded.is_zero() {
        document["excluded"] = json!(value.n_excluded.to_string());
    }
    if !value.cell.is_empty() {
        let cell = value.cell.iter().map(|(column, value)| (column.clone(), json!(value)));
        document["cell"] = serde_json::Value::Object(cell.collect());
    }
    document
}

/// One line for each value; the period of each when several were asked for.
fn table(snapshot: &Snapshot, boards: &[Board], org: &str) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["indicator", "", "value", "unit", "of"]);
    let catalog = snapshot.catalog();
    for versions in catalog.indicators() {
        let common = &versions.latest().common;
        for board in boards {
            let Some(value) = board.get(&common.id, org) else { continue };
            let title = match boards {
                [_] => common.title.zh.clone(),
                _ => format!("{} {}", common.title.zh, board.period),
            };
            table.add_row(line(value, common.id.clone(), title));
            for value in board.cells(&common.id, org) {
                table.add_row(line(value, String::new(), format!("  {}", cell_shown(catalog, value))));
            }
        }
    }
    if let Some(column) = table.column_mut(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A cell in words: a code by the label of the list that is named like its column.
fn cell_shown(catalog: &Catalog, value: &Value) -> String {
    let word = |(column, code): &(String, String)| {
        let label = catalog.list(column).and_then(|list| list.label(code));
        label.map_or_else(|| format!("{column} {code}"), |label| label.zh.clone())
    };
    value.cell.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn line(value: &Value, id: String, title: String) -> [String; 5] {
    let of = value
        .numerator
        .zip(value.denominator)
        .map(|(a, b)| format!("{} ÷ {}", base::exact::with_commas(a), base::exact::with_commas(b)));
    let shown = value.value.map_or_else(|| "—".to_string(), base::exact::with_commas);
    [id, title, shown, value.unit.clone(), of.unwrap_or_default()]
}

fn explain(args: &Args, snapshot: &Snapshot, id: &str, org: &str, period: Period) -> Done {
    let explanation = indicator::explain(snapshot, id, org, period, &tree(args)?)?;
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
            "value": document(snapshot.catalog(), &explanation.value),
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

fn row_query(args: &Args, id: &str, org: &str, period: Period) -> Result<RowQuery, Fault> {
    let side = Side::from_word(&args.part)
        .ok_or_else(|| Fault::Use(format!("\"{}\" is not numerator, denominator, missed or excluded", args.part)))?;
    let (indicator, org) = (id.to_string(), org.to_string());
    Ok(RowQuery { indicator, org, period, tree: tree(args)?, side, after: None, limit: args.limit })
}

fn rows(args: &Args, snapshot: &Snapshot, query: &RowQuery) -> Done {
    let page = indicator::rows(snapshot, query)?;
    if args.json {
        output::json(&json!({ "total": page.total, "rows": page_rows(&page), "next": page.next }));
        return Ok(answer(true));
    }
    output::line(&page_table(&page).to_string());
    output::line(&format!("{} of {} rows", page.rows.len(), page.total));
    Ok(answer(true))
}

fn page_rows(page: &RowPage) -> Vec<serde_json::Value> {
    let rows = page.rows.iter().map(|row| {
        let cells = page.columns.iter().zip(row).map(|(column, cell)| (column.name.clone(), json!(text(cell))));
        serde_json::Value::Object(cells.collect())
    });
    rows.collect()
}

fn page_table(page: &RowPage) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(page.columns.iter().map(|column| &column.name));
    for row in &page.rows {
        table.add_row(row.iter().map(|cell| text(cell).unwrap_or_default()));
    }
    table
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
