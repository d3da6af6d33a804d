//! Does one corrected record move a published figure, and nothing else, and back again? Does a report that went out stay
//! what it was, and is it told what it would say differently now?
//!
//! A figure that stays where it is when its records change would be written down somewhere, not computed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::tally::Tally;
use crate::call::Call;
use crate::county::{PERIOD, figures};
use crate::places::Places;
use crate::trouble::{Result, Trouble};

/// The indicator one of whose records is corrected, its register, and the field.
const INDICATOR: &str = "in_policy_rate";
const REGISTER: &str = "birth";
const FIELD: &str = "in_policy";

/// Corrects a counted record, compares every figure, and takes the correction back.
pub fn run(places: &Places, dir: &Path) -> Result<Tally> {
    let before = computed(places, dir)?;
    let signed = Signed::now(places, dir)?;
    let record = counted_record(places, dir)?;
    correct(places, dir, &record, false)?;
    let during = computed(places, dir)?;
    let restated = signed.changes(places, dir)?;
    correct(places, dir, &record, true)?;
    let after = computed(places, dir)?;
    let moved: Vec<&Figure> =
        before.iter().filter(|(figure, value)| during.get(*figure) != Some(*value)).map(|(figure, _)| figure).collect();
    for (id, indicator) in &moved {
        eprintln!("{id} {indicator}: {} → {}", show(&before, id, indicator), show(&during, id, indicator));
    }
    if !moved.iter().any(|(_, indicator)| indicator == INDICATOR) {
        return Err(wrong("a correction did not move the figure that counts the record"));
    }
    if moved.len() == before.len() {
        return Err(wrong("a correction moved every figure"));
    }
    if after != before {
        return Err(wrong("the figures did not come back when the correction was taken back"));
    }
    if !restated.iter().any(|indicator| indicator == INDICATOR) || !signed.changes(places, dir)?.is_empty() {
        return Err(wrong(format!("the signed report was restated for {restated:?}")));
    }
    if report(places, dir, Some(&signed.at))? != signed.text {
        return Err(wrong("the report as of its signing is not the report that was signed"));
    }
    Ok(Tally { passed: 5, failed: 0 })
}

/// Figure id and indicator.
type Figure = (String, String);

fn computed(places: &Places, dir: &Path) -> Result<BTreeMap<Figure, String>> {
    let document = figures(places, dir)?;
    let rows = document["figures"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Ok(rows.iter().map(|row| ((text(&row["id"]), text(&row["indicator"])), text(&row["computed"]))).collect())
}

fn show(values: &BTreeMap<Figure, String>, id: &str, indicator: &str) -> String {
    values.get(&(id.to_owned(), indicator.to_owned())).cloned().unwrap_or_else(|| "—".into())
}

/// A report that went out: when, and what it said.
struct Signed {
    at: String,
    text: String,
}

impl Signed {
    fn now(places: &Places, dir: &Path) -> Result<Self> {
        let (_, at) = Call::new("date", Path::new("/")).args("-u +%FT%TZ").read()?;
        Ok(Self { at: at.trim().to_owned(), text: report(places, dir, None)? })
    }

    /// The indicators whose figures it would print differently now.
    fn changes(&self, places: &Places, dir: &Path) -> Result<Vec<String>> {
        let call = Call::taizhang(places).args("report --json --period").arg(PERIOD);
        let (_, text) = call.arg("--since").arg(&self.at).arg("--dir").arg(dir).read()?;
        let document: Value =
            serde_json::from_str(&text).map_err(|error| wrong(format!("no list of changes: {error}")))?;
        let changes = document["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(changes.iter().filter_map(|change| change["figure"]["indicator"].as_str().map(str::to_owned)).collect())
    }
}

/// The report as Markdown, now or as of a moment.
fn report(places: &Places, dir: &Path, as_of: Option<&str>) -> Result<String> {
    let mut call = Call::taizhang(places).args("report --period").arg(PERIOD).arg("--dir").arg(dir);
    if let Some(moment) = as_of {
        call = call.arg("--as-of").arg(moment);
    }
    Ok(call.read()?.1)
}

/// The first record the indicator counts.
fn counted_record(places: &Places, dir: &Path) -> Result<String> {
    let call = Call::taizhang(places).args("indicators --json --limit 1 --period").arg(PERIOD);
    let (_, text) = call.arg("--rows").arg(INDICATOR).arg("--dir").arg(dir).read()?;
    let document: Value = serde_json::from_str(&text).map_err(|error| wrong(format!("no list of records: {error}")))?;
    document["rows"][0]["id"].as_str().map(str::to_owned).ok_or_else(|| wrong("the indicator counts no record"))
}

fn correct(places: &Places, dir: &Path, record: &str, value: bool) -> Result<()> {
    let file = dir.with_extension("ndjson");
    let line = json!({"id": record, FIELD: value}).to_string();
    fs::write(&file, line + "\n").map_err(|error| Trouble::file("writing", &file, &error))?;
    let call = Call::taizhang(places).args("import").arg(REGISTER).arg(&file).arg("--dir").arg(dir);
    call.args("--reason 核对 --confirm 核对").next("the refusal above says which rule the correction broke").run()
}

fn wrong(what: impl Into<String>) -> Trouble {
    Trouble::new(what, format!("indicator {INDICATOR}"), "run the commands after `$` by hand and compare their answers")
}
