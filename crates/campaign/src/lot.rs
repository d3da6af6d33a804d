//! How is a lot drawn so that anybody can draw it again?
//!
//! Every unit gets a ticket: the SHA-256 of `seed`, `round` and its id, each on a line of its own. The smallest tickets are
//! drawn. Whoever knows the seed and the list of units can check it with `printf '%s\n%s\n%s' SEED ROUND ID | sha256sum`.

use sha2::{Digest as _, Sha256};

/// The seed entered in public, and which draw of it this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// Whatever was entered, such as the digits of a public lottery.
    pub seed: String,
    /// The first draw is 1; a second draw with the same seed is another round.
    pub round: u32,
}

/// The ticket of a unit, in hexadecimal.
///
/// ```
/// use campaign::{Lot, ticket};
///
/// let lot = Lot { seed: "20260301-083512".into(), round: 1 };
/// assert_eq!(ticket(&lot, "unit-7"), ticket(&lot, "unit-7"));
/// assert_ne!(ticket(&lot, "unit-7"), ticket(&Lot { round: 2, ..lot.clone() }, "unit-7"));
/// ```
pub fn ticket(lot: &Lot, unit: &str) -> String {
    hex(&format!("{}\n{}\n{unit}", lot.seed, lot.round))
}

/// The ticket of somebody who may be picked for a unit.
pub(crate) fn pick_ticket(lot: &Lot, unit: &str, field: &str, candidate: &str) -> String {
    hex(&format!("{}\n{}\n{unit}\n{field}\n{candidate}", lot.seed, lot.round))
}

pub(crate) fn hex(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
