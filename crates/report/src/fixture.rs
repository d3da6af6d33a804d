//! A county of fifteen figures, for tests only.

#![allow(clippy::unwrap_used)]

use crate::figure::{Cell, Direction, FigureError, FigureValue, Figures, Target, Unit, UnitKind};
use base::{Decimal, Period, Rounding, Text};
use std::collections::BTreeMap;

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn unit(id: &str) -> Unit {
    let (zh, en, kind) = match id {
        "person" => ("人", "persons", UnitKind::Count),
        "copy" => ("份", "copies", UnitKind::Count),
        "case" => ("例", "cases", UnitKind::Count),
        "incident" => ("起", "incidents", UnitKind::Count),
        "percent" => ("%", "%", UnitKind::Ratio),
        "permille" => ("‰", "‰", UnitKind::Ratio),
        "sex_ratio" => ("", "", UnitKind::Ratio),
        "yuan" => ("元", "yuan", UnitKind::Money),
        "square_metre" => ("平方米", "m²", UnitKind::Area),
        "day" => ("天", "days", UnitKind::Time),
        "year" => ("年", "", UnitKind::Date),
        "month" => ("月", "", UnitKind::Date),
        "month_day" => ("", "", UnitKind::Date),
        other => panic!("no unit {other}"),
    };
    Unit { id: id.into(), word: Text::both(zh, en), kind }
}

pub(crate) fn figure(id: &str, value: Option<&str>, unit_id: &str) -> FigureValue {
    let period = Period::year(2025);
    FigureValue {
        indicator: id.into(),
        title: Text::zh(id),
        org: "county".into(),
        org_name: Text::zh("示例县"),
        is_county: true,
        period,
        value: value.map(dec),
        numerator: None,
        denominator: None,
        unit: unit(unit_id),
        digits: value.map_or(0, |v| dec(v).scale()),
        round: Rounding::HalfUp,
        cut_off: period.last_day(),
        missing: value.is_none().then(|| Text::both("分母为0", "the denominator is 0")),
        source: "示例规范".into(),
    }
}

/// The county, with values of 2025 and some of 2024.
pub(crate) struct Shili;

impl Shili {
    fn all() -> Vec<FigureValue> {
        let titled = |id: &str, title: &str, value: Option<&str>, unit: &str| {
            let mut f = figure(id, value, unit);
            f.title = Text::zh(title);
            f
        };
        let mut rate = titled("hypertension_standard_rate", "高血压患者规范管理率", Some("98.96"), "percent");
        (rate.numerator, rate.denominator) = (Some(dec("29429")), Some(dec("29738")));
        let mut late = titled("clinics_built", "已完工村卫生室", Some("20"), "case");
        late.cut_off = "2025-10-31".parse().unwrap();
        vec![
            titled("hypertension_patients", "高血压患者", Some("29738"), "person"),
            rate,
            titled("drug_sales", "药品零差率销售额", Some("87312400"), "yuan"),
            titled("funds_by_source", "项目资金", Some("54000000"), "yuan"),
            titled("broken_funds", "对不上的资金", Some("54000001"), "yuan"),
            titled("reward_opening", "年初奖扶对象", Some("1301"), "person"),
            titled("reward_new", "新增奖扶对象", Some("102"), "person"),
            titled("reward_exit", "退出奖扶对象", Some("27"), "person"),
            titled("accidents", "医疗事故", Some("0"), "incident"),
            titled("complaints", "投诉", Some("2"), "incident"),
            titled("control_rate", "血压控制率", None, "percent"),
            titled("started_on", "开工日", Some("1030"), "month_day"),
            titled("births", "出生人口", Some("3598"), "person"),
            titled("early_rate", "早孕建册率", Some("88.96"), "percent"),
            late,
        ]
    }
}

impl Figures for Shili {
    fn indicators(&self) -> Vec<String> {
        Self::all().into_iter().map(|f| f.indicator).collect()
    }

    fn figure(&self, indicator: &str, org: Option<&str>, period: Option<Period>) -> Result<FigureValue, FigureError> {
        let mut f = Self::all()
            .into_iter()
            .find(|f| f.indicator == indicator)
            .ok_or_else(|| FigureError::UnknownIndicator(indicator.into()))?;
        if let Some(org) = org.filter(|org| *org != "county") {
            return Err(FigureError::UnknownOrg(org.into()));
        }
        if let Some(period) = period.filter(|p| *p != f.period) {
            f.period = period;
            f.cut_off = period.last_day();
            (f.numerator, f.denominator) = (None, None);
            f.value = match indicator {
                "hypertension_standard_rate" => Some(dec("98.50")),
                "births" => Some(dec("3600")),
                _ => None,
            };
        }
        Ok(f)
    }

    fn cells(&self, indicator: &str, _by: &[String]) -> Result<Vec<Cell>, FigureError> {
        let column = |value: &str| BTreeMap::from([("source".to_string(), value.to_string())]);
        let part = |code: &str, label: &str, value: &str| Cell {
            key: column(code),
            label: Text::zh(label),
            value: FigureValue {
                title: Text::zh(format!("项目资金（{label}）")),
                ..figure(indicator, Some(value), "yuan")
            },
        };
        Ok(vec![part("central", "中央资金", "43200000"), part("local", "地方配套", "10800000"), part("x", "其他", "0")])
    }

    fn by_org(&self, indicator: &str, _level: &str) -> Result<Vec<FigureValue>, FigureError> {
        let towns = [("a", "甲镇", "99.80"), ("b", "乙镇", "99.71"), ("c", "丙镇", "99.60"), ("d", "丁镇", "99.60")];
        Ok(towns
            .into_iter()
            .map(|(org, name, value)| {
                let mut f = figure(indicator, Some(value), "percent");
                f.title = Text::zh("高血压患者规范管理率");
                (f.org, f.org_name, f.is_county) = (org.into(), Text::zh(name), false);
                f
            })
            .collect())
    }

    fn rows(&self, cohort: &str, _limit: usize) -> Result<Vec<BTreeMap<String, String>>, FigureError> {
        if cohort != "late_milestones" {
            return Err(FigureError::UnknownCohort(cohort.into()));
        }
        let row = |name: &str, milestone: &str, days: &str| {
            BTreeMap::from(
                [("name", name), ("milestone", milestone), ("days", days)].map(|(k, v)| (k.into(), v.into())),
            )
        };
        Ok(vec![row("县医院迁建", "开标", "40"), row("中医医院综合楼", "封顶", "12")])
    }

    fn target(&self, indicator: &str, year: i16) -> Option<Target> {
        let value = match (indicator, year) {
            ("hypertension_standard_rate" | "early_rate", 2025) => "90",
            ("hypertension_standard_rate", 2026) => "92",
            _ => return None,
        };
        Some(Target { direction: Direction::AtLeast, value: dec(value), source: "示例文件".into() })
    }
}
