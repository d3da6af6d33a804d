//! How is a log copied before anybody changes it? Page by page, and on disk before it has its name.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use super::explain;
use crate::LogError;

/// 128 MiB.
const PAGES_AT_ONCE: i32 = 16_384;

pub(super) fn copy(conn: &Connection, to: &Path) -> Result<(), LogError> {
    if to.exists() {
        return Err(LogError::AlreadyThere { place: to.display().to_string() });
    }
    let mut part = OsString::from(to);
    part.push(".part");
    let part = PathBuf::from(part);
    let copied = pages(conn, &part).and_then(|()| keep(&part, to));
    if copied.is_err() {
        // What is left of it has no value, and the fault is told already.
        let _ = std::fs::remove_file(&part);
    }
    copied
}

fn pages(conn: &Connection, part: &Path) -> Result<(), LogError> {
    let failed = |fault| explain(part, "copying the log", fault);
    let mut copy = Connection::open(part).map_err(failed)?;
    let pages = |backup: Backup<'_, '_>| backup.run_to_completion(PAGES_AT_ONCE, Duration::ZERO, None);
    Backup::new(conn, &mut copy).and_then(pages).map_err(failed)?;
    copy.close().map_err(|(_, fault)| failed(fault))
}

/// Flushes the copy and the name it gets.
fn keep(part: &Path, to: &Path) -> Result<(), LogError> {
    let keep = || {
        File::open(part)?.sync_all()?;
        std::fs::rename(part, to)?;
        let dir = to.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(dir)?.sync_all()
    };
    keep().map_err(|source: std::io::Error| LogError::Store {
        place: to.display().to_string(),
        doing: "copying the log",
        source: Box::new(source),
    })
}
