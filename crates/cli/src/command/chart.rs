//! `taizhang chart`: an indicator as a drawing, townships beside one another against the county's target.

use super::{period, snapshot};
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use base::Period;
use chart::{Bar, Chart, Comparison, Direction, Refused, Size};
use columns::Snapshot;
use indicator::{Request, Value};
use pack::county::{County, Level};
use pack::model::Indicator;
use report::Unit;
use std::path::PathBuf;

/// Pixels; 640 wide prints well on the width of an A4 text block.
const SIZE: (u32, u32) = (640, 240);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The indicator
    indicator: String,
    #[command(flatten)]
    at: At,
    /// The period (default: the county's)
    #[arg(long)]
    period: Option<String>,
    /// As known at this moment
    #[arg(long)]
    as_of: Option<String>,
    /// The SVG file to write; on stdout when absent
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn run(args: &Args) -> Done {
    let store = args.at.read()?;
    let period = period(&store, args.period.as_deref())?;
    let snapshot = snapshot(&store, args.as_of.as_deref())?;
    let svg = Chart::Comparison(comparison(&snapshot, &args.indicator, period)?).svg(Size::new(SIZE.0, SIZE.1));
    match &args.out {
        Some(out) => {
            std::fs::write(out, svg).map_err(Fault::io(out))?;
            output::message(&out.display().to_string());
        }
        None => output::line(&svg),
    }
    Ok(answer(true))
}

/// The townships' values, the best first; a township without a value says so at the end.
fn comparison(snapshot: &Snapshot, id: &str, period: Period) -> Result<Comparison, Fault> {
    let catalog = snapshot.catalog();
    let county = catalog.county.as_ref().ok_or_else(|| Fault::Use("this directory has no county".into()))?;
    let versions = catalog.indicator(id).and_then(|versions| versions.on(period.last_day()));
    let indicator = versions.ok_or_else(|| Fault::Use(format!("no pack of this county defines the indicator {id}")))?;
    let board = indicator::board(snapshot, &Request::new(vec![id.to_string()], period))?;
    let target = county.target(id, period);
    let is_ceiling = target.is_some_and(|target| target.direction == pack::county::Direction::AtMost);
    let mut values: Vec<&Value> = townships(county).filter_map(|org| board.get(id, org)).collect();
    values.sort_by_key(|value| (value.value.is_none(), value.value.map(|n| if is_ceiling { n } else { -n })));
    drawn(county, indicator, period, &values, &Unit::of(catalog, &indicator.unit.value)).map_err(refused)
}

fn townships(county: &County) -> impl Iterator<Item = &str> {
    county.orgs.iter().filter(|org| org.level == Level::Township).map(|org| org.id.as_str())
}

fn drawn(
    county: &County,
    indicator: &Indicator,
    period: Period,
    values: &[&Value],
    unit: &Unit,
) -> Result<Comparison, Refused> {
    let name = |value: &Value| county.orgs.get(&value.org).map_or_else(|| value.org.clone(), |org| org.name.clone());
    let bars = values.iter().map(|value| Bar::new(name(value), value.value)).collect();
    let title = format!("{}{}", period.shown(base::Language::Zh), indicator.common.title.zh);
    let chart = Comparison::new(title, unit.word.zh.clone(), bars)?;
    let Some(target) = county.target(&indicator.common.id, period) else { return Ok(chart) };
    let direction = match target.direction {
        pack::county::Direction::AtLeast => Direction::AtLeast,
        pack::county::Direction::AtMost => Direction::AtMost,
    };
    chart.with_target("目标", target.value, direction)
}

fn refused(refused: Refused) -> Fault {
    Fault::Use(format!("this indicator cannot be drawn as bars: {refused}"))
}
