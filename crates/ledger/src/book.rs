//! What does the ledger hold now, and may this be booked?
//!
//! Everything here is derived from entries and asked before anything is written.

use crate::running::Running;
use crate::{Account, AccountId, AccountKind, Kind, LedgerError, Line, PostingSet};
use base::Date;
use std::collections::BTreeMap;

/// Accounts with their balances, and every set that was booked.
#[derive(Debug, Clone, Default)]
pub struct Book {
    accounts: BTreeMap<AccountId, Account>,
    running: BTreeMap<AccountId, Running>,
    sets: BTreeMap<String, PostingSet>,
    /// Set → the set that took it back.
    reversed: BTreeMap<String, String>,
    closed_until: Option<Date>,
}

impl Book {
    /// Notes what was decided of an account.
    pub fn open(&mut self, account: Account) {
        self.accounts.insert(account.id.clone(), account);
    }

    /// What was decided of an account.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.get(id)
    }

    /// Every account that ever moved, in order.
    pub fn moved(&self) -> impl Iterator<Item = &AccountId> {
        self.running.keys()
    }

    /// What an account holds at the end of a day, in fen.
    pub fn balance_on(&self, account: &AccountId, day: Date) -> i64 {
        self.running.get(account).map_or(0, |running| running.at(day))
    }

    /// What an account holds after everything booked, in fen.
    pub fn balance(&self, account: &AccountId) -> i64 {
        self.running.get(account).map_or(0, Running::last)
    }

    /// The days on which an account moved, with the balance at their end.
    pub fn days(&self, account: &AccountId) -> &[(Date, i64)] {
        self.running.get(account).map_or(&[], Running::days)
    }

    /// A set by its id.
    pub fn set(&self, id: &str) -> Option<&PostingSet> {
        self.sets.get(id)
    }

    /// Every set, by id.
    pub fn sets(&self) -> impl Iterator<Item = &PostingSet> {
        self.sets.values()
    }

    /// True when the set was taken back.
    pub fn is_reversed(&self, id: &str) -> bool {
        self.reversed.contains_key(id)
    }

    /// The last day of the closed periods.
    pub fn closed_until(&self) -> Option<Date> {
        self.closed_until
    }

    /// The sum of all accounts at the end of a day: nothing, or the ledger is damaged.
    pub fn off_on(&self, day: Date) -> i128 {
        self.running.values().map(|running| i128::from(running.at(day))).sum()
    }

    /// The sum of all accounts: nothing, or the ledger is damaged.
    pub fn off(&self) -> i128 {
        self.running.values().map(|running| i128::from(running.last())).sum()
    }

    /// Judges a set before it is written. `Ok(None)` says that the very same set is booked already; else what would be
    /// booked, in which what a fund cannot pay stands on its named shortfall.
    ///
    /// # Errors
    /// Why it cannot be booked.
    pub fn judge(&self, set: PostingSet) -> Result<Option<PostingSet>, LedgerError> {
        let set = set.balanced()?;
        if let Some(known) = self.sets.get(&set.id) {
            return if self.same(known, &set) { Ok(None) } else { Err(LedgerError::BookedOtherwise { id: set.id }) };
        }
        if let Some(until) = self.closed_until.filter(|until| set.on_date <= *until) {
            return Err(LedgerError::Closed { id: set.id, until });
        }
        if let Some(reverses) = &set.reverses {
            self.may_reverse(reverses)?;
        }
        let set = self.cover(set);
        self.funds_hold(&set)?;
        Ok(Some(set))
    }

    /// The same money for the same reason; lines that were moved to a shortfall count as the fund's.
    pub(crate) fn same(&self, known: &PostingSet, set: &PostingSet) -> bool {
        let home =
            |account: &AccountId| match self.accounts.values().find(|a| a.shortfall.as_deref() == Some(account.name()))
            {
                Some(fund) if account.kind() == AccountKind::Shortfall => fund.id.clone(),
                _ => account.clone(),
            };
        let sums = |set: &PostingSet| {
            let mut sums: BTreeMap<AccountId, i64> = BTreeMap::new();
            for line in &set.lines {
                *sums.entry(home(&line.account)).or_insert(0) += line.amount;
            }
            sums
        };
        known.kind == set.kind && known.document == set.document && sums(known) == sums(set)
    }

    fn may_reverse(&self, id: &str) -> Result<(), LedgerError> {
        let known = self.sets.get(id).ok_or_else(|| LedgerError::Unknown(id.to_string()))?;
        let refuse = |why| Err(LedgerError::NotReversible { id: id.to_string(), why });
        match (known.kind, self.is_reversed(id)) {
            (Kind::Reversal, _) => refuse("it is itself a reversal; book the amounts anew instead"),
            (_, true) => refuse("it was reversed before"),
            _ => Ok(()),
        }
    }

    /// What a fund with a named shortfall cannot pay is moved to that name.
    fn cover(&self, set: PostingSet) -> PostingSet {
        let mut lines = Vec::new();
        let mut taken: BTreeMap<AccountId, i64> = BTreeMap::new();
        for line in set.lines {
            let shortfall = self.accounts.get(&line.account).and_then(|account| account.shortfall.as_deref());
            let Some(name) = shortfall.filter(|_| line.amount < 0) else {
                lines.push(line);
                continue;
            };
            let there = self.running.get(&line.account).map_or(0, |running| running.lowest_from(set.on_date).1);
            let so_far = taken.entry(line.account.clone()).or_insert(0);
            let pays = (-line.amount).min((there - *so_far).max(0));
            *so_far += pays;
            let short = -line.amount - pays;
            if pays > 0 {
                lines.push(Line { amount: -pays, ..line.clone() });
            }
            if short > 0 {
                let account = AccountId::new(AccountKind::Shortfall, name);
                lines.push(Line { account, amount: -short, memo: line.memo });
            }
        }
        PostingSet { lines, ..set }
    }

    fn funds_hold(&self, set: &PostingSet) -> Result<(), LedgerError> {
        for (account, amount) in set.by_account() {
            if account.kind() != AccountKind::Fund || amount >= 0 {
                continue;
            }
            let nothing = Running::default();
            let (on, lowest) = self.running.get(account).unwrap_or(&nothing).lowest_from(set.on_date);
            let balance = i128::from(lowest) + amount;
            if balance < 0 {
                let balance = i64::try_from(balance).map_err(|_| LedgerError::TooLarge(set.id.clone()))?;
                return Err(LedgerError::FundEmpty { fund: account.clone(), on, balance });
            }
        }
        Ok(())
    }

    /// Takes in a set that was judged, or that an entry of the log holds.
    ///
    /// # Errors
    /// [`LedgerError::TooLarge`] when a balance would not fit; nothing is changed then.
    pub fn apply(&mut self, set: PostingSet) -> Result<(), LedgerError> {
        let mut changed = Vec::new();
        for (account, amount) in set.by_account() {
            let mut running = self.running.get(account).cloned().unwrap_or_default();
            let amount = i64::try_from(amount).ok();
            let added = amount.and_then(|amount| running.add(set.on_date, amount));
            added.ok_or_else(|| LedgerError::TooLarge(set.id.clone()))?;
            changed.push((account.clone(), running));
        }
        self.running.extend(changed);
        if let Some(reverses) = &set.reverses {
            self.reversed.insert(reverses.clone(), set.id.clone());
        }
        self.sets.insert(set.id.clone(), set);
        Ok(())
    }

    /// Takes a set out again that was applied and not written.
    pub(crate) fn retract(&mut self, id: &str) {
        let Some(set) = self.sets.remove(id) else { return };
        if let Some(reverses) = &set.reverses {
            self.reversed.remove(reverses);
        }
        for (account, amount) in set.by_account() {
            if let (Some(running), Ok(amount)) = (self.running.get_mut(account), i64::try_from(-amount)) {
                // What was added fits, so taking it away again does.
                let _ = running.add(set.on_date, amount);
            }
        }
    }

    /// Judges closing everything up to a day.
    ///
    /// # Errors
    /// [`LedgerError::ClosedAlready`].
    pub fn may_close(&self, until: Date) -> Result<(), LedgerError> {
        match self.closed_until {
            Some(closed) if until <= closed => Err(LedgerError::ClosedAlready { until: closed }),
            _ => Ok(()),
        }
    }

    /// Closes everything up to a day.
    pub fn close(&mut self, until: Date) {
        self.closed_until = Some(until);
    }
}
