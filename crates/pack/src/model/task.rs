//! Work that is due.

use super::{Common, Spanned};

/// A cohort with a due day. A task exists while the query returns its row, and closes itself.
#[derive(Debug, Clone)]
pub struct Task {
    /// Id, title, source.
    pub common: Common,
    /// Register whose form opens.
    pub enter: Option<Spanned<String>>,
    /// Role whose work it is.
    pub to: Option<Spanned<String>>,
    /// Query over `:as_of`; its columns are those of [`TASK_COLUMNS`].
    pub rows: Spanned<String>,
}

/// What the rows of a task may return: name, the engine's type, meaning. `id`, `org` and one of `due_on` and `due_at`
/// are required.
pub const TASK_COLUMNS: [(&str, &str, &str); 9] = [
    ("id", "text", "the thing to be done something for; with task and due day the task's identity"),
    ("org", "text", "whose work it is"),
    ("resident", "text", "the resident it is about"),
    ("due_on", "date", "the last day on which it is in time"),
    ("due_at", "instant", "the last moment at which it is in time"),
    ("opens_on", "date", "the first day on which it can be done"),
    ("overdue_on", "date", "the last day on which it still counts"),
    ("urgent", "flag", "it goes before everything that is not"),
    ("note", "text", "what the one who does it should know"),
];
