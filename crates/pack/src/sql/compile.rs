//! Queries joined with everything they read, as one statement for the engine.
//!
//! A cohort in FROM becomes a common table expression, once; a register becomes one too, with just the derived
//! columns somebody names; placeholders become typed literals.

use super::function::{self, Lowering, engine_name};
use super::literal::scalar_literal;
use super::owed::{owed_sql, owing_register};
use super::parse::{expression, own_expression, place_of, query};
use super::row::{function_span, has_status, open_on, relation_sql};
use crate::catalog::Catalog;
use crate::model::{Scalar, Spanned};
use base::{Date, DateTime, Diagnostic, Period, Span, nearest};
use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, ObjectNamePart, Query,
    TableAlias, TableFactor, Value, VisitMut, VisitorMut,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// The period and the moment a query is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The period counted; tasks and record rules have none.
    pub period: Option<Period>,
    /// The day on which the question is asked.
    pub as_of: Date,
}

impl Moment {
    /// The day that decides which body and which parameters are in force.
    pub fn deciding_day(self) -> Date {
        self.period.map_or(self.as_of, Period::last_day)
    }
}

/// Where the rows of registers and lists are found. Each answer can stand after FROM.
pub trait Relations {
    /// The rows of a register at the moment asked for.
    fn register(&self, id: &str) -> String;
    /// The same where a row is only ever found by the id that a record at hand names: rows nobody names may be missing.
    fn referred(&self, id: &str) -> String {
        self.register(id)
    }
    /// The rows of a list. Tables with dates carry them in `since_` and `until_`.
    fn list(&self, id: &str) -> String;
}

/// A parameter a statement used, with the value it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterUse {
    /// Pack that defines it.
    pub pack: String,
    /// Its name.
    pub name: String,
    /// The value in force.
    pub value: Scalar,
    /// The first day of that value.
    pub since: Date,
}

/// A finished statement and what it read.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The statement for the engine.
    pub sql: String,
    /// Registers it reads.
    pub registers: BTreeSet<String>,
    /// Parameters it used, by name.
    pub parameters: BTreeMap<String, ParameterUse>,
}

/// Builds one statement out of cohorts, registers and lists.
pub struct Compiler<'a> {
    catalog: &'a Catalog,
    relations: &'a dyn Relations,
    moment: Moment,
    now: Option<DateTime>,
    cohorts: Vec<Inlined>,
    under_way: Vec<String>,
    registers: BTreeSet<String>,
    lists: BTreeSet<String>,
    /// Statements of which it is asked who owes one.
    owed: BTreeSet<String>,
    mentioned: BTreeSet<String>,
    parameters: BTreeMap<String, ParameterUse>,
}

/// A cohort as it stands in the statement.
struct Inlined {
    name: String,
    sql: String,
    /// Registers it reads, through other cohorts too.
    reads: BTreeSet<String>,
}

/// The name under which a cohort stands in a statement.
pub fn cohort_name(pack: &str, id: &str) -> String {
    format!("{pack}__{id}")
}

impl<'a> Compiler<'a> {
    /// An empty statement for a moment.
    pub fn new(catalog: &'a Catalog, relations: &'a dyn Relations, moment: Moment) -> Self {
        Self {
            catalog,
            relations,
            moment,
            now: None,
            cohorts: Vec::new(),
            under_way: Vec::new(),
            registers: BTreeSet::new(),
            lists: BTreeSet::new(),
            owed: BTreeSet::new(),
            mentioned: BTreeSet::new(),
            parameters: BTreeMap::new(),
        }
    }

    /// The same statement for rules of level alert, which know the moment at which they are asked as `:now`.
    #[must_use]
    pub fn asked_at(self, now: DateTime) -> Self {
        Self { now: Some(now), ..self }
    }

    /// A clock for checks, which only want to know whether the statement can be made.
    pub(crate) fn sample_clock(self) -> Self {
        let now = self.moment.as_of.at(12, 0, 0, 0);
        self.asked_at(now)
    }

    /// Makes a cohort readable, with all it reads, and returns its name in the statement.
    pub fn cohort(&mut self, pack: &str, name: &Spanned<String>) -> Result<String, Diagnostic> {
        let versions = self
            .catalog
            .cohort(pack, &name.value)
            .map_err(|error| error.diagnostic("unknown-cohort", "cohort", &name.value, name.span))?;
        let day = self.moment.deciding_day();
        let Some(cohort) = versions.on(day) else {
            let message = format!("cohort \"{}\" is not in force on {day}", name.value);
            return Err(Diagnostic::error("not-in-force", name.span, message));
        };
        let cte = cohort_name(&cohort.common.pack, &cohort.common.id);
        if let Some(done) = self.cohorts.iter().find(|done| done.name == cte) {
            self.registers.extend(done.reads.iter().cloned());
            return Ok(cte);
        }
        if self.under_way.contains(&cte) {
            let message = format!("cohorts read each other in a circle: {} → {cte}", self.under_way.join(" → "));
            return Err(Diagnostic::error("cohort-cycle", cohort.query.span, message));
        }
        self.under_way.push(cte.clone());
        let (sql, reads) = self.reading(|compiler| compiler.query(&cohort.common.pack, &cohort.query));
        self.under_way.pop();
        self.cohorts.push(Inlined { name: cte.clone(), sql: sql?, reads });
        Ok(cte)
    }

    /// Adds something to the statement, and says which registers that reads.
    pub fn reading<T>(&mut self, add: impl FnOnce(&mut Self) -> T) -> (T, BTreeSet<String>) {
        let before = std::mem::take(&mut self.registers);
        let added = add(self);
        let reads = self.registers.clone();
        self.registers.extend(before);
        (added, reads)
    }

    /// Makes a register readable and returns its name in the statement.
    pub fn register(&mut self, id: &str) -> String {
        self.registers.insert(id.to_string());
        id.to_string()
    }

    /// Says that a column will be read, so that a derived one is computed.
    pub fn mention(&mut self, column: &str) {
        self.mentioned.insert(column.to_string());
    }

    /// The pack and the text of the cohort body in force; `None` when there is none on the day.
    pub(super) fn body_of(
        &self,
        pack: &str,
        name: &Spanned<String>,
    ) -> Result<Option<(String, Spanned<String>)>, Diagnostic> {
        let versions = self
            .catalog
            .cohort(pack, &name.value)
            .map_err(|error| error.diagnostic("unknown-cohort", "cohort", &name.value, name.span))?;
        let body = versions.on(self.moment.deciding_day());
        Ok(body.map(|cohort| (cohort.common.pack.clone(), cohort.query.clone())))
    }

    pub(super) fn sources(&self) -> &'a base::Sources {
        &self.catalog.sources
    }

    pub(super) fn is_register(&self, name: &str) -> bool {
        self.catalog.register(name).is_some()
    }

    pub(super) fn lower_expression(
        &mut self,
        pack: &str,
        text: &Spanned<String>,
        tree: &mut Expr,
    ) -> Result<(), Diagnostic> {
        self.lower(pack, text, BTreeSet::new(), tree)
    }

    /// The columns a cohort returns, as far as they can be told without an engine.
    ///
    /// # Errors
    /// When there is no such cohort or its text is not SQL.
    pub fn columns_of(&self, pack: &str, name: &Spanned<String>) -> Result<Vec<String>, Diagnostic> {
        match self.body_of(pack, name)? {
            Some((_, text)) => Ok(super::fuse::output_columns(&query(self.sources(), &text)?)),
            None => Ok(Vec::new()),
        }
    }

    /// A query of a pack, with names and placeholders resolved.
    pub fn query(&mut self, pack: &str, text: &Spanned<String>) -> Result<String, Diagnostic> {
        let mut tree = query(&self.catalog.sources, text)?;
        let local = local_names(&mut tree);
        self.lower(pack, text, local, &mut tree)?;
        Ok(tree.to_string())
    }

    /// A condition over the columns of a cohort.
    pub fn predicate(&mut self, pack: &str, text: &Spanned<String>) -> Result<String, Diagnostic> {
        let mut tree = expression(&self.catalog.sources, text)?;
        self.lower(pack, text, BTreeSet::new(), &mut tree)?;
        Ok(tree.to_string())
    }

    fn lower(
        &mut self,
        pack: &str,
        text: &Spanned<String>,
        local: BTreeSet<String>,
        tree: &mut impl VisitMut,
    ) -> Result<(), Diagnostic> {
        match tree.visit(&mut Lowerer { compiler: self, pack, text, local }) {
            ControlFlow::Break(diagnostic) => Err(diagnostic),
            ControlFlow::Continue(()) => Ok(()),
        }
    }

    /// The registers whose records the statement reads.
    fn registers_read(&self) -> BTreeSet<String> {
        let mut registers = self.registers.clone();
        if !self.owed.is_empty() {
            registers.insert("institution".into());
        }
        registers.extend(self.owed.iter().cloned());
        registers
    }

    /// The whole statement: everything made readable, then `body`.
    pub fn finish(self, body: &str) -> Result<Compiled, Diagnostic> {
        let registers = self.registers_read();
        let mentioned: BTreeSet<&str> = self.mentioned.iter().map(String::as_str).collect();
        let mut parts = Vec::new();
        for id in &self.registers {
            let Some(register) = self.catalog.register(id) else { continue };
            let sql = relation_sql(self.catalog, self.relations, register, &mentioned)?;
            parts.push(format!("{id} AS NOT MATERIALIZED (\n  {sql}\n)"));
        }
        for id in &self.owed {
            let Some(register) = self.catalog.register(id) else { continue };
            let sql = owed_sql(self.catalog, self.relations, register, self.moment)?;
            parts.push(format!("{id}_due AS (\n  {sql}\n)"));
        }
        let day = self.moment.deciding_day();
        for id in &self.lists {
            let Some(list) = self.catalog.list(id) else { continue };
            let dated = list.tables.iter().any(|table| table.since.is_some());
            let filter = if dated {
                format!(
                    " WHERE (since_ IS NULL OR since_ <= DATE '{day}') AND (until_ IS NULL OR until_ >= DATE '{day}')"
                )
            } else {
                String::new()
            };
            parts.push(format!("{id} AS NOT MATERIALIZED (SELECT * FROM {}{filter})", self.relations.list(id)));
        }
        for Inlined { name, sql, .. } in &self.cohorts {
            parts.push(format!("{name} AS (\n  {sql}\n)"));
        }
        if parts.is_empty() {
            return Ok(Compiled { sql: body.to_string(), registers, parameters: self.parameters });
        }
        let with = format!("WITH {}\n", parts.join(",\n"));
        // A query with relations of its own stands inside, so that the two lists of relations do not meet.
        let own = body.trim_start().get(..4).is_some_and(|word| word.eq_ignore_ascii_case("with"));
        let body = if own { format!("SELECT * FROM (\n{body}\n) AS body_") } else { body.to_string() };
        Ok(Compiled { sql: format!("{with}{body}"), registers, parameters: self.parameters })
    }
}

/// Rewrites a tree in place.
struct Lowerer<'c, 'a> {
    compiler: &'c mut Compiler<'a>,
    pack: &'c str,
    text: &'c Spanned<String>,
    local: BTreeSet<String>,
}

impl VisitorMut for Lowerer<'_, '_> {
    type Break = Diagnostic;

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Diagnostic> {
        let TableFactor::Table { name, alias, args: None, .. } = factor else { return ControlFlow::Continue(()) };
        let written = name.to_string();
        if written == "this" || self.local.contains(&written) {
            return ControlFlow::Continue(());
        }
        match self.relation(&written, name) {
            Ok(resolved) if resolved == written => ControlFlow::Continue(()),
            Ok(resolved) => {
                let short = written.rsplit('.').next().unwrap_or(&written).to_string();
                alias.get_or_insert_with(|| TableAlias {
                    explicit: true,
                    name: Ident::new(short),
                    columns: Vec::new(),
                    at: None,
                });
                *name = ObjectName(vec![ObjectNamePart::Identifier(Ident::new(resolved))]);
                ControlFlow::Continue(())
            }
            Err(diagnostic) => ControlFlow::Break(diagnostic),
        }
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<Diagnostic> {
        let replacement = match expr {
            Expr::Identifier(name) => {
                self.compiler.mention(&name.value);
                quote_word(name);
                return ControlFlow::Continue(());
            }
            Expr::CompoundIdentifier(names) => {
                if let Some(last) = names.last_mut() {
                    self.compiler.mention(&last.value);
                    quote_word(last);
                }
                return ControlFlow::Continue(());
            }
            Expr::Value(value) => match &value.value {
                Value::Placeholder(name) => self.placeholder(&name[1..], value.span),
                _ => return ControlFlow::Continue(()),
            },
            Expr::Function(function) => match self.function(function) {
                Ok(Some(replacement)) => Ok(replacement),
                Ok(None) => return ControlFlow::Continue(()),
                Err(diagnostic) => Err(diagnostic),
            },
            _ => return ControlFlow::Continue(()),
        };
        match replacement {
            Ok(replacement) => {
                *expr = replacement;
                ControlFlow::Continue(())
            }
            Err(diagnostic) => ControlFlow::Break(diagnostic),
        }
    }
}

impl Lowerer<'_, '_> {
    fn place(&self, span: sqlparser::tokenizer::Span) -> Span {
        place_of(&self.compiler.catalog.sources, self.text, span)
    }

    /// The name under which a relation stands in the statement.
    fn relation(&mut self, written: &str, name: &ObjectName) -> Result<String, Diagnostic> {
        let catalog = self.compiler.catalog;
        if catalog.register(written).is_some() {
            return Ok(self.compiler.register(written));
        }
        if catalog.list(written).is_some() {
            self.compiler.lists.insert(written.to_string());
            return Ok(written.to_string());
        }
        if let Some(statement) = owing_register(catalog, written) {
            self.compiler.owed.insert(statement.common.id.clone());
            return Ok(written.to_string());
        }
        let span = name.0.first().and_then(|part| part.as_ident()).map_or(self.text.span, |i| self.place(i.span));
        match catalog.cohort(self.pack, written) {
            Ok(_) => self.compiler.cohort(self.pack, &Spanned::new(written.to_string(), span)),
            Err(error) => {
                let near = catalog.near_register(written).or_else(|| catalog.near_list(written));
                let near_cohort = catalog
                    .packs
                    .get(self.pack)
                    .and_then(|pack| nearest(written, pack.cohorts.keys().map(String::as_str)));
                Err(error
                    .diagnostic("unknown-relation", "register, list or cohort", written, span)
                    .suggest(near_cohort.or(near)))
            }
        }
    }

    fn placeholder(&mut self, name: &str, at: sqlparser::tokenizer::Span) -> Result<Expr, Diagnostic> {
        let moment = self.compiler.moment;
        if let ("now", Some(now)) = (name, self.compiler.now) {
            return own_expression(&format!("TIMESTAMP '{now}'"));
        }
        let day = match (name, moment.period) {
            ("from", Some(period)) => Some(period.from),
            ("until", Some(period)) => Some(period.until),
            ("as_of", _) => Some(moment.as_of),
            ("from" | "until" | "now", _) => {
                let message = format!("\":{name}\" has no meaning here");
                return Err(Diagnostic::error("placeholder-not-here", self.place(at), message)
                    .help("only a cohort or an indicator is asked for a period"));
            }
            _ => None,
        };
        match day {
            Some(day) => own_expression(&format!("DATE '{day}'")),
            None => self.parameter(name, at),
        }
    }

    fn parameter(&mut self, name: &str, at: sqlparser::tokenizer::Span) -> Result<Expr, Diagnostic> {
        let parameter = self
            .compiler
            .catalog
            .parameter(self.pack, name)
            .map_err(|error| error.diagnostic("unknown-parameter", "parameter", name, self.place(at)))?;
        let day = self.compiler.moment.deciding_day();
        let Some((since, value)) = parameter.on(day) else {
            let message = format!("no value of \"{name}\" on {day}");
            return Err(Diagnostic::error("parameter-not-in-force", self.place(at), message)
                .label(parameter.common.span, "its values are given here"));
        };
        let usage =
            ParameterUse { pack: parameter.common.pack.clone(), name: name.to_string(), value: value.clone(), since };
        self.compiler.parameters.insert(name.to_string(), usage);
        own_expression(&scalar_literal(value, parameter.ty))
    }

    fn function(&mut self, function: &Function) -> Result<Option<Expr>, Diagnostic> {
        let name = function.name.to_string().to_lowercase();
        let Some((n_args, lowering)) = function::find(&name) else { return Ok(None) };
        let args = plain_arguments(function);
        if args.len() != n_args {
            let message = format!("{name} takes {n_args} arguments, not {}", args.len());
            return Err(Diagnostic::error("wrong-arguments", self.place(function_span(function)), message));
        }
        let sql = match (name.as_str(), lowering) {
            ("open_on", _) => open_on(&args),
            ("has_status", _) => {
                self.compiler.register("resident_status");
                has_status(&args, "resident_status")
            }
            ("in_period" | "open_during", _) => {
                let Some(period) = self.compiler.moment.period else {
                    let message = format!("{name} needs a period, and there is none here");
                    let span = self.place(function_span(function));
                    return Err(Diagnostic::error("placeholder-not-here", span, message));
                };
                in_period(&name, &args, period)
            }
            (_, Lowering::Plain | Lowering::Engine) => format!("{}({})", engine_name(&name), args.join(", ")),
        };
        own_expression(&sql).map(Some)
    }
}

/// `at`, the moment of a timed event, is a word of the engine and must stand in quotes.
fn quote_word(name: &mut Ident) {
    if name.value == "at" {
        name.quote_style = Some('"');
    }
}

fn in_period(name: &str, args: &[String], Period { from, until }: Period) -> String {
    if name == "in_period" {
        format!("({0} >= DATE '{from}' AND {0} < DATE '{until}')", args[0])
    } else {
        format!("({0} < DATE '{until}' AND ({1} IS NULL OR {1} > DATE '{from}'))", args[0], args[1])
    }
}

/// The arguments of a plain call, printed.
pub(crate) fn plain_arguments(function: &Function) -> Vec<String> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    list.args
        .iter()
        .filter_map(|arg| match arg {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.to_string()),
            _ => None,
        })
        .collect()
}

/// The names a query gives to its own common table expressions.
fn local_names(tree: &mut Query) -> BTreeSet<String> {
    struct Names(BTreeSet<String>);
    impl VisitorMut for Names {
        type Break = ();
        fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<()> {
            let ctes = query.with.iter().flat_map(|with| &with.cte_tables);
            self.0.extend(ctes.map(|cte| cte.alias.name.value.clone()));
            ControlFlow::Continue(())
        }
    }
    let mut names = Names(BTreeSet::new());
    let _ = tree.visit(&mut names);
    names.0
}
