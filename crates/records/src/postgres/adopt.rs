//! How does the server take batches that were chained elsewhere?

use super::PostgresLog;
use super::desk::find_heads;
use super::insert::{ChangedHead, copy, failed, finish};
use crate::adopt::{check_chain, follow_versions};
use crate::place::{Heads, Tip};
use crate::{Batch, BatchWithEntries, Entry, LogError};

/// Takes batches that were chained elsewhere, all in one transaction.
pub(super) fn adopt(log: &mut PostgresLog, run: &[BatchWithEntries]) -> Result<(), LogError> {
    let taken = take(log, run);
    match &taken {
        Ok(tip) => log.tip = Some(*tip),
        Err(fault) => log.note(fault),
    }
    taken.map(drop)
}

fn take(log: &PostgresLog, run: &[BatchWithEntries]) -> Result<Tip, LogError> {
    let (session, statements, county) = (log.session(), log.statements(), &*log.county);
    let tip = log.tip()?;
    check_chain(county, tip, run)?;
    let entries: Vec<&Entry> = run.iter().flat_map(|whole| &whole.entries).collect();
    let mut heads = Heads::of_entries(&entries);
    let wanted: Vec<_> = heads.slots_mut().iter().map(|slot| (slot.register.clone(), slot.record.clone())).collect();
    let wanted: Vec<_> = wanted.iter().map(|(register, record)| (register.as_str(), record.as_str())).collect();
    let found = session.ask("taking batches over", async |client| find_heads(client, log, &wanted).await)?;
    let found = found.map_err(|detail| session.wrong("taking batches over", detail))?;
    heads.slots_mut().iter_mut().zip(found).for_each(|(slot, head)| slot.found(head));
    follow_versions(&entries, &mut heads)?;
    let changed: Vec<ChangedHead<'_>> = heads.changed().map(ChangedHead::of).collect();
    let batches: Vec<Batch> = run.iter().map(|whole| whole.batch.clone()).collect();
    let written = session.run(async |client| {
        copy(client, statements, county, entries.iter().copied(), &changed).await?;
        finish(client, statements, county, &batches).await
    });
    if let Err(fault) = written {
        let _ = session.run(async |client| client.batch_execute("ROLLBACK").await);
        return Err(failed(session, &fault));
    }
    Ok(batches.last().map_or(tip, |last| Tip::after(Some(last))))
}
