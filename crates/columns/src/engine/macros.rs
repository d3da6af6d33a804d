//! Which functions does the pack language add to SQL, and what are they called inside?
//!
//! The definitions themselves are `macros.sql` of the crate `pack`; a few call back into [`SCALARS`]. The SQL printer asks [`sql_name`] for every function it prints; error
//! messages are turned back, so that an author reads the name he wrote. Knows names, never statements.

use super::function::Scalar;
use super::pinyin;
use base::Date;
use base::id::IdKind;

/// Functions written in Rust, under the names by which `macros.sql` calls them.
pub(super) const SCALARS: [(&str, usize, Scalar); 3] =
    [("rs_id_fault", 4, id_fault), ("rs_pinyin", 1, pinyin_of), ("rs_pinyin_initials", 1, initials_of)];

/// What is wrong with an identifier: kind, text, the day on which it is asked (or none), `zh` or `en`.
fn id_fault(arguments: &[Option<&str>]) -> Option<String> {
    let [Some(kind), Some(text), on, Some(language)] = arguments else { return None };
    let Some(kind) = IdKind::from_word(kind) else { return Some(format!("unknown kind of identifier: {kind}")) };
    let fault = kind.fault(text, on.and_then(|on| on.parse::<Date>().ok()))?.text();
    Some(if *language == "en" { fault.en.unwrap_or(fault.zh) } else { fault.zh })
}

fn pinyin_of(arguments: &[Option<&str>]) -> Option<String> {
    arguments[0].map(pinyin::full)
}

fn initials_of(arguments: &[Option<&str>]) -> Option<String> {
    arguments[0].map(pinyin::initials)
}

/// The statements that define every function; run in each database when it is opened.
pub(super) const DEFINITIONS: &str = pack::sql::MACROS;

/// Every function: its name in packs and its name in the engine. Sorted by the first.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("add_hours", "tz_add_hours"),
    ("add_months", "tz_add_months"),
    ("add_working_days", "tz_add_working_days"),
    ("age", "tz_age"),
    ("chinese_id_ok", "tz_chinese_id_ok"),
    ("end_of", "tz_end_of"),
    ("floor_div", "tz_floor_div"),
    ("health_record_no_ok", "tz_health_record_no_ok"),
    ("hours_between", "tz_hours_between"),
    ("household_code_ok", "tz_household_code_ok"),
    ("id_fault", "tz_id_fault"),
    ("id_fault_en", "tz_id_fault_en"),
    ("licence_code_ok", "tz_licence_code_ok"),
    ("month_of", "tz_month_of"),
    ("months_between", "tz_months_between"),
    ("pinyin", "tz_pinyin"),
    ("pinyin_initials", "tz_pinyin_initials"),
    ("quarter_of", "tz_quarter_of"),
    ("quarters_between", "tz_quarters_between"),
    ("round_down", "tz_round_down"),
    ("round_half_up", "tz_round_half_up"),
    ("uscc_ok", "tz_uscc_ok"),
    ("village_code_ok", "tz_village_code_ok"),
    ("working_days", "tz_working_days"),
    ("year_of", "tz_year_of"),
];

/// The engine's name of a function of the pack language; `None` for a function that is DuckDB's own.
pub fn sql_name(name: &str) -> Option<&'static str> {
    FUNCTIONS.iter().find(|(in_packs, _)| in_packs.eq_ignore_ascii_case(name)).map(|(_, in_sql)| *in_sql)
}

/// An engine's message with the names authors know.
pub(super) fn with_pack_names(message: &str) -> String {
    if !message.contains("tz_") {
        return message.to_owned();
    }
    FUNCTIONS.iter().fold(message.to_owned(), |text, (in_packs, in_sql)| text.replace(in_sql, in_packs))
}
