//! Which indicators have reached their targets, and how far are the others?
//!
//! Bars on one scale: every target stands at the same place, and a bar is as long as its value is of its target. The
//! good side of the target is shaded. It never knows why a target is what it is.

use base::Decimal;
use base::exact::with_commas;

use crate::head::{Head, MARGIN, WORD};
use crate::refused::{Refused, length};
use crate::scale::share;
use crate::svg::{Anchor, Area, Drawing, Words, px};
use crate::text::{number_or_dash, room};
use crate::{Direction, Size, ink};

/// The least height of a row, in pixels.
const ROW: f64 = 26.0;
/// A row grows with the drawing up to this height, in pixels.
const ROW_MOST: f64 = 40.0;
/// A bar ends at this many times its target, and shows that it does not end there.
const MOST: f64 = 1.4;
/// White space between two columns, in pixels.
const GAP: f64 = 14.0;
/// Five columns need this width, in pixels.
const WIDTH: u32 = 520;

/// One indicator with its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    /// What it measures.
    pub title: String,
    /// The unit of value and target, printed after both.
    pub unit: String,
    /// What was reached; nothing when it is not known.
    pub value: Option<Decimal>,
    /// What is to be reached.
    pub target: Decimal,
    /// From which side.
    pub direction: Direction,
}

impl Goal {
    /// Is the target met? Nothing when there is no value.
    pub fn met(&self) -> Option<bool> {
        self.value.map(|value| self.direction.met(value, self.target))
    }

    fn value_shown(&self) -> String {
        if self.value.is_some() { format!("{}{}", number_or_dash(self.value), self.unit) } else { number_or_dash(None) }
    }

    fn target_shown(&self) -> String {
        format!("{}{}{}", self.direction.sign(), with_commas(self.target), self.unit)
    }

    /// The value in targets. What is more than a target of nothing is beyond every end.
    fn share(&self) -> Option<f64> {
        self.value.map(|value| match (self.target.is_zero(), value.is_zero()) {
            (true, false) => f64::INFINITY,
            _ => share(value, self.target),
        })
    }
}

/// Several indicators against their targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    title: String,
    goals: Vec<Goal>,
}

/// Where the columns stand in pixels.
struct Plot {
    track: f64,
    track_end: f64,
    value_end: f64,
    target_end: f64,
    result: f64,
    top: f64,
    row: f64,
}

impl Plot {
    fn x(&self, share: f64) -> f64 {
        self.track + (self.track_end - self.track) * (share / MOST).clamp(0.0, 1.0)
    }

    fn middle(&self, at: usize) -> f64 {
        self.top + self.row * (at as f64 + 0.5)
    }
}

impl Progress {
    /// Rows in the order given.
    ///
    /// # Errors
    /// [`Refused::Negative`] when a value or target is below zero, [`Refused::TooLarge`] beyond 10^18.
    pub fn new(title: impl Into<String>, goals: Vec<Goal>) -> Result<Self, Refused> {
        for goal in &goals {
            length(&goal.title, goal.target)?;
            goal.value.map_or(Ok(()), |value| length(&goal.title, value))?;
        }
        Ok(Self { title: title.into(), goals })
    }

    /// The drawing as SVG text, `size` in CSS pixels. It grows taller than `size` when there are many
    /// rows, and a width below 520 is taken as 520, since five columns stand side by side.
    pub fn svg(&self, size: Size) -> String {
        let size = Size { width: size.width.max(WIDTH), ..size };
        let head = Head { title: &self.title, unit: "", keys: Vec::new() };
        if self.goals.is_empty() {
            return head.nothing(size);
        }
        let mut drawing = Drawing::default();
        let top = head.draw(&mut drawing, size) + 24.0;
        let row = ((size.height_px() - top - MARGIN) / self.goals.len() as f64).clamp(ROW, ROW_MOST);
        let plot = self.plot(top, row, size.width_px());
        columns(&mut drawing, &plot, size.width_px());
        for (at, goal) in self.goals.iter().enumerate() {
            bar(&mut drawing, &plot, at, goal);
            words(&mut drawing, &plot, at, goal);
        }
        let height = size.height_px().max(plot.middle(self.goals.len()) - row / 2.0 + MARGIN);
        drawing.finish(size.width_px(), height, &self.title, &self.sentence())
    }

    fn plot(&self, top: f64, row: f64, width: f64) -> Plot {
        let widest = |shown: fn(&Goal) -> String, least: f64| {
            self.goals.iter().map(|goal| room(&shown(goal), WORD)).fold(least, f64::max)
        };
        let result = width - MARGIN - 3.0 * WORD - 16.0;
        let target_end = result - GAP;
        let value_end = target_end - widest(Goal::target_shown, 2.0 * WORD) - GAP;
        let track_end = value_end - widest(Goal::value_shown, 2.0 * WORD) - GAP;
        let title = widest(|goal| goal.title.clone(), 0.0).min((track_end - MARGIN) * 0.5);
        Plot { track: MARGIN + title + GAP, track_end, value_end, target_end, result, top, row }
    }

    fn sentence(&self) -> String {
        let named = |met: Option<bool>| {
            let names: Vec<&str> =
                self.goals.iter().filter(|goal| goal.met() == met).map(|goal| goal.title.as_str()).collect();
            (names.len(), names.join("、"))
        };
        let (n_met, _) = named(Some(true));
        let (n_missed, missed) = named(Some(false));
        let (n_unknown, unknown) = named(None);
        let list = |n: usize, word: &str, names: &str| match n {
            0 => String::new(),
            _ => format!("，{word}{n}项（{names}）"),
        };
        format!(
            "子弹图：{}，{}项指标与目标相比，达标{n_met}项{}{}。",
            self.title,
            self.goals.len(),
            list(n_missed, "未达标", &missed),
            list(n_unknown, "无数据", &unknown)
        )
    }
}

/// The words above the columns, and the line all targets stand on.
fn columns(drawing: &mut Drawing, plot: &Plot, width: f64) {
    let y = plot.top - 12.0;
    let mut word = |text: &str, x: f64, anchor: Anchor| {
        drawing.words(Words { anchor, fill: ink::SOFT, ..Words::new(text, x, y) });
    };
    word("指标", MARGIN, Anchor::Start);
    word("目标线", plot.x(1.0), Anchor::Middle);
    word("实际", plot.value_end, Anchor::End);
    word("目标", plot.target_end, Anchor::End);
    word("结果", plot.result + 16.0, Anchor::Start);
    drawing.line("axis", (MARGIN, plot.top), (width - MARGIN, plot.top), (ink::AXIS, 1.0, ""));
}

fn bar(drawing: &mut Drawing, plot: &Plot, at: usize, goal: &Goal) {
    let middle = plot.middle(at);
    let (thick, target) = ((plot.row * 0.36).round(), plot.x(1.0));
    let (from, to) = match goal.direction {
        Direction::AtLeast => (target, plot.track_end),
        Direction::AtMost => (plot.track, target),
    };
    let good = Area { x: from, y: middle - thick, width: to - from, height: 2.0 * thick };
    drawing.rect("good", good, ink::GRID, None);
    if let Some(share) = goal.share() {
        let width = plot.x(share) - plot.track;
        let area = Area { x: plot.track, y: middle - thick / 2.0, width, height: thick };
        if goal.met() == Some(true) {
            drawing.rect("bar", area, ink::PRIMARY, None);
        } else {
            drawing.hatched("bar", area);
        }
        if share > MOST {
            torn(drawing, plot.track_end - 12.0, middle, thick / 2.0 + 2.0);
        }
    }
    drawing.line("rim", (target, middle - thick / 2.0), (target, middle + thick / 2.0), (ink::PAPER, 5.0, ""));
    drawing.line("target", (target, middle - thick - 1.0), (target, middle + thick + 1.0), (ink::TARGET, 2.5, ""));
}

/// Two white slashes: the bar goes on.
fn torn(drawing: &mut Drawing, x: f64, middle: f64, half: f64) {
    for x in [x, x + 5.0] {
        drawing.line("torn", (x - 2.0, middle + half), (x + 2.0, middle - half), (ink::PAPER, 2.0, ""));
    }
}

fn words(drawing: &mut Drawing, plot: &Plot, at: usize, goal: &Goal) {
    let y = plot.middle(at);
    drawing.words(Words { max: plot.track - GAP - MARGIN, ..Words::new(&goal.title, MARGIN, y) });
    let (value, target) = (goal.value_shown(), goal.target_shown());
    drawing.words(Words { anchor: Anchor::End, bold: true, ..Words::new(&value, plot.value_end, y) });
    drawing.words(Words { anchor: Anchor::End, fill: ink::SOFT, ..Words::new(&target, plot.target_end, y) });
    let x = plot.result;
    let (word, colour, path) = match goal.met() {
        Some(true) => ("达标", ink::OK, format!("M{} {}l3.5 4l6 -8", px(x), px(y))),
        Some(false) => ("未达标", ink::SECOND_EDGE, format!("M{} {}l8 8m0 -8l-8 8", px(x), px(y - 4.0))),
        None => ("无数据", ink::SOFT, String::new()),
    };
    drawing.path("mark", &path, "none", Some((colour, 2.0, "")));
    drawing.words(Words { fill: colour, ..Words::new(word, x + 16.0, y) });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(title: &str, value: Option<i64>, target: i64, direction: Direction) -> Goal {
        let (value, target) = (value.map(Decimal::from), Decimal::from(target));
        Goal { title: title.into(), unit: "%".into(), value, target, direction }
    }

    #[test]
    fn a_bar_is_as_long_as_its_value_is_of_its_target() {
        let plot = Plot { track: 0.0, track_end: 140.0, value_end: 0., target_end: 0., result: 0., top: 0., row: 30. };
        let x = |value, target| plot.x(goal("甲", Some(value), target, Direction::AtMost).share().unwrap());
        let places = [x(0, 50), x(25, 50), x(50, 50), x(70, 50), x(71, 50), x(1, 0), x(0, 0)];
        assert_eq!(places.map(px), ["0", "50", "100", "140", "140", "140", "0"]);
    }

    #[test]
    fn the_sentence_names_what_is_missed_and_what_is_not_known() {
        let goals = vec![
            goal("建档率", Some(90), 90, Direction::AtLeast),
            goal("死亡率", Some(6), 5, Direction::AtMost),
            goal("满意度", None, 80, Direction::AtLeast),
        ];
        let chart = Progress::new("年度目标", goals).unwrap();
        assert_eq!(
            chart.sentence(),
            "子弹图：年度目标，3项指标与目标相比，达标1项，未达标1项（死亡率），无数据1项（满意度）。"
        );
        let svg = chart.svg(Size::new(640, 240));
        assert_eq!((svg.matches(">达标<").count(), svg.matches(">未达标<").count()), (1, 1));
    }

    #[test]
    fn a_target_below_zero_is_refused() {
        let refused = Progress::new("年度目标", vec![goal("建档率", None, -1, Direction::AtLeast)]).unwrap_err();
        assert_eq!(refused, Refused::Negative { label: "建档率".into(), value: Decimal::NEGATIVE_ONE });
    }
}
