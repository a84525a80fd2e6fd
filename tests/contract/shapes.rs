//! Values at rest: what any format and any shape of serde writes of the document's types reads back with every digit, or is not written.

use std::collections::BTreeMap;
use std::fmt::Debug;

use erased_serde::Serialize as Erased;
use p100_raw::{Decimal, Wire, decimal};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::harness::SCHEMAS;
use crate::samples::Sample;

/// Amounts that floats change, and amounts that texts like to change.
const AMOUNTS: [&str; 9] = [
    "990000000.12345678",
    "0.1000000000000000055511151231",
    "1234567890123456789012345678",
    "9007199254740993",
    "-0.0000000000000000000000000001",
    "0.00",
    "12.50",
    "0.0000001",
    "-1",
];

/// Takes a deserializer of any format.
type Reader<'a> = &'a mut dyn FnMut(&mut dyn erased_serde::Deserializer<'_>) -> Result<(), String>;

/// The ways to keep a value: text or bytes of each format, and back.
struct Format {
    name: &'static str,
    write: fn(&dyn Erased) -> Result<Vec<u8>, String>,
    read: fn(&[u8], Reader<'_>) -> Result<(), String>,
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

const FORMATS: &[Format] = &[
    Format {
        name: "JSON text",
        write: |value| serde_json::to_vec(value).map_err(text),
        read: |bytes, use_it| use_it(&mut <dyn erased_serde::Deserializer<'_>>::erase(&mut serde_json::Deserializer::from_slice(bytes))),
    },
    Format {
        name: "JSON from a reader",
        write: |value| serde_json::to_vec_pretty(value).map_err(text),
        read: |bytes, use_it| use_it(&mut <dyn erased_serde::Deserializer<'_>>::erase(&mut serde_json::Deserializer::from_reader(bytes))),
    },
    Format {
        name: "serde_json::Value",
        write: |value| Ok(serde_json::to_value(value).map_err(text)?.to_string().into_bytes()),
        read: |bytes, use_it| {
            let value: serde_json::Value = serde_json::from_slice(bytes).map_err(text)?;
            use_it(&mut <dyn erased_serde::Deserializer<'_>>::erase(value))
        },
    },
    Format {
        name: "MessagePack",
        write: |value| rmp_serde::to_vec_named(value).map_err(text),
        read: |bytes, use_it| use_it(&mut <dyn erased_serde::Deserializer<'_>>::erase(&mut rmp_serde::Deserializer::new(bytes))),
    },
    Format {
        name: "CBOR",
        write: |value| cbor4ii::serde::to_vec(Vec::new(), &value).map_err(text),
        read: |bytes, use_it| {
            let reader = cbor4ii::core::utils::SliceReader::new(bytes);
            use_it(&mut <dyn erased_serde::Deserializer<'_>>::erase(&mut cbor4ii::serde::Deserializer::new(reader)))
        },
    },
    Format {
        name: "YAML",
        write: |value| serde_norway::to_string(value).map(String::into_bytes).map_err(text),
        read: |bytes, use_it| use_it(&mut <dyn erased_serde::Deserializer<'_>>::erase(serde_norway::Deserializer::from_slice(bytes))),
    },
    Format {
        name: "TOML",
        write: |value| toml::to_string(value).map(String::into_bytes).map_err(text),
        read: |bytes, use_it| {
            let text = std::str::from_utf8(bytes).map_err(text)?;
            use_it(&mut <dyn erased_serde::Deserializer<'_>>::erase(toml::Deserializer::parse(text).map_err(self::text)?))
        },
    },
];

/// Writes `value` in every format and reads it back; how many formats could not write it.
fn round_trips<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, what: &str) -> usize {
    let mut refused = 0;
    for format in FORMATS {
        let Ok(bytes) = (format.write)(value) else {
            refused += 1;
            continue;
        };
        let mut found = None;
        (format.read)(&bytes, &mut |deserializer| {
            found = Some(erased_serde::deserialize::<T>(deserializer).map_err(text)?);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{what} in {}: {error}\n{}", format.name, String::from_utf8_lossy(&bytes)));
        assert_eq!(found.as_ref(), Some(value), "{what} in {}:\n{}", format.name, String::from_utf8_lossy(&bytes));
    }
    refused
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Flat<T> {
    outbox_id: u64,
    #[serde(flatten)]
    value: T,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged<T> {
    Nothing { never_there: bool },
    Value(T),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outbox_kind")]
enum Internal<T> {
    Nothing,
    Value(T),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outbox_kind", content = "outbox_value")]
enum Adjacent<T> {
    Nothing,
    Value(T),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum External<T> {
    Nothing,
    Value(T),
}

/// Every shape that keeps its content in a buffer, one in the other.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Nested<T> {
    #[serde(bound = "T: Serialize + DeserializeOwned")]
    entry: Untagged<Flat<Internal<T>>>,
}

/// What [`SCHEMAS`] keeps for each type: its value from JSON text, alone and within all buffers, through every format.
pub(crate) fn keep<T: Serialize + DeserializeOwned + PartialEq + Debug>(json: &str, name: &str) -> usize {
    let value = || serde_json::from_str::<T>(json).unwrap_or_else(|error| panic!("{name}: {error}\n{json}"));
    let nested = Nested { entry: Untagged::Value(Flat { outbox_id: 7, value: Internal::Value(value()) }) };
    round_trips(&value(), name) + round_trips(&nested, &format!("{name}, nested"))
}

#[test]
fn every_type_of_the_document_reads_back_from_every_format_with_every_digit() {
    let mut refused = 0;
    for schema in SCHEMAS.iter().filter(|schema| schema.node().str("type") == Some("object")) {
        for amount in AMOUNTS {
            // serde_json's own numbers are floats here, so the digits are put into the text afterwards.
            let decimal = |number| if number { serde_json::json!(987_654_321) } else { serde_json::json!("987654321") };
            let sample = Sample { decimal, ..Sample::default() }.of(schema.name).to_string();
            refused += (schema.keep)(&sample.replace("987654321", amount), schema.name);
        }
    }
    assert_eq!(refused, 0, "every format writes every type");
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Amounts {
    #[serde(with = "decimal::string")]
    string: Decimal,
    #[serde(with = "decimal::number")]
    number: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "decimal::number")]
    optional: Option<Decimal>,
    #[serde(with = "decimal::number")]
    list: Vec<Decimal>,
    #[serde(with = "decimal::number")]
    map: BTreeMap<String, Decimal>,
}

fn amounts(text: &str) -> Amounts {
    let amount = decimal::parse(text).expect(text);
    let map = BTreeMap::from([("eur".to_owned(), amount)]);
    Amounts { string: amount, number: amount, optional: Some(amount), list: vec![amount, amount], map }
}

#[test]
fn every_shape_reads_back_from_every_format() {
    for text in AMOUNTS {
        let value = || amounts(text);
        let refused = round_trips(&value(), "plain")
            + round_trips(&Flat { outbox_id: 1, value: value() }, "flatten")
            + round_trips(&Flat { outbox_id: 1, value: Internal::Value(value()) }, "flatten of tag")
            + round_trips(&Untagged::Value(value()), "untagged")
            + round_trips(&Internal::Value(value()), "tag")
            + round_trips(&Adjacent::Value(value()), "tag and content")
            + round_trips(&External::Value(value()), "externally tagged")
            + round_trips(&BTreeMap::from([("a", value()), ("b", value())].map(|(key, value)| (key.to_owned(), value))), "map")
            + round_trips(&Flat { outbox_id: 1, value: BTreeMap::from([("list".to_owned(), vec![value()])]) }, "list in a map");
        assert_eq!(refused, 0, "{text}");
    }
}

#[test]
fn a_number_that_went_through_a_float_is_read_only_if_no_digit_can_be_lost() {
    #[derive(Debug, Deserialize)]
    struct Payout {
        #[serde(with = "decimal::number")]
        amount: Decimal,
    }
    let read = |json: &str| serde_json::from_str::<Internal<Payout>>(json);
    for (number, expected) in
        [("12.50", "12.5"), ("-0.001", "-0.001"), ("1e3", "1000"), ("123456789.012345", "123456789.012345"), ("7", "7")]
    {
        let Internal::Value(payout) = read(&format!(r#"{{"outbox_kind":"Value","amount":{number}}}"#)).expect(number) else {
            panic!("{number}")
        };
        assert_eq!(payout.amount.normalize().to_string(), expected);
    }
    for number in ["990000000.12345678", "5.551115123125783e-17", "1e400"] {
        read(&format!(r#"{{"outbox_kind":"Value","amount":{number}}}"#)).expect_err(number);
    }
}

#[test]
fn the_wire_form_is_written_by_wire_alone() {
    let value = amounts("990000000.12345678");
    let written = serde_json::to_string(&Wire(&External::Value(value.clone()))).expect("writes");
    assert_eq!(
        written,
        r#"{"Value":{"string":"990000000.12345678","number":990000000.12345678,"optional":990000000.12345678,"list":[990000000.12345678,990000000.12345678],"map":{"eur":990000000.12345678}}}"#
    );
    let External::Value(read) = serde_json::from_str::<External<Amounts>>(&written).expect("reads") else { panic!("{written}") };
    assert_eq!(read, value);
    assert!(!serde_json::to_string(&value).expect("writes").contains(":990000000"));
    // Where a number would be a float, it is refused.
    serde_json::to_value(Wire(&value)).expect_err("a value keeps floats");
    serde_json::to_value(Wire(&Internal::Value(value.clone()))).expect_err("a value keeps floats");
    rmp_serde::to_vec_named(&Wire(&value)).expect_err("no JSON");
}
