//! A county's folder to a county.

use super::{County, Direction, Level, Link, Org, OrgTree, PublishedFigure, SetLine, Target, Word};
use crate::model::{ReportText, Spanned};
use crate::read::read_period;
use crate::yaml::{self, MapReader, Node, Scope};
use base::{Decimal, Diagnostic, Period, SourceId, Sources, Span, Text};
use std::collections::BTreeMap;

/// Reads the texts of a county's folder. Files that `county.yaml` names are found by the path it names them by.
pub fn read_county(
    sources: &mut Sources,
    folder: &str,
    files: &[(String, String)],
) -> (Option<County>, Vec<Diagnostic>) {
    let mut scope = Scope::default();
    let ids: BTreeMap<&str, (SourceId, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), (sources.add(path.as_str(), text.as_str()), text.as_str())))
        .collect();
    let main = ids.iter().find(|(path, _)| path.ends_with("county.yaml"));
    let Some((_, (source, text))) = main else {
        let message = format!("there is no county.yaml in {folder}");
        scope.push(Diagnostic::new("missing-key", base::Severity::Error, None, message));
        return (None, scope.diagnostics);
    };
    let (tree, found) = yaml::parse(*source, text);
    scope.diagnostics.extend(found);
    let county = tree.and_then(|tree| read(&mut scope, folder, &tree, &ids));
    (county, scope.diagnostics)
}

/// Reads lines of `set` that are only proposed.
pub fn read_proposal(sources: &mut Sources, text: &str) -> (Vec<SetLine>, Vec<Diagnostic>) {
    let mut scope = Scope::default();
    let (tree, found) = yaml::parse(sources.add("proposal", text), text);
    scope.diagnostics.extend(found);
    let lines = tree.map(|tree| read_set(&mut scope, &tree)).unwrap_or_default();
    (lines, scope.diagnostics)
}

type Files<'a> = BTreeMap<&'a str, (SourceId, &'a str)>;

fn read(scope: &mut Scope, folder: &str, tree: &Node, files: &Files<'_>) -> Option<County> {
    let mut map = MapReader::new(scope, tree, "county.yaml");
    let id = map.require(scope, "county").and_then(|n| scope.text(n, "county"));
    let title = map.require(scope, "title").and_then(|n| scope.words(n, "title"));
    let packs = map.require(scope, "packs").map(|n| scope.texts(n, "packs")).unwrap_or_default();
    let orgs = map.require(scope, "orgs").and_then(|n| file(scope, n, files));
    let figures = map.take("figures").and_then(|n| file(scope, n, files));
    let outline = map.take("report").and_then(|n| file(scope, n, files));
    let targets = map.take("targets").map(|n| read_targets(scope, n)).unwrap_or_default();
    let set = map.take("set").map(|n| read_set(scope, n)).unwrap_or_default();
    let period = map.require(scope, "period").and_then(|n| read_period(scope, n));
    let dashboard = map.take("dashboard").map(|n| scope.texts(n, "dashboard")).unwrap_or_default();
    let compare = map.take("compare").and_then(|n| scope.text(n, "compare"));
    map.finish(scope);
    let id = id?;
    if id.value != folder {
        let message = format!("the county is called \"{}\", its folder \"{folder}\"", id.value);
        scope.push(Diagnostic::error("id-not-folder", id.span, message).help("give both the same name"));
    }
    Some(County {
        title: title.unwrap_or_else(|| Text::zh(id.value.clone())),
        span: id.span,
        id: id.value,
        packs,
        orgs: orgs.map(|orgs| read_orgs(scope, orgs)).unwrap_or_default(),
        figures: figures.map(|figures| read_figures(scope, figures)).unwrap_or_default(),
        targets,
        set,
        outline: outline.map(|(source, text)| ReportText { source, text: text.to_string() }),
        period: period.unwrap_or_else(|| Period::year(2025)),
        dashboard,
        compare,
    })
}

/// The file a key names, by the end of its path.
fn file<'a>(scope: &mut Scope, node: &Node, files: &Files<'a>) -> Option<(SourceId, &'a str)> {
    let name = scope.text(node, "a file")?.value;
    let name = name.trim_start_matches("../");
    let found = files.iter().find(|(path, _)| **path == name || path.ends_with(&format!("/{name}")));
    if found.is_none() {
        let message = format!("there is no file {name} in this folder");
        scope.push(Diagnostic::error("missing-file", node.span, message).help("check the name, or leave the key out"));
    }
    found.map(|(_, file)| *file)
}

fn read_targets(scope: &mut Scope, node: &Node) -> BTreeMap<String, BTreeMap<i16, Target>> {
    let mut targets: BTreeMap<String, BTreeMap<i16, Target>> = BTreeMap::new();
    for (indicator, years) in scope.map(node, "targets") {
        for (year, body) in scope.map(years, "targets of an indicator") {
            let Ok(n) = year.text.parse::<i16>() else {
                scope.error("bad-period", year.span, format!("\"{}\" is not a year", year.text));
                continue;
            };
            let mut map = MapReader::new(scope, body, format!("target of {}", indicator.text));
            let at_least = map.take("at_least").and_then(|n| target_value(scope, n));
            let at_most = map.take("at_most").and_then(|n| target_value(scope, n));
            let source = map.take("source").and_then(|n| scope.text(n, "source"));
            let of_orgs = map.take("orgs").map(|n| org_targets(scope, n)).unwrap_or_default();
            map.finish(scope);
            let (value, direction) = match (at_least, at_most) {
                (Some(value), None) => (value, Direction::AtLeast),
                (None, Some(value)) => (value, Direction::AtMost),
                _ => {
                    scope.error("missing-key", body.span, "a target says at_least or at_most");
                    continue;
                }
            };
            let source = source.map_or_else(String::new, |s| s.value);
            targets
                .entry(indicator.text.clone())
                .or_default()
                .insert(n, Target { value, direction, source, orgs: of_orgs });
        }
    }
    targets
}

/// Organisations with a target of their own.
fn org_targets(scope: &mut Scope, node: &Node) -> BTreeMap<String, Decimal> {
    let cells = scope.map(node, "orgs of a target");
    cells.iter().filter_map(|(org, value)| Some((org.text.clone(), target_value(scope, value)?))).collect()
}

/// `"90%"` is 90 in the indicator's unit; other numbers are as written.
fn target_value(scope: &mut Scope, node: &Node) -> Option<Decimal> {
    let text = scope.text(node, "a target")?;
    let number = text.value.trim_end_matches(['%', '‰']).trim().parse().ok();
    if number.is_none() {
        scope.error("wrong-kind", node.span, format!("\"{}\" is not a target such as \"90%\"", text.value));
    }
    number
}

fn read_set(scope: &mut Scope, node: &Node) -> Vec<SetLine> {
    let mut lines = Vec::new();
    for item in scope.seq(node, "set") {
        let Some(what) = item.get("what").and_then(|n| scope.text(n, "what")) else {
            scope.error("missing-key", item.span, "a line of set needs \"what\"");
            continue;
        };
        if item.get("source").is_none() {
            let message = format!("the departure \"{}\" does not say where it comes from", what.value);
            scope.push(Diagnostic::error("parameter-without-source", item.span, message).help("add source:"));
        }
        lines.push(SetLine { what, body: item.clone() });
    }
    lines
}

/// One row of a CSV text: column → cell, and where the row stands.
struct Row<'r> {
    cells: BTreeMap<&'r str, &'r str>,
    span: Span,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> &str {
        self.cells.get(column).copied().unwrap_or("").trim()
    }

    fn filled(&self, column: &str) -> Option<&str> {
        Some(self.cell(column)).filter(|cell| !cell.is_empty())
    }

    /// A filled cell as a value; one that is not such a value is reported.
    fn parsed<T>(&self, scope: &mut Scope, column: &str, what: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let cell = self.filled(column)?;
        let value = parse(cell);
        if value.is_none() {
            scope.error("bad-table", self.span, format!("{column}: \"{cell}\" is not {what}"));
        }
        value
    }
}

fn each_row(scope: &mut Scope, (source, text): (SourceId, &str), mut see: impl FnMut(&mut Scope, &Row<'_>)) {
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(error) => {
            let span = Span { source, start: 0, end: 0 };
            scope.error("bad-table", span, format!("the first row cannot be read: {error}"));
            return;
        }
    };
    let mut record = csv::StringRecord::new();
    loop {
        let start = reader.position().byte() as u32;
        match reader.read_record(&mut record) {
            Ok(false) => return,
            Ok(true) => {
                let span = Span { source, start, end: (reader.position().byte() as u32).saturating_sub(1).max(start) };
                let row = Row { cells: headers.iter().zip(record.iter()).collect(), span };
                see(scope, &row);
            }
            Err(error) => {
                let span = Span { source, start, end: start };
                scope.error("bad-table", span, format!("this row cannot be read: {error}"));
                return;
            }
        }
    }
}

/// Reads `orgs.csv`. An organisation stands in as many rows as it had places: each says over which days it stood below
/// which one. A column `parent.NAME` is who stands above it in the tree NAME, such as a medical community.
fn read_orgs(scope: &mut Scope, file: (SourceId, &str)) -> OrgTree {
    let mut orgs: Vec<Org> = Vec::new();
    each_row(scope, file, |scope, row| {
        let Some(level) = Level::from_word(row.cell("level")) else {
            let message = format!("\"{}\" is not a level: county, township, village or institution", row.cell("level"));
            scope.error("unknown-word", row.span, message);
            return;
        };
        let id = row.cell("id").to_string();
        let link = read_link(scope, row);
        for above in link.parent.iter().chain(link.others.values()) {
            if !orgs.iter().any(|org| org.id == *above) {
                let message = format!("the organisation above \"{id}\" is \"{above}\", which is not given before it");
                scope.error("unknown-org", row.span, message);
            }
        }
        let known = orgs.iter().position(|org| org.id == id);
        let mut links = known.map_or_else(Vec::new, |known| orgs[known].links.clone());
        if let Some(last) = links.last()
            && !follows(scope, row, &id, last, &link)
        {
            return;
        }
        links.push(link.clone());
        const KNOWN: [&str; 8] = ["id", "name", "kind", "level", "parent", "code", "from", "until"];
        let more = row.cells.iter().filter(|(column, _)| !KNOWN.contains(column) && !column.starts_with(OTHER_TREE));
        let org = Org {
            id,
            name: row.cell("name").to_string(),
            kind: row.cell("kind").to_string(),
            level,
            parent: link.parent,
            code: row.filled("code").map(str::to_string),
            from: link.from,
            until: link.until,
            links,
            more: more.filter_map(|(column, cell)| Some(((*column).to_string(), cell.trim().parse().ok()?))).collect(),
        };
        match known {
            Some(known) => orgs[known] = org,
            None => orgs.push(org),
        }
    });
    let tree = OrgTree::new(orgs);
    if let Some(org) = tree.circle() {
        let message = format!("\"{}\" stands above itself; no organisation can stand below one of its own", org.id);
        scope.error("bad-table", Span { source: file.0, start: 0, end: 0 }, message);
    }
    tree
}

/// How the columns of further trees begin.
const OTHER_TREE: &str = "parent.";

fn read_link(scope: &mut Scope, row: &Row<'_>) -> Link {
    let others = row.cells.iter().filter_map(|(column, cell)| {
        let tree = column.strip_prefix(OTHER_TREE)?;
        let above = cell.trim();
        (!above.is_empty()).then(|| (tree.to_string(), above.to_string()))
    });
    let link = Link {
        parent: row.filled("parent").map(str::to_string),
        others: others.collect(),
        from: row.parsed(scope, "from", "a day such as 2025-01-31", yaml::parse_date),
        until: row.parsed(scope, "until", "a day such as 2025-01-31", yaml::parse_date),
    };
    if let (Some(from), Some(until)) = (link.from, link.until)
        && until <= from
    {
        let message = format!("these days are none: until {until} is the first day after, and not after {from}");
        scope.error("bad-table", row.span, message);
    }
    link
}

/// A further row of an organisation begins on the day on which the one before it ends.
fn follows(scope: &mut Scope, row: &Row<'_>, id: &str, last: &Link, next: &Link) -> bool {
    let (Some(until), Some(from)) = (last.until, next.from) else {
        let message = format!("organisation \"{id}\" is given twice");
        let help = "one that moved has two rows: the first with until, the second with from on the same day";
        scope.push(Diagnostic::error("doubled-row", row.span, message).help(help));
        return false;
    };
    let (code, what) = match from.cmp(&until) {
        std::cmp::Ordering::Equal => return true,
        std::cmp::Ordering::Less => ("date-overlap", "stands below two organisations"),
        std::cmp::Ordering::Greater => ("date-gap", "stands nowhere"),
    };
    let message = format!("\"{id}\" {what} between {} and {}", from.min(until), from.max(until));
    scope.push(Diagnostic::error(code, row.span, message).help("let from be the day of the earlier row's until"));
    false
}

fn read_figures(scope: &mut Scope, file: (SourceId, &str)) -> Vec<PublishedFigure> {
    let mut figures = Vec::new();
    each_row(scope, file, |scope, row| {
        let id = row.cell("id");
        if row.filled("value").is_none() {
            scope.error("bad-table", row.span, format!("figure {id} has no value"));
        }
        let value = row.parsed(scope, "value", "a number", |cell| cell.parse().ok());
        let Some(word) = Word::from_printed(row.cell("word")) else {
            let message = format!("figure {id}: \"{}\" is not 余, 多, 以上, 以内 or 约", row.cell("word"));
            scope.error("bad-table", row.span, message);
            return;
        };
        let Some(value) = value else { return };
        figures.push(PublishedFigure {
            id: id.to_string(),
            indicator: row.cell("indicator").to_string(),
            org: row.filled("org").map(str::to_string),
            by: cells(row.cell("by")),
            value,
            unit: row.cell("unit").to_string(),
            digits: row.parsed(scope, "digits", "a number of digits", |cell| cell.parse().ok()).unwrap_or(0),
            word,
            step: row.parsed(scope, "step", "a number", |cell| cell.parse().ok()),
            shown: row.cell("shown").to_string(),
            page: row.cell("page").to_string(),
            printed: row.cell("printed") != "no",
            believe: row.cell("believe") != "no",
            note: row.cell("note").to_string(),
            span: row.span,
        });
    });
    figures
}

/// `item=x, lot=1`.
fn cells(text: &str) -> Vec<(String, String)> {
    text.split([',', ';'])
        .filter_map(|pair| pair.split_once('='))
        .map(|(column, value)| (column.trim().to_string(), value.trim().to_string()))
        .collect()
}

/// Names a figure or a target speaks of, with the place to point at.
impl County {
    /// Every indicator the county names, with where it does so.
    pub fn named_indicators(&self) -> Vec<Spanned<String>> {
        let figures = self.figures.iter().map(|f| Spanned::new(f.indicator.clone(), f.span));
        figures.chain(self.dashboard.iter().cloned()).chain(self.compare.iter().cloned()).collect()
    }
}
