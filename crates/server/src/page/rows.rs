//! Which records stand behind a figure?
//!
//! The list comes from `indicator`, so its length is the figure; here it gets titles, names and masks.

use crate::ask::Ask;
use crate::desk::Desk;
use crate::masked::{cell_shown, fixed_title, mask};
use crate::problem::Problem;
use crate::wire::{self, Text};
use base::{Decimal, Language};
use columns::engine::{Type, Value as Cell};
use indicator::{RowPage, RowQuery, Side};
use pack::model::{Field, Indicator, Measure, Register, Term};
use pack::sql::{Relations, quote_text};
use std::collections::BTreeMap;

pub(super) const USUAL_LIMIT: usize = 100;
pub(super) const MOST_LIMIT: usize = 1_000;

/// `/api/figure/rows`
pub fn rows(desk: &Desk, ask: &Ask) -> Result<wire::Rows, Problem> {
    let scope = desk.scope_in_tree(ask)?;
    let indicator = desk.indicator(ask.require("indicator")?, scope.period)?;
    let word = ask.get("part").unwrap_or("numerator");
    let side = Side::from_word(word).ok_or_else(|| {
        Problem::wrong(
            "wrong-part",
            base::Text::both(format!("没有“{word}”这一部分"), format!("there is no part \"{word}\"")),
            base::Text::both(
                "写作numerator、denominator、missed或excluded",
                "write numerator, denominator, missed or excluded",
            ),
        )
    })?;
    let query = RowQuery {
        indicator: indicator.common.id.clone(),
        org: scope.org.clone(),
        period: scope.period,
        tree: scope.tree.clone(),
        side,
        after: ask.get("after").map(str::to_string),
        limit: ask.limit(USUAL_LIMIT, MOST_LIMIT)?,
    };
    let page = indicator::rows(&desk.snapshot, &query)?;
    let reads = registers_read(desk, indicator, side, scope.period)?;
    finish(desk, page, &reads, side)
}

pub(super) fn finish(desk: &Desk, page: RowPage, reads: &[&Register], side: Side) -> Result<wire::Rows, Problem> {
    let at = |name: &str| page.columns.iter().position(|column| column.name == name);
    let (id, resident) = (at("id"), at("resident"));
    let text = |row: &[Cell], at: Option<usize>| at.and_then(|at| row.get(at)?.as_text()).map(str::to_string);
    let people = people(desk, page.rows.iter().filter_map(|row| text(row, resident)).collect())?;
    let looks = looks(&page, reads, side);
    let mut columns = Vec::new();
    if resident.is_some() {
        columns.push(left("name", Text::both("姓名", "Name")));
        columns.push(left("citizen_id", Text::both("公民身份号码", "Citizen number")));
    }
    columns.extend(looks.iter().map(|look| look.column.clone()));
    let rows = page.rows.iter().map(|row| {
        let mut cells: BTreeMap<String, String> = BTreeMap::new();
        let person = text(row, resident);
        if let Some((name, number)) = person.as_ref().and_then(|id| people.get(id)) {
            cells.insert("name".into(), name.clone());
            cells.insert("citizen_id".into(), number.clone());
        }
        for look in &looks {
            let cell = row.get(look.at).unwrap_or(&Cell::Null);
            cells.insert(look.column.key.clone(), look.shown(desk, cell));
        }
        wire::CountedRow {
            id: text(row, id).unwrap_or_default(),
            register: page.register.clone(),
            resident: person,
            cells,
        }
    });
    Ok(wire::Rows {
        total: page.total,
        total_shown: match desk.language {
            Language::Zh => format!("{}条", desk.number(Decimal::from(page.total))),
            Language::En => format!("{} rows", desk.number(Decimal::from(page.total))),
        },
        columns,
        rows: rows.collect(),
        next: page.next.clone(),
    })
}

fn left(key: &str, title: Text) -> wire::Column {
    wire::Column { key: key.into(), title, align: "left" }
}

/// How one column of the list is shown.
struct Look<'a> {
    reads: &'a [&'a Register],
    at: usize,
    column: wire::Column,
    field: Option<&'a Field>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Org,
    Masked,
    /// Names of fields.
    Fields,
}

impl Look<'_> {
    fn shown(&self, desk: &Desk, cell: &Cell) -> String {
        match (self.kind, cell) {
            (Kind::Org, Cell::Text(id)) => desk.org_name(id),
            (Kind::Fields, Cell::Text(names)) => {
                let title = |name: &str| {
                    let field = self.reads.iter().find_map(|register| register.fields.get(name));
                    field.map_or_else(|| name.to_string(), |field| field.title.get(desk.language).to_string())
                };
                names.split(", ").map(title).collect::<Vec<_>>().join("、")
            }
            (Kind::Masked, cell) => mask(&cell_shown(desk, None, cell)),
            (_, cell) => cell_shown(desk, self.field, cell),
        }
    }
}

/// Every column but the ids, in the cohort's order. A text column is open only when a register the cohort reads has it
/// as a field that is no secret, and none has it as a secret: a cohort may rename what it selects.
fn looks<'a>(page: &RowPage, reads: &'a [&'a Register], side: Side) -> Vec<Look<'a>> {
    let shown =
        page.columns.iter().enumerate().filter(|(_, column)| !matches!(column.name.as_str(), "id" | "resident"));
    shown
        .map(|(at, column)| {
            let name = column.name.as_str();
            let fields: Vec<&Field> = reads.iter().filter_map(|register| register.fields.get(name)).collect();
            let is_secret = fields.iter().any(|field| field.secret);
            let is_text = matches!(column.r#type, Type::Text | Type::Many(_));
            let is_known = !fields.is_empty() || fixed_title(name).is_some();
            let kind = match name {
                "org" => Kind::Org,
                "reason" if side == Side::Excluded => Kind::Fields,
                _ if is_secret || (is_text && !is_known) => Kind::Masked,
                _ => Kind::Open,
            };
            let field = fields.first().copied();
            let title = field.map(|field| field.title.clone()).or_else(|| fixed_title(name));
            let is_number =
                matches!(column.r#type, Type::Int | Type::Big | Type::Decimal { .. } | Type::Float | Type::Date);
            let column = wire::Column {
                key: name.to_string(),
                title: title.as_ref().map_or_else(|| Text::both(name, name), Text::from),
                align: if is_number { "right" } else { "left" },
            };
            Look { reads, at, column, field, kind }
        })
        .collect()
}

/// The registers a side's cohort reads, through whatever cohorts.
pub(super) fn registers_read<'a>(
    desk: &'a Desk,
    indicator: &Indicator,
    side: Side,
    period: base::Period,
) -> Result<Vec<&'a Register>, Problem> {
    let term = |term: &Term| match term {
        Term::Name(name) => name.clone(),
        Term::Aggregate(aggregate) => aggregate.cohort.clone(),
    };
    let cohort = match (&indicator.measure, side) {
        (Measure::Aggregate(aggregate), _) => aggregate.cohort.clone(),
        (Measure::Ratio(above, _), Side::Numerator) => term(above),
        (Measure::Ratio(_, below), _) => term(below),
        (Measure::Value(_) | Measure::Score(_), _) => return Ok(Vec::new()),
    };
    let mut compiler = desk.snapshot.compiler(Some(period));
    let inside = |fault: base::Diagnostic| Problem::inside(fault.message);
    compiler.cohort(&indicator.common.pack, &cohort).map_err(inside)?;
    let compiled = compiler.finish("SELECT 1").map_err(inside)?;
    Ok(compiled.registers.iter().filter_map(|id| desk.catalog().register(id)).collect())
}

/// Masked names and citizen numbers of residents, by id.
pub(super) fn people(desk: &Desk, mut ids: Vec<String>) -> Result<BTreeMap<String, (String, String)>, Problem> {
    ids.sort();
    ids.dedup();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<String> = ids.iter().map(|id| quote_text(id)).collect();
    let rows = desk.snapshot.view().register("resident");
    let sql = format!("SELECT r.id, r.name, r.citizen_id FROM {rows} AS r WHERE r.id IN ({})", ids.join(", "));
    let mut people = BTreeMap::new();
    for row in desk.snapshot.query_text(&sql)?.rows()? {
        let text = |at: usize| row.get(at).and_then(Cell::as_text).unwrap_or("");
        people.insert(text(0).to_string(), (mask(text(1)), mask(text(2))));
    }
    Ok(people)
}
