//! What letters promise, seen in the bytes that leave.

use super::*;

#[test]
fn every_letter_renders_in_both_languages() {
    Letters::new().unwrap();
}
