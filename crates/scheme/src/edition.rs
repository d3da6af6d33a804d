//! Which program holds on a service day?

use crate::lower::lower;
use crate::plan::Refused;
use crate::program::Program;
use base::{Date, Diagnostic, Text};
use pack::Catalog;
use pack::model::{Every, List, Scheme, Spanned};
use pack::scheme::{Node, Resolved, ResolvedForm, resolve};
use std::collections::BTreeSet;

/// A scheme, lowered for every stretch of days on which nothing it reads changes.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The scheme's id.
    pub id: String,
    /// The pack that defines it.
    pub pack: String,
    /// The hash of that pack.
    pub pack_hash: String,
    /// What people call it.
    pub title: Text,
    /// The register or cohort whose rows it pays.
    pub over: Spanned<String>,
    /// First day it pays.
    pub since: Option<Date>,
    /// Last day it pays.
    pub until: Option<Date>,
    /// How often it pays the same row.
    pub every: Every,
    /// Which periods of the year it pays in; all when empty.
    pub only_in: Vec<i64>,
    /// Columns that may not appear twice in a period.
    pub once: Vec<String>,
    /// The scheme with its names known.
    pub resolved: Resolved,
    editions: Vec<Edition>,
}

#[derive(Debug, Clone)]
struct Edition {
    since: Option<Date>,
    until: Option<Date>,
    program: Result<Program, Diagnostic>,
}

impl Compiled {
    /// Lowers the scheme of that id for all its days.
    ///
    /// # Errors
    /// The mistakes of the scheme, or one diagnostic when there is no such scheme.
    pub fn of(catalog: &Catalog, id: &str) -> Result<Self, Vec<Diagnostic>> {
        let schemes = || catalog.packs.values().flat_map(|pack| pack.schemes.values());
        let Some(scheme) = schemes().find(|scheme| scheme.common.id == id) else {
            let near = base::nearest(id, schemes().map(|scheme| scheme.common.id.as_str()));
            let message = format!("there is no scheme \"{id}\"");
            let unknown = Diagnostic::new("unknown-scheme", base::Severity::Error, None, message);
            return Err(vec![unknown.suggest(near)]);
        };
        Self::new(catalog, scheme)
    }

    /// Lowers a scheme for all its days.
    ///
    /// # Errors
    /// The mistakes of the scheme. What is missing only on some days refuses bills of those days.
    pub fn new(catalog: &Catalog, scheme: &Scheme) -> Result<Self, Vec<Diagnostic>> {
        let (resolved, found) = resolve(catalog, scheme);
        let Some(resolved) = resolved else { return Err(found) };
        let (since, until) = (scheme.common.since, scheme.common.until);
        let mut starts: Vec<Option<Date>> = vec![since];
        starts.extend(changes(catalog, &resolved).into_iter().filter(|day| inside(*day, since, until)).map(Some));
        let mut editions = Vec::new();
        for (n, start) in starts.iter().enumerate() {
            let last = starts.get(n + 1).and_then(|next| (*next)?.yesterday().ok());
            let last = last.or(until);
            let day = start.or(last).unwrap_or_else(|| pack::sample_moment(catalog).as_of);
            let program = lower(catalog, scheme, &resolved, day);
            let program = program.map(|program| Program { since: *start, until: last, ..program });
            editions.push(Edition { since: *start, until: last, program });
        }
        let pack = scheme.common.pack.clone();
        let pack_hash = catalog.packs.get(&pack).map(|pack| pack.hash.clone()).unwrap_or_default();
        let (id, title) = (scheme.common.id.clone(), scheme.common.title.clone());
        let once: Vec<String> = scheme.once.iter().map(|column| column.value.clone()).collect();
        let once = if once.is_empty() { vec!["id".to_string()] } else { once };
        let (every, only_in) = (scheme.every, scheme.only_in.clone());
        let over = scheme.over.clone();
        Ok(Self { id, pack, pack_hash, title, over, since, until, every, only_in, once, resolved, editions })
    }

    /// The program of a service day.
    ///
    /// # Errors
    /// `scheme-expired`, `scheme-not-begun`, or what is missing on that day; nothing is ever paid by another day's rule.
    pub fn on(&self, day: Date) -> Result<&Program, Refused> {
        if let Some(until) = self.until.filter(|until| *until < day) {
            return Err(Refused::new(
                "scheme-expired",
                format!("{}已于{until}到期，服务日为{day}，不沿用旧标准", self.title.zh),
                format!("{} ended {until}; the service day is {day}, and it never pays last year's rate", self.id),
            ));
        }
        if let Some(since) = self.since.filter(|since| day < *since) {
            return Err(Refused::new(
                "scheme-not-begun",
                format!("{}自{since}起执行，服务日为{day}", self.title.zh),
                format!("{} begins {since}; the service day is {day}", self.id),
            ));
        }
        let held = |edition: &&Edition| {
            edition.since.is_none_or(|since| since <= day) && edition.until.is_none_or(|until| day <= until)
        };
        match self.editions.iter().rev().find(held).map(|edition| &edition.program) {
            Some(Ok(program)) => Ok(program),
            Some(Err(why)) => {
                Err(Refused::new("not-in-force", format!("{day}没有适用的标准：{}", why.message), why.message.clone()))
            }
            None => Err(Refused::new(
                "not-in-force",
                format!("{day}没有适用的标准"),
                format!("nothing is in force on {day}"),
            )),
        }
    }

    /// Every program, and what is wrong with the days that have none. A scheme without a first day has none before its
    /// numbers begin, which is no fault.
    pub fn editions(&self) -> impl Iterator<Item = Result<&Program, &Diagnostic>> {
        let before = |edition: &&Edition| edition.since.is_none() && edition.program.is_err();
        let skipped = usize::from(self.editions.len() > 1 && self.editions.first().is_some_and(|first| before(&first)));
        self.editions.iter().skip(skipped).map(|edition| edition.program.as_ref())
    }
}

fn inside(day: Date, since: Option<Date>, until: Option<Date>) -> bool {
    since.is_none_or(|since| since < day) && until.is_none_or(|until| day <= until)
}

/// The days on which something the scheme reads changes.
fn changes(catalog: &Catalog, resolved: &Resolved) -> BTreeSet<Date> {
    let mut days = BTreeSet::new();
    resolved.walk(&mut |formula| match &formula.node {
        Node::Parameter { pack, name } => {
            days.extend(
                catalog.parameter(pack, name).into_iter().flat_map(|parameter| parameter.values.keys().copied()),
            );
        }
        Node::Cell { list, .. } => days.extend(catalog.list(list).into_iter().flat_map(table_days)),
        _ => {}
    });
    for step in &resolved.steps {
        if let ResolvedForm::Bands { list, .. } = &step.form {
            days.extend(catalog.list(list).into_iter().flat_map(table_days));
        }
    }
    days
}

fn table_days(list: &List) -> Vec<Date> {
    let starts = list.tables.iter().filter_map(|table| table.since);
    let ends = list.tables.iter().filter_map(|table| table.until?.tomorrow().ok());
    starts.chain(ends).collect()
}
