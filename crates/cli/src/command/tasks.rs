//! `taizhang tasks`: what is to be done, by whom, until when.

use super::listed::Listed;
use crate::fault::Fault;
use crate::{Done, answer, output};
use columns::Snapshot;
use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use work::{TaskCount, TaskKind, TaskPage, TaskQuery, TaskRow, Window};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    listed: Listed,
    /// Only this task
    #[arg(long, value_name = "ID")]
    task: Option<String>,
    /// Only those of this role
    #[arg(long)]
    role: Option<String>,
    /// Only those about this resident
    #[arg(long, value_name = "ID")]
    resident: Option<String>,
    /// waiting, open, overdue, lapsed; several with commas
    #[arg(long, value_delimiter = ',', default_value = "open,overdue")]
    window: Vec<String>,
    /// Due on this day or before
    #[arg(long, value_name = "DAY")]
    due_by: Option<String>,
    /// How many there are by organisation instead of a list
    #[arg(long)]
    counts: bool,
}

pub fn run(args: &Args) -> Done {
    let (snapshot, now) = args.listed.ask()?;
    let query = query(args, now)?;
    if args.counts {
        let counts = work::task_counts(&snapshot, &query)?;
        tell_counts(args, &snapshot, &counts);
    } else {
        let page = work::tasks(&snapshot, &query)?;
        tell(args, &snapshot, &page);
    }
    Ok(answer(true))
}

fn query(args: &Args, now: base::DateTime) -> Result<TaskQuery, Fault> {
    let window = |word: &String| {
        Window::from_word(word).ok_or_else(|| Fault::Use(format!("\"{word}\" is not waiting, open, overdue or lapsed")))
    };
    let day = |text: &String| {
        pack::yaml::parse_date(text).ok_or_else(|| Fault::Use(format!("\"{text}\" is not a day such as 2025-11-03")))
    };
    Ok(TaskQuery {
        org: args.listed.org.clone(),
        resident: args.resident.clone(),
        role: args.role.clone(),
        windows: args.window.iter().map(window).collect::<Result<_, _>>()?,
        task: args.task.clone(),
        due_by: args.due_by.as_ref().map(day).transpose()?,
        after: args.listed.after.clone(),
        ..TaskQuery::new(now, args.listed.limit)
    })
}

fn tell(args: &Args, snapshot: &Snapshot, page: &TaskPage) {
    let kinds: BTreeMap<String, TaskKind<'_>> =
        work::task_kinds(snapshot.catalog()).into_iter().map(|kind| (kind.id.clone(), kind)).collect();
    if args.listed.json {
        let rows: Vec<Json> = page.rows.iter().map(|row| document(row, kinds.get(&row.task))).collect();
        output::json(&json!({ "total": page.total, "tasks": rows, "next": page.next }));
        return;
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["due", "late", "task", "for", "org", "role"]);
    for row in &page.rows {
        let kind = kinds.get(&row.task);
        let due = row.due_on.map(|day| day.to_string()).or(row.due_at.map(|moment| moment.to_string()));
        table.add_row([
            due.unwrap_or_default(),
            if row.n_days_late > 0 { format!("{} d", row.n_days_late) } else { row.window.word().to_string() },
            kind.map_or_else(|| row.task.clone(), |kind| kind.title.zh.clone()),
            row.resident.clone().unwrap_or_else(|| row.id.clone()),
            row.org.clone(),
            kind.and_then(|kind| kind.to).unwrap_or("").to_string(),
        ]);
    }
    output::line(&table.to_string());
    output::line(&format!("{} of {} tasks", page.rows.len(), page.total));
    if let Some(next) = &page.next {
        output::line(&format!("more: --after '{next}'"));
    }
}

fn document(row: &TaskRow, kind: Option<&TaskKind<'_>>) -> Json {
    json!({
        "task": row.task,
        "title": kind.map(|kind| &kind.title.zh),
        "id": row.id,
        "org": row.org,
        "resident": row.resident,
        "due_on": row.due_on.map(|day| day.to_string()),
        "due_at": row.due_at.map(|moment| moment.to_string()),
        "opens_on": row.opens_on.map(|day| day.to_string()),
        "overdue_on": row.overdue_on.map(|day| day.to_string()),
        "window": row.window.word(),
        "days_late": row.n_days_late,
        "priority": row.priority.word(),
        "enter": kind.and_then(|kind| kind.enter),
        "role": kind.and_then(|kind| kind.to),
        "note": row.note,
    })
}

fn tell_counts(args: &Args, snapshot: &Snapshot, counts: &[TaskCount]) {
    if args.listed.json {
        let rows = counts
            .iter()
            .map(|count| json!({ "org": count.org, "task": count.task, "window": count.window.word(), "n": count.n }));
        output::json(&json!({ "counts": rows.collect::<Vec<_>>() }));
        return;
    }
    let mut by_org: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for count in counts {
        by_org.entry(&count.org).or_default()[count.window as usize] += count.n;
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["org", "", "waiting", "open", "overdue", "lapsed"]);
    let orgs = snapshot.catalog().county.iter().flat_map(|county| county.orgs.iter());
    for org in orgs {
        let Some(n) = by_org.get(org.id.as_str()) else { continue };
        let mut cells = vec![org.id.clone(), org.name.clone()];
        cells.extend(n.iter().map(ToString::to_string));
        table.add_row(cells);
    }
    for column in 2..6 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    output::line(&table.to_string());
}
