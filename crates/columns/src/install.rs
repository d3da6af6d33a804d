//! Which packs does a directory work with?
//!
//! Installing is a logged entry like any other: the texts of the packs and of the county stand in the log, so a
//! directory needs nothing beside it and a past answer can be given with the packs of its day.

use crate::StoreError;
use pack::{Catalog, Folder};
use records::{Draft, Entry, Log, LogError, Op};
use serde_json::{Map, Value as Json, json};

const PACK: &str = "_pack";
const COUNTY: &str = "_county";

/// The packs and the county a directory works with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The packs.
    pub packs: Vec<Folder>,
    /// The county.
    pub county: Folder,
}

impl Installed {
    /// Entries that put these texts into force; `org` is the county's organisation.
    pub(crate) fn drafts(&self, org: &str) -> Vec<Draft> {
        let draft = |register: &str, folder: &Folder| {
            let mut draft = Draft::new(Op::Install, register, org);
            draft.record = Some(folder.id.clone());
            draft.body = body(folder);
            draft
        };
        let packs = self.packs.iter().map(|folder| draft(PACK, folder));
        packs.chain(std::iter::once(draft(COUNTY, &self.county))).collect()
    }

    /// The texts in force at `seq`; `None` when no county was installed by then.
    ///
    /// # Errors
    /// Whatever the log says.
    pub fn read(log: &dyn Log, seq: u64) -> Result<Option<Self>, StoreError> {
        Ok(InForce::read(log, seq)?.map(|found| found.installed))
    }

    /// The catalog these texts give; mistakes in them are an error, since they were checked when installed.
    ///
    /// # Errors
    /// [`StoreError::Packs`] with the first mistake.
    pub fn catalog(&self) -> Result<Catalog, StoreError> {
        let (catalog, diagnostics) = pack::load(&self.packs, Some(&self.county));
        let errors: Vec<_> = diagnostics.iter().filter(|d| d.is_error()).collect();
        match errors.first() {
            Some(first) => Err(StoreError::Packs { n_errors: errors.len(), first: first.message.clone() }),
            None => Ok(catalog),
        }
    }
}

/// Texts in force, and since when they are.
pub(crate) struct InForce {
    pub installed: Installed,
    /// The last entry that installed one of them.
    pub since: u64,
}

impl InForce {
    /// What was in force at `seq`, found through the heads of the log.
    pub fn read(log: &dyn Log, seq: u64) -> Result<Option<Self>, StoreError> {
        let mut packs = Vec::new();
        for id in ids(log, PACK)? {
            packs.extend(version(log, PACK, &id, seq)?);
        }
        // In the order in which they came.
        packs.sort_by_key(|entry| entry.seq);
        let counties = ids(log, COUNTY)?;
        let mut county = None;
        for id in counties {
            county = version(log, COUNTY, &id, seq)?.or(county);
        }
        let Some(county) = county else { return Ok(None) };
        let since = packs.iter().chain([&county]).map(|entry| entry.seq).max().unwrap_or(0);
        let packs = packs.iter().map(folder).collect::<Result<_, _>>()?;
        Ok(Some(Self { installed: Installed { packs, county: folder(&county)? }, since }))
    }
}

fn ids(log: &dyn Log, register: &str) -> Result<Vec<String>, LogError> {
    let mut ids = Vec::new();
    log.each_record(register, "", &mut |id| ids.push(id.to_string()))?;
    Ok(ids)
}

/// The last version of an installed text up to `seq`.
fn version(log: &dyn Log, register: &str, id: &str, seq: u64) -> Result<Option<Entry>, LogError> {
    Ok(log.history(register, id)?.into_iter().rfind(|entry| entry.seq <= seq && entry.op == Op::Install))
}

fn body(folder: &Folder) -> Map<String, Json> {
    let files: Map<String, Json> = folder.files.iter().map(|(path, text)| (path.clone(), json!(text))).collect();
    Map::from_iter([("files".to_string(), Json::Object(files))])
}

fn folder(entry: &Entry) -> Result<Folder, LogError> {
    let body = entry.fields()?;
    let files = body.get("files").and_then(Json::as_object).map(|files| {
        files.iter().filter_map(|(path, text)| Some((path.clone(), text.as_str()?.to_string()))).collect()
    });
    let files = files.ok_or_else(|| LogError::Body { seq: entry.seq, detail: "an install without files".into() })?;
    Ok(Folder { id: entry.record.clone(), files })
}
