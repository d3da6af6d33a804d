//! Is what a record refers to there, and is it there only once itself?

use super::near::Near;
use super::rule::Question;
use super::{Judgment, Proposal, Verdict, fixed_title};
use crate::engine::Value;
use crate::merge;
use crate::snapshot::View;
use base::Text;
use pack::model::{Kind, Register};
use pack::sql::Relations;
use records::{Draft, Op};
use std::collections::{BTreeMap, BTreeSet};

/// Whatever a record refers to must be there.
pub(super) fn references(near: &Near<'_>, register: &Register) -> Vec<Question> {
    let known = register.references().into_iter().filter(|(_, to)| near.view().catalog.register(to).is_some());
    known
        .map(|(column, to)| Question {
            rule: "unknown-reference".into(),
            verdict: Verdict::Refuse,
            say: say_unknown(&column),
            sql: format!("(t.{column} IS NOT NULL{})", missing(near, &to, &column)),
            column: Some(column.clone()),
            refers: Some((to, column)),
        })
        .collect()
}

/// Nothing stands under the id; whoever was folded into another is still found under theirs.
fn missing(near: &Near<'_>, to: &str, column: &str) -> String {
    let view = near.view();
    // Only rows somebody names are hashed; without the second condition it is the whole register.
    let named =
        if near.is_loaded() { String::new() } else { format!(" AND o.id IN (SELECT w.{column} FROM temp.this_ AS w)") };
    let mut sql = format!(" AND NOT EXISTS (SELECT 1 FROM {} AS o WHERE o.id = t.{column}{named})", near.referred(to));
    if view.merges && to == merge::RESIDENT {
        sql.push_str(&format!(" AND NOT EXISTS (SELECT 1 FROM {} AS m WHERE m.id = t.{column})", view.merged()));
    }
    sql
}

fn say_unknown(column: &str) -> Text {
    let title = fixed_title(column);
    Text::both(format!("没有找到{}“{{{column}}}”", title.zh), format!("there is no {column} \"{{{column}}}\""))
}

/// A second record with the same identity is refused; a correction of the same record is not.
pub(super) fn identity<'c>(
    view: &View,
    register: &Register,
    drafts: impl Iterator<Item = &'c Vec<Value>>,
) -> Option<Question> {
    let mut columns: Vec<&str> = register.identity.iter().map(|column| column.value.as_str()).collect();
    if register.kind == Kind::Statement && columns.is_empty() {
        columns = vec!["institution", "period_from", "period_until"];
    }
    let first = columns.first().copied()?;
    let same = |a: &str, b: &str| {
        let pairs: Vec<String> = columns.iter().map(|c| format!("{a}.{c} = {b}.{c}")).collect();
        pairs.join(" AND ")
    };
    let within = within(register, &columns, drafts);
    Some(Question {
        rule: "duplicate-record".into(),
        verdict: Verdict::Refuse,
        say: Text::both("已有相同的记录，不能重复登记", "the same record exists already"),
        sql: format!(
            "(EXISTS (SELECT 1 FROM {} AS o WHERE {} AND o.id <> coalesce(t.id, '') AND o.{first} IN (SELECT w.{first} \
             FROM temp.this_ AS w){within}) OR EXISTS (SELECT 1 FROM temp.this_ AS b WHERE {} AND b.n_ < t.n_))",
            view.register(&register.common.id),
            same("o", "t"),
            same("b", "t")
        ),
        column: None,
        refers: None,
    })
}

/// The span of the days and numbers among the identities of the drafts, as a condition on `o`: the engine passes over
/// whole blocks of rows outside it, and compares texts only within.
fn within<'c>(register: &Register, identity: &[&str], drafts: impl Iterator<Item = &'c Vec<Value>>) -> String {
    let columns = register.columns();
    let places: Vec<usize> =
        identity.iter().filter_map(|name| columns.iter().position(|column| column.name == *name)).collect();
    let mut spans: BTreeMap<usize, (&Value, &Value)> = BTreeMap::new();
    for cells in drafts {
        for place in &places {
            let Some(cell) = cells.get(*place).filter(|cell| literal(cell).is_some()) else { continue };
            let span = spans.entry(*place).or_insert((cell, cell));
            span.0 = if is_below(cell, span.0) { cell } else { span.0 };
            span.1 = if is_below(span.1, cell) { cell } else { span.1 };
        }
    }
    let bound = |(place, (low, high)): (&usize, &(&Value, &Value))| {
        Some(format!(" AND o.{} BETWEEN {} AND {}", columns[*place].name, literal(low)?, literal(high)?))
    };
    spans.iter().filter_map(bound).collect()
}

fn is_below(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Date(a), Value::Date(b)) => a < b,
        (Value::Int(a), Value::Int(b)) => a < b,
        _ => false,
    }
}

fn literal(value: &Value) -> Option<String> {
    match value {
        Value::Date(day) => Some(format!("DATE '{day}'")),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A draft whose reference only another draft of the same author fulfils.
#[derive(Debug)]
pub(super) struct Relied {
    /// The draft.
    pub index: usize,
    /// The column that refers.
    pub column: String,
    /// The draft referred to.
    pub on: usize,
}

/// The records a batch creates, by author, register and id.
pub(super) struct Created<'a>(BTreeMap<(usize, &'a str, &'a str), usize>);

impl<'a> Created<'a> {
    pub(super) fn of(proposal: &Proposal<'a>) -> Self {
        let drafts = proposal.drafts.iter().zip(proposal.owners).enumerate();
        let created = drafts.filter(|(_, (draft, _))| draft.op == Op::Create);
        Self(
            created
                .filter_map(|(n, (draft, owner))| {
                    Some(((*owner, draft.register.as_str(), draft.record.as_deref()?), n))
                })
                .collect(),
        )
    }

    /// The draft that creates what a column of draft `index` refers to.
    pub(super) fn find(&self, proposal: &Proposal<'_>, index: usize, register: &str, column: &str) -> Option<usize> {
        let wanted = proposal.drafts.get(index)?.body.get(column)?.as_str()?;
        self.0.get(&(*proposal.owners.get(index)?, register, wanted)).copied()
    }
}

/// What relies on a refused draft is refused with it, and what relies on that, until nothing more falls.
pub(super) fn refuse_dependents(judgment: &mut Judgment, drafts: &[&Draft], relied: &[Relied]) {
    let mut refused: BTreeSet<usize> = judgment.refusals.iter().map(|refusal| refusal.index).collect();
    loop {
        let falls = |r: &&Relied| refused.contains(&r.on) && !refused.contains(&r.index);
        let fallen: Vec<&Relied> = relied.iter().filter(falls).collect();
        if fallen.is_empty() {
            return;
        }
        for Relied { index, column, on } in fallen {
            let title = fixed_title(column);
            let id = drafts.get(*on).and_then(|draft| draft.record.as_deref()).unwrap_or_default();
            let say = Text::both(
                format!("{}“{id}”在同一批中未能保存", title.zh),
                format!("{column} \"{id}\" of the same batch was not saved"),
            );
            judgment.refuse(drafts, *index, Verdict::Refuse, "unknown-reference", say);
            refused.insert(*index);
        }
    }
}
