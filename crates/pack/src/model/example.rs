//! A pack's own examples: given records, expected figures, rows, refusals and sentences.

use super::Spanned;
use base::{Date, Period, Span};
use indexmap::IndexMap;
use serde_json::{Map, Value};

/// One record of an example, as JSON; `each` has been spread out already.
#[derive(Debug, Clone)]
pub struct Given {
    /// Where it was written.
    pub span: Span,
    /// Field → value; `id`, `org` and the fixed columns stand beside the fields.
    pub body: Map<String, Value>,
}

/// The columns of a row that are compared, as JSON.
pub type ExpectedRow = Map<String, Value>;

/// What an indicator must give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedIndicator {
    /// Exact text of the value; `Some(None)` when there must be no value; `None` when not compared.
    pub value: Option<Option<String>>,
    /// Numerator and denominator.
    pub of: Option<(String, String)>,
}

/// `id[org=jia, item=mask]`: an indicator or one cell of its breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellKey {
    /// The indicator.
    pub indicator: String,
    /// Breakdown column → value; `org` among them.
    pub cell: Vec<(String, String)>,
}

/// What becomes of one tried record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedSave {
    /// Saved.
    Ok,
    /// Not saved because of that rule.
    Refuse(String),
    /// Saved after confirming that rule.
    Confirm(String),
    /// Advice of that rule (nothing gives it yet).
    Advise(String),
    /// Late for that move (nothing computes it yet).
    Late(String),
}

/// What a scheme must pay to one record, or how it must refuse it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedPay {
    /// The scheme.
    pub scheme: String,
    /// The record.
    pub record: String,
    /// Step → exact amount, `rest` among them; all of them are compared.
    pub steps: Vec<(String, String)>,
    /// The code of the refusal, when it must be refused.
    pub refused: Option<String>,
}

/// One example.
#[derive(Debug, Clone)]
pub struct Example {
    /// What an official would say.
    pub name: Spanned<String>,
    /// The pack it belongs to.
    pub pack: String,
    /// The clock.
    pub as_of: Date,
    /// The period counted; the year before `as_of` has no default.
    pub period: Option<Period>,
    /// Apply that county's `set`.
    pub county: Option<Spanned<String>>,
    /// Register → records there before.
    pub given: IndexMap<String, Vec<Given>>,
    /// Register → records saved after `given`, one by one.
    pub tried: IndexMap<String, Vec<Given>>,
    /// Indicator or cell → expectation.
    pub indicators: Vec<(Spanned<CellKey>, ExpectedIndicator)>,
    /// Cohort → ids, as a set.
    pub rows: Vec<(Spanned<String>, Vec<String>)>,
    /// One per tried record.
    pub saved: Vec<Spanned<ExpectedSave>>,
    /// Texts a report fragment must give.
    pub says: Vec<Spanned<String>>,
    /// Task → its rows, each as the columns to compare; compared whole.
    pub tasks: Vec<(Spanned<String>, Vec<ExpectedRow>)>,
    /// Rule of level refuse, find or alert → the ids it finds, as a set.
    pub finds: Vec<(Spanned<String>, Vec<String>)>,
    /// What schemes must pay.
    pub pays: Vec<Spanned<ExpectedPay>>,
    /// Expectations that nothing can check yet (check): their keys.
    pub not_run: Vec<Spanned<String>>,
}
