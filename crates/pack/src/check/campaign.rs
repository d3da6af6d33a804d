//! Campaigns: the cohort they take, the register they fill, and whether every record can be filled.

use super::{NamesOnly, sample_moment};
use crate::catalog::Catalog;
use crate::model::{Campaign, DRAWN, Register, Required, Spanned};
use crate::sql::Compiler;
use base::{Diagnostic, nearest};

pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (pack_id, pack) in &catalog.packs {
        for campaign in pack.campaigns.values() {
            let from_is_known = cohort(catalog, pack_id, &campaign.from, found);
            super::task::register(catalog, &campaign.into, found);
            if let Some(register) = catalog.register(&campaign.into.value) {
                fields(campaign, register, found);
                once(campaign, register, found);
            }
            if from_is_known {
                let columns = columns(catalog, pack_id, &campaign.from);
                expressions(catalog, pack_id, campaign, found);
                draw(catalog, pack_id, campaign, &columns, found);
                picks(catalog, pack_id, campaign, &columns, found);
            }
        }
    }
}

fn cohort(catalog: &Catalog, pack: &str, name: &Spanned<String>, found: &mut Vec<Diagnostic>) -> bool {
    match catalog.cohort(pack, &name.value) {
        Ok(_) => true,
        Err(error) => {
            found.push(error.diagnostic("unknown-cohort", "cohort", &name.value, name.span));
            false
        }
    }
}

fn columns(catalog: &Catalog, pack: &str, name: &Spanned<String>) -> Vec<String> {
    let compiler = Compiler::new(catalog, &NamesOnly, sample_moment(catalog));
    // A cohort whose text is no SQL has been named by its own check.
    compiler.columns_of(pack, name).unwrap_or_default()
}

/// Every field set or picked is the register's, and every required one is set, picked or has a default.
fn fields(campaign: &Campaign, register: &Register, found: &mut Vec<Diagnostic>) {
    let columns: Vec<String> = register.fixed_columns().into_iter().map(|column| column.name).collect();
    let known = || columns.iter().map(String::as_str).chain(register.fields.keys().map(String::as_str));
    let given = || campaign.set.keys().chain(campaign.pick.keys());
    for name in given().filter(|name| !known().any(|known| known == name.as_str())) {
        let span = campaign.set.get(name).map_or(campaign.into.span, |text| text.span);
        let message = format!("\"{name}\" is not a field of {}", register.common.id);
        found.push(Diagnostic::error("set-unknown-field", span, message).suggest(nearest(name, known())));
    }
    let of_fields = register.fields.values();
    let needed = of_fields.filter(|field| matches!(field.required, Required::Yes) && field.default.is_none());
    let needed = needed.map(|field| field.id.clone());
    let fixed = register.fixed_columns().into_iter().filter(|column| !column.nullable).map(|column| column.name);
    for name in fixed.chain(needed).filter(|name| !given().any(|given| given == name)) {
        let message =
            format!("{} requires \"{name}\", and campaign {} does not set it", campaign.into.value, campaign.common.id);
        found.push(
            Diagnostic::error("required-not-set", campaign.into.span, message)
                .help(format!("add {name} to set, as SQL over the columns of {}", campaign.from.value)),
        );
    }
}

fn once(campaign: &Campaign, register: &Register, found: &mut Vec<Diagnostic>) {
    let columns: Vec<String> = register.columns().into_iter().map(|column| column.name).collect();
    for name in campaign.once.iter().filter(|name| !columns.contains(&name.value)) {
        unknown_column(name, &register.common.id, &columns, found);
    }
}

fn unknown_column(name: &Spanned<String>, of: &str, known: &[String], found: &mut Vec<Diagnostic>) {
    let message = format!("\"{}\" is not a column of {of}", name.value);
    let near = nearest(&name.value, known.iter().map(String::as_str));
    found.push(Diagnostic::error("unknown-column", name.span, message).suggest(near));
}

fn expressions(catalog: &Catalog, pack: &str, campaign: &Campaign, found: &mut Vec<Diagnostic>) {
    for text in campaign.set.values() {
        let is_drawn = DRAWN.contains(&text.value.trim());
        if is_drawn && campaign.draw.is_none() {
            let message = format!("{} has a meaning in a campaign that draws by lot only", text.value.trim());
            found
                .push(Diagnostic::error("placeholder-not-here", text.span, message).help("add draw:, or leave it out"));
        }
        if !is_drawn
            && let Err(wrong) = Compiler::new(catalog, &NamesOnly, sample_moment(catalog)).predicate(pack, text)
        {
            found.push(wrong);
        }
    }
}

fn draw(catalog: &Catalog, pack: &str, campaign: &Campaign, columns: &[String], found: &mut Vec<Diagnostic>) {
    let Some(draw) = &campaign.draw else { return };
    let size = draw.size.written();
    let is_right = match size.value.strip_prefix(':') {
        Some(_) => Compiler::new(catalog, &NamesOnly, sample_moment(catalog)).predicate(pack, size).is_ok(),
        None => draw.size.literal().is_some(),
    };
    if !is_right {
        let message = format!("\"{}\" says neither how many nor which share", size.value);
        found.push(
            Diagnostic::error("draw-without-n-or-share", size.span, message)
                .help("write n: 20, share: \"5%\", or the name of a parameter such as n: \":draw_n\""),
        );
    }
    for name in draw.by.iter().filter(|name| !columns.contains(&name.value)) {
        unknown_column(name, &campaign.from.value, columns, found);
    }
}

fn picks(catalog: &Catalog, pack: &str, campaign: &Campaign, columns_of_from: &[String], found: &mut Vec<Diagnostic>) {
    for (field, pick) in &campaign.pick {
        if !cohort(catalog, pack, &pick.from, found) {
            continue;
        }
        let others = || campaign.pick.keys().filter(|other| *other != field).map(String::as_str);
        if let Some(differs) = pick.differs.as_ref().filter(|differs| !others().any(|other| other == differs.value)) {
            let message = format!("\"{}\" is not another picked field", differs.value);
            let near = nearest(&differs.value, others());
            found.push(Diagnostic::error("unknown-column", differs.span, message).suggest(near));
        }
        if let Some(same) = &pick.same {
            let of_pick = columns(catalog, pack, &pick.from);
            for (cohort, known) in [(&pick.from, of_pick.as_slice()), (&campaign.from, columns_of_from)] {
                if !known.contains(&same.value) {
                    unknown_column(same, &cohort.value, known, found);
                }
            }
        }
    }
}
