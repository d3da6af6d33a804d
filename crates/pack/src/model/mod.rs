//! What a pack says, as plain values: the typed form of every section of the language.
//!
//! No value here has been checked against another; `check` does that. Every part that a message may have to point
//! at carries its span.

mod campaign;
mod cohort;
mod example;
mod funnel;
mod indicator;
mod list;
mod pack;
mod parameter;
mod payment;
mod register;
mod report;
mod rule;
mod synth;
mod task;

pub use campaign::{ByLot, Campaign, DRAWN, DrawSize, Pick};
pub use cohort::{Cohort, Query};
pub use example::{CellKey, Example, ExpectedIndicator, ExpectedPay, ExpectedSave, Given};
pub use funnel::Funnel;
pub use indicator::{
    Aggregate, AggregateKind, Indicator, Measure, MissingDecision, ScorePart, ScoreShape, StatisticalYear, Term,
};
pub use list::{List, ListKey, ListRow, ListTable};
pub use pack::{Cast, Common, Dated, Header, Pack, Spanned, Versions};
pub use parameter::{Parameter, ParameterValue, Scalar, ScalarType};
pub use payment::{Accumulator, Cap, Every, Exception, Form, Promise, Scheme, Share, Step};
pub use register::{
    Column, ColumnType, Field, FieldType, Flow, Kind, Move, Register, Required, State, Statement, Subject,
};
pub use report::ReportText;
pub use rule::{Level, Rule, RuleTrigger};
pub use synth::{Amount, Draw, Make, PartAmount, PartSize, PartTree, Setter, SynthFrom};
pub use task::{TASK_COLUMNS, Task};
