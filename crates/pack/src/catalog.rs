//! Every definition of a county's packs, found by name.
//!
//! Registers, lists, indicators and tasks have county-wide names; cohorts, parameters and the rest are looked up in their
//! own pack first, then in the packs it needs.

use crate::county::County;
use crate::model::{
    Cohort, Indicator, List, Pack, Parameter, Register, Required, Rule, RuleTrigger, Spanned, Versions,
};
use base::{Diagnostic, Sources, Span, nearest};
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// The checked packs of a county, ready to be asked by name.
#[derive(Debug, Default)]
pub struct Catalog {
    /// Pack id → pack, in the order in which packs need each other.
    pub packs: IndexMap<String, Pack>,
    /// The county, when the packs were read for one.
    pub county: Option<County>,
    /// The texts everything was read from.
    pub sources: Sources,
    registers: BTreeMap<String, String>,
    lists: BTreeMap<String, String>,
    indicators: BTreeMap<String, String>,
    tasks: BTreeMap<String, String>,
}

/// Why a name could not be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameError {
    /// Nobody has it; perhaps the second name was meant.
    Unknown(Option<String>),
    /// Several needed packs have it.
    Ambiguous(Vec<String>),
}

impl NameError {
    /// The diagnostic for a name of some kind at a place.
    pub fn diagnostic(self, code: &'static str, what: &str, name: &str, span: Span) -> Diagnostic {
        match self {
            Self::Unknown(near) => {
                Diagnostic::error(code, span, format!("\"{name}\" is not a known {what}")).suggest(near.as_deref())
            }
            Self::Ambiguous(packs) => {
                let message = format!("\"{name}\" is in {}", packs.join(" and in "));
                Diagnostic::error("ambiguous-name", span, message).help(format!("write {}.{name}", packs[0]))
            }
        }
    }
}

impl Catalog {
    /// Joins packs into a catalog. Names taken twice and packs that cannot be ordered are reported; the first
    /// definition wins.
    pub fn new(packs: Vec<Pack>, county: Option<County>, sources: Sources) -> (Self, Vec<Diagnostic>) {
        let (packs, mut diagnostics) = order(packs);
        let mut catalog = Self { packs, county, sources, ..Self::default() };
        catalog.claim_names(&mut diagnostics);
        (catalog, diagnostics)
    }

    fn claim_names(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        let mut claim = |names: &mut BTreeMap<String, String>, what: &str, pack: &str, id: &str, span: Span| {
            if let Some(owner) = names.get(id) {
                let message = format!("\"{id}\" is also {what} of {owner}");
                diagnostics
                    .push(Diagnostic::error("taken-name", span, message).help("county-wide names differ: rename one"));
            } else {
                names.insert(id.to_string(), pack.to_string());
            }
        };
        for (pack_id, pack) in &self.packs {
            for (id, register) in &pack.registers {
                claim(&mut self.registers, "a register", pack_id, id, register.common.span);
            }
            for (id, list) in &pack.lists {
                claim(&mut self.lists, "a list", pack_id, id, list.common.span);
            }
            for (id, versions) in &pack.indicators {
                claim(&mut self.indicators, "an indicator", pack_id, id, versions.latest().common.span);
            }
            for (id, task) in &pack.tasks {
                claim(&mut self.tasks, "a task", pack_id, id, task.common.span);
            }
        }
    }

    /// A register by its county-wide name.
    pub fn register(&self, id: &str) -> Option<&Register> {
        self.packs.get(self.registers.get(id)?)?.registers.get(id)
    }

    /// A list by its county-wide name.
    pub fn list(&self, id: &str) -> Option<&List> {
        self.packs.get(self.lists.get(id)?)?.lists.get(id)
    }

    /// An indicator by its county-wide name.
    pub fn indicator(&self, id: &str) -> Option<&Versions<Indicator>> {
        self.packs.get(self.indicators.get(id)?)?.indicators.get(id)
    }

    /// Every register, ordered by id.
    pub fn registers(&self) -> impl Iterator<Item = &Register> {
        self.registers.keys().filter_map(|id| self.register(id))
    }

    /// Every rule about a register: those written in it, then those of packs that name it.
    pub fn rules_of<'a>(&'a self, register: &'a Register) -> impl Iterator<Item = &'a Rule> {
        let about = |rule: &&Rule| rule.on.as_ref().is_some_and(|on| on.value == register.common.id);
        register.rules.values().chain(self.packs.values().flat_map(|pack| pack.rules.values()).filter(about))
    }

    /// Every condition judged when a record of the register is saved, each with the pack it is written in: rules,
    /// what is required when, what a move of its flow demands.
    pub fn conditions<'a>(&'a self, register: &'a Register) -> impl Iterator<Item = (&'a str, &'a Spanned<String>)> {
        let own = register.common.pack.as_str();
        let rules = self.rules_of(register).filter_map(|rule| match &rule.trigger {
            RuleTrigger::When(when) => Some((rule.common.pack.as_str(), when)),
            RuleTrigger::Rows(_) | RuleTrigger::Method { .. } => None,
        });
        let required = register.fields.values().filter_map(move |field| match &field.required {
            Required::When(condition) => Some((own, condition)),
            Required::Yes | Required::No => None,
        });
        let moves = register.flow.iter().flat_map(|flow| flow.moves.values());
        rules.chain(required).chain(moves.filter_map(move |step| Some((own, step.require.as_ref()?))))
    }

    /// Every list, ordered by id.
    pub fn lists(&self) -> impl Iterator<Item = &List> {
        self.lists.keys().filter_map(|id| self.list(id))
    }

    /// Every indicator in the order of the packs and, inside a pack, as written.
    pub fn indicators(&self) -> impl Iterator<Item = &Versions<Indicator>> {
        self.packs.values().flat_map(|pack| pack.indicators.values())
    }

    /// The registers whose records can change a row of this one: itself, and those its derived columns look into.
    pub fn read_with(&self, register: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open = vec![register.to_string()];
        while let Some(id) = open.pop() {
            let Some(register) = self.register(&id).filter(|_| found.insert(id)) else { continue };
            // A look-up is written `step.column`, and may go on from there; words of a text may name more than is read.
            let looked_up = |path: &str| register.derive.values().any(|text| text.value.contains(&format!("{path}.")));
            for (step, to) in register.references().into_iter().filter(|(step, _)| looked_up(step)) {
                let beyond = self.register(&to).map(Register::references).unwrap_or_default();
                open.extend(
                    beyond.into_iter().filter(|(next, _)| looked_up(&format!("{step}.{next}"))).map(|(_, to)| to),
                );
                open.push(to);
            }
        }
        found
    }

    /// The register name most like `wrong`.
    pub fn near_register(&self, wrong: &str) -> Option<&str> {
        nearest(wrong, self.registers.keys().map(String::as_str))
    }

    /// The list name most like `wrong`.
    pub fn near_list(&self, wrong: &str) -> Option<&str> {
        nearest(wrong, self.lists.keys().map(String::as_str))
    }

    /// The indicator name most like `wrong`.
    pub fn near_indicator(&self, wrong: &str) -> Option<&str> {
        nearest(wrong, self.indicators.keys().map(String::as_str))
    }

    /// A cohort as seen from `pack`: its own, then those of the packs it needs, or `pack.cohort` in full.
    pub fn cohort(&self, pack: &str, name: &str) -> Result<&Versions<Cohort>, NameError> {
        self.scoped(pack, name, |p| &p.cohorts)
    }

    /// A parameter as seen from `pack`.
    pub fn parameter(&self, pack: &str, name: &str) -> Result<&Parameter, NameError> {
        self.scoped(pack, name, |p| &p.parameters)
    }

    fn scoped<'a, T>(
        &'a self,
        pack: &str,
        name: &str,
        section: impl Fn(&'a Pack) -> &'a IndexMap<String, T>,
    ) -> Result<&'a T, NameError> {
        if let Some((owner, short)) = name.split_once('.') {
            let found = self.packs.get(owner).filter(|_| self.sees(pack, owner));
            return found.and_then(|p| section(p).get(short)).ok_or(NameError::Unknown(None));
        }
        let Some(own) = self.packs.get(pack) else { return Err(NameError::Unknown(None)) };
        if let Some(found) = section(own).get(name) {
            return Ok(found);
        }
        let needed = || own.header.needs.iter().filter_map(|need| self.packs.get(&need.value));
        let public = !name.starts_with('_');
        let owners: Vec<&Pack> = needed().filter(|p| public && section(p).contains_key(name)).collect();
        match owners.as_slice() {
            [owner] => section(owner).get(name).ok_or(NameError::Unknown(None)),
            [] => {
                let visible = std::iter::once(own).chain(needed()).flat_map(|p| section(p).keys());
                Err(NameError::Unknown(nearest(name, visible.map(String::as_str)).map(str::to_string)))
            }
            several => Err(NameError::Ambiguous(several.iter().map(|p| p.header.id.value.clone()).collect())),
        }
    }

    fn sees(&self, pack: &str, other: &str) -> bool {
        pack == other || self.packs.get(pack).is_some_and(|p| p.header.needs.iter().any(|need| need.value == other))
    }
}

/// Packs in the order in which they need each other; cycles and unknown packs are reported.
fn order(packs: Vec<Pack>) -> (IndexMap<String, Pack>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut waiting: IndexMap<String, Pack> = IndexMap::new();
    for pack in packs {
        waiting.insert(pack.header.id.value.clone(), pack);
    }
    for pack in waiting.values() {
        for need in &pack.header.needs {
            if !waiting.contains_key(&need.value) {
                let near = nearest(&need.value, waiting.keys().map(String::as_str)).map(str::to_string);
                let error = NameError::Unknown(near);
                diagnostics.push(error.diagnostic("unknown-pack", "pack", &need.value, need.span));
            }
        }
    }
    let mut ordered: IndexMap<String, Pack> = IndexMap::new();
    while !waiting.is_empty() {
        let ready =
            waiting.values().position(|pack| pack.header.needs.iter().all(|need| !waiting.contains_key(&need.value)));
        let index = ready.unwrap_or_else(|| {
            let ring = ring(&waiting);
            diagnostics.push(cycle(&waiting, &ring));
            ring[0]
        });
        if let Some((id, pack)) = waiting.shift_remove_index(index) {
            ordered.insert(id, pack);
        }
    }
    (ordered, diagnostics)
}

/// The packs of a circle, each needing the next and the last one the first; every pack must be waiting for another.
fn ring(waiting: &IndexMap<String, Pack>) -> Vec<usize> {
    let mut path = vec![0];
    loop {
        let needs = &waiting[path[path.len() - 1]].header.needs;
        let next = needs.iter().find_map(|need| waiting.get_index_of(&need.value)).unwrap_or(0);
        if let Some(start) = path.iter().position(|seen| *seen == next) {
            return path.split_off(start);
        }
        path.push(next);
    }
}

fn cycle(waiting: &IndexMap<String, Pack>, ring: &[usize]) -> Diagnostic {
    let first = &waiting[ring[0]].header.id;
    let names = ring[1..].iter().chain(&ring[..1]).map(|n| waiting[*n].header.id.value.as_str());
    let message = format!("{} needs {}", first.value, names.collect::<Vec<_>>().join(", which needs "));
    Diagnostic::error("pack-cycle", first.span, message).help("move what both use into a pack both need")
}
