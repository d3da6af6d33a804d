//! How does one figure come about, and what is below it?

use super::dashboard::ranked;
use crate::ask::Ask;
use crate::desk::{Desk, Scope};
use crate::figure::step_shown;
use crate::problem::Problem;
use crate::wire::{self, Text};
use base::{Decimal, Language};
use indicator::{AGE_BANDS, Board, Dimension, Explanation, Part, Value};
use pack::county::Level;
use pack::model::{AggregateKind, FieldType, Indicator, Measure, ScalarType};
use pack::sql::ParameterUse;
use report::words::NOTHING;
use std::collections::BTreeSet;

/// `/api/figure`
pub fn figure(desk: &Desk, ask: &Ask) -> Result<wire::FigureDetail, Problem> {
    let scope = desk.scope_in_tree(ask)?;
    let indicator = desk.indicator(ask.require("indicator")?, scope.period)?;
    let board = desk.board(scope.period, &scope.tree)?;
    let last = desk.board(scope.period.last_year(), &scope.tree)?;
    let id = indicator.common.id.as_str();
    let figure = desk.figure(id, &scope.org, &board, Some(&last))?;
    let explanation = desk.explanation(id, &scope)?;
    let path = desk.path(&scope)?.into_iter().map(|org| wire::Step { id: org.id.clone(), name: org.name.clone() });
    Ok(wire::FigureDetail {
        definition: definition(desk, indicator, &explanation, figure.target.clone()),
        figure,
        path: path.collect(),
        children: children(desk, ask, &scope, &board, &last, id)?,
        months: months(desk, &scope, indicator)?,
        breakdown: [breakdown(desk, &scope, &board, indicator), by_person(desk, &scope, indicator)?].concat(),
        excluded: board.get(id, &scope.org).and_then(|value| u64::try_from(value.n_excluded).ok()).unwrap_or(0),
    })
}

/// `/api/figure/card`
pub fn card(desk: &Desk, ask: &Ask) -> Result<wire::FigureCard, Problem> {
    let scope = desk.scope_in_tree(ask)?;
    let indicator = desk.indicator(ask.require("indicator")?, scope.period)?;
    let board = desk.board(scope.period, &scope.tree)?;
    let last = desk.board(scope.period.last_year(), &scope.tree)?;
    let id = indicator.common.id.as_str();
    let figure = desk.figure(id, &scope.org, &board, Some(&last))?;
    let value = board.get(id, &scope.org).map(|value| desk.figure_value(value));
    Ok(wire::FigureCard {
        figure,
        formula: value.and_then(|value| value.formula()).unwrap_or_default(),
        source: desk.source_of(indicator),
    })
}

/// The next level of organisations, best first. An institution stands among them when something of the figure is its
/// own.
fn children(
    desk: &Desk,
    ask: &Ask,
    scope: &Scope,
    board: &Board,
    last: &Board,
    id: &str,
) -> Result<Vec<wire::Figure>, Problem> {
    let county = desk.county()?;
    let has_some =
        |value: &Value| [value.exact, value.numerator, value.denominator].iter().flatten().any(|n| !n.is_zero());
    // Who left an organisation may be out of reach of whoever reaches that.
    let below = desk.children(scope)?.into_iter().filter(|org| ask.visitor.reaches(county, &org.id));
    let values = below.filter_map(|org| {
        let value = board.get(id, &org.id)?;
        (org.level != Level::Institution || has_some(value)).then_some(value)
    });
    let ranked = ranked(desk, id, values.collect());
    Ok(ranked.into_iter().map(|value| desk.figure_of(value, last.get(id, &value.org))).collect())
}

fn months(desk: &Desk, scope: &Scope, indicator: &Indicator) -> Result<Vec<wire::Figure>, Problem> {
    let id = &indicator.common.id;
    let series = desk.series(vec![id.clone()], &desk.steps(indicator, scope.period), &scope.tree)?;
    series
        .iter()
        .map(|board| {
            let mut figure = desk.figure(id, &scope.org, board, None)?;
            figure.period_shown = step_shown(board.period, desk.language);
            Ok(figure)
        })
        .collect()
}

/// The cells of the indicator's own columns, one table for each column.
fn breakdown(desk: &Desk, scope: &Scope, board: &Board, indicator: &Indicator) -> Vec<wire::Breakdown> {
    let tables = indicator.by.iter().map(|column| {
        let mut keys: BTreeSet<&str> = BTreeSet::new();
        for value in board.cells(&indicator.common.id, &scope.org) {
            keys.extend(value.cell.iter().filter(|(name, _)| *name == column.value).map(|(_, key)| key.as_str()));
        }
        let rows = keys.into_iter().filter_map(|key| {
            let cell = [(column.value.clone(), key.to_string())];
            let value = board.cell(&indicator.common.id, &scope.org, &cell)?;
            Some(wire::BreakdownRow {
                key: key.to_string(),
                label: code_label(desk, indicator, &column.value, key),
                figure: desk.figure_of(&value, None),
            })
        });
        wire::Breakdown {
            by: column.value.clone(),
            title: column_title(desk, indicator, &column.value),
            rows: rows.collect(),
        }
    });
    tables.filter(|table| !table.rows.is_empty()).collect()
}

/// A figure about people by sex and by age, as far as its author has not done so.
fn by_person(desk: &Desk, scope: &Scope, indicator: &Indicator) -> Result<Vec<wire::Breakdown>, Problem> {
    let id = indicator.common.id.as_str();
    let dimensions = [
        (Dimension::Sex, Text::both("性别", "Sex")),
        (Dimension::Age(AGE_BANDS.to_vec()), Text::both("年龄（岁）", "Age in years")),
    ];
    let mut tables = Vec::new();
    for (dimension, title) in dimensions {
        let by = dimension.name();
        if indicator.by.iter().any(|column| column.value == by) {
            continue;
        }
        let board = desk.board_by(id, scope, dimension)?;
        if board.unbroken.contains(id) {
            continue;
        }
        let rows = board.cells(id, &scope.org).filter_map(|value| {
            let (_, key) = value.cell.first().filter(|(column, _)| column == by)?;
            let sex = desk.catalog().list("sex").and_then(|list| list.label(key)).filter(|_| by == "sex");
            let label = match sex {
                Some(label) => Text::from(label),
                None if key.is_empty() => Text::both("不详", "unknown"),
                None => Text::both(key, key),
            };
            Some((
                first_number(key),
                wire::BreakdownRow { key: key.clone(), label, figure: desk.figure_of(value, None) },
            ))
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by_key(|(order, _)| *order);
        tables.push(wire::Breakdown { by: by.into(), title, rows: rows.into_iter().map(|(_, row)| row).collect() });
    }
    Ok(tables.into_iter().filter(|table| !table.rows.is_empty()).collect())
}

/// `65+` after `7-14`; what is no number last.
fn first_number(key: &str) -> u32 {
    let digits: String = key.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(u32::MAX)
}

/// The field a cohort's column most likely is: of the indicator's own pack first.
fn field<'a>(desk: &'a Desk, indicator: &Indicator, column: &str) -> Option<&'a pack::model::Field> {
    let own = desk.catalog().packs.get(&indicator.common.pack);
    let own = own.into_iter().flat_map(|pack| pack.registers.values());
    own.chain(desk.catalog().registers()).find_map(|register| register.fields.get(column))
}

fn column_title(desk: &Desk, indicator: &Indicator, column: &str) -> Text {
    field(desk, indicator, column).map_or_else(|| Text::both(column, column), |field| Text::from(&field.title))
}

fn code_label(desk: &Desk, indicator: &Indicator, column: &str, key: &str) -> Text {
    if key.is_empty() {
        return Text::both("未填", "not given");
    }
    match (field(desk, indicator, column).map(|field| &field.ty), key) {
        (Some(FieldType::Flag), "true") => Text::both("是", "yes"),
        (Some(FieldType::Flag), "false") => Text::both("否", "no"),
        (Some(FieldType::Code { list, .. }), _) => {
            let label = desk.catalog().list(&list.value).and_then(|list| list.label(key));
            label.map_or_else(|| Text::both(key, key), Text::from)
        }
        _ => Text::both(key, key),
    }
}

fn definition(
    desk: &Desk,
    indicator: &Indicator,
    explanation: &Explanation,
    target: Option<wire::Target>,
) -> wire::Definition {
    let part = |part: &Option<Part>| {
        part.as_ref().map(|part| wire::CohortSize {
            cohort: part.name.clone(),
            title: Text::from(&part.title),
            n_shown: part.n.map_or_else(|| NOTHING.to_string(), |n| desk.number(n)),
        })
    };
    wire::Definition {
        text: text(indicator, explanation),
        measure: measure(&indicator.measure, desk.language).to_string(),
        source: explanation.source.clone(),
        pack: indicator.common.pack.clone(),
        sql: explanation.sql.clone(),
        parameters: explanation.parameters.iter().map(|used| parameter(desk, used)).collect(),
        numerator: part(&explanation.numerator),
        denominator: part(&explanation.denominator),
        target,
    }
}

/// The pack's own remark, or what is divided by what.
fn text(indicator: &Indicator, explanation: &Explanation) -> Text {
    let title = &indicator.common.title;
    let built = match (&explanation.numerator, &explanation.denominator) {
        (Some(above), Some(below)) => {
            let (above, below) = (Text::from(&above.title), Text::from(&below.title));
            Text::both(format!("{}÷{}", above.zh, below.zh), format!("{} ÷ {}", above.en, below.en))
        }
        (Some(counted), None) => Text::from(&counted.title),
        _ => Text::from(title),
    };
    match &indicator.common.note {
        Some(note) => Text { zh: note.clone(), ..built },
        None => built,
    }
}

fn measure(measure: &Measure, language: Language) -> &'static str {
    let (zh, en) = match measure {
        Measure::Ratio(..) => ("比率", "ratio"),
        Measure::Value(_) => ("由其他指标算出", "computed from other indicators"),
        Measure::Score(_) => ("评分", "score"),
        Measure::Aggregate(aggregate) => match aggregate.kind {
            AggregateKind::Count => ("计数", "count"),
            AggregateKind::Sum => ("合计", "sum"),
            AggregateKind::Mean => ("平均", "mean"),
            AggregateKind::Median => ("中位数", "median"),
            AggregateKind::Max => ("最大值", "largest"),
            AggregateKind::Min => ("最小值", "smallest"),
            AggregateKind::Percentile => ("百分位数", "percentile"),
        },
    };
    if language == Language::Zh { zh } else { en }
}

fn parameter(desk: &Desk, used: &ParameterUse) -> wire::Parameter {
    let found = desk.catalog().parameter(&used.pack, &used.name).ok();
    let pack_source = desk.catalog().packs.get(&used.pack).map(|pack| pack.header.source.clone());
    let source = found.and_then(|parameter| {
        let dated = parameter.values.get(&used.since).and_then(|value| value.source.clone());
        dated.or_else(|| parameter.common.source.clone())
    });
    let is_rate = found.is_some_and(|parameter| parameter.ty == ScalarType::Rate);
    let value = match &used.value {
        pack::model::Scalar::Decimal(rate) if is_rate => format!("{}%", (rate * Decimal::ONE_HUNDRED).normalize()),
        value => value.to_string(),
    };
    let unit = found.and_then(|parameter| parameter.unit.as_ref());
    wire::Parameter {
        name: used.name.clone(),
        title: found.map_or_else(|| Text::both(&used.name, &used.name), |one| Text::from(&one.common.title)),
        value,
        unit: unit.map_or_else(String::new, |unit| desk.unit(&unit.value).word.get(desk.language).to_string()),
        source: source.or(pack_source).unwrap_or_default(),
        from: used.since.to_string(),
    }
}
