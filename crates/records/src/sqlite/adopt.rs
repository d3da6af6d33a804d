//! How does SQLite take batches that were chained elsewhere? A run of them in one transaction.

use std::sync::Arc;

use rusqlite::TransactionBehavior;

use super::append::{find_heads, insert_batch, insert_entries, put_heads};
use super::read::last_batch;
use super::{SqliteLog, explain};
use crate::adopt::{check_chain, follow_versions};
use crate::place::{Heads, Tip};
use crate::{BatchWithEntries, Entry, LogError};

pub(super) fn adopt(log: &mut SqliteLog, run: &[BatchWithEntries]) -> Result<(), LogError> {
    let (path, county) = (log.path.clone(), Arc::clone(&log.county));
    let failed = |fault| explain(&path, "taking batches over", fault);
    let tx = log.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    check_chain(&county, Tip::after(last_batch(&tx).map_err(failed)?.as_ref()), run)?;
    let entries: Vec<&Entry> = run.iter().flat_map(|whole| &whole.entries).collect();
    let mut heads = Heads::of_entries(&entries);
    find_heads(&tx, heads.slots_mut()).map_err(failed)?;
    follow_versions(&entries, &mut heads)?;
    put_heads(&tx, &heads).map_err(failed)?;
    for BatchWithEntries { batch, entries } in run {
        insert_entries(&tx, entries).and_then(|()| insert_batch(&tx, batch)).map_err(failed)?;
    }
    tx.commit().map_err(failed)
}
