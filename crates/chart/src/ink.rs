//! Which colours tell things apart, on the screen and in grey print?
//!
//! The tones of the application (`web/src/ui/theme/tokens.ts`), on white. It never relies on colour alone: what must be
//! told apart also differs in lightness, in dash, in shape or in hatching.

/// Words.
pub const INK: &str = "#1B2733";
/// Words beside the words: axes, units.
pub const SOFT: &str = "#4A5867";
/// Lines of the grid.
pub const GRID: &str = "#E2E8EE";
/// The line values stand on.
pub const AXIS: &str = "#8593A1";
/// Paper.
pub const PAPER: &str = "#FFFFFF";
/// Bars.
pub const PRIMARY: &str = "#1F5FA8";
/// The second tone of bars: a light ground, always with an edge of `SECOND_EDGE`.
pub const SECOND: &str = "#F7E2D3";
/// The edge and the hatching of the second tone.
pub const SECOND_EDGE: &str = "#B85012";
/// Targets.
pub const TARGET: &str = "#9F1239";
/// A target that is met.
pub const OK: &str = "#1F7A5C";
/// Ribbons side by side; light, since words may lie on them.
pub const RIBBONS: [&str; 3] = ["#C9DDF3", "#E6E1D3", "#CFE6DC"];
/// Nodes that ribbons connect.
pub const NODE: &str = "#123B6B";

/// How a line of a trend is drawn.
pub struct Stroke {
    /// Its colour.
    pub colour: &'static str,
    /// Its dashes, empty when it is whole.
    pub dash: &'static str,
}

/// Lines of a trend, in order; the marks on them differ as well.
pub const STROKES: [Stroke; 6] = [
    Stroke { colour: "#1F5FA8", dash: "" },
    Stroke { colour: "#CC6A1F", dash: "7 3" },
    Stroke { colour: "#0B2545", dash: "2 3" },
    Stroke { colour: "#2E8B6F", dash: "9 3 2 3" },
    Stroke { colour: "#6B2D73", dash: "" },
    Stroke { colour: "#7A828C", dash: "4 4" },
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance as WCAG 2 defines it, which is also what a grey printer keeps.
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let byte = u8::from_str_radix(&colour[at..at + 2], 16).unwrap();
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn words_reach_four_and_a_half_to_one_and_drawn_things_three_to_one() {
        for ground in [PAPER].into_iter().chain(RIBBONS) {
            for words in [INK, SOFT] {
                assert!(contrast(words, ground) >= 4.5, "{words} on {ground}: {}", contrast(words, ground));
            }
        }
        for words in [TARGET, OK, SECOND_EDGE] {
            assert!(contrast(words, PAPER) >= 4.5, "{words}: {}", contrast(words, PAPER));
        }
        for colour in STROKES.iter().map(|stroke| stroke.colour).chain([PRIMARY, NODE, AXIS]) {
            assert!(contrast(colour, PAPER) >= 3.0, "{colour}: {}", contrast(colour, PAPER));
        }
    }

    #[test]
    fn the_two_tones_of_bars_and_neighbouring_lines_differ_in_grey() {
        assert!(contrast(PRIMARY, SECOND) >= 3.0, "{}", contrast(PRIMARY, SECOND));
        for pair in STROKES.windows(2) {
            let apart = contrast(pair[0].colour, pair[1].colour);
            assert!(apart >= 1.3, "{} {}: {apart}", pair[0].colour, pair[1].colour);
        }
    }
}
