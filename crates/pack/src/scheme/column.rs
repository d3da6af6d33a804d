//! Which columns do the rows of a register or cohort have, and what does each count?
//!
//! A register says it of its fields. A cohort's columns are traced back through its query; the engine judges the
//! query itself, so what cannot be told here is simply not known.

use super::Unit;
use crate::catalog::Catalog;
use crate::model::{Field, FieldType, Register, Required, ScalarType, Spanned};
use crate::sql::{expression, query};
use base::Decimal;
use indexmap::IndexMap;
use sqlparser::ast::{
    BinaryOperator, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, Query,
    SelectItem, SetExpr, TableFactor, UnaryOperator, Value,
};
use std::collections::BTreeMap;

/// How deep cohorts are followed.
const DEPTH_MAX: usize = 12;

/// What is known of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    /// What it counts.
    pub unit: Unit,
    /// Decimals, for numbers.
    pub digits: u32,
    /// True when it can be empty.
    pub nullable: bool,
    /// The declared range.
    pub range: Option<(Decimal, Decimal)>,
    /// What is filled in when nothing was given; a flag is 0 or 1.
    pub default: Option<Decimal>,
    /// The formula of a derived column of a register.
    pub derive: Option<Spanned<String>>,
}

/// Name → what is known.
pub type Columns = IndexMap<String, ColumnInfo>;

impl ColumnInfo {
    fn plain(unit: Unit) -> Self {
        Self { unit, digits: 0, nullable: false, range: None, default: None, derive: None }
    }

    fn number(digits: u32) -> Self {
        Self { digits, ..Self::plain(Unit::Number) }
    }
}

/// The columns of a register's rows, derived ones included.
pub(super) fn of_register(catalog: &Catalog, register: &Register) -> Columns {
    let mut columns = Columns::new();
    for name in crate::sql::BOOKKEEPING {
        columns.insert(name.to_string(), ColumnInfo::plain(Unit::Text));
    }
    for column in register.fixed_columns() {
        let unit =
            if column.name.ends_with("_on") || column.name.starts_with("period_") { Unit::Date } else { Unit::Text };
        columns.insert(column.name, ColumnInfo { nullable: column.nullable, ..ColumnInfo::plain(unit) });
    }
    for field in register.fields.values() {
        let (unit, digits) = unit_of(&field.ty);
        let range = field.range.as_ref().map(|range| range.value);
        let nullable = field.required != Required::Yes;
        columns.insert(
            field.id.clone(),
            ColumnInfo { unit, digits, nullable, range, default: default_of(field), derive: None },
        );
    }
    for (name, text) in &register.derive {
        let known = expression(&catalog.sources, text)
            .ok()
            .and_then(|tree| info(catalog, &tree, &|path| single(path, &columns)));
        let info = known.unwrap_or_else(|| ColumnInfo::plain(Unit::Text));
        columns.insert(name.clone(), ColumnInfo { derive: Some(text.clone()), ..info });
    }
    columns
}

fn single(path: &[String], columns: &Columns) -> Option<ColumnInfo> {
    match path {
        [name] => columns.get(name).cloned(),
        _ => None,
    }
}

fn unit_of(ty: &FieldType) -> (Unit, u32) {
    match ty {
        FieldType::Integer => (Unit::Number, 0),
        FieldType::Decimal(digits) => (Unit::Number, *digits),
        FieldType::Money => (Unit::Money, 2),
        FieldType::Date => (Unit::Date, 0),
        FieldType::Flag => (Unit::Flag, 0),
        FieldType::Code { list, many: false } => (Unit::Code(list.value.clone()), 0),
        FieldType::Code { .. } | FieldType::Text | FieldType::Instant | FieldType::Ref(_) => (Unit::Text, 0),
        FieldType::Place | FieldType::File | FieldType::Serial { .. } => (Unit::Text, 0),
    }
}

/// The default of a field, where it is a number or a flag.
fn default_of(field: &Field) -> Option<Decimal> {
    match field.default.as_ref()?.value.as_str() {
        "true" => Some(Decimal::ONE),
        "false" => Some(Decimal::ZERO),
        number => number.parse().ok(),
    }
}

/// What a cell of a list or a parameter counts, with the shares it brings in.
pub(super) fn scalar_unit(ty: ScalarType) -> (Unit, u32) {
    match ty {
        ScalarType::Integer => (Unit::Number, 0),
        ScalarType::Decimal | ScalarType::Rate => (Unit::Number, 1),
        ScalarType::Money => (Unit::Money, 0),
        ScalarType::Date => (Unit::Date, 0),
        ScalarType::Text => (Unit::Text, 0),
        ScalarType::Flag => (Unit::Flag, 0),
    }
}

/// The columns a cohort returns, as far as they can be told.
pub(super) fn of_cohort(catalog: &Catalog, pack: &str, name: &str, depth: usize) -> Columns {
    let Ok(versions) = catalog.cohort(pack, name) else { return Columns::new() };
    let cohort = versions.latest();
    match query(&catalog.sources, &cohort.query) {
        Ok(tree) if depth < DEPTH_MAX => of_query(catalog, &cohort.common.pack, &tree, depth),
        _ => Columns::new(),
    }
}

fn of_query(catalog: &Catalog, pack: &str, tree: &Query, depth: usize) -> Columns {
    let mut body = tree.body.as_ref();
    while let SetExpr::SetOperation { left, .. } = body {
        body = left;
    }
    let SetExpr::Select(select) = body else { return Columns::new() };
    let mut relations: BTreeMap<String, Columns> = BTreeMap::new();
    let factors = select
        .from
        .iter()
        .flat_map(|from| std::iter::once(&from.relation).chain(from.joins.iter().map(|j| &j.relation)));
    for factor in factors {
        if let Some((alias, columns)) = of_relation(catalog, pack, tree, factor, depth) {
            relations.insert(alias, columns);
        }
    }
    let find = |path: &[String]| match path {
        [name] => relations.values().find_map(|columns| columns.get(name)).cloned(),
        [alias, name] => relations.get(alias).and_then(|columns| columns.get(name)).cloned(),
        _ => None,
    };
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(list, _) if list.is_empty());
    let mut columns = Columns::new();
    for item in &select.projection {
        let (name, expr) = match item {
            SelectItem::UnnamedExpr(expr) => (last_name(expr), expr),
            SelectItem::ExprWithAlias { expr, alias } => (Some(alias.value.clone()), expr),
            _ => continue,
        };
        if let (Some(name), Some(mut info)) = (name, info(catalog, expr, &find)) {
            // A sum over a group that exists is there.
            info.nullable &= !(grouped && matches!(expr, Expr::Function(_)));
            info.derive = None;
            columns.insert(name, info);
        }
    }
    columns
}

fn of_relation(
    catalog: &Catalog,
    pack: &str,
    tree: &Query,
    factor: &TableFactor,
    depth: usize,
) -> Option<(String, Columns)> {
    let (written, alias, columns) = match factor {
        TableFactor::Table { name, alias, .. } => {
            let written = name.to_string();
            let local = tree.with.iter().flat_map(|with| &with.cte_tables).find(|cte| cte.alias.name.value == written);
            let columns = match (local, catalog.register(&written)) {
                (Some(cte), _) => of_query(catalog, pack, &cte.query, depth + 1),
                (None, Some(register)) => of_register(catalog, register),
                (None, None) => match catalog.list(&written) {
                    Some(list) => of_list(list),
                    None => of_cohort(catalog, pack, &written, depth + 1),
                },
            };
            (written, alias, columns)
        }
        TableFactor::Derived { subquery, alias, .. } => {
            (String::new(), alias, of_query(catalog, pack, subquery, depth + 1))
        }
        _ => return None,
    };
    let alias = alias
        .as_ref()
        .map_or_else(|| written.rsplit('.').next().unwrap_or(&written).to_string(), |a| a.name.value.clone());
    Some((alias, columns))
}

fn of_list(list: &crate::model::List) -> Columns {
    let mut columns = Columns::new();
    for (name, ty) in &list.columns {
        let (unit, _) = scalar_unit(*ty);
        let digits = if matches!(ty, ScalarType::Rate | ScalarType::Decimal) { 6 } else { 0 };
        columns.insert(name.clone(), ColumnInfo { digits, ..ColumnInfo::plain(unit) });
    }
    columns
}

fn last_name(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(name) => Some(name.value.clone()),
        Expr::CompoundIdentifier(names) => names.last().map(|name| name.value.clone()),
        _ => None,
    }
}

type Find<'f> = dyn Fn(&[String]) -> Option<ColumnInfo> + 'f;

/// What an expression of a query counts, when that can be told.
fn info(catalog: &Catalog, expr: &Expr, find: &Find<'_>) -> Option<ColumnInfo> {
    let below = |expr: &Expr| info(catalog, expr, find);
    match expr {
        Expr::Identifier(name) => find(std::slice::from_ref(&name.value)),
        Expr::CompoundIdentifier(names) => {
            let path: Vec<String> = names.iter().map(|name| name.value.clone()).collect();
            find(&path).or_else(|| attribute(catalog, &path, find))
        }
        Expr::Nested(inner) => below(inner),
        Expr::UnaryOp { op: UnaryOperator::Not, .. } => Some(ColumnInfo::plain(Unit::Flag)),
        Expr::UnaryOp { expr, .. } => below(expr),
        Expr::BinaryOp { left, op, right } => binary(op, below(left), below(right)),
        Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::InList { .. }
        | Expr::Between { .. }
        | Expr::Exists { .. }
        | Expr::IsTrue(_)
        | Expr::IsFalse(_)
        | Expr::IsDistinctFrom(..)
        | Expr::IsNotDistinctFrom(..) => Some(ColumnInfo::plain(Unit::Flag)),
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => {
                Some(ColumnInfo::number(text.split_once('.').map_or(0, |(_, digits)| digits.len() as u32)))
            }
            Value::Boolean(_) => Some(ColumnInfo::plain(Unit::Flag)),
            Value::SingleQuotedString(_) => Some(ColumnInfo::plain(Unit::Text)),
            _ => None,
        },
        Expr::Case { conditions, else_result, .. } => {
            let results = conditions.iter().map(|branch| &branch.result).chain(else_result.as_deref());
            results.filter_map(below).find(|info| info.unit != Unit::Text)
        }
        Expr::Cast { expr, data_type, .. } => match data_type {
            DataType::Date => Some(ColumnInfo::plain(Unit::Date)),
            DataType::Integer(_) | DataType::BigInt(_) | DataType::Int(_) => Some(ColumnInfo::number(0)),
            _ => below(expr),
        },
        Expr::Function(function) => of_function(catalog, function, find),
        _ => None,
    }
}

/// `way.face`: an attribute of a code column.
fn attribute(catalog: &Catalog, path: &[String], find: &Find<'_>) -> Option<ColumnInfo> {
    let [column, attribute] = path else { return None };
    let list = match find(std::slice::from_ref(column)).map(|info| info.unit) {
        Some(Unit::Code(list)) => catalog.list(&list)?,
        _ => catalog.list(column).filter(|list| !list.is_code_list())?,
    };
    of_list(list).get(attribute).cloned()
}

fn binary(op: &BinaryOperator, left: Option<ColumnInfo>, right: Option<ColumnInfo>) -> Option<ColumnInfo> {
    use BinaryOperator::{And, Divide, Eq, Gt, GtEq, Lt, LtEq, Minus, Multiply, NotEq, Or, Plus};
    match op {
        And | Or | Eq | NotEq | Lt | LtEq | Gt | GtEq => Some(ColumnInfo::plain(Unit::Flag)),
        Plus | Minus | Multiply | Divide => {
            let (left, right) = (left?, right?);
            let digits = if *op == Multiply { left.digits + right.digits } else { left.digits.max(right.digits) };
            let money = [&left, &right].iter().any(|side| side.unit == Unit::Money);
            let days = left.unit == Unit::Date;
            let unit = match (money, days && right.unit != Unit::Date) {
                (true, _) => Unit::Money,
                (_, true) => Unit::Date,
                _ => Unit::Number,
            };
            Some(ColumnInfo {
                unit,
                digits,
                nullable: left.nullable || right.nullable,
                range: None,
                default: None,
                derive: None,
            })
        }
        _ => None,
    }
}

fn of_function(catalog: &Catalog, function: &Function, find: &Find<'_>) -> Option<ColumnInfo> {
    let FunctionArguments::List(list) = &function.args else { return None };
    let args: Vec<&Expr> = list
        .args
        .iter()
        .filter_map(|arg| match arg {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
            _ => None,
        })
        .collect();
    let first = || args.first().and_then(|arg| info(catalog, arg, find));
    match function.name.to_string().to_lowercase().as_str() {
        "count" | "age" | "months_between" | "working_days" | "year_of" | "quarters_between" | "floor_div"
        | "row_number" => Some(ColumnInfo::number(0)),
        "sum" | "max" | "min" => first().map(|info| ColumnInfo { nullable: true, range: None, ..info }),
        "coalesce" => first().map(|info| ColumnInfo { nullable: false, ..info }),
        "greatest" | "least" | "abs" | "nullif" | "any_value" | "first" => {
            first().map(|info| ColumnInfo { range: None, ..info })
        }
        "round_half_up" | "round_down" => {
            first().map(|info| ColumnInfo { digits: info.digits.min(2), range: None, ..info })
        }
        "has_status" | "open_on" | "in_period" | "open_during" | "bool_or" | "bool_and" => {
            Some(ColumnInfo::plain(Unit::Flag))
        }
        "add_months" | "add_working_days" | "quarter_of" | "month_of" => Some(ColumnInfo::plain(Unit::Date)),
        _ => None,
    }
}
