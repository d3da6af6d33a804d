//! What does each setter of an entry mean?
//!
//! The second half of the compiler: a column's form becomes a filler with every name, code and figure resolved.

use super::{Compiler, Place};
use crate::cell::Cell;
use crate::divide::whole_weights;
use crate::expression::Lowered;
use crate::fill::{Bound, Filler, Invention, stretches};
use crate::plan::source_register;
use crate::refer::Same;
use base::period::Length;
use base::{Decimal, Diagnostic, Span, nearest};
use pack::model::{ColumnType, FieldType, Register, Setter, Spanned};

impl<'a> Compiler<'a, '_> {
    pub(super) fn filler(
        &mut self,
        place: &Place<'a, '_>,
        column: &str,
        ty: ColumnType,
        setter: &'a Setter,
    ) -> Option<Filler<'a>> {
        Some(match setter {
            Setter::Constant(value) => Filler::Constant(self.constant(&value.value, value.span, ty)?),
            Setter::Sql(text) => match self.literal(place.register, column, ty, &text.value) {
                Some(cell) => Filler::Constant(cell),
                None => Filler::Sql(self.lower_here(place, text)?),
            },
            Setter::Between(low, high) => Filler::Between(self.bound(place, ty, low)?, self.bound(place, ty, high)?),
            Setter::Normal { shape: (mean, deviation), within } => {
                let steps = |number: &Decimal| steps(*number, ty);
                let (low, high) = within.map_or((i64::MIN, i64::MAX), |(low, high)| (steps(&low), steps(&high)));
                Filler::Normal { mean: steps(mean), deviation: steps(deviation), low, high }
            }
            Setter::Shares(shares) => {
                let weights = whole_weights(&shares.values().copied().collect::<Vec<_>>());
                let mut cells = Vec::new();
                for (text, weight) in shares.keys().zip(weights) {
                    cells.push((self.constant(&text.clone().into(), place.make.span, ty)?, weight));
                }
                Filler::Shares(cells)
            }
            Setter::OneEach(length) => match Length::from_word(&length.value) {
                Some(length) => Filler::OneEach(stretches(self.period, length)),
                None => {
                    let message = format!("\"{}\" is not quarter, month, half or day", length.value);
                    self.diagnostics.push(Diagnostic::error("wrong-kind", length.span, message));
                    return None;
                }
            },
            Setter::EachOf(values) => {
                let mut cells = Vec::new();
                for value in values {
                    cells.push(self.constant(value, place.make.span, ty)?);
                }
                Filler::EachOf(cells)
            }
            Setter::Age(youngest, oldest) => {
                Filler::Age { youngest: self.whole(youngest)?, oldest: self.whole(oldest)?, on: self.period.last_day() }
            }
            Setter::Sum { figure, between } => self.sum(figure, *between, ty)?,
            Setter::In(parts) => {
                let mut fillers = Vec::new();
                let trees = self.trees_of(place);
                for (part, setter) in parts {
                    self.part_known(place.make, &trees, part, span_of(setter).unwrap_or(place.make.span));
                    fillers.push((part.clone(), self.filler(place, column, ty, setter)?));
                }
                Filler::In(fillers)
            }
            Setter::Invent(what) => Filler::Invent(match Invention::from_word(&what.value) {
                Some(invention) => invention,
                None => {
                    let message = format!("\"{}\" is not something that can be invented", what.value);
                    let near = nearest(&what.value, Invention::ALL.map(|(word, _)| word));
                    self.diagnostics.push(Diagnostic::error("unknown-invention", what.span, message).suggest(near));
                    return None;
                }
            }),
            Setter::Serial(pattern) => Filler::Serial(pattern.value.clone()),
            Setter::Ref { from, same } => {
                let pool = self.pool(place.make, from)?;
                let same = match same.as_ref().map(|same| (same.value.as_str(), same.span)) {
                    None => Same::County,
                    Some(("org", _)) => Same::Org,
                    Some(("township", _)) => Same::Township,
                    Some((other, span)) => {
                        let message = format!("same is org or township, not \"{other}\"");
                        self.diagnostics.push(Diagnostic::error("wrong-kind", span, message));
                        return None;
                    }
                };
                Filler::Ref(pool, same)
            }
        })
    }

    fn lower_here(&mut self, place: &Place<'a, '_>, text: &Spanned<String>) -> Option<Lowered> {
        self.lower(&place.make.pack, Some(place.register), source_register(place.source), text)
    }

    fn constant(&mut self, value: &serde_json::Value, span: Span, ty: ColumnType) -> Option<Cell> {
        let cell = Cell::from_json(value, ty);
        if cell.is_none() {
            let message = format!("{value} does not fit a column of type {}", ty.sql());
            self.diagnostics.push(Diagnostic::error("wrong-kind", span, message));
        }
        cell
    }

    /// The text as a day, when the column holds days, or as a code of the column's list.
    fn literal(&self, register: &Register, column: &str, ty: ColumnType, text: &str) -> Option<Cell> {
        let day = (ty == ColumnType::Date).then(|| Cell::parse(text, ty)).flatten();
        day.or_else(|| self.code(register, column, text))
    }

    /// The text as a code, when the field is a code field whose list has it.
    fn code(&self, register: &Register, column: &str, text: &str) -> Option<Cell> {
        let FieldType::Code { list, many } = &register.fields.get(column)?.ty else { return None };
        self.catalog.list(&list.value)?.label(text)?;
        Some(if *many { Cell::Many([text.into()].into()) } else { Cell::text(text) })
    }

    fn bound(&mut self, place: &Place<'a, '_>, ty: ColumnType, text: &Spanned<String>) -> Option<Bound> {
        match Cell::parse(&text.value, ty).and_then(|cell| cell.steps(ty)) {
            Some(steps) => Some(Bound::Fixed(steps)),
            None => self.lower_here(place, text).map(Bound::Sql),
        }
    }

    fn whole(&mut self, text: &Spanned<String>) -> Option<i64> {
        let number = text.value.parse().ok();
        if number.is_none() {
            let message = format!("\"{}\" is not a whole number", text.value);
            self.diagnostics.push(Diagnostic::error("wrong-kind", text.span, message));
        }
        number
    }

    fn sum(
        &mut self,
        figure: &Spanned<String>,
        between: Option<(Decimal, Decimal)>,
        ty: ColumnType,
    ) -> Option<Filler<'a>> {
        let unit = match ty {
            ColumnType::Decimal(digits) => Decimal::new(1, digits),
            _ => Decimal::ONE,
        };
        let total = match self.numbers.amount(&figure.value, unit) {
            Ok(Some(total)) => total,
            Ok(None) => {
                let message = format!("the county published no \"{}\"; the amounts are zero", figure.value);
                self.diagnostics.push(Diagnostic::warning("nothing-published", figure.span, message));
                return Some(Filler::Constant(Cell::from_steps(0, ty)));
            }
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                return None;
            }
        };
        let bounds = between.map(|(low, high)| (steps(low, ty), steps(high, ty)));
        Some(Filler::Sum { figure: figure.clone(), total: steps(total, ty), bounds })
    }
}

/// Where a setter stands, if any part of it says.
pub(super) fn span_of(setter: &Setter) -> Option<Span> {
    match setter {
        Setter::Constant(value) => Some(value.span),
        Setter::Sql(text) | Setter::Between(text, _) | Setter::OneEach(text) | Setter::Age(text, _) => Some(text.span),
        Setter::Invent(text) | Setter::Serial(text) => Some(text.span),
        Setter::Sum { figure, .. } => Some(figure.span),
        Setter::Ref { from, .. } => Some(from.register.span),
        Setter::In(parts) => parts.values().find_map(span_of),
        Setter::Normal { .. } | Setter::Shares(_) | Setter::EachOf(_) => None,
    }
}

/// A number in whole steps of a column: fen for money, tenths for one digit.
fn steps(number: Decimal, ty: ColumnType) -> i64 {
    let scaled = match ty {
        ColumnType::Decimal(digits) => number * Decimal::from(10_u64.pow(digits.min(12))),
        _ => number,
    };
    i64::try_from(scaled.round().mantissa()).unwrap_or(i64::MAX)
}
