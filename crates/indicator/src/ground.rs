//! Over which rows is a slot counted, and how?

use crate::error::IndicatorError;
use crate::roads::Roads;
use crate::slot::Slot;
use pack::model::{AggregateKind, MissingDecision, Spanned};
use pack::sql::{Compiler, Narrowed};

/// A relation with what a slot takes from it. Every text but `from` is an expression over the relation's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ground {
    /// What can stand after FROM.
    pub from: String,
    /// The organisation of a row.
    pub org: String,
    /// False when `org` already is every organisation above the row's.
    pub climbs: bool,
    /// The breakdown.
    pub by: Vec<String>,
    /// The day of a row, if the cohort returns one.
    pub on_date: Option<String>,
    /// The resident of a row, likewise.
    pub resident: Option<String>,
    /// The day for which ages are meant, likewise.
    pub age_on: Option<String>,
    /// The slot's numbers, as aggregates.
    pub numbers: Vec<String>,
}

/// The ground of a slot.
pub(crate) fn ground(compiler: &mut Compiler<'_>, slot: &Slot, roads: &Roads<'_>) -> Result<Ground, IndicatorError> {
    let aggregate = &slot.aggregate;
    let columns = aggregate.column.iter().chain(&aggregate.distinct).map(|column| &column.value);
    for column in columns.chain(&slot.by) {
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
    over_cohort(compiler, slot, roads)
}

fn over_cohort(compiler: &mut Compiler<'_>, slot: &Slot, roads: &Roads<'_>) -> Result<Ground, IndicatorError> {
    let aggregate = &slot.aggregate;
    let cohort = compiler.cohort(&slot.pack, &aggregate.cohort)?;
    let filter = aggregate.filter.as_ref().map(|f| compiler.predicate(&slot.pack, f)).transpose()?;
    let columns = compiler.columns_of(&slot.pack, &aggregate.cohort)?;
    let mut ground = of_columns(cohort.clone(), &columns, slot);
    if !slot.adds_up() {
        let epoch = roads.epoch_sql(ground.on_date.as_deref());
        ground.from = format!(
            "(SELECT c_.*, t_.above_ FROM (SELECT *, {epoch} AS epoch_ FROM {cohort}) AS c_ \
             JOIN {} ON t_.t_leaf_ = c_.org AND t_.t_epoch_ = c_.epoch_)",
            roads.as_relation()
        );
        ground.org = "above_".into();
        ground.climbs = false;
    }
    let terms = Terms::new(slot, filter.as_deref(), None, str::to_string);
    ground.numbers = match &aggregate.distinct {
        None => numbers(slot, &terms, str::to_string),
        Some(distinct) => {
            ground.from = format!("({})", one_each(&cohort, &terms, &distinct.value, ground.on_date.is_some()));
            vec!["count(*)".into()]
        }
    };
    Ok(ground)
}

/// The rows of a cohort that count, one for each value of a column: of several the first by day, then by id.
pub(crate) fn one_each(cohort: &str, terms: &Terms, distinct: &str, has_day: bool) -> String {
    let mut kept = terms.kept.clone();
    kept.push(format!("{distinct} IS NOT NULL"));
    let order = if has_day { "on_date, id" } else { "id" };
    format!(
        "SELECT * FROM {cohort} WHERE {} QUALIFY row_number() OVER (PARTITION BY {distinct} ORDER BY {order}) = 1",
        kept.join(" AND ")
    )
}

/// Rows of the numerator's cohort, each in the group of its row of the denominator.
fn grouped_by_whole(
    compiler: &mut Compiler<'_>,
    slot: &Slot,
    whole: &Spanned<String>,
) -> Result<Ground, IndicatorError> {
    let columns = compiler.columns_of(&slot.pack, whole)?;
    let part = compiler.cohort(&slot.pack, &slot.aggregate.cohort)?;
    let whole = compiler.cohort(&slot.pack, whole)?;
    let filter = slot.aggregate.filter.as_ref().map(|f| compiler.predicate(&slot.pack, f)).transpose()?;
    let clause = Terms::new(slot, filter.as_deref(), None, str::to_string).clause();
    let from = format!("(SELECT d.* FROM {whole} AS d SEMI JOIN (SELECT id FROM {part}{clause}) AS n ON n.id = d.id)");
    let mut ground = of_columns(from, &columns, slot);
    ground.numbers = vec!["count(*)".into()];
    Ok(ground)
}

fn of_columns(from: String, columns: &[String], slot: &Slot) -> Ground {
    let own = |name: &str| columns.iter().any(|column| column == name).then(|| name.to_string());
    Ground {
        from,
        org: "org".into(),
        climbs: true,
        by: slot.by.clone(),
        on_date: own("on_date"),
        resident: own("resident"),
        age_on: own("age_on"),
        numbers: Vec::new(),
    }
}

/// The slot as filtered aggregates over the register its cohort narrows.
fn over_register(
    compiler: &mut Compiler<'_>,
    slot: &Slot,
    narrowed: &Narrowed,
) -> Result<Option<Ground>, IndicatorError> {
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
    Ok(Some(Ground {
        from: narrowed.register.clone(),
        org,
        climbs: true,
        by,
        on_date: column("on_date"),
        resident: column("resident"),
        age_on: column("age_on"),
        numbers: numbers(slot, &Terms::new(slot, filter.as_deref(), condition.as_deref(), decide), decide),
    }))
}

/// Which rows of a relation a slot counts.
pub(crate) struct Terms {
    /// All of these hold for a row that counts.
    pub kept: Vec<String>,
    /// Columns whose emptiness leaves a row out, each as an expression with its name.
    pub deciding: Vec<(String, String)>,
    condition: Option<String>,
}

impl Terms {
    /// The terms of a slot over a relation: its filter, what narrows the relation, and the packs' decisions about empty
    /// columns.
    pub fn new(slot: &Slot, filter: Option<&str>, condition: Option<&str>, column: impl Fn(&str) -> String) -> Self {
        let mut kept: Vec<String> = condition.iter().map(|c| format!("({c})")).collect();
        let mut deciding = Vec::new();
        let mut wanted = filter.map(|f| format!("({f})"));
        for (name, decision) in &slot.undecided {
            let cell = column(name);
            match decision {
                MissingDecision::Exclude => {
                    kept.push(format!("{cell} IS NOT NULL"));
                    deciding.push((name.clone(), cell));
                }
                // A condition that is unknown keeps no row, which is what "no" says.
                MissingDecision::No => {}
                MissingDecision::Yes => wanted = wanted.map(|w| format!("({w} OR {cell} IS NULL)")),
            }
        }
        kept.extend(wanted);
        Self { kept, deciding, condition: condition.map(str::to_string) }
    }

    /// True for a row left out because a column that decides is empty; nothing when no column decides.
    pub fn left_out(&self) -> Option<String> {
        if self.deciding.is_empty() {
            return None;
        }
        let empty: Vec<String> = self.deciding.iter().map(|(_, cell)| format!("{cell} IS NULL")).collect();
        let any = format!("({})", empty.join(" OR "));
        Some(self.condition.as_ref().map_or_else(|| any.clone(), |condition| format!("({condition}) AND {any}")))
    }

    /// `WHERE` with everything that must hold; empty when nothing must.
    pub fn clause(&self) -> String {
        if self.kept.is_empty() { String::new() } else { format!(" WHERE {}", self.kept.join(" AND ")) }
    }
}

/// The aggregates of a slot: its one or two numbers, then the rows left out when the packs decided so.
fn numbers(slot: &Slot, terms: &Terms, column: impl Fn(&str) -> String) -> Vec<String> {
    let kept = &terms.kept;
    let value = slot.aggregate.column.as_ref().map_or_else(String::new, |c| format!("({})", column(&c.value)));
    let rank = slot.aggregate.rank.map_or_else(|| "0.5".to_string(), |r| r.to_string());
    let mut numbers = match slot.aggregate.kind {
        AggregateKind::Count => vec![filtered("count(*)", kept)],
        AggregateKind::Sum => vec![format!("coalesce({}, 0)", filtered(&format!("sum({value})"), kept))],
        AggregateKind::Mean => vec![
            format!("coalesce({}, 0)", filtered(&format!("sum({value})"), kept)),
            filtered(&format!("count({value})"), kept),
        ],
        AggregateKind::Max => vec![filtered(&format!("max({value})"), kept)],
        AggregateKind::Min => vec![filtered(&format!("min({value})"), kept)],
        AggregateKind::Median | AggregateKind::Percentile => {
            vec![filtered(&format!("quantile_disc({value}, {rank})"), kept)]
        }
    };
    numbers.extend(terms.left_out().map(|left_out| filtered("count(*)", &[left_out])));
    numbers
}

fn filtered(aggregate: &str, conditions: &[String]) -> String {
    if conditions.is_empty() {
        return aggregate.to_string();
    }
    format!("{aggregate} FILTER (WHERE {})", conditions.join(" AND "))
}
