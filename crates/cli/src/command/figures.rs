//! `taizhang figures`: the published figure beside the computed one, id by id.

use super::snapshot;
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, library, output};
use comfy_table::{CellAlignment, Table, presets};
use indicator::Comparison;
use serde_json::json;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The county the directory must hold
    county: String,
    #[command(flatten)]
    at: At,
    /// As known at this moment
    #[arg(long)]
    as_of: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let wanted = library::county(&args.county).map(|folder| folder.id).unwrap_or_else(|_| args.county.clone());
    let store = args.at.read()?;
    let county = store.catalog().county.clone();
    let Some(county) = county.filter(|county| county.id == wanted) else {
        return Err(Fault::Use(format!("{} does not hold county \"{wanted}\"", args.at.shown())));
    };
    let snapshot = snapshot(&store, args.as_of.as_deref())?;
    let figures = indicator::compare(&snapshot)?;
    let printed = figures.iter().filter(|c| c.figure.printed);
    let n_equal = printed.clone().filter(|c| c.equal).count();
    let all_equal = figures.iter().filter(|c| c.figure.believe).all(|c| c.equal);
    if args.json {
        output::json(&json!({
            "county": county.id,
            "period": county.period.to_string(),
            "figures": figures.iter().map(document).collect::<Vec<_>>(),
        }));
    } else {
        output::line(&table(&figures).to_string());
        output::line(&format!("{n_equal} of {} published figures are given back, digit for digit", printed.count()));
    }
    Ok(answer(all_equal))
}

fn document(comparison: &Comparison) -> serde_json::Value {
    let figure = &comparison.figure;
    json!({
        "id": figure.id,
        "indicator": figure.indicator,
        "by": figure.by.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>(),
        "published": figure.shown,
        "published_value": figure.value.to_string(),
        "computed": comparison.computed.map(|value| value.to_string()),
        "equal": comparison.equal,
        "printed": figure.printed,
        "note": figure.note,
    })
}

fn table(figures: &[Comparison]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["id", "indicator", "published", "computed", ""]);
    for comparison in figures {
        let figure = &comparison.figure;
        let cell: Vec<String> = figure.by.iter().map(|(_, value)| value.clone()).collect();
        let name = if cell.is_empty() {
            figure.indicator.clone()
        } else {
            format!("{}[{}]", figure.indicator, cell.join(", "))
        };
        table.add_row([
            figure.id.clone(),
            name,
            figure.shown.clone(),
            comparison.computed.map_or_else(|| "—".to_string(), base::exact::with_commas),
            if comparison.equal { "✓" } else { "✗" }.to_string(),
        ]);
    }
    if let Some(column) = table.column_mut(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
