//! How are many aggregates asked in one statement?
//!
//! Slots over the same relation with the same breakdown become filtered aggregates of one pass; cohorts that only
//! narrow a register are counted in one pass over the register. All passes stand in one statement, so that a cohort
//! several of them need is computed once.

use crate::engine::Engine;
use crate::error::IndicatorError;
use crate::slot::Slot;
use base::Period;
use pack::county::OrgTree;
use pack::model::{AggregateKind, MissingDecision, Spanned};
use pack::sql::{Compiled, Compiler, Narrowed, quote_text};

/// One pass: a relation, a breakdown, and the slots it answers.
struct Pass {
    from: String,
    org: String,
    by: Vec<String>,
    /// Slot, and its aggregates as SQL.
    items: Vec<(usize, Vec<String>)>,
}

/// The statement for some slots, and how to read its rows.
pub struct Statement {
    /// The statement.
    pub compiled: Compiled,
    /// For each pass its slots, with how many numbers each one has.
    pub passes: Vec<Vec<(usize, usize)>>,
}

/// Builds the statement that answers all slots for a period. Its rows are: number of the pass, organisation, breakdown
/// values, numbers.
pub fn statement(
    snapshot: &dyn Engine,
    slots: &[Slot],
    period: Period,
    orgs: &OrgTree,
) -> Result<Statement, IndicatorError> {
    let mut compiler = snapshot.compiler(Some(period));
    let mut passes: Vec<Pass> = Vec::new();
    for (index, slot) in slots.iter().enumerate() {
        let (from, org, by, numbers) = one(&mut compiler, slot, orgs)?;
        match passes.iter_mut().find(|pass| pass.from == from && pass.org == org && pass.by == by) {
            Some(pass) => pass.items.push((index, numbers)),
            None => passes.push(Pass { from, org, by, items: vec![(index, numbers)] }),
        }
    }
    let selects: Vec<String> = passes.iter().enumerate().map(|(n, pass)| pass.select(n)).collect();
    let body = if selects.is_empty() {
        "SELECT 0, NULL::VARCHAR, []::VARCHAR[], []::DECIMAL(38, 6)[] WHERE FALSE".to_string()
    } else {
        selects.join("\nUNION ALL\n")
    };
    let layout = passes.iter().map(|pass| pass.items.iter().map(|(slot, n)| (*slot, n.len())).collect()).collect();
    Ok(Statement { compiled: compiler.finish(&body)?, passes: layout })
}

impl Pass {
    fn select(&self, number: usize) -> String {
        let by: Vec<String> = self.by.iter().map(|column| format!("CAST({column} AS VARCHAR)")).collect();
        let numbers: Vec<String> = self
            .items
            .iter()
            .flat_map(|(_, numbers)| numbers)
            .map(|number| format!("CAST({number} AS DECIMAL(38, 6))"))
            .collect();
        let groups: Vec<String> = (2..2 + 1 + self.by.len()).map(|n| n.to_string()).collect();
        let mut columns = vec![number.to_string(), format!("{} AS org", self.org)];
        columns.extend(by.iter().cloned());
        let inner: Vec<String> = (0..self.by.len()).map(|n| format!("b{n}")).collect();
        let named: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(n, column)| if n < 2 { column.clone() } else { format!("{column} AS b{}", n - 2) })
            .collect();
        format!(
            "SELECT {number} AS pass, org, CAST([{}] AS VARCHAR[]) AS cell, numbers FROM (SELECT {}, [{}] AS numbers FROM {} GROUP BY {})",
            inner.join(", "),
            named.join(", "),
            numbers.join(", "),
            self.from,
            groups.join(", ")
        )
    }
}

/// Relation, organisation, breakdown and numbers of one slot.
#[allow(clippy::type_complexity)]
fn one(
    compiler: &mut Compiler<'_>,
    slot: &Slot,
    orgs: &OrgTree,
) -> Result<(String, String, Vec<String>, Vec<String>), IndicatorError> {
    let aggregate = &slot.aggregate;
    for column in aggregate.column.iter().chain(&aggregate.distinct) {
        compiler.mention(&column.value);
    }
    for column in &slot.by {
        compiler.mention(column);
    }
    if let Some(whole) = &slot.grouped_by {
        return grouped_by_whole(compiler, slot, whole);
    }
    if slot.adds_up()
        && aggregate.distinct.is_none()
        && let Some(narrowed) = compiler.narrowed(&slot.pack, &aggregate.cohort)?
        && let Some(answer) = over_register(compiler, slot, &narrowed)?
    {
        return Ok(answer);
    }
    let cohort = compiler.cohort(&slot.pack, &aggregate.cohort)?;
    let filter = aggregate.filter.as_ref().map(|f| compiler.predicate(&slot.pack, f)).transpose()?;
    let by = slot.by.clone();
    match &aggregate.distinct {
        None if !slot.adds_up() => {
            let from = format!("(SELECT c.*, t.above FROM {cohort} AS c JOIN {} ON t.leaf = c.org)", tree_values(orgs));
            Ok((from, "above".into(), by, numbers(slot, filter.as_deref(), None, str::to_string)))
        }
        None => {
            let decide = |column: &str| column.to_string();
            let numbers = numbers(slot, filter.as_deref(), None, decide);
            Ok((cohort, "org".into(), by, numbers))
        }
        Some(distinct) => {
            let order = order_of(compiler, slot)?;
            let condition = filter.map_or(String::new(), |filter| format!(" AND ({filter})"));
            let from = format!(
                "(SELECT * FROM {cohort} WHERE {0} IS NOT NULL{condition} QUALIFY row_number() OVER (PARTITION BY {0} ORDER BY {order}) = 1)",
                distinct.value
            );
            Ok((from, "org".into(), by, vec!["count(*)".into()]))
        }
    }
}

/// The tree as a relation: each organisation with itself and everything above it.
fn tree_values(orgs: &OrgTree) -> String {
    let links = orgs.iter().flat_map(|org| {
        orgs.path(&org.id).map(move |above| format!("({}, {})", quote_text(&org.id), quote_text(&above.id)))
    });
    format!("(VALUES {}) AS t(leaf, above)", links.collect::<Vec<_>>().join(", "))
}

/// Of equal rows the first by day, then by id.
fn order_of(compiler: &Compiler<'_>, slot: &Slot) -> Result<String, IndicatorError> {
    let columns = compiler.columns_of(&slot.pack, &slot.aggregate.cohort)?;
    Ok(if columns.iter().any(|column| column == "on_date") { "on_date, id" } else { "id" }.to_string())
}

/// Rows of the numerator's cohort, each in the group of its row of the denominator.
fn grouped_by_whole(
    compiler: &mut Compiler<'_>,
    slot: &Slot,
    whole: &Spanned<String>,
) -> Result<(String, String, Vec<String>, Vec<String>), IndicatorError> {
    let part = compiler.cohort(&slot.pack, &slot.aggregate.cohort)?;
    let whole = compiler.cohort(&slot.pack, whole)?;
    let filter = slot.aggregate.filter.as_ref().map(|f| compiler.predicate(&slot.pack, f)).transpose()?;
    let condition = filter.map_or(String::new(), |filter| format!(" WHERE {filter}"));
    let from = format!("{whole} AS d SEMI JOIN (SELECT id FROM {part}{condition}) AS n ON n.id = d.id");
    let by = slot.by.iter().map(|column| format!("d.{column}")).collect();
    Ok((from, "d.org".into(), by, vec!["count(*)".into()]))
}

/// The slot as filtered aggregates over the register its cohort narrows.
#[allow(clippy::type_complexity)]
fn over_register(
    compiler: &mut Compiler<'_>,
    slot: &Slot,
    narrowed: &Narrowed,
) -> Result<Option<(String, String, Vec<String>, Vec<String>)>, IndicatorError> {
    let filter = match &slot.aggregate.filter {
        Some(filter) => match narrowed.over_register(compiler.condition(&slot.pack, filter)?) {
            Some(expr) => Some(expr.to_string()),
            None => return Ok(None),
        },
        None => None,
    };
    let column = |name: &str| narrowed.columns.get(name).map(ToString::to_string);
    let Some(org) = column("org") else { return Ok(None) };
    let by: Option<Vec<String>> = slot.by.iter().map(|name| column(name)).collect();
    let Some(by) = by else { return Ok(None) };
    let wanted = slot.aggregate.column.iter().map(|c| c.value.as_str());
    if wanted.chain(slot.undecided.iter().map(|(c, _)| c.as_str())).any(|name| column(name).is_none()) {
        return Ok(None);
    }
    let decide = |name: &str| column(name).unwrap_or_else(|| name.to_string());
    let condition = narrowed.condition.as_ref().map(ToString::to_string);
    let numbers = numbers(slot, filter.as_deref(), condition.as_deref(), decide);
    Ok(Some((narrowed.register.clone(), org, by, numbers)))
}

/// The aggregates of a slot: its one or two numbers, then the rows left out when the packs decided so.
fn numbers(slot: &Slot, filter: Option<&str>, condition: Option<&str>, column: impl Fn(&str) -> String) -> Vec<String> {
    let mut kept: Vec<String> = condition.iter().map(|c| format!("({c})")).collect();
    let mut left_out: Vec<String> = Vec::new();
    let mut wanted = filter.map(|f| format!("({f})"));
    for (name, decision) in &slot.undecided {
        let cell = column(name);
        match decision {
            MissingDecision::Exclude => {
                left_out.push(format!("{cell} IS NULL"));
                kept.push(format!("{cell} IS NOT NULL"));
            }
            // A condition that is unknown keeps no row, which is what "no" says.
            MissingDecision::No => {}
            MissingDecision::Yes => wanted = wanted.map(|w| format!("({w} OR {cell} IS NULL)")),
        }
    }
    let excluded = (!left_out.is_empty()).then(|| {
        let mut all: Vec<String> = condition.iter().map(|c| format!("({c})")).collect();
        all.push(format!("({})", left_out.join(" OR ")));
        filtered("count(*)", &all)
    });
    kept.extend(wanted);
    let value = slot.aggregate.column.as_ref().map_or_else(String::new, |c| format!("({})", column(&c.value)));
    let rank = slot.aggregate.rank.map_or_else(|| "0.5".to_string(), |r| r.to_string());
    let mut numbers = match slot.aggregate.kind {
        AggregateKind::Count => vec![filtered("count(*)", &kept)],
        AggregateKind::Sum => vec![format!("coalesce({}, 0)", filtered(&format!("sum({value})"), &kept))],
        AggregateKind::Mean => vec![
            format!("coalesce({}, 0)", filtered(&format!("sum({value})"), &kept)),
            filtered(&format!("count({value})"), &kept),
        ],
        AggregateKind::Max => vec![filtered(&format!("max({value})"), &kept)],
        AggregateKind::Min => vec![filtered(&format!("min({value})"), &kept)],
        AggregateKind::Median | AggregateKind::Percentile => {
            vec![filtered(&format!("quantile_disc({value}, {rank})"), &kept)]
        }
    };
    numbers.extend(excluded);
    numbers
}

fn filtered(aggregate: &str, conditions: &[String]) -> String {
    if conditions.is_empty() {
        return aggregate.to_string();
    }
    format!("{aggregate} FILTER (WHERE {})", conditions.join(" AND "))
}
