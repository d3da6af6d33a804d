//! `taizhang chart`: an indicator as a drawing, townships beside one another against the county's target.

use super::Asked;
use crate::fault::Fault;
use crate::{Done, answer, output};
use base::{Language, Period};
use chart::{Bar, Comparison, Direction, Refused, Size};
use columns::Snapshot;
use indicator::{Board, IndicatorError, Request, rank, target_of};
use pack::county::{self, Level};
use pack::model::{Indicator, Measure};
use report::FigureValue;
use std::path::PathBuf;

/// 640 pixels wide prints well on the width of an A4 text block.
const SIZE: Size = Size::new(640, 240);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The indicator
    indicator: String,
    #[command(flatten)]
    asked: Asked,
    /// The SVG file to write; on stdout when absent
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn run(args: &Args) -> Done {
    let (store, period) = args.asked.open()?;
    let snapshot = args.asked.snapshot(&store)?;
    let svg = comparison(&snapshot, &args.indicator, period)?.svg(SIZE);
    match &args.out {
        Some(out) => {
            std::fs::write(out, svg).map_err(Fault::io(out))?;
            output::message(&out.display().to_string());
        }
        None => output::line(&svg),
    }
    Ok(answer(true))
}

/// The townships' values, the best first; those without a value say so at the end.
fn comparison(snapshot: &Snapshot, id: &str, period: Period) -> Result<Comparison, Fault> {
    let catalog = snapshot.catalog();
    let county = catalog.county.as_ref().ok_or_else(|| Fault::Use("this directory has no county".into()))?;
    let board = indicator::board(snapshot, &Request::new(vec![id.to_string()], period))?;
    let day = period.last_day();
    let versions = catalog.indicator(id).and_then(|versions| versions.on(day));
    let indicator = versions.ok_or_else(|| IndicatorError::NotInForce { id: id.to_string(), day })?;
    let target = county.target(id, period);
    let townships = county.orgs.iter().filter(|org| org.level == Level::Township);
    let townships: Vec<&str> = townships.map(|org| org.id.as_str()).collect();
    let direction = target.map_or(county::Direction::AtLeast, |target| target.direction);
    let figures: Vec<FigureValue> = in_order(&board, id, &townships, direction)
        .filter_map(|org| Some(FigureValue::new(catalog, board.get(id, org)?, snapshot.as_of())))
        .collect();
    drawn(indicator, target, &figures, period).map_err(refused)
}

fn in_order<'o>(
    board: &Board,
    id: &str,
    orgs: &[&'o str],
    direction: county::Direction,
) -> impl Iterator<Item = &'o str> {
    let ranked: Vec<&str> = rank(board, id, orgs, direction).into_iter().map(|(_, org, _)| org).collect();
    let rest: Vec<&str> = orgs.iter().copied().filter(|org| !ranked.contains(org)).collect();
    ranked.into_iter().chain(rest)
}

/// Each bar is judged by its exact value against the target of its own township. The county's target is drawn across
/// them where it holds for each; that of a count is the townships' together.
fn drawn(
    indicator: &Indicator,
    target: Option<&county::Target>,
    figures: &[FigureValue],
    period: Period,
) -> Result<Comparison, Refused> {
    let bars = figures.iter().map(|figure| {
        let bar = Bar::new(figure.org_name.zh.clone(), figure.value);
        let met = target.and_then(|target| {
            let own = target_of(indicator, target, &figure.org, false)?;
            report::Target { value: own, ..report::Target::from(target) }.met_by(figure)
        });
        match met {
            Some(met) => bar.judged(met),
            None => bar,
        }
    });
    let title = format!("{}{}", period.shown(Language::Zh), indicator.common.title.zh);
    let unit = figures.first().map_or_else(String::new, |figure| figure.unit.word.zh.clone());
    let chart = Comparison::new(title, unit, bars.collect())?;
    match target.filter(|_| matches!(indicator.measure, Measure::Ratio(..))) {
        None => Ok(chart),
        Some(target) => chart.with_target("目标", target.value, direction(target.direction)),
    }
}

fn direction(direction: county::Direction) -> Direction {
    match direction {
        county::Direction::AtLeast => Direction::AtLeast,
        county::Direction::AtMost => Direction::AtMost,
    }
}

fn refused(refused: Refused) -> Fault {
    Fault::Use(format!("this indicator cannot be drawn as bars: {refused}"))
}
