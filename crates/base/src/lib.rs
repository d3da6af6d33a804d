//! What is a month, an amount, a citizen id, a diagnostic?
//!
//! The words every other crate shares. It never knows health, YAML, SQL or files;
//! think twice before adding anything here.

pub mod diagnostic;
pub mod exact;
pub mod id;
pub mod period;
pub mod span;
pub mod suggest;
pub mod text;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use exact::{Decimal, Ratio, Rounding};
pub use jiff::Timestamp;
pub use jiff::civil::{Date, DateTime};
pub use period::{Period, PeriodError};
pub use span::{SourceId, Sources, Span};
pub use suggest::{did_you_mean, nearest};
pub use text::{Language, Text};
