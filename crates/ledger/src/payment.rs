//! How does owed money leave: the audit approves, finance books, the bank pays, three different people.

use crate::posting::{fen, yuan};
use crate::{AccountId, AccountKind, Kind, LedgerError, Line, PostingSet};
use base::Date;
use serde_json::{Map, Value, json};

/// The three roles that money passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Approves that it is owed.
    Audit,
    /// Books it.
    Finance,
    /// Pays it.
    Bank,
}

/// How far an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrderState {
    /// Proposed.
    Proposed,
    /// Approved by the audit.
    Approved,
    /// Booked by finance.
    Booked,
    /// Paid by the bank.
    Paid,
}

impl OrderState {
    const ALL: [(&'static str, Self); 4] =
        [("proposed", Self::Proposed), ("approved", Self::Approved), ("booked", Self::Booked), ("paid", Self::Paid)];

    /// The word in the log.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, state)| *state == self).map_or("", |(word, _)| word)
    }
}

/// An order to pay what somebody is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: String,
    /// Whose money it is: an institution's or a person's account.
    pub payee: AccountId,
    /// How much, in fen.
    pub amount: i64,
    /// The organisation that answers for it.
    pub org: String,
    /// How far it is.
    pub state: OrderState,
    /// Who proposed, approved, booked and paid, in that order.
    pub actors: Vec<String>,
}

impl Order {
    /// An order that somebody proposes.
    ///
    /// # Errors
    /// [`LedgerError::Payment`] when nobody is owed on such an account, or nothing.
    pub fn propose(id: &str, payee: AccountId, amount: i64, org: &str, by: &str) -> Result<Self, LedgerError> {
        let order = Self {
            id: id.to_string(),
            payee,
            amount,
            org: org.to_string(),
            state: OrderState::Proposed,
            actors: vec![by.to_string()],
        };
        if !matches!(order.payee.kind(), AccountKind::Institution | AccountKind::Person) {
            return Err(order.refuse("only institutions and persons are paid"));
        }
        if amount <= 0 {
            return Err(order.refuse("the amount must be above nothing"));
        }
        Ok(order)
    }

    fn refuse(&self, why: &str) -> LedgerError {
        LedgerError::Payment { id: self.id.clone(), why: why.to_string() }
    }

    /// The order after the next role did its part.
    ///
    /// # Errors
    /// [`LedgerError::Payment`] when it is another role's turn, or when the person took part before.
    pub fn step(&self, role: Role, by: &str) -> Result<Self, LedgerError> {
        let (turn, next) = match self.state {
            OrderState::Proposed => (Role::Audit, OrderState::Approved),
            OrderState::Approved => (Role::Finance, OrderState::Booked),
            OrderState::Booked => (Role::Bank, OrderState::Paid),
            OrderState::Paid => return Err(self.refuse("it is paid")),
        };
        if role != turn {
            return Err(
                self.refuse(&format!("it is {}; now it is the turn of {turn:?}, not of {role:?}", self.state.word()))
            );
        }
        if self.actors.iter().any(|actor| actor == by) {
            return Err(self.refuse(&format!("{by} took part before; each role is another person")));
        }
        let mut after = self.clone();
        after.state = next;
        after.actors.push(by.to_string());
        Ok(after)
    }

    /// The postings of a paid order.
    pub(crate) fn postings(&self, on_date: Date) -> PostingSet {
        PostingSet {
            id: format!("payment/{}", self.id),
            on_date,
            kind: Kind::Payment,
            org: self.org.clone(),
            document: Some(self.id.clone()),
            reverses: None,
            lines: vec![
                Line::new(self.payee.clone(), -self.amount, "paid"),
                Line::new(AccountId::new(AccountKind::Bank, "county"), self.amount, "paid"),
            ],
        }
    }

    pub(crate) fn body(&self) -> Map<String, Value> {
        let body = json!({
            "payee": self.payee.as_str(), "amount": yuan(self.amount), "state": self.state.word(), "actors": self.actors,
        });
        body.as_object().cloned().unwrap_or_default()
    }

    pub(crate) fn read(id: &str, org: &str, body: &Map<String, Value>) -> Option<Self> {
        let word = body.get("state")?.as_str()?;
        let (_, state) = OrderState::ALL.iter().find(|(known, _)| *known == word)?;
        let actors = body.get("actors")?.as_array()?.iter().map(|actor| actor.as_str().map(str::to_string));
        Some(Self {
            id: id.to_string(),
            payee: AccountId::parse(body.get("payee")?.as_str()?)?,
            amount: fen(body.get("amount")?.as_str()?)?,
            org: org.to_string(),
            state: *state,
            actors: actors.collect::<Option<_>>()?,
        })
    }
}
