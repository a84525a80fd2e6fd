//! JSON that comes in, read strictly: arrays are no objects, and no member is given twice.

use std::collections::HashSet;
use std::fmt;

use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

/// The value of a JSON text. The error names the member that is wrong, and where it is.
///
/// serde alone takes an array for a struct, member by member in the order of the source, and of two members of one name in a map the last.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(Strict(&mut json)).map_err(|error| {
        let path = error.path().to_string();
        if path == "." { error.into_inner().to_string() } else { format!("{path}: {}", error.into_inner()) }
    })?;
    json.end().map_err(|error| error.to_string())?;
    Ok(value)
}

/// A part of serde's machinery with all that is inside of it read strictly.
struct Strict<T>(T);

macro_rules! deserialize {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Read { visitor, is_struct: false })
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    deserialize! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_option deserialize_unit deserialize_seq deserialize_map
        deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_unit_struct(name, Read { visitor, is_struct: false })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_newtype_struct(name, Read { visitor, is_struct: false })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, Read { visitor, is_struct: false })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, name: &'static str, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple_struct(name, len, Read { visitor, is_struct: false })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, Read { visitor, is_struct: true })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, Read { visitor, is_struct: false })
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// What a value is read with.
struct Read<V> {
    visitor: V,
    /// Whether it is a struct, which knows its members: they are in an object, and serde finds those that are given twice.
    is_struct: bool,
}

macro_rules! visit {
    ($($method:ident $type:ty)*) => {
        $(fn $method<E: serde::de::Error>(self, value: $type) -> Result<V::Value, E> {
            self.visitor.$method(value)
        })*
    };
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Read<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    visit! {
        visit_bool bool visit_i64 i64 visit_i128 i128 visit_u64 u64 visit_u128 u128 visit_f64 f64 visit_char char visit_str &str
        visit_borrowed_str &'de str visit_string String visit_bytes &[u8] visit_borrowed_bytes &'de [u8] visit_byte_buf Vec<u8>
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Strict(value))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Strict(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<V::Value, A::Error> {
        if self.is_struct {
            return Err(A::Error::invalid_type(Unexpected::Other("array"), &"an object"));
        }
        self.visitor.visit_seq(Strict(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<V::Value, A::Error> {
        if self.is_struct {
            self.visitor.visit_map(Strict(members))
        } else {
            self.visitor.visit_map(Once { members, seen: HashSet::new() })
        }
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Strict(variant))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(value))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }
}

/// A map whose names are known only from what is given.
struct Once<A> {
    members: A,
    seen: HashSet<String>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Once<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        let Some(name) = self.members.next_key::<String>()? else { return Ok(None) };
        if !self.seen.insert(name.clone()) {
            return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
        }
        let name: StringDeserializer<A::Error> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.members.next_value_seed(Strict(seed))
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Strict<A> {
    type Error = A::Error;
    type Variant = Strict<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0.variant_seed(seed).map(|(value, variant)| (value, Strict(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Strict(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Read { visitor, is_struct: false })
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Read { visitor, is_struct: true })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use p100_raw::{Decimal, decimal};
    use serde::Deserialize;
    use serde_json::Value;

    use super::read;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Whole {
        part: Option<Part>,
        #[serde(default)]
        parts: Vec<Part>,
        #[serde(default)]
        by_name: BTreeMap<String, Part>,
        #[serde(default)]
        pair: (u8, String),
        #[serde(default)]
        choice: Choice,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Part {
        #[serde(with = "decimal::string")]
        amount: Decimal,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    enum Choice {
        #[default]
        None,
        Of(Part),
        Between {
            least: u8,
        },
    }

    #[test]
    fn arrays_are_no_objects_at_any_depth() {
        for (text, message) in [
            (r#"[]"#, "invalid type: array, expected an object"),
            (r#"[null]"#, "invalid type: array, expected an object"),
            (r#"{"part": ["1"]}"#, "part: invalid type: array, expected an object"),
            (r#"{"parts": [{"amount": 1}, ["1"]]}"#, "parts[1]: invalid type: array"),
            (r#"{"by_name": {"a": ["1"]}}"#, "by_name.a: invalid type: array"),
            (r#"{"choice": {"Of": ["1"]}}"#, "invalid type: array"),
            (r#"{"choice": {"Between": [1]}}"#, "invalid type: array"),
        ] {
            let error = read::<Whole>(text.as_bytes()).unwrap_err();
            assert!(error.starts_with(message) || error.contains(message) && text.contains("choice"), "{text}: {error}");
            assert!(error.contains(" at line 1 column "), "{error}");
        }
    }

    #[test]
    fn what_is_given_twice_or_not_known_is_named() {
        for (text, message) in [
            (r#"{"part": null, "part": null}"#, "duplicate field `part`"),
            (r#"{"by_name": {"a": {"amount": 1}, "a": {"amount": 2}}}"#, "duplicate field `a`"),
            (r#"{"part": {"amount": 1, "amount": 1}}"#, "duplicate field `amount`"),
            (r#"{"part": {"amount": 1, "extra": 1}}"#, "unknown field `extra`"),
            (r#"{} {}"#, "trailing characters"),
        ] {
            let error = read::<Whole>(text.as_bytes()).unwrap_err();
            assert!(error.contains(message), "{text}: {error}");
        }
        let error = read::<Value>(br#"{"a": [{"b": 1, "b": 2}]}"#).unwrap_err();
        assert!(error.contains("duplicate field `b`"), "{error}");
    }

    #[test]
    fn what_is_right_is_read_to_its_last_digit() {
        let text = r#"{"part": {"amount": 0.12345678901234567890123456}, "parts": [{"amount": "1"}], "by_name": {"a": {"amount": 1}},
            "pair": [1, "one"], "choice": {"Between": {"least": 1}}}"#;
        let whole: Whole = read(text.as_bytes()).unwrap();
        let part = |amount: &str| Part { amount: amount.parse().unwrap() };
        let expected = Whole {
            part: Some(part("0.12345678901234567890123456")),
            parts: vec![part("1")],
            by_name: BTreeMap::from([("a".to_owned(), part("1"))]),
            pair: (1, "one".to_owned()),
            choice: Choice::Between { least: 1 },
        };
        assert_eq!(whole, expected);
        let value: Value = read(text.as_bytes()).unwrap();
        assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
    }
}
