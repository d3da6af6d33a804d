//! `taizhang import`: records from an NDJSON file, one JSON object a line.
//!
//! A line is a record's fields with `id` and `org` beside them. A line whose `id` exists already is a correction, and
//! needs `--reason`. Accepted plus refused lines are always all lines.

use super::now;
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use columns::{Mode, Refusal, Submission};
use records::{Draft, Op};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The register
    register: String,
    /// The file
    file: PathBuf,
    #[command(flatten)]
    at: At,
    /// Write nothing when one line is refused
    #[arg(long)]
    whole: bool,
    /// Why existing records are corrected
    #[arg(long)]
    reason: Option<String>,
    /// Why records that ask for confirmation are right
    #[arg(long)]
    confirm: Option<String>,
    /// Who writes
    #[arg(long, default_value = "import")]
    actor: String,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let text = std::fs::read_to_string(&args.file).map_err(Fault::io(&args.file))?;
    let mut store = args.at.open()?;
    if store.catalog().register(&args.register).is_none() {
        let near = store.catalog().near_register(&args.register);
        let hint = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
        return Err(Fault::Use(format!("there is no register \"{}\"{hint}", args.register)));
    }
    let mut drafts = Vec::new();
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        drafts.push(draft(args, &store, n + 1, line)?);
    }
    let submission = Submission {
        mode: if args.whole { Mode::Whole } else { Mode::Each },
        confirm: args.confirm.clone(),
        ..Submission::new(args.actor.as_str(), now(), drafts)
    };
    let outcome = store.submit(submission)?;
    if args.json {
        output::json(&json!({
            "accepted": outcome.n_accepted,
            "refused": outcome.n_refused,
            "refusals": outcome.refusals.iter().map(document).collect::<Vec<_>>(),
        }));
    } else {
        for refusal in &outcome.refusals {
            output::line(&format!("line {}: {} [{}]", refusal.index + 1, refusal.say, refusal.rule));
        }
        output::line(&format!("{} accepted, {} refused", outcome.n_accepted, outcome.n_refused));
    }
    Ok(answer(outcome.n_refused == 0))
}

fn draft(args: &Args, store: &columns::Store, n: usize, line: &str) -> Result<Draft, Fault> {
    let wrong = |what: String| Fault::Use(format!("{}, line {n}: {what}; nothing was written", args.file.display()));
    let mut body: Map<String, Value> =
        serde_json::from_str(line).map_err(|fault| wrong(format!("this is not a JSON object: {fault}")))?;
    let mut take = |key: &str| body.shift_remove(key).and_then(|value| value.as_str().map(str::to_string));
    let (id, org) = (take("id"), take("org"));
    let head = match &id {
        Some(id) => store.log().head(&args.register, id)?,
        None => None,
    };
    let mut draft = match head {
        Some(head) => {
            let reason = args
                .reason
                .clone()
                .ok_or_else(|| wrong(format!("record {} exists; say --reason to correct it", head.record)))?;
            // The fields given replace those of the current version; the others stay.
            let mut draft = Draft::correcting(&head, reason)?;
            draft.body.append(&mut body);
            draft
        }
        None => {
            let mut draft = Draft::new(Op::Create, args.register.as_str(), "");
            draft.record = id;
            draft.body = body;
            draft
        }
    };
    if let Some(org) = org {
        draft.org = org;
    }
    Ok(draft)
}

fn document(refusal: &Refusal) -> Value {
    json!({
        "line": refusal.index + 1,
        "record": refusal.record,
        "verdict": match refusal.verdict { columns::Verdict::Refuse => "refuse", columns::Verdict::Confirm => "confirm" },
        "rule": refusal.rule,
        "say": refusal.say.zh,
    })
}
