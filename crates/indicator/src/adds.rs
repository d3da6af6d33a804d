//! What may be added up?
//!
//! Derived from the definition, never declared (pack language 4.4).

use base::Date;
use pack::Catalog;
use pack::model::{AggregateKind, Indicator, Measure};
use pack::sql::counts_occurrences;

/// Along what the values of an indicator may be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Adds {
    /// The values of organisations beside each other are the value of the one above.
    pub over_orgs: bool,
    /// The values of periods one after another are the value of all together.
    pub over_time: bool,
}

/// Counts and sums of rows add over organisations; over time too when their cohort holds occurrences and nobody is counted once
/// only. Rates, means, extremes, scores and arithmetic never add: their numerators and denominators do.
pub fn adds(catalog: &Catalog, indicator: &Indicator, day: Date) -> Adds {
    let Measure::Aggregate(aggregate) = &indicator.measure else {
        return Adds { over_orgs: false, over_time: false };
    };
    let over_orgs = matches!(aggregate.kind, AggregateKind::Count | AggregateKind::Sum);
    let occurs = || counts_occurrences(catalog, &indicator.common.pack, &aggregate.cohort.value, day);
    Adds { over_orgs, over_time: over_orgs && aggregate.distinct.is_none() && occurs() }
}
