//! Which rows stand at the corners of what a scheme may meet?

use crate::machine::Machine;
use crate::program::{Bounds, Op, Program};
use pack::scheme::Unit;
use std::collections::BTreeSet;

/// Combinations of codes and flags that are tried one by one.
const CASES_MAX: usize = 4096;

/// Rows over all combinations.
const ROWS: usize = 65_536;

/// A column and the values it is tried with.
struct Axis {
    bounds: Bounds,
    /// Codes and flags are counted through, amounts are picked.
    counted: bool,
    marks: Vec<i64>,
}

/// The columns and sums of a program, with what is worth trying.
pub(super) struct Corners {
    axes: Vec<Axis>,
    n_cases: usize,
}

impl Corners {
    /// `None` when there are too many combinations of codes and flags.
    pub(super) fn of(program: &Program) -> Option<Self> {
        let thresholds: BTreeSet<i64> = program
            .ops
            .iter()
            .filter_map(|op| match op {
                Op::Const(value) if *value > 1 => Some(*value),
                _ => None,
            })
            .chain(program.tables.iter().flatten().copied())
            .collect();
        let mut axes = Vec::new();
        let mut n_cases: usize = 1;
        for (input, bounds) in program.inputs.iter().zip(&program.input_bounds) {
            let counted = input.missing || matches!(input.unit, Unit::Code(_) | Unit::Flag);
            if counted {
                n_cases = n_cases.checked_mul(usize::try_from(bounds.high - bounds.low + 1).ok()?)?;
            }
            axes.push(Axis { bounds: *bounds, counted, marks: marks(&thresholds, *bounds) });
        }
        for n in 0..program.sums.len() {
            let reg = program.inputs.len() + n;
            // A sum of the year is never below nothing unless a step takes money back.
            let bounds = Bounds { low: 0, high: program.bounds[reg].high };
            axes.push(Axis { bounds, counted: false, marks: marks(&thresholds, bounds) });
        }
        (n_cases <= CASES_MAX).then_some(Self { axes, n_cases })
    }

    pub(super) fn rows(&self) -> Rows<'_> {
        Rows { corners: self, n: 0, state: 20_240_501 }
    }
}

/// The ends, nothing, one fen, and every threshold with its neighbours.
fn marks(thresholds: &BTreeSet<i64>, bounds: Bounds) -> Vec<i64> {
    let around = thresholds.iter().flat_map(|mark| [mark - 1, *mark, mark + 1]);
    let ends = [bounds.low, bounds.high].into_iter().filter_map(|end| i64::try_from(end).ok());
    let all = ends.chain([0, 1, 2]).chain(around);
    let inside: BTreeSet<i64> =
        all.filter(|mark| bounds.low <= (*mark).into() && i128::from(*mark) <= bounds.high).collect();
    inside.into_iter().collect()
}

/// Rows one after another, always the same ones.
pub(super) struct Rows<'c> {
    corners: &'c Corners,
    n: usize,
    state: u64,
}

impl Rows<'_> {
    /// Puts the next row into a lane; false when there is none.
    pub(super) fn next_into(&mut self, machine: &mut Machine<'_>, lane: usize) -> bool {
        let per_case = (ROWS / self.corners.n_cases).max(16);
        if self.n >= per_case * self.corners.n_cases {
            return false;
        }
        let mut case = self.n % self.corners.n_cases;
        let mut row = Vec::with_capacity(self.corners.axes.len());
        // Columns of a bill are parts of one amount, so most rows keep them in proportion.
        let scale = self.amount();
        for axis in &self.corners.axes {
            let value = if axis.counted {
                let n = usize::try_from(axis.bounds.high - axis.bounds.low + 1).unwrap_or(1);
                let place = case % n;
                case /= n;
                i64::try_from(axis.bounds.low).unwrap_or(0) + place as i64
            } else {
                self.value(axis, scale)
            };
            row.push(value);
        }
        machine.load(lane, &row, &[]);
        self.n += 1;
        true
    }

    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.random() % n.max(1)
    }

    /// An amount of any size up to a million yuan.
    fn amount(&mut self) -> i64 {
        let most = 10_u64.pow(1 + self.below(8) as u32);
        self.below(most) as i64 + 1
    }

    fn value(&mut self, axis: &Axis, scale: i64) -> i64 {
        let picked = match self.below(8) {
            0 if !axis.marks.is_empty() => axis.marks[self.below(axis.marks.len() as u64) as usize],
            1 => 0,
            2 => scale,
            3 => scale / 10,
            4 => self.below(scale.unsigned_abs() / 4 + 1) as i64,
            5 => self.below(scale.unsigned_abs() / 16 + 1) as i64,
            6 => self.amount(),
            _ => self.below(scale.unsigned_abs() + 1) as i64,
        };
        let (low, high) = (axis.bounds.low, axis.bounds.high);
        i64::try_from(i128::from(picked).clamp(low, high)).unwrap_or(picked)
    }
}
