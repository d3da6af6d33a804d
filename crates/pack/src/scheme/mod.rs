//! What does a scheme mean, once every name in it is known?
//!
//! Formulas become trees with units: money, numbers, flags, codes, days. Nothing is computed here and no day is chosen;
//! the crate that pays lowers these trees to integer programs.

mod column;
mod resolve;
mod typing;

pub use column::{ColumnInfo, Columns};
pub use resolve::{
    Check, Let, Resolved, ResolvedCap, ResolvedException, ResolvedForm, ResolvedPromise, ResolvedStep, resolve,
};

use base::{Date, Decimal, Rounding, Span};

/// What a value counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// Yuan.
    Money,
    /// A count, a share or any other number without a unit.
    Number,
    /// Yes or no.
    Flag,
    /// A code of the named list.
    Code(String),
    /// A day.
    Date,
    /// Words; they can only be there or not.
    Text,
}

impl Unit {
    /// The word for messages.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::Number => "number",
            Self::Flag => "flag",
            Self::Code(_) => "code",
            Self::Date => "day",
            Self::Text => "text",
        }
    }
}

/// One column of the rows a scheme pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name, or `resident.birth_on` for a field of a record referred to.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// Decimals after the point, for numbers.
    pub digits: u32,
    /// The declared range, when there is one.
    pub range: Option<(Decimal, Decimal)>,
    /// What stands for an empty value; without it the value must be there.
    pub default: Option<Decimal>,
    /// True when the input asks whether the column is empty, not what it holds.
    pub missing: bool,
    /// True when the column is computed by the engine, not recorded.
    pub derived: bool,
}

/// A name that a scheme itself gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// A `let`.
    Let(usize),
    /// The amount a step paid.
    Step(usize),
    /// A sum of the benefit year, before this bill.
    Sum(usize),
    /// What is left before the step at hand.
    Left,
    /// What nobody paid.
    Rest,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Different.
    Ne,
    /// Below.
    Lt,
    /// Not above.
    Le,
    /// Above.
    Gt,
    /// Not below.
    Ge,
}

/// A formula with its unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// What it does.
    pub node: Node,
    /// What its value counts.
    pub unit: Unit,
    /// How many shares were multiplied in: money times a rate is money with one, not yet rounded to the fen.
    pub factors: u32,
    /// Where it was written.
    pub span: Span,
}

/// What a formula does.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Reads a column.
    Input(usize),
    /// Reads a name of the scheme.
    Named(Name),
    /// Reads a parameter on the service day.
    Parameter {
        /// The pack it belongs to.
        pack: String,
        /// Its name.
        name: String,
    },
    /// Reads a cell of a list by the record's own keys.
    Cell {
        /// The list.
        list: String,
        /// Its column.
        column: String,
        /// The keys, in the order of the list; one code for a code list.
        keys: Vec<Formula>,
    },
    /// An exact number or amount.
    Literal(Decimal),
    /// Yes or no.
    Flag(bool),
    /// A code.
    Code(String),
    /// A day.
    Day(Date),
    /// Sum.
    Add(Box<Formula>, Box<Formula>),
    /// Difference; of two days it is their distance.
    Sub(Box<Formula>, Box<Formula>),
    /// Product.
    Mul(Box<Formula>, Box<Formula>),
    /// Comparison.
    Compare(Comparison, Box<Formula>, Box<Formula>),
    /// All are true.
    And(Vec<Formula>),
    /// One is true.
    Or(Vec<Formula>),
    /// It is not true.
    Not(Box<Formula>),
    /// The first branch whose condition is true.
    Choose(Vec<(Formula, Formula)>, Box<Formula>),
    /// The smallest.
    Least(Vec<Formula>),
    /// The largest.
    Greatest(Vec<Formula>),
    /// Rounded to the fen, or to a whole number.
    Round(Rounding, Box<Formula>),
}

impl Formula {
    /// Hands this formula and every one below it to `see`.
    pub fn walk<'f>(&'f self, see: &mut impl FnMut(&'f Formula)) {
        see(self);
        match &self.node {
            Node::Cell { keys: parts, .. }
            | Node::And(parts)
            | Node::Or(parts)
            | Node::Least(parts)
            | Node::Greatest(parts) => {
                parts.iter().for_each(|part| part.walk(see));
            }
            Node::Add(a, b) | Node::Sub(a, b) | Node::Mul(a, b) | Node::Compare(_, a, b) => {
                a.walk(see);
                b.walk(see);
            }
            Node::Not(a) | Node::Round(_, a) => a.walk(see),
            Node::Choose(branches, otherwise) => {
                for (condition, value) in branches {
                    condition.walk(see);
                    value.walk(see);
                }
                otherwise.walk(see);
            }
            Node::Input(_) | Node::Named(_) | Node::Parameter { .. } | Node::Literal(_) => {}
            Node::Flag(_) | Node::Code(_) | Node::Day(_) => {}
        }
    }
}
