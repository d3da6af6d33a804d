//! Queries: what each of them reads, in which order its parts are rewritten, and which columns it gives.

use super::build::{quote, quoted};
use super::ty::Columns;
use super::{NotOnCluster, Printer};
use sqlparser::ast::{
    Distinct, Expr, GroupByExpr, Ident, Join, JoinConstraint, JoinOperator, LimitClause, ObjectName, ObjectNamePart,
    OrderBy, OrderByExpr, OrderByKind, Query, Select, SelectItem, SetExpr, SetQuantifier, TableAlias, TableFactor,
    TableWithJoins,
};

use super::ty::Ty;

/// The column that says which rows a QUALIFY keeps.
const QUALIFIED: &str = "qualified_";

/// What one query reads.
#[derive(Default)]
pub(super) struct Frame {
    /// Relations by the names they are called by here.
    pub(super) relations: Vec<(String, Columns)>,
    /// Names the query gives to its own columns.
    pub(super) aliases: Vec<(String, Expr, Ty)>,
}

fn refused(what: &str) -> NotOnCluster {
    NotOnCluster::new(format!("{what} has no equal in Spark SQL"), "write it with joins, GROUP BY and QUALIFY")
}

impl Printer<'_> {
    /// Rewrites a query and gives its columns.
    pub(super) fn query(&mut self, query: &mut Query) -> Result<Columns, NotOnCluster> {
        let n_relations = self.relations.len();
        if let Some(with) = &mut query.with {
            if with.recursive {
                return Err(refused("WITH RECURSIVE"));
            }
            for cte in &mut with.cte_tables {
                let columns = self.query(&mut cte.query)?;
                cte.materialized = None;
                let columns = renamed(columns, &mut cte.alias);
                self.relations.push((cte.alias.name.value.clone(), columns));
                quote(&mut cte.alias.name);
            }
        }
        let columns = self.body(&mut query.body)?;
        if let Some(order) = &mut query.order_by {
            self.frames.push(Frame { relations: vec![(String::new(), columns.clone())], aliases: Vec::new() });
            let done = self.order(order);
            self.frames.pop();
            done?;
        }
        if let Some(LimitClause::LimitOffset { limit_by, .. }) = &query.limit_clause
            && !limit_by.is_empty()
        {
            return Err(refused("LIMIT BY"));
        }
        self.relations.truncate(n_relations);
        Ok(columns)
    }

    fn body(&mut self, body: &mut SetExpr) -> Result<Columns, NotOnCluster> {
        match body {
            SetExpr::Select(select) => {
                self.frames.push(Frame::default());
                let done = self.select(select);
                self.frames.pop();
                let columns = done?;
                if let Some(qualify) = select.qualify.take() {
                    **select = qualified(std::mem::replace(select, Box::new(empty(select))), qualify, &columns);
                }
                Ok(columns)
            }
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, right, set_quantifier, .. } => {
                if matches!(
                    set_quantifier,
                    SetQuantifier::ByName | SetQuantifier::AllByName | SetQuantifier::DistinctByName
                ) {
                    return Err(refused("UNION BY NAME"));
                }
                let (left, right) = (self.body(left)?, self.body(right)?);
                Ok(left.into_iter().zip(right).map(|((name, a), (_, b))| (name, a.with(b))).collect())
            }
            SetExpr::Values(values) => {
                let mut columns: Columns = Vec::new();
                for row in &mut values.rows {
                    for (n, cell) in row.content.iter_mut().enumerate() {
                        let ty = self.expr(cell)?;
                        match columns.get_mut(n) {
                            Some((_, known)) => *known = known.with(ty),
                            None => columns.push((format!("col{}", n + 1), ty)),
                        }
                    }
                }
                Ok(columns)
            }
            _ => Err(refused("a statement that changes something")),
        }
    }

    fn select(&mut self, select: &mut Select) -> Result<Columns, NotOnCluster> {
        if let Some(Distinct::On(_)) = &select.distinct {
            return Err(refused("DISTINCT ON"));
        }
        if !select.named_window.is_empty() || select.exclude.is_some() {
            return Err(refused("WINDOW or EXCLUDE"));
        }
        for from in &mut select.from {
            self.from(from)?;
        }
        let columns = self.projection(&mut select.projection)?;
        for condition in select.selection.iter_mut().chain(&mut select.having).chain(&mut select.qualify) {
            self.expr(condition)?;
        }
        match &mut select.group_by {
            GroupByExpr::Expressions(list, more) if more.is_empty() => {
                for expr in list {
                    if super::build::whole(expr).is_none() {
                        self.expr(expr)?;
                    }
                }
            }
            _ => return Err(refused("GROUP BY ALL, ROLLUP or CUBE")),
        }
        Ok(columns)
    }

    fn projection(&mut self, items: &mut [SelectItem]) -> Result<Columns, NotOnCluster> {
        let mut columns = Columns::new();
        for item in items {
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    let name = match &*expr {
                        Expr::Identifier(name) => name.value.clone(),
                        Expr::CompoundIdentifier(names) => names.last().map(|n| n.value.clone()).unwrap_or_default(),
                        _ => String::new(),
                    };
                    columns.push((name, self.expr(expr)?));
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    let ty = self.expr(expr)?;
                    columns.push((alias.value.clone(), ty));
                    if let Some(frame) = self.frames.last_mut() {
                        frame.aliases.push((alias.value.clone(), expr.clone(), ty));
                    }
                    quote(alias);
                }
                SelectItem::Wildcard(options) => {
                    if options.opt_exclude.is_some() || options.opt_replace.is_some() || options.opt_rename.is_some() {
                        return Err(refused("SELECT * EXCLUDE or REPLACE"));
                    }
                    let frame = self.frames.last();
                    columns.extend(frame.into_iter().flat_map(|f| &f.relations).flat_map(|(_, c)| c.clone()));
                }
                SelectItem::QualifiedWildcard(kind, _) => {
                    let called = kind.to_string().trim_end_matches(".*").to_string();
                    let frame = self.frames.last();
                    let mut known = frame.into_iter().flat_map(|frame| &frame.relations);
                    let Some((_, own)) = known.find(|(name, _)| *name == called) else {
                        return Err(NotOnCluster::new(format!("{called}.*"), "name the columns"));
                    };
                    columns.extend(own.clone());
                }
                SelectItem::ExprWithAliases { .. } => return Err(refused("several names for one expression")),
            }
        }
        Ok(columns)
    }

    fn from(&mut self, from: &mut TableWithJoins) -> Result<(), NotOnCluster> {
        self.factor(&mut from.relation)?;
        for join in &mut from.joins {
            self.join(join)?;
        }
        Ok(())
    }

    fn join(&mut self, join: &mut Join) -> Result<(), NotOnCluster> {
        use JoinOperator as Op;
        let operator = std::mem::replace(&mut join.join_operator, Op::CrossApply);
        join.join_operator = match operator {
            Op::Semi(on) | Op::LeftSemi(on) => Op::LeftSemi(on),
            Op::Anti(on) | Op::LeftAnti(on) => Op::LeftAnti(on),
            other => other,
        };
        let is_filter = matches!(join.join_operator, Op::LeftSemi(_) | Op::LeftAnti(_));
        self.factor(&mut join.relation)?;
        let constraint = match &mut join.join_operator {
            Op::Join(on)
            | Op::Inner(on)
            | Op::Left(on)
            | Op::LeftOuter(on)
            | Op::Right(on)
            | Op::RightOuter(on)
            | Op::FullOuter(on)
            | Op::CrossJoin(on)
            | Op::LeftSemi(on)
            | Op::LeftAnti(on) => on,
            _ => return Err(refused("this kind of join")),
        };
        match constraint {
            JoinConstraint::On(condition) => {
                self.expr(condition)?;
            }
            JoinConstraint::Using(names) => {
                let idents = names.iter_mut().flat_map(|name| &mut name.0);
                idents.for_each(|part| {
                    if let ObjectNamePart::Identifier(name) = part {
                        quote(name);
                    }
                });
            }
            JoinConstraint::None => {}
            JoinConstraint::Natural => return Err(refused("NATURAL JOIN")),
        }
        if is_filter && let Some(frame) = self.frames.last_mut() {
            // What only filters gives no columns.
            frame.relations.pop();
        }
        Ok(())
    }

    fn factor(&mut self, factor: &mut TableFactor) -> Result<(), NotOnCluster> {
        let (called, columns) = match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                let written: Vec<String> = name.0.iter().map(ToString::to_string).collect();
                let written = written.join(".").replace('"', "");
                let columns = self.relation(&written)?;
                *name = ObjectName(vec![ObjectNamePart::Identifier(quoted(&written))]);
                named(written, columns, alias.as_mut())
            }
            TableFactor::Derived { lateral: false, subquery, alias, .. } => {
                // A sub-query in FROM does not see its neighbours.
                let frames = std::mem::take(&mut self.frames);
                let columns = self.query(subquery);
                self.frames = frames;
                named(String::new(), columns?, alias.as_mut())
            }
            _ => return Err(refused("a function or LATERAL in FROM")),
        };
        if let Some(frame) = self.frames.last_mut() {
            frame.relations.push((called, columns));
        }
        Ok(())
    }

    fn order(&mut self, order: &mut OrderBy) -> Result<(), NotOnCluster> {
        let OrderByKind::Expressions(list) = &mut order.kind else { return Err(refused("ORDER BY ALL")) };
        self.order_list(list)
    }

    /// Empty values stand last in DuckDB, whichever way the order goes.
    pub(super) fn order_list(&mut self, list: &mut [OrderByExpr]) -> Result<(), NotOnCluster> {
        for order in list {
            if super::build::whole(&order.expr).is_none() {
                self.expr(&mut order.expr)?;
            }
            order.options.nulls_first.get_or_insert(false);
        }
        Ok(())
    }
}

fn named(name: String, columns: Columns, alias: Option<&mut TableAlias>) -> (String, Columns) {
    match alias {
        None => (name, columns),
        Some(alias) => {
            let called = alias.name.value.clone();
            quote(&mut alias.name);
            alias.explicit = true;
            (called, renamed(columns, alias))
        }
    }
}

fn renamed(columns: Columns, alias: &mut TableAlias) -> Columns {
    let mut names = alias.columns.iter_mut();
    columns
        .into_iter()
        .map(|(name, ty)| match names.next() {
            Some(column) => {
                let renamed = column.name.value.clone();
                quote(&mut column.name);
                (renamed, ty)
            }
            None => (name, ty),
        })
        .collect()
}

/// The rows of a select for which a condition over its windows holds.
fn qualified(mut inner: Box<Select>, condition: Expr, columns: &Columns) -> Select {
    let mut outer = empty(&inner);
    inner
        .projection
        .push(SelectItem::ExprWithAlias { expr: Expr::Nested(Box::new(condition)), alias: quoted(QUALIFIED) });
    outer.projection =
        columns.iter().map(|(name, _)| SelectItem::UnnamedExpr(Expr::Identifier(quoted(name)))).collect();
    outer.selection = Some(Expr::Identifier(quoted(QUALIFIED)));
    let subquery = Box::new(Query {
        with: None,
        body: Box::new(SetExpr::Select(inner)),
        order_by: None,
        limit_clause: None,
        fetch: None,
        locks: Vec::new(),
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: Vec::new(),
    });
    let alias = TableAlias { explicit: true, name: Ident::with_quote('`', "q_"), columns: Vec::new(), at: None };
    let relation = TableFactor::Derived { lateral: false, subquery, alias: Some(alias), sample: None };
    outer.from = vec![TableWithJoins { relation, joins: Vec::new() }];
    outer
}

/// A select without any part.
fn empty(like: &Select) -> Select {
    Select {
        projection: Vec::new(),
        distinct: None,
        exclude: None,
        from: Vec::new(),
        selection: None,
        group_by: GroupByExpr::Expressions(Vec::new(), Vec::new()),
        having: None,
        qualify: None,
        ..like.clone()
    }
}
