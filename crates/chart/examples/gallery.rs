//! Writes one drawing of each kind, and some difficult ones, to a folder: `cargo run -p chart --example gallery FOLDER`.
//!
//! All places and figures are invented.

use std::error::Error;
use std::path::PathBuf;

use base::Decimal;
use chart::{Band, Bar, Chart, Comparison, Direction, Flow, Goal, Progress, Pyramid, Sankey, Series, Size, Trend};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name the folder to write to")?);
    std::fs::create_dir_all(&folder)?;
    for (name, chart, size) in drawings()? {
        std::fs::write(folder.join(format!("{name}.svg")), chart.svg(size))?;
    }
    Ok(())
}

/// Every drawing with its name and size; the tests look at the same ones.
pub fn drawings() -> Result<Vec<(&'static str, Chart, Size)>> {
    let empty = Comparison::new("高血压患者规范管理率", "%", Vec::new())?;
    Ok(vec![
        ("trend", Chart::Trend(trend()?), Size::new(640, 320)),
        ("trend-many", Chart::Trend(trend_many()?), Size::new(640, 360)),
        ("trend-months", Chart::Trend(trend_months()?), Size::new(640, 300).without_heading()),
        ("trend-negative", Chart::Trend(trend_negative()?), Size::new(480, 260)),
        ("comparison", Chart::Comparison(comparison(12)?), Size::new(640, 380)),
        ("comparison-forty", Chart::Comparison(comparison(40)?), Size::new(640, 400)),
        ("comparison-amounts", Chart::Comparison(amounts()?), Size::new(420, 260)),
        ("progress", Chart::Progress(progress()?), Size::new(640, 320)),
        ("pyramid", Chart::Pyramid(pyramid()?), Size::new(640, 460)),
        ("pyramid-narrow", Chart::Pyramid(pyramid()?), Size::new(380, 300)),
        ("sankey", Chart::Sankey(sankey()?), Size::new(640, 380)),
        ("sankey-two", Chart::Sankey(sankey_two()?), Size::new(560, 300)),
        ("empty", Chart::Comparison(empty), Size::new(480, 200)),
    ])
}

fn decimal(text: &str) -> Result<Decimal> {
    Ok(text.parse()?)
}

/// Values by words, `-` where there is none.
fn values(text: &str) -> Result<Vec<Option<Decimal>>> {
    text.split_whitespace().map(|word| if word == "-" { Ok(None) } else { decimal(word).map(Some) }).collect()
}

fn trend() -> Result<Trend> {
    let points = (2017..=2025).map(|year| format!("{year}年")).collect();
    let series = Series::new("高血压", values("61.20 64.75 66.10 58.90 - 70.32 72.84 75.01 78.96")?);
    Ok(Trend::new("高血压患者基层规范管理服务率", "%", points, vec![series])?.with_target("目标值", decimal("75")?)?)
}

fn trend_many() -> Result<Trend> {
    let points = (2018..=2025).map(|year| format!("{year}年")).collect();
    let series = vec![
        Series::new("高血压患者规范管理率", values("62.10 64.20 65.80 63.00 68.40 71.20 74.90 77.60")?),
        Series::new("2型糖尿病患者规范管理率", values("58.30 61.90 64.00 61.50 66.80 70.10 73.50 78.20")?),
        Series::new("老年人健康管理率", values("66.00 67.20 68.90 - 69.90 70.80 72.00 72.60")?),
        Series::new("严重精神障碍患者规范管理率", values("81.00 82.60 83.10 84.00 86.20 88.70 90.10 91.40")?),
    ];
    Ok(Trend::new("基本公共卫生服务主要指标", "%", points, series)?)
}

fn trend_months() -> Result<Trend> {
    let points = (0..36).map(|n| format!("{}年{}月", 2023 + n / 12, n % 12 + 1)).collect();
    let value = |n: i64| Decimal::from(12_400 + (n * 7919) % 2_300 + n * 40);
    let series = |name: &str, shift: i64| Series::new(name, (0..36).map(|n| Some(value(n + shift))).collect());
    Ok(Trend::new("门诊人次", "人次", points, vec![series("县级医院", 0), series("乡镇卫生院", 11)])?)
}

fn trend_negative() -> Result<Trend> {
    let points = ["2021年", "2022年", "2023年", "2024年", "2025年"].map(String::from).to_vec();
    let series = vec![Series::new("结余", values("120.5 -35.2 -80.0 15.4 60.1")?)];
    Ok(Trend::new("居民医保基金当期结余", "万元", points, series)?)
}

const TOWNS: [&str; 10] =
    ["青石镇", "柳河乡", "白杨镇", "双桥镇", "云溪乡", "梅岭镇", "石门沟乡", "松坪镇", "长滩镇", "五里乡"];

fn comparison(n_bars: usize) -> Result<Comparison> {
    let bar = |n: usize| {
        let kind = ["中心卫生院", "卫生院", "卫生院第二门诊部暨社区卫生服务站", "街道社区卫生服务中心"];
        let label = format!("{}{}", TOWNS[n % 10], kind[(n / 10) % 4]);
        let value = Decimal::new(9_480 - (n as i64 * 3_671) % 4_300, 2);
        Bar::new(label, (n != 7).then_some(value))
    };
    let chart = Comparison::new("2025年各机构高血压患者规范管理率", "%", (0..n_bars).map(bar).collect())?;
    Ok(chart.with_target("目标值", decimal("75")?, Direction::AtLeast)?)
}

fn amounts() -> Result<Comparison> {
    let bars = TOWNS.iter().take(6).zip([1_234_567, 980_000, 402_118, 88_020, 1_500, 0]);
    let bars = bars.map(|(town, n)| Bar::new(*town, Some(Decimal::from(n)))).collect();
    Ok(Comparison::new("各乡镇统筹基金支出", "元", bars)?)
}

fn progress() -> Result<Progress> {
    let goal = |title: &str, unit: &str, value: &str, target: &str, direction| -> Result<Goal> {
        let value = if value.is_empty() { None } else { Some(decimal(value)?) };
        Ok(Goal { title: title.to_string(), unit: unit.to_string(), value, target: decimal(target)?, direction })
    };
    let (least, most) = (Direction::AtLeast, Direction::AtMost);
    Ok(Progress::new(
        "2025年目标完成情况",
        vec![
            goal("居民规范化电子健康档案覆盖率", "%", "71.35", "64", least)?,
            goal("65岁及以上老年人城乡社区规范健康管理服务率", "%", "61.90", "64", least)?,
            goal("适龄儿童免疫规划疫苗接种率", "%", "98.10", "90", least)?,
            goal("孕产妇死亡率", "/10万", "12.4", "15", most)?,
            goal("婴儿死亡率", "‰", "5.6", "4.5", most)?,
            goal("家庭医生签约人数", "人", "182450", "120000", least)?,
            goal("甲类传染病漏报", "例", "0", "0", most)?,
            goal("严重精神障碍患者面访率", "%", "", "90", least)?,
        ],
    )?)
}

fn pyramid() -> Result<Pyramid> {
    let male = [8_210, 9_930, 11_400, 10_260, 7_020, 7_900, 11_800, 13_900, 12_100, 11_050];
    let male = male.into_iter().chain([13_870, 15_990, 14_120, 10_330, 8_600, 5_210, 2_890, 1_410]);
    let female = [7_350, 8_940, 10_120, 9_210, 6_480, 7_610, 11_950, 14_020, 12_330, 11_400];
    let female = female.into_iter().chain([14_210, 16_420, 14_770, 11_010, 9_480, 6_320, 4_110, 2_760]);
    let bands = male.zip(female).enumerate().map(|(n, (male, female))| {
        let label = if n == 17 { "85岁及以上".to_string() } else { format!("{}–{}岁", n * 5, n * 5 + 4) };
        Band::new(label, Decimal::from(male), Decimal::from(female))
    });
    Ok(Pyramid::new("2025年末常住人口年龄构成", "人", bands.collect())?)
}

fn sankey() -> Result<Sankey> {
    let flow = |from: &str, to: &str, amount: &str| -> Result<Flow> { Ok(Flow::new(from, to, decimal(amount)?)) };
    Ok(Sankey::new(
        "一次住院费用由谁支付",
        "元",
        vec![
            flow("医疗总费用", "政策范围内费用", "23860.40")?,
            flow("医疗总费用", "政策范围外费用", "2140.00")?,
            flow("政策范围内费用", "居民医保统筹基金", "15500.26")?,
            flow("政策范围内费用", "大病保险", "3120.14")?,
            flow("政策范围内费用", "医疗救助", "1240.00")?,
            flow("政策范围内费用", "个人负担", "4000.00")?,
            flow("政策范围外费用", "个人负担", "2140.00")?,
        ],
    )?)
}

fn sankey_two() -> Result<Sankey> {
    let flow = |to: &str, amount: &str| -> Result<Flow> { Ok(Flow::new("总费用", to, decimal(amount)?)) };
    let flows = [
        ("统筹基金", "820.00"),
        ("大病保险", "12.50"),
        ("医疗救助", "0.00"),
        ("个人账户", "40.10"),
        ("现金", "127.40"),
    ];
    Ok(Sankey::new("一次门诊费用由谁支付", "元", flows.into_iter().map(|(to, a)| flow(to, a)).collect::<Result<_>>()?)?)
}
