//! Cohorts that only narrow one register, so that many of them can be counted in one pass over it.

use super::compile::Compiler;
use super::parse::{expression, query};
use crate::model::Spanned;
use base::Diagnostic;
use sqlparser::ast::{
    Expr, GroupByExpr, Ident, Query, Select, SelectItem, SetExpr, TableFactor, Visit, VisitMut, Visitor, VisitorMut,
};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// A cohort as a register, a condition, and an expression for each of its columns.
#[derive(Debug, Clone)]
pub struct Narrowed {
    /// The register read.
    pub register: String,
    /// Column of the cohort → expression over the register.
    pub columns: BTreeMap<String, Expr>,
    /// Which rows of the register; all when absent.
    pub condition: Option<Expr>,
}

impl Narrowed {
    /// An expression over the cohort's columns as one over the register; `None` when it looks further than one row.
    pub fn over_register(&self, mut expr: Expr) -> Option<Expr> {
        if looks_further(&expr) {
            return None;
        }
        substitute(&mut expr, &self.columns).then_some(expr)
    }
}

impl Compiler<'_> {
    /// The cohort as a narrowed register, if it is one: a single SELECT over a register, or over another such cohort,
    /// without joins, groups, windows or sub-queries.
    ///
    /// # Errors
    /// Whatever resolving its names brings.
    pub fn narrowed(&mut self, pack: &str, name: &Spanned<String>) -> Result<Option<Narrowed>, Diagnostic> {
        let Some((owner, text)) = self.body_of(pack, name)? else { return Ok(None) };
        let tree = query(self.sources(), &text)?;
        let Some((relation, alias)) = single_relation(&tree) else { return Ok(None) };
        let is_register = self.is_register(&relation);
        let below = if is_register {
            None
        } else {
            match self.narrowed(&owner, &Spanned::new(relation.clone(), name.span))? {
                Some(below) => Some(below),
                None => return Ok(None),
            }
        };
        let SetExpr::Select(select) = *tree.body else { return Ok(None) };
        let Some((mut columns, mut condition)) = self.parts(&owner, &text, *select, &alias)? else { return Ok(None) };
        if let Some(below) = &below {
            for expr in columns.values_mut().chain(condition.as_mut()) {
                if !substitute(expr, &below.columns) {
                    return Ok(None);
                }
            }
            condition = both(below.condition.clone(), condition);
        }
        let register = below.map_or(relation, |below| below.register);
        self.register(&register);
        Ok(Some(Narrowed { register, columns, condition }))
    }

    /// A condition over a cohort's columns, lowered but not printed.
    ///
    /// # Errors
    /// Whatever resolving its names brings.
    pub fn condition(&mut self, pack: &str, text: &Spanned<String>) -> Result<Expr, Diagnostic> {
        let mut tree = expression(self.sources(), text)?;
        self.lower_expression(pack, text, &mut tree)?;
        Ok(tree)
    }

    #[allow(clippy::type_complexity)]
    fn parts(
        &mut self,
        pack: &str,
        text: &Spanned<String>,
        select: Select,
        alias: &str,
    ) -> Result<Option<(BTreeMap<String, Expr>, Option<Expr>)>, Diagnostic> {
        let mut columns = BTreeMap::new();
        for item in select.projection {
            let (name, mut expr) = match item {
                SelectItem::UnnamedExpr(expr) => match own_column(&expr) {
                    Some(name) => (name, expr),
                    None => return Ok(None),
                },
                SelectItem::ExprWithAlias { expr, alias } => (alias.value, expr),
                _ => return Ok(None),
            };
            self.lower_expression(pack, text, &mut expr)?;
            if looks_further(&expr) {
                return Ok(None);
            }
            strip(&mut expr, alias);
            columns.insert(name, expr);
        }
        let mut condition = select.selection;
        if let Some(expr) = &mut condition {
            self.lower_expression(pack, text, expr)?;
            if looks_further(expr) {
                return Ok(None);
            }
            strip(expr, alias);
        }
        Ok(Some((columns, condition)))
    }
}

/// The names of the columns a query returns, as far as they can be told without an engine.
pub fn output_columns(tree: &Query) -> Vec<String> {
    fn of(body: &SetExpr) -> Vec<String> {
        match body {
            SetExpr::Select(select) => select
                .projection
                .iter()
                .filter_map(|item| match item {
                    SelectItem::UnnamedExpr(expr) => own_column(expr),
                    SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
                    _ => None,
                })
                .collect(),
            SetExpr::SetOperation { left, .. } => of(left),
            SetExpr::Query(query) => of(&query.body),
            _ => Vec::new(),
        }
    }
    of(&tree.body)
}

/// The relation of a query that narrows exactly one, with the name by which its columns are called.
fn single_relation(tree: &Query) -> Option<(String, String)> {
    if tree.with.is_some() || tree.order_by.is_some() || tree.limit_clause.is_some() {
        return None;
    }
    let SetExpr::Select(select) = tree.body.as_ref() else { return None };
    let grouped =
        !matches!(&select.group_by, GroupByExpr::Expressions(list, more) if list.is_empty() && more.is_empty());
    if grouped || select.distinct.is_some() || select.having.is_some() || select.qualify.is_some() {
        return None;
    }
    let [from] = select.from.as_slice() else { return None };
    let TableFactor::Table { name, alias, args: None, .. } = &from.relation else { return None };
    if !from.joins.is_empty() {
        return None;
    }
    let relation = name.to_string();
    let called = alias.as_ref().map_or_else(|| relation.clone(), |alias| alias.name.value.clone());
    Some((relation, called))
}

fn own_column(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(name) => Some(name.value.clone()),
        Expr::CompoundIdentifier(names) => names.last().map(|name| name.value.clone()),
        _ => None,
    }
}

/// True when an expression holds a sub-query, a window or an aggregate.
fn looks_further(expr: &Expr) -> bool {
    struct Further;
    impl Visitor for Further {
        type Break = ();
        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            match expr {
                Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => ControlFlow::Break(()),
                Expr::Function(function) if function.over.is_some() || function.filter.is_some() => {
                    ControlFlow::Break(())
                }
                Expr::Function(function) => match function.name.to_string().to_lowercase().as_str() {
                    "count" | "sum" | "min" | "max" | "avg" | "list" => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                },
                _ => ControlFlow::Continue(()),
            }
        }
    }
    expr.visit(&mut Further).is_break()
}

/// `a.column` as `column`.
fn strip(expr: &mut Expr, alias: &str) {
    struct Strip<'a>(&'a str);
    impl VisitorMut for Strip<'_> {
        type Break = ();
        fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
            if let Expr::CompoundIdentifier(names) = expr
                && let [called, column] = names.as_slice()
                && called.value == self.0
            {
                *expr = Expr::Identifier(Ident::new(column.value.clone()));
            }
            ControlFlow::Continue(())
        }
    }
    let _ = expr.visit(&mut Strip(alias));
}

/// Writes out the columns of a cohort; false when one is not known.
fn substitute(expr: &mut Expr, columns: &BTreeMap<String, Expr>) -> bool {
    struct Substitute<'a>(&'a BTreeMap<String, Expr>);
    impl VisitorMut for Substitute<'_> {
        type Break = ();
        fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
            let Some(name) = own_column(expr) else { return ControlFlow::Continue(()) };
            match self.0.get(&name) {
                Some(meaning) => {
                    *expr = match meaning {
                        Expr::Identifier(_) => meaning.clone(),
                        other => Expr::Nested(Box::new(other.clone())),
                    };
                    ControlFlow::Continue(())
                }
                None => ControlFlow::Break(()),
            }
        }
    }
    expr.visit(&mut Substitute(columns)).is_continue()
}

/// Both conditions at once.
fn both(a: Option<Expr>, b: Option<Expr>) -> Option<Expr> {
    match (a, b) {
        (Some(a), Some(b)) => Some(Expr::BinaryOp {
            left: Box::new(Expr::Nested(Box::new(a))),
            op: sqlparser::ast::BinaryOperator::And,
            right: Box::new(Expr::Nested(Box::new(b))),
        }),
        (a, b) => a.or(b),
    }
}
