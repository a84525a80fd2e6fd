//! Uploads on the wire, and those that never get there.

use std::error::Error as _;
use std::io::{Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex};

use p100::raw::{Call, RawResponse, Sending, Transport, reqwest};
use p100::{Client, Document, InvalidDocument, KycFiles, PoaFiles, raw, types};
use p100_httpmock::MockServer;
use p100_httpmock::httpmock::HttpMockRequest;

const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 front";
const PNG: &[u8] = b"\x89PNG\r\n\x1A\n selfie";
const PDF: &[u8] = b"%PDF-1.7 bill";

fn document(content: &[u8]) -> Document {
    Document::from_bytes(content.to_vec()).expect("a document")
}

async fn server_and_client() -> (MockServer, Client) {
    let server = MockServer::start_async().await;
    let client = Client::builder().base_url(server.base_url()).api_key("key").build().expect("a client");
    (server, client)
}

/// Whether the body consists of exactly these parts: name, file name, content type, content.
fn has_parts(request: &HttpMockRequest, expected: &[(&str, &str, &str, &[u8])]) -> bool {
    let body = request.body_ref();
    let count = |text: &[u8]| body.windows(text.len()).filter(|window| *window == text).count();
    let found = expected.iter().all(|(name, file_name, content_type, content)| {
        let head = format!("; name=\"{name}\"; filename=\"{file_name}\"\r\nContent-Type: {content_type}\r\n\r\n");
        count(&[head.as_bytes(), content, b"\r\n--"].concat()) == 1
    });
    found && count(b"Content-Disposition: form-data") == expected.len()
}

#[tokio::test]
async fn each_kyc_form_has_its_parts_with_names_types_and_content() {
    let front = ("front", "front.jpg", "image/jpeg", JPEG);
    let back = ("back", "back.pdf", "application/pdf", PDF);
    let selfie = ("selfie", "selfie.png", "image/png", PNG);
    let cases = [
        (KycFiles::id_card(document(JPEG), document(PDF), document(PNG)), vec![front, back, selfie]),
        (KycFiles::residence_permit(document(JPEG), document(PDF), document(PNG)), vec![front, back, selfie]),
        (KycFiles::passport(document(JPEG), document(PNG)), vec![front, selfie]),
        (KycFiles::front(document(JPEG)), vec![front]),
        (KycFiles::back(document(PDF)), vec![back]),
        (KycFiles::selfie(document(PNG)), vec![selfie]),
    ];
    let (server, client) = server_and_client().await;
    for (files, expected) in cases {
        let mut mock = server.upload_kyc_files(|when, then| {
            when.into_inner().is_true(move |request| has_parts(request, &expected));
            then.created(&types::MessageResponse::default());
        });
        client.raw().upload_kyc_files(&"customer-42".into(), files.into()).await.expect("taken");
        mock.delete();
    }
}

#[tokio::test]
async fn three_poa_files_travel_in_one_request_under_names_of_their_own() {
    let (server, client) = server_and_client().await;
    let mock = server.upload_poa_files(|when, then| {
        when.into_inner().is_true(|request| {
            let first = ("files", "document-1.pdf", "application/pdf", PDF);
            let second = ("files", "..__bill of _Łódź_.png", "image/png", PNG);
            let third = ("files", "document-3.jpg", "image/jpeg", JPEG);
            has_parts(request, &[first, second, third])
        });
        then.created(&types::PoaFilesResult::default());
    });
    let named = document(PNG).file_name("../\nbill of \"Łódź\".png");
    let files = PoaFiles::new([document(PDF), named, document(JPEG)]).expect("three files");
    client.raw().upload_poa_files(&"customer-42".into(), files.into()).await.expect("taken");
    mock.assert();
}

#[test]
fn what_p100_would_refuse_is_refused_before_it_is_sent_with_the_reason() {
    let message = |bytes: Vec<u8>| Document::from_bytes(bytes).expect_err("refused").to_string();
    assert_eq!(message(Vec::new()), "the file is empty");
    for other in [&b"GIF89a"[..], b"\xFF\xD8", b"\x89PNG", b"%PDF", b" %PDF-1.7", b"PK\x03\x04", b"passport.jpg"] {
        assert_eq!(message(other.to_vec()), "the file is neither JPEG, PNG nor PDF by its content");
    }
    let mut largest = JPEG.to_vec();
    largest.resize(5 * 1024 * 1024, 0);
    assert_eq!(Document::from_bytes(largest.clone()).expect("just fits").size(), Document::MAX_SIZE);
    largest.push(0);
    assert_eq!(message(largest), "the file has 5242881 bytes; P100 takes at most 5242880 (5 MB)");
    for count in [0, 4] {
        let error = PoaFiles::new((0..count).map(|_| document(PDF))).expect_err("refused");
        assert_eq!(error.to_string(), format!("P100 takes 1 to 3 files as proof of address, not {count}"));
        assert!(matches!(error, InvalidDocument::FileCount { count: given } if given == count));
    }
}

#[test]
fn a_file_on_disk_is_judged_by_its_content_and_not_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::File::create(&path).and_then(|mut file| file.write_all(content)).expect("written");
        path
    };
    assert_eq!(Document::from_path(write("a.txt", PNG)).expect("a PNG").content_type(), "image/png");
    assert!(matches!(Document::from_path(write("a.pdf", b"MZ")), Err(InvalidDocument::UnknownType)));
    assert!(matches!(Document::from_path(write("b.pdf", b"")), Err(InvalidDocument::Empty)));
    let large = write("c.pdf", PDF);
    std::fs::File::options().write(true).open(&large).and_then(|file| file.set_len(Document::MAX_SIZE + 1)).expect("grown");
    assert!(matches!(Document::from_path(large), Err(InvalidDocument::TooLarge { size: 5_242_881 })));
    for path in [folder.path(), &folder.path().join("ada-example-passport.jpg")] {
        let error = Document::from_path(path).expect_err("no file");
        assert_eq!(error.to_string(), "the file cannot be read");
        let source = error.source().expect("the reason").to_string();
        assert!(!source.contains("ada-example"), "{source}");
    }
}

#[test]
fn a_document_shows_neither_content_nor_name() {
    let files = KycFiles::front(document(JPEG).file_name("ada-example-passport.jpg"));
    for text in [format!("{files:?}"), format!("{:?}", document(JPEG)), format!("{:?}", PoaFiles::new([document(PDF)]))] {
        assert!(text.contains("[redacted ") && text.contains(" bytes]"), "{text}");
        assert!(!text.contains("ada-example") && !text.contains("front\""), "{text}");
    }
}

/// Everything that a progress callback was given.
type Reports = Arc<Mutex<Vec<(u64, u64)>>>;

fn recorded(document: Document) -> (Document, Reports) {
    let reports = Reports::default();
    let inner = Arc::clone(&reports);
    let document = document.on_progress(move |sent, total| inner.lock().expect("no panic").push((sent, total)));
    (document, reports)
}

/// Whether these are the reports of one attempt: from 0 in steps to the whole.
fn is_one_attempt(reports: &[(u64, u64)], total: u64) -> bool {
    let rising = reports.windows(2).all(|pair| pair[0].0 < pair[1].0);
    rising && reports.first() == Some(&(0, total)) && reports.last() == Some(&(total, total))
}

#[tokio::test]
async fn the_largest_file_streams_from_its_path_and_reports_progress() {
    let mut sparse = tempfile::NamedTempFile::new().expect("a file");
    sparse.write_all(JPEG).expect("written");
    sparse.as_file().set_len(Document::MAX_SIZE).expect("grown");
    let (server, client) = server_and_client().await;
    let mock = server.upload_kyc_files(|when, then| {
        when.into_inner().is_true(|request| {
            let body = request.body_ref();
            let start = body.windows(JPEG.len()).position(|window| window == JPEG).unwrap_or_default();
            let end = start + Document::MAX_SIZE as usize;
            let zeros = body.get(start + JPEG.len()..end).is_some_and(|rest| rest.iter().all(|byte| *byte == 0));
            zeros && body[end..].starts_with(b"\r\n--")
        });
        then.created(&types::MessageResponse::default());
    });
    let (front, reports) = recorded(Document::from_path(sparse.path()).expect("a document"));
    client.raw().upload_kyc_files(&"customer-42".into(), KycFiles::front(front).into()).await.expect("taken");
    mock.assert();
    let reports = reports.lock().expect("no panic");
    assert!(is_one_attempt(&reports, Document::MAX_SIZE), "{reports:?}");
    assert!(reports.len() > 50, "it came in pieces: {reports:?}");
}

#[tokio::test]
async fn an_open_file_is_sent_from_where_it_is() {
    let (server, client) = server_and_client().await;
    let mock = server.upload_kyc_files(|when, then| {
        when.into_inner().is_true(|request| has_parts(request, &[("selfie", "selfie.png", "image/png", PNG)]));
        then.created(&types::MessageResponse::default());
    });
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(b"header").and_then(|()| file.write_all(PNG)).expect("written");
    file.seek(SeekFrom::Start(6)).expect("moved");
    let selfie = Document::from_file(file).expect("a document");
    assert_eq!(selfie.size(), PNG.len() as u64);
    client.raw().upload_kyc_files(&"customer-42".into(), KycFiles::selfie(selfie).into()).await.expect("taken");
    mock.assert();
}

/// Throws its first attempt away after sending it.
#[derive(Debug)]
struct Twice(reqwest::Client);

impl Transport for Twice {
    fn send<'a>(&'a self, call: &'a Call) -> Sending<'a> {
        Box::pin(async move {
            self.0.execute(call.request()?).await?.bytes().await?;
            RawResponse::read(self.0.execute(call.request()?).await?).await
        })
    }
}

#[tokio::test]
async fn progress_starts_at_zero_again_with_a_second_attempt() {
    let server = MockServer::start_async().await;
    let mock = server.upload_poa_files(|_when, then| {
        then.created(&types::PoaFilesResult::default());
    });
    let mut content = PDF.to_vec();
    content.resize(200_000, b'x');
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(&content).and_then(|()| file.rewind()).expect("written");
    let (memory, of_memory) = recorded(document(&content));
    let (file, of_file) = recorded(Document::from_file(file).expect("a document"));
    let http = crate::http();
    let client = raw::Client::with_transport(server.base_url().parse().expect("a URL"), http.clone(), Arc::new(Twice(http)));
    let files = PoaFiles::new([memory, file]).expect("two files");
    client.upload_poa_files(&"customer-42".into(), files.into()).await.expect("taken");
    assert_eq!(mock.calls(), 2);
    for reports in [of_memory, of_file] {
        let reports = reports.lock().expect("no panic");
        let second = reports.iter().rposition(|(sent, _)| *sent == 0).expect("a start");
        assert!(second > 0 && is_one_attempt(&reports[..second], 200_000), "{reports:?}");
        assert!(is_one_attempt(&reports[second..], 200_000), "{reports:?}");
    }
}
