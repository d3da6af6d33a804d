//! Who is owed what: how a scheme is computed, exactly, for one bill and for a year of a county.
//!
//! A scheme's formulas are lowered to one line of whole-number operations. Planning computes and explains and changes
//! nothing; booking is the ledger's work. It never knows files, records, a database or the clock.

mod bill;
mod build;
pub mod check;
mod edition;
mod explain;
mod lower;
mod machine;
mod once;
mod plan;
mod pool;
mod program;
mod prove;
mod share;
mod step;
mod values;
mod year;

pub use bill::Bill;
pub use edition::Compiled;
pub use explain::{plan_json, plan_text};
pub use machine::{LANES, Machine};
pub use plan::{CappedBy, Line, LineForm, Plan, Refused, RowUsed, plan};
pub use pool::settle_pool;
pub use program::{Bounds, Op, Program, PromiseTrace, Reg, StepTrace, fen, yuan};
pub use share::{Sharer, divide};
pub use values::{codes_of, day_number};
pub use year::{Difference, PersonYear, Settled, differences, settle};
