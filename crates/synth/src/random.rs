//! How can chance be the same every time, and anywhere?
//!
//! A counter-based generator: the n-th draw of a key is a function of key and n alone, so any part of a county can be
//! made by itself, in any order, on any thread. Knows keys and integers; never a clock, a float or a record.

/// The increment of SplitMix64: 2^64 ÷ golden ratio, odd.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The finaliser of SplitMix64: a bijection in which every input bit moves about half of the output bits.
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Names one stream of draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(u64);

impl Key {
    /// The key of a county invented from a seed.
    pub fn new(county: &str, seed: u64) -> Self {
        Self(mix(seed)).named(county)
    }

    /// The key of something inside: an entry, a column.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        // FNV-1a, then mixed, so that near names give far keys.
        let hash = name
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
        Self(mix(self.0 ^ mix(hash)))
    }

    /// The key of a numbered thing inside: a record, a parent.
    #[must_use]
    pub fn numbered(self, number: u64) -> Self {
        Self(mix(self.draw(number)))
    }

    /// The n-th draw: 64 even bits.
    pub fn draw(self, n: u64) -> u64 {
        mix(self.0.wrapping_add(n.wrapping_add(1).wrapping_mul(GOLDEN)))
    }

    /// The n-th draw below `bound`; 0 when `bound` is 0 or 1.
    pub fn below(self, n: u64, bound: u64) -> u64 {
        ((u128::from(self.draw(n)) * u128::from(bound)) >> 64) as u64
    }

    /// The n-th draw between two numbers, both included; the lower one when they are the wrong way round.
    pub fn between(self, n: u64, low: i64, high: i64) -> i64 {
        let width = high.checked_sub(low).and_then(|w| u64::try_from(w).ok()).unwrap_or(0);
        let step = self.below(n, width.saturating_add(1));
        low.saturating_add(i64::try_from(step).unwrap_or(i64::MAX))
    }

    /// The n-th draw of a bell curve in millionths of a standard deviation: twelve even draws added up, which needs
    /// no float and so is the same on every machine. Never beyond ±6 deviations.
    pub fn bell(self, n: u64) -> i64 {
        let stream = self.numbered(n);
        let sum: u64 = (0..12).map(|part| stream.below(part, 1_000_000)).sum();
        i64::try_from(sum).unwrap_or(0) - 5_999_994
    }
}

/// A shuffle of `0..len` that can be asked for one place at a time, without a table.
#[derive(Debug, Clone, Copy)]
pub struct Shuffle {
    key: Key,
    len: u64,
    half_bits: u32,
}

impl Shuffle {
    /// A shuffle of `len` places.
    pub fn new(key: Key, len: u64) -> Self {
        let bits = u64::BITS - len.saturating_sub(1).leading_zeros();
        Self { key, len, half_bits: bits.div_ceil(2).max(1) }
    }

    /// Where place `n` goes; `n` itself when it is not below `len`.
    pub fn at(self, n: u64) -> u64 {
        if n >= self.len {
            return n;
        }
        // A Feistel network shuffles a power of four; walking on until inside shuffles what was asked for.
        let mut place = self.round_trip(n);
        while place >= self.len {
            place = self.round_trip(place);
        }
        place
    }

    fn round_trip(self, n: u64) -> u64 {
        let mask = (1_u64 << self.half_bits) - 1;
        let (mut left, mut right) = (n >> self.half_bits, n & mask);
        for round in 0..5_u64 {
            let stirred = mix(self.key.0 ^ mix(right.wrapping_add(round.wrapping_mul(GOLDEN)))) & mask;
            (left, right) = (right, left ^ stirred);
        }
        (left << self.half_bits) | right
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_draw_depends_on_every_part_of_its_key() {
        let key = Key::new("s0", 7);
        assert_eq!(key.named("resident").draw(3), Key::new("s0", 7).named("resident").draw(3));
        let others = [
            Key::new("s1", 7).named("resident").draw(3),
            Key::new("s0", 8).named("resident").draw(3),
            key.named("residents").draw(3),
            key.named("resident").draw(4),
        ];
        assert!(others.iter().all(|other| *other != key.named("resident").draw(3)));
    }

    #[test]
    fn the_bell_is_centred_and_one_wide() {
        let key = Key::new("bell", 1);
        let draws: Vec<i64> = (0..20_000).map(|n| key.bell(n)).collect();
        let mean = draws.iter().sum::<i64>() / 20_000;
        let variance = draws.iter().map(|d| (d / 1_000) * (d / 1_000)).sum::<i64>() / 20_000;
        assert!(mean.abs() < 25_000, "{mean}");
        assert!((950_000..1_050_000).contains(&variance), "{variance}");
    }

    proptest! {
        #[test]
        fn a_shuffle_loses_no_place(len in 1_u64..3_000, seed: u64) {
            let shuffle = Shuffle::new(Key::new("x", seed), len);
            let mut seen: Vec<u64> = (0..len).map(|n| shuffle.at(n)).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..len).collect::<Vec<_>>());
        }

        #[test]
        fn draws_stay_between(seed: u64, low in -1_000_i64..1_000, width in 0_i64..1_000) {
            let value = Key::new("x", seed).between(5, low, low + width);
            prop_assert!((low..=low + width).contains(&value));
        }
    }
}
