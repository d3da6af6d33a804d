//! How do I build, show, test and check this project on my machine?
//!
//! `cargo xtask COMMAND` is the only entry a person or a continuous-integration run needs. It prepares the machine,
//! calls the ordinary tools (cargo, npm, the `taizhang` binary) in the right order and says what to do when one fails.
//! It never knows what a register or an indicator is: everything about the work itself goes through the binary.

// A command-line tool: printing is what it does.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod args;
mod bench;
mod build;
mod call;
mod county;
mod demo;
mod faults;
mod places;
mod serve;
mod setup;
mod stamp;
mod test;
mod tidy;
mod trouble;

use std::process::ExitCode;

use args::Args;
use call::Call;
use places::Places;
use trouble::{Result, Trouble};

const USAGE: &str = "\
cargo xtask COMMAND

  setup                                   install what is missing, or say how to get it
  demo [--no-serve] [--dir D] [--port N] [--scale N]
                                          build everything, invent county s0, show its figures, report and pages
  test                                    every check and test: Rust, packs, web, county, browser
  test --cluster                          all indicators by Sail and by Apache Spark, which loses a worker in the middle
  faults [--rounds N] [--seed N]          kill, fill, tear and flip; prints the table of docs/reliability.md
  new-pack DOMAIN/NAME --zh T --en T      a folder to be changed into a line of work; it checks and tests as it is
  tidy                                    dependency direction and file conventions only
  bench [--dir D]                         time and peak memory of all indicators on the full county
";

fn main() -> ExitCode {
    match dispatch(Args::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::from(trouble.exit_code())
        }
    }
}

fn dispatch(mut args: Args) -> Result<()> {
    let places = Places::find()?;
    match args.command().as_deref() {
        Some("setup") => {
            args.finish()?;
            setup::everything(&places)
        }
        Some("demo") => demo::run(&places, demo::Options::parse(args)?),
        Some("test") => {
            let cluster = args.flag("--cluster");
            args.finish()?;
            if cluster { test::run_cluster(&places) } else { test::run(&places) }
        }
        Some("tidy") => {
            args.finish()?;
            tidy::run(&places)
        }
        Some("new-pack") => {
            build::binary(&places)?;
            args.rest().into_iter().fold(Call::taizhang(&places).args("new-pack"), Call::arg).run()
        }
        Some("faults") => faults::run(&places, faults::Options::parse(args)?),
        Some("bench") => bench::run(&places, bench::Options::parse(args)?),
        None | Some("help" | "--help" | "-h") => {
            print!("{USAGE}");
            Ok(())
        }
        Some(other) => {
            Err(Trouble::wrong_use(format!("there is no command `{other}`"), "`cargo xtask help` lists the commands"))
        }
    }
}
