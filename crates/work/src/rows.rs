//! Which rows does a rule with a query find?

use crate::WorkError;
use base::{DateTime, Period};
use columns::Snapshot;
use pack::Catalog;
use pack::model::{Register, Rule, Spanned, Subject};
use pack::sql::{Compiler, output_columns, query as parse};

/// The rows of a rule's query as `q`, joined with the records `r` of the register it is about.
pub(crate) struct Found {
    /// After FROM.
    pub from: String,
    /// The columns of `q`.
    pub columns: Vec<String>,
    /// The resident, as SQL.
    pub resident: String,
    /// Whether the row is a record of the register, as SQL.
    pub is_record: String,
    /// The organisation whose record it is, as SQL.
    pub record_org: String,
}

/// A statement for a rule at a moment: what is a cohort's name is asked for the calendar year.
pub(crate) fn compiler<'s>(snapshot: &'s Snapshot, now: DateTime, rows: &Spanned<String>) -> Compiler<'s> {
    let period = pack::names_cohort(rows).then(|| Period::year(now.date().year()));
    snapshot.compiler(period).asked_at(now)
}

/// Compiles the rows of a rule into `compiler`. The relation `this` of a rule about records being saved is every record.
pub(crate) fn found(
    catalog: &Catalog,
    compiler: &mut Compiler<'_>,
    rule: &Rule,
    rows: &Spanned<String>,
    register: Option<&Register>,
) -> Result<Found, WorkError> {
    let pack = &rule.common.pack;
    let (sql, columns) = if pack::names_cohort(rows) {
        let name = Spanned::new(rows.value.trim().to_string(), rows.span);
        let cohort = compiler.cohort(pack, &name)?;
        (format!("SELECT * FROM {cohort}"), compiler.columns_of(pack, &name)?)
    } else {
        let columns = output_columns(&parse(&catalog.sources, rows)?);
        let sql = compiler.query(pack, rows)?;
        match register.filter(|_| rule.of_record()) {
            Some(register) => {
                let id = compiler.register(&register.common.id);
                (format!("WITH this AS (SELECT * FROM {id}) SELECT * FROM ({sql}) AS z"), columns)
            }
            None => (sql, columns),
        }
    };
    let has = |name: &str| columns.iter().any(|column| column == name);
    let Some(register) = register else {
        let resident = if has("resident") { "q.resident" } else { "CAST(NULL AS VARCHAR)" };
        return Ok(Found {
            from: format!("({sql}) AS q"),
            columns,
            resident: resident.to_string(),
            is_record: "FALSE".into(),
            record_org: "q.org".into(),
        });
    };
    let id = compiler.register(&register.common.id);
    let resident = if has("resident") {
        "q.resident"
    } else if register.subject == Some(Subject::Resident) {
        "r.resident"
    } else if register.common.id == "resident" {
        "q.id"
    } else {
        "CAST(NULL AS VARCHAR)"
    };
    for place in pack::places(&rule.say.value) {
        compiler.mention(&place);
    }
    Ok(Found {
        from: format!("({sql}) AS q LEFT JOIN {id} AS r ON r.id = q.id"),
        columns,
        resident: resident.to_string(),
        is_record: "r.id IS NOT NULL".into(),
        record_org: "coalesce(r.org, q.org)".into(),
    })
}

/// The resident a record `t` is about, as SQL.
pub(crate) fn resident_of(register: &Register) -> &'static str {
    match register.subject {
        Some(Subject::Resident) => "t.resident",
        _ if register.common.id == "resident" => "t.id",
        _ => "CAST(NULL AS VARCHAR)",
    }
}
