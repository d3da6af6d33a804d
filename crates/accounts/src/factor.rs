//! Is this the one-time code of this half minute?
//!
//! RFC 6238 as every authenticator reads it: SHA-1, six digits, 30 seconds, one step to either side. A code is good once.

use crate::AccountsError;
use crate::password::random;
use base::Timestamp;
use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret, Totp};

/// The secret shared with somebody's telephone.
#[derive(Clone, Serialize, Deserialize)]
pub struct Factor {
    /// In Base32, as it is typed.
    secret: String,
    /// The step of the last code that was taken.
    last_step: u64,
}

impl std::fmt::Debug for Factor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Factor")
    }
}

impl Factor {
    /// A new secret.
    pub fn new() -> Result<Self, AccountsError> {
        let mut bytes = [0; 20];
        random(&mut bytes)?;
        Ok(Self { secret: Secret::from(bytes.to_vec()).to_base32(), last_step: 0 })
    }

    /// The secret as it is typed into a telephone that has no camera.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The address a telephone reads from a QR code.
    pub fn address(&self, account: &str) -> String {
        format!("otpauth://totp/Taizhang:{account}?secret={}&issuer=Taizhang", self.secret)
    }

    /// The factor after this code was taken; `None` when it is wrong or was taken before.
    pub(crate) fn taking(&self, code: &str, now: Timestamp) -> Option<Self> {
        let seconds = u64::try_from(now.as_second()).ok()?;
        let step = totp(&self.secret)?.check(code.trim(), seconds).filter(|step| *step > self.last_step)?;
        Some(Self { secret: self.secret.clone(), last_step: step })
    }
}

fn totp(secret: &str) -> Option<Totp> {
    Builder::new().with_secret(Secret::try_from_base32(secret).ok()?).build().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The secret of RFC 6238's test vectors.
    fn factor() -> Factor {
        Factor { secret: Secret::from(b"12345678901234567890".to_vec()).to_base32(), last_step: 0 }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_vectors_of_the_standard_are_taken() {
        // Appendix B, SHA-1, the last six of eight digits.
        let vectors = [(59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924")];
        for (second, code) in vectors {
            assert!(factor().taking(code, at(second)).is_some(), "{second}");
            assert!(factor().taking(code, at(second + 90)).is_none(), "{second}: three steps later");
        }
    }

    #[test]
    fn a_code_is_good_once() {
        let taken = factor().taking("287082", at(59)).unwrap();
        assert!(taken.taking("287082", at(59)).is_none());
        assert!(taken.taking("287082", at(65)).is_none(), "nor in the next step");
    }
}
