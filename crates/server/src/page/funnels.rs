//! Who was listed, who came, who was found positive, and who was lost on the way?

use crate::app::Screened;
use crate::ask::Ask;
use crate::desk::Desk;
use crate::page::rows;
use crate::problem::Problem;
use crate::wire;
use base::{Decimal, Ratio, Rounding, Text};
use indicator::{Passed, RowQuery, Side};
use pack::model::Funnel;

/// Digits of a share in percent.
const DIGITS: u32 = 1;

/// `/api/funnels`
pub fn funnels(desk: &Desk, ask: &Ask) -> Result<wire::Funnels, Problem> {
    let scope = desk.scope(ask)?;
    let screened = desk.funnels(&scope)?;
    let shown = screened.iter().filter(|screened| !screened.steps.is_empty());
    let one = |screened: &Screened| Ok(one(desk, named(desk, &screened.funnel)?, &screened.steps));
    let funnels = shown.map(one).collect::<Result<_, Problem>>()?;
    Ok(wire::Funnels { funnels })
}

/// `/api/funnels/lost`
pub fn lost(desk: &Desk, ask: &Ask) -> Result<wire::Rows, Problem> {
    let scope = desk.scope(ask)?;
    let funnel = named(desk, ask.require("funnel")?)?;
    let step = ask.require("step")?;
    let place = funnel.steps.iter().position(|own| own.value == step);
    let at = place.ok_or_else(|| no_step(funnel, step))?;
    let indicator = desk.indicator(step, scope.period)?;
    let query = RowQuery {
        indicator: indicator.common.id.clone(),
        org: scope.org.clone(),
        period: scope.period,
        tree: indicator::Tree::default(),
        side: Side::Numerator,
        after: ask.get("after").map(str::to_string),
        limit: ask.limit(rows::USUAL_LIMIT, rows::MOST_LIMIT)?,
    };
    let page = indicator::lost(&desk.snapshot, funnel, at, &query)?;
    let reads = rows::registers_read(desk, indicator, Side::Numerator, scope.period)?;
    rows::finish(desk, page, &reads, Side::Numerator)
}

fn one(desk: &Desk, funnel: &Funnel, passed: &[Passed]) -> wire::Funnel {
    let first = passed.first().and_then(|first| first.value.value);
    let mut before = None;
    let mut steps = Vec::new();
    for step in passed {
        steps.push(wire::FunnelStep {
            figure: desk.figure_of(&step.value, None),
            of_first: share(desk, step, first),
            of_before: share(desk, step, before),
            lost: step.lost,
            lost_shown: step.lost.map(|n| desk.number(Decimal::from(n))),
        });
        before = step.value.value;
    }
    wire::Funnel {
        id: funnel.common.id.clone(),
        pack: funnel.common.pack.clone(),
        title: wire::Text::from(&funnel.common.title),
        steps,
    }
}

/// The step as a share of an earlier one; nothing without one, or of none.
fn share(desk: &Desk, step: &Passed, of: Option<Decimal>) -> Option<String> {
    let ratio = Ratio { numerator: step.value.value?, denominator: of? };
    Some(format!("{}%", desk.number(ratio.value(Decimal::ONE_HUNDRED, DIGITS, Rounding::HalfUp)?)))
}

fn named<'a>(desk: &'a Desk, id: &str) -> Result<&'a Funnel, Problem> {
    let mut all = desk.catalog().packs.values().flat_map(|pack| pack.funnels.values());
    all.find(|funnel| funnel.common.id == id).ok_or_else(|| {
        Problem::wrong(
            "unknown-funnel",
            Text::both(format!("没有筛查过程“{id}”"), format!("there is no funnel \"{id}\"")),
            Text::both("/api/funnels列出全部", "/api/funnels lists them all"),
        )
    })
}

fn no_step(funnel: &Funnel, step: &str) -> Problem {
    let steps: Vec<&str> = funnel.steps.iter().map(|step| step.value.as_str()).collect();
    Problem::wrong(
        "unknown-step",
        Text::both(format!("“{step}”不是其中的一步"), format!("\"{step}\" is not one of its steps")),
        Text::both(format!("可写：{}", steps.join("、")), format!("one of: {}", steps.join(", "))),
    )
}
