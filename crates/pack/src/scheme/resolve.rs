//! The whole scheme: columns found, lets put in order, steps and promises as trees.

use super::column::{of_cohort, of_register};
use super::typing::Place;
use super::{Columns, Formula, Input, Name, Node, Unit};
use crate::catalog::Catalog;
use crate::model::{Cap, Exception, Form, Level, Register, RuleTrigger, Scheme, Spanned, Step};
use base::{Diagnostic, Rounding, Span, Text, nearest};
use indexmap::IndexMap;

/// A named formula, and how many steps have paid when it is known.
#[derive(Debug, Clone)]
pub struct Let {
    /// Its name.
    pub name: String,
    /// What it is.
    pub formula: Formula,
    /// It can be read from this step on.
    pub after: usize,
}

/// A rule of the register that refuses a row.
#[derive(Debug, Clone)]
pub struct Check {
    /// The rule.
    pub rule: String,
    /// What it says.
    pub say: Text,
    /// When it refuses.
    pub when: Formula,
}

/// How a step finds its amount.
#[derive(Debug, Clone)]
pub enum ResolvedForm {
    /// A share of a base.
    Part {
        /// The base.
        of: Formula,
        /// Taken off first.
        deduct: Option<Formula>,
        /// The share; all of it when absent.
        rate: Option<Formula>,
    },
    /// By bands over the year.
    Bands {
        /// The base.
        of: Formula,
        /// The list of bands.
        list: String,
        /// What stays below the first band.
        start: Option<Formula>,
        /// The sum of earlier bases.
        used: Option<usize>,
    },
    /// The amount itself.
    Amount {
        /// The amount.
        amount: Formula,
        /// It may be below zero.
        recover: bool,
    },
    /// What is left above an amount.
    Leave {
        /// The amount.
        leave: Formula,
    },
    /// A part of the pool.
    Share {
        /// Weights, each with its share of the whole.
        by: Vec<(Formula, Option<Formula>)>,
        /// Least a row gets.
        floor: Option<Formula>,
        /// Most a row gets.
        ceiling: Option<Formula>,
    },
}

/// What a step pays at most.
#[derive(Debug, Clone)]
pub enum ResolvedCap {
    /// For each bill.
    Each(Formula),
    /// In the year, given the sum that counts against it; a banded step has its own.
    Year(Formula, Option<usize>),
    /// Without limit.
    None,
}

/// An exception of a step.
#[derive(Debug, Clone)]
pub struct ResolvedException {
    /// What people call it.
    pub name: Text,
    /// Where it stands.
    pub span: Span,
    /// When it applies.
    pub when: Formula,
    /// Key → formula.
    pub sets: IndexMap<String, Formula>,
    /// Added to the rate.
    pub plus: Option<Formula>,
    /// Another limit.
    pub cap: Option<ResolvedCap>,
}

/// One step.
#[derive(Debug, Clone)]
pub struct ResolvedStep {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub span: Span,
    /// What people call it.
    pub title: Text,
    /// The fund that pays.
    pub fund: String,
    /// Document and paragraph.
    pub source: String,
    /// Otherwise it pays nothing.
    pub only: Option<Formula>,
    /// How the amount is found.
    pub form: ResolvedForm,
    /// Added to the rate.
    pub plus: Option<Formula>,
    /// What it pays at most.
    pub cap: Option<ResolvedCap>,
    /// At the end of the step.
    pub round: Rounding,
    /// Exceptions.
    pub except: Vec<ResolvedException>,
}

/// Something that holds for every input.
#[derive(Debug, Clone)]
pub struct ResolvedPromise {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub span: Span,
    /// What holds.
    pub that: Formula,
    /// When; always when absent.
    pub when: Option<Formula>,
}

/// A scheme with every name known.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// Columns it reads.
    pub inputs: Vec<Input>,
    /// The bill.
    pub total: Option<Formula>,
    /// What is shared.
    pub pool: Option<Formula>,
    /// Named formulas, each after those it reads.
    pub lets: Vec<Let>,
    /// Steps in order of payment.
    pub steps: Vec<ResolvedStep>,
    /// Sums of the benefit year: name, and what each adds.
    pub sums: Vec<(String, Name)>,
    /// Promises.
    pub promises: Vec<ResolvedPromise>,
    /// Rules of the register that refuse a row before anything is computed.
    pub checks: Vec<Check>,
}

/// Finds every name of a scheme. Mistakes are collected; a scheme with mistakes is `None`.
pub fn resolve(catalog: &Catalog, scheme: &Scheme) -> (Option<Resolved>, Vec<Diagnostic>) {
    let pack = scheme.common.pack.clone();
    let register = catalog.register(&scheme.over.value);
    let (columns, columns_pack) = match register {
        Some(register) => (of_register(catalog, register), register.common.pack.clone()),
        None => match catalog.cohort(&pack, &scheme.over.value) {
            Ok(versions) => (of_cohort(catalog, &pack, &scheme.over.value, 0), versions.latest().common.pack.clone()),
            Err(error) => {
                let what = "register or cohort";
                return (None, vec![error.diagnostic("unknown-cohort", what, &scheme.over.value, scheme.over.span)]);
            }
        },
    };
    let mut resolver = Resolver {
        catalog,
        scheme,
        pack,
        columns,
        columns_pack,
        register,
        inputs: Vec::new(),
        lets: Vec::new(),
        under_way: Vec::new(),
        expanding: Vec::new(),
        failed: Vec::new(),
        found: Vec::new(),
    };
    let resolved = resolver.all();
    let found = resolver.found;
    let sound = !found.iter().any(Diagnostic::is_error);
    (sound.then_some(resolved), found)
}

/// Looks names up while the trees are built.
pub(super) struct Resolver<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) scheme: &'a Scheme,
    pub(super) pack: String,
    pub(super) columns: Columns,
    pub(super) columns_pack: String,
    register: Option<&'a Register>,
    pub(super) inputs: Vec<Input>,
    lets: Vec<Let>,
    under_way: Vec<String>,
    pub(super) expanding: Vec<String>,
    failed: Vec<String>,
    found: Vec<Diagnostic>,
}

impl<'a> Resolver<'a> {
    fn all(&mut self) -> Resolved {
        let scheme = self.scheme;
        let total = scheme.total.as_ref().and_then(|text| self.money(text, Some(0)));
        let pool = scheme.pool.as_ref().and_then(|text| self.money(text, Some(0)));
        let mut steps = Vec::new();
        for (n, step) in scheme.steps.iter().enumerate() {
            steps.extend(self.step(n, step));
        }
        for name in scheme.lets.keys() {
            self.resolve_let(name);
        }
        let sums = self.sums();
        let mut promises = Vec::new();
        for (id, promise) in &scheme.prove {
            let that = self.condition(&promise.that, None);
            let when = promise.when.as_ref().map(|text| self.condition(text, None));
            if let (Some(that), None | Some(Some(_))) = (that, &when) {
                promises.push(ResolvedPromise { id: id.clone(), span: promise.that.span, that, when: when.flatten() });
            }
        }
        let checks = self.checks();
        Resolved {
            inputs: std::mem::take(&mut self.inputs),
            total,
            pool,
            lets: std::mem::take(&mut self.lets),
            steps,
            sums,
            promises,
            checks,
        }
    }

    pub(super) fn say(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// The columns of the record that a column refers to.
    pub(super) fn referred(&self, column: &str) -> Option<Columns> {
        let register = self.register?;
        let is_subject = register.subject.is_some_and(|subject| subject.word() == column);
        let is_parent = register.part_of.as_ref().is_some_and(|parent| parent.value == column);
        let to = match register.fields.get(column).map(|field| &field.ty) {
            Some(crate::model::FieldType::Ref(to)) => to.value.as_str(),
            _ if is_subject || is_parent => column,
            _ => return None,
        };
        Some(of_register(self.catalog, self.catalog.register(to)?))
    }

    /// Place, unit, shares and order of a let; it is resolved when it is first asked for.
    pub(super) fn resolve_let(&mut self, name: &str) -> Option<(usize, Unit, u32, usize)> {
        if let Some(n) = self.lets.iter().position(|known| known.name == name) {
            let known = &self.lets[n];
            return Some((n, known.formula.unit.clone(), known.formula.factors, known.after));
        }
        if self.failed.iter().any(|known| known == name) {
            return None;
        }
        let text = self.scheme.lets.get(name)?;
        if self.under_way.iter().any(|open| open == name) {
            let message = format!("lets read each other in a circle: {} → {name}", self.under_way.join(" → "));
            self.found.push(Diagnostic::error("reads-later-step", text.span, message));
            return None;
        }
        self.under_way.push(name.to_string());
        // A let may read any step; who reads the let must come after all of them.
        let limit = self.scheme.steps.len();
        let formula = self.formula(text, Some(limit));
        self.under_way.pop();
        let Some(formula) = formula else {
            self.failed.push(name.to_string());
            return None;
        };
        // Money that is not rounded yet is rounded where it has a name.
        let formula = rounded(formula, self.scheme.round);
        let after = self.known_after(&formula);
        self.lets.push(Let { name: name.to_string(), formula, after });
        let n = self.lets.len() - 1;
        Some((n, self.lets[n].formula.unit.clone(), self.lets[n].formula.factors, after))
    }

    fn known_after(&self, formula: &Formula) -> usize {
        let mut after = 0;
        formula.walk(&mut |part| {
            after = after.max(match part.node {
                Node::Named(Name::Step(n)) => n + 1,
                Node::Named(Name::Let(n)) => self.lets[n].after,
                Node::Named(Name::Left | Name::Rest) => self.scheme.steps.len(),
                _ => 0,
            });
        });
        after
    }

    fn of_unit(&mut self, text: &Spanned<String>, before: Option<usize>, unit: &Unit) -> Option<Formula> {
        let formula = self.formula(text, before)?;
        let zero = matches!(formula.node, Node::Literal(n) if n.is_zero());
        if formula.unit == *unit || zero && matches!(unit, Unit::Money | Unit::Number) {
            return Some(Formula { unit: unit.clone(), ..formula });
        }
        let message = format!("{} is wanted here, this is a {}", unit.word(), formula.unit.word());
        self.found.push(Diagnostic::error("units-do-not-fit", text.span, message));
        None
    }

    fn money(&mut self, text: &Spanned<String>, before: Option<usize>) -> Option<Formula> {
        let round = self.scheme.round;
        Some(rounded(self.of_unit(text, before, &Unit::Money)?, round))
    }

    fn rate(&mut self, text: &Spanned<String>, before: Option<usize>) -> Option<Formula> {
        self.of_unit(text, before, &Unit::Number)
    }

    fn condition(&mut self, text: &Spanned<String>, before: Option<usize>) -> Option<Formula> {
        self.of_unit(text, before, &Unit::Flag)
    }

    fn step(&mut self, n: usize, step: &'a Step) -> Option<ResolvedStep> {
        let before = Some(n);
        let only = step.only.as_ref().map(|text| self.condition(text, before));
        let plus = step.plus.as_ref().map(|text| self.rate(text, before));
        let form = self.form(step, before);
        let cap = step.cap.as_ref().map(|cap| self.cap(cap, before));
        let mut except = Vec::new();
        for exception in &step.except {
            except.extend(self.exception(exception, step, before));
        }
        let source = step.source.clone().or_else(|| self.scheme.common.source.clone());
        let header = || self.catalog.packs.get(&self.pack).map(|pack| pack.header.source.clone());
        Some(ResolvedStep {
            id: step.id.value.clone(),
            span: step.id.span,
            title: step.title.clone(),
            fund: step.fund.as_ref().map_or_else(String::new, |fund| fund.value.clone()),
            source: source.or_else(header).unwrap_or_default(),
            only: only.flatten(),
            form: form?,
            plus: plus.flatten(),
            cap: cap.flatten(),
            round: step.round.as_ref().map_or(self.scheme.round, |round| round.value),
            except,
        })
    }

    fn form(&mut self, step: &'a Step, before: Option<usize>) -> Option<ResolvedForm> {
        Some(match &step.form {
            Form::Part { of, deduct, rate } => {
                let of = self.money(of, before);
                let deduct = deduct.as_ref().map(|text| self.money(text, before));
                let rate = rate.as_ref().map(|text| self.rate(text, before));
                ResolvedForm::Part { of: of?, deduct: deduct.flatten(), rate: rate.flatten() }
            }
            Form::Bands { of, list, start, used } => {
                let of = self.money(of, before);
                let start = start.as_ref().map(|text| self.money(text, before));
                let used = used.as_ref().map(|name| self.sum_of_year(name));
                ResolvedForm::Bands { of: of?, list: list.value.clone(), start: start.flatten(), used: used.flatten() }
            }
            Form::Amount { amount, recover } => {
                ResolvedForm::Amount { amount: self.of_unit(amount, before, &Unit::Money)?, recover: *recover }
            }
            Form::Leave { leave } => ResolvedForm::Leave { leave: self.of_unit(leave, before, &Unit::Money)? },
            Form::Share { by, floor, ceiling } => {
                let mut weights = Vec::new();
                for share in by {
                    let by = self.formula(&share.by, before);
                    let weight = share.weight.as_ref().map(|text| self.rate(text, before));
                    weights.extend(by.map(|by| (by, weight.flatten())));
                }
                let floor = floor.as_ref().and_then(|text| self.money(text, before));
                let ceiling = ceiling.as_ref().and_then(|text| self.money(text, before));
                ResolvedForm::Share { by: weights, floor, ceiling }
            }
        })
    }

    fn sum_of_year(&mut self, name: &Spanned<String>) -> Option<usize> {
        let known = self.scheme.year.get_index_of(&name.value);
        if known.is_none() {
            let near = nearest(&name.value, self.scheme.year.keys().map(String::as_str)).map(str::to_string);
            let message = format!("\"{}\" is not a sum under year:", name.value);
            self.found.push(Diagnostic::error("unknown-column", name.span, message).suggest(near.as_deref()));
        }
        known
    }

    fn cap(&mut self, cap: &Cap, before: Option<usize>) -> Option<ResolvedCap> {
        Some(match cap {
            Cap::Each(limit) => ResolvedCap::Each(self.money(limit, before)?),
            Cap::Year { limit, used } => {
                let used = used.as_ref().map(|name| self.sum_of_year(name));
                ResolvedCap::Year(self.money(limit, before)?, used.flatten())
            }
            Cap::None => ResolvedCap::None,
        })
    }

    fn exception(&mut self, exception: &Exception, step: &Step, before: Option<usize>) -> Option<ResolvedException> {
        let when = self.condition(&exception.when, before);
        let plus = exception.plus.as_ref().map(|text| self.rate(text, before));
        let cap = exception.cap.as_ref().map(|cap| self.cap(cap, before));
        let mut sets = IndexMap::new();
        for (key, text) in &exception.sets {
            let keys: &[&str] = match &step.form {
                Form::Part { .. } => &["of", "deduct", "rate", "only"],
                Form::Bands { .. } => &["of", "start", "only"],
                Form::Amount { .. } => &["amount", "only"],
                Form::Leave { .. } => &["leave", "only"],
                Form::Share { .. } => &[],
            };
            if !keys.contains(&key.as_str()) {
                let message = format!("step {} has no \"{key}\" that an exception could replace", step.id.value);
                self.found.push(Diagnostic::error("unknown-key", text.span, message));
                continue;
            }
            let formula = match key.as_str() {
                "rate" => self.rate(text, before),
                "only" => self.condition(text, before),
                "leave" | "amount" => self.of_unit(text, before, &Unit::Money),
                _ => self.money(text, before),
            };
            sets.extend(formula.map(|formula| (key.clone(), formula)));
        }
        let (name, span) = (exception.name.clone(), exception.span);
        Some(ResolvedException { name, span, when: when?, sets, plus: plus.flatten(), cap: cap.flatten() })
    }

    fn sums(&mut self) -> Vec<(String, Name)> {
        let mut sums = Vec::new();
        for (name, sum) in &self.scheme.year {
            let adds = match self.scheme.step(&sum.adds.value) {
                Some((n, _)) => Some(Name::Step(n)),
                None => self.lets.iter().position(|known| known.name == sum.adds.value).map(Name::Let),
            };
            match adds {
                Some(Name::Let(n)) if self.lets[n].formula.unit != Unit::Money => {
                    let message = format!(
                        "a sum of the year adds money, {} is a {}",
                        sum.adds.value,
                        self.lets[n].formula.unit.word()
                    );
                    self.found.push(Diagnostic::error("units-do-not-fit", sum.adds.span, message));
                }
                Some(adds) => sums.push((name.clone(), adds)),
                None if self.failed.contains(&sum.adds.value) => {}
                None => {
                    let known = self.scheme.lets.keys().map(String::as_str);
                    let known = known.chain(self.scheme.steps.iter().map(|step| step.id.value.as_str()));
                    let near = nearest(&sum.adds.value, known).map(str::to_string);
                    let message = format!("\"{}\" is neither a step nor a let", sum.adds.value);
                    self.found
                        .push(Diagnostic::error("unknown-column", sum.adds.span, message).suggest(near.as_deref()));
                }
            }
        }
        sums
    }

    /// Rules of the register that can be told from the row alone; the others are judged when it is saved.
    fn checks(&mut self) -> Vec<Check> {
        let Some(register) = self.register else { return Vec::new() };
        let mut checks = Vec::new();
        for (id, rule) in register.rules.iter().filter(|(_, rule)| rule.level.value == Level::Refuse) {
            let RuleTrigger::When(text) = &rule.trigger else { continue };
            let pack = register.common.pack.clone();
            let inputs = self.inputs.len();
            match self.parse(Place { pack: &pack, text, before: None, of_register: true }) {
                Ok(when) if when.unit == Unit::Flag => {
                    checks.push(Check { rule: id.clone(), say: rule.say.value.clone(), when });
                }
                _ => self.inputs.truncate(inputs),
            }
        }
        checks
    }
}

/// Money that is not rounded yet, rounded.
fn rounded(formula: Formula, round: Rounding) -> Formula {
    if formula.unit != Unit::Money || formula.factors == 0 {
        return formula;
    }
    let (span, unit) = (formula.span, formula.unit.clone());
    Formula { node: Node::Round(round, Box::new(formula)), unit, factors: 0, span }
}

impl Resolved {
    /// Hands every formula, and every one below it, to `see`.
    pub fn walk<'r>(&'r self, see: &mut impl FnMut(&'r Formula)) {
        let mut all: Vec<&'r Formula> = self.total.iter().chain(&self.pool).collect();
        all.extend(self.lets.iter().map(|known| &known.formula));
        for step in &self.steps {
            step.formulas(&mut all);
        }
        for promise in &self.promises {
            all.push(&promise.that);
            all.extend(&promise.when);
        }
        all.extend(self.checks.iter().map(|check| &check.when));
        all.into_iter().for_each(|formula| formula.walk(see));
    }
}

impl ResolvedStep {
    fn formulas<'r>(&'r self, into: &mut Vec<&'r Formula>) {
        into.extend(self.only.iter().chain(&self.plus));
        match &self.form {
            ResolvedForm::Part { of, deduct, rate } => into.extend(std::iter::once(of).chain(deduct).chain(rate)),
            ResolvedForm::Bands { of, start, .. } => into.extend(std::iter::once(of).chain(start)),
            ResolvedForm::Amount { amount, .. } => into.push(amount),
            ResolvedForm::Leave { leave } => into.push(leave),
            ResolvedForm::Share { by, floor, ceiling } => {
                for (by, weight) in by {
                    into.push(by);
                    into.extend(weight);
                }
                into.extend(floor.iter().chain(ceiling));
            }
        }
        let limits = self.cap.iter().chain(self.except.iter().filter_map(|exception| exception.cap.as_ref()));
        into.extend(limits.filter_map(|cap| match cap {
            ResolvedCap::Each(limit) | ResolvedCap::Year(limit, _) => Some(limit),
            ResolvedCap::None => None,
        }));
        for exception in &self.except {
            into.push(&exception.when);
            into.extend(exception.sets.values().chain(&exception.plus));
        }
    }
}
