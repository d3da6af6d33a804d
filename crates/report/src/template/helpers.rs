//! The helpers about one figure and about time: `vs_last_year`, `rise`, `target`, `plan`, `zero`, `movement`, `year`.

use super::figure::{Known, figure_of, refuse};
use crate::notebook::Book;
use crate::words::{self, Style};
use base::{Date, Language, Text};
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, State};

pub(super) fn register(env: &mut Environment<'static>, book: &Book) {
    time(env, book);
    env.add_function("vs_last_year", |value: &Value| -> Result<String, Error> {
        let name = figure_of(value, "vs_last_year")?;
        Ok(name.with(|figure| match name.last_year(figure) {
            // A silent helper: without last year there is nothing to compare, and the sentence stands.
            Known::Here(last) => match words::vs_last_year(figure, &last) {
                Some(text) => name.book.open().print(figure, &name.cell, &text),
                None => String::new(),
            },
            _ => String::new(),
        }))
    });
    env.add_function("rise", |value: &Value| -> Result<String, Error> {
        let name = figure_of(value, "rise")?;
        Ok(name.with(|figure| match name.last_year(figure) {
            Known::NotYet if name.cell.is_empty() => String::new(),
            Known::Here(last) if words::rise(figure, &last).is_some() => {
                let text = words::rise(figure, &last).unwrap_or_default();
                name.book.open().print(figure, &name.cell, &text)
            }
            _ => name.book.open().miss(figure, Some(Text::both("没有上年数值", "no value of last year"))),
        }))
    });
    env.add_function("target", |value: &Value| -> Result<String, Error> {
        let name = figure_of(value, "target")?;
        Ok(name.with(|figure| {
            let target = name.target(figure.period.from.year());
            match target.and_then(|target| words::target(figure, &target)) {
                Some(text) => name.book.open().print(figure, &name.cell, &text),
                None => String::new(),
            }
        }))
    });
    env.add_function("plan", |value: &Value| -> Result<String, Error> {
        let name = figure_of(value, "plan")?;
        Ok(name.with(|figure| match name.target(figure.period.from.year() + 1) {
            Some(target) => name.book.open().print(figure, &name.cell, &words::plan(&target, &figure.unit)),
            None => name.book.open().miss(figure, Some(Text::both("没有下年度目标", "no target for next year"))),
        }))
    });
    env.add_function("zero", |value: &Value, what: String| -> Result<String, Error> {
        let name = figure_of(value, "zero")?;
        Ok(name.with(|figure| {
            let mut book = name.book.open();
            match figure.value {
                None => book.miss(figure, None),
                Some(n) if n.is_zero() => book.print(figure, &name.cell, &format!("未发生{what}")),
                Some(_) => format!("发生{what}{}", book.say(figure, &name.cell)),
            }
        }))
    });
    env.add_function("movement", |opening: &Value, new: &Value, exit: &Value| -> Result<String, Error> {
        let mut out = String::new();
        for (before, value) in [("年初", opening), ("，其中新增", new), ("，退出", exit)] {
            let name = figure_of(value, "movement")?;
            out.push_str(before);
            out.push_str(&name.with(|figure| name.book.open().say(figure, &name.cell)));
        }
        Ok(out)
    });
}

fn time(env: &mut Environment<'static>, book: &Book) {
    let book_ = book.clone();
    env.add_function("year", move || format!("{}年", book_.open().period.from.year()));
    let book_ = book.clone();
    env.add_function("next_year", move || format!("{}年", i32::from(book_.open().period.from.year()) + 1));
    let book_ = book.clone();
    env.add_function("up_to", move || {
        let book = book_.open();
        words::up_to(book.cut_off, book.period.from.year())
    });
    env.add_function("day", |value: &Value| -> Result<String, Error> {
        if let Ok(name) = figure_of(value, "day") {
            return Ok(name.with(|figure| name.book.open().say(figure, &name.cell)));
        }
        let text = value.to_string();
        let date: Date = text.get(..10).unwrap_or(&text).parse().map_err(|_| {
            Error::new(ErrorKind::InvalidOperation, format!("day takes a date such as 2025-10-30, not \"{text}\""))
        })?;
        Ok(words::day(date))
    });
    let book_ = book.clone();
    env.add_function("pack", move |state: &State, id: String| -> Result<String, Error> {
        let Ok(template) = state.env().get_template(&super::fragment_name(&id)) else {
            let text = Text::both(
                format!("提纲里写了工作包“{id}”，但它没有报告段落或没有启用"),
                format!("the outline asks for the pack \"{id}\", which has no report.md or is not used by this county"),
            );
            return Ok(book_.open().refuse("unknown-pack", text));
        };
        // One broken fragment is reported and left out; the other packs still speak.
        template.render(Value::from_object(super::Names(book_.clone()))).map(|text| text.trim().to_string()).or_else(
            |error| {
                let text = Text::both(format!("工作包“{id}”的报告段落写错了：{error}"), format!("{error}"));
                Ok(book_.open().refuse("report-not-rendered", text))
            },
        )
    });
}

/// A list that cannot be given, as text.
pub(super) fn refused(book: &Book, error: &crate::figure::FigureError) -> String {
    refuse(book, error)
}

/// A figure without its cut-off, for brackets and lists.
pub(super) fn short(figure: &crate::figure::FigureValue) -> String {
    words::shown(figure, Language::Zh, Style::Report)
}
