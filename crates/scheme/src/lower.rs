//! How does a resolved scheme become a program for one stretch of days?
//!
//! Parameters and cells in force become constants and tables, names become registers. What is missing on these days is
//! said instead of paid.

use crate::build::Builder;
use crate::program::{Bounds, CellUse, PoolTrace, Program, PromiseTrace, RefusalTrace, Reg, ShareTrace, StepTrace};
use crate::values::{self, codes_of, denominator_of};
use base::{Date, Decimal, Diagnostic, Text};
use pack::Catalog;
use pack::model::{List, ListKey, ListRow, Scalar, ScalarType, Scheme};
use pack::scheme::{Comparison, Formula, Input, Name, Node, Resolved, ResolvedForm, Unit};

/// What a program of one edition is made of.
pub(crate) struct Lowerer<'a> {
    pub catalog: &'a Catalog,
    pub resolved: &'a Resolved,
    pub day: Date,
    pub denominator: i64,
    pub b: Builder,
    pub lets: Vec<Option<Reg>>,
    pub paid: Vec<Reg>,
    pub left: Option<Reg>,
    pub rest: Option<Reg>,
    pub cells: Vec<CellUse>,
    pub refusals: Vec<RefusalTrace>,
}

/// The highest amount in fen that a bill may hold when its register declares no range: ten billion yuan.
pub(crate) const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// The highest count a column may hold when its register declares no range.
const COUNT_MAX: i64 = 1_000_000_000;

/// Lowers a scheme for the days around `day`.
pub(crate) fn lower(catalog: &Catalog, scheme: &Scheme, resolved: &Resolved, day: Date) -> Result<Program, Diagnostic> {
    let denominator = denominator_of(catalog, resolved);
    let mut builder = Builder::default();
    let mut input_bounds = Vec::new();
    for (n, input) in resolved.inputs.iter().enumerate() {
        let bounds = bounds_of(catalog, input, denominator);
        builder.input(n, bounds);
        input_bounds.push(bounds);
    }
    for n in 0..resolved.sums.len() {
        let far = i128::from(AMOUNT_MAX) * 10;
        builder.sum(n, Bounds { low: -far, high: far });
    }
    let lowerer = Lowerer {
        catalog,
        resolved,
        day,
        denominator,
        b: builder,
        lets: vec![None; resolved.lets.len()],
        paid: Vec::new(),
        left: None,
        rest: None,
        cells: Vec::new(),
        refusals: Vec::new(),
    };
    lowerer.whole(scheme, input_bounds)
}

impl Lowerer<'_> {
    fn whole(mut self, scheme: &Scheme, input_bounds: Vec<Bounds>) -> Result<Program, Diagnostic> {
        let resolved = self.resolved;
        let total = resolved.total.as_ref().map(|formula| self.fen(formula)).transpose()?;
        if let Some(total) = total {
            let zero = self.b.constant(0);
            let refuses = self.b.lt(total, zero);
            let say = Text::both("总费用不能小于零", "the bill is below zero");
            self.refuse("negative-total", say, refuses);
        }
        self.left = total;
        let mut steps: Vec<StepTrace> = Vec::new();
        let mut pool = None;
        for (n, step) in resolved.steps.iter().enumerate() {
            self.cells.clear();
            let trace = self.step(step)?;
            if let ResolvedForm::Share { by, floor, ceiling } = &step.form {
                pool = Some(self.pool(n, by, floor.as_ref(), ceiling.as_ref())?);
            }
            self.paid.push(trace.paid);
            if let Some(left) = self.left {
                self.left = Some(self.b.sub(left, trace.paid));
            }
            steps.push(trace);
        }
        self.rest = self.left;
        let mut adds = Vec::new();
        for (_, name) in &resolved.sums {
            adds.push(self.named(*name)?);
        }
        for check in &resolved.checks {
            let refuses = self.value(&check.when)?;
            self.refuse(&check.rule, check.say.clone(), refuses);
        }
        let promises = self.promises()?;
        let sound = self.sound(&promises);
        let too_far = |bounds: &Bounds| bounds.low < i64::MIN.into() || bounds.high > i64::MAX.into();
        let amounts = steps.iter().flat_map(|step| [step.base, step.raw, step.paid]).chain(adds.iter().copied());
        if self.b.overflows || amounts.into_iter().any(|reg| too_far(&self.b.bounds[reg])) {
            let message = format!("an amount of {} can pass what 64 bits of fen hold", scheme.common.id);
            return Err(Diagnostic::error("may-overflow", scheme.common.span, message)
                .help("declare the range of the fields it multiplies"));
        }
        Ok(Program {
            since: None,
            until: None,
            inputs: resolved.inputs.clone(),
            input_bounds,
            sums: resolved.sums.iter().map(|(name, _)| name.clone()).collect(),
            adds,
            wide: self.b.is_wide(),
            ops: self.b.ops,
            bounds: self.b.bounds,
            tables: self.b.tables,
            denominator: self.denominator,
            total,
            rest: self.rest,
            steps,
            pool,
            refusals: self.refusals,
            promises,
            sound,
        })
    }

    fn refuse(&mut self, rule: &str, say: Text, refuses: Reg) {
        if self.b.value(refuses) != Some(0) {
            self.refusals.push(RefusalTrace { rule: rule.to_string(), say, refuses });
        }
    }

    fn promises(&mut self) -> Result<Vec<PromiseTrace>, Diagnostic> {
        let mut promises = Vec::new();
        for promise in &self.resolved.promises {
            let that = self.value(&promise.that)?;
            let when = promise.when.as_ref().map(|when| self.value(when)).transpose()?;
            let when = when.unwrap_or_else(|| self.b.constant(1));
            let proved = crate::prove::holds(&self.b, when, that);
            let not = self.b.not(when);
            let holds = self.b.or(not, that);
            promises.push(PromiseTrace { id: promise.id.clone(), span: promise.span, holds, proved });
        }
        Ok(promises)
    }

    fn sound(&mut self, promises: &[PromiseTrace]) -> Reg {
        let mut sound = self.b.constant(1);
        for refusal in self.refusals.clone() {
            let passes = self.b.not(refusal.refuses);
            sound = self.b.and(sound, passes);
        }
        for promise in promises.iter().filter(|promise| !promise.proved) {
            sound = self.b.and(sound, promise.holds);
        }
        sound
    }

    fn pool(
        &mut self,
        step: usize,
        by: &[(Formula, Option<Formula>)],
        floor: Option<&Formula>,
        ceiling: Option<&Formula>,
    ) -> Result<PoolTrace, Diagnostic> {
        let pool = self.resolved.pool.as_ref().map(|pool| self.fen(pool)).transpose()?;
        let mut weights = Vec::new();
        for (by, weight) in by {
            let by = self.at_scale(by, 1)?;
            let weight = weight.as_ref().map(|weight| self.at_scale(weight, 1)).transpose()?;
            weights.push(ShareTrace { by, weight: weight.unwrap_or_else(|| self.b.constant(self.denominator)) });
        }
        let pool = pool.unwrap_or_else(|| self.b.constant(0));
        let floor = floor.map(|floor| self.fen(floor)).transpose()?;
        let ceiling = ceiling.map(|ceiling| self.fen(ceiling)).transpose()?;
        Ok(PoolTrace { step, pool, by: weights, floor, ceiling })
    }

    /// Money in fen, rounded.
    pub fn fen(&mut self, formula: &Formula) -> Result<Reg, Diagnostic> {
        self.at_scale(formula, 0)
    }

    /// A formula with so many shares multiplied in.
    pub fn at_scale(&mut self, formula: &Formula, factors: u32) -> Result<Reg, Diagnostic> {
        let reg = self.value(formula)?;
        let adopted = if matches!(formula.node, Node::Literal(n) if n.is_zero()) { factors } else { formula.factors };
        Ok(self.scaled(reg, adopted, factors))
    }

    pub fn scaled(&mut self, reg: Reg, from: u32, to: u32) -> Reg {
        let mut reg = reg;
        for _ in from..to {
            let denominator = self.b.constant(self.denominator);
            reg = self.b.mul(reg, denominator);
        }
        reg
    }

    fn named(&mut self, name: Name) -> Result<Reg, Diagnostic> {
        Ok(match name {
            Name::Let(n) => match self.lets[n] {
                Some(reg) => reg,
                None => {
                    let resolved = self.resolved;
                    let reg = self.value(&resolved.lets[n].formula)?;
                    self.lets[n] = Some(reg);
                    reg
                }
            },
            Name::Step(n) => self.paid[n],
            Name::Sum(n) => self.resolved.inputs.len() + n,
            Name::Left => self.left.unwrap_or(0),
            Name::Rest => self.rest.unwrap_or(0),
        })
    }

    /// A formula at its own scale.
    pub fn value(&mut self, formula: &Formula) -> Result<Reg, Diagnostic> {
        Ok(match &formula.node {
            Node::Input(n) => *n,
            Node::Named(name) => self.named(*name)?,
            Node::Parameter { pack, name } => self.parameter(pack, name, formula)?,
            Node::Cell { list, column, keys } => self.cell(list, column, keys, formula)?,
            Node::Literal(number) => self.literal(*number, formula)?,
            Node::Flag(flag) => self.b.constant((*flag).into()),
            Node::Code(code) => match &formula.unit {
                Unit::Code(list) => {
                    let place = codes_of(self.catalog, list).iter().position(|known| known == code);
                    self.b.constant(place.map_or(-1, |place| place as i64))
                }
                _ => self.b.constant(-1),
            },
            Node::Day(day) => self.b.constant(values::day_number(*day)),
            Node::Add(a, b) | Node::Sub(a, b) => {
                let (x, y) = (self.at_scale(a, formula.factors)?, self.at_scale(b, formula.factors)?);
                if matches!(formula.node, Node::Add(..)) { self.b.add(x, y) } else { self.b.sub(x, y) }
            }
            Node::Mul(a, b) => {
                let (x, y) = (self.value(a)?, self.value(b)?);
                self.b.mul(x, y)
            }
            Node::Compare(comparison, a, b) => self.compare(*comparison, a, b)?,
            Node::And(parts) | Node::Or(parts) => self.all_or_any(parts, matches!(formula.node, Node::And(_)))?,
            Node::Not(inner) => {
                let inner = self.value(inner)?;
                self.b.not(inner)
            }
            Node::Choose(branches, otherwise) => {
                let mut reg = self.at_scale(otherwise, formula.factors)?;
                for (condition, value) in branches.iter().rev() {
                    let (condition, value) = (self.value(condition)?, self.at_scale(value, formula.factors)?);
                    reg = self.b.select(condition, value, reg);
                }
                reg
            }
            Node::Least(parts) | Node::Greatest(parts) => {
                let least = matches!(formula.node, Node::Least(_));
                let mut reg = self.at_scale(&parts[0], formula.factors)?;
                for part in &parts[1..] {
                    let part = self.at_scale(part, formula.factors)?;
                    reg = if least { self.b.min(reg, part) } else { self.b.max(reg, part) };
                }
                reg
            }
            Node::Round(mode, inner) => {
                let reg = self.value(inner)?;
                let denominator = self.denominator.checked_pow(inner.factors).ok_or_else(|| too_fine(formula))?;
                self.b.round(reg, denominator, *mode)
            }
        })
    }

    fn all_or_any(&mut self, parts: &[Formula], all: bool) -> Result<Reg, Diagnostic> {
        let mut reg = self.b.constant(all.into());
        for part in parts {
            let part = self.value(part)?;
            reg = if all { self.b.and(reg, part) } else { self.b.or(reg, part) };
        }
        Ok(reg)
    }

    fn compare(&mut self, comparison: Comparison, a: &Formula, b: &Formula) -> Result<Reg, Diagnostic> {
        let factors = a.factors.max(b.factors);
        let (x, y) = (self.at_scale(a, factors)?, self.at_scale(b, factors)?);
        Ok(match comparison {
            Comparison::Eq => self.b.eq(x, y),
            Comparison::Ne => {
                let equal = self.b.eq(x, y);
                self.b.not(equal)
            }
            Comparison::Lt => self.b.lt(x, y),
            Comparison::Le => self.b.le(x, y),
            Comparison::Gt => self.b.lt(y, x),
            Comparison::Ge => self.b.le(y, x),
        })
    }

    fn literal(&mut self, number: Decimal, formula: &Formula) -> Result<Reg, Diagnostic> {
        let number = if formula.unit == Unit::Money { number * Decimal::ONE_HUNDRED } else { number };
        let scaled = (0..formula.factors).try_fold(number, |n, _| n.checked_mul(self.denominator.into()));
        let value = scaled.and_then(whole).ok_or_else(|| too_fine(formula))?;
        Ok(self.b.constant(value))
    }

    fn parameter(&mut self, pack: &str, name: &str, formula: &Formula) -> Result<Reg, Diagnostic> {
        let parameter = self.catalog.parameter(pack, name).ok();
        let Some((_, value)) = parameter.and_then(|parameter| parameter.on(self.day)) else {
            let message = format!("no value of \"{name}\" on {}", self.day);
            return Err(Diagnostic::error("parameter-not-in-force", formula.span, message));
        };
        let value = self.scalar(value, formula)?;
        Ok(self.b.constant(value))
    }

    /// An exact value as registers hold it.
    fn scalar(&self, value: &Scalar, formula: &Formula) -> Result<i64, Diagnostic> {
        let number = match value {
            Scalar::Integer(n) => Some(*n),
            Scalar::Flag(flag) => Some((*flag).into()),
            Scalar::Date(day) => Some(values::day_number(*day)),
            Scalar::Decimal(n) if formula.unit == Unit::Money => crate::program::fen(*n),
            Scalar::Decimal(n) => n.checked_mul(self.denominator.into()).and_then(whole),
            Scalar::Text(_) => None,
        };
        number.ok_or_else(|| too_fine(formula))
    }

    /// A cell found by codes is one look-up; by a day, a count or an amount, the last row not above.
    fn cell(&mut self, list: &str, column: &str, keys: &[Formula], formula: &Formula) -> Result<Reg, Diagnostic> {
        let mut regs = Vec::new();
        for key in keys {
            regs.push(self.value(key)?);
        }
        let usage = CellUse { list: list.to_string(), keys: regs.clone() };
        if !self.cells.contains(&usage) {
            self.cells.push(usage);
        }
        let catalog = self.catalog;
        let Some(list) = catalog.list(list) else { return Err(too_fine(formula)) };
        let rows: Vec<&ListRow> = list.rows_on(self.day).collect();
        if rows.is_empty() {
            let message = format!("no rows of {} hold on {}", list.common.id, self.day);
            return Err(Diagnostic::error("date-gap", formula.span, message));
        }
        if list.is_code_list() {
            let Unit::Code(of) = &keys[0].unit else { return Err(too_fine(formula)) };
            let table = self.by_code(list, &rows, column, &codes_of(catalog, of), formula)?;
            return Ok(self.b.gather(regs[0], table));
        }
        let by_codes = list.key.values().all(|key| matches!(key, ListKey::Codes(_) | ListKey::Plain(ScalarType::Text)));
        if by_codes {
            self.dense(list, &rows, column, keys, &regs, formula)
        } else {
            self.ladder(list, &rows, column, &regs, formula)
        }
    }

    fn by_code(
        &self,
        list: &List,
        rows: &[&ListRow],
        column: &str,
        codes: &[String],
        formula: &Formula,
    ) -> Result<Vec<i64>, Diagnostic> {
        let mut table = Vec::new();
        for code in codes {
            let row = rows.iter().find(|row| row.code.as_deref() == Some(code));
            let cell = row.and_then(|row| row.cells.get(column));
            let cell = cell.ok_or_else(|| no_row(list, column, code, formula))?;
            table.push(self.scalar(&cell.value, formula)?);
        }
        Ok(table)
    }

    fn dense(
        &mut self,
        list: &List,
        rows: &[&ListRow],
        column: &str,
        keys: &[Formula],
        regs: &[Reg],
        formula: &Formula,
    ) -> Result<Reg, Diagnostic> {
        let mut combinations: Vec<Vec<String>> = vec![Vec::new()];
        let mut place = self.b.constant(0);
        for (key, reg) in keys.iter().zip(regs) {
            let Unit::Code(of) = &key.unit else { return Err(too_fine(formula)) };
            let codes = codes_of(self.catalog, of);
            let n = self.b.constant(codes.len() as i64);
            place = self.b.mul(place, n);
            place = self.b.add(place, *reg);
            combinations = combinations
                .iter()
                .flat_map(|before| {
                    codes.iter().map(move |code| [before.as_slice(), std::slice::from_ref(code)].concat())
                })
                .collect();
        }
        let mut table = Vec::new();
        for wanted in combinations {
            let is = |row: &&&ListRow| {
                let mut pairs = list.key.keys().zip(&wanted);
                pairs.all(|(key, code)| row.cells.get(key).is_some_and(|cell| cell.value.to_string() == *code))
            };
            let cell = rows.iter().find(is).and_then(|row| row.cells.get(column));
            let cell = cell.ok_or_else(|| no_row(list, column, &wanted.join(", "), formula))?;
            table.push(self.scalar(&cell.value, formula)?);
        }
        Ok(self.b.gather(place, table))
    }

    fn ladder(
        &mut self,
        list: &List,
        rows: &[&ListRow],
        column: &str,
        regs: &[Reg],
        formula: &Formula,
    ) -> Result<Reg, Diagnostic> {
        let mut value = self.b.constant(0);
        let mut found = self.b.constant(0);
        for row in rows {
            let mut all = self.b.constant(1);
            for ((key, kind), reg) in list.key.iter().zip(regs) {
                let Some(cell) = row.cells.get(key) else { continue };
                let test = match (kind, &cell.value) {
                    (ListKey::Codes(of), Scalar::Text(code)) => {
                        let place = codes_of(self.catalog, &of.value).iter().position(|known| known == code);
                        let place = self.b.constant(place.map_or(-1, |place| place as i64));
                        self.b.eq(*reg, place)
                    }
                    (ListKey::Plain(ScalarType::Money), Scalar::Decimal(amount)) => {
                        let floor = crate::program::fen(*amount).ok_or_else(|| too_fine(formula))?;
                        let floor = self.b.constant(floor);
                        self.b.le(floor, *reg)
                    }
                    (_, value) => {
                        let floor = self.scalar(value, formula)?;
                        let floor = self.b.constant(floor);
                        self.b.le(floor, *reg)
                    }
                };
                all = self.b.and(all, test);
            }
            let cell = row.cells.get(column).ok_or_else(|| no_row(list, column, "", formula))?;
            let cell = self.scalar(&cell.value, formula)?;
            let cell = self.b.constant(cell);
            value = self.b.select(all, cell, value);
            found = self.b.or(found, all);
        }
        let missing = self.b.not(found);
        let say = Text::both(
            format!("{}没有适用于此单的行", list.common.title.zh),
            format!("no row of {} fits this bill", list.common.id),
        );
        self.refuse("no-row", say, missing);
        Ok(value)
    }
}

fn no_row(list: &List, column: &str, key: &str, formula: &Formula) -> Diagnostic {
    let message = format!("{} has no {column} for {key}", list.common.id);
    Diagnostic::error("missing-row", formula.span, message).label(list.common.span, "the table")
}

pub(crate) fn too_fine(formula: &Formula) -> Diagnostic {
    Diagnostic::error("may-overflow", formula.span, "this value is too large or too fine to be held in whole numbers")
        .help("use fewer decimals")
}

/// A decimal without a fraction.
pub(crate) fn whole(number: Decimal) -> Option<i64> {
    let number = number.normalize();
    (number.scale() == 0).then(|| i64::try_from(number.mantissa()).ok()).flatten()
}

/// What a column can hold: its declared range, or what is lawful for its kind.
fn bounds_of(catalog: &Catalog, input: &Input, denominator: i64) -> Bounds {
    let full = |low: i64, high: i64| Bounds { low: low.into(), high: high.into() };
    if input.missing {
        return full(0, 1);
    }
    let scaled = |number: Decimal, by: i64| number.checked_mul(by.into()).and_then(|n| whole(n.round()));
    let by = match input.unit {
        Unit::Money => 100,
        _ if input.digits > 0 => denominator,
        _ => 1,
    };
    if let Some((low, high)) = input.range
        && let (Some(low), Some(high)) = (scaled(low, by), scaled(high, by))
    {
        return full(low, high);
    }
    match &input.unit {
        Unit::Money => full(-AMOUNT_MAX, AMOUNT_MAX),
        Unit::Number => full(-COUNT_MAX * by, COUNT_MAX * by),
        Unit::Flag => full(0, 1),
        Unit::Code(list) => full(0, codes_of(catalog, list).len().saturating_sub(1) as i64),
        Unit::Date => full(-4_000_000, 4_000_000),
        Unit::Text => full(0, 0),
    }
}
