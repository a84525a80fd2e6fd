//! Uploads that are checked before they are sent.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use p100_raw::{Bytes, FilePart, types};

/// One file to upload: a JPEG, PNG or PDF of at most 5 MB.
///
/// The type is determined by the first bytes of the content, never by a name, and decides the content type that is sent. A file on disk is
/// streamed while it is sent; before that only its first bytes are read.
///
/// ```
/// use p100::{Document, InvalidDocument};
///
/// let page = Document::from_bytes(&b"%PDF-1.7 ..."[..])?;
/// assert_eq!(page.content_type(), "application/pdf");
/// assert_eq!(page.size(), 12);
///
/// let error = Document::from_bytes("hello").unwrap_err();
/// assert!(matches!(error, InvalidDocument::UnknownType));
/// # Ok::<(), InvalidDocument>(())
/// ```
pub struct Document {
    part: FilePart,
    kind: Kind,
    named: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Jpeg,
    Png,
    Pdf,
}

impl Kind {
    /// Three signatures by hand: a crate for them (such as `infer`) knows hundreds of types that would have to be refused again.
    fn of(content: &[u8]) -> Option<Self> {
        let kinds = [(&b"\xFF\xD8\xFF"[..], Self::Jpeg), (b"\x89PNG\r\n\x1A\n", Self::Png), (b"%PDF-", Self::Pdf)];
        kinds.into_iter().find(|(signature, _)| content.starts_with(signature)).map(|(_, kind)| kind)
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Pdf => "application/pdf",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }
}

/// As many bytes as the longest signature.
const SIGNATURE: u64 = 8;

impl Document {
    /// The most bytes a file may have: 5 MB, read as 5 * 1024 * 1024.
    ///
    /// P100's docs say "5 MB" and not which. The larger reading is used here: a file between the two that P100 refuses after all comes
    /// back as P440 and can be replaced, whereas one refused here that P100 would have taken could not be sent at all.
    pub const MAX_SIZE: u64 = 5 * 1024 * 1024;

    /// A file held in memory.
    ///
    /// # Errors
    /// It is empty, too large, or neither JPEG, PNG nor PDF.
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Result<Self, InvalidDocument> {
        let bytes = bytes.into();
        let kind = check(bytes.len() as u64, &bytes)?;
        Ok(Self::new(FilePart::from_bytes("", kind.content_type(), bytes), kind))
    }

    /// A file on disk, streamed when it is sent. Its name stays here: see [`file_name`](Self::file_name).
    ///
    /// This opens the file and reads its first bytes at once, blocking for as long as the disk takes.
    ///
    /// ```
    /// use p100::{Document, InvalidDocument};
    ///
    /// let error = Document::from_path("/no/such/passport.jpg").unwrap_err();
    /// assert!(matches!(error, InvalidDocument::Unreadable(_)));
    /// ```
    ///
    /// # Errors
    /// It cannot be read, is not a regular file, is empty, too large, or neither JPEG, PNG nor PDF.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, InvalidDocument> {
        // Opening a named pipe would wait for its writer.
        regular(&fs::metadata(path.as_ref())?)?;
        Self::from_file(File::open(path)?)
    }

    /// An open file from where the handle is to its end, streamed when it is sent.
    ///
    /// ```
    /// use std::io::{Seek, Write};
    ///
    /// let mut file = tempfile::tempfile()?;
    /// file.write_all(b"\x89PNG\r\n\x1A\n and so on")?;
    /// file.rewind()?;
    /// assert_eq!(p100::Document::from_file(file)?.content_type(), "image/png");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// It cannot be read, is not a regular file, is empty, too large, or neither JPEG, PNG nor PDF.
    pub fn from_file(mut file: File) -> Result<Self, InvalidDocument> {
        let metadata = file.metadata()?;
        regular(&metadata)?;
        let start = file.stream_position()?;
        let mut head = Vec::new();
        file.by_ref().take(SIGNATURE).read_to_end(&mut head)?;
        file.seek(SeekFrom::Start(start))?;
        let kind = check(metadata.len().saturating_sub(start), &head)?;
        Ok(Self::new(FilePart::from_file("", kind.content_type(), file)?, kind))
    }

    fn new(part: FilePart, kind: Kind) -> Self {
        Self { part, kind, named: false }
    }

    /// Sends the file under this name. Without it, it is called by its place in the form and its type, e.g. `front.jpg`: the name on
    /// disk may reveal more than it should. Line breaks and other control characters, quotes and slashes become `_`, so that a name from
    /// elsewhere stays a name.
    ///
    /// ```
    /// let page = p100::Document::from_bytes(&b"%PDF-1.7"[..])?.file_name("electricity-bill.pdf");
    /// # Ok::<(), p100::InvalidDocument>(())
    /// ```
    #[must_use]
    pub fn file_name(self, name: impl AsRef<str>) -> Self {
        Self { part: self.part.file_name(name.as_ref()), named: true, ..self }
    }

    /// Calls `report(sent, total)`, in bytes, while the file is sent: first with 0, then after each piece. A further attempt starts at 0
    /// again. All bytes sent does not mean that P100 has taken the file: that is known when the call returns.
    ///
    /// The callback runs on the task that sends, so it must not block.
    ///
    /// ```
    /// let front = p100::Document::from_bytes(&b"\xFF\xD8\xFF..."[..])?
    ///     .on_progress(|sent, total| println!("front: {sent} of {total} bytes"));
    /// # Ok::<(), p100::InvalidDocument>(())
    /// ```
    #[must_use]
    pub fn on_progress(self, report: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        Self { part: self.part.on_progress(report), ..self }
    }

    /// The content type: `image/jpeg`, `image/png` or `application/pdf`.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        self.kind.content_type()
    }

    /// The size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.part.length()
    }

    /// The part of a form, named by its place there unless it has a name.
    fn into_part(self, place: impl fmt::Display) -> FilePart {
        if self.named { self.part } else { self.part.file_name(format!("{place}.{}", self.kind.extension())) }
    }
}

impl fmt::Debug for Document {
    /// Neither the content nor the name of a personal document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.part.fmt(f)
    }
}

fn regular(metadata: &fs::Metadata) -> Result<(), InvalidDocument> {
    if metadata.is_file() { Ok(()) } else { Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file").into()) }
}

fn check(size: u64, head: &[u8]) -> Result<Kind, InvalidDocument> {
    match size {
        0 => Err(InvalidDocument::Empty),
        size if size > Document::MAX_SIZE => Err(InvalidDocument::TooLarge { size }),
        _ => Kind::of(head).ok_or(InvalidDocument::UnknownType),
    }
}

/// The files of an identity document, for [`Kyc::upload_files`](crate::Kyc::upload_files): all at once, or one by one in calls of their
/// own.
///
/// ```no_run
/// use p100::{Document, KycFiles};
///
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let selfie = Document::from_path("selfie.jpg")?.on_progress(|sent, total| println!("{sent}/{total}"));
/// let files = KycFiles::passport(Document::from_path("passport.jpg")?, selfie);
/// client.kyc().upload_files("customer-42", files).await?;
///
/// // Or the sides of a card as they come:
/// client.kyc().upload_files("customer-43", KycFiles::front(Document::from_path("front.jpg")?)).await?;
/// client.kyc().upload_files("customer-43", KycFiles::back(Document::from_path("back.jpg")?)).await?;
/// client.kyc().upload_files("customer-43", KycFiles::selfie(Document::from_path("selfie.jpg")?)).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct KycFiles(types::KycFilesForm);

impl KycFiles {
    /// An ID card: both sides, and a photo of the user's face.
    #[must_use]
    pub fn id_card(front: Document, back: Document, selfie: Document) -> Self {
        Self::of(Some(front), Some(back), Some(selfie))
    }

    /// A passport: the page with the photo, and a photo of the user's face. The page travels as `front`.
    #[must_use]
    pub fn passport(document: Document, selfie: Document) -> Self {
        Self::of(Some(document), None, Some(selfie))
    }

    /// A residence permit: both sides, and a photo of the user's face.
    #[must_use]
    pub fn residence_permit(front: Document, back: Document, selfie: Document) -> Self {
        Self::of(Some(front), Some(back), Some(selfie))
    }

    /// Only the front of the document, or the page of the passport; the rest comes in other calls.
    #[must_use]
    pub fn front(front: Document) -> Self {
        Self::of(Some(front), None, None)
    }

    /// Only the back of the document; the rest comes in other calls.
    #[must_use]
    pub fn back(back: Document) -> Self {
        Self::of(None, Some(back), None)
    }

    /// Only the photo of the user's face; the rest comes in other calls.
    #[must_use]
    pub fn selfie(selfie: Document) -> Self {
        Self::of(None, None, Some(selfie))
    }

    fn of(front: Option<Document>, back: Option<Document>, selfie: Option<Document>) -> Self {
        let part = |document: Option<Document>, place| document.map(|document| document.into_part(place));
        let form = types::KycFilesForm::builder()
            .maybe_front(part(front, "front"))
            .maybe_back(part(back, "back"))
            .maybe_selfie(part(selfie, "selfie"))
            .build();
        Self(form)
    }
}

impl From<KycFiles> for types::KycFilesForm {
    fn from(files: KycFiles) -> Self {
        files.0
    }
}

/// The proof-of-address files of a user, for [`Kyc::upload_proof_of_address`](crate::Kyc::upload_proof_of_address): one to three, all in
/// one call.
///
/// ```no_run
/// use p100::{Document, PoaFiles};
///
/// # async fn example(client: p100::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let files = PoaFiles::new([Document::from_path("bill-1.pdf")?, Document::from_path("bill-2.pdf")?])?;
/// client.kyc().upload_proof_of_address("customer-42", files).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PoaFiles(types::PoaFilesForm);

impl PoaFiles {
    /// All pages at once: P100 refuses a second upload while the first is reviewed, and after it passed.
    ///
    /// ```
    /// let error = p100::PoaFiles::new([]).unwrap_err();
    /// assert_eq!(error.to_string(), "P100 takes 1 to 3 files as proof of address, not 0");
    /// ```
    ///
    /// # Errors
    /// There are no files, or more than three.
    pub fn new(files: impl IntoIterator<Item = Document>) -> Result<Self, InvalidDocument> {
        let named = files.into_iter().zip(1..).map(|(document, number)| document.into_part(format_args!("document-{number}")));
        let files: Vec<FilePart> = named.collect();
        match files.len() {
            1..=3 => Ok(Self(types::PoaFilesForm::builder().files(files).build())),
            count => Err(InvalidDocument::FileCount { count }),
        }
    }
}

impl From<PoaFiles> for types::PoaFilesForm {
    fn from(files: PoaFiles) -> Self {
        files.0
    }
}

/// Why files are not sent. Shows neither their names nor their content.
///
/// ```
/// use p100::{Document, InvalidDocument};
///
/// match Document::from_bytes(vec![0xFF; 6_000_000]) {
///     Err(InvalidDocument::TooLarge { size }) => assert_eq!(size, 6_000_000),
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum InvalidDocument {
    /// The file has no content.
    Empty,
    /// The file has more than [`Document::MAX_SIZE`] bytes.
    TooLarge {
        /// Its size in bytes.
        size: u64,
    },
    /// The content is neither JPEG, PNG nor PDF.
    UnknownType,
    /// Proof of address takes one to three files.
    FileCount {
        /// How many were given.
        count: usize,
    },
    /// The file cannot be opened or read.
    Unreadable(io::Error),
}

impl fmt::Display for InvalidDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty"),
            Self::TooLarge { size } => write!(f, "the file has {size} bytes; P100 takes at most {} (5 MB)", Document::MAX_SIZE),
            Self::UnknownType => f.write_str("the file is neither JPEG, PNG nor PDF by its content"),
            Self::FileCount { count } => write!(f, "P100 takes 1 to 3 files as proof of address, not {count}"),
            Self::Unreadable(_) => f.write_str("the file cannot be read"),
        }
    }
}

impl std::error::Error for InvalidDocument {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for InvalidDocument {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error)
    }
}
