//! Which bytes stand under a hash? So exactly that anyone can compute it again.
//!
//! The hash is SM3 (GB/T 32905-2016). All numbers are big-endian. A *text* is its length in bytes as `u32`, then
//! its UTF-8 bytes; an absent text is the length `0xFFFF_FFFF` alone. An absent number is 0, which no sequence
//! number, batch number or version ever is.
//!
//! **Entry**, in this order:
//!
//! | part | as |
//! | --- | --- |
//! | `seq` | `u64` |
//! | `register`, `record` | text, text |
//! | `version`, `base`, `prior` | `u32`, `u32`, `u64` |
//! | `op` (`create`, `correct`, `withdraw`, `install`, `access`) | text |
//! | `org`, `resident`, `on_date` (`2025-01-31`) | text, text, text |
//! | `actor`, `at` (microseconds since 1970-01-01 UTC) | text, `i64` |
//! | `body` exactly as stored, `reason` | text, text |
//!
//! **Entries hash** = SM3 over every entry of the batch in order of `seq`, each preceded by its length as `u32`.
//!
//! **Batch hash** = SM3 over the hash of the batch before (32 bytes; zeros for the first), the 16 bytes
//! `taizhang-batch/1`, then `county` (text), `no`, `first_seq`, `last_seq` (`u64` each), `at` (`i64`), `actor`,
//! `key` (texts), the request hash (32 bytes; zeros when there is no key), and the entries hash (32 bytes).
//!
//! The county and the batch number stand in the header, which covers them for every entry. The request hash lets
//! the log recognise a retry; it is made from drafts that are gone, so nobody else can compute it, only keep it.

use std::fmt;

use sm3::{Digest, Sm3};

use crate::draft::Checked;
use crate::{Batch, Entry, OnStale};

pub(crate) const HEADER: &[u8; 16] = b"taizhang-batch/1";
pub(crate) const ABSENT: u32 = u32::MAX;

/// An SM3 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What stands before the first batch.
    pub const ZERO: Self = Self([0; 32]);

    /// The SM3 hash of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sm3::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits, as [`Display`](fmt::Display) writes them.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut bytes = [0; 32];
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[n * 2..n * 2 + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// The parts of an entry that are hashed, borrowed: from an [`Entry`], or from a stored row before anyone has
/// judged whether it is one.
pub(crate) struct Parts<'a> {
    pub seq: u64,
    pub register: &'a [u8],
    pub record: &'a [u8],
    pub version: u32,
    pub base: u32,
    pub prior: u64,
    pub op: &'a [u8],
    pub org: &'a [u8],
    pub resident: Option<&'a [u8]>,
    pub on_date: Option<&'a [u8]>,
    pub actor: &'a [u8],
    pub at: i64,
    pub body: &'a [u8],
    pub reason: Option<&'a [u8]>,
}

/// Hashes the entries of one batch, one after another.
pub(crate) struct EntriesHasher {
    hasher: Sm3,
    buffer: Vec<u8>,
}

impl EntriesHasher {
    pub(crate) fn new() -> Self {
        Self { hasher: Sm3::new(), buffer: Vec::with_capacity(1024) }
    }

    pub(crate) fn entry(&mut self, entry: &Entry) {
        self.buffer.clear();
        write_entry(&mut self.buffer, entry);
        self.hasher.update(&self.buffer);
    }

    pub(crate) fn parts(&mut self, parts: &Parts<'_>) {
        self.buffer.clear();
        write_parts(&mut self.buffer, parts);
        self.hasher.update(&self.buffer);
    }

    /// An entry that was written before, its length before it.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    pub(crate) fn finish(self) -> Hash {
        Hash(self.hasher.finalize().into())
    }
}

/// An entry as it is hashed and archived, its length before it.
pub(crate) fn write_entry(out: &mut Vec<u8>, entry: &Entry) {
    let on_date = entry.on_date.map(|day| day.to_string());
    write_parts(
        out,
        &Parts {
            seq: entry.seq,
            register: entry.register.as_bytes(),
            record: entry.record.as_bytes(),
            version: entry.version,
            base: entry.base.unwrap_or(0),
            prior: entry.prior.unwrap_or(0),
            op: entry.op.as_str().as_bytes(),
            org: entry.org.as_bytes(),
            resident: entry.resident.as_ref().map(String::as_bytes),
            on_date: on_date.as_ref().map(String::as_bytes),
            actor: entry.actor.as_bytes(),
            at: entry.at.as_microsecond(),
            body: entry.body.as_bytes(),
            reason: entry.reason.as_ref().map(String::as_bytes),
        },
    );
}

fn write_parts(out: &mut Vec<u8>, parts: &Parts<'_>) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&parts.seq.to_be_bytes());
    text(out, Some(parts.register));
    text(out, Some(parts.record));
    out.extend_from_slice(&parts.version.to_be_bytes());
    out.extend_from_slice(&parts.base.to_be_bytes());
    out.extend_from_slice(&parts.prior.to_be_bytes());
    text(out, Some(parts.op));
    text(out, Some(parts.org));
    text(out, parts.resident);
    text(out, parts.on_date);
    text(out, Some(parts.actor));
    out.extend_from_slice(&parts.at.to_be_bytes());
    text(out, Some(parts.body));
    text(out, parts.reason);
    let length = length(out.len() - start - 4);
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// The chain hash of a batch, from everything in it but `hash` itself.
pub(crate) fn batch_hash(county: &str, batch: &Batch) -> Hash {
    let mut out = Vec::with_capacity(256);
    write_batch(&mut out, county, batch);
    Hash::of(&out)
}

/// The header of a batch as it is hashed and archived.
pub(crate) fn write_batch(out: &mut Vec<u8>, county: &str, batch: &Batch) {
    out.extend_from_slice(&batch.prev_hash.0);
    out.extend_from_slice(HEADER);
    text(out, Some(county.as_bytes()));
    for number in [batch.no, batch.first_seq, batch.last_seq] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.extend_from_slice(&batch.at.as_microsecond().to_be_bytes());
    text(out, Some(batch.actor.as_bytes()));
    text(out, batch.idempotency_key.as_ref().map(String::as_bytes));
    out.extend_from_slice(&batch.request_hash.unwrap_or(Hash::ZERO).0);
    out.extend_from_slice(&batch.entries_hash.0);
}

/// What was asked for: everything in the request but its key and its clock, which a retry may change.
pub(crate) fn request_hash(actor: &str, on_stale: OnStale, drafts: &[Checked]) -> Hash {
    let mut hasher = Sm3::new();
    let mut out = Vec::with_capacity(1024);
    text(&mut out, Some(actor.as_bytes()));
    out.push(u8::from(on_stale == OnStale::Refuse));
    for draft in drafts {
        let on_date = draft.on_date.map(|day| day.to_string());
        text(&mut out, Some(draft.op.as_str().as_bytes()));
        text(&mut out, Some(draft.register.as_bytes()));
        text(&mut out, draft.record.as_ref().map(String::as_bytes));
        out.extend_from_slice(&draft.base_version.unwrap_or(0).to_be_bytes());
        text(&mut out, Some(draft.org.as_bytes()));
        text(&mut out, draft.resident.as_ref().map(String::as_bytes));
        text(&mut out, on_date.as_ref().map(String::as_bytes));
        text(&mut out, Some(draft.body.as_bytes()));
        text(&mut out, draft.reason.as_ref().map(String::as_bytes));
        hasher.update(&out);
        out.clear();
    }
    Hash(hasher.finalize().into())
}

pub(crate) fn text(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    match bytes {
        Some(bytes) => {
            out.extend_from_slice(&length(bytes.len()).to_be_bytes());
            out.extend_from_slice(bytes);
        }
        None => out.extend_from_slice(&ABSENT.to_be_bytes()),
    }
}

/// Lengths are bounded by `draft`'s limits, and SQLite's own limit of 1 GB for rows nobody checked.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(ABSENT - 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_standards_own_example() {
        let hash = Hash::of(b"abc");
        assert_eq!(hash.to_string(), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
        assert_eq!(Hash::parse("66c7"), None);
    }
}
