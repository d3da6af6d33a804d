//! A cohort turned into records, once: everybody who is invited, drawn by lot or put on a list.

use super::{Common, Every, Spanned};
use base::Decimal;
use indexmap::IndexMap;

/// What a field of a drawn record may be set to besides SQL over the cohort's columns.
pub const DRAWN: [&str; 4] = [":seed", ":round", ":rank", ":class"];

/// A cohort turned into records, once.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// Id, title, source.
    pub common: Common,
    /// The cohort.
    pub from: Spanned<String>,
    /// The register that receives one record per row.
    pub into: Spanned<String>,
    /// Field → SQL over the cohort's columns, or one of [`DRAWN`].
    pub set: IndexMap<String, Spanned<String>>,
    /// How often it runs: a row gives one record in each of these periods.
    pub every: Every,
    /// Columns of the register that may not appear twice, whatever the period.
    pub once: Vec<Spanned<String>>,
    /// By lot; everybody when absent.
    pub draw: Option<ByLot>,
    /// Field → who is drawn for each record, such as the two officers of an inspection.
    pub pick: IndexMap<String, Pick>,
}

/// By lot.
#[derive(Debug, Clone)]
pub struct ByLot {
    /// How many, or which share.
    pub size: DrawSize,
    /// Columns of the cohort whose classes are drawn apart, each in proportion (largest remainder).
    pub by: Vec<Spanned<String>>,
}

/// How large a draw is: a number or a `:parameter`.
#[derive(Debug, Clone)]
pub enum DrawSize {
    /// So many.
    Number(Spanned<String>),
    /// This share of all: `"5%"`.
    Share(Spanned<String>),
}

impl DrawSize {
    /// As it was written.
    pub fn written(&self) -> &Spanned<String> {
        match self {
            Self::Number(text) | Self::Share(text) => text,
        }
    }

    /// The number above 0, or the share above 0 and at most 1, that is written here; `None` for a `:parameter` and for
    /// anything else.
    pub fn literal(&self) -> Option<Decimal> {
        match self {
            Self::Number(text) => text.value.parse().ok().filter(|n: &u32| *n > 0).map(Decimal::from),
            Self::Share(text) => {
                let percent: Decimal = text.value.strip_suffix('%')?.trim().parse().ok()?;
                Some(percent / Decimal::ONE_HUNDRED).filter(|share| *share > Decimal::ZERO && *share <= Decimal::ONE)
            }
        }
    }
}

/// Somebody drawn for each record.
#[derive(Debug, Clone)]
pub struct Pick {
    /// The cohort it is drawn from.
    pub from: Spanned<String>,
    /// Another picked field it must differ from.
    pub differs: Option<Spanned<String>>,
    /// A column that both cohorts have and that must be the same: officers of the unit's own organisation.
    pub same: Option<Spanned<String>>,
}
