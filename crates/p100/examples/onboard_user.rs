//! Onboards a user with own documents: create, upload, verify, look: `cargo run --example onboard_user`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::types::{CreateUserRequest, DocumentType, KycAttemptStatus, KycStatus, KycVerificationLevel, UserVerificationRequest};
use p100::{Client, CountryCode, Document, ExternalUserId, KycFiles};
use p100_httpmock::MockServer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = mocked().await;
    let client = Client::builder().base_url(server.base_url()).api_key("any").build()?;
    let id = ExternalUserId::new("customer-42")?;

    let user = CreateUserRequest::builder()
        .external_user_id(&id)
        .email("ada@example.com")
        .phone("37060000000")
        .first_name("Ada")
        .last_name("Example")
        .address("Sample Street 1")
        .city("Vilnius")
        .post_code("01001")
        .country(CountryCode::new("lt")?)
        .citizenship(CountryCode::new("lt")?)
        .document_type(DocumentType::Passport)
        .document_number("X0000001")
        .build();
    let created = client.users().create(&user).await?;
    println!("created {}; proof of address needed: {}", created.user_id, created.poa_required);

    // Checked by content before anything is sent; a file on disk is streamed: Document::from_path("passport.jpg").
    let photo =
        Document::from_bytes(&b"\xFF\xD8\xFF\xE0 a photo"[..])?.on_progress(|sent, total| println!("photo: {sent} of {total} bytes"));
    let selfie = Document::from_bytes(&b"\x89PNG\r\n\x1a\n a selfie"[..])?;
    client.kyc().upload_files(&id, KycFiles::passport(photo, selfie)).await?;

    client.kyc().start_verification(&UserVerificationRequest::builder().external_user_id(&id).build()).await?;
    // The events kycVerificationStatus and userBalanceGenerated tell when it is done; asking works too.
    let status = client.kyc().status(&id).await?;
    match (&status.verification_status, &status.attempt_status) {
        (KycVerificationLevel::Verified, _) => println!("verified: balances and IBAN are there"),
        (_, KycAttemptStatus::RejectedByProvider) => {
            println!("rejected: {}", status.rejection_reason.as_deref().unwrap_or("no reason given"))
        }
        (_, other) => println!("still going on: {other}"),
    }
    Ok(())
}

/// What P100 would answer.
async fn mocked() -> MockServer {
    let server = MockServer::start_async().await;
    let created = p100::raw::Bytes::from_static(
        br#"{"userId":"f63064b1-c26b-4c9e-af22-0b483262751f","poaRequired":false,"balances":{"fiatBalances":[],"cryptoBalances":[]}}"#,
    );
    server.create_user(|_, then| {
        then.into_inner().status(200).body(&created);
    });
    server.upload_kyc_files(|_, then| {
        then.created(&p100::types::MessageResponse::default());
    });
    server.start_user_verification(|_, then| {
        then.ok(&p100::types::MessageResponse::default());
    });
    let status =
        KycStatus::builder().verification_status(KycVerificationLevel::Verified).attempt_status(KycAttemptStatus::Successful).build();
    server.get_kyc_status(|_, then| {
        then.ok(&status);
    });
    server
}
