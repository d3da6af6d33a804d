//! What is booked for one plan?

use base::Date;
use ledger::{Part, Settlement};
use pack::Catalog;
use pack::model::{ListRow, Scalar};
use scheme::Plan;

/// A fund's row of the list `fund`.
pub(crate) fn fund_row<'c>(catalog: &'c Catalog, fund: &str) -> Option<&'c ListRow> {
    catalog.list("fund")?.all_rows().find(|row| row.code.as_deref() == Some(fund))
}

/// The settlement the ledger books for a plan on a day; `org` answers for it, the county when nobody else does. A step
/// whose fund is borne by the institution (list `fund`, column `borne`) is a waiver: nothing is paid out for it.
pub fn booking(catalog: &Catalog, plan: &Plan, org: Option<&String>, on_date: Date) -> Settlement {
    let borne = |fund: &str| {
        let cell = fund_row(catalog, fund).and_then(|row| row.cells.get("borne"));
        cell.is_some_and(|cell| cell.value == Scalar::Flag(true))
    };
    let parts = plan.lines.iter().map(|line| Part {
        step: line.step.clone(),
        fund: line.fund.clone(),
        waiver: borne(&line.fund),
        amount: line.paid,
    });
    let county = catalog.county.as_ref().map_or("county", |county| county.id.as_str());
    Settlement {
        scheme: plan.scheme.clone(),
        bill: plan.bill.clone(),
        no: 1,
        on_date,
        org: org.cloned().unwrap_or_else(|| county.to_string()),
        resident: plan.resident.clone(),
        institution: plan.institution.clone(),
        parts: parts.collect(),
        rest: plan.rest.unwrap_or(0),
    }
}
