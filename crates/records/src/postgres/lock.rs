//! Who may write a county? The session that holds its advisory lock.
//!
//! The server drops the lock with the session, however it ends, and only after whatever the session was committing
//! is decided: who takes the lock next sees everything that was acknowledged. Should two ever believe to hold it (a
//! pooler that hands sessions around), the primary keys of `entry` and `batch` let one of them write and tell the
//! other.

use super::address::writer_lock;
use super::session::{Session, shown};
use crate::LogError;

/// Takes the right to write a county, or says who has it.
pub(super) fn acquire(session: &Session, county: &str) -> Result<(), LogError> {
    let key = writer_lock(&session.schema, county);
    let row = session.ask("taking the writer's lock", async |client| {
        client.query_one("SELECT pg_try_advisory_lock($1)", &[&key]).await
    })?;
    if row.get(0) {
        return Ok(());
    }
    Err(LogError::Busy { place: session.place.to_string(), holder: holder(session, key)? })
}

/// The session that holds a lock, as far as the server tells.
fn holder(session: &Session, key: i64) -> Result<String, LogError> {
    let found = session.ask("looking for the writer", async |client| {
        // A lock by one number is listed as its two halves.
        let sql = "
            SELECT pg_locks.pid, application_name, usename::text, coalesce(client_addr::text, client_hostname)
            FROM pg_locks LEFT JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND granted AND objsubid = 1
              AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND (classid::bigint << 32) | objid::bigint = $1";
        client.query_opt(sql, &[&key]).await
    })?;
    let Some(row) = found else { return Ok("a session that has just ended".to_string()) };
    let pid: i32 = row.get(0);
    let about = [
        shown(&row, 1),
        shown(&row, 2).map(|user| format!("user {user}")),
        Some(shown(&row, 3).map_or_else(|| "on the same machine".to_string(), |host| format!("from {host}"))),
    ];
    let about: Vec<String> = about.into_iter().flatten().collect();
    Ok(format!("session {pid} ({})", about.join(", ")))
}
