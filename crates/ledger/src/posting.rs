//! What is one balanced set of postings?

use crate::{AccountId, LedgerError};
use base::{Date, Decimal};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Money put into a fund.
    Funding,
    /// A bill settled.
    Settlement,
    /// A charge waived.
    Waiver,
    /// A grant owed to a person.
    Grant,
    /// Money given before the work.
    Advance,
    /// Money given back.
    Reimbursement,
    /// A payment made.
    Payment,
    /// The opposite of an earlier set.
    Reversal,
}

impl Kind {
    const ALL: [(&'static str, Self); 8] = [
        ("funding", Self::Funding),
        ("settlement", Self::Settlement),
        ("waiver", Self::Waiver),
        ("grant", Self::Grant),
        ("advance", Self::Advance),
        ("reimbursement", Self::Reimbursement),
        ("payment", Self::Payment),
        ("reversal", Self::Reversal),
    ];

    /// The word in the log.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    }
}

/// One line: what went into an account, below nothing what went out of it. In fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The account.
    pub account: AccountId,
    /// The amount.
    pub amount: i64,
    /// The step, document or remark it stands for.
    pub memo: String,
}

impl Line {
    /// A line with its remark.
    pub fn new(account: AccountId, amount: i64, memo: impl Into<String>) -> Self {
        Self { account, amount, memo: memo.into() }
    }
}

/// Lines that add up to nothing and stand or fall together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostingSet {
    /// Its id, by which it is booked once.
    pub id: String,
    /// The day it is booked on.
    pub on_date: Date,
    /// Why.
    pub kind: Kind,
    /// The organisation that answers for it.
    pub org: String,
    /// The record it rests on: a bill, a case, an order.
    pub document: Option<String>,
    /// The set it takes back.
    pub reverses: Option<String>,
    /// The lines.
    pub lines: Vec<Line>,
}

impl PostingSet {
    /// Checks that the lines balance.
    ///
    /// # Errors
    /// [`LedgerError::Empty`] or [`LedgerError::Unbalanced`].
    pub fn balanced(self) -> Result<Self, LedgerError> {
        if self.lines.len() < 2 || self.lines.iter().any(|line| line.amount == 0) {
            return Err(LedgerError::Empty { id: self.id });
        }
        let off: i128 = self.lines.iter().map(|line| i128::from(line.amount)).sum();
        if off != 0 {
            return Err(LedgerError::Unbalanced { id: self.id, off });
        }
        Ok(self)
    }

    /// The opposite lines, under another id and day.
    #[must_use]
    pub fn reversed(&self, id: impl Into<String>, on_date: Date) -> Self {
        let opposite = |line: &Line| Line { amount: -line.amount, ..line.clone() };
        Self {
            id: id.into(),
            on_date,
            kind: Kind::Reversal,
            org: self.org.clone(),
            document: self.document.clone(),
            reverses: Some(self.id.clone()),
            lines: self.lines.iter().map(opposite).collect(),
        }
    }

    /// What it moves for each account.
    pub fn by_account(&self) -> BTreeMap<&AccountId, i128> {
        let mut sums = BTreeMap::new();
        for line in &self.lines {
            *sums.entry(&line.account).or_insert(0) += i128::from(line.amount);
        }
        sums
    }

    /// The body of its entry: amounts as exact yuan.
    pub fn body(&self) -> Map<String, Value> {
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| json!({"account": line.account.as_str(), "amount": yuan(line.amount), "memo": line.memo}))
            .collect();
        let body = json!({
            "kind": self.kind.word(), "document": self.document, "reverses": self.reverses, "lines": lines,
        });
        body.as_object().cloned().unwrap_or_default()
    }

    /// Reads the body of an entry; `None` when the ledger would not have written it.
    pub fn read(id: &str, on_date: Date, org: &str, body: &Map<String, Value>) -> Option<Self> {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_string);
        let mut lines = Vec::new();
        for line in body.get("lines")?.as_array()? {
            let account = AccountId::parse(line.get("account")?.as_str()?)?;
            let amount = fen(line.get("amount")?.as_str()?)?;
            lines.push(Line { account, amount, memo: text(line, "memo")? });
        }
        let whole = Value::Object(body.clone());
        let kind = Kind::parse(body.get("kind")?.as_str()?)?;
        let (document, reverses) = (text(&whole, "document"), text(&whole, "reverses"));
        Some(Self { id: id.to_string(), on_date, kind, org: org.to_string(), document, reverses, lines })
    }
}

/// Fen as exact yuan with two decimals.
pub(crate) fn yuan(fen: i64) -> String {
    Decimal::new(fen, 2).to_string()
}

/// Exact yuan as fen.
pub(crate) fn fen(yuan: &str) -> Option<i64> {
    let fen = yuan.parse::<Decimal>().ok()?.checked_mul(Decimal::ONE_HUNDRED)?.normalize();
    (fen.scale() == 0).then(|| i64::try_from(fen.mantissa()).ok()).flatten()
}
