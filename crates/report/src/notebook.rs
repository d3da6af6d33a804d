//! What has this text asked for, and what was the answer?
//!
//! A template cannot hold a borrowed source of figures, so it is rendered against a notebook: what it asks for and is
//! not there yet is noted, fetched, and the text is rendered again. The notebook never asks by itself.

use crate::document::FigureRef;
use crate::figure::{Cell, FigureError, FigureValue, Figures, Target, UnitKind};
use crate::markup;
use crate::parts::Finding;
use crate::words::{self, Style};
use base::{Date, Language, Period, Text};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A question to [`Figures`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ask {
    Figure { indicator: String, org: Option<String>, period: Option<Period> },
    Cells { indicator: String, by: Vec<String> },
    ByOrg { indicator: String, level: String },
    Rows { cohort: String },
    Target { indicator: String, year: i16 },
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Figure(Result<Arc<FigureValue>, FigureError>),
    Cells(Result<Vec<Cell>, FigureError>),
    ByOrg(Result<Vec<FigureValue>, FigureError>),
    Rows(Result<Vec<BTreeMap<String, String>>, FigureError>),
    Target(Option<Target>),
}

/// Rows of a cohort a text may list.
const MOST_ROWS: usize = 200;

#[derive(Debug)]
pub(crate) struct Notebook {
    pub period: Period,
    pub cut_off: Date,
    pub known: BTreeSet<String>,
    answers: BTreeMap<Ask, Answer>,
    asked: BTreeSet<Ask>,
    /// What the markers of the rendered text point at.
    pub links: Vec<FigureRef>,
    /// Number of a link → what is missing there and why.
    pub missing: BTreeMap<usize, String>,
    /// The values that went into the text.
    pub printed: BTreeMap<FigureRef, FigureValue>,
    pub refusals: Vec<Finding>,
    /// Findings that are not tied to a sentence.
    pub findings: Vec<Finding>,
}

/// A notebook that template objects can hold.
#[derive(Debug, Clone)]
pub(crate) struct Book(Arc<Mutex<Notebook>>);

impl Book {
    pub(crate) fn new(known: BTreeSet<String>, period: Period, cut_off: Date) -> Self {
        Self(Arc::new(Mutex::new(Notebook {
            period,
            cut_off,
            known,
            answers: BTreeMap::new(),
            asked: BTreeSet::new(),
            links: Vec::new(),
            missing: BTreeMap::new(),
            printed: BTreeMap::new(),
            refusals: Vec::new(),
            findings: Vec::new(),
        })))
    }

    pub(crate) fn open(&self) -> MutexGuard<'_, Notebook> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notebook {
    /// Forgets what was written, keeps the answers.
    pub(crate) fn start_again(&mut self) {
        self.asked.clear();
        self.links.clear();
        self.missing.clear();
        self.printed.clear();
        self.refusals.clear();
        self.findings.clear();
    }

    /// The answer, or `None` for now.
    pub(crate) fn ask(&mut self, ask: Ask) -> Option<Answer> {
        let answer = self.answers.get(&ask).cloned();
        if answer.is_none() {
            self.asked.insert(ask);
        }
        answer
    }

    /// Fetches what was asked for; true when there was anything.
    pub(crate) fn fetch(&mut self, figures: &dyn Figures) -> Result<bool, FigureError> {
        let asked = std::mem::take(&mut self.asked);
        let any = !asked.is_empty();
        for ask in asked {
            let answer = match &ask {
                Ask::Figure { indicator, org, period } => {
                    Answer::Figure(settle(figures.figure(indicator, org.as_deref(), *period))?.map(Arc::new))
                }
                Ask::Cells { indicator, by } => Answer::Cells(settle(figures.cells(indicator, by))?),
                Ask::ByOrg { indicator, level } => Answer::ByOrg(settle(figures.by_org(indicator, level))?),
                Ask::Rows { cohort } => Answer::Rows(settle(figures.rows(cohort, MOST_ROWS))?),
                Ask::Target { indicator, year } => Answer::Target(figures.target(indicator, *year)),
            };
            self.answers.insert(ask, answer);
        }
        Ok(any)
    }

    fn link(&mut self, value: &FigureValue, cell: &BTreeMap<String, String>) -> usize {
        let figure = FigureRef {
            indicator: value.indicator.clone(),
            org: value.org.clone(),
            period: value.period,
            cell: cell.iter().map(|(column, code)| (column.clone(), code.clone())).collect(),
        };
        self.links.push(figure);
        self.links.len() - 1
    }

    /// `text` as a link to the figure, remembered as printed.
    pub(crate) fn print(&mut self, value: &FigureValue, cell: &BTreeMap<String, String>, text: &str) -> String {
        let n = self.link(value, cell);
        self.printed.insert(self.links[n].clone(), value.clone());
        // A comma that joins the words to the sentence is not part of the link.
        let said = text.trim_start_matches('，');
        format!("{}{}", &text[..text.len() - said.len()], markup::linked(n, said))
    }

    /// The place of a figure that has no value; its sentence will be left out.
    pub(crate) fn miss(&mut self, value: &FigureValue, why: Option<Text>) -> String {
        let n = self.link(value, &BTreeMap::new());
        let why = why.or_else(|| value.missing.clone()).unwrap_or_else(|| Text::both("没有数值", "no value"));
        self.missing.insert(n, format!("{}：{}", value.title.zh, why.zh));
        markup::missing(n)
    }

    /// The place of words that are not true; their sentence will be left out and the report stopped.
    pub(crate) fn refuse(&mut self, code: &'static str, text: Text) -> String {
        self.refusals.push(Finding { code, text });
        markup::refused(self.refusals.len() - 1)
    }

    /// A figure as a sentence prints it, with its own cut-off when that is not the report's.
    pub(crate) fn say(&mut self, value: &FigureValue, cell: &BTreeMap<String, String>) -> String {
        if value.value.is_none() {
            return self.miss(value, None);
        }
        let text = words::shown(value, Language::Zh, Style::Report);
        let own = if value.cut_off == self.cut_off || value.unit.kind == UnitKind::Date {
            String::new()
        } else {
            format!("（{}）", words::up_to(value.cut_off, self.period.from.year()))
        };
        format!("{}{own}", self.print(value, cell, &text))
    }
}

/// A broken engine stops everything; an unknown name is an answer.
fn settle<T>(result: Result<T, FigureError>) -> Result<Result<T, FigureError>, FigureError> {
    match result {
        Err(FigureError::Failed(why)) => Err(FigureError::Failed(why)),
        other => Ok(other),
    }
}
