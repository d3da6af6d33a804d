//! How do a county's registers become files that many machines can read?
//!
//! `register=ID/county=COUNTY/year=YYYY/`, without the year where records have no day of their own; `list=ID/`, `org/` and
//! `parameter/` beside them. The manifest is written last.

use crate::error::{ClusterError, io};
use crate::manifest::{FORMAT, Manifest};
use crate::shape::{open_columns, stays};
use base::Timestamp;
use columns::{Snapshot, Store, StoreError};
use pack::Catalog;
use pack::model::{Kind, Register};
use pack::sql::{Relations as _, quote_text};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The manifest.
    pub manifest: Manifest,
    /// Bytes of all files of the county.
    pub n_bytes: u64,
}

/// Writes the rows in force into `folder`. The store must have been opened with that folder among the allowed ones.
///
/// # Errors
/// [`ClusterError::Taken`] when the county is there already; otherwise whatever the store or the file system says.
pub fn export(
    store: &Store,
    folder: &Path,
    as_of: Option<Timestamp>,
    now: Timestamp,
    progress: &mut dyn FnMut(&str, u64),
) -> Result<Exported, ClusterError> {
    let snapshot = match as_of {
        Some(moment) => store.snapshot_as_of(moment)?,
        None => store.snapshot(columns::county_time(now).date())?,
    };
    let installed = store.installed(snapshot.seq())?;
    let county = installed.county.id.clone();
    if Manifest::path(folder, &county).exists() {
        return Err(ClusterError::Taken { folder: folder.to_path_buf(), county });
    }
    let catalog = installed.catalog()?;
    let writer = Writer { snapshot: &snapshot, catalog: &catalog, folder, county: &county };
    let mut registers = BTreeMap::new();
    for register in catalog.registers() {
        let n = writer.register(register)?;
        progress(&register.common.id, n);
        registers.insert(register.common.id.clone(), n);
    }
    let mut lists = BTreeMap::new();
    for list in catalog.lists() {
        let id = &list.common.id;
        let rows = snapshot.view().list(id);
        let n = writer.table(&format!("list={id}"), &format!("SELECT * FROM {rows} AS v"), &[])?;
        lists.insert(id.clone(), n);
    }
    writer.orgs()?;
    writer.parameters()?;
    let manifest = Manifest {
        format: FORMAT.to_string(),
        as_of: snapshot.as_of(),
        exported_at: now,
        seq: snapshot.seq(),
        head_hash: head_hash(store, snapshot.seq())?,
        registers,
        lists,
        packs: installed.packs,
        county_files: installed.county,
        county: county.clone(),
    };
    manifest.write(folder)?;
    let n_bytes = writer.n_bytes()?;
    Ok(Exported { manifest, n_bytes })
}

struct Writer<'a> {
    snapshot: &'a Snapshot,
    catalog: &'a Catalog,
    folder: &'a Path,
    county: &'a str,
}

impl Writer<'_> {
    /// The rows of a register in force, with its derived columns.
    fn register(&self, register: &Register) -> Result<u64, ClusterError> {
        let id = &register.common.id;
        let fields = self.catalog.registers().flat_map(|register| register.fields.values());
        let secret: Vec<&str> = fields.filter(|field| stays(field)).map(|field| field.id.as_str()).collect();
        let mut names: Vec<String> = open_columns(register).iter().map(|c| format!("v.\"{}\"", c.name)).collect();
        let mut compiler = self.snapshot.compiler(None);
        compiler.register(id);
        for (name, text) in &register.derive {
            // What is computed from a secret may give it away.
            if text.value.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| secret.contains(&word)) {
                continue;
            }
            compiler.mention(name);
            names.push(format!("v.\"{name}\""));
        }
        let day = match register.kind {
            Kind::Event => Some("on_date"),
            Kind::Statement => Some("period_from"),
            Kind::Entity | Kind::Enrolment => None,
        };
        names.extend(day.map(|day| format!("year(v.{day}) AS year")));
        let body = format!("SELECT {} FROM {id} AS v ORDER BY v.seq_", names.join(", "));
        let compiled = compiler.finish(&body).map_err(StoreError::from)?;
        self.table(&format!("register={id}"), &compiled.sql, if day.is_some() { &["year"] } else { &[] })
    }

    /// The organisations, each with the one above it and the days on which it existed.
    fn orgs(&self) -> Result<(), ClusterError> {
        let orgs = self.catalog.county.iter().flat_map(|county| county.orgs.iter());
        let text = |text: Option<&str>| text.map_or("NULL".to_string(), quote_text);
        let day = |day: Option<base::Date>| day.map_or("NULL".to_string(), |day| format!("DATE '{day}'"));
        let rows = orgs.map(|org| {
            let [id, name, kind] = [&org.id, &org.name, &org.kind].map(|t| quote_text(t));
            let (parent, code) = (text(org.parent.as_deref()), text(org.code.as_deref()));
            format!("({id}, {name}, {kind}, {parent}, {code}, {}, {})", day(org.from), day(org.until))
        });
        let columns = [
            ("id", "VARCHAR"),
            ("name", "VARCHAR"),
            ("kind", "VARCHAR"),
            ("parent", "VARCHAR"),
            ("code", "VARCHAR"),
            ("from_", "DATE"),
            ("until_", "DATE"),
        ];
        self.values("org", &columns, rows.collect())
    }

    /// Every value of every parameter, with the day from which it holds and its source.
    fn parameters(&self) -> Result<(), ClusterError> {
        let all = self.catalog.packs.iter().flat_map(|(id, pack)| pack.parameters.values().map(move |p| (id, p)));
        let rows = all.flat_map(|(pack, parameter)| {
            parameter.values.iter().map(move |(since, value)| {
                let shown = value.value.as_ref().map(|value| value.value.to_string());
                format!(
                    "({}, {}, DATE '{since}', {})",
                    quote_text(pack),
                    quote_text(&parameter.common.id),
                    shown.map_or("NULL".to_string(), |shown| quote_text(&shown)),
                )
            })
        });
        let columns = [("pack", "VARCHAR"), ("id", "VARCHAR"), ("since", "DATE"), ("value", "VARCHAR")];
        self.values("parameter", &columns, rows.collect())
    }

    fn values(&self, name: &str, columns: &[(&str, &str)], rows: Vec<String>) -> Result<(), ClusterError> {
        if rows.is_empty() {
            return Ok(());
        }
        let casts: Vec<String> = columns.iter().map(|(name, ty)| format!("CAST({name} AS {ty}) AS {name}")).collect();
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let sql = format!("SELECT {} FROM (VALUES {}) AS v({})", casts.join(", "), rows.join(", "), names.join(", "));
        self.table(name, &sql, &[]).map(|_| ())
    }

    /// Writes rows into the county's part of a table, and gives their number.
    fn table(&self, name: &str, sql: &str, by: &[&str]) -> Result<u64, ClusterError> {
        let folder = self.part(name);
        // What an export that did not end left behind.
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(io(&folder))?;
        }
        std::fs::create_dir_all(&folder).map_err(io(&folder))?;
        let target = if by.is_empty() { folder.join("records.parquet") } else { folder.clone() };
        let target = target.to_str().ok_or_else(|| ClusterError::Io {
            path: folder.clone(),
            source: std::io::Error::new(std::io::ErrorKind::InvalidInput, "the path is not UTF-8"),
        })?;
        Ok(self.snapshot.copy_parquet(sql, target, by)?)
    }

    fn part(&self, name: &str) -> PathBuf {
        self.folder.join(name).join(format!("county={}", self.county))
    }

    /// The bytes of the county's files.
    fn n_bytes(&self) -> Result<u64, ClusterError> {
        let mut total = 0;
        for entry in std::fs::read_dir(self.folder).map_err(io(self.folder))?.flatten() {
            total += bytes_below(&entry.path().join(format!("county={}", self.county)))?;
        }
        Ok(total)
    }
}

fn bytes_below(folder: &Path) -> Result<u64, ClusterError> {
    if !folder.is_dir() {
        return Ok(0);
    }
    let mut total = 0;
    for entry in std::fs::read_dir(folder).map_err(io(folder))? {
        let entry = entry.map_err(io(folder))?;
        let meta = entry.metadata().map_err(io(entry.path()))?;
        total += if meta.is_dir() { bytes_below(&entry.path())? } else { meta.len() };
    }
    Ok(total)
}

/// The hash of the chain after the batch that ends with `seq`.
fn head_hash(store: &Store, seq: u64) -> Result<String, ClusterError> {
    let log = store.log();
    let (mut low, mut high) = (1, log.last_batch()?.map_or(0, |batch| batch.no));
    while low <= high {
        let middle = low.midpoint(high);
        let Some(batch) = log.batch(middle)? else { break };
        if batch.last_seq == seq {
            return Ok(batch.hash.to_string());
        }
        if batch.last_seq < seq { low = middle + 1 } else { high = middle - 1 }
    }
    Ok(log.head_hash()?.to_string())
}
