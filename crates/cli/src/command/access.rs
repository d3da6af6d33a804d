//! `taizhang access`: who opened a resident's data, when and why. A resident may ask.

use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use records::{Entry, Op};
use serde_json::json;

/// Entries read at a time.
const CHUNK: usize = 1_000;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: At,
    /// The resident's id
    #[arg(long)]
    resident: String,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let log = args.at.read_log()?;
    let (mut accesses, mut after, mut is_known) = (Vec::new(), 0, false);
    loop {
        let entries = log.of_resident(&args.resident, after, CHUNK)?;
        let Some(last) = entries.last() else { break };
        (after, is_known) = (last.seq, true);
        accesses.extend(entries.into_iter().filter(|entry| entry.op == Op::Access));
    }
    if !is_known {
        return Err(Fault::Use(format!("nothing is recorded about a resident \"{}\"; check the id", args.resident)));
    }
    if args.json {
        let lines: Vec<_> = accesses.iter().map(document).collect();
        output::json(&json!({ "resident": args.resident, "accesses": lines }));
    } else {
        for entry in &accesses {
            let (at, reason) = (columns::county_time(entry.at), entry.reason.as_deref().unwrap_or("—"));
            output::line(&format!("{at:.0}  {}  {} {}  {reason}", entry.actor, entry.register, entry.record));
        }
        output::message(&format!("{} accesses", accesses.len()));
    }
    Ok(answer(true))
}

fn document(entry: &Entry) -> serde_json::Value {
    json!({
        "at": entry.at.to_string(),
        "actor": entry.actor.to_string(),
        "register": entry.register,
        "record": entry.record,
        "version_seen": entry.version,
        "reason": entry.reason,
        "seq": entry.seq,
    })
}
