-- The functions the pack language adds to SQL, as DuckDB macros.
--
-- Names carry the prefix `tz_`, because DuckDB has an `age` of its own; `macros::sql_name` maps the pack's names to these.
-- Every macro is NULL when an argument is NULL, reads no clock, and uses no binary fraction.
-- Parameters are typed, so that a text given for a date is refused when the statement is planned.

-- List of `core`: days that differ from "Monday to Friday are worked". Filled by the county's packs, empty until then.
CREATE TABLE IF NOT EXISTS holiday (day DATE, working BOOLEAN);

-- Ages and months ---------------------------------------------------------------------------------------------------

-- Completed years. Compares (month, day), so a birthday on 29 February is reached on 1 March of a common year.
CREATE OR REPLACE MACRO tz_age(birth DATE, on_day DATE) AS
  year(on_day) - year(birth)
  - CASE WHEN month(on_day) * 100 + day(on_day) < month(birth) * 100 + day(birth) THEN 1 ELSE 0 END;

-- Months from a to b counted by the calendar page alone, without looking at the day.
CREATE OR REPLACE MACRO tz_month_pages(a DATE, b DATE) AS
  (year(b) - year(a)) * 12 + month(b) - month(a);

-- 1 when b has not yet reached the day of the month of a; a day the month of b lacks is reached on its last day.
CREATE OR REPLACE MACRO tz_month_unfinished(a DATE, b DATE) AS
  CASE WHEN day(b) < least(day(a), day(last_day(b))) THEN 1 ELSE 0 END;

-- Completed months; exactly the negative of (b, a) when b lies before a.
CREATE OR REPLACE MACRO tz_months_between(a DATE, b DATE) AS
  CASE WHEN b >= a THEN tz_month_pages(a, b) - tz_month_unfinished(a, b)
       ELSE tz_month_unfinished(b, a) - tz_month_pages(b, a) END;

-- The same day n months on, or that month's last day.
CREATE OR REPLACE MACRO tz_add_months(d DATE, n BIGINT) AS
  CAST(d + to_months(n) AS DATE);

CREATE OR REPLACE MACRO tz_year_of(d DATE) AS year(d);

CREATE OR REPLACE MACRO tz_quarter_of(d DATE) AS CAST(date_trunc('quarter', d) AS DATE);

CREATE OR REPLACE MACRO tz_month_of(d DATE) AS CAST(date_trunc('month', d) AS DATE);

-- Completed quarters, and at least 1 once b lies after a: whoever enters a quarter owes it.
CREATE OR REPLACE MACRO tz_quarters_between(a DATE, b DATE) AS
  CASE WHEN a < b THEN greatest(tz_months_between(a, b) // 3, 1)
       ELSE tz_months_between(a, b) // 3 END;

-- Instants ----------------------------------------------------------------------------------------------------------

CREATE OR REPLACE MACRO tz_add_hours(t TIMESTAMP, n BIGINT) AS t + to_hours(n);

-- Hours to two digits, half up away from zero. Whole microseconds are divided as integers (36 s is 0.01 h).
CREATE OR REPLACE MACRO tz_hours_between(a TIMESTAMP, b TIMESTAMP) AS
  CAST(CAST((date_diff('microsecond', a, b) + CASE WHEN b < a THEN -18000000 ELSE 18000000 END) // 36000000
       AS DECIMAL(12, 0)) * 0.01 AS DECIMAL(12, 2));

-- The last minute of a day, for comparing a date with an instant.
CREATE OR REPLACE MACRO tz_end_of(d DATE) AS CAST(d AS TIMESTAMP) + to_minutes(1439);

-- Numbers -----------------------------------------------------------------------------------------------------------

-- n must be a literal: DuckDB gives a decimal its scale when it plans.
CREATE OR REPLACE MACRO tz_round_half_up(x, n) AS round(x, n);

CREATE OR REPLACE MACRO tz_round_down(x, n) AS trunc(x, n);

-- DuckDB's `//` cuts towards zero; this goes down. Division by zero is NULL.
CREATE OR REPLACE MACRO tz_floor_div(a BIGINT, b BIGINT) AS (a - ((a % b) + b) % b) // b;

-- Working days ------------------------------------------------------------------------------------------------------

-- Every day the calendar knows, with `upto` = working days up to and including it. Where `holiday` has rows, the
-- calendar ends with the last year it covers: nobody knows next year's make-up days.
CREATE OR REPLACE MACRO tz_calendar() AS TABLE
  SELECT day, working, sum(CASE WHEN working THEN 1 ELSE 0 END) OVER (ORDER BY day) AS upto
  FROM (
    SELECT CAST(d.day AS DATE) AS day, coalesce(h.working, isodow(d.day) <= 5) AS working
    FROM (
      SELECT unnest(generate_series(
        DATE '1949-10-01',
        coalesce(make_date((SELECT max(year(day)) FROM holiday), 12, 31), DATE '2099-12-31'),
        INTERVAL 1 DAY)) AS day
    ) d
    LEFT JOIN (SELECT day, bool_and(working) AS working FROM holiday GROUP BY day) h ON h.day = d.day
  );

-- Working days up to and including d; refuses a day the calendar does not reach.
CREATE OR REPLACE MACRO tz_worked_upto(d DATE) AS
  CASE WHEN d IS NULL THEN NULL
       ELSE coalesce((SELECT any_value(c.upto) FROM tz_calendar() c WHERE c.day = d),
                     error('calendar-ends: the list holiday does not reach ' || CAST(d AS VARCHAR))) END;

-- Working days in (a, b]: the day of acceptance does not count. Negative when b lies before a. An instant counts by its day.
CREATE OR REPLACE MACRO tz_working_days(a DATE, b DATE) AS
  CAST(tz_worked_upto(b) - tz_worked_upto(a) AS BIGINT),
  (a TIMESTAMP, b TIMESTAMP) AS
  CAST(tz_worked_upto(CAST(b AS DATE)) - tz_worked_upto(CAST(a AS DATE)) AS BIGINT);

-- Finds the day by its number in the calendar: the first day with that many working days up to it is a working day.
CREATE OR REPLACE MACRO tz_nth_working_day(d DATE, n BIGINT) AS
  CASE WHEN d IS NULL OR n IS NULL THEN NULL
       WHEN n = 0 THEN d
       ELSE coalesce((SELECT min(c.day) FROM tz_calendar() c
                      WHERE c.upto = CASE WHEN n > 0 THEN tz_worked_upto(d) + n ELSE tz_worked_upto(d - 1) + n + 1 END),
                     error('calendar-ends: the list holiday does not reach ' || CAST(n AS VARCHAR)
                           || ' working days after ' || CAST(d AS VARCHAR))) END;

-- The n-th working day after d (before d when n is negative); d itself when n is 0. An instant counts by its day.
CREATE OR REPLACE MACRO tz_add_working_days(d DATE, n BIGINT) AS tz_nth_working_day(d, n),
  (d TIMESTAMP, n BIGINT) AS tz_nth_working_day(CAST(d AS DATE), n);

-- Identifiers -------------------------------------------------------------------------------------------------------

-- What is wrong with an identifier, said for the person who typed it; NULL when nothing is. `kind` is one of citizen_id,
-- residence_permit, foreign_card, household_code, village_code, licence_code, health_record_no, uscc. Nobody is born
-- after `on_day` or more than 130 years before it.
CREATE OR REPLACE MACRO tz_id_fault(kind VARCHAR, t VARCHAR, on_day DATE) AS
  CASE WHEN on_day IS NULL THEN NULL ELSE rs_id_fault(kind, t, CAST(on_day AS VARCHAR), 'zh') END;

CREATE OR REPLACE MACRO tz_id_fault_en(kind VARCHAR, t VARCHAR, on_day DATE) AS
  CASE WHEN on_day IS NULL THEN NULL ELSE rs_id_fault(kind, t, CAST(on_day AS VARCHAR), 'en') END;

-- The rules are those of `base::id`, each in one place.
CREATE OR REPLACE MACRO tz_id_ok(kind, t) AS
  CASE WHEN t IS NULL THEN NULL ELSE rs_id_fault(kind, t, NULL, 'zh') IS NULL END;

CREATE OR REPLACE MACRO tz_chinese_id_ok(t VARCHAR) AS tz_id_ok('citizen_id', t);

CREATE OR REPLACE MACRO tz_uscc_ok(t VARCHAR) AS tz_id_ok('uscc', t);

CREATE OR REPLACE MACRO tz_licence_code_ok(t VARCHAR) AS tz_id_ok('licence_code', t);

CREATE OR REPLACE MACRO tz_health_record_no_ok(t VARCHAR) AS tz_id_ok('health_record_no', t);

CREATE OR REPLACE MACRO tz_village_code_ok(t VARCHAR) AS tz_id_ok('village_code', t);

CREATE OR REPLACE MACRO tz_household_code_ok(t VARCHAR) AS tz_id_ok('household_code', t);

-- Search --------------------------------------------------------------------------------------------------------------

-- 张建国 as zhangjianguo and as zjg; what is no Chinese character stays, in small letters.
CREATE OR REPLACE MACRO tz_pinyin(t VARCHAR) AS rs_pinyin(t);

CREATE OR REPLACE MACRO tz_pinyin_initials(t VARCHAR) AS rs_pinyin_initials(t);
