//! May these records be saved?
//!
//! Types, required fields, ranges and codes are judged here; the packs' own rules run as one statement per register
//! over the relation `this`, so one form and a million imported rows go the same way.

use crate::StoreError;
use crate::cell::cell;
use crate::engine::{Connection, Value};
use crate::snapshot::View;
use crate::tables::this_table;
use base::{Date, Decimal, Language, Text, nearest};
use pack::model::{Column, ColumnType, Field, FieldType, Kind, Level, Register, Required, RuleTrigger};
use pack::sql::{Compiler, Moment, Relations, RowScope};
use records::{Draft, Op};
use std::collections::{BTreeMap, BTreeSet};

/// What stands between a draft and the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is not saved.
    Refuse,
    /// It is saved once somebody confirms it with a reason.
    Confirm,
}

/// Why one draft of a batch was not saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The draft's place in its batch, from 0.
    pub index: usize,
    /// Its register.
    pub register: String,
    /// Its id, if it had one.
    pub record: Option<String>,
    /// Refused, or waiting to be confirmed.
    pub verdict: Verdict,
    /// The rule's name.
    pub rule: String,
    /// The rule's own sentence.
    pub say: Text,
}

/// What came of judging a batch.
#[derive(Debug, Default)]
pub struct Judgment {
    /// Everything that stands in the way, by draft.
    pub refusals: Vec<Refusal>,
    /// The cells of each draft that is a version of a record, without bookkeeping.
    pub cells: BTreeMap<usize, Vec<Value>>,
}

/// Judges a batch against the rows of `view`, on the day `today`.
///
/// # Errors
/// Whatever the engine says of a rule, which the packs' check should have said before.
pub fn judge(connection: &Connection, view: &View, drafts: &[Draft], today: Date) -> Result<Judgment, StoreError> {
    let mut judgment = Judgment::default();
    let mut by_register: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if matches!(draft.op, Op::Create | Op::Correct) {
            by_register.entry(&draft.register).or_default().push(index);
        }
    }
    for (id, indices) in by_register {
        let Some(register) = view.catalog.register(id) else {
            let near = view.catalog.near_register(id).map(|n| format!("；是不是“{n}”？")).unwrap_or_default();
            for index in indices {
                let say = Text::both(format!("没有台账“{id}”{near}"), format!("there is no register \"{id}\""));
                judgment.refuse(drafts, index, Verdict::Refuse, "unknown-register", say);
            }
            continue;
        };
        let codes = Codes::of(view, register);
        for index in &indices {
            judge_fields(&mut judgment, register, &codes, drafts, *index);
        }
        judge_rules(&mut judgment, connection, view, register, drafts, &indices, today)?;
    }
    judgment.refusals.sort_by_key(|refusal| refusal.index);
    Ok(judgment)
}

impl Judgment {
    fn refuse(&mut self, drafts: &[Draft], index: usize, verdict: Verdict, rule: &str, say: Text) {
        let Some(draft) = drafts.get(index) else { return };
        self.refusals.push(Refusal {
            index,
            register: draft.register.clone(),
            record: draft.record.clone(),
            verdict,
            rule: rule.to_string(),
            say,
        });
    }
}

/// The codes each code field may hold.
struct Codes(BTreeMap<String, BTreeSet<String>>);

impl Codes {
    fn of(view: &View, register: &Register) -> Self {
        let codes = register.fields.values().filter_map(|field| {
            let FieldType::Code { list, .. } = &field.ty else { return None };
            let rows = view.catalog.list(&list.value)?.all_rows();
            Some((field.id.clone(), rows.filter_map(|row| row.code.clone()).collect()))
        });
        Self(codes.collect())
    }
}

fn judge_fields(judgment: &mut Judgment, register: &Register, codes: &Codes, drafts: &[Draft], index: usize) {
    let Some(draft) = drafts.get(index) else { return };
    let columns = register.columns();
    for key in draft.body.keys() {
        if !columns.iter().any(|column| column.name == *key) {
            let near = nearest(key, columns.iter().map(|c| c.name.as_str()));
            let hint = near.map(|n| format!("；是不是“{n}”？")).unwrap_or_default();
            let say = Text::both(
                format!("{}没有“{key}”这一项{hint}", register.common.title.zh),
                format!("{} has no field \"{key}\"", register.common.id),
            );
            judgment.refuse(drafts, index, Verdict::Refuse, "unknown-field", say);
        }
    }
    let mut cells = Vec::with_capacity(columns.len());
    for column in &columns {
        let field = register.fields.get(&column.name);
        let value = match cell(column, draft.body.get(&column.name)) {
            Ok(value) => value,
            Err(fault) => {
                let title = field.map_or(fault.column.as_str(), |f| f.title.zh.as_str());
                let zh = format!("{title}应为{}，现为{}", fault.wanted, fault.found);
                judgment.refuse(drafts, index, Verdict::Refuse, "wrong-type", Text::zh(zh));
                Value::Null
            }
        };
        if value.is_null() && !column.nullable {
            let title = field.map_or_else(|| fixed_title(&column.name), |f| f.title.clone());
            let say = Text::both(format!("请填写{}", title.zh), format!("{} is required", title.get(Language::En)));
            judgment.refuse(drafts, index, Verdict::Refuse, "required", say);
        }
        if let Some(field) = field {
            judge_value(judgment, field, &value, codes, drafts, index);
        }
        cells.push(value);
    }
    judgment.cells.insert(index, cells);
}

/// What people call the columns every register of a kind has.
fn fixed_title(column: &str) -> Text {
    let (zh, en) = match column {
        "resident" => ("居民", "Resident"),
        "household" => ("家庭", "Household"),
        "institution" => ("机构", "Institution"),
        "staff" => ("人员", "Staff"),
        "started_on" => ("开始日期", "Start"),
        "ended_on" => ("结束日期", "End"),
        "on_date" => ("日期", "Date"),
        "at" => ("时间", "Time"),
        "period_from" => ("期初", "Period from"),
        "period_until" => ("期末", "Period until"),
        "filed_on" => ("报送日期", "Filed on"),
        "state" => ("状态", "State"),
        other => (other, other),
    };
    Text::both(zh, en)
}

fn judge_value(judgment: &mut Judgment, field: &Field, value: &Value, codes: &Codes, drafts: &[Draft], index: usize) {
    if let Some(number) = value.as_decimal() {
        let outside = |range: &Option<pack::model::Spanned<(Decimal, Decimal)>>| {
            range.as_ref().map(|r| r.value).filter(|(low, high)| number < *low || number > *high)
        };
        if let Some((low, high)) = outside(&field.range) {
            let say = format!("{}应在{low}至{high}之间，现为{number}", field.title.zh);
            judgment.refuse(drafts, index, Verdict::Refuse, "range", Text::zh(say));
        } else if let Some((low, high)) = outside(&field.usual) {
            let say = format!("{}通常在{low}至{high}之间，现为{number}，请核对", field.title.zh);
            judgment.refuse(drafts, index, Verdict::Confirm, "usual", Text::zh(say));
        }
    }
    let Some(known) = codes.0.get(&field.id) else { return };
    let given: Vec<&str> = match value {
        Value::Text(code) => vec![code],
        Value::Many(items) => items.iter().filter_map(Value::as_text).collect(),
        _ => Vec::new(),
    };
    for code in given.into_iter().filter(|code| !known.contains(*code)) {
        let near = nearest(code, known.iter().map(String::as_str));
        let hint = near.map(|n| format!("；是不是“{n}”？")).unwrap_or_default();
        let say = format!("{}没有代码“{code}”{hint}", field.title.zh);
        judgment.refuse(drafts, index, Verdict::Refuse, "unknown-code", Text::zh(say));
    }
}

/// One condition asked of every draft of a register.
struct Question {
    rule: String,
    verdict: Verdict,
    say: Text,
    sql: String,
    /// For references: the register referred to and the column, so that drafts of the same batch count too.
    refers: Option<(String, String)>,
}

fn judge_rules(
    judgment: &mut Judgment,
    connection: &Connection,
    view: &View,
    register: &Register,
    drafts: &[Draft],
    indices: &[usize],
    today: Date,
) -> Result<(), StoreError> {
    let mut scope = RowScope::new(&view.catalog, view, register).asked_on(today);
    let questions = questions(view, register, &mut scope)?;
    let queries = row_rules(view, register, today)?;
    if questions.is_empty() && queries.is_empty() {
        return Ok(());
    }
    load_this(connection, register, drafts, indices, judgment)?;
    for query in &queries {
        judge_query(judgment, connection, view, register, drafts, query, today)?;
    }
    if questions.is_empty() {
        return Ok(());
    }
    let asked: Vec<String> =
        questions.iter().enumerate().map(|(n, q)| format!("coalesce({}, FALSE) AS q{n}", q.sql)).collect();
    let any: Vec<String> = (0..questions.len()).map(|n| format!("q{n}")).collect();
    let sql = format!(
        "SELECT * FROM (SELECT t.n_, {} FROM {}) WHERE {}",
        asked.join(", "),
        scope.from_clause("temp.this_"),
        any.join(" OR ")
    );
    for row in connection.query(&sql)?.rows()? {
        let Some(index) = row[0].as_int().and_then(|n| usize::try_from(n).ok()) else { continue };
        for (question, answer) in questions.iter().zip(&row[1..]) {
            if answer.as_flag() == Some(true) && !is_in_batch(question, drafts, index) {
                let say = with_values(&question.say, register, &drafts[index]);
                judgment.refuse(drafts, index, question.verdict, &question.rule, say);
            }
        }
    }
    Ok(())
}

/// A rule that looks beyond the record: its query over `this`.
struct RowRule {
    rule: String,
    verdict: Verdict,
    say: Text,
    sql: String,
}

fn row_rules(view: &View, register: &Register, today: Date) -> Result<Vec<RowRule>, StoreError> {
    let own = register.rules.iter();
    let of_packs = view.catalog.packs.values().flat_map(|pack| &pack.rules);
    let about = of_packs.filter(|(_, rule)| rule.on.as_ref().is_some_and(|on| on.value == register.common.id));
    let mut rules = Vec::new();
    for (id, rule) in own.chain(about) {
        let (Some(verdict), RuleTrigger::Rows(rows)) = (verdict_of(rule.level.value), &rule.trigger) else { continue };
        let moment = Moment { period: None, as_of: today };
        let mut compiler = Compiler::new(&view.catalog, view, moment);
        let body = compiler.query(&rule.common.pack, rows)?;
        let sql = compiler.finish(&body)?.sql;
        rules.push(RowRule { rule: id.clone(), verdict, say: rule.say.value.clone(), sql });
    }
    Ok(rules)
}

/// What a rule of this level does to a record; the other levels do not judge.
fn verdict_of(level: Level) -> Option<Verdict> {
    match level {
        Level::Refuse => Some(Verdict::Refuse),
        Level::Confirm => Some(Verdict::Confirm),
        Level::Advise | Level::Find | Level::Alert => None,
    }
}

fn judge_query(
    judgment: &mut Judgment,
    connection: &Connection,
    view: &View,
    register: &Register,
    drafts: &[Draft],
    rule: &RowRule,
    today: Date,
) -> Result<(), StoreError> {
    connection.execute(&this_view(view, register, today)?)?;
    let answer = connection.query(&rule.sql)?;
    let names: Vec<String> = answer.columns().iter().map(|column| column.name.clone()).collect();
    let Some(id) = names.iter().position(|name| name == "id") else { return Ok(()) };
    let mut said: BTreeSet<usize> = BTreeSet::new();
    for row in answer.rows()? {
        let Some(index) = row[id].as_text().and_then(|id| index_of(drafts, register, id)) else { continue };
        if !said.insert(index) {
            continue;
        }
        let fill = |text: &str| {
            let filled = names.iter().zip(&row).fold(text.to_string(), |text, (name, cell)| {
                text.replace(&format!("{{{name}}}"), &crate::cell::shown(cell))
            });
            with_values(&Text::zh(filled), register, &drafts[index]).zh
        };
        let say = Text { zh: fill(&rule.say.zh), en: rule.say.en.as_deref().map(fill) };
        judgment.refuse(drafts, index, rule.verdict, &rule.rule, say);
    }
    Ok(())
}

/// The relation `this` with the register's derived columns.
pub(crate) fn this_view(view: &View, register: &Register, today: Date) -> Result<String, StoreError> {
    let mut scope = RowScope::new(&view.catalog, view, register).asked_on(today);
    let mut columns = vec!["t.*".to_string()];
    for (name, text) in &register.derive {
        columns.push(format!("({}) AS {name}", scope.lower(text)?));
    }
    Ok(format!(
        "CREATE OR REPLACE TEMPORARY VIEW this AS SELECT {} FROM {}",
        columns.join(", "),
        scope.from_clause("temp.this_")
    ))
}

/// The id by which a draft is known while it is judged.
fn id_of(draft: &Draft, index: usize) -> String {
    draft.record.clone().unwrap_or_else(|| format!("_new-{index}"))
}

fn index_of(drafts: &[Draft], register: &Register, id: &str) -> Option<usize> {
    let mut all = drafts.iter().enumerate();
    all.find(|(n, draft)| draft.register == register.common.id && id_of(draft, *n) == id).map(|(n, _)| n)
}

fn questions(view: &View, register: &Register, scope: &mut RowScope<'_>) -> Result<Vec<Question>, StoreError> {
    let mut questions = Vec::new();
    for (id, rule) in &register.rules {
        let (Some(verdict), RuleTrigger::When(when)) = (verdict_of(rule.level.value), &rule.trigger) else { continue };
        let sql = scope.lower(when)?;
        questions.push(Question { rule: id.clone(), verdict, say: rule.say.value.clone(), sql, refers: None });
    }
    for field in register.fields.values() {
        if let Required::When(condition) = &field.required {
            let sql = format!("({}) AND t.{} IS NULL", scope.lower(condition)?, field.id);
            let say = Text::both(
                format!("请填写{}", field.title.zh),
                format!("{} is required", field.title.get(Language::En)),
            );
            questions.push(Question { rule: "required".into(), verdict: Verdict::Refuse, say, sql, refers: None });
        }
    }
    questions.extend(references(view, register));
    questions.extend(identity(view, register));
    Ok(questions)
}

/// Whatever a record refers to must be there.
fn references(view: &View, register: &Register) -> Vec<Question> {
    let mut refers: Vec<(String, String)> = Vec::new();
    refers.extend(register.subject.map(|s| (s.word().to_string(), s.word().to_string())));
    refers.extend(register.part_of.iter().map(|p| (p.value.clone(), p.value.clone())));
    refers.extend(register.fields.values().filter_map(|field| match &field.ty {
        FieldType::Ref(to) => Some((field.id.clone(), to.value.clone())),
        _ => None,
    }));
    let known = refers.into_iter().filter(|(_, to)| view.catalog.register(to).is_some());
    known
        .map(|(column, to)| Question {
            rule: "unknown-reference".into(),
            verdict: Verdict::Refuse,
            say: Text::zh(format!("没有找到{}“{{{column}}}”", fixed_title(&column).zh)),
            sql: format!(
                "(t.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {} AS o WHERE o.id = t.{column}))",
                view.register(&to)
            ),
            refers: Some((to, column)),
        })
        .collect()
}

/// A second record with the same identity is refused; a correction of the same record is not.
fn identity(view: &View, register: &Register) -> Option<Question> {
    let mut columns: Vec<&str> = register.identity.iter().map(|column| column.value.as_str()).collect();
    if register.kind == Kind::Statement && columns.is_empty() {
        columns = vec!["institution", "period_from", "period_until"];
    }
    if columns.is_empty() {
        return None;
    }
    let same = |a: &str, b: &str| {
        let pairs: Vec<String> = columns.iter().map(|c| format!("{a}.{c} = {b}.{c}")).collect();
        pairs.join(" AND ")
    };
    Some(Question {
        rule: "duplicate-record".into(),
        verdict: Verdict::Refuse,
        say: Text::both("已有相同的记录，不能重复登记", "the same record exists already"),
        sql: format!(
            "(EXISTS (SELECT 1 FROM {} AS o WHERE {} AND o.id <> coalesce(t.id, '')) OR EXISTS (SELECT 1 FROM \
             temp.this_ AS b WHERE {} AND b.n_ < t.n_))",
            view.register(&register.common.id),
            same("o", "t"),
            same("b", "t")
        ),
        refers: None,
    })
}

fn is_in_batch(question: &Question, drafts: &[Draft], index: usize) -> bool {
    let Some((register, column)) = &question.refers else { return false };
    let wanted = drafts[index].body.get(column).and_then(|v| v.as_str());
    wanted.is_some()
        && drafts.iter().any(|d| d.register == *register && d.record.as_deref() == wanted && d.op == Op::Create)
}

/// Puts the drafts of a register into the relation `this`.
fn load_this(
    connection: &Connection,
    register: &Register,
    drafts: &[Draft],
    indices: &[usize],
    judgment: &Judgment,
) -> Result<(), StoreError> {
    let column = |name: &str, ty| Column { name: name.into(), ty, nullable: true };
    let mut columns = vec![
        column("n_", ColumnType::Integer),
        column("id", ColumnType::Text),
        column("org", ColumnType::Text),
        column("version", ColumnType::Integer),
        column("recorded_at", ColumnType::Instant),
        column("recorded_by", ColumnType::Text),
        column("first_recorded_at", ColumnType::Instant),
    ];
    columns.extend(register.columns().into_iter().map(|c| Column { nullable: true, ..c }));
    connection.execute(&this_table(&columns))?;
    let mut appender = connection.appender("temp", "this_")?;
    for index in indices {
        let (Some(draft), Some(cells)) = (drafts.get(*index), judgment.cells.get(index)) else { continue };
        let mut row =
            vec![Value::Int(*index as i64), Value::Text(id_of(draft, *index)), Value::Text(draft.org.clone())];
        row.extend([Value::Null, Value::Null, Value::Null, Value::Null]);
        row.extend(cells.iter().cloned());
        appender.append_row(&row)?;
    }
    appender.close()?;
    Ok(())
}

/// The rule's sentence with the draft's own values in the places `{column}`.
fn with_values(say: &Text, register: &Register, draft: &Draft) -> Text {
    let fill = |text: &str| {
        let mut text = text.to_string();
        for column in register.columns() {
            let place = format!("{{{}}}", column.name);
            if text.contains(&place) {
                let value = draft.body.get(&column.name).map_or(String::new(), |value| match value.as_str() {
                    Some(words) => words.to_string(),
                    None => value.to_string(),
                });
                text = text.replace(&place, &value);
            }
        }
        text
    };
    Text { zh: fill(&say.zh), en: say.en.as_deref().map(fill) }
}
