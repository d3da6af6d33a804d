//! What the surface does not allow, and the way round.
//!
//! Everything here is judged on the tree, before names are replaced, so that each refusal points at the author's own
//! words.

use super::parse::place_of;
use super::row::{column_names, function_span};
use crate::catalog::Catalog;
use crate::model::{FieldType, Register, Spanned};
use base::{Diagnostic, Span, nearest};
use sqlparser::ast::{
    BinaryOperator, DataType, Distinct, Expr, Function, FunctionArguments, OrderByKind, Query, Select, SelectItem,
    SetExpr, Spanned as _, TableFactor, Value, Visit, Visitor, WindowType,
};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Everything wrong with a query of a pack; `counted` when an indicator can count it (a cohort).
pub fn refuse_query(
    catalog: &Catalog,
    pack: &str,
    text: &Spanned<String>,
    tree: &Query,
    counted: bool,
) -> Vec<Diagnostic> {
    let mut walk = Walk::new(catalog, pack, text, None);
    walk.collect_relations(tree);
    if counted {
        walk.top_of_cohort(tree);
    }
    let _ = tree.visit(&mut walk);
    walk.found
}

/// Everything wrong with an expression of a pack over one record of `register`.
pub fn refuse_expression(
    catalog: &Catalog,
    pack: &str,
    text: &Spanned<String>,
    tree: &Expr,
    register: Option<&Register>,
) -> Vec<Diagnostic> {
    let mut walk = Walk::new(catalog, pack, text, Some(register));
    let _ = tree.visit(&mut walk);
    walk.found
}

struct Walk<'a> {
    catalog: &'a Catalog,
    /// Whose parameters are meant.
    pack: &'a str,
    text: &'a Spanned<String>,
    /// `Some` in a row expression, with its register when it has one.
    row: Option<Option<&'a Register>>,
    /// Alias or name → register, over the whole query.
    registers: BTreeMap<String, &'a Register>,
    found: Vec<Diagnostic>,
}

impl<'a> Walk<'a> {
    fn new(catalog: &'a Catalog, pack: &'a str, text: &'a Spanned<String>, row: Option<Option<&'a Register>>) -> Self {
        Self { catalog, pack, text, row, registers: BTreeMap::new(), found: Vec::new() }
    }

    fn refuse(&mut self, code: &'static str, at: Span, message: impl Into<String>, help: &str) {
        self.found.push(Diagnostic::error(code, at, message).help(help));
    }

    fn place(&self, span: sqlparser::tokenizer::Span) -> Span {
        place_of(&self.catalog.sources, self.text, span)
    }

    fn collect_relations(&mut self, tree: &Query) {
        struct Relations<'a>(&'a Catalog, BTreeMap<String, &'a Register>);
        impl Visitor for Relations<'_> {
            type Break = ();
            fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
                if let TableFactor::Table { name, alias, args: None, .. } = factor
                    && let Some(register) = self.0.register(&name.to_string())
                {
                    let known_as = alias.as_ref().map_or_else(|| name.to_string(), |a| a.name.value.clone());
                    self.1.insert(known_as, register);
                }
                ControlFlow::Continue(())
            }
        }
        let mut relations = Relations(self.catalog, BTreeMap::new());
        let _ = tree.visit(&mut relations);
        self.registers = relations.1;
    }

    fn top_of_cohort(&mut self, tree: &Query) {
        if let SetExpr::Select(select) = tree.body.as_ref() {
            for item in &select.projection {
                if matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)) {
                    let at = self.place(item.span());
                    self.refuse("star-in-cohort", at, "a cohort names its columns", "write id, org, resident, …");
                }
            }
        }
        let ordered = tree.order_by.as_ref().map(|order| order.span());
        if let Some(span) = ordered {
            let at = self.place(span);
            self.refuse("order-in-cohort", at, "a cohort is a set: it has no order", "leave out ORDER BY");
        } else if tree.limit_clause.is_some() || tree.fetch.is_some() {
            let at = self.text.span;
            self.refuse("order-in-cohort", at, "a cohort is a set: it has no first rows", "leave out LIMIT");
        }
    }

    /// The field an operand names, if that can be told.
    fn field(&self, operand: &Expr) -> Option<(&'a Register, &'a crate::model::Field)> {
        let (qualifier, name) = match operand {
            Expr::Identifier(name) => (None, &name.value),
            Expr::CompoundIdentifier(names) if names.len() == 2 => (Some(&names[0].value), &names[1].value),
            Expr::Nested(inner) => return self.field(inner),
            _ => return None,
        };
        if let Some(register) = self.row {
            let register = register.filter(|_| qualifier.is_none())?;
            return register.fields.get(name).map(|field| (register, field));
        }
        if let Some(qualifier) = qualifier {
            let register = *self.registers.get(qualifier)?;
            return register.fields.get(name).map(|field| (register, field));
        }
        let mut owners = self.registers.values().filter(|r| column_names(r).iter().any(|column| column == name));
        let owner = owners.next()?;
        if owners.next().is_some() {
            return None;
        }
        owner.fields.get(name).map(|field| (*owner, field))
    }

    fn compare(&mut self, left: &Expr, right: &Expr) {
        for (operand, literal) in [(left, right), (right, left)] {
            let Some((_, field)) = self.field(operand) else { continue };
            let Expr::Value(value) = literal else { continue };
            let Value::SingleQuotedString(word) = &value.value else { continue };
            self.literal_for_field(field, word, value.span);
        }
    }

    /// A field and a parameter that are compared must be in the same unit, when both say theirs.
    fn units(&mut self, left: &Expr, right: &Expr) {
        for (operand, other) in [(left, right), (right, left)] {
            let Expr::Value(value) = other else { continue };
            let Value::Placeholder(name) = &value.value else { continue };
            let Some((_, field)) = self.field(operand) else { continue };
            let Ok(parameter) = self.catalog.parameter(self.pack, &name[1..]) else { continue };
            let (Some(of_field), Some(of_parameter)) = (&field.unit, &parameter.unit) else { continue };
            if of_field.value != of_parameter.value {
                let message = format!("{name} is in {}, {} in {}", of_parameter.value, field.id, of_field.value);
                let at = self.place(value.span);
                self.refuse("unit-mismatch", at, message, "compare like with like, or convert one of them");
            }
        }
    }

    fn literal_for_field(&mut self, field: &crate::model::Field, word: &str, at: sqlparser::tokenizer::Span) {
        let at = self.place(at);
        match &field.ty {
            FieldType::Code { list, .. } => {
                let Some(list) = self.catalog.list(&list.value).filter(|list| list.is_code_list()) else { return };
                let codes: Vec<&str> = list.all_rows().filter_map(|row| row.code.as_deref()).collect();
                if !codes.contains(&word) {
                    let message = format!("{} = '{word}': no such code in {}", field.id, list.common.id);
                    let near = nearest(word, codes);
                    self.found.push(Diagnostic::error("unknown-code", at, message).suggest(near));
                }
            }
            FieldType::Integer | FieldType::Decimal(_) | FieldType::Money => {
                let message = format!("{} is a number, '{word}' is a text", field.id);
                self.refuse("text-for-number", at, message, "write the number without quotes");
            }
            _ => {}
        }
    }

    fn division(&mut self, left: &Expr, right: &Expr) {
        let guarded = match right {
            Expr::Value(value) => match &value.value {
                Value::Number(number, _) => {
                    let whole = |e: &Expr| matches!(e, Expr::Value(v) if matches!(&v.value, Value::Number(n, _) if !n.contains('.')));
                    if !number.contains('.') && (whole(left) || self.is_integer(left)) {
                        let at = self.place(right.span());
                        let help = "write / 2.0, or floor_div(a, b) for the whole part";
                        self.refuse("integer-division", at, "whole numbers divided lose or invent digits", help);
                    }
                    number.chars().any(|digit| ('1'..='9').contains(&digit))
                }
                _ => false,
            },
            Expr::Function(function) => function.name.to_string().eq_ignore_ascii_case("nullif"),
            _ => false,
        };
        if !guarded {
            let at = self.place(right.span());
            let help = "divide by a literal or nullif(x, 0); a rate is an indicator: use ratio:";
            self.refuse("unguarded-division", at, "one zero here fails the whole query", help);
        }
    }

    fn is_integer(&self, operand: &Expr) -> bool {
        self.field(operand).is_some_and(|(_, field)| field.ty == FieldType::Integer)
    }

    fn call(&mut self, function: &Function) {
        let name = function.name.to_string().to_lowercase();
        let at = self.place(function_span(function));
        match name.as_str() {
            "now"
            | "current_date"
            | "current_timestamp"
            | "today"
            | "random"
            | "uuid"
            | "gen_random_uuid"
            | "localtimestamp"
            | "get_current_timestamp" => {
                let message = format!("{name}() gives another answer tomorrow");
                self.refuse("not-repeatable", at, message, "use :as_of");
            }
            _ if name.starts_with("approx_") => {
                let message = format!("{name} guesses");
                self.refuse("not-repeatable", at, message, "count exactly");
            }
            "power" | "pow" | "sqrt" | "ln" | "log" | "exp" | "stddev" | "stddev_pop" | "stddev_samp" | "variance"
            | "percentile_cont" | "quantile_cont" | "median" | "avg" => {
                let message = format!("{name} answers with a float");
                self.refuse("float-on-money", at, message, "use mean:, median: or percentile: of an indicator");
            }
            _ => {}
        }
        if let FunctionArguments::List(list) = &function.args
            && list.duplicate_treatment.is_some()
            && list.args.len() > 1
        {
            let help = "use concat(a, '/', b)";
            self.refuse("unsupported-sql", at, "count(DISTINCT a, b) is not in the surface", help);
        }
        self.window(function, &name, at);
    }

    fn window(&mut self, function: &Function, name: &str, at: Span) {
        let Some(over) = &function.over else { return };
        if self.row.is_some() {
            let help = "use rows: with a query";
            self.refuse("query-in-row-expression", at, "a row expression has no window", help);
        }
        let ordered = matches!(
            name,
            "row_number" | "first_value" | "last_value" | "nth_value" | "lag" | "lead" | "rank" | "ntile"
        );
        let WindowType::WindowSpec(spec) = over else { return };
        let last = spec.order_by.last().map(|order| &order.expr);
        if ordered && name != "rank" && !last.is_some_and(names_id) {
            let message = format!("{name} orders rows that may be equal");
            self.refuse("order-not-total", at, message, "end its ORDER BY with id");
        }
    }

    fn select(&mut self, select: &Select) {
        if let Some(Distinct::On(_)) = &select.distinct {
            let at = self.place(select.span());
            let help = "use QUALIFY row_number() OVER (… ORDER BY …, id) = 1";
            self.refuse("order-not-total", at, "DISTINCT ON keeps an arbitrary row", help);
        }
    }

    fn subquery_in_row(&mut self, at: Span) {
        if self.row.is_some() {
            let help = "use rows: with a query, or a dotted look-up";
            self.refuse("query-in-row-expression", at, "a row expression looks at one record only", help);
        }
    }
}

impl Visitor for Walk<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if query.limit_clause.is_some() {
            let last = query.order_by.as_ref().and_then(|order| match &order.kind {
                OrderByKind::Expressions(expressions) => expressions.last().map(|e| &e.expr),
                OrderByKind::All(_) => None,
            });
            if !last.is_some_and(names_id) {
                let at = self.text.span;
                let help = "end ORDER BY with id, or use QUALIFY row_number() = 1";
                self.refuse("order-not-total", at, "LIMIT keeps arbitrary rows", help);
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        self.select(select);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        let refused = match factor {
            TableFactor::Table { name, args: Some(_), .. } => {
                let function = name.to_string().to_lowercase();
                (!matches!(function.as_str(), "unnest" | "generate_series" | "range"))
                    .then(|| format!("{function}() as a relation"))
            }
            TableFactor::Table { sample: Some(_), name, .. } => {
                let at = self.place(name.span());
                let message = "a sample is drawn anew each time";
                self.refuse("not-repeatable", at, message, "count every row");
                None
            }
            TableFactor::Derived { lateral: true, .. } => Some("LATERAL".into()),
            TableFactor::Pivot { .. } | TableFactor::Unpivot { .. } => Some("PIVOT".into()),
            TableFactor::Function { .. } | TableFactor::TableFunction { .. } => Some("a table function".into()),
            _ => None,
        };
        if let Some(what) = refused {
            let at = self.place(factor.span());
            let help = "write it with a join, GROUP BY and QUALIFY";
            self.refuse("unsupported-sql", at, format!("{what} is not in the surface"), help);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::BinaryOp { left, op: BinaryOperator::Divide, right } => self.division(left, right),
            Expr::BinaryOp { left, op, right } if is_comparison(op) => {
                self.compare(left, right);
                self.units(left, right);
            }
            Expr::Between { expr: operand, low, high, .. } => {
                self.units(operand, low);
                self.units(operand, high);
            }
            Expr::InList { expr: operand, list, .. } => {
                for literal in list {
                    self.compare(operand, literal);
                }
            }
            Expr::InSubquery { expr: operand, negated, .. } => {
                let at = self.place(operand.span());
                if *negated {
                    let help = "use NOT EXISTS";
                    self.refuse("null-in-not-in", at, "NOT IN gives no rows when one value is empty", help);
                }
                if matches!(operand.as_ref(), Expr::Tuple(_)) {
                    let help = "use EXISTS with both conditions";
                    self.refuse("unsupported-sql", at, "(a, b) IN (SELECT …) is not in the surface", help);
                }
                self.subquery_in_row(at);
            }
            Expr::Subquery(_) | Expr::Exists { .. } => {
                let at = self.place(expr.span());
                self.subquery_in_row(at);
            }
            Expr::Cast { data_type, .. } if is_float(data_type) => {
                let at = self.place(expr.span());
                self.refuse("float-on-money", at, "a float loses digits", "cast to DECIMAL(18, n)");
            }
            Expr::Function(function) => self.call(function),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

fn is_comparison(op: &BinaryOperator) -> bool {
    use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
    matches!(op, Eq | NotEq | Lt | LtEq | Gt | GtEq)
}

fn is_float(ty: &DataType) -> bool {
    matches!(ty, DataType::Float(_) | DataType::Double(_) | DataType::DoublePrecision | DataType::Real)
}

fn names_id(expr: &Expr) -> bool {
    match expr {
        Expr::Identifier(name) => name.value == "id",
        Expr::CompoundIdentifier(names) => names.last().is_some_and(|name| name.value == "id"),
        _ => false,
    }
}
