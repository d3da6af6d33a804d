//! Does the engine understand what the packs say?
//!
//! Every statement of a catalog is planned over empty tables, so that a wrong column or a comparison of a day with a
//! number is a mistake of the pack and not a surprise of the first report.

use crate::StoreError;
use crate::engine::{Connection, Engine, EngineError, Options, Type};
use crate::judge::this_view;
use crate::snapshot::View;
use crate::tables::{create_tables, this_table};
use base::{Diagnostic, nearest};
use pack::model::{Aggregate, Column, Indicator, Measure, Register, Rule, RuleTrigger, Spanned, TASK_COLUMNS, Term};
use pack::sql::{Compiler, RowScope, owed_sql, place_of_word};
use pack::{Catalog, sample_moment};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Every statement the engine does not plan, at the author's own words.
///
/// # Errors
/// [`StoreError::Engine`] when the engine itself cannot be started.
pub fn type_check(catalog: &Arc<Catalog>) -> Result<Vec<Diagnostic>, StoreError> {
    let engine = Engine::open(None, &Options::default())?;
    engine.lock_down()?;
    let connection = engine.connect()?;
    create_tables(&connection, catalog)?;
    let view = View {
        catalog: Arc::clone(catalog),
        seq: 0,
        past: false,
        ended: BTreeSet::new(),
        merges: false,
        changes: Arc::default(),
    };
    let mut check = Check { connection, view, found: Vec::new() };
    for register in catalog.registers() {
        check.register(register)?;
    }
    for (pack, cohorts) in catalog.packs.iter().map(|(id, pack)| (id, &pack.cohorts)) {
        for cohort in cohorts.values().flat_map(|versions| &versions.0) {
            check.cohort(pack, &cohort.query, true);
        }
    }
    for indicator in catalog.indicators().flat_map(|versions| &versions.0) {
        check.indicator(indicator);
    }
    for (id, pack) in &catalog.packs {
        for task in pack.tasks.values() {
            check.task(id, &task.rows);
        }
        for rule in pack.rules.values() {
            check.rule(rule);
        }
    }
    Ok(check.found)
}

struct Check {
    connection: Connection,
    view: View,
    found: Vec<Diagnostic>,
}

impl Check {
    fn register(&mut self, register: &Register) -> Result<(), StoreError> {
        let mut columns: Vec<Column> = crate::tables::row_columns(register);
        columns[0].name = "n_".into();
        self.connection.execute(&this_table(&columns))?;
        for text in register.derive.values() {
            self.row_expression(register, &register.common.pack, text, None);
        }
        let catalog = Arc::clone(&self.view.catalog);
        for (pack, text) in catalog.conditions(register) {
            self.row_expression(register, pack, text, Some(&Type::Flag));
        }
        for due in register.flow.iter().flat_map(|flow| flow.moves.values()).filter_map(|step| step.due.as_ref()) {
            self.due(register, due);
        }
        for rule in catalog.rules_of(register).filter(|rule| matches!(rule.trigger, RuleTrigger::When(_))) {
            if let Some(due) = &rule.due {
                self.due(register, due);
            }
        }
        self.statement(register);
        self.row_rules(register);
        Ok(())
    }

    /// Rules that look beyond the record, over the relation `this`.
    fn row_rules(&mut self, register: &Register) {
        let today = sample_moment(&self.view.catalog).as_of;
        let Ok(this) = this_view(&self.view, register, today) else { return };
        if self.connection.execute(&this).is_err() {
            return;
        }
        let catalog = Arc::clone(&self.view.catalog);
        for rule in catalog.rules_of(register) {
            if let (RuleTrigger::Rows(rows), true) = (&rule.trigger, rule.of_record()) {
                self.rows(&rule.common.pack, rows);
            }
        }
    }

    fn row_expression(&mut self, register: &Register, pack: &str, text: &Spanned<String>, wanted: Option<&Type>) {
        let catalog = Arc::clone(&self.view.catalog);
        let view = self.view.clone();
        let today = sample_moment(&catalog).as_of;
        let mut scope = RowScope::new(&catalog, &view, register).asked_on(today);
        // What cannot be lowered was reported by the packs' own check.
        let Ok(sql) = scope.lower_in(pack, text) else { return };
        let sql = format!("SELECT {sql} AS value FROM {}", scope.from_clause("temp.this_"));
        match self.connection.plan(&sql) {
            Ok(plan) => {
                let is = plan.columns.first().map(|column| &column.r#type);
                if let (Some(wanted), Some(is)) = (wanted, is)
                    && wanted != is
                {
                    let message = format!("a condition is true or false, this is {is}");
                    self.found.push(Diagnostic::error("sql-does-not-plan", text.span, message));
                }
            }
            Err(error) => self.refuse(text, &error),
        }
    }

    fn cohort(&mut self, pack: &str, text: &Spanned<String>, counted: bool) {
        let catalog = Arc::clone(&self.view.catalog);
        let view = self.view.clone();
        let mut compiler = Compiler::new(&catalog, &view, sample_moment(&catalog));
        let Ok(sql) = compiler.query(pack, text) else { return };
        let Ok(compiled) = compiler.finish(&sql) else { return };
        match self.connection.plan(&compiled.sql) {
            Ok(plan) if counted => {
                for wanted in ["id", "org"] {
                    if !plan.columns.iter().any(|column| column.name == wanted) {
                        let message = format!("a cohort returns \"{wanted}\"");
                        self.found.push(
                            Diagnostic::error("cohort-without-id", text.span, message)
                                .help("id is the thing counted, org whose it is"),
                        );
                    }
                }
            }
            Ok(_) => {}
            Err(error) => self.refuse(text, &error),
        }
    }

    /// A query asked on any day; the columns it returns.
    fn rows(&mut self, pack: &str, text: &Spanned<String>) -> Vec<(String, Type)> {
        let catalog = Arc::clone(&self.view.catalog);
        let view = self.view.clone();
        let sample = sample_moment(&catalog);
        let moment = pack::sql::Moment { period: None, ..sample };
        let mut compiler = Compiler::new(&catalog, &view, moment).asked_at(sample.as_of.at(12, 0, 0, 0));
        let Ok(sql) = compiler.query(pack, text) else { return Vec::new() };
        let Ok(compiled) = compiler.finish(&sql) else { return Vec::new() };
        match self.connection.plan(&compiled.sql) {
            Ok(plan) => plan.columns.into_iter().map(|column| (column.name, column.r#type)).collect(),
            Err(error) => {
                self.refuse(text, &error);
                Vec::new()
            }
        }
    }

    /// The rows of a task, and the types of what they return.
    fn task(&mut self, pack: &str, text: &Spanned<String>) {
        for (name, r#type) in self.rows(pack, text) {
            let Some((_, wanted, _)) = TASK_COLUMNS.iter().find(|(known, ..)| *known == name) else { continue };
            if r#type.to_string() != *wanted {
                let span = place_of_word(&self.view.catalog.sources, text, &name);
                let message = format!("\"{name}\" of a task is {wanted}, this is {}", r#type);
                self.found.push(Diagnostic::error("wrong-kind", span, message));
            }
        }
    }

    /// A rule at rest: its rows can be opened and placed, and its sentence finds its words in them.
    fn rule(&mut self, rule: &Rule) {
        let RuleTrigger::Rows(rows) = &rule.trigger else { return };
        if rule.of_record() || pack::names_cohort(rows) {
            return;
        }
        let columns: Vec<String> = self.rows(&rule.common.pack, rows).into_iter().map(|(name, _)| name).collect();
        if columns.is_empty() {
            return;
        }
        for wanted in ["id", "org"].into_iter().filter(|wanted| !columns.iter().any(|name| name == wanted)) {
            let message = format!("the rows of a rule return \"{wanted}\"");
            self.found.push(Diagnostic::error("cohort-without-id", rows.span, message));
        }
        for place in pack::places(&rule.say.value) {
            if !columns.contains(&place) {
                let message = format!("{{{place}}} is not a column of the rows of {}", rule.common.id);
                let near = nearest(&place, columns.iter().map(String::as_str));
                self.found.push(Diagnostic::error("say-unknown-field", rule.say.span, message).suggest(near));
            }
        }
    }

    /// The day or moment by which something is due.
    fn due(&mut self, register: &Register, text: &Spanned<String>) {
        let catalog = Arc::clone(&self.view.catalog);
        let view = self.view.clone();
        let mut scope =
            RowScope::new(&catalog, &view, register).asked_at(sample_moment(&catalog).as_of.at(12, 0, 0, 0));
        let Ok(sql) = scope.lower(text) else { return };
        let sql = format!("SELECT {sql} AS value FROM {}", scope.from_clause("temp.this_"));
        match self.connection.plan(&sql) {
            Ok(plan) => self.is_clock(text, plan.columns.first().map(|column| &column.r#type)),
            Err(error) => self.refuse(text, &error),
        }
    }

    fn is_clock(&mut self, text: &Spanned<String>, is: Option<&Type>) {
        if let Some(is) = is.filter(|is| !matches!(is, Type::Date | Type::Instant)) {
            let message = format!("what is due is a day or a moment, this is {is}");
            self.found.push(Diagnostic::error("wrong-kind", text.span, message));
        }
    }

    /// Who owes a statement, and until when.
    fn statement(&mut self, register: &Register) {
        let Some(owed) = &register.statement else { return };
        let catalog = Arc::clone(&self.view.catalog);
        let Ok(sql) = owed_sql(&catalog, &self.view, register, sample_moment(&catalog)) else { return };
        if let Err(error) = self.connection.plan(&sql) {
            let message = error.to_string();
            let word = message.split('"').nth(1);
            let in_who = word.is_some_and(|word| owed.who.value.contains(word));
            self.refuse(if in_who { &owed.who } else { &owed.due }, &error);
        }
    }

    fn indicator(&mut self, indicator: &Indicator) {
        let aggregates: Vec<&Aggregate> = match &indicator.measure {
            Measure::Aggregate(aggregate) => vec![aggregate],
            Measure::Ratio(a, b) => [a, b]
                .into_iter()
                .filter_map(|term| match term {
                    Term::Aggregate(aggregate) => Some(aggregate),
                    Term::Name(_) => None,
                })
                .collect(),
            Measure::Value(_) | Measure::Score(_) => Vec::new(),
        };
        for aggregate in aggregates {
            self.aggregate(indicator, aggregate);
        }
    }

    /// The columns an aggregate names must be columns of its cohort, and its condition a condition.
    fn aggregate(&mut self, indicator: &Indicator, aggregate: &Aggregate) {
        let catalog = Arc::clone(&self.view.catalog);
        let view = self.view.clone();
        let mut compiler = Compiler::new(&catalog, &view, sample_moment(&catalog));
        let pack = &indicator.common.pack;
        let Ok(cohort) = compiler.cohort(pack, &aggregate.cohort) else { return };
        let filter =
            match aggregate.filter.as_ref().or(indicator.filter.as_ref()).map(|f| (f, compiler.predicate(pack, f))) {
                Some((text, Ok(sql))) => Some((text, sql)),
                Some((_, Err(_))) => return,
                None => None,
            };
        let names = aggregate.column.iter().chain(&aggregate.distinct).chain(&indicator.by);
        for name in names {
            compiler.mention(&name.value);
        }
        let columns: Vec<&Spanned<String>> =
            aggregate.column.iter().chain(&aggregate.distinct).chain(&indicator.by).collect();
        let Ok(compiled) = compiler.finish(&format!("SELECT * FROM {cohort}")) else { return };
        let Ok(plan) = self.connection.plan(&compiled.sql) else { return };
        for name in columns {
            if !plan.columns.iter().any(|column| column.name == name.value) {
                let message = format!("cohort {} returns no \"{}\"", aggregate.cohort.value, name.value);
                let near = nearest(&name.value, plan.columns.iter().map(|c| c.name.as_str()));
                self.found.push(Diagnostic::error("unknown-column", name.span, message).suggest(near));
            }
        }
        if let Some((text, sql)) = filter {
            let select = format!("SELECT * FROM {cohort} WHERE {sql}");
            let whole = compiled.sql.replace(&format!("SELECT * FROM {cohort}"), &select);
            if let Err(error) = self.connection.plan(&whole) {
                self.refuse(text, &error);
            }
        }
    }

    /// The engine's complaint at the word it complains about.
    fn refuse(&mut self, text: &Spanned<String>, error: &EngineError) {
        let message = error.to_string();
        let quoted: Option<&str> = message.split('"').nth(1);
        let sources = &self.view.catalog.sources;
        let span = quoted.map_or(text.span, |word| place_of_word(sources, text, word));
        let code =
            if message.contains("not found") && quoted.is_some() { "unknown-column" } else { "sql-does-not-plan" };
        let diagnostic = Diagnostic::error(code, span, format!("the engine does not understand this: {message}"));
        if !self.found.iter().any(|known| known.span == diagnostic.span && known.code == code) {
            self.found.push(diagnostic);
        }
    }
}
