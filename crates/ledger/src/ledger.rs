//! How are postings written and read?
//!
//! A set is one entry of the log, under its own id: writing it twice is refused by the log itself, so it is booked once,
//! whatever is repeated and wherever it was stopped. Several sets of one call stand or fall together.

use crate::{Account, AccountId, Book, LedgerError, Order, OrderState, PostingSet, Role, Settlement};
use base::{Date, Timestamp};
use records::{Draft, Entry, Log, NewBatch, Op};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Registers of the log that hold the ledger.
const POSTING: &str = "ledger.posting";
const ACCOUNT: &str = "ledger.account";
const CLOSE: &str = "ledger.close";
const ORDER: &str = "ledger.payment";

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The last entry written; `None` when everything was booked before.
    pub seq: Option<u64>,
    /// Sets written now.
    pub n_new: usize,
    /// Sets that were booked before, with the same lines.
    pub n_known: usize,
}

/// A county's ledger, derived from its log.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    book: Book,
    orders: BTreeMap<String, (Order, u32)>,
    seq: u64,
}

impl Ledger {
    /// Reads the ledger out of a log.
    ///
    /// # Errors
    /// [`LedgerError::Entry`] when an entry is none the ledger writes; whatever the log brings.
    pub fn read(log: &dyn Log) -> Result<Self, LedgerError> {
        let mut ledger = Self::default();
        ledger.catch_up(log)?;
        Ok(ledger)
    }

    /// Takes in what was written since.
    ///
    /// # Errors
    /// As for [`Ledger::read`].
    pub fn catch_up(&mut self, log: &dyn Log) -> Result<(), LedgerError> {
        let mut fault = None;
        log.scan(self.seq + 1, &mut |entry| {
            let seq = entry.seq;
            match self.take_in(&entry) {
                Ok(()) => {
                    self.seq = seq;
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    fault = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        fault.map_or(Ok(()), Err)
    }

    fn take_in(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        if !entry.op.makes_version() || !entry.register.starts_with("ledger.") {
            return Ok(());
        }
        let body = entry.fields()?;
        let wrong = |what: &str| LedgerError::Entry { seq: entry.seq, what: what.to_string() };
        match entry.register.as_str() {
            POSTING => {
                let day = entry.on_date.ok_or_else(|| wrong("it has no day"))?;
                let set = PostingSet::read(&entry.record, day, &entry.org, &body);
                self.book.apply(set.ok_or_else(|| wrong("its lines cannot be read"))?.balanced()?)
            }
            ACCOUNT => {
                self.book.open(read_account(&entry.record, &body).ok_or_else(|| wrong("it is no account"))?);
                Ok(())
            }
            CLOSE => {
                self.book.close(entry.on_date.ok_or_else(|| wrong("it has no day"))?);
                Ok(())
            }
            ORDER => {
                let order = Order::read(&entry.record, &entry.org, &body).ok_or_else(|| wrong("it is no order"))?;
                self.orders.insert(entry.record.clone(), (order, entry.version));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Balances, sets and accounts.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// A payment order.
    pub fn order(&self, id: &str) -> Option<&Order> {
        self.orders.get(id).map(|(order, _)| order)
    }

    /// Books sets, all or none. Sets that are booked already with the same lines are passed over.
    ///
    /// # Errors
    /// Why the first unlawful set cannot be booked; nothing of any is kept then.
    pub fn post(
        &mut self,
        log: &mut dyn Log,
        sets: Vec<PostingSet>,
        actor: &str,
        at: Timestamp,
    ) -> Result<Booked, LedgerError> {
        self.catch_up(log)?;
        let mut applied = Vec::new();
        match self.apply_all(sets, &mut applied) {
            Ok((drafts, n_known)) if drafts.is_empty() => Ok(Booked { seq: None, n_new: 0, n_known }),
            Ok((drafts, n_known)) => match log.append(NewBatch::new(actor, at, drafts)) {
                Ok(receipt) => {
                    self.seq = receipt.last_seq;
                    Ok(Booked { seq: Some(receipt.last_seq), n_new: applied.len(), n_known })
                }
                Err(fault) => {
                    self.retract(&applied);
                    Err(fault.into())
                }
            },
            Err(fault) => {
                self.retract(&applied);
                Err(fault)
            }
        }
    }

    /// Judges and applies one set after another, so that each sees the ones before it.
    fn apply_all(
        &mut self,
        sets: Vec<PostingSet>,
        applied: &mut Vec<String>,
    ) -> Result<(Vec<Draft>, usize), LedgerError> {
        let (mut drafts, mut n_known) = (Vec::new(), 0);
        for set in sets {
            match self.book.judge(set)? {
                None => n_known += 1,
                Some(set) => {
                    drafts.push(draft(&set));
                    let id = set.id.clone();
                    self.book.apply(set)?;
                    applied.push(id);
                }
            }
        }
        Ok((drafts, n_known))
    }

    fn retract(&mut self, applied: &[String]) {
        applied.iter().rev().for_each(|id| self.book.retract(id));
    }

    fn write(
        &mut self,
        log: &mut dyn Log,
        drafts: Vec<Draft>,
        actor: &str,
        at: Timestamp,
    ) -> Result<Option<u64>, LedgerError> {
        if drafts.is_empty() {
            return Ok(None);
        }
        let receipt = log.append(NewBatch::new(actor, at, drafts))?;
        self.catch_up(log)?;
        Ok(Some(receipt.last_seq))
    }

    /// True when the bill is booked and not taken back.
    pub fn is_settled(&self, scheme: &str, bill: &str) -> bool {
        self.latest(scheme, bill).is_some_and(|(_, set)| !self.book.is_reversed(&set.id))
    }

    /// The last settlement of a bill, with its number.
    fn latest(&self, scheme: &str, bill: &str) -> Option<(u32, &PostingSet)> {
        let numbered = (1..).map_while(|no| Some((no, self.book.set(&format!("{scheme}/{bill}/{no}"))?)));
        numbered.last()
    }

    /// Books settled bills, all or none. A bill that is booked with the same amounts is passed over; one that comes out
    /// otherwise now (a late bill before it, a correction) is reversed and booked anew.
    ///
    /// # Errors
    /// As for [`Ledger::post`].
    pub fn settle(
        &mut self,
        log: &mut dyn Log,
        bills: Vec<Settlement>,
        actor: &str,
        at: Timestamp,
    ) -> Result<Booked, LedgerError> {
        self.catch_up(log)?;
        let (mut sets, mut n_known) = (Vec::new(), 0);
        for bill in bills {
            let Some((no, known)) = self.latest(&bill.scheme, &bill.bill) else {
                sets.extend(bill.postings());
                continue;
            };
            let anew = Settlement { no: no + 1, ..bill.clone() };
            let reversed = self.book.is_reversed(&known.id);
            let same = Settlement { no, ..bill }.postings().is_some_and(|set| self.book.same(known, &set));
            match (reversed, same) {
                (false, true) => n_known += 1,
                (true, _) => sets.extend(anew.postings()),
                (false, false) => {
                    sets.push(known.reversed(format!("{}/reversal", known.id), anew.on_date));
                    sets.extend(anew.postings());
                }
            }
        }
        let booked = self.post(log, sets, actor, at)?;
        Ok(Booked { n_known: booked.n_known + n_known, ..booked })
    }

    /// Takes a set back: the opposite lines on a day that is open.
    ///
    /// # Errors
    /// [`LedgerError::NotReversible`] for a reversal or a set taken back before; as for [`Ledger::post`].
    pub fn reverse(
        &mut self,
        log: &mut dyn Log,
        id: &str,
        on: Date,
        actor: &str,
        at: Timestamp,
    ) -> Result<Booked, LedgerError> {
        self.catch_up(log)?;
        let known = self.book.set(id).ok_or_else(|| LedgerError::Unknown(id.to_string()))?;
        let set = known.reversed(format!("{id}/reversal"), on);
        if self.book.is_reversed(id) {
            return Err(LedgerError::NotReversible { id: id.to_string(), why: "it was reversed before" });
        }
        self.post(log, vec![set], actor, at)
    }

    /// Notes what is decided of an account.
    ///
    /// # Errors
    /// Whatever the log brings.
    pub fn open(
        &mut self,
        log: &mut dyn Log,
        account: &Account,
        org: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<(), LedgerError> {
        self.catch_up(log)?;
        let known = log.head(ACCOUNT, account.id.as_str())?;
        let mut draft = Draft::new(if known.is_some() { Op::Correct } else { Op::Create }, ACCOUNT, org);
        draft.record = Some(account.id.as_str().to_string());
        let body = json!({"title": account.title, "shortfall": account.shortfall});
        draft.body = body.as_object().cloned().unwrap_or_default();
        self.write(log, vec![draft], actor, at).map(drop)
    }

    /// Closes everything up to a day; from then on it can be read and not be booked on.
    ///
    /// # Errors
    /// [`LedgerError::ClosedAlready`]; whatever the log brings.
    pub fn close(
        &mut self,
        log: &mut dyn Log,
        until: Date,
        org: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<(), LedgerError> {
        self.catch_up(log)?;
        self.book.may_close(until)?;
        let mut draft = Draft::new(Op::Create, CLOSE, org);
        draft.record = Some(until.to_string());
        draft.on_date = Some(until);
        draft.body.insert("off".into(), Value::String(self.book.off_on(until).to_string()));
        self.write(log, vec![draft], actor, at).map(drop)
    }

    /// Proposes to pay what is owed.
    ///
    /// # Errors
    /// [`LedgerError::Payment`] when less is owed, counting orders under way.
    pub fn propose(&mut self, log: &mut dyn Log, order: Order, at: Timestamp) -> Result<(), LedgerError> {
        self.catch_up(log)?;
        let under_way: i64 = self
            .orders
            .values()
            .filter(|(known, _)| known.payee == order.payee && known.state != OrderState::Paid)
            .map(|(known, _)| known.amount)
            .sum();
        let free = self.book.balance(&order.payee) - under_way;
        if order.amount > free {
            let why = format!("{} is owed {free} fen beside orders under way, not {}", order.payee, order.amount);
            return Err(LedgerError::Payment { id: order.id, why });
        }
        let mut draft = Draft::new(Op::Create, ORDER, order.org.as_str());
        draft.record = Some(order.id.clone());
        draft.body = order.body();
        let actor = order.actors.last().cloned().unwrap_or_default();
        self.write(log, vec![draft], &actor, at).map(drop)
    }

    /// The next role does its part; with the bank's part the money moves, in the same batch.
    ///
    /// # Errors
    /// [`LedgerError::Payment`] when it is another role's turn or the person took part before.
    pub fn advance(
        &mut self,
        log: &mut dyn Log,
        id: &str,
        role: Role,
        by: &str,
        on: Date,
        at: Timestamp,
    ) -> Result<Order, LedgerError> {
        self.catch_up(log)?;
        let unknown = || LedgerError::Payment { id: id.to_string(), why: "there is no such order".to_string() };
        let (known, version) = self.orders.get(id).ok_or_else(unknown)?;
        let order = known.step(role, by)?;
        let mut draft = Draft::new(Op::Correct, ORDER, order.org.as_str());
        draft.record = Some(order.id.clone());
        draft.base_version = Some(*version);
        draft.body = order.body();
        draft.reason = Some(order.state.word().to_string());
        let mut drafts = vec![draft];
        if order.state == OrderState::Paid
            && let Some(set) = self.book.judge(order.postings(on))?
        {
            drafts.push(self::draft(&set));
        }
        self.write(log, drafts, by, at)?;
        Ok(order)
    }
}

fn draft(set: &PostingSet) -> Draft {
    let mut draft = Draft::new(Op::Create, POSTING, set.org.as_str());
    draft.record = Some(set.id.clone());
    draft.on_date = Some(set.on_date);
    draft.body = set.body();
    draft
}

fn read_account(id: &str, body: &Map<String, Value>) -> Option<Account> {
    let title = body.get("title")?.as_str()?.to_string();
    let shortfall = body.get("shortfall").and_then(Value::as_str).map(str::to_string);
    Some(Account { id: AccountId::parse(id)?, title, shortfall })
}
