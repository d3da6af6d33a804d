//! What do the records say: the cohort's rows with the values of the new records, and who has a record already?

use crate::CampaignError;
use base::{Decimal, Period};
use columns::Snapshot;
use columns::engine::Value;
use pack::model::{Campaign, DRAWN, Spanned};
use pack::sql::quote_text;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// One row of the cohort.
#[derive(Debug, Clone)]
pub struct Unit {
    pub id: String,
    pub org: String,
    /// The values of the classes it is drawn in.
    pub class: Vec<String>,
    /// Column → value, for picks that must be of the same kind.
    pub same: Map<String, Json>,
    pub fields: Map<String, Json>,
}

/// The rows of the cohort, in the order of their ids, and the size of the draw when a parameter says it.
pub fn units(
    snapshot: &Snapshot,
    campaign: &Campaign,
    period: Period,
) -> Result<(Vec<Unit>, Option<Decimal>), CampaignError> {
    let pack = &campaign.common.pack;
    let mut compiler = snapshot.compiler(Some(period));
    let relation = compiler.cohort(pack, &campaign.from).map_err(mistake)?;
    let mut select = vec!["c.id".to_string(), "c.org".to_string()];
    let draw = campaign.draw.as_ref();
    let size = draw.map(|draw| draw.size.written()).filter(|size| size.value.starts_with(':'));
    let size = size.map(|size| compiler.predicate(pack, size)).transpose().map_err(mistake)?;
    select.push(size.unwrap_or_else(|| "NULL".into()));
    let by: Vec<&str> = draw.map(|draw| names(&draw.by)).unwrap_or_default();
    let same: BTreeSet<&str> =
        campaign.pick.values().filter_map(|pick| pick.same.as_ref()).map(|same| same.value.as_str()).collect();
    for column in by.iter().chain(&same) {
        compiler.mention(column);
        select.push(format!("c.\"{column}\""));
    }
    let set: Vec<(&String, &Spanned<String>)> =
        campaign.set.iter().filter(|(_, text)| !DRAWN.contains(&text.value.trim())).collect();
    for (_, text) in &set {
        select.push(format!("({})", compiler.predicate(pack, text).map_err(mistake)?));
    }
    let named: Vec<String> = select.iter().enumerate().map(|(n, text)| format!("{text} AS _{n}")).collect();
    let sql = format!("SELECT {} FROM {relation} AS c ORDER BY c.id", named.join(", "));
    let rows = snapshot.query(&compiler.finish(&sql).map_err(mistake)?)?.rows().map_err(columns::StoreError::from)?;
    let size = rows.first().and_then(|row| row[2].as_decimal());
    let units = rows.iter().map(|row| {
        let text = |n: usize| row[n].as_text().unwrap_or_default().to_string();
        let (classes, rest) = row[3..].split_at(by.len());
        let (alike, values) = rest.split_at(same.len());
        Unit {
            id: text(0),
            org: text(1),
            class: classes.iter().map(shown).collect(),
            same: same.iter().map(|name| (*name).to_string()).zip(alike.iter().map(Value::body_json)).collect(),
            fields: set
                .iter()
                .map(|(name, _)| (*name).clone())
                .zip(values.iter().map(Value::body_json))
                .filter(|(_, value)| !value.is_null())
                .collect(),
        }
    });
    Ok((units.collect(), size))
}

/// Who may be picked: the id of each row of a cohort, with a column that must be the same.
pub fn candidates(
    snapshot: &Snapshot,
    pack: &str,
    from: &Spanned<String>,
    same: Option<&str>,
    period: Period,
) -> Result<Vec<(String, Option<Json>)>, CampaignError> {
    let mut compiler = snapshot.compiler(Some(period));
    let relation = compiler.cohort(pack, from).map_err(mistake)?;
    let column = same.map_or_else(|| "NULL".to_string(), |same| format!("c.\"{same}\""));
    if let Some(same) = same {
        compiler.mention(same);
    }
    let sql = format!("SELECT c.id, {column} FROM {relation} AS c ORDER BY c.id");
    let rows = snapshot.query(&compiler.finish(&sql).map_err(mistake)?)?.rows().map_err(columns::StoreError::from)?;
    let read = |row: &Vec<Value>| Some((row[0].as_text()?.to_string(), same.map(|_| row[1].body_json())));
    Ok(rows.iter().filter_map(read).collect())
}

/// The records of a register whose id begins with `prefix`, and what its other records hold in columns that may not
/// appear twice.
pub fn known(
    snapshot: &Snapshot,
    campaign: &Campaign,
    prefix: &str,
) -> Result<(BTreeSet<String>, BTreeSet<String>), CampaignError> {
    let mut compiler = snapshot.compiler(None);
    let relation = compiler.register(&campaign.into.value);
    let once = names(&campaign.once);
    let mut select = vec!["r.id".to_string(), format!("starts_with(r.id, {})", quote_text(prefix))];
    for column in &once {
        compiler.mention(column);
        select.push(format!("r.\"{column}\""));
    }
    let sql = format!("SELECT {} FROM {relation} AS r", select.join(", "));
    let rows = snapshot.query(&compiler.finish(&sql).map_err(mistake)?)?.rows().map_err(columns::StoreError::from)?;
    let (mut own, mut taken) = (BTreeSet::new(), BTreeSet::new());
    for row in &rows {
        if row[1].as_flag() == Some(true) {
            own.extend(row[0].as_text().map(str::to_string));
        } else if !once.is_empty() {
            taken.insert(key(row[2..].iter().map(Value::body_json)));
        }
    }
    Ok((own, taken))
}

/// Values side by side, as something that can be looked up.
pub fn key(values: impl Iterator<Item = Json>) -> String {
    Json::Array(values.collect()).to_string()
}

pub fn names(columns: &[Spanned<String>]) -> Vec<&str> {
    columns.iter().map(|column| column.value.as_str()).collect()
}

fn shown(value: &Value) -> String {
    match value.body_json() {
        Json::Null => "—".into(),
        Json::String(text) => text,
        other => other.to_string(),
    }
}

fn mistake(found: base::Diagnostic) -> CampaignError {
    CampaignError::Mistake(found.message)
}
