//! The functions the language adds, written out from their one definition in `macros.sql`.

use super::NotOnCluster;
use super::build::fill;
use crate::sql::MACROS;
use crate::sql::parse::own_expression;
use sqlparser::ast::Expr;
use std::collections::BTreeMap;

/// Name → parameters and body.
pub(super) struct Macros(BTreeMap<&'static str, (Vec<&'static str>, &'static str)>);

impl Macros {
    /// Reads the definitions. Of a macro with several forms the first is kept; table macros are not.
    pub(super) fn new() -> Self {
        let definitions = MACROS.split("CREATE OR REPLACE MACRO ").skip(1);
        Self(definitions.filter_map(definition).collect())
    }

    /// The body with the arguments in place; `None` when it is no macro.
    pub(super) fn expand(&self, name: &str, args: &[Expr]) -> Result<Option<Expr>, NotOnCluster> {
        let Some((parameters, body)) = self.0.get(name) else { return Ok(None) };
        let of_pack = name.trim_start_matches("tz_");
        if body.contains("rs_") || body.contains("tz_id_ok") || body.contains("SELECT") {
            return Err(NotOnCluster::new(
                format!("{of_pack}() is a function of this program"),
                "keep its answer in a field when the record is saved",
            ));
        }
        let tree = own_expression(body).map_err(|fault| NotOnCluster::new(fault.message, "report this"))?;
        let holes: Vec<(&str, Expr)> = parameters.iter().copied().zip(args.iter().cloned()).collect();
        Ok(Some(Expr::Nested(Box::new(fill(tree, &holes)))))
    }
}

fn definition(text: &'static str) -> Option<(&'static str, (Vec<&'static str>, &'static str))> {
    let (name, rest) = text.split_once('(')?;
    let (parameters, rest) = rest.split_once(')')?;
    let body = rest.trim_start().strip_prefix("AS")?;
    let body = body.split(';').next()?.trim();
    if body.starts_with("TABLE") {
        return None;
    }
    let parameters = parameters.split(',').filter_map(|parameter| parameter.split_whitespace().next()).collect();
    Some((name, (parameters, body)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_for_the_engine_has_a_definition() {
        let macros = Macros::new();
        let engine = crate::sql::FUNCTIONS.iter().filter(|f| f.2 == crate::sql::function::Lowering::Engine);
        let missing: Vec<&str> =
            engine.map(|f| f.0).filter(|name| !macros.0.contains_key(format!("tz_{name}").as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert_eq!(macros.0["tz_age"].0, ["birth", "on_day"]);
    }
}
