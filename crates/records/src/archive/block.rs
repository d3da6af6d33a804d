//! How do blocks become bytes and bytes blocks again? Everything read is checked before it is believed.

use std::io::{self, Read, Write};

use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::Mark;
use crate::Hash;
use crate::hash::{ABSENT, text};

pub(super) const MAGIC: &[u8; 16] = b"taizhang-archive";
/// The format this program writes.
pub(super) const FORMAT: u32 = 1;
/// A block is closed when it holds this much.
pub(super) const BLOCK: usize = 1024 * 1024;
/// The most a block may hold: one record of the greatest size on top of a nearly full one.
pub(super) const BLOCK_MAX: usize = 64 * 1024 * 1024;
/// Kind, two lengths, checksum.
pub(super) const HEAD: usize = 13;

/// What stands in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Data = b'D' as isize,
    End = b'E' as isize,
}

/// The first bytes of a block.
pub(super) struct Head {
    pub kind: Kind,
    pub n_packed: u32,
    n_raw: u32,
    crc: u32,
}

/// Packs bytes and writes them as one block; returns how long it became.
pub(super) fn write_block(out: &mut dyn Write, kind: Kind, raw: &[u8]) -> io::Result<u64> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(raw.len() / 4 + 64), Compression::fast());
    encoder.write_all(raw)?;
    let packed = encoder.finish()?;
    let too_long = |_| io::Error::other("a record is longer than a block may be");
    let n_packed = u32::try_from(packed.len()).map_err(too_long)?;
    let n_raw = u32::try_from(raw.len()).map_err(too_long)?;
    if raw.len() > BLOCK_MAX {
        return Err(io::Error::other("a record is longer than a block may be"));
    }
    let mut head = vec![kind as u8];
    head.extend_from_slice(&n_packed.to_be_bytes());
    head.extend_from_slice(&n_raw.to_be_bytes());
    let crc = checksum(&[&head, &packed]);
    head.extend_from_slice(&crc.to_be_bytes());
    out.write_all(&head)?;
    out.write_all(&packed)?;
    Ok((head.len() + packed.len()) as u64)
}

/// Reads the first bytes of a block; `None` at the end of the file.
pub(super) fn read_head(from: &mut dyn Read) -> Result<Option<Head>, String> {
    let mut bytes = [0; HEAD];
    let n_read = read_up_to(from, &mut bytes).map_err(|fault| fault.to_string())?;
    if n_read == 0 {
        return Ok(None);
    }
    if n_read < HEAD {
        return Err("the file ends inside a block".into());
    }
    let mut cursor = Cursor(&bytes[1..]);
    let (n_packed, n_raw, crc) = (cursor.u32()?, cursor.u32()?, cursor.u32()?);
    let kind = match bytes[0] {
        b'D' => Kind::Data,
        b'E' => Kind::End,
        other => return Err(format!("a block has the unknown kind {other}")),
    };
    if n_raw as usize > BLOCK_MAX || n_packed as usize > BLOCK_MAX + BLOCK {
        return Err(format!("a block claims {n_raw} bytes"));
    }
    Ok(Some(Head { kind, n_packed, n_raw, crc }))
}

/// Reads what follows a head, unpacked.
pub(super) fn read_body(from: &mut dyn Read, head: &Head) -> Result<Vec<u8>, String> {
    let mut packed = Vec::new();
    from.take(u64::from(head.n_packed)).read_to_end(&mut packed).map_err(|fault| fault.to_string())?;
    if packed.len() < head.n_packed as usize {
        return Err("the file ends inside a block".into());
    }
    let lengths = [&[head.kind as u8][..], &head.n_packed.to_be_bytes(), &head.n_raw.to_be_bytes()].concat();
    if checksum(&[&lengths, &packed]) != head.crc {
        return Err("the checksum of a block differs".into());
    }
    let mut raw = Vec::new();
    let mut unpacked = DeflateDecoder::new(packed.as_slice()).take(u64::from(head.n_raw) + 1);
    unpacked.read_to_end(&mut raw).map_err(|fault| format!("a block cannot be unpacked: {fault}"))?;
    if raw.len() != head.n_raw as usize {
        return Err("a block has another length than it says".into());
    }
    Ok(raw)
}

/// The header of an archive that starts after a mark.
pub(super) fn header(county: &str, after: Mark) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&FORMAT.to_be_bytes());
    text(&mut out, Some(county.as_bytes()));
    out.extend_from_slice(&mark_bytes(after));
    let crc = checksum(&[&out]);
    out.extend_from_slice(&crc.to_be_bytes());
    out
}

/// Reads a header: county and mark. Nothing of it is believed before its checksum.
pub(super) fn read_header(from: &mut dyn Read) -> Result<(String, Mark), String> {
    let take = |from: &mut dyn Read, n: usize| {
        let mut bytes = vec![0; n];
        match read_up_to(from, &mut bytes) {
            Ok(n_read) if n_read == n => Ok(bytes),
            Ok(_) => Err("it ends inside its header".to_string()),
            Err(fault) => Err(fault.to_string()),
        }
    };
    let mut bytes = take(from, MAGIC.len() + 8)?;
    if !bytes.starts_with(MAGIC) {
        return Err("it does not begin like one".into());
    }
    let mut cursor = Cursor(&bytes[MAGIC.len()..]);
    let format = cursor.u32()?;
    if format != FORMAT {
        return Err(format!("it has format {format}, this program knows {FORMAT}"));
    }
    let n_county = cursor.u32()? as usize;
    if n_county > 4 * crate::ID_CHARS_MAX {
        return Err("its header is damaged".into());
    }
    bytes.extend(take(from, n_county + 48 + 4)?);
    let (covered, crc) = bytes.split_at(bytes.len() - 4);
    if Cursor(crc).u32()? != checksum(&[covered]) {
        return Err("its header is damaged".into());
    }
    let mut cursor = Cursor(&covered[MAGIC.len() + 4..]);
    let county = cursor.text()?.ok_or("its header names no county")?;
    Ok((county, cursor.mark()?))
}

/// A mark as it is written.
pub(super) fn mark_bytes(mark: Mark) -> Vec<u8> {
    [&mark.batch.to_be_bytes()[..], &mark.seq.to_be_bytes(), &mark.hash.0].concat()
}

fn checksum(parts: &[&[u8]]) -> u32 {
    let mut crc = Crc::new();
    parts.iter().for_each(|part| crc.update(part));
    crc.sum()
}

fn read_up_to(from: &mut dyn Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut n_done = 0;
    while n_done < bytes.len() {
        match from.read(&mut bytes[n_done..]) {
            Ok(0) => break,
            Ok(n_read) => n_done += n_read,
            Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(n_done)
}

/// Bytes that are taken apart from the front.
pub(super) struct Cursor<'a>(pub &'a [u8]);

impl<'a> Cursor<'a> {
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or("a record ends early")?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        self.take(N)?.try_into().map_err(|_| "a record ends early".to_string())
    }

    pub fn u8(&mut self) -> Result<u8, String> {
        Ok(self.array::<1>()?[0])
    }

    pub fn u32(&mut self) -> Result<u32, String> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    pub fn u64(&mut self) -> Result<u64, String> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    pub fn i64(&mut self) -> Result<i64, String> {
        Ok(i64::from_be_bytes(self.array()?))
    }

    pub fn hash(&mut self) -> Result<Hash, String> {
        Ok(Hash(self.array()?))
    }

    pub fn mark(&mut self) -> Result<Mark, String> {
        Ok(Mark { batch: self.u64()?, seq: self.u64()?, hash: self.hash()? })
    }

    pub fn text(&mut self) -> Result<Option<String>, String> {
        let n = self.u32()?;
        if n == ABSENT {
            return Ok(None);
        }
        let bytes = self.take(n as usize)?;
        String::from_utf8(bytes.to_vec()).map(Some).map_err(|_| "a text is not UTF-8".to_string())
    }

    pub fn some_text(&mut self) -> Result<String, String> {
        self.text()?.ok_or_else(|| "a text is missing".to_string())
    }

    pub fn finish(self) -> Result<(), String> {
        if self.0.is_empty() { Ok(()) } else { Err("a record is longer than what is in it".into()) }
    }
}
