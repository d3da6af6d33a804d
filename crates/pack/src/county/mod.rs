//! A county: which packs it uses, its organisations, its published figures, its targets, and every departure from the
//! packs.

mod figure;
mod org;
mod read;
mod set;
mod set_scheme;

pub use figure::{PublishedFigure, Word};
pub use org::{Hierarchy, Level, Link, Org, OrgTree};
pub use read::{read_county, read_proposal};
pub use set::apply_set;

use crate::model::{Cast, ReportText, Spanned};
use base::{Decimal, Period, Span, Text};
use std::collections::BTreeMap;

/// What a county wants an indicator to reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The value, in the indicator's unit (90 for 90 %).
    pub value: Decimal,
    /// Which side is good.
    pub direction: Direction,
    /// The document that sets it.
    pub source: String,
    /// Organisations that have a value of their own.
    pub orgs: BTreeMap<String, Decimal>,
}

/// Which side of a target is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Reached from the target upwards.
    AtLeast,
    /// Kept while not above the target.
    AtMost,
}

impl Target {
    /// True when `value` meets the target.
    pub fn is_met(&self, value: Decimal) -> bool {
        match self.direction {
            Direction::AtLeast => value >= self.value,
            Direction::AtMost => value <= self.value,
        }
    }
}

/// One line of `set`.
#[derive(Debug, Clone)]
pub struct SetLine {
    /// `parameter one_stop.promise_rate`: kind and path.
    pub what: Spanned<String>,
    /// The line itself, with `is`, `add`, `from`, `after`, `before`, `source`.
    pub body: crate::yaml::Node,
}

/// A county, as its folder says.
#[derive(Debug, Clone)]
pub struct County {
    /// Its id, the folder's name.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// Where `county:` stands.
    pub span: Span,
    /// Packs in force, in order.
    pub packs: Vec<Spanned<String>>,
    /// The dated tree of organisations.
    pub orgs: OrgTree,
    /// What the county published.
    pub figures: Vec<PublishedFigure>,
    /// Indicator → year → target.
    pub targets: BTreeMap<String, BTreeMap<i16, Target>>,
    /// Departures from the packs.
    pub set: Vec<SetLine>,
    /// The report's outline.
    pub outline: Option<ReportText>,
    /// The period its figures are about.
    pub period: Period,
    /// Indicators on the first screen, at most eight.
    pub dashboard: Vec<Spanned<String>>,
    /// The indicator by which townships are compared.
    pub compare: Option<Spanned<String>>,
}

impl County {
    /// The small county in which the packs' examples are played: the organisations of a cast, and nothing else.
    pub fn of_cast(cast: &Cast) -> Self {
        let text = |org: &serde_json::Value, key: &str| org.get(key).and_then(|v| v.as_str()).map(str::to_string);
        let orgs = cast.tree.get("orgs").and_then(|orgs| orgs.as_array());
        let orgs = orgs.into_iter().flatten().filter_map(|org| {
            let parent = text(org, "parent");
            let link = Link { parent: parent.clone(), others: BTreeMap::new(), from: None, until: None };
            Some(Org {
                id: text(org, "id")?,
                name: text(org, "name")?,
                kind: text(org, "kind")?,
                level: Level::from_word(&text(org, "level")?)?,
                parent,
                code: text(org, "code"),
                from: None,
                until: None,
                links: vec![link],
                more: BTreeMap::new(),
            })
        });
        Self {
            id: "example".into(),
            title: Text::both("示例县", "Example County"),
            span: cast.span,
            packs: Vec::new(),
            orgs: OrgTree::new(orgs.collect()),
            figures: Vec::new(),
            targets: BTreeMap::new(),
            set: Vec::new(),
            outline: None,
            period: Period::year(2025),
            dashboard: Vec::new(),
            compare: None,
        }
    }

    /// The target of an indicator for the year of a period.
    pub fn target(&self, indicator: &str, period: Period) -> Option<&Target> {
        self.targets.get(indicator)?.get(&period.last_day().year())
    }
}
