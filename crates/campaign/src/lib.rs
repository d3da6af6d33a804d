//! Who is invited, drawn by lot or put on a list, and which records does that make?
//!
//! A campaign takes the rows of a cohort and makes one record of each: this year's screening list, the units that are
//! inspected, the list to be confirmed. [`plan`](fn@plan) says who and how many and changes nothing; [`drafts`] are what a
//! store then judges and writes. Running it again adds only who is new.

mod error;
mod lot;
mod plan;
mod rows;

pub use error::CampaignError;
pub use lot::{Lot, ticket};
pub use plan::{Asked, Chosen, Class, Plan, drafts, plan};
