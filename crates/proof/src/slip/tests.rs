//! Are slips of hands told apart?

use super::*;

#[test]
fn digits_tell_what_a_hand_did() {
    let kind = |printed: &str, right: &str| between(printed.as_bytes(), right.as_bytes());
    assert_eq!(kind("17121", "17112"), SlipKind::DigitsSwapped);
    assert_eq!(kind("2955", "295"), SlipKind::DigitDoubled);
    assert_eq!(kind("2951", "295"), SlipKind::DigitAdded);
    assert_eq!(kind("29", "295"), SlipKind::DigitLost);
    assert_eq!(kind("395", "295"), SlipKind::DigitWrong);
    assert_eq!(kind("117", "295"), SlipKind::Other);
}
