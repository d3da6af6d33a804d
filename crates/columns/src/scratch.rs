//! A county in memory that forgets: the stage on which the packs' own examples are played.
//!
//! Records go straight into the tables, judged by the same rules as everywhere; there is no log behind them.

use crate::StoreError;
use crate::apply::{Pending, county_time};
use crate::engine::{Connection, Engine, Options, Value};
use crate::judge::{Author, Judgment, Proposal, Refusal, judge};
use crate::merge;
use crate::snapshot::{Snapshot, View};
use crate::tables::{create_register, create_tables, fill_lists};
use base::Date;
use jiff::civil::time;
use jiff::tz::{self, TimeZone};
use pack::Catalog;
use pack::model::{ColumnType, FieldType, Register};
use records::{Draft, Op};
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Tables without a log.
pub struct Scratch {
    engine: Engine,
    writer: Connection,
    catalog: Arc<Catalog>,
    seq: i64,
    merges: bool,
    written: BTreeSet<String>,
}

impl Scratch {
    /// Empty tables for these packs.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn new(catalog: Arc<Catalog>) -> Result<Self, StoreError> {
        let engine = Engine::open(None, &Options::default())?;
        engine.lock_down()?;
        let writer = engine.connect()?;
        create_tables(&writer, &catalog)?;
        fill_lists(&writer, &catalog)?;
        Ok(Self { engine, writer, catalog, seq: 0, merges: false, written: BTreeSet::new() })
    }

    /// The packs it plays.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// Forgets every record.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn reset(&mut self) -> Result<(), StoreError> {
        for id in std::mem::take(&mut self.written) {
            if let Some(register) = self.catalog.register(&id) {
                create_register(&self.writer, register)?;
            }
        }
        self.seq = 0;
        self.merges = merge::refresh(&self.writer, &self.catalog)?;
        Ok(())
    }

    /// Puts a record into its table without asking the rules; what is required and missing gets a lawful default. A
    /// body may name its own `id` and `org`.
    ///
    /// # Errors
    /// [`StoreError::Body`] when a value is of the wrong type.
    pub fn give(&mut self, register: &str, mut body: Map<String, Json>, today: Date) -> Result<(), StoreError> {
        let catalog = Arc::clone(&self.catalog);
        let Some(known) = catalog.register(register) else { return Ok(()) };
        fill_in(&catalog, known, &mut body, today);
        let draft = self.draft(register, body);
        let mut cells = Vec::new();
        for column in known.columns() {
            let value = crate::cell(&column, draft.body.get(&column.name)).map_err(|fault| StoreError::Body {
                seq: 0,
                register: register.to_string(),
                fault,
            })?;
            cells.push(value);
        }
        self.write(&draft, cells, today)
    }

    /// Judges a record as a form would, and saves it when nothing refuses it. What is required and not named gets a
    /// lawful default; what is named as empty stays empty.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn save(&mut self, register: &str, body: Map<String, Json>, today: Date) -> Result<Vec<Refusal>, StoreError> {
        let mut body = body;
        let catalog = Arc::clone(&self.catalog);
        if let Some(known) = catalog.register(register) {
            fill_in(&catalog, known, &mut body, today);
        }
        let draft = self.draft(register, body);
        let view = self.view();
        let drafts = [draft];
        let authors = [Author { actor: "example", roles: None }];
        let proposal = Proposal { drafts: &[&drafts[0]], owners: &[0], authors: &authors, today, advises: false };
        let Judgment { refusals, cells, .. } = judge(&self.writer, &view, None, &proposal)?;
        if let (true, Some(cells)) = (refusals.is_empty(), cells.into_iter().next().flatten()) {
            self.write(&drafts[0], cells, today)?;
        }
        Ok(refusals)
    }

    /// A view of everything given so far.
    ///
    /// # Errors
    /// Whatever the engine says.
    pub fn snapshot(&self, today: Date) -> Result<Snapshot, StoreError> {
        Ok(Snapshot::new(self.engine.connect()?, self.view(), today))
    }

    fn view(&self) -> View {
        View {
            catalog: Arc::clone(&self.catalog),
            seq: self.seq.unsigned_abs(),
            past: false,
            ended: BTreeSet::new(),
            merges: self.merges,
            changes: Arc::default(),
        }
    }

    fn draft(&self, register: &str, mut body: Map<String, Json>) -> Draft {
        let mut take = |key: &str| body.shift_remove(key).and_then(|v| v.as_str().map(str::to_string));
        let (id, org) = (take("id"), take("org"));
        let mut draft = Draft::new(Op::Create, register, org.unwrap_or_else(|| "jia".to_string()));
        draft.record = Some(id.unwrap_or_else(|| format!("{register}-{}", self.seq + 1)));
        draft.body = body;
        draft
    }

    fn write(&mut self, draft: &Draft, cells: Vec<Value>, today: Date) -> Result<(), StoreError> {
        self.seq += 1;
        let noon = today.to_datetime(time(12, 0, 0, 0)).to_zoned(TimeZone::fixed(tz::offset(8)));
        let moment = noon.map_or(Value::Null, |noon| Value::Instant(county_time(noon.timestamp())));
        let bookkeeping = [
            Value::Int(self.seq),
            draft.record.clone().map_or(Value::Null, Value::Text),
            Value::Text(draft.org.clone()),
            Value::Int(1),
            moment.clone(),
            Value::Text("example".into()),
            moment,
        ];
        let mut pending = Pending::default();
        pending.push_row(&draft.register, (bookkeeping, cells));
        self.written.insert(draft.register.clone());
        pending.flush(&self.writer)?;
        if draft.register == merge::REGISTER {
            self.merges = merge::refresh(&self.writer, &self.catalog)?;
        }
        Ok(())
    }
}

/// Lawful values for what an example does not care about.
fn fill_in(catalog: &Catalog, register: &Register, body: &mut Map<String, Json>, today: Date) {
    for column in register.columns().into_iter().filter(|column| !column.nullable) {
        if body.contains_key(&column.name) {
            continue;
        }
        let field = register.fields.get(&column.name);
        let value = match field.and_then(|field| field.default.as_ref()) {
            Some(default) => crate::complete::default_value(&default.value),
            None => match (field.map(|field| &field.ty), column.ty) {
                (Some(FieldType::Code { list, many }), _) => {
                    let first = catalog.list(&list.value).and_then(|l| l.all_rows().find_map(|r| r.code.clone()));
                    let first = first.map_or(Json::Null, Json::String);
                    if *many { Json::Array(vec![first]) } else { first }
                }
                (_, ColumnType::Integer | ColumnType::Decimal(_)) => {
                    let low = field.and_then(|f| f.usual.as_ref().or(f.range.as_ref())).map(|r| r.value.0);
                    low.map_or(Json::from(0), |low| Json::String(low.to_string()))
                }
                (_, ColumnType::Flag) => Json::Bool(false),
                (_, ColumnType::Instant) => Json::String(format!("{today}T12:00")),
                (_, ColumnType::Date) => Json::String(today.to_string()),
                (_, ColumnType::TextList) => Json::Array(Vec::new()),
                (_, ColumnType::Text) if column.name == "state" => {
                    register.flow.as_ref().map_or(Json::Null, |flow| Json::String(flow.start.value.clone()))
                }
                (_, ColumnType::Text) => Json::String("示例".into()),
            },
        };
        body.insert(column.name, value);
    }
}
