//! Expressions over one record, lowered to left joins, so that they work on one record and on a million.
//!
//! The record stands as `t`. Dotted look-ups (`way.face`, `resident.birth_on`, `card.disease.contact_days`,
//! `basic.rate`) become joins `j1`, `j2`, …; derived columns are written out; parameters take the value in force on
//! the record's own day.

use super::compile::Relations;
use super::function::{self, Lowering, engine_name};
use super::literal::scalar_literal;
use super::parse::{expression, own_expression, place_of};
use crate::catalog::Catalog;
use crate::model::{FieldType, Kind, List, ListKey, Register, ScalarType, Spanned};
use base::{Date, DateTime, Diagnostic, nearest};
use sqlparser::ast::{Expr, Ident, Value, visit_expressions_mut};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// Columns every register has, written by the log itself.
pub(crate) const BOOKKEEPING: [&str; 6] = ["id", "org", "version", "recorded_at", "recorded_by", "first_recorded_at"];

/// Lowers row expressions of one register and collects the joins they need.
pub struct RowScope<'a> {
    catalog: &'a Catalog,
    relations: &'a dyn Relations,
    register: &'a Register,
    /// The pack in which the expression at hand is written: whose parameters it means.
    pack: String,
    as_of: Option<Date>,
    now: Option<DateTime>,
    /// The record is an institution, and beside it stands the period `p` for which it owes a statement.
    owing: bool,
    joins: Vec<Join>,
    expanding: Vec<String>,
}

struct Join {
    /// What is joined: `way`, `card.disease` or a list's name.
    path: String,
    sql: String,
}

impl<'a> RowScope<'a> {
    /// A scope over one register's records.
    pub fn new(catalog: &'a Catalog, relations: &'a dyn Relations, register: &'a Register) -> Self {
        let pack = register.common.pack.clone();
        Self {
            catalog,
            relations,
            register,
            pack,
            as_of: None,
            now: None,
            owing: false,
            joins: Vec::new(),
            expanding: Vec::new(),
        }
    }

    /// The same scope for rules and tasks, which know the day on which they are asked.
    #[must_use]
    pub fn asked_on(self, day: Date) -> Self {
        Self { as_of: Some(day), ..self }
    }

    /// The same scope for rules of level alert, which know the moment at which they are asked as `:now`.
    #[must_use]
    pub fn asked_at(self, now: DateTime) -> Self {
        Self { as_of: Some(now.date()), now: Some(now), ..self }
    }

    /// The same scope over institutions and the periods `p` for which they owe a statement.
    pub(super) fn owing(self) -> Self {
        Self { owing: true, ..self }
    }

    /// An expression of the register's own pack as the engine's SQL over `t` and the joins.
    ///
    /// # Errors
    /// The mistake in it, at its place.
    pub fn lower(&mut self, text: &Spanned<String>) -> Result<String, Diagnostic> {
        let pack = self.register.common.pack.clone();
        self.lower_in(&pack, text)
    }

    /// The same for an expression written in another pack, such as a rule about this register.
    ///
    /// # Errors
    /// The mistake in it, at its place.
    pub fn lower_in(&mut self, pack: &str, text: &Spanned<String>) -> Result<String, Diagnostic> {
        let before = std::mem::replace(&mut self.pack, pack.to_string());
        let lowered = self.lower_here(text);
        self.pack = before;
        lowered
    }

    fn lower_here(&mut self, text: &Spanned<String>) -> Result<String, Diagnostic> {
        let mut tree = expression(&self.catalog.sources, text)?;
        let result = visit_expressions_mut(&mut tree, |expr| match self.replace(expr, text) {
            Ok(Some(replacement)) => {
                *expr = replacement;
                ControlFlow::Continue(())
            }
            Ok(None) => ControlFlow::Continue(()),
            Err(diagnostic) => ControlFlow::Break(diagnostic),
        });
        match result {
            ControlFlow::Break(diagnostic) => Err(diagnostic),
            ControlFlow::Continue(()) => Ok(tree.to_string()),
        }
    }

    /// `base AS t` with every join the lowered expressions need.
    pub fn from_clause(&self, base: &str) -> String {
        let mut sql = format!("{base} AS t");
        for join in &self.joins {
            sql.push(' ');
            sql.push_str(&join.sql);
        }
        sql
    }

    fn replace(&mut self, expr: &Expr, text: &Spanned<String>) -> Result<Option<Expr>, Diagnostic> {
        match expr {
            Expr::Identifier(name) => self.column(name, text).map(Some),
            Expr::CompoundIdentifier(names) => self.look_up(names, text).map(Some),
            Expr::Value(value) => match &value.value {
                Value::Placeholder(name) => self.placeholder(&name[1..], text, value.span).map(Some),
                _ => Ok(None),
            },
            Expr::Function(function) => self.function(function, text),
            _ => Ok(None),
        }
    }

    /// A field, a fixed column, or a derived column written out.
    fn column(&mut self, name: &Ident, text: &Spanned<String>) -> Result<Expr, Diagnostic> {
        let id = name.value.as_str();
        if let Some(derived) = self.register.derive.get(id) {
            if self.expanding.iter().any(|open| open == id) {
                let message = format!("derived columns go in a circle: {} → {id}", self.expanding.join(" → "));
                return Err(Diagnostic::error("derive-cycle", derived.span, message));
            }
            self.expanding.push(id.to_string());
            let sql = self.lower(&derived.clone());
            self.expanding.pop();
            return own_expression(&format!("({})", sql?));
        }
        if has_column(self.register, id) {
            return own_expression(&if id == "at" { "t.\"at\"".to_string() } else { format!("t.{id}") });
        }
        let known = column_names(self.register);
        let message = format!("\"{id}\" is not a column of {}", self.register.common.id);
        let span = place_of(&self.catalog.sources, text, name.span);
        Err(Diagnostic::error("unknown-column", span, message).suggest(nearest(id, known.iter().map(String::as_str))))
    }

    fn look_up(&mut self, names: &[Ident], text: &Spanned<String>) -> Result<Expr, Diagnostic> {
        let span = place_of(&self.catalog.sources, text, names[0].span);
        let path: Vec<&str> = names.iter().map(|n| n.value.as_str()).collect();
        let refuse = |message: String| Err(Diagnostic::error("unknown-lookup", span, message));
        match path.as_slice() {
            [step, column] => {
                let alias = match self.target(self.register, step) {
                    Some(target) => self.join(&target, "t", step, step),
                    None => match self.catalog.list(step).filter(|list| !list.is_code_list()) {
                        Some(list) => return self.table_cell(list, column, span),
                        None => {
                            return refuse(format!(
                                "\"{step}\" is neither a code, a reference nor a table of {}",
                                self.register.common.id
                            ));
                        }
                    },
                };
                self.cell(self.register, step, column, &alias?, span)
            }
            [first, second, column] => {
                let Some(Target::Register(other)) = self.target(self.register, first) else {
                    return refuse(format!("\"{first}\" is not a reference of {}", self.register.common.id));
                };
                let alias = self.join(&Target::Register(other), "t", first, first)?;
                let Some(target) = self.target(other, second) else {
                    return refuse(format!("\"{second}\" is neither a code nor a reference of {}", other.common.id));
                };
                let alias = self.join(&target, &alias, second, &format!("{first}.{second}"))?;
                self.cell(other, second, column, &alias, span)
            }
            _ => refuse("a look-up has at most three names".into()),
        }
    }

    /// What a column leads to: the list of its codes or the register it refers to.
    fn target(&self, register: &'a Register, column: &str) -> Option<Target<'a>> {
        if register.subject.is_some_and(|subject| subject.word() == column)
            || register.part_of.as_ref().is_some_and(|parent| parent.value == column)
        {
            return self.catalog.register(column).map(Target::Register);
        }
        match &register.fields.get(column)?.ty {
            FieldType::Code { list, many: false } => self.catalog.list(&list.value).map(Target::List),
            FieldType::Ref(to) => self.catalog.register(&to.value).map(Target::Register),
            _ => None,
        }
    }

    /// Joins a target once and returns its alias.
    fn join(&mut self, target: &Target<'a>, left: &str, column: &str, path: &str) -> Result<String, Diagnostic> {
        if let Some(n) = self.joins.iter().position(|join| join.path == path) {
            return Ok(format!("j{}", n + 1));
        }
        let (relation, key) = match target {
            Target::List(list) => (self.relations.list(&list.common.id), "code"),
            Target::Register(register) => {
                let derived = register.derive.keys().map(String::as_str).collect();
                let rows = self.relations.referred(&register.common.id);
                (format!("({})", relation_over(&rows, self.catalog, self.relations, register, &derived)?), "id")
            }
        };
        let alias = format!("j{}", self.joins.len() + 1);
        let sql = format!("LEFT JOIN {relation} AS {alias} ON {alias}.{key} = {left}.{column}");
        self.joins.push(Join { path: path.to_string(), sql });
        Ok(alias)
    }

    fn cell(
        &self,
        register: &Register,
        step: &str,
        column: &str,
        alias: &str,
        span: base::Span,
    ) -> Result<Expr, Diagnostic> {
        let known = match self.target_of(register, step) {
            Some(Target::List(list)) => list_columns(list),
            Some(Target::Register(other)) => column_names(other),
            None => Vec::new(),
        };
        if !known.iter().any(|name| name == column) {
            let message = format!("{step} has no \"{column}\"");
            return Err(Diagnostic::error("unknown-column", span, message)
                .suggest(nearest(column, known.iter().map(String::as_str))));
        }
        own_expression(&format!("{alias}.{column}"))
    }

    fn target_of<'s>(&'s self, register: &Register, column: &str) -> Option<Target<'s>> {
        let register = self.catalog.register(&register.common.id)?;
        self.target(register, column)
    }

    /// A cell of a table found by the record's own columns; date and number keys take the last row not above.
    fn table_cell(&mut self, list: &'a List, column: &str, span: base::Span) -> Result<Expr, Diagnostic> {
        let Some(ty) = list.columns.get(column) else {
            let message = format!("list {} has no column \"{column}\"", list.common.id);
            let known = list.columns.keys().map(String::as_str);
            return Err(Diagnostic::error("unknown-column", span, message).suggest(nearest(column, known)));
        };
        let day = self.own_day();
        let mut branches = Vec::new();
        for table in &list.tables {
            let mut held = Vec::new();
            held.extend(table.since.map(|since| format!("{day} >= DATE '{since}'")));
            held.extend(table.until.map(|until| format!("{day} <= DATE '{until}'")));
            let mut rows: Vec<_> = table.rows.iter().collect();
            // The last row not above wins, so higher rows are asked first.
            rows.reverse();
            for row in rows {
                let Some(cell) = row.cells.get(column) else { continue };
                let mut conditions = held.clone();
                for (key, kind) in &list.key {
                    let Some(value) = row.cells.get(key) else { continue };
                    let (operator, key_ty) = match kind {
                        ListKey::Codes(_) | ListKey::Plain(ScalarType::Text | ScalarType::Flag) => {
                            ("=", ScalarType::Text)
                        }
                        ListKey::Plain(ty) => (">=", *ty),
                    };
                    let Expr::CompoundIdentifier(own) =
                        self.column(&Ident::new(key), &Spanned::new(key.clone(), span))?
                    else {
                        continue;
                    };
                    let own: Vec<String> = own.iter().map(ToString::to_string).collect();
                    conditions.push(format!("{} {operator} {}", own.join("."), scalar_literal(&value.value, key_ty)));
                }
                let test = if conditions.is_empty() { "TRUE".into() } else { conditions.join(" AND ") };
                branches.push(format!("WHEN {test} THEN {}", scalar_literal(&cell.value, *ty)));
            }
        }
        if branches.is_empty() {
            return own_expression("NULL");
        }
        own_expression(&format!("CASE {} END", branches.join(" ")))
    }

    /// A parameter's value on the record's own day.
    fn placeholder(
        &self,
        name: &str,
        text: &Spanned<String>,
        at: sqlparser::tokenizer::Span,
    ) -> Result<Expr, Diagnostic> {
        let span = place_of(&self.catalog.sources, text, at);
        if let ("as_of", Some(day)) = (name, self.as_of) {
            return own_expression(&format!("DATE '{day}'"));
        }
        if let ("now", Some(now)) = (name, self.now) {
            return own_expression(&format!("TIMESTAMP '{now}'"));
        }
        if let ("from" | "until", true) = (name, self.owing) {
            return own_expression(&format!("p.period_{name}"));
        }
        if matches!(name, "from" | "until" | "as_of" | "now") {
            let message = format!("\":{name}\" has no meaning in a row expression: it must stay true for ever");
            return Err(Diagnostic::error("placeholder-not-here", span, message)
                .help("move what depends on the period into a cohort"));
        }
        let parameter = self
            .catalog
            .parameter(&self.pack, name)
            .map_err(|error| error.diagnostic("unknown-parameter", "parameter", name, span))?;
        let day = self.own_day();
        let values: Vec<_> = parameter.values.iter().rev().collect();
        if let [(_, only)] = values.as_slice()
            && let Some(value) = &only.value
        {
            return own_expression(&scalar_literal(&value.value, parameter.ty));
        }
        let branches: Vec<String> = values
            .iter()
            .map(|(since, value)| {
                let literal = value.value.as_ref().map(|v| scalar_literal(&v.value, parameter.ty));
                format!("WHEN {day} >= DATE '{since}' THEN {}", literal.as_deref().unwrap_or("NULL"))
            })
            .collect();
        own_expression(&format!("CASE {} END", branches.join(" ")))
    }

    /// The day on which a record's parameters are judged.
    fn own_day(&self) -> &'static str {
        match self.register.kind {
            _ if self.owing => "(p.period_until - 1)",
            Kind::Event => "t.on_date",
            Kind::Entity | Kind::Enrolment => "coalesce(t.started_on, CAST(t.recorded_at AS DATE))",
            Kind::Statement => "(t.period_until - 1)",
        }
    }

    fn function(
        &self,
        function: &sqlparser::ast::Function,
        text: &Spanned<String>,
    ) -> Result<Option<Expr>, Diagnostic> {
        let name = function.name.to_string().to_lowercase();
        let Some((_, lowering)) = function::find(&name) else { return Ok(None) };
        let args = super::compile::plain_arguments(function);
        let sql = match (name.as_str(), lowering) {
            ("open_on", _) if args.len() == 3 => open_on(&args),
            ("has_status", _) if args.len() == 3 => has_status(&args, &self.relations.register("resident_status")),
            (_, Lowering::Plain) => {
                let span = place_of(&self.catalog.sources, text, function_span(function));
                let message = format!("{name} needs a period, and a row expression knows none");
                return Err(Diagnostic::error("placeholder-not-here", span, message));
            }
            (_, Lowering::Engine) => format!("{}({})", engine_name(&name), args.join(", ")),
        };
        own_expression(&sql).map(Some)
    }
}

enum Target<'a> {
    List(&'a List),
    Register(&'a Register),
}

/// A register with the derived columns named in `wanted`, as a SELECT.
pub(crate) fn relation_sql(
    catalog: &Catalog,
    relations: &dyn Relations,
    register: &Register,
    wanted: &BTreeSet<&str>,
) -> Result<String, Diagnostic> {
    relation_over(&relations.register(&register.common.id), catalog, relations, register, wanted)
}

fn relation_over(
    rows: &str,
    catalog: &Catalog,
    relations: &dyn Relations,
    register: &Register,
    wanted: &BTreeSet<&str>,
) -> Result<String, Diagnostic> {
    let mut scope = RowScope::new(catalog, relations, register);
    let mut columns = vec!["t.*".to_string()];
    for (name, text) in &register.derive {
        if wanted.contains(name.as_str()) {
            scope.expanding.push(name.clone());
            let sql = scope.lower(text)?;
            scope.expanding.pop();
            columns.push(format!("({sql}) AS {name}"));
        }
    }
    let from = scope.from_clause(rows);
    Ok(format!("SELECT {} FROM {from}", columns.join(", ")))
}

pub(crate) fn open_on(args: &[String]) -> String {
    format!("({0} <= {2} AND ({1} IS NULL OR {1} > {2}))", args[0], args[1], args[2])
}

pub(crate) fn has_status(args: &[String], statuses: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM {statuses} AS hs WHERE hs.resident = {} AND hs.status = {} AND hs.started_on <= {day} \
         AND (hs.ended_on IS NULL OR hs.ended_on > {day}))",
        args[0],
        args[1],
        day = args[2]
    )
}

pub(crate) fn function_span(function: &sqlparser::ast::Function) -> sqlparser::tokenizer::Span {
    function.name.0.first().and_then(|part| part.as_ident()).map_or_else(sqlparser::tokenizer::Span::empty, |i| i.span)
}

/// True when `id` is a column a record of the register has (derived ones apart).
pub(crate) fn has_column(register: &Register, id: &str) -> bool {
    BOOKKEEPING.contains(&id)
        || register.fields.contains_key(id)
        || register.fixed_columns().iter().any(|column| column.name == id)
}

/// Every column of a register, derived ones last.
pub(crate) fn column_names(register: &Register) -> Vec<String> {
    let bookkeeping = BOOKKEEPING.iter().map(|name| (*name).to_string());
    let own = register.columns().into_iter().map(|column| column.name);
    bookkeeping.chain(own).chain(register.derive.keys().cloned()).collect()
}

/// Every column of a list.
pub(crate) fn list_columns(list: &List) -> Vec<String> {
    let keys = if list.is_code_list() {
        vec!["code".to_string(), "zh".into(), "en".into()]
    } else {
        list.key.keys().cloned().collect()
    };
    keys.into_iter().chain(list.columns.keys().cloned()).collect()
}
