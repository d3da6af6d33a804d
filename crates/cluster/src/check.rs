//! Which indicators cannot be counted on a cluster, and why?

use crate::shape::{Names, stored};
use base::{Date, Diagnostic, Period};
use columns::engine::Value;
use indicator::{Engine, IndicatorError, Request};
use pack::model::Indicator;
use pack::sql::spark::{NotOnCluster, Stored};
use pack::sql::{Compiled, Compiler};
use pack::{Catalog, sample_moment};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A note for every indicator whose statement has no equal in Spark SQL. The catalog must be free of mistakes.
pub fn check(catalog: &Arc<Catalog>) -> Vec<Diagnostic> {
    countable(catalog).1
}

/// The ids of the indicators a cluster counts, in the catalog's order, and a note for every other one. The catalog must be
/// free of mistakes.
pub fn countable(catalog: &Arc<Catalog>) -> (Vec<String>, Vec<Diagnostic>) {
    let without = not_counted(catalog);
    let is_left_out = |id: &String| without.iter().any(|(indicator, _)| indicator.common.id == *id);
    let all = catalog.indicators().map(|versions| versions.latest().common.id.clone());
    let counted = all.filter(|id| !is_left_out(id)).collect();
    let notes = without.into_iter().map(|(indicator, fault)| {
        let message = format!("{} cannot be counted on a cluster: {}", indicator.common.id, fault.what);
        Diagnostic::note("not-on-cluster", indicator.common.span, message).help(fault.help)
    });
    (counted, notes.collect())
}

fn not_counted(catalog: &Arc<Catalog>) -> Vec<(&Indicator, NotOnCluster)> {
    let printer = Printer { catalog: Arc::clone(catalog), stored: stored(catalog, &|_, _| None) };
    let moment = sample_moment(catalog);
    let Some(period) = moment.period else { return Vec::new() };
    let mut found = Vec::new();
    for indicator in catalog.indicators().filter_map(|versions| versions.on(moment.deciding_day())) {
        let asked = indicator::board(&printer, &Request::new(vec![indicator.common.id.clone()], period));
        let Err(IndicatorError::Elsewhere(fault)) = asked else { continue };
        let Ok(fault) = fault.downcast::<NotOnCluster>() else { continue };
        found.push((indicator, *fault));
    }
    found
}

/// Prints every statement and answers none.
struct Printer {
    catalog: Arc<Catalog>,
    stored: BTreeMap<String, Stored>,
}

impl Engine for Printer {
    fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    fn seq(&self) -> u64 {
        0
    }

    fn as_of(&self) -> Date {
        sample_moment(&self.catalog).as_of
    }

    fn compiler(&self, period: Option<Period>) -> Compiler<'_> {
        let moment = sample_moment(&self.catalog);
        Compiler::new(&self.catalog, &Names, pack::sql::Moment { period, ..moment })
    }

    fn answer(&self, compiled: &Compiled, _: &mut dyn FnMut(&[Value])) -> Result<(), IndicatorError> {
        match pack::sql::spark::print(&self.catalog, &compiled.sql, &self.stored) {
            Ok(_) => Ok(()),
            Err(fault) => Err(IndicatorError::Elsewhere(Box::new(fault))),
        }
    }
}
