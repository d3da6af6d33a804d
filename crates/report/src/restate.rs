//! What would a report say differently now?
//!
//! Two papers of one outline, as of two moments, figure by figure. Which records made the difference is asked of the
//! figure itself.

use crate::document::{Document, FigureRef, SourceRow};
use serde::Serialize;
use std::collections::BTreeMap;

/// A figure that two papers print differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restated {
    /// The figure.
    pub figure: FigureRef,
    /// What people call it.
    pub title: String,
    /// What the earlier paper printed; `None` when its sentence was left out then.
    pub then: Option<String>,
    /// What the later paper prints; `None` when its sentence is left out now.
    pub now: Option<String>,
    /// The two parts of a ratio, or the exact yuan, then and now; empty where a figure has none.
    pub formulas: [String; 2],
}

/// The figures that changed between two papers, in the order of the later one, then those no longer printed. A value
/// whose parts changed counts as changed even when it is printed alike: 29,429 ÷ 29,738 and 29,430 ÷ 29,739 are two
/// different facts.
pub fn restated(then: &Document, now: &Document) -> Vec<Restated> {
    let before: BTreeMap<&FigureRef, &SourceRow> = then.sources.iter().map(|row| (&row.figure, row)).collect();
    let still = now.sources.iter().filter_map(|row| {
        let old = before.get(&row.figure).copied();
        let same = old.is_some_and(|old| old.shown == row.shown && old.formula == row.formula);
        (!same).then(|| change(row, old, Some(row)))
    });
    let gone = then.sources.iter().filter(|row| now.source_of(&row.figure).is_none());
    still.chain(gone.map(|row| change(row, Some(row), None))).collect()
}

fn change(named: &SourceRow, then: Option<&SourceRow>, now: Option<&SourceRow>) -> Restated {
    let formula = |row: Option<&SourceRow>| row.map(|row| row.formula.clone()).unwrap_or_default();
    Restated {
        figure: named.figure.clone(),
        title: named.title.clone(),
        then: then.map(|row| row.shown.clone()),
        now: now.map(|row| row.shown.clone()),
        formulas: [formula(then), formula(now)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Period;

    /// A paper of figures as (indicator, shown, formula).
    fn paper(figures: &[(&str, &str, &str)]) -> Document {
        let period = Period::year(2025);
        let row = |(indicator, shown, formula): &(&str, &str, &str)| SourceRow {
            figure: FigureRef { indicator: (*indicator).into(), org: "county".into(), period, cell: Vec::new() },
            title: format!("指标{indicator}"),
            shown: (*shown).into(),
            formula: (*formula).into(),
            period: "2025年".into(),
            cut_off: "2025-12-31".into(),
            source: "示例规范".into(),
        };
        Document {
            title: String::new(),
            period,
            as_of: period.last_day(),
            blocks: Vec::new(),
            left_out: Vec::new(),
            findings: Vec::new(),
            sources: figures.iter().map(row).collect(),
        }
    }

    #[test]
    fn changed_new_gone_and_differently_made_figures_are_told() {
        let then = paper(&[("a", "10人", ""), ("b", "50.00%", "1 ÷ 2"), ("c", "3人", ""), ("d", "9人", "")]);
        let now = paper(&[("a", "11人", ""), ("b", "50.00%", "2 ÷ 4"), ("e", "1人", ""), ("d", "9人", "")]);
        let told: Vec<(String, Option<String>, Option<String>)> =
            restated(&then, &now).into_iter().map(|each| (each.figure.indicator, each.then, each.now)).collect();
        let some = |text: &str| Some(text.to_string());
        assert_eq!(
            told,
            [
                ("a".into(), some("10人"), some("11人")),
                ("b".into(), some("50.00%"), some("50.00%")),
                ("e".into(), None, some("1人")),
                ("c".into(), some("3人"), None),
            ]
        );
    }

    #[test]
    fn a_paper_does_not_differ_from_itself() {
        let paper = paper(&[("a", "10人", ""), ("b", "50.00%", "1 ÷ 2")]);
        assert_eq!(restated(&paper, &paper), []);
    }
}
