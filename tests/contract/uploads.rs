//! Uploads stream from memory or from a file handle, and a second attempt starts over.

use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;

use p100_httpmock::MockServer;
use p100_raw::{Call, Client, FilePart, RawResponse, Sending, Transport, reqwest, types};

/// A transport that throws its first attempt away after sending it.
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
async fn a_file_handle_is_streamed_from_where_it_is_and_rewound_for_a_second_attempt() {
    let server = MockServer::start_async().await;
    let content: Vec<u8> = (0..300_000_u32).map(|index| (index % 251) as u8).collect();
    let taken = types::PoaFilesResult::builder().message("taken").build();
    let mock = server.upload_poa_files(|when, then| {
        when.external_user_id("a/b").part("files", content.clone()).part("files", "second page");
        then.created(&taken);
    });
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(b"header").expect("written");
    file.write_all(&content).expect("written");
    file.seek(SeekFrom::Start(6)).expect("rewound");
    let page = FilePart::from_file("bill.pdf", "application/pdf", file).expect("a part");
    assert_eq!(page.length(), content.len() as u64);
    let second = FilePart::from_bytes("bill.png", "image/png", "second page");
    let form = types::PoaFilesForm::builder().files(vec![page, second]).build();
    let http = crate::harness::http();
    let transport = Arc::new(Twice(http.clone()));
    let client = Client::with_transport(server.base_url().parse().expect("a URL"), http, transport);
    let response = client.upload_poa_files(&"a/b".into(), form).await.expect("taken");
    assert_eq!(response.message.as_deref(), Some("taken"));
    assert_eq!(mock.calls(), 2, "both attempts carried the whole file");
}

#[test]
fn a_form_shows_neither_content_nor_name() {
    let front = FilePart::from_bytes("ada-example-passport.png", "image/png", "PERSONAL");
    let form = types::KycFilesForm::builder().front(front).build();
    let text = format!("{form:?}");
    assert!(text.contains("[redacted image/png, 8 bytes]"), "{text}");
    assert!(!text.contains("PERSONAL") && !text.contains("ada-example"), "{text}");
}

#[tokio::test]
async fn a_content_type_that_is_none_is_refused_before_sending() {
    let server = MockServer::start_async().await;
    let form = types::KycFilesForm::builder().selfie(FilePart::from_bytes("a", "not a type", "x")).build();
    let client = Client::new(server.base_url().parse().expect("a URL"), "key").expect("a client");
    let error = client.upload_kyc_files(&"user".into(), form).await.expect_err("refused");
    assert_eq!(error.kind(), p100_raw::ErrorKind::NotSent);
}
