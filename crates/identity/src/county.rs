//! Which residents does a county have, and what was decided about pairs of them?

use crate::people::People;
use columns::engine::Value;
use columns::{Snapshot, StoreError};
use pack::sql::Relations;
use std::collections::BTreeSet;

/// The columns compared, in the order of [`crate::residents`].
pub const COLUMNS: [&str; 6] = ["name", "birth_on", "sex", "phone", "address", "citizen_id"];

/// The residents of a snapshot, by id; whoever was folded into another is not among them.
///
/// # Errors
/// Whatever the engine says.
pub fn people(snapshot: &Snapshot) -> Result<People, StoreError> {
    let view = snapshot.view();
    let sql = format!(
        "SELECT r.id, r.name, strftime(r.birth_on, '%Y%m%d'), r.sex, r.phone, h.address, r.citizen_id FROM {} AS r LEFT \
         JOIN {} AS h ON h.id = r.household ORDER BY r.id",
        view.register("resident"),
        view.register("household")
    );
    let mut people = People::new(&COLUMNS);
    let mut rows = snapshot.query_text(&sql)?;
    while let Some(chunk) = rows.next_chunk()? {
        for row in chunk.into_rows() {
            let text = |at: usize| row.get(at).and_then(Value::as_text).unwrap_or("");
            people.push(text(0), (1..=COLUMNS.len()).map(text));
        }
    }
    Ok(people)
}

/// Pairs about which somebody has decided, the smaller id first. What was decided of a resident folded into another
/// holds for the other. Where the packs have no register for decisions, nobody has.
///
/// # Errors
/// Whatever the engine says.
pub fn decided(snapshot: &Snapshot) -> Result<BTreeSet<(String, String)>, StoreError> {
    if snapshot.catalog().register("resident_match").is_none() {
        return Ok(BTreeSet::new());
    }
    let sql = format!("SELECT d.resident, d.other FROM {} AS d", snapshot.view().register("resident_match"));
    let rows = snapshot.query_text(&sql)?.rows()?;
    let pair = |row: &Vec<Value>| Some((row[0].as_text()?.to_string(), row[1].as_text()?.to_string()));
    Ok(rows.iter().filter_map(pair).map(|(a, b)| if a <= b { (a, b) } else { (b, a) }).collect())
}
