//! How is an account made, granted, reset and stopped?
//!
//! Every change says who made it and leaves an event for the log. Who may ask for which is decided by the permission of
//! the address; what no permission can allow, such as granting to oneself, is refused here.

use crate::account::{Account, Event, Grant, State, separate, valid_name};
use crate::book::{ACCOUNT, Book, SESSION, put, remove};
use crate::factor::Factor;
use crate::{AccountsError, Role, password};
use base::Timestamp;

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    /// What will be typed to sign in.
    pub name: &'a str,
    /// The person's own name.
    pub person: &'a str,
    /// The posts.
    pub grants: Vec<Grant>,
}

impl Book {
    /// Makes an account that waits to be activated; returns the temporary password, which is kept nowhere.
    ///
    /// # Errors
    /// [`AccountsError::Name`], [`Taken`](AccountsError::Taken), [`Duties`](AccountsError::Duties), or what the shelf
    /// says.
    pub fn create(&self, actor: &str, new: &NewAccount<'_>, now: Timestamp) -> Result<String, AccountsError> {
        let temporary = password::temporary()?;
        let account = made(new, &temporary, State::Waiting, now)?;
        self.add(actor, vec![account], now)?;
        Ok(temporary)
    }

    /// Makes an account from the console, which stands outside the separation of duties: it can be used at once. Returns
    /// its temporary password.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_active(&self, actor: &str, new: &NewAccount<'_>, now: Timestamp) -> Result<String, AccountsError> {
        let temporary = password::temporary()?;
        let account = made(new, &temporary, State::Active, now)?;
        self.add(actor, vec![account], now)?;
        Ok(temporary)
    }

    /// Makes the three administrators of an empty book, the first with the own password; returns the temporary passwords
    /// of the second and third.
    ///
    /// # Errors
    /// [`AccountsError::SetUp`] when there is anybody already; otherwise as [`create`](Self::create).
    pub fn set_up(
        &self,
        people: [(&str, &str); 3],
        root: &str,
        own_password: &str,
        now: Timestamp,
    ) -> Result<[String; 2], AccountsError> {
        const ROLES: [Role; 3] = [Role::SystemAdministrator, Role::SecurityAdministrator, Role::AuditAdministrator];
        if !self.is_empty() {
            return Err(AccountsError::SetUp);
        }
        strong(own_password, people[0].0)?;
        let temporary = [password::temporary()?, password::temporary()?];
        let passwords = [own_password, &temporary[0], &temporary[1]];
        let mut accounts = Vec::new();
        for (n, ((name, person), role)) in people.into_iter().zip(ROLES).enumerate() {
            let new = NewAccount { name, person, grants: vec![Grant { role, org: root.into() }] };
            let account = made(&new, passwords[n], State::Active, now)?;
            accounts.push(Account { must_change: n > 0, ..account });
        }
        self.add("set-up", accounts, now)?;
        Ok(temporary)
    }

    /// Lets an account be used, after its roles were looked at.
    ///
    /// # Errors
    /// [`AccountsError::Unknown`], [`Own`](AccountsError::Own), or what the shelf says.
    pub fn activate(&self, actor: &str, name: &str, now: Timestamp) -> Result<(), AccountsError> {
        self.change(actor, name, "activated", now, |account| {
            account.state = State::Active;
            Ok(())
        })
    }

    /// Stops an account; its sessions are over at once.
    ///
    /// # Errors
    /// As [`activate`](Self::activate).
    pub fn stop(&self, actor: &str, name: &str, now: Timestamp) -> Result<(), AccountsError> {
        self.change(actor, name, "stopped", now, |account| {
            account.state = State::Stopped;
            account.signed_out_at = now;
            Ok(())
        })
    }

    /// Replaces the posts of an account, which signs in again after that.
    ///
    /// # Errors
    /// [`AccountsError::Duties`]; otherwise as [`activate`](Self::activate).
    pub fn grant(&self, actor: &str, name: &str, grants: Vec<Grant>, now: Timestamp) -> Result<(), AccountsError> {
        separate(&grants)?;
        self.change(actor, name, "granted", now, |account| {
            account.grants = grants;
            account.signed_out_at = now;
            Ok(())
        })
    }

    /// Gives a temporary password in place of a forgotten one and unlocks the account; returns the password.
    ///
    /// # Errors
    /// As [`activate`](Self::activate).
    pub fn reset_password(&self, actor: &str, name: &str, now: Timestamp) -> Result<String, AccountsError> {
        let temporary = password::temporary()?;
        let hash = password::hash(&temporary)?;
        self.change(actor, name, "password_reset", now, |account| {
            account.password = hash;
            (account.must_change, account.signed_out_at, account.forgiven_at) = (true, now, now);
            Ok(())
        })?;
        Ok(temporary)
    }

    /// Takes the one-time code away from somebody who lost the telephone.
    ///
    /// # Errors
    /// As [`activate`](Self::activate).
    pub fn reset_factor(&self, actor: &str, name: &str, now: Timestamp) -> Result<(), AccountsError> {
        self.change(actor, name, "factor_reset", now, |account| {
            (account.factor, account.factor_wanted, account.signed_out_at) = (None, None, now);
            Ok(())
        })
    }

    /// Ends all sessions of an account.
    ///
    /// # Errors
    /// [`AccountsError::Unknown`], or what the shelf says.
    pub fn sign_out_all(&self, actor: &str, name: &str, now: Timestamp) -> Result<(), AccountsError> {
        self.change_any(actor, name, "signed_out_all", now, |account| {
            account.signed_out_at = now;
            Ok(())
        })
    }

    /// Ends one session.
    ///
    /// # Errors
    /// Whatever the shelf says.
    pub fn sign_out(&self, name: &str, session: &str, now: Timestamp) -> Result<(), AccountsError> {
        let is_own = self.seen().sessions.get(session).is_some_and(|(_, session)| session.account == name);
        if !is_own {
            return Ok(());
        }
        self.commit(vec![remove(SESSION, session)], &[event(name, name, "signed_out", now)])
    }

    /// Changes the own password. All other sessions are over; the caller begins a new one.
    ///
    /// # Errors
    /// [`AccountsError::Wrong`], [`Weak`](AccountsError::Weak), or what the shelf says.
    pub fn change_password(&self, name: &str, old: &str, new: &str, now: Timestamp) -> Result<(), AccountsError> {
        let account = self.account(name).ok_or(AccountsError::Wrong)?;
        if !password::is_right(old, &account.password) {
            return Err(AccountsError::Wrong);
        }
        if old == new {
            return Err(AccountsError::Weak("the new password is the old one"));
        }
        strong(new, name)?;
        let hash = password::hash(new)?;
        self.change_any(name, name, "password_changed", now, |account| {
            (account.password, account.must_change, account.signed_out_at) = (hash, false, now);
            Ok(())
        })
    }

    /// A new one-time code, which is asked for only once [`confirm_factor`](Self::confirm_factor) saw it work.
    ///
    /// # Errors
    /// [`AccountsError::Unknown`], or what the shelf says.
    pub fn want_factor(&self, name: &str, now: Timestamp) -> Result<Factor, AccountsError> {
        let factor = Factor::new()?;
        let wanted = factor.clone();
        self.change_any(name, name, "factor_wanted", now, |account| {
            account.factor_wanted = Some(wanted);
            Ok(())
        })?;
        Ok(factor)
    }

    /// Switches the one-time code on that was last wanted.
    ///
    /// # Errors
    /// [`AccountsError::WrongCode`], or what the shelf says.
    pub fn confirm_factor(&self, name: &str, code: &str, now: Timestamp) -> Result<(), AccountsError> {
        self.change_any(name, name, "factor_on", now, |account| {
            let wanted = account.factor_wanted.as_ref().ok_or(AccountsError::WrongCode)?;
            account.factor = Some(wanted.taking(code, now).ok_or(AccountsError::WrongCode)?);
            account.factor_wanted = None;
            Ok(())
        })
    }

    /// A change by somebody else, never to oneself.
    fn change(
        &self,
        actor: &str,
        name: &str,
        what: &str,
        now: Timestamp,
        change: impl FnOnce(&mut Account) -> Result<(), AccountsError>,
    ) -> Result<(), AccountsError> {
        if actor == name {
            return Err(AccountsError::Own);
        }
        self.change_any(actor, name, what, now, change)
    }

    pub(crate) fn change_any(
        &self,
        actor: &str,
        name: &str,
        what: &str,
        now: Timestamp,
        change: impl FnOnce(&mut Account) -> Result<(), AccountsError>,
    ) -> Result<(), AccountsError> {
        let known = self.seen().accounts.get(name).cloned();
        let (rev, mut account) = known.ok_or_else(|| AccountsError::Unknown(name.to_string()))?;
        change(&mut account)?;
        self.commit(vec![put(ACCOUNT, name, rev, &account)?], &[event(actor, name, what, now)])
    }

    fn add(&self, actor: &str, accounts: Vec<Account>, now: Timestamp) -> Result<(), AccountsError> {
        for account in &accounts {
            let is_twice = accounts.iter().filter(|other| other.name == account.name).count() > 1;
            if is_twice || self.account(&account.name).is_some() {
                return Err(AccountsError::Taken(account.name.clone()));
            }
        }
        let changes =
            accounts.iter().map(|account| put(ACCOUNT, &account.name, 0, account)).collect::<Result<_, _>>()?;
        let events: Vec<Event> = accounts.iter().map(|account| event(actor, &account.name, "created", now)).collect();
        self.commit(changes, &events)
    }
}

pub(crate) fn event(actor: &str, account: &str, what: &str, at: Timestamp) -> Event {
    Event { at, actor: actor.into(), account: account.into(), what: what.into() }
}

fn made(new: &NewAccount<'_>, password: &str, state: State, now: Timestamp) -> Result<Account, AccountsError> {
    if !valid_name(new.name) {
        return Err(AccountsError::Name(new.name.to_string()));
    }
    separate(&new.grants)?;
    Ok(Account {
        name: new.name.into(),
        person: new.person.into(),
        state,
        grants: new.grants.clone(),
        password: password::hash(password)?,
        must_change: true,
        factor: None,
        factor_wanted: None,
        signed_out_at: now,
        forgiven_at: now,
        created_at: now,
    })
}

fn strong(password: &str, account: &str) -> Result<(), AccountsError> {
    password::weakness(password, account).map_or(Ok(()), |why| Err(AccountsError::Weak(why)))
}
