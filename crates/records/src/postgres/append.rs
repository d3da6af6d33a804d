//! How does the server take batches? In two round trips for any number of small ones, by COPY for large ones.
//!
//! The first trip asks for what placing needs: keys used before, and heads. The second carries a whole transaction,
//! every statement sent before the first is answered. Between the two nobody else writes this county, because the
//! session holds its lock.

use std::collections::{BTreeMap, HashMap};

use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error};

use super::PostgresLog;
use super::read::{batch, entry, get, small, stored, version};
use super::session::{Session, has_ended, words};
use super::statements::Statements;
use crate::adopt::{check_chain, follow_versions};
use crate::place::{CHUNK, Head, Heads, Placed, Request, Shelf, Slot, Tip, hash_beside, place};
use crate::{Batch, BatchWithEntries, Entry, Hash, LogError, NewBatch, Receipt, derived_record};

/// What becomes of a batch of a group.
enum Answer {
    /// It is written as the n-th of those placed, or repeats that one.
    Placed(usize),
    Done(Result<Receipt, LogError>),
}

pub(super) fn append_group(log: &mut PostgresLog, batches: &[NewBatch]) -> Vec<Result<Receipt, LogError>> {
    let requests: Vec<_> = batches.iter().map(Request::check).collect();
    let n_batches = requests.len();
    match write_group(log, requests) {
        Ok(receipts) => receipts,
        Err(fault) => {
            log.note(&fault);
            (0..n_batches).map(|_| Err(fault.for_each_batch())).collect()
        }
    }
}

fn write_group(
    log: &mut PostgresLog,
    requests: Vec<Result<Request, LogError>>,
) -> Result<Vec<Result<Receipt, LogError>>, LogError> {
    let tip = log.tip()?;
    let mut desk = Desk::new(log, tip);
    desk.look_up(&requests)?;
    let answers = requests.into_iter().map(|request| desk.answer(request)).collect::<Result<Vec<_>, _>>()?;
    let placed = desk.placed;
    let batches = if placed.is_empty() { Vec::new() } else { write(log, &placed, tip.hash)? };
    if let Some(last) = batches.last() {
        log.tip = Some(Tip::after(Some(last)));
    }
    let receipt = |answer| match answer {
        Answer::Placed(n) => Ok(Receipt::from(&batches[n])),
        Answer::Done(done) => done,
    };
    Ok(answers.into_iter().map(receipt).collect())
}

/// Where the batches of a group are placed, one after another.
struct Desk<'l> {
    log: &'l PostgresLog,
    tip: Tip,
    placed: Vec<Placed>,
    /// Batches written before under one of the group's keys.
    keys: HashMap<String, Batch>,
    /// Heads by register and record, as they are after the batches placed so far.
    heads: HashMap<String, HashMap<String, Option<Head>>>,
}

impl<'l> Desk<'l> {
    fn new(log: &'l PostgresLog, tip: Tip) -> Self {
        Self { log, tip, placed: Vec::new(), keys: HashMap::new(), heads: HashMap::new() }
    }

    /// Asks for all keys and heads in one round trip. Ids still to be derived are guessed from the places the drafts
    /// get when nothing is refused.
    fn look_up(&mut self, requests: &[Result<Request, LogError>]) -> Result<(), LogError> {
        let (mut keys, mut wanted) = (Vec::new(), Vec::new());
        let mut seq = self.tip.last_seq;
        let mut derived = Vec::new();
        for request in requests.iter().flatten() {
            keys.extend(request.key.as_ref().map(|(key, _)| key.as_str()));
            for draft in &request.drafts {
                seq += 1;
                match &draft.record {
                    Some(record) => wanted.push((draft.register.as_str(), record.as_str())),
                    None => derived.push((draft.register.as_str(), derived_record(seq))),
                }
            }
        }
        wanted.extend(derived.iter().map(|(register, record)| (*register, record.as_str())));
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Ok(());
        }
        let log = self.log;
        let (with_keys, found) = log.session().ask(
            "appending",
            async |client| tokio::try_join!(biased; with_keys(client, log, &keys), find_heads(client, log, &wanted)),
        )?;
        for batch in with_keys {
            let batch = batch.map_err(|detail| log.session().wrong("appending", detail))?;
            if let Some(key) = &batch.idempotency_key {
                self.keys.insert(key.clone(), batch);
            }
        }
        let found = found.map_err(|detail| log.session().wrong("appending", detail))?;
        for ((register, record), head) in wanted.iter().zip(found) {
            self.know(register, record, head);
        }
        Ok(())
    }

    fn know(&mut self, register: &str, record: &str, head: Option<Head>) {
        match self.heads.get_mut(register) {
            Some(records) => drop(records.insert(record.to_string(), head)),
            None => drop(self.heads.insert(register.to_string(), HashMap::from([(record.to_string(), head)]))),
        }
    }

    /// Places one batch, or refuses it alone; a fault is of the store.
    fn answer(&mut self, request: Result<Request, LogError>) -> Result<Answer, LogError> {
        let answered = request.and_then(|request| self.place(request));
        match answered {
            Ok(answer) => Ok(answer),
            Err(fault) if fault.is_refusal() => Ok(Answer::Done(Err(fault))),
            Err(fault) => Err(fault),
        }
    }

    fn place(&mut self, request: Request) -> Result<Answer, LogError> {
        if let Some((key, _)) = &request.key {
            if let Some(earlier) = self.keys.get(key) {
                return Ok(Answer::Done(Ok(request.repeats(earlier)?)));
            }
            if let Some(n) =
                self.placed.iter().position(|placed| placed.unsealed().idempotency_key.as_ref() == Some(key))
            {
                request.repeats(self.placed[n].unsealed())?;
                return Ok(Answer::Placed(n));
            }
        }
        let placed = place(request, &self.log.county, self.tip, self)?;
        self.tip = placed.tip();
        for (slot, head) in placed.heads.changed() {
            self.know(&slot.register, &slot.record, Some(head));
        }
        self.placed.push(placed);
        Ok(Answer::Placed(self.placed.len() - 1))
    }
}

impl Shelf for Desk<'_> {
    fn find_heads(&mut self, slots: &mut [Slot]) -> Result<(), LogError> {
        let mut missing = Vec::new();
        for (n, slot) in slots.iter_mut().enumerate() {
            match self.heads.get(&slot.register).and_then(|records| records.get(&slot.record)) {
                Some(head) => slot.found(*head),
                None => missing.push(n),
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let log = self.log;
        let wanted: Vec<_> = missing.iter().map(|n| (slots[*n].register.as_str(), slots[*n].record.as_str())).collect();
        let found = log.session().ask("appending", async |client| find_heads(client, log, &wanted).await)?;
        let found = found.map_err(|detail| log.session().wrong("appending", detail))?;
        for (n, head) in missing.into_iter().zip(found) {
            slots[n].found(head);
        }
        Ok(())
    }

    fn entry_at(&mut self, seq: u64) -> Result<Option<Entry>, LogError> {
        let mut placed = self.placed.iter().flat_map(|placed| &placed.entries);
        match placed.find(|entry| entry.seq == seq) {
            Some(entry) => Ok(Some(entry.clone())),
            None => self.log.entry_at(seq),
        }
    }

    fn place(&self) -> String {
        self.log.session().place.to_string()
    }
}

async fn with_keys(client: &Client, log: &PostgresLog, keys: &[&str]) -> Result<Vec<Result<Batch, String>>, Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = client.query(&log.statements().with_keys, &[&&*log.county, &keys]).await?;
    Ok(rows.iter().map(batch).collect())
}

/// The heads of records, in the order asked for.
async fn find_heads(
    client: &Client,
    log: &PostgresLog,
    wanted: &[(&str, &str)],
) -> Result<Result<Vec<Option<Head>>, String>, Error> {
    let (registers, records): (Vec<&str>, Vec<&str>) = wanted.iter().copied().unzip();
    let rows = client.query(&log.statements().heads, &[&&*log.county, &registers, &records]).await?;
    let read = || {
        let mut heads = vec![None; wanted.len()];
        for row in &rows {
            let n: i64 = get(row, 0)?;
            let place = usize::try_from(n - 1).ok().and_then(|n| heads.get_mut(n));
            *place.ok_or_else(|| format!("record {n} was not asked for"))? =
                Some((version(get(row, 1)?)?, super::read::number(row, 2)?));
        }
        Ok(heads)
    };
    Ok(read())
}

/// Writes what was placed in one transaction; when it returns, that is on disk.
fn write(log: &PostgresLog, placed: &[Placed], prev_hash: Hash) -> Result<Vec<Batch>, LogError> {
    let (session, statements) = (log.session(), log.statements());
    let heads = changed_heads(placed);
    let is_large = placed.iter().map(|placed| placed.entries.len()).sum::<usize>() > CHUNK;
    let seal = |hashes: &[Hash]| seal(&log.county, placed, hashes, prev_hash);
    let entries = || placed.iter().flat_map(|placed| &placed.entries);
    let written = if is_large {
        hash_beside(placed, || {
            session
                .run(async |client| copy(client, statements, &log.county, entries(), &heads).await)
                .map_err(|fault| failed(session, &fault))
        })
        .and_then(|(hashes, ())| {
            let batches = seal(&hashes);
            let finish = async |client: &Client| finish(client, statements, &log.county, &batches).await;
            session.run(finish).map_err(|fault| failed(session, &fault)).map(|()| batches)
        })
    } else {
        hash_beside(placed, || Ok(())).and_then(|(hashes, ())| {
            let batches = seal(&hashes);
            session
                .run(async |client| send(client, statements, &log.county, placed, &heads, &batches).await)
                .map_err(|fault| failed(session, &fault))
                .map(|()| batches)
        })
    };
    if written.is_err() {
        // After a fault the transaction is undone already, unless the COPY broke off; a lost session has none.
        let _ = session.run(async |client| client.batch_execute("ROLLBACK").await);
    }
    written
}

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

/// Puts the batches of a transaction in and ends it.
async fn finish(client: &Client, statements: &Statements, county: &str, batches: &[Batch]) -> Result<(), Error> {
    let rows = BatchColumns::of(batches);
    let rows = rows.params(&county);
    let (inserted, committed) = tokio::join!(
        biased;
        client.execute(&statements.insert_batches, &rows),
        client.batch_execute("COMMIT")
    );
    inserted.and(committed)
}

/// Puts the batches under the chain, one after another.
fn seal(county: &str, placed: &[Placed], hashes: &[Hash], mut prev_hash: Hash) -> Vec<Batch> {
    let mut batches = Vec::with_capacity(placed.len());
    for (placed, entries_hash) in placed.iter().zip(hashes) {
        let batch = placed.seal(county, *entries_hash, prev_hash);
        prev_hash = batch.hash;
        batches.push(batch);
    }
    batches
}

/// A whole transaction, sent before the first answer comes.
async fn send(
    client: &Client,
    statements: &Statements,
    county: &str,
    placed: &[Placed],
    heads: &[ChangedHead<'_>],
    batches: &[Batch],
) -> Result<(), Error> {
    let entries = EntryColumns::of(placed);
    let heads = HeadColumns::of(heads);
    let batches = BatchColumns::of(batches);
    let (entries, heads, batches) = (entries.params(&county), heads.params(&county), batches.params(&county));
    let (begun, entries, heads, batches, committed) = tokio::join!(
        biased;
        client.batch_execute("BEGIN"),
        client.execute(&statements.insert_entries, &entries),
        client.execute(&statements.put_heads, &heads),
        client.execute(&statements.insert_batches, &batches),
        client.batch_execute("COMMIT")
    );
    // A COMMIT after a fault undoes the transaction, and says so only by the fault before it.
    begun.and(entries).and(heads).and(batches).and(committed)
}

/// Begins a transaction and copies entries and heads into it.
async fn copy(
    client: &Client,
    statements: &Statements,
    county: &str,
    entries: impl Iterator<Item = &Entry>,
    heads: &[ChangedHead<'_>],
) -> Result<(), Error> {
    const ENTRY: [Type; 16] = [
        Type::TEXT,
        Type::INT8,
        Type::TEXT,
        Type::TEXT,
        Type::INT4,
        Type::INT4,
        Type::INT8,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::INT8,
        Type::TEXT,
        Type::TEXT,
        Type::INT8,
    ];
    const HEAD: [Type; 5] = [Type::TEXT, Type::TEXT, Type::TEXT, Type::INT4, Type::INT8];
    client.batch_execute("BEGIN").await?;
    let writer = BinaryCopyInWriter::new(client.copy_in(&statements.copy_entries).await?, &ENTRY);
    let mut writer = std::pin::pin!(writer);
    for entry in entries {
        let on_date = entry.on_date.map(|day| day.to_string());
        let row: [&(dyn ToSql + Sync); 16] = [
            &county,
            &stored(entry.seq),
            &entry.register,
            &entry.record,
            &small(entry.version),
            &entry.base.map(small),
            &entry.prior.map(stored),
            &entry.op.as_str(),
            &entry.org,
            &entry.resident,
            &on_date,
            &&*entry.actor,
            &entry.at.as_microsecond(),
            &entry.body,
            &entry.reason,
            &stored(entry.batch),
        ];
        writer.as_mut().write(&row).await?;
    }
    writer.finish().await?;
    let (new, known): (Vec<ChangedHead<'_>>, Vec<ChangedHead<'_>>) =
        heads.iter().copied().partition(|head| head.is_new);
    let writer = BinaryCopyInWriter::new(client.copy_in(&statements.copy_heads).await?, &HEAD);
    let mut writer = std::pin::pin!(writer);
    for head in new {
        let row: [&(dyn ToSql + Sync); 5] =
            [&county, &head.register, &head.record, &small(head.head.0), &stored(head.head.1)];
        writer.as_mut().write(&row).await?;
    }
    writer.finish().await?;
    if !known.is_empty() {
        client.execute(&statements.put_heads, &HeadColumns::of(&known).params(&county)).await?;
    }
    Ok(())
}

/// A record whose head the transaction moves.
#[derive(Clone, Copy)]
struct ChangedHead<'a> {
    register: &'a str,
    record: &'a str,
    head: Head,
    is_new: bool,
}

impl<'a> ChangedHead<'a> {
    fn of((slot, head): (&'a Slot, Head)) -> Self {
        Self { register: &slot.register, record: &slot.record, head, is_new: slot.is_new() }
    }
}

/// Every record once, with its last head, in the order of the index.
fn changed_heads(placed: &[Placed]) -> Vec<ChangedHead<'_>> {
    let changed = placed.iter().flat_map(|placed| placed.heads.changed()).map(ChangedHead::of);
    if placed.len() == 1 {
        return changed.collect();
    }
    let mut last: BTreeMap<(&str, &str), ChangedHead<'_>> = BTreeMap::new();
    for head in changed {
        let is_new = last.get(&(head.register, head.record)).map_or(head.is_new, |before| before.is_new);
        last.insert((head.register, head.record), ChangedHead { is_new, ..head });
    }
    last.into_values().collect()
}

/// Rows turned into one array per column.
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Default)]
        struct $name<'a> { $($field: Vec<$kind>,)* }

        impl<'a> $name<'a> {
            /// The county, then the arrays in the order of the statement.
            fn params<'p>(&'p self, county: &'p &'p str) -> Vec<&'p (dyn ToSql + Sync)> {
                vec![county, $(&self.$field,)*]
            }
        }
    };
}

columns! {
    /// Entries, for `insert_entries`.
    EntryColumns {
        seq: i64, register: &'a str, record: &'a str, version: i32, base: Option<i32>, prior: Option<i64>,
        op: &'static str, org: &'a str, resident: Option<&'a str>, on_date: Option<String>, actor: &'a str, at: i64,
        body: &'a str, reason: Option<&'a str>, batch: i64,
    }
}

columns! {
    /// Heads, for `put_heads`.
    HeadColumns { register: &'a str, record: &'a str, version: i32, seq: i64, }
}

columns! {
    /// Batches, for `insert_batches`.
    BatchColumns {
        no: i64, first_seq: i64, last_seq: i64, at: i64, actor: &'a str, key: Option<&'a str>,
        request_hash: Option<&'a [u8]>, entries_hash: &'a [u8], prev_hash: &'a [u8], hash: &'a [u8],
    }
}

impl<'a> EntryColumns<'a> {
    fn of(placed: &'a [Placed]) -> Self {
        let mut columns = Self::default();
        for entry in placed.iter().flat_map(|placed| &placed.entries) {
            columns.seq.push(stored(entry.seq));
            columns.register.push(&entry.register);
            columns.record.push(&entry.record);
            columns.version.push(small(entry.version));
            columns.base.push(entry.base.map(small));
            columns.prior.push(entry.prior.map(stored));
            columns.op.push(entry.op.as_str());
            columns.org.push(&entry.org);
            columns.resident.push(entry.resident.as_deref());
            columns.on_date.push(entry.on_date.map(|day| day.to_string()));
            columns.actor.push(&entry.actor);
            columns.at.push(entry.at.as_microsecond());
            columns.body.push(&entry.body);
            columns.reason.push(entry.reason.as_deref());
            columns.batch.push(stored(entry.batch));
        }
        columns
    }
}

impl<'a> HeadColumns<'a> {
    fn of(heads: &[ChangedHead<'a>]) -> Self {
        let mut columns = Self::default();
        for head in heads {
            columns.register.push(head.register);
            columns.record.push(head.record);
            columns.version.push(small(head.head.0));
            columns.seq.push(stored(head.head.1));
        }
        columns
    }
}

impl<'a> BatchColumns<'a> {
    fn of(batches: &'a [Batch]) -> Self {
        let mut columns = Self::default();
        for batch in batches {
            columns.no.push(stored(batch.no));
            columns.first_seq.push(stored(batch.first_seq));
            columns.last_seq.push(stored(batch.last_seq));
            columns.at.push(batch.at.as_microsecond());
            columns.actor.push(&batch.actor);
            columns.key.push(batch.idempotency_key.as_deref());
            columns.request_hash.push(batch.request_hash.as_ref().map(|hash| hash.0.as_slice()));
            columns.entries_hash.push(&batch.entries_hash.0);
            columns.prev_hash.push(&batch.prev_hash.0);
            columns.hash.push(&batch.hash.0);
        }
        columns
    }
}

/// A fault of the second trip. Somebody else's row at our place means that the lock is not ours after all.
fn failed(session: &Session, fault: &Error) -> LogError {
    let is_taken = fault.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION);
    if is_taken && !has_ended(fault) {
        let detail = format!("another session wrote at the same place: {}; is there a pooler between?", words(fault));
        return LogError::Lost { place: session.place.to_string(), doing: "appending", detail };
    }
    session.explain("appending", fault)
}

/// The entry in the one row of an answer, if there is one.
pub(super) fn entry_of(
    session: &Session,
    row: Option<&tokio_postgres::Row>,
    county: &std::sync::Arc<str>,
) -> Result<Option<Entry>, LogError> {
    row.map(|row| entry(row, county)).transpose().map_err(|detail| session.wrong("reading", detail))
}
