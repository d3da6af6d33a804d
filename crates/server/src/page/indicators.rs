//! What are all figures of one organisation and period?

use crate::ask::Ask;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::wire;

/// `/api/indicators`
pub fn indicators(desk: &Desk, ask: &Ask) -> Result<wire::Indicators, Problem> {
    let scope = desk.scope_in_tree(ask)?;
    let board = desk.board(scope.period, &scope.tree)?;
    let last = desk.board(scope.period.last_year(), &scope.tree)?;
    let groups = desk.catalog().packs.values().map(|pack| {
        let values = pack.indicators.keys().filter_map(|id| board.get(id, &scope.org));
        wire::Group {
            pack: pack.header.id.value.clone(),
            title: wire::Text::from(&pack.header.title),
            figures: values.map(|value| desk.figure_of(value, last.get(&value.indicator, &value.org))).collect(),
        }
    });
    Ok(wire::Indicators { groups: groups.filter(|group| !group.figures.is_empty()).collect() })
}
