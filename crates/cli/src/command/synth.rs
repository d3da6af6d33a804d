//! `taizhang synth`: a county's people and records, invented to its published totals.

use super::now;
use crate::at::At;
use crate::fault::Fault;
use crate::{Done, answer, draw, library, output, progress};
use base::Decimal;
use columns::{Store, Submission};
use records::{Draft, Op};
use synth::{Made, Options, Plan, SynthError};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The county: an id of counties/ or a path
    county: String,
    #[command(flatten)]
    at: At,
    /// Chooses one of the counties that fit the figures
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Multiplies counts and amounts; 0.01 makes a small county
    #[arg(long, default_value = "1")]
    scale: Decimal,
}

pub fn run(args: &Args) -> Done {
    let installed = library::installed(&args.county)?;
    let catalog = library::load(&installed.packs, Some(&installed.county))?;
    let Some(county) = &catalog.county else {
        return Err(Fault::Use(format!("{} is not a county", args.county)));
    };
    let options = Options { seed: args.seed, scale: args.scale };
    let (plan, diagnostics) = Plan::new(&catalog, county, options);
    for diagnostic in &diagnostics {
        output::message(&draw::diagnostic(&catalog.sources, diagnostic));
    }
    let Some(plan) = plan else {
        return Err(Fault::Mistakes(diagnostics.iter().filter(|d| d.is_error()).count()));
    };
    let mut store = args.at.create(&installed, "synth", now())?;
    let bar = progress::bar(0, "inventing records");
    let made = plan.make(
        |_, records| submit(&mut store, records),
        |n_done, n_total| {
            bar.set_length(n_total);
            bar.set_position(n_done);
        },
    );
    bar.finish_and_clear();
    match made {
        Ok(counts) => {
            let total: u64 = counts.values().sum();
            for (register, n) in &counts {
                output::line(&format!("{register:24} {:>10}", base::exact::with_commas(Decimal::from(*n))));
            }
            output::line(&format!("{:24} {:>10}", "records", base::exact::with_commas(Decimal::from(total))));
            Ok(answer(true))
        }
        Err(SynthError::Taker(fault)) => Err(fault),
        Err(SynthError::Refused(diagnostic)) => {
            output::message(&draw::diagnostic(&catalog.sources, &diagnostic));
            Err(Fault::Use(format!("{} is incomplete; remove it before the next try", args.at.shown())))
        }
        Err(error) => Err(Fault::Use(error.to_string())),
    }
}

/// Invented records pass the same rules as any others; one that is refused is a mistake of its pack.
fn submit(store: &mut Store, records: Vec<Made>) -> Result<(), Fault> {
    let drafts = records.into_iter().map(draft).collect();
    let outcome = store.submit(Submission::new("synth", now(), drafts))?;
    match outcome.refusals.first() {
        None => Ok(()),
        Some(first) => Err(Fault::Use(format!(
            "{} invented records break a rule, first {} of {}: {} [{}]",
            outcome.refusals.len(),
            first.record.as_deref().unwrap_or("one"),
            first.register,
            first.say,
            first.rule
        ))),
    }
}

fn draft(made: Made) -> Draft {
    let mut draft = Draft::new(Op::Create, made.register, made.org);
    draft.record = Some(made.id);
    draft.resident = made.resident;
    draft.on_date = made.on_date;
    draft.body = made.body;
    draft
}
