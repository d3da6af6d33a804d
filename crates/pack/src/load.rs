//! Folders of texts to a checked catalog, with every mistake found on the way.

use crate::catalog::Catalog;
use crate::county::{apply_set, read_county, read_proposal};
use crate::read::read_pack;
use crate::{check, model::Pack};
use base::{Diagnostic, Sources};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The texts of one pack or county, handed in by whoever can read files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folder {
    /// The folder's own name, which is the id.
    pub id: String,
    /// Path as people know it → text, in the order of the paths.
    pub files: Vec<(String, String)>,
}

/// Reads packs, applies the county's settings, joins everything and checks it. The catalog holds what could be read
/// even when there are mistakes.
pub fn load(packs: &[Folder], county: Option<&Folder>) -> (Catalog, Vec<Diagnostic>) {
    load_proposed(packs, county, None)
}

/// Of these packs those a county names and those they need, in their order. Only these are read, and nothing is checked:
/// mistakes are told when they are loaded. A county that cannot be read keeps all.
pub fn of_county(packs: Vec<Folder>, county: &Folder) -> Vec<Folder> {
    let mut sources = Sources::default();
    let (Some(county), _) = read_county(&mut sources, &county.id, &county.files) else { return packs };
    let folders: BTreeMap<&str, &Folder> = packs.iter().map(|folder| (folder.id.as_str(), folder)).collect();
    let mut waiting: Vec<String> = county.packs.into_iter().map(|pack| pack.value).collect();
    let mut named = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        let Some(folder) = folders.get(id.as_str()).filter(|_| named.insert(id.clone())) else { continue };
        if let (Some(pack), _) = read_pack(&mut sources, &folder.id, &folder.files) {
            waiting.extend(pack.header.needs.into_iter().map(|need| need.value));
        }
    }
    packs.into_iter().filter(|pack| named.contains(&pack.id)).collect()
}

/// As [`load`], with a proposal: a YAML list of lines like those of a county's `set`, applied after them.
pub fn load_proposed(packs: &[Folder], county: Option<&Folder>, proposal: Option<&str>) -> (Catalog, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    let mut read: IndexMap<String, Pack> = IndexMap::new();
    for folder in packs {
        let (pack, found) = read_pack(&mut sources, &folder.id, &folder.files);
        diagnostics.extend(found);
        let Some(pack) = pack else { continue };
        let id = pack.header.id.clone();
        if read.contains_key(&id.value) {
            let message = format!("pack \"{}\" is given twice", id.value);
            diagnostics.push(Diagnostic::error("taken-name", id.span, message).help("rename one of the two folders"));
        } else {
            read.insert(id.value, pack);
        }
    }
    let mut county = county.and_then(|folder| {
        let (county, found) = read_county(&mut sources, &folder.id, &folder.files);
        diagnostics.extend(found);
        county
    });
    if let (Some(county), Some(text)) = (&mut county, proposal) {
        let (lines, found) = read_proposal(&mut sources, text);
        diagnostics.extend(found);
        county.set.extend(lines);
    }
    if let Some(county) = &county {
        apply_set(&mut read, county, &mut diagnostics);
    }
    let (catalog, found) = Catalog::new(read.into_values().collect(), county, sources);
    diagnostics.extend(found);
    diagnostics.extend(check::check(&catalog));
    (catalog, diagnostics)
}
