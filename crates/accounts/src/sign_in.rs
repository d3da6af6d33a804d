//! Is this really who they say?

use crate::account::{Account, State};
use crate::book::{ACCOUNT, Book, SESSION, put};
use crate::change::event;
use crate::session::{Session, Token};
use crate::{AccountsError, password};
use base::Timestamp;

/// Somebody at the door.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// Who they say they are.
    pub account: &'a str,
    /// The password.
    pub password: &'a str,
    /// The one-time code, when they have one.
    pub code: Option<&'a str>,
    /// The address they come from.
    pub address: &'a str,
    /// What their browser calls itself.
    pub browser: &'a str,
}

impl Book {
    /// Begins a session.
    ///
    /// # Errors
    /// [`AccountsError::TooMany`] or [`Locked`](AccountsError::Locked) before anything is looked at;
    /// [`Wrong`](AccountsError::Wrong) whether the account or the password is; then
    /// [`Waiting`](AccountsError::Waiting), [`Stopped`](AccountsError::Stopped),
    /// [`NeedsCode`](AccountsError::NeedsCode) or [`WrongCode`](AccountsError::WrongCode).
    pub fn sign_in(&self, attempt: Attempt<'_>, now: Timestamp) -> Result<Token, AccountsError> {
        let known = self.account(attempt.account);
        let forgiven_at = known.as_ref().map_or(Timestamp::MIN, |account| account.forgiven_at);
        let mut guesses = self.guesses();
        if !guesses.may_try(attempt.address, now) {
            return Err(AccountsError::TooMany);
        }
        if let Some(until) = guesses.locked_until(attempt.account, forgiven_at, now) {
            return Err(AccountsError::Locked(until));
        }
        drop(guesses);
        match self.judge(known, attempt, now) {
            Ok(account) => {
                self.guesses().succeeded(attempt.account);
                self.begin(&account, attempt, now)
            }
            Err(fault @ (AccountsError::Wrong | AccountsError::WrongCode)) => self.count(fault, attempt, now),
            Err(fault) => Err(fault),
        }
    }

    fn judge(&self, known: Option<Account>, attempt: Attempt<'_>, now: Timestamp) -> Result<Account, AccountsError> {
        let hash = known.as_ref().map_or(self.nobody.as_str(), |account| account.password.as_str());
        let is_right = password::is_right(attempt.password, hash);
        let Some(mut account) = known.filter(|_| is_right) else { return Err(AccountsError::Wrong) };
        match account.state {
            State::Active => {}
            State::Waiting => return Err(AccountsError::Waiting),
            State::Stopped => return Err(AccountsError::Stopped),
        }
        if let Some(factor) = &account.factor {
            let code = attempt.code.filter(|code| !code.trim().is_empty()).ok_or(AccountsError::NeedsCode)?;
            account.factor = Some(factor.taking(code, now).ok_or(AccountsError::WrongCode)?);
        }
        Ok(account)
    }

    /// Counts a failure, and says so when it locks.
    fn count(&self, fault: AccountsError, attempt: Attempt<'_>, now: Timestamp) -> Result<Token, AccountsError> {
        let locks = self.guesses().failed(attempt.account, now);
        if self.account(attempt.account).is_some() {
            let what = if locks { "locked" } else { "refused" };
            self.commit(Vec::new(), &[event(attempt.account, attempt.account, what, now)])?;
        }
        Err(fault)
    }

    /// Begins a session for somebody who was just recognised: after the own password was changed.
    ///
    /// # Errors
    /// [`AccountsError::Unknown`], or what the shelf says.
    pub fn begin_again(
        &self,
        name: &str,
        address: &str,
        browser: &str,
        now: Timestamp,
    ) -> Result<Token, AccountsError> {
        let account = self.account(name).ok_or_else(|| AccountsError::Unknown(name.to_string()))?;
        self.begin(&account, Attempt { account: name, password: "", code: None, address, browser }, now)
    }

    /// Counts an attempt of whoever types the set-up code; `false` when there were too many from this address.
    pub fn may_try(&self, address: &str, now: Timestamp) -> bool {
        self.guesses().may_try(address, now)
    }

    fn begin(&self, account: &Account, attempt: Attempt<'_>, now: Timestamp) -> Result<Token, AccountsError> {
        let token = Token::new()?;
        let session = Session {
            account: account.name.clone(),
            // Later than whatever ended the sessions before, within one tick of the clock.
            begun_at: now.max(account.signed_out_at + std::time::Duration::from_micros(1)),
            seen_at: now,
            address: attempt.address.into(),
            browser: attempt.browser.chars().take(200).collect(),
        };
        let rev = self.seen().accounts.get(&account.name).map_or(0, |(rev, _)| *rev);
        let mut changes = vec![put(SESSION, &token.kept_as(), 0, &session)?];
        if account.has_factor() {
            // The code that was taken is taken for good; two browsers at once cannot both use it.
            changes.push(put(ACCOUNT, &account.name, rev, account)?);
        }
        self.commit(changes, &[event(&account.name, &account.name, "signed_in", now)])?;
        Ok(token)
    }
}
