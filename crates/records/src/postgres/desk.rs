//! Where does each batch of a group go, and what must be asked of the server before?
//!
//! Keys used before and heads, for the whole group in one round trip. A group that only creates records is not asked
//! about first: what it takes to be new is inserted as new, and the server's own keys say when that was wrong.

use std::collections::HashMap;

use tokio_postgres::{Client, Error};

use super::PostgresLog;
use super::read::{batch, get, number, version};
use crate::place::{CHUNK, Head, Placed, Request, Shelf, Slot, Tip, place};
use crate::{Batch, Entry, LogError, Op, Receipt, derived_record};

/// What becomes of a batch of a group.
pub(super) enum Answer {
    /// It is written as the n-th of those placed, or repeats that one.
    Placed(usize),
    Done(Result<Receipt, LogError>),
}

/// How the desk knows what was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// It asks.
    Up,
    /// It takes every record to be new, which the tables will refuse when it is not.
    Ahead,
}

/// Whether a group only creates records, so that it may be tried without asking.
pub(super) fn is_all_new(requests: &[Result<Request, LogError>]) -> bool {
    requests.iter().flatten().flat_map(|request| &request.drafts).all(|draft| draft.op == Op::Create)
}

/// Where the batches of a group are placed, one after another.
pub(super) struct Desk<'l> {
    log: &'l PostgresLog,
    tip: Tip,
    pub placed: Vec<Placed>,
    /// Batches written before under one of the group's keys.
    keys: HashMap<String, Batch>,
    looks: Looks,
    /// Heads by register and record, as they are after the batches placed so far.
    heads: HashMap<String, HashMap<String, Option<Head>>>,
}

impl<'l> Desk<'l> {
    pub fn new(log: &'l PostgresLog, tip: Tip, looks: Looks) -> Self {
        Self { log, tip, placed: Vec::new(), keys: HashMap::new(), looks, heads: HashMap::new() }
    }

    /// Asks for all keys and heads in one round trip. Ids still to be derived are guessed from the places the drafts
    /// get when nothing is refused.
    pub fn look_up(&mut self, requests: &[Result<Request, LogError>]) -> Result<(), LogError> {
        let (mut keys, mut wanted) = (Vec::new(), Vec::new());
        // A large batch that is sent again under its key would be copied for nothing.
        let n_drafts: usize = requests.iter().flatten().map(|request| request.drafts.len()).sum();
        if self.looks == Looks::Ahead && n_drafts <= CHUNK {
            return Ok(());
        }
        let mut seq = self.tip.last_seq;
        let mut derived = Vec::new();
        for request in requests.iter().flatten() {
            keys.extend(request.key.as_ref().map(|(key, _)| key.as_str()));
            for draft in request.drafts.iter().filter(|_| self.looks == Looks::Up) {
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
        if wanted.is_empty() && keys.is_empty() {
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
    pub fn answer(&mut self, request: Result<Request, LogError>) -> Result<Answer, LogError> {
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
                None if self.looks == Looks::Ahead => slot.found(None),
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
pub(super) async fn find_heads(
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
                Some((version(get(row, 1)?)?, number(row, 2)?));
        }
        Ok(heads)
    };
    Ok(read())
}
