//! Who may write to this file? One process at a time, by an advisory lock on a file beside it.
//!
//! The system drops the lock with the process, however it ends, so a lock file left lying about means nothing.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::LogError;

/// The right to write, held as long as the value lives.
#[derive(Debug)]
pub(super) struct WriterLock {
    _file: File,
}

impl WriterLock {
    pub(super) fn acquire(log: &Path) -> Result<Self, LogError> {
        let store = |source: std::io::Error| LogError::Store {
            place: log.display().to_string(),
            doing: "taking the writer's lock",
            source: Box::new(source),
        };
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(beside(log)).map_err(store)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let place = log.display().to_string();
                return Err(LogError::Busy { place, holder: holder(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(store(source)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "{}", std::process::id()))
            .map_err(store)?;
        Ok(Self { _file: file })
    }
}

/// `records.db` → `records.db.lock`.
fn beside(log: &Path) -> PathBuf {
    let mut path = OsString::from(log);
    path.push(".lock");
    PathBuf::from(path)
}

fn holder(file: &mut File) -> String {
    let mut id = String::new();
    match file.read_to_string(&mut id) {
        Ok(n_bytes) if n_bytes > 0 => format!("process {id}"),
        _ => "another process".to_string(),
    }
}
