//! How is the line of operations run over many bills at once?
//!
//! Each operation goes over all lanes before the next begins, so the compiler can use wide instructions and one bill
//! pays the same line as a thousand. Bounds were proved when the program was made; what does not fit 64 bits is run in
//! 128.

use crate::build::divide;
use crate::program::{Op, Program, Reg};
use base::Rounding;
use multiversion::multiversion;

/// Bills that go through the line together.
pub const LANES: usize = 256;

/// A number the line can be run in.
trait Number: Copy + Ord {
    fn from_fen(value: i64) -> Self;
    fn to_fen(self) -> i64;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;
    fn round(self, denominator: i64, mode: Rounding) -> Self;
    fn is_set(self) -> bool;
    fn place(self) -> usize;
}

impl Number for i64 {
    #[inline(always)]
    fn from_fen(value: i64) -> Self {
        value
    }
    #[inline(always)]
    fn to_fen(self) -> i64 {
        self
    }
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.wrapping_mul(other)
    }
    #[inline(always)]
    fn round(self, denominator: i64, mode: Rounding) -> Self {
        let whole = self / denominator;
        let rest = (self % denominator).unsigned_abs();
        let away = match mode {
            Rounding::Down => false,
            Rounding::Up => rest != 0,
            Rounding::HalfUp => rest * 2 >= denominator.unsigned_abs(),
        };
        whole + if away { self.signum() } else { 0 }
    }
    #[inline(always)]
    fn is_set(self) -> bool {
        self != 0
    }
    #[inline(always)]
    fn place(self) -> usize {
        self as usize
    }
}

impl Number for i128 {
    fn from_fen(value: i64) -> Self {
        value.into()
    }
    fn to_fen(self) -> i64 {
        // Every register that is read fits: the check refuses programs where an amount may not.
        self.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }
    fn add(self, other: Self) -> Self {
        self.wrapping_add(other)
    }
    fn sub(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }
    fn mul(self, other: Self) -> Self {
        self.wrapping_mul(other)
    }
    fn round(self, denominator: i64, mode: Rounding) -> Self {
        divide(self, denominator.into(), mode)
    }
    fn is_set(self) -> bool {
        self != 0
    }
    fn place(self) -> usize {
        self as usize
    }
}

/// Registers of a program, each with a lane per bill.
#[derive(Debug, Clone)]
pub struct Machine<'p> {
    program: &'p Program,
    /// Lanes of a register: the place of lane n of register r is r × stride + n.
    stride: usize,
    registers: Registers,
}

#[derive(Debug, Clone)]
enum Registers {
    Narrow(Vec<i64>),
    Wide(Vec<i128>),
}

impl<'p> Machine<'p> {
    /// Registers of [`LANES`] lanes for a program, constants filled in.
    pub fn new(program: &'p Program) -> Self {
        Self::with_lanes(program, LANES)
    }

    /// Registers of so many lanes: one for the window, so that nothing is made that one bill does not need.
    pub fn with_lanes(program: &'p Program, stride: usize) -> Self {
        let n = program.ops.len() * stride;
        let mut registers = if program.wide { Registers::Wide(vec![0; n]) } else { Registers::Narrow(vec![0; n]) };
        for (reg, op) in program.ops.iter().enumerate() {
            let Op::Const(value) = op else { continue };
            match &mut registers {
                Registers::Narrow(all) => all[reg * stride..(reg + 1) * stride].fill(*value),
                Registers::Wide(all) => all[reg * stride..(reg + 1) * stride].fill((*value).into()),
            }
        }
        Self { program, stride, registers }
    }

    /// The program it runs.
    pub fn program(&self) -> &'p Program {
        self.program
    }

    /// Puts the columns and sums of a bill into a lane.
    pub fn load(&mut self, lane: usize, inputs: &[i64], sums: &[i64]) {
        for (reg, value) in inputs.iter().chain(sums).enumerate() {
            self.put(reg, lane, *value);
        }
    }

    fn put(&mut self, reg: Reg, lane: usize, value: i64) {
        match &mut self.registers {
            Registers::Narrow(all) => all[reg * self.stride + lane] = value,
            Registers::Wide(all) => all[reg * self.stride + lane] = value.into(),
        }
    }

    /// The register of a sum of the year; columns come first, in their order.
    pub fn sum(&self, n: usize) -> Reg {
        self.program.inputs.len() + n
    }

    /// Puts a whole column into a register, a lane per value.
    pub fn load_column(&mut self, reg: Reg, values: &[i64]) {
        match &mut self.registers {
            Registers::Narrow(all) => all[reg * self.stride..][..values.len()].copy_from_slice(values),
            Registers::Wide(all) => {
                for (to, value) in all[reg * self.stride..].iter_mut().zip(values) {
                    *to = (*value).into();
                }
            }
        }
    }

    /// What a register holds for a bill.
    pub fn get(&self, reg: Reg, lane: usize) -> i64 {
        match &self.registers {
            Registers::Narrow(all) => all[reg * self.stride + lane],
            Registers::Wide(all) => all[reg * self.stride + lane].to_fen(),
        }
    }

    /// The same for a register that may not fit 64 bits.
    pub fn get_wide(&self, reg: Reg, lane: usize) -> i128 {
        match &self.registers {
            Registers::Narrow(all) => all[reg * self.stride + lane].into(),
            Registers::Wide(all) => all[reg * self.stride + lane],
        }
    }

    /// Appends what a register holds for the first bills to a column.
    pub fn append_to(&self, reg: Reg, n_lanes: usize, column: &mut Vec<i64>) {
        match &self.registers {
            Registers::Narrow(all) => column.extend_from_slice(&all[reg * self.stride..][..n_lanes]),
            Registers::Wide(all) => {
                column.extend(all[reg * self.stride..][..n_lanes].iter().map(|value| value.to_fen()))
            }
        }
    }

    /// The sum of a register over the first lanes.
    pub fn total(&self, reg: Reg, n_lanes: usize) -> i128 {
        let bounds = self.program.bounds[reg];
        let most = bounds.low.unsigned_abs().max(bounds.high.unsigned_abs());
        match &self.registers {
            // As many of the largest value as there are lanes still fit.
            Registers::Narrow(all) if most < (i64::MAX as u128) / LANES as u128 && n_lanes <= LANES => {
                all[reg * self.stride..][..n_lanes].iter().sum::<i64>().into()
            }
            Registers::Narrow(all) => all[reg * self.stride..][..n_lanes].iter().map(|v| i128::from(*v)).sum(),
            Registers::Wide(all) => all[reg * self.stride..][..n_lanes].iter().sum(),
        }
    }

    /// Raises every sum of the year by what the bills added, and puts the result where the next bills read it.
    pub fn carry(&mut self, n_lanes: usize) {
        for n in 0..self.program.sums.len() {
            let sum = self.sum(n);
            let adds = self.program.adds[n];
            match &mut self.registers {
                Registers::Narrow(all) => raise(all, self.stride, sum, adds, n_lanes),
                Registers::Wide(all) => raise(all, self.stride, sum, adds, n_lanes),
            }
        }
    }

    /// Runs the line over the first lanes.
    pub fn run(&mut self, n_lanes: usize) {
        let n_lanes = n_lanes.min(self.stride);
        match &mut self.registers {
            Registers::Narrow(all) => run_narrow(self.program, all, self.stride, n_lanes),
            Registers::Wide(all) => run(self.program, all, self.stride, n_lanes),
        }
    }
}

fn raise<T: Number>(all: &mut [T], stride: usize, sum: Reg, adds: Reg, n_lanes: usize) {
    for lane in 0..n_lanes {
        all[sum * stride + lane] = all[sum * stride + lane].add(all[adds * stride + lane]);
    }
}

/// The line in 64 bits, with the widest instructions this processor has. Integers are the same in all of them.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2", "aarch64+neon"))]
fn run_narrow(program: &Program, all: &mut [i64], stride: usize, n: usize) {
    run(program, all, stride, n);
}

#[inline(always)]
fn run<T: Number>(program: &Program, all: &mut [T], stride: usize, n: usize) {
    for (reg, op) in program.ops.iter().enumerate() {
        let (before, rest) = all.split_at_mut(reg * stride);
        step(op, &program.tables, before, stride, &mut rest[..n]);
    }
}

#[inline(always)]
fn lanes<T>(before: &[T], stride: usize, reg: Reg, n: usize) -> &[T] {
    &before[reg * stride..reg * stride + n]
}

#[inline(always)]
fn step<T: Number>(op: &Op, tables: &[Vec<i64>], before: &[T], stride: usize, to: &mut [T]) {
    let n = to.len();
    let flag = |yes: bool| T::from_fen(yes.into());
    let two = |a: Reg, b: Reg| (lanes(before, stride, a, n), lanes(before, stride, b, n));
    macro_rules! pairwise {
        ($a:expr, $b:expr, $f:expr) => {{
            let (a, b) = two($a, $b);
            for ((to, a), b) in to.iter_mut().zip(a).zip(b) {
                *to = $f(*a, *b);
            }
        }};
    }
    match *op {
        Op::Const(_) | Op::Input(_) | Op::Sum(_) => {}
        Op::Add(a, b) => pairwise!(a, b, T::add),
        Op::Sub(a, b) => pairwise!(a, b, T::sub),
        Op::Mul(a, b) => pairwise!(a, b, T::mul),
        Op::Min(a, b) => pairwise!(a, b, T::min),
        Op::Max(a, b) => pairwise!(a, b, T::max),
        Op::Lt(a, b) => pairwise!(a, b, |a, b| flag(a < b)),
        Op::Le(a, b) => pairwise!(a, b, |a, b| flag(a <= b)),
        Op::Eq(a, b) => pairwise!(a, b, |a, b| flag(a == b)),
        Op::And(a, b) => pairwise!(a, b, T::min),
        Op::Or(a, b) => pairwise!(a, b, T::max),
        Op::Not(a) => {
            let one = T::from_fen(1);
            for (to, a) in to.iter_mut().zip(lanes(before, stride, a, n)) {
                *to = one.sub(*a);
            }
        }
        Op::Select(c, a, b) => {
            let (a, b) = two(a, b);
            for (((to, c), a), b) in to.iter_mut().zip(lanes(before, stride, c, n)).zip(a).zip(b) {
                *to = if c.is_set() { *a } else { *b };
            }
        }
        Op::Gather(a, table) => {
            let table = &tables[table];
            for (to, a) in to.iter_mut().zip(lanes(before, stride, a, n)) {
                *to = T::from_fen(table.get(a.place()).copied().unwrap_or(0));
            }
        }
        Op::Round(a, denominator, mode) => round(lanes(before, stride, a, n), to, denominator, mode),
    }
}

/// The usual denominators are written out, so that no division instruction is needed for them.
#[inline(always)]
fn round<T: Number>(from: &[T], to: &mut [T], denominator: i64, mode: Rounding) {
    macro_rules! with {
        ($denominator:expr, $mode:expr) => {
            for (to, value) in to.iter_mut().zip(from) {
                *to = value.round($denominator, $mode);
            }
        };
    }
    match (denominator, mode) {
        (100, Rounding::HalfUp) => with!(100, Rounding::HalfUp),
        (100, Rounding::Down) => with!(100, Rounding::Down),
        (10_000, Rounding::HalfUp) => with!(10_000, Rounding::HalfUp),
        (1_000_000, Rounding::HalfUp) => with!(1_000_000, Rounding::HalfUp),
        _ => with!(denominator, mode),
    }
}
