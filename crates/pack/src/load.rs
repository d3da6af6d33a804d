//! Folders of texts to a checked catalog, with every mistake found on the way.

use crate::catalog::Catalog;
use crate::county::{apply_set, read_county, read_proposal};
use crate::read::read_pack;
use crate::{check, model::Pack};
use base::{Diagnostic, Sources};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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

/// Of these packs those a county names and those they need, in their order. A county that cannot be read keeps all; its
/// mistakes are told when it is loaded.
pub fn of_county(packs: Vec<Folder>, county: &Folder) -> Vec<Folder> {
    let (catalog, _) = load(&packs, Some(county));
    let Some(county) = &catalog.county else { return packs };
    let mut waiting: Vec<&str> = county.packs.iter().map(|pack| pack.value.as_str()).collect();
    let mut named = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if named.insert(id) {
            let needs = catalog.packs.get(id).map(|pack| pack.header.needs.as_slice()).unwrap_or_default();
            waiting.extend(needs.iter().map(|pack| pack.value.as_str()));
        }
    }
    packs.iter().filter(|pack| named.contains(pack.id.as_str())).cloned().collect()
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
