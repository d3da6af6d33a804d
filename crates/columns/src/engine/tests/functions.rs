//! The functions of the pack language, on both sides of every boundary.
use super::*;

const WEEK: &str = "INSERT INTO holiday VALUES (DATE '2025-09-28', TRUE), (DATE '2025-10-11', TRUE),
    (DATE '2025-10-01', FALSE), (DATE '2025-10-02', FALSE), (DATE '2025-10-03', FALSE),
    (DATE '2025-10-06', FALSE), (DATE '2025-10-07', FALSE), (DATE '2025-10-08', FALSE)";

/// `CALL = RESULT` a line, as the engine writes the result. A day in quotes, `'2025-01-01'`, is a DATE or, with a
/// time, a TIMESTAMP; `t'…'` is text.
fn check(setup: &str, cases: &str) {
    let connection = memory().connect().unwrap();
    connection.execute(setup).unwrap();
    for case in cases.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (call, expected) = case.rsplit_once(" = ").unwrap();
        let name = call.split_once('(').unwrap().0;
        let sql =
            format!("SELECT CAST(({}) AS VARCHAR)", typed(&call.replacen(name, macros::sql_name(name).unwrap(), 1)));
        let found = connection.query(&sql).and_then(Rows::single).unwrap_or_else(|error| panic!("{case}: {error}"));
        let expected = if expected == "NULL" { Value::Null } else { Value::Text(expected.into()) };
        assert_eq!(found, expected, "{case}");
    }
}

fn typed(call: &str) -> String {
    let mut sql = String::new();
    for (index, part) in call.split('\'').enumerate() {
        match (index % 2, sql.strip_suffix('t').map(str::to_owned)) {
            (1, Some(before)) => sql = format!("{before}'{part}'"),
            (1, None) => sql += &format!("{} '{part}'", if part.len() > 10 { "TIMESTAMP" } else { "DATE" }),
            _ => sql += part,
        }
    }
    sql
}

#[test]
fn every_function_is_null_on_null() {
    let connection = memory().connect().unwrap();
    let calls = [
        "tz_age(#, d)",
        "tz_age(d, #)",
        "tz_months_between(#, d)",
        "tz_months_between(d, #)",
        "tz_add_months(#, 1)",
        "tz_add_months(d, #)",
        "tz_add_hours(#, 1)",
        "tz_add_hours(t, #)",
        "tz_hours_between(#, t)",
        "tz_hours_between(t, #)",
        "tz_end_of(#)",
        "tz_year_of(#)",
        "tz_quarter_of(#)",
        "tz_month_of(#)",
        "tz_quarters_between(#, d)",
        "tz_quarters_between(d, #)",
        "tz_round_half_up(#, 2)",
        "tz_round_down(#, 2)",
        "tz_floor_div(#, 2)",
        "tz_floor_div(2, #)",
        "tz_working_days(#, d)",
        "tz_working_days(d, #)",
        "tz_add_working_days(#, 1)",
        "tz_add_working_days(d, #)",
        "tz_chinese_id_ok(#)",
        "tz_uscc_ok(#)",
        "tz_health_record_no_ok(#)",
        "tz_household_code_ok(#)",
        "tz_id_fault('citizen_id', #, d)",
        "tz_id_fault_en('citizen_id', #, d)",
        "tz_licence_code_ok(#)",
        "tz_pinyin(#)",
        "tz_pinyin_initials(#)",
        "tz_village_code_ok(#)",
    ];
    for (_, name) in macros::FUNCTIONS {
        assert!(calls.iter().any(|call| call.starts_with(&format!("{name}("))), "{name}");
    }
    for call in calls {
        let from = "FROM (VALUES (DATE '2025-01-01', TIMESTAMP '2025-01-01 08:00')) v(d, t)";
        let sql = format!("SELECT {} {from}", call.replace('#', "NULL"));
        assert_eq!(connection.query(&sql).and_then(Rows::single), Ok(Value::Null), "{call}");
    }
}

#[test]
fn age_counts_completed_years() {
    check(
        "",
        "
        age('2000-05-20', '2025-05-19') = 24
        age('2000-05-20', '2025-05-20') = 25
        age('2004-02-29', '2025-02-28') = 20
        age('2004-02-29', '2025-03-01') = 21
        age('2004-02-29', '2024-02-28') = 19
        age('2004-02-29', '2024-02-29') = 20
        age('2025-05-20', '2025-05-20') = 0
        age('2025-12-31', '2026-01-01') = 0
    ",
    );
}

#[test]
fn months_end_with_the_short_month() {
    check(
        "",
        "
        months_between('2024-01-31', '2024-02-28') = 0
        months_between('2024-01-31', '2024-02-29') = 1
        months_between('2023-01-31', '2023-02-28') = 1
        months_between('2023-01-30', '2023-02-28') = 1
        months_between('2023-01-30', '2023-02-27') = 0
        months_between('2024-02-29', '2024-03-28') = 0
        months_between('2024-02-29', '2024-03-29') = 1
        months_between('2024-03-15', '2025-03-14') = 11
        months_between('2024-03-15', '2024-03-15') = 0
        months_between('2024-02-29', '2024-01-31') = -1
        months_between('2024-03-15', '2024-03-10') = 0
        add_months('2024-01-31', 1) = 2024-02-29
        add_months('2023-01-31', 1) = 2023-02-28
        add_months('2024-02-29', 12) = 2025-02-28
        add_months('2024-02-29', 1) = 2024-03-29
        add_months('2024-03-31', -1) = 2024-02-29
        add_months('2024-12-15', 0) = 2024-12-15
    ",
    );
}

#[test]
fn hours_are_exact_to_two_digits() {
    check(
        "",
        "
        add_hours('2024-12-31 23:00', 1) = 2025-01-01 00:00:00
        add_hours('2024-03-01 00:00', -1) = 2024-02-29 23:00:00
        hours_between('2024-05-31 08:00', '2024-05-31 09:30') = 1.50
        hours_between('2024-05-31 08:00:00', '2024-05-31 08:00:17') = 0.00
        hours_between('2024-05-31 08:00:00', '2024-05-31 08:00:18') = 0.01
        hours_between('2024-05-31 08:00:18', '2024-05-31 08:00:00') = -0.01
        hours_between('2024-05-31 08:00:17', '2024-05-31 08:00:00') = 0.00
        hours_between('2024-02-28 00:00', '2024-03-01 00:00') = 48.00
        end_of('2024-02-29') = 2024-02-29 23:59:00
    ",
    );
}

#[test]
fn periods_of_a_day() {
    check(
        "",
        "
        year_of('2024-12-31') = 2024
        year_of('2025-01-01') = 2025
        quarter_of('2024-03-31') = 2024-01-01
        quarter_of('2024-04-01') = 2024-04-01
        month_of('2024-02-29') = 2024-02-01
        month_of('2024-03-01') = 2024-03-01
        quarters_between('2024-05-31', '2024-05-31') = 0
        quarters_between('2024-05-31', '2024-06-01') = 1
        quarters_between('2024-05-31', '2024-11-29') = 1
        quarters_between('2024-05-31', '2024-11-30') = 2
        quarters_between('2024-11-30', '2024-05-31') = -2
    ",
    );
}

#[test]
fn rounding_and_dividing() {
    check(
        "",
        "
        round_half_up(1.004, 2) = 1.00
        round_half_up(1.005, 2) = 1.01
        round_half_up(-1.005, 2) = -1.01
        round_half_up(1450, -2) = 1500
        round_down(1.009, 2) = 1.00
        round_down(-1.009, 2) = -1.00
        floor_div(7, 2) = 3
        floor_div(-7, 2) = -4
        floor_div(-8, 2) = -4
        floor_div(7, -2) = -4
        floor_div(7, 0) = NULL
    ",
    );
    let connection = memory().connect().unwrap();
    let plan =
        connection.plan("SELECT tz_round_half_up(1.005, 2), tz_round_down(1.005, 2), tz_floor_div(7, 2)").unwrap();
    let kinds: Vec<_> = plan.columns.iter().map(|column| column.r#type.to_string()).collect();
    assert_eq!(kinds, ["decimal(4, 2)", "decimal(4, 2)", "integer"]);
    assert!(connection.plan("SELECT tz_floor_div(7.5, 2)").is_err());
}

#[test]
fn working_days_without_a_list_are_monday_to_friday() {
    check(
        "",
        "
        working_days('2025-01-03', '2025-01-03') = 0
        working_days('2025-01-03', '2025-01-05') = 0
        working_days('2025-01-03', '2025-01-06') = 1
        working_days('2025-01-05', '2025-01-06') = 1
        working_days('2025-01-06', '2025-01-03') = -1
        working_days('2025-01-03 17:00', '2025-01-06') = 1
        working_days('2090-01-02', '2090-01-09') = 5
        add_working_days('2025-01-03', 0) = 2025-01-03
        add_working_days('2025-01-03', 1) = 2025-01-06
        add_working_days('2025-01-04', 1) = 2025-01-06
        add_working_days('2025-01-03 23:59', 5) = 2025-01-10
        add_working_days('2025-01-04', -1) = 2025-01-03
        add_working_days('2025-01-06', -1) = 2025-01-03
    ",
    );
}

#[test]
fn working_days_follow_holidays_and_make_up_days() {
    check(
        WEEK,
        "
        working_days('2025-09-26', '2025-09-27') = 0
        working_days('2025-09-26', '2025-09-28') = 1
        working_days('2025-09-30', '2025-10-08') = 0
        working_days('2025-09-30', '2025-10-09') = 1
        working_days('2025-10-10', '2025-10-11') = 1
        add_working_days('2025-09-26', 1) = 2025-09-28
        add_working_days('2025-09-30', 1) = 2025-10-09
        add_working_days('2025-09-30', 3) = 2025-10-11
        add_working_days('2025-12-30', 1) = 2025-12-31
    ",
    );
}

#[test]
fn the_calendar_ends_with_its_last_year() {
    let connection = memory().connect().unwrap();
    connection.execute(WEEK).unwrap();
    for call in ["working_days(DATE '2025-01-01', DATE '2026-01-01')", "add_working_days(DATE '2025-12-31', 1)"] {
        let error = connection.query(&format!("SELECT tz_{call}")).and_then(Rows::rows).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused);
        assert!(error.message.starts_with("calendar-ends: "), "{error}");
    }
}

#[test]
fn working_days_over_many_rows_read_the_list_as_it_is_now() {
    let connection = memory().connect().unwrap();
    connection
        .execute("DROP TABLE holiday; CREATE VIEW holiday AS SELECT DATE '2025-01-06' AS day, FALSE AS working")
        .unwrap();
    let sql = "SELECT count(*) FILTER (WHERE tz_working_days(d, d + 7) < 5)
        FROM (SELECT DATE '2025-01-01' + (i % 14)::INTEGER AS d FROM range(140000) t(i))";
    // Of the days from 1 to 14 January, the week after each of the first five holds 6 January.
    assert_eq!(connection.query(sql).unwrap().single().unwrap(), Value::Int(50_000));
}

#[test]
fn identifiers() {
    check(
        "",
        "
        chinese_id_ok(t'11010519491231002X') = true
        chinese_id_ok(t'110105194912310020') = false
        chinese_id_ok(t'11010519491231002x') = false
        chinese_id_ok(t'11010519490230002X') = false
        chinese_id_ok(t'1101051949123100') = false
        chinese_id_ok(t'') = false
        uscc_ok(t'91350100M000100Y43') = true
        uscc_ok(t'91350100M000100Y44') = false
        uscc_ok(t'9135010OM000100Y43') = false
        uscc_ok(t'91350100M000100Y4') = false
        health_record_no_ok(t'51990010110100001') = true
        health_record_no_ok(t'51990010120100001') = false
        village_code_ok(t'519900101201') = true
        village_code_ok(t'519900101600') = false
        household_code_ok(t'5199001012010001') = true
        household_code_ok(t'5199001012010000') = false
        licence_code_ok(t'M000100Y451990011A1001') = true
        licence_code_ok(t'M000100Y551990011A1001') = false
        id_fault(t'citizen_id', t'11010519491231002X', '2025-01-01') = NULL
        id_fault(t'citizen_id', t'110105194912310021', '2025-01-01') = 第18位校验码应为“X”，现为“1”
        id_fault(t'citizen_id', t'11010519491231002X', '1949-12-31') = NULL
        id_fault(t'citizen_id', t'11010519491231002X', '1949-12-30') = 出生日期1949-12-31晚于1949-12-30
        id_fault_en(t'uscc', t'9135010OM000100Y43', '2025-01-01') = character 8, \"O\", should be a digit
        pinyin(t'单雄信') = shanxiongxin
        pinyin_initials(t'张建国') = zjg
    ",
    );
}

#[test]
fn every_real_day_of_birth_has_exactly_one_check_character() {
    let sql = "SELECT DISTINCT len(list_filter(string_split('0123456789X', ''),
            lambda c: tz_chinese_id_ok('519900' || strftime(d, '%Y%m%d') || '123' || c)))
        FROM (SELECT DATE '1950-01-01' + (i * 7)::INTEGER AS d FROM range(3000) t(i))";
    assert_eq!(answer(sql), [Value::Int(1)]);
}

#[test]
fn a_text_is_no_date() {
    let connection = memory().connect().unwrap();
    for sql in ["SELECT tz_age('2000-01-01', DATE '2025-01-01')", "SELECT tz_month_of(20250101)"] {
        assert_eq!(connection.plan(sql).unwrap_err().kind, ErrorKind::Binding, "{sql}");
    }
}

#[test]
fn names_are_sorted_and_found_in_any_case() {
    assert!(macros::FUNCTIONS.is_sorted());
    assert_eq!(macros::sql_name("AGE"), Some("tz_age"));
    assert_eq!(macros::sql_name("coalesce"), None);
}
