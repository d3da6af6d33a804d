//! What would a county look like, from this seed, to these published totals?
//!
//! Invents residents and their records from the `synth` sections of packs, so that every published figure can be
//! computed from records. It never calls a cohort or an indicator, so that computing the figures is a true check, and it
//! never knows where the records go.
//!
//! First [`Plan::new`] solves the figures and resolves every name, and reports all mistakes at once; then [`Plan::make`]
//! makes the records. The same seed gives the same county, byte for byte, on any number of threads.

mod cell;
mod compile;
mod divide;
mod draw;
mod evaluate;
mod expression;
mod figures;
mod fill;
mod generate;
mod invent;
mod parts;
mod plan;
mod random;
mod refer;
mod world;

pub use generate::{BATCH, Made, SynthError};
pub use plan::{Options, Plan};
