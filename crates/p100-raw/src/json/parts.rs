//! How members that may be absent, lists and maps are read: `#[serde(deserialize_with)]` of the generated types.
//!
//! A visitor of serde is used up by the first failure, so setting a part aside needs its cooperation. These ask for a newtype struct of
//! a name that only [`lenient`](super::lenient) knows, and are then offered what is there entry by entry, each failure of which is theirs
//! to skip. Under any other deserializer they read what they would read anyway.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

pub(super) const OPTIONAL: &str = "$p100::optional";
pub(super) const LIST: &str = "$p100::list";
pub(super) const MAP: &str = "$p100::map";

/// A member that may be absent or null.
pub(crate) fn optional<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_newtype_struct(OPTIONAL, Optional(PhantomData))
}

/// A list that must be there.
pub(crate) fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_newtype_struct(LIST, List(PhantomData))
}

/// A map that must be there.
pub(crate) fn map<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error> {
    deserializer.deserialize_newtype_struct(MAP, Map(PhantomData))
}

/// A list that may be absent or null.
pub(crate) fn optional_list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<T>>, D::Error> {
    Ok(optional::<Listed<T>, D>(deserializer)?.map(|list| list.0))
}

/// A map that may be absent or null.
pub(crate) fn optional_map<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<String, T>>, D::Error> {
    Ok(optional::<Mapped<T>, D>(deserializer)?.map(|map| map.0))
}

struct Listed<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        list(deserializer).map(Self)
    }
}

struct Mapped<T>(BTreeMap<String, T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Mapped<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        map(deserializer).map(Self)
    }
}

struct Optional<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Optional<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member that may be absent")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        Option::deserialize(deserializer)
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut attempt: A) -> Result<Option<T>, A::Error> {
        Ok(attempt.next_element().unwrap_or_default())
    }
}

struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        Vec::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut attempts: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while attempts.size_hint() != Some(0) {
            match attempts.next_element() {
                Ok(Some(entry)) => list.push(entry),
                Ok(None) => break,
                Err(_set_aside) if attempts.size_hint().is_some() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(list)
    }
}

struct Map<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Map<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(Unique(PhantomData))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut attempts: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some(name) = attempts.next_key()? {
            if let Ok(value) = attempts.next_value() {
                map.insert(name, value);
            }
        }
        Ok(map)
    }
}

/// A map that has each name once: of two values, neither is certain.
struct Unique<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Unique<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((name, value)) = members.next_entry()? {
            if map.insert(name, value).is_some() {
                return Err(A::Error::custom("a name was there twice, expected one member of this name"));
            }
        }
        Ok(map)
    }
}
