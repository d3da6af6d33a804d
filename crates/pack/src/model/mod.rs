//! What a pack says, as plain values: the typed form of every section of the language.
//!
//! No value here has been checked against another; `check` does that. Every part that a message may have to point
//! at carries its span.

mod campaign;
mod cohort;
mod example;
mod indicator;
mod list;
mod pack;
mod parameter;
mod register;
mod report;
mod rule;
mod scheme;
mod synth;
mod task;

pub use campaign::Campaign;
pub use cohort::{Cohort, Query};
pub use example::{CellKey, Example, ExpectedIndicator, ExpectedSave, Given};
pub use indicator::{
    Aggregate, AggregateKind, Indicator, Measure, MissingDecision, ScorePart, ScoreShape, StatisticalYear, Term,
};
pub use list::{List, ListKey, ListRow, ListTable};
pub use pack::{Cast, Common, Dated, Header, Pack, Spanned, Versions};
pub use parameter::{Parameter, ParameterValue, Scalar, ScalarType};
pub use register::{
    Column, ColumnType, Field, FieldType, Flow, Kind, Move, Register, Required, State, Statement, Subject,
};
pub use report::ReportText;
pub use rule::{Level, Rule, RuleTrigger};
pub use scheme::Scheme;
pub use synth::{Amount, Draw, Make, PartAmount, PartSize, PartTree, Setter, SynthFrom};
pub use task::{TASK_COLUMNS, Task};
