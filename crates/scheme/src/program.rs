//! What does a scheme become, on the days of one edition?
//!
//! A straight line of operations over registers of whole numbers: money in fen, shares over one denominator, flags as 0
//! and 1, codes as their places in the list. It has no loop, no branch, no clock; the same line serves one bill and a
//! thousand.

use base::{Date, Decimal, Rounding, Text};
use pack::scheme::Input;

/// A register: the operation that fills it.
pub type Reg = usize;

/// One operation; its operands are earlier registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// A constant.
    Const(i64),
    /// A column of the bill.
    Input(usize),
    /// A sum of the benefit year, before the bill.
    Sum(usize),
    /// a + b.
    Add(Reg, Reg),
    /// a − b.
    Sub(Reg, Reg),
    /// a × b.
    Mul(Reg, Reg),
    /// The smaller.
    Min(Reg, Reg),
    /// The larger.
    Max(Reg, Reg),
    /// a ÷ denominator, rounded.
    Round(Reg, i64, Rounding),
    /// 1 when a < b.
    Lt(Reg, Reg),
    /// 1 when a ≤ b.
    Le(Reg, Reg),
    /// 1 when a = b.
    Eq(Reg, Reg),
    /// Both are 1.
    And(Reg, Reg),
    /// One is 1.
    Or(Reg, Reg),
    /// 1 when a is 0.
    Not(Reg),
    /// b when a is 1, else c.
    Select(Reg, Reg, Reg),
    /// The cell of a table at place a.
    Gather(Reg, usize),
}

/// The lowest and highest value a register can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Lowest.
    pub low: i128,
    /// Highest.
    pub high: i128,
}

/// A cell of a list that a step reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellUse {
    /// The list.
    pub list: String,
    /// Its keys, as registers.
    pub keys: Vec<Reg>,
}

/// An exception of a step, as it is traced.
#[derive(Debug, Clone)]
pub struct ExceptionTrace {
    /// What people call it.
    pub name: Text,
    /// Place in the file.
    pub span: base::Span,
    /// 1 when it applies.
    pub applies: Reg,
    /// Keys it replaces.
    pub keys: Vec<String>,
}

/// The form of a step, with the registers that belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormTrace {
    /// round(max(0, base − deduct) × rate).
    Part,
    /// F(used + base) − F(used).
    Bands {
        /// What stays below the first band.
        start: Reg,
        /// The sum before, a constant 0 when there is none.
        used: Reg,
        /// F(used + base).
        after: Reg,
        /// F(used).
        before: Reg,
    },
    /// The amount itself.
    Amount,
    /// What is left above `deduct`.
    Leave,
}

/// One step with the registers that explain it.
#[derive(Debug, Clone)]
pub struct StepTrace {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// The fund that pays.
    pub fund: String,
    /// Document and paragraph.
    pub source: String,
    /// Where it stands.
    pub span: base::Span,
    /// How it finds its amount.
    pub form: FormTrace,
    /// 1 when it pays at all.
    pub only: Reg,
    /// The base, or the amount.
    pub base: Reg,
    /// Taken off the base, or what the person keeps.
    pub deduct: Reg,
    /// The share, over `denominator`, with all additions.
    pub rate: Reg,
    /// Additions to the share.
    pub plus: Reg,
    /// The denominator of `rate` and `plus`.
    pub denominator: i64,
    /// Before limits, rounded.
    pub raw: Reg,
    /// How it was rounded.
    pub round: Rounding,
    /// The limit before this bill, and what is left of it.
    pub limit: Option<(Reg, Reg)>,
    /// True when the limit is one of the year.
    pub limit_of_year: bool,
    /// What is left of the bill before it.
    pub left: Option<Reg>,
    /// What it pays.
    pub paid: Reg,
    /// Exceptions in the order written.
    pub except: Vec<ExceptionTrace>,
    /// Cells it reads.
    pub cells: Vec<CellUse>,
}

/// Something that must hold, as it is checked on every row.
#[derive(Debug, Clone)]
pub struct PromiseTrace {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub span: base::Span,
    /// 1 when it holds.
    pub holds: Reg,
    /// True when it holds for every input, by the bounds of its parts.
    pub proved: bool,
}

/// Something that refuses a row.
#[derive(Debug, Clone)]
pub struct RefusalTrace {
    /// The rule, or what the program itself misses.
    pub rule: String,
    /// What it says.
    pub say: Text,
    /// 1 when the row is refused.
    pub refuses: Reg,
}

/// A weight by which the pool is shared.
#[derive(Debug, Clone, Copy)]
pub struct ShareTrace {
    /// The row's weight.
    pub by: Reg,
    /// Its share of the whole.
    pub weight: Reg,
}

/// A step that shares a pool.
#[derive(Debug, Clone)]
pub struct PoolTrace {
    /// Place of the step.
    pub step: usize,
    /// The pool.
    pub pool: Reg,
    /// The weights.
    pub by: Vec<ShareTrace>,
    /// Least a row gets.
    pub floor: Option<Reg>,
    /// Most a row gets.
    pub ceiling: Option<Reg>,
}

/// A scheme lowered for the days of one edition.
#[derive(Debug, Clone)]
pub struct Program {
    /// First day; `None` when it always held.
    pub since: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
    /// Columns it reads.
    pub inputs: Vec<Input>,
    /// Lowest and highest of each column, as registers hold them.
    pub input_bounds: Vec<Bounds>,
    /// Names of the sums of the year.
    pub sums: Vec<String>,
    /// What each sum is raised by.
    pub adds: Vec<Reg>,
    /// The line of operations.
    pub ops: Vec<Op>,
    /// Lowest and highest of each register.
    pub bounds: Vec<Bounds>,
    /// Tables that `Gather` reads.
    pub tables: Vec<Vec<i64>>,
    /// True when some register may not fit 64 bits: then the line is run in 128.
    pub wide: bool,
    /// The denominator of all shares.
    pub denominator: i64,
    /// The bill.
    pub total: Option<Reg>,
    /// What nobody paid.
    pub rest: Option<Reg>,
    /// The steps.
    pub steps: Vec<StepTrace>,
    /// The step that shares a pool, if there is one.
    pub pool: Option<PoolTrace>,
    /// What refuses a row.
    pub refusals: Vec<RefusalTrace>,
    /// What must hold.
    pub promises: Vec<PromiseTrace>,
    /// 1 when nothing refuses the row and every promise holds.
    pub sound: Reg,
}

impl Program {
    /// True when the program holds on `day`.
    pub fn holds_on(&self, day: Date) -> bool {
        self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// Fen as yuan.
pub fn yuan(fen: i64) -> Decimal {
    Decimal::new(fen, 2)
}

/// Yuan as fen; `None` when it has more than two decimals or does not fit.
pub fn fen(yuan: Decimal) -> Option<i64> {
    let fen = yuan.checked_mul(Decimal::ONE_HUNDRED)?.normalize();
    (fen.scale() == 0).then(|| i64::try_from(fen.mantissa()).ok()).flatten()
}
