//! Does a promise hold for every input, by the shape of what it compares?
//!
//! A small prover over the line of operations: bounds, min and max, what was only subtracted from, and that rounding
//! down never exceeds. What it cannot show is tried at the corners instead, and said so.

use crate::build::Builder;
use crate::program::{Op, Reg};
use base::Rounding;

/// How deep a comparison is taken apart.
const DEPTH: u32 = 24;

/// True when `that` holds wherever `when` does.
pub(crate) fn holds(b: &Builder, when: Reg, that: Reg) -> bool {
    let mut facts = Facts { b, yes: Vec::new(), no: Vec::new() };
    facts.assume(when);
    facts.is_true(that, DEPTH)
}

struct Facts<'b> {
    b: &'b Builder,
    /// Conditions known to be true.
    yes: Vec<Reg>,
    /// Conditions known to be false.
    no: Vec<Reg>,
}

impl Facts<'_> {
    fn assume(&mut self, reg: Reg) {
        self.yes.push(reg);
        match self.b.ops[reg] {
            Op::And(a, b) => {
                self.assume(a);
                self.assume(b);
            }
            Op::Not(a) => self.no.push(a),
            _ => {}
        }
    }

    fn known(&self, reg: Reg) -> Option<bool> {
        if self.b.value(reg) == Some(1) || self.yes.contains(&reg) {
            return Some(true);
        }
        if self.b.value(reg) == Some(0) || self.no.contains(&reg) {
            return Some(false);
        }
        match self.b.ops[reg] {
            Op::Not(a) => self.known(a).map(|known| !known),
            Op::And(a, b) => match (self.known(a), self.known(b)) {
                (Some(true), Some(true)) => Some(true),
                (Some(false), _) | (_, Some(false)) => Some(false),
                _ => None,
            },
            Op::Or(a, b) => match (self.known(a), self.known(b)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    fn is_true(&self, reg: Reg, depth: u32) -> bool {
        if self.known(reg) == Some(true) {
            return true;
        }
        match self.b.ops[reg] {
            Op::Le(a, b) => self.le(a, b, depth),
            Op::Not(inner) => match self.b.ops[inner] {
                // not (b < a) is a ≤ b
                Op::Lt(b, a) => self.le(a, b, depth),
                _ => false,
            },
            Op::And(a, b) => self.is_true(a, depth) && self.is_true(b, depth),
            Op::Or(a, b) => self.is_true(a, depth) || self.is_true(b, depth),
            _ => false,
        }
    }

    /// a ≤ b for every input.
    fn le(&self, a: Reg, b: Reg, depth: u32) -> bool {
        let (x, y) = (self.b.bounds[a], self.b.bounds[b]);
        if a == b || x.high <= y.low {
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else { return false };
        self.parts_stay_below(a, b, depth) || self.stays_below_parts(a, b, depth)
    }

    /// What a is made of never exceeds b.
    fn parts_stay_below(&self, a: Reg, b: Reg, depth: u32) -> bool {
        match self.b.ops[a] {
            Op::Min(p, q) => self.le(p, b, depth) || self.le(q, b, depth),
            Op::Max(p, q) => self.le(p, b, depth) && self.le(q, b, depth),
            Op::Select(c, p, q) => match self.known(c) {
                Some(true) => self.le(p, b, depth),
                Some(false) => self.le(q, b, depth),
                None => self.le(p, b, depth) && self.le(q, b, depth),
            },
            Op::Sub(p, q) => self.b.bounds[q].low >= 0 && self.le(p, b, depth) || self.what_is_left(p, q, b, depth),
            Op::Mul(p, q) => match (self.b.value(p), self.b.value(q)) {
                (Some(k), _) if k > 0 => self.times(q, k, b, depth),
                (_, Some(k)) if k > 0 => self.times(p, k, b, depth),
                _ => false,
            },
            _ => false,
        }
    }

    /// left − paid, where paid is min(max(0, left − keep), left) or more: never above keep.
    fn what_is_left(&self, left: Reg, paid: Reg, b: Reg, depth: u32) -> bool {
        self.keeps(left, paid).is_some_and(|keep| self.le(keep, b, depth))
    }

    /// The amount that stays when `paid` is taken from `left`, if it has that shape.
    fn keeps(&self, left: Reg, paid: Reg) -> Option<Reg> {
        if paid == left {
            return self.b.ops.iter().position(|op| *op == Op::Const(0));
        }
        match self.b.ops[paid] {
            Op::Select(c, p, q) => match self.known(c)? {
                true => self.keeps(left, p),
                false => self.keeps(left, q),
            },
            Op::Min(p, q) if p == left => self.keeps(left, q),
            Op::Min(p, q) if q == left => self.keeps(left, p),
            Op::Max(p, q) if self.b.value(p) == Some(0) => self.keeps(left, q),
            Op::Max(p, q) if self.b.value(q) == Some(0) => self.keeps(left, p),
            // left − (left − keep) is keep; with the 0 it is min(left, keep); what is taken never passes left while
            // keep is not below 0.
            Op::Sub(p, keep) if p == left && self.b.bounds[keep].low >= 0 => Some(keep),
            _ => None,
        }
    }

    /// a × k ≤ b, for a positive k.
    fn times(&self, a: Reg, k: i64, b: Reg, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        if self.b.value(a) == Some(0) {
            return self.b.bounds[b].low >= 0;
        }
        match self.b.ops[a] {
            // Rounded down and multiplied again it never exceeds what it was.
            Op::Round(inner, denominator, Rounding::Down) if denominator == k => {
                self.b.bounds[inner].low >= 0 && self.le(inner, b, depth)
            }
            Op::Min(p, q) => self.times(p, k, b, depth) || self.times(q, k, b, depth),
            Op::Select(c, p, q) => match self.known(c) {
                Some(true) => self.times(p, k, b, depth),
                Some(false) => self.times(q, k, b, depth),
                None => self.times(p, k, b, depth) && self.times(q, k, b, depth),
            },
            Op::Sub(p, q) => match self.keeps(p, q) {
                Some(keep) if self.times(keep, k, b, depth) => true,
                _ => self.b.bounds[q].low >= 0 && self.times(p, k, b, depth),
            },
            _ => false,
        }
    }

    /// a never exceeds what b is made of.
    fn stays_below_parts(&self, a: Reg, b: Reg, depth: u32) -> bool {
        match self.b.ops[b] {
            Op::Max(p, q) => self.le(a, p, depth) || self.le(a, q, depth),
            Op::Min(p, q) => self.le(a, p, depth) && self.le(a, q, depth),
            Op::Select(c, p, q) => match self.known(c) {
                Some(true) => self.le(a, p, depth),
                Some(false) => self.le(a, q, depth),
                None => self.le(a, p, depth) && self.le(a, q, depth),
            },
            Op::Add(p, q) => {
                self.b.bounds[q].low >= 0 && self.le(a, p, depth) || self.b.bounds[p].low >= 0 && self.le(a, q, depth)
            }
            _ => false,
        }
    }
}
