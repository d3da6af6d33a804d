//! Exact arithmetic over indicators and parameters: `opening + joined - left`.
//!
//! Four operations, brackets, and `last_year(x)`, `previous(x)`, `opening(x)`. Whatever has no value makes the whole
//! have none.

use base::Decimal;
use pack::Catalog;
use pack::model::Spanned;
use pack::sql::expression;
use sqlparser::ast::{BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, UnaryOperator, Value};

/// Where the value of a name is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The period asked for.
    Now,
    /// The same period a year earlier.
    LastYear,
    /// The period before.
    Previous,
}

/// A text that was read once, to be evaluated for any number of organisations.
pub struct Arithmetic(Option<Expr>);

impl Arithmetic {
    /// Reads a text; what is no expression has no value anywhere.
    pub fn read(catalog: &Catalog, text: &Spanned<String>) -> Self {
        Self(expression(&catalog.sources, text).ok())
    }

    /// Its value, each name looked up by `value`; a parameter's name begins with a colon.
    pub fn evaluate(&self, value: &mut dyn FnMut(&str, When) -> Option<Decimal>) -> Option<Decimal> {
        evaluate_tree(self.0.as_ref()?, When::Now, value)
    }
}

fn evaluate_tree(expr: &Expr, when: When, value: &mut dyn FnMut(&str, When) -> Option<Decimal>) -> Option<Decimal> {
    match expr {
        Expr::Nested(inner) => evaluate_tree(inner, when, value),
        Expr::Identifier(name) => value(&name.value, when),
        Expr::Value(literal) => match &literal.value {
            Value::Number(number, _) => number.parse().ok(),
            Value::Placeholder(name) => value(name, when),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => evaluate_tree(expr, when, value).map(|n| -n),
        Expr::BinaryOp { left, op, right } => {
            let (a, b) = (evaluate_tree(left, when, value)?, evaluate_tree(right, when, value)?);
            match op {
                BinaryOperator::Plus => a.checked_add(b),
                BinaryOperator::Minus => a.checked_sub(b),
                BinaryOperator::Multiply => a.checked_mul(b),
                BinaryOperator::Divide => a.checked_div(b),
                _ => None,
            }
        }
        Expr::Function(function) => {
            let when = match function.name.to_string().as_str() {
                "last_year" => When::LastYear,
                "previous" | "opening" => When::Previous,
                _ => return None,
            };
            let FunctionArguments::List(list) = &function.args else { return None };
            match list.args.as_slice() {
                [FunctionArg::Unnamed(FunctionArgExpr::Expr(inner))] => evaluate_tree(inner, when, value),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The indicators a text needs for the period itself.
pub fn names(catalog: &Catalog, text: &Spanned<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    Arithmetic::read(catalog, text).evaluate(&mut |name, _| {
        if !name.starts_with(':') && !names.iter().any(|known| known == name) {
            names.push(name.to_string());
        }
        Some(Decimal::ONE)
    });
    names
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn value(text: &str) -> Option<Decimal> {
        let text = Spanned::new(text.to_string(), base::Span::default());
        Arithmetic::read(&Catalog::default(), &text).evaluate(&mut |name, when| match (name, when) {
            ("a", When::Now) => Some(Decimal::from(7)),
            ("a", When::LastYear) => Some(Decimal::from(5)),
            (":half", _) => Some(Decimal::new(5, 1)),
            _ => None,
        })
    }

    #[test]
    fn exact_and_empty() {
        assert_eq!(value("(a + 1) / 2.0").unwrap(), Decimal::from(4));
        assert_eq!(value("a - last_year(a)").unwrap(), Decimal::from(2));
        assert_eq!(value("a * :half").unwrap(), Decimal::new(35, 1));
        assert_eq!(value("-a").unwrap(), Decimal::from(-7));
        assert_eq!(value("a / (a - a)"), None);
        assert_eq!(value("a + unknown"), None);
    }
}
