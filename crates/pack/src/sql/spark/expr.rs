//! Expressions: each kind that the pack language has, what it becomes, and what kind of value it is.

use super::build::{call, cast, operand, quote, template, whole};
use super::ty::{Ty, instant, written};
use super::{NotOnCluster, Printer};
use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, DateTimeField, ExactNumberInfo, Expr, Ident, TypedString, UnaryOperator, Value,
};

fn refused(what: impl Into<String>, help: &str) -> NotOnCluster {
    NotOnCluster::new(what, help)
}

impl Printer<'_> {
    /// Rewrites an expression in place and gives its kind.
    pub(super) fn expr(&mut self, expr: &mut Expr) -> Result<Ty, NotOnCluster> {
        match expr {
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.column(expr),
            Expr::Value(value) => literal(&mut value.value),
            Expr::TypedString(text) => typed_text(text),
            Expr::Nested(inner) => self.expr(inner),
            Expr::IsNull(inner) | Expr::IsNotNull(inner) => self.flag([&mut **inner]),
            Expr::IsTrue(inner) | Expr::IsNotTrue(inner) | Expr::IsFalse(inner) | Expr::IsNotFalse(inner) => {
                self.flag([&mut **inner])
            }
            Expr::IsDistinctFrom(a, b) | Expr::IsNotDistinctFrom(a, b) => self.flag([&mut **a, &mut **b]),
            Expr::Between { expr, low, high, .. } => self.flag([&mut **expr, &mut **low, &mut **high]),
            Expr::InList { expr, list, .. } => self.flag(std::iter::once(&mut **expr).chain(list)),
            Expr::InSubquery { expr, subquery, .. } => {
                self.expr(expr)?;
                self.query(subquery)?;
                Ok(Ty::Flag)
            }
            Expr::Exists { subquery, .. } => self.query(subquery).map(|_| Ty::Flag),
            Expr::Subquery(query) => Ok(self.query(query)?.first().map_or(Ty::Null, |(_, ty)| *ty)),
            Expr::Like { expr, pattern, escape_char: None, any: false, .. }
            | Expr::ILike { expr, pattern, escape_char: None, any: false, .. } => {
                if !matches!(&**pattern, Expr::Value(value) if matches!(&value.value, Value::SingleQuotedString(text) if !text.contains('\\')))
                {
                    return Err(refused(
                        "LIKE with a pattern that is computed or escaped",
                        "use starts_with or contains",
                    ));
                }
                self.flag([&mut **expr, &mut **pattern])
            }
            Expr::UnaryOp { op: UnaryOperator::Not | UnaryOperator::Minus | UnaryOperator::Plus, expr } => {
                self.expr(expr)
            }
            Expr::Cast { .. } => self.cast(expr),
            Expr::Case { operand, conditions, else_result, .. } => {
                if let Some(operand) = operand {
                    self.expr(operand)?;
                }
                let mut ty = Ty::Null;
                for when in conditions {
                    self.expr(&mut when.condition)?;
                    ty = ty.with(self.expr(&mut when.result)?);
                }
                match else_result {
                    Some(other) => Ok(ty.with(self.expr(other)?)),
                    None => Ok(ty),
                }
            }
            Expr::Extract { field, expr, .. } => {
                if !matches!(
                    field,
                    DateTimeField::Year
                        | DateTimeField::Quarter
                        | DateTimeField::Month
                        | DateTimeField::Day
                        | DateTimeField::Hour
                        | DateTimeField::Minute
                ) {
                    return Err(refused(format!("extract({field})"), "extract year, quarter, month, day or hour"));
                }
                self.expr(expr)?;
                Ok(Ty::Integer)
            }
            Expr::Ceil { expr, .. } | Expr::Floor { expr, .. } => self.exact("ceil and floor", expr),
            Expr::Substring { expr, substring_from, substring_for, special, .. } => {
                *special = true;
                if substring_from.as_deref().and_then(whole).is_none_or(|at| at < 1) {
                    return Err(refused("substring from a computed place", "begin at a number from 1 on"));
                }
                if let Some(n) = substring_for {
                    self.expr(n)?;
                }
                self.expr(expr)
            }
            Expr::Trim { trim_where: None, trim_what: None, trim_characters: None, expr } => self.expr(expr),
            Expr::Array(array) => {
                let mut items = std::mem::take(&mut array.elem);
                for item in &mut items {
                    self.expr(item)?;
                }
                *expr = call("array", items);
                Ok(Ty::List)
            }
            Expr::BinaryOp { .. } => self.binary(expr),
            Expr::Function(_) => self.function(expr),
            other => Err(refused(format!("`{other}`"), "write it with the functions of the pack language")),
        }
    }

    /// Rewrites operands of something that is true or false.
    fn flag<'e>(&mut self, operands: impl IntoIterator<Item = &'e mut Expr>) -> Result<Ty, NotOnCluster> {
        for operand in operands {
            self.expr(operand)?;
        }
        Ok(Ty::Flag)
    }

    /// An operand that must be exact.
    pub(super) fn exact(&mut self, what: &str, expr: &mut Expr) -> Result<Ty, NotOnCluster> {
        let ty = self.expr(expr)?;
        if ty.is_exact_number() {
            return Ok(ty);
        }
        Err(refused(
            format!("{what} of what `/` gave"),
            "multiply exact numbers, or divide at the end, in the indicator",
        ))
    }

    /// A column, or the name a query gave to an expression of its own.
    fn column(&mut self, expr: &mut Expr) -> Result<Ty, NotOnCluster> {
        let (called, name) = match expr {
            Expr::Identifier(name) => (None, name.value.clone()),
            Expr::CompoundIdentifier(names) => match names.as_slice() {
                [called, name] => (Some(called.value.clone()), name.value.clone()),
                _ => return Err(refused(format!("`{expr}`"), "a column has at most one name before it")),
            },
            _ => return Ok(Ty::Null),
        };
        for (n, frame) in self.frames.iter().rev().enumerate() {
            let relations = frame.relations.iter().filter(|(known, _)| called.as_ref().is_none_or(|c| c == known));
            let column = relations.flat_map(|(_, columns)| columns).find(|(column, _)| *column == name);
            if let Some((_, ty)) = column {
                let ty = *ty;
                quote_all(expr);
                return Ok(ty);
            }
            let own = frame.aliases.iter().find(|(alias, ..)| n == 0 && called.is_none() && *alias == name);
            if let Some((_, meaning, ty)) = own {
                let ty = *ty;
                *expr = operand(meaning.clone());
                return Ok(ty);
            }
        }
        Err(refused(format!("the column `{expr}` is not found"), "name the relation it comes from"))
    }

    fn cast(&mut self, expr: &mut Expr) -> Result<Ty, NotOnCluster> {
        let Expr::Cast { kind, expr: inner, data_type, format: None } = expr else {
            return Err(refused("CAST with a format", "leave the format out"));
        };
        if matches!(kind, CastKind::TryCast | CastKind::SafeCast) {
            return Err(refused("TRY_CAST", "check the text with a rule when it is saved"));
        }
        *kind = CastKind::Cast;
        let from = self.expr(inner)?;
        let (to, ty) = written(data_type)?;
        *data_type = to;
        if from == Ty::Double && ty != Ty::Double {
            return Err(refused(
                "what `/` gave is cast to an exact number",
                "round_half_up(a * 1.0, n), or an indicator",
            ));
        }
        // DuckDB rounds where Spark cuts.
        if from == Ty::Decimal && ty == Ty::Integer {
            let value = std::mem::replace(&mut **inner, Expr::value(Value::Null));
            **inner = template("round(x_, 0)", &[("x_", value)])?;
            return Ok(ty);
        }
        // A day that became an instant only because a month was added.
        if ty == Ty::Date
            && let Expr::Cast { expr: day, data_type, .. } = &**inner
            && *data_type == instant()
            && matches!(&**day, Expr::Function(f) if f.name.to_string() == "add_months")
        {
            *expr = (**day).clone();
        }
        Ok(ty)
    }

    fn binary(&mut self, expr: &mut Expr) -> Result<Ty, NotOnCluster> {
        use BinaryOperator as Op;
        let Expr::BinaryOp { left, op, right } = expr else { return Ok(Ty::Null) };
        if matches!(op, Op::Plus | Op::Minus)
            && let Some(step) = self.step(right)?
        {
            let sign = *op == Op::Minus;
            let day = self.expr(left)?;
            let start = std::mem::replace(&mut **left, Expr::value(Value::Null));
            *expr = stepped(start, day, step, sign)?;
            return Ok(Ty::Instant);
        }
        let (a, b) = (self.expr(left)?, self.expr(right)?);
        match op {
            Op::And | Op::Or | Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq => Ok(Ty::Flag),
            Op::StringConcat if a != Ty::List && b != Ty::List => Ok(Ty::Text),
            Op::Plus | Op::Minus => {
                let minus = *op == Op::Minus;
                let (replacement, ty) = match (a, b) {
                    (Ty::Date, Ty::Date) if minus => ("datediff(a_, b_)", Ty::Integer),
                    (Ty::Date, Ty::Integer) if minus => ("date_sub(a_, CAST(b_ AS INT))", Ty::Date),
                    (Ty::Date, Ty::Integer) => ("date_add(a_, CAST(b_ AS INT))", Ty::Date),
                    (Ty::Integer, Ty::Date) if !minus => ("date_add(b_, CAST(a_ AS INT))", Ty::Date),
                    (a, b) if a.is_number() && b.is_number() => return Ok(a.with(b)),
                    _ => return Err(refused(format!("`{expr}`"), "add days to a day and numbers to numbers")),
                };
                let holes = [("a_", (**left).clone()), ("b_", (**right).clone())];
                *expr = tidied(template(replacement, &holes)?);
                Ok(ty)
            }
            Op::Multiply if a.is_number() && b.is_number() => Ok(a.with(b)),
            Op::Modulo if a.is_exact_number() && b.is_exact_number() => {
                guard(right);
                Ok(a.with(b))
            }
            Op::DuckIntegerDivide if a.is_exact_number() && b.is_exact_number() && a.with(b) != Ty::Decimal => {
                *op = Op::MyIntegerDivide;
                guard(right);
                Ok(Ty::Integer)
            }
            // DuckDB divides as binary fractions, whatever it divides; here the same is said outright.
            Op::Divide if a.is_number() && b.is_number() => {
                guard(right);
                for side in [left, right] {
                    let value = std::mem::replace(&mut **side, Expr::value(Value::Null));
                    **side = cast(value, DataType::Double(ExactNumberInfo::None));
                }
                Ok(Ty::Double)
            }
            _ => Err(refused(format!("`{expr}`"), "use the operators of the pack language on like values")),
        }
    }

    /// The step of `+ to_months(n)` or `+ INTERVAL n MONTH`: its unit and its number.
    fn step(&mut self, expr: &mut Expr) -> Result<Option<(Step, Expr)>, NotOnCluster> {
        if let Expr::Function(function) = expr {
            let unit = match function.name.to_string().to_lowercase().as_str() {
                "to_months" => Step::Month,
                "to_days" => Step::Day,
                "to_hours" => Step::Hour,
                "to_minutes" => Step::Minute,
                _ => return Ok(None),
            };
            let mut arguments = super::call::arguments(function);
            let Some(mut n) = arguments.pop() else { return Ok(None) };
            self.expr(&mut n)?;
            return Ok(Some((unit, n)));
        }
        let Expr::Interval(interval) = expr else { return Ok(None) };
        let unit = match interval.leading_field {
            Some(DateTimeField::Month | DateTimeField::Months) => Step::Month,
            Some(DateTimeField::Day | DateTimeField::Days) => Step::Day,
            Some(DateTimeField::Hour | DateTimeField::Hours) => Step::Hour,
            Some(DateTimeField::Minute | DateTimeField::Minutes) => Step::Minute,
            _ => return Err(refused(format!("`{interval}`"), "write INTERVAL n MONTH, DAY, HOUR or MINUTE")),
        };
        let digits = match &*interval.value {
            Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) | Value::Number(text, _) => text.trim().parse::<i64>().ok(),
                _ => None,
            },
            _ => None,
        };
        let n = digits.ok_or_else(|| refused(format!("`{interval}`"), "write a whole number after INTERVAL"))?;
        Ok(Some((unit, Expr::value(Value::Number(n.to_string(), false)))))
    }
}

/// The unit of a step in time.
#[derive(Clone, Copy)]
enum Step {
    Month,
    Day,
    Hour,
    Minute,
}

fn stepped(start: Expr, ty: Ty, (unit, n): (Step, Expr), minus: bool) -> Result<Expr, NotOnCluster> {
    let n = if minus { template("(-n_)", &[("n_", n)])? } else { n };
    let holes = [("a_", start), ("n_", n)];
    let filled = match (unit, ty) {
        (Step::Month, Ty::Date) => template("add_months(a_, CAST(n_ AS INT))", &holes)?,
        (Step::Month, _) => return Err(refused("months added to an instant", "add them to its day")),
        (Step::Day, Ty::Date) => template("date_add(a_, CAST(n_ AS INT))", &holes)?,
        (unit, ty) => {
            let text = match unit {
                Step::Hour => "a_ + make_dt_interval(0, CAST(n_ AS INT), 0, 0)",
                Step::Minute => "a_ + make_dt_interval(0, 0, CAST(n_ AS INT), 0)",
                _ => "a_ + make_dt_interval(CAST(n_ AS INT), 0, 0, 0)",
            };
            let [(_, start), n] = holes;
            let start = if ty == Ty::Date { cast(start, instant()) } else { start };
            return Ok(tidied(template(text, &[("a_", start), n])?));
        }
    };
    Ok(cast(tidied(filled), instant()))
}

/// `CAST(14 AS INT)` is 14.
fn tidied(mut expr: Expr) -> Expr {
    if let Expr::Function(function) = &mut expr
        && let sqlparser::ast::FunctionArguments::List(list) = &mut function.args
    {
        for arg in &mut list.args {
            if let sqlparser::ast::FunctionArg::Unnamed(sqlparser::ast::FunctionArgExpr::Expr(arg)) = arg
                && let Expr::Cast { expr: inner, .. } = arg
                && whole(inner).is_some()
            {
                *arg = (**inner).clone();
            }
        }
    }
    expr
}

/// A divisor that may be zero gives NULL, as in DuckDB, instead of ending the statement.
fn guard(divisor: &mut Expr) {
    let is_safe = match &*divisor {
        Expr::Value(value) => {
            matches!(&value.value, Value::Number(n, _) if n.chars().any(|c| ('1'..='9').contains(&c)))
        }
        Expr::Function(function) => function.name.to_string().eq_ignore_ascii_case("nullif"),
        _ => false,
    };
    if !is_safe {
        let value = std::mem::replace(divisor, Expr::value(Value::Null));
        *divisor = call("nullif", vec![value, Expr::value(Value::Number("0".into(), false))]);
    }
}

fn quote_all(expr: &mut Expr) {
    let names: &mut [Ident] = match expr {
        Expr::Identifier(name) => std::slice::from_mut(name),
        Expr::CompoundIdentifier(names) => names,
        _ => return,
    };
    names.iter_mut().for_each(quote);
}

fn literal(value: &mut Value) -> Result<Ty, NotOnCluster> {
    Ok(match value {
        Value::Number(text, _) if text.contains(['e', 'E']) => Ty::Double,
        Value::Number(text, _) if text.contains('.') => Ty::Decimal,
        Value::Number(..) => Ty::Integer,
        Value::Boolean(_) => Ty::Flag,
        Value::Null => Ty::Null,
        Value::SingleQuotedString(text) => {
            // Spark reads backslashes, and two quotes as two texts side by side.
            if text.contains(['\\', '\'']) {
                *text = text.replace('\\', "\\\\").replace('\'', "\\u0027");
            }
            Ty::Text
        }
        other => return Err(refused(format!("the literal {other}"), "write numbers, texts in '…', DATE '…' or TRUE")),
    })
}

fn typed_text(text: &mut TypedString) -> Result<Ty, NotOnCluster> {
    let (to, ty) = written(&text.data_type)?;
    if !matches!(ty, Ty::Date | Ty::Instant) {
        return Err(refused(format!("`{text}`"), "use CAST"));
    }
    text.data_type = to;
    Ok(ty)
}
