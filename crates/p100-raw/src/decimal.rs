//! Amounts, rates and fees: [`Decimal`] in Rust, a JSON string or a JSON number on the wire, never a float in between.
//!
//! P100 writes some amounts as strings and some as numbers. Each field is *sent* in the form its schema states, through
//! `#[serde(with = "decimal::string")]` or `decimal::number`; *read* is either form, as the docs contradict themselves.
//! A value with more digits than [`Decimal`] holds (28, without zeros at its end) is an error, not a rounded amount; in a response its text
//! stays in the [raw body](crate::Response::raw_body).
//!
//! # Outside the wire, amounts are strings
//!
//! JSON numbers lose digits wherever serde keeps a value in between: in `serde_json::Value`, and in the buffers behind
//! `#[serde(flatten)]`, `untagged` and `tag`. So `Serialize` writes every amount as a string, and only [`Wire`](crate::Wire), through which
//! the client sends, writes the numbers that P100 expects. What was written reads back with every digit:
//!
//! | written and read as | amounts |
//! |---|---|
//! | a value of its own, in a list, a map, an `Option` | exact |
//! | a member by `flatten`, a variant of an enum that is `untagged` or has `tag`, `tag` and `content`, or neither | exact |
//! | `serde_json`: text, `to_value`, `json!`, `axum::Json` | exact: a string |
//! | MessagePack, CBOR, YAML, TOML and other formats that describe themselves | exact: a string |
//! | [`Wire`](crate::Wire) into JSON text, read by `serde_json` as a value of its own, as the client does | exact: a number |
//!
//! Read through such a buffer, a JSON *number* that somebody else wrote is taken if its digits survive a float for certain (15 significant
//! ones), and is an error otherwise. Two cases are beyond that check: `serde_json::Value` shows its rounded number as if it were the text,
//! and a longer number may round to a short one. Keep P100's own bodies as text, not as `Value`.
//!
//! ```
//! use p100_raw::{Decimal, Wire};
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Payout {
//!     #[serde(with = "p100_raw::decimal::number")]
//!     amount: Decimal,
//! }
//!
//! let payout: Payout = serde_json::from_str(r#"{"amount": 75.20}"#)?;
//! assert_eq!(serde_json::to_string(&payout)?, r#"{"amount":"75.20"}"#);
//! assert_eq!(serde_json::to_string(&Wire(&payout))?, r#"{"amount":75.20}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::json;

/// A decimal or a container of decimals that a field can hold.
pub trait Amounts: Sized {
    #[doc(hidden)]
    fn write<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error>;
    #[doc(hidden)]
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

#[doc(hidden)]
#[derive(Clone, Copy)]
pub enum Form {
    String,
    Number,
}

/// `#[serde(with)]`: sent as a JSON string, read as either form.
pub mod string {
    use super::{Amounts, Deserializer, Form, Serializer};

    /// Writes a JSON string.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<T: Amounts, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.write(Form::String, serializer)
    }

    /// Reads a JSON string or number.
    ///
    /// # Errors
    /// Anything that is not a decimal of at most 28 digits.
    pub fn deserialize<'de, T: Amounts, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

/// `#[serde(with)]`: sent as a JSON number with all its digits, read as either form.
pub mod number {
    use super::{Amounts, Deserializer, Form, Serializer};

    /// Writes a JSON number through [`Wire`](crate::Wire), otherwise a string.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<T: Amounts, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.write(Form::Number, serializer)
    }

    /// Reads a JSON number or string.
    ///
    /// # Errors
    /// Anything that is not a decimal of at most 28 digits.
    pub fn deserialize<'de, T: Amounts, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        T::read(deserializer)
    }
}

impl Amounts for Decimal {
    fn write<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        match form {
            Form::String => serializer.collect_str(self),
            Form::Number => serializer.serialize_newtype_struct(NUMBER, &Text(self)),
        }
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(RAW_JSON, AnyForm)
    }
}

impl<T: Amounts> Amounts for Option<T> {
    fn write<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().map(|value| Write(value, form)).serialize(serializer)
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(json::optional::<Read<T>, D>(deserializer)?.map(|read| read.0))
    }
}

impl<T: Amounts> Amounts for Vec<T> {
    fn write<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|value| Write(value, form)))
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(json::list::<Read<T>, D>(deserializer)?.into_iter().map(|read| read.0).collect())
    }
}

impl Amounts for BTreeMap<String, Decimal> {
    fn write<S: Serializer>(&self, form: Form, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(key, value)| (key, Write(value, form))))
    }

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(json::map::<Read<Decimal>, D>(deserializer)?.into_iter().map(|(name, read)| (name, read.0)).collect())
    }
}

/// The name under which a serializer is given an amount that is a number on the wire: [`Wire`](crate::Wire) knows it, and all others write
/// the string that is in it.
pub(crate) const NUMBER: &str = "$p100::number";

/// The name under which `serde_json` hands out the text of a value instead of a float. Deserializers that do not know it ignore it.
const RAW_JSON: &str = "$serde_json::private::RawValue";

struct Text<'a>(&'a Decimal);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

/// Reads an amount from the text of the JSON, or from whatever another deserializer has.
struct AnyForm;

impl<'de> Visitor<'de> for AnyForm {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    /// Only `serde_json` comes here, with the text of the value.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Decimal, A::Error> {
        let raw = Box::<RawValue>::deserialize(MapAccessDeserializer::new(map))?;
        let text = raw.get();
        let parsed = match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            // Digits may be escaped like any other character.
            Some(inner) if inner.contains('\\') => parse(&serde_json::from_str::<String>(text).map_err(A::Error::custom)?),
            Some(inner) => parse(inner),
            None => parse(text),
        };
        parsed.map_err(A::Error::custom)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Decimal, D::Error> {
        // Formats that are not for people need not describe themselves. What was written is a string.
        if deserializer.is_human_readable() { deserializer.deserialize_any(Scalar) } else { deserializer.deserialize_str(Scalar) }
    }
}

/// An amount in serde's own data model.
struct Scalar;

impl Visitor<'_> for Scalar {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        parse(text).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Decimal, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Decimal, E> {
        Ok(value.into())
    }

    fn visit_i128<E: de::Error>(self, value: i128) -> Result<Decimal, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u128<E: de::Error>(self, value: u128) -> Result<Decimal, E> {
        self.visit_str(&value.to_string())
    }

    /// A decimal of at most 15 significant digits comes out of a float as it went in; of more, nobody knows.
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Decimal, E> {
        let text = format!("{value:e}");
        let digits = text.split('e').next().unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
        if digits <= 15 { self.visit_str(&text) } else { Err(E::custom(LOSSY)) }
    }
}

struct Write<'a, T>(&'a T, Form);

impl<T: Amounts> Serialize for Write<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(self.1, serializer)
    }
}

struct Read<T>(T);

impl<'de, T: Amounts> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self)
    }
}

/// A text that is not a decimal of at most 28 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDecimal(pub(crate) &'static str);

impl fmt::Display for InvalidDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidDecimal {}

const EXPECTED: &str = "an amount: a JSON number, or a string that holds one";
pub(crate) const NOT_A_NUMBER: InvalidDecimal = InvalidDecimal("expected an amount: a JSON number, or a string that holds one");
pub(crate) const LOSSY: InvalidDecimal =
    InvalidDecimal("an amount that went through a float and may have lost digits; keep amounts as strings");
pub(crate) const TOO_LONG: InvalidDecimal = InvalidDecimal("an amount with more than 28 digits cannot be held exactly");

/// Reads an amount exactly, e.g. `0.00`, `-12.5` or `1e-7`: the grammar of JSON numbers.
///
/// # Errors
/// Any other text, and values that would have to be rounded.
pub fn parse(text: &str) -> Result<Decimal, InvalidDecimal> {
    let (mantissa, exponent) = match text.bytes().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(place) => (&text[..place], text[place + 1..].parse().map_err(|_| NOT_A_NUMBER)?),
        None => (text, 0),
    };
    let digits = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return Err(NOT_A_NUMBER);
    }
    // Zeros at the end count only as far as there is room for them.
    let shorter = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    let value = Decimal::from_str_exact(mantissa).or_else(|_| Decimal::from_str_exact(shorter)).map_err(|_| TOO_LONG)?;
    if exponent == 0 { Ok(value) } else { shift(value, exponent).or_else(|| shift(value.normalize(), exponent)).ok_or(TOO_LONG) }
}

/// `value * 10^exponent`, or nothing if that cannot be held exactly.
fn shift(mut value: Decimal, exponent: i32) -> Option<Decimal> {
    let scale = i64::from(value.scale()) - i64::from(exponent);
    if let Ok(scale) = u32::try_from(scale) {
        value.set_scale(scale).ok()?;
        return Some(value);
    }
    // 10^28 is the largest power of ten that `Decimal` holds.
    let zeros = u32::try_from(-scale).ok().filter(|zeros| *zeros <= 28)?;
    value.set_scale(0).ok()?;
    value.checked_mul(Decimal::from_i128_with_scale(10_i128.pow(zeros), 0))
}

#[cfg(feature = "schemars")]
#[doc(hidden)]
pub mod schema {
    //! Placeholders that describe the wire forms to `schemars`.

    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    /// A decimal in a JSON string.
    pub struct DecimalString;
    /// A decimal as a JSON number.
    pub struct DecimalNumber;
    /// Either.
    pub struct DecimalEither;
    /// Either, and written as a string.
    pub type DecimalEitherAsString = DecimalEither;

    impl JsonSchema for DecimalString {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "DecimalString".into()
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"type": "string", "format": "decimal"})
        }
    }

    impl JsonSchema for DecimalNumber {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "DecimalNumber".into()
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"type": "number", "format": "decimal"})
        }
    }

    impl JsonSchema for DecimalEither {
        fn inline_schema() -> bool {
            true
        }
        fn schema_name() -> Cow<'static, str> {
            "DecimalEither".into()
        }
        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let (number, string) = (DecimalNumber::json_schema(generator), DecimalString::json_schema(generator));
            json_schema!({"oneOf": [number, string]})
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Decimal, parse};

    #[test]
    fn text_is_read_exactly_or_not_at_all() {
        for text in ["0", "0.00", "-12.5", "0.0000000000000000000000000001", "7922816251426433759354395033"] {
            assert_eq!(parse(text).expect(text).to_string(), text);
        }
        assert_eq!(parse("1e-7").expect("scientific").to_string(), "0.0000001");
        assert_eq!(parse("1.5E3").expect("scientific").to_string(), "1500");
        assert_eq!(parse("1.0e-28").expect("scientific").to_string(), "0.0000000000000000000000000001");
        for zeros in [1, 2, 28, 29, 30, 100] {
            let text = format!("7922816251426433759354395033.{}", "0".repeat(zeros));
            assert_eq!(parse(&text).expect("zeros are no digits").normalize().to_string(), "7922816251426433759354395033");
            assert!(parse(&format!("0.{}", "0".repeat(zeros))).expect("zero").is_zero());
            assert_eq!(parse(&format!("{text}00001")), Err(super::TOO_LONG), "{text}");
        }
        for text in ["", "-", ".5", "5.", "1_000", "+1", "1e", "0x10", "NaN", "1 ", "1,5", "12a"] {
            assert_eq!(parse(text), Err(super::NOT_A_NUMBER), "{text}");
        }
        for text in [
            "0.00000000000000000000000000001",
            "99999999999999999999999999999999",
            "1e29",
            "1e30",
            "1e38",
            "1e39",
            "1e-29",
            "1e2147483647",
            "1e-2147483648",
        ] {
            assert_eq!(parse(text), Err(super::TOO_LONG), "{text}");
        }
    }
    #[test]
    fn lists_and_maps_of_amounts_keep_every_digit_and_may_be_absent() {
        #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        struct Thing {
            #[serde(default, skip_serializing_if = "Option::is_none", with = "super::number")]
            rates: Option<BTreeMap<String, Decimal>>,
            #[serde(default, skip_serializing_if = "Option::is_none", with = "super::string")]
            amounts: Option<Vec<Decimal>>,
            #[serde(with = "super::string")]
            gaps: Vec<Option<Decimal>>,
        }
        for text in [
            r#"{"rates":{"eth":0.1234567890123456789012345678},"amounts":["1.10","2"],"gaps":["1.0",null]}"#,
            r#"{"rates":{},"amounts":[],"gaps":[]}"#,
            r#"{"gaps":[]}"#,
        ] {
            let thing: Thing = serde_json::from_str(text).expect(text);
            assert_eq!(serde_json::to_string(&crate::Wire(&thing)).expect("encodes"), text);
        }
        let empty: Thing = serde_json::from_str(r#"{"rates":null,"amounts":null,"gaps":[]}"#).expect("null is absent");
        assert_eq!((empty.rates, empty.amounts), (None, None));
    }
}
