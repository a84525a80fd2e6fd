//! The whole state as one JSON document, out and in.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::commands::{decode, invalid};
use crate::call::Refusal;
use crate::world::World;

/// Number of the form of the document. Another form has another number.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    format: u32,
    world: &'a World,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[serde(rename = "format")]
    _format: u32,
    world: World,
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl World {
    /// The document of this state. Reading it gives the same state, and writing that gives the same bytes.
    pub(crate) fn write(&self) -> String {
        // Every part of the state can be written as JSON.
        serde_json::to_string(&Written { format: FORMAT, world: self }).unwrap_or_default()
    }

    /// The same, piece by piece.
    #[cfg(feature = "program")]
    pub(crate) fn write_to(&self, to: impl std::io::Write) -> std::io::Result<()> {
        serde_json::to_writer(to, &Written { format: FORMAT, world: self }).map_err(Into::into)
    }

    /// The state of a document, or what is wrong with it.
    pub(crate) fn read(document: &[u8]) -> Result<Self, Refusal> {
        let Format { format } = decode(document)?;
        if format != FORMAT {
            return Err(invalid(format!("format is {format}; this version of the sandbox reads {FORMAT}")));
        }
        let Read { world, .. } = decode(document)?;
        world.check().map_err(|error| invalid(format!("world.{error}")))?;
        let given: Value = decode(document)?;
        let kept: Value = decode(world.write().as_bytes())?;
        match lost(&given, &kept) {
            Some(path) => Err(invalid(format!("{} is not written as a sandbox writes it", path.trim_start_matches('.')))),
            None => Ok(world),
        }
    }

    fn check(&self) -> Result<(), String> {
        self.settings.check().map_err(|error| format!("settings.{error}"))?;
        self.ledger.check()?;
        self.deliveries.check()?;
        self.faults.iter().enumerate().try_for_each(|(index, fault)| fault.check().map_err(|error| format!("faults[{index}].{error}")))
    }
}

/// Path of the first part of `given` that did not make it into `kept`.
fn lost(given: &Value, kept: &Value) -> Option<String> {
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => given.iter().find_map(|(name, value)| {
            let path = kept.get(name).map_or_else(|| Some(String::new()), |kept| lost(value, kept))?;
            Some(format!(".{name}{path}"))
        }),
        (Value::Array(given), Value::Array(kept)) if given.len() == kept.len() => {
            given.iter().zip(kept).enumerate().find_map(|(index, (given, kept))| Some(format!("[{index}]{}", lost(given, kept)?)))
        }
        (given, kept) => (given != kept).then(String::new),
    }
}
