//! `taizhang findings`: what is wrong in the records, and how good those of each organisation are.

use super::listed::Listed;
use crate::fault::Fault;
use crate::{Done, answer, output};
use columns::Snapshot;
use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use work::{FindingKind, FindingPage, FindingQuery, Quality};

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    listed: Listed,
    /// Only this rule, as REGISTER.RULE
    #[arg(long)]
    rule: Option<String>,
    /// The share of sound records and the to-do list by organisation instead of a list
    #[arg(long)]
    quality: bool,
}

pub fn run(args: &Args) -> Done {
    let (snapshot, now) = args.listed.ask()?;
    if args.quality {
        let quality = work::quality(&snapshot, now)?;
        tell_quality(args, &snapshot, &quality)?;
        return Ok(answer(true));
    }
    let query = FindingQuery {
        org: args.listed.org.clone(),
        rule: args.rule.clone(),
        after: args.listed.after.clone(),
        ..FindingQuery::new(now, args.listed.limit)
    };
    tell(args, &snapshot, &work::findings(&snapshot, &query)?);
    Ok(answer(true))
}

fn kinds(snapshot: &Snapshot) -> BTreeMap<String, FindingKind<'_>> {
    work::finding_kinds(snapshot.catalog()).into_iter().map(|kind| (kind.key.clone(), kind)).collect()
}

fn tell(args: &Args, snapshot: &Snapshot, page: &FindingPage) {
    let kinds = kinds(snapshot);
    if args.listed.json {
        let rows = page.rows.iter().map(|row| {
            let kind = kinds.get(&row.rule);
            json!({
                "rule": row.rule,
                "register": row.register,
                "id": row.id,
                "org": row.org,
                "resident": row.resident,
                "say": row.say.zh,
                "why": kind.map(|kind| &kind.why.zh),
                "do": kind.map(|kind| &kind.action.zh),
            })
        });
        output::json(&json!({ "total": page.total, "findings": rows.collect::<Vec<_>>(), "next": page.next }));
        return;
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["rule", "record", "org", "what", "do"]);
    for row in &page.rows {
        let action = kinds.get(&row.rule).map(|kind| kind.action.zh.clone()).unwrap_or_default();
        table.add_row([row.rule.clone(), row.id.clone(), row.org.clone(), row.say.zh.clone(), action]);
    }
    output::line(&table.to_string());
    output::line(&format!("{} of {} findings", page.rows.len(), page.total));
    if let Some(next) = &page.next {
        output::line(&format!("more: --after '{next}'"));
    }
}

fn tell_quality(args: &Args, snapshot: &Snapshot, all: &[Quality]) -> Result<(), Fault> {
    let places = work::Places::of(snapshot);
    places.condition(args.listed.org.as_deref(), "org")?;
    let inside = |quality: &&Quality| args.listed.org.as_deref().is_none_or(|org| places.covers(org, &quality.org));
    if args.listed.json {
        let rows = all.iter().filter(inside).map(|quality| {
            let rules: Vec<Json> = quality.rules.iter().map(|(rule, n)| json!({ "rule": rule, "n": n })).collect();
            json!({
                "org": quality.org,
                "records": quality.n_records,
                "faulty": quality.n_faulty,
                "score": quality.score.map(|score| score.to_string()),
                "rules": rules,
            })
        });
        output::json(&json!({ "quality": rows.collect::<Vec<_>>() }));
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(["org", "records", "faulty", "sound %", "first"]);
    for quality in all.iter().filter(inside) {
        let first = quality.rules.first().map(|(rule, n)| format!("{rule} {n}"));
        table.add_row([
            quality.org.clone(),
            quality.n_records.to_string(),
            quality.n_faulty.to_string(),
            quality.score.map_or_else(|| "—".to_string(), |score| score.to_string()),
            first.unwrap_or_default(),
        ]);
    }
    for column in 1..4 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    output::line(&table.to_string());
    Ok(())
}
