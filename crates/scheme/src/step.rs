//! How does one step pay: base, deduction, share, limit, what is left.

use crate::lower::{AMOUNT_MAX, Lowerer, too_fine};
use crate::program::{ExceptionTrace, FormTrace, Reg, StepTrace};
use base::{Diagnostic, Rounding};
use pack::model::{List, ListKey, Scalar};
use pack::scheme::{Formula, ResolvedCap, ResolvedForm, ResolvedStep};

/// The parts of a step before its limit.
struct Amount {
    form: FormTrace,
    base: Reg,
    deduct: Reg,
    rate: Reg,
    raw: Reg,
}

impl Lowerer<'_> {
    pub(crate) fn step(&mut self, step: &ResolvedStep) -> Result<StepTrace, Diagnostic> {
        let mut applies = Vec::new();
        for exception in &step.except {
            applies.push(self.value(&exception.when)?);
        }
        let only = match &step.only {
            Some(only) => self.value(only)?,
            None => self.b.constant(1),
        };
        let only = self.replaced(step, &applies, "only", only)?;
        let plus = self.plus(step, &applies)?;
        let amount = self.amount(step, &applies, plus)?;
        let limit = self.limit(step, &applies, &amount)?;
        let mut paid = amount.raw;
        if let Some((_, room)) = limit {
            paid = self.b.min(paid, room);
        }
        if let Some(left) = self.left {
            paid = self.b.min(paid, left);
        }
        let zero = self.b.constant(0);
        paid = self.b.select(only, paid, zero);
        let of_year = matches!(step.cap, Some(ResolvedCap::Year(..)));
        let except = step.except.iter().zip(applies).map(|(exception, applies)| ExceptionTrace {
            name: exception.name.clone(),
            span: exception.span,
            applies,
            keys: exception.sets.keys().cloned().chain(exception.cap.as_ref().map(|_| "cap".to_string())).collect(),
        });
        Ok(StepTrace {
            id: step.id.clone(),
            title: step.title.clone(),
            fund: step.fund.clone(),
            source: step.source.clone(),
            span: step.span,
            form: amount.form,
            only,
            base: amount.base,
            deduct: amount.deduct,
            rate: amount.rate,
            plus,
            denominator: self.denominator,
            raw: amount.raw,
            round: step.round,
            limit,
            limit_of_year: of_year,
            left: self.left,
            paid,
            except: except.collect(),
            cells: std::mem::take(&mut self.cells),
        })
    }

    /// A key of the step, replaced by the exceptions that apply.
    fn replaced(&mut self, step: &ResolvedStep, applies: &[Reg], key: &str, general: Reg) -> Result<Reg, Diagnostic> {
        let mut reg = general;
        for (exception, applies) in step.except.iter().zip(applies) {
            let Some(formula) = exception.sets.get(key) else { continue };
            let value = match key {
                "rate" => self.at_scale(formula, 1)?,
                "amount" | "leave" => self.ended(formula, step.round)?,
                "only" => self.value(formula)?,
                _ => self.fen(formula)?,
            };
            reg = self.b.select(*applies, value, reg);
        }
        Ok(reg)
    }

    /// Money rounded as the step rounds.
    fn ended(&mut self, formula: &Formula, round: Rounding) -> Result<Reg, Diagnostic> {
        let reg = self.value(formula)?;
        let denominator = self.denominator.checked_pow(formula.factors).ok_or_else(|| too_fine(formula))?;
        Ok(self.b.round(reg, denominator, round))
    }

    fn plus(&mut self, step: &ResolvedStep, applies: &[Reg]) -> Result<Reg, Diagnostic> {
        let zero = self.b.constant(0);
        let mut plus = match &step.plus {
            Some(plus) => self.at_scale(plus, 1)?,
            None => zero,
        };
        for (exception, applies) in step.except.iter().zip(applies) {
            if let Some(more) = &exception.plus {
                let more = self.at_scale(more, 1)?;
                let more = self.b.select(*applies, more, zero);
                plus = self.b.add(plus, more);
            }
        }
        Ok(plus)
    }

    fn amount(&mut self, step: &ResolvedStep, applies: &[Reg], plus: Reg) -> Result<Amount, Diagnostic> {
        let zero = self.b.constant(0);
        let whole = self.b.constant(self.denominator);
        Ok(match &step.form {
            ResolvedForm::Part { of, deduct, rate } => {
                let base = self.fen(of)?;
                let base = self.replaced(step, applies, "of", base)?;
                let deduct = match deduct {
                    Some(deduct) => self.fen(deduct)?,
                    None => zero,
                };
                let deduct = self.replaced(step, applies, "deduct", deduct)?;
                let rate = match rate {
                    Some(rate) => self.at_scale(rate, 1)?,
                    None => whole,
                };
                let rate = self.replaced(step, applies, "rate", rate)?;
                let rate = self.b.add(rate, plus);
                let above = self.b.sub(base, deduct);
                let above = self.b.positive(above);
                let raw = if self.b.value(rate) == Some(self.denominator) {
                    above
                } else {
                    let part = self.b.mul(above, rate);
                    self.b.round(part, self.denominator, step.round)
                };
                Amount { form: FormTrace::Part, base, deduct, rate, raw }
            }
            ResolvedForm::Bands { of, list, start, used } => {
                let base = self.fen(of)?;
                let base = self.replaced(step, applies, "of", base)?;
                let start = match start {
                    Some(start) => self.fen(start)?,
                    None => zero,
                };
                let start = self.replaced(step, applies, "start", start)?;
                let used = used.map_or(zero, |n| self.resolved.inputs.len() + n);
                let until = self.b.add(used, base);
                let after = self.banded(list, until, start, plus, step)?;
                let before = self.banded(list, used, start, plus, step)?;
                let raw = self.b.sub(after, before);
                let form = FormTrace::Bands { start, used, after, before };
                Amount { form, base, deduct: start, rate: whole, raw }
            }
            ResolvedForm::Amount { amount, recover } => {
                let base = self.ended(amount, step.round)?;
                let base = self.replaced(step, applies, "amount", base)?;
                let raw = if *recover { base } else { self.b.positive(base) };
                Amount { form: FormTrace::Amount, base, deduct: zero, rate: whole, raw }
            }
            ResolvedForm::Leave { leave } => {
                let keeps = self.ended(leave, step.round)?;
                let keeps = self.replaced(step, applies, "leave", keeps)?;
                let base = self.left.unwrap_or(zero);
                let above = self.b.sub(base, keeps);
                let raw = self.b.positive(above);
                Amount { form: FormTrace::Leave, base, deduct: keeps, rate: whole, raw }
            }
            // The pool is divided over all rows at once, when all are known.
            ResolvedForm::Share { .. } => {
                Amount { form: FormTrace::Amount, base: zero, deduct: zero, rate: whole, raw: zero }
            }
        })
    }

    /// F(x): every part of x above `start` at the rate of its band, rounded once.
    fn banded(&mut self, list: &str, x: Reg, start: Reg, plus: Reg, step: &ResolvedStep) -> Result<Reg, Diagnostic> {
        let above = self.b.sub(x, start);
        let above = self.b.positive(above);
        let mut sum = self.b.mul(above, plus);
        let mut before = 0;
        for (floor, rate) in self.bands(list, step)? {
            let floor = self.b.constant(floor);
            let part = self.b.sub(above, floor);
            let part = self.b.positive(part);
            // Above its floor a band pays what its rate exceeds the rate below by.
            let more = self.b.constant(rate - before);
            let part = self.b.mul(part, more);
            sum = self.b.add(sum, part);
            before = rate;
        }
        Ok(self.b.round(sum, self.denominator, step.round))
    }

    fn bands(&self, list: &str, step: &ResolvedStep) -> Result<Vec<(i64, i64)>, Diagnostic> {
        let known = self.catalog.list(list);
        let key = known.and_then(|list| match list.key.iter().next() {
            Some((key, ListKey::Plain(_))) => Some(key),
            _ => None,
        });
        let rows = known.into_iter().flat_map(|list: &List| list.rows_on(self.day));
        let mut bands = Vec::new();
        for row in rows {
            let cells = key.and_then(|key| Some((&row.cells.get(key)?.value, &row.cells.get("rate")?.value)));
            let band = match cells {
                Some((Scalar::Decimal(floor), Scalar::Decimal(rate))) => {
                    let rate = rate.checked_mul(self.denominator.into()).and_then(crate::lower::whole);
                    crate::program::fen(*floor).zip(rate)
                }
                _ => None,
            };
            let message = || format!("a band of {list} has no floor or no rate");
            bands.push(band.ok_or_else(|| Diagnostic::error("missing-row", row.span, message()))?);
        }
        if bands.is_empty() {
            let message = format!("no rows of {list} hold on {}", self.day);
            return Err(Diagnostic::error("date-gap", step.span, message));
        }
        Ok(bands)
    }

    /// The limit and what is left of it, exceptions applied.
    fn limit(
        &mut self,
        step: &ResolvedStep,
        applies: &[Reg],
        amount: &Amount,
    ) -> Result<Option<(Reg, Reg)>, Diagnostic> {
        let replaces = step.except.iter().any(|exception| exception.cap.is_some());
        let Some(cap) = &step.cap else {
            if !replaces {
                return Ok(None);
            }
            return self.limits(step, applies, amount, None).map(Some);
        };
        self.limits(step, applies, amount, Some(cap)).map(Some)
    }

    fn limits(
        &mut self,
        step: &ResolvedStep,
        applies: &[Reg],
        amount: &Amount,
        cap: Option<&ResolvedCap>,
    ) -> Result<(Reg, Reg), Diagnostic> {
        let (mut limit, mut room) = self.room(cap.unwrap_or(&ResolvedCap::None), amount)?;
        for (exception, applies) in step.except.iter().zip(applies) {
            if let Some(cap) = &exception.cap {
                let (other, other_room) = self.room(cap, amount)?;
                limit = self.b.select(*applies, other, limit);
                room = self.b.select(*applies, other_room, room);
            }
        }
        Ok((limit, room))
    }

    fn room(&mut self, cap: &ResolvedCap, amount: &Amount) -> Result<(Reg, Reg), Diagnostic> {
        Ok(match cap {
            ResolvedCap::Each(limit) => {
                let limit = self.fen(limit)?;
                (limit, self.b.positive(limit))
            }
            ResolvedCap::Year(limit, used) => {
                let limit = self.fen(limit)?;
                let used = match (used, amount.form) {
                    (Some(n), _) => self.resolved.inputs.len() + n,
                    (None, FormTrace::Bands { before, .. }) => before,
                    (None, _) => self.b.constant(0),
                };
                let room = self.b.sub(limit, used);
                (limit, self.b.positive(room))
            }
            ResolvedCap::None => {
                let without = self.b.constant(UNLIMITED);
                (without, without)
            }
        })
    }
}

/// Stands for no limit: more than any bill can hold.
pub(crate) const UNLIMITED: i64 = AMOUNT_MAX * 1_000;
