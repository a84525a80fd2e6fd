//! Onboards a user with own documents: create, upload, verify, look: `cargo run --example onboard_user`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::types::{CreateUserRequest, DocumentType, KycAttemptStatus, KycVerificationLevel, UserVerificationRequest};
use p100::{CountryCode, Document, ExternalUserId, KycFiles, Require};
use p100_sandbox::Sandbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();
    let id = ExternalUserId::from("customer-42");

    let user = CreateUserRequest::builder()
        .external_user_id(&id)
        .email("ada@example.com")
        .phone("37060000000")
        .first_name("Ada")
        .last_name("Example")
        .street("Sample Street")
        .number("1")
        .city("Vilnius")
        .post_code("01001")
        .country(CountryCode::new("lt")?)
        .citizenship(CountryCode::new("lt")?)
        .has_accepted_p100_tc(true)
        .build();
    let created = client.users().create(&user).await?;
    // The flag has two names, and which one P100 sends depends on the age of its response.
    let needs_proof = created.poa_required_for_extended.or(created.poa_required);
    println!("created {}; proof of address needed: {needs_proof:?}", created.user_id);

    // Checked by content before anything is sent; a file on disk is streamed: Document::from_path("passport.pdf").
    let scan = Document::from_bytes(&b"%PDF-1.7 a scan"[..])?.on_progress(|sent, total| println!("scan: {sent} of {total} bytes"));
    let selfie = Document::from_bytes(&b"%PDF-1.7 a selfie"[..])?;
    client.kyc().upload_files(&id, KycFiles::passport(scan, selfie)).await?;

    // Balances come into being here.
    let passport = UserVerificationRequest::builder().external_user_id(&id).document_type(DocumentType::Passport);
    client.kyc().start_verification(&passport.document_number("X0000001").build()).await?;
    // The events kycVerificationStatus and userBalanceGenerated report when it is done; asking works too.
    let status = client.kyc().status(&id).await?;
    match (&status.verification_status, &status.attempt_status) {
        (Some(KycVerificationLevel::Verified), _) => println!("verified"),
        (_, KycAttemptStatus::RejectedByProvider) => {
            println!("rejected: {}", status.rejection_reason.as_deref().unwrap_or("no reason given"))
        }
        (_, other) => println!("still going on: {other}"),
    }
    for balance in client.users().balances(&id).await?.fiat_balances.require("fiatBalances")? {
        println!("{} {} on {}", balance.amount, balance.name, balance.iban.as_deref().unwrap_or("no account yet"));
    }
    Ok(())
}
