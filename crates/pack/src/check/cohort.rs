//! Queries: what the surface refuses, names, circles, and predicates that forget about empty values.

use super::indicator::relations;
use super::rule::names_cohort;
use super::{NamesOnly, sample_moment};
use crate::catalog::Catalog;
use crate::model::{Cohort, Register, RuleTrigger, Spanned};
use crate::sql::{Compiler, Moment, place_of_word, query, refuse_query};
use base::Diagnostic;
use sqlparser::ast::{BinaryOperator, Expr, Query, TableFactor, Visit, Visitor};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// Cohorts that may read each other one above the other.
const DEPTH_MAX: usize = 12;

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let moment = sample_moment(catalog);
    for (pack_id, pack) in &catalog.packs {
        for (id, versions) in &pack.cohorts {
            if pack.indicators.contains_key(id) {
                let message = format!("\"{id}\" is also an indicator of this pack");
                found.push(
                    Diagnostic::error("same-name", versions.latest().common.span, message)
                        .help("a cohort is rows, an indicator a number: give them different names"),
                );
            }
            for cohort in &versions.0 {
                check_query(catalog, pack_id, &cohort.query, true, found);
                let mut compiler = Compiler::new(catalog, &NamesOnly, moment);
                if let Err(diagnostic) = compiler.query(pack_id, &cohort.query) {
                    found.push(diagnostic);
                }
            }
            circle(catalog, pack_id, id, &moment, found);
        }
        let inside = pack.registers.values().flat_map(|register| register.rules.values());
        for rule in pack.rules.values().chain(inside) {
            let RuleTrigger::Rows(rows) = &rule.trigger else { continue };
            if !names_cohort(rows) {
                check_query(catalog, pack_id, rows, false, found);
            }
        }
    }
}

fn circle(catalog: &Catalog, pack: &str, id: &str, moment: &Moment, found: &mut Vec<Diagnostic>) {
    let Ok(versions) = catalog.cohort(pack, id) else { return };
    let name = Spanned::new(id.to_string(), versions.latest().common.span);
    if let Err(diagnostic) = Compiler::new(catalog, &NamesOnly, *moment).cohort(pack, &name)
        && diagnostic.code == "cohort-cycle"
    {
        found.push(diagnostic);
    } else if versions.0.iter().any(|cohort| is_deeper(catalog, cohort, DEPTH_MAX)) {
        let message = format!("\"{id}\" reads cohorts that read cohorts, more than {DEPTH_MAX} deep");
        found.push(Diagnostic::error("too-large", name.span, message).help("say it with fewer steps"));
    }
}

/// True when a cohort stands on more than `n_left` others, one above the other.
fn is_deeper(catalog: &Catalog, cohort: &Cohort, n_left: usize) -> bool {
    let Some(n_below) = n_left.checked_sub(1) else { return true };
    let below = relations(catalog, &cohort.query).into_iter().filter(|name| catalog.register(name).is_none());
    below
        .filter_map(|name| catalog.cohort(&cohort.common.pack, &name).ok())
        .any(|versions| versions.0.iter().any(|cohort| is_deeper(catalog, cohort, n_below)))
}

pub(super) fn check_query(
    catalog: &Catalog,
    pack: &str,
    text: &Spanned<String>,
    counted: bool,
    found: &mut Vec<Diagnostic>,
) {
    match query(&catalog.sources, text) {
        Ok(tree) => {
            found.extend(refuse_query(catalog, pack, text, &tree, counted));
            found.extend(undecided(catalog, text, &tree));
        }
        Err(diagnostic) => found.push(diagnostic),
    }
}

/// Fields that can be empty, are compared in WHERE, and about whose emptiness nothing is said anywhere in the query.
fn undecided(catalog: &Catalog, text: &Spanned<String>, tree: &Query) -> Vec<Diagnostic> {
    let mut compared = Compared { catalog, registers: Vec::new(), compared: BTreeSet::new(), decided: BTreeSet::new() };
    let _ = tree.visit(&mut compared);
    let optional = |name: &str| {
        compared.registers.iter().any(|register| {
            register.fields.contains_key(name)
                && register.columns().iter().any(|column| column.name == name && column.nullable)
        })
    };
    let open = compared.compared.iter().filter(|name| !compared.decided.contains(*name) && optional(name));
    open.map(|name| {
        let span = place_of_word(&catalog.sources, text, name);
        let message = format!("\"{name}\" can be empty, and this condition does not say how such a row counts");
        Diagnostic::warning("undecided-missing", span, message)
            .help("say IS NULL, IS DISTINCT FROM or coalesce, or decide with missing: on the indicator")
    })
    .collect()
}

struct Compared<'a> {
    catalog: &'a Catalog,
    registers: Vec<&'a Register>,
    compared: BTreeSet<String>,
    decided: BTreeSet<String>,
}

impl Visitor for Compared<'_> {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, args: None, .. } = factor {
            self.registers.extend(self.catalog.register(&name.to_string()));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &sqlparser::ast::Select) -> ControlFlow<()> {
        struct Where<'w>(&'w mut BTreeSet<String>);
        impl Visitor for Where<'_> {
            type Break = ();
            fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
                use BinaryOperator::{Gt, GtEq, Lt, LtEq, NotEq};
                // `x = literal` keeps only rows that have it, which is what it says; the others hide a decision.
                if let Expr::BinaryOp { left, op: NotEq | Lt | LtEq | Gt | GtEq, right } = expr {
                    self.0.extend([left, right].into_iter().filter_map(|side| column(side)));
                }
                ControlFlow::Continue(())
            }
        }
        if let Some(selection) = &select.selection {
            let _ = selection.visit(&mut Where(&mut self.compared));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::IsNull(inner)
            | Expr::IsNotNull(inner)
            | Expr::IsTrue(inner)
            | Expr::IsNotTrue(inner)
            | Expr::IsFalse(inner)
            | Expr::IsNotFalse(inner) => self.decided.extend(column(inner)),
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => {
                self.decided.extend([left, right].into_iter().filter_map(|side| column(side)));
            }
            Expr::Function(function) => {
                let name = function.name.to_string().to_lowercase();
                if matches!(name.as_str(), "coalesce" | "open_on" | "open_during") {
                    struct Names<'n>(&'n mut BTreeSet<String>);
                    impl Visitor for Names<'_> {
                        type Break = ();
                        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
                            self.0.extend(column(expr));
                            ControlFlow::Continue(())
                        }
                    }
                    let _ = function.args.visit(&mut Names(&mut self.decided));
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

fn column(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(name) => Some(name.value.clone()),
        Expr::CompoundIdentifier(names) => names.last().map(|name| name.value.clone()),
        Expr::Nested(inner) => column(inner),
        _ => None,
    }
}
