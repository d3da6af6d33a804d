//! One connection to the server: what is settled in it before anything else, and how its faults are said.
//!
//! A session that ends stays ended. Nothing here connects again, because the right to write ends with the session.

use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::{Client, Error, NoTls, Row};

use super::address::{Address, SCHEMA};
use super::statements::Statements;
use crate::LogError;

/// The oldest server whose behaviour this program was tested with.
const SERVER_MIN: i32 = 15;

/// What holds for every session, whatever the server or the role says otherwise: a commit waits for the disk, no
/// timer ends a session that holds the right to write, a plan is made once, and a client whose machine is gone is
/// noticed within half a minute, so that another can take over.
const SETTINGS: &str = "
    SELECT set_config('synchronous_commit',
        CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false);
    SET statement_timeout = 0;
    SET lock_timeout = 0;
    SET idle_session_timeout = 0;
    SET idle_in_transaction_session_timeout = 0;
    SET plan_cache_mode = force_generic_plan;
    SET jit = off;
    SET enable_seqscan = off;
    SET tcp_keepalives_idle = 10;
    SET tcp_keepalives_interval = 5;
    SET tcp_keepalives_count = 4;
    SET tcp_user_timeout = 30000;
";

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// A connection with its settings.
pub(crate) struct Session {
    /// Present until dropped. Drives the connection only while something is asked.
    runtime: Option<Runtime>,
    client: Client,
    pub place: Arc<str>,
    /// The schema that holds the tables.
    pub schema: String,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("place", &self.place).field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The server's threads may drop a log where blocking is not allowed.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Session {
    /// Connects and settles everything that must hold.
    pub(super) fn connect(address: &Address, access: Access) -> Result<Self, LogError> {
        let place: Arc<str> = address.place.as_str().into();
        let unreachable = |detail: String| LogError::Unreachable { place: place.to_string(), detail };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|fault| unreachable(fault.to_string()))?;
        let client = runtime.block_on(async {
            let (client, connection) = address.config.connect(NoTls).await?;
            tokio::spawn(async move {
                // Whoever asks next is told that the connection is closed.
                let _ = connection.await;
            });
            client.batch_execute(SETTINGS).await?;
            if !address.names_schema {
                client.batch_execute(&format!("SET search_path = {SCHEMA}")).await?;
            }
            if access == Access::Read {
                client.batch_execute("SET default_transaction_read_only = on").await?;
            }
            Ok(client)
        });
        let client = client.map_err(|fault: Error| unreachable(words(&fault)))?;
        let mut session = Self { runtime: Some(runtime), client, place, schema: String::new() };
        session.schema = session.check_server(address)?;
        Ok(session)
    }

    /// A session that writes beside whoever writes the log.
    pub fn for_shelf(address: &Address) -> Result<Self, LogError> {
        Self::connect(address, Access::Write)
    }

    /// Refuses a server that could not keep what it acknowledges, and returns the schema in use.
    fn check_server(&self, address: &Address) -> Result<String, LogError> {
        let row = self.ask("connecting", async |client| {
            client
                .query_one(
                    "SELECT current_setting('server_version_num')::integer / 10000, current_setting('fsync'),
                            current_setting('server_encoding'), coalesce(current_schema()::text, '')",
                    &[],
                )
                .await
        })?;
        let (version, fsync, encoding): (i32, String, String) = (row.get(0), row.get(1), row.get(2));
        let cannot = |detail: String| LogError::NotDurable { place: self.place.to_string(), detail };
        if version < SERVER_MIN {
            return Err(cannot(format!("it is PostgreSQL {version}, and {SERVER_MIN} or newer is needed")));
        }
        if fsync != "on" {
            return Err(cannot(format!("its fsync is {fsync}, so an acknowledged record need not be on disk")));
        }
        if encoding != "UTF8" {
            return Err(cannot(format!("the database's encoding is {encoding}, not UTF8")));
        }
        let schema: String = row.get(3);
        Ok(if address.names_schema { schema } else { SCHEMA.to_string() })
    }

    /// Has the server plan every statement; fails when the tables are not there.
    pub(super) fn prepare(&self) -> Result<Statements, LogError> {
        self.ask("opening", async |client| Statements::prepare(client).await)
    }

    /// Runs one piece of work on the connection and explains its fault.
    pub fn ask<T>(
        &self,
        doing: &'static str,
        work: impl AsyncFnOnce(&Client) -> Result<T, Error>,
    ) -> Result<T, LogError> {
        self.block_on(work(&self.client)).map_err(|fault| self.explain(doing, &fault))
    }

    /// Runs one piece of work on the connection.
    pub fn run<T>(&self, work: impl AsyncFnOnce(&Client) -> T) -> T {
        self.block_on(work(&self.client))
    }

    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        match &self.runtime {
            Some(runtime) => runtime.block_on(work),
            None => unreachable!("the runtime leaves only when the session is dropped"),
        }
    }

    /// The server's fault, said so that somebody knows what to do.
    pub fn explain(&self, doing: &'static str, fault: &Error) -> LogError {
        let place = self.place.to_string();
        let detail = words(fault);
        match fault.code() {
            _ if has_ended(fault) => LogError::Lost { place, doing, detail },
            Some(&SqlState::DISK_FULL) => LogError::DiskFull { place },
            Some(&SqlState::UNDEFINED_TABLE | &SqlState::INVALID_SCHEMA_NAME) => LogError::Missing { place },
            Some(&SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED) => LogError::Damaged { place, doing, detail },
            _ => LogError::Store { place, doing, source: detail.into() },
        }
    }

    /// A stored value that is not of its kind.
    pub fn wrong(&self, doing: &'static str, detail: String) -> LogError {
        LogError::Damaged { place: self.place.to_string(), doing, detail }
    }
}

/// True when the session did not survive the fault.
pub(super) fn has_ended(fault: &Error) -> bool {
    match fault.as_db_error() {
        Some(said) => matches!(said.parsed_severity(), Some(Severity::Fatal | Severity::Panic)),
        None => fault.is_closed() || has_io(fault),
    }
}

fn has_io(fault: &Error) -> bool {
    std::error::Error::source(fault).is_some_and(|source| source.is::<std::io::Error>())
}

/// What the server said, or what stopped us from hearing it.
pub(super) fn words(fault: &Error) -> String {
    match (fault.as_db_error(), std::error::Error::source(fault)) {
        (Some(said), _) => {
            let hint = said.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
            format!("{}{hint}", said.message())
        }
        (None, Some(source)) => format!("{fault}: {source}"),
        (None, None) => fault.to_string(),
    }
}

/// A column as text, for messages about sessions.
pub(super) fn shown(row: &Row, column: usize) -> Option<String> {
    row.try_get::<_, Option<String>>(column).ok().flatten().filter(|text| !text.is_empty())
}
