//! Is somebody still signed in?

use crate::AccountsError;
use crate::account::Account;
use crate::password::random;
use base::Timestamp;
use serde::{Deserialize, Serialize};
use sm3::{Digest, Sm3};
use std::time::Duration;

/// A session ends when nothing was asked for so long.
pub const IDLE: Duration = Duration::from_secs(30 * 60);
/// A session ends after so long, whatever is asked.
pub const LONGEST: Duration = Duration::from_secs(12 * 60 * 60);

/// Somebody who signed in at some browser.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// The account.
    pub account: String,
    /// When it began.
    pub begun_at: Timestamp,
    /// When something was last asked.
    pub seen_at: Timestamp,
    /// The address it began from.
    pub address: String,
    /// What the browser calls itself.
    pub browser: String,
}

impl Session {
    /// Whether it is still good for its account.
    pub fn is_open(&self, account: &Account, now: Timestamp) -> bool {
        let since = |at: Timestamp| now.duration_since(at).unsigned_abs();
        self.begun_at > account.signed_out_at && since(self.begun_at) < LONGEST && since(self.seen_at) < IDLE
    }
}

/// What a browser shows to be recognised: 256 random bits. Only its hash is kept.
#[derive(Clone)]
pub struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// A new one.
    pub fn new() -> Result<Self, AccountsError> {
        let mut bytes = [0; 32];
        random(&mut bytes)?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// One that was shown; `None` when it cannot be one.
    pub fn shown(text: &str) -> Option<Self> {
        let is_token = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_token.then(|| Self(text.to_string()))
    }

    /// As the browser gets it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Under which name its session is kept: whoever reads the file cannot use it.
    pub fn kept_as(&self) -> String {
        Sm3::digest(self.0.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
