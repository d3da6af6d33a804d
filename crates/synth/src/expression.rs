//! What does an expression of the `synth` section read, and how does the engine say it?
//!
//! Everything an expression reads becomes a column of one table of the records being made: their own columns, facts of
//! their organisation, columns of what they were drawn from. So the engine needs no joins, and cannot reach a cohort.
//! Knows names and syntax; never a value.

use crate::figures::Numbers;
use base::{Diagnostic, Period, nearest};
use pack::Catalog;
use pack::model::{ColumnType, FieldType, Register, Spanned};
use pack::sql::{engine_name, expression, place_of_word, scalar_literal};
use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Value, visit_expressions,
    visit_expressions_mut,
};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Facts of a record's organisation that expressions may read.
pub const ORG_FACTS: [&str; 5] = ["org_name", "org_kind", "org_level", "org_parent", "org_code"];

/// A name an expression reads: one word for a column, several for a look-up.
pub type Path = Vec<String>;

/// An expression ready for the engine.
#[derive(Debug, Clone)]
pub struct Lowered {
    /// SQL over a table that has a column for each path; the column of `resident.birth_on` has that name, quoted.
    pub sql: String,
    /// What it reads, with the type of each.
    pub reads: BTreeMap<Path, ColumnType>,
    /// True when it asks for statuses, so that the made rows of `resident_status` must be at hand.
    pub statuses: bool,
    /// Published numbers it uses.
    pub figures: Vec<String>,
    /// The text it came from.
    pub text: Spanned<String>,
}

impl Lowered {
    /// The path, when the expression is nothing but a name.
    pub fn bare(&self) -> Option<&Path> {
        let (path, _) = self.reads.first_key_value()?;
        (self.reads.len() == 1 && self.sql == column_name(path)).then_some(path)
    }
}

/// How an expression names the table's column for a path.
fn column_name(path: &[String]) -> String {
    format!("t.\"{}\"", path.join("."))
}

/// The names an expression may use.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// All definitions.
    pub catalog: &'a Catalog,
    /// The pack whose parameters are meant.
    pub pack: &'a str,
    /// The register whose records are looked at; `None` for organisations.
    pub register: Option<&'a Register>,
    /// The register the records were drawn from or belong to, whose columns may be looked up by its name.
    pub source: Option<&'a Register>,
    /// The county's period.
    pub period: Period,
    /// What the county published, for `figure('id')`.
    pub numbers: &'a Numbers,
}

impl<'a> Scope<'a> {
    /// Resolves an expression.
    ///
    /// # Errors
    /// `sql-syntax`, `synth-reads-cohort` for a sub-query, `unknown-column`, `unknown-lookup`, `unknown-parameter`.
    pub fn lower(&self, text: &Spanned<String>) -> Result<Lowered, Diagnostic> {
        let mut tree = expression(&self.catalog.sources, text)?;
        let nested = visit_expressions(&tree, |expr| match expr {
            Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        });
        if nested.is_break() {
            let message =
                "an expression of synth reads only the record and what it was drawn from, so it has no SELECT";
            return Err(Diagnostic::error("synth-reads-cohort", text.span, message)
                .help("invented records must not be made by the queries they are later counted with"));
        }
        let mut lowered = Lowered {
            sql: String::new(),
            reads: BTreeMap::new(),
            statuses: false,
            figures: Vec::new(),
            text: text.clone(),
        };
        self.resolve(&mut tree, &mut lowered, 0)?;
        lowered.sql = tree.to_string();
        Ok(lowered)
    }

    fn resolve(&self, tree: &mut Expr, lowered: &mut Lowered, depth: u32) -> Result<(), Diagnostic> {
        // The visitor works from the leaves up, so that a replaced expression is not visited again.
        let result = visit_expressions_mut(tree, |expr| match self.replace(expr, lowered, depth) {
            Ok(Some(replacement)) => {
                *expr = replacement;
                ControlFlow::Continue(())
            }
            Ok(None) => ControlFlow::Continue(()),
            Err(diagnostic) => ControlFlow::Break(Box::new(diagnostic)),
        });
        match result {
            ControlFlow::Break(diagnostic) => Err(*diagnostic),
            ControlFlow::Continue(()) => Ok(()),
        }
    }

    fn replace(&self, expr: &Expr, lowered: &mut Lowered, depth: u32) -> Result<Option<Expr>, Diagnostic> {
        match expr {
            Expr::Identifier(name) if name.quote_style.is_none() => self.column(&name.value, lowered, depth).map(Some),
            Expr::CompoundIdentifier(names) => {
                let path: Path = names.iter().map(|name| name.value.clone()).collect();
                let ty = self.look_up(&path, &lowered.text)?;
                Ok(Some(named(&path, ty, lowered)))
            }
            Expr::Value(value) => match &value.value {
                Value::Placeholder(name) => self.placeholder(&name[1..], &lowered.text).map(Some),
                _ => Ok(None),
            },
            Expr::Function(function) => self.function(function, lowered),
            _ => Ok(None),
        }
    }

    fn column(&self, name: &str, lowered: &mut Lowered, depth: u32) -> Result<Expr, Diagnostic> {
        if let Some(ty) = self.own_type(name) {
            return Ok(named(&[name.to_string()], ty, lowered));
        }
        if let Some(derived) = self.register.and_then(|register| register.derive.get(name)).filter(|_| depth < 12) {
            let mut tree = expression(&self.catalog.sources, derived)?;
            self.resolve(&mut tree, lowered, depth + 1)?;
            return Ok(Expr::Nested(Box::new(tree)));
        }
        let span = place_of_word(&self.catalog.sources, &lowered.text, name);
        if self.catalog.cohort(self.pack, name).is_ok() {
            let message = format!("\"{name}\" is a cohort; synth reads only the record and what it was drawn from");
            return Err(Diagnostic::error("synth-reads-cohort", span, message));
        }
        let known: Vec<String> = match self.register {
            Some(register) => register.columns().into_iter().map(|column| column.name).collect(),
            None => ORG_COLUMNS.iter().map(|name| (*name).to_string()).collect(),
        };
        let what = self.register.map_or("the organisations", |register| &register.common.id);
        Err(Diagnostic::error("unknown-column", span, format!("\"{name}\" is not a column of {what}"))
            .suggest(nearest(name, known.iter().map(String::as_str))))
    }

    fn own_type(&self, name: &str) -> Option<ColumnType> {
        match self.register {
            Some(register) => column_type(register, name),
            None => ORG_COLUMNS.contains(&name).then_some(ColumnType::Text),
        }
    }

    /// The type of what a path of several names ends in.
    fn look_up(&self, path: &[String], text: &Spanned<String>) -> Result<ColumnType, Diagnostic> {
        let span = place_of_word(&self.catalog.sources, text, &path[0]);
        let mut at = self.register;
        for (place, step) in path[..path.len() - 1].iter().enumerate() {
            let last = &path[place + 1];
            if place == 0
                && let Some(source) = self.source.filter(|source| source.common.id == *step)
            {
                at = Some(source);
                continue;
            }
            let next = at.and_then(|register| target(self.catalog, register, step));
            match next {
                Some(Target::Register(register)) => at = Some(register),
                Some(Target::Code(list)) if place + 2 == path.len() => {
                    let ty = list_type(self.catalog, list, last);
                    return ty.ok_or_else(|| {
                        Diagnostic::error("unknown-column", span, format!("list {list} has no column \"{last}\""))
                    });
                }
                _ => {
                    let message =
                        format!("\"{step}\" is neither a code, a reference nor what the record was drawn from");
                    return Err(Diagnostic::error("unknown-lookup", span, message));
                }
            }
        }
        let last = &path[path.len() - 1];
        at.and_then(|register| column_type(register, last)).ok_or_else(|| {
            let message = format!("{} has no column \"{last}\"", path[..path.len() - 1].join("."));
            Diagnostic::error("unknown-column", span, message)
        })
    }

    fn placeholder(&self, name: &str, text: &Spanned<String>) -> Result<Expr, Diagnostic> {
        let literal = match name {
            "from" => format!("DATE '{}'", self.period.from),
            "until" => format!("DATE '{}'", self.period.until),
            _ => {
                let span = place_of_word(&self.catalog.sources, text, name);
                let parameter = self
                    .catalog
                    .parameter(self.pack, name)
                    .map_err(|error| error.diagnostic("unknown-parameter", "parameter", name, span))?;
                let Some((_, value)) = parameter.on(self.period.last_day()) else {
                    let message = format!("no value of \"{name}\" on {}", self.period.last_day());
                    return Err(Diagnostic::error("parameter-not-in-force", span, message));
                };
                scalar_literal(value, parameter.ty)
            }
        };
        own(&literal)
    }

    fn function(&self, function: &Function, lowered: &mut Lowered) -> Result<Option<Expr>, Diagnostic> {
        let name = function.name.to_string().to_lowercase();
        if name == "figure" {
            return self.figure(&arguments(function), lowered).map(Some);
        }
        if !pack::sql::FUNCTIONS.iter().any(|(known, ..)| *known == name) {
            return Ok(None);
        }
        let args = arguments(function);
        let sql = match (name.as_str(), args.as_slice()) {
            ("in_period", [day]) => {
                format!("({day} >= DATE '{}' AND {day} < DATE '{}')", self.period.from, self.period.until)
            }
            ("open_on", [since, until, day]) => {
                format!("({since} <= {day} AND ({until} IS NULL OR {until} > {day}))")
            }
            ("has_status", [resident, status, day]) => {
                lowered.statuses = true;
                format!(
                    "({resident} IN (SELECT hs.resident FROM made_status AS hs WHERE hs.status = {status} AND \
                     hs.started_on <= {day} AND (hs.ended_on IS NULL OR hs.ended_on > {day})))"
                )
            }
            _ => format!("{}({})", engine_name(&name), args.join(", ")),
        };
        own(&sql).map(Some)
    }
}

impl Scope<'_> {
    /// `figure('project_lots[item=road]')`: a published number as a literal, NULL when there is none.
    fn figure(&self, args: &[String], lowered: &mut Lowered) -> Result<Expr, Diagnostic> {
        let [name] = args else {
            let span = place_of_word(&self.catalog.sources, &lowered.text, "figure");
            return Err(Diagnostic::error(
                "sql-syntax",
                span,
                "figure takes one text: figure('indicator[column=code]')",
            ));
        };
        let name = name.trim_matches('\'');
        let indicator = name.split('[').next().unwrap_or(name);
        if self.catalog.indicator(indicator).is_none() {
            let span = place_of_word(&self.catalog.sources, &lowered.text, indicator);
            return Err(Diagnostic::error(
                "unknown-indicator",
                span,
                format!("\"{indicator}\" is not a known indicator"),
            )
            .suggest(self.catalog.near_indicator(indicator)));
        }
        lowered.figures.push(name.to_string());
        own(&match self.numbers.printed(name)? {
            None => "NULL".to_string(),
            Some(value) if value.scale() == 0 => value.to_string(),
            Some(value) => format!("CAST('{value}' AS DECIMAL(18, {}))", value.scale()),
        })
    }
}

/// Columns of the organisations themselves.
pub const ORG_COLUMNS: [&str; 6] = ["id", "name", "kind", "level", "parent", "code"];

/// What a column leads to.
pub enum Target<'a> {
    /// Records of a register.
    Register(&'a Register),
    /// The codes of a list.
    Code(&'a str),
}

/// What a column of a register leads to, if anything.
pub fn target<'a>(catalog: &'a Catalog, register: &'a Register, column: &str) -> Option<Target<'a>> {
    let by_name = register.subject.is_some_and(|subject| subject.word() == column)
        || register.part_of.as_ref().is_some_and(|parent| parent.value == column);
    if by_name {
        return catalog.register(column).map(Target::Register);
    }
    match &register.fields.get(column)?.ty {
        FieldType::Code { list, many: false } => Some(Target::Code(&list.value)),
        FieldType::Ref(to) => catalog.register(&to.value).map(Target::Register),
        _ => None,
    }
}

/// The type of a column a made record has: its id, organisation, facts of it, and what the register says.
pub fn column_type(register: &Register, name: &str) -> Option<ColumnType> {
    if name == "id" || name == "org" || ORG_FACTS.contains(&name) {
        return Some(ColumnType::Text);
    }
    register.columns().into_iter().find(|column| column.name == name).map(|column| column.ty)
}

fn list_type(catalog: &Catalog, list: &str, column: &str) -> Option<ColumnType> {
    use pack::model::ScalarType;
    if column == "zh" || column == "en" {
        return Some(ColumnType::Text);
    }
    Some(match catalog.list(list)?.columns.get(column)? {
        ScalarType::Integer => ColumnType::Integer,
        ScalarType::Decimal | ScalarType::Rate => ColumnType::Decimal(6),
        ScalarType::Money => ColumnType::Decimal(2),
        ScalarType::Date => ColumnType::Date,
        ScalarType::Text => ColumnType::Text,
        ScalarType::Flag => ColumnType::Flag,
    })
}

fn named(path: &[String], ty: ColumnType, lowered: &mut Lowered) -> Expr {
    lowered.reads.insert(path.to_vec(), ty);
    Expr::CompoundIdentifier(vec![Ident::new("t"), Ident::with_quote('"', path.join("."))])
}

fn arguments(function: &Function) -> Vec<String> {
    match &function.args {
        FunctionArguments::List(list) => list
            .args
            .iter()
            .filter_map(|arg| match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.to_string()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Parses SQL this program wrote.
fn own(sql: &str) -> Result<Expr, Diagnostic> {
    expression(&base::Sources::default(), &Spanned::new(sql.to_string(), base::Span::default()))
}
