//! `taizhang find`: residents by a few words. Names and numbers are masked.

use super::snapshot;
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use base::id::{mask_name, mask_number};
use identity::Index;
use serde_json::json;
use std::collections::BTreeSet;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name, pinyin or initials, birth date or year, last digits of a number or telephone; all must fit
    #[arg(required = true)]
    words: Vec<String>,
    #[command(flatten)]
    at: At,
    /// Only this organisation and those below it
    #[arg(long)]
    org: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// As of this day or instant
    #[arg(long)]
    as_of: Option<String>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    let store = args.at.read()?;
    let orgs = match (&args.org, &store.catalog().county) {
        (Some(org), Some(county)) => {
            let below = |id: &str| county.orgs.path(id).any(|above| above.id == *org);
            let orgs: BTreeSet<String> = county.orgs.iter().map(|o| o.id.clone()).filter(|id| below(id)).collect();
            if orgs.is_empty() {
                return Err(Fault::Use(format!("there is no organisation \"{org}\"")));
            }
            Some(orgs)
        }
        _ => None,
    };
    let index = Index::build(&snapshot(&store, args.as_of.as_deref())?)?;
    let found = index.find(&args.words.join(" "), orgs.as_ref(), args.limit);
    if args.json {
        let document = |found: &identity::Found| {
            json!({
                "id": found.id, "survivor": found.survivor, "org": found.org, "name": mask_name(&found.name),
                "birth_on": found.birth_on, "citizen_id": mask_number(&found.citizen_id), "score": found.score,
                "reasons": found.reasons.iter().map(|fit| fit.words().zh).collect::<Vec<_>>(),
            })
        };
        output::json(&found.iter().map(document).collect());
    } else {
        for found in &found {
            let merged = found.survivor.as_ref().map(|id| format!("  → {id}")).unwrap_or_default();
            let (name, number) = (mask_name(&found.name), mask_number(&found.citizen_id));
            output::line(&format!("{}  {name}  {}  {number}  {}{merged}", found.id, found.birth_on, found.org));
        }
    }
    Ok(answer(!found.is_empty()))
}
