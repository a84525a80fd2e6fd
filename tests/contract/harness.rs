//! Typed code by the names in the document; the table and the arms are generated from it.

use std::collections::BTreeMap;
use std::fmt::Debug;

use httpmock::Mock;
use p100_httpmock::MockServer;
use p100_raw::{Client, Deviations, Error, FilePart, RawBody, Response, Wire, types};
use p100_spec::{Node, Operation};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::DOCUMENT;

include!(concat!(env!("OUT_DIR"), "/harness.rs"));

/// A text again with the paths of what was set aside, or the path at which it fails.
pub(crate) type Decoded = Result<(String, Vec<String>), String>;

/// A component schema and what its Rust type can do.
pub(crate) struct Schema {
    pub(crate) name: &'static str,
    /// Decodes JSON text and encodes it again.
    pub(crate) recode: fn(&str) -> Result<String, String>,
    /// Decodes JSON text as the client does, and encodes it again.
    pub(crate) decode: fn(&str) -> Decoded,
    /// Decodes JSON text and shows the value as `Debug` does.
    pub(crate) debug: fn(&str) -> String,
    /// Decodes JSON text, and writes and reads the value in every format: see [`crate::shapes`].
    pub(crate) keep: fn(&str, &str) -> usize,
    /// What schemars derives.
    pub(crate) derived: fn() -> serde_json::Value,
}

impl Schema {
    const fn of<T: DeserializeOwned + Serialize + PartialEq + Debug + JsonSchema>(name: &'static str) -> Self {
        Self {
            name,
            recode: |text| {
                let value: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
                serde_json::to_string(&Wire(&value)).map_err(|error| error.to_string())
            },
            decode: |text| match p100_raw::decode::<T>(text.as_bytes()) {
                Ok(decoded) => Ok((serde_json::to_string(&Wire(&decoded.value)).expect("encodes"), paths(&decoded.deviations))),
                Err(error) => Err(error.path().to_owned()),
            },
            debug: |text| format!("{:?}", read::<T>(text)),
            keep: crate::shapes::keep::<T>,
            derived: || schemars::schema_for!(T).to_value(),
        }
    }

    pub(crate) fn named(name: &str) -> &'static Self {
        SCHEMAS.iter().find(|schema| schema.name == name).unwrap_or_else(|| panic!("no type for the schema {name}"))
    }

    pub(crate) fn node(&self) -> &'static Node {
        DOCUMENT.schema(self.name).expect("the schema of a row is in the document")
    }
}

/// What a call is made with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) body: String,
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl Arguments {
    /// Valid arguments for `operation`; each string parameter is `text`, each optional one is left out. The body is its first example.
    pub(crate) fn of(operation: &Operation, text: &str) -> Self {
        Self::all(operation, text).swap_remove(0)
    }

    /// The same once for each example of the body, and once where there is none.
    pub(crate) fn all(operation: &Operation, text: &str) -> Vec<Self> {
        let mut arguments = Self::default();
        for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
            let schema = parameter.node.get("schema").expect("a parameter has a schema");
            let schema = DOCUMENT.resolve(schema).expect("resolves");
            let value = match (p100_spec::Document::enum_values(schema), schema.str("type")) {
                (Some(values), _) => values[0].to_owned(),
                (None, Some("integer")) => schema.get("maximum").map_or_else(|| "7".to_owned(), Node::to_json),
                _ => text.to_owned(),
            };
            arguments.values.insert(parameter.name.clone(), value);
        }
        if let Some(form) = operation.upload() {
            let schema = DOCUMENT.schema(form.schema().expect("a form has a schema")).expect("resolves");
            for (part, property) in schema.get("properties").into_iter().flat_map(Node::members) {
                let copies = if property.str("type") == Some("array") { 2 } else { 1 };
                for copy in 0..copies {
                    arguments.files.push((part.to_owned(), format!("bytes of {part} {copy}\r\n--not a boundary").into_bytes()));
                }
            }
        } else if let Some(body) = &operation.body {
            let examples = DOCUMENT.examples(&body.node).expect("resolves");
            return examples.iter().map(|example| Self { body: example.value.to_json(), ..arguments.clone() }).collect();
        }
        vec![arguments]
    }

    fn text(&self, name: &str) -> &str {
        self.values.get(name).unwrap_or_else(|| panic!("no argument {name}"))
    }

    fn optional(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn parts(&self, name: &str) -> Vec<FilePart> {
        let own = self.files.iter().filter(|(own, _)| own == name);
        own.map(|(name, content)| FilePart::from_bytes(format!("{name}.png"), "image/png", content.clone())).collect()
    }

    fn contents(&self) -> impl Iterator<Item = (&str, Vec<u8>)> {
        self.files.iter().map(|(name, content)| (name.as_str(), content.clone()))
    }
}

/// What came back from a call, as text again.
#[derive(Debug)]
pub(crate) struct RawResponse {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) deviations: Vec<String>,
    /// The response as `Debug` shows it, and as it arrived.
    pub(crate) debug: String,
    pub(crate) raw: String,
}

fn text_of(body: &RawBody) -> String {
    String::from_utf8_lossy(body.expose()).into_owned()
}

fn paths(deviations: &Deviations) -> Vec<String> {
    deviations.iter().map(|deviation| deviation.path.clone()).collect()
}

impl RawResponse {
    fn json<T: Serialize + Debug>(response: &Response<T>) -> Self {
        Self {
            status: response.status().as_u16(),
            text: serde_json::to_string(&Wire(&**response)).expect("encodes"),
            deviations: paths(response.deviations()),
            debug: format!("{response:?}"),
            raw: text_of(response.raw_body()),
        }
    }

    fn raw(response: &Response<RawBody>) -> Self {
        Self {
            status: response.status().as_u16(),
            text: text_of(response),
            deviations: Vec::new(),
            debug: format!("{response:?}"),
            raw: text_of(response.raw_body()),
        }
    }
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// A client for plain http: it reads no certificates, which takes longer than most tests.
pub(crate) fn http() -> p100_raw::reqwest::Client {
    p100_raw::reqwest::Client::builder().tls_certs_only([]).build().expect("a client")
}

/// A client of a mock server.
pub(crate) fn client(server: &MockServer) -> Client {
    Client::new(server.base_url().parse().expect("a URL"), "key").expect("a client")
}

/// Parses JSON text for comparison with all its digits.
pub(crate) fn json(text: &str) -> Node {
    Node::parse(text).unwrap_or_else(|problem| panic!("{problem} in {text}"))
}

/// Fails unless both texts are the same JSON, digits included.
#[track_caller]
pub(crate) fn assert_same_json(one: &str, two: &str, what: &str) {
    assert!(json(one).same_json(&json(two)), "{what}:\n{one}\nis not\n{two}");
}
