//! Schema of what is counted, paid and owed: cohorts, indicators, schemes, tasks, campaigns.

use super::part::{
    Properties, any, definition, flag, integer, list_of, map_of, number, object, one_or_more, properties, rate,
    reference, sql, text, word, words,
};
use super::written::period;
use serde_json::{Value, json};

pub(super) fn definitions() -> Properties {
    properties([
        ("cohort", cohort()),
        ("indicator", indicator()),
        ("funnel", funnel()),
        ("scheme", scheme()),
        ("task", task()),
        ("campaign", campaign()),
    ])
}

fn cohort() -> Value {
    let own = properties([("query", sql("Returns id and org, and what is summed, broken down or filtered."))]);
    json!({
        "description": "A named query: id, org and further columns.",
        "anyOf": [reference("sql"), definition("A query with a title.", &["query"], own)],
    })
}

/// The keys of one aggregate over a cohort.
fn aggregate() -> Properties {
    properties([
        ("count", text("Rows of this cohort.")),
        ("distinct", text("Different values of this column only.")),
        ("sum", text("Sum of this column.")),
        ("mean", text("Mean of this column.")),
        ("median", text("Median of this column.")),
        ("max", text("Largest value of this column.")),
        ("min", text("Smallest value of this column.")),
        ("percentile", rate("Rank; the column stands under `at`.")),
        ("at", text("Column of the percentile.")),
        ("of", text("Cohort of the column.")),
        ("where", sql("Condition on the cohort's columns.")),
    ])
}

fn indicator() -> Value {
    let side = json!({
        "description": "A cohort, an indicator or an inline measure.",
        "anyOf": [reference("scalar"), object("An inline measure.", &[], aggregate())],
    });
    let part = object(
        "A part of a score.",
        &["of", "full"],
        properties([
            ("of", text("The indicator judged.")),
            ("full", number("Points at best.")),
            ("at", any("[[value, share], …] or target.")),
            ("shape", word("Between the marks.", ["linear", "step"])),
            ("minus", number("Points lost per unit.")),
            ("missing", word("Without a value.", ["zero", "drop"])),
            ("when", sql("Which institutions it applies to.")),
        ]),
    );
    let mut own = aggregate();
    own.extend(properties([
        (
            "ratio",
            json!({ "type": "array", "description": "Numerator and denominator.", "items": side, "minItems": 2, "maxItems": 2 }),
        ),
        ("value", sql("Arithmetic on indicators and parameters.")),
        ("score", list_of("Weighted points, 100 in all.", part)),
        ("by", one_or_more("Extra breakdown columns.")),
        ("unit", text("From the list unit of core.")),
        ("digits", integer("Decimals printed; 2 for percent.")),
        ("round", word("How the rest is dropped.", ["half_up", "down", "up"])),
        ("times", number("Multiplier of a ratio; percent implies 100.")),
        ("nested", flag("The numerator is rows of the denominator.")),
        ("missing", map_of("Column → how an empty one counts.", word("Decision.", ["exclude", "no", "yes"]))),
        ("equals", sql("A promise checked with every value.")),
        ("year", word("Statistical year.", ["calendar", "maternal", "insurance"])),
        ("every", period("Smallest period.")),
    ]));
    definition("Exactly one measure.", &["unit"], own)
}

fn scheme() -> Value {
    let step = object(
        "A step, with exactly one of of, amount, leave and share.",
        &["step"],
        properties([
            ("step", text("Id.")),
            ("title", words("What people call it.")),
            ("source", text("Document and paragraph.")),
            ("fund", text("Who pays.")),
            ("only", sql("Pays nothing unless true.")),
            ("of", sql("Amount it pays a share of.")),
            ("deduct", sql("Taken off before the rate.")),
            ("rate", sql("Share paid.")),
            ("plus", sql("Added to the rate.")),
            ("bands", bands()),
            ("amount", sql("Paid as it is.")),
            ("negative", word("May be below 0.", ["recover"])),
            ("leave", sql("Most that stays with the person.")),
            ("share", share()),
            ("floor", sql("Least a row gets.")),
            ("ceiling", sql("Most a row gets.")),
            ("cap", cap()),
            ("round", word("At the end of the step.", ["half_up", "down", "up"])),
            ("except", list_of("Exceptions by name.", exception())),
        ]),
    );
    let own = properties([
        ("over", text("A register or cohort; its columns are the inputs.")),
        ("total", sql("The bill the steps consume.")),
        ("pool", sql("Amount the shares divide.")),
        ("every", word("How often it pays.", ["record", "month", "quarter", "year"])),
        ("only_in", list_of("Which periods of the year.", integer("A period."))),
        ("once", one_or_more("Paid once per these columns and period.")),
        ("round", word("At the end of every step.", ["half_up", "down", "up"])),
        (
            "year",
            map_of(
                "Accumulators of the benefit year.",
                object("A sum.", &["adds"], properties([("adds", text("A step or let."))])),
            ),
        ),
        ("let", map_of("Named money, rates, counts and flags.", sql("SQL."))),
        (
            "prove",
            map_of(
                "Holds for every input.",
                object(
                    "A promise.",
                    &["that"],
                    properties([("that", sql("What holds.")), ("when", sql("When; always when absent."))]),
                ),
            ),
        ),
        ("replaces", text("The scheme this one stands in for.")),
        ("steps", list_of("In order of payment.", step)),
    ]);
    definition("Who is owed what.", &["over", "steps"], own)
}

fn bands() -> Value {
    let own = properties([
        ("list", text("The bands: a list found by an amount, with a column rate.")),
        ("start", sql("What stays below the first band.")),
        ("used", text("The sum of the year that holds earlier bases.")),
    ]);
    object("Parts of an amount, each at the rate of its band.", &["list"], own)
}

fn cap() -> Value {
    let own = properties([
        ("each", sql("Most for a bill.")),
        ("year", sql("Most in the benefit year.")),
        ("used", text("The sum that counts against it.")),
    ]);
    json!({
        "description": "{each}, {year, used} or none.",
        "anyOf": [object("A limit.", &[], own), word("Without limit.", ["none"])],
    })
}

fn share() -> Value {
    let own = properties([("by", sql("Column the rows are weighed by.")), ("weight", sql("Its share of the whole."))]);
    json!({
        "description": "Column, or [{by, weight}]: share of the pool.",
        "anyOf": [sql("Column."), list_of("Several weights, each normalised first.", object("A weight.", &["by", "weight"], own))],
    })
}

fn exception() -> Value {
    let own = properties([
        ("name", words("What people call it.")),
        ("when", sql("When it applies.")),
        ("plus", sql("Added to the rate.")),
        ("cap", cap()),
        ("deduct", sql("Instead of deduct.")),
        ("rate", sql("Instead of rate.")),
        ("of", sql("Instead of of.")),
        ("start", sql("Instead of the start of the bands.")),
        ("leave", sql("Instead of leave.")),
        ("amount", sql("Instead of amount.")),
        ("only", sql("Instead of only.")),
    ]);
    object("The general rule first, then exceptions by name.", &["name", "when"], own)
}

fn task() -> Value {
    let own = properties([
        ("enter", text("Register whose form opens.")),
        ("to", text("Role whose work it is.")),
        (
            "rows",
            sql(
                "Query over :as_of with id, org and due_on or due_at; if wanted resident, opens_on, overdue_on, urgent, note.",
            ),
        ),
    ]);
    definition("Work that is due.", &["rows"], own)
}

fn funnel() -> Value {
    let own = properties([
        ("steps", list_of("From the first step to the last.", text("An indicator that counts rows."))),
        ("found", list_of("Steps found rather than reached: nobody is lost before them.", text("A step."))),
        ("by", text("The column that tells people apart; `resident` when it is not written.")),
    ]);
    definition("Who is lost on the way.", &["steps"], own)
}

fn campaign() -> Value {
    let size = |description: &str| any(description);
    let draw = properties([
        ("n", size("How many: a number or a :parameter.")),
        ("share", size("Which share: \"5%\" or a :parameter.")),
        ("by", one_or_more("Columns of the cohort whose classes are drawn apart, each in proportion.")),
    ]);
    let draw = object("By lot: n or share.", &[], draw);
    let pick = properties([
        ("from", text("The cohort somebody is drawn from.")),
        ("differs", text("Another picked field it must differ from.")),
        ("same", text("A column that must be the same in both cohorts.")),
    ]);
    let pick = object("Somebody drawn for each record.", &["from"], pick);
    let own = properties([
        ("from", text("The cohort.")),
        ("into", text("The register that receives one record per row.")),
        ("set", map_of("Field → SQL over the cohort's columns.", sql("SQL."))),
        ("every", word("A row gives one record in each of these.", ["record", "month", "quarter", "year"])),
        ("once", one_or_more("Columns that may not appear twice.")),
        ("draw", draw),
        ("pick", map_of("Field → who is drawn for each record.", pick)),
    ]);
    definition("A cohort becomes records, once.", &["from", "into"], own)
}
