//! How does the server take batches? In one or two round trips for any number of small ones, by COPY for large ones.
//!
//! A group that only creates records is sent at once, every statement before the first is answered; the keys of the
//! tables refuse it when a record or an idempotency key was there before. Then, and for every other group, a first
//! trip asks for what placing needs. Between the two nobody else writes this county, because the session holds its lock.

use tokio_postgres::Error;

use super::PostgresLog;
use super::desk::{Answer, Desk, Looks, is_all_new};
use super::insert::{changed_heads, copy, failed, finish, is_taken, send};
use crate::place::{CHUNK, Placed, Request, Tip, hash_beside};
use crate::{Batch, Hash, LogError, NewBatch, Receipt};

pub(super) fn append_group(log: &mut PostgresLog, batches: &[NewBatch]) -> Vec<Result<Receipt, LogError>> {
    match write_group(log, batches) {
        Ok(receipts) => receipts,
        Err(fault) => {
            log.note(&fault);
            batches.iter().map(|_| Err(fault.for_each_batch())).collect()
        }
    }
}

fn write_group(log: &mut PostgresLog, batches: &[NewBatch]) -> Result<Vec<Result<Receipt, LogError>>, LogError> {
    let tip = log.tip()?;
    let explained = |log: &PostgresLog, fault| failed(log.session(), &fault);
    let requests = check(batches);
    if is_all_new(&requests) {
        let group = Group::place(log, tip, requests, Looks::Ahead)?;
        match group.write(log, tip.hash) {
            Err(fault) if is_taken(&fault) => {}
            Err(fault) => return Err(explained(log, fault)),
            Ok(written) => return Ok(group.receipts(log, &written)),
        }
    }
    let group = Group::place(log, tip, check(batches), Looks::Up)?;
    let written = group.write(log, tip.hash).map_err(|fault| explained(log, fault))?;
    Ok(group.receipts(log, &written))
}

fn check(batches: &[NewBatch]) -> Vec<Result<Request, LogError>> {
    batches.iter().map(Request::check).collect()
}

/// Batches that have their places, and what becomes of each that was asked for.
struct Group {
    answers: Vec<Answer>,
    placed: Vec<Placed>,
}

impl Group {
    fn place(
        log: &PostgresLog,
        tip: Tip,
        requests: Vec<Result<Request, LogError>>,
        looks: Looks,
    ) -> Result<Self, LogError> {
        let mut desk = Desk::new(log, tip, looks);
        desk.look_up(&requests)?;
        let answers = requests.into_iter().map(|request| desk.answer(request)).collect::<Result<_, _>>()?;
        Ok(Self { answers, placed: desk.placed })
    }

    /// Writes what was placed in one transaction; when it returns, that is on disk.
    fn write(&self, log: &PostgresLog, prev_hash: Hash) -> Result<Vec<Batch>, Error> {
        if self.placed.is_empty() {
            return Ok(Vec::new());
        }
        let (session, statements, county) = (log.session(), log.statements(), &*log.county);
        let heads = changed_heads(&self.placed);
        let entries = || self.placed.iter().flat_map(|placed| &placed.entries);
        let written = if entries().count() > CHUNK {
            let copied = hash_beside(&self.placed, || {
                session.run(async |client| copy(client, statements, county, entries(), &heads).await)
            });
            copied.and_then(|(hashes, ())| {
                let batches = self.seal(county, &hashes, prev_hash);
                let finished = session.run(async |client| finish(client, statements, county, &batches).await);
                finished.map(|()| batches)
            })
        } else {
            hash_beside(&self.placed, || Ok(())).and_then(|(hashes, ())| {
                let batches = self.seal(county, &hashes, prev_hash);
                let sent =
                    session.run(async |client| send(client, statements, county, &self.placed, &heads, &batches).await);
                sent.map(|()| batches)
            })
        };
        if written.is_err() {
            // After a fault the transaction is undone already, unless the COPY broke off; a lost session has none.
            let _ = session.run(async |client| client.batch_execute("ROLLBACK").await);
        }
        written
    }

    /// Puts the batches under the chain, one after another.
    fn seal(&self, county: &str, hashes: &[Hash], mut prev_hash: Hash) -> Vec<Batch> {
        let mut batches = Vec::with_capacity(self.placed.len());
        for (placed, entries_hash) in self.placed.iter().zip(hashes) {
            let batch = placed.seal(county, *entries_hash, prev_hash);
            prev_hash = batch.hash;
            batches.push(batch);
        }
        batches
    }

    /// The answers, now that the batches are on disk.
    fn receipts(self, log: &mut PostgresLog, written: &[Batch]) -> Vec<Result<Receipt, LogError>> {
        if let Some(last) = written.last() {
            log.tip = Some(Tip::after(Some(last)));
        }
        let receipt = |answer| match answer {
            Answer::Placed(n) => Ok(Receipt::from(&written[n])),
            Answer::Done(done) => done,
        };
        self.answers.into_iter().map(receipt).collect()
    }
}
