//! What is a figure to a template?
//!
//! A name that prints itself with its unit, and that helpers can take apart.

use crate::figure::{FigureError, FigureValue, Target};
use crate::notebook::{Answer, Ask, Book};
use base::{Language, Period, Text};
use minijinja::value::{Object, ObjectRepr, Value};
use minijinja::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// An indicator's name in a text: its value for the report's county and period, or one cell or organisation of it.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub book: Book,
    pub indicator: String,
    /// A value already found: a cell, an organisation. `None` asks for the report's own.
    pub found: Option<Arc<FigureValue>>,
    pub cell: BTreeMap<String, String>,
}

/// What is known of a figure while a text is rendered.
pub(super) enum Known {
    /// Asked for; the text will be rendered again.
    NotYet,
    /// Cannot be given.
    Refused(FigureError),
    /// Here.
    Here(Arc<FigureValue>),
}

impl Name {
    pub(super) fn of(book: &Book, indicator: &str) -> Self {
        Self { book: book.clone(), indicator: indicator.to_string(), found: None, cell: BTreeMap::new() }
    }

    pub(super) fn found(book: &Book, value: FigureValue, cell: BTreeMap<String, String>) -> Self {
        Self { book: book.clone(), indicator: value.indicator.clone(), found: Some(Arc::new(value)), cell }
    }

    /// The value behind the name.
    pub(super) fn value(&self) -> Known {
        match &self.found {
            Some(value) => Known::Here(value.clone()),
            None => self.ask(None, None),
        }
    }

    /// The same figure of an organisation or another period.
    pub(super) fn ask(&self, org: Option<&str>, period: Option<Period>) -> Known {
        let ask = Ask::Figure { indicator: self.indicator.clone(), org: org.map(str::to_string), period };
        match self.book.open().ask(ask) {
            Some(Answer::Figure(Ok(value))) => Known::Here(value),
            Some(Answer::Figure(Err(error))) => Known::Refused(error),
            _ => Known::NotYet,
        }
    }

    /// The same figure one year earlier. A breakdown cell has no last year: it is not asked for.
    pub(super) fn last_year(&self, value: &FigureValue) -> Known {
        if !self.cell.is_empty() {
            return Known::NotYet;
        }
        let org = self.found.as_ref().map(|_| value.org.as_str());
        self.ask(org, Some(value.period.last_year()))
    }

    /// The target of a year, `None` also while it is being asked for.
    pub(super) fn target(&self, year: i16) -> Option<Target> {
        match self.book.open().ask(Ask::Target { indicator: self.indicator.clone(), year }) {
            Some(Answer::Target(target)) => target,
            _ => None,
        }
    }

    /// What `say` makes of the value; nothing while it is being asked for.
    pub(super) fn with(&self, say: impl FnOnce(&Arc<FigureValue>) -> String) -> String {
        match self.value() {
            Known::NotYet => String::new(),
            Known::Refused(error) => refuse(&self.book, &error),
            Known::Here(value) => say(&value),
        }
    }

    fn say(&self) -> String {
        self.with(|value| self.book.open().say(value, &self.cell))
    }
}

/// The place of a figure that cannot be given.
pub(super) fn refuse(book: &Book, error: &FigureError) -> String {
    let code = match error {
        FigureError::UnknownIndicator(_) => "unknown-indicator",
        FigureError::UnknownOrg(_) => "unknown-organisation",
        FigureError::UnknownColumn(..) => "unknown-column",
        FigureError::UnknownCohort(_) => "unknown-cohort",
        FigureError::Failed(_) => "figures-not-read",
    };
    let zh = match error {
        FigureError::UnknownIndicator(id) => format!("没有指标“{id}”"),
        FigureError::UnknownOrg(id) => format!("机构树中没有“{id}”"),
        FigureError::UnknownColumn(id, column) => format!("指标“{id}”不按“{column}”分组"),
        FigureError::UnknownCohort(id) => format!("没有名单“{id}”"),
        FigureError::Failed(why) => format!("读不到数字：{why}"),
    };
    book.open().refuse(code, Text::both(zh, error.to_string()))
}

/// The figure in a helper's argument.
pub(super) fn figure_of(value: &Value, helper: &str) -> Result<Arc<Name>, Error> {
    value.downcast_object::<Name>().ok_or_else(|| {
        Error::new(ErrorKind::InvalidOperation, format!("{helper} takes the name of an indicator, not \"{value}\""))
    })
}

/// What `cell` gave when there is no figure to go on with: nothing yet, or the place of one that cannot be given. A
/// filter hands it on.
pub(super) fn already_said(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let marked = text.chars().next().is_none_or(|first| ('\u{100000}'..='\u{10FFFD}').contains(&first));
    marked.then(|| text.to_string())
}

impl Object for Name {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let Known::Here(value) = self.value() else { return Some(Value::from("")) };
        Some(Value::from(match key.as_str()? {
            "title" => value.title.get(Language::Zh).to_string(),
            "org" => value.org_name.get(Language::Zh).to_string(),
            "period" => value.period.shown(Language::Zh),
            _ => return None,
        }))
    }

    /// True when there is something to say: a value, and not zero.
    fn is_true(self: &Arc<Self>) -> bool {
        matches!(self.value(), Known::Here(value) if value.value.is_some_and(|v| !v.is_zero()))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say())
    }
}
