//! What does every answer look like?
//!
//! One type for each thing the web page reads, serialised as it stands. Numbers arrive as exact texts and as people
//! read them; nothing here computes or decides.

use base::Text as BaseText;
use serde::Serialize;
use std::collections::BTreeMap;

/// A text in both languages; Chinese stands in for English that was never written.
#[derive(Debug, Clone, Serialize)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Text {
    pub fn both(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

impl From<&BaseText> for Text {
    fn from(text: &BaseText) -> Self {
        Self { zh: text.zh.clone(), en: text.en.clone().unwrap_or_else(|| text.zh.clone()) }
    }
}

/// How a value stands to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Met.
    Ok,
    /// Missed by less than five points.
    Warn,
    /// Missed by five points or more.
    Late,
    /// No target, or no value.
    None,
}

#[derive(Debug, Clone, Serialize)]
pub struct Target {
    pub shown: String,
    pub value: String,
    pub direction: &'static str,
    pub source: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Change {
    pub shown: String,
    pub direction: &'static str,
}

/// One indicator for one organisation and period.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    pub indicator: String,
    pub title: Text,
    pub org: String,
    pub org_name: String,
    pub period: String,
    pub period_shown: String,
    pub value: Option<String>,
    pub shown: String,
    pub unit: String,
    pub digits: u32,
    pub numerator: Option<String>,
    pub denominator: Option<String>,
    pub numerator_shown: Option<String>,
    pub denominator_shown: Option<String>,
    pub status: Status,
    pub target: Option<Target>,
    pub gap_shown: Option<String>,
    pub change: Option<Change>,
    pub missing: Option<String>,
    pub cut_off: String,
}

#[derive(Debug, Serialize)]
pub struct Org {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub level: &'static str,
    pub parent: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct PackLine {
    pub id: String,
    pub title: Text,
    pub indicators: usize,
}

#[derive(Debug, Serialize)]
pub struct County {
    pub id: String,
    pub title: Text,
    pub periods: Vec<String>,
    pub period: String,
    pub as_of: String,
    pub seq: u64,
    /// The trees beside the administrative one, by name.
    pub trees: Vec<String>,
    pub orgs: Vec<Org>,
    pub packs: Vec<PackLine>,
}

#[derive(Debug, Serialize)]
pub struct TrendPoint {
    pub period: String,
    pub shown: String,
    pub value: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Card {
    pub figure: Figure,
    pub trend: Vec<TrendPoint>,
}

#[derive(Debug, Serialize)]
pub struct Attention {
    pub severity: Status,
    pub text: Text,
    pub indicator: String,
    pub org: String,
}

#[derive(Debug, Serialize)]
pub struct Comparison {
    pub indicator: String,
    pub title: Text,
    pub sentence: Text,
    pub target_shown: Option<String>,
    pub target: Option<String>,
    pub rows: Vec<Figure>,
}

#[derive(Debug, Serialize)]
pub struct Dashboard {
    pub cards: Vec<Card>,
    pub attention: Vec<Attention>,
    pub comparison: Option<Comparison>,
}

#[derive(Debug, Serialize)]
pub struct Group {
    pub pack: String,
    pub title: Text,
    pub figures: Vec<Figure>,
}

#[derive(Debug, Serialize)]
pub struct Indicators {
    pub groups: Vec<Group>,
}

#[derive(Debug, Serialize)]
pub struct CohortSize {
    pub cohort: String,
    pub title: Text,
    pub n_shown: String,
}

#[derive(Debug, Serialize)]
pub struct Parameter {
    pub name: String,
    pub title: Text,
    pub value: String,
    pub unit: String,
    pub source: String,
    pub from: String,
}

#[derive(Debug, Serialize)]
pub struct Definition {
    pub text: Text,
    pub measure: String,
    pub source: String,
    pub pack: String,
    pub sql: String,
    pub parameters: Vec<Parameter>,
    pub numerator: Option<CohortSize>,
    pub denominator: Option<CohortSize>,
    pub target: Option<Target>,
}

#[derive(Debug, Serialize)]
pub struct Step {
    pub id: String,
    pub name: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct BreakdownRow {
    pub key: String,
    pub label: Text,
    pub figure: Figure,
}

#[derive(Debug, Clone, Serialize)]
pub struct Breakdown {
    pub by: String,
    pub title: Text,
    pub rows: Vec<BreakdownRow>,
}

#[derive(Debug, Serialize)]
pub struct FigureDetail {
    pub figure: Figure,
    pub definition: Definition,
    pub path: Vec<Step>,
    pub children: Vec<Figure>,
    pub months: Vec<Figure>,
    pub breakdown: Vec<Breakdown>,
    pub excluded: u64,
}

#[derive(Debug, Serialize)]
pub struct FigureCard {
    pub figure: Figure,
    pub formula: String,
    pub source: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Column {
    pub key: String,
    pub title: Text,
    pub align: &'static str,
}

#[derive(Debug, Serialize)]
pub struct CountedRow {
    pub id: String,
    pub register: Option<String>,
    pub resident: Option<String>,
    pub cells: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
pub struct Funnels {
    pub funnels: Vec<Funnel>,
}

#[derive(Debug, Serialize)]
pub struct Funnel {
    pub id: String,
    pub pack: String,
    pub title: Text,
    pub steps: Vec<FunnelStep>,
}

#[derive(Debug, Serialize)]
pub struct FunnelStep {
    pub figure: Figure,
    pub of_first: Option<String>,
    pub of_before: Option<String>,
    pub lost: Option<u64>,
    pub lost_shown: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Rows {
    pub total: u64,
    pub total_shown: String,
    pub columns: Vec<Column>,
    pub rows: Vec<CountedRow>,
    pub next: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Clone, Serialize)]
pub struct RecordField {
    pub key: String,
    #[serde(serialize_with = "title")]
    pub title: BaseText,
    pub shown: String,
    pub changed: bool,
}

fn title<S: serde::Serializer>(text: &BaseText, serializer: S) -> Result<S::Ok, S::Error> {
    Text::from(text).serialize(serializer)
}

#[derive(Debug, Serialize)]
pub struct RecordVersion {
    pub version: u32,
    pub op: &'static str,
    pub at: String,
    pub actor: String,
    pub reason: Option<String>,
    pub seq: u64,
    pub batch: u64,
    pub hash: String,
    pub fields: Vec<RecordField>,
}

#[derive(Debug, Serialize)]
pub struct Person {
    pub id: String,
    pub name_masked: String,
    pub sex: Text,
    pub age_shown: String,
}

#[derive(Debug, Serialize)]
pub struct RecordHistory {
    pub register: String,
    pub title: Text,
    pub id: String,
    pub org_name: String,
    pub resident: Option<Person>,
    pub versions: Vec<RecordVersion>,
    pub chain_ok: bool,
}

#[derive(Debug, Serialize)]
pub struct TimelineEntry {
    pub register: String,
    pub title: Text,
    pub id: String,
    pub on_date: String,
    pub summary: String,
    pub org_name: String,
}

#[derive(Debug, Serialize)]
pub struct Resident {
    #[serde(flatten)]
    pub person: Person,
    pub citizen_id_masked: String,
    pub village: String,
    pub since: String,
    pub tags: Vec<Text>,
    pub timeline: Vec<TimelineEntry>,
    /// Ids folded into this resident's.
    pub merged: Vec<String>,
    /// Records of organisations the reader does not see.
    pub n_elsewhere: usize,
    pub access_logged: bool,
}

/// Residents found, the best first.
#[derive(Debug, Serialize)]
pub struct Residents {
    pub rows: Vec<FoundResident>,
    /// Whether more were found than are sent.
    pub more: bool,
}

#[derive(Debug, Serialize)]
pub struct FoundResident {
    pub id: String,
    pub name_masked: String,
    pub citizen_id_masked: String,
    pub birth_on: String,
    pub org: String,
    pub village: String,
    /// Who stands for them, when they were folded into another.
    pub survivor: Option<String>,
    pub score: u32,
    /// What each word of the question fits, word by word.
    pub reasons: Vec<Text>,
}

/// Pairs of residents who may be one person, the surest first.
#[derive(Debug, Serialize)]
pub struct Matches {
    /// Whether all residents are being compared anew.
    pub is_working: bool,
    /// The moment of the comparison; none while the first is made.
    pub known_at: Option<String>,
    pub seq: Option<u64>,
    pub n_people_shown: String,
    pub n_left: usize,
    pub n_left_shown: String,
    pub pairs: Vec<Match>,
    /// The latest decisions in force, the newest first.
    pub decisions: Vec<Decision>,
    pub may_decide: bool,
}

#[derive(Debug, Serialize)]
pub struct MatchState {
    pub is_working: bool,
    pub known_at: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Match {
    pub resident: String,
    pub other: String,
    pub probability: String,
    pub probability_shown: String,
    /// Who is proposed to stand for both.
    pub survivor: String,
    pub fields: Vec<MatchField>,
}

#[derive(Debug, Serialize)]
pub struct MatchField {
    pub key: String,
    pub title: Text,
    pub a: String,
    pub b: String,
    /// same, differs or missing: of the values themselves, whose masks may look alike; told of what was not compared.
    pub state: &'static str,
    /// How close both are; none where that was not compared.
    pub level: Option<Text>,
    /// for, against or none: what that says about one person.
    pub leaning: &'static str,
    /// How much it says, in bits.
    pub weight_shown: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Decision {
    pub id: String,
    pub resident: String,
    pub other: String,
    pub names_masked: [String; 2],
    pub verdict: String,
    pub verdict_shown: Text,
    /// Who was folded into the other because of it.
    pub merged: Option<String>,
    pub at: String,
    pub actor: String,
}

/// What became of a decision.
#[derive(Debug, Serialize)]
pub struct Decided {
    #[serde(flatten)]
    pub written: Written,
    /// The decision's id, by which it is undone.
    pub decision: Option<String>,
    pub merge: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct FigureRef {
    pub indicator: String,
    pub org: String,
    pub period: String,
}

#[derive(Debug, Serialize)]
pub struct Span {
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub figure: Option<FigureRef>,
}

#[derive(Debug, Serialize)]
pub struct Block {
    pub kind: &'static str,
    pub level: u8,
    pub number: String,
    pub spans: Vec<Span>,
}

#[derive(Debug, Serialize)]
pub struct LeftOut {
    #[serde(rename = "where")]
    pub place: String,
    pub sentence: String,
    pub why: String,
}

#[derive(Debug, Serialize)]
pub struct Finding {
    pub severity: &'static str,
    pub text: String,
}

#[derive(Debug, Serialize)]
pub struct Report {
    pub title: String,
    pub period: String,
    pub as_of: String,
    pub blocks: Vec<Block>,
    pub left_out: Vec<LeftOut>,
    pub findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
pub struct Refused {
    pub index: usize,
    pub record: Option<String>,
    pub verdict: &'static str,
    pub rule: String,
    pub field: Option<String>,
    pub say: String,
}

#[derive(Debug, Serialize)]
pub struct Written {
    pub accepted: usize,
    pub refused: usize,
    pub batch: Option<u64>,
    pub first_seq: Option<u64>,
    pub last_seq: Option<u64>,
    pub hash: Option<String>,
    pub refusals: Vec<Refused>,
}
