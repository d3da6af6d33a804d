//! Small trees: calls, casts, templates with holes.

use super::NotOnCluster;
use crate::sql::parse::own_expression;
use sqlparser::ast::{
    CastKind, DataType, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident,
    ObjectName, ObjectNamePart, Value, VisitMut, VisitorMut,
};
use std::ops::ControlFlow;

/// `name(args)`.
pub(super) fn call(name: &str, args: Vec<Expr>) -> Expr {
    Expr::Function(function(name, args))
}

pub(super) fn function(name: &str, args: Vec<Expr>) -> Function {
    Function {
        name: ObjectName(vec![ObjectNamePart::Identifier(Ident::new(name))]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: args.into_iter().map(|arg| FunctionArg::Unnamed(FunctionArgExpr::Expr(arg))).collect(),
            clauses: Vec::new(),
        }),
        within_group: Vec::new(),
        filter: None,
        null_treatment: None,
        over: None,
    }
}

/// `CAST(expr AS ty)`.
pub(super) fn cast(expr: Expr, data_type: DataType) -> Expr {
    Expr::Cast { kind: CastKind::Cast, expr: Box::new(expr), data_type, format: None }
}

/// The expression, safe as an operand.
pub(super) fn operand(expr: Expr) -> Expr {
    match expr {
        Expr::Identifier(_)
        | Expr::CompoundIdentifier(_)
        | Expr::Value(_)
        | Expr::TypedString(_)
        | Expr::Function(_)
        | Expr::Cast { .. }
        | Expr::Nested(_)
        | Expr::Case { .. }
        | Expr::Extract { .. } => expr,
        other => Expr::Nested(Box::new(other)),
    }
}

/// The name in backticks: no word of the language can be mistaken for it.
pub(super) fn quoted(name: &str) -> Ident {
    Ident::with_quote('`', name)
}

pub(super) fn quote(ident: &mut Ident) {
    ident.quote_style = Some('`');
}

/// A text of ours with named holes.
pub(super) fn template(text: &str, holes: &[(&str, Expr)]) -> Result<Expr, NotOnCluster> {
    let tree = own_expression(text).map_err(|fault| {
        NotOnCluster::new(format!("an expression of the printer: {}", fault.message), "report this")
    })?;
    Ok(fill(tree, holes))
}

/// The tree with what stands for each hole.
pub(super) fn fill(mut tree: Expr, holes: &[(&str, Expr)]) -> Expr {
    struct Fill<'a>(&'a [(&'a str, Expr)]);
    impl VisitorMut for Fill<'_> {
        type Break = ();
        fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
            if let Expr::Identifier(name) = &*expr
                && let Some((_, meaning)) = self.0.iter().find(|(hole, _)| *hole == name.value)
            {
                *expr = operand(meaning.clone());
            }
            ControlFlow::Continue(())
        }
    }
    let _ = tree.visit(&mut Fill(holes));
    tree
}

/// A whole number written out.
pub(super) fn whole(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => digits.parse().ok(),
            _ => None,
        },
        Expr::Nested(inner) => whole(inner),
        _ => None,
    }
}
