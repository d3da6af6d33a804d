//! Why was nothing booked?

use crate::AccountId;
use base::Date;

/// Nothing was booked; the ledger is as it was.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The lines do not add up to nothing.
    #[error("the lines of {id} are off by {off} fen; every set of postings adds up to nothing")]
    Unbalanced {
        /// The set.
        id: String,
        /// The sum of its lines.
        off: i128,
    },
    /// Fewer than two lines, or a line of nothing.
    #[error("{id} needs at least two lines, none of them 0.00")]
    Empty {
        /// The set.
        id: String,
    },
    /// The same id with other lines.
    #[error("{id} is booked already, with other lines; reverse it and book the new amounts under another id")]
    BookedOtherwise {
        /// The set.
        id: String,
    },
    /// The day lies in a closed period.
    #[error("the period until {until} is closed; book {id} on a later day")]
    Closed {
        /// The set.
        id: String,
        /// The last closed day.
        until: Date,
    },
    /// The period cannot be closed.
    #[error("the ledger is closed until {until} already")]
    ClosedAlready {
        /// The last closed day.
        until: Date,
    },
    /// A fund would be below nothing.
    #[error("{fund} would hold {balance} fen on {on}; pay it in first, or let the account name a shortfall")]
    FundEmpty {
        /// The fund.
        fund: AccountId,
        /// The day on which it would be lowest.
        on: Date,
        /// What it would hold.
        balance: i64,
    },
    /// There is no such set.
    #[error("there is no set of postings \"{0}\"")]
    Unknown(String),
    /// It cannot be reversed.
    #[error("{id} cannot be reversed: {why}")]
    NotReversible {
        /// The set.
        id: String,
        /// Why.
        why: &'static str,
    },
    /// A payment cannot take this step.
    #[error("payment {id}: {why}")]
    Payment {
        /// The order.
        id: String,
        /// Why.
        why: String,
    },
    /// An amount passes what 64 bits of fen hold.
    #[error("an amount of {0} is too large")]
    TooLarge(String),
    /// An entry of the log is not what the ledger writes.
    #[error("entry {seq} is not a posting as the ledger writes it: {what}")]
    Entry {
        /// Its place.
        seq: u64,
        /// What is wrong.
        what: String,
    },
    /// The log failed or refused.
    #[error(transparent)]
    Log(#[from] records::LogError),
}
