//! Does a cohort count what happens, so that months add up to a year, or what there is?
//!
//! Derived from the text, never declared: a cohort of occurrences keeps a row exactly when the row's own day lies in the period.

use super::parse::query;
use crate::catalog::Catalog;
use crate::model::Spanned;
use base::Date;
use sqlparser::ast::{BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, Select};
use sqlparser::ast::{Query, SelectItem, SetExpr, TableFactor};

/// Cohorts that read each other are followed so far.
const DEEPEST: usize = 12;

/// True when the rows of a cohort over two periods that follow each other are its rows over both together: its query
/// narrows one relation, with `in_period` of the column it returns as `on_date`.
pub fn counts_occurrences(catalog: &Catalog, pack: &str, cohort: &str, day: Date) -> bool {
    follow(catalog, pack, cohort, day, DEEPEST).unwrap_or(false)
}

fn follow(catalog: &Catalog, pack: &str, name: &str, day: Date, n_left: usize) -> Option<bool> {
    let cohort = catalog.cohort(pack, name).ok()?.on(day)?;
    let tree = query(&catalog.sources, &Spanned::new(cohort.query.value.clone(), cohort.query.span)).ok()?;
    let select = plain_select(&tree)?;
    let on_date = projected(select, "on_date")?;
    if select.selection.as_ref().is_some_and(|condition| asks_period(condition, on_date)) {
        return Some(true);
    }
    // Otherwise the cohort it reads may, when the day is handed on unchanged.
    let TableFactor::Table { name, args: None, .. } = &select.from.first()?.relation else { return None };
    if !is_column(on_date, "on_date") || n_left == 0 {
        return None;
    }
    follow(catalog, &cohort.common.pack, &name.to_string(), day, n_left - 1)
}

/// The SELECT of a query without groups, windows or limits. Joins may stay: they do not look at other rows' days.
fn plain_select(tree: &Query) -> Option<&Select> {
    let SetExpr::Select(select) = tree.body.as_ref() else { return None };
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(list, _) if list.is_empty());
    let plain = !grouped && select.distinct.is_none() && select.having.is_none() && select.qualify.is_none();
    (plain && tree.with.is_none() && select.from.len() == 1).then_some(select)
}

fn projected<'s>(select: &'s Select, column: &str) -> Option<&'s Expr> {
    select.projection.iter().find_map(|item| match item {
        SelectItem::UnnamedExpr(expr) if is_column(expr, column) => Some(expr),
        SelectItem::ExprWithAlias { expr, alias } if alias.value == column => Some(expr),
        _ => None,
    })
}

fn is_column(expr: &Expr, column: &str) -> bool {
    match expr {
        Expr::Identifier(name) => name.value == column,
        Expr::CompoundIdentifier(names) => names.last().is_some_and(|name| name.value == column),
        _ => false,
    }
}

/// True when one of the conditions joined by AND is `in_period` of the expression.
fn asks_period(condition: &Expr, day: &Expr) -> bool {
    match condition {
        Expr::Nested(inner) => asks_period(inner, day),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => asks_period(left, day) || asks_period(right, day),
        Expr::Function(function) if function.name.to_string() == "in_period" => {
            let FunctionArguments::List(list) = &function.args else { return false };
            matches!(list.args.as_slice(), [FunctionArg::Unnamed(FunctionArgExpr::Expr(arg))] if same(arg, day))
        }
        _ => false,
    }
}

/// The same column, however it is called.
fn same(a: &Expr, b: &Expr) -> bool {
    let last = |expr: &Expr| match expr {
        Expr::Identifier(name) => Some(name.value.clone()),
        Expr::CompoundIdentifier(names) => names.last().map(|name| name.value.clone()),
        _ => None,
    };
    a == b || last(a).is_some_and(|a| last(b) == Some(a))
}
