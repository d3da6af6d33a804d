//! How is a line of operations put together, and what can each register hold?
//!
//! Equal operations are written once, constants are folded, and bounds show which operations do nothing. Bounds also
//! prove: that nothing overflows, and that promises hold.

use crate::program::{Bounds, Op, Reg};
use base::Rounding;
use std::collections::HashMap;

/// Beyond this nothing is computed, in 128 bits either.
const FAR: i128 = i128::MAX / 4;

/// Puts a program together.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    pub ops: Vec<Op>,
    pub bounds: Vec<Bounds>,
    pub tables: Vec<Vec<i64>>,
    known: HashMap<Op, Reg>,
    /// True when a register could pass even 128 bits.
    pub overflows: bool,
}

impl Builder {
    pub fn constant(&mut self, value: i64) -> Reg {
        self.push(Op::Const(value), Bounds { low: value.into(), high: value.into() })
    }

    pub fn input(&mut self, n: usize, bounds: Bounds) -> Reg {
        self.push(Op::Input(n), bounds)
    }

    pub fn sum(&mut self, n: usize, bounds: Bounds) -> Reg {
        self.push(Op::Sum(n), bounds)
    }

    fn push(&mut self, op: Op, bounds: Bounds) -> Reg {
        if let Some(reg) = self.known.get(&op) {
            return *reg;
        }
        if bounds.low < -FAR || bounds.high > FAR {
            self.overflows = true;
        }
        let bounds = Bounds { low: bounds.low.max(-FAR), high: bounds.high.min(FAR) };
        self.ops.push(op);
        self.bounds.push(bounds);
        let reg = self.ops.len() - 1;
        self.known.insert(op, reg);
        reg
    }

    pub fn value(&self, reg: Reg) -> Option<i64> {
        match self.ops[reg] {
            Op::Const(value) => Some(value),
            _ => None,
        }
    }

    /// A constant when the bounds leave one value.
    fn settle(&mut self, op: Op, bounds: Bounds) -> Reg {
        match i64::try_from(bounds.low) {
            Ok(value) if bounds.low == bounds.high => self.constant(value),
            _ => self.push(op, bounds),
        }
    }

    pub fn add(&mut self, a: Reg, b: Reg) -> Reg {
        let (x, y) = (self.bounds[a], self.bounds[b]);
        match (self.value(a), self.value(b)) {
            (Some(0), _) => b,
            (_, Some(0)) => a,
            _ => {
                let (a, b) = (a.min(b), a.max(b));
                let bounds = Bounds { low: x.low.saturating_add(y.low), high: x.high.saturating_add(y.high) };
                self.settle(Op::Add(a, b), bounds)
            }
        }
    }

    pub fn sub(&mut self, a: Reg, b: Reg) -> Reg {
        let (x, y) = (self.bounds[a], self.bounds[b]);
        if self.value(b) == Some(0) {
            return a;
        }
        if a == b {
            return self.constant(0);
        }
        let bounds = Bounds { low: x.low.saturating_sub(y.high), high: x.high.saturating_sub(y.low) };
        self.settle(Op::Sub(a, b), bounds)
    }

    pub fn mul(&mut self, a: Reg, b: Reg) -> Reg {
        match (self.value(a), self.value(b)) {
            (Some(1), _) => return b,
            (_, Some(1)) => return a,
            _ => {}
        }
        let (x, y) = (self.bounds[a], self.bounds[b]);
        let corners = [(x.low, y.low), (x.low, y.high), (x.high, y.low), (x.high, y.high)];
        let products = corners.map(|(p, q)| p.saturating_mul(q));
        let bounds =
            Bounds { low: products.into_iter().min().unwrap_or(0), high: products.into_iter().max().unwrap_or(0) };
        let (a, b) = (a.min(b), a.max(b));
        self.settle(Op::Mul(a, b), bounds)
    }

    pub fn min(&mut self, a: Reg, b: Reg) -> Reg {
        let (x, y) = (self.bounds[a], self.bounds[b]);
        if a == b || x.high <= y.low {
            return a;
        }
        if y.high <= x.low {
            return b;
        }
        let (a, b) = (a.min(b), a.max(b));
        self.settle(Op::Min(a, b), Bounds { low: x.low.min(y.low), high: x.high.min(y.high) })
    }

    pub fn max(&mut self, a: Reg, b: Reg) -> Reg {
        let (x, y) = (self.bounds[a], self.bounds[b]);
        if a == b || x.low >= y.high {
            return a;
        }
        if y.low >= x.high {
            return b;
        }
        let (a, b) = (a.min(b), a.max(b));
        self.settle(Op::Max(a, b), Bounds { low: x.low.max(y.low), high: x.high.max(y.high) })
    }

    /// Never below nothing.
    pub fn positive(&mut self, a: Reg) -> Reg {
        let zero = self.constant(0);
        self.max(a, zero)
    }

    pub fn round(&mut self, a: Reg, denominator: i64, mode: Rounding) -> Reg {
        if denominator == 1 {
            return a;
        }
        let x = self.bounds[a];
        let bounds =
            Bounds { low: divide(x.low, denominator.into(), mode), high: divide(x.high, denominator.into(), mode) };
        self.settle(Op::Round(a, denominator, mode), bounds)
    }

    fn flag(&mut self, op: Op, known: Option<bool>) -> Reg {
        match known {
            Some(known) => self.constant(known.into()),
            None => self.push(op, Bounds { low: 0, high: 1 }),
        }
    }

    pub fn lt(&mut self, a: Reg, b: Reg) -> Reg {
        let (x, y) = (self.bounds[a], self.bounds[b]);
        let known = if x.high < y.low {
            Some(true)
        } else if a == b || x.low >= y.high {
            Some(false)
        } else {
            None
        };
        self.flag(Op::Lt(a, b), known)
    }

    pub fn le(&mut self, a: Reg, b: Reg) -> Reg {
        let (x, y) = (self.bounds[a], self.bounds[b]);
        let known = if a == b || x.high <= y.low {
            Some(true)
        } else if x.low > y.high {
            Some(false)
        } else {
            None
        };
        self.flag(Op::Le(a, b), known)
    }

    pub fn eq(&mut self, a: Reg, b: Reg) -> Reg {
        let (x, y) = (self.bounds[a], self.bounds[b]);
        let known = if a == b || x.low == x.high && x == y {
            Some(true)
        } else if x.high < y.low || y.high < x.low {
            Some(false)
        } else {
            None
        };
        let (a, b) = (a.min(b), a.max(b));
        self.flag(Op::Eq(a, b), known)
    }

    pub fn and(&mut self, a: Reg, b: Reg) -> Reg {
        match (self.value(a), self.value(b)) {
            (Some(0), _) | (_, Some(1)) => a,
            (_, Some(0)) | (Some(1), _) => b,
            _ if a == b => a,
            _ => self.flag(Op::And(a.min(b), a.max(b)), None),
        }
    }

    pub fn or(&mut self, a: Reg, b: Reg) -> Reg {
        match (self.value(a), self.value(b)) {
            (Some(1), _) | (_, Some(0)) => a,
            (_, Some(1)) | (Some(0), _) => b,
            _ if a == b => a,
            _ => self.flag(Op::Or(a.min(b), a.max(b)), None),
        }
    }

    pub fn not(&mut self, a: Reg) -> Reg {
        match (self.value(a), self.ops[a]) {
            (Some(value), _) => self.constant(1 - value),
            (None, Op::Not(inner)) => inner,
            _ => self.flag(Op::Not(a), None),
        }
    }

    pub fn select(&mut self, condition: Reg, yes: Reg, no: Reg) -> Reg {
        match self.value(condition) {
            Some(0) => return no,
            Some(_) => return yes,
            None if yes == no => return yes,
            None => {}
        }
        let (x, y) = (self.bounds[yes], self.bounds[no]);
        let bounds = Bounds { low: x.low.min(y.low), high: x.high.max(y.high) };
        self.push(Op::Select(condition, yes, no), bounds)
    }

    pub fn gather(&mut self, index: Reg, table: Vec<i64>) -> Reg {
        let low = table.iter().copied().min().unwrap_or(0);
        let high = table.iter().copied().max().unwrap_or(0);
        if low == high {
            return self.constant(low);
        }
        let n = self.tables.iter().position(|known| *known == table).unwrap_or_else(|| {
            self.tables.push(table);
            self.tables.len() - 1
        });
        self.push(Op::Gather(index, n), Bounds { low: low.into(), high: high.into() })
    }

    /// True when some register may pass 64 bits.
    pub fn is_wide(&self) -> bool {
        self.bounds.iter().any(|b| b.low < i64::MIN.into() || b.high > i64::MAX.into())
    }
}

/// Exact division with a named rounding, away from or towards zero on both sides of it.
pub(crate) fn divide(value: i128, denominator: i128, mode: Rounding) -> i128 {
    let whole = value / denominator;
    let rest = (value % denominator).abs();
    let away = match mode {
        Rounding::Down => false,
        Rounding::Up => rest != 0,
        Rounding::HalfUp => rest.saturating_mul(2) >= denominator,
    };
    whole + if away { value.signum() } else { 0 }
}
