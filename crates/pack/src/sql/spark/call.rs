//! Functions: what each one is called there, and what it gives.

use super::build::{call, operand, template, whole};
use super::ty::Ty;
use super::{NotOnCluster, Printer};
use crate::sql::FUNCTIONS;
use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, ObjectNamePart, Value,
    WindowType,
};

/// Functions with the same meaning: DuckDB's name, Spark's, and what they give.
const SAME: &[(&str, &str, Gives)] = &[
    ("abs", "abs", Gives::First),
    ("coalesce", "coalesce", Gives::All),
    ("greatest", "greatest", Gives::All),
    ("least", "least", Gives::All),
    ("nullif", "nullif", Gives::First),
    ("count", "count", Gives::Just(Ty::Integer)),
    ("max", "max", Gives::First),
    ("min", "min", Gives::First),
    ("bool_and", "bool_and", Gives::Just(Ty::Flag)),
    ("bool_or", "bool_or", Gives::Just(Ty::Flag)),
    ("row_number", "row_number", Gives::Just(Ty::Integer)),
    ("rank", "rank", Gives::Just(Ty::Integer)),
    ("dense_rank", "dense_rank", Gives::Just(Ty::Integer)),
    ("lag", "lag", Gives::First),
    ("lead", "lead", Gives::First),
    ("first_value", "first_value", Gives::First),
    ("last_value", "last_value", Gives::First),
    ("lower", "lower", Gives::Just(Ty::Text)),
    ("upper", "upper", Gives::Just(Ty::Text)),
    ("ltrim", "ltrim", Gives::Just(Ty::Text)),
    ("rtrim", "rtrim", Gives::Just(Ty::Text)),
    ("replace", "replace", Gives::Just(Ty::Text)),
    ("left", "left", Gives::Just(Ty::Text)),
    ("right", "right", Gives::Just(Ty::Text)),
    ("starts_with", "startswith", Gives::Just(Ty::Flag)),
    ("ends_with", "endswith", Gives::Just(Ty::Flag)),
    ("suffix", "endswith", Gives::Just(Ty::Flag)),
    ("contains", "contains", Gives::Just(Ty::Flag)),
    ("strpos", "instr", Gives::Just(Ty::Integer)),
    ("instr", "instr", Gives::Just(Ty::Integer)),
    ("length", "length", Gives::Just(Ty::Integer)),
    ("list_contains", "array_contains", Gives::Just(Ty::Flag)),
    ("array_contains", "array_contains", Gives::Just(Ty::Flag)),
    ("list_has", "array_contains", Gives::Just(Ty::Flag)),
    ("year", "year", Gives::Just(Ty::Integer)),
    ("quarter", "quarter", Gives::Just(Ty::Integer)),
    ("month", "month", Gives::Just(Ty::Integer)),
    ("day", "day", Gives::Just(Ty::Integer)),
    ("last_day", "last_day", Gives::Just(Ty::Date)),
    ("make_date", "make_date", Gives::Just(Ty::Date)),
];

/// What a function gives.
#[derive(Clone, Copy)]
enum Gives {
    /// Always this.
    Just(Ty),
    /// What its first argument is.
    First,
    /// What holds all its arguments.
    All,
}

fn refused(what: impl Into<String>, help: &str) -> NotOnCluster {
    NotOnCluster::new(what, help)
}

/// The plain arguments of a call.
pub(super) fn arguments(function: &Function) -> Vec<Expr> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    let plain = list.args.iter().filter_map(|arg| match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
        _ => None,
    });
    plain.collect()
}

impl Printer<'_> {
    /// Rewrites a call in place.
    pub(super) fn function(&mut self, expr: &mut Expr) -> Result<Ty, NotOnCluster> {
        let Expr::Function(function) = expr else { return Ok(Ty::Null) };
        let name = function.name.to_string().to_lowercase();
        if let Some((replacement, ty)) = self.special(&name, function)? {
            *expr = replacement;
            return Ok(ty);
        }
        if let Some(mut body) = self.macros.expand(&name, &arguments(function))? {
            let ty = self.expr(&mut body)?;
            *expr = body;
            return Ok(ty);
        }
        if name == "sum" {
            let ty = self.parts(function)?.first().copied().unwrap_or(Ty::Null);
            if !ty.is_exact_number() {
                return Err(refused("sum of what `/` gave", "add exact numbers, divide at the end"));
            }
            return Ok(ty);
        }
        let Some((_, theirs, gives)) = SAME.iter().find(|(ours, ..)| *ours == name) else {
            return Err(refused(format!("{}()", of_pack(&name)), "use a function of the pack language's table"));
        };
        let types = self.parts(function)?;
        if types.first() == Some(&Ty::List) && matches!(*theirs, "contains" | "length") {
            return Err(refused(format!("{name}() of a list"), "use list_contains or len"));
        }
        function.name = ObjectName(vec![ObjectNamePart::Identifier(Ident::new(*theirs))]);
        Ok(match gives {
            Gives::Just(ty) => *ty,
            Gives::First => types.first().copied().unwrap_or(Ty::Null),
            Gives::All => types.into_iter().fold(Ty::Null, Ty::with),
        })
    }

    /// Rewrites arguments, condition and window; gives the arguments' kinds.
    fn parts(&mut self, function: &mut Function) -> Result<Vec<Ty>, NotOnCluster> {
        let mut types = Vec::new();
        if let FunctionArguments::List(list) = &mut function.args {
            for arg in &mut list.args {
                match arg {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(arg)) => types.push(self.expr(arg)?),
                    FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => {}
                    other => return Err(refused(format!("the argument {other}"), "give plain arguments")),
                }
            }
        }
        if let Some(filter) = &mut function.filter {
            if looks_further(filter) {
                return Err(refused("a sub-query in FILTER", "make it a column of the cohort"));
            }
            self.expr(filter)?;
        }
        match &mut function.over {
            None => {}
            Some(WindowType::NamedWindow(name)) => {
                return Err(refused(format!("the window {name}"), "write OVER (…) out"));
            }
            Some(WindowType::WindowSpec(spec)) => {
                for expr in &mut spec.partition_by {
                    self.expr(expr)?;
                }
                self.order_list(&mut spec.order_by)?;
            }
        }
        Ok(types)
    }

    /// Functions that become something else.
    fn special(&mut self, name: &str, function: &mut Function) -> Result<Option<(Expr, Ty)>, NotOnCluster> {
        if matches!(name, "quantile_disc" | "percentile_disc") {
            return self.quantile(function).map(Some);
        }
        let template_of = match name {
            "tz_working_days" | "tz_add_working_days" => {
                let mut args = arguments(function);
                for arg in &mut args {
                    if self.expr(arg)? == Ty::Instant {
                        *arg = super::build::cast(arg.clone(), sqlparser::ast::DataType::Date);
                    }
                }
                let [a, b] = args.as_slice() else { return Ok(None) };
                if name == "tz_add_working_days" {
                    let Some(n) = whole(b).and_then(|n| u16::try_from(n).ok()).filter(|n| *n <= 500) else {
                        let next = "write a number from 0 to 500, or compare working_days(a, b) with it";
                        return Err(refused("add_working_days() by a computed number", next));
                    };
                    return Ok(Some((self.calendar.add_working_days(a, n)?, Ty::Date)));
                }
                return Ok(Some((self.calendar.working_days(a, b)?, Ty::Integer)));
            }
            "tz_round_half_up" | "round" | "tz_round_down" | "trunc" => return self.rounded(name, function).map(Some),
            "isodow" => ("(weekday(a_) + 1)", Ty::Integer),
            "len" | "array_length" => return self.sized(function).map(Some),
            "left" | "right" if arguments(function).get(1).and_then(whole).is_none_or(|n| n < 0) => {
                return Err(refused(format!("{name} by a computed number"), "write the number of characters"));
            }
            "concat" => return self.joined(function).map(Some),
            "date_trunc" => return self.truncated(function).map(Some),
            "date_diff" | "datediff" => return self.difference(function).map(Some),
            "substr" | "substring" => {
                let args = arguments(function);
                if args.get(1).and_then(whole).is_none_or(|at| at < 1) {
                    return Err(refused("substr from a computed place", "begin at a number from 1 on"));
                }
                self.parts(function)?;
                return Ok(Some((call("substring", arguments(function)), Ty::Text)));
            }
            "error" => ("raise_error(a_)", Ty::Null),
            _ => return Ok(None),
        };
        self.parts(function)?;
        let args = arguments(function);
        let Some(first) = args.first() else { return Ok(None) };
        Ok(Some((template(template_of.0, &[("a_", first.clone())])?, template_of.1)))
    }

    /// The middle value by counting places, so that it is one of the values and exact.
    fn quantile(&mut self, function: &mut Function) -> Result<(Expr, Ty), NotOnCluster> {
        let types = self.parts(function)?;
        let args = arguments(function);
        let ([value, rank], None) = (args.as_slice(), &function.over) else {
            return Err(refused("quantile_disc as a window", "use percentile: of an indicator"));
        };
        let of = |name: &str| {
            let mut call = super::build::function(name, vec![value.clone()]);
            call.filter.clone_from(&function.filter);
            Expr::Function(call)
        };
        let text = "try_element_at(array_sort(v_), CAST(greatest(ceiling(r_ * n_), 1) AS INT))";
        let holes = [("v_", of("collect_list")), ("r_", rank.clone()), ("n_", of("count"))];
        Ok((template(text, &holes)?, types.first().copied().unwrap_or(Ty::Null)))
    }

    /// Characters of a text, or items of a list.
    fn sized(&mut self, function: &mut Function) -> Result<(Expr, Ty), NotOnCluster> {
        let types = self.parts(function)?;
        let first = arguments(function).into_iter().next().unwrap_or_else(|| Expr::value(Value::Null));
        let text = match types.first() {
            Some(Ty::List) => "CASE WHEN a_ IS NULL THEN NULL ELSE size(a_) END",
            _ => "length(a_)",
        };
        Ok((template(text, &[("a_", first)])?, Ty::Integer))
    }

    fn rounded(&mut self, name: &str, function: &mut Function) -> Result<(Expr, Ty), NotOnCluster> {
        let mut args = arguments(function);
        for arg in &mut args {
            self.exact("rounding", arg)?;
        }
        let x = args.first().cloned().unwrap_or_else(|| Expr::value(Value::Null));
        let n = args.get(1).cloned().unwrap_or_else(|| Expr::value(Value::Number("0".into(), false)));
        let text = match name {
            "tz_round_half_up" | "round" => "round(x_, n_)",
            _ => "CASE WHEN x_ < 0 THEN ceil(x_, n_) ELSE floor(x_, n_) END",
        };
        let text = text.replace("n_", &operand(n).to_string());
        Ok((template(&text, &[("x_", x)])?, Ty::Decimal))
    }

    /// DuckDB's `concat` leaves empty values out.
    fn joined(&mut self, function: &mut Function) -> Result<(Expr, Ty), NotOnCluster> {
        let types = self.parts(function)?;
        if types.contains(&Ty::List) || types.contains(&Ty::Double) {
            return Err(refused("concat of lists or of what `/` gave", "concat texts"));
        }
        let mut args = vec![Expr::value(Value::SingleQuotedString(String::new()))];
        args.extend(arguments(function));
        Ok((call("concat_ws", args), Ty::Text))
    }

    fn truncated(&mut self, function: &mut Function) -> Result<(Expr, Ty), NotOnCluster> {
        let types = self.parts(function)?;
        let args = arguments(function);
        let unit = args.first().map(ToString::to_string).unwrap_or_default();
        let unit = unit.trim_matches('\'').to_uppercase();
        match (args.as_slice(), types.get(1)) {
            ([_, day], Some(Ty::Date)) if matches!(unit.as_str(), "YEAR" | "QUARTER" | "MONTH" | "WEEK") => {
                Ok((template(&format!("trunc(d_, '{unit}')"), &[("d_", day.clone())])?, Ty::Date))
            }
            _ => Err(refused(format!("date_trunc to {unit}"), "cut a day to its year, quarter, month or week")),
        }
    }

    fn difference(&mut self, function: &mut Function) -> Result<(Expr, Ty), NotOnCluster> {
        let types = self.parts(function)?;
        let args = arguments(function);
        let unit = args.first().map(ToString::to_string).unwrap_or_default();
        let text = match (unit.trim_matches('\'').to_lowercase().as_str(), types.get(1), types.get(2)) {
            ("day", Some(Ty::Date), Some(Ty::Date)) => "datediff(b_, a_)",
            ("microsecond", Some(Ty::Instant), Some(Ty::Instant)) => {
                "(unix_micros(CAST(b_ AS TIMESTAMP)) - unix_micros(CAST(a_ AS TIMESTAMP)))"
            }
            (unit, ..) => return Err(refused(format!("date_diff in {unit}"), "subtract days, or use months_between")),
        };
        let [_, a, b] = args.as_slice() else { return Err(refused("date_diff()", "give it a unit and two days")) };
        Ok((template(text, &[("a_", a.clone()), ("b_", b.clone())])?, Ty::Integer))
    }
}

fn looks_further(expr: &Expr) -> bool {
    use sqlparser::ast::{Visit, Visitor};
    use std::ops::ControlFlow;
    struct Further;
    impl Visitor for Further {
        type Break = ();
        fn pre_visit_query(&mut self, _: &sqlparser::ast::Query) -> ControlFlow<()> {
            ControlFlow::Break(())
        }
    }
    expr.visit(&mut Further).is_break()
}

/// The name under which an author knows a function.
fn of_pack(name: &str) -> &str {
    let own = name.strip_prefix("tz_").unwrap_or(name);
    if FUNCTIONS.iter().any(|(known, ..)| *known == own) { own } else { name }
}
