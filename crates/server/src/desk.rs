//! Where does one question find what it needs?
//!
//! A desk has a view of the records as of one moment, the names of the county, and the boards that were worked out
//! before. It looks things up and has them computed; it never computes.

use crate::app::{Known, Memory, Screened};
use crate::ask::Ask;
use crate::problem::Problem;
use base::{Date, Decimal, Language, Period, Text};
use columns::Snapshot;
use indicator::{Board, Dimension, Explanation, IndicatorError, Request, Standing, Tree};
use pack::Catalog;
use pack::county::{County, Hierarchy, Level, Org};
use pack::model::{Funnel, Indicator, Measure, ReportText};
use report::Document;
use std::sync::Arc;

/// The place at which one question is answered.
pub struct Desk {
    /// The records as of the moment asked for.
    pub snapshot: Snapshot,
    /// The reader's language.
    pub language: Language,
    catalog: Arc<Catalog>,
    known: Known,
    memory: Arc<Memory>,
}

/// What nearly every question is about.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The organisation, with everything below it.
    pub org: String,
    /// The days counted.
    pub period: Period,
    /// Along which tree organisations are added up.
    pub tree: Tree,
}

impl Desk {
    /// A desk over a snapshot.
    pub fn new(snapshot: Snapshot, known: Known, memory: Arc<Memory>, language: Language) -> Self {
        Self { catalog: Arc::clone(snapshot.catalog()), snapshot, language, known, memory }
    }

    /// The packs in force.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The county.
    pub fn county(&self) -> Result<&County, Problem> {
        self.catalog.county.as_ref().ok_or_else(|| Problem::inside("no county is installed"))
    }

    /// Organisation and period of a question; the largest organisation within reach, usually the whole county, and the
    /// county's own period when none are named.
    pub fn scope(&self, ask: &Ask) -> Result<Scope, Problem> {
        let county = self.county()?;
        let root = county.orgs.root().map_or("", |org| org.id.as_str());
        let org = ask.get("org").or_else(|| ask.visitor.home()).unwrap_or(root);
        if county.orgs.get(org).is_none() {
            return Err(Problem::org(org));
        }
        ask.visitor.must_reach(county, org)?;
        let period = ask.period()?.unwrap_or(county.period);
        Ok(Scope { org: org.to_string(), period, tree: Tree::default() })
    }

    /// The same with the tree asked for. Along another tree an organisation may stand above some that the visitor does
    /// not reach; then its figures are refused like theirs.
    pub fn scope_in_tree(&self, ask: &Ask) -> Result<Scope, Problem> {
        let (scope, orgs) = (self.scope(ask)?, &self.county()?.orgs);
        let standing = ask.get("standing").map_or(Ok(Standing::default()), |word| {
            Standing::from_word(word).ok_or_else(|| {
                Problem::wrong(
                    "wrong-standing",
                    Text::both(format!("没有“{word}”这种区划口径"), format!("there is no standing \"{word}\"")),
                    Text::both("写as-was（当时区划）或as-is（现行区划）", "write as-was or as-is"),
                )
            })
        })?;
        let name = ask.get("tree");
        if let Some(name) = name {
            if !orgs.trees().contains(name) {
                return Err(IndicatorError::UnknownTree(name.to_string()).into());
            }
            let days = std::iter::once(Date::MIN).chain(orgs.changes());
            let place = orgs.place_of(&scope.org);
            for hierarchy in days.map(|day| orgs.hierarchy(Some(name), day)) {
                for (at, org) in orgs.iter().enumerate() {
                    if hierarchy.path(at).any(|above| Some(above) == place) {
                        ask.visitor.must_reach(self.county()?, &org.id)?;
                    }
                }
            }
        }
        Ok(Scope { tree: Tree { name: name.map(str::to_string), standing }, ..scope })
    }

    /// The organisations right below that of a scope: as is, those of the day on which is asked; as was, those of any
    /// day of the period, since each has rows of its own.
    pub fn children(&self, scope: &Scope) -> Result<Vec<&Org>, Problem> {
        let orgs = &self.county()?.orgs;
        let (place, name) = (orgs.place_of(&scope.org), scope.tree.name.as_deref());
        let days: Vec<Date> = match scope.tree.standing {
            Standing::AsIs => vec![self.snapshot.as_of()],
            Standing::AsWas => {
                let within =
                    orgs.changes().into_iter().filter(|day| scope.period.from < *day && *day < scope.period.until);
                std::iter::once(scope.period.from).chain(within).collect()
            }
        };
        let hierarchies: Vec<Hierarchy> = days.iter().map(|day| orgs.hierarchy(name, *day)).collect();
        let is_child = |at: usize| place.is_some() && hierarchies.iter().any(|tree| tree.path(at).nth(1) == place);
        Ok(orgs.iter().enumerate().filter(|(at, _)| is_child(*at)).map(|(_, org)| org).collect())
    }

    /// The organisation of a scope with everything above it, the county first.
    pub fn path(&self, scope: &Scope) -> Result<Vec<&Org>, Problem> {
        let orgs = &self.county()?.orgs;
        let day = match scope.tree.standing {
            Standing::AsIs => self.snapshot.as_of(),
            Standing::AsWas => scope.period.last_day(),
        };
        let hierarchy = orgs.hierarchy(scope.tree.name.as_deref(), day);
        let mut path: Vec<&Org> = orgs
            .place_of(&scope.org)
            .into_iter()
            .flat_map(|at| hierarchy.path(at))
            .filter_map(|at| orgs.at(at))
            .collect();
        path.reverse();
        Ok(path)
    }

    /// The name of an organisation; its id when the tree does not know it.
    pub fn org_name(&self, id: &str) -> String {
        let org = self.catalog.county.as_ref().and_then(|county| county.orgs.get(id));
        org.map_or_else(|| id.to_string(), |org| org.name.clone())
    }

    /// The organisations right below one at which people live; institutions stand beside them.
    pub fn places_below(&self, org: &str) -> Result<Vec<&Org>, Problem> {
        let is_place = |child: &&Org| child.parent.as_deref() == Some(org) && child.level != Level::Institution;
        Ok(self.county()?.orgs.iter().filter(is_place).collect())
    }

    /// An indicator as it is defined at the end of a period.
    pub fn indicator(&self, id: &str, period: Period) -> Result<&Indicator, Problem> {
        let near = || self.catalog.near_indicator(id);
        let versions = self.catalog.indicator(id).ok_or_else(|| Problem::indicator(id, near()))?;
        let day = period.last_day();
        let not_in_force = || IndicatorError::NotInForce { id: id.to_string(), day }.into();
        versions.on(day).ok_or_else(not_in_force)
    }

    /// Every indicator for every organisation.
    pub fn board(&self, period: Period, tree: &Tree) -> Result<Arc<Board>, Problem> {
        self.memory.boards.get_or_make((period, tree.clone(), self.known), || {
            let request = Request::new(Vec::new(), period).along(tree.clone());
            Ok(self.memory.counted.board(&self.snapshot, &request)?)
        })
    }

    /// One indicator, broken down.
    pub fn board_by(&self, id: &str, scope: &Scope, by: Dimension) -> Result<Board, Problem> {
        let request = Request::new(vec![id.to_string()], scope.period).by(vec![by]).along(scope.tree.clone());
        Ok(self.memory.counted.board(&self.snapshot, &request)?)
    }

    /// Some indicators, period after period.
    pub fn series(&self, indicators: Vec<String>, periods: &[Period], tree: &Tree) -> Result<Arc<Vec<Board>>, Problem> {
        let key = (indicators.clone(), periods.to_vec(), tree.clone(), self.known);
        self.memory.series.get_or_make(key, || {
            let board = |period: &Period| {
                let request = Request::new(indicators.clone(), *period).along(tree.clone());
                Ok(self.memory.counted.board(&self.snapshot, &request)?)
            };
            periods.iter().map(board).collect()
        })
    }

    /// How one value comes about.
    pub fn explanation(&self, id: &str, scope: &Scope) -> Result<Arc<Explanation>, Problem> {
        let Scope { org, period, tree } = scope;
        let key = (id.to_string(), org.clone(), *period, tree.clone(), self.known);
        self.memory.explanations.get_or_make(key, || Ok(indicator::explain(&self.snapshot, id, org, *period, tree)?))
    }

    /// Every funnel with its steps.
    pub fn funnels(&self, scope: &Scope) -> Result<Arc<Vec<Screened>>, Problem> {
        let Scope { org, period, .. } = scope;
        self.memory.funnels.get_or_make((org.clone(), *period, self.known), || {
            let board = self.board(*period, &Tree::default())?;
            let all = self.catalog().packs.values().flat_map(|pack| pack.funnels.values());
            let screened = |funnel: &Funnel| {
                let steps = indicator::funnel(&self.snapshot, funnel, &board, org)?;
                Ok(Screened { funnel: funnel.common.id.clone(), steps })
            };
            all.map(screened).collect()
        })
    }

    /// The report of a period, in the order of an outline.
    pub fn document(&self, period: Period, outline: &ReportText) -> Result<Arc<Document>, Problem> {
        let write = || Ok(report::write(&self.snapshot, period, outline)?);
        self.memory.documents.get_or_make((period, self.known), write)
    }

    /// The years in which something happened, oldest first; the county's own year is always among them.
    pub fn years(&self) -> Result<Arc<Vec<i16>>, Problem> {
        self.memory.years.get_or_make(self.known, || crate::page::county::years(self))
    }

    /// The steps over which an indicator is followed through the year of a period: a rate from the beginning of the
    /// year to the end of each month, since many are owed over a whole year; anything else month by month. Months
    /// that have not begun are left out.
    pub fn steps(&self, indicator: &Indicator, period: Period) -> Vec<Period> {
        let year = Period::year(period.last_day().year());
        let months =
            year.split(base::period::Length::Month).into_iter().filter(|month| month.from <= self.snapshot.as_of());
        if matches!(indicator.measure, Measure::Ratio(..)) {
            months.map(|month| Period { from: year.from, until: month.until }).collect()
        } else {
            months.collect()
        }
    }

    /// Commas between thousands.
    pub fn number(&self, value: Decimal) -> String {
        base::exact::with_commas(value.normalize())
    }
}
