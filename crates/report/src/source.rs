//! How does a report ask a snapshot for its figures?
//!
//! One board holds every indicator the texts name, another the same a year earlier if a text compares; both are
//! computed when first needed. Nothing here knows sentences.

use crate::figure::{Cell, Direction, FigureError, FigureValue, Figures, Target, Unit};
use base::{Date, Decimal, Period, Text};
use columns::Snapshot;
use columns::engine;
use indicator::{Board, IndicatorError, Missing, Request, Value, board};
use pack::Catalog;
use pack::county::{self, Level};
use pack::model::{AggregateKind, FieldType, Measure, Spanned};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Boards by period; beside the common one, one for each indicator computed alone.
type Boards = BTreeMap<(Period, Option<String>), Rc<Board>>;

/// The figures of a snapshot for the period of a report.
pub(crate) struct SnapshotFigures<'a> {
    snapshot: &'a Snapshot,
    period: Period,
    /// Indicators computed together; any other is computed when it is asked for.
    together: BTreeSet<String>,
    boards: RefCell<Boards>,
}

impl<'a> SnapshotFigures<'a> {
    /// Figures for a period; `together` names the indicators that are computed in one pass.
    pub(crate) fn new(snapshot: &'a Snapshot, period: Period, together: impl IntoIterator<Item = String>) -> Self {
        let known = |id: &String| snapshot.catalog().indicator(id).is_some();
        let together = together.into_iter().filter(known).collect();
        Self { snapshot, period, together, boards: RefCell::default() }
    }

    fn catalog(&self) -> &Catalog {
        self.snapshot.catalog()
    }

    fn county(&self) -> String {
        let root = self.catalog().county.as_ref().and_then(|county| county.orgs.root());
        root.map_or_else(String::new, |org| org.id.clone())
    }

    /// The board an indicator is on; `None` when it is not in force in that period.
    fn board(&self, indicator: &str, period: Period) -> Result<Option<Rc<Board>>, FigureError> {
        let versions =
            self.catalog().indicator(indicator).ok_or_else(|| FigureError::UnknownIndicator(indicator.to_string()))?;
        let day = period.last_day();
        if versions.on(day).is_none() {
            return Ok(None);
        }
        let together = self.together.contains(indicator);
        let key = (period, (!together).then(|| indicator.to_string()));
        if let Some(known) = self.boards.borrow().get(&key) {
            return Ok(Some(known.clone()));
        }
        let in_force = |id: &&String| self.catalog().indicator(id).is_some_and(|v| v.on(day).is_some());
        let indicators = match &key.1 {
            Some(alone) => vec![alone.clone()],
            None => self.together.iter().filter(in_force).cloned().collect(),
        };
        let made = match board(self.snapshot, &Request::new(indicators, period)) {
            Ok(made) => Rc::new(made),
            // Something it is computed from is not in force: it has no value then.
            Err(IndicatorError::NotInForce { .. }) if key.1.is_some() => return Ok(None),
            Err(error) => return Err(FigureError::Failed(error.to_string())),
        };
        self.boards.borrow_mut().insert(key, made.clone());
        Ok(Some(made))
    }

    fn value(&self, indicator: &str, org: &str, period: Period) -> Result<FigureValue, FigureError> {
        let catalog = self.catalog();
        let value = match self.board(indicator, period)? {
            Some(board) => match board.get(indicator, org) {
                Some(value) => value.clone(),
                None => return Err(FigureError::UnknownOrg(org.to_string())),
            },
            None => blank(catalog, indicator, org, period)?,
        };
        Ok(FigureValue::new(catalog, &value, self.snapshot.as_of()))
    }
}

impl Figures for SnapshotFigures<'_> {
    fn indicators(&self) -> Vec<String> {
        self.catalog().indicators().map(|versions| versions.latest().common.id.clone()).collect()
    }

    fn figure(&self, indicator: &str, org: Option<&str>, period: Option<Period>) -> Result<FigureValue, FigureError> {
        let county = self.county();
        self.value(indicator, org.unwrap_or(&county), period.unwrap_or(self.period))
    }

    fn cells(&self, indicator: &str, by: &[String]) -> Result<Vec<Cell>, FigureError> {
        let Some(board) = self.board(indicator, self.period)? else { return Ok(Vec::new()) };
        let versions = self.catalog().indicator(indicator);
        let columns = versions.map_or(&[][..], |versions| &versions.latest().by);
        if let Some(column) = by.iter().find(|column| !columns.iter().any(|known| known.value == **column)) {
            return Err(FigureError::UnknownColumn(indicator.to_string(), column.clone()));
        }
        let county = self.county();
        let mut groups: BTreeMap<Vec<(String, String)>, Vec<&Value>> = BTreeMap::new();
        for value in board.cells(indicator, &county) {
            let chosen = value.cell.iter().filter(|(column, _)| by.is_empty() || by.contains(column));
            groups.entry(chosen.cloned().collect()).or_default().push(value);
        }
        let additive = is_additive(self.catalog(), indicator);
        let cells = groups.into_iter().map(|(key, values)| {
            let mut value = match values.as_slice() {
                [only] => (*only).clone(),
                _ => board.cell(indicator, &county, &key).unwrap_or_else(|| values[0].clone()),
            };
            if values.len() > 1 && !additive {
                (value.value, value.exact) = (None, None);
                (value.numerator, value.denominator) = (None, None);
                value.missing = Some(Missing::NeedsMissing);
            }
            let label = self.label(indicator, &key);
            value.cell = key.clone();
            let mut figure = FigureValue::new(self.catalog(), &value, self.snapshot.as_of());
            figure.title.zh = format!("{}（{}）", figure.title.zh, label.zh);
            Cell { key: key.into_iter().collect(), label, value: figure }
        });
        Ok(cells.collect())
    }

    fn by_org(&self, indicator: &str, level: &str) -> Result<Vec<FigureValue>, FigureError> {
        let level = Level::from_word(level);
        let Some(county) = &self.catalog().county else { return Ok(Vec::new()) };
        let orgs = county.orgs.iter().filter(|org| Some(org.level) == level);
        orgs.map(|org| self.value(indicator, &org.id, self.period)).collect()
    }

    fn rows(&self, cohort: &str, limit: usize) -> Result<Vec<BTreeMap<String, String>>, FigureError> {
        let catalog = self.catalog();
        let unknown = || FigureError::UnknownCohort(cohort.to_string());
        let (pack, short) = match cohort.split_once('.') {
            Some((pack, short)) => (pack.to_string(), short),
            None => {
                let owner = catalog.packs.iter().find(|(_, pack)| pack.cohorts.contains_key(cohort));
                (owner.ok_or_else(unknown)?.0.clone(), cohort)
            }
        };
        if !catalog.packs.get(&pack).is_some_and(|pack| pack.cohorts.contains_key(short)) {
            return Err(unknown());
        }
        let failed = |error: &dyn std::fmt::Display| FigureError::Failed(error.to_string());
        let mut compiler = self.snapshot.compiler(Some(self.period));
        let name = Spanned::new(short.to_string(), base::Span::default());
        let relation = compiler.cohort(&pack, &name).map_err(|error| failed(&error.message))?;
        let compiled = compiler
            .finish(&format!("SELECT * FROM {relation} ORDER BY id LIMIT {limit}"))
            .map_err(|error| failed(&error.message))?;
        let rows = self.snapshot.query(&compiled).map_err(|error| failed(&error))?;
        let columns: Vec<String> = rows.columns().iter().map(|column| column.name.clone()).collect();
        let rows = rows.rows().map_err(|error| failed(&error))?;
        let said = |row: Vec<engine::Value>| {
            columns.iter().zip(row).map(|(column, cell)| (column.clone(), self.said(column, &cell))).collect()
        };
        Ok(rows.into_iter().map(said).collect())
    }

    fn target(&self, indicator: &str, year: i16) -> Option<Target> {
        self.catalog().county.as_ref()?.targets.get(indicator)?.get(&year).map(Target::from)
    }
}

impl SnapshotFigures<'_> {
    /// The codes of a cell in words.
    fn label(&self, indicator: &str, key: &[(String, String)]) -> Text {
        let words = key.iter().map(|(column, code)| self.code(indicator, column, code));
        Text::zh(words.collect::<Vec<_>>().join("、"))
    }

    /// A code as people read it: of the list that a field of that name has, first of all in the indicator's pack.
    fn code(&self, indicator: &str, column: &str, code: &str) -> String {
        let catalog = self.catalog();
        let home = catalog.indicator(indicator).map(|versions| versions.latest().common.pack.as_str());
        let first = home.and_then(|pack| catalog.packs.get(pack));
        let packs = first.into_iter().chain(catalog.packs.values());
        let fields = packs.flat_map(|pack| pack.registers.values()).filter_map(|register| register.fields.get(column));
        let mut lists = fields.filter_map(|field| match &field.ty {
            FieldType::Code { list, .. } => catalog.list(&list.value),
            _ => None,
        });
        lists.find_map(|list| list.label(code)).map_or_else(|| code.to_string(), |label| label.zh.clone())
    }

    fn said(&self, column: &str, cell: &engine::Value) -> String {
        use engine::Value as Cell;
        match cell {
            Cell::Null => String::new(),
            Cell::Text(text) if column == "org" => self.org_name(text),
            Cell::Text(text) => self.code("", column, text),
            Cell::Date(day) => crate::words::day(*day),
            Cell::Instant(at) => crate::words::day(at.date()),
            Cell::Flag(flag) => if *flag { "是" } else { "否" }.to_string(),
            Cell::Many(cells) => cells.iter().map(|cell| self.said(column, cell)).collect::<Vec<_>>().join("、"),
            Cell::Float(number) => number.to_string(),
            number => number.as_decimal().map_or_else(String::new, |number| number.normalize().to_string()),
        }
    }

    fn org_name(&self, id: &str) -> String {
        let org = self.catalog().county.as_ref().and_then(|county| county.orgs.get(id));
        org.map_or_else(|| id.to_string(), |org| org.name.clone())
    }
}

fn is_additive(catalog: &Catalog, indicator: &str) -> bool {
    catalog.indicator(indicator).is_some_and(|versions| match &versions.latest().measure {
        Measure::Aggregate(aggregate) => {
            matches!(aggregate.kind, AggregateKind::Count | AggregateKind::Sum) && aggregate.distinct.is_none()
        }
        _ => false,
    })
}

/// A value that is not there, in a period in which its indicator is not in force.
fn blank(catalog: &Catalog, id: &str, org: &str, period: Period) -> Result<Value, FigureError> {
    let versions = catalog.indicator(id).ok_or_else(|| FigureError::UnknownIndicator(id.to_string()))?;
    let indicator = versions.latest();
    Ok(Value {
        indicator: id.to_string(),
        org: org.to_string(),
        period,
        cell: Vec::new(),
        value: None,
        exact: None,
        numerator: None,
        denominator: None,
        n_excluded: Decimal::ZERO,
        missing: None,
        unit: indicator.unit.value.clone(),
        digits: indicator.digits,
    })
}

impl From<&county::Target> for Target {
    fn from(target: &county::Target) -> Self {
        let direction = match target.direction {
            county::Direction::AtLeast => Direction::AtLeast,
            county::Direction::AtMost => Direction::AtMost,
        };
        Self { direction, value: target.value, source: target.source.clone() }
    }
}

impl Unit {
    /// A unit of the list `unit`; an unknown one prints no word.
    pub fn of(catalog: &Catalog, id: &str) -> Self {
        use crate::figure::UnitKind;
        let rows = catalog.list("unit").into_iter().flat_map(|list| list.all_rows());
        let row = rows.filter(|row| row.code.as_deref() == Some(id)).last();
        let kind = row.and_then(|row| match &row.cells.get("kind")?.value {
            pack::model::Scalar::Text(word) => UnitKind::from_word(word),
            _ => None,
        });
        Self {
            id: id.to_string(),
            word: row.map_or_else(Text::default, |row| row.label.clone()),
            kind: kind.unwrap_or(UnitKind::Count),
        }
    }
}

impl FigureValue {
    /// An indicator's value with the words around it; `as_of` is the day of the snapshot.
    pub fn new(catalog: &Catalog, value: &Value, as_of: Date) -> Self {
        let versions = catalog.indicator(&value.indicator);
        let indicator = versions.map(|v| v.on(value.period.last_day()).unwrap_or_else(|| v.latest()));
        let org = catalog.county.as_ref().and_then(|county| county.orgs.get(&value.org));
        let pack = indicator.and_then(|indicator| catalog.packs.get(&indicator.common.pack));
        let source = indicator.and_then(|indicator| indicator.common.source.clone());
        Self {
            indicator: value.indicator.clone(),
            title: indicator.map_or_else(|| Text::zh(&value.indicator), |i| i.common.title.clone()),
            org: value.org.clone(),
            org_name: Text::zh(org.map_or(&value.org, |org| &org.name)),
            is_county: org.is_none_or(|org| org.parent.is_none()),
            period: value.period,
            value: value.value,
            numerator: value.denominator.map_or(value.exact, |_| value.numerator),
            denominator: value.denominator,
            unit: Unit::of(catalog, &value.unit),
            digits: value.digits,
            round: indicator.map(|indicator| indicator.round).unwrap_or_default(),
            cut_off: as_of.min(value.period.last_day()),
            missing: value.value.is_none().then(|| reason(value.missing)),
            source: source.or_else(|| pack.map(|pack| pack.header.source.clone())).unwrap_or_default(),
        }
    }
}

fn reason(missing: Option<Missing>) -> Text {
    match missing {
        Some(Missing::ZeroDenominator) => Text::both("分母为零", "the denominator is zero"),
        Some(Missing::NoRows) => Text::both("没有记录", "there are no records"),
        Some(Missing::NeedsMissing) => Text::both("所依据的数没有值", "a value it needs is missing"),
        None => Text::both("没有数值", "there is no value"),
    }
}
