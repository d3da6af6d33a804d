//! What does an expression give for each of these records?
//!
//! Hands the engine one table with exactly the columns the expression reads. A bare name needs no engine. Knows
//! columns and SQL; never why a value is wanted.

use crate::cell::Cell;
use crate::expression::{Lowered, Path};
use crate::world::{View, World};
use base::Diagnostic;
use columns::engine::{Connection, Engine, EngineError, Options, Value};
use pack::model::ColumnType;
use std::cell::Cell as Slot;
use std::collections::BTreeMap;

/// Why an entry could not be made.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Something in a pack or in the figures.
    Refused(Box<Diagnostic>),
    /// The engine itself.
    Engine(EngineError),
}

impl From<Diagnostic> for Fault {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Refused(Box::new(diagnostic))
    }
}

impl From<EngineError> for Fault {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

/// Evaluates expressions over made records.
pub(crate) struct Evaluator {
    connection: Connection,
    /// How many statuses the engine holds already.
    statuses: Slot<usize>,
}

impl Evaluator {
    pub fn new() -> Result<Self, EngineError> {
        let engine = Engine::open(None, &Options::default())?;
        let connection = engine.connect()?;
        connection
            .execute("CREATE TABLE made_status (resident VARCHAR, status VARCHAR, started_on DATE, ended_on DATE)")?;
        engine.lock_down()?;
        Ok(Self { connection, statuses: Slot::new(0) })
    }

    /// The value of an expression for every record of a view, as a type.
    pub fn values(
        &self,
        world: &World<'_>,
        view: &View<'_>,
        lowered: &Lowered,
        ty: ColumnType,
    ) -> Result<Vec<Cell>, Fault> {
        let n = view.table.len();
        if let Some(path) = lowered.bare().filter(|path| lowered.reads.get(*path) == Some(&ty)) {
            return Ok(world.values(view, path));
        }
        let fit = |value: Value| {
            let shown = format!("{value:?}");
            Cell::from_engine(value, ty).ok_or_else(|| {
                let message = format!("the expression gives {shown}, which does not fit a column of type {}", ty.sql());
                Fault::from(Diagnostic::error("wrong-kind", lowered.text.span, message))
            })
        };
        if lowered.reads.is_empty() && !lowered.statuses {
            let sql = format!("SELECT {}", lowered.sql);
            let value = self.connection.query(&sql).and_then(|rows| rows.single()).map_err(|e| refused(lowered, e))?;
            return Ok(vec![fit(value)?; n]);
        }
        self.load(world, view, lowered)?;
        let sql = format!("SELECT t.n_, {} FROM made_input AS t", lowered.sql);
        let mut rows = self.connection.query(&sql).map_err(|error| refused(lowered, error))?;
        let mut values = vec![Cell::Null; n];
        while let Some(chunk) = rows.next_chunk().map_err(|error| refused(lowered, error))? {
            for row in chunk.into_rows() {
                let mut cells = row.into_iter();
                let place = cells.next().and_then(|n| n.as_int()).and_then(|n| usize::try_from(n).ok());
                if let Some(slot) = place.and_then(|place| values.get_mut(place)) {
                    *slot = fit(cells.next().unwrap_or_default())?;
                }
            }
        }
        Ok(values)
    }

    /// The records of a view for which a condition is true, by row.
    pub fn matching(&self, world: &World<'_>, view: &View<'_>, lowered: &Lowered) -> Result<Vec<u32>, Fault> {
        let values = self.values(world, view, lowered, ColumnType::Flag)?;
        let rows = values.into_iter().enumerate().filter(|(_, value)| *value == Cell::Flag(true));
        Ok(rows.map(|(row, _)| row as u32).collect())
    }

    /// Fills `made_input` with what the expression reads.
    fn load(&self, world: &World<'_>, view: &View<'_>, lowered: &Lowered) -> Result<(), Fault> {
        let gathered = lowered.reads.keys().map(|path| world.values(view, path)).collect::<Vec<_>>();
        self.fill(&lowered.reads, &gathered, view.table.len())?;
        if lowered.statuses {
            self.load_statuses(world)?;
        }
        Ok(())
    }

    fn fill(&self, reads: &BTreeMap<Path, ColumnType>, gathered: &[Vec<Cell>], n: usize) -> Result<(), EngineError> {
        let columns: Vec<String> =
            reads.iter().map(|(path, ty)| format!(", \"{}\" {}", path.join("."), ty.sql())).collect();
        self.connection.execute(&format!("CREATE OR REPLACE TABLE made_input (n_ BIGINT{})", columns.concat()))?;
        let mut appender = self.connection.appender("main", "made_input")?;
        let mut row = Vec::with_capacity(gathered.len() + 1);
        for place in 0..n {
            row.clear();
            row.push(Value::Int(place as i64));
            row.extend(gathered.iter().map(|values| values[place].to_engine()));
            appender.append_row(&row)?;
        }
        appender.close()
    }

    fn load_statuses(&self, world: &World<'_>) -> Result<(), Fault> {
        let Some(table) = world.tables.get("resident_status") else { return Ok(()) };
        let columns: Vec<_> =
            ["resident", "status", "started_on", "ended_on"].iter().map(|name| table.columns.get(*name)).collect();
        let mut appender = self.connection.appender("main", "made_status")?;
        for row in self.statuses.get()..table.len() {
            let value = |values: &Option<&Vec<Cell>>| {
                values.and_then(|values| values.get(row)).map_or(Value::Null, Cell::to_engine)
            };
            appender.append_row(&columns.iter().map(value).collect::<Vec<_>>())?;
        }
        self.statuses.set(table.len());
        Ok(appender.close()?)
    }
}

fn refused(lowered: &Lowered, error: EngineError) -> Fault {
    Diagnostic::error("expression-refused", lowered.text.span, error.message).into()
}
