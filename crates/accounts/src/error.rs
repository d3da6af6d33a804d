//! Why was it refused?

use base::Timestamp;
use records::LogError;

/// Why nothing was done with an account.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// No such account with this password; or there is, and nobody is to know.
    #[error("account or password is wrong")]
    Wrong,
    /// Too many failed attempts.
    #[error("too many failed attempts: locked until {0}")]
    Locked(Timestamp),
    /// Too many attempts from one address.
    #[error("too many attempts from this address; wait a minute")]
    TooMany,
    /// The password is right, and a one-time code is needed besides.
    #[error("a one-time code is needed")]
    NeedsCode,
    /// The one-time code is wrong, or was used.
    #[error("the one-time code is wrong or was used")]
    WrongCode,
    /// The password is right, but nobody activated the account.
    #[error("the account waits for the security administrator")]
    Waiting,
    /// The account was stopped.
    #[error("the account was stopped")]
    Stopped,
    /// The new password is too easy to guess; why.
    #[error("{0}")]
    Weak(&'static str),
    /// A name that cannot be an account's.
    #[error("\"{0}\" is no name for an account: 2 to 32 lower-case letters, digits, dots, dashes, underscores")]
    Name(String),
    /// The name belongs to somebody.
    #[error("there is an account \"{0}\" already")]
    Taken(String),
    /// No such account.
    #[error("there is no account \"{0}\"; `taizhang accounts list` shows them all")]
    Unknown(String),
    /// Roles that one person may not hold together.
    #[error(
        "one person cannot hold this: the system, security and audit administrators are three people, and none of them holds another role"
    )]
    Duties,
    /// Somebody wanted to change the own roles or state.
    #[error("nobody grants to himself: ask another administrator")]
    Own,
    /// Set-up was done before.
    #[error("the administrators were made before")]
    SetUp,
    /// Somebody else changed it at the same moment.
    #[error("somebody else changed this account just now; look again")]
    Changed,
    /// The stored document cannot be read.
    #[error("the stored account \"{name}\" cannot be read ({detail}); restore accounts.db from a backup")]
    Damaged {
        /// The account or session.
        name: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The system gave no randomness, or hashing failed.
    #[error("a secret could not be made: {0}")]
    Secret(String),
    /// The shelf failed.
    #[error(transparent)]
    Log(#[from] LogError),
}
