//! What is to be done, what is wrong, what needs attention?
//!
//! Tasks, findings and alerts of all packs for an organisation tree, each with the rows behind it. It never knows words
//! of a screen or who is signed in.
//!
//! **Invariant:** nothing here is stored. A task closes when the record arrives, a finding when it is corrected; of an
//! alert only the answer is a record.

pub mod detect;

mod alert;
mod error;
mod figure;
mod finding;
mod orgs;
mod rows;
mod say;
mod task;

pub use alert::{ACKNOWLEDGEMENT, AlertPage, AlertQuery, AlertRow, AlertState, Answer, alerts};
pub use error::WorkError;
pub use finding::{
    FindingKind, FindingPage, FindingQuery, FindingRow, Quality, finding_counts, finding_kinds, findings, found_ids,
    quality,
};
pub use orgs::Places;
pub use task::{
    Priority, TaskCount, TaskKind, TaskPage, TaskQuery, TaskRow, Window, task_counts, task_kinds, task_rows, tasks,
};
