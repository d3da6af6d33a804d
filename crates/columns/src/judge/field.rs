//! Is each value of the right type, in its range, and a code of its list?

use super::{Judgment, Verdict, fixed_title};
use crate::cell::cell;
use crate::engine::Value;
use crate::snapshot::View;
use base::{Decimal, Language, Text, nearest};
use pack::model::{Column, Field, FieldType, Register};
use records::Draft;
use std::collections::{BTreeMap, BTreeSet};

/// Fewer drafts than this are judged before a thread has started.
const WORTH_A_THREAD: usize = 1_024;

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

/// Judges every field of the drafts `indices`, and keeps their cells.
pub(super) fn judge_fields(
    judgment: &mut Judgment,
    view: &View,
    register: &Register,
    drafts: &[&Draft],
    indices: &[usize],
) {
    let codes = Codes::of(view, register);
    let columns = register.columns();
    let judge_part = |part: &[usize]| {
        let mut found = Judgment::default();
        for index in part {
            unknown_fields(&mut found, register, &columns, drafts, *index);
            let cells = judge_draft(&mut found, register, &columns, &codes, drafts, *index);
            found.cells.push(cells);
        }
        found
    };
    for (part, found) in on_all_cores(indices, judge_part) {
        judgment.refusals.extend(found.refusals);
        for (index, cells) in part.iter().zip(found.cells) {
            judgment.cells[*index] = cells;
        }
    }
}

/// Judges a few drafts here and many on all cores; the parts come in order.
fn on_all_cores<'i>(
    indices: &'i [usize],
    judge_part: impl Fn(&'i [usize]) -> Judgment + Sync,
) -> Vec<(&'i [usize], Judgment)> {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from).min(indices.len() / WORTH_A_THREAD);
    if n_threads < 2 {
        return vec![(indices, judge_part(indices))];
    }
    let parts = indices.chunks(indices.len().div_ceil(n_threads));
    std::thread::scope(|scope| {
        let judge_part = &judge_part;
        let running: Vec<_> = parts.map(|part| (part, scope.spawn(move || judge_part(part)))).collect();
        let found = running
            .into_iter()
            .map(|(part, found)| (part, found.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))));
        found.collect()
    })
}

fn unknown_fields(judgment: &mut Judgment, register: &Register, columns: &[Column], drafts: &[&Draft], index: usize) {
    let Some(draft) = drafts.get(index) else { return };
    for key in draft.body.keys() {
        if !columns.iter().any(|column| column.name == *key) {
            let near = nearest(key, columns.iter().map(|c| c.name.as_str()));
            let hint = near.map(|n| format!("；是不是“{n}”？")).unwrap_or_default();
            let say = Text::both(
                format!("{}没有“{key}”这一项{hint}", register.common.title.zh),
                format!("{} has no field \"{key}\"", register.common.id),
            );
            judgment.refuse_column(drafts, index, Verdict::Refuse, "unknown-field", Some(key), say);
        }
    }
}

fn judge_draft(
    judgment: &mut Judgment,
    register: &Register,
    columns: &[Column],
    codes: &Codes,
    drafts: &[&Draft],
    index: usize,
) -> Option<Vec<Value>> {
    let draft = drafts.get(index)?;
    let mut cells = Vec::with_capacity(columns.len());
    for column in columns {
        let field = register.fields.get(&column.name);
        let value = match cell(column, draft.body.get(&column.name)) {
            Ok(value) => value,
            Err(fault) => {
                let title = field.map_or(fault.column.as_str(), |f| f.title.zh.as_str());
                let zh = format!("{title}应为{}，现为{}", fault.wanted, fault.found);
                judgment.refuse_column(drafts, index, Verdict::Refuse, "wrong-type", Some(&column.name), Text::zh(zh));
                Value::Null
            }
        };
        if value.is_null() && !column.nullable {
            let title = field.map_or_else(|| fixed_title(&column.name), |f| f.title.clone());
            let say = Text::both(format!("请填写{}", title.zh), format!("{} is required", title.get(Language::En)));
            judgment.refuse_column(drafts, index, Verdict::Refuse, "required", Some(&column.name), say);
        }
        if let Some(field) = field {
            judge_value(judgment, field, &value, codes, drafts, index);
        }
        cells.push(value);
    }
    Some(cells)
}

fn judge_value(judgment: &mut Judgment, field: &Field, value: &Value, codes: &Codes, drafts: &[&Draft], index: usize) {
    if let Some(number) = value.as_decimal() {
        let outside = |range: &Option<pack::model::Spanned<(Decimal, Decimal)>>| {
            range.as_ref().map(|r| r.value).filter(|(low, high)| number < *low || number > *high)
        };
        if let Some((low, high)) = outside(&field.range) {
            let say = format!("{}应在{low}至{high}之间，现为{number}", field.title.zh);
            judgment.refuse_column(drafts, index, Verdict::Refuse, "range", Some(&field.id), Text::zh(say));
        } else if let Some((low, high)) = outside(&field.usual) {
            let say = format!("{}通常在{low}至{high}之间，现为{number}，请核对", field.title.zh);
            judgment.refuse_column(drafts, index, Verdict::Confirm, "usual", Some(&field.id), Text::zh(say));
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
        judgment.refuse_column(drafts, index, Verdict::Refuse, "unknown-code", Some(&field.id), Text::zh(say));
    }
}
