//! `taizhang match`: pairs of residents who may be one person, and why. It writes nothing: a person decides.

use super::snapshot;
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, output};
use identity::{Likely, Review, ReviewError, Wanted};
use serde_json::json;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    at: At,
    /// The least probability of a pair
    #[arg(long, default_value_t = 0.5)]
    least: f64,
    /// The most probability of a pair, to see the doubtful ones only
    #[arg(long, default_value_t = 1.0)]
    most: f64,
    /// At most so many pairs
    #[arg(long, default_value_t = 50)]
    limit: usize,
    /// The seed of the random pairs the model learns from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Done {
    if !(args.least > 0.0 && args.least < 1.0) {
        return Err(Fault::Use("--least is a probability above 0 and below 1".into()));
    }
    let store = args.at.read()?;
    let Args { least, most, limit, seed, .. } = *args;
    let review = Review::of(&snapshot(&store, None)?, &Wanted { least, most, limit, seed, n_threads: 0 });
    let review = review.map_err(|fault| match fault {
        ReviewError::Store(fault) => Fault::from(fault),
        other => Fault::Use(other.to_string()),
    })?;
    let told: Vec<serde_json::Value> = review.pairs.iter().map(document).collect();
    if args.json {
        let prior = format!("{:+.2}", review.prior_weight);
        output::json(&json!({ "pairs": told, "n_pairs": review.n_pairs, "prior_weight": prior }));
        return Ok(answer(true));
    }
    for pair in &told {
        let text = |value: &serde_json::Value, key: &str| value[key].as_str().unwrap_or("").to_string();
        output::line(&format!("{}  {}  {}", text(pair, "probability"), text(pair, "resident"), text(pair, "other")));
        for reason in pair["reasons"].as_array().into_iter().flatten() {
            output::line(&format!(
                "    {:>7}  {}: {}",
                text(reason, "weight"),
                text(reason, "column"),
                text(reason, "level")
            ));
        }
    }
    output::line(&format!("{} pairs of {} residents", review.n_pairs, review.n_people));
    Ok(answer(true))
}

fn document(pair: &Likely) -> serde_json::Value {
    let reasons = pair.reasons.iter().map(|reason| {
        json!({
            "column": reason.column, "level": reason.level.zh, "level_en": reason.level.en,
            "weight": format!("{:+.2}", reason.weight),
            "m": format!("{:.6}", reason.m), "u": format!("{:.6}", reason.u),
        })
    });
    json!({
        "resident": pair.resident, "other": pair.other, "probability": format!("{:.6}", pair.probability),
        "weight": format!("{:+.2}", pair.weight), "reasons": reasons.collect::<Vec<_>>(),
    })
}
