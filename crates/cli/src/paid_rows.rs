//! What does a scheme pay for the rows of an example, and is it what was expected?

use crate::draw;
use crate::fault::Fault;
use crate::output;
use columns::Snapshot;
use pack::Catalog;
use pack::model::{Example, ExpectedPay};
use scheme::Settled;
use settlement::{SettlementError, compile, rows_of, settle_rows};
use std::collections::BTreeMap;

/// A failure for the command line; mistakes of a scheme are drawn at their places.
pub fn drawn<T>(catalog: &Catalog, found: Result<T, SettlementError>) -> Result<T, Fault> {
    found.map_err(|fault| match fault {
        SettlementError::Mistakes(found) if found.iter().any(|diagnostic| diagnostic.span.is_some()) => {
            found.iter().for_each(|diagnostic| output::message(&draw::diagnostic(&catalog.sources, diagnostic)));
            Fault::Mistakes(found.len())
        }
        SettlementError::Store(fault) => Fault::Store(fault),
        other => Fault::Use(other.to_string()),
    })
}

/// Settles what an example gave.
pub fn settle_given(
    catalog: &Catalog,
    snapshot: &Snapshot,
    example: &Example,
    scheme: &str,
) -> Result<Vec<Settled>, Fault> {
    let compiled = drawn(catalog, compile(catalog, scheme))?;
    let derived = compiled.resolved.inputs.iter().any(|input| input.derived);
    let rows = match example.given.get(&compiled.over.value) {
        // The given records hold every column the scheme reads.
        Some(given) if !derived => given.iter().map(|record| record.body.clone()).collect(),
        _ => drawn(catalog, rows_of(snapshot, &compiled, example.period, None))?,
    };
    Ok(settle_rows(catalog, &compiled, &rows, example.as_of).into_iter().filter_map(Result::ok).collect())
}

/// How a payment differs from what was expected; `None` when it does not.
pub fn difference(expected: &ExpectedPay, settled: &[Settled]) -> Option<String> {
    let place = format!("{} pays {}", expected.scheme, expected.record);
    let Some((_, plan)) = settled.iter().find(|(bill, _)| bill.id == expected.record) else {
        return Some(format!("{place}: there is no such row"));
    };
    let plan = match (plan, &expected.refused) {
        (Err(refused), Some(code)) if refused.code == *code => return None,
        (Err(refused), _) => return Some(format!("{place}: refused by {}: {}", refused.code, refused.say.zh)),
        (Ok(_), Some(code)) => return Some(format!("{place}: expected to be refused by {code}, and it was paid")),
        (Ok(plan), None) => plan,
    };
    let paid = plan.lines.iter().map(|line| (line.step.clone(), scheme::yuan(line.paid).to_string()));
    let rest = plan.rest.map(|rest| ("rest".to_string(), scheme::yuan(rest).to_string()));
    let found: BTreeMap<String, String> = paid.chain(rest).collect();
    let wanted: BTreeMap<String, String> = expected.steps.iter().cloned().collect();
    (found != wanted).then(|| format!("{place}: expected {wanted:?}, found {found:?}"))
}
