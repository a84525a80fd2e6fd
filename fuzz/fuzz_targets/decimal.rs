//! Amounts: any text, no panic, and what is read is written without losing a digit.
#![no_main]

use libfuzzer_sys::fuzz_target;
use p100::raw::decimal;

fuzz_target!(|text: &str| {
    if let Ok(value) = decimal::parse(text) {
        let written = value.to_string();
        assert_eq!(decimal::parse(&written), Ok(value), "{text} was written as {written}");
        if !text.contains(['e', 'E']) {
            assert_eq!(digits(&written), digits(text), "{text} was written as {written}");
        }
    }
});

/// Without the zeros in front and the sign of zero, which mean nothing.
fn digits(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let zero = digits.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    format!("{}{}", if zero { "" } else { sign }, digits.trim_start_matches('0'))
}
