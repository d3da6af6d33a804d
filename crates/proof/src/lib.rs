//! Which figures does a finished text state, and do they agree with each other?
//!
//! [`read`](fn@read) opens a file, [`check`] finds claims and relations, [`compare`](fn@compare) sets two texts side
//! by side, [`records`] finds the indicator a claim speaks of. Everything is a pure function of the bytes: no clock,
//! no network, no database. It never changes a text, and calls nothing an error that it only suspects.

pub mod claim;
pub mod compare;
pub mod read;
pub mod records;
pub mod relation;
pub mod render;
pub mod slip;
pub mod text;

pub use claim::{Bound, Claim, Kind, NoClaim, NoClaimKind, Role};
pub use compare::{Change, Comparison, compare};
pub use read::{Format, Original, ReadError, read};
pub use relation::{Relation, RelationKind, Verdict};
pub use slip::{Slip, SlipKind};
pub use text::Text;

/// What was found in one text.
#[derive(Debug)]
pub struct Proof {
    /// The text as it was read.
    pub original: Original,
    /// The form in which claims were looked for.
    pub text: Text,
    /// Every figure the text states, in its order.
    pub claims: Vec<Claim>,
    /// Numbers that state nothing: dates, document numbers, slogans.
    pub others: Vec<NoClaim>,
    /// What holds between claims, and what does not.
    pub relations: Vec<Relation>,
}

impl Proof {
    /// Relations that fail.
    pub fn failures(&self) -> impl Iterator<Item = &Relation> {
        self.relations.iter().filter(|relation| relation.verdict == Verdict::Fails)
    }

    /// The claim with this id.
    pub fn claim(&self, id: usize) -> Option<&Claim> {
        self.claims.get(id)
    }
}

/// Finds every claim and every relation of a text.
pub fn check(original: Original) -> Proof {
    let text = Text::of(&original);
    let (claims, others) = claim::scan(&text);
    let relations = relation::find(&text, &claims, &others);
    Proof { original, text, claims, others, relations }
}
