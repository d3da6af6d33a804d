//! What can a diagnostic be called, and what does each name mean?
//!
//! The table behind `docs/reference/diagnostics.md`. A code is a contract: tests, editors and counties' own scripts
//! name it, so a code is never reused for another fault. It never knows a message or a place.

use base::Severity;

/// One kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The stable name, in kebab-case: `unknown-key`.
    pub name: &'static str,
    /// How serious it is.
    pub severity: Severity,
    /// What it means, in one sentence.
    pub meaning: &'static str,
}

const fn error(name: &'static str, meaning: &'static str) -> Code {
    Code { name, severity: Severity::Error, meaning }
}

const fn warning(name: &'static str, meaning: &'static str) -> Code {
    Code { name, severity: Severity::Warning, meaning }
}

const fn note(name: &'static str, meaning: &'static str) -> Code {
    Code { name, severity: Severity::Note, meaning }
}

/// Every fault of the pack language, alphabetically. `columns::type_check` gives those that need the engine,
/// `scheme::check` those that need numbers.
#[rustfmt::skip]
pub const CODES: &[Code] = &[
    error("alias-like-field", "A derived column has the name of a field, so nobody could tell which one is read."),
    error("ambiguous-name", "Several needed packs define the name; write it with its pack."),
    error("bad-period", "A period is not written as 2025, 2025H1, 2025Q3, 2025-11, a day or from..until."),
    error("bad-table", "A row of orgs.csv or figures.csv cannot be read."),
    error("bands-not-from-zero", "The first band does not begin at nothing, so nothing is said of what lies below."),
    error("bands-not-rising", "A band does not begin above the one before it."),
    error("bare-number", "A number stands in a scheme without a name, a date and a source."),
    error("brace-needs-quotes", "A text with `{` in it stands unquoted where YAML reads a map."),
    warning("cell-without-example", "No example pays otherwise when this number changes by its smallest step."),
    error("cohort-cycle", "Cohorts read each other in a circle."),
    error("cohort-without-id", "A cohort, a task or a rule does not return `id` or `org`, so its rows can neither be opened nor placed."),
    error("date-gap", "Between two dated bodies or tables nothing is in force."),
    error("date-overlap", "Two dated bodies or tables are in force on the same day."),
    error("derive-cycle", "Derived columns of a register need each other."),
    error("detector-needs-baseline", "A detector does not say over how many periods its baseline runs."),
    error("division-in-scheme", "A scheme divides, and a quotient has no last digit."),
    error("doubled-key", "A key or an id is given twice; the first one is kept."),
    error("doubled-row", "A list or a table has two rows for the same key."),
    error("draw-without-n-or-share", "A draw by lot says neither how many nor which share."),
    error("exceptions-collide", "Two exceptions of a step can apply together and set the same key."),
    error("expect-failed", "The rows of a list break what the list itself promises with `expect`."),
    error("expression-refused", "The engine cannot compute an expression of `synth` for an invented record."),
    error("field-in-use", "A county tries to remove a field; records may hold it."),
    error("field-shadows-column", "A field has the name of a column that such registers have anyway."),
    error("finding-without-action", "A finding does not say why it matters and what to do."),
    error("float-on-money", "A function or cast answers with a float, which loses digits."),
    error("fund-unknown", "A step pays from something that is not a code of the list `fund`."),
    error("funnel-step-unknown", "A funnel says of something that is not a later step of it that it is found."),
    error("funnel-step-without-rows", "A step of a funnel is a rate, a sum or a score: it has no rows, so nobody can be missed after it."),
    error("funnel-too-short", "A funnel has fewer than two steps."),
    error("id-not-folder", "The id of a pack or county differs from the name of its folder."),
    error("indicator-cycle", "The value of an indicator needs itself."),
    warning("indicator-untested", "No example of any pack asks for this indicator."),
    error("inexact-number", "Money or a rate stands unquoted, so YAML may round it."),
    error("inline-cohort", "A query stands where a cohort is named; then a click on the number has no title."),
    error("input-nullable", "A scheme would pay from a value that can be empty."),
    error("integer-division", "Whole numbers are divided, which loses the rest."),
    error("language-too-new", "The pack is written in a later version of the language than this program knows."),
    error("level-needs-register", "A rule about a record being saved stands on an indicator."),
    error("may-overflow", "An amount can pass what 64 bits of fen hold."),
    warning("missing-english", "A text people read has no English."),
    error("missing-file", "A county names a file that is not in its folder."),
    error("missing-key", "Something required is not there."),
    error("missing-row", "A table has no row for one of the codes of its key."),
    error("money-without-date", "A table of money or rates has no first day."),
    error("not-an-id", "An id is not snake_case."),
    error("not-enough-subjects", "More records are to be invented than there are records to draw them from."),
    error("not-in-force", "No body of a cohort is in force on the day asked for."),
    note("not-on-cluster", "The statement of an indicator has no equal in Spark SQL, so `taizhang cluster` cannot count it."),
    error("not-repeatable", "A function or a sample would give another answer tomorrow."),
    note("not-run-yet", "The part is read and checked, but nothing runs it yet."),
    error("not-settable", "A county tries to change something that cannot be changed by `set`."),
    warning("nothing-published", "A number of `synth` rests on a figure the county did not publish; nothing is invented for it."),
    error("null-in-not-in", "`NOT IN (SELECT …)` gives no rows as soon as one value is empty."),
    error("number-without-cell", "The quoted sentence says a number that no cell of the table holds."),
    error("numerator-not-narrower", "The numerator of a share is not seen to be rows of its denominator."),
    error("order-in-cohort", "A cohort is ordered or cut off, but a set has no order."),
    error("order-not-total", "Rows are picked by an order in which several may be equal."),
    error("pack-cycle", "Packs need each other in a circle."),
    error("parameter-not-in-force", "A parameter has no value on the day asked for."),
    error("parameter-without-source", "A number does not say which document it comes from."),
    error("part-of-cycle", "Registers are parts of each other."),
    error("part-unused", "The records of `synth` are divided into parts that nothing depends on."),
    warning("persons-counted-as-rows", "The unit is person, but one person can have several of the rows counted."),
    error("placeholder-not-here", "A placeholder or function needs a period where there is none."),
    error("promise-broken", "A promise of a scheme does not hold in a case that is allowed."),
    error("promise-rounds-up", "What a person keeps at most is not rounded down, so the promise is broken by its own rounding."),
    error("published-contradiction", "Published figures cannot all be true of the same records."),
    error("query-in-row-expression", "An expression over one record contains a query or a window."),
    error("quote-without-number", "The quoted sentence does not contain the numbers it is the source of."),
    error("range-without-unit", "A range has numbers and no unit."),
    error("rate-above-one", "The share of a step can pass 100 %."),
    error("reads-later-step", "A formula reads what is only known after a later step."),
    error("record-rule-without-this", "The rows of a rule about the record being saved do not read that record."),
    error("replacement-differs", "A scheme stands in for another one and pays over other rows."),
    error("report-syntax", "A report text cannot be read as a template."),
    error("required-not-set", "A required column of a record that is made by itself (invented, or of a campaign) is set by nothing."),
    error("reserved-field", "A field has the name of an SQL word."),
    error("reserved-name", "A parameter has the name of a placeholder of the question itself."),
    warning("rule-untested", "No example is refused by this rule."),
    error("same-name", "A cohort and an indicator of a pack share a name."),
    error("say-unknown-field", "The sentence of a rule prints a column that the record does not have."),
    warning("scheme-untested", "No example of any pack pays by this scheme."),
    error("score-does-not-reach", "The parts of a score do not add to 100."),
    error("set-cycle", "Columns of an invented record are computed from each other."),
    error("set-unknown-field", "A campaign sets or picks what is no field of the register it fills."),
    error("sql-does-not-plan", "The engine does not understand a statement."),
    error("sql-syntax", "The text is not SQL."),
    error("star-in-cohort", "A cohort selects `*` instead of naming its columns."),
    error("state-unreachable", "No move leads to a state."),
    error("state-without-exit", "No move leaves a state that is not an end."),
    warning("step-over-remainder", "A step can come to more than is left of the bill, and is cut to it."),
    error("synth-reads-cohort", "An expression of `synth` asks a query that the record will later be counted with."),
    error("taken-name", "A county-wide name is used by two packs."),
    error("task-repeats-flow", "A task is written that a flow or a statement with a due day makes by itself."),
    error("task-uses-period", "The rows of a task ask for a period; a task knows only `:as_of`."),
    error("task-without-due", "The rows of a task have no due day."),
    note("tested-not-proved", "A promise was tried at every corner and could not be proved."),
    error("text-for-number", "A number is compared with a text."),
    error("too-large", "Something passes a limit of the language."),
    error("two-measures", "An indicator has several measures."),
    error("typed-number", "A report text holds a number typed by hand."),
    warning("undecided-missing", "A condition compares a field that can be empty and does not say how such a row counts."),
    error("unguarded-division", "A division fails the whole query when the divisor is zero."),
    error("unit-mismatch", "A field and a parameter that are compared are in different units."),
    error("unit-missing", "An indicator has no unit."),
    error("unit-twice", "A report text says a unit that the figure before it prints itself."),
    error("units-do-not-fit", "Money, rates, counts, flags, codes or days are put together in a way that has no meaning."),
    error("unknown-code", "A literal is not a code of the list it is compared with."),
    error("unknown-cohort", "No cohort of that name can be seen from here."),
    error("unknown-column", "A register, list or cohort has no such column."),
    error("unknown-filter", "A report text uses a filter that does not exist."),
    error("unknown-helper", "A report text calls a helper that does not exist."),
    error("unknown-indicator", "No indicator has that name."),
    error("unknown-invention", "`invent` names something that cannot be invented."),
    error("unknown-key", "A key or section is not one of the language."),
    error("unknown-list", "No list has that name."),
    error("unknown-lookup", "A dotted look-up does not lead to a code, a reference or a table."),
    error("unknown-name", "A county sets something that the pack does not define."),
    error("unknown-org", "An organisation stands under one that is not given before it."),
    error("unknown-pack", "A pack is needed that was not read."),
    error("unknown-parameter", "No parameter of that name can be seen from here."),
    error("unknown-part", "A setter names a part its records are not divided into."),
    error("unknown-register", "No register has that name."),
    error("unknown-relation", "A query reads something that is neither a register nor a list nor a cohort."),
    error("unknown-rule", "An example expects something of a rule that its pack does not have."),
    error("unknown-scheme", "No scheme has that name."),
    error("unknown-state", "A move or the start names a state the flow does not have."),
    error("unknown-string", "`strings/en.yaml` translates a text the pack does not have."),
    error("unknown-task", "An example expects something of a task that nobody defines."),
    error("unknown-unit", "A unit is not in the list `unit`."),
    error("unknown-word", "A word is not one of the fixed words possible here."),
    error("unsupported-sql", "A construct of SQL is outside the surface of the language."),
    error("wrong-arguments", "A function of the language is called with the wrong number of arguments."),
    error("wrong-kind", "A value is not of the kind its key needs."),
    error("yaml-alias", "Anchors and aliases of YAML are not used in packs."),
    error("yaml-syntax", "The file is not YAML."),
];

/// The code of that name.
pub fn code(name: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.name == name)
}

/// The page of the reference that lists every code, in Markdown.
pub fn diagnostics_page() -> String {
    let mut page = String::from(
        "# Diagnostics\n\nEvery fault that `taizhang check` can find in packs and counties, by its code. An *error* \
         refuses the pack, a\n*warning* is accepted but probably not meant, a *note* says what does not run yet.\n\n\
         | code | severity | meaning |\n| --- | --- | --- |\n",
    );
    for Code { name, severity, meaning } in CODES {
        page.push_str(&format!("| `{name}` | {} | {meaning} |\n", severity.word()));
    }
    page
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    /// Words in quotes that look like a code (`"two-words"`), with the file they stand in.
    fn words(path: &Path, found: &mut BTreeMap<String, String>) {
        if path.is_dir() {
            for entry in std::fs::read_dir(path).unwrap() {
                words(&entry.unwrap().path(), found);
            }
        } else if !path.ends_with("codes.rs") {
            let text = std::fs::read_to_string(path).unwrap();
            for word in text.split('"') {
                let parts: Vec<&str> = word.split('-').collect();
                let plain = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
                if parts.len() > 1 && parts.iter().all(plain) {
                    found.insert(word.to_string(), path.display().to_string());
                }
            }
        }
    }

    /// Words in quotes that a crate above gives a diagnostic as its code.
    fn codes_given(path: &Path, found: &mut BTreeMap<String, String>) {
        if path.is_dir() {
            for entry in std::fs::read_dir(path).unwrap() {
                codes_given(&entry.unwrap().path(), found);
            }
            return;
        }
        let text = std::fs::read_to_string(path).unwrap();
        for given in ["Diagnostic::error(", "Diagnostic::warning(", "Diagnostic::note("].map(|call| text.split(call)) {
            for word in given.skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next()) {
                found.insert(word.to_string(), path.display().to_string());
            }
        }
    }

    #[test]
    fn the_table_and_the_sources_name_the_same_codes() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut used = BTreeMap::new();
        words(&root.join("src"), &mut used);
        words(&root.join("../columns/src/check.rs"), &mut used);
        codes_given(&root.join("../scheme/src"), &mut used);
        codes_given(&root.join("../synth/src"), &mut used);
        codes_given(&root.join("../report/src"), &mut used);
        codes_given(&root.join("../cluster/src"), &mut used);
        let known: BTreeSet<&str> = CODES.iter().map(|code| code.name).collect();
        let missing: Vec<_> = used.iter().filter(|(word, _)| !known.contains(word.as_str())).collect();
        assert!(missing.is_empty(), "not in CODES: {missing:?}");
        let idle: Vec<_> = known.iter().filter(|code| !used.contains_key(**code)).collect();
        assert!(idle.is_empty(), "in CODES, and nobody uses it: {idle:?}");
    }

    #[test]
    fn codes_stand_in_order_and_say_one_sentence() {
        assert!(CODES.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(CODES.iter().all(|code| code.meaning.ends_with('.')));
    }
}
