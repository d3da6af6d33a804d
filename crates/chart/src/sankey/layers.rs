//! Which nodes stand in which column, in which order, and does each pass on what it gets?
//!
//! It never knows pixels.

use base::Decimal;

use super::Flow;
use crate::refused::{Refused, bounded};

/// A flow leaves for the next column; one that goes further passes the columns in between through a free place.
const N_COLUMNS: usize = 3;

/// A node and what goes through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub name: String,
    pub amount: Decimal,
    column: usize,
}

/// A place in a column: of a node, or of a flow (by its place in the list) that only passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    Node(usize),
    Passing(usize),
}

/// Nodes in their columns, flows merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layers {
    pub flows: Vec<Flow>,
    pub columns: Vec<Vec<Slot>>,
    nodes: Vec<Node>,
}

impl Layers {
    pub fn new(flows: &[Flow]) -> Result<Self, Refused> {
        let flows = merged(flows);
        let mut nodes: Vec<Node> = Vec::new();
        for name in flows.iter().flat_map(|flow| [&flow.from, &flow.to]) {
            if !nodes.iter().any(|node| node.name == *name) {
                nodes.push(Node { name: name.clone(), amount: Decimal::ZERO, column: 0 });
            }
        }
        let mut layers = Self { flows, columns: Vec::new(), nodes };
        layers.amounts()?;
        layers.place()?;
        layers.columns();
        Ok(layers)
    }

    pub fn node(&self, slot: Slot) -> Option<&Node> {
        match slot {
            Slot::Node(at) => self.nodes.get(at),
            Slot::Passing(_) => None,
        }
    }

    pub fn amount(&self, slot: Slot) -> Decimal {
        match slot {
            Slot::Node(at) => self.nodes.get(at).map(|node| node.amount),
            Slot::Passing(at) => self.flows.get(at).map(|flow| flow.amount),
        }
        .unwrap_or_default()
    }

    /// What all sources give.
    pub fn total(&self) -> Decimal {
        self.nodes.iter().filter(|node| node.column == 0).map(|node| node.amount).sum()
    }

    /// Every flow as steps from one column to the next: its place in the list, where it leaves, where it arrives.
    pub fn steps(&self) -> Vec<(usize, Slot, Slot)> {
        let mut steps = Vec::new();
        for (at, flow) in self.flows.iter().enumerate() {
            let (Some(from), Some(to)) = (self.find(&flow.from), self.find(&flow.to)) else { continue };
            let column = |node: usize| self.nodes.get(node).map_or(0, |node| node.column);
            let mut leaves = Slot::Node(from);
            for _ in column(from) + 1..column(to) {
                steps.push((at, leaves, Slot::Passing(at)));
                leaves = Slot::Passing(at);
            }
            steps.push((at, leaves, Slot::Node(to)));
        }
        steps
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }

    fn amounts(&mut self) -> Result<(), Refused> {
        let mut total = Decimal::ZERO;
        for node in &mut self.nodes {
            let sum = |end: fn(&Flow) -> &String| -> Option<Decimal> {
                let own = self.flows.iter().filter(|flow| *end(flow) == node.name);
                own.map(|flow| flow.amount).reduce(|sum, amount| sum + amount)
            };
            let (inflow, outflow) = (sum(|flow| &flow.to), sum(|flow| &flow.from));
            if let (Some(inflow), Some(outflow)) = (inflow, outflow)
                && inflow != outflow
            {
                return Err(Refused::NotConserved { node: node.name.clone(), inflow, outflow });
            }
            node.amount = inflow.or(outflow).unwrap_or_default();
            total += if inflow.is_none() { node.amount } else { Decimal::ZERO };
            bounded(&node.name, total.max(node.amount))?;
        }
        Ok(())
    }

    /// A node stands behind everything that flows into it; what flows nowhere stands in the last column.
    fn place(&mut self) -> Result<(), Refused> {
        let mut moved = true;
        while moved {
            moved = false;
            for flow in self.flows.clone() {
                let (Some(from), Some(to)) = (self.find(&flow.from), self.find(&flow.to)) else { continue };
                let behind = self.nodes.get(from).map_or(0, |node| node.column) + 1;
                let Some(node) = self.nodes.get_mut(to) else { continue };
                if node.column < behind {
                    if behind >= N_COLUMNS {
                        return Err(Refused::TooDeep { node: node.name.clone() });
                    }
                    (node.column, moved) = (behind, true);
                }
            }
        }
        let last = self.nodes.iter().map(|node| node.column).max().unwrap_or(0);
        for node in &mut self.nodes {
            if !self.flows.iter().any(|flow| flow.from == node.name) {
                node.column = last;
            }
        }
        Ok(())
    }

    /// Ordered by where the first inflow comes from, then by first mention, so that ribbons cross little.
    fn columns(&mut self) {
        let n_columns = self.nodes.iter().map(|node| node.column + 1).max().unwrap_or(0);
        let steps = self.steps();
        let mut columns: Vec<Vec<Slot>> = Vec::new();
        for column in 0..n_columns {
            let own = self.nodes.iter().enumerate().filter(|(_, node)| node.column == column);
            let mut slots: Vec<Slot> = own.map(|(at, _)| Slot::Node(at)).collect();
            if column > 0 && column + 1 < n_columns {
                let passing = steps.iter().filter(|(_, _, to)| matches!(to, Slot::Passing(_)));
                slots.extend(passing.map(|(_, _, to)| *to));
            }
            let before = columns.last().cloned().unwrap_or_default();
            let from = |slot: &Slot| {
                let sources = steps.iter().filter(|(_, _, to)| to == slot);
                sources.filter_map(|(_, from, _)| before.iter().position(|other| other == from)).min()
            };
            let mention = |slot: &Slot| match slot {
                Slot::Node(at) => Some(*at),
                Slot::Passing(at) => self.flows.get(*at).and_then(|flow| self.find(&flow.to)),
            };
            slots.sort_by_key(|slot| (from(slot), mention(slot)));
            columns.push(slots);
        }
        self.columns = columns;
    }
}

fn merged(flows: &[Flow]) -> Vec<Flow> {
    let mut merged: Vec<Flow> = Vec::new();
    for flow in flows {
        match merged.iter_mut().find(|known| known.from == flow.from && known.to == flow.to) {
            Some(known) => known.amount += flow.amount,
            None => merged.push(flow.clone()),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(flows: &[(&str, &str, i64)]) -> Result<Layers, Refused> {
        let flows: Vec<Flow> =
            flows.iter().map(|(from, to, fen)| Flow::new(*from, *to, Decimal::new(*fen, 2))).collect();
        Layers::new(&flows)
    }

    fn shown(layers: &Layers) -> String {
        let slot = |slot: &Slot| layers.node(*slot).map_or("·".to_string(), |node| node.name.clone());
        let column = |column: &Vec<Slot>| column.iter().map(slot).collect::<Vec<_>>().join(" ");
        layers.columns.iter().map(column).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn what_flows_nowhere_stands_last_and_passes_through_a_free_place() {
        let layers =
            layers(&[("总", "医保", 80), ("总", "个人", 20), ("医保", "统筹", 70), ("医保", "大病", 10)]).unwrap();
        assert_eq!(shown(&layers), "总 | 医保 · | 统筹 大病 个人");
        assert_eq!(layers.total(), Decimal::new(100, 2));
    }

    #[test]
    fn a_fen_too_little_or_too_much_is_not_conserved() {
        let flows = |fen| layers(&[("总", "医保", 80), ("医保", "统筹", 70), ("医保", "大病", fen)]);
        assert!(flows(10).is_ok());
        for fen in [9, 11] {
            let (inflow, outflow) = (Decimal::new(80, 2), Decimal::new(70 + fen, 2));
            assert_eq!(flows(fen).unwrap_err(), Refused::NotConserved { node: "医保".into(), inflow, outflow });
        }
    }

    #[test]
    fn three_columns_are_drawn_and_a_fourth_or_a_circle_is_refused() {
        assert_eq!(shown(&layers(&[("a", "b", 1), ("b", "c", 1)]).unwrap()), "a | b | c");
        let refused = |flows: &[(&str, &str, i64)]| matches!(layers(flows), Err(Refused::TooDeep { .. }));
        assert!(refused(&[("a", "b", 1), ("b", "c", 1), ("c", "d", 1)]), "four columns");
        assert!(refused(&[("a", "b", 1), ("b", "a", 1)]), "a circle");
        assert!(refused(&[("a", "a", 1)]), "to itself");
    }

    #[test]
    fn flows_between_the_same_two_become_one() {
        let layers = layers(&[("总", "统筹", 1), ("总", "个人", 5), ("总", "统筹", 2)]).unwrap();
        assert_eq!(
            layers.flows.iter().map(|flow| flow.amount).collect::<Vec<_>>(),
            [Decimal::new(3, 2), Decimal::new(5, 2)]
        );
    }
}
