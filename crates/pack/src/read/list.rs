//! The section `lists`: code lists and tables.

use super::definition::{common, insert};
use super::parameter::{check_quote, check_said, scalar, scalar_type};
use crate::model::{List, ListKey, ListRow, ListTable, Scalar, ScalarType, Spanned};
use crate::yaml::{Key, MapReader, Node, Scope, parse_date};
use base::{Diagnostic, Text};
use indexmap::IndexMap;

/// Rows a list may have.
const ROWS_MAX: usize = 10_000;

pub(super) fn read(scope: &mut Scope, pack: &str, node: &Node, into: &mut IndexMap<String, List>) {
    for (key, body) in scope.map(node, "lists") {
        let mut map = MapReader::new(scope, body, format!("list {}", key.text));
        let common = common(scope, &mut map, pack, key);
        let columns = map.take("columns").map(|node| read_columns(scope, node)).unwrap_or_default();
        let keys = map.take("key").map(|node| read_keys(scope, node)).unwrap_or_default();
        let (codes, values, rows) = (map.take("codes"), map.take("values"), map.take("rows"));
        let expect = map.take("expect").map(|node| scope.texts(node, "expect")).unwrap_or_default();
        map.finish(scope);
        let mut list = List { common, key: keys, columns, tables: Vec::new(), expect };
        match (codes, values, rows) {
            (Some(codes), None, None) => list.tables.push(read_codes(scope, codes, &list)),
            (None, Some(values), None) => read_values(scope, values, &mut list),
            (None, None, Some(rows)) => undated(scope, rows, key, &mut list),
            _ => {
                let message = format!("list {} needs exactly one of codes, values or rows", key.text);
                scope.error("missing-key", key.span, message);
            }
        }
        check_tables(scope, &list);
        insert(scope, into, key, list);
    }
}

fn read_columns(scope: &mut Scope, node: &Node) -> IndexMap<String, ScalarType> {
    let entries = scope.map(node, "columns");
    entries.iter().filter_map(|(key, node)| Some((key.text.clone(), scalar_type(scope, node)?))).collect()
}

fn read_keys(scope: &mut Scope, node: &Node) -> IndexMap<String, ListKey> {
    let mut keys = IndexMap::new();
    for (key, node) in scope.map(node, "key") {
        let Some(of) = scope.text(node, "key") else { continue };
        let kind = ScalarType::from_word(&of.value).map_or(ListKey::Codes(of), ListKey::Plain);
        keys.insert(key.text.clone(), kind);
    }
    keys
}

fn read_codes(scope: &mut Scope, node: &Node, list: &List) -> ListTable {
    let mut rows = Vec::new();
    for (key, body) in scope.map(node, "codes") {
        let (label, cells) = if body.as_map().is_none() {
            (scope.words(body, "label"), IndexMap::new())
        } else {
            let mut cells = IndexMap::new();
            let mut label = Text::default();
            for (column, node) in scope.map(body, "a code") {
                match column.text.as_str() {
                    "zh" => label.zh = scope.text(node, "zh").map_or_else(String::new, |t| t.value),
                    "en" => label.en = scope.text(node, "en").map(|t| t.value),
                    _ => cell(scope, list, column, node, &mut cells),
                }
            }
            (Some(label), cells)
        };
        let label = label.unwrap_or_else(|| Text::zh(key.text.clone()));
        rows.push(ListRow { span: key.span, code: Some(key.text.clone()), label, cells });
    }
    limit(scope, rows.len(), node);
    ListTable { since: None, until: None, source: None, quote: None, rows }
}

fn limit(scope: &mut Scope, n_rows: usize, node: &Node) {
    if n_rows > ROWS_MAX {
        scope.error("too-large", node.span, format!("a list has at most {ROWS_MAX} rows, this one has {n_rows}"));
    }
}

fn cell(scope: &mut Scope, list: &List, column: &Key, node: &Node, cells: &mut IndexMap<String, Spanned<Scalar>>) {
    let ty = match (list.columns.get(&column.text), list.key.get(&column.text)) {
        (Some(ty), _) => *ty,
        (None, Some(ListKey::Plain(ty))) => *ty,
        (None, Some(ListKey::Codes(_))) => ScalarType::Text,
        (None, None) => {
            let known = list.columns.keys().chain(list.key.keys()).map(String::as_str);
            let message = format!("\"{}\" is not a column of list {}", column.text, list.common.id);
            let near = base::nearest(&column.text, known);
            scope.push(Diagnostic::error("unknown-key", column.span, message).suggest(near));
            return;
        }
    };
    if !node.is_null()
        && let Some(value) = scalar(scope, node, ty, &column.text)
    {
        cells.insert(column.text.clone(), value);
    }
}

fn read_rows(scope: &mut Scope, node: &Node, list: &List) -> Vec<ListRow> {
    let mut rows = Vec::new();
    for item in scope.seq(node, "rows") {
        let mut cells = IndexMap::new();
        for (column, node) in scope.map(item, "a row") {
            cell(scope, list, column, node, &mut cells);
        }
        for key in list.key.keys().filter(|key| item.get(key).is_none_or(Node::is_null)) {
            scope.error("missing-key", item.span, format!("this row does not say its {key}, so nobody can find it"));
        }
        rows.push(ListRow { span: item.span, code: None, label: Text::default(), cells });
    }
    limit(scope, rows.len(), node);
    rows
}

fn undated(scope: &mut Scope, node: &Node, key: &Key, list: &mut List) {
    let money = list.columns.iter().find(|(_, ty)| matches!(ty, ScalarType::Money | ScalarType::Rate));
    if let Some((column, _)) = money {
        let message = format!("column {column} of list {} holds money or rates, and its rows have no dates", key.text);
        scope.push(Diagnostic::error("money-without-date", key.span, message).help("write values: with a first day"));
    }
    let rows = read_rows(scope, node, list);
    list.tables.push(ListTable { since: None, until: None, source: None, quote: None, rows });
}

fn read_values(scope: &mut Scope, node: &Node, list: &mut List) {
    for (key, body) in scope.map(node, "values") {
        let Some(since) = parse_date(&key.text) else {
            scope.error("wrong-kind", key.span, format!("\"{}\" is not a first day such as 2025-01-01", key.text));
            continue;
        };
        let mut map = MapReader::new(scope, body, format!("{} from {since}", list.common.id));
        let until = map.take("until").and_then(|node| scope.date(node, "until"));
        let source = map.take("source").and_then(|node| scope.text(node, "source")).map(|s| s.value);
        let quote = map.take("quote").and_then(|node| scope.text(node, "quote"));
        let rows = map.require(scope, "rows").map(|node| read_rows(scope, node, list)).unwrap_or_default();
        map.finish(scope);
        if let Some(quote) = &quote {
            let numbers: Vec<&Scalar> = rows
                .iter()
                .flat_map(|row| row.cells.iter())
                .filter(|(column, _)| list.columns.contains_key(*column))
                .map(|(_, cell)| &cell.value)
                .collect();
            check_quote(scope, quote, &numbers);
            let cells: Vec<&Scalar> = rows.iter().flat_map(|row| row.cells.values()).map(|cell| &cell.value).collect();
            check_said(scope, quote, &cells);
        }
        list.tables.push(ListTable { since: Some(since), until, source, quote, rows });
    }
    list.tables.sort_by_key(|table| table.since);
    check_dates(scope, node, list);
}

/// Tables follow each other day by day; one without a last day holds until the next begins.
fn check_dates(scope: &mut Scope, node: &Node, list: &List) {
    for pair in list.tables.windows(2) {
        let [earlier, later] = pair else { continue };
        if let (Some(ended), Some(since)) = (earlier.until, later.since) {
            let written = scope.map(node, "values").iter().find(|(key, _)| key.text == since.to_string());
            let span = written.map_or(node.span, |(key, _)| key.span);
            if ended.tomorrow().is_ok_and(|next| next < since) {
                scope.error("date-gap", span, format!("no rows are in force between {ended} and {since}"));
            } else if since <= ended {
                scope.error("date-overlap", span, format!("rows from before hold until {ended}"));
            }
        }
    }
}

fn check_tables(scope: &mut Scope, list: &List) {
    for table in &list.tables {
        let key_of = |row: &ListRow| -> Vec<String> {
            match &row.code {
                Some(code) => vec![code.clone()],
                None => list
                    .key
                    .keys()
                    .map(|k| row.cells.get(k).map_or_else(String::new, |cell| cell.value.to_string()))
                    .collect(),
            }
        };
        let mut seen: Vec<Vec<String>> = Vec::new();
        for row in &table.rows {
            let key = key_of(row);
            if seen.contains(&key) {
                let message = format!("list {} has two rows for {}", list.common.id, key.join(", "));
                scope.error("doubled-row", row.span, message);
            }
            seen.push(key);
        }
        for text in &list.expect {
            expectation(scope, list, table, text);
        }
    }
}

/// `X rises`, `X falls`, `X of A > X of B`.
fn expectation(scope: &mut Scope, list: &List, table: &ListTable, text: &Spanned<String>) {
    let words: Vec<&str> = text.value.split_whitespace().collect();
    let number = |row: &ListRow, column: &str| match row.cells.get(column).map(|cell| &cell.value) {
        Some(Scalar::Integer(n)) => Some(base::Decimal::from(*n)),
        Some(Scalar::Decimal(n)) => Some(*n),
        _ => None,
    };
    let by_key = |key: &str| {
        table.rows.iter().find(|row| {
            row.code.as_deref() == Some(key)
                || list.key.keys().any(|k| row.cells.get(k).is_some_and(|cell| cell.value.to_string() == key))
        })
    };
    match words.as_slice() {
        [column, way @ ("rises" | "falls")] => {
            for pair in table.rows.windows(2) {
                let [a, b] = pair else { continue };
                let (Some(x), Some(y)) = (number(a, column), number(b, column)) else { continue };
                if (*way == "rises" && y <= x) || (*way == "falls" && y >= x) {
                    let message = format!("{column} should {}: {x} is followed by {y}", way.trim_end_matches('s'));
                    scope.error("expect-failed", b.span, message);
                }
            }
        }
        [x, "of", a, ">", y, "of", b] => {
            let value = |key: &str, column: &str| by_key(key).and_then(|row| number(row, column));
            if let (Some(left), Some(right)) = (value(a, x), value(b, y))
                && left <= right
            {
                let message = format!("{b} {right} is above {a} {left}");
                scope.error("expect-failed", text.span, message);
            }
        }
        _ => {
            let message = format!("\"{}\" is not an expectation", text.value);
            scope.push(
                Diagnostic::error("unknown-word", text.span, message)
                    .help("write \"X rises\", \"X falls\" or \"X of A > X of B\""),
            );
        }
    }
}
