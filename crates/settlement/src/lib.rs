//! How does a county's records become bills, plans, postings, and the answer to "what if"?
//!
//! `scheme` computes and knows no records; `ledger` books and knows no schemes. Here the rows of a register meet the
//! scheme that pays them. Nothing here writes: booking is [`booking`] handed to the ledger by whoever holds the log.

mod book;
mod fault;
mod replay;
mod rows;

pub use book::booking;
pub use fault::SettlementError;
pub use replay::{Amounts, Change, Part, Replay, replay};
pub use rows::{compile, of_period, row_of, rows_of, settle_rows};
