//! How does a county's report come out of its snapshot?
//!
//! Puts the outline, the packs' paragraphs and the snapshot's figures together. What a sentence or a number looks like
//! is decided elsewhere.

use crate::check::{Vocabulary, check};
use crate::compose::{Outline, ReportError, compose};
use crate::document::Document;
use crate::figure::Unit;
use crate::source::SnapshotFigures;
use base::{Diagnostic, Period};
use columns::Snapshot;
use pack::Catalog;
use pack::model::ReportText;
use std::collections::{BTreeMap, BTreeSet};

/// The report of the snapshot's county for `period`, in the order of `outline`. Records up to the last day of the
/// period are in it, or up to the snapshot's own day when that is earlier.
///
/// # Errors
/// [`ReportError::Template`] when the outline is not a template or names what no pack defines, with its line;
/// [`ReportError::Figures`] when the figures cannot be computed. What is wrong with a single sentence is no error: the
/// sentence is left out and listed.
pub fn write(snapshot: &Snapshot, period: Period, outline: &ReportText) -> Result<Document, ReportError> {
    let catalog = snapshot.catalog();
    let fragments =
        catalog.packs.iter().filter_map(|(id, pack)| Some((id.clone(), pack.report.as_ref()?.text.clone())));
    document(snapshot, period, outline, fragments.collect())
}

/// The plain text that one pack's paragraphs give alone, blocks on lines of their own: what `expect.says` of a pack's
/// examples looks into.
///
/// # Errors
/// As for [`write()`].
pub fn fragment(snapshot: &Snapshot, period: Period, text: &ReportText) -> Result<String, ReportError> {
    let document = document(snapshot, period, text, BTreeMap::new())?;
    let lines: Vec<String> = document.blocks.iter().map(|block| format!("{}{}", block.number, block.text())).collect();
    Ok(lines.join("\n"))
}

fn document(
    snapshot: &Snapshot,
    period: Period,
    outline: &ReportText,
    fragments: BTreeMap<String, String>,
) -> Result<Document, ReportError> {
    let catalog = snapshot.catalog();
    let mut words = words(&outline.text);
    let asked: Vec<&String> = fragments.iter().filter(|(id, _)| words.contains(*id)).map(|(_, text)| text).collect();
    let more: Vec<String> = asked.into_iter().flat_map(|text| self::words(text)).collect();
    words.extend(more);
    if words.contains("below_target") {
        words.extend(catalog.county.iter().flat_map(|county| county.targets.keys().cloned()));
    }
    let name = catalog.sources.get(outline.source).map_or("outline.md", |source| &*source.name);
    let outline = Outline { name: name.to_string(), text: outline.text.clone() };
    let figures = SnapshotFigures::new(snapshot, period, words);
    compose(&outline, &fragments, &figures, period, snapshot.as_of().min(period.last_day()))
}

/// Whatever could be a name in a text; names nobody defines do no harm.
fn words(text: &str) -> BTreeSet<String> {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split(|c| !inside(c)).filter(|word| !word.is_empty()).map(str::to_string).collect()
}

/// Every mistake of a pack's `report.md` or a county's outline that can be seen without figures.
pub fn check_text(catalog: &Catalog, text: &ReportText) -> Vec<Diagnostic> {
    check(text, &vocabulary(catalog))
}

fn vocabulary(catalog: &Catalog) -> Vocabulary {
    let indicators = || catalog.indicators().map(|versions| versions.latest());
    let cohorts = || catalog.packs.iter().flat_map(|(id, pack)| pack.cohorts.iter().map(move |entry| (id, entry)));
    let titles = indicators().map(|indicator| &indicator.common.title);
    let registers = catalog.registers().map(|register| &register.common.title);
    let cohort_titles = cohorts().map(|(_, (_, versions))| &versions.latest().common.title);
    let labels = catalog.lists().flat_map(|list| list.all_rows()).map(|row| &row.label);
    let all = titles.chain(registers).chain(cohort_titles).chain(labels);
    Vocabulary {
        figures: indicators()
            .map(|indicator| (indicator.common.id.clone(), Unit::of(catalog, &indicator.unit.value)))
            .collect(),
        cohorts: cohorts().flat_map(|(pack, (id, _))| [id.clone(), format!("{pack}.{id}")]).collect(),
        terms: all.map(|title| title.zh.clone()).filter(|term| term.contains(|c: char| c.is_ascii_digit())).collect(),
    }
}
