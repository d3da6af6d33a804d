//! Who may sign in, and what may they do?
//!
//! Roles and permissions as one table; accounts, passwords, one-time codes and sessions. It never knows records, HTTP
//! or the clock: time is an argument, and what a role may do to which record is asked by whoever shows it.
//!
//! **Invariant:** what the table does not allow is refused.
//!
//! **Invariant:** nobody administers alone: the system, security and audit administrators are three people, and none of
//! them sees a resident by being one.

mod account;
mod book;
mod change;
mod error;
mod factor;
mod guesses;
mod password;
mod permission;
mod role;
mod session;
mod sign_in;

pub use account::{Account, Event, Grant, State, valid_name};
pub use book::Book;
pub use change::NewAccount;
pub use error::AccountsError;
pub use factor::Factor;
pub use password::{setup_code, weakness};
pub use permission::Permission;
pub use role::Role;
pub use session::{IDLE, LONGEST, Session, Token};
pub use sign_in::Attempt;
