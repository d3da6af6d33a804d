//! Where is the county? In a directory, or on a PostgreSQL server; every verb takes either.

use crate::fault::Fault;
use crate::output;
use accounts::Book;
use base::Timestamp;
use columns::engine::Options;
use columns::{Installed, Server, Store, StoreError};
use records::{Hash, Log, PostgresLog, ShelfPlace, SqliteLog};
use std::path::{Path, PathBuf};

/// The place of a county's records.
#[derive(Debug, clap::Args)]
pub struct At {
    /// The directory; with --database, where what is derived from the records goes (default: a folder of the cache)
    #[arg(long, required_unless_present = "database")]
    dir: Option<PathBuf>,
    /// The PostgreSQL server that keeps the records: postgres://USER@HOST/DATABASE
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Which county of the database, when it holds several
    #[arg(id = "county_of_database", long = "county", value_name = "ID", requires = "database")]
    county: Option<String>,
}

/// A place that was looked up.
pub enum Place<'a> {
    /// A directory holds everything.
    Dir(&'a Path),
    /// A server holds the records.
    Server(Server),
}

impl At {
    /// A place said in other words; `None` when none was said.
    pub fn said(dir: Option<&Path>, database: Option<&str>, county: Option<&str>) -> Option<Self> {
        let said = dir.is_some() || database.is_some();
        said.then(|| Self {
            dir: dir.map(Path::to_path_buf),
            database: database.map(str::to_string),
            county: county.map(str::to_string),
        })
    }

    /// The log alone, for writing what no table holds. The tables catch up when the county is opened.
    pub fn write_log(&self) -> Result<Box<dyn Log>, Fault> {
        match self.place()? {
            Place::Dir(dir) => Ok(Box::new(SqliteLog::open(&dir.join("records.db"))?)),
            Place::Server(server) => Ok(Box::new(PostgresLog::open(&server.url, &server.county)?)),
        }
    }

    /// The place, of an existing county.
    pub fn place(&self) -> Result<Place<'_>, Fault> {
        self.find(self.county.as_deref())
    }

    /// Puts a county there.
    pub fn create(&self, installed: &Installed, actor: &str, at: Timestamp) -> Result<Store, Fault> {
        let id = installed.county.id.as_str();
        if let Some(asked) = self.county.as_deref().filter(|asked| *asked != id) {
            return Err(Fault::Use(format!("--county says \"{asked}\", but the county to be made is \"{id}\"")));
        }
        match self.find(Some(id))? {
            Place::Dir(dir) => Ok(Store::create(dir, installed, actor, at)?),
            Place::Server(server) => Ok(Store::create_on(&server, installed, actor, at)?),
        }
    }

    /// Opens it for reading and writing.
    pub fn open(&self) -> Result<Store, Fault> {
        match self.place()? {
            Place::Dir(dir) => Ok(Store::open(dir)?),
            Place::Server(server) => Ok(Store::open_on(&server)?),
        }
    }

    /// The same, with limits of the engine or folders it may write to.
    pub fn open_with(&self, options: &Options) -> Result<Store, Fault> {
        match self.place()? {
            Place::Dir(dir) => Ok(Store::open_with(dir, options)?),
            Place::Server(server) => Ok(Store::open_on_with(&server, options)?),
        }
    }

    /// Opens it for questions; on a server, beside whoever writes.
    pub fn read(&self) -> Result<Store, Fault> {
        match self.place()? {
            Place::Dir(dir) => Ok(Store::open(dir)?),
            Place::Server(server) => Ok(Store::read_on(&server)?),
        }
    }

    /// Its log alone, for reading beside whoever writes.
    pub fn read_log(&self) -> Result<Box<dyn Log>, Fault> {
        match self.place()? {
            Place::Dir(dir) => {
                let path = dir.join("records.db");
                if !path.exists() {
                    return Err(Fault::Store(StoreError::Empty(dir.to_path_buf())));
                }
                Ok(Box::new(SqliteLog::open_read(&path)?))
            }
            Place::Server(server) => Ok(Box::new(PostgresLog::open_read(&server.url, &server.county)?)),
        }
    }

    /// Its accounts, which lie beside the log and are open to several programs at once.
    pub fn accounts(&self) -> Result<Book, Fault> {
        let place = match self.place()? {
            Place::Dir(dir) if !dir.join("records.db").exists() => {
                return Err(Fault::Store(StoreError::Empty(dir.to_path_buf())));
            }
            Place::Dir(dir) => ShelfPlace::File(dir.join("accounts.db")),
            Place::Server(server) => ShelfPlace::Server { url: server.url, county: server.county },
        };
        Ok(Book::open(place)?)
    }

    /// Opens it for reading and writing; on a server, as soon as nobody else writes, and says so.
    pub fn open_when_free(&self) -> Result<Store, Fault> {
        match self.place()? {
            Place::Dir(dir) => Ok(Store::open(dir)?),
            Place::Server(server) => Ok(Store::open_on_when_free(&server, &mut |holder| {
                output::message(&format!(
                    "county {} is written by {holder}; standing by to take over when it ends",
                    server.county
                ));
            })?),
        }
    }

    /// The place as people are told of it, without a password.
    pub fn shown(&self) -> String {
        match (&self.dir, &self.database) {
            (Some(dir), None) => dir.display().to_string(),
            _ => "the database".to_string(),
        }
    }

    fn find(&self, county: Option<&str>) -> Result<Place<'_>, Fault> {
        let Some(url) = &self.database else {
            return self.dir.as_deref().map(Place::Dir).ok_or_else(|| Fault::Use("say --dir or --database".into()));
        };
        let county = match county {
            Some(county) => county.to_string(),
            None => only_county(url)?,
        };
        let dir = match &self.dir {
            Some(dir) => dir.clone(),
            None => cache(url, &county)?,
        };
        Ok(Place::Server(Server { url: url.clone(), county, dir }))
    }
}

fn only_county(url: &str) -> Result<String, Fault> {
    let mut counties = PostgresLog::counties(url)?;
    match (counties.pop(), counties.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            counties.push(last);
            Err(Fault::Use(format!("the database holds {}; say --county ID", counties.join(", "))))
        }
        (None, _) => Err(Fault::Use(
            "the database holds no county yet; run `taizhang init COUNTY --database URL` or `taizhang synth` first"
                .into(),
        )),
    }
}

/// The folder for what is derived from a county of a database: thrown away, it is made again.
fn cache(url: &str, county: &str) -> Result<PathBuf, Fault> {
    let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    let home = home.ok_or_else(|| Fault::Use("there is no home folder for derived data; say --dir".into()))?;
    let mark = Hash::of(url.as_bytes()).to_string();
    Ok(home.join("taizhang").join("database").join(format!("{county}-{}", &mark[..16])))
}
