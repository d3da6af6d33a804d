//! Whom are the records of an entry about, and where?
//!
//! Draws subjects without replacement, children of parents, organisations in turn; puts each record in its parts. Knows
//! rows made before; never a column that is still to be filled.

use crate::cell::Cell;
use crate::evaluate::{Evaluator, Fault};
use crate::parts::{Leaf, Sizes, assign};
use crate::plan::{Count, Entry, Plan, Pool, Source, joined_path};
use crate::random::{Key, Shuffle};
use crate::world::{PartPath, Table, View, World, org_fact};
use base::Diagnostic;
use base::exact::with_commas;
use pack::model::{Kind, Register};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The records of an entry before their columns.
#[derive(Debug, Default)]
pub(crate) struct Drawn<'a> {
    /// Organisations and parts; no columns but the subject and, for organisations, the id.
    pub table: Table,
    /// What each record was drawn from, when it is one register for all.
    pub source: Option<(&'a Register, Vec<u32>)>,
    /// Which child of its parent each is.
    pub nth: Vec<u32>,
}

/// The rows of a register that a pool holds.
pub(crate) fn rows_of_pool(world: &World<'_>, evaluator: &Evaluator, pool: &Pool<'_>) -> Result<Vec<u32>, Fault> {
    let Some(table) = world.tables.get(&pool.register.common.id) else { return Ok(Vec::new()) };
    match &pool.filter {
        None => Ok((0..table.len() as u32).collect()),
        Some(filter) => {
            evaluator.matching(world, &View { register: pool.register, table, first: 0, source: None }, filter)
        }
    }
}

/// Draws for one entry.
pub(crate) struct Drawer<'w, 'a> {
    pub plan: &'w Plan<'a>,
    pub world: &'w World<'a>,
    pub evaluator: &'w Evaluator,
    pub entry: &'w Entry<'a>,
}

/// The leaves of each axis and which of them each record is in.
type Axes = Vec<(Vec<Leaf>, Vec<u16>)>;

impl<'a> Drawer<'_, 'a> {
    pub fn draw(&self) -> Result<Drawn<'a>, Fault> {
        let mut drawn = match &self.entry.source {
            Source::New => self.new_records(),
            Source::Records(pool) => self.records(pool)?,
            Source::Orgs { filter, once } => self.organisations(filter, *once)?,
            Source::ByPart(parts) => self.by_part(parts)?,
            Source::Children(pool) => self.children(pool)?,
        };
        if let Some(weights) = &self.entry.spread {
            drawn.table.orgs = self.spread(weights, drawn.table.orgs.len());
        }
        Ok(drawn)
    }

    fn new_records(&self) -> Drawn<'a> {
        let n = self.total(0);
        let root = self.plan.orgs.iter().position(|org| org.parent.is_none()).unwrap_or(0);
        let mut drawn = Drawn { nth: (0..n as u32).collect(), ..Drawn::default() };
        drawn.table.orgs = vec![root as u32; n];
        self.put_in_parts(&mut drawn.table, n);
        drawn
    }

    fn total(&self, each: usize) -> usize {
        match self.entry.count {
            Count::Total(n) => usize::try_from(n).unwrap_or(usize::MAX),
            _ => each,
        }
    }

    /// Organisation of each of `n` records: largest remainder, then shuffled.
    fn spread(&self, weights: &[u64], n: usize) -> Vec<u32> {
        let sizes = crate::divide::in_proportion(n as u64, weights);
        let ordered: Vec<u32> =
            sizes.iter().enumerate().flat_map(|(org, size)| std::iter::repeat_n(org as u32, *size as usize)).collect();
        let shuffle = Shuffle::new(self.entry.key.named("spread"), n as u64);
        (0..n as u64).map(|row| ordered[shuffle.at(row) as usize]).collect()
    }

    // Parts -----------------------------------------------------------------------------------------------------------

    fn axes(&self, n: usize) -> Axes {
        // What cannot be was reported when the plan was made; here the same numbers come out again.
        let mut sizes = Sizes { catalog: self.plan.catalog, numbers: &self.plan.numbers, diagnostics: Vec::new() };
        let trees = self.entry.make.split.iter().enumerate();
        trees
            .map(|(axis, tree)| {
                let leaves = sizes.leaves(tree, n as u64);
                let rows = assign(self.entry.key.named("parts").numbered(axis as u64), &leaves, n);
                (leaves, rows)
            })
            .collect()
    }

    fn put_in_parts(&self, table: &mut Table, n: usize) {
        let axes = self.axes(n);
        join_parts(table, &axes, n, |_| &[]);
    }

    // Subjects --------------------------------------------------------------------------------------------------------

    fn records(&self, pool: &Pool<'a>) -> Result<Drawn<'a>, Fault> {
        let mut taken = HashSet::new();
        let candidates = self.candidates(pool, &mut taken)?;
        let n = self.total(candidates.len());
        let rows = self.pick(self.entry.key.named("subject"), pool, &candidates, n)?;
        let mut drawn = Drawn { nth: (0..n as u32).collect(), ..Drawn::default() };
        self.put_in_parts(&mut drawn.table, n);
        self.about(&mut drawn.table, pool.register, &rows);
        drawn.source = Some((pool.register, rows));
        Ok(drawn)
    }

    /// Rows of a pool that may be drawn: those not left out and, with `once`, each subject once and none that `taken`
    /// holds.
    fn candidates(&self, pool: &Pool<'a>, taken: &mut HashSet<Arc<str>>) -> Result<Vec<u32>, Fault> {
        let rows = rows_of_pool(self.world, self.evaluator, pool)?;
        let left_out: HashSet<Arc<str>> = match &pool.except {
            None => HashSet::new(),
            Some(except) => {
                let rows = rows_of_pool(self.world, self.evaluator, except)?;
                self.subjects(except.register, &rows).into_iter().filter_map(text).collect()
            }
        };
        let one_row_each = self.subject_is(pool.register);
        if left_out.is_empty() && taken.is_empty() && (one_row_each || !pool.once) {
            return Ok(rows);
        }
        let mut seen = HashSet::new();
        let subjects = self.subjects(pool.register, &rows);
        let fits = |subject: Cell| {
            let Some(subject) = text(subject) else { return true };
            !left_out.contains(&subject) && !taken.contains(&subject) && (!pool.once || seen.insert(subject))
        };
        let fitting: Vec<bool> = subjects.into_iter().map(fits).collect();
        Ok(rows.into_iter().zip(fitting).filter(|(_, fits)| *fits).map(|(row, _)| row).collect())
    }

    fn subject_is(&self, register: &Register) -> bool {
        self.entry.register.subject.is_none_or(|subject| subject.word() == register.common.id)
    }

    /// The subject each row of a register stands for: itself, or the one it is about.
    fn subjects(&self, register: &Register, rows: &[u32]) -> Vec<Cell> {
        let handed_on = self
            .entry
            .register
            .subject
            .filter(|subject| subject.word() != register.common.id)
            .and_then(|subject| self.world.tables.get(&register.common.id)?.columns.get(subject.word()));
        match handed_on {
            Some(values) => rows.iter().map(|row| values[*row as usize].clone()).collect(),
            None => rows.iter().map(|row| self.world.id_of(&register.common.id, *row as usize)).collect(),
        }
    }

    fn pick(&self, key: Key, pool: &Pool<'a>, candidates: &[u32], n: usize) -> Result<Vec<u32>, Fault> {
        let available = candidates.len();
        if (pool.once && n > available) || (n > 0 && available == 0) {
            let shown = |n: usize| with_commas((n as u64).into());
            let register = &pool.register.common.id;
            let message = format!(
                "{} wanted for {}, {} of {register} fit",
                shown(n),
                self.entry.register.common.id,
                shown(available)
            );
            let diagnostic = Diagnostic::error("not-enough-subjects", pool_span(self.entry, pool), message)
                .help("widen the condition, or make more of them before");
            return Err(diagnostic.into());
        }
        let shuffle = Shuffle::new(key, available as u64);
        let place = |row: u64| if pool.once { shuffle.at(row) } else { key.below(row, available as u64) };
        let each = matches!(self.entry.count, Count::Each);
        Ok((0..n as u64).map(|row| candidates[if each { row } else { place(row) } as usize]).collect())
    }

    /// Gives records the organisation and the subject of what they were drawn from.
    fn about(&self, table: &mut Table, from: &Register, rows: &[u32]) {
        if let Some(source) = self.world.tables.get(&from.common.id) {
            table.orgs = rows.iter().map(|row| source.orgs[*row as usize]).collect();
        }
        let register = self.entry.register;
        if let Some(subject) = register.subject {
            let knows = self.subject_is(from)
                || self.world.tables.get(&from.common.id).is_some_and(|t| t.columns.contains_key(subject.word()));
            if knows {
                table.columns.insert(subject.word().to_string(), self.subjects(from, rows));
            }
        }
        let ids = || rows.iter().map(|row| self.world.id_of(&from.common.id, *row as usize)).collect::<Vec<_>>();
        let named = crate::compile::automatic_columns(register, &self.entry.source);
        let parent = register.part_of.as_ref().map(|parent| parent.value.clone());
        for column in named.into_iter().chain(parent.filter(|parent| *parent == from.common.id)) {
            table.columns.insert(column, ids());
        }
    }

    // Organisations ---------------------------------------------------------------------------------------------------

    fn organisations(&self, filter: &crate::expression::Lowered, once: bool) -> Result<Drawn<'a>, Fault> {
        let orgs = self.orgs(filter)?;
        let n = self.total(orgs.len());
        let each = matches!(self.entry.count, Count::Each);
        let mut drawn = Drawn { nth: (0..n as u32).collect(), ..Drawn::default() };
        drawn.table.orgs = if each { orgs } else { self.turns(self.entry.key.named("org"), &orgs, n, once)? };
        self.put_in_parts(&mut drawn.table, n);
        self.about_orgs(&mut drawn.table);
        if each && self.entry.register.kind == Kind::Entity {
            let ids = drawn.table.orgs.iter().map(|org| Cell::text(&self.plan.orgs[*org as usize].id)).collect();
            drawn.table.columns.insert("id".to_string(), ids);
        }
        Ok(drawn)
    }

    /// The organisations, as places in the county's list, that a condition holds for.
    fn orgs(&self, filter: &crate::expression::Lowered) -> Result<Vec<u32>, Fault> {
        let mut table = Table { orgs: (0..self.plan.orgs.len() as u32).collect(), ..Table::default() };
        for column in crate::expression::ORG_COLUMNS {
            let facts = self.plan.orgs.iter().map(|org| org_fact(org, column)).collect();
            table.columns.insert(column.to_string(), facts);
        }
        let view = View { register: self.entry.register, table: &table, first: 0, source: None };
        self.evaluator.matching(self.world, &view, filter)
    }

    /// `n` organisations in turn, starting anywhere; each at most once when asked for.
    fn turns(&self, key: Key, orgs: &[u32], n: usize, once: bool) -> Result<Vec<u32>, Fault> {
        if (once && n > orgs.len()) || (n > 0 && orgs.is_empty()) {
            let message = format!("{n} wanted for {}, {} organisations fit", self.entry.register.common.id, orgs.len());
            return Err(Diagnostic::error("not-enough-subjects", self.entry.make.span, message).into());
        }
        let shuffle = Shuffle::new(key, orgs.len() as u64);
        Ok((0..n).map(|row| orgs[shuffle.at((row % orgs.len()) as u64) as usize]).collect())
    }

    fn about_orgs(&self, table: &mut Table) {
        if let Some(subject) = self.entry.register.subject.filter(|subject| subject.word() == "institution") {
            let ids = table.orgs.iter().map(|org| Cell::text(&self.plan.orgs[*org as usize].id)).collect();
            table.columns.insert(subject.word().to_string(), ids);
        }
    }

    // Several sources -------------------------------------------------------------------------------------------------

    fn by_part(&self, parts: &[(String, Source<'a>)]) -> Result<Drawn<'a>, Fault> {
        let n = self.total(0);
        let mut drawn = Drawn { nth: (0..n as u32).collect(), ..Drawn::default() };
        self.put_in_parts(&mut drawn.table, n);
        drawn.table.orgs = vec![0; n];
        let mut taken: HashSet<Arc<str>> = HashSet::new();
        let mut subjects = vec![Cell::Null; n];
        for (part, source) in parts {
            let rows: Vec<usize> = (0..n).filter(|row| drawn.table.path(*row).contains(part)).collect();
            let key = self.entry.key.named("subject").named(part);
            match source {
                Source::Records(pool) => {
                    let candidates = self.candidates(pool, &mut taken)?;
                    let picked = self.pick(key, pool, &candidates, rows.len())?;
                    let about = self.subjects(pool.register, &picked);
                    let orgs = self.world.tables.get(&pool.register.common.id).map(|table| &table.orgs);
                    for ((row, from), subject) in rows.iter().zip(&picked).zip(about) {
                        drawn.table.orgs[*row] = orgs.map_or(0, |orgs| orgs[*from as usize]);
                        taken.extend(text(subject.clone()).filter(|_| pool.once));
                        subjects[*row] = subject;
                    }
                }
                Source::Orgs { filter, once } => {
                    let picked = self.turns(key, &self.orgs(filter)?, rows.len(), *once)?;
                    for (row, org) in rows.into_iter().zip(picked) {
                        drawn.table.orgs[row] = org;
                    }
                }
                Source::New | Source::ByPart(_) | Source::Children(_) => {}
            }
        }
        if let Some(subject) = self.entry.register.subject {
            drawn.table.columns.insert(subject.word().to_string(), subjects);
        }
        Ok(drawn)
    }

    // Children --------------------------------------------------------------------------------------------------------

    fn children(&self, pool: &Pool<'a>) -> Result<Drawn<'a>, Fault> {
        let parents = rows_of_pool(self.world, self.evaluator, pool)?;
        let Some(from) = self.world.tables.get(&pool.register.common.id) else { return Ok(Drawn::default()) };
        let by_path: Vec<(u64, u64)> = from.paths.iter().map(|path| self.per_parent(path)).collect();
        let without_parts = self.per_parent(&[]);
        let (mut rows, mut nth) = (Vec::new(), Vec::new());
        let key = self.entry.key.named("children");
        for parent in parents {
            let part = from.parts.get(parent as usize).map(|part| *part as usize);
            let (low, high) = part.and_then(|part| by_path.get(part)).copied().unwrap_or(without_parts);
            let n = key.between(u64::from(parent), low as i64, high as i64) as u32;
            rows.extend(std::iter::repeat_n(parent, n as usize));
            nth.extend(0..n);
        }
        let mut drawn = Drawn { nth, ..Drawn::default() };
        let axes = self.axes(rows.len());
        join_parts(&mut drawn.table, &axes, rows.len(), |row| from.path(rows[row] as usize));
        self.about(&mut drawn.table, pool.register, &rows);
        drawn.source = Some((pool.register, rows));
        Ok(drawn)
    }

    fn per_parent(&self, path: &[String]) -> (u64, u64) {
        match &self.entry.count {
            Count::PerParent(low, high) => (*low, *high),
            Count::PerPart(parts) => path
                .iter()
                .rev()
                .find_map(|name| parts.iter().find(|(part, _)| part == name))
                .map_or((0, 0), |(_, range)| *range),
            Count::Total(_) | Count::Each => (0, 0),
        }
    }
}

/// Numbers the different part paths, an outer one (the parent's) before the entry's own axes.
fn join_parts<'p>(table: &mut Table, axes: &Axes, n: usize, outer: impl Fn(usize) -> &'p [String]) {
    let mut numbers: HashMap<Vec<String>, u16> = HashMap::new();
    let mut own: BTreeMap<Vec<u16>, Vec<String>> = BTreeMap::new();
    table.parts = (0..n)
        .map(|row| {
            let places: Vec<u16> = axes.iter().map(|(_, rows)| rows[row]).collect();
            let inner = own.entry(places).or_insert_with(|| joined_path(axes, row));
            let outer = outer(row);
            let found = if outer.is_empty() { numbers.get(inner) } else { None };
            if let Some(number) = found {
                return *number;
            }
            let path: Vec<String> = outer.iter().chain(inner.iter()).cloned().collect();
            let next = table.paths.len() as u16;
            *numbers.entry(path).or_insert_with_key(|path| {
                table.paths.push(PartPath::from(path.as_slice()));
                next
            })
        })
        .collect();
}

fn text(cell: Cell) -> Option<Arc<str>> {
    match cell {
        Cell::Text(text) => Some(text),
        _ => None,
    }
}

fn pool_span(entry: &Entry<'_>, pool: &Pool<'_>) -> base::Span {
    pool.filter.as_ref().map_or(entry.make.span, |filter| filter.text.span)
}
