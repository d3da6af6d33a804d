//! Who is taken, in which order, and what would be written?

use crate::CampaignError;
use crate::lot::{Lot, hex, pick_ticket, ticket};
use crate::rows::{Unit, candidates, key, known, names, units};
use base::period::Length;
use base::{Decimal, Period, nearest};
use columns::Snapshot;
use pack::Catalog;
use pack::model::{Campaign, DrawSize, Every};
use records::{Draft, ID_CHARS_MAX, Op};
use scheme::{Sharer, divide};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The campaign's id.
    pub campaign: &'a str,
    /// The period it runs for.
    pub period: Period,
    /// The seed and round of a draw.
    pub lot: Option<Lot>,
}

/// What a campaign comes to.
#[derive(Debug)]
pub struct Plan {
    /// The register that gets the records.
    pub into: String,
    /// Rows of the cohort.
    pub n_rows: usize,
    /// Rows that are left out, because a record holds already what may not appear twice.
    pub n_taken: usize,
    /// The classes of a draw; one when nothing is drawn or no class is named.
    pub classes: Vec<Class>,
    /// Everybody who gets a record: by class and rank in a draw, else by id.
    pub chosen: Vec<Chosen>,
}

/// One class of a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// Its values, side by side.
    pub name: String,
    /// How many there are.
    pub n_units: usize,
    /// How many of them are taken.
    pub n_chosen: usize,
}

/// Somebody who gets a record.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The row of the cohort.
    pub unit: String,
    /// The organisation that answers for the record.
    pub org: String,
    /// The class it was drawn in.
    pub class: String,
    /// Its place in the draw of its class, from 1; 0 when nothing is drawn.
    pub rank: usize,
    /// Its ticket; empty when nothing is drawn.
    pub ticket: String,
    /// The record it gets.
    pub record: String,
    /// That record's fields.
    pub fields: Map<String, Json>,
    /// The record is there already, from an earlier run.
    pub is_known: bool,
}

/// Plans a campaign; nothing is written.
///
/// # Errors
/// [`CampaignError`]: an unknown campaign, a draw without a seed or larger than there are rows, a period of another length,
/// nobody to pick, or what the store says.
pub fn plan(snapshot: &Snapshot, asked: &Asked<'_>) -> Result<Plan, CampaignError> {
    let campaign = find(snapshot.catalog(), asked.campaign)?;
    fits(campaign, asked.period)?;
    let lot = match (&campaign.draw, &asked.lot) {
        (Some(_), None) => return Err(CampaignError::NoSeed(campaign.common.id.clone())),
        (Some(_), Some(lot)) => Some(lot),
        // Without a draw, whoever is picked is picked by the period alone.
        (None, _) => None,
    };
    let prefix = prefix(campaign, asked.period, lot);
    let (units, parameter) = units(snapshot, campaign, asked.period)?;
    let n_rows = units.len();
    let (own, taken) = known(snapshot, campaign, &prefix)?;
    let once = names(&campaign.once);
    let is_free = |unit: &Unit| {
        once.is_empty()
            || !taken.contains(&key(once.iter().map(|name| unit.fields.get(*name).cloned().unwrap_or_default())))
    };
    let (free, rest): (Vec<Unit>, Vec<Unit>) = units.into_iter().partition(is_free);
    let (classes, mut chosen) = match lot {
        Some(lot) => draw(campaign, lot, free, parameter)?,
        None => everybody(free),
    };
    let picked_with = lot.cloned().unwrap_or_else(|| Lot { seed: asked.period.to_string(), round: 0 });
    pick(snapshot, campaign, asked.period, &picked_with, &mut chosen)?;
    let mut found = Vec::with_capacity(chosen.len());
    for (unit, mut of) in chosen {
        of.record = record_id(&prefix, &unit.id);
        of.is_known = own.contains(&of.record);
        of.fields = unit.fields;
        let drawn = drawn_fields(campaign, lot, &of);
        of.fields.extend(drawn);
        found.push(of);
    }
    Ok(Plan { into: campaign.into.value.clone(), n_rows, n_taken: rest.len(), classes, chosen: found })
}

/// The records that are not there yet, for a store to judge and write.
pub fn drafts(plan: &Plan, reason: Option<&str>) -> Vec<Draft> {
    let draft = |chosen: &Chosen| {
        let mut draft = Draft::new(Op::Create, plan.into.as_str(), chosen.org.as_str());
        draft.record = Some(chosen.record.clone());
        draft.body = chosen.fields.clone();
        draft.reason = reason.map(str::to_string);
        draft
    };
    plan.chosen.iter().filter(|chosen| !chosen.is_known).map(draft).collect()
}

fn find<'c>(catalog: &'c Catalog, id: &str) -> Result<&'c Campaign, CampaignError> {
    let all = || catalog.packs.values().flat_map(|pack| pack.campaigns.values());
    all().find(|campaign| campaign.common.id == id).ok_or_else(|| CampaignError::Unknown {
        id: id.to_string(),
        near: nearest(id, all().map(|campaign| campaign.common.id.as_str())).map(str::to_string),
    })
}

fn fits(campaign: &Campaign, period: Period) -> Result<(), CampaignError> {
    let (word, length) = match campaign.every {
        Every::Record => return Ok(()),
        Every::Month => ("month", Length::Month),
        Every::Quarter => ("quarter", Length::Quarter),
        Every::Year => ("year", Length::Year),
    };
    if period.length() == Some(length) {
        return Ok(());
    }
    let (campaign, period) = (campaign.common.id.clone(), period.to_string());
    Err(CampaignError::Period { campaign, every: word, period })
}

/// How the ids of this run's records begin.
fn prefix(campaign: &Campaign, period: Period, lot: Option<&Lot>) -> String {
    let period = match campaign.every {
        Every::Record => String::new(),
        _ => format!("-{period}"),
    };
    let round = lot.map(|lot| format!("-r{}", lot.round)).unwrap_or_default();
    format!("{}{period}{round}-", campaign.common.id)
}

/// The id of a unit's record; a long one is shortened to what still tells it apart.
fn record_id(prefix: &str, unit: &str) -> String {
    let id = format!("{prefix}{unit}");
    if id.chars().count() <= ID_CHARS_MAX {
        return id;
    }
    let hash = hex(&id);
    let kept: String = prefix.chars().take(ID_CHARS_MAX - 17).collect();
    format!("{kept}-{}", &hash[..16])
}

type Taken = (Vec<Class>, Vec<(Unit, Chosen)>);

fn everybody(units: Vec<Unit>) -> Taken {
    let class = Class { name: String::new(), n_units: units.len(), n_chosen: units.len() };
    (vec![class], units.into_iter().map(|unit| chosen(unit, String::new(), 0, String::new())).collect())
}

fn chosen(unit: Unit, class: String, rank: usize, ticket: String) -> (Unit, Chosen) {
    let of = Chosen {
        unit: unit.id.clone(),
        org: unit.org.clone(),
        class,
        rank,
        ticket,
        record: String::new(),
        fields: Map::new(),
        is_known: false,
    };
    (unit, of)
}

/// Each class apart: as many as its share of all, the smallest tickets first.
fn draw(campaign: &Campaign, lot: &Lot, units: Vec<Unit>, parameter: Option<Decimal>) -> Result<Taken, CampaignError> {
    let mut classes: BTreeMap<String, Vec<(String, Unit)>> = BTreeMap::new();
    let n_units = units.len();
    for unit in units {
        let ticket = ticket(lot, &unit.id);
        classes.entry(unit.class.join(" · ")).or_default().push((ticket, unit));
    }
    let n = size(campaign, n_units, parameter)?;
    let quotas = quotas(campaign, n, &classes)?;
    let (mut found, mut all) = (Vec::new(), Vec::new());
    for ((name, mut members), quota) in classes.into_iter().zip(quotas) {
        members.sort_by(|(a, one), (b, other)| (a, &one.id).cmp(&(b, &other.id)));
        found.push(Class { name: name.clone(), n_units: members.len(), n_chosen: quota });
        let first = members.into_iter().take(quota).enumerate();
        all.extend(first.map(|(n, (ticket, unit))| chosen(unit, name.clone(), n + 1, ticket)));
    }
    Ok((found, all))
}

/// How many are drawn of so many.
fn size(campaign: &Campaign, n_units: usize, parameter: Option<Decimal>) -> Result<u64, CampaignError> {
    let Some(draw) = &campaign.draw else { return Ok(n_units as u64) };
    let written = &draw.size.written().value;
    let wrong = || CampaignError::Size {
        campaign: campaign.common.id.clone(),
        size: parameter.map_or_else(|| written.clone(), |n| n.to_string()),
    };
    let asked = parameter.or_else(|| draw.size.literal()).ok_or_else(wrong)?;
    let n = match &draw.size {
        DrawSize::Number(_) => asked,
        // Never fewer than the rule wants.
        DrawSize::Share(_) if asked <= Decimal::ONE => (asked * Decimal::from(n_units)).ceil(),
        DrawSize::Share(_) => return Err(wrong()),
    };
    let n: u64 = n.try_into().ok().filter(|n| *n > 0 || n_units == 0).ok_or_else(wrong)?;
    if n > n_units as u64 {
        return Err(CampaignError::TooFew { campaign: campaign.common.id.clone(), asked: n, there: n_units as u64 });
    }
    Ok(n)
}

/// Each class's share of the draw: in proportion, largest remainder first.
fn quotas(
    campaign: &Campaign,
    n: u64,
    classes: &BTreeMap<String, Vec<(String, Unit)>>,
) -> Result<Vec<usize>, CampaignError> {
    if classes.is_empty() {
        return Ok(Vec::new());
    }
    let sharers: Vec<Sharer> = classes
        .iter()
        .map(|(name, members)| {
            let size = i64::try_from(members.len()).unwrap_or(i64::MAX);
            Sharer { id: name.clone(), weights: vec![size], floor: 0, ceiling: Some(size) }
        })
        .collect();
    let pool = i64::try_from(n).unwrap_or(i64::MAX);
    let shares = divide(pool, &[1], &sharers)
        .map_err(|refused| CampaignError::Mistake(format!("{}: {}", campaign.common.id, refused.say.zh)))?;
    Ok(shares.into_iter().map(|share| usize::try_from(share).unwrap_or(0)).collect())
}

/// Draws somebody for every picked field: of the same kind as the unit, and another one than the field it must differ from.
fn pick(
    snapshot: &Snapshot,
    campaign: &Campaign,
    period: Period,
    lot: &Lot,
    chosen: &mut [(Unit, Chosen)],
) -> Result<(), CampaignError> {
    for (field, pick) in &campaign.pick {
        let same = pick.same.as_ref().map(|same| same.value.as_str());
        let all = candidates(snapshot, &campaign.common.pack, &pick.from, same, period)?;
        for (unit, _) in chosen.iter_mut() {
            let other = pick.differs.as_ref().and_then(|differs| unit.fields.get(&differs.value));
            let fits = |(id, kind): &&(String, Option<Json>)| {
                other.and_then(Json::as_str) != Some(id.as_str())
                    && same.is_none_or(|same| unit.same.get(same) == kind.as_ref())
            };
            let first = all.iter().filter(fits).min_by_key(|(id, _)| pick_ticket(lot, &unit.id, field, id));
            let Some((id, _)) = first else {
                let kind = same.map(|same| format!(" with {same} {}", unit.same.get(same).unwrap_or(&Json::Null)));
                let why = format!("{} has nobody else{}", pick.from.value, kind.unwrap_or_default());
                return Err(CampaignError::NobodyToPick { field: field.clone(), unit: unit.id.clone(), why });
            };
            unit.fields.insert(field.clone(), json!(id));
        }
    }
    Ok(())
}

/// The fields that hold the draw itself.
fn drawn_fields(campaign: &Campaign, lot: Option<&Lot>, of: &Chosen) -> Vec<(String, Json)> {
    let Some(lot) = lot else { return Vec::new() };
    let value = |text: &str| match text {
        ":seed" => Some(json!(lot.seed)),
        ":round" => Some(json!(lot.round)),
        ":rank" => Some(json!(of.rank)),
        ":class" => Some(json!(of.class)),
        _ => None,
    };
    campaign.set.iter().filter_map(|(field, text)| Some((field.clone(), value(text.value.trim())?))).collect()
}
