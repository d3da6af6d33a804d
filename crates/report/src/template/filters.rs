//! The words behind a figure: `| over("100万元")`, `| at_least("90%")`, `| wan`, `| bare`.

use super::figure::{Name, already_said, figure_of};
use crate::figure::{FigureValue, UnitKind};
use crate::notebook::Book;
use crate::words::{self, Refusal, Style, WAN, YI};
use base::{Decimal, Text};
use minijinja::value::Value;
use minijinja::{Environment, Error};

type Bound = fn(&FigureValue, &str) -> Result<Option<String>, Refusal>;

pub(super) fn register(env: &mut Environment<'static>, _book: &Book) {
    bounded(env, "over", words::over);
    bounded(env, "at_least", words::at_least);
    bounded(env, "within", words::within);
    bounded(env, "about", words::about);
    forced(env, "yi", YI, "亿元");
    forced(env, "wan", WAN, "万元");
    forced(env, "yuan", Decimal::ONE, "元");
    env.add_filter("bare", |value: &Value| -> Result<String, Error> {
        if let Some(said) = already_said(value) {
            return Ok(said);
        }
        let name = figure_of(value, "bare")?;
        Ok(said(&name, |figure| Ok(figure.value.map(|_| words::bare(figure, Style::Report)))))
    });
}

fn bounded(env: &mut Environment<'static>, filter: &'static str, say: Bound) {
    env.add_filter(filter, move |value: &Value, step: &Value| -> Result<String, Error> {
        if let Some(said) = already_said(value) {
            return Ok(said);
        }
        let name = figure_of(value, filter)?;
        let step = step.to_string();
        Ok(said(&name, |figure| say(figure, &step)))
    });
}

fn forced(env: &mut Environment<'static>, filter: &'static str, step: Decimal, word: &'static str) {
    env.add_filter(filter, move |value: &Value| -> Result<String, Error> {
        if let Some(said) = already_said(value) {
            return Ok(said);
        }
        let name = figure_of(value, filter)?;
        Ok(said(&name, |figure| {
            if figure.unit.kind == UnitKind::Money {
                return Ok(words::money_in(figure, step, word));
            }
            Err(Refusal {
                code: "amount-does-not-fit",
                text: Text::both(
                    format!("{}不是金额，不能写成{word}", figure.title.zh),
                    format!("{} is not money, {filter} has no meaning for it", figure.indicator),
                ),
            })
        }))
    });
}

fn said(name: &Name, say: impl FnOnce(&FigureValue) -> Result<Option<String>, Refusal>) -> String {
    name.with(|figure| {
        let mut book = name.book.open();
        match say(figure) {
            Ok(Some(text)) => book.print(figure, &name.cell, &text),
            Ok(None) => book.miss(figure, None),
            Err(refusal) => book.refuse(refusal.code, refusal.text),
        }
    })
}
