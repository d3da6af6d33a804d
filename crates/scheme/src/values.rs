//! How do days, codes and shares become whole numbers?

use base::{Date, Decimal};
use pack::Catalog;
use pack::model::{List, Scalar};
use pack::scheme::{Node, Resolved, ResolvedForm, Unit};

/// The codes of a list, in its order; a code is known by its place.
pub fn codes_of(catalog: &Catalog, list: &str) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for row in catalog.list(list).into_iter().flat_map(List::all_rows) {
        if let Some(code) = &row.code
            && !codes.contains(code)
        {
            codes.push(code.clone());
        }
    }
    codes
}

/// The code at a place of a list.
pub(crate) fn code_at<'c>(catalog: &'c Catalog, list: &str, place: i64) -> Option<&'c str> {
    let rows = catalog.list(list)?.all_rows().filter_map(|row| row.code.as_deref());
    rows.into_iter().nth(usize::try_from(place).ok()?)
}

/// A day as the number of days since 1970-01-01.
pub fn day_number(day: Date) -> i64 {
    let era = Date::constant(1970, 1, 1);
    day.since(era).map_or(0, |span| span.get_days().into())
}

/// One denominator for all shares of a scheme: the least power of ten in which every one of them is whole.
pub(crate) fn denominator_of(catalog: &Catalog, resolved: &Resolved) -> i64 {
    let mut digits = 2;
    let mut see = |number: Decimal| digits = digits.max(number.normalize().scale());
    resolved.walk(&mut |formula| match &formula.node {
        _ if formula.unit != Unit::Number => {}
        Node::Literal(number) => see(*number),
        Node::Parameter { pack, name } => {
            let values = catalog.parameter(pack, name).into_iter().flat_map(|p| p.values.values());
            values.filter_map(|value| decimal(&value.value.as_ref()?.value)).for_each(&mut see);
        }
        Node::Cell { list, column, .. } => cells(catalog, list, column).for_each(&mut see),
        _ => {}
    });
    for step in &resolved.steps {
        if let ResolvedForm::Bands { list, .. } = &step.form {
            cells(catalog, list, "rate").for_each(&mut see);
        }
    }
    for input in resolved.inputs.iter().filter(|input| input.unit == Unit::Number) {
        see(Decimal::new(1, input.digits));
    }
    10_i64.pow(digits.min(9))
}

fn cells<'c>(catalog: &'c Catalog, list: &str, column: &'c str) -> impl Iterator<Item = Decimal> + 'c {
    let rows = catalog.list(list).into_iter().flat_map(List::all_rows);
    rows.filter_map(move |row| decimal(&row.cells.get(column)?.value))
}

fn decimal(value: &Scalar) -> Option<Decimal> {
    match value {
        Scalar::Decimal(number) => Some(*number),
        _ => None,
    }
}
