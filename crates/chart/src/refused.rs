//! Which figures can no drawing show truly?
//!
//! It never knows how anything is drawn.

use std::fmt;

use base::Decimal;

/// Beyond 10^18 sums and tick steps could leave what a decimal holds.
const LARGEST: Decimal = Decimal::from_parts(2_808_348_672, 232_830_643, 0, false, 0);

/// Why a chart is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// A length cannot be less than nothing; only a trend may go below zero.
    Negative {
        /// Whose value it is: an organisation, an indicator, an age band, a payer.
        label: String,
        /// The value, in the chart's unit.
        value: Decimal,
    },
    /// The value is beyond 10^18 in either direction.
    TooLarge {
        /// Whose value it is.
        label: String,
        /// The value, in the chart's unit.
        value: Decimal,
    },
    /// A series has not one value (or gap) for each time point.
    Uneven {
        /// The name of the series.
        series: String,
        /// How many values it has.
        n_values: usize,
        /// How many time points the chart has.
        n_points: usize,
    },
    /// What flows into a node in the middle is not what flows out.
    NotConserved {
        /// The node's name.
        node: String,
        /// The sum that flows in, in the chart's unit.
        inflow: Decimal,
        /// The sum that flows out, in the chart's unit.
        outflow: Decimal,
    },
    /// A flow that passes more than one node in the middle, or goes in a circle.
    TooDeep {
        /// The node beyond the third column.
        node: String,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative { label, value } => {
                write!(f, "{label} is {value}: only a trend shows values below zero; leave it out or give its amount")
            }
            Self::TooLarge { label, value } => {
                write!(f, "{label} is {value}, beyond 10^18; give it in a larger unit")
            }
            Self::Uneven { series, n_values, n_points } => write!(
                f,
                "{series} has {n_values} values for {n_points} time points; give one each, nothing where there is none"
            ),
            Self::NotConserved { node, inflow, outflow } => {
                write!(f, "{inflow} flows into {node} and {outflow} out of it; give the flow of the difference")
            }
            Self::TooDeep { node } => {
                write!(f, "{node} stands beyond the third column; leave out a layer, or end the circle")
            }
        }
    }
}

impl std::error::Error for Refused {}

/// A value any drawing can place.
pub(crate) fn bounded(label: &str, value: Decimal) -> Result<(), Refused> {
    if value.abs() > LARGEST {
        return Err(Refused::TooLarge { label: label.to_string(), value });
    }
    Ok(())
}

/// A value that can be a length.
pub(crate) fn length(label: &str, value: Decimal) -> Result<(), Refused> {
    if value < Decimal::ZERO {
        return Err(Refused::Negative { label: label.to_string(), value });
    }
    bounded(label, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_a_length_and_a_cent_less_is_refused_with_its_owner() {
        assert_eq!(length("青石镇", Decimal::ZERO), Ok(()));
        let refused = length("青石镇", Decimal::new(-1, 2)).unwrap_err();
        assert!(refused.to_string().starts_with("青石镇 is -0.01: only a trend"), "{refused}");
    }

    #[test]
    fn the_largest_value_is_ten_to_the_eighteenth_on_both_sides() {
        let largest = Decimal::from(10_u64.pow(18));
        assert_eq!(LARGEST, largest);
        assert_eq!((bounded("a", largest), bounded("a", -largest)), (Ok(()), Ok(())));
        let beyond = largest + Decimal::ONE;
        assert_eq!(bounded("a", -beyond), Err(Refused::TooLarge { label: "a".into(), value: -beyond }));
    }
}
