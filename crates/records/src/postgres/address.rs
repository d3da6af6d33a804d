//! Which server, which county, and how is that said without the password?

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::LogError;
use crate::hash::Hash;

/// The schema that holds the tables when the address names none by `options=-csearch_path=…`.
pub(super) const SCHEMA: &str = "taizhang";

/// A county's log on a server.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub config: Config,
    /// For messages: never holds the password.
    pub place: String,
    /// True when the address itself says where the tables lie.
    pub names_schema: bool,
}

impl Address {
    /// Reads `postgres://USER@HOST/DATABASE`, or `host=… dbname=…`.
    pub fn parse(url: &str, county: &str) -> Result<Self, LogError> {
        let mut config: Config = url.parse().map_err(|fault: tokio_postgres::Error| LogError::Address {
            detail: std::error::Error::source(&fault).map_or_else(|| fault.to_string(), ToString::to_string),
        })?;
        if config.get_application_name().is_none() {
            config.application_name("taizhang");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(10));
        }
        // A server that is gone is noticed within half a minute, not after two hours.
        config.keepalives_idle(Duration::from_secs(10)).keepalives_interval(Duration::from_secs(5));
        config.keepalives_retries(4).tcp_user_timeout(Duration::from_secs(30));
        let names_schema = config.get_options().is_some_and(|options| options.contains("search_path"));
        let place = place(&config, county);
        Ok(Self { config, place, names_schema })
    }
}

fn place(config: &Config, county: &str) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => config.get_hostaddrs().first().map_or_else(|| "localhost".to_string(), ToString::to_string),
    };
    let database = config.get_dbname().or(config.get_user()).unwrap_or("postgres");
    let port = config.get_ports().first().map_or_else(String::new, |port| format!(":{port}"));
    let county = if county.is_empty() { String::new() } else { format!(" (county {county})") };
    format!("postgres://{host}{port}/{database}{county}")
}

/// The advisory lock of the one who writes a county: the first eight bytes, big-endian, of SM3 over
/// `taizhang-writer/1`, the schema and the county, each ended by a byte 0.
pub(super) fn writer_lock(schema: &str, county: &str) -> i64 {
    let Hash(bytes) = Hash::of(format!("taizhang-writer/1\0{schema}\0{county}\0").as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&bytes[..8]);
    i64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_place_never_shows_the_password() {
        let address = Address::parse("postgres://li:geheim@db.example:5433/county", "s0").unwrap();
        assert_eq!(address.place, "postgres://db.example:5433/county (county s0)");
        let address = Address::parse("postgres://li:geheim@%2Frun%2Fpostgresql/county", "").unwrap();
        assert_eq!(address.place, "postgres:///run/postgresql:5432/county");
        let fault = Address::parse("postgres://li:geheim@host:port/county", "s0").unwrap_err().to_string();
        assert!(!fault.contains("geheim"), "{fault}");
    }

    #[test]
    fn counties_and_schemas_have_locks_of_their_own() {
        let locks = [writer_lock("taizhang", "s0"), writer_lock("taizhang", "s1"), writer_lock("other", "s0")];
        assert!(locks[0] != locks[1] && locks[0] != locks[2] && locks[1] != locks[2]);
        assert_eq!(locks[0], writer_lock(SCHEMA, "s0"));
    }
}
