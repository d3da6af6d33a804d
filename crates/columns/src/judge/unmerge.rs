//! Would undoing a merge bring back what somebody else has by now?
//!
//! While a resident is folded into another, nobody else sees their citizen number: it may be given to the survivor, or to
//! a new record. Undoing the merge would then leave two residents in force with one number, so it waits until one of them
//! is corrected.

use super::{Judgment, Verdict};
use crate::StoreError;
use crate::engine::{Connection, Value};
use crate::merge;
use crate::snapshot::View;
use base::Text;
use pack::sql::{Relations, quote_text};
use records::{Draft, Op};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a draft may bring a merged resident back.
pub(crate) fn may_unmerge(draft: &Draft) -> bool {
    draft.register == merge::REGISTER && matches!(draft.op, Op::Withdraw | Op::Correct)
}

/// Refuses what would bring back an identity that another resident in force has, or that comes back with it.
pub(super) fn judge_unmerges(
    judgment: &mut Judgment,
    connection: &Connection,
    view: &View,
    drafts: &[&Draft],
) -> Result<(), StoreError> {
    let unmerges = drafts.iter().enumerate().filter(|(_, draft)| may_unmerge(draft));
    let by_record: BTreeMap<&str, usize> =
        unmerges.filter_map(|(index, draft)| Some((draft.record.as_deref()?, index))).collect();
    let resident = view.catalog.register(merge::RESIDENT).filter(|register| !register.identity.is_empty());
    let (false, Some(resident), Some(folded)) = (by_record.is_empty(), resident, view.folded()) else { return Ok(()) };
    let columns: Vec<&str> = resident.identity.iter().map(|column| column.value.as_str()).collect();
    let records: Vec<String> = by_record.keys().map(|record| quote_text(record)).collect();
    let merges = view.register(merge::REGISTER);
    let columns_sql: String = columns.iter().map(|column| format!(", r.{column}")).collect();
    let same: Vec<String> = columns.iter().map(|column| format!("b.{column} = o.{column}")).collect();
    let sql = format!(
        "WITH back AS (SELECT g.id AS merge_{columns_sql}, r.id FROM {merges} AS g JOIN {folded} AS r ON r.id = g.merged \
         WHERE g.id IN ({})), others AS (SELECT r.id{columns_sql} FROM {} AS r UNION ALL SELECT r.id{columns_sql} FROM \
         back AS r) SELECT b.merge_, b.id, o.id FROM back AS b JOIN others AS o ON {} AND o.id <> b.id ORDER BY 1, 2, 3",
        records.join(", "),
        view.register(merge::RESIDENT),
        same.join(" AND ")
    );
    let titles: Vec<&Text> = columns.iter().filter_map(|column| Some(&resident.fields.get(*column)?.title)).collect();
    let mut said = BTreeSet::new();
    for row in connection.query(&sql)?.rows()? {
        let [Value::Text(record), Value::Text(back), Value::Text(other)] = row.as_slice() else { continue };
        let Some(index) = by_record.get(record.as_str()).copied() else { continue };
        let stays = drafts[index].op == Op::Correct
            && drafts[index].body.get("merged").and_then(|merged| merged.as_str()) == Some(back);
        if !stays && said.insert(index) {
            judgment.refuse(drafts, index, Verdict::Refuse, "duplicate-record", say(&titles, back, other));
        }
    }
    Ok(())
}

fn say(titles: &[&Text], back: &str, other: &str) -> Text {
    let zh: Vec<&str> = titles.iter().map(|title| title.zh.as_str()).collect();
    let en: Vec<&str> = titles.iter().map(|title| title.get(base::Language::En)).collect();
    Text::both(
        format!("撤销后档案“{back}”与“{other}”的{}相同，请先更正“{other}”", zh.join("、")),
        format!("undone, \"{back}\" would have the same {} as \"{other}\"; correct \"{other}\" first", en.join(", ")),
    )
}
