//! Which county is this, what does it use, and what can be asked of it?

use crate::ask::Ask;
use crate::desk::Desk;
use crate::problem::Problem;
use crate::wire;
use pack::model::Kind;
use pack::sql::Relations;
use std::collections::BTreeSet;

/// `/api/county`
pub fn county(desk: &Desk, ask: &Ask) -> Result<wire::County, Problem> {
    let county = desk.county()?;
    let is_seen = |id: &str| ask.visitor.reaches(county, id);
    // Whoever sees a part sees a tree that begins there.
    let orgs = county.orgs.iter().filter(|org| is_seen(&org.id)).map(|org| wire::Org {
        id: org.id.clone(),
        name: org.name.clone(),
        kind: org.kind.clone(),
        level: org.level.word(),
        parent: org.parent.clone().filter(|parent| is_seen(parent)),
    });
    let packs = desk.catalog().packs.values().map(|pack| wire::PackLine {
        id: pack.header.id.value.clone(),
        title: wire::Text::from(&pack.header.title),
        indicators: pack.indicators.len(),
    });
    Ok(wire::County {
        id: county.id.clone(),
        title: wire::Text::from(&county.title),
        periods: desk.years()?.iter().map(i16::to_string).collect(),
        period: county.period.to_string(),
        as_of: desk.snapshot.as_of().to_string(),
        seq: desk.snapshot.seq(),
        trees: county.orgs.trees().into_iter().map(str::to_string).collect(),
        orgs: orgs.collect(),
        packs: packs.collect(),
    })
}

/// The years of all events, and the county's own.
pub fn years(desk: &Desk) -> Result<Vec<i16>, Problem> {
    let mut years = BTreeSet::from([desk.county()?.period.last_day().year()]);
    let today = desk.snapshot.as_of().year();
    let events = desk.catalog().registers().filter(|register| register.kind == Kind::Event);
    let selects: Vec<String> = events
        .map(|register| desk.snapshot.view().register(&register.common.id))
        .map(|rows| format!("SELECT DISTINCT year(e.on_date) AS y FROM {rows} AS e"))
        .collect();
    if !selects.is_empty() {
        for row in desk.snapshot.query_text(&selects.join(" UNION "))?.rows()? {
            let year = row.first().and_then(columns::engine::Value::as_int).and_then(|year| i16::try_from(year).ok());
            years.extend(year.filter(|year| *year <= today));
        }
    }
    Ok(years.into_iter().collect())
}
