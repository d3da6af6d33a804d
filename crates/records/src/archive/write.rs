//! How does a log become an archive, beside whoever writes to it?
//!
//! Only finished batches up to a fixed one are read, a few entries at a time, so the writer is never held up. Every
//! hash is computed on the way: a log that is not what was written is not archived.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::block::{HEAD, Kind, header, mark_bytes, read_body, read_head, read_header, write_block};
use super::{ArchiveError, Cursor, Mark, sync_folder};
use crate::hash::{EntriesHasher, batch_hash, text, write_batch, write_entry};
use crate::{Batch, Entry, Log, Progress};

/// Entries read at a time.
const CHUNK: usize = 2_048;

/// Makes a new archive of the batches after `since` (0 for all) that end at or before `until_seq`. The file appears
/// whole or not at all, and is on disk when this returns.
///
/// # Errors
/// [`ArchiveError::Io`], [`ArchiveError::Source`] when the log is damaged, or what reading the log brings.
pub fn create(
    path: &Path,
    log: &dyn Log,
    since: u64,
    until_seq: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<Mark, ArchiveError> {
    if path.exists() {
        let detail = "there is a file already";
        return Err(ArchiveError::Foreign { path: path.to_path_buf(), detail: detail.into() });
    }
    let after = mark_of(log, since)?;
    let partial = beside(path);
    let made = File::create(&partial).map_err(ArchiveError::io(&partial, "making it")).and_then(|file| {
        let mut out = BufWriter::new(file);
        out.write_all(&header(log.county(), after)).map_err(ArchiveError::io(&partial, "writing"))?;
        let mark = write(log, after, until_seq, &mut out, progress)?;
        let file = out.into_inner().map_err(|fault| ArchiveError::io(&partial, "writing")(fault.into_error()))?;
        file.sync_all().map_err(ArchiveError::io(&partial, "writing"))?;
        std::fs::rename(&partial, path).map_err(ArchiveError::io(path, "naming it"))?;
        sync_folder(path).map_err(ArchiveError::io(path, "naming it"))?;
        Ok(mark)
    });
    if made.is_err() {
        // What is left of it has a name of its own, and the next attempt replaces it.
        let _ = std::fs::remove_file(&partial);
    }
    made
}

/// Appends to an archive what the log has beyond it, up to `until_seq`. An end that was torn by an earlier attempt is
/// cut off first. Returns where the archive ended before and where it ends now.
///
/// # Errors
/// [`ArchiveError::Foreign`] when the archive does not end with a batch of this log; otherwise as [`create`]. The
/// archive stays what it was then.
pub fn extend(
    path: &Path,
    log: &dyn Log,
    until_seq: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Mark, Mark), ArchiveError> {
    let (before, end) = last_end(path)?;
    let foreign = |detail: String| ArchiveError::Foreign { path: path.to_path_buf(), detail };
    let here = mark_of(log, before.batch).map_err(|_| foreign(format!("the log has no batch {}", before.batch)))?;
    if here != before {
        return Err(foreign(format!("batch {} is another one in the log", before.batch)));
    }
    let io = || ArchiveError::io(path, "appending");
    let mut file = OpenOptions::new().write(true).open(path).map_err(io())?;
    file.set_len(end).and_then(|()| file.seek(SeekFrom::End(0))).map_err(io())?;
    let mut out = BufWriter::new(&mut file);
    let written = write(log, before, until_seq, &mut out, progress).and_then(|mark| {
        out.flush().map_err(io())?;
        Ok(mark)
    });
    drop(out);
    if written.is_err() {
        file.set_len(end).map_err(io())?;
    }
    file.sync_all().map_err(io())?;
    Ok((before, written?))
}

/// Writes the blocks of all batches after a mark that end at or before `until_seq`, and the end. The header is the
/// caller's business, and so is making it last.
///
/// # Errors
/// As [`create`].
pub fn write(
    log: &dyn Log,
    after: Mark,
    until_seq: u64,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(Progress),
) -> Result<Mark, ArchiveError> {
    // Whatever is written from now on does not belong to this archive.
    let last = log.last_batch()?.map_or(0, |batch| batch.last_seq);
    let n_total = last.min(until_seq).saturating_sub(after.seq);
    let mut writer = Writer { out, block: Vec::new(), mark: after };
    let mut current: Option<Open> = None;
    let mut seq = after.seq;
    'chunks: while seq < last {
        let entries = log.entries_after(seq, CHUNK)?;
        let Some(end) = entries.last().map(|entry| entry.seq) else { break };
        for entry in entries {
            if current.is_none() {
                let batch = log.batch(entry.batch)?;
                let batch = batch.ok_or(ArchiveError::Source { batch: entry.batch, problem: "is not there" })?;
                if batch.last_seq > until_seq.min(last) {
                    break 'chunks;
                }
                current = Some(writer.begin(log.county(), batch)?);
            }
            if let Some(open) = &mut current
                && writer.entry(open, &entry)?
            {
                current = None;
            }
        }
        seq = end;
        progress(Progress { n_done: seq.saturating_sub(after.seq).min(n_total), n_total });
    }
    if let Some(open) = current {
        return Err(ArchiveError::Source { batch: open.batch.no, problem: "lacks entries" });
    }
    writer.finish()
}

/// A batch of which entries are still to come.
struct Open {
    batch: Batch,
    hasher: EntriesHasher,
    next_seq: u64,
}

struct Writer<'o> {
    out: &'o mut dyn Write,
    block: Vec<u8>,
    mark: Mark,
}

impl Writer<'_> {
    fn begin(&mut self, county: &str, batch: Batch) -> Result<Open, ArchiveError> {
        let follows = batch.no == self.mark.batch + 1
            && batch.first_seq == self.mark.seq + 1
            && batch.prev_hash == self.mark.hash
            && batch_hash(county, &batch) == batch.hash;
        if !follows {
            return Err(ArchiveError::Source { batch: batch.no, problem: "does not follow on the one before it" });
        }
        let mut bytes = Vec::with_capacity(256);
        write_batch(&mut bytes, county, &batch);
        bytes.extend_from_slice(&batch.hash.0);
        self.block.push(b'b');
        text(&mut self.block, Some(&bytes));
        let next_seq = batch.first_seq;
        Ok(Open { batch, hasher: EntriesHasher::new(), next_seq })
    }

    /// Writes an entry; true when it was the last of its batch.
    fn entry(&mut self, open: &mut Open, entry: &Entry) -> Result<bool, ArchiveError> {
        if entry.seq != open.next_seq || entry.batch != open.batch.no {
            return Err(ArchiveError::Source { batch: open.batch.no, problem: "lacks entries" });
        }
        open.next_seq += 1;
        self.block.push(b'e');
        let start = self.block.len();
        write_entry(&mut self.block, entry);
        open.hasher.bytes(&self.block[start..]);
        let is_last = entry.seq == open.batch.last_seq;
        if is_last {
            let hasher = std::mem::replace(&mut open.hasher, EntriesHasher::new());
            if hasher.finish() != open.batch.entries_hash {
                return Err(ArchiveError::Source { batch: open.batch.no, problem: "is not what was written" });
            }
            self.mark = Mark::from(&open.batch);
        }
        if self.block.len() >= super::block::BLOCK {
            self.flush(Kind::Data)?;
        }
        Ok(is_last)
    }

    fn flush(&mut self, kind: Kind) -> Result<(), ArchiveError> {
        write_block(self.out, kind, &self.block).map_err(ArchiveError::io("the archive", "writing"))?;
        self.block.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Mark, ArchiveError> {
        if !self.block.is_empty() {
            self.flush(Kind::Data)?;
        }
        self.block = mark_bytes(self.mark);
        self.flush(Kind::End)?;
        Ok(self.mark)
    }
}

/// The last mark of an archive and the length up to there. Blocks of data are passed over unread.
fn last_end(path: &Path) -> Result<(Mark, u64), ArchiveError> {
    let io = || ArchiveError::io(path, "reading");
    let not = |detail| ArchiveError::NotAnArchive { path: path.to_path_buf(), detail };
    let mut file = BufReader::new(File::open(path).map_err(io())?);
    read_header(&mut file).map_err(not)?;
    let mut found = None;
    while let Ok(Some(head)) = read_head(&mut file) {
        if head.kind == Kind::Data {
            file.seek_relative(i64::from(head.n_packed)).map_err(io())?;
            continue;
        }
        let Ok(mark) = read_body(&mut file, &head).and_then(|raw| Cursor(&raw).mark()) else { break };
        found = Some((mark, file.stream_position().map_err(io())?));
    }
    found.ok_or_else(|| not(format!("it has no whole end after its first {HEAD} bytes; make a new one")))
}

fn mark_of(log: &dyn Log, batch: u64) -> Result<Mark, ArchiveError> {
    if batch == 0 {
        return Ok(Mark::START);
    }
    let found = log.batch(batch)?;
    Ok(Mark::from(&found.ok_or(ArchiveError::Source { batch, problem: "is not there" })?))
}

/// `county.tzl` → `county.tzl.partial`.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".partial");
    PathBuf::from(name)
}
