//! KYC: from own files, and on the hosted page.

use std::time::Duration;

use p100::types::{
    DocumentType, FiatBalanceStatus, IncomeSource, KycAttemptStatus, KycDocumentType, KycSessionRequest, KycVerificationLevel, Occupation,
    OpenAccountReason, UserVerificationRequest,
};
use p100::{Client, KycFiles, PoaFiles};
use p100_sandbox::control::KycDecision;
use p100_sandbox::{Sandbox, Step, When};
use serde_json::{Value, json};

use crate::users::{events, invalid, jpeg, refusal, request, verify, with_files, with_step};

pub(crate) fn session(id: &str) -> KycSessionRequest {
    KycSessionRequest::builder()
        .external_user_id(id)
        .document_type(KycDocumentType::DriverLicense)
        .country("LT")
        .income_source(IncomeSource::Salary)
        .open_account_reason(OpenAccountReason::DailyUse)
        .occupation(Occupation::It)
        .additional_info("I write tests")
        .build()
}

/// The status as three words.
async fn status(client: &Client, id: &str) -> (KycVerificationLevel, KycAttemptStatus, Option<String>) {
    let status = client.kyc().status(id).await.expect("a status");
    assert_eq!(status.external_user_id.as_deref(), Some(id));
    (status.verification_status.unwrap(), status.attempt_status, status.rejection_reason)
}

fn pending() -> (KycVerificationLevel, KycAttemptStatus, Option<String>) {
    (KycVerificationLevel::NotVerified, KycAttemptStatus::Pending, None)
}

fn verification() -> (KycVerificationLevel, KycAttemptStatus, Option<String>) {
    (KycVerificationLevel::NotVerified, KycAttemptStatus::Verification, None)
}

fn rejected(reason: &str) -> (KycVerificationLevel, KycAttemptStatus, Option<String>) {
    (KycVerificationLevel::NotVerified, KycAttemptStatus::RejectedByProvider, Some(reason.to_owned()))
}

fn successful() -> (KycVerificationLevel, KycAttemptStatus, Option<String>) {
    (KycVerificationLevel::Verified, KycAttemptStatus::Successful, None)
}

/// The words of all kycVerificationStatus and userBalanceGenerated events about a user.
fn reported(sandbox: &Sandbox, id: &str) -> Vec<String> {
    let words = events(sandbox, id).into_iter().filter_map(|(event, body)| {
        let word = |member: &str| body[member].as_str().map(str::to_owned);
        match event.as_str() {
            "kycVerificationStatus" => Some(format!("{} {}", word("attemptStatus")?, word("verificationStatus")?)),
            "userBalanceGenerated" => word("status"),
            _ => None,
        }
    });
    words.collect()
}

const PENDING: &str = "PENDING NOT_VERIFIED";
const VERIFICATION: &str = "VERIFICATION NOT_VERIFIED";
const REJECTED: &str = "REJECTED_BY_PROVIDER NOT_VERIFIED";
const SUCCESSFUL: &str = "SUCCESSFUL VERIFIED";

#[tokio::test]
async fn own_files_lead_to_active_balances() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    assert_eq!(refusal(client.kyc().status("ada").await), (400, "P412".into()));
    let unknown = UserVerificationRequest::builder().external_user_id("ada").build();
    assert_eq!(refusal(client.kyc().start_verification(&unknown).await), (400, "P412".into()));
    with_files(&client, "ada").await;
    assert_eq!(refusal(client.kyc().status("ada").await), (404, "P445".into()));
    verify(&client, "ada").await;
    assert_eq!(status(&client, "ada").await, successful());
    assert_eq!(reported(&sandbox, "ada"), [PENDING, VERIFICATION, SUCCESSFUL, "ACTIVE"]);
    // Again it changes nothing.
    verify(&client, "ada").await;
    assert_eq!(reported(&sandbox, "ada").len(), 4);
    assert_eq!(refusal(client.kyc().create_session(&session("ada")).await).0, 400);
}

#[tokio::test]
async fn decision_and_activation_wait_for_reads_and_for_time() {
    let mut settings = p100_sandbox::Settings::default();
    settings.steps.insert(Step::KycDecision, When::AfterReads(2));
    settings.steps.insert(Step::Activation, When::AfterTime(Duration::from_secs(30)));
    let sandbox = Sandbox::builder().settings(settings).start().await.unwrap();
    let client = sandbox.client();
    with_files(&client, "ada").await;
    verify(&client, "ada").await;
    verify(&client, "ada").await;
    assert_eq!(status(&client, "ada").await, verification());
    assert_eq!(refusal(client.kyc().create_session(&session("ada")).await).0, 400);
    assert_eq!(status(&client, "ada").await, verification());
    assert_eq!(status(&client, "ada").await, successful());
    let fiat = async || client.users().balances("ada").await.unwrap().fiat_balances.as_ref().unwrap()[0].status.clone();
    assert_eq!(fiat().await, Some(FiatBalanceStatus::WaitingToBeActivated));
    sandbox.advance(Duration::from_secs(30)).await;
    assert_eq!(fiat().await, Some(FiatBalanceStatus::Active));
    assert_eq!(reported(&sandbox, "ada"), [PENDING, VERIFICATION, SUCCESSFUL, "ACTIVE"]);
}

#[tokio::test]
async fn the_files_of_the_document_are_needed() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "LT")).await.unwrap();
    verify(&client, "ada").await;
    assert_eq!(status(&client, "ada").await, rejected("DOCUMENTS_MISSING"));
    assert_eq!(reported(&sandbox, "ada"), [PENDING, VERIFICATION, REJECTED]);
    // One by one, and for a document that is named only now.
    client.kyc().upload_files("ada", KycFiles::front(jpeg())).await.unwrap();
    client.kyc().upload_files("ada", KycFiles::selfie(jpeg())).await.unwrap();
    assert_eq!(status(&client, "ada").await, rejected("DOCUMENTS_MISSING"), "until it is tried again");
    let id_card =
        UserVerificationRequest::builder().external_user_id("ada").document_type(DocumentType::IdCard).document_number("X0000002").build();
    client.kyc().start_verification(&id_card).await.unwrap();
    assert_eq!(status(&client, "ada").await, rejected("DOCUMENTS_MISSING"));
    client.kyc().upload_files("ada", KycFiles::back(jpeg())).await.unwrap();
    verify(&client, "ada").await;
    assert_eq!(status(&client, "ada").await, successful());
}

#[tokio::test]
async fn a_mandatory_proof_of_address_must_be_approved() {
    let sandbox = with_step(Step::PoaReview, When::ByHand).start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "MD")).await.unwrap();
    client.kyc().upload_files("ada", KycFiles::passport(jpeg(), jpeg())).await.unwrap();
    client.kyc().upload_proof_of_address("ada", PoaFiles::new([jpeg()]).unwrap()).await.unwrap();
    verify(&client, "ada").await;
    assert_eq!(status(&client, "ada").await, rejected("PROOF_OF_ADDRESS_NOT_APPROVED"));
    sandbox.proceed("ada").unwrap();
    verify(&client, "ada").await;
    assert_eq!(status(&client, "ada").await, successful());
}

/// Opens the page as the browser of the user does: without a key.
async fn open(sandbox: &Sandbox, id: &str, verification_id: &str) -> (u16, String, String) {
    let url = format!("{}/v1/kyc/verification/{id}/{verification_id}", sandbox.base_url());
    let response = crate::http().get(url).send().await.expect("a response");
    let content_type = response.headers()["content-type"].to_str().expect("a content type").to_owned();
    (response.status().as_u16(), content_type, response.text().await.expect("a page"))
}

/// Presses a button of the page.
async fn press(sandbox: &Sandbox, page: &str, button: &str) -> u16 {
    let action = page.split_once("action=\"").and_then(|(_, rest)| rest.split_once('"')).expect("a form").0;
    assert!(page.contains(&format!("name=\"decision\" value=\"{button}\"")), "{page}");
    let url = format!("{}{action}", sandbox.base_url());
    crate::http()
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("decision={button}"))
        .send()
        .await
        .expect("a response")
        .status()
        .as_u16()
}

#[tokio::test]
async fn a_hosted_kyc_is_decided_on_its_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "LT")).await.unwrap();
    let id = client.kyc().create_session(&session("ada")).await.unwrap().verification_id;
    assert_eq!(status(&client, "ada").await, pending());
    let (code, content_type, page) = open(&sandbox, "ada", &id).await;
    assert_eq!((code, content_type.as_str()), (200, "text/html; charset=utf-8"));
    assert!(page.contains("<dd>Ada Example</dd>") && page.contains("DRIVER_LICENSE"), "{page}");
    assert_eq!(status(&client, "ada").await, verification());
    let early = UserVerificationRequest::builder().external_user_id("ada").build();
    assert_eq!(refusal(client.kyc().start_verification(&early).await).0, 400);
    assert_eq!(press(&sandbox, &page, "approve").await, 200);
    assert_eq!(status(&client, "ada").await, successful());
    assert_eq!(reported(&sandbox, "ada"), [PENDING, VERIFICATION, SUCCESSFUL]);
    verify(&client, "ada").await;
    assert_eq!(reported(&sandbox, "ada")[3..], ["ACTIVE"]);
    assert_eq!(client.users().balances("ada").await.unwrap().fiat_balances.as_ref().unwrap()[0].status, Some(FiatBalanceStatus::Active));
}

#[tokio::test]
async fn a_rejected_hosted_kyc_can_be_tried_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "LT")).await.unwrap();
    let id = client.kyc().create_session(&session("ada")).await.unwrap().verification_id;
    let page = open(&sandbox, "ada", &id).await.2;
    assert_eq!(press(&sandbox, &page, "reject").await, 200);
    assert_eq!(status(&client, "ada").await, rejected("DOCUMENT_NOT_ACCEPTED"));
    assert_ne!(press(&sandbox, &page, "approve").await, 200, "it is decided");
    let id = client.kyc().create_session(&session("ada")).await.unwrap().verification_id;
    assert_eq!(status(&client, "ada").await, pending());
    let page = open(&sandbox, "ada", &id).await.2;
    assert_eq!(press(&sandbox, &page, "approve").await, 200);
    assert_eq!(status(&client, "ada").await, successful());
}

#[tokio::test]
async fn the_page_works_once_and_a_new_session_takes_its_place() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "LT")).await.unwrap();
    client.users().create(&request("bob", "LT")).await.unwrap();
    let first = client.kyc().create_session(&session("ada")).await.unwrap().verification_id;
    assert!(open(&sandbox, "ada", &first).await.2.contains("<form"));
    let (code, _, again) = open(&sandbox, "ada", &first).await;
    assert_eq!(code, 200);
    assert!(!again.contains("<form") && again.contains("used before"), "{again}");
    let second = client.kyc().create_session(&session("ada")).await.unwrap().verification_id;
    let third = client.kyc().create_session(&session("ada")).await.unwrap().verification_id;
    assert!(!open(&sandbox, "ada", &second).await.2.contains("<form"), "the third took its place");
    assert!(open(&sandbox, "ada", &third).await.2.contains("<form"));
    let (code, _, body) = open(&sandbox, "nobody", &third).await;
    assert_eq!((code, serde_json::from_str::<Value>(&body).unwrap()["errorCode"].clone()), (400, json!("P412")));
    assert_eq!(open(&sandbox, "bob", &third).await.0, 400, "it is another user's");
    assert_eq!(open(&sandbox, "ada", "no-such-verification").await.0, 400);
}

#[tokio::test]
async fn names_cannot_smuggle_html_into_the_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    let mut ada = request("ada", "LT");
    ada.first_name = "<script>alert(1)</script>".into();
    client.users().create(&ada).await.unwrap();
    let id = client.kyc().create_session(&session("ada")).await.unwrap().verification_id;
    let page = open(&sandbox, "ada", &id).await.2;
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;alert(1)"), "{page}");
}

#[tokio::test]
async fn the_questionnaire_depends_on_the_source_of_income() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    assert_eq!(refusal(client.kyc().create_session(&session("ada")).await), (400, "P412".into()));
    client.users().create(&request("ada", "LT")).await.unwrap();
    let ask = async |source: IncomeSource, tax_id: bool, occupation: bool, info: bool| {
        let mut request = session("ada");
        request.income_source = source;
        request.tax_id = tax_id.then(|| "123".into());
        request.occupation = occupation.then_some(Occupation::It);
        request.additional_info = info.then(|| "info".into());
        client.kyc().create_session(&request).await
    };
    assert_eq!(
        invalid(ask(IncomeSource::BusinessActivity, false, true, true).await),
        "taxId should not be empty. occupation should not exist with the incomeSource BUSINESS_ACTIVITY. \
         additionalInfo should not exist with the incomeSource BUSINESS_ACTIVITY."
    );
    assert_eq!(
        invalid(ask(IncomeSource::Salary, true, false, false).await),
        "taxId should not exist with the incomeSource SALARY. occupation should not be empty. additionalInfo should not be empty."
    );
    assert_eq!(
        invalid(ask(IncomeSource::Tenancy, false, true, false).await),
        "occupation should not exist with the incomeSource TENANCY. additionalInfo should not be empty."
    );
    ask(IncomeSource::BusinessActivity, true, false, false).await.unwrap();
    ask(IncomeSource::Tenancy, false, false, true).await.unwrap();
    let mut wrong = session("ada");
    wrong.country = "lt".into();
    assert_eq!(invalid(client.kyc().create_session(&wrong).await), "country must be two capital letters.");
}

#[tokio::test]
async fn a_verification_is_decided_by_hand() {
    let sandbox = with_step(Step::KycDecision, When::AfterTime(Duration::from_secs(60))).start().await.unwrap();
    let client = sandbox.client();
    let decide = |approve: bool, reason: Option<&str>| {
        sandbox.decide_kyc("ada", KycDecision::builder().approve(approve).maybe_reason(reason).build()).map_err(|error| error.to_string())
    };
    assert!(decide(true, None).is_err(), "there is no such user");
    with_files(&client, "ada").await;
    assert!(decide(true, None).is_err(), "nothing is under way");
    verify(&client, "ada").await;
    decide(false, Some("DOCUMENT_EXPIRED")).unwrap();
    assert_eq!(status(&client, "ada").await, rejected("DOCUMENT_EXPIRED"));
    let last = events(&sandbox, "ada").pop().unwrap();
    assert_eq!(
        last.1,
        json!({"verificationStatus": "NOT_VERIFIED", "attemptStatus": "REJECTED_BY_PROVIDER", "rejectionReason": "DOCUMENT_EXPIRED"})
    );
    sandbox.advance(Duration::from_secs(30)).await;
    verify(&client, "ada").await;
    // The look at the files of the attempt before must not decide about this one.
    sandbox.advance(Duration::from_secs(59)).await;
    assert_eq!(status(&client, "ada").await, verification());
    decide(true, None).unwrap();
    assert_eq!(status(&client, "ada").await, successful());
    assert_eq!(reported(&sandbox, "ada"), [PENDING, VERIFICATION, REJECTED, PENDING, VERIFICATION, SUCCESSFUL, "ACTIVE"]);
    assert!(decide(false, None).is_err(), "it is over");
}

#[tokio::test]
async fn a_hosted_kyc_is_decided_by_hand_with_a_reason() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = sandbox.client();
    client.users().create(&request("ada", "MD")).await.unwrap();
    let first = client.kyc().create_session(&session("ada")).await.unwrap().verification_id;
    let second = client.kyc().create_session(&session("ada")).await.unwrap().verification_id;
    let decide = |id: &str, approve: bool| {
        sandbox
            .decide_kyc_session(id, KycDecision::builder().approve(approve).reason("FACE_MISMATCH").build())
            .map_err(|error| error.to_string())
    };
    assert!(decide(&first, true).is_err(), "the second took its place");
    assert!(decide("no-such-verification", true).is_err());
    decide(&second, false).unwrap();
    assert_eq!(status(&client, "ada").await, rejected("FACE_MISMATCH"));
    let third = client.kyc().create_session(&session("ada")).await.unwrap().verification_id;
    decide(&third, true).unwrap();
    assert_eq!(status(&client, "ada").await, successful());
    // The page cannot be used any more, and the proof of address is still to come.
    assert!(!open(&sandbox, "ada", &third).await.2.contains("<form"));
    let start = UserVerificationRequest::builder().external_user_id("ada").build();
    assert_eq!(refusal(client.kyc().start_verification(&start).await).0, 400);
    client.kyc().upload_proof_of_address("ada", PoaFiles::new([jpeg()]).unwrap()).await.unwrap();
    verify(&client, "ada").await;
    assert_eq!(reported(&sandbox, "ada").last().unwrap(), "ACTIVE");
}
