//! Which packs does a directory work with?
//!
//! Installing is a logged entry like any other: the texts of the packs and of the county stand in the log, so a
//! directory needs nothing beside it and a past answer can be given with the packs of its day.

use crate::StoreError;
use pack::{Catalog, Folder};
use records::{Draft, Entry, Log, LogError, Op};
use serde_json::{Map, Value as Json, json};
use std::ops::ControlFlow;

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
    pub(crate) fn read(log: &dyn Log, seq: u64) -> Result<Option<Self>, StoreError> {
        let mut packs: Vec<Folder> = Vec::new();
        let mut county = None;
        let mut fault = None;
        log.scan(1, &mut |entry| {
            if entry.seq > seq {
                return ControlFlow::Break(());
            }
            if entry.op == Op::Install {
                match folder(&entry) {
                    Ok(folder) if entry.register == COUNTY => county = Some(folder),
                    Ok(folder) => {
                        packs.retain(|known| known.id != folder.id);
                        packs.push(folder);
                    }
                    Err(error) => fault = Some(error),
                }
                return ControlFlow::Continue(());
            }
            ControlFlow::Continue(())
        })?;
        match fault {
            Some(error) => Err(error.into()),
            None => Ok(county.map(|county| Self { packs, county })),
        }
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
