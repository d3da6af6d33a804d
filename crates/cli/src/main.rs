//! How do people reach it from a terminal?
//!
//! Reads arguments, files and the clock; calls the crates below; draws what they answer. It never decides anything
//! about health, records or money.
//!
//! Exit codes: 0 done, 1 the answer is no (a check failed), 2 wrong use or bad input, and nothing was written.

mod at;
mod bills;
mod command;
mod draw;
mod fault;
mod library;
mod output;
mod paid_rows;
mod progress;

use clap::{Parser, Subcommand};
use fault::Fault;
use std::process::ExitCode;

/// An import makes and drops millions of small texts; with the system's allocator that was a sixth of its work.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 台账: one set of records from which every indicator, payment and report of a county health bureau follows.
#[derive(Debug, Parser)]
#[command(name = "taizhang", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every mistake in the packs, with file, line and column
    Check(command::check::Args),
    /// Run the packs' own examples
    Test(command::test::Args),
    /// Which inventory ids the packs cover
    Coverage(command::coverage::Args),
    /// A folder with a register, an indicator and an example, to be changed into a line of work
    NewPack(command::new_pack::Args),
    /// Put a county's packs into an empty directory or a database
    Init(command::init::Args),
    /// Put changed packs of a county into force
    Install(command::install::Args),
    /// Invent a county's people and records to its published totals
    Synth(command::synth::Args),
    /// Published figures beside the computed ones
    Figures(command::figures::Args),
    /// Write records from a CSV file, a workbook or NDJSON
    Import(command::import::Args),
    /// An empty workbook for a register
    Template(command::template::Args),
    /// Records as CSV, workbook, NDJSON or Parquet
    Export(command::export::Args),
    /// Residents by name, pinyin, birth date, number or telephone
    Find(command::find::Args),
    /// Pairs of residents who may be one person, with the evidence
    Match(command::matching::Args),
    /// Fold one resident's record into another's
    Merge(command::merge::Args),
    /// Undo a merge
    Unmerge(command::merge::UndoArgs),
    /// Indicators over the whole organisation tree
    Indicators(command::indicators::Args),
    /// Targets: progress, forecast, traffic light, ranking
    Targets(command::targets::Args),
    /// Registers as Parquet for many machines, and indicators computed there
    #[cfg(feature = "cluster")]
    #[command(subcommand)]
    Cluster(command::cluster::Verb),
    /// What is to be done, by whom, until when
    Tasks(command::tasks::Args),
    /// Who is invited, drawn by lot or put on a list; --commit makes the records
    Campaign(command::campaign::Args),
    /// What is wrong in the records, why it matters, what to do
    Findings(command::findings::Args),
    /// What needs attention now, and who has answered
    Alerts(command::alerts::Args),
    /// An indicator as a drawing: townships beside one another, against the county's target
    Chart(command::chart::Args),
    /// The county's report as Markdown, HTML, DOCX or PDF
    Report(command::report::Args),
    /// Every figure of a finished report: do they agree with each other, with another text, with the records?
    Proof(command::proof::Args),
    /// What a scheme pays, layer by layer, and why not more; --commit books it
    Settle(command::settle::Args),
    /// What a scheme would have cost under other rules: how much, who gains, who loses, which fund, which township
    Simulate(command::simulate::Args),
    /// Funds, balances, statements and payments
    Ledger(command::ledger::Args),
    /// The web page and its API
    Serve(command::serve::Args),
    /// The hash chain, and the tables against the log
    Verify(command::verify::Args),
    /// The whole log as one file, beside a running server
    Backup(command::backup::Args),
    /// A new directory from a backup, or a county into a database
    Restore(command::restore::Args),
    /// The log's storage format, to this program's or back
    Upgrade(command::upgrade::Args),
    /// A signed statement of where the log stands, to be kept elsewhere
    Seal(command::seal::Args),
    /// Who opened a resident's data, when and why
    Access(command::access::Args),
    /// Who may sign in, and as what
    #[command(subcommand)]
    Accounts(command::accounts::Verb),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Check(args) => command::check::run(&args),
        Command::Test(args) => command::test::run(&args),
        Command::NewPack(args) => command::new_pack::run(&args),
        Command::Coverage(args) => command::coverage::run(&args),
        Command::Init(args) => command::init::run(&args),
        Command::Install(args) => command::install::run(&args),
        Command::Synth(args) => command::synth::run(&args),
        Command::Figures(args) => command::figures::run(&args),
        Command::Import(args) => command::import::run(&args),
        Command::Template(args) => command::template::run(&args),
        Command::Export(args) => command::export::run(&args),
        Command::Find(args) => command::find::run(&args),
        Command::Match(args) => command::matching::run(&args),
        Command::Merge(args) => command::merge::run(&args),
        Command::Unmerge(args) => command::merge::undo(&args),
        Command::Indicators(args) => command::indicators::run(&args),
        Command::Targets(args) => command::targets::run(&args),
        #[cfg(feature = "cluster")]
        Command::Cluster(verb) => command::cluster::run(&verb),
        Command::Campaign(args) => command::campaign::run(&args),
        Command::Tasks(args) => command::tasks::run(&args),
        Command::Findings(args) => command::findings::run(&args),
        Command::Alerts(args) => command::alerts::run(&args),
        Command::Chart(args) => command::chart::run(&args),
        Command::Report(args) => command::report::run(&args),
        Command::Proof(args) => command::proof::run(&args),
        Command::Settle(args) => command::settle::run(&args),
        Command::Simulate(args) => command::simulate::run(&args),
        Command::Ledger(args) => command::ledger::run(&args),
        Command::Serve(args) => command::serve::run(&args),
        Command::Verify(args) => command::verify::run(&args),
        Command::Backup(args) => command::backup::run(&args),
        Command::Restore(args) => command::restore::run(&args),
        Command::Upgrade(args) => command::upgrade::run(&args),
        Command::Seal(args) => command::seal::run(&args),
        Command::Access(args) => command::access::run(&args),
        Command::Accounts(verb) => command::accounts::run(&verb),
    };
    match done {
        Ok(code) => code,
        Err(fault) => {
            output::error(&fault.to_string());
            ExitCode::from(2)
        }
    }
}

/// The answer is no.
const NO: u8 = 1;

fn answer(yes: bool) -> ExitCode {
    if yes { ExitCode::SUCCESS } else { ExitCode::from(NO) }
}

/// What every command returns: the exit code of its answer, or why there is none.
type Done = Result<ExitCode, Fault>;
