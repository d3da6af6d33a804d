//! Where do nodes and ribbons stand, and how thick are they?
//!
//! One scale for all of them: a column's thicknesses add up to the total. It never draws.

use base::Decimal;

use super::NODE;
use super::layers::{Layers, Slot};
use crate::scale::share;
use crate::svg::Area;

/// Room between two nodes for the words of both, in pixels.
const GAP: f64 = 36.0;
/// What the ribbons of a column together take at least, in pixels.
const RIBBONS: f64 = 120.0;

/// A node's place.
pub struct Node {
    pub name: String,
    pub amount: Decimal,
    pub column: usize,
    pub x: f64,
    pub y: f64,
    pub height: f64,
}

/// A ribbon between two columns: its upper edge at both ends.
#[derive(Debug, Clone, Copy)]
pub struct Ribbon {
    pub x: f64,
    pub to_x: f64,
    pub y: f64,
    pub to_y: f64,
    pub thick: f64,
    pub tone: usize,
}

/// All places in pixels.
pub struct Layout {
    pub n_columns: usize,
    pub nodes: Vec<Node>,
    pub ribbons: Vec<Ribbon>,
}

/// A slot's upper edge, and how much of it ribbons have taken on either side.
struct Place {
    slot: Slot,
    x: f64,
    y: f64,
    taken_in: f64,
    taken_out: f64,
    tone: usize,
}

/// The height that keeps all words apart, in pixels.
pub fn least_height(layers: &Layers) -> f64 {
    let gaps = |column: &Vec<Slot>| column.len() as f64 * GAP;
    RIBBONS + layers.columns.iter().map(gaps).fold(0.0, f64::max)
}

impl Layout {
    pub fn new(layers: &Layers, area: Area) -> Self {
        let n_columns = layers.columns.len();
        // Columns begin at one height; words above a node in the middle need a whole gap, words beside it a half.
        let first = if n_columns > 2 { GAP } else { GAP / 2.0 };
        let thick = area.height - (least_height(layers) - RIBBONS);
        let total = layers.total();
        let thickness = |slot: Slot| share(layers.amount(slot), total) * thick;
        let (mut nodes, mut places) = (Vec::new(), Vec::new());
        for (at, column) in layers.columns.iter().enumerate() {
            let x = area.x + (area.width - NODE) * at as f64 / (n_columns.max(2) - 1) as f64;
            let mut y = area.y + first;
            for (tone, slot) in column.iter().enumerate() {
                let height = thickness(*slot);
                if let Some(node) = layers.node(*slot) {
                    nodes.push(Node { name: node.name.clone(), amount: node.amount, column: at, x, y, height });
                }
                places.push(Place { slot: *slot, x, y, taken_in: 0.0, taken_out: 0.0, tone });
                y += height + GAP;
            }
        }
        let ribbons = ribbons(layers, &mut places, |amount| share(amount, total) * thick);
        Self { n_columns, nodes, ribbons }
    }
}

/// Ribbons leave a node in the order of where they go, and arrive in the order of where they come from.
fn ribbons(layers: &Layers, places: &mut [Place], thickness: impl Fn(Decimal) -> f64) -> Vec<Ribbon> {
    let find = |places: &[Place], slot: Slot| places.iter().position(|place| place.slot == slot);
    let mut steps: Vec<(usize, usize, usize)> = layers
        .steps()
        .into_iter()
        .filter_map(|(flow, from, to)| Some((find(places, from)?, find(places, to)?, flow)))
        .collect();
    steps.sort_unstable();
    let mut ribbons = Vec::new();
    for (from, to, flow) in steps {
        let thick = layers.flows.get(flow).map_or(0.0, |flow| thickness(flow.amount));
        let Some(place) = places.get_mut(from) else { continue };
        let (x, y) =
            (place.x + if matches!(place.slot, Slot::Node(_)) { NODE } else { 0.0 }, place.y + place.taken_out);
        place.taken_out += thick;
        let Some(place) = places.get_mut(to) else { continue };
        // A ribbon that only passes goes on where it arrived.
        let (to_x, to_y) = (place.x, place.y + place.taken_in);
        place.taken_in += thick;
        if thick > 0.0 {
            ribbons.push(Ribbon { x, to_x, y, to_y, thick, tone: place.tone });
        }
    }
    ribbons
}

#[cfg(test)]
mod tests {
    use super::super::Flow;
    use super::*;

    const AREA: Area = Area { x: 100.0, y: 0.0, width: 400.0, height: 400.0 };

    fn layout() -> Layout {
        let flow = |from: &str, to: &str, amount: i64| Flow::new(from, to, Decimal::from(amount));
        let flows =
            [flow("总", "医保", 80), flow("总", "个人", 20), flow("医保", "统筹", 70), flow("医保", "大病", 10)];
        Layout::new(&Layers::new(&flows).unwrap(), AREA)
    }

    #[test]
    fn ribbons_into_a_node_are_as_thick_as_those_out_of_it_and_as_the_node() {
        let Layout { nodes, ribbons, .. } = layout();
        for node in &nodes {
            let sum = |sum: f64, ribbon: &Ribbon| sum + ribbon.thick;
            let within = |y: f64| y >= node.y - 0.01 && y <= node.y + node.height + 0.01;
            let arriving = ribbons.iter().filter(|r| (r.to_x - node.x).abs() < 0.01 && within(r.to_y)).fold(0.0, sum);
            let leaving = ribbons.iter().filter(|r| (r.x - node.x - NODE).abs() < 0.01 && within(r.y)).fold(0.0, sum);
            assert!(node.column == 0 || (arriving - node.height).abs() < 0.01, "{}: {arriving}", node.name);
            assert!(node.column == 2 || (leaving - node.height).abs() < 0.01, "{}: {leaving}", node.name);
        }
    }

    #[test]
    fn thickness_is_in_proportion_to_the_amount() {
        let layout = layout();
        let height = |name: &str| layout.nodes.iter().find(|node| node.name == name).unwrap().height;
        assert!((height("统筹") - 7.0 * height("大病")).abs() < 0.01);
        assert!((height("总") - 5.0 * height("个人")).abs() < 0.01);
    }

    #[test]
    fn nodes_of_a_column_leave_room_for_their_words_and_stay_inside() {
        for pair in layout().nodes.windows(2).filter(|pair| pair[0].column == pair[1].column) {
            assert!(pair[1].y - pair[0].y - pair[0].height >= GAP - 0.01, "{} {}", pair[0].name, pair[1].name);
        }
        for node in layout().nodes {
            assert!(node.y >= AREA.y && node.y + node.height <= AREA.y + AREA.height, "{}", node.name);
        }
    }
}
