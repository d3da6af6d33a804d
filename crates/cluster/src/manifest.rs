//! What does an exported folder say of itself?
//!
//! `manifest/COUNTY.json` is written last: a county without one is an export that did not end. It holds the packs and the
//! county's files, so that the folder stands alone.

use crate::error::{ClusterError, io};
use base::{Date, Timestamp};
use columns::Installed;
use pack::Folder;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The form of the folder.
pub const FORMAT: &str = "taizhang-cluster/1";

/// Where an exported county comes from and what it holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// The county.
    pub county: String,
    /// The day on which its figures are asked.
    pub as_of: Date,
    /// When it was exported.
    pub exported_at: Timestamp,
    /// The last entry of the log that is in it.
    pub seq: u64,
    /// The hash of the log's chain up to there.
    pub head_hash: String,
    /// Register → records.
    pub registers: BTreeMap<String, u64>,
    /// List → rows.
    pub lists: BTreeMap<String, u64>,
    /// The texts of the packs in force.
    pub packs: Vec<Folder>,
    /// The texts of the county.
    pub county_files: Folder,
}

impl Manifest {
    /// Where a county's manifest lies.
    pub fn path(folder: &Path, county: &str) -> PathBuf {
        folder.join("manifest").join(format!("{county}.json"))
    }

    /// The manifest of a county, or of the only one.
    ///
    /// # Errors
    /// [`ClusterError::County`] when there is none, or several and none was named; [`ClusterError::Manifest`] when it is
    /// not one.
    pub fn read(folder: &Path, county: Option<&str>) -> Result<Self, ClusterError> {
        let known = counties(folder);
        let wanted = match (county, known.as_slice()) {
            (Some(wanted), _) => known.iter().find(|known| *known == wanted),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let Some(wanted) = wanted else {
            let next = match county {
                _ if known.is_empty() => "run `taizhang cluster export` first".to_string(),
                Some(wanted) => format!("\"{wanted}\" is not among them"),
                None => "say --county ID".to_string(),
            };
            return Err(ClusterError::County { folder: folder.to_path_buf(), known, next });
        };
        let path = Self::path(folder, wanted);
        let text = std::fs::read_to_string(&path).map_err(io(&path))?;
        let bad = |detail: String| ClusterError::Manifest { path: path.clone(), detail };
        let manifest: Self = serde_json::from_str(&text).map_err(|fault| bad(fault.to_string()))?;
        if manifest.format != FORMAT {
            return Err(bad(format!("its form is \"{}\", not \"{FORMAT}\"", manifest.format)));
        }
        Ok(manifest)
    }

    /// Writes it into its folder.
    ///
    /// # Errors
    /// [`ClusterError::Io`].
    pub fn write(&self, folder: &Path) -> Result<(), ClusterError> {
        let path = Self::path(folder, &self.county);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(io(parent))?;
        }
        let text = serde_json::to_string_pretty(self)
            .map_err(|fault| ClusterError::Manifest { path: path.clone(), detail: fault.to_string() })?;
        std::fs::write(&path, text).map_err(io(&path))
    }

    /// The texts in force.
    pub fn installed(&self) -> Installed {
        Installed { packs: self.packs.clone(), county: self.county_files.clone() }
    }
}

/// The counties of a folder, in order.
fn counties(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join("manifest")).into_iter().flatten().flatten();
    let mut ids: Vec<String> =
        entries.filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".json").map(str::to_string)).collect();
    ids.sort();
    ids
}
