//! One call: what it brings, and the response to it.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use p100_raw::Wire;
use p100_raw::types::{self, ErrorCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a call brings, beside its operation.
#[derive(Default)]
pub(crate) struct Input {
    pub(crate) path: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Bytes,
    pub(crate) files: Vec<File>,
}

/// A part of an upload.
pub(crate) struct File {
    /// The name of the part.
    pub(crate) part: String,
    pub(crate) bytes: Bytes,
}

impl Input {
    /// A path parameter. The router has matched it.
    pub(crate) fn path(&self, name: &str) -> &str {
        find(&self.path, name).unwrap_or_default()
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.query(name).ok_or_else(|| Refusal::invalid(format!("{name} should not be empty.")))
    }

    pub(crate) fn integer(&self, name: &str) -> Result<i32, Refusal> {
        self.required(name)?.parse().map_err(|_| Refusal::invalid(format!("{name} must be an integer number.")))
    }

    /// The body, which fits its schema.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_slice(&self.body).map_err(|error| {
            // Where it is in the text is nothing that P100 would say.
            let text = error.to_string();
            let what = text.split_once(" at line ").map_or(text.as_str(), |(what, _)| what);
            Refusal::invalid(format!("{what}."))
        })
    }

    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// A response.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        // Every type of the document can be written as JSON.
        let body = serde_json::to_vec(&Wire(body)).unwrap_or_default();
        Self { status, content_type: "application/json", body }
    }

    pub(crate) fn html(page: String) -> Self {
        Self { status: 200, content_type: "text/html; charset=utf-8", body: page.into_bytes() }
    }
}

/// What P100 says when it does not do what was asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) body: types::Error,
}

impl Refusal {
    /// A code of P100's, with the status and name that the document knows, and the first sentence of its meaning as text. One that it does
    /// not know is as an unknown exception.
    pub(crate) fn code(code: ErrorCode) -> Self {
        let info = code.info().or_else(|| ErrorCode::P500.info());
        let mut body = types::Error::default();
        body.error_name = info.and_then(|info| info.name).map(str::to_owned);
        body.error_message = info.map(|info| info.meaning.split_inclusive(". ").next().unwrap_or_default().trim_end().to_owned());
        body.error_code = Some(code);
        Self { status: info.map_or(400, |info| info.status), body }
    }

    /// Something is wrong with the request: sentences, joined into one text.
    pub(crate) fn invalid(sentences: impl Into<Cow<'static, str>>) -> Self {
        let mut body = types::Error::default();
        body.error_code = Some(ErrorCode::P403);
        body.error_message = Some(sentences.into().into_owned());
        Self { status: 400, body }
    }

    /// Refuses with all sentences, if there are any.
    pub(crate) fn unless_empty(sentences: Vec<String>) -> Result<(), Self> {
        if sentences.is_empty() { Ok(()) } else { Err(sentences.into()) }
    }

    /// A refusal whose code no page reports.
    pub(crate) fn message(status: u16, text: impl Into<String>) -> Self {
        let mut body = types::Error::default();
        body.message = Some(text.into());
        Self { status, body }
    }

    /// The sandbox itself failed.
    pub(crate) fn defect() -> Self {
        Self::message(500, "The sandbox failed. This is a defect, please report it.")
    }

    /// What went wrong, for people.
    pub(crate) fn text(&self) -> &str {
        self.body.error_message.as_deref().or(self.body.message.as_deref()).unwrap_or("refused")
    }

    pub(crate) fn reply(&self) -> Reply {
        Reply::json(self.status, &self.body)
    }
}

/// What is wrong, in sentences.
impl From<Vec<String>> for Refusal {
    fn from(sentences: Vec<String>) -> Self {
        Self::invalid(sentences.join(" "))
    }
}

/// A command to the sandbox that it cannot carry out, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused(Refusal);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.text())
    }
}

impl std::error::Error for Refused {}
