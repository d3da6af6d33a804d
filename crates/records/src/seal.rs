//! Where did the log stand, and who says so? A signed head, kept elsewhere, shows a log that was cut short or written
//! anew, which no chain can tell from inside.
//!
//! The statement is JSON. What is signed is the SM2 signature (GB/T 32918.2-2016, user id `1234567812345678`) over
//! the 15 bytes `taizhang-head/1\n` without the line end, then county (text), batch, seq (`u64`), hash (32 bytes), at
//! (`i64`) and key id (text), written as in [`hash`](crate::hash). The key id is the SM3 hash of the public key's
//! uncompressed point. A signature is 64 bytes, r then s, in hexadecimal.

use base::Timestamp;
use serde::{Deserialize, Serialize};
use sm2::SecretKey;
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::elliptic_curve::Generate;
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm2::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding};

use crate::hash::text;
use crate::{Hash, Log, LogError};

/// The user id the national standard takes when none was agreed on.
const USER_ID: &str = "1234567812345678";
const HEADER: &[u8; 15] = b"taizhang-head/1";

/// Why a head could not be signed or checked.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key cannot be used.
    #[error("this is no SM2 {what} in PEM ({detail}); make a key with `taizhang seal --new-key FILE`")]
    Key {
        /// Private or public key.
        what: &'static str,
        /// What was found.
        detail: String,
    },
    /// The system gives no random numbers, or the key cannot sign.
    #[error("{0} failed; try again, or use another machine")]
    Crypto(&'static str),
    /// There is nothing to sign.
    #[error("the log is empty; write something first")]
    Empty,
    /// The statement is not one.
    #[error("this is no signed head ({0}); use the file that `taizhang seal` wrote")]
    Statement(String),
    /// The log failed.
    #[error(transparent)]
    Log(#[from] LogError),
}

/// A private key.
pub struct Key(SigningKey, SecretKey);

impl Key {
    /// A new key, from the system's random numbers.
    ///
    /// # Errors
    /// [`SealError::Crypto`] when the system gives none.
    pub fn new() -> Result<Self, SealError> {
        let secret = SecretKey::try_generate().map_err(|_| SealError::Crypto("making a key"))?;
        Self::from_secret(secret)
    }

    /// Reads a private key (PKCS#8, PEM).
    ///
    /// # Errors
    /// [`SealError::Key`].
    pub fn from_pem(pem: &str) -> Result<Self, SealError> {
        let key = |detail: String| SealError::Key { what: "private key", detail };
        Self::from_secret(SecretKey::from_pkcs8_pem(pem).map_err(|fault| key(fault.to_string()))?)
    }

    fn from_secret(secret: SecretKey) -> Result<Self, SealError> {
        let signing = SigningKey::new(USER_ID, &secret).map_err(|_| SealError::Crypto("reading the key"))?;
        Ok(Self(signing, secret))
    }

    /// The private key (PKCS#8, PEM). Whoever has it can sign.
    ///
    /// # Errors
    /// [`SealError::Crypto`].
    pub fn to_pem(&self) -> Result<String, SealError> {
        let pem = self.1.to_pkcs8_pem(LineEnding::LF).map_err(|_| SealError::Crypto("writing the key"))?;
        Ok(pem.to_string())
    }

    /// The public key (SPKI, PEM).
    ///
    /// # Errors
    /// [`SealError::Crypto`].
    pub fn public_pem(&self) -> Result<String, SealError> {
        let pem = self.1.public_key().to_public_key_pem(LineEnding::LF);
        pem.map_err(|_| SealError::Crypto("writing the public key"))
    }
}

/// What a signed head says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedHead {
    /// Whose log.
    pub county: String,
    /// Its last batch.
    pub batch: u64,
    /// The last entry.
    pub seq: u64,
    /// The hash of that batch, which covers everything before.
    pub hash: String,
    /// When it was signed.
    pub at: String,
    /// The SM3 hash of the public key.
    pub key_id: String,
    /// The public key (SPKI, PEM), for convenience: whoever checks should know the key from elsewhere.
    pub public_key: String,
    /// SM2 over all of the above but the public key.
    pub signature: String,
}

/// What a check against a signed head found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// The log still holds that batch with that hash.
    Holds,
    /// The statement is about another county.
    OtherCounty,
    /// The statement was not signed with that key, or changed afterwards.
    Forged,
    /// The log ends before that batch: it was cut short.
    CutShort,
    /// The log holds another batch in that place: it was written anew.
    Rewritten,
}

impl std::fmt::Display for Against {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Holds => "the log holds the batch of the signed head, with its hash",
            Self::OtherCounty => "the signed head is about another county; use the one of this county",
            Self::Forged => "the signed head was not signed with this key, or changed since; get it from its keeper again",
            Self::CutShort => {
                "the log ends before the batch of the signed head: it was cut short; restore a backup that has it"
            }
            Self::Rewritten => {
                "the log holds another batch in the place of the signed head: it was written anew; keep it as evidence and \
                 restore a backup"
            }
        })
    }
}

/// Signs where a log stands.
///
/// # Errors
/// [`SealError::Empty`] for an empty log, or what reading it brings.
pub fn seal(log: &dyn Log, key: &Key, at: Timestamp) -> Result<SignedHead, SealError> {
    let batch = log.last_batch()?.ok_or(SealError::Empty)?;
    let key_id = key_id(key.0.verifying_key());
    let message = message(log.county(), batch.no, batch.last_seq, batch.hash, at, &key_id);
    let signature: Signature = key.0.try_sign(&message).map_err(|_| SealError::Crypto("signing"))?;
    Ok(SignedHead {
        county: log.county().to_string(),
        batch: batch.no,
        seq: batch.last_seq,
        hash: batch.hash.to_string(),
        at: at.to_string(),
        key_id,
        public_key: key.public_pem()?,
        signature: signature.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

/// Checks a signed head, and the log against it. With `public_pem` the head must be signed with that key; without,
/// with the one it carries, which shows that it is whole but not who signed.
///
/// # Errors
/// [`SealError::Statement`] or [`SealError::Key`] when something cannot be read at all; a fault found is an answer.
pub fn against(log: &dyn Log, head: &SignedHead, public_pem: Option<&str>) -> Result<Against, SealError> {
    let wrong = |what: &str| SealError::Statement(what.to_string());
    let hash = Hash::parse(&head.hash).ok_or_else(|| wrong("its hash is none"))?;
    let at: Timestamp = head.at.parse().map_err(|_| wrong("its time is none"))?;
    let signature = signature(&head.signature).ok_or_else(|| wrong("its signature is none"))?;
    let public = sm2::PublicKey::from_public_key_pem(public_pem.unwrap_or(&head.public_key))
        .map_err(|fault| SealError::Key { what: "public key", detail: fault.to_string() })?;
    let verifying = VerifyingKey::new(USER_ID, public).map_err(|_| SealError::Crypto("reading the public key"))?;
    let message = message(&head.county, head.batch, head.seq, hash, at, &head.key_id);
    if head.key_id != key_id(&verifying) || verifying.verify(&message, &signature).is_err() {
        return Ok(Against::Forged);
    }
    if head.county != log.county() {
        return Ok(Against::OtherCounty);
    }
    Ok(match log.batch(head.batch)? {
        None => Against::CutShort,
        Some(batch) if batch.hash == hash && batch.last_seq == head.seq => Against::Holds,
        Some(_) => Against::Rewritten,
    })
}

fn message(county: &str, batch: u64, seq: u64, hash: Hash, at: Timestamp, key_id: &str) -> Vec<u8> {
    let mut out = HEADER.to_vec();
    text(&mut out, Some(county.as_bytes()));
    out.extend_from_slice(&batch.to_be_bytes());
    out.extend_from_slice(&seq.to_be_bytes());
    out.extend_from_slice(&hash.0);
    out.extend_from_slice(&at.as_microsecond().to_be_bytes());
    text(&mut out, Some(key_id.as_bytes()));
    out
}

fn key_id(key: &VerifyingKey) -> String {
    Hash::of(key.as_affine().to_sec1_point(false).as_bytes()).to_string()
}

fn signature(hex: &str) -> Option<Signature> {
    let (r, s) = hex.split_at_checked(64)?;
    let bytes = [Hash::parse(r)?.0, Hash::parse(s)?.0].concat();
    Signature::from_slice(&bytes).ok()
}
