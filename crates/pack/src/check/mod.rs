//! Is everything that the packs say to each other sound?
//!
//! What one file says alone was judged when it was read. Here are names, SQL, measures and examples: everything that
//! needs the whole catalog. What needs the engine (types of columns) is asked by the crate that has one.

mod campaign;
mod cohort;
mod county;
mod example;
mod funnel;
mod indicator;
mod register;
pub(crate) mod rule;
mod scheme;
mod task;

use crate::catalog::Catalog;
use crate::sql::{Moment, Relations};
use base::{Date, Diagnostic, Period};

/// Every mistake that needs the whole catalog to be seen.
pub fn check(catalog: &Catalog) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    register::check(catalog, &mut found);
    cohort::check(catalog, &mut found);
    indicator::check(catalog, &mut found);
    funnel::check(catalog, &mut found);
    rule::check(catalog, &mut found);
    task::check(catalog, &mut found);
    campaign::check(catalog, &mut found);
    scheme::check(catalog, &mut found);
    example::check(catalog, &mut found);
    county::check(catalog, &mut found);
    // The same fault can be met on several ways (a cohort read by three others); it is said once.
    let mut said: Vec<Diagnostic> = Vec::new();
    for diagnostic in found {
        if !said.contains(&diagnostic) {
            said.push(diagnostic);
        }
    }
    said
}

/// Relations by their names alone: enough to resolve a statement without an engine.
#[derive(Debug, Clone, Copy)]
pub struct NamesOnly;

impl Relations for NamesOnly {
    fn register(&self, id: &str) -> String {
        format!("reg.{id}")
    }

    fn list(&self, id: &str) -> String {
        format!("list.{id}")
    }
}

/// The moment at which statements are tried: the county's own period, or the year of the newest dated body.
pub fn sample_moment(catalog: &Catalog) -> Moment {
    let period = catalog.county.as_ref().map_or_else(|| Period::year(newest_year(catalog)), |county| county.period);
    Moment { period: Some(period), as_of: period.until }
}

fn newest_year(catalog: &Catalog) -> i16 {
    let parameters = catalog.packs.values().flat_map(|pack| pack.parameters.values());
    let days = parameters.filter_map(|parameter| parameter.values.keys().next_back());
    days.map(|day: &Date| day.year()).max().unwrap_or(2025).max(2025)
}
