//! Is nothing lost when it really goes wrong: killed, disk full, torn, flipped, out of order, twice?
//!
//! Every test names its law, prints its seed, and ends with one row of the table in docs/reliability.md.
//! `TAIZHANG_FAULT_ROUNDS` and `TAIZHANG_FAULT_SEED` change how often and which; `cargo xtask faults` runs them long.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod damage;
mod full;
mod kill;
mod order;
mod postgres;
#[path = "../common/server.rs"]
mod server;
mod world;
