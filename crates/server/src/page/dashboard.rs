//! What does the first screen show: the county's chosen figures, what needs attention, and the townships side by side?

use crate::ask::Ask;
use crate::desk::{Desk, Scope};
use crate::figure::step_shown;
use crate::problem::Problem;
use crate::wire::{self, Status, Text};
use base::{Decimal, Language, Period};
use indicator::{Board, Value};
use pack::county::{Direction, Level};
use pack::model::Measure;
use report::words::{self, Style};
use std::cmp::Reverse;

/// Lines of attention at most.
const MOST_ATTENTION: usize = 6;
/// Cards at most.
const MOST_CARDS: usize = 8;

/// `/api/dashboard`
pub fn dashboard(desk: &Desk, ask: &Ask) -> Result<wire::Dashboard, Problem> {
    let scope = desk.scope(ask)?;
    let board = desk.board(scope.period, &scope.tree)?;
    let last = desk.board(scope.period.last_year(), &scope.tree)?;
    let compared = compared(desk, ask, scope.period)?;
    Ok(wire::Dashboard {
        cards: cards(desk, &scope, &board, &last)?,
        attention: attention(desk, &scope, &board, compared.as_deref())?,
        comparison: match compared {
            Some(id) => comparison(desk, &scope, &board, &last, &id)?,
            None => None,
        },
    })
}

/// The indicator by which organisations are compared: the one asked for, else the county's.
fn compared(desk: &Desk, ask: &Ask, period: Period) -> Result<Option<String>, Problem> {
    if let Some(id) = ask.get("compare") {
        return Ok(Some(desk.indicator(id, period)?.common.id.clone()));
    }
    let usual = desk.county()?.compare.as_ref().map(|id| id.value.clone());
    Ok(usual.filter(|id| desk.indicator(id, period).is_ok()))
}

fn cards(desk: &Desk, scope: &Scope, board: &Board, last: &Board) -> Result<Vec<wire::Card>, Problem> {
    let chosen = desk.county()?.dashboard.iter().take(MOST_CARDS).map(|id| id.value.as_str());
    let chosen: Vec<&str> = chosen.filter(|id| board.get(id, &scope.org).is_some()).collect();
    let trends = trends(desk, scope, &chosen)?;
    chosen
        .iter()
        .zip(trends)
        .map(|(id, trend)| Ok(wire::Card { figure: desk.figure(id, &scope.org, board, Some(last))?, trend }))
        .collect()
}

/// The months of each indicator. Those with the same steps are worked out together.
fn trends(desk: &Desk, scope: &Scope, ids: &[&str]) -> Result<Vec<Vec<wire::TrendPoint>>, Problem> {
    let mut trends: Vec<Vec<wire::TrendPoint>> = ids.iter().map(|_| Vec::new()).collect();
    for rates in [true, false] {
        let mut members = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            let indicator = desk.indicator(id, scope.period)?;
            if matches!(indicator.measure, Measure::Ratio(..)) == rates {
                members.push((at, indicator));
            }
        }
        let Some((_, first)) = members.first() else { continue };
        let steps = desk.steps(first, scope.period);
        let names = members.iter().map(|(_, indicator)| indicator.common.id.clone()).collect();
        for board in desk.series(names, &steps, &scope.tree)?.iter() {
            for (at, indicator) in &members {
                let figure = desk.figure(&indicator.common.id, &scope.org, board, None)?;
                trends[*at].push(wire::TrendPoint {
                    period: step_shown(board.period, desk.language),
                    shown: figure.shown,
                    value: figure.value,
                });
            }
        }
    }
    Ok(trends)
}

/// Figures off target: the organisation's own, and those of the places below it for the compared indicator; the
/// widest gap first.
fn attention(
    desk: &Desk,
    scope: &Scope,
    board: &Board,
    compared: Option<&str>,
) -> Result<Vec<wire::Attention>, Problem> {
    let own = desk.county()?.targets.keys().filter_map(|id| board.get(id, &scope.org));
    let places = desk.places_below(&scope.org)?;
    let below = compared.into_iter().flat_map(|id| places.iter().filter_map(|place| board.get(id, &place.id)));
    let mut lines: Vec<(Status, Decimal, &Value)> = own
        .chain(below)
        .filter_map(|value| {
            let figure = desk.figure_value(value);
            let target = desk.target(&value.indicator, value.period)?;
            let status = crate::figure::status(&figure, &target);
            let gap = (value.value? - target.value).abs();
            matches!(status, Status::Warn | Status::Late).then_some((status, gap, value))
        })
        .collect();
    lines.sort_by_key(|(_, gap, value)| (Reverse(*gap), value.org.clone(), value.indicator.clone()));
    lines.truncate(MOST_ATTENTION);
    let line = |(severity, _, value): &(Status, Decimal, &Value)| wire::Attention {
        severity: *severity,
        text: Text::both(sentence(desk, value, Language::Zh), sentence(desk, value, Language::En)),
        indicator: value.indicator.clone(),
        org: value.org.clone(),
    };
    Ok(lines.iter().map(line).collect())
}

/// `柳河镇高血压患者规范管理率88.96%，低于目标1.04个百分点`
fn sentence(desk: &Desk, value: &Value, language: Language) -> String {
    let figure = desk.figure_value(value);
    let shown = words::shown(&figure, language, Style::Screen);
    let target = desk.target(&value.indicator, value.period);
    let gap = target.and_then(|target| words::gap(&figure, &target, language)).unwrap_or_default();
    let (org, title) = (figure.org_name.get(language), figure.title.get(language));
    match language {
        Language::Zh => format!("{org}{title}{shown}，{gap}"),
        Language::En => format!("{org}: {title} {shown}, {gap}"),
    }
}

fn comparison(
    desk: &Desk,
    scope: &Scope,
    board: &Board,
    last: &Board,
    id: &str,
) -> Result<Option<wire::Comparison>, Problem> {
    let values: Vec<&Value> =
        desk.places_below(&scope.org)?.into_iter().filter_map(|place| board.get(id, &place.id)).collect();
    let ranked = ranked(desk, id, values);
    let Some(sentence) = ranking(desk, scope, id, &ranked)? else { return Ok(None) };
    let indicator = desk.indicator(id, scope.period)?;
    let target = desk.target(id, scope.period);
    let unit = desk.unit(&indicator.unit.value);
    Ok(Some(wire::Comparison {
        indicator: id.to_string(),
        title: Text::from(&indicator.common.title),
        sentence,
        target_shown: target.as_ref().map(|target| words::target_shown(target, &unit, desk.language)),
        target: target.map(|target| target.value.normalize().to_string()),
        rows: ranked.into_iter().map(|value| desk.figure_of(value, last.get(id, &value.org))).collect(),
    }))
}

/// Best first: the largest, or the smallest where the target is a ceiling. Those without a value come last.
pub fn ranked<'a>(desk: &Desk, id: &str, mut values: Vec<&'a Value>) -> Vec<&'a Value> {
    let county = desk.catalog().county.as_ref();
    let ceiling = |value: &Value| {
        let target = county.and_then(|county| county.target(id, value.period));
        target.is_some_and(|target| target.direction == Direction::AtMost)
    };
    values.sort_by_key(|value| {
        let height = value.value.map(|n| if ceiling(value) { n } else { -n });
        (value.value.is_none(), height, value.org.clone())
    });
    values
}

/// `22个乡镇中18个达到目标，最低的柳河镇低于目标1.04个百分点`; `None` when there is nobody to compare.
fn ranking(desk: &Desk, scope: &Scope, id: &str, ranked: &[&Value]) -> Result<Option<Text>, Problem> {
    let with_value: Vec<&Value> = ranked.iter().copied().filter(|value| value.value.is_some()).collect();
    let (Some(best), Some(worst)) = (with_value.first(), with_value.last()) else { return Ok(None) };
    let villages = desk.places_below(&scope.org)?.iter().all(|place| place.level == Level::Village);
    let (zh_kind, en_kind) = if villages { ("村（社区）", "villages") } else { ("乡镇", "townships") };
    let name = |value: &Value| desk.org_name(&value.org);
    let shown = |value: &Value, language| words::shown(&desk.figure_value(value), language, Style::Screen);
    let n = with_value.len();
    let Some(target) = desk.target(id, scope.period) else {
        return Ok(Some(Text::both(
            format!(
                "{n}个{zh_kind}中，{}最高，为{}；{}最低，为{}",
                name(best),
                shown(best, Language::Zh),
                name(worst),
                shown(worst, Language::Zh)
            ),
            format!(
                "Of {n} {en_kind}, {} is highest with {} and {} lowest with {}",
                name(best),
                shown(best, Language::En),
                name(worst),
                shown(worst, Language::En)
            ),
        )));
    };
    let met = with_value.iter().filter(|value| target.met_by(&desk.figure_value(value)) == Some(true)).count();
    let gap = |language| words::gap(&desk.figure_value(worst), &target, language).unwrap_or_default();
    Ok(Some(Text::both(
        format!("{n}个{zh_kind}中{met}个达到目标，排在最后的{}{}", name(worst), gap(Language::Zh)),
        format!("{met} of {n} {en_kind} meet the target; {}, the last, is {}", name(worst), gap(Language::En)),
    )))
}
