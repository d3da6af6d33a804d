//! Is this the password, and is a new one hard enough to guess?
//!
//! Argon2id with the parameters OWASP recommends (19 MiB, two passes); they stand in every hash, so that older ones can
//! still be checked. The rules are those of MLPS level 3: length, three kinds of characters, none of the common ones.

use crate::AccountsError;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// Characters of a password at least, and at most.
const LENGTH: std::ops::RangeInclusive<usize> = 10..=128;
/// Kinds of characters at least: small and capital letters, digits, others.
const KINDS: usize = 3;
/// What many people choose, in small letters; a password must not contain one of them and little else.
const COMMON: &str = include_str!("common_passwords.txt");
/// Letters without those that look alike.
const TEMPORARY: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// The hash of a password, with a new salt.
pub fn hash(password: &str) -> Result<String, AccountsError> {
    let mut salt = [0; 16];
    random(&mut salt)?;
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map_err(secret)?;
    Ok(hash.to_string())
}

/// Whether a password belongs to a hash. Takes as long for a wrong one.
pub fn is_right(password: &str, hash: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Why a password is too easy to guess, if it is.
pub fn weakness(password: &str, account: &str) -> Option<&'static str> {
    let n = password.chars().count();
    if !LENGTH.contains(&n) {
        return Some("a password has 10 to 128 characters");
    }
    let has = |is_kind: fn(char) -> bool| usize::from(password.chars().any(is_kind));
    let kinds = has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_ascii_alphanumeric());
    if kinds < KINDS {
        return Some("a password mixes three of: small letters, capital letters, digits, other characters");
    }
    let small = password.to_lowercase();
    if small.contains(account) {
        return Some("a password does not contain the account's name");
    }
    let is_common = |word: &&str| small.contains(*word) && small.len() < word.len() + 5;
    COMMON
        .lines()
        .filter(|word| !word.is_empty())
        .any(|word| is_common(&word))
        .then_some("this password is a common one")
}

/// A password to be handed over and changed at the first sign-in.
pub fn temporary() -> Result<String, AccountsError> {
    // 31 letters; 248 is the largest multiple below 256, so that each is as likely.
    let mut letters = String::new();
    while letters.len() < 16 {
        let mut bytes = [0; 32];
        random(&mut bytes)?;
        letters
            .extend(bytes.iter().filter(|byte| **byte < 248).map(|byte| char::from(TEMPORARY[usize::from(byte % 31)])));
    }
    letters.truncate(16);
    Ok([&letters[..4], &letters[4..8], &letters[8..12], &letters[12..]].join("-"))
}

/// A code to be typed once, by whoever reads the console: ten characters that do not look alike.
///
/// # Errors
/// [`AccountsError::Secret`] when the system gives no randomness.
pub fn setup_code() -> Result<String, AccountsError> {
    temporary().map(|text| text.chars().filter(|c| *c != '-').take(10).collect())
}

/// Bytes nobody can guess, from the system.
pub fn random(bytes: &mut [u8]) -> Result<(), AccountsError> {
    getrandom::fill(bytes).map_err(secret)
}

fn secret(fault: impl std::fmt::Display) -> AccountsError {
    AccountsError::Secret(fault.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_hash_knows_its_password_and_no_other() {
        let hash = hash("Qing-Shan 2026").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(is_right("Qing-Shan 2026", &hash));
        assert!(!is_right("Qing-Shan 2027", &hash));
        assert!(!is_right("Qing-Shan 2026", "no hash"));
    }

    #[test]
    fn easy_passwords_are_refused() {
        let cases = [
            ("Short-1x", true),
            ("onlysmalletters", true),
            ("small1234567", true),
            ("Admin@12345", true),
            ("Woaini1314", true),
            ("P@ssw0rd2026", true),
            ("Wang.q-2026x", true),
            ("Liu he-cun 37", false),
            ("柳河村的一条河Ab7", false),
        ];
        for (password, is_weak) in cases {
            assert_eq!(weakness(password, "wang.q").is_some(), is_weak, "{password}");
        }
    }

    #[test]
    fn a_temporary_password_is_never_the_same() {
        let one = temporary().unwrap();
        assert_eq!(one.len(), 19, "{one}");
        assert_ne!(one, temporary().unwrap());
    }
}
