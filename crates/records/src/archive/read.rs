//! Which batches does an archive hold? One after another, each only when all of it is there.

use std::fs::File;
use std::io::{BufReader, Seek};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::Timestamp;

use super::block::{Cursor, Kind, read_body, read_head, read_header};
use super::{ArchiveError, Mark};
use crate::hash::HEADER;
use crate::{Batch, BatchWithEntries, Entry, Hash, Op};

/// An archive being read.
pub struct Archive {
    path: PathBuf,
    file: BufReader<File>,
    county: Arc<str>,
    /// After the last batch given out.
    mark: Mark,
    block: Vec<u8>,
    /// How much of the block was read.
    n_used: usize,
    /// True when the last block was an end.
    is_ended: bool,
    n_total: u64,
}

/// Opens an archive.
///
/// # Errors
/// [`ArchiveError::Io`], or [`ArchiveError::NotAnArchive`] when its header is not one of ours.
pub fn read(path: &Path) -> Result<Archive, ArchiveError> {
    let io = || ArchiveError::io(path, "reading");
    let file = File::open(path).map_err(io())?;
    let n_total = file.metadata().map_err(io())?.len();
    let mut file = BufReader::new(file);
    let header = read_header(&mut file);
    let (county, mark) = header.map_err(|detail| ArchiveError::NotAnArchive { path: path.to_path_buf(), detail })?;
    Ok(Archive {
        path: path.to_path_buf(),
        file,
        county: county.into(),
        mark,
        block: Vec::new(),
        n_used: 0,
        is_ended: false,
        n_total,
    })
}

impl Archive {
    /// Whose log it is.
    pub fn county(&self) -> &str {
        &self.county
    }

    /// After the last batch given out; at first, where the archive starts.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// How many bytes were read, of how many.
    pub fn n_bytes(&mut self) -> Range<u64> {
        self.file.stream_position().unwrap_or(self.n_total)..self.n_total
    }

    /// The next batch with all its entries; `None` at the end. Its hashes are for the log to check that takes it over.
    ///
    /// # Errors
    /// [`ArchiveError::Unreadable`] naming the first batch that is not whole.
    pub fn next_batch(&mut self) -> Result<Option<BatchWithEntries>, ArchiveError> {
        let whole = self.next().map_err(|detail| ArchiveError::Unreadable {
            path: self.path.clone(),
            batch: self.mark.batch + 1,
            seq: self.mark.seq,
            detail,
        })?;
        if let Some(whole) = &whole {
            self.mark = Mark::from(&whole.batch);
        }
        Ok(whole)
    }

    fn next(&mut self) -> Result<Option<BatchWithEntries>, String> {
        let Some((kind, bytes)) = self.record()? else { return Ok(None) };
        if kind != b'b' {
            return Err("an entry stands before its batch".into());
        }
        let batch = batch(&bytes, &self.county)?;
        if batch.no != self.mark.batch + 1 || batch.first_seq != self.mark.seq + 1 || batch.last_seq < batch.first_seq {
            return Err(format!("batch {} stands in its place", batch.no));
        }
        let mut entries = Vec::new();
        while (entries.len() as u64) < batch.last_seq - batch.first_seq + 1 {
            match self.record()? {
                Some((b'e', bytes)) => entries.push(entry(&bytes, &self.county, batch.no)?),
                _ => return Err("it lacks entries".into()),
            }
        }
        Ok(Some(BatchWithEntries { batch, entries }))
    }

    /// The next record's kind and bytes, from the next block when this one is used up; `None` at a whole end.
    fn record(&mut self) -> Result<Option<(u8, Vec<u8>)>, String> {
        while self.n_used == self.block.len() {
            let Some(head) = read_head(&mut self.file)? else {
                return if self.is_ended { Ok(None) } else { Err("the file ends too early".into()) };
            };
            let raw = read_body(&mut self.file, &head)?;
            self.is_ended = head.kind == Kind::End;
            if self.is_ended {
                if Cursor(&raw).mark()? != self.mark {
                    return Err("its end names another batch".into());
                }
                continue;
            }
            (self.block, self.n_used) = (raw, 0);
        }
        let mut cursor = Cursor(&self.block[self.n_used..]);
        let kind = cursor.u8()?;
        let length = cursor.u32()? as usize;
        let bytes = cursor.take(length)?.to_vec();
        self.n_used += 5 + length;
        Ok(Some((kind, bytes)))
    }
}

fn batch(bytes: &[u8], county: &str) -> Result<Batch, String> {
    let mut cursor = Cursor(bytes);
    let prev_hash = cursor.hash()?;
    if cursor.take(HEADER.len())? != HEADER || cursor.some_text()? != county {
        return Err("it is no batch of this county".into());
    }
    let (no, first_seq, last_seq) = (cursor.u64()?, cursor.u64()?, cursor.u64()?);
    let (at, actor, idempotency_key) = (moment(&mut cursor)?, cursor.some_text()?, cursor.text()?);
    let request_hash = Some(cursor.hash()?).filter(|hash| *hash != Hash::ZERO);
    let (entries_hash, hash) = (cursor.hash()?, cursor.hash()?);
    cursor.finish()?;
    Ok(Batch { no, first_seq, last_seq, at, actor, idempotency_key, request_hash, entries_hash, prev_hash, hash })
}

fn entry(bytes: &[u8], county: &Arc<str>, batch: u64) -> Result<Entry, String> {
    let mut cursor = Cursor(bytes);
    let entry = Entry {
        seq: cursor.u64()?,
        county: Arc::clone(county),
        register: cursor.some_text()?,
        record: cursor.some_text()?,
        version: cursor.u32()?,
        base: Some(cursor.u32()?).filter(|base| *base != 0),
        prior: Some(cursor.u64()?).filter(|prior| *prior != 0),
        op: Op::parse(&cursor.some_text()?).ok_or("an entry has an unknown operation")?,
        org: cursor.some_text()?,
        resident: cursor.text()?,
        on_date: match cursor.text()? {
            Some(text) => Some(text.parse().map_err(|_| format!("\"{text}\" is no day"))?),
            None => None,
        },
        actor: cursor.some_text()?.into(),
        at: moment(&mut cursor)?,
        body: cursor.some_text()?,
        reason: cursor.text()?,
        batch,
    };
    cursor.finish()?;
    Ok(entry)
}

fn moment(cursor: &mut Cursor<'_>) -> Result<Timestamp, String> {
    Timestamp::from_microsecond(cursor.i64()?).map_err(|fault| fault.to_string())
}
