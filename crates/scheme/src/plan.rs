//! What would be paid for one bill, by which step, and why not more?
//!
//! Planning changes nothing. The lines hold every number from which the amount can be computed again.

use crate::bill::Bill;
use crate::edition::Compiled;
use crate::machine::Machine;
use crate::program::{FormTrace, Program, Reg, StepTrace, yuan};
use crate::values::code_at;
use base::{Date, Decimal, Rounding, Text};
use pack::Catalog;

/// Why nothing is paid at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say.zh)]
pub struct Refused {
    /// The rule's name, or the program's own: `scheme-expired`, `bad-column`.
    pub code: String,
    /// In both languages.
    pub say: Text,
}

impl Refused {
    /// A refusal in both languages.
    pub fn new(code: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code: code.to_string(), say: Text::both(zh, en) }
    }
}

/// What kept a step from paying more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CappedBy {
    /// Its own limit for a bill.
    Bill,
    /// Its limit for the year.
    Year,
    /// Nothing was left to pay.
    Left,
}

impl CappedBy {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Bill => "bill",
            Self::Year => "year",
            Self::Left => "left",
        }
    }
}

/// The formula of a line, with its own numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineForm {
    /// round(max(0, base − deduct) × rate).
    Part,
    /// F(used + base) − F(used).
    Bands {
        /// What stays below the first band.
        start: i64,
        /// The sum of earlier bases.
        used: i64,
        /// F(used + base).
        after: i64,
        /// F(used).
        before: i64,
    },
    /// The amount itself.
    Amount,
    /// What is left above `deduct`.
    Leave,
    /// A part of the pool.
    Share,
}

/// A row of a table that a line reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowUsed {
    /// The list.
    pub list: String,
    /// The keys by which the row was found.
    pub row: String,
    /// The document of the table.
    pub source: Option<String>,
    /// The sentence it was read from.
    pub quote: Option<String>,
}

/// One step of a plan. Amounts in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The step's id.
    pub step: String,
    /// What people call it.
    pub title: Text,
    /// The fund that pays.
    pub fund: String,
    /// Document and paragraph.
    pub source: String,
    /// Its formula.
    pub form: LineForm,
    /// False when the step does not apply to this bill.
    pub applies: bool,
    /// The base.
    pub base: i64,
    /// Taken off first, or what the person keeps.
    pub deduct: i64,
    /// The share over `denominator`.
    pub rate: i64,
    /// The part of the share that was added by exceptions.
    pub plus: i64,
    /// The denominator.
    pub denominator: i64,
    /// Rounded, before limits.
    pub raw: i64,
    /// How it was rounded.
    pub round: Rounding,
    /// The limit, and what was left of it.
    pub limit: Option<(i64, i64)>,
    /// The limit is one of the year.
    pub limit_of_year: bool,
    /// What was left of the bill before.
    pub left: Option<i64>,
    /// What it pays.
    pub paid: i64,
    /// What kept it from paying more.
    pub capped_by: Option<CappedBy>,
    /// Exceptions that applied, by name.
    pub exceptions: Vec<Text>,
    /// Rows of tables it read.
    pub rows: Vec<RowUsed>,
}

/// What would be paid for one bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The scheme.
    pub scheme: String,
    /// What people call it.
    pub title: Text,
    /// Its pack.
    pub pack: String,
    /// The hash of the pack.
    pub pack_hash: String,
    /// The bill.
    pub bill: String,
    /// Whose it is.
    pub resident: Option<String>,
    /// The institution that is owed.
    pub institution: Option<String>,
    /// The service day, by which the rules are chosen.
    pub on_date: Date,
    /// The day whose knowledge it rests on.
    pub known_on: Date,
    /// The bill's amount.
    pub total: Option<i64>,
    /// The steps in order of payment.
    pub lines: Vec<Line>,
    /// What the person pays.
    pub rest: Option<i64>,
    /// Sums of the year: name, before, after.
    pub sums: Vec<(String, i64, i64)>,
    /// Promises that were checked: id, and whether they were proved beforehand.
    pub promises: Vec<(String, bool)>,
}

impl Plan {
    /// What all steps pay together.
    pub fn paid(&self) -> i64 {
        self.lines.iter().map(|line| line.paid).sum()
    }

    /// What the step pays; `rest` is what nobody paid.
    pub fn amount(&self, step: &str) -> Option<Decimal> {
        let line = self.lines.iter().find(|line| line.step == step).map(|line| line.paid);
        line.or_else(|| self.rest.filter(|_| step == "rest")).map(yuan)
    }
}

/// Plans one bill, given the sums of its resident's year before it.
///
/// # Errors
/// Why nothing is paid: a rule of the register, a day without a rule, a column that is wrong, a promise that would
/// break.
pub fn plan(
    catalog: &Catalog,
    compiled: &Compiled,
    bill: &Bill,
    sums: &[i64],
    known_on: Date,
) -> Result<Plan, Refused> {
    let program = compiled.on(bill.on_date)?;
    let row = bill.row(catalog, program)?;
    let mut machine = Machine::with_lanes(program, 1);
    machine.load(0, &row, sums);
    machine.run(1);
    read_plan(catalog, compiled, &machine, 0, bill, sums, known_on)
}

/// Reads the plan of one lane after a run.
pub(crate) fn read_plan(
    catalog: &Catalog,
    compiled: &Compiled,
    machine: &Machine<'_>,
    lane: usize,
    bill: &Bill,
    sums: &[i64],
    known_on: Date,
) -> Result<Plan, Refused> {
    let program = machine.program();
    refused(program, machine, lane)?;
    let get = |reg: Reg| machine.get(reg, lane);
    let lines = program.steps.iter().map(|step| line(catalog, machine, lane, step, bill.on_date)).collect();
    let sums_after = program.adds.iter().zip(sums).map(|(adds, before)| before + get(*adds));
    let plan = Plan {
        scheme: compiled.id.clone(),
        title: compiled.title.clone(),
        pack: compiled.pack.clone(),
        pack_hash: compiled.pack_hash.clone(),
        bill: bill.id.clone(),
        resident: bill.resident.clone(),
        institution: bill.institution.clone(),
        on_date: bill.on_date,
        known_on,
        total: program.total.map(get),
        lines,
        rest: program.rest.map(get),
        sums: program
            .sums
            .iter()
            .cloned()
            .zip(sums.iter().copied())
            .zip(sums_after)
            .map(|((n, b), a)| (n, b, a))
            .collect(),
        promises: program.promises.iter().map(|promise| (promise.id.clone(), promise.proved)).collect(),
    };
    balanced(plan)
}

/// The grand total of steps and rest is asserted on every plan.
fn balanced(plan: Plan) -> Result<Plan, Refused> {
    match (plan.total, plan.rest) {
        (Some(total), Some(rest)) if plan.paid() + rest != total || rest < 0 => {
            let en = format!("steps {} and rest {rest} do not make the bill {total}", plan.paid());
            Err(Refused::new("not-balanced", "各层支付与个人支付之和不等于总费用，未作结算", en))
        }
        _ => Ok(plan),
    }
}

pub(crate) fn refused(program: &Program, machine: &Machine<'_>, lane: usize) -> Result<(), Refused> {
    if machine.get(program.sound, lane) == 1 {
        return Ok(());
    }
    if let Some(refusal) = program.refusals.iter().find(|refusal| machine.get(refusal.refuses, lane) == 1) {
        return Err(Refused { code: refusal.rule.clone(), say: refusal.say.clone() });
    }
    let broken = program.promises.iter().find(|promise| machine.get(promise.holds, lane) == 0);
    let id = broken.map_or("", |promise| promise.id.as_str());
    Err(Refused::new(
        "promise-broken",
        format!("承诺“{id}”对此单不成立，未作结算"),
        format!("the promise {id} does not hold for this bill"),
    ))
}

fn line(catalog: &Catalog, machine: &Machine<'_>, lane: usize, step: &StepTrace, day: Date) -> Line {
    let get = |reg: Reg| machine.get(reg, lane);
    let applies = get(step.only) == 1;
    let (raw, paid) = (get(step.raw), get(step.paid));
    let limit =
        step.limit.map(|(limit, room)| (get(limit), get(room))).filter(|(limit, _)| *limit < crate::step::UNLIMITED);
    let left = step.left.map(get);
    let room = limit.map(|(_, room)| room);
    let capped_by = match (room, left) {
        _ if !applies || paid >= raw => None,
        (Some(room), _) if paid == room => Some(if step.limit_of_year { CappedBy::Year } else { CappedBy::Bill }),
        _ => Some(CappedBy::Left),
    };
    let is_share = machine.program().pool.as_ref().is_some_and(|pool| machine.program().steps[pool.step].id == step.id);
    let form = match step.form {
        _ if is_share => LineForm::Share,
        FormTrace::Part => LineForm::Part,
        FormTrace::Bands { start, used, after, before } => {
            LineForm::Bands { start: get(start), used: get(used), after: get(after), before: get(before) }
        }
        FormTrace::Amount => LineForm::Amount,
        FormTrace::Leave => LineForm::Leave,
    };
    let applied = step.except.iter().filter(|exception| get(exception.applies) == 1);
    Line {
        step: step.id.clone(),
        title: step.title.clone(),
        fund: step.fund.clone(),
        source: step.source.clone(),
        form,
        applies,
        base: get(step.base),
        deduct: get(step.deduct),
        rate: get(step.rate),
        plus: get(step.plus),
        denominator: step.denominator,
        raw,
        round: step.round,
        limit,
        limit_of_year: step.limit_of_year,
        left,
        paid,
        capped_by,
        exceptions: applied.map(|exception| exception.name.clone()).collect(),
        rows: step.cells.iter().filter_map(|cell| row_used(catalog, cell, &get, day)).collect(),
    }
}

fn row_used(catalog: &Catalog, cell: &crate::program::CellUse, get: &dyn Fn(Reg) -> i64, day: Date) -> Option<RowUsed> {
    let list = catalog.list(&cell.list)?;
    let table = list.tables.iter().rfind(|table| table.since.is_none_or(|since| since <= day))?;
    let keys: Vec<String> = if list.is_code_list() {
        vec![code_at(catalog, &cell.list, get(*cell.keys.first()?))?.to_string()]
    } else {
        let pairs = list.key.values().zip(&cell.keys);
        pairs
            .map(|(kind, reg)| match kind {
                pack::model::ListKey::Codes(of) => {
                    code_at(catalog, &of.value, get(*reg)).map_or_else(|| get(*reg).to_string(), str::to_string)
                }
                pack::model::ListKey::Plain(_) => get(*reg).to_string(),
            })
            .collect()
    };
    let quote = table.quote.as_ref().map(|quote| quote.value.clone());
    Some(RowUsed { list: cell.list.clone(), row: keys.join("·"), source: table.source.clone(), quote })
}
