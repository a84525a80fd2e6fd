//! Files of multipart requests, streamed from memory or from an open file.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Seek, SeekFrom};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use reqwest::Body;
use reqwest::multipart::{self, Part};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio_util::io::ReaderStream;

use crate::BoxError;

/// How much is read from a file at a time, and how often progress is reported.
const CHUNK: usize = 64 * 1024;

/// One file of an upload.
pub struct FilePart {
    file_name: String,
    content_type: String,
    content: Content,
    progress: Option<Progress>,
}

type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

enum Content {
    Memory(Bytes),
    File { file: File, start: u64, length: u64 },
}

impl FilePart {
    /// A file held in memory. `content_type` is e.g. `image/jpeg`. In the name, line breaks, quotes and slashes become `_`.
    pub fn from_bytes(file_name: impl Into<String>, content_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { file_name: file_name.into(), content_type: content_type.into(), content: Content::Memory(bytes.into()), progress: None }
    }

    /// A file that is streamed from where the handle is now to its present end, without being read completely.
    ///
    /// # Errors
    /// The file's position or size cannot be read.
    pub fn from_file(file_name: impl Into<String>, content_type: impl Into<String>, mut file: File) -> io::Result<Self> {
        let start = file.stream_position()?;
        let length = file.metadata()?.len().saturating_sub(start);
        let content = Content::File { file, start, length };
        Ok(Self { file_name: file_name.into(), content_type: content_type.into(), content, progress: None })
    }

    /// Sends the file under another name.
    #[must_use]
    pub fn file_name(mut self, file_name: impl Into<String>) -> Self {
        self.file_name = file_name.into();
        self
    }

    /// Calls `report(sent, total)`, in bytes, as the content goes to the HTTP connection: once with 0 when sending starts, then after
    /// each piece. A second attempt starts at 0 again. P100 has received what was sent only when the call has returned.
    ///
    /// The callback runs on the task that sends, so it must not block. It replaces an earlier one.
    #[must_use]
    pub fn on_progress(mut self, report: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(report));
        self
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
        let body = match &self.content {
            Content::Memory(bytes) if self.progress.is_none() => bytes.clone().into(),
            Content::Memory(bytes) => self.streamed(Cursor::new(bytes.clone())),
            Content::File { file, start, length } => {
                let mut file = file.try_clone()?;
                file.seek(SeekFrom::Start(*start))?;
                self.streamed(tokio::fs::File::from_std(file).take(*length))
            }
        };
        let part = Part::stream_with_length(body, self.length());
        Ok(part.file_name(safe(&self.file_name)).mime_str(&self.content_type)?)
    }

    fn streamed(&self, content: impl AsyncRead + Send + Unpin + 'static) -> Body {
        let content = Counted { content, sent: None, total: self.length(), progress: self.progress.clone() };
        Body::wrap_stream(ReaderStream::with_capacity(content, CHUNK))
    }
}

/// Content that reports how much of it has been read. One for each attempt.
struct Counted<R> {
    content: R,
    /// `None` before the first read.
    sent: Option<u64>,
    total: u64,
    progress: Option<Progress>,
}

impl<R> Counted<R> {
    fn report(&mut self, sent: u64) {
        if self.sent.replace(sent) != Some(sent)
            && let Some(report) = &self.progress
        {
            report(sent, self.total);
        }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Counted<R> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let sent = this.sent.unwrap_or_default();
        this.report(sent);
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.content).poll_read(context, buffer))?;
        this.report(sent + (buffer.filled().len() - before) as u64);
        Poll::Ready(Ok(()))
    }
}

impl fmt::Debug for FilePart {
    /// Neither the content nor the name of a personal document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted {}, {} bytes]", self.content_type, self.length())
    }
}

/// A file name that cannot end its header line or leave its folder: line breaks and other control characters, quotes and slashes
/// become `_`. reqwest escapes them only in part.
fn safe(file_name: &str) -> String {
    file_name.replace(|c: char| c.is_control() || matches!(c, '"' | '/' | '\\'), "_")
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

    /// The form with its parts under these names.
    pub(crate) fn to_multipart<'a>(&self, name: impl Fn(&'static str) -> &'a str) -> Result<multipart::Form, BoxError> {
        self.parts.iter().try_fold(multipart::Form::new(), |form, (part, content)| Ok(form.part(name(part).to_owned(), content.to_part()?)))
    }
}
