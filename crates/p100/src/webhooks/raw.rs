//! The body of a delivery as it arrived, its envelope, and its members.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use p100_raw::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::value::RawValue;

/// A body as it arrived. It may hold a one-time code, so `Debug` shows its size only.
#[derive(Clone, PartialEq, Eq)]
pub struct Raw {
    bytes: Bytes,
    data: Bytes,
    envelope: Option<Envelope>,
    /// The payload with the names of the document, where corrections give its members others.
    corrected: Option<Bytes>,
}

#[derive(Clone, PartialEq, Eq)]
struct Envelope {
    event_type: Option<String>,
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Raw {
    pub(super) fn flat(bytes: Bytes) -> Self {
        Self { data: bytes.clone(), bytes, envelope: None, corrected: None }
    }

    /// The body, unwrapped if it is enveloped.
    ///
    /// # Errors
    /// The body is not JSON.
    pub(super) fn read(bytes: Bytes) -> Result<Self, serde_json::Error> {
        let start = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let text = text(&bytes[start..]);
        let Some(members) = object(&text) else {
            serde_json::from_str::<&RawValue>(&text)?;
            let data = bytes.slice(start..);
            return Ok(Self { bytes, data, envelope: None, corrected: None });
        };
        let enveloped = members.get("event_type").zip(members.get("data")).filter(|(_, data)| data.get().starts_with('{'));
        let (data, envelope) = match enveloped {
            Some((event_type, data)) => {
                let event_type = serde_json::from_str(event_type.get()).ok();
                let place = place(&text, data.get());
                (bytes.slice(start + place.start..start + place.end), Some(Envelope { event_type }))
            }
            None => (bytes.slice(start..), None),
        };
        Ok(Self { bytes, data, envelope, corrected: None })
    }

    /// The whole body, byte by byte.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The payload: what is under `data` if the body was enveloped, else the whole body.
    #[must_use]
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// The event name of the envelope, such as `exchange.status_changed`, if there was one.
    ///
    /// Only the form of these names is documented, not one per event, so nothing is recognised by it.
    #[must_use]
    pub fn event_type(&self) -> Option<&str> {
        self.envelope.as_ref()?.event_type.as_deref()
    }

    /// The payload as text of the same length.
    pub(super) fn text(&self) -> Cow<'_, str> {
        text(&self.data)
    }

    /// The same with these bytes as the payload with the names of the document.
    pub(super) fn with_corrected(self, corrected: Option<Bytes>) -> Self {
        Self { corrected, ..self }
    }

    /// The payload with the names of the document.
    pub(super) fn in_document(&self) -> &Bytes {
        self.corrected.as_ref().unwrap_or(&self.data)
    }

    /// The same as text.
    pub(super) fn text_in_document(&self) -> Cow<'_, str> {
        text(self.in_document())
    }
}

/// The bytes, with a question mark for each that is no UTF-8: damage in one member must not cost the others.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    Cow::Owned(text)
}

/// Where a part of a text is in it.
fn place(text: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    start..start + part.len()
}

pub(super) type Members<'a> = BTreeMap<Name, &'a RawValue>;

/// The members of a JSON object; nothing for any other text.
pub(super) fn object(text: &str) -> Option<Members<'_>> {
    serde_json::from_str(text).ok()
}

/// The name of a member. One that is no Unicode, such as a lone surrogate, is read with replacement characters.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(String);

impl Name {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Name, E> {
                Ok(Name(String::from_utf8_lossy(name).into_owned()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = format_args!("[{} bytes]", self.bytes.len());
        f.debug_struct("Raw").field("bytes", &size).field("enveloped", &self.envelope.is_some()).finish()
    }
}
