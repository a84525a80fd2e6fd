//! Files of multipart requests, streamed from memory or from an open file.

use std::fmt;
use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use bytes::Bytes;
use reqwest::Body;
use reqwest::multipart::{self, Part};
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use crate::BoxError;

/// One file of an upload.
pub struct FilePart {
    file_name: String,
    content_type: String,
    content: Content,
}

enum Content {
    Memory(Bytes),
    File { file: File, start: u64, length: u64 },
}

impl FilePart {
    /// A file held in memory. `content_type` is e.g. `image/jpeg`.
    pub fn from_bytes(file_name: impl Into<String>, content_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { file_name: file_name.into(), content_type: content_type.into(), content: Content::Memory(bytes.into()) }
    }

    /// A file that is streamed from where the handle stands now to its present end, without being read whole.
    ///
    /// # Errors
    /// The file's position or size cannot be read.
    pub fn from_file(file_name: impl Into<String>, content_type: impl Into<String>, mut file: File) -> io::Result<Self> {
        let start = file.stream_position()?;
        let length = file.metadata()?.len().saturating_sub(start);
        Ok(Self { file_name: file_name.into(), content_type: content_type.into(), content: Content::File { file, start, length } })
    }

    /// Size of the content in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        match &self.content {
            Content::Memory(bytes) => bytes.len() as u64,
            Content::File { length, .. } => *length,
        }
    }

    fn to_part(&self) -> Result<Part, BoxError> {
        let part = match &self.content {
            Content::Memory(bytes) => Part::stream_with_length(bytes.clone(), self.length()),
            Content::File { file, start, length } => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(*start))?;
                let stream = ReaderStream::new(tokio::fs::File::from_std(file).take(*length));
                Part::stream_with_length(Body::wrap_stream(stream), *length)
            }
        };
        Ok(part.file_name(self.file_name.clone()).mime_str(&self.content_type)?)
    }
}

impl fmt::Debug for FilePart {
    /// Neither the content nor the name of a personal document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted {}, {} bytes]", self.content_type, self.length())
    }
}

/// The parts of a multipart request, in order.
#[derive(Debug, Default)]
pub struct Form {
    parts: Vec<(&'static str, FilePart)>,
}

impl Form {
    pub(crate) fn push(&mut self, name: &'static str, part: FilePart) {
        self.parts.push((name, part));
    }

    /// The parts with their field names.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &FilePart)> {
        self.parts.iter().map(|(name, part)| (*name, part))
    }

    pub(crate) fn to_multipart(&self) -> Result<multipart::Form, BoxError> {
        self.parts.iter().try_fold(multipart::Form::new(), |form, (name, part)| Ok(form.part(*name, part.to_part()?)))
    }
}
