//! Where did the money go, and what did every account hold on any day?
//!
//! Double entry: every settlement, grant, advance and payment is one balanced set of postings, kept as an entry of the
//! log and never changed. What is here is derived from the log and can be read again from its first entry. It knows
//! no scheme, no pack and no clock.

mod account;
mod book;
mod error;
mod ledger;
mod payment;
mod posting;
mod running;
mod settlement;
mod statement;

pub use account::{Account, AccountId, AccountKind};
pub use book::Book;
pub use error::LedgerError;
pub use ledger::{Booked, Ledger};
pub use payment::{Order, OrderState, Role};
pub use posting::{Kind, Line, PostingSet};
pub use settlement::{Part, Settlement};
pub use statement::{StatementMonth, statement};
