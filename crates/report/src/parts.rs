//! Do the parts that are printed beside their whole sum to it?
//!
//! Every figure of a report comes from one snapshot, so a fact has one value wherever it is printed; only parts and
//! wholes can still disagree.

use crate::figure::{Cell, FigureValue};
use base::{Decimal, Text};

/// Something that must be settled before the paper is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Stable name, in kebab-case.
    pub code: &'static str,
    /// What, where, and what next.
    pub text: Text,
}

/// A finding when the cells of a breakdown do not sum to the whole. A cell without a value counts as nothing.
pub(crate) fn parts_differ(whole: &FigureValue, cells: &[Cell]) -> Option<Finding> {
    let exact = whole.exact()?;
    let sum: Decimal = cells.iter().filter_map(|cell| cell.value.exact()).sum();
    if sum == exact {
        return None;
    }
    Some(Finding {
        code: "parts-do-not-sum",
        text: Text::both(
            format!("{}各部分之和为{}，合计为{}，相差{}", whole.title.zh, sum, exact, (sum - exact).abs()),
            format!("the parts of {} sum to {sum}, the whole is {exact}", whole.indicator),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::figure;
    use std::collections::BTreeMap;

    #[test]
    fn parts_sum_to_the_fen() {
        let part =
            |value| Cell { key: BTreeMap::new(), label: Text::zh("甲"), value: figure("x", Some(value), "yuan") };
        let whole = figure("x", Some("54000000.00"), "yuan");
        assert_eq!(parts_differ(&whole, &[part("43200000.00"), part("10800000.00")]), None);
        let finding = parts_differ(&whole, &[part("43200000.00"), part("10800000.01")]);
        assert_eq!(
            finding.map(|f| f.text.zh).as_deref(),
            Some("x各部分之和为54000000.01，合计为54000000.00，相差0.01")
        );
    }
}
