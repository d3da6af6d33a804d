//! How is a plan told: every layer with its formula, numbers, row and source, and why the rest was not paid.

use crate::plan::{CappedBy, Line, LineForm, Plan};
use crate::program::yuan;
use base::{Decimal, Language, Rounding};
use serde_json::{Value, json};
use std::fmt::Write;

fn money(fen: i64) -> String {
    let mut amount = yuan(fen);
    amount.rescale(2);
    amount.to_string()
}

/// A share over a denominator, as people write it.
fn percent(rate: i64, denominator: i64) -> String {
    let share = Decimal::from(rate).checked_mul(Decimal::ONE_HUNDRED).and_then(|n| n.checked_div(denominator.into()));
    share.map_or_else(|| format!("{rate}/{denominator}"), |share| format!("{}%", share.normalize()))
}

fn rounding(round: Rounding, language: Language) -> &'static str {
    match (round, language) {
        (Rounding::HalfUp, Language::Zh) => "四舍五入",
        (Rounding::Down, Language::Zh) => "向下取整",
        (Rounding::Up, Language::Zh) => "向上取整",
        (Rounding::HalfUp, Language::En) => "half up",
        (Rounding::Down, Language::En) => "rounded down",
        (Rounding::Up, Language::En) => "rounded up",
    }
}

/// The formula of a line with its own numbers.
fn formula(line: &Line, language: Language) -> String {
    let zh = language == Language::Zh;
    let round = rounding(line.round, language);
    let base = match line.deduct {
        0 => money(line.base),
        deduct => format!("({} − {})", money(line.base), money(deduct)),
    };
    match line.form {
        LineForm::Part if line.rate == line.denominator => base.trim_matches(['(', ')']).to_string(),
        LineForm::Part => format!("{round}({base} × {})", percent(line.rate, line.denominator)),
        LineForm::Bands { used, after, before, .. } => {
            let function = format!("F({} + {}) − F({})", money(used), money(line.base), money(used));
            format!("{function} = {} − {}", money(after), money(before))
        }
        LineForm::Amount => money(line.base),
        LineForm::Leave if zh => format!("余 {} − 个人至多 {}（{round}）", money(line.base), money(line.deduct)),
        LineForm::Leave => format!("left {} − kept at most {} ({round})", money(line.base), money(line.deduct)),
        LineForm::Share if zh => format!("总额 {} 按权重以最大余数法分配", money(line.base)),
        LineForm::Share => format!("the pool of {} by largest remainder", money(line.base)),
    }
}

/// What else belongs to the line: start, additions, exceptions, limit, row, source.
fn remarks(line: &Line, language: Language) -> Vec<String> {
    let zh = language == Language::Zh;
    let say = |chinese: String, english: String| if zh { chinese } else { english };
    let mut remarks = Vec::new();
    if let LineForm::Bands { start, .. } = line.form {
        remarks.push(say(format!("起付 {}", money(start)), format!("start {}", money(start))));
    }
    if line.plus != 0 {
        let plus = percent(line.plus, line.denominator);
        remarks.push(say(format!("比例含加点 {plus}"), format!("the share includes +{plus}")));
    }
    let names: Vec<&str> = line.exceptions.iter().map(|name| name.get(language)).collect();
    if !names.is_empty() {
        remarks.push(say(format!("适用：{}", names.join("、")), format!("applied: {}", names.join(", "))));
    }
    if let Some((limit, room)) = line.limit {
        let (limit, room) = (money(limit), money(room));
        let touched = matches!(line.capped_by, Some(CappedBy::Bill | CappedBy::Year));
        remarks.push(match (line.limit_of_year, touched) {
            (true, false) => say(
                format!("年限额 {limit}，余 {room}，未触及"),
                format!("yearly limit {limit}, {room} left, not reached"),
            ),
            (true, true) => say(
                format!("受年限额 {limit} 所限，只余 {room}"),
                format!("cut to the {room} left of the yearly limit {limit}"),
            ),
            (false, false) => say(format!("每单限额 {limit}，未触及"), format!("limit {limit} a bill, not reached")),
            (false, true) => say(format!("受每单限额 {limit} 所限"), format!("cut to the limit {limit} a bill")),
        });
    }
    if line.capped_by == Some(CappedBy::Left) {
        let left = money(line.left.unwrap_or(0));
        remarks.push(say(format!("费用只余 {left}"), format!("only {left} of the bill was left")));
    }
    for row in &line.rows {
        remarks.push(say(format!("{}表“{}”行", row.list, row.row), format!("table {}, row {}", row.list, row.row)));
    }
    let quotes = line.rows.iter().filter_map(|row| row.quote.as_ref());
    remarks.extend(quotes.map(|quote| say(format!("原文：{quote}"), format!("text: {quote}"))));
    let sources = line.rows.iter().filter_map(|row| row.source.as_ref()).chain([&line.source]);
    let mut said: Vec<&String> = Vec::new();
    for source in sources.filter(|source| !source.is_empty()) {
        if !said.contains(&source) {
            said.push(source);
        }
    }
    if !said.is_empty() {
        let sources = said.into_iter().cloned().collect::<Vec<_>>().join("；");
        remarks.push(say(format!("依据：{sources}"), format!("source: {sources}")));
    }
    remarks
}

/// Why what the person pays was paid by nobody.
pub(crate) fn unpaid(plan: &Plan, language: Language) -> Vec<String> {
    let zh = language == Language::Zh;
    let say = |chinese: String, english: String| if zh { chinese } else { english };
    let mut reasons = Vec::new();
    if let (Some(total), Some(first)) = (plan.total, plan.lines.first())
        && total > first.base
    {
        let outside = money(total - first.base);
        reasons.push(say(
            format!("总费用中 {outside} 不在“{}”的基数内", first.title.zh),
            format!("{outside} of the bill is outside the base of {}", first.title.get(language)),
        ));
    }
    for line in &plan.lines {
        let title = line.title.get(language);
        if !line.applies {
            reasons.push(say(format!("“{title}”不适用于此人此单"), format!("{title} does not apply")));
            continue;
        }
        match line.form {
            LineForm::Part if line.deduct > 0 => {
                let deduct = money(line.deduct.min(line.base));
                reasons.push(say(format!("“{title}”先扣 {deduct}"), format!("{title} leaves {deduct} first")));
            }
            LineForm::Bands { start, used, .. } if used < start => {
                let start = money(start);
                reasons
                    .push(say(format!("“{title}”全年起付 {start}"), format!("{title} starts at {start} in the year")));
            }
            _ => {}
        }
        if line.form == LineForm::Part && line.rate < line.denominator {
            let rate = percent(line.rate, line.denominator);
            reasons.push(say(format!("“{title}”按 {rate} 支付"), format!("{title} pays {rate}")));
        }
        if matches!(line.capped_by, Some(CappedBy::Bill | CappedBy::Year)) {
            reasons.push(say(format!("“{title}”已到限额"), format!("{title} reached its limit")));
        }
    }
    reasons
}

/// The plan as a person reads it.
pub fn plan_text(plan: &Plan, language: Language) -> String {
    let zh = language == Language::Zh;
    let mut text = String::with_capacity(1024);
    let title = plan.title.get(language);
    let hash = plan.pack_hash.get(..8).unwrap_or(&plan.pack_hash);
    let _ = if zh {
        writeln!(
            text,
            "结算 {}  {title}（{} #{hash}）  服务日 {}  已知日 {}",
            plan.bill, plan.pack, plan.on_date, plan.known_on
        )
    } else {
        writeln!(
            text,
            "Plan {}  {title} ({} #{hash})  service day {}  known on {}",
            plan.bill, plan.pack, plan.on_date, plan.known_on
        )
    };
    if let Some(total) = plan.total {
        let _ = writeln!(text, "{} {}", if zh { "总费用" } else { "Bill" }, money(total));
    }
    for (n, line) in plan.lines.iter().enumerate() {
        let _ = write!(text, "{} {}  {}", n + 1, line.title.get(language), money(line.paid));
        if line.applies {
            let _ = write!(text, " = {}", formula(line, language));
            for remark in remarks(line, language) {
                let _ = write!(text, "{}{remark}", if zh { "；" } else { "; " });
            }
        } else {
            let _ = write!(text, "{}", if zh { "（不适用）" } else { " (does not apply)" });
        }
        text.push('\n');
    }
    if let (Some(total), Some(rest)) = (plan.total, plan.rest) {
        let _ = writeln!(text, "{} {}", if zh { "个人" } else { "Person" }, money(rest));
        let parts: Vec<String> = plan.lines.iter().map(|line| money(line.paid)).chain([money(rest)]).collect();
        let _ = writeln!(text, "{} {} = {} ✓", if zh { "核对" } else { "Check" }, parts.join(" + "), money(total));
        if rest > 0 {
            let reasons = unpaid(plan, language).join(if zh { "；" } else { "; " });
            let _ = writeln!(text, "{}{reasons}", if zh { "个人支付的原因：" } else { "Why the person pays: " });
        }
    }
    for (name, before, after) in &plan.sums {
        let _ = writeln!(
            text,
            "{} {name} {} → {}",
            if zh { "年度累计" } else { "Sum of the year" },
            money(*before),
            money(*after)
        );
    }
    text
}

/// The plan as one JSON document; every amount is exact text in yuan.
pub fn plan_json(plan: &Plan) -> Value {
    let steps: Vec<Value> = plan.lines.iter().enumerate().map(|(n, line)| line_json(n, line)).collect();
    json!({
        "scheme": plan.scheme,
        "pack": plan.pack,
        "pack_hash": plan.pack_hash,
        "bill": plan.bill,
        "resident": plan.resident,
        "institution": plan.institution,
        "on_date": plan.on_date.to_string(),
        "known_on": plan.known_on.to_string(),
        "total": plan.total.map(money),
        "steps": steps,
        "rest": plan.rest.map(money),
        "why_rest": plan.rest.filter(|rest| *rest > 0).map(|_| json!({
            "zh": unpaid(plan, Language::Zh),
            "en": unpaid(plan, Language::En),
        })),
        "year": plan.sums.iter().map(|(name, before, after)| json!({
            "name": name, "before": money(*before), "after": money(*after),
        })).collect::<Vec<_>>(),
        "promises": plan.promises.iter().map(|(id, proved)| json!({
            "id": id, "holds": true, "how": if *proved { "proved" } else { "tested" },
        })).collect::<Vec<_>>(),
    })
}

/// One step: any row can be computed again from itself alone.
fn line_json(n: usize, line: &Line) -> Value {
    let mut value = json!({
        "seq": n + 1,
        "step": line.step,
        "title": {"zh": line.title.zh, "en": line.title.en},
        "fund": line.fund,
        "applies": line.applies,
        "base": money(line.base),
        "deduct": money(line.deduct),
        "rate": percent(line.rate, line.denominator),
        "plus": percent(line.plus, line.denominator),
        "raw": money(line.raw),
        "rounding": line.round.word(),
        "capped_by": line.capped_by.map(CappedBy::word),
        "paid": money(line.paid),
        "left": line.left.map(|left| money(left - line.paid)),
        "exceptions": line.exceptions.iter().map(|name| name.zh.clone()).collect::<Vec<_>>(),
        "rows": line.rows.iter().map(|row| json!({
            "list": row.list, "row": row.row, "source": row.source, "quote": row.quote,
        })).collect::<Vec<_>>(),
        "source": line.source,
        "explain": {"zh": told(line, Language::Zh), "en": told(line, Language::En)},
    });
    if let LineForm::Bands { start, used, after, before } = line.form {
        value["bands"] = json!({
            "start": money(start), "used": money(used), "after": money(after), "before": money(before),
        });
    }
    if let Some((limit, room)) = line.limit {
        let kind = if line.limit_of_year { "year" } else { "each" };
        value["limit"] = json!({"kind": kind, "amount": money(limit), "room": money(room)});
    }
    value
}

fn told(line: &Line, language: Language) -> String {
    if !line.applies {
        return if language == Language::Zh { "不适用".into() } else { "does not apply".into() };
    }
    let separator = if language == Language::Zh { "；" } else { "; " };
    let mut told = format!("{} = {}", money(line.paid), formula(line, language));
    for remark in remarks(line, language) {
        told.push_str(separator);
        told.push_str(&remark);
    }
    told
}
