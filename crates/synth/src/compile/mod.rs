//! Are the `synth` sections sound, and what do their entries mean?
//!
//! Turns each entry into its solved form and reports every mistake at its place. Knows definitions, published numbers
//! and the organisations; never a record.

mod setter;

use crate::cell::Cell;
use crate::expression::{Lowered, Scope};
use crate::figures::Numbers;
use crate::fill::Filler;
use crate::parts::Sizes;
use crate::plan::{Count, Entry, Pool, Source, source_register};
use crate::random::Key;
use base::{Decimal, Diagnostic, Period, Span, nearest};
use pack::Catalog;
use pack::county::Org;
use pack::model::{
    Amount, ColumnType, Draw, FieldType, Kind, Make, PartTree, Register, Required, Setter, Spanned, SynthFrom,
};
use setter::span_of;
use std::collections::{BTreeMap, BTreeSet};

/// Builds the entries of a county.
pub(crate) struct Compiler<'a, 'n> {
    catalog: &'a Catalog,
    numbers: &'n Numbers,
    orgs: &'n [&'a Org],
    period: Period,
    key: Key,
    /// Mistakes and warnings so far.
    pub diagnostics: Vec<Diagnostic>,
}

/// What the setters of one entry are read with.
struct Place<'a, 'p> {
    make: &'a Make,
    register: &'a Register,
    source: &'p Source<'a>,
}

impl<'a, 'n> Compiler<'a, 'n> {
    pub fn new(catalog: &'a Catalog, numbers: &'n Numbers, orgs: &'n [&'a Org], period: Period, key: Key) -> Self {
        Self { catalog, numbers, orgs, period, key, diagnostics: Vec::new() }
    }

    /// Every entry that can be read, in the order of the packs and as written.
    pub fn entries(&mut self) -> Vec<Entry<'a>> {
        let catalog = self.catalog;
        let mut seen: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        let mut entries = Vec::new();
        for make in catalog.packs.values().flat_map(|pack| &pack.synth) {
            let nth = seen.entry((&make.pack, &make.register.value)).or_default();
            *nth += 1;
            // Named, not numbered through, so that another pack in force changes nothing here.
            let key = self.key.named(&make.pack).named(&make.register.value).numbered(*nth);
            entries.extend(self.entry(make, key));
        }
        self.unused_parts();
        entries
    }

    fn entry(&mut self, make: &'a Make, key: Key) -> Option<Entry<'a>> {
        let register = self.register(&make.register)?;
        let source = self.source(make, &make.draw)?;
        let count = self.count(make, &source, key)?;
        if let Count::Total(n) = count {
            let mut sizes = Sizes { catalog: self.catalog, numbers: self.numbers, diagnostics: Vec::new() };
            for tree in &make.split {
                sizes.leaves(tree, n);
            }
            self.diagnostics.append(&mut sizes.diagnostics);
        }
        let spread = make.spread.as_ref().and_then(|like| self.weights(like));
        let columns = self.columns(&Place { make, register, source: &source });
        Some(Entry { make, register, key, source, count, spread, columns })
    }

    fn register(&mut self, name: &Spanned<String>) -> Option<&'a Register> {
        let found = self.catalog.register(&name.value);
        if found.is_none() {
            let near = self.catalog.near_register(&name.value);
            let message = format!("\"{}\" is not a known register", name.value);
            self.diagnostics.push(Diagnostic::error("unknown-register", name.span, message).suggest(near));
        }
        found
    }

    fn lower(
        &mut self,
        pack: &'a str,
        register: Option<&'a Register>,
        source: Option<&'a Register>,
        text: &Spanned<String>,
    ) -> Option<Lowered> {
        let scope = Scope { catalog: self.catalog, pack, register, source, period: self.period, numbers: self.numbers };
        match scope.lower(text) {
            Ok(lowered) => {
                for figure in lowered.figures.iter().filter(|figure| !self.numbers.knows(figure)) {
                    let message = format!("the county published no \"{figure}\"; the column stays empty");
                    self.diagnostics.push(Diagnostic::warning("nothing-published", text.span, message));
                }
                Some(lowered)
            }
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn source(&mut self, make: &'a Make, draw: &'a Draw) -> Option<Source<'a>> {
        Some(match draw {
            Draw::New => Source::New,
            Draw::From(from) => Source::Records(self.pool(make, from)?),
            Draw::For(from) => Source::Children(self.pool(make, from)?),
            Draw::Orgs { filter, once } => {
                Source::Orgs { filter: self.lower(&make.pack, None, None, filter)?, once: *once }
            }
            Draw::In(parts) => {
                let mut sources = Vec::new();
                for (part, draw) in parts {
                    self.part_known(make, &make.split, part, make.span);
                    sources.push((part.clone(), self.source(make, draw)?));
                }
                Source::ByPart(sources)
            }
        })
    }

    fn pool(&mut self, make: &'a Make, from: &'a SynthFrom) -> Option<Pool<'a>> {
        let register = self.register(&from.register)?;
        let filter = match &from.filter {
            Some(text) => Some(self.lower(&make.pack, Some(register), None, text)?),
            None => None,
        };
        let except = match &from.except {
            Some(except) => Some(Box::new(self.pool(make, except)?)),
            None => None,
        };
        Some(Pool { register, filter, except, once: from.once })
    }

    fn count(&mut self, make: &'a Make, source: &Source<'a>, key: Key) -> Option<Count> {
        let children = matches!(source, Source::Children(_));
        let Some(n) = &make.n else {
            return match source {
                Source::New | Source::ByPart(_) => {
                    let message = "how many? An entry without for, and without one source, needs n";
                    self.diagnostics.push(Diagnostic::error("missing-key", make.span, message));
                    None
                }
                Source::Children(_) => Some(Count::PerParent(1, 1)),
                Source::Records(_) | Source::Orgs { .. } => Some(Count::Each),
            };
        };
        let mut sizes = Sizes { catalog: self.catalog, numbers: self.numbers, diagnostics: Vec::new() };
        let count = match &n.value {
            Amount::PerPart(parts) if children => Some(Count::PerPart(
                parts.iter().map(|(part, n)| (part.clone(), per_parent(&mut sizes, n, make.span))).collect(),
            )),
            amount if children => {
                let (low, high) = per_parent(&mut sizes, amount, n.span);
                Some(Count::PerParent(low, high))
            }
            Amount::Between(low, high) => {
                let drawn = low + key.named("n").below(0, high.saturating_sub(*low) + 1);
                Some(Count::Total(self.numbers.scaled(drawn)))
            }
            Amount::Fixed(n) if matches!(source, Source::Records(_) | Source::New) => {
                Some(Count::Total(self.numbers.scaled(*n)))
            }
            amount => Some(Count::Total(sizes.amount(amount, n.span).unwrap_or(0))),
        };
        self.diagnostics.append(&mut sizes.diagnostics);
        count
    }

    /// Weights of the organisations: a column of `orgs.csv`, or a list's column with rows by organisation.
    fn weights(&mut self, like: &Spanned<String>) -> Option<Vec<u64>> {
        let (list, column) = like.value.split_once('.').unwrap_or((&like.value, ""));
        let weights: Vec<u64> = if list == "orgs" {
            let weight = |org: &&Org| org.more.get(column).and_then(|n| u64::try_from(n.trunc().mantissa()).ok());
            self.orgs.iter().map(|org| weight(org).unwrap_or(0)).collect()
        } else {
            let rows: BTreeMap<String, String> = self
                .catalog
                .list(list)
                .into_iter()
                .flat_map(|list| list.all_rows())
                .filter_map(|row| {
                    let org = row.code.clone().or_else(|| Some(row.cells.get("org")?.value.to_string()))?;
                    Some((org, row.cells.get(column)?.value.to_string()))
                })
                .collect();
            let weight = |org: &&Org| rows.get(&org.id).and_then(|n| n.parse::<Decimal>().ok()).unwrap_or_default();
            crate::divide::whole_weights(&self.orgs.iter().map(weight).collect::<Vec<_>>())
        };
        if weights.iter().all(|weight| *weight == 0) {
            let message = format!("no organisation has a \"{}\" to spread by", like.value);
            self.diagnostics.push(
                Diagnostic::error("unknown-column", like.span, message)
                    .help("name a column of orgs.csv as orgs.COLUMN, or a list with a column org as LIST.COLUMN"),
            );
            return None;
        }
        Some(weights)
    }

    // Columns ---------------------------------------------------------------------------------------------------------

    fn columns(&mut self, place: &Place<'a, '_>) -> Vec<(String, ColumnType, Filler<'a>)> {
        let register = place.register;
        let known: Vec<(String, ColumnType)> = register.columns().into_iter().map(|c| (c.name, c.ty)).collect();
        let mut made = Vec::new();
        for (name, setter) in &place.make.set {
            let Some((_, ty)) = known.iter().find(|(known, _)| known == name) else {
                let message = format!("\"{name}\" is not a column of {}", register.common.id);
                let near = nearest(name, known.iter().map(|(known, _)| known.as_str()));
                let span = span_of(setter).unwrap_or(place.make.span);
                self.diagnostics.push(Diagnostic::error("unknown-column", span, message).suggest(near));
                continue;
            };
            if let Some(filler) = self.filler(place, name, *ty, setter) {
                made.push((name.clone(), *ty, filler));
            }
        }
        self.fill_in(place, &mut made);
        self.in_order(place, made)
    }

    /// What the generator sets by itself: defaults, the first state; and what must not stay empty.
    fn fill_in(&mut self, place: &Place<'a, '_>, made: &mut Vec<(String, ColumnType, Filler<'a>)>) {
        let register = place.register;
        if let Some(flow) = &register.flow
            && !place.make.set.contains_key("state")
        {
            let start = Filler::Constant(Cell::text(&flow.start.value));
            made.push(("state".to_string(), ColumnType::Text, start));
        }
        let from_source = automatic_columns(register, place.source);
        for field in register.fields.values() {
            let is_set = place.make.set.contains_key(&field.id) || from_source.contains(&field.id);
            let default = field.default.as_ref().and_then(|text| Cell::parse(&text.value, field.ty.column()));
            match default {
                _ if is_set => {}
                Some(cell) => made.push((field.id.clone(), field.ty.column(), Filler::Constant(cell))),
                None if field.required == Required::Yes => self.not_set(place, &field.id),
                None => {}
            }
        }
        let day = match register.kind {
            Kind::Event => "on_date",
            Kind::Enrolment => "started_on",
            Kind::Entity | Kind::Statement => return,
        };
        if !place.make.set.contains_key(day) {
            self.not_set(place, day);
        }
    }

    fn not_set(&mut self, place: &Place<'a, '_>, column: &str) {
        let message = format!("{} needs \"{column}\", and nothing sets it", place.register.common.id);
        self.diagnostics.push(Diagnostic::error("required-not-set", place.make.register.span, message));
    }

    /// Columns after those they read.
    fn in_order(
        &mut self,
        place: &Place<'a, '_>,
        mut waiting: Vec<(String, ColumnType, Filler<'a>)>,
    ) -> Vec<(String, ColumnType, Filler<'a>)> {
        let mut ordered = Vec::with_capacity(waiting.len());
        while !waiting.is_empty() {
            let open: BTreeSet<String> = waiting.iter().map(|(name, ..)| name.clone()).collect();
            let ready = waiting.iter().position(|(name, _, filler)| {
                let mut reads = BTreeSet::new();
                filler.reads(&mut reads);
                reads.iter().all(|read| read == name || !open.contains(read))
            });
            let Some(ready) = ready else {
                let message =
                    format!("these columns read each other: {}", open.into_iter().collect::<Vec<_>>().join(", "));
                self.diagnostics.push(Diagnostic::error("set-cycle", place.make.span, message));
                return ordered;
            };
            ordered.push(waiting.remove(ready));
        }
        ordered
    }

    // Parts -----------------------------------------------------------------------------------------------------------

    /// The parts an entry's setters may name: its own, else those of its parents.
    fn trees_of(&self, place: &Place<'a, '_>) -> Vec<PartTree> {
        let Source::Children(pool) = place.source else { return place.make.split.clone() };
        let parents = self.catalog.packs.values().flat_map(|pack| &pack.synth);
        let mut trees = place.make.split.clone();
        trees.extend(
            parents.filter(|make| make.register.value == pool.register.common.id).flat_map(|make| make.split.clone()),
        );
        trees
    }

    fn part_known(&mut self, make: &Make, trees: &[PartTree], part: &str, span: Span) {
        let mut names = Vec::new();
        trees.iter().for_each(|tree| part_names(tree, &mut names));
        if !names.iter().any(|name| name == part) {
            let message = format!("\"{part}\" is not a part of this entry of {}", make.register.value);
            let near = nearest(part, names.iter().map(String::as_str));
            self.diagnostics.push(Diagnostic::error("unknown-part", span, message).suggest(near));
        }
    }

    /// Parts that nothing ever looks at.
    fn unused_parts(&mut self) {
        let makes: Vec<&Make> = self.catalog.packs.values().flat_map(|pack| &pack.synth).collect();
        for make in &makes {
            let mut used = BTreeSet::new();
            names_used(make, &mut used);
            let children = makes
                .iter()
                .filter(|other| matches!(&other.draw, Draw::For(from) if from.register.value == make.register.value));
            children.for_each(|child| names_used(child, &mut used));
            for tree in make.split.iter().filter(|tree| !tree.parts.is_empty()) {
                let mut names = Vec::new();
                part_names(tree, &mut names);
                if !names.iter().any(|name| used.contains(name)) {
                    let message = format!("nothing depends on the parts {}", names.join(", "));
                    self.diagnostics.push(Diagnostic::error("part-unused", make.span, message));
                }
            }
        }
    }
}

fn per_parent(sizes: &mut Sizes<'_>, amount: &Amount, span: Span) -> (u64, u64) {
    match amount {
        Amount::Between(low, high) => (*low, *high),
        other => sizes.amount(other, span).map_or((0, 0), |n| (n, n)),
    }
}

/// Columns filled from what a record was drawn from.
pub(crate) fn automatic_columns(register: &Register, source: &Source<'_>) -> BTreeSet<String> {
    let Some(from) = source_register(source) else { return BTreeSet::new() };
    let refers = register.fields.values().filter(|field| match &field.ty {
        FieldType::Ref(to) => to.value == from.common.id && field.id == from.common.id,
        _ => false,
    });
    refers.map(|field| field.id.clone()).collect()
}

fn part_names(tree: &PartTree, names: &mut Vec<String>) {
    for (name, (_, below)) in &tree.parts {
        names.push(name.clone());
        if let Some(below) = below {
            part_names(below, names);
        }
    }
}

fn names_used(make: &Make, used: &mut BTreeSet<String>) {
    fn setter(value: &Setter, used: &mut BTreeSet<String>) {
        if let Setter::In(parts) = value {
            used.extend(parts.keys().cloned());
            parts.values().for_each(|inner| setter(inner, used));
        }
    }
    make.set.values().for_each(|value| setter(value, used));
    if let Some(Amount::PerPart(parts)) = make.n.as_ref().map(|n| &n.value) {
        used.extend(parts.keys().cloned());
    }
    if let Draw::In(parts) = &make.draw {
        used.extend(parts.keys().cloned());
    }
}
