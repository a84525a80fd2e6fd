//! Onboards a user through P100's own page: create, send the user there, verify: `cargo run --example onboard_hosted`.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use p100::Require;
use p100::types::{
    CreateUserRequest, DocumentType, IncomeSource, KycDocumentType, KycSessionRequest, Occupation, OpenAccountReason,
    UserVerificationRequest,
};
use p100_sandbox::Sandbox;
use p100_sandbox::control::KycDecision;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let client = sandbox.client();

    let user = CreateUserRequest::builder()
        .external_user_id("customer-42")
        .email("ada@example.com")
        .phone("37060000000")
        .first_name("Ada")
        .last_name("Example")
        .address("Sample Street 1")
        .city("Vilnius")
        .post_code("01001")
        .country("LT")
        .citizenship("LT")
        .document_type(DocumentType::IdCard)
        .document_number("X0000001")
        .build();
    client.users().create(&user).await?;

    let session = KycSessionRequest::builder()
        .external_user_id("customer-42")
        .document_type(KycDocumentType::IdCard)
        .country("LT")
        .income_source(IncomeSource::Salary)
        .open_account_reason(OpenAccountReason::DailyUse)
        .occupation(Occupation::It)
        .additional_info("Writes payment software")
        .build();
    let session = client.kyc().create_session(&session).await?;

    // The page works once, and only in the user's browser: redirect there, do not fetch it yourself.
    let page = client.kyc().page_url("customer-42", &session.verification_id)?;
    println!("send the user to {page}");
    // The user does what the page asks for; here the sandbox is given how that ends.
    sandbox.decide_kyc_session(&session.verification_id, KycDecision::builder().approve(true).build())?;

    let status = client.kyc().status("customer-42").await?;
    println!("{} after an attempt that is {}", status.verification_status.require("verificationStatus")?, status.attempt_status);
    client.kyc().start_verification(&UserVerificationRequest::builder().external_user_id("customer-42").build()).await?;
    for balance in client.users().balances("customer-42").await?.fiat_balances.require("fiatBalances")? {
        println!("{} {}: {}", balance.amount, balance.name, balance.status.require("status")?);
    }
    Ok(())
}
