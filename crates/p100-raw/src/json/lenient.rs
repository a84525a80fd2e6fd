//! A deserializer that sets aside what does not fit: each member and each list entry is cut out as text and read on its own.
//!
//! What fails moves up to the smallest enclosing part that may be absent: see [`parts`](super::parts). The text is gone through once for
//! each level of the type, so the time is linear in its size.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::parts::{LIST, MAP, OPTIONAL};
use super::strict::Strict;
use super::{Deviations, without_value};

/// As deep as `serde_json` goes: types may contain themselves, and the stack is finite.
const DEEPEST: usize = 128;

/// Reads a `T` of `text`, which is one JSON value.
pub(super) fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<(T, Deviations), Failure> {
    let log = RefCell::default();
    let spot = Spot { text, path: &Path::Root, depth: 0, fault: None, log: &log };
    let value = T::deserialize(spot).map_err(|failure| failure.at(&spot))?;
    Ok((value, log.into_inner()))
}

/// The members of an object in their order, uninterpreted, with all that have the same name. A name that is not text is `None`.
pub(super) fn found(text: &str) -> Option<Vec<FoundMember<'_>>> {
    Some(serde_json::from_str::<Found<'_>>(text).ok()?.0)
}

/// The same with their names. One whose name is no text is left out.
pub(super) fn members(text: &str) -> Option<Vec<(String, &str)>> {
    Some(found(text)?.into_iter().filter_map(|(name, text)| Some((name?.into_owned(), text))).collect())
}

/// The names of an object's members. Of one that is no text, what is.
pub(super) fn names(text: &[u8]) -> Option<Vec<String>> {
    let text = super::readable(text);
    let found = serde_json::from_str::<Found<'_>>(&text).ok()?.0;
    Some(found.into_iter().map(|(name, _)| name.map_or_else(|| "\u{fffd}".to_owned(), Cow::into_owned)).collect())
}

/// Why a part cannot be read, and where: filled in where the failure leaves the part.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) expected: String,
    pub(super) place: Option<Place>,
    missing: Option<&'static str>,
}

#[derive(Debug)]
pub(super) struct Place {
    pub(super) path: String,
    /// The address of its text, which is a part of the whole text.
    pub(super) address: usize,
}

impl Failure {
    fn new(expected: impl Into<String>) -> Self {
        Self { expected: expected.into(), place: None, missing: None }
    }

    fn at(mut self, spot: &Spot<'_, '_>) -> Self {
        let missing = self.missing.take();
        self.place.get_or_insert_with(|| {
            let path = match missing {
                Some(name) => Path::Member(spot.path, name).to_string(),
                None => spot.path.to_string(),
            };
            Place { path, address: spot.text.as_ptr().addr() }
        });
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.expected)
    }
}

impl std::error::Error for Failure {}

impl de::Error for Failure {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(without_value(&message.to_string()))
    }

    fn missing_field(name: &'static str) -> Self {
        Self { missing: Some(name), ..Self::new(format!("missing field `{name}`")) }
    }
}

/// Where a part is.
enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'a str),
    Entry(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("."),
            Self::Member(Self::Root, name) => f.write_str(name),
            Self::Member(parent, name) => write!(f, "{parent}.{name}"),
            Self::Entry(Self::Root, index) => write!(f, "[{index}]"),
            Self::Entry(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// One part of the text.
#[derive(Clone, Copy)]
struct Spot<'a, 'de> {
    text: &'de str,
    path: &'a Path<'a>,
    depth: usize,
    /// Why it cannot be read, whatever it is.
    fault: Option<&'static str>,
    log: &'a RefCell<Deviations>,
}

impl<'a, 'de> Spot<'a, 'de> {
    fn child<'b>(&'b self, path: &'b Path<'b>, text: &'de str, fault: Option<&'static str>) -> Spot<'b, 'de> {
        let depth = self.depth + 1;
        let fault = fault.or((depth > DEEPEST).then_some("less nesting was expected"));
        Spot { text, path, depth, fault, log: self.log }
    }

    /// Fails if nothing can be read here.
    fn sound(&self) -> Result<(), Failure> {
        self.fault.map_or(Ok(()), |fault| Err(Failure::new(fault).at(self)))
    }

    fn is(&self, first: char) -> bool {
        self.text.starts_with(first)
    }

    /// Reads this part; what fails is set aside.
    fn attempt<S: DeserializeSeed<'de>>(&self, seed: S) -> Result<S::Value, Failure> {
        let before = self.log.borrow().total();
        let value = self.read(seed);
        if let Err(failure) = &value {
            // Within a part that is set aside as a whole, nothing is worth mentioning but the reason.
            let mut log = self.log.borrow_mut();
            log.truncate(before);
            log.push(failure.place.as_ref().map_or(".", |place| &place.path), &failure.expected);
        }
        value
    }

    fn read<S: DeserializeSeed<'de>>(&self, seed: S) -> Result<S::Value, Failure> {
        seed.deserialize(*self).map_err(|failure| failure.at(self))
    }

    /// Reads this part as it is, or not at all.
    fn strictly<T>(
        &self,
        read: impl FnOnce(Strict<&mut serde_json::Deserializer<serde_json::de::StrRead<'de>>>) -> serde_json::Result<T>,
    ) -> Result<T, Failure> {
        self.sound()?;
        read(Strict(&mut serde_json::Deserializer::from_str(self.text))).map_err(|error| Failure::new(super::expected(&error)).at(self))
    }

    fn entries(self, visitor_may_skip: bool) -> Result<Entries<'a, 'de>, Failure> {
        self.sound()?;
        let texts = serde_json::from_str::<Vec<&'de RawValue>>(self.text).map_err(|_| Failure::new("expected a list").at(&self))?;
        Ok(Entries { spot: self, texts: texts.into_iter().enumerate().peekable(), may_skip: visitor_may_skip, tried: false })
    }

    fn members(self, fields: Option<&[&str]>, visitor_may_skip: bool) -> Result<Members<'a, 'de>, Failure> {
        self.sound()?;
        let found = serde_json::from_str::<Found<'de>>(self.text).map_err(|_| Failure::new("expected an object").at(&self))?;
        let mut members: Vec<Member<'de>> = Vec::new();
        let mut places = std::collections::HashMap::new();
        for (name, text) in found.0 {
            if fields.is_some_and(|fields| name.as_ref().is_none_or(|name| !fields.contains(&&**name))) {
                continue;
            }
            match places.entry(name.clone()) {
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(members.len());
                    let fault = name.is_none().then_some("expected a name that is text");
                    members.push(Member { name: name.unwrap_or(Cow::Borrowed("\u{fffd}")), text, fault });
                }
                // The same again says nothing else; of two values, neither is certain.
                std::collections::hash_map::Entry::Occupied(place) => {
                    let member = &mut members[*place.get()];
                    if member.text != text {
                        member.fault = Some("expected one member of this name");
                    }
                }
            }
        }
        Ok(Members { spot: self, members: members.into_iter(), value: None, may_skip: visitor_may_skip })
    }
}

macro_rules! strictly {
    ($($method:ident($($name:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, Failure> {
            self.strictly(|deserializer| deserializer.$method($($name,)* visitor))
        }
    )*};
}

impl<'de> Deserializer<'de> for Spot<'_, 'de> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        if self.is('{') {
            self.deserialize_map(visitor)
        } else if self.is('[') {
            self.deserialize_seq(visitor)
        } else {
            self.strictly(|deserializer| deserializer.deserialize_any(visitor))
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_map(self.members(Some(fields), false)?)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_map(self.members(None, false)?)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_seq(self.entries(false)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.sound()?;
        if self.text == "null" { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Failure> {
        match name {
            OPTIONAL if self.fault.is_none() && self.text == "null" => visitor.visit_none(),
            OPTIONAL => visitor.visit_seq(Attempt(Some(self))),
            LIST => visitor.visit_seq(self.entries(true)?),
            MAP => visitor.visit_map(self.members(None, true)?),
            // The text of a number, for amounts.
            raw if raw.starts_with("$serde_json") => self.strictly(|deserializer| deserializer.deserialize_newtype_struct(raw, visitor)),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    /// A number reads as its digits, as many as there are: an id, a code or a time may be one.
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.sound()?;
        if self.text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            return visitor.visit_borrowed_str(self.text);
        }
        self.strictly(|deserializer| deserializer.deserialize_string(visitor))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_string(visitor)
    }

    strictly! {
        deserialize_bool()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_char()
        deserialize_bytes() deserialize_byte_buf() deserialize_unit() deserialize_identifier() deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str)
        deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}

/// A part that may be absent: one attempt to read it.
struct Attempt<'a, 'de>(Option<Spot<'a, 'de>>);

impl<'de> SeqAccess<'de> for Attempt<'_, 'de> {
    type Error = Failure;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Failure> {
        self.0.take().map(|spot| spot.attempt(seed)).transpose()
    }
}

/// The entries of a list.
struct Entries<'a, 'de> {
    spot: Spot<'a, 'de>,
    texts: std::iter::Peekable<std::iter::Enumerate<std::vec::IntoIter<&'de RawValue>>>,
    /// Whether the visitor goes on after a failure.
    may_skip: bool,
    /// Whether the next entry does not fit as it is. Most do, and are read faster.
    tried: bool,
}

impl<'de> SeqAccess<'de> for Entries<'_, 'de> {
    type Error = Failure;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Failure> {
        let Some((index, text)) = self.texts.peek().copied() else { return Ok(None) };
        let path = Path::Entry(self.spot.path, index);
        let spot = self.spot.child(&path, text.get(), None);
        if self.may_skip && !self.tried {
            let value = spot.strictly(|deserializer| seed.deserialize(deserializer));
            self.tried = value.is_err();
            if value.is_ok() {
                self.texts.next();
            }
            return value.map(Some);
        }
        self.tried = false;
        self.texts.next();
        if self.may_skip { spot.attempt(seed) } else { spot.read(seed) }.map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.texts.len())
    }
}

struct Member<'de> {
    name: Cow<'de, str>,
    text: &'de str,
    fault: Option<&'static str>,
}

/// The members of an object, each name once.
struct Members<'a, 'de> {
    spot: Spot<'a, 'de>,
    members: std::vec::IntoIter<Member<'de>>,
    /// The member whose name was read.
    value: Option<Member<'de>>,
    /// Whether the visitor goes on after a failure.
    may_skip: bool,
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Failure;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Failure> {
        self.value = self.members.next();
        let Some(member) = &self.value else { return Ok(None) };
        let name: StrDeserializer<'_, Failure> = (*member.name).into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Failure> {
        let member = self.value.take().ok_or_else(|| Failure::new("expected a name before a value"))?;
        let path = Path::Member(self.spot.path, &member.name);
        let spot = self.spot.child(&path, member.text, member.fault);
        if self.may_skip { spot.attempt(seed) } else { spot.read(seed) }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.members.len())
    }
}

/// A member as it was found.
pub(crate) type FoundMember<'de> = (Option<Cow<'de, str>>, &'de str);

/// All members of an object.
struct Found<'de>(Vec<FoundMember<'de>>);

impl<'de> Deserialize<'de> for Found<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Found<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Found<'de>, A::Error> {
                let mut found = Vec::new();
                while let Some(Name(name)) = members.next_key()? {
                    found.push((name, members.next_value::<&'de RawValue>()?.get()));
                }
                Ok(Found(found))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

/// The name of a member, read as bytes: a text may hold half a surrogate pair, and names that nobody asks for do no harm.
struct Name<'de>(Option<Cow<'de, str>>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_bytes<E: de::Error>(self, bytes: &'de [u8]) -> Result<Name<'de>, E> {
                Ok(Name(std::str::from_utf8(bytes).ok().map(Cow::Borrowed)))
            }

            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Name<'de>, E> {
                Ok(Name(String::from_utf8(bytes.to_vec()).ok().map(Cow::Owned)))
            }
        }

        deserializer.deserialize_bytes(Read)
    }
}
