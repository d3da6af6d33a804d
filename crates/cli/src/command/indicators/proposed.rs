//! `taizhang indicators --proposed PACKS`: figures under other definitions, before those are in force.

use crate::fault::Fault;
use crate::{Done, answer, library, output};
use columns::Snapshot;
use comfy_table::{CellAlignment, Table, presets};
use indicator::{Board, Value};
use pack::Catalog;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

/// The packs of a folder with the county as it is in force; mistakes are drawn.
pub fn catalog(snapshot: &Snapshot, packs: &Path) -> Result<Arc<Catalog>, Fault> {
    let county = snapshot.catalog().county.as_ref().map(|county| library::county(&county.id)).transpose()?;
    library::load(&library::packs(packs)?, county.as_ref())
}

/// Every value that differs between the packs in force and the proposed ones, period by period.
pub fn show(as_json: bool, snapshot: &Snapshot, org: &str, now: &[Board], proposed: &[Board]) -> Done {
    let pairs: Vec<(&Value, Option<&Value>)> = now
        .iter()
        .zip(proposed)
        .flat_map(|(now, then)| now.iter().map(move |value| (value, then.get(&value.indicator, &value.org))))
        .filter(|(value, _)| value.org == org && value.cell.is_empty())
        .filter(|(now, then)| then.is_none_or(|then| (now.value, now.numerator) != (then.value, then.numerator)))
        .collect();
    let text = |value: Option<&Value>| value.and_then(|value| value.value).map(|n| n.to_string());
    if as_json {
        let rows = pairs.iter().map(|(now, then)| {
            json!({
                "indicator": now.indicator,
                "org": now.org,
                "period": now.period.to_string(),
                "in_force": text(Some(now)),
                "proposed": text(*then),
                "unit": now.unit,
            })
        });
        output::json(&json!({ "as_of": snapshot.as_of().to_string(), "differences": rows.collect::<Vec<_>>() }));
        return Ok(answer(true));
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["indicator", "period", "in force", "proposed", "unit"]);
    for (now, then) in &pairs {
        let shown = |value: Option<&Value>| text(value).unwrap_or_else(|| "—".into());
        let period = now.period.to_string();
        table.add_row([now.indicator.clone(), period, shown(Some(now)), shown(*then), now.unit.clone()]);
    }
    for column in [2, 3] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    output::line(&table.to_string());
    output::line(&format!(
        "{} of {} values of {org} differ",
        pairs.len(),
        now.iter().flat_map(Board::iter).filter(|v| v.org == org && v.cell.is_empty()).count()
    ));
    Ok(answer(true))
}
