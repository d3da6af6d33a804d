//! `taizhang targets`: how far every promise is, where it will end at the present pace, and who is ahead.

use super::{period, snapshot};
use crate::at::At;
use crate::{Done, answer, output};
use comfy_table::{CellAlignment, Table, presets};
use indicator::{Progress, Request, progress, rank};
use pack::county::{County, Direction, Level};
use serde_json::json;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: At,
    /// The year, or a part that begins with it: 2025, 2025-01-01..2025-12-01
    #[arg(long)]
    period: Option<String>,
    /// As known at this moment
    #[arg(long)]
    as_of: Option<String>,
    /// The townships in the order of this indicator
    #[arg(long, value_name = "ID")]
    rank: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let store = args.at.read()?;
    let period = period(&store, args.period.as_deref())?.year_to_date();
    let snapshot = snapshot(&store, args.as_of.as_deref())?;
    let catalog = snapshot.catalog();
    let Some(county) = &catalog.county else { return Ok(answer(false)) };
    let indicators: Vec<String> = match &args.rank {
        Some(id) => vec![id.clone()],
        None => county.targets.keys().filter(|id| catalog.indicator(id).is_some()).cloned().collect(),
    };
    if indicators.is_empty() {
        output::message("this county has set no targets; they stand under targets: in county.yaml");
        return Ok(answer(true));
    }
    let board = indicator::board(&snapshot, &Request::new(indicators, period))?;
    let of = |level| county.orgs.iter().filter(move |org| org.level == level).map(|org| org.id.as_str());
    if let Some(id) = &args.rank {
        let direction = county.target(id, period).map_or(Direction::AtLeast, |target| target.direction);
        let townships: Vec<&str> = of(Level::Township).collect();
        return ranking(args, county, &rank(&board, id, &townships, direction));
    }
    let orgs: Vec<&str> = of(Level::County).chain(of(Level::Township)).collect();
    show(args, county, &progress(&snapshot, &board, &orgs))
}

fn org_name(county: &County, id: &str) -> String {
    county.orgs.get(id).map_or_else(|| id.to_string(), |org| org.name.clone())
}

fn ranking(args: &Args, county: &County, places: &[(usize, &str, base::Decimal)]) -> Done {
    if args.json {
        let rows =
            places.iter().map(|(place, org, value)| json!({"place": place, "org": org, "value": value.to_string()}));
        output::json(&json!(rows.collect::<Vec<_>>()));
        return Ok(answer(true));
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["place", "org", "value"]);
    for (place, org, value) in places {
        table.add_row([place.to_string(), org_name(county, org), base::exact::with_commas(*value)]);
    }
    output::line(&table.to_string());
    Ok(answer(true))
}

fn show(args: &Args, county: &County, found: &[Progress]) -> Done {
    let text = |n: Option<base::Decimal>| n.map(|n| n.to_string());
    if args.json {
        let rows = found.iter().map(|p| {
            json!({
                "indicator": p.indicator,
                "org": p.org,
                "target": p.target.to_string(),
                "direction": match p.direction { Direction::AtLeast => "at_least", Direction::AtMost => "at_most" },
                "value": text(p.value),
                "percent": text(p.percent),
                "forecast": text(p.forecast),
                "light": p.light.map(indicator::Light::word),
            })
        });
        output::json(&json!(rows.collect::<Vec<_>>()));
        return Ok(answer(true));
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header([
        "indicator",
        "org",
        "target",
        "value",
        "%",
        "year's end",
        "light",
    ]);
    for p in found {
        let sign = match p.direction {
            Direction::AtLeast => "≥",
            Direction::AtMost => "≤",
        };
        let shown = |n: Option<base::Decimal>| n.map_or_else(|| "—".to_string(), base::exact::with_commas);
        table.add_row([
            p.indicator.clone(),
            org_name(county, &p.org),
            format!("{sign} {}", p.target),
            shown(p.value),
            shown(p.percent),
            shown(p.forecast),
            p.light.map_or("—", indicator::Light::word).to_string(),
        ]);
    }
    for column in 2..6 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    output::line(&table.to_string());
    Ok(answer(true))
}
