//! Corrections as text: JSON, TOML, and the file that an environment variable names.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::{Corrections, InvalidCorrection};

/// Names the file of corrections.
const VARIABLE: &str = "P100_CORRECTIONS";

impl Corrections {
    /// Reads them from JSON text.
    ///
    /// # Errors
    /// It is not JSON, or has an entry that corrections do not have, or one twice. The error names the line.
    pub fn from_json(text: &str) -> Result<Self, InvalidCorrection> {
        serde_json::from_str(text).map_err(|error| InvalidCorrection::new("corrections in JSON", error.to_string()))
    }

    /// Reads them from TOML text.
    ///
    /// # Errors
    /// It is not TOML, or has an entry that corrections do not have, or one twice. The error names the line.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, InvalidCorrection> {
        toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let reason = format!("{} at line {}", error.message(), before.matches('\n').count() + 1);
            InvalidCorrection::new("corrections in TOML", reason)
        })
    }

    /// Reads them from a file, which is TOML if its name ends in `.toml`, else JSON.
    ///
    /// # Errors
    /// Those of [`from_json`](Self::from_json), with the name of the file. Or the file cannot be read, or is TOML and the feature `toml` is
    /// off.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, InvalidCorrection> {
        let path = path.as_ref();
        let name = || path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| InvalidCorrection::new(name(), error.to_string()))?;
        let read = if path.extension().is_some_and(|extension| extension == "toml") { from_toml(&text) } else { Self::from_json(&text) };
        read.map_err(|error| InvalidCorrection::new(name(), error.reason))
    }

    /// Reads them from the file that the environment variable `P100_CORRECTIONS` names. Without it there are none.
    ///
    /// # Errors
    /// Those of [`from_file`](Self::from_file).
    pub fn from_env() -> Result<Self, InvalidCorrection> {
        match std::env::var_os(VARIABLE) {
            Some(path) => {
                Self::from_file(path).map_err(|error| InvalidCorrection::new(format!("{VARIABLE}: {}", error.entry), error.reason))
            }
            None => Ok(Self::default()),
        }
    }
}

#[cfg(feature = "toml")]
fn from_toml(text: &str) -> Result<Corrections, InvalidCorrection> {
    Corrections::from_toml(text)
}

#[cfg(not(feature = "toml"))]
fn from_toml(_: &str) -> Result<Corrections, InvalidCorrection> {
    Err(InvalidCorrection::new("corrections in TOML", "reading TOML needs the feature `toml`; without it, write JSON"))
}

/// A map that names nothing twice: of two corrections of one thing, nobody knows which is meant.
pub(super) fn unique<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, T>, D::Error> {
    struct Unique<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Unique<T> {
        type Value = BTreeMap<String, T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut map = BTreeMap::new();
            while let Some(name) = entries.next_key::<String>()? {
                if map.contains_key(&name) {
                    return Err(A::Error::custom(format_args!("`{name}` is corrected twice")));
                }
                map.insert(name, entries.next_value()?);
            }
            Ok(map)
        }
    }

    deserializer.deserialize_map(Unique(PhantomData))
}
