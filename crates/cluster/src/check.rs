//! Which indicators cannot be counted on a cluster, and why?

use crate::shape::{Names, stored};
use base::{Date, Diagnostic, Period};
use columns::engine::Value;
use indicator::{Engine, IndicatorError, Request};
use pack::sql::spark::{NotOnCluster, Stored};
use pack::sql::{Compiled, Compiler};
use pack::{Catalog, sample_moment};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A note for every indicator whose statement has no equal in Spark SQL. The catalog must be free of mistakes.
pub fn check(catalog: &Arc<Catalog>) -> Vec<Diagnostic> {
    let printer = Printer { catalog: Arc::clone(catalog), stored: stored(catalog, &|_, _| None) };
    let moment = sample_moment(catalog);
    let Some(period) = moment.period else { return Vec::new() };
    let mut found = Vec::new();
    for indicator in catalog.indicators().filter_map(|versions| versions.on(moment.deciding_day())) {
        let id = indicator.common.id.clone();
        let asked = indicator::board(&printer, &Request::new(vec![id.clone()], period));
        let Err(IndicatorError::Elsewhere(fault)) = asked else { continue };
        let Ok(fault) = fault.downcast::<NotOnCluster>() else { continue };
        let message = format!("{id} cannot be counted on a cluster: {}", fault.what);
        found.push(Diagnostic::note("not-on-cluster", indicator.common.span, message).help(fault.help));
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
