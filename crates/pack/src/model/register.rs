//! What is written down: registers, their fields and the states of their records.

use super::{Common, Rule, Spanned};
use base::period::Length;
use base::{Decimal, Span, Text};
use indexmap::IndexMap;

/// What kind of thing a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A resident, a household, an institution, a project: `started_on`, `ended_on`.
    Entity,
    /// A stretch under care or under contract: `started_on`, `ended_on`.
    Enrolment,
    /// Something that happened on `on_date`.
    Event,
    /// One per organisation and period, zero included.
    Statement,
}

impl Kind {
    /// Every kind with its word in packs.
    pub const ALL: [(&'static str, Self); 4] = [
        ("entity", Self::Entity),
        ("enrolment", Self::Enrolment),
        ("event", Self::Event),
        ("statement", Self::Statement),
    ];

    /// The kind a pack's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind)
    }

    /// The word used in packs.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

/// Whom a record is about; adds a required column of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A resident.
    Resident,
    /// A household.
    Household,
    /// An institution.
    Institution,
    /// A member of staff.
    Staff,
}

impl Subject {
    /// Every subject with its word, which is also the column and the register joined.
    pub const ALL: [(&'static str, Self); 4] = [
        ("resident", Self::Resident),
        ("household", Self::Household),
        ("institution", Self::Institution),
        ("staff", Self::Staff),
    ];

    /// The subject a pack's word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, subject)| *subject)
    }

    /// The word used in packs.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, subject)| *subject == self).map_or("", |(name, _)| name)
    }
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldType {
    /// Whole number.
    Integer,
    /// Exact decimal with so many digits after the point.
    Decimal(u32),
    /// Yuan with two decimals.
    Money,
    /// Words.
    Text,
    /// A day.
    Date,
    /// Date and minute, county time.
    Instant,
    /// A code of a list; several when `many`.
    Code {
        /// The list.
        list: Spanned<String>,
        /// An array of codes.
        many: bool,
    },
    /// Yes or no.
    Flag,
    /// The id of a record of another register.
    Ref(Spanned<String>),
    /// The id of an organisation of the tree.
    Place,
    /// The name of an attached file.
    File,
    /// A number drawn without gaps per organisation and year.
    Serial {
        /// `卫公证字〔{year}〕第{n:4}号`
        pattern: String,
        /// The state at which it is drawn; at first saving when absent.
        at: Option<Spanned<String>>,
    },
}

/// When a field must be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Required {
    /// May be empty.
    No,
    /// Always.
    Yes,
    /// When the row expression is true.
    When(Spanned<String>),
}

/// One field of a register.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name, also the column.
    pub id: String,
    /// Place of the name.
    pub span: Span,
    /// What it holds.
    pub ty: FieldType,
    /// When it must be filled.
    pub required: Required,
    /// Unit, from the unit list of `core`.
    pub unit: Option<Spanned<String>>,
    /// Outside is refused.
    pub range: Option<Spanned<(Decimal, Decimal)>>,
    /// Outside asks for confirmation.
    pub usual: Option<Spanned<(Decimal, Decimal)>>,
    /// Filled in when nothing was given, as written.
    pub default: Option<Spanned<String>>,
    /// What people call it.
    pub title: Text,
    /// Help shown under the field.
    pub help: Option<Text>,
    /// FHIR path.
    pub maps: Option<String>,
    /// Masked unless unmasked with a reason.
    pub secret: bool,
}

/// The type of a column in the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// 64-bit whole number.
    Integer,
    /// DECIMAL(18, digits).
    Decimal(u32),
    /// Text, codes and ids.
    Text,
    /// Day.
    Date,
    /// Date and time without zone, county time.
    Instant,
    /// Boolean.
    Flag,
    /// List of codes.
    TextList,
}

impl ColumnType {
    /// The engine's name of the type.
    pub fn sql(self) -> String {
        match self {
            Self::Integer => "BIGINT".into(),
            Self::Decimal(digits) => format!("DECIMAL(18, {digits})"),
            Self::Text => "VARCHAR".into(),
            Self::Date => "DATE".into(),
            Self::Instant => "TIMESTAMP".into(),
            Self::Flag => "BOOLEAN".into(),
            Self::TextList => "VARCHAR[]".into(),
        }
    }
}

impl FieldType {
    /// The column such a field becomes.
    pub fn column(&self) -> ColumnType {
        match self {
            Self::Integer => ColumnType::Integer,
            Self::Decimal(digits) => ColumnType::Decimal(*digits),
            Self::Money => ColumnType::Decimal(2),
            Self::Date => ColumnType::Date,
            Self::Instant => ColumnType::Instant,
            Self::Flag => ColumnType::Flag,
            Self::Code { many: true, .. } => ColumnType::TextList,
            Self::Text | Self::Code { .. } | Self::Ref(_) | Self::Place | Self::File | Self::Serial { .. } => {
                ColumnType::Text
            }
        }
    }
}

/// A column of a register that its record brings along (not derived, not bookkeeping).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name in SQL and in the record's body.
    pub name: String,
    /// Type in the engine.
    pub ty: ColumnType,
    /// False when every record has it.
    pub nullable: bool,
}

/// One state of a flow.
#[derive(Debug, Clone)]
pub struct State {
    /// What people call it.
    pub title: Text,
    /// Where it was written.
    pub span: Span,
    /// The record leaves every query.
    pub void: bool,
    /// No way out is wanted.
    pub end: bool,
    /// `clock`: time spent here does not count for due moments.
    pub stops_clock: bool,
}

/// One move between states.
#[derive(Debug, Clone)]
pub struct Move {
    /// What people call it.
    pub title: Text,
    /// Where it was written.
    pub span: Span,
    /// States it starts from.
    pub from: Vec<Spanned<String>>,
    /// State it leads to.
    pub to: Spanned<String>,
    /// Role that may make it.
    pub by: Option<Spanned<String>>,
    /// Condition that must be true.
    pub require: Option<Spanned<String>>,
    /// Day or moment by which it is due.
    pub due: Option<Spanned<String>>,
    /// Said when `require` is not true.
    pub say: Option<Text>,
    /// May not be made by the person who made the other such move (four eyes).
    pub other_person: bool,
}

/// The states of a record and the moves between them.
#[derive(Debug, Clone)]
pub struct Flow {
    /// State of a new record.
    pub start: Spanned<String>,
    /// Id → state.
    pub states: IndexMap<String, State>,
    /// Id → move.
    pub moves: IndexMap<String, Move>,
}

/// Who owes a statement, how often and until when.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Period length.
    pub every: Length,
    /// Condition over the institution.
    pub who: Spanned<String>,
    /// SQL for the due day.
    pub due: Spanned<String>,
}

/// A kind of record with typed fields.
#[derive(Debug, Clone)]
pub struct Register {
    /// Id, title, source.
    pub common: Common,
    /// What kind of thing a record is.
    pub kind: Kind,
    /// Whom it is about.
    pub subject: Option<Subject>,
    /// An event that also has `at`.
    pub timed: bool,
    /// Its rows are entered inside the form of that register.
    pub part_of: Option<Spanned<String>>,
    /// Fields in the order of the form.
    pub fields: IndexMap<String, Field>,
    /// Computed columns: row expressions, never stored.
    pub derive: IndexMap<String, Spanned<String>>,
    /// Columns that find the same record again.
    pub identity: Vec<Spanned<String>>,
    /// Rules of this register.
    pub rules: IndexMap<String, Rule>,
    /// States, if records have any.
    pub flow: Option<Flow>,
    /// Statement keys, for kind statement.
    pub statement: Option<Statement>,
    /// Purpose needed to see it.
    pub reads: Option<String>,
}

impl Register {
    /// The columns that hold the id of another record, with the register it stands in: subject, parent, fields of type ref.
    pub fn references(&self) -> Vec<(String, String)> {
        let subject = self.subject.map(|subject| (subject.word().to_string(), subject.word().to_string()));
        let parent = self.part_of.as_ref().map(|parent| (parent.value.clone(), parent.value.clone()));
        let fields = self.fields.values().filter_map(|field| match &field.ty {
            FieldType::Ref(to) => Some((field.id.clone(), to.value.clone())),
            _ => None,
        });
        subject.into_iter().chain(parent).chain(fields).collect()
    }

    /// The columns every register of this kind has beside its fields, in order: subject, kind, parent, state.
    pub fn fixed_columns(&self) -> Vec<Column> {
        let mut columns = Vec::new();
        let mut add = |name: &str, ty, nullable| columns.push(Column { name: name.into(), ty, nullable });
        if let Some(subject) = self.subject {
            add(subject.word(), ColumnType::Text, false);
        }
        match self.kind {
            Kind::Entity | Kind::Enrolment => {
                add("started_on", ColumnType::Date, self.kind == Kind::Entity);
                add("ended_on", ColumnType::Date, true);
            }
            Kind::Event => {
                add("on_date", ColumnType::Date, false);
                if self.timed {
                    add("at", ColumnType::Instant, false);
                }
            }
            Kind::Statement => {
                if self.subject != Some(Subject::Institution) {
                    add("institution", ColumnType::Text, false);
                }
                add("period_from", ColumnType::Date, false);
                add("period_until", ColumnType::Date, false);
                add("filed_on", ColumnType::Date, false);
            }
        }
        if let Some(parent) = &self.part_of {
            add(&parent.value, ColumnType::Text, false);
        }
        if let Some(flow) = &self.flow {
            add("state", ColumnType::Text, false);
            for state in flow.states.keys() {
                add(&format!("{state}_at"), ColumnType::Instant, true);
            }
        }
        columns
    }

    /// Every column a record brings along: fixed ones, then its fields.
    pub fn columns(&self) -> Vec<Column> {
        let mut columns = self.fixed_columns();
        columns.extend(self.fields.values().map(|field| Column {
            name: field.id.clone(),
            ty: field.ty.column(),
            nullable: field.required != Required::Yes,
        }));
        columns
    }
}
