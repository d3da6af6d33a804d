//! One formula: its SQL to a tree with units, every name found and every unit that does not fit refused.

use super::column::scalar_unit;
use super::resolve::Resolver;
use super::{Comparison, Formula, Input, Name, Node, Unit};
use crate::model::{List, ListKey, ScalarType, Spanned};
use crate::sql::{expression, place_of};
use crate::yaml::parse_date;
use base::{Decimal, Diagnostic, Rounding, Span, nearest};
use sqlparser::ast::Spanned as _;
use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, UnaryOperator, Value,
};

/// Where a formula stands and what it may read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'p> {
    /// The pack whose parameters it means.
    pub pack: &'p str,
    /// Its text.
    pub text: &'p Spanned<String>,
    /// Steps before this one may be read; `None` in a promise, which reads all.
    pub before: Option<usize>,
    /// True for an expression of the register itself: it knows columns only and may hold numbers.
    pub of_register: bool,
}

type Answer = Result<Formula, Diagnostic>;

impl Resolver<'_> {
    /// A formula of the scheme, which may read the steps before `before`.
    pub(super) fn formula(&mut self, text: &Spanned<String>, before: Option<usize>) -> Option<Formula> {
        let pack = self.pack.clone();
        let place = Place { pack: &pack, text, before, of_register: false };
        let typed = match percent(&text.value) {
            Some(rate) => Ok(Formula { node: Node::Literal(rate), unit: Unit::Number, factors: 1, span: text.span }),
            None => self.parse(place),
        };
        match typed {
            Ok(formula) => match bare(&formula) {
                Some(number) if percent(&text.value).is_some() => {
                    self.say(bare_number(text.span, &format!("{}%", number * Decimal::ONE_HUNDRED)));
                    None
                }
                _ => Some(formula),
            },
            Err(diagnostic) => {
                self.say(diagnostic);
                None
            }
        }
    }

    pub(super) fn parse(&mut self, place: Place<'_>) -> Answer {
        let tree = expression(&self.catalog.sources, place.text)?;
        self.tree(&tree, place)
    }

    fn at(&self, place: Place<'_>, span: sqlparser::tokenizer::Span) -> Span {
        place_of(&self.catalog.sources, place.text, span)
    }

    fn tree(&mut self, expr: &Expr, place: Place<'_>) -> Answer {
        let span = self.at(place, expr.span());
        let flag = |node| Ok(Formula { node, unit: Unit::Flag, factors: 0, span });
        match expr {
            Expr::Nested(inner) | Expr::IsTrue(inner) => self.tree(inner, place),
            Expr::Identifier(name) => self.name(&name.value, span, place),
            Expr::CompoundIdentifier(names) => self.look_up(names, span, place),
            Expr::Value(value) => self.value(&value.value, span, place),
            Expr::TypedString(typed) => match &typed.value.value {
                Value::SingleQuotedString(text) if parse_date(text).is_some() => Ok(day(text, span)),
                _ => Err(unsupported(span, "this literal")),
            },
            Expr::UnaryOp { op: UnaryOperator::Not, expr } | Expr::IsFalse(expr) => {
                let inner = self.flag(expr, place)?;
                flag(Node::Not(Box::new(inner)))
            }
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => {
                let inner = self.tree(expr, place)?;
                let (unit, factors) = (inner.unit.clone(), inner.factors);
                let zero = Formula { node: Node::Literal(Decimal::ZERO), unit: unit.clone(), factors, span };
                Ok(Formula { node: Node::Sub(Box::new(zero), Box::new(inner)), unit, factors, span })
            }
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right, span, place),
            Expr::IsNull(inner) => self.missing(inner, span, place),
            Expr::IsNotNull(inner) => {
                let missing = self.missing(inner, span, place)?;
                flag(Node::Not(Box::new(missing)))
            }
            Expr::InList { expr, list, negated } => {
                let mut any = Vec::new();
                for item in list {
                    any.push(self.compare(Comparison::Eq, expr, item, span, place)?);
                }
                let any = Formula { node: Node::Or(any), unit: Unit::Flag, factors: 0, span };
                if *negated { flag(Node::Not(Box::new(any))) } else { Ok(any) }
            }
            Expr::Between { expr, negated, low, high } => {
                let low = self.compare(Comparison::Ge, expr, low, span, place)?;
                let high = self.compare(Comparison::Le, expr, high, span, place)?;
                let both = Formula { node: Node::And(vec![low, high]), unit: Unit::Flag, factors: 0, span };
                if *negated { flag(Node::Not(Box::new(both))) } else { Ok(both) }
            }
            Expr::Case { operand: None, conditions, else_result, .. } => {
                let mut branches = Vec::new();
                for branch in conditions {
                    branches.push((self.flag(&branch.condition, place)?, self.tree(&branch.result, place)?));
                }
                let Some(otherwise) = else_result else {
                    return Err(
                        Diagnostic::error("input-nullable", span, "CASE without ELSE can be empty").help("add ELSE")
                    );
                };
                let otherwise = self.tree(otherwise, place)?;
                self.choose(branches, otherwise, span, place)
            }
            Expr::Function(function) => self.function(function, span, place),
            Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => {
                Err(Diagnostic::error("query-in-row-expression", span, "a formula of a scheme contains no query")
                    .help("let the cohort under over: bring the column"))
            }
            other => Err(unsupported(span, &format!("\"{other}\""))),
        }
    }

    fn value(&self, value: &Value, span: Span, place: Place<'_>) -> Answer {
        match value {
            Value::Number(text, _) => {
                let number: Decimal = text.parse().map_err(|_| unsupported(span, text))?;
                if !place.of_register && number != Decimal::ZERO && number != Decimal::ONE {
                    return Err(bare_number(span, text));
                }
                let factors = u32::from(number.normalize().scale() > 0);
                Ok(Formula { node: Node::Literal(number), unit: Unit::Number, factors, span })
            }
            Value::Boolean(flag) => Ok(Formula { node: Node::Flag(*flag), unit: Unit::Flag, factors: 0, span }),
            Value::SingleQuotedString(text) => {
                Ok(Formula { node: Node::Code(text.clone()), unit: Unit::Text, factors: 0, span })
            }
            Value::Placeholder(name) => self.parameter(&name[1..], span, place),
            Value::Null => Err(Diagnostic::error("input-nullable", span, "a scheme pays nothing from an empty value")
                .help("say the amount meant, or compare with IS NULL")),
            other => Err(unsupported(span, &other.to_string())),
        }
    }

    fn parameter(&self, name: &str, span: Span, place: Place<'_>) -> Answer {
        if matches!(name, "from" | "until" | "as_of" | "now") {
            let message = format!("\":{name}\" has no meaning in a scheme, which pays by the service day");
            return Err(Diagnostic::error("placeholder-not-here", span, message)
                .help("let the cohort under over: bring what depends on the period"));
        }
        let parameter = self
            .catalog
            .parameter(place.pack, name)
            .map_err(|error| error.diagnostic("unknown-parameter", "parameter", name, span))?;
        let (unit, factors) = scalar_unit(parameter.ty);
        let node = Node::Parameter { pack: parameter.common.pack.clone(), name: parameter.common.id.clone() };
        Ok(Formula { node, unit, factors, span })
    }

    /// A let, a step, a sum of the year, `left`, `rest`, or a column.
    fn name(&mut self, name: &str, span: Span, place: Place<'_>) -> Answer {
        if place.of_register {
            return self.column(name, span);
        }
        let money = |name| Ok(Formula { node: Node::Named(name), unit: Unit::Money, factors: 0, span });
        if self.scheme.lets.contains_key(name) {
            return self.read_let(name, span, place);
        }
        if let Some((n, _)) = self.scheme.step(name) {
            self.before(name, n + 1, span, place)?;
            return money(Name::Step(n));
        }
        if let Some(n) = self.scheme.year.get_index_of(name) {
            return money(Name::Sum(n));
        }
        match name {
            "left" | "rest" if self.scheme.total.is_none() => Err(Diagnostic::error(
                "missing-key",
                span,
                format!("{name} is what remains of total, and there is no total"),
            )),
            "left" if place.before.is_some() => money(Name::Left),
            "rest" if place.before.is_none() => money(Name::Rest),
            "left" | "rest" => {
                let message = format!("{name} is not known here: left stands in steps, rest in promises");
                Err(Diagnostic::error("reads-later-step", span, message))
            }
            _ => self.column(name, span),
        }
    }

    fn before(&self, name: &str, after: usize, span: Span, place: Place<'_>) -> Result<(), Diagnostic> {
        match place.before {
            Some(limit) if after > limit => {
                let step = &self.scheme.steps[after - 1].id;
                let message =
                    format!("\"{name}\" is known once step {} has paid, and this is computed before", step.value);
                Err(Diagnostic::error("reads-later-step", span, message).label(step.span, "pays here"))
            }
            _ => Ok(()),
        }
    }

    fn read_let(&mut self, name: &str, span: Span, place: Place<'_>) -> Answer {
        let Some((n, unit, factors, after)) = self.resolve_let(name) else {
            // What is wrong with it is said at the let itself.
            return Err(Diagnostic::error("reads-later-step", span, format!("\"{name}\" could not be read")));
        };
        self.before(name, after, span, place)?;
        Ok(Formula { node: Node::Named(Name::Let(n)), unit, factors, span })
    }

    /// A column of the rows paid; derived ones are written out when they can be.
    pub(super) fn column(&mut self, name: &str, span: Span) -> Answer {
        let Some(info) = self.columns.get(name).cloned() else {
            let known = self.columns.keys().chain(self.scheme.lets.keys()).chain(self.scheme.year.keys());
            let steps = self.scheme.steps.iter().map(|step| step.id.value.as_str());
            let near = nearest(name, known.map(String::as_str).chain(steps)).map(str::to_string);
            let message = format!("\"{name}\" is neither a column of {} nor a let or step", self.scheme.over.value);
            return Err(Diagnostic::error("unknown-column", span, message).suggest(near.as_deref()));
        };
        if let Some(text) = &info.derive
            && !self.expanding.iter().any(|open| open == name)
        {
            self.expanding.push(name.to_string());
            let pack = self.columns_pack.clone();
            let written_out = self.parse(Place { pack: &pack, text, before: None, of_register: true });
            self.expanding.pop();
            if let Ok(formula) = written_out {
                return Ok(Formula { span, ..formula });
            }
        }
        if info.nullable {
            let message = format!("\"{name}\" can be empty, and nothing is paid from an empty value");
            return Err(Diagnostic::error("input-nullable", span, message)
                .help(format!("make it required, or write coalesce({name}, 0) or {name} IS NULL")));
        }
        let unit = info.unit;
        let input = Input {
            name: name.to_string(),
            unit: unit.clone(),
            digits: info.digits,
            range: info.range,
            default: info
                .default
                .filter(|_| info.derive.is_none() && !matches!(unit, Unit::Code(_) | Unit::Text | Unit::Date)),
            missing: false,
            derived: info.derive.is_some(),
        };
        Ok(self.input(input, span))
    }

    fn input(&mut self, input: Input, span: Span) -> Formula {
        let unit = if input.missing { Unit::Flag } else { input.unit.clone() };
        let factors = u32::from(unit == Unit::Number && input.digits > 0);
        let n = self.inputs.iter().position(|known| *known == input).unwrap_or_else(|| {
            self.inputs.push(input);
            self.inputs.len() - 1
        });
        Formula { node: Node::Input(n), unit, factors, span }
    }

    /// A plain column that may be empty.
    fn nullable(&self, expr: &Expr) -> Option<Input> {
        let Expr::Identifier(name) = expr else { return None };
        let info = self.columns.get(&name.value)?;
        Some(Input {
            name: name.value.clone(),
            unit: info.unit.clone(),
            digits: info.digits,
            range: info.range,
            default: None,
            missing: false,
            derived: info.derive.is_some(),
        })
    }

    fn missing(&mut self, expr: &Expr, span: Span, place: Place<'_>) -> Answer {
        match self.nullable(expr) {
            Some(input) => Ok(self.input(Input { missing: true, ..input }, span)),
            None => {
                self.tree(expr, place)?;
                Err(unsupported(span, "IS NULL of anything but a column"))
            }
        }
    }

    /// `basic.rate`, `way.face`, `resident.birth_on`.
    fn look_up(&mut self, names: &[Ident], span: Span, place: Place<'_>) -> Answer {
        let [first, column] = names else {
            return Err(Diagnostic::error("unknown-lookup", span, "a look-up of a scheme has two names"));
        };
        let (first, column) = (first.value.as_str(), column.value.as_str());
        let catalog = self.catalog;
        if let Some(Unit::Code(list)) = self.columns.get(first).map(|info| info.unit.clone()) {
            let key = self.column(first, span)?;
            let list = catalog.list(&list).ok_or_else(|| unsupported(span, first))?;
            return self.cell(list, column, vec![key], span);
        }
        if let Some(list) = catalog.list(first).filter(|list| !list.is_code_list()) {
            let mut keys = Vec::new();
            for (key, kind) in &list.key {
                let found = self.name(key, span, place)?;
                self.key_fits(list, key, kind, &found)?;
                keys.push(found);
            }
            return self.cell(list, column, keys, span);
        }
        if let Some(input) = self.of_reference(first, column) {
            return Ok(self.input(input, span));
        }
        let message = format!("\"{first}\" is neither a table, a code nor a reference here");
        let tables = catalog.lists().filter(|list| !list.is_code_list()).map(|list| list.common.id.as_str());
        Err(Diagnostic::error("unknown-lookup", span, message).suggest(nearest(first, tables)))
    }

    fn key_fits(&self, list: &List, key: &str, kind: &ListKey, found: &Formula) -> Result<(), Diagnostic> {
        let fits = match kind {
            ListKey::Codes(of) => found.unit == Unit::Code(of.value.clone()),
            ListKey::Plain(ScalarType::Text) => matches!(found.unit, Unit::Code(_)),
            ListKey::Plain(ty) => scalar_unit(*ty).0 == found.unit,
        };
        if fits {
            return Ok(());
        }
        let message = format!("{} is found by {key}, and {key} is a {} here", list.common.id, found.unit.word());
        Err(Diagnostic::error("units-do-not-fit", found.span, message))
    }

    fn cell(&mut self, list: &List, column: &str, keys: Vec<Formula>, span: Span) -> Answer {
        let Some(ty) = list.columns.get(column) else {
            let message = format!("list {} has no column \"{column}\"", list.common.id);
            let near = nearest(column, list.columns.keys().map(String::as_str));
            return Err(Diagnostic::error("unknown-column", span, message).suggest(near));
        };
        if let Some(row) = list.all_rows().find(|row| !row.cells.contains_key(column)) {
            let message = format!("a row of {} has no {column}, and a scheme reads it", list.common.id);
            return Err(Diagnostic::error("missing-row", row.span, message).label(span, "read here"));
        }
        let (unit, factors) = scalar_unit(*ty);
        let node = Node::Cell { list: list.common.id.clone(), column: column.to_string(), keys };
        Ok(Formula { node, unit, factors, span })
    }

    /// A field of the record a column refers to; the engine brings it.
    fn of_reference(&self, first: &str, column: &str) -> Option<Input> {
        let info = self.referred(first)?.get(column)?.clone();
        let name = format!("{first}.{column}");
        let derived = true;
        Some(Input {
            name,
            unit: info.unit,
            digits: info.digits,
            range: info.range,
            default: None,
            missing: false,
            derived,
        })
    }

    fn flag(&mut self, expr: &Expr, place: Place<'_>) -> Answer {
        let formula = self.tree(expr, place)?;
        must_be_flag(formula)
    }

    fn binary(&mut self, left: &Expr, op: &BinaryOperator, right: &Expr, span: Span, place: Place<'_>) -> Answer {
        let comparison = match op {
            BinaryOperator::Eq => Comparison::Eq,
            BinaryOperator::NotEq => Comparison::Ne,
            BinaryOperator::Lt => Comparison::Lt,
            BinaryOperator::LtEq => Comparison::Le,
            BinaryOperator::Gt => Comparison::Gt,
            BinaryOperator::GtEq => Comparison::Ge,
            BinaryOperator::And | BinaryOperator::Or => {
                let sides = vec![self.flag(left, place)?, self.flag(right, place)?];
                let node = if *op == BinaryOperator::And { Node::And(sides) } else { Node::Or(sides) };
                return Ok(Formula { node, unit: Unit::Flag, factors: 0, span });
            }
            BinaryOperator::Plus | BinaryOperator::Minus => {
                let (left, right) = (self.tree(left, place)?, self.tree(right, place)?);
                return sum(*op == BinaryOperator::Plus, left, right, span, place);
            }
            BinaryOperator::Multiply => return product(self.tree(left, place)?, self.tree(right, place)?, span),
            BinaryOperator::Divide | BinaryOperator::Modulo => {
                return Err(Diagnostic::error(
                    "division-in-scheme",
                    span,
                    "a scheme does not divide: a quotient has no last digit",
                )
                .help("multiply by a rate with a name, or let the cohort bring the quotient rounded"));
            }
            other => return Err(unsupported(span, &other.to_string())),
        };
        self.compare(comparison, left, right, span, place)
    }

    fn compare(&mut self, comparison: Comparison, left: &Expr, right: &Expr, span: Span, place: Place<'_>) -> Answer {
        let (left, right) = (self.tree(left, place)?, self.tree(right, place)?);
        let (left, right) = self.same_unit(left, right, span, place)?;
        if left.unit == Unit::Text {
            return Err(unsupported(span, "comparing words"));
        }
        let node = Node::Compare(comparison, Box::new(left), Box::new(right));
        Ok(Formula { node, unit: Unit::Flag, factors: 0, span })
    }

    /// Both sides with one unit; a literal takes the unit of its neighbour where that is lawful.
    fn same_unit(
        &self,
        left: Formula,
        right: Formula,
        span: Span,
        place: Place<'_>,
    ) -> Result<(Formula, Formula), Diagnostic> {
        if left.unit == right.unit && left.unit != Unit::Text {
            return Ok((left, right));
        }
        if let Unit::Code(list) = &left.unit
            && let Node::Code(code) = &right.node
        {
            let right = self.code(list, code, right.span)?;
            return Ok((left, right));
        }
        if let Unit::Code(list) = &right.unit
            && let Node::Code(code) = &left.node
        {
            let left = self.code(list, code, left.span)?;
            return Ok((left, right));
        }
        if let (Unit::Date, Node::Code(text)) = (&left.unit, &right.node)
            && parse_date(text).is_some()
        {
            let right = day(text, right.span);
            return Ok((left, right));
        }
        let adopts = |literal: &Formula, other: &Formula| {
            matches!(&literal.node, Node::Literal(n) if n.is_zero() || place.of_register)
                && matches!(other.unit, Unit::Money | Unit::Number)
        };
        match (adopts(&right, &left), adopts(&left, &right)) {
            (true, _) => {
                let right = Formula { unit: left.unit.clone(), factors: 0, ..right };
                Ok((left, right))
            }
            (_, true) => {
                let left = Formula { unit: right.unit.clone(), factors: 0, ..left };
                Ok((left, right))
            }
            _ => Err(does_not_fit(&left, "and", &right, span)),
        }
    }

    fn code(&self, list: &str, code: &str, span: Span) -> Answer {
        let known: Vec<&str> = self
            .catalog
            .list(list)
            .into_iter()
            .flat_map(List::all_rows)
            .filter_map(|row| row.code.as_deref())
            .collect();
        if !known.contains(&code) {
            let message = format!("\"{code}\" is not a code of {list}");
            return Err(Diagnostic::error("unknown-code", span, message).suggest(nearest(code, known)));
        }
        Ok(Formula { node: Node::Code(code.to_string()), unit: Unit::Code(list.to_string()), factors: 0, span })
    }

    fn choose(&self, branches: Vec<(Formula, Formula)>, otherwise: Formula, span: Span, place: Place<'_>) -> Answer {
        let mut otherwise = otherwise;
        let mut fitted = Vec::new();
        for (condition, value) in branches {
            let (value, rest) = self.same_unit(value, otherwise, span, place)?;
            otherwise = rest;
            fitted.push((condition, value));
        }
        let factors = fitted.iter().map(|(_, value)| value.factors).chain([otherwise.factors]).max().unwrap_or(0);
        let unit = otherwise.unit.clone();
        Ok(Formula { node: Node::Choose(fitted, Box::new(otherwise)), unit, factors, span })
    }

    fn function(&mut self, function: &Function, span: Span, place: Place<'_>) -> Answer {
        let name = function.name.to_string().to_lowercase();
        let FunctionArguments::List(list) = &function.args else { return Err(unsupported(span, &name)) };
        let args: Vec<&Expr> = list
            .args
            .iter()
            .filter_map(|arg| match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
                _ => None,
            })
            .collect();
        match (name.as_str(), args.as_slice()) {
            ("coalesce", [column, default]) => self.coalesce(column, default, span, place),
            ("least" | "greatest", [first, rest @ ..]) => {
                let mut sides = vec![self.tree(first, place)?];
                for arg in rest {
                    let right = self.tree(arg, place)?;
                    let left = sides.remove(0);
                    let (left, right) = self.same_unit(left, right, span, place)?;
                    sides.insert(0, left);
                    sides.push(right);
                }
                let unit = sides[0].unit.clone();
                let factors = sides.iter().map(|side| side.factors).max().unwrap_or(0);
                let node = if name == "least" { Node::Least(sides) } else { Node::Greatest(sides) };
                Ok(Formula { node, unit, factors, span })
            }
            ("round_half_up" | "round_down", [value, ..]) => {
                let value = self.tree(value, place)?;
                let mode = if name == "round_down" { Rounding::Down } else { Rounding::HalfUp };
                let digits = args.get(1).map(ToString::to_string);
                if digits.as_deref() != Some(if value.unit == Unit::Money { "2" } else { "0" }) {
                    return Err(unsupported(
                        span,
                        "rounding money to anything but 2 digits, or a number to anything but 0",
                    ));
                }
                let unit = value.unit.clone();
                Ok(Formula { node: Node::Round(mode, Box::new(value)), unit, factors: 0, span })
            }
            _ => Err(unsupported(span, &format!("{name}(…)"))
                .help("formulas know + - *, comparisons, CASE, least, greatest, coalesce, round_half_up, round_down")),
        }
    }

    fn coalesce(&mut self, column: &Expr, default: &Expr, span: Span, place: Place<'_>) -> Answer {
        let default = self.tree(default, place)?;
        let number = match &default.node {
            Node::Literal(number) => *number,
            Node::Flag(flag) => Decimal::from(i64::from(*flag)),
            _ => return Err(unsupported(span, "coalesce with anything but a literal")),
        };
        match self.nullable(column) {
            Some(input) => Ok(self.input(Input { default: Some(number), ..input }, span)),
            None => Err(unsupported(span, "coalesce of anything but a column")),
        }
    }
}

/// `"80%"` in a key: a share written as people write it.
fn percent(text: &str) -> Option<Decimal> {
    let number: Decimal = text.trim().strip_suffix('%')?.parse().ok()?;
    Some(number / Decimal::ONE_HUNDRED)
}

fn bare(formula: &Formula) -> Option<Decimal> {
    match formula.node {
        Node::Literal(number) if number != Decimal::ZERO && number != Decimal::ONE => Some(number),
        _ => None,
    }
}

fn bare_number(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("bare-number", span, format!("{text} in a scheme has no name, no date and no source"))
        .help("make it a parameter and write its name with a colon; 0, 1 and 100% may stand as they are")
}

fn day(text: &str, span: Span) -> Formula {
    let node = parse_date(text).map_or(Node::Code(text.to_string()), Node::Day);
    Formula { node, unit: Unit::Date, factors: 0, span }
}

fn unsupported(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error("unsupported-sql", span, format!("{what} cannot stand in a formula of a scheme"))
        .help("let the register derive it or the cohort under over: bring it")
}

fn must_be_flag(formula: Formula) -> Answer {
    if formula.unit == Unit::Flag {
        return Ok(formula);
    }
    let message = format!("a condition is wanted, this is a {}", formula.unit.word());
    Err(Diagnostic::error("units-do-not-fit", formula.span, message))
}

fn does_not_fit(left: &Formula, sign: &str, right: &Formula, span: Span) -> Diagnostic {
    let name = |side: &Formula| if side.unit == Unit::Number && side.factors > 0 { "rate" } else { side.unit.word() };
    let message = format!("{} {sign} {} do not fit", name(left), name(right));
    Diagnostic::error("units-do-not-fit", span, message)
}

fn sum(plus: bool, left: Formula, right: Formula, span: Span, place: Place<'_>) -> Answer {
    let sign = if plus { "+" } else { "-" };
    let zero = |side: &Formula| matches!(&side.node, Node::Literal(n) if n.is_zero() || place.of_register);
    let unit = match (&left.unit, &right.unit) {
        (Unit::Money, Unit::Money) => Unit::Money,
        (Unit::Number, Unit::Number) => Unit::Number,
        (Unit::Date, Unit::Date) if !plus => Unit::Number,
        (Unit::Date, Unit::Number) if right.factors == 0 => Unit::Date,
        (Unit::Money, Unit::Number) if zero(&right) => Unit::Money,
        (Unit::Number, Unit::Money) if zero(&left) => Unit::Money,
        _ => return Err(does_not_fit(&left, sign, &right, span)),
    };
    let adopt = |side: Formula| if unit == Unit::Money { Formula { unit: Unit::Money, ..side } } else { side };
    let (left, right) = (adopt(left), adopt(right));
    let factors = left.factors.max(right.factors);
    let (left, right) = (Box::new(left), Box::new(right));
    let node = if plus { Node::Add(left, right) } else { Node::Sub(left, right) };
    Ok(Formula { node, unit, factors, span })
}

fn product(left: Formula, right: Formula, span: Span) -> Answer {
    let unit = match (&left.unit, &right.unit) {
        (Unit::Money, Unit::Number) | (Unit::Number, Unit::Money) => Unit::Money,
        (Unit::Number, Unit::Number) => Unit::Number,
        _ => return Err(does_not_fit(&left, "×", &right, span)),
    };
    let factors = left.factors + right.factors;
    Ok(Formula { node: Node::Mul(Box::new(left), Box::new(right)), unit, factors, span })
}
