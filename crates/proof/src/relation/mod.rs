//! What must hold between figures, and does it?
//!
//! Each file finds one sort of relation by structure and wording, computes it exactly and compares with what is printed
//! to the last printed digit. Where the text does not say enough, the verdict is unclear, never a guess.

mod conversion;
mod facts;
mod fit;
mod groups;
mod growth;
mod limits;
mod listing;
mod movement;
mod numbering;
mod price;
mod rates;
mod same;
mod sexes;
mod stages;
mod sums;

use crate::claim::{Claim, NoClaim};
use crate::slip::{Slip, explain};
use crate::text::Text;
use base::Decimal;
use std::cmp::Reverse;
use std::ops::Range;

use facts::Facts;
pub use fit::{Fit, fit};

/// What holds between claims, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its place in the list, from 0.
    pub id: usize,
    /// Which sort of relation.
    pub kind: RelationKind,
    /// The claims it is computed from.
    pub terms: Vec<usize>,
    /// The claim that it should give.
    pub result: Option<usize>,
    /// The characters it is about, in the normal form.
    pub range: Range<usize>,
    /// The same in the original.
    pub original: Range<usize>,
    /// What comes out, as text.
    pub computed: Option<String>,
    /// What is printed.
    pub printed: Option<String>,
    /// The computation, with the printed value beside it.
    pub computation: String,
    /// Whether it holds.
    pub verdict: Verdict,
    /// For a failure, what may have happened, likeliest first.
    pub slips: Vec<Slip>,
}

/// Which sort of relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelationKind {
    /// Parts make up a whole.
    Sum,
    /// A part is not more than its whole.
    Part,
    /// A rate is its numerator over its denominator.
    Rate,
    /// A price times a number is an amount.
    Product,
    /// Stock at the beginning, what came, what went.
    Difference,
    /// From one value to another, up or down.
    Change,
    /// A change in per cent.
    Growth,
    /// Shares make up a hundred.
    Shares,
    /// Males for a hundred females.
    SexRatio,
    /// Each stage lies within the one before.
    Stages,
    /// The same fact is stated twice.
    Same,
    /// As many are listed as are announced.
    List,
    /// Numbers of sections follow each other.
    Numbering,
    /// The plan is for the year after the summary.
    Years,
    /// The value is possible for what it measures.
    Limit,
    /// The same area in two units.
    Conversion,
}

impl RelationKind {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Part => "part",
            Self::Rate => "rate",
            Self::Product => "product",
            Self::Difference => "difference",
            Self::Change => "change",
            Self::Growth => "growth",
            Self::Shares => "shares",
            Self::SexRatio => "sex_ratio",
            Self::Stages => "stages",
            Self::Same => "same",
            Self::List => "list",
            Self::Numbering => "numbering",
            Self::Years => "years",
            Self::Limit => "limit",
            Self::Conversion => "conversion",
        }
    }

    /// How people name it.
    pub fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Sum => ("分项与合计", "parts and total"),
            Self::Part => ("部分与整体", "part and whole"),
            Self::Rate => ("率与分子分母", "rate and its numbers"),
            Self::Product => ("标准×数量", "price and number"),
            Self::Difference => ("增减变动", "movement"),
            Self::Change => ("前后变化", "before and after"),
            Self::Growth => ("增幅", "growth"),
            Self::Shares => ("构成比", "shares"),
            Self::SexRatio => ("性别比", "sex ratio"),
            Self::Stages => ("逐级筛查", "stages"),
            Self::Same => ("同一事实", "same fact"),
            Self::List => ("列举数", "list"),
            Self::Numbering => ("序号", "numbering"),
            Self::Years => ("年份", "years"),
            Self::Limit => ("合理范围", "possible range"),
            Self::Conversion => ("单位换算", "conversion"),
        }
    }
}

/// Whether a relation holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// To the last printed digit, rounded half up.
    Holds,
    /// Only when digits were cut off instead of rounded.
    Truncated,
    /// Not.
    Fails,
    /// The text does not print enough.
    Unclear,
}

impl Verdict {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Truncated => "truncated",
            Self::Fails => "fails",
            Self::Unclear => "unclear",
        }
    }
}

/// A relation as a detector hands it in.
struct Draft {
    kind: RelationKind,
    terms: Vec<usize>,
    result: Option<usize>,
    /// What it is about, when no claim is.
    range: Option<Range<usize>>,
    computed: Option<String>,
    printed: Option<String>,
    computation: String,
    verdict: Verdict,
    /// Values that would make it right, each for one of the claims.
    fixes: Vec<(usize, Decimal)>,
    /// What the detector itself knows of the likely cause.
    slips: Vec<Slip>,
}

impl Draft {
    fn new(kind: RelationKind, verdict: Verdict, computation: impl Into<String>) -> Self {
        Self {
            kind,
            terms: Vec::new(),
            result: None,
            range: None,
            computed: None,
            printed: None,
            computation: computation.into(),
            verdict,
            fixes: Vec::new(),
            slips: Vec::new(),
        }
    }

    fn claims(mut self, terms: &[usize], result: Option<usize>) -> Self {
        self.terms = terms.to_vec();
        self.result = result;
        self
    }

    fn values(mut self, computed: impl Into<String>, printed: impl Into<String>) -> Self {
        self.computed = Some(computed.into());
        self.printed = Some(printed.into());
        self
    }

    fn at(mut self, range: Range<usize>) -> Self {
        self.range = Some(range);
        self
    }

    fn fix(mut self, claim: usize, value: Decimal) -> Self {
        self.fixes.push((claim, value));
        self
    }

    fn slip(mut self, slip: Slip) -> Self {
        self.slips.push(slip);
        self
    }
}

/// Every relation of a text.
pub fn find(text: &Text, claims: &[Claim], others: &[NoClaim]) -> Vec<Relation> {
    let facts = Facts::new(text, claims, others);
    let mut drafts = Vec::new();
    sums::find(&facts, &mut drafts);
    movement::find(&facts, &mut drafts);
    rates::find(&facts, &mut drafts);
    groups::find(&facts, &mut drafts);
    price::find(&facts, &mut drafts);
    growth::find(&facts, &mut drafts);
    sexes::find(&facts, &mut drafts);
    stages::find(&facts, &mut drafts);
    same::find(&facts, &mut drafts);
    limits::find(&facts, &mut drafts);
    listing::find(&facts, &mut drafts);
    numbering::find(&facts, &mut drafts);
    conversion::find(&facts, &mut drafts);
    drafts.sort_by_key(|draft| (start(&facts, draft), draft.kind));
    drafts.into_iter().enumerate().map(|(id, draft)| finish(&facts, id, draft)).collect()
}

fn start(facts: &Facts, draft: &Draft) -> usize {
    let first = draft.terms.iter().chain(&draft.result).map(|id| facts.claims[*id].range.start).min();
    draft.range.as_ref().map(|range| range.start).or(first).unwrap_or(0)
}

fn finish(facts: &Facts, id: usize, draft: Draft) -> Relation {
    let range = draft.range.clone().unwrap_or_else(|| {
        let all = draft.terms.iter().chain(&draft.result).map(|id| &facts.claims[*id].range);
        let (start, end) = all.fold((usize::MAX, 0), |(a, b), range| (a.min(range.start), b.max(range.end)));
        start.min(end)..end
    });
    let mut slips = draft.slips;
    if draft.verdict == Verdict::Fails {
        slips.extend(explain(facts.claims, &draft.terms, &draft.fixes));
    }
    slips.sort_by_key(|slip| Reverse(slip.weight));
    slips.truncate(5);
    Relation {
        id,
        kind: draft.kind,
        terms: draft.terms,
        result: draft.result,
        original: facts.text.original(range.clone()),
        range,
        computed: draft.computed,
        printed: draft.printed,
        computation: draft.computation,
        verdict: draft.verdict,
        slips,
    }
}

#[cfg(test)]
mod tests;
