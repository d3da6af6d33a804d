//! `taizhang alerts`: what needs attention now, and who has answered.

use super::listed::Listed;
use crate::{Done, answer, output};
use comfy_table::{Table, presets};
use serde_json::{Value as Json, json};
use work::{AlertPage, AlertQuery, AlertRow};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    listed: Listed,
    /// Only those of this role
    #[arg(long)]
    role: Option<String>,
    /// Also those that are answered
    #[arg(long)]
    all: bool,
}

pub fn run(args: &Args) -> Done {
    let (snapshot, now) = args.listed.ask()?;
    let query = AlertQuery {
        org: args.listed.org.clone(),
        role: args.role.clone(),
        with_answered: args.all,
        after: args.listed.after.clone(),
        ..AlertQuery::new(now, args.listed.limit)
    };
    tell(args, &work::alerts(&snapshot, &query)?);
    Ok(answer(true))
}

fn tell(args: &Args, page: &AlertPage) {
    if args.listed.json {
        let rows: Vec<Json> = page.rows.iter().map(document).collect();
        output::json(&json!({ "total": page.total, "alerts": rows, "next": page.next }));
        return;
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["since", "state", "with", "what", "alert"]);
    for row in &page.rows {
        table.add_row([
            row.opened_at.to_string(),
            row.state.word().to_string(),
            row.stands_with.clone(),
            row.say.zh.clone(),
            row.alert.clone(),
        ]);
    }
    output::line(&table.to_string());
    output::line(&format!("{} of {} alerts", page.rows.len(), page.total));
    if let Some(next) = &page.next {
        output::line(&format!("more: --after '{next}'"));
    }
}

fn document(row: &AlertRow) -> Json {
    let answer = row.answer.as_ref().map(|answer| {
        json!({
            "record": answer.record,
            "outcome": answer.outcome,
            "remark": answer.remark,
            "by": answer.by,
            "at": answer.at.to_string(),
        })
    });
    json!({
        "alert": row.alert,
        "rule": row.rule,
        "register": row.register,
        "id": row.id,
        "org": row.org,
        "resident": row.resident,
        "say": row.say.zh,
        "role": row.to,
        "opened_at": row.opened_at.to_string(),
        "due_at": row.due_at.map(|moment| moment.to_string()),
        "state": row.state.word(),
        "escalated": row.n_escalated,
        "stands_with": row.stands_with,
        "answer": answer,
    })
}
