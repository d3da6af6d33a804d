//! Where are the accounts and sessions, and what is known of them right now?
//!
//! Read from memory at every request; every change is on the shelf before it is seen here. [`Book::refresh`] takes in
//! what other programs wrote, such as `taizhang accounts` beside a running server.

use crate::account::{Account, Event};
use crate::guesses::Guesses;
use crate::password;
use crate::session::{Session, Token};
use crate::{AccountsError, IDLE};
use base::Timestamp;
use records::{Change, Item, Shelf, ShelfPlace};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

pub(crate) const ACCOUNT: &str = "account";
pub(crate) const SESSION: &str = "session";
const EVENT: &str = "event";
/// A session's last question is written down when it is so much newer than what was.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// Everybody who may sign in at a county, and who is signed in.
pub struct Book {
    place: ShelfPlace,
    shelf: Mutex<Shelf>,
    pub(crate) seen: RwLock<Seen>,
    pub(crate) guesses: Mutex<Guesses>,
    /// A hash nobody's password has, so that unknown accounts take as long as known ones.
    pub(crate) nobody: String,
}

/// What was last read.
#[derive(Default)]
pub(crate) struct Seen {
    pub accounts: BTreeMap<String, (i64, Account)>,
    pub sessions: BTreeMap<String, (i64, Session)>,
    /// When each session was last asked something, if later than written.
    pub asked: BTreeMap<String, Timestamp>,
}

impl Book {
    /// Opens the accounts of a county, and makes a place for them when there is none.
    ///
    /// # Errors
    /// Whatever the shelf says.
    pub fn open(place: ShelfPlace) -> Result<Self, AccountsError> {
        let book = Self {
            shelf: Mutex::new(Shelf::open(&place)?),
            place,
            seen: RwLock::default(),
            guesses: Mutex::default(),
            nobody: password::hash(&password::temporary()?)?,
        };
        let shelf = book.shelf();
        book.read(&shelf)?;
        drop(shelf);
        Ok(book)
    }

    /// Takes in what other programs wrote, writes down when sessions were last asked, and forgets those that are over.
    /// A server that went away is looked for again.
    ///
    /// # Errors
    /// Whatever the shelf says.
    pub fn refresh(&self, now: Timestamp) -> Result<(), AccountsError> {
        let mut shelf = self.shelf();
        if let Err(fault) = self.read(&shelf) {
            *shelf = Shelf::open(&self.place).map_err(|_| fault)?;
            self.read(&shelf)?;
        }
        let changes = self.stale(now)?;
        // What another program wrote meanwhile is taken in by the next refresh.
        if !changes.is_empty() && shelf.change(&changes)? {
            self.read(&shelf)?;
        }
        Ok(())
    }

    /// Whether nobody may sign in yet.
    pub fn is_empty(&self) -> bool {
        self.seen().accounts.is_empty()
    }

    /// Everybody, by name.
    pub fn accounts(&self) -> Vec<Account> {
        self.seen().accounts.values().map(|(_, account)| account.clone()).collect()
    }

    /// Somebody.
    pub fn account(&self, name: &str) -> Option<Account> {
        self.seen().accounts.get(name).map(|(_, account)| account.clone())
    }

    /// The open sessions of an account, under the names they are kept as, the latest first.
    pub fn sessions(&self, name: &str, now: Timestamp) -> Vec<(String, Session)> {
        let seen = self.seen();
        let Some((_, account)) = seen.accounts.get(name) else { return Vec::new() };
        let of_account = seen.sessions.iter().filter(|(_, (_, session))| session.account == name);
        let mut sessions: Vec<(String, Session)> =
            of_account.map(|(kept, (_, session))| (kept.clone(), seen.as_asked(kept, session))).collect();
        sessions.retain(|(_, session)| session.is_open(account, now));
        sessions.sort_by_key(|(_, session)| std::cmp::Reverse(session.begun_at));
        sessions
    }

    /// Whose session this is, if it is open; it stays open because of that.
    pub fn recognise(&self, token: &Token, now: Timestamp) -> Option<Account> {
        let kept = token.kept_as();
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        let (_, session) = seen.sessions.get(&kept)?;
        let (session, (_, account)) = (seen.as_asked(&kept, session), seen.accounts.get(&session.account)?);
        if account.state != crate::State::Active || !session.is_open(account, now) {
            return None;
        }
        let account = account.clone();
        seen.asked.insert(kept, now);
        Some(account)
    }

    /// What happened and is not in the log yet, the oldest first, with the name under which it is forgotten.
    ///
    /// # Errors
    /// Whatever the shelf says.
    pub fn events(&self) -> Result<Vec<(String, Event)>, AccountsError> {
        let items = self.shelf().all()?.into_iter().filter(|item| item.kind == EVENT);
        items.map(|item| Ok((item.name.clone(), parse(&item)?))).collect()
    }

    /// Forgets an event that is in the log.
    ///
    /// # Errors
    /// Whatever the shelf says.
    pub fn logged(&self, event: &str) -> Result<(), AccountsError> {
        self.shelf().change(&[remove(EVENT, event)])?;
        Ok(())
    }

    /// Makes all changes or none, then shows them.
    pub(crate) fn commit(&self, mut changes: Vec<Change>, events: &[Event]) -> Result<(), AccountsError> {
        for event in events {
            let mut mark = [0; 4];
            password::random(&mut mark)?;
            let name = format!("{:016}-{:08x}", event.at.as_microsecond(), u32::from_be_bytes(mark));
            changes.push(put(EVENT, &name, 0, event)?);
        }
        let mut shelf = self.shelf();
        let is_done = shelf.change(&changes)?;
        self.read(&shelf)?;
        if is_done { Ok(()) } else { Err(AccountsError::Changed) }
    }

    pub(crate) fn seen(&self) -> std::sync::RwLockReadGuard<'_, Seen> {
        self.seen.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn guesses(&self) -> MutexGuard<'_, Guesses> {
        self.guesses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, shelf: &Shelf) -> Result<(), AccountsError> {
        let (mut accounts, mut sessions) = (BTreeMap::new(), BTreeMap::new());
        for item in shelf.all()? {
            match item.kind.as_str() {
                ACCOUNT => drop(accounts.insert(item.name.clone(), (item.rev, parse(&item)?))),
                SESSION => drop(sessions.insert(item.name.clone(), (item.rev, parse(&item)?))),
                _ => {}
            }
        }
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        (seen.accounts, seen.sessions) = (accounts, sessions);
        Ok(())
    }

    /// What is to be written about sessions: those that are over are forgotten, others keep when they were asked.
    fn stale(&self, now: Timestamp) -> Result<Vec<Change>, AccountsError> {
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        let mut changes = Vec::new();
        for (kept, (rev, session)) in &seen.sessions {
            let current = seen.as_asked(kept, session);
            let account = seen.accounts.get(&session.account);
            if !account.is_some_and(|(_, account)| current.is_open(account, now)) {
                changes.push(remove(SESSION, kept));
            } else if current.seen_at.duration_since(session.seen_at).unsigned_abs() > SEEN_EVERY {
                changes.push(put(SESSION, kept, *rev, &current)?);
            }
        }
        seen.asked.retain(|_, at| now.duration_since(*at).unsigned_abs() < IDLE);
        Ok(changes)
    }
}

impl Seen {
    fn as_asked(&self, kept: &str, session: &Session) -> Session {
        let asked = self.asked.get(kept).copied();
        Session { seen_at: asked.map_or(session.seen_at, |at| at.max(session.seen_at)), ..session.clone() }
    }
}

pub(crate) fn put(kind: &str, name: &str, rev: i64, document: &impl Serialize) -> Result<Change, AccountsError> {
    let body = serde_json::to_string(document).map_err(|fault| damaged(name, &fault))?;
    Ok(Change::Put(Item { kind: kind.into(), name: name.into(), rev, body }))
}

pub(crate) fn remove(kind: &str, name: &str) -> Change {
    Change::Remove { kind: kind.into(), name: name.into() }
}

fn parse<T: DeserializeOwned>(item: &Item) -> Result<T, AccountsError> {
    serde_json::from_str(&item.body).map_err(|fault| damaged(&item.name, &fault))
}

fn damaged(name: &str, fault: &serde_json::Error) -> AccountsError {
    AccountsError::Damaged { name: name.into(), detail: fault.to_string() }
}
