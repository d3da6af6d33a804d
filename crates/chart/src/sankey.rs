//! Who pays which part of a bill?
//!
//! A total on the left flows to layers on the right, in ribbons as thick as their amounts. It never knows schemes or
//! payers; it checks that nothing gets lost in between.

use base::Decimal;
use base::exact::with_commas;

use crate::head::{Head, MARGIN, WORD};
use crate::refused::{Refused, length};
use crate::svg::{Anchor, Area, Drawing, Words, px};
use crate::text::room;
use crate::{Size, ink};
use layout::{Layout, Node, Ribbon};

mod layers;
mod layout;

/// The width of a node, in pixels.
const NODE: f64 = 10.0;

/// An amount that goes from one node to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Where it comes from, such as 总费用.
    pub from: String,
    /// Where it goes to, such as 统筹基金.
    pub to: String,
    /// How much, in the chart's unit, printed with the digits it has.
    pub amount: Decimal,
}

impl Flow {
    /// The amount that goes from one node to the other.
    pub fn new(from: impl Into<String>, to: impl Into<String>, amount: Decimal) -> Self {
        Self { from: from.into(), to: to.into(), amount }
    }
}

/// Amounts that flow through two or three columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sankey {
    title: String,
    unit: String,
    layers: layers::Layers,
}

impl Sankey {
    /// Flows between nodes, which are the same when their names are. Nodes stand in the order of their first mention,
    /// near where they flow from; several flows between the same two become one. `unit` is a word such as 元.
    ///
    /// # Errors
    /// [`Refused::Negative`] below zero, [`Refused::TooLarge`] beyond 10^18, [`Refused::NotConserved`] when a node in
    /// the middle does not pass on exactly what it gets, [`Refused::TooDeep`] for more than three columns or a circle.
    ///
    /// ```
    /// use base::Decimal;
    /// use chart::{Flow, Refused, Sankey};
    ///
    /// let flow = |from: &str, to: &str, fen: i64| Flow::new(from, to, Decimal::new(fen, 2));
    /// let refused = Sankey::new("费用构成", "元", vec![
    ///     flow("总费用", "医保支付", 80000),
    ///     flow("总费用", "个人负担", 20000),
    ///     flow("医保支付", "统筹基金", 79999),
    /// ]);
    /// assert!(matches!(refused, Err(Refused::NotConserved { node, .. }) if node == "医保支付"));
    /// ```
    pub fn new(title: impl Into<String>, unit: impl Into<String>, flows: Vec<Flow>) -> Result<Self, Refused> {
        for flow in &flows {
            length(&format!("{}→{}", flow.from, flow.to), flow.amount)?;
        }
        Ok(Self { title: title.into(), unit: unit.into(), layers: layers::Layers::new(&flows)? })
    }

    /// The drawing as SVG text, `size` in CSS pixels. It grows taller than `size` when a column has many nodes.
    pub fn svg(&self, size: Size) -> String {
        let head = Head { title: &self.title, unit: &self.unit, keys: Vec::new() };
        if self.layers.total().is_zero() {
            return head.nothing(size);
        }
        let mut drawing = Drawing::default();
        let top = head.draw(&mut drawing, size) + 12.0;
        let (left, right) = self.sides(size.width_px());
        let height = size.height_px().max(top + layout::least_height(&self.layers) + MARGIN);
        let area = Area { x: left, y: top, width: size.width_px() - left - right, height: height - MARGIN - top };
        let layout = Layout::new(&self.layers, area);
        layout.ribbons.iter().for_each(|ribbon| ribbon_path(&mut drawing, ribbon));
        let step = area.width / (layout.n_columns.max(2) - 1) as f64;
        for node in &layout.nodes {
            let bar = Area { x: node.x, y: node.y, width: NODE, height: node.height.max(1.0) };
            drawing.rect("node", bar, ink::NODE, None);
            let max = if node.column == 0 { left } else { right } - MARGIN - 8.0;
            words(&mut drawing, node, layout.n_columns, max, step);
        }
        drawing.finish(size.width_px(), height, &self.title, &self.sentence())
    }

    /// What the words to the left of the first and to the right of the last column take, in pixels.
    fn sides(&self, width: f64) -> (f64, f64) {
        let last = self.layers.columns.len().saturating_sub(1);
        let side = |at: usize| {
            let nodes = self.layers.columns.get(at).into_iter().flatten().filter_map(|slot| self.layers.node(*slot));
            let widest = nodes.map(|node| room(&node.name, WORD).max(room(&with_commas(node.amount), WORD)));
            MARGIN + 8.0 + widest.fold(0.0, f64::max).min(width * 0.22)
        };
        (side(0), side(last))
    }

    fn sentence(&self) -> String {
        let flows =
            self.layers.flows.iter().map(|flow| format!("{}到{}{}", flow.from, flow.to, with_commas(flow.amount)));
        let flows: Vec<String> = flows.collect();
        format!(
            "流向图：{}（单位：{}），合计{}；{}。",
            self.title,
            self.unit,
            with_commas(self.layers.total()),
            flows.join("，")
        )
    }
}

fn ribbon_path(drawing: &mut Drawing, ribbon: &Ribbon) {
    let Ribbon { x, to_x, y, to_y, thick, tone } = *ribbon;
    let middle = px((x + to_x) / 2.0);
    let path = format!(
        "M{} {}C{middle} {} {middle} {} {} {}V{}C{middle} {} {middle} {} {} {}Z",
        px(x),
        px(y),
        px(y),
        px(to_y),
        px(to_x),
        px(to_y),
        px(to_y + thick),
        px(to_y + thick),
        px(y + thick),
        px(x),
        px(y + thick),
    );
    drawing.path("ribbon", &path, ink::RIBBONS[tone % ink::RIBBONS.len()], Some((ink::AXIS, 0.5, "")));
}

/// Name and amount: beside the node at the ends, above it in the middle.
fn words(drawing: &mut Drawing, node: &Node, n_columns: usize, max: f64, step: f64) {
    let (amount, middle) = (with_commas(node.amount), node.y + node.height / 2.0);
    let between = node.column > 0 && node.column + 1 < n_columns;
    let (x, anchor, max, name_y) = match node.column {
        // Ribbons bend close by, so the words keep a rim of paper.
        _ if between => (node.x + NODE / 2.0, Anchor::Middle, step * 0.8, node.y - 25.0),
        0 => (node.x - 8.0, Anchor::End, max, middle - 8.0),
        _ => (node.x + NODE + 8.0, Anchor::Start, max, middle - 8.0),
    };
    let name = Words { anchor, max, rim: between, ..Words::new(&node.name, x, name_y) };
    drawing.words(name);
    drawing.words(Words { text: &amount, y: name_y + 16.0, fill: ink::SOFT, ..name });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_flowing_is_no_data() {
        for flows in [Vec::new(), vec![Flow::new("总费用", "统筹基金", Decimal::ZERO)]] {
            let svg = Sankey::new("费用构成", "元", flows).unwrap().svg(Size::new(640, 240));
            assert!(svg.contains("暂无数据"), "{svg}");
        }
    }

    #[test]
    fn less_than_nothing_is_refused_with_its_ends() {
        let refused = Sankey::new("费用构成", "元", vec![Flow::new("总费用", "个人", Decimal::NEGATIVE_ONE)]);
        let label = "总费用→个人".to_string();
        assert_eq!(refused.unwrap_err(), Refused::Negative { label, value: Decimal::NEGATIVE_ONE });
    }
}
