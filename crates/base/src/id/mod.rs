//! Which identifiers are there, and what exactly is wrong with this one?
//!
//! Citizen numbers and the cards that follow their rule, codes of places, institutions, households and health records.
//! A value of a type here has been checked once. A refusal is an [`IdFault`]: a value that says which character at which
//! place is wrong, and what was expected there, in Chinese and in English. Knows digits; never whether a person exists.

mod citizen;
mod fault;
mod institution;
mod kind;
mod mask;
mod place;
mod read;

pub use citizen::{CitizenId, Holder, OLDEST, Sex};
pub use fault::{Characters, IdFault, IdWarning, Part};
pub use institution::{CreditCode, LicenceCode};
pub use kind::IdKind;
pub use mask::{mask_name, mask_number};
pub use place::{HealthRecordNo, HouseholdCode, VillageCode};
pub use read::half_width;
