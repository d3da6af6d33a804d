//! How a pack's records are invented, to given totals.

use super::Spanned;
use base::{Date, Decimal, Span};
use indexmap::IndexMap;

/// How many.
#[derive(Debug, Clone)]
pub enum Amount {
    /// An indicator's published number.
    Figure(Spanned<String>),
    /// A fixed number.
    Fixed(u64),
    /// Between two numbers, both included.
    Between(u64, u64),
    /// A share of a published or solved number.
    Share {
        /// The indicator whose number is taken.
        of: Spanned<String>,
        /// The share.
        rate: Decimal,
    },
    /// A different amount for each part.
    PerPart(IndexMap<String, Amount>),
    /// What remains.
    Rest,
}

/// Which records of a register subjects or references are drawn from.
#[derive(Debug, Clone)]
pub struct SynthFrom {
    /// The register drawn from.
    pub register: Spanned<String>,
    /// Which of its records.
    pub filter: Option<Spanned<String>>,
    /// Each at most once.
    pub once: bool,
    /// Leaves out subjects that have such a record.
    pub except: Option<Box<SynthFrom>>,
}

/// The parts a set of records is divided into.
#[derive(Debug, Clone)]
pub struct PartTree {
    /// Part → its size and its own parts.
    pub parts: IndexMap<String, (PartSize, Option<Box<PartTree>>)>,
}

/// How large a part is.
pub type PartSize = Spanned<PartAmount>;

/// The amount of a part.
#[derive(Debug, Clone)]
pub enum PartAmount {
    /// So many.
    N(Amount),
    /// The numerator of a published rate over the whole.
    Rate(Spanned<String>),
    /// A fixed share of the whole.
    Share(Decimal),
    /// What remains.
    Rest,
}

/// How subjects or organisations are drawn.
#[derive(Debug, Clone)]
pub enum Draw {
    /// New records with no parent.
    New,
    /// From the records of a register.
    From(SynthFrom),
    /// From the organisations of the county's tree.
    Orgs {
        /// A condition over the columns of `orgs.csv`.
        filter: Spanned<String>,
        /// Each at most once.
        once: bool,
    },
    /// A source for each leaf part, in the order written.
    In(IndexMap<String, Draw>),
    /// For each record made by an earlier entry, or each that fits.
    For(SynthFrom),
}

/// How one column of an invented record gets its value.
#[derive(Debug, Clone)]
pub enum Setter {
    /// The same for all.
    Constant(Spanned<serde_json::Value>),
    /// SQL on the record so far.
    Sql(Spanned<String>),
    /// A day, a number or an amount between two, both included.
    Between(Spanned<String>, Spanned<String>),
    /// Normal with mean and deviation, kept within bounds.
    Normal {
        /// Mean and standard deviation.
        shape: (Decimal, Decimal),
        /// Smallest and largest value.
        within: Option<(Decimal, Decimal)>,
    },
    /// Codes in proportion, as exact integers over the whole.
    Shares(IndexMap<String, Decimal>),
    /// One record in each quarter (or month) of the period.
    OneEach(Spanned<String>),
    /// The k-th child of a parent gets the k-th value.
    EachOf(Vec<serde_json::Value>),
    /// A birth date that gives an age between two.
    Age(Spanned<String>, Spanned<String>),
    /// Amounts that add up to a published sum.
    Sum {
        /// The indicator whose number is the sum.
        figure: Spanned<String>,
        /// Smallest and largest single amount.
        between: Option<(Decimal, Decimal)>,
    },
    /// A setter per part; other parts leave the column empty.
    In(IndexMap<String, Setter>),
    /// A named inventor: `person_name`, `citizen_id`.
    Invent(Spanned<String>),
    /// A number that rises within the organisation: `{org_code}{n:5}`.
    Serial(Spanned<String>),
    /// The id of a record made earlier.
    Ref {
        /// Which records.
        from: SynthFrom,
        /// `org` or `township`: in the same one, where any fits.
        same: Option<Spanned<String>>,
    },
}

/// One entry of the section: a set of records to make.
#[derive(Debug, Clone)]
pub struct Make {
    /// Place of the entry.
    pub span: Span,
    /// The pack it stands in.
    pub pack: String,
    /// The register.
    pub register: Spanned<String>,
    /// How many; for children, per parent.
    pub n: Option<Spanned<Amount>>,
    /// Where they come from.
    pub draw: Draw,
    /// Spread over organisations like a list's column.
    pub spread: Option<Spanned<String>>,
    /// Parts, one tree per axis.
    pub split: Vec<PartTree>,
    /// Column → how it gets its value, in order.
    pub set: IndexMap<String, Setter>,
    /// The days on which records of the period fall, if narrower than the period.
    pub days: Option<(Date, Date)>,
}
