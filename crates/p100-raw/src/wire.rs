//! JSON as it goes over the wire: the one place that writes amounts as JSON numbers.

use std::fmt::Display;

use serde::ser::{
    Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant, Serializer,
};
use serde_json::value::RawValue;

use crate::decimal::NUMBER;

/// Serialises a request, response or event as P100 and its clients exchange it: amounts that the document calls numbers are JSON numbers.
///
/// Without it they are strings, in every format: see [`decimal`](crate::decimal). The client and the mocks write what they send through
/// this; use it where you need the same text, for instance in a server of your own for tests. It writes JSON text only: `serde_json::to_value` and
/// `json!` keep numbers as floats, so there an amount is an error.
///
/// ```
/// use p100_raw::{Wire, types::PartnerExchangeRequest};
///
/// let request = PartnerExchangeRequest::builder().amount(125.into()).currency_from("eur").currency_to("btc").lock_id("05162738").build();
/// assert!(serde_json::to_string(&Wire(&request))?.contains(r#""amount":125"#));
/// assert!(serde_json::to_string(&request)?.contains(r#""amount":"125""#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Wire<'a, T: ?Sized>(pub &'a T);

impl<T: Serialize + ?Sized> Serialize for Wire<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Through(serializer))
    }
}

/// A serializer, or what it returns for a container, that hands everything on but numbers of amounts.
struct Through<S>(S);

macro_rules! plain {
    ($($method:ident($($name:ident: $type:ty),*))*) => {$(
        fn $method(self, $($name: $type),*) -> Result<S::Ok, S::Error> {
            self.0.$method($($name),*)
        }
    )*};
}

macro_rules! containers {
    ($($method:ident($($name:ident: $type:ty),*) -> $container:ident)*) => {$(
        fn $method(self, $($name: $type),*) -> Result<Self::$container, S::Error> {
            self.0.$method($($name),*).map(Through)
        }
    )*};
}

impl<S: Serializer> Serializer for Through<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Through<S::SerializeSeq>;
    type SerializeTuple = Through<S::SerializeTuple>;
    type SerializeTupleStruct = Through<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Through<S::SerializeTupleVariant>;
    type SerializeMap = Through<S::SerializeMap>;
    type SerializeStruct = Through<S::SerializeStruct>;
    type SerializeStructVariant = Through<S::SerializeStructVariant>;

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<S::Ok, S::Error> {
        if name != NUMBER {
            return self.0.serialize_newtype_struct(name, &Wire(value));
        }
        // What a serializer of text returns is nothing; others, such as that of `serde_json::Value`, would keep a float.
        if size_of::<S::Ok>() != 0 || !self.0.is_human_readable() {
            return Err(S::Error::custom("Wire writes JSON text only: any other form would round amounts"));
        }
        // The text of a decimal has nothing that JSON escapes.
        let text = serde_json::to_string(value).map_err(S::Error::custom)?;
        RawValue::from_string(text.trim_matches('"').to_owned()).map_err(S::Error::custom)?.serialize(self.0)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&Wire(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_variant(name, index, variant, &Wire(value))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.collect_str(value)
    }

    plain! {
        serialize_bool(value: bool)
        serialize_i8(value: i8) serialize_i16(value: i16) serialize_i32(value: i32) serialize_i64(value: i64) serialize_i128(value: i128)
        serialize_u8(value: u8) serialize_u16(value: u16) serialize_u32(value: u32) serialize_u64(value: u64) serialize_u128(value: u128)
        serialize_f32(value: f32) serialize_f64(value: f64) serialize_char(value: char) serialize_str(value: &str)
        serialize_bytes(value: &[u8]) serialize_none() serialize_unit() serialize_unit_struct(name: &'static str)
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str)
    }

    containers! {
        serialize_seq(length: Option<usize>) -> SerializeSeq
        serialize_tuple(length: usize) -> SerializeTuple
        serialize_tuple_struct(name: &'static str, length: usize) -> SerializeTupleStruct
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, length: usize) -> SerializeTupleVariant
        serialize_map(length: Option<usize>) -> SerializeMap
        serialize_struct(name: &'static str, length: usize) -> SerializeStruct
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, length: usize) -> SerializeStructVariant
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! entries {
    ($($container:ident: $($method:ident($($name:ident)?))*;)*) => {$(
        impl<S: $container> $container for Through<S> {
            type Ok = S::Ok;
            type Error = S::Error;

            $(fn $method<T: Serialize + ?Sized>(&mut self, $($name: &'static str,)? value: &T) -> Result<(), S::Error> {
                self.0.$method($($name,)? &Wire(value))
            })*

            fn end(self) -> Result<S::Ok, S::Error> {
                self.0.end()
            }
        }
    )*};
}

entries! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeMap: serialize_key() serialize_value();
    SerializeStruct: serialize_field(name);
    SerializeStructVariant: serialize_field(name);
}
