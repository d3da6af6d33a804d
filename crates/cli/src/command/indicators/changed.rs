//! `taizhang indicators --rows ID --since MOMENT`: who came into a figure, and who left it.

use super::{page_rows, page_table};
use crate::{Done, answer, output};
use columns::Snapshot;
use indicator::{Figure, RowQuery, difference};
use serde_json::json;

pub fn run(as_json: bool, then: &Snapshot, now: &Snapshot, query: &RowQuery) -> Done {
    let first = Figure { snapshot: then, query };
    let found = difference(first, Figure { snapshot: now, query })?;
    let parts = [("added", &found.added), ("removed", &found.removed), ("changed", &found.changed)];
    if as_json {
        let mut document = json!({ "since": then.as_of().to_string(), "same": found.n_same });
        for (word, page) in parts {
            document[word] = json!({ "total": page.total, "rows": page_rows(page) });
        }
        output::json(&document);
        return Ok(answer(true));
    }
    for (word, page) in parts.into_iter().filter(|(_, page)| page.total > 0) {
        output::line(&page_table(page).to_string());
        output::line(&format!("{} of {} rows {word}", page.rows.len(), page.total));
    }
    output::line(&format!("{} rows are the same", found.n_same));
    Ok(answer(true))
}
