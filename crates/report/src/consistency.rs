//! Does the report contradict itself?
//!
//! One fact has one value wherever it is printed, and parts that are printed beside their whole sum to it.

use crate::document::Finding;
use crate::figure::{Cell, FigureValue};
use crate::words::{Style, shown};
use base::{Decimal, Language, Severity, Text};
use std::collections::BTreeMap;

/// Which fact a printed value states: indicator, organisation, period, breakdown cell.
type Fact<'a> = (&'a str, &'a str, base::Period, &'a BTreeMap<String, String>);

/// A finding for each fact that is printed with two values.
pub fn consistency<'a>(
    printed: impl IntoIterator<Item = (&'a FigureValue, &'a BTreeMap<String, String>)>,
) -> Vec<Finding> {
    let mut first: BTreeMap<Fact<'a>, &FigureValue> = BTreeMap::new();
    let mut findings = Vec::new();
    for (value, cell) in printed {
        let fact = (value.indicator.as_str(), value.org.as_str(), value.period, cell);
        let seen = *first.entry(fact).or_insert(value);
        if seen.value != value.value {
            let (one, other) = (say(seen), say(value));
            findings.push(Finding {
                code: "two-values",
                severity: Severity::Error,
                text: Text::both(
                    format!("{}（{}）在报告中有两个数值：{one}和{other}", value.title.zh, value.org_name.zh),
                    format!("{} of {} is printed as {one} and as {other}", value.indicator, value.org),
                ),
            });
        }
    }
    findings
}

/// A finding when the cells of a breakdown do not sum to the whole. A cell without a value counts as nothing.
pub fn parts_differ(whole: &FigureValue, cells: &[Cell]) -> Option<Finding> {
    let exact = whole.exact()?;
    let sum: Decimal = cells.iter().filter_map(|cell| cell.value.exact()).sum();
    if sum == exact {
        return None;
    }
    Some(Finding {
        code: "parts-do-not-sum",
        severity: Severity::Error,
        text: Text::both(
            format!("{}各部分之和为{}，合计为{}，相差{}", whole.title.zh, sum, exact, (sum - exact).abs()),
            format!("the parts of {} sum to {sum}, the whole is {exact}", whole.indicator),
        ),
    })
}

fn say(figure: &FigureValue) -> String {
    shown(figure, Language::Zh, Style::Report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::figure;

    #[test]
    fn one_fact_has_one_value() {
        let (a, b, c) = (figure("x", Some("10"), "case"), figure("x", Some("11"), "case"), figure("y", None, "case"));
        let county = BTreeMap::new();
        let cell = BTreeMap::from([("sex".to_string(), "1".to_string())]);
        assert_eq!(consistency([(&a, &county), (&b, &cell), (&c, &county), (&a, &county)]), []);
        let findings = consistency([(&a, &county), (&b, &county)]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].text.zh, "x（示例县）在报告中有两个数值：10例和11例");
    }

    #[test]
    fn parts_sum_to_the_fen() {
        let part = |value| Cell { key: BTreeMap::new(), label: Text::zh("甲"), value: figure("x", Some(value), "yuan") };
        let whole = figure("x", Some("54000000.00"), "yuan");
        assert_eq!(parts_differ(&whole, &[part("43200000.00"), part("10800000.00")]), None);
        let finding = parts_differ(&whole, &[part("43200000.00"), part("10800000.01")]);
        assert_eq!(finding.map(|f| f.text.zh).as_deref(), Some("x各部分之和为54000000.01，合计为54000000.00，相差0.01"));
    }
}
