//! Who is this person, and are these two entries one person?
//!
//! Finds residents by whatever is known of them, and finds pairs of entries that may be one person, with a probability
//! and the reasons for it. It never merges anybody: a person decides, and the decision is a record like any other.

mod block;
mod compare;
mod county;
mod distance;
mod find;
mod learn;
mod lists;
mod matching;
mod people;
mod review;
mod spec;
mod words;

pub use county::{COLUMNS, decided, people};
pub use distance::{edits, jaro_winkler};
pub use find::{Found, Index};
pub use learn::Model;
pub use matching::{Matcher, Pair, Reason};
pub use people::People;
pub use review::{Likely, Review, ReviewError, Wanted};
pub use spec::{Block, Comparison, Key, Level, Spec, SpecError, Take, residents};
pub use words::{By, Fit};
