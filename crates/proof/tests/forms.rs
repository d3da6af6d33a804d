//! Is a claim read back whatever form it is written in?
#![allow(clippy::unwrap_used)]

use base::Decimal;
use proof::{Bound, Kind, Original, check};
use proptest::prelude::*;

/// Units with the sort they are read as and what one of them is in whole units.
const UNITS: &[(&str, &str, Kind)] = &[
    ("人", "人", Kind::Count),
    ("人次", "人次", Kind::PersonTimes),
    ("例", "例", Kind::Count),
    ("户", "户", Kind::Count),
    ("家", "家", Kind::Count),
    ("份", "份", Kind::Count),
    ("元", "元", Kind::Money),
    ("平方米", "平方米", Kind::Area),
    ("亩", "亩", Kind::Area),
    ("%", "%", Kind::Rate),
    ("‰", "‰", Kind::Rate),
];
const MAGNITUDES: &[(&str, u64)] = &[("", 1), ("万", 10_000), ("亿", 100_000_000)];
const BOUNDS: &[(&str, &str, &str, Bound)] = &[
    ("", "", "", Bound::Exact),
    ("", "余", "", Bound::AtLeast),
    ("", "多", "", Bound::AtLeast),
    ("约", "", "", Bound::About),
    ("近", "", "", Bound::About),
    ("超过", "", "", Bound::AtLeast),
    ("不低于", "", "", Bound::AtLeast),
    ("不超过", "", "", Bound::AtMost),
    ("", "", "以上", Bound::AtLeast),
    ("", "", "以内", Bound::AtMost),
    ("", "", "左右", Bound::About),
];

fn commas(digits: &str) -> String {
    let (whole, rest) =
        digits.split_once('.').map_or((digits, String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    let mut out = String::new();
    for (n, c) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out + &rest
}

proptest! {
    #[test]
    fn any_form_is_read_back(
        mantissa in 1_i64..1_000_000_000, decimals in 0_u32..3, unit in 0..UNITS.len(), magnitude in 0..MAGNITUDES.len(),
        bound in 0..BOUNDS.len(), separated: bool, wide: bool, space: bool,
    ) {
        let (printed, canonical, kind) = UNITS[unit];
        let (word, times) = if kind == Kind::Rate { ("", 1) } else { MAGNITUDES[magnitude] };
        let (before, inside, after, expected) = BOUNDS[bound];
        // 98.96余% is not written.
        prop_assume!(inside.is_empty() || kind != Kind::Rate);
        let value = Decimal::new(mantissa, decimals);
        // What is larger than any figure of a county is read as a code.
        prop_assume!(value * Decimal::from(times) <= Decimal::from(10_000_000_000_000_u64));
        let mut digits = value.to_string();
        if separated {
            digits = commas(&digits);
        }
        if wide {
            digits = digits.chars().map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c }).collect();
        }
        let gap = if space { " " } else { "" };
        let claim = format!("{before}{digits}{word}{inside}{gap}{printed}{after}");
        let text = format!("全县累计登记管理对象{claim}，工作平稳。");
        let proof = check(Original::plain(&text));
        prop_assert_eq!(proof.claims.len(), 1, "{}", text);
        let found = &proof.claims[0];
        prop_assert_eq!(found.value, Some(value * Decimal::from(times)), "{}", text);
        prop_assert_eq!(found.unit, canonical, "{}", text);
        prop_assert_eq!(found.kind, kind, "{}", text);
        prop_assert_eq!(found.bound, expected, "{}", text);
        let quote: String = text.chars().skip(found.original.start).take(found.original.len()).collect();
        prop_assert_eq!(quote, claim);
    }

    /// Whatever the bytes are, the answer is a text or an error, never a panic.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), start in 0_usize..5) {
        let starts: [&[u8]; 5] = [b"", b"PK\x03\x04", b"%PDF-1.7\n", b"<html><body>", &[0xD0, 0xCF, 0x11, 0xE0]];
        let mut all = starts[start].to_vec();
        all.extend(bytes);
        if let Ok(original) = proof::read("report", &all) {
            let proof = check(original);
            for claim in &proof.claims {
                prop_assert!(claim.original.end <= proof.original.chars.len());
            }
        }
    }

    /// Whatever the text is, every claim lies in it and the page can be drawn.
    #[test]
    fn any_text_is_checked(text in "[0-9一二三十百万亿余约%‰人次户元，。；（）《》“”其中男女率x._ \n共\\-、等年月]{0,160}") {
        let proof = check(Original::plain(&text));
        for claim in &proof.claims {
            prop_assert!(claim.original.start < claim.original.end && claim.original.end <= proof.original.chars.len());
        }
        let page = proof::render::html("x", &proof);
        prop_assert!(page.ends_with("</html>\n"));
    }
}
